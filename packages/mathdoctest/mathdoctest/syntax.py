"""The typed nodes of a formula, and how to walk and visit them.

A name is written as in code: `\\hat{y}` is `y_hat`, `\\delta` is `delta`, `c_{\\text{FN}}` is
`c_FN`. A layer and indices are kept apart from it: only the names in scope tell whether
`W^{(1)}` is the array `W1` or the first of a list `W`.
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar, dataclass_transform

Visited = TypeVar("Visited")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class _Frozen:
    """Makes every class below it a frozen dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)


class Node(_Frozen):
    """One part of a formula. span: where it is in the TeX, from and to; equality ignores it."""

    span: tuple[int, int] = field(default=(0, 0), compare=False, kw_only=True)

    @functools.cached_property
    def all_nodes(self) -> tuple["Node", ...]:
        """The node itself, then everything below it, in reading order."""
        below = (child.all_nodes for child in children(self))
        return (self, *(node for nodes in below for node in nodes))

    @functools.cached_property
    def has_derivative(self) -> bool:
        """Whether it is a derivative, or one is below it."""
        return any(isinstance(node, Derivative) for node in self.all_nodes)

    @functools.cached_property
    def has_identity(self) -> bool:
        """Whether it is the letter I, or one is below it."""
        identity = Symbol("I")
        return any(node == identity for node in self.all_nodes)


class Number(Node):
    value: float


class Symbol(Node):
    """upright: a word, not a letter; as a script it joins the name. called: its indices stand in
    brackets, as in `p(x)`. Equality ignores both.
    """

    name: str
    layer: Node | None = None
    indices: tuple[Node, ...] = ()
    upright: bool = field(default=False, compare=False, kw_only=True)
    called: bool = field(default=False, compare=False, kw_only=True)


class Call(Node):
    """A function applied. primes: how often it is differentiated."""

    function: str
    arguments: tuple[Node, ...]
    layer: Node | None = None
    primes: int = 0


class Term(NamedTuple):
    """A term of a sum. sign: 1 or -1."""

    sign: int
    node: Node


class Sum(Node):
    terms: tuple[Term, ...]


class _Factors(Node):
    left: Node
    right: Node


class Product(_Factors):
    """Juxtaposition, `\\cdot`, `\\times` or `*`: of numbers or of matrices.

    operator: cdot, times or *, which only matters between two vectors; equality ignores it.
    """

    operator: str = field(default="", compare=False, kw_only=True)


class Hadamard(_Factors):
    """`\\odot`: entry by entry."""


class Quotient(Node):
    top: Node
    bottom: Node


class Power(Node):
    base: Node
    exponent: Node


class _Unary(Node):
    operand: Node


class Transpose(_Unary):
    """`A^\\top`."""


class Root(Node):
    """`\\sqrt[order]{operand}`."""

    operand: Node
    order: Node | None = None


class Absolute(_Unary):
    """`\\lvert x \\rvert`."""


class Norm(Node):
    """order: a number, a letter, or "F" of the Frobenius norm; 2.0 where none is written."""

    operand: Node
    order: float | str = 2.0
    order_is_given: bool = field(default=False, compare=False, kw_only=True)


class Condition(Node):
    """`a < b <= c`: sides, and the relation between each and the next."""

    sides: tuple[Node, ...]
    relations: tuple[str, ...]


class Reduce(Node):
    """`\\sum_{i=low}^{high} body`, `\\sum_{i,j} body`, `\\sum_{j \\ne i} body`, `\\sum x`.

    how: sum, prod, max, min, argmax, argmin or mean. letters: what runs; without bounds over the
    axes that they index. conditions: what holds for the values that are taken; without letters,
    those that it names and that have no value run.
    """

    how: str
    letters: tuple[str, ...]
    low: Node | None
    high: Node | None
    body: Node
    conditions: tuple[Condition, ...] = ()


class Case(NamedTuple):
    """One row of cases. condition: None for "otherwise"."""

    value: Node
    condition: Condition | None


class Cases(Node):
    rows: tuple[Case, ...]


class Indicator(Node):
    condition: Condition


class Matrix(Node):
    rows: tuple[tuple[Node, ...], ...]


class Derivative(Node):
    """`∂top/∂bottoms`, one bottom for each order; without any, along what top is a function of."""

    top: Node
    bottoms: tuple[Symbol, ...]

    @property
    def quantity(self) -> str:
        """The name of the symbol that it is taken of; empty where that is an expression."""
        return self.top.name if isinstance(self.top, Symbol) else ""


class Index(Node):
    """`\\operatorname{softmax}(z)_i`: an entry of what is no symbol."""

    operand: Node
    indices: tuple[Node, ...]


class Listing(Node):
    """Several things in brackets. bracket: `(` of a tuple, `[` of a vector, `{` of a set."""

    bracket: str
    items: tuple[Node, ...]


class Interval(Node):
    """`first, \\dots, last`. letter: what runs over it, if it has a name."""

    first: Node
    last: Node
    letter: Node | None = None


class NumberSet(Node):
    """`\\mathbb{R}`."""

    name: str


class Dots(Node):
    """`\\dots`: what is left out."""


class _Sized(Node):
    size: Node


class Ones(_Sized):
    """`\\mathbf{1}_n`: a column of ones."""


class Identity(_Sized):
    """`\\mathbf{I}_n`."""


class Unit(Node):
    """`\\mathbf{e}_i`: a column with a 1 at i."""

    index: Symbol


class Leaf(Node):
    """A number written under a symbol. Only `entries` makes it, the reader never does."""

    tex: str
    symbol: str | None
    value: float


class ForAll(_Frozen):
    """`\\quad l = first, \\dots, last` at the end of a chain. It runs down if last < first."""

    letter: str
    first: Node
    last: Node


class Statement(_Frozen):
    """A chain of sides with the relation between each and the next: = < > <= >= in <- …

    where: the range of a letter. conditions: for what it is said, `\\text{for } t > 0`.
    """

    sides: tuple[Node, ...]
    relations: tuple[str, ...]
    where: ForAll | None = None
    conditions: tuple[Condition, ...] = ()


UNCOMPARED = ("span", "upright", "called", "operator", "order_is_given")


@functools.cache
def _field_names(kind: Any) -> tuple[str, ...]:
    names = [f.name for f in fields(kind) if f.name not in UNCOMPARED]
    return tuple(sorted(names, key=lambda name: name != "layer") if kind is Call else names)


def walk(node: Node) -> Iterator[Node]:
    """The node itself, then everything below it, in reading order."""
    return iter(node.all_nodes)


def children(node: Node) -> Iterator[Node]:
    """The nodes that a node is made of, in reading order."""
    kind: Any = type(node)
    for name in _field_names(kind):
        yield from _nodes(getattr(node, name))


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each node of it changed, from the leaves up."""
    known = {f.name: getattr(node, f.name) for f in fields(node)}
    now = {name: _mapped(value, change) for name, value in known.items()}
    is_same = all(now[name] is known[name] for name in known)
    return change(node if is_same else replace(node, **now))


def _mapped(value: Any, change: Callable[[Node], Node]) -> Any:
    if isinstance(value, Node):
        return mapped(value, change)
    if not isinstance(value, tuple):
        return value
    parts = [_mapped(part, change) for part in value]
    if all(part is old for part, old in zip(parts, value, strict=True)):
        return value
    return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)


@functools.cache
def _visit(kind: Any) -> str:
    return f"visit_{kind.__name__}"


class Visitor(Generic[Visited]):
    """Dispatches by class name, as `ast.NodeVisitor` does: a Sum goes to `visit_Sum`."""

    def visit(self, node: Node) -> Visited:
        kind: Any = type(node)
        found: Visited = getattr(self, _visit(kind), self.generic_visit)(node)
        return found

    def generic_visit(self, node: Node) -> Visited:
        raise NotImplementedError(f"{type(self).__name__} cannot visit a {type(node).__name__}")
