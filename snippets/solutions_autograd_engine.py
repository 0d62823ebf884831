"""Solutions to the exercises on the autograd engine."""

import mlx.core as mx

from snippets.engine import Node, deepest_first, gradients, step, take, total


def other_numbers():
    """The graph of the chapter with 1 and 4: both paths to u, added up.

    >>> u, v = Node(1.0), Node(4.0)
    >>> L = (u + v) * (u * v)
    >>> dL_du = gradients(L)[u]
    >>> print(dL_du)
    array(24, dtype=float32)
    """


def read_twice():
    """Rows 2, 1 and 2 were read; the gradients of the second row meet.

    >>> X, dL_dY = Node(mx.zeros((3, 1))), mx.array([[1.0], [10.0], [100.0]])
    >>> Y = take(X, mx.array([1, 0, 1]))  # counted from 0
    >>> dL_dX = gradients(total(Y * dL_dY))[X]
    >>> print(dL_dX.T)
    array([[10, 101, 0]], dtype=float32)
    """


def one_more_rule():
    """tanh as a step, its slope at 0.5, and that of MLX.

    >>> tanh = step(mx.tanh, lambda dL_dt, a: dL_dt * (1 - mx.tanh(a) ** 2))
    >>> a = Node(0.5)
    >>> slope = gradients(tanh(a))[a]
    >>> print(slope, mx.grad(mx.tanh)(a.value))
    array(0.786448, dtype=float32) array(0.786448, dtype=float32)
    """


def divided():
    """A quotient as a step: its slopes at 3 divided by 2.

    >>> divide = step(mx.divide, lambda g, a, b: (g / b, -g * a / b**2))
    >>> a, b = Node(3.0), Node(2.0)
    >>> grads = gradients(divide(a, b))
    >>> along_a, along_b = grads[a], grads[b]
    >>> print(along_a, along_b)
    array(0.5, dtype=float32) array(-0.75, dtype=float32)
    """


def gradient_nodes(end: Node) -> dict[Node, Node]:
    """The gradients as nodes, recorded too: the rules are handed nodes in place of arrays."""
    grads = {end: Node(mx.ones_like(end.value))}
    for node in deepest_first(end):
        if node.parents:
            for parent, g in zip(node.parents, node.back(grads[node], *node.parents)):
                grads[parent] = grads[parent] + g if parent in grads else g
    return grads


def slope_of_a_slope():
    """The second derivative of a cube at 2, from the gradient of a gradient.

    >>> by = step(mx.multiply, lambda g, a, b: (g * b, g * a))
    >>> u = Node(2.0)
    >>> first = gradient_nodes(by(by(u, u), u))[u]
    >>> second = gradients(first)[u]
    >>> print(first.value, second)
    array(12, dtype=float32) array(12, dtype=float32)
    """
