"""A Jacobian between its inputs, above it, and its outputs, beside it: the JVP and the VJP."""

from literate.figures.common import Symbol, Tex, path
from literate.figures.sheet import Sheet
from literate.figures.values import Values, matrix, need, vector
from literate.registry import figure
from mathdoctest.resolve import stem

HIGH = 26.0  # of a row of a cell


@figure("two_products")
def two_products(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """Along the columns u goes in and s comes back; along the rows r goes out and v comes in.

    values: J, a matrix of two columns and two or three rows; u, s, one for each column; r, v, one
    for each row.
    """
    given = dict(zip("Jursv", need(values, *"Jursv"), strict=True))
    rows, columns = vector(given["r"], "r"), vector(given["u"], "u")
    if not (2 <= len(rows) <= 3 and len(columns) == 2):
        raise ValueError(f"figure: J of {len(rows)} × {len(columns)}, where 2 × 2 and 3 × 2 fit")
    table = matrix(given["J"], "J", len(rows), len(columns))
    numbers = {
        f"{stem('J')}_{i}{j}": number
        for i, row in enumerate(table, 1)
        for j, number in enumerate(row, 1)
    }
    for name, size in (
        ("u", len(columns)),
        ("s", len(columns)),
        ("r", len(rows)),
        ("v", len(rows)),
    ):
        numbers |= {f"{name}_{k}": v for k, v in enumerate(vector(given[name], name, size), 1)}
    sizes = ((960.0, 132.0, 84.0, 60.0, "wide"), (358.0, 100.0, 46.0, 46.0, "tall"))
    return "".join(_drawn(numbers, len(rows), len(columns), *size) for size in sizes)


def _drawn(
    numbers: dict[str, float], m: int, n: int, width: float, cell: float, gap: float, drop: float,
    css: str,
) -> str:  # fmt: skip
    s = Sheet(values=numbers, both=True, symbol=17, script=13.2, value=13.2)
    left = (width - (n + 1) * cell - gap) / 2
    top, high = 2 * HIGH + drop, 2 * HIGH
    right, middle = left + n * cell, left + n * cell + gap
    s.box(left, top, n * cell, m * high, "tp-box tp-box--given")
    for j in range(1, n + 1):
        x = left + (j - 1) * cell
        _pair(s, f"u_{j}", f"s_{j}", (x + 3, 1), cell - 6)
        s.wire(f"u_{j}", (x + cell / 2, 2 * HIGH + 1), (x + cell / 2, top), "-")
        for i in range(1, m + 1):
            box = (x, top + (i - 1) * high + HIGH / 2, cell, HIGH)
            s.cell(f"{stem('J')}_{i}{j}", box, 0.7 * HIGH, Symbol("J", f"{i}{j}"), "tp-given", 9)
    for i in range(1, m + 1):
        y = top + (i - 1) * high
        _pair(s, f"r_{i}", f"v_{i}", (middle, y + 3), cell, high - 6)
        s.wire(f"r_{i}", (right, y + high / 2), (middle, y + high / 2), "|")
        if i > 1:
            s.cells.append(path("tp-hair", "M", left + 6, y, "h", n * cell - 12))
    return s.drawn(width, top + m * high + 1, f"tp-net tp-net--{css}")


def _pair(
    s: Sheet, out: str, back: str, corner: tuple[float, float], width: float, high: float = 2 * HIGH
) -> None:
    """What goes out in the upper row, what comes back in the lower."""
    (x, y), half = corner, high / 2
    s.box(x, y, width, high, "tp-box")
    for name, css, at in ((out, "tp-fwd", y), (back, "tp-bwd", y + half)):
        letter, _, place = name.partition("_")
        s.cell(name, (x, at, width, half), 0.7 * half, Symbol(letter, place), css, 9)
    s.cells.append(path("tp-split", "M", x, y + half, "h", width))
