"""What can be added to the engine: directives, checks, figures, and pages with their own template.

Each is registered by the file that holds it. The engine's own files are found by their folder;
those of a book are the modules that `extensions:` of mkdocs.yml names. A name that is registered
again replaces what it named before.
"""

import importlib
import pkgutil
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any, Literal, NamedTuple, TypeVar

from jsonschema import Draft202012Validator

from literate.errors import Doubt, Fault

Schema = Mapping[str, Any]
# An option that has no schema of its own
WORDS: Schema = {"not": {"type": ["array", "object"]}, "description": "words"}


class DirectiveType(NamedTuple):
    """How a directive is written, and what it becomes.

    draw: from a `Drawing` to markup. required, optional: names of its options.
    names_snippet: whether its argument is the name of a snippet. shows_code: whether it shows it.
    inside: the directive that it may only appear in, at most once.
    options: JSON Schema of those that are not words; `description` says how to write the option.
    cells: from a `Passage` to the cells of the notebook; without it, the prose alone.
    made_from: from the book, the page and the directive as written to what it draws beside the
    snippets that it names: when that changes, the live site draws the page again.
    """

    name: str
    draw: Callable[..., str]
    required: Collection[str] = ()
    optional: Collection[str] = ()
    names_snippet: bool = False
    shows_code: bool = False
    inside: str | None = None
    options: Mapping[str, Schema] = {}
    cells: Callable[..., list[dict[str, Any]]] | None = None
    made_from: Callable[..., object] | None = None

    def how_to_write(self, option: str, value: Any) -> str | None:
        """How an option is written, where its value does not match its schema; else None."""
        schema = self.options.get(option, WORDS)
        valid = Draft202012Validator(schema).is_valid(value)
        return None if valid else str(schema.get("description", "another value"))


class FigureType(NamedTuple):
    """draw: `function(values, words, tex)`, which draws the variables of a run as SVG or HTML.

    live: what its option `live:` may be; with it, it is drawn with `live=True`, for a script that
    writes into it.
    """

    draw: Callable[..., str]
    live: tuple[str, ...] = ()

    def __call__(self, *given: Any, **options: Any) -> str:
        return self.draw(*given, **options)


class OwnPage(NamedTuple):
    """A page with a template of its own.

    draws: keys of its front matter that name snippets. snippets: those that it draws from beside
    these and the ones that its text names. context(book): what its template reads as `tp.own`.
    files(book): path on the site → text of what the build adds. anchors(html): fragments that its
    script reads, which are not ids.
    """

    draws: tuple[str, ...] = ()
    snippets: tuple[str, ...] = ()
    context: Callable[..., Any] | None = None
    files: Callable[..., dict[str, str]] | None = None
    anchors: Callable[[str], Iterable[str]] | None = None


DIRECTIVES: dict[str, DirectiveType] = {}
CHECKS: dict[str, "Check"] = {}
FIGURES: dict[str, FigureType] = {}
OWN_PAGES: dict[str, OwnPage] = {}


class Check(NamedTuple):
    """of: what `find` is given: `book`, the project and all pages; `page`, one page; `twins`, a
    page and itself in another language; `words` and `snippets`, the project.

    Only that of the book is called each time. What another one finds is kept until its pages
    change, or the files of words, or those of snippets and symbols; and until the settings, the
    glossary or the code do.
    """

    stage: int
    find: Callable[..., Iterable[Fault | Doubt]]
    of: Literal["book", "page", "twins", "words", "snippets"] = "book"


Kind = TypeVar("Kind")
Draw = TypeVar("Draw", bound=Callable[..., str])
Find = TypeVar("Find", bound=Callable[..., Iterable[Fault | Doubt]])
Function = TypeVar("Function", bound=Callable[..., Any])


def _register(
    kinds: dict[str, Kind], name: str, kind: Callable[[Function], Kind]
) -> Callable[[Function], Function]:
    """A decorator that keeps what `kind` makes of a function."""

    def register(function: Function) -> Function:
        kinds[name] = kind(function)
        return function

    return register


def directive(name: str, **more: Any) -> Callable[[Draw], Draw]:
    """Register a function that draws `/// name | argument`. more: see DirectiveType."""
    return _register(DIRECTIVES, name, partial(DirectiveType, name, **more))


def check(name: str, stage: int = 3) -> Callable[[Find], Find]:
    """Register `function(project, pages)`, called before anything runs: it yields what is wrong.

    pages: (language, slug) → page. stage: what it may rely on, see `literate.checks`.
    """
    return _register(CHECKS, name, partial(Check, stage))


def page_check(name: str, stage: int = 2) -> Callable[[Find], Find]:
    """Register `function(page)`, called for each page whose text has changed. See Check."""
    return _register(CHECKS, name, partial(Check, stage, of="page"))


def words_check(name: str, stage: int = 3) -> Callable[[Find], Find]:
    """Register `function(project)`, which reads glossary, words and symbols. See Check."""
    return _register(CHECKS, name, partial(Check, stage, of="words"))


def snippets_check(name: str, stage: int = 2) -> Callable[[Find], Find]:
    """Register `function(project)`, which reads snippets and their symbols. See Check."""
    return _register(CHECKS, name, partial(Check, stage, of="snippets"))


def twin_check(name: str, stage: int = 3) -> Callable[[Find], Find]:
    """Register `function(page, twin)`, called for each page of the first language with itself in
    another, when one of the texts has changed. See Check.
    """
    return _register(CHECKS, name, partial(Check, stage, of="twins"))


def figure(name: str, live: tuple[str, ...] = ()) -> Callable[[Draw], Draw]:
    """Register `function(values, words, tex)`. See FigureType."""
    return _register(FIGURES, name, partial(FigureType, live=live))


def own_page(slug: str, **parts: Any) -> None:
    """Register a page with a template of its own. See OwnPage."""
    OWN_PAGES[slug] = OwnPage(**parts)


def drawn_from(slugs: Iterable[str]) -> list[str]:
    """The snippets that the templates of these pages draw from."""
    return [name for slug in slugs if slug in OWN_PAGES for name in OWN_PAGES[slug].snippets]


def load_all(package: str) -> None:
    """Import every module of a package, so that each registers what it holds."""
    for found in pkgutil.iter_modules(importlib.import_module(package).__path__):
        importlib.import_module(f"{package}.{found.name}")
