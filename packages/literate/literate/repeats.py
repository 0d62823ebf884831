"""Whether an expression in a sentence repeats a part of a formula.

A part is any node of the formula, some terms of a sum that stand side by side, or some factors of
a product. A letter that the formula uses as an index may have become a number or another letter,
the same one everywhere: `w_{12} x_2` is a part of `\\sum_j w_{ij} x_j`.
"""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

from mathdoctest import syntax
from mathdoctest.syntax import Node, Number, Power, Product, Reduce, Statement, Sum, Symbol, walk

# what has no operator: a name, a number, or several of them
NAMES = (
    syntax.Symbol, syntax.Number, syntax.Derivative, syntax.NumberSet, syntax.Dots, syntax.Ones,
    syntax.Identity, syntax.Unit,
)  # fmt: skip
Bound = dict[str, Node]  # letter of the formula → what stands in its place


def is_plain(node: Node) -> bool:
    """Whether an expression only names things: `x_i`, `-1`, `10^{-6}`, `(x, y)`, a derivative."""
    match node:
        case Sum(((_, Number()),)) | Power(Number(10.0), Number() | Sum(((_, Number()),))):
            return True
        case syntax.Listing(_, items):
            return all(map(is_plain, items))
        case syntax.Interval(first, last):
            return is_plain(first) and is_plain(last)
        case syntax.Derivative(top):
            return isinstance(top, Symbol)
    return isinstance(node, NAMES)


def repeats(node: Node, formulas: Iterable[Statement]) -> bool:
    """Whether an expression is a part of one of the formulas."""
    for statement in formulas:
        letters = _letters(statement)
        for part in (part for side in _trees(statement) for part in walk(side)):
            if any(_is(run, node, letters) for run in _runs(part, node)):
                return True
    return False


def _trees(statement: Statement) -> Iterator[Node]:
    yield from statement.sides
    yield from statement.conditions
    if statement.where:
        yield from (statement.where.first, statement.where.last)


def _letters(statement: Statement) -> set[str]:
    """The letters that only count: those of indices, layers, sums and ranges."""
    found = {statement.where.letter} if statement.where else set[str]()
    for node in (node for side in _trees(statement) for node in walk(side)):
        if isinstance(node, Reduce):
            found |= {*node.letters}
        if isinstance(node, Symbol):
            scripts = [each for each in (*node.indices, node.layer) if each is not None]
            inner = (each for script in scripts for each in walk(script))
            found |= {each.name for each in inner if _is_letter(each)}
    return found


def _is_letter(node: Node) -> TypeGuard[Symbol]:
    return isinstance(node, Symbol) and node.layer is None and not node.indices


def _runs(part: Node, node: Node) -> Iterator[Node]:
    """A part, and of a sum or a product what stands side by side in it, as long as the node."""
    yield part
    if isinstance(part, Sum):
        size = len(node.terms) if isinstance(node, Sum) else 0
        yield from (Sum(run) for run in _windows(part.terms, size))
    elif isinstance(part, Product):
        size = len(_factors(node))
        yield from (_product(run) for run in _windows(_factors(part), size))


def _windows(items: tuple[Any, ...], size: int) -> Iterator[tuple[Any, ...]]:
    if 0 < size < len(items):
        yield from (items[k : k + size] for k in range(len(items) - size + 1))


def _factors(node: Node) -> tuple[Node, ...]:
    """`(a b) c` → a, b, c"""
    if not isinstance(node, Product):
        return (node,)
    return (*_factors(node.left), *_factors(node.right))


def _product(factors: tuple[Node, ...]) -> Node:
    out, *rest = factors
    for factor in rest:
        out = Product(out, factor)
    return out


def _is(pattern: Node, node: Node, letters: set[str]) -> bool:
    """Whether a part of a formula becomes the node by putting in indices for its letters."""
    bound: Bound = {}
    if not _matches(pattern, node, letters, bound):
        return False
    running = {n for each in walk(pattern) if isinstance(each, Reduce) for n in each.letters}
    fixed = {n.name for n in walk(pattern) if isinstance(n, Symbol)} - letters
    for letter in running:  # what runs stays a letter, and no other is called like it
        others = [each for other, each in bound.items() if other != letter]
        image = bound.get(letter, Symbol(letter))
        if not isinstance(image, Symbol) or image in others or image.name in fixed:
            return False
    return True


def _matches(pattern: Any, node: Any, letters: set[str], bound: Bound) -> bool:
    if isinstance(pattern, Symbol) and _is_letter(pattern) and pattern.name in letters:
        counts = isinstance(node, Number) or isinstance(node, Node) and _is_letter(node)
        return counts and bool(bound.setdefault(pattern.name, node) == node)
    if isinstance(pattern, Product) and isinstance(node, Product):
        pattern, node = _factors(pattern), _factors(node)
    if isinstance(pattern, tuple):
        alike = isinstance(node, tuple) and len(pattern) == len(node)
        pairs = zip(pattern, node, strict=True) if alike else ()
        return alike and all(_matches(*pair, letters, bound) for pair in pairs)
    if not isinstance(pattern, Node):
        return bool(pattern == node)
    if type(pattern) is not type(node):
        return False
    if isinstance(pattern, Reduce) and isinstance(node, Reduce):
        shown, written = tuple(map(Symbol, pattern.letters)), tuple(map(Symbol, node.letters))
        if not _matches(shown, written, letters, bound):
            return False
    return all(
        _matches(getattr(pattern, field.name), getattr(node, field.name), letters, bound)
        for field in dataclasses.fields(pattern)
        if field.compare and not (field.name == "letters" and isinstance(pattern, Reduce))
    )
