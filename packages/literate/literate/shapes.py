"""The shapes that cards show, held to those that their functions had while examples ran.

A card is held to each call that its own example made of the function and that returned; where it
made none, to those of the other cards of its page. A function that they never call is not held:
nothing is known of it. Of a list of arrays each one is held. An axis of one name has one size
within a call; axes are written as jaxtyping writes them: `3`, `n`, `n-1`, `n=2`, `#n`, `_n`, `...`,
`*batch`.
"""

import ast
import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeGuard

from mathdoctest import signature

from literate.errors import Fault
from literate.runs import Run
from literate.snippets import Snippet
from literate.text import Page

CARD = "snippet"  # the directive that shows shapes
RETURN = "return"
_OPERATIONS: dict[type, Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}


class Shown(NamedTuple):
    """A shape of a signature.

    line: where it is annotated. place: of several returned values. of_each: of each array of a
    list.
    """

    name: str
    axes: str
    line: int
    place: int = 0
    of_each: bool = False

    @property
    def called(self) -> str:
        if self.name != RETURN:
            return f"`{self.name}`"
        return f"value {self.place} that it returns" if self.place else "what it returns"


class Differs(NamedTuple):
    """What a call gave in place of what is shown."""

    shown: Shown
    expected: str
    got: str


def faults(
    pages: Iterable[Page], loaded: Mapping[str, Snippet], ran: Mapping[str, Run]
) -> list[Fault]:
    """The cards whose functions had other shapes than they show, each once."""
    found: dict[str, Fault] = {}
    for page in pages:
        cards = [loaded[d.argument] for d in page.directives if d.name == CARD]
        for card in cards:
            if card.formulas and card.name not in found:  # without a formula no shape is shown
                if fault := _fault(card, cards, ran):
                    found[card.name] = fault
    return list(found.values())


def _fault(card: Snippet, cards: Iterable[Snippet], ran: Mapping[str, Run]) -> Fault | None:
    name, shown = card.name.split(".")[1], signature_of(card)
    for each in [card, *cards]:
        calls = ran[each.name].shapes.get(name, []) if _defines(each, card) else []
        for differs in (differs for call in calls for differs in compared(shown, call)):
            called = differs.shown.called
            what = f"{card.name}: the card shows {called} in another shape than it had"
            run = f"in the run of {each.name}" if each is not card else "when its example ran"
            cure = "annotate the shape that it has, or give the example what is annotated"
            said = f"{what}: expected {differs.expected}, got {differs.got} {run}"
            return Fault(f"{card.module.where}:{differs.shown.line}", said, cure)
        if calls:
            return None
    return None


def _defines(one: Snippet, card: Snippet) -> bool:
    """Whether the program of a snippet contains the function of a card."""
    return any(key == f"{card.module.name}:{card.line}" for key, _ in one.definitions)


def signature_of(card: Snippet) -> list[Shown]:
    """The shapes of its parameters and of what it returns, as far as they are told."""
    node = card.module.file.functions[card.name.split(".")[1]]
    lines = {each.arg: each.lineno for each in ast.walk(node.args) if isinstance(each, ast.arg)}
    found = [
        Shown(name, shape.text, lines[name], of_each=shape.of_arrays)
        for name, shape in signature.parameters(node).items()
        if shape and shape.text is not None
    ]
    if node.returns is None:
        return found
    values = signature.returned(node)
    for place, shape in enumerate(values, 1):
        if shape and shape.text is not None:
            line, several = node.returns.lineno, len(values) > 1
            place = place if several else 0
            found.append(Shown(RETURN, shape.text, line, place, shape.of_arrays))
    return found


def axes(shape: str) -> str:
    """`out in` → `out, in`; `in` → `in,`, a tuple of one; any shape → `…`; `_here` → `here`."""
    names = [axis.lstrip("_") for axis in shape.replace("...", "…").split()]
    return ", ".join(names) + ("," if len(names) == 1 and names != ["…"] else "")


# ---- one call


@dataclass
class _Sizes:
    """The sizes of axes within one call. of: axis → its size, and whose it is."""

    of: dict[str, tuple[Any, Shown]] = field(default_factory=dict)

    def agree(self, axis: "_Axis", size: Any, shown: Shown) -> bool:
        if axis.is_free or axis.is_wide and size in (1, ()):
            return True
        if axis.name.isdigit():
            return bool(size == int(axis.name))
        if not axis.is_name:
            wanted = self.computed(axis.name)
            return wanted is None or bool(size == wanted)
        return bool(self.of.setdefault(axis.name, (size, shown))[0] == size)

    def computed(self, text: str) -> int | None:
        """`n-1`; None where an axis in it has no size."""
        try:
            return self._value(ast.parse(text, mode="eval").body)
        except (SyntaxError, KeyError, ArithmeticError):
            return None

    def _value(self, node: ast.expr) -> int:
        match node:
            case ast.Constant(int(number)):
                return number
            case ast.Name(name):
                return int(self.of[name][0])
            case ast.BinOp(left, how, right):
                return int(_OPERATIONS[type(how)](self._value(left), self._value(right)))
        raise KeyError(ast.unparse(node))

    def told(self, shown: Shown) -> str:
        """The sizes of a shape's axes that are those of another value."""
        names = re.findall(r"[^\W\d]\w*", shown.axes)
        known = {name: self.of[name] for name in names if name in self.of}
        others = [
            f"{name} = {size}, as {whose.called} has it"
            for name, (size, whose) in known.items()
            if whose != shown and isinstance(size, int)
        ]
        return f" with {', and '.join(others)}" if others else ""


class _Axis(NamedTuple):
    """is_many: any number of axes. is_wide: may be 1. is_free: of any size."""

    name: str
    is_many: bool
    is_wide: bool
    is_free: bool

    @property
    def is_name(self) -> bool:
        return self.name.isidentifier()


def _axis(text: str) -> _Axis:
    """`*#batch`, `_here`, `n=2`, `...`"""
    name = text.lstrip("*#?_")
    marks = text[: len(text) - len(name)]
    is_many = text == "..." or "*" in marks
    is_free = text == "..." or "_" in marks or "?" in marks
    return _Axis(re.sub(r"^\w+=(?!=)", "", name), is_many, "#" in marks, is_free)


def compared(signature: Iterable[Shown], call: Mapping[str, Any]) -> Iterator[Differs]:
    """What a call gave in another shape. Axes that are computed from others come last."""
    sizes, later = _Sizes(), list[tuple[Shown, Any]]()
    pairs = ((shown, given) for shown in signature for given in _given(shown, call))
    for one, given in pairs:
        if not _fits(one, given, sizes, computed=False):
            yield Differs(one, _shape(one.axes) + sizes.told(one), _got(given))
        else:
            later.append((one, given))
    for one, given in later:
        if not _fits(one, given, sizes, computed=True):
            yield Differs(one, _shape(one.axes) + sizes.told(one), _got(given))


def _given(shown: Shown, call: Mapping[str, Any]) -> list[Any]:
    """What the call had for it: nothing where that is not known, each array of a list."""
    given = call.get(shown.name)
    if shown.place:
        is_there = _is_list(given) and len(given) > shown.place
        given = list(given or ())[shown.place] if is_there else None
    if shown.of_each and _is_list(given):
        return given[1:]
    return [] if given is None else [given]


def _fits(shown: Shown, given: Any, sizes: _Sizes, computed: bool) -> bool:
    """computed: whether the axes that are to be compared are those that others give."""
    shape, every = _array(given), list(map(_axis, shown.axes.split()))
    many = next((place for place, axis in enumerate(every) if axis.is_many), None)
    if shape is None or len(shape) < len(every) - (many is not None):
        return False
    if many is None:
        pairs: list[tuple[_Axis, Any]] = list(zip(every, shape, strict=False))
    else:
        end = len(shape) - (len(every) - many - 1)
        pairs = list(zip(every[:many], shape[:many], strict=True))
        pairs += zip(every[many + 1 :], shape[end:], strict=True)
        pairs.append((every[many], tuple(shape[many:end])))
    if many is None and len(shape) != len(every):
        return False
    plain = [axis.is_name or axis.name.isdigit() for axis, _ in pairs]
    held = [pair for pair, now in zip(pairs, plain, strict=True) if now != computed]
    return all([sizes.agree(axis, size, shown) for axis, size in held])


# ---- shapes in words


def _is_list(given: Any) -> TypeGuard[list[Any]]:
    return isinstance(given, list) and given[:1] == ["list"]


def _array(given: Any) -> list[int] | None:
    """The shape of an array or a number, also of a list of such that are alike; else None."""
    if not _is_list(given):
        return list(given) if given is not None else None
    inner = [_array(each) for each in given[1:]]
    first = inner[0] if inner else []
    return [len(inner), *first] if first is not None and all(i == first for i in inner) else None


def _shape(text: str) -> str:
    return f"({axes(text)})" if text else "a number"


def _got(given: Any) -> str:
    shape = _array(given)
    if shape is None:
        return f"a list of {len(given) - 1}"
    return _shape(" ".join(map(str, shape)))
