"""Where the weighted sum of two inputs is 0: a line in their plane, which a reader moves."""

import json
from itertools import pairwise

from literate.registry import figure

from . import axes
from .axes import SYMBOL, TALL, WIDE, Point, Scale
from .common import Symbol, Tex, pad, path, svg, tag
from .values import Values, matrix, need, rising, vector

ENDS = (-1.0, 1.0)  # of both axes
TICKS = (-1.0, -0.5, 0.0, 0.5, 1.0)
SCRIPT = 13.2
LENGTH = 1 / 3  # of the weights, drawn from the line
CORNERS = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]


@figure("border")
def border(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """The side where z = w·x + b is positive, the line where it is 0, the weights, and an input.

    values: x (an input, each entry from −1 to 1); turned (angles in degrees) and weights (a pair
    for each); shifted (biases); sums (z of the input, a row for each angle, a column for each
    bias); start (which angle and which bias come first). js/border.js moves it.
    """
    names = ("x", "turned", "weights", "shifted", "sums", "start")
    given = dict(zip(names, need(values, *names), strict=True))
    turned, shifted = rising(given["turned"], "turned"), rising(given["shifted"], "shifted")
    weights = matrix(given["weights"], "weights", len(turned), 2)
    sums = matrix(given["sums"], "sums", len(turned), len(shifted))
    x, start = vector(given["x"], "x", 2), [int(n) for n in vector(given["start"], "start", 2)]
    data = {
        "turned": turned, "shifted": shifted, "start": start,
        "weights": [[float(f"{v:.4g}") for v in pair] for pair in weights],
        "sums": [[float(f"{v:.4g}") for v in row] for row in sums], "length": LENGTH,
        "turn": (words or {})["turn"],
    }  # fmt: skip
    sizes = ((*WIDE, 400.0), (*TALL, TALL[0]))
    drawn = (_plane(*size, weights[start[0]], shifted[start[1]], x) for size in sizes)
    return tag(
        "div", *drawn, data_border=json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    )


def _plane(width: float, css: str, size: float, w: list[float], b: float, x: list[float]) -> str:
    left, top, right, bottom = box = (40.0, 16.0, size - 14, size - 38)  # a square
    across, up = Scale(*ENDS, left, right), Scale(*ENDS, bottom, top)
    side = positive_side(w, b)
    edge = [p for p in side if abs(w[0] * p[0] + w[1] * p[1] + b) < 1e-9][:2]
    middle = (
        tuple(sum(part) / len(edge) for part in zip(*edge, strict=True)) if edge else (0.0, 0.0)
    )
    tip = (middle[0] + LENGTH * w[0], middle[1] + LENGTH * w[1])

    def part(name: str, css: str, points: list[Point], end: str = "") -> str:
        steps = "L".join(f"{pad(across(p))} {pad(up(q))}" for p, q in points)
        return tag("path", d=f"M{steps}{end}" if points else "", class_=css, data_part=name)

    pieces = [
        part("side", "tp-bar", side, "Z"),
        axes.frame(box, across, up, TICKS, TICKS),
        path("tp-hair", "M", across(0), top, "V", bottom),
        part("edge", "tp-curve", edge),
        tag("g", part("weights", "tp-curve", [middle, tip]), class_="tp-fwd"),
        tag("circle", cx=across(x[0]), cy=up(x[1]), r=5, class_="tp-dot"),
        Symbol("x").draw(across(x[0]) + 10, up(x[1]) + 5, SYMBOL, SCRIPT),
        Symbol("x", "1").draw(right - 22, bottom - 8, SYMBOL, SCRIPT),
        Symbol("x", "2").draw(left + 8, top + 14, SYMBOL, SCRIPT),
        Symbol("w").draw(across(tip[0]) + 8, up(tip[1]) + 5, SYMBOL, SCRIPT),
    ]
    scales = [[each.low, each.high, each.start, each.end] for each in (across, up)]
    return svg(width, size, css, tag("g", *pieces, data_scale=json.dumps(scales)))


def positive_side(w: list[float], b: float) -> list[Point]:
    """The corners of the part of the square where w·x + b is not negative."""
    found: list[Point] = []
    for (p, q), (r, s) in pairwise([*CORNERS, CORNERS[0]]):
        here, there = w[0] * p + w[1] * q + b, w[0] * r + w[1] * s + b
        if here >= 0:
            found.append((p, q))
        if here * there < 0:
            part = here / (here - there)
            found.append((p + part * (r - p), q + part * (s - q)))
    return found
