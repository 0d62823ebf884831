r"""The values of one draw by name, as the scripts that evaluate a formula get them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from mathdoctest import browser, reader, resolve, sample
from mathdoctest.evaluate import Evaluator, arguments_of
from mathdoctest.functions import Function
from mathdoctest.names import Names, Quantity
from mathdoctest.syntax import Call, Derivative, Index, Node, Number, Statement, Symbol, walk
from mathdoctest.values import Data, Indices, Value, Wrong

# `sample.ENTRYWISE` as formulas, in its order
CURVES = (
    r"f(x) = \tanh(x) + 0.3 x^2",
    r"f(x) = \sin(1.7 x) + 0.4 x",
    r"f(x) = \operatorname{softplus}(1.3 x) - 0.2 x^2",
    r"f(x) = x \exp(-0.5 x^2) + 0.7 x",
    r"f(x) = \cos(x) + 0.9 \tanh(1.1 x)",
)


@dataclass
class Drawn:
    """What the formulas of a function may use on one draw.

    values: name → an array, or a list of arrays. steps: `v t1` → the v of a step before. given:
    `dL_dz` → a derivative that is a parameter. derivatives: the same of those that are computed.
    functions: `f'` → the chain that defines it, null where that uses more than its arguments, and
    whether it is one of single numbers.
    """

    sizes: dict[str, int]
    own: list[str]
    parameters: list[str]
    lefts: list[str]
    step: bool
    values: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, Any] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)
    derivatives: dict[str, Any] = field(default_factory=dict)
    functions: dict[str, Any] = field(default_factory=dict)


class Noting(Names):
    """The names of a function, which note what they are asked for in `drawn`."""

    def __init__(self, names: Names):
        vars(self).update(vars(names))
        one = names.asker
        self.drawn = Drawn(
            dict(names.sizes),
            sorted({*one.parameters, *self._returned}),
            sorted(one.parameters),
            sorted(one.lefts),
            bool(one.step),
        )

    def note(self, names: Iterable[str]) -> None:
        """Note what has a value, and is an array or a list of arrays."""
        for name in names:
            if super().has(name) and name not in self.drawn.values:
                self.drawn.values[name] = {"function": True}
                self.drawn.values[name] = self._told(name, super()._value(name))

    def _told(self, name: str, value: Any) -> Any:
        if isinstance(value, list) and any(isinstance(each, sample.Drawn) for each in value):
            for place, each in enumerate(value, 1):
                self._note_curve(f"{name}[{place}]", each)
            return {"function": True}
        if isinstance(value, list):
            every = [{} if each is None else _array(Data(each)) for each in value]
            return {"list": every, "origin": self.origin(name)}
        if isinstance(value, sample.Drawn):
            self._note_curve(name, value)
            return {"function": True}
        data = Data(value, self.entrywise(value), self.origin(name))
        return _array(data) | {"single": self._single(name)}

    def _note_curve(self, name: str, value: sample.Drawn) -> None:
        """Note a drawn function as a formula; the slope of one has none."""
        if value.of in sample.ENTRYWISE:
            self.drawn.functions[name] = {"chain": _curve(value.of), "of_numbers": True}

    def has(self, name: str) -> bool:
        self.note([name])
        return super().has(name)

    def is_list(self, name: str) -> bool:
        self.note([name])
        return super().is_list(name)

    def _value(self, name: str) -> Any:
        self.note([name])
        return super()._value(name)

    def _at_step(self, symbol: Symbol, is_layer: bool = False) -> Data:
        data = super()._at_step(symbol, is_layer)
        index = symbol.indices[0]
        at = f"{index.value:g}" if isinstance(index, Number) else f"t{resolve.steps_back(index)}"
        self.drawn.steps[f"{symbol.name} {at}{' layer' * is_layer}"] = _array(data)
        return data

    def derivative(self, node: Derivative, ev: Evaluator) -> tuple[Data, Indices]:
        data, indices = super().derivative(node, ev)
        if self.given(node):
            self.drawn.given[_spelled(node)] = _array(data)
        elif isinstance(node.top, Symbol):
            top, *below = (self.located(each, ev)[0] for each in (node.top, *node.bottoms))
            name = resolve.derivative_name(element(top), map(element, below))
            self.drawn.derivatives[name] = _array(data)
        return data, indices

    def has_function(self, call: Call) -> bool:
        if call.function in self.asker.parameters:
            self.note([call.function])
        self._note_function(call, self.asker)
        return super().has_function(call)

    def learn(self, node: Node, ev: Evaluator) -> None:
        """Note what a node of a formula needs: a function, a step or a derivative. Raises Wrong."""
        if isinstance(node, Call):
            self.has_function(node)
        if isinstance(node, Symbol) and resolve.is_time(node.indices):
            self.data(node, ev)
        if isinstance(node, Derivative) and isinstance(node.top, Symbol):
            self.derivative(node, ev)

    def _note_function(self, call: Call, asker: Function) -> None:
        """Note the chain that defines a function, and those of the functions in it."""
        for primes in range(call.primes + 1):
            name = call.function + "'" * primes
            found = self.graph.scope.named_function(call.function, primes, asker)
            if found is None or name in self.drawn.functions or call.function in asker.parameters:
                continue
            owner, chain = found
            is_closed = not self._needed(owner, chain)
            self.drawn.functions[name] = {
                "chain": browser.as_json(chain) if is_closed else None,
                "of_numbers": _is_of_numbers(owner, chain),
            }
            for node in walk(chain.sides[-1]):
                if isinstance(node, Call):
                    self._note_function(node, owner)

    def _needed(self, owner: Function, chain: Statement) -> set[str]:
        """What a definition uses beside its arguments: values of its own function, not of ours."""
        symbols = [node for node in walk(chain.sides[-1]) if isinstance(node, Symbol)]
        names = {node.name for node in symbols} - _arguments(chain)
        known = Names(self.graph, owner)
        return {name for name in names if known.has(name) or known.has(resolve.capital(name))}


def _arguments(chain: Statement) -> set[str]:
    try:
        return {*arguments_of(chain)}
    except Wrong:
        return set()


def _curve(of: Any) -> Any:
    """The formula of a drawn function, as a chain."""
    return browser.as_json(reader.statements(CURVES[sample.ENTRYWISE.index(of)])[0])


def _is_of_numbers(owner: Function, chain: Statement) -> bool:
    left = chain.sides[0]
    if isinstance(left, Index) or not isinstance(left, Call) or len(left.arguments) != 1:
        return False
    first = left.arguments[0]
    shape = owner.parameters.get(first.name) if isinstance(first, Symbol) else None
    return not (shape and shape.axes) or shape.any_shape


def element(quantity: Quantity) -> str:
    return quantity.name + (f"[{quantity.element}]" if quantity.element is not None else "")


def _spelled(node: Derivative) -> str:
    """A derivative by the names that are written: dL_dW1."""

    def name(part: Node) -> str:
        if isinstance(part, Symbol):
            return part.name + resolve.layer_number(part)
        return part.function if isinstance(part, Call) else ""

    return resolve.derivative_name(name(node.top), map(name, node.bottoms))


def _array(data: Data) -> dict[str, Any]:
    found = np.asarray(data.value)
    numbers = [_number(float(each)) for each in found.reshape(-1)]
    told = {"shape": list(found.shape), "data": numbers, "origin": data.origin}
    return told | {"entry": data.entry, "whole": found.dtype.kind in "iu"}


def _number(value: float) -> float | str | None:
    if np.isfinite(value):
        return value
    return None if np.isnan(value) else str(value)


def evaluated(node: Node, ev: Evaluator) -> tuple[Value | Wrong, dict[str, Any]]:
    """The value of a node, or what is wrong, and all that the scripts need to find it too."""
    noting = Noting(ev.names)  # type: ignore[arg-type]
    found: Value | Wrong
    try:
        found = replace(ev, names=noting, reach=None, rules=set(), labels=set()).value(node)
    except Wrong as error:
        found = error
    return found, case(ev, noting) | {"tree": browser.as_json(node)}


def case(ev: Evaluator, noting: Noting) -> dict[str, Any]:
    """An evaluator as the scripts get it: what its letters are, and the values of its names."""
    letters = {name: [axis, values.tolist()] for name, (axis, values) in ev.letters.items()}
    more = {"letters": letters, "constants": ev.constants, "depth": ev.depth}
    return more | {"drawn": asdict(noting.drawn), "example": ev.example, "left": sorted(ev.left())}


def value(found: Value) -> dict[str, Any]:
    """A value as the scripts get it."""
    array = np.asarray(found.array, np.float64)
    data = [_number(float(each)) for each in array.reshape(-1)]
    return {"shape": list(array.shape), "data": data, "rank": found.rank, "row": found.row}
