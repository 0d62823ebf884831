r"""A formula to be found: what the scripts need to judge whatever a reader answers.

An answer is right if it has the value of the formula on every draw. `small` are draws of small
whole numbers, one of which shows what is wrong with an answer.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from mathdoctest import backends, browser, compare, library, resolve
from mathdoctest.browser import drawn
from mathdoctest.browser.drawn import Noting
from mathdoctest.errors import Mismatch
from mathdoctest.evaluate import Evaluator
from mathdoctest.execute import TIME_LIMIT, Code
from mathdoctest.functions import Function
from mathdoctest.smallest import SIZES, TRIES, SmallDraw
from mathdoctest.symbols import SymbolTable
from mathdoctest.syntax import Call, Derivative, Index, Node, Number, Statement, Sum, Symbol, Term
from mathdoctest.trial import Trial
from mathdoctest.values import Wrong

DRAWS = 4


def exercise(
    one: Function, code: Code, table: SymbolTable, chain: Statement, draws: int = DRAWS
) -> dict[str, Any]:
    """The exercise to find the right side of a chain. Raises Mismatch, Wrong.

    vocabulary: of the answer. functions: those that it may use. judge, small: cases, each with the
    value that is wanted and the names of what is `asked`, which an answer may not use.
    """
    trials = list(compare.trials(one, code, table, range(draws)))
    judging = [trial for trial in trials if trial.derive] or trials
    with np.errstate(all="ignore"), backends.guard():
        judge = [case for trial in judging for case in _cases(trial, chain)]
        small = [case for trial in _small(trials[0], code) for case in _cases(trial, chain)[:1]]
    return {
        "functions": _shared([*judge, *small]),
        "vocabulary": browser.vocabulary(one.vocabulary),
        "judge": judge,
        "small": small,
    }


def _shared(cases: list[dict[str, Any]]) -> dict[str, Any]:
    """The functions that are the same in every case, taken out of each."""
    every = [case["drawn"]["functions"] for case in cases]
    first = every[0] if every else {}
    shared = {n: of for n, of in first.items() if all(each.get(n) == of for each in every)}
    for each in every:
        for name in shared:
            del each[name]
    return shared


def _small(like: Trial, code: Code) -> Iterator[Trial]:
    """Draws of small whole numbers, for what a person can work out."""
    for size in reversed(SIZES):
        for seed in range(TRIES // 2):
            with contextlib.suppress(Wrong, Mismatch, ValueError, TypeError, IndexError):
                trial = like.on(SmallDraw(like.draw, size, seed))
                trial.start(code, TIME_LIMIT)
                yield trial


def asked(trial: Trial, chain: Statement, ev: Evaluator) -> set[str]:
    """The names of what is asked for, and of the derivative that it stands for or is."""
    left, one, found = chain.sides[0], trial.function, set[str]()
    left = left.operand if isinstance(left, Index) else left
    if isinstance(left, Symbol):
        name = one.left(chain) or ""
        found.add(_named(trial, ev, left))
        if one.step:
            found.add(f"{name} t{one.made_at(name)}")
        if name in trial.scope.meanings:
            found.add(_slope(trial, ev, trial.scope.meanings[name], left.layer))
    elif isinstance(left, Call):
        function = library.ALIASES.get(left.function, left.function)
        found.add(f"{function}{chr(39) * left.primes}()")
    elif isinstance(left, Derivative):
        mine = _slope(trial, ev, left)
        found |= {mine, resolve.name_in_code(mine), one.left(chain) or ""}
        layer = left.bottoms[0].layer if left.bottoms else None
        for name, node in trial.scope.meanings.items():
            other = None if node.bottoms[0].layer else layer
            if _slope(trial, ev, node, other) == mine:
                found |= {_named(trial, ev, Symbol(name, other)), name if other is None else ""}
    return found - {"", *one.parameters}  # an input is never asked for


def _named(trial: Trial, ev: Evaluator, symbol: Symbol) -> str:
    """The name of a symbol, or of an element of a list; empty where it has none."""
    try:
        return drawn.element(trial.names.located(symbol, ev)[0])
    except Wrong:
        return trial.function.full_name(symbol)


def _slope(trial: Trial, ev: Evaluator, node: Derivative, layer: Node | None = None) -> str:
    """The name of a derivative. layer: of what it is taken along, where that has none."""
    along = [replace(each, layer=each.layer or layer) for each in node.bottoms]
    top = _named(trial, ev, node.top) if isinstance(node.top, Symbol) else ""
    return resolve.derivative_name(top, [_named(trial, ev, each) for each in along])


def _cases(trial: Trial, chain: Statement) -> list[dict[str, Any]]:
    """What is wanted at each step of a chain, with every value that an answer may name."""
    out = []
    with contextlib.suppress(Wrong):
        for ev, wanted in trial.wanted(chain):
            case = drawn.case(ev, noted(trial, ev))
            case["asked"] = sorted(asked(trial, chain, ev))
            out.append(case | {"wanted": drawn.value(wanted)})
    return out


def noted(trial: Trial, ev: Evaluator) -> Noting:
    """All names that an answer may use: of the function, of those in reach, their derivatives."""
    noting, one = Noting(trial.names), trial.function
    now = Symbol(resolve.TIME)
    times = (now, Sum((Term(1, now), Term(-1, Number(1.0)))))
    steps = [Symbol(n, indices=(at,)) for n in (*one.parameters, *one.lefts) for at in times]
    for node in (*trial.scope.meanings.values(), *(steps if one.step else ())):
        with contextlib.suppress(Wrong, Mismatch, ValueError, TypeError):
            noting.learn(node, ev)
    symbols = [node for node in one.nodes if isinstance(node, Symbol)]
    written = [name for each in symbols for name in (each.name, one.full_name(each))]
    for name in (*written, *map(resolve.capital, written), *trial.draw.layout.inputs):
        with contextlib.suppress(Wrong, Mismatch, ValueError, TypeError):
            noting.note([name])
    for each in trial.scope.functions:
        for name in (*each.parameters, *each.lefts):
            with contextlib.suppress(Wrong, Mismatch, ValueError, TypeError):
                noting.note([name])
        for node in each.nodes:
            with contextlib.suppress(Wrong, Mismatch, ValueError, TypeError):
                noting.learn(node, ev)
    return noting
