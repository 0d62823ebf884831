r"""What the names of a formula are: told by the code around it, or by the formula's own tokens."""

from dataclasses import dataclass, fields
from typing import Any

from lark import Token

from mathdoctest import words


@dataclass(frozen=True)
class Vocabulary:
    """What the names around a formula are.

    functions: names that are functions here. names: parameters and other names in code.
    layered: names whose superscript is a layer. labels: names that are no index, so that as a
    subscript they join the name: the δ of `L_\\delta`. arrays: names that have entries.
    whole: those of whole numbers, which may be indices. axes: names of axes alone.
    spellings: (`canonical` TeX, name) of each symbol that has a spelling of its own.
    """

    functions: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    layered: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    arrays: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    axes: frozenset[str] = frozenset()
    spellings: tuple[tuple[str, str], ...] = ()

    def joined(self, other: "Vocabulary") -> "Vocabulary":
        """What the names around two formulas are."""
        sets = {f.name: {*getattr(self, f.name), *getattr(other, f.name)} for f in fields(self)}
        spellings: Any = tuple(sorted(sets.pop("spellings")))
        return Vocabulary(**{k: frozenset(v) for k, v in sets.items()}, spellings=spellings)


NOTHING = Vocabulary()


def defined(tokens: list[Token]) -> frozenset[str]:
    """The letters that begin a chain as functions of symbols: f of `f(x, a) = …`, `f^*(x) = …`."""
    found = set()
    types = [token.type for token in tokens]
    starts = [0, *(i + 1 for i, kind in enumerate(types) if kind in ("NEWLINE", "SEP"))]
    for start in starts:
        if types[start : start + 1] not in (["LETTER"], ["WORD"]):
            continue
        i = _after_scripts(types, start + 1)
        if types[i : i + 1] != ["LPAR"]:
            continue
        i += 1
        while types[i : i + 1] in (["LETTER"], ["WORD"], ["BOLD"], ["COMMA"]):
            i = _after_scripts(types, i + 1)
        if types[i : i + 2] == ["RPAR", "REL"]:
            found.add(str(tokens[start]))
    return frozenset(found)


def _after_scripts(types: list[str], i: int) -> int:
    """The place after the primes and scripts at a place."""
    while types[i : i + 1] in (["PRIME"], ["SUB"], ["SUP"], ["LAYER"], ["TOP"]):
        if types[i] in ("PRIME", "TOP"):
            i += 1
            continue
        depth = int(types[i] == "LAYER")
        i += 1
        while i < len(types):
            depth += (types[i] in ("LBRACE", "LAYER")) - (types[i] == "RBRACE")
            i += 1
            if not depth:
                break
    return i


def applied(tokens: list[Token]) -> frozenset[str]:
    r"""The letters that a formula uses as functions: the f of `f(x)`, `f'(…)`, `\nabla f(…)`.

    Nobody writes a product of two symbols with brackets around the second. A sum in brackets is a
    factor, unless the letter is a function elsewhere in the formula.
    """
    found = set()
    types = [token.type for token in tokens]
    for i, kind in enumerate(types):
        if kind != "LETTER":
            continue
        after = i + 1
        while types[after : after + 1] == ["PRIME"]:
            after += 1
        if types[after : after + 1] != ["LPAR"]:
            continue
        end = after + 2
        if types[end : end + 2] == ["SUB", "LBRACE"] and "RBRACE" in types[end:]:
            end = types.index("RBRACE", end) + 1
        single = types[after + 1] in ("LETTER", "BOLD") if after + 1 < len(types) else False
        single = single and types[end : end + 1] == ["RPAR"]
        if after > i + 1 or single or types[max(i - 1, 0)] == "NABLA":
            found.add(str(tokens[i]))
    return frozenset(found)


def capitals(tokens: list[Token]) -> frozenset[str]:
    r"""The capital letters that are only ever all of a subscript: the B of `\mu_B`, no size."""
    alone, other = set[str](), set[str]()
    for i, token in enumerate(tokens):
        if token.type == "LETTER" and len(token) == 1 and token.isupper():
            before = [each.type for each in tokens[max(i - 2, 0) : i]]
            is_alone = before == ["SUB", "LBRACE"] and tokens[i + 1].type == "RBRACE"
            (alone if is_alone else other).add(str(token))
    return frozenset(alone - other)


def squares(tokens: list[Token], names: frozenset[str]) -> set[tuple[str, str]]:
    r"""The squares that begin a chain: `\sigma^2 = …` names the variance sigma2."""
    found = set()
    types = [token.type for token in tokens]
    square = ["SUP", "LBRACE", "NUMBER", "RBRACE", "REL"]
    below = ["SUB", "LBRACE", "LETTER", "RBRACE"]
    for start in (0, *(i + 1 for i, kind in enumerate(types) if kind in ("NEWLINE", "SEP"))):
        if types[start : start + 1] != ["LETTER"] or str(tokens[start]) in names:
            continue
        letter, at = tokens[start].rstrip("_"), start + 1
        if types[at : at + 4] == below and tokens[at + 2].isupper():
            letter, at = f"{letter}_{tokens[at + 2]}", at + 4
        if types[at : at + 5] == square and tokens[at + 2] == "2":
            found.add((f"{letter}^2", f"{letter}2"))
    return found


def spelled(vocabulary: Vocabulary) -> dict[str, tuple[str, bool]]:
    """Spelling → the name, and whether it was declared so: W_xh and W^xh of a parameter `W_xh`."""
    out: dict[str, tuple[str, bool]] = {}
    names_in_order = sorted(vocabulary.names)
    for letter, names in words.ABBREVIATED.items():
        if not vocabulary.names & {letter, f"{letter}_"}:
            for name in filter(vocabulary.names.__contains__, names):
                out[letter] = (name, True)
            for name in names_in_order:  # \eta_{\min} of lr_min
                base, _, script = name.partition("_")
                if base in names and script and name not in names:
                    out[f"{letter}_{script}"] = (name, True)
    for name in names_in_order:
        base, _, script = name.partition("_")
        if script and base:
            out[name] = out[f"{base}^{script}"] = out[f"{base}^({script}"] = (name, False)
        base, _, script = name.rpartition("_")
        if script in ("prev", "next"):
            shift = "-1" if script == "prev" else "+1"
            near = (f"{base}{at}{step}{shift}" for at in ("_", "^", "^(") for step in "tlkni")
            out |= dict.fromkeys(near, (name, True))
        for square in ("2", "_sq", "_squared"):
            if name.endswith(square) and name.removesuffix(square) not in vocabulary.names:
                out[f"{name.removesuffix(square)}^2"] = (name, False)
    return out | {spelling: (name, True) for spelling, name in vocabulary.spellings}
