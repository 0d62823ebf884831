"""Solutions to the exercises on matrix calculus."""

import mlx.core as mx
import mlx.nn as nn

from snippets.backward import agree


def two_by_two():
    """The Jacobian of two outputs of two inputs, row by row.

    >>> def outputs(x):
    ...     return mx.stack([x[0] ** 2 + x[1], x[0] * x[1]])
    >>> x = mx.array([3.0, 2.0])
    >>> J = mx.stack([mx.grad(lambda x: outputs(x)[i])(x) for i in range(2)])
    >>> print(J)
    array([[6, 1],
           [2, 3]], dtype=float32)
    >>> total = J.sum().item()
    """


def two_examples():
    """Gradients of one neuron for two examples.

    >>> X, Delta = mx.array([[0.5, 3.0], [1.0, 2.0]]), mx.array([[1.0], [-2.0]])
    >>> dL_dW, dL_db = Delta.T @ X, Delta.sum(axis=0)
    >>> print(dL_dW, dL_db)
    array([[-1.5, -1]], dtype=float32) array([-1], dtype=float32)
    >>> first = dL_dW[0, 0].item()
    """


def ten_shapes():
    """The ten shapes, and how many numbers they hold together.

    >>> X, W, b = mx.ones((32, 30)), mx.ones((8, 30)), mx.ones(8)
    >>> w, y = mx.ones(8), mx.ones(32)
    >>> layer = lambda X, W, b: X @ W.T + b
    >>> loss_from = lambda Z: ((nn.relu(Z) @ w - y) ** 2).mean()
    >>> loss = lambda X, W, b: loss_from(layer(X, W, b))
    >>> last = lambda w: ((nn.relu(layer(X, W, b)) @ w - y) ** 2).mean()
    >>> def jacobian(f, at):
    ...     one = f(at)
    ...     units = mx.eye(one.size).reshape(-1, *one.shape)
    ...     rows = mx.vmap(lambda unit: mx.vjp(f, [at], [unit])[1][0])(units)
    ...     return rows.reshape(*one.shape, *at.shape)
    >>> Z, x = layer(X, W, b), X[0]
    >>> in_X, in_W, in_b = mx.grad(loss, argnums=(0, 1, 2))(X, W, b)
    >>> ten = [
    ...     Z, mx.grad(loss_from)(Z), in_W, in_b, in_X, mx.grad(last)(w),
    ...     jacobian(lambda x: W @ x + b, x), jacobian(nn.relu, W @ x + b),
    ...     jacobian(lambda row: loss(row, W, b)[None], x[None])[0],
    ...     jacobian(lambda W: layer(X, W, b), W),
    ... ]
    >>> for number, each in enumerate(ten, 1):
    ...     print(number, each.shape)
    1 (32, 8)
    2 (32, 8)
    3 (8, 30)
    4 (8,)
    5 (32, 30)
    6 (8,)
    7 (8, 30)
    8 (8, 8)
    9 (1, 30)
    10 (32, 8, 8, 30)
    >>> total = sum(each.size for each in ten)
    >>> print(total)
    63502
    """


def least_squares():
    """Half the squared error of a linear model: its gradient by hand, then by mx.grad.

    >>> X, y = mx.array([[1.0, 2.0], [3.0, 4.0]]), mx.array([1.0, 0.0])
    >>> w = mx.array([1.0, -1.0])
    >>> Delta = X @ w - y
    >>> dL_dw = X.T @ Delta
    >>> print(Delta, dL_dw)
    array([-2, -1], dtype=float32) array([-5, -8], dtype=float32)
    >>> loss = lambda w: ((X @ w - y) ** 2).sum() / 2
    >>> print(agree(dL_dw, mx.grad(loss)(w)))
    True
    >>> second = dL_dw[1].item()
    """


def scores():
    """Scores of queries and keys: both gradients from the differential, then from mx.grad.

    >>> Q = mx.array([[1.0, 0.5], [0.0, -1.0]])               # (2, 2)
    >>> K = mx.array([[0.2, 0.4], [1.0, -0.5], [0.3, 0.0]])   # (3, 2)
    >>> G = mx.array([[0.5, -1.0, 2.0], [1.0, 0.0, -0.5]])    # (2, 3)
    >>> dL_dQ, dL_dK = G @ K, G.T @ Q
    >>> loss = lambda Q, K: (G * (Q @ K.T)).sum()
    >>> in_Q, in_K = mx.grad(loss, argnums=(0, 1))(Q, K)
    >>> print(agree(dL_dQ, in_Q), agree(dL_dK, in_K))
    True True
    >>> print(dL_dK)
    array([[0.5, -0.75],
           [-1, -0.5],
           [2, 1.5]], dtype=float32)
    >>> first = dL_dK[0, 0].item()
    """
