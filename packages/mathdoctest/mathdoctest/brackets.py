"""What opens and closes, and what separates: brackets, bars, environments, rows, commas."""

from mathdoctest import words
from mathdoctest.errors import NotInGrammar
from mathdoctest.lexing import Lexing
from mathdoctest.tex import CLOSE, OPEN, Raw, qualifier


def newline(lexing: Lexing, i: int, raw: Raw) -> int:
    inner = lexing.groups[-1] if lexing.groups else ""
    kind = {"cases": "ROW", "matrix": "ROW", "substack": "COMMA", "": "NEWLINE"}.get(inner)
    if kind is None:
        raise NotInGrammar("row inside", raw.start, bracket=inner)
    lexing.given = lexing.given if inner else ""
    if inner or not _is_unfinished(lexing):
        lexing.put(kind, r"\\", i)
    return i + 1


def _is_unfinished(lexing: Lexing) -> bool:
    """Whether a row ends with an operator, or with a sum's bounds: the next row goes on."""
    place = end = len(lexing.out)
    opening = {"RBRACE": 1, "LBRACE": -1, "LAYER": -1}
    while place and lexing.out[place - 1].type == "RBRACE":
        depth, start = 1, place - 1
        while depth:
            start -= 1
            depth += opening.get(lexing.out[start].type, 0)
        if lexing.out[start - 1].type not in ("SUB", "SUP"):
            break
        place = start - 1
    last = lexing.out[place - 1].type if place else ""
    return last == "BIG" or place == end and last in ("SIGN", "OP", "ODOT", "REL")


def edge(lexing: Lexing, i: int, raw: Raw) -> int:
    side, name = raw.value.split()
    kind = _environment(lexing, i, name) if side == "begin" else ""
    if side == "end":
        if lexing.groups and lexing.groups[-1] in ("cases", "matrix") and name not in words.ROWS:
            lexing.put(f"END_{lexing.groups.pop().upper()}", name, i)
            if name == "vmatrix":
                lexing.put("RPAR", ")", i)
        return i + 1
    if kind:
        if name == "vmatrix":
            lexing.put("FUNCTION", "det", i)
            lexing.put("LPAR", "(", i)
        lexing.put(f"BEGIN_{kind.upper()}", name, i)
        lexing.groups.append(kind)
    i += 1
    while lexing.at(i).value == "[" and not kind:
        i = lexing.closing(i) + 1
    return lexing.unit(i) if name in ("array", "alignat", "alignedat") else i


def _environment(lexing: Lexing, i: int, name: str) -> str:
    """Cases or matrix; empty where the rows are formulas."""
    if name in words.CASES or lexing.at(i - 1).value == r"\{" and i:
        return "cases"
    if name in words.MATRICES or name == "array" and lexing.groups:
        return "matrix"
    if name in words.ROWS or name == "array":
        return ""
    raise NotInGrammar("outside", lexing.at(i).start, seen=rf"\begin{{{name}}}")


def comma(lexing: Lexing, i: int) -> None:
    after = lexing.at(i + 1)
    if not lexing.groups:
        lexing.put("SEP", ",", i)
        if lexing.given:
            lexing.put("QUALIFIER", lexing.given, i)
    elif lexing.groups[-1] != "cases":
        lexing.put("COMMA", ",", i)
    elif after.kind in ("text", "word") and not qualifier(after.value):
        lexing.put("SEP", ",", i)
    elif after.kind not in ("text", "word", "newline", "edge") and after.value != "&":
        lexing.put("SEP", ",", i)


def separator(lexing: Lexing, i: int, raw: Raw) -> int:
    """A comma, or the dots of a range with the commas around them."""
    second = i + 2 if lexing.at(i + 1).kind == "number" and lexing.at(i + 2).value == "," else i
    if lexing.at(second + 1).command in words.DOTS and lexing.at(second + 2).value == ",":
        lexing.put("RANGE", lexing.at(i + 1).value if second > i else "", i, second + 2)
        return second + 3
    comma(lexing, i)
    return i + 1


def stop(lexing: Lexing, i: int, raw: Raw) -> int:
    """A full stop ends a sentence; it may stand nowhere else."""
    after = lexing.at(i + 1)
    ends = ("end", "newline", "edge", "text")
    if after.kind not in ends and after.value not in ("&", ",") or lexing.groups[-1:] == ["("]:
        raise NotInGrammar("full stop", raw.start)
    return i + 1


def column(lexing: Lexing, i: int, raw: Raw) -> int:
    if lexing.groups and lexing.groups[-1] in ("cases", "matrix"):
        lexing.put("AMP", "&", i)
    return i + 1


def bracket(lexing: Lexing, i: int, value: str) -> int:
    if value in words.OPENING:
        if value == r"\{" and lexing.at(i + 1).kind == "edge":
            return i + 1  # a brace before rows: their environment is read as cases
        lexing.groups.append(value)
        lexing.put(words.OPENING[value], value, i)
    else:
        if not lexing.groups or lexing.groups[-1] not in words.OPENING:
            if lexing.out and lexing.out[-1].type == "END_CASES":
                return i + 1
            raise NotInGrammar("unopened", lexing.at(i).start, bracket=value)
        lexing.groups.pop()
        lexing.put(words.CLOSING[value], value, i)
    return i + 1


def bar(lexing: Lexing, i: int, raw: Raw) -> None:
    """A bar opens, closes, or stands between an event and its condition."""
    side, lexing.side = lexing.side, ""
    if raw.value in words.SIDED:
        kind = words.SIDED[raw.value]
        side, kind = kind[0], {"BAR": "BAR", "NORM": "NORM"}[kind[1:]]
    else:
        kind = words.BARS.get(raw.value, "BAR")
    if raw.value == "||" and lexing.groups[-1:] == ["BAR"] and lexing.is_operand_before:
        lexing.groups.pop()  # |x||y|
        lexing.put("RBAR", "|", i)
        kind = "BAR"
    is_open = lexing.groups[-1:] == [kind]
    if side == "R" or not side and is_open and lexing.is_operand_before:
        if not is_open:
            raise NotInGrammar("unopened", raw.start, bracket=raw.value)
        lexing.groups.pop()
        lexing.put(f"R{kind}", raw.value, i)
    elif not side and lexing.is_operand_before and not _has_later_bar(lexing, i, kind):
        lexing.put("COMMA", "|", i)
    else:
        lexing.groups.append(kind)
        lexing.put(f"L{kind}", raw.value, i)


def _has_later_bar(lexing: Lexing, i: int, kind: str) -> bool:
    depth = 0
    for raw in lexing.raw[i + 1 :]:
        depth += (raw.value in OPEN) - (raw.value in CLOSE)
        if depth < 0 or raw.kind == "newline":
            return False
        same = words.BARS.get(raw.value) == kind or raw.command == "mid" and kind == "BAR"
        if not depth and same:
            return True
    return False
