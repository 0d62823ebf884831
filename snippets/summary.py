"""A second network, worked end to end; only the losses and the last prediction are rounded."""

import mlx.core as mx

from snippets.backward import backward, hidden_error, loss, output_error
from snippets.forward import forward
from snippets.update import sgd_step

# --8<-- [start:second]
x = mx.array([1.0, 2.0])                   # (2,)
y = mx.array([0.0])                        # (1,)
W1 = mx.array([[0.5, -0.5], [0.25, 0.5]])  # (2, 2)
b1 = mx.array([0.25, -0.5])                # (2,)
W2 = mx.array([[1.5, -1.0]])               # (1, 2)
b2 = mx.array([0.75])                      # (1,)
# --8<-- [end:second]


def first_sum():
    """Weighted sum of hidden neuron 1.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> print(z1[0])
    array(-0.25, dtype=float32)
    """


def second_activation():
    """Activations of the hidden layer: the first neuron is silent.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> print(a1)
    array([0, 0.75], dtype=float32)
    """


def prediction():
    """The output's weighted sum and the prediction.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> print(z2)
    array([0], dtype=float32)
    >>> print(y_hat)
    array([0.5], dtype=float32)
    """


def first_loss():
    """The loss of an undecided network: log 2.

    >>> L = loss(x, y, W1, b1, W2, b2)
    >>> print(L)
    array(0.693147, dtype=float32)
    """


def last_error():
    """The error at the output: prediction minus label.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> delta2 = output_error(y_hat, y)
    >>> print(delta2)
    array([0.5], dtype=float32)
    """


def errors_behind():
    """The error at the hidden layer: none reaches the silent neuron.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> delta2 = output_error(y_hat, y)
    >>> delta1 = hidden_error(W2, delta2, z1)
    >>> print(delta1)
    array([0, -0.5], dtype=float32)
    """


def output_gradient():
    """Gradients of the output weights: error times activation.

    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> print(dL_dW2)
    array([[0, 0.375]], dtype=float32)
    """


def hidden_gradient():
    """Gradients of the hidden weights: error times input.

    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> print(dL_dW1)
    array([[0, 0],
           [-0.5, -1]], dtype=float32)
    """


def how_many_zeros():
    """How many of the nine gradients are 0: all that belong to the silent neuron, and the weight behind it.

    >>> grads = backward(x, y, W1, b1, W2, b2)
    >>> for g in grads:
    ...     print(g == 0)
    array([[True, True],
           [False, False]], dtype=bool)
    array([True, False], dtype=bool)
    array([[True, False]], dtype=bool)
    array([False], dtype=bool)
    >>> zeros = sum((g == 0).sum().item() for g in grads)
    >>> print(zeros)
    4
    """


def second_pass():
    """One step of gradient descent, and the loss after it.

    >>> before = [W1, b1, W2, b2]
    >>> grads = backward(x, y, *before)
    >>> after = [sgd_step(w, g, eta=0.5) for w, g in zip(before, grads)]
    >>> for w in after:
    ...     print(w)
    array([[0.5, -0.5],
           [0.5, 1]], dtype=float32)
    array([0.25, -0.25], dtype=float32)
    array([[1.5, -1.1875]], dtype=float32)
    array([0.5], dtype=float32)
    >>> z1, a1, z2, y_hat = forward(x, *after)
    >>> L = loss(x, y, *after)
    >>> print(y_hat, L)
    array([0.102305], dtype=float32) array(0.107925, dtype=float32)
    """
