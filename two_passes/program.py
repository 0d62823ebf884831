"""The live lab's program: what a reader's browser computes is made from the checked formulas.

Each formula of `live_lab.two_passes` and of the optimizers is written out for every entry of the
2-2-1 network. assets/lib/arithmetic.js evaluates its tree, assets/lib/worked-line.js fills its
columns with digits. So the formula on the screen is the program that runs; tests/test_live_lab.py
holds it against MLX.
"""

import ast
import re
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from literate import exported, formulas, symbols
from literate.book import Book
from literate.directives.parts import code
from mathdoctest import entries, scope
from mathdoctest.export import Exporter
from mathdoctest.functions import Function
from mathdoctest.resolve import stem
from mathdoctest.syntax import Derivative, Node

ACTIVATIONS = ("ReLU", "sigmoid", "tanh")
BUILT_IN = ("tanh",)  # activations that the evaluator knows itself
# Numbers of the program that are rounded to float32 only where they meet an array
HOST = {"eta", "mu", "beta1", "beta2", "epsilon"}
STATE = ("w", "g", "m", "v", "t", *HOST, "w_t", "m_t", "v_t", "m_hat", "v_hat")
SINGLE = {"y_1": "y", "y_hat_1": "y_hat"}  # what there is one of carries no index
EXPORTER = Exporter(None, HOST, SINGLE)


class _Drawn(exported.Drawn):
    def number(self, tex: str) -> int:
        return super().number(re.sub(r"(\\hat\{y\}|(?<![a-z])y)_\{1\}", r"\1", tex))


class Program:
    """Formulas as data. TeX is drawn once; the data refer to it by number."""

    def __init__(self, book: Book):
        self.book, self._drawn = book, _Drawn()

    def tex(self, tex: str) -> int:
        return self._drawn.number(tex)

    def drawn(self) -> list[str]:
        return self._drawn.html(self.book.project.katex)

    def code(self, name: str) -> list[str]:
        """A function's code, coloured, its symbols marked, line by line."""
        return code(replace(self.book.snippets[name], example="")).split("\n")

    # ---- one formula, one line of code, one step of the lab

    def passes(self, name: str) -> list[dict]:
        """The lines of both passes, each with an entry for every number that it computes."""
        function, values = formulas.function(self.book.project, name), self.book.runs[name].values
        lines, stage = [], "forward"
        for nth, chain in enumerate(function.statements, 1):
            left = function.left(chain)
            stage = "loss" if left == "L" else "backward" if stage == "loss" else stage
            spots = _spots(chain.sides[0], values[left])
            made = [self._entry(function, values, at, nth) for at in spots]
            lines.append(dict(stage=stage, name=stem(left), row=self._row(name, nth), entries=made))
        return lines

    def optimizer(self, name: str, keeps: tuple[str, ...], constants: dict[str, float]) -> dict:
        """A step of an optimizer for any parameter. keeps: what it keeps of each."""
        step, values = formulas.function(self.book.project, name), dict.fromkeys(STATE, 1.0)
        numbers = range(1, len(step.statements) + 1)
        lines = [{"row": self._row(name, n), **self._entry(step, values, {}, n)} for n in numbers]
        return {"keeps": keeps, "constants": constants, "lines": lines, "code": self.code(name)}

    def functions(self, name: str) -> dict[str, Any]:
        """The activation functions and their slopes, each by its own checked formula."""
        asker, out = formulas.function(self.book.project, name), {}
        for called, primes in product(ACTIVATIONS, (0, 1)):
            if called in BUILT_IN and not primes:
                out[called] = [called, "argument"]
                continue
            _, chain = scope.Scope(asker).named_function(called, primes, asker)
            (argument,) = chain.sides[0].arguments
            out[called + "'" * primes] = _exported(chain.sides[-1], argument.name)
        return out

    def _entry(self, function: Function, values: dict, at: dict, nth: int) -> dict[str, Any]:
        known = symbols.parsed(self.book.project, function.module.name, function.name)
        entry = entries.entry(function, values, {}, at, known, nth)
        return {
            "symbol": SINGLE.get(entry.left.symbol, entry.left.symbol),
            "tree": _exported(entry.right),
            "left": self.tex(entry.left.tex),
            "columns": exported.line(entry, EXPORTER, self._drawn),
        }

    def _row(self, name: str, nth: int) -> int:
        """The line of a function's code, from 0, that computes its nth returned value."""
        (function,) = ast.parse(self.book.snippets[name].code).body
        *body, returned = function.body
        value = returned.value
        if (
            isinstance(value, ast.Tuple)
            and len(formulas.function(self.book.project, name).statements) > 1
        ):
            value = value.elts[nth - 1]
        made = {ast.unparse(s.targets[0]): s.lineno for s in body if isinstance(s, ast.Assign)}
        return made.get(ast.unparse(value), returned.lineno) - 1


def _exported(node: Node, argument: str | None = None):
    return Exporter(argument, HOST, SINGLE).export(node)


def _spots(left: Node, value: Any) -> list[dict]:
    """The choices of indices, from 1, that give every entry of a left side."""
    sizes = [range(1, size + 1) for size in np.shape(value)]
    if isinstance(left, Derivative):
        letters = [index.name for index in left.bottoms[0].indices]
        return [dict(zip(letters, place, strict=True)) for place in product(*sizes)]
    return [{"entry": place} if place else {} for place in product(*sizes)]
