"""What the names of a formula stand for: the parameters of its function, what it returns, and what other functions define.

A `Function` is a snippet function with its shapes and its chains. A `Graph` holds one draw of values: parameters, and
every quantity that a formula in scope defines, computed from that formula when asked for. A derivative is taken of the
graph: automatically through MLX, or by a finite difference through NumPy.
"""

import ast
import functools
from dataclasses import dataclass, field

import mlx.core as mx
import numpy as np

from literate.errors import Fault
from literate.formula import tree
from literate.formula.evaluate import ELEMENTWISE, Data, Evaluator, Outside, Wrong, mlx, numpy
from literate.formula.tree import Node, Statement, walk
from literate.program import _FORMULA, Module, module

STEP = 1e-6  # of a central difference in float64: its error is about STEP², its rounding about 1e-16 / STEP


# ---- shapes ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """An annotation. kind: array, list, callable, number; axes of an array; whole: of integers; made: mx or np."""

    kind: str
    axes: tuple[str, ...] = ()
    whole: bool = False
    made: str = "mx"
    of: "Shape | None" = None   # of a list's elements; of what a callable returns

    @property
    def any_shape(self) -> bool:
        return self.axes == ("...",)


def shapes(annotation: ast.expr | None) -> list[Shape | None]:
    """The shape of an annotation; of each element where it is a tuple. None: no shape that formulas know."""
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.value, ast.Name) and annotation.value.id == "tuple":
        return [shapes(a)[0] for a in annotation.slice.elts]
    return [_shape(annotation)]


def _shape(annotation) -> Shape | None:
    if isinstance(annotation, ast.Name) and annotation.id in ("float", "int"):
        return Shape("number", whole=annotation.id == "int")
    if not isinstance(annotation, ast.Subscript) or not isinstance(annotation.value, ast.Name):
        return None
    outer, inner = annotation.value.id, annotation.slice
    if outer == "list":
        element = _shape(inner)
        return Shape("list", of=element) if element else None
    if outer == "Callable":
        returned = _shape(inner.elts[1]) if isinstance(inner, ast.Tuple) else None
        return Shape("callable", of=returned)
    if isinstance(inner, ast.Tuple) and isinstance(inner.elts[-1], ast.Constant):
        made = ast.unparse(inner.elts[0]).split(".")[0]
        return Shape("array", tuple(str(inner.elts[-1].value).split()), outer == "Int", made)
    return None


# ---- a function and its formulas --------------------------------------------------------------------------------------------


@dataclass
class Formula:
    """One `$$` block. line: of its first line in the file."""

    tex: str
    line: int
    statements: list[Statement]


@dataclass
class Function:
    name: str                          # forward.weighted_sum
    module: Module
    node: ast.FunctionDef
    parameters: dict[str, Shape | None]
    returned: list[Shape | None]
    formulas: list[Formula] = field(default_factory=list)

    @property
    def place(self) -> str:
        return f"{self.module.where}:{self.node.lineno}"

    @functools.cached_property
    def statements(self) -> list[Statement]:
        return [s for f in self.formulas for s in f.statements]

    @functools.cached_property
    def lefts(self) -> list[str]:
        """What the left sides name, each once, in order: the components of what is returned."""
        return list(dict.fromkeys(filter(None, (self.left(s) for s in self.statements))))

    def left(self, statement: Statement) -> str | None:
        node = statement.sides[0]
        if node.kind == "symbol":
            return self.full_name(node)
        if node.kind == "derivative":
            top, bottoms = node.parts
            over = "".join(f"_d{self.full_name(b)}" for b in bottoms)
            return f"d{len(bottoms) if len(bottoms) > 1 else ''}{self.full_name(top)}{over}"
        if node.kind == "call":
            return node.parts[0] + "_prime" * node.parts[2]
        return None

    def full_name(self, node: Node) -> str:
        """W^{(1)}_{ij} → W1, where the function has W1 and no w1."""
        name, layer, indices = node.parts
        number = f"{layer.parts[0]:g}" if layer is not None and layer.kind == "number" else ""
        wanted = [name + number, name[:1].upper() + name[1:] + number, name]
        digits = "".join(f"{i.parts[0]:g}" for i in indices if i.kind == "number")
        if digits and len(digits) == len(indices):
            wanted.insert(0, name + digits)
        if number and any(s and s.kind == "list" for s in self.returned) and wanted[0] not in self.parameters:
            return name  # a layer of the list that is returned
        return next((n for n in wanted if n in self.parameters), wanted[1] if digits and len(digits) == len(indices) else wanted[0])

    @functools.cached_property
    def entry(self) -> bool:
        """Whether the formula is to be read entry by entry: shapes `...`, and no index but time on them."""
        open_ones = [n for n, s in self.parameters.items() if s and s.any_shape]
        indexed = {n.parts[0] for s in self.statements for side in s.sides for n in walk(side)
                   if n.kind == "symbol" and n.parts[2] and not _is_time(n.parts[2])}
        return bool(open_ones) and not indexed & {*open_ones, *self.lefts}

    @functools.cached_property
    def step(self) -> bool:
        """Whether t counts steps, of which the function does one: it has no axis T."""
        every = [s for s in (*self.parameters.values(), *self.returned) if s]
        return not any(axis.startswith("T") and axis in ("T", "T+1") for s in every for axis in s.axes)

    def shape_of_left(self, name: str) -> Shape | None:
        if len(self.returned) == 1:
            return self.returned[0]
        name = name if name in self.lefts else name[:1].lower() + name[1:]
        place = self.lefts.index(name) if name in self.lefts else 0
        return self.returned[place] if place < len(self.returned) else None


def _is_time(indices: tuple[Node, ...]) -> bool:
    first = indices[0]
    return len(indices) == 1 and (any(n.kind == "symbol" and n.parts[0] == "t" for n in walk(first)) or first.kind == "number" and first.parts[0] == 0)


def function(home: Module, name: str, formulas: list[str] | None = None) -> Function:
    """A function of a module, with its formulas read. formulas: others in place of its own. Raises Fault."""
    node = home.defined[name]
    args = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    made = Function(f"{home.name}.{name}", home, node, {a.arg: shapes(a.annotation)[0] for a in args}, shapes(node.returns))
    doc = ast.get_docstring(node, clean=False) or ""
    start = node.body[0].lineno if doc else node.lineno
    found = [(m[1], start + doc[:m.start(1)].count("\n")) for m in _FORMULA.finditer(doc)]
    texts = [(t.strip(), line) for t, line in found] if formulas is None else [(t, found[min(k, len(found) - 1)][1]) for k, t in enumerate(formulas)]
    functions = frozenset(n for n, s in made.parameters.items() if s and (s.kind == "callable" or s.of and s.of.kind == "callable"))
    for text, line in texts:
        try:
            made.formulas.append(Formula(text, line, tree.statements(text, functions)))
        except tree.NotInGrammar as error:
            at = line + tree.normal(text)[:error.at].count("\n")
            raise Fault(f"{home.where}:{at}", f"{made.name}: `{_one_line(text)}`: {error}",
                        "write it in the grammar of literate/formula/grammar.lark, or grow the grammar; no formula is skipped") from None
    return made


def _one_line(tex: str) -> str:
    return " ".join(tex.split())


# ---- what is in scope -----------------------------------------------------------------------------------------------------


class Scope:
    """The functions that a function's formulas may lean on: those of its module, and those imported by name."""

    def __init__(self, own: Function, extra: list[Function] = ()):
        self.own = own
        self.functions = [*extra, *_neighbours(own)]
        self.tied: list[Node] = []  # the derivatives that its left sides stand for

    def definition(self, name: str, asker: Function | None = None) -> tuple[Function, list[Statement]] | None:
        """The function and the chains that define a quantity; what the asker's own module says comes last."""
        for one in [*self.functions, *(_neighbours(asker) if asker else ())]:
            entry = name[:1].lower() + name[1:]  # Y is defined by the formula of its entries, y_{ij} = …
            left = name if name in one.lefts else entry if entry in one.lefts and one.shape_of_left(entry) and len(one.shape_of_left(entry).axes) > 1 else None
            if left and not {name, left} & set(one.parameters):
                chains = [s for s in one.statements if one.left(s) == left and s.sides[0].kind == "symbol"]
                if chains and not (one.step and chains[0].sides[0].parts[2] and _is_time(chains[0].sides[0].parts[2]) and not _sequence(one)):
                    return one, chains
        return None

    def named_function(self, name: str, primes: int, asker: Function, but: Function | None = None) -> tuple[Function, Statement] | None:
        """The chain that defines a function, `ReLU(z) = …`, or its slope, as the asker's module knows it."""
        near = [one for one in _neighbours(asker) if one is not but]
        for one in [*near, *(f for f in self.functions if f is not but), *(far for one in near if one.module is not asker.module for far in _neighbours(one))]:
            for chain in one.statements:
                left = chain.sides[0]
                if left.kind == "call" and left.parts[0] == name and left.parts[2] == primes:
                    return one, chain
        return None


def _sequence(one: Function) -> bool:
    return any(s and s.kind == "list" for s in one.returned) or not one.step


def _neighbours(own: Function) -> list[Function]:
    """The function, the others of its module, and those its module imports by name, with formulas."""
    if "_near" in own.__dict__:
        return own._near
    home = own.module
    out = []
    for name, node in home.defined.items():
        if isinstance(node, ast.FunctionDef) and name != own.node.name:
            out.append(_function_of(home, name))
    for name, (_, source) in home.imported.items():
        if source and (other := module(source)) and isinstance(other.defined.get(name), ast.FunctionDef):
            out.append(_function_of(other, name))
    own._near = [own, *(f for f in out if f.formulas)]
    return own._near


@functools.lru_cache(maxsize=2048)
def _function_of(home: Module, name: str) -> Function:
    return function(home, name)


# ---- one draw of values ---------------------------------------------------------------------------------------------------


@dataclass
class Drawn:
    """A random function in place of a `Callable` parameter."""

    of: object   # (library, array) → array

    def __call__(self, array):
        return self.of(mlx if isinstance(array, mx.array) else numpy, array)


class Graph:
    """Values by name. leaves: drawn ones; derive: whether a parameter that a formula in scope defines is computed."""

    def __init__(self, scope: Scope, draw, library=numpy, derive: bool = False, added: dict | None = None):
        self.scope, self.draw, self.library, self.derive, self.added = scope, draw, library, derive, added or {}
        self.known: dict[str, object] = {}      # computed so far
        self.returned: dict[str, object] = {}   # by the function under test
        self.way = "autodiff"
        self._jacobians: dict = {}
        self._stack: list[str] = []             # being computed

    # ---- values

    def can(self, name: str, asker: Function) -> bool:
        name = self.canon(name)
        return name in asker.parameters or name in self.known or name in self.draw.inputs or self.scope.definition(name, asker) is not None

    def canon(self, name: str) -> str:
        """One name for an array and its entries: X, where some function takes X and none takes x."""
        capital = name[:1].upper() + name[1:]
        return capital if name not in self.draw.inputs and capital in self.draw.inputs else name

    def value(self, name: str, asker: Function):
        name = self.canon(name)
        if name in self.known:
            return self.known[name]
        own = self.scope.own
        defined = self.scope.definition(name, asker)
        leaf = name in own.parameters and not (self.derive and defined and defined[0] is not own)
        if leaf or not defined:
            shape = next((p[name] for p in (own.parameters, asker.parameters, self.draw.inputs) if name in p), None)
            if shape and shape.any_shape and self.derive:
                shape = self.draw.inputs.get(name, shape)
            if shape is None:
                raise Wrong(f"`{name}` is neither an input nor defined by a formula in scope")
            found = self._ready(self.draw.value(name, shape))
            found = self._plus(name, found)
        else:
            found = self._defined(name, *defined)
        self.known[name] = found
        return found

    def _ready(self, value):
        if isinstance(value, list):
            return [self._ready(v) for v in value]
        return self.library.array(value) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value

    def _plus(self, name: str, value):
        if name not in self.added:
            return value
        extra = self.added[name]
        if isinstance(value, list):
            return [v + e for v, e in zip(value, extra)]
        return value + extra

    def _defined(self, name: str, one: Function, chains: list[Statement]):
        if name in self._stack:
            raise Wrong(f"`{name}` is defined by itself")
        self._stack.append(name)
        try:
            if any(c.where for c in chains):
                return self._sequence_of(name, one, chains)
            return self._plus(name, self._plain(one, chains[0]))
        finally:
            self._stack.pop()

    def _plain(self, one: Function, chain: Statement, constants: dict | None = None):
        names = Names(self, one)
        ev = Evaluator(names, self.library, constants=constants or {})
        if one.entry:
            ev.bind("…", np.arange(names.entries))
        letters = [i.parts[0] for i in chain.sides[0].parts[2] if i.kind == "symbol" and i.parts[0] not in ev.constants]
        shape = one.shape_of_left(one.left(chain))
        axes = [a for a in (shape.axes if shape else ())]
        if constants and not isinstance(chain.sides[0].parts[1], Node):
            axes = axes[1:]
        for letter, axis in zip(letters, axes):
            ev.bind(letter, np.arange(1, self.draw.size(axis) + 1))
        side = next((s for s in reversed(chain.sides[1:]) if not any(n.kind == "derivative" for n in walk(s))), chain.sides[-1])
        found = ev.value(side)
        lead = tuple(v.size for _, v in ev.letters.values())
        array = self.library.broadcast(found.array, lead + found.shape)
        return self.library.reshape(array, names.entry_shape) if one.entry else array

    def _sequence_of(self, name: str, one: Function, chains: list[Statement]):
        """A quantity that runs over layers or time, one after the other, from its start."""
        shape = one.shape_of_left(name)
        listed = shape.kind == "list"
        count = len(self.draw.layers) if listed else self.draw.size(shape.axes[0])
        parts: list = [None] * count
        origin = Names(self, one).origin(name, shape)
        extra = self.added.get(name)

        def put(at: int, value):
            parts[at - origin] = value if extra is None else value + extra[at - origin]
            width = next(p for p in parts if p is not None)
            self.known[name] = parts if listed else self.library.stack([width * 0 if p is None else p for p in parts], axis=0)

        for chain in sorted(chains, key=lambda c: c.where is not None):
            if chain.where is None:
                left = chain.sides[0]
                at = int((left.parts[1] if left.parts[1] is not None else left.parts[2][0]).parts[0])
                value = self._plain(one, chain)
                if not listed and value.ndim == 0:
                    value = self.library.broadcast(value, tuple(self.draw.size(a) for a in shape.axes[1:]))
                put(at, value)
            else:
                ev = Evaluator(Names(self, one), self.library)
                first, last = ev.whole(chain.where.first), ev.whole(chain.where.last)
                for at in range(first, last + 1) if first <= last else range(first, last - 1, -1):
                    put(at, self._plain(one, chain, {chain.where.letter: at}))
        return self.known[name]

    # ---- derivatives

    def jacobian(self, top: tuple, bottoms: tuple[tuple, ...], asker: Function):
        """∂top/∂bottoms, its axes those of top, then of each bottom. Each is (name, layer or None)."""
        key = (top, bottoms, self.way)
        if key not in self._jacobians:
            take = _autodiff if self.way == "autodiff" else _difference
            library = mlx if self.way == "autodiff" else numpy
            points = [np.zeros(np.shape(_element(self.value(name, asker), at, self, asker, name))) for name, at in bottoms]

            def quantity(*steps):
                added = {}
                for (name, at), step in zip(bottoms, steps):
                    whole = self.value(name, asker)
                    if isinstance(whole, list):
                        step = [step if n == at else library.array(np.zeros(np.shape(w))) for n, w in enumerate(whole)]
                    added[name] = added[name] + step if name in added else step
                other = Graph(self.scope, self.draw, library, self.derive, added)
                other.returned = self.returned
                found = _element(other.value(top[0], asker), top[1], other, asker, top[0])
                return found

            self._jacobians[key] = take(quantity, points)
        return self._jacobians[key]


def _element(value, at, graph, asker, name):
    return value if at is None else value[at]


def _autodiff(quantity, points: list[np.ndarray]) -> np.ndarray:
    """Reverse mode, once for each entry of what is differentiated, as many times as there are points."""
    at = [mlx.array(p) for p in points]

    def rows(f, place: int) -> np.ndarray:
        now = np.array(f(*at))
        if place == len(points):
            return now
        out = []
        for index in np.ndindex(now.shape):
            entry = lambda *a, index=index: mx.reshape(f(*a)[index] if index else f(*a), ())
            out.append(rows(mx.grad(entry, argnums=place), place + 1))
        return np.array(out).reshape(now.shape + out[0].shape)
    return rows(quantity, 0)


def _difference(quantity, points: list[np.ndarray]) -> np.ndarray:
    """Central differences in float64, through NumPy; wider steps for a second derivative."""
    h = STEP if len(points) == 1 else 1e-3

    def along(at: list[np.ndarray], place: int) -> np.ndarray:
        if place == len(points):
            return np.array(quantity(*at))
        out = []
        for index in np.ndindex(points[place].shape):
            up, down = [[p.copy() for p in at] for _ in range(2)]
            up[place][index] += h
            down[place][index] -= h
            out.append((along(up, place + 1) - along(down, place + 1)) / (2 * h))
        shape = out[0].shape
        top = shape[:len(shape) - sum(p.ndim for p in points[place + 1:])] if place + 1 < len(points) else shape
        joined = np.array(out).reshape(points[place].shape + shape)
        k = points[place].ndim
        return np.moveaxis(joined, range(k), range(len(top), len(top) + k))
    return along([p.copy() for p in points], 0)


# ---- names, as one function sees them -----------------------------------------------------------------------------------------


class Names:
    """What an evaluator asks: the names of one function's formulas in a graph."""

    def __init__(self, graph: Graph, one: Function, returned: bool = False):
        self.graph, self.one, self.mine = graph, one, returned
        self.sizes = graph.draw.sizes_of(one)

    @functools.cached_property
    def entry_shape(self) -> tuple:
        arrays = [self.graph.value(n, self.one) for n, s in self.one.parameters.items() if s and s.any_shape]
        return tuple(max((np.shape(a) for a in arrays), key=len))

    @property
    def entries(self) -> int:
        return int(np.prod(self.entry_shape))

    def has(self, name: str) -> bool:
        return self.mine and name in self.graph.returned or self.graph.can(name, self.one)

    def _own(self, name: str) -> bool:
        return name in self.one.parameters or self.mine and name in self.graph.returned

    def origin(self, name: str, shape: Shape | None) -> int:
        if shape is None:
            return 1
        if shape.kind == "list":
            starts = [s.sides[0] for s in self.one.statements if s.sides[0].kind == "symbol" and s.sides[0].parts[1] is not None]
            return 0 if any(n.parts[0] == name and n.parts[1].kind == "number" and n.parts[1].parts[0] == 0 for n in starts) else 1
        return 0 if shape.axes[:1] == ("T+1",) else 1

    def key(self, node: Node, ev: Evaluator) -> tuple[str, int | None, tuple]:
        """(name, place in a list or None, indices left) of a symbol."""
        name, layer, indices = node.parts
        number = f"{layer.parts[0]:g}" if layer is not None and layer.kind == "number" else None
        wanted = [name + (number or "")] if layer is None or number is not None else []
        digits = "".join(f"{i.parts[0]:g}" for i in indices if i.kind == "number")
        if layer is None and digits and len(digits) == len(indices) and self.has(name + digits) and not self.has(name):
            return name + digits, None, ()
        capital = name[:1].upper() + name[1:]
        if wanted and (indices or layer is not None) and self._own(capital + (number or "")) and not self._own(wanted[0]):
            return capital + (number or ""), None, indices  # x_{ij} is an entry of the input X, whatever else is called x
        if wanted and self.has(wanted[0]):
            return wanted[0], None, indices
        if wanted and (indices or layer is not None) and capital != name and self.has(capital + (number or "")):
            return capital + (number or ""), None, indices
        if layer is not None:
            for one in (name, capital):
                if self.has(one) and isinstance(whole := self._value(one, node), list):
                    at = ev.whole(layer) - self.origin(one, self._shape(one))
                    if not 0 <= at < len(whole):
                        raise Outside(f"there is no layer {ev.whole(layer)} of {one}", layer)
                    return one, at, indices
        raise Wrong(f"`{name}{number or ''}` is neither an input, nor returned, nor defined by a formula in scope", node)

    def _shape(self, name: str) -> Shape | None:
        if name in self.one.parameters:
            return self.one.parameters[name]
        if name in self.one.lefts:
            return self.one.shape_of_left(name)
        name = self.graph.canon(name)
        defined = self.graph.scope.definition(name, self.one)
        return defined[0].shape_of_left(name) if defined else self.graph.scope.own.parameters.get(name)

    def _value(self, name: str, node: Node, returned: bool | None = None):
        if returned is None:
            returned = self.mine and name in self.graph.returned
        if returned:
            return self.graph.returned[name]
        return self.graph.value(name, self.one)

    def data(self, node: Node, ev: Evaluator) -> tuple[Data, tuple]:
        if timed := self._timed(node, ev):
            return timed
        name, at, indices = self.key(node, ev)
        whole = self._value(name, node)
        if isinstance(whole, Drawn) or isinstance(whole, list) and at is None:
            raise Wrong(f"{name} is no array", node)
        shape = self._shape(name)
        value = whole if at is None else whole[at]
        if isinstance(value, (int, float)):
            value = np.array(float(value))
        return Data(value, self._entrywise(value), 1 if at is not None else self.origin(name, shape), single=self._single(name)), indices

    def _single(self, name: str) -> bool:
        shape = self.one.parameters.get(name)
        return bool(shape and shape.axes) and set(shape.axes) == {"1"}

    def _entrywise(self, value) -> bool:
        return self.one.entry and np.shape(value) != () and np.shape(value) == self.entry_shape

    def _timed(self, node: Node, ev: Evaluator) -> tuple[Data, tuple] | None:
        """v_t, v_{t-1}, v_0 of a function that does one step."""
        name, layer, indices = node.parts
        if not self.one.step or layer is not None or not indices or not _is_time(indices) or "t" in ev.letters or "t" in ev.constants:
            return None
        if indices[0].kind == "number" and not (name in self.one.lefts and name not in self.one.parameters):
            return None
        state = name in self.one.lefts
        back = {"symbol": 0, "number": 0}.get(indices[0].kind)
        if back is None and indices[0].parts == ((1, Node("symbol", ("t", None, ()))), (-1, Node("number", (1.0,)))):
            back = 1
        if back is None or back and not (state and name in self.one.parameters):
            raise Wrong(f"`{name}` at this time is neither an input nor returned", node)
        if state and not back and not self.mine:
            raise Wrong(f"`{name}_t` outside the step that makes it", node)
        if not state and name not in self.one.parameters:
            raise Wrong(f"`{name}` is not an input", node)
        value = self._value(name, node, returned=state and not back)
        value = np.array(float(value)) if isinstance(value, (int, float)) else value
        return Data(value, self._entrywise(value)), ()

    # ---- functions

    def function(self, name: str, layer: int | None, primes: int, library, node: Node):
        """What computes a function's value, or its slope, on arrays of any shape."""
        inner = self._called(name, layer, library, node) if not primes else None
        if not primes:
            return inner
        if defined := self.graph.scope.named_function(name, primes, self.one):
            return self._by_formula(*defined, library)
        once = self.function(name, layer, primes - 1, mlx, node)

        def slope(array):
            result = mx.grad(lambda a: mx.sum(once(a)))(mlx.array(array))
            return result if library is mlx else np.array(result)
        return slope

    def _called(self, name: str, layer: int | None, library, node: Node):
        if name in self.one.parameters:
            value = self.graph.value(name, self.one)
            if isinstance(value, list):
                at = (layer if layer is not None else 0) - 1
                if not 0 <= at < len(value):
                    raise Outside(f"there is no layer {layer} of {name}", node)
                value = value[at]
            if isinstance(value, Drawn):
                return lambda array: value.of(library, array)
        if defined := self.graph.scope.named_function(name, 0, self.one):
            return self._by_formula(*defined, library)
        if name in ELEMENTWISE:
            return getattr(library, name)
        raise Wrong(f"the function `{name}` is neither built in, nor an input, nor defined by a formula in scope", node)

    def _by_formula(self, one: Function, chain: Statement, library):
        argument = chain.sides[0].parts[3][0].parts[0]

        def apply(array):
            names = _Applied(self.graph, one, argument, array)
            return Evaluator(names, library, depth=array.ndim).value(chain.sides[-1]).array
        return apply

    # ---- derivatives

    def derivative(self, node: Node, ev: Evaluator) -> tuple[Data, tuple]:
        top, bottoms = node.parts
        of, at, indices = self.key(top, ev)
        below = [(self.graph.canon(n), p, i) for n, p, i in (self.key(b, ev) for b in bottoms)]
        array = self.graph.jacobian((of, at), tuple(b[:2] for b in below), self.one)
        value = self._value(of, top, returned=False)
        value = value if at is None else value[at]
        rank = len(np.shape(value))
        if self.one.entry and not rank and len(below) == 1 and not below[0][2] and np.shape(array) == self.entry_shape:
            return Data(array, True), ()  # a scalar along each entry
        if self.one.entry and not indices and not any(b[2] for b in below) and rank:
            return Data(self._diagonal(array, np.shape(value), len(below), node), True), ()
        parts = [(of, indices, rank, top), *((n, given, np.ndim(self._value(n, b, False) if p is None else self._value(n, b, False)[p]), b)
                                             for (n, p, given), b in zip(below, bottoms))]
        indexed = any(b[2] for b in below)
        shape, at = [], 0
        for name, given, axes, symbol in parts:
            own_axes = array.shape[at:at + axes]
            at += axes
            if not given and self._single(name):
                own_axes = ()
            elif not given and own_axes and (indices or indexed):
                raise Wrong(f"`{name}` has {axes} axes and no index here", symbol)
            shape += own_axes
        array = np.reshape(array, shape)
        first = self.origin(below[0][0], self._shape(below[0][0])) if not indices else self.origin(of, self._shape(of))
        return Data(array, False, first), indices + tuple(i for b in below for i in b[2])

    def _diagonal(self, array, shape: tuple, order: int, node: Node):
        """The slope of each entry along itself; along any other it must be 0."""
        n = int(np.prod(shape))
        if array.size != n ** (order + 1):
            raise Wrong("entry by entry, but not of one shape", node)
        flat = array.reshape((n,) * (order + 1))
        diagonal = np.einsum("i" * (order + 1) + "->i", flat)
        off = flat.copy()
        off[(np.arange(n),) * (order + 1)] = 0
        if np.abs(off).max(initial=0) > 1e-9:
            raise Wrong("an entry that depends on other entries, taken entry by entry", node)
        return diagonal.reshape(shape)


class _Applied(Names):
    """The names inside a function's own formula, where its argument is what it was called with."""

    def __init__(self, graph: Graph, one: Function, argument: str, array):
        super().__init__(graph, one)
        self.argument, self.array = argument, array

    def has(self, name: str) -> bool:
        return name == self.argument or super().has(name)

    def data(self, node: Node, ev: Evaluator):
        if node.parts[0] == self.argument and node.parts[1] is None:
            return Data(self.array, ready=True), node.parts[2]
        return super().data(node, ev)
