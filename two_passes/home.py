"""The home page beside its text: the network with numbers, a formula as code and output."""

from literate.book import Book
from literate.directives.parts import coloured, printed
from literate.figures import FIGURES
from literate.registry import own_page

from two_passes.figures.gradients import SOURCES, entries

NETWORK = "trace.both_passes"  # the run whose numbers are on the wires
STRIP = "backward.output_error"  # the formula, its code and its output
AGREEMENT = "backward.three_ways"  # nine gradients, three ways
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def values(book: Book) -> dict:
    """What the template reads: see theme/home.html."""
    strip, run = book.snippet(STRIP)
    formula = book.project.katex.inline(strip.formulas[0])
    line = strip.code.splitlines()[-1].strip().removeprefix("return ").partition("  #")[0]
    ways = book.runs[AGREEMENT].values
    by_hand, *others = ([*entries(ways, source).values()] for source in SOURCES)
    apart = [abs(h - o) for other in others for h, o in zip(by_hand, other, strict=True)]
    return {
        "network_svg": FIGURES["network"](book.runs[NETWORK].values, live=True),
        "strip": {"formula": formula, "output": printed(run), "code": coloured(line)},
        "gradients": len(by_hand),
        "max_difference": _power(max(apart)),
    }


def _power(value: float) -> str:
    """4.1e-08 as 4.1 × 10⁻⁸."""
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits} × 10{str(int(exponent)).translate(RAISED)}"


own_page("index", snippets=(NETWORK, STRIP, AGREEMENT), context=values)
