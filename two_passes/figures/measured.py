"""Tables of what `make bench` measured: every number from its file."""

from html import escape

from literate.registry import figure

from literate.figures.common import Tex
from literate.figures.confusion import word
from literate.figures.values import Values, need

WAYS = ("mlx_compiled", "mlx_eager", "mlx_openblas", "numpy", "torch_one", "torch_all", "jax")
NETWORKS = ("two", "diagnosis", "digits")


def shown(value: float) -> str:
    """Three significant digits, whole numbers from a hundred on; what is next to nothing as that."""
    if 0 < abs(value) < 0.001:
        return "&lt; 0.001"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


@figure("measured")
def measured(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """One row a figure: its median, the least and the most, what the book promises. values: rows, as in the file."""
    body = []
    for key, row in need(values, "rows")[0].items():
        unit = f" {escape(row['unit'])}" if row["unit"] else ""
        span = f"{shown(row['low'])}–{shown(row['high'])}" if row["n"] > 1 else ""
        limit = row["limit"]
        promised = "" if limit is None else f"≤ {shown(limit)}{unit}"
        if limit is not None and row["value"] > limit:
            promised += f' <span class="tp-measured__missed">✕ {word(t, "bench_missed")}</span>'
        body.append(
            f'<tr><th scope="row">{word(t, f"bench_{key}")}</th><td>{shown(row["value"])}{unit}</td><td>{span}</td><td>{promised}</td></tr>'
        )
    heads = "".join(
        f'<th scope="col">{word(t, key)}</th>'
        for key in ("bench_what", "bench_median", "bench_span", "bench_promised")
    )
    return f'<table class="tp-measured"><thead><tr>{heads}</tr></thead><tbody>{"".join(body)}</tbody></table>'


@figure("steps")
def steps(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """A row for each framework, a column for each network: microseconds a step, and how many times MLX compiled it is."""
    rows = need(values, "rows")[0]
    body = []
    for way in WAYS:
        if f"two_{way}" not in rows:
            continue
        cells = []
        for network in NETWORKS:
            ratio = rows.get(f"{network}_{way}_ratio")
            times = (
                f' <span class="tp-measured__ratio">× {shown(ratio["value"])}</span>'
                if ratio
                else ""
            )
            cells.append(f"<td>{shown(rows[f'{network}_{way}']['value'])}{times}</td>")
        body.append(f'<tr><th scope="row">{word(t, f"bench_{way}")}</th>{"".join(cells)}</tr>')
    heads = "".join(f'<th scope="col">{word(t, f"bench_{network}")}</th>' for network in NETWORKS)
    return f'<table class="tp-measured"><thead><tr><th scope="col">{word(t, "bench_steps")}</th>{heads}</tr></thead><tbody>{"".join(body)}</tbody></table>'
