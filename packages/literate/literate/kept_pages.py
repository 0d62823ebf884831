"""A page as an earlier build has drawn it: its key, and its text as MkDocs has it.

The text of a page, which Markdown draws, and its frame, which the theme draws around it, are kept
apart. What MkDocs warns of while it draws a text is told by drawing alone: such a text is not kept.
"""

import logging
import os
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, get_toc

from literate import formulas, labs, provenance, registry, runs
from literate.book import Book
from literate.kept import Kept
from literate.text import Page

Part = dict[str, Any] | None
_SETTINGS = ("site_name", "site_url", "repo_url", "site_description", "copyright")


class _Warnings(logging.Handler):
    """Counts what MkDocs warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


class KeptPages:
    """What is kept of the pages of a book.

    texts, frames: page → its part, if what it is made from has not changed; None if it has.
    """

    def __init__(self, book: Book, common: str, config: MkDocsConfig, site: Files):
        self.book, self.kept = book, Kept(book.project.cache / "pages", common)
        settings = [str(config[key]) for key in _SETTINGS]
        linked = sorted(file.src_uri for file in site)  # what a link may lead to
        self.settings = settings, linked, os.environ["SOURCE_DATE_EPOCH"]
        self.texts: dict[tuple[str, str], Part] = {}
        self.frames: dict[tuple[str, str], Part] = {}
        self._keys: dict[str, str] = {}
        self._warnings, self._before = _Warnings(), 0
        logger = logging.getLogger("mkdocs")
        logger.handlers[:] = [each for each in logger.handlers if not isinstance(each, _Warnings)]
        logger.addHandler(self._warnings)

    def begin_text(self) -> None:
        """A text is drawn from here on."""
        self._before = self._warnings.count

    def find_text(self, page: Page) -> None:
        found = self._find(page, "text", text_key(self.book, page), self.settings)
        lost = labs.is_lab(page) and not labs.notebook(page).is_file()
        self.texts[page.where] = None if lost else found

    def keep_text(self, page: Page, text: dict[str, Any]) -> None:
        if self._warnings.count == self._before:
            self._keep(page, "text", text)

    def find_frame(self, page: Page, made_from: object) -> None:
        """made_from: all that the frame is drawn from, beside the text."""
        text = self._keys[_name(page, "text")]
        self.frames[page.where] = self._find(page, "frame", text, made_from)

    def keep_frame(self, page: Page, frame: dict[str, Any]) -> None:
        self._keep(page, "frame", frame)

    def _find(self, page: Page, part: str, *made_from: object) -> Part:
        name = _name(page, part)
        self._keys[name] = key = self.kept.key(*made_from)
        found: Part = self.kept.get(name, key)
        return found

    def _keep(self, page: Page, part: str, value: dict[str, Any]) -> None:
        name = _name(page, part)
        self.kept.put(name, self._keys[name], value)


def _name(page: Page, part: str) -> str:
    return f"{page.language}/{page.slug}.{part}"


def text_key(book: Book, page: Page) -> tuple[object, ...]:
    """All that the text of a page is drawn from, beside what concerns every page."""
    project, loaded = book.project, book.snippets
    names = [name for name, _ in page.snippets()] + registry.drawn_from([page.slug])
    used = [loaded[name] for name in dict.fromkeys(names)]
    modules = sorted({snippet.path.stem for snippet in used if snippet.formulas})
    others = [(registry.DIRECTIVES[d.name].made_from, d) for d in page.directives]
    inline = formulas.inline_maths(page, book.pages, loaded, book.runs)
    return (
        page.text,
        provenance.commit(project)["commit"] if project.repository else None,
        [(snippet, runs.key(project, snippet.program)) for snippet in used],
        [formulas.made_from(project, module) for module in modules],
        (sorted(inline.names), inline.wrong(page)),
        [made_from(book, page, d) for made_from, d in others if made_from],
        labs.made_from(page) if labs.is_lab(page) else None,
    )


def drawn_text(page: MkDocsPage, content: str) -> dict[str, Any]:
    """The text of a page with what MkDocs has read in it."""
    return {
        "content": content,
        "contents": list(map(_entry, page.toc)),
        "ids": sorted(page.present_anchor_ids or ()),
        "links": {to.src_uri: at for to, at in (page.links_to_anchors or {}).items()},
    }


def restore(page: MkDocsPage, text: dict[str, Any], site: Files) -> None:
    """Give MkDocs a text that is kept, in place of drawing it."""
    page.content = text["content"]
    page.toc = get_toc(text["contents"])
    page.present_anchor_ids = set(text["ids"])
    page.links_to_anchors = {site.src_uris[uri]: at for uri, at in text["links"].items()}


def _entry(link: AnchorLink) -> dict[str, Any]:
    """As Markdown's own table of contents has it."""
    children = list(map(_entry, link.children))
    return {"name": link.title, "id": link.id, "level": link.level, "children": children}
