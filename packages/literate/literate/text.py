"""The one reader of Markdown: a page, and what it is made of.

A page has front matter, then prose with fences and directives (`/// name | argument`).
"""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from literate import files, registry
from literate.errors import Fault, gathered, raise_all
from literate.project import Project

WORDS = ("title", "alt")  # options of directives that are prose
ROLE = re.compile(r"\{\{\s*(\w+[.:]\w+)\.(\w+)((?:\[[^\]\s]+\])*)(?::([^{}\s]*))?\s*\}\}")
# What is in a sentence and is not words; a formula is delimited as pymdownx.arithmatex does it
INLINE = re.compile(
    r"(?P<tick>`+)(?!`)(?P<code>.+?)(?<!`)(?P=tick)(?!`)"
    r"|(?<!\\)\$(?!\s)(?P<formula>[^$\n]+?)(?<![\s\\])\$"
    r"|(?P<role>\{\{.*?\}\})"
)
LINK = re.compile(r"\]\(([^)\s]*)[^)]*\)")
_MARKUP = re.compile(rf"{LINK.pattern}|\{{[#:.][^}}]*\}}|</?[A-Za-z][^<>]*>")
_FRONT = re.compile(r"---\n(.*?)^---[ \t]*\n", re.M | re.S)
_FENCE = re.compile(r"[ \t]*(`{3,}(?!.*`)|~{3,})(.*)")
_HEADING = re.compile(r"(#{1,6})\s*(.*?)\s*(?:\{#([\w-]+)\})?\s*$")
_KINDS = {"heading": "#", "row": r"\s*\|", "item": r"\s*([-*+]|\d+\.)\s", "paragraph": ""}
_OPENING = re.compile(r"(/{3,})[ \t]*([\w-]+)[ \t]*(?:\|[ \t]*(.*?))?[ \t]*$")
_OPTION = re.compile(r" {4}\s*\S")
_CLOSING = re.compile(r"/{3,}[ \t]*$")


class Piece(NamedTuple):
    """A heading, a row of a table, an item of a list or a paragraph. line: its first."""

    line: int
    kind: str
    text: str


class Heading(NamedTuple):
    line: int
    level: int
    title: str
    id: str


@dataclass
class Directive:
    """One directive on a page. line, end: of the lines that open and close it."""

    line: int
    name: str
    argument: str
    options: dict[str, Any]
    slashes: str
    end: int = 0


@dataclass(eq=False)
class Page:
    """The Markdown of one page in one language."""

    project: Project
    path: Path
    language: str
    slug: str
    text: str
    directives: list[Directive] = field(default_factory=list)

    @property
    def where(self) -> tuple[str, str]:
        return self.language, self.slug

    @functools.cached_property
    def place(self) -> str:
        return self.project.place(self.path)

    @functools.cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def at(self, needle: str) -> str:
        """`file:line` of the first line that contains the text; without one, the file."""
        return self.on(number) if (number := line_of(needle, self.text)) else self.place

    def on(self, line: int) -> str:
        return f"{self.place}:{line}"

    @functools.cached_property
    def front(self) -> int:
        """How many lines the front matter takes."""
        return found[0].count("\n") if (found := _FRONT.match(self.text)) else 0

    @functools.cached_property
    def meta(self) -> dict[str, Any]:
        """The front matter. Raises Fault."""
        front = "\n".join(self.lines[1 : max(self.front - 1, 1)])
        return files.read_yaml(front, self.place, 2) or {}

    @property
    def exercises(self) -> list[str]:
        """The names of the snippets that answer the page's exercises, in order."""
        return [d.argument for d in self.directives if d.name == "exercise"]

    def snippets(self) -> Iterator[tuple[str, str]]:
        """Name and `file:line` of every snippet that the page names, in order."""
        for d in self.directives:
            kind = registry.DIRECTIVES[d.name]
            names = [d.argument] * (kind.names_snippet or d.name == "cell" and "." in d.argument)
            names += [str(d.options[key]) for key in ("cure", "from") if key in d.options]
            yield from ((name, self.on(d.line)) for name in names)
        if own := registry.OWN_PAGES.get(self.slug):
            drawn = [key for key in own.draws if key in self.meta]
            yield from ((str(self.meta[key]), self.at(f"{key}:")) for key in drawn)
        for number, line in enumerate(self.lines, 1):
            yield from ((role[1], self.on(number)) for role in ROLE.finditer(line))


Pages = Mapping[tuple[str, str], Page]  # by language and slug


def read_page(project: Project, path: Path, language: str) -> Page:
    """Read a page with its directives. Raises Fault."""
    slug = path.relative_to(project.page_folder(language)).with_suffix("").as_posix()
    page = Page(project, path, language, slug, project.read(path))
    if page.text.startswith("---\n") and not page.front:
        raise Fault(f"{page.place}:1", "the front matter is not closed", "end it with `---`")
    page.directives = _directives(page)
    return page


def read_pages(project: Project) -> list[Page]:
    """Every page of every language that the navigation lists. Raises Faults."""
    pages, faults = [], list[Fault]()
    for language in project.languages:
        folder = project.page_folder(language)
        for path in sorted(folder.rglob("*.md")):
            with gathered(faults):
                if path.relative_to(folder).with_suffix("").as_posix() in project.slugs:
                    pages.append(read_page(project, path, language))
    raise_all(faults)
    return pages


def line_of(needle: str, text: str) -> int | None:
    """The number of the first line that contains the needle."""
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if needle and needle in line), None)


# ---- lines and pieces


def fenced(text: str) -> Iterator[tuple[int, str, str]]:
    """Number and text of every line, and "" outside of fences, else "open", "inside" or "close"."""
    mark = ""
    for number, line in enumerate(text.splitlines(), 1):
        found = _FENCE.match(line)
        if not mark:
            mark = found[1] if found else ""
            yield number, line, "open" if found else ""
        elif found and found[1].startswith(mark) and not found[2].strip():
            mark = ""
            yield number, line, "close"
        else:
            yield number, line, "inside"


def outside_fences(text: str) -> Iterator[tuple[int, str]]:
    """Number and text of each line that is not in a fence."""
    return ((number, line) for number, line, fence in fenced(text) if not fence)


@functools.lru_cache(maxsize=512)  # many checks ask
def pieces(page: Page) -> tuple[Piece, ...]:
    """What the prose is made of, in order; without front matter, fences and directives' options."""
    found: list[Piece] = []
    last, options = 0, False
    for number, line in outside_fences(page.text):
        options = line.startswith("///") or options and line.startswith("    ")
        if number > page.front and not options and line.strip():
            kind = next(kind for kind, form in _KINDS.items() if re.match(form, line))
            continues = found and found[-1].kind in ("item", "paragraph") and number == last + 1
            if continues and kind == "paragraph":
                found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{line}")
            else:
                found.append(Piece(number, kind, line))
            last = number
    return tuple(found)


def headings(page: Page) -> list[Heading]:
    """The headings of a page; the id of one that has none is empty."""
    found = [(p.line, _HEADING.match(p.text)) for p in pieces(page) if p.kind == "heading"]
    return [Heading(line, len(m[1]), m[2], m[3] or "") for line, m in found if m]


def prose(page: Page) -> Iterator[tuple[int, str]]:
    """Number and words of each line that readers see: no fences, of a directive only its words."""
    inside = False
    for number, line in outside_fences(page.text):
        inside = line.startswith("///") or inside and line.startswith("    ")
        if inside or number <= page.front:
            key, _, value = line.strip().partition(": ")
            if inside and key not in WORDS:
                continue
            line = value.strip("\"'")
        yield number, plain(line)


def plain(text: str) -> str:
    """The words alone: without code, formulas, roles, addresses, ids and HTML."""
    return _MARKUP.sub(" ", INLINE.sub(" ", text))


def hollow(text: str) -> str:
    """The text with its marks, and a dot for what is in code, formulas and roles."""
    return INLINE.sub(lambda m: "`·`" if m["code"] else "$·$" if m["formula"] else "·", text)


# ---- directives


def blocks(page: Page) -> list[str | tuple[Directive, str]]:
    """A page as its prose and its directives with their text, in order, without front matter."""
    out: list[str | tuple[Directive, str]] = []
    at = page.front
    for d in page.directives:
        if d.line > at:  # not inside of the one before
            body = page.lines[d.line + len(_options(page, d.line)) : d.end - 1]
            out += ["\n".join(page.lines[at : d.line - 1]), (d, "\n".join(body).strip("\n"))]
            at = d.end
    out.append("\n".join(page.lines[at:]))
    return [block for block in out if not isinstance(block, str) or block.strip()]


def split_exercise(body: str) -> tuple[str, dict[str, str]]:
    """The text of a directive, and of each directive inside it by name: `hint`, `answer`."""
    names = "|".join(name for name, kind in registry.DIRECTIVES.items() if kind.inside)
    inner = re.compile(rf"^(/{{4,}})[ \t]*({names})[ \t]*\n(.*?)\n\1[ \t]*(?:\n|\Z)", re.M | re.S)
    return inner.sub("", body).strip(), {m[2]: m[3].strip() for m in inner.finditer(body)}


def _directives(page: Page) -> list[Directive]:
    """Every directive, in the order in which they open. Raises Fault."""
    found: list[Directive] = []
    opened: list[Directive] = []
    for number, line in outside_fences(page.text):
        if _CLOSING.match(line):
            if not opened:
                cure = "a directive opens with `/// name | argument` and is closed once"
                raise Fault(page.on(number), f"`{line.strip()}` closes nothing", cure)
            if line.strip() == opened[-1].slashes:
                opened.pop().end = number
        elif match := _OPENING.match(line):
            made = _directive(page, number, *match.groups(""))
            _compare_nesting(page, made, opened[-1:], found)
            opened.append(made)
            found.append(made)
    if opened:
        raise _not_closed(page, opened[-1])
    return found


def _not_closed(page: Page, one: Directive, where: str = "") -> Fault:
    what = f"`{one.slashes} {one.name}` is not closed{where}"
    return Fault(page.on(one.line), what, f"close it with a line `{one.slashes}`")


def _compare_nesting(
    page: Page, made: Directive, around: list[Directive], before: list[Directive]
) -> None:
    """Raise a Fault where a directive opens inside one that it is not made for.

    A hint stands in an exercise; any other directive would not reach the page, so that the one
    around it must lack its closing line. around: the one that is open, if any.
    """
    outer = registry.DIRECTIVES[made.name].inside
    said = f"`{made.slashes} {made.name}`"
    for one in around:
        if outer != one.name and (not outer or registry.DIRECTIVES[one.name].inside):
            raise _not_closed(page, one, f" before line {made.line}, where {said} opens")
    starts = [one.line for one in around if one.name == outer]
    twice = any(one.name == made.name and one.line > start for start in starts for one in before)
    if outer and (twice or not starts):
        what = f"{said} {'twice in' if twice else 'outside'} an {outer}"
        cure = f"an {outer} has at most one `//// {made.name}`, before its closing `///`"
        raise Fault(page.on(made.line), what, cure)


def _options(page: Page, number: int) -> list[str]:
    """The lines of options below the line that opens a directive."""
    return list(takewhile(_OPTION.match, page.lines[number:]))


def _directive(page: Page, number: int, slashes: str, name: str, argument: str) -> Directive:
    """A directive whose options are those that its type takes. Raises Fault."""
    at = page.on(number)
    if name not in registry.DIRECTIVES:
        raise Fault(
            at, f"unknown directive `/// {name}`", f"there are: {', '.join(registry.DIRECTIVES)}"
        )
    kind, lines = registry.DIRECTIVES[name], _options(page, number)
    try:
        options = yaml.load("\n".join(lines), files.Loader) or {}
    except (yaml.YAMLError, ValueError, TypeError) as error:
        what = f"the options of `/// {name}` are not YAML: {' '.join(str(error).split())}"
        raise Fault(at, what, "quote a value that holds `: ` or begins with a sign") from None
    if not isinstance(options, dict):
        what = f"the options of `/// {name}` are not `key: value` lines"
        raise Fault(at, what, "write one `    key: value` a line")
    known = {*kind.required, *kind.optional}
    given = {key for key, value in options.items() if value not in (None, "")}
    missing = [key for key in kind.required if key not in given]
    wrong = [(f"missing `{key}:`", f"add a line `    {key}: …`") for key in missing]
    takes = f"it takes: {', '.join(sorted(known)) or 'none'}"
    wrong += [(f"unknown option `{key}`", takes) for key in options if key not in known]
    how = {key: kind.how_to_write(key, value) for key, value in options.items()}
    wrong += [(f"`{key}: {options[key]}`", f"write {form}") for key, form in how.items() if form]
    for what, cure in wrong:
        raise Fault(at, f"`/// {name}`: {what}", cure)
    for offset, line in enumerate(lines, 1):
        _compare_typed(page.on(number + offset), line, options)
    return Directive(number, name, argument.strip(), options, slashes)


def _compare_typed(at: str, line: str, options: dict[str, Any]) -> None:
    """Raise a Fault where YAML reads an option other than it is typed: `title: 2.50` as 2.5."""
    key, _, typed = line.strip().partition(":")
    typed, value = typed.strip(), options.get(key)
    quoted = typed[:1] in ("", '"', "'", "[", "{", "|", ">")
    if not quoted and (isinstance(value, str) or key in WORDS) and value != typed:
        raise Fault(at, f"`{key}: {typed}` reads as `{value}`", f'quote it: `{key}: "{typed}"`')
