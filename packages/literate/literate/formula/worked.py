"""A checked formula worked in digits: its tree, with the values of a run put in for its symbols.

`z_i = \\sum_j w_{ij} x_j + b_i` for i = 1 becomes 0.38 = 0.6 × 0.5 + (−1.1) × 0.2 + 0.3. Sums are written out, and an
entry of a matrix product as the sum that it is. Nothing here is typed: a line whose digits do not give the run's own
result is a fault.
"""

import math
from collections.abc import Callable

from literate.formula.columns import Line, line, tex
from literate.formula.evaluate import ELEMENTWISE, Data, Evaluator, Wrong, numpy
from literate.formula.page import stem
from literate.formula.scope import Function, Scope
from literate.formula.tree import Node, walk

CLOSE = 2e-5  # relative: what float32 and another order of the same sum may cost
MOST = 8  # terms of a sum that a line can hold


def work(one: Function, values: dict, given: dict, at: dict, nth: int = 1, side: int = -1) -> Line:
    """The nth chain of a function's formulas, worked for one choice of its free indices.

    values: what the run left. given: symbol → the run's variable, or a number, where the names differ.
    at: index letter → number; `entry` → the entry of what has no letters. Raises Wrong.
    """
    left, right, spread = spelled(one, values, given, at, nth, side)
    result = left.parts[2]
    found = spread.number(right)
    if not math.isclose(found, result, rel_tol=CLOSE, abs_tol=1e-6):
        raise Wrong(f"worked out it is {found:.7g}, but the run has {left.parts[1]} = {result:.7g}")
    return line(left, right, result, spread.number)


def spelled(
    one: Function, values: dict, given: dict, at: dict, nth: int = 1, side: int = -1
) -> tuple[Node, Node, "_Spread"]:
    """Both sides of one entry as trees of numbers, and what made them. Parameters as of `work`."""
    if not 1 <= nth <= len(one.statements):
        raise Wrong(f"there is no formula {nth}; it has {len(one.statements)}")
    chain = one.statements[nth - 1]
    if side >= len(chain.sides):
        raise Wrong(f"there is no side {side + 1}; it has {len(chain.sides)}")
    entry = at.get("entry", ())
    entry = tuple(entry) if isinstance(entry, (list, tuple)) else (entry,)
    spread = _Spread(one, values, given, {k: v for k, v in at.items() if k != "entry"}, entry)
    point = () if one.entry else entry
    return spread.left(chain.sides[0], point), spread.entry(chain.sides[side], point), spread


# ---- from a tree over arrays to one over numbers ----------------------------------------------------------------------------


def _add(terms: list[Node]) -> Node:
    return (
        terms[0]
        if len(terms) == 1
        else Node("add", tuple(term for t in terms for term in _terms(1, t)))
    )


def _terms(sign: int, node: Node) -> tuple:
    """The terms of a sum that is a term itself."""
    return node.parts if sign > 0 and node.kind == "add" else ((sign, node),)


class _Spread:
    """Writes one entry of a node as a tree of numbers: sums in full, every symbol a leaf (tex, name, value)."""

    def __init__(
        self, one: Function, values: dict, given: dict, letters: dict[str, int], point: tuple
    ):
        project = one.module.project
        self.one, self.values, self.given, self.letters, self.point = (
            one,
            values,
            given,
            dict(letters),
            point,
        )
        self.known = project.symbols_of(one.module.name)

    # ---- what a symbol stands for

    def _index(self, node: Node) -> int:
        if node.kind == "number":
            return int(node.parts[0])
        if node.kind == "add":
            return sum(sign * self._index(part) for sign, part in node.parts)
        if node.kind == "symbol" and node.parts[0] in self.letters:
            return self.letters[node.parts[0]]
        raise Wrong(f"the index {node.parts[0]} has no number: give it in `at:`", node)

    def _bound(self, node: Node) -> bool:
        """A bound of a sum that is the size of an axis: it is found from the values."""
        return node.kind == "symbol" and node.parts[0] not in self.letters and not node.parts[2]

    def _timed(self, indices: tuple) -> str | None:
        """`_t` or `_t-1` where the only index counts steps."""
        if len(indices) != 1 or "t" in self.letters:
            return None
        if indices[0].kind == "symbol" and indices[0].parts[0] == "t":
            return "_t"
        return "_t-1" if indices[0].kind == "add" else None

    def _look(self, node: Node) -> tuple[str, object, tuple[int, ...]]:
        """(the run's name, the value there, the indices) of a symbol."""
        name, _, indices = node.parts
        full = self.one.full_name(node)
        if time := self._timed(indices):
            made = time == "_t" and name in self.one.lefts
            indices = ()
            wanted = [f"{full}_t"] * made + [full]
        else:
            digits = "".join(f"{i.parts[0]:g}" for i in indices if i.kind == "number")
            indices = (
                () if full == name + digits and full != name else tuple(map(self._index, indices))
            )
            wanted = [full, full[:1].upper() + full[1:]]
        for one in wanted:
            mapped = self.given.get(one, one)
            if isinstance(mapped, (int, float)):
                return one, mapped, ()
            if mapped in self.values:
                return mapped, self.values[mapped], indices
        raise Wrong(
            f"the run left no `{wanted[0]}`; name its variable in `with:`; it left: {', '.join(self.values) or 'nothing'}",
            node,
        )

    def _leaf(self, node: Node, entry: tuple) -> Node:
        if node.parts == ("e", None, ()) and "e" not in self.values:
            return Node("leaf", ("e", None, math.e))
        name, value, indices = self._look(node)
        if self.one.entry:
            value = _at(value, self.point)
            tex = (
                self._tex(name, node, ())
                if self._timed(node.parts[2]) is None
                else self._own_tex(node)
            )
            return Node("leaf", (tex, stem(name), _single(value, name)))
        place = indices + entry
        tex = self._tex(name, node, place)
        return Node(
            "leaf",
            (
                tex,
                stem(name) + ("_" + "".join(map(str, place)) if place else ""),
                _single(_at(value, place), name),
            ),
        )

    def _own_tex(self, node: Node) -> str:
        """As the formula writes it: entry by entry the indices are time alone."""
        base = self.known.get(self.one.full_name(node), {}).get("tex") or node.parts[0]
        time = self._timed(node.parts[2])
        return base + ("" if not time else "_{t-1}" if time == "_t-1" else "_t")

    def _tex(self, name: str, node: Node, place: tuple) -> str:
        full = self.one.full_name(node)
        names = (name, full, name[:1].upper() + name[1:])  # w2 is an entry of W2
        tex = next(
            (self.known[n]["tex"] for n in names if "tex" in self.known.get(n, {})), node.parts[0]
        )
        if not place:
            return tex
        small = tex[:1].lower() + tex[1:] if len(place) > 1 else tex
        return f"{small}_{{{''.join(map(str, place))}}}"

    def _slope(self, node: Node, entry: tuple) -> Node:
        """A derivative: the run's variable is named after both, dL_dW1."""
        top, bottoms = node.parts
        names, texs, places = [], [], ()
        for each in (top, *bottoms):
            name = self.one.full_name(each)
            name = self.given.get(name, name)
            place = () if self.one.entry else tuple(map(self._index, each.parts[2]))
            if not self.one.entry and each is bottoms[-1] and not place:
                place = entry
            names.append(name)
            texs.append(self._tex(name, each, place))
            places += place
        wanted = f"d{names[0]}_d" + "_d".join(names[1:])
        name = next((n for n in (wanted, wanted.replace("_dw", "_dW")) if n in self.values), None)
        if name is None:
            raise Wrong(
                f"the run left no `{wanted}`; it left: {', '.join(self.values) or 'nothing'}", node
            )
        rank = _rank(self.values[name])
        value = _at(
            self.values[name], self.point if self.one.entry else places[len(places) - rank :]
        )
        mark = stem(name) + (
            "_" + "".join(map(str, places[len(places) - rank :])) if places and rank else ""
        )
        return Node(
            "leaf",
            (rf"\frac{{\partial {texs[0]}}}{{\partial {texs[1]}}}", mark, _single(value, name)),
        )

    # ---- shapes

    def dims(self, node: Node) -> tuple[tuple[int, ...], bool]:
        """The sizes of a node's axes, and whether it is a row."""
        kind, parts = node.kind, node.parts
        if self.one.entry or kind in ("number", "cases"):
            return (), False
        if kind == "symbol":
            if parts == ("e", None, ()):
                return (), False
            _, value, indices = self._look(node)
            sizes = _sizes(value)
            single = set(sizes) == {1} and not indices and self._is_single(node)
            return (() if single else sizes[len(indices) :]), False
        if kind == "derivative":
            return (), False
        if kind == "ones":
            return (1,), False
        if kind == "add":
            return self.dims(parts[0][1])
        if kind == "transpose":
            sizes, row = self.dims(parts[0])
            return (sizes[::-1], False) if len(sizes) == 2 else (sizes, not row)
        if kind == "call":
            return self.dims(parts[3][0])
        if kind == "multiply":
            (a, row_a), (b, row_b) = map(self.dims, parts)
            if not a or not b:
                return (b, row_b) if not a else (a, row_a)
            if row_a and len(b) == 1 and not row_b:
                return (), False
            return (
                (a[0], b[-1])
                if len(a) == 2 and len(b) == 2 or row_b
                else (a[:1] if len(b) == 1 else b[-1:])
            ), row_a and len(b) == 2
        if kind in ("hadamard", "divide"):
            return self.dims(parts[0])
        return (), False

    def _is_single(self, node: Node) -> bool:
        name = self.one.full_name(node)
        shape = self.one.parameters.get(name) or (
            self.one.shape_of_left(name) if name in self.one.lefts else None
        )
        return shape is None or set(shape.axes) == {"1"}

    # ---- one entry

    def left(self, node: Node, at: tuple) -> Node:
        """The result: a symbol or a derivative; of a function's definition, the variable that `with:` names for it."""
        if node.kind == "call":
            name, _, primes, arguments = node.parts
            leaf = self.entry(Node("symbol", (name + "_prime" * primes, None, ())), at)
            if self.given.get(name + "_prime" * primes) in self.known:
                return leaf
            return Node(
                "leaf",
                (
                    tex(Node("call", (name, primes, tuple(self.entry(a, at) for a in arguments)))),
                    *leaf.parts[1:],
                ),
            )
        if node.kind not in ("symbol", "derivative"):
            raise Wrong("the left side is no symbol with a value in the run", node)
        return self.entry(node, at)

    def entry(self, node: Node, at: tuple) -> Node:
        kind, parts = node.kind, node.parts
        if kind == "number":
            return node
        if kind == "symbol":
            if parts[0] in self.letters and not parts[2]:
                return Node("number", (float(self.letters[parts[0]]),))
            return self._leaf(node, at)
        if kind == "derivative":
            return self._slope(node, at)
        if kind == "add":
            return Node(
                "add",
                tuple(term for sign, part in parts for term in _terms(sign, self.entry(part, at))),
            )
        if kind == "hadamard":
            return Node("multiply", tuple(self.entry(p, at) for p in parts))
        if kind == "multiply":
            return self._product(*parts, at)
        if kind == "transpose":
            return self.entry(parts[0], at[::-1])
        if kind == "reduce":
            return self._reduced(*parts)
        if kind == "call":
            return Node("call", (parts[0], parts[2], tuple(self.entry(a, at) for a in parts[3])))
        if kind in ("divide", "power", "sqrt"):
            return Node(kind, (self.entry(parts[0], at), *(self.entry(p, ()) for p in parts[1:])))
        raise Wrong(f"a {kind} cannot be worked on a line", node)

    def _product(self, left: Node, right: Node, at: tuple) -> Node:
        if left.kind == "ones":  # a column of ones repeats the row behind it
            return self.entry(right, at[1:])
        (a, row_a), (b, row_b) = self.dims(left), self.dims(right)
        if not a or not b:
            return Node(
                "multiply", (self.entry(left, at if a else ()), self.entry(right, at if b else ()))
            )
        if row_b and len(a) == 1 and not row_a:  # an outer product
            return Node("multiply", (self.entry(left, at[:1]), self.entry(right, at[1:])))
        first = at[:1] if len(a) == 2 else ()
        last = at[len(first) :]
        return self._few(
            [
                Node("multiply", (self.entry(left, (*first, k)), self.entry(right, (k, *last))))
                for k in range(1, a[-1] + 1)
            ]
        )

    def _few(self, terms: list[Node]) -> Node:
        if len(terms) > MOST:
            raise Wrong(f"a sum of {len(terms)} terms does not fit on a line")
        return _add(terms)

    def _reduced(self, how, letter, low, high, body) -> Node:
        if how not in ("sum", "mean"):
            raise Wrong(f"a {how} cannot be worked on a line")
        last = self._size(letter, body) if self._bound(high) else self._index(high)
        terms = []
        for number in range(self._index(low), last + 1):
            self.letters[letter] = number
            terms.append(self.entry(body, ()))
        del self.letters[letter]
        total = self._few(terms)
        return (
            total if how == "sum" else Node("divide", (total, Node("number", (float(len(terms)),))))
        )

    def _size(self, letter: str, body: Node) -> int:
        """How far a letter runs: the size of the axis that it indexes."""
        for node in walk(body):
            if node.kind == "symbol":
                for place, index in enumerate(node.parts[2]):
                    if index.kind == "symbol" and index.parts[0] == letter:
                        letters, self.letters = (
                            self.letters,
                            {**dict.fromkeys("ijkn", 1), **self.letters, letter: 1},
                        )
                        sizes = _sizes(self._look(node)[1])
                        self.letters = letters
                        return sizes[place]
        raise Wrong(f"how far {letter} runs is not told by the values")

    # ---- numbers

    def number(self, node: Node, as_shown: Callable = float) -> float:
        """The value of a tree of numbers; as_shown: how a reader sees a leaf."""
        kind, parts = node.kind, node.parts
        if kind == "number":
            return parts[0]
        if kind == "leaf":
            return as_shown(parts[2]) if parts[1] else parts[2]
        if kind == "add":
            return sum(sign * self.number(part, as_shown) for sign, part in parts)
        if kind == "call":
            return self._called(parts[0], parts[1], [self.number(a, as_shown) for a in parts[2]])
        a, *b = (self.number(p, as_shown) for p in parts)
        return {
            "multiply": lambda: a * b[0],
            "divide": lambda: a / b[0],
            "power": lambda: a ** b[0],
            "sqrt": lambda: math.sqrt(a),
        }[kind]()

    def _called(self, name: str, primes: int, arguments: list[float]) -> float:
        if name in ("max", "min"):
            return max(arguments) if name == "max" else min(arguments)
        if name in ELEMENTWISE and not primes:
            return float(getattr(numpy, name)(arguments[0]))
        if found := Scope(self.one).named_function(name, primes, self.one):
            function, chain = found
            bound = _Bound(chain.sides[0].parts[3][0].parts[0], arguments[0])
            return float(Evaluator(bound, numpy).value(chain.sides[-1]).array)
        raise Wrong(f"the function {name} is not known here")


class _Bound:
    """The names inside a function's own formula: its argument."""

    sizes: dict = {}

    def __init__(self, argument: str, value: float):
        self.argument, self.value = argument, value

    def has(self, name: str) -> bool:
        return name == self.argument

    def data(self, node: Node, ev):
        return Data(numpy.array(self.value)), node.parts[2]


def _sizes(value) -> tuple[int, ...]:
    return (len(value), *_sizes(value[0])) if isinstance(value, list) else ()


def _rank(value) -> int:
    return len(_sizes(value))


def _at(value, place: tuple):
    for index in place:
        if not isinstance(value, list):
            break
        if not 1 <= index <= len(value):
            raise Wrong(f"there is no entry {index} among {len(value)}")
        value = value[index - 1]
    return value


def _single(value, name: str) -> float:
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, (int, float)):
        raise Wrong(
            f"`{name}` is not one number here: choose one with `at:`, an index letter or `entry`"
        )
    return float(value)
