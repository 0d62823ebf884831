"""`/// figure | name`: a figure drawn from the numbers of a run."""

import re

from literate.directives.drawing import SNIPPET, Drawing
from literate.figures import FIGURES
from literate.notebooks import Cell, Passage
from literate.registry import directive
from literate.runs import LARGEST


def cells(passage: Passage) -> list[Cell]:
    """A table as it is. A picture needs the page's style sheet: what it shows, in words."""
    _, run = passage.book.snippet(passage.options["from"])
    art = FIGURES[passage.argument](run.values, passage.words, lambda latex: f"${latex}$")
    if art.startswith("<table"):
        shown = re.sub(r'<span class="tp-unseen">.*?</span>', "", art)
    else:
        shown = passage.words["picture_in_words"].format(alt=passage.options["alt"])
    return [passage.prose(shown, passage.text)]


@directive(
    "figure", required=("from", "alt"), optional=("live",), options={"from": SNIPPET}, cells=cells
)
def figure(drawing: Drawing) -> str:
    name, source, live = drawing.argument, drawing.options["from"], drawing.options.get("live")
    _, run = drawing.snippet(source)
    if name not in FIGURES:
        raise drawing.fault(f"no figure `{name}`", f"figures: {', '.join(FIGURES)}")
    kind = FIGURES[name]
    if live and live not in kind.live:
        cure = f"it takes: {', '.join(kind.live)}" if kind.live else "leave out `live:`"
        raise drawing.fault(f"`live: {live}` of a figure `{name}`", cure, "live:")
    css = name.replace("_", "-")
    slug = drawing.book.identify(f"figure-{css}-{drawing.book.count('figure:' + name)}")
    more = {"live": True} if live else {}
    try:
        art = kind(run.values, drawing.words, drawing.project.katex.inline, **more)
    except ValueError as error:
        cure = f"let `{source}` assign it"
        if run.large:
            cure += f"; of {', '.join(run.large)} there are more than {LARGEST} numbers"
        raise drawing.fault(f"figure `{name}`: {error}", cure) from None
    number = drawing.words["figure"].format(n=drawing.number("figure"))
    return drawing.render(css=css, slug=slug, live=live, art=art, number=number)
