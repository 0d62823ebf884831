"""A tree of numbers as columns: symbols over digits, no more digits than the result needs."""

import math
from dataclasses import dataclass

import pytest
from literate.worked import Guard, columns, line, pieces, written
from mathdoctest.syntax import Call, Leaf, Node, Number, Power, Product, Quotient, Root, Sum, Term

W = Leaf("w_{12}", "w_12", -1.1)
X = Leaf("x_2", "x_2", 0.2)
B = Leaf("b_1", "b_1", 0.3)
E = Leaf("e", None, math.e)


def plus(*nodes):
    return Sum(tuple(Term(1, node) for node in nodes))


def minus(*nodes):
    return Sum((Term(1, nodes[0]), *(Term(-1, node) for node in nodes[1:])))


def number(node, shown=float):
    match node:
        case Number(value):
            return value
        case Leaf(symbol=symbol, value=value):
            return shown(value) if symbol else value
        case Sum(terms):
            return sum(sign * number(term, shown) for sign, term in terms)
        case Product(left, right):
            return number(left, shown) * number(right, shown)
        case Quotient(top, bottom):
            return number(top, shown) / number(bottom, shown)
        case Power(base, exponent):
            return number(base, shown) ** number(exponent, shown)
        case Root(operand):
            return math.sqrt(number(operand, shown))
        case Call(_, (argument,)):
            return math.log(number(argument, shown))


@dataclass
class Worked:
    """What `line` asks of an entry: its sides, and the value of a tree."""

    left: Leaf
    right: Node

    def verify(self):
        pass

    def number(self, node, shown=float):
        return number(node, shown)


def spoken(right):
    return line(Worked(Leaf("z_1", "z_1", number(right)), right)).spoken


@pytest.mark.parametrize(
    "tree, says",
    [
        (plus(Product(W, X), B), "0.08 = −1.1 × 0.2 + 0.3"),
        (plus(B, Product(W, X)), "0.08 = 0.3 + (−1.1) × 0.2"),
        (Product(minus(Number(1.0), X), W), "−0.88 = ( 1 − 0.2 ) × (−1.1)"),
        (Quotient(B, Product(X, X)), "7.5 = 0.3 ÷ ( 0.2 × 0.2 )"),
        (Quotient(B, plus(Number(1.0), Power(E, minus(Number(0.0), W)))), None),
        (Product(Number(2.0), Call("log", (minus(B, X),))), "−4.605170 = 2 × log(0.3 − 0.2)"),
        (Root(X), "0.447214 = √0.2"),
        (Power(W, Number(2.0)), "1.21 = (−1.1)^{2}"),
        (Sum((Term(-1, X), Term(-1, W))), "0.9 = − 0.2 − (−1.1)"),
    ],
)  # fmt: skip
def test_a_line_in_digits(tree, says):
    found = spoken(tree)
    assert found == says if says else "e^{0 − (−1.1)}" in found


def test_symbols_are_over_their_digits_and_a_call_has_its_value_below():
    found = line(Worked(B, plus(B, Product(W, Call("log", (X,))))))
    by_symbol = {item.symbol: (item.tex, item.digits) for item in found.items if item.symbol}
    assert by_symbol["w_12"] == ("w_{12}", "(−1.1)")
    (call,) = [item for item in found.items if item.function]
    assert (call.tex, call.digits) == (r"\log(x_2)", "log(0.2)")
    assert call.function and call.function.startswith("(−1.609437")
    assert columns(Call("log", (X,)))[0].call is None


def test_as_many_digits_as_the_result_needs():
    """A reader who works the line out from the digits shown gets the result shown."""
    prediction = Leaf(r"\hat{y}", "y_hat", 0.38936076)
    found = spoken(Product(Number(-1.0), Call("log", (prediction,))))
    assert "log(0.3893608)" in found and found.startswith("0.943249 =")


def test_the_pieces_of_a_call_keep_their_leaves():
    tree = Call("ReLU", (Sum((Term(-1, X),)),), primes=1)
    assert pieces(tree) == ("ReLU′(", "−", Guard((X,)), ")")


@pytest.mark.parametrize(
    "value, text",
    [
        (0.6000000238, "0.6"), (-1.1, "−1.1"), (0.38936076, "0.389361"), (0.0, "0"), (-0.0, "0"),
        (5.3844e-5, "0.000053844"), (1e-8, "0.00000001"), (1.0, "1"), (12.0, "12"),
    ],
)  # fmt: skip
def test_numbers_as_they_are_written(value, text):
    assert written(value) == text
