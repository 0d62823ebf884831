"""Batch, layer and RMS normalization: forward and backward."""

import mlx.core as mx
from jaxtyping import Float

SYMBOLS = {
    "epsilon": {"range": "positive"},
    "v": {"range": "positive"},
    "s": {"range": "positive"},
    "r": {"range": "positive"},
}


# ---- over a batch: inputs X, one example per row


def batch_mean(X: Float[mx.array, "N d"]) -> Float[mx.array, "d"]:
    r"""Mean of each feature over the batch.

    $$
    \mu_j = \frac{1}{N} \sum_{n=1}^{N} x_{nj}
    $$

    $$
    \mu = \frac{1}{N} X^\top \mathbf{1}_N
    $$
    """
    return X.mean(axis=0)


def batch_variance(X: Float[mx.array, "N d"], mu: Float[mx.array, "d"]) -> Float[mx.array, "d"]:
    r"""Variance of each feature over the batch.

    $$
    v_j = \frac{1}{N} \sum_{n=1}^{N} (x_{nj} - \mu_j)^2
    $$
    """
    return ((X - mu) ** 2).mean(axis=0)


def batch_normalized(
    X: Float[mx.array, "N d"], mu: Float[mx.array, "d"], v: Float[mx.array, "d"], epsilon: float
) -> Float[mx.array, "N d"]:
    r"""Features with mean 0 and variance 1.

    $$
    \hat{x}_{nj} = \frac{x_{nj} - \mu_j}{\sqrt{v_j + \epsilon}}
    $$
    """
    return (X - mu) * mx.rsqrt(v + epsilon)


def batch_output(
    X_hat: Float[mx.array, "N d"], gamma: Float[mx.array, "d"], beta: Float[mx.array, "d"]
) -> Float[mx.array, "N d"]:
    r"""Scaled and shifted.

    $$
    y_{nj} = \gamma_j \hat{x}_{nj} + \beta_j
    $$

    $$
    Y = \hat{X} \operatorname{diag}(\gamma) + \mathbf{1}_N \beta^\top
    $$
    """
    return X_hat * gamma + beta


def batch_loss(C: Float[mx.array, "N d"], Y: Float[mx.array, "N d"]) -> Float[mx.array, ""]:
    r"""A loss that is linear in the output.

    $$
    L = \sum_{n=1}^{N} \sum_{j=1}^{d} c_{nj} y_{nj} = \operatorname{tr}(C^\top Y)
    $$
    """
    return (C * Y).sum()


def batch_parameter_slopes(
    C: Float[mx.array, "N d"], X_hat: Float[mx.array, "N d"]
) -> tuple[Float[mx.array, "d"], Float[mx.array, "d"], Float[mx.array, "N d"]]:
    r"""Slopes along scale, shift and output.

    $$
    \frac{\partial L}{\partial \gamma_j} = \sum_{n=1}^{N} c_{nj} \hat{x}_{nj}
    $$

    $$
    \frac{\partial L}{\partial \beta_j} = \sum_{n=1}^{N} c_{nj}
    $$

    $$
    \frac{\partial L}{\partial y_{nj}} = c_{nj}
    $$
    """
    return (C * X_hat).sum(axis=0), C.sum(axis=0), C


def batch_variance_slope(
    X: Float[mx.array, "N d"], mu: Float[mx.array, "d"]
) -> Float[mx.array, "N d"]:
    r"""Slope of the variances along the inputs; the mean's own slope cancels.

    $$
    V_{nj} = \frac{2 (x_{nj} - \mu_j)}{N}
    $$
    """
    return 2 * (X - mu) / X.shape[0]


def batch_input_slope(
    C: Float[mx.array, "N d"],
    X_hat: Float[mx.array, "N d"],
    v: Float[mx.array, "d"],
    gamma: Float[mx.array, "d"],
    epsilon: float,
) -> Float[mx.array, "N d"]:
    r"""Slope along the inputs, through mean and variance.

    $$
    \frac{\partial L}{\partial x_{nj}}
        = \frac{\gamma_j}{N \sqrt{v_j + \epsilon}}
        \left( N c_{nj} - \sum_{m=1}^{N} c_{mj}
        - \hat{x}_{nj} \sum_{m=1}^{N} c_{mj} \hat{x}_{mj} \right)
    $$
    """
    N = C.shape[0]
    inner = N * C - C.sum(axis=0) - X_hat * (C * X_hat).sum(axis=0)
    return gamma / (N * mx.sqrt(v + epsilon)) * inner


# ---- over the features of one example: input u


def layer_mean(u: Float[mx.array, "n"]) -> Float[mx.array, ""]:
    r"""Mean of the features.

    $$
    m = \frac{1}{n} \sum_{i=1}^{n} u_i
    $$
    """
    return u.mean()


def layer_variance(u: Float[mx.array, "n"], m: Float[mx.array, ""]) -> Float[mx.array, ""]:
    r"""Variance of the features.

    $$
    s = \frac{1}{n} \sum_{i=1}^{n} (u_i - m)^2 = \frac{1}{n} \|u - m \mathbf{1}_n\|^2
    $$
    """
    return ((u - m) ** 2).mean()


def layer_normalized(
    u: Float[mx.array, "n"], m: Float[mx.array, ""], s: Float[mx.array, ""], epsilon: float
) -> Float[mx.array, "n"]:
    r"""Features of one example with mean 0 and variance 1.

    $$
    \hat{u}_i = \frac{u_i - m}{\sqrt{s + \epsilon}}
    $$
    """
    return (u - m) / mx.sqrt(s + epsilon)


def layer_output(
    u_hat: Float[mx.array, "n"], g: Float[mx.array, "n"], b: Float[mx.array, "n"]
) -> Float[mx.array, "n"]:
    r"""Scaled and shifted.

    $$
    z = g \odot \hat{u} + b
    $$
    """
    return g * u_hat + b


def layer_loss(a: Float[mx.array, "n"], z: Float[mx.array, "n"]) -> Float[mx.array, ""]:
    r"""A loss that is linear in the output.

    $$
    J = \sum_{i=1}^{n} a_i z_i = a^\top z
    $$
    """
    return a @ z


def layer_mean_slope(u: Float[mx.array, "n"]) -> Float[mx.array, "n"]:
    r"""Slope of the mean along each feature.

    $$
    \frac{\partial m}{\partial u_i} = \frac{1}{n}
    $$
    """
    return mx.full(u.shape, 1 / u.size, u.dtype)


def layer_variance_slope(u: Float[mx.array, "n"], m: Float[mx.array, ""]) -> Float[mx.array, "n"]:
    r"""Slope of the variance along each feature.

    $$
    \frac{\partial s}{\partial u_i} = \frac{2 (u_i - m)}{n}
    $$
    """
    return 2 * (u - m) / u.size


def layer_jacobian(
    u_hat: Float[mx.array, "n"], s: Float[mx.array, ""], epsilon: float
) -> Float[mx.array, "n n"]:
    r"""Jacobian of the normalized features.

    $$
    \frac{\partial \hat{u}_i}{\partial u_j}
        = \frac{1}{\sqrt{s + \epsilon}}
        \left( \mathbb{1}[i = j] - \frac{1 + \hat{u}_i \hat{u}_j}{n} \right)
    $$

    $$
    \frac{\partial \hat{u}}{\partial u}
        = \frac{1}{\sqrt{s + \epsilon}}
        \left( \mathbf{I}_n - \frac{1}{n} \mathbf{1}_n \mathbf{1}_n^\top
        - \frac{1}{n} \hat{u} \hat{u}^\top \right)
    $$
    """
    n = u_hat.size
    return (mx.eye(n, dtype=u_hat.dtype) - (1 + mx.outer(u_hat, u_hat)) / n) / mx.sqrt(s + epsilon)


def layer_input_slope(
    a: Float[mx.array, "n"],
    g: Float[mx.array, "n"],
    u_hat: Float[mx.array, "n"],
    s: Float[mx.array, ""],
    epsilon: float,
) -> Float[mx.array, "n"]:
    r"""Slope along the input of the layer.

    $$
    \frac{\partial J}{\partial u_i}
        = \frac{1}{\sqrt{s + \epsilon}}
        \left( a_i g_i - \frac{1}{n} \sum_{j=1}^{n} a_j g_j
        - \frac{\hat{u}_i}{n} \sum_{j=1}^{n} a_j g_j \hat{u}_j \right)
    $$
    """
    ag = a * g
    return (ag - ag.mean() - u_hat * (ag * u_hat).mean()) / mx.sqrt(s + epsilon)


# ---- by the root of the mean square: input h


def root_mean_square(h: Float[mx.array, "n"], epsilon: float) -> Float[mx.array, ""]:
    r"""Root of the mean square.

    $$
    r = \sqrt{\frac{1}{n} \sum_{i=1}^{n} h_i^2 + \epsilon}
    $$
    """
    return mx.sqrt((h * h).mean() + epsilon)


def rms_slope(h: Float[mx.array, "n"], r: Float[mx.array, ""]) -> Float[mx.array, "n"]:
    r"""Slope of the root of the mean square.

    $$
    \frac{\partial r}{\partial h_i} = \frac{h_i}{n r}
    $$
    """
    return h / (h.size * r)


def rms_normalized(h: Float[mx.array, "n"], r: Float[mx.array, ""]) -> Float[mx.array, "n"]:
    r"""Features over their root mean square.

    $$
    \hat{h}_i = \frac{h_i}{r}
    $$
    """
    return h / r


def rms_output(h_hat: Float[mx.array, "n"], g: Float[mx.array, "n"]) -> Float[mx.array, "n"]:
    r"""Scaled; there is no shift.

    $$
    o_i = g_i \hat{h}_i
    $$
    """
    return g * h_hat


def rms_loss(a: Float[mx.array, "n"], o: Float[mx.array, "n"]) -> Float[mx.array, ""]:
    r"""A loss that is linear in the output.

    $$
    E = \sum_{i=1}^{n} a_i o_i
    $$
    """
    return (a * o).sum()


def rms_input_slope(
    a: Float[mx.array, "n"],
    g: Float[mx.array, "n"],
    h_hat: Float[mx.array, "n"],
    r: Float[mx.array, ""],
) -> Float[mx.array, "n"]:
    r"""Slope along the input.

    $$
    \frac{\partial E}{\partial h_i}
        = \frac{1}{r} \left( a_i g_i - \frac{\hat{h}_i}{n} \sum_{j=1}^{n} a_j g_j \hat{h}_j \right)
    $$
    """
    ag = a * g
    return (ag - h_hat * (ag * h_hat).mean()) / r
