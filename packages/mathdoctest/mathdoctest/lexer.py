r"""From LaTeX to the tokens of `grammar.lark`.

What has no meaning is dropped: spaces, sizes (`\left`, `\big`), the styles of letters (`\mathbf`),
marks of alignment, punctuation at the end. What TeX leaves open is decided here: which bar opens
and which closes, where a comma separates two formulas, where an argument without braces ends.
"""

import functools
from collections.abc import Callable

from lark import Token

from mathdoctest import arguments, brackets, letters, texts, words
from mathdoctest.errors import NotInGrammar
from mathdoctest.lexing import LONGEST, Lexing
from mathdoctest.notation import NOTHING, Vocabulary
from mathdoctest.tex import Raw, name_of


def tokens(tex: str, vocabulary: Vocabulary = NOTHING) -> list[Token]:
    """The tokens of a formula, each with its place in the TeX. Raises NotInGrammar."""
    if len(tex) > LONGEST:
        raise NotInGrammar("long", 0, limit=LONGEST)
    lexing = Lexing(tex, vocabulary, _one)
    try:
        lexing.emit(0, len(lexing.raw))
    except RecursionError:
        raise NotInGrammar("deep", 0) from None
    texts.refuse_prose(lexing)
    return _trimmed(lexing.out)


@functools.lru_cache(maxsize=4096)
def canonical(tex: str) -> str:
    """A text that is the same for all ways to write one symbol: `\\mathbf{W}_{xh}` → W_xh."""
    names = {"SUB": "_", "SUP": "^", "LAYER": "^(", "LPAR": "(", "RPAR": ")", "COMMA": ","}
    kept = (t for t in tokens(tex) if t.type not in ("LBRACE", "RBRACE"))
    return "".join(names.get(t.type, t.rstrip("_") or str(t)) for t in kept)


def _trimmed(found: list[Token]) -> list[Token]:
    """One separator where there are several; none at the ends of a row or of the formula."""
    out: list[Token] = []
    breaks = ("SEP", "NEWLINE")
    for token in found:
        if token.type in breaks and (not out or out[-1].type in ("NEWLINE", "QUALIFIER")):
            continue
        if token.type in breaks and out[-1].type == "SEP":
            out.pop()
        out.append(token)
    while out and out[-1].type in breaks:
        out.pop()
    return out


def _one(lexing: Lexing, i: int) -> int:
    """Emit what begins at a place; the place after it."""
    raw = lexing.at(i)
    if i in lexing.differentials:
        lexing.put("DIFF", raw.value, i)
        return i + 1
    if raw.kind in ("command", "mark"):
        return _command(lexing, i, raw)
    return _KINDS[raw.kind](lexing, i, raw)


def _command(lexing: Lexing, i: int, raw: Raw) -> int:
    value, name = raw.value, raw.command
    if name == "partial":
        lexing.put("DIFF", value, i)
    elif value in _MARKS:
        return _MARKS[value](lexing, i, raw)
    elif name in _COMMANDS:
        return _COMMANDS[name](lexing, i, raw)
    elif (name or value) in words.RELATIONS:
        lexing.put("REL", words.RELATIONS[name or value], i)
    elif name in ("odot", "circ", "bigodot"):
        lexing.put("ODOT", value, i)
    elif (name or value) in words.OPERATORS:
        lexing.put("OP", words.OPERATORS[name or value], i)
    elif name in words.GREEK:
        letters.letter(lexing, i, name_of(value))
    elif name in words.REDUCTIONS:
        letters.reduction(lexing, words.REDUCTIONS[name], words.REDUCTIONS[name], i)
    elif name in words.FUNCTIONS:
        lexing.put("FUNCTION", words.FUNCTIONS[name], i)
    elif name in words.ACCENTS:
        return arguments.accent(lexing, i, words.ACCENTS[name])
    elif name in words.IGNORED:
        return _ignored(lexing, i, name)
    elif name in words.IGNORED_WITH_ARGUMENT:
        if name == "hspace" and not lexing.groups:
            lexing.put("SEP", ",", i)
        return lexing.unit(i + 1)
    elif value in words.BARS or value in words.SIDED or name == "mid":
        brackets.bar(lexing, i, raw)
    elif value in words.OPENING or value in words.CLOSING:
        return brackets.bracket(lexing, i, value)
    else:
        here = lexing.tex[raw.start :].split("\n")[0][:24].strip()
        raise NotInGrammar("outside", raw.start, seen=here)
    return i + 1


def _ignored(lexing: Lexing, i: int, name: str) -> int:
    if name in ("quad", "qquad"):
        continues = lexing.at(i + 1).value in ("+", "-", "=") or lexing.at(i + 1).kind == "edge"
        if not lexing.groups and not continues:
            lexing.given = lexing.given if lexing.given == "given" else ""
            lexing.put("SEP", ",", i)
    elif name in ("left", "right") and lexing.at(i + 1).value == ".":
        return i + 2
    elif name in ("left", "right") and lexing.at(i + 1).value in ("<", ">"):
        return brackets.bracket(
            lexing, i + 1, {"<": r"\langle", ">": r"\rangle"}[lexing.at(i + 1).value]
        )
    elif lexing.at(i + 1).value in words.BARS or lexing.at(i + 1).command == "mid":
        ends = {"left": "L", "right": "R", "l": "L", "r": "R"}
        lexing.side = ends.get(name, ends.get(name[-1], "") if name[:1] in "bB" else "")
    return i + 1


def _prime(lexing: Lexing, i: int, raw: Raw) -> int:
    lexing.put("PRIME", "'", i)
    return i + 1


def _sign(lexing: Lexing, i: int, raw: Raw) -> int:
    lexing.put("SIGN", raw.value, i)
    return i + 1


def _factorial(lexing: Lexing, i: int, raw: Raw) -> int:
    lexing.put("FACTORIAL", "!", i)
    return i + 1


def _unopened(lexing: Lexing, i: int, raw: Raw) -> int:
    raise NotInGrammar("unopened", raw.start, bracket="}")


def _arguments_of_extreme(lexing: Lexing, i: int, raw: Raw) -> int:
    r"""`\arg\max_i`."""
    name = f"arg{lexing.at(i + 1).command}"
    if name not in words.REDUCTIONS:
        raise NotInGrammar("arg", raw.start)
    letters.reduction(lexing, name, name, i + 1)
    return i + 2


def _negated(lexing: Lexing, i: int, raw: Raw) -> int:
    named = {"=": "!=", r"\in": "notin"}
    if lexing.at(i + 1).value not in named:
        raise NotInGrammar("not", raw.start)
    lexing.put("REL", named[lexing.at(i + 1).value], i, i + 1)
    return i + 2


def _named(lexing: Lexing, kind: str, value: str, i: int) -> int:
    lexing.put(kind, value, i)
    return i + 1


_Step = Callable[[Lexing, int, Raw], int]
_KINDS: dict[str, _Step] = {
    "text": texts.text, "word": texts.text, "styled": letters.styled, "number": letters.number,
    "letter": letters.side_by_side, "newline": brackets.newline, "edge": brackets.edge,
}  # fmt: skip
_MARKS: dict[str, _Step] = {
    "_": arguments.below, "@": arguments.below, "^": arguments.above, "{": arguments.braces,
    "}": _unopened, "'": _prime, ",": brackets.separator, ";": brackets.separator,
    ".": brackets.stop, "&": brackets.column, "!": _factorial, "+": _sign, "-": _sign,
}  # fmt: skip
_COMMANDS: dict[str, _Step] = {
    "frac": arguments.fraction, "dfrac": arguments.fraction, "tfrac": arguments.fraction,
    "cfrac": arguments.fraction, "binom": arguments.binomial, "dbinom": arguments.binomial,
    "tbinom": arguments.binomial, "sqrt": arguments.root, "Delta": letters.difference,
    "substack": arguments.substack, "arg": _arguments_of_extreme, "not": _negated,
    "underbrace": arguments.braced, "overbrace": arguments.braced, "boxed": arguments.braced,
    "underset": arguments.stacked, "overset": arguments.stacked, "stackrel": arguments.stacked,
    "nabla": lambda lexing, i, raw: _named(lexing, "NABLA", "nabla", i),
    "infty": lambda lexing, i, raw: _named(lexing, "INFINITY", "inf", i),
    "forall": lambda lexing, i, raw: texts.for_all(lexing, i),
    "prime": _prime,
} | {
    name: lambda lexing, i, raw: _named(lexing, "DOTS", "dots", i) for name in words.DOTS
}  # fmt: skip
KNOWN = frozenset(_COMMANDS).union(
    words.RELATIONS, words.OPERATORS, words.GREEK, words.REDUCTIONS, words.FUNCTIONS,
    words.ACCENTS, words.IGNORED, words.IGNORED_WITH_ARGUMENT,
    (sign[1:] for sign in (*words.OPENING, *words.CLOSING, *words.BARS, *words.SIDED)),
    "partial odot circ bigodot mid text operatorname mathbb mathrm begin end top".split(),
)  # fmt: skip
