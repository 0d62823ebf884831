"""The slopes of activation functions."""

import mlx.core as mx
from examples.forward import sigmoid
from jaxtyping import Float


def relu_slope(z: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Slope of ReLU, entry by entry: a gate, open or shut.

    $$
    \operatorname{ReLU}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}
    $$
    """
    return mx.where(z > 0, 1.0, 0.0)


def sigmoid_prime(z: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Slope of the sigmoid, entry by entry.

    $$
    \operatorname{sigmoid}'(z) = \operatorname{sigmoid}(z) (1 - \operatorname{sigmoid}(z))
    $$
    """
    a = sigmoid(z)
    return a * (1 - a)


def tanh(z: Float[mx.array, "..."]) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""Hyperbolic tangent and its slope, entry by entry.

    $$
    \tanh(z) = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}
    $$

    $$
    \tanh'(z) = 1 - \tanh(z)^2
    $$
    """
    a = mx.tanh(z)
    return a, 1 - a**2
