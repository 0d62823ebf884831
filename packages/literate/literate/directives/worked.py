"""`/// worked | module.function`: entries of its formula, worked in digits from a run."""

from typing import Any

from mathdoctest.entries import entry
from mathdoctest.values import Wrong

from literate import directive, formulas, symbols
from literate.directives.drawing import SNIPPET, Drawing
from literate.notebooks import Cell, Passage
from literate.worked import Line, line

_PLACE = {"type": "integer", "minimum": 1}
_PLACES = {"anyOf": [_PLACE, {"type": "array", "items": _PLACE}]}
_CHOICE = {"type": "object", "propertyNames": {"type": "string"}, "additionalProperties": _PLACES}
_NAMES = {"type": "object", "additionalProperties": {"type": ["string", "number"]}}
_SIGNS = str.maketrans({"×": r"\times ", "÷": r"\div ", "−": "-"})


def _one_or_more(schema: dict[str, Any], written: str) -> dict[str, Any]:
    several = {"type": "array", "items": schema, "minItems": 1}
    return {"anyOf": [schema, several], "description": written}


def cells(passage: Passage) -> list[Cell]:
    """Each line twice: in symbols, then in digits."""
    lines = _lines(Drawing(passage.book, "worked", passage.argument, passage.options, [], {}))
    texts = [" ".join(item.tex.translate(_SIGNS) for item in each.items) for each in lines]
    said = [f"`{each.spoken}`" for each in lines]
    return [passage.prose(*(f"${tex}$\n\n{by}" for tex, by in zip(texts, said, strict=True)))]


@directive(
    "worked",
    required=("from",),
    optional=("with", "at", "formula", "side"),
    names_snippet=True,
    options={
        "from": SNIPPET,
        "with": _NAMES | {"description": "`with: {z: z2}`"},
        "at": _one_or_more(_CHOICE, "`at: {i: 1}`, or a list of such"),
        "formula": _one_or_more(_PLACE, "`formula: 2`, or `formula: [1, 2]`"),
        "side": _PLACE | {"description": "`side: 3`"},
    },
    cells=cells,
)
def worked(drawing: Drawing) -> str:
    """Symbols over their digits, in columns; those who listen hear the digits once."""
    return drawing.render(lines=_lines(drawing), katex=drawing.project.katex)


def _lines(drawing: Drawing) -> list[Line]:
    """One line for each formula and each choice of indices in `at:`. Raises Fault."""
    project, options = drawing.project, drawing.options
    found, _ = drawing.snippet()
    _, run = drawing.snippet(options["from"])
    if not found.formulas:
        cure = "name a function that has a formula in its docstring"
        raise drawing.fault(f"`{found.name}` has no formula", cure)
    one = formulas.function_of(found)
    known = symbols.parsed(project, one.module.name, one.name)
    names, side = options.get("with") or {}, int(options.get("side", 0)) - 1
    try:
        return [
            line(entry(one, run.values, names, at, known, nth, side))
            for nth in _every(options.get("formula", 1))
            for at in _every(options.get("at", {}))
        ]
    except Wrong as error:
        cannot = f"`{found.name}` cannot be worked with the values of `{options['from']}`"
        cure = "the page `contribute` explains its options"
        raise drawing.fault(f"{cannot}: {error}", cure) from None


def _every(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]
