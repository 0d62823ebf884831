"""Checks of the pages: a function each, registered with `@check`, which yields faults and doubts.

Stages, each of which relies on the ones before: 1 the files are there; 2 each page, the glossary
and the book's words by themselves; 3 the languages have the same structure, and the words are those
of the glossary; 4 every language says the same. The live site runs 1 to 3: while one language
is being written, the others may wait.

A fault is surely wrong: it is red and stops a build. A doubt is what a machine can only suspect
about two languages or about marks in prose: `make check` shows it until its section is reviewed.

what                                      fault                       doubt
========================================  ==========================  ==========================
files, navigation, front matter           all
headings, tables, lists, fences,          all
directives
links, images, HTML, ids                  all
front matter, headings, directives,       all
fences, paragraphs, rows not the same in
all languages
code, formulas, links, roles (drawn       not in the other, or in     in another order
numbers)                                  place of another
numbers in digits                         in place of others,         with a unit; in one
                                          without a unit; a decimal   language alone; another
                                          alone                       unit
numbers in words                                                      one for another
signs (x², ±, η)                          one for another             in one language alone
names                                     the same letters, written   in one language alone
                                          otherwise
opposites (left, right)                                               all
text that is not translated               no word of its language     a phrase; English beside
                                                                      Chinese
a term that one language does not use                                 all
a sentence or a word twice, a paragraph                               all
that ends in a comma
marks of Markdown                         stayed text                 $5, ~5 s, [x], a == b
brackets and quotation marks              not closed                  closed, but not opened
TODO, FIXME, TBD, XXX                     all
待翻譯, 待補, 待續                                                           all
typed decimals that a run should give     all
spaces, half-width punctuation in         all but these:              behind a word in English
Chinese
characters                                Simplified, full-width      not in Big5, another
                                          Latin                       script
words of the Mainland                     banned by the glossary      OpenCC writes another
glossary and words                        missing, not plain, not
                                          the same
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from literate.errors import Doubt, Fault, raise_all
from literate.kept import Kept
from literate.project import Project
from literate.registry import CHECKS, Check, load_all
from literate.snippets import modules
from literate.symbols import files as declarations  # this package has a module `symbols`
from literate.terms import glossaries
from literate.text import Page, Pages

Found = list[Fault | Doubt]
Unit = tuple[tuple[Any, ...], dict[str, str]]


def run(
    project: Project, pages: Pages, stages: range = range(1, 4), kept: Kept | None = None
) -> list[Doubt]:
    """Run the checks, a stage after the other. Raises Faults after the first stage that has any.

    kept: what earlier runs have found in pages that have not changed.
    """
    load_all(__name__)
    doubts: list[Doubt] = []
    for stage in stages:
        found: Found = []
        for of, units in _units(project, pages).items():
            checks = {n: one for n, one in CHECKS.items() if (one.stage, one.of) == (stage, of)}
            for given, texts in units if checks else ():
                found += _found_or_kept(checks, given, texts, kept if texts else None)
        raise_all(each for each in found if isinstance(each, Fault))
        doubts += [each for each in found if isinstance(each, Doubt)]
    return list(dict.fromkeys(doubts))


def twins(project: Project, pages: Pages) -> Iterator[tuple[Page, Page]]:
    """Each page of the first language, with itself in another."""
    first, *others = project.languages
    for (language, slug), page in pages.items():
        if language == first:
            yield from ((page, pages[other, slug]) for other in others if (other, slug) in pages)


def _units(project: Project, pages: Pages) -> dict[str, list[Unit]]:
    """Kind of check → what such checks are given, and the texts that they read; of the book none
    are named.
    """

    def of_pages(*some: Page) -> Unit:
        return some, {page.place: page.text for page in some}

    def of_files(paths: Iterable[Path]) -> Unit:
        return (project,), {project.place(p): project.read(p) for p in paths if p.is_file()}

    code = [project.snippets / f"{name}.py" for name in modules(project)]
    return {
        "book": [((project, pages), {})],
        "words": [of_files(glossaries(project))],
        "snippets": [of_files([*code, *declarations(project)])],
        "page": [of_pages(page) for page in pages.values()],
        "twins": [of_pages(*both) for both in twins(project, pages)],
    }


def _found_or_kept(
    checks: dict[str, Check], given: tuple[Any, ...], texts: dict[str, str], kept: Kept | None
) -> Found:
    """What these checks find; where they find no fault, their doubts are kept."""
    key = kept.key([*checks], texts) if kept else ""
    if kept and (doubts := kept.get(key, key)) is not None:
        return [Doubt(**each) for each in doubts]
    found = [each for one in checks.values() for each in one.find(*given)]
    if kept and all(isinstance(each, Doubt) for each in found):
        kept.put(key, key, [asdict(each) for each in found if isinstance(each, Doubt)])
    return found
