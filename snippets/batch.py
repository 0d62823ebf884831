"""Both passes of the 2-2-1 network for a whole batch at once, one example per row."""

import mlx.core as mx
from jaxtyping import Float, Num

from snippets.activations import relu_slope
from snippets.forward import relu, sigmoid
from snippets.network import W1, W2, b1, b2
from snippets.training import inputs, targets


def forward_batch(
    X: Float[mx.array, "N in"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "K hidden"],
    b2: Float[mx.array, "K"],
) -> tuple[
    Float[mx.array, "N hidden"], Float[mx.array, "N hidden"],
    Float[mx.array, "N K"], Float[mx.array, "N K"],
]:
    r"""Both layers for a batch, in the order Z1, A1, Z2, Y_hat.

    $$
    Z^{(1)} = X (W^{(1)})^\top + \mathbf{1}_N (b^{(1)})^\top
    $$

    $$
    A^{(1)} = \operatorname{ReLU}(Z^{(1)})
    $$

    $$
    Z^{(2)} = A^{(1)} (W^{(2)})^\top + \mathbf{1}_N (b^{(2)})^\top
    $$

    $$
    \hat{Y} = \operatorname{sigmoid}(Z^{(2)})
    $$
    """
    Z1 = X @ W1.T + b1   # (N, 2) @ (2, 2) + (2,) → (N, 2)
    A1 = relu(Z1)
    Z2 = A1 @ W2.T + b2  # (N, 2) @ (2, 1) + (1,) → (N, 1)
    return Z1, A1, Z2, sigmoid(Z2)


def batch_loss(
    X: Float[mx.array, "N in"],
    Y: Num[mx.array, "N K"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "K hidden"],
    b2: Float[mx.array, "K"],
) -> Float[mx.array, ""]:
    r"""Mean over the examples of the loss summed over the outputs.

    $$
    L = -\frac{1}{N} \sum_{n=1}^{N} \sum_{k=1}^{K} \left( y_{nk} \log(\hat{y}_{nk})
        + (1 - y_{nk}) \log(1 - \hat{y}_{nk}) \right)
    $$
    """
    Y_hat = forward_batch(X, W1, b1, W2, b2)[3]
    return -(Y * mx.log(Y_hat) + (1 - Y) * mx.log(1 - Y_hat)).sum() / len(X)


def backward_batch(
    X: Float[mx.array, "N in"],
    Y: Num[mx.array, "N K"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "K hidden"],
    b2: Float[mx.array, "K"],
) -> tuple[
    Float[mx.array, "N K"], Float[mx.array, "N hidden"],
    Float[mx.array, "hidden in"], Float[mx.array, "hidden"],
    Float[mx.array, "K hidden"], Float[mx.array, "K"],
]:
    r"""Errors of both layers, then the slope of the mean loss along W1, b1, W2, b2.

    $$
    \Delta^{(2)} = \frac{1}{N} (\hat{Y} - Y)
    $$

    $$
    \Delta^{(1)} = \Delta^{(2)} W^{(2)} \odot \operatorname{ReLU}'(Z^{(1)})
    $$

    $$
    \frac{\partial L}{\partial W^{(1)}} = (\Delta^{(1)})^\top X
    $$

    $$
    \frac{\partial L}{\partial b^{(1)}} = (\Delta^{(1)})^\top \mathbf{1}_N
    $$

    $$
    \frac{\partial L}{\partial W^{(2)}} = (\Delta^{(2)})^\top A^{(1)}
    $$

    $$
    \frac{\partial L}{\partial b^{(2)}} = (\Delta^{(2)})^\top \mathbf{1}_N
    $$

    >>> p = W1, b1, W2, b2
    >>> Delta2, Delta1, *gradients = backward_batch(inputs, targets, *p)
    >>> print(Delta2)
    array([[-0.30532],
           [0.209485]], dtype=float32)
    >>> print(gradients[0])  # along W1
    array([[-0.00541802, -0.0361038],
           [0.00421402, 0.0280808]], dtype=float32)
    >>> autodiff = mx.grad(batch_loss, argnums=(2, 3, 4, 5))
    >>> same = map(mx.allclose, gradients, autodiff(inputs, targets, *p))
    >>> print([close.item() for close in same])
    [True, True, True, True]
    """
    Z1, A1, Z2, Y_hat = forward_batch(X, W1, b1, W2, b2)
    Delta2 = (Y_hat - Y) / len(X)   # (N, 1)
    back = Delta2 @ W2              # (N, 1) @ (1, 2) → (N, 2)
    Delta1 = back * relu_slope(Z1)  # (N, 2) * (N, 2) → (N, 2)
    dL_dW1 = Delta1.T @ X           # (2, N) @ (N, 2) → (2, 2)
    dL_dW2 = Delta2.T @ A1          # (1, N) @ (N, 2) → (1, 2)
    dL_db1, dL_db2 = Delta1.sum(axis=0), Delta2.sum(axis=0)
    return Delta2, Delta1, dL_dW1, dL_db1, dL_dW2, dL_db2
