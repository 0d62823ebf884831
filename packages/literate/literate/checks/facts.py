"""What a sentence says that is the same in every language: numbers, names, code, formulas, links.

What differs is a `Difference`; it is sure where no faithful translation could differ so.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from literate.checks.numbers import Number, in_digits, in_words
from literate.terms import CHINESE
from literate.text import INLINE, LINK, plain

_NAME = re.compile(r"(?<![\w.])[A-Za-z](?:[\w+]|-(?=\w))*(?![À-ɏ])", re.A)
_SIGN = re.compile(r"[⁰¹²³⁴-⁹₀-₉]+|[ŷδ∂∑∏ηθσα-ωΔΣ±÷∞≈√≤≥]|(?<!\d)×")
_TITLE = re.compile("[〈《][^〉》]*[〉》]")

Pair = tuple[str, str]
Opposites = Iterable[Sequence[Mapping[str, str]]]


class Difference(NamedTuple):
    """side: 0 or 1, the text that says it. what: to be followed by the place of the other one."""

    sure: bool
    side: int
    what: str


def differences(texts: Pair, languages: Pair, opposites: Opposites = ()) -> Iterator[Difference]:
    """What one of two texts says and the other does not, or says otherwise."""
    exact = _exact(texts[0]), _exact(texts[1])
    for kind in exact[0]:
        yield from _listed(kind, exact[0][kind], exact[1][kind])
    prose = plain(texts[0]), plain(texts[1])
    signs = _SIGN.findall(prose[0]), _SIGN.findall(prose[1])
    both = Counter(signs[0]) - Counter(signs[1]) and Counter(signs[1]) - Counter(signs[0])
    for found in _listed("sign", *signs):
        yield found._replace(sure=bool(both))
    yield from _numbers(prose, languages)
    yield from _names(prose, languages)
    yield from _opposites(prose, languages, opposites)


def _exact(text: str) -> dict[str, list[str]]:
    """What is typed the same in every language, by kind."""
    kinds: dict[str, list[str]] = {"role": [], "code": [], "formula": []}
    for found in INLINE.finditer(text):
        if found.lastgroup:
            kinds[found.lastgroup].append(found[found.lastgroup])
    return kinds | {"link": [found[1] for found in LINK.finditer(INLINE.sub("", text))]}


def _listed(kind: str, mine: list[str], theirs: list[str]) -> Iterator[Difference]:
    """Sure: a value that the other text does not have, or has in place of another. The order may differ."""
    counts = Counter(mine), Counter(theirs)
    only = counts[0] - counts[1], counts[1] - counts[0]
    for side in (0, 1):
        for value in only[side]:
            if only[1 - side] or value not in counts[1 - side]:
                yield Difference(True, side, f"{kind} `{value}` is not in, or not as often in,")
    if not any(only) and mine != theirs:
        yield Difference(False, 0, f"{kind}s `{'`, `'.join(mine)}` are in another order in")


# ---- numbers


def _numbers(prose: Pair, languages: Pair) -> Iterator[Difference]:
    """Sure: digits in place of others, both without a unit; a decimal in one language alone."""
    digits = [list(in_digits(text)) for text in prose]
    words = [
        list(in_words(text, language)) for text, language in zip(prose, languages, strict=True)
    ]
    said = [{v for n in (*d, *w) for v in n.values} for d, w in zip(digits, words, strict=True)]
    spelled = [{v for n in w for v in n.values} for w in words]
    left = [
        [n for n in _without(digits[s], digits[1 - s]) if not n.values & spelled[1 - s]]
        for s in (0, 1)
    ]
    vague = [
        [n for n in words[s] if not n.values & said[1 - s] and not n.values & {"1", "2"}]
        for s in (0, 1)
    ]
    sure = all(left) and all(n.plain for numbers in left for n in numbers)
    for side in (0, 1):
        for n in left[side]:
            alone = not left[1 - side] and not vague[1 - side]
            decimal = alone and n.plain and re.fullmatch(r"-?\d+\.\d+", min(n.values))
            if left[1 - side] or vague[1 - side] or not n.values & said[1 - side]:
                yield Difference(sure or bool(decimal), side, f"figure `{n.said}` is not in")
        if vague[side] and (vague[1 - side] or left[1 - side]):
            yield from (
                Difference(False, side, f"figure “{n.said}” is not in") for n in vague[side]
            )
    units = [{(min(n.values), n.unit) for n in numbers} for numbers in digits]
    for side in (0, 1):
        there = {value for value, _ in units[1 - side]}
        for value, unit in units[side] - units[1 - side]:
            if value in there:
                yield Difference(False, side, f"figure `{f'{value} {unit}'.strip()}` is not in")


def _without(mine: list[Number], theirs: list[Number]) -> list[Number]:
    """The numbers that the other text does not have, or not as often."""
    rest = Counter(n.values for n in theirs)
    out = []
    for n in mine:
        if rest[n.values]:
            rest[n.values] -= 1
        else:
            out.append(n)
    return out


# ---- names and opposites


def _names(prose: Pair, languages: Pair) -> Iterator[Difference]:
    """Latin words in Chinese; elsewhere words with two capitals, or a digit. Sure: a name written otherwise."""
    words = [_NAME.findall(_TITLE.sub(" ", text)) for text in prose]
    for side in (0, 1):
        for name in dict.fromkeys(words[side]):
            here = languages[side] == CHINESE or re.search(r"[A-Z].*[A-Z]|\d", name)
            across, word = prose[1 - side], name
            if len(name) > 2:
                across, word = across.lower(), name.lower()
            if here and word.removesuffix("s") not in across:
                alike = any(_letters(w) == _letters(name) for w in words[1 - side])
                sure = alike and len(_letters(name)) > 2
                yield Difference(sure, side, f"name `{name}` is not in")


def _letters(name: str) -> str:
    return re.sub("[^a-z]", "", name.lower())


def _opposites(prose: Pair, languages: Pair, opposites: Opposites) -> Iterator[Difference]:
    """Of a pair of opposites one text says one alone, the other the other alone."""
    for pair in opposites:
        if not all(language in words for words in pair for language in languages):
            continue
        found = [
            [re.search(rf"(?i)(?<![a-z])(?:{words[language]})", text) for words in pair]
            for text, language in zip(prose, languages, strict=True)
        ]
        (one, other), (its, others) = found
        if one and others and not other and not its or other and its and not one and not others:
            here, there = (next(m[0] for m in side if m) for side in found)
            yield Difference(False, 0, f"“{here}” against “{there}” in")
