"""Arrays of NumPy that carry their derivatives: exact derivatives without another library.

Forward mode. A `Dual` is a value and its tangents, one for each direction, on an axis after those
of the value, so that both are broadcast alike. Each differentiation has a level of its own; what
belongs to a lower level is a constant to it. A value or a tangent may be a `Dual` of a lower
level: so second derivatives are taken.
"""

import functools
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from mathdoctest.backends import numpy

WAY = "autodiff"
Array = Any  # of NumPy, or a Dual
_levels = itertools.count(1)


class Dual:
    """A value with its tangents. A NumPy array on the left leaves the operators to this class."""

    __array_ufunc__ = None

    def __init__(self, level: int, value: Array, tangent: Array):
        self.level, self.value, self.tangent = level, value, tangent

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.value.shape)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.array(self.value, dtype)

    def __getitem__(self, index: Any) -> "Dual":
        return Dual(self.level, self.value[index], self.tangent[index])

    def __neg__(self) -> Array:
        return self * -1.0

    def __add__(self, other: Any) -> Array:
        return _add(self, other)

    def __sub__(self, other: Any) -> Array:
        return _add(self, -other)

    def __rsub__(self, other: Any) -> Array:
        return _add(other, -self)

    def __mul__(self, other: Any) -> Array:
        return _multiply(self, other)

    def __truediv__(self, other: Any) -> Array:
        return _divide(self, other)

    def __rtruediv__(self, other: Any) -> Array:
        return _divide(other, self)

    __radd__, __rmul__ = __add__, __mul__


def array(value: Any) -> Array:
    return value if isinstance(value, Dual) else numpy.array(value)


argument = numpy.argument


def plain(value: Array) -> np.ndarray:
    while isinstance(value, Dual):
        value = value.value
    return np.asarray(value)


# ---- one entry at a time: the function, then its slope


def _entrywise(of: Callable[[Any], Any], slope: Callable[[Array, Array], Array]) -> Any:
    """A function of one array. slope: from the argument and the result."""

    def apply(a: Array) -> Array:
        if not isinstance(a, Dual):
            return of(a)
        result = apply(a.value)
        return Dual(a.level, result, _column(slope(a.value, result)) * a.tangent)

    return apply


def _of_two(of: Callable[..., Any], *slopes: Callable[[Array, Array, Array], Array]) -> Any:
    """A function of two arrays. slopes: along each of them, from both and the result."""

    def apply(*two: Array) -> Array:
        level = _level(*two)
        if not level:
            return of(*two)
        values = [_value(a, level) for a in two]
        result = apply(*values)
        found = [
            _column(slope(values[0], values[1], result)) * a.tangent
            for a, slope in zip(two, slopes, strict=True)
            if isinstance(a, Dual) and a.level == level
        ]
        tangent = functools.reduce(operator.add, found)
        return Dual(level, result, broadcast(tangent, (*np.shape(result), tangent.shape[-1])))

    return apply


def _level(*arrays: Array) -> int:
    """The highest level among arrays; 0 if all are of NumPy."""
    return sorted(a.level if isinstance(a, Dual) else 0 for a in arrays)[-1]


def _value(a: Array, level: int) -> Array:
    return a.value if isinstance(a, Dual) and a.level == level else a


def _column(a: Array) -> Array:
    """With one more axis, for the directions of a tangent."""
    return reshape(a, (*np.shape(a), 1))


def _zeros(a: Array, *_: Array) -> Array:
    return np.zeros(np.shape(a))


def _ones(*_: Array) -> Array:
    return np.ones(())


_add = _of_two(operator.add, _ones, _ones)
_multiply = _of_two(operator.mul, lambda a, b, y: b, lambda a, b, y: a)
_divide = _of_two(operator.truediv, lambda a, b, y: 1.0 / b, lambda a, b, y: -y / b)

exp: Any = _entrywise(np.exp, lambda x, y: y)
log = _entrywise(np.log, lambda x, y: 1.0 / x)
sqrt = _entrywise(np.sqrt, lambda x, y: 0.5 / y)
abs = _entrywise(np.abs, lambda x, y: sign(x))
sign: Any = _entrywise(np.sign, _zeros)
floor = _entrywise(np.floor, _zeros)
ceil = _entrywise(np.ceil, _zeros)
sin = _entrywise(np.sin, lambda x, y: cos(x))
cos: Any = _entrywise(np.cos, lambda x, y: -sin(x))
tan = _entrywise(np.tan, lambda x, y: 1.0 + y * y)
arcsin = _entrywise(np.arcsin, lambda x, y: 1.0 / sqrt(1.0 - x * x))
arccos = _entrywise(np.arccos, lambda x, y: -1.0 / sqrt(1.0 - x * x))
arctan = _entrywise(np.arctan, lambda x, y: 1.0 / (1.0 + x * x))
sinh: Any = _entrywise(np.sinh, lambda x, y: cosh(x))
cosh: Any = _entrywise(np.cosh, lambda x, y: sinh(x))
tanh = _entrywise(np.tanh, lambda x, y: 1.0 - y * y)
erf = _entrywise(numpy.erf, lambda x, y: 2.0 / math.sqrt(math.pi) * exp(-x * x))
sigmoid = _entrywise(numpy.sigmoid, lambda x, y: y * (1.0 - y))
softplus = _entrywise(numpy.softplus, lambda x, y: sigmoid(x))


def _where(test: Callable[[Any, Any], Any], here: float) -> Callable[..., Array]:
    """1 where a test of the two values holds, if `here` is 1; the rest if it is 0."""
    return lambda a, b, y: np.where(test(plain(a), plain(b)), here, 1.0 - here)


maximum = _of_two(np.maximum, _where(operator.gt, 1.0), _where(operator.gt, 0.0))
minimum = _of_two(np.minimum, _where(operator.lt, 1.0), _where(operator.lt, 0.0))
power: Any = _of_two(
    np.power,
    lambda a, b, y: where(plain(b) == 0, 0.0, b * power(a, b - 1.0)),
    lambda a, b, y: where(plain(a) == 0, 0.0, y * log(a)),
)


def where(condition: Any, a: Array, b: Array) -> Array:
    level = _level(a, b)
    if not level:
        return np.where(condition, a, b)
    result = where(condition, _value(a, level), _value(b, level))
    tangent = where(_column(condition), *_tangents([a, b], level))
    return Dual(level, result, broadcast(tangent, (*np.shape(result), tangent.shape[-1])))


def _tangents(arrays: list[Array], level: int) -> list[Array]:
    """The tangents at a level; zeros for what is a constant there."""
    moving = [isinstance(a, Dual) and a.level == level for a in arrays]
    directions = arrays[moving.index(True)].tangent.shape[-1]
    return [
        a.tangent if moves else np.zeros((*np.shape(a), directions))
        for a, moves in zip(arrays, moving, strict=True)
    ]


# ---- shapes: a tangent is treated as the value is, and keeps its last axis


def reshape(a: Array, shape: tuple[int, ...]) -> Array:
    if not isinstance(a, Dual):
        return np.reshape(a, shape)
    value = reshape(a.value, shape)
    return Dual(a.level, value, reshape(a.tangent, (*value.shape, a.tangent.shape[-1])))


def broadcast(a: Array, shape: tuple[int, ...]) -> Array:
    if not isinstance(a, Dual):
        return np.broadcast_to(a, shape)
    tangent = broadcast(a.tangent, (*shape, a.tangent.shape[-1]))
    return Dual(a.level, broadcast(a.value, shape), tangent)


def swap(a: Array, first: int, second: int) -> Array:
    if not isinstance(a, Dual):
        return np.swapaxes(a, first, second)
    first, second = first % a.ndim, second % a.ndim
    return Dual(a.level, swap(a.value, first, second), swap(a.tangent, first, second))


def stack(arrays: list[Array], axis: int = 0) -> Array:
    level = _level(*arrays)
    if not level:
        return np.stack(arrays, axis)
    axis %= np.ndim(plain(arrays[0])) + 1
    value = stack([_value(a, level) for a in arrays], axis)
    return Dual(level, value, stack(_tangents(arrays, level), axis))


def take(a: Array, index: tuple[np.ndarray, ...]) -> Array:
    return a[index]


def _moved(a: Array, source: int, target: int) -> Array:
    if not isinstance(a, Dual):
        return np.moveaxis(a, source, target)
    return Dual(a.level, _moved(a.value, source, target), _moved(a.tangent, source, target))


# ---- along axes, and of matrices


def sum(a: Array, axis: int | tuple[int, ...] | None = None) -> Array:
    if not isinstance(a, Dual):
        return np.sum(a, axis=axis)
    axes = range(a.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    counted = tuple(place % a.ndim for place in axes)
    return Dual(a.level, sum(a.value, counted), sum(a.tangent, counted))


def prod(a: Array, axis: int) -> Array:
    if not isinstance(a, Dual):
        return np.prod(a, axis=axis)
    first = _moved(a, axis % a.ndim, 0)
    return functools.reduce(operator.mul, [first[k] for k in range(first.shape[0])])


def max(a: Array, axis: int) -> Array:
    """Entries that share the maximum share its slope."""
    if not isinstance(a, Dual):
        return np.max(a, axis=axis)
    values = plain(a)
    largest = values == np.max(values, axis=axis, keepdims=True)
    return sum(where(largest, a, 0.0), axis) / np.sum(largest, axis=axis)


def matmul(a: Array, b: Array) -> Array:
    level = _level(a, b)
    if not level:
        return np.matmul(a, b)
    rank = sorted((a.ndim, b.ndim))[-1]
    a, b = (reshape(each, (1,) * (rank - each.ndim) + tuple(each.shape)) for each in (a, b))
    x, y = _value(a, level), _value(b, level)
    found = [  # the directions go first, as one more axis over the matrices
        matmul(_directions_first(each), y) if each is a else matmul(x, _directions_first(each))
        for each in (a, b)
        if isinstance(each, Dual) and each.level == level
    ]
    value = matmul(x, y)
    return Dual(level, value, _moved(functools.reduce(operator.add, found), 0, value.ndim))


def inv(a: Array) -> Array:
    if not isinstance(a, Dual):
        return np.linalg.inv(a)
    value = inv(a.value)
    tangent = matmul(matmul(value, _directions_first(a)), value)
    return Dual(a.level, value, _moved(-tangent, 0, value.ndim))


def _directions_first(a: Dual) -> Array:
    return _moved(a.tangent, a.ndim, 0)


# ---- derivatives


def slope(function: Callable[[Array], Array], at: Array) -> Array:
    """The slope of a function of single numbers at each entry."""
    level, at = next(_levels), array(at)
    found = function(Dual(level, at, np.ones((*at.shape, 1))))
    if not isinstance(found, Dual) or found.level != level:
        return np.zeros(at.shape)
    return reshape(found.tangent, found.shape)


def jacobian(quantity: Callable[..., Any], points: list[np.ndarray]) -> np.ndarray:
    """All directions at once: the axes of the quantity, then those of each point."""
    levels = [next(_levels) for _ in points][::-1]
    every = [np.eye(p.size).reshape(*p.shape, p.size) for p in points]
    found = quantity(*map(Dual, levels, points, every))
    shape = (*np.shape(found), *itertools.chain(*(p.shape for p in points)))
    for level, point in zip(levels, points, strict=True):
        is_moving = isinstance(found, Dual) and found.level == level
        found = found.tangent if is_moving else np.zeros((*np.shape(found), point.size))
    return np.reshape(found, shape)
