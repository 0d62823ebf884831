"""`/// pitfall | module.function`: a mistake, what comes of it, and the right form."""

from literate.directives.drawing import SNIPPET, Drawing
from literate.notebooks import Cell, Passage
from literate.registry import directive


def cells(passage: Passage) -> list[Cell]:
    out = [passage.prose(passage.title, passage.text), passage.code()]
    if cure := passage.options.get("cure"):
        out += [passage.prose(f"**{passage.words['right_form']}**"), passage.code(cure)]
    return out


@directive(
    "pitfall",
    required=("title",),
    optional=("cure",),
    names_snippet=True,
    shows_code=True,
    options={"cure": SNIPPET},
    cells=cells,
)
def pitfall(drawing: Drawing) -> str:
    found, run = wrong = drawing.snippet()
    cure = drawing.options.get("cure")
    slug, error = drawing.book.identify(found.slug), run.error and run.error.split(":")[0]
    right = drawing.snippet(cure) if cure else None
    return drawing.render(slug=slug, error=error, wrong=wrong, right=right)
