"""Where weights start: what their size does to values and errors through fifty layers."""

import math

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from jaxtyping import Float

from snippets.batch import backward_batch
from snippets.forward import relu
from snippets.iris import irises
from snippets.training import inputs, targets


def all_signs(n: int) -> list:
    """Every choice of n signs, as a list of lists of 1 and −1.

    >>> print(all_signs(2))
    [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]
    """
    choices = [[]]
    for j in range(n):
        choices = [chosen + [sign] for chosen in choices for sign in (1.0, -1.0)]
    return choices


def mean_squares(
    x: Float[mx.array, "n"], s: float
) -> tuple[Float[mx.array, ""], Float[mx.array, ""]]:
    r"""Mean square of a weighted sum, and of its ReLU, over all choices of sign of the n weights.

    Every weight is s or −s; there are 2ⁿ choices.

    $$
    q = s^2 \sum_{j=1}^{n} x_j^2
    $$

    $$
    r = \frac{1}{2} s^2 \sum_{j=1}^{n} x_j^2
    $$

    >>> x, s = mx.array([0.5, 0.2]), 1.0
    >>> q, r = mean_squares(x, s)
    >>> print(q)
    array(0.29, dtype=float32)
    >>> print(r)
    array(0.145, dtype=float32)
    """
    signs = mx.array(all_signs(len(x)))  # (2ⁿ, n)
    z = s * signs @ x                    # (2ⁿ,)
    return (z**2).mean(), (relu(z) ** 2).mean()


def four_choices():
    """All four choices of sign of two weights of size 1.

    >>> x = mx.array([0.5, 0.2])
    >>> for w in all_signs(2):
    ...     z = (mx.array(w) @ x).item()
    ...     print(f"{z:4.1f}  {z**2:.2f}  {max(z, 0)**2:.2f}")
     0.7  0.49  0.49
     0.3  0.09  0.09
    -0.3  0.09  0.00
    -0.7  0.49  0.00
    """


def layer_factors(n_in: int, n_out: int, v: float) -> tuple[float, float]:
    r"""By how much a layer with ReLU multiplies mean squares: of values going out, of errors coming back.

    $$
    g = \frac{n_\text{in} v}{2}
    $$

    $$
    g_\text{back} = \frac{n_\text{out} v}{2}
    $$

    >>> n_in, n_out, v = 100, 300, 0.01
    >>> g, g_back = layer_factors(n_in, n_out, v)
    >>> print(g, g_back)
    0.5 1.5
    """
    return n_in * v / 2, n_out * v / 2


def after_layers(u: float, g: float, m: int) -> float:
    r"""Mean square after m layers, each of which multiplies it by g.

    $$
    h = u g^m
    $$

    >>> u, g, m = 1.0, 0.5, 4
    >>> h = after_layers(u, g, m)
    >>> print(h)
    0.0625
    >>> for factor in (1 / 6, 0.5, 1.0, 2.0):
    ...     print(f"{after_layers(u, factor, 50):.1e}")
    1.2e-39
    8.9e-16
    1.0e+00
    1.1e+15
    >>> halves = after_layers(u, 0.5, 50)
    >>> root = math.sqrt(halves)
    >>> print(f"{root:.1e}")
    3.0e-08
    """
    return u * g**m


def variances(n_in: int, n_out: int) -> tuple[float, float, float]:
    r"""Variance of the weights by three rules, in the order LeCun, Xavier, He.

    $$
    v_\text{LeCun} = \frac{1}{n_\text{in}}
    $$

    $$
    v_\text{Xavier} = \frac{2}{n_\text{in} + n_\text{out}}
    $$

    $$
    v_\text{He} = \frac{2}{n_\text{in}}
    $$

    >>> n_in, n_out = 100, 300
    >>> v_LeCun, v_Xavier, v_He = variances(n_in, n_out)
    >>> print(v_LeCun, v_Xavier, v_He)
    0.01 0.005 0.02
    """
    return 1 / n_in, 2 / (n_in + n_out), 2 / n_in


def linear_variance(n: int) -> tuple[float, float]:
    r"""Bound and variance of the weights that `nn.Linear` draws evenly for n inputs.

    $$
    a = \frac{1}{\sqrt{n}}
    $$

    $$
    v = \frac{a^2}{3} = \frac{1}{3 n}
    $$

    >>> mx.random.seed(0)
    >>> n = 400
    >>> a, v = linear_variance(n)
    >>> W = nn.Linear(n, 1000).weight
    >>> print(f"{a:.4f} {mx.abs(W).max().item():.4f}")
    0.0500 0.0500
    >>> print(f"{v:.6f} {mx.var(W).item():.6f}")
    0.000833 0.000833
    """
    a = 1 / math.sqrt(n)
    return a, a**2 / 3


def through(
    weights: list, x: Float[mx.array, "N n"], delta: Float[mx.array, "N n"]
) -> tuple[list, list]:
    """Activations of every layer going out, then the errors of every layer coming back, first layer first.

    `delta` is the slope of a loss along the last activations; every layer has ReLU and no bias.

    >>> mx.random.seed(0)
    >>> weights = [mx.random.normal((4, 4)) for layer in range(3)]
    >>> x, delta = mx.random.normal((5, 4)), mx.random.normal((5, 4))
    >>> values, errors = through(weights, x, delta)
    >>> print(len(values), len(errors), errors[0].shape)
    3 3 (5, 4)
    """
    values, errors = [], []
    a = x
    for W in weights:
        a = relu(a @ W.T)                # (N, n) @ (n, n) → (N, n)
        values.append(a)
    back = delta
    for W, a in zip(weights[::-1], values[::-1]):
        errors.append(back * (a > 0))    # the gate is open where a > 0
        back = errors[-1] @ W            # (N, n) @ (n, n) → (N, n)
    return values, errors[::-1]


def typical_size(a: Float[mx.array, "..."]) -> float:
    """Root of the mean square.

    >>> print(f"{typical_size(mx.array([3.0, -4.0])):.6f}")
    3.535534
    """
    return mx.sqrt((a**2).mean()).item()


def fifty_layers():
    """Typical sizes of values and errors in fifty layers of 128 neurons, for five variances of the weights.

    >>> mx.random.seed(0)
    >>> n, layers = 128, 50
    >>> x, delta = mx.random.normal((16, n)), mx.random.normal((16, n))
    >>> drawn = [mx.random.normal((n, n)) for layer in range(layers)]
    >>> rules = {"4/n": 4 / n, "2/n": 2 / n, "1/n": 1 / n, "1/(3n)": 1 / (3 * n), "zero": 0}
    >>> curves = {}
    >>> print("v         a(1)     a(50)  δ(50)      δ(1)")
    v         a(1)     a(50)  δ(50)      δ(1)
    >>> for name, v in rules.items():
    ...     weights = [math.sqrt(v) * W for W in drawn]  # variance v
    ...     values, errors = through(weights, x, delta)
    ...     out, home = [[typical_size(a) for a in each] for each in (values, errors)]
    ...     print(f"{name:8} {out[0]:5.2f}  {out[-1]:8.1e}  {home[-1]:5.2f}  {home[0]:8.1e}")
    ...     if v > 0:
    ...         curves[name] = out[::7]
    4/n       1.44   3.6e+07   0.69   1.6e+07
    2/n       1.02   1.1e+00   0.69   6.7e-01
    1/n       0.72   3.2e-08   0.69   2.8e-08
    1/(3n)    0.42   3.8e-20   0.69   5.8e-20
    zero      0.00   0.0e+00   0.00   0.0e+00
    >>> at, start, letters, scale = list(range(1, layers + 1))[::7], 50, ["l", "a"], "log"
    """


def errors_home():
    """The same errors for a figure, from layer 50 on the right home to layer 1.

    >>> mx.random.seed(0)
    >>> n, layers = 128, 50
    >>> x, delta = mx.random.normal((16, n)), mx.random.normal((16, n))
    >>> drawn = [mx.random.normal((n, n)) for layer in range(layers)]
    >>> curves = {}
    >>> for name, c in {"4/n": 4, "2/n": 2, "1/n": 1, "1/(3n)": 1 / 3}.items():
    ...     weights = [math.sqrt(c / n) * W for W in drawn]
    ...     errors = through(weights, x, delta)[1]
    ...     curves[name] = [typical_size(d) for d in errors[::7]]
    >>> at, start, letters, scale = list(range(1, layers + 1))[::7], 1, ["l", "δ"], "log"
    >>> print(f"{curves['2/n'][0]:.2f} {curves['1/n'][0]:.1e}")
    0.67 2.8e-08
    """


def errors_agree():
    """Hand and autodiff agree on the errors that have come back through three layers.

    >>> mx.random.seed(0)
    >>> weights = [mx.random.normal((4, 4)) for layer in range(3)]
    >>> x, delta = mx.random.normal((5, 4)), mx.random.normal((5, 4))
    >>> values, errors = through(weights, x, delta)
    >>> def last(x):
    ...     return through(weights, x, delta)[0][-1]
    >>> mx_grad = mx.vjp(last, [x], [delta])[1][0]
    >>> print(mx.allclose(errors[0] @ weights[0], mx_grad))
    array(True, dtype=bool)
    """


def tanh_layers():
    """Fifty layers with tanh: typical sizes of the last values, and of the errors that arrive at the first layer.

    >>> n = 128
    >>> print("v          a(50)      δ(1)")
    v          a(50)      δ(1)
    >>> for name, c in {"2/n": 2, "1/n": 1, "1/(3n)": 1 / 3}.items():
    ...     mx.random.seed(0)
    ...     a, back = mx.random.normal((16, n)), mx.random.normal((16, n))
    ...     weights = [math.sqrt(c / n) * mx.random.normal((n, n)) for layer in range(50)]
    ...     values = []
    ...     for W in weights:
    ...         a = mx.tanh(a @ W.T)
    ...         values.append(a)
    ...     for W, out in zip(weights[::-1], values[::-1]):
    ...         delta = back * (1 - out**2)
    ...         back = delta @ W
    ...     print(f"{name:8} {typical_size(a):8.1e}  {typical_size(delta):8.1e}")
    2/n       5.6e-01   4.9e+00
    1/n       1.0e-01   1.1e-01
    1/(3n)    8.4e-13   1.4e-12
    """


def initializers():
    """Variance of what MLX's initializers draw for 400 inputs and 1000 neurons, times the number of inputs.

    >>> mx.random.seed(0)
    >>> W = mx.zeros((1000, 400))  # (out, in)
    >>> drawn = {
    ...     "he_normal": nn.init.he_normal()(W),
    ...     "he_normal, gain √2": nn.init.he_normal()(W, gain=math.sqrt(2)),
    ...     "he_uniform": nn.init.he_uniform()(W),
    ...     "glorot_normal": nn.init.glorot_normal()(W),
    ...     "glorot_uniform": nn.init.glorot_uniform()(W),
    ...     "nn.Linear": nn.Linear(400, 1000).weight,
    ... }
    >>> for name, W in drawn.items():
    ...     print(f"{name:18}  {400 * mx.var(W).item():.2f}")
    he_normal           1.00
    he_normal, gain √2  2.00
    he_uniform          1.00
    glorot_normal       0.57
    glorot_uniform      0.57
    nn.Linear           0.33
    """


def biases_hide_it():
    """Twelve `nn.Linear` with ReLU, as MLX begins them: typical size of the values, and of the difference of two inputs.

    >>> mx.random.seed(0)
    >>> a = mx.random.normal((2, 128))  # two inputs
    >>> print("layer  values  difference")
    layer  values  difference
    >>> for l in range(1, 13):
    ...     a = relu(nn.Linear(128, 128)(a))
    ...     if l in (1, 2, 4, 8, 12):
    ...         print(f"{l:5}  {typical_size(a):6.4f}  {typical_size(a[0] - a[1]):10.5f}")
        1  0.3828     0.43645
        2  0.1545     0.14928
        4  0.0446     0.01919
        8  0.0402     0.00056
       12  0.0387     0.00002
    """


def ten_layers():
    """The loss of a network with ten hidden layers on the irises, from three starts.

    Tolerance: 0.05 (sixty steps through ten layers in float32; each device rounds differently)

    >>> X, X_test, y, y_test = irises()
    >>> def loss_fn(model, X, y):
    ...     return nn.losses.cross_entropy(model(X), y, reduction="mean")
    >>> he, xavier = nn.init.he_normal(), nn.init.glorot_normal()
    >>> rules = {
    ...     "nn.Linear": None,
    ...     "Xavier": xavier,
    ...     "He": lambda W: he(W, gain=math.sqrt(2)),
    ... }
    >>> epochs, curves = list(range(0, 61, 4)), {}
    >>> for name, rule in rules.items():
    ...     mx.random.seed(0)
    ...     sizes = [4] + 10 * [32] + [3]
    ...     layers = []
    ...     for n_in, n_out in zip(sizes, sizes[1:]):
    ...         layer = nn.Linear(n_in, n_out)
    ...         if rule:
    ...             layer.weight, layer.bias = rule(layer.weight), mx.zeros(n_out)
    ...         layers += [layer, nn.ReLU()]
    ...     model = nn.Sequential(*layers[:-1])  # the last layer has no ReLU
    ...     loss_and_grad = nn.value_and_grad(model, loss_fn)
    ...     sgd = optim.SGD(learning_rate=0.02)
    ...     curves[name] = []
    ...     for step in range(61):
    ...         loss, grads = loss_and_grad(model, X, y)
    ...         sgd.update(model, grads)
    ...         mx.eval(model.parameters(), loss)
    ...         if step in epochs:
    ...             curves[name].append(loss.item())
    ...     print(f"{name:10} {curves[name][0]:.2f}  {curves[name][-1]:.2f}")
    nn.Linear  1.11  1.10
    Xavier     1.10  1.06
    He         1.25  0.19
    >>> reference = math.log(3)
    """


def distinct(W: Float[mx.array, "hidden in"]) -> int:
    """How many hidden neurons have weights of their own.

    >>> print(distinct(mx.array([[1.0, 2.0], [1.0, 2.0], [0.0, 1.0]])))
    2
    """
    rows = {tuple(row) for row in W.tolist()}
    return len(rows)


def three_starts():
    """Eight hidden neurons after a hundred steps: how many are distinct, and how far the parameters came.

    >>> mx.random.seed(0)
    >>> ones, draw = mx.ones, mx.random.normal
    >>> starts = {
    ...     "zeros": (mx.zeros((8, 2)), mx.zeros((1, 8))),
    ...     "equal": (0.5 * ones((8, 2)), 0.5 * ones((1, 8))),
    ...     "random": (draw((8, 2)), draw((1, 8)) / math.sqrt(8)),
    ... }
    >>> for name, (W1, W2) in starts.items():
    ...     parameters = W1, mx.zeros(8), W2, mx.zeros(1)
    ...     for step in range(100):
    ...         grads = backward_batch(inputs, targets, *parameters)[2:]
    ...         parameters = [w - 0.5 * g for w, g in zip(parameters, grads)]
    ...     moved = mx.abs(parameters[0] - W1).max().item()
    ...     print(f"{name:7} {distinct(parameters[0])}  {moved:.2f}")
    zeros   1  0.00
    equal   1  0.95
    random  8  2.15
    """


def he_without_root():
    """MLX's `he_normal` as it comes: the root of 2 is missing, and so is half of the variance.

    >>> mx.random.seed(0)
    >>> W = nn.init.he_normal()(mx.zeros((1000, 400)))
    >>> of_he = 2 / 400
    >>> share = mx.var(W).item() / of_he
    >>> print(f"{share:.2f}")
    0.50
    """


def he_with_root():
    """With a gain of √2 the variance is He's.

    >>> mx.random.seed(0)
    >>> W = nn.init.he_normal()(mx.zeros((1000, 400)), gain=math.sqrt(2))
    >>> of_he = 2 / 400
    >>> share = mx.var(W).item() / of_he
    >>> print(f"{share:.2f}")
    1.00
    """


def thrown_away():
    """An initializer returns new weights; the layer keeps its old ones.

    >>> layer = nn.Linear(400, 1000)
    >>> before = layer.weight
    >>> new = nn.init.he_normal()(layer.weight, gain=math.sqrt(2))
    >>> print(mx.array_equal(layer.weight, before))
    array(True, dtype=bool)
    """


def put_in():
    """The new weights put into the layer.

    >>> layer = nn.Linear(400, 1000)
    >>> before = layer.weight
    >>> layer.weight = nn.init.he_normal()(layer.weight, gain=math.sqrt(2))
    >>> print(mx.array_equal(layer.weight, before))
    array(False, dtype=bool)
    """


def other_way_round():
    """Weights kept as (in, out): the initializer takes the last axis for the inputs.

    >>> mx.random.seed(0)
    >>> W = nn.init.he_normal()(mx.zeros((100, 900)), gain=math.sqrt(2))  # (in, out)
    >>> z = mx.random.normal((1000, 100)) @ W                             # (1000, 900)
    >>> share = mx.var(z).item() / 2
    >>> print(f"{share:.2f}")
    0.11
    """


def the_right_fan():
    """The same, told which number counts.

    >>> mx.random.seed(0)
    >>> he = nn.init.he_normal()
    >>> W = he(mx.zeros((100, 900)), mode="fan_out", gain=math.sqrt(2))  # (in, out)
    >>> z = mx.random.normal((1000, 100)) @ W                            # (1000, 900)
    >>> share = mx.var(z).item() / 2
    >>> print(f"{share:.2f}")
    0.99
    """


def running_sum():
    """A running sum of ones in float32, just before it stops.

    >>> total = mx.array(2.0**24 - 2)
    >>> for k in range(4):
    ...     total = total + 1
    ...     print(f"{total.item():.0f}")
    16777215
    16777216
    16777216
    16777216
    >>> mean = total.item() / 20_000_000
    >>> print(f"{mean:.4f}")
    0.8389
    """


def two_stages():
    """The mean of means: no sum gets large.

    >>> ones = mx.ones((4000, 5000))
    >>> mean = ones.mean(axis=1).mean().item()
    >>> print(f"{mean:.4f}")
    1.0000
    """
