"""A drawing of boxes with a symbol and a value each, joined by wires with two lanes."""

from dataclasses import dataclass, field
from math import hypot

from .common import DIGIT, Symbol, digits, fixed, pad, path, rect, short, svg, tag

LANES = 9.0  # between the forward and the backward lane

Point = tuple[float, float]  # or width and height
Cell = tuple[float, float, float, float]  # left, top, width, height


@dataclass(kw_only=True)
class Sheet:
    """One drawing: wires first, then the gaps in them, then cells.

    values: every quantity by its data-symbol name. both: with the backward pass. symbol, script,
    value: font sizes. live: a script writes other numbers into it, so there is room for any.
    """

    values: dict[str, float]
    both: bool
    symbol: float
    script: float
    value: float
    live: bool = False
    wires: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)

    def lane(self, name: str, css: str, start: Point, end: Point) -> None:
        """A line with its arrowhead at the end; both stop just short of the box's stroke."""
        (x0, y0), (x1, y1) = start, end
        length = hypot(x1 - x0, y1 - y0)
        ux, uy = (x1 - x0) / length, (y1 - y0) / length

        def at(back: float, aside: float) -> str:
            return f"{pad(x1 - ux * back - uy * aside)} {pad(y1 - uy * back + ux * aside)}"

        begin = f"{pad(x0 + ux)} {pad(y0 + uy)}"
        if css == "tp-fwd":
            line, head = f"M{begin}L{at(9, 0)}", f"M{at(1, 0)}L{at(10.5, 4.6)}L{at(10.5, -4.6)}Z"
        else:  # from the tip, so that the first dash is whole where it meets the chevron
            line, head = f"M{at(2, 0)}L{begin}", f"M{at(8, 4.6)}L{at(1.6, 0)}L{at(8, -4.6)}"
        lane = path("tp-lane", line) + path("tp-tip", head)
        self.wires.append(tag("g", lane, class_=css, data_wire=name))

    def wire(self, name: str, start: Point, end: Point, edge: str) -> None:
        """Both lanes, LANES apart, between two edges that are upright ("|") or level ("-").

        Forward is the upper lane; where the wire is upright, the left one.
        """
        (x0, y0), (x1, y1) = start, end
        aside = self.both * LANES / 2 * hypot(x1 - x0, y1 - y0)
        if edge == "|":
            dx, dy = 0.0, -aside / abs(x1 - x0)
        else:
            dx, dy = (aside if x1 > x0 else -aside) / abs(y1 - y0), 0.0
        self.lane(name, "tp-fwd", (x0 + dx, y0 + dy), (x1 + dx, y1 + dy))
        if self.both:
            self.lane(name, "tp-bwd", (x1 - dx, y1 - dy), (x0 - dx, y0 - dy))

    def cell(
        self, name: str, box: Cell, base: float, sign: Symbol, css: str = "tp-fwd", inset: float = 8
    ) -> None:
        """Symbol at the left, value at the right, of one quantity. base: of the text."""
        x, y, w, h = box
        number = self.values[name]
        free = w - 2 * inset - sign.width(self.symbol, self.script) - 2
        room = int(free / (DIGIT * self.value))
        words = fixed(number, 4, room) if css == "tp-bwd" else short(number, 4, room)
        drawn = sign.draw(x + inset, y + base, self.symbol, self.script)
        drawn += digits(x + w - inset, y + base, words, self.value)
        hit = x + 1, y + 1, w - 2, h - 2
        self.quantity(name, css, hit, drawn, room=room if self.live else None)

    def quantity(
        self, name: str, css: str, hit: Cell, *drawn: str, number: str = "", room: int | None = None
    ) -> None:
        """What can be pointed at as one. hit: where. room: how many characters it holds."""
        number = number or repr(self.values[name])
        inside = (rect(*hit, "tp-hit", rx=2), *drawn)
        group = tag("g", *inside, data_symbol=name, data_value=number, data_room=room)
        self.cells.append(tag("g", group, class_=css))

    def box(self, x: float, y: float, w: float, h: float, css: str, rx: float = 4) -> None:
        self.cells.append(rect(x, y, w, h, css, rx=rx))

    def drawn(self, width: float, height: float, css: str) -> str:
        return svg(width, height, css, *self.wires, *self.cells)
