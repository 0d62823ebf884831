"""A recurrent network: one layer, used at every time; and the way back through time."""

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
from jaxtyping import Float

from snippets.backward import central_difference

# --8<-- [start:start]
W = mx.array([[0.6, -1.1], [1.0, 0.8]])            # (2, 2)
U = mx.array([[0.9], [-0.7]])                      # (2, 1)
b = mx.array([0.3, -0.1])                          # (2,)
x = mx.array([[0.5], [0.2], [-0.3]])               # (3, 1)
c = mx.array([[0.0, 0.0], [0.5, 0.0], [1.0, -2.0]])  # (3, 2)
# --8<-- [end:start]


def states(
    x: Float[mx.array, "T n"],
    W: Float[mx.array, "m m"],
    U: Float[mx.array, "m n"],
    b: Float[mx.array, "m"],
) -> Float[mx.array, "T+1 m"]:
    r"""States of a recurrent network over time, from rest.

    $$
    h_0 = 0
    $$

    $$
    h_t = \tanh(W h_{t-1} + U x_t + b) \quad t = 1, \dots, T
    $$

    >>> h = states(x, W, U, b)
    >>> print(h)
    array([[0, 0],
           [0.635149, -0.421899],
           [0.868066, 0.057566],
           [0.452243, 0.771539]], dtype=float32)
    """
    h = [mx.zeros_like(b)]
    for x_t in x:
        h.append(mx.tanh(W @ h[-1] + U @ x_t + b))
    return mx.stack(h)


def loss_of(
    c: Float[mx.array, "T m"], h: Float[mx.array, "T+1 m"]
) -> Float[mx.array, ""]:
    r"""A loss to which every state adds its share: what it does with them is in the slopes c.

    $$
    L = \sum_{t=1}^{T} \sum_{i=1}^{m} c_{ti} h_{ti}
    $$

    >>> h = states(x, W, U, b)
    >>> L = loss_of(c, h)
    >>> print(L)
    array(-0.656801, dtype=float32)
    """
    return (c * h[1:]).sum()


def state_slopes(
    x: Float[mx.array, "T n"],
    W: Float[mx.array, "m m"],
    U: Float[mx.array, "m n"],
    b: Float[mx.array, "m"],
    c: Float[mx.array, "T m"],
) -> tuple[Float[mx.array, "T m"], Float[mx.array, "T m"]]:
    r"""Slope of the loss along every state, from the last one back, and the errors.

    $$
    \frac{\partial L}{\partial h_{Tj}} = c_{Tj}
    $$

    $$
    \frac{\partial L}{\partial h_{tj}} = c_{tj} + \sum_{i=1}^{m} \delta_{t+1,i} w_{ij} \quad t = T - 1, \dots, 1
    $$

    $$
    \delta_{ti} = \frac{\partial L}{\partial h_{ti}} (1 - h_{ti}^2)
    $$

    >>> h = states(x, W, U, b)
    >>> dL_dh, delta = state_slopes(x, W, U, b, c)
    >>> last = -delta[2, 1]
    >>> print(dL_dh)
    array([[-1.49272, -1.25953],
           [0.16783, -1.52259],
           [1, -2]], dtype=float32)
    >>> print(delta)
    array([[-0.890538, -1.03534],
           [0.0413636, -1.51754],
           [0.795476, -0.809456]], dtype=float32)
    """
    h = states(x, W, U, b)
    slopes, deltas = [c[-1]], [c[-1] * (1 - h[-1] ** 2)]
    for t in range(len(x) - 1, 0, -1):
        slopes.append(c[t - 1] + W.T @ deltas[-1])
        deltas.append(slopes[-1] * (1 - h[t] ** 2))
    return mx.stack(slopes[::-1]), mx.stack(deltas[::-1])


def gradients(
    x: Float[mx.array, "T n"],
    W: Float[mx.array, "m m"],
    U: Float[mx.array, "m n"],
    b: Float[mx.array, "m"],
    c: Float[mx.array, "T m"],
) -> tuple[Float[mx.array, "m m"], Float[mx.array, "m n"], Float[mx.array, "m"]]:
    r"""Slopes along the parameters: sums over time.

    $$
    \frac{\partial L}{\partial w_{ij}} = \sum_{t=1}^{T} \delta_{ti} h_{t-1,j}
    $$

    $$
    \frac{\partial L}{\partial u_{ik}} = \sum_{t=1}^{T} \delta_{ti} x_{tk}
    $$

    $$
    \frac{\partial L}{\partial b_i} = \sum_{t=1}^{T} \delta_{ti}
    $$

    >>> dL_dh, delta = state_slopes(x, W, U, b, c)
    >>> dL_dW, dL_dU, dL_db = gradients(x, W, U, b, c)
    >>> print(dL_dW)
    array([[0.716798, 0.0283411],
           [-1.66653, 0.593652]], dtype=float32)
    """
    h, delta = states(x, W, U, b), state_slopes(x, W, U, b, c)[1]
    return delta.T @ h[:-1], delta.T @ x, delta.sum(axis=0)


def graph():
    """A recurrent network of one neuron and three times, as a graph; the loss is the last state.

    >>> w, u, inputs = 0.9, 1.0, [0.5, 0.2, -0.3]
    >>> h = [0.0]
    >>> for each in inputs:
    ...     h.append(float(np.tanh(w * h[-1] + u * each)))
    >>> slopes = [1 - each**2 for each in h]
    >>> back = [0.0, 0.0, 0.0, 1.0]
    >>> for t in (2, 1):
    ...     back[t] = back[t + 1] * slopes[t + 1] * w
    >>> node = lambda name, value, grad, **op: {
    ...     "name": name, "label": name, "value": value, "grad": grad, **op
    ... }
    >>> nodes, edges = [], []
    >>> for t in (1, 2, 3):
    ...     nodes.append(node(f"x_{t}", inputs[t - 1], back[t] * slopes[t] * u))
    ...     nodes.append(node(f"h_{t}", h[t], back[t], op="tanh"))
    ...     edges.append({"from": f"x_{t}", "to": f"h_{t}", "local": slopes[t] * u})
    ...     if t > 1:
    ...         edges.append({"from": f"h_{t - 1}", "to": f"h_{t}", "local": slopes[t] * w})
    >>> print([round(each, 3) for each in back[1:]])
    [0.546, 0.867, 1.0]
    """


def three_ways():
    """The slopes along all parameters by hand, by `mx.grad` and by finite differences.

    >>> by_hand = gradients(x, W, U, b, c)
    >>> loss = lambda W, U, b: loss_of(c, states(x, W, U, b))
    >>> mx_grad = mx.grad(loss, argnums=(0, 1, 2))(W, U, b)
    >>> inputs, slopes = np.array(x, np.float64), np.array(c, np.float64)
    >>> def loss_float64(W, U, b):
    ...     h, L = np.zeros(2), 0.0
    ...     for x_t, c_t in zip(inputs, slopes):
    ...         h = np.tanh(W @ h + U @ x_t + b)
    ...         L += c_t @ h
    ...     return L
    >>> given = [np.array(each, np.float64) for each in (W, U, b)]
    >>> for k in range(3):
    ...     finite = central_difference(
    ...         lambda each: loss_float64(*given[:k], each, *given[k + 1 :]), given[k]
    ...     )
    ...     same = mx.allclose(by_hand[k], mx_grad[k], atol=1e-6).item()
    ...     print(same, np.allclose(by_hand[k], finite, atol=1e-5))
    True True
    True True
    True True
    """


def same_as_mlx():
    """MLX's layer with our weights gives our states.

    >>> layer = nn.RNN(input_size=1, hidden_size=2)
    >>> layer.Whh, layer.Wxh, layer.bias = W, U, b
    >>> print(mx.allclose(layer(x), states(x, W, U, b)[1:], atol=1e-6))
    array(True, dtype=bool)
    """


def far_back():
    """How long the slope is, so many steps back, where nothing is squeezed: W is ρ times a rotation.

    >>> angle = 0.3
    >>> turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    >>> steps, curves = list(range(51)), {}
    >>> for rho in (0.9, 1.0, 1.1):
    ...     back, lengths = np.array([1.0, 0.0]), []
    ...     for _ in steps:
    ...         lengths.append(float(np.linalg.norm(back)))
    ...         back = rho * turn.T @ back
    ...     curves[f"ρ = {rho}"] = lengths
    >>> for name, lengths in curves.items():
    ...     print(name, f"{lengths[10]:8.4f}", f"{lengths[50]:9.4f}")
    ρ = 0.9   0.3487    0.0052
    ρ = 1.0   1.0000    1.0000
    ρ = 1.1   2.5937  117.3909
    >>> epochs, scale = steps, "log"
    """


def growth_measured():
    """Factor of one step, measured over two hundred, beside the spectral radius of random weights.

    >>> draw = np.random.default_rng(0)
    >>> for rho in (0.5, 0.9, 1.0, 1.1, 1.5):
    ...     A = draw.normal(size=(30, 30))
    ...     A *= rho / np.abs(np.linalg.eigvals(A)).max()
    ...     back, lengths = draw.normal(size=30), []
    ...     for _ in range(301):
    ...         lengths.append(np.linalg.norm(back))
    ...         back = A.T @ back
    ...     measured = (lengths[300] / lengths[100]) ** (1 / 200)
    ...     print(f"{rho:.1f}  {measured:.2f}")
    0.5  0.50
    0.9  0.90
    1.0  1.00
    1.1  1.10
    1.5  1.50
    """


def first_up():
    """A spectral radius of 0.9, and the slope grows all the same, for nine steps.

    >>> A = np.array([[0.9, 0.0], [5.0, 0.9]])
    >>> print(np.abs(np.linalg.eigvals(A)).max())
    0.9
    >>> back, lengths = np.array([0.0, 1.0]), []
    >>> for _ in range(101):
    ...     lengths.append(np.linalg.norm(back))
    ...     back = A.T @ back
    >>> print([round(float(lengths[k]), 2) for k in (0, 1, 5, 10, 50, 100)])
    [1.0, 5.08, 16.41, 19.37, 1.43, 0.01]
    """


def squeezed():
    """Length of the slope, 20 steps back, of a network with tanh: by ρ, and by how far it is driven.

    >>> draw = np.random.default_rng(0)
    >>> A = draw.normal(size=(30, 30))
    >>> A /= np.abs(np.linalg.eigvals(A)).max()  # ρ = 1
    >>> start, noise = draw.normal(size=30) / 30**0.5, draw.normal(size=(20, 30))
    >>> for rho in (0.9, 1.1, 1.5):
    ...     row = []
    ...     for size in (0.0, 0.3, 1.0):
    ...         h = [np.zeros(30)]
    ...         for each in noise:
    ...             h.append(np.tanh(rho * A @ h[-1] + size * each))
    ...         back = start
    ...         for h_t in h[:0:-1]:
    ...             back = rho * A.T @ (back * (1 - h_t**2))
    ...         row.append(np.linalg.norm(back))
    ...     print(rho, *(f"{each:9.2g}" for each in row))
    0.9      0.13    0.0053   3.7e-06
    1.1         7     0.086   0.00011
    1.5   3.5e+03      0.55    0.0049
    """


def truncated():
    """Slope along W when the way back is cut every k steps, beside the whole one.

    >>> draw = np.random.default_rng(0)
    >>> A = draw.normal(size=(8, 8))
    >>> A = mx.array(0.95 * A / np.abs(np.linalg.eigvals(A)).max(), dtype=mx.float32)
    >>> inputs = mx.array(0.3 * draw.normal(size=(48, 8)), dtype=mx.float32)
    >>> slopes = mx.array(draw.normal(size=(48, 8)), dtype=mx.float32)
    >>> def loss(A, k):
    ...     h, L = mx.zeros(8), 0
    ...     for t in range(48):
    ...         if t % k == 0:
    ...             h = mx.stop_gradient(h)
    ...         h = mx.tanh(A @ h + inputs[t])
    ...         L = L + (slopes[t] * h).sum()
    ...     return L
    >>> whole = mx.grad(loss)(A, 48)
    >>> for k in (1, 4, 8, 16, 48):
    ...     cut = mx.grad(loss)(A, k)
    ...     off = (mx.linalg.norm(cut - whole) / mx.linalg.norm(whole)).item()
    ...     print(f"{k:2}  {off:.2f}")
     1  0.74
     4  0.51
     8  0.57
    16  0.16
    48  0.00
    """


def last_written():
    """The slope along U with = in place of +=: only one of the times is left.

    >>> delta = state_slopes(x, W, U, b, c)[1]
    >>> dL_dU = mx.zeros((2, 1))
    >>> for t in (3, 2, 1):
    ...     dL_dU = mx.outer(delta[t - 1], x[t - 1])
    >>> print(dL_dU)
    array([[-0.445269],
           [-0.517669]], dtype=float32)
    """


def every_time():
    """One weight was used three times: three slopes, added.

    >>> delta = state_slopes(x, W, U, b, c)[1]
    >>> dL_dU = mx.zeros((2, 1))
    >>> for t in (3, 2, 1):
    ...     dL_dU = dL_dU + mx.outer(delta[t - 1], x[t - 1])
    >>> print(dL_dU)
    array([[-0.675639],
           [-0.578341]], dtype=float32)
    """


def not_relu():
    """A layer of ReLU handed to `nn.RNN`, which takes tanh: a state of 0.76 from an input of 1.

    >>> layer = nn.RNN(1, 1, nonlinearity=nn.ReLU())
    >>> layer.Wxh, layer.Whh, layer.bias = mx.ones((1, 1)), mx.ones((1, 1)), mx.zeros(1)
    >>> print(layer(mx.ones((2, 1))))
    array([[0.761594],
           [0.942681]], dtype=float32)
    """


def relu_indeed():
    """The function `nn.relu`, as it should be.

    >>> layer = nn.RNN(1, 1, nonlinearity=nn.relu)
    >>> layer.Wxh, layer.Whh, layer.bias = mx.ones((1, 1)), mx.ones((1, 1)), mx.zeros(1)
    >>> print(layer(mx.ones((2, 1))))
    array([[1],
           [2]], dtype=float32)
    """
