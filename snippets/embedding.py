"""Embedding: a row of a table for each letter, and the way back into the table."""

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
from jaxtyping import Float, Int

from snippets.austen import words
from snippets.backward import central_difference

# --8<-- [start:anna]
letters = "abn"
x = mx.array([letters.index(letter) for letter in "anna"])  # (4,)
W = mx.array([[0.2, -0.4], [0.5, 0.1], [-0.3, 0.6]])        # (3, 2)
# --8<-- [end:anna]


def look_up(
    W: Float[mx.array, "V d"], x: Int[mx.array, "N"]
) -> Float[mx.array, "N d"]:
    r"""A row of the table for each letter.

    $$
    h_{nk} = w_{x_n k}
    $$

    >>> H = look_up(W, x)
    >>> print(x)
    array([0, 2, 2, 0], dtype=int32)
    >>> print(H)
    array([[0.2, -0.4],
           [-0.3, 0.6],
           [-0.3, 0.6],
           [0.2, -0.4]], dtype=float32)
    """
    return W[x]


def layer():
    """MLX's layer is such a table, filled at random: its rows are about 1 long.

    >>> mx.random.seed(0)
    >>> layer = nn.Embedding(1000, 64)  # V, d
    >>> print(layer.weight.shape, layer(x).shape)
    (1000, 64) (4, 64)
    >>> length = mx.sqrt((layer.weight**2).sum(axis=1)).mean().item()
    >>> print(f"{length:.1f}")
    1.0
    """


def product(
    W: Float[mx.array, "V d"], x: Int[mx.array, "N"]
) -> tuple[Float[mx.array, "N V"], Float[mx.array, "N d"]]:
    r"""The same rows, by a product with a matrix of zeros and ones.

    $$
    o_{nv} = [x_n = v]
    $$

    $$
    H = O W
    $$

    >>> O, H = product(W, x)
    >>> print(O)
    array([[1, 0, 0],
           [0, 0, 1],
           [0, 0, 1],
           [1, 0, 0]], dtype=float32)
    >>> print(mx.array_equal(H, look_up(W, x)))
    array(True, dtype=bool)
    """
    O = mx.eye(len(W))[x]  # (N, V)
    return O, O @ W        # (N, V) @ (V, d) → (N, d)


def graph():
    """A table of one column as a graph: three rows, four places, and a loss.

    >>> w = [0.2, 0.5, -0.3]
    >>> r = [0.1, 0.2, -0.5, 0.6]
    >>> places = x.tolist()
    >>> h = [w[v] for v in places]
    >>> L = sum(each * slope for each, slope in zip(h, r))
    >>> back = [0.0, 0.0, 0.0]
    >>> for v, slope in zip(places, r):
    ...     back[v] += slope
    >>> nodes = [
    ...     {"name": f"w_{v + 1}", "label": f"w_{v + 1}", "value": w[v], "grad": back[v]}
    ...     for v in range(3)
    ... ]
    >>> nodes += [
    ...     {"name": f"h_{n + 1}", "label": f"h_{n + 1}", "value": h[n], "grad": r[n]}
    ...     for n in range(4)
    ... ]
    >>> nodes.append({"name": "L", "label": "L", "value": L, "grad": 1.0, "op": "+"})
    >>> edges = [
    ...     {"from": f"w_{v + 1}", "to": f"h_{n + 1}", "local": 1.0}
    ...     for n, v in enumerate(places)
    ... ]
    >>> edges += [
    ...     {"from": f"h_{n + 1}", "to": "L", "local": r[n]} for n in range(4)
    ... ]
    >>> print([round(each, 1) for each in back])
    [0.7, 0.0, -0.3]
    """


def scatter_add(
    W: Float[mx.array, "V d"], x: Int[mx.array, "N"], dL_dh: Float[mx.array, "N d"]
) -> Float[mx.array, "V d"]:
    r"""The way back of a look-up: what came back for a place is added to the row that was there.

    $$
    \frac{\partial L}{\partial w_{vk}}
      = \sum_{n=1}^{N} \frac{\partial L}{\partial h_{nk}} \cdot \frac{\partial h_{nk}}{\partial w_{vk}}
      = \sum_{n=1}^{N} [x_n = v] \frac{\partial L}{\partial h_{nk}}
    $$

    >>> dL_dh = mx.array([[0.1, 0.4], [0.2, -0.1], [-0.5, 0.3], [0.6, 0.2]])
    >>> dL_dW = scatter_add(W, x, dL_dh)
    >>> print(dL_dW)
    array([[0.7, 0.6],
           [0, 0],
           [-0.3, 0.2]], dtype=float32)
    """
    return mx.zeros_like(W).at[x].add(dL_dh)  # (N, d) → (V, d)


def product_back(
    W: Float[mx.array, "V d"], x: Int[mx.array, "N"], dL_dh: Float[mx.array, "N d"]
) -> Float[mx.array, "V d"]:
    r"""The same way back, by a product: that of a layer whose inputs are one-hot.

    $$
    \frac{\partial L}{\partial w_{vk}} = \sum_{n=1}^{N} o_{nv} \frac{\partial L}{\partial h_{nk}}
    $$

    >>> O, H = product(W, x)
    >>> dL_dh = mx.array([[0.1, 0.4], [0.2, -0.1], [-0.5, 0.3], [0.6, 0.2]])
    >>> dL_dW = product_back(W, x, dL_dh)
    >>> print(dL_dW)
    array([[0.7, 0.6],
           [0, 0],
           [-0.3, 0.2]], dtype=float32)
    """
    O = mx.eye(len(W))[x]  # (N, V)
    return O.T @ dL_dh     # (V, N) @ (N, d) → (V, d)


def weighted(
    W: Float[mx.array, "V d"], x: Int[mx.array, "N"], R: Float[mx.array, "N d"]
) -> Float[mx.array, ""]:
    r"""A loss whose slopes along what was looked up are given.

    $$
    L = \sum_{n=1}^{N} \sum_{k=1}^{d} r_{nk} h_{nk}
    $$

    >>> R = mx.array([[0.1, 0.4], [0.2, -0.1], [-0.5, 0.3], [0.6, 0.2]])
    >>> L = weighted(W, x, R)
    >>> print(L)
    array(0.11, dtype=float32)
    """
    return (R * look_up(W, x)).sum()


def three_ways():
    """The same slopes by hand, by `mx.grad` and by finite differences.

    >>> R = mx.array([[0.1, 0.4], [0.2, -0.1], [-0.5, 0.3], [0.6, 0.2]])
    >>> by_hand = scatter_add(W, x, R)
    >>> mx_grad = mx.grad(weighted)(W, x, R)
    >>> table, rows, weights = (np.array(each) for each in (W, x, R))
    >>> finite = central_difference(
    ...     lambda W: (W[rows] * weights).sum(), table.astype(np.float64)
    ... )
    >>> print(mx.allclose(by_hand, mx_grad), np.allclose(by_hand, finite, atol=1e-6))
    array(True, dtype=bool) True
    """


def rows_touched():
    """Of a large table, a batch touches few rows.

    >>> every = words()
    >>> vocabulary = sorted(set(every))
    >>> V, batch = len(vocabulary), every[:64]
    >>> x = mx.array([vocabulary.index(word) for word in batch])  # (64,)
    >>> W = mx.zeros((V, 8))
    >>> dL_dW = scatter_add(W, x, mx.ones((64, 8)))
    >>> rows = mx.any(dL_dW != 0, axis=1).sum().item()
    >>> share = rows / V
    >>> print(V, rows, f"{share:.3f}")
    1139 44 0.039
    """


def last_one_stays():
    """The way back, written with +=: of a letter that comes twice, only the last place counts.

    >>> dL_dh = mx.array([[0.1, 0.4], [0.2, -0.1], [-0.5, 0.3], [0.6, 0.2]])
    >>> dL_dW = mx.zeros((3, 2))
    >>> dL_dW[x] += dL_dh
    >>> print(dL_dW)
    array([[0.6, 0.2],
           [0, 0],
           [-0.5, 0.3]], dtype=float32)
    """


def all_added():
    """With `at[x].add` every place counts.

    >>> dL_dh = mx.array([[0.1, 0.4], [0.2, -0.1], [-0.5, 0.3], [0.6, 0.2]])
    >>> dL_dW = mx.zeros((3, 2)).at[x].add(dL_dh)
    >>> print(dL_dW)
    array([[0.7, 0.6],
           [0, 0],
           [-0.3, 0.2]], dtype=float32)
    """


def overwritten():
    """Two numbers are written to one place. The first has no effect, and still a slope of 1.

    >>> def total(u):
    ...     y = mx.zeros(2)
    ...     y[mx.array([0, 0])] = u
    ...     return y.sum()
    >>> u = mx.array([5.0, 6.0])
    >>> print(total(u), total(u + mx.array([0.01, 0])))
    array(6, dtype=float32) array(6, dtype=float32)
    >>> print(mx.grad(total)(u))
    array([1, 1], dtype=float32)
    """


def added():
    """Both are added, and both have a slope of 1.

    >>> def total(u):
    ...     return mx.zeros(2).at[mx.array([0, 0])].add(u).sum()
    >>> u = mx.array([5.0, 6.0])
    >>> print(total(u), total(u + mx.array([0.01, 0])))
    array(11, dtype=float32) array(11.01, dtype=float32)
    >>> print(mx.grad(total)(u))
    array([1, 1], dtype=float32)
    """


def wrong_row():
    """A letter that is not in the table is looked for with −1, and has the last row.

    >>> place = letters.find("e")
    >>> print(place)
    -1
    >>> print(look_up(W, mx.array([place])))
    array([[-0.3, 0.6]], dtype=float32)
    """


def no_row():
    """`index` raises where `find` returns −1.

    >>> place = letters.index("e")
    Traceback (most recent call last):
    ValueError: substring not found
    """


def moved_by_memory():
    """Two steps of Adam: the first has a gradient for row 1, the second for row 2 alone.

    >>> first, second = mx.eye(3)[:, :1], mx.eye(3)[:, 1:2]  # (3, 1)
    >>> w = {"w": mx.zeros((3, 1))}
    >>> adam = optim.Adam(learning_rate=0.1, bias_correction=True)
    >>> for g in (first, second):
    ...     w = adam.apply_gradients({"w": g}, w)
    ...     print([round(each, 3) for each in w["w"].flatten().tolist()])
    [-0.1, 0.0, 0.0]
    [-0.167, -0.074, 0.0]
    >>> moved = w["w"][0, 0].item() + 0.1
    >>> print(f"{moved:.3f}")
    -0.067
    """


def moved_by_gradient():
    """Two steps of gradient descent: only a row that has a gradient moves.

    >>> first, second = mx.eye(3)[:, :1], mx.eye(3)[:, 1:2]  # (3, 1)
    >>> w = {"w": mx.zeros((3, 1))}
    >>> sgd = optim.SGD(learning_rate=0.1)
    >>> for g in (first, second):
    ...     w = sgd.apply_gradients({"w": g}, w)
    ...     print([round(each, 3) for each in w["w"].flatten().tolist()])
    [-0.1, 0.0, 0.0]
    [-0.1, -0.1, 0.0]
    """
