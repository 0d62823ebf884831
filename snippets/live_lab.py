"""The program of the live lab: both passes of the 2-2-1 network, line by line, and what its updates need beside the book's."""

from collections.abc import Callable

import mlx.core as mx
import mlx.optimizers as optim
from jaxtyping import Float

from snippets.activations import relu_slope, sigmoid_prime, tanh
from snippets.forward import SimpleNN, relu, sigmoid
from snippets.network import W1, W2, b1, b2, x, y
from snippets.training import inputs, targets


def two_passes(
    x: Float[mx.array, "in"],
    y: Float[mx.array, "K"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "K hidden"],
    b2: Float[mx.array, "K"],
    sigma: Callable[[mx.array], mx.array],
    sigma_prime: Callable[[mx.array], mx.array],
) -> tuple[
    Float[mx.array, "hidden"], Float[mx.array, "hidden"], Float[mx.array, "K"], Float[mx.array, "K"],
    Float[mx.array, ""],
    Float[mx.array, "K"], Float[mx.array, "K"], Float[mx.array, "K hidden"],
    Float[mx.array, "hidden"], Float[mx.array, "hidden"], Float[mx.array, "hidden in"],
]:
    r"""Every value and every gradient of the two-layer network on one example, in the order in which they are made.

    $$
    z^{(1)} = W^{(1)} x + b^{(1)}
    $$

    $$
    a^{(1)} = \sigma(z^{(1)})
    $$

    $$
    z^{(2)} = W^{(2)} a^{(1)} + b^{(2)}
    $$

    $$
    \hat{y} = \operatorname{sigmoid}(z^{(2)})
    $$

    $$
    L = \sum_{k=1}^{K} \left( \log(1 + e^{z^{(2)}_k}) - y_k z^{(2)}_k \right)
    $$

    $$
    \delta^{(2)} = \hat{y} - y
    $$

    $$
    \frac{\partial L}{\partial b^{(2)}_i} = \delta^{(2)}_i
    $$

    $$
    \frac{\partial L}{\partial w^{(2)}_{ij}} = \delta^{(2)}_i a^{(1)}_j
    $$

    $$
    \delta^{(1)} = (W^{(2)})^\top \delta^{(2)} \odot \sigma'(z^{(1)})
    $$

    $$
    \frac{\partial L}{\partial b^{(1)}_i} = \delta^{(1)}_i
    $$

    $$
    \frac{\partial L}{\partial w^{(1)}_{ij}} = \delta^{(1)}_i x_j
    $$

    >>> (z1, a1, z2, y_hat, L, delta2, dL_db2, dL_dW2, delta1, dL_db1,
    ...  dL_dW1) = two_passes(x, y, W1, b1, W2, b2, relu, relu_slope)
    >>> print(y_hat, L)
    array([0.389361], dtype=float32) array(0.943249, dtype=float32)
    >>> print(dL_dW1)
    array([[-0.274788, -0.109915],
           [0.213724, 0.0854895]], dtype=float32)
    """
    z1 = W1 @ x + b1
    a1 = sigma(z1)
    z2 = W2 @ a1 + b2
    y_hat = sigmoid(z2)
    L = mx.sum(mx.logaddexp(mx.zeros_like(z2), z2) - y * z2)
    delta2 = y_hat - y
    dL_db2 = delta2
    dL_dW2 = mx.outer(delta2, a1)
    delta1 = W2.T @ delta2 * sigma_prime(z1)
    dL_db1 = delta1
    dL_dW1 = mx.outer(delta1, x)
    return z1, a1, z2, y_hat, L, delta2, dL_db2, dL_dW2, delta1, dL_db1, dL_dW1


def tanh_prime(z: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    """Slope of the hyperbolic tangent alone, entry by entry."""
    return tanh(z)[1]


def momentum_step(
    w: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    v: Float[mx.array, "..."],
    eta: float,
    mu: float,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""Velocity and parameter after one step of gradient descent with momentum, entry by entry.

    $$
    v_t = \mu v_{t-1} + g_t
    $$

    $$
    w_t = w_{t-1} - \eta v_t
    $$

    >>> (z1, a1, z2, y_hat, L, delta2, dL_db2, dL_dW2, delta1, dL_db1,
    ...  dL_dW1) = two_passes(x, y, W1, b1, W2, b2, relu, relu_slope)
    >>> v, eta, mu = mx.zeros_like(W2), 0.5, 0.9
    >>> v_new, W2_new = momentum_step(W2, dL_dW2, v, eta, mu)
    >>> sgd = optim.SGD(learning_rate=eta, momentum=mu)
    >>> new = sgd.apply_gradients({"W2": dL_dW2}, {"W2": W2})
    >>> print(W2_new)
    array([[1.01602, -0.529021]], dtype=float32)
    >>> print(new["W2"])
    array([[1.01602, -0.529021]], dtype=float32)
    """
    v = mu * v + g
    w = w - eta * v
    return v, w


def run():
    """So many updates with one of MLX's optimizers, an example at a time, then both passes once more.

    >>> data = [(x, y)]
    >>> eta, updates = 0.5, 1
    >>> activations = {
    ...     "ReLU": (relu, relu_slope),
    ...     "sigmoid": (sigmoid, sigmoid_prime),
    ...     "tanh": (mx.tanh, tanh_prime),
    ... }
    >>> sigma, sigma_prime = activations["ReLU"]
    >>> optimizers = {
    ...     "SGD": optim.SGD(learning_rate=eta),
    ...     "momentum": optim.SGD(learning_rate=eta, momentum=0.9),
    ...     "Adam": optim.Adam(learning_rate=eta, bias_correction=True),
    ...     "Adam, uncorrected": optim.Adam(learning_rate=eta),
    ... }
    >>> optimizer = optimizers["SGD"]
    >>> p = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
    >>> for n in range(updates + 1):
    ...     (z1, a1, z2, y_hat, L, delta2, dL_db2, dL_dW2, delta1, dL_db1,
    ...      dL_dW1) = two_passes(
    ...         *data[n % len(data)], **p, sigma=sigma, sigma_prime=sigma_prime
    ...     )
    ...     grads = {"W1": dL_dW1, "b1": dL_db1, "W2": dL_dW2, "b2": dL_db2}
    ...     if n < updates:
    ...         p = optimizer.apply_gradients(grads, p)
    ...         mx.eval(p, optimizer.state)
    >>> for name in p:
    ...     print(name, p[name], grads[name])
    W1 array([[0.737394, -1.04504],
           [0.893138, 0.757255]], dtype=float32) array([[-0.191656, -0.0766623],
           [0.0997911, 0.0399164]], dtype=float32)
    b1 array([0.574788, -0.313724], dtype=float32) array([-0.383311, 0.199582], dtype=float32)
    W2 array([[1.01602, -0.529021]], dtype=float32) array([[-0.277094, -0.107256]], dtype=float32)
    b2 array([-0.0946804], dtype=float32) array([-0.377267], dtype=float32)
    >>> print("y_hat", y_hat, "L", L)
    y_hat array([0.622733], dtype=float32) L array(0.473638, dtype=float32)
    """


def starts():
    """The weights of eight new networks, as `nn.Linear` makes them, and which of them are dead on both examples.

    >>> weights, dead = {}, []
    >>> for seed in range(8):
    ...     mx.random.seed(seed)
    ...     model = SimpleNN()
    ...     weights[str(seed)] = {
    ...         "W1": model.fc1.weight, "b1": model.fc1.bias,
    ...         "W2": model.fc2.weight, "b2": model.fc2.bias,
    ...     }
    ...     if mx.all(model.fc1(inputs) <= 0):
    ...         dead.append(seed)
    >>> examples = [inputs, targets]
    >>> print(dead)
    [2, 4, 5]
    """
