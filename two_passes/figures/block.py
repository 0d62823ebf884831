"""A residual block: the input goes straight on, and once through a branch that is added."""

from literate.figures.common import Symbol, Tex, digits, fixed, path
from literate.figures.sheet import Point, Sheet
from literate.figures.values import Values, need, vector
from literate.registry import figure

HIGH = 26.0  # of a row: a value, or the slope below it
TALL = 4 * HIGH  # of a box with two entries
DROP = 52.0  # from the straight path down to the branch


@figure("block")
def block(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """The input x above, left; the output y above, right; below the branch, z and then f.

    values: x, z, f, y, of two entries each, and the slopes of a loss along them: dL_dx, dL_dz,
    dL_df, dL_dy.
    """
    names = [*"xzfy", *(f"dL_d{name}" for name in "xzfy")]
    given = dict(zip(names, need(values, *names), strict=True))
    numbers = {
        f"{name}_{k}": number
        for name in names
        for k, number in enumerate(vector(given[name], name, 2), 1)
    }
    sizes = (960.0, 190.0, 240.0, "wide"), (358.0, 132.0, 0.0, "tall")
    return "".join(_drawn(numbers, *size) for size in sizes)


def _drawn(numbers: dict[str, float], width: float, box: float, margin: float, css: str) -> str:
    s = Sheet(values=numbers, both=True, symbol=17, script=13.2, value=13.2)
    left, right, low = margin, width - margin - box, TALL + DROP
    corners = {"x": (left, 1.0), "y": (right, 1.0), "z": (left, low), "f": (right, low)}
    for name, corner in corners.items():
        _entries(s, name, corner, box)
    beside, middle = (left + box, right), box / 2
    for name, y in (("x", 1 + TALL / 2), ("z", low + TALL / 2)):
        s.wire(name, (beside[0], y), (beside[1], y), "|")
    s.wire("x", (left + middle, 1 + TALL), (left + middle, low), "-")
    s.wire("f", (right + middle, low), (right + middle, 1 + TALL), "-")
    return s.drawn(width, low + TALL + 1, f"tp-net tp-net--{css}")


def _entries(s: Sheet, name: str, corner: Point, width: float) -> None:
    """Two entries, each with its slope below it."""
    x, top = corner
    s.box(x, top, width, TALL, "tp-box")
    for k in (1, 2):
        y = top + 2 * (k - 1) * HIGH
        s.cell(f"{name}_{k}", (x, y, width, HIGH), 0.7 * HIGH, Symbol(name, str(k)), "tp-fwd", 9)
        back, below = f"dL_d{name}_{k}", y + HIGH
        slope = digits(x + width - 9, below + 0.7 * HIGH, fixed(s.values[back], 4), 13.2)
        s.quantity(back, "tp-bwd", (x + 1, below + 1, width - 2, HIGH - 2), slope)
        if k == 1:
            s.cells.append(path("tp-split", "M", x, top + 2 * HIGH, "h", width))
