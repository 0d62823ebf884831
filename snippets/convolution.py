"""Convolution of one picture by one kernel: forward, backward, as a matrix, and transposed."""

import mlx.core as mx
import mlx.nn as nn
import numpy as np
from jaxtyping import Float

from snippets.backward import agree, central_difference

# --8<-- [start:picture]
X = mx.array([[0.0, 0, 2, 2], [0, 1, 2, 2], [0, 0, 2, 1], [1, 0, 0, 1]])  # (4, 4)
W = mx.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])                     # (3, 3)
b = mx.array(1.0)
came_back = mx.array([[1.0, 0.5], [-1, 2]])                              # (2, 2)
# --8<-- [end:picture]


def convolve(
    X: Float[mx.array, "h w"], W: Float[mx.array, "p q"], b: Float[mx.array, ""]
) -> Float[mx.array, "h-p+1 w-q+1"]:
    r"""The kernel laid on every place of the picture: multiplied entry by entry, added up.

    $$
    y_{ij} = b + \sum_{u=1}^{p} \sum_{v=1}^{q} w_{uv} x_{i+u-1,j+v-1}
    $$

    >>> Y = convolve(X, W, b)
    >>> print(Y)
    array([[9, 6],
           [6, 5]], dtype=float32)
    """
    p, q = W.shape
    m, n = X.shape[0] - p + 1, X.shape[1] - q + 1
    Y = mx.zeros((m, n)) + b
    for i in range(m):
        for j in range(n):
            window = X[i : i + p, j : j + q]  # (p, q)
            Y[i, j] += (W * window).sum()
    return Y


def kernel_gradient(
    dL_dY: Float[mx.array, "m n"],
    W: Float[mx.array, "p q"],
    b: Float[mx.array, ""],
    X: Float[mx.array, "m+p-1 n+q-1"],
) -> tuple[Float[mx.array, "p q"], Float[mx.array, ""]]:
    r"""Slope of the loss along the kernel and along the bias.

    $$
    \begin{aligned}
    \frac{\partial L}{\partial w_{uv}}
      &= \sum_{i=1}^{m} \sum_{j=1}^{n} \frac{\partial L}{\partial y_{ij}}
         \cdot \frac{\partial y_{ij}}{\partial w_{uv}} \\
      &= \sum_{i=1}^{m} \sum_{j=1}^{n} \frac{\partial L}{\partial y_{ij}} x_{i+u-1,j+v-1}
    \end{aligned}
    $$

    $$
    \frac{\partial L}{\partial b}
      = \sum_{i=1}^{m} \sum_{j=1}^{n} \frac{\partial L}{\partial y_{ij}}
    $$

    >>> Y, dL_dy = convolve(X, W, b), came_back
    >>> dL_dW, dL_db = kernel_gradient(dL_dy, W, b, X)
    >>> print(dL_dW)
    array([[2, 4, 5],
           [0.5, 6, 3],
           [-1, 1, 4.5]], dtype=float32)
    >>> print(dL_db)
    array(2.5, dtype=float32)
    """
    dL_dW = convolve(X, dL_dY, mx.array(0.0))  # the slopes are the kernel
    return dL_dW, dL_dY.sum()


def picture_gradient(
    dL_dY: Float[mx.array, "m n"],
    W: Float[mx.array, "p q"],
    b: Float[mx.array, ""],
    X: Float[mx.array, "m+p-1 n+q-1"],
) -> Float[mx.array, "m+p-1 n+q-1"]:
    r"""Slope of the loss along the picture.

    $$
    \begin{aligned}
    \frac{\partial L}{\partial x_{kl}}
      &= \sum_{i=1}^{m} \sum_{j=1}^{n} \frac{\partial L}{\partial y_{ij}}
         \cdot \frac{\partial y_{ij}}{\partial x_{kl}} \\
      &= \sum_{i=1}^{m} \sum_{j=1}^{n} \sum_{u=1}^{p} \sum_{v=1}^{q}
         \frac{\partial L}{\partial y_{ij}} w_{uv} [i + u - 1 = k] [j + v - 1 = l]
    \end{aligned}
    $$

    >>> dL_dX = picture_gradient(came_back, W, b, X)
    >>> print(dL_dX)
    array([[-1, -0.5, 1, 0.5],
           [-1, -3, 1, 3],
           [1, -4.5, -1, 4.5],
           [1, -2, -1, 2]], dtype=float32)
    """
    p, q = W.shape
    around = mx.pad(dL_dY, [(p - 1, p - 1), (q - 1, q - 1)])
    return convolve(around, W[::-1, ::-1], mx.array(0.0))


def connections(
    X: Float[mx.array, "h w"], W: Float[mx.array, "p q"], b: Float[mx.array, ""]
) -> Float[mx.array, "h-p+1 w-q+1 h w"]:
    r"""Slope of each output along each pixel: the kernel once for each output, zeros elsewhere.

    $$
    t_{ijkl} = \frac{\partial y_{ij}}{\partial x_{kl}}
      = \sum_{u=1}^{p} \sum_{v=1}^{q} w_{uv} [i + u - 1 = k] [j + v - 1 = l]
    $$

    >>> T = connections(X, W, b)
    >>> matrix = T.reshape(4, 16)
    >>> print(matrix.astype(mx.int32))
    array([[-1, 0, 1, ..., 0, 0, 0],
           [0, -1, 0, ..., 0, 0, 0],
           [0, 0, 0, ..., 0, 1, 0],
           [0, 0, 0, ..., -1, 0, 1]], dtype=int32)
    >>> print((matrix @ X.flatten() + b).reshape(2, 2))
    array([[9, 6],
           [6, 5]], dtype=float32)
    >>> print((matrix.T @ came_back.flatten()).reshape(4, 4))
    array([[-1, -0.5, 1, 0.5],
           [-1, -3, 1, 3],
           [1, -4.5, -1, 4.5],
           [1, -2, -1, 2]], dtype=float32)
    """
    (p, q), (h, w) = W.shape, X.shape
    m, n = h - p + 1, w - q + 1
    T = mx.zeros((m, n, h, w))
    for i in range(m):
        for j in range(n):
            T[i, j, i : i + p, j : j + q] = W
    return T


def transposed(
    Z: Float[mx.array, "m n"], W: Float[mx.array, "p q"]
) -> Float[mx.array, "m+p-1 n+q-1"]:
    r"""Transposed convolution: each number stamps the kernel, times itself, where it stands.

    $$
    a_{kl} = \sum_{i=1}^{m} \sum_{j=1}^{n} \sum_{u=1}^{p} \sum_{v=1}^{q}
      z_{ij} w_{uv} [i + u - 1 = k] [j + v - 1 = l]
    $$

    >>> A = transposed(came_back, W)
    >>> print(A)
    array([[-1, -0.5, 1, 0.5],
           [-1, -3, 1, 3],
           [1, -4.5, -1, 4.5],
           [1, -2, -1, 2]], dtype=float32)
    >>> layer = mx.conv_transpose2d(came_back[None, :, :, None], W[None, :, :, None])
    >>> print(mx.array_equal(A, layer[0, :, :, 0]))
    array(True, dtype=bool)
    """
    (m, n), (p, q) = Z.shape, W.shape
    A = mx.zeros((m + p - 1, n + q - 1))
    for i in range(m):
        for j in range(n):
            A[i : i + p, j : j + q] += Z[i, j] * W
    return A


def by_hand():
    """The 4 × 4 picture, the kernel and the output, with all their slopes.

    >>> Y = convolve(X, W, b)
    >>> dL_dY, place = came_back, [1, 2]
    >>> dL_dW, dL_db = kernel_gradient(dL_dY, W, b, X)
    >>> dL_dX = picture_gradient(dL_dY, W, b, X)
    >>> print(Y.shape, dL_dW.shape, dL_dX.shape)
    (2, 2) (3, 3) (4, 4)
    """


def three_ways():
    """The slopes along kernel, bias and picture by hand, by mx.grad through MLX's layer, and by finite differences.

    >>> by_hand = *kernel_gradient(came_back, W, b, X), picture_gradient(came_back, W, b, X)
    >>> def loss(W, b, X):
    ...     Y = mx.conv2d(X[None, :, :, None], W[None, :, :, None]) + b
    ...     return (came_back * Y[0, :, :, 0]).sum()
    >>> mx_grad = mx.grad(loss, argnums=(0, 1, 2))(W, b, X)
    >>> W64, b64, X64, back = (np.array(p, np.float64) for p in (W, b, X, came_back))
    >>> def loss64(W, b, X):
    ...     Y = np.zeros((2, 2)) + b
    ...     for i in range(2):
    ...         for j in range(2):
    ...             Y[i, j] += (W * X[i : i + 3, j : j + 3]).sum()
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


def not_turned():
    """The slopes along the picture with the kernel as it is.

    >>> around = mx.pad(came_back, 2)
    >>> print(convolve(around, W, mx.array(0.0)))
    array([[1, 0.5, -1, -0.5],
           [1, 3, -1, -3],
           [-1, 4.5, 1, -4.5],
           [-1, 2, 1, -2]], dtype=float32)
    """


def turned():
    """The same with the kernel turned by half a turn.

    >>> around = mx.pad(came_back, 2)
    >>> print(convolve(around, W[::-1, ::-1], mx.array(0.0)))
    array([[-1, -0.5, 1, 0.5],
           [-1, -3, 1, 3],
           [1, -4.5, -1, 4.5],
           [1, -2, -1, 2]], dtype=float32)
    """


def from_pytorch():
    """A kernel for colour pictures in PyTorch's layout, (out, in, height, width): with three channels and a 3 × 3 kernel it has the same shape, and no error is raised.

    >>> mx.random.seed(0)
    >>> weight = mx.random.normal((8, 3, 3, 3))     # as PyTorch keeps it
    >>> picture = mx.ones((1, 5, 5, 3)) * mx.array([1.0, 0, 0])  # red
    >>> red = weight[:, 0].sum(axis=(1, 2))         # the kernels' red weights
    >>> Y = mx.conv2d(picture, weight)
    >>> print(mx.allclose(Y[0, 0, 0], red))
    array(False, dtype=bool)
    """


def moved_axes():
    """The same weights with their channels moved to the end.

    >>> mx.random.seed(0)
    >>> weight = mx.random.normal((8, 3, 3, 3))
    >>> picture = mx.ones((1, 5, 5, 3)) * mx.array([1.0, 0, 0])
    >>> red = weight[:, 0].sum(axis=(1, 2))
    >>> Y = mx.conv2d(picture, weight.transpose(0, 2, 3, 1))
    >>> print(mx.allclose(Y[0, 0, 0], red))
    array(True, dtype=bool)
    """


def channels_first():
    """A batch with its channels first, as PyTorch has it.

    >>> layer = nn.Conv2d(3, 8, 3)
    >>> print(layer.weight.shape)
    (8, 3, 3, 3)
    >>> layer(mx.zeros((2, 3, 32, 32)))
    Traceback (most recent call last):
        ...
    ValueError: [conv] Expect the input channels in the input and weight array to match but got shapes - input: (2,3,32,32) and weight: (8,3,3,3)
    """


def channels_last():
    """The channels moved to the end.

    >>> layer = nn.Conv2d(3, 8, 3)
    >>> X = mx.zeros((2, 3, 32, 32)).transpose(0, 2, 3, 1)
    >>> print(layer(X).shape)
    (2, 30, 30, 8)
    """
