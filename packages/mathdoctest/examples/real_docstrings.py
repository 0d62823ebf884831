r"""Formulas of published docstrings, checked against the functions that they describe.

Each function has one formula, quoted as the docstring of `QUOTED` has it, and calls the library's
own function where there is one; the formulas of optax are computed with NumPy. `mathdoctest check`
on this file gives each verdict; `REFUSED` says which formulas do not hold, and how.
"""

import mlx.core as mx
import numpy as np
from jaxtyping import Float
from mlx import nn
from mlx.nn import losses
from mlx.optimizers import optimizers

VERSIONS = {"mlx": "0.32.4", "optax": "0.2.8"}

# name here → module and qualified name there
QUOTED = {
    "glorot_normal": "mlx.nn.init.glorot_normal",
    "glorot_uniform": "mlx.nn.init.glorot_uniform",
    "he_normal": "mlx.nn.init.he_normal",
    "he_uniform": "mlx.nn.init.he_uniform",
    "sigmoid": "mlx.nn.layers.activations.sigmoid",
    "softshrink": "mlx.nn.layers.activations.softshrink",
    "gelu": "mlx.nn.layers.activations.gelu",
    "gelu_approx": "mlx.nn.layers.activations.gelu_approx",
    "gelu_fast_approx": "mlx.nn.layers.activations.gelu_fast_approx",
    "glu": "mlx.nn.layers.activations.glu",
    "step": "mlx.nn.layers.activations.step",
    "selu": "mlx.nn.layers.activations.selu",
    "prelu": "mlx.nn.layers.activations.prelu",
    "mish": "mlx.nn.layers.activations.mish",
    "hardswish": "mlx.nn.layers.activations.hardswish",
    "hard_shrink": "mlx.nn.layers.activations.hard_shrink",
    "linear": "mlx.nn.layers.linear.Linear",
    "bilinear": "mlx.nn.layers.linear.Bilinear",
    "layer_norm": "mlx.nn.layers.normalization.LayerNorm",
    "instance_norm": "mlx.nn.layers.normalization.InstanceNorm",
    "rnn": "mlx.nn.layers.recurrent.RNN",
    "gru": "mlx.nn.layers.recurrent.GRU",
    "lstm": "mlx.nn.layers.recurrent.LSTM",
    "gaussian_nll_loss": "mlx.nn.losses.gaussian_nll_loss",
    "smooth_l1_loss": "mlx.nn.losses.smooth_l1_loss",
    "triplet_loss": "mlx.nn.losses.triplet_loss",
    "triplet_loss_by_default": "mlx.nn.losses.triplet_loss",
    "hinge_loss": "mlx.nn.losses.hinge_loss",
    "huber_loss": "mlx.nn.losses.huber_loss",
    "log_cosh_loss": "mlx.nn.losses.log_cosh_loss",
    "cosine_similarity_loss": "mlx.nn.losses.cosine_similarity_loss",
    "margin_ranking_loss": "mlx.nn.losses.margin_ranking_loss",
    "sgd": "mlx.optimizers.optimizers.SGD",
    "rmsprop": "mlx.optimizers.optimizers.RMSprop",
    "adagrad": "mlx.optimizers.optimizers.Adagrad",
    "adadelta": "mlx.optimizers.optimizers.AdaDelta",
    "adam": "mlx.optimizers.optimizers.Adam",
    "adamw": "mlx.optimizers.optimizers.AdamW",
    "adamax": "mlx.optimizers.optimizers.Adamax",
    "lion": "mlx.optimizers.optimizers.Lion",
    "linear_schedule": "optax.schedules._schedule.linear_schedule",
    "polynomial_schedule": "optax.schedules._schedule.polynomial_schedule",
    "focal_loss": "optax.losses._classification.sigmoid_focal_loss",
    "softmax_cross_entropy": "optax.losses._classification.softmax_cross_entropy",
    "ranking_softmax_loss": "optax.losses._ranking.ranking_softmax_loss",
    "cosine_decay_schedule": "optax.schedules._schedule.cosine_decay_schedule",
    "signum": "optax._src.alias.signum",
    "optimistic_gradient_descent": "optax._src.alias.optimistic_gradient_descent",
}

# name → what the message says, for those that do not hold as they are written
REFUSED = {
    "gelu_approx": "make no difference on any draw",
    "gaussian_nll_loss": "`const` is neither an input",
    "triplet_loss_by_default": "the code returns",
    "lion": "`c` at this time is neither an input nor returned",
    "signum": "`m_t` is defined by itself",
}

# name → mistakes, each alone: what is replaced, and by what
BROKEN = {
    "glorot_normal": [("2.0", "6.0"), (r"\sqrt", ""), (r"\text{fan\_in} + ", "")],
    "glorot_uniform": [("+", "-"), ("6.0", "3.0")],
    "he_normal": [(r"\sqrt{\text{fan}}", r"\text{fan}"), ("1}", "2}")],
    "he_uniform": [("3.0", "6.0"), (r"\gamma", r"\gamma^2")],
    "sigmoid": [("-x", "x"), ("1 +", "1 -"), (r"\sigma(x)", r"\sigma(-x)")],
    "softshrink": [(r"x - \lambda", "x"), (r"x < -\lambda", r"x < \lambda"), ("0 &", "x &")],
    "gelu": [(r"\Phi(x)", r"\sigma(x)"), ("x * ", "")],
    "gelu_fast_approx": [("1.702", "1.703"), ("x \\sigma", "\\sigma"),
                         (r"\left(1.702 x", r"\left(-1.702 x")],
    "glu": [("a *", "a +"), (r"\sigma(b)", r"\sigma(a)"), ("a *", "b *")],
    "step": [("0 &", "1 &"), ("<", r"\leq"), (r"x \geq", r"-x \geq")],
    "selu": [(r"\lambda \alpha", r"\lambda"), ("- 1", ""), (r"\lambda x", "x")],
    "prelu": [(r"\min", r"\max"), ("a * ", ""), ("+", "-")],
    "mish": [(r"\text{Tanh}(\text{Softplus}(x))", r"\text{Softplus}(\text{Tanh}(x))"),
             ("x * ", "")],
    "hardswish": [("x + 3", "x"), ("6)", "3)"), ("/ 6", "/ 3"), (r"\min", r"\max")],
    "hard_shrink": [(r"x & \text{if } x > ", r"x - \lambda & \text{if } x > "), ("0 &", "1 &")],
    "linear": [(r"\top", r"{-1}"), ("+", "-"), ("x W", "2 x W")],
    "bilinear": [("x_2", "x_1"), ("W_i x_1", "W_i x_2"), (" + b_i", "")],
    "layer_norm": [(r"\sqrt{Var[x] + \epsilon}", r"Var[x] + \epsilon"), (r"- E[x]", ""),
                   (r"\sqrt{Var[x] + \epsilon}", r"\sqrt{Var[x]} + \epsilon"), (r" \gamma", "")],
    "instance_norm": [(r"+ \epsilon", r"- \epsilon"), (r"\mathrm{Var}", r"\mathrm{E}")],
    "rnn": [("W_{hh}h_t", "W_{hh}"), (r"\text{tanh}", r"\sigma"), ("+ b", "- b"),
            ("h_t +", "h_{t+1} +")],
    "gru": [("(1 - z_t)", "z_t"), (r"r_t \odot", ""), (r"z_t \odot h_t", "h_t"),
            ("b_{hn}", "b_{n}"), ("r_t &= \\sigma", "r_t &= \\tanh"), ("W_{xz}", "W_{xr}")],
    "lstm": [(r"f_t \odot c_t", r"i_t \odot c_t"), (r"\text{tanh}(c_{t + 1})", "c_{t + 1}"),
             (r"\text{tanh}(c_{t + 1})", r"\text{tanh}(c_t)"), ("W_{ho}", "W_{hg}"),
             ("b_{f}", "b_{i}")],
    "smooth_l1_loss": [("0.5 (x", "(x"), ("|x - y| - ", "x - y - "), (r"/ \beta", ""),
                       ("- 0.5", "+ 0.5")],
    "triplet_loss": [("- \\|A - N", "+ \\|A - N"), (r"\alpha", r"2 \alpha"),
                     ("A - N", "P - N"), (", 0", ", 1")],
    "hinge_loss": [("1 -", "1 +"), (r"\max", r"\min"), (r" \cdot ", " - ")],
    "huber_loss": [(r"\frac{1}{2} a^2", "a^2"), (r"\leq", ">"),
                   (r"- \frac{1}{2} \delta", r"- \delta"), (r"\delta \left(", r"\left(")],
    "log_cosh_loss": [(r"\log(\cosh", r"\cosh(\cosh"), (r"- y", r"+ y")],
    "cosine_similarity_loss": [(r"x_1 \cdot x_2", r"x_1 \cdot x_1"), (r"\|x_1\|  \cdot", ""),
                               (r"\max", r"\min")],
    "margin_ranking_loss": [("-y", "y"), ("x_1 - x_2", "x_2 - x_1"),
                            (r"+ \text{margin}", r"- \text{margin}")],
    "sgd": [(r"(1 - \tau)", r"\tau"), (r"- \lambda", r"+ \lambda"),
            (r"\lambda v_{t+1}", r"\lambda v_t")],
    "rmsprop": [("g_t^2", "g_t"), (r"\sqrt{v_{t+1}} + \epsilon", r"\sqrt{v_{t+1} + \epsilon}"),
                (r"\alpha v_t", r"(1 - \alpha) v_t")],
    "adagrad": [("v_t +", "v_t -"), (r"\sqrt{v_{t+1}}", "v_{t+1}")],
    "adadelta": [(r"\sqrt{u_t + \epsilon}", r"\sqrt{u_t}"),
                 (r"\Delta w_{t+1}^2", r"\Delta w_{t+1}"), (r"(1 - \rho) g_t^2", "g_t^2")],
    "adam": [(r"\beta_2 v_t", r"\beta_1 v_t"), ("m_{t+1}}", "m_t}"), ("g_t^2", "g_t^3")],
    "adamw": [("\\lambda\n", "\n"), (r"+ \lambda", r"- \lambda"), (r"- \alpha", r"- \lambda")],
    "adamax": [("|g_t|", "g_t"), (r"\beta_2 v_t, ", "v_t, "), (r"\max", r"\min")],
    "linear_schedule": [("(E - I)", "(I - E)"), ("t - B", "t"), ("I, &", "E, &")],
    "polynomial_schedule": [("1 - ", "1 + "), ("^{P}", ""), ("+ E, &", ", &")],
    "cosine_decay_schedule": [("^p", ""), (r"\frac{1}{2}", ""), ("1+", "1-"), (r"\pi", r"2 \pi")],
    "focal_loss": [("1-p_t", "p_t"), ("= -", "= "), (r"^\gamma", "")],
    "softmax_cross_entropy": [(r"\sum_k", r"\sum_k 2"), ("- ", ""), ("y_{i j}", "y_{j j}")],
    "optimistic_gradient_descent": [(r"- \beta_t", r"+ \beta_t"), ("g_{t-1}", "g_t"),
                                    ("w_t", "u_t")],
    "ranking_softmax_loss": [("-", ""), ("y_i", "s_i"), (r"\exp(s_j)", "s_j")],
}  # fmt: skip

SYMBOLS = {
    "alpha": {"range": "unit"}, "alpha_t": {"range": "unit"},
    "fan": {"range": "positive"}, "fan_in": {"range": "positive"},
    "fan_out": {"range": "positive"}, "lambda_": {"range": "positive"},
    "delta": {"range": "positive"}, "epsilon": {"range": "positive"}, "v": {"range": "positive"},
    "u": {"range": "positive"}, "mu": {"range": "unit"}, "tau": {"range": "unit"},
    "rho": {"range": "unit"}, "beta1": {"range": "unit"}, "beta2": {"range": "unit"},
    "vars": {"range": "positive"}, "eta": {"range": "positive"}, "T": {"range": "positive"},
    "B": {"range": "positive"}, "t": {"range": "positive"}, "p_t": {"range": "unit"},
    "var": {"range": "positive"}, "p": {"range": "positive"},
    "gamma": {"range": "positive"},
}  # fmt: skip


def _parts(*parts: mx.array) -> mx.array:
    return mx.concatenate(parts, axis=0)


# ---- initializers


def glorot_normal(gamma: float, fan_in: float, fan_out: float) -> float:
    r"""$$
    \sigma = \gamma \sqrt{\frac{2.0}{\text{fan\_in} + \text{fan\_out}}}
    $$"""
    return gamma * np.sqrt(2.0 / (fan_in + fan_out))


def glorot_uniform(gamma: float, fan_in: float, fan_out: float) -> float:
    r"""$$
    \text{limit} = \gamma \sqrt{\frac{6.0}{\text{fan\_in} + \text{fan\_out}}}
    $$"""
    return gamma * np.sqrt(6.0 / (fan_in + fan_out))


def he_normal(gamma: float, fan: float) -> float:
    r"""$$
    \sigma = \gamma \frac{1}{\sqrt{\text{fan}}}
    $$"""
    return gamma / np.sqrt(fan)


def he_uniform(gamma: float, fan: float) -> float:
    r"""$$
    \text{limit} = \gamma \sqrt{\frac{3.0}{\text{fan}}}
    $$"""
    return gamma * np.sqrt(3.0 / fan)


# ---- activations


def sigmoid(x: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""$$
    \text{Sigmoid}(x) = \sigma(x) = \frac{1}{1 + \exp(-x)}
    $$"""
    return nn.sigmoid(x)


def softshrink(x: Float[mx.array, "..."], lambda_: float) -> Float[mx.array, "..."]:
    r"""$$
    \text{softshrink}(x) = \begin{cases}
    x - \lambda & \text{if } x > \lambda \\
    x + \lambda & \text{if } x < -\lambda \\
    0 & \text{otherwise}
    \end{cases}
    $$"""
    return nn.softshrink(x, lambda_)


def gelu(x: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""$$
    \textrm{GELU}(x) = x * \Phi(x)
    $$"""
    return nn.gelu(x)


def gelu_approx(x: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""$$
    x = 0.5 * x * \left(1 + \text{Tanh}\left(\sqrt{2 / \pi} * \left(x + 0.044715 *
    x^3\right)\right)\right)
    $$"""
    return nn.gelu_approx(x)


def gelu_fast_approx(x: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""$$
    x = x \sigma\left(1.702 x\right)
    $$"""
    return nn.gelu_fast_approx(x)


def glu(a: Float[mx.array, "n"], b: Float[mx.array, "n"]) -> Float[mx.array, "n"]:
    r"""$$
    \textrm{GLU}(x) = a * \sigma(b)
    $$"""
    return nn.glu(_parts(a, b), axis=0)


def step(x: Float[mx.array, "..."], threshold: float) -> Float[mx.array, "..."]:
    r"""$$
    \text{step}(x) = \begin{cases}
    0 & \text{if } x < \text{threshold} \\
    1 & \text{if } x \geq \text{threshold}
    \end{cases}
    $$"""
    return nn.step(x, threshold)


def selu(x: Float[mx.array, "..."], lambda_: float, alpha: float) -> Float[mx.array, "..."]:
    r"""$$
    \text{selu}(x) = \begin{cases}
    \lambda x & \text{if } x > 0 \\
    \lambda \alpha (\exp(x) - 1) & \text{if } x \leq 0
    \end{cases}
    $$"""
    return nn.elu(x, alpha) * lambda_  # as nn.selu does, with numbers for both


def prelu(x: Float[mx.array, "..."], a: float) -> Float[mx.array, "..."]:
    r"""$$
    \text{PReLU}(x) = \max(0,x) + a * \min(0,x)
    $$"""
    return nn.prelu(x, a)


def mish(x: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""$$
    \text{Mish}(x) = x * \text{Tanh}(\text{Softplus}(x))
    $$"""
    return nn.mish(x)


def hardswish(x: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""$$
    \text{Hardswish}(x) = x * \min(\max(x + 3, 0), 6) / 6
    $$"""
    return nn.hardswish(x)


def hard_shrink(x: Float[mx.array, "..."], lambda_: float) -> Float[mx.array, "..."]:
    r"""$$
    \text{hardshrink}(x) = \begin{cases}
    x & \text{if } x > \lambda \\
    x & \text{if } x < -\lambda \\
    0 & \text{otherwise}
    \end{cases}
    $$"""
    return nn.hard_shrink(x, lambda_)


# ---- layers


def linear(
    x: Float[mx.array, "n"], W: Float[mx.array, "m n"], b: Float[mx.array, "m"]
) -> Float[mx.array, "m"]:
    r"""$$
    y = x W^\top + b
    $$"""
    layer = nn.Linear(*W.shape[::-1])
    layer.weight, layer.bias = W, b
    return layer(x)


def bilinear(
    x1: Float[mx.array, "n"],
    x2: Float[mx.array, "k"],
    W: Float[mx.array, "m k n"],
    b: Float[mx.array, "m"],
) -> Float[mx.array, "m"]:
    r"""$$
    y_i = x_2^\top W_i x_1 + b_i
    $$"""
    layer = nn.Bilinear(W.shape[2], W.shape[1], W.shape[0])
    layer.weight, layer.bias = W, b
    return layer(x1, x2)


def layer_norm(
    x: Float[mx.array, "n"], gamma: Float[mx.array, "n"], beta: Float[mx.array, "n"], epsilon: float
) -> Float[mx.array, "n"]:
    r"""$$
    y = \frac{x - E[x]}{\sqrt{Var[x] + \epsilon}} \gamma + \beta,
    $$"""
    layer = nn.LayerNorm(x.size, eps=epsilon)
    layer.weight, layer.bias = gamma, beta
    return layer(x)


def instance_norm(
    x: Float[mx.array, "n"], gamma: float, beta: float, epsilon: float
) -> Float[mx.array, "n"]:
    r"""$$
    y = \frac{x - \mathrm{E}[x]}{ \sqrt{\mathrm{Var}[x] + \epsilon}} * \gamma +
    \beta,
    $$"""
    layer = nn.InstanceNorm(1, eps=epsilon, affine=True)
    layer.weight, layer.bias = mx.array([gamma]), mx.array([beta])
    return layer(x[None, :, None])[0, :, 0]


def rnn(
    x: Float[mx.array, "n"],
    h: Float[mx.array, "k"],
    W_ih: Float[mx.array, "k n"],
    W_hh: Float[mx.array, "k k"],
    b: Float[mx.array, "k"],
) -> Float[mx.array, "k"]:
    r"""$$
    h_{t + 1} = \text{tanh} (W_{ih}x_t + W_{hh}h_t + b)
    $$"""
    layer = nn.RNN(x.size, h.size)
    layer.Wxh, layer.Whh, layer.bias = W_ih, W_hh, b
    return layer(x[None], h)[0]


def gru(
    x: Float[mx.array, "n"],
    h: Float[mx.array, "k"],
    W_xr: Float[mx.array, "k n"],
    W_xz: Float[mx.array, "k n"],
    W_xn: Float[mx.array, "k n"],
    W_hr: Float[mx.array, "k k"],
    W_hz: Float[mx.array, "k k"],
    W_hn: Float[mx.array, "k k"],
    b_r: Float[mx.array, "k"],
    b_z: Float[mx.array, "k"],
    b_n: Float[mx.array, "k"],
    b_hn: Float[mx.array, "k"],
) -> Float[mx.array, "k"]:
    r"""$$
    \begin{aligned}
    r_t &= \sigma (W_{xr}x_t + W_{hr}h_t + b_{r}) \\
    z_t &= \sigma (W_{xz}x_t + W_{hz}h_t + b_{z}) \\
    n_t &= \text{tanh}(W_{xn}x_t + b_{n} + r_t \odot (W_{hn}h_t + b_{hn})) \\
    h_{t + 1} &= (1 - z_t) \odot n_t + z_t \odot h_t
    \end{aligned}
    $$"""
    layer = nn.GRU(x.size, h.size)
    layer.Wx, layer.Wh = _parts(W_xr, W_xz, W_xn), _parts(W_hr, W_hz, W_hn)
    layer.b, layer.bhn = _parts(b_r, b_z, b_n), b_hn
    return layer(x[None], h)[0]


def lstm(
    x: Float[mx.array, "n"],
    h: Float[mx.array, "k"],
    c: Float[mx.array, "k"],
    W_xi: Float[mx.array, "k n"],
    W_xf: Float[mx.array, "k n"],
    W_xg: Float[mx.array, "k n"],
    W_xo: Float[mx.array, "k n"],
    W_hi: Float[mx.array, "k k"],
    W_hf: Float[mx.array, "k k"],
    W_hg: Float[mx.array, "k k"],
    W_ho: Float[mx.array, "k k"],
    b_i: Float[mx.array, "k"],
    b_f: Float[mx.array, "k"],
    b_g: Float[mx.array, "k"],
    b_o: Float[mx.array, "k"],
) -> tuple[Float[mx.array, "k"], Float[mx.array, "k"]]:
    r"""$$
    \begin{aligned}
    i_t &= \sigma (W_{xi}x_t + W_{hi}h_t + b_{i}) \\
    f_t &= \sigma (W_{xf}x_t + W_{hf}h_t + b_{f}) \\
    g_t &= \text{tanh} (W_{xg}x_t + W_{hg}h_t + b_{g}) \\
    o_t &= \sigma (W_{xo}x_t + W_{ho}h_t + b_{o}) \\
    c_{t + 1} &= f_t \odot c_t + i_t \odot g_t \\
    h_{t + 1} &= o_t \text{tanh}(c_{t + 1})
    \end{aligned}
    $$"""
    layer = nn.LSTM(x.size, h.size)
    layer.Wx, layer.Wh = _parts(W_xi, W_xf, W_xg, W_xo), _parts(W_hi, W_hf, W_hg, W_ho)
    layer.bias = _parts(b_i, b_f, b_g, b_o)
    hidden, cell = layer(x[None], h, c)
    return cell[0], hidden[0]


# ---- losses


def gaussian_nll_loss(
    inputs: Float[mx.array, "n"],
    targets: Float[mx.array, "n"],
    vars: Float[mx.array, "n"],
    epsilon: float,
) -> Float[mx.array, "n"]:
    r"""$$
    \frac{1}{2}\left(\log\left(\max\left(\text{vars},
    \ \epsilon\right)\right) + \frac{\left(\text{inputs} - \text{targets} \right)^2}
    {\max\left(\text{vars}, \ \epsilon \right)}\right) + \text{const.}
    $$"""
    return losses.gaussian_nll_loss(inputs, targets, vars, eps=epsilon, reduction="none")


def smooth_l1_loss(
    x: Float[mx.array, "..."], y: Float[mx.array, "..."], beta: float
) -> Float[mx.array, "..."]:
    r"""$$
    l = \begin{cases}
    0.5 (x - y)^2 / \beta, & \text{if } |x - y| < \beta \\
    |x - y| - 0.5 \beta, & \text{otherwise}
    \end{cases}
    $$"""
    return losses.smooth_l1_loss(x, y, beta=beta, reduction="none")


def triplet_loss(
    A: Float[mx.array, "n"],
    P: Float[mx.array, "n"],
    N: Float[mx.array, "n"],
    p: float,
    alpha: float,
) -> float:
    r"""$$
    \max\left(\|A - P\|_p - \|A - N\|_p + \alpha, 0\right)
    $$"""
    return losses.triplet_loss(A, P, N, p=p, margin=alpha, eps=0.0)


def triplet_loss_by_default(
    A: Float[mx.array, "n"],
    P: Float[mx.array, "n"],
    N: Float[mx.array, "n"],
    p: float,
    alpha: float,
) -> float:
    r"""$$
    \max\left(\|A - P\|_p - \|A - N\|_p + \alpha, 0\right)
    $$"""
    return losses.triplet_loss(A, P, N, p=p, margin=alpha, eps=0.1)


def hinge_loss(y: Float[mx.array, "..."], y_pred: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""$$
    \text{hinge}(y, y_{\text{pred}}) = \max(0, 1 - y \cdot y_{\text{pred}})
    $$"""
    return losses.hinge_loss(y_pred, y, reduction="none")


def huber_loss(a: Float[mx.array, "..."], delta: float) -> Float[mx.array, "..."]:
    r"""$$
    l_{\delta}(a) =
    \left\{ \begin{array}{ll}
    \frac{1}{2} a^2 & \text{for } |a| \leq \delta, \\
    \delta \left( |a| - \frac{1}{2} \delta \right) & \text{otherwise.}
    \end{array} \right.
    $$"""
    return losses.huber_loss(a, mx.zeros_like(a), delta=delta, reduction="none")


def log_cosh_loss(
    y_true: Float[mx.array, "..."], y_pred: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""$$
    \text{logcosh}(y_{\text{true}}, y_{\text{pred}}) =
    \log(\cosh(y_{\text{pred}} - y_{\text{true}}))
    $$"""
    return losses.log_cosh_loss(y_pred, y_true, reduction="none")


def cosine_similarity_loss(
    x1: Float[mx.array, "n"], x2: Float[mx.array, "n"], epsilon: float
) -> float:
    r"""$$
    \frac{x_1 \cdot x_2}{\max(\|x_1\|  \cdot \|x_2\|, \epsilon)}
    $$"""
    return losses.cosine_similarity_loss(x1, x2, axis=0, eps=epsilon)


def margin_ranking_loss(
    x1: Float[mx.array, "n"], x2: Float[mx.array, "n"], y: Float[mx.array, "n"], margin: float
) -> Float[mx.array, "n"]:
    r"""$$
    \text{loss} = \max (0, -y * (x_1 - x_2) + \text{margin})
    $$"""
    return losses.margin_ranking_loss(x1, x2, y, margin=margin)


# ---- optimizers


def _updated(optimizer: optimizers.Optimizer, w: mx.array, g: mx.array, **state: mx.array):
    """The new parameter, and the state that the optimizer left."""
    optimizer.init({"w": w})
    state = dict(state)
    return optimizer.apply_single(g, w, state), state


def sgd(
    w: Float[mx.array, "n"],
    v: Float[mx.array, "n"],
    g: Float[mx.array, "n"],
    mu: float,
    tau: float,
    lambda_: float,
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""$$
    v_{t+1} &= \mu v_t + (1 - \tau) g_t \\
    w_{t+1} &= w_t - \lambda v_{t+1}
    $$"""
    made = optimizers.SGD(lambda_, momentum=mu, dampening=tau)
    new, state = _updated(made, w, g, v=v)
    return state["v"], new


def rmsprop(
    w: Float[mx.array, "n"],
    v: Float[mx.array, "n"],
    g: Float[mx.array, "n"],
    alpha: float,
    lambda_: float,
    epsilon: float,
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""$$
    v_{t+1} &= \alpha v_t + (1 - \alpha) g_t^2 \\
    w_{t+1} &= w_t - \lambda \frac{g_t}{\sqrt{v_{t+1}} + \epsilon}
    $$"""
    new, state = _updated(optimizers.RMSprop(lambda_, alpha=alpha, eps=epsilon), w, g, v=v)
    return state["v"], new


def adagrad(
    w: Float[mx.array, "n"],
    v: Float[mx.array, "n"],
    g: Float[mx.array, "n"],
    lambda_: float,
    epsilon: float,
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""$$
    v_{t+1} &= v_t + g_t^2 \\
    w_{t+1} &= w_t - \lambda \frac{g_t}{\sqrt{v_{t+1}} + \epsilon}
    $$"""
    new, state = _updated(optimizers.Adagrad(lambda_, eps=epsilon), w, g, v=v)
    return state["v"], new


def adadelta(
    w: Float[mx.array, "n"],
    v: Float[mx.array, "n"],
    u: Float[mx.array, "n"],
    g: Float[mx.array, "n"],
    rho: float,
    lambda_: float,
    epsilon: float,
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""$$
    v_{t+1} &= \rho v_t + (1 - \rho) g_t^2 \\
    \Delta w_{t+1} &= \frac{\sqrt{u_t + \epsilon}}{\sqrt{v_{t+1} + \epsilon}} g_t \\
    u_{t+1} &= \rho u_t + (1 - \rho) \Delta w_{t+1}^2 \\
    w_{t+1} &= w_t - \lambda \Delta w_{t+1}
    $$"""
    made = optimizers.AdaDelta(lambda_, rho=rho, eps=epsilon)
    new, state = _updated(made, w, g, v=v, u=u)
    return state["v"], state["u"], new


def adam(
    w: Float[mx.array, "n"],
    m: Float[mx.array, "n"],
    v: Float[mx.array, "n"],
    g: Float[mx.array, "n"],
    beta1: float,
    beta2: float,
    lambda_: float,
    epsilon: float,
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""$$
    m_{t+1} &= \beta_1 m_t + (1 - \beta_1) g_t \\
    v_{t+1} &= \beta_2 v_t + (1 - \beta_2) g_t^2 \\
    w_{t+1} &= w_t - \lambda \frac{m_{t+1}}{\sqrt{v_{t+1}} + \epsilon}
    $$"""
    made = optimizers.Adam(lambda_, betas=[beta1, beta2], eps=epsilon)
    new, state = _updated(made, w, g, m=m, v=v)
    return state["m"], state["v"], new


def adamw(
    w: Float[mx.array, "n"],
    m: Float[mx.array, "n"],
    v: Float[mx.array, "n"],
    g: Float[mx.array, "n"],
    beta1: float,
    beta2: float,
    alpha: float,
    epsilon: float,
    lambda_: float,
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""$$
    m_{t+1} &= \beta_1 m_t + (1 - \beta_1) g_t \\
    v_{t+1} &= \beta_2 v_t + (1 - \beta_2) g_t^2 \\
    w_{t+1} &= w_t - \alpha (\frac{m_{t+1}}{\sqrt{v_{t+1}} + \epsilon} + \lambda
    w_t)
    $$"""
    made = optimizers.AdamW(alpha, betas=[beta1, beta2], eps=epsilon, weight_decay=lambda_)
    new, state = _updated(made, w, g, m=m, v=v)
    return state["m"], state["v"], new


def adamax(
    w: Float[mx.array, "n"],
    m: Float[mx.array, "n"],
    v: Float[mx.array, "n"],
    g: Float[mx.array, "n"],
    beta1: float,
    beta2: float,
    lambda_: float,
    epsilon: float,
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""$$
    m_{t+1} &= \beta_1 m_t + (1 - \beta_1) g_t \\
    v_{t+1} &= \max(\beta_2 v_t, |g_t|) \\
    w_{t+1} &= w_t - \lambda \frac{m_{t+1}}{v_{t+1} + \epsilon}
    $$"""
    made = optimizers.Adamax(lambda_, betas=[beta1, beta2], eps=epsilon)
    new, state = _updated(made, w, g, m=m, v=v)
    return state["m"], state["v"], new


def lion(
    w: Float[mx.array, "n"],
    m: Float[mx.array, "n"],
    g: Float[mx.array, "n"],
    beta1: float,
    beta2: float,
    eta: float,
    lambda_: float,
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""$$
    c_{t + 1} &= \beta_1 m_t + (1 - \beta_1) g_t \\
    m_{t + 1} &= \beta_2 m_t + (1 - \beta_2) g_t \\
    w_{t + 1} &= w_t - \eta (\text{sign}(c_t) + \lambda w_t)
    $$"""
    made = optimizers.Lion(eta, betas=[beta1, beta2], weight_decay=lambda_)
    new, state = _updated(made, w, g, m=m)
    return state["m"], new


# ---- formulas of optax


def linear_schedule(I: float, E: float, t: float, B: float, T: float) -> float:
    r"""$$
    \begin{cases}
    I, & \text{if } t < B \\
    I + \frac{t - B}{T} (E - I), & \text{if } B \leq t < B + T \\
    E, & \text{if } t \geq B + T
    \end{cases}
    $$"""
    return I + np.clip(t - B, 0, T) / T * (E - I)


def polynomial_schedule(I: float, E: float, t: float, B: float, T: float, P: int) -> float:
    r"""$$
    \begin{cases}
    I, & \text{if } t < B \\
    (I - E) \left( 1 - \frac{t - B}{T} \right)^{P} + E, &
    \text{if } B \leq t < B + T \\
    E, & \text{if } t \geq B + T
    \end{cases}
    $$"""
    return (I - E) * (1 - np.clip(t - B, 0, T) / T) ** P + E


def focal_loss(p_t: float, alpha_t: float, gamma: float) -> float:
    r"""$$
    FL(p_t) = -\alpha_t (1-p_t)^\gamma \log(p_t)
    $$"""
    return -alpha_t * (1 - p_t) ** gamma * np.log(p_t)


def optimistic_gradient_descent(
    w: Float[np.ndarray, "n"],
    g: Float[np.ndarray, "n"],
    g_prev: Float[np.ndarray, "n"],
    alpha: float,
    beta: float,
    eta: float,
) -> tuple[Float[np.ndarray, "n"], Float[np.ndarray, "n"]]:
    r"""$$
    \begin{align*}
    u_t &= (\alpha_t + \beta_t) g_t - \beta_t g_{t-1} \\
    w_{t+1} &= w_t - \eta_t u_t
    \end{align*}
    $$"""
    u = (alpha + beta) * g - beta * g_prev
    return u, w - eta * u


def softmax_cross_entropy(
    x: Float[np.ndarray, "n k"], y: Float[np.ndarray, "n k"]
) -> Float[np.ndarray, "n"]:
    r"""$$
    \sigma_i =
    - \sum_j y_{i j} \log\left(\frac{\exp(x_{i j})}{\sum_k
    \exp(x_{i k})}\right) \,.
    $$"""
    return (y * (np.log(np.exp(x).sum(axis=1, keepdims=True)) - x)).sum(axis=1)


def ranking_softmax_loss(s: Float[np.ndarray, "n"], y: Float[np.ndarray, "n"]) -> float:
    r"""$$
    \ell(s, y) = -\sum_i y_i \log \frac{\exp(s_i)}{\sum_j \exp(s_j)}
    $$"""
    return y @ (np.log(np.exp(s).sum()) - s)


def cosine_decay_schedule(I: float, alpha: float, p: float, t: float, T: float) -> float:
    r"""$$
    \begin{cases}
    \alpha I + (1 - \alpha) I  \left[ \frac{1}{2}
    \left( 1+ \cos \left( \pi\,\frac{t}{T} \right) \right) \right] ^p  & \text{, if } t \leq T \\
    \alpha I  & \text{, if } t > T
    \end{cases}
    $$"""
    return I * (alpha + (1 - alpha) * (0.5 * (1 + np.cos(np.pi * min(t / T, 1)))) ** p)


def signum(
    m: Float[np.ndarray, "n"], g: Float[np.ndarray, "n"], alpha: float, beta: float
) -> tuple[Float[np.ndarray, "n"], Float[np.ndarray, "n"]]:
    r"""$$
    m_t \leftarrow \beta\, m_t + (1 - \beta)\, g_t \\
    u_t \leftarrow -\alpha_t\, \text{sign}\,(m_t),
    $$"""
    m = beta * m + (1 - beta) * g
    return m, -alpha * np.sign(m)
