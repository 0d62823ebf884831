"""One step of training on three automatic differentiations: the engine of the book's chapter, the
same engine on single numbers, and MLX's own.
"""

import math
import time
from collections.abc import Callable

import mlx.core as mx

from snippets import autograd_engine as book
from snippets.engine import Node, gradients

TURNS = 7
LEAST = 0.02  # seconds of a turn
NETWORKS = {"two": (2, 2), "moons": (16, 100), "many": (16, 1000)}  # hidden neurons, examples
WAYS = ("numbers", "engine", "mlx_eager", "mlx_compiled")
RATE = 0.1


# ---- the same engine, on single numbers


class Number:
    """A number, the ones that it was computed from, and the rule of the way back."""

    def __init__(self, value, back=None, parents=()):
        self.value = value
        self.back = back
        self.parents = parents
        self.depth = max((p.depth + 1 for p in parents), default=0)

    def __add__(self, other):
        return add(self, other)

    def __mul__(self, other):
        return multiply(self, other)

    def __sub__(self, other):
        return self + multiply(other, -1.0)


def step(f: Callable, back: Callable) -> Callable:
    def recorded(*given):
        parents = tuple(g if isinstance(g, Number) else Number(g) for g in given)
        return Number(f(*(p.value for p in parents)), back, parents)

    return recorded


def slopes(end: Number) -> dict[Number, float]:
    found, seen = [end], {end}
    for node in found:
        for parent in node.parents:
            if parent not in seen:
                found.append(parent)
                seen.add(parent)
    grads = {end: 1.0}
    for node in sorted(found, key=lambda node: node.depth, reverse=True):
        if node.parents:
            sent = node.back(grads[node], *(p.value for p in node.parents))
            for parent, g in zip(node.parents, sent, strict=True):
                grads[parent] = grads[parent] + g if parent in grads else g
    return grads


def _softplus(a: float) -> float:
    return max(a, 0.0) + math.log1p(math.exp(-abs(a)))


add = step(lambda a, b: a + b, lambda g, a, b: (g, g))
multiply = step(lambda a, b: a * b, lambda g, a, b: (g * b, g * a))
rectify = step(lambda a: max(a, 0.0), lambda g, a: (g * (a > 0),))
softplus = step(_softplus, lambda g, a: (g / (1 + math.exp(-a)),))


# ---- one step of each; a list of values goes in, the new one and the loss come out


def by_numbers(X: mx.array, Y: mx.array) -> Callable:
    points, labels = X.tolist(), Y[:, 0].tolist()

    def one(values: list) -> tuple[list, float]:
        flat = [[Number(v) for v in row] for row in values]
        width = len(flat[1])
        V1 = [flat[0][2 * i : 2 * i + 2] for i in range(width)]
        L = Number(0.0)
        for (p, q), label in zip(points, labels, strict=True):
            p, q, z = Number(p), Number(q), flat[3][0]
            for (v, w), c, out in zip(V1, flat[1], flat[2], strict=True):
                z = z + rectify(v * p + w * q + c) * out
            L = L + (softplus(z) - z * label)
        L = L * (1 / len(labels))
        grads = slopes(L)
        return [[n.value - RATE * grads[n] for n in row] for row in flat], L.value

    return one


def by_engine(X: mx.array, Y: mx.array) -> Callable:
    def one(values: list[mx.array]) -> tuple[list[mx.array], mx.array]:
        parameters = [Node(value) for value in values]
        L = book.mean_loss(book.logits(Node(X), parameters), Y)
        grads = gradients(L)
        new = [p.value - RATE * grads[p] for p in parameters]
        mx.eval(new, L.value)
        return new, L.value

    return one


def by_mlx(X: mx.array, Y: mx.array, compiled: bool) -> Callable:
    def loss(values: list[mx.array], X: mx.array, Y: mx.array) -> mx.array:
        V1, c1, V2, c2 = values
        Z = mx.maximum(X @ V1.T + c1, 0) @ V2.T + c2
        return (mx.logaddexp(Z, mx.array(0.0)) - Z * Y).sum() * (1 / len(Y))

    def update(values: list[mx.array], X: mx.array, Y: mx.array):
        L, grads = mx.value_and_grad(loss)(values, X, Y)
        return [v - RATE * g for v, g in zip(values, grads, strict=True)], L

    update = mx.compile(update) if compiled else update

    def one(values: list[mx.array]) -> tuple[list[mx.array], mx.array]:
        new, L = update(values, X, Y)
        mx.eval(new, L)
        return new, L

    return one


def start(hidden: int) -> list[mx.array]:
    mx.random.seed(1)
    V1, V2 = mx.random.normal((hidden, 2)), mx.random.normal((1, hidden))
    return [V1, mx.zeros(hidden), V2 / math.sqrt(hidden), mx.zeros(1)]


def prepared(way: str, network: str) -> tuple[Callable, list]:
    """A step, and the values that it begins with."""
    hidden, count = NETWORKS[network]
    X, Y = book.moons(count, seed=0)
    values = start(hidden)
    mx.eval(X, Y, values)
    if way == "numbers":
        return by_numbers(X, Y), [value.flatten().tolist() for value in values]
    if way == "engine":
        return by_engine(X, Y), values
    return by_mlx(X, Y, way == "mlx_compiled"), values


def losses(way: str, network: str, steps: int) -> list[float]:
    one, values = prepared(way, network)
    found = []
    for _ in range(steps):
        values, L = one(values)
        found.append(float(L))
    return found


def measure(figures, _) -> None:
    for network in NETWORKS:
        wanted = losses("mlx_eager", network, 3)
        given = {}
        for way in WAYS:
            ends = losses(way, network, 3)  # what is made once is made now
            if abs(ends[-1] - wanted[-1]) > 1e-4:
                raise ArithmeticError(f"{network}: {way} ends at {ends[-1]}, MLX at {wanted[-1]}")
            given[way] = prepared(way, network)
        samples: dict[str, list[float]] = {way: [] for way in WAYS}
        for _ in range(TURNS):
            for way, (one, values) in given.items():
                samples[way].append(1e6 * _seconds(one, values))
        for way, found in samples.items():
            figures.add(f"{network}_{way}", found, "µs", of=min)
        for way in WAYS:
            if way != "engine":
                figures.ratio(f"{network}_{way}_ratio", f"{network}_{way}", f"{network}_engine")


def _seconds(one: Callable, values: list) -> float:
    """Of one step, in a turn of as many as fill it."""
    one(values)  # a compiled step is traced again for other shapes
    count, began = 0, time.perf_counter()
    while (took := time.perf_counter() - began) < LEAST or not count:
        one(values)
        count += 1
    return took / count
