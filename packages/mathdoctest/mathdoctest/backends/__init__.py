"""What evaluates a formula and differentiates it: one module for each array library.

Each module offers the same functions of its arrays, in float64 on the CPU:

- of each entry: exp log sqrt abs sign floor ceil sin cos tan arcsin arccos arctan sinh cosh tanh
  erf sigmoid softplus; of two arrays: maximum minimum power; where(condition, a, b)
- along axes: sum prod max, each with axis=
- of matrices, the last two axes: matmul inv
- of shapes: reshape broadcast swap stack take
- to and from NumPy: array (from anything), argument (a drawn array, as the code under test gets
  it), plain (an array of the library as NumPy has it, without its derivatives)
- derivatives: slope, jacobian, and WAY, which names how they are taken
- guard, in which the library computes on the CPU in float64; `numpy` and `dual` need none

`numpy` takes derivatives by finite differences; `dual` is NumPy with exact derivatives, for where
no other library is used. To add a function, add a line to each of the five modules, a name to
ELEMENTWISE if formulas call it by that name, and a row to `tests/test_backends.py`.
"""

import contextlib
import functools
import importlib
import sys
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

from mathdoctest.backends import dual, numpy

Backend = ModuleType
OTHERS = ("mlx", "jax", "torch")  # the array libraries beside NumPy, by the name of their package
ELEMENTWISE = (
    "exp", "log", "tanh", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh",
    "sign", "floor", "ceil", "erf", "softplus",
)  # fmt: skip


_guarded = threading.local()


def built_in(library: Backend, name: str) -> Callable[[Any], Any] | None:
    """The elementwise function of this name, if a library has one."""
    return getattr(library, name) if name in ELEMENTWISE else None


@functools.cache
def named(library: str) -> Backend:
    """The backend of a library, by the name of its package; NumPy's where it is not installed."""
    try:
        return importlib.import_module(f"{__name__}.{library}") if library in OTHERS else numpy
    except ImportError:
        return numpy


def is_of_mlx(value: Any) -> bool:
    """Whether a value is an array of MLX, or a list of them."""
    if isinstance(value, list):
        return any(map(is_of_mlx, value))
    return type(value).__module__.startswith("mlx.")


def compute(values: tuple[Any, ...]) -> None:
    """Have MLX compute what it has put off, all at once: to wait for each array takes longer."""
    if any(map(is_of_mlx, values)):
        named("mlx").compute(values)


def of(array: Any) -> Backend:
    """The backend that an array belongs to; a plain number belongs to NumPy."""
    if isinstance(array, dual.Dual):
        return dual
    root = type(array).__module__.split(".")[0]
    return named({"jaxlib": "jax"}.get(root, root))


def plain(array: Any) -> np.ndarray:
    """An array of any library, a number or a list of numbers as an array of NumPy."""
    found: np.ndarray = of(array).plain(array)
    return found


def differentiators(library: Backend = numpy) -> list[Backend]:
    """What takes derivatives of formulas about a library's functions, the best first."""
    return [dual if library is numpy else library, numpy]


def slope(function: Callable[[Backend, Any], Any], library: Backend, at: Any) -> Any:
    """The slope of a function of single numbers, exact, as an array of the library."""
    backend = differentiators(library)[0]
    return backend.slope(lambda a: function(backend, a), at)


@contextlib.contextmanager
def guard() -> Iterator[None]:
    """Where code under test and derivatives are run, for every library that is imported.

    One inside another adds the libraries that were imported in between.
    """
    outside: tuple[str, ...] = getattr(_guarded, "libraries", ())
    new = [each for each in OTHERS if each in sys.modules and each not in outside]
    if not new:
        yield
        return
    with contextlib.ExitStack() as stack:
        for library in new:
            if named(library) is not numpy:
                stack.enter_context(named(library).guard())
        _guarded.libraries = (*outside, *new)
        try:
            yield
        finally:
            _guarded.libraries = outside
