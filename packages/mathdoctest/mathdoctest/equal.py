"""Whether the sides of a chain are equal, and what is said where they are not."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from mathdoctest.evaluate import Evaluator
from mathdoctest.syntax import Node
from mathdoctest.values import Value, Wrong

WAYS = {"": "", "autodiff": " by automatic differentiation", "difference": " by finite differences"}
CURE = "declare a range for the symbol"


class Tolerance(NamedTuple):
    relative: float
    absolute: float


LOOSE = Tolerance(2e-5, 2e-6)  # MLX's float64 exp, sigmoid, erf … have float32's accuracy
ROUNDING = Tolerance(1e-14, 1e-300)  # by which equal sides may differ
EXACT = Tolerance(1e-9, 1e-12)  # what float64 leaves of a few hundred operations


class Side(NamedTuple):
    """A side of a chain. way: in which its derivatives are taken. node: its own, if it has one."""

    name: str
    way: str
    value: Value
    node: Node | None = None

    @property
    def described(self) -> str:
        return self.name + WAYS[self.way]


class Differs(Wrong):
    """Two sides have different numbers. entry: where, from 1. sides: (name, number) of both."""

    def __init__(self, entry: str, sides: tuple[tuple[str, float], ...], node: Node | None):
        (one, left), (other, right) = sides
        numbers = [left, right]
        first, second = (shown(number, numbers) for number in numbers)
        what = f"{entry}{one} is {first}, {other} is {second}"
        undefined = f": one of them is not defined here: {CURE}" * ("nan" in (first, second))
        super().__init__(what + undefined, node)
        self.entry, self.sides = entry, sides


def check_equal(
    sides: list[Side],
    ev: Evaluator,
    within: Tolerance,
    at_limits: bool = False,
    directed: bool = False,
) -> None:
    """Raise Wrong unless every side is the first. within: of sides without a derivative.

    at_limits: whether an input is at a boundary on purpose, where all sides may have no value.
    directed: whether it is at one where the formula may say nothing.
    """
    first, *others = sides
    for other in others:
        a, b = _fitted(first, other, ev)
        close = agree(a, b, LOOSE if first.way or other.way else within)
        if directed:
            close |= np.isnan(b)
        if not close.all():
            raise _difference(first, other, (a, b), tuple(np.argwhere(~close)[0]))
        if not directed and (np.isnan(a).any() > at_limits or not np.isfinite(a).any()):
            raise Wrong(f"the inputs leave the range where the function is finite: {CURE}")


def agree(a: np.ndarray, b: np.ndarray, within: Tolerance) -> np.ndarray:
    """Where two arrays are equal: an infinity equals itself alone, and NaN equals NaN."""
    slack = within.absolute + within.relative * np.maximum(np.abs(a), np.abs(b))
    finite = np.isfinite(slack)
    near: np.ndarray = np.abs(a - b) <= slack
    if finite.all():
        return near
    near &= finite
    near |= (a == b) | (np.isnan(a) & np.isnan(b))
    return near


def _fitted(first: Side, other: Side, ev: Evaluator) -> tuple[np.ndarray, np.ndarray]:
    """Both as arrays of one shape; a scalar 0 may stand for an array of zeros."""
    one, two = first.value, other.value
    if not two.fits(one):
        if two.rank or np.any(np.asarray(two.array) != 0):
            said = f"{first.described} is {one.described()}"
            raise Wrong(f"{said}, {other.described} is {two.described()}", other.node)
        two = Value(np.zeros((1,) * ev.depth + one.shape), one.rank)
    a, b = np.broadcast_arrays(np.asarray(one.array), np.asarray(two.array))
    return a, b


def _difference(
    first: Side, other: Side, arrays: tuple[np.ndarray, np.ndarray], index: tuple[int, ...]
) -> Differs:
    place = [str(n + 1) for n, size in zip(index, arrays[0].shape, strict=True) if size > 1]
    entry = f"entry ({', '.join(place)}): " if place else ""
    left, right = (float(each[index]) for each in arrays)
    return Differs(entry, ((first.described, left), (other.described, right)), other.node)


def shown(number: float, both: Sequence[float] = ()) -> str:
    """A number with as many digits as tell it from the other."""
    for digits in (6, 9, 12, 15, 17):
        if len({f"{n:.{digits}g}" for n in both}) != 1:
            break
    return f"{number + 0.0:.{digits}g}".replace("-", "−").replace("inf", "∞")


def listed(value: Any, said: Callable[[float], str] = shown) -> str:
    """A number, or a list of lists of numbers, as a message has it."""
    if isinstance(value, list):
        return f"[{', '.join(listed(each, said) for each in value)}]"
    return said(value)


def check_order(values: list[np.ndarray], relations: tuple[str, ...], within: Tolerance) -> None:
    """Raise Wrong unless each value has its relation to the next, everywhere."""
    for relation, a, b in zip(relations, values, values[1:], strict=False):
        equal = agree(a, b, within)
        if np.isnan(a).any() or np.isnan(b).any():
            raise Wrong(f"a side of `{relation}` is not defined on a draw: {CURE}")
        same = agree(a, b, ROUNDING)
        less, more = (a < b) & ~same, (a > b) & ~same
        holds = {"<": less, ">": more, "<=": (a < b) | equal, ">=": (a > b) | equal}
        if not np.all(holds.get(relation, equal)):
            raise Wrong(f"`{relation}` does not hold on a draw")
