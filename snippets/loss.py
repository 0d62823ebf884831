"""The loss of one prediction, and its slope."""

import mlx.core as mx
from jaxtyping import Float


def binary_cross_entropy(
    y: Float[mx.array, "..."], y_hat: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""Binary cross-entropy, entry by entry, of labels 0 or 1 and predictions between them.

    $$
    L = -y \log(\hat{y}) - (1 - y) \log(1 - \hat{y})
    $$

    >>> ones = mx.array([1.0, 1.0, 1.0])
    >>> predictions = mx.array([0.9, 0.5, 0.1])
    >>> print(binary_cross_entropy(ones, predictions))
    array([0.105361, 0.693147, 2.30259], dtype=float32)
    """
    return -y * mx.log(y_hat) - (1 - y) * mx.log(1 - y_hat)


def loss_slope(
    y: Float[mx.array, "..."], y_hat: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""Slope of the binary cross-entropy along the prediction, entry by entry.

    $$
    \frac{\partial L}{\partial \hat{y}} = -\frac{y}{\hat{y}} + \frac{1 - y}{1 - \hat{y}}
    $$

    >>> ones = mx.array([1.0, 1.0, 1.0])
    >>> predictions = mx.array([0.9, 0.5, 0.1])
    >>> print(loss_slope(ones, predictions))
    array([-1.11111, -2, -10], dtype=float32)
    """
    return -y / y_hat + (1 - y) / (1 - y_hat)
