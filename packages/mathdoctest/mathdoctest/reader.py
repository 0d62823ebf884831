"""From LaTeX to nodes, by the grammar of `grammar.lark`."""

import functools
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError

from mathdoctest import syntax
from mathdoctest.syntax import Node, Number, Statement, Symbol

GRAMMAR = Path(__file__).with_name("grammar.lark")
RELATIONS = {"=": "=", "<": "<", ">": ">", r"\le": "<=", r"\leq": "<=", r"\ge": ">=", r"\geq": ">="}
WITHOUT_PARENTHESES = ("log", "exp", "tanh", "sin", "cos")  # these may stand before a bare factor
REDUCTIONS = {"sum": "sum", "prod": "prod", "max": "max", "mathbb{E}": "mean"}
BOLD = {"1": syntax.Ones, "e": syntax.Unit, "I": syntax.Identity}

Span = tuple[int, int]


class NotInGrammar(ValueError):
    """The formula is outside the grammar or breaks one of its rules. at: the character where."""

    def __init__(self, what: str, at: int):
        super().__init__(what)
        self.at = at


def statements(tex: str, functions: frozenset[str] = frozenset()) -> list[Statement]:
    """The chains of a formula. functions: names that are functions here. Raises NotInGrammar."""
    return list(_read(tex, "start", functions))


def expression(tex: str, functions: frozenset[str] = frozenset()) -> Node:
    """An expression alone, as in inline maths. Raises NotInGrammar."""
    node: Node = _read(tex, "expr", functions)
    return node


def normal(tex: str) -> str:
    r"""The formula with each pair of \| as \lVert and \rVert. Spans and `at` count in this text."""
    bars = iter(range(tex.count(r"\|")))
    return re.sub(r"\\\|", lambda _: r"\rVert " if next(bars) % 2 else r"\lVert ", tex)


def name_of(token: str) -> str:
    r"""`\hat{y}` → y_hat, `\beta` → beta, `\text{recall}` → recall, `\lambda` → lambda_."""
    if accent := re.fullmatch(r"\\(hat|tilde|bar)\s*\{\s*(.+?)\s*\}", token):
        return f"{name_of(accent[2])}_{accent[1]}"
    if word := re.fullmatch(r"\\(?:text|operatorname)\s*\{(.+)\}", token):
        return word[1].strip().replace(" ", "_")
    return token.removeprefix("\\") + "_" * (token == r"\lambda")  # a keyword of Python


@functools.cache
def parser() -> Lark:
    options = dict(parser="lalr", propagate_positions=True, maybe_placeholders=False)
    return Lark(GRAMMAR.read_text("utf-8"), start=["start", "expr"], **options)


@functools.lru_cache(maxsize=8192)
def _read(tex: str, start: str, functions: frozenset[str]) -> Any:
    text = normal(tex)
    try:
        return _Reader(functions).transform(parser().parse(text, start=start))
    except UnexpectedInput as error:
        at = error.pos_in_stream
        at = len(tex) if at is None or at < 0 else at
        seen = text[at : at + 24].strip().split("\n")[0]
        where = f" at `{seen}`" if seen else ": it ends too early"
        raise NotInGrammar(f"outside the grammar{where}", at) from None
    except VisitError as error:
        raise error.orig_exc from None


@dataclass(frozen=True)
class _Pending:
    """A factor whose meaning depends on its neighbours: a function, or parentheses.

    name: of a function. items, inner: what is in the parentheses, and their span without scripts.
    scripts: (kind, value) of each.
    """

    span: Span
    name: str = ""
    items: tuple[Node, ...] = ()
    inner: Span = (0, 0)
    scripts: tuple[tuple[str, Any], ...] = ()


def _node(kind: Any) -> Any:
    """A rule whose children are the fields of a node."""
    return lambda self, span, *children: kind(*children, span=span)


def _rows(kind: Any) -> Any:
    return lambda self, span, *rows: kind(rows, span=span)


def _script(kind: str) -> Any:
    return lambda self, span, value=None: (kind, value)


def _with_span(method: Any, _: str, children: list[Any], meta: Any) -> Any:
    return method((meta.start_pos, meta.end_pos), *children)


@v_args(wrapper=_with_span)
class _Reader(Transformer[Token, Any]):
    """One method for each rule and token of the grammar. functions: names that are functions."""

    def __init__(self, functions: frozenset[str]):
        super().__init__()
        self.functions = functions

    # ---- tokens

    def LETTER(self, token: Token) -> Symbol:
        return Symbol(name_of(token), span=(token.start_pos or 0, token.end_pos or 0))

    ACCENTED = TEXT = OPERATOR = FUNCTION = LETTER

    def DIGIT(self, token: Token) -> Number:
        return Number(float(token), span=(token.start_pos or 0, token.end_pos or 0))

    NUMBER = DIGIT

    def SIGN(self, token: Token) -> int:
        return -1 if token == "-" else 1

    def REL(self, token: Token) -> str:
        return RELATIONS[token.lstrip("& ").strip()]

    def BIG(self, token: Token) -> str:
        return REDUCTIONS[token[1:-2]]

    # ---- chains

    def statement(self, span: Span, *parts: Any) -> Statement:
        *rest, where = parts if isinstance(parts[-1], syntax.ForAll) else (*parts, None)
        sides = tuple(part for part in rest if isinstance(part, Node))
        return Statement(sides, tuple(part for part in rest if isinstance(part, str)), where)

    continuation = statement

    def member(self, span: Span, left: Node, size: Node) -> Statement:
        return Statement((left, size), ("in",))

    def forall(self, span: Span, letter: Symbol, first: Node, last: Node) -> syntax.ForAll:
        return syntax.ForAll(letter.name, first, last)

    def aligned(self, span: Span, *rows: Statement) -> list[Statement]:
        out: list[Statement] = []
        for row in rows:
            if len(row.relations) < len(row.sides):
                out.append(row)
            elif not out:
                at = row.sides[0].span[0]
                raise NotInGrammar("the first row of `aligned` has no left side", at)
            else:
                sides, relations = out[-1].sides + row.sides, out[-1].relations + row.relations
                out[-1] = Statement(sides, relations, row.where or out[-1].where)
        return out

    # ---- sums and products

    def expr(self, span: Span, *parts: Any) -> Node:
        """Terms with a sign between them, and perhaps one before the first."""
        parts = parts if isinstance(parts[0], int) else (1, *parts)
        terms = tuple(map(syntax.Term, parts[::2], parts[1::2]))
        return syntax.Sum(terms, span=span) if len(terms) > 1 or parts[0] < 0 else terms[0].node

    def product(self, span: Span, *factors: Any) -> Node:
        """Left to right; a function takes what follows it."""
        rest = list(factors)
        out = self._factor(rest)
        while rest:
            if isinstance(rest[0], Token):
                rest.pop(0)
            node = self._factor(rest)
            out = syntax.Product(out, node, span=(out.span[0], node.span[1]))
        return replace(out, span=span)

    def hadamard(self, span: Span, *parts: Any) -> Node:
        *factors, right = parts
        left = self.product((span[0], factors[-1].span[1]), *factors)
        return syntax.Hadamard(left, right, span=span)

    def times_big(self, span: Span, *parts: Any) -> Node:
        *factors, big = parts
        factors = factors[:-1] if isinstance(factors[-1], Token) else factors
        return syntax.Product(self.product((span[0], big.span[0]), *factors), big, span=span)

    def big(self, span: Span, how: str, letter: Symbol, low: Node, high: Node, body: Node) -> Node:
        return syntax.Reduce(how, letter.name, low, high, body, span=span)

    # ---- a factor with its scripts

    def scripted(self, span: Span, base: Any, *scripts: tuple[str, Any]) -> Node | _Pending:
        if isinstance(base, _Pending):
            return replace(base, scripts=scripts, span=span)
        found = _collected(scripts, span)
        if isinstance(base, Symbol):
            text, indices = found.pop("index", ("", ()))
            layer = found.pop("layer", None)
            base = replace(base, name=base.name + text, layer=layer, indices=indices, span=span)
        elif base in BOLD.values():
            _, indices = found.pop("index", ("", ()))
            if len(indices) != 1 or base is syntax.Unit and not isinstance(indices[0], Symbol):
                raise NotInGrammar("a bold 1, e or I needs one index", span[0])
            base = base(indices[0], span=span)
        elif isinstance(base, syntax.Norm):
            match found.get("index"):
                case _, (Number(order) | Symbol(order),):
                    del found["index"]
                    base = replace(base, order=order, span=span)
        return self._raised(base, found, span)

    def _raised(self, node: Node, found: dict[str, Any], span: Span) -> Node:
        """A node with its power and its transpose; no other script may be left."""
        power = found.get("power")
        if "index" in found or "layer" in found:
            raise NotInGrammar("an index or a layer on what is not a symbol", span[0])
        if "prime" in found:
            raise NotInGrammar("a prime on what is not a function", span[0])
        if isinstance(power, Symbol) and power.name in ("T", "l"):
            raise NotInGrammar(r"write ^\top for the transpose, ^{(l)} for a layer", span[0])
        if power is not None:
            node = syntax.Power(node, power, span=span)
        return syntax.Transpose(node, span=span) if "transpose" in found else node

    def _factor(self, rest: list[Any]) -> Node:
        """The first factor of the rest, with its argument; both are removed from the rest."""
        first = rest.pop(0)
        if isinstance(first, Node):
            return first
        if first.name:
            return self._applied(first, rest)
        if len(first.items) > 1:
            raise NotInGrammar("a comma in parentheses that no function takes", first.span[0])
        found = _collected(first.scripts, first.span)
        return self._raised(replace(first.items[0], span=first.inner), found, first.span)

    def _applied(self, function: _Pending, rest: list[Any]) -> Node:
        name, start = function.name, function.span[0]
        found = _collected(function.scripts, function.span)
        if "index" in found or "transpose" in found:
            raise NotInGrammar(f"the function {name} with an index", start)
        if not rest or isinstance(rest[0], Token):
            raise NotInGrammar(f"the function {name} has nothing to apply to", start)
        after = None if isinstance(rest[0], Node) or rest[0].name else rest.pop(0)
        if not after and name not in WITHOUT_PARENTHESES:
            raise NotInGrammar(f"write ({name}) with parentheses after it", start)
        arguments = after.items if after else (self._factor(rest),)
        span = start, after.inner[1] if after else arguments[0].span[1]
        layer, primes = found.get("layer"), found.get("prime", 0)
        node: Node = syntax.Call(name, arguments, layer, primes, span=span)
        if "power" in found:
            node = syntax.Power(node, found["power"], span=span)
        if not after:
            return node
        outer = _collected(after.scripts, after.span)
        return self._raised(node, outer, (start, after.span[1]))

    def sub(self, span: Span, indices: Any) -> tuple[str, Any]:
        return "index", ("", indices if isinstance(indices, tuple) else (indices,))

    def sub_text(self, span: Span, text: Symbol, indices: tuple[Node, ...] = ()) -> tuple[str, Any]:
        return "index", (f"_{text.name}", indices)

    layer, top, prime, power = map(_script, ("layer", "transpose", "prime", "power"))

    def by_commas(self, span: Span, *indices: Node) -> tuple[Node, ...]:
        return indices

    side_by_side = line = by_commas

    def index_of(self, span: Span, letter: Symbol, index: Node) -> Symbol:
        return Symbol(letter.name, indices=(index,), span=span)

    # ---- bases

    frac, sqrt = _node(syntax.Quotient), _node(syntax.Root)
    norm, absolute = _node(syntax.Norm), _node(syntax.Absolute)
    cases, matrix = _rows(syntax.Cases), _rows(syntax.Matrix)

    def name(self, span: Span, symbol: Symbol) -> Symbol | _Pending:
        return self.function(span, symbol) if symbol.name in self.functions else symbol

    def function(self, span: Span, symbol: Symbol) -> _Pending:
        return _Pending(span, symbol.name)

    def bold(self, span: Span, token: Token) -> Any:
        return BOLD[token.rstrip("} ")[-1]]

    def group(self, span: Span, *items: Node) -> _Pending:
        return _Pending(span, items=items, inner=span)

    def derivative(self, span: Span, *parts: Any) -> Node:
        return self.derivative_of_order(span, Number(1.0), *parts)

    def gradient(self, span: Span, along: Any, top: Any) -> Node:
        return self.derivative(span, top, [self._factor([along])])

    def derivative_of_order(self, span: Span, order: Number, top: Any, *bottoms: Any) -> Node:
        every = [self._factor([top]), *(node for below in bottoms for node in below)]
        symbols = [node for node in every if isinstance(node, Symbol)]
        if len(every) != order.value + 1:
            what = f"a derivative of order {order.value:g} with {len(every) - 1} below"
            raise NotInGrammar(what, span[0])
        if len(symbols) < len(every):
            raise NotInGrammar("a derivative of or along what is not a symbol", span[0])
        return syntax.Derivative(symbols[0], tuple(symbols[1:]), span=span)

    def below(self, span: Span, item: Any) -> list[Node]:
        node = self._factor([item])
        if isinstance(node, syntax.Power) and isinstance(node.exponent, Number):
            return [node.base] * int(node.exponent.value)
        return [node]

    def condition(self, span: Span, *parts: Any) -> syntax.Condition:
        return syntax.Condition(parts[::2], parts[1::2], span=span)

    def indicator(self, span: Span, *parts: Any) -> Node:
        return syntax.Indicator(self.condition(span, *parts), span=span)

    def case(self, span: Span, value: Node, condition: Any = None) -> syntax.Case:
        return syntax.Case(value, condition)


def _collected(scripts: tuple[tuple[str, Any], ...], span: Span) -> dict[str, Any]:
    """The scripts of a base by kind: each at most once, but primes, which are counted."""
    found, counts = dict(scripts), Counter(kind for kind, _ in scripts)
    for kind, count in counts.items():
        if kind == "prime":
            found[kind] = count
        elif count > 1:
            raise NotInGrammar(f"two scripts of one kind ({kind})", span[0])
    return found
