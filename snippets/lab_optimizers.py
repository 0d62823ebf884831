"""Cells of the lab on optimizers, in order. Needs mlx and scikit-learn."""

from snippets.optimizers import update_ratio

# --8<-- [start:load]
import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
from IPython.display import HTML
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

data = load_digits()
X, X_test, y, y_test = train_test_split(
    data.data / 16, data.target, test_size=397, stratify=data.target, random_state=0
)
X, X_val, y, y_val = train_test_split(X, y, test_size=400, stratify=y, random_state=0)
X, X_val, X_test = (mx.array(each, dtype=mx.float32) for each in (X, X_val, X_test))
y, y_val, y_test = (mx.array(each) for each in (y, y_val, y_test))
print(X.shape, X_val.shape, X_test.shape)
# --8<-- [end:load]


# --8<-- [start:model]
class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(64, 32)
        self.fc2 = nn.Linear(32, 32)
        self.fc3 = nn.Linear(32, 10)

    def __call__(self, x):
        x = nn.relu(self.fc1(x))  # (N, 64) → (N, 32)
        x = nn.relu(self.fc2(x))  # (N, 32) → (N, 32)
        return self.fc3(x)        # (N, 32) → (N, 10)


def loss_fn(model, X, y):
    return nn.losses.cross_entropy(model(X), y, reduction="mean")


def fit(optimizer, seed=0, updates=50, watch=False):
    mx.random.seed(seed)
    model = Digits()
    loss_and_grad = nn.value_and_grad(model, loss_fn)
    ratios = []
    for update in range(updates):
        batch = mx.random.randint(0, len(y), (64,))
        before = model.fc2.weight
        loss, grads = loss_and_grad(model, X[batch], y[batch])
        optimizer.update(model, grads)
        mx.eval(model.parameters(), optimizer.state)
        if watch:
            step = model.fc2.weight - before
            ratios.append(update_ratio(step, before).item())
    return model, loss_fn(model, X_val, y_val).item(), ratios
# --8<-- [end:model]


# --8<-- [start:optimizers]
def muon(rate):
    """Muon for the two hidden matrices, AdamW for all the rest."""
    return optim.MultiOptimizer(
        [optim.Muon(rate), optim.AdamW(0.01, bias_correction=True)],
        [lambda name, w: w.ndim == 2 and not name.startswith("fc3")],
    )


corrected = {"bias_correction": True}
made = {
    "SGD": lambda rate: optim.SGD(rate),
    "momentum": lambda rate: optim.SGD(rate, momentum=0.9),
    "Nesterov": lambda rate: optim.SGD(rate, momentum=0.9, nesterov=True),
    "Adagrad": lambda rate: optim.Adagrad(rate),
    "RMSprop": lambda rate: optim.RMSprop(rate),
    "Adam": lambda rate: optim.Adam(rate, **corrected),
    "AdamW": lambda rate: optim.AdamW(rate, **corrected),
    "Lion": lambda rate: optim.Lion(rate),
    "Muon": muon,
}
for name, optimizer in made.items():
    model, loss, ratios = fit(optimizer(0.01))
    print(f"{name:9} {loss:.2f}")
# --8<-- [end:optimizers]

# --8<-- [start:sweep]
rates = (0.003, 0.01, 0.03, 0.1, 0.3, 1)
losses = {
    name: [fit(optimizer(rate))[1] for rate in rates]
    for name, optimizer in made.items()
}
print(" " * 9, *(f"{rate:7}" for rate in rates))
for name, row in losses.items():
    shown = (f"{min(loss, 99):7.2f}" for loss in row)
    print(f"{name:9}", *shown)
# --8<-- [end:sweep]

# --8<-- [start:picture]
def table(names, *rows):
    """The numbers behind a picture, with the names of columns and rows."""
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = "".join(
        f'<tr><th scope="row">{name}</th>'
        + "".join(f"<td>{value}</td>" for value in values) + "</tr>"
        for name, *values in rows
    )
    return (
        f"<details><summary>table</summary><table><thead><tr>{head}</tr>"
        f"</thead><tbody>{body}</tbody></table></details>"
    )


def bar(loss, column, row):
    """The lower the loss, the longer the bar; at 2.3, a guess, there is none."""
    length = 34 * max(0, 1 - min(loss, 2.3) / 2.3) if loss == loss else 0
    return f"M{40 * column} {20 * row}h{length:.0f}v12h{-length:.0f}z"


bars = "".join(
    bar(loss, k, i) for i, row in enumerate(losses.values()) for k, loss in enumerate(row)
)
names = "".join(
    f'<text x="-6" y="{20 * i + 10}" text-anchor="end">{name}</text>'
    for i, name in enumerate(losses)
) + "".join(f'<text x="{40 * k}" y="-6">{rate}</text>' for k, rate in enumerate(rates))
HTML(
    '<svg viewBox="-70 -18 310 196" width="320" aria-hidden="true" '
    f'fill="currentColor" font-size="11"><path d="{bars}"/>{names}</svg>'
    + table(("η", *rates), *(
        (name, *(f"{min(loss, 99):.2f}" for loss in row)) for name, row in losses.items()
    ))
)
# --8<-- [end:picture]

# --8<-- [start:best]
best = {}
for name, row in losses.items():
    k = int(np.nanargmin(row))
    good = sum(loss < 1 for loss in row)
    best[name] = rates[k]
    print(f"{name:9} rate {rates[k]:6}  loss {row[k]:.2f}  below 1: {good}")
# --8<-- [end:best]

# --8<-- [start:seeds]
for name in ("momentum", "Adam", "Muon"):
    found = [fit(made[name](best[name]), seed)[1] for seed in range(4)]
    print(f"{name:9}", *(f"{loss:.2f}" for loss in sorted(found)))
# --8<-- [end:seeds]

# --8<-- [start:ratios]
for rate in (0.0003, 0.003, 0.03, 0.3):
    model, loss, ratios = fit(optim.Adam(rate, **corrected), watch=True)
    middle = np.median(ratios[20:])
    print(f"Adam {rate:6}  ratio {middle:.4f}  loss {loss:.2f}")
# --8<-- [end:ratios]

# --8<-- [start:schedule]
def rise_and_fall(peak, updates=50):
    up = optim.linear_schedule(0, peak, 10)
    down = optim.cosine_decay(peak, updates - 10)
    return optim.join_schedules([up, down], [10])


for name in ("momentum", "Adam", "Lion"):
    for factor in (1, 3):
        peak = factor * best[name]
        level = fit(made[name](peak))[1]
        moved = fit(made[name](rise_and_fall(peak)))[1]
        print(f"{name:9} {peak:5.3f}  level {level:5.2f}  schedule {moved:5.2f}")
# --8<-- [end:schedule]

# --8<-- [start:final]
def named_right(model):
    return (model(X_test).argmax(axis=1) == y_test).mean().item()


at_one_rate = fit(made["Adam"](0.01))[0]
chosen = fit(made["Adam"](rise_and_fall(3 * best["Adam"])))[0]
for name, model in (("0.01", at_one_rate), ("chosen", chosen)):
    print(f"{name:6} held out {named_right(model):.3f}")
# --8<-- [end:final]
