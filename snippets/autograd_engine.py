"""The autograd engine at work: a node used twice, every step held against MLX, two moons."""

import math

import mlx.core as mx
from jaxtyping import Float

from snippets.backward import agree, backward
from snippets.engine import (
    Node, add, deepest_first, exp, fit, gradients, log, matmul, multiply, pull, rectify,
    softplus, step, take, total, transpose, write,
)
from snippets.network import W1, W2, b1, b2, x, y


def used_twice(
    u: Float[mx.array, ""], v: Float[mx.array, ""]
) -> tuple[Float[mx.array, ""], Float[mx.array, ""], Float[mx.array, ""]]:
    r"""A graph in which two values are used twice: a sum, a product, and their product.

    $$
    s = u + v
    $$

    $$
    p = u v
    $$

    $$
    L = s p
    $$

    >>> u, v = mx.array(2.0), mx.array(3.0)
    >>> s, p, L = used_twice(u, v)
    >>> print(s, p)
    array(5, dtype=float32) array(6, dtype=float32)
    >>> print(L)
    array(30, dtype=float32)
    """
    s = u + v
    p = u * v
    return s, p, s * p


def slope_of_both(
    u: Float[mx.array, ""], v: Float[mx.array, ""]
) -> Float[mx.array, ""]:
    r"""Slope along a value that is used twice: what comes back from each use, added up.

    $$
    \begin{aligned}
    \frac{\partial L}{\partial u}
      &= \frac{\partial L}{\partial s} \cdot \frac{\partial s}{\partial u}
        + \frac{\partial L}{\partial p} \cdot \frac{\partial p}{\partial u} \\
      &= p + s v
    \end{aligned}
    $$

    >>> u, v = mx.array(2.0), mx.array(3.0)
    >>> s, p, L = used_twice(u, v)
    >>> dL_du = slope_of_both(u, v)
    >>> print(dL_du)
    array(21, dtype=float32)
    """
    s, p, L = used_twice(u, v)
    return p + s * v


def as_graph(names: dict, grads: dict) -> tuple[list, list]:
    """The nodes and edges of a drawing: values, gradients, and the slope along each edge.

    names: node → its letter, and the sign of its step.
    """
    nodes, edges = [], []
    for node, (name, sign) in names.items():
        drawn = {"name": name, "label": name, "value": node.value, "grad": grads[node]}
        nodes.append(drawn | ({"op": sign} if sign else {}))
        if node.parents:
            for parent, slope in zip(node.parents, pull(node, mx.array(1.0))):
                start = names[parent][0]
                edges.append({"from": start, "to": name, "local": slope})
    return nodes, edges


def recorded():
    """The same graph from the engine's own records, with what came back.

    >>> u, v = Node(2.0), Node(3.0)
    >>> s, p = u + v, u * v
    >>> L = s * p
    >>> names = {u: ("u", ""), v: ("v", ""), s: ("s", "+"), p: ("p", "×"), L: ("L", "×")}
    >>> nodes, edges = as_graph(names, gradients(L))
    >>> for node in nodes:
    ...     print(node["name"], node["value"].item(), node["grad"].item())
    u 2.0 21.0
    v 3.0 16.0
    s 5.0 6.0
    p 6.0 5.0
    L 30.0 1.0
    """


def to_each_row(
    A: Float[mx.array, "m k"], b: Float[mx.array, "k"]
) -> Float[mx.array, "m k"]:
    r"""A vector added to each row of a matrix: broadcasting repeats it.

    $$
    c_{ij} = a_{ij} + b_j
    $$
    """
    return A + b


def to_each_row_back(
    dL_dC: Float[mx.array, "m k"], b: Float[mx.array, "k"]
) -> Float[mx.array, "k"]:
    r"""The way back to a vector that was repeated: what its copies get, added up.

    $$
    \frac{\partial L}{\partial b_j} = \sum_{i=1}^{m} \frac{\partial L}{\partial c_{ij}}
    $$

    >>> b = mx.array([0.3, -0.1])
    >>> dL_dC = mx.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> dL_db = to_each_row_back(dL_dC, b)
    >>> print(dL_db)
    array([9, 12], dtype=float32)
    """
    return fit(dL_dC, b)  # (m, k) → (k,)


def op_by_op():
    """Every step on random inputs: the engine's gradients beside those of MLX.

    >>> mx.random.seed(0)
    >>> A, B = mx.random.normal((3, 4)), mx.random.normal((4, 2))
    >>> C, d = mx.random.normal((3, 4)), mx.random.normal((4,))
    >>> positive, r = mx.abs(A) + 0.1, mx.array([2, 0, 2, 2])
    >>> steps = {
    ...     "add": (add, mx.add, [A, C]),
    ...     "add, rows": (add, mx.add, [A, d]),
    ...     "multiply": (multiply, mx.multiply, [A, C]),
    ...     "multiply, rows": (multiply, mx.multiply, [d, A]),
    ...     "matmul": (matmul, mx.matmul, [A, B]),
    ...     "transpose": (transpose, mx.transpose, [A]),
    ...     "exp": (exp, mx.exp, [A]),
    ...     "log": (log, mx.log, [positive]),
    ...     "rectify": (rectify, lambda A: mx.maximum(A, 0), [A]),
    ...     "softplus": (softplus, lambda A: mx.logaddexp(A, mx.array(0.0)), [A]),
    ...     "total": (total, mx.sum, [A]),
    ...     "take": (lambda A: take(A, r), lambda A: A[r], [A]),
    ... }
    >>> for name, (ours, theirs, given) in steps.items():
    ...     nodes, v = [Node(each) for each in given], mx.random.normal(theirs(*given).shape)
    ...     grads = gradients(total(ours(*nodes) * v))  # v comes back into the step
    ...     mlx = mx.vjp(theirs, given, [v])[1]
    ...     equal = [mx.allclose(grads[p], g, atol=1e-5) for p, g in zip(nodes, mlx)]
    ...     print(f"{name:15}{all(equal)}")
    add            True
    add, rows      True
    multiply       True
    multiply, rows True
    matmul         True
    transpose      True
    exp            True
    log            True
    rectify        True
    softplus       True
    total          True
    take           True
    """


def nine_gradients():
    """The book's network on the engine: all nine gradients, beside those by hand.

    >>> nodes = [Node(p) for p in (W1, b1, W2, b2)]
    >>> V1, c1, V2, c2 = nodes
    >>> a1 = rectify(Node(x[None]) @ transpose(V1) + c1)  # (1, 2)
    >>> z2 = a1 @ transpose(V2) + c2                      # (1, 1)
    >>> L = total(softplus(z2) - z2 * y)
    >>> grads = gradients(L)
    >>> print(L.value)
    array(0.943249, dtype=float32)
    >>> for node, by_hand in zip(nodes, backward(x, y, W1, b1, W2, b2)):
    ...     print(grads[node], agree(grads[node], by_hand))
    array([[-0.274788, -0.109915],
           [0.213724, 0.0854895]], dtype=float32) True
    array([-0.549575, 0.427447], dtype=float32) True
    array([[-0.232043, -0.341958]], dtype=float32) True
    array([-0.610639], dtype=float32) True
    """


def moons(count: int, seed: int) -> tuple[Float[mx.array, "N 2"], Float[mx.array, "N 1"]]:
    """Two half circles that reach into each other, a little disturbed: points and labels.

    >>> X, Y = moons(100, seed=0)
    >>> print(X.shape, Y.shape)
    (100, 2) (100, 1)
    """
    mx.random.seed(seed)
    angle = mx.linspace(0, math.pi, count // 2)
    upper = mx.stack([mx.cos(angle), mx.sin(angle)], axis=1)
    lower = mx.stack([1 - mx.cos(angle), 0.5 - mx.sin(angle)], axis=1)
    X = mx.concatenate([upper, lower]) + 0.15 * mx.random.normal((count, 2))
    return X, mx.repeat(mx.array([0.0, 1.0]), count // 2)[:, None]


def logits(X: Node, parameters: list[Node]) -> Node:
    """Logits of a network with one hidden layer."""
    V1, c1, V2, c2 = parameters
    hidden = rectify(X @ transpose(V1) + c1)  # (N, 2) → (N, 16)
    return hidden @ transpose(V2) + c2        # (N, 16) → (N, 1)


def mean_loss(Z: Node, Y: Float[mx.array, "N 1"]) -> Node:
    """Cross-entropy from logits, the mean over all examples."""
    return total(softplus(Z) - Z * Y) * (1 / len(Y))


def sixteen_hidden(seed: int) -> list[mx.array]:
    """Values to begin with: random weights as He takes them, biases of 0."""
    mx.random.seed(seed)
    V1, V2 = mx.random.normal((16, 2)), mx.random.normal((1, 16))
    return [V1, mx.zeros(16), V2 * math.sqrt(2 / 16), mx.zeros(1)]


def descend(
    values: list[mx.array], X: Float[mx.array, "N 2"], Y: Float[mx.array, "N 1"], steps: int
) -> tuple[list, list]:
    """Gradient descent with a learning rate of 1: the values before each step, and the losses."""
    history, losses = [], []
    for _ in range(steps):
        parameters = [Node(value) for value in values]
        L = mean_loss(logits(Node(X), parameters), Y)
        grads = gradients(L)
        history.append(values)
        losses.append(L.value.item())
        values = [p.value - 1.0 * grads[p] for p in parameters]
    return history, losses


def right(values: list[mx.array], X: Float[mx.array, "N 2"], Y: Float[mx.array, "N 1"]) -> int:
    """How many points are on the right side of the border."""
    Z = logits(Node(X), [Node(value) for value in values]).value
    return ((Z > 0) == Y).sum().item()


def two_moons():
    """The two moons, 300 steps: losses, and how many are right of 100 points, and of 100 new ones.

    >>> X, Y = moons(100, seed=0)
    >>> history, losses = descend(sixteen_hidden(seed=1), X, Y, 301)
    >>> X_new, Y_new = moons(100, seed=2)
    >>> print("steps  loss  right  of new ones")
    steps  loss  right  of new ones
    >>> for done in (0, 20, 100, 300):
    ...     trained, new = right(history[done], X, Y), right(history[done], X_new, Y_new)
    ...     print(f"{done:5}  {losses[done]:.2f}  {trained:5}  {new:11}")
        0  0.69     71           72
       20  0.29     88           90
      100  0.20     94           94
      300  0.08     98           97
    """


def borders():
    """Logits all over the plane, before training and after 20, 100 and 300 steps.

    >>> X, Y = moons(100, seed=0)
    >>> history, losses = descend(sixteen_hidden(seed=1), X, Y, 301)
    >>> across, up = mx.linspace(-1.75, 2.75, 46), mx.linspace(-1.25, 1.75, 31)
    >>> places = mx.stack(mx.meshgrid(across, up), axis=-1).reshape(-1, 2)  # (31·46, 2)
    >>> maps = {}
    >>> for done in (0, 20, 100, 300):
    ...     parameters = [Node(value) for value in history[done]]
    ...     maps[str(done)] = logits(Node(places), parameters).value.reshape(31, 46)
    >>> points, classes, letter = X.tolist(), Y[:, 0].tolist(), "t"
    """


def kept_on_the_nodes():
    """Gradients that stay where they are from one sweep to the next: the second is neither once nor twice the first.

    >>> u = Node(2.0)
    >>> L = (u * 3.0) * 5.0
    >>> kept = {}
    >>> for sweep in (1, 2):
    ...     kept[L] = mx.array(1.0)
    ...     for node in deepest_first(L):
    ...         if node.parents:
    ...             for parent, g in zip(node.parents, pull(node, kept[node])):
    ...                 kept[parent] = kept.get(parent, 0.0) + g
    ...     print(kept[u])
    array(15, dtype=float32)
    array(45, dtype=float32)
    """


def fresh_each_time():
    """Every sweep begins with nothing: the second is the first again.

    >>> u = Node(2.0)
    >>> L = (u * 3.0) * 5.0
    >>> first, second = gradients(L)[u], gradients(L)[u]
    >>> print(first, second, first + second)
    array(15, dtype=float32) array(15, dtype=float32) array(30, dtype=float32)
    """


def last_use_only():
    """A gradient that replaces what another use has sent: one of two paths is lost.

    >>> u, v = Node(2.0), Node(3.0)
    >>> L = (u + v) * (u * v)
    >>> grads = {L: mx.array(1.0)}
    >>> for node in deepest_first(L):
    ...     if node.parents:
    ...         for parent, g in zip(node.parents, pull(node, grads[node])):
    ...             grads[parent] = g
    >>> print(grads[u], grads[v])
    array(15, dtype=float32) array(10, dtype=float32)
    """


def every_use():
    """What comes back from every use, added up.

    >>> u, v = Node(2.0), Node(3.0)
    >>> L = (u + v) * (u * v)
    >>> grads = gradients(L)
    >>> print(grads[u], grads[v])
    array(21, dtype=float32) array(16, dtype=float32)
    """


def calls(node: Node) -> int:
    """How often a way back that calls itself for each parent is called.

    >>> for steps in (2, 4, 8, 16):
    ...     a = Node(1.0)
    ...     for _ in range(steps):
    ...         a = a + a
    ...     print(f"{steps:2} {calls(a):6}")
     2      7
     4     31
     8    511
    16 131071
    """
    return 1 + sum(calls(parent) for parent in node.parents)


def each_node_once():
    """Ten thousand steps, each of which uses a value twice, with a list in place of calls.

    >>> a = u = Node(1.0)
    >>> for _ in range(10_000):
    ...     a = (a + a) * 0.5
    >>> nodes, slope = len(deepest_first(a)), gradients(a)[u]
    >>> print(nodes, slope)
    30001 array(1, dtype=float32)
    """


def changed_between():
    """A value that is changed in place between the two passes: the way back reads the new one.

    >>> u = Node(mx.array([2.0]))
    >>> L = total(u * u * u)
    >>> u.value[0] = 10.0
    >>> print(L.value, gradients(L)[u])
    array(8, dtype=float32) array([204], dtype=float32)
    """


def made_anew():
    """A new node for the new value: the old one keeps what it was computed with.

    >>> u = Node(mx.array([2.0]))
    >>> L = total(u * u * u)
    >>> u_new = Node(mx.array([10.0]))
    >>> print(L.value, gradients(L)[u])
    array(8, dtype=float32) array([12], dtype=float32)
    """


def overwritten():
    """Two values written to one place: the first is lost, and MLX gives it a gradient all the same.

    >>> def total_of(u):
    ...     a = mx.zeros(3)
    ...     a[mx.array([0, 0, 2])] = u
    ...     return a.sum()
    >>> print(mx.grad(total_of)(mx.array([5.0, 6.0, 7.0])))
    array([1, 1, 1], dtype=float32)
    """


def last_one_stays():
    """The same on the engine: what was overwritten gets 0.

    >>> u = Node(mx.array([[5.0], [6.0], [7.0]]))
    >>> a = write(mx.zeros((3, 1)), u, mx.array([0, 0, 2]))
    >>> print(gradients(total(a))[u].T)
    array([[0, 1, 1]], dtype=float32)
    """
