"""Factors side by side: which is a function's argument, an entry, a derivative; else a product."""

import re
from dataclasses import replace
from typing import Any

from mathdoctest import resolve, syntax, words
from mathdoctest.errors import NotInGrammar
from mathdoctest.notation import Vocabulary
from mathdoctest.scripts import Pending, Scripts, Span, as_value, collected
from mathdoctest.syntax import Condition, Node, Number, Symbol

# functions that may stand before a bare factor; a word or an operator needs parentheses
BARE = frozenset(words.FUNCTIONS.values()) - {"max", "min"}


class Factors:
    """How the factors of one formula become nodes, each by what stands beside it."""

    def __init__(self, tex: str, vocabulary: Vocabulary, scripts: Scripts):
        self.tex, self.vocabulary, self.scripts = tex, vocabulary, scripts
        self.points: dict[str, str] = {}  # what is given by one value → what it is of

    def product(self, span: Span, *factors: Any) -> Node:
        """Left to right; a function takes what follows it."""
        rest = list(factors)
        out = self.factor(rest)
        while rest:
            out = self._times(out, rest)
        return replace(out, span=span)

    def _times(self, left: Node, rest: list[Any]) -> Node:
        """What is on the left, and the next factor."""
        how = rest.pop(0) if isinstance(rest[0], str) else ""
        if not rest:
            raise NotInGrammar("nothing after", left.span[1], operator=how)
        right = self.factor(rest)
        span = left.span[0], right.span[1]
        if isinstance(left, Condition) or isinstance(right, Condition):
            return self._times_condition(left, right, span)
        if how == "/":
            right = self._norms(right, rest)
            self._check_divisor(left, right, rest)
            return syntax.Quotient(left, right, span=span)
        if how in words.INFIX:
            return syntax.Call(how, (left, right), span=span)
        return syntax.Product(left, right, operator=how, span=span)

    def _times_condition(self, left: Node, right: Node, span: Span) -> Node:
        """`1(y = k)` is an indicator; no other product has a relation in it."""
        if isinstance(right, Condition) and left == Number(1.0):
            return syntax.Indicator(right, span=span)
        if isinstance(right, Condition) and isinstance(left, syntax.Product):
            if left.right == Number(1.0):
                indicator = syntax.Indicator(right, span=(left.right.span[0], span[1]))
                return replace(left, right=indicator, span=span)
        raise NotInGrammar("relation as factor", span[0])

    def _norms(self, divisor: Node, rest: list[Any]) -> Node:
        r"""`u^\top v / \|u\| \|v\|` divides by both norms."""
        last = divisor
        while isinstance(last, syntax.Norm) and rest and isinstance(rest[0], syntax.Norm):
            last = rest.pop(0)
            divisor = syntax.Product(divisor, last, span=(divisor.span[0], last.span[1]))
        return divisor

    def _check_divisor(self, top: Node, divisor: Node, rest: list[Any]) -> None:
        """`a / b c` may mean two things, unless c cannot be meant to be below."""
        if not rest or isinstance(rest[0], str):
            return
        is_symbol = isinstance(rest[0], Symbol | Number)
        if is_symbol or not isinstance(top, Number):
            text = self.tex[slice(*divisor.span)]
            raise NotInGrammar("divisor", divisor.span[0], text=text)

    def factor(self, rest: list[Any]) -> Node:
        """The first factor of the rest, with its argument; both are removed from the rest."""
        first = rest.pop(0)
        if isinstance(first, str):
            raise NotInGrammar("nothing before", 0, operator=first)
        if isinstance(first, Symbol) and self._is_indicator(first, rest):
            group = rest.pop(0)
            return syntax.Indicator(group.items[0], span=(first.span[0], group.span[1]))
        if isinstance(first, Symbol):
            first = self._given_by_values(first, rest)
        if isinstance(first, Symbol) and self._is_applied(first, rest):
            return self._called(first, 0, rest.pop(0))
        if isinstance(first, Symbol):
            return self._entry(first, rest)
        if isinstance(first, Node):
            return first
        make: Any = getattr(self, f"_make_{first.kind}")
        node: Node = make(first, rest)
        return node

    def _is_indicator(self, symbol: Symbol, rest: list[Any]) -> bool:
        """Whether this is `I(y = k)`: an I or a δ that is no name, before a condition."""
        group = rest[0] if rest and isinstance(rest[0], Pending) else None
        is_free = symbol.name in words.INDICATORS and symbol.name not in self.vocabulary.names
        if not is_free or symbol.indices or not group or group.kind != "group" or group.scripts:
            return False
        return len(group.items) == 1 and isinstance(group.items[0], Condition)

    def _is_applied(self, symbol: Symbol, rest: list[Any]) -> bool:
        """Whether what follows is the argument of a function, not a factor."""
        if not rest or not isinstance(rest[0], Pending) or rest[0].kind != "group":
            return False
        group, name = rest[0], symbol.name
        base, _, label = name.partition("_")
        if (
            name in self.vocabulary.functions
            or symbol.name not in self.vocabulary.names
            and (base in self.vocabulary.functions and label not in words.ACCENTS.values())
        ):
            return True
        if name in self.vocabulary.names or group.bracket == "{":
            return False
        if group.bracket == "[":
            return name in words.STATISTICS
        return name in words.CONVENTIONAL or len(group.items) > 1 or symbol.upright

    def _entry(self, symbol: Symbol, rest: list[Any]) -> Node:
        """`y[i]` and `size[0]` are entries; a sum in square brackets is a factor.

        So is `p(x)` of an array p, where x has no value: a letter that runs. `f(x_i)` of an f that
        is given by its values is f_i, and `r_t(\\theta)` is r_t.
        """
        group = rest[0] if rest and isinstance(rest[0], Pending) else None
        if not group or group.span[0] != symbol.span[1]:
            return symbol
        indices: tuple[Node, ...] | None = None
        if group.bracket == "(":
            indices = self._counted(symbol, group)
        elif group.bracket == "[" and not symbol.indices and not group.scripts:
            plain = all(isinstance(item, Symbol | Number) for item in group.items)
            indices = group.items if plain else None
        if indices is None:
            return symbol
        del rest[0]
        span, layer = (symbol.span[0], group.inner[1]), symbol.layer
        if indices and len(symbol.indices) == 1 and layer is None:
            (layer,) = symbol.indices  # V_k(s): of a step, or it only says which
        elif symbol.indices:
            indices = symbol.indices + indices
        called = group.bracket == "(" and bool(indices)
        if not indices:
            self._check_point(symbol, group)
        symbol = replace(
            symbol, layer=layer, indices=indices, span=span, upright=False, called=called
        )
        whole = symbol.span[0], group.span[1]
        return self.scripts.raised(symbol, collected(group.scripts, group.span), whole)

    def _check_point(self, symbol: Symbol, group: Pending) -> None:
        """What is given by one value is of one thing: not both V(s) and V(s')."""
        text = "".join(self.tex[slice(*group.inner)].split())
        if self.points.setdefault(f"{symbol.name} {symbol.indices}", text) != text:
            raise NotInGrammar("two points", group.span[0], name=symbol.name)

    def _given_by_values(self, symbol: Symbol, rest: list[Any]) -> Symbol:
        """The K of `k(x_i, x_j)`, where only the array K is given; the p of `P(x)`."""
        known, group = self.vocabulary, rest[0] if rest else None
        other, touches = resolve.other_case(symbol.name), False
        if isinstance(group, Pending) and group.bracket == "(" and len(symbol.name) == 1:
            touches = group.span[0] == symbol.span[1]
        is_free = symbol.name not in known.names | known.functions
        is_given = other in known.arrays & known.names
        return replace(symbol, name=other) if touches and is_free and is_given else symbol

    def _is_time(self, symbol: Symbol, group: Pending) -> bool:
        """Whether this is `w(t)` or `w(t + 1)`, a w at a time: t has no value."""
        names = self.vocabulary.names
        match group.items:
            case (Symbol(resolve.TIME as letter, None, ()),):
                pass
            case (syntax.Sum((syntax.Term(1, Symbol(letter)), syntax.Term(_, Number()))),):
                pass
            case _:
                return False
        return letter in ("t", "k", "n") and letter not in names and symbol.name in names

    def _counted(self, symbol: Symbol, group: Pending) -> tuple[Node, ...] | None:
        """The letters that count in `(x_i, x_j)` after what has values; None of a product."""
        if not symbol.indices and self._is_time(symbol, group):
            return group.items
        known = self.vocabulary.names - self.vocabulary.axes
        items = [i for i in group.items if isinstance(i, Symbol)]
        if len(group.items) > 1 and symbol.name in self.vocabulary.arrays & self.vocabulary.names:
            if all(isinstance(item, Symbol | Number | syntax.Sum) for item in group.items):
                if len(items) < len(group.items):
                    return group.items  # I(i + m, j + n)
        if len(items) < len(group.items) or symbol.name not in self.vocabulary.names or not items:
            return None
        is_known = any(item.name in known or item.name.upper() in known for item in items)
        is_network = symbol.name.rpartition("_")[2] in words.WEIGHTS  # what `f_\\theta(x)` gives
        if is_known and len(items) < 2 and not is_network:
            return None
        if not any(item.indices or item.layer for item in items):
            items = self._given_first(items)
        parts = [part for item in items for part in self._counting(symbol, item)]
        return tuple(dict.fromkeys(parts))

    def _given_first(self, items: list[Symbol]) -> list[Symbol]:
        """`p(y | x)` is an entry of p[x, y]."""
        start = items[0].span[0]
        texts = (self.tex[start : item.span[0]] for item in items)
        behind = [bool(re.search(r"\||\\mid", text)) for text in texts]
        place = behind.index(True) if any(behind) else 0
        return items[place:] + items[:place]

    def _counting(self, symbol: Symbol, item: Symbol) -> list[Symbol]:
        """The letters that count in an argument, or the whole number that it is."""
        if item.name in self.vocabulary.whole:
            return [item]
        if item == Symbol(item.name) and len(item.name.removesuffix("_prime")) == 1:
            return [item] if symbol.name in self.vocabulary.arrays else []
        known = {*(self.vocabulary.names - self.vocabulary.axes), resolve.TIME}
        every = [item.layer, *item.indices]
        letters = [p for p in every if isinstance(p, Symbol) and p == Symbol(p.name)]
        return [letter for letter in letters if letter.name not in known]

    def _called(self, symbol: Symbol, primes: int, group: Pending) -> Node:
        """A symbol as a function: f(x), f^{(l)}(x), f_i(x), f'(x)."""
        start, end = symbol.span[0], group.inner[1]
        base, _, label = symbol.name.rpartition("_")
        known = self.vocabulary.functions
        if label in words.WEIGHTS and base in known and symbol.name not in known:
            symbol = replace(symbol, name=base)  # `h_\\theta(x)` of an h
        call = syntax.Call(symbol.name, group.items, symbol.layer, primes, span=(start, end))
        node: Node = syntax.Index(call, symbol.indices, span=call.span) if symbol.indices else call
        return self.scripts.raised(
            node, collected(group.scripts, group.span), (start, group.span[1])
        )

    def _make_primed(self, first: Pending, rest: list[Any]) -> Node:
        symbol, ((_, primes, _), *others) = first.node or Symbol(""), first.scripts
        found = collected(tuple(others), first.span)
        name = symbol.name + "_prime" * primes
        follows = rest and isinstance(rest[0], Pending) and rest[0].kind == "group"
        applied = follows and rest[0].bracket == "(" and name not in self.vocabulary.names
        if follows and (applied or self._is_applied(symbol, rest)):
            return self.scripts.raised(self._called(symbol, primes, rest.pop(0)), found, first.span)
        if symbol.name in self.vocabulary.functions:
            raise NotInGrammar("applied to nothing", first.span[0], name=symbol.name)
        return self.scripts.raised(replace(symbol, name=name), found, first.span)

    def _make_group(self, first: Pending, rest: list[Any]) -> Node:
        node: Node
        found = collected(first.scripts, first.span)
        match found.get("index"), found.get("power"), first.items:
            case (Condition((Symbol(letter, None, ()), low), ("=",)),), (high,), (item,):
                if not isinstance(item, Condition):
                    return syntax.Reduce("list", (letter,), low, high, item, span=first.span)
        of_one = first.bracket == "{" and isinstance(first.items[0], syntax.Listing)
        if len(first.items) == 1 and not of_one and not isinstance(first.items[0], syntax.Interval):
            node = replace(first.items[0], span=first.inner)
            if isinstance(node, Condition) and first.bracket == "[":
                node = syntax.Indicator(node, span=first.inner)
            if isinstance(node, Condition) and first.bracket != "{":
                return node
        else:
            node = syntax.Listing(first.bracket, first.items, span=first.inner)
        if found.get("index") == (Symbol("plus"),):
            del found["index"]  # the positive part
            node = syntax.Call("max", (Number(0.0, span=first.inner), node), span=first.inner)
        return self.scripts.raised(node, found, first.span)

    def _make_function(self, function: Pending, rest: list[Any]) -> Node:
        name, start = function.name, function.span[0]
        found = collected(function.scripts, function.span)
        base = found.pop("index", ())
        if "transpose" in found:
            raise NotInGrammar("transposed function", start, name=name)
        if not rest or isinstance(rest[0], str):
            raise NotInGrammar("applied to nothing", start, name=name)
        is_group = isinstance(rest[0], Pending) and rest[0].kind == "group"
        after = rest.pop(0) if is_group else None
        if not after and name not in BARE and not base and name in ("max", "min"):
            raise NotInGrammar("parentheses", start, name=name)
        arguments = after.items if after else (self._bare_argument(name, rest),)
        span = start, after.inner[1] if after else arguments[-1].span[1]
        layer, primes = found.get("layer"), found.get("prime", 0)
        call = syntax.Call(name, arguments, layer, primes, span=span)
        node: Node = _with_base(call, base, span) if base else call
        if "power" in found:
            node = syntax.Power(node, as_value(found["power"][0], span), span=span)
        if not after:
            return node
        outer = collected(after.scripts, after.span)
        return self.scripts.raised(node, outer, (start, after.span[1]))

    def _bare_argument(self, name: str, rest: list[Any]) -> Node:
        r"""The argument without brackets: all of `\log 2 \pi \sigma^2`, the first of `\log x y`."""
        out = self.factor(rest)
        if _is_number(out) and rest and isinstance(rest[0], syntax.Reduce):  # \\log \\frac1n \\sum
            right = rest.pop(0)
            return syntax.Product(out, right, span=(out.span[0], right.span[1]))
        if isinstance(out, Number) or name in words.ANGLES:
            while rest and isinstance(rest[0], Node) and _is_plain(rest[0]):
                right = self.factor(rest)
                out = syntax.Product(out, right, span=(out.span[0], right.span[1]))
        return out

    def _make_nabla(self, nabla: Pending, rest: list[Any]) -> Node:
        found = collected(nabla.scripts, nabla.span)
        along = taken_along(found.get("index", ()), nabla.span)
        is_second = found.get("power") == (Number(2.0),)
        if not rest or isinstance(rest[0], str):
            raise NotInGrammar("nabla of nothing", nabla.span[0])
        top = self.argument_of_nabla(rest)
        span = nabla.span[0], top.span[1]
        if is_second:
            along = 2 * (along or _argument(top, span))
        match top:  # `\\nabla f(x)^\\top` and `\\nabla^2 f(x)^{-1}` are of the whole
            case syntax.Transpose(syntax.Call() as inner):
                return syntax.Transpose(syntax.Derivative(inner, along, span=span), span=span)
            case syntax.Power(syntax.Call() as inner, syntax.Sum((syntax.Term(-1, _),)) as power):
                return syntax.Power(syntax.Derivative(inner, along, span=span), power, span=span)
        return syntax.Derivative(top, along, span=span)

    def argument_of_nabla(self, rest: list[Any]) -> Node:
        """After \\nabla a letter before parentheses is a function: \\nabla L(\\theta)."""
        after = rest[1] if len(rest) > 1 else None
        is_group = isinstance(after, Pending) and after.kind == "group" and after.bracket == "("
        if isinstance(rest[0], Symbol) and is_group:
            return self._called(rest.pop(0), 0, rest.pop(0))
        return self.factor(rest)

    def _make_diff(self, diff: Pending, rest: list[Any]) -> Node:
        r"""`\partial_x f` and `\partial f / \partial x`."""
        found = collected(diff.scripts, diff.span)
        if not rest or isinstance(rest[0], str):
            raise NotInGrammar("partial", diff.span[0])
        top = self.argument_of_nabla(rest)
        if "index" in found:
            along = taken_along(found["index"], diff.span)
            return syntax.Derivative(top, along, span=(diff.span[0], top.span[1]))
        if len(rest) < 3 or rest[0] != "/" or getattr(rest[1], "kind", "") != "diff":
            raise NotInGrammar("partial", diff.span[0])
        below = taken_along((rest[2],), diff.span)
        end = rest[2].span[1]
        del rest[:3]
        return syntax.Derivative(top, below, span=(diff.span[0], end))

    def _make_operator(self, operator: Pending, rest: list[Any]) -> Node:
        """A derivative of what follows: of the next parenthesis, else of the whole product."""
        if not rest or isinstance(rest[0], str):
            raise NotInGrammar("derivative of nothing", operator.span[0])
        is_group = isinstance(rest[0], Pending) and rest[0].kind == "group"
        top = self.argument_of_nabla(rest)
        while rest and not is_group:
            top = self._times(top, rest)
        span = operator.span[0], top.span[1]
        return syntax.Derivative(top, operator.bottoms, span=span)

    def _make_indicator(self, indicator: Pending, rest: list[Any]) -> Node:
        found = collected(indicator.scripts, indicator.span)
        items, end = found.get("index", ()), indicator.span[1]
        if not items and rest and getattr(rest[0], "kind", "") == "group":
            items, end = rest[0].items, rest.pop(0).span[1]
        if isinstance(items[:1], tuple) and items and isinstance(items[0], syntax.Indicator):
            items = (items[0].condition,)  # [k = y] below
        if len(items) != 1 or not isinstance(items[0], Condition):
            raise NotInGrammar("indicator", indicator.span[0])
        return syntax.Indicator(items[0], span=(indicator.span[0], end))


def _is_number(node: Node) -> bool:
    """Whether it is a number, or one divided by a size."""
    is_divided = isinstance(node, syntax.Quotient) and isinstance(node.top, Number)
    return is_divided or isinstance(node, Number)


def _is_plain(node: Node) -> bool:
    """Whether it is a symbol or a power of one."""
    return isinstance(node.base if isinstance(node, syntax.Power) else node, Symbol)


def _argument(top: Node, span: Span) -> tuple[Symbol, ...]:
    r"""The x of `\nabla^2 f(x)`, whatever power or transpose follows."""
    top = top.base if isinstance(top, syntax.Power) else top
    top = top.operand if isinstance(top, syntax.Transpose) else top
    arguments = top.arguments if isinstance(top, syntax.Call) else ()
    if len(arguments) != 1:
        raise NotInGrammar("second along what", span[0])
    return taken_along(arguments, span)


def taken_along(nodes: Any, span: Span) -> tuple[Symbol, ...]:
    """What a derivative is taken along."""
    symbols = tuple(node for node in nodes if isinstance(node, Symbol))
    if len(symbols) < len(nodes):
        raise NotInGrammar("along", span[0])
    return symbols


def _with_base(node: syntax.Call, base: tuple[Node, ...], span: Span) -> Node:
    """`\\log_2 x` is a quotient; an index of any other function is one of its value."""
    if node.function == "log" and all(isinstance(part, Number) for part in base):
        digits = "".join(f"{part.value:g}" for part in base if isinstance(part, Number))
        try:
            base = (Number(float(digits), span=base[0].span),)  # \\log_{10}
        except ValueError:
            raise NotInGrammar("base", span[0]) from None
    if node.function == "log" and len(base) == 1:
        return syntax.Quotient(node, syntax.Call("log", base, span=span), span=span)
    return syntax.Index(node, base, span=span)
