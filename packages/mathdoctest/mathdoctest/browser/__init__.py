r"""The reader in the browser: what its scripts look up, and what Python reads in their form.

The scripts beside this file are the reader and the evaluator once more, a script for each file of
Python, under the same names. Whatever is a fact and no step, they get from `tables`: the words of
the language, the patterns, the fields of the nodes, the tables of the grammar. A tree is in both
the same JSON.

- `reader.js`: `read(tex, start, vocabulary)` gives a tree, or the code of a refusal
- `evaluate.js`: the value of a tree, with the names of a draw (`drawn.py`)
- `verdict.js`: what is said of an answer to an exercise (`exercise.py`)
"""

import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from mathdoctest import (
    arguments,
    equal,
    factors,
    lexing,
    library,
    parsing,
    reader,
    resolve,
    syntax,
    tex,
    words,
)  # fmt: skip
from mathdoctest.errors import NotInGrammar
from mathdoctest.notation import NOTHING, Vocabulary

SCRIPTS = Path(__file__).parent
_SPACES = [chr(code) for code in range(0x10000) if chr(code).isspace()]


def tables() -> dict[str, Any]:
    """What the scripts look up, as JSON can hold it. Each time the same, to the byte."""
    return {
        "limits": {
            "longest": lexing.LONGEST,
            "arguments": lexing.DEEPEST,
            "states": parsing.DEEPEST,
            "nested": parsing.NESTED,
            "order": reader.HIGHEST,
        },
        "space": "".join(f"\\u{ord(each):04x}" for each in _SPACES),
        "raw": _pattern(tex.RAW),
        "spacing": _pattern(tex.SPACING),
        "words": {name: _plain(value) for name, value in sorted(_vocabulary().items())},
        "aliases": _plain(library.ALIASES),
        "within": list(equal.LOOSE),
        "nodes": _kinds(),
        "uncompared": list(syntax.UNCOMPARED),
        "grammar": _grammar(reader.parser()),
    }


def _vocabulary() -> dict[str, Any]:
    """The words of the language, and the few sets of the lexer and the reader."""
    found = {name: value for name, value in vars(words).items() if name.isupper()}
    return found | {
        "ENDS": lexing.ENDS, "BREAKS": lexing.BREAKS, "OPEN": tex.OPEN, "CLOSE": tex.CLOSE,
        "MARKS": arguments.MARKS, "APPLIED_BARE": factors.BARE, "LAYERS": resolve.LAYERS,
        "TIME": resolve.TIME, "BOLD": {k: kind.__name__ for k, kind in reader.BOLD.items()},
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def _pattern(regex: re.Pattern[str]) -> str:
    r"""A pattern of Python in the notation of the browser: without spaces, `\s` as its own set."""
    spaces = "".join(f"\\u{ord(each):04x}" for each in _SPACES)
    out, in_set = "", False
    for part in re.findall(r"\\.|\(\?P<|.", regex.pattern, re.S):
        if part == r"\s":
            part = spaces if in_set else f"[{spaces}]"
        elif part == r"\S":
            part = f"[^{spaces}]"
        elif part == "(?P<":
            part = "(?<"
        elif not in_set and regex.flags & re.X and part.isspace():
            continue
        in_set = part[0] == "[" and part[-1] != "]" or in_set and part != "]"
        out += part
    return out


def _kinds() -> dict[str, dict[str, Any]]:
    """Kind of node → its fields with what they are by default, but the span."""
    every: list[Any] = [syntax.Statement, syntax.ForAll]
    below: list[Any] = syntax.Node.__subclasses__()
    while below:
        kind = below.pop()
        below += kind.__subclasses__()
        every += [kind] if not kind.__name__.startswith("_") else []
    return {
        kind.__name__: {
            each.name: None if each.default is MISSING else _plain(each.default)
            for each in fields(kind)
            if each.name != "span"
        }
        for kind in sorted(every, key=lambda kind: str(kind.__name__))
    }


def _grammar(made: parsing.Tables) -> dict[str, Any]:
    """The tables of the grammar, each row once, with states in the order in which they are met.

    A row has symbol and action in turn; an action is a state, or −1 − the place of a rule.
    """
    number: dict[int, int] = {}
    waiting = [made.starts[start] for start in sorted(made.starts)]
    while waiting:
        state = waiting.pop(0)
        if state in number:
            continue
        number[state] = len(number)
        actions = sorted(made.states[state].items(), key=lambda action: action[0])
        waiting += [then for _, then in actions if not isinstance(then, parsing.Rule)]
    every = [made.states[state] for state in number]
    symbols = sorted({symbol for row in every for symbol in row})
    rules = sorted({then for row in every for then in row.values() if type(then) is parsing.Rule})
    place = {rule: -1 - n for n, rule in enumerate(rules)}
    rows: dict[tuple[int, ...], int] = {}
    states = []
    for row in every:
        pairs = [
            (n, place[then] if isinstance(then, parsing.Rule) else number[then])
            for n, symbol in enumerate(symbols)
            if (then := row.get(symbol)) is not None
        ]
        flat = tuple(part for pair in pairs for part in pair)
        states.append(rows.setdefault(flat, len(rows)))
    return {
        "symbols": symbols,
        "rules": [[symbols.index(r.symbol), r.size, r.method, int(r.alone)] for r in rules],
        "rows": [list(row) for row in rows],
        "states": states,
        "starts": {start: number[state] for start, state in sorted(made.starts.items())},
        "ends": {start: number[state] for start, state in sorted(made.ends.items())},
        "dropped": sorted(made.dropped),
    }


# ---- what is read, in the form of the scripts


def vocabulary(known: Vocabulary) -> dict[str, list[Any]]:
    """What the names around a formula are, as the scripts get it."""
    return {each.name: sorted(map(_plain, getattr(known, each.name))) for each in fields(known)}


def as_json(part: Any) -> Any:
    """A node, a chain or a part of one: an object with its kind and its fields."""
    if isinstance(part, float) and part == float("inf"):
        return "inf"
    if isinstance(part, (syntax.Term, syntax.Case)):
        return {name: as_json(value) for name, value in part._asdict().items()}
    if isinstance(part, (list, tuple)):
        return [as_json(each) for each in part]
    if isinstance(part, (syntax.Node, syntax.Statement, syntax.ForAll)):
        names = [each.name for each in fields(part)]
        return {"kind": type(part).__name__} | {n: as_json(getattr(part, n)) for n in names}
    return part


def read(text: str, start: str = "start", known: Vocabulary = NOTHING) -> dict[str, Any]:
    """What a formula is read as, or why it is refused: `{tree}` or `{code, at, parts}`.

    Places are those of the browser, which counts a character beyond U+FFFF as two.
    """
    make: Any = reader.statements if start == "start" else reader.expression
    try:
        tree = as_json(make(text, known))
    except NotInGrammar as error:
        return {"code": error.code, "at": _place(text, error.at), "parts": error.parts}
    return {"tree": _moved(tree, text) if text and max(text) > "\uffff" else tree}


def _place(text: str, at: int) -> int:
    return len(text[:at].encode("utf-16-le", "surrogatepass")) // 2


def _moved(part: Any, text: str) -> Any:
    if isinstance(part, list):
        return [_moved(each, text) for each in part]
    if not isinstance(part, dict):
        return part
    moved = {name: _moved(value, text) for name, value in part.items() if name != "span"}
    return moved | ({"span": [_place(text, at) for at in part["span"]]} if "span" in part else {})
