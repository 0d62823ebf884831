"""`/// glossary | terms`, `/// glossary | symbols`: the words and the symbols of the book."""

import re
from collections.abc import Iterator
from typing import Any

from literate import directive, symbols, terms
from literate.book import Book
from literate.directives.drawing import Drawing
from literate.snippets import modules
from literate.text import Directive, Page


def _made_from(book: Book, page: Page, written: Directive) -> object:
    return list(_chapters(book, page.language)) if written.argument == "terms" else _symbols(book)


@directive("glossary", made_from=_made_from)
def glossary(drawing: Drawing) -> str:
    project, which = drawing.project, drawing.argument
    if which not in ("terms", "symbols"):
        raise drawing.fault(f"`/// glossary | {which}`", "write `terms` or `symbols`")
    chapters = dict(_chapters(drawing.book, drawing.page.language)) if which == "terms" else {}
    tables = {"terms": project.terms, "symbols": _symbols(drawing.book)}
    return drawing.render(groups=terms.groups(project), chapters=chapters, **tables)


def _symbols(book: Book) -> list[tuple[symbols.Declared, bool]]:
    """The symbols of each file of snippets, in the order in which the pages first name the files.

    Each with whether another file, or function, has its name.
    """
    order = [*book.order, *book.project.slugs]
    pages = sorted(book.pages, key=lambda page: order.index(page.slug))
    shown = (re.split("[.:]", name)[0] for page in pages for name, _ in page.snippets())
    return symbols.every(book.project, dict.fromkeys([*shown, *modules(book.project)]))


def _chapters(book: Book, language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Term → slug, number and title of the chapter that explains it."""
    titles = {page.slug: page.meta["title"] for page in book.pages if page.language == language}
    for term, slug in terms.chapters(book.project, book.pages).items():
        yield term, {"slug": slug, "number": book.project.number(slug), "title": titles[slug]}
