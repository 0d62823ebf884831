"""The backward pass: the loss's slope along each of the nine parameters."""

from collections.abc import Callable

import mlx.core as mx
import numpy as np
from jaxtyping import Float

from snippets.forward import forward
from snippets.loss import binary_cross_entropy, loss_slope
from snippets.network import W1, W2, b1, b2, x, y


def sigmoid_slope(y_hat: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Slope of the sigmoid, entry by entry, from its value.

    $$
    \frac{\partial \hat{y}}{\partial z^{(2)}} = \hat{y} (1 - \hat{y})
    $$

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> print(sigmoid_slope(y_hat))
    array([0.237759], dtype=float32)
    """
    return y_hat * (1 - y_hat)


def relu_slope(z: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Slope of ReLU, entry by entry: a gate, open or shut.

    $$
    \operatorname{ReLU}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}
    $$

    >>> z = mx.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    >>> print(relu_slope(z))
    array([0, 0, 0, 1, 1], dtype=float32)
    """
    return mx.where(z > 0, 1.0, 0.0)


def chain_rule(
    y: Float[mx.array, "1"], y_hat: Float[mx.array, "1"], a1: Float[mx.array, "hidden"]
) -> Float[mx.array, "hidden"]:
    r"""Slope of the loss along each output weight: three slopes multiplied.

    $$
    \begin{aligned}
    \frac{\partial L}{\partial w^{(2)}_{1j}}
      &= \frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial w^{(2)}_{1j}} \\
      &= \frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial z^{(2)}_1}
        \cdot \frac{\partial z^{(2)}_1}{\partial w^{(2)}_{1j}}
    \end{aligned}
    $$

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> print(chain_rule(y, y_hat, a1))
    array([-0.232043, -0.341958], dtype=float32)
    """
    dL_dy_hat = loss_slope(y, y_hat)   # ∂L/∂ŷ
    dy_hat_dz2 = sigmoid_slope(y_hat)  # ∂ŷ/∂z2_1
    dz2_dw2 = a1                       # ∂z2_1/∂w2_1j
    return dL_dy_hat * dy_hat_dz2 * dz2_dw2


def output_error(
    y_hat: Float[mx.array, "..."], y: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""Error at the output: slope of the loss along the output's weighted sum.

    $$
    \delta^{(2)} = \hat{y} - y
    $$

    $$
    \begin{aligned}
    \frac{\partial L}{\partial z^{(2)}}
      &= \frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial z^{(2)}} \\
      &= -y (1 - \hat{y}) + (1 - y) \hat{y} \\
      &= \hat{y} - y
    \end{aligned}
    $$

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> delta2 = output_error(y_hat, y)
    >>> print(delta2)
    array([-0.610639], dtype=float32)
    """
    return y_hat - y  # (1,) - (1,) → (1,)


def hidden_error(
    W2: Float[mx.array, "out hidden"],
    delta2: Float[mx.array, "out"],
    z1: Float[mx.array, "hidden"],
) -> Float[mx.array, "hidden"]:
    r"""Error at the hidden layer: slope of the loss along its weighted sums.

    $$
    \delta^{(1)} = (W^{(2)})^\top \delta^{(2)} \odot \operatorname{ReLU}'(z^{(1)})
    $$

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> delta2 = output_error(y_hat, y)
    >>> delta1 = hidden_error(W2, delta2, z1)
    >>> print(delta1)
    array([-0.549575, 0.427447], dtype=float32)
    """
    back = W2.T @ delta2   # (2, 1) @ (1,) → (2,)
    gate = relu_slope(z1)  # (2,) → (2,)
    return back * gate     # (2,) * (2,) → (2,)


def backward(
    x: Float[mx.array, "in"],
    y: Float[mx.array, "out"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "out hidden"],
    b2: Float[mx.array, "out"],
) -> tuple[
    Float[mx.array, "hidden in"], Float[mx.array, "hidden"],
    Float[mx.array, "out hidden"], Float[mx.array, "out"],
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

    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> print(dL_dW1)
    array([[-0.274788, -0.109915],
           [0.213724, 0.0854895]], dtype=float32)
    >>> print(dL_db1)
    array([-0.549575, 0.427447], dtype=float32)
    >>> print(dL_dW2)
    array([[-0.232043, -0.341958]], dtype=float32)
    >>> print(dL_db2)
    array([-0.610639], dtype=float32)
    """
    z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    delta2 = output_error(y_hat, y)
    delta1 = hidden_error(W2, delta2, z1)
    dL_dW2 = mx.outer(delta2, a1)  # (1,), (2,) → (1, 2)
    dL_dW1 = mx.outer(delta1, x)   # (2,), (2,) → (2, 2)
    return dL_dW1, delta1, dL_dW2, delta2


def all_values():
    """Every value of both passes.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> L = binary_cross_entropy(y, y_hat)[0]
    >>> dL_dy_hat = loss_slope(y, y_hat)
    >>> dy_hat_dz2 = sigmoid_slope(y_hat)
    >>> delta2 = output_error(y_hat, y)
    >>> delta1 = hidden_error(W2, delta2, z1)
    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> print(L)
    array(0.943249, dtype=float32)
    """


def loss(
    x: Float[mx.array, "in"],
    y: Float[mx.array, "K"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "K hidden"],
    b2: Float[mx.array, "K"],
) -> Float[mx.array, ""]:
    r"""Loss of the network on one example, summed over its outputs: the one number that `mx.grad` asks for.

    $$
    L = -\sum_{k=1}^{K} \left( y_k \log(\hat{y}_k) + (1 - y_k) \log(1 - \hat{y}_k) \right)
    $$

    >>> print(loss(x, y, W1, b1, W2, b2))
    array(0.943249, dtype=float32)
    """
    z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    return binary_cross_entropy(y, y_hat).sum()


def loss_float64(
    W1: Float[np.ndarray, "hidden 2"],
    b1: Float[np.ndarray, "hidden"],
    W2: Float[np.ndarray, "1 hidden"],
    b2: Float[np.ndarray, "1"],
) -> float:
    """Loss of the network on the book's example, in NumPy's double precision."""
    x64, y64 = np.array(x, np.float64), np.array(y, np.float64)
    a1 = np.maximum(W1 @ x64 + b1, 0)
    y_hat = 1 / (1 + np.exp(-(W2 @ a1 + b2)))
    L = -y64 * np.log(y_hat) - (1 - y64) * np.log(1 - y_hat)
    return L[0]


def central_difference(
    f: Callable[[np.ndarray], float], w: Float[np.ndarray, "..."], h: float = 1e-6
) -> Float[np.ndarray, "..."]:
    r"""Slope of f along each entry of w, from a step h to either side; no calculus.

    $$
    g_i = \frac{f(w + h \mathbf{e}_i) - f(w - h \mathbf{e}_i)}{2 h}
    $$

    >>> w = np.array([3.0, 1.0])
    >>> g = central_difference(lambda w: w[0] ** 2 * w[1], w)
    >>> print(g.round(6))
    [6. 9.]
    """
    g = np.zeros(w.shape)
    for i in np.ndindex(w.shape):
        e = np.zeros(w.shape)
        e[i] = 1
        g[i] = (f(w + h * e) - f(w - h * e)) / (2 * h)
    return g


def three_ways():
    """All nine gradients by hand, by autodiff and by finite differences.

    >>> parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    >>> by_hand = dict(zip(parameters, backward(x, y, **parameters)))
    >>> mx_grad = mx.grad(lambda p: loss(x, y, **p))(parameters)
    >>> exact = {k: np.array(p, np.float64) for k, p in parameters.items()}
    >>> finite_difference = {}
    >>> for k, p in exact.items():
    ...     f = lambda w: loss_float64(**{**exact, k: w})
    ...     finite_difference[k] = central_difference(f, p)
    >>> for k in parameters:
    ...     differences = [
    ...         np.abs(np.subtract(by_hand[k], way[k])).max()
    ...         for way in (mx_grad, finite_difference)
    ...     ]
    ...     print(k, max(differences) < 1e-6)
    W1 True
    b1 True
    W2 True
    b2 True
    """


def updated_first():
    """The output weights updated before the error has passed through them.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> delta2 = output_error(y_hat, y)
    >>> W2_new = W2 - 0.5 * mx.outer(delta2, a1)
    >>> delta1 = hidden_error(W2_new, delta2, z1)
    >>> print(delta1)
    array([-0.620422, 0.323041], dtype=float32)
    """


def updated_last():
    """Every error first, through the weights that made the prediction; then the update.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> delta2 = output_error(y_hat, y)
    >>> delta1 = hidden_error(W2, delta2, z1)
    >>> W2_new = W2 - 0.5 * mx.outer(delta2, a1)
    >>> print(delta1)
    array([-0.549575, 0.427447], dtype=float32)
    """
