"""A first program: MLX computes a value, then the slope of that value."""

import mlx.core as mx


def first_program():
    """The square of 3 and its slope.

    >>> w = mx.array(3.0)
    >>> square = lambda w: w * w
    >>> slope = mx.grad(square)
    >>> print(square(w), slope(w))
    array(9, dtype=float32) array(6, dtype=float32)
    """
