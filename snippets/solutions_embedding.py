"""Solutions to the exercises on embedding."""

import mlx.core as mx
import mlx.optimizers as optim

from snippets.embedding import W, scatter_add, x
from snippets.next_letter import next_letter_slope


def two_of_one():
    """The first and the last place hold b: its row gets both.

    >>> places = mx.array([1, 0, 1])  # "bab"
    >>> back = mx.array([[1.0, 0.0], [0.5, -2.0], [-3.0, 1.0]])
    >>> dL_dW = scatter_add(W, places, back)
    >>> print(dL_dW)
    array([[0.5, -2],
           [-2, 1],
           [0, 0]], dtype=float32)
    """


def from_counts():
    """In abba, b follows a once, and a comes before another letter once.

    >>> text = mx.array([0, 1, 1, 0])  # "abba"
    >>> dL_dW = next_letter_slope(mx.zeros((2, 2)), text[:-1], text[1:])
    >>> print(dL_dW)
    array([[0.166667, -0.166667],
           [0, 0]], dtype=float32)
    """


def mean_of_rows():
    """A mean divides what comes back among the places; each hands its part to its row.

    >>> r = mx.array([1.0, 2.0])  # what comes back for the mean
    >>> places = mx.broadcast_to(r / len(x), (len(x), 2))
    >>> dL_dW = scatter_add(W, x, places)
    >>> print(dL_dW)
    array([[0.5, 1],
           [0, 0],
           [0.5, 1]], dtype=float32)
    >>> mx_grad = mx.grad(lambda W: (W[x].mean(axis=0) * r).sum())(W)
    >>> print(mx.allclose(dL_dW, mx_grad))
    array(True, dtype=bool)
    """


def only_touched_rows():
    """Adam that leaves a row alone, its averages too, where the batch did not look it up.

    >>> adam = optim.Adam(learning_rate=0.1, bias_correction=True)
    >>> w = {"w": mx.zeros((3, 1))}
    >>> adam.init(w)
    >>> for row in (0, 1):
    ...     touched = (mx.arange(3) == row)[:, None]  # (3, 1)
    ...     before = {name: adam.state["w"][name] for name in ("m", "v")}
    ...     after = adam.apply_gradients({"w": touched.astype(mx.float32)}, w)
    ...     w = {"w": mx.where(touched, after["w"], w["w"])}
    ...     for name, old in before.items():
    ...         adam.state["w"][name] = mx.where(touched, adam.state["w"][name], old)
    >>> w_1 = w["w"][0, 0].item()
    >>> print([round(each, 3) for each in w["w"].flatten().tolist()])
    [-0.1, -0.074, 0.0]
    """
