"""The gradients of a network with two layers."""

import mlx.core as mx
from examples.activations import relu_slope
from examples.forward import forward
from examples.loss import binary_cross_entropy
from jaxtyping import Float


def output_error(
    y_hat: Float[mx.array, "..."], y: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""Error at the output: slope of the loss along the output's weighted sum.

    $$
    \delta^{(2)} = \hat{y} - y
    $$
    """
    return y_hat - y  # (1,) - (1,) → (1,)


def hidden_error(
    W2: Float[mx.array, "out hidden"], delta2: Float[mx.array, "out"], z1: Float[mx.array, "hidden"]
) -> Float[mx.array, "hidden"]:
    r"""Error at the hidden layer: slope of the loss along its weighted sums.

    $$
    \delta^{(1)} = (W^{(2)})^\top \delta^{(2)} \odot \operatorname{ReLU}'(z^{(1)})
    $$
    """
    back = W2.T @ delta2  # (2, 1) @ (1,) → (2,)
    gate = relu_slope(z1)  # (2,) → (2,)
    return back * gate  # (2,) * (2,) → (2,)


def backward(
    x: Float[mx.array, "in"],
    y: Float[mx.array, "out"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "out hidden"],
    b2: Float[mx.array, "out"],
) -> tuple[
    Float[mx.array, "hidden in"],
    Float[mx.array, "hidden"],
    Float[mx.array, "out hidden"],
    Float[mx.array, "out"],
]:
    r"""Slope of the loss along every parameter, in the order W1, b1, W2, b2.

    $$
    \frac{\partial L}{\partial w^{(1)}_{ij}} = \delta^{(1)}_i x_j
    $$

    $$
    \frac{\partial L}{\partial b^{(1)}_i} = \delta^{(1)}_i
    $$

    $$
    \frac{\partial L}{\partial w^{(2)}_{ij}} = \delta^{(2)}_i a^{(1)}_j
    $$

    $$
    \frac{\partial L}{\partial b^{(2)}_i} = \delta^{(2)}_i
    $$
    """
    z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    delta2 = output_error(y_hat, y)
    delta1 = hidden_error(W2, delta2, z1)
    dL_dW2 = mx.outer(delta2, a1)  # (1,), (2,) → (1, 2)
    dL_dW1 = mx.outer(delta1, x)  # (2,), (2,) → (2, 2)
    return dL_dW1, delta1, dL_dW2, delta2


def loss(
    x: Float[mx.array, "in"],
    y: Float[mx.array, "K"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "K hidden"],
    b2: Float[mx.array, "K"],
) -> Float[mx.array, ""]:
    r"""Loss of the network on one example, summed over its outputs.

    $$
    L = -\sum_{k=1}^{K} \left( y_k \log(\hat{y}_k) + (1 - y_k) \log(1 - \hat{y}_k) \right)
    $$
    """
    z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    return binary_cross_entropy(y_hat, y).sum()
