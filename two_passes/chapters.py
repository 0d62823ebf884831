"""What every chapter of this book has, beside what the engine asks of any page.

It is asked for by `make check` alone: while a chapter is written, the live site shows it as it is.
"""

import re
from collections.abc import Iterator

from literate import Fault, check, snippets
from literate.project import Project
from literate.text import Page, Pages, blocks, headings, split_exercise

REVIEW = (
    "core/summary"  # goes over the chapters before it: ten exercises, and no formula of its own
)
EXERCISES = {REVIEW: (10, 10)}
USUAL = (2, 5)  # the least and the most of any other chapter
HEAD = {  # what a chapter tells above its text, and an example of it
    "outcome": "work out one step by hand.", "builds_on": "[core/layers]", "minutes": "15",
}  # fmt: skip
LAST = "three-lines"
_WORDS = re.compile(r"\b(why|say)\b", re.I)


@check("parts of a chapter", stage=4)
def parts(project: Project, pages: Pages) -> Iterator[Fault]:
    for page in pages.values():
        if page.slug in project.order:
            yield from _head(page)
            yield from _exercises(page)
            yield from _last_lines(page)
            if page.slug != REVIEW:
                yield from _directives(page)
            if page.language == "en":
                yield from _answers_in_words(page)


def _head(page: Page) -> Iterator[Fault]:
    for key, example in HEAD.items():
        if page.meta.get(key) is None:
            what = f"a chapter without `{key}`"
            yield Fault(page.on(1), what, f"add `{key}: {example}` between the lines `---`")


def _exercises(page: Page) -> Iterator[Fault]:
    found = [d for d in page.directives if d.name == "exercise"]
    least, most = EXERCISES.get(page.slug, USUAL)
    if not least <= len(found) <= most:
        wanted = f"{least} to {most}" if least < most else f"{least}"
        what = f"{len(found)} exercises, where a chapter has {wanted}"
        yield Fault(page.place, what, "add or remove `/// exercise`")
    if found and not any("answer" in d.options for d in found):
        cure = "give one the option `answer`, a variable of its run"
        yield Fault(page.on(found[0].line), "no exercise asks for a number", cure)
    if found and "exercises" not in {h.id for h in headings(page)} and page.slug != REVIEW:
        cure = "give the heading above the first of them the id `{#exercises}`"
        yield Fault(page.on(found[0].line), "exercises without the section `exercises`", cure)
    for before, after in zip(found, found[1:], strict=False):
        if after.options["level"] < before.options["level"]:
            what = f"an exercise of level {after.options['level']} after a harder one"
            yield Fault(page.on(after.line), what, "put the easy ones first")


def _last_lines(page: Page) -> Iterator[Fault]:
    """The chapter ends in three lines, a numbered list of three."""
    sections = [heading for heading in headings(page) if heading.level == 2]
    if not sections or sections[-1].id != LAST:
        at = next((h.line for h in sections if h.id == LAST), None)
        what = f"the last section is not `{LAST}`"
        cure = "put what is new above it" if at else f"end with `## … {{#{LAST}}}`"
        yield Fault(page.on(at) if at else page.place, what, cure)
        return
    begin = sections[-1].line
    lines = [(n, line) for n, line in enumerate(page.lines[begin:], begin + 1) if line.strip()]
    for number, line in zip(("1.", "2.", "3.", ""), [*lines, (len(page.lines), "")], strict=False):
        if line[1][:2].strip() != number:
            what = f"below `{LAST}` stand three lines, `1.`, `2.` and `3.`, and nothing else"
            yield Fault(page.on(line[0]), what, "put what is new above that section")
            return


def _directives(page: Page) -> Iterator[Fault]:
    names = {d.name for d in page.directives}
    if "pitfall" not in names:
        yield Fault(page.place, "a chapter without `/// pitfall`", "show what goes wrong, and why")
    shown = [d for d in page.directives if d.name in ("snippet", "formula")]
    formulas = [d for d in shown if snippets.load(page.project, d.argument).formulas]
    if formulas and "worked" not in names:
        what = "formulas, and none of them worked in digits"
        yield Fault(page.on(formulas[0].line), what, f"add `/// worked | {formulas[0].argument}`")


def _answers_in_words(page: Page) -> Iterator[Fault]:
    """What no number answers is answered in `//// answer`: the other language then has it too."""
    for block in blocks(page):
        if not isinstance(block, str) and block[0].name == "exercise":
            exercise, (asked, inside) = block[0], split_exercise(block[1])
            questions = asked.count("?") - ("answer" in exercise.options)
            if (questions > 0 or _WORDS.search(asked)) and not inside.get("answer"):
                what = f"`{exercise.argument}` asks for words, and answers in none"
                yield Fault(page.on(exercise.line), what, "answer them in `//// answer`")
