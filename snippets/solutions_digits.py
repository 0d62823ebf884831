"""Solutions to the exercises on handwritten digits."""

import math

import mlx.core as mx

from snippets.activations import relu_slope
from snippets.digits import X_seen, Y_seen, backward_digits, digit_loss, he_start, parameter_count
from snippets.update import sgd_step


def fifty_units():
    """Numbers that a network of 64, 50 and 10 learns.

    >>> N_p = parameter_count(64, 50, 10)
    >>> print(N_p)
    3760
    """


def letters():
    """The loss of one who knows nothing, with 26 classes.

    >>> L = -math.log(1 / 26)
    >>> print(f"{L:.4f}")
    3.2581
    """


def one_picture():
    """Back through one picture of two pixels, two hidden neurons and three classes.

    >>> x, Z1 = mx.array([[0.5, 1.0]]), mx.array([[0.6, -0.2]])
    >>> W2 = mx.array([[1.0, 2.0], [0.0, -1.0], [-1.0, 1.0]])
    >>> P, Y = mx.array([[0.2, 0.5, 0.3]]), mx.array([[0.0, 1.0, 0.0]])
    >>> Delta2 = P - Y
    >>> Delta1 = Delta2 @ W2 * relu_slope(Z1)
    >>> dL_dW1 = Delta1.T @ x
    >>> print(dL_dW1)
    array([[-0.05, -0.1],
           [0, 0]], dtype=float32)
    """


def never_moved():
    """Pixels of which no weight has moved in an epoch.

    >>> start = he_start(seed=0)
    >>> p = start
    >>> for first in range(0, 1400, 25):
    ...     batch = X_seen[first : first + 25], Y_seen[first : first + 25]
    ...     Delta2, Delta1, *gradients = backward_digits(*batch, *p)
    ...     p = [sgd_step(w, g, 0.5) for w, g in zip(p, gradients)]
    ...     mx.eval(p)
    >>> still = (p[0] == start[0]).all(axis=0)  # (64,)
    >>> pixels = still.sum().item()
    >>> print(pixels, [pixel for pixel in range(64) if still[pixel]])
    3 [0, 32, 39]
    """


def along_pixels():
    """One step further back: the slope of the loss along every pixel.

    >>> p = W1, b1, W2, b2 = he_start(seed=0)
    >>> two = X_seen[:2], Y_seen[:2]
    >>> Delta2, Delta1, *gradients = backward_digits(*two, *p)
    >>> dL_dX = Delta1 @ W1  # (2, 128) @ (128, 64) → (2, 64)
    >>> print(mx.allclose(dL_dX, mx.grad(digit_loss)(*two, *p), atol=1e-6))
    array(True, dtype=bool)
    >>> along = dL_dX[0, 43].item()
    >>> print(f"{along:.4f}")
    0.3072
    """
