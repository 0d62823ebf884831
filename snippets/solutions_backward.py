"""Solutions to the exercises on the backward pass."""

import mlx.core as mx

from snippets.backward import backward
from snippets.network import W1, W2, b1, b2, x, y
from snippets.update import sgd_step


def one_weight():
    """One gradient of the first layer: the error at its right end times the input at its left.

    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> dL_dw1_12 = dL_dW1[0, 1]  # ∂L/∂w1_12
    >>> print(dL_dw1_12)
    array(-0.109915, dtype=float32)
    """


def other_label():
    """The other label: the errors change sign and size.

    >>> zero = mx.array([0.0])
    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, zero, W1, b1, W2, b2)
    >>> print(dL_db2)  # δ2
    array([0.389361], dtype=float32)
    >>> print(dL_db1)  # δ1
    array([0.350425, -0.272553], dtype=float32)
    """


def closed_gate():
    """A shut gate: no gradient comes through, and none to the weight behind it.

    >>> swapped = mx.array([0.2, 0.5])
    >>> grads = backward(swapped, y, W1, b1, W2, b2)
    >>> for g in grads:
    ...     print(g)
    array([[-0, -0],
           [0.095085, 0.237713]], dtype=float32)
    array([-0, 0.475425], dtype=float32)
    array([[-0, -0.339589]], dtype=float32)
    array([-0.679179], dtype=float32)
    >>> zeros = sum(mx.sum(g == 0).item() for g in grads)
    >>> print(zeros)
    4
    """
