"""LayerNorm: every example standardized over its features, forward and backward."""

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float


def layer_norm(
    X: Float[mx.array, "N n"],
    gamma: Float[mx.array, "n"],
    beta: Float[mx.array, "n"],
    epsilon: float,
) -> tuple[
    Float[mx.array, "N"], Float[mx.array, "N"], Float[mx.array, "N"],
    Float[mx.array, "N n"], Float[mx.array, "N n"],
]:
    r"""Mean, variance and spread of every example, the examples standardized, and the output.

    $$
    \mu_i = \frac{1}{n} \sum_{j=1}^{n} x_{ij}
    $$

    $$
    v_i = \frac{1}{n} \sum_{j=1}^{n} (x_{ij} - \mu_i)^2
    $$

    $$
    s_i = \sqrt{v_i + \epsilon}
    $$

    $$
    \hat{x}_{ij} = \frac{x_{ij} - \mu_i}{s_i}
    $$

    $$
    y_{ij} = \gamma_j \hat{x}_{ij} + \beta_j
    $$

    >>> X = mx.array([[1.0, 2.0, 6.0], [0.5, 0.0, -0.5]])  # (2, 3)
    >>> gamma, beta, epsilon = mx.array([1.0, 2.0, 1.0]), mx.array([0.0, 0.5, 0.0]), 1e-5
    >>> mu, v, s, X_hat, Y = layer_norm(X, gamma, beta, epsilon)
    >>> print(Y)
    array([[-0.925819, -0.425819, 1.38873],
           [1.22471, 0.5, -1.22471]], dtype=float32)
    >>> layer = nn.LayerNorm(3)
    >>> layer.weight, layer.bias = gamma, beta
    >>> print(mx.allclose(layer(X), Y))
    array(True, dtype=bool)
    """
    mu = X.mean(axis=1)                             # (N, n) → (N,)
    v = ((X - mu[:, None]) ** 2).mean(axis=1)       # (N, n) → (N,)
    s = mx.sqrt(v + epsilon)                        # (N,) → (N,)
    X_hat = (X - mu[:, None]) / s[:, None]          # (N, n)
    return mu, v, s, X_hat, gamma * X_hat + beta


def layer_norm_backward(
    X: Float[mx.array, "N n"],
    gamma: Float[mx.array, "n"],
    beta: Float[mx.array, "n"],
    epsilon: float,
    dL_dY: Float[mx.array, "N n"],
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"], Float[mx.array, "N n"]]:
    r"""Slope of the loss along scale, shift and input.

    $$
    \frac{\partial L}{\partial \gamma_j}
      = \sum_{i=1}^{N} \frac{\partial L}{\partial y_{ij}} \hat{x}_{ij}
    $$

    $$
    \frac{\partial L}{\partial \beta_j} = \sum_{i=1}^{N} \frac{\partial L}{\partial y_{ij}}
    $$

    $$
    \frac{\partial L}{\partial x_{ij}}
      = \frac{1}{s_i} \left( \gamma_j \frac{\partial L}{\partial y_{ij}}
        - \frac{1}{n} \sum_{k=1}^{n} \gamma_k \frac{\partial L}{\partial y_{ik}}
        - \frac{\hat{x}_{ij}}{n} \sum_{k=1}^{n} \gamma_k \frac{\partial L}{\partial y_{ik}} \hat{x}_{ik}
      \right)
    $$

    >>> X = mx.array([[1.0, 2.0, 6.0], [0.5, 0.0, -0.5]])       # (2, 3)
    >>> dL_dY = mx.array([[1.0, 0.0, -1.0], [0.5, -0.5, 1.0]])  # (2, 3)
    >>> gamma, beta, epsilon = mx.array([1.0, 2.0, 1.0]), mx.array([0.0, 0.5, 0.0]), 1e-5
    >>> dL_dgamma, dL_dbeta, dL_dX = layer_norm_backward(X, gamma, beta, epsilon, dL_dY)
    >>> print(dL_dgamma, dL_dbeta)
    array([-0.313465, 0, -2.61344], dtype=float32) array([1.5, -0.5, 0], dtype=float32)
    >>> print(dL_dX)
    array([[0.132261, -0.165324, 0.0330639],
           [1.42879, -2.85765, 1.42886]], dtype=float32)
    """
    mu, v, s, X_hat, Y = layer_norm(X, gamma, beta, epsilon)
    dL_dgamma = (dL_dY * X_hat).sum(axis=0)             # (N, n) → (n,)
    dL_dbeta = dL_dY.sum(axis=0)                        # (N, n) → (n,)
    back = gamma * dL_dY                                # (N, n)
    mean = back.mean(axis=1, keepdims=True)             # (N, n) → (N, 1)
    along = (back * X_hat).mean(axis=1, keepdims=True)  # (N, n) → (N, 1)
    dL_dX = (back - mean - X_hat * along) / s[:, None]  # (N, n)
    return dL_dgamma, dL_dbeta, dL_dX
