"""From LaTeX to nodes: the tokens of `lexer.py` by the grammar of `grammar.lark`."""

import functools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lark import Token

from mathdoctest import lexer, notation, parsing, resolve, syntax, tables
from mathdoctest.errors import NotInGrammar
from mathdoctest.factors import Factors, taken_along
from mathdoctest.notation import NOTHING, Vocabulary
from mathdoctest.scripts import Pending, Script, Scripts, Span, collected, reduced
from mathdoctest.syntax import Condition, Node, Number, Statement, Symbol

GRAMMAR = Path(__file__).with_name("grammar.lark")
HIGHEST = 9  # order of a derivative
BOLD = {"1": syntax.Ones, "e": syntax.Unit, "I": syntax.Identity}


def statements(tex: str, vocabulary: Vocabulary = NOTHING) -> list[Statement]:
    """The chains of a formula. vocabulary: what its names are. Raises NotInGrammar."""
    return list(_read(tex, "start", vocabulary))


def expression(tex: str, vocabulary: Vocabulary = NOTHING) -> Node:
    """An expression alone, as in inline maths. Raises NotInGrammar."""
    node: Node = _read(tex, "expr", vocabulary)
    return node


@functools.cache
def parser() -> parsing.Tables:
    """The tables of the grammar."""
    grammar = GRAMMAR.read_text("utf-8")
    make = functools.partial(parsing.made, grammar, ["start", "expr"])
    return tables.kept(f"{parsing.FORMAT}\n{grammar}", make)


@functools.lru_cache(maxsize=8192)
def _read(tex: str, start: str, vocabulary: Vocabulary) -> Any:
    tokens = lexer.tokens(tex, vocabulary)
    arrays = vocabulary.arrays & vocabulary.names
    used = {f for f in notation.applied(tokens) if resolve.other_case(f) not in arrays}
    used |= notation.defined(tokens)
    functions = vocabulary.functions | used - vocabulary.names
    spellings = {*vocabulary.spellings, *notation.squares(tokens, vocabulary.names)}
    vocabulary = replace(vocabulary, functions=functions, spellings=tuple(sorted(spellings)))
    try:
        found = parsing.steps(tokens, start, parser())
        named = notation.capitals(tokens) - vocabulary.names
        return parsing.built(found, _Reader(tex, vocabulary, named), parser().dropped)
    except RecursionError:
        raise NotInGrammar("deep", 0) from None
    except parsing.Unexpected as error:
        at = len(tex) if error.token is None else error.token.start_pos or 0
        seen = tex[at : at + 24].strip().split("\n")[0]
        if not seen:
            raise NotInGrammar("early", at) from None
        raise NotInGrammar("outside", at, seen=seen) from None


def _node(kind: Any) -> Any:
    """A rule whose children are the fields of a node."""
    return lambda self, span, *children: kind(*children, span=span)


def _rows(kind: Any) -> Any:
    return lambda self, span, *rows: kind(rows, span=span)


def _as_call(name: str) -> Any:
    """A rule that is a function in other clothes: floor, ceil, inner."""

    def call(self: Any, span: Span, *arguments: Any) -> Node:
        flat = arguments[0] if isinstance(arguments[0], tuple) else arguments
        return syntax.Call(name, tuple(flat), span=span)

    return call


class _Reader:
    """One method for each rule and token of the grammar."""

    def __init__(self, tex: str, vocabulary: Vocabulary, capitals: frozenset[str]):
        self.tex = tex
        self.scripts = Scripts(tex, vocabulary, capitals)
        self.factors = Factors(tex, vocabulary, self.scripts)

    # ---- tokens

    def LETTER(self, token: Token) -> Symbol:
        return Symbol(str(token), span=(token.start_pos or 0, token.end_pos or 0))

    WORD = FUNCTION = OPERATOR = BOLD = NUMBERS = NABLA = DIFF = INDICATOR = DOTS = LETTER

    def NUMBER(self, token: Token) -> Number:
        return Number(float(token), span=(token.start_pos or 0, token.end_pos or 0))

    def SIGN(self, token: Token) -> int:
        return -1 if token == "-" else 1

    # ---- chains

    def start(self, span: Span, *lines: list[Any]) -> list[Statement]:
        out: list[Statement] = []
        for part in (part for line in lines for part in line):
            if isinstance(part, Statement) and not _is_about(part, out):
                out.append(part)
            elif not out:
                at = part.sides[0].span[0] if isinstance(part, _Continuation) else span[0]
                raise NotInGrammar("no left side", at)
            else:
                out[-1] = _with(out[-1], part)
        return out

    def line(self, span: Span, *clauses: Any) -> list[Any]:
        return list(clauses)

    def clause(self, span: Span, *parts: Any) -> Any:
        """A chain; after a qualifier, a condition of the chain before it."""
        *qualifier, (sides, relations) = parts
        if qualifier and (qualifier != ["where"] or relations not in (("=",), ("<-",))):
            return Condition(sides, relations, span=span)
        return Statement(sides, relations)

    def continuation(self, span: Span, *parts: Any) -> "_Continuation":
        return _Continuation(parts[1::2], parts[::2])

    def run(self, span: Span, *parts: Any) -> syntax.ForAll:
        (sides, relations), _, last = parts[-3:]
        if relations != ("=",) or not isinstance(sides[0], Symbol):
            raise NotInGrammar("range", span[0])
        _check_step(sides[1], parts[-2], span)
        return syntax.ForAll(sides[0].name, sides[1], last)

    def chain(self, span: Span, *parts: Any) -> tuple[tuple[Node, ...], tuple[str, ...]]:
        sides, relations = list(parts[::2]), parts[1::2]
        one_in_brackets = self.tex.startswith("[", sides[-1].span[0]) and not isinstance(
            sides[-1], syntax.Listing
        )
        if relations[-1:] == ("in",) and one_in_brackets:
            first_n = syntax.Interval(Number(1.0), sides[-1], span=sides[-1].span)  # i \in [n]
            sides[-1] = syntax.Listing("{", (first_n,), span=sides[-1].span)
        alone = self.tex.startswith((r"\{", r"\lbrace"), sides[-1].span[0])
        if relations[-1:] == ("in",) and alone and not isinstance(sides[-1], syntax.Listing):
            sides[-1] = syntax.Listing("{", (sides[-1],), span=sides[-1].span)  # x \in \{0\}
        return tuple(sides), relations

    def REL(self, token: Token) -> str:
        return str(token)

    QUALIFIER = OP = BIG = LPAR = LSQB = LSET = RANGE = REL

    # ---- sums and products

    def expr(self, span: Span, *parts: Any) -> Node:
        """Terms with a sign between them, and perhaps one before the first."""
        parts = parts if isinstance(parts[0], int) else (1, *parts)
        terms = tuple(map(syntax.Term, parts[::2], parts[1::2]))
        return syntax.Sum(terms, span=span) if len(terms) > 1 or parts[0] < 0 else terms[0].node

    def product(self, span: Span, *factors: Any) -> Node:
        return self.factors.product(span, *factors)

    def hadamard(self, span: Span, *parts: Any) -> Node:
        *factors, _, right = parts
        left = self.factors.product((span[0], _span(factors[-1])[1]), *factors)
        return syntax.Hadamard(left, right, span=span)

    def times_big(self, span: Span, *parts: Any) -> Node:
        return self.factors.product(span, *parts)

    def big(self, span: Span, how: str, *parts: Any) -> Node:
        *scripts, body = parts
        found = collected(tuple(scripts), span)
        below, above = found.pop("index", ()), found.pop("power", ())
        if found or len(above) > 1:
            raise NotInGrammar("no bound", span[0], how=how)
        return reduced(how, below, above[0] if above else None, body, span)

    # ---- a factor with its scripts

    def scripted(self, span: Span, base: Any, *scripts: Script) -> Node | Pending:
        if isinstance(base, Pending):
            return replace(base, scripts=scripts, span=span)
        if isinstance(base, Symbol) and not base.indices and base.layer is None:
            node: Node | Pending = self.scripts.symbol(span, base, scripts)
            return node
        found = collected(scripts, span)
        if base in BOLD.values():
            indices = found.pop("index", ())
            if len(indices) != 1 or base is syntax.Unit and not isinstance(indices[0], Symbol):
                raise NotInGrammar("bold index", span[0])
            base = base(indices[0], span=span)
        elif isinstance(base, syntax.Norm):
            match found.get("index"):
                case (Number(order) | Symbol(order),):
                    del found["index"]
                    base = replace(base, order=order, order_is_given=True, span=span)
        return self.scripts.raised(base, found, span)

    def sub(self, span: Span, items: tuple[Node, ...]) -> Script:
        parts = [part for item in items for part in self.scripts.side_by_side(item)]
        return "index", tuple(parts), span[1]

    def power(self, span: Span, items: tuple[Node, ...]) -> Script:
        return "power", items, span[1]

    def layer(self, span: Span, items: tuple[Node, ...]) -> Script:
        if len(items) != 1:
            raise NotInGrammar("layer", span[0])
        return "layer", items[0], span[1]

    def top(self, span: Span) -> Script:
        return "transpose", None, span[1]

    def factorial(self, span: Span) -> Script:
        return "factorial", None, span[1]

    def prime(self, span: Span) -> Script:
        return "prime", 1, span[1]

    def arguments(self, span: Span, *items: Node) -> tuple[Node, ...]:
        return items

    def argument(self, span: Span, chain: Any, *rest: Any) -> Node:
        sides, relations = chain
        if rest:
            _check_step(sides[-1], rest[0], span)
            letter = sides[0] if relations == ("=",) else None
            return syntax.Interval(sides[-1], rest[-1], letter, span=span)
        if relations:
            return Condition(sides, relations, span=span)
        only: Node = sides[0]
        return only

    # ---- bases

    frac, absolute = _node(syntax.Quotient), _node(syntax.Absolute)
    sqrt, norm = _node(syntax.Root), _node(syntax.Norm)
    floor, ceil, inner = _as_call("floor"), _as_call("ceil"), _as_call("inner")
    binom = _as_call("binom")
    cases, matrix = _rows(syntax.Cases), _rows(syntax.Matrix)

    def root(self, span: Span, order: Node, operand: Node) -> Node:
        return syntax.Root(operand, order, span=span)

    def infinity(self, span: Span) -> Node:
        return Number(float("inf"), span=span)

    def dots(self, span: Span, _: Symbol) -> Node:
        return syntax.Dots(span=span)

    def name(self, span: Span, symbol: Symbol) -> Symbol:
        return symbol

    def word(self, span: Span, symbol: Symbol) -> Symbol:
        return replace(symbol, upright=True, span=span)

    def function(self, span: Span, symbol: Symbol) -> Pending:
        return Pending("function", span, symbol.name)

    def bold(self, span: Span, symbol: Symbol) -> Any:
        return BOLD[symbol.name]

    def numbers(self, span: Span, symbol: Symbol) -> Node:
        return syntax.NumberSet(symbol.name, span=span)

    def nabla(self, span: Span, symbol: Symbol) -> Pending:
        return Pending("nabla", span)

    def diff(self, span: Span, symbol: Symbol) -> Pending:
        return Pending("diff", span)

    def indicator(self, span: Span, symbol: Symbol) -> Pending:
        return Pending("indicator", span)

    def group(self, span: Span, bracket: str, items: tuple[Node, ...], last: str) -> Pending:
        bracket = {"\\{": "{", "\\lbrace": "{", "\\lbrack": "["}.get(bracket, bracket)
        last = "]" if last == r"\rbrack" else last
        if bracket + last in ("(]", "[)"):
            if len(items) != 2:
                raise NotInGrammar("closed by", span[0], bracket=bracket, last=last)
            bracket += last
        return Pending("group", span, items=items, bracket=bracket, inner=span)

    def braces(self, span: Span, node: Node) -> Node:
        return replace(node, span=span)

    def above(self, span: Span, symbol: Symbol, *parts: Any) -> tuple[int, Node | None]:
        scripts = [part for part in parts if isinstance(part, tuple)]
        order = collected(tuple(scripts), span).get("power", (Number(1.0),))[0]
        factors = [part for part in parts if not isinstance(part, tuple)]
        reach = _reach([part for part in factors if not isinstance(part, str)] or [symbol])
        top = self.factors.product(reach, *self._with_argument(factors)) if factors else None
        return _order(order, span), top

    def _with_argument(self, factors: list[Any]) -> list[Any]:
        """The f of `\\frac{\\partial f(x)}{…}` is a function."""
        return [self.factors.argument_of_nabla(factors), *factors]

    def below(self, span: Span, _: Symbol, item: Any) -> list[Node]:
        node = self.factors.factor([item])
        if isinstance(node, syntax.Power) and isinstance(node.exponent, Number):
            return [node.base] * _order(node.exponent, span)
        return [node]

    def derivative(self, span: Span, above: tuple[int, Node | None], *below: list[Node]) -> Any:
        order, top = above
        along = taken_along([node for each in below for node in each], span)
        if len(along) != order:
            raise NotInGrammar("order", span[0], order=order, below=len(along))
        if top is None:
            return Pending("operator", span, bottoms=along)
        return syntax.Derivative(top, along, span=span)

    def case(self, span: Span, value: Node, *parts: Any) -> syntax.Case:
        chains = [part for part in parts if isinstance(part, tuple)]
        if not chains:
            return syntax.Case(value, None)
        sides = [side for chain, _ in chains for side in chain]
        if len(chains) == 1:
            return syntax.Case(value, Condition(*chains[0], span=_reach(sides)))
        every = tuple(Condition(*chain, span=_reach(list(chain[0]))) for chain in chains)
        return syntax.Case(value, Condition(every, ("and",) * (len(every) - 1)))

    def row(self, span: Span, *entries: Node) -> tuple[Node, ...]:
        return entries


def _order(power: Node, span: Span) -> int:
    """How often a derivative is taken; 0 where that is no number."""
    if isinstance(power, Number) and power.value > HIGHEST:
        raise NotInGrammar("high order", span[0], limit=HIGHEST)
    return int(power.value) if isinstance(power, Number) else 0


# ---- rows and conditions


@dataclass(frozen=True)
class _Continuation:
    """A row of aligned that goes on with the chain before it."""

    sides: tuple[Node, ...]
    relations: tuple[str, ...]


def _is_about(part: Statement, before: list[Statement]) -> bool:
    """Whether a chain says for what the chain before it holds, or goes on with its last sum."""
    if not before:
        return False
    if not part.relations:
        (only,) = part.sides
        return isinstance(only, syntax.Sum) and only.span[0] < only.terms[0].node.span[0]
    sets = syntax.Listing | syntax.Interval | syntax.NumberSet
    return part.relations[0] in ("in", "!=") and (
        part.relations != ("in",) or isinstance(part.sides[-1], sets)
    )


def _with(statement: Statement, part: Any) -> Statement:
    """A chain with what the next row or clause adds to it."""
    if isinstance(part, _Continuation):
        sides = statement.sides + part.sides
        return replace(statement, sides=sides, relations=statement.relations + part.relations)
    if isinstance(part, syntax.ForAll):
        if statement.where:
            raise NotInGrammar("second range", part.first.span[0])
        return replace(statement, where=part)
    if isinstance(part, Condition):
        return replace(statement, conditions=(*statement.conditions, part))
    if part.relations:
        condition = Condition(part.sides, part.relations, span=_reach(part.sides))
        return replace(statement, conditions=(*statement.conditions, condition))
    sides, last = statement.sides[:-1], statement.sides[-1]
    terms = last.terms if isinstance(last, syntax.Sum) else (syntax.Term(1, last),)
    both = terms + part.sides[0].terms
    return replace(statement, sides=(*sides, syntax.Sum(both, span=_reach([last, *part.sides]))))


def _span(part: Any) -> Span:
    found: Span = part.span
    return found


def _reach(nodes: Any) -> Span:
    spans = [node.span for node in nodes]
    return min(start for start, _ in spans), max(end for _, end in spans)


def _check_step(first: Node, second: str, span: Span) -> None:
    r"""The 2 of `1, 2, \dots, n` says that it goes on by 1."""
    if second and not (isinstance(first, Number) and abs(float(second) - first.value) == 1):
        raise NotInGrammar("step", span[0])
