"""Functions and their slopes: activation functions side by side, and the loss along the weighted sum."""

from math import isfinite

from .charts import SYMBOL, Scale, axes, line, number, one_loss_chart, series, steps
from .common import Tex, Values, need, pad, scalar, svg, tag, text, vector


def title(x: float, y: float, name: str, prime: bool) -> str:
    """ReLU(z), ReLU′(z)"""
    parts = [tag("tspan", name, class_="tp-s")]
    if prime:
        parts.append(tag("tspan", "′", class_="tp-s", dy=-0.36 * SYMBOL, font_size=0.75 * SYMBOL))
    parts.append(tag("tspan", "(", class_="tp-s", dy=0.36 * SYMBOL if prime else None))
    parts += [tag("tspan", "z", class_="tp-m"), tag("tspan", ")", class_="tp-s")]
    return tag("text", *parts, x=x, y=y, font_size=SYMBOL)


def split_at_jumps(z: list[float], slope: list[float]) -> list[tuple[int, int]]:
    """The stretches without a jump, as [first, last) indices: a step is drawn as a step, not as a steep line."""
    reach = max(slope) - min(slope)
    cuts = [i for i in range(1, len(z)) if reach and abs(slope[i] - slope[i - 1]) > 0.5 * reach]
    return list(zip([0, *cuts], [*cuts, len(z)], strict=True))


def one_plot(
    z: list[float],
    item: list[float],
    box: tuple,
    ticks: list[float],
    x_ticks: list[float],
    jumps: bool,
) -> list[str]:
    """One curve in its box. jumps: where it leaps it is drawn as a step, closed where the value is, open where not."""
    across = Scale(z[0], z[-1], box[0], box[2])
    up = Scale(ticks[0], ticks[-1], box[3], box[1])
    parts = [axes(box, across, up, x_ticks, ticks)]
    if z[0] < 0 < z[-1]:
        parts.append(
            tag("path", d=f"M{pad(across(0))} {pad(box[1])}V{pad(box[3])}", class_="tp-hair")
        )
    stretches = split_at_jumps(z, item) if jumps else [(0, len(z))]
    for first, last in stretches:
        parts.append(
            tag("path", d=line(z[first:last], item[first:last], across, up), class_="tp-curve")
        )
    for (_, cut), (start, _) in zip(stretches, stretches[1:], strict=False):
        at = across(z[cut - 1])
        parts.append(tag("circle", cx=at, cy=up(item[start]), r=3, class_="tp-dot tp-dot--open"))
        parts.append(tag("circle", cx=at, cy=up(item[cut - 1]), r=3, class_="tp-dot"))
    return parts


def one_set(values: Values, width: float, columns: int, css: str) -> str:
    z = vector(need(values, "z")[0], "z")
    if len(z) < 2 or any(b <= a for a, b in zip(z, z[1:], strict=False)):
        raise ValueError("figure: z must be at least two rising numbers")
    value, slope = (
        series(v, name, len(z), "z")
        for v, name in zip(need(values, "value", "slope"), ("value", "slope"), strict=True)
    )
    if list(value) != list(slope):
        raise ValueError(
            f"figure: value and slope name other functions: {list(value)}, {list(slope)}"
        )

    def ticks(curves: dict) -> list[float]:  # one scale for all, so that heights can be compared
        finite = [v for item in curves.values() for v in item if isfinite(v)]
        return steps(min(0, *finite), max(0, *finite), 4)

    upper, lower, head, left = 104.0, 76.0, 30.0, 34.0
    cell = (width - 8) / columns
    high = 2 * head + upper + lower + 26
    x_ticks = [v for v in steps(z[0], z[-1], 5) if z[0] <= v <= z[-1]]
    drawn = []
    for k, name in enumerate(value):
        x, y = (k % columns) * cell + left, (k // columns) * (high + 14)
        right = x + cell - left - 14
        box = (x, y + head, right, y + head + upper)
        drawn.append(
            tag(
                "g",
                title(x, box[1] - 12, name, False),
                *one_plot(z, value[name], box, ticks(value), [], False),
                class_="tp-fwd",
                data_curve=name,
            )
        )
        box = (x, box[3] + head, right, box[3] + head + lower)
        drawn.append(
            tag(
                "g",
                title(x, box[1] - 12, name, True),
                *one_plot(z, slope[name], box, ticks(slope), x_ticks, True),
                class_="tp-bwd",
                data_curve=f"{name}_slope",
            )
        )
    rows = -(-len(value) // columns)
    return svg(width, rows * (high + 14) - 14, css, *drawn)


def curves(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """Functions side by side: each above (forward, solid), its slope below (backward, dashed).

    values: z; value and slope, each a dict from the function's name to its numbers.
    """
    return one_set(values, 720, 3, "tp-chart tp-chart--wide") + one_set(
        values, 358, 2, "tp-chart tp-chart--tall"
    )


def loss_in_z(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """The loss along the weighted sum, a curve for each label, with a tangent at one point.

    values: z; loss, a dict from a label to its losses; at, at_loss, at_slope: the point and its slope.
    """
    z, loss, at, at_loss, at_slope = need(values, "z", "loss", "at", "at_loss", "at_slope")
    x, y, k = scalar(at, "at"), scalar(at_loss, "at_loss"), scalar(at_slope, "at_slope")

    def tangent(box, across, up) -> str:
        ends = [f"{pad(across(x + d))} {pad(up(y + k * d))}" for d in (-1.5, 1.5)]
        return (
            tag(
                "g",
                tag("path", d=f"M{ends[0]}L{ends[1]}", class_="tp-curve"),
                class_="tp-bwd",
                data_tangent=number(k),
            )
            + tag(
                "g", tag("circle", cx=across(x), cy=up(y), r=4.5, class_="tp-dot"), class_="tp-fwd"
            )
            + text(box[2], box[3] - 8, "z", "tp-m", SYMBOL, "end")
        )

    chart = {"epochs": z, "curves": loss}
    return one_loss_chart(chart, 720, 340, "tp-chart tp-chart--wide", tangent) + one_loss_chart(
        chart, 358, 300, "tp-chart tp-chart--tall", tangent
    )
