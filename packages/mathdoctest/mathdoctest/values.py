"""The value of a part of a formula, and how two values meet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mathdoctest import syntax
from mathdoctest.backends import Backend
from mathdoctest.syntax import Call, Node, Symbol

if TYPE_CHECKING:
    from mathdoctest.evaluate import Evaluator

Array = Any  # of any backend
Indices = tuple[Node, ...]
Curve = Callable[[Array], Array]  # a function of arrays of any shape


class Wrong(ValueError):
    """The formula means nothing here: shapes that do not fit, an unknown name. node: where."""

    def __init__(self, what: str, node: Node | None = None):
        super().__init__(what)
        self.node = node


class Unknown(Wrong):
    """A name that stands for nothing here."""


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
        return Value(array, self.rank, self.row)

    def fits(self, other: "Value") -> bool:
        return self.shape == other.shape and self.row == other.row


class Names(Protocol):
    """What an evaluator asks for the meaning of a name."""

    @property
    def sizes(self) -> Mapping[str, int]: ...

    def has(self, name: str) -> bool: ...

    def is_quantity(self, name: str) -> bool: ...

    def is_list(self, name: str) -> bool: ...

    def is_mask(self, name: str, value: Array) -> bool: ...

    def data(self, symbol: Symbol, ev: "Evaluator") -> tuple[Data, Indices]: ...

    def function(self, call: Call, layer: int | None, primes: int, library: Backend) -> Curve: ...

    def given(self, node: syntax.Derivative) -> str | None: ...

    def derivative(self, node: syntax.Derivative, ev: "Evaluator") -> tuple[Data, Indices]: ...

    def differentiate(self, node: syntax.Derivative, ev: "Evaluator") -> Value: ...

    def has_function(self, call: Call) -> bool: ...

    def apply(self, call: Call, arguments: list[Value], ev: "Evaluator") -> Value | None: ...


def with_axes(library: Backend, array: Array, rank: int) -> Array:
    """A scalar with axes for a value of this rank."""
    return library.reshape(array, tuple(array.shape) + (1,) * rank) if rank else array


def aligned(a: Value, b: Value, library: Backend) -> tuple[Array, Array, Value, str] | None:
    """Two values as arrays that broadcast, the one whose shape the result has, and the rule.

    The rule is empty where both have one shape. None where no reading is the only one.
    """
    if a.rank == b.rank == 0 and a.row == b.row or a.fits(b):
        return a.array, b.array, a, ""
    if not a.rank or not b.rank:
        whole, number = (a, b) if a.rank else (b, a)
        spread = with_axes(library, number.array, whole.rank)
        pair = (whole.array, spread) if a.rank else (spread, whole.array)
        return *pair, whole, "number"
    if {a.rank, b.rank} != {1, 2}:
        return None
    matrix, vector = (a, b) if a.rank == 2 else (b, a)
    rows, columns = matrix.shape
    (size,) = vector.shape
    lead = tuple(vector.array.shape[: vector.array.ndim - 1])
    if size == columns and (size != rows or vector.row):
        rule, spread = "rows", (1, size)
    elif size == rows and size != columns and not vector.row:
        rule, spread = "columns", (size, 1)
    else:
        return None
    other = library.reshape(vector.array, lead + spread)
    pair = (matrix.array, other) if a.rank == 2 else (other, matrix.array)
    return *pair, matrix, rule
