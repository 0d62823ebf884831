"""The error of the output layer for two losses: where the slope of the activation stands, and where it cancels."""

from collections.abc import Callable

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float

from snippets.activations import sigmoid_prime
from snippets.forward import sigmoid


def squared_error(
    z: Float[mx.array, "..."],
    y: Float[mx.array, "..."],
    tau: Callable[[mx.array], mx.array],
    tau_prime: Callable[[mx.array], mx.array],
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""Prediction, half the squared error, and the output error, entry by entry.

    $$
    \hat{y} = \tau(z)
    $$

    $$
    L = \frac{1}{2} (\hat{y} - y)^2
    $$

    $$
    \delta = \frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial z} = (\hat{y} - y) \tau'(z)
    $$

    >>> z, y = mx.array([-2.0, 0.0, 2.0]), mx.array([1.0, 1.0, 1.0])
    >>> y_hat, L, delta = squared_error(z, y, sigmoid, sigmoid_prime)
    >>> print(delta)
    array([-0.0924781, -0.125, -0.0125156], dtype=float32)
    """
    y_hat = tau(z)
    return y_hat, (y_hat - y) ** 2 / 2, (y_hat - y) * tau_prime(z)


def cross_entropy_sigmoid(
    z: Float[mx.array, "..."], y: Float[mx.array, "..."]
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""Prediction, binary cross-entropy, and the output error, entry by entry.

    $$
    \hat{y} = \operatorname{sigmoid}(z)
    $$

    $$
    L = -y \log(\hat{y}) - (1 - y) \log(1 - \hat{y})
    $$

    $$
    \begin{aligned}
    \delta &= \frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial z} \\
      &= \frac{\hat{y} - y}{\hat{y} (1 - \hat{y})} \cdot \operatorname{sigmoid}'(z) \\
      &= \frac{\hat{y} - y}{\hat{y} (1 - \hat{y})} \cdot \hat{y} (1 - \hat{y}) \\
      &= \hat{y} - y
    \end{aligned}
    $$

    >>> z, y = mx.array([-2.0, 0.0, 2.0]), mx.array([1.0, 1.0, 1.0])
    >>> y_hat, L, delta = cross_entropy_sigmoid(z, y)
    >>> print(delta)
    array([-0.880797, -0.5, -0.119203], dtype=float32)
    """
    y_hat = mx.sigmoid(z)
    L = -y * mx.log(y_hat) - (1 - y) * mx.log(1 - y_hat)
    return y_hat, L, y_hat - y


def pairs():
    """The output error where z is -2 and the label 1, for three pairs: by hand, then by mx.grad.

    >>> z, y = mx.array([-2.0]), mx.array([1.0])
    >>> by_hand = {
    ...     "squared, none": squared_error(z, y, lambda z: z, mx.ones_like),
    ...     "squared, sigmoid": squared_error(z, y, sigmoid, sigmoid_prime),
    ...     "entropy, sigmoid": cross_entropy_sigmoid(z, y),
    ... }
    >>> losses = {
    ...     "squared, none": lambda z: ((z - y) ** 2 / 2).sum(),
    ...     "squared, sigmoid": lambda z: ((mx.sigmoid(z) - y) ** 2 / 2).sum(),
    ...     "entropy, sigmoid": lambda z: cross_entropy_sigmoid(z, y)[1].sum(),
    ... }
    >>> for name, (y_hat, L, delta) in by_hand.items():
    ...     by_autodiff = mx.grad(losses[name])(z)
    ...     print(f"{name:16} {delta.item():9.6f} {by_autodiff.item():9.6f}")
    squared, none    -3.000000 -3.000000
    squared, sigmoid -0.092478 -0.092478
    entropy, sigmoid -0.880797 -0.880797
    """


def along_z():
    """The output error of a sigmoid along its weighted sum, for a label of 1: with both losses.

    >>> at, start, letters = mx.linspace(-6, 6, 49), -2.0, ["z", "δ"]
    >>> one = mx.ones(49)
    >>> curves = {
    ...     "ŷ − y": cross_entropy_sigmoid(at, one)[2],
    ...     "(ŷ − y) τ′": squared_error(at, one, mx.sigmoid, sigmoid_prime)[2],
    ... }
    >>> lowest = curves["(ŷ − y) τ′"].min().item()
    >>> print(f"{lowest:.3f}")
    -0.148
    """


def swapped_slopes():
    """The slope of the sigmoid where it cancels, and none where it stands: each beside mx.grad.

    >>> z, y = mx.array([-2.0]), mx.array([1.0])
    >>> y_hat = mx.sigmoid(z)
    >>> entropy = lambda z: nn.losses.binary_cross_entropy(z, y)
    >>> delta = (y_hat - y) * sigmoid_prime(z)
    >>> print(delta, mx.grad(entropy)(z))
    array([-0.0924781], dtype=float32) array([-0.880797], dtype=float32)
    >>> squared = lambda z: ((mx.sigmoid(z) - y) ** 2 / 2).sum()
    >>> delta = y_hat - y
    >>> print(delta, mx.grad(squared)(z))
    array([-0.880797], dtype=float32) array([-0.0924781], dtype=float32)
    """


def right_slopes():
    """Each loss with its own error.

    >>> z, y = mx.array([-2.0]), mx.array([1.0])
    >>> y_hat = mx.sigmoid(z)
    >>> entropy = lambda z: nn.losses.binary_cross_entropy(z, y)
    >>> delta = y_hat - y
    >>> print(delta, mx.grad(entropy)(z))
    array([-0.880797], dtype=float32) array([-0.880797], dtype=float32)
    >>> squared = lambda z: ((mx.sigmoid(z) - y) ** 2 / 2).sum()
    >>> delta = (y_hat - y) * sigmoid_prime(z)
    >>> print(delta, mx.grad(squared)(z))
    array([-0.0924781], dtype=float32) array([-0.0924781], dtype=float32)
    """


def mse_of_mlx():
    """The slope of MLX's squared error along three predictions, beside prediction minus label.

    >>> y_hat, y = mx.array([0.5, 0.2, 0.9]), mx.array([1.0, 0.0, 0.0])
    >>> print(y_hat - y)
    array([-0.5, 0.2, 0.9], dtype=float32)
    >>> print(mx.grad(nn.losses.mse_loss)(y_hat, y))
    array([-0.333333, 0.133333, 0.6], dtype=float32)
    """


def half_the_sum():
    """Half of its sum.

    >>> y_hat, y = mx.array([0.5, 0.2, 0.9]), mx.array([1.0, 0.0, 0.0])
    >>> print(y_hat - y)
    array([-0.5, 0.2, 0.9], dtype=float32)
    >>> half = lambda y_hat: nn.losses.mse_loss(y_hat, y, reduction="sum") / 2
    >>> print(mx.grad(half)(y_hat))
    array([-0.5, 0.2, 0.9], dtype=float32)
    """
