"""Softmax and cross-entropy: values and slopes, one example and a batch."""

import mlx.core as mx
from jaxtyping import Float, Int

SYMBOLS = {
    "y": {"range": "K"},
    "u": {"range": "K"},
    "tau": {"range": "positive"},
    "epsilon": {"range": "unit"},
    "p": {"range": "positive"},
    "Q": {"range": "unit"},
    "t": {"range": "unit"},
}


def log_sum_exp(z: Float[mx.array, "K"]) -> Float[mx.array, ""]:
    r"""Smooth maximum.

    $$
    s = \log\left( \sum_{k=1}^{K} e^{z_k} \right)
    $$

    $$
    s \le \max_{k=1}^{K} z_k + \log(K)
    $$
    """
    return mx.logsumexp(z)


def log_sum_exp_slope(z: Float[mx.array, "K"]) -> Float[mx.array, "K"]:
    r"""Slope of log-sum-exp is softmax.

    $$
    \frac{\partial s}{\partial z_i} = \frac{e^{z_i}}{\sum_{k=1}^{K} e^{z_k}}
    $$
    """
    return mx.softmax(z)


def softmax(z: Float[mx.array, "K"]) -> Float[mx.array, "K"]:
    r"""Probabilities, plain and shifted by the maximum.

    $$
    p_i = \frac{e^{z_i}}{\sum_{k=1}^{K} e^{z_k}}
    $$

    $$
    p_i = \frac{\exp(z_i - \max_{k=1}^{K} z_k)}{\sum_{j=1}^{K} \exp(z_j - \max_{k=1}^{K} z_k)}
    $$
    """
    e = mx.exp(z - z.max())
    return e / e.sum()


def log_softmax(z: Float[mx.array, "K"]) -> Float[mx.array, "K"]:
    r"""Log-probabilities.

    $$
    r_i = z_i - \log\left( \sum_{k=1}^{K} e^{z_k} \right) = \log(p_i)
    $$
    """
    return z - mx.logsumexp(z)


def log_softmax_jacobian(z: Float[mx.array, "K"]) -> Float[mx.array, "K K"]:
    r"""Jacobian of the log-probabilities.

    $$
    \frac{\partial r_i}{\partial z_j} = \mathbb{1}[i = j] - p_j
    $$
    """
    return mx.eye(z.size, dtype=z.dtype) - mx.softmax(z)[None, :]


def softmax_jacobian(p: Float[mx.array, "K"]) -> Float[mx.array, "K K"]:
    r"""Jacobian of softmax, entry by entry and as a matrix.

    $$
    \frac{\partial p_i}{\partial z_j} = p_i (\mathbb{1}[i = j] - p_j)
    $$

    $$
    \frac{\partial p}{\partial z} = \operatorname{diag}(p) - p p^\top
    $$
    """
    return mx.diag(p) - mx.outer(p, p)


def smoothed(
    y: Int[mx.array, "1"], epsilon: float, z: Float[mx.array, "K"]
) -> Float[mx.array, "K"]:
    r"""Label smoothing.

    $$
    t_k = (1 - \epsilon) \mathbb{1}[k = y] + \frac{\epsilon}{K}
    $$
    """
    K = z.size
    return (1 - epsilon) * (mx.arange(K) == y).astype(z.dtype) + mx.array(epsilon / K, z.dtype)


def cross_entropy(t: Float[mx.array, "K"], p: Float[mx.array, "K"]) -> Float[mx.array, ""]:
    r"""Cross-entropy with soft targets.

    $$
    L = -\sum_{k=1}^{K} t_k \log(p_k)
    $$
    """
    return -(t * mx.log(p)).sum()


def cross_entropy_slope(t: Float[mx.array, "K"], p: Float[mx.array, "K"]) -> Float[mx.array, "K"]:
    r"""Slope along the probabilities.

    $$
    \frac{\partial L}{\partial p_k} = -\frac{t_k}{p_k}
    $$
    """
    return -t / p


def output_error(p: Float[mx.array, "K"], t: Float[mx.array, "K"]) -> Float[mx.array, "K"]:
    r"""Slope along the logits, with targets that add up to 1.

    $$
    \frac{\partial L}{\partial z_i}
        = \sum_{k=1}^{K} \frac{\partial L}{\partial p_k} \frac{\partial p_k}{\partial z_i}
        = p_i - t_i
    $$

    $$
    \nabla_z L = p - t
    $$
    """
    return p - t


def cross_entropy_hessian(p: Float[mx.array, "K"]) -> Float[mx.array, "K K"]:
    r"""Curvature along the logits.

    $$
    \frac{\partial^2 L}{\partial z_i \partial z_j} = p_i (\mathbb{1}[i = j] - p_j)
    $$
    """
    return mx.diag(p) - mx.outer(p, p)


def weighted(c: Float[mx.array, "K"], p: Float[mx.array, "K"]) -> Float[mx.array, ""]:
    r"""Cross-entropy with weights that need not add up to 1.

    $$
    J = -\sum_{k=1}^{K} c_k \log(p_k)
    $$
    """
    return -(c * mx.log(p)).sum()


def weighted_slope(c: Float[mx.array, "K"], p: Float[mx.array, "K"]) -> Float[mx.array, "K"]:
    r"""Slope of the weighted loss along the logits.

    $$
    \frac{\partial J}{\partial z_i} = p_i \sum_{k=1}^{K} c_k - c_i
    $$
    """
    return p * c.sum() - c


def tempered(z: Float[mx.array, "K"], tau: float) -> Float[mx.array, "K"]:
    r"""Softmax with a temperature.

    $$
    \tilde{p}_i = \frac{\exp(\frac{z_i}{\tau})}{\sum_{k=1}^{K} \exp(\frac{z_k}{\tau})}
    $$
    """
    return mx.softmax(z / tau)


def tempered_jacobian(p_tilde: Float[mx.array, "K"], tau: float) -> Float[mx.array, "K K"]:
    r"""Jacobian of softmax with a temperature.

    $$
    \frac{\partial \tilde{p}_i}{\partial z_j}
        = \frac{\tilde{p}_i (\mathbb{1}[i = j] - \tilde{p}_j)}{\tau}
    $$
    """
    return (mx.diag(p_tilde) - mx.outer(p_tilde, p_tilde)) / tau


def temperature_slope(
    p_tilde: Float[mx.array, "K"], z: Float[mx.array, "K"], tau: float
) -> Float[mx.array, "K"]:
    r"""Slope along the temperature.

    $$
    \frac{\partial \tilde{p}_i}{\partial \tau}
        = \frac{\tilde{p}_i}{\tau^2} \left( \sum_{k=1}^{K} \tilde{p}_k z_k - z_i \right)
    $$
    """
    return p_tilde / tau**2 * ((p_tilde * z).sum() - z)


def entropy(p: Float[mx.array, "K"]) -> Float[mx.array, ""]:
    r"""Entropy in nats.

    $$
    H = -\sum_{k=1}^{K} p_k \log(p_k)
    $$
    """
    return -(p * mx.log(p)).sum()


def entropy_slope(p: Float[mx.array, "K"], H: Float[mx.array, ""]) -> Float[mx.array, "K"]:
    r"""Slope of the entropy along the logits.

    $$
    \frac{\partial H}{\partial z_i} = -p_i (\log(p_i) + H)
    $$
    """
    return -p * (mx.log(p) + H)


def batch_softmax(A: Float[mx.array, "N K"]) -> Float[mx.array, "N K"]:
    r"""Softmax of each row.

    $$
    q_{nk} = \frac{e^{a_{nk}}}{\sum_{j=1}^{K} e^{a_{nj}}}
    $$
    """
    return mx.softmax(A, axis=1)


def batch_loss(Q: Float[mx.array, "N K"], u: Int[mx.array, "N"]) -> Float[mx.array, ""]:
    r"""Mean loss over a batch, classes as whole numbers.

    $$
    C = -\frac{1}{N} \sum_{n=1}^{N} \log(q_{n u_n})
    $$
    """
    return -mx.log(mx.take_along_axis(Q, u[:, None], axis=1)).mean()


def batch_error(Q: Float[mx.array, "N K"], u: Int[mx.array, "N"]) -> Float[mx.array, "N K"]:
    r"""Slope of the mean loss along each logit.

    $$
    \frac{\partial C}{\partial a_{nk}} = \frac{q_{nk} - \mathbb{1}[k = u_n]}{N}
    $$
    """
    N, K = Q.shape
    return (Q - (mx.arange(K)[None, :] == u[:, None]).astype(Q.dtype)) / N
