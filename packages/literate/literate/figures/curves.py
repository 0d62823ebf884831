"""Functions side by side, each above its slope."""

from collections.abc import Iterator
from math import isfinite

from literate.registry import figure

from .axes import SYMBOL, TALL, WIDE, Box, Numbers, Scale, frame, line, steps
from .common import Tex, path, svg, tag
from .values import Values, need, rising, series

UPPER, LOWER, HEAD, LEFT = 104.0, 76.0, 30.0, 34.0  # heights of the plots and of a title; a margin
HIGH = 2 * HEAD + UPPER + LOWER + 26
Curves = dict[str, list[float]]


def title(x: float, y: float, name: str, prime: bool) -> str:
    """ReLU(z), ReLU′(z)"""
    parts = [tag("tspan", name, class_="tp-s")]
    if prime:
        parts.append(tag("tspan", "′", class_="tp-s", dy=-0.36 * SYMBOL, font_size=0.75 * SYMBOL))
    parts.append(tag("tspan", "(", class_="tp-s", dy=0.36 * SYMBOL if prime else None))
    parts += [tag("tspan", "z", class_="tp-m"), tag("tspan", ")", class_="tp-s")]
    return tag("text", *parts, x=x, y=y, font_size=SYMBOL)


def split_at_jumps(slope: Numbers) -> list[tuple[int, int]]:
    """The stretches without a jump, as [first, last) indices."""
    reach, count = max(slope) - min(slope), len(slope)
    cuts = [i for i in range(1, count) if reach and abs(slope[i] - slope[i - 1]) > 0.5 * reach]
    return list(zip([0, *cuts], [*cuts, count], strict=True))


def plot(
    z: Numbers, item: Numbers, box: Box, ticks: Numbers, below: Numbers | None
) -> Iterator[str]:
    """One curve in its box, with ticks at its left and, unless `below` is None, below it.

    With ticks below it is a slope: a jump is a step, closed where the value is, open where not.
    """
    across = Scale(z[0], z[-1], box[0], box[2])
    up = Scale(ticks[0], ticks[-1], box[3], box[1])
    yield frame(box, across, up, below or [], ticks)
    if z[0] < 0 < z[-1]:
        yield path("tp-hair", "M", across(0), box[1], "V", box[3])
    stretches = [(0, len(z))] if below is None else split_at_jumps(item)
    yield from (line(z[a:b], item[a:b], across, up) for a, b in stretches)
    for (_, cut), (start, _) in zip(stretches, stretches[1:], strict=False):
        at = across(z[cut - 1])
        yield tag("circle", cx=at, cy=up(item[start]), r=3, class_="tp-dot tp-dot--open")
        yield tag("circle", cx=at, cy=up(item[cut - 1]), r=3, class_="tp-dot")


def ticks(curves: Curves) -> list[float]:
    """One scale for all curves, so that heights can be compared."""
    finite = [v for item in curves.values() for v in item if isfinite(v)]
    return steps(min(0, *finite), max(0, *finite), 4)


def draw(values: Values, width: float, columns: int, css: str) -> str:
    given, above, below = need(values, "z", "value", "slope")
    z = rising(given, "z")
    value, slope = series(above, "value", len(z), "z"), series(below, "slope", len(z), "z")
    if list(value) != list(slope):
        names = f"{list(value)}, {list(slope)}"
        raise ValueError(f"figure: value and slope name other functions: {names}")
    cell = (width - 8) / columns
    x_ticks = [v for v in steps(z[0], z[-1], 5) if z[0] <= v <= z[-1]]
    halves = ("tp-fwd", "", value, UPPER, None), ("tp-bwd", "_slope", slope, LOWER, x_ticks)
    drawn = []
    for k, name in enumerate(value):
        x, bottom = (k % columns) * cell + LEFT, (k // columns) * (HIGH + 14)
        for kind, suffix, of, height, marked in halves:
            top = bottom + HEAD
            bottom = top + height
            box = x, top, x + cell - LEFT - 14, bottom
            parts = plot(z, of[name], box, ticks(of), marked)
            head = title(x, top - 12, name, bool(suffix))
            drawn.append(tag("g", head, *parts, class_=kind, data_curve=name + suffix))
    return svg(width, -(-len(value) // columns) * (HIGH + 14) - 14, css, *drawn)


@figure("curves")
def curves(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """Functions side by side: each above (forward, solid), its slope below (backward, dashed).

    values: z; value and slope, each a dict from the function's name to its numbers.
    """
    sizes = ((WIDE, 3), (TALL, 2))
    return "".join(draw(values, width, columns, css) for (width, css), columns in sizes)
