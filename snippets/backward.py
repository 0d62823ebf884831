"""The backward pass: the loss's slope along each of the nine parameters."""

from collections.abc import Callable

import mlx.core as mx
import numpy as np
from jaxtyping import Float

from snippets.activations import relu_slope
from snippets.forward import forward, relu
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


def relu_jacobian(z: Float[mx.array, "2"]) -> Float[mx.array, "2 2"]:
    r"""Slope of each output of ReLU along each of its two inputs.

    $$
    J = \begin{bmatrix}
      \operatorname{ReLU}'(z_1) & 0 \\
      0 & \operatorname{ReLU}'(z_2)
    \end{bmatrix}
    $$

    >>> print(relu_jacobian(mx.array([-0.13, 0.5])))
    array([[0, 0],
           [0, 1]], dtype=float32)
    """
    return mx.diag(relu_slope(z))


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
    x: Float[mx.array, "in"],
    y: Float[mx.array, "out"],
    W1: Float[np.ndarray, "hidden in"],
    b1: Float[np.ndarray, "hidden"],
    W2: Float[np.ndarray, "out hidden"],
    b2: Float[np.ndarray, "out"],
) -> float:
    """The same loss in NumPy's double precision.

    >>> exact = [np.array(p, np.float64) for p in (W1, b1, W2, b2)]
    >>> print(f"{loss_float64(x, y, *exact):.6f}")
    0.943249
    """
    x, y = np.array(x, np.float64), np.array(y, np.float64)
    a1 = np.maximum(W1 @ x + b1, 0)
    y_hat = 1 / (1 + np.exp(-(W2 @ a1 + b2)))
    return (-y * np.log(y_hat) - (1 - y) * np.log(1 - y_hat)).sum()


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


def finite_differences(
    x: Float[mx.array, "in"], y: Float[mx.array, "out"], parameters: dict
) -> dict:
    """Slope of the loss along every parameter, by finite differences.

    >>> parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    >>> print(finite_differences(x, y, parameters)["b2"].round(6))
    [-0.610639]
    """
    exact = {k: np.array(p, np.float64) for k, p in parameters.items()}
    slopes = {}
    for k in exact:
        def loss_along(w):
            changed = exact.copy()
            changed[k] = w  # this parameter moves, the others stay
            return loss_float64(x, y, **changed)

        slopes[k] = central_difference(loss_along, exact[k])
    return slopes


def agree(*ways: Float[mx.array, "..."] | Float[np.ndarray, "..."]) -> bool:
    """Whether slopes found in several ways differ by less than one millionth.

    >>> print(agree(mx.array([0.5]), np.array([0.5000001])))
    True
    """
    first, *others = map(np.array, ways)
    return all(np.abs(first - other).max() < 1e-6 for other in others)


def three_ways():
    """All nine gradients by hand, by autodiff and by finite differences.

    >>> parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    >>> by_hand = dict(zip(parameters, backward(x, y, **parameters)))
    >>> mx_grad = mx.grad(lambda p: loss(x, y, **p))(parameters)
    >>> finite_difference = finite_differences(x, y, parameters)
    >>> for k in parameters:
    ...     print(k, agree(by_hand[k], mx_grad[k], finite_difference[k]))
    W1 True
    b1 True
    W2 True
    b2 True
    """


def losses_asked():
    """How many losses finite differences ask for: two for each parameter.

    >>> def f(w):
    ...     asked.append(w)
    ...     return (w ** 2).sum()
    >>> for count in (9, 257):  # parameters of 2-2-1, of 30-8-1
    ...     asked = []
    ...     g = central_difference(f, np.ones(count))
    ...     print(count, len(asked))
    9 18
    257 514
    """


def one_weight_moved():
    """The loss after moving one weight by 0.01: as its gradient predicts, and as it is.

    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> before = loss(x, y, W1, b1, W2, b2)
    >>> predicted = before + 0.01 * dL_dW1[0, 0]
    >>> moved = W1 + mx.array([[0.01, 0], [0, 0]])  # w1_11
    >>> after = loss(x, y, moved, b1, W2, b2)
    >>> print(f"{before.item():.6f} {predicted.item():.6f} {after.item():.6f}")
    0.943249 0.940501 0.940504
    """


def two_outputs():
    """A second output neuron: each hidden neuron is blamed by both, and the blame adds up.

    >>> W2_two = mx.array([[0.9, -0.7], [0.5, 0.4]])  # (2, 2)
    >>> b2_two = mx.array([-0.4, 0.2])
    >>> y_two = mx.array([1.0, 0.0])
    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2_two, b2_two)
    >>> delta2 = output_error(y_hat, y_two)
    >>> print(delta2)
    array([-0.610639, 0.648853], dtype=float32)
    >>> delta1 = hidden_error(W2_two, delta2, z1)
    >>> print(delta1)
    array([-0.225149, 0.686989], dtype=float32)
    >>> print(mx.grad(loss, argnums=3)(x, y_two, W1, b1, W2_two, b2_two))
    array([-0.225149, 0.686989], dtype=float32)
    """


def forgotten_gate():
    """An error passed on without the slope of ReLU: right on the book's input, wrong on another.

    >>> parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    >>> for given in (x, mx.array([0.2, 0.5])):
    ...     z1, a1, z2, y_hat = forward(given, **parameters)
    ...     delta1 = W2.T @ output_error(y_hat, y)
    ...     mx_grad = mx.grad(lambda p: loss(given, y, **p))(parameters)["b1"]
    ...     finite = finite_differences(given, y, parameters)["b1"]
    ...     print(z1, delta1, agree(delta1, mx_grad, finite))
    array([0.38, 0.56], dtype=float32) array([-0.549575, 0.427447], dtype=float32) True
    array([-0.13, 0.5], dtype=float32) array([-0.611261, 0.475425], dtype=float32) False
    """


def remembered_gate():
    """The same with the slope of ReLU: right on both, for the shut neuron gets no error.

    >>> parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    >>> for given in (x, mx.array([0.2, 0.5])):
    ...     z1, a1, z2, y_hat = forward(given, **parameters)
    ...     delta1 = hidden_error(W2, output_error(y_hat, y), z1)
    ...     mx_grad = mx.grad(lambda p: loss(given, y, **p))(parameters)["b1"]
    ...     finite = finite_differences(given, y, parameters)["b1"]
    ...     print(z1, delta1, agree(delta1, mx_grad, finite))
    array([0.38, 0.56], dtype=float32) array([-0.549575, 0.427447], dtype=float32) True
    array([-0.13, 0.5], dtype=float32) array([-0, 0.475425], dtype=float32) True
    """


def on_the_kink():
    """A gate at exactly 0: the slopes of ReLU at its kink, in three ways.

    >>> print(relu_slope(mx.array([0.0])))
    array([0], dtype=float32)
    >>> print(mx.grad(lambda z: relu(z).sum())(mx.array([0.0])))
    array([0], dtype=float32)
    >>> g = central_difference(lambda z: np.maximum(z, 0).sum(), np.zeros(1))
    >>> print(g)
    [0.5]
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
    >>> *rest, b = [np.array(p, np.float64) for p in (W1, b1, W2, b2)]
    >>> up, down = loss_float64(x, y, *rest, b + h), loss_float64(x, y, *rest, b - h)
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
