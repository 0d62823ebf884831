"""Words and characters of Taiwan in the Chinese text."""

import functools
import itertools
import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any

from literate import Doubt, Fault, check, terms
from literate.project import Project
from literate.registry import page_check, words_check
from literate.text import Page, Pages, prose

HAN = r"\u3400-\u9fff"
Banned = dict[str, dict[str, Any]]
Line = tuple[str, str]  # `file:line` and text
# Simplified characters that Big5 has as rare variants, and characters in the first part of GB 2312
# that Big5 lacks although they are not Simplified
_IN_BIG5 = "与万优体党吨圣复宁岭庄异忏怀怜惊扰机极构气泞洁洼确离种篱网虮赶适"
_NOT_SIMPLIFIED = "酶酞墒傈"


@page_check("Chinese", stage=3)
def chinese(page: Page) -> Iterator[Fault | Doubt]:
    if page.language == terms.CHINESE:
        yield from _wrong(page.project, _lines(page))


@words_check("Chinese words")
def chinese_words(project: Project) -> Iterator[Fault | Doubt]:
    """The same in the glossary, the book's words and its symbols."""
    every = ((at, t.said) for at, t in terms.texts(project) if t.language == terms.CHINESE)
    yield from _wrong(project, every)


def _lines(page: Page) -> Iterator[Line]:
    yield from ((page.on(number), line) for number, line in prose(page))


def _wrong(project: Project, lines: Iterable[Line]) -> Iterator[Fault | Doubt]:
    banned, right = project.banned, allowed(project)
    for at, line in lines:
        yield from _words(banned, line, at)
        yield from _characters(line, at)
        yield from mainland(right, line, at)


def _words(banned: Banned, line: str, at: str) -> Iterator[Fault]:
    """The words that the glossary bans."""
    for word, entry in banned.items():
        rest = functools.reduce(lambda text, but: text.replace(but, ""), entry.get("but", ()), line)
        if word in rest:
            cure = f"write 「{entry['use']}」, or allow a longer word under its `but:`"
            yield Fault(at, f"「{word}」 is a word of the Mainland", cure)


def _characters(line: str, at: str) -> Iterator[Fault | Doubt]:
    every = sorted(set(re.findall(f"[{HAN}]", line)))
    if simplified := "".join(filter(is_simplified, every)):
        yield Fault(at, f"Simplified: {simplified}", "write it in Traditional characters")
    elif rare := "".join(c for c in every if not _first_byte(c, "big5")):
        cure = "write it in Traditional characters, if it is not the character of a name"
        yield Doubt(at, f"not among the characters of Big5: {rare}", cure)


def is_simplified(character: str) -> bool:
    """Whether a character occurs in Simplified script alone."""
    if character in _IN_BIG5:
        return True
    mainland = _first_byte(character, "gb2312")
    if not mainland or _first_byte(character, "big5"):
        return False
    common = mainland < 0xD8 and character not in _NOT_SIMPLIFIED
    return common or not _first_byte(character, "big5hkscs")


@functools.lru_cache(maxsize=8192)
def _first_byte(character: str, encoding: str) -> int:
    encoded = character.encode(encoding, "ignore")
    return encoded[0] if encoded else 0


# ---- words of the Mainland, by OpenCC


@functools.cache
def _converter() -> Any:
    try:
        from opencc import OpenCC  # optional: `literate-book[zh]`
    except ImportError:
        return None
    return OpenCC("s2twp")


def mainland(allowed: re.Pattern[str], line: str, at: str) -> Iterator[Doubt]:
    """What OpenCC would write otherwise. allowed: the words that it may not change."""
    if not _converter():
        return
    rest = allowed.sub(lambda found: "\0" * len(found[0]), line)
    if (converted := _converted(rest)) == rest:
        return
    changes = SequenceMatcher(None, rest, converted, False).get_opcodes()
    _, i, j, k, n = next(change for change in changes if change[0] != "equal")
    what = f"「{line[max(i - 1, 0) : j + 1]}」 may be a word of the Mainland"
    other = converted[max(k - 1, 0) : n + 1].replace("\0", "")
    yield Doubt(at, what, f"OpenCC writes 「{other}」; leave it where another word is meant")


@functools.lru_cache(maxsize=8192)  # a line is checked after each save
def _converted(text: str) -> str:
    return str(_converter().convert(text))


def allowed(project: Project) -> re.Pattern[str]:
    """The words of the glossary."""
    words = [*project.allowed, *(entry["use"] for entry in project.banned.values())]
    for entry in project.terms.values():
        words += [entry[terms.CHINESE], *terms.aliases(entry, terms.CHINESE)]
    return _any_of(tuple(sorted(words, key=len, reverse=True)))


@functools.lru_cache(maxsize=8)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)) or r"(?!)")


# ---- one word for one idea


@check("other names", stage=3)
def other_names(project: Project, pages: Pages) -> Iterator[Fault]:
    """Another name of a term is in the book once, as （又稱…）."""
    if terms.CHINESE not in project.languages:
        return
    mine = [pages[terms.CHINESE, slug] for slug in project.slugs if (terms.CHINESE, slug) in pages]
    entries = project.terms.values()
    names = [(a, e[terms.CHINESE]) for e in entries for a in terms.aliases(e, terms.CHINESE)]
    given: dict[str, str] = {}
    for at, line in itertools.chain(*map(_lines, mine)):
        for alias, word in names:
            rest = line.replace(word, "")
            if alias.isascii() or alias not in rest:
                continue
            why = f"was named at {given[alias]}" if alias in given else "is not given as （又稱…）"
            if alias not in given and re.search(rf"（又稱[^）]*{alias}", rest):
                given[alias] = at
            else:
                cure = f"write 「{word}」: one word for one idea"
                yield Fault(at, f"「{alias}」 for 「{word}」: it {why}", cure)
