"""A formula of the book has the same value in the browser as in Python, on the draws of its check.

So has each of some mutants of it; what means nothing in Python means nothing there either.
"""

import json
import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from conftest import PROJECT, shown
from literate import formulas
from mathdoctest import browser as in_browser
from mathdoctest import mutate, reader, sample
from mathdoctest.backends import numpy
from mathdoctest.browser import drawn
from mathdoctest.errors import NotInGrammar
from mathdoctest.evaluate import Evaluator
from mathdoctest.functions import Function
from mathdoctest.syntax import Node, Symbol, mapped
from mathdoctest.trial import Trial
from mathdoctest.values import Value, Wrong

pytestmark = pytest.mark.browser
AT_ONCE = 500  # cases that are handed to the page at once
EACH = 5  # so manieth mutant of a formula is evaluated
EVALUATE = """async ([root, cases]) => {
    const { evaluated } = await import(root + "evaluate.js");
    const { Names } = await import(root + "names.js");
    const { fromJson } = await import(root + "reader.js");
    return JSON.stringify(fromJson(cases).map(each => {
        try { return evaluated(each, new Names(each.drawn)); }
        catch (error) { return { crash: error.stack }; }
    }));
}"""
Found = dict[str, Any]


def told(found: Value | Wrong) -> Found:
    if isinstance(found, Wrong):
        return {"wrong": str(found)}
    array = np.asarray(found.array, np.float64)
    data = [float(each) for each in array.reshape(-1)]
    return {"shape": list(array.shape), "data": data, "rank": found.rank, "row": found.row}


def is_same(here: Found, there: Found) -> bool:
    if "wrong" in here:
        return "wrong" in there
    if any(here[name] != there.get(name) for name in ("shape", "rank", "row")):
        return False
    pairs = zip(here["data"], map(float, there["data"]), strict=True)
    return all(
        a == b or math.isnan(a) and math.isnan(b) or math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-8)
        for a, b in pairs
    )


@pytest.fixture
def evaluate(browser):
    """Evaluate cases in the browser."""
    with shown(in_browser.SCRIPTS) as root:
        page = browser.new_page()
        page.goto(root)
        set_up = 'async ([root, tables]) => (await import(root + "words.js")).use(tables)'
        page.evaluate(set_up, [root, in_browser.tables()])

        def evaluating(cases: list[Found]) -> list[Found]:
            out: list[Found] = []
            for first in range(0, len(cases), AT_ONCE):
                some = json.dumps(cases[first : first + AT_ONCE])
                out += json.loads(page.evaluate(EVALUATE, [root, some]))
            return out

        yield evaluating
        page.close()


class Heard:
    """What is evaluated while a function is checked, and the same side of some mutants."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.cases: list[Found] = []
        self.values: list[Found] = []
        self.mutants = 0
        self._seen = set[int]()

    def hear(self, one: Function, side: Node, ev: Evaluator) -> None:
        self._evaluate(one.qualified, side, ev)
        if id(side) not in self._seen:
            self._seen.add(id(side))
            for other in others(one, side):
                self.mutants += self._evaluate(f"a mutant of {one.qualified}", other, ev)

    def _evaluate(self, name: str, side: Node, ev: Evaluator) -> bool:
        try:
            found, case = drawn.evaluated(side, ev)
        except (TypeError, ValueError):  # NumPy's, for a mutant: the checker says what it was
            return False
        self.names.append(name)
        self.cases.append(case)
        self.values.append(told(found))
        return True


def others(one: Function, side: Node) -> list[Node]:
    """The side in mutants of its formula."""
    places = [
        (formula.tex, n, m)
        for formula in one.formulas
        for n, chain in enumerate(formula.statements)
        for m, each in enumerate(chain.sides)
        if each is side
    ]
    out = []
    for tex, n, m in places[:1]:
        for mutant in mutate.mutants(tex)[::EACH]:
            try:
                other = reader.statements(mutant.tex, one.vocabulary)[n].sides[m]
            except (NotInGrammar, IndexError):
                continue
            out += [other] if other != side else []
    return out


def test_formulas_have_the_same_values(monkeypatch, evaluate):
    heard, plain = Heard(), Trial._values

    def values(trial: Trial, side: Node, ev: Evaluator) -> Any:
        out = list(plain(trial, side, ev))
        with np.errstate(all="ignore"):
            heard.hear(trial.function, side, ev)
        return iter(out)

    monkeypatch.setattr(Trial, "_values", values)
    functions = formulas.all_with_formulas(PROJECT)
    for name in functions:
        formulas.check(PROJECT, formulas.function(PROJECT, name))
    there = evaluate(heard.cases)
    differ, known = [], Counter[str]()
    for name, mine, other in zip(heard.names, heard.values, there, strict=True):
        if other.get("wrong") == "unknown function" and "wrong" not in mine:
            known["an unknown function"] += 1
        elif is_same(mine, other):
            known["wrong" if "wrong" in mine else "equal"] += 1
        else:
            differ.append((name, mine, other))
    print(f"\n{known}, of them {heard.mutants} of mutants")
    assert not differ
    assert known["equal"] > 3_000 and known["wrong"] > 300 and heard.mutants > 1_500
    assert known["an unknown function"] < 60
    assert len({name for name in heard.names if "mutant" not in name}) >= 0.95 * len(functions)


@pytest.mark.parametrize("place", range(len(drawn.CURVES)))
def test_the_formula_of_a_drawn_function_is_that_function(evaluate, place):
    at = np.linspace(-3, 3, 50)
    (chain,) = reader.statements(drawn.CURVES[place])
    names = {"sizes": {}, "own": [], "parameters": [], "lefts": [], "step": False, "steps": {}}
    names |= {"given": {}, "derivatives": {}, "functions": {}}
    names["values"] = {"x": {"shape": [50], "data": list(at), "origin": 1}}
    case = {"tree": in_browser.as_json(chain.sides[1]), "drawn": names, "depth": 1, "left": []}
    letters = {"i": [0, list(range(1, 51))]}
    entry = Symbol("x", indices=(Symbol("i"),))
    tree = mapped(chain.sides[1], lambda node: entry if node == Symbol("x") else node)
    case |= {"tree": in_browser.as_json(tree), "letters": letters, "constants": {}, "example": None}
    (found,) = evaluate([case])
    assert np.allclose(found["data"], sample.ENTRYWISE[place](numpy, at), rtol=1e-9)
