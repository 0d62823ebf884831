"""The grammar, and what is read from a formula."""

import logging
from itertools import pairwise

import pytest
from lark import Lark

from mathdoctest import reader, syntax
from mathdoctest.errors import NotInGrammar
from mathdoctest.notation import Vocabulary
from mathdoctest.syntax import Call, Index, Number, NumberSet, Power, Product, Symbol, walk


def test_the_grammar_is_lalr_without_a_conflict(caplog):
    with caplog.at_level(logging.DEBUG, "lark"):
        logging.getLogger("lark").setLevel(logging.DEBUG)
        grammar = reader.GRAMMAR.read_text("utf-8")
        Lark(grammar, parser="lalr", start=["start", "expr"], debug=True)
    assert not [r.message for r in caplog.records if "conflict" in r.message.lower()]


# what is outside → what the message says
OUTSIDE = {
    # what is not closed, or closes nothing
    r"x = (a + b": "it ends too early", r"x = [a + b": "it ends too early",
    r"x = \{a, b": "it ends too early", r"x = {a + b": "`{` is not closed",
    r"x = \left( a + b": "it ends too early", r"x = |a + b": "it ends too early",
    r"x = \| a": "it ends too early", r"x = \lfloor a": "it ends too early",
    r"x = \lceil a": "it ends too early", r"x = \langle a, b": "it ends too early",
    r"x = \begin{cases} a & b": "it ends too early", r"x = \sqrt[3": "`[` is not closed",
    r"x = \frac{a}{b": "`{` is not closed", r"x_{i = y": "`{` is not closed",
    r"x = }": "`}` closes nothing", r"x = \right)": "`)` closes nothing",
    r"x = a)": "`)` closes nothing", r"x = a]": "`]` closes nothing",
    r"x = \rfloor": r"`\rfloor` closes nothing", r"x = (a]": None, r"x = \lfloor a \rceil": None,
    r"\begin{aligned} x &= (a \\ y &= b) \end{aligned}": r"`\\` inside `(`, which is not closed",
    r"x = \rvert": r"`\rvert` closes nothing",
    # what is missing
    r"a = ": "it ends too early", r"= a": "no left side", r"\frac{a} = b": None,
    r"x = \frac{a}": "an argument is missing here", r"x_ = y": None,
    r"x^": "an argument is missing here", r"\log = x": "nothing to apply to",
    r"\operatorname{ReLU} = x": None, r"\nabla = x": "nothing to be taken of",
    r"x = a +": "it ends too early", r"x = \sum_{i=1}^{n}": "it ends too early",
    r"\mathbf{1} = x": "needs one index", r"x = \underset{p}{}": "nothing is under or over",
    r"x = \max a": "with parentheses",
    r"x = \mathbb{1} a": "an indicator needs a condition", r"\partial x = y": r"\partial needs",
    # what may be meant in two ways
    r"x = a / b c": "write brackets", r"x = 1 / a b": "write brackets",
    r"x = a^2^3": "two scripts of one kind", r"x_i_j = y": "two scripts of one kind",
    r"x = (a + b)'": "a prime on what is not a function", r"\hat{ab} = x": "several symbols",
    r"x = \bar{a + b}": "several symbols", r"x = \hat{2}": "not a symbol",
    r"x = a . b": "a full stop inside", r"y = x. + 1": "a full stop inside",
    r"x = n!!": "two scripts of one kind", r"x = n!^2": "write brackets",
    r"x = (a = b) c": "a relation as a factor", r"x = (a^2)^{b = c}": "a relation",
    r"x_{i=1} = y": "an equation as an index", r"x = exp a": "write `\\exp`",
    r"x = sum_i a_i": "write `\\sum`", r"x = \sum{i} a_i": "what runs stands below",
    r"y = AP_i": "one name or a product", r"x = \sum_{i=1, j=1}^{n} a_{ij}": "two ranges",
    r"x_i = a_i \quad i = 1, \dots, n \quad j = 1, \dots, m": "a second range",
    r"x_i = a_i \quad i = 1, 3, \dots, 9": "goes on by 1",
    r"x = \text{number of } a": "neither a name nor a condition",
    r"x = \text{which is a fact} a": "neither a name nor a condition",
    r"\frac{\partial^2 L}{\partial w} = 1": "a derivative of order 2 with 1 below",
    r"x^{(a, b)} = y": "a layer is one number",
    # what the language has not
    r"x \unknown y = z": r"at `\unknown y = z`", r"x = \int_0^1 t dt": r"at `\int_0^1",
    r"x = \begin{foo} a \end{foo}": r"at `\begin{foo}`", r"x = a \ominus b": r"at `\ominus b`",
    r"x = a ? b": "at `? b`", r"x = \not a": r"`\not` stands before", r"x = \arg a": r"`\arg`",
}  # fmt: skip


@pytest.mark.parametrize("tex", OUTSIDE)
def test_outside_the_grammar_is_an_error_that_names_the_place(tex):
    with pytest.raises(NotInGrammar) as raised:
        reader.statements(tex)
    assert 0 <= raised.value.at <= len(tex)
    assert (OUTSIDE[tex] or "") in str(raised.value)


@pytest.mark.parametrize("tex", [r"\hat" * 2000 + "x", r"\sqrt{" * 1000 + "x" + "}" * 1000])
def test_what_is_nested_too_deeply_is_an_error_too(tex):
    with pytest.raises(NotInGrammar, match="nested too deeply"):
        reader.statements(tex)


def test_the_place_is_that_of_the_mistake():
    with pytest.raises(NotInGrammar) as raised:
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


HOW = {
    # ---- scripts
    "x^T": r"x^\top", "x^{\\mathrm{T}}": r"x^\top", "A^{-T}": r"(A^{-1})^\top",
    "{g_t}^2": "(g_t)^2", "{g^{(t)}}^2": "(g^{(t)})^2", "{W_{ij}}^T": r"(W_{i,j})^\top",
    "x'^2": "(x')^2", "x_{i_{j}}": "x_{i_j}", "x_{2 i}": "x_{2,i}", "k_{krmn}": "k_{k,r,m,n}",
    r"\hat{m_1}^{(t)}": r"\hat{m}_1^{(t)}", r"\frac12 a": r"\frac{1}{2} a", "x_12": "x_1 2",
    # ---- a word in a subscript
    r"y_{true}": r"y_{\text{true}}", r"\eta_{max}": r"\eta_{\text{max}}",
    r"D_{KL}": r"D_{\text{KL}}", r"n_{\rm samples}": r"n_{\text{samples}}",
    r"H_{out} - H_{in}": r"H_{\text{out}} - H_{\text{in}}",
    r"\sigma_{\max}": r"\sigma_{\text{max}}",
    # ---- words
    r"intersection_c": r"\text{intersection}_c", r"TPR \cdot a": r"\text{TPR} \cdot a",
    r"alpha\_W * l1\_ratio": r"\text{alpha\_W} * \text{l1\_ratio}",
    r"\mathrm{soft\_sign}(x)": r"\operatorname{soft\_sign}(x)",
    "MI(U, V)": r"\operatorname{MI}(U, V)",
    r"\operatorname{argmin}_y a_y": r"\arg\min_y a_y",
    r"\underset{p}{\text{argmin}} p": r"\arg\min_p p",
    # ---- entries in square brackets
    "x[i]": "x_i", r"\text{stride}[0]": r"\text{stride}_0", "x[y[j]]": "x_{y_j}",
    "a [b + c]": "a (b + c)",
    # ---- operators
    "a / b": r"\frac{a}{b}", r"a \div b": r"\frac{a}{b}", r"a \bigodot b": r"a \odot b",
    "|x||y|": r"\lvert x \rvert \lvert y \rvert", r"\left< a, b \right>": r"\langle a, b \rangle",
    r"{n \choose k}": r"\binom{n}{k}", "n!": r"\operatorname{factorial}(n)",
    r"1(y_i = k)": r"\mathbb{1}[y_i = k]", r"\sum_i 1\{a_i > 0\}": r"\sum_i \mathbb{1}[a_i > 0]",
    "a + ... + b": r"a + \dots + b", r"(a_i)_{i=1}^n \cdot b": r"((a_i)_{i=1}^n) \cdot b",
    r"\sum_i^n a_i": r"\sum_{i=1}^n a_i", r"\max_{i=1, \dots, n} a_i": r"\max_{i=1}^n a_i",
}  # fmt: skip


@pytest.mark.parametrize("tex", HOW)
def test_two_ways_to_write_the_same(tex):
    assert reader.expression(tex) == reader.expression(HOW[tex])


@pytest.mark.parametrize("tex", ["e^T", "2^T", "x^{-T}", r"e^{-T}"])
def test_a_power_of_a_number_is_no_transpose(tex):
    assert isinstance(reader.expression(tex), Power)


def test_letters_are_a_name_a_product_or_indices():
    def factors(tex, *names):
        read = reader.expression(tex, Vocabulary(names=frozenset(names)))
        return [n.name for n in walk(read) if isinstance(n, Symbol)]

    assert factors("rate t") == ["rate", "t"] and factors("rate", *"rate") == ["r", "a", "t", "e"]
    assert factors("ab", "ab", "a", "b") == ["ab"] and factors("ab") == ["a", "b"]
    assert factors("c_{FN}") == ["c_FN"] and factors("c_{FN}", "F", "N", "c") == ["c", "F", "N"]
    assert factors("QKV") == ["QKV"] and factors("QKV", *"QKV") == ["Q", "K", "V"]
    assert factors("QK^T") == ["Q", "K"] and factors("tau") == ["tau"]


def test_a_name_that_a_left_side_makes_holds_for_the_formula():
    first, second = reader.statements(r"mse = a \\ b = 2 mse")
    assert first.sides[0] == Symbol("mse") and second.sides[1] == Product(
        Number(2.0), Symbol("mse")
    )
    assert isinstance(reader.statements(r"FL(p_t) = -\log(p_t)")[0].sides[0], Call)


def test_an_index_of_a_function_is_one_of_its_value():
    (chain,) = reader.statements(r"f_\sigma(x) = \sum_z f(x + \sigma z)")
    assert isinstance(chain.sides[0], Index) and chain.sides[0].operand == Call("f", (Symbol("x"),))
    labels = Vocabulary(names=frozenset({"a", "delta"}), labels=frozenset({"delta"}))
    (chain,) = reader.statements(r"l_\delta(a) = \delta a", labels)
    assert chain.sides[0] == Call("l_delta", (Symbol("a"),))


def test_constraints_are_conditions_up_to_the_end_of_the_row():
    (chain,) = reader.statements(r"x = a \quad \text{subject to} \quad a \ge 0, b = 1")
    assert [c.relations for c in chain.conditions] == [(">=",), ("=",)]
    (chain,) = reader.statements(r"x_{ij} = a \quad \forall i \in [n], j \in [m]")
    assert [c.sides[0] for c in chain.conditions] == [Symbol("i"), Symbol("j")]
    first, second = reader.statements(r"x = a b \quad \text{where } a = 1")
    assert second.sides[0] == Symbol("a") and not first.conditions


def test_a_comma_before_a_word_in_cases_is_an_and():
    tex = (
        r"x = \begin{cases} 1 & \text{if } a > 0, \text{rate} < 1 \\ "
        r"0, & \text{otherwise} \end{cases}"
    )
    (first, _) = reader.statements(tex)[0].sides[1].rows
    assert first.condition.relations == ("and",) and len(first.condition.sides) == 2


def test_a_row_that_ends_with_an_operator_goes_on():
    (chain,) = reader.statements(
        r"\begin{aligned} x &= a + \\ & b \\ &= \sum_{i=1}^{n} \\ & c_i \end{aligned}"
    )
    assert len(chain.sides) == 3 and len(reader.statements(r"x = a \\ y = b")) == 2


@pytest.mark.parametrize(
    "tex, bracket, count",
    [
        (r"\{0\}", "{", 1), ("[n]", "{", 1), ("[0, 1]", "[", 2), ("[0, 1)", "[)", 2),
        ("(0, 1]", "(]", 2), (r"\{1, 2\}", "{", 2), ("(0, 1)", "(", 2),
    ],
)  # fmt: skip
def test_sets_and_intervals(tex, bracket, count):
    (chain,) = reader.statements(rf"x = a \quad \text{{for }} a \in {tex}")
    (condition,) = chain.conditions
    assert condition.sides[1].bracket == bracket and len(condition.sides[1].items) == count


def test_a_shape_is_a_power_of_the_reals():
    (chain,) = reader.statements(r"X w \in \mathbb{R}^{n \times m}")
    assert isinstance(chain.sides[1], Power) and chain.sides[1].base == NumberSet("R")
    assert reader.statements(r"x \in S")[0].sides[1] == Symbol("S")


def test_indices_side_by_side_are_separate_and_keep_their_order():
    assert reader.expression("w_{ij}") == Symbol("w", indices=(Symbol("i"), Symbol("j")))
    assert reader.expression("w_{ij}") != reader.expression("w_{ji}")
    assert reader.expression("w_{12}").indices == (Number(1.0), Number(2.0))
    assert reader.expression(r"\hat{y}") == Symbol("y_hat") != reader.expression("y")


NAMED = Vocabulary(names=frozenset("abfgx"))
A_FUNCTION = Vocabulary(functions=frozenset("f"))


@pytest.mark.parametrize(
    "tex, vocabulary, function",
    [
        ("f(x + 1)", A_FUNCTION, "f"), ("f(x + 1)", NAMED, None),
        ("f(x + 1)", Vocabulary(), None),
        ("f(x)", Vocabulary(), "f"),  # nobody puts one factor in brackets
        ("f(x)", NAMED, None), ("f(a, b)", Vocabulary(), "f"),
        (r"\sigma(x + 1)", NAMED, "sigma"),
        ("f(x + 1) + f(x)", Vocabulary(), "f"), (r"f(x + 1) + \nabla f(a b)", NAMED, "f"),
        (r"\operatorname{f}(x + 1)", NAMED, "f"), ("f'(x + 1)", Vocabulary(), "f"),
    ],
)  # fmt: skip
def test_a_name_before_parentheses_is_a_function_where_it_is_one(tex, vocabulary, function):
    calls = [n for n in walk(reader.expression(tex, vocabulary)) if isinstance(n, Call)]
    assert {call.function for call in calls} == ({function} if function else set())


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


@pytest.mark.parametrize("tex", [r"\|A^\top\|", r"|x^T|", r"\|{A}^\top\|_F", r"|f'(x)|", r"|x'|"])
def test_a_bar_after_a_script_closes(tex):
    assert isinstance(reader.expression(tex), syntax.Norm | syntax.Absolute)


def test_a_script_of_a_letter_below_an_accent():
    r"""`\hat{m_1}^{(t)}`: a part of the text ends within the braces."""
    names = Vocabulary(names=frozenset({"eps", "learning_rate", "m_1"}))
    (chain,) = reader.statements(r"\hat{m_1}^{(t)} = \hat{\beta_k} {g^{(t)}}^2", names)
    assert chain.sides[0].name == "m_hat"
