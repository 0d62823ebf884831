"""One step of training, the same networks in each framework.

Each framework runs in a process of its own (`python training.py FRAMEWORK`), all of them alive together; they take turns,
a few steps at a time, so that what else the machine does falls on all alike. This file imports nothing of the book before
it measures, so that the peers' environment can run it.
"""

import json
import os
import subprocess
import sys
import time
from ctypes.util import find_library
from functools import partial

import numpy as np

RATE = 0.001
SIZES = {"two": (2, 2, 1), "diagnosis": (30, 8, 1), "digits": (64, 128, 10)}
STEPS = {"two": 100, "diagnosis": 50, "digits": 50}  # of one turn
TURNS = 15
BATCH = 64  # of the digits; the others take all examples at once


def data(name: str) -> tuple[np.ndarray, np.ndarray]:
    if name == "two":
        return np.array([[0.5, 0.2], [0.7, 0.1]], np.float32), np.array([[1], [0]], np.float32)
    from sklearn.datasets import load_breast_cancer, load_digits

    X, y = (load_breast_cancer if name == "diagnosis" else load_digits)(return_X_y=True)
    X = ((X - X.mean(0)) / (X.std(0) + 1e-6)).astype(np.float32)
    return (
        (X[:426], 1 - y[:426, None].astype(np.float32))
        if name == "diagnosis"
        else (X, y.astype(np.int32))
    )


def start(sizes: tuple) -> list[np.ndarray]:
    """W1, b1, W2, b2: the same in every framework."""
    draw = np.random.default_rng(0)
    return [
        draw.uniform(-1, 1, shape).astype(np.float32) / np.sqrt(shape[-1] if len(shape) > 1 else 1)
        for a, b in zip(sizes, sizes[1:])
        for shape in ((b, a), (b,))
    ]


def batches(name: str, X, y, count: int) -> list:
    """What each step is given; an index of a batch, moved along."""
    if name != "digits":
        return [(X, y)] * count
    places = [(k * BATCH) % (len(X) - BATCH) for k in range(count)]
    return [(X[k : k + BATCH], y[k : k + BATCH]) for k in places]


# ---- the frameworks: each gives a function that makes one step and ends it ----------------------------------------------------


def mlx(name: str, compiled: bool):
    import mlx.core as mx
    import mlx.nn as nn
    import mlx.optimizers as optim

    a, b, c = SIZES[name]
    model = nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Linear(b, c))
    model.update(
        {
            "layers": [
                dict(zip(("weight", "bias"), map(mx.array, start(SIZES[name])[:2]))),
                {},
                dict(zip(("weight", "bias"), map(mx.array, start(SIZES[name])[2:]))),
            ]
        }
    )
    optimizer = optim.Adam(learning_rate=RATE, bias_correction=True)
    losses = nn.losses

    def loss_fn(model, x, y):
        z = model(x)
        return (
            losses.cross_entropy(z, y, reduction="mean")
            if c > 1
            else losses.binary_cross_entropy(z, y)
        )

    loss_and_grad = nn.value_and_grad(model, loss_fn)

    def update(x, y):
        loss, grads = loss_and_grad(model, x, y)
        optimizer.update(model, grads)
        return loss

    optimizer.init(model.trainable_parameters())
    state = [model.state, optimizer.state]
    if compiled:
        update = partial(mx.compile, inputs=state, outputs=state)(update)

    def step(x, y):
        loss = update(x, y)
        mx.eval(state, loss)
        return loss

    return step, mx.array


def by_hand(name: str):
    W1, b1, W2, b2 = parameters = start(SIZES[name])
    memory = [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]
    steps = 0

    def step(x, y):
        nonlocal steps
        steps += 1
        z1 = x @ W1.T + b1
        a1 = np.maximum(z1, 0)
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
        d1 = (d2 @ W2) * (z1 > 0)
        for p, g, (m, v) in zip(parameters, (d1.T @ x, d1.sum(0), d2.T @ a1, d2.sum(0)), memory):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            p -= RATE * (m / (1 - 0.9**steps)) / (np.sqrt(v / (1 - 0.999**steps)) + 1e-8)
        return loss

    return step, np.asarray


def torch(name: str, threads: int | None):
    import torch as t

    if threads:
        t.set_num_threads(threads)
    a, b, c = SIZES[name]
    model = t.nn.Sequential(t.nn.Linear(a, b), t.nn.ReLU(), t.nn.Linear(b, c))
    with t.no_grad():
        for parameter, value in zip(model.parameters(), start(SIZES[name])):
            parameter.copy_(t.tensor(value))
    optimizer = t.optim.Adam(model.parameters(), lr=RATE)
    loss_fn = (
        t.nn.functional.cross_entropy if c > 1 else t.nn.functional.binary_cross_entropy_with_logits
    )

    def step(x, y):
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda value: t.tensor(
        value, dtype=t.int64 if value.dtype == np.int32 else t.float32
    )


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
    def update(parameters, memory, steps, x, y):
        loss, grads = j.value_and_grad(loss_fn)(parameters, x, y)
        memory = [(m + 0.1 * (g - m), v + 0.001 * (g * g - v)) for (m, v), g in zip(memory, grads)]
        moved = [
            RATE * (m / (1 - 0.9**steps)) / (jnp.sqrt(v / (1 - 0.999**steps)) + 1e-8)
            for m, v in memory
        ]
        return [p - d for p, d in zip(parameters, moved)], memory, steps + 1, loss

    held = [list(map(jnp.asarray, start(SIZES[name])))]
    held += [[(jnp.zeros_like(p), jnp.zeros_like(p)) for p in held[0]], jnp.float32(1)]

    def step(x, y):
        *held[:], loss = update(*held, x, y)
        return loss.block_until_ready()

    return step, jnp.asarray


WAYS = {
    "mlx_eager": lambda name: mlx(name, False),
    "mlx_compiled": lambda name: mlx(name, True),
    "mlx_openblas": lambda name: mlx(name, True),
    "numpy": by_hand,
    "torch_one": lambda name: torch(name, 1),
    "torch_all": lambda name: torch(name, None),
    "jax": jax,
}


def take_turns(way: str) -> None:
    """Get ready, then make the steps that each line on stdin asks for by a network's name; answer with seconds a step."""
    given, steps, losses = {}, {}, {}
    for name in SIZES:
        steps[name], array = WAYS[way](name)
        given[name] = [(array(x), array(t)) for x, t in batches(name, *data(name), STEPS[name])]
        for x, t in given[name]:
            losses[name] = steps[name](x, t)
    print("ready", flush=True)
    for line in sys.stdin:
        if (name := line.strip()) not in SIZES:
            break
        step, began = steps[name], time.perf_counter()
        for x, t in given[name]:
            losses[name] = step(x, t)
        print((time.perf_counter() - began) / STEPS[name], flush=True)
    print(json.dumps({name: losses[name].item() for name in SIZES}), flush=True)


# ---- all of them, in turns ----------------------------------------------------------------------------------------------------


def openblas() -> str | None:
    """A BLAS to put in place of the Linux wheel's: `OPENBLAS=path`, or the system's."""
    return os.environ.get("OPENBLAS") or find_library("openblas")


def measure(figures) -> None:
    from two_passes import bench

    ways = {way: (sys.executable, {}) for way in ("mlx_eager", "mlx_compiled", "numpy")}
    if sys.platform == "linux" and (blas := openblas()):
        ways["mlx_openblas"] = (sys.executable, {"LD_PRELOAD": blas})
    if python := bench.peers():
        ways |= {way: (str(python), {}) for way in ("torch_one", "torch_all", "jax")}
    processes = {
        way: subprocess.Popen(
            [python, __file__, way],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **more},
        )
        for way, (python, more) in ways.items()
    }
    try:
        for way, process in processes.items():
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError(f"{way} does not start: the lines above say why")
        samples = {(name, way): [] for name in SIZES for way in ways}
        for _ in range(TURNS):
            for name, way in samples:
                samples[name, way].append(1e6 * float(_asked(processes[way], name)))
        losses = {way: json.loads(_asked(process, "end")) for way, process in processes.items()}
    finally:
        for process in processes.values():
            process.kill()
            process.wait()
    for (name, way), times in samples.items():
        if abs(losses[way][name] - losses["numpy"][name]) > 0.05:
            raise ArithmeticError(
                f"{name}: {way} ends at loss {losses[way][name]}, NumPy at {losses['numpy'][name]}: not the same program"
            )
        figures.add(f"{name}_{way}", times, "µs", of=min)
    for name in SIZES:
        for way in ways:
            if way != "mlx_compiled":
                figures.ratio(f"{name}_{way}_ratio", f"{name}_{way}", f"{name}_mlx_compiled")


def _asked(process: subprocess.Popen, line: str) -> str:
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return process.stdout.readline()


if __name__ == "__main__":
    take_turns(sys.argv[1])
