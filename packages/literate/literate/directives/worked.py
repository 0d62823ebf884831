"""`/// worked | module.function`: entries of its formula worked in digits, from the values of a run."""

from typing import Any

from mathdoctest.evaluate import Wrong

from literate.directives.drawing import Drawing
from literate.directives.parts import SNIPPET
from literate.notebooks import Cell, Passage
from literate.registry import directive
from literate.worked import Line, work

_PLACE = {"type": "integer", "minimum": 1}
_PLACES = {"type": "array", "items": _PLACE}
_CHOICE = {"type": "object", "additionalProperties": {"anyOf": [_PLACE, _PLACES]}}
_SIGNS = str.maketrans({"×": r"\times ", "÷": r"\div ", "−": "-"})


def _one_or_more(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [schema, {"type": "array", "items": schema, "minItems": 1}]


def cells(passage: Passage) -> list[Cell]:
    """Each line twice: in symbols, then in digits."""
    lines = _lines(Drawing(passage.book, "worked", passage.argument, passage.options, [], {}))
    texts = [" ".join(item.tex.translate(_SIGNS) for item in line.items) for line in lines]
    return [passage.prose(*(f"${tex}$\n\n`{line.spoken}`" for tex, line in zip(texts, lines)))]


@directive(
    "worked",
    required=("from",),
    optional=("with", "at", "formula", "side"),
    names_snippet=True,
    options={
        "from": SNIPPET,
        "with": {
            "type": "object",
            "additionalProperties": {"type": ["string", "number"]},
            "description": "`with: {z: z2}`",
        },
        "at": {"anyOf": _one_or_more(_CHOICE), "description": "`at: {i: 1}`, or a list of such"},
        "formula": {
            "anyOf": _one_or_more(_PLACE),
            "description": "`formula: 2`, or `formula: [1, 2]`",
        },
        "side": _PLACE | {"description": "`side: 3`"},
    },
    cells=cells,
)
def worked(drawing: Drawing) -> str:
    """Symbols over their digits, in columns; those who listen hear the digits once."""
    return drawing.render(lines=_lines(drawing), katex=drawing.project.katex)


def _lines(drawing: Drawing) -> list[Line]:
    """One line for each formula and each choice of indices in `at:`. Raises Fault."""
    name, options = drawing.argument, drawing.options
    drawing.snippet()
    _, run = drawing.snippet(options["from"])
    formulas, places = (
        given if isinstance(given, list) else [given]
        for given in (options.get("formula", 1), options.get("at", {}))
    )
    names, side = options.get("with") or {}, int(options.get("side", 0)) - 1
    try:
        return [
            work(drawing.project, name, run.values, names, at, nth, side)
            for nth in formulas
            for at in places
        ]
    except Wrong as error:
        what = f"`{name}` cannot be worked with the values of `{options['from']}`: {error}"
        raise drawing.fault(what, "the page `contribute` explains its options") from None
