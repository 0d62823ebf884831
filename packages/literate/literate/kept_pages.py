"""Pages that an earlier build has drawn: kept by all that they were drawn from.

The text of a page, which Markdown draws, and its frame, which the theme draws around it, are kept
apart. Each has a key: the hash of all that it is drawn from. What is kept is taken while its key is
the same; a file that is damaged is as good as none.
"""

import functools
import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, get_toc

from literate import files, formulas, labs, provenance, registry, runs
from literate.book import Book
from literate.project import Project
from literate.text import Page

TEXT, FRAME = "text", "frame"
_SETTINGS = ("site_name", "site_url", "repo_url", "site_description", "copyright")


def text_key(book: Book, page: Page) -> tuple[object, ...]:
    """All that the text of a page is drawn from, beside what concerns every page (`of_all`)."""
    project, loaded = book.project, book.snippets
    names = [name for name, _ in page.snippets()] + registry.drawn_from([page.slug])
    used = [loaded[name] for name in dict.fromkeys(names)]
    modules = sorted({snippet.path.stem for snippet in used if snippet.formulas})
    others = [(registry.DIRECTIVES[d.name].made_from, d) for d in page.directives]
    inline = formulas.inline_maths(page, book.pages, loaded, book.runs)
    return (
        page.text,
        provenance.commit(project)["commit"],
        [(snippet, runs.key(project, snippet.program)) for snippet in used],
        [formulas.made_from(project, module) for module in modules],
        (sorted(inline.names), inline.wrong(page)),
        [made_from(book, page, d) for made_from, d in others if made_from],
        labs.made_from(page) if labs.is_lab(page) else None,
    )


# ---- what concerns every page


def of_all(project: Project, config: MkDocsConfig, site: Files) -> str:
    """The hash of what concerns every page: code, themes, words, settings, what is installed, and
    which files a link may lead to.
    """
    words = (project.config_file, project.words_file, project.glossary, project.redirects)
    texts = [path.read_text("utf-8") for path in words if path.is_file()]
    settings = [str(config[key]) for key in _SETTINGS] + [str(project.languages)]
    linked = sorted(file.src_uri for file in site)
    folders = [*project.code, *map(Path, project.theme_folders), *project.also_watched]
    environment = [sys.version, os.environ.get("SOURCE_DATE_EPOCH", ""), *_installed()]
    return files.digest(*texts, *settings, *linked, *environment, *_contents(folders))


@functools.cache
def _installed() -> list[str]:
    """Name and version of every installed package."""
    return sorted(each for each in os.listdir(sysconfig.get_path("purelib")) if "-info" in each)


def _contents(folders: Iterable[Path]) -> list[str]:
    """The hash of every file below these folders but those that are installed."""
    installed = Path(sysconfig.get_path("purelib"))
    paths = {p for f in folders if not f.is_relative_to(installed) for p in f.rglob("*")}
    every = sorted(p for p in paths if p.suffix != ".pyc" and p.is_file())
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in every]


# ---- what is kept


class Kept:
    """What is kept of the pages of one book. of_all: the hash of what concerns every page."""

    def __init__(self, project: Project, of_all: str):
        self.folder, self.of_all = project.cache / "pages", of_all

    def key(self, *made_from: object) -> str:
        return files.digest(self.of_all, repr(made_from))

    def get(self, page: Page, part: str, key: str) -> dict[str, Any] | None:
        """A part of a page, if it was made from the same."""
        found = files.kept(self._path(page, part))
        whole = isinstance(found, dict) and found.get("key") == key
        return found["value"] if whole else None

    def put(self, page: Page, part: str, key: str, value: dict[str, Any]) -> None:
        text = json.dumps({"key": key, "value": value}, ensure_ascii=False)
        files.write_whole(self._path(page, part), text)

    def _path(self, page: Page, part: str) -> Path:
        return self.folder / page.language / f"{page.slug}.{part}.json"


# ---- a page as MkDocs has it, once its text is drawn


def drawn(page: MkDocsPage, content: str) -> dict[str, Any]:
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
