"""Tables of what `make bench` measured: every number from its file."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from literate.figures.common import Tex
from literate.figures.confusion import word
from literate.figures.values import Values, need
from literate.registry import figure

WAYS = ("mlx_compiled", "mlx_eager", "mlx_openblas", "numpy", "torch_one", "torch_all", "jax")
NETWORKS = ("two", "diagnosis", "digits")
COLUMNS = ("bench_what", "bench_median", "bench_span", "bench_promised")


def shown(value: float) -> str:
    """Three significant digits, whole numbers from 100 on; a very small one as that."""
    if 0 < abs(value) < 0.001:
        return "&lt; 0.001"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _table(heads: Iterable[str], rows: Iterable[tuple[str, list[str]]]) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = ""
    for name, cells in rows:
        body += f'<tr><th scope="row">{name}</th><td>{"</td><td>".join(cells)}</td></tr>'
    return f'<table class="tp-measured"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cells(row: Mapping[str, Any], missed: str) -> list[str]:
    """Median, least to most, and what the book promises of one figure."""
    unit = f" {escape(row['unit'])}" if row["unit"] else ""
    span = f"{shown(row['low'])}–{shown(row['high'])}" if row["n"] > 1 else ""
    limit = row["limit"]
    promised = "" if limit is None else f"≤ {shown(limit)}{unit}"
    if limit is not None and row["value"] > limit:
        promised += f' <span class="tp-measured__missed">✕ {missed}</span>'
    return [shown(row["value"]) + unit, span, promised]


@figure("measured")
def measured(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """A row for each figure. values: rows, as in the file."""
    rows: Any = need(values, "rows")[0]
    missed = word(t, "bench_missed")
    return _table(
        (word(t, key) for key in COLUMNS),
        ((word(t, f"bench_{key}"), _cells(row, missed)) for key, row in rows.items()),
    )


@figure("steps")
def steps(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """A row for each framework, a column for each network.

    Microseconds for a step, and how many times as long as with MLX compiled.
    """
    rows: Any = need(values, "rows")[0]

    def cell(network: str, way: str) -> str:
        ratio = rows.get(f"{network}_{way}_ratio")
        span = '<span class="tp-measured__ratio">× {}</span>'
        times = " " + span.format(shown(ratio["value"])) if ratio else ""
        return shown(rows[f"{network}_{way}"]["value"]) + times

    return _table(
        (word(t, f"bench_{key}") for key in ("steps", *NETWORKS)),
        (
            (word(t, f"bench_{way}"), [cell(network, way) for network in NETWORKS])
            for way in WAYS
            if f"two_{way}" in rows
        ),
    )
