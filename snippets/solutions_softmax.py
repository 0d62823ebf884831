"""Solutions to the exercises on softmax."""

import math

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float

from snippets.softmax import cross_entropy, entropy, prediction_minus_label, softmax


def logarithms():
    """Logits that are logarithms: their exponentials are 1, 2 and 5.

    >>> z = mx.array([math.log(1), math.log(2), math.log(5)])
    >>> p = softmax(z)
    >>> print(p)
    array([0.125, 0.25, 0.625], dtype=float32)
    """


def one_slope():
    """Two equal logits and one that is ln 2 higher: half of the probability is its own.

    >>> z = mx.array([1.0, 1.0, 1.0 + math.log(2)])
    >>> y = mx.array([0.0, 0.0, 1.0])
    >>> dL_dz = prediction_minus_label(z, y)
    >>> print(dL_dz)
    array([0.25, 0.25, -0.5], dtype=float32)
    """


def best_possible():
    """The least loss under a label of a half, a quarter and a quarter: its entropy.

    >>> y = mx.array([0.5, 0.25, 0.25])
    >>> lowest = entropy(y).item()
    >>> print(f"{lowest:.4f}")
    1.0397
    >>> for p in (y, mx.array([0.6, 0.2, 0.2]), mx.array([0.3, 0.4, 0.3])):
    ...     print(f"{cross_entropy(p, y).item():.4f}")
    1.0397
    1.0601
    1.1321
    """


def softmax_backward(
    z: Float[mx.array, "K"], dL_dp: Float[mx.array, "K"]
) -> Float[mx.array, "K"]:
    """Slope of any loss along the logits, from its slope along the probabilities.

    >>> z = mx.array([2.0, 0.5, -0.5])
    >>> dL_dp = mx.array([0.3, -1.0, 0.7])
    >>> by_hand = softmax_backward(z, dL_dp)
    >>> of_mlx = mx.vjp(mx.softmax, [z], [dL_dp])[1][0]
    >>> print(by_hand)
    array([0.150996, -0.188547, 0.0375505], dtype=float32)
    >>> print(of_mlx)
    array([0.150996, -0.188547, 0.0375505], dtype=float32)
    """
    p = softmax(z)
    return p * (dL_dp - (p * dL_dp).sum())


def pulled_apart():
    """A second logit that is always 0: the loss for classes is then that for yes or no.

    >>> z = mx.array([[3.0], [-2.0]])                         # (2, 1)
    >>> both = mx.concatenate([mx.zeros_like(z), z], axis=1)  # (2, 2)
    >>> of_classes = nn.losses.cross_entropy(both, mx.array([0, 1]))
    >>> of_yes_or_no = nn.losses.binary_cross_entropy(
    ...     z[:, 0], mx.array([0, 1]), reduction="none"
    ... )
    >>> same = mx.sum(mx.abs(of_classes - of_yes_or_no) < 1e-5).item()
    >>> print(of_classes, same)
    array([3.04859, 2.12693], dtype=float32) 2
    """
