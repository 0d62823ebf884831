"""Arrays of PyTorch in float64 on the CPU; derivatives by reverse-mode differentiation."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

WAY = "autodiff"

exp, log, sqrt, abs, sign, floor, ceil = (
    torch.exp, torch.log, torch.sqrt, torch.abs, torch.sign, torch.floor, torch.ceil
)  # fmt: skip
sin, cos, tan = torch.sin, torch.cos, torch.tan
arcsin, arccos, arctan = torch.arcsin, torch.arccos, torch.arctan
sinh, cosh, tanh, erf, sigmoid = torch.sinh, torch.cosh, torch.tanh, torch.erf, torch.sigmoid
sum, matmul, inv = torch.sum, torch.matmul, torch.linalg.inv
reshape, broadcast, swap = torch.reshape, torch.broadcast_to, torch.swapaxes


def array(value: Any) -> Any:
    return torch.as_tensor(np.array(value) if isinstance(value, np.ndarray) else value).double()


def argument(value: np.ndarray) -> Any:
    """A drawn array as the code under test gets it."""
    return torch.as_tensor(np.array(value))


def plain(value: Any) -> np.ndarray:
    found: np.ndarray = value.detach().cpu().numpy(force=True)
    return found


def softplus(x: Any) -> Any:
    return torch.logaddexp(torch.zeros_like(x), x)


def maximum(a: Any, b: Any) -> Any:
    return torch.maximum(array(a), array(b))


def minimum(a: Any, b: Any) -> Any:
    return torch.minimum(array(a), array(b))


def power(a: Any, b: Any) -> Any:
    return torch.pow(array(a), array(b))


def where(condition: Any, a: Any, b: Any) -> Any:
    return torch.where(torch.as_tensor(np.array(condition)), array(a), array(b))


def prod(a: Any, axis: int) -> Any:
    return torch.prod(a, dim=axis)


def max(a: Any, axis: int) -> Any:
    return torch.amax(a, dim=axis)


def stack(arrays: list[Any], axis: int = 0) -> Any:
    return torch.stack(arrays, dim=axis)


def take(a: Any, index: tuple[np.ndarray, ...]) -> Any:
    return a[tuple(torch.as_tensor(i) for i in index)]


def slope(function: Callable[[Any], Any], at: Any) -> Any:
    """The slope of a function of single numbers at each entry."""
    with torch.enable_grad():
        at = array(at)
        at = at.clone() if at.requires_grad else at.detach().requires_grad_()
        return _gradient(torch.sum(function(at)), at)


def jacobian(quantity: Callable[..., Any], points: list[np.ndarray]) -> np.ndarray:
    """One gradient for each entry: the axes of the quantity, then those of each point."""
    with torch.enable_grad():
        at = [array(p).requires_grad_() for p in points]
        found = array(quantity(*at))
        for point in at:
            rows = [_gradient(entry, point) for entry in found.reshape(-1)]
            found = torch.stack(rows).reshape(found.shape + point.shape)
        return plain(found)


def _gradient(number: Any, at: Any) -> Any:
    """The gradient of a number, which can be differentiated again."""
    if not number.requires_grad:
        return torch.zeros_like(at)
    (found,) = torch.autograd.grad(number, at, create_graph=True, allow_unused=True)
    return torch.zeros_like(at) if found is None else found


@contextlib.contextmanager
def guard() -> Iterator[None]:
    """New tensors are in float64 and on the CPU."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with torch.device("cpu"):
            yield
    finally:
        torch.set_default_dtype(before)
