"""What a sentence says that is the same in every language: its numbers, names, code, formulas, links."""

import re
from collections import Counter
from typing import NamedTuple

from literate import terms
from literate.book import LANGUAGES, ROLE
from literate.terms import CHINESE

LINK = re.compile(r"\]\(([^)\s]+)")
CODE = re.compile(r"`([^`\n]+)`")
FORMULA = re.compile(r"\$([^$\n]+)\$")
# A word that holds a capital or a figure, and begins with a letter
NAME = re.compile(r"(?<![\w.])(?=[\w+-]*[A-Z0-9])[A-Za-z](?:[\w+]|-(?=\w))*(?![À-ɏ])", re.ASCII)
# Signs of order; fractions; 1,000; 1e-3 and 3×; 2-2-1; plain numbers; numbers with a sign
_FIGURE = re.compile(r"[≤≥]|(?<![\w.])(?<!\w-)(?:\d+/\d+|\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?:e[-+]?\d+|[x×](?!\w))|\d+(?:-\d+)+|(?<![-−])\d+(?:\.\d+)*)"
                     r"|(?<![\w\])}.])[-−]\d+(?:\.\d+)*", re.ASCII)
_UNITS = {"%": "%", "ms": "毫秒|ms|milliseconds?", "µs": "微秒|µs|microseconds?", "s": "秒|s|seconds?", "min": "分鐘|min|minutes?", "h": "小時|h|hours?"}
_UNIT = re.compile(r"\s?(?:" + "|".join(rf"({words})" for words in _UNITS.values()) + r")(?![A-Za-z])")
_MONTHS = "January February March April May June July August September October November December".split()
_DATE = re.compile(rf"(?P<y>\d{{4}}) 年 (?P<m>\d{{1,2}}) 月 (?P<d>\d{{1,2}}) 日|(?P<D>\d{{1,2}}) (?P<M>{'|'.join(_MONTHS)}) (?P<Y>\d{{4}})")
# Numbers in words. A vague one, 幾十 or "thousands", is none; nor is one that is part of another word
_HAN = {**{han: n for n, han in enumerate("零一二三四五六七八九十")}, "兩": 2, "雙": 2, "半": 2, "百": 100, "千": 1000, "萬": 10_000}
_NO_HAN = re.compile("[幾數上成][十百千萬]+|三角|四[捨則]|五入|十分(?![之鐘])|百分點|萬一")
_TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_WORDS = {**{word: n for n, word in enumerate(("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
                                               "sixteen seventeen eighteen nineteen").split())}, **_TENS,
          **dict.fromkeys("once single first a an each".split(), 1), **dict.fromkeys("twice second pair both half halves double".split(), 2),
          "third": 3, "thrice": 3, "quarter": 4, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12, "hundred": 100, "thousand": 1000, "million": 10**6}
_NO_WORD = re.compile(r"\b(?:few|several) (?:hundred|thousand|million)|\b(?:tens|hundreds|thousands|millions)\b")
_WORD = re.compile(rf"\b({'|'.join(sorted(_WORDS, key=len, reverse=True))}|{'|'.join(word[:-1] for word in _TENS)})(?:i?e?th)?s?\b")


class Fact(NamedTuple):
    kind: str
    value: str


def of(text: str) -> dict[str, Counter]:
    """The facts of a piece of prose but those in words, by kind."""
    bare, prose = ROLE.sub("", text), terms.plain(text)
    return {"number": Counter(m[0] for m in ROLE.finditer(text)), "link": Counter(LINK.findall(text)), "code": Counter(CODE.findall(bare)),
            "formula": Counter(FORMULA.findall(CODE.sub("", bare))), "figure": Counter(figures(prose)), "name": Counter(NAME.findall(prose))}


def apart(texts: tuple[str, str], languages: tuple[str, str], names: set[str]) -> list[tuple[int, Fact]]:
    """What one of two texts says and the other does not, or says in place of something else: (0 or 1 for the one that says it, fact).
    names: those that English takes over; other words of it begin with a capital, too."""
    both = [of(text) for text in texts]
    out = []
    for one, other in ((0, 1), (1, 0)):
        prose, across = terms.plain(texts[one]), terms.plain(texts[other])
        spelled, there = numbers(across, languages[other]), both[other]
        for kind, mine in both[one].items():
            only, instead = mine - there[kind], there[kind] - mine
            if kind == "figure":
                only = [v for v in only if v not in spelled and not (v in there[kind] and v.isdigit() and int(v) <= 10)]
                only += [v for v in numbers(prose, languages[one]) if int(v) > 2 and v not in spelled and v not in there[kind]]
            elif kind == "name":
                only = [v for v in only if (languages[one] == CHINESE or v in names) and v.lower() not in across.lower()]
            out += [(one, Fact(kind, v)) for v in dict.fromkeys(only) if v not in there[kind] or instead]
    return out


def names(pages) -> set[str]:
    """The names that the Chinese prose says in Latin letters and that are no English words: the English says them too."""
    said = {language: {word for page in pages if page.language == language for _, line in terms.prose(page) for word in re.findall(r"[\w+-]+", line)} for language in LANGUAGES}
    return {name for word in said[CHINESE] for name in NAME.findall(word) if name.lower() not in said["en"] or name.islower()}


def figures(prose: str) -> list[str]:
    """The numbers that stand there in figures, each with its unit; dates as 2026-11-25."""
    prose = _DATE.sub(_iso, prose)
    return [found[0].replace("-", "−").replace(",", "") + _unit(prose, found.end()) for found in _FIGURE.finditer(prose)]


def _unit(prose: str, at: int) -> str:
    found = _UNIT.match(prose, at)
    return f" {[*_UNITS][found.lastindex - 1]}" if found else ""


def _iso(date: re.Match) -> str:
    month = int(date["m"]) if date["m"] else _MONTHS.index(date["M"]) + 1
    return f"{date['y'] or date['Y']}-{month:02}-{int(date['d'] or date['D']):02}"


def numbers(prose: str, language: str) -> set[str]:
    """The numbers that stand there in words, as figures."""
    if language == CHINESE:
        found = (_value([_HAN[c] for c in m[0]]) for m in re.finditer(f"[{''.join(_HAN)}]+", _NO_HAN.sub(" ", prose)))
    else:
        prose = _NO_WORD.sub(" ", prose.lower())
        runs = re.finditer(rf"{_WORD.pattern}(?:[- ]{_WORD.pattern})*", prose)
        found = (_value([_number(w[1]) for w in _WORD.finditer(m[0])]) for m in runs)
    return {str(number) for values in found for number in values}


def _number(word: str) -> int:
    return _WORDS.get(word) or _WORDS.get(f"{word}y", 0)


def _value(parts: list[int]) -> list[int]:
    """[3, 100, 2, 10, 5] is 325; [5, 6] are two numbers."""
    out, stack = [], []
    for n in parts:
        if n in (10, 100, 1000, 10_000, 10**6):
            less = 0
            while stack and stack[-1] < n:
                less += stack.pop()
            n *= less or 1
        elif stack and stack[-1] % 10 ** len(str(n)):
            out, stack = [*out, sum(stack)], []
        stack.append(n)
    return [*out, sum(stack)]
