"""A tree as nested lists: evaluated in Python it gives what the tree gives."""

import json
import math
import operator

import pytest

from mathdoctest.export import Exporter
from mathdoctest.notation import Vocabulary
from mathdoctest.reader import expression, statements
from mathdoctest.syntax import Leaf, Number, Product, Sum, Term

OPERATIONS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "negative": operator.neg,
    "power": operator.pow,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "tanh": math.tanh,
    "max": max,
    "min": min,
    "softplus": lambda x: max(x, 0) + math.log1p(math.exp(-abs(x))),
}
RELATIONS = {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}


def evaluated(tree, values):
    """What an evaluator of the exported form does, all of it."""
    if isinstance(tree, str):
        return values[tree]
    if not isinstance(tree, list):
        return tree
    operation, *operands = tree
    if operation == "where":
        relation, left, right, value, otherwise = operands
        holds = RELATIONS[relation](evaluated(left, values), evaluated(right, values))
        return evaluated(value if holds else otherwise, values)
    if operation == "call":
        return values[operands[0]](evaluated(operands[1], values))
    return OPERATIONS[operation.removeprefix("host:")](*(evaluated(o, values) for o in operands))


def exported(tex, **options):
    return json.loads(
        json.dumps(Exporter(**options).export(expression(tex, Vocabulary(frozenset("f")))))
    )


@pytest.mark.parametrize(
    "tex, value",
    [
        (r"-a + b - 2", -3.0 + 0.5 - 2),
        (r"a b \cdot 2", 3.0),
        (r"\frac{a}{b}", 6.0),
        (r"a^2", 9.0),
        (r"a^b", 3**0.5),
        (r"e^{-a}", math.exp(-3)),
        (r"\sqrt{a}", math.sqrt(3)),
        (r"\sqrt[3]{a}", 3 ** (1 / 3)),
        (r"\log(a) + \exp(b) - \tanh(b)", math.log(3) + math.exp(0.5) - math.tanh(0.5)),
        (r"\max(a, b) \min(a, b)", 1.5),
        (r"\log(1 + e^{b})", math.log(1 + math.exp(0.5))),
        (r"\begin{cases} a & b > 1 \\ 2 a & b > 0 \\ 0 & \text{otherwise} \end{cases}", 6.0),
        (r"\begin{cases} a & 0 < b < 1 \\ 0 & \text{otherwise} \end{cases}", 3.0),
        (r"\begin{cases} a & 0 < b < 0.5 \\ 7 & \text{otherwise} \end{cases}", 7.0),
        (r"f(a + b) - f'(a)", 3.5 * 10 - 7),
    ],
)
def test_it_gives_what_the_formula_gives(tex, value):
    values = {"a": 3.0, "b": 0.5, "f": lambda x: 10 * x, "f'": lambda x: 7.0}
    assert evaluated(exported(tex), values) == pytest.approx(value, rel=1e-12)


def test_a_logarithm_of_one_plus_an_exponential_never_overflows():
    assert evaluated(exported(r"\log(1 + e^{a})"), {"a": 1000.0}) == 1000.0
    assert exported(r"\log(1 + e^{a})") == ["softplus", "a"]
    assert exported(r"\log(2 + e^{a})")[0] == "log"


def test_the_form_of_powers_and_cases():
    assert exported("a^2") == ["*", "a", "a"]
    cases = r"\begin{cases} a & b > 1 \\ c & b > 0 \\ 0 & \text{otherwise} \end{cases}"
    inner = ["where", ">", "b", 0.0, "c", 0.0]
    assert exported(cases) == ["where", ">", "b", 1.0, "a", inner]


def test_operations_between_host_numbers_alone_are_marked():
    tree = exported(r"w - 2 \eta g", host={"eta"})
    assert tree == ["-", "w", ["*", ["host:*", 2.0, "eta"], "g"]]
    power = exported(r"1 - \beta^t", host={"beta", "t"})
    assert power == ["host:-", 1.0, ["host:power", "beta", "t"]]
    assert exported(r"1 - \beta^t") == ["-", 1.0, ["power", "beta", "t"]]


def test_names_of_leaves_arguments_and_functions():
    leaf = Leaf(r"\hat{y}_1", "y_hat_1", 0.5)
    tree = Product(leaf, Sum((Term(1, Leaf("e", None, math.e)), Term(-1, Number(2.0)))))
    assert Exporter(rename={"y_hat_1": "y"}).export(tree) == ["*", "y", ["host:-", math.e, 2.0]]
    assert exported("z + a", argument="z") == ["+", "argument", "a"]
    assert exported("f(a)", built_in={"f"}) == ["f", "a"]
    assert exported("f''(a)", built_in={"f"}) == ["call", "f''", "a"]


@pytest.mark.parametrize(
    "tex, says",
    [
        (r"W^\top", "a Transpose cannot be exported"),
        (r"\sum_{i=1}^{n} x_i", "a Reduce cannot be exported"),
        (r"a \odot b", "a Hadamard cannot be exported"),
        ("x_i + 1", "the symbol x has a layer or an index"),
        ("f^{(1)}(x)", "the function f of one layer"),
    ],
)
def test_what_cannot_be_exported_is_an_error(tex, says):
    with pytest.raises(ValueError, match=says):
        exported(tex)


def test_the_formula_of_a_function_is_exported_by_its_argument():
    (chain,) = statements(r"\operatorname{ReLU}(z) = \max(z, 0)")
    (argument,) = chain.sides[0].arguments
    assert Exporter(argument.name).export(chain.sides[1]) == ["max", "argument", 0.0]
