"""What evaluates a formula: NumPy in float64, and MLX, where it is installed, for autodiff.

A backend is a module with one set of functions of arrays. `numpy.py` says what they are.
"""

import contextlib
import functools
import importlib
from types import ModuleType
from typing import Any

from mathdoctest.backends import numpy

Backend = ModuleType
ELEMENTWISE = ("exp", "log", "tanh", "sin", "cos", "sign", "erf", "softplus")


@functools.cache
def mlx() -> Backend | None:
    """The backend of MLX; None where MLX is not installed."""
    try:
        return importlib.import_module("mathdoctest.backends.mlx")
    except ImportError:
        return None


def of(array: Any) -> Backend:
    """The backend that an array belongs to; a plain number belongs to NumPy."""
    backend = mlx() if type(array).__module__.startswith("mlx.") else None
    return backend or numpy


def named(made: str) -> Backend:
    """The backend for an annotation: `mx` of `mx.array` is MLX, all else NumPy."""
    return (mlx() if made in ("mx", "mlx") else None) or numpy


def differentiator() -> Backend:
    """What takes derivatives best: MLX by autodiff, NumPy by finite differences."""
    return mlx() or numpy


def guard() -> contextlib.AbstractContextManager[None]:
    """The context in which code under test and derivatives are run."""
    backend = mlx()
    context: contextlib.AbstractContextManager[None] = (
        backend.guard() if backend else contextlib.nullcontext()
    )
    return context
