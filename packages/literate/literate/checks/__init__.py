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

from literate.errors import Doubt, Fault, raise_all
from literate.project import Project
from literate.registry import CHECKS, load_all
from literate.text import Pages


def run(project: Project, pages: Pages, stages: range = range(1, 4)) -> list[Doubt]:
    """Run the checks, a stage after the other. Raises Faults after the first stage that has any."""
    load_all(__name__)
    doubts: list[Doubt] = []
    for stage in stages:
        checks = [one for one in CHECKS.values() if one.stage == stage]
        found = [each for one in checks for each in one.find(project, pages)]
        raise_all(each for each in found if isinstance(each, Fault))
        doubts += [each for each in found if isinstance(each, Doubt)]
    return list(dict.fromkeys(doubts))
