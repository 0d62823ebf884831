"""Bars of the same bins, one panel for each label."""

from itertools import pairwise
from math import isfinite

from literate.registry import figure

from .axes import SIZE, TALL, WIDE, Box, Scale, base, constant, level, number, steps
from .common import DIGIT, Tex, pad, path, rect, svg, tag, text
from .values import Values, need, rising, scalar, series

PANEL, HEAD, GAP, FOOT = 108.0, 28.0, 16.0, 30.0  # heights


class Histogram:
    """One drawing of the panels, on one common height."""

    def __init__(self, values: Values, width: float):
        edges, counts = need(values, "edges", "counts")
        self.edges = rising(edges, "edges")
        self.counts = series(counts, "counts", len(self.edges) - 1, "edges")
        every = [count for item in self.counts.values() for count in item]
        if any(not isfinite(count) or count < 0 for count in every):
            raise ValueError("figure: counts must be finite and not negative")
        mark, self.width = values.get("mark"), width
        self.mark = None if mark is None else scalar(mark, "mark")
        self.ticks = steps(self.edges[0], self.edges[-1], 6 if width > 500 else 5)
        low, high = min(self.edges[0], self.ticks[0]), max(self.edges[-1], self.ticks[-1])
        self.across = Scale(low, high, 14.0, width - 14)
        self.most = max(1.0, *every)
        narrowest = min(b - a for a, b in pairwise(map(self.across, self.edges)))
        self.widest = max(len(number(count)) for count in every) * DIGIT * SIZE
        self.turned = self.widest > narrowest + 2  # counts that do not fit above their bar

    def draw(self, css: str) -> str:
        drawn = [self._panel(k, name) for k, name in enumerate(self.counts)]
        box = self._box(len(drawn) - 1)
        drawn += base(box, self.across, self.ticks)
        return svg(self.width, box[3] + FOOT, css, *drawn)

    def _box(self, k: int) -> Box:
        top = 18 + k * (HEAD + PANEL + GAP)
        return 14.0, top, self.width - 14, top + HEAD + PANEL

    def _panel(self, k: int, name: str) -> str:
        box = left, top, _, bottom = self._box(k)
        room = PANEL - (self.widest if self.turned else SIZE) - 4
        bars, labels = [], []
        places = pairwise(map(self.across, self.edges))
        for count, (x0, x1) in zip(self.counts[name], places, strict=True):
            if count:
                high = max(1.5, room * count / self.most)
                bars.append(rect(x0 + 0.75, bottom - high, max(x1 - x0 - 1.5, 1), high, "tp-bar"))
                labels.append(self._label(count, (x0 + x1) / 2, bottom - high - 5))
        head = text(left, top + 6, name, "tp-v tp-v--head", SIZE + 1)
        parts = [head, *bars, level(box, bottom, "tp-axis"), *self._mark(box, k), *labels]
        return tag("g", *parts, data_panel=name)

    def _label(self, count: float, x: float, y: float) -> str:
        """The count above its bar, turned upright where it does not fit."""
        x += 4.5 * self.turned
        turn = {"transform": f"rotate(-90 {pad(x)} {pad(y)})"}
        how = turn if self.turned else {"text_anchor": "middle"}
        return tag("text", number(count), x=x, y=y, class_="tp-v", font_size=SIZE, **how)

    def _mark(self, box: Box, k: int) -> list[str]:
        """A line at the marked value; the first panel says which it is."""
        if self.mark is None or not self.across.low <= self.mark <= self.across.high:
            return []
        x = self.across(self.mark)
        drawn = path("tp-reference", "M", x, box[1] + 12, "V", box[3])
        side = "end" if x > self.width - 60 else "start" if x < 60 else "middle"
        label = text(x, box[1] + 6, constant(self.mark), "tp-v tp-v--reference", SIZE, side)
        return [drawn] if k else [drawn, label]


@figure("histogram")
def histogram(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """Bars of the same bins, one panel for each label, on one common height.

    values: edges, counts (label → counts); optionally mark, a value to draw a line at.
    """
    return "".join(Histogram(values, width).draw(css) for width, css in (WIDE, TALL))
