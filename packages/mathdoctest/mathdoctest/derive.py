"""One draw of values, what each name stands for in it, and derivatives.

Parameters are drawn. Every quantity that a formula in scope defines is computed when asked for.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from mathdoctest import backends, calculus, execute, reduce, resolve, sample, signature, source
from mathdoctest import library as curves
from mathdoctest.backends import Backend, numpy
from mathdoctest.evaluate import Evaluator, arguments_of, by_definition, by_formula
from mathdoctest.execute import Code
from mathdoctest.scope import Definition, Function, Scope, is_inverse
from mathdoctest.syntax import Call, Derivative, Index, Node, Number, Statement, Symbol
from mathdoctest.values import Array, Curve, Data, Indices, Unknown, Value, Wrong


class Quantity(NamedTuple):
    """A name, or one element of the list that it names."""

    name: str
    element: int | None = None

    def of(self, whole: Any) -> Any:
        return whole if self.element is None else whole[self.element]


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


class Names:
    """The names in one function's formulas: `w_{ij}` is an entry of its W, `v_{t-1}` its v.

    returned: whether what the code returned counts.
    """

    def __init__(self, graph: Graph, asker: Function, returned: bool = False):
        self.graph, self.asker = graph, asker
        known = graph.draw.sizes_of(asker)
        also = {name: graph.draw.size(axis) for name, axis in asker.aliases.items()}
        self.sizes = {**known, **also}
        self._returned = graph.returned if returned else {}
        self._renewed: dict[str, Statement] = {}

    @functools.cached_property
    def entry_shape(self) -> tuple[int, ...]:
        """The common shape of what has the shape `...`."""
        names = [n for n, shape in self.asker.parameters.items() if shape and shape.any_shape]
        return max((np.shape(self.graph.value(n, self.asker)) for n in names), key=len)

    def evaluator(self, library: Backend, constants: dict[str, int]) -> Evaluator:
        """An evaluator of these names. Entry by entry, the entries are its first letter."""
        ev = Evaluator(self, library, constants=constants, rules=self.graph.rules)
        if self.asker.entry:
            ev.bind("…", np.arange(int(np.prod(self.entry_shape))))
        return ev

    def before(self, chain: Statement) -> "Names":
        r"""The names on the right of a chain, which may use what `w \leftarrow …` has assigned.

        What is assigned there or later is what was given.
        """
        chains = self.asker.statements
        if chain not in chains or not any("<-" in each.relations for each in chains):
            return self
        place, given = chains.index(chain), self.asker.parameters
        each = {id(c): self.asker.left(c) or "" for c in chains if "<-" in c.relations}
        later = {each[id(c)] for c in chains[place:] if id(c) in each} & given.keys()
        out = Names(self.graph, self.asker)
        out._returned = {n: v for n, v in self._returned.items() if n not in later}
        earlier = {each[id(c)]: c for c in chains[:place] if id(c) in each}
        out._renewed = {n: c for n, c in earlier.items() if n in given and n not in out._returned}
        return out

    def of(self, graph: Graph) -> "Names":
        """The same names in other values."""
        return Names(graph, self.asker)

    # ---- what a symbol stands for

    def is_list(self, name: str) -> bool:
        shape = self._shape(name)
        return shape is not None and shape.kind == "list"

    def is_mask(self, name: str, value: Array) -> bool:
        """Whether 0 and 1 say what is in a set, not by chance."""
        if name in self.asker.parameters:
            return self.graph.draw.ranges.get(name) == "mask"
        return bool(np.isin(value, (0.0, 1.0)).all())

    def has(self, name: str) -> bool:
        return name in self._returned or self.graph.has(name, self.asker)

    def is_quantity(self, name: str) -> bool:
        """Whether a name has a value that the formulas at hand do not make."""
        return name not in self.asker.lefts and self.has(name)

    def _own(self, name: str) -> bool:
        return name in self.asker.parameters or name in self._returned

    def _value(self, name: str) -> Any:
        if name in self._renewed:
            return self.graph.renewed(name, self._renewed[name])
        known = self._returned
        return known[name] if name in known else self.graph.value(name, self.asker)

    def _shape(self, name: str) -> signature.Shape | None:
        if name in self.asker.parameters or name in self.asker.lefts:
            return self.asker.shape(name)
        name = self.graph.canonical(name)
        if defined := self.graph.scope.definition(name, self.asker):
            return defined[0].shape_of_left(name)
        return self.graph.scope.own.parameters.get(name)

    def origin(self, name: str) -> int:
        """What the first axis, or the list, counts from."""
        shape = self._shape(name)
        if shape and shape.kind == "list":
            return 0 if name in self.graph.draw.layout.from_zero else 1
        first = shape.axes[0] if shape and shape.axes else ""
        return 0 if first.endswith("+1") and first in self.graph.draw.layout.time_axes else 1

    def _single(self, name: str) -> bool:
        """Whether all axes have the literal size 1: without indices it is a scalar."""
        shape = self.asker.parameters.get(name)
        return shape is not None and set(shape.axes) == {"1"}

    def entrywise(self, value: Any) -> bool:
        """Whether a value has one number for each entry."""
        shape = np.shape(value) if self.asker.entry else ()
        return shape != () and shape == self.entry_shape

    def located(self, symbol: Symbol, ev: Evaluator) -> tuple[Quantity, Indices]:
        """What a symbol names, and the indices that remain. Raises Wrong."""
        if parameter := resolve.numbered(symbol, self.asker.parameters):
            return Quantity(parameter), ()
        if found := resolve.located(symbol, self.has, self._own):
            return Quantity(found[0]), found[1]
        if symbol.layer is not None:
            for name in (symbol.name, resolve.capital(symbol.name)):
                if self.has(name) and isinstance(whole := self._value(name), list):
                    layer = ev.whole(symbol.layer)
                    at = layer - self.origin(name)
                    if not 0 <= at < len(whole):
                        raise Wrong(f"{name} has no layer {layer}", symbol.layer)
                    return Quantity(name, at), symbol.indices
        letters = [i.name for i in symbol.indices if i == Symbol(getattr(i, "name", ""))]
        joined = "_".join([symbol.name, *letters])
        if letters and len(letters) == len(symbol.indices) and self.has(joined):
            return Quantity(joined), ()  # the S_N that `S_N^{-1} = …` defines
        name = symbol.name + resolve.layer_number(symbol)
        what = "is neither an input, nor returned, nor defined by a formula in scope"
        raise Unknown(f"`{name}` {what}", symbol)

    def data(self, symbol: Symbol, ev: Evaluator) -> tuple[Data, Indices]:
        is_layer = symbol.layer is not None
        if is_layer and symbol.indices:  # `h_j^{(t-1)}`, an entry at a step
            step = self._with_example(replace(symbol, indices=()), ev)
            if self._counts_steps(step, ev):
                return self._at_step(step, is_layer), symbol.indices
        if is_layer and resolve.is_time(symbol.indices) and ev.is_label(symbol.layer):
            symbol = replace(symbol, layer=None)  # `x_t^{(i)}`, of one i
        symbol = self._with_example(symbol, ev)
        if self._counts_steps(symbol, ev):
            return self._at_step(symbol, is_layer), ()
        try:
            quantity, indices = self.located(symbol, ev)
        except Unknown:
            if mean := self._mean(symbol):
                return mean, symbol.indices
            raise
        name, element = quantity
        found = quantity.of(self._value(name))
        if isinstance(found, sample.Drawn | list):
            raise Wrong(f"{name} is not an array", symbol)
        value, entry = _as_array(found), self.entrywise(found)
        origin = 1 if element is not None else self.origin(name)
        if self._single(name) and not indices and not entry:
            value = value.reshape(())
        return Data(value, entry, origin), indices

    def _mean(self, symbol: Symbol) -> Data | None:
        r"""The mean `\bar{x}` along the first axis of an array x."""
        base = symbol.name.removesuffix("_bar")
        for name in (base, resolve.capital(base)):
            if base != symbol.name and symbol.layer is None and self.has(name):
                value = _as_array(self._value(name))
                if isinstance(value, list) or not np.ndim(value):
                    continue
                self.graph.rules.add("bar")
                library = numpy if isinstance(value, np.ndarray) else self.graph.library
                return Data(library.sum(value, axis=0) / np.shape(value)[0])
        return None

    def _with_example(self, symbol: Symbol, ev: Evaluator) -> Symbol:
        """`x^{(i)}` of an array is its entry i; `\\theta^{(t)}` is the θ of step t."""
        layer = symbol.layer
        if layer is None or self.is_list(symbol.name) or self.is_list(resolve.capital(symbol.name)):
            return symbol
        known = resolve.located(symbol, self.has, self._own) is not None
        if isinstance(layer, Number) and known or not isinstance(layer, Node):
            return symbol
        return replace(symbol, layer=None, indices=(resolve.as_time(layer), *symbol.indices))

    # ---- time

    def _counts_steps(self, symbol: Symbol, ev: Evaluator) -> bool:
        """Whether this is v_t, v_{t-1} or v_0 of a function that does one step."""
        if len(symbol.indices) != 1 or symbol.layer is not None:
            return False
        if not self.asker.step or ev.is_bound(resolve.TIME):
            return False
        if resolve.numbered(symbol, self.asker.parameters):  # η_0 is a parameter, not the start
            return False
        computed = symbol.name in self.asker.lefts and symbol.name not in self.asker.parameters
        is_time = resolve.is_time(symbol.indices)
        return is_time and (computed or not isinstance(symbol.indices[0], Number))

    def _at_step(self, symbol: Symbol, is_layer: bool = False) -> Data:
        """is_layer: whether the step is a layer, of which the next may be given."""
        name, index, one = symbol.name, symbol.indices[0], self.asker
        if not {name} & {*one.parameters, *one.lefts}:
            name = resolve.capital(name)
        back, given = resolve.steps_back(index), name in one.parameters
        if is_layer and one.layers_named > 2:
            raise Wrong(
                "three layers, but one step has two: what is given and what is made", symbol
            )
        if given and name in one.lefts and back is not None and back < one.made_at(name):
            self.graph.rules.add("back")
        if given and is_layer and back is not None and back != one.made_at(name):
            value = self.graph.value(name, one)
        elif name in one.lefts and (back == one.made_at(name) or isinstance(index, Number)):
            value = self._made(name, symbol)
        elif given and (
            is_layer or (back == one.given_at(name) if name in one.lefts else self._now(back, name))
        ):
            value = self.graph.value(name, one)
        else:
            raise Wrong(f"`{name}` at this time is neither an input nor returned", symbol)
        return Data(_as_array(value), self.entrywise(value))

    def as_given(self, symbol: Symbol, ev: Evaluator) -> Symbol:
        """`x_t` without its index, where it is the x that a step is given."""
        if not self._counts_steps(symbol, ev) or symbol.name not in self.asker.parameters:
            return symbol
        back = resolve.steps_back(symbol.indices[0])
        is_given = back == self.asker.given_at(symbol.name)
        return replace(symbol, indices=()) if is_given else symbol

    def _now(self, back: int | None, name: str) -> bool:
        """Whether what a step is given may be meant: at t, or at t + 1 where a left side is."""
        return back == 0 or back == -1 and self.asker.goes_ahead or self.asker.is_at_one_time(name)

    def _made(self, name: str, symbol: Symbol) -> Any:
        """What a step makes: what the code returned, or a step on the way to that."""
        if name in self._returned:
            return self._returned[name]
        if self.asker is not self.graph.scope.own:
            raise Wrong(f"`{name}_t` outside the step that makes it", symbol)
        if name in self.asker.parameters:
            return self.graph.renewed(name, self.asker.defines(name)[-1])
        return self.graph.value(name, self.asker)

    # ---- functions

    def has_function(self, call: Call) -> bool:
        """Whether a function is given, or defined by a formula in scope."""
        if call.function in self.asker.parameters:
            return call.function in self._callables
        found = self.graph.scope.named_function(call.function, call.primes, self.asker)
        return found is not None or bool(call.primes) or self._helper(call) is not None

    def _helper(self, call: Call) -> Code | None:
        """The function of this name in the file, which has no formula: its code says what it is."""
        own, is_plain = self.graph.scope.own, not call.primes and call.layer is None
        name = curves.ALIASES.get(call.function, call.function)
        is_known = name in curves.FUNCTIONS or backends.built_in(numpy, name)
        node = own.module.functions.get(call.function) if is_plain and not is_known else None
        if node is None or node is own.node or source.has_formulas(node):
            return None
        return execute.load(own.module.path, call.function)

    def _by_code(self, call: Call, code: Code, arguments: list[Value], ev: Evaluator) -> Value:
        """What a function without a formula gives, called for each value of the letters."""
        if ev.library is not numpy:
            raise Wrong(f"no formula says what {call.function} is, so that it has no slope", call)
        leads = (value.array.shape[: value.array.ndim - value.rank] for value in arguments)
        lead = np.broadcast_shapes(*leads)
        whole = [np.broadcast_to(v.array, lead + v.shape) for v in arguments]
        give = self.graph.scope.own.library.argument
        found = {
            at: backends.plain(code(*(give(a[at]) if a[at].ndim else float(a[at]) for a in whole)))
            for at in np.ndindex(*lead)
        }
        self.graph.rules.add("code")
        rank = next(iter(found.values())).ndim
        each = [found[at] for at in np.ndindex(*lead)]
        return Value(np.reshape(each, lead + np.shape(each[0])), rank)

    @functools.cached_property
    def _callables(self) -> list[str]:
        return [n for n, s in self.asker.parameters.items() if s and s.of_callables]

    def knows(self, call: Call) -> bool:
        """Whether a function, or what is called like one, has a value."""
        name = call.function
        named = self.has_function(call) or self.has(name) or name in curves.FUNCTIONS
        return named or bool(curves.curve(name) or backends.built_in(numpy, name))

    def apply(self, call: Call, arguments: list[Value], ev: Evaluator) -> Value | None:
        """A function of several arguments or of a vector, as its own formula defines it."""
        found = self.graph.scope.named_function(call.function, call.primes, self.asker)
        if call.function in self.asker.parameters:
            return None
        if found is None:
            code = self._helper(call)
            return self._by_code(call, code, arguments, ev) if code else None
        owner, chain = found
        left, names = chain.sides[0], arguments_of(chain)
        shape = owner.parameters.get(names[0])
        of_numbers = not (shape and shape.axes) or shape.any_shape
        if len(arguments) == 1 and not isinstance(left, Index) and of_numbers:
            return None
        if len(names) != len(arguments):
            raise Wrong(f"{call.function} takes {len(names)} arguments", call)
        with self.graph.computing(f"{call.function}{chr(39) * call.primes}", call):
            return by_definition(
                Names(self.graph, owner), chain, dict(zip(names, arguments, strict=True)), ev
            )

    def differentiate(self, node: Derivative, ev: Evaluator) -> Value:
        return calculus.differentiate(self, node, ev)

    def function(self, call: Call, layer: int | None, primes: int, library: Backend) -> Curve:
        """What computes a function, or its slope, on arrays of any shape. Raises Wrong."""
        name = call.function
        if not primes and (drawn := self._drawn(call, layer)):
            return lambda array: drawn.of(library, array)
        if defined := self.graph.scope.named_function(name, primes, self.asker):
            curve = by_formula(Names(self.graph, defined[0]), defined[1], library)

            def once(x: Array) -> Array:
                with self.graph.computing(name + "'" * primes, call):
                    return curve(x)

            return once
        if primes:

            def below(lib: Backend, x: Array) -> Array:
                return self.function(call, layer, primes - 1, lib)(x)

            return lambda array: backends.slope(below, library, array)
        if built_in := backends.built_in(library, name):
            return built_in
        if known := curves.curve(name):
            return functools.partial(known, library)
        what = "is neither built in, nor an input, nor defined by a formula in scope"
        raise Unknown(f"the function `{name}` {what}", call)

    def _drawn(self, call: Call, layer: int | None) -> sample.Drawn | None:
        if call.function not in self.asker.parameters:
            return None
        value = self.graph.value(call.function, self.asker)
        if isinstance(value, list):
            at = (layer or 0) - 1
            if not 0 <= at < len(value):
                raise Wrong(f"{call.function} has no layer {layer}", call)
            value = value[at]
        return value if isinstance(value, sample.Drawn) else None

    # ---- derivatives

    def given(self, node: Derivative) -> str | None:
        """The parameter `dL_dy` for ∂L/∂y. Where L is known it is computed, so as to be one."""
        own = self.asker
        name = own.slope_parameter(node)
        if name is None or own is not self.graph.scope.own:
            return None
        return None if self.graph.derive and self.has(node.quantity) else name

    def derivative(self, node: Derivative, ev: Evaluator) -> tuple[Data, Indices]:
        if name := self.given(node):
            for point in node.top.arguments if isinstance(node.top, Call) else ():
                if isinstance(point, Symbol) and point.name in self.asker.parameters:
                    self.data(point, ev)  # it is given at this time
            value = _as_array(self.graph.value(name, self.asker))
            named = (n for n in (node.top, *node.bottoms) if isinstance(n, Symbol))
            parts = (each.indices for each in named if not resolve.is_time(each.indices))
            return Data(value, self.entrywise(value)), tuple(i for part in parts for i in part)
        if not isinstance(node.top, Symbol):
            raise Wrong("a derivative of an expression has no name", node)
        top, indices = self.located(node.top, ev)
        found = [self.located(bottom, ev) for bottom in node.bottoms]
        below = [Quantity(self.graph.canonical(q.name), q.element) for q, _ in found]
        given = [indices, *(each for _, each in found)]
        rank = len(indices) if any(given) else None
        array = self.graph.jacobian(top, below, self.asker, rank)
        every = [top, *below]
        shapes = [np.shape(q.of(self.graph.value(q.name, self.asker))) for q in below]
        shapes.insert(0, array.shape[: array.ndim - sum(map(len, shapes))])
        if self.asker.entry and not any(given):
            if not shapes[0] and len(below) == 1 and array.shape == self.entry_shape:
                return Data(array, True), ()  # a scalar along each entry
            if shapes[0]:
                return Data(_diagonal(array, len(shapes[0]), len(given), node), True), ()
        kept: tuple[int, ...] = ()
        symbols = (node.top, *node.bottoms)
        for (name, _), each, axes, symbol in zip(every, given, shapes, symbols, strict=True):
            if each or not self._single(name):
                if axes and any(given) and not each:
                    raise Wrong(f"`{name}` has {len(axes)} axes and no index here", symbol)
                kept += axes
        origin = self.origin(top.name if indices else below[0].name)
        return Data(np.reshape(array, kept), False, origin), tuple(i for g in given for i in g)


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


def _as_array(value: Any) -> Any:
    return np.array(float(value)) if isinstance(value, int | float) else value


def _diagonal(array: np.ndarray, rank: int, order: int, node: Node) -> np.ndarray:
    """The slope of each entry along itself; along any other it must be 0."""
    shape = array.shape[:rank]
    n = int(np.prod(shape))
    if array.size != n**order:
        raise Wrong("entry by entry, but not of one shape", node)
    off, on = array.reshape((n,) * order).copy(), (np.arange(n),) * order
    slopes = off[on].reshape(shape)
    off[on] = 0
    if np.abs(off).max(initial=0) > 1e-9:
        raise Wrong("an entry that depends on other entries, taken entry by entry", node)
    return slopes
