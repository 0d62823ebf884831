"""A batch three times: which of its numbers BatchNorm, LayerNorm and RMSNorm take together."""

from literate.figures.common import Symbol, Tex, digits, fixed, pad, rect, svg, tag, whole
from literate.figures.values import Values, matrix, need, vector
from literate.registry import figure

CELL, ROW, HEAD = 50.0, 30.0, 30.0
SIZE, SYMBOL, SCRIPT = 13.2, 17.0, 13.2


@figure("shared")
def shared(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """The first column is marked, with mean and spread below each; then the first row, beside it.

    values: X, a matrix of three columns; batch, layer: mean and spread of each column, of each row;
    rms: the size of each row.
    """
    X, batch, layer, rms = need(values, "X", "batch", "layer", "rms")
    rows = len(X) if isinstance(X, list) else 0
    table = matrix(X, "X", rows, 3)
    below = [vector(each, "batch", 3) for each in batch]
    beside = [[vector(each, "layer", rows) for each in layer], [vector(rms[0], "rms", rows)]]
    wide = "".join(_batch(table, below, 0, 0))
    wide += "".join(_rows(table, beside[0], 206, 0)) + "".join(_rows(table, beside[1], 500, 0))
    high = HEAD + ROW * (rows + 2) + 6
    tall = "".join(_batch(table, below, 60, 0))
    tall += "".join(_rows(table, beside[0], 20, high + 14))
    tall += "".join(_rows(table, beside[1], 50, 2 * high - 2 * ROW + 28))
    return svg(720, high, "tp-chart tp-chart--wide", wide) + svg(
        358, 3 * high - 4 * ROW + 28, "tp-chart tp-chart--tall", tall
    )


def _batch(table: list[list[float]], below: list[list[float]], x: float, y: float) -> list[str]:
    """Columns, with mean and spread in two rows below."""
    top, high = y + HEAD, ROW * len(table)
    pieces = [rect(x, top, CELL, high, "tp-lit"), _letter(x + 1.5 * CELL, y + 18, "X")]
    pieces += [*_grid(table, x, top), _brackets(x, top, 3 * CELL, high)]
    for k, (name, row) in enumerate(zip("μs", below, strict=False)):
        base = top + high + ROW * k + 20
        pieces.append(_letter(x - 16 if x else 3 * CELL + 14, base, name))
        pieces += [_number(x + CELL * (j + 0.5), base, value) for j, value in enumerate(row)]
    return pieces


def _rows(table: list[list[float]], beside: list[list[float]], x: float, y: float) -> list[str]:
    """Rows, with mean and spread, or the size alone, in columns beside."""
    top, high = y + HEAD, ROW * len(table)
    pieces = [rect(x, top, 3 * CELL, ROW, "tp-lit"), _letter(x + 1.5 * CELL, y + 18, "X")]
    pieces += [*_grid(table, x, top), _brackets(x, top, 3 * CELL, high)]
    for k, (name, column) in enumerate(zip("μs"[-len(beside) :], beside, strict=True)):
        middle = x + CELL * (3.6 + k)
        pieces.append(_letter(middle, y + 18, name))
        pieces += [_number(middle, top + ROW * i + 20, value) for i, value in enumerate(column)]
    return pieces


def _grid(table: list[list[float]], x: float, y: float) -> list[str]:
    return [
        digits(x + CELL * (j + 0.5), y + ROW * i + 20, whole(value), SIZE, "middle")
        for i, row in enumerate(table)
        for j, value in enumerate(row)
    ]


def _number(x: float, y: float, value: float) -> str:
    return digits(x, y, fixed(value, 2), SIZE, "middle")


def _letter(middle: float, y: float, letter: str) -> str:
    symbol = Symbol(letter)
    return symbol.draw(middle - symbol.width(SYMBOL, SCRIPT) / 2, y, SYMBOL, SCRIPT)


def _brackets(x: float, y: float, wide: float, high: float) -> str:
    sides = ((x + 5, x), (x + wide - 5, x + wide))
    d = "".join(f"M{pad(a)} {pad(y)}H{pad(b)}v{pad(high)}H{pad(a)}" for a, b in sides)
    return tag("path", d=d, class_="tp-axis")
