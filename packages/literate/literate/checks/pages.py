"""One page: front matter, headings, tables, lists, fences, pairs of marks, repeated sentences."""

import re
from collections.abc import Iterator

from literate import Doubt, Fault, check, registry, schema
from literate.files import links_out, strays
from literate.project import Project
from literate.text import INLINE, Page, Pages, Piece, fenced, headings, hollow, pieces

# Fences that are run, or that have no program; pytest-codeblocks skips any other silently
FENCES = ("python", "text")
COMMANDS = ("sh", "shell")  # on the pages that `commands:` of mkdocs.yml lists
_INTERVAL = re.compile(r"[\[(]\s*[-−]?[\d.∞]+, *[-−]?[\d.∞]+\s*[\])]")  # [0, 1)
_ABOVE = re.compile(r"\s*$|\s*\||\s*(?:[-*+]|\d+\.)\s|///| {2,}\S")  # what a table or list follows
_RULE = re.compile(r"\s*\|(?:\s*:?-+:?\s*\|)+\s*$")
_SENTENCE = re.compile(r"(?<=[。！？.!?\n ])[^。！？\n]{9,}?(?:[。！？]|[.!?](?=\s|$))")
_PAIRS = {"zh-TW": [*zip("「『（《", "」』）》", strict=True)], "en": [("“", "”"), ("(", ")")]}


@check("files", stage=1)
def files(project: Project, pages: Pages) -> Iterator[Fault]:
    """Files that may be published; every slug of the navigation has its page."""
    yield from links_out(project.root, project.docs, project.snippets) + strays(project)
    for language in project.languages:
        for slug in project.slugs:
            if not (path := project.page_folder(language) / f"{slug}.md").is_file():
                cure = "write it, or remove it from nav in mkdocs.yml"
                yield Fault(project.place(path), "this page is missing", cure)


@registry.page_check("front matter")
def front_matter(page: Page) -> Iterator[Fault]:
    project, slugs = page.project, page.project.slugs
    try:
        shape = "chapter" if page.slug in project.order else "page"
        front = "\n".join(["", *page.lines[1 : max(page.front - 1, 1)]])
        own = registry.OWN_PAGES.get(page.slug)
        drawn = own.draws if own else ()  # names of snippets, which are checked as such
        plain = {key: value for key, value in page.meta.items() if key not in drawn}
        schema.check(plain, shape, front, page.place)
    except Fault as fault:
        what = fault.what.replace("`the file`", "the front matter")
        yield Fault(fault.place, what, "write it as the other pages have it")
        return
    at = page.at("builds_on:")
    for slug in page.meta.get("builds_on", ()):
        if slug not in slugs:
            cure = f"pages: {', '.join(slugs)}"
            yield Fault(at, f"`builds_on` names `{slug}`, which is not a page", cure)
        elif slugs.index(slug) >= slugs.index(page.slug):
            cure = "name a page that is before this one in nav"
            yield Fault(at, f"`builds_on` names `{slug}`, which comes later", cure)
    if page.meta.get("template") != (wanted := project.options.templates.get(page.slug)):
        what = f"`template: {page.meta.get('template')}`, but mkdocs.yml has `{wanted}`"
        yield Fault(page.at("template:"), what, "give both the same")


@registry.page_check("headings")
def sections(page: Page) -> Iterator[Fault]:
    """Each has its own id and its text, and is at most one level below the one above."""
    above, before, seen = 1, 0, dict[str, int]()
    for line, level, title, id in headings(page):
        at = page.on(line)
        if not re.fullmatch(r"[a-z][a-z0-9-]*", id):  # markdown.py refuses other kinds of headings
            cure = "write `## … {#short-english-name}`"
            yield Fault(at, f"the heading “{title}” has no English id", cure)
        if level == 1:
            yield Fault(at, "a second title in the page", "begin a section with `## `")
        if level <= above and not "".join(page.lines[before : line - 1]).strip():
            yield Fault(page.on(before), "an empty section", "write it, or remove it")
        if level > above + 1:
            cure = f"begin it with `{'#' * (above + 1)} `"
            yield Fault(at, f"a heading of {level} `#` below one of {above}", cure)
        if id and seen.setdefault(id, line) != line:
            yield Fault(at, f"the id `{id}` is that of line {seen[id]} too", "write another id")
        above, before = level, line


@registry.page_check("tables and lists")
def tables_and_lists(page: Page) -> Iterator[Fault]:
    """Apart from the text above; a table has a rule and rows of equal length."""
    head, last, in_list = 0, 0, False
    for line, kind, text in pieces(page):
        at, indented = page.on(line), text.startswith("    ")
        if kind in ("row", "item") and not _ABOVE.match(page.lines[line - 2]):
            what = f"this {'table' if kind == 'row' else 'list'} begins right below a line of text"
            yield Fault(at, what, "leave an empty line above it, else it stays text")
        in_list = kind == "item" or in_list and indented
        if kind == "paragraph" and indented and not in_list:
            yield Fault(at, "four spaces make this line code", "begin it at the line's start")
        if kind == "row":
            cells = hollow(text).replace("\\|", "").strip().strip("|").count("|") + 1
            if line != last + 1:
                head = cells
                if not _RULE.match("".join(page.lines[line : line + 1])):
                    what = "a table without a rule below its head stays text"
                    yield Fault(at, what, "write `|---|---|` below the first row")
            if cells != head:
                yield Fault(at, f"a row of {cells} cells in a table of {head}", "write as many")
            last = line


@registry.page_check("fences")
def fences(page: Page) -> Iterator[Fault]:
    kinds = FENCES + COMMANDS * (page.slug in page.project.options.commands)
    known = [f"```{kind}" for kind in kinds]
    for number, line, fence in fenced(page.text):
        if fence == "open" and line.rstrip() not in known:
            what = f"the fence `{line.strip()}` would not be run, silently"
            yield Fault(page.on(number), what, f"begin the line with one of: {', '.join(known)}")


@registry.page_check("pairs of marks")
def pairs(page: Page) -> Iterator[Fault | Doubt]:
    """What opens is closed in the same piece, or opens again in the next one, as a quotation."""
    every = [*pieces(page), Piece(0, "", "")]
    for (line, kind, typed), following in zip(every, every[1:], strict=False):
        text = _INTERVAL.sub("", INLINE.sub("", typed))
        for opens, closes in _PAIRS.get(page.language, ()):
            count, closed = text.count(opens), text.count(closes)
            goes_on = following.text.lstrip("> ").startswith(opens)
            if count < closed or count > closed and not goes_on:
                what = f"{count} `{opens}` and {closed} `{closes}` in one {kind}"
                judged = Fault if count > closed else Doubt
                yield judged(page.on(line), what, "close what is open")


@registry.page_check("sentences")
def sentences(page: Page) -> Iterator[Doubt]:
    """A sentence twice in one paragraph, a paragraph twice in a row, one that ends in a comma."""
    before = ""
    for line, kind, text in pieces(page):
        said = _SENTENCE.findall(f"\n{text}")
        if kind == "paragraph" and (text == before or len({*said}) < len(said)):
            yield Doubt(page.on(line), "the same sentence twice", "write it once, if not meant so")
        if kind == "paragraph" and (last := text.rstrip()[-1]) in "，、；,;":
            yield Doubt(page.on(line), f"a paragraph that ends in `{last}`", "finish the sentence")
        before = text
