"""Curves and bars, each drawn twice: wide, and tall for a phone, where no text is under 12 px either."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log, log10

from .common import (
    DIGIT,
    MINUS,
    Tex,
    Values,
    digits,
    need,
    pad,
    scalar,
    short,
    special,
    svg,
    tag,
    text,
    vector,
)

SIZE = 13.2  # of numerals: 12 px once 358 units are shown 328 px wide
SYMBOL = 17.0
LINES = 6  # kinds of line that figures.css tells apart
Box = tuple[float, float, float, float]  # left, top, right, bottom of a plot


def number(value: float) -> str:
    """A tick, written as briefly as it can be told: 0.2, 100, 1e−5."""
    if special(value) or value == 0:
        return special(value) or "0"
    words = f"{value:.6g}"
    if "e" in words:
        head, exponent = words.split("e")
        words = f"{head}e{int(exponent)}"
    return words.replace("-", MINUS)


def steps(low: float, high: float, most: int) -> list[float]:
    """At most so many round numbers that span the range; the ends lie on or outside it."""
    if high <= low:
        high = low + (abs(low) or 1)
    rough = (high - low) / max(most - 1, 1)
    power = 10.0 ** floor(log10(rough))
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


def line(x: Sequence[float], y: Sequence[float], across: Scale, up: Scale) -> str:
    """A path through the points; it is broken where a value is not finite or has no logarithm."""
    path, pen = [], "M"
    every = max(1, len(x) // 700)  # more points than a screen has
    for i in range(len(x)):
        if i % every and i != len(x) - 1:
            continue
        if not up.shows(y[i]):
            pen = "M"
            continue
        path.append(f"{pen}{pad(across(x[i]))} {pad(up(y[i]))}")
        pen = "L"
    return "".join(path)


def level(box: Box, y: float, css: str) -> str:
    return tag("path", d=f"M{pad(box[0])} {pad(y)}H{pad(box[2])}", class_=css)


def axes(
    box: Box, across: Scale, up: Scale, x_ticks: Sequence[float], y_ticks: Sequence[float]
) -> str:
    """Hairlines at the ticks, numerals at the left and below, a firm base line."""
    left, _, _, bottom = box
    drawn = [level(box, up(v), "tp-hair") for v in y_ticks]
    drawn += [digits(left - 8, up(v) + 4.5, number(v), SIZE) for v in y_ticks]
    drawn.append(level(box, bottom, "tp-axis"))
    for v in x_ticks:
        drawn.append(tag("path", d=f"M{pad(across(v))} {pad(bottom)}v4", class_="tp-axis"))
        drawn.append(digits(across(v), bottom + 19, number(v), SIZE, "middle"))
    return "".join(drawn)


def constant(value: float) -> str:
    """How a reference line is called: ln 2 by its name, others by their value."""
    return "ln 2" if abs(value - log(2)) < 1e-6 else short(value)


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """The wanted heights, moved as little as it takes to stand a gap apart between low and high, in the same order."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    placed = [0.0] * len(wanted)
    floor_ = low
    for i in order:
        placed[i] = max(wanted[i], floor_)
        floor_ = placed[i] + gap
    ceiling = high
    for i in reversed(order):
        placed[i] = min(placed[i], ceiling)
        ceiling = placed[i] - gap
    return placed


def series(value: object, name: str, length: int, of: str) -> dict[str, list[float]]:
    """A dict from label to a list of numbers, all of the same length as the named list."""
    if not isinstance(value, Mapping) or not value:
        raise ValueError(
            f"figure: {name} must be a dict from a label to a list of numbers, got {value!r}"
        )
    lists = {str(key): vector(item, f"{name}[{key!r}]") for key, item in value.items()}
    for key, item in lists.items():
        if len(item) != length:
            raise ValueError(
                f"figure: {name}[{key!r}] has {len(item)} elements, {of} asks for {length}"
            )
    return lists


def one_loss_chart(
    values: Values, width: float, height: float, css: str, more: Callable | None = None
) -> str:
    """more: draws on top, from the box and both scales."""
    epochs_, curves_ = need(values, "epochs", "curves")
    epochs = vector(epochs_, "epochs")
    curves = series(curves_, "curves", len(epochs), "epochs")
    logarithmic = values.get("scale", "linear") == "log"
    reference = values.get("reference")
    marks = [] if reference is None else [scalar(reference, "reference")]
    shown = [
        v
        for item in [*curves.values(), marks]
        for v in item
        if isfinite(v) and (v > 0 or not logarithmic)
    ]
    if not epochs or not shown:
        raise ValueError("figure: curves holds no finite number to draw")
    low, high = min(shown), max(shown)
    most = 6 if width > 500 else 5
    y_ticks = decades(low, high, most) if logarithmic else steps(min(low, 0), high, most)
    names = [*curves, *map(constant, marks)]
    right = 14 + DIGIT * SIZE * max(map(len, names))
    left = 10 + DIGIT * SIZE * max(len(number(v)) for v in y_ticks)
    box = (left, 30.0, width - right, height - 26)
    first, last = min(epochs), max(epochs)
    across = Scale(first, last if last > first else first + 1, box[0], box[2])
    up = Scale(y_ticks[0], y_ticks[-1], box[3], box[1], logarithmic)
    x_ticks = [v for v in steps(first, last, 6 if width > 500 else 5) if first <= v <= across.high]
    drawn = [
        axes(box, across, up, x_ticks, y_ticks),
        text(left - 8, 15, "L", "tp-m", SYMBOL, "end"),
    ]
    for value in marks:
        drawn.append(level(box, up(value), "tp-reference"))
    ends = []
    for name, item in curves.items():
        at = max((i for i, v in enumerate(item) if up.shows(v)), default=None)
        if at is None:
            raise ValueError(f"figure: curves[{name!r}] holds no finite number to draw")
        ends.append((across(epochs[at]), up(item[at])))
    whole = [
        i for i, item in enumerate(curves.values()) if up.shows(item[-1])
    ]  # labelled in the right margin
    heights = apart([*(ends[i][1] for i in whole), *map(up, marks)], SIZE + 2.5, box[1], box[3])
    placed = dict(zip(whole, heights, strict=False))
    for i, (name, item) in enumerate(curves.items()):
        x, y = ends[i]
        parts = [tag("path", d=line(epochs, item, across, up), class_="tp-curve")]
        parts.append(tag("circle", cx=x, cy=y, r=2.5, class_="tp-dot"))
        if i in placed:
            if abs(placed[i] - y) > 2:
                lead = f"M{pad(x + 3)} {pad(y)}L{pad(box[2] + 9)} {pad(placed[i])}"
                parts.append(tag("path", d=lead, class_="tp-lead"))
            parts.append(digits(box[2] + 12, placed[i] + 4.5, name, SIZE, None))
        else:  # it broke off: the label says where, and with what
            words = f"{name} \N{RIGHTWARDS ARROW} {special(item[-1]) or number(item[-1])}"
            room = box[2] - x > DIGIT * SIZE * len(words) + 7
            parts.append(
                digits(x + (7 if room else -7), y + 4.5, words, SIZE, None if room else "end")
            )
        drawn.append(
            tag(
                "g",
                *parts,
                class_=f"tp-line-{i % LINES}",
                data_curve=name,
                data_value=repr(item[-1]),
            )
        )
    for value, y in zip(marks, heights[len(whole) :], strict=True):
        drawn.append(
            digits(box[2] + 12, y + 4.5, constant(value), SIZE, None, "tp-v tp-v--reference")
        )
    if more:
        drawn.append(more(box, across, up))
    return svg(width, height, css, *drawn)


def loss_curves(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """Losses over the epochs, each curve labelled at its end.

    values: epochs, curves (label → losses); optionally scale ("log"), reference (a level line, such as ln 2).
    """
    return one_loss_chart(values, 720, 340, "tp-chart tp-chart--wide") + one_loss_chart(
        values, 358, 300, "tp-chart tp-chart--tall"
    )


def one_histogram(values: Values, width: float, css: str) -> str:
    edges_, counts_ = need(values, "edges", "counts")
    edges = vector(edges_, "edges")
    if len(edges) < 2 or any(b <= a for a, b in zip(edges, edges[1:], strict=False)):
        raise ValueError("figure: edges must be at least two rising numbers")
    counts = series(counts_, "counts", len(edges) - 1, "edges")
    if any(not isfinite(c) or c < 0 for item in counts.values() for c in item):
        raise ValueError("figure: counts must be finite and not negative")
    mark = values.get("mark")
    panel, head, gap, foot = 108.0, 28.0, 16.0, 30.0
    box = [14.0, 0.0, width - 14, 0.0]
    mark_at = None if mark is None else scalar(mark, "mark")
    ticks = steps(edges[0], edges[-1], 6 if width > 500 else 5)
    low, high = min(edges[0], ticks[0]), max(edges[-1], ticks[-1])
    across = Scale(low, high, box[0], box[2])
    top_count = max(1.0, *(c for item in counts.values() for c in item))
    widest = max(len(number(c)) for item in counts.values() for c in item) * DIGIT * SIZE
    narrowest = min(across(b) - across(a) for a, b in zip(edges, edges[1:], strict=False))
    upright = widest > narrowest + 2  # counts that do not fit above their bar are turned
    drawn = []
    for k, (name, item) in enumerate(counts.items()):
        top = 18 + k * (head + panel + gap)
        bottom = top + head + panel
        room = panel - (widest if upright else SIZE) - 4
        parts = [digits(box[0], top + 6, name, SIZE + 1, None, "tp-v tp-v--head")]
        bars, labels = [], []
        for i, count in enumerate(item):
            x0, x1 = across(edges[i]), across(edges[i + 1])
            if not count:
                continue
            h = max(1.5, room * count / top_count)
            bar = tag(
                "rect",
                x=x0 + 0.75,
                y=bottom - h,
                width=max(x1 - x0 - 1.5, 1),
                height=h,
                class_="tp-bar",
            )
            words = tag("text", number(count), x=(x0 + x1) / 2, y=bottom - h - 5, class_="tp-v", font_size=SIZE,
                        text_anchor="middle")  # fmt: skip
            if upright:
                x, y = (x0 + x1) / 2 + 4.5, bottom - h - 5
                words = tag("text", number(count), x=x, y=y, class_="tp-v", font_size=SIZE,
                            transform=f"rotate(-90 {pad(x)} {pad(y)})")  # fmt: skip
            bars.append(bar)
            labels.append(words)
        parts += bars
        parts.append(tag("path", d=f"M{pad(box[0])} {pad(bottom)}H{pad(box[2])}", class_="tp-axis"))
        if mark_at is not None and low <= mark_at <= high:
            x = across(mark_at)
            parts.append(
                tag("path", d=f"M{pad(x)} {pad(top + 12)}V{pad(bottom)}", class_="tp-reference")
            )
            if k == 0:
                side = "end" if x > width - 60 else ("start" if x < 60 else "middle")
                parts.append(
                    digits(x, top + 6, constant(mark_at), SIZE, side, "tp-v tp-v--reference")
                )
        drawn.append(tag("g", *parts, *labels, data_panel=name))
    for v in ticks:
        if low <= v <= high:
            drawn.append(tag("path", d=f"M{pad(across(v))} {pad(bottom)}v4", class_="tp-axis"))
            drawn.append(digits(across(v), bottom + 19, number(v), SIZE, "middle"))
    return svg(width, bottom + foot, css, *drawn)


def histogram(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """Bars of the same bins, one panel for each label, on one common height.

    values: edges, counts (label → counts); optionally mark, a value to draw a line at.
    """
    return one_histogram(values, 720, "tp-chart tp-chart--wide") + one_histogram(
        values, 358, "tp-chart tp-chart--tall"
    )
