"""One entry of a formula as a tree of numbers, the values of a run put in."""

import math
from pathlib import Path

import pytest
from examples.symbols import TABLE

from mathdoctest import entries, source
from mathdoctest.evaluate import Wrong
from mathdoctest.functions import function
from mathdoctest.latex import in_numbers as tex
from mathdoctest.marks import marks, names
from mathdoctest.symbols import parse
from mathdoctest.syntax import Call, Leaf, Number, Power, Product, Quotient, Root, Sum, walk

EXAMPLES = Path(__file__).parent / "examples"
NETWORK = {
    "x": [0.5, 0.2], "y": [1.0], "W1": [[0.6, -1.1], [1.0, 0.8]], "b1": [0.3, -0.1],
    "W2": [[0.9, -0.7]], "b2": [-0.4], "z1": [0.38, 0.56], "a1": [0.38, 0.56], "z2": [-0.45],
    "y_hat": [0.3893608], "L": 0.9432490, "delta2": [-0.6106392],
    "delta1": [-0.5495753, 0.4274474],
    "dL_dW1": [[-0.2747876, -0.1099151], [0.2137237, 0.0854895]], "dL_dy_hat": [-2.5683124],
    "dy_hat_dz2": [0.2377590], "dz2_dw2": [0.38, 0.56], "dL_dW2": [[-0.2320429, -0.3419580]],
    "rows": [[0.5, 0.2], [0.7, 0.1]], "sums": [[0.38, 0.56], [0.61, 0.68]], "ys": [1.0, 0.0],
    "ps": [0.8, 0.4], "mean": 0.3669846,
}  # fmt: skip


def of(name):
    module, _, wanted = name.partition(".")
    return function(source.module(EXAMPLES / f"{module}.py"), wanted)


def entry(name, given=None, at=None, nth=1, side=-1, values=NETWORK):
    one = of(name)
    table = parse(TABLE, one.module.name)
    return entries.entry(one, values, given or {}, at or {}, table, nth, side)


def digits(node):
    """A tree in digits, each operation in brackets."""
    match node:
        case Number(value) | Leaf(value=value):
            return f"{value:g}"
        case Sum(terms):
            return "[" + " ".join(f"{'+-'[sign < 0]} {digits(term)}" for sign, term in terms) + "]"
        case Product(left, right):
            return f"{digits(left)}*{digits(right)}"
        case Quotient(top, bottom):
            return f"{digits(top)}/{digits(bottom)}"
        case Power(base, exponent):
            return f"{digits(base)}^{digits(exponent)}"
        case Root(operand):
            return f"sqrt({digits(operand)})"
        case Call(name, arguments):
            return f"{name}{chr(39) * node.primes}({', '.join(map(digits, arguments))})"


@pytest.mark.parametrize(
    "name, given, at, nth, says",
    [
        ("forward.weighted_sum", {"W": "W1", "b": "b1", "z": "z1"}, {"i": 1}, 1,
         "0.38 = [+ 0.6*0.5 + -1.1*0.2 + 0.3]"),
        ("forward.forward", {}, {"entry": 1}, 3, "-0.45 = [+ 0.9*0.38 + -0.7*0.56 + -0.4]"),
        ("forward.forward", {}, {"entry": 2}, 2, "0.56 = ReLU(0.56)"),
        ("forward.sigmoid", {"z": "z2", "sigmoid": "y_hat"}, {}, 1,
         "0.389361 = 1/[+ 1 + 2.71828^[- -0.45]]"),
        ("loss.binary_cross_entropy", {}, {}, 1,
         "0.943249 = [- 1*log(0.389361) - [+ 1 - 1]*log([+ 1 - 0.389361])]"),
        ("backward.hidden_error", {}, {"entry": 2}, 1, "0.427447 = -0.7*-0.610639*ReLU'(0.56)"),
        ("backward.backward", {}, {"i": 1, "j": 2}, 1, "-0.109915 = -0.549575*0.2"),
        ("chain.chain_rule", {}, {"j": 1}, 1, "-0.232043 = -2.56831*0.237759*0.38"),
        ("batches.weighted_sums",
         {"X": "rows", "W": "W1", "b": "b1", "Z": "sums", "N": 2}, {"entry": [2, 1]}, 1,
         "0.61 = [+ 0.7*0.6 + 0.1*-1.1 + 0.3]"),
        ("batches.mean_loss", {"y": "ys", "y_hat": "ps", "L": "mean", "N": 2}, {}, 1,
         "0.366985 = [- 1/2*[+ 1*log(0.8) + [+ 1 - 1]*log([+ 1 - 0.8])"
         " + 0*log(0.4) + [+ 1 - 0]*log([+ 1 - 0.4])]]"),
    ],
)  # fmt: skip
def test_an_entry_is_the_formula_in_numbers(name, given, at, nth, says):
    one = entry(name, given, at, nth)
    assert f"{digits(one.left)} = {digits(one.right)}" == says
    one.verify()
    assert one.number(one.right) == pytest.approx(one.left.value, rel=2e-5)


def test_a_leaf_knows_its_symbol_and_its_tex():
    one = entry("forward.forward", at={"entry": 1})
    found = {leaf.symbol: leaf.tex for leaf in walk(one.right) if isinstance(leaf, Leaf)}
    assert found["w1_12"] == "w^{(1)}_{12}" and one.left == Leaf("z^{(1)}_{1}", "z1_1", 0.38)


def test_a_derivative_keeps_layer_and_index():
    left = entry("chain.chain_rule", at={"j": 1}).left
    assert left.tex == r"\frac{\partial L}{\partial w^{(2)}_{11}}" and left.symbol == "dL_dw2_11"


def test_the_tex_of_a_tree():
    one = entry("forward.sigmoid", {"z": "z2", "sigmoid": "y_hat"})
    assert tex(one.right) == r"\frac{1}{1+e^{-z^{(2)}}}"
    assert tex(entry("backward.hidden_error", at={"entry": 2}).right) == (
        r"w^{(2)}_{12} \times \delta^{(2)}_{1} \times \operatorname{ReLU}'(z^{(1)}_{2})"
    )


def test_a_value_is_taken_as_a_reader_sees_it():
    one = entry("loss.binary_cross_entropy")
    assert one.number(one.right, lambda value: round(value, 1)) == -math.log(0.4)


def test_another_result_is_refused():
    one = entry("forward.forward", at={"entry": 1}, values=NETWORK | {"z1": [0.4, 0.56]})
    with pytest.raises(Wrong, match="worked out it is 0.38, but the run has z1_1 = 0.4"):
        one.verify()


@pytest.mark.parametrize(
    "name, given, options, says",
    [
        ("forward.weighted_sum", {}, {"at": {"i": 1}}, "the run left no `z`"),
        ("forward.weighted_sum", {"W": "W1", "b": "b1", "z": "z1"}, {}, "index i has no number"),
        ("forward.forward", {}, {}, "choose one with `at`"),
        ("forward.forward", {}, {"at": {"entry": 3}}, "no entry 3"),
        ("forward.forward", {}, {"nth": 9}, "there is no formula 9; it has 4"),
        ("forward.forward", {}, {"at": {"entry": 1}, "side": 2}, "there is no side 3; it has 2"),
        ("forward.forward", {}, {"at": {"entry": 1}, "values": NETWORK | {"x": [0.1] * 9,
         "W1": [[0.1] * 9] * 9}}, "a sum of 9 terms does not fit"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(name, given, options, says):
    with pytest.raises(Wrong, match=says):
        entry(name, given, **options)


SMALL = r'''
def small(y: Float[mx.array, "1"], x: Float[mx.array, "n"], u: Float[mx.array, "m"], v: float):
    r"""$$
    A = u x^\top
    $$

    $$
    b = y x
    $$

    $$
    c = \mathbb{E}_{i=1}^{n}[x_i + y] v
    $$

    $$
    d = \operatorname{leaky}(v) + \operatorname{twice}(v)
    $$
    """


def leaky(z: float, alpha: float):
    r"""$$
    \operatorname{leaky}(z) = \max(z, \alpha z)
    $$"""


def twice(z: float):
    r"""$$
    \operatorname{twice}(z) = 2 z
    $$"""


def step(v: Float[mx.array, "..."], g: Float[mx.array, "..."], mu: float):
    r"""$$
    v_t = \mu v_{t-1} + g_t
    $$"""
'''
RUN = {"y": [3.0], "x": [0.5, 0.25], "u": [1.0, 2.0], "v": 4.0, "A": [[0.5, 0.25], [1.0, 0.5]],
       "b": [1.5, 0.75], "c": 13.5, "d": 12.0}  # fmt: skip


def small(tmp_path, name, values, at, nth):
    (tmp_path / "small.py").write_text(SMALL)
    one = function(source.module(tmp_path / "small.py"), name)
    return entries.entry(one, values, {}, at, parse(TABLE), nth)


@pytest.mark.parametrize(
    "at, nth, says",
    [
        ({"entry": [2, 1]}, 1, "1 = 2*0.5"),
        ({"entry": 2}, 2, "0.75 = 3*0.25"),
        ({}, 3, "13.5 = [+ [+ 0.5 + 3]*4 + [+ 0.25 + 3]*4]/2"),
    ],
)
def test_outer_products_single_entries_and_means(tmp_path, at, nth, says):
    one = small(tmp_path, "small", RUN, at, nth)
    assert f"{digits(one.left)} = {digits(one.right)}" == says
    one.verify()


def test_a_sum_is_in_parentheses_in_a_product(tmp_path):
    (_, product), _ = small(tmp_path, "small", RUN, {}, 3).right.top.terms
    assert tex(product) == r"(x_{1}+y) \times v"


def test_a_function_is_computed_by_its_own_formula_and_its_argument_alone(tmp_path):
    one = small(tmp_path, "small", RUN, {}, 4)
    leaky, twice = one.right.terms
    assert one.number(twice.node) == 8.0
    with pytest.raises(Wrong, match="`alpha` is not the argument"):
        one.number(leaky.node)
    with pytest.raises(Wrong, match="the function unknown is not known here"):
        one.number(Call("unknown", (Number(1.0),)))


def test_a_step_takes_the_values_before_and_gives_the_one_after(tmp_path):
    values = {"v": [1.0, 2.0], "v_t": [0.75, 1.5], "g": [0.25, 0.5], "mu": 0.5}
    one = small(tmp_path, "step", values, {"entry": 2}, 1)
    assert f"{digits(one.left)} = {digits(one.right)}" == "1.5 = [+ 0.5*2 + 0.5]"
    leaves = [leaf.tex for leaf in walk(one.right) if isinstance(leaf, Leaf)]
    assert (one.left.tex, leaves) == ("v_t", ["mu", "v_{t-1}", "g_t"])


# ---- marks


def marked(name, nth=1):
    one = of(name)
    formula = one.formulas[nth - 1]
    text = formula.tex
    return [(text[m.start : m.end], m.name) for m in marks(one, formula)]


def test_each_symbol_is_marked_with_its_name_in_code():
    assert marked("forward.weighted_sum") == [
        ("z_i", "z"), ("w_{ij}", "w"), ("x_j", "x"), ("b_i", "b")
    ]  # fmt: skip
    assert marked("forward.forward", 3) == [
        ("z^{(2)}", "z2"), ("W^{(2)}", "w2"), ("a^{(1)}", "a1"), ("b^{(2)}", "b2")
    ]  # fmt: skip
    assert marked("forward.sigmoid") == [("z", "z"), ("z", "z")]


def test_a_derivative_is_marked_around_its_symbols():
    slope = r"\frac{\partial L}{\partial \hat{y}}"
    inner = [("L", "L"), (r"\hat{y}", "y_hat")]
    assert marked("loss.loss_slope")[:3] == [(slope, "dL_dy_hat"), *inner]


def test_the_names_in_code_of_a_function():
    assert names(of("forward.weighted_sum")) == {"W", "x", "b", "z"}
    assert {"dL_dW1", "delta1", "a1", "x"} <= names(of("backward.backward"))
    assert {"dL_dw2", "dL_dW2", "z2"} <= names(of("chain.chain_rule"))
