"""A function with its formulas: what they define, and which parameter is which symbol."""

import ast
import contextlib
import functools
from dataclasses import dataclass, field, replace

from mathdoctest import (
    backends,
    faults,
    infer,
    libraries,
    library,
    notation,
    reader,
    resolve,
    signature,
    source,
    steps,
    symbols,
    vocabulary,
    words,
)
from mathdoctest.backends import Backend, numpy
from mathdoctest.errors import Mismatch, NotInGrammar, SourceError
from mathdoctest.signature import Shape
from mathdoctest.source import Formula, Module
from mathdoctest.syntax import (
    Call,
    Derivative,
    Index,
    Node,
    Number,
    Power,
    Product,
    Reduce,
    Statement,
    Sum,
    Symbol,
    Term,
    Transpose,
    walk,
)

# what a function keeps of its chains, and which other chains make void
OF_CHAINS = ("nodes", "right_nodes", "entry", "slopes", "kept", "_left_of", "aliases", "_used")
# order → the parameters that are the one derivative of this order, if nothing else names it
GRADIENTS = {1: ("g", "grad", "grads", "gradient"), 2: ("H", "hess", "hessian")}
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
    spellings: tuple[tuple[str, str], ...] = ()  # (TeX, name) of the symbols declared
    vocabulary: notation.Vocabulary = notation.NOTHING  # what its formulas are read with

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
        if id(statement) in self._left_of:
            return self._left_of[id(statement)]
        return self._left(statement)

    @functools.cached_property
    def _left_of(self) -> dict[int, str | None]:
        """Identity of a chain of its own → the name of its left side."""
        return {id(statement): self._left(statement) for statement in self.statements}

    def _left(self, statement: Statement) -> str | None:
        node = statement.sides[0]
        if isinstance(node, Symbol):
            return self.full_name(node)
        if isinstance(node, Derivative):
            top = node.top.operand if isinstance(node.top, Index) else node.top
            if isinstance(top, Symbol | Call):
                name = top.function if isinstance(top, Call) else self.full_name(top)
                return resolve.derivative_name(name, map(self.full_name, node.bottoms))
        node = node.operand if isinstance(node, Index) else node
        if isinstance(node, Call) and (
            all(isinstance(part, Symbol) for part in node.arguments) or not _is_built_in(node)
        ):
            return resolve.slope_name(node.function, node.primes)
        if isinstance(node, Transpose) and isinstance(node.operand, Symbol):
            return self.full_name(node.operand)
        if any(isinstance(n, Symbol) and n.name == self.name for n in walk(node)):
            return self.name  # the S of `S^{-1} = …`, which the function S returns
        is_first = statement is self.statements[0] and statement.relations in ((), ("=",), ("in",))
        if is_first:
            return WHOLE  # what is returned, without a name
        return is_inverse(statement)

    def results(self, count: int) -> list[str]:
        """The lefts that name the values returned. The others are steps that a formula uses."""
        used = self._used
        kept = self.parameters.keys()  # a quantity that is given anew is returned anew
        last = [n for n in self.lefts if n in kept or not used & {n, resolve.entry_name(n)}]
        found = last if len(self.lefts) != count == len(last) else self.lefts
        if len(found) > count and all(used & {n, resolve.entry_name(n)} for n in found[:-count]):
            found = found[-count:]  # what was given is given anew on the way, and not returned
        return self._as_returned(found)

    def _as_returned(self, names: list[str]) -> list[str]:
        """The names in the order of the code, where its `return h, c` says them."""
        said = self._said
        if len(said) != len(names) or len(set(said)) < len(said):
            return names
        rest = iter([name for name in names if name not in said])
        return [each if each in names else next(rest) for each in said]

    @functools.cached_property
    def _said(self) -> list[str]:
        """The names that the code makes in its one `return h, c`, each "" where it is none."""
        returns = [n.value for n in source.below(self.node) if isinstance(n, ast.Return)]
        if len(returns) != 1 or not isinstance(returns[0], ast.Tuple):
            return []
        made = {n.id for n in source.below(self.node)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}  # fmt: skip
        parts = (part.id if isinstance(part, ast.Name) else "" for part in returns[0].elts)
        return [name if name in made else "" for name in parts]

    @functools.cached_property
    def _used(self) -> set[str]:
        """What the right sides name."""
        nodes = self.right_nodes
        calls = [n for n in nodes if isinstance(n, Call)]
        called = {resolve.slope_name(n.function, n.primes) for n in calls}
        called |= {n.function for n in calls}  # the f of `f'(x)`, too
        return called | {self.full_name(n) for n in nodes if isinstance(n, Symbol)}

    @functools.cached_property
    def right_nodes(self) -> list[Node]:
        """Every node of the right sides, but those in which a quantity names its own past."""
        out = []
        for chain in self.statements:
            own = self.left(chain)
            for node in (node for side in chain.sides[1:] for node in walk(side)):
                name = self.full_name(node) if isinstance(node, Symbol) else None
                if isinstance(node, Call):
                    name = resolve.slope_name(node.function, node.primes)
                if name is None or name != own:
                    out.append(node)
        return out

    def letters(self, left: Call) -> tuple[Symbol, ...]:
        """The k of `q(k) = …`, which count along the axes of what is returned, if they do."""
        shape = self.returned[0] if len(self.returned) == 1 else None
        letters = [a for a in left.arguments if isinstance(a, Symbol) and a == Symbol(a.name)]
        indices = [i for n in self.nodes if isinstance(n, Symbol | Index) for i in n.indices]
        letters = [each for each in letters if any(each in resolve.counted(i) for i in indices)]
        known = {*self.parameters, *words.WEIGHTS}
        free = [letter for letter in letters if len(letter.name) == 1 and letter.name not in known]
        fits = shape and shape.kind == "array" and len(shape.axes) == len(free)
        return tuple(free) if fits and len(free) == len(left.arguments) else ()

    def given_at(self, name: str) -> int:
        """How many steps back what it is given is: 1 of `v_{t-1}`, and 0 of `x_{t-1} = … x_t`."""
        made, found = self.made_at(name), set()
        for node in (n for s in self.statements for side in s.sides[1:] for n in walk(side)):
            if isinstance(node, Symbol) and resolve.is_time(node.indices):
                if self.full_name(node) == name:
                    found.add(resolve.steps_back(node.indices[0]))
        runs_down = made > 0 and found - {made} == {made - 1}
        return made - 1 if runs_down else made + 1

    def made_at(self, name: str) -> int:
        """How many steps back its left side is: 0 of `v_t`, -1 of `v_{t+1}`."""
        for chain in self.statements:
            left = chain.sides[0]
            if isinstance(left, Symbol) and self.full_name(left) == name:
                layer = left.layer
                indices = left.indices if layer is None else (resolve.as_time(layer),)
                if resolve.is_time(indices):
                    return resolve.steps_back(indices[0]) or 0
        return 0

    def is_at_one_time(self, name: str) -> bool:
        """Whether a symbol is only at one time, and no left side is at any: R of `R_{t+1}`."""
        lefts = [s.sides[0] for s in self.statements]
        if any(isinstance(left, Symbol) and resolve.is_time(left.indices) for left in lefts):
            return False
        found = {n.indices for n in self.nodes if isinstance(n, Symbol) and n.name == name}
        return len(found) == 1

    @functools.cached_property
    def layers_named(self) -> int:
        """How many layers its symbols are at: 3 of `a^{l+1} = W^l a^{l-1}`."""
        symbols = (n for n in self.nodes if isinstance(n, Symbol) and n.layer is not None)
        times = (resolve.as_time(n.layer) for n in symbols if isinstance(n.layer, Node))
        backs = (resolve.steps_back(time) for time in times if resolve.is_time((time,)))
        found = {back for back in backs if back is not None}
        return max(found) - min(found) + 1 if found else 0

    @functools.cached_property
    def goes_ahead(self) -> bool:
        """Whether a left side is at t + 1, so that what is given is at t."""
        return any(self.made_at(name) < 0 for name in self.lefts)

    @functools.cached_property
    def aliases(self) -> dict[str, str]:
        r"""The n of `\sum_{i=1}^{n} x_i` → the axis of x, where nothing else is called n."""
        out: dict[str, str] = {}
        every = [n for n in self.nodes if isinstance(n, Symbol | Index)]
        counting = {i.name for n in every for i in n.indices if isinstance(i, Symbol)}
        counting |= {n.name for n in every if isinstance(n, Symbol) and n.indices}
        counting |= {name.partition("_")[0] for name in self.lefts if "_" in name}
        slopes = (n for n in self.nodes if isinstance(n, Derivative))
        counting |= {n.name for d in slopes for n in (d.top, *d.bottoms) if isinstance(n, Symbol)}
        for node in self.nodes:
            if isinstance(node, Reduce) and node.low is not None and node.letters:
                for name in _sizes(node.high):
                    known = {*self.parameters, *self.lefts, *self._axes, *counting}
                    accented = name.rpartition("_")[2] in words.ACCENTS.values()
                    is_entry = resolve.capital(name) in known or accented
                    if name not in known and not is_entry and (axes := self._indexed(node)):
                        out.setdefault(name, axes[0])
        return out

    def _indexed(self, node: Reduce) -> list[str]:
        """The axes that the letter of a sum indexes."""
        letter, out = Symbol(node.letters[-1]), []
        for symbol in walk(node.body):
            if isinstance(symbol, Symbol) and letter in symbol.indices:
                shape = self.shape(symbol.name) or self.shape(resolve.capital(symbol.name))
                place = symbol.indices.index(letter)
                if shape and shape.kind == "array" and place < len(shape.axes):
                    out.append(shape.axes[place])
        return out

    @functools.cached_property
    def kept(self) -> dict[tuple[str, bool], list[Statement]]:
        """What `defining` has found here."""
        return {}

    def defines(self, name: str) -> list[Statement]:
        """The chains whose left side has this name."""
        return [s for s in self.statements if self.left(s) == name]

    def slope_parameter(self, node: Derivative) -> str | None:
        """The parameter that a derivative in its formulas is."""
        for slope, name in self._spelled_slopes:
            if _plain_symbols(slope) == _plain_symbols(node):
                return name
        if not isinstance(node.top, Symbol):
            return self._gradient(node)
        top, bottoms = self.full_name(node.top), list(map(self.full_name, node.bottoms))
        every = (bottoms, map(resolve.capital, bottoms))
        names = (resolve.derivative_name(top, below) for below in every)
        found = next((name for name in names if name in self.parameters), None)
        return found or self._named_for(bottoms) or self._gradient(node)

    def slope_left(self, node: Derivative) -> str | None:
        """The left side of one of its formulas that a derivative is."""
        if not isinstance(node.top, Symbol):
            return None
        name = resolve.derivative_name(self.full_name(node.top), map(self.full_name, node.bottoms))
        return name if name in self.lefts and name not in self.parameters else None

    def _named_for(self, bottoms: list[str]) -> str | None:
        """The parameter `grad_w` or `dw` for the slope of whatever it is along w."""
        if len(bottoms) != 1:
            return None
        both = dict.fromkeys((bottoms[0], resolve.capital(bottoms[0])))
        names = (form.format(name) for name in both for form in ("grad_{}", "{}_grad", "d{}"))
        return next((name for name in names if name in self.parameters), None)

    def _gradient(self, node: Derivative) -> str | None:
        r"""The parameter `g` or `grad` for the one slope on the right, `\nabla J(\theta)`.

        So `H` or `hess` for the one second derivative.
        """
        right = [n for s in self.statements for side in s.sides[1:] for n in walk(side)]
        order = _order(node)
        same = {n for n in right if isinstance(n, Derivative) and _order(n) == order}
        given = [name for name in GRADIENTS.get(order, ()) if name in self.parameters]
        used = {n.name for n in right if isinstance(n, Symbol)}
        top = node.top.function if isinstance(node.top, Call) else node.quantity
        points = node.top.arguments if isinstance(node.top, Call) else ()
        is_one = len(same) == len(given) == 1 and given[0] not in used and node in same
        is_of_them = top not in self.parameters and all(isinstance(p, Symbol) for p in points)
        renewed = {*self.lefts} & self.parameters.keys()
        along = {b.name for b in node.bottoms} & self.parameters.keys()
        is_other = bool(renewed and along and not along & renewed)
        return given[0] if is_one and is_of_them and not is_other else None

    @functools.cached_property
    def _spelled_slopes(self) -> list[tuple[Derivative, str]]:
        """The derivatives that parameters are declared to be by their TeX."""
        out = []
        for tex, name in self.spellings:
            with contextlib.suppress(NotInGrammar):
                node = reader.expression(tex, self.vocabulary) if name in self.parameters else None
                if isinstance(node, Derivative):
                    out.append((node, name))
        return out

    @functools.cached_property
    def slopes(self) -> dict[str, list[Derivative]]:
        """Parameter → the derivatives in its formulas that it is."""
        out: dict[str, list[Derivative]] = {}
        for node in self.nodes:
            if isinstance(node, Derivative) and (name := self.slope_parameter(node)):
                out.setdefault(name, []).append(node)
        return out

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
        sums = (n for n in self.nodes if isinstance(n, Reduce) and resolve.TIME in n.letters)
        ends |= {n.high for n in sums if n.high is not None}
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

    spellings: (TeX, name) of each symbol that is declared with its own TeX; those of the file's
    own `SYMBOLS` are added. Raises Mismatch for a formula outside the grammar, SourceError for an
    unknown name.
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
    own = symbols.parse(module.symbols, name)
    made.spellings = (*spellings, *symbols.spellings(own))
    made.vocabulary = vocabulary.of(node, module, made.spellings)
    for tex, line in found:
        if fault := faults.escaped(tex):
            line += tex[: fault.at].count("\n")
            raise Mismatch(module.path, line, name, tex, fault.what, fault.hint)
        try:
            made.formulas.append(Formula(tex, line, reader.statements(tex, made.vocabulary)))
        except NotInGrammar as error:
            fault = faults.bracket(tex) or faults.outside(tex, str(error), error.at)
            line += tex[: fault.at].count("\n")
            raise Mismatch(module.path, line, name, tex, fault.what, fault.hint) from None
    letter = steps.counted(made.statements, made.vocabulary.names)
    for formula in made.formulas:
        chains = formula.statements
        chains = [steps.as_time(chain, letter) for chain in chains] if letter else chains
        formula.statements[:] = [_renewed(_relabelled(chain, made), made) for chain in chains]
    del made.statements
    chains = made.statements
    made.parameters, made.returned = infer.shapes(node, chains, made.slope_parameter)
    return made


def uses_itself(one: Function, name: str) -> bool:
    """Whether what its formulas make of a quantity depends on the quantity as it was given."""
    seen, ahead = {name}, [name]
    while ahead:
        chains = one.defines(ahead.pop())
        nodes = (n for chain in chains for side in chain.sides[1:] for n in walk(side))
        for node in (n for n in nodes if isinstance(n, Symbol)):
            if (found := one.full_name(node)) == name:
                return True
            at = resolve.steps_back(node.indices[0]) if resolve.is_time(node.indices) else None
            is_made = found in one.lefts and at in (None, one.made_at(found))
            if is_made and found not in seen:
                seen.add(found)
                ahead.append(found)
    return False


def _is_built_in(call: Call) -> bool:
    return call.function in library.FUNCTIONS or bool(backends.built_in(numpy, call.function))


def _order(node: Derivative) -> int:
    """How often it is differentiated: 1 of `\\nabla f(x)`, 2 of `\\nabla^2 f(x)`."""
    return max(len(node.bottoms), 1)


def _plain_symbols(node: Derivative) -> list[Node]:
    """What a derivative is of and along, without indices."""
    every = (node.top, *node.bottoms)
    return [replace(n, indices=()) if isinstance(n, Symbol) else n for n in every]


def _sizes(bound: Node | None) -> list[str]:
    """The n of an upper bound `n` or `n - 1`."""
    match bound:
        case Symbol(name, None, ()) | Sum((Term(1, Symbol(name, None, ())), Term(_, Number()))):
            return [name]
    return []


def _first(node: Node) -> list[Node]:
    """The factors of a sum's first term."""
    if isinstance(node, Sum):
        return _first(node.terms[0].node)
    if isinstance(node, Product):
        return [*_first(node.left), *_first(node.right)]
    return [node]


def _relabelled(chain: Statement, one: Function) -> Statement:
    r"""`\rho_c = 2 \rho` of a parameter rho: the c, which nothing counts, makes another name."""
    left = chain.sides[0]
    match left:
        case Symbol(name, None, (Symbol(letter, None, ()),)) if name in one.parameters:
            symbols = [n for side in chain.sides[1:] for n in walk(side) if isinstance(n, Symbol)]
            plain = {n.name for n in symbols if not n.indices}
            if name in plain and all(n.name != letter for n in symbols):
                new = Symbol(f"{name}_{letter}", span=left.span)
                return replace(chain, sides=(new, *chain.sides[1:]))
    return chain


def _renewed(chain: Statement, one: Function) -> Statement:
    r"""`w = w - \eta g` of a parameter w is what `w \leftarrow w - \eta g` says.

    What is renewed comes first: `b_i = \sum_j w_{ij} x_j + b_i` has the wrong left side.
    """
    left = chain.sides[0]
    if chain.relations not in (("=",), ("to",)) or not isinstance(left, Symbol):
        return chain
    is_given = one.full_name(left) in one.parameters
    right = chain.sides[1]
    is_renewed = is_given and left in _first(right)
    return replace(chain, relations=("<-",)) if is_renewed else chain


def is_inverse(chain: Statement) -> str | None:
    """The symbol of which a left side is the inverse: S of `S^{-1} = …`."""
    match chain.sides[0]:
        case Power(Symbol(name, None, indices), Sum((Term(-1, Number(1.0)),))):
            return "_".join([name, *(i.name for i in indices if isinstance(i, Symbol))])
    return None
