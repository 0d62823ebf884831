"""An autograd engine: reverse mode over arrays of MLX, without `mx.grad`."""

from collections.abc import Callable

import mlx.core as mx
from jaxtyping import Float, Int


class Node:
    """A value, the nodes that it was computed from, and the rule of the way back.

    >>> u, v = Node(2.0), Node(3.0)
    >>> L = (u + v) * (u * v)
    >>> print(L.value)
    array(30, dtype=float32)
    >>> print(L.parents)
    (Node(5.0), Node(6.0))
    >>> print(u.depth, L.parents[0].depth, L.depth)
    0 1 2
    """

    def __init__(self, value, back=None, parents=()):
        self.value = value if isinstance(value, mx.array) else mx.array(value)
        self.back = back
        self.parents = parents
        self.depth = max((p.depth + 1 for p in parents), default=0)

    def __add__(self, other):
        return add(self, other)

    def __mul__(self, other):
        return multiply(self, other)

    def __sub__(self, other):
        return self + multiply(other, -1.0)

    def __matmul__(self, other):
        return matmul(self, other)

    def __getitem__(self, n):
        return take(self, n)

    def __repr__(self):
        return f"Node({self.value})"

    __radd__, __rmul__ = __add__, __mul__


def step(f: Callable, back: Callable) -> Callable:
    """A function of arrays, made one of nodes: its result remembers where it came from.

    >>> square = step(lambda a: a * a, lambda dL_dc, a: dL_dc * 2 * a)
    >>> c = square(Node(3.0))
    >>> print(c.value, c.parents[0].value)
    array(9, dtype=float32) array(3, dtype=float32)
    >>> print(c.back(mx.array(1.0), mx.array(3.0)))
    array(6, dtype=float32)
    """
    def recorded(*given):
        parents = tuple(g if isinstance(g, Node) else Node(g) for g in given)
        return Node(f(*(p.value for p in parents)), back, parents)

    return recorded


def deepest_first(end: Node) -> list[Node]:
    """All nodes that a node was computed from, and itself: none before those that use it.

    >>> u, v = Node(2.0), Node(3.0)
    >>> L = (u + v) * (u * v)
    >>> print([node.value.item() for node in deepest_first(L)])
    [30.0, 5.0, 6.0, 2.0, 3.0]
    """
    found, seen = [end], {end}
    for node in found:  # the list grows while we walk along it
        for parent in node.parents:
            if parent not in seen:
                found.append(parent)
                seen.add(parent)
    return sorted(found, key=lambda node: node.depth, reverse=True)


def gradients(end: Node) -> dict[Node, mx.array]:
    """The gradient of a node along every node that it was computed from.

    >>> u, v = Node(2.0), Node(3.0)
    >>> L = (u + v) * (u * v)
    >>> grads = gradients(L)
    >>> print(grads[u], grads[v])
    array(21, dtype=float32) array(16, dtype=float32)
    >>> print(mx.grad(lambda u, v: (u + v) * (u * v), argnums=[0, 1])(u.value, v.value))
    (array(21, dtype=float32), array(16, dtype=float32))
    """
    grads = {end: mx.ones_like(end.value)}
    for node in deepest_first(end):
        if node.parents:
            for parent, g in zip(node.parents, pull(node, grads[node])):
                grads[parent] = grads[parent] + g if parent in grads else g
    return grads


def pull(node: Node, g: Float[mx.array, "..."]) -> list[mx.array]:
    """What a node's gradient gives to each of its parents.

    >>> p = Node(2.0) * Node(3.0)
    >>> print(pull(p, mx.array(5.0)))
    [array(15, dtype=float32), array(10, dtype=float32)]
    """
    slopes = node.back(g, *(p.value for p in node.parents))
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    return [fit(s, p.value) for s, p in zip(slopes, node.parents)]


def fit(g: Float[mx.array, "..."], value: mx.array) -> Float[mx.array, "..."]:
    """A gradient in the shape of a value: added up over the axes along which it was repeated.

    >>> print(fit(mx.array([[1.0, 2.0], [3.0, 4.0]]), mx.zeros(2)))
    array([4, 6], dtype=float32)
    >>> print(fit(mx.array([[1.0, 2.0], [3.0, 4.0]]), mx.zeros((2, 1))))
    array([[3],
           [7]], dtype=float32)
    """
    shape = (1,) * (g.ndim - value.ndim) + value.shape
    repeated = [k for k in range(g.ndim) if shape[k] < g.shape[k]]
    return g.sum(axis=repeated).reshape(value.shape)


# ---- the rules: each function of arrays, and its way back


def plus(a: Float[mx.array, "..."], b: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Sum, entry by entry.

    $$
    c = a + b
    $$
    """
    return a + b


def plus_back(
    dL_dc: Float[mx.array, "..."], a: Float[mx.array, "..."], b: Float[mx.array, "..."]
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""The way back through a sum, entry by entry: both get the gradient as it is.

    $$
    \frac{\partial L}{\partial a} = \frac{\partial L}{\partial c}
    $$

    $$
    \frac{\partial L}{\partial b} = \frac{\partial L}{\partial c}
    $$

    >>> a, b, dL_dc = mx.array(2.0), mx.array(3.0), mx.array(6.0)
    >>> dL_da, dL_db = plus_back(dL_dc, a, b)
    >>> print(dL_da, dL_db)
    array(6, dtype=float32) array(6, dtype=float32)
    """
    return dL_dc, dL_dc


def times(a: Float[mx.array, "..."], b: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Product, entry by entry.

    $$
    p = a b
    $$
    """
    return a * b


def times_back(
    dL_dp: Float[mx.array, "..."], a: Float[mx.array, "..."], b: Float[mx.array, "..."]
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""The way back through a product, entry by entry: the gradient times the other factor.

    $$
    \frac{\partial L}{\partial a} = \frac{\partial L}{\partial p} b
    $$

    $$
    \frac{\partial L}{\partial b} = \frac{\partial L}{\partial p} a
    $$

    >>> a, b, dL_dp = mx.array(2.0), mx.array(3.0), mx.array(5.0)
    >>> dL_da, dL_db = times_back(dL_dp, a, b)
    >>> print(dL_da, dL_db)
    array(15, dtype=float32) array(10, dtype=float32)
    """
    return dL_dp * b, dL_dp * a


def product(
    A: Float[mx.array, "m k"], B: Float[mx.array, "k q"]
) -> Float[mx.array, "m q"]:
    r"""Product of two matrices.

    $$
    M = A B
    $$
    """
    return A @ B


def product_back(
    dL_dM: Float[mx.array, "m q"], A: Float[mx.array, "m k"], B: Float[mx.array, "k q"]
) -> tuple[Float[mx.array, "m k"], Float[mx.array, "k q"]]:
    r"""The way back through a product of matrices.

    $$
    \frac{\partial L}{\partial A} = \frac{\partial L}{\partial M} B^\top
    $$

    $$
    \frac{\partial L}{\partial B} = A^\top \frac{\partial L}{\partial M}
    $$

    >>> A, B = mx.array([[1.0, 2.0]]), mx.array([[3.0, 4.0], [5.0, 6.0]])
    >>> dL_dM = mx.array([[1.0, -1.0]])
    >>> dL_dA, dL_dB = product_back(dL_dM, A, B)
    >>> print(dL_dA)
    array([[-1, -1]], dtype=float32)
    >>> print(dL_dB)
    array([[1, -1],
           [2, -2]], dtype=float32)
    """
    return dL_dM @ B.T, A.T @ dL_dM


def turned(A: Float[mx.array, "m k"]) -> Float[mx.array, "k m"]:
    r"""Transpose.

    $$
    Q = A^\top
    $$
    """
    return A.T


def turned_back(
    dL_dQ: Float[mx.array, "k m"], A: Float[mx.array, "m k"]
) -> Float[mx.array, "m k"]:
    r"""The way back through a transpose.

    $$
    \frac{\partial L}{\partial a_{ij}} = \frac{\partial L}{\partial q_{ji}}
    $$
    """
    return dL_dQ.T


def gate(a: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""ReLU, entry by entry.

    $$
    g = \max(a, 0)
    $$
    """
    return mx.maximum(a, 0)


def gate_back(
    dL_dg: Float[mx.array, "..."], a: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""The way back through ReLU, entry by entry.

    $$
    \frac{\partial L}{\partial a} = \frac{\partial L}{\partial g} [a > 0]
    $$
    """
    return dL_dg * (a > 0)


def soft_gate(a: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Softplus, entry by entry.

    $$
    s = \log(1 + e^{a})
    $$
    """
    return mx.logaddexp(a, mx.array(0.0))


def soft_gate_back(
    dL_ds: Float[mx.array, "..."], a: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""The way back through softplus, entry by entry: its slope is the sigmoid.

    $$
    \frac{\partial L}{\partial a} = \frac{\partial L}{\partial s} \cdot \frac{1}{1 + e^{-a}}
    $$
    """
    return dL_ds * mx.sigmoid(a)


def everything(A: mx.array) -> mx.array:
    r"""Sum of all entries.

    $$
    S = \sum_{i=1}^{m} \sum_{j=1}^{k} a_{ij}
    $$
    """
    return A.sum()


def everything_back(dL_dS: mx.array, A: mx.array) -> mx.array:
    r"""The way back through a sum of all entries: each gets the gradient as it is.

    $$
    \frac{\partial L}{\partial a_{ij}} = \frac{\partial L}{\partial S}
    $$
    """
    return dL_dS * mx.ones_like(A)


def rows(X: Float[mx.array, "m q"], r: Int[mx.array, "s"]) -> Float[mx.array, "s q"]:
    r"""Rows of a matrix, read by their numbers.

    $$
    y_{ij} = x_{r_i j}
    $$
    """
    return X[r]


def rows_back(
    dL_dY: Float[mx.array, "s q"], X: Float[mx.array, "m q"], r: Int[mx.array, "s"]
) -> Float[mx.array, "m q"]:
    r"""The way back from rows that were read: each gradient is added where its row stands.

    $$
    \frac{\partial L}{\partial x_{kj}} = \sum_{i=1}^{s} [r_i = k] \frac{\partial L}{\partial y_{ij}}
    $$

    >>> X, r = mx.array([[1.0, 2.0], [3.0, 4.0]]), mx.array([0, 0, 1])
    >>> dL_dY = mx.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    >>> dL_dX = rows_back(dL_dY, X, r)
    >>> print(dL_dX)
    array([[3, 30],
           [3, 30]], dtype=float32)
    """
    return mx.zeros_like(X).at[r].add(dL_dY)


def last(r: Int[mx.array, "s"], m: int) -> Int[mx.array, "m"]:
    """For each of m rows, which entry of r names it last, counted from 0; −1 where none does.

    >>> print(last(mx.array([0, 0, 2]), 3))
    array([1, -1, 2], dtype=int32)
    """
    return mx.full((m,), -1).at[r].maximum(mx.arange(r.size))


def written(
    X: Float[mx.array, "m q"], U: Float[mx.array, "s q"], r: Int[mx.array, "s"]
) -> Float[mx.array, "m q"]:
    """A matrix after rows were written into it; where two want the same place, the last stays.

    >>> X, U = mx.zeros((3, 1)), mx.array([[5.0], [6.0], [7.0]])
    >>> print(written(X, U, mx.array([0, 0, 2])).T)
    array([[6, 0, 7]], dtype=float32)
    """
    w = last(r, len(X))
    return mx.where(w[:, None] >= 0, U[w], X)


def written_back(
    dL_dY: Float[mx.array, "m q"], X: Float[mx.array, "m q"],
    U: Float[mx.array, "s q"], r: Int[mx.array, "s"],
) -> tuple[Float[mx.array, "m q"], Float[mx.array, "s q"]]:
    """The way back from a written matrix: what was overwritten gets 0.

    >>> X, U = mx.zeros((3, 1)), mx.array([[5.0], [6.0], [7.0]])
    >>> dL_dX, dL_dU = written_back(mx.ones((3, 1)), X, U, mx.array([0, 0, 2]))
    >>> print(dL_dX.T, dL_dU.T)
    array([[0, 1, 0]], dtype=float32) array([[0, 1, 1]], dtype=float32)
    """
    w = last(r, len(X))
    stayed = w[r] == mx.arange(r.size)
    return dL_dY * (w[:, None] < 0), dL_dY[r] * stayed[:, None]


# --8<-- [start:steps]
add = step(plus, plus_back)
multiply = step(times, times_back)
matmul = step(product, product_back)
transpose = step(turned, turned_back)
rectify = step(gate, gate_back)
softplus = step(soft_gate, soft_gate_back)
total = step(everything, everything_back)
take = step(rows, rows_back)
write = step(written, written_back)
exp = step(mx.exp, lambda dL_dc, a: dL_dc * mx.exp(a))
log = step(mx.log, lambda dL_dc, a: dL_dc / a)
# --8<-- [end:steps]
