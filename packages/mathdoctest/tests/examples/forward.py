"""The values of a network with two layers."""

from collections.abc import Callable

import mlx.core as mx
from jaxtyping import Float


def weighted_sum(
    W: Float[mx.array, "out n"], x: Float[mx.array, "n"], b: Float[mx.array, "out"]
) -> Float[mx.array, "out"]:
    r"""Weighted sums of one layer.

    $$
    z_i = \sum_{j=1}^{n} w_{ij} x_j + b_i
    $$
    """
    return W @ x + b  # (out, n) @ (n,) + (out,) → (out,)


def activation(
    z: Float[mx.array, "n"], sigma: Callable[[mx.array], mx.array]
) -> Float[mx.array, "n"]:
    r"""Activations of one layer: one function, entry by entry.

    $$
    a_i = \sigma(z_i)
    $$
    """
    return sigma(z)  # (n,) → (n,)


def relu(z: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Rectified linear unit, entry by entry.

    $$
    \operatorname{ReLU}(z) = \max(z, 0)
    $$
    """
    return mx.maximum(z, 0)


def sigmoid(z: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Logistic sigmoid, entry by entry: any number to one between 0 and 1.

    $$
    \operatorname{sigmoid}(z) = \frac{1}{1 + e^{-z}}
    $$
    """
    return 1 / (1 + mx.exp(-z))


def propagate(
    x: Float[mx.array, "_first"],
    W: list[Float[mx.array, "_here _before"]],
    b: list[Float[mx.array, "_here"]],
    sigma: list[Callable[[mx.array], mx.array]],
) -> list[Float[mx.array, "_here"]]:
    r"""Activations of every layer, the input first.

    $$
    a^{(0)} = x
    $$

    $$
    a^{(l)} = \sigma^{(l)}(W^{(l)} a^{(l-1)} + b^{(l)}) \quad l = 1, \dots, D
    $$
    """
    a = [x]
    for W_l, b_l, sigma_l in zip(W, b, sigma, strict=True):
        a.append(sigma_l(W_l @ a[-1] + b_l))
    return a


def forward(
    x: Float[mx.array, "in"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "out hidden"],
    b2: Float[mx.array, "out"],
) -> tuple[
    Float[mx.array, "hidden"],
    Float[mx.array, "hidden"],
    Float[mx.array, "out"],
    Float[mx.array, "out"],
]:
    r"""Every value of the two-layer network, in the order in which it is made.

    $$
    z^{(1)} = W^{(1)} x + b^{(1)}
    $$

    $$
    a^{(1)} = \operatorname{ReLU}(z^{(1)})
    $$

    $$
    z^{(2)} = W^{(2)} a^{(1)} + b^{(2)}
    $$

    $$
    \hat{y} = \operatorname{sigmoid}(z^{(2)})
    $$
    """
    z1 = W1 @ x + b1  # (2, 2) @ (2,) + (2,) → (2,)
    a1 = relu(z1)  # (2,) → (2,)
    z2 = W2 @ a1 + b2  # (1, 2) @ (2,) + (1,) → (1,)
    y_hat = sigmoid(z2)  # (1,) → (1,)
    return z1, a1, z2, y_hat
