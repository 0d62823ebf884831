"""A line worked in digits: one entry of a formula as columns, each symbol over its digits.

The digits are as few as give the result to a reader who works the line out from them.
"""

import math
from collections.abc import Iterator
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from mathdoctest.entries import Entry
from mathdoctest.latex import in_numbers as tex
from mathdoctest.syntax import Call, Leaf, Node, Number, Power, Product, Quotient, Root, Sum
from mathdoctest.values import Wrong

DECIMALS = 6  # of a result; its operands take more where the last digit needs it
SHORT = 34  # characters in parentheses that stay on one line of a phone, and one for each column


class Guard(NamedTuple):
    """Pieces that are put in parentheses if their text begins with a minus."""

    pieces: tuple["Piece", ...]


Piece = str | Leaf | Guard


class Column(NamedTuple):
    """A symbol over its digits, or a sign.

    pieces: the digits as `pieces` gives them, none for a sign. call: what a third row evaluates.
    """

    tex: str
    pieces: tuple[Piece, ...] = ()
    symbol: str | None = None
    call: Node | None = None


class Item(NamedTuple):
    """A column with its digits. function: the value of a call, in a third row."""

    tex: str
    digits: str
    symbol: str | None = None
    function: str | None = None

    @property
    def is_sign(self) -> bool:
        return self.symbol is None and self.tex == self.digits and not self.tex[0].isalnum()


class Line(NamedTuple):
    """The result, `=`, and the right side; spoken: the digits as one text."""

    items: list[Item]
    spoken: str

    @property
    def groups(self) -> Iterator[list[Item]]:
        """The columns that stay together where the line wraps, which it does before a sign."""
        depths = list(accumulate({"(": 1, ")": -1}.get(item.tex, 0) for item in self.items))
        group: list[Item] = []
        after_sign, whole_until = False, -1
        for place, item in enumerate(self.items):
            if item.tex == "(" and place > whole_until:
                end = next(k for k in range(place, len(depths)) if depths[k] < depths[place])
                long = sum(len(inside.digits) + 1 for inside in self.items[place : end + 1])
                whole_until = end if long <= SHORT else whole_until
            if item.tex in "=+−×÷" and not after_sign and place > whole_until:
                yield group
                group = []
            after_sign = item.is_sign and item.tex != ")"
            group.append(item)
        yield group


def written(value: float, decimals: int = DECIMALS) -> str:
    """0.6 as it is; a value with more digits to so many decimals, a small one to as many digits."""
    if abs(value) < 1e-12:
        return "0"
    short = f"{value:.4f}".rstrip("0").rstrip(".")
    if math.isclose(float(short), value, rel_tol=5e-7):  # float32 holds 0.38 to about this
        return short.replace("-", "−")
    more = max(0, -2 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals + more}f}"
    return (text.rstrip("0") if more > 3 else text).replace("-", "−")


def line(entry: Entry) -> Line:
    """An entry of a formula as a line, with as few digits as give its result. Raises Wrong."""
    entry.verify()
    left, result = entry.left, written(entry.left.value)
    for decimals in (DECIMALS, DECIMALS + 1, DECIMALS + 2):
        again = entry.number(entry.right, partial(_as_read, decimals=decimals))
        if written(again) == result or abs(again - left.value) < 1e-9:
            break
    right = _guarded([_item(column, entry, decimals) for column in columns(entry.right)])
    items = [Item(left.tex, result, left.symbol), Item("=", "="), *right]
    return Line(items, " ".join(item.digits for item in items))


def _as_read(value: float, decimals: int) -> float:
    return float(written(value, decimals).replace("−", "-"))


def _item(column: Column, entry: Entry, decimals: int) -> Item:
    if not column.pieces:
        return Item(column.tex, column.tex)
    value = written(entry.number(column.call), decimals) if column.call else None
    return Item(column.tex, _text(column.pieces, decimals), column.symbol, value)


def _guarded(items: list[Item]) -> Iterator[Item]:
    """A negative number after a sign is put in parentheses."""
    before = ""
    for item in items:
        digits, function = item.digits, item.function
        if before not in ("", "("):
            digits = _in_parentheses(digits) if len(digits) > 1 else digits
            function = function and _in_parentheses(function)
        before = item.tex
        yield item._replace(digits=digits, function=function)


def _in_parentheses(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def columns(node: Node) -> list[Column]:
    """The columns of a tree of numbers; a lone call has no third row: its value is the result."""
    found = list(_columns(node, "sum"))
    return found if len(found) > 1 else [column._replace(call=None) for column in found]


def _columns(node: Node, within: str) -> Iterator[Column]:
    """within: what the node is an operand of, for its parentheses."""
    parenthesised = within != "sum" if isinstance(node, Sum) else within == "divisor"
    inner: list[Column] = []
    match node:
        case Sum(terms):
            for place, (sign, term) in enumerate(terms):
                if place or sign < 0:
                    inner.append(Column("+" if sign > 0 else "−"))
                inner += _columns(term, "term")
        case Product(left, right):
            inner = [*_columns(left, "factor"), Column("×"), *_columns(right, "factor")]
        case Quotient(top, bottom):
            inner = [*_columns(top, "factor"), Column("÷"), *_columns(bottom, "divisor")]
        case _:
            symbol = node.symbol if isinstance(node, Leaf) else None
            call = None if isinstance(node, Leaf | Number) else node
            yield Column(tex(node), pieces(node), symbol, call)
            return
    yield from [Column("("), *inner, Column(")")] if parenthesised else inner


def pieces(node: Node) -> tuple[Piece, ...]:
    """The digits of a node: text, leaves whose values are to be written, and guards.

    `^{…}` and `√` are drawn where they are shown. Raises Wrong for cases.
    """
    match node:
        case Number() | Leaf(symbol=None):
            return (tex(node),)
        case Leaf():
            return (node,)
        case Sum(terms):
            out: tuple[Piece, ...] = ()
            for place, (sign, term) in enumerate(terms):
                before = " + " if sign > 0 else " − " if place else "−"
                bare = not place and sign > 0
                out += pieces(term) if bare else (before, Guard(pieces(term)))
            return out
        case Power(base, exponent):
            return (*_enclosed(base), "^{", *pieces(exponent), "}")
        case Root(operand):
            return ("√", *_enclosed(operand))
        case Call(function, arguments):
            inside = [piece for each in arguments for piece in (", ", *pieces(each))][1:]
            return (f"{function}{'′' * node.primes}(", *inside, ")")
        case Product(left, right):
            return (*_enclosed(left), " × ", *_enclosed(right))
        case Quotient(top, bottom):
            return (*_enclosed(top), " ÷ ", *_enclosed(bottom))
    raise Wrong(f"a {type(node).__name__} cannot be written on a line", node)


def _enclosed(node: Node) -> tuple[Piece, ...]:
    """A sum or a negative number in parentheses, as an operand is written."""
    return ("(", *pieces(node), ")") if isinstance(node, Sum) else (Guard(pieces(node)),)


def _text(row: tuple[Piece, ...], decimals: int) -> str:
    """Pieces with their values written."""
    out = ""
    for piece in row:
        if isinstance(piece, Guard):
            out += _in_parentheses(_text(piece.pieces, decimals))
        else:
            out += piece if isinstance(piece, str) else written(piece.value, decimals)
    return out
