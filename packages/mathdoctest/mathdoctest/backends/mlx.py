"""Arrays of MLX in float64 on the CPU; derivatives by reverse-mode automatic differentiation."""

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any

import mlx.core as mx
import numpy as np

WAY = "autodiff"

exp, log, sqrt, abs, sign, floor, ceil = (
    mx.exp, mx.log, mx.sqrt, mx.abs, mx.sign, mx.floor, mx.ceil
)  # fmt: skip
sin, cos, tan, arcsin, arccos, arctan = mx.sin, mx.cos, mx.tan, mx.arcsin, mx.arccos, mx.arctan
sinh, cosh, tanh, erf, sigmoid = mx.sinh, mx.cosh, mx.tanh, mx.erf, mx.sigmoid
maximum, minimum, power = mx.maximum, mx.minimum, mx.power
sum, prod, max, matmul = mx.sum, mx.prod, mx.max, mx.matmul
reshape, broadcast, stack, swap = mx.reshape, mx.broadcast_to, mx.stack, mx.swapaxes


def array(value: Any) -> Any:
    return value if isinstance(value, mx.array) else argument(np.asarray(value, np.float64))


def argument(value: np.ndarray) -> Any:
    """A drawn array as the code under test gets it."""
    return mx.array(value) if value.dtype.kind in "iub" else mx.array(value, mx.float64)


def compute(values: Any) -> None:
    """Compute all arrays in a tuple or list, or in those in it."""
    mx.eval(values)


def plain(value: Any) -> np.ndarray:
    return np.array(value if value.dtype != mx.bfloat16 else value.astype(mx.float32))


def softplus(x: Any) -> Any:
    return mx.logaddexp(mx.zeros_like(x), x)


def where(condition: Any, a: Any, b: Any) -> Any:
    return mx.where(mx.array(condition), a, b)


def take(a: Any, index: tuple[np.ndarray, ...]) -> Any:
    return a[tuple(mx.array(i) for i in index)]


def _inv_backward(a: Any, cotangent: Any, result: Any) -> Any:
    turned = mx.swapaxes(inv(a), -1, -2)
    return -mx.matmul(turned, mx.matmul(cotangent, turned))


inv: Any = mx.custom_function(mx.linalg.inv)
inv.vjp(_inv_backward)  # MLX has none of its own


def slope(function: Callable[[Any], Any], at: Any) -> Any:
    """The slope of a function of single numbers at each entry."""
    return mx.grad(lambda a: mx.sum(function(a)))(array(at))


def jacobian(quantity: Callable[..., Any], points: list[np.ndarray]) -> np.ndarray:
    """One gradient for each entry: the axes of the quantity, then those of each point."""
    at = [array(p) for p in points]

    def rows(of: Callable[..., Any], place: int) -> np.ndarray:
        now = np.array(of(*at))
        if place == len(points):
            return now
        out = []
        for index in np.ndindex(now.shape):

            def entry(*a: Any, index: tuple[int, ...] = index) -> Any:
                return mx.reshape(of(*a)[index] if index else of(*a), ())

            out.append(rows(mx.grad(entry, argnums=place), place + 1))
        return np.array(out).reshape(now.shape + out[0].shape)

    return rows(quantity, 0)


@contextlib.contextmanager
def guard() -> Iterator[None]:
    """On the CPU, which has float64. Nothing is compiled: a killed process leaves half a file."""
    mx.disable_compile()
    try:
        with mx.stream(mx.cpu):
            yield
    finally:
        if not os.environ.get("MLX_DISABLE_COMPILE"):
            mx.enable_compile()
