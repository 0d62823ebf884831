"""One neuron: a weighted sum, then an activation. It is the first hidden neuron of the book's network."""

import mlx.core as mx
from jaxtyping import Float

from snippets.forward import relu, sigmoid

# --8<-- [start:neuron]
x = mx.array([0.5, 0.2])   # (2,)
w = mx.array([0.6, -1.1])  # (2,)
b = mx.array(0.3)          # ()
# --8<-- [end:neuron]


def weigh(
    w: Float[mx.array, "n"], x: Float[mx.array, "n"], b: Float[mx.array, ""]
) -> Float[mx.array, ""]:
    r"""Weighted sum of one neuron.

    $$
    z = \sum_{j=1}^{n} w_j x_j + b
    $$

    >>> z = weigh(w, x, b)
    >>> print(z)
    array(0.38, dtype=float32)
    """
    return (w * x).sum() + b  # (n,) * (n,) → (n,) → ()


def through_relu():
    """The weighted sum through ReLU: it is positive, and passes.

    >>> z = weigh(w, x, b)
    >>> a = relu(z)
    >>> print(a)
    array(0.38, dtype=float32)
    """


def through_sigmoid():
    """The same weighted sum through the sigmoid.

    >>> z = weigh(w, x, b)
    >>> a = sigmoid(z)
    >>> print(a)
    array(0.593873, dtype=float32)
    """


def graph():
    """The neuron as a graph: what each operation takes and gives.

    >>> p1, p2 = w * x
    >>> z = weigh(w, x, b)
    >>> nodes = [
    ...     {"name": "w_1", "label": "w_1", "value": w[0].item()},
    ...     {"name": "x_1", "label": "x_1", "value": x[0].item()},
    ...     {"name": "w_2", "label": "w_2", "value": w[1].item()},
    ...     {"name": "x_2", "label": "x_2", "value": x[1].item()},
    ...     {"name": "p_1", "label": "p_1", "value": p1.item(), "op": "×"},
    ...     {"name": "p_2", "label": "p_2", "value": p2.item(), "op": "×"},
    ...     {"name": "b", "label": "b", "value": b.item()},
    ...     {"name": "z", "label": "z", "value": z.item(), "op": "+"},
    ...     {"name": "a", "label": "a", "value": relu(z).item(), "op": "max"},
    ... ]
    >>> edges = [
    ...     {"from": start, "to": end}
    ...     for start, end in (
    ...         ("w_1", "p_1"), ("x_1", "p_1"), ("w_2", "p_2"), ("x_2", "p_2"),
    ...         ("p_1", "z"), ("p_2", "z"), ("b", "z"), ("z", "a"),
    ...     )
    ... ]
    """


def border():
    """Where the weighted sum is 0 while the weights are turned and the bias changes.

    >>> turned = list(range(-180, 181, 15))
    >>> angle = mx.array(turned) * (mx.pi / 180)
    >>> cos, sin = mx.cos(angle), mx.sin(angle)
    >>> weights = mx.stack([w[0] * cos - w[1] * sin, w[0] * sin + w[1] * cos], axis=1)
    >>> shifted = [k / 10 for k in range(-10, 11)]
    >>> sums = (weights @ x)[:, None] + mx.array(shifted)
    >>> start = [turned.index(0), shifted.index(0.3)]
    >>> print(weights.shape, sums.shape, sums[start[0], start[1]])
    (25, 2) (25, 21) array(0.38, dtype=float32)
    """


def unsummed():
    """The products not added up: one number for each input instead of one for the neuron.

    >>> z = w * x + b
    >>> print(z)
    array([0.6, 0.08], dtype=float32)
    """


def summed():
    """The products added up first: a matrix product of two vectors does both at once.

    >>> z = w @ x + b
    >>> print(z)
    array(0.38, dtype=float32)
    """


def swapped():
    """The two features swapped: the weighted sum turns negative.

    >>> x_swapped = mx.array([0.2, 0.5])
    >>> z = weigh(w, x_swapped, b)
    >>> print(z)
    array(-0.13, dtype=float32)
    >>> print(relu(z))
    array(0, dtype=float32)
    """


def undecided():
    """The bias at which the sigmoid gives one half: minus the sum of the products.

    >>> b_half = -(w * x).sum()
    >>> print(b_half)
    array(-0.08, dtype=float32)
    >>> print(sigmoid(weigh(w, x, b_half)))
    array(0.5, dtype=float32)
    """


def nudged():
    """How the weighted sum moves when one input is raised by 0.1: by 0.1 times its weight.

    >>> z = weigh(w, x, b)
    >>> z_nudged = weigh(w, mx.array([0.5, 0.3]), b)
    >>> change = z_nudged - z
    >>> print(change)
    array(-0.11, dtype=float32)
    """
