"""A chapter to take along: its program (`.py`) and its notebook (`.ipynb`), from its text and its cached runs."""

import hashlib
import re
import textwrap

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from literate import panes, program
from literate.book import ROLE, Book, Directive, Source, blocks, outside_fences
from literate.program import Snippet
from literate.runner import Run


def shown_on(page: Source, book: Book) -> list[Snippet]:
    """The snippets whose code a page shows, in its order, each once."""
    names = []
    for d in page.directives:
        if d.name in ("snippet", "pitfall", "exercise") or d.name == "cell" and "." in d.argument:
            names.append(d.argument)
        names += [d.options["cure"]] if "cure" in d.options else []
    return [book.snippets[n] for n in dict.fromkeys(names)]


# ---- the program --------------------------------------------------------------------------------------------------------


def py(page: Source, book: Book) -> str:
    """All the code of a chapter as one program; a line that must fail is caught, and its error printed."""
    imports, steps = program.assemble(shown_on(page, book))
    out = ["\n".join(imports)]
    for snippet, new in steps:
        formulas = [f"# {line}" for f in snippet.formulas for line in f.splitlines()]
        heading = f"# ---- {snippet.name} ".ljust(80, "-")
        out.append(program.layout(["\n".join([heading, *formulas]), *new, _caught(snippet)]))
    return "\n\n\n".join(filter(None, out)) + "\n"


def _caught(snippet: Snippet) -> str:
    if not snippet.error:
        return snippet.example
    return (f"try:\n{textwrap.indent(snippet.example, '    ')}\n"
            f"except {error_kind(snippet)} as error:\n    print(f\"{{type(error).__name__}}: {{error}}\")")


def error_kind(snippet: Snippet) -> str:
    return snippet.error.split(":")[0].split(".")[-1]


# ---- the notebook -----------------------------------------------------------------------------------------------------------


def ipynb(page: Source, book: Book) -> str:
    """A chapter as a notebook in its language: prose, formulas, code and the outputs of this build's runs."""
    book.open(page)
    imports, steps = program.assemble(shown_on(page, book))
    before = {snippet.name: [text for text in new if text != snippet.code] for snippet, new in steps}
    cells = [new_markdown_cell(f"# {page.meta['title']}")]
    if imports:
        cells.append(new_code_cell("\n".join(imports)))
    exercises = 0
    for block in blocks(page):
        if isinstance(block, str):
            cells.append(new_markdown_cell(plain(block, book)))
        else:
            exercises += block[0].name == "exercise"
            cells += _directive(*block, book, before, exercises)
    return write(new_notebook(cells=[c for c in cells if c.source.strip()]), page)


def _directive(d: Directive, body: str, book: Book, before: dict, nth: int) -> list:
    t = book.t
    title = f"### {d.options['title']}" if "title" in d.options else ""
    if d.name == "exercise":
        title = f"### {t['exercise'].format(n=nth)} · {d.options['title']}"
    formulas = "\n\n".join(f"$$\n{f}\n$$" for f in book.snippets[d.argument].formulas) if d.name in ("snippet", "formula") else ""
    text = plain(body, book)
    if d.name in ("figure", "formula"):
        return [new_markdown_cell("\n\n".join(filter(None, (formulas, text))))]
    code = code_cell(d.argument, book, before)
    if d.name == "snippet":
        return [new_markdown_cell("\n\n".join(filter(None, (title, formulas)))), code, new_markdown_cell(text)]
    cells = [new_markdown_cell("\n\n".join(filter(None, (title, text))))]
    if d.name == "exercise":
        return [*cells, new_markdown_cell(f"**{t['solution']}**"), code]
    cells.append(code)
    if "cure" in d.options:
        cells += [new_markdown_cell(f"**{t['right_form']}**"), code_cell(d.options["cure"], book, before)]
    return cells


def code_cell(name: str, book: Book, before: dict):
    """A snippet as a cell: the definitions it is the first to need, then what the page displays, with its outputs."""
    snippet, run = book.snippet(name)
    cell = new_code_cell(program.layout([*before.get(name, ()), snippet.displayed]))
    if run.output:
        cell.outputs.append(new_output("stream", name="stdout", text=run.output))
    if run.error:
        kind, _, message = run.error.partition(": ")
        cell.outputs.append(new_output("error", ename=kind, evalue=message, traceback=[run.error]))
        cell.metadata["tags"] = ["raises-exception"]
    return cell


def plain(text: str, book: Book) -> str:
    """A page's Markdown as any notebook reader knows it: numbers filled in, our own marks and inner links gone."""
    text = ROLE.sub(book.role, text)
    text = re.sub(r"^/{3,}[ \t]*hint.*$", f"**{book.t['hint']}**\n", text, flags=re.M)
    text = "\n".join(line for number, line in enumerate(text.splitlines(), 1) if not re.fullmatch(r"/{3,}[ \t]*", line))
    text = re.sub(r"[ \t]*\{[:#.][^{}\n]*\}[ \t]*$", "", text, flags=re.M)
    text = re.sub(r"\[([^\]\n]+)\]\((?!https?:)[^)\s]+\)(\{[^}]*\})?", r"\1", text)
    return text.strip()


def write(notebook, page: Source) -> str:
    """The file's text: ids of cells from their place, so that two builds give the same bytes."""
    for number, cell in enumerate(notebook.cells):
        cell["id"] = hashlib.sha256(f"{page.slug} {number}".encode()).hexdigest()[:8]
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                         "language_info": {"name": "python"}}
    return nbformat.writes(notebook) + "\n"
