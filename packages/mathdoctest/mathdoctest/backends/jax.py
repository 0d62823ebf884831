"""Arrays of JAX in float64 on the CPU; derivatives by reverse-mode automatic differentiation."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

WAY = "autodiff"

exp, log, sqrt, abs, sign, floor, ceil = (
    jnp.exp, jnp.log, jnp.sqrt, jnp.abs, jnp.sign, jnp.floor, jnp.ceil
)  # fmt: skip
sin, cos, tan = jnp.sin, jnp.cos, jnp.tan
arcsin, arccos, arctan = jnp.arcsin, jnp.arccos, jnp.arctan
sinh, cosh, tanh, erf = jnp.sinh, jnp.cosh, jnp.tanh, jax.scipy.special.erf
sigmoid, softplus = jax.nn.sigmoid, jax.nn.softplus
maximum, minimum, power = jnp.maximum, jnp.minimum, jnp.power
sum, prod, max, matmul, inv = jnp.sum, jnp.prod, jnp.max, jnp.matmul, jnp.linalg.inv
where, reshape, broadcast = jnp.where, jnp.reshape, jnp.broadcast_to
stack, swap = jnp.stack, jnp.swapaxes


def array(value: Any) -> Any:
    return jnp.asarray(value, jnp.float64)


def argument(value: np.ndarray) -> Any:
    """A drawn array as the code under test gets it."""
    return jnp.asarray(value)


def plain(value: Any) -> np.ndarray:
    return np.asarray(jax.lax.stop_gradient(value))


def take(a: Any, index: tuple[np.ndarray, ...]) -> Any:
    return a[index]


def slope(function: Callable[[Any], Any], at: Any) -> Any:
    """The slope of a function of single numbers at each entry."""
    return jax.grad(lambda a: jnp.sum(function(a)))(array(at))


def jacobian(quantity: Callable[..., Any], points: list[np.ndarray]) -> np.ndarray:
    """The axes of the quantity, then those of each point."""
    of: Callable[..., Any] = lambda *at: array(quantity(*at))  # noqa: E731
    for place in range(len(points)):
        of = jax.jacrev(of, argnums=place)
    return np.asarray(of(*map(array, points)))


@contextlib.contextmanager
def guard() -> Iterator[None]:
    """In float64, which JAX has only where it is enabled, and on the CPU."""
    with jax.enable_x64(True), jax.default_device(jax.devices("cpu")[0]):
        yield
