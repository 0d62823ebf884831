"""Matrix calculus: Jacobians and gradients, and the gradients of one layer for a batch."""

from collections.abc import Callable

import mlx.core as mx
import numpy as np
from jaxtyping import Float

from snippets.backward import agree, central_difference
from snippets.layers import weighted_sums

# --8<-- [start:batch]
X = mx.array([[0.5, 0.2], [0.7, 0.1], [0.2, 0.5]])            # (3, 2)
W = mx.array([[0.6, -1.1], [1.0, 0.8]])                       # (2, 2)
b = mx.array([0.3, -0.1])                                     # (2,)
came_back = mx.array([[0.2, -0.4], [-0.5, 0.1], [0.4, 0.5]])  # (3, 2)
# --8<-- [end:batch]


def example(x: Float[mx.array, "2"]) -> Float[mx.array, "3"]:
    r"""Three outputs of two inputs.

    $$
    y = \begin{bmatrix} x_1 x_2 \\ x_1^2 \\ x_1 + x_2 \end{bmatrix}
    $$

    >>> print(example(mx.array([2.0, 3.0])))
    array([6, 4, 5], dtype=float32)
    """
    return mx.stack([x[0] * x[1], x[0] ** 2, x[0] + x[1]])


def jacobian(x: Float[mx.array, "2"]) -> Float[mx.array, "3 2"]:
    r"""Jacobian of the three: a row for each output, a column for each input.

    $$
    J = \frac{\partial y}{\partial x}
      = \begin{bmatrix} x_2 & x_1 \\ 2 x_1 & 0 \\ 1 & 1 \end{bmatrix}
    $$

    >>> x = mx.array([2.0, 3.0])
    >>> print(jacobian(x))
    array([[3, 2],
           [4, 0],
           [1, 1]], dtype=float32)
    >>> by_autodiff = [mx.grad(lambda x: example(x)[i])(x) for i in range(3)]
    >>> print(mx.stack(by_autodiff))
    array([[3, 2],
           [4, 0],
           [1, 1]], dtype=float32)
    """
    zero, one = mx.array(0.0), mx.array(1.0)
    rows = [[x[1], x[0]], [2 * x[0], zero], [one, one]]
    return mx.stack([mx.stack(row) for row in rows])


def pulled_back(
    x: Float[mx.array, "2"], dL_dy: Float[mx.array, "3"]
) -> Float[mx.array, "2"]:
    r"""Gradient of any loss along the inputs, from that along the outputs.

    $$
    \frac{\partial L}{\partial x} = J^\top \frac{\partial L}{\partial y}
    $$

    >>> x, dL_dy = mx.array([2.0, 3.0]), mx.array([1.0, -1.0, 0.5])
    >>> print(pulled_back(x, dL_dy))
    array([-0.5, 2.5], dtype=float32)
    >>> loss = lambda x: (dL_dy * example(x)).sum()
    >>> print(mx.grad(loss)(x))
    array([-0.5, 2.5], dtype=float32)
    """
    return jacobian(x).T @ dL_dy  # (2, 3) @ (3,) → (2,)


def row_and_column():
    """The same slopes in both layouts: a row from the left, a column from the right.

    >>> x, dL_dy = mx.array([2.0, 3.0]), mx.array([[1.0], [-1.0], [0.5]])  # (3, 1)
    >>> row = dL_dy.T @ jacobian(x)     # (1, 3) @ (3, 2) → (1, 2)
    >>> column = jacobian(x).T @ dL_dy  # (2, 3) @ (3, 1) → (2, 1)
    >>> print(row)
    array([[-0.5, 2.5]], dtype=float32)
    >>> print(column)
    array([[-0.5],
           [2.5]], dtype=float32)
    """


def loss_of(
    ell: Callable[[mx.array], mx.array], Z: Float[mx.array, "N out"]
) -> Float[mx.array, ""]:
    r"""A loss: any function of each weighted sum, added up.

    $$
    L = \sum_{n=1}^{N} \sum_{k=1}^{\text{out}} \ell(z_{nk})
    $$
    """
    return ell(Z).sum()


def weight_gradient(
    X: Float[mx.array, "N in"],
    W: Float[mx.array, "out in"],
    b: Float[mx.array, "out"],
    ell_prime: Callable[[mx.array], mx.array],
) -> Float[mx.array, "out in"]:
    r"""Gradient of the weights for a batch, entry by entry.

    $$
    \begin{aligned}
    \frac{\partial L}{\partial w_{ij}}
      &= \sum_{n=1}^{N} \sum_{k=1}^{\text{out}} \frac{\partial L}{\partial z_{nk}}
        \cdot \frac{\partial z_{nk}}{\partial w_{ij}} \\
      &= \sum_{n=1}^{N} \frac{\partial L}{\partial z_{ni}} x_{nj}
    \end{aligned}
    $$

    >>> print(weight_gradient(X, W, b, lambda Z: came_back))
    array([[-0.17, 0.19],
           [-0.03, 0.18]], dtype=float32)
    """
    dL_dZ = ell_prime(weighted_sums(X, W, b))
    return sum(mx.outer(dL_dz, x) for dL_dz, x in zip(dL_dZ, X))


def layer_gradients(
    X: Float[mx.array, "N in"],
    W: Float[mx.array, "out in"],
    b: Float[mx.array, "out"],
    ell_prime: Callable[[mx.array], mx.array],
) -> tuple[
    Float[mx.array, "N out"], Float[mx.array, "out in"], Float[mx.array, "out"],
    Float[mx.array, "N in"],
]:
    r"""Errors of a layer for a batch, and the gradients of its weights, biases and inputs.

    $$
    \Delta = \frac{\partial L}{\partial Z}
    $$

    $$
    \frac{\partial L}{\partial W} = \Delta^\top X
    $$

    $$
    \frac{\partial L}{\partial b} = \Delta^\top \mathbf{1}_N
    $$

    $$
    \frac{\partial L}{\partial X} = {\Delta} W
    $$

    >>> Delta, dL_dW, dL_db, dL_dX = layer_gradients(X, W, b, lambda Z: came_back)
    >>> print(dL_dW)
    array([[-0.17, 0.19],
           [-0.03, 0.18]], dtype=float32)
    >>> print(dL_db)
    array([0.1, 0.2], dtype=float32)
    >>> print(dL_dX)
    array([[-0.28, -0.54],
           [-0.2, 0.63],
           [0.74, -0.04]], dtype=float32)
    """
    Delta = ell_prime(weighted_sums(X, W, b))  # (N, out)
    dL_dW = Delta.T @ X                        # (out, N) @ (N, in) → (out, in)
    dL_db = Delta.sum(axis=0)                  # (N, out) → (out,)
    dL_dX = Delta @ W                          # (N, out) @ (out, in) → (N, in)
    return Delta, dL_dW, dL_db, dL_dX


def meeting():
    """What meets in each gradient of the weights: the errors of a neuron, and a feature.

    >>> left, right = came_back.T, X
    >>> result, letters = left @ right, ["Δ^⊤", "X", "G"]
    >>> print(left.shape, right.shape, result.shape)
    (2, 3) (3, 2) (2, 2)
    """


def three_ways():
    """All three gradients of the layer by hand, by mx.grad and by finite differences.

    >>> by_hand = layer_gradients(X, W, b, lambda Z: came_back)[1:]
    >>> loss = lambda W, b, X: (came_back * weighted_sums(X, W, b)).sum()
    >>> mx_grad = mx.grad(loss, argnums=(0, 1, 2))(W, b, X)
    >>> W_64, b_64, X_64, back = (np.array(p, np.float64) for p in (W, b, X, came_back))
    >>> finite_difference = [
    ...     central_difference(lambda w: (back * (X_64 @ w.T + b_64)).sum(), W_64),
    ...     central_difference(lambda w: (back * (X_64 @ W_64.T + w)).sum(), b_64),
    ...     central_difference(lambda x: (back * (x @ W_64.T + b_64)).sum(), X_64),
    ... ]
    >>> for name, *ways in zip("WbX", by_hand, mx_grad, finite_difference):
    ...     print(name, agree(*ways))
    W True
    b True
    X True
    """


def wrong_side():
    """A formula for weights of shape (in, out), used for those of shape (out, in): both are (2, 2).

    >>> dL_dW = X.T @ came_back
    >>> print(dL_dW)
    array([[-0.17, -0.03],
           [0.19, 0.18]], dtype=float32)
    >>> loss = lambda W: (came_back * weighted_sums(X, W, b)).sum()
    >>> print(mx.grad(loss)(W))
    array([[-0.17, 0.19],
           [-0.03, 0.18]], dtype=float32)
    """


def right_side():
    """Weights of shape (out, in), one row per neuron: errors first.

    >>> dL_dW = came_back.T @ X
    >>> print(dL_dW)
    array([[-0.17, 0.19],
           [-0.03, 0.18]], dtype=float32)
    >>> loss = lambda W: (came_back * weighted_sums(X, W, b)).sum()
    >>> print(mx.grad(loss)(W))
    array([[-0.17, 0.19],
           [-0.03, 0.18]], dtype=float32)
    """


def bias_not_summed():
    """A step of gradient descent with the errors as they are: the bias becomes a matrix.

    >>> b_new = b - 0.1 * came_back
    >>> print(b_new.shape)
    (3, 2)
    >>> print((X @ W.T + b_new).shape)
    (3, 2)
    """


def bias_summed():
    """The errors of all examples added up.

    >>> b_new = b - 0.1 * came_back.sum(axis=0)
    >>> print(b_new.shape)
    (2,)
    >>> print(weighted_sums(X, W, b_new).shape)
    (3, 2)
    """


def gradient_of_a_matrix():
    """The gradient of what is no single number.

    >>> mx.grad(lambda W: weighted_sums(X, W, b))(W)
    Traceback (most recent call last):
        ...
    ValueError: [vjp] Output shape (3,2) does not match cotangent shape ().
    """


def of_one_number():
    """The errors say what the outputs are worth: `mx.vjp` takes them, and gives the gradient.

    >>> sums, (dL_dW,) = mx.vjp(lambda W: weighted_sums(X, W, b), [W], [came_back])
    >>> print(dL_dW)
    array([[-0.17, 0.19],
           [-0.03, 0.18]], dtype=float32)
    """
