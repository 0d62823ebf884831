"""Every place in a side of a formula where a mistake can be, and the side with another node there.

All is done on trees, so that it holds for whatever the grammar reads.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, NamedTuple

from mathdoctest.syntax import Condition, Derivative, Node, Sum, Symbol, Term

# fields that only count: no number that a formula computes with
_COUNTS = set(
    "indices layer letters low high size index span upright operator order order_is_given"
    " conditions bottoms letter".split()
)
_PARTS = ("terms", "left", "right", "base")  # of a sum, a product or a power


class Place(NamedTuple):
    """A node, what makes the side with another node here, the parent and its field for the node."""

    node: Node
    put: Callable[[Node], Node]
    parent: Node | None = None
    field: str = ""

    @property
    def whole(self) -> bool:
        """Whether a whole expression stands here, not a part of a sum, a product or a power."""
        return self.field not in _PARTS


def places(side: Node) -> Iterator[Place]:
    """The side itself and every node below it that has a value, in reading order."""
    every = _below(Place(side, lambda new: new))
    return (place for place in every if not isinstance(place.node, Condition))


def comparisons(side: Node) -> Iterator[Place]:
    """Every condition in a side."""
    every = _below(Place(side, lambda new: new))
    return (place for place in every if isinstance(place.node, Condition))


def _below(place: Place) -> Iterator[Place]:
    node = place.node
    yield place
    if isinstance(node, Derivative | Symbol):
        return
    for name in (f.name for f in fields(node) if f.name not in _COUNTS):
        for child, swap in _children(getattr(node, name)):

            def put(new: Node, name: str = name, swap: Callable[[Node], Any] = swap) -> Node:
                changes: dict[str, Any] = {name: swap(new)}
                return place.put(replace(node, **changes))

            yield from _below(Place(child, put, node, name))


def _children(value: Any) -> Iterator[tuple[Node, Callable[[Node], Any]]]:
    """The nodes in a field, each with what makes the field anew with another node there."""
    if isinstance(value, Node):
        yield value, lambda new: new
    elif isinstance(value, tuple):
        for at, part in enumerate(value):
            for child, swap in _children(part):

                def whole(
                    new: Node, at: int = at, swap: Callable[[Node], Any] = swap
                ) -> tuple[Any, ...]:
                    parts = (*value[:at], swap(new), *value[at + 1 :])
                    made: Any = type(value)
                    return parts if made is tuple else made(*parts)  # a Term or a Case

                yield child, whole


def total(*terms: tuple[int, Node]) -> Node:
    """A sum of signed terms; a sum among them is taken apart."""
    flat: list[Term] = []
    for sign, node in terms:
        parts = node.terms if isinstance(node, Sum) else (Term(1, node),)
        flat += [Term(sign * part.sign, part.node) for part in parts]
    return Sum(tuple(flat)) if len(flat) > 1 or flat[0].sign < 0 else flat[0].node
