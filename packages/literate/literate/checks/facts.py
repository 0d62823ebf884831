"""What a sentence says that is the same in every language: numbers, names, code, links."""

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
Opposite = Sequence[Mapping[str, str]]  # two, each language → pattern
Opposites = Iterable[Opposite]


class Difference(NamedTuple):
    """What one text says.

    sure: no faithful translation differs so. side: 0 or 1, the text that says it.
    what: to be followed by the place of the other text.
    """

    sure: bool
    side: int
    what: str


def differences(texts: Pair, languages: Pair, opposites: Opposites = ()) -> Iterator[Difference]:
    """What one of two texts says and the other does not, or says otherwise."""
    prose = plain(texts[0]), plain(texts[1])
    mine, theirs = _typed(texts[0]), _typed(texts[1])
    for kind in mine:
        yield from _listed(kind, mine[kind], theirs[kind])
    yield from _listed("sign", _SIGN.findall(prose[0]), _SIGN.findall(prose[1]), alone=False)
    yield from _numbers(prose, languages)
    yield from _names(prose, languages)
    for pair in opposites:
        yield from _opposite(prose, languages, pair)


def _typed(text: str) -> dict[str, list[str]]:
    """What is typed the same in every language, by kind."""
    kinds: dict[str, list[str]] = {"role": [], "code": [], "formula": []}
    for found in INLINE.finditer(text):
        kinds[found.lastgroup or ""].append(found[found.lastgroup or ""])
    return kinds | {"link": [found[1] for found in LINK.finditer(INLINE.sub("", text))]}


def _listed(
    kind: str, mine: list[str], theirs: list[str], alone: bool = True
) -> Iterator[Difference]:
    """Sure: a value in place of another; if `alone`, also one that the other text does not have.

    The order may differ, and how often: a language may say "it".
    """
    counts = Counter(mine), Counter(theirs)
    only = counts[0] - counts[1], counts[1] - counts[0]
    for side in (0, 1):
        for value in only[side]:
            gone = value not in counts[1 - side]
            if gone or only[1 - side]:
                what = f"{kind} `{value}` is {'not' if gone else 'less often'} in"
                yield Difference(alone or bool(only[1 - side]), side, what)
    if not any(only) and mine != theirs:
        yield Difference(False, 0, f"{kind}s `{'`, `'.join(mine)}` are in another order in")


def _numbers(prose: Pair, languages: Pair) -> Iterator[Difference]:
    """Sure: digits in place of others, both without a unit; a decimal in one language alone."""
    digits = [list(in_digits(text)) for text in prose]
    words = [list(in_words(*each)) for each in zip(prose, languages, strict=True)]
    spelled = [{value for n in numbers for value in n.values} for numbers in words]
    said = [spelled[side] | {n.value for n in digits[side]} for side in (0, 1)]
    counts = [Counter(n.value for n in numbers) for numbers in digits]
    left: list[list[Number]] = []
    vague: list[list[Number]] = []  # in words; a language says "one" and "both" in many ways
    for side, other in ((0, 1), (1, 0)):
        only = counts[side] - counts[other]
        here = {n.value: n for n in digits[side]}
        left.append([here[value] for value in only if value not in spelled[other]])
        alone = (n for n in words[side] if not n.values & said[other])
        vague.append([n for n in alone if not n.values & {"1", "2"}])
    exchanged = all(left) and all(n.plain for numbers in left for n in numbers)
    for side, other in ((0, 1), (1, 0)):
        instead = left[other] or vague[other]
        for n in left[side]:
            decimal = not instead and n.plain and re.search(r"\d\.\d+$", n.said)
            if instead or n.value not in said[other]:
                yield Difference(exchanged or bool(decimal), side, f"figure `{n.said}` is not in")
        for n in vague[side] if instead else ():
            yield Difference(False, side, f"figure “{n.said}” is not in")
        units = {(n.value, n.unit) for n in digits[other]}
        for n in digits[side]:
            if n.value in counts[other] and (n.value, n.unit) not in units:
                yield Difference(False, side, f"figure `{f'{n.said} {n.unit}'.strip()}` is not in")


def _names(prose: Pair, languages: Pair) -> Iterator[Difference]:
    """Latin words in Chinese; elsewhere words with two capitals, or a digit.

    Sure: the same letters, written otherwise.
    """
    words = [_NAME.findall(_TITLE.sub(" ", text)) for text in prose]
    for side, other in ((0, 1), (1, 0)):
        letters = {_letters(word) for word in words[other]}
        for name in dict.fromkeys(words[side]):
            across, word = prose[other], name.removesuffix("s")
            if len(name) > 2:
                across, word = across.lower(), word.lower()
            foreign = languages[side] == CHINESE or re.search(r"[A-Z].*[A-Z]|\d", name)
            if foreign and word not in across:
                sure = len(_letters(name)) > 2 and _letters(name) in letters
                yield Difference(sure, side, f"name `{name}` is not in")


def _letters(name: str) -> str:
    return re.sub("[^a-z]", "", name.lower())


def _opposite(prose: Pair, languages: Pair, pair: Opposite) -> Iterator[Difference]:
    """One text says one of the two alone, the other text the other alone."""
    if all(language in words for words in pair for language in languages):
        (one, other), (its, others) = (
            [re.search(rf"(?i)(?<![a-z])(?:{words[language]})", text) for words in pair]
            for text, language in zip(prose, languages, strict=True)
        )
        if bool(one) != bool(other) and bool(one) == bool(others) and bool(other) == bool(its):
            here, there = one or other, its or others
            yield Difference(False, 0, f"“{here and here[0]}” against “{there and there[0]}” in")
