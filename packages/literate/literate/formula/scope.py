"""What a formula may lean on: its function with shapes and chains, and the other functions of its module and those imported."""

import ast
import functools
from dataclasses import dataclass, field

from literate.errors import Fault
from literate.formula import tree
from literate.formula.tree import Node, Statement, walk
from literate.snippets import Module, module
from mathdoctest.source import _DOLLARS as _FORMULA


# ---- shapes ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """An annotation. kind: array, list, callable, number; axes of an array; whole: of integers; made: mx or np."""

    kind: str
    axes: tuple[str, ...] = ()
    whole: bool = False
    made: str = "mx"
    of: "Shape | None" = None  # of a list's elements; of what a callable returns

    @property
    def any_shape(self) -> bool:
        return self.axes == ("...",)


def shapes(annotation: ast.expr | None) -> list[Shape | None]:
    """The shape of an annotation; of each element where it is a tuple. None: no shape that formulas know."""
    if (
        isinstance(annotation, ast.Subscript)
        and isinstance(annotation.value, ast.Name)
        and annotation.value.id == "tuple"
    ):
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
    name: str  # forward.weighted_sum
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
        if (
            number
            and any(s and s.kind == "list" for s in self.returned)
            and wanted[0] not in self.parameters
        ):
            return name  # a layer of the list that is returned
        return next(
            (n for n in wanted if n in self.parameters),
            wanted[1] if digits and len(digits) == len(indices) else wanted[0],
        )

    @functools.cached_property
    def entry(self) -> bool:
        """Whether the formula is to be read entry by entry: shapes `...`, and no index but time on them."""
        open_ones = [n for n, s in self.parameters.items() if s and s.any_shape]
        indexed = {
            n.parts[0]
            for s in self.statements
            for side in s.sides
            for n in walk(side)
            if n.kind == "symbol" and n.parts[2] and not is_time(n.parts[2])
        }
        return bool(open_ones) and not indexed & {*open_ones, *self.lefts}

    @functools.cached_property
    def step(self) -> bool:
        """Whether t counts steps, of which the function does one: it has no axis T."""
        every = [s for s in (*self.parameters.values(), *self.returned) if s]
        return not any(
            axis.startswith("T") and axis in ("T", "T+1") for s in every for axis in s.axes
        )

    def shape_of_left(self, name: str) -> Shape | None:
        if len(self.returned) == 1:
            return self.returned[0]
        name = name if name in self.lefts else name[:1].lower() + name[1:]
        place = self.lefts.index(name) if name in self.lefts else 0
        return self.returned[place] if place < len(self.returned) else None


def is_time(indices: tuple[Node, ...]) -> bool:
    first = indices[0]
    return len(indices) == 1 and (
        any(n.kind == "symbol" and n.parts[0] == "t" for n in walk(first))
        or first.kind == "number"
        and first.parts[0] == 0
    )


def function(home: Module, name: str, formulas: list[str] | None = None) -> Function:
    """A function of a module, with its formulas read. formulas: others in place of its own. Raises Fault."""
    node = home.defined[name]
    args = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    made = Function(
        f"{home.name}.{name}",
        home,
        node,
        {a.arg: shapes(a.annotation)[0] for a in args},
        shapes(node.returns),
    )
    doc = ast.get_docstring(node, clean=False) or ""
    start = node.body[0].lineno if doc else node.lineno
    found = [(m[1], start + doc[: m.start(1)].count("\n")) for m in _FORMULA.finditer(doc)]
    texts = (
        [(t.strip(), line) for t, line in found]
        if formulas is None
        else [(t, found[min(k, len(found) - 1)][1]) for k, t in enumerate(formulas)]
    )
    functions = frozenset(
        n
        for n, s in made.parameters.items()
        if s and (s.kind == "callable" or s.of and s.of.kind == "callable")
    )
    for text, line in texts:
        try:
            made.formulas.append(Formula(text, line, tree.statements(text, functions)))
        except tree.NotInGrammar as error:
            at = line + tree.normal(text)[: error.at].count("\n")
            raise Fault(
                f"{home.where}:{at}",
                f"{made.name}: `{_one_line(text)}`: {error}",
                "write it in the grammar of literate/formula/grammar.lark, or grow the grammar; no formula is skipped",
            ) from None
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

    def definition(
        self, name: str, asker: Function | None = None
    ) -> tuple[Function, list[Statement]] | None:
        """The function and the chains that define a quantity; what the asker's own module says comes last."""
        for one in [*self.functions, *(_neighbours(asker) if asker else ())]:
            entry = (
                name[:1].lower() + name[1:]
            )  # Y is defined by the formula of its entries, y_{ij} = …
            left = (
                name
                if name in one.lefts
                else entry
                if entry in one.lefts
                and one.shape_of_left(entry)
                and len(one.shape_of_left(entry).axes) > 1
                else None
            )
            if left and not {name, left} & set(one.parameters):
                chains = [
                    s for s in one.statements if one.left(s) == left and s.sides[0].kind == "symbol"
                ]
                if chains and not (
                    one.step
                    and chains[0].sides[0].parts[2]
                    and is_time(chains[0].sides[0].parts[2])
                    and not _sequence(one)
                ):
                    return one, chains
        return None

    def named_function(
        self, name: str, primes: int, asker: Function, but: Function | None = None
    ) -> tuple[Function, Statement] | None:
        """The chain that defines a function, `ReLU(z) = …`, or its slope, as the asker's module knows it."""
        near = [one for one in _neighbours(asker) if one is not but]
        for one in [
            *near,
            *(f for f in self.functions if f is not but),
            *(far for one in near if one.module is not asker.module for far in _neighbours(one)),
        ]:
            for chain in one.statements:
                left = chain.sides[0]
                if left.kind == "call" and left.parts[0] == name and left.parts[2] == primes:
                    return one, chain
        return None


def _sequence(one: Function) -> bool:
    return any(s and s.kind == "list" for s in one.returned) or not one.step


def _neighbours(own: Function) -> list[Function]:
    """The function, the others of its module, and those its module imports by name, with formulas."""
    home = own.module
    others = {
        source: module(home.project, source) for _, source in home.imported.values() if source
    }  # read again where their file has changed
    if own.__dict__.get("_near", (None, None))[0] == others:
        return own._near[1]
    out = []
    for name, node in home.defined.items():
        if isinstance(node, ast.FunctionDef) and name != own.node.name:
            out.append(_function_of(home, name))
    for name, (_, source) in home.imported.items():
        if source and isinstance(others[source].defined.get(name), ast.FunctionDef):
            out.append(_function_of(others[source], name))
    own._near = others, [own, *(f for f in out if f.formulas)]
    return own._near[1]


@functools.lru_cache(maxsize=2048)
def _function_of(home: Module, name: str) -> Function:
    return function(home, name)
