"""A computation graph: a value in every node, a local slope on every edge, and what came back in the lower row."""

from collections.abc import Mapping

from .charts import apart
from .common import DIGIT, Symbol, Tex, Values, digits, need, scalar, short, tag
from .network import Sheet

OP_HEIGHT = 24.0


def symbol_of(label: str) -> Symbol:
    """`w_1` → w with subscript 1, `y_hat` → y with a hat."""
    letter, _, sub = label.partition("_")
    return Symbol(letter, hat=True) if sub == "hat" else Symbol(letter, sub)


class Graph:
    """The recorded nodes and edges, checked, with each node's depth: the longest way from an input."""

    def __init__(self, values: Values):
        nodes, edges = need(values, "nodes", "edges")
        self.nodes: dict[str, Mapping] = {}
        for node in nodes:
            if not isinstance(node, Mapping) or not {"name", "label", "value"} <= set(node):
                raise ValueError(f"figure: a node needs name, label and value, got {node!r}")
            self.nodes[node["name"]] = node
        self.edges = [(e["from"], e["to"], e.get("local")) for e in edges]
        for start, end, _ in self.edges:
            if missing := {start, end} - set(self.nodes):
                raise ValueError(f"figure: an edge names {min(missing)}, which is no node")
        self.into = {name: [s for s, e, _ in self.edges if e == name] for name in self.nodes}
        self.depth: dict[str, int] = {}
        for name in self.nodes:  # in topological order
            self.depth[name] = 1 + max((self.depth[s] for s in self.into[name]), default=-1)
        for name in self.nodes:  # an input stands just before its first use
            users = [self.depth[e] for s, e, _ in self.edges if s == name]
            if not self.into[name] and users:
                self.depth[name] = min(users) - 1
        for start, end, _ in self.edges:
            if self.depth[end] - self.depth[start] != 1:
                raise ValueError(
                    f"figure: the edge {start} to {end} passes over a column; draw a smaller graph"
                )
        self.both = all("grad" in node for node in self.nodes.values())

    def columns(self) -> list[list[str]]:
        out: list[list[str]] = [[] for _ in range(1 + max(self.depth.values()))]
        for name, depth in self.depth.items():
            out[depth].append(name)
        return out

    def sheet(self, **sizes) -> Sheet:
        q = {name: scalar(node["value"], name) for name, node in self.nodes.items()}
        q |= {
            f"dL_d{name}": scalar(node["grad"], name)
            for name, node in self.nodes.items()
            if "grad" in node
        }
        return Sheet(q, self.both, **sizes)

    def across(self, spacing: float, extent: float) -> dict[str, float]:
        """Where each node stands in its column: a result in the middle of what it comes from, an input beside its like."""
        at: dict[str, float] = {}
        for depth, names in enumerate(self.columns()):
            wanted: dict[str, float] = {}
            for place, name in enumerate(names):
                known = [at[s] for s in self.into[name] if s in at]
                if known:
                    wanted[name] = sum(known) / len(known)
                elif depth == 0:
                    wanted[name] = extent / 2 + (place - (len(names) - 1) / 2) * spacing
            for name in names:  # an input in a later column: among those it is combined with
                if name not in wanted:
                    beside = [
                        wanted[s]
                        for e in self.nodes
                        for s in self.into[e]
                        if name in self.into[e] and s in wanted
                    ]
                    wanted[name] = sum(beside) / len(beside) if beside else extent / 2
            placed = apart([wanted[n] for n in names], spacing, spacing / 2, extent - spacing / 2)
            at.update(zip(names, placed, strict=True))
        return at


def op_width(node: Mapping, size: float) -> float:
    return max(OP_HEIGHT, DIGIT * size * len(node["op"]) + 14) if node.get("op") else 0.0


def put_node(
    s: Sheet, graph: Graph, name: str, x: float, y: float, width: float, row: float
) -> None:
    """Value in the upper row, the slope of the loss along it in the lower one. x, y: the upper left corner."""
    node = graph.nodes[name]
    s.box(
        x,
        y,
        width,
        row * (1 + graph.both),
        "tp-box" if graph.into[name] else "tp-box tp-box--given",
    )
    base = row / 2 + 0.28 * s.symbol
    s.cell(name, (x, y, width, row), base, symbol_of(node["label"]), inset=7)
    if graph.both:
        s.cell(f"dL_d{name}", (x, y + row, width, row), base, Symbol("∂"), "tp-bwd", 7)
        s.cells.append(tag("path", d=f"M{x:g} {y + row:g}h{width:g}", class_="tp-split"))


def put_op(s: Sheet, node: Mapping, cx: float, cy: float) -> None:
    width = op_width(node, s.value)
    s.box(cx - width / 2, cy - OP_HEIGHT / 2, width, OP_HEIGHT, "tp-box", rx=OP_HEIGHT / 2)
    s.cells.append(digits(cx, cy + 0.34 * s.value, node["op"], s.value, "middle"))


def put_local(s: Sheet, start: str, end: str, local: float | None, cx: float, cy: float) -> None:
    """The local slope on an edge."""
    if local is None:
        return
    words = short(scalar(local, f"d{end}_d{start}"), 4, 7)
    width = DIGIT * s.value * len(words) + 8
    gap = tag(
        "rect",
        x=cx - width / 2,
        y=cy - 11,
        width=width,
        height=22,
        class_="tp-gap",
        data_chip=f"{start}-{end}",
    )
    hit = tag(
        "rect", x=cx - width / 2 + 1, y=cy - 10, width=width - 2, height=20, rx=2, class_="tp-hit"
    )
    number = tag(
        "g",
        hit,
        digits(cx, cy + 0.34 * s.value, words, s.value, "middle"),
        data_symbol=f"d{end}_d{start}",
        data_value=repr(local),
    )
    s.cells.append(gap + tag("g", number, class_="tp-bwd"))


def spread(count: int, place: int, gap: float) -> float:
    return (place - (count - 1) / 2) * gap


def wide(graph: Graph) -> str:
    s = graph.sheet(symbol=17, script=12, value=13, chip=(96, 25, 19))
    width, row, box = 960.0, 28.0, 108.0
    columns = graph.columns()
    high = row * (1 + graph.both)
    spacing = high + 22
    extent = spacing * max(map(len, columns))
    ops = [max((op_width(graph.nodes[n], s.value) for n in names), default=0) for names in columns]
    gap = min(150.0, (width - 2 - sum(ops) - box * len(columns)) / max(len(columns) - 1, 1))
    left = []  # of each column's boxes
    x = (width - sum(ops) - box * len(columns) - gap * (len(columns) - 1)) / 2
    for op in ops:
        left.append(x + op)
        x += op + box + gap
    at = graph.across(spacing, extent)
    for start, end, local in graph.edges:
        into = sorted(graph.into[end], key=at.get)
        y = at[end] + spread(len(into), into.index(start), 14 if graph.both else 10)
        a = left[graph.depth[start]] + box, at[start]
        b = left[graph.depth[end]] - op_width(graph.nodes[end], s.value), y
        s.wire(f"{start}-{end}", a, b, "|")
        share = 0.42 if len(into) > 1 else 0.5
        put_local(s, start, end, local, a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
    for name, node in graph.nodes.items():
        x = left[graph.depth[name]]
        if node.get("op"):
            put_op(s, node, x - op_width(node, s.value) / 2, at[name])
        put_node(s, graph, name, x, at[name] - high / 2, box, row)
    return s.drawn(width, extent, "tp-net tp-net--wide")


def tall(graph: Graph) -> str:
    s = graph.sheet(symbol=17, script=13, value=13.2, chip=(96, 25, 19))
    width, row, most = 358.0, 26.0, max(map(len, graph.columns()))
    spacing = (width - 2) / max(most, 3)
    box = min(112.0, spacing - 7)
    high = row * (1 + graph.both)
    level = high + OP_HEIGHT + (62 if graph.both else 34)
    at = {name: x + 1 for name, x in graph.across(spacing, width - 2).items()}
    top = {name: 1 + level * depth for name, depth in graph.depth.items()}
    for start, end, local in graph.edges:
        into = sorted(graph.into[end], key=at.get)
        x = at[end] + spread(len(into), into.index(start), 16 if graph.both else 12)
        a = at[start], top[start] + high
        b = x, top[end] - (OP_HEIGHT if graph.nodes[end].get("op") else 0)
        s.wire(f"{start}-{end}", a, b, "-")
        share = 0.36 if len(into) > 1 else 0.5
        put_local(s, start, end, local, a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
    for name, node in graph.nodes.items():
        if node.get("op"):
            put_op(s, node, at[name], top[name] - OP_HEIGHT / 2)
        put_node(s, graph, name, at[name] - box / 2, top[name], box, row)
    return s.drawn(width, max(top.values()) + high + 1, "tp-net tp-net--tall")


def graph(values: Values, t: Values | None = None, tex: Tex | None = None) -> str:
    """A computation graph with its values, and the slopes where they are given; wide and tall, of which CSS shows one.

    values: nodes, a list of {name, label, value} with optional grad and op, each after those it comes from; edges, a
    list of {from, to} with optional local, the slope of `to` along `from`.
    """
    drawn = Graph(values)
    return wide(drawn) + tall(drawn)
