"""The 2-2-1 network: every lane and cell has an upper row, forward, and a lower one, backward."""

from dataclasses import dataclass

import numpy as np
from literate.figures.common import DIGIT, Symbol, Tex, digits, path, rect, short, whole
from literate.figures.sheet import Cell, Point, Sheet
from literate.figures.values import Values, matrix, need, scalar, vector
from literate.registry import figure
from mathdoctest.resolve import stem

SINGLE = ("y", "y_hat", "L")
OUTPUT = "2_1"  # layer and number of the unit whose activation is y_hat
Shapes = dict[str, tuple[int, ...]]  # of vectors and matrices, by their names
PARAMETERS: Shapes = {"W1": (2, 2), "b1": (2,), "W2": (1, 2), "b2": (1,)}
FORWARD = {"x": (2,), **PARAMETERS, "z1": (2,), "a1": (2,), "z2": (1,)}
BACKWARD = {f"dL_d{name}": shape for name, shape in PARAMETERS.items()}
BACKWARD |= {"delta1": (2,), "delta2": (1,)}
Wire = tuple[Point, Point, str]  # start, end, the edges that it joins


def numbered(values: Values, shapes: Shapes, of: str = "") -> dict[str, float]:
    """The entries of vectors and matrices, by the names that symbols have: `w1_12`.

    of: what goes before a name in a message.
    """
    found = {}
    for name, shape in shapes.items():
        read = vector if len(shape) == 1 else matrix
        array = np.array(read(values[name], of + name, *shape))
        for place, number in np.ndenumerate(array):
            found[f"{stem(name)}_{''.join(str(i + 1) for i in place)}"] = float(number)
    return found


def symbol_of(name: str) -> Symbol:
    """`w1_12` → w with superscript (1), subscript 12."""
    stem, _, sub = name.partition("_")
    if name == "y_hat":
        return Symbol("y", hat=True)
    if stem in ("x", "y", "L"):
        return Symbol(stem, sub)
    return Symbol(stem[:-1].replace("delta", "δ"), sub, f"({stem[-1]})")


@dataclass(kw_only=True)
class NetworkSheet(Sheet):
    """chip: width, height of the upper row, of the lower row."""

    chip: tuple[float, float, float]

    def put(self, name: str, box: Cell, base: float, css: str = "tp-fwd", inset: float = 8) -> None:
        self.cell(name, box, base, symbol_of(name), css, inset)

    def measure(self, name: str) -> float:
        return symbol_of(name).width(self.symbol, self.script)

    def chip_height(self) -> float:
        return self.chip[1] + (self.chip[2] if self.both else 0)

    def parameter(self, name: str, wire: Wire, chip: Point, width: float = 0) -> None:
        """A wire with a chip: symbol and value above it, ∂ and gradient below; else one row on it.

        wire: as `wire` takes it. chip: its middle.
        """
        self.wire(name, *wire)
        (cx, cy), (w, up, low) = chip, self.chip
        w = width or w
        if not self.both and not self.live:  # no gradient to line up with
            written = DIGIT * self.value * len(short(self.values[name], 4, 7))
            w = min(w, self.measure(name) + written + 18)
        top = cy - up if self.both else cy - up / 2
        x = cx - w / 2
        self.cells.append(rect(x, top, w, self.chip_height(), "tp-gap", data_chip=name))
        self.put(name, (x, top, w, up), 0.68 * up, inset=4)
        if self.both:
            self.cells.append(path("tp-hair", "M", x + 4, cy, "h", w - 8))
            self.cell(f"dL_d{name}", (x, cy, w, low), 0.74 * low, Symbol("∂"), "tp-bwd", 4)

    def neuron(self, first: Cell, unit: str, stacked: bool) -> None:
        """z and a above (beside each other, or stacked), δ below. first: the first row."""
        x, y, w, row = first
        z, a, delta = f"z{unit}", "y_hat" if unit == OUTPUT else f"a{unit}", f"delta{unit}"
        rows = (2 if stacked else 1) + self.both
        base = row / 2 + 0.28 * self.symbol
        self.box(x, y, w, row * rows, "tp-box")
        if stacked:
            self.put(z, (x, y, w, row), base)
            self.put(a, (x, y + row, w, row), base)
            hair = path("tp-hair", "M", x + 8, y + row, "h", w - 16)
        else:
            spare = w - sum(self.measure(name) for name in (z, a))
            half = spare / 2 + self.measure(z)  # both values get the same room
            self.put(z, (x, y, half, row), base, inset=7)
            self.put(a, (x + half, y, w - half, row), base, inset=7)
            hair = path("tp-hair", "M", x + half, y + 5, "v", row - 10)
        self.cells.append(hair)
        if self.both:
            split = y + row * (rows - 1)
            self.put(delta, (x, split, w, row), base, css="tp-bwd", inset=8 if stacked else 7)
            self.cells.append(path("tp-split", "M", x, split, "h", w))

    def input(self, name: str, x: float, y: float, w: float, h: float) -> None:
        self.box(x, y, w, h, "tp-box tp-box--given")
        self.put(name, (x, y, w, h), h / 2 + 0.34 * self.value, inset=10)

    def loss(self, x: float, y: float, w: float, h: float) -> None:
        """L above, the target y below, in one pill."""
        self.box(x, y, w, h, "tp-box tp-box--given", rx=h / 2)
        advance = DIGIT * self.value
        for name, css, middle, room in (("L", "tp-fwd", 0.31, 7), ("y", "tp-given", 0.68, 5)):
            sign, number = symbol_of(name), self.values[name]
            words = short(number, 4, room) if name == "L" else f"= {whole(number, room)}"
            wide = self.measure(name)
            left = x + (w - wide - advance * (len(words) + 0.8)) / 2
            base = y + h * middle + 0.34 * self.value
            drawn = sign.draw(left, base, self.symbol, self.script)
            drawn += digits(left + wide + 0.8 * advance, base, words, self.value, None)
            hit = (x + 10, y + h * middle - 10, w - 20, 20)
            self.quantity(name, css, hit, drawn, room=room if self.live else None)


# Sizes of a wide and of a tall drawing
WIDE = {"symbol": 17, "script": 12, "value": 13, "chip": (96, 25, 19)}
TALL = {"symbol": 19, "script": 13.2, "value": 13.5, "chip": (102, 27, 21)}
COMPACT = {"symbol": 18, "script": 13.2, "value": 13.2, "chip": (98, 26, 21)}


def along(start: Point, end: Point, share: float) -> Point:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def wide(q: dict[str, float], both: bool, live: bool) -> str:
    s = NetworkSheet(values=q, both=both, live=live, **WIDE)
    row, arrow = (31, 28) if both else (36, 26)
    on_wire = s.chip[1] if both else s.chip[1] / 2  # from the top of a chip to its wire
    high = row * (1 + both)
    first = 1 + s.chip_height() + arrow + high / 2  # centre line of the first unit
    second = first + high + (118 if both else 104)
    middle, height = (first + second) / 2, first + second
    off = 20 if both else 10  # slanted wires start this far from the centre line
    in_, hidden, out, loss = (1, 76), (283, 194), (625, 184), (861, 98)  # left edge, width
    right = [sum(part) for part in (in_, hidden, out)]

    for j, y in ((1, first), (2, second)):
        inward = 1 if j == 1 else -1
        level = (right[0], y), (hidden[0], y)
        slant = (right[0], y + inward * off), (hidden[0], height - y - inward * off)
        to_out = (right[1], y), (out[0], middle - inward * (17 if both else 9))
        s.parameter(f"w1_{j}{j}", (*level, "|"), along(*level, 0.5))
        s.parameter(f"w1_{3 - j}{j}", (*slant, "|"), along(*slant, 0.26))
        s.parameter(f"w2_1{j}", (*to_out, "|"), along(*to_out, 0.5))
        s.input(f"x_{j}", in_[0], y - high / 2, in_[1], high)
        s.neuron((hidden[0], y - high / 2, hidden[1], row), f"1_{j}", stacked=False)
        centre = hidden[0] + hidden[1] / 2
        edge = y - inward * high / 2
        bias = (centre, edge - inward * arrow), (centre, edge), "-"
        chip_top = edge - arrow - s.chip_height() if j == 1 else edge + arrow
        s.parameter(f"b1_{j}", bias, (centre, chip_top + on_wire), 92)
    centre, edge = out[0] + out[1] / 2, middle - high / 2
    s.neuron((out[0], edge, out[1], row), OUTPUT, stacked=False)
    bias = (centre, edge - arrow), (centre, edge), "-"
    s.parameter("b2_1", bias, (centre, edge - arrow - s.chip_height() + on_wire), 92)
    s.wire("L", (right[2], middle), (loss[0], middle), "|")
    s.loss(loss[0], middle - 30, loss[1], 60)
    return s.drawn(960, height, "tp-net tp-net--wide")


def tall(q: dict[str, float], both: bool, live: bool) -> str:
    s = NetworkSheet(values=q, both=both, live=live, **TALL)
    width, row, arrow, chip = 358, 30, 28, s.chip_height()
    high = row * (2 + both)
    on_wire = s.chip[1] if both else s.chip[1] / 2
    inputs = (1, 50 if live else 38)  # top edge, height: enough for a finger where they are moved
    below = inputs[0] + inputs[1]
    hidden = below + (196 if both else 158)
    out = hidden + high + arrow + 2 * chip + 8 + arrow
    bias = out + high + arrow
    loss = bias + chip + 6 if both else bias + chip
    share = (124 - 76) / (width - 2 * 76)  # of a slanted wire: its chip is 124 from an edge

    def mirror(x: float, j: int) -> float:
        return x if j == 1 else width - x

    for j in (1, 2):
        upright = (mirror(46, j), below), (mirror(46, j), hidden)
        slant = (mirror(76, j), below), (mirror(76, 3 - j), hidden)
        to_out = (mirror(116, j), hidden + high), (mirror(116, j), out)
        s.parameter(f"w1_{j}{j}", (*upright, "-"), (mirror(52, j), below + 0.62 * (hidden - below)))
        s.parameter(f"w1_{3 - j}{j}", (*slant, "-"), along(*slant, share))
        s.parameter(f"w2_1{j}", (*to_out, "-"), (mirror(116, j), out - arrow - chip + on_wire))
        s.input(f"x_{j}", mirror(75, j) - 48, inputs[0], 96, inputs[1])
        s.neuron((mirror(75, j) - 67, hidden, 134, row), f"1_{j}", stacked=True)
        edge = hidden + high
        upward = (mirror(46, j), edge + arrow), (mirror(46, j), edge), "-"
        s.parameter(f"b1_{j}", upward, (mirror(51, j), edge + arrow + on_wire), 96)
    s.neuron((102, out, 154, row), OUTPUT, stacked=True)
    s.parameter("b2_1", ((118, bias), (118, out + high), "-"), (113, bias + on_wire), 96)
    s.wire("L", (width / 2, out + high), (width / 2, loss), "-")
    s.loss(width / 2 - 60, loss, 120, 58)
    return s.drawn(width, loss + 58 + 1, "tp-net tp-net--tall")


def compact(q: dict[str, float]) -> str:
    """Upright, both passes, low enough that on a phone a formula and the buttons stand below it."""
    s = NetworkSheet(values=q, both=True, live=True, **COMPACT)
    width, row, chip = 358, 28, s.chip_height()
    upper = s.chip[1]  # from the top of a chip to the line between its rows
    inputs, high = 51, 3 * row  # an input is high enough for a finger
    slants, uprights = inputs + 9 + upper, inputs + 15 + chip + upper  # of the chips in two rows
    hidden = uprights + chip - upper + 20
    second = hidden + high + 20  # the row of chips with the biases and the output's weights
    out = second + chip + 18

    def mirror(x: float, j: int) -> float:
        return x if j == 1 else width - x

    for j in (1, 2):
        upright = (mirror(30, j), inputs), (mirror(30, j), hidden)
        slant = (mirror(64, j), inputs), (mirror(80, 3 - j), hidden)
        to_out = (mirror(122, j), hidden + high), (mirror(122, j), out)
        s.parameter(f"w1_{j}{j}", (*upright, "-"), (mirror(52, j), uprights))
        share = (slants - inputs) / (hidden - inputs)
        s.parameter(f"w1_{3 - j}{j}", (*slant, "-"), along(*slant, share))
        s.parameter(f"w2_1{j}", (*to_out, "-"), (mirror(132, j), second + upper), 92)
        s.input(f"x_{j}", mirror(75, j) - 48, 1, 96, inputs - 1)
        s.neuron((mirror(75, j) - 67, hidden, 134, row), f"1_{j}", stacked=True)
        upward = (mirror(40, j), second), (mirror(40, j), hidden + high), "-"
        s.parameter(f"b1_{j}", upward, (mirror(43, j), second + upper), 84)
    middle = out + high / 2
    s.neuron((110, out, 138, row), OUTPUT, stacked=True)
    s.parameter("b2_1", ((85, middle), (110, middle), "|"), (43, middle), 84)
    s.wire("L", (248, middle), (269, middle), "|")
    s.loss(269, middle - 30, 88, 60)
    return s.drawn(width, out + high + 1, "tp-net tp-net--tall")


def held(values: Values) -> str:
    """The network of the live lab: the wide drawing, and for a phone the compact one."""
    need(values, *SINGLE, *FORWARD, *BACKWARD)
    q = {name: scalar(values[name], name) for name in SINGLE}
    q |= numbered(values, FORWARD | BACKWARD)
    return wide(q, both=True, live=True) + compact(q)


@figure("network", live=("forward", "backward", "update"))
def network(
    values: Values, t: Values | None = None, tex: Tex | None = None, live: bool = False
) -> str:
    """The network with its forward values, and with its gradients if they are given.

    live: for the live lab, which writes its own numbers into it.
    """
    both = any(name in values for name in BACKWARD)
    shapes = FORWARD | (BACKWARD if both else {})
    need(values, *SINGLE, *shapes)
    q = {name: scalar(values[name], name) for name in SINGLE} | numbered(values, shapes)
    return wide(q, both, live) + tall(q, both, live)
