"""One draw of values, and derivatives of one along another.

Parameters are drawn. Every quantity that a formula in scope defines is computed when asked for.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from mathdoctest import backends, reduce, resolve, sample
from mathdoctest.backends import Backend, numpy
from mathdoctest.evaluate import Evaluator
from mathdoctest.functions import Function, is_inverse
from mathdoctest.names import Names, Quantity
from mathdoctest.scope import Definition, Scope
from mathdoctest.syntax import Call, Derivative, Node, Number, Statement, Symbol
from mathdoctest.values import Array, Unknown, Wrong


class Graph:
    """Values by name.

    library: what computes them. derive: whether a parameter that another formula in scope defines
    is computed, not drawn. added: what is added to a quantity, to differentiate along it.
    """

    def __init__(self, scope: Scope, draw: sample.Draw, library: Backend, derive: bool):
        self.scope, self.draw, self.library, self.derive = scope, draw, library, derive
        self.added: dict[Quantity, Array] = {}
        self.returned: dict[str, Any] = {}  # by the function under test
        self.differentiator = backends.dual
        self._known: dict[str, Any] = {}  # computed so far
        self._jacobians: dict[tuple[Any, ...], np.ndarray] = {}
        self._computing: list[str] = []
        self._chosen: dict[str, Definition] = {}  # of a quantity that several functions define
        self._maker: dict[str, Function] = {}  # of a quantity that a formula defines
        self.rules: set[str] = set()  # by which formulas were read
        self._others: dict[str, Callable[[Graph], Any]] = {}  # what a name is instead

    # ---- values

    def canonical(self, name: str) -> str:
        return resolve.canonical(name, self.draw.layout.inputs)

    def has(self, name: str, asker: Function) -> bool:
        name = self.canonical(name)
        if name in asker.parameters or name in self._known or name in self.draw.layout.inputs:
            return True
        return bool(self.scope.definitions(name, asker))

    def value(self, name: str, asker: Function) -> Any:
        """The value of a name, as one function's formulas understand it. Raises Wrong."""
        name = self.canonical(name)
        if name in self._others:
            return self._others[name](self)
        if name not in self._known:
            own, defined = self.scope.own, self._definition(name, asker)
            computed = self.derive and defined and defined[0] is not own
            if defined and name not in own.parameters:
                self._maker[name] = defined[0]
                self._known[name] = self._defined(name, *defined)
            elif not (defined and computed and self._is_computed(name, defined)):
                self._known[name] = self._plus(name, self._draw(name, asker))
        elif maker := self._maker.get(name):
            makers = [one for one, _ in self.scope.definitions(name, asker)]
            if makers and maker not in makers:
                raise _defined_twice(name, [maker, *makers])
        return self._known[name]

    def _is_computed(self, name: str, definition: Definition) -> bool:
        """Compute a parameter by a formula, if that means something here."""
        try:
            self._known[name] = self._defined(name, *definition)
        except Wrong:
            return False
        self._maker[name] = definition[0]
        return True

    def _definition(self, name: str, asker: Function) -> Definition | None:
        """What defines a quantity. Raises Wrong where two functions define it, and differ."""
        found = self.scope.definitions(name, asker)
        if len(found) < 2:
            return found[0] if found else None
        if name not in self._chosen:
            values = [self.twin({name: one}).value(name, asker) for one in found]
            if not all(agree(values[0], value) for value in values[1:]):
                raise _defined_twice(name, [one for one, _ in found])
            self._chosen[name] = found[0]
        return self._chosen[name]

    def computed(self, name: str, definition: Definition) -> Any:
        """The value of a name as one definition gives it, whatever else defines it."""
        return self.twin({})._defined(name, *definition)

    def twin(self, chosen: dict[str, Definition], library: Backend | None = None) -> "Graph":
        """The same draw, computed anew. chosen: what defines a quantity there."""
        other = Graph(self.scope, self.draw, library or self.library, self.derive)
        other.returned, other._computing = self.returned, self._computing
        other._chosen = self._chosen | chosen
        other._others, other.rules = self._others, self.rules
        return other

    def with_other(self, name: str, value: "Callable[[Graph], Any]") -> "Graph":
        """The same draw, in which a name is something else."""
        other = self.twin({})
        other._others = {**self._others, name: value}
        return other

    def _draw(self, name: str, asker: Function) -> Any:
        if self.derive and name in self.scope.own.parameters:
            for node in self.scope.own.slopes.get(name, ()):
                if self.has(node.quantity, asker):
                    return self._slope(node)
        shapes = {**self.draw.layout.inputs, **asker.parameters, **self.scope.own.parameters}
        shape = shapes.get(name)
        if shape and shape.any_shape and self.derive:
            shape = self.draw.layout.inputs.get(name, shape)
        if shape is None:
            raise Wrong(f"`{name}` is neither an input nor defined by a formula in scope")
        return self.draw.value(name, shape)

    def _slope(self, node: Derivative) -> Any:
        """A slope that the function under test is given, whole."""
        own = self.scope.own
        assert isinstance(node.top, Symbol)
        bare = [Symbol(n.name, n.layer) for n in (node.top, *node.bottoms)]
        names = Names(self, own)
        data, _ = names.derivative(Derivative(bare[0], tuple(bare[1:])), names.evaluator(numpy, {}))
        return np.asarray(data.value)

    def _plus(self, name: str, value: Any, element: int | None = None) -> Any:
        """A value as an array of the library, and what is added to it."""
        if isinstance(value, list):
            return [self._plus(name, v, place) for place, v in enumerate(value)]
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            value = self.library.array(value)
        added = self.added.get(Quantity(name, element))
        return value if added is None else value + added

    def _defined(self, name: str, function: Function, chains: list[Statement]) -> Any:
        with self.computing(name):
            if any(c.where for c in chains):
                return self._sequence(name, function, chains)
            return self._plus(name, self._single(function, chains[0], {}))

    @contextlib.contextmanager
    def computing(self, name: str, node: Node | None = None) -> Iterator[None]:
        """While a name is computed, its own formula may not ask for it. Raises Wrong."""
        if name in self._computing:
            raise Wrong(f"`{name}` is defined by itself", node)
        self._computing.append(name)
        try:
            yield
        finally:
            self._computing.pop()

    def renewed(self, name: str, chain: Statement) -> Array:
        """What the function under test makes of what it is given anew, if it does not return it."""
        with self.computing(f"{name}_t", chain.sides[0]):
            return self._single(self.scope.own, chain, {})

    def _single(self, function: Function, chain: Statement, constants: dict[str, int]) -> Array:
        """What one chain defines; constants: the step or layer, of a chain that runs over them."""
        known = function is self.scope.own and not self.added  # else it depends on what is added
        names, left = Names(self, function, returned=known), chain.sides[0]
        names = names.before(chain)
        ev = names.evaluator(self.library, constants)
        shape = function.shape_of_left(function.left(chain) or "")
        axes, is_diagonal = shape.axes if shape else (), False
        if isinstance(left, Symbol):
            axes = axes[1:] if constants and left.layer is None else axes
            letters = [i.name for i in left.indices if isinstance(i, Symbol)]
            free = [letter for letter in letters if letter not in constants]
            free = [] if resolve.is_time(left.indices) else free
            is_diagonal = len(free) == len(axes) == 2 and len(set(free)) == 1
            free = free[:1] if is_diagonal else free
            for letter, axis in zip(free, axes, strict=False):
                ev.bind(letter, np.arange(1, self.draw.size(axis) + 1))
            for letter in free[len(axes) :]:
                with contextlib.suppress(Unknown):  # what nothing counts only says which one it is
                    ev.bind(letter, reduce.axis_of(letter, chain.sides[-1], ev))
        plain = (s for s in reversed(chain.sides[1:]) if not has_derivative(s))
        found = ev.value(next(plain, chain.sides[-1]))
        if is_inverse(chain):
            found = found.like(self.library.inv(found.array))
        lead = tuple(values.size for _, values in ev.letters.values())
        array = self.library.broadcast(found.array, lead + found.shape)
        if is_diagonal:
            self.rules.add("diagonal")
            return array[:, None] * np.eye(array.shape[0])
        return self.library.reshape(array, names.entry_shape) if function.entry else array

    def _sequence(self, name: str, function: Function, chains: list[Statement]) -> Any:
        """A quantity that runs over layers or time, one after the other, from its start."""
        shape = function.shape_of_left(name)
        if shape is None:
            raise Wrong(f"the shape of `{name}` is unknown")
        listed = shape.kind == "list"
        axes = tuple(map(self.draw.size, shape.axes))
        origin, added = Names(self, function).origin(name), self.added.get(Quantity(name))
        parts: list[Any] = [None] * (len(self.draw.layers) - origin if listed else axes[0])

        def put(at: int, value: Any) -> None:
            place = at - origin
            if not 0 <= place < len(parts):
                what = f"layer {at}" if listed else f"step {at}"
                raise Wrong(f"`{name}` has no {what}: it runs from {origin}")
            value = self._plus(name, value, place)
            parts[place] = value if listed or added is None else value + added[place]
            filled = [value * 0 if p is None else p for p in parts]
            self._known[name] = parts if listed else self.library.stack(filled, axis=0)

        for chain in sorted(chains, key=lambda c: c.where is not None):
            if chain.where is None:
                value = self._single(function, chain, {})
                if not listed and value.ndim == 0:
                    value = self.library.broadcast(value, axes[1:])
                put(_start(chain.sides[0]), value)
            else:
                ev = Evaluator(Names(self, function), self.library)
                first, last = map(ev.whole, (chain.where.first, chain.where.last))
                step = 1 if first <= last else -1
                for at in range(first, last + step, step):
                    put(at, self._single(function, chain, {chain.where.letter: at}))
        return self._known[name]

    # ---- derivatives

    def jacobian(
        self, top: Quantity, bottoms: list[Quantity], asker: Function, rank: int | None = None
    ) -> np.ndarray:
        """∂top/∂bottoms: its axes are those of top, then those of each bottom.

        rank: the axes of top, where the formula says. Of several functions that define such a top,
        those that depend on the bottoms must agree.
        """
        key = (top, *bottoms, rank, self.differentiator.WAY)
        if key not in self._jacobians:
            found = self.scope.definitions(top.name, asker)
            is_one = len(found) < 2 or top.name in self._others
            each = [{}] if is_one else [{top.name: one} for one in found]
            arrays = [self._jacobian(top, bottoms, asker, chosen) for chosen in each]
            axes = (rank or 0) + sum(np.ndim(b.of(self.value(b.name, asker))) for b in bottoms)
            fitting = [array for array in arrays if rank is None or array.ndim == axes] or arrays
            live = [array for array in fitting if np.any(array != 0)] or fitting[:1]
            if not all(agree(live[0], array) for array in live[1:]):
                raise _defined_twice(top.name, [one for one, _ in found])
            self._jacobians[key] = live[0]
        return self._jacobians[key]

    def stepped(self, bottoms: list[Quantity], steps: tuple[Any, ...]) -> "Graph":
        """The same draw with something added to some quantities, to differentiate along them."""
        other = self.twin({}, self.differentiator)
        for bottom, step in zip(bottoms, steps, strict=True):
            other.added[bottom] = other.added.get(bottom, 0) + step
        return other

    def _jacobian(
        self, top: Quantity, bottoms: list[Quantity], asker: Function, of: dict[str, Definition]
    ) -> np.ndarray:
        def quantity(*steps: Any) -> Any:
            other = self.stepped(bottoms, steps)
            other._chosen |= of
            return top.of(other.value(top.name, asker))

        points = [np.zeros(np.shape(b.of(self.value(b.name, asker)))) for b in bottoms]
        found: np.ndarray = self.differentiator.jacobian(quantity, points)
        return found


def depends(scope: Scope) -> bool:
    """Whether quantities must depend on each other: a derivative is of one that a formula defines.

    A derivative of an expression that is written out needs no other formula.
    """
    nodes = [*scope.own.nodes, *scope.meanings.values()]
    tops = (n for n in nodes if isinstance(n, Derivative) and isinstance(n.top, Symbol | Call))
    return any(tops) or any(isinstance(n, Call) and n.primes for n in nodes)


def has_derivative(node: Node) -> bool:
    return node.has_derivative


def _start(left: Node) -> int:
    """The number of the layer or of the step on a left side."""
    match left:
        case Symbol(layer=Number(value)) | Symbol(indices=(Number(value), *_)):
            return int(value)
    raise Wrong("the start of a sequence needs a number", left)


def _defined_twice(name: str, makers: list[Function]) -> Wrong:
    names = " and ".join(dict.fromkeys(one.qualified for one in makers))
    what = f"`{name}` is defined by {names}, and their formulas differ"
    return Wrong(f"{what}: give each a name of its own")


def agree(a: Any, b: Any) -> bool:
    """Whether two functions compute the same for one name."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(agree, a, b))
    found, other = np.squeeze(np.asarray(a, float)), np.squeeze(np.asarray(b, float))
    return found.shape == other.shape and np.allclose(found, other, 2e-5, 2e-6, equal_nan=True)
