"""Arrays of NumPy in float64; derivatives by finite differences."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

WAY = "difference"
STEP = 1e-6  # of a first derivative: its error is about STEP², its rounding about 1e-16 / STEP
STEP_OF_SECOND = 1e-3
# with five points the error is about STEP⁴, so that it can be differenced again
STEP_OF_SLOPE = 2e-4

exp, log, sqrt, abs, sign, floor, ceil = (
    np.exp, np.log, np.sqrt, np.abs, np.sign, np.floor, np.ceil
)  # fmt: skip
sin, cos, tan, arcsin, arccos, arctan = np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan
sinh, cosh, tanh = np.sinh, np.cosh, np.tanh
maximum, minimum, where, power = np.maximum, np.minimum, np.where, np.power
sum, prod, max, matmul, inv = np.sum, np.prod, np.max, np.matmul, np.linalg.inv
reshape, stack, swap = np.reshape, np.stack, np.swapaxes
erf = np.vectorize(math.erf, otypes=[np.float64])


def array(value: Any) -> Any:
    return np.asarray(value, np.float64)


def argument(value: np.ndarray) -> Any:
    """A drawn array as the code under test gets it."""
    return value


def plain(value: Any) -> np.ndarray:
    return np.asarray(value)


def broadcast(value: Any, shape: tuple[int, ...]) -> Any:
    return value if np.shape(value) == shape else np.broadcast_to(value, shape)


def softplus(x: Any) -> Any:
    return np.logaddexp(0, x)


def sigmoid(x: Any) -> Any:
    return np.exp(-np.logaddexp(0, -x))


def take(a: Any, index: tuple[np.ndarray, ...]) -> Any:
    return a[index]


def slope(function: Callable[[Any], Any], at: Any) -> Any:
    """The slope of a function of single numbers at each entry."""
    h = STEP_OF_SLOPE
    near, far = function(at + h) - function(at - h), function(at + 2 * h) - function(at - 2 * h)
    return (8 * near - far) / (12 * h)


def jacobian(quantity: Callable[..., Any], points: list[np.ndarray]) -> np.ndarray:
    """Central differences: the axes of the quantity, then those of each point."""
    h = STEP if len(points) == 1 else STEP_OF_SECOND

    def along(at: list[np.ndarray], place: int) -> np.ndarray:
        if place == len(points):
            return np.array(quantity(*at))
        out = []
        for index in np.ndindex(points[place].shape):
            up, down = ([p.copy() for p in at] for _ in range(2))
            up[place][index] += h
            down[place][index] -= h
            out.append((along(up, place + 1) - along(down, place + 1)) / (2 * h))
        joined = np.array(out).reshape(points[place].shape + out[0].shape)
        axes = points[place].ndim
        first = out[0].ndim - int(sum([p.ndim for p in points[place + 1 :]], dtype=int))
        return np.moveaxis(joined, range(axes), range(first, first + axes))

    return along([p.copy() for p in points], 0)
