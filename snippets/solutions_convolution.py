"""Solutions to the exercises on convolution."""

import mlx.core as mx
import mlx.nn as nn

from snippets.conv2d import output_size
from snippets.convolution import convolve, kernel_gradient, picture_gradient
from snippets.pooling import pool


def places():
    """Places along one axis: 28 wide, kernel 5, padding 2, stride 2.

    >>> m = output_size(28, 5, 2, 2)
    >>> print(m)
    14
    """


def small_picture():
    """A 3 × 3 picture and a 2 × 2 kernel.

    >>> X = mx.array([[1.0, 0, 2], [0, 3, 1], [2, 1, 0]])
    >>> W, b = mx.array([[1.0, -1], [0, 2]]), mx.array(0.5)
    >>> Y = convolve(X, W, b)
    >>> print(Y)
    array([[7.5, 0.5],
           [-0.5, 2.5]], dtype=float32)
    """


def its_gradients():
    """The same, with slopes coming back.

    >>> X = mx.array([[1.0, 0, 2], [0, 3, 1], [2, 1, 0]])
    >>> W, b = mx.array([[1.0, -1], [0, 2]]), mx.array(0.5)
    >>> dL_dY = mx.array([[1.0, 2], [0, -1]])
    >>> dL_dW, dL_db = kernel_gradient(dL_dY, W, b, X)
    >>> dL_dX = picture_gradient(dL_dY, W, b, X)
    >>> print(dL_dW)
    array([[-2, 3],
           [5, 5]], dtype=float32)
    >>> print(dL_db)
    array(2, dtype=float32)
    >>> print(dL_dX)
    array([[1, 1, -2],
           [0, 1, 5],
           [0, 0, -2]], dtype=float32)
    """


def parameters():
    """Numbers that are learned, and numbers that a layer without sharing would have.

    >>> layer = nn.Conv2d(3, 8, kernel_size=3)
    >>> count = layer.weight.size + layer.bias.size
    >>> print(count)
    224
    >>> Y = layer(mx.zeros((1, 10, 10, 3)))
    >>> dense = 10 * 10 * 3 * Y.size + Y.size
    >>> print(dense)
    154112
    """


def moves_along():
    """A picture moved by two pixels: the output of a convolution moves by two, that of pooling by one.

    >>> mx.random.seed(0)
    >>> X = mx.pad(mx.random.normal((4, 4)), [(2, 4), (2, 4)])  # (10, 10)
    >>> right = mx.roll(X, 2, axis=1)
    >>> W, b = mx.random.normal((3, 3)), mx.array(0.0)
    >>> Y, Y_right = convolve(X, W, b), convolve(right, W, b)
    >>> print(mx.allclose(Y[:, :-2], Y_right[:, 2:], atol=1e-6))
    array(True, dtype=bool)
    >>> print(mx.allclose(pool(Y)[:, :-1], pool(Y_right)[:, 1:], atol=1e-6))
    array(True, dtype=bool)
    >>> one = convolve(mx.roll(X, 1, axis=1), W, b)
    >>> places = mx.sum(mx.abs(pool(Y) - pool(one)) > 1e-6).item()
    >>> print(places)
    6
    """
