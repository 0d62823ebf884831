"""Solutions to the exercises on debugging."""

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim

from snippets.debugging import first_loss, kept, wide_loss


def seven_classes():
    """The loss of a model of seven classes that knows nothing yet.

    >>> L = first_loss(7)
    >>> print(f"{L:.6f}")
    1.945910
    """


def half_a_promise():
    """The gradient promises a fall of 0.1; the loss falls by 0.03.

    >>> before, after = mx.array(0.8), mx.array(0.77)
    >>> d, r = kept(before, after, mx.array([0.6, -0.8]), 0.1)
    >>> print(f"{d.item():.2f} {r.item():.2f}")
    0.10 0.30
    """


def pairs():
    """Two predictions with two labels: the right loss, and that over all pairs.

    >>> y_hat, y = mx.array([0.8, 0.4]), mx.array([1.0, 0.0])
    >>> right, L = ((y_hat - y) ** 2).mean().item(), wide_loss(y_hat, y).item()
    >>> print(f"{right:.2f} {L:.2f}")
    0.10 0.30
    """


def loss_of_zero():
    """Cross-entropy of one logit for each example: the labels count as probabilities, and there is one class.

    >>> logits, labels = mx.array([[2.0], [-1.0], [0.5]]), mx.array([[1], [0], [1]])
    >>> wrong = nn.losses.cross_entropy(logits, labels, reduction="mean").item()
    >>> right = nn.losses.binary_cross_entropy(logits, labels).item()
    >>> print(f"{abs(wrong):.3f} {right:.3f}")
    0.000 0.305
    """


def half_precision():
    """One step of Adam in float16 with a gradient of which one entry is exactly 0.

    >>> w, g = mx.array([1.0, 1.0, 1.0], mx.float16), mx.array([0.5, 0.0, -0.5], mx.float16)
    >>> w = optim.Adam(0.01).apply_gradients({"w": g}, {"w": w})["w"]
    >>> print(mx.isnan(w))
    array([False, True, False], dtype=bool)
    >>> lost = mx.isnan(w).sum().item()
    """
