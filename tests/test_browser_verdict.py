"""What the browser says of an answer is what Python says of it.

Each formula of the book is an exercise: its own right side is the right answer, and what Python
says of the right side of a mutant is what the page says.
"""

import json
from collections import Counter
from typing import Any

import numpy as np
import pytest
from conftest import PROJECT, shown
from literate import formulas, symbols
from mathdoctest import browser as in_browser
from mathdoctest import compare, equal, execute, mutate, reader
from mathdoctest import symbols as declarations
from mathdoctest.browser import exercise
from mathdoctest.errors import NotInGrammar
from mathdoctest.functions import Function
from mathdoctest.symbols import SymbolTable
from mathdoctest.syntax import Statement
from mathdoctest.values import Wrong

pytestmark = pytest.mark.browser
DRAWS = 2
EACH = 6  # so manieth mutant of a formula is an answer
JUDGE = """async ([root, tables, tasks]) => {
    (await import(root + "words.js")).use(tables);
    const { verdict } = await import(root + "verdict.js");
    return JSON.stringify(JSON.parse(tasks).map(({ exercise, answers }) => answers.map(tex => {
        const before = performance.now();
        try { return { ...verdict(tex, exercise), ms: performance.now() - before }; }
        catch (error) { return { kind: "crash", stack: error.stack, tex }; }
    })));
}"""


@pytest.fixture
def judge(browser):
    """The verdicts of the browser on the answers to exercises."""
    with shown(in_browser.SCRIPTS) as root:
        page = browser.new_page()
        page.goto(root)

        def judging(tasks: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
            out: list[list[dict[str, Any]]] = []
            for task in tasks:
                told = page.evaluate(JUDGE, [root, in_browser.tables(), json.dumps([task])])
                out += json.loads(told)
            return out

        yield judging
        page.close()


def table_of(one: Function) -> SymbolTable:
    declared = {**symbols.table(PROJECT, one.module.name), **one.module.symbols}
    return declarations.parse(declared, one.name)


def answers(tex: str, chain: Statement, one: Function, n: int) -> list[str]:
    """The right side of a chain, and that of mutants of its formula."""
    found = [tex[slice(*chain.sides[-1].span)]]
    for mutant in mutate.mutants(tex)[::EACH]:
        try:
            other = reader.statements(mutant.tex, one.vocabulary)[n]
        except (NotInGrammar, IndexError):
            continue
        found.append(mutant.tex[slice(*other.sides[-1].span)])
    return list(dict.fromkeys(found))


def is_right(tex: str, one: Function, chain: Statement, trials: list[Any]) -> bool | None:
    """Whether Python finds an answer right; None where it is not in the grammar."""
    try:
        node = reader.expression(tex, one.vocabulary)
    except NotInGrammar:
        return None
    for trial in trials:
        for ev, wanted in trial.wanted(chain):
            try:
                with np.errstate(all="ignore"):
                    found = ev.value(node)
                sides = [equal.Side("", "", wanted), equal.Side("", "", found)]
                a, b = equal._fitted(*sides, ev)
            except (Wrong, TypeError, ValueError, AttributeError, MemoryError):
                return False
            if not equal.agree(a, b, equal.LOOSE).all():
                return False
    return True


def test_every_formula_of_the_book_is_an_exercise(judge):
    said, differ, slow = Counter[str](), [], []
    for name in formulas.all_with_formulas(PROJECT):
        one = formulas.function(PROJECT, name)
        code, table = execute.load(one.module.path, one.name), table_of(one)
        for formula in one.formulas:
            for n, chain in enumerate(formula.statements):
                if len(chain.sides) < 2 or not set(chain.relations) <= {"=", "<-"}:
                    continue
                task = exercise.exercise(one, code, table, chain, DRAWS)
                if not task["judge"]:
                    said["not an exercise"] += 1
                    continue
                trials = list(compare.trials(one, code, table, range(DRAWS)))
                trials = [trial for trial in trials if trial.derive] or trials
                given = answers(formula.tex, chain, one, n)
                (told,) = judge([{"exercise": task, "answers": given}])
                for place, (tex, verdict) in enumerate(zip(given, told, strict=True)):
                    kind = verdict["kind"]
                    said[kind if place else f"{kind}: the formula itself"] += 1
                    mine = is_right(tex, one, chain, trials)
                    if kind == "crash":
                        print(name, verdict)
                    if kind == "asked":
                        continue
                    if mine and verdict.get("code") == "unknown function":
                        said["a drawn function of a vector, which has no formula"] += 1
                        continue
                    there = None if kind == "unreadable" else kind == "right"
                    if mine is not there:
                        differ.append((name, tex, mine, verdict))
                    slow += [verdict.get("ms", 0)]
    print(f"\n{said}; the slowest {max(slow):.0f} ms, in the middle {sorted(slow)[len(slow) // 2]}")
    for each in differ:
        print(*each)
    assert not differ
    assert not said["crash"] and said["right: the formula itself"] > 200
    assert said["a drawn function of a vector, which has no formula"] < 5
    assert said["different"] > 300 and sum(said.values()) > 1_000
