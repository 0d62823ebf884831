"""Every parameter's gradient, computed three ways, as a table."""

from collections.abc import Mapping, Sequence
from html import escape
from math import isclose, isfinite

from literate.figures.common import Tex, fixed
from literate.figures.confusion import word
from literate.figures.values import Values, need
from literate.registry import figure

from two_passes.figures.network import PARAMETERS, numbered

SOURCES = ("by_hand", "mx_grad", "finite_difference")


def plain(latex: str) -> str:
    return f"<code>{escape(latex)}</code>"


def entries(values: Values, source: str) -> dict[str, float]:
    """The nine gradients of one source by the names of their symbols."""
    given = values[source]
    if not isinstance(given, Mapping):
        raise ValueError(f"figure: {source} must be a dict with W1, b1, W2, b2, got {given!r}")
    if missing := [name for name in PARAMETERS if name not in given]:
        raise ValueError(f"figure: {source} lacks {', '.join(missing)}")
    numbers = numbered(given, PARAMETERS, f"{source}.")
    return {f"dL_d{symbol}": number for symbol, number in numbers.items()}


def agree(numbers: Sequence[float], tolerance: float) -> bool:
    """Whether all are finite and differ by at most the tolerance, relative if they are large."""
    close = isclose(min(numbers), max(numbers), rel_tol=tolerance, abs_tol=tolerance)
    return close and all(map(isfinite, numbers))


@figure("nine_gradients")
def nine_gradients(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """Every parameter's gradient, computed three ways; a tick only where the three agree.

    values: by_hand, mx_grad, finite_difference, each a dict with W1 (2, 2), b1 (2), W2 (1, 2),
    b2 (1); optionally tolerance. Its default is 1e-5: float32 has 7 digits, of which another order
    of the same sum may cost two.
    """
    need(values, *SOURCES)
    columns = [entries(values, source) for source in SOURCES]
    tolerance = float(values.get("tolerance", 1e-5))
    groups: dict[str, str] = {}
    for symbol in columns[0]:
        numbers = [column[symbol] for column in columns]
        verdict = _verdict(t, agree(numbers, tolerance))
        stem = symbol.partition("_d")[2].partition("_")[0]
        groups[stem] = groups.get(stem, "") + _row(symbol, numbers, verdict, tex or plain)
    css = {"parameter": "", "product": ""} | dict.fromkeys(SOURCES, ' class="tp-ng__number"')
    heads = "".join(f'<th scope="col"{css[name]}>{word(t, f"ng_{name}")}</th>' for name in css)
    body = "".join(f"<tbody>{rows}</tbody>" for rows in groups.values())
    return f'<table class="tp-ng"><thead><tr>{heads}<td></td></tr></thead>{body}</table>'


def _row(symbol: str, numbers: Sequence[float], verdict: str, tex: Tex) -> str:
    """The parameter, the product that its gradient is, the three numbers, the verdict."""
    letter, layer, _, *indices = symbol.removeprefix("dL_d")
    product = rf"\delta^{{({layer})}}_{{{indices[0]}}}"
    if letter == "w":
        product += rf"\,x_{{{indices[1]}}}" if layer == "1" else rf"\,a^{{(1)}}_{{{indices[1]}}}"
    parameter = tex(rf"{letter}^{{({layer})}}_{{{''.join(indices)}}}")
    cell = '<td class="tp-ng__number" data-value="{!r}">{}</td>'
    cells = "".join(cell.format(number, fixed(number, 6)) for number in numbers)
    return (
        f'<tr data-symbol="{symbol}"><th scope="row"><span class="tp-unseen">{symbol}</span>'
        f'<span aria-hidden="true">{parameter}</span></th>'
        f'<td>{tex(product)}</td>{cells}<td class="tp-ng__verdict">{verdict}</td></tr>'
    )


def _verdict(t: Values | None, ok: bool) -> str:
    glyph, kind, said = ("✓", "yes", "ng_agree") if ok else ("✕", "no", "ng_differ")
    return f'<span class="tp-ng__{kind}" role="img" aria-label="{word(t, said)}">{glyph}</span>'
