"""A chapter to take along: its program (`.py`) and its notebook (`.ipynb`)."""

import hashlib
import json
import re
import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

from literate.book import Book
from literate.registry import DIRECTIVES
from literate.snippets import Snippet, assemble, layout
from literate.text import ROLE, Directive, Page, blocks, split_exercise

Cell = dict[str, Any]
Definitions = Mapping[str, list[str]]  # snippet → the definitions that no cell above has


def shown_on(page: Page, book: Book) -> list[Snippet]:
    """The snippets whose code a page shows and which ran, in its order, each once."""
    names = []
    for d in page.directives:
        names += [d.argument] * DIRECTIVES[d.name].shows_code
        names += [d.options["cure"]] if "cure" in d.options else []
    ran = (name for name in dict.fromkeys(names) if name in book.snippets)
    return [book.snippets[name] for name in ran if book.runs[name].needs is None]


# ---- the program


def py(page: Page, book: Book) -> str:
    """All code of a chapter as one program; the error of a line that must fail is printed."""
    imports, steps = assemble(shown_on(page, book))
    out = ["\n".join(imports)]
    for snippet, new in steps:
        formulas = [f"# {line}" for tex in snippet.formulas for line in tex.splitlines()]
        heading = f"# ---- {snippet.name} ".ljust(80, "-")
        out.append(layout(["\n".join([heading, *formulas]), *new, _caught(snippet)]))
    return "\n\n\n".join(filter(None, out)) + "\n"


def _caught(snippet: Snippet) -> str:
    if not snippet.error:
        return snippet.example
    kind = snippet.error.split(":")[0].split(".")[-1]
    tried = f"try:\n{textwrap.indent(snippet.example, '    ')}\nexcept {kind} as error:\n"
    return tried + '    print(f"{type(error).__name__}: {error}")'


# ---- the notebook


class Passage(NamedTuple):
    """One directive of a page as its notebook tells it, in prose and code.

    text: the Markdown inside it, and inside: that of the directives in it.
    """

    book: Book
    argument: str
    options: Mapping[str, Any]
    text: str
    inside: Mapping[str, str]
    before: Definitions

    @property
    def words(self) -> Mapping[str, Any]:
        return self.book.words

    @property
    def title(self) -> str:
        return f"### {self.options['title']}"

    def formulas(self) -> str:
        return "\n\n".join(f"$$\n{tex}\n$$" for tex in self.book.snippets[self.argument].formulas)

    def prose(self, *texts: str) -> Cell:
        return prose_cell("\n\n".join(filter(None, texts)))

    def code(self, name: str = "") -> Cell:
        """A snippet: definitions that it is the first to need, what the page displays, outputs."""
        name = name or self.argument
        snippet, run = self.book.snippet(name)
        cell = source_cell(layout([*self.before.get(name, ()), snippet.displayed]))
        if run.output:
            cell["outputs"].append({"output_type": "stream", "name": "stdout", "text": run.output})
        if run.error:
            kind, _, message = run.error.partition(": ")
            error = {"ename": kind, "evalue": message, "traceback": [run.error]}
            cell["outputs"].append({"output_type": "error", **error})
            cell["metadata"]["tags"] = ["raises-exception"]
        return cell


def ipynb(page: Page, book: Book) -> str:
    """A chapter as a notebook in its language: prose, formulas, code and outputs of this build."""
    book.open(page)
    imports, steps = assemble(shown_on(page, book))
    before = {s.name: [text for text in new if text != s.code] for s, new in steps}
    cells = [prose_cell(f"# {page.meta['title']}"), source_cell("\n".join(imports))]
    for block in blocks(page):
        if isinstance(block, str):
            cells.append(prose_cell(plain(block, book)))
        else:
            cells += _cells(*block, book, before)
    return write([cell for cell in cells if cell["source"].strip()], page)


def _cells(written: Directive, body: str, book: Book, before: Definitions) -> list[Cell]:
    body, inside = split_exercise(body)
    text, inner = plain(body, book), {name: plain(each, book) for name, each in inside.items()}
    passage = Passage(book, written.argument, written.options, text, inner, before)
    make = DIRECTIVES[written.name].cells
    return make(passage) if make else [passage.prose(text)]


def prose_cell(text: str, **metadata: Any) -> Cell:
    return {"cell_type": "markdown", "metadata": metadata, "source": text}


def source_cell(text: str, **metadata: Any) -> Cell:
    cell: Cell = {"cell_type": "code", "execution_count": None, "metadata": metadata}
    return cell | {"outputs": [], "source": text}


def plain(text: str, book: Book) -> str:
    """Markdown that any notebook knows: numbers filled in, our marks and inner links removed."""
    text = ROLE.sub(book.role, text)
    text = re.sub(r"[ \t]*\{[:#.][^{}\n]*\}[ \t]*$", "", text, flags=re.M)
    text = re.sub(r"\[([^\]\n]+)\]\((?!https?:)[^)\s]+\)(\{[^}]*\})?", r"\1", text)
    return text.strip()


_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_METADATA = {"kernelspec": _KERNEL, "language_info": {"name": "python"}}


def write(cells: list[Cell], page: Page) -> str:
    """The file's text. The id of a cell comes from its place: two builds give the same bytes."""
    for number, cell in enumerate(cells):
        cell["id"] = hashlib.sha256(f"{page.slug} {number}".encode()).hexdigest()[:8]
    notebook = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
