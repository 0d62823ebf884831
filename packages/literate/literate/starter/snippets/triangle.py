"""Triangles with a right angle."""

import numpy as np
from jaxtyping import Float


def hypotenuse(a: Float[np.ndarray, ""], b: Float[np.ndarray, ""]) -> Float[np.ndarray, ""]:
    r"""Longest side of a triangle with a right angle.

    $$
    c = \sqrt{a^2 + b^2}
    $$

    >>> c = hypotenuse(3.0, 4.0)
    >>> print(c)
    5.0
    """
    return np.sqrt(a**2 + b**2)
