"""The book as its pages see it: snippets and their runs, values, what a page has so far."""

import functools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain, groupby
from typing import Any

from literate import formulas, needs, runs, shapes, snippets
from literate.errors import Fault, gathered, raise_all
from literate.project import Project, Words
from literate.runs import silent
from literate.text import Page

_SECTION = re.compile(r"^#+ .*\{#([\w-]+)\}[ \t]*$", re.M)


Call = Callable[..., None]
Names = Iterable[str]
Loaded = dict[str, snippets.Snippet]
Cards = dict[str, tuple[str, str]]
SnippetRun = tuple[snippets.Snippet, runs.Run]


class Book:
    """What every page draws from. `prepare` reads the pages, loads what they name and runs it.

    order: chapters in reading order, by slug. pages: all, of every language. page: the one that is
    drawn, and of it, so far: counts, of cards, figures and exercises; ids; cards, snippet → slug
    and number; explained, the terms that are not used yet.
    """

    page: Page

    def __init__(self, project: Project):
        self.project, self.order = project, project.order
        self.snippets: Loaded = {}
        self.runs: dict[str, runs.Run] = {}
        self.pages: list[Page] = []

    def prepare(
        self,
        pages: list[Page],
        more: Names = (),
        say: Call = silent,
        between: Call = silent,
        meanwhile: Call = silent,
    ) -> None:
        """Load and run every snippet that the pages name, and `more`. Raises Faults.

        between: called before each formula is checked; it may raise to end it there. meanwhile:
        what is done first, while the snippets begin to run.
        """
        every = [*more, *formulas.unshown_by_choice(self.project)]
        loaded, faults = self._load(pages, every)
        with self._batch(pages, loaded, say) as batch:
            meanwhile()
            raise_all(faults + self._check(pages, loaded, batch, between))
            raise_all(formulas.unshown(self.project, pages))
            raise_all(snippets.unused(self.project, loaded.values()))
            self.pages = pages
            self.runs = self._runs(pages, loaded, batch)
        raise_all(shapes.faults(pages, loaded, self.runs))
        self.snippets = loaded

    def renew(self, page: Page, more: Names = (), say: Call = silent) -> None:
        """The same for one page, beside what is there. Raises Faults."""
        loaded, faults = self._load([page], more)
        changed = [name for name, each in loaded.items() if self.snippets.get(name) != each]
        with self._batch([page], loaded, say) as batch:
            raise_all(faults + self._check([page], loaded, batch))
            self.runs |= self._runs([page], changed, batch)
        raise_all(shapes.faults([page], loaded, self.runs))
        self.snippets |= loaded

    def _load(self, pages: list[Page], more: Names) -> tuple[Loaded, list[Fault]]:
        """The snippets that the pages name, and the faults of those that cannot be loaded."""
        named = dict.fromkeys(more, "mkdocs.yml")
        for page in pages:
            for name, at in page.snippets():
                named.setdefault(name, at)
        loaded, faults = Loaded(), list[Fault]()
        for name, at in named.items():
            with gathered(faults):
                loaded[name] = snippets.load(self.project, name, at)
        return loaded, faults

    def _batch(self, pages: list[Page], loaded: Loaded, say: Call) -> runs.Batch:
        """All that is to be run, in the order in which it is waited for; what takes long is first
        among the others. Not what needs something that is missing here, which it says.
        """
        unmet = needs.unmet(pages)
        for snippet in (each for name, each in loaded.items() if name in unmet):
            why = needs.WITHOUT[str(unmet[snippet.name].needs)]
            say(f"{snippet.place}: {snippet.name} is not run: {why}")
        first = chain.from_iterable(_by_file(loaded))
        others = (each for name, each in loaded.items() if name not in unmet)
        return runs.Batch(self.project, [*first, *sorted(others, key=runs.runs_once)], say)

    def _runs(self, pages: list[Page], names: Names, batch: runs.Batch) -> dict[str, runs.Run]:
        """The run of each snippet; of what is not run, what it needs. Raises Faults."""
        unmet = needs.unmet(pages)
        return batch.judged(name for name in names if name not in unmet) | unmet

    def _check(
        self, pages: list[Page], loaded: Loaded, batch: runs.Batch, between: Call = silent
    ) -> list[Fault]:
        """Every formula against its code, as soon as that has run: it takes a second.

        After a file with faults come no others, for they may depend on it.
        """
        shown = [(d.argument, page.on(d.line)) for page in pages for d in page.directives]
        for group in _by_file(loaded):
            _, faults = batch.results(snippet.name for snippet in group)
            for snippet in () if faults else group:
                between()
                with gathered(faults):
                    formulas.report(snippet, [at for name, at in shown if name == snippet.name])
            if faults:
                return faults
        return []

    # ---- the page being drawn

    def open(self, page: Page) -> None:
        self.page, self.ids = page, set(_SECTION.findall(page.text))
        self.counts: Counter[str] = Counter()
        self.cards: Cards = {}
        self.explained: Any = None
        self.__dict__.pop("declared", None)

    def count(self, kind: str) -> int:
        self.counts[kind] += 1
        return self.counts[kind]

    def identify(self, slug: str) -> str:
        """The slug as an id of the page. Raises Fault if the page has it."""
        if slug in self.ids:
            what = f"`{slug}` appears twice on this page"
            cure = "show a snippet once a page, and give no section its name"
            raise Fault(self.page.at(slug.replace("-", "_")), what, cure)
        self.ids.add(slug)
        return slug

    @functools.cached_property
    def declared(self) -> Any:
        """What the page may use in inline maths."""
        return formulas.inline_maths(self.page, self.pages, self.snippets, self.runs)

    @property
    def words(self) -> Words:
        """The words of the theme in the language of the page."""
        return self.project.words[self.page.language]

    @property
    def languages(self) -> list[str]:
        """That of the page, then the others."""
        return sorted(self.project.languages, key=lambda each: each != self.page.language)

    # ---- snippets and their values

    def snippet(self, name: str) -> SnippetRun:
        """A snippet and its run. Raises Fault if it was not run."""
        if name not in self.snippets:
            what = f"the snippet `{name}` was not run"
            raise Fault(self.page.at(name), what, "save the page again")
        return self.snippets[name], self.runs[name]

    def value(self, name: str, variable: str, indexes: str = "") -> Any:
        """A value that a run left: `value("statistics.sample", "means", "[0]")`. Raises Fault."""
        _, run = self.snippet(name)
        at = self.page.at(f"{name}.{variable}")
        if variable in run.large:
            what = f"`{variable}` of `{name}` has more than {runs.LARGEST} numbers"
            raise Fault(at, what, "let the example take the part that the page names")
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
            what = f"`{match[0]}` would print {value!r}"[:160]
            cure = "name one entry, and how it is written: `{{module.snippet.z1[0]:.6f}}`"
            raise Fault(self.page.at(match[0]), what, cure)
        if _is_uncertain(name, value, spec):
            what = f"the last digit of `{match[0]}` may be another one on another machine"
            raise Fault(self.page.at(match[0]), what, "show one digit less")
        try:
            text = format(int(value) if spec == "d" else value, spec or "")
        except (ValueError, TypeError):
            what = f"`{match[0]}` cannot be written with `{spec}`"
            raise Fault(self.page.at(match[0]), what, f"the value is {value!r}"[:200]) from None
        return text if isinstance(value, str) else text.replace("-", "−")


def _by_file(loaded: Loaded) -> list[list[snippets.Snippet]]:
    """The snippets with formulas, file by file; the one that was saved last comes first."""
    found = [each for each in loaded.values() if each.formulas]
    newest = sorted(found, key=lambda each: (-each.path.stat().st_mtime, each.path))
    return [list(each) for _, each in groupby(newest, lambda snippet: snippet.path)]


def _is_uncertain(name: str, value: Any, spec: str | None) -> bool:
    """Whether a number, as it is written, may change with the last bits of float32.

    Metal, CPU and CUDA differ there. Numbers of six decimals or more are to be redone by hand; what
    a region sets, or what is short, is exact.
    """
    is_exact = ":" in name or not isinstance(value, float) or value == float(f"{value:g}")
    if is_exact or not spec or re.fullmatch(r"\.[6-9]f", spec):
        return False
    return len({format(value * (1 + change), spec) for change in (-1e-6, 0, 1e-6)}) > 1


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
