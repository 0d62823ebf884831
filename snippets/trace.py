"""Every value of the book's network on its example, as the pages draw them."""

import mlx.core as mx

from snippets.backward import backward, hidden_error, output_error
from snippets.forward import forward
from snippets.loss import binary_cross_entropy, logit_slope, loss_slope, sigmoid_slope
from snippets.network import W1, W2, b1, b2, x, y


def forward_pass():
    """Every value from the input to the loss.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> L = binary_cross_entropy(y_hat, y)[0]
    >>> print(y_hat, L)
    array([0.389361], dtype=float32) array(0.943249, dtype=float32)
    """


def both_passes():
    """Every value of both passes.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> L = binary_cross_entropy(y_hat, y)[0]
    >>> dL_dy_hat = loss_slope(y_hat, y)
    >>> dy_hat_dz2 = sigmoid_slope(y_hat)
    >>> dz2_dw2 = a1
    >>> dL_dz2 = logit_slope(z2, y)
    >>> delta2 = output_error(y_hat, y)
    >>> delta1 = hidden_error(W2, delta2, z1)
    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> print(L)
    array(0.943249, dtype=float32)
    """
