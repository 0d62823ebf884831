"""Train on the kept text, once, and keep what it leaves in `snippets/data/`: about five minutes.

    python -m two_passes.train_austen

`austen.json`: the loss along the training of a recurrent network and of an LSTM, and a place in
the plane for each letter. `austen.npz`: the weights of the LSTM, in float16. The chapters on
embedding and on recurrent networks draw from these files, so that no build trains so long.
"""

import json
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
from mlx.utils import tree_flatten

DATA = Path(__file__).parent.parent / "snippets" / "data"
HIDDEN, BATCH, LENGTH, UPDATES, EVERY = 96, 16, 64, 1200, 40
SHARE = 0.82  # of the text, that is trained on: chapters 1 to 4 but for their last words


class Reader(nn.Module):
    """A recurrent layer over one-hot letters, and logits of the next letter."""

    def __init__(self, letters: int, kind: type[nn.Module]):
        super().__init__()
        self.layer = kind(letters, HIDDEN)
        self.out = nn.Linear(HIDDEN, letters)

    def __call__(self, x: mx.array) -> mx.array:
        states = self.layer(
            mx.eye(self.layer.Wx.shape[1] if "Wx" in self.layer else self.layer.Wxh.shape[1])[x]
        )
        return self.out(states[0] if isinstance(states, tuple) else states)


def loss_of(model: Reader, x: mx.array, y: mx.array) -> mx.array:
    return nn.losses.cross_entropy(model(x), y, reduction="mean")


def train(seen: mx.array, held_out: mx.array, letters: int, kind: type[nn.Module]):
    """The trained model and its losses: on the last batches, and on the whole held-out part."""
    mx.random.seed(0)
    model = Reader(letters, kind)
    optimizer = optim.Adam(optim.cosine_decay(5e-3, UPDATES, 2e-4), bias_correction=True)
    step = nn.value_and_grad(model, loss_of)
    rows = len(held_out) // 256
    x_test = held_out[: rows * 256].reshape(rows, 256)
    losses = {"updates": [], "train": [], "held_out": []}
    last = []
    for update in range(UPDATES + 1):
        starts = mx.random.randint(0, len(seen) - LENGTH - 1, (BATCH, 1))
        places = starts + mx.arange(LENGTH)
        loss, grads = step(model, seen[places], seen[places + 1])
        last.append(loss.item())
        if update % EVERY == 0:
            losses["updates"].append(update)
            losses["train"].append(round(sum(last) / len(last), 4))
            losses["held_out"].append(
                round(loss_of(model, x_test[:, :-1], x_test[:, 1:]).item(), 4)
            )
            last = []
            print(kind.__name__, update, losses["train"][-1], losses["held_out"][-1], flush=True)
        grads, _ = optim.clip_grad_norm(grads, max_norm=1.0)
        optimizer.update(model, grads)
        mx.eval(model.parameters(), optimizer.state)
    return model, losses


def plane(x: mx.array, letters: int) -> tuple[list[list[float]], float]:
    """Two numbers for each letter, from which the next letter is told best; and the mean loss.

    A small penalty on all numbers keeps letters that are rare from flying off.
    """
    mx.random.seed(1)
    counted = mx.zeros((letters, letters)).at[x[:-1], x[1:]].add(1.0)
    weights = {
        "W": 0.5 * mx.random.normal((letters, 2)),
        "U": 0.5 * mx.random.normal((letters, 2)),
        "b": mx.zeros(letters),
    }

    def loss(weights: dict) -> mx.array:
        Z = weights["W"] @ weights["U"].T + weights["b"]
        return (counted * (mx.logsumexp(Z, axis=1, keepdims=True) - Z)).sum() / counted.sum()

    def penalized(weights: dict) -> mx.array:
        return loss(weights) + 1e-3 * sum((weights[name] ** 2).sum() for name in "WU")

    optimizer = optim.Adam(0.02, bias_correction=True)
    for _ in range(2000):
        weights = optimizer.apply_gradients(mx.grad(penalized)(weights), weights)
        mx.eval(weights, optimizer.state)
    places = [[round(each, 3) for each in place] for place in weights["W"].tolist()]
    return places, round(loss(weights).item(), 4)


def main() -> None:
    began = time.monotonic()
    text = " ".join((DATA / "austen.txt").read_text("utf-8").lower().split())
    letters = "".join(sorted(set(text)))
    x = mx.array([letters.index(letter) for letter in text])
    cut = int(SHARE * len(x))
    places, least = plane(x, len(letters))
    kept = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "mlx": version("mlx"),
        "letters": letters,
        "plane": places,
        "plane_loss": least,
    }
    for kind in (nn.RNN, nn.LSTM):
        model, kept[kind.__name__] = train(x[:cut], x[cut:], len(letters), kind)
    weights = {name: np.array(w).astype(np.float16) for name, w in tree_flatten(model.parameters())}
    np.savez_compressed(DATA / "austen.npz", **weights)
    (DATA / "austen.json").write_text(json.dumps(kept) + "\n", "utf-8")
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
