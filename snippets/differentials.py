"""Differentials of matrices, and the trace trick that makes gradients of them."""

import mlx.core as mx
from jaxtyping import Float


def product_differential(
    A: Float[mx.array, "m n"],
    B: Float[mx.array, "n k"],
    dA: Float[mx.array, "m n"],
    dB: Float[mx.array, "n k"],
) -> Float[mx.array, "m k"]:
    r"""Change of a product when both its factors change a little.

    $$
    U = dA\, B + A\, dB
    $$

    >>> A, B = mx.array([[1.0, 2.0], [3.0, 4.0]]), mx.array([[5.0, 6.0], [7.0, 8.0]])
    >>> dA, dB = mx.array([[0.1, 0.0], [0.0, 0.0]]), mx.array([[0.2, 0.0], [0.0, 0.0]])
    >>> print(product_differential(A, B, dA, dB))
    array([[0.7, 0.6],
           [0.6, 0]], dtype=float32)
    >>> C, U = mx.jvp(mx.matmul, [A, B], [dA, dB])
    >>> print(U[0])
    array([[0.7, 0.6],
           [0.6, 0]], dtype=float32)
    >>> print(dA @ dB)
    array([[0.02, 0],
           [0, 0]], dtype=float32)
    """
    return dA @ B + A @ dB


def inner_product(
    A: Float[mx.array, "m n"], B: Float[mx.array, "m n"]
) -> Float[mx.array, ""]:
    r"""Products of all entries of two matrices, added up.

    $$
    s = \sum_{i=1}^{m} \sum_{j=1}^{n} a_{ij} b_{ij} = \operatorname{tr}(A^\top B)
    $$

    >>> A, B = mx.array([[1.0, 2.0, 0.0], [3.0, 4.0, 1.0]]), mx.ones((2, 3))
    >>> print(inner_product(A, B), mx.trace(A.T @ B))
    array(11, dtype=float32) array(11, dtype=float32)
    """
    return (A * B).sum()


def cyclic(
    A: Float[mx.array, "m n"], B: Float[mx.array, "n k"], C: Float[mx.array, "k m"]
) -> Float[mx.array, ""]:
    r"""Trace of a product: the last factor may come to the front.

    $$
    r = \operatorname{tr}(A B C) = \operatorname{tr}(C A B) = \operatorname{tr}(B C A)
    $$

    >>> A, B, C = mx.ones((2, 3)), mx.ones((3, 4)), mx.ones((4, 2))
    >>> print((A @ B @ C).shape, (C @ A @ B).shape, (B @ C @ A).shape)
    (2, 2) (4, 4) (3, 3)
    >>> print(cyclic(A, B, C), mx.trace(C @ A @ B), mx.trace(B @ C @ A))
    array(24, dtype=float32) array(24, dtype=float32) array(24, dtype=float32)
    """
    return mx.trace(A @ B @ C)


def along_inputs(
    Delta: Float[mx.array, "N out"], W: Float[mx.array, "out in"], dX: Float[mx.array, "N in"]
) -> Float[mx.array, ""]:
    r"""Change of the loss when the inputs of a layer change a little.

    $$
    \begin{aligned}
    v &= \operatorname{tr}(\Delta^\top dX W^\top) \\
      &= \operatorname{tr}(W^\top \Delta^\top dX) \\
      &= \operatorname{tr}((\Delta \, W)^\top dX)
    \end{aligned}
    $$

    >>> Delta = mx.array([[0.2, -0.4], [-0.5, 0.1], [0.4, 0.5]])  # (N, out)
    >>> W, dX = mx.array([[0.6, -1.1], [1.0, 0.8]]), mx.full((3, 2), 0.01)
    >>> print(along_inputs(Delta, W, dX), ((Delta @ W) * dX).sum())
    array(0.0031, dtype=float32) array(0.0031, dtype=float32)
    """
    dZ = dX @ W.T            # (N, in) @ (in, out) → (N, out)
    return (Delta * dZ).sum()


def along_weights(
    Delta: Float[mx.array, "N out"], X: Float[mx.array, "N in"], dV: Float[mx.array, "in out"]
) -> Float[mx.array, ""]:
    r"""Change of the loss when weights that stand on the right of the inputs change a little.

    $$
    \begin{aligned}
    v &= \operatorname{tr}(\Delta^\top X dV) \\
      &= \operatorname{tr}((X^\top \Delta)^\top dV)
    \end{aligned}
    $$

    >>> Delta = mx.array([[0.2, -0.4], [-0.5, 0.1], [0.4, 0.5]])  # (N, out)
    >>> X = mx.array([[0.5, 0.2], [0.7, 0.1], [0.2, 0.5]])        # (N, in)
    >>> dV = mx.full((2, 2), 0.01)
    >>> print(along_weights(Delta, X, dV), ((X.T @ Delta) * dV).sum())
    array(0.0017, dtype=float32) array(0.0017, dtype=float32)
    """
    dZ = X @ dV              # (N, in) @ (in, out) → (N, out)
    return (Delta * dZ).sum()


def not_any_order():
    """Three factors in another order: two of them exchanged.

    >>> A, B = mx.array([[1.0, 2.0], [3.0, 4.0]]), mx.array([[0.0, 1.0], [1.0, 0.0]])
    >>> C = mx.array([[1.0, 0.0], [0.0, 2.0]])
    >>> print(mx.trace(A @ B @ C), mx.trace(A @ C @ B))
    array(8, dtype=float32) array(7, dtype=float32)
    """


def in_a_circle():
    """The last factor brought to the front.

    >>> A, B = mx.array([[1.0, 2.0], [3.0, 4.0]]), mx.array([[0.0, 1.0], [1.0, 0.0]])
    >>> C = mx.array([[1.0, 0.0], [0.0, 2.0]])
    >>> print(mx.trace(A @ B @ C), mx.trace(C @ A @ B))
    array(8, dtype=float32) array(8, dtype=float32)
    """
