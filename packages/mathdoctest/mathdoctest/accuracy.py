"""How closely what code returns can be compared, and constants that are too small for that."""

import ast
import dataclasses
import functools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from mathdoctest import backends, source
from mathdoctest.equal import EXACT, LOOSE, Tolerance
from mathdoctest.functions import Function
from mathdoctest.syntax import Call, Derivative, Node, Number, Power, Product, Quotient, Sum, walk
from mathdoctest.values import Wrong

# What MLX computes with all digits of float64. Its exp, sin, erf, softmax, conv … are not.
FULL = frozenset(
    """abs add all any argmax argmin astype clip concatenate cumprod cumsum diag diagonal divide
    equal expand_dims expm1 flatten floor greater greater_equal inner item less less_equal log log10
    log1p log2 matmul max maximum mean min minimum moveaxis multiply negative norm not_equal
    ones_like outer permute_dims pow power prod reciprocal repeat reshape round rsqrt sign sort
    split sqrt square squeeze stack std subtract sum swapaxes take take_along_axis tanh tensordot
    tile trace transpose tril triu var where zeros_like append range len enumerate zip reversed
    sorted int float list tuple""".split()
)
SMALLEST = {EXACT: 1e-8, LOOSE: 1e-4}  # an added constant below it changes too little


def is_exact(function: Function, reachable: list[Function], parts: tuple[Any, ...]) -> bool:
    """Whether what a function returned, before it was made an array of NumPy, has all its digits.

    Slopes are taken by automatic differentiation, so formulas in reach that have one are not exact.
    """
    exact = all(_is_double(part) for part in parts) and not any(map(_has_slope, reachable))
    made = {shape.made for shape in function.parameters.values() if shape}
    uses_mlx = bool(made & {"mx", "mlx"}) or any(map(backends.is_of_mlx, parts))
    return exact and (not uses_mlx or _calls(function.node) <= FULL)


def _is_double(part: Any) -> bool:
    if isinstance(part, list):
        return all(map(_is_double, part))
    return isinstance(part, int | float) or "float32" not in str(getattr(part, "dtype", "float32"))


@functools.cache
def _calls(node: ast.FunctionDef) -> frozenset[str]:
    """The last names of all that a function calls."""
    return frozenset(source.called(n) for n in source.below(node) if isinstance(n, ast.Call))


@functools.lru_cache(maxsize=512)
def _has_slope(function: Function) -> bool:
    return any(
        isinstance(node, Derivative) or isinstance(node, Call) and node.primes
        for node in function.nodes
    )


# ---- constants that are too small


def check_constants(function: Function, within: Tolerance) -> None:
    """Raise Wrong for an added constant whose effect is below the tolerance."""
    low, known = SMALLEST[within], list(map(constant, function.nodes))
    for term in (term for node in function.nodes for term in _added(node)):
        if (value := constant(term)) and abs(value) < low:
            raise Wrong(f"the formula adds {value:g}, {TOO_SMALL}", term)
    for where, value in _small(function, low):
        if not any(each and math.isclose(each, value) for each in known):
            raise Wrong(f"the code has {value:g} in line {where}, {TOO_SMALL}")


CURE = "make it a parameter of the function"
TOO_SMALL = f"too little to be seen on a draw: {CURE}"


def _added(node: Node) -> list[Node]:
    if isinstance(node, Sum):
        return [term.node for term in node.terms] if len(node.terms) > 1 else []
    is_extreme = isinstance(node, Call) and node.function in ("max", "min")
    return list(node.arguments) if isinstance(node, Call) and is_extreme else []


def constant(node: Node) -> float | None:
    """The value of an expression of numbers alone, `10^{-8}`; None for any other."""
    match node:
        case Number(value):
            return value
        case Sum(terms):
            values = [(term.sign, constant(term.node)) for term in terms]
            known = [sign * value for sign, value in values if value is not None]
            return sum(known) if len(known) == len(values) else None
        case Power(a, b) | Product(a, b) | Quotient(a, b):
            left, right = constant(a), constant(b)
            if left is None or right is None:
                return None
            with np.errstate(all="ignore"):
                how = {Power: np.power, Product: np.multiply, Quotient: np.divide}[type(node)]
                return float(how(float(left), right))
    return None


def _small(function: Function, low: float) -> Iterator[tuple[int, float]]:
    """(line, value) of each small constant that the code adds or multiplies by."""
    for node in source.below(function.node):
        operands: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
            operands = [node.left, node.right]
        elif isinstance(node, ast.Call) and source.called(node).endswith(("maximum", "max")):
            operands = node.args
        for operand in operands:
            value = literal(operand, function)
            if value and abs(value) < low:
                yield operand.lineno, value


def literal(node: ast.expr, function: Function) -> float | None:
    """The number that an expression of code is: typed, or a constant of its file."""
    if isinstance(node, ast.Name) and node.id not in function.parameters:
        return _constants(function.module.tree).get(node.id)
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return float(value) if isinstance(value, int | float) else None


@functools.cache
def _constants(tree: ast.Module) -> dict[str, float]:
    """The numbers that a file gives a name: `EPSILON = 1e-8`."""
    out = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                if isinstance(target, ast.Name) and type(node.value.value) in (int, float):
                    out[target.id] = float(node.value.value)  # type: ignore[arg-type]
    return out


def changed(node: Node) -> Iterator[tuple[Number, Node]]:
    """Each number of many digits in a side, and the side with another fourth or last digit of it.

    Where that makes no difference, the number cannot be checked.
    """
    for number in walk(node):
        if isinstance(number, Number) and not _is_short(number.value):
            digits = f"{number.value:.15e}".partition("e")[0].rstrip("0").replace(".", "")
            if len(digits) > 3:
                other = Number(number.value * (1 + 10.0 ** max(1 - len(digits), -4)))
                yield number, _replaced(node, number, other)


def _is_short(value: float) -> bool:
    """Whether a number is whole and has no more than three digits, as most have."""
    return value % 1 == 0 and abs(value) < 1000


def _replaced(value: Any, old: Node, new: Node) -> Any:
    """A tree with one of its nodes replaced."""
    if value is old:
        return new
    if isinstance(value, Node):
        found = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        parts = {n: _replaced(v, old, new) for n, v in found.items() if n != "span"}
        return dataclasses.replace(value, **parts)
    if isinstance(value, tuple):
        items = [_replaced(part, old, new) for part in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return value
