"""`/// in_lab | module.function`: a link that opens the live lab with the numbers of a run."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import numpy as np
from literate import directive, formulas
from literate.book import Book
from literate.directives.drawing import Drawing
from literate.figures.values import Values
from literate.project import Project

from two_passes.figures.network import PARAMETERS, numbered
from two_passes.live_lab import OPTIMIZERS, PASSES

LAB = "frontier/live-lab"
STAGES = ("forward", "loss", "backward", "update")
INPUT = {"x": (2,), "y": (1,)}


@directive(
    "in_lab",
    required=("stage",),
    optional=("seed", "optimizer", "eta"),
    names_snippet=True,
    options={
        "stage": {"enum": [*STAGES], "description": f"one of {', '.join(STAGES)}"},
        "seed": {"type": "integer", "minimum": 0, "maximum": 7, "description": "0 to 7"},
        "optimizer": {"enum": [*OPTIMIZERS], "description": f"one of {'; '.join(OPTIMIZERS)}"},
        "eta": {"type": "number", "description": "a number"},
    },
    made_from=lambda book, page, written: fragment(book, written.argument, written.options),
)
def in_lab(drawing: Drawing) -> str:
    """A sentence of its own; nothing in a book without the lab.

    stage: the lab stands at the end of it. seed: its random start, where the run has no weights.
    eta: where the run has none.
    """
    if LAB not in drawing.project.slugs:
        return "<div></div>"
    try:
        numbers = fragment(drawing.book, drawing.argument, drawing.options)
    except ValueError as error:
        cure = "name a run of the 2-2-1 network on its example, or give `seed:`"
        raise drawing.fault(str(error), cure) from None
    up = "../" * (drawing.page.slug.count("/") + 1)
    return drawing.render(href=f"{up}{LAB}/#{numbers}")


def fragment(book: Book, name: str, options: Mapping[str, Any]) -> str:
    """The numbers of a run as assets/lab/setup.js reads them. Raises ValueError."""
    _, run = book.snippet(name)
    values, steps = run.values, lines(book.project)
    optimizer = options.get("optimizer", "SGD")
    steps["update"] += len(formulas.function(book.project, OPTIMIZERS[optimizer][0]).statements)
    found: dict[str, Any] = {"opt": optimizer, "n": steps[options["stage"]]}
    found |= _examples(values)
    if "seed" in options:
        found["seed"] = options["seed"]
    else:
        _need(values, *PARAMETERS)
        found["w"] = _exact(numbered(values, PARAMETERS).values())
    if eta := options.get("eta", values.get("eta")):
        found["eta"] = _exact([eta])
    return urlencode(found, safe=",")


def lines(project: Project) -> dict[str, int]:
    """How many lines of the lab's program are done at the end of each stage, but for the update."""
    function = formulas.function(project, PASSES)
    loss = [function.left(chain) for chain in function.statements].index("L")
    both = len(function.statements)
    return {"forward": loss, "loss": loss + 1, "backward": both, "update": both}


def _examples(values: Values) -> dict[str, str]:
    """One example as A, or two, in turn."""
    if "inputs" not in values:
        _need(values, *INPUT)
        return {"A": _exact(numbered(values, INPUT).values())}
    _need(values, "targets")
    rows = np.hstack([np.array(values[name], float) for name in ("inputs", "targets")])
    return {"train": "AB"} | {key: _exact(row) for key, row in zip("AB", rows, strict=True)}


def _need(values: Values, *names: str) -> None:
    if missing := [name for name in names if name not in values]:
        raise ValueError(f"the run has no {', '.join(missing)}")


def _exact(numbers: Any) -> str:
    """Each as the shortest decimal that is the same in float32."""
    return ",".join(str(np.float32(number)) for number in numbers)
