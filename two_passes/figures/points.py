"""Places in a plane, each with its letter; some of them ringed."""

from literate.figures.axes import SIZE, TALL, WIDE, Box, Scale, frame, steps
from literate.figures.common import Tex, svg, tag, text
from literate.figures.values import Values, matrix, need
from literate.registry import figure

HIGH = {"wide": 400.0, "tall": 358.0}
RING = 10.0


@figure("points")
def points(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """A letter at each place.

    values: points (letter → two numbers), ringed (some of the letters).
    """
    given, ringed = need(values, "points", "ringed")
    if not isinstance(given, dict) or not given:
        raise ValueError(f"figure: points must be a dict from a letter to a place, got {given!r}")
    if not isinstance(ringed, str | list) or set(ringed) - set(given):
        raise ValueError(f"figure: ringed must be some of the letters of points, got {ringed!r}")
    places = matrix(list(given.values()), "points", len(given), 2)
    named = dict(zip(map(str, given), places, strict=True))
    return "".join(_drawn(*size, named, set(ringed)) for size in (WIDE, TALL))


def _drawn(width: float, css: str, named: dict[str, list[float]], ringed: set[str]) -> str:
    left, right = (min(p[0] for p in named.values()), max(p[0] for p in named.values()))
    low, high = (min(p[1] for p in named.values()), max(p[1] for p in named.values()))
    x_ticks, y_ticks = steps(left, right, 6), steps(low, high, 6)
    box: Box = (44.0, 12.0, width - 14, HIGH[css.rpartition("-")[2]] - 30)
    across = Scale(x_ticks[0], x_ticks[-1], box[0], box[2])
    up = Scale(y_ticks[0], y_ticks[-1], box[3], box[1])
    drawn = [frame(box, across, up, x_ticks, y_ticks)]
    for name, (u, v) in named.items():
        x, y = across(u), up(v)
        ring = [tag("circle", cx=x, cy=y, r=RING, class_="tp-ring")] if name in ringed else []
        letter = text(x, y + 0.34 * SIZE, name, "tp-v tp-v--head", SIZE, "middle")
        drawn.append(tag("g", *ring, letter, data_point=name))
    return svg(width, box[3] + 30, css, *drawn)
