"""Curves with a point on each, which a reader moves along them: its value, and its tangent."""

import json
from collections.abc import Sequence
from math import isfinite

from literate.registry import figure

from .axes import SYMBOL
from .charts import Chart, wide_and_tall
from .common import Tex, path, tag, text
from .values import Values, need, rising, scalar, series

REACH = 0.12  # of a tangent to either side, in widths of the plot
DIGITS = 6  # of a value that is read off
Curves = dict[str, list[float]]


@figure("moving")
def moving(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """Curves, a point on each, and a control that moves the points (js/moving.js).

    values: at (where the points can be), curves (label → finite values there), start (where the
    points are at first), letters (what is along the curves, and what they show: "z", "L");
    optionally slopes (label → slopes there, drawn as tangents), and what `loss_curves` takes.
    """
    places, given, start, letters = need(values, "at", "curves", "start", "letters")
    at = rising(places, "at")
    curves = _finite(given, "curves", len(at))
    slopes = _finite(values["slopes"], "slopes", len(at)) if "slopes" in values else {}
    if slopes and list(slopes) != list(curves):
        raise ValueError(f"figure: slopes name other curves: {list(slopes)}")
    if not isinstance(letters, Sequence) or len(letters) != 2:
        raise ValueError(f"figure: letters must be two, got {letters!r}")
    first = min(range(len(at)), key=lambda i: abs(at[i] - scalar(start, "start")))
    along, letter = map(str, letters)
    now = {n: (row[first], slopes[n][first] if slopes else None) for n, row in curves.items()}
    data: dict[str, object] = {"letter": along, "at": _digits(at), "start": first}
    data["curves"] = {name: _digits(row) for name, row in curves.items()}
    if slopes:
        data |= {"slopes": {n: _digits(row) for n, row in slopes.items()}, "reach": REACH}
        data["slope"] = (words or {})["slope_here"]
    drawn = wide_and_tall(
        dict(values) | {"epochs": at}, letter, lambda chart: _points(chart, at[first], now, along)
    )
    return tag("div", drawn, data_moving=_json(data))


def _finite(value: object, name: str, length: int) -> Curves:
    rows = series(value, name, length, "at")
    if not all(isfinite(v) for row in rows.values() for v in row):
        raise ValueError(f"figure: {name} must be finite numbers")
    return rows


def _digits(row: list[float]) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in row]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _points(chart: Chart, at: float, now: dict[str, tuple[float, float | None]], along: str) -> str:
    """The points at a place, with their tangents where slopes are given, and the axis's letter."""
    box, across, up = chart.box, chart.across, chart.up
    drawn = [path("tp-hair", "M", across(at), box[1], "V", box[3])]
    for name, (value, slope) in now.items():
        parts = [tag("circle", cx=across(at), cy=up(value), r=4.5, class_="tp-dot")]
        if slope is not None:
            aside = REACH * (across.high - across.low)
            ends = [(across(at + d), up(value + d * slope)) for d in (-aside, aside)]
            parts.append(path("tp-curve", "M", *ends[0], "L", *ends[1]))
        css = "tp-fwd" if slope is None else "tp-bwd"
        drawn.append(tag("g", *parts, class_=css, data_point=name))
    scales = [[each.low, each.high, each.start, each.end] for each in (across, up)]
    between = across(sum(chart.x_ticks[-2:]) / 2)
    label = text(between, box[3] + 19, along, "tp-m", SYMBOL, "middle")
    return tag("g", *drawn, data_scale=_json([*scales, up.logarithmic])) + label
