"""The chain rule on the graph of the book's network: multiply along a path, add over paths."""

import mlx.core as mx
from jaxtyping import Float

from snippets.backward import loss
from snippets.forward import forward, relu, sigmoid
from snippets.loss import binary_cross_entropy, loss_slope
from snippets.network import W1, W2, b1, b2, x, y


def output_slope(y_hat: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Slope of the prediction along the output's weighted sum, entry by entry.

    $$
    \frac{\partial \hat{y}}{\partial z^{(2)}} = \hat{y} (1 - \hat{y})
    $$

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> print(output_slope(y_hat))
    array([0.237759], dtype=float32)
    """
    return y_hat * (1 - y_hat)


def chain_rule(
    y: Float[mx.array, "1"], y_hat: Float[mx.array, "1"], a1: Float[mx.array, "hidden"]
) -> Float[mx.array, "hidden"]:
    r"""Slope of the loss along each output weight: three slopes multiplied.

    $$
    \begin{aligned}
    \frac{\partial L}{\partial w^{(2)}_{1j}}
      &= \frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial w^{(2)}_{1j}} \\
      &= \frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial z^{(2)}_1}
        \cdot \frac{\partial z^{(2)}_1}{\partial w^{(2)}_{1j}}
    \end{aligned}
    $$

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> print(chain_rule(y, y_hat, a1))
    array([-0.232043, -0.341958], dtype=float32)
    """
    dL_dy_hat = loss_slope(y_hat, y)  # ∂L/∂ŷ
    dy_hat_dz2 = output_slope(y_hat)  # ∂ŷ/∂z2_1
    dz2_dw2 = a1                      # ∂z2_1/∂w2_1j
    return dL_dy_hat * dy_hat_dz2 * dz2_dw2


def input_slope(
    x: Float[mx.array, "in"],
    y: Float[mx.array, "out"],
    W1: Float[mx.array, "hidden in"],
    b1: Float[mx.array, "hidden"],
    W2: Float[mx.array, "out hidden"],
    b2: Float[mx.array, "out"],
) -> Float[mx.array, "in"]:
    r"""Slope of the loss along each input: one path through every hidden neuron, added up.

    $$
    \frac{\partial L}{\partial x_j}
      = \sum_{i=1}^{\text{hidden}} \frac{\partial L}{\partial z^{(1)}_i}
        \cdot \frac{\partial z^{(1)}_i}{\partial x_j}
    $$

    >>> print(input_slope(x, y, W1, b1, W2, b2))
    array([0.0977023, 0.946491], dtype=float32)
    """
    def loss_from(z1):  # the rest of the way
        y_hat = sigmoid(W2 @ relu(z1) + b2)
        return binary_cross_entropy(y_hat, y).sum()

    dL_dz1 = mx.grad(loss_from)(W1 @ x + b1)  # (hidden,)
    dz1_dx = W1                               # ∂z1_i/∂x_j
    return dL_dz1 @ dz1_dx                    # (hidden,) @ (hidden, in) → (in,)


def graph():
    """The output neuron and the loss as a graph, with a slope on every edge.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> p_1, p_2 = (W2[0] * a1).tolist()
    >>> dL_dy_hat = loss_slope(y_hat, y).item()
    >>> dy_hat_dz = output_slope(y_hat).item()
    >>> dL_dz = dL_dy_hat * dy_hat_dz
    >>> (a_1, a_2), (w_1, w_2) = a1.tolist(), W2[0].tolist()
    >>> L = binary_cross_entropy(y_hat, y).item()
    >>> node = lambda name, value, grad, **op: {
    ...     "name": name, "label": name, "value": value, "grad": grad, **op
    ... }
    >>> nodes = [
    ...     node("w_1", w_1, dL_dz * a_1),
    ...     node("a_1", a_1, dL_dz * w_1),
    ...     node("w_2", w_2, dL_dz * a_2),
    ...     node("a_2", a_2, dL_dz * w_2),
    ...     node("p_1", p_1, dL_dz, op="×"),
    ...     node("p_2", p_2, dL_dz, op="×"),
    ...     node("b", b2.item(), dL_dz),
    ...     node("z", z2.item(), dL_dz, op="+"),
    ...     node("y_hat", y_hat.item(), dL_dy_hat, op="σ"),
    ...     node("L", L, 1.0, op="−log"),
    ... ]
    >>> edge = lambda start, end, local: {"from": start, "to": end, "local": local}
    >>> edges = [
    ...     edge("w_1", "p_1", a_1), edge("a_1", "p_1", w_1),
    ...     edge("w_2", "p_2", a_2), edge("a_2", "p_2", w_2),
    ...     edge("p_1", "z", 1.0), edge("p_2", "z", 1.0), edge("b", "z", 1.0),
    ...     edge("z", "y_hat", dy_hat_dz), edge("y_hat", "L", dL_dy_hat),
    ... ]
    >>> print(f"{dL_dz:.6f} {nodes[0]['grad']:.6f} {nodes[2]['grad']:.6f}")
    -0.610639 -0.232043 -0.341958
    """


def two_paths():
    """The two paths from the first input to the loss, each by itself, and their sum.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> dL_dz2 = loss_slope(y_hat, y) * output_slope(y_hat)  # (1,)
    >>> dL_dz1 = dL_dz2 * W2[0]  # both gates are open: slope 1
    >>> dz1_dx = W1
    >>> first, second = dL_dz1 * dz1_dx[:, 0]
    >>> dL_dx = dL_dz1 @ dz1_dx
    >>> total = first + second
    >>> print(first)
    array(-0.329745, dtype=float32)
    >>> print(second)
    array(0.427447, dtype=float32)
    >>> print(f"{total.item():.6f}")
    0.097702
    """


def one_path_only():
    """The slope along the first input through hidden neuron 1 alone: a path is forgotten.

    >>> dL_dz1 = mx.array([-0.549575, 0.427447])
    >>> slope = dL_dz1[0] * W1[0, 0]
    >>> print(slope)
    array(-0.329745, dtype=float32)
    """


def every_path():
    """The slope along the first input through both hidden neurons.

    >>> dL_dz1 = mx.array([-0.549575, 0.427447])
    >>> slope = (dL_dz1 * W1[:, 0]).sum()
    >>> print(f"{slope.item():.6f}")
    0.097702
    """


def used_twice():
    """A value that is used twice: the square of 3 as 3 times 3, one path counted, then both.

    >>> product = lambda u, v: u * v
    >>> w = mx.array(3.0)
    >>> along_u = mx.grad(product, argnums=0)(w, w)
    >>> print(along_u)
    array(3, dtype=float32)
    >>> print(mx.grad(lambda w: product(w, w))(w))
    array(6, dtype=float32)
    """


def third_weight():
    """The slope along a weight of 0 behind an activation of 0.5: by the edges, then by MLX.

    >>> z1, a1, z2, y_hat = forward(x, W1, b1, W2, b2)
    >>> dL_dw3 = loss_slope(y_hat, y) * output_slope(y_hat) * 0.5
    >>> print(dL_dw3)
    array([-0.30532], dtype=float32)
    >>> with_w3 = lambda w3: binary_cross_entropy(sigmoid(z2 + w3 * 0.5), y).sum()
    >>> print(mx.grad(with_w3)(mx.array(0.0)))
    array(-0.30532, dtype=float32)
    """


def sum_times_first():
    """Two edges leave u: through the sum, and straight to the product.

    >>> u, v = mx.array(2.0), mx.array(3.0)
    >>> through_the_sum = u * 1
    >>> straight = u + v
    >>> slope = through_the_sum + straight
    >>> print(slope)
    array(7, dtype=float32)
    >>> print(mx.grad(lambda u, v: (u + v) * u)(u, v))
    array(7, dtype=float32)
    """


def larger_bias():
    """The loss after raising the output bias by 0.01, against what its slope promised.

    >>> before, after = loss(x, y, W1, b1, W2, b2), loss(x, y, W1, b1, W2, b2 + 0.01)
    >>> promised = -0.610639 * 0.01
    >>> change = (after - before).item()
    >>> print(f"{promised:.5f} {change:.5f}")
    -0.00611 -0.00609
    """


def one_knob():
    """A knob in front of both inputs, with slope 1 to the first and −1 to the second: by hand, then by MLX.

    >>> dL_dx = input_slope(x, y, W1, b1, W2, b2)
    >>> dx_dknob = mx.array([1.0, -1.0])
    >>> slope = (dL_dx * dx_dknob).sum()
    >>> print(f"{slope.item():.6f}")
    -0.848789
    >>> turned = lambda knob: loss(x + knob * dx_dknob, y, W1, b1, W2, b2)
    >>> print(f"{mx.grad(turned)(mx.array(0.0)).item():.6f}")
    -0.848789
    """
