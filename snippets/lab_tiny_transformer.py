"""Cells of the lab on a tiny transformer, in order. Needs mlx."""

# --8<-- [start:rows]
from functools import partial

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from IPython.display import HTML

COUNT, SORT = 5, 10  # digits in a row; the number of the sign > in the vocabulary


def rows(N, key):
    """Five digits, the sign, and the same digits sorted."""
    digits = mx.random.randint(0, 10, (N, COUNT), key=mx.random.key(key))
    sign = mx.full((N, 1), SORT)
    return mx.concatenate([digits, sign, mx.sort(digits, axis=1)], axis=1)  # (N, 11)


def written(row):
    return "".join(">" if token == SORT else str(token) for token in row.tolist())


for row in rows(3, key=0):
    print(written(row))
# --8<-- [end:rows]


# --8<-- [start:block]
class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query_proj = nn.Linear(width, width, bias=False)
        self.key_proj = nn.Linear(width, width, bias=False)
        self.value_proj = nn.Linear(width, width, bias=False)
        self.out_proj = nn.Linear(width, width, bias=False)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def project(self, x):
        """Queries, keys and values: (N, n, width) → (N, heads, n, part) each."""
        y = self.norm1(x)
        each = self.query_proj(y), self.key_proj(y), self.value_proj(y)
        return [mx.unflatten(z, -1, (self.heads, -1)).swapaxes(1, 2) for z in each]

    def __call__(self, x, mask, past=None):
        q, k, v = self.project(x)
        if past:  # keys and values of the tokens before
            k, v = (mx.concatenate(pair, axis=2) for pair in zip(past, (k, v)))
        o = mx.fast.scaled_dot_product_attention(
            q, k, v, scale=q.shape[-1] ** -0.5, mask=mask
        )
        x = x + self.out_proj(o.swapaxes(1, 2).flatten(-2))
        return x + self.down(nn.relu(self.up(self.norm2(x)))), (k, v)
# --8<-- [end:block]


# --8<-- [start:model]
class Model(nn.Module):
    def __init__(self, width=16, heads=2, mask="causal"):
        super().__init__()
        self.mask = mask
        self.token = nn.Embedding(11, width)
        self.place = nn.Embedding(2 * COUNT, width)
        self.block = Block(width, heads)
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, 10)

    def embed(self, tokens, first=0):
        return self.token(tokens) + self.place(mx.arange(first, first + tokens.shape[1]))

    def __call__(self, tokens, past=None):
        first = past[0].shape[2] if past else 0
        x, past = self.block(self.embed(tokens, first), self.mask, past)
        return self.out(self.norm(x)), past
# --8<-- [end:model]


# --8<-- [start:train]
def loss_fn(model, tokens):
    """Cross-entropy of what comes after the sign; each place foretells the next."""
    logits, _ = model(tokens[:, :-1])  # (N, 10, 10)
    return nn.losses.cross_entropy(
        logits[:, COUNT:], tokens[:, COUNT + 1:], reduction="mean"
    )


def train(model, steps):
    optimizer = optim.Adam(optim.cosine_decay(0.01, steps), bias_correction=True)
    loss_and_grad = nn.value_and_grad(model, loss_fn)
    state = [model.state, optimizer.state]

    @partial(mx.compile, inputs=state, outputs=state)
    def step(tokens):
        loss, grads = loss_and_grad(model, tokens)
        optimizer.update(model, grads)
        return loss

    losses = []
    for k in range(1, steps + 1):
        losses.append(step(rows(32, key=k)))
        mx.eval(losses[-1], state)
    return mx.stack(losses)


mx.random.seed(0)
model = Model()
losses = train(model, 300)
for k in (0, 10, 20, 50, 100, 200, 299):
    print(f"{k:3}  {losses[k].item():.2f}")
# --8<-- [end:train]


# --8<-- [start:curve]
def line(values, width=380, height=120):
    high = values.max().item()
    points = " ".join(
        f"{30 + (width - 40) * k / (len(values) - 1):.0f},{height * (1 - v / high):.1f}"
        for k, v in enumerate(values.tolist())
    )
    return (
        f'<svg viewBox="0 -12 {width} {height + 34}" width="{width}" aria-hidden="true">'
        f'<g fill="currentColor" font-size="11">'
        f'<text x="0" y="4">{high:.1f}</text><text x="14" y="{height}">0</text>'
        f'<text x="30" y="{height + 16}">1</text>'
        f'<text x="{width - 10}" y="{height + 16}" text-anchor="end">{len(values)}</text>'
        f'</g><g fill="none" stroke="currentColor"><path d="M30 0V{height}H{width - 10}" '
        f'opacity="0.5"/><polyline points="{points}"/></g></svg>'
    )


HTML(line(losses))
# --8<-- [end:curve]


# --8<-- [start:write]
def write(model, tokens):
    """The five digits after the sign, one after another, each from all before it."""
    for k in range(COUNT):
        logits, _ = model(tokens)
        tokens = mx.concatenate([tokens, logits[:, -1:].argmax(axis=-1)], axis=1)
    return tokens


unseen = rows(1000, key=10_000)
said = write(model, unseen[:, :COUNT + 1])
right = (said == unseen).all(axis=1)
for n in range(3):
    print(written(said[n]))
print(f"{mx.mean(right).item():.0%} of 1000 rows are right from end to end")
# --8<-- [end:write]

# --8<-- [start:wrong]
for n in [n for n in range(1000) if not right[n].item()][:5]:
    print(written(said[n]), " should be ", written(unseen[n, COUNT + 1:]))
# --8<-- [end:wrong]

# --8<-- [start:cache]
tokens = unseen[:3]
whole, _ = model(tokens[:, :-1])                  # all ten places at once
logits, past = model(tokens[:, :COUNT + 1])       # the digits and the sign
for k in range(COUNT + 1, 2 * COUNT, 2):          # then two at a time
    logits, past = model(tokens[:, k:k + 2], past)
    print(k, past[0].shape, mx.allclose(logits, whole[:, k:k + 2], atol=1e-4))
# --8<-- [end:cache]


# --8<-- [start:heads]
def looks(model, row):
    """The weights of both heads where it writes: (2, 5, 10)."""
    q, k, _ = model.block.project(model.embed(row[None, :-1]))
    S = q @ k.swapaxes(-1, -2) * q.shape[-1] ** -0.5  # (1, 2, 10, 10)
    seen = mx.tril(mx.ones(S.shape[-2:], dtype=mx.bool_))
    return mx.softmax(mx.where(seen, S, -mx.inf), axis=-1)[0, :, COUNT:]


def table(P, row):
    """A table of weights: beside it what is written, above it what is looked at."""
    slim = "min-width: 0; padding: 2px 4px; text-align: center"
    head = "".join(f'<th scope="col" style="{slim}">{c}</th>' for c in written(row[:-1]))
    body = ""
    for digit, weights in zip(written(row[COUNT + 1:]), P.tolist()):
        body += f'<tr><th scope="row" style="{slim}">→ {digit}</th>'
        for p in weights:
            shade = f"color-mix(in srgb, currentColor {35 * p:.0f}%, transparent)"
            shown = f"{p:.1f}" if p >= 0.05 else ""
            body += f'<td style="{slim}; background: {shade}">{shown}</td>'
        body += "</tr>"
    return f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"


row = mx.array([3, 1, 4, 1, 5, SORT, 1, 1, 3, 4, 5])
HTML("<br>".join(table(P, row) for P in looks(model, row)))
# --8<-- [end:heads]

# --8<-- [start:peek]
mx.random.seed(0)
peeking = Model(mask=None)
losses_peeking = train(peeking, 100)
said = write(peeking, unseen[:, :COUNT + 1])
print(f"loss {losses_peeking[-1].item():.3f}")
print(f"{mx.mean((said == unseen).all(axis=1)).item():.0%} of 1000 rows are right")
for n in range(3):
    print(written(said[n]), " should be ", written(unseen[n, COUNT + 1:]))
# --8<-- [end:peek]
