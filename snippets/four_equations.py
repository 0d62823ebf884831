"""The four equations of backpropagation: any number of layers, any activation, any loss."""

from collections.abc import Callable

import mlx.core as mx
import numpy as np
from jaxtyping import Float

from snippets.activations import relu_slope, sigmoid_prime, tanh
from snippets.backward import agree, central_difference
from snippets.forward import relu, sigmoid
from snippets.loss import binary_cross_entropy, loss_slope
from snippets.network import W1, b1, x, y

# --8<-- [start:deep]
W = [
    mx.array([[0.6, -1.1], [1.0, 0.8]]),               # (2, 2)
    mx.array([[0.9, -0.7], [0.5, 0.4], [-0.3, 0.8]]),  # (3, 2)
    mx.array([[0.7, -0.5, 0.6]]),                      # (1, 3)
]
b = [
    mx.array([0.3, -0.1]),                             # (2,)
    mx.array([-0.4, 0.2, 0.1]),                        # (3,)
    mx.array([0.1]),                                   # (1,)
]
# --8<-- [end:deep]


def forward_all(
    x: Float[mx.array, "_first"],
    W: list[Float[mx.array, "_here _before"]],
    b: list[Float[mx.array, "_here"]],
    sigma: Callable[[mx.array], mx.array],
    tau: Callable[[mx.array], mx.array],
) -> tuple[
    list[Float[mx.array, "_here"]], list[Float[mx.array, "_here"]], Float[mx.array, "_last"]
]:
    r"""Every value of the forward pass that the way back needs.

    $$
    z^{(1)} = W^{(1)} x + b^{(1)}
    $$

    $$
    z^{(l)} = W^{(l)} \sigma(z^{(l-1)}) + b^{(l)} \quad l = 2, \dots, D
    $$

    $$
    a^{(0)} = x
    $$

    $$
    a^{(l)} = \sigma(z^{(l)}) \quad l = 1, \dots, D - 1
    $$

    $$
    \hat{y} = \tau(z^{(D)})
    $$

    >>> z, a, y_hat = forward_all(x, W, b, relu, sigmoid)
    >>> for z_l in z:
    ...     print(z_l)
    array([0.38, 0.56], dtype=float32)
    array([-0.45, 0.614, 0.434], dtype=float32)
    array([0.0534], dtype=float32)
    >>> print(y_hat)
    array([0.513347], dtype=float32)
    """
    z, a = [], [x]
    for W_l, b_l in zip(W, b):
        z.append(W_l @ a[-1] + b_l)
        a.append(sigma(z[-1]))
    return z, a[:-1], tau(z[-1])


def loss_of(
    ell: Callable[[mx.array], mx.array], y_hat: Float[mx.array, "_last"]
) -> Float[mx.array, ""]:
    r"""The loss, a sum over the outputs.

    $$
    L = \sum_k \ell(\hat{y}_k)
    $$

    >>> z, a, y_hat = forward_all(x, W, b, relu, sigmoid)
    >>> ell = lambda y_hat: binary_cross_entropy(y_hat, y)
    >>> print(loss_of(ell, y_hat))
    array(0.666804, dtype=float32)
    """
    return ell(y_hat).sum()


def output_error(
    z: list[Float[mx.array, "_here"]],
    tau: Callable[[mx.array], mx.array],
    tau_prime: Callable[[mx.array], mx.array],
    ell_prime: Callable[[mx.array], mx.array],
) -> Float[mx.array, "_last"]:
    r"""Error of the last layer.

    $$
    \begin{aligned}
    \frac{\partial L}{\partial z^{(D)}_i}
      &= \sum_k \frac{\partial L}{\partial \hat{y}_k} \cdot \frac{\partial \hat{y}_k}{\partial z^{(D)}_i} \\
      &= \frac{\partial L}{\partial \hat{y}_i} \cdot \frac{\partial \hat{y}_i}{\partial z^{(D)}_i} \\
      &= \frac{\partial L}{\partial \hat{y}_i} \tau'(z^{(D)}_i)
    \end{aligned}
    $$

    >>> z, a, y_hat = forward_all(x, W, b, relu, sigmoid)
    >>> ell_prime = lambda y_hat: loss_slope(y_hat, y)
    >>> print(output_error(z, sigmoid, sigmoid_prime, ell_prime))
    array([-0.486653], dtype=float32)
    """
    y_hat = tau(z[-1])
    return ell_prime(y_hat) * tau_prime(z[-1])


def errors(
    x: Float[mx.array, "_first"],
    W: list[Float[mx.array, "_here _before"]],
    b: list[Float[mx.array, "_here"]],
    sigma: Callable[[mx.array], mx.array],
    sigma_prime: Callable[[mx.array], mx.array],
    tau: Callable[[mx.array], mx.array],
    tau_prime: Callable[[mx.array], mx.array],
    ell_prime: Callable[[mx.array], mx.array],
) -> list[Float[mx.array, "_here"]]:
    r"""Errors of every layer, from the last one back, entry by entry.

    $$
    \delta^{(D)}_i = \frac{\partial L}{\partial z^{(D)}_i} = \frac{\partial L}{\partial \hat{y}_i} \tau'(z^{(D)}_i)
    $$

    $$
    \begin{aligned}
    \delta^{(l)}_j &= \frac{\partial L}{\partial z^{(l)}_j} \\
      &= \sum_i \frac{\partial L}{\partial z^{(l+1)}_i} \cdot \frac{\partial z^{(l+1)}_i}{\partial z^{(l)}_j} \\
      &= \sum_i \delta^{(l+1)}_i \cdot \frac{\partial z^{(l+1)}_i}{\partial z^{(l)}_j} \\
      &= \sum_i \delta^{(l+1)}_i w^{(l+1)}_{ij} \sigma'(z^{(l)}_j) \quad l = D - 1, \dots, 1
    \end{aligned}
    $$

    >>> ell_prime = lambda y_hat: loss_slope(y_hat, y)
    >>> delta = errors(
    ...     x, W, b, relu, relu_slope, sigmoid, sigmoid_prime, ell_prime
    ... )
    >>> for delta_l in delta:
    ...     print(delta_l)
    array([0.209261, -0.136263], dtype=float32)
    array([-0, 0.243327, -0.291992], dtype=float32)
    array([-0.486653], dtype=float32)
    """
    z, a, y_hat = forward_all(x, W, b, sigma, tau)
    delta = [output_error(z, tau, tau_prime, ell_prime)]
    for l in range(len(W) - 1, 0, -1):
        W_next, z_l = W[l], z[l - 1]
        back = [(delta[0] * W_next[:, j]).sum() for j in range(z_l.size)]
        delta.insert(0, mx.stack(back) * sigma_prime(z_l))
    return delta


def gradients(
    x: Float[mx.array, "_first"],
    W: list[Float[mx.array, "_here _before"]],
    b: list[Float[mx.array, "_here"]],
    sigma: Callable[[mx.array], mx.array],
    sigma_prime: Callable[[mx.array], mx.array],
    tau: Callable[[mx.array], mx.array],
    tau_prime: Callable[[mx.array], mx.array],
    ell_prime: Callable[[mx.array], mx.array],
) -> tuple[
    list[Float[mx.array, "_here"]],
    list[Float[mx.array, "_here"]],
    list[Float[mx.array, "_here _before"]],
]:
    r"""Gradients of every layer, biases and weights, entry by entry.

    $$
    \delta^{(l)}_i = \frac{\partial L}{\partial z^{(l)}_i} \quad l = 1, \dots, D
    $$

    $$
    \begin{aligned}
    \frac{\partial L}{\partial b^{(l)}_i}
      &= \sum_k \frac{\partial L}{\partial z^{(l)}_k} \cdot \frac{\partial z^{(l)}_k}{\partial b^{(l)}_i} \\
      &= \delta^{(l)}_i \quad l = 1, \dots, D
    \end{aligned}
    $$

    $$
    \begin{aligned}
    \frac{\partial L}{\partial w^{(l)}_{ij}}
      &= \sum_k \frac{\partial L}{\partial z^{(l)}_k} \cdot \frac{\partial z^{(l)}_k}{\partial w^{(l)}_{ij}} \\
      &= \delta^{(l)}_i a^{(l-1)}_j \quad l = 1, \dots, D
    \end{aligned}
    $$

    >>> ell_prime = lambda y_hat: loss_slope(y_hat, y)
    >>> delta, dL_db, dL_dW = gradients(
    ...     x, W, b, relu, relu_slope, sigmoid, sigmoid_prime, ell_prime
    ... )
    >>> print(dL_db[1])
    array([-0, 0.243327, -0.291992], dtype=float32)
    >>> print(dL_dW[1])
    array([[-0, -0],
           [0.0924641, 0.136263],
           [-0.110957, -0.163515]], dtype=float32)
    """
    z, a, y_hat = forward_all(x, W, b, sigma, tau)
    delta = errors(x, W, b, sigma, sigma_prime, tau, tau_prime, ell_prime)
    dL_dW = [mx.stack([d * a_l for d in delta_l]) for delta_l, a_l in zip(delta, a)]
    return delta, delta, dL_dW


def backward_all(
    x: Float[mx.array, "_first"],
    W: list[Float[mx.array, "_here _before"]],
    b: list[Float[mx.array, "_here"]],
    sigma: Callable[[mx.array], mx.array],
    sigma_prime: Callable[[mx.array], mx.array],
    tau: Callable[[mx.array], mx.array],
    tau_prime: Callable[[mx.array], mx.array],
    ell_prime: Callable[[mx.array], mx.array],
) -> tuple[
    list[Float[mx.array, "_here"]],
    list[Float[mx.array, "_here"]],
    list[Float[mx.array, "_here _before"]],
]:
    r"""All four equations.

    $$
    \delta^{(D)} = \frac{\partial L}{\partial \hat{y}} \odot \tau'(z^{(D)})
    $$

    $$
    \delta^{(l)} = (W^{(l+1)})^\top \delta^{(l+1)} \odot \sigma'(z^{(l)}) \quad l = D - 1, \dots, 1
    $$

    $$
    \frac{\partial L}{\partial b^{(l)}} = \delta^{(l)} \quad l = 1, \dots, D
    $$

    $$
    \frac{\partial L}{\partial W^{(l)}} = \delta^{(l)} (a^{(l-1)})^\top \quad l = 1, \dots, D
    $$

    >>> ell_prime = lambda y_hat: loss_slope(y_hat, y)
    >>> delta, dL_db, dL_dW = backward_all(
    ...     x, W, b, relu, relu_slope, sigmoid, sigmoid_prime, ell_prime
    ... )
    >>> for dL_dW_l in dL_dW:
    ...     print(dL_dW_l)
    array([[0.10463, 0.0418522],
           [-0.0681314, -0.0272526]], dtype=float32)
    array([[-0, -0],
           [0.0924641, 0.136263],
           [-0.110957, -0.163515]], dtype=float32)
    array([[-0, -0.298805, -0.211207]], dtype=float32)
    """
    z, a, y_hat = forward_all(x, W, b, sigma, tau)
    delta = [ell_prime(y_hat) * tau_prime(z[-1])]
    for W_next, z_l in zip(W[:0:-1], z[-2::-1]):
        delta.insert(0, W_next.T @ delta[0] * sigma_prime(z_l))
    dL_dW = [mx.outer(delta_l, a_l) for delta_l, a_l in zip(delta, a)]
    return delta, delta, dL_dW


def worked_numbers():
    """What the errors and the gradients of the middle of the three layers are made from.

    >>> z, a, y_hat = forward_all(x, W, b, relu, sigmoid)
    >>> ell_prime = lambda y_hat: loss_slope(y_hat, y)
    >>> delta, dL_db, dL_dW = backward_all(
    ...     x, W, b, relu, relu_slope, sigmoid, sigmoid_prime, ell_prime
    ... )
    >>> (z1, z2, z3), (a0, a1, a2), (delta1, delta2, delta3) = z, a, delta
    >>> W2, dL_dW2 = W[1], dL_dW[1]
    >>> print(delta1, dL_dW2[1, 0], dL_dW2[2, 1])
    array([0.209261, -0.136263], dtype=float32) array(0.0924641, dtype=float32) array(-0.163515, dtype=float32)
    """


def chain():
    """Three layers of one neuron each, as a graph: the slopes between weighted sums, and the errors.

    >>> w, bias = [0.8, -1.5, 2.0], [0.1, 0.3, 0.4]
    >>> W_one = [mx.array([[each]]) for each in w]
    >>> b_one = [mx.array([each]) for each in bias]
    >>> x_one, ell_prime = mx.array([0.5]), lambda y_hat: loss_slope(y_hat, y)
    >>> tanh_prime = lambda z: tanh(z)[1]
    >>> net = x_one, W_one, b_one, mx.tanh, tanh_prime, sigmoid, sigmoid_prime
    >>> z, a, y_hat = forward_all(x_one, W_one, b_one, mx.tanh, sigmoid)
    >>> delta, dL_db, dL_dW = backward_all(*net, ell_prime)
    >>> L = loss_of(lambda y_hat: binary_cross_entropy(y_hat, y), y_hat).item()
    >>> names, (z_1, z_2, z_3) = ["z_1", "z_2", "z_3"], [z_l.item() for z_l in z]
    >>> nodes = [
    ...     {"name": name, "label": name, "value": z_l.item(), "grad": delta_l.item()}
    ...     for name, z_l, delta_l in zip(names, z, delta)
    ... ]
    >>> nodes.append({"name": "L", "label": "L", "value": L, "grad": 1.0})
    >>> slope_21 = w[1] * tanh_prime(z[0]).item()
    >>> slope_32 = w[2] * tanh_prime(z[1]).item()
    >>> edges = [
    ...     {"from": "z_1", "to": "z_2", "local": slope_21},
    ...     {"from": "z_2", "to": "z_3", "local": slope_32},
    ...     {"from": "z_3", "to": "L", "local": delta[2].item()},
    ... ]
    >>> print(f"{delta[2].item():.6f} {delta[1].item():.6f} {delta[0].item():.6f}")
    -0.586178 -1.008289 1.189450
    """


def deep_network(D: int) -> tuple[list[mx.array], list[mx.array]]:
    """Random weights and biases of D layers: 2 inputs, 3 and 4 neurons by turns, 2 outputs.

    >>> W_5, b_5 = deep_network(5)
    >>> print([W_l.shape for W_l in W_5])
    [(3, 2), (4, 3), (3, 4), (4, 3), (2, 4)]
    """
    mx.random.seed(D)
    sizes = [2, *(3 + l % 2 for l in range(D - 1)), 2]
    W = [mx.random.normal((out, n)) for n, out in zip(sizes, sizes[1:])]
    b = [mx.random.normal((out,)) for out in sizes[1:]]
    return W, b


def finite_differences_deep(
    x: mx.array,
    W: list[mx.array],
    b: list[mx.array],
    ell: Callable[[np.ndarray], np.ndarray],
) -> list[np.ndarray]:
    """Slopes along every weight and bias of a network of tanh and a sigmoid, in float64, without calculus.

    >>> W_2, b_2 = deep_network(2)
    >>> squared_float64 = lambda y_hat: (y_hat - 1) ** 2 / 2
    >>> slopes = finite_differences_deep(x, W_2, b_2, squared_float64)
    >>> print(slopes[-1].round(6))  # along the last biases
    [-0.148142 -0.05405 ]
    """
    exact = [np.array(p, np.float64) for p in (*W, *b)]

    def loss_at(parameters):
        a = np.array(x, np.float64)
        *hidden, last = zip(parameters[: len(W)], parameters[len(W) :])
        for W_l, b_l in hidden:
            a = np.tanh(W_l @ a + b_l)
        return ell(1 / (1 + np.exp(-(last[0] @ a + last[1])))).sum()

    slopes = []
    for place, p in enumerate(exact):
        def loss_along(w):
            return loss_at([*exact[:place], w, *exact[place + 1 :]])

        slopes.append(central_difference(loss_along, p))
    return slopes


def depths():
    """All gradients of networks of 2 to 6 layers, for two losses: by hand, by mx.grad, by finite differences.

    >>> y_two = np.array([1.0, 0.0])
    >>> label, tanh_prime = mx.array(y_two), lambda z: tanh(z)[1]
    >>> squared = lambda y_hat: (y_hat - label) ** 2 / 2
    >>> squared_prime = lambda y_hat: y_hat - label
    >>> squared_float64 = lambda y_hat: (y_hat - y_two) ** 2 / 2
    >>> entropy = lambda y_hat: binary_cross_entropy(y_hat, label)
    >>> entropy_prime = lambda y_hat: loss_slope(y_hat, label)
    >>> entropy_float64 = lambda y_hat: -np.log(np.where(y_two == 1, y_hat, 1 - y_hat))
    >>> losses = {
    ...     "squared error": (squared, squared_prime, squared_float64),
    ...     "cross-entropy": (entropy, entropy_prime, entropy_float64),
    ... }
    >>> print("D  parameters  " + "  ".join(losses))
    D  parameters  squared error  cross-entropy
    >>> for D in range(2, 7):
    ...     (W_D, b_D), verdicts = deep_network(D), []
    ...     for ell, ell_prime, ell_float64 in losses.values():
    ...         delta, dL_db, dL_dW = backward_all(
    ...             x, W_D, b_D, mx.tanh, tanh_prime, sigmoid, sigmoid_prime, ell_prime
    ...         )
    ...         loss = lambda W, b: loss_of(ell, forward_all(x, W, b, mx.tanh, sigmoid)[2])
    ...         in_W, in_b = mx.grad(loss, argnums=(0, 1))(W_D, b_D)
    ...         by_difference = finite_differences_deep(x, W_D, b_D, ell_float64)
    ...         ways = zip([*dL_dW, *dL_db], [*in_W, *in_b], by_difference)
    ...         verdicts.append(all(agree(*way) for way in ways))
    ...     count = sum(p.size for p in [*W_D, *b_D])
    ...     print(f"{D}  {count:10}  {verdicts[0]!s:>13}  {verdicts[1]!s:>13}")
    2          17           True           True
    3          35           True           True
    4          48           True           True
    5          66           True           True
    6          79           True           True
    """


def same_as_core():
    """The book's network as a list of two layers: the errors of core/backward once more.

    >>> W_two, b_two = [W1, mx.array([[0.9, -0.7]])], [b1, mx.array([-0.4])]
    >>> delta, dL_db, dL_dW = backward_all(
    ...     x, W_two, b_two, relu, relu_slope, sigmoid, sigmoid_prime,
    ...     lambda y_hat: loss_slope(y_hat, y),
    ... )
    >>> print(delta[1], delta[0])
    array([-0.610639], dtype=float32) array([-0.549575, 0.427447], dtype=float32)
    """


def wrong_layer():
    """The error goes back through the weights of its own layer: both matrices are square, so it fits.

    >>> W_square = [W1, mx.array([[0.9, -0.7], [0.5, 0.4]])]
    >>> delta2, z1 = mx.array([-0.2, 0.3]), mx.array([0.38, 0.56])
    >>> print(W_square[0].T @ delta2 * relu_slope(z1))
    array([0.18, 0.46], dtype=float32)
    """


def right_layer():
    """The error goes back through the weights of the layer after.

    >>> W_square = [W1, mx.array([[0.9, -0.7], [0.5, 0.4]])]
    >>> delta2, z1 = mx.array([-0.2, 0.3]), mx.array([0.38, 0.56])
    >>> print(W_square[1].T @ delta2 * relu_slope(z1))
    array([-0.03, 0.26], dtype=float32)
    """


def slope_left_out():
    """Cross-entropy, and the slope left out in the hidden layer as well: by hand, then by mx.grad.

    >>> W_two, b_two = [W1, mx.array([[0.9, -0.7]])], [b1, mx.array([-0.4])]
    >>> z, a, y_hat = forward_all(x, W_two, b_two, mx.tanh, sigmoid)
    >>> delta2 = y_hat - y
    >>> delta1 = W_two[1].T @ delta2
    >>> print(delta1)
    array([-0.545103, 0.423969], dtype=float32)
    >>> ell = lambda y_hat: binary_cross_entropy(y_hat, y)
    >>> loss = lambda b: loss_of(ell, forward_all(x, W_two, b, mx.tanh, sigmoid)[2])
    >>> print(mx.grad(loss)(b_two)[0])
    array([-0.473391, 0.314568], dtype=float32)
    """


def slope_kept():
    """The slope of the hidden activation stands, whatever the loss.

    >>> W_two, b_two = [W1, mx.array([[0.9, -0.7]])], [b1, mx.array([-0.4])]
    >>> z, a, y_hat = forward_all(x, W_two, b_two, mx.tanh, sigmoid)
    >>> delta2 = y_hat - y
    >>> delta1 = W_two[1].T @ delta2 * tanh(z[0])[1]
    >>> print(delta1)
    array([-0.473391, 0.314568], dtype=float32)
    >>> ell = lambda y_hat: binary_cross_entropy(y_hat, y)
    >>> loss = lambda b: loss_of(ell, forward_all(x, W_two, b, mx.tanh, sigmoid)[2])
    >>> print(mx.grad(loss)(b_two)[0])
    array([-0.473391, 0.314568], dtype=float32)
    """
