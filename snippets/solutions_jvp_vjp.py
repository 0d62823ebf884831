"""Solutions to the exercises on JVP and VJP."""

import mlx.core as mx

from snippets.backward import loss
from snippets.forward import forward
from snippets.jvp_vjp import by_columns
from snippets.network import W1, W2, b1, b2, x, y


def cheaper_way():
    """Passes for the whole Jacobian of a function with 5 inputs and 40 outputs: by columns, counted.

    >>> def f(x):
    ...     passed.append(x.shape)
    ...     return mx.ones((40, 5)) @ x
    >>> passed = []
    >>> J = by_columns(f, mx.zeros(5))
    >>> count = len(passed)
    >>> print(J.shape, count)
    (40, 5) 5
    """


def push_by_hand():
    """The JVP of two small functions at (3, 2), along (1, -1).

    >>> f = lambda x: mx.stack([x[0] * x[1], x[0] + x[1] ** 2])
    >>> outputs, moved = mx.jvp(f, [mx.array([3.0, 2.0])], [mx.array([1.0, -1.0])])
    >>> r = moved[0]
    >>> print(r)
    array([-1, -3], dtype=float32)
    """


def pull_by_hand():
    """The VJP of the same functions at the same place, with a cotangent of (2, 1).

    >>> f = lambda x: mx.stack([x[0] * x[1], x[0] + x[1] ** 2])
    >>> outputs, slopes = mx.vjp(f, [mx.array([3.0, 2.0])], [mx.array([2.0, 1.0])])
    >>> s = slopes[0]
    >>> print(s)
    array([5, 10], dtype=float32)
    """


def straight_through():
    """Rounding with a gradient of its own, which hands the cotangent on as it is.

    >>> rounded = mx.custom_function(mx.round)
    >>> @rounded.vjp
    ... def back(w, v, q):
    ...     return v
    >>> w = mx.array(1.25)
    >>> slope = mx.grad(lambda w: (rounded(w) - 3) ** 2)(w)
    >>> print(slope)
    array(-4, dtype=float32)
    >>> print(mx.grad(lambda w: (mx.round(w) - 3) ** 2)(w))
    array(0, dtype=float32)
    """


def second_slopes():
    """How the gradient of the output weights moves when the first of them does: forward over reverse, then by hand.

    >>> along_W2 = lambda W2: loss(x, y, W1, b1, W2, b2)
    >>> u = mx.array([[1.0, 0.0]])
    >>> gradients, moved = mx.jvp(mx.grad(along_W2), [W2], [u])
    >>> print(gradients[0])
    array([[-0.232043, -0.341958]], dtype=float32)
    >>> Hu = moved[0]
    >>> print(Hu)
    array([[0.0343324, 0.0505951]], dtype=float32)
    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> print(y_hat * (1 - y_hat) * a1 * a1[0])
    array([0.0343324, 0.0505951], dtype=float32)
    """
