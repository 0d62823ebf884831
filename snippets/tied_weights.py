"""One table at both ends of a network."""

import json
from pathlib import Path

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
from jaxtyping import Float, Int

from snippets.backward import central_difference

# --8<-- [start:start]
W = mx.array([[0.2, -0.4], [0.5, 0.1], [-0.3, 0.6]])  # (3, 2)
x = mx.array([0, 2, 2])                               # "ann" of "anna"
y = mx.array([2, 2, 0])                               # "nna"
# --8<-- [end:start]



def tied(
    W: Float[mx.array, "V d"], x: Int[mx.array, "N"], y: Int[mx.array, "N"]
) -> tuple[
    Float[mx.array, "N d"], Float[mx.array, "N V"], Float[mx.array, "N V"], Float[mx.array, ""]
]:
    r"""One table used twice: for the letter that comes in, and for the letters that may go out.

    $$
    h_{nj} = w_{x_n j}
    $$

    $$
    Z = H W^\top
    $$

    $$
    p_{nk} = \frac{e^{z_{nk}}}{\sum_{v=1}^{V} e^{z_{nv}}}
    $$

    $$
    L = -\frac{1}{N} \sum_{n=1}^{N} \log(p_{n y_n})
    $$

    >>> H, Z, P, L = tied(W, x, y)
    >>> print(Z)
    array([[0.2, 0.06, -0.3],
           [-0.3, -0.09, 0.45],
           [-0.3, -0.09, 0.45]], dtype=float32)
    >>> print(L)
    array(1.19909, dtype=float32)
    """
    H = W[x]
    Z = H @ W.T
    P = mx.softmax(Z, axis=-1)
    return H, Z, P, -mx.log(mx.take_along_axis(P, y[:, None], axis=1)).mean()


def tied_slope(
    W: Float[mx.array, "V d"], x: Int[mx.array, "N"], y: Int[mx.array, "N"]
) -> tuple[Float[mx.array, "N V"], Float[mx.array, "V d"]]:
    r"""Slope along a table that is used twice: both ways in, added.

    $$
    \frac{\partial L}{\partial z_{nk}} = \frac{1}{N} (p_{nk} - [y_n = k])
    $$

    $$
    \frac{\partial L}{\partial w_{vj}}
      = \sum_{n=1}^{N} [x_n = v] \sum_{k=1}^{V} \frac{\partial L}{\partial z_{nk}} w_{kj}
      + \sum_{n=1}^{N} \frac{\partial L}{\partial z_{nv}} h_{nj}
    $$

    >>> dL_dZ, dL_dW = tied_slope(W, x, y)
    >>> print(dL_dW)
    array([[0.241907, -0.355066],
           [-0.0333033, 0.0666067],
           [0.0135285, 0.180887]], dtype=float32)
    >>> mx_grad = mx.grad(lambda W: tied(W, x, y)[-1])(W)
    >>> print(mx.allclose(dL_dW, mx_grad))
    array(True, dtype=bool)
    """
    H, Z, P, L = tied(W, x, y)
    G = (P - mx.eye(len(W))[y]) / len(x)
    back = mx.zeros_like(W).at[x].add(G @ W)
    return G, back + G.T @ H


class OneTable(nn.Module):
    """One table, looked up in and multiplied by."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(3, 2)

    def __call__(self, x):
        return self.table.as_linear(self.table(x))


class TwoNames(nn.Module):
    """Two layers that begin with one array."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(3, 2)
        self.out = nn.Linear(2, 3, bias=False)
        self.out.weight = self.table.weight

    def __call__(self, x):
        return self.out(self.table(x))


def tied_three_ways():
    """The slope along a table that is used twice, in three ways.

    >>> by_hand = tied_slope(W, x, y)[1]
    >>> mx_grad = mx.grad(lambda W: tied(W, x, y)[-1])(W)
    >>> def loss_float64(W):
    ...     Z = W[np.array(x)] @ W.T
    ...     sums = np.log(np.exp(Z).sum(axis=1))
    ...     return (sums - Z[np.arange(3), np.array(y)]).mean()
    >>> finite = central_difference(loss_float64, np.array(W, np.float64))
    >>> print(mx.allclose(by_hand, mx_grad), np.allclose(by_hand, finite, atol=1e-6))
    array(True, dtype=bool) True
    """


def comes_apart():
    """One array under two names is one array until the first update.

    >>> mx.random.seed(0)
    >>> model = TwoNames()
    >>> print(mx.array_equal(model.table.weight, model.out.weight))
    array(True, dtype=bool)
    >>> loss_and_grad = nn.value_and_grad(
    ...     model, lambda x, y: nn.losses.cross_entropy(model(x), y, reduction="mean")
    ... )
    >>> loss, grads = loss_and_grad(x, y)
    >>> optim.SGD(learning_rate=0.1).update(model, grads)
    >>> print(mx.array_equal(model.table.weight, model.out.weight))
    array(False, dtype=bool)
    """


def stays_together():
    """One table in one layer gets both slopes, added.

    >>> mx.random.seed(0)
    >>> model = OneTable()
    >>> loss_and_grad = nn.value_and_grad(
    ...     model, lambda x, y: nn.losses.cross_entropy(model(x), y, reduction="mean")
    ... )
    >>> loss, grads = loss_and_grad(x, y)
    >>> by_hand = tied_slope(model.table.weight, x, y)[1]
    >>> print(mx.allclose(grads["table"]["weight"], by_hand, atol=1e-6))
    array(True, dtype=bool)
    """


def plane():
    """Two numbers for each letter, as `two_passes/train_austen.py` found them.

    >>> kept = json.loads(Path("data/austen.json").read_text("utf-8"))
    >>> places = dict(zip(kept["letters"], kept["plane"]))
    >>> points = {each: places[each] for each in places if each.isalpha()}
    >>> ringed, loss, date = "aeiou", kept["plane_loss"], kept["date"]
    >>> print(len(points), f"{loss:.2f}")
    26 2.61
    """
