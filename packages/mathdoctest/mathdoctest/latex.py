"""The TeX of a tree of numbers."""

from mathdoctest.syntax import Call, Leaf, Node, Number, Power, Product, Quotient, Root, Sum

_COMMANDS = ("log", "exp", "tanh", "sin", "cos", "max", "min", "sigma")


def tex(node: Node) -> str:
    """A tree as TeX; a number as it is, a leaf by its symbol. Raises ValueError for other nodes."""
    match node:
        case Number(value):
            return f"{value:g}"
        case Leaf():
            return node.tex
        case Sum(terms):
            text = "".join(("-" if sign < 0 else "+") + tex(term) for sign, term in terms)
            return text.removeprefix("+")
        case Power(base, exponent):
            return f"{_operand(base)}^{{{tex(exponent)}}}"
        case Root(operand):
            return rf"\sqrt{{{tex(operand)}}}"
        case Call(function, arguments):
            name = rf"\{function}" if function in _COMMANDS else rf"\operatorname{{{function}}}"
            return f"{name}{chr(39) * node.primes}({', '.join(map(tex, arguments))})"
        case Quotient(top, bottom):
            return rf"\frac{{{tex(top)}}}{{{tex(bottom)}}}"
        case Product(left, right):
            return rf"{_operand(left)} \times {_operand(right)}"
    raise ValueError(f"a {type(node).__name__} is not part of a tree of numbers")


def _operand(node: Node) -> str:
    """A sum in parentheses, as an operand is written."""
    return f"({tex(node)})" if isinstance(node, Sum) else tex(node)
