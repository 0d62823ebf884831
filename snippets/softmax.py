"""Many classes: softmax, cross-entropy, and the slope that the two have together."""

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float

from snippets.forward import sigmoid


def softmax(z: Float[mx.array, "K"]) -> Float[mx.array, "K"]:
    r"""Probabilities of K classes, from a logit for each.

    $$
    p_i = \frac{e^{z_i}}{\sum_{k=1}^{K} e^{z_k}}
    $$

    >>> z = mx.array([2.0, 0.5, -0.5])
    >>> p = softmax(z)
    >>> print(p)
    array([0.766157, 0.170953, 0.06289], dtype=float32)
    >>> print(p.sum())
    array(1, dtype=float32)
    """
    e = mx.exp(z)
    return e / e.sum()


def along_z1():
    """All three probabilities while the first logit moves and the others stay.

    >>> at, start, letters = mx.linspace(-4, 6, 41), 2.0, ["z₁", "p"]
    >>> rows = [softmax(mx.array([z1, 0.5, -0.5])) for z1 in at.tolist()]
    >>> p1, p2, p3 = mx.stack(rows, axis=1)  # (3, 41)
    >>> curves = {"p₁": p1, "p₂": p2, "p₃": p3}
    >>> print(curves["p₁"][0], curves["p₁"][-1])
    array(0.0080559, dtype=float32) array(0.994441, dtype=float32)
    """


def shifted(z: Float[mx.array, "K"], c: float) -> Float[mx.array, "K"]:
    r"""Probabilities when one number is taken from all logits: the same.

    $$
    p_i = \frac{e^{z_i - c}}{\sum_{k=1}^{K} e^{z_k - c}}
        = \frac{e^{-c} e^{z_i}}{e^{-c} \sum_{k=1}^{K} e^{z_k}}
        = \frac{e^{z_i}}{\sum_{k=1}^{K} e^{z_k}}
    $$

    >>> z, c = mx.array([2.0, 0.5, -0.5]), 2.0
    >>> p = shifted(z, c)
    >>> print(p)
    array([0.766157, 0.170953, 0.06289], dtype=float32)
    """
    e = mx.exp(z - c)
    return e / e.sum()


def two_classes(z: Float[mx.array, "2"]) -> Float[mx.array, ""]:
    r"""Probability of the first of two classes: the sigmoid of the difference of their logits.

    $$
    \hat{y} = \frac{e^{z_1}}{e^{z_1} + e^{z_2}}
            = \frac{1}{1 + e^{-(z_1 - z_2)}}
            = \operatorname{sigmoid}(z_1 - z_2)
    $$

    >>> z = mx.array([-0.45, 0.0])
    >>> y_hat = two_classes(z)
    >>> print(y_hat)
    array(0.389361, dtype=float32)
    >>> print(softmax(z))
    array([0.389361, 0.610639], dtype=float32)
    """
    return sigmoid(z[0] - z[1])


def cross_entropy(
    p: Float[mx.array, "K"], y: Float[mx.array, "K"]
) -> Float[mx.array, ""]:
    r"""Cross-entropy of the probabilities p where the label is y, in nats.

    $$
    L = -\sum_{k=1}^{K} y_k \log(p_k)
    $$

    >>> p = softmax(mx.array([2.0, 0.5, -0.5]))
    >>> y = mx.array([0.0, 1.0, 0.0])
    >>> L = cross_entropy(p, y)
    >>> print(L)
    array(1.76637, dtype=float32)
    """
    return -(y * mx.log(p)).sum()


def softmax_slopes(z: Float[mx.array, "K"]) -> Float[mx.array, "K K"]:
    r"""Slope of each probability along each logit: a row for each probability.

    $$
    \frac{\partial p_i}{\partial z_j}
      = \begin{cases} p_i (1 - p_i) & i = j \\ -p_i p_j & i \ne j \end{cases}
      = p_i ([i = j] - p_j)
    $$

    >>> z = mx.array([2.0, 0.5, -0.5])
    >>> p = softmax(z)
    >>> dp_dz = softmax_slopes(z)
    >>> print(dp_dz)
    array([[0.17916, -0.130977, -0.0481836],
           [-0.130977, 0.141728, -0.0107512],
           [-0.0481836, -0.0107512, 0.0589349]], dtype=float32)
    >>> print(mx.abs(dp_dz.sum(axis=0)).max() < 1e-6)
    array(True, dtype=bool)
    """
    p = softmax(z)
    return mx.diag(p) - mx.outer(p, p)


def label_slope(
    z: Float[mx.array, "K"], y: Float[mx.array, "K"]
) -> Float[mx.array, "K"]:
    r"""Slope of the loss along each logit, whatever the labels add up to.

    $$
    \begin{aligned}
    \frac{\partial L}{\partial z_j}
      &= \sum_{i=1}^{K} \frac{\partial L}{\partial p_i} \cdot \frac{\partial p_i}{\partial z_j} \\
      &= -\sum_{i=1}^{K} \frac{y_i}{p_i} p_i ([i = j] - p_j) \\
      &= -\sum_{i=1}^{K} y_i [i = j] + \sum_{i=1}^{K} y_i p_j \\
      &= p_j \sum_{i=1}^{K} y_i - y_j
    \end{aligned}
    $$

    >>> z = mx.array([2.0, 0.5, -0.5])
    >>> for y in (mx.array([0.0, 1.0, 0.0]), mx.array([0.0, 2.0, 0.0])):
    ...     print(label_slope(z, y))
    array([0.766157, -0.829047, 0.06289], dtype=float32)
    array([1.53231, -1.65809, 0.12578], dtype=float32)
    """
    return softmax(z) * y.sum() - y


def prediction_minus_label(
    z: Float[mx.array, "K"], y: Float[mx.array, "K"]
) -> Float[mx.array, "K"]:
    r"""Slope of the loss along each logit, where the shares of the label add up to 1.

    $$
    \frac{\partial L}{\partial z_j} = p_j \sum_{i=1}^{K} y_i - y_j = p_j - y_j
    $$

    >>> z = mx.array([2.0, 0.5, -0.5])
    >>> y = mx.array([0.0, 1.0, 0.0])
    >>> p, dL_dz = softmax(z), prediction_minus_label(z, y)
    >>> print(dL_dz)
    array([0.766157, -0.829047, 0.06289], dtype=float32)
    """
    return softmax(z) - y


def entropy(y: Float[mx.array, "K"]) -> Float[mx.array, ""]:
    r"""The least cross-entropy that a label with these shares allows, in nats.

    $$
    H = -\sum_{k=1}^{K} y_k \log(y_k)
    $$

    >>> y = mx.array([0.2, 0.5, 0.3])
    >>> H = entropy(y)
    >>> print(H, cross_entropy(y, y))
    array(1.02965, dtype=float32) array(1.02965, dtype=float32)
    >>> print(cross_entropy(mx.array([0.1, 0.6, 0.3]), y))
    array(1.07712, dtype=float32)
    """
    return -(y * mx.log(y)).sum()


def tempered(z: Float[mx.array, "K"], T: float) -> Float[mx.array, "K"]:
    r"""Probabilities after all logits are divided by a temperature.

    $$
    q_i = \frac{e^{\frac{z_i}{T}}}{\sum_{k=1}^{K} e^{\frac{z_k}{T}}}
    $$

    >>> z, T = mx.array([2.0, 0.5, -0.5]), 2.0
    >>> q = tempered(z, T)
    >>> print(q)
    array([0.568546, 0.268562, 0.162891], dtype=float32)
    >>> print(tempered(z, 100.0))
    array([0.33779, 0.332761, 0.32945], dtype=float32)
    >>> print(tempered(z, 0.5))
    array([0.946499, 0.0471234, 0.00637746], dtype=float32)
    """
    return softmax(z / T)


def softmax_twice():
    """Probabilities given to a loss that expects logits: a perfect answer is not rewarded.

    >>> p = mx.array([[1.0, 0.0, 0.0]])
    >>> y = mx.array([0])
    >>> loss = nn.losses.cross_entropy(p, y).item()
    >>> print(f"{loss:.6f}")
    0.551445
    """


def softmax_once():
    """Logits, as the loss expects.

    >>> z = mx.array([[20.0, 0.0, 0.0]])
    >>> y = mx.array([0])
    >>> loss = nn.losses.cross_entropy(z, y).item()
    >>> print(f"{loss:.6f}")
    0.000000
    """


def no_axis():
    """A softmax of a batch without an axis: all six entries together add up to 1.

    >>> Z = mx.array([[2.0, 0.5, -0.5], [0.0, 0.0, 0.0]])  # (2, 3)
    >>> P = mx.softmax(Z)
    >>> print(P.sum(axis=-1))
    array([0.762739, 0.237261], dtype=float32)
    """


def last_axis():
    """Each example by itself: every row adds up to 1.

    >>> Z = mx.array([[2.0, 0.5, -0.5], [0.0, 0.0, 0.0]])  # (2, 3)
    >>> P = mx.softmax(Z, axis=-1)
    >>> print(P.sum(axis=-1))
    array([1, 1], dtype=float32)
    """


def one_column():
    """One logit for yes or no, given to a loss for classes: with one class there is nothing to get wrong.

    >>> z = mx.array([[3.0], [-2.0]])  # (2, 1)
    >>> y = mx.array([[0], [1]])       # (2, 1)
    >>> print(nn.losses.cross_entropy(z, y))
    array([0, 0], dtype=float32)
    """


def yes_or_no():
    """The loss for yes or no.

    >>> z = mx.array([[3.0], [-2.0]])  # (2, 1)
    >>> y = mx.array([[0], [1]])       # (2, 1)
    >>> losses = nn.losses.binary_cross_entropy(z, y, reduction="none")
    >>> print(losses)
    array([[3.04859],
           [2.12693]], dtype=float32)
    """


def bfloat16_sum():
    """A softmax of 512 equal logits in bfloat16, its sum added up one by one.

    >>> e = mx.exp(mx.zeros(512, dtype=mx.bfloat16))
    >>> total = mx.array(0, dtype=mx.bfloat16)
    >>> for k in range(512):
    ...     total = total + e[k]
    >>> p = e / total
    >>> print(total)
    array(256, dtype=bfloat16)
    >>> print(p.astype(mx.float32).sum())
    array(2, dtype=float32)
    """


def float32_sum():
    """The same in bfloat16, but for the sum: `precise=True` keeps it in float32.

    >>> z = mx.zeros(512, dtype=mx.bfloat16)
    >>> p = mx.softmax(z, precise=True)
    >>> print(p.dtype)
    mlx.core.bfloat16
    >>> print(p.astype(mx.float32).sum())
    array(1, dtype=float32)
    """
