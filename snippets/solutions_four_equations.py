"""Solutions to the exercises on the four equations."""

import mlx.core as mx

from snippets.activations import relu_slope, sigmoid_prime, tanh
from snippets.backward import agree
from snippets.forward import relu, sigmoid
from snippets.four_equations import W, b, backward_all, forward_all
from snippets.loss import binary_cross_entropy, loss_slope
from snippets.network import x, y


def one_error():
    """One step back for the error: two wires, one slope.

    >>> w_next, delta_next, slope = mx.array([0.5, 1.0]), mx.array([0.2, -0.4]), 0.5
    >>> delta = ((w_next * delta_next).sum() * slope).item()
    >>> print(f"{delta:.2f}")
    -0.15
    """


def two_losses():
    """The output error where a sigmoid says 0.8 and the label is 0: cross-entropy, then half the squared error.

    >>> y_hat, y = 0.8, 0.0
    >>> entropy, squared = y_hat - y, (y_hat - y) * y_hat * (1 - y_hat)
    >>> print(f"{entropy:.3f} {squared:.3f}")
    0.800 0.128
    """


def chain_of_three():
    """Three layers of one ReLU neuron, the last without activation; half the squared error.

    >>> W_one = [mx.array([[1.0]]), mx.array([[0.5]]), mx.array([[-1.0]])]
    >>> b_one = [mx.array([-1.0]), mx.array([1.0]), mx.array([2.0])]
    >>> x_one, label = mx.array([2.0]), mx.array([1.0])
    >>> delta, dL_db, dL_dW = backward_all(
    ...     x_one, W_one, b_one, relu, relu_slope, lambda z: z, mx.ones_like,
    ...     lambda y_hat: y_hat - label,
    ... )
    >>> print([delta_l.item() for delta_l in delta])
    [0.25, 0.5, -0.5]
    >>> print([dL_dW_l.item() for dL_dW_l in dL_dW])
    [0.5, 0.5, -0.75]
    >>> total = sum(dL_dW_l.item() for dL_dW_l in dL_dW)
    """


def along_input():
    """The slope of the loss along the input: by the fifth equation, then by mx.grad.

    >>> delta, dL_db, dL_dW = backward_all(
    ...     x, W, b, relu, relu_slope, sigmoid, sigmoid_prime,
    ...     lambda y_hat: loss_slope(y_hat, y),
    ... )
    >>> dL_dx = W[0].T @ delta[0]
    >>> loss = lambda x: binary_cross_entropy(forward_all(x, W, b, relu, sigmoid)[2], y).sum()
    >>> print(agree(dL_dx, mx.grad(loss)(x)))
    True
    >>> along_first = dL_dx[0].item()
    >>> print(f"{along_first:.4f}")
    -0.0107
    """


def own_activations():
    """ReLU in the first layer, tanh in the second, a sigmoid in the last: each error through its own slope.

    >>> sigma = [relu, mx.tanh, sigmoid]
    >>> sigma_prime = [relu_slope, lambda z: tanh(z)[1], sigmoid_prime]
    >>> def forward_each(W):
    ...     z, a = [], [x]
    ...     for W_l, b_l, sigma_l in zip(W, b, sigma):
    ...         z.append(W_l @ a[-1] + b_l)
    ...         a.append(sigma_l(z[-1]))
    ...     return z, a
    >>> z, a = forward_each(W)
    >>> delta = [a[-1] - y]  # cross-entropy and a sigmoid
    >>> for l in (1, 0):
    ...     delta.insert(0, W[l + 1].T @ delta[0] * sigma_prime[l](z[l]))
    >>> dL_dW = [mx.outer(delta_l, a_l) for delta_l, a_l in zip(delta, a)]
    >>> loss = lambda W: binary_cross_entropy(forward_each(W)[1][-1], y).sum()
    >>> print(all(agree(*both) for both in zip(dL_dW, mx.grad(loss)(W))))
    True
    >>> first = dL_dW[0][0, 0].item()
    >>> print(f"{first:.4f}")
    -0.0535
    """
