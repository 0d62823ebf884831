"""Random inputs for a check: sizes that differ from axis to axis, values in each symbol's range."""

import functools
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng

from mathdoctest import axes, backends, batch, directed, layout
from mathdoctest.backends import Backend
from mathdoctest.functions import Function
from mathdoctest.scope import Scope
from mathdoctest.signature import Shape
from mathdoctest.values import Wrong

SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
ATTEMPTS = 500
DEPTH = 3  # layers of a list
# Smooth functions, none even or odd, none the inverse or slope of another: for a `Callable`
ENTRYWISE: tuple[Callable[[Backend, Any], Any], ...] = (
    lambda lib, x: lib.tanh(x) + 0.3 * x * x,
    lambda lib, x: lib.sin(1.7 * x) + 0.4 * x,
    lambda lib, x: lib.softplus(1.3 * x) - 0.2 * x * x,
    lambda lib, x: x * lib.exp(-0.5 * x * x) + 0.7 * x,
    lambda lib, x: lib.cos(x) + 0.9 * lib.tanh(1.1 * x),
)


@dataclass
class Drawn:
    """A random function in place of a `Callable` parameter, on arrays of any backend."""

    of: Callable[[Backend, Any], Any]

    def __call__(self, array: Any) -> Any:
        return self.of(backends.of(array), array)

    def slope(self) -> "Drawn":
        return Drawn(lambda lib, x: backends.slope(self.of, lib, x))


def _simplex(rng: Generator, axes: tuple[int, ...]) -> np.ndarray:
    out = rng.uniform(0.2, 1.0, axes)
    return out / out.sum(axis=-1, keepdims=True) if axes else out


def _symmetric(rng: Generator, axes: tuple[int, ...]) -> np.ndarray:
    out = rng.normal(0, 0.5, _square(axes, "symmetric"))
    return (out + np.swapaxes(out, -1, -2)) / 2


def _definite(rng: Generator, axes: tuple[int, ...]) -> np.ndarray:
    """Symmetric, with every eigenvalue above 0."""
    half = rng.normal(0, 0.5, _square(axes, "definite"))
    made: np.ndarray = half @ np.swapaxes(half, -1, -2) + 0.5 * np.eye(axes[-1])
    return made


def _orthogonal(rng: Generator, axes: tuple[int, ...]) -> np.ndarray:
    return np.linalg.qr(rng.normal(0, 1, _square(axes, "orthogonal")))[0]


def _square(axes: tuple[int, ...], kind: str) -> tuple[int, ...]:
    if len(axes) < 2 or axes[-1] != axes[-2]:
        sizes = " × ".join(map(str, axes)) or "a number"
        raise Wrong(f"a matrix of the range `{kind}` has two equal axes; this one is {sizes}")
    return axes


def _mask(rng: Generator, axes: tuple[int, ...]) -> np.ndarray:
    out = rng.integers(0, 2, axes).astype(np.float64)
    if out.size > 1:  # both occur
        out.flat[:: out.size - 1] = rng.permutation([0.0, 1.0])
    return out


# What random numbers are drawn from; real ones are drawn otherwise. See `symbols.Symbol`
RANGES: dict[str, Callable[[Generator, tuple[int, ...]], Any]] = {
    "positive": lambda rng, axes: rng.uniform(0.3, 2.0, axes),
    "unit": lambda rng, axes: rng.uniform(0.1, 0.9, axes),
    "simplex": _simplex,
    "mask": _mask,
    "symmetric": _symmetric,
    "definite": _definite,
    "orthogonal": _orthogonal,
}
KNOWN = f"it is real, {', '.join(RANGES)}, index, or the name of an axis of the function"


def _generator(seed: int, name: str) -> Generator:
    """Random numbers for a value, always the same; one generator is not used for two at a time."""
    found, start = _begun(seed, name, threading.get_ident())
    found.bit_generator.state = start
    return found


@functools.lru_cache(maxsize=1024)
def _begun(seed: int, name: str, thread: int) -> tuple[Generator, Any]:
    """A generator, which takes long to make, and its state at the start."""
    made = default_rng([seed, zlib.crc32(name.encode())])
    return made, made.bit_generator.state


@functools.lru_cache(maxsize=1024)
def _permuted(seed: tuple[int, ...], of: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(int, default_rng(seed).permutation(of)))


def _to_a_number(lib: Backend, x: Any) -> Any:
    weights = lib.array(np.linspace(0.5, 1.5, x.shape[-1]))
    square = lib.sum(lib.sin(weights * x) + 0.3 * weights * x * x, axis=-1)
    return square + lib.sum(x, axis=-1) * lib.sum(x * weights, axis=-1)


class Draw:
    """One draw for one function, which the seed alone reproduces.

    A seed of `directed.FIRST` or more is a draw on purpose, of that setting.
    ranges: name → range (see `symbols.Symbol`). at_zero: whether real inputs contain an exact 0.
    """

    def __init__(self, scope: Scope, ranges: dict[str, str], seed: int, at_zero: bool = False):
        self.scope, self.ranges, self.seed, self.at_zero = scope, ranges, seed, at_zero
        self.is_directed = seed >= directed.FIRST
        self._setting: directed.Setting = {}
        if self.is_directed:
            self._setting = directed.settings(scope.own, ranges)[seed - directed.FIRST]
        # far out a function may be cut off, which nobody would notice near 0
        self.at_limits = at_zero or self.is_directed
        self.is_far_out = at_zero and seed == 4 and scope.own.entry
        self.layout = layout.of(scope, tuple(sorted(ranges.items())))
        self._drawn: dict[str, Any] = {}
        order = [n for n in SIZES if n not in self.layout.taken]
        self.layers = _permuted((seed, 8), (2, 3, 4, 5))[: DEPTH + 1]
        for attempt in range(ATTEMPTS):  # `n-k` needs an n that is larger than k
            key = (seed, 7, attempt)[: 2 + bool(attempt)]
            self._free = [*_permuted(key, tuple(order[:5])), *order[5:]]
            self.sizes: dict[str, int] = {}
            self._sized = set[Function]()
            self.sizes_of(scope.own)
            own = [axis for axis in layout.axes_of(scope.own) if axis not in axes.LAYERS]
            if all(self.size(axis) > 0 for axis in own):
                break
        else:
            raise axes.NotAxes(f"no sizes make each of {own} larger than 0")

    # ---- sizes

    def sizes_of(self, function: Function) -> dict[str, int]:
        """All sizes known, with those of this function's axes."""
        if function in self._sized:
            return self.sizes
        self._sized.add(function)
        shapes = [s for s in (*function.parameters.values(), *function.returned) if s]
        for axis in layout.axes_of(function):
            self.size(axis)
        if any(s.kind == "list" for s in shapes):
            self.sizes["D"] = DEPTH
        return self.sizes

    def size(self, axis: str) -> int:
        if axis.isdigit():
            return int(axis)
        if axis in axes.LAYERS:  # `_here`, `_before` and `_after` vary with the layer
            ends = {"_first": self.layers[0], "_last": self.layers[-1]}
            return int(ends.get(axis, 0))
        if "=" in axis:
            self.size(axis.partition("=")[0])  # formulas may call it so
        if not axis.isidentifier() and axis != axes.ANY:
            return axes.value(axis, self.size)
        if axis not in self.sizes:
            root = self.layout.same.root(axis)
            self.sizes[axis] = self.size(root) if root != axis else self._free_size()
        return self.sizes[axis]

    def _free_size(self) -> int:
        """A size that no other axis has."""
        return int(self._free.pop(0)) if self._free else max(*SIZES, *self.sizes.values()) + 1

    # ---- values

    def value(self, name: str, shape: Shape) -> Any:
        """An array in NumPy, a number, a `Drawn` function or a list of them."""
        if name not in self._drawn:
            rng = _generator(self.seed, name)
            value = self._value(name, shape, rng)
            change = self._setting.get(name)
            self._drawn[name] = change(self._input, value) if change else value
        return self._drawn[name]

    def _input(self, name: str) -> Any:
        return self.value(name, self.layout.inputs[name])

    def _value(self, name: str, shape: Shape, rng: Generator) -> Any:
        if shape.kind == "callable":
            base = name.removesuffix("_prime")
            if base != name:
                return self.value(base, shape).slope()
            if shape.of is not None and shape.of.kind == "number":
                return Drawn(_to_a_number)
            return Drawn(ENTRYWISE[int(rng.integers(len(ENTRYWISE)))])
        if shape.kind == "list" and shape.of:
            return self._list(name, shape.of, rng)
        if shape.truth and shape.kind == "number":
            return bool(rng.integers(2))
        if shape.kind == "number" and not self.along(name):
            return int(rng.integers(2, 10)) if shape.whole else float(self._numbers(name, (), rng))
        if shape.kind == "number":
            return int(self._array(name, (), shape, rng))
        found = self._array(name, tuple(map(self.size, shape.axes)), shape, rng)
        return batch.constant(found, shape) if batch.is_narrow(name, shape, self) else found

    def another(self, name: str, shape: Shape, nth: int) -> np.ndarray:
        """One more array for a parameter: another entry of its batch."""
        rng = default_rng([self.seed, zlib.crc32(name.encode()), nth])
        found: np.ndarray = self._value(name, shape, rng)
        return found

    def along(self, name: str) -> list[str]:
        """The axes along which a name is an index: declared, or as the formulas use it."""
        declared = self.ranges.get(name, "index")
        if declared in self.sizes or declared in self.layout.names:
            return [declared, *self.layout.index_axes.get(name, ())]
        return self.layout.index_axes.get(name, []) if declared == "index" else []

    def _array(self, name: str, axes: tuple[int, ...], shape: Shape, rng: Generator) -> np.ndarray:
        if shape.truth:
            return rng.integers(0, 2, axes)
        if along := self.along(name):
            return rng.integers(1, self.size(along[0]) + 1, axes)
        if shape.whole:
            return rng.integers(1, 6, axes)
        return self._numbers(name, axes, rng)

    def _numbers(self, name: str, axes: tuple[int, ...], rng: Generator) -> np.ndarray:
        kind = self.ranges.get(name, "real")
        if draw := RANGES.get(kind):
            return np.asarray(draw(rng, axes))
        if kind != "real":
            raise Wrong(f"`{name}` has the unknown range `{kind}`: {KNOWN}")
        out = rng.uniform(-20, 20, axes) if self.is_far_out else rng.normal(0, 0.5, axes)
        out = np.where(np.abs(out) < 0.05, 0.3, out)  # away from 0, where only an exact 0 belongs
        if self.at_zero and axes and out.size > 1:
            out.flat[int(rng.integers(out.size))] = 0.0
        return out

    def _list(self, name: str, element: Shape, rng: Generator) -> list[Any]:
        if element.kind == "callable":
            return [Drawn(ENTRYWISE[i]) for i in rng.permutation(len(ENTRYWISE))[:DEPTH]]
        out = []
        for layer in range(0 if name in self.layout.from_zero else 1, DEPTH + 1):
            near = {"_here": layer, "_before": layer - 1, "_after": layer + 1}
            axes = (int(self.layers[near[a]]) if a in near else self.size(a) for a in element.axes)
            out.append(self._array(name, tuple(axes), element, rng))
        return out
