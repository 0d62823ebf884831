"""`/// formula | module.function`: the formula of a function, without its code."""

from literate.directives.drawing import Drawing
from literate.notebooks import Cell, Passage
from literate.registry import directive


def cells(passage: Passage) -> list[Cell]:
    return [passage.prose(passage.formulas(), passage.text)]


@directive("formula", names_snippet=True, cells=cells)
def formula(drawing: Drawing) -> str:
    found, _ = drawing.snippet()
    if not found.formulas:
        cure = f"write one in its docstring, or show it as `/// snippet | {found.name}`"
        raise drawing.fault(f"`{found.name}` has no formula", cure)
    return drawing.render(slug=drawing.book.identify(found.slug), formulas=drawing.formulas())
