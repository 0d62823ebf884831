"""RMSNorm of one example: divided by its own size, forward and backward; and all three, three ways."""

import mlx.core as mx
import mlx.nn as nn
import numpy as np
from jaxtyping import Float

from snippets.backward import agree, central_difference
from snippets.batch_norm import batch_norm_backward
from snippets.layer_norm import layer_norm_backward


def rms_norm(
    x: Float[mx.array, "n"], gamma: Float[mx.array, "n"], epsilon: float
) -> tuple[Float[mx.array, ""], Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""Size of an example, the example divided by it, and the output.

    $$
    s = \sqrt{\frac{1}{n} \sum_{i=1}^{n} x_i^2 + \epsilon}
    $$

    $$
    \hat{x}_j = \frac{x_j}{s}
    $$

    $$
    y_j = \gamma_j \hat{x}_j
    $$

    >>> x, gamma, epsilon = mx.array([1.0, 2.0, 6.0]), mx.array([1.0, 2.0, 1.0]), 1e-5
    >>> s, x_hat, y = rms_norm(x, gamma, epsilon)
    >>> print(y)
    array([0.270501, 1.082, 1.623], dtype=float32)
    >>> layer = nn.RMSNorm(3)
    >>> layer.weight = gamma
    >>> print(layer(x))
    array([0.270501, 1.082, 1.623], dtype=float32)
    """
    s = mx.sqrt((x**2).mean() + epsilon)
    return s, x / s, gamma * x / s


def rms_norm_backward(
    x: Float[mx.array, "n"],
    gamma: Float[mx.array, "n"],
    epsilon: float,
    dL_dy: Float[mx.array, "n"],
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""Slope of the loss along scales and the numbers of the example.

    $$
    \frac{\partial L}{\partial \gamma_j} = \frac{\partial L}{\partial y_j} \hat{x}_j
    $$

    $$
    \frac{\partial L}{\partial x_j}
      = \frac{1}{s} \left( \gamma_j \frac{\partial L}{\partial y_j}
        - \frac{\hat{x}_j}{n} \sum_{i=1}^{n} \gamma_i \frac{\partial L}{\partial y_i} \hat{x}_i
      \right)
    $$

    >>> x, gamma, epsilon = mx.array([1.0, 2.0, 6.0]), mx.array([1.0, 2.0, 1.0]), 1e-5
    >>> dL_dgamma, dL_dx = rms_norm_backward(x, gamma, epsilon, mx.array([1.0, 0.0, -1.0]))
    >>> print(dL_dx)
    array([0.303489, 0.0659758, -0.0725735], dtype=float32)
    """
    s, x_hat, y = rms_norm(x, gamma, epsilon)
    back = gamma * dL_dy
    return dL_dy * x_hat, (back - x_hat * (back * x_hat).mean()) / s


def three_ways():
    """The three backward passes by hand, by mx.grad through MLX's layers and by finite differences.

    >>> x, back, epsilon = mx.array([1.0, 2.0, 6.0]), mx.array([0.3, 0.1, -0.4]), 1e-5
    >>> gamma, beta = mx.array([1.0, 2.0, 0.5]), mx.zeros(3)
    >>> x64, back64, gamma64 = (np.array(p, np.float64) for p in (x, back, gamma))
    >>> ways = {
    ...     "BatchNorm": (batch_norm_backward(x, 1.0, 0.0, epsilon, back), x[:, None], 1),
    ...     "LayerNorm": (layer_norm_backward(x, gamma, beta, epsilon, back), x, gamma),
    ...     "RMSNorm": (rms_norm_backward(x, gamma, epsilon, back), x, gamma),
    ... }
    >>> for name, (by_hand, given, scale) in ways.items():
    ...     layer, scale64 = getattr(nn, name)(given.shape[-1]), np.array(scale, np.float64)
    ...     layer.weight = mx.ones(given.shape[-1]) * scale
    ...     slope = lambda x: (back.reshape(x.shape) * layer(x)).sum()
    ...     mx_grad = mx.grad(slope)(given).flatten()
    ...     def loss(x):
    ...         mu = 0 if name == "RMSNorm" else x.mean()
    ...         size = np.sqrt(((x - mu) ** 2).mean() + epsilon)
    ...         return (back64 * scale64 * (x - mu) / size).sum()
    ...     finite_difference = central_difference(loss, x64)
    ...     print(name, agree(by_hand[-1], mx_grad, finite_difference))
    BatchNorm True
    LayerNorm True
    RMSNorm True
    """
