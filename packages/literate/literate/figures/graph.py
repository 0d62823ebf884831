"""A computation graph: values in the nodes, local slopes on the edges, what came back below."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from literate.registry import figure

from .axes import apart
from .common import DIGIT, Symbol, Tex, digits, path, rect, short, tag
from .sheet import Point, Sheet
from .values import Values, need, scalar

OP_HEIGHT = 24.0
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
Places = Mapping[str, float]


def symbol_of(label: str) -> Symbol:
    """`w_1` → w with subscript 1, `y_hat` → y with a hat."""
    letter, _, sub = label.partition("_")
    return Symbol(letter, hat=True) if sub == "hat" else Symbol(letter, sub)


def written(label: str) -> str:
    """The same in a line of text: w₁, ŷ."""
    letter, _, sub = label.partition("_")
    if sub == "hat":
        return unicodedata.normalize("NFC", letter + "\N{COMBINING CIRCUMFLEX ACCENT}")
    return letter + sub.translate(SUBSCRIPTS)


class Graph:
    """The recorded nodes and edges, checked. depth: the longest way from an input."""

    def __init__(self, values: Values):
        nodes, edges = need(values, "nodes", "edges")
        self.nodes: dict[str, Mapping[str, Any]] = {}
        for node in _items(nodes, "nodes"):
            if not {"name", "label", "value"} <= set(node):
                raise ValueError(f"figure: a node needs name, label and value, got {node!r}")
            self.nodes[node["name"]] = node
        self.edges = [(e["from"], e["to"], e.get("local")) for e in _items(edges, "edges")]
        for start, end, _ in self.edges:
            if missing := {start, end} - set(self.nodes):
                raise ValueError(f"figure: an edge names {min(missing)}, which is not a node")
        self.into = {name: [s for s, e, _ in self.edges if e == name] for name in self.nodes}
        self.depth = self._depths()
        for start, end, _ in self.edges:
            if self.depth[end] - self.depth[start] != 1:
                edge = f"the edge {start} to {end}"
                raise ValueError(f"figure: {edge} passes over a column; draw a smaller graph")
        self.both = all("grad" in node for node in self.nodes.values())

    def _depths(self) -> dict[str, int]:
        depth: dict[str, int] = {}
        for name in self.nodes:  # each after those it comes from
            depth[name] = 1 + max((depth[s] for s in self.into[name]), default=-1)
        for name in self.nodes:  # an input is just before its first use
            users = [depth[e] for s, e, _ in self.edges if s == name]
            if not self.into[name] and users:
                depth[name] = min(users) - 1
        return depth

    def columns(self) -> list[list[str]]:
        depths = range(1 + max(self.depth.values()))
        return [[name for name, at in self.depth.items() if at == depth] for depth in depths]

    def sheet(self, **sizes: Any) -> Sheet:
        values = {name: scalar(node["value"], name) for name, node in self.nodes.items()}
        slopes = {name: node["grad"] for name, node in self.nodes.items() if "grad" in node}
        values |= {f"dL_d{name}": scalar(slope, name) for name, slope in slopes.items()}
        return Sheet(values=values, both=self.both, **sizes)

    def across(self, spacing: float, extent: float) -> dict[str, float]:
        """Where each node is in its column: a result in the middle of what it comes from.

        An input of the first column is beside the other inputs, one of a later column among those
        it is combined with.
        """
        at: dict[str, float] = {}
        for depth, names in enumerate(self.columns()):
            wanted: dict[str, float] = {}
            for place, name in enumerate(names):
                if known := [at[s] for s in self.into[name] if s in at]:
                    wanted[name] = sum(known) / len(known)
                elif depth == 0:
                    wanted[name] = extent / 2 + spread(len(names), place, spacing)
            for name in names:
                if name not in wanted:
                    others = [into for into in self.into.values() if name in into]
                    beside = [wanted[s] for into in others for s in into if s in wanted]
                    wanted[name] = sum(beside) / len(beside) if beside else extent / 2
            placed = apart([wanted[n] for n in names], spacing, spacing / 2, extent - spacing / 2)
            at.update(zip(names, placed, strict=True))
        return at

    def from_the_end(self) -> Iterator[tuple[str, str, float]]:
        """Every slope by its name, by what it is of and along, and its value, as one walks back.

        At each node the local slopes of the edges into it; then those of the last result along the
        nodes from which all ways have been walked. One that is both comes once.
        """
        last = next(reversed(self.nodes))
        walked: set[tuple[str, str]] = set()
        told = {f"d{last}_d{last}"}
        for end in reversed(self.nodes):
            into = [(s, local) for s, e, local in self.edges if e == end]
            slopes = [(end, start, local) for start, local in into]
            walked |= {(start, end) for start, _ in into}
            for start, _ in into:
                if walked >= {(s, e) for s, e, _ in self.edges if s == start}:
                    slopes.append((last, start, self.nodes[start]["grad"]))
            for of, along, value in slopes:
                name = f"d{of}_d{along}"
                if name not in told:
                    told.add(name)
                    yield name, self._slope(of, along), scalar(value, name)

    def _slope(self, of: str, along: str) -> str:
        return "/".join(f"∂{written(self.nodes[name]['label'])}" for name in (of, along))

    def entering(self, at: Mapping[str, float], end: str, start: str, gap: float) -> float:
        """Where an edge meets the node that it ends at, so many units from the next."""
        into = sorted(self.into[end], key=lambda name: at[name])
        return at[end] + spread(len(into), into.index(start), gap)


def _items(value: object, name: str) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise ValueError(f"figure: {name} must be a list of dicts, got {value!r}")
    return value


def op_width(node: Mapping[str, Any], size: float) -> float:
    return max(OP_HEIGHT, DIGIT * size * len(node["op"]) + 14) if node.get("op") else 0.0


def put_node(s: Sheet, graph: Graph, name: str, corner: Point, size: Point) -> None:
    """Value in the upper row, the slope of the loss along it in the lower one."""
    (x, y), (w, h) = corner, size
    s.box(x, y, w, h, "tp-box" if graph.into[name] else "tp-box tp-box--given")
    row = h / (1 + graph.both)
    base = row / 2 + 0.28 * s.symbol
    s.cell(name, (x, y, w, row), base, symbol_of(graph.nodes[name]["label"]), inset=7)
    if graph.both:
        s.cell(f"dL_d{name}", (x, y + row, w, row), base, Symbol("∂"), "tp-bwd", 7)
        s.cells.append(path("tp-split", f"M{x:g} {y + row:g}h{w:g}"))


def put_op(s: Sheet, node: Mapping[str, Any], cx: float, cy: float) -> None:
    width = op_width(node, s.value)
    s.box(cx - width / 2, cy - OP_HEIGHT / 2, width, OP_HEIGHT, "tp-box", rx=OP_HEIGHT / 2)
    s.cells.append(digits(cx, cy + 0.34 * s.value, node["op"], s.value, "middle"))


def put_local(s: Sheet, edge: tuple[str, str, Any], a: Point, b: Point, share: float) -> None:
    """The local slope, on the way from a to b. edge: from, to, the slope of `to` or None."""
    start, end, local = edge
    if local is None:
        return
    name = f"d{end}_d{start}"
    words = short(scalar(local, name), 4, 7)
    width = DIGIT * s.value * len(words) + 8
    cx, cy = a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
    left, chip = cx - width / 2, f"{start}-{end}"
    s.cells.append(rect(left, cy - 11, width, 22, "tp-gap", data_chip=chip))
    drawn = digits(cx, cy + 0.34 * s.value, words, s.value, "middle")
    s.quantity(name, "tp-bwd", (left + 1, cy - 10, width - 2, 20), drawn, number=repr(local))


def spread(count: int, place: int, gap: float) -> float:
    return (place - (count - 1) / 2) * gap


def draw(s: Sheet, graph: Graph, along: Places, at: Places, size: Point, wide: bool) -> None:
    """Put the wires and boxes: from left to right if wide, else from top to bottom.

    along: where each box begins in that direction. at: its middle in the other. size: of a box.
    """

    def turned(x: float, y: float) -> Point:
        return (x, y) if wide else (y, x)

    deep, across = turned(*size)
    gap, share = (10, 0.42) if wide else (12, 0.36)
    ops = {
        name: op_width(node, s.value) if wide else OP_HEIGHT * bool(node.get("op"))
        for name, node in graph.nodes.items()
    }
    for edge in graph.edges:
        start, end, _ = edge
        a = turned(along[start] + deep, at[start])
        y = graph.entering(at, end, start, gap + 4 * graph.both)
        b = turned(along[end] - ops[end], y)
        s.wire(f"{start}-{end}", a, b, "|" if wide else "-")
        put_local(s, edge, a, b, share if len(graph.into[end]) > 1 else 0.5)
    for name, node in graph.nodes.items():
        if node.get("op"):
            put_op(s, node, *turned(along[name] - ops[name] / 2, at[name]))
        put_node(s, graph, name, turned(along[name], at[name] - across / 2), size)


def wide(graph: Graph) -> str:
    s = graph.sheet(symbol=17, script=12, value=13)
    width, box, columns = 960.0, 108.0, graph.columns()
    high = 28.0 * (1 + graph.both)
    spacing = high + 22
    extent = spacing * max(map(len, columns))
    ops = [max((op_width(graph.nodes[n], s.value) for n in names), default=0) for names in columns]
    boxes = sum(ops) + box * len(columns)
    gap = min(150.0, (width - 2 - boxes) / max(len(columns) - 1, 1))
    left: dict[str, float] = {}
    x = (width - boxes - gap * (len(columns) - 1)) / 2
    for names, op in zip(columns, ops, strict=True):
        left |= dict.fromkeys(names, x + op)
        x += op + box + gap
    draw(s, graph, left, graph.across(spacing, extent), (box, high), True)
    return s.drawn(width, extent, "tp-net tp-net--wide")


def tall(graph: Graph) -> str:
    s = graph.sheet(symbol=17, script=13, value=13.2)
    width, high = 358.0, 26.0 * (1 + graph.both)
    spacing = (width - 2) / max(3, *map(len, graph.columns()))
    level = high + OP_HEIGHT + (62 if graph.both else 34)
    at = {name: x + 1 for name, x in graph.across(spacing, width - 2).items()}
    top = {name: 1 + level * depth for name, depth in graph.depth.items()}
    draw(s, graph, top, at, (min(112.0, spacing - 7), high), False)
    return s.drawn(width, max(top.values()) + high + 1, "tp-net tp-net--tall")


@figure("graph")
def graph(values: Values, words: Values | None = None, tex: Tex | None = None) -> str:
    """A computation graph with its values, and the slopes where they are given.

    values: nodes, a list of {name, label, value} with optional grad and op, each after those it
    comes from; edges, a list of {from, to} with optional local, the slope of `to` along `from`.
    Where every node and edge has its slope, the last node is the loss, and a reader can fill the
    slopes in (js/blanks.js).
    """
    drawn = Graph(values)
    pictures = wide(drawn) + tall(drawn)
    if not drawn.both or any(local is None for *_, local in drawn.edges):
        return pictures
    return tag("div", pictures, data_blanks=blanks(drawn))


def blanks(graph: Graph) -> str:
    """What js/blanks.js asks for, in its order."""
    slopes = [
        {"name": name, "written": slope, "value": value}
        for name, slope, value in graph.from_the_end()
    ]
    return json.dumps(slopes, ensure_ascii=False, separators=(",", ":"))
