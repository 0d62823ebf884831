"""Figures that are tables: HTML, with the page's words in their headers."""

from collections.abc import Mapping
from html import escape
from math import isfinite

from literate.registry import figure

from literate.figures.common import Tex, fixed
from literate.figures.confusion import word
from literate.figures.values import Values, matrix, need, vector

SHAPES = {"W1": (2, 2), "b1": (2,), "W2": (1, 2), "b2": (1,)}
SOURCES = ("by_hand", "mx_grad", "finite_difference")


def plain(latex: str) -> str:
    return f"<code>{escape(latex)}</code>"


def entries(values: Values, source: str) -> dict[str, float]:
    """One source's nine gradients by data-symbol."""
    given = values[source]
    if not isinstance(given, Mapping):
        raise ValueError(f"figure: {source} must be a dict with W1, b1, W2, b2, got {given!r}")
    missing = [key for key in SHAPES if key not in given]
    if missing:
        raise ValueError(f"figure: {source} lacks {', '.join(missing)}")
    flat: dict[str, float] = {}
    for key, shape in SHAPES.items():
        name = f"dL_d{key.lower()}"
        if len(shape) == 1:
            numbers = vector(given[key], f"{source}[{key!r}]", *shape)
            flat.update((f"{name}_{i + 1}", v) for i, v in enumerate(numbers))
        else:
            for i, row in enumerate(matrix(given[key], f"{source}[{key!r}]", *shape)):
                flat.update((f"{name}_{i + 1}{j + 1}", v) for j, v in enumerate(row))
    return flat


def agree(numbers: list[float], tolerance: float) -> bool:
    """Whether all are finite and no further apart than the tolerance, relative where they are large."""
    if not all(map(isfinite, numbers)):
        return False
    return max(numbers) - min(numbers) <= tolerance * max(1.0, *map(abs, numbers))


@figure("nine_gradients")
def nine_gradients(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """Every parameter's gradient, computed three ways; a tick only where the three agree.

    values: by_hand, mx_grad, finite_difference, each a dict with W1 (2, 2), b1 (2), W2 (1, 2), b2 (1);
    optionally tolerance (1e-5: float32 by hand and by autodiff keeps 7 digits, of which another order of sums may cost two).
    """
    tex = tex or plain
    need(values, *SOURCES)
    columns = [entries(values, source) for source in SOURCES]
    tolerance = float(values.get("tolerance", 1e-5))
    yes, no = word(t, "ng_agree"), word(t, "ng_differ")
    rows: dict[str, list[str]] = {}
    for symbol in columns[0]:
        stem, sub = symbol.removeprefix("dL_d").split("_")
        letter, layer = stem
        error = rf"\delta^{{({layer})}}_{{{sub[0]}}}"
        source = (
            ""
            if letter == "b"
            else rf"\,x_{{{sub[1]}}}"
            if layer == "1"
            else rf"\,a^{{(1)}}_{{{sub[1]}}}"
        )
        numbers = [column[symbol] for column in columns]
        cells = "".join(
            f'<td class="tp-ng__number" data-value="{v!r}">{fixed(v, 6)}</td>' for v in numbers
        )
        ok = agree(numbers, tolerance)
        glyph, kind, said = ("✓", "yes", yes) if ok else ("✕", "no", no)
        rows.setdefault(stem, []).append(
            f'<tr data-symbol="{symbol}"><th scope="row"><span class="tp-unseen">{symbol}</span>'
            f'<span aria-hidden="true">{tex(rf"{letter}^{{({layer})}}_{{{sub}}}")}</span></th>'
            f"<td>{tex(error + source)}</td>{cells}"
            f'<td class="tp-ng__verdict"><span class="tp-ng__{kind}" role="img" aria-label="{said}">{glyph}</span></td></tr>'
        )
    heads = "".join(
        f'<th scope="col" class="tp-ng__number">{word(t, "ng_" + source)}</th>'
        for source in SOURCES
    )
    return (
        '<table class="tp-ng"><thead>'
        f'<tr><th scope="col">{word(t, "ng_parameter")}</th><th scope="col">{word(t, "ng_product")}</th>'
        f"{heads}<td></td></tr></thead>"
        + "".join(f"<tbody>{''.join(group)}</tbody>" for group in rows.values())
        + "</table>"
    )
