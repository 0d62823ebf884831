"""Random inputs for a check: sizes that differ from axis to axis, values in each symbol's range."""

import ast
import math
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng

from mathdoctest import axes, backends, batch, directed, indices, resolve
from mathdoctest.backends import Backend
from mathdoctest.scope import Function, Scope
from mathdoctest.signature import Shape
from mathdoctest.syntax import Node, Number, Reduce, Sum, Symbol, walk
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
    "orthogonal": _orthogonal,
}
KNOWN = f"it is real, {', '.join(RANGES)}, index, or the name of an axis of the function"


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
        reachable = self.reachable = _reachable(scope)
        self.time_axes = set[str]().union(*(f.time_axes for f in reachable))
        self.index_axes = indices.axes(reachable)
        self._same = _unified(reachable)
        self.from_zero = _from_zero(reachable, ranges)
        every = [(n, s) for f in reversed(reachable) for n, s in f.parameters.items() if s]
        self.inputs = dict(every) | {n: s for n, s in every if not s.any_shape}
        self._drawn: dict[str, Any] = {}
        taken = _constants(scope.own)
        order = [n for n in SIZES if n not in taken]
        self.layers = default_rng([seed, 8]).permutation([2, 3, 4, 5])[: DEPTH + 1]
        for attempt in range(ATTEMPTS):  # `n-k` needs an n that is larger than k
            rng = default_rng([seed, 7, attempt][: 2 + bool(attempt)])
            self._free = [*rng.permutation(order[:5]), *order[5:]]
            self.sizes: dict[str, int] = {}
            self.sizes_of(scope.own)
            if all(self.size(axis) > 0 for axis in _axes(scope.own) if axis not in axes.LAYERS):
                break
        else:
            raise axes.NotAxes(f"no sizes make each of {_axes(scope.own)} larger than 0")

    # ---- sizes

    def sizes_of(self, function: Function) -> dict[str, int]:
        """All sizes known, with those of this function's axes."""
        shapes = [s for s in (*function.parameters.values(), *function.returned) if s]
        for axis in _axes(function):
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
            root = self._same.root(axis)
            self.sizes[axis] = self.size(root) if root != axis else self._free_size()
        return self.sizes[axis]

    def _free_size(self) -> int:
        """A size that no other axis has."""
        return int(self._free.pop(0)) if self._free else max(*SIZES, *self.sizes.values()) + 1

    # ---- values

    def value(self, name: str, shape: Shape) -> Any:
        """An array in NumPy, a number, a `Drawn` function or a list of them."""
        if name not in self._drawn:
            rng = default_rng([self.seed, zlib.crc32(name.encode())])
            value = self._value(name, shape, rng)
            change = self._setting.get(name)
            self._drawn[name] = change(self._input, value) if change else value
        return self._drawn[name]

    def _input(self, name: str) -> Any:
        return self.value(name, self.inputs[name])

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
        if declared in self.sizes or self._is_axis(declared):
            return [declared, *self.index_axes.get(name, ())]
        return self.index_axes.get(name, []) if declared == "index" else []

    def _is_axis(self, name: str) -> bool:
        shapes = [s for f in self.reachable for s in (*f.parameters.values(), *f.returned) if s]
        return any(name in (shape.of or shape).axes for shape in shapes)

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
        for layer in range(0 if name in self.from_zero else 1, DEPTH + 1):
            near = {"_here": layer, "_before": layer - 1, "_after": layer + 1}
            axes = (int(self.layers[near[a]]) if a in near else self.size(a) for a in element.axes)
            out.append(self._array(name, tuple(axes), element, rng))
        return out


def _constants(function: Function) -> set[int]:
    """Whole numbers of the formulas or the code: no axis may have such a size by chance."""
    in_code = {n.value for n in ast.walk(function.node) if isinstance(n, ast.Constant)}
    numbers = {n.value for n in function.nodes if isinstance(n, Number)}
    return {int(n) for n in numbers | in_code if isinstance(n, int | float) and n == int(n)}


def _axes(function: Function) -> list[str]:
    """The axes of all that goes into a function and comes out."""
    shapes = [s for s in (*function.parameters.values(), *function.returned) if s]
    listed = [s.of if s.kind == "list" and s.of else s for s in shapes]
    return [axis for shape in listed for axis in shape.axes]


def _unified(reachable: list[Function]) -> axes.Equal:
    """Which axes are one: a quantity has one shape, whatever it is called."""
    same = axes.Equal()
    seen: dict[str, Shape] = {}
    for function in reachable:
        for name in dict.fromkeys([*function.parameters, *function.lefts]):
            shape = function.shape(name)
            if shape is None or shape.kind != "array" or shape.any_shape:
                continue
            for axis in shape.axes:
                if "=" in axis:  # `n=2`
                    same.join(axis.rpartition("=")[2], axis.partition("=")[0])
            first = seen.setdefault(name, shape)
            if len(first.axes) == len(shape.axes):
                for keep, drop in zip(first.axes, shape.axes, strict=True):
                    same.join(keep, drop)
    return same


def _from_zero(reachable: list[Function], ranges: dict[str, str]) -> set[str]:
    """The lists that begin with layer 0: their formulas say so, or else those that use them."""
    out = {name for name, kind in ranges.items() if kind == "from 0"}
    made = {name for one in reachable if one.sequence for name in one.lefts}
    for one in reachable:
        for chain in one.statements:
            nodes = [node for side in chain.sides for node in walk(side)]
            low = {n.letters[-1]: _least(n.low) for n in nodes if isinstance(n, Reduce) and n.letters and n.low}
            if chain.where:
                low[chain.where.letter] = min(_least(chain.where.first), _least(chain.where.last))
            for node in nodes:
                if not isinstance(node, Symbol) or node.layer is None:
                    continue
                for name in (node.name, resolve.capital(node.name)):
                    shape = one.parameters.get(name)
                    before = shape and shape.of and "_before" in shape.of.axes
                    is_used = name not in made and not before and _least(node.layer, low) == 0
                    if is_used or node is chain.sides[0] and node.layer == Number(0.0):
                        out.add(name)
    return out


def _least(node: Node, low: Mapping[str, float] = {}) -> float:  # noqa: B006
    """The least value of a layer's number; infinite where it is not known."""
    match node:
        case Number(value):
            return value
        case Symbol(name):
            return low.get(name, math.inf)
        case Sum(terms):
            return sum(sign * _least(term, low) for sign, term in terms)
    return math.inf


def _reachable(scope: Scope) -> list[Function]:
    """The function under test and those whose formulas its own need."""
    out = [scope.own]
    for function in out:  # the list grows
        meant = scope.meanings.values() if function is scope.own else ()
        nodes = [*function.nodes, *(n for node in meant for n in walk(node))]
        symbols = [n for n in nodes if isinstance(n, Symbol)]
        for name in dict.fromkeys([*map(function.full_name, symbols), *function.parameters]):
            for each in (name, resolve.capital(name)):
                found = [one for one, _ in scope.definitions(each, function)]
                out += [one for one in found if one not in out]
    return out
