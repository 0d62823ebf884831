"""The home page beside its text. Its front matter names what is drawn: each key may be left out.

network: the run whose numbers are on the wires. formula: the snippet whose formula, code and output
are shown. gradients: the run that computes all gradients in three ways, whose largest difference is
told.
"""

from literate import Fault
from literate.book import Book
from literate.directives.parts import coloured, printed
from literate.figures import FIGURES
from literate.figures.values import need
from literate.registry import own_page
from literate.runs import Run
from literate.snippets import Snippet

from two_passes.figures.gradients import SOURCES, entries

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def values(book: Book) -> dict:
    """What the template reads: see theme/home.html. Raises Fault."""
    found = {}
    for key, draw in DRAWN.items():
        if name := book.page.meta.get(key):
            try:
                found |= draw(book, *book.snippet(name))
            except (ValueError, KeyError) as error:
                what, cure = f"`{key}: {name}`: {error}", f"name another, or remove `{key}:`"
                raise Fault(book.page.at(f"{key}:"), what, cure) from None
    return found


def _network(book: Book, snippet: Snippet, run: Run) -> dict:
    return {"network_svg": FIGURES["network"](run.values, live=True)}


def _formula(book: Book, snippet: Snippet, run: Run) -> dict:
    if not snippet.formulas or not run.output:
        raise ValueError("it needs a formula, and an example that prints something")
    formula = book.project.katex.inline(snippet.formulas[0])
    line = snippet.code.splitlines()[-1].strip().removeprefix("return ").partition("  #")[0]
    return {"strip": {"formula": formula, "output": printed(run), "code": coloured(line)}}


def _gradients(book: Book, snippet: Snippet, run: Run) -> dict:
    need(run.values, *SOURCES)
    by_hand, *others = ([*entries(run.values, source).values()] for source in SOURCES)
    apart = [abs(h - o) for other in others for h, o in zip(by_hand, other, strict=True)]
    return {"gradients": len(by_hand), "max_difference": _power(max(apart))}


def _power(value: float) -> str:
    """4.1e-08 as 4.1 × 10⁻⁸."""
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits} × 10{str(int(exponent)).translate(RAISED)}"


DRAWN = {"network": _network, "formula": _formula, "gradients": _gradients}
own_page("index", draws=tuple(DRAWN), context=values)
