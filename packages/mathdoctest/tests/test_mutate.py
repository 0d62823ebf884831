"""The mistakes that are made in the text of a formula."""

import pytest

from mathdoctest import mutate


def found(tex: str) -> set[tuple[str, str, str]]:
    return {(m.kind, m.was.strip(), m.now.strip()) for m in mutate.mutants(tex)}


def test_every_mistake_in_one_formula():
    assert found(r"z_i = \sum_{j=1}^{n} w_{ij} x_j + b_i") == {
        ("sign of a side", "", "-"), ("term added", "", "1 +"), ("sign of a term", "+", "-"),
        *(("hat added", x, rf"\hat{{{x}}}") for x in "bnwxz"),
        *(("symbol for another", a, b) for a in "bnwxz" for b in "bnwxz" if a != b),
        ("index for another", "i", "j"), ("index for another", "j", "i"),
        ("index for 1", "i", "1"), ("index for 1", "j", "1"), ("index off by one", "1", "2"),
        *(("index off by one", x, f"{{{x} {sign} 1}}") for x in "ij" for sign in "+-"),
        ("sum for product", r"\sum", r"\prod"),
        ("upper bound", "{n}", "{n - 1}"), ("term dropped", "+ b_i", ""),
        ("term dropped", r"\sum_{j=1}^{n} w_{ij} x_j", "0"), ("factor dropped", "w_{ij}", ""),
        ("factor dropped", "x_j", ""), ("factor added", "", r"2 \cdot"),
    }  # fmt: skip


RELU = r"y = \operatorname{ReLU}(x)"
GATE = r"y = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}"


@pytest.mark.parametrize(
    "tex, kind, was, now",
    [
        (r"a = -b", "sign dropped", "-", ""),
        (r"y = x_{i+1}", "sign in an index", "+", "-"),
        (r"z = W^{(1)} x", "layer for another", "1", "2"),
        (r"z^{(l)} = x", "layer off by one", "l", "l+1"),
        (r"y = x^2", "power", "2", "3"),
        (r"y = x^2", "power dropped", "^2", ""),
        (r"y = \frac{1}{2} x", "constant halved", "2", "1"),
        (r"y = 3 x", "constant", "3", "4"),
        (r"y = \hat{x}", "hat dropped", r"\hat{x}", "x"),
        (r"y = \hat{x}", "accent", r"\hat{x}", r"\bar{x}"),
        (r"y = \text{a} + \text{b}", "symbol for another", r"\text{a}", r"\text{b}"),
        (r"y = \log(x)", "function for another", r"\log", r"\exp"),
        (r"y = \log(x)", "function dropped", r"\log", ""),
        (RELU, "function for another", r"\operatorname{ReLU}", r"\operatorname{sigmoid}"),
        (r"y = \operatorname{erf}(x)", "function for another", r"\operatorname{erf}", r"\tanh"),
        (r"y = f'(x)", "prime dropped", "'", ""),
        (r"y = a \odot b", "entrywise for matrix product", r"\odot", ""),
        (GATE, "boundary of a case", r"\le", "<"),
        (GATE, "direction of a case", ">", "<"),
        (r"y = W^\top x", "transpose dropped", r"^\top", ""),
        (r"Y = W X", "transpose added", "X", r"(X)^\top"),
        (r"y = \sqrt{x}", "root dropped", r"\sqrt{x}", "(x)"),
        (r"y = \frac{a}{b}", "fraction upside down", r"\frac{a}{b}", r"\frac{b}{a}"),
        (r"y = \frac{a}{b}", "divisor dropped", r"\frac{a}{b}", "(a)"),
        (r"a^{(l)} = x \quad l = 1, \dots, D", "range of a for-all", "1", "1 + 1"),
        (r"a^{(l)} = x \quad l = 1, \dots, D", "range of a for-all", "D", "D - 1"),
    ],
)  # fmt: skip
def test_each_kind_of_mistake(tex, kind, was, now):
    assert (kind, was, now) in found(tex)


def test_a_mutant_is_the_formula_with_one_change():
    tex = r"\|x\| = \sqrt{x^\top x}"
    for mutant in mutate.mutants(tex):
        text = tex
        end = mutant.at + len(mutant.was)
        assert text[mutant.at : end] == mutant.was
        assert text[: mutant.at] + mutant.now + text[end:] == mutant.tex != text
