"""Where a function of the plane is positive, a panel for each stage, with points of two classes."""

from literate.figures.axes import SIZE, TALL, WIDE, Point, Scale
from literate.figures.common import digits, rect, svg, tag, text
from literate.figures.values import Values, need, rising, vector
from literate.registry import figure

INSIDE = 216.0  # the width of a panel in its own units: its inside is the same in both drawings
HEAD, GAP = 22.0, 14.0  # above a panel, between panels
SLACK = 0.4  # how far the line may be from where it was worked out, in units of a panel
OUTSIDE = -1.0
Grid = list[list[float]]
Edge = tuple[tuple[int, int], tuple[int, int]]


@figure("regions")
def regions(values: Values, words: Values | None = None, tex: object = None) -> str:
    """The positive side of each map, its border, and the points: dots of class 0, crosses of 1.

    values: across, up (where the maps are known), maps (name → rows of numbers, one for each of
    up), points (pairs), classes (0 or 1 for each), letter (of what the names of the maps count).
    """
    names = ("across", "up", "maps", "points", "classes", "letter")
    columns, lines, maps, places, classes, letter = need(values, *names)
    x, y = rising(columns, "across"), rising(lines, "up")
    if not isinstance(maps, dict) or not maps:
        raise ValueError(f"figure: maps must be a dict from a name to rows, got {maps!r}")
    if not isinstance(places, list):
        raise ValueError(f"figure: points must be a list of pairs, got {places!r}")
    points = [vector(place, "points", 2) for place in places]
    kinds = vector(classes, "classes", len(points))
    high = INSIDE * (y[-1] - y[0]) / (x[-1] - x[0])
    scales = Scale(x[0], x[-1], 0, INSIDE), Scale(y[0], y[-1], high, 0)
    marks = "".join(_marks(points, kinds, kind, *scales) for kind in (0, 1))
    insides = {}
    for name, rows in maps.items():
        if len(rows) != len(y):
            raise ValueError(f"figure: maps[{name!r}] must have {len(y)} rows, got {len(rows)}")
        grid = [vector(row, f"maps[{name!r}]", len(x)) for row in rows]
        side = _side(grid, [scales[0](v) for v in x], [scales[1](v) for v in y])
        panel = rect(0.5, 0.5, INSIDE - 1, high - 1, "tp-panel")
        insides[name] = side + panel + marks
    return "".join(_picture(*size, str(letter), insides, high) for size in (WIDE, TALL))


def _picture(width: float, css: str, letter: str, insides: dict[str, str], high: float) -> str:
    wide = (width - GAP) / 2
    tall = wide * high / INSIDE
    pieces = []
    for n, (name, inside) in enumerate(insides.items()):
        row, column = divmod(n, 2)
        x, y = column * (wide + GAP), row * (tall + HEAD + GAP)
        pieces.append(text(x, y + 15, letter, "tp-m", 17))
        pieces.append(digits(x + 14, y + 15, f"= {name}", SIZE, None))
        size = {"x": x, "y": y + HEAD, "width": wide, "height": tall}
        pieces.append(tag("svg", inside, viewBox=f"0 0 {INSIDE:g} {high:g}", **size))
    rows = -(-len(insides) // 2)
    return svg(width, rows * (tall + HEAD + GAP) - GAP, css, *pieces)


def _marks(
    points: list[list[float]], kinds: list[float], kind: int, across: Scale, up: Scale
) -> str:
    """The points of a class, as one path: dots or crosses."""
    at = [(across(u), up(v)) for (u, v), k in zip(points, kinds, strict=True) if k == kind]
    mark = "m-2-2l4 4m0-4l-4 4" if kind else "h0"
    steps = "".join(f"M{x:.1f} {y:.1f}{mark}" for x, y in at)
    return tag("path", d=steps, class_=f"tp-mark-{kind}")


def _side(grid: Grid, x: list[float], y: list[float]) -> str:
    """Where the grid is positive, as closed paths along its border and the panel's edge."""
    out = ""
    for loop in loops(grid, x, y):
        start, *rest = [(round(u, 1), round(v, 1)) for u, v in simpler(loop)]
        out += f"M{start[0]:g} {start[1]:g}L" + " ".join(f"{u:g} {v:g}" for u, v in rest) + "Z"
    return tag("path", d=out, class_="tp-side") if out else ""


def loops(grid: Grid, x: list[float], y: list[float]) -> list[list[Point]]:
    """The border of the positive part, closed along the edge of the grid (marching squares)."""
    x, y = [x[0], *x, x[-1]], [y[0], *y, y[-1]]
    frame = [OUTSIDE] * len(x)
    grid = [frame, *([OUTSIDE, *row, OUTSIDE] for row in grid), frame]
    follows: dict[Edge, Edge] = {}
    for i in range(len(y) - 1):
        for j in range(len(x) - 1):
            corners = [(i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j)]
            signs = [grid[a][b] >= 0 for a, b in corners]
            for k in range(4):  # out of the positive part; back to where it was entered
                if signs[k] and not signs[(k + 1) % 4]:
                    n = k
                    while signs[n]:
                        n = (n - 1) % 4
                    leaving = corners[k], corners[(k + 1) % 4]
                    follows[leaving] = corners[(n + 1) % 4], corners[n]
    found = []
    while follows:
        edge, loop = next(iter(follows)), []
        while edge in follows:
            loop.append(_crossing(edge, grid, x, y))
            edge = follows.pop(edge)
        found.append(loop)
    return found


def _crossing(edge: Edge, grid: Grid, x: list[float], y: list[float]) -> Point:
    """Where the value is 0 between two places, as a straight line has it."""
    (a, b), (c, d) = edge
    part = grid[a][b] / (grid[a][b] - grid[c][d])
    return x[b] + part * (x[d] - x[b]), y[a] + part * (y[c] - y[a])


def simpler(points: list[Point]) -> list[Point]:
    """Of a line, points whose chords pass within SLACK of the others."""
    if len(points) < 3:
        return points
    (u, v), (p, q) = points[0], points[-1]
    length = ((p - u) ** 2 + (q - v) ** 2) ** 0.5 or 1.0

    def far(at: Point) -> float:
        return abs((p - u) * (at[1] - v) - (q - v) * (at[0] - u)) / length

    if (u, v) == (p, q):
        far = lambda at: abs(at[0] - u) + abs(at[1] - v)  # noqa: E731
    most = max(range(1, len(points) - 1), key=lambda n: far(points[n]))
    if far(points[most]) <= SLACK:
        return [points[0], points[-1]]
    return [*simpler(points[: most + 1])[:-1], *simpler(points[most:])]
