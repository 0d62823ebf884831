r"""A formula to be found: what the scripts need to judge whatever a reader answers.

An answer is right if it has the value of the formula on every draw. `small` are draws of small
whole numbers, one of which shows what is wrong with an answer.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from mathdoctest import browser, compare, resolve
from mathdoctest.browser import drawn
from mathdoctest.browser.drawn import Noting
from mathdoctest.errors import Mismatch
from mathdoctest.evaluate import Evaluator
from mathdoctest.execute import TIME_LIMIT, Code
from mathdoctest.functions import Function
from mathdoctest.smallest import SIZES, TRIES, SmallDraw
from mathdoctest.symbols import SymbolTable
from mathdoctest.syntax import Derivative, Statement, Symbol
from mathdoctest.trial import Trial
from mathdoctest.values import Wrong

DRAWS = 4


def exercise(
    one: Function, code: Code, table: SymbolTable, chain: Statement, draws: int = DRAWS
) -> dict[str, Any]:
    """The exercise to find the right side of a chain. Raises Mismatch, Wrong.

    vocabulary: of the answer. asked: the names that it may not use. judge, small: cases, each with
    the value that is wanted.
    """
    trials = list(compare.trials(one, code, table, range(draws)))
    judging = [trial for trial in trials if trial.derive] or trials
    judge = [case for trial in judging for case in _cases(trial, chain)]
    small = [case for trial in _small(trials[0], code) for case in _cases(trial, chain)[:1]]
    return {
        "vocabulary": browser.vocabulary(one.vocabulary),
        "asked": sorted(asked(judging[0], chain)),
        "judge": judge,
        "small": small,
    }


def _small(like: Trial, code: Code) -> Iterator[Trial]:
    """Draws of small whole numbers, for what a person can work out."""
    for size in reversed(SIZES):
        for seed in range(TRIES // 2):
            with contextlib.suppress(Wrong, Mismatch, ValueError, TypeError, IndexError):
                trial = like.on(SmallDraw(like.draw, size, seed))
                trial.start(code, TIME_LIMIT)
                yield trial


def asked(trial: Trial, chain: Statement) -> set[str]:
    """The names of what is asked for, and of the derivative that it stands for or is."""
    left = trial.function.left(chain) or ""
    found = {left, resolve.name_in_code(left), resolve.canonical(left, trial.function.parameters)}
    meanings = trial.scope.meanings
    for name in {left} & meanings.keys():
        found.add(_named(trial, meanings[name]))
    for name, node in meanings.items():
        if _named(trial, node) in found:
            found.add(name)
    found |= {resolve.capital(name) for name in found if name and name not in _others(trial)}
    return found - {""}


def _others(trial: Trial) -> set[str]:
    """The names of inputs, which are never what is asked for."""
    return {*trial.function.parameters}


def _named(trial: Trial, node: Derivative) -> str:
    symbols = [each for each in (node.top, *node.bottoms) if isinstance(each, Symbol)]
    names = [trial.function.full_name(each) for each in symbols]
    return resolve.derivative_name(names[0], names[1:]) if names else ""


def _cases(trial: Trial, chain: Statement) -> list[dict[str, Any]]:
    """What is wanted at each step of a chain, with every value that an answer may name."""
    out = []
    with contextlib.suppress(Wrong):
        for ev, wanted in trial.wanted(chain):
            case = drawn.case(ev, noted(trial, ev))
            out.append(case | {"wanted": drawn.value(wanted)})
    return out


def noted(trial: Trial, ev: Evaluator) -> Noting:
    """All names that an answer may use: of the function, of those in reach, their derivatives."""
    noting, one = Noting(trial.names), trial.function
    for node in trial.scope.meanings.values():
        with contextlib.suppress(Wrong, Mismatch, ValueError, TypeError):
            noting.learn(node, ev, one)
    for each in trial.scope.functions:
        for name in (*each.parameters, *each.lefts):
            with contextlib.suppress(Wrong, Mismatch, ValueError, TypeError):
                noting.note([name])
        for node in each.nodes:
            with contextlib.suppress(Wrong, Mismatch, ValueError, TypeError):
                noting.learn(node, ev, one)
    return noting
