"""What was probably mistyped in a formula that does not hold.

A change is tried on the draw that failed, then on every draw, with what the code returned for it:
the code is not called again. What is told is the same on every machine, since the work is counted
in evaluations.
"""

import contextlib
import copy
import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from mathdoctest import compare, mutate, reader, rows
from mathdoctest.compare import DRAWS
from mathdoctest.equal import Differs
from mathdoctest.errors import FIX, Mismatch, NotInGrammar
from mathdoctest.execute import TIME_LIMIT, Code
from mathdoctest.functions import OF_CHAINS, Function
from mathdoctest.missing import missing
from mathdoctest.notation import Vocabulary
from mathdoctest.places import comparisons, places
from mathdoctest.scene import Scene
from mathdoctest.slips import exchanges, relations, slips
from mathdoctest.smallest import counterexample
from mathdoctest.symbols import SymbolTable
from mathdoctest.syntax import Call, Derivative, Statement, Symbol, walk
from mathdoctest.trial import Trial

BUDGET = 2500  # evaluations of a formula without a derivative
COST = 50  # of one with derivatives, in evaluations without
FURTHER = 6  # draws after the others, on which a change must hold too

# The kinds of mistakes, the most frequent in what is published first
ORDER = (
    *("strict", "turned"),  # few, and nothing else looks like them
    *("sign", "root of a divisor", "one of many", "two", "half", "index", "brackets", "place"),
    *("off by one", "unused symbol", "symbol", "first sign", "square", "root", "bars", "one"),
    *("term", "factor", "prime", "fraction", "transpose", "number", "bound", "too much"),
    *("one minus", "root of many", "many", "function", "order", "power", "divisor", "exchange"),
    *("entrywise factor", "cut", "call", "sum", "big", "bare", "term of two"),
    *("other term", "other factor", "typed"),
)


class Change(NamedTuple):
    """A chain with one change, and what the hint says of it."""

    kind: str
    says: str
    chain: Statement


class Told(NamedTuple):
    """What is told of a formula that does not hold: what to do, or inputs that show it."""

    hint: str | None = None
    what: str | None = None


def guess(
    one: Function,
    error: Mismatch,
    code: Code,
    table: SymbolTable,
    draws: int = DRAWS,
    limit: float = TIME_LIMIT,
) -> Told | None:
    """What to tell of a mismatch besides its own words; None if there is nothing."""
    formula = next((f for f in one.formulas if f.tex == error.formula), None)
    if formula is None:  # of another function, which this one uses
        return None
    try:
        trials = list(compare.trials(one, code, table, range(draws), limit))
        extra = [error.seed] if error.seed is not None and error.seed >= draws else []
        within = trials[0].scope
        if extra:  # it fails on purpose: so a change is tried on all such draws
            extra += [s for s in compare.on_purpose(one, code, table, within) if s not in extra]
            trials += compare.trials(one, code, table, extra, limit, within)
        found = _failing(trials, formula.statements)
        if found is None:
            return None
        trial, chain, fault = found
        case = Case(one, chain, trial, trials)
        if way := case.code_is_wrong():
            return Told(f"the code is wrong: the formula and {way} agree; change the code")
        scene = Scene(one, formula, chain, trial.draw.sizes, table)
        if says := case.hint(changes(scene), further(one, code, table, draws, limit)):
            return Told(f"{says}; {FIX}")
    except Mismatch:  # the code fails on another draw
        return None
    if isinstance(fault, Differs) and (shown := counterexample(trial, chain, code, limit)):
        row, _ = rows.place(formula, chain, fault.node)
        return Told(what=row + shown)
    return None


def further(
    one: Function, code: Code, table: SymbolTable, draws: int, limit: float
) -> Iterator[Trial]:
    """More draws, until the code fails on one."""
    with contextlib.suppress(Mismatch):
        yield from compare.trials(one, code, table, range(draws, draws + FURTHER), limit)


def _failing(
    trials: list[Trial], chains: list[Statement]
) -> tuple[Trial, Statement, Exception] | None:
    """The first draw and chain that do not hold."""
    for trial, chain in itertools.product(trials, chains):
        try:
            trial.judge(chain)
        except Exception as fault:
            return trial, chain, fault
    return None


# ---- the changes


def changes(scene: Scene) -> Iterator[Change]:
    """The chain with every change that may be right, the most probable first; no left side."""
    found = list(_on_trees(scene))
    yield from sorted(found, key=lambda change: ORDER.index(change.kind))
    yield from _typed(scene)


def _on_trees(scene: Scene) -> Iterator[Change]:
    chain = scene.chain
    for at, side in enumerate(chain.sides):
        every = places(side) if at else ()
        found = [(place, rule(place, scene)) for place in every for rule in (slips, missing)]
        found += [(place, relations(place, scene)) for place in comparisons(side) if at]
        new = [(kind, says, place.put(node)) for place, made in found for kind, says, node in made]
        for kind, says, node in [*new, *(exchanges(side, scene) if at else ())]:
            sides = (*chain.sides[:at], node, *chain.sides[at + 1 :])
            yield Change(kind, says, replace(chain, sides=sides))


def _typed(scene: Scene) -> Iterator[Change]:
    """The mistakes of `mutate`, which are made in the text."""
    text, _ = rows.text_of(scene.formula, scene.chain)
    called = {n.function for n in scene.nodes if isinstance(n, Call)}
    functions = Vocabulary(frozenset(called))
    chain = _alone(text, functions)
    if chain is None or chain != scene.chain:
        return
    begin = chain.sides[0].span[1]
    for mutant in mutate.mutants(text):
        if mutant.at >= begin and (changed := _alone(mutant.tex, functions)):
            was, now = mutant.was.strip() or "nothing", mutant.now.strip() or "nothing"
            says = f"with `{now}` in place of `{was}` it would hold"
            if changed.sides[0] == chain.sides[0]:
                yield Change("typed", says, changed)


def _alone(text: str, functions: Vocabulary) -> Statement | None:
    """The one chain of a text."""
    try:
        found = reader.statements(text, functions)
    except (NotInGrammar, ArithmeticError, ValueError):
        return None
    return found[0] if len(found) == 1 else None


def _rank(change: Change) -> tuple[bool, bool, int]:
    """Of changes that mean the same, the one to tell has the lowest: less before more."""
    return (
        change.kind not in ("strict", "turned"),
        change.kind != "too much",
        ORDER.index(change.kind),
    )


# ---- which of them hold


@dataclass
class Case:
    """A chain that does not hold on a trial, and every trial."""

    one: Function
    chain: Statement
    trial: Trial
    trials: list[Trial]
    left: int = 0  # of the budget

    @functools.cached_property
    def apart(self) -> bool:
        """Whether no formula in reach uses what the chain defines."""
        name = self.one.left(self.chain)
        symbols = {
            each.full_name(node)
            for each in self.trial.scope.functions
            for statement in each.statements
            for side in statement.sides[1:]
            for node in walk(side)
            if isinstance(node, Symbol)
        }
        return isinstance(self.chain.sides[0], Symbol | Derivative) and name not in symbols

    def code_is_wrong(self) -> str:
        """The way to take derivatives by which the formula is right on every draw."""
        try:
            ways = [trial.agreeing(self.chain) for trial in self.trials if trial.derive]
        except Exception:
            return ""
        if not ways or not all(ways):
            return ""
        words = {"autodiff": "automatic differentiation", "difference": "finite differences"}
        return words["autodiff" if "autodiff" in ways[0] else "difference"]

    def hint(self, every: Iterator[Change], more: Iterator[Trial]) -> str | None:
        """The change with which the chain holds; None if there is none.

        Of two that differ, at most one holds on more draws.
        """
        self.left = BUDGET
        seen, holding = {self.chain.sides}, list[Change]()
        for change in every:
            left, *others = change.chain.sides
            if change.chain.sides in seen or any(left in walk(side) for side in others):
                continue
            seen.add(change.chain.sides)
            if self.left <= 0:
                break
            if self._holds(change, self.trial) and self._holds_on_all(change):
                holding.append(change)
        for trial in more if holding else ():
            holding = [change for change in holding if self._holds(change, trial)]
        return min(holding, key=_rank).says if holding else None

    def _holds_on_all(self, change: Change) -> bool:
        return all(self._holds(change, trial) for trial in self.trials if trial is not self.trial)

    def _holds(self, change: Change, trial: Trial) -> bool:
        self.left -= COST if trial.derive and trial.is_slow(change.chain) else 1
        twin = trial.again(with_chain(self.one, self.chain, change.chain), self.apart)
        return bool(_tried(lambda: twin.judge(change.chain)))


def _tried(call: Callable[[], object]) -> object:
    """What a call returns; None if it raises anything: a changed formula may mean nothing."""
    try:
        return call()
    except Exception:
        return None


def with_chain(one: Function, was: Statement, now: Statement) -> Function:
    """The function with another chain in place of one; the left side is the same."""
    twin = copy.copy(one)
    for name in OF_CHAINS:
        vars(twin).pop(name, None)
    twin.statements = [now if each is was else each for each in one.statements]
    return twin
