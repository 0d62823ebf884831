"""What an expression in a sentence may say: a part of a formula that readers have seen."""

import pytest
from literate.repeats import is_plain, repeats
from mathdoctest import reader
from mathdoctest.notation import Vocabulary

SUM = r"z_i = \sum_{j=1}^{n} w_{ij} x_j + b_i"
MEAN = r"\mu = \frac{1}{n} \sum_{i=1}^{n} z_i"


def is_part(expression: str, formula: str) -> bool:
    known = Vocabulary(functions=frozenset({"f"}))
    return repeats(reader.expression(expression, known), reader.statements(formula, known))


@pytest.mark.parametrize(
    "expression, formula",
    [
        (r"w_{ij} x_j", SUM),
        (r"\sum_{j=1}^{n} w_{ij} x_j", SUM),
        (r"\sum_{j=1}^{n} w_{ij} x_j + b_i", SUM),
        (r"w_{12} x_2", SUM),
        (r"w_{kj} x_j", SUM),
        (r"\sum_{j=1}^{n} w_{1j} x_j", SUM),
        (r"\sum_{k=1}^{n} w_{ik} x_k", SUM),
        (r"\frac{1}{n} \sum_{i=1}^{n} z_i", MEAN),
        (r"\frac{1}{n}", MEAN),
        (r"b - c", "y = a + b - c + d"),
        (r"-c", "y = a + b - c + d"),
        (r"a b", "y = 2 a b c"),
        (r"b c", "y = 2 a (b c)"),
        (r"a \cdot b", "y = 2 a b"),
        (r"f(a + b)^2", "y = c f(a + b)^2"),
        (r"1 - \beta^2", r"v_t = \frac{m_t}{1 - \beta^t}"),
        (r"t - 1", "v_t = v_{t-1} + g_t"),
        (r"\log(x)", r"y = \begin{cases} \log(x) & x > 1 \\ 0 & x \le 1 \end{cases}"),
        (r"n - 1", r"s_i = x_i \quad i = 1, \dots, n - 1"),
    ],
)
def test_a_part_is_found(expression, formula):
    assert is_part(expression, formula)


@pytest.mark.parametrize(
    "expression, formula",
    [
        (r"x_j w_{ij}", SUM),  # no rewriting
        (r"w_{ij} + x_j", SUM),
        (r"w_{12} x_1", SUM),  # j is 2 and 1
        (r"w_{12} x_j", SUM),
        (r"w_{ij} b_i", SUM),
        (r"\sum_{j=2}^{n} w_{ij} x_j", SUM),
        (r"\sum_{j=1}^{n} w_{ij} x_j + b_k", SUM),
        (r"\sum_{i=1}^{n} w_{ii} x_i", SUM),  # the i outside is another
        (r"\sum_{n=1}^{n} w_{in} x_n", SUM),
        (r"\frac{1}{m} \sum_{i=1}^{n} z_i", MEAN),
        (r"\frac{1}{3}", MEAN),  # n is a size, not an index
        (r"b + c", "y = a + b - c + d"),
        (r"a - c", "y = a + b - c + d"),
        (r"c", "y = a + b - d"),
        (r"a c", "y = 2 a b c"),
        (r"a \odot b", "y = 2 a b"),
        (r"a + b", "y = a b"),
        (r"f(a)", "y = f(a + b)"),
        (r"2 a", "y = a b"),
    ],
)
def test_what_is_no_part_is_not(expression, formula):
    assert not is_part(expression, formula)


@pytest.mark.parametrize(
    "expression",
    [
        "x", "x_{i+1}", "W^{(l-1)}", "3", "-1", "10^{-6}", "(x, y)", r"\hat{y}",
        r"\mathbf{1}_N", r"\mathbf{e}_i", r"\frac{\partial L}{\partial w}",
    ],
)  # fmt: skip
def test_a_name_needs_no_formula(expression):
    assert is_plain(reader.expression(expression))


@pytest.mark.parametrize(
    "expression", ["-x", "2 x", "x^2", r"x^\top", r"\log(x)", "2^3", "(x, -y)"]
)
def test_an_operator_does(expression):
    assert not is_plain(reader.expression(expression))
