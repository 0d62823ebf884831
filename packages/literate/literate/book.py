"""The book as its pages see it: which snippets they name, what those printed, the words of both languages."""

import math
import re
from itertools import groupby

from literate import runs as runner
from literate import snippets as program
from literate.errors import Fault, Faults
from literate.project import Project
from literate.runs import Run
from literate.snippets import Snippet
from literate.text import Page as Source


class Book:
    """What every page draws from. `prepare` reads the pages, loads what they name and runs it."""

    def __init__(self, project: Project):
        self.project = project
        self.order = project.order  # chapters in reading order, by slug
        self.snippets: dict[str, Snippet] = {}
        self.runs: dict[str, Run] = {}
        self.pages: list[Source] = []  # all of both languages
        self.page: Source | None = None  # the page being rendered
        self.counts: dict[str, int] = {}  # cards, figures, exercises so far on it
        self.explained = None  # the terms that this page has not used yet, while its text is drawn

    def prepare(
        self, pages: list[Source], more: list[str] = (), say=lambda text: None, between=lambda: None
    ) -> None:
        """Load and run every snippet that the pages name, and `more`. Raises Faults with all that is wrong.

        between: called before each formula is checked; it may raise to end it there.
        """
        loaded = self._load(pages, more, say, whole=True, between=between)
        self.pages = pages
        self.runs = runner.run_all(self.project, list(loaded.values()), say)
        self.snippets = loaded

    def renew(self, page: Source, more: list[str] = (), say=lambda text: None) -> None:
        """The same for one page, beside what is there: before anything else, for somebody looks at it."""
        loaded = self._load([page], more, say, whole=False)
        changed = [s for name, s in loaded.items() if self.snippets.get(name) != s]
        self.runs |= runner.run_all(self.project, changed, say)
        self.snippets |= loaded

    def _load(
        self, pages: list[Source], more: list[str], say, whole: bool, between=lambda: None
    ) -> dict[str, Snippet]:
        """The snippets that the pages name, their formulas checked. whole: these are all pages there are."""
        faults, named = [], dict.fromkeys(more, "mkdocs.yml")
        for page in pages:
            for name, at in page.snippets():
                named.setdefault(name, at)
        loaded = {}
        for name, at in named.items():
            try:
                loaded[name] = program.load(self.project, name, at)
            except Fault as fault:
                faults.append(fault)
        from literate import formula

        faults += (
            self._check_formulas(pages, list(loaded.values()), say, between)
            or whole
            and formula.unshown(self.project, pages)
            or []
        )
        if faults:
            raise Faults(faults)
        return loaded

    def _check_formulas(
        self, pages: list[Source], snippets: list[Snippet], say, between
    ) -> list[Fault]:
        """Before all other runs, for it takes a second: every formula against its code."""
        from literate import formula  # which draws from the book in turn

        shown: dict[str, list[str]] = {}
        for page in pages:
            for d in page.directives:
                shown.setdefault(d.argument, []).append(f"{page.place}:{d.line}")
        newest = sorted(
            (s for s in snippets if s.formulas), key=lambda s: (-s.path.stat().st_mtime, s.path)
        )
        for _, group in groupby(newest, lambda s: s.path):  # what was just saved comes first
            group = list(group)
            if faults := runner.attempt(self.project, group, say):
                return faults
            for snippet in group:
                between()
                try:
                    formula.report(snippet, shown.get(snippet.name, ()))
                except Fault as fault:
                    faults.append(fault)
            if faults:
                return faults  # tell a file's faults now: what leans on it can wait
        return []

    def open(self, page: Source) -> None:
        self.page, self.counts, self.explained = page, {}, None

    def count(self, kind: str) -> int:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return self.counts[kind]

    @property
    def chapter(self) -> int | None:
        return self.order.index(self.page.slug) + 1 if self.page.slug in self.order else None

    def snippet(self, name: str) -> tuple[Snippet, Run]:
        if name not in self.snippets:
            raise Fault(
                self.page.at(name), f"the snippet `{name}` was not run", "save the page again"
            )
        return self.snippets[name], self.runs[name]

    def value(self, name: str, variable: str, indexes: str = ""):
        """A value that a run left: `value("trace.forward_pass", "z1", "[0]")`. Raises Fault where there is none."""
        _, run = self.snippet(name)
        at = self.page.at(f"{name}.{variable}")
        if variable not in run.values:
            known = ", ".join(run.values) or "none"
            raise Fault(
                at,
                f"`{name}` left no variable `{variable}`",
                f"assign it in the example; it left: {known}",
            )
        value = run.values[variable]
        for index in re.findall(r"\[([^\]]+)\]", indexes):
            try:
                value = value[index.strip("\"'")] if isinstance(value, dict) else value[int(index)]
            except (KeyError, IndexError, ValueError, TypeError):
                raise Fault(
                    at,
                    f"`{variable}{indexes}` of `{name}` has no entry [{index}]",
                    f"it is {value!r}"[:200],
                ) from None
        return value

    def role(self, match: re.Match) -> str:
        """The text of a `{{module.snippet.variable[0]:.6f}}`: its number, with a true minus sign."""
        name, variable, indexes, spec = match.groups()
        value = self.value(name, variable, indexes)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if isinstance(value, (list, dict)) or isinstance(value, float) and not spec:
            raise Fault(
                self.page.at(match[0]),
                f"`{match[0]}` would print {value!r}"[:160],
                "name one entry, and how it is written: `{{module.snippet.z1[0]:.6f}}`",
            )
        try:
            text = format(int(value) if spec == "d" else value, spec or "")
        except (ValueError, TypeError):
            raise Fault(
                self.page.at(match[0]),
                f"`{match[0]}` cannot be written with `{spec}`",
                f"the value is {value!r}"[:200],
            ) from None
        return text if isinstance(value, str) else text.replace("-", "−")

    @property
    def t(self) -> dict[str, str]:
        return self.project.words[self.page.language]


def shown(value) -> str:
    """A small value for a symbol table: 6 significant digits, rows parted by semicolons."""
    if isinstance(value, list):
        joint = "; " if value and isinstance(value[0], list) else ", "
        return joint.join(map(shown, value))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return (f"{value:.6g}" if math.isfinite(value) else str(value)).replace("-", "−")


def size(value) -> int:
    return sum(map(size, value)) if isinstance(value, list) else 1
