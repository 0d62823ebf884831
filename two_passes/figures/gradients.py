"""The nine gradients of the 2-2-1 network, each computed three ways, as a table."""

from collections.abc import Mapping
from html import escape
from itertools import groupby
from math import isfinite

from literate.figures.common import Tex, fixed
from literate.figures.confusion import word
from literate.figures.values import Values, matrix, need, vector
from literate.registry import figure

SHAPES: dict[str, tuple[int, ...]] = {"W1": (2, 2), "b1": (2,), "W2": (1, 2), "b2": (1,)}
SOURCES = ("by_hand", "mx_grad", "finite_difference")


def entries(values: Values, source: str) -> dict[str, float]:
    """One source's nine gradients by data-symbol."""
    given = values[source]
    if not isinstance(given, Mapping):
        raise ValueError(f"figure: {source} must be a dict with W1, b1, W2, b2, got {given!r}")
    if missing := [key for key in SHAPES if key not in given]:
        raise ValueError(f"figure: {source} has no {', '.join(missing)}")
    flat: dict[str, float] = {}
    for key, (rows, *columns) in SHAPES.items():
        name, at = f"dL_d{key.lower()}_", f"{source}[{key!r}]"
        if columns:
            for i, row in enumerate(matrix(given[key], at, rows, *columns), 1):
                flat |= {f"{name}{i}{j}": number for j, number in enumerate(row, 1)}
        else:
            flat |= {f"{name}{i}": v for i, v in enumerate(vector(given[key], at, rows), 1)}
    return flat


def agree(numbers: list[float], tolerance: float) -> bool:
    """Whether all are finite and no further apart than the tolerance, relative to large ones."""
    if not all(map(isfinite, numbers)):
        return False
    return max(numbers) - min(numbers) <= tolerance * max(1.0, *map(abs, numbers))


def plain(latex: str) -> str:
    return f"<code>{escape(latex)}</code>"


def _row(symbol: str, numbers: list[float], same: bool, said: str, tex: Tex) -> str:
    """same: whether the numbers agree. said: the words for that."""
    (letter, layer), sub = symbol.removeprefix("dL_d").split("_")
    error = rf"\delta^{{({layer})}}_{{{sub[0]}}}"
    before = {"b1": "", "b2": "", "w1": r"\,x_{%s}", "w2": r"\,a^{(1)}_{%s}"}[letter + layer]
    source = before % sub[1] if before else ""
    cells = "".join(
        f'<td class="tp-ng__number" data-value="{v!r}">{fixed(v, 6)}</td>' for v in numbers
    )
    kind, glyph = ("yes", "✓") if same else ("no", "✕")
    verdict = f'<span class="tp-ng__{kind}" role="img" aria-label="{said}">{glyph}</span>'
    return (
        f'<tr data-symbol="{symbol}"><th scope="row"><span class="tp-unseen">{symbol}</span>'
        f'<span aria-hidden="true">{tex(rf"{letter}^{{({layer})}}_{{{sub}}}")}</span></th>'
        f'<td>{tex(error + source)}</td>{cells}<td class="tp-ng__verdict">{verdict}</td></tr>'
    )


@figure("nine_gradients")
def nine_gradients(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """Every parameter's gradient, computed three ways; a tick only where the three agree.

    values: by_hand, mx_grad, finite_difference, each a dict with W1 (2, 2), b1 (2), W2 (1, 2) and
    b2 (1); optionally tolerance (1e-5: float32 keeps 7 digits, of which another order of the sums
    may cost two).
    """
    need(values, *SOURCES)
    columns = [entries(values, source) for source in SOURCES]
    tolerance = float(str(values.get("tolerance", 1e-5)))
    said = {True: word(t, "ng_agree"), False: word(t, "ng_differ")}
    bodies = ""
    for _, group in groupby(columns[0], lambda symbol: symbol.split("_")[1]):
        rows = ""
        for symbol in group:
            numbers = [column[symbol] for column in columns]
            same = agree(numbers, tolerance)
            rows += _row(symbol, numbers, same, said[same], tex or plain)
        bodies += f"<tbody>{rows}</tbody>"
    heads = "".join(
        f'<th scope="col" class="tp-ng__number">{word(t, "ng_" + source)}</th>'
        for source in SOURCES
    )
    return (
        f'<table class="tp-ng"><thead><tr><th scope="col">{word(t, "ng_parameter")}</th>'
        f'<th scope="col">{word(t, "ng_product")}</th>{heads}<td></td></tr></thead>{bodies}</table>'
    )
