"""What the home page shows beside its prose: the network, one formula as code and output."""

from literate import directives as panes
from literate.book import Book
from literate.registry import FIGURES, own_page

NETWORK = "trace.both_passes"  # the run whose numbers are on the wires
STRIP = "backward.output_error"  # the formula, its code and its output
AGREEMENT = "backward.three_ways"  # nine gradients, three ways


def values(book: Book) -> dict:
    _, run = book.snippet(NETWORK)
    strip, strip_run = book.snippet(STRIP)
    _, agreement = book.snippet(AGREEMENT)
    hand = _flat(agreement.values["by_hand"])
    others = (_flat(agreement.values[k]) for k in ("mx_grad", "finite_difference"))
    return {
        "network_svg": FIGURES["network"](run.values, book.t, book.project.katex.inline, live=True),
        "strip": {
            "formula": book.project.katex.inline(strip.formulas[0]),
            "output": panes.printed(strip_run),
            "code": panes.coloured(
                strip.code.splitlines()[-1].strip().removeprefix("return ").partition("  #")[0]
            ),
        },
        "gradients": len(hand),
        "max_difference": _power(
            max(abs(h - o) for other in others for h, o in zip(hand, other, strict=True))
        ),
    }


def _flat(value) -> list[float]:
    """Every number of nested lists and dicts, in order."""
    if isinstance(value, dict):
        value = list(value.values())
    return [n for v in value for n in _flat(v)] if isinstance(value, list) else [value]


def _power(value: float) -> str:
    """4.1e-08 as 4.1 × 10⁻⁸."""
    digits, exponent = f"{value:.1e}".split("e")
    return (
        f"{digits} × 10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    )


own_page("index", snippets=(NETWORK, STRIP, AGREEMENT), context=values)
