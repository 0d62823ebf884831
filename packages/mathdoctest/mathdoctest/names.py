"""What each name in a function's formulas stands for in a draw of values, steps and layers too."""

import copy
import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mathdoctest import backends, calculus, execute, resolve, sample, signature, source
from mathdoctest import library as curves
from mathdoctest.backends import Backend, numpy
from mathdoctest.evaluate import Evaluator, arguments_of, by_definition, by_formula
from mathdoctest.execute import Code
from mathdoctest.syntax import Call, Derivative, Index, Node, Number, Statement, Symbol
from mathdoctest.values import Array, Curve, Data, Indices, Unknown, Value, Wrong

if TYPE_CHECKING:
    from mathdoctest.derive import Graph
    from mathdoctest.functions import Function


class Quantity(NamedTuple):
    """A name, or one element of the list that it names."""

    name: str
    element: int | None = None

    def of(self, whole: Any) -> Any:
        return whole if self.element is None else whole[self.element]


class Names:
    """The names in one function's formulas: `w_{ij}` is an entry of its W, `v_{t-1}` its v.

    returned: whether what the code returned counts.
    """

    def __init__(self, graph: "Graph", asker: "Function", returned: bool = False):
        self.graph, self.asker = graph, asker
        known = graph.draw.sizes_of(asker)
        also = {name: graph.draw.size(axis) for name, axis in asker.aliases.items()}
        self.sizes = {**known, **also}
        self._returned = graph.returned if returned else {}
        self._renewed: dict[str, Statement] = {}
        self._judged: str | None = None  # the left side of the chain on whose right these stand

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
        out = copy.copy(self)
        out._judged = self.asker.left(chain)
        if chain not in chains or not any("<-" in each.relations for each in chains):
            return out
        place, given = chains.index(chain), self.asker.parameters
        each = {id(c): self.asker.left(c) or "" for c in chains if "<-" in c.relations}
        later = {each[id(c)] for c in chains[place:] if id(c) in each} & given.keys()
        out._returned = {n: v for n, v in self._returned.items() if n not in later}
        earlier = {each[id(c)]: c for c in chains[:place] if id(c) in each}
        out._renewed = {n: c for n, c in earlier.items() if n in given and n not in out._returned}
        return out

    def of(self, graph: "Graph") -> "Names":
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

    def made(self, node: Derivative) -> str | None:
        """The name `dL_dz` for ∂L/∂z that another formula of the function says, where no formula
        says what L is.
        """
        if self._judged is None or node.quantity is None or self.has(node.quantity):
            return None
        name = self.asker.slope_left(node)
        return name if name not in (None, self._judged) and self.has(str(name)) else None

    def derivative(self, node: Derivative, ev: Evaluator) -> tuple[Data, Indices]:
        if name := self.made(node):
            data = Data(_as_array(self._value(name)), False)
            named = (n for n in (node.top, *node.bottoms) if isinstance(n, Symbol))
            return data, tuple(i for each in named for i in each.indices)
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
