"""Random inputs for a check: sizes that differ from axis to axis, values in the range that a symbol lives in."""

import ast
import re
import zlib

import mlx.core as mx
import numpy as np

from literate.formula.names import Drawn
from literate.formula.scope import Function, Scope, Shape
from literate.formula.tree import walk

SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
# Smooth functions, none even or odd, none the inverse or slope of another: in place of a `Callable`
ENTRYWISE = (
    lambda lib, x: lib.tanh(x) + 0.3 * x * x,
    lambda lib, x: lib.sin(1.7 * x) + 0.4 * x,
    lambda lib, x: lib.softplus(1.3 * x) - 0.2 * x * x,
    lambda lib, x: x * lib.exp(-0.5 * x * x) + 0.7 * x,
    lambda lib, x: lib.cos(x) + 0.9 * lib.tanh(1.1 * x),
)


def _to_a_number(lib, x):
    weights = lib.array(np.linspace(0.5, 1.5, x.shape[-1]))
    return lib.sum(lib.sin(weights * x) + 0.3 * weights * x * x, axis=-1) + lib.sum(
        x, axis=-1
    ) * lib.sum(x * weights, axis=-1)


class Draw:
    """One draw for one function. The seed alone reproduces it. at_zero: whether real inputs hold an exact 0."""

    def __init__(self, scope: Scope, ranges: dict[str, str], seed: int, at_zero: bool = False):
        self.seed, self.ranges, self.at_zero = seed, ranges, at_zero
        self.scope = scope
        self.wide = (
            at_zero and seed == 4 and scope.own.entry
        )  # far out a function may be cut off, and nobody would notice near 0
        reachable = _reachable(scope)
        self.same = _unify(reachable)
        every = [
            (n, shape)
            for one in reversed(reachable)
            for n, shape in one.parameters.items()
            if shape
        ]
        self.inputs = dict(every) | {n: shape for n, shape in every if not shape.any_shape}
        self.sizes: dict[str, int] = {}
        self.drawn: dict[str, object] = {}
        taken = _constants(scope.own)
        order = [n for n in SIZES if n not in taken]
        head = list(np.random.default_rng([seed, 7]).permutation(order[:5]))
        self._free = [int(n) for n in head] + order[5:]
        depth = 3
        self.layers = [int(n) for n in np.random.default_rng([seed, 8]).permutation([2, 3, 4, 5])][
            : depth + 1
        ]
        self.depth = depth
        self.sizes_of(scope.own)

    # ---- sizes

    def sizes_of(self, one: Function) -> dict[str, int]:
        shapes = [s for s in (*one.parameters.values(), *one.returned) if s]
        for shape in shapes:
            for axis in shape.of.axes if shape.kind == "list" and shape.of else shape.axes:
                self.size(axis)
        if any(s.kind == "list" for s in shapes):
            self.sizes["D"] = self.depth
        return self.sizes

    def size(self, axis: str) -> int:
        if axis.isdigit():
            return int(axis)
        if axis.startswith("_"):  # of a layer: `_here`, `_before` and `_after` vary with it
            return {"_first": self.layers[0], "_last": self.layers[-1]}.get(axis, 0)
        if more := re.fullmatch(r"(\w+)\+(\d+)", axis):
            return self.size(more[1]) + int(more[2])
        root = self.same.get(axis, axis)
        if root.isdigit():
            self.sizes[axis] = int(root)
        if axis not in self.sizes:
            if root not in self.sizes:
                self.sizes[root] = self._free.pop(0)
            self.sizes[axis] = self.sizes[root]
        return self.sizes[axis]

    # ---- values

    def value(self, name: str, shape: Shape):
        if name not in self.drawn:
            rng = np.random.default_rng([self.seed, zlib.crc32(name.encode())])
            self.drawn[name] = self._value(name, shape, rng)
        return self.drawn[name]

    def _value(self, name: str, shape: Shape, rng):
        if shape.kind == "callable":
            base = name.removesuffix("_prime")
            return self._function(shape, rng) if base == name else _slope(self.value(base, shape))
        if shape.kind == "list":
            return self._list(name, shape, rng)
        if shape.kind == "number":
            return int(rng.integers(2, 10)) if shape.whole else float(self._numbers(name, (), rng))
        axes = (
            tuple(self.size(a) for a in shape.axes) if not shape.any_shape else (self.size("..."),)
        )
        return self._array(name, axes, shape, rng)

    def _array(self, name: str, axes: tuple, shape: Shape, rng):
        if shape.whole or self.ranges.get(name) in self.sizes:
            last = self.size(self.ranges[name]) if self.ranges.get(name) else 5
            return rng.integers(1, last + 1, axes)
        return self._numbers(name, axes, rng)

    def _numbers(self, name: str, axes: tuple, rng):
        within = self.ranges.get(name, "real")
        if within == "unit":
            return rng.uniform(0.1, 0.9, axes)
        if within == "positive":
            return rng.uniform(0.3, 2.0, axes)
        out = rng.uniform(-20, 20, axes) if self.wide else rng.normal(0, 0.5, axes)
        out = np.where(np.abs(out) < 0.05, 0.3, out)  # away from 0, where only an exact 0 belongs
        if self.at_zero and axes and out.size > 1:
            out.flat[int(rng.integers(out.size))] = 0.0
        return out

    def _function(self, shape: Shape, rng):
        if shape.of is not None and shape.of.kind == "number":
            return Drawn(_to_a_number)
        return Drawn(ENTRYWISE[int(rng.integers(len(ENTRYWISE)))])

    def _list(self, name: str, shape: Shape, rng):
        if shape.of.kind == "callable":
            return [Drawn(ENTRYWISE[i]) for i in rng.permutation(len(ENTRYWISE))[: self.depth]]
        first = 0 if self.ranges.get(name) == "from 0" else 1
        return [
            self._array(name, tuple(self._at(a, l) for a in shape.of.axes), shape.of, rng)
            for l in range(first, self.depth + 1)
        ]

    def _at(self, axis: str, layer: int) -> int:
        """The size of an axis of a list's element, for one layer."""
        if axis in ("_here", "_before", "_after"):
            return self.layers[layer + {"_here": 0, "_before": -1, "_after": 1}[axis]]
        return self.size(axis)


def _slope(of: Drawn) -> Drawn:
    """What stands for `sigma_prime` where `of` was drawn for `sigma`."""

    def slope(lib, x):
        found = mx.grad(lambda a: mx.sum(of(a)))(mx.array(x))
        return found if isinstance(x, mx.array) else np.array(found)

    return Drawn(slope)


def _constants(one: Function) -> set[int]:
    """Whole numbers that the formulas or the code hold: no axis may have such a size by chance."""

    held = {
        int(n.parts[0])
        for s in one.statements
        for side in s.sides
        for n in walk(side)
        if n.kind == "number" and n.parts[0] == int(n.parts[0])
    }
    held |= {
        n.value
        for n in ast.walk(one.node)
        if isinstance(n, ast.Constant) and isinstance(n.value, int)
    }
    return held


def _unify(reachable: list[Function]) -> dict[str, str]:
    """Axis → the one that stands for all of its size: a quantity has one shape, whatever two functions call its axes."""
    parent: dict[str, str] = {}

    def root(axis: str) -> str:
        while parent.get(axis, axis) != axis:
            axis = parent[axis]
        return axis

    seen: dict[str, Shape] = {}
    for one in reachable:
        for name, shape in [
            *one.parameters.items(),
            *((n, one.shape_of_left(n)) for n in one.lefts if n not in one.parameters),
        ]:
            if shape is None or shape.kind != "array" or shape.any_shape:
                continue
            first = seen.setdefault(name, shape)
            if len(first.axes) == len(shape.axes):
                for a, b in zip(first.axes, shape.axes):
                    ra, rb = root(a), root(b)
                    if ra != rb and not (ra.isdigit() and rb.isdigit()):
                        (keep, drop) = (ra, rb) if ra.isdigit() or not rb.isdigit() else (rb, ra)
                        parent[drop] = keep
    return {axis: root(axis) for axis in parent}


def _reachable(scope: Scope) -> list[Function]:
    """The function under test and those whose formulas its own lean on."""
    out, todo = [], [scope.own]
    while todo:
        one = todo.pop(0)
        if one in out:
            continue
        out.append(one)
        sides = [side for s in one.statements for side in s.sides] + (
            scope.tied if one is scope.own else []
        )
        nodes = [n for side in sides for n in walk(side) if n.kind == "symbol"]
        for name in {one.full_name(n) for n in nodes} | set(one.parameters):
            for each in (name, name[:1].upper() + name[1:]):
                if (defined := scope.definition(each, one)) and defined[0] not in out:
                    todo.append(defined[0])
    return out
