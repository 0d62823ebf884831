"""`/// snippet | module.function`: a card with its formula, code, symbols, output and checks."""

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from literate import directive, formulas, provenance, runs, shapes, snippets, symbols, try_it
from literate.book import Cards, shown, size
from literate.directives.drawing import Drawing
from literate.notebooks import Cell, Passage
from literate.project import Project


class Row(NamedTuple):
    """One symbol of a card. above: the card that computes it, as its slug and number."""

    name: str
    code: str
    shape: str | None
    symbol: symbols.Declared
    value: str = ""
    above: tuple[str, str] | None = None


def cells(passage: Passage) -> list[Cell]:
    head = passage.prose(passage.title, passage.formulas())
    return [head, passage.code(), passage.prose(passage.text)]


@directive("snippet", required=("title",), names_snippet=True, shows_code=True, cells=cells)
def snippet(drawing: Drawing) -> str:
    found, run = drawing.snippet()
    project, cards = drawing.project, drawing.book.cards
    slug, number = drawing.book.identify(found.slug), drawing.number("card")
    rows = list(_rows(project, found, run, cards)) if found.formulas else []
    cards[found.name] = slug, number
    head = {"slug": slug, "number": number, "source": _source(project, found)}
    checked = {"formulas": drawing.formulas(), "report": formulas.report(found)}
    tries = bool(found.formulas) and not try_it.why_fixed(project, (found, run))
    own = {"snippet": found, "run": run, "rows": rows, "axes": shapes.axes, "tries": tries}
    return drawing.render(**own, **head, **checked)


# ---- symbols


def _rows(project: Project, found: snippets.Snippet, run: runs.Run, cards: Cards) -> Iterator[Row]:
    """Each symbol: its name in code, its shape, its value in the run, the card that computes it."""
    for row in named(project, found):
        value = run.values.get(row.name)
        small = value is not None and not isinstance(value, dict) and size(value) <= 4
        computes = functools.partial(formulas.computes, project, symbol=row.symbol)
        by = {} if computes(found.name) else cards
        above = next((card for name, card in by.items() if computes(name)), None)
        yield row._replace(value=shown(value) if small else "", above=above)


def named(project: Project, found: snippets.Snippet) -> list[Row]:
    """Each parameter, then what each formula's left side returns."""
    known = symbols.declared(project, *found.name.split("."))
    shapes = dict(found.signature)
    returned = shapes.pop("return", None)
    rows = [Row(name, name, shape, known[name]) for name, shape in shapes.items()]
    by_tex = {symbol.entry["tex"]: name for name, symbol in known.items()}
    lefts = dict.fromkeys(by_tex[tex] for tex in map(_left, found.formulas) if tex in by_tex)
    single = len(found.formulas) == 1
    results = {name: "return" if single else name for name in lefts if name not in shapes}
    several = {} if returned is not None else _shapes_of_results(found)
    return rows + [
        Row(name, code, several.get(name, returned), known[name]) for name, code in results.items()
    ]


def _shapes_of_results(found: snippets.Snippet) -> dict[str, str | None]:
    """The shape of each of several values that a function returns, by its name."""
    one = formulas.function_of(found)
    names = one.results(len(one.returned))
    if len(names) != len(one.returned) or len(names) < 2:
        return {}
    texts = (shape.text if shape else None for shape in one.returned)
    return dict(zip(names, texts, strict=True))


def _left(tex: str) -> str:
    """`z_i = …` → `z`: what a formula defines, without the index of an entry."""
    left = re.sub(r"^\\begin\{\w+\}\s*", "", tex).split("=")[0].replace("&", "").strip()
    return left if "\\partial" in left else re.sub(r"_(\{[a-z]+\}|[a-z])$", "", left)


def _source(project: Project, found: snippets.Snippet) -> tuple[str, str]:
    """The address of its source, where that of the repository is known, and its name."""
    name, repository = f"{found.path.name}:{found.line}", project.repository
    if not repository:
        return "", f"{found.path.parent.name}/{name}"
    path = found.path.relative_to(project.root).as_posix()
    return f"{repository}/blob/{provenance.commit(project)['commit']}/{path}#L{found.line}", name
