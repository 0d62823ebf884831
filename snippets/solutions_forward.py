"""Solutions to the exercises on the forward pass."""

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float
from mlx.utils import tree_flatten

from snippets.forward import forward, sigmoid
from snippets.network import W1, W2, b1, b2, x


def swapped_input():
    """The two features swapped: the first neuron falls silent.

    >>> swapped = mx.array([0.2, 0.5])
    >>> z1, a1, z2, y_hat = forward(swapped, W1, b1, W2, b2)
    >>> print(z1)
    array([-0.13, 0.5], dtype=float32)
    >>> print(a1)
    array([0, 0.5], dtype=float32)
    >>> print(z2)
    array([-0.75], dtype=float32)
    >>> print(y_hat)
    array([0.320821], dtype=float32)
    """


def half_and_half():
    """The output bias that makes the network undecided.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> b2_half = -(W2 @ a1)
    >>> print(b2_half)
    array([0.05], dtype=float32)
    >>> print(sigmoid(W2 @ a1 + b2_half))
    array([0.5], dtype=float32)
    """


class ThreeHidden(nn.Module):
    """A 2-3-1 network with tanh.

    >>> model = ThreeHidden()
    >>> print(model(mx.array([[0.5, 0.2]])).shape)
    (1, 1)
    >>> count = sum(p.size for _, p in tree_flatten(model.parameters()))
    >>> print(count)
    13
    """

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 3)
        self.fc2 = nn.Linear(3, 1)

    def __call__(self, x: Float[mx.array, "batch 2"]) -> Float[mx.array, "batch 1"]:
        x = mx.tanh(self.fc1(x))        # (batch, 2) → (batch, 3)
        return mx.sigmoid(self.fc2(x))  # (batch, 3) → (batch, 1)


def merged_layers():
    """Two layers without an activation between them are one layer; ReLU makes the difference.

    >>> W = W2 @ W1       # (1, 2) @ (2, 2) → (1, 2)
    >>> b = W2 @ b1 + b2  # (1, 2) @ (2,) + (1,) → (1,)
    >>> print(W)
    array([[-0.16, -1.55]], dtype=float32)
    >>> swapped = mx.array([0.2, 0.5])
    >>> print(W2 @ (W1 @ swapped + b1) + b2)
    array([-0.867], dtype=float32)
    >>> print(W @ swapped + b)
    array([-0.867], dtype=float32)
    >>> with_relu = lambda x: forward(x, W1, b1, W2, b2)[2]  # z2
    >>> halfway = with_relu((x + swapped) / 2)
    >>> mean = (with_relu(x) + with_relu(swapped)) / 2
    >>> print(halfway, mean)
    array([-0.6585], dtype=float32) array([-0.6], dtype=float32)
    """
