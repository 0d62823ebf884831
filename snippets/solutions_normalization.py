"""Solutions to the exercises on normalization."""

import mlx.core as mx
import mlx.nn as nn

from snippets.batch_norm import batch_norm_backward, running_statistics
from snippets.normalization import standardized, standardized_backward


def five_numbers():
    """Five numbers standardized; their spread is 2.

    >>> mu, v, s, x_hat = standardized(mx.array([4.0, 6.0, 7.0, 8.0, 10.0]), 1e-5)
    >>> print(x_hat)
    array([-1.5, -0.499999, 0, 0.499999, 1.5], dtype=float32)
    """


def next_variance():
    """The running variance after one batch of four.

    >>> x = mx.array([-3.0, 0.0, 0.0, 3.0]) * mx.sqrt(mx.array(2 / 3))
    >>> print(mx.var(x))
    array(3, dtype=float32)
    >>> r, q = running_statistics(0.0, 1.0, x, alpha=0.1)
    >>> print(q)
    array(1.3, dtype=float32)
    """


def one_pull():
    """A pull on the largest of five numbers alone.

    >>> x = mx.array([4.0, 6.0, 7.0, 8.0, 10.0])
    >>> pull = mx.array([0.0, 0.0, 0.0, 0.0, 1.0])
    >>> dL_dx = standardized_backward(x, pull, 1e-5)
    >>> print(dL_dx)
    array([0.124999, -0.0250001, -0.0999999, -0.175, 0.175], dtype=float32)
    """


def batch_of_two():
    """A batch of two: what comes back is next to nothing, whatever the slopes of the loss.

    >>> x, dL_dy = mx.array([1.0, 5.0]), mx.array([3.0, -2.0])
    >>> dL_dx = batch_norm_backward(x, 1.0, 0.0, 1e-5, dL_dy)[-1]
    >>> largest = mx.abs(dL_dx).max().item()
    >>> print(f"{largest:.3f}")
    0.000
    """


def folded():
    """A trained BatchNorm folded into the layer in front of it.

    >>> mx.random.seed(0)
    >>> linear, norm = nn.Linear(2, 1), nn.BatchNorm(1)
    >>> linear.weight, linear.bias = mx.array([[2.0, -1.0]]), mx.array([1.0])
    >>> norm.weight, norm.bias = mx.array([3.0]), mx.array([0.5])
    >>> norm.running_mean, norm.running_var = mx.array([2.0]), mx.array([4.0])
    >>> norm = norm.eval()
    >>> a = norm.weight / mx.sqrt(norm.running_var + norm.eps)
    >>> c = norm.bias - a * norm.running_mean
    >>> one = nn.Linear(2, 1)
    >>> one.weight, one.bias = a[:, None] * linear.weight, a * linear.bias + c
    >>> bias = one.bias
    >>> print(one.weight, bias)
    array([[3, -1.5]], dtype=float32) array([-0.999998], dtype=float32)
    >>> X = mx.random.normal((5, 2))
    >>> print(mx.allclose(one(X), norm(linear(X)), atol=1e-5))
    array(True, dtype=bool)
    """
