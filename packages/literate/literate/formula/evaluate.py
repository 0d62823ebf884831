"""The value of a formula's tree, with every index letter an axis of its own.

An evaluator knows its letters: each is bound to a range and owns one leading axis of every value. What follows the
leading axes is the value itself: nothing for a scalar, one axis for a vector (a column), two for a matrix. So a formula
with free indices is computed for all of them at once, and nothing is ever broadcast but over letters.

It runs on NumPy in float64, or on MLX for automatic differentiation; `library` is one of the two tables below.
"""

import math
from dataclasses import dataclass, field
from types import SimpleNamespace

import mlx.core as mx
import numpy as np

from literate.formula.tree import Node, walk

numpy = SimpleNamespace(
    array=lambda a: np.asarray(a, np.float64),
    exp=np.exp,
    log=np.log,
    tanh=np.tanh,
    sin=np.sin,
    cos=np.cos,
    sign=np.sign,
    erf=np.vectorize(math.erf, otypes=[np.float64]),
    softplus=lambda x: np.logaddexp(0, x),
    maximum=np.maximum,
    minimum=np.minimum,
    where=np.where,
    power=np.power,
    sqrt=np.sqrt,
    abs=np.abs,
    sum=np.sum,
    prod=np.prod,
    max=np.max,
    matmul=np.matmul,
    reshape=np.reshape,
    broadcast=np.broadcast_to,
    stack=np.stack,
    swap=np.swapaxes,
    take=lambda a, index: a[index],
)
mlx = SimpleNamespace(
    array=lambda a: (
        a if isinstance(a, mx.array) else mx.array(np.asarray(a, np.float64), mx.float64)
    ),
    exp=mx.exp,
    log=mx.log,
    tanh=mx.tanh,
    sin=mx.sin,
    cos=mx.cos,
    sign=mx.sign,
    erf=mx.erf,
    softplus=lambda x: mx.logaddexp(mx.zeros_like(x), x),
    maximum=mx.maximum,
    minimum=mx.minimum,
    where=lambda c, a, b: mx.where(mx.array(c), a, b),
    power=mx.power,
    sqrt=mx.sqrt,
    abs=mx.abs,
    sum=mx.sum,
    prod=mx.prod,
    max=mx.max,
    matmul=mx.matmul,
    reshape=mx.reshape,
    broadcast=mx.broadcast_to,
    stack=mx.stack,
    swap=mx.swapaxes,
    take=lambda a, index: a[tuple(mx.array(i) for i in index)],
)
ELEMENTWISE = ("exp", "log", "tanh", "sin", "cos", "sign", "erf", "softplus")


class Wrong(ValueError):
    """The formula means nothing here: shapes that do not fit, a name that is not there. node: the part of it that does not."""

    def __init__(self, what: str, node: Node | None = None):
        super().__init__(what)
        self.node = node


class Outside(Wrong):
    """An index beyond the end of its axis."""


@dataclass
class Data:
    """What a name stands for. entry: one value per entry, whatever the shape; origin: what its first axis counts from;
    ready: an argument of a function, over the leading axes already; single: of literal size 1, a scalar without index."""

    value: object
    entry: bool = False
    origin: int = 1
    ready: bool = False
    single: bool = False


@dataclass
class Value:
    array: object
    rank: int = 0
    row: bool = False

    @property
    def shape(self) -> tuple:
        return tuple(self.array.shape[len(self.array.shape) - self.rank :])

    def told(self) -> str:
        return (
            "a scalar"
            if not self.rank
            else ("a row of " if self.row else "") + "×".join(map(str, self.shape))
        )


@dataclass
class Evaluator:
    """names: what looks up data, functions and derivatives (see `names.Names`). letters: letter → (axis, its values)."""

    names: object
    library: object
    letters: dict = field(default_factory=dict)
    constants: dict = field(default_factory=dict)  # letters bound to one number: layers
    depth: int = 0  # leading axes
    mask: object = None  # where a letter's value is within its bounds

    # ---- letters and indices

    def bind(self, letter: str, values) -> None:
        values = np.asarray(values)
        self.letters[letter] = (self.depth, values)
        self.depth += 1

    def _letter(self, letter: str):
        axis, values = self.letters[letter]
        return values.reshape([1] * axis + [-1] + [1] * (self.depth - axis - 1))

    def index(self, node: Node):
        """An index as an array of whole numbers over the leading axes."""
        kind, parts = node.kind, node.parts
        one = (1,) * self.depth
        if kind == "number":
            return np.full(one, int(parts[0]))
        if kind == "add":
            return sum(sign * self.index(part) for sign, part in parts)
        if kind == "symbol":
            name, layer, indices = parts
            if name in self.constants and not indices:
                return np.full(one, self.constants[name])
            if name in self.letters and not indices:
                return self._letter(name)
            if not indices and name in self.names.sizes:
                return np.full(one, self.names.sizes[name])
            data = self.names.data(node, self)[0]
            found = np.array(data.value)
            if (found != np.round(found)).any() or found.dtype.kind == "f" and found.ndim:
                raise Wrong(f"the index {name} is not a whole number", node)
            return np.array(self._gather(data, indices, node).array).astype(int)
        raise Wrong("an index is a letter, a number, or a sum of them", node)

    def whole(self, node: Node) -> int:
        """An index that is one number: a layer, a size."""
        values = np.unique(self.index(node))
        if len(values) != 1:
            raise Wrong("a layer or a size that varies", node)
        return int(values[0])

    def _gather(self, data: Data, indices: tuple, node: Node) -> Value:
        array, lib = data.value, numpy if isinstance(data.value, np.ndarray) else self.library
        if indices and (data.entry or data.ready):
            raise Wrong("an index on what is taken entry by entry", node)
        if data.ready:
            return Value(array)
        if data.entry:
            return Value(lib.reshape(array, (-1,) + (1,) * (self.depth - 1)))
        if len(indices) > len(array.shape):
            raise Wrong(f"{len(indices)} indices on an array of {len(array.shape)} axes", node)
        if not indices:
            kept = () if data.single else array.shape
            return Value(lib.reshape(array, (1,) * self.depth + tuple(kept)), len(kept))
        where = []
        for place, part in enumerate(indices):
            at = self.index(part) - (data.origin if place == 0 else 1)
            beyond = (at < 0) | (at >= array.shape[place])
            if self.mask is not None:
                beyond = beyond & self.mask
            if beyond.any():
                raise Outside(f"an index leaves its axis, which has {array.shape[place]}", part)
            where.append(np.clip(at, 0, array.shape[place] - 1))
        kept = array.shape[len(indices) :]
        taken = lib.take(array, tuple(where))
        return Value(lib.reshape(taken, tuple(taken.shape[: self.depth]) + tuple(kept)), len(kept))

    # ---- values

    def value(self, node: Node) -> Value:
        return getattr(self, f"_{node.kind}")(node, *node.parts)

    def scalar(self, node: Node):
        found = self.value(node)
        if found.rank:
            raise Wrong(f"{found.told()} where a scalar must stand", node)
        return found.array

    def _constant(self, number) -> Value:
        return Value(self.library.array(np.full((1,) * self.depth, float(number))))

    def _number(self, node, number):
        return self._constant(number)

    def _symbol(self, node, name, layer, indices):
        if layer is None and not indices:
            if name in self.constants:
                return self._constant(self.constants[name])
            if name in self.letters:
                return Value(self.library.array(self._letter(name)))
            if not self.names.has(name) and name in self.names.sizes:
                return self._constant(self.names.sizes[name])
            if name == "pi" and not self.names.has(name):
                return self._constant(math.pi)
        data, indices = self.names.data(node, self)
        found = self._gather(data, indices, node)
        return Value(self.library.array(found.array), found.rank)

    def _add(self, node, *terms):
        out = None
        for sign, part in terms:
            found = self.value(part)
            signed = found.array if sign > 0 else -found.array
            if out is not None and (found.shape != out.shape or found.row != out.row):
                raise Wrong(f"a sum of {out.told()} and {found.told()}", part)
            out = Value(signed if out is None else out.array + signed, found.rank, found.row)
        return out

    def _wide(self, array, rank: int):
        return self.library.reshape(array, tuple(array.shape) + (1,) * rank)

    def _multiply(self, node, left, right):
        a, b = self.value(left), self.value(right)
        if not a.rank or not b.rank:
            whole, factor = (b, a) if not a.rank else (a, b)
            return Value(self._wide(factor.array, whole.rank) * whole.array, whole.rank, whole.row)
        lib = self.library
        lead_a, lead_b = tuple(a.array.shape[: self.depth]), tuple(b.array.shape[: self.depth])
        A = (
            a.array
            if a.rank == 2
            else lib.reshape(a.array, lead_a + ((1, -1) if a.row else (-1, 1)))
        )
        B = (
            b.array
            if b.rank == 2
            else lib.reshape(b.array, lead_b + ((1, -1) if b.row else (-1, 1)))
        )
        if A.shape[-1] != B.shape[-2]:
            raise Wrong(f"a product of {a.told()} and {b.told()}", node)
        if self.depth > 1 and lead_a != lead_b:
            lead = np.broadcast_shapes(lead_a, lead_b)
            A, B = (
                lib.broadcast(A, lead + tuple(A.shape[-2:])),
                lib.broadcast(B, lead + tuple(B.shape[-2:])),
            )
        product = lib.matmul(A, B)
        lead = tuple(product.shape[:-2])
        if a.row and b.rank == 1 and not b.row:
            return Value(lib.reshape(product, lead))
        if a.row:
            return Value(lib.reshape(product, lead + (product.shape[-1],)), 1, True)
        if b.rank == 1 and not b.row:
            return Value(lib.reshape(product, lead + (product.shape[-2],)), 1)
        return Value(product, 2)

    def _hadamard(self, node, left, right):
        a, b = self.value(left), self.value(right)
        if a.shape != b.shape or a.row != b.row:
            raise Wrong(f"an entrywise product of {a.told()} and {b.told()}", node)
        return Value(a.array * b.array, a.rank, a.row)

    def _divide(self, node, top, bottom):
        a, b = self.value(top), self.scalar(bottom)
        return Value(a.array / self._wide(b, a.rank), a.rank, a.row)

    def _power(self, node, base, exponent):
        if base.kind == "symbol" and base.parts == ("e", None, ()) and not self.names.has("e"):
            return Value(self.library.exp(self.scalar(exponent)))
        a, b = self.scalar(base), self.scalar(exponent)
        if exponent.kind == "number" and float(exponent.parts[0]) == 2:
            return Value(a * a)  # exact, and smooth at 0
        return Value(self.library.power(a, b))

    def _transpose(self, node, inner):
        a = self.value(inner)
        if a.rank == 2:
            return Value(self.library.swap(a.array, -1, -2), 2)
        if a.rank == 0:
            raise Wrong("the transpose of a scalar", node)
        return Value(a.array, 1, not a.row)

    def _sqrt(self, node, inner):
        return Value(self.library.sqrt(self.scalar(inner)))

    def _absolute(self, node, inner):
        a = self.value(inner)
        return Value(self.library.abs(a.array), a.rank, a.row)

    def _norm(self, node, inner, order):
        a = self.value(inner)
        if (a.rank, order) not in ((1, 2.0), (1, 1.0), (2, "F")):
            raise Wrong(
                f"a norm of order {order} of {a.told()}; write \\|x\\|, \\|x\\|_1, \\|A\\|_F", node
            )
        axes = tuple(range(-a.rank, 0))
        if order == 1.0:
            return Value(self.library.sum(self.library.abs(a.array), axis=axes))
        return Value(self.library.sqrt(self.library.sum(a.array * a.array, axis=axes)))

    def _call(self, node, name, layer, primes, arguments):
        lib = self.library
        if name in ("max", "min") and len(arguments) == 2:
            a, b = map(self.value, arguments)
            if a.shape != b.shape:
                raise Wrong(f"\\{name} of {a.told()} and {b.told()}", node)
            return Value(
                (lib.maximum if name == "max" else lib.minimum)(a.array, b.array), a.rank, a.row
            )
        given = [self.value(a) for a in arguments]
        if name in ("diag", "tr") and len(given) == 1:
            return self._diagonal(node, name, given[0])
        function = self.names.function(
            name, self.whole(layer) if layer is not None else None, primes, lib, node
        )
        if len(given) != 1:
            raise Wrong(f"{name} takes one argument", node)
        array = function(given[0].array)
        return Value(
            array, given[0].rank if array.shape == given[0].array.shape else 0, given[0].row
        )

    def _diagonal(self, node, name, a):
        n = a.shape[-1] if a.rank else 0
        if name == "diag" and a.rank == 1:
            return Value(self._wide(a.array, 1) * self.library.array(np.eye(n)), 2)
        if name == "tr" and a.rank == 2 and a.shape[0] == n:
            return Value(self.library.sum(a.array * self.library.array(np.eye(n)), axis=(-2, -1)))
        raise Wrong(f"{name} of {a.told()}", node)

    def _reduce(self, node, how, letter, low, high, body):
        if letter in self.letters or letter in self.constants:
            raise Wrong(f"{letter} is bound already", node)
        first, last = self.index(low), self.index(high)
        if last.min() < first.min():
            raise Wrong(f"the range of {letter} is empty", node)
        if any(
            n.kind in ("symbol", "call")
            and n.parts[1] is not None
            and _mentions(n.parts[1], letter)
            for n in walk(body)
        ):
            return self._layer_by_layer(how, letter, int(first.min()), int(last.max()), body)
        inner = Evaluator(
            self.names, self.library, dict(self.letters), self.constants, self.depth, self.mask
        )
        inner.bind(letter, np.arange(first.min(), last.max() + 1))
        values = inner._letter(letter)
        inside = (values >= first[..., None]) & (values <= last[..., None])
        if self.mask is not None or not inside.all():
            inner.mask = inside if self.mask is None else inside & self.mask[..., None]
        found = inner.value(body)
        lead = list(found.array.shape[: inner.depth])
        lead[self.depth] = values.size
        array = self.library.broadcast(found.array, tuple(lead) + found.shape)
        if inner.mask is not None:
            keep = inside.reshape(inside.shape + (1,) * found.rank)
            array = self.library.where(
                keep,
                array,
                self.library.array(
                    np.full((1,) * array.ndim, {"prod": 1.0, "max": -np.inf}.get(how, 0.0))
                ),
            )
        out = getattr(self.library, {"mean": "sum"}.get(how, how))(array, axis=self.depth)
        if how == "mean":  # over as many as each bound takes in
            out = out / self.library.array(
                inside.sum(-1).reshape(inside.shape[:-1] + (1,) * found.rank).astype(float)
            )
        return Value(out, found.rank, found.row)

    def _layer_by_layer(self, how, letter, first, last, body):
        out = []
        for number in range(first, last + 1):
            self.constants = {**self.constants, letter: number}
            out.append(self.value(body))
            self.constants = {k: v for k, v in self.constants.items() if k != letter}
        total = out[0].array
        for one in out[1:]:
            total = (
                total * one.array
                if how == "prod"
                else self.library.maximum(total, one.array)
                if how == "max"
                else total + one.array
            )
        return Value(total / len(out) if how == "mean" else total, out[0].rank, out[0].row)

    def holds(self, parts: tuple):
        """A condition `a < b <= c` as an array of truths over the leading axes."""
        values = [np.array(self.scalar(p)) for p in parts[::2]]
        out = True
        for relation, a, b in zip(parts[1::2], values, values[1:]):
            out = out & {"=": a == b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[relation]
        return out

    def _indicator(self, node, condition):
        return Value(self.library.array(self.holds(condition).astype(float)))

    def _cases(self, node, *rows):
        conditions = [None if c is None else self.holds(c) for _, c in rows]
        known = [c for c in conditions if c is not None]
        once = sum(np.broadcast_arrays(*(c.astype(int) for c in known)))
        if (once > 1).any() or len(known) == len(rows) and (once < 1).any():
            raise Wrong(
                "a value for which two cases hold"
                if (once > 1).any()
                else "a value for which no case holds",
                node,
            )
        out = None
        for (value, _), condition in reversed(list(zip(rows, conditions))):
            if condition is None:
                condition = once == 0
            found = self.scalar(value)
            out = found if out is None else self.library.where(condition, found, out)
        return Value(out)

    def _matrix(self, node, *rows):
        if len({len(row) for row in rows}) != 1:
            raise Wrong("rows of different lengths", node)
        lib, width = self.library, len(rows[0])
        entries = [self.scalar(entry) for row in rows for entry in row]
        lead = np.broadcast_shapes(*(tuple(e.shape) for e in entries))
        flat = lib.stack([lib.broadcast(e, lead) for e in entries], axis=-1)
        if width == 1:
            return Value(flat, 1)
        return Value(lib.reshape(flat, lead + (len(rows), width)), 2)

    def _ones(self, node, size):
        n = self.whole(size)
        return Value(self.library.array(np.ones((1,) * self.depth + (n,))), 1)

    def _identity(self, node, size):
        n = self.whole(size)
        return Value(self.library.array(np.eye(n).reshape((1,) * self.depth + (n, n))), 2)

    def _unit(self, node, letter):
        name = letter.parts[0]
        if name not in self.letters:
            raise Wrong(f"the unit vector's {name} has no range", node)
        n = int(self.letters[name][1].max())
        return Value(self.library.array(np.eye(n)[self.index(letter) - 1]), 1)

    def _derivative(self, node, top, bottoms):
        data, indices = self.names.derivative(node, self)
        found = self._gather(data, indices, node)
        return Value(self.library.array(found.array), found.rank)


def _mentions(node: Node, letter: str) -> bool:
    return any(n.kind == "symbol" and n.parts[0] == letter for n in walk(node))
