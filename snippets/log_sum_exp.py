"""The cross-entropy straight from the logits, by way of the log-sum-exp; and MLX's own."""

import math

import mlx.core as mx
import mlx.nn as nn
import numpy as np
from jaxtyping import Float

from snippets.backward import agree, central_difference
from snippets.softmax import (
    cross_entropy, label_slope, prediction_minus_label, shifted, softmax,
)


def log_sum_exp(
    z: Float[mx.array, "K"]
) -> tuple[Float[mx.array, ""], Float[mx.array, ""]]:
    r"""Largest logit, and the logarithm of the sum of the exponentials, which never overflows.

    $$
    m = \max_k z_k
    $$

    $$
    s = \log\left(\sum_{k=1}^{K} e^{z_k}\right)
      = m + \log\left(\sum_{k=1}^{K} e^{z_k - m}\right)
    $$

    >>> z = mx.array([2.0, 0.5, -0.5])
    >>> m, s = log_sum_exp(z)
    >>> print(m, s)
    array(2, dtype=float32) array(2.26637, dtype=float32)
    >>> print(mx.logsumexp(z))
    array(2.26637, dtype=float32)
    >>> z_large = mx.array([1000.0, 998.5, 997.5])
    >>> print(log_sum_exp(z_large)[1])
    array(1000.27, dtype=float32)
    >>> print(mx.log(mx.exp(z_large).sum()))
    array(inf, dtype=float32)
    """
    m = mx.max(z)
    return m, m + mx.log(mx.exp(z - m).sum())


def guessing():
    """Loss of a network that gives three classes the same probability, and so of one that knows nothing.

    >>> z, y = mx.zeros(3), mx.array([0.0, 1.0, 0.0])
    >>> L = nn.losses.cross_entropy(z, y).item()
    >>> print(f"{L:.6f} {math.log(3):.6f}")
    1.098612 1.098612
    """


def log_sum_exp_slope(z: Float[mx.array, "K"]) -> Float[mx.array, "K"]:
    r"""Slope of the log-sum-exp along each logit: the softmax.

    $$
    \frac{\partial s}{\partial z_j}
      = \frac{1}{\sum_{k=1}^{K} e^{z_k}} e^{z_j}
      = p_j
    $$

    >>> z = mx.array([2.0, 0.5, -0.5])
    >>> print(log_sum_exp_slope(z))
    array([0.766157, 0.170953, 0.06289], dtype=float32)
    >>> print(mx.grad(mx.logsumexp)(z))
    array([0.766157, 0.170953, 0.06289], dtype=float32)
    """
    m, s = log_sum_exp(z)
    return mx.exp(z - s)


def logit_loss(
    z: Float[mx.array, "K"], y: Float[mx.array, "K"]
) -> Float[mx.array, ""]:
    r"""Cross-entropy straight from the logits, where the shares of the label add up to 1.

    $$
    \begin{aligned}
    L &= -\sum_{k=1}^{K} y_k \log(p_k) \\
      &= -\sum_{k=1}^{K} y_k (z_k - s) \\
      &= s \sum_{k=1}^{K} y_k - \sum_{k=1}^{K} y_k z_k \\
      &= s - \sum_{k=1}^{K} y_k z_k
    \end{aligned}
    $$

    >>> z = mx.array([2.0, 0.5, -0.5])
    >>> y = mx.array([0.0, 1.0, 0.0])
    >>> s = mx.logsumexp(z)
    >>> L = logit_loss(z, y)
    >>> print(L)
    array(1.76637, dtype=float32)
    >>> print(nn.losses.cross_entropy(z, y))
    array(1.76637, dtype=float32)
    """
    m, s = log_sum_exp(z)
    return s - (y * z).sum()


def three_ways():
    """Slope along the logits by hand, by autodiff and by finite differences, for a whole and a soft label.

    >>> z = mx.array([2.0, 0.5, -0.5])
    >>> for y in (mx.array([0.0, 1.0, 0.0]), mx.array([0.2, 0.5, 0.3])):
    ...     def loss_float64(z):
    ...         p = np.exp(z) / np.exp(z).sum()
    ...         return -(np.array(y, np.float64) * np.log(p)).sum()
    ...     by_hand = prediction_minus_label(z, y)
    ...     mx_grad = mx.grad(logit_loss)(z, y)
    ...     finite = central_difference(loss_float64, np.array(z, np.float64))
    ...     print(by_hand, agree(by_hand, mx_grad, finite))
    array([0.766157, -0.829047, 0.06289], dtype=float32) True
    array([0.566157, -0.329047, -0.23711], dtype=float32) True
    """


def overflowing():
    """Exponentials of the logits themselves: 100 is too much for float32.

    >>> z = mx.array([100.0, 1.0, 0.0])
    >>> print(mx.exp(z))
    array([inf, 2.71828, 1], dtype=float32)
    >>> p = softmax(z)
    >>> print(mx.isnan(p))
    array([True, False, False], dtype=bool)
    """


def not_overflowing():
    """With the largest logit taken off first no exponential is above 1. `mx.softmax` does so.

    >>> z = mx.array([100.0, 1.0, 0.0])
    >>> print(shifted(z, c=z.max().item()))
    array([1, 0, 0], dtype=float32)
    >>> print(mx.softmax(z))
    array([1, 0, 0], dtype=float32)
    """


def mlx_loss(
    z: Float[mx.array, "K"], y: Float[mx.array, "K"]
) -> Float[mx.array, ""]:
    r"""What MLX's loss returns, whatever the shares of the label add up to.

    $$
    L_{\text{MLX}} = s - \sum_{k=1}^{K} y_k z_k - m \left(1 - \sum_{k=1}^{K} y_k\right)
    $$

    >>> z = mx.array([1.0, 2.0, 3.0])
    >>> y = mx.array([0.0, 0.5, 0.0])
    >>> m, s = log_sum_exp(z)
    >>> L_MLX = mlx_loss(z, y)
    >>> print(L_MLX)
    array(0.907606, dtype=float32)
    >>> print(cross_entropy(softmax(z), y))
    array(0.703803, dtype=float32)
    """
    return nn.losses.cross_entropy(z, y)


def sums_of_labels():
    """Slopes along the logits where a label does not add up to 1: MLX's, that of MLX's own value, that of the cross-entropy.

    >>> z = mx.array([1.0, 2.0, 3.0])
    >>> for y in ([0.0, 1.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.0]):
    ...     y = mx.array(y)
    ...     of_mlx = mx.grad(mlx_loss)(z, y)
    ...     of_value = central_difference(
    ...         lambda v: mlx_loss(mx.array(v), y).item(), np.array(z), h=0.01
    ...     )
    ...     print(f"y adds up to {y.sum().item():.1f}")
    ...     print("  MLX's slope    ", np.array(of_mlx).round(2))
    ...     print("  of its value   ", of_value.round(2))
    ...     print("  cross-entropy's", np.array(label_slope(z, y)).round(2))
    y adds up to 1.0
      MLX's slope     [ 0.09 -0.76  0.67]
      of its value    [ 0.09 -0.76  0.67]
      cross-entropy's [ 0.09 -0.76  0.67]
    y adds up to 0.5
      MLX's slope     [ 0.09 -0.26  0.67]
      of its value    [ 0.09 -0.26  0.17]
      cross-entropy's [ 0.05 -0.38  0.33]
    y adds up to 0.0
      MLX's slope     [0.09 0.24 0.67]
      of its value    [ 0.09  0.24 -0.33]
      cross-entropy's [0. 0. 0.]
    """


def label_of_zeros():
    """An example that should not count, given a label of zeros: it still has a slope.

    >>> Z = mx.array([[2.0, 0.5, -0.5], [1.0, 2.0, 3.0]])  # (2, 3)
    >>> Y = mx.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])   # (2, 3)
    >>> loss_of = lambda Z: nn.losses.cross_entropy(Z, Y).sum()
    >>> loss, slopes = mx.value_and_grad(loss_of)(Z)
    >>> padding = nn.losses.cross_entropy(Z, Y)[1]
    >>> print(loss, padding)
    array(2.17397, dtype=float32) array(0.407606, dtype=float32)
    >>> print(slopes)
    array([[0.766157, -0.829047, 0.06289],
           [0.0900306, 0.244728, 0.665241]], dtype=float32)
    """


def weight_of_zero():
    """The same example with a weight of 0, and any label: it has no part in the loss.

    >>> Z = mx.array([[2.0, 0.5, -0.5], [1.0, 2.0, 3.0]])  # (2, 3)
    >>> labels, weights = mx.array([1, 0]), mx.array([1.0, 0.0])
    >>> loss_of = lambda Z: nn.losses.cross_entropy(Z, labels, weights).sum()
    >>> loss, slopes = mx.value_and_grad(loss_of)(Z)
    >>> print(loss)
    array(1.76637, dtype=float32)
    >>> print(slopes)
    array([[0.766157, -0.829047, 0.06289],
           [0, 0, 0]], dtype=float32)
    """


def forbidden_class():
    """A class ruled out by a logit of minus infinity, and a label with a share for each class.

    >>> z = mx.array([1.0, 2.0, -math.inf])
    >>> y = mx.array([0.0, 1.0, 0.0])
    >>> loss = nn.losses.cross_entropy(z, y)
    >>> print(mx.isnan(loss))
    array(True, dtype=bool)
    """


def forbidden_by_number():
    """The same label as the number of the class: the forbidden one is never multiplied.

    >>> z = mx.array([1.0, 2.0, -math.inf])
    >>> y = mx.array(1)
    >>> loss, slope = mx.value_and_grad(nn.losses.cross_entropy)(z, y)
    >>> print(loss)
    array(0.313262, dtype=float32)
    >>> print(slope)
    array([0.268941, -0.268941, 0], dtype=float32)
    """
