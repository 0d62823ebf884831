"""The value of a formula's tree, with every index letter an axis of its own.

An evaluator knows its letters: each is bound to a range and owns one leading axis of every value.
What follows the leading axes is the value itself: nothing for a scalar, one axis for a vector (a
column), two for a matrix. So a formula with free indices is computed for all of them at once, and
nothing is broadcast but over letters.
"""

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from operator import add, and_, eq, ge, gt, le, lt, mul
from typing import Any, Protocol

import numpy as np

from mathdoctest import syntax
from mathdoctest.backends import Backend, numpy
from mathdoctest.syntax import Call, Node, Number, Statement, Symbol, Visitor, walk

Array = Any  # of either backend
Indices = tuple[Node, ...]
Curve = Callable[[Array], Array]  # a function of arrays of any shape

ENTRYWISE = "an index on what is taken entry by entry"
COMPARISONS = {"=": eq, "<": lt, ">": gt, "<=": le, ">=": ge}


class Wrong(ValueError):
    """The formula means nothing here: shapes that do not fit, an unknown name. node: where."""

    def __init__(self, what: str, node: Node | None = None):
        super().__init__(what)
        self.node = node


class OffAxis(Wrong):
    """An index that leaves its axis."""


@dataclass
class Data:
    """What a name stands for.

    entry: one value for each entry, whatever the shape. origin: what its first axis counts from.
    """

    value: Array
    entry: bool = False
    origin: int = 1


@dataclass
class Value:
    """An array whose last `rank` axes are the value. row: a vector that is a row."""

    array: Array
    rank: int = 0
    row: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.array.shape[self.array.ndim - self.rank :])

    def described(self) -> str:
        sizes = "×".join(map(str, self.shape))
        return f"{'a row of ' * self.row}{sizes}" if self.rank else "a scalar"

    def like(self, array: Array) -> "Value":
        return replace(self, array=array)

    def fits(self, other: "Value") -> bool:
        return self.shape == other.shape and self.row == other.row


class Names(Protocol):
    """What an evaluator asks for the meaning of a name."""

    @property
    def sizes(self) -> Mapping[str, int]: ...

    def has(self, name: str) -> bool: ...

    def data(self, symbol: Symbol, ev: "Evaluator") -> tuple[Data, Indices]: ...

    def function(self, call: Call, layer: int | None, primes: int, library: Backend) -> Curve: ...

    def derivative(self, node: syntax.Derivative, ev: "Evaluator") -> tuple[Data, Indices]: ...


@dataclass
class Evaluator(Visitor[Value]):
    """Evaluates nodes with a backend.

    letters: letter → (its axis, its values). constants: letters bound to one number: layers.
    depth: how many leading axes there are. mask: where each letter is within its bounds.
    arguments: in a function's own formula, its argument → what it is called with.
    """

    names: Names
    library: Backend = numpy
    letters: dict[str, tuple[int, np.ndarray]] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)
    depth: int = 0
    mask: Any = True
    arguments: dict[str, Array] = field(default_factory=dict)

    def value(self, node: Node) -> Value:
        """The value of a node. Raises Wrong."""
        return self.visit(node)

    def scalar(self, node: Node) -> Array:
        found = self.value(node)
        if found.rank and isinstance(node, Symbol) and node == Symbol(node.name):
            if node.name in self.names.sizes:  # an axis that is called like its array
                return self._constant(self.names.sizes[node.name]).array
        if found.rank:
            raise Wrong(f"{found.described()} where a scalar is needed", node)
        return found.array

    # ---- letters and indices

    def bind(self, letter: str, values: Any) -> None:
        """Give a letter its range and the next leading axis."""
        self.letters[letter] = (self.depth, np.asarray(values))
        self.depth += 1

    def letter(self, letter: str) -> np.ndarray:
        """A letter's values along its axis, or the one number that it is bound to."""
        if letter in self.constants:
            return self._whole_number(self.constants[letter])
        axis, values = self.letters[letter]
        return values.reshape([1] * axis + [-1] + [1] * (self.depth - axis - 1))

    def is_bound(self, letter: str) -> bool:
        return letter in self.letters or letter in self.constants

    def index(self, node: Node) -> Any:
        """An index as an array of whole numbers over the leading axes."""
        if isinstance(node, syntax.Sum):
            return sum(term.sign * self.index(term.node) for term in node.terms)
        if isinstance(node, Number):
            return self._whole_number(int(node.value))
        if not isinstance(node, Symbol) or node.name in self.arguments:
            raise Wrong("an index is a letter, a number, or a sum of them", node)
        name = node.name
        if self.is_bound(name) and not node.indices:
            return self.letter(name)
        if name in self.names.sizes and not node.indices:
            return self._whole_number(self.names.sizes[name])
        data, _ = self.names.data(node, self)
        found = np.array(data.value)
        if (found != np.round(found)).any() or found.dtype.kind == "f" and found.ndim:
            raise Wrong(f"the index {name} is not a whole number", node)
        return np.array(self.gather(data, node.indices, node).array).astype(int)

    def _whole_number(self, number: int) -> np.ndarray:
        return np.full((1,) * self.depth, number)

    def whole(self, node: Node) -> int:
        """An index that is one number: a layer, a size."""
        values = np.unique(self.index(node))
        if len(values) != 1:
            raise Wrong("a layer or a size that varies", node)
        return int(values[0])

    def gather(self, data: Data, indices: Indices, node: Node) -> Value:
        """The data at these indices, for every value of their letters."""
        array = data.value
        lib = numpy if isinstance(array, np.ndarray) else self.library
        if indices and data.entry:
            raise Wrong(ENTRYWISE, node)
        if data.entry:
            return Value(lib.reshape(array, (-1,) + (1,) * (self.depth - 1)))
        if len(indices) > len(array.shape):
            raise Wrong(f"{len(indices)} indices on an array of {len(array.shape)} axes", node)
        kept = tuple(array.shape[len(indices) :])
        lead: tuple[int, ...] = (1,) * self.depth
        if indices:
            where = []
            for place, part in enumerate(indices):
                size = array.shape[place]
                at = self.index(part) - (data.origin if place == 0 else 1)
                if (((at < 0) | (at >= size)) & self.mask).any():
                    raise OffAxis(f"an index leaves its axis, which has {size}", part)
                where.append(np.clip(at, 0, size - 1))
            array = lib.take(array, tuple(where))
            lead = tuple(array.shape[: self.depth])
        return Value(lib.reshape(array, lead + kept), len(kept))

    # ---- numbers and names

    def _constant(self, array: Any) -> Value:
        """The same number, vector or matrix for every value of the letters."""
        array = np.asarray(array)
        lead = (1,) * self.depth
        return Value(self.library.array(array.reshape(lead + array.shape)), array.ndim)

    def visit_Number(self, node: Number) -> Value:
        return self._constant(node.value)

    def visit_Symbol(self, node: Symbol) -> Value:
        name = node.name
        if node.layer is None and name in self.arguments:
            if node.indices:
                raise Wrong(ENTRYWISE, node)
            return Value(self.library.array(self.arguments[name]))
        if node.layer is None and not node.indices:
            if self.is_bound(name):
                return Value(self.library.array(self.letter(name)))
            number = ({"pi": math.pi} | dict(self.names.sizes)).get(name)
            if number is not None and not self.names.has(name):
                return self._constant(number)
        return self._gathered(node, *self.names.data(node, self))

    def visit_Derivative(self, node: syntax.Derivative) -> Value:
        return self._gathered(node, *self.names.derivative(node, self))

    def _gathered(self, node: Node, data: Data, indices: Indices) -> Value:
        found = self.gather(data, indices, node)
        return found.like(self.library.array(found.array))

    # ---- sums and products

    def visit_Sum(self, node: syntax.Sum) -> Value:
        (sign, first), *rest = node.terms
        out = self.value(first)
        out = out.like(sign * out.array)
        for sign, part in rest:
            found = self.value(part)
            if not out.fits(found):
                raise Wrong(f"a sum of {out.described()} and {found.described()}", part)
            out = out.like(out.array + sign * found.array)
        return out

    def _with_axes(self, array: Array, rank: int) -> Array:
        """A scalar with axes for a value of this rank."""
        return self.library.reshape(array, tuple(array.shape) + (1,) * rank)

    def visit_Product(self, node: syntax.Product) -> Value:
        a, b = self.value(node.left), self.value(node.right)
        if not a.rank or not b.rank:
            whole, factor = (b, a) if not a.rank else (a, b)
            return whole.like(self._with_axes(factor.array, whole.rank) * whole.array)
        lib = self.library
        left, right = self._as_matrix(a), self._as_matrix(b)
        if left.shape[-1] != right.shape[-2]:
            raise Wrong(f"a product of {a.described()} and {b.described()}", node)
        lead = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
        both = (lib.broadcast(m, lead + tuple(m.shape[-2:])) for m in (left, right))
        to_row, to_column = a.row, b.rank == 1 and not b.row
        kept = left.shape[-2:-1] * (not to_row) + right.shape[-1:] * (not to_column)
        product = lib.reshape(lib.matmul(*both), lead + kept)
        return Value(product, len(kept), to_row and not to_column)

    def _as_matrix(self, value: Value) -> Array:
        if value.rank == 2:
            return value.array
        lead = tuple(value.array.shape[: self.depth])
        return self.library.reshape(value.array, lead + ((1, -1) if value.row else (-1, 1)))

    def visit_Hadamard(self, node: syntax.Hadamard) -> Value:
        a, b = self.value(node.left), self.value(node.right)
        if not a.fits(b):
            raise Wrong(f"an entrywise product of {a.described()} and {b.described()}", node)
        return a.like(a.array * b.array)

    def visit_Quotient(self, node: syntax.Quotient) -> Value:
        a, b = self.value(node.top), self.scalar(node.bottom)
        return a.like(a.array / self._with_axes(b, a.rank))

    def visit_Power(self, node: syntax.Power) -> Value:
        if node.base == Symbol("e") and "e" not in self.arguments and not self.names.has("e"):
            return Value(self.library.exp(self.scalar(node.exponent)))
        a, b = self.scalar(node.base), self.scalar(node.exponent)
        if node.exponent == Number(2.0):
            return Value(a * a)  # exact, and smooth at 0
        return Value(self.library.power(a, b))

    def visit_Transpose(self, node: syntax.Transpose) -> Value:
        a = self.value(node.operand)
        if a.rank == 2:
            return Value(self.library.swap(a.array, -1, -2), 2)
        if a.rank == 0:
            raise Wrong("the transpose of a scalar", node)
        return Value(a.array, 1, not a.row)

    def visit_Root(self, node: syntax.Root) -> Value:
        return Value(self.library.sqrt(self.scalar(node.operand)))

    def visit_Absolute(self, node: syntax.Absolute) -> Value:
        a = self.value(node.operand)
        return a.like(self.library.abs(a.array))

    def visit_Norm(self, node: syntax.Norm) -> Value:
        a, lib = self.value(node.operand), self.library
        if (a.rank, node.order) not in ((1, 2.0), (1, 1.0), (2, "F")):
            what = f"a norm of order {node.order} of {a.described()}"
            raise Wrong(rf"{what}; write \|x\|, \|x\|_1, \|A\|_F", node)
        axes = tuple(range(-a.rank, 0))
        if node.order == 1.0:
            return Value(lib.sum(lib.abs(a.array), axis=axes))
        return Value(lib.sqrt(lib.sum(a.array * a.array, axis=axes)))

    # ---- functions

    def visit_Call(self, node: Call) -> Value:
        lib, name = self.library, node.function
        a, *others = map(self.value, node.arguments)
        if name in ("max", "min") and len(others) == 1:
            (b,) = others
            if a.shape != b.shape:
                raise Wrong(rf"\{name} of {a.described()} and {b.described()}", node)
            return a.like((lib.maximum if name == "max" else lib.minimum)(a.array, b.array))
        if name in ("diag", "tr") and not others:
            return self._diagonal(node, a)
        layer = None if node.layer is None else self.whole(node.layer)
        function = self.names.function(node, layer, node.primes, lib)
        if others:
            raise Wrong(f"{name} takes one argument", node)
        array = function(a.array)
        return Value(array, a.rank if array.shape == a.array.shape else 0, a.row)

    def _diagonal(self, node: Call, a: Value) -> Value:
        n = a.shape[-1] if a.rank else 0
        one = self.library.array(np.eye(n))
        if node.function == "diag" and a.rank == 1:
            return Value(self._with_axes(a.array, 1) * one, 2)
        if node.function == "tr" and a.shape == (n, n):
            return Value(self.library.sum(a.array * one, axis=(-2, -1)))
        raise Wrong(f"{node.function} of {a.described()}", node)

    # ---- sums and the like over a range

    def visit_Reduce(self, node: syntax.Reduce) -> Value:
        lib, how, letter = self.library, node.how, node.letter
        if self.is_bound(letter):
            raise Wrong(f"{letter} is bound already", node)
        first, last = self.index(node.low), self.index(node.high)
        if last.min() < first.min():
            raise Wrong(f"the range of {letter} is empty", node)
        layers = [n.layer for n in walk(node.body) if isinstance(n, Symbol | Call) and n.layer]
        if any(Symbol(letter) in walk(layer) for layer in layers):
            return self._layer_by_layer(node, int(first.min()), int(last.max()))
        inner = replace(self, letters=dict(self.letters))
        inner.bind(letter, np.arange(first.min(), last.max() + 1))
        values = inner.letter(letter)
        inside = (values >= first[..., None]) & (values <= last[..., None])
        inner.mask = inside & np.expand_dims(self.mask, -1)
        found = inner.value(node.body)
        lead = list(found.array.shape[: inner.depth])
        lead[self.depth] = values.size
        array = lib.broadcast(found.array, tuple(lead) + found.shape)
        neutral = lib.array({"prod": 1.0, "max": -np.inf}.get(how, 0.0))
        array = lib.where(inside.reshape(inside.shape + (1,) * found.rank), array, neutral)
        out = getattr(lib, "sum" if how == "mean" else how)(array, axis=self.depth)
        if how == "mean":  # over as many as each bound takes in
            out = out / self._with_axes(lib.array(inside.sum(-1)), found.rank)
        return found.like(out)

    def _layer_by_layer(self, node: syntax.Reduce, first: int, last: int) -> Value:
        """Over elements of lists, whose shapes differ."""
        every = [{node.letter: number} for number in range(first, last + 1)]
        inner = [replace(self, constants=self.constants | each) for each in every]
        found = [each.value(node.body) for each in inner]
        combine = {"prod": mul, "max": self.library.maximum}.get(node.how, add)
        total = functools.reduce(combine, (each.array for each in found))
        return found[0].like(total / len(found) if node.how == "mean" else total)

    # ---- conditions

    def holds(self, condition: syntax.Condition) -> Any:
        """A condition as an array of truths over the leading axes."""
        values = [np.array(self.scalar(side)) for side in condition.sides]
        pairs = zip(condition.relations, values, values[1:], strict=False)
        return functools.reduce(and_, (COMPARISONS[relation](a, b) for relation, a, b in pairs))

    def visit_Indicator(self, node: syntax.Indicator) -> Value:
        return Value(self.library.array(self.holds(node.condition)))

    def visit_Cases(self, node: syntax.Cases) -> Value:
        conditions: list[Any] = [row.condition and self.holds(row.condition) for row in node.rows]
        once: Any = sum(c.astype(int) for c in conditions if c is not None)
        if (once > 1).any():
            raise Wrong("a value for which two cases hold", node)
        if None not in (row.condition for row in node.rows) and (once < 1).any():
            raise Wrong("a value for which no case holds", node)
        *rows, last = node.rows
        out = self.scalar(last.value)
        for row, condition in reversed(list(zip(rows, conditions, strict=False))):
            condition = once == 0 if condition is None else condition
            out = self.library.where(condition, self.scalar(row.value), out)
        return Value(out)

    # ---- matrices written out

    def visit_Matrix(self, node: syntax.Matrix) -> Value:
        width = len(node.rows[0])
        if any(len(row) != width for row in node.rows):
            raise Wrong("rows of different lengths", node)
        entries = [self.scalar(entry) for row in node.rows for entry in row]
        lead, lib = np.broadcast_shapes(*(e.shape for e in entries)), self.library
        flat = lib.stack([lib.broadcast(e, lead) for e in entries], axis=-1)
        kept = (len(node.rows), width) if width > 1 else (len(node.rows),)
        return Value(lib.reshape(flat, lead + kept), len(kept))

    def visit_Ones(self, node: syntax.Ones) -> Value:
        return self._constant(np.ones(self.whole(node.size)))

    def visit_Identity(self, node: syntax.Identity) -> Value:
        return self._constant(np.eye(self.whole(node.size)))

    def visit_Unit(self, node: syntax.Unit) -> Value:
        name = node.index.name
        if name not in self.letters:
            raise Wrong(f"the unit vector's {name} has no range", node)
        _, values = self.letters[name]
        return Value(self.library.array(np.eye(int(values.max()))[self.index(node.index) - 1]), 1)


def by_formula(names: Names, chain: Statement, library: Backend) -> Curve:
    """A function as its own formula `f(z) = …` defines it."""

    def apply(array: Array) -> Array:
        arguments = {argument_of(chain): array}
        ev = Evaluator(names, library, depth=array.ndim, arguments=arguments)
        return ev.value(chain.sides[-1]).array

    return apply


def argument_of(chain: Statement) -> str:
    """The z of `f(z) = …`. Raises Wrong where that is not the left side."""
    left = chain.sides[0]
    if isinstance(left, Call) and isinstance(argument := left.arguments[0], Symbol):
        return argument.name
    raise Wrong("a function is defined for one symbol: f(z) = …", left)
