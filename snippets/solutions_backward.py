"""Solutions to the exercises on the backward pass."""

import mlx.core as mx

from snippets.backward import backward, hidden_error
from snippets.network import W1, W2, b1, b2, y


def one_weight():
    """One gradient of the first layer: the error at its right end times the input at its left.

    >>> delta2, W2_here = mx.array([-0.4]), mx.array([[0.5]])
    >>> z1_here, x_here = mx.array([0.3]), mx.array([1.0, 3.0])
    >>> delta1 = hidden_error(W2_here, delta2, z1_here)
    >>> dL_dw1_12 = mx.outer(delta1, x_here)[0, 1]
    >>> print(delta1, dL_dw1_12)
    array([-0.2], dtype=float32) array(-0.6, dtype=float32)
    """


def two_wires():
    """The error of a neuron from which two wires lead on: one product for each, added up.

    >>> delta2, W2_here = mx.array([0.3, -0.5]), mx.array([[0.4], [0.8]])
    >>> delta1 = hidden_error(W2_here, delta2, mx.array([1.0]))
    >>> print(f"{delta1.item():.2f}")
    -0.28
    """


def fresh_numbers():
    """All nine gradients of another network, and their sum.

    >>> x_new, y_new = mx.array([1.0, 0.5]), mx.array([0.0])
    >>> W1_new, b1_new = mx.array([[1.0, -1.0], [2.0, 1.0]]), mx.array([0.0, -1.0])
    >>> W2_new, b2_new = mx.array([[3.0, -1.0]]), mx.array([0.0])
    >>> grads = backward(x_new, y_new, W1_new, b1_new, W2_new, b2_new)
    >>> for g in grads:
    ...     print(g)
    array([[1.5, 0.75],
           [-0.5, -0.25]], dtype=float32)
    array([1.5, -0.5], dtype=float32)
    array([[0.25, 0.75]], dtype=float32)
    array([0.5], dtype=float32)
    >>> total = sum(g.sum().item() for g in grads)
    >>> print(total)
    4.0
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
