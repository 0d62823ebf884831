"""Activation functions and their slopes: where a neuron can learn, and where it cannot."""

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float

from snippets.forward import relu, sigmoid


def relu_slope(z: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Slope of ReLU, entry by entry: a gate, open or shut.

    $$
    \operatorname{ReLU}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}
    $$

    >>> z = mx.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    >>> print(relu_slope(z))
    array([0, 0, 0, 1, 1], dtype=float32)
    """
    return mx.where(z > 0, 1.0, 0.0)


def sigmoid_prime(z: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Slope of the sigmoid, entry by entry.

    $$
    \operatorname{sigmoid}'(z) = \operatorname{sigmoid}(z) (1 - \operatorname{sigmoid}(z))
    $$

    >>> z = mx.array([-4.0, -2.0, 0.0, 2.0, 4.0])
    >>> print(sigmoid_prime(z))
    array([0.0176627, 0.104994, 0.25, 0.104994, 0.0176627], dtype=float32)
    """
    a = sigmoid(z)
    return a * (1 - a)


def tanh(
    z: Float[mx.array, "..."]
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""Hyperbolic tangent and its slope, entry by entry.

    $$
    \tanh(z) = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}
    $$

    $$
    \tanh'(z) = 1 - \tanh(z)^2
    $$

    >>> z = mx.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    >>> a, slope = tanh(z)
    >>> print(a)
    array([-0.964028, -0.761594, 0, 0.761594, 0.964028], dtype=float32)
    >>> print(slope)
    array([0.0706508, 0.419974, 1, 0.419974, 0.0706508], dtype=float32)
    """
    a = mx.tanh(z)
    return a, 1 - a**2


def silu(
    z: Float[mx.array, "..."]
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""SiLU, also called swish, and its slope, entry by entry.

    $$
    \operatorname{SiLU}(z) = z \operatorname{sigmoid}(z)
    $$

    $$
    \operatorname{SiLU}'(z) = \operatorname{sigmoid}(z) (1 + z (1 - \operatorname{sigmoid}(z)))
    $$

    >>> z = mx.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    >>> a, slope = silu(z)
    >>> print(a)
    array([-0.238406, -0.268941, 0, 0.731059, 1.76159], dtype=float32)
    >>> print(slope)
    array([-0.0907843, 0.0723295, 0.5, 0.927671, 1.09078], dtype=float32)
    >>> print(mx.allclose(a, nn.silu(z)))
    array(True, dtype=bool)
    """
    gate = sigmoid(z)
    return z * gate, gate * (1 + z * (1 - gate))


def gelu(
    z: Float[mx.array, "..."]
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""GELU and its slope, entry by entry: z times the share of a normal distribution below z.

    $$
    \operatorname{GELU}(z) = \frac{z}{2} \left( 1 + \operatorname{erf}\left( \frac{z}{\sqrt{2}} \right) \right)
    $$

    $$
    \operatorname{GELU}'(z) = \frac{1}{2} \left( 1 + \operatorname{erf}\left( \frac{z}{\sqrt{2}} \right) \right)
      + \frac{z}{\sqrt{2 \pi}} e^{-\frac{z^2}{2}}
    $$

    >>> z = mx.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    >>> a, slope = gelu(z)
    >>> print(a)
    array([-0.0455002, -0.158655, 0, 0.841345, 1.9545], dtype=float32)
    >>> print(slope)
    array([-0.0852319, -0.0833154, 0.5, 1.08332, 1.08523], dtype=float32)
    >>> print(mx.allclose(a, nn.gelu(z)))
    array(True, dtype=bool)
    """
    share = (1 + mx.erf(z / 2**0.5)) / 2
    density = mx.exp(-(z**2) / 2) / (2 * mx.pi) ** 0.5
    return z * share, share + z * density


def tangents():
    """The sigmoid and tanh, and their slopes, from -4 to 4.

    >>> at, start, letters = mx.linspace(-4, 4, 81), 1.0, ["z", "a"]
    >>> curves = {"sigmoid": sigmoid(at)}
    >>> slopes = {"sigmoid": sigmoid_prime(at)}
    >>> curves["tanh"], slopes["tanh"] = tanh(at)
    >>> print(slopes["sigmoid"].max(), slopes["tanh"].max())
    array(0.25, dtype=float32) array(1, dtype=float32)
    """


def what_is_left():
    """What is left of a slope behind 1 to 20 activations, each at a weighted sum of 1.

    >>> z, at, start = mx.array(1.0), list(range(1, 21)), 3
    >>> slope = {"ReLU": relu_slope(z), "tanh": tanh(z)[1]}
    >>> slope["sigmoid"] = sigmoid_prime(z)
    >>> curves = {
    ...     name: [slope[name].item() ** depth for depth in at] for name in slope
    ... }
    >>> scale, letters = "log", ["D", "s"]
    >>> for name, left in curves.items():
    ...     print(f"{name:8} {left[0]:.3f} {left[2]:.3f} {left[19]:.0e}")
    ReLU     1.000 1.000 1e+00
    tanh     0.420 0.074 3e-08
    sigmoid  0.197 0.008 7e-15
    """


def curves():
    """Five activation functions and their slopes, from -3 to 3.

    >>> z = mx.linspace(-3, 3, 121)
    >>> value = {"ReLU": relu(z), "sigmoid": sigmoid(z)}
    >>> slope = {"ReLU": relu_slope(z), "sigmoid": sigmoid_prime(z)}
    >>> for name, function in (("tanh", tanh), ("SiLU", silu), ("GELU", gelu)):
    ...     value[name], slope[name] = function(z)
    >>> steepest = {name: slope[name].max().item() for name in slope}
    >>> flattest = {name: slope[name].min().item() for name in slope}
    >>> for name in slope:
    ...     print(f"{name:8} {flattest[name]:6.3f} {steepest[name]:6.3f}")
    ReLU      0.000  1.000
    sigmoid   0.045  0.250
    tanh      0.010  1.000
    SiLU     -0.100  1.100
    GELU     -0.129  1.129
    """


def by_autodiff():
    """The slopes once more, by automatic differentiation.

    >>> z = mx.array([-2.0, -0.5, 0.5, 2.0])
    >>> slope_of = lambda f: mx.vmap(mx.grad(f))
    >>> print(mx.allclose(slope_of(relu)(z), relu_slope(z)))
    array(True, dtype=bool)
    >>> print(mx.allclose(slope_of(sigmoid)(z), sigmoid_prime(z)))
    array(True, dtype=bool)
    >>> for ours, theirs in ((tanh, mx.tanh), (silu, nn.silu), (gelu, nn.gelu)):
    ...     print(mx.allclose(slope_of(theirs)(z), ours(z)[1]))
    array(True, dtype=bool)
    array(True, dtype=bool)
    array(True, dtype=bool)
    """


def vanishing():
    """The slope of a sigmoid of a sigmoid of a sigmoid …: at most a quarter a layer.

    >>> def stacked(z, layers, activation):
    ...     for layer in range(layers):
    ...         z = activation(z)
    ...     return z
    ...
    >>> z = mx.array(0.38)
    >>> slopes = {}
    >>> for layers in (1, 5, 10):
    ...     slopes[layers] = mx.grad(lambda z: stacked(z, layers, mx.sigmoid))(z)
    ...     print(layers, slopes[layers])
    1 array(0.241188, dtype=float32)
    5 array(0.000630917, dtype=float32)
    10 array(3.61459e-07, dtype=float32)
    """


def not_vanishing():
    """Through ten ReLUs, all of them open, the slope stays what it was.

    >>> def stacked(z, layers, activation):
    ...     for layer in range(layers):
    ...         z = activation(z)
    ...     return z
    ...
    >>> z = mx.array(0.38)
    >>> print(mx.grad(lambda z: stacked(z, 10, nn.relu))(z))
    array(1, dtype=float32)
    """


def ten_layers():
    """How much of a slope ten layers of 64 ReLU neurons leave: as nn.Linear starts, and larger.

    >>> mx.random.seed(3)
    >>> x = mx.random.normal((64, 64))
    >>> back = mx.random.normal((64, 64))
    >>> layers = [nn.Linear(64, 64) for _ in range(10)]
    >>> def output(x):
    ...     for layer in layers:
    ...         x = nn.relu(layer(x))
    ...     return (back * x).sum()
    ...
    >>> size = mx.linalg.norm
    >>> left = size(mx.grad(output)(x)) / size(back)
    >>> print(f"{left.item():.5f}")
    0.00011
    >>> he_normal = nn.init.he_normal()
    >>> for layer in layers:
    ...     layer.weight = he_normal(layer.weight, gain=2**0.5)
    >>> left_he = size(mx.grad(output)(x)) / size(back)
    >>> print(f"{left_he.item():.1f}")
    1.2
    """


def dead():
    """A neuron that is shut on every example: a hundred steps, and nothing moves.

    >>> x = mx.array([[0.5, 0.2], [0.7, 0.1]])
    >>> w, b = mx.array([0.6, -1.1]), mx.array(-2.0)
    >>> loss = lambda b: ((nn.relu(x @ w + b) - 1) ** 2).mean()
    >>> for step in range(100):
    ...     slope = mx.grad(loss)(b)
    ...     b = b - 0.1 * slope
    >>> print(slope, b)
    array(0, dtype=float32) array(-2, dtype=float32)
    """


def revived():
    """The same neuron with a leaky ReLU, whose slope below 0 is small but not 0: it comes back.

    >>> x = mx.array([[0.5, 0.2], [0.7, 0.1]])
    >>> w, b = mx.array([0.6, -1.1]), mx.array(-2.0)
    >>> leaky = lambda z: mx.maximum(z, 0.1 * z)
    >>> loss = lambda b: ((leaky(x @ w + b) - 1) ** 2).mean()
    >>> for step in range(100):
    ...     slope = mx.grad(loss)(b)
    ...     b = b - 0.1 * slope
    >>> print(x @ w + b > 0)
    array([True, True], dtype=bool)
    """


def whole_number():
    """The slope of half a number, asked for at an integer: one half is cut to 0.

    >>> half = lambda w: 0.5 * w
    >>> slope = mx.grad(half)(mx.array(3))
    >>> print(slope)
    array(0, dtype=int32)
    """


def real_number():
    """At a floating-point number the slope is what it should be.

    >>> half = lambda w: 0.5 * w
    >>> slope = mx.grad(half)(mx.array(3.0))
    >>> print(slope)
    array(0.5, dtype=float32)
    """


def corner():
    """Two ways to write ReLU, and their slopes at its corner.

    >>> at = mx.array(0.0)
    >>> print(mx.grad(lambda z: mx.maximum(z, 0))(at))
    array(0, dtype=float32)
    >>> print(mx.grad(lambda z: mx.maximum(0, z))(at))
    array(1, dtype=float32)
    >>> print(mx.grad(nn.relu)(at))
    array(0, dtype=float32)
    """


def slope_at_two():
    """The slope of the sigmoid at 2, from its value there.

    >>> z = mx.array(2.0)
    >>> a = sigmoid(z)
    >>> slope = a * (1 - a)
    >>> print(a, slope)
    array(0.880797, dtype=float32) array(0.104994, dtype=float32)
    """


def slope_from_value():
    """The slope of the sigmoid where its value is 0.7, and the same from z.

    >>> a = mx.array(0.7)
    >>> slope = a * (1 - a)
    >>> print(slope)
    array(0.21, dtype=float32)
    >>> z = mx.log(a / (1 - a))
    >>> print(z, sigmoid_prime(z))
    array(0.847298, dtype=float32) array(0.21, dtype=float32)
    """


def tanh_at_one():
    """tanh and its slope at 1.

    >>> z = mx.array(1.0)
    >>> a, slope = tanh(z)
    >>> print(a, slope)
    array(0.761594, dtype=float32) array(0.419974, dtype=float32)
    """


def silu_at_one():
    """SiLU and its slope at 1.

    >>> z = mx.array(1.0)
    >>> a, slope = silu(z)
    >>> print(a, slope)
    array(0.731059, dtype=float32) array(0.927671, dtype=float32)
    """


def gelu_at_one():
    """GELU and its slope at 1.

    >>> z = mx.array(1.0)
    >>> a, slope = gelu(z)
    >>> print(a, slope)
    array(0.841345, dtype=float32) array(1.08332, dtype=float32)
    """


def through_three():
    """What the product of three slopes of the sigmoid cannot exceed, and the most of sigmoids right behind each other.

    >>> largest = 0.25**3
    >>> print(largest)
    0.015625
    >>> z = mx.linspace(-5, 5, 1001)
    >>> slopes = mx.vmap(mx.grad(lambda z: sigmoid(sigmoid(sigmoid(z)))))(z)
    >>> print(f"{slopes.max().item():.4f}")
    0.0134
    """


def tanh_from_sigmoid():
    """tanh is a stretched sigmoid: twice as tall, twice as steep, half lower.

    >>> z = mx.array([-2.0, 0.0, 0.5, 2.0])
    >>> a = 2 * sigmoid(2 * z) - 1
    >>> print(mx.allclose(a, mx.tanh(z)))
    array(True, dtype=bool)
    """
