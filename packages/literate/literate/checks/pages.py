"""One page: front matter, headings, tables and lists, fences, pairs of marks, repeated sentences."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from literate.errors import Doubt, Fault
from literate.files import links_out, strays
from literate.project import Project
from literate.registry import check
from literate.text import INLINE, Page, fenced, headings, hollow, pieces

Pages = Mapping[tuple[str, str], Page]

# Fences that are run, or that have no program; pytest-codeblocks skips any other silently
FENCES = ("python", "text")
COMMANDS = ("sh", "shell")  # on the pages that `commands:` of mkdocs.yml lists
# Front matter: key → its type and how it is written
MUST = {"title": (str, "words"), "description": (str, "words")}
MUST_IN_CHAPTERS = {
    "outcome": (str, "words"),
    "builds_on": (list, "a list of pages, `[core/forward]`"),
    "minutes": (int, "a whole number from 1"),
}
KNOWN = {*MUST, *MUST_IN_CHAPTERS, "lab", "template"}
_INTERVAL = re.compile(r"[\[(]\s*[-−]?[\d.∞]+, *[-−]?[\d.∞]+\s*[\])]")  # [0, 1)
_ABOVE = re.compile(
    r"\s*$|\s*\||\s*(?:[-*+]|\d+\.)\s|///| {2,}\S"
)  # what a table or a list may follow
_RULE = re.compile(r"\s*\|(?:\s*:?-+:?\s*\|)+\s*$")
_SENTENCE = re.compile(r"(?<=[。！？.!?\n ])[^。！？\n]{9,}?(?:[。！？]|[.!?](?=\s|$))")
_PAIRS = {"zh-TW": ("「」", "『』", "（）", "《》"), "en": ("“”", "()")}


@check("files", stage=1)
def files(project: Project, pages: Pages) -> list[Fault]:
    return links_out(project.root, project.docs, project.snippets) + strays(project)


@check("navigation", stage=1)
def navigation(project: Project, pages: Pages) -> Iterator[Fault]:
    """Every slug of the navigation has its page in every language, and every page its slug there."""
    for language in project.languages:
        for slug in project.slugs:
            path = project.page_folder(language) / f"{slug}.md"
            if not path.is_file():
                cure = "write it, in every language, or remove the slug from nav in mkdocs.yml"
                yield Fault(project.place(path), "this page is missing", cure)
    for page in pages.values():
        if page.slug not in project.slugs:
            cure = f"add `{page.slug}` to nav in mkdocs.yml"
            yield Fault(page.place, "this page is not in the navigation", cure)


# ---- front matter


@check("front matter", stage=2)
def front_matter(project: Project, pages: Pages) -> Iterator[Fault]:
    for page in pages.values():
        if isinstance(page.meta, dict):
            yield from _keys(page)
            yield from _builds_on(page)
        else:
            cure = "write `title: …` between two lines of `---`"
            yield Fault(f"{page.place}:1", "the front matter is not `key: value` lines", cure)


def _keys(page: Page) -> Iterator[Fault]:
    if unknown := sorted(map(str, set(page.meta) - KNOWN)):
        cure = f"it takes: {', '.join(sorted(KNOWN))}"
        yield Fault(
            page.at(f"{unknown[0]}:"), f"unknown key `{unknown[0]}:` of the front matter", cure
        )
    must = MUST | (MUST_IN_CHAPTERS if page.slug in page.project.order else {})
    for key, (kind, how) in (MUST | MUST_IN_CHAPTERS).items():
        value = page.meta.get(key)
        if value in (None, ""):
            if key in must:
                cure = f"between the two lines of `---` write `{key}: …`"
                yield Fault(f"{page.place}:1", f"the front matter: missing `{key}:`", cure)
        elif not isinstance(value, kind) or value is True or kind is int and value < 1:
            cure = f"write {how}; quote words that YAML reads as something else"
            yield Fault(page.at(f"{key}:"), f"`{key}: {value}` is not {how}", cure)
    wanted = page.project.templates.get(page.slug)
    if page.meta.get("template") != wanted:
        what = f"`template: {page.meta.get('template')}`, but mkdocs.yml has `{wanted}`"
        yield Fault(page.at("template:"), what, "give both the same")


def _builds_on(page: Page) -> Iterator[Fault]:
    slugs, named = page.project.slugs, page.meta.get("builds_on")
    for slug in named if isinstance(named, list) else ():
        at = page.at("builds_on:")
        if slug not in slugs:
            cure = f"pages: {', '.join(slugs)}"
            yield Fault(at, f"`builds_on` names `{slug}`, which is not a page", cure)
        elif slugs.index(slug) >= slugs.index(page.slug):
            cure = "name a page that is before this one in nav"
            yield Fault(at, f"`builds_on` names `{slug}`, which comes later", cure)


# ---- headings


@check("headings", stage=2)
def sections(project: Project, pages: Pages) -> Iterator[Fault]:
    """Each has its own id and its text, and is at most one level below the one above."""
    for page in pages.values():
        above, before, seen = 1, 0, dict[str, int]()
        for line, level, _, id in headings(page):
            at = f"{page.place}:{line}"
            if level == 1:
                cure = "its title is in the front matter; a section begins with `## `"
                yield Fault(at, "a second title in the page", cure)
            if level <= above and not "".join(page.lines[before : line - 1]).strip():
                yield Fault(f"{page.place}:{before}", "an empty section", "write it, or remove it")
            if level > above + 1:
                what = f"a heading of {level} `#` below one of {above}"
                yield Fault(at, what, f"write {above + 1} `#`")
            if id and seen.setdefault(id, line) != line:
                what = f"the id `{id}` is that of line {seen[id]} too"
                yield Fault(at, what, "give each heading an id of its own")
            above, before = level, line


# ---- tables, lists and fences


@check("tables and lists", stage=2)
def tables_and_lists(project: Project, pages: Pages) -> Iterator[Fault]:
    """Apart from the text above, else they stay text; a table has a rule, and rows of equal length."""
    for page in pages.values():
        head, last, in_list = 0, 0, False
        for line, kind, text in pieces(page):
            at = f"{page.place}:{line}"
            if kind in ("row", "item") and not _ABOVE.match(page.lines[line - 2]):
                what = (
                    f"this {'table' if kind == 'row' else 'list'} begins right below a line of text"
                )
                yield Fault(at, f"{what}, and would stay text", "leave an empty line above it")
            in_list = kind == "item" or in_list and text.startswith("    ")
            if kind == "paragraph" and text.startswith("    ") and not in_list:
                cure = "begin it at the line's start; write code in a fence"
                yield Fault(at, "four spaces make this line code", cure)
            if kind == "row":
                cells = hollow(text).replace("\\|", "").strip().strip("|").count("|") + 1
                first = line != last + 1
                if first and not _RULE.match("".join(page.lines[line : line + 1])):
                    cure = "write `|---|---|` below the first row"
                    yield Fault(at, "a table without a rule below its head stays text", cure)
                head, last = cells if first else head, line
                if cells != head:
                    cure = "give each row as many cells as the head has"
                    yield Fault(at, f"a row of {cells} cells in a table of {head}", cure)


@check("fences", stage=2)
def fences(project: Project, pages: Pages) -> Iterator[Fault]:
    for page in pages.values():
        kinds = FENCES + (COMMANDS if page.slug in project.commands else ())
        for line in fenced(page.text):
            if line.fence == "open" and line.text.rstrip() not in {f"```{k}" for k in kinds}:
                what = f"the fence `{line.text.strip()}` would not be run, silently"
                cure = (
                    f"write it at the line's start as one of: {', '.join(f'```{k}' for k in kinds)}"
                )
                yield Fault(f"{page.place}:{line.number}", what, cure)


# ---- paragraphs


@check("pairs of marks", stage=2)
def pairs(project: Project, pages: Pages) -> Iterator[Fault | Doubt]:
    """What opens is closed in the same piece; a quotation over several paragraphs opens each."""
    for page in pages.values():
        for line, kind, text in pieces(page):
            text = _INTERVAL.sub("", INLINE.sub("", text))
            for opens, closes in _PAIRS.get(page.language, ()):
                counts = text.count(opens), text.count(closes)
                if counts[0] != counts[1]:
                    sure = counts[0] > counts[1] and not text.lstrip("> ").startswith(opens)
                    what = f"{counts[0]} `{opens}` and {counts[1]} `{closes}` in one {kind}"
                    report = Fault if sure else Doubt
                    yield report(f"{page.place}:{line}", what, "close what is open")


@check("sentences", stage=2)
def sentences(project: Project, pages: Pages) -> Iterator[Doubt]:
    """A sentence twice in one paragraph, a paragraph twice in a row, one that ends in a comma."""
    for page in pages.values():
        before: Any = None
        for line, kind, text in pieces(page):
            at, said = f"{page.place}:{line}", _SENTENCE.findall(f"\n{text}")
            if kind == "paragraph":
                if text == before or len({*said}) < len(said):
                    yield Doubt(
                        at, "the same sentence twice", "write it once, if it is not meant so"
                    )
                if text.rstrip()[-1] in "，、；,;":
                    what = f"a paragraph that ends in `{text.rstrip()[-1]}`"
                    yield Doubt(at, what, "finish the sentence, if it does not go on below")
            before = text
