"""A line through the origin, fitted to points."""

import numpy as np
from jaxtyping import Float


def slope(x: Float[np.ndarray, "n"], y: Float[np.ndarray, "n"]) -> Float[np.ndarray, ""]:
    r"""Slope of the line through the origin whose squared misses add up to the least.

    $$
    w = \frac{\sum_{i=1}^{n} x_i y_i}{\sum_{i=1}^{n} x_i^2}
    $$

    >>> x = np.array([1.0, 2.0, 3.0])
    >>> y = np.array([1.1, 1.9, 3.2])
    >>> w = slope(x, y)
    >>> print(f"{w:.6f}")
    1.035714
    """
    return (x * y).sum() / (x**2).sum()


def mean_squared_error(
    x: Float[np.ndarray, "n"], y: Float[np.ndarray, "n"], w: Float[np.ndarray, ""]
) -> Float[np.ndarray, ""]:
    r"""Mean of the squared misses of a line through the origin.

    $$
    e = \frac{1}{n} \sum_{i=1}^{n} (w x_i - y_i)^2
    $$

    >>> x = np.array([1.0, 2.0, 3.0])
    >>> y = np.array([1.1, 1.9, 3.2])
    >>> print(f"{mean_squared_error(x, y, slope(x, y)):.6f}")
    0.014048
    """
    return ((w * x - y) ** 2).sum() / x.size


def too_flat():
    """A slope of 1, which is not the best.

    >>> x = np.array([1.0, 2.0, 3.0])
    >>> y = np.array([1.1, 1.9, 3.2])
    >>> print(f"{mean_squared_error(x, y, 1.0):.6f}")
    0.020000
    """
