"""Rows of one matrix meeting the columns of another: a reader goes from entry to entry."""

import json
from collections.abc import Iterator, Sequence
from itertools import accumulate

from literate.registry import figure

from .axes import SIZE, SYMBOL, TALL, WIDE
from .common import Symbol, Tex, digits, pad, rect, svg, tag, whole
from .values import Values, matrix, need, vector

MOST = 7  # columns of all three: what fits on a phone
LIT = ("row", "column", "entry")  # of the left, of the right, of the result
ROW, HEAD, SCRIPT = 30.0, 30.0, 13.2
Grid = list[list[float]]


@figure("product")
def product(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """`left @ right + added` beside its result; the row, the column and the entry that they make.

    values: left (N, n), right (n, m), result (N, m): matrices of numbers; optionally added (m);
    letters: what the four are called, `^` before a raised mark: ["X", "W^⊤", "b", "Z"], or the
    three. js/product.js moves it.
    """
    names = ("left", "right", "result", "letters")
    given = dict(zip(names, need(values, *names), strict=True))
    first, second = (_rows(given[name], name) for name in ("left", "right"))
    added = vector(values["added"], "added") if "added" in values else []
    n, m = len(first[0]), len(added) or len(second[0])
    left = matrix(first, "left", len(first), n)
    right = matrix(second, "right", n, m)
    result = matrix(given["result"], "result", len(first), m)
    if n + 2 * m > MOST:
        raise ValueError(f"figure: {n + 2 * m} columns, where {MOST} fit")
    letters, count = given["letters"], 4 if added else 3
    if not isinstance(letters, Sequence) or len(letters) != count:
        number = "four" if added else "three"
        raise ValueError(f"figure: letters must be {number}, got {letters!r}")
    grids, said = [left, right, result], words or {}
    drawn = [_drawing(*size, grids, added, list(map(str, letters))) for size in (WIDE, TALL)]
    data = {
        "left": _shown(left), "right": _shown(right), "result": _shown(result),
        "added": _shown([added])[0] if added else None,
        "entry": said["entry"], "row_column": said["row_column"],
    }  # fmt: skip
    return tag("div", *drawn, data_product=json.dumps(data, ensure_ascii=False))


def _rows(value: object, name: str) -> list[list[object]]:
    if not isinstance(value, list) or not value or not isinstance(value[0], list):
        raise ValueError(f"figure: {name} must be a matrix, got {value!r}")
    return value


def _shown(grid: Grid) -> list[list[str]]:
    return [[whole(value) for value in row] for row in grid]


def _drawing(width: float, css: str, grids: list[Grid], added: list[float], of: list[str]) -> str:
    gap, columns = 28.0, [len(grid[0]) for grid in grids]
    cell = min(72.0, (width - 2 * gap) / sum(columns))
    starts = [0.0, *accumulate(cell * count + gap for count in columns)][:3]
    heights = [max(len(grids[0]), len(grids[1]) + bool(added)), len(grids[1])]
    pieces: list[str] = []
    for grid, x, name, letter in zip(grids, starts, LIT, [of[0], of[1], of[-1]], strict=True):
        wide, high = (cell * len(grid[0]), ROW * len(grid))
        lit = {"row": (wide, ROW), "column": (cell, high), "entry": (cell, ROW)}[name]
        pieces.append(rect(x, HEAD, *lit, "tp-lit", data_lit=name))
        pieces.append(_letter(x + wide / 2, letter))
        pieces += _numbers(grid, x, HEAD, cell)
        pieces.append(tag("path", d=_brackets(x, wide, high), class_="tp-axis"))
    if added:
        under = HEAD + ROW * heights[1]
        pieces.append(rect(starts[1], under, cell, ROW, "tp-lit", data_lit="added"))
        pieces += _numbers([added], starts[1], under, cell)
        pieces.append(digits(starts[1] - 8, under + 20, "+", SIZE))
    pieces.append(digits(starts[2] - gap / 2, HEAD + 20, "=", SIZE, "middle"))
    return svg(width, HEAD + ROW * heights[0] + 6, css, *pieces)


def _letter(middle: float, written: str) -> str:
    letter, _, raised = written.partition("^")
    symbol = Symbol(letter, sup=raised)
    return symbol.draw(middle - symbol.width(SYMBOL, SCRIPT) / 2, 18, SYMBOL, SCRIPT)


def _numbers(grid: Grid, x: float, y: float, cell: float) -> Iterator[str]:
    for i, row in enumerate(_shown(grid)):
        for j, shown in enumerate(row):
            yield digits(x + cell * (j + 0.5), y + ROW * i + 20, shown, SIZE, "middle")


def _brackets(x: float, wide: float, high: float) -> str:
    sides = ((x + 5, x), (x + wide - 5, x + wide))
    return "".join(f"M{pad(a)} {pad(HEAD)}H{pad(b)}v{pad(high)}H{pad(a)}" for a, b in sides)
