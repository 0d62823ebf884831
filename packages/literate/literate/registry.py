"""What can be added to the engine: directives, checks, figures, and pages with a template of their own.

Each is registered by the file that holds it. The engine's own files are found by their folder; those of a book are the
modules that `extensions:` of mkdocs.yml names. A name that is registered again replaces what it named before.
"""

import importlib
import itertools
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from jsonschema import Draft202012Validator

from literate.errors import Doubt, Fault


@dataclass(frozen=True)
class DirectiveType:
    """required, optional: names of its options; names_snippet: whether its argument is the name of a snippet;
    inside: the directive that it may only appear in, at most once; options: JSON Schema of options that are more than a
    word; draw: fills the element of the page; cells: the cells of the notebook, where it has any."""

    name: str
    draw: Callable
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    names_snippet: bool = False
    inside: str | None = None
    options: Mapping[str, dict] = field(default_factory=dict)
    cells: Callable | None = None

    def how_to_write(self, option: str, value: Any) -> str | None:
        """How an option is written, where its value does not match its schema; else None."""
        schema = self.options.get(option)
        if schema is None or Draft202012Validator(schema).is_valid(value):
            return None
        return str(schema.get("description", "another value"))


@dataclass(frozen=True)
class OwnPage:
    """snippets: those it draws from beside the ones that its text names. context(book): what its template reads as
    `tp.own`. files(book): path on the site → text of what the build adds for it. anchors(html): fragments that its
    script reads, which are no ids."""

    snippets: tuple[str, ...] = ()
    context: Callable | None = None
    files: Callable | None = None
    anchors: Callable | None = None


DIRECTIVES: dict[str, DirectiveType] = {}
CHECKS: dict[str, "Check"] = {}
FIGURES: dict[str, Callable[..., str]] = {}
OWN_PAGES: dict[str, OwnPage] = {}


def directive(name: str, *, required=(), optional=(), **more) -> Callable:
    """Register a function that draws `/// name | argument`."""

    def register(draw: Callable) -> Callable:
        DIRECTIVES[name] = DirectiveType(
            name, draw, frozenset(required), frozenset(optional), **more
        )
        return draw

    return register


class Check(NamedTuple):
    stage: int
    find: Callable[..., Iterable[Fault | Doubt]]


Find = TypeVar("Find", bound=Callable[..., Iterable[Fault | Doubt]])


def check(name: str, stage: int = 3) -> Callable[[Find], Find]:
    """Register `function(project, pages)`, called before anything runs: it yields what is wrong.

    pages: (language, slug) → page. stage: what it may rely on, see `literate.checks`.
    """

    def register(function: Find) -> Find:
        CHECKS[name] = Check(stage, function)
        return function

    return register


def page_check(name: str) -> Callable[[Find], Find]:
    """Register `function(page)`, called for each page in stage 2."""

    def register(function: Find) -> Find:
        def find(project: Any, pages: Mapping[Any, Any]) -> Iterable[Fault | Doubt]:
            return itertools.chain.from_iterable(map(function, pages.values()))

        CHECKS[name] = Check(2, find)
        return function

    return register


def figure(name: str) -> Callable:
    """Register `function(values, words, tex, **options)`, which draws the variables of a run as SVG or HTML."""

    def register(function: Callable) -> Callable:
        FIGURES[name] = function
        return function

    return register


def own_page(slug: str, **parts) -> None:
    """Register a page with a template of its own. See OwnPage."""
    OWN_PAGES[slug] = OwnPage(**parts)


def drawn_from(slug: str | None = None) -> list[str]:
    """The snippets that templates draw from: of one page, or of all."""
    pages = OWN_PAGES.values() if slug is None else [OWN_PAGES[slug]] if slug in OWN_PAGES else []
    return [name for page in pages for name in page.snippets]


def load_all(package) -> None:
    """Import every module of a package, so that each registers what it holds."""
    for found in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{found.name}")
