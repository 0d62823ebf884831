"""Where the symbols of a formula are in its TeX, and the names that they have in code."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeGuard

from mathdoctest import functions, resolve, source
from mathdoctest.syntax import Derivative, Node, Symbol, walk

INDICES = frozenset("ijklntk")  # letters that only count
CONSTANTS = frozenset({"e", "pi"})


class Mark(NamedTuple):
    """A symbol or a derivative between two characters of `reader.normal(tex)`, and its `stem`."""

    start: int
    end: int
    name: str


def marks(function: functions.Function, formula: source.Formula) -> list[Mark]:
    """Each symbol and each derivative of one of a function's formulas, outer ones first."""
    return of((side for chain in formula.statements for side in chain.sides), function.full_name)


def of(sides: Iterable[Node], name_of: Callable[[Symbol], str | None]) -> list[Mark]:
    """Each symbol that has a name, and each derivative of such, outer ones first."""
    found: dict[tuple[int, int], str] = {}
    for node in (node for side in sides for node in walk(side)):
        if _is_name(node):
            name = name_of(node)
        elif isinstance(node, Derivative) and isinstance(node.top, Symbol) and node.bottoms:
            top, *below = map(name_of, (node.top, *node.bottoms))
            known = [each for each in below if each]
            name = resolve.derivative_name(top, known) if top and len(known) == len(below) else None
        else:
            continue
        if name:
            found.setdefault(node.span, resolve.stem(name))
    every = [Mark(*span, name) for span, name in found.items()]
    return sorted(every, key=lambda mark: (mark.start, -mark.end))


def names(function: functions.Function) -> frozenset[str]:
    """The names in code that are symbols of a function's formulas."""
    symbols = map(function.full_name, filter(_is_name, function.nodes))
    lefts = function.lefts
    return frozenset([*function.parameters, *lefts, *map(resolve.name_in_code, lefts), *symbols])


def _is_name(node: Node) -> TypeGuard[Symbol]:
    """Whether a node is a symbol that has a name, not a letter that counts or a constant."""
    if not isinstance(node, Symbol):
        return False
    return bool(node.layer or node.indices) or node.name not in INDICES | CONSTANTS
