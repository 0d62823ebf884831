"""What has arguments: scripts, groups in braces, accents, fractions, roots."""

from mathdoctest import letters, words
from mathdoctest.errors import NotInGrammar
from mathdoctest.lexing import Lexing, token
from mathdoctest.tex import Raw, word

# marks above or below a symbol, as they are called in code
MARKS = {"*": "star", r"\star": "star", r"\ast": "star", r"\dagger": "dagger"}
MARKS |= {"+": "plus", "-": "minus"}


def below(lexing: Lexing, i: int, raw: Raw) -> int:
    _whole_axes(lexing, i + 1)
    after = lexing.unit(i + 1)
    first, last = lexing.content(i + 1, after)
    only = lexing.at(first) if last == first + 1 else None
    lexing.put("SUB", "_", i)
    if only and only.command in words.FUNCTIONS | words.REDUCTIONS:
        return _wrapped(lexing, "WORD", only.command, i + 1, after)
    if only and only.kind == "text" and word(only.value):
        return _wrapped(lexing, "WORD", word(only.value), i + 1, after)
    if only and only.value in MARKS:
        return _wrapped(lexing, "WORD", MARKS[only.value], i + 1, after)
    lexing.below_depth += 1
    after = lexing.argument(i + 1)
    lexing.below_depth -= 1
    return after


def _whole_axes(lexing: Lexing, i: int) -> None:
    """`h_{i,:}` is h_i, and `h_{:,j}` has dots for its first axis."""
    first, last = lexing.content(i, lexing.unit(i))
    values = [raw.value for raw in lexing.raw[first:last]]
    if values[-2:] == [",", ":"]:
        del lexing.raw[last - 2 : last]
    if values[:2] == [":", ","]:
        colon = lexing.raw[first]
        lexing.raw[first] = Raw("command", r"\dots", colon.start, colon.end)


def _wrapped(lexing: Lexing, kind: str, value: str, i: int, after: int) -> int:
    lexing.put("LBRACE", "{", i)
    lexing.put(kind, value, i, after - 1)
    lexing.put("RBRACE", "}", after - 1)
    return after


def above(lexing: Lexing, i: int, raw: Raw) -> int:
    after = lexing.unit(i + 1)
    first, last = lexing.content(i + 1, after)
    inner = lexing.raw[first:last]
    values = [each.value for each in inner]
    if not inner:
        return after
    if values[-1] in (r"\top", r"\intercal") or inner[-1].kind == "word" and values[-1] == "T":
        if values[:-1] == ["-"]:  # the inverse, transposed
            kinds = ("SUP", "LBRACE", "SIGN", "NUMBER", "RBRACE")
            for kind, value in zip(kinds, "^{-1}", strict=True):
                lexing.put(kind, value, i, after - 1)
        lexing.put("TOP", r"\top", i, after - 1)
        return after
    if set(values) == {r"\prime"}:
        for _ in values:
            lexing.put("PRIME", "'", i, after - 1)
        return after
    if len(values) == 1 and values[0] in MARKS:
        lexing.put("SUP", "^", i)
        return _wrapped(lexing, "WORD", MARKS[values[0]], i + 1, after)
    if _is_enclosed(lexing, first, last):
        lexing.put("LAYER", "^(", i)
        lexing.groups.append("{")
        after += lexing.inside(first + 1, last - 1)
        lexing.groups.pop()
        lexing.put("RBRACE", "}", after - 1)
        return after
    lexing.put("SUP", "^", i)
    return lexing.argument(i + 1)


def _is_enclosed(lexing: Lexing, first: int, last: int) -> bool:
    """Whether one pair of brackets holds everything between two places."""
    pairs = {"(": ")", "[": "]", "<": ">", r"\langle": r"\rangle"}
    if pairs.get(lexing.at(first).value) != lexing.at(last - 1).value:
        return False
    depth = 0
    for place in range(first, last):
        value = lexing.at(place).value
        depth += (value in pairs) - (value in pairs.values())
        if not depth:
            return place == last - 1
    return False


def braces(lexing: Lexing, i: int, raw: Raw) -> int:
    """A group in braces has no meaning of its own but to hold together."""
    last = lexing.closing(i)
    if last == i + 1:
        return i + 2
    depth = 0
    for place in range(i + 1, last):
        depth += (lexing.at(place).value == "{") - (lexing.at(place).value == "}")
        if not depth and lexing.at(place).command == "choose":
            return _chosen(lexing, i, place, last)
    return lexing.argument(i)


def _chosen(lexing: Lexing, i: int, middle: int, last: int) -> int:
    r"""`{n \choose k}`."""
    lexing.put("BINOM", "choose", middle)
    grown = 0
    for first, end in ((i + 1, middle), (middle + 1, last)):
        lexing.put("LBRACE", "{", first + grown)
        lexing.groups.append("{")
        grown += lexing.inside(first + grown, end + grown)
        lexing.groups.pop()
        lexing.put("RBRACE", "}", end + grown)
    return last + grown + 1


def binomial(lexing: Lexing, i: int, raw: Raw) -> int:
    lexing.put("BINOM", raw.value, i)
    return lexing.argument(lexing.argument(i + 1))


def accent(lexing: Lexing, i: int, accent: str) -> int:
    after = lexing.unit(i + 1)
    first, last = lexing.content(i + 1, after)
    place = len(lexing.out)
    if lexing.tex[lexing.at(first).start : lexing.at(last - 1).end] == r"\mathbb{E}":
        letters.reduction(lexing, "mean", "E", after - 1)  # over what was seen
        return after
    after += lexing.inside(first, last)
    if len(lexing.out) == place or lexing.out[place].type not in ("LETTER", "WORD"):
        raise NotInGrammar("accent", lexing.at(i).start)
    letter, alone = lexing.out[place], len(lexing.out) == place + 1
    if not alone and lexing.out[place + 1].type not in ("SUB", "SUP", "LAYER"):
        raise NotInGrammar("accent over several", lexing.at(i).start)
    end = lexing.at(after - 1).end if alone else letter.end_pos
    start = lexing.at(i).start
    lexing.out[place] = token(letter.type, f"{letter}_{accent}", start, end or 0)
    return after


def fraction(lexing: Lexing, i: int, raw: Raw) -> int:
    middle = lexing.unit(i + 1)
    end = lexing.unit(middle)
    above, below = lexing.content(i + 1, middle), lexing.content(middle, end)
    if _is_differential(lexing, above[0]) and _is_differential(lexing, below[0], below[1]):
        depth = 0
        for place in range(*below):
            value = lexing.at(place).value
            depth += (value == "{") - (value == "}")
            if not depth and _is_differential(lexing, place, below[1]):
                lexing.differentials.add(place)
        lexing.differentials.add(above[0])
        lexing.put("DFRAC", raw.value, i)
    else:
        lexing.put("FRAC", raw.value, i)
    return lexing.argument(lexing.argument(i + 1))


def _is_differential(lexing: Lexing, i: int, end: int | None = None) -> bool:
    """Whether a `d` or a `\\partial` stands here; end: with what it is taken along after it."""
    raw, after = lexing.at(i), lexing.at(i + 1)
    upright = lexing.tex[raw.start : raw.end].replace(" ", "") == r"\mathrm{d}"
    if raw.command != "partial" and raw.value != "d" and not upright:
        return False
    named = after.kind in ("letter", "styled", "word", "text", "command") or after.value == "{"
    named &= after.command not in words.OPERATORS and after.command not in words.RELATIONS
    follows = named and i + 1 < end if end else after.value != "_" or raw.command == "partial"
    return follows


def root(lexing: Lexing, i: int, raw: Raw) -> int:
    if lexing.at(i + 1).value != "[":
        lexing.put("SQRT", raw.value, i)
        return lexing.argument(i + 1)
    last = lexing.closing(i + 1)
    lexing.put("ROOT", raw.value, i)
    lexing.put("LBRACE", "{", i + 1)
    grown = lexing.inside(i + 2, last)
    lexing.put("RBRACE", "}", last + grown)
    return lexing.argument(last + grown + 1)


def stacked(lexing: Lexing, i: int, raw: Raw) -> int:
    """`\\underset{p}{f}` is f_{p}; over or under a relation it is a remark."""
    middle = lexing.unit(i + 1)
    first, last = lexing.content(middle, lexing.unit(middle))
    place = len(lexing.out)
    end = lexing.unit(middle) + lexing.inside(first, last)
    under = raw.command in ("underset", "underbrace")
    if not lexing.out[place:]:
        raise NotInGrammar("under nothing", raw.start, command=raw.value)
    if lexing.out[place].type == "REL":
        return end
    if lexing.out[place].type in ("WORD", "OPERATOR") and lexing.out[place] in words.REDUCTIONS:
        lexing.out[place].type = "BIG"
    lexing.put("SUB" if under else "SUP", "_", i)
    before = len(lexing.raw)
    lexing.argument(i + 1)
    return end + len(lexing.raw) - before


def braced(lexing: Lexing, i: int, raw: Raw) -> int:
    """What has a brace above or below; the remark at the brace is dropped."""
    after = lexing.argument(i + 1)
    return lexing.unit(after + 1) if lexing.at(after).value in ("_", "^") else after


def substack(lexing: Lexing, i: int, raw: Raw) -> int:
    after = lexing.unit(i + 1)
    lexing.groups.append("substack")
    after += lexing.inside(*lexing.content(i + 1, after))
    lexing.groups.pop()
    return after
