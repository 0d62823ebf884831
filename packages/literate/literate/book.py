"""The book as its pages see it: which snippets they name, what those printed, the words of both languages."""

import functools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from literate import files as intake
from literate import formula, runs, schema, snippets
from literate.errors import Doubt, Fault, Faults
from literate.project import Project, Words
from literate.runs import Run
from literate.snippets import Snippet

# directive → (options it must have, options it may have, whether its argument names a snippet)
DIRECTIVES = {
    "snippet": ({"title"}, set(), True),
    "pitfall": ({"title"}, {"cure"}, True),
    "exercise": ({"title", "level"}, {"answer", "decimals"}, True),
    "figure": ({"from", "alt"}, {"live"}, False),
    "formula": (set(), set(), True),
    "worked": ({"from"}, {"with", "at", "formula", "side"}, True),
    "glossary": (set(), set(), False),
    "cell": (set(), set(), False),
    "hint": (set(), set(), False),
    "answer": (set(), set(), False),
}
INSIDE = ("hint", "answer")  # these stand inside an exercise, each at most once
WORDS = ("title", "alt")  # options that are prose
_OPENING = re.compile(r"^(/{3,})[ \t]*([\w-]+)[ \t]*(?:\|[ \t]*(.*?))?[ \t]*$")
_CLOSING = re.compile(r"^/{3,}[ \t]*$")
_INNER = re.compile(
    rf"^(/{{4,}})[ \t]*({'|'.join(INSIDE)})[ \t]*\n(.*?)\n\1[ \t]*(?:\n|\Z)", re.M | re.S
)
_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})")
_KINDS = {"heading": "#", "row": r"\s*\|", "item": r"\s*([-*+]|\d+\.)\s", "paragraph": ""}
ROLE = re.compile(r"\{\{\s*(\w+[.:]\w+)\.(\w+)((?:\[[^\]\s]+\])*)(?::([^{}\s]*))?\s*\}\}")


@dataclass(frozen=True)
class Directive:
    line: int
    name: str
    argument: str
    options: dict


@dataclass
class Source:
    """One page's Markdown: its language, slug, text and the directives and roles in it."""

    project: Project
    path: Path
    language: str
    slug: str
    text: str
    directives: list[Directive] = field(default_factory=list)

    @functools.cached_property
    def place(self) -> str:
        return self.project.place(self.path)

    def at(self, needle: str) -> str:
        """`file:line` of the first line that holds the text."""
        for number, line in enumerate(self.text.splitlines(), 1):
            if needle and needle in line:
                return f"{self.place}:{number}"
        return self.place

    @functools.cached_property
    def meta(self) -> dict:
        match = re.match(r"---\n(.*?)\n---\n", self.text, re.S)
        return (intake.read_yaml(match[1], self.place, 2) or {}) if match else {}

    def snippets(self) -> list[tuple[str, str]]:
        """(name, file:line) of every snippet that the page names, in order."""
        found = []
        for d in self.directives:
            at = f"{self.place}:{d.line}"
            if (
                d.name in DIRECTIVES
                and DIRECTIVES[d.name][2]
                or d.name == "cell"
                and "." in d.argument
            ):
                found.append((d.argument, at))
            found += [(d.options[k], at) for k in ("cure", "from") if k in d.options]
        found += [
            (m[1], f"{self.place}:{n}")
            for n, line in enumerate(self.text.splitlines(), 1)
            for m in ROLE.finditer(line)
        ]
        return found


def read(project: Project, path: Path, language: str) -> Source:
    slug = path.relative_to(project.page_folder(language)).with_suffix("").as_posix()
    text = project.read(path)
    source = Source(project, path, language, slug, text)
    source.directives = _directives(source)
    return source


def sources(project: Project) -> list[Source]:
    """Every page of both languages. Raises Faults with those that cannot be read."""
    pages, faults = [], []
    for language in project.languages:
        for path in sorted(project.page_folder(language).rglob("*.md")):
            try:
                pages.append(read(project, path, language))
            except Fault as fault:
                faults.append(fault)
    if faults:
        raise Faults(faults)
    return pages


def outside_fences(text: str):
    """(number, line) of each line that is not inside a fenced block."""
    fence = None
    for number, line in enumerate(text.splitlines(), 1):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and line.strip() == mark[1]:
                fence = None
        elif mark:
            fence = mark[1]
        else:
            yield number, line


def pieces(source: Source):
    """(first line, kind, text) of what the prose is made of: headings, rows of tables, items of lists, paragraphs."""
    front = re.match(r"(---\n.*?\n---\n)?", source.text, re.S)[0].count("\n")
    piece, last, options = None, 0, False
    for number, line in outside_fences(source.text):
        directive = line.startswith("///")
        options = directive or options and line.startswith("    ")
        kind = (
            None
            if number <= front or options or not line.strip()
            else next(k for k, form in _KINDS.items() if re.match(form, line))
        )
        if piece and kind == "paragraph" and piece[1] in ("item", kind) and number == last + 1:
            piece = (*piece[:2], f"{piece[2]}\n{line}")
        else:
            if piece:
                yield piece
            piece = (number, kind, line) if kind else None
        last = number
    if piece:
        yield piece


def blocks(source: Source) -> list[str | tuple[Directive, str]]:
    """A page as its prose and its directives with the text inside each, in order, less the front matter."""
    lines = source.text.splitlines()
    opens = {d.line: d for d in source.directives}
    out: list[str | tuple[Directive, str]] = []
    prose: list[str] = []
    at = len(re.match(r"(---\n.*?\n---\n)?", source.text, re.S)[0].splitlines())
    while at < len(lines):
        if not (directive := opens.get(at + 1)):
            prose.append(lines[at])
            at += 1
            continue
        fence = re.match("/+", lines[at])[0]
        start = at + 1
        while start < len(lines) and re.match(r" {4}\S", lines[start]):
            start += 1
        end = next((n for n in range(start, len(lines)) if lines[n].rstrip() == fence), None)
        if end is None:
            raise Fault(
                f"{source.place}:{at + 1}",
                f"`/// {directive.name}` is not closed",
                f"close it with a line `{fence}`",
            )
        out += ["\n".join(prose), (directive, "\n".join(lines[start:end]).strip("\n"))]
        prose = []
        at = end + 1
    return [b for b in (*out, "\n".join(prose)) if not isinstance(b, str) or b.strip()]


def parted(body: str) -> tuple[str, dict[str, str]]:
    """The text of an exercise, and apart from it that of its `//// hint` and its `//// answer`."""
    return _INNER.sub("", body).strip(), {m[2]: m[3].strip() for m in _INNER.finditer(body)}


def _directives(source: Source) -> list[Directive]:
    lines = source.text.splitlines()
    found = []
    around: list[list[str]] = []  # what is open: a fence, its directive, and those inside it so far
    for number, line in outside_fences(source.text):
        if _CLOSING.match(line):
            if not around:
                raise Fault(
                    f"{source.place}:{number}",
                    f"`{line.strip()}` closes nothing",
                    "a directive opens with `/// name | argument`, and is closed once",
                )
            around = around[:-1] if around and line.strip() == around[-1][0] else around
            continue
        if not (match := _OPENING.match(line)):
            continue
        _, outer, *before = around[-1] if around else ("", "")
        if match[2] in INSIDE and (outer != "exercise" or match[2] in before):
            raise Fault(
                f"{source.place}:{number}",
                f"`{match[1]} {match[2]}` {'twice in' if outer == 'exercise' else 'outside'} an exercise",
                f"an exercise has at most one `//// {match[2]}`, before the `///` that closes it",
            )
        if around:
            around[-1].append(match[2])
        around.append([match[1], match[2]])
        options = []
        for following in lines[number:]:
            if not following.startswith("    ") or not following.strip():
                break
            options.append(following)
        found.append(_directive(source, number, match[2], match[3] or "", "\n".join(options)))
    return found


def _directive(source: Source, number: int, name: str, argument: str, options: str) -> Directive:
    at = f"{source.place}:{number}"
    if name not in DIRECTIVES:
        raise Fault(at, f"unknown directive `/// {name}`", f"there are: {', '.join(DIRECTIVES)}")
    must, may, _ = DIRECTIVES[name]
    try:
        given = yaml.load(options, intake.LOADER) or {}
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise Fault(
            at,
            f"the options of `/// {name}` are not YAML: {' '.join(str(error).split())}",
            "quote a value that holds `: ` or begins with a sign",
        ) from None
    if not isinstance(given, dict):
        raise Fault(
            at,
            f"the options of `/// {name}` are not `key: value` lines",
            "write one `    key: value` a line",
        )
    if missing := must - {key for key, value in given.items() if value not in (None, "")}:
        raise Fault(
            at,
            f"`/// {name}` lacks `{min(missing)}:`",
            f"add it below, indented by four: `    {min(missing)}: …`",
        )
    if unknown := set(given) - must - may:
        raise Fault(
            at,
            f"`/// {name}` knows no option `{min(map(str, unknown))}`",
            f"it takes: {', '.join(sorted(must | may)) or 'none'}",
        )
    for option in set(given) & set(schema.OPTIONS):
        if schema.parts(given[option], option):
            raise Fault(
                at,
                f"`{option}: {given[option]}` of `/// {name}`",
                f"write {schema.WRITTEN[option]}",
            )
    for offset, line in enumerate(options.splitlines(), 1):
        key, _, typed = line.strip().partition(":")
        typed, value = typed.strip(), given.get(key)
        if (
            typed[:1] not in ("", '"', "'", "[", "{", "|", ">")
            and (isinstance(value, str) or key in WORDS)
            and value != typed
        ):
            raise Fault(
                f"{source.place}:{number + offset}",
                f"`{key}: {typed}` reads as `{value}`",
                f'quote it: `{key}: "{typed}"`',
            )
    return Directive(number, name, argument.strip(), given)


# ---- the book


_SECTION = re.compile(r"^#+ .*\{#([\w-]+)\}[ \t]*$", re.M)


def _silent(text: str) -> None:
    pass


class Book:
    """What every page draws from. `prepare` reads the pages, loads what they name and runs it.

    order: chapters in reading order, by slug. pages: all, of every language. page: the one being drawn.
    Of that page, so far: counts, of cards, figures and exercises; ids; cards, snippet → slug and number;
    explained, the terms that are not used yet. doubts: found while pages are drawn.
    """

    page: Source

    def __init__(self, project: Project):
        self.project, self.order = project, project.order
        self.snippets: dict[str, Snippet] = {}
        self.runs: dict[str, Run] = {}
        self.pages: list[Source] = []
        self.doubts: list[Doubt] = []
        self.counts: Counter[str] = Counter()
        self.ids: set[str] = set()
        self.cards: dict[str, tuple[str, str]] = {}
        self.explained: Any = None

    def prepare(
        self,
        pages: list[Source],
        more: Iterable[str] = (),
        say: Callable[[str], None] = _silent,
        between: Callable[[], None] = lambda: None,
    ) -> None:
        """Load and run every snippet that the pages name, and `more`. Raises Faults.

        between: called before each formula is checked; it may raise to end it there.
        """
        loaded = self._load(pages, more, say, between)
        if faults := formula.unshown(self.project, pages):
            raise Faults(faults)
        self.pages, self.doubts = pages, []
        self.runs = runs.run_all(self.project, list(loaded.values()), say)
        self.snippets = loaded

    def renew(
        self, page: Source, more: Iterable[str] = (), say: Callable[[str], None] = _silent
    ) -> None:
        """The same for one page, beside what is there. Raises Faults."""
        loaded = self._load([page], more, say)
        changed = [each for name, each in loaded.items() if self.snippets.get(name) != each]
        self.runs |= runs.run_all(self.project, changed, say)
        self.snippets |= loaded
        self.doubts = [d for d in self.doubts if d.place.partition(":")[0] != page.place]

    def _load(
        self,
        pages: list[Source],
        more: Iterable[str],
        say: Callable[[str], None],
        between: Callable[[], None] = lambda: None,
    ) -> dict[str, Snippet]:
        """The snippets that the pages name, their formulas checked. Raises Faults."""
        named = dict.fromkeys(more, "mkdocs.yml")
        for page in pages:
            for name, at in page.snippets():
                named.setdefault(name, at)
        loaded, faults = {}, []
        for name, at in named.items():
            try:
                loaded[name] = snippets.load(self.project, name, at)
            except Fault as fault:
                faults.append(fault)
        faults += self._check_formulas(pages, list(loaded.values()), say, between)
        if faults:
            raise Faults(faults)
        return loaded

    def _check_formulas(
        self,
        pages: list[Source],
        loaded: list[Snippet],
        say: Callable[[str], None],
        between: Callable[[], None],
    ) -> list[Fault]:
        """Every formula against its code, before all other runs: it takes a second.

        The file that was saved last comes first; after a file with faults come no others, for they may
        depend on it.
        """
        shown: dict[str, list[str]] = {}
        for page in pages:
            for d in page.directives:
                shown.setdefault(d.argument, []).append(f"{page.place}:{d.line}")
        with_formulas = [each for each in loaded if each.formulas]
        newest = sorted(with_formulas, key=lambda each: (-each.path.stat().st_mtime, each.path))
        for _, each in groupby(newest, lambda snippet: snippet.path):
            group = list(each)
            faults: list[Fault] = runs.attempt(self.project, group, say)
            for snippet in () if faults else group:
                between()
                try:
                    formula.report(snippet, shown.get(snippet.name, []))
                except Fault as fault:
                    faults.append(fault)
            if faults:
                return faults
        return []

    # ---- the page being drawn

    def open(self, page: Source) -> None:
        self.page, self.counts, self.cards, self.explained = page, Counter(), {}, None
        self.ids = set(_SECTION.findall(page.text))
        self.__dict__.pop("declared", None)

    def count(self, kind: str) -> int:
        self.counts[kind] += 1
        return self.counts[kind]

    def identify(self, slug: str) -> str:
        """The slug as an id of the page. Raises Fault if the page has it."""
        if slug in self.ids:
            raise Fault(
                self.page.at(slug.replace("-", "_")),
                f"`{slug}` appears twice on this page",
                "show a snippet once a page, and give no section its name",
            )
        self.ids.add(slug)
        return slug

    @functools.cached_property
    def declared(self) -> Any:
        """What the page may use in inline maths."""
        return formula.declared(self.page, self)

    @property
    def chapter(self) -> int | None:
        """The number of the page, if it is a chapter."""
        return self.order.index(self.page.slug) + 1 if self.page.slug in self.order else None

    @property
    def t(self) -> Words:
        """The words of the theme in the language of the page."""
        return self.project.words[self.page.language]

    @property
    def languages(self) -> list[str]:
        """That of the page, then the others."""
        first = self.page.language
        return [first, *(language for language in self.project.languages if language != first)]

    # ---- snippets and their values

    def snippet(self, name: str) -> tuple[Snippet, Run]:
        """A snippet and its run. Raises Fault if it was not run."""
        if name not in self.snippets:
            what = f"the snippet `{name}` was not run"
            raise Fault(self.page.at(name), what, "save the page again")
        return self.snippets[name], self.runs[name]

    def value(self, name: str, variable: str, indexes: str = "") -> Any:
        """A value that a run left: `value("trace.forward_pass", "z1", "[0]")`. Raises Fault."""
        _, run = self.snippet(name)
        at = self.page.at(f"{name}.{variable}")
        if variable not in run.values:
            cure = f"assign it in the example; it left: {', '.join(run.values) or 'none'}"
            raise Fault(at, f"`{name}` left no variable `{variable}`", cure)
        value = run.values[variable]
        for index in re.findall(r"\[([^\]]+)\]", indexes):
            try:
                value = value[index.strip("\"'")] if isinstance(value, dict) else value[int(index)]
            except (KeyError, IndexError, ValueError, TypeError):
                what = f"`{variable}{indexes}` of `{name}` has no entry [{index}]"
                raise Fault(at, what, f"it is {value!r}"[:200]) from None
        return value

    def role(self, match: re.Match[str]) -> str:
        """The number of a `{{module.snippet.variable[0]:.6f}}`, with a true minus. Raises Fault."""
        name, variable, indexes, spec = match.groups()
        value = self.value(name, variable, indexes)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, list | dict) or isinstance(value, float) and not spec:
            raise Fault(
                self.page.at(match[0]),
                f"`{match[0]}` would print {value!r}"[:160],
                "name one entry, and how it is written: `{{module.snippet.z1[0]:.6f}}`",
            )
        try:
            text = format(int(value) if spec == "d" else value, spec or "")
        except (ValueError, TypeError):
            what = f"`{match[0]}` cannot be written with `{spec}`"
            raise Fault(self.page.at(match[0]), what, f"the value is {value!r}"[:200]) from None
        return text if isinstance(value, str) else text.replace("-", "−")


def shown(value: Any) -> str:
    """A small value for a symbol table: 6 significant digits, semicolons between rows."""
    if isinstance(value, list):
        joint = "; " if value and isinstance(value[0], list) else ", "
        return joint.join(map(shown, value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return (f"{value:.6g}" if math.isfinite(value) else str(value)).replace("-", "−")


def size(value: Any) -> int:
    return sum(map(size, value)) if isinstance(value, list) else 1
