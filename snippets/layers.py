"""From one neuron to a layer, from one example to a batch: what every shape is."""

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float

from snippets.forward import weighted_sum
from snippets.network import W1, W2, b1, b2, x

# --8<-- [start:batch]
X = mx.array([[0.5, 0.2], [0.7, 0.1], [0.2, 0.5]])  # (3, 2)
# --8<-- [end:batch]


def with_loops(
    W: Float[mx.array, "out n"], x: Float[mx.array, "n"], b: Float[mx.array, "out"]
) -> Float[mx.array, "out"]:
    """Weighted sums of one layer, neuron by neuron and input by input.

    >>> z1 = with_loops(W1, x, b1)
    >>> print(z1)
    array([0.38, 0.56], dtype=float32)
    """
    z = []
    for i in range(W.shape[0]):      # neuron
        total = b[i]
        for j in range(W.shape[1]):  # input
            total = total + W[i, j] * x[j]
        z.append(total)
    return mx.stack(z)


def weighted_sums(
    X: Float[mx.array, "N n"], W: Float[mx.array, "out n"], b: Float[mx.array, "out"]
) -> Float[mx.array, "N out"]:
    r"""Weighted sums of one layer for a batch, one example per row.

    $$
    Z = X W^\top + \mathbf{1}_N b^\top
    $$

    >>> Z = weighted_sums(X, W1, b1)
    >>> print(Z)
    array([[0.38, 0.56],
           [0.61, 0.68],
           [-0.13, 0.5]], dtype=float32)
    """
    return X @ W.T + b  # (N, n) @ (n, out) + (out,) → (N, out)


def meeting():
    """What meets in each weighted sum: a row of the batch, a row of the weights, a bias.

    >>> left, right, added = X, W1.T, b1
    >>> result = weighted_sums(X, W1, b1)
    >>> letters = ["X", "W^⊤", "b", "Z"]
    >>> print(left.shape, right.shape, result.shape)
    (3, 2) (2, 2) (3, 2)
    """


def three_ways():
    """Loops, a matrix product and MLX's own layer: the same numbers.

    >>> layer = nn.Linear(2, 2)
    >>> layer.weight, layer.bias = W1, b1
    >>> by_layer = layer(X)
    >>> by_product = weighted_sums(X, W1, b1)
    >>> by_loops = mx.stack([with_loops(W1, x_n, b1) for x_n in X])
    >>> print(mx.allclose(by_loops, by_product), mx.allclose(by_product, by_layer))
    array(True, dtype=bool) array(True, dtype=bool)
    """


def shapes():
    """The shape of every array on the way of a batch through the network.

    >>> Z1 = weighted_sums(X, W1, b1)
    >>> A1 = mx.maximum(Z1, 0)
    >>> Z2 = weighted_sums(A1, W2, b2)
    >>> for name, array in (("X", X), ("Z1", Z1), ("A1", A1), ("Z2", Z2)):
    ...     print(name, array.shape)
    X (3, 2)
    Z1 (3, 2)
    A1 (3, 2)
    Z2 (3, 1)
    """


def linear_shapes():
    """How nn.Linear keeps its parameters: inputs come first in the call, last in the weights.

    >>> layer = nn.Linear(3, 5)
    >>> print(layer.weight.shape)
    (5, 3)
    >>> print(layer.bias.shape)
    (5,)
    """


def rows_for_columns():
    """The weights on the wrong side: a square matrix lets it pass.

    >>> z1 = x @ W1 + b1
    >>> print(z1)
    array([0.8, -0.49], dtype=float32)
    """


def rows_as_rows():
    """Weights with one row per neuron, input on the left: transpose.

    >>> z1 = x @ W1.T + b1
    >>> print(z1)
    array([0.38, 0.56], dtype=float32)
    """


def column_input():
    """One example written as a column: two examples of one feature.

    >>> layer = nn.Linear(2, 2)
    >>> layer(mx.array([[0.5], [0.2]]))  # (2, 1)
    Traceback (most recent call last):
        ...
    ValueError: [addmm] Last dimension of first input with shape (2,1) must match second to last dimension of second input with shape (2,2).
    """


def row_input():
    """One example is one row.

    >>> layer = nn.Linear(2, 2)
    >>> print(layer(mx.array([[0.5, 0.2]])).shape)  # (1, 2) → (1, 2)
    (1, 2)
    """


def row_bias():
    """A bias for each example instead of one for each neuron: with as many of both, nothing is raised.

    >>> X_two = X[:2]  # (2, 2)
    >>> Z = X_two @ W1.T + b1[:, None]
    >>> print(Z)
    array([[0.38, 0.96],
           [0.21, 0.68]], dtype=float32)
    """


def column_bias():
    """A bias of shape (out,) is added to every row.

    >>> X_two = X[:2]  # (2, 2)
    >>> Z = X_two @ W1.T + b1
    >>> print(Z)
    array([[0.38, 0.56],
           [0.61, 0.68]], dtype=float32)
    """


def fourth_example():
    """The weighted sum of neuron 2 on a fourth example.

    >>> Z = weighted_sums(mx.array([[0.4, 0.3]]), W1, b1)
    >>> print(Z)
    array([[0.21, 0.54]], dtype=float32)
    >>> answer = Z[0, 1]
    """


def parameters():
    """Parameters of a network 30-8-1: every layer has out × in weights and out biases.

    >>> sizes = [30, 8, 1]
    >>> count = 0
    >>> for n, out in zip(sizes, sizes[1:]):
    ...     count += out * n + out
    >>> print(count)
    257
    """


def batch_shape():
    """The shape of a batch behind a layer: rows stay, columns become neurons.

    >>> layer = nn.Linear(30, 8)
    >>> rows, columns = layer(mx.zeros((426, 30))).shape  # (426, 30) → (426, 8)
    >>> print(rows, columns)
    426 8
    """
