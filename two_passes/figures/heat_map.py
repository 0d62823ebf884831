"""Tables of numbers from 0 to 1 as shaded cells, side by side: who looks at whom."""

from collections.abc import Iterator
from math import ceil

from literate.figures.axes import SIZE, TALL, WIDE
from literate.figures.common import Tex, digits, pad, rect, svg, tag, text
from literate.figures.values import Values, matrix, need
from literate.registry import figure

HIGH, HEAD, GAP, MOST = 30.0, 46.0, 20.0, 46.0  # a row; above a table; between tables; a cell
DARKEST = 0.5  # of a cell of 1: its number stays readable in both schemes


@figure("heat_map")
def heat_map(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """A table for each map, a shade and a number for each cell.

    values: maps (name → rows of numbers from 0 to 1, all of one shape); rows and columns, the
    labels beside and above each map.
    """
    maps, rows, columns = need(values, "maps", "rows", "columns")
    if not isinstance(maps, dict) or not maps:
        raise ValueError(f"figure: maps must be a dict from a name to a table, got {maps!r}")
    sides = [[str(label) for label in labels] for labels in (rows, columns)]
    size = tuple(map(len, sides))
    tables = {str(n): matrix(m, f"maps[{n!r}]", *size) for n, m in maps.items()}
    if outside := [v for m in tables.values() for row in m for v in row if not 0 <= v <= 1.000001]:
        raise ValueError(f"figure: maps hold numbers from 0 to 1, got {outside[0]!r}")
    return "".join(_drawing(width, css, tables, *sides) for width, css in (WIDE, TALL))


def _drawing(width: float, css: str, maps: dict, rows: list[str], columns: list[str]) -> str:
    side = 10 + ceil(0.6 * SIZE * max(map(len, rows)))
    least = side + 36 * len(columns)  # a cell holds four characters
    abreast = max(1, min(len(maps), int((width + GAP) / (least + GAP))))
    cell = min(MOST, int(((width - (abreast - 1) * GAP) / abreast - side) / len(columns)))
    wide, high = side + cell * len(columns), HEAD + HIGH * len(rows)
    left = (width - abreast * wide - (abreast - 1) * GAP) // 2
    drawn = []
    for n, (name, table) in enumerate(maps.items()):
        down, across = divmod(n, abreast)
        at = f"translate({pad(left + across * (wide + GAP) + side)},{pad(down * (high + GAP))})"
        inside = _map(name, table, rows, columns, cell)
        drawn.append(tag("g", *inside, transform=at, data_map=name))
    stacked = -(-len(maps) // abreast)
    return svg(width, stacked * (high + GAP) - GAP + 2, css, *drawn)


def _map(
    name: str, table: list[list[float]], rows: list[str], columns: list[str], cell: float
) -> Iterator[str]:
    """One map; its cells begin at 0, HEAD. Coordinates are small and repeat: few bytes."""
    middle = [cell * (j + 0.5) for j in range(len(columns))]
    yield text(cell * len(columns) / 2, 14, name, "tp-v tp-v--head", SIZE, "middle")
    for x, label in zip(middle, columns, strict=True):
        yield digits(x, HEAD - 9, label, SIZE, "middle")
    for i, (label, row) in enumerate(zip(rows, table, strict=True)):
        cells = [digits(-9, 20, label, SIZE)]
        for x, number in zip(middle, row, strict=True):
            shade = f"{DARKEST * number:.2f}"
            cells.append(rect(x - cell / 2, 0, cell, HIGH, "tp-heat", fill_opacity=shade))
            cells.append(digits(x, 20, f"{number:.2f}", SIZE, "middle"))
        yield tag("g", *cells, transform=f"translate(0,{pad(HEAD + HIGH * i)})")
    yield rect(0, HEAD, cell * len(columns), HIGH * len(rows), "tp-panel")
