"""From LaTeX to nodes, by the grammar of `grammar.lark`."""

import functools
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError

from mathdoctest.syntax import (
    Absolute,
    Call,
    Case,
    Cases,
    Condition,
    Derivative,
    ForAll,
    Hadamard,
    Identity,
    Indicator,
    Matrix,
    Node,
    Norm,
    Number,
    Ones,
    Power,
    Product,
    Quotient,
    Reduce,
    Root,
    Statement,
    Sum,
    Symbol,
    Term,
    Transpose,
    Unit,
)

GRAMMAR = Path(__file__).with_name("grammar.lark")
RELATIONS = {"=": "=", "<": "<", ">": ">", r"\le": "<=", r"\leq": "<=", r"\ge": ">=", r"\geq": ">="}
WITHOUT_PARENTHESES = ("log", "exp", "tanh", "sin", "cos")  # these may stand before a bare factor
REDUCTIONS = {"sum": "sum", "prod": "prod", "max": "max", "mathbb{E}": "mean"}
BOLD = {"1": Ones, "e": Unit, "I": Identity}

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
    return Lark(
        GRAMMAR.read_text("utf-8"),
        parser="lalr",
        start=["start", "expr"],
        propagate_positions=True,
        maybe_placeholders=False,
    )


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
    """A factor whose meaning depends on its neighbours. scripts: (kind, value) of each."""

    span: Span
    scripts: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class _Function(_Pending):
    name: str = ""


@dataclass(frozen=True)
class _Group(_Pending):
    """Parentheses. inner: their span without the scripts."""

    items: tuple[Node, ...] = ()
    inner: Span = (0, 0)


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
        return Statement(
            tuple(p for p in parts if isinstance(p, Node)),
            tuple(p for p in parts if isinstance(p, str)),
            next((p for p in parts if isinstance(p, ForAll)), None),
        )

    continuation = statement

    def member(self, span: Span, left: Node, size: Node) -> Statement:
        return Statement((left, size), ("in",))

    def forall(self, span: Span, letter: Symbol, first: Node, last: Node) -> ForAll:
        return ForAll(letter.name, first, last)

    def single(self, span: Span, statement: Statement) -> list[Statement]:
        return [statement]

    def aligned(self, span: Span, *rows: Statement) -> list[Statement]:
        out: list[Statement] = []
        for row in rows:
            if len(row.relations) < len(row.sides):
                out.append(row)
            elif not out:
                at = row.sides[0].span[0]
                raise NotInGrammar("the first row of `aligned` has no left side", at)
            else:
                chain = out.pop()
                sides, relations = chain.sides + row.sides, chain.relations + row.relations
                out.append(Statement(sides, relations, row.where or chain.where))
        return out

    # ---- sums and products

    def expr(self, span: Span, *parts: Any) -> Node:
        terms, sign = [], 1
        for part in parts:
            if isinstance(part, int):
                sign = part
            else:
                terms.append(Term(sign, part))
        return Sum(tuple(terms), span=span) if len(terms) > 1 or sign < 0 else terms[0].node

    def product(self, span: Span, *factors: Any) -> Node:
        """Left to right; a function takes what follows it."""
        rest, nodes = list(factors), []
        while rest:
            if isinstance(rest[0], Token):
                rest.pop(0)
            else:
                nodes.append(self._factor(rest))
        out, *others = nodes
        for node in others:
            out = Product(out, node, span=(out.span[0], node.span[1]))
        return replace(out, span=span)

    def hadamard(self, span: Span, *parts: Any) -> Node:
        *factors, right = parts
        left = self.product((span[0], factors[-1].span[1]), *factors)
        return Hadamard(left, right, span=span)

    def times_big(self, span: Span, *parts: Any) -> Node:
        *factors, big = parts
        return Product(self.product((span[0], big.span[0]), *factors), big, span=span)

    def big(self, span: Span, how: str, letter: Symbol, low: Node, high: Node, body: Node) -> Node:
        return Reduce(how, letter.name, low, high, body, span=span)

    # ---- a factor with its scripts

    def scripted(self, span: Span, base: Any, *scripts: tuple[str, Any]) -> Node | _Pending:
        if isinstance(base, _Pending):
            return replace(base, scripts=scripts, span=span)
        found = _collected(scripts, span)
        text, indices = found.get("index", ("", ()))
        if isinstance(base, Symbol):
            layer = found.get("layer")
            base = replace(base, name=base.name + text, layer=layer, indices=indices, span=span)
        elif base in BOLD.values():
            if len(indices) != 1 or base is Unit and not isinstance(indices[0], Symbol):
                raise NotInGrammar("a bold 1, e or I needs one index", span[0])
            base = base(indices[0], span=span)
        elif isinstance(base, Norm) and indices and isinstance(indices[0], Symbol | Number):
            index = indices[0]
            order = index.value if isinstance(index, Number) else index.name
            base = Norm(base.operand, order, span=span)
        else:
            _refuse_index(found, span)
        return self._raised(base, found, span)

    def _raised(self, node: Node, found: dict[str, Any], span: Span) -> Node:
        power = found.get("power")
        if "prime" in found:
            raise NotInGrammar("a prime on what is not a function", span[0])
        if isinstance(power, Symbol) and power.name in ("T", "l"):
            raise NotInGrammar(r"write ^\top for the transpose, ^{(l)} for a layer", span[0])
        if power is not None:
            node = Power(node, power, span=span)
        return Transpose(node, span=span) if "transpose" in found else node

    def _factor(self, rest: list[Any]) -> Node:
        """The first factor of the rest, which it removes from it, with its argument."""
        first = rest.pop(0)
        return self._applied(first, rest) if isinstance(first, _Function) else self._alone(first)

    def _alone(self, item: Node | _Pending) -> Node:
        """A factor that no function precedes."""
        if isinstance(item, Node):
            return item
        if not isinstance(item, _Group):
            return self._applied(item, [])
        if len(item.items) > 1:
            raise NotInGrammar("a comma in parentheses that no function takes", item.span[0])
        found = _collected(item.scripts, item.span)
        _refuse_index(found, item.span)
        return self._raised(replace(item.items[0], span=item.inner), found, item.span)

    def _applied(self, function: Any, rest: list[Any]) -> Node:
        name, start = function.name, function.span[0]
        found = _collected(function.scripts, function.span)
        if "index" in found or "transpose" in found:
            raise NotInGrammar(f"the function {name} with an index", start)
        if not rest or isinstance(rest[0], Token):
            raise NotInGrammar(f"the function {name} has nothing to apply to", start)
        after = rest[0]
        outer: tuple[tuple[str, Any], ...] = ()
        if isinstance(after, _Group):
            arguments, outer, end = rest.pop(0).items, after.scripts, after.inner[1]
        elif name in WITHOUT_PARENTHESES:
            arguments = (self._factor(rest),)
            end = arguments[0].span[1]
        else:
            raise NotInGrammar(f"write ({name}) with parentheses after it", start)
        node: Node = Call(
            name, arguments, found.get("layer"), found.get("prime", 0), span=(start, end)
        )
        if "power" in found:
            node = Power(node, found["power"], span=node.span)
        for kind, value in outer:
            if kind not in ("power", "transpose"):
                raise NotInGrammar(f"a {kind} after parentheses", after.inner[1])
            span = (start, after.span[1])
            node = Power(node, value, span=span) if value else Transpose(node, span=span)
        return node

    def sub(self, span: Span, indices: Any) -> tuple[str, Any]:
        return "index", ("", indices if isinstance(indices, tuple) else (indices,))

    def sub_text(self, span: Span, text: Symbol, indices: tuple[Node, ...] = ()) -> tuple[str, Any]:
        return "index", (f"_{text.name}", indices)

    def layer(self, span: Span, layer: Node) -> tuple[str, Any]:
        return "layer", layer

    def top(self, span: Span) -> tuple[str, Any]:
        return "transpose", None

    def prime(self, span: Span) -> tuple[str, Any]:
        return "prime", 1

    def power(self, span: Span, exponent: Node) -> tuple[str, Any]:
        return "power", exponent

    def by_commas(self, span: Span, *indices: Node) -> tuple[Node, ...]:
        return indices

    side_by_side = line = by_commas

    def index_of(self, span: Span, letter: Symbol, index: Node) -> Symbol:
        return Symbol(letter.name, indices=(index,), span=span)

    # ---- bases

    def number(self, span: Span, number: Number) -> Number:
        return number

    def name(self, span: Span, symbol: Symbol) -> Symbol | _Pending:
        return self.function(span, symbol) if symbol.name in self.functions else symbol

    def function(self, span: Span, symbol: Symbol) -> _Pending:
        return _Function(span, name=symbol.name)

    def bold(self, span: Span, token: Token) -> Any:
        return BOLD[token.rstrip("} ")[-1]]

    def group(self, span: Span, *items: Node) -> _Pending:
        return _Group(span, items=items, inner=span)

    def frac(self, span: Span, top: Node, bottom: Node) -> Node:
        return Quotient(top, bottom, span=span)

    def sqrt(self, span: Span, operand: Node) -> Node:
        return Root(operand, span=span)

    def norm(self, span: Span, operand: Node) -> Node:
        return Norm(operand, span=span)

    def absolute(self, span: Span, operand: Node) -> Node:
        return Absolute(operand, span=span)

    def derivative(self, span: Span, top: Any, *bottoms: Any) -> Node:
        return self.derivative_of_order(span, Number(1.0), top, *bottoms)

    def derivative_of_order(self, span: Span, order: Number, top: Any, *bottoms: Any) -> Node:
        along = [node for below in bottoms for node in below]
        if len(along) != order.value:
            what = f"a derivative of order {order.value:g} with {len(along)} below"
            raise NotInGrammar(what, span[0])
        return self._derivative(span, self._alone(top), *along)

    def gradient(self, span: Span, along: Any, top: Any) -> Node:
        return self._derivative(span, self._alone(top), self._alone(along))

    def _derivative(self, span: Span, top: Node, *along: Node) -> Node:
        symbols = [node for node in along if isinstance(node, Symbol)]
        if not isinstance(top, Symbol) or len(symbols) < len(along):
            raise NotInGrammar("a derivative of or along what is not a symbol", span[0])
        return Derivative(top, tuple(symbols), span=span)

    def below(self, span: Span, item: Any) -> list[Node]:
        node = self._alone(item)
        if isinstance(node, Power) and isinstance(node.exponent, Number):
            return [node.base] * int(node.exponent.value)
        return [node]

    def condition(self, span: Span, *parts: Any) -> Condition:
        return Condition(parts[::2], parts[1::2], span=span)

    def indicator(self, span: Span, *parts: Any) -> Node:
        return Indicator(self.condition(span, *parts), span=span)

    def case(self, span: Span, value: Node, condition: Condition | None = None) -> Case:
        return Case(value, condition)

    def cases(self, span: Span, *rows: Case) -> Node:
        return Cases(rows, span=span)

    def matrix(self, span: Span, *rows: tuple[Node, ...]) -> Node:
        return Matrix(rows, span=span)


def _collected(scripts: tuple[tuple[str, Any], ...], span: Span) -> dict[str, Any]:
    """The scripts of a base by kind: each at most once, but primes, which are counted."""
    found: dict[str, Any] = {}
    for kind, value in scripts:
        if kind == "prime":
            found[kind] = found.get(kind, 0) + 1
        elif kind in found:
            raise NotInGrammar(f"two scripts of one kind ({kind})", span[0])
        else:
            found[kind] = value
    return found


def _refuse_index(found: dict[str, Any], span: Span) -> None:
    if "index" in found or "layer" in found:
        raise NotInGrammar("an index or a layer on what is not a symbol", span[0])
