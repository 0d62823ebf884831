"""BatchNorm: every feature standardized over the batch, forward and backward; the running statistics."""

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float


def batch_norm(
    X: Float[mx.array, "N n"],
    gamma: Float[mx.array, "n"],
    beta: Float[mx.array, "n"],
    epsilon: float,
) -> tuple[
    Float[mx.array, "n"], Float[mx.array, "n"], Float[mx.array, "n"],
    Float[mx.array, "N n"], Float[mx.array, "N n"],
]:
    r"""Mean, variance and spread of every feature of a batch, the batch standardized, and the output.

    $$
    \mu_j = \frac{1}{N} \sum_{i=1}^{N} x_{ij}
    $$

    $$
    v_j = \frac{1}{N} \sum_{i=1}^{N} (x_{ij} - \mu_j)^2
    $$

    $$
    s_j = \sqrt{v_j + \epsilon}
    $$

    $$
    \hat{x}_{ij} = \frac{x_{ij} - \mu_j}{s_j}
    $$

    $$
    y_{ij} = \gamma_j \hat{x}_{ij} + \beta_j
    $$

    >>> X = mx.array([[1.0, 0.0], [2.0, 4.0], [6.0, 8.0]])  # (3, 2)
    >>> gamma, beta, epsilon = mx.array([2.0, 1.0]), mx.array([0.0, 0.5]), 1e-5
    >>> mu, v, s, X_hat, Y = batch_norm(X, gamma, beta, epsilon)
    >>> print(Y)
    array([[-1.85164, -0.724744],
           [-0.925819, 0.5],
           [2.77746, 1.72474]], dtype=float32)
    >>> layer = nn.BatchNorm(2)
    >>> layer.weight, layer.bias = gamma, beta
    >>> print(mx.allclose(layer(X), Y))
    array(True, dtype=bool)
    """
    mu = X.mean(axis=0)                # (N, n) → (n,)
    v = ((X - mu) ** 2).mean(axis=0)   # (N, n) → (n,)
    s = mx.sqrt(v + epsilon)           # (n,) → (n,)
    X_hat = (X - mu) / s               # (N, n)
    return mu, v, s, X_hat, gamma * X_hat + beta


def batch_norm_backward(
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
      = \frac{\gamma_j}{s_j} \left( \frac{\partial L}{\partial y_{ij}}
        - \frac{1}{N} \sum_{k=1}^{N} \frac{\partial L}{\partial y_{kj}}
        - \frac{\hat{x}_{ij}}{N} \sum_{k=1}^{N} \frac{\partial L}{\partial y_{kj}} \hat{x}_{kj}
      \right)
    $$

    >>> X = mx.array([[1.0, 0.0], [2.0, 4.0], [6.0, 8.0]])       # (3, 2)
    >>> dL_dy = mx.array([[1.0, 0.5], [0.0, -0.5], [-1.0, 1.0]])  # (3, 2)
    >>> gamma, beta, epsilon = mx.array([2.0, 1.0]), mx.array([0.0, 0.5]), 1e-5
    >>> mu, v, s, X_hat, Y = batch_norm(X, gamma, beta, epsilon)
    >>> dL_dgamma, dL_dbeta, dL_dX = batch_norm_backward(X, gamma, beta, epsilon, dL_dy)
    >>> print(dL_dgamma, dL_dbeta)
    array([-2.31455, 0.612372], dtype=float32) array([0, 1], dtype=float32)
    >>> print(dL_dX)
    array([[0.264521, 0.127577],
           [-0.330649, -0.255155],
           [0.0661278, 0.127578]], dtype=float32)
    """
    mu, v, s, X_hat, Y = batch_norm(X, gamma, beta, epsilon)
    N = X.shape[0]
    dL_dgamma = (dL_dY * X_hat).sum(axis=0)  # (N, n) → (n,)
    dL_dbeta = dL_dY.sum(axis=0)             # (N, n) → (n,)
    dL_dX = gamma / s * (dL_dY - dL_dbeta / N - X_hat * dL_dgamma / N)
    return dL_dgamma, dL_dbeta, dL_dX


def running_statistics(
    r: Float[mx.array, "n"],
    q: Float[mx.array, "n"],
    X: Float[mx.array, "N n"],
    alpha: float,
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""Running mean and running variance after a training batch more.

    $$
    r_t = (1 - \alpha) r_{t-1} + \alpha \mu
    $$

    $$
    q_t = (1 - \alpha) q_{t-1} + \alpha \frac{N}{N - 1} v
    $$

    >>> X = mx.array([[1.0, 0.0], [2.0, 4.0], [6.0, 8.0]])  # (3, 2)
    >>> N, v, alpha = 3, mx.var(X, axis=0), 0.1
    >>> r, q = mx.zeros(2), mx.ones(2)
    >>> r_new, q_new = running_statistics(r, q, X, alpha)
    >>> print(r_new, q_new)
    array([0.3, 0.4], dtype=float32) array([1.6, 2.5], dtype=float32)
    >>> layer = nn.BatchNorm(2)
    >>> Y = layer(X)
    >>> print(layer.running_mean, layer.running_var)
    array([0.3, 0.4], dtype=float32) array([1.6, 2.5], dtype=float32)
    """
    N = X.shape[0]
    mu, v = X.mean(axis=0), mx.var(X, axis=0)
    r = (1 - alpha) * r + alpha * mu
    q = (1 - alpha) * q + alpha * N / (N - 1) * v
    return r, q


def batch_norm_eval(
    X: Float[mx.array, "N n"],
    gamma: Float[mx.array, "n"],
    beta: Float[mx.array, "n"],
    r: Float[mx.array, "n"],
    q: Float[mx.array, "n"],
    epsilon: float,
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"], Float[mx.array, "N n"]]:
    r"""BatchNorm in evaluation: a slope and an intercept for each feature, and the output.

    $$
    a_j = \frac{\gamma_j}{\sqrt{q_j + \epsilon}}
    $$

    $$
    c_j = \beta_j - a_j r_j
    $$

    $$
    y_{ij} = \gamma_j \frac{x_{ij} - r_j}{\sqrt{q_j + \epsilon}} + \beta_j = a_j x_{ij} + c_j
    $$

    >>> X = mx.array([[1.0, 0.0], [2.0, 4.0], [6.0, 8.0]])  # (3, 2)
    >>> gamma, beta, epsilon = mx.array([2.0, 1.0]), mx.array([0.0, 0.5]), 1e-5
    >>> r, q = running_statistics(mx.zeros(2), mx.ones(2), X, alpha=0.1)
    >>> a, c, Y = batch_norm_eval(X, gamma, beta, r, q, epsilon)
    >>> print(Y)
    array([[1.10679, 0.247018],
           [2.68793, 2.77684],
           [9.01246, 5.30665]], dtype=float32)
    >>> layer = nn.BatchNorm(2)
    >>> layer.weight, layer.bias = gamma, beta
    >>> first = layer(X)
    >>> layer = layer.eval()
    >>> print(mx.allclose(layer(X), Y))
    array(True, dtype=bool)
    """
    a = gamma / mx.sqrt(q + epsilon)
    c = beta - a * r
    return a, c, a * X + c
