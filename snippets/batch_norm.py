"""BatchNorm of one feature: a column of a batch, forward and backward; the running statistics."""

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float

from snippets.normalization import standardized


def batch_norm(
    x: Float[mx.array, "n"], gamma: float, beta: float, epsilon: float
) -> Float[mx.array, "n"]:
    r"""One feature of n examples: standardized, then scaled and shifted.

    $$
    y_i = \gamma \hat{x}_i + \beta
    $$

    >>> x, gamma, beta, epsilon = mx.array([1.0, 2.0, 6.0]), 2.0, 0.5, 1e-5
    >>> mu, v, s, x_hat = standardized(x, epsilon)
    >>> y = batch_norm(x, gamma, beta, epsilon)
    >>> print(y)
    array([-1.35164, -0.425819, 3.27746], dtype=float32)
    >>> layer = nn.BatchNorm(1)
    >>> layer.weight, layer.bias = mx.array([gamma]), mx.array([beta])
    >>> print(layer(x[:, None])[:, 0])
    array([-1.35164, -0.425819, 3.27746], dtype=float32)
    """
    mu, v, s, x_hat = standardized(x, epsilon)
    return gamma * x_hat + beta


def batch_norm_backward(
    x: Float[mx.array, "n"],
    gamma: float,
    beta: float,
    epsilon: float,
    dL_dy: Float[mx.array, "n"],
) -> tuple[Float[mx.array, ""], Float[mx.array, ""], Float[mx.array, "n"]]:
    r"""Slope of the loss along scale, shift and the numbers of the feature.

    $$
    \frac{\partial L}{\partial \gamma}
      = \sum_{i=1}^{n} \frac{\partial L}{\partial y_i} \hat{x}_i
    $$

    $$
    \frac{\partial L}{\partial \beta} = \sum_{i=1}^{n} \frac{\partial L}{\partial y_i}
    $$

    $$
    \frac{\partial L}{\partial x_j}
      = \frac{\gamma}{s} \left( \frac{\partial L}{\partial y_j}
        - \frac{1}{n} \sum_{i=1}^{n} \frac{\partial L}{\partial y_i}
        - \frac{\hat{x}_j}{n} \sum_{i=1}^{n} \frac{\partial L}{\partial y_i} \hat{x}_i \right)
    $$

    >>> x, gamma, beta, epsilon = mx.array([1.0, 2.0, 6.0]), 2.0, 0.5, 1e-5
    >>> mu, v, s, x_hat = standardized(x, epsilon)
    >>> n, y = 3, batch_norm(x, gamma, beta, epsilon)
    >>> dL_dy = mx.array([1.0, 0.0, -1.0])
    >>> dL_dgamma, dL_dbeta, dL_dx = batch_norm_backward(x, gamma, beta, epsilon, dL_dy)
    >>> print(dL_dgamma, dL_dbeta)
    array(-2.31455, dtype=float32) array(0, dtype=float32)
    >>> print(dL_dx)
    array([0.264521, -0.330649, 0.0661278], dtype=float32)
    """
    mu, v, s, x_hat = standardized(x, epsilon)
    dL_dgamma, dL_dbeta = (dL_dy * x_hat).sum(), dL_dy.sum()
    dL_dx = gamma / s * (dL_dy - dL_dbeta / x.size - x_hat * dL_dgamma / x.size)
    return dL_dgamma, dL_dbeta, dL_dx


def running_statistics(
    r: float, q: float, x: Float[mx.array, "n"], alpha: float
) -> tuple[Float[mx.array, ""], Float[mx.array, ""]]:
    r"""Running mean and running variance of a feature after a training batch more.

    $$
    r_t = (1 - \alpha) r_{t-1} + \alpha \mu
    $$

    $$
    q_t = (1 - \alpha) q_{t-1} + \alpha \frac{n}{n - 1} v
    $$

    >>> x, alpha, r, q = mx.array([1.0, 2.0, 6.0]), 0.1, 0.0, 1.0
    >>> n, mu, v = 3, x.mean(), mx.var(x)
    >>> r_new, q_new = running_statistics(r, q, x, alpha)
    >>> print(r_new, q_new)
    array(0.3, dtype=float32) array(1.6, dtype=float32)
    >>> layer = nn.BatchNorm(1)
    >>> y = layer(x[:, None])
    >>> print(layer.running_mean, layer.running_var)
    array([0.3], dtype=float32) array([1.6], dtype=float32)
    """
    n, mu, v = x.size, x.mean(), mx.var(x)
    r = (1 - alpha) * r + alpha * mu
    q = (1 - alpha) * q + alpha * n / (n - 1) * v
    return r, q


def batch_norm_eval(
    x: Float[mx.array, "n"], gamma: float, beta: float, r: float, q: float, epsilon: float
) -> Float[mx.array, "n"]:
    r"""BatchNorm in evaluation: the running statistics in the place of those of the batch.

    $$
    y_i = \gamma \frac{x_i - r}{\sqrt{q + \epsilon}} + \beta
    $$

    >>> x, gamma, beta, epsilon = mx.array([1.0, 2.0, 6.0]), 2.0, 0.5, 1e-5
    >>> y = batch_norm_eval(x, gamma, beta, 0.3, 1.6, epsilon)
    >>> print(y)
    array([1.60679, 3.18793, 9.51246], dtype=float32)
    >>> layer = nn.BatchNorm(1)
    >>> layer.weight, layer.bias = mx.array([gamma]), mx.array([beta])
    >>> first, layer = layer(x[:, None]), layer.eval()
    >>> print(layer(x[:, None])[:, 0])
    array([1.60679, 3.18793, 9.51246], dtype=float32)
    """
    return gamma * (x - r) / (q + epsilon) ** 0.5 + beta
