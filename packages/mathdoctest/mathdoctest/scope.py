"""What a formula may use: its function, and the other functions in reach with their formulas."""

import ast
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

from mathdoctest import faults, infer, libraries, reader, resolve, signature, source, vocabulary
from mathdoctest.backends import Backend
from mathdoctest.errors import Mismatch, SourceError
from mathdoctest.signature import Shape
from mathdoctest.source import Formula, Module
from mathdoctest.syntax import Call, Derivative, Index, Node, Reduce, Statement, Symbol, walk

WHOLE = "return"  # the name of what is returned where the left side is none; no code can use it


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
        """What the left sides name, each once: the components of what is returned, in order.

        Where a formula says more of a name than its shape, those that only give a shape say none.
        """
        values = [s for s in self.statements if s.relations != ("in",)]
        named = list(dict.fromkeys(filter(None, map(self.left, values or self.statements))))
        return named if values else [name for name in named if name not in self.parameters]

    def left(self, statement: Statement) -> str | None:
        """The name of a chain's left side; None where it is no name."""
        node = statement.sides[0]
        if isinstance(node, Symbol):
            return self.full_name(node)
        if isinstance(node, Derivative) and isinstance(node.top, Symbol | Call):
            top = node.top.function if isinstance(node.top, Call) else self.full_name(node.top)
            return resolve.derivative_name(top, map(self.full_name, node.bottoms))
        node = node.operand if isinstance(node, Index) else node
        if isinstance(node, Call) and all(isinstance(part, Symbol) for part in node.arguments):
            return resolve.slope_name(node.function, node.primes)
        is_first = statement is self.statements[0] and statement.relations in ((), ("=",))
        return WHOLE if is_first else None  # what is returned, without a name

    def results(self, count: int) -> list[str]:
        """The lefts that name the values returned. The others are steps that a formula uses."""
        used = {self.full_name(n) for n in self.right_nodes if isinstance(n, Symbol)}
        used -= self.parameters.keys()  # the h of h_{t+1} = … h_t is returned
        last = [name for name in self.lefts if not used & {name, resolve.entry_name(name)}]
        return last if len(self.lefts) != count == len(last) else self.lefts

    @functools.cached_property
    def right_nodes(self) -> list[Node]:
        """Every node of the right sides, but those in which a quantity names its own past."""
        out = []
        for chain in self.statements:
            own = self.left(chain)
            for node in (node for side in chain.sides[1:] for node in walk(side)):
                if not isinstance(node, Symbol) or self.full_name(node) != own:
                    out.append(node)
        return out

    def made_at(self, name: str) -> int:
        """How many steps back its left side is: 0 of `v_t`, -1 of `v_{t+1}`."""
        for chain in self.statements:
            left = chain.sides[0]
            if isinstance(left, Symbol) and self.full_name(left) == name:
                indices = left.indices or ((left.layer,) if left.layer is not None else ())
                if resolve.is_time(indices):
                    return resolve.steps_back(indices[0]) or 0
        return 0

    @functools.cached_property
    def goes_ahead(self) -> bool:
        """Whether a left side is at t + 1, so that what is given is at t."""
        return any(self.made_at(name) < 0 for name in self.lefts)

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
        return not self._axes & self.time_axes

    @functools.cached_property
    def _axes(self) -> set[str]:
        shapes = filter(None, [*self.parameters.values(), *self.returned])
        return {axis for shape in shapes for axis in shape.axes}

    @functools.cached_property
    def time_axes(self) -> set[str]:
        """The axes that hold every step: T, and those at whose size t ends, each also with 0."""
        ends = {n for s in self.statements if s.where and s.where.letter == resolve.TIME
                for n in (*walk(s.where.first), *walk(s.where.last))}  # fmt: skip
        ends |= {n.high for n in self.nodes if isinstance(n, Reduce) and resolve.TIME in n.letters}
        names = {n.name for n in ends if isinstance(n, Symbol) and not n.indices} & self._axes
        return {*resolve.TIME_AXES, *names, *(f"{name}+1" for name in names)}

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


def function(
    module: Module,
    name: str,
    formulas: list[str] | None = None,
    spellings: tuple[tuple[str, str], ...] = (),
) -> Function:
    """A function of a file, with its formulas read. formulas: others in place of its own.

    spellings: (TeX, name) of each symbol that is declared with its own TeX. Raises Mismatch for a formula outside the grammar, SourceError for an unknown name.
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
    known = vocabulary.of(node, module, spellings)
    for tex, line in found:
        if fault := faults.escaped(tex):
            line += tex[: fault.at].count("\n")
            raise Mismatch(module.path, line, name, tex, fault.what, fault.hint)
        try:
            made.formulas.append(Formula(tex, line, reader.statements(tex, known)))
        except reader.NotInGrammar as error:
            fault = faults.bracket(tex) or faults.Fault(
                str(error), "write it as grammar.lark allows", error.at
            )
            line += tex[: fault.at].count("\n")
            raise Mismatch(module.path, line, name, tex, fault.what, fault.hint) from None
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
        self.definitions = functools.cache(self._definitions)

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

    def definition(self, name: str, asker: Function) -> Definition | None:
        """The function and the chains that define a quantity: the first of those that do."""
        return next(iter(self.definitions(name, asker)), None)

    def _definitions(self, name: str, asker: Function) -> list[Definition]:
        """Every function that defines a quantity, of the nearest place where one does.

        The nearest is the function under test, then the asker, then the file of the one and what
        that imports, then the file of the other and what that imports.
        """
        places = [[self.own], [asker]]
        for one in (self.own, asker):
            near = [f for f in self.neighbours(one)[1:] if f.qualified != self.own.qualified]
            places.append([f for f in near if f.module is one.module])
            places.append([f for f in near if f.module is not one.module])
        for place in places:
            found = ((each, _defining(each, name, each is self.own)) for each in place)
            if defined := [(f, chains) for f, chains in found if chains]:
                return defined
        return []

    def named_function(
        self, name: str, primes: int, asker: Function, without: Function | None = None
    ) -> tuple[Function, Statement] | None:
        """The chain that defines a function, `ReLU(z) = …`, or its slope, as the asker knows it."""
        near = self.neighbours(asker)
        far = [f for each in near if each.module is not asker.module for f in self.neighbours(each)]
        for each in [*near, *self.functions, *far]:
            for chain in each.statements if each is not without else ():
                left = chain.sides[0]
                left = left.operand if isinstance(left, Index) else left
                defines = chain.relations[:1] in (("=",), ("<-",))  # not an expression alone
                defines = defines and isinstance(left, Call)
                if defines and (left.function, left.primes) == (name, primes):
                    return each, chain
        return None


def _defining(function: Function, name: str, is_own: bool = False) -> list[Statement]:
    """The chains by which a function defines a quantity, or the array whose entries it defines.

    is_own: of the function under test, whose steps on the way may be at a time.
    """
    left, shape = name, function.shape_of_left(name)
    if name not in function.lefts:
        left = resolve.entry_name(name)
        shape = function.shape_of_left(left)
        if left not in function.lefts or not shape or len(shape.axes) < 2:
            return []
    if {name, left} & function.parameters.keys():
        return []
    said = [s for s in function.defines(left) if isinstance(s.sides[0], Symbol)]
    chains = [s for s in said if s.relations[:1] in (("=",), ("<-",))]  # not a shape or a bound
    first = chains[0].sides[0] if chains and not function.sequence else None
    at_a_time = isinstance(first, Symbol) and resolve.is_time(first.indices)
    return [] if at_a_time and not is_own else chains
