"""The paths of optimizers down one valley, a panel for each; a reader changes rate and momentum."""

import json
from itertools import pairwise
from math import isfinite, sqrt

from literate.figures.axes import SIZE, TALL, WIDE, Scale
from literate.figures.common import Tex, compact, digits, rect, svg, tag, text
from literate.figures.values import Values, matrix, need, rising, scalar, vector
from literate.registry import figure

ACROSS, UP = (-2.4, 1.2), (-0.9, 0.9)  # of the floor plan, on one scale
INSIDE = (216, 108)  # of a panel's own units: the paths are the same in both drawings
LEVELS = (0.4, 2.5, 10.0)  # heights whose lines are drawn
HEAD, GAP = 22.0, 14.0  # above a panel, between panels
FAR = 50.0  # what is drawn of a path that leaves the panel, in units of the valley


@figure("valley")
def valley(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """Level lines of ½(h₁w₁² + h₂w₂²), and on them a path for each optimizer (js/valley.js).

    values: h (two curvatures), paths (name → places, the start first), eta and mu (as in paths),
    rates and momenta (what a reader can choose, eta and mu among them).
    """
    names = ("h", "paths", "eta", "mu", "rates", "momenta")
    curved, given, eta, mu, *choices = need(values, *names)
    h, paths = vector(curved, "h", 2), _paths(given)
    rates, momenta = (rising(c, n) for c, n in zip(choices, names[4:], strict=True))
    start = [rates.index(scalar(eta, "eta")), momenta.index(scalar(mu, "mu"))]
    steps = len(next(iter(paths.values()))) - 1
    place = next(iter(paths.values()))[0]
    data = {"h": h, "place": place, "steps": steps, "rates": rates, "momenta": momenta}
    data |= {"start": start, "far": FAR}
    drawn = (_picture(*size, n, h, paths) for size, n in ((WIDE, 3), (TALL, 2)))
    return tag("div", *drawn, data_valley=json.dumps(data, separators=(",", ":")))


def _paths(given: object) -> dict[str, list[list[float]]]:
    if not isinstance(given, dict) or not given:
        raise ValueError(f"figure: paths must be a dict from a name to places, got {given!r}")
    return {name: matrix(path, f"paths[{name!r}]", len(path), 2) for name, path in given.items()}


def _picture(width: float, css: str, columns: int, h: list[float], paths: dict) -> str:
    wide = (width - (columns - 1) * GAP) / columns
    high = wide * (UP[1] - UP[0]) / (ACROSS[1] - ACROSS[0])
    across, up = Scale(*ACROSS, 0, INSIDE[0]), Scale(*UP, INSIDE[1], 0)
    inside = _inside(across, up, h)
    rows = -(-len(paths) // columns)
    pieces = []
    for n, (name, path) in enumerate(paths.items()):
        row, column = divmod(n, columns)
        x, y = column * (wide + GAP), row * (high + HEAD + GAP)
        pieces.append(text(x, y + 15, name, "tp-v tp-v--head", SIZE))
        end = digits(x + wide, y + 15, height(h, path[-1]), SIZE)
        size = {"x": x, "y": y + HEAD, "width": wide, "height": high}
        start = tag("circle", cx=across(path[0][0]), cy=up(path[0][1]), r=3.5, class_="tp-dot")
        walk = tag("path", d=walked(path, across, up), class_="tp-walk")
        box = tag("svg", inside, walk, start, viewBox="0 0 {} {}".format(*INSIDE), **size)
        pieces.append(tag("g", end, box, data_racer=name))
    scales = [[each.low, each.high, each.start, each.end] for each in (across, up)]
    tall = rows * (high + HEAD + GAP) - GAP
    return svg(width, tall, css, tag("g", *pieces, data_scale=json.dumps(scales)))


def _inside(across: Scale, up: Scale, h: list[float]) -> str:
    """What is the same in all panels: level lines, a frame, the floor."""
    x, y = across(0), up(0)
    drawn = [rect(0.5, 0.5, INSIDE[0] - 1, INSIDE[1] - 1, "tp-panel")]
    for level in LEVELS:
        radii = [sqrt(2 * level / each) for each in h]
        rx, ry = abs(across(radii[0]) - x), abs(up(radii[1]) - y)
        drawn.append(tag("ellipse", cx=x, cy=y, rx=rx, ry=ry, class_="tp-level"))
    drawn.append(tag("circle", cx=x, cy=y, r=3, class_="tp-dot tp-dot--open"))
    return "".join(drawn)


def walked(path: list[list[float]], across: Scale, up: Scale) -> str:
    """A path as SVG writes it, as far as it can be drawn."""
    drawn = path[:1]
    for _, place in pairwise(path):
        if not all(isfinite(each) and abs(each) < FAR for each in place):
            break
        drawn.append(place)
    at = [(round(across(u), 1), round(up(v), 1)) for u, v in drawn]
    start, *moves = [at[0], *((c - a, d - b) for (a, b), (c, d) in pairwise(at))]
    return f"M{start[0]:g} {start[1]:g}l" + " ".join(f"{_move(u)} {_move(v)}" for u, v in moves)


def _move(number: float) -> str:
    return f"{round(number, 1) + 0.0:g}"


def height(h: list[float], place: list[float]) -> str:
    """How high a place is: L in few characters."""
    value = sum(each * at**2 for each, at in zip(h, place, strict=True)) / 2
    few = f"{value:.1e}" if value < 0.001 or value >= 1000 else f"{value:.3g}"
    return compact(few)
