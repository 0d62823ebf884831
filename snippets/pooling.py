"""Max-pooling: the largest of each window, and where its slope goes."""

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float


def window_max(
    z: Float[mx.array, "n"]
) -> tuple[Float[mx.array, ""], Float[mx.array, "n"]]:
    r"""The largest of a window, and its slope along each number: shared by those that are largest.

    $$
    y = \max_k z_k
    $$

    $$
    \frac{\partial y}{\partial z_j} = \frac{[z_j = y]}{\sum_{k=1}^{n} [z_k = y]}
    $$

    >>> for z in (mx.array([1.0, 3.0, 0.0, 2.0]), mx.array([3.0, 3.0, 0.0, 2.0])):
    ...     y, dy_dz = window_max(z)
    ...     print(y, dy_dz, mx.grad(mx.max)(z))
    array(3, dtype=float32) array([0, 1, 0, 0], dtype=float32) array([0, 1, 0, 0], dtype=float32)
    array(3, dtype=float32) array([0.5, 0.5, 0, 0], dtype=float32) array([0.5, 0.5, 0, 0], dtype=float32)
    """
    y = z.max()
    largest = z == y
    return y, largest / largest.sum()


def pool(X: Float[mx.array, "h w"]) -> Float[mx.array, "h//2 w//2"]:
    r"""The largest number of each 2 × 2 window.

    $$
    y_{ij} = \max(x_{2 i - 1,2 j - 1}, x_{2 i - 1,2 j}, x_{2 i,2 j - 1}, x_{2 i,2 j})
    $$

    >>> X = mx.array([[1.0, 3, 0, 0], [0, 2, 0, 0], [4, 0, 5, 5], [1, 2, 2, 5]])  # (4, 4)
    >>> Y = pool(X)
    >>> print(Y)
    array([[3, 0],
           [4, 5]], dtype=float32)
    >>> layer = nn.MaxPool2d(kernel_size=2)
    >>> print(layer(X[None, :, :, None])[0, :, :, 0])
    array([[3, 0],
           [4, 5]], dtype=float32)
    """
    m, n = X.shape[0] // 2, X.shape[1] // 2
    windows = X[: 2 * m, : 2 * n].reshape(m, 2, n, 2)
    return windows.max(axis=(1, 3))


def pool_backward(
    X: Float[mx.array, "h w"], dL_dY: Float[mx.array, "h//2 w//2"]
) -> Float[mx.array, "h w"]:
    """Slope of the loss along the picture: that of each window goes to its largest number, or is shared.

    >>> X = mx.array([[1.0, 3, 0, 0], [0, 2, 0, 0], [4, 0, 5, 5], [1, 2, 2, 5]])  # (4, 4)
    >>> dL_dY = mx.array([[1.0, 2.0], [4.0, 3.0]])
    >>> dL_dX = pool_backward(X, dL_dY)
    >>> print(dL_dX)
    array([[0, 1, 0.5, 0.5],
           [0, 0, 0.5, 0.5],
           [4, 0, 1, 1],
           [0, 0, 0, 1]], dtype=float32)
    """
    m, n = dL_dY.shape
    windows = X.reshape(m, 2, n, 2)
    largest = windows == windows.max(axis=(1, 3), keepdims=True)
    shares = largest / largest.sum(axis=(1, 3), keepdims=True)
    slopes = shares * dL_dY[:, None, :, None]  # (m, 2, n, 2) * (m, 1, n, 1)
    return slopes.reshape(X.shape)             # (m, 2, n, 2) → (2 m, 2 n)


def each_in_full():
    """Every largest number gets the whole slope.

    >>> X, dL_dY = mx.zeros((2, 2)), mx.array([[1.0]])
    >>> dL_dX = (X == pool(X)) * dL_dY
    >>> print(dL_dX)
    array([[1, 1],
           [1, 1]], dtype=float32)
    """


def shared_out():
    """The largest numbers share the slope.

    >>> X, dL_dY = mx.zeros((2, 2)), mx.array([[1.0]])
    >>> dL_dX = pool_backward(X, dL_dY)
    >>> print(dL_dX)
    array([[0.25, 0.25],
           [0.25, 0.25]], dtype=float32)
    >>> layer = nn.MaxPool2d(kernel_size=2)
    >>> print(mx.grad(lambda X: layer(X[None, :, :, None]).sum())(X))
    array([[0.25, 0.25],
           [0.25, 0.25]], dtype=float32)
    """
