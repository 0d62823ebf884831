"""What a sentence says that is the same in every language: its numbers, names, code, formulas, links."""

import re
from collections import Counter
from typing import NamedTuple

from literate import terms
from literate.checks import numerals
from literate.book import ROLE
from literate.terms import CHINESE

LINK = re.compile(r"\]\(([^)\s]+)")
CODE = re.compile(r"`([^`\n]+)`")
FORMULA = re.compile(r"\$([^$\n]+)\$")
# A word that holds a capital or a figure, and begins with a letter
NAME = re.compile(r"(?<![\w.])(?=[\w+-]*[A-Z0-9])[A-Za-z](?:[\w+]|-(?=\w))*(?![À-ɏ])", re.ASCII)
_SIGN = re.compile(r"[⁰¹²³⁴-⁹₀-₉]+|[ŷδ∂∑∏η×±÷∞≈√σθα-ωΔΣ]")
_LATIN = re.compile(
    r"(?<![\w.])[a-z]{2,}(?![\w.])", re.ASCII
)  # in Chinese a word of Latin letters is a name, or code
IN_ORDER = (
    "number",
    "link",
)  # a run's numbers, and where links lead: exchanged, nobody would notice
# Pairs of opposites: in Chinese, in English. Of each, a sentence and its translation say the same one
OPPOSITES = (
    (
        "大於|超過|以上",
        "above|over|more than|greater|larger|or newer|or later",
        "小於|低於|以下|(?<![看找得])不到",
        "below|under|less than|smaller|fewer|or older",
    ),
    ("左", "left", "右", "right"),
    ("前向", "forward", "反向", "back"),
    ("輸入", "input", "輸出", "output"),
    ("惡性", "malignant", "良性", "benign"),
    ("權重", "weight", "偏差", "bias"),
    ("太大", "too large", "太小", "too small"),
    ("乘", "times|multipl|product", "除以", "divid"),
    ("最大", "largest|most|maxim|highest", "最小", "smallest|least|minim|lowest"),
    ("一列", "row", "一行", "column"),
)


class Fact(NamedTuple):
    kind: str
    value: str
    words: str = ""  # as they stand there, where a figure stands in words


def of(text: str) -> dict[str, list[str]]:
    """The facts of a piece of prose but those in words, by kind, in their order."""
    bare, prose = ROLE.sub("", text), terms.plain(text)
    return {
        "number": [m[0] for m in ROLE.finditer(text)],
        "link": LINK.findall(text),
        "code": CODE.findall(bare),
        "formula": FORMULA.findall(CODE.sub("", bare)),
        "figure": numerals.figures(prose),
        "name": NAME.findall(prose),
        "sign": _SIGN.findall(prose),
    }


def apart(
    texts: tuple[str, str], languages: tuple[str, str], names: set[str]
) -> list[tuple[int, Fact]]:
    """What one of two texts says and the other does not, or says in place of something else: (0 or 1 for the one that says it, fact).
    names: those that English takes over; other words of it begin with a capital, too."""
    both = [of(text) for text in texts]
    out = []
    for one, other in ((0, 1), (1, 0)):
        prose, across = terms.plain(texts[one]), terms.plain(texts[other])
        spelled, there = numerals.words(across, languages[other]), both[other]
        for kind in both[one]:
            mine, theirs = Counter(both[one][kind]), Counter(there[kind])
            only, instead = mine - theirs, theirs - mine
            if kind == "figure":
                only = [
                    v
                    for v in only
                    if not _in_words(v, spelled)
                    and not (v in theirs and v.isdigit() and int(v) <= 10)
                ]
                words = numerals.words(prose, languages[one])
                only += [
                    v
                    for v in words
                    if int(v) > 2
                    and v not in spelled
                    and not any(v in re.split("[/ ]", t) for t in theirs)
                ]
            elif kind == "name":
                taken = (
                    {*only, *_LATIN.findall(prose)}
                    if languages[one] == CHINESE
                    else names & {*only}
                )
                only = [
                    v
                    for v in taken
                    if not (v in across if len(v) < 3 else v.lower() in across.lower())
                ]
            elif kind in IN_ORDER and mine == theirs and both[one][kind] != there[kind]:
                only, instead = (
                    [v for v, w in zip(both[0][kind], both[1][kind]) if v != w][: one == 0],
                    True,
                )
            out += [
                (one, Fact(kind, v, words.get(v, "") if kind == "figure" and v not in mine else ""))
                for v in dict.fromkeys(only)
                if v not in theirs or instead
            ]
    return out


def doubtful(texts: tuple[str, str], languages: tuple[str, str]) -> list[str]:
    """What is seldom right, but may be: the same formulas, code or figures in another order; an opposite that one language alone says."""
    both, prose = [of(text) for text in texts], dict(zip(languages, map(terms.plain, texts)))
    out = [
        f"{kind}s in another order: `{'`, `'.join(both[0][kind])}`, and `{'`, `'.join(both[1][kind])}`"
        for kind in ("formula", "code", "figure")
        if both[0][kind] != both[1][kind] and Counter(both[0][kind]) == Counter(both[1][kind])
    ]
    for one, its, other, others in OPPOSITES:
        said = [
            [
                bool(re.search(han, prose[CHINESE])),
                bool(re.search(rf"(?i)\b(?:{word})", prose["en"])),
            ]
            for han, word in ((one, its), (other, others))
        ]
        if said in ([[True, False], [False, True]], [[False, True], [True, False]]):
            out.append(
                f"“{re.search(f'{one}|{other}', prose[CHINESE])[0]}” against “{re.search(rf'(?i){chr(92)}b(?:{its}|{others})', prose['en'])[0]}”"
            )
    return out


def _in_words(figure: str, said: dict[str, str]) -> bool:
    """Whether a figure stands there as words: 1/3 as "a third", 5 % as "five percent"."""
    parts = re.split("[/ ]", figure)
    return figure in said or len(parts) > 1 and parts[-1 if "/" in figure else 0] in said


def names(project, pages) -> set[str]:
    """The names that the Chinese prose says in Latin letters and that are no English words: the English says them too."""
    said = {
        language: {
            word
            for page in pages
            if page.language == language
            for _, line in terms.prose(page)
            for word in re.findall(r"[\w+-]+", re.sub("[〈《][^〉》]*[〉》]", "", line))
        }
        for language in project.languages
    }
    return {
        name
        for word in said[CHINESE]
        for name in NAME.findall(word)
        if name.lower() not in said["en"] or name.islower()
    }
