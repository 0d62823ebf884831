"""The LSTM: a state that is kept by a gate, and the way back through one step."""

import mlx.core as mx
import mlx.nn as nn
import numpy as np
from jaxtyping import Float

from snippets.backward import central_difference
from snippets.forward import sigmoid


def gate(
    x: Float[mx.array, "n"],
    h: Float[mx.array, "m"],
    W: Float[mx.array, "m m"],
    U: Float[mx.array, "m n"],
    b: Float[mx.array, "m"],
) -> Float[mx.array, "m"]:
    r"""Weighted sums of one gate, from the input and the state before.

    $$
    z = W h + U x + b
    $$

    >>> W, U = mx.array([[0.6, -1.1], [1.0, 0.8]]), mx.array([[0.9], [-0.7]])
    >>> b, h, x = mx.array([0.3, -0.1]), mx.array([0.2, 0.4]), mx.array([0.5])
    >>> z = gate(x, h, W, U, b)
    >>> print(z)
    array([0.43, 0.07], dtype=float32)
    """
    return W @ h + U @ x + b


def lstm_step(
    z_i: Float[mx.array, "..."],
    z_f: Float[mx.array, "..."],
    z_g: Float[mx.array, "..."],
    z_o: Float[mx.array, "..."],
    c: Float[mx.array, "..."],
) -> tuple[
    Float[mx.array, "..."], Float[mx.array, "..."], Float[mx.array, "..."],
    Float[mx.array, "..."], Float[mx.array, "..."], Float[mx.array, "..."],
]:
    r"""One step of an LSTM, entry by entry, from the weighted sums of its gates.

    $$
    i = \operatorname{sigmoid}(z_i)
    $$

    $$
    f = \operatorname{sigmoid}(z_f)
    $$

    $$
    g = \tanh(z_g)
    $$

    $$
    o = \operatorname{sigmoid}(z_o)
    $$

    $$
    c_\text{new} = f \odot c + i \odot g
    $$

    $$
    h_\text{new} = o \odot \tanh(c_\text{new})
    $$

    >>> z_i, z_f, z_g, z_o = map(mx.array, (0.5, 2.0, 0.8, -0.4))
    >>> c = mx.array(0.6)
    >>> i, f, g, o, c_new, h_new = lstm_step(z_i, z_f, z_g, z_o, c)
    >>> print(f, c_new, h_new)
    array(0.880797, dtype=float32) array(0.941814, dtype=float32) array(0.295388, dtype=float32)
    """
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), mx.tanh(z_g), sigmoid(z_o)
    c_new = f * c + i * g
    return i, f, g, o, c_new, o * mx.tanh(c_new)


def two_slopes(
    z_i: Float[mx.array, ""],
    z_f: Float[mx.array, ""],
    z_g: Float[mx.array, ""],
    z_o: Float[mx.array, ""],
    c: Float[mx.array, ""],
    r: Float[mx.array, ""],
    s: Float[mx.array, ""],
) -> Float[mx.array, ""]:
    r"""A loss of which the slopes along the new state and the new cell are given, by all that follows.

    $$
    L = r h_\text{new} + s c_\text{new}
    $$

    >>> z_i, z_f, z_g, z_o = map(mx.array, (0.5, 2.0, 0.8, -0.4))
    >>> c, r, s = map(mx.array, (0.6, 1.0, -0.5))
    >>> L = two_slopes(z_i, z_f, z_g, z_o, c, r, s)
    >>> print(L)
    array(-0.175519, dtype=float32)
    """
    *_, c_new, h_new = lstm_step(z_i, z_f, z_g, z_o, c)
    return r * h_new + s * c_new


def lstm_slopes(
    z_i: Float[mx.array, ""],
    z_f: Float[mx.array, ""],
    z_g: Float[mx.array, ""],
    z_o: Float[mx.array, ""],
    c: Float[mx.array, ""],
    r: Float[mx.array, ""],
    s: Float[mx.array, ""],
) -> tuple[
    Float[mx.array, ""], Float[mx.array, ""], Float[mx.array, ""],
    Float[mx.array, ""], Float[mx.array, ""], Float[mx.array, ""],
]:
    r"""Slopes of one step: along the new cell, the four weighted sums, and the cell before.

    $$
    \frac{\partial L}{\partial c_\text{new}} = s + r o (1 - \tanh(c_\text{new})^2)
    $$

    $$
    \frac{\partial L}{\partial z_i} = \frac{\partial L}{\partial c_\text{new}} g i (1 - i)
    $$

    $$
    \frac{\partial L}{\partial z_f} = \frac{\partial L}{\partial c_\text{new}} c f (1 - f)
    $$

    $$
    \frac{\partial L}{\partial z_g} = \frac{\partial L}{\partial c_\text{new}} i (1 - g^2)
    $$

    $$
    \frac{\partial L}{\partial z_o} = r \tanh(c_\text{new}) o (1 - o)
    $$

    $$
    \frac{\partial L}{\partial c} = \frac{\partial L}{\partial c_\text{new}} f
    $$

    >>> z_i, z_f, z_g, z_o = map(mx.array, (0.5, 2.0, 0.8, -0.4))
    >>> c, r, s = map(mx.array, (0.6, 1.0, -0.5))
    >>> i, f, g, o, c_new, h_new = lstm_step(z_i, z_f, z_g, z_o, c)
    >>> dL_dc_new, *by_hand = lstm_slopes(z_i, z_f, z_g, z_o, c, r, s)
    >>> print(*(f"{each.item():.4f}" for each in (dL_dc_new, *by_hand)))
    -0.3161 -0.0493 -0.0199 -0.1100 0.1768 -0.2784
    >>> mx_grad = mx.grad(two_slopes, argnums=(0, 1, 2, 3, 4))(z_i, z_f, z_g, z_o, c, r, s)
    >>> print(mx.allclose(mx.stack(by_hand), mx.stack(mx_grad), atol=1e-6))
    array(True, dtype=bool)
    """
    i, f, g, o, c_new, h_new = lstm_step(z_i, z_f, z_g, z_o, c)
    back = s + r * o * (1 - mx.tanh(c_new) ** 2)  # ∂L/∂c_new
    return (
        back,
        back * g * i * (1 - i),
        back * c * f * (1 - f),
        back * i * (1 - g**2),
        r * mx.tanh(c_new) * o * (1 - o),
        back * f,
    )


def kept_share(f: float, n: int) -> float:
    r"""What is left of a slope along the cell after n steps back, by the way of the cell alone.

    $$
    k = f^n
    $$

    >>> f, n = 0.5, 50
    >>> k = kept_share(f, n)
    >>> print(f"{k:.1e}")
    8.9e-16
    >>> for bias in (0.0, 1.0, 3.0):
    ...     gate = sigmoid(mx.array(bias)).item()
    ...     print(f"{bias:g}  {gate:.3f}  {kept_share(gate, 50):.1e}")
    0  0.500  8.9e-16
    1  0.731  1.6e-07
    3  0.953  8.8e-02
    """
    return f**n


def lstm_of_mlx():
    """Our step, with the weights of MLX's layer: rows i, f, g, o, in this order.

    >>> mx.random.seed(0)
    >>> layer, x = nn.LSTM(input_size=3, hidden_size=2), mx.random.normal((5, 3))
    >>> W, U, b = (mx.split(each, 4) for each in (layer.Wh, layer.Wx, layer.bias))
    >>> h, c, ours = mx.zeros(2), mx.zeros(2), []
    >>> for x_t in x:
    ...     sums = [gate(x_t, h, W[k], U[k], b[k]) for k in range(4)]
    ...     *_, c, h = lstm_step(*sums, c)
    ...     ours.append(h)
    >>> states, cells = layer(x)
    >>> print(states.shape, mx.allclose(states, mx.stack(ours), atol=1e-6))
    (5, 2) array(True, dtype=bool)
    """


def forgets():
    """MLX's forget gates at the start: half of the cell is lost at each step.

    >>> mx.random.seed(0)
    >>> layer = nn.LSTM(input_size=8, hidden_size=64)
    >>> def left(layer, n=50):
    ...     states, cells = layer(mx.zeros((n, 8)), mx.zeros(64), mx.ones(64))
    ...     without, cells_without = layer(mx.zeros((n, 8)), mx.zeros(64), mx.zeros(64))
    ...     return mx.abs(cells - cells_without)[-1].mean().item()
    >>> print(left(layer) < 1e-6)
    True
    """


def remembers():
    """A bias of 3 on the forget gates, the second quarter of the rows.

    >>> mx.random.seed(0)
    >>> layer = nn.LSTM(input_size=8, hidden_size=64)
    >>> layer.bias[64:128] += 3
    >>> def left(layer, n=50):
    ...     states, cells = layer(mx.zeros((n, 8)), mx.zeros(64), mx.ones(64))
    ...     without, cells_without = layer(mx.zeros((n, 8)), mx.zeros(64), mx.zeros(64))
    ...     return mx.abs(cells - cells_without)[-1].mean().item()
    >>> print(left(layer) > 0.01)
    True
    """


def all_states_carried():
    """All states of the first part handed to the second, in place of the last: a state too many.

    >>> layer = nn.LSTM(input_size=3, hidden_size=2)
    >>> states, cells = layer(mx.zeros((5, 3)))
    >>> states, cells = layer(mx.zeros((5, 3)), states, cells)
    >>> print(states.shape)
    (5, 5, 2)
    """


def last_state_carried():
    """The last state and the last cell.

    >>> layer = nn.LSTM(input_size=3, hidden_size=2)
    >>> states, cells = layer(mx.zeros((5, 3)))
    >>> states, cells = layer(mx.zeros((5, 3)), states[-1], cells[-1])
    >>> print(states.shape)
    (5, 2)
    """
