"""Tables of what `make bench` measured: every number from its file."""

from html import escape

from literate.figures.common import Tex
from literate.figures.confusion import word
from literate.figures.values import Values, need
from literate.registry import figure

WAYS = ("mlx_compiled", "mlx_eager", "mlx_openblas", "numpy", "torch_one", "torch_all", "jax")
NETWORKS = ("two", "diagnosis", "digits")
WIDTHS = ("narrow", "middle", "wide")
ENGINES = ("numbers", "engine", "mlx_eager", "mlx_compiled")
MOONS = ("two", "moons", "many")


def shown(value: float) -> str:
    """Three significant digits, whole numbers from a hundred on."""
    if 0 < abs(value) < 0.001:
        return "&lt; 0.001"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _table(heads: list[str], rows: dict[str, list[str]], t: Values | None, of: Values) -> str:
    """heads: words of the columns; rows: word → cells; of: word → a row of the file, whose date is
    shown where it is that of an earlier run.
    """
    head = "".join(f'<th scope="col">{word(t, f"bench_{name}")}</th>' for name in heads)
    body = ""
    for name, cells in rows.items():
        data = "".join(f"<td>{cell}</td>" for cell in cells)
        date = f" ({escape(of[name]['date'])})" if "date" in of[name] else ""
        body += f'<tr><th scope="row">{word(t, f"bench_{name}")}{date}</th>{data}</tr>'
    return f'<table class="tp-measured"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


@figure("measured")
def measured(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """A row for each figure: its median, the least and the most, what the book promises.

    values: rows, as in the file.
    """
    out, rows = {}, need(values, "rows")[0]
    for key, row in rows.items():
        unit = f"\N{NO-BREAK SPACE}{escape(row['unit'])}" if row["unit"] else ""
        span = f"{shown(row['low'])}–{shown(row['high'])}" if row["n"] > 1 else ""
        limit = row["limit"]
        promised = "" if limit is None else f"≤ {shown(limit)}{unit}"
        if promised and row["value"] > limit:
            promised += f' <span class="tp-measured__missed">✕ {word(t, "bench_missed")}</span>'
        out[key] = [f"{shown(row['value'])}{unit}", span, promised]
    return _table(["what", "median", "span", "promised"], out, t, rows)


@figure("steps")
def steps(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """A row for each framework: microseconds a step, and how many times MLX compiled it is."""
    rows = need(values, "rows")[0]
    ways = [way for way in WAYS if f"two_{way}" in rows]
    cells = {way: [_step(rows, f"{network}_{way}") for network in NETWORKS] for way in ways}
    return _table(["steps", *NETWORKS], cells, t, {way: rows[f"two_{way}"] for way in ways})


@figure("gradient_ratios")
def gradient_ratios(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """A row for each width: microseconds of both passes, and how many times the forward pass."""
    rows = need(values, "rows")[0]
    ways = {"eager": "mlx_eager", "compiled": "mlx_compiled"}
    cells = {width: [_both(rows, width, way) for way in ways] for width in WIDTHS}
    first = {width: rows[f"{width}_both_eager"] for width in WIDTHS}
    return _table(["both_passes", *ways.values()], cells, t, first)


@figure("engines")
def engines(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """A row for each way to a gradient: microseconds a step, and how many times the engine's."""
    rows = need(values, "rows")[0]
    cells = {way: [_step(rows, f"{network}_{way}") for network in MOONS] for way in ENGINES}
    first = {way: rows[f"two_{way}"] for way in ENGINES}
    return _table(["steps", "two_points", "moons", "many"], cells, t, first)


def _both(rows: dict, width: str, way: str) -> str:
    times = shown(rows[f"{width}_ratio_{way}"]["value"])
    text = shown(rows[f"{width}_both_{way}"]["value"])
    return f'{text} <span class="tp-measured__ratio">× {times}</span>'


def _step(rows: dict, key: str) -> str:
    text = shown(rows[key]["value"])
    if ratio := rows.get(f"{key}_ratio"):
        text += f' <span class="tp-measured__ratio">× {shown(ratio["value"])}</span>'
    return text
