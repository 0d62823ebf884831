"""The comparison: left side = right side = what the code returns = its derivative two ways.

All sides of a chain must agree for every free index, on random float64 inputs. Where a derivative
is in a formula, this is done a second time, with every parameter that another formula defines
computed from it.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from mathdoctest import accuracy, backends, directed, reader, rows, sample, source, watch
from mathdoctest.equal import LOOSE, listed
from mathdoctest.errors import Mismatch, NotInGrammar, SourceError
from mathdoctest.execute import TIME_LIMIT, Code
from mathdoctest.functions import Function
from mathdoctest.reach import Reach
from mathdoctest.scope import Scope
from mathdoctest.symbols import SymbolTable, ranges
from mathdoctest.syntax import Call, Derivative, Node, Number, Statement, walk
from mathdoctest.trial import Trial
from mathdoctest.values import OffAxis, Wrong

DRAWS = 6
RELATIVE, ABSOLUTE = LOOSE


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
    reached: dict[int, Reach] = {}
    first: Any = None
    compared, seen = set[int](), set[int]()  # chains of which two sides were compared; sides
    for trial in trials(one, code, table, range(draws), limit, scope):
        trial.unseen, trial.reached, trial.seen = unseen, reached, seen
        ways |= _judged(one, trial, compared)
        rules |= trial.graph.rules
        first = trial if trial.draw.seed == 0 else first
    for number in filter(None, unseen.values()):
        what = f"the last digits of {number.value:.15g} make no difference on any draw"
        wrong = Wrong(f"{what}: {accuracy.CURE}", number)
        raise _mismatch(one, _formula_of(one, number), trial, wrong)
    if draws >= DRAWS:
        within = trial.scope
        seeds = on_purpose(one, code, table, within)
        for trial in trials(one, code, table, seeds, limit, within) if seeds else ():
            trial.reached = reached
            ways |= _judged(one, trial, compared)
    for formula in one.formulas:
        for chain in formula.statements:
            for node, what in reached[id(chain)].missing() if draws >= DRAWS else ():
                raise _mismatch(one, formula, trial, Wrong(what, node), chain)
            if id(chain) not in compared and not trial.is_step(chain):
                never = Wrong("nothing was compared: its conditions held on no draw")
                raise _mismatch(one, formula, trial, never, chain)
            for side in chain.sides[1:] if id(chain) in compared else ():
                if side.has_derivative and id(side) not in seen:
                    raise _mismatch(one, formula, trial, _never(side), chain)
    return Compared(ways, rules, first.draw)


def _never(side: Node) -> Wrong:
    """What is told of a side that had a value on no draw."""
    tops = {n.quantity for n in walk(side) if isinstance(n, Derivative) and n.quantity}
    of = " and ".join(f"`{top}`" for top in sorted(tops)) or "this"
    what = f"this side was compared with nothing: no formula in reach says what {of} is"
    cure = "give its slope as a parameter, return it, or import the function that defines it"
    return Wrong(f"{what}; {cure}", side)


def on_purpose(one: Function, code: Code, table: SymbolTable, within: Scope) -> list[int]:
    """The seeds of the draws on purpose that a function needs."""

    def given(seed: int) -> dict[str, Any]:
        return Trial(within, ranges(table), seed, False).arguments()

    return watch.seeds(one, code, ranges(table), given)


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
    draw, inputs = trial.draw, _short(trial)
    return Mismatch(*place, row + what, seed=draw.seed, sizes=draw.sizes, inputs=inputs)


def _short(trial: "Trial") -> dict[str, str]:
    """The inputs of a draw that a message has room for: numbers, and arrays of a few."""
    try:
        inputs = {name: np.asarray(value) for name, value in trial.inputs.items()}
    except (Wrong, ValueError):  # one of them could not be drawn, or is a list of layers
        return {}
    few = {n: a for n, a in inputs.items() if a.dtype.kind in "fiu" and a.size <= 3 and a.ndim < 2}
    return {name: listed(array.tolist(), _roughly) for name, array in few.items()}


def _roughly(number: float) -> str:
    return f"{number:.3g}".replace("-", "−")
