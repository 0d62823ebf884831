"""The value of a formula's tree, with every index letter an axis of its own.

An evaluator knows its letters: each is bound to a range and owns one leading axis of every value.
What follows the leading axes is the value itself: nothing for a scalar, one axis for a vector (a
column), two for a matrix. So a formula with free indices is computed for all of them at once, and
nothing is broadcast but over letters.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mathdoctest import backends, conditions, reduce, resolve, syntax
from mathdoctest import library as functions
from mathdoctest.backends import Backend, numpy
from mathdoctest.reach import Reach
from mathdoctest.syntax import Call, Node, Number, Statement, Symbol, Visitor
from mathdoctest.values import (
    Array,
    Curve,
    Data,
    Indices,
    Names,
    OffAxis,
    Value,
    Wrong,
    aligned,
    with_axes,
)  # fmt: skip

ENTRYWISE = "an index on what is taken entry by entry"
BATCH = "⁎"  # the letter that runs over the rows of a batch


@dataclass
class Evaluator(Visitor[Value]):
    """Evaluates nodes with a backend.

    letters: letter → (its axis, its values). constants: letters bound to one number: layers.
    depth: how many leading axes there are. mask: where each letter is within its bounds.
    arguments: in a function's own formula, its argument → what it is called with. example: a letter
    that runs over the first axis of every array of this size, and is written nowhere. rules: those
    of `rules.RULES` by which it was read. left: gives the letters of the left side. labels: those
    that only say which one it is. reach: notes what is reached, if that is asked for.
    """

    names: Names
    library: Backend = numpy
    letters: dict[str, tuple[int, np.ndarray]] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)
    depth: int = 0
    mask: Any = True
    arguments: dict[str, Value] = field(default_factory=dict)
    example: tuple[str, int] | None = None
    left: Callable[[], frozenset[str]] = frozenset
    labels: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    reach: Reach | None = None

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
        if isinstance(node, syntax.Product):
            return self.index(node.left) * self.index(node.right)
        if isinstance(node, Number) and node.value % 1 == 0:
            return self._whole_number(int(node.value))
        if isinstance(node, Call) and node.function in ("floor", "ceil", "min", "max"):
            return self._rounded(self.scalar(node), node)
        if isinstance(node, syntax.Quotient | syntax.Reduce):
            return self._rounded(self.scalar(node), node)
        if not isinstance(node, Symbol) or node.name in self.arguments:
            raise Wrong("an index is a letter, a number, or a sum or product of them", node)
        name = node.name
        if self.is_bound(name) and not node.indices:
            return self.letter(name)
        if (size := self._size(node)) is not None:
            return self._whole_number(size)
        data, indices = self.names.data(node, self)
        found = backends.plain(data.value)
        if (found != np.round(found)).any() or found.dtype.kind == "f" and found.ndim:
            raise Wrong(f"the index {name} is not a whole number", node)
        return backends.plain(self.gather(data, indices, node).array).astype(int)

    def _size(self, node: Symbol) -> int | None:
        """The size that a symbol is: of the axis n, or of the axis `s_2` or `s2`."""
        sizes = self.names.sizes
        if not node.indices:
            return sizes.get(node.name) if node.layer is None else None
        if node.layer is not None or not isinstance(node.indices[0], Number):
            return None
        number = resolve.digits(node.indices)
        names = (node.name + number, f"{node.name}_{number}")
        return next((sizes[name] for name in names if number and name in sizes), None)

    def _rounded(self, array: Array, node: Node) -> np.ndarray:
        found = backends.plain(array)
        if (found != np.round(found)).any():
            raise Wrong("an index that is not a whole number", node)
        return found.astype(int)

    def _whole_number(self, number: int) -> np.ndarray:
        return np.full((1,) * self.depth, number)

    def whole(self, node: Node) -> int:
        """An index that is one number: a layer, a size."""
        values = self.index(node)
        if not values.size or (values != values.flat[0]).any():
            raise Wrong("a layer or a size that varies", node)
        return int(values.flat[0])

    def _on_axis(self, at: np.ndarray, size: int, node: Node) -> np.ndarray:
        """Places on an axis; where a letter is out of its bounds, any place. Raises OffAxis."""
        if at.size and at.min() >= 0 and at.max() < size:
            return at
        if (((at < 0) | (at >= size)) & self.mask).any():
            raise OffAxis(f"an index leaves its axis, which has {size}", node)
        within: np.ndarray = np.clip(at, 0, size - 1)
        return within

    def gather(self, data: Data, indices: Indices, node: Node) -> Value:
        """The data at these indices, for every value of their letters."""
        array = data.value
        lib = numpy if isinstance(array, np.ndarray) else self.library
        if indices and data.entry:
            raise Wrong(ENTRYWISE, node)
        if isinstance(indices[0] if indices else None, syntax.Dots):  # `h_{:,j}`
            if len(array.shape) != 2 or len(indices) != 2:
                raise Wrong("a whole axis before an index, of what is no matrix", node)
            array, indices = lib.swap(array, -1, -2), indices[1:]
        if data.entry:
            return Value(lib.reshape(array, (-1,) + (1,) * (self.depth - 1)))
        if len(indices) > len(array.shape):
            indices = _multiplied(indices, len(array.shape))
        if len(indices) > len(array.shape):
            indices = self._counting(indices)
        if len(indices) > len(array.shape):
            raise Wrong(f"{len(indices)} indices on an array of {len(array.shape)} axes", node)
        kept = tuple(array.shape[len(indices) :])
        lead: tuple[int, ...] = (1,) * self.depth
        if indices:
            where = []
            for place, part in enumerate(indices):
                size = array.shape[place]
                at = self.index(part) - (data.origin if place == 0 else 1)
                where.append(self._on_axis(at, size, part))
            array = lib.take(array, tuple(where))
            lead = tuple(array.shape[: self.depth])
        return Value(lib.reshape(array, lead + kept), len(kept))

    def _counting(self, indices: Indices, called: bool = False) -> Indices:
        """The indices without letters that nothing counts: they only say which one it is."""
        labels = [i for i in indices if isinstance(i, Symbol) and self.is_label(i)]
        for letter in labels:
            self._labelled(letter, called)
        return tuple(i for i in indices if i not in labels)

    def _labelled(self, letter: Symbol, called: bool = False) -> None:
        """Note a letter that only says which one it is: one, which the left side has if any.

        called: whether it stands in brackets, as the x of `\\phi(x)`. Raises Wrong.
        """
        self.rules.add("which")
        self.labels.add(letter.name)
        left = self.left()
        other = left if not called and letter.name not in left else frozenset[str]()
        if len(every := self.labels | other) > 1:
            names = " and ".join(f"`{name}`" for name in sorted(every))
            raise Wrong(f"nothing says what {names} run over, and they are not the same", letter)

    def is_label(self, index: Node | None) -> bool:
        """Whether an index is a letter that nothing counts."""
        if not isinstance(index, Symbol) or index.indices or self.is_bound(index.name):
            return False
        return not (index.name in self.names.sizes or self.names.has(index.name))

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
            found = self.arguments[name]
            return self.entry(found, node.indices, node) if node.indices else self._spread(found)
        if node.layer is None and not node.indices:
            if self.is_bound(name):
                return Value(self.library.array(self.letter(name)))
            if name == "pi" and not self.names.has(name):
                return self._constant(math.pi)
        if (size := self._size(node)) is not None and not self.names.has(name):
            return self._constant(size)
        if name in self.names.sizes and node.indices and not self.names.has(name):
            if all(isinstance(i, Symbol) and not self.is_bound(i.name) for i in node.indices):
                return self._constant(self.names.sizes[name])  # the d_k of an axis d
        if name in ("delta", "I") and len(node.indices) == 2 and not self.names.has(name):
            first, second = map(self.index, node.indices)  # Kronecker's
            return Value(self.library.array((first == second) * 1.0))
        data, indices = self.names.data(node, self)
        if node.called:  # the \phi(x) that is given by its value
            indices = self._counting(indices, called=True)
        is_row = self.example and (self.example[0] == BATCH or not indices)
        if self.example and is_row and np.shape(data.value)[:1] == self.example[1:]:
            indices = (Symbol(self.example[0]), *indices)
        return self._gathered(node, data, indices)

    def _spread(self, argument: Value) -> Value:
        """An argument, with an axis for each letter that was bound inside the function."""
        array = self.library.array(argument.array)
        lead = array.ndim - argument.rank
        shape = tuple(array.shape)
        between = (1,) * (self.depth - lead)
        return argument.like(self.library.reshape(array, shape[:lead] + between + shape[lead:]))

    def entry(self, whole: Value, indices: Indices, node: Node) -> Value:
        """Entries of a value: `softmax(z)_i`."""
        if len(indices) > whole.rank:
            indices = _multiplied(indices, whole.rank)
        if len(indices) > whole.rank:
            raise Wrong(f"{len(indices)} indices on {whole.described()}", node)
        array = self.library.array(whole.array)
        lead = array.ndim - whole.rank
        where = []
        for axis in range(lead):
            size = array.shape[axis]
            where.append(
                np.arange(size).reshape([-1 if k == axis else 1 for k in range(self.depth)])
            )
        for place, part in enumerate(indices):
            size = whole.shape[place]
            at = self.index(part) - 1
            where.append(self._on_axis(at, size, part))
        found = self.library.take(array, tuple(where))
        return Value(found, whole.rank - len(indices))

    def visit_Index(self, node: syntax.Index) -> Value:
        return self.entry(self.value(node.operand), node.indices, node)

    def visit_Derivative(self, node: syntax.Derivative) -> Value:
        along_argument = any(bottom.name in self.arguments for bottom in node.bottoms)
        is_known = isinstance(node.top, Symbol) and bool(node.bottoms) or self.names.given(node)
        if along_argument or not is_known:
            return self.names.differentiate(node, self)
        return self._gathered(node, *self.names.derivative(node, self))

    def _gathered(self, node: Node, data: Data, indices: Indices) -> Value:
        found = self.gather(data, indices, node)
        return found.like(self.library.array(found.array))

    # ---- sums and products

    def meet(self, a: Value, b: Value, what: str, node: Node) -> tuple[Array, Array, Value]:
        """Two values entry by entry. Raises Wrong where their shapes leave a doubt."""
        found = aligned(a, b, self.library)
        if found is None:
            raise Wrong(f"{what} of {a.described()} and {b.described()}", node)
        left, right, like, rule = found
        if rule:
            self.rules.add(rule)
        return left, right, like

    def visit_Sum(self, node: syntax.Sum) -> Value:
        if self._has_identity(node):
            return self._with_identity(node)
        (sign, first), *rest = node.terms
        out = self.value(first)
        out = out if sign == 1 else out.like(sign * out.array)
        for sign, part in rest:
            left, right, like = self.meet(out, self.value(part), "a sum", part)
            out = like.like(left + right if sign == 1 else left + sign * right)
        return out

    def _has_identity(self, node: Node) -> bool:
        r"""Whether the I of `A + \lambda I` has no value of its own."""
        known = ("I" in self.arguments, self.is_bound("I"))
        return node.has_identity and not any(known) and not self.names.has("I")

    def _with_identity(self, node: syntax.Sum) -> Value:
        """A sum with an I, which is as large as the square matrices beside it."""
        rest = [term for term in node.terms if not self._has_identity(term.node)]
        beside = self.value(replace(node, terms=tuple(rest))) if rest else Value(np.zeros(()))
        if beside.rank != 2 or beside.shape[0] != beside.shape[1]:
            raise Wrong("I is a matrix that nothing beside it gives a size", node)
        within = replace(
            self, arguments={**self.arguments, "I": self._constant(np.eye(beside.shape[0]))}
        )
        return within.value(node)

    def visit_Product(self, node: syntax.Product) -> Value:
        a, b = self.value(node.left), self.value(node.right)
        if not a.rank or not b.rank:
            whole, factor = (b, a) if not a.rank else (a, b)
            return whole.like(with_axes(self.library, factor.array, whole.rank) * whole.array)
        if a.rank == b.rank == 1 and not a.row and not b.row and a.shape == b.shape != (1,):
            return self._of_vectors(node, a, b)
        if a.rank == 1 and b.rank == 2 and not a.row and b.shape[0] == a.shape[0] != 1:
            self.rules.add("row")
            return replace(self._matrix_product(node, replace(a, row=True), b), row=False)
        return self._matrix_product(node, a, b)

    def _of_vectors(self, node: syntax.Product, a: Value, b: Value) -> Value:
        """Two columns of one length, which have no product of matrices."""
        if node.operator == "times":
            raise Wrong(r"a cross product; write \odot for entry by entry", node)
        if node.operator == "cdot":
            self.rules.add("dot")
            return Value(self.library.sum(a.array * b.array, axis=-1))
        self.rules.add("entries")
        return a.like(a.array * b.array)

    def _matrix_product(self, node: Node, a: Value, b: Value) -> Value:
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
        left, right, like = self.meet(a, b, "an entrywise product", node)
        return like.like(left * right)

    def visit_Quotient(self, node: syntax.Quotient) -> Value:
        a, b = self.value(node.top), self.divisor(node.bottom)
        if a.rank and b.rank == 2 and a.fits(b):
            raise Wrong("a quotient of matrices; write it entry by entry", node)
        left, right, like = self.meet(a, b, "a quotient", node)
        if b.rank:
            self.rules.add("quotient")
        return like.like(left / right)

    def divisor(self, node: Node) -> Value:
        """What a quotient divides by: of an axis that is called like its array, the size."""
        found = self.value(node)
        if found.rank and isinstance(node, Symbol) and node == Symbol(node.name):
            if (size := self.names.sizes.get(node.name)) is not None:
                return self._constant(size)
        return found

    def visit_Power(self, node: syntax.Power) -> Value:
        base = node.base
        if isinstance(base, Symbol) and base.layer is None and self.names.is_list(base.name):
            return self.value(replace(base, layer=node.exponent))
        if base == Symbol("e") and "e" not in self.arguments and not self.names.has("e"):
            found = self.value(node.exponent)
            return found.like(self.library.exp(found.array))
        exponent = node.exponent
        if isinstance(exponent, Symbol) and self.is_label(exponent) and isinstance(base, Symbol):
            self._labelled(exponent)  # `\eta^i_{\min}`
            return self.value(base)
        a, b = self.value(base), self.scalar(node.exponent)
        if a.rank == 2:
            return self._matrix_power(node, a)
        if a.rank:
            self.rules.add("power")
        if node.exponent == Number(2.0):
            return a.like(a.array * a.array)  # exact, and smooth at 0
        return a.like(self.library.power(a.array, with_axes(self.library, b, a.rank)))

    def _matrix_power(self, node: syntax.Power, a: Value) -> Value:
        """A whole power, in matrix products; of a diagonal matrix any, entry by entry."""
        rows, columns = a.shape
        if rows != columns and node.exponent == Number(2.0):
            self.rules.add("square")
            return a.like(a.array * a.array)
        exponents = np.unique(backends.plain(self.scalar(node.exponent)))
        exponent, one = float(exponents[0]), np.eye(rows)
        if rows != columns or len(exponents) > 1:
            raise Wrong(f"a power of {a.described()} that is no whole number", node)
        if exponent % 1:
            if (backends.plain(a.array) * (1 - one)).any():
                raise Wrong(f"a power of {a.described()} that is no whole number", node)
            return a.like(self.library.power(a.array + (1 - one), exponent) * one)  # D^{-1/2}
        factor = self.library.inv(a.array) if exponent < 0 else a.array
        product = Value(factor, 2)
        for _ in range(int(abs(exponent)) - 1):
            product = self._matrix_product(node, product, Value(factor, 2))
        return product if exponent else self._constant(one)

    def visit_Transpose(self, node: syntax.Transpose) -> Value:
        a = self.value(node.operand)
        if a.rank == 2:
            return Value(self.library.swap(a.array, -1, -2), 2)
        if a.rank == 0:
            raise Wrong("the transpose of a scalar", node)
        return Value(a.array, 1, not a.row)

    def visit_Root(self, node: syntax.Root) -> Value:
        a = self.value(node.operand)
        if a.rank == 2:
            raise Wrong("a root of a matrix; write it entry by entry", node)
        if a.rank:
            self.rules.add("root")
        if node.order is None or node.order == Number(2.0):
            return a.like(self.library.sqrt(a.array))
        order = with_axes(self.library, self.scalar(node.order), a.rank)
        return a.like(self.library.power(a.array, 1 / order))

    def visit_Absolute(self, node: syntax.Absolute) -> Value:
        a = self.value(node.operand)
        if a.rank:
            self.rules.add("bars")
        return a.like(self.library.abs(a.array))

    def visit_Norm(self, node: syntax.Norm) -> Value:
        a, lib, order = self.value(node.operand), self.library, node.order
        plain = not isinstance(order, str) and order == 2.0
        if a.rank == 2 and plain and node.order_is_given:
            plain = False
        axes = tuple(range(-a.rank, 0))
        if a.rank == 2 and plain:
            self.rules.add("norm")
        if (a.rank and plain) or (a.rank == 2 and order == "F"):
            return Value(lib.sqrt(lib.sum(a.array * a.array, axis=axes)))
        if a.rank == 1 and order == 1.0:
            return Value(lib.sum(lib.abs(a.array), axis=axes))
        if a.rank == 1 and order == math.inf:
            return Value(lib.max(lib.abs(a.array), axis=-1))
        if a.rank == 1:
            p = self.scalar(Symbol(order) if isinstance(order, str) else Number(order))
            powers = lib.power(lib.abs(a.array), with_axes(lib, p, 1))
            return Value(lib.power(lib.sum(powers, axis=axes), 1 / p))
        what = f"a norm of order {order} of {a.described()}"
        raise Wrong(rf"{what}; write \|x\|, \|x\|_1, \|A\|_F", node)

    # ---- functions

    def visit_Call(self, node: Call) -> Value:
        values = [self.value(argument) for argument in node.arguments]
        if self.names.has_function(node):
            if (found := self.names.apply(node, values, self)) is not None:
                return found
        elif not node.primes and (found := functions.apply(node, values, self)) is not None:
            return found
        else:
            if self.names.is_quantity(node.function) and not node.primes:  # the cost L(w)
                return self.value(Symbol(node.function, node.layer, span=node.span))
            node = replace(node, function=functions.ALIASES.get(node.function, node.function))
        layer = None if node.layer is None else self.whole(node.layer)
        function = self.names.function(node, layer, node.primes, self.library)
        if len(values) > 1:
            raise Wrong(f"{node.function} takes one argument", node)
        (a,) = values
        array = function(a.array)
        return Value(array, a.rank if array.shape == a.array.shape else 0, a.row)

    def visit_Reduce(self, node: syntax.Reduce) -> Value:
        return reduce.reduced(node, self)

    # ---- conditions

    def note(self, node: Node, parts: Iterable[Any]) -> None:
        """Note which parts of a node are reached. Along a derivative nothing new is."""
        if self.reach is not None and self.library is numpy:
            self.reach.note(node, parts)

    def holds(self, condition: syntax.Condition) -> Any:
        """A condition as an array of truths over the leading axes."""
        found = conditions.truth(self, condition)
        if found.rank:
            raise Wrong(f"{found.described()} where a scalar is needed", condition)
        return found.array

    def visit_Indicator(self, node: syntax.Indicator) -> Value:
        return conditions.indicated(self, node)

    def visit_Cases(self, node: syntax.Cases) -> Value:
        return conditions.chosen(self, node)

    # ---- matrices written out

    def visit_Listing(self, node: syntax.Listing) -> Value:
        """`[h, x]`: numbers and vectors, one after the other."""
        if node.bracket != "[":
            raise Wrong("several values in brackets have no value of their own", node)
        return functions.joined([self.value(item) for item in node.items], self, node)

    def generic_visit(self, node: Node) -> Value:
        raise Wrong(f"a {type(node).__name__.lower()} cannot be computed", node)

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
    """A function as its own formula `f(z) = …` defines it, on numbers."""
    (argument,) = arguments_of(chain)

    def apply(array: Array) -> Array:
        ev = Evaluator(names, library, depth=array.ndim, arguments={argument: Value(array)})
        return ev.value(chain.sides[-1]).array

    return apply


def by_definition(
    names: Names, chain: Statement, arguments: dict[str, Value], ev: Evaluator
) -> Value:
    """A function of several arguments or of vectors: `f(x, a) = …`, `f(z)_i = …`."""
    inner = Evaluator(names, ev.library, depth=ev.depth, arguments=arguments, rules=ev.rules)
    left, bound = chain.sides[0], 0
    for place, index in enumerate(left.indices if isinstance(left, syntax.Index) else ()):
        whole = next(v for v in arguments.values() if v.rank)
        if isinstance(index, Symbol):
            inner.bind(index.name, np.arange(1, whole.shape[place] + 1))
            bound += 1
    found = inner.value(chain.sides[-1])
    lead = tuple(found.array.shape[: ev.depth])
    sizes = tuple(len(values) for _, values in inner.letters.values())
    array = ev.library.broadcast(found.array, lead + sizes + found.shape)
    return Value(array, found.rank + bound, found.row)


def arguments_of(chain: Statement) -> tuple[str, ...]:
    """The z and a of `f(z, a) = …`. Raises Wrong where that is not the left side."""
    left = chain.sides[0]
    left = left.operand if isinstance(left, syntax.Index) else left
    if isinstance(left, Call):
        names = [part.name for part in left.arguments if isinstance(part, Symbol)]
        if len(names) == len(left.arguments):
            return tuple(names)
    raise Wrong("a function is defined for symbols: f(z) = …", left)


def argument_of(chain: Statement) -> str:
    """The z of `f(z) = …`. Raises Wrong where that is not the left side."""
    return arguments_of(chain)[0]


def _multiplied(indices: Indices, rank: int) -> Indices:
    """`x_{2j}`: a number before a letter is a factor, where there are not as many axes."""
    out = list(indices)
    place = 0
    while len(out) > rank and place + 1 < len(out):
        if isinstance(out[place], Number) and isinstance(out[place + 1], Symbol | syntax.Sum):
            out[place : place + 2] = [_times(out[place], out[place + 1])]
        place += 1
    return tuple(out)


def _times(number: Node, index: Node) -> Node:
    """2 and j + 1, as in `x_{2j+1}`, are 2 j + 1."""
    if isinstance(index, syntax.Sum):
        (sign, first), *rest = index.terms
        return replace(index, terms=(syntax.Term(sign, syntax.Product(number, first)), *rest))
    return syntax.Product(number, index)
