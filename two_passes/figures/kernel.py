"""A picture, a kernel and what comes out: forward in the upper row of each cell, backward below."""

from literate.figures.common import Symbol, Tex, digits, fixed, path, rect, short, svg, tag
from literate.figures.values import Values, matrix, need
from literate.registry import figure

CELL, HIGH, HEAD = 66.0, 48.0, 30.0
SIZE, SYMBOL, SCRIPT = 13.2, 17.0, 13.2
Grid = list[list[float]]


@figure("kernel")
def kernel(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """One place of the kernel is marked: the window, the kernel, and the entry that they make.

    values: X (4, 4), W (3, 3), Y (2, 2) and their slopes dL_dX, dL_dW, dL_dY; place, the row and
    column of the marked entry of Y, from 1.
    """
    names = ("X", "W", "Y", "dL_dX", "dL_dW", "dL_dY", "place")
    given = dict(zip(names, need(values, *names), strict=True))
    sizes = {"X": 4, "W": 3, "Y": 2}
    grids = {
        name: (matrix(given[name], name, n, n), matrix(given[f"dL_d{name}"], f"dL_d{name}", n, n))
        for name, n in sizes.items()
    }
    row, column = (int(k) - 1 for k in given["place"])
    marks = {"X": (row, column, 3), "W": (0, 0, 3), "Y": (row, column, 1)}
    gap = 70.0
    wide = {"X": (0.0, 0.0), "W": (4 * CELL + gap, 0.0), "Y": (7 * CELL + 2 * gap, 0.0)}
    tall = {"X": (0.0, 0.0), "W": (0.0, 4 * HIGH + 46), "Y": (3 * CELL + 26, 4 * HIGH + 46)}
    return _drawing(grids, marks, wide, 9 * CELL + 2 * gap, 4 * HIGH + HEAD + 2, "wide") + _drawing(
        grids, marks, tall, 358, 7 * HIGH + 2 * HEAD + 18, "tall"
    )


def _drawing(
    grids: dict[str, tuple[Grid, Grid]], marks: dict[str, tuple[int, int, int]],
    at: dict[str, tuple[float, float]], width: float, high: float, css: str,
) -> str:  # fmt: skip
    pieces: list[str] = []
    for name, (out, back) in grids.items():
        x, y = at[name]
        n, top = len(out), y + HEAD
        symbol = Symbol(name)
        middle = x + n * CELL / 2 - symbol.width(SYMBOL, SCRIPT) / 2
        pieces.append(symbol.draw(middle, y + 18, SYMBOL, SCRIPT))
        pieces.append(rect(x + 1, top, n * CELL - 2, n * HIGH, "tp-box", rx=4))
        i, j, size = marks[name]
        lit = rect(x + j * CELL + 2, top + i * HIGH + 1, size * CELL - 4, size * HIGH - 2, "tp-hit")
        pieces.append(tag("g", lit, class_="tp-on"))
        for k in range(1, n):
            pieces.append(path("tp-hair", "M", x + k * CELL, top, "v", n * HIGH))
            pieces.append(path("tp-split", "M", x + 1, top + k * HIGH, "h", n * CELL - 2))
        for css_, grid, drop in (("tp-fwd", out, 19), ("tp-bwd", back, 39)):
            pieces.append(tag("g", *_numbers(grid, x, top + drop), class_=css_))
    return svg(width, high, f"tp-net tp-net--{css}", *pieces)


def _numbers(grid: Grid, x: float, y: float) -> list[str]:
    return [
        digits(x + CELL * (j + 0.5), y + HIGH * i, _written(value), SIZE, "middle")
        for i, row in enumerate(grid)
        for j, value in enumerate(row)
    ]


def _written(value: float) -> str:
    return fixed(value, 0) if value == int(value) else short(value, 2)
