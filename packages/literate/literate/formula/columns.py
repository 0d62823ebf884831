"""A tree of numbers as columns: each symbol over its digits, with as few digits as give the result."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from literate.formula.tree import Node

DECIMALS = 6  # of a result; its operands take more where the last digit needs it


@dataclass(frozen=True)
class Column:
    """A symbol over its digits, or a sign. parts: the digits as `parts` gives them, none for a sign; call: what a third row evaluates."""

    tex: str
    parts: tuple = ()
    symbol: str | None = None
    call: Node | None = None


@dataclass(frozen=True)
class Item:
    """A column with its digits. function: the value of a call, in a third row."""

    tex: str
    digits: str
    symbol: str | None = None
    function: str | None = None


@dataclass(frozen=True)
class Line:
    items: list[Item]  # the result first, then `=`
    spoken: str  # the digits as one text


def written(value: float, decimals: int = DECIMALS) -> str:
    """0.6 as it is; a value with more digits to so many decimals, a small one to as many digits."""
    if abs(value) < 1e-12:
        return "0"
    short = f"{value:.4f}".rstrip("0").rstrip(".")
    if math.isclose(
        float(short), value, rel_tol=5e-7
    ):  # as float32 holds 0.38, but for the last bits of a sum
        return short.replace("-", "−")
    more = max(0, -2 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals + more}f}"
    return (text.rstrip("0") if more > 3 else text).replace("-", "−")


def line(left: Node, right: Node, result: float, number: Callable) -> Line:
    """With as few digits as give the result when a reader works it out from them."""
    for decimals in (DECIMALS, DECIMALS + 1, DECIMALS + 2):
        again = number(right, lambda value: float(written(value, decimals).replace("−", "-")))
        if written(again) == written(result) or abs(again - result) < 1e-9:
            break
    items = [_item(column, number, decimals) for column in columns(right)]
    items = [Item(left.parts[0], written(result), left.parts[1]), Item("=", "=")] + _guarded(items)
    return Line(items, " ".join(i.digits for i in items))


def _item(column: Column, number: Callable, decimals: int) -> Item:
    if not column.parts:
        return Item(column.tex, column.tex)
    value = written(number(column.call), decimals) if column.call else None
    return Item(column.tex, _text(column.parts, decimals), column.symbol, value)


def _guarded(items: list[Item]) -> list[Item]:
    """A negative number behind a sign stands in parentheses."""
    out = []
    for k, item in enumerate(items):
        after = items[k - 1].tex if k else ""
        if item.digits.startswith("−") and len(item.digits) > 1 and after not in ("", "("):
            item = Item(item.tex, f"({item.digits})", item.symbol, item.function)
        if item.function and item.function.startswith("−") and after not in ("", "("):
            item = Item(item.tex, item.digits, item.symbol, f"({item.function})")
        out.append(item)
    return out


def columns(node: Node) -> list[Column]:
    """The columns of a tree of numbers; a lone call has no third row, for its value is the result."""
    found = _columns(node, "add")
    return found if len(found) > 1 else [Column(c.tex, c.parts, c.symbol) for c in found]


def _columns(node: Node, within: str) -> list[Column]:
    """within: what the node is an operand of, for its parentheses."""
    kind, operands = node.kind, node.parts
    inner: list[Column] = []
    if kind == "add":
        for k, (sign, part) in enumerate(operands):
            if k or sign < 0:
                inner.append(Column("+" if sign > 0 else "−"))
            inner += _columns(part, "term")
        parenthesised = within != "add"
    elif kind in ("multiply", "divide"):
        left, right = operands
        inner = [
            *_columns(left, "factor"),
            Column("×" if kind == "multiply" else "÷"),
            *_columns(right, "factor" if kind == "multiply" else "divisor"),
        ]
        parenthesised = within == "divisor"
    else:
        return [
            Column(
                tex(node),
                parts(node),
                operands[1] if kind == "leaf" else None,
                None if kind in ("leaf", "number") else node,
            )
        ]
    return [Column("("), *inner, Column(")")] if parenthesised else inner


def tex(node: Node) -> str:
    kind, parts = node.kind, node.parts
    if kind == "number":
        return f"{parts[0]:g}"
    if kind == "leaf":
        return parts[0]
    if kind == "add":
        return "".join(
            ("-" if sign < 0 else "+" if k else "") + tex(p) for k, (sign, p) in enumerate(parts)
        )
    if kind == "power":
        return f"{_wrapped(parts[0], tex)}^{{{tex(parts[1])}}}"
    if kind == "sqrt":
        return rf"\sqrt{{{tex(parts[0])}}}"
    if kind == "call":
        name, primes, arguments = parts
        written_name = (
            rf"\{name}"
            if name in ("log", "exp", "tanh", "sin", "cos", "max", "min", "sigma")
            else rf"\operatorname{{{name}}}"
        )
        return f"{written_name}{chr(39) * primes}({', '.join(map(tex, arguments))})"
    if kind == "divide":
        return rf"\frac{{{tex(parts[0])}}}{{{tex(parts[1])}}}"
    return rf"{_wrapped(parts[0], tex)} \times {_wrapped(parts[1], tex)}"


@dataclass(frozen=True)
class Guard:
    """Parts that stand in parentheses where their text begins with a minus."""

    parts: tuple


def parts(node: Node) -> tuple:
    """The digits of a node: text, leaves whose values are yet to be written, and guards; ^ and √ are drawn where it is shown."""
    kind, operands = node.kind, node.parts
    if kind == "number":
        return (f"{operands[0]:g}",)
    if kind == "leaf":
        return (operands[0],) if operands[1] is None else (node,)
    if kind == "add":
        out = ()
        for k, (sign, part) in enumerate(operands):
            written_sign = ((" − " if k else "−") if sign < 0 else " + ",) if k or sign < 0 else ()
            out += written_sign + ((Guard(parts(part)),) if written_sign else parts(part))
        return out
    if kind == "power":
        return (*_enclosed(operands[0]), "^{", *parts(operands[1]), "}")
    if kind == "sqrt":
        return ("√", *_enclosed(operands[0]))
    if kind == "call":
        name, primes, arguments = operands
        inside = [part for a in arguments for part in (", ", *parts(a))][1:]
        return (f"{name}{'′' * primes}(", *inside, ")")
    return (
        *_enclosed(operands[0]),
        " × " if kind == "multiply" else " ÷ ",
        *_enclosed(operands[1]),
    )


def _enclosed(node: Node) -> tuple:
    """A sum or a negative number in parentheses, as an operand stands."""
    return ("(", *parts(node), ")") if node.kind == "add" else (Guard(parts(node)),)


def _text(pieces: tuple, decimals: int) -> str:
    out = ""
    for piece in pieces:
        if isinstance(piece, Guard):
            inner = _text(piece.parts, decimals)
            out += f"({inner})" if inner.startswith("−") else inner
        else:
            out += piece if isinstance(piece, str) else written(piece.parts[2], decimals)
    return out


def _wrapped(node: Node, write: Callable) -> str:
    """A sum in parentheses, as an operand stands."""
    return f"({write(node)})" if node.kind == "add" else write(node)
