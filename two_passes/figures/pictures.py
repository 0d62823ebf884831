"""Small square pictures of numbers: pixels of an image, or the weights that look at it."""

from math import isqrt, sqrt

from literate.figures.common import Tex, tag
from literate.figures.values import Values, need, vector
from literate.registry import figure

CELL = 10  # of one entry, in the picture's own units


@figure("pictures")
def pictures(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """Each entry a square, its area the size of the number: filled above 0, hollow below.

    values: pictures, each a square number of entries, row by row; names, a short one for each.
    Pictures share one scale: the largest entry of all fills its cell.
    """
    given, names = need(values, "pictures", "names")
    if not isinstance(given, list | tuple) or not given:
        raise ValueError(f"figure: pictures must be lists of numbers, got {given!r}")
    if not isinstance(names, list | tuple) or len(names) != len(given):
        raise ValueError(f"figure: names must be {len(given)}, got {names!r}")
    rows = [vector(row, f"pictures[{n}]") for n, row in enumerate(given)]
    side = isqrt(len(rows[0]))
    if side**2 != len(rows[0]) or any(len(row) != side**2 for row in rows):
        raise ValueError(f"figure: pictures must be square and alike, got {list(map(len, rows))}")
    largest = max(abs(number) for row in rows for number in row) or 1.0
    drawn = (_picture(row, side, largest, str(name)) for row, name in zip(rows, names, strict=True))
    return tag("div", *drawn, class_="tp-pictures")


def _picture(numbers: list[float], side: int, largest: float, name: str) -> str:
    filled, hollow = [], []
    for at, number in enumerate(numbers):
        size = round(CELL * sqrt(abs(number) / largest))
        if size == 0:
            continue
        row, column = divmod(at, side)
        left, top = (CELL * place + (CELL - size) / 2 for place in (column, row))
        if number > 0:
            filled.append(f"M{left:g} {top:g}h{size}v{size}h-{size}z")
        else:  # the outline lies inside the square
            inside = max(size - 1, 1)
            hollow.append(f"M{left + 0.5:g} {top + 0.5:g}h{inside}v{inside}h-{inside}z")
    across = CELL * side
    parts = [tag("rect", width=across, height=across, class_="tp-pictures__frame")]
    for paths, css in ((filled, "tp-pictures__above"), (hollow, "tp-pictures__below")):
        if paths:
            parts.append(tag("path", d="".join(paths), class_=css))
    box = f"-1 -1 {across + 2} {across + 2}"
    image = tag("svg", *parts, viewBox=box, aria_hidden="true", focusable="false")
    return tag("span", image, tag("span", name, class_="tp-pictures__name"))
