r"""One entry of a formula as a tree of numbers: the values of a run put in for its symbols.

`z_i = \sum_j w_{ij} x_j + b_i` for i = 1 becomes the tree of `0.6 · 0.5 + (−1.1) · 0.2 + 0.3`.
Sums are written out, and an entry of a matrix product is the sum that it is. A number under a
symbol is a `Leaf`.
"""

import functools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from mathdoctest import backends, latex, resolve, syntax
from mathdoctest.backends import Backend
from mathdoctest.evaluate import Evaluator, by_formula
from mathdoctest.functions import Function
from mathdoctest.scope import Scope
from mathdoctest.symbols import SymbolTable
from mathdoctest.syntax import Call, Derivative, Leaf, Node, Number, Product, Sum, Symbol, walk
from mathdoctest.values import Array, Curve, Data, Indices, Value, Wrong

TOLERANCE = 2e-5  # relative: what float32 and another order of the same sum may cost
CONSTANTS = {"e": Leaf("e", None, math.e), "pi": Leaf(r"\pi", None, math.pi)}
MOST = 8  # terms of a sum that is written out

Place = tuple[int, ...]  # the number of an entry along each axis, from 1


@dataclass(frozen=True)
class Entry:
    """One entry of a formula: the leaf on its left, and a side as a tree of numbers."""

    function: Function
    left: Leaf
    right: Node

    def verify(self) -> None:
        """Raise Wrong if the tree does not give the value that the run has."""
        found, (name, there) = self.number(self.right), (self.left.symbol, self.left.value)
        if not math.isclose(found, there, rel_tol=TOLERANCE, abs_tol=1e-6):
            raise Wrong(f"worked out it is {found:.7g}, but the run has {name} = {there:.7g}")

    def number(self, node: Node, shown: Callable[[float], float] = float) -> float:
        """The value of a tree of numbers. shown: the value of a leaf as a reader sees it."""
        return float(_Numbers(_Names(self.function), shown=shown).value(node).array)


@dataclass
class _Numbers(Evaluator):
    """Evaluates a tree of numbers."""

    shown: Callable[[float], float] = float

    def visit_Leaf(self, node: Leaf) -> Value:
        return Value(np.array(self.shown(node.value) if node.symbol else node.value))


@dataclass
class _Names:
    """The names in a tree of numbers, and in the functions that it calls: functions only."""

    owner: Function
    sizes: Mapping[str, int] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return False

    def is_quantity(self, name: str) -> bool:
        return False

    def is_list(self, name: str) -> bool:
        return False

    def is_mask(self, name: str, value: Array) -> bool:
        return False

    def has_function(self, call: Call) -> bool:
        return call.function not in ("max", "min")

    def apply(self, call: Call, arguments: list[Value], ev: Evaluator) -> Value | None:
        return None

    def differentiate(self, node: Derivative, ev: Evaluator) -> Value:
        raise Wrong("a derivative in the formula of a function", node)

    def data(self, symbol: Symbol, ev: Evaluator) -> tuple[Data, Indices]:
        raise Wrong(f"`{symbol.name}` is not the argument of the function", symbol)

    def given(self, node: Derivative) -> str | None:
        return None  # a slope is written by its own name

    def derivative(self, node: Derivative, ev: Evaluator) -> tuple[Data, Indices]:
        raise Wrong("a derivative in the formula of a function", node)

    def function(self, call: Call, layer: int | None, primes: int, library: Backend) -> Curve:
        """What computes a function that is built in or that a formula in reach defines."""
        if not primes and (built_in := backends.built_in(library, call.function)):
            return built_in
        found = Scope(self.owner).named_function(call.function, primes, self.owner)
        if found is None:
            raise Wrong(f"the function {call.function} is not known here", call)
        return by_formula(self, found[1], library)


def entry(
    function: Function,
    values: Mapping[str, Any],
    names: Mapping[str, str | float],
    at: Mapping[str, int | Sequence[int]],
    symbols: SymbolTable,
    nth: int = 1,
    side: int = -1,
) -> Entry:
    """One entry of a side of a function's nth chain, for one choice of its free indices.

    values: what a run left: name → number, or lists of numbers, nested once for each axis.
    names: symbol → the run's name for it, or a number, where they differ.
    at: index letter → number; `entry` → the entry, from 1, of what has no letters.
    symbols: the TeX of the names. Raises Wrong.
    """
    if not 1 <= nth <= len(function.statements):
        raise Wrong(f"there is no formula {nth}; it has {len(function.statements)}")
    chain = function.statements[nth - 1]
    if side >= len(chain.sides):
        raise Wrong(f"there is no side {side + 1}; it has {len(chain.sides)}")
    chosen = at.get("entry", ())
    point = (chosen,) if isinstance(chosen, int) else tuple(chosen)
    letters = {letter: number for letter, number in at.items() if isinstance(number, int)}
    spelling = _Spelling(function, values, names, letters, point, symbols)
    place = () if function.entry else point
    left = spelling.left(chain.sides[0], place)
    return Entry(function, left, spelling.visit(chain.sides[side]).at(place))


class Part(NamedTuple):
    """A node over the values of a run: its entries, the sizes of its axes, whether it is a row."""

    at: Callable[[Place], Node]
    sizes: Place = ()
    row: bool = False


@dataclass
class _Spelling(syntax.Visitor[Part]):
    """Visits the nodes of a formula; each becomes a `Part`. For the fields see `entry`."""

    function: Function
    values: Mapping[str, Any]
    names: Mapping[str, str | float]
    letters: dict[str, int]
    point: Place
    symbols: SymbolTable

    def generic_visit(self, node: Node) -> Part:
        raise Wrong(f"a {type(node).__name__} cannot be written out in numbers", node)

    def entry(self, node: Node, at: Place = ()) -> Node:
        return self.visit(node).at(at)

    def left(self, node: Node, at: Place) -> Leaf:
        """The result: a symbol, a derivative, or the value that `names` gives to `f(x) = …`."""
        if isinstance(node, Call):
            name = resolve.slope_name(node.function, node.primes)
            leaf = self._leaf(Symbol(name), at)
            known = self.names.get(name) in self.symbols
            return leaf if known else replace(leaf, tex=latex.in_numbers(self.entry(node, at)))
        if not isinstance(node, Symbol | Derivative):
            raise Wrong("the left side is not a symbol with a value in the run", node)
        return self._leaf(node, at) if isinstance(node, Symbol) else self._slope(node, at)

    # ---- symbols

    def visit_Number(self, node: Number) -> Part:
        return Part(lambda at: node)

    def visit_Symbol(self, node: Symbol) -> Part:
        if node.name in self.letters and not node.indices:
            return Part(lambda at: Number(float(self.letters[node.name])))
        if node.name in CONSTANTS and node == Symbol(node.name) and node.name not in self.values:
            constant = CONSTANTS[node.name]
            return Part(lambda at: constant)
        leaf = functools.partial(self._leaf, node)
        if self.function.entry:
            return Part(leaf)
        _, value, indices = self._find(node)
        sizes, shape = _sizes(value), self.function.shape(self.function.full_name(node))
        is_scalar = shape is None or set(shape.axes) == {"1"}
        single = set(sizes) == {1} and not indices and is_scalar
        return Part(leaf, () if single else sizes[len(indices) :])

    def _find(self, node: Symbol) -> tuple[str, Any, Indices]:
        """The run's name of a symbol, the value there, and the indices that are left on it."""
        full, indices = self.function.full_name(node), node.indices
        if time := self._time(indices):
            made = time == "_t" and node.name in self.function.lefts
            wanted, indices = [f"{full}_t"] * made + [full], ()
        else:
            wanted = [full, resolve.capital(full)]
            if full != node.name and full == node.name + resolve.digits(node.indices):
                indices = ()
        for name in wanted:
            mapped = self.names.get(name, name)
            if not isinstance(mapped, str):
                return name, mapped, ()
            if mapped in self.values:
                return mapped, self.values[mapped], indices
        raise self._missing(wanted[0], node)

    def _missing(self, name: str, node: Node) -> Wrong:
        left = ", ".join(self.values) or "nothing"
        return Wrong(f"the run left no `{name}`; give its variable's name; it left: {left}", node)

    def _time(self, indices: Indices) -> str | None:
        """`_t` or `_{t-1}` where the only index counts steps."""
        if len(indices) != 1 or "t" in self.letters:
            return None
        if indices[0] == Symbol("t"):
            return "_t"
        return "_{t-1}" if isinstance(indices[0], Sum) else None

    def _index(self, node: Node) -> int:
        match node:
            case Number(value):
                return int(value)
            case Sum(terms):
                return sum(sign * self._index(term) for sign, term in terms)
            case Symbol(name) if name in self.letters:
                return self.letters[name]
        letter = node.name if isinstance(node, Symbol) else type(node).__name__
        raise Wrong(f"the index {letter} has no number: give it in `at`", node)

    def _leaf(self, node: Symbol, at: Place) -> Leaf:
        name, value, indices = self._find(node)
        if self.function.entry:
            time = self._time(node.indices)
            shown = self._tex(*(() if time else (name,)), node=node) + (time or "")
            return Leaf(shown, resolve.stem(name), _number(value, self.point, name))
        place = (*map(self._index, indices), *at)
        shown = _indexed(self._tex(name, node=node), place)
        return Leaf(shown, _named(name, place), _number(value, place, name))

    def _tex(self, *names: str, node: Symbol) -> str:
        """The TeX of the first of the names that has one; w2 is an entry of W2."""
        full = self.function.full_name(node)
        known = [*names, full, *map(resolve.capital, names)]
        found = (self.symbols[name].tex for name in known if name in self.symbols)
        return next(filter(None, found), node.name)

    def visit_Derivative(self, node: Derivative) -> Part:
        return Part(functools.partial(self._slope, node))

    def _slope(self, node: Derivative, at: Place) -> Leaf:
        """A derivative: the run's variable is named after both, dL_dW1."""
        names, texs, entry = list[str](), list[str](), self.function.entry
        places: Place = ()
        if not isinstance(node.top, Symbol):
            raise Wrong("a derivative of an expression cannot be written out in numbers", node)
        for each in (node.top, *node.bottoms):
            name = self.function.full_name(each)
            name = str(self.names.get(name, name))
            place = () if entry else tuple(map(self._index, each.indices))
            place = place or at if each is node.bottoms[-1] and not entry else place
            names.append(name)
            texs.append(_indexed(self._tex(name, node=each), place))
            places += place
        wanted = resolve.derivative_name(names[0], names[1:])
        name = next((n for n in (wanted, resolve.name_in_code(wanted)) if n in self.values), "")
        if not name:
            raise self._missing(wanted, node)
        value = self.values[name]
        places = places[len(places) - len(_sizes(value)) :]
        found = _number(value, self.point if entry else places, name)
        shown = rf"\frac{{\partial {texs[0]}}}{{\partial {texs[1]}}}"
        return Leaf(shown, _named(name, places), found)

    # ---- operations

    def visit_Sum(self, node: Sum) -> Part:
        parts = [(sign, self.visit(term)) for sign, term in node.terms]
        _, first = parts[0]
        return first._replace(at=lambda at: _sum((sign, part.at(at)) for sign, part in parts))

    def visit_Hadamard(self, node: syntax.Hadamard) -> Part:
        left = self.visit(node.left)
        return left._replace(at=lambda at: Product(left.at(at), self.entry(node.right, at)))

    def visit_Transpose(self, node: syntax.Transpose) -> Part:
        entry, sizes, row = self.visit(node.operand)
        return Part(lambda at: entry(at[::-1]), sizes[::-1], not row and len(sizes) != 2)

    def visit_Quotient(self, node: syntax.Quotient) -> Part:
        top = self.visit(node.top)
        return top._replace(at=lambda at: syntax.Quotient(top.at(at), self.entry(node.bottom)))

    def visit_Power(self, node: syntax.Power) -> Part:
        base, exponent = node.base, node.exponent
        return Part(lambda at: syntax.Power(self.entry(base, at), self.entry(exponent)))

    def visit_Root(self, node: syntax.Root) -> Part:
        return Part(lambda at: syntax.Root(self.entry(node.operand, at)))

    def visit_Call(self, node: Call) -> Part:
        parts = list(map(self.visit, node.arguments))
        call = functools.partial(replace, node, layer=None)
        return parts[0]._replace(at=lambda at: call(arguments=tuple(p.at(at) for p in parts)))

    def visit_Cases(self, node: syntax.Cases) -> Part:
        values = [self.visit(row.value) for row in node.rows]
        compared = [row.condition.sides if row.condition else () for row in node.rows]
        sides = [[*map(self.visit, each)] for each in compared]

        def at(place: Place) -> Node:
            rows = []
            for row, value, parts in zip(node.rows, values, sides, strict=True):
                entries = tuple(part.at(place) for part in parts)
                condition = row.condition and replace(row.condition, sides=entries)
                rows.append(syntax.Case(value.at(place), condition))
            return replace(node, rows=tuple(rows))

        return values[0]._replace(at=at)

    def visit_Ones(self, node: syntax.Ones) -> Part:
        return Part(lambda at: self.generic_visit(node).at(at), (1,))

    def visit_Product(self, node: Product) -> Part:
        left, right = self.visit(node.left), self.visit(node.right)
        a, b = left.sizes, right.sizes
        if isinstance(node.left, syntax.Ones):  # a column of ones repeats the row after it
            return Part(lambda at: right.at(at[1:]), (1, *b[-1:]))
        if isinstance(node.right, syntax.Ones):  # and after a matrix it sums each row
            every = range(1, a[-1] + 1)
            return Part(lambda at: _few([left.at((*at, k)) for k in every]), a[:-1])
        is_outer = right.row and len(a) == 1 and not left.row

        def at(place: Place) -> Node:
            if not a or not b:
                return Product(left.at(place if a else ()), right.at(place if b else ()))
            if is_outer:
                return Product(left.at(place[:1]), right.at(place[1:]))
            first = place[:1] if len(a) == 2 else ()
            last, every = place[len(first) :], range(1, a[-1] + 1)
            return _few([Product(left.at((*first, k)), right.at((k, *last))) for k in every])

        if not a or not b:
            return (left if a else right)._replace(at=at)
        kept = (a[:1] if len(a) == 2 else ()) + (b[-1:] if len(b) == 2 else ())
        return Part(at, (a[0], b[-1]) if is_outer else kept, left.row and len(b) == 2)

    def visit_Reduce(self, node: syntax.Reduce) -> Part:
        return Part(lambda at: self._reduced(node))

    def _reduced(self, node: syntax.Reduce) -> Node:
        plain = len(node.letters) == 1 and node.low is not None and not node.conditions
        if node.how not in ("sum", "mean") or not plain or node.low is None:
            raise Wrong(f"this {node.how} cannot be written out in numbers", node)

        def inner(number: int) -> "_Spelling":
            return replace(self, letters=self.letters | {node.letters[0]: number})

        first = self._index(node.low)
        numbers = range(first, inner(first)._last(node) + 1)
        total = _few([inner(number).entry(node.body) for number in numbers])
        return total if node.how == "sum" else syntax.Quotient(total, Number(float(len(numbers))))

    def _last(self, node: syntax.Reduce) -> int:
        """How far the letter runs: its bound, or the size of the axis that it indexes."""
        high, letter = node.high, Symbol(node.letters[0])
        if not isinstance(high, Symbol) or high.name in self.letters or high.indices:
            return self._index(high or Number(1.0))
        for symbol in walk(node.body):
            if isinstance(symbol, Symbol) and letter in symbol.indices:
                _, value, _ = self._find(symbol)
                return _sizes(value)[symbol.indices.index(letter)]
        raise Wrong(f"the values do not say how far {letter.name} runs", node)


def _sum(terms: Iterable[tuple[int, Node]]) -> Node:
    """A sum, in which a sum that is added becomes its terms."""
    out: list[syntax.Term] = []
    for sign, node in terms:
        out += node.terms if sign > 0 and isinstance(node, Sum) else [syntax.Term(sign, node)]
    return out[0].node if len(out) == 1 and out[0].sign > 0 else Sum(tuple(out))


def _few(terms: list[Node]) -> Node:
    if len(terms) > MOST:
        raise Wrong(f"a sum of {len(terms)} terms does not fit on a line")
    return _sum((1, term) for term in terms)


def _sizes(value: Any) -> Place:
    return (len(value), *_sizes(value[0])) if isinstance(value, list) else ()


def _number(value: Any, place: Place, name: str) -> float:
    """The number at a place of a value."""
    for index in place:
        if not isinstance(value, list):
            break
        if not 1 <= index <= len(value):
            raise Wrong(f"there is no entry {index} among {len(value)}")
        value = value[index - 1]
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, (int, float)):
        raise Wrong(f"`{name}` is several numbers: choose one with `at`, a letter or `entry`")
    return float(value)


def _indexed(text: str, place: Place) -> str:
    """The TeX of an entry; an entry of a matrix is in lower case."""
    if place:  # a symbol may be declared with the letters of an entry
        text = re.sub(r"_(\{[a-z]+\}|[a-z])$", "", text)
    if len(place) > 1:
        text = text[:1].lower() + text[1:]
    return text + (f"_{{{''.join(map(str, place))}}}" if place else "")


def _named(name: str, place: Place) -> str:
    return resolve.stem(name) + (f"_{''.join(map(str, place))}" if place else "")
