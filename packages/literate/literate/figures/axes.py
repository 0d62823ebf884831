"""What charts share: scales with their ticks, lines through points, labels kept apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log, log10

from .common import compact, digits, pad, path, short, special

SIZE = 13.2  # of numerals: 12 px once 358 units are shown 328 px wide
SYMBOL = 17.0
LINES = 6  # kinds of line that figures.css tells apart
WIDE, TALL = (720.0, "tp-chart tp-chart--wide"), (358.0, "tp-chart tp-chart--tall")
Numbers = Sequence[float]
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

    Points are a tenth of a unit exact, and written from the one before: many steps are the same.
    """
    steps, before = [], None
    every = max(1, len(x) // 700)  # more points than a screen has
    for i in range(len(x)):
        if i % every == 0 or i == len(x) - 1:
            if not up.shows(y[i]):
                before = None
                continue
            point = round(across(x[i]), 1), round(up(y[i]), 1)
            if before is None:
                steps += ["M", *point]
            else:
                steps += ["l", point[0] - before[0], point[1] - before[1]]
            before = point
    return path("tp-curve", *steps)


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
