"""The forward pass: weighted sum, activation, layer by layer."""

from collections.abc import Callable

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float
from mlx.utils import tree_flatten

from snippets.network import W1, W2, b1, b2, x, y


def weighted_sum(
    W: Float[mx.array, "out n"], x: Float[mx.array, "n"], b: Float[mx.array, "out"]
) -> Float[mx.array, "out"]:
    r"""Weighted sums of one layer.

    $$
    z_i = \sum_{j=1}^{n} w_{ij} x_j + b_i
    $$

    >>> z1 = weighted_sum(W1, x, b1)
    >>> print(z1)
    array([0.38, 0.56], dtype=float32)
    """
    return W @ x + b  # (out, n) @ (n,) + (out,) → (out,)


def activation(
    z: Float[mx.array, "n"], sigma: Callable[[mx.array], mx.array]
) -> Float[mx.array, "n"]:
    r"""Activations of one layer: one function, entry by entry.

    $$
    a_i = \sigma(z_i)
    $$

    >>> z1 = weighted_sum(W1, x, b1)
    >>> print(activation(z1, relu))
    array([0.38, 0.56], dtype=float32)
    >>> print(activation(z1, sigmoid))
    array([0.593873, 0.636453], dtype=float32)
    """
    return sigma(z)  # (n,) → (n,)


def relu(z: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Rectified linear unit, entry by entry.

    $$
    \operatorname{ReLU}(z) = \max(z, 0)
    $$

    >>> z = mx.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    >>> print(relu(z))
    array([0, 0, 0, 0.5, 2], dtype=float32)
    """
    return mx.maximum(z, 0)


def sigmoid(z: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Logistic sigmoid, entry by entry: any number to one between 0 and 1.

    $$
    \operatorname{sigmoid}(z) = \frac{1}{1 + e^{-z}}
    $$

    >>> z = mx.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    >>> print(sigmoid(z))
    array([0.119203, 0.377541, 0.5, 0.622459, 0.880797], dtype=float32)
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

    >>> layers = propagate(x, [W1, W2], [b1, b2], [relu, sigmoid])
    >>> for a_l in layers:
    ...     print(a_l)
    array([0.5, 0.2], dtype=float32)
    array([0.38, 0.56], dtype=float32)
    array([0.389361], dtype=float32)
    """
    a = [x]
    for W_l, b_l, sigma_l in zip(W, b, sigma):
        a.append(sigma_l(W_l @ a[-1] + b_l))
    return a


def forward(
    x: Float[mx.array, "in"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "out hidden"],
    b2: Float[mx.array, "out"],
) -> tuple[
    Float[mx.array, "hidden"], Float[mx.array, "hidden"],
    Float[mx.array, "out"], Float[mx.array, "out"],
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

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> print(z1)
    array([0.38, 0.56], dtype=float32)
    >>> print(a1)
    array([0.38, 0.56], dtype=float32)
    >>> print(z2)
    array([-0.45], dtype=float32)
    >>> print(y_hat)
    array([0.389361], dtype=float32)
    """
    z1 = W1 @ x + b1     # (2, 2) @ (2,) + (2,) → (2,)
    a1 = relu(z1)        # (2,) → (2,)
    z2 = W2 @ a1 + b2    # (1, 2) @ (2,) + (1,) → (1,)
    y_hat = sigmoid(z2)  # (1,) → (1,)
    return z1, a1, z2, y_hat


class SimpleNN(nn.Module):
    """The same network in MLX, for a batch of inputs, one per row.

    >>> model = SimpleNN()
    >>> model.fc1.weight, model.fc1.bias = W1, b1
    >>> model.fc2.weight, model.fc2.bias = W2, b2
    >>> y_hat = model(mx.array([[0.5, 0.2]]))  # (1, 2) → (1, 1)
    >>> print(y_hat)
    array([[0.389361]], dtype=float32)
    """

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 2)
        self.fc2 = nn.Linear(2, 1)
        self.relu = nn.ReLU()
        self.sigmoid = nn.Sigmoid()

    def __call__(self, x: Float[mx.array, "batch 2"]) -> Float[mx.array, "batch 1"]:
        x = self.relu(self.fc1(x))     # (batch, 2) → (batch, 2)
        x = self.sigmoid(self.fc2(x))  # (batch, 2) → (batch, 1)
        return x


def untrained():
    """Two networks as MLX makes them: random weights, another prediction each.

    >>> mx.random.seed(7)
    >>> first, second = SimpleNN(), SimpleNN()
    >>> print(first(mx.array([[0.5, 0.2]])))
    array([[0.415056]], dtype=float32)
    >>> print(second(mx.array([[0.5, 0.2]])))
    array([[0.48536]], dtype=float32)
    """


class HiddenNN(nn.Module):
    """A layer whose name begins with an underscore: MLX does not count it among the parameters.

    >>> model = HiddenNN()
    >>> print([name for name, _ in tree_flatten(model.parameters())])
    ['fc2.weight', 'fc2.bias']
    """

    def __init__(self):
        super().__init__()
        self._fc1 = nn.Linear(2, 2)
        self.fc2 = nn.Linear(2, 1)

    def __call__(self, x: Float[mx.array, "batch 2"]) -> Float[mx.array, "batch 1"]:
        return mx.sigmoid(self.fc2(nn.relu(self._fc1(x))))


def found_parameters():
    """Without the underscore both layers are found.

    >>> model = SimpleNN()
    >>> print([name for name, _ in tree_flatten(model.parameters())])
    ['fc1.weight', 'fc1.bias', 'fc2.weight', 'fc2.bias']
    """


def gate_at_the_end():
    """ReLU before the last sigmoid: the network can never say less than one half.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> print(sigmoid(relu(z2)))
    array([0.5], dtype=float32)
    """


def no_gate_at_the_end():
    """The last weighted sum goes to the sigmoid as it is.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> print(sigmoid(z2))
    array([0.389361], dtype=float32)
    """
