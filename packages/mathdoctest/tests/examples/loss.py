"""The binary cross-entropy and its slopes."""

import mlx.core as mx
from jaxtyping import Float


def binary_cross_entropy(
    y_hat: Float[mx.array, "..."], y: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""Binary cross-entropy, entry by entry, of labels 0 or 1 and predictions between them.

    $$
    L = -y \log(\hat{y}) - (1 - y) \log(1 - \hat{y})
    $$
    """
    return -y * mx.log(y_hat) - (1 - y) * mx.log(1 - y_hat)


def loss_slope(y_hat: Float[mx.array, "..."], y: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Slope of the binary cross-entropy along the prediction, entry by entry.

    $$
    \frac{\partial L}{\partial \hat{y}} = -\frac{y}{\hat{y}} + \frac{1 - y}{1 - \hat{y}}
    $$
    """
    return -y / y_hat + (1 - y) / (1 - y_hat)
