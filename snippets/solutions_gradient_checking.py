"""Solutions to the exercises on gradient checking."""

import mlx.core as mx
import numpy as np

from snippets.gradient_checking import (
    best_step, kink, one_sided, relative_error, two_sided,
)


def both_steps():
    """The slope of the square at 3, from one side, with a step of 0.1; then that of the cube, from both.

    >>> g = one_sided(mx.array(3.0), 0.1)
    >>> print(f"{g.item():.3f}")
    6.100
    >>> print(f"{two_sided(mx.array(3.0), 0.1).item():.3f}")
    27.010
    """


def right_or_wrong():
    """The relative error of 0.7 where the gradient is 0.5.

    >>> e = relative_error(np.array([0.7]), np.array([0.5]))
    >>> print(f"{e:.4f}")
    0.1667
    """


def near_the_kink():
    """The finite difference of ReLU at 0.02 with a step of 0.05.

    >>> g = kink(mx.array(0.02), 0.05)
    >>> print(f"{g.item():.2f}")
    0.70
    """


def step_for_nine_digits():
    """The best step where rounding is off by 9 in a billion, and the error that it leaves.

    >>> h_hat, E_hat = best_step(9e-9)
    >>> print(f"{h_hat:.4f} {E_hat:.1e}")
    0.0030 4.5e-06
    """


def four_points():
    """The slope of the fifth power at 1 from four points, with a step of 0.1, and from two.

    >>> f = lambda x: x**5
    >>> x, h = 1.0, 0.1
    >>> two = (f(x + h) - f(x - h)) / (2 * h)
    >>> wide = (f(x + 2 * h) - f(x - 2 * h)) / (4 * h)
    >>> four = (4 * two - wide) / 3
    >>> print(f"{two:.4f} {wide:.4f} {four:.4f}")
    5.1001 5.4016 4.9996
    """
