"""The languages of a page are one page: the same structure, and piece by piece the same facts."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from literate import Doubt, Fault, registry, terms
from literate.checks.facts import Pair, differences
from literate.project import Project
from literate.registry import page_check, twin_check, words_check
from literate.text import WORDS, Page, fenced, headings, pieces, plain

Marked = dict[str, list[tuple[int, Any]]]  # kind → line and value, in order

SHARED = ("builds_on", "minutes", "lab", "template")  # front matter that is not prose
_HAN = r"\u3400-\u9fff"
_CELL = re.compile(r"(?:`[^`]*`|\$[^$\n]+\$|\\\||[^|])+")
_TITLE = re.compile("[〈《][^〉》]*[〉》]")


@twin_check("structure", stage=3)
def structure(page: Page, twin: Page) -> Iterator[Fault]:
    """Front matter, headings, directives and fences."""
    yield from _ordered(page, twin, _skeleton(page), _skeleton(twin))


@twin_check("translation", stage=4)
def translation(page: Page, twin: Page) -> Iterator[Fault | Doubt]:
    """Paragraphs, items and rows; where they are the same, what each says."""
    apart = list(_ordered(page, twin, _layout(page), _layout(twin)))
    yield from apart
    languages = page.language, twin.language
    for mine, theirs in zip(units(page), units(twin), strict=False) if not apart else ():
        places = page.on(mine[0]), twin.on(theirs[0])
        yield from _facts(page.project, (mine[1], theirs[1]), languages, places)


@words_check("translation of words", stage=4)
def translation_of_words(project: Project) -> Iterator[Fault | Doubt]:
    """The entries of the glossary, of the book's words and of its symbols."""
    first, *others = project.languages
    for path in terms.glossaries(project):
        mine = terms.entries(project, path, first)
        for other in others:
            theirs = terms.entries(project, path, other)
            for key, (line, said) in mine.items():
                places = f"{project.place(path)}:{line}", f"{project.place(path)}:{theirs[key][0]}"
                yield from _facts(project, (said, theirs[key][1]), (first, other), places)


def _facts(project: Project, texts: Pair, languages: Pair, places: Pair) -> Iterator[Fault | Doubt]:
    for sure, side, what in differences(texts, languages, project.opposites):
        kind, cure = (Fault, "let both say the same") if sure else (Doubt, "look again at both")
        there = places[1 - side] if places[0] != places[1] else languages[1 - side]
        yield kind(places[side], f"{what} {there}", cure)


def units(page: Page) -> Iterator[tuple[int, str]]:
    """Line and text of the parts that a translation has in the same order: paragraphs, cells…"""
    yield from ((1, str(page.meta.get(key, ""))) for key in ("title", "description", "outcome"))
    yield from ((d.line, str(d.options.get(key, ""))) for d in page.directives for key in WORDS)
    for line, kind, text in pieces(page):
        yield from ((line, part) for part in (_cells(text) if kind == "row" else [text]))


def _cells(row: str) -> list[str]:
    return _CELL.findall(row.strip().strip("|"))


def _ordered(page: Page, twin: Page, mine: Marked, theirs: Marked) -> Iterator[Fault]:
    """The first place of each kind where the two differ."""
    for kind in mine:
        for a, b in zip_longest(mine[kind], theirs[kind]):
            if not a or not b or a[1] != b[1]:
                here, value = (twin.on(b[0]), b[1]) if b else (twin.place, "(none)")
                there, other = (page.on(a[0]), a[1]) if a else (page.place, "(none)")
                what = f"{kind} `{value}`, but {there} has `{other}`"
                yield Fault(here, what, "let both have the same, in the same order")
                break


def _skeleton(page: Page) -> Marked:
    directives = []
    for d in page.directives:
        options = [f"{k}: {v}" for k, v in sorted(d.options.items()) if k not in WORDS]
        told = f" ({', '.join(options)})" if options else ""
        directives.append((d.line, f"{d.name} | {d.argument}{told}"))
    own = registry.OWN_PAGES.get(page.slug)
    shared = (*SHARED, *(own.draws if own else ()))
    return {
        "front matter": [(1, f"{key}: {page.meta.get(key)}") for key in shared],
        "heading": [(h.line, f"{'#' * h.level} #{h.id}") for h in headings(page)],
        "directive": directives,
        "fence": [(number, line.strip()) for number, line, fence in fenced(page.text) if fence],
    }


def _layout(page: Page) -> Marked:
    rows, items, here = [], [], (1, "top")
    counts = {here: 0}  # line and id of a heading → paragraphs below it
    ids = {heading.line: heading.id for heading in headings(page)}
    for line, kind, text in pieces(page):
        if kind == "heading":
            here = (line, ids.get(line, ""))
            counts[here] = 0
        elif kind == "row":
            rows.append((line, f"{len(_cells(text))} cells"))
        elif kind == "item":
            items.append((line, "1." if text.lstrip()[0].isdigit() else "-"))
        else:
            counts[here] += 1
    paragraphs = [(line, f"{count} in #{id}") for (line, id), count in counts.items()]
    return {"row of a table": rows, "item of a list": items, "paragraphs": paragraphs}


# ---- what is not translated


@page_check("untranslated", stage=4)
def untranslated(page: Page) -> Iterator[Fault | Doubt]:
    """A text in English where Chinese belongs, and the other way round."""
    for line, said in units(page) if len(page.project.languages) > 1 else ():
        yield from _foreign(said, page.language, page.on(line))


@words_check("untranslated words", stage=4)
def untranslated_words(project: Project) -> Iterator[Fault | Doubt]:
    """The same in the glossary, the book's words and its symbols."""
    for at, text in terms.texts(project) if len(project.languages) > 1 else ():
        yield from _foreign(text.said, text.language, at)


def _foreign(text: str, language: str, at: str) -> Iterator[Fault | Doubt]:
    """Sure: a text without a word of its language, of three words or more."""
    text = _TITLE.sub(" ", plain(text.split("{#")[0]).strip("# \n"))
    han = re.search(rf"[{_HAN}]", text)
    if language == terms.CHINESE:
        for run in re.findall(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+", text):
            words = run.split()
            sure = not han and len(words) > 2 and sum(map(str.islower, words)) > 1
            phrase = run == text and any(map(str.islower, words))
            if sure or phrase or len(words) > 3:
                cure = "say it in Chinese; put the title of a work in 〈〉, a sample in `code`"
                yield (Fault if sure else Doubt)(at, f"`{run}` is not translated", cure)
                return
    elif found := re.search(rf"[{_HAN}\u3000-\u303f\uff00-\uffef]+", text):
        sure = not han or not re.search("[A-Za-z]{2}", text)
        cure = "say it in the language, with its punctuation"
        yield (Fault if sure else Doubt)(at, f"`{found[0]}` in a text in {language}", cure)
