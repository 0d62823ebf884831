"""What a formula may use: its function, and the other functions in reach with their formulas."""

import ast
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

from mathdoctest import infer, libraries, reader, resolve, signature, source
from mathdoctest.backends import Backend
from mathdoctest.errors import Mismatch, SourceError
from mathdoctest.signature import Shape
from mathdoctest.source import Formula, Module
from mathdoctest.syntax import Call, Derivative, Node, Statement, Symbol, walk


@dataclass(eq=False)
class Function:
    """A function with its formulas."""

    name: str
    module: Module
    node: ast.FunctionDef
    parameters: dict[str, Shape | None]
    returned: list[Shape | None]
    formulas: list[Formula] = field(default_factory=list)

    @property
    def qualified(self) -> str:
        return f"{self.module.name}.{self.name}"

    @functools.cached_property
    def library(self) -> Backend:
        """The backend for what it computes with."""
        return libraries.backend(self.node, self.module)

    @functools.cached_property
    def statements(self) -> list[Statement]:
        return [s for f in self.formulas for s in f.statements]

    @functools.cached_property
    def lefts(self) -> list[str]:
        """What the left sides name, each once: the components of what is returned, in order."""
        return list(dict.fromkeys(filter(None, map(self.left, self.statements))))

    def left(self, statement: Statement) -> str | None:
        """The name of a chain's left side; None where it is no name."""
        node = statement.sides[0]
        if isinstance(node, Symbol):
            return self.full_name(node)
        if isinstance(node, Derivative):
            below = map(self.full_name, node.bottoms)
            return resolve.derivative_name(self.full_name(node.top), below)
        return resolve.slope_name(node.function, node.primes) if isinstance(node, Call) else None

    def defines(self, name: str) -> list[Statement]:
        """The chains whose left side has this name."""
        return [s for s in self.statements if self.left(s) == name]

    def full_name(self, symbol: Symbol) -> str:
        return resolve.full_name(symbol, self.parameters, self._returns_list)

    @functools.cached_property
    def _returns_list(self) -> bool:
        return any(s is not None and s.kind == "list" for s in self.returned)

    @functools.cached_property
    def nodes(self) -> list[Node]:
        """Every node of every side."""
        return [n for s in self.statements for side in s.sides for n in walk(side)]

    @functools.cached_property
    def entry(self) -> bool:
        """Whether its formulas are read entry by entry: shapes `...` without an index but time."""
        open_ones = {name for name, shape in self.parameters.items() if shape and shape.any_shape}
        symbols = [n for n in self.nodes if isinstance(n, Symbol) and n.indices]
        indexed = {n.name for n in symbols if not resolve.is_time(n.indices)}
        return bool(open_ones) and not indexed & {*open_ones, *self.lefts}

    @functools.cached_property
    def step(self) -> bool:
        """Whether t counts steps, of which the function does one: no axis of it is time."""
        shapes = filter(None, [*self.parameters.values(), *self.returned])
        return not any(axis in resolve.TIME_AXES for shape in shapes for axis in shape.axes)

    @property
    def sequence(self) -> bool:
        """Whether it computes all of a quantity that runs over layers or time."""
        return self._returns_list or not self.step

    def shape(self, name: str) -> Shape | None:
        """The shape of a parameter, or of what a left side names."""
        left = self.shape_of_left(name) if name in self.lefts else None
        return self.parameters.get(name, left)

    def shape_of_left(self, name: str) -> Shape | None:
        """The shape of what a left side names, or of the array of such entries."""
        if len(self.returned) == 1:
            return self.returned[0]
        name = name if name in self.lefts else resolve.entry_name(name)
        place = self.lefts.index(name) if name in self.lefts else 0
        return self.returned[place] if place < len(self.returned) else None


def function(module: Module, name: str, formulas: list[str] | None = None) -> Function:
    """A function of a file, with its formulas read. formulas: others in place of its own.

    Raises Mismatch for a formula outside the grammar, SourceError for an unknown name.
    """
    if name not in module.functions:
        known = ", ".join(module.functions) or "none"
        raise SourceError(module.path, f"no function `{name}`", f"functions here: {known}")
    node = module.functions[name]
    made = Function(name, module, node, signature.parameters(node), signature.returned(node))
    found = source.formulas(node)
    if formulas is not None:
        lines = [f.line for f in found] or [node.lineno]
        lines += lines[-1:] * (len(formulas) - len(lines))
        found = list(map(source.Displayed, formulas, lines))
    elif source.has_unpaired_mark(node):
        what = "a `$$` that opens or closes no formula"
        hint = "write each `$$` on a line of its own"
        raise Mismatch(module.path, node.lineno, name, "", what, hint)
    functions = frozenset(signature.functions(node))
    for tex, line in found:
        try:
            made.formulas.append(Formula(tex, line, reader.statements(tex, functions)))
        except reader.NotInGrammar as error:
            line += reader.normal(tex)[: error.at].count("\n")
            hint = "write it as grammar.lark allows"
            raise Mismatch(module.path, line, name, tex, str(error), hint) from None
    chains = [chain for formula in made.formulas for chain in formula.statements]
    made.parameters, made.returned = infer.shapes(node, chains)
    return made


_function = functools.lru_cache(maxsize=2048)(function)
Definition = tuple[Function, list[Statement]]


class Scope:
    """The functions in reach of a function's formulas: those of its file, and those it imports.

    What is found is kept: make a new scope for each check.
    meanings: left side → the derivative that it stands for.
    """

    def __init__(self, own: Function, meanings: Mapping[str, Derivative] | None = None):
        self.own, self.meanings = own, meanings or {}
        self.neighbours = functools.cache(self._neighbours)
        self.definition = functools.cache(self._definition)

    @property
    def functions(self) -> list[Function]:
        return self.neighbours(self.own)

    def _neighbours(self, function: Function) -> list[Function]:
        """The function, then those with formulas of its file and of what that imports."""
        home = function.module
        names = [(home, name) for name in home.functions if name != function.name]
        names += [(source.module(path), name) for name, path in home.imported.items()]
        found = [_function(other, name) for other, name in names if name in other.functions]
        return [function, *(f for f in found if f.formulas)]

    def _definition(self, name: str, asker: Function) -> Definition | None:
        """The function and the chains that define a quantity; the asker's own file comes last."""
        near = [*self.functions, *self.neighbours(asker)]
        found = ((each, _defining(each, name)) for each in near)
        return next(((f, chains) for f, chains in found if chains), None)

    def named_function(
        self, name: str, primes: int, asker: Function, without: Function | None = None
    ) -> tuple[Function, Statement] | None:
        """The chain that defines a function, `ReLU(z) = …`, or its slope, as the asker knows it."""
        near = self.neighbours(asker)
        far = [f for each in near if each.module is not asker.module for f in self.neighbours(each)]
        for each in [*near, *self.functions, *far]:
            for chain in each.statements if each is not without else ():
                left = chain.sides[0]
                if isinstance(left, Call) and (left.function, left.primes) == (name, primes):
                    return each, chain
        return None


def _defining(function: Function, name: str) -> list[Statement]:
    """The chains by which a function defines a quantity, or the array whose entries it defines."""
    left, shape = name, function.shape_of_left(name)
    if name not in function.lefts:
        left = resolve.entry_name(name)
        shape = function.shape_of_left(left)
        if left not in function.lefts or not shape or len(shape.axes) < 2:
            return []
    if {name, left} & function.parameters.keys():
        return []
    chains = [s for s in function.defines(left) if isinstance(s.sides[0], Symbol)]
    first = chains[0].sides[0] if chains and not function.sequence else None
    return [] if isinstance(first, Symbol) and resolve.is_time(first.indices) else chains
