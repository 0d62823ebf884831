"""What describes a handful of numbers."""

import numpy as np
from jaxtyping import Float


def mean(x: Float[np.ndarray, "n"]) -> Float[np.ndarray, ""]:
    r"""Mean of numbers.

    $$
    \mu = \frac{1}{n} \sum_{i=1}^{n} x_i
    $$

    >>> x = np.array([2.0, 4.0, 4.0, 6.0])
    >>> print(mean(x))
    4.0
    """
    return x.sum() / x.size


def variance(x: Float[np.ndarray, "n"], mu: Float[np.ndarray, ""]) -> Float[np.ndarray, ""]:
    r"""Mean squared distance of numbers from their mean.

    $$
    v = \frac{1}{n} \sum_{i=1}^{n} (x_i - \mu)^2
    $$

    >>> x = np.array([2.0, 4.0, 4.0, 6.0])
    >>> print(variance(x, mean(x)))
    2.0
    """
    return ((x - mu) ** 2).sum() / x.size


def standard_deviation(v: Float[np.ndarray, ""]) -> Float[np.ndarray, ""]:
    r"""Root of the variance, in the unit of the numbers.

    $$
    s = \sqrt{v}
    $$

    >>> x = np.array([2.0, 4.0, 4.0, 6.0])
    >>> v = variance(x, mean(x))
    >>> print(f"{standard_deviation(v):.6f}")
    1.414214
    """
    return np.sqrt(v)


def twenty_waits():
    """Waiting times of twenty people, counted in bins of two minutes.

    >>> x = np.array([1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 7, 7, 8, 8, 9.0])
    >>> edges = [0, 2, 4, 6, 8, 10]
    >>> counts = {"minutes": np.histogram(x, edges)[0].tolist()}
    >>> mark = mean(x).item()
    >>> print(counts, mark)
    {'minutes': [1, 4, 7, 5, 3]} 5.0
    """
