"""The grammar, and what is read from a formula."""

import logging
from itertools import pairwise

import pytest
from lark import Lark

from mathdoctest import reader
from mathdoctest.syntax import Call, Number, Product, Symbol, walk


def test_the_grammar_is_lalr_without_a_conflict(caplog):
    with caplog.at_level(logging.DEBUG, "lark"):
        logging.getLogger("lark").setLevel(logging.DEBUG)
        grammar = reader.GRAMMAR.read_text("utf-8")
        Lark(grammar, parser="lalr", start=["start", "expr"], debug=True)
    assert not [r.message for r in caplog.records if "conflict" in r.message.lower()]


OUTSIDE = [
    r"x^T = x", r"\delta^l = x", r"a / b = c", r"\sum_i x_i = y", r"\sum_{i=1} x_i = y",
    r"x \unknown y = z", r"\log = x", r"x' = y", r"\hat{ab} = x", r"a = ", r"\frac{a} = b",
    r"\operatorname{ReLU} = x", r"(a, b) = c", r"x_{i_{j}} = y", r"\mathbf{1} = x",
]  # fmt: skip


@pytest.mark.parametrize("tex", OUTSIDE)
def test_outside_the_grammar_is_an_error_that_names_the_place(tex):
    with pytest.raises(reader.NotInGrammar) as raised:
        reader.statements(tex)
    assert 0 <= raised.value.at <= len(tex)


def test_the_place_is_that_of_the_mistake():
    with pytest.raises(reader.NotInGrammar) as raised:
        reader.statements(r"x \unknown y = z")
    assert str(raised.value) == r"outside the grammar at `\unknown y = z`"
    assert raised.value.at == 2


@pytest.mark.parametrize(
    "tex, same",
    [
        (r"\log(z)^2", r"(\log(z))^2"),
        (r"\log z y", r"\log(z) y"),
        (r"a b \odot c d", r"(a b) \odot (c d)"),
        (r"\sum_{i=1}^{n} x_i y + b", r"(\sum_{i=1}^{n} (x_i y)) + b"),
        (r"-a b", r"-(a b)"),
        (r"w (x + b)", r"(w)(x + b)"),
        (r"\left( a + b \right)", "(a + b)"),
        (r"a \cdot b", "a b"),
        (r"x_{ij}", r"x_{i,j}"),
    ],
)
def test_read_as_a_mathematician_would(tex, same):
    assert reader.expression(tex) == reader.expression(same)


def test_indices_side_by_side_are_separate_and_keep_their_order():
    assert reader.expression("w_{ij}") == Symbol("w", indices=(Symbol("i"), Symbol("j")))
    assert reader.expression("w_{ij}") != reader.expression("w_{ji}")
    assert reader.expression("w_{12}").indices == (Number(1.0), Number(2.0))
    assert reader.expression(r"\hat{y}") == Symbol("y_hat") != reader.expression("y")


def test_a_name_before_parentheses_is_a_function_where_it_is_one():
    assert isinstance(reader.expression("f(x)", reader.Vocabulary(frozenset("f"))), Call)
    assert isinstance(reader.expression("f(x)"), Product)


def test_spans_are_where_the_parts_are():
    tex = r"z = \frac{\hat{a} + 1}{b} w_{ij} \log(c)"
    for node in walk(reader.statements(tex)[0].sides[1]):
        text = tex[slice(*node.span)]
        assert node == reader.expression(text) or text in ("i", "j"), text


def test_rows_of_aligned_continue_a_chain_or_begin_one():
    tex = r"\begin{aligned} a &= b \\ &= c \\ d &= e \end{aligned}"
    first, second = reader.statements(tex)
    assert [len(first.sides), len(second.sides)] == [3, 2]
    assert all(a.span < b.span for a, b in pairwise((*first.sides, *second.sides)))
