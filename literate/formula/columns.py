"""A tree of numbers as columns: each symbol over its digits, with as few digits as give the result."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from literate.formula.tree import Node

DECIMALS = 6  # of a result; its operands take more where the last digit needs it


@dataclass(frozen=True)
class Item:
    """One column of a line: a symbol over its digits, or a sign. function: the value of a call, in a third row."""

    tex: str
    digits: str
    symbol: str | None = None
    function: str | None = None


@dataclass(frozen=True)
class Line:
    items: list[Item]        # the result first, then `=`
    spoken: str              # the digits as one text


def written(value: float, decimals: int = DECIMALS) -> str:
    """0.6 as it is; a value with more digits to so many decimals, a small one to as many digits."""
    if abs(value) < 1e-12:
        return "0"
    short = f"{value:.4f}".rstrip("0").rstrip(".")
    if math.isclose(float(short), value, rel_tol=2e-7):
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
    items = _items(right, number, decimals)
    if sum(1 for i in items if i.digits) == 1:  # a lone call: its value is the result
        items = [Item(i.tex, i.digits, i.symbol) for i in items]
    items = [Item(left.parts[0], written(result), left.parts[1]), Item("=", "=")] + _guarded(items)
    return Line(items, " ".join(i.digits for i in items))


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


def _items(node: Node, number: Callable, decimals: int, within: str = "add") -> list[Item]:
    """The columns of a tree of numbers. within: what it is an operand of, for its parentheses."""
    kind, parts = node.kind, node.parts
    inner: list[Item] = []
    if kind == "add":
        for k, (sign, part) in enumerate(parts):
            if k or sign < 0:
                inner.append(_sign("+" if sign > 0 else "−"))
            inner += _items(part, number, decimals, "term")
        parenthesised = within != "add"
    elif kind in ("multiply", "divide"):
        left, right = parts
        inner = [*_items(left, number, decimals, "factor"), _sign("×" if kind == "multiply" else "÷"),
                 *_items(right, number, decimals, "factor" if kind == "multiply" else "divisor")]
        parenthesised = within == "divisor"
    else:
        name = parts[1] if kind == "leaf" else None
        call = None if kind in ("leaf", "number") else written(number(node), decimals)
        return [Item(tex(node), _digits(node, decimals), name, call)]
    return [_sign("("), *inner, _sign(")")] if parenthesised else inner


def _sign(text: str) -> Item:
    return Item(text, text)


def tex(node: Node) -> str:
    kind, parts = node.kind, node.parts
    if kind == "number":
        return f"{parts[0]:g}"
    if kind == "leaf":
        return parts[0]
    if kind == "add":
        return "".join(("-" if sign < 0 else "+" if k else "") + tex(p) for k, (sign, p) in enumerate(parts))
    if kind == "power":
        return f"{_wrapped(parts[0], tex)}^{{{tex(parts[1])}}}"
    if kind == "sqrt":
        return rf"\sqrt{{{tex(parts[0])}}}"
    if kind == "call":
        name, primes, arguments = parts
        written_name = rf"\{name}" if name in ("log", "exp", "tanh", "sin", "cos", "max", "min") else rf"\operatorname{{{name}}}"
        return f"{written_name}{chr(39) * primes}({', '.join(map(tex, arguments))})"
    if kind == "divide":
        return rf"\frac{{{tex(parts[0])}}}{{{tex(parts[1])}}}"
    return rf"{_wrapped(parts[0], tex)} \times {_wrapped(parts[1], tex)}"


def _digits(node: Node, decimals: int) -> str:
    """The same with digits, as text; ^ and √ are drawn where it is shown."""
    def digits(n: Node) -> str:
        return _digits(n, decimals)

    kind, parts = node.kind, node.parts
    if kind == "number":
        return f"{parts[0]:g}"
    if kind == "leaf":
        return parts[0] if parts[1] is None else written(parts[2], decimals)
    if kind == "add":
        return "".join(((" − " if k else "−") if sign < 0 else " + " if k else "") + (_guard(digits(p)) if k or sign < 0 else digits(p))
                       for k, (sign, p) in enumerate(parts))
    if kind == "power":
        return f"{_wrapped(parts[0], digits)}^{{{digits(parts[1])}}}"
    if kind == "sqrt":
        return f"√{_wrapped(parts[0], digits)}"
    if kind == "call":
        name, primes, arguments = parts
        return f"{name}{'′' * primes}({', '.join(map(digits, arguments))})"
    sign = " × " if kind == "multiply" else " ÷ "
    return _wrapped(parts[0], digits) + sign + _guard(_wrapped(parts[1], digits))


def _guard(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _wrapped(node: Node, write: Callable) -> str:
    """A sum or a negative number in parentheses, as an operand stands."""
    text = write(node)
    return f"({text})" if node.kind == "add" or text.startswith("−") else text
