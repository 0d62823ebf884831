"""The axes of an array as jaxtyping writes them, and the sizes that they have.

`n` is a name and `3` a size; `n-1`, `2*n`, `n+k-1` are computed; `n=2` is 2 and says what it is
called; `#n` may be n or 1; `*batch` is any number of axes, and so is `...`; `_` and `_n` have a
size of their own, which is compared with no other; `?n` is read as n.
"""

import ast
import operator
import re
from collections.abc import Callable
from typing import NamedTuple

NAME = re.compile(r"[^\W\d]\w*")
LAYERS = ("_first", "_last", "_here", "_before", "_after")  # sizes that vary with the layer
ANY = "..."
OPERATORS: dict[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


class NotAxes(ValueError):
    """A text that does not say which axes an array has."""


class Axes(NamedTuple):
    """names: each axis but the many. many: where `*batch` stands and its name. wide: each `#n`."""

    names: tuple[str, ...]
    many: tuple[int, str] | None = None
    wide: tuple[int, ...] = ()


def parse(text: str, owner: str = "") -> Axes:
    """The axes in a text. owner: whose they are, for sizes of their own. Raises NotAxes."""
    words = text.split()
    if words == [ANY]:
        return Axes((ANY,))
    names: list[str] = []
    many: list[tuple[int, str]] = []
    wide: list[int] = []
    for word in words:
        marks, axis = re.fullmatch(r"([#*?]*)(.*)", word, re.S).groups()  # type: ignore[union-attr]
        if "*" in marks or axis == ANY:
            many.append((len(names), axis))
            continue
        if "#" in marks:
            wide.append(len(names))
        if axis.startswith("_") and axis.isidentifier() and axis not in LAYERS:
            axis = f"_{owner}_{len(names)}"
        names.append(_checked(axis, text))
    if len(many) > 1 or many and not (many[0][1] == ANY or many[0][1].isidentifier()):
        raise NotAxes(f"one `*name` or `...` may stand in `{text}`")
    return Axes(tuple(names), many[0] if many else None, tuple(wide))


def _checked(axis: str, text: str) -> str:
    label, _, size = axis.rpartition("=")
    try:
        is_good = bool(names_of(size)) or size.isdigit()
    except NotAxes:
        is_good = False
    if not is_good or label and not (label.isidentifier() and size.isdigit()):
        raise NotAxes(f"`{axis}` in `{text}` is no axis: write n, 3, n-1, 2*n, #n, n=2, *batch")
    return axis


def names_of(axis: str) -> set[str]:
    """The names that an axis is computed from. Raises NotAxes."""
    found: set[str] = set()
    if axis != ANY:
        value(axis, lambda name: found.add(name) or 1)  # type: ignore[func-returns-value]
    return found


def value(axis: str, size: Callable[[str], int]) -> int:
    """The size of an axis from the sizes of names, which may be `in`. Raises NotAxes."""

    def computed(node: ast.expr) -> int:
        match node:
            case ast.Constant(value=int(number)):
                return number
            case ast.Name(id=name):
                return size(name[1:])
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return OPERATORS[type(op)](computed(left), computed(right))
        raise NotAxes(f"`{axis}` is no sum or product of sizes")

    try:
        text = NAME.sub(r"_\g<0>", axis.rpartition("=")[2])
        return computed(ast.parse(text, mode="eval").body)
    except SyntaxError:
        raise NotAxes(f"`{axis}` is no sum or product of sizes") from None
    except ZeroDivisionError:
        return 0


class Equal:
    """Which axes have one size: a quantity has one shape, whatever each function calls it."""

    def __init__(self) -> None:
        self._same: dict[str, str] = {}

    def root(self, axis: str) -> str:
        """The axis that gives the size: a name, a number, or something computed."""
        while axis in self._same:
            axis = self._same[axis]
        return axis

    def join(self, first: str, second: str) -> None:
        """Make two axes equal; two that are computed alike have equal names in them."""
        keep, drop = self.root(first), self.root(second)
        if keep == drop:
            return
        if not drop.isidentifier():
            keep, drop = drop, keep
        if drop.isidentifier():
            if drop not in map(self.root, names_of(keep)):
                self._same[drop] = keep
            return
        if NAME.sub("n", keep) == NAME.sub("n", drop):
            for one, other in zip(NAME.findall(keep), NAME.findall(drop), strict=True):
                self.join(one, other)
