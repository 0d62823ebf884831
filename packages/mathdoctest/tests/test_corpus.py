"""The corpus: formulas of deep learning, each checked against the function under it."""

import re
from pathlib import Path

import pytest

from mathdoctest import check, source
from mathdoctest.functions import Function, function
from mathdoctest.syntax import Call, Derivative

FILES = sorted((Path(__file__).parent / "corpus").glob("*.py"))
EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.py"))


def functions(files: list[Path]) -> list[Function]:
    """The functions of files that have formulas."""
    modules = map(source.module, files)
    return [
        function(module, name)
        for module in modules
        for name, node in module.functions.items()
        if source.formulas(node)
    ]


CORPUS = functions(FILES)


def is_gradient(one: Function) -> bool:
    """Whether a left side is a derivative or a slope f′."""
    lefts = [statement.sides[0] for statement in one.statements]
    return any(isinstance(n, Derivative) or isinstance(n, Call) and n.primes for n in lefts)


@pytest.mark.parametrize("one", CORPUS, ids=lambda one: one.qualified)
def test_corpus(one):
    ways = check(one).ways
    if is_gradient(one):
        assert {"autodiff", "difference"} <= set(ways)


def test_the_corpus_is_large_and_has_each_form():
    texts = [formula.tex for one in CORPUS for formula in one.formulas]
    assert len(texts) >= 130
    everything = "\n".join(texts)
    for form in (
        r"\begin{aligned}", r"\begin{cases}", r"\max", r"\operatorname{", r"\|", r"\mathbb{E}",
        r"\odot", r"\top", r"\nabla", r"\partial^2", r"\begin{bmatrix}", "t = 1", "l = ",
        r"\mathbb{1}[", r"\in \mathbb{R}",
    ):  # fmt: skip
        assert form in everything, f"no formula of the corpus has {form}"
    assert re.search(r"\\sum_\{\w=1\}\^\{?\w\}?\s*\\sum", everything)
