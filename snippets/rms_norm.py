"""RMSNorm: every example divided by its own size, forward and backward."""

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float


def rms_norm(
    X: Float[mx.array, "N n"], gamma: Float[mx.array, "n"], epsilon: float
) -> tuple[Float[mx.array, "N"], Float[mx.array, "N n"], Float[mx.array, "N n"]]:
    r"""Size of every example, the examples divided by it, and the output.

    $$
    s_i = \sqrt{\frac{1}{n} \sum_{j=1}^{n} x_{ij}^2 + \epsilon}
    $$

    $$
    \hat{x}_{ij} = \frac{x_{ij}}{s_i}
    $$

    $$
    y_{ij} = \gamma_j \hat{x}_{ij}
    $$

    >>> X = mx.array([[1.0, 2.0, 6.0], [0.5, 0.0, -0.5]])  # (2, 3)
    >>> gamma, epsilon = mx.array([1.0, 2.0, 1.0]), 1e-5
    >>> s, X_hat, Y = rms_norm(X, gamma, epsilon)
    >>> print(Y)
    array([[0.270501, 1.082, 1.623],
           [1.22471, 0, -1.22471]], dtype=float32)
    >>> layer = nn.RMSNorm(3)
    >>> layer.weight = gamma
    >>> print(mx.allclose(layer(X), Y))
    array(True, dtype=bool)
    """
    s = mx.sqrt((X**2).mean(axis=1) + epsilon)  # (N, n) → (N,)
    X_hat = X / s[:, None]                      # (N, n)
    return s, X_hat, gamma * X_hat


def rms_norm_backward(
    X: Float[mx.array, "N n"],
    gamma: Float[mx.array, "n"],
    epsilon: float,
    dL_dY: Float[mx.array, "N n"],
) -> tuple[Float[mx.array, "n"], Float[mx.array, "N n"]]:
    r"""Slope of the loss along scale and input.

    $$
    \frac{\partial L}{\partial \gamma_j}
      = \sum_{i=1}^{N} \frac{\partial L}{\partial y_{ij}} \hat{x}_{ij}
    $$

    $$
    \frac{\partial L}{\partial x_{ij}}
      = \frac{1}{s_i} \left( \gamma_j \frac{\partial L}{\partial y_{ij}}
        - \frac{\hat{x}_{ij}}{n} \sum_{k=1}^{n} \gamma_k \frac{\partial L}{\partial y_{ik}} \hat{x}_{ik}
      \right)
    $$

    >>> X = mx.array([[1.0, 2.0, 6.0], [0.5, 0.0, -0.5]])       # (2, 3)
    >>> dL_dY = mx.array([[1.0, 0.0, -1.0], [0.5, -0.5, 1.0]])  # (2, 3)
    >>> gamma, epsilon = mx.array([1.0, 2.0, 1.0]), 1e-5
    >>> dL_dgamma, dL_dX = rms_norm_backward(X, gamma, epsilon, dL_dY)
    >>> print(dL_dgamma)
    array([0.882855, 0, -2.84771], dtype=float32)
    >>> print(dL_dX)
    array([[0.303489, 0.0659758, -0.0725735],
           [1.83703, -2.44942, 1.8371]], dtype=float32)
    """
    s, X_hat, Y = rms_norm(X, gamma, epsilon)
    dL_dgamma = (dL_dY * X_hat).sum(axis=0)             # (N, n) → (n,)
    back = gamma * dL_dY                                # (N, n)
    along = (back * X_hat).mean(axis=1, keepdims=True)  # (N, n) → (N, 1)
    dL_dX = (back - X_hat * along) / s[:, None]         # (N, n)
    return dL_dgamma, dL_dX
