"""One draw of values: parameters, and every quantity that a formula in scope defines, computed from it when asked for.

A derivative is taken of the graph: automatically through MLX, or by a finite difference through NumPy.
"""

import mlx.core as mx
import numpy as np

from literate.formula.evaluate import Evaluator, Wrong, mlx, numpy
from literate.formula.names import Names
from literate.formula.scope import Function, Scope
from literate.formula.tree import Node, Statement, walk

STEP = 1e-6  # of a central difference in float64: its error is about STEP², its rounding about 1e-16 / STEP


class Graph:
    """Values by name. leaves: drawn ones; derive: whether a parameter that a formula in scope defines is computed."""

    def __init__(
        self, scope: Scope, draw, library=numpy, derive: bool = False, added: dict | None = None
    ):
        self.scope, self.draw, self.library, self.derive, self.added = (
            scope,
            draw,
            library,
            derive,
            added or {},
        )
        self.known: dict[str, object] = {}  # computed so far
        self.returned: dict[str, object] = {}  # by the function under test
        self.way = "autodiff"
        self._jacobians: dict = {}
        self._stack: list[str] = []  # being computed

    # ---- values

    def can(self, name: str, asker: Function) -> bool:
        name = self.canon(name)
        return (
            name in asker.parameters
            or name in self.known
            or name in self.draw.inputs
            or self.scope.definition(name, asker) is not None
        )

    def canon(self, name: str) -> str:
        """One name for an array and its entries: X, where some function takes X and none takes x."""
        capital = name[:1].upper() + name[1:]
        return capital if name not in self.draw.inputs and capital in self.draw.inputs else name

    def value(self, name: str, asker: Function):
        name = self.canon(name)
        if name in self.known:
            return self.known[name]
        own = self.scope.own
        defined = self.scope.definition(name, asker)
        leaf = name in own.parameters and not (self.derive and defined and defined[0] is not own)
        if leaf or not defined:
            shape = next(
                (
                    p[name]
                    for p in (own.parameters, asker.parameters, self.draw.inputs)
                    if name in p
                ),
                None,
            )
            if shape and shape.any_shape and self.derive:
                shape = self.draw.inputs.get(name, shape)
            if shape is None:
                raise Wrong(f"`{name}` is neither an input nor defined by a formula in scope")
            found = self._ready(self.draw.value(name, shape))
            found = self._plus(name, found)
        else:
            found = self._defined(name, *defined)
        self.known[name] = found
        return found

    def _ready(self, value):
        if isinstance(value, list):
            return [self._ready(v) for v in value]
        return (
            self.library.array(value)
            if isinstance(value, np.ndarray) and value.dtype.kind == "f"
            else value
        )

    def _plus(self, name: str, value):
        if name not in self.added:
            return value
        extra = self.added[name]
        if isinstance(value, list):
            return [v + e for v, e in zip(value, extra)]
        return value + extra

    def _defined(self, name: str, one: Function, chains: list[Statement]):
        if name in self._stack:
            raise Wrong(f"`{name}` is defined by itself")
        self._stack.append(name)
        try:
            if any(c.where for c in chains):
                return self._sequence_of(name, one, chains)
            return self._plus(name, self._plain(one, chains[0]))
        finally:
            self._stack.pop()

    def _plain(self, one: Function, chain: Statement, constants: dict | None = None):
        names = Names(self, one)
        ev = Evaluator(names, self.library, constants=constants or {})
        if one.entry:
            ev.bind("…", np.arange(names.entries))
        letters = [
            i.parts[0]
            for i in chain.sides[0].parts[2]
            if i.kind == "symbol" and i.parts[0] not in ev.constants
        ]
        shape = one.shape_of_left(one.left(chain))
        axes = [a for a in (shape.axes if shape else ())]
        if constants and not isinstance(chain.sides[0].parts[1], Node):
            axes = axes[1:]
        for letter, axis in zip(letters, axes):
            ev.bind(letter, np.arange(1, self.draw.size(axis) + 1))
        side = next(
            (
                s
                for s in reversed(chain.sides[1:])
                if not any(n.kind == "derivative" for n in walk(s))
            ),
            chain.sides[-1],
        )
        found = ev.value(side)
        lead = tuple(v.size for _, v in ev.letters.values())
        array = self.library.broadcast(found.array, lead + found.shape)
        return self.library.reshape(array, names.entry_shape) if one.entry else array

    def _sequence_of(self, name: str, one: Function, chains: list[Statement]):
        """A quantity that runs over layers or time, one after the other, from its start."""
        shape = one.shape_of_left(name)
        listed = shape.kind == "list"
        count = len(self.draw.layers) if listed else self.draw.size(shape.axes[0])
        parts: list = [None] * count
        origin = Names(self, one).origin(name, shape)
        extra = self.added.get(name)

        def put(at: int, value):
            parts[at - origin] = value if extra is None else value + extra[at - origin]
            width = next(p for p in parts if p is not None)
            self.known[name] = (
                parts
                if listed
                else self.library.stack([width * 0 if p is None else p for p in parts], axis=0)
            )

        for chain in sorted(chains, key=lambda c: c.where is not None):
            if chain.where is None:
                left = chain.sides[0]
                at = int(
                    (left.parts[1] if left.parts[1] is not None else left.parts[2][0]).parts[0]
                )
                value = self._plain(one, chain)
                if not listed and value.ndim == 0:
                    value = self.library.broadcast(
                        value, tuple(self.draw.size(a) for a in shape.axes[1:])
                    )
                put(at, value)
            else:
                ev = Evaluator(Names(self, one), self.library)
                first, last = ev.whole(chain.where.first), ev.whole(chain.where.last)
                for at in range(first, last + 1) if first <= last else range(first, last - 1, -1):
                    put(at, self._plain(one, chain, {chain.where.letter: at}))
        return self.known[name]

    # ---- derivatives

    def jacobian(self, top: tuple, bottoms: tuple[tuple, ...], asker: Function):
        """∂top/∂bottoms, its axes those of top, then of each bottom. Each is (name, layer or None)."""
        key = (top, bottoms, self.way)
        if key not in self._jacobians:
            take = _autodiff if self.way == "autodiff" else _difference
            library = mlx if self.way == "autodiff" else numpy
            points = [
                np.zeros(np.shape(_element(self.value(name, asker), at))) for name, at in bottoms
            ]

            def quantity(*steps):
                added = {}
                for (name, at), step in zip(bottoms, steps):
                    whole = self.value(name, asker)
                    if isinstance(whole, list):
                        step = [
                            step if n == at else library.array(np.zeros(np.shape(w)))
                            for n, w in enumerate(whole)
                        ]
                    added[name] = added[name] + step if name in added else step
                other = Graph(self.scope, self.draw, library, self.derive, added)
                other.returned = self.returned
                return _element(other.value(top[0], asker), top[1])

            self._jacobians[key] = take(quantity, points)
        return self._jacobians[key]


def _element(value, at):
    return value if at is None else value[at]


def _autodiff(quantity, points: list[np.ndarray]) -> np.ndarray:
    """Reverse mode, once for each entry of what is differentiated, as many times as there are points."""
    at = [mlx.array(p) for p in points]

    def rows(f, place: int) -> np.ndarray:
        now = np.array(f(*at))
        if place == len(points):
            return now
        out = []
        for index in np.ndindex(now.shape):
            entry = lambda *a, index=index: mx.reshape(f(*a)[index] if index else f(*a), ())
            out.append(rows(mx.grad(entry, argnums=place), place + 1))
        return np.array(out).reshape(now.shape + out[0].shape)

    return rows(quantity, 0)


def _difference(quantity, points: list[np.ndarray]) -> np.ndarray:
    """Central differences in float64, through NumPy; wider steps for a second derivative."""
    h = STEP if len(points) == 1 else 1e-3

    def along(at: list[np.ndarray], place: int) -> np.ndarray:
        if place == len(points):
            return np.array(quantity(*at))
        out = []
        for index in np.ndindex(points[place].shape):
            up, down = [[p.copy() for p in at] for _ in range(2)]
            up[place][index] += h
            down[place][index] -= h
            out.append((along(up, place + 1) - along(down, place + 1)) / (2 * h))
        shape = out[0].shape
        top = (
            shape[: len(shape) - sum(p.ndim for p in points[place + 1 :])]
            if place + 1 < len(points)
            else shape
        )
        joined = np.array(out).reshape(points[place].shape + shape)
        k = points[place].ndim
        return np.moveaxis(joined, range(k), range(len(top), len(top) + k))

    return along([p.copy() for p in points], 0)
