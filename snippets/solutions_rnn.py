"""Solutions to the exercises on recurrent networks."""

import math

import mlx.core as mx

from snippets.lstm import lstm_slopes


def one_step_back():
    """The slope of the second state, through tanh and the weight.

    >>> w, h_2, dL_dh_2 = 2.0, 0.6, 1.0
    >>> dL_dh_1 = dL_dh_2 * (1 - h_2**2) * w
    >>> print(f"{dL_dh_1:.2f}")
    1.28
    """


def a_thousandth():
    """With a factor of one half per step, a thousandth is left after ten.

    >>> steps = math.ceil(math.log(0.001) / math.log(0.5))
    >>> print(steps, 0.5**steps)
    10 0.0009765625
    """


def forget_slope():
    """A forget gate half open over a cell of 2, and a slope of 3 along the new cell.

    >>> z_i, z_f, z_g, z_o = map(mx.array, (-1.0, 0.0, 0.3, 0.7))
    >>> c, r, s = map(mx.array, (2.0, 0.0, 3.0))
    >>> dL_dc_new, dL_dz_i, dL_dz_f, dL_dz_g, dL_dz_o, dL_dc = lstm_slopes(
    ...     z_i, z_f, z_g, z_o, c, r, s
    ... )
    >>> print(dL_dz_f, dL_dc)
    array(1.5, dtype=float32) array(1.5, dtype=float32)
    """


def minimal_gate():
    """A state with one gate: h becomes (1 − u) n + u h, with u a sigmoid and n a tanh.

    >>> def step(z_u, z_n, h):
    ...     u, n = mx.sigmoid(z_u), mx.tanh(z_n)
    ...     return (1 - u) * n + u * h
    >>> def back(z_u, z_n, h, r):
    ...     u, n = mx.sigmoid(z_u), mx.tanh(z_n)
    ...     return r * (h - n) * u * (1 - u), r * (1 - u) * (1 - n**2), r * u
    >>> given = [mx.array(each) for each in (0.0, 0.0, 0.8)]
    >>> by_hand = back(*given, mx.array(1.0))
    >>> mx_grad = mx.grad(step, argnums=(0, 1, 2))(*given)
    >>> dL_dz_u = by_hand[0].item()
    >>> print(mx.stack(by_hand), mx.allclose(mx.stack(by_hand), mx.stack(mx_grad)))
    array([0.2, 0.5, 0.5], dtype=float32) array(True, dtype=bool)
    """
