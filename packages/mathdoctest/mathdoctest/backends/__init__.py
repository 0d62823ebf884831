"""What evaluates a formula: NumPy in float64, and MLX, where it is installed, for autodiff.

A backend is a module with one set of functions of arrays. `numpy.py` says what they are.
"""

import contextlib
import functools
import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from mathdoctest.backends import numpy

Backend = ModuleType
ELEMENTWISE = ("exp", "log", "tanh", "sin", "cos", "sign", "erf", "softplus")


def built_in(library: Backend, name: str) -> Callable[[Any], Any] | None:
    """The elementwise function of this name, if a library has one."""
    return getattr(library, name) if name in ELEMENTWISE else None


@functools.cache
def with_mlx() -> Backend | None:
    """The backend of MLX; None where MLX is not installed."""
    try:
        return importlib.import_module("mathdoctest.backends.mlx")
    except ImportError:
        return None


def is_of_mlx(value: Any) -> bool:
    """Whether a value is an array of MLX, or a list of them."""
    if isinstance(value, list):
        return any(map(is_of_mlx, value))
    return type(value).__module__.startswith("mlx.")


def of(array: Any) -> Backend:
    """The backend that an array belongs to; a plain number belongs to NumPy."""
    return (with_mlx() if type(array).__module__.startswith("mlx.") else None) or numpy


def named(made: str) -> Backend:
    """The backend for an annotation: `mx` of `mx.array` is MLX, all else NumPy."""
    return (with_mlx() if made in ("mx", "mlx") else None) or numpy


def differentiators() -> list[Backend]:
    """What takes derivatives, the best first: MLX by autodiff, NumPy by finite differences."""
    return [backend for backend in (with_mlx(), numpy) if backend]


def slope(function: Callable[[Backend, Any], Any], library: Backend, at: Any) -> Any:
    """The slope of a function of single numbers, as an array of the library."""
    backend = differentiators()[0]
    found = backend.slope(lambda a: function(backend, a), at)
    return found if library is backend else np.array(found)


def guard() -> contextlib.AbstractContextManager[None]:
    """The context in which code under test and derivatives are run."""
    backend, context = with_mlx(), contextlib.nullcontext()
    return backend.guard() if backend else context
