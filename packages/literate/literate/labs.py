"""Labs: pages that are notebooks, which mkdocs-jupyter executes and draws.

A lab's prose is a page in each language, its code once, as regions of the script that the front
matter names (`lab: lab_survey`). From both a notebook for each language is assembled. Its
cells run in one kernel, once for all languages (see `lab_kernel`), and the executed notebook is
what the reader downloads.
"""

import hashlib
import posixpath
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils import get_relative_url

from literate import Fault, directives, files, notebooks, settings, snippets
from literate.book import Book
from literate.project import Project
from literate.text import Directive, Page, blocks


def is_lab(page: Page) -> bool:
    return "lab" in page.meta


def name(page: Page) -> str:
    """What MkDocs calls a page: its path in docs/; that of its notebook, for a lab."""
    path = page.path.relative_to(page.project.docs)
    return (path.with_suffix(".ipynb") if is_lab(page) else path).as_posix()


def folder(project: Project) -> Path:
    """Where the notebooks are as assembled, of this checkout alone."""
    return project.root / ".cache" / "labs"


def notebook(page: Page) -> Path:
    """Where its notebook is as assembled."""
    return folder(page.project) / name(page)


def made_from(page: Page) -> list[str]:
    """What the text of a lab is drawn from beside its prose: all that a cell may use or read."""
    every = sorted(path for path in page.project.snippets.rglob("*") if path.is_file())
    read = [path for path in every if path.suffix != ".pyc"]
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in read]


def prepare(
    project: Project, config: MkDocsConfig, pages: Collection[Page], late: Collection[Page]
) -> None:
    """Let mkdocs-jupyter draw the labs, and no other file, in our way. Raises Fault if the book
    does not have it. late: those that are not kept.
    """
    labs = [page for page in pages if is_lab(page)]
    plugin = config.plugins.get("mkdocs-jupyter")
    if labs and not plugin:
        what = f"the plugin `mkdocs-jupyter` is missing, and {labs[0].place} is a notebook"
        cure = "install it and add `- mkdocs-jupyter`"
        raise Fault(settings.place(project.config_file, "plugins"), what, cure)
    if plugin:
        plugin.config.update(include=list(map(name, labs)), ignore=["*.md"])
        if late:
            from literate import lab_kernel  # optional: it needs Jupyter, which takes a second

            lab_kernel.install(project)


@dataclass
class Links:
    """The links and headings of one lab. MkDocs resolves links of Markdown pages only.

    anchors: page that a link leads to → fragment → the link as written. headings: the lab's, as
    Markdown's table of contents has them.
    """

    page: Page
    slugs: Collection[str]
    anchors: dict[str, dict[str, str]] = field(default_factory=dict)
    headings: list[Any] = field(default_factory=list)

    def resolved(self, html: str) -> str:
        return re.sub(r'href="(?:([^":#]+)\.md)?(#[^"]*)?"', self._address, html)

    def _address(self, link: re.Match[str]) -> str:
        """The address that a link to `other.md#section` leads to. Raises Fault."""
        here = self.page.slug
        path, anchor = link[1], link[2] or ""
        slug = posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else here
        if slug not in self.slugs:
            what = f"the link `{path}.md` leads nowhere"
            raise Fault(self.page.at(f"{path}.md"), what, "name a page that is there")
        if anchor:
            self.anchors.setdefault(slug, {})[anchor[1:]] = f"{path}.md{anchor}" if path else anchor
        target = "" if slug == "index" else f"{slug}/"
        return f'href="{get_relative_url(target, f"{here}/") if path else ""}{anchor}"'


def assemble(page: Page, book: Book, drawn: Callable[[str], str]) -> None:
    """Write the lab's notebook, not yet executed. drawn(text): the HTML of prose."""
    project = page.project
    book.open(page)
    script = snippets.module(project, page.meta["lab"], page.place)
    cells = []
    for block in blocks(page):
        if isinstance(block, str):
            cells.append(_prose(block, book, drawn(block)))
        elif block[0].name == "cell":
            path, line, text = _code(block[0], script, page)
            # The copied text of a cell is that of all cells up to it: the page's script gathers it
            html = directives.code_pane(project, page.language, text, "")
            cells.append(notebooks.source_cell(text, html=html, at=[project.place(path), line]))
        elif block[0].name == "formula":
            text = "\n\n".join(f"$$\n{f}\n$$" for f in book.snippets[block[0].argument].formulas)
            cells.append(_prose(text, book, drawn(f"/// formula | {block[0].argument}\n///")))
        else:
            what, cure = f"`/// {block[0].name}` in a lab", "a lab has prose, cells and formulas"
            raise Fault(page.on(block[0].line), what, cure)
    files.write_whole(notebook(page), notebooks.write(cells, page))
    if page.language == project.first:  # the cells are the same in every language
        from literate import lab_kernel  # optional: it needs Jupyter

        lab_kernel.begin(project, notebook(page))


def _code(d: Directive, script: snippets.Module, page: Page) -> tuple[Path, int, str]:
    """A cell's file, its first line there, and its text: a region of the lab's script, or a
    function.
    """
    if "." in d.argument:
        snippet = snippets.load(page.project, d.argument, f"{page.place}:{d.line}")
        return snippet.path, snippet.line, snippet.code
    line, text = script.region(d.argument)
    return script.path, line + 1, text


def _prose(text: str, book: Book, html: str) -> Any:
    return notebooks.prose_cell(notebooks.plain(text, book), html=html)
