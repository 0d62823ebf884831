"""Letters and words: which are a name together, which a function, which a product."""

from itertools import pairwise

from mathdoctest import words
from mathdoctest.errors import NotInGrammar
from mathdoctest.lexing import BREAKS, Lexing
from mathdoctest.tex import CLOSE, OPEN, Raw, name_of


def upright(lexing: Lexing, i: int, name: str) -> None:
    """A word in upright letters: a function's, a quantity's, or one letter's."""
    if len(name) == 1:
        letter(lexing, i, name)
    elif name in words.FUNCTIONS and name not in lexing.vocabulary.names:
        lexing.put("FUNCTION", words.FUNCTIONS[name], i)
    else:
        lexing.put("WORD", name, i)


def styled(lexing: Lexing, i: int, raw: Raw) -> int:
    double = lexing.tex.startswith(r"\mathbb", raw.start)
    after = lexing.at(lexing.sized(i + 1)).value
    if raw.value == "1" or raw.value == "I" and double:
        indicates = double or after in ("[", "(", r"\{")
        lexing.put("INDICATOR" if indicates else "BOLD", raw.value, i)
    elif double and raw.value in "ERZNQC":
        if raw.value != "E":
            lexing.put("NUMBERS", raw.value, i)
        else:
            reduction(lexing, "mean", "E", i)
    elif raw.value in "eI" and after == "_" and not _is_name(lexing, raw.value):
        lexing.put("BOLD", raw.value, i)
    else:
        letter(lexing, i, name_of(raw.value))
    return i + 1


def _is_name(lexing: Lexing, letter: str) -> bool:
    """Whether a name in code is this letter, perhaps with something below: `e_h`."""
    return any(name == letter or name.startswith(f"{letter}_") for name in lexing.vocabulary.names)


def reduction(lexing: Lexing, how: str, function: str, i: int) -> None:
    """A sum and the like over what stands below it; alone, a function."""
    below = i + 1
    while lexing.at(below).command in ("limits", "nolimits"):
        below += 1
    if lexing.at(below).value == "{" and how in ("sum", "prod"):
        raise NotInGrammar("below", lexing.at(below).start, how=how)
    is_big = lexing.at(below).value == "_" or how in ("sum", "prod")
    lexing.put(*(("BIG", how) if is_big else ("FUNCTION", function)), i)


def number(lexing: Lexing, i: int, raw: Raw) -> int:
    lexing.put("NUMBER", raw.value, i)
    return i + 1


def side_by_side(lexing: Lexing, i: int, raw: Raw) -> int:
    """Plain letters without a space between them."""
    end = i + 1
    if not i or lexing.at(i - 1).kind != "letter" or lexing.at(i - 1).end != raw.start:
        while lexing.at(end).kind == "letter" and lexing.at(end).start == lexing.at(end - 1).end:
            end += 1
    run = lexing.tex[raw.start : lexing.at(end - 1).end]
    opens = lexing.at(lexing.sized(end)).value
    if end == i + 1:
        letter(lexing, i, raw.value)
    elif run in lexing.vocabulary.names or run in lexing.vocabulary.functions:
        lexing.put("WORD", run, i, end - 1)
    elif run in words.BARE and opens in ("(", "["):
        lexing.put("OPERATOR", words.BARE[run], i, end - 1)
    elif run in words.STATISTICS and opens == "[":
        lexing.put("OPERATOR", run, i, end - 1)
    elif _is_word(lexing, i, end, run):
        lexing.put("WORD", run, i, end - 1)
    else:
        letter(lexing, i, raw.value)
        return i + 1
    return end


def _is_word(lexing: Lexing, i: int, end: int, run: str) -> bool:
    """Whether plain letters side by side are one name, not a product or several indices."""
    if lexing.vocabulary.names.issuperset(run):
        return False
    if lexing.below_depth:
        spoken = len(run) > 3 and not _are_indices(run)
        beside = run == "in" and "out" in lexing.tex  # H_{in} beside H_{out}
        return run in words.LABELS or run.isupper() or spoken or beside
    if run in words.FORGOTTEN:
        raise NotInGrammar("command", lexing.at(i).start, name=run)
    begins = not lexing.groups and (not lexing.out or lexing.out[-1].type in BREAKS)
    after = lexing.sized(end)
    if begins and lexing.at(after).value == "(":
        after = lexing.closing(after) + 1
        is_left = len(run) > 1
    elif begins and lexing.at(after).value == "_" and lexing.at(after + 1).value == "{":
        after = lexing.closing(after + 1) + 1
        is_left = not lexing.vocabulary.names & set(run)
    else:
        is_left = len(run) > 2
    while lexing.at(after).value == "&":
        after += 1
    after_it = lexing.at(after).command or lexing.at(after).value
    if begins and is_left and words.RELATIONS.get(after_it) in ("=", "<-"):
        lexing.said.add(run)
    is_known = run in lexing.said or run in words.GREEK and len(run) > 2
    if is_known or len(run) > 3 or len(run) == 3 and run.isupper():
        return True
    if run.isupper() and lexing.at(end).value == "_" and not lexing.vocabulary.names & set(run):
        at = lexing.at(i).start
        raise NotInGrammar("word or product", at, run=run, letters=" ".join(run))
    return _has_arguments(lexing, end)


def _has_arguments(lexing: Lexing, i: int) -> bool:
    """Whether brackets with a comma in them follow, which no product has."""
    if lexing.at(i).value != "(" or lexing.at(i).start != lexing.at(i - 1).end:
        return False
    depth = 0
    for raw in lexing.raw[i : lexing.closing(i)]:
        depth += (raw.value in OPEN) - (raw.value in CLOSE)
        if depth == 1 and raw.value in (",", ";"):
            return True
    return False


def letter(lexing: Lexing, i: int, name: str) -> None:
    unknown = name not in lexing.vocabulary.names
    if name == "E" and unknown and lexing.at(lexing.sized(i + 1)).value == "[":
        lexing.put("OPERATOR", "E", i)
    else:
        lexing.put("LETTER", name, i)


def difference(lexing: Lexing, i: int, raw: Raw) -> int:
    r"""`\Delta w` is one symbol."""
    after = lexing.at(i + 1)
    is_symbol = after.kind in ("letter", "styled") or after.command in words.GREEK
    if "Delta" in lexing.vocabulary.names or not is_symbol:
        lexing.put("LETTER", "Delta", i)
        return i + 1
    lexing.put("LETTER", f"Delta_{name_of(after.value)}", i, i + 1)
    return i + 2


def _are_indices(run: str) -> bool:
    """`krmn`, `ijkl` and `abcd` are four indices; what can be spoken is a word."""
    in_order = all(ord(b) == ord(a) + 1 for a, b in pairwise(run))
    return in_order or len(set(run)) == len(run) and not set("aeouy") & set(run.lower())
