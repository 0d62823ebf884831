"""`/// cell | region`: a cell of a lab, which `literate.labs` assembles."""

from literate.directives.drawing import Drawing
from literate.registry import directive


@directive("cell", shows_code=True)
def cell(drawing: Drawing) -> str:
    raise drawing.fault("a notebook cell outside a lab", "use `/// snippet` in a chapter")
