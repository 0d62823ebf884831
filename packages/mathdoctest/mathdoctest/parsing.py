"""Tokens by the tables that lark makes of a grammar. No tree is made of them: what is found is
handed to the methods of the one who reads, in the order in which it is complete.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from lark import Lark, Token
from lark.lexer import Lexer

DEEPEST = 500  # how much may be begun and not complete at a place
NESTED = 100  # rules inside one another
END = "$END"


class Rule(NamedTuple):
    """One way to put together a symbol of the grammar.

    method: what makes the one value of its parts; "" where they are handed on as they are.
    alone: whether one part that is alone is handed on too.
    """

    symbol: str
    size: int
    method: str
    alone: bool


class Tables(NamedTuple):
    """What to do at a place: on a symbol, the state that follows, or the rule that is complete.

    dropped: the tokens that are no parts.
    """

    states: list[dict[str, int | Rule]]
    starts: dict[str, int]
    ends: dict[str, int]
    dropped: frozenset[str]


FORMAT = (Tables._fields, Rule._fields)


class Unexpected(Exception):
    """A token that the grammar has not at this place; None for the end."""

    def __init__(self, token: Token | None):
        self.token = token


class _Given(Lexer):
    """Tells lark that the tokens are made elsewhere."""

    def __init__(self, conf: Any):
        pass

    def lex(self, *_: Any) -> Any:
        raise NotImplementedError


def made(grammar: str, starts: list[str]) -> Tables:
    """The tables of a grammar. A name that begins with `_` is that of what is no part itself."""
    lark = Lark(grammar, parser="lalr", lexer=_Given, start=starts, maybe_placeholders=False)
    table = lark.parser.parser.parser.parse_table
    rules = {rule: _rule(rule) for rule in lark.rules}
    states: list[dict[str, int | Rule]] = [{} for _ in table.states]
    for state, actions in table.states.items():
        for symbol, (_, then) in actions.items():
            states[state][_kind(symbol)] = rules.get(then, then)
    symbols = {symbol for actions in table.states.values() for symbol in actions}
    dropped = frozenset(_kind(s) for s in symbols if s.isupper() and s.startswith("_"))
    return Tables(states, table.start_states, table.end_states, dropped)


def _kind(symbol: str) -> str:
    """How the lexer calls a token; any other symbol as it is."""
    return symbol.removeprefix("_") if symbol.isupper() else symbol


def _rule(rule: Any) -> Rule:
    symbol = str(rule.origin.name)
    is_part = not symbol.startswith("_")
    method = str(rule.alias or (symbol if is_part else ""))
    return Rule(symbol, len(rule.expansion), method, rule.options.expand1 and not rule.alias)


def steps(tokens: Sequence[Token], start: str, tables: Tables) -> list[Token | Rule]:
    """Each token, and after its parts each rule. Raises Unexpected, RecursionError."""
    states, out = [tables.starts[start]], list[Token | Rule]()
    for token in (*tokens, None):
        kind = END if token is None else token.type
        while type(then := tables.states[states[-1]].get(kind)) is Rule:
            del states[-then.size :]
            states.append(tables.states[states[-1]][then.symbol])  # type: ignore[arg-type]
            out.append(then)
            if token is None and states[-1] == tables.ends[start]:
                return out
        if then is None or token is None:
            raise Unexpected(token)
        if len(states) > DEEPEST:
            raise RecursionError
        states.append(then)  # type: ignore[arg-type]
        out.append(token)
    return out


def built(found: Iterable[Token | Rule], reader: Any, dropped: frozenset[str]) -> Any:
    """What the methods of a reader make of steps: one for each rule, and for tokens if it has any.

    A method of a rule gets its span and its parts, that of a token the token.
    Raises RecursionError.
    """
    # where it begins and ends, its parts, and how many rules are inside one another
    stack: list[tuple[int, int, list[Any], int]] = []
    for step in found:
        if isinstance(step, Rule):
            own = stack[-step.size :]
            del stack[-step.size :]
            parts = own[0][2]
            for each in own[1:]:
                parts += each[2]
            begin, end = own[0][0], own[-1][1]
            depth = max(of for _, _, _, of in own)
            depth += len(own) > 1 and not step.symbol.startswith("__")  # lark's own, of a `*`
            if depth > NESTED:
                raise RecursionError
            if step.method and not (step.alone and len(parts) == 1):
                parts = [getattr(reader, step.method)((begin, end), *parts)]
        else:
            begin, end = step.start_pos or 0, step.end_pos or 0
            make = getattr(reader, step.type, str)
            parts = [] if step.type in dropped else [make(step)]
            depth = 0
        stack.append((begin, end, parts, depth))
    return stack[0][2][0]
