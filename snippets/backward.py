"""The backward pass: the loss's slope along each of the nine parameters."""

from collections.abc import Callable

import mlx.core as mx
import numpy as np
from jaxtyping import Float

from snippets.activations import relu_slope
from snippets.forward import forward
from snippets.loss import binary_cross_entropy
from snippets.network import W1, W2, b1, b2, x, y


def output_error(
    y_hat: Float[mx.array, "..."], y: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""Error at the output: slope of the loss along the output's weighted sum.

    $$
    \delta^{(2)} = \hat{y} - y
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
    return binary_cross_entropy(y_hat, y).sum()


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


def forgotten_gate():
    """The error passed on to a neuron whose gate is shut: on this input the first one.

    >>> x_other = mx.array([0.2, 0.5])
    >>> z1, a1, z2, y_hat = forward(x_other, W1, b1, W2, b2)
    >>> delta1 = W2.T @ output_error(y_hat, y)
    >>> print(z1)
    array([-0.13, 0.5], dtype=float32)
    >>> print(delta1)
    array([-0.611261, 0.475425], dtype=float32)
    """


def remembered_gate():
    """The same with the slope of ReLU: the shut neuron gets no error.

    >>> x_other = mx.array([0.2, 0.5])
    >>> z1, a1, z2, y_hat = forward(x_other, W1, b1, W2, b2)
    >>> delta1 = hidden_error(W2, output_error(y_hat, y), z1)
    >>> print(delta1)
    array([-0, 0.475425], dtype=float32)
    """


def too_few_digits():
    """A finite difference in float32: the two losses differ in their last digits only.

    Tolerance: 0.5 (what is left are rounding errors, which each device makes in its own way)

    >>> h = 1e-6
    >>> up, down = loss(x, y, W1, b1, W2, b2 + h), loss(x, y, W1, b1, W2, b2 - h)
    >>> slope = (up - down) / (2 * h)
    >>> print(f"{slope.item():.2f}")
    -0.63
    """


def enough_digits():
    """The same difference in float64.

    >>> h = 1e-6
    >>> w = [np.array(p, np.float64) for p in (W1, b1, W2, b2)]
    >>> up, down = loss_float64(*w[:3], w[3] + h), loss_float64(*w[:3], w[3] - h)
    >>> slope = (up - down) / (2 * h)
    >>> print(f"{slope:.6f}")
    -0.610639
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
