"""Curves with a label at the end of each, such as losses over epochs."""

from collections.abc import Callable
from math import isfinite

from literate.registry import figure

from . import axes
from .axes import SIZE, SYMBOL, TALL, WIDE, Scale, constant, level, number
from .common import DIGIT, Tex, digits, path, special, svg, tag, text
from .values import Values, need, scalar, series, vector

Drawn = Callable[["Chart"], str]


class Chart:
    """One drawing of the curves, in its box and on its scales."""

    def __init__(self, values: Values, width: float, height: float, letter: str = "L"):
        self.letter = letter
        epochs, curves = need(values, "epochs", "curves")
        self.epochs = vector(epochs, "epochs")
        self.curves = series(curves, "curves", len(self.epochs), "epochs")
        self.logarithmic = values.get("scale", "linear") == "log"
        reference = values.get("reference")
        self.marks = [] if reference is None else [scalar(reference, "reference")]
        self.width, self.height, most = width, height, 6 if width > 500 else 5
        low, high = self._range()
        ticks = axes.decades if self.logarithmic else axes.steps
        self.y_ticks = ticks(low if self.logarithmic else min(low, 0), high, most)
        right = 14 + DIGIT * SIZE * max(map(len, [*self.curves, *map(constant, self.marks)]))
        left = 10 + DIGIT * SIZE * max(len(number(v)) for v in self.y_ticks)
        self.box = box = (left, 30.0, width - right, height - 26)
        first, last = min(self.epochs), max(self.epochs)
        self.across = Scale(first, last if last > first else first + 1, box[0], box[2])
        self.up = Scale(self.y_ticks[0], self.y_ticks[-1], box[3], box[1], self.logarithmic)
        self.x_ticks = [v for v in axes.steps(first, last, most) if first <= v <= self.across.high]

    def _range(self) -> tuple[float, float]:
        every = [v for item in [*self.curves.values(), self.marks] for v in item]
        shown = [v for v in every if isfinite(v) and (v > 0 or not self.logarithmic)]
        if not self.epochs or not shown:
            raise ValueError("figure: curves holds no finite number to draw")
        return min(shown), max(shown)

    def draw(self, css: str, more: Drawn | None) -> str:
        box, up = self.box, self.up
        ends = [self._end(name) for name in self.curves]
        whole = [i for i, item in enumerate(self.curves.values()) if up.shows(item[-1])]
        wanted = [*(ends[i][1] for i in whole), *map(up, self.marks)]
        heights = axes.apart(wanted, SIZE + 2.5, box[1], box[3])
        placed = dict(zip(whole, heights, strict=False))  # labels in the right margin
        drawn = [
            axes.frame(box, self.across, up, self.x_ticks, self.y_ticks),
            text(box[0] - 8, 15, self.letter, "tp-m", SYMBOL, "end"),
            *(level(box, up(value), "tp-reference") for value in self.marks),
        ]
        for i, name in enumerate(self.curves):
            drawn.append(self._curve(i, name, ends[i], placed.get(i)))
        for value, y in zip(self.marks, heights[len(whole) :], strict=True):
            drawn.append(text(box[2] + 12, y + 4.5, constant(value), "tp-v tp-v--reference", SIZE))
        if more:
            drawn.append(more(self))
        return svg(self.width, self.height, css, *drawn)

    def _end(self, name: str) -> tuple[float, float]:
        """Where a curve ends, or breaks off."""
        item = self.curves[name]
        at = max((i for i, v in enumerate(item) if self.up.shows(v)), default=None)
        if at is None:
            raise ValueError(f"figure: curves[{name!r}] holds no finite number to draw")
        return self.across(self.epochs[at]), self.up(item[at])

    def _curve(self, i: int, name: str, end: tuple[float, float], label: float | None) -> str:
        """label: the height of its name in the margin; None where it breaks off before."""
        (x, y), item, right = end, self.curves[name], self.box[2]
        parts = [axes.line(self.epochs, item, self.across, self.up)]
        parts.append(tag("circle", cx=x, cy=y, r=2.5, class_="tp-dot"))
        if label is not None:
            if abs(label - y) > 2:
                parts.append(path("tp-lead", "M", x + 3, y, "L", right + 9, label))
            parts.append(digits(right + 12, label + 4.5, name, SIZE, None))
        else:  # the label says where, and with what
            words = f"{name} \N{RIGHTWARDS ARROW} {special(item[-1]) or number(item[-1])}"
            side = (7, None) if right - x > DIGIT * SIZE * len(words) + 7 else (-7, "end")
            parts.append(digits(x + side[0], y + 4.5, words, SIZE, side[1]))
        css, value = f"tp-line-{i % axes.LINES}", repr(item[-1])
        return tag("g", *parts, class_=css, data_curve=name, data_value=value)


def wide_and_tall(values: Values, letter: str = "L", more: Drawn | None = None) -> str:
    """letter: what the curves show. more: draws on top."""
    sizes = ((*WIDE, 340), (*TALL, 300))
    drawn = (Chart(values, width, height, letter).draw(css, more) for width, css, height in sizes)
    return "".join(drawn)


@figure("loss_curves")
def loss_curves(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """Losses over the epochs, each curve labelled at its end.

    values: epochs, curves (label → losses); optionally scale ("log"), reference (a level line,
    such as ln 2).
    """
    return wide_and_tall(values)
