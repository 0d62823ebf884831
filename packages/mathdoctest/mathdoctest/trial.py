"""The chains of formulas on one draw of inputs: each side, the code, the derivatives."""

import contextlib
import copy
import functools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from mathdoctest import (
    accuracy,
    backends,
    cotangents,
    evaluate,
    labels,
    library,
    resolve,
    sample,
    words,
)
from mathdoctest.backends import Backend, numpy
from mathdoctest.derive import Graph, has_derivative
from mathdoctest.equal import LOOSE, Differs, Side, agree, check_equal, check_order
from mathdoctest.evaluate import BATCH, Evaluator
from mathdoctest.execute import Code
from mathdoctest.functions import WHOLE, Function
from mathdoctest.left import Left
from mathdoctest.names import Names
from mathdoctest.reach import Reach
from mathdoctest.scope import Scope
from mathdoctest.syntax import (
    Call,
    Derivative,
    Index,
    Node,
    Number,
    NumberSet,
    Power,
    Product,
    Statement,
    Symbol,
    walk,
)
from mathdoctest.values import Curve, Unknown, Value, Wrong


class Trial(Left):
    """One draw of inputs, what the code returns for them, and the comparison with it.

    unseen: id of a number → the number, as long as its last digits made no difference.
    """

    unseen: dict[int, Number | None]
    reached: dict[int, Reach] | None = None  # by the identity of a chain
    reach: Reach | None = None  # of the chain that is judged
    seen: set[int] | None = None  # the identities of the sides that had a value
    quick = False  # whether one way to take derivatives is enough
    batch = 0  # rows of a batch, while a formula is read as said of one

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
        twin.reached = twin.reach = None
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
        if self.reached is not None:
            self.reach = self.reached.setdefault(id(chain), Reach())
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

    def wanted(self, chain: Statement) -> list[tuple[Evaluator, Value]]:
        """What a chain is about, at each of its steps, with an evaluator for a right side.

        Raises Wrong.
        """
        found = []
        with np.errstate(all="ignore"), backends.guard():
            for constants in self._steps(chain):
                ev = self._evaluator(constants)
                ev.left = functools.partial(self._letters_of, chain)
                first = next(iter(self._sides(chain, ev)), None)
                if first is None:
                    raise Wrong("nothing to compare")
                found.append((replace(ev, names=self.names.before(chain)), first.value))
        return found

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
        """The ways in which a chain was compared, as it stands or as it may be meant. Raises Wrong.

        Where its shapes do not fit: said of one row of a batch, or with letters that only say
        which one it is.
        """
        try:
            return self._checked(chain)
        except Differs:
            raise
        except Wrong:
            for rule, meant in (("batch", self._rows), ("which", self._without_labels)):
                with contextlib.suppress(Wrong):
                    if found := meant(chain):
                        self.batch = found if isinstance(found, int) else 0
                        ways = self._checked(found if isinstance(found, Statement) else chain)
                        self.graph.rules.add(rule)
                        return ways
            raise
        finally:
            self.batch = 0

    def _without_labels(self, chain: Statement) -> Statement | None:
        """The chain without letters that only say which one it is."""
        names = self.names
        if self.derive or any(map(has_derivative, chain.sides)) or self.function.entry:
            return None
        found = labels.without(chain, lambda name: name in names.sizes or names.has(name))
        return None if found is None or self._may_count(chain) else found

    def _may_count(self, chain: Statement) -> bool:
        """Whether a letter may count entries after all, along the axis of what is returned."""
        whole: Any = self.graph.returned.get(self.function.left(chain) or "")
        if not np.ndim(whole) or isinstance(whole, list):
            return False
        nodes = (n for side in chain.sides[1:] for n in walk(side) if isinstance(n, Symbol))
        carriers = {n.name for n in nodes if n.indices or n.layer} & self.inputs.keys()
        return np.shape(whole)[:1] in {np.shape(self.inputs[name])[:1] for name in carriers}

    def _rows(self, chain: Statement) -> int:
        """How many rows a batch has of which the formula says one: along the first axis of arrays.

        0 where there is none, or a derivative is taken.
        """
        name = self.function.left(chain)
        whole: Any = self.graph.returned.get(name or "")
        if self.derive or self.function.entry or isinstance(whole, list) or not np.ndim(whole):
            return 0
        arrays = {n: a for n, a in self.inputs.items() if isinstance(a, np.ndarray)}
        rows = {n for n, a in arrays.items() if a.ndim > 1 and len(a) == len(whole)}
        symbols = [n for side in chain.sides for n in walk(side) if isinstance(n, Symbol)]
        names = {*map(self.function.full_name, symbols)} & rows
        is_batch = bool(names) and not any(name[0].isupper() for name in names)  # as W is
        return len(whole) if is_batch else 0

    def _evaluator(self, constants: dict[str, int]) -> Evaluator:
        ev = replace(self.names.evaluator(numpy, constants), reach=self.reach)
        if self.batch:
            ev.bind(BATCH, np.arange(1, self.batch + 1))
            ev.example = (BATCH, self.batch)
        return ev

    def _letters_of(self, chain: Statement) -> frozenset[str]:
        """The letters of a left side: those that run, or that only say which one it is."""
        found = {n.name for n in self._free(chain.sides[0]) if isinstance(n, Symbol)}
        return frozenset(found - {resolve.TIME})

    def _checked(self, chain: Statement) -> set[str]:
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
        right = replace(ev, names=self.names.before(chain))
        for place, side in enumerate(chain.sides):
            if not self._is_label(chain, place) and self._is_ready(chain, place):
                if self.seen is not None:
                    self.seen.add(id(side))
                name = "the right side" if place or not is_name else "the left side"
                try:
                    found = list(self._values(side, right if place else ev))
                except Unknown:
                    if place or is_name or len(chain.sides) < 2:
                        raise
                    continue  # it only says what is returned: `S_N^{-1} = …`
                sides += (Side(name, way, value, side) for way, value in found)
        built_in = is_name and isinstance(left, Call) and backends.built_in(numpy, left.function)
        if isinstance(left, Call) and built_in and not left.primes and self._knows(left):
            at = ev.value(left.arguments[0]).array
            sides.append(Side(rf"\{left.function}", "", Value(built_in(at)), left))
        if isinstance(left, Call) and left.function in ("det", "tr", "inner"):
            known = library.apply(left, [ev.value(each) for each in left.arguments], ev)
            sides += [Side("the left side", "", known, left)] if known else []
        for way, value in self._meant(left, ev) if self.derive else ():
            sides.append(Side("the derivative that the left side stands for,", way, value, left))
        return sides

    def _is_label(self, chain: Statement, place: int) -> bool:
        r"""Whether a side only says what is returned: a name, or a function that nothing defines.

        Such as both ends of `\log p(x) = … = BN(x)`, or the slope of a J(theta).
        """
        side = chain.sides[place]
        if place == 0 and self._is_named(chain) and not isinstance(side, Derivative):
            return True
        inner = side.operand if isinstance(side, Index) else side
        if place and (len(chain.sides) < 3 or not isinstance(inner, Call)):
            return False
        below = walk(side) if place == 0 else (inner,)
        return any(isinstance(n, Call) and not self.names.knows(n) for n in below)

    def _knows(self, left: Call) -> bool:
        r"""Whether `\tanh(x)` has a value of its own: θ alone in `\cos\theta = …` has none."""
        names = {part.name for part in left.arguments if isinstance(part, Symbol)}
        return not names <= words.WEIGHTS or any(map(self.names.has, names))

    def is_step(self, chain: Statement) -> bool:
        """Whether it is a step on the way to what is returned, which another formula uses."""
        name = self.function.left(chain)
        return name is not None and name not in self.graph.returned

    def _is_named(self, chain: Statement) -> bool:
        """Whether the left side is a name, and not the value of an expression."""
        return self.function.left(chain) not in (None, WHOLE) and self.is_name(chain)

    def _compare(self, chain: Statement, constants: dict[str, int]) -> set[str]:
        ev = self._evaluator(constants)
        ev.left = functools.partial(self._letters_of, chain)
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
            ready = (self._is_ready(chain, place) for place in range(len(chain.sides)))
            if not self.derive and not all(ready):
                return set()  # compared in the draw with derivatives
            what = "the right side is only a derivative, and none is taken here"
            raise Wrong(f"nothing to compare: {what}")
        if not set(chain.relations) <= {"=", "<-"}:
            self._check_order(chain, ev)
        else:
            if chain.conditions and not self._restrict(sides, chain, ev):
                return set()
            draw, sides = self.draw, self._entrywise(sides)
            may_be_none = draw.is_directed and not self.quick  # a change for a hint may not be
            check_equal(sides, ev, self.within, draw.at_limits, may_be_none)
            if not self.batch:
                self._check_all_returned(chain, constants)
            self._see_digits(chain, ev)
            if self.derive and self.draw.seed == 0 and self._is_ready(chain, 0):
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
                    self.graph.rules.add("slopes")
                    side = side._replace(value=Value(on, 1))
            out.append(side)
        return out

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
        ev = replace(ev, reach=None)  # what is changed here is not what the formula says
        right = replace(ev, names=self.names.before(chain))
        for place, side in enumerate(chain.sides):
            if self.shows_digits or self.draw.is_directed or not self._is_ready(chain, place):
                continue
            ev = right if place else ev
            for number, other in accuracy.changed(side):
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
            ev = self.names.evaluator(numpy, dict(constants))
            data, given = self.names.data(left, ev)
            if letter not in given[: np.ndim(data.value)]:
                continue
            size = np.shape(data.value)[given.index(letter)]
            ev.constants[letter.name] = size + data.origin
            try:
                self._bind(given, data, ev)
                ev.value(right)
            except Wrong:
                continue
            raise Wrong(f"the formula has an entry {letter.name} = {size + 1}; the code does not")

    def _is_ready(self, chain: Statement, place: int) -> bool:
        """A side with a derivative waits for the draw in which quantities depend on each other.

        A slope that the function is given, of a quantity that no formula defines, never waits; on
        the right, neither does one that the function makes itself.
        """
        side, names = chain.sides[place], self.names.before(chain) if place else self.names
        for node in walk(side) if side.has_derivative else ():
            if isinstance(node, Derivative) and not (names.made(node) or names.given(node)):
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

    def _check_order(self, chain: Statement, ev: Evaluator) -> None:
        values = [np.asarray(ev.value(s).array) for s in chain.sides]
        check_order(values, chain.relations, self.within)
        returned = self._returned(chain, self.names.evaluator(numpy, ev.constants))
        if returned is not None and not agree(returned.array, values[0], self.within).all():
            raise Wrong("the left side is not what the code returns")


def _without_set(chain: Statement) -> Statement:
    return replace(chain, sides=chain.sides[:-1], relations=chain.relations[:-1])


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
