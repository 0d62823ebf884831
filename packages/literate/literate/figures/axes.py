"""What charts share: scales with their ticks, lines through points, labels kept apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, inf, isfinite, log, log10

from .common import compact, digits, path, short, special

SIZE = 13.2  # of numerals: 12 px once 358 units are shown 328 px wide
SYMBOL = 17.0
LINES = 6  # kinds of line that figures.css tells apart
WIDE, TALL = (720.0, "tp-chart tp-chart--wide"), (358.0, "tp-chart tp-chart--tall")
SLACK = 0.05  # of a curve, in units of its drawing, and once more to round it: not to be seen
Numbers = Sequence[float]
Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, right, bottom of a plot


def number(value: float) -> str:
    """A tick in few characters: 0.2, 100, 1e−5."""
    return special(value) or compact(f"{value + 0.0:.6g}")  # -0.0 is 0


def steps(low: float, high: float, most: int) -> list[float]:
    """At most so many round numbers that span the range; the ends lie on or outside it."""
    if high <= low:
        high = low + (abs(low) or 1)
    power = 10.0 ** floor(log10((high - low) / max(most - 1, 1)))
    for factor in (1, 2, 2.5, 5, 10, 20):
        step = factor * power
        first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
        if last - first + 1 <= most:
            break
    return [float(f"{k * step:.10g}") for k in range(first, last + 1)]


def decades(low: float, high: float, most: int) -> list[float]:
    """Powers of ten around the range, thinned to at most so many."""
    first, last = floor(log10(low) + 1e-9), ceil(log10(high) - 1e-9)
    last = max(last, first + 1)
    every = max(1, ceil((last - first) / max(most - 1, 1)))
    return [float(f"1e{k}") for k in range(first, last + every, every)]


@dataclass
class Scale:
    """From a value to a coordinate, evenly or by powers of ten."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, value = log10(low), log10(high), log10(value)
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def shows(self, value: float) -> bool:
        return isfinite(value) and (value > 0 or not self.logarithmic)


def line(x: Numbers, y: Numbers, across: Scale, up: Scale) -> str:
    """A path through the points, broken where a value is not finite or has no logarithm.

    It has the points that it needs, each written from the one before: pages are full of curves.
    """
    stretches: list[list[Point]] = [[]]
    for u, v in zip(x, y, strict=True):
        if up.shows(v):
            stretches[-1].append((across(u), up(v)))
        elif stretches[-1]:
            stretches.append([])
    steps: list[str | float] = []
    for points in filter(None, stretches):
        drawn = [(round(u, 1), round(v, 1)) for u, v in needed(points)]
        steps += ["M", *drawn[0]]
        for (u0, v0), (u1, v1) in pairwise(drawn):
            steps += ["l", u1 - u0, v1 - v0]
    return path("tp-curve", *steps)


def needed(points: list[Point]) -> list[Point]:
    """Of a curve that goes to the right, points whose chords pass within SLACK of the others."""
    kept, low, high = points[:1], -inf, inf  # the slopes of such a chord from the point kept last
    for before, (u, v) in pairwise(points):
        u0, v0 = kept[-1]
        if not low <= (v - v0) / (u - u0) <= high:
            kept.append(before)
            (u0, v0), low, high = before, -inf, inf
        low, high = max(low, (v - SLACK - v0) / (u - u0)), min(high, (v + SLACK - v0) / (u - u0))
    return kept + points[1:][-1:]


def level(box: Box, y: float, css: str) -> str:
    return path(css, "M", box[0], y, "H", box[2])


def base(box: Box, across: Scale, ticks: Numbers) -> Iterator[str]:
    """Ticks below a plot with their numerals."""
    for v in ticks:
        yield path("tp-axis", "M", across(v), box[3], "v4")
        yield digits(across(v), box[3] + 19, number(v), SIZE, "middle")


def frame(box: Box, across: Scale, up: Scale, x_ticks: Numbers, y_ticks: Numbers) -> str:
    """Hairlines at the ticks, numerals at the left and below, a firm base line."""
    drawn = [level(box, up(v), "tp-hair") for v in y_ticks]
    drawn += [digits(box[0] - 8, up(v) + 4.5, number(v), SIZE) for v in y_ticks]
    return "".join([*drawn, level(box, box[3], "tp-axis"), *base(box, across, x_ticks)])


def constant(value: float) -> str:
    """How a reference line is called: ln 2 by its name, others by their value."""
    return "ln 2" if abs(value - log(2)) < 1e-6 else short(value)


def apart(wanted: Numbers, gap: float, low: float, high: float) -> list[float]:
    """The wanted heights, moved as little as needed to be a gap apart between low and high."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    placed = list(wanted)
    for i in order:  # low: the lowest place that is free
        placed[i] = max(placed[i], low)
        low = placed[i] + gap
    for i in reversed(order):
        placed[i] = min(placed[i], high)
        high = placed[i] - gap
    return placed
