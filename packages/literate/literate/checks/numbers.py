"""The numbers of a sentence: in digits, and in words of the languages that `numbers.yml` has."""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from literate import files

_FILE = Path(__file__).with_suffix(".yml")
_DATA: dict[str, Any] = files.read_yaml(_FILE.read_text("utf-8"), _FILE.name)
# 2-2-1, 12:30, 1.2.3, 3/4, 1,000.5, 1e-3; with their sign
_FIGURE = re.compile(
    r"(?P<minus>(?<![\w\])}.])[-−]|負 ?|(?<!\d )\b(?:minus|negative) )?(?<![\w.])(?<![A-Za-z_]-)"
    r"(?P<digits>\d+(?:-\d+){2,}|\d+(?::\d+)+|\d+(?:\.\d+){2,}|\d+/\d+"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[-+]?\d+)?)",
    re.ASCII,
)
_UNITS = [(u, re.compile(rf"\s(?:{words})(?![A-Za-z])")) for u, words in _DATA["units"].items()]
_FACTORS = [(v, re.compile(rf"\s?(?:{w})(?!\w)", re.A)) for w, v in _DATA["factors"].items()]
_HAN = "[零〇一二兩三四五六七八九十百千萬]"
_PART = re.compile(
    "(?P<tenths>[一二兩三四五六七八九])成(?P<hundredths>[一二三四五六七八九])?"
    f"|(?P<under>{_HAN}+)分之(?P<over>{_HAN}+)"
)
_VAGUE = r"(?!(?:ten|dozen|hundred|thousand|million|billion)s\b)"


class Number(NamedTuple):
    """One number as a sentence has it.

    values: all that it may mean. plain: digits, with nothing behind that another language may say
    otherwise.
    """

    said: str
    values: frozenset[str]
    plain: bool = False
    unit: str = ""

    @property
    def value(self) -> str:
        return min(self.values)


def in_digits(prose: str) -> Iterator[Number]:
    for found in _FIGURE.finditer(prose):
        digits = found["digits"].replace(",", "")
        end, factor = _factor(prose, found.end())
        if factor != 1 or "/" in digits or "e" in digits:
            over, _, under = digits.partition("/")
            digits = _written(float(over) * factor / (float(under or 1) or 1))
        unit = next((name for name, words in _UNITS if words.match(prose, end)), None)
        other = factor != 1 or unit is not None or re.match(r"\d{4}-|\d+:", digits)
        plain = not other and not re.match("[A-Za-z]", prose[end : end + 1])
        value = "-" * bool(found["minus"]) + digits
        yield Number(prose[found.start() : end], frozenset([value]), plain, unit or "")


def in_words(prose: str, language: str) -> Iterator[Number]:
    """Numbers in words. Each may mean its inverse, as "third" is 3 and 1/3."""
    if not (table := _DATA["words"].get(language)):
        return
    if language == "zh-TW":
        for found in _PART.finditer(prose):
            yield Number(found[0], frozenset([_written(_part(found, table))]))
        prose = _PART.sub(" ", prose)
    for found in _pattern(language).finditer(prose):
        parts = [table.get(w, table.get(w.lower())) for w in _word(language).findall(found[0])]
        values, (_, factor) = _values(parts), _factor(prose, found.end())
        every = {v * factor for v in values} | {factor / v for v in values if v}
        if len(values) == 2 and values[1]:
            every.add(values[0] / values[1])  # two thirds
        if len(parts) > 1 and max(parts) < 10:
            every.add(int("".join(map(str, parts))))  # 一九八六
        yield Number(found[0], frozenset(map(_written, every)))


def _written(value: float) -> str:
    return f"{value:.12g}"


def _factor(prose: str, at: int) -> tuple[int, float]:
    """Where what multiplies a number ends, and by how much."""
    found = ((words.match(prose, at), value) for value, words in _FACTORS)
    return next(((match.end(), value) for match, value in found if match), (at, 1))


@functools.cache
def _word(language: str) -> re.Pattern[str]:
    words = sorted(_DATA["words"][language], key=len, reverse=True)
    if language == "zh-TW":
        return re.compile(f"[{''.join(words)}]")
    small = "|".join(word for word in words if word.islower())
    names = "|".join(word for word in words if not word.islower())
    return re.compile(rf"\b{_VAGUE}((?i:{small})|{names})(?:fold|(?:ie)?ths?|s)?\b")


@functools.cache
def _pattern(language: str) -> re.Pattern[str]:
    word = _word(language).pattern
    several = f"{word}+" if language == "zh-TW" else rf"{word}(?:(?:[- ]| and ){word})*"
    return re.compile(rf"(?<!\d)(?<!\d ){several}")  # 120 萬, 1.2 million are digits


def _part(found: re.Match[str], table: dict[str, int]) -> float:
    """九成五 is 0.95, 三分之二 is 2/3."""
    if tenths := found["tenths"]:
        return table[tenths] / 10 + table.get(found["hundredths"], 0) / 100
    under, over = (_values([table[c] for c in found[name]])[-1] for name in ("under", "over"))
    return over / (under or 1)


def _values(parts: list[int]) -> list[int]:
    """[3, 100, 2, 10, 5] is 325; [5, 6] are two numbers."""
    out: list[int] = []
    stack: list[int] = []
    for n in parts:
        if n >= 10 and set(str(n)) == {"1", "0"}:
            below = 0
            while stack and stack[-1] < n:
                below += stack.pop()
            n *= below or 1
        elif stack and stack[-1] % 10 ** len(str(n)):
            out, stack = [*out, sum(stack)], []
        stack.append(n)
    return [*out, sum(stack)]
