"""Programs of one training step, the same networks in each: `python training.py FRAMEWORK`.

steps.py starts them; they answer on standard output. Nothing of the book is imported, so that the
peers' environment can run them.
"""

import json
import sys
import time
from functools import partial

import numpy as np

RATE = 0.001
SIZES = {"two": (2, 2, 1), "diagnosis": (30, 8, 1), "digits": (64, 128, 10)}
STEPS = {"two": 100, "diagnosis": 50, "digits": 50}  # of one turn
BATCH = 64  # of the digits; the others take all examples at once


def data(name: str) -> tuple[np.ndarray, np.ndarray]:
    if name == "two":
        return np.array([[0.5, 0.2], [0.7, 0.1]], np.float32), np.array([[1], [0]], np.float32)
    from sklearn.datasets import load_breast_cancer, load_digits  # a second to import

    X, y = (load_breast_cancer if name == "diagnosis" else load_digits)(return_X_y=True)
    X = ((X - X.mean(0)) / (X.std(0) + 1e-6)).astype(np.float32)
    if name == "digits":
        return X, y
    return X[:426], 1 - y[:426, None].astype(np.float32)


def start(name: str) -> list[np.ndarray]:
    """W1, b1, W2, b2: the same in every framework."""
    a, b, c = SIZES[name]
    uniform = partial(np.random.default_rng(0).uniform, -1, 1)
    shapes = ((b, a), (b,), (c, b), (c,))
    scales = (np.sqrt(a), 1, np.sqrt(b), 1)
    return [uniform(s).astype(np.float32) / k for s, k in zip(shapes, scales, strict=True)]


def batches(name: str, X, y, count: int) -> list:
    """The examples of each step: all of them, or a batch that moves along."""
    if name != "digits":
        return [(X, y)] * count
    places = [(k * BATCH) % (len(X) - BATCH) for k in range(count)]
    return [(X[k : k + BATCH], y[k : k + BATCH]) for k in places]


# ---- the frameworks: each gives a function that makes one step, and one that makes its arrays


def mlx(name: str, compiled: bool):
    import mlx.core as mx
    import mlx.nn as nn
    import mlx.optimizers as optim

    a, b, c = SIZES[name]
    model = nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Linear(b, c))
    W1, b1, W2, b2 = map(mx.array, start(name))
    layers = [{"weight": W1, "bias": b1}, {}, {"weight": W2, "bias": b2}]
    model.update({"layers": layers})
    optimizer = optim.Adam(learning_rate=RATE, bias_correction=True)
    optimizer.init(model.trainable_parameters())
    loss_of = nn.losses.cross_entropy if c > 1 else nn.losses.binary_cross_entropy
    loss_and_grad = nn.value_and_grad(model, lambda m, x, y: loss_of(m(x), y, reduction="mean"))

    def update(x, y):
        loss, grads = loss_and_grad(model, x, y)
        optimizer.update(model, grads)
        return loss

    state = [model.state, optimizer.state]
    if compiled:
        update = mx.compile(update, inputs=state, outputs=state)

    def step(x, y):
        loss = update(x, y)
        mx.eval(state, loss)
        return loss

    return step, mx.array


def adam(p, m, v, g, steps):
    """A parameter's next value and moments: in NumPy the same arrays, in JAX new ones."""
    m += 0.1 * (g - m)
    v += 0.001 * (g * g - v)
    p -= RATE * (m / (1 - 0.9**steps)) / ((v / (1 - 0.999**steps)) ** 0.5 + 1e-8)
    return p, m, v


def by_hand(name: str):
    W1, b1, W2, b2 = parameters = start(name)
    held = [(p, np.zeros_like(p), np.zeros_like(p)) for p in parameters]
    steps = 0

    def step(x, y):
        nonlocal steps
        steps += 1
        a1 = np.maximum(x @ W1.T + b1, 0)
        z2 = a1 @ W2.T + b2
        if z2.shape[1] > 1:
            e = np.exp(z2 - z2.max(1, keepdims=True))
            p = e / e.sum(1, keepdims=True)
            rows = np.arange(len(y))
            loss = -np.log(p[rows, y]).mean()
            p[rows, y] -= 1
            d2 = p / len(y)
        else:
            loss = (np.logaddexp(0, z2) - y * z2).mean()
            d2 = (1 / (1 + np.exp(-z2)) - y) / len(y)
        d1 = (d2 @ W2) * (a1 > 0)
        grads = d1.T @ x, d1.sum(0), d2.T @ a1, d2.sum(0)
        for moments, g in zip(held, grads, strict=True):
            adam(*moments, g, steps)
        return loss

    return step, np.asarray


def torch(name: str, threads: int | None):
    import torch as t

    if threads:
        t.set_num_threads(threads)
    a, b, c = SIZES[name]
    model = t.nn.Sequential(t.nn.Linear(a, b), t.nn.ReLU(), t.nn.Linear(b, c))
    given = map(t.tensor, start(name))
    model.load_state_dict(dict(zip(model.state_dict(), given, strict=True)))
    optimizer = t.optim.Adam(model.parameters(), lr=RATE)
    loss_fn = t.nn.CrossEntropyLoss() if c > 1 else t.nn.BCEWithLogitsLoss()

    def step(x, y):
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step, t.tensor


def jax(name: str):
    import jax as j
    import jax.numpy as jnp

    def loss_fn(parameters, x, y):
        W1, b1, W2, b2 = parameters
        z = jnp.maximum(x @ W1.T + b1, 0) @ W2.T + b2
        if z.shape[1] > 1:
            return -j.nn.log_softmax(z)[jnp.arange(len(y)), y].mean()
        return (jnp.logaddexp(0, z) - y * z).mean()

    @j.jit
    def update(held, steps, x, y):
        loss, grads = j.value_and_grad(loss_fn)([p for p, _, _ in held], x, y)
        moved = [adam(*moments, g, steps) for moments, g in zip(held, grads, strict=True)]
        return moved, steps + 1, loss

    parameters = map(jnp.asarray, start(name))
    state = [[(p, jnp.zeros_like(p), jnp.zeros_like(p)) for p in parameters], jnp.float32(1)]

    def step(x, y):
        *state[:], loss = update(*state, x, y)
        return loss.block_until_ready()

    return step, jnp.asarray


WAYS = {
    "mlx_eager": partial(mlx, compiled=False),
    "mlx_compiled": partial(mlx, compiled=True),
    "mlx_openblas": partial(mlx, compiled=True),
    "numpy": by_hand,
    "torch_one": partial(torch, threads=1),
    "torch_all": partial(torch, threads=None),
    "jax": jax,
}


def take_turns(way: str) -> None:
    """For each network that a line of standard input names: make its steps, print the seconds."""
    given, steps, losses = {}, {}, {}

    def turn(name: str) -> None:
        for x, y in given[name]:
            losses[name] = steps[name](x, y)

    for name in SIZES:
        steps[name], array = WAYS[way](name)
        given[name] = [(array(x), array(y)) for x, y in batches(name, *data(name), STEPS[name])]
        turn(name)
    print("ready", flush=True)
    while (name := sys.stdin.readline().strip()) in SIZES:
        began = time.perf_counter()
        turn(name)
        print((time.perf_counter() - began) / STEPS[name], flush=True)
    print(json.dumps({name: loss.item() for name, loss in losses.items()}), flush=True)


if __name__ == "__main__":
    take_turns(sys.argv[1])
