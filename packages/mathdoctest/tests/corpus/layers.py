"""Quantities that run over layers, in either direction."""

import mlx.core as mx
from jaxtyping import Float


def activations(
    x: Float[mx.array, "_first"], W: list[Float[mx.array, "_here _before"]]
) -> list[Float[mx.array, "_here"]]:
    r"""A deep network without biases.

    $$
    a^{(0)} = x
    $$

    $$
    a^{(l)} = \tanh(W^{(l)} a^{(l-1)}) \quad l = 1, \dots, D
    $$
    """
    a = [x]
    for each in W:
        a.append(mx.tanh(each @ a[-1]))
    return a


def signals(
    W: list[Float[mx.array, "_here _before"]],
    z: list[Float[mx.array, "_here"]],
    g: Float[mx.array, "_last"],
) -> list[Float[mx.array, "_here"]]:
    r"""What travels back through all layers, from the last to the first.

    $$
    r^{(D)} = g
    $$

    $$
    r^{(l)} = (W^{(l+1)})^\top r^{(l+1)} \odot \tanh'(z^{(l)}) \quad l = D - 1, \dots, 1
    $$
    """
    r = [g]
    for weights, at in zip(W[:0:-1], z[-2::-1], strict=True):
        r.append(weights.T @ r[-1] * (1 - mx.tanh(at) ** 2))
    return r[::-1]


def size_of_weights(W: list[Float[mx.array, "_here _before"]]) -> Float[mx.array, ""]:
    r"""The penalty of weight decay, over all layers.

    $$
    R = \frac{1}{2} \sum_{l=1}^{D} \|W^{(l)}\|_F^2
    $$
    """
    return sum((each**2).sum() for each in W) / 2
