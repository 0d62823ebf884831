"""From LaTeX to nodes: the tokens of `lexer.py` by the grammar of `grammar.lark`."""

import functools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError
from lark.lexer import Lexer

from mathdoctest import lexer, notation, resolve, syntax, tables, words
from mathdoctest.errors import NotInGrammar
from mathdoctest.notation import NOTHING, Vocabulary
from mathdoctest.syntax import Condition, Node, Number, Statement, Symbol

GRAMMAR = Path(__file__).with_name("grammar.lark")
# functions that may stand before a bare factor; a word or an operator needs parentheses
BARE = frozenset(words.FUNCTIONS.values()) - {"max", "min"}
BOLD = {"1": syntax.Ones, "e": syntax.Unit, "I": syntax.Identity}

Span = tuple[int, int]
Script = tuple[str, Any, int]  # kind, value, where it ends


def statements(tex: str, vocabulary: Vocabulary = NOTHING) -> list[Statement]:
    """The chains of a formula. vocabulary: what its names are. Raises NotInGrammar."""
    return list(_read(tex, "start", vocabulary))


def expression(tex: str, vocabulary: Vocabulary = NOTHING) -> Node:
    """An expression alone, as in inline maths. Raises NotInGrammar."""
    node: Node = _read(tex, "expr", vocabulary)
    return node


class _Given(Lexer):
    """Hands the tokens of `lexer.tokens` to lark."""

    __future_interface__ = 2

    def __init__(self, conf: Any):
        self.filtered = {name for name in conf.terminals_by_name if name.startswith("_")}

    def lex(self, state: Any, parser_state: Any) -> Iterator[Token]:
        for token in state.text:
            if f"_{token.type}" in STRUCTURAL:
                token.type = f"_{token.type}"
            yield token


STRUCTURAL = frozenset(
    "_NEWLINE _SEP _COMMA _SUB _SUP _LAYER _TOP _PRIME _FACTORIAL _BINOM _INFINITY _LBRACE"
    " _RBRACE _FRAC _DFRAC _SQRT _ROOT _LNORM _RNORM _LBAR _RBAR _LFLOOR _RFLOOR _LCEIL"
    " _RCEIL _LANGLE _RANGLE _BEGIN_CASES _END_CASES _BEGIN_MATRIX _END_MATRIX _ROW _AMP"
    " _OTHERWISE".split()
)


@functools.cache
def parser() -> Lark:
    grammar = GRAMMAR.read_text("utf-8")
    options = dict(parser="lalr", propagate_positions=True, maybe_placeholders=False)
    make = functools.partial(Lark, grammar, lexer=_Given, start=["start", "expr"], **options)
    return tables.kept(f"{options}\n{grammar}", make)


@functools.lru_cache(maxsize=8192)
def _read(tex: str, start: str, vocabulary: Vocabulary) -> Any:
    tokens = lexer.tokens(tex, vocabulary)
    functions = (
        vocabulary.functions
        | (notation.defined(tokens) | notation.applied(tokens)) - vocabulary.names
    )
    spellings = {*vocabulary.spellings, *notation.squares(tokens, vocabulary.names)}
    vocabulary = replace(vocabulary, functions=functions, spellings=tuple(sorted(spellings)))
    try:
        named = notation.capitals(tokens) - vocabulary.names
        return _Reader(tex, vocabulary, named).transform(parser().parse(tokens, start=start))
    except RecursionError:
        raise NotInGrammar("nested too deeply", 0) from None
    except UnexpectedInput as error:
        token = getattr(error, "token", None)
        at = len(tex) if token is None or token.type == "$END" else token.start_pos
        seen = tex[at : at + 24].strip().split("\n")[0]
        where = f" at `{seen}`" if seen else ": it ends too early"
        raise NotInGrammar(f"outside the grammar{where}", at) from None
    except VisitError as error:
        if isinstance(error.orig_exc, NotInGrammar):
            raise error.orig_exc from None
        raise


@dataclass(frozen=True)
class _Pending:
    """A factor whose meaning depends on its neighbours.

    kind: function, group, primed (a symbol with primes), nabla, diff, operator (a derivative
    without what it is taken of) or indicator. name: of a function. items: what is in brackets.
    node: a primed symbol. bottoms: of a derivative. bracket: `(`, `[` or `{` of a group.
    inner: the span without scripts.
    """

    kind: str
    span: Span
    name: str = ""
    items: tuple[Node, ...] = ()
    bracket: str = ""
    node: Symbol | None = None
    bottoms: tuple[Symbol, ...] = ()
    inner: Span = (0, 0)
    scripts: tuple[Script, ...] = ()


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


def _with_span(method: Any, _: str, children: list[Any], meta: Any) -> Any:
    return method((meta.start_pos, meta.end_pos), *children)


@v_args(wrapper=_with_span)
class _Reader(Transformer[Token, Any]):
    """One method for each rule and token of the grammar."""

    def __init__(self, tex: str, vocabulary: Vocabulary, capitals: frozenset[str]):
        super().__init__()
        self.tex, self.vocabulary = tex, vocabulary
        self.spelled = notation.spelled(vocabulary)
        self.capitals = capitals

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
                raise NotInGrammar("the first row of `aligned` has no left side", at)
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
            raise NotInGrammar("a range is written `i = 1, \\dots, n`", span[0])
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
        """Left to right; a function takes what follows it."""
        rest = list(factors)
        out = self._factor(rest)
        while rest:
            out = self._times(out, rest)
        return replace(out, span=span)

    def _times(self, left: Node, rest: list[Any]) -> Node:
        """What is on the left, and the next factor."""
        how = rest.pop(0) if isinstance(rest[0], str) else ""
        if not rest:
            raise NotInGrammar(f"nothing after `{how}`", left.span[1])
        right = self._factor(rest)
        span = left.span[0], right.span[1]
        if isinstance(left, Condition) or isinstance(right, Condition):
            return self._times_condition(left, right, span)
        if how == "/":
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
        raise NotInGrammar(r"a relation as a factor: write \mathbb{1}(…) for 0 or 1", span[0])

    def _check_divisor(self, top: Node, divisor: Node, rest: list[Any]) -> None:
        """`a / b c` may mean two things, unless c cannot be meant to be below."""
        if not rest or isinstance(rest[0], str):
            return
        is_symbol = isinstance(rest[0], Symbol | Number)
        if is_symbol or not isinstance(top, Number):
            text = self.tex[slice(*divisor.span)]
            what = f"`/` divides by `{text}` alone or by the product: write brackets or \\frac"
            raise NotInGrammar(what, divisor.span[0])

    def hadamard(self, span: Span, *parts: Any) -> Node:
        *factors, _, right = parts
        left = self.product((span[0], _span(factors[-1])[1]), *factors)
        return syntax.Hadamard(left, right, span=span)

    def times_big(self, span: Span, *parts: Any) -> Node:
        return self.product(span, *parts)

    def big(self, span: Span, how: str, *parts: Any) -> Node:
        *scripts, body = parts
        found = self._collected(tuple(scripts), span)
        below, above = found.pop("index", ()), found.pop("power", ())
        if found or len(above) > 1:
            raise NotInGrammar(f"a script of \\{how} that is no bound", span[0])
        return _reduced(how, below, above[0] if above else None, body, span)

    # ---- a factor with its scripts

    def scripted(self, span: Span, base: Any, *scripts: Script) -> Node | _Pending:
        if isinstance(base, _Pending):
            return replace(base, scripts=scripts, span=span)
        if isinstance(base, Symbol) and not base.indices and base.layer is None:
            node: Node | _Pending = self._symbol(span, base, scripts)
            return node
        found = self._collected(scripts, span)
        if base in BOLD.values():
            indices = found.pop("index", ())
            if len(indices) != 1 or base is syntax.Unit and not isinstance(indices[0], Symbol):
                raise NotInGrammar("a bold 1, e or I needs one index", span[0])
            base = base(indices[0], span=span)
        elif isinstance(base, syntax.Norm):
            match found.get("index"):
                case (Number(order) | Symbol(order),):
                    del found["index"]
                    base = replace(base, order=order, order_is_given=True, span=span)
        return self._raised(base, found, span)

    def _symbol(self, span: Span, base: Symbol, scripts: tuple[Script, ...]) -> Any:
        if alias := self.spelled.get(base.name.rstrip("_")):
            base = replace(base, name=alias[0])
        base, scripts = self._spelled_out(span, base, scripts)
        found = self._collected(scripts, span)
        primes = found.pop("prime", 0)
        name, indices = base.name, self._indices(found.pop("index", ()), span)
        joining = [i.name for i in indices if isinstance(i, Symbol) and self._joins(i)]
        name = "_".join([name, *joining])
        indices = tuple(i for i in indices if not self._joins(i))
        match found.get("power"):
            case (Symbol(word, None, (), upright=True),):
                del found["power"]
                name += f"_{word}"
            case (above,) if self._is_layer(base, above):
                found["layer"] = above
                del found["power"]
        upright = base.upright and not scripts
        node = Symbol(name, found.pop("layer", None), indices, span=span, upright=upright)
        if primes:
            rest = tuple((kind, value, span[1]) for kind, value in found.items())
            return _Pending("primed", span, node=node, scripts=(("prime", primes, span[1]), *rest))
        return self._raised(node, found, span)

    def _is_layer(self, base: Symbol, above: Node) -> bool:
        if base.name in self.vocabulary.layered and isinstance(above, Symbol):
            return True
        names = {n.name for n in syntax.walk(above) if isinstance(n, Symbol)}
        return resolve.is_layer(above) and not names & self.vocabulary.names

    def _joins(self, index: Node) -> bool:
        """Whether an index is a word that belongs to the name, not one that has a value."""
        if not isinstance(index, Symbol) or index.indices or index.layer is not None:
            return False
        if index.name in self.vocabulary.labels or index.name in self.capitals:
            return True
        return index.upright and index.name not in self.vocabulary.names

    def _spelled_out(
        self, span: Span, base: Symbol, scripts: tuple[Script, ...]
    ) -> tuple[Symbol, tuple[Script, ...]]:
        """A symbol whose name includes scripts: W_{xh}, where `W_xh` is one; what is left."""
        if not self.spelled or not scripts:
            return base, scripts
        start = span[0]
        for count in range(len(scripts), 0, -1):
            key = lexer.canonical(self.tex[start : scripts[count - 1][2]])
            if key in self.spelled:
                said = all(map(self._is_said, scripts[:count]))
                return self._named(key, base, span, said), scripts[count:]
        return self._labelled(span, base, scripts)

    def _labelled(
        self, span: Span, base: Symbol, scripts: tuple[Script, ...]
    ) -> tuple[Symbol, tuple[Script, ...]]:
        """The entry `b_i^f` of a symbol that is declared as `b^f`."""
        if len(scripts) != 2 or scripts[0][0] != "index" or scripts[1][0] not in ("power", "layer"):
            return base, scripts
        above = self.tex[scripts[0][2] : scripts[1][2]]
        key = lexer.canonical(base.name.rstrip("_") + above)
        name, declared = self.spelled.get(key, ("", False))
        return (Symbol(name, span=span), scripts[:1]) if declared else (base, scripts)

    def _is_said(self, script: Script) -> bool:
        """Whether a script is a word, which is no index."""
        kind, value, _ = script
        return kind in ("index", "power") and all(map(self._joins, value))

    def _named(self, key: str, base: Symbol, span: Span, said: bool) -> Symbol:
        name, declared = self.spelled[key]
        if not declared and not said and base.name in self.vocabulary.arrays and "^" not in key:
            text = self.tex[slice(*span)]
            what = f"`{text}` may be `{name}` or an entry of `{base.name}`: rename one"
            raise NotInGrammar(what, span[0])
        return Symbol(name, span=span)

    def _raised(self, node: Node, found: dict[str, Any], span: Span) -> Node:
        """A node with its indices, its power and its transpose; no other script may be left."""
        if "layer" in found:
            raise NotInGrammar("a layer on what is not a symbol", span[0])
        if "prime" in found:
            raise NotInGrammar("a prime on what is not a function", span[0])
        if "index" in found:
            node = syntax.Index(node, self._indices(found["index"], span), span=span)
        if "factorial" in found:
            if "power" in found or "transpose" in found:
                raise NotInGrammar("a factorial and a power: write brackets", span[0])
            return syntax.Call("factorial", (node,), span=span)
        if "power" in found:
            (power,) = found["power"] if len(found["power"]) == 1 else (None,)
            if power is None:
                raise NotInGrammar("a power is one expression", span[0])
            if transposed := self._transposed(node, power, span):
                return transposed
            node = syntax.Power(node, _plain(power, span), span=span)
        return syntax.Transpose(node, span=span) if "transpose" in found else node

    def _transposed(self, node: Node, power: Node, span: Span) -> Node | None:
        """`A^T` and `A^{-T}`, where T has no value; e^T and 2^T are powers."""
        is_number = isinstance(node, Number) or node == Symbol("e")
        if "T" in self.vocabulary.names or is_number and "e" not in self.vocabulary.names:
            return None
        if power == Symbol("T"):
            return syntax.Transpose(node, span=span)
        is_matrix = isinstance(node, Symbol) and node.name[:1].isupper()
        if is_matrix and power == syntax.Sum((syntax.Term(-1, Symbol("T")),)):
            minus_one = syntax.Sum(
                (syntax.Term(-1, Number(1.0, span=power.span)),), span=power.span
            )
            return syntax.Transpose(syntax.Power(node, minus_one, span=span), span=span)
        return None

    def _indices(self, indices: tuple[Node, ...], span: Span) -> tuple[Node, ...]:
        if any(isinstance(i, Condition) and "=" in i.relations for i in indices):
            raise NotInGrammar(
                "an equation as an index; a sequence is written (x_i)_{i=1}^n", span[0]
            )
        return indices

    def _collected(self, scripts: tuple[Script, ...], span: Span) -> dict[str, Any]:
        """The scripts of a base by kind: each at most once, but primes, which are counted."""
        found = {kind: value for kind, value, _ in scripts}
        for kind, count in Counter(kind for kind, _, _ in scripts).items():
            if kind == "prime":
                found[kind] = max(count, found[kind] or 0)
            elif count > 1:
                raise NotInGrammar(f"two scripts of one kind ({kind})", span[0])
        return found

    def sub(self, span: Span, items: tuple[Node, ...]) -> Script:
        parts = [part for item in items for part in self._side_by_side(item)]
        return "index", tuple(parts), span[1]

    def _side_by_side(self, node: Node) -> list[Node]:
        """Letters and digits next to each other are separate indices."""
        if isinstance(node, syntax.Product):
            between = self.tex[node.left.span[1] : node.right.span[0]]
            parts = self._side_by_side(node.left) + self._side_by_side(node.right)
            plain = all(isinstance(part, Symbol | Number) for part in parts)
            if plain and not between.strip(" {},"):
                return parts
        text = self.tex[slice(*node.span)]
        if isinstance(node, Number) and len(text) > 1 and text.isdigit():
            start, digits = node.span[0], enumerate(text)
            return [Number(float(d), span=(start + k, start + k + 1)) for k, d in digits]
        return [node]

    def power(self, span: Span, items: tuple[Node, ...]) -> Script:
        return "power", items, span[1]

    def layer(self, span: Span, items: tuple[Node, ...]) -> Script:
        if len(items) != 1:
            raise NotInGrammar("a layer is one number", span[0])
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

    # ---- a factor that depends on its neighbours

    def _factor(self, rest: list[Any]) -> Node:
        """The first factor of the rest, with its argument; both are removed from the rest."""
        first = rest.pop(0)
        if isinstance(first, str):
            raise NotInGrammar(f"nothing before `{first}`", 0)
        if isinstance(first, Symbol) and self._is_applied(first, rest):
            return self._called(first, 0, rest.pop(0))
        if isinstance(first, Symbol):
            return self._entry(first, rest)
        if isinstance(first, Node):
            return first
        make: Any = getattr(self, f"_make_{first.kind}")
        node: Node = make(first, rest)
        return node

    def _is_applied(self, symbol: Symbol, rest: list[Any]) -> bool:
        """Whether what follows is the argument of a function, not a factor."""
        if not rest or not isinstance(rest[0], _Pending) or rest[0].kind != "group":
            return False
        group, name = rest[0], symbol.name
        base, _, label = name.rpartition("_")
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

    def _entry(self, symbol: Symbol, rest: list[Any]) -> Symbol:
        """`y[i]` and `size[0]` are entries; a sum in square brackets is a factor.

        So is `p(x)` of an array p, where x has no value: a letter that runs.
        """
        group = rest[0] if rest and isinstance(rest[0], _Pending) else None
        if not group or group.bracket not in ("[", "(") or group.scripts or symbol.indices:
            return symbol
        touches = group.span[0] == symbol.span[1]
        plain = all(isinstance(item, Symbol | Number) for item in group.items)
        if not touches or not plain or group.bracket == "(" and not self._runs(symbol, group):
            return symbol
        del rest[0]
        span = symbol.span[0], group.span[1]
        return replace(symbol, indices=group.items, span=span, upright=False)

    def _runs(self, symbol: Symbol, group: _Pending) -> bool:
        """Whether what is in brackets after an array is one letter without a value."""
        item, *more = group.items
        alone = isinstance(item, Symbol) and item == Symbol(item.name) and not more
        names = self.vocabulary.names
        known = isinstance(item, Symbol) and (item.name in names or len(item.name) > 1)
        return alone and not known and symbol.name in self.vocabulary.arrays & names

    def _called(self, symbol: Symbol, primes: int, group: _Pending) -> Node:
        """A symbol as a function: f(x), f^{(l)}(x), f_i(x), f'(x)."""
        start, end = symbol.span[0], group.inner[1]
        call = syntax.Call(symbol.name, group.items, symbol.layer, primes, span=(start, end))
        node: Node = syntax.Index(call, symbol.indices, span=call.span) if symbol.indices else call
        return self._raised(
            node, self._collected(group.scripts, group.span), (start, group.span[1])
        )

    def _make_primed(self, first: _Pending, rest: list[Any]) -> Node:
        symbol, ((_, primes, _), *others) = first.node or Symbol(""), first.scripts
        found = self._collected(tuple(others), first.span)
        name = symbol.name + "_prime" * primes
        follows = rest and isinstance(rest[0], _Pending) and rest[0].kind == "group"
        applied = follows and rest[0].bracket == "(" and name not in self.vocabulary.names
        if follows and (applied or self._is_applied(symbol, rest)):
            return self._raised(self._called(symbol, primes, rest.pop(0)), found, first.span)
        if symbol.name in self.vocabulary.functions:
            raise NotInGrammar(f"the function {symbol.name} has nothing to apply to", first.span[0])
        return self._raised(replace(symbol, name=name), found, first.span)

    def _make_group(self, first: _Pending, rest: list[Any]) -> Node:
        node: Node
        found = self._collected(first.scripts, first.span)
        match found.get("index"), found.get("power"), first.items:
            case (Condition((Symbol(letter, None, ()), low), ("=",)),), (high,), (item,):
                if not isinstance(item, Condition):
                    return syntax.Reduce("list", (letter,), low, high, item, span=first.span)
        of_one = first.bracket == "{" and isinstance(first.items[0], syntax.Listing)
        if len(first.items) == 1 and not of_one and not isinstance(first.items[0], syntax.Interval):
            node = replace(first.items[0], span=first.inner)
            if isinstance(node, Condition) and first.bracket != "{":
                return node
        else:
            node = syntax.Listing(first.bracket, first.items, span=first.inner)
        return self._raised(node, found, first.span)

    def _make_function(self, function: _Pending, rest: list[Any]) -> Node:
        name, start = function.name, function.span[0]
        found = self._collected(function.scripts, function.span)
        base = found.pop("index", ())
        if "transpose" in found:
            raise NotInGrammar(f"the function {name} with a transpose", start)
        if not rest or isinstance(rest[0], str):
            raise NotInGrammar(f"the function {name} has nothing to apply to", start)
        is_group = isinstance(rest[0], _Pending) and rest[0].kind == "group"
        after = rest.pop(0) if is_group else None
        if not after and name not in BARE and not base and name in ("max", "min"):
            raise NotInGrammar(f"write ({name}) with parentheses after it", start)
        arguments = after.items if after else (self._factor(rest),)
        span = start, after.inner[1] if after else arguments[-1].span[1]
        layer, primes = found.get("layer"), found.get("prime", 0)
        call = syntax.Call(name, arguments, layer, primes, span=span)
        node: Node = _with_base(call, base, span) if base else call
        if "power" in found:
            node = syntax.Power(node, _plain(found["power"][0], span), span=span)
        if not after:
            return node
        outer = self._collected(after.scripts, after.span)
        return self._raised(node, outer, (start, after.span[1]))

    def _make_nabla(self, nabla: _Pending, rest: list[Any]) -> Node:
        found = self._collected(nabla.scripts, nabla.span)
        along = _symbols(found.get("index", ()), nabla.span)
        if found.get("power") == (Number(2.0),):
            along *= 2
        if not rest or isinstance(rest[0], str):
            raise NotInGrammar(r"\nabla has nothing to be taken of", nabla.span[0])
        top = self._argument_of_nabla(rest)
        return syntax.Derivative(top, along, span=(nabla.span[0], top.span[1]))

    def _argument_of_nabla(self, rest: list[Any]) -> Node:
        """After \\nabla a letter before parentheses is a function: \\nabla L(\\theta)."""
        after = rest[1] if len(rest) > 1 else None
        is_group = isinstance(after, _Pending) and after.kind == "group" and after.bracket == "("
        if isinstance(rest[0], Symbol) and is_group:
            return self._called(rest.pop(0), 0, rest.pop(0))
        return self._factor(rest)

    def _make_diff(self, diff: _Pending, rest: list[Any]) -> Node:
        r"""`\partial_x f` and `\partial f / \partial x`."""
        found = self._collected(diff.scripts, diff.span)
        what = r"\partial needs `\partial_x f` or `\partial f / \partial x`"
        if not rest or isinstance(rest[0], str):
            raise NotInGrammar(what, diff.span[0])
        top = self._argument_of_nabla(rest)
        if "index" in found:
            along = _symbols(found["index"], diff.span)
            return syntax.Derivative(top, along, span=(diff.span[0], top.span[1]))
        if len(rest) < 3 or rest[0] != "/" or getattr(rest[1], "kind", "") != "diff":
            raise NotInGrammar(what, diff.span[0])
        below = _symbols((rest[2],), diff.span)
        end = rest[2].span[1]
        del rest[:3]
        return syntax.Derivative(top, below, span=(diff.span[0], end))

    def _make_operator(self, operator: _Pending, rest: list[Any]) -> Node:
        """A derivative of what follows: of the next parenthesis, else of the whole product."""
        if not rest or isinstance(rest[0], str):
            raise NotInGrammar("a derivative of nothing", operator.span[0])
        is_group = isinstance(rest[0], _Pending) and rest[0].kind == "group"
        top = self._argument_of_nabla(rest)
        while rest and not is_group:
            top = self._times(top, rest)
        span = operator.span[0], top.span[1]
        return syntax.Derivative(top, operator.bottoms, span=span)

    def _make_indicator(self, indicator: _Pending, rest: list[Any]) -> Node:
        found = self._collected(indicator.scripts, indicator.span)
        items, end = found.get("index", ()), indicator.span[1]
        if not items and rest and getattr(rest[0], "kind", "") == "group":
            items, end = rest[0].items, rest.pop(0).span[1]
        if len(items) != 1 or not isinstance(items[0], Condition):
            raise NotInGrammar("an indicator needs a condition in brackets", indicator.span[0])
        return syntax.Indicator(items[0], span=(indicator.span[0], end))

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

    def function(self, span: Span, symbol: Symbol) -> _Pending:
        return _Pending("function", span, symbol.name)

    def bold(self, span: Span, symbol: Symbol) -> Any:
        return BOLD[symbol.name]

    def numbers(self, span: Span, symbol: Symbol) -> Node:
        return syntax.NumberSet(symbol.name, span=span)

    def nabla(self, span: Span, symbol: Symbol) -> _Pending:
        return _Pending("nabla", span)

    def diff(self, span: Span, symbol: Symbol) -> _Pending:
        return _Pending("diff", span)

    def indicator(self, span: Span, symbol: Symbol) -> _Pending:
        return _Pending("indicator", span)

    def group(self, span: Span, bracket: str, items: tuple[Node, ...], last: str) -> _Pending:
        bracket = {"\\{": "{", "\\lbrace": "{", "\\lbrack": "["}.get(bracket, bracket)
        last = "]" if last == r"\rbrack" else last
        if bracket + last in ("(]", "[)"):
            if len(items) != 2:
                raise NotInGrammar(f"`{bracket}` is closed by `{last}`", span[0])
            bracket += last
        return _Pending("group", span, items=items, bracket=bracket, inner=span)

    def braces(self, span: Span, node: Node) -> Node:
        return replace(node, span=span)

    def above(self, span: Span, symbol: Symbol, *parts: Any) -> tuple[int, Node | None]:
        scripts = [part for part in parts if isinstance(part, tuple)]
        order = self._collected(tuple(scripts), span).get("power", (Number(1.0),))[0]
        factors = [part for part in parts if not isinstance(part, tuple)]
        reach = _reach(factors) if factors else span
        top = self.product(reach, *self._with_argument(factors)) if factors else None
        return int(order.value) if isinstance(order, Number) else 0, top

    def _with_argument(self, factors: list[Any]) -> list[Any]:
        """The f of `\\frac{\\partial f(x)}{…}` is a function."""
        return [self._argument_of_nabla(factors), *factors]

    def below(self, span: Span, _: Symbol, item: Any) -> list[Node]:
        node = self._factor([item])
        if isinstance(node, syntax.Power) and isinstance(node.exponent, Number):
            return [node.base] * int(node.exponent.value)
        return [node]

    def derivative(self, span: Span, above: tuple[int, Node | None], *below: list[Node]) -> Any:
        order, top = above
        along = _symbols([node for each in below for node in each], span)
        if len(along) != order:
            what = f"a derivative of order {order} with {len(along)} below"
            raise NotInGrammar(what, span[0])
        if top is None:
            return _Pending("operator", span, bottoms=along)
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
            raise NotInGrammar("a second range for one formula", part.first.span[0])
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


# ---- parts of the above


def _span(part: Any) -> Span:
    found: Span = part.span
    return found


def _reach(nodes: Any) -> Span:
    spans = [node.span for node in nodes]
    return min(start for start, _ in spans), max(end for _, end in spans)


def _check_step(first: Node, second: str, span: Span) -> None:
    r"""The 2 of `1, 2, \dots, n` says that it goes on by 1."""
    if second and not (isinstance(first, Number) and abs(float(second) - first.value) == 1):
        raise NotInGrammar("a range goes on by 1", span[0])


def _plain(node: Node, span: Span) -> Node:
    if isinstance(node, Condition):
        raise NotInGrammar("a relation where a value is needed", span[0])
    return node


def _symbols(nodes: Any, span: Span) -> tuple[Symbol, ...]:
    """What a derivative is taken along."""
    symbols = tuple(node for node in nodes if isinstance(node, Symbol))
    if len(symbols) < len(nodes):
        raise NotInGrammar("a derivative of or along what is not a symbol", span[0])
    return symbols


def _with_base(node: syntax.Call, base: tuple[Node, ...], span: Span) -> Node:
    """`\\log_2 x` is a quotient; an index of any other function is one of its value."""
    if node.function == "log" and len(base) == 1:
        return syntax.Quotient(node, syntax.Call("log", base, span=span), span=span)
    return syntax.Index(node, base, span=span)


def _reduced(how: str, below: tuple[Node, ...], above: Node | None, body: Node, span: Span) -> Node:
    """A sum and the like, from what stands below and above its sign."""
    letters: list[str] = []
    low: Node | None = None
    conditions = []
    for part in below:
        match part:
            case Condition((Symbol(letter, None, ()), first), ("=",)) if low is None:
                letters, low = [*letters, letter], first
            case syntax.Interval(first, last, Symbol(letter)) if low is None and above is None:
                letters, low, above = [*letters, letter], first, last
            case Condition(_, ("=",)) | syntax.Interval():
                raise NotInGrammar("two ranges below one sign: write a sign for each", span[0])
            case Condition((Symbol(letter, None, ()), _), ("in" | "sim",)):
                letters.append(letter)
                conditions.append(part)
            case Condition():
                conditions.append(part)
            case Symbol(letter, None, ()):
                letters.append(letter)
            case _ if len(below) > 1:
                raise NotInGrammar("what runs is a letter", span[0])
            case _:
                low = part
    if low is None and above is not None and len(letters) == 1:
        low = Number(1.0, span=span)
    if low is not None and above is None and letters:
        raise NotInGrammar("a sum with a lower bound and no upper one", span[0])
    return syntax.Reduce(how, tuple(letters), low, above, body, tuple(conditions), span=span)
