"""The comparison: left side = right side = what the code returns = its derivative two ways.

All sides of a chain must agree for every free index, on random float64 inputs. Where a derivative
is in a formula, this is done a second time, with every parameter that another formula defines
computed from it.
"""

import copy
import functools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from mathdoctest import (
    accuracy,
    backends,
    cotangents,
    directed,
    evaluate,
    reader,
    rows,
    sample,
    source,
    watch,
)
from mathdoctest.backends import Backend, numpy
from mathdoctest.derive import Graph, Names, has_derivative
from mathdoctest.equal import LOOSE, Side, agree, check_equal, check_order
from mathdoctest.errors import Mismatch, NotInGrammar, SourceError
from mathdoctest.evaluate import Evaluator, arguments_of
from mathdoctest.execute import TIME_LIMIT, Code
from mathdoctest.run import Run
from mathdoctest.scope import WHOLE, Function, Scope
from mathdoctest.symbols import SymbolTable, ranges
from mathdoctest.syntax import (
    Call,
    Derivative,
    Index,
    Node,
    Number,
    NumberSet,
    Power,
    Product,
    Reduce,
    Statement,
    Symbol,
    walk,
)
from mathdoctest.values import Curve, Data, Indices, OffAxis, Unknown, Value, Wrong

DRAWS = 6
RELATIVE, ABSOLUTE = LOOSE
WEIGHTS = frozenset({"w", "W", "theta", "Theta", "phi", "psi"})  # one letter for all parameters


class Compared(NamedTuple):
    """The ways in which the chains were compared, the rules by which they were read, a draw."""

    ways: set[str]
    rules: set[str]
    draw: sample.Draw


def examine(
    one: Function,
    code: Code,
    table: SymbolTable,
    draws: int = DRAWS,
    limit: float = TIME_LIMIT,
    scope: Scope | None = None,
) -> Compared:
    """Every chain on every draw. scope: the function's, if there is one. Raises Mismatch."""
    try:
        with np.errstate(all="ignore"), backends.guard():
            return _examined(one, code, table, draws, limit, scope or Scope(one))
    except (Mismatch, SourceError):
        raise
    except Exception as error:  # no inputs can be drawn
        raise _mismatch(one, one.formulas[0], None, error) from error


def trials(
    one: Function,
    code: Code,
    table: SymbolTable,
    seeds: Iterable[int],
    limit: float = TIME_LIMIT,
    scope: Scope | None = None,
) -> Iterator["Trial"]:
    """The draws of these seeds, each with what the code returned for it. Raises Mismatch.

    scope: the function's, if there is one already.
    """
    scope = (scope or Scope(one)).meaning(_meanings(one, table))
    primes = [n.primes for n in one.nodes if isinstance(n, Call)]
    slopes = any(isinstance(n, Derivative) for n in one.nodes)
    calculus = bool(scope.meanings or any(primes) or slopes)
    declared = ranges(table)
    for seed in seeds:
        for derive in (False, True) if calculus and seed < directed.FIRST else (False,):
            trial = Trial(scope, declared, seed, derive)
            try:
                trial.start(code, limit)
            except (Mismatch, SourceError):
                raise
            except Exception as error:
                raise _mismatch(one, one.formulas[0], trial, error) from error
            yield trial


def _examined(
    one: Function, code: Code, table: SymbolTable, draws: int, limit: float, scope: Scope
) -> Compared:
    ways, rules = set[str](), set[str]()
    unseen: dict[int, Number | None] = {}
    first: Any = None
    compared = set[int]()  # the chains of which two sides were compared
    for trial in trials(one, code, table, range(draws), limit, scope):
        trial.unseen = unseen
        ways |= _judged(one, trial, compared)
        rules |= trial.graph.rules
        first = trial if trial.draw.seed == 0 else first
    for number in filter(None, unseen.values()):
        what = f"the last digits of {number.value:.15g} make no difference on any draw"
        wrong = Wrong(f"{what}: {accuracy.CURE}", number)
        raise _mismatch(one, _formula_of(one, number), trial, wrong)
    if draws >= DRAWS:
        within = trial.scope

        def given(seed: int) -> dict[str, Any]:
            return Trial(within, ranges(table), seed, False).arguments()

        seeds = watch.seeds(one, code, ranges(table), given)
        for trial in trials(one, code, table, seeds, limit, within) if seeds else ():
            ways |= _judged(one, trial, compared)
    for formula in one.formulas:
        for chain in formula.statements:
            if id(chain) not in compared and not trial.is_step(chain):
                never = Wrong("nothing was compared: its conditions held on no draw")
                raise _mismatch(one, formula, trial, never, chain)
    return Compared(ways, rules, first.draw)


def _judged(one: Function, trial: "Trial", compared: set[int]) -> set[str]:
    """Every chain on one draw; those compared are noted. Raises Mismatch, whatever goes wrong."""
    ways = set[str]()
    for formula in one.formulas:
        for chain in formula.statements:
            try:
                found = trial.judge(chain)
                ways |= found
                compared |= {id(chain)} if found else set()
            except OffAxis as error:
                if not trial.draw.is_directed:  # there an index may leave its axis
                    raise _mismatch(one, formula, trial, error, chain) from error
            except (Mismatch, SourceError):  # of another function, which this one uses
                raise
            except Exception as error:
                raise _mismatch(one, formula, trial, error, chain) from error
    if trial.draw.seed == 0 and not trial.derive:
        try:
            accuracy.check_constants(one, trial.within)
        except Wrong as error:
            raise _mismatch(one, one.formulas[0], trial, error) from error
    return ways


def _formula_of(one: Function, node: Node) -> source.Formula:
    """The formula in which a node is."""
    for formula in one.formulas:
        sides = (side for chain in formula.statements for side in chain.sides)
        if any(each is node for side in sides for each in walk(side)):
            return formula
    return one.formulas[0]


def _meanings(function: Function, symbols: SymbolTable) -> dict[str, Derivative]:
    """Left side → the derivative that it stands for."""
    out, at = dict[str, Derivative](), function.formulas[0]
    for name in function.lefts:
        tex = symbols[name].stands_for if name in symbols else None
        if not tex:
            continue
        what, place = "is no derivative", (function.module.path, at.line, function.name, at.tex)
        try:
            node = reader.expression(tex)
        except NotInGrammar as error:
            node, what = None, f"is {error}"
        if not isinstance(node, Derivative):
            hint = rf"write the symbol's `is` as \frac{{\partial L}}{{\partial {name}}}"
            raise Mismatch(*place, f"what `{name}` stands for, `{tex}`, {what}", hint)
        out[name] = node
    return out


def _mismatch(
    one: Function,
    formula: source.Formula,
    trial: "Trial | None",
    error: Exception,
    chain: Statement | None = None,
) -> Mismatch:
    what = str(error) if isinstance(error, Wrong) else f"cannot be computed: {error}"
    if isinstance(error, RecursionError):
        what = "a name is defined by itself"
    row, line = "", formula.line
    node = error.node if isinstance(error, Wrong) else None
    if chain:
        row, below = rows.place(formula, chain, node)
        line += below
    elif node:
        line += formula.tex[: node.span[0]].count("\n")
    place = one.module.path, line, one.name, formula.tex
    if trial is None:
        return Mismatch(*place, row + what)
    return Mismatch(*place, row + what, seed=trial.draw.seed, sizes=trial.draw.sizes)


class Trial(Run):
    """One draw of inputs, what the code returns for them, and the comparison with it.

    unseen: id of a number → the number, as long as its last digits made no difference.
    """

    unseen: dict[int, Number | None]
    quick = False  # whether one way to take derivatives is enough

    def start(self, code: Code, limit: float) -> None:
        """`run`, as every draw is run."""
        with np.errstate(all="ignore"), backends.guard():
            self.run(code, limit)

    @property
    def inputs(self) -> dict[str, Any]:
        """What the formula was given, by parameter."""
        return {name: self.graph.value(name, self.function) for name in self.function.parameters}

    def again(self, function: Function, apart: bool = False) -> "Trial":
        """This draw, and what the code returned for it, under formulas with the same left sides.

        apart: whether no other formula uses what was changed, so that all values remain.
        """
        twin = copy.copy(self)
        twin.function, twin.quick, twin.unseen = function, True, {}
        vars(twin).pop("_foreign", None)
        if not apart:
            twin.scope = Scope(function, self.scope.meanings)
            twin.graph = Graph(twin.scope, self.draw, numpy, self.graph.derive)
            twin.graph.returned = self.graph.returned
        twin.names = Names(twin.graph, function, returned=True)
        return twin

    def on(self, draw: sample.Draw) -> "Trial":
        """A trial of the same formulas on another draw."""
        twin = copy.copy(self)
        twin.draw, twin.graph = draw, Graph(self.scope, draw, numpy, self.graph.derive)
        return twin

    # ---- a chain

    def judge(self, chain: Statement) -> set[str]:
        """The ways in which a chain was compared. Raises whatever goes wrong."""
        with np.errstate(all="ignore"), backends.guard():
            return self.check(chain)

    def agreeing(self, chain: Statement) -> set[str]:
        """The ways to take derivatives by which a formula is right, whatever the code returned."""
        ways, nodes = set[str](), set[int]()
        with np.errstate(all="ignore"), backends.guard():
            for constants in self._steps(chain):
                ev = self.names.evaluator(numpy, constants)
                sides = [side for side in self._sides(chain, ev) if side.node]
                ways |= {side.way for side in sides if side.way}
                nodes |= {id(side.node) for side in sides}
                if len(sides) > 1:
                    check_equal(sides, ev, LOOSE)
        return ways if len(nodes) > 1 else set()

    def is_slow(self, chain: Statement) -> bool:
        """Whether a derivative is taken to compute a side."""
        return any(map(has_derivative, chain.sides)) or bool(self.scope.meanings)

    def _steps(self, chain: Statement) -> list[dict[str, int]]:
        """The constants of each step or layer that a chain runs over."""
        if chain.where is None:
            return [{}]
        ev, letter = self.names.evaluator(numpy, {}), chain.where.letter
        low, high = sorted(map(ev.whole, (chain.where.first, chain.where.last)))
        return [{letter: number} for number in range(low, high + 1)]

    def check(self, chain: Statement) -> set[str]:
        """The ways in which a chain was compared. Raises Wrong."""
        steps = self._steps(chain)
        ways: set[str] = set().union(*(self._compare(chain, constants) for constants in steps))
        for letter, first in steps[0].items():
            last = steps[-1][letter]
            for number, which in ((first - 1, "begins too late"), (last + 1, "ends too early")):
                try:
                    compared = self._compare(chain, {letter: number})
                except Wrong:
                    continue
                if compared:
                    raise Wrong(f"it also holds for {letter} = {number}: the range {which}")
        return ways

    def _sides(self, chain: Statement, ev: Evaluator) -> list[Side]:
        """What the code returned, and each side of the formula that can be computed now."""
        left, returned = chain.sides[0], self._returned(chain, ev)
        sides = [Side("what the code returns", "", returned)] if returned else []
        is_name = self._is_named(chain)
        right = replace(ev, names=self._before(chain)) if "<-" in chain.relations else ev
        for place, side in enumerate(chain.sides):
            skipped = place == 0 and is_name and not isinstance(side, Derivative)
            if not skipped and self._is_ready(side):
                name = "the right side" if place or not is_name else "the left side"
                try:
                    found = list(self._values(side, right if place else ev))
                except Unknown as error:
                    is_label = (
                        not is_name if not place else _is_label(side) and len(chain.sides) > 2
                    )
                    if not is_label or not isinstance(error.node, Call):
                        raise
                    continue  # it only says what is returned: `\\log p(x) = … = BN(x)`
                sides += (Side(name, way, value, side) for way, value in found)
        built_in = is_name and isinstance(left, Call) and backends.built_in(numpy, left.function)
        if isinstance(left, Call) and built_in and not left.primes and self._knows(left):
            at = ev.value(left.arguments[0]).array
            sides.append(Side(rf"\{left.function}", "", Value(built_in(at)), left))
        for way, value in self._meant(left, ev) if self.derive else ():
            sides.append(Side("the derivative that the left side stands for,", way, value, left))
        return sides

    def _knows(self, left: Call) -> bool:
        r"""Whether `\tanh(x)` has a value of its own: θ alone in `\cos\theta = …` has none."""
        names = {part.name for part in left.arguments if isinstance(part, Symbol)}
        return not names <= WEIGHTS or any(map(self.names.has, names))

    def is_step(self, chain: Statement) -> bool:
        """Whether it is a step on the way to what is returned, which another formula uses."""
        name = self.function.left(chain)
        return name is not None and name not in self.graph.returned

    def _is_named(self, chain: Statement) -> bool:
        """Whether the left side is a name, and not the value of an expression."""
        return self.function.left(chain) not in (None, WHOLE)

    def _compare(self, chain: Statement, constants: dict[str, int]) -> set[str]:
        ev, left = self.names.evaluator(numpy, constants), chain.sides[0]
        if chain.relations == ("in",):
            return _check_shape(chain, ev)
        if chain.relations[-1:] == ("in",):  # `a = … \in \mathbb{R}` says both
            return self._compare(_without_set(chain), constants) | _check_shape(chain, ev)
        if self.is_step(chain) and len(chain.sides) == 2:
            return set()
        sides = self._sides(chain, ev)
        if len(sides) < 2:
            if self.is_step(chain):
                return set()  # a step on the way, which another formula uses
            if not self.derive and not all(map(self._is_ready, chain.sides)):
                return set()  # compared in the draw with derivatives
            what = "the right side is only a derivative, and none is taken here"
            raise Wrong(f"nothing to compare: {what}")
        if not set(chain.relations) <= {"=", "<-"}:
            self._check_order(chain, ev)
        else:
            if chain.conditions and not self._restrict(sides, chain, ev):
                return set()
            draw, sides = self.draw, self._entrywise(sides)
            check_equal(sides, ev, self.within, draw.at_limits, draw.is_directed)
            self._check_all_returned(chain, constants)
            self._see_digits(chain, ev)
            if self.derive and self.draw.seed == 0 and self._is_ready(left):
                cotangents.check(chain, self.names, ev)
        return {"return", *(side.way or "return" for side in sides)}

    def _entrywise(self, sides: list[Side]) -> list[Side]:
        r"""`\frac{d\sigma(x)}{dx}` of a vector, where the code returns one slope for each entry.

        That is the diagonal of the derivative, where all else in it is 0.
        """
        first = sides[0].value
        if first.rank != 1:
            return sides
        out = sides[:1]
        for side in sides[1:]:
            array = np.asarray(side.value.array)
            if isinstance(side.node, Derivative) and side.value.shape == first.shape * 2:
                on = array[..., np.arange(first.shape[0]), np.arange(first.shape[0])]
                if not (array - on[..., None] * np.eye(first.shape[0])).any():
                    self.graph.rules.add("entries")
                    side = side._replace(value=Value(on, 1))
            out.append(side)
        return out

    def _before(self, chain: Statement) -> Names:
        """The names on the right of `w \\leftarrow …`: what is assigned there or later is old."""
        statements = self.function.statements
        later = statements[statements.index(chain) :]
        new = {self.function.left(s) or "" for s in later if "<-" in s.relations}
        return self.names.without(new & self.function.parameters.keys())

    def _restrict(self, sides: list[Side], chain: Statement, ev: Evaluator) -> bool:
        """Compare only where the conditions of a chain hold; whether that is anywhere."""
        mask: Any = True
        for condition in chain.conditions:
            if condition.relations != ("in",):
                mask = mask & ev.holds(condition)
        if not np.any(mask):
            return False
        first = sides[0].value
        for place, side in enumerate(sides[1:], 1):
            if side.value.fits(first):
                spread = np.asarray(mask)[(...,) + (None,) * first.rank]
                array = np.where(spread, side.value.array, first.array)
                sides[place] = side._replace(value=side.value.like(array))
        return True

    def _see_digits(self, chain: Statement, ev: Evaluator) -> None:
        """Which numbers of a chain make a difference to the last digit."""
        for side in () if self.shows_digits or self.draw.is_directed else chain.sides:
            for number, other in accuracy.changed(side) if self._is_ready(side) else ():
                if self.unseen.get(id(number), number):
                    a, b = (np.asarray(ev.value(each).array) for each in (side, other))
                    self.unseen[id(number)] = number if agree(a, b, LOOSE).all() else None

    def _check_all_returned(self, chain: Statement, constants: dict[str, int]) -> None:
        """No letter of the left side could run further than what is returned goes."""
        left, right = chain.sides[0], chain.sides[-1]
        shape = self.function.shape_of_left(self.function.left(chain) or "")
        if self.draw.seed or self.derive or not isinstance(left, Symbol) or not shape:
            return
        for letter, axis in zip(left.indices, shape.axes, strict=False):
            places = [n.indices for n in walk(right) if isinstance(n, Symbol)]
            is_index = any(letter in walk(i) for at in places for i in at)
            if self.is_bound(axis) or not isinstance(letter, Symbol) or not is_index:
                continue
            ev = self.names.evaluator(numpy, constants)
            data, given = self.names.data(left, ev)
            if letter not in given:
                continue
            size = np.shape(data.value)[given.index(letter)]
            ev.constants[letter.name] = size + data.origin
            try:
                self._bind(given, data, ev)
                ev.value(right)
            except Wrong:
                continue
            raise Wrong(f"the formula has an entry {letter.name} = {size + 1}; the code does not")

    def _is_ready(self, side: Node) -> bool:
        """A side with a derivative waits for the draw in which quantities depend on each other.

        A slope that the function is given, of a quantity that no formula defines, never waits.
        """
        for node in walk(side) if side.has_derivative else ():
            if isinstance(node, Derivative) and not self.names.given(node):
                if not self.derive or node.quantity in self._foreign:
                    return False
        return True

    @functools.cached_property
    def _foreign(self) -> set[str]:
        """The quantities on top of the slopes that the function is given, if none is defined."""
        nodes = [node for node in self.function.nodes if isinstance(node, Derivative)]
        tops = {node.quantity for node in nodes if self.names.given(node)}
        if len(self.scope.functions) == 1:  # no other formula could say what it is the slope of
            lefts = (s.sides[0] for s in self.function.statements)
            tops |= {n.quantity for n in lefts if isinstance(n, Derivative) and n.quantity}
        return {top for top in tops if not self.graph.has(top, self.function)}

    @property
    def _ways(self) -> list[Backend]:
        """What takes derivatives: on the first draw all that can, on the others the fastest."""
        first = self.draw.seed == 0 and not self.quick
        return backends.differentiators(self.function.library) if first else [backends.dual]

    def _values(self, side: Node, ev: Evaluator) -> Iterator[tuple[str, Value]]:
        """(way, value) of a side, for each way to take its derivatives; "" if it has none."""
        if not has_derivative(side):
            yield "", ev.value(side)
            return
        for backend in self._ways:
            self.graph.differentiator = backend
            yield backend.WAY, ev.value(side)
        self.graph.differentiator = self._ways[0]

    def _meant(self, left: Node, ev: Evaluator) -> Iterator[tuple[str, Value]]:
        """The derivative that a δ stands for, or the slope that f′ means by f."""
        if isinstance(left, Symbol):
            if node := self.scope.meanings.get(self.function.full_name(left)):
                bottom = node.bottoms[0]
                layer = bottom.layer or left.layer
                if layer is not None and self.function.full_name(left) != left.name:
                    layer = bottom.layer  # δ^{(1)} is delta1, whose own derivative this is
                below = Symbol(bottom.name, layer, left.indices, span=left.span)
                yield from self._values(Derivative(node.top, (below,), span=left.span), ev)
        elif isinstance(left, Call) and left.primes:
            for backend in self._ways:
                if function := self._antiderivative(left, backend):
                    at = ev.value(left.arguments[0]).array
                    yield backend.WAY, Value(backends.plain(backend.slope(function, at)))

    def _antiderivative(self, slope: Call, backend: Backend) -> Curve | None:
        """The function whose slope this is, if it is known."""
        name, primes = slope.function, slope.primes - 1
        if not primes and (built_in := backends.built_in(backend, name)):
            return built_in
        defined = self.scope.named_function(name, primes, self.function)
        return defined and evaluate.by_formula(Names(self.graph, defined[0]), defined[1], backend)

    # ---- what the code returned, as the left side

    def _returned(self, chain: Statement, ev: Evaluator) -> Value | None:
        left, name = chain.sides[0], self.function.left(chain)
        if name is None or name not in self.graph.returned:
            return None
        whole = self.graph.returned[name]
        indices: Indices = ()
        call = left.operand if isinstance(left, Index) else left
        if name == WHOLE:
            data = Data(whole, self.names.entrywise(whole))
            indices = self._free(left, ev)[: np.ndim(whole)]
        elif isinstance(call, Call):
            if all(isinstance(each, Symbol) for each in call.arguments):
                self._check_argument(call, arguments_of(chain))
            data = Data(whole, self.function.entry and np.ndim(whole) > 0)
            indices = left.indices if isinstance(left, Index) else ()
        elif isinstance(left, Derivative):
            whole, indices = self._slope_returned(left, whole, ev)
            data = Data(whole, self.names.entrywise(whole))
        elif isinstance(left, Symbol):
            if left.indices and not np.ndim(whole) and not self._running(chain, ev):
                left = replace(left, indices=())  # the indices only say which number it is
            data, indices = self.names.data(left, ev)
            runs = any(other.where for other in self.function.defines(name))
            numbered = any(isinstance(i, Number) for i in indices) and not runs
            if numbered and np.ndim(data.value) and data.value.shape[0] != 1 and data.origin:
                raise Wrong("one entry alone on the left", left)
            if name in self.function.parameters and not self.function.step:
                raise Wrong(f"`{name}` on the left is an input of the function", left)
        self._bind(indices, data, ev)
        return ev.gather(data, indices, left)

    def _running(self, chain: Statement, ev: Evaluator) -> bool:
        """Whether an index of the left side runs: a letter that the other sides have as well."""
        every = {node for side in chain.sides[1:] for node in walk(side)}
        return any(letter in every for letter in self._free(chain.sides[0], ev))

    def _free(self, left: Node, ev: Evaluator) -> Indices:
        """The letters without a value that are indices on the left, each once, in order."""
        every = [n.indices for n in walk(left) if isinstance(n, Symbol | Index)]
        letters = [i for indices in every for i in indices if isinstance(i, Symbol)]
        bound = {name for n in walk(left) if isinstance(n, Reduce) for name in n.letters}
        known = bound | self.function.parameters.keys()
        free = [i for i in letters if not i.indices and i.name not in known]
        return tuple(dict.fromkeys(i for i in free if not self._is_fixed(i)))

    def _check_argument(self, left: Call, names: tuple[str, ...]) -> None:
        """The argument of `f(z) = …` is what the function is given, not what it is set by."""
        every = self.function.parameters
        arrays = [n for n, shape in every.items() if shape and shape.kind == "array"]
        free = [n for n in every if self.draw.ranges.get(n, "real") == "real"]
        functions = {n for n, shape in every.items() if shape and shape.of_callables}
        wanted = [n for n in arrays or free or every if n not in functions]
        is_all = names[0] in WEIGHTS and (names[0] in arrays or names[0] not in every)
        if len(names) > 1 or is_all:
            return  # `J(\theta)`: what it is a function of, all of them together
        name, first = names[0], [n for n in every if n not in functions][:1]
        if len(names) == 1 and name in every and name in (*wanted[:1], *(() if arrays else first)):
            return
        if len(names) != 1 or name not in every:
            raise Wrong("the argument on the left is not a parameter of the function", left)
        what = f"the argument on the left is `{name}`, but the function's is `{wanted[0]}`"
        why = "its first array" if arrays else "its first number without a range"
        raise Wrong(f"{what}, {why}: write that, or change the order of the parameters", left)

    def _slope_returned(self, left: Derivative, whole: Any, ev: Evaluator) -> tuple[Any, Indices]:
        named = [n for n in (left.top, *left.bottoms) if isinstance(n, Symbol | Index)]
        indices = tuple(i for node in named for i in node.indices)
        layer = left.bottoms[0].layer if left.bottoms else None
        if isinstance(whole, list) and layer:
            at = ev.whole(layer)
            if not 1 <= at <= len(whole):
                raise Wrong(f"there is no layer {at}", left)
            whole = whole[at - 1]
        if len(indices) > np.ndim(whole):  # ∂L/∂w_{1j} of a function that returns that one row
            indices = tuple(i for i in indices if not self._is_fixed(i))
        return whole, indices

    def _is_fixed(self, index: Node) -> bool:
        size = isinstance(index, Symbol) and index.name in self.names.sizes
        return size or isinstance(index, Number)

    def _bind(self, indices: Indices, data: Data, ev: Evaluator) -> None:
        """The free indices of the left side run over their whole axes."""
        axes = np.shape(data.value)
        for place, index in enumerate(indices):
            if not isinstance(index, Symbol) or index.indices:
                continue
            if not ev.is_bound(index.name) and not self._is_fixed(index):
                if place >= len(axes):
                    raise Wrong(f"{len(indices)} indices on an array of {len(axes)} axes", index)
                ev.bind(index.name, np.arange(axes[place]) + (1 if place else data.origin))

    def _check_order(self, chain: Statement, ev: Evaluator) -> None:
        values = [np.asarray(ev.value(s).array) for s in chain.sides]
        check_order(values, chain.relations, self.within)
        returned = self._returned(chain, self.names.evaluator(numpy, ev.constants))
        if returned is not None and not agree(returned.array, values[0], self.within).all():
            raise Wrong("the left side is not what the code returns")


def _without_set(chain: Statement) -> Statement:
    return replace(chain, sides=chain.sides[:-1], relations=chain.relations[:-1])


def _is_label(side: Node) -> bool:
    """Whether a side is one function, which may stand for nothing here."""
    return isinstance(side.operand if isinstance(side, Index) else side, Call)


def _check_shape(chain: Statement, ev: Evaluator) -> set[str]:
    left, right = chain.sides[-2:]
    if isinstance(right, Power) and isinstance(right.base, NumberSet):
        wanted = tuple(map(ev.whole, _factors(right.exponent)))
    elif isinstance(right, NumberSet):
        wanted = ()
    else:
        raise Wrong(r"only \mathbb{R}^{n} says a shape", right)
    shape = ev.value(left).shape
    if shape != wanted:
        found, expected = (" × ".join(map(str, sizes)) for sizes in (shape, wanted))
        raise Wrong(f"the shape is {found}, not {expected}")
    return {"shape"}


def _factors(node: Node) -> list[Node]:
    return [*_factors(node.left), node.right] if isinstance(node, Product) else [node]
