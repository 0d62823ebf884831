"""Convolution as a layer has it: a batch, many channels, a stride; and how many places there are."""

import mlx.core as mx
import mlx.nn as nn
import numpy as np
from jaxtyping import Float

from snippets.backward import agree, central_difference


def output_size(h: int, p: int, r: int, s: int) -> int:
    r"""How many places a kernel has along one axis.

    $$
    m = \left\lfloor \frac{h + 2 r - p}{s} \right\rfloor + 1
    $$

    >>> h, p, r, s = 8, 3, 1, 2
    >>> m = output_size(h, p, r, s)
    >>> print(m)
    4
    >>> layer = nn.Conv2d(1, 1, kernel_size=3, padding=1, stride=2)
    >>> print(layer(mx.zeros((1, 8, 8, 1))).shape)
    (1, 4, 4, 1)
    """
    return (h + 2 * r - p) // s + 1


def conv2d(
    W: Float[mx.array, "d p q c"],
    X: Float[mx.array, "N p+3 q+3 c"],
    b: Float[mx.array, "d"],
    s: int,
) -> Float[mx.array, "N m n d"]:
    r"""Every kernel on every s-th place of every picture, through all channels.

    $$
    y_{a,i,j,k} = b_k + \sum_{u=1}^{p} \sum_{v=1}^{q} \sum_{l=1}^{c}
      w_{k,u,v,l} x_{a,s (i - 1) + u,s (j - 1) + v,l}
    $$

    >>> mx.random.seed(0)
    >>> pictures = mx.random.normal((2, 4, 4, 3))                 # (N, H, W, c)
    >>> X = mx.pad(pictures, [(0, 0), (1, 1), (1, 1), (0, 0)])    # (2, 6, 6, 3)
    >>> layer = nn.Conv2d(3, 2, kernel_size=3, stride=2, padding=1)
    >>> W, b, s = layer.weight, layer.bias, 2
    >>> Y = conv2d(W, X, b, s)
    >>> print(Y.shape, mx.allclose(Y, layer(pictures), atol=1e-5))
    (2, 2, 2, 2) array(True, dtype=bool)
    """
    (d, p, q, c), (N, height, width, c) = W.shape, X.shape
    m, n = (height - p) // s + 1, (width - q) // s + 1
    Y = mx.zeros((N, m, n, d)) + b
    for u in range(p):
        for v in range(q):
            seen = X[:, u : u + s * m : s, v : v + s * n : s]  # (N, m, n, c)
            Y = Y + seen @ W[:, u, v].T                        # (N, m, n, c) @ (c, d)
    return Y


def conv2d_backward(
    dL_dY: Float[mx.array, "N m n d"],
    W: Float[mx.array, "d p q c"],
    b: Float[mx.array, "d"],
    X: Float[mx.array, "N m+p-1 n+q-1 c"],
) -> tuple[
    Float[mx.array, "d p q c"], Float[mx.array, "d"], Float[mx.array, "N m+p-1 n+q-1 c"]
]:
    r"""Slope of the loss along kernels, biases and pictures, where the stride is 1.

    $$
    \frac{\partial L}{\partial w_{k,u,v,l}} = \sum_{a=1}^{N} \sum_{i=1}^{m} \sum_{j=1}^{n}
      \frac{\partial L}{\partial y_{a,i,j,k}} x_{a,i+u-1,j+v-1,l}
    $$

    $$
    \frac{\partial L}{\partial b_k} = \sum_{a=1}^{N} \sum_{i=1}^{m} \sum_{j=1}^{n}
      \frac{\partial L}{\partial y_{a,i,j,k}}
    $$

    $$
    \frac{\partial L}{\partial x_{a,g,h,l}} = \sum_{i=1}^{m} \sum_{j=1}^{n} \sum_{k=1}^{d}
      \sum_{u=1}^{p} \sum_{v=1}^{q} \frac{\partial L}{\partial y_{a,i,j,k}} w_{k,u,v,l}
      [i + u - 1 = g] [j + v - 1 = h]
    $$

    >>> mx.random.seed(0)
    >>> X, W = mx.random.normal((2, 6, 6, 3)), mx.random.normal((2, 3, 3, 3))
    >>> b, dL_dY = mx.zeros(2), mx.random.normal((2, 4, 4, 2))
    >>> dL_dW, dL_db, dL_dX = conv2d_backward(dL_dY, W, b, X)
    >>> print(dL_dW.shape, dL_db.shape, dL_dX.shape)
    (2, 3, 3, 3) (2,) (2, 6, 6, 3)
    """
    (d, p, q, c), (N, m, n, d) = W.shape, dL_dY.shape
    slopes = dL_dY.reshape(-1, d)                             # (N m n, d)
    dL_dW, dL_dX = mx.zeros(W.shape), mx.zeros(X.shape)
    for u in range(p):
        for v in range(q):
            seen = X[:, u : u + m, v : v + n].reshape(-1, c)  # (N m n, c)
            dL_dW[:, u, v] = slopes.T @ seen                  # (d, N m n) @ (N m n, c)
            dL_dX[:, u : u + m, v : v + n] += dL_dY @ W[:, u, v]
    return dL_dW, slopes.sum(axis=0), dL_dX


def spread(
    dL_dY: Float[mx.array, "N m n d"], s: int, rows: int, columns: int
) -> Float[mx.array, "N rows columns d"]:
    """The slopes of a strided convolution at every s-th of all the places; 0 at those left out.

    >>> dL_dY = mx.array([[1.0, 2.0], [3.0, 4.0]])[None, :, :, None]
    >>> print(spread(dL_dY, 2, 4, 4)[0, :, :, 0])
    array([[1, 0, 2, 0],
           [0, 0, 0, 0],
           [3, 0, 4, 0],
           [0, 0, 0, 0]], dtype=float32)
    """
    N, m, n, d = dL_dY.shape
    every = mx.zeros((N, rows, columns, d))
    every[:, : s * m : s, : s * n : s] = dL_dY
    return every


def strided_three_ways():
    """The slopes along kernels, biases and pictures by hand, by mx.grad and by finite differences, with padding and stride.

    >>> mx.random.seed(0)
    >>> pictures, dL_dY = mx.random.normal((2, 4, 4, 2)), 0.2 * mx.random.normal((2, 2, 2, 2))
    >>> layer = nn.Conv2d(2, 2, kernel_size=3, stride=2, padding=1)
    >>> W, b = layer.weight, layer.bias
    >>> around = [(0, 0), (1, 1), (1, 1), (0, 0)]
    >>> X = mx.pad(pictures, around)                      # (2, 6, 6, 2)
    >>> dL_dW, dL_db, dL_dX = conv2d_backward(spread(dL_dY, 2, 4, 4), W, b, X)
    >>> by_hand = dL_dW, dL_db, dL_dX[:, 1:-1, 1:-1]      # the margin is cut off again
    >>> def loss(W, b, X):
    ...     return (dL_dY * (mx.conv2d(X, W, stride=2, padding=1) + b)).sum()
    >>> mx_grad = mx.grad(loss, argnums=(0, 1, 2))(W, b, pictures)
    >>> W64, b64, X64, back = (np.array(p, np.float64) for p in (W, b, pictures, dL_dY))
    >>> def loss64(W, b, X):
    ...     X, Y = np.pad(X, around), np.zeros((2, 2, 2, 2)) + b
    ...     for u in range(3):
    ...         for v in range(3):
    ...             Y += X[:, u : u + 3 : 2, v : v + 3 : 2] @ W[:, u, v].T
    ...     return (back * Y).sum()
    >>> finite_difference = [
    ...     central_difference(lambda w: loss64(w, b64, X64), W64),
    ...     central_difference(lambda w: loss64(W64, w, X64), b64),
    ...     central_difference(lambda x: loss64(W64, b64, x), X64),
    ... ]
    >>> for name, *ways in zip("WbX", by_hand, mx_grad, finite_difference):
    ...     print(name, agree(*ways))
    W True
    b True
    X True
    """


def unseen():
    """A stride that does not come out even: the last row and column are never looked at, and get no slope.

    >>> layer = nn.Conv2d(1, 1, kernel_size=2, stride=2)
    >>> dL_dX = mx.grad(lambda X: layer(X).sum())(mx.ones((1, 5, 5, 1)))
    >>> print((dL_dX[0, :, :, 0] != 0).astype(mx.int32))
    array([[1, 1, 1, 1, 0],
           [1, 1, 1, 1, 0],
           [1, 1, 1, 1, 0],
           [1, 1, 1, 1, 0],
           [0, 0, 0, 0, 0]], dtype=int32)
    """


def seen():
    """With a padding of 1 around it, every pixel is looked at.

    >>> layer = nn.Conv2d(1, 1, kernel_size=2, stride=2, padding=1)
    >>> dL_dX = mx.grad(lambda X: layer(X).sum())(mx.ones((1, 5, 5, 1)))
    >>> print((dL_dX[0, :, :, 0] != 0).astype(mx.int32))
    array([[1, 1, 1, 1, 1],
           [1, 1, 1, 1, 1],
           [1, 1, 1, 1, 1],
           [1, 1, 1, 1, 1],
           [1, 1, 1, 1, 1]], dtype=int32)
    """
