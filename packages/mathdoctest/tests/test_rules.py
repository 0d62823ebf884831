"""The rules of what a formula may say, and each hole that was once found in the checker."""

from pathlib import Path

import pytest
from examples.symbols import TABLE
from test_corpus import EXAMPLES, functions

from mathdoctest import Mismatch, check, source
from mathdoctest.functions import function
from mathdoctest.scope import Scope

FOLDER = Path(__file__).parent / "examples"
GRADIENTS = {
    "activations.relu_slope", "activations.sigmoid_prime", "activations.tanh", "loss.loss_slope",
    "backward.output_error", "backward.hidden_error", "backward.backward", "chain.output_slope",
    "chain.chain_rule",
}  # fmt: skip


def of(name: str, formulas: list[str] | None = None):
    module, _, wanted = name.partition(".")
    return function(source.module(FOLDER / f"{module}.py"), wanted, formulas)


@pytest.mark.parametrize("one", functions(EXAMPLES), ids=lambda one: one.qualified)
def test_every_formula_of_the_examples_holds(one):
    """A gradient is checked three ways: by hand, by autodiff and by finite differences."""
    ways = set(check(one, TABLE).ways)
    assert "return" in ways
    if one.qualified in GRADIENTS:
        assert {"autodiff", "difference"} <= ways


GATE = r"\operatorname{{ReLU}}'(z) = \begin{{cases}} 1 & z {} 0 \\ 0 & z {} 0 \end{{cases}}"
LAYER = r"a^{{(l)}} = \sigma^{{(l)}}(W^{{(l)}} a^{{(l-1)}} + b^{{(l)}}) \quad l = {}, \dots, {}"
PLUS = r"\frac{\partial L}{\partial \hat{y}} = \frac{y}{\hat{y}} + \frac{1 - y}{1 - \hat{y}}"
ROWS = (
    r"\begin{aligned} \frac{\partial L}{\partial z^{(2)}} &= -y (1 - \hat{y}) + (1 + y) \hat{y} \\"
    r" &= \hat{y} - y \end{aligned}"
)
FORWARD = [
    r"a^{(1)} = \operatorname{ReLU}(z^{(1)})", "z^{(2)} = W^{(2)} a^{(1)} + b^{(2)}",
    r"\hat{y} = \operatorname{sigmoid}(z^{(2)})",
]  # fmt: skip

# what is wrong: (function, its formulas instead, what the message says)
WRONG = {
    "a left side computed elsewhere": (
        "forward.weighted_sum", [r"q_i = \sum_{j=1}^{n} w_{ij} x_j + b_i"], "names `q`"),
    "another quantity of the table": (
        "forward.weighted_sum", [r"a_i = \sum_{j=1}^{n} w_{ij} x_j + b_i"], "also defined by"),
    "a quantity that is given": (
        "forward.activation", [r"z_i = \sigma(b_i)"], "names `z`"),
    "a start that is not 0": ("batches.adam_start", ["m_0 = 1", "v_0 = 0"], "is 0"),
    "a range that begins late": (
        "forward.propagate", ["a^{(0)} = x", LAYER.format(2, "D")], "too late"),
    "a range that ends early": (
        "forward.propagate", ["a^{(0)} = x", LAYER.format(1, "D - 1")], "too early"),
    "a number in place of a vector": (
        "forward.forward", ["z^{(1)} = W^{(1)} x + 1", *FORWARD], "the right side is"),
    "a sum that two shapes leave open": (
        "batches.weighted_sums", [r"Z = X W^\top + X"], "a sum of"),
    "swapped indices": (
        "forward.weighted_sum", [r"z_i = \sum_{j=1}^{n} w_{ji} x_j + b_i"], "leaves its axis"),
    "a case that leaves 0 out": (
        "activations.relu_slope", [GATE.format(">", "<")], "no case holds"),
    "two cases at 0": ("activations.relu_slope", [GATE.format(r"\ge", r"\le")], "two cases hold"),
    "a row of a chain": (
        "backward.output_error", [r"\delta^{(2)} = \hat{y} - y", ROWS], "the right side is"),
    "an index that is free on the right alone": (
        "forward.weighted_sum", [r"z_i = w_{ij} x_j + b_i"], "`j` is neither"),
    "defined by itself": ("forward.activation", ["a_i = a_i"], "by itself"),
    "a function defined twice": (
        "activations.relu_slope", [r"\operatorname{ReLU}(z) = \max(z, 0)"], "ReLU"),
    "a condition that does not hold": (
        "loss.binary_cross_entropy",
        [r"L = -y \log(\hat{y}) - (1 - y) \log(1 - \hat{y}) < 0"],
        "`<` does not hold",
    ),
    "another shape": ("batches.weighted_sums", [
        r"Z = X W^\top + \mathbf{1}_N b^\top", r"X W^\top \in \mathbb{R}^{n}"], "the shape is"),
}  # fmt: skip


@pytest.mark.parametrize("hole", WRONG)
def test_what_is_wrong_is_found(hole):
    name, texts, says = WRONG[hole]
    with pytest.raises(Mismatch) as raised:
        check(of(name, texts), TABLE)
    assert says in str(raised.value), str(raised.value)


def test_a_gradient_that_formula_and_code_both_get_wrong(tmp_path):
    """Only the derivative itself tells: here both have a plus where a minus belongs."""
    text = (FOLDER / "loss.py").read_text()
    text = text.replace(r"= -\frac{y}{\hat{y}}", r"= \frac{y}{\hat{y}}")
    text = text.replace("return -y / y_hat", "return y / y_hat")
    (tmp_path / "loss.py").write_text(text)
    one = function(source.module(tmp_path / "loss.py"), "loss_slope")
    with pytest.raises(Mismatch, match="by automatic differentiation is"):
        check(one, {"y": {"range": "unit"}, "y_hat": {"range": "unit"}})


def test_a_neighbour_that_changed_is_read_again(tmp_path):
    """A verdict must not rest on what was in a file before."""
    doc = 'def {0}(u: float) -> float:\n    r"""$$\n    {0} = {1}\n    $$"""\n    return {2}\n'
    (tmp_path / "c.py").write_text(doc.format("h", "2 u", "2 * u"))
    (tmp_path / "b.py").write_text("from c import h\n\n\n" + doc.format("g", "h", "h(u)"))
    g = function(source.module(tmp_path / "b.py"), "g")

    def near() -> list[str]:
        return [formula.tex for one in Scope(g).functions for formula in one.formulas]

    assert near() == ["g = h", "h = 2 u"]
    (tmp_path / "c.py").write_text(doc.format("h", "31 u", "31 * u"))
    assert near() == ["g = h", "h = 31 u"]
