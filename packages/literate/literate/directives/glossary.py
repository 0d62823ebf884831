"""`/// glossary | terms`, `/// glossary | symbols`: the tables of docs/glossary.yml."""

from collections.abc import Iterator
from typing import Any

from literate import directive, terms
from literate.book import Book
from literate.directives.drawing import Drawing
from literate.text import Directive, Page


def _made_from(book: Book, page: Page, written: Directive) -> object:
    return list(_chapters(book, page.language)) if written.argument == "terms" else None


@directive("glossary", made_from=_made_from)
def glossary(drawing: Drawing) -> str:
    project, which = drawing.project, drawing.argument
    if which not in ("terms", "symbols"):
        raise drawing.fault(f"`/// glossary | {which}`", "write `terms` or `symbols`")
    chapters = dict(_chapters(drawing.book, drawing.page.language)) if which == "terms" else {}
    groups, tables = terms.groups(project), {"terms": project.terms, "symbols": project.symbols}
    return drawing.render(groups=groups, chapters=chapters, **tables)


def _chapters(book: Book, language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Term → slug, number and title of the chapter that explains it."""
    titles = {page.slug: page.meta["title"] for page in book.pages if page.language == language}
    for term, slug in terms.chapters(book.project, book.pages).items():
        yield term, {"slug": slug, "number": book.project.number(slug), "title": titles[slug]}
