"""A chapter to take along: its program (`.py`) and its notebook (`.ipynb`), from its text and its cached runs."""

import hashlib
import json
import re
import textwrap

from literate import directives as panes
from literate import snippets as program
from literate.book import Book
from literate.text import ROLE, Directive, blocks, split_exercise
from literate.text import Page as Source
from literate.snippets import Snippet


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
    return (
        f"try:\n{textwrap.indent(snippet.example, '    ')}\n"
        f'except {error_kind(snippet)} as error:\n    print(f"{{type(error).__name__}}: {{error}}")'
    )


def error_kind(snippet: Snippet) -> str:
    return snippet.error.split(":")[0].split(".")[-1]


# ---- the notebook -----------------------------------------------------------------------------------------------------------


def ipynb(page: Source, book: Book) -> str:
    """A chapter as a notebook in its language: prose, formulas, code and the outputs of this build's runs."""
    book.open(page)
    imports, steps = program.assemble(shown_on(page, book))
    before = {
        snippet.name: [text for text in new if text != snippet.code] for snippet, new in steps
    }
    cells = [prose_cell(f"# {page.meta['title']}")]
    if imports:
        cells.append(source_cell("\n".join(imports)))
    exercises = 0
    for block in blocks(page):
        if isinstance(block, str):
            cells.append(prose_cell(plain(block, book)))
        else:
            exercises += block[0].name == "exercise"
            cells += _directive(*block, book, before, exercises)
    return write([c for c in cells if c["source"].strip()], page)


def _directive(d: Directive, body: str, book: Book, before: dict, nth: int) -> list:
    t = book.t
    title = f"### {d.options['title']}" if "title" in d.options else ""
    if d.name == "exercise":
        title = f"### {t['exercise'].format(n=nth)} · {d.options['title']}"
    formulas = (
        "\n\n".join(f"$$\n{f}\n$$" for f in book.snippets[d.argument].formulas)
        if d.name in ("snippet", "formula")
        else ""
    )
    body, inside = split_exercise(body)
    text = plain(body, book)
    if d.name == "worked":
        return [prose_cell(_worked(d, book))]
    if d.name in ("figure", "formula"):
        return [prose_cell("\n\n".join(filter(None, (formulas, text))))]
    code = code_cell(d.argument, book, before)
    if d.name == "snippet":
        return [prose_cell("\n\n".join(filter(None, (title, formulas)))), code, prose_cell(text)]
    if d.name == "exercise":
        hint = f"**{t['hint']}**\n\n{plain(inside['hint'], book)}" if "hint" in inside else ""
        solution = f"**{t['solution']}**\n\n{plain(inside.get('answer', ''), book)}"
        return [
            prose_cell("\n\n".join(filter(None, (title, text, hint)))),
            prose_cell(solution.strip()),
            code,
        ]
    cells = [prose_cell("\n\n".join(filter(None, (title, text)))), code]
    if "cure" in d.options:
        cells += [prose_cell(f"**{t['right_form']}**"), code_cell(d.options["cure"], book, before)]
    return cells


def _worked(d: Directive, book: Book) -> str:
    """Each line twice: in symbols, then in digits."""
    signs = str.maketrans({"×": r"\times ", "÷": r"\div ", "−": "-"})
    lines = panes.work(book.page, d.argument, book.snippet(d.options["from"])[1], d.options)
    return "\n\n".join(
        f"${' '.join(i.tex.translate(signs) for i in line.items)}$\n\n`{line.spoken}`"
        for line in lines
    )


def prose_cell(text: str, **metadata) -> dict:
    return {"cell_type": "markdown", "metadata": metadata, "source": text}


def source_cell(text: str, **metadata) -> dict:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [],
        "source": text,
    }


def code_cell(name: str, book: Book, before: dict) -> dict:
    """A snippet as a cell: the definitions it is the first to need, then what the page displays, with its outputs."""
    snippet, run = book.snippet(name)
    cell = source_cell(program.layout([*before.get(name, ()), snippet.displayed]))
    if run.output:
        cell["outputs"].append({"output_type": "stream", "name": "stdout", "text": run.output})
    if run.error:
        kind, _, message = run.error.partition(": ")
        cell["outputs"].append(
            {"output_type": "error", "ename": kind, "evalue": message, "traceback": [run.error]}
        )
        cell["metadata"]["tags"] = ["raises-exception"]
    return cell


def plain(text: str, book: Book) -> str:
    """A page's Markdown as any notebook reader knows it: numbers filled in, our own marks and inner links gone."""
    text = ROLE.sub(book.role, text)
    text = re.sub(r"[ \t]*\{[:#.][^{}\n]*\}[ \t]*$", "", text, flags=re.M)
    text = re.sub(r"\[([^\]\n]+)\]\((?!https?:)[^)\s]+\)(\{[^}]*\})?", r"\1", text)
    return text.strip()


def write(cells: list[dict], page: Source) -> str:
    """The file's text; ids of cells come from their place, so that two builds give the same bytes."""
    for number, cell in enumerate(cells):
        cell["id"] = hashlib.sha256(f"{page.slug} {number}".encode()).hexdigest()[:8]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return (
        json.dumps(
            {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5},
            ensure_ascii=False,
            indent=1,
        )
        + "\n"
    )
