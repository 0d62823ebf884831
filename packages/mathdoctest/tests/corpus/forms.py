"""Forms of formula: chains, matrices, layers and time, means, second derivatives."""

import mlx.core as mx
from jaxtyping import Float

SYMBOLS = {"alpha": {"range": "positive"}}


def rotation(theta: float, x: Float[mx.array, "2"]) -> Float[mx.array, "2"]:
    r"""A vector turned by an angle.

    $$
    \tilde{x} = \begin{bmatrix} \cos(\theta) & -\sin(\theta) \\
        \sin(\theta) & \cos(\theta) \end{bmatrix} x
    $$
    """
    c, s = mx.cos(mx.array(theta, mx.float64)), mx.sin(mx.array(theta, mx.float64))
    return mx.stack([c * x[0] - s * x[1], s * x[0] + c * x[1]])


def leaky_relu(z: Float[mx.array, "..."], alpha: float) -> Float[mx.array, "..."]:
    r"""ReLU with a slope below 0.

    $$
    \operatorname{LeakyReLU}(z) = \begin{cases} z & z > 0 \\ \alpha z & \text{otherwise} \end{cases}
    $$
    """
    return mx.where(z > 0, z, alpha * z)


def leaky_relu_slope(z: Float[mx.array, "..."], alpha: float) -> Float[mx.array, "..."]:
    r"""Its slope.

    $$
    \operatorname{LeakyReLU}'(z) = \begin{cases} 1 & z > 0 \\ \alpha & \text{otherwise} \end{cases}
    $$
    """
    return mx.where(z > 0, mx.ones_like(z), alpha)


def mean_of_squares(
    X: Float[mx.array, "N d"], w: Float[mx.array, "d"], y: Float[mx.array, "N"]
) -> Float[mx.array, ""]:
    r"""Mean squared error of a linear model, two ways: over the batch, and as a norm.

    $$
    \begin{aligned}
    L &= \mathbb{E}_{n=1}^{N}\left[ \left( \sum_{j=1}^{d} x_{nj} w_j - y_n \right)^2 \right] \\
      &= \frac{\|X w - y\|^2}{N}
    \end{aligned}
    $$
    """
    return ((X @ w - y) ** 2).mean()


def mean_of_squares_gradient(
    X: Float[mx.array, "N d"], w: Float[mx.array, "d"], y: Float[mx.array, "N"]
) -> Float[mx.array, "d"]:
    r"""Its gradient, as a whole.

    $$
    \nabla_{w} L = \frac{2}{N} X^\top (X w - y)
    $$
    """
    return 2 / len(y) * (X.T @ (X @ w - y))


def mean_of_squares_hessian(
    X: Float[mx.array, "N d"], w: Float[mx.array, "d"], y: Float[mx.array, "N"]
) -> Float[mx.array, "d d"]:
    r"""Its second derivatives.

    $$
    \frac{\partial^2 L}{\partial w_i \partial w_j} = \frac{2}{N} \sum_{n=1}^{N} x_{ni} x_{nj}
    $$
    """
    return 2 / len(y) * (X.T @ X)


def fits(X: Float[mx.array, "N d"], w: Float[mx.array, "d"]) -> Float[mx.array, "N"]:
    r"""The shape of a product.

    $$
    X w \in \mathbb{R}^{N}
    $$

    $$
    q = X w
    $$
    """
    return X @ w


def clipped_length(g: Float[mx.array, "n"]) -> Float[mx.array, ""]:
    r"""A length, but at most 1.

    $$
    r = \min(\|g\|, 1) = \frac{\|g\|}{\max(\|g\|, 1)} \le 1
    $$
    """
    return mx.minimum(mx.linalg.norm(g), 1)


def batch_of_layers(
    X: Float[mx.array, "N n"], W: Float[mx.array, "m n"], b: Float[mx.array, "m"]
) -> Float[mx.array, "N m"]:
    r"""A layer on a batch, without broadcasting.

    $$
    Z = X W^\top + \mathbf{1}_N b^\top
    $$
    """
    return X @ W.T + b


def recurrent(
    x: Float[mx.array, "T n"],
    W: Float[mx.array, "m m"],
    U: Float[mx.array, "m n"],
    b: Float[mx.array, "m"],
) -> Float[mx.array, "T+1 m"]:
    r"""A recurrent network over time, from rest.

    $$
    h_0 = 0
    $$

    $$
    h_t = \tanh(W h_{t-1} + U x_t + b) \quad t = 1, \dots, T
    $$
    """
    h = [mx.zeros(b.shape, mx.float64)]
    for step in x:
        h.append(mx.tanh(W @ h[-1] + U @ step + b))
    return mx.stack(h)


def last_state_loss(h: Float[mx.array, "T+1 m"], c: Float[mx.array, "m"]) -> Float[mx.array, ""]:
    r"""A loss of the last state alone.

    $$
    L_{\text{end}} = \sum_{i=1}^{m} c_i h_{T,i}
    $$
    """
    return (c * h[-1]).sum()


def last_state_slope(c: Float[mx.array, "m"], h: Float[mx.array, "T+1 m"]) -> Float[mx.array, "m"]:
    r"""Where the error enters time.

    $$
    \frac{\partial L_{\text{end}}}{\partial h_{T,i}} = c_i
    $$
    """
    return c


def peak_and_product(p: Float[mx.array, "K"]) -> Float[mx.array, ""]:
    r"""Largest logit and product of entries, for the forms.

    $$
    s = \max_{k=1}^{K} p_k + \prod_{k=1}^{K} p_k
    $$
    """
    return p.max() + p.prod()


def residual_jacobian(x: Float[mx.array, "n"], A: Float[mx.array, "n n"]) -> Float[mx.array, "n n"]:
    r"""The identity path of a residual connection.

    $$
    \frac{\partial u}{\partial x} = \mathbf{I}_n + A
    $$
    """
    return mx.eye(x.size, dtype=mx.float64) + A


def residual(x: Float[mx.array, "n"], A: Float[mx.array, "n n"]) -> Float[mx.array, "n"]:
    r"""A residual connection around a linear layer.

    $$
    u_i = x_i + \sum_{j=1}^{n} a_{ij} x_j
    $$
    """
    return x + A @ x


def running_mean(x: Float[mx.array, "n"]) -> Float[mx.array, "n"]:
    r"""The mean of the entries so far: each bound takes in another number of them.

    $$
    m_i = \mathbb{E}_{j=1}^{i}\left[ x_j \right]
    $$
    """
    return mx.cumsum(x) / mx.arange(1, x.size + 1)  # (n,)
