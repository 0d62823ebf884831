"""Gradient checking: the step, the number format, what to compare, and a checker of one's own."""

import math
from collections.abc import Callable

import mlx.core as mx
import mlx.nn as nn
import numpy as np
from jaxtyping import Float

from snippets.backward import agree, backward, central_difference, loss_float64
from snippets.forward import relu
from snippets.network import W1, W2, b1, b2, x, y


def one_sided(x: Float[mx.array, "..."], h: float) -> Float[mx.array, "..."]:
    r"""Slope of the square, from one step to the right, entry by entry.

    $$
    g = \frac{(x + h)^2 - x^2}{h} = 2 x + h
    $$

    >>> x, h = mx.array(2.0), 0.25
    >>> g = one_sided(x, h)
    >>> print(g)
    array(4.25, dtype=float32)
    """
    return ((x + h) ** 2 - x**2) / h


def two_sided(x: Float[mx.array, "..."], h: float) -> Float[mx.array, "..."]:
    r"""Slope of the cube, from a step to either side, entry by entry.

    $$
    g = \frac{(x + h)^3 - (x - h)^3}{2 h} = 3 x^2 + h^2
    $$

    >>> x, h = mx.array(2.0), 0.25
    >>> g = two_sided(x, h)
    >>> print(g)
    array(12.0625, dtype=float32)
    """
    return ((x + h) ** 3 - (x - h) ** 3) / (2 * h)


def total_error(
    h: Float[mx.array, "..."], u: float
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""Error of a two-sided difference, from rounding and from the step, and its slope along the step, entry by entry.

    $$
    E = \frac{u}{h} + \frac{h^2}{6}
    $$

    $$
    \frac{\partial E}{\partial h} = -\frac{u}{h^2} + \frac{h}{3}
    $$

    >>> h, u = mx.array([0.1, 0.01, 0.001]), 6e-8
    >>> E, dE_dh = total_error(h, u)
    >>> print(E)
    array([0.00166727, 2.26667e-05, 6.01667e-05], dtype=float32)
    >>> print(dE_dh)
    array([0.0333273, 0.00273333, -0.0596667], dtype=float32)
    """
    return u / h + h**2 / 6, -u / h**2 + h / 3


def best_step(u: float) -> tuple[float, float]:
    r"""The step with the least error, and that error.

    $$
    \hat{h} = (3 u)^{\frac{1}{3}}
    $$

    $$
    \hat{E} = \frac{u}{\hat{h}} + \frac{\hat{h}^2}{6} = \frac{\hat{h}^2}{2}
    $$

    >>> u = 2**-24  # float32
    >>> h_hat, E_hat = best_step(u)
    >>> print(f"{h_hat:.1e} {E_hat:.1e}")
    5.6e-03 1.6e-05
    >>> print("{:.1e} {:.1e}".format(*best_step(2**-53)))  # float64
    6.9e-06 2.4e-11
    """
    h = (3 * u) ** (1 / 3)
    return h, u / h + h**2 / 6


def u_curve():
    """Relative errors of a slope at steps of 0.1 to 1e-16: the mean over a hundred places.

    >>> f = lambda x: x * x * x / 3 - x
    >>> places = np.arange(150, 250) / 100
    >>> at, start, letters, scale = list(range(1, 17)), 5, ["k", "E"], "log"
    >>> names = ("float32", "float64", "one side", "complex")
    >>> curves = {name: [] for name in names}
    >>> for k in at:
    ...     for name in names:
    ...         number = np.float32 if name == "float32" else np.float64
    ...         x, h = places.astype(number), number(f"1e-{k}")
    ...         if name == "complex":
    ...             g = f(x + 1j * h).imag / h
    ...         elif name == "one side":
    ...             g = (f(x + h) - f(x)) / h
    ...         else:
    ...             g = (f(x + h) - f(x - h)) / (2 * h)
    ...         slope = places * places - 1
    ...         error = (np.abs(g - slope) / np.abs(slope)).mean()
    ...         curves[name].append(max(error.item(), 1e-15))
    >>> for name in names:
    ...     least = min(curves[name])
    ...     print(f"{name:9} 1e-{at[curves[name].index(least)]:<3} {least:.0e}")
    float32   1e-2   1e-05
    float64   1e-5   2e-11
    one side  1e-8   8e-09
    complex   1e-8   1e-15
    """


def relative_error(
    g: Float[np.ndarray, "n"], q: Float[np.ndarray, "n"], epsilon: float = 1e-8
) -> float:
    r"""Distance of two gradients, as a share of their lengths.

    $$
    e = \frac{\lVert g - q \rVert}{\max(\lVert g \rVert + \lVert q \rVert, \epsilon)}
    $$

    >>> g, q, epsilon = np.array([3.0, 4.0]), np.array([3.6, 4.8]), 1e-8
    >>> e = relative_error(g, q, epsilon)
    >>> print(f"{e:.6f}")
    0.090909
    """
    return np.linalg.norm(g - q) / max(np.linalg.norm(g) + np.linalg.norm(q), epsilon)


def centred(X: Float[mx.array, "N n"]) -> Float[mx.array, "N n"]:
    r"""Each row without its mean.

    $$
    c_{ij} = x_{ij} - \frac{1}{n} \sum_{k=1}^{n} x_{ik}
    $$

    >>> X = mx.array([[1.0, 2.0, 6.0], [0.0, 4.0, 2.0]])
    >>> C = centred(X)
    >>> print(C)
    array([[-2, -1, 3],
           [-2, 2, 0]], dtype=float32)
    """
    return X - X.mean(axis=1, keepdims=True)


def centred_vjp(
    X: Float[mx.array, "N n"], V: Float[mx.array, "N n"]
) -> Float[mx.array, "N n"]:
    r"""VJP of the rows without their means.

    $$
    s_{kl} = \sum_{i=1}^{N} \sum_{j=1}^{n} v_{ij} \frac{\partial c_{ij}}{\partial x_{kl}}
      = v_{kl} - \frac{1}{n} \sum_{j=1}^{n} v_{kj}
    $$

    >>> X = mx.array([[1.0, 2.0, 6.0], [0.0, 4.0, 2.0]])
    >>> V = mx.array([[1.0, -2.0, 4.0], [3.0, 0.0, 0.0]])
    >>> S = centred_vjp(X, V)
    >>> print(S)
    array([[0, -3, 3],
           [2, -1, -1]], dtype=float32)
    >>> print(mx.vjp(centred, [X], [V])[1][0])
    array([[0, -3, 3],
           [2, -1, -1]], dtype=float32)
    >>> print(centred_vjp(X, mx.ones((2, 3))))
    array([[0, 0, 0],
           [0, 0, 0]], dtype=float32)
    """
    return V - V.mean(axis=1, keepdims=True)


def kink(z: Float[mx.array, "..."], h: float) -> Float[mx.array, "..."]:
    r"""Finite difference of ReLU, entry by entry: between its slopes where the step reaches over the kink.

    $$
    \begin{aligned}
    g &= \frac{\operatorname{ReLU}(z + h) - \operatorname{ReLU}(z - h)}{2 h} \\
      &= \begin{cases} 0 & z < -h \\ 1 & z > h \\ \frac{z + h}{2 h} & \text{otherwise} \end{cases}
    \end{aligned}
    $$

    >>> z, h = mx.array([-0.5, -0.125, 0.0, 0.125, 0.5]), 0.25
    >>> g = kink(z, h)
    >>> print(g)
    array([0, 0.25, 0.5, 0.75, 1], dtype=float32)
    """
    return (relu(z + h) - relu(z - h)) / (2 * h)


def complex_step(x: float, h: float) -> float:
    r"""Slope of the cube, from a step in the imaginary direction.

    $$
    g = 3 x^2 - h^2
    $$

    >>> x, h = 2.0, 1e-20
    >>> g = complex_step(x, h)
    >>> print(g)
    12.0
    """
    return ((x + 1j * h) ** 3).imag / h


def along_direction(
    f: Callable[[np.ndarray], float],
    w: Float[np.ndarray, "n"],
    u: Float[np.ndarray, "n"],
    h: float = 1e-5,
) -> float:
    r"""Slope of f along a direction: two losses, however many parameters.

    $$
    r = \frac{f(w + h u) - f(w - h u)}{2 h}
    $$

    >>> def f(w):
    ...     W1, b1, W2, b2 = w[:4].reshape(2, 2), w[4:6], w[6:8].reshape(1, 2), w[8:]
    ...     return loss_float64(x, y, W1, b1, W2, b2)
    >>> together = lambda arrays: np.concatenate([np.array(a).ravel() for a in arrays])
    >>> w = together([W1, b1, W2, b2]).astype(np.float64)
    >>> u = np.random.default_rng(0).normal(size=9)
    >>> r = along_direction(f, w, u)
    >>> gradient = together(backward(x, y, W1, b1, W2, b2))
    >>> print(f"{r:.6f} {gradient @ u:.6f}")
    0.378049 0.378049
    """
    return (f(w + h * u) - f(w - h * u)) / (2 * h)


def float64_inside():
    """Functions of MLX in float64, against NumPy: how many digits are right.

    >>> x = np.linspace(0.2, 0.8, 7)
    >>> erf = np.array([math.erf(each) for each in x])
    >>> soft = np.exp(x) / np.exp(x).sum()
    >>> normal = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    >>> weights = mx.array([[[0.1], [0.7]]], mx.float64)
    >>> conv = lambda x: mx.conv1d(x[None, :, None], weights)
    >>> pairs = {
    ...     "exp": (mx.exp, np.exp(x)),
    ...     "sin": (mx.sin, np.sin(x)),
    ...     "erf": (mx.erf, erf),
    ...     "sigmoid": (mx.sigmoid, 1 / (1 + np.exp(-x))),
    ...     "softmax": (mx.softmax, soft),
    ...     "layer_norm": (lambda x: mx.fast.layer_norm(x[None], None, None, 1e-5), normal),
    ...     "conv1d": (conv, 0.1 * x[:-1] + 0.7 * x[1:]),
    ...     "log": (mx.log, np.log(x)),
    ...     "tanh": (mx.tanh, np.tanh(x)),
    ...     "sqrt": (mx.sqrt, np.sqrt(x)),
    ...     "matmul": (lambda x: x[:, None] @ x[None], np.outer(x, x)),
    ... }
    >>> with mx.stream(mx.cpu):
    ...     for name, (f, exact) in pairs.items():
    ...         found = f(mx.array(x, mx.float64))
    ...         error = np.abs(np.array(found).reshape(exact.shape) - exact).max()
    ...         good = "float64" if error < 1e-12 else "float32"
    ...         print(f"{name:11}{found.dtype}  accurate as {good}")
    exp        mlx.core.float64  accurate as float32
    sin        mlx.core.float64  accurate as float32
    erf        mlx.core.float64  accurate as float32
    sigmoid    mlx.core.float64  accurate as float32
    softmax    mlx.core.float64  accurate as float32
    layer_norm mlx.core.float64  accurate as float32
    conv1d     mlx.core.float64  accurate as float32
    log        mlx.core.float64  accurate as float64
    tanh       mlx.core.float64  accurate as float64
    sqrt       mlx.core.float64  accurate as float64
    matmul     mlx.core.float64  accurate as float64
    """


def check_vjp(f: Callable, vjp: Callable, *shapes: tuple, h: float = 1e-5) -> float:
    """The worst relative error of a VJP, over its inputs and three draws of numbers.

    >>> product = lambda W, x: W @ x
    >>> back = lambda W, x, v: (np.outer(v, x), W.T @ v)
    >>> print(check_vjp(product, back, (2, 3), (3,)) < 1e-7)
    True
    """
    random = np.random.default_rng(0)
    worst = 0.0
    for draw in range(3):
        inputs = [random.normal(size=shape) for shape in shapes]
        v = random.normal(size=np.shape(f(*inputs)))
        by_hand = vjp(*inputs, v)
        for k in range(len(inputs)):
            def weighed(changed):
                return (v * f(*inputs[:k], changed, *inputs[k + 1:])).sum()

            found = central_difference(weighed, inputs[k], h)
            error = relative_error(by_hand[k].ravel(), found.ravel())
            worst = max(worst, error)
    return worst


def six_planted():
    """Six functions, each with a right VJP and with one in which a mistake is planted.

    >>> s = lambda z: 1 / (1 + np.exp(-z))
    >>> mean = lambda X, axis: X.mean(axis, keepdims=True)
    >>> cases = {
    ...     "gate forgotten": (
    ...         lambda z: np.maximum(z, 0), [(6,)],
    ...         lambda z, v: [v * (z > 0)],
    ...         lambda z, v: [v],
    ...     ),
    ...     "not transposed": (
    ...         lambda W, x: W @ x, [(4, 4), (4,)],
    ...         lambda W, x, v: [np.outer(v, x), W.T @ v],
    ...         lambda W, x, v: [np.outer(v, x), W @ v],
    ...     ),
    ...     "path forgotten": (
    ...         lambda x: x * x, [(6,)],
    ...         lambda x, v: [2 * v * x],
    ...         lambda x, v: [v * x],
    ...     ),
    ...     "slope at z, not at a": (
    ...         s, [(6,)],
    ...         lambda z, v: [v * s(z) * (1 - s(z))],
    ...         lambda z, v: [v * z * (1 - z)],
    ...     ),
    ...     "1/N forgotten": (
    ...         lambda X: X.mean(0), [(5, 3)],
    ...         lambda X, v: [np.ones((5, 1)) * v / 5],
    ...         lambda X, v: [np.ones((5, 1)) * v],
    ...     ),
    ...     "wrong axis": (
    ...         lambda X: X - mean(X, 1), [(5, 3)],
    ...         lambda X, V: [V - mean(V, 1)],
    ...         lambda X, V: [V - mean(V, 0)],
    ...     ),
    ... }
    >>> found = 0
    >>> print(f"{'planted':21} right one   wrong one")
    planted               right one   wrong one
    >>> for name, (f, shapes, right, wrong) in cases.items():
    ...     low, high = check_vjp(f, right, *shapes), check_vjp(f, wrong, *shapes)
    ...     found += high > 1e-4 and low < 1e-6
    ...     print(f"{name:21} {'passes' if low < 1e-6 else 'fails'} {high:13.2f}")
    gate forgotten        passes          1.00
    not transposed        passes          0.90
    path forgotten        passes          0.33
    slope at z, not at a  passes          0.95
    1/N forgotten         passes          0.67
    wrong axis            passes          0.39
    >>> print(found)
    6
    """


def slopes_at_kinks():
    """Left slope, right slope, and what MLX says, at a kink; the last two are none of it.

    >>> functions = {
    ...     "maximum(x, 0)": lambda x: mx.maximum(x, 0),
    ...     "maximum(0, x)": lambda x: mx.maximum(0, x),
    ...     "maximum(0.01 * x, x)": lambda x: mx.maximum(0.01 * x, x),
    ...     "clip(x, 0, 1)": lambda x: mx.clip(x, 0, 1),
    ...     "abs(x)": mx.abs,
    ...     "prelu": lambda x: mx.maximum(0, x) + 0.25 * mx.minimum(0, x),
    ...     "celu": lambda x: mx.maximum(x, 0) + mx.exp(mx.minimum(x, 0)) - 1,
    ... }
    >>> at, h = mx.array(0.0), 2**-10
    >>> print(f"{'':22} left right   MLX")
                           left right   MLX
    >>> for name, f in functions.items():
    ...     left, right = (f(at) - f(at - h)) / h, (f(at + h) - f(at)) / h
    ...     found = mx.grad(f)(at)
    ...     print(f"{name:22}{left.item():5.2f} {right.item():5.2f} {found.item():5.2f}")
    maximum(x, 0)          0.00  1.00  0.00
    maximum(0, x)          0.00  1.00  1.00
    maximum(0.01 * x, x)   0.01  1.00  1.00
    clip(x, 0, 1)          0.00  1.00  0.00
    abs(x)                -1.00  1.00  0.00
    prelu                  0.25  1.00  1.25
    celu                   1.00  1.00  0.00
    """


def not_double():
    """A finite difference of MLX's sigmoid in float64, with a step of 1e-7.

    Tolerance: 0.5 (what is left are rounding errors, which each device makes in its own way)

    >>> z, h = mx.array(0.38, mx.float64), 1e-7
    >>> with mx.stream(mx.cpu):
    ...     slope = (mx.sigmoid(z + h) - mx.sigmoid(z - h)) / (2 * h)
    ...     print(slope.dtype, f"{slope.item():.2f}")
    mlx.core.float64 0.29
    """


def double():
    """The same from tanh, which is right in float64; a double function makes a double sigmoid.

    >>> z, h = mx.array(0.38, mx.float64), 1e-7
    >>> sigmoid = lambda z: (1 + mx.tanh(z / 2)) / 2
    >>> with mx.stream(mx.cpu):
    ...     slope = (sigmoid(z + h) - sigmoid(z - h)) / (2 * h)
    ...     print(slope.dtype, f"{slope.item():.6f}")
    mlx.core.float64 0.241188
    """


def small_gradient():
    """A gradient that is twice too large, and so small that one millionth does not see it.

    >>> by_hand, found = np.array([2e-8, 4e-8]), np.array([1e-8, 2e-8])
    >>> print(agree(by_hand, found))
    True
    """


def small_gradient_seen():
    """The same by relative error, with a floor far below what is compared.

    >>> by_hand, found = np.array([2e-8, 4e-8]), np.array([1e-8, 2e-8])
    >>> e = relative_error(by_hand, found, epsilon=1e-12)
    >>> print(f"{e:.2f}")
    0.33
    """


def all_ones():
    """A VJP along the wrong axis, checked with a cotangent of ones: there both are 0.

    >>> X = np.array([[1.0, 2.0, 6.0], [0.0, 4.0, 2.0]])
    >>> f = lambda X: X - X.mean(1, keepdims=True)
    >>> wrong = lambda V: V - V.mean(0, keepdims=True)
    >>> V = np.ones((2, 3))
    >>> found = central_difference(lambda X: (V * f(X)).sum(), X, 1e-5)
    >>> print(agree(wrong(V), found))
    True
    """


def any_cotangent():
    """The same with a cotangent that is not constant.

    >>> X = np.array([[1.0, 2.0, 6.0], [0.0, 4.0, 2.0]])
    >>> f = lambda X: X - X.mean(1, keepdims=True)
    >>> wrong = lambda V: V - V.mean(0, keepdims=True)
    >>> V = np.array([[1.0, -2.0, 4.0], [3.0, 0.0, 0.0]])
    >>> found = central_difference(lambda X: (V * f(X)).sum(), X, 1e-5)
    >>> print(agree(wrong(V), found))
    False
    """


def other_mask():
    """A finite difference through dropout: each call has another mask.

    >>> mx.random.seed(0)
    >>> dropout, x, h = nn.Dropout(0.5), mx.ones(8), 0.01
    >>> up, down = dropout(x + h).sum(), dropout(x - h).sum()
    >>> slope = (up - down) / (2 * h)
    >>> print(f"{slope.item():.1f}")
    -93.0
    """


def same_mask():
    """The same seed before each call: the same mask, so the slope is 2 for each number that is kept.

    >>> def dropped(x):
    ...     mx.random.seed(0)
    ...     return nn.Dropout(0.5)(x)
    >>> x, h = mx.ones(8), 0.01
    >>> slope = (dropped(x + h).sum() - dropped(x - h).sum()) / (2 * h)
    >>> print(f"{slope.item():.1f} {dropped(x).sum().item():.1f}")
    6.0 6.0
    """


def complex_abs():
    """The complex step through an absolute value: it is the length of a complex number, and its imaginary part is 0.

    >>> f = lambda x: np.abs(x) ** 3
    >>> h = 1e-20
    >>> g = np.imag(f(-2.0 + 1j * h)) / h
    >>> print(g)
    0.0
    """


def complex_where():
    """The absolute value by its pieces, each of which is smooth.

    >>> f = lambda x: np.where(np.real(x) < 0, -x, x) ** 3
    >>> h = 1e-20
    >>> g = np.imag(f(-2.0 + 1j * h)) / h
    >>> print(g)
    -12.0
    """
