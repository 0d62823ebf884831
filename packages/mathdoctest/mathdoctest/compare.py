"""The comparison: left side = right side = what the code returns = its derivative two ways.

All sides of a chain must agree for every free index, on random float64 inputs. Where a derivative
is in a formula, this is done a second time, with every parameter that another formula defines
computed from it.
"""

import copy
import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from mathdoctest import backends, evaluate, reader, rows, sample, signature, source
from mathdoctest.backends import Backend, numpy
from mathdoctest.derive import Graph, Names, has_derivative
from mathdoctest.errors import Mismatch
from mathdoctest.evaluate import Curve, Data, Evaluator, Indices, Value, Wrong, argument_of
from mathdoctest.execute import TIME_LIMIT, Code, call
from mathdoctest.scope import Function, Scope
from mathdoctest.symbols import SymbolTable, ranges
from mathdoctest.syntax import Call, Derivative, Node, Number, Product, Statement, Symbol

DRAWS = 6
RELATIVE, ABSOLUTE = 2e-5, 2e-6  # MLX's float64 exp, sigmoid, erf … have float32's accuracy
WAYS = {"": "", "autodiff": " by automatic differentiation", "difference": " by finite differences"}

FAULTS = (ArithmeticError, ValueError, IndexError, KeyError, TypeError, RecursionError)


class Side(NamedTuple):
    """One side of a chain. way: in which derivatives are taken. node: None of what is returned."""

    what: str
    way: str
    value: Value
    node: Node | None = None

    @property
    def name(self) -> str:
        return self.what + WAYS[self.way]


class CodeFailed(Wrong):
    """The code raised, or did not return."""


class Differs(Wrong):
    """Two sides have different numbers. entry: where, from 1. sides: (name, number) of both."""

    def __init__(self, entry: str, sides: tuple[tuple[str, float], ...], node: Node | None):
        (one, left), (other, right) = ((name, shown(number)) for name, number in sides)
        super().__init__(f"{entry}{one} is {left}, {other} is {right}", node)
        self.entry, self.sides = entry, sides


def shown(number: float) -> str:
    return f"{number + 0.0:.6g}".replace("-", "−")


def examine(
    one: Function, code: Code, table: SymbolTable, draws: int = DRAWS, limit: float = TIME_LIMIT
) -> set[str]:
    """Every chain on every draw: the ways in which they were compared. Raises Mismatch."""
    ways: set[str] = set()
    for trial in trials(one, code, table, range(draws), limit):
        for formula in one.formulas:
            for chain in formula.statements:
                try:
                    ways |= trial.judge(chain)
                except FAULTS as error:
                    raise _mismatch(one, formula, trial, error, chain) from error
    return ways


def trials(
    one: Function, code: Code, table: SymbolTable, seeds: range, limit: float = TIME_LIMIT
) -> Iterator["Trial"]:
    """The draws of these seeds, each with what the code returned for it. Raises Mismatch."""
    scope = Scope(one, _meanings(one, table))
    primes = [n.primes for n in one.nodes if isinstance(n, Call)]
    calculus = scope.meanings or any(primes) or any(map(has_derivative, one.nodes))
    for seed, derive in itertools.product(seeds, (False, True) if calculus else (False,)):
        trial = Trial(scope, ranges(table), seed, derive)
        try:
            trial.start(code, limit)
        except FAULTS as error:
            raise _mismatch(one, one.formulas[0], trial, error) from error
        yield trial


def _meanings(function: Function, symbols: SymbolTable) -> dict[str, Derivative]:
    """Left side → the derivative that it stands for."""
    texts = {n: symbols[n].stands_for for n in function.lefts if n in symbols}
    nodes = {name: reader.expression(tex) for name, tex in texts.items() if tex}
    return {name: node for name, node in nodes.items() if isinstance(node, Derivative)}


def _mismatch(
    one: Function,
    formula: source.Formula,
    trial: "Trial",
    error: Exception,
    chain: Statement | None = None,
) -> Mismatch:
    what = str(error) if isinstance(error, Wrong) else f"cannot be computed: {error}"
    if isinstance(error, RecursionError):
        what = "cannot be computed: a quantity is defined by itself"
    row, line = "", formula.line
    if chain:
        row, below = rows.place(formula, chain, error.node if isinstance(error, Wrong) else None)
        line += below
    place = one.module.path, line, one.name, formula.tex
    return Mismatch(*place, row + what, seed=trial.draw.seed, sizes=trial.draw.sizes)


class Trial:
    """One draw of inputs, what the code returns for them, and the comparison with it."""

    def __init__(self, scope: Scope, ranges: dict[str, str], seed: int, derive: bool):
        self.scope, self.function, self.derive = scope, scope.own, derive
        self.quick = False  # whether one way to take derivatives is enough
        self.draw = sample.Draw(scope, ranges, seed, at_zero=not derive and seed % 2 == 0)
        self.graph = Graph(scope, self.draw, numpy, derive)

    def run(self, code: Code, limit: float) -> None:
        """Call the code with the inputs drawn."""
        own, lefts = self.function, self.function.lefts
        values = {name: self.graph.value(name, own) for name in own.parameters}
        given = {n: self._argument(n, v, own.parameters[n]) for n, v in values.items()}
        try:
            parts = call(lambda: _parts(code(**given)), limit)
        except (Exception, SystemExit) as error:
            raised = f"the code raised `{type(error).__name__}: {error}`"
            is_told = isinstance(error, CodeFailed | TimeoutError)
            raise CodeFailed(str(error) if is_told else raised) from None
        if len(parts) not in (1, len(lefts)):
            what = f"{len(parts)} values are returned, but the formulas define {len(lefts)}"
            raise Wrong(f"{what}: {', '.join(lefts)}")
        self.graph.returned = dict(zip(lefts, itertools.cycle(parts), strict=False))
        self.names = Names(self.graph, own, returned=True)

    def start(self, code: Code, limit: float) -> None:
        """`run`, as every draw is run. Raises one of FAULTS."""
        with np.errstate(all="ignore"), backends.guard():
            self.run(code, limit)

    @property
    def inputs(self) -> dict[str, Any]:
        """What the formula was given, by parameter."""
        return {name: self.graph.value(name, self.function) for name in self.function.parameters}

    def _argument(self, name: str, value: Any, shape: signature.Shape | None) -> Any:
        if isinstance(value, list):
            return [self._argument(name, v, shape and shape.of) for v in value]
        if not isinstance(value, np.ndarray):
            return value
        if value.dtype.kind in "iu" and self.draw.ranges.get(name):
            value = value - 1  # an index counts from 1 in a formula, from 0 in code
        return backends.named(shape.made if shape else "").argument(value)

    def again(self, function: Function, apart: bool = False) -> "Trial":
        """This draw, and what the code returned for it, under formulas with the same left sides.

        apart: whether no other formula uses what was changed, so that all values remain.
        """
        twin = copy.copy(self)
        twin.function, twin.quick = function, True
        if not apart:
            twin.scope = Scope(function, self.scope.meanings)
            twin.graph = Graph(twin.scope, self.draw, numpy, self.derive)
            twin.graph.returned = self.graph.returned
        twin.names = Names(twin.graph, function, returned=True)
        return twin

    def on(self, draw: sample.Draw) -> "Trial":
        """A trial of the same formulas on another draw."""
        twin = copy.copy(self)
        twin.draw, twin.graph = draw, Graph(self.scope, draw, numpy, self.derive)
        return twin

    # ---- a chain

    def judge(self, chain: Statement) -> set[str]:
        """The ways in which a chain was compared. Raises one of FAULTS."""
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
                    _check_equal(sides, ev)
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
        if chain.where is None:
            return self._compare(chain, {})
        ev, letter = self.names.evaluator(numpy, {}), chain.where.letter
        low, high = sorted(map(ev.whole, (chain.where.first, chain.where.last)))
        every = (self._compare(chain, {letter: number}) for number in range(low, high + 1))
        ways: set[str] = set().union(*every)
        for number, which in ((low - 1, "begins too late"), (high + 1, "ends too early")):
            try:
                self._compare(chain, {letter: number})
            except Wrong:
                continue
            raise Wrong(f"it also holds for {letter} = {number}: the range {which}")
        return ways

    def _compare(self, chain: Statement, constants: dict[str, int]) -> set[str]:
        ev = self.names.evaluator(numpy, constants)
        if chain.relations == ("in",):
            return _check_shape(chain, ev)
        sides = self._sides(chain, ev)
        if len(sides) < 2 and all(map(self._is_ready, chain.sides)):
            what = "the right side is only a derivative, and none is taken here"
            raise Wrong(f"nothing to compare: {what}")
        if set(chain.relations) != {"="}:
            self._check_order(chain, ev)
        else:
            _check_equal(sides, ev)
        return {"return", *(side.way or "return" for side in sides)}

    def _sides(self, chain: Statement, ev: Evaluator) -> list[Side]:
        """What the code returned, and each side of the formula that can be computed now."""
        left, returned = chain.sides[0], self._returned(chain, ev)
        sides = [Side("what the code returns", "", returned)] if returned else []
        for place, side in enumerate(chain.sides):
            is_name = place == 0 and returned and isinstance(left, Symbol | Call)
            if not is_name and self._is_ready(side):
                name = "the right side" if place else "the left side"
                sides += (Side(name, way, value, side) for way, value in self._values(side, ev))
        built_in = isinstance(left, Call) and backends.built_in(numpy, left.function)
        if isinstance(left, Call) and built_in and not left.primes:  # a name with its own meaning
            at = ev.value(left.arguments[0]).array
            sides.append(Side(rf"\{left.function}", "", Value(built_in(at)), left))
        for way, value in self._meant(left, ev) if self.derive else ():
            sides.append(Side("the derivative that the left side stands for,", way, value, left))
        return sides

    def _is_ready(self, side: Node) -> bool:
        """A side with a derivative waits for the draw in which quantities depend on each other."""
        return self.derive or not has_derivative(side)

    def _values(self, side: Node, ev: Evaluator) -> Iterator[tuple[str, Value]]:
        """(way, value) of a side, for each way to take its derivatives; "" if it has none."""
        if not has_derivative(side):
            yield "", ev.value(side)
            return
        every = backends.differentiators()
        for backend in every if self.draw.seed == 0 and not self.quick else every[:1]:
            self.graph.differentiator = backend
            yield backend.WAY, ev.value(side)
        self.graph.differentiator = every[0]

    def _meant(self, left: Node, ev: Evaluator) -> Iterator[tuple[str, Value]]:
        """The derivative that a δ stands for, or the slope that f′ means by f."""
        if isinstance(left, Symbol):
            if node := self.scope.meanings.get(self.function.full_name(left)):
                bottom = node.bottoms[0]
                below = Symbol(bottom.name, bottom.layer, left.indices, span=left.span)
                yield from self._values(Derivative(node.top, (below,), span=left.span), ev)
        elif isinstance(left, Call) and left.primes:
            every = backends.differentiators()
            for backend in every[:1] if self.quick else every:
                if function := self._antiderivative(left, backend):
                    at = ev.value(left.arguments[0]).array
                    yield backend.WAY, Value(np.array(backend.slope(function, at)))

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
        if name is None:
            return None
        whole = self.graph.returned[name]
        indices: Indices = ()
        if isinstance(left, Call):
            if len(left.arguments) != 1 or argument_of(chain) not in self.function.parameters:
                raise Wrong("the argument on the left is not a parameter of the function", left)
            data = Data(whole, self.function.entry and np.ndim(whole) > 0)
        elif isinstance(left, Derivative):
            whole, indices = self._slope_returned(left, whole, ev)
            data = Data(whole, self.names.entrywise(whole))
        elif isinstance(left, Symbol):
            data, indices = self.names.data(left, ev)
            numbered = any(isinstance(i, Number) for i in indices)
            if numbered and np.ndim(data.value) and data.value.shape[0] != 1 and data.origin:
                raise Wrong("one entry alone on the left", left)
            if name in self.function.parameters and not self.function.step:
                raise Wrong(f"`{name}` on the left is an input of the function", left)
        self._bind(indices, data, ev)
        return ev.gather(data, indices, left)

    def _slope_returned(self, left: Derivative, whole: Any, ev: Evaluator) -> tuple[Any, Indices]:
        indices = tuple(i for symbol in (left.top, *left.bottoms) for i in symbol.indices)
        layer = left.bottoms[0].layer
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
        values = [ev.value(s).array for s in chain.sides]
        for relation, a, b in zip(chain.relations, values, values[1:], strict=False):
            gap, slack = a - b, ABSOLUTE + RELATIVE * np.abs(b)
            holds = {"<": gap < 0, ">": gap > 0, "<=": gap <= slack, ">=": gap >= -slack}
            if not np.all(holds.get(relation, np.abs(gap) <= slack)):
                raise Wrong(f"`{relation}` does not hold on a draw")
        returned = self._returned(chain, self.names.evaluator(numpy, ev.constants))
        if returned is not None and not np.allclose(returned.array, values[0], RELATIVE, ABSOLUTE):
            raise Wrong("the left side is not what the code returns")


def _check_shape(chain: Statement, ev: Evaluator) -> set[str]:
    left, right = chain.sides
    shape, wanted = ev.value(left).shape, tuple(map(ev.whole, _factors(right)))
    if shape != wanted:
        found, expected = (" × ".join(map(str, sizes)) for sizes in (shape, wanted))
        raise Wrong(f"the shape is {found}, not {expected}")
    return {"shape"}


def _check_equal(sides: list[Side], ev: Evaluator) -> None:
    one, first = sides[0].name, sides[0].value
    for side in sides[1:]:
        other = side.value
        if not other.fits(first):
            if other.rank or np.any(np.asarray(other.array) != 0):
                what = f"{one} is {first.described()}, {side.name} is {other.described()}"
                raise Wrong(what, side.node)
            other = Value(np.zeros((1,) * ev.depth + first.shape), first.rank)
        a, b = np.broadcast_arrays(np.asarray(first.array), np.asarray(other.array))
        close = np.abs(a - b) <= ABSOLUTE + RELATIVE * np.maximum(np.abs(a), np.abs(b))
        close = close & np.isfinite(b) | np.isnan(a) & np.isnan(b) | (a == b)
        if not np.isfinite(a).all():
            what = "the inputs leave the range where the function is finite"
            raise Wrong(f"{what}: declare a range for the symbol")
        if not close.all():
            index = tuple(np.argwhere(~close)[0])
            place = [str(n + 1) for n, size in zip(index, a.shape, strict=True) if size > 1]
            entry = f"entry ({', '.join(place)}): " if place else ""
            pair = (one, float(a[index])), (side.name, float(b[index]))
            raise Differs(entry, pair, side.node)


def _factors(node: Node) -> list[Node]:
    return [*_factors(node.left), node.right] if isinstance(node, Product) else [node]


def _parts(result: Any) -> list[Any]:
    """What a function returned, in NumPy: here MLX computes it, and may raise."""
    return list(map(_plain, result if isinstance(result, tuple) else (result,)))


def _plain(value: Any) -> Any:
    if isinstance(value, list) and value and not isinstance(value[0], int | float):
        return list(map(_plain, value))
    try:
        return np.array(value).astype(np.float64)
    except (TypeError, ValueError):
        raise CodeFailed(f"the code returned {value!r:.40}, not an array or a number") from None
