"""Pages that a book draws with a template of its own: what they show beside their text."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class OwnPage:
    """snippets: those it draws from beside the ones that its text names. context(book): what its template reads as
    `tp.own`. files(book): path on the site → text of what the build adds for it. anchors(html): fragments that its
    script reads, which are no ids."""

    snippets: tuple[str, ...] = ()
    context: Callable | None = None
    files: Callable | None = None
    anchors: Callable | None = None
    origin: str = ""  # the file that registers it, for messages


OWN_PAGES: dict[str, OwnPage] = {}


def own_page(slug: str, **parts) -> None:
    """Register a page with a template of its own. See OwnPage."""
    OWN_PAGES[slug] = OwnPage(**parts)


def drawn_from(slug: str | None = None) -> list[str]:
    """The snippets that the templates draw from: of one page, or of all."""
    pages = OWN_PAGES.values() if slug is None else [OWN_PAGES[slug]] if slug in OWN_PAGES else []
    return [name for page in pages for name in page.snippets]
