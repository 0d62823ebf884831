"""Conditions, and what depends on them: indicators and cases, of vectors entry by entry."""

import functools
from collections.abc import Callable
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import TYPE_CHECKING, Any

import numpy as np

from mathdoctest import backends, syntax
from mathdoctest.backends import Backend, numpy
from mathdoctest.syntax import Node, Symbol
from mathdoctest.values import Array, Value, Wrong, with_axes

if TYPE_CHECKING:
    from mathdoctest.evaluate import Evaluator

COMPARISONS = {"=": eq, "<": lt, ">": gt, "<=": le, ">=": ge, "!=": ne}


def truth(ev: "Evaluator", condition: syntax.Condition) -> Value:
    """A condition as truths; of vectors entry by entry."""
    if condition.relations[:1] == ("and",) or isinstance(condition.sides[0], syntax.Condition):
        each = [truth(ev, c) for c in condition.sides if isinstance(c, syntax.Condition)]
        return functools.reduce(lambda a, b: _compared(ev, and_, a, b, condition), each)
    if condition.relations == ("in",):
        return _is_in(ev, condition)
    values = [_side(ev, side) for side in condition.sides]
    if not condition.relations:
        return values[0].like(values[0].array != 0)
    if unknown := set(condition.relations) - set(COMPARISONS):
        raise Wrong(f"the relation `{unknown.pop()}` cannot be computed", condition)
    pairs = zip(condition.relations, values, values[1:], strict=False)
    truths = (_compared(ev, COMPARISONS[how], a, b, condition) for how, a, b in pairs)
    return functools.reduce(lambda a, b: _compared(ev, and_, a, b, condition), truths)


def _side(ev: "Evaluator", node: Node) -> Value:
    """One side of a condition, as NumPy's array."""
    found = ev.divisor(node)
    return found.like(backends.plain(found.array))


def _compared(
    ev: "Evaluator", how: Callable[[Any, Any], Any], a: Value, b: Value, node: Node
) -> Value:
    left, right, like = ev.meet(a, b, "a comparison", node)
    return like.like(how(backends.plain(left), backends.plain(right)))


def _is_in(ev: "Evaluator", condition: syntax.Condition) -> Value:
    """Whether a number is in a set: written out, or an array of indices or of 0 and 1."""
    left, right = condition.sides
    if isinstance(right, syntax.Listing):
        return _is_listed(ev, _side(ev, left), right)
    if not isinstance(right, Symbol):
        raise Wrong("a set is a name, or is written out", right)
    element = backends.plain(ev.scalar(left))
    if not ev.names.has(right.name):  # all that there is: a batch, the states, an axis
        ev.rules.add("set")
        return Value(element == element)
    if right.indices:
        raise Wrong("a set is a name, or is written out", right)
    data, _ = ev.names.data(right, ev)
    members = backends.plain(data.value)
    if members.dtype.kind in "iu":
        return Value((element[..., None] == members.reshape(-1)).any(axis=-1))
    if not np.isin(members, (0.0, 1.0)).all() or members.ndim != 1:
        raise Wrong(f"`{right.name}` is no set: declare `range: mask`, or give indices", right)
    place = np.clip(element.astype(int) - 1, 0, members.size - 1)
    return Value(members[place] == 1.0)


def _is_listed(ev: "Evaluator", element: Value, listing: syntax.Listing) -> Value:
    """Whether it is in `{0, 1}`, `{1, \\dots, n}` or `[0, 1)`: a square bracket has its end."""

    def combined(how: Any, *each: tuple[Any, Node]) -> Value:
        truths = [_compared(ev, test, element, _side(ev, to), to) for test, to in each]
        return truths[0].like(functools.reduce(how, (truth.array for truth in truths)))

    items, bracket = listing.items, listing.bracket
    if len(items) == 1 and isinstance(items[0], syntax.Interval):
        return combined(and_, (ge, items[0].first), (le, items[0].last))
    if bracket == "{":
        return combined(or_, *((eq, item) for item in items))
    if len(items) != 2:
        raise Wrong("an interval has two ends", listing)
    low, high = ge if bracket[0] == "[" else gt, le if bracket in ("[", "(]") else lt
    return combined(and_, (low, items[0]), (high, items[1]))


def indicated(ev: "Evaluator", node: syntax.Indicator) -> Value:
    """1 where a condition holds, else 0; of vectors entry by entry."""
    found = truth(ev, node.condition)
    if found.rank:
        ev.rules.add("cases")
    ev.note(node, (found.array, ~found.array))
    return found.like(ev.library.array(found.array))


def chosen(ev: "Evaluator", node: syntax.Cases) -> Value:
    """The value of the one case that holds. Raises Wrong where none does, or two."""
    truths = [row.condition and truth(ev, row.condition) for row in node.rows]
    values = [ev.value(row.value) for row in node.rows]
    known = [truth for truth in truths if truth]
    whole = max([*known, *values], key=lambda each: each.rank)
    conditions: list[Any] = [truth and _spread_over(whole, truth, numpy, node) for truth in truths]
    once: Any = sum(c.astype(int) for c in conditions if c is not None)
    if (once > 1).any():
        raise Wrong("a value for which two cases hold", node)
    if None not in truths and (once < 1).any():
        raise Wrong("a value for which no case holds", node)
    if any(truth.rank for truth in known):
        ev.rules.add("cases")
    held = [once == 0 if condition is None else condition for condition in conditions]
    spread = [_spread_over(whole, value, ev.library, node) for value in values]
    if ev.library is numpy:  # a row whose value is none is compared with nothing
        ev.note(node, (a & ~np.isnan(value) for a, value in zip(held, spread, strict=True)))
    out = spread[-1]
    for value, condition in list(zip(spread, held, strict=True))[-2::-1]:
        out = ev.library.where(condition, value, out)
    return whole.like(out)


def _spread_over(whole: Value, part: Value, library: Backend, node: Node) -> Array:
    """A number as often as an array has entries, or what has the shape of the array."""
    if not part.rank:
        return with_axes(library, part.array, whole.rank)
    if not part.fits(whole):
        raise Wrong(f"cases of {whole.described()} and {part.described()}", node)
    return part.array
