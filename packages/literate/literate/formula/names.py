"""Names as one function's formulas see them: `w_{ij}` is an entry of its parameter W, `v_{t-1}` the v that it was given."""

import functools
from dataclasses import dataclass

import mlx.core as mx
import numpy as np

from literate.formula.evaluate import ELEMENTWISE, Data, Evaluator, Outside, Wrong, mlx, numpy
from literate.formula.scope import Function, Shape, is_time
from literate.formula.tree import Node, Statement


@dataclass
class Drawn:
    """A random function in place of a `Callable` parameter."""

    of: object  # (library, array) → array

    def __call__(self, array):
        return self.of(mlx if isinstance(array, mx.array) else numpy, array)


class Names:
    """What an evaluator asks: the names of one function's formulas. graph: a graph.Graph; returned: whether what the code returned counts."""

    def __init__(self, graph, one: Function, returned: bool = False):
        self.graph, self.one, self.mine = graph, one, returned
        self.sizes = graph.draw.sizes_of(one)

    @functools.cached_property
    def entry_shape(self) -> tuple:
        arrays = [
            self.graph.value(n, self.one)
            for n, s in self.one.parameters.items()
            if s and s.any_shape
        ]
        return tuple(max((np.shape(a) for a in arrays), key=len))

    @property
    def entries(self) -> int:
        return int(np.prod(self.entry_shape))

    def has(self, name: str) -> bool:
        return self.mine and name in self.graph.returned or self.graph.can(name, self.one)

    def _own(self, name: str) -> bool:
        return name in self.one.parameters or self.mine and name in self.graph.returned

    def origin(self, name: str, shape: Shape | None) -> int:
        if shape is None:
            return 1
        if shape.kind == "list":
            starts = [
                s.sides[0]
                for s in self.one.statements
                if s.sides[0].kind == "symbol" and s.sides[0].parts[1] is not None
            ]
            return (
                0
                if any(
                    n.parts[0] == name and n.parts[1].kind == "number" and n.parts[1].parts[0] == 0
                    for n in starts
                )
                else 1
            )
        return 0 if shape.axes[:1] == ("T+1",) else 1

    def key(self, node: Node, ev: Evaluator) -> tuple[str, int | None, tuple]:
        """(name, place in a list or None, indices left) of a symbol."""
        name, layer, indices = node.parts
        number = f"{layer.parts[0]:g}" if layer is not None and layer.kind == "number" else None
        wanted = [name + (number or "")] if layer is None or number is not None else []
        digits = "".join(f"{i.parts[0]:g}" for i in indices if i.kind == "number")
        if (
            layer is None
            and digits
            and len(digits) == len(indices)
            and self.has(name + digits)
            and not self.has(name)
        ):
            return name + digits, None, ()
        capital = name[:1].upper() + name[1:]
        if (
            wanted
            and (indices or layer is not None)
            and self._own(capital + (number or ""))
            and not self._own(wanted[0])
        ):
            return (
                capital + (number or ""),
                None,
                indices,
            )  # x_{ij} is an entry of the input X, whatever else is called x
        if wanted and self.has(wanted[0]):
            return wanted[0], None, indices
        if (
            wanted
            and (indices or layer is not None)
            and capital != name
            and self.has(capital + (number or ""))
        ):
            return capital + (number or ""), None, indices
        if layer is not None:
            for one in (name, capital):
                if self.has(one) and isinstance(whole := self._value(one, node), list):
                    at = ev.whole(layer) - self.origin(one, self._shape(one))
                    if not 0 <= at < len(whole):
                        raise Outside(f"there is no layer {ev.whole(layer)} of {one}", layer)
                    return one, at, indices
        raise Wrong(
            f"`{name}{number or ''}` is neither an input, nor returned, nor defined by a formula in scope",
            node,
        )

    def _shape(self, name: str) -> Shape | None:
        if name in self.one.parameters:
            return self.one.parameters[name]
        if name in self.one.lefts:
            return self.one.shape_of_left(name)
        name = self.graph.canon(name)
        defined = self.graph.scope.definition(name, self.one)
        return (
            defined[0].shape_of_left(name) if defined else self.graph.scope.own.parameters.get(name)
        )

    def _value(self, name: str, node: Node, returned: bool | None = None):
        if returned is None:
            returned = self.mine and name in self.graph.returned
        if returned:
            return self.graph.returned[name]
        return self.graph.value(name, self.one)

    def data(self, node: Node, ev: Evaluator) -> tuple[Data, tuple]:
        if timed := self._timed(node, ev):
            return timed
        name, at, indices = self.key(node, ev)
        whole = self._value(name, node)
        if isinstance(whole, Drawn) or isinstance(whole, list) and at is None:
            raise Wrong(f"{name} is no array", node)
        shape = self._shape(name)
        value = whole if at is None else whole[at]
        if isinstance(value, (int, float)):
            value = np.array(float(value))
        return Data(
            value,
            self._entrywise(value),
            1 if at is not None else self.origin(name, shape),
            single=self._single(name),
        ), indices

    def _single(self, name: str) -> bool:
        shape = self.one.parameters.get(name)
        return bool(shape and shape.axes) and set(shape.axes) == {"1"}

    def _entrywise(self, value) -> bool:
        return self.one.entry and np.shape(value) != () and np.shape(value) == self.entry_shape

    def _timed(self, node: Node, ev: Evaluator) -> tuple[Data, tuple] | None:
        """v_t, v_{t-1}, v_0 of a function that does one step."""
        name, layer, indices = node.parts
        if (
            not self.one.step
            or layer is not None
            or not indices
            or not is_time(indices)
            or "t" in ev.letters
            or "t" in ev.constants
        ):
            return None
        if indices[0].kind == "number" and not (
            name in self.one.lefts and name not in self.one.parameters
        ):
            return None
        state = name in self.one.lefts
        back = {"symbol": 0, "number": 0}.get(indices[0].kind)
        if back is None and indices[0].parts == (
            (1, Node("symbol", ("t", None, ()))),
            (-1, Node("number", (1.0,))),
        ):
            back = 1
        if back is None or back and not (state and name in self.one.parameters):
            raise Wrong(f"`{name}` at this time is neither an input nor returned", node)
        if state and not back and not self.mine:
            raise Wrong(f"`{name}_t` outside the step that makes it", node)
        if not state and name not in self.one.parameters:
            raise Wrong(f"`{name}` is not an input", node)
        value = self._value(name, node, returned=state and not back)
        value = np.array(float(value)) if isinstance(value, (int, float)) else value
        return Data(value, self._entrywise(value)), ()

    # ---- functions

    def function(self, name: str, layer: int | None, primes: int, library, node: Node):
        """What computes a function's value, or its slope, on arrays of any shape."""
        inner = self._called(name, layer, library, node) if not primes else None
        if not primes:
            return inner
        if defined := self.graph.scope.named_function(name, primes, self.one):
            return self._by_formula(*defined, library)
        once = self.function(name, layer, primes - 1, mlx, node)

        def slope(array):
            result = mx.grad(lambda a: mx.sum(once(a)))(mlx.array(array))
            return result if library is mlx else np.array(result)

        return slope

    def _called(self, name: str, layer: int | None, library, node: Node):
        if name in self.one.parameters:
            value = self.graph.value(name, self.one)
            if isinstance(value, list):
                at = (layer if layer is not None else 0) - 1
                if not 0 <= at < len(value):
                    raise Outside(f"there is no layer {layer} of {name}", node)
                value = value[at]
            if isinstance(value, Drawn):
                return lambda array: value.of(library, array)
        if defined := self.graph.scope.named_function(name, 0, self.one):
            return self._by_formula(*defined, library)
        if name in ELEMENTWISE:
            return getattr(library, name)
        raise Wrong(
            f"the function `{name}` is neither built in, nor an input, nor defined by a formula in scope",
            node,
        )

    def _by_formula(self, one: Function, chain: Statement, library):
        argument = chain.sides[0].parts[3][0].parts[0]

        def apply(array):
            names = _Applied(self.graph, one, argument, array)
            return Evaluator(names, library, depth=array.ndim).value(chain.sides[-1]).array

        return apply

    # ---- derivatives

    def derivative(self, node: Node, ev: Evaluator) -> tuple[Data, tuple]:
        top, bottoms = node.parts
        of, at, indices = self.key(top, ev)
        below = [(self.graph.canon(n), p, i) for n, p, i in (self.key(b, ev) for b in bottoms)]
        array = self.graph.jacobian((of, at), tuple(b[:2] for b in below), self.one)
        value = self._value(of, top, returned=False)
        value = value if at is None else value[at]
        rank = len(np.shape(value))
        if (
            self.one.entry
            and not rank
            and len(below) == 1
            and not below[0][2]
            and np.shape(array) == self.entry_shape
        ):
            return Data(array, True), ()  # a scalar along each entry
        if self.one.entry and not indices and not any(b[2] for b in below) and rank:
            return Data(self._diagonal(array, np.shape(value), len(below), node), True), ()
        parts = [
            (of, indices, rank, top),
            *(
                (
                    n,
                    given,
                    np.ndim(self._value(n, b, False) if p is None else self._value(n, b, False)[p]),
                    b,
                )
                for (n, p, given), b in zip(below, bottoms)
            ),
        ]
        indexed = any(b[2] for b in below)
        shape, at = [], 0
        for name, given, axes, symbol in parts:
            own_axes = array.shape[at : at + axes]
            at += axes
            if not given and self._single(name):
                own_axes = ()
            elif not given and own_axes and (indices or indexed):
                raise Wrong(f"`{name}` has {axes} axes and no index here", symbol)
            shape += own_axes
        array = np.reshape(array, shape)
        first = (
            self.origin(below[0][0], self._shape(below[0][0]))
            if not indices
            else self.origin(of, self._shape(of))
        )
        return Data(array, False, first), indices + tuple(i for b in below for i in b[2])

    def _diagonal(self, array, shape: tuple, order: int, node: Node):
        """The slope of each entry along itself; along any other it must be 0."""
        n = int(np.prod(shape))
        if array.size != n ** (order + 1):
            raise Wrong("entry by entry, but not of one shape", node)
        flat = array.reshape((n,) * (order + 1))
        diagonal = np.einsum("i" * (order + 1) + "->i", flat)
        off = flat.copy()
        off[(np.arange(n),) * (order + 1)] = 0
        if np.abs(off).max(initial=0) > 1e-9:
            raise Wrong("an entry that depends on other entries, taken entry by entry", node)
        return diagonal.reshape(shape)


class _Applied(Names):
    """The names inside a function's own formula, where its argument is what it was called with."""

    def __init__(self, graph, one: Function, argument: str, array):
        super().__init__(graph, one)
        self.argument, self.array = argument, array

    def has(self, name: str) -> bool:
        return name == self.argument or super().has(name)

    def data(self, node: Node, ev: Evaluator):
        if node.parts[0] == self.argument and node.parts[1] is None:
            return Data(self.array, ready=True), node.parts[2]
        return super().data(node, ev)
