"""Small charts side by side, each called by a letter: losses to tell apart by their shape."""

from literate.figures.axes import SIZE, SYMBOL, TALL, WIDE, Box, Scale, frame, line, steps
from literate.figures.common import Tex, svg, tag, text
from literate.figures.values import Values, need, series
from literate.registry import figure

HEAD, HIGH, LEFT, FOOT = 26.0, 96.0, 36.0, 24.0  # a letter, a plot, room for ticks and below them
ASIDE = 16.0  # between two panels


@figure("panels")
def panels(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """One chart for each letter; all curves of a chart share its scales.

    values: panels (letter → {label → values at steps 0, 1, 2, …}). A chart has one curve or two.
    """
    (given,) = need(values, "panels")
    if not isinstance(given, dict) or not given:
        raise ValueError(f"figure: panels must be a dict of letters, got {given!r}")
    charts = {}
    for letter, curves in given.items():
        first = next(iter(curves.values()), None) if isinstance(curves, dict) else None
        if first is None:
            raise ValueError(f"figure: panels[{letter!r}] holds no curve")
        charts[str(letter)] = series(curves, f"panels[{letter!r}]", len(first), "the first curve")
    drawn = (_drawn(charts, *size) for size in ((*WIDE, 3), (*TALL, 2)))
    return "".join(drawn)


def _drawn(charts: dict[str, dict[str, list[float]]], width: float, css: str, columns: int) -> str:
    cell, high = width / columns, HEAD + HIGH + FOOT
    parts = []
    for k, (letter, curves) in enumerate(charts.items()):
        left, top = (k % columns) * cell, (k // columns) * high
        box = (left + LEFT, top + HEAD, left + cell - ASIDE, top + HEAD + HIGH)
        parts.append(_chart(letter, curves, box))
    rows = -(-len(charts) // columns)
    return svg(width, rows * high, css, *parts)


def _chart(letter: str, curves: dict[str, list[float]], box: Box) -> str:
    last = len(next(iter(curves.values()))) - 1
    most = max(value for row in curves.values() for value in row)
    ticks = steps(0, most, 3)
    across = Scale(0, max(last, 1), box[0], box[2])
    up = Scale(ticks[0], ticks[-1], box[3], box[1])
    drawn = [frame(box, across, up, [0, last], ticks)]
    drawn.append(text((box[0] + box[2]) / 2, box[1] - 9, letter, "tp-s", SYMBOL, "middle"))
    for k, (name, row) in enumerate(curves.items()):
        path = line(list(range(len(row))), row, across, up)
        end = tag("circle", cx=across(last), cy=up(row[-1]), r=2.5, class_="tp-dot")
        parts = (path, end)
        drawn.append(tag("g", *parts, class_=f"tp-line-{k}", data_curve=f"{letter} {name}"))
    return tag("g", *drawn, font_size=SIZE)
