"""`/// pitfall | module.function`: a mistake, what comes of it, and the right form."""

from literate import needs
from literate.directives.drawing import SNIPPET, Drawing
from literate.notebooks import Cell, Passage
from literate.registry import directive

NEEDS = {"enum": [*needs.MET], "description": " or ".join(f"`needs: {each}`" for each in needs.MET)}


def cells(passage: Passage) -> list[Cell]:
    out = [passage.prose(passage.title, passage.text)]
    if passage.book.snippet(passage.argument)[1].needs is None:
        out.append(passage.code())
    if cure := passage.options.get("cure"):
        out += [passage.prose(f"**{passage.words['right_form']}**"), passage.code(cure)]
    return out


@directive(
    "pitfall",
    required=("title",),
    optional=("cure", "needs"),
    names_snippet=True,
    shows_code=True,
    options={"cure": SNIPPET, "needs": NEEDS},
    cells=cells,
)
def pitfall(drawing: Drawing) -> str:
    found, run = wrong = drawing.snippet()
    cure = drawing.options.get("cure")
    slug, error = drawing.book.identify(found.slug), run.error and run.error.split(":")[0]
    right = drawing.snippet(cure) if cure else None
    return drawing.render(slug=slug, error=error, needs=run.needs, wrong=wrong, right=right)
