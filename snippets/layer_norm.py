"""LayerNorm of one example: a row of a batch, forward and backward."""

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float

from snippets.normalization import standardized, standardized_backward


def layer_norm(
    x: Float[mx.array, "n"],
    gamma: Float[mx.array, "n"],
    beta: Float[mx.array, "n"],
    epsilon: float,
) -> Float[mx.array, "n"]:
    r"""One example of n features: standardized, then each feature scaled and shifted.

    $$
    y_j = \gamma_j \hat{x}_j + \beta_j
    $$

    >>> x, epsilon = mx.array([1.0, 2.0, 6.0]), 1e-5
    >>> gamma, beta = mx.array([1.0, 2.0, 1.0]), mx.array([0.0, 0.5, 0.0])
    >>> y = layer_norm(x, gamma, beta, epsilon)
    >>> print(y)
    array([-0.925819, -0.425819, 1.38873], dtype=float32)
    >>> layer = nn.LayerNorm(3)
    >>> layer.weight, layer.bias = gamma, beta
    >>> print(layer(x))
    array([-0.925819, -0.425819, 1.38873], dtype=float32)
    """
    mu, v, s, x_hat = standardized(x, epsilon)
    return gamma * x_hat + beta


def layer_norm_backward(
    x: Float[mx.array, "n"],
    gamma: Float[mx.array, "n"],
    beta: Float[mx.array, "n"],
    epsilon: float,
    dL_dy: Float[mx.array, "n"],
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""Slope of the loss along scales, shifts and the numbers of the example.

    $$
    \frac{\partial L}{\partial \gamma_j} = \frac{\partial L}{\partial y_j} \hat{x}_j
    $$

    $$
    \frac{\partial L}{\partial \beta_j} = \frac{\partial L}{\partial y_j}
    $$

    $$
    \frac{\partial L}{\partial x_j}
      = \frac{1}{s} \left( \gamma_j \frac{\partial L}{\partial y_j}
        - \frac{1}{n} \sum_{i=1}^{n} \gamma_i \frac{\partial L}{\partial y_i}
        - \frac{\hat{x}_j}{n} \sum_{i=1}^{n} \gamma_i \frac{\partial L}{\partial y_i} \hat{x}_i
      \right)
    $$

    >>> x, dL_dy, epsilon = mx.array([1.0, 2.0, 6.0]), mx.array([1.0, 0.0, -1.0]), 1e-5
    >>> gamma, beta = mx.array([1.0, 2.0, 1.0]), mx.array([0.0, 0.5, 0.0])
    >>> dL_dgamma, dL_dbeta, dL_dx = layer_norm_backward(x, gamma, beta, epsilon, dL_dy)
    >>> print(dL_dx)
    array([0.132261, -0.165324, 0.0330639], dtype=float32)
    """
    mu, v, s, x_hat = standardized(x, epsilon)
    return dL_dy * x_hat, dL_dy, standardized_backward(x, gamma * dL_dy, epsilon)
