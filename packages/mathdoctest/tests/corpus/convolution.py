"""Convolution of one channel and of several, in two dimensions: forward and backward."""

import mlx.core as mx
from jaxtyping import Float


def convolve(
    X: Float[mx.array, "p+2 q+2"], W: Float[mx.array, "3 3"], b: float
) -> Float[mx.array, "p q"]:
    r"""Valid cross-correlation with a kernel of three by three.

    $$
    y_{ij} = \sum_{m=1}^{3} \sum_{n=1}^{3} w_{mn} x_{i+m-1,j+n-1} + b
    $$
    """
    p, q = X.shape[0] - 2, X.shape[1] - 2
    return sum(W[m, n] * X[m : m + p, n : n + q] for m in range(3) for n in range(3)) + b


def squared_error(Y: Float[mx.array, "p q"], R: Float[mx.array, "p q"]) -> Float[mx.array, ""]:
    r"""Loss over the feature map.

    $$
    L = \frac{1}{2} \sum_{i=1}^{p} \sum_{j=1}^{q} (y_{ij} - r_{ij})^2 = \frac{1}{2} \|Y - R\|_F^2
    $$
    """
    return 0.5 * ((Y - R) ** 2).sum()


def output_error(Y: Float[mx.array, "p q"], R: Float[mx.array, "p q"]) -> Float[mx.array, "p q"]:
    r"""Slope of the loss along the feature map.

    $$
    g_{ij} = \frac{\partial L}{\partial y_{ij}} = y_{ij} - r_{ij}
    $$
    """
    return Y - R


def kernel_slope(
    G: Float[mx.array, "p q"], X: Float[mx.array, "p+2 q+2"]
) -> Float[mx.array, "3 3"]:
    r"""Slope along the kernel: the input correlated with the error.

    $$
    \frac{\partial L}{\partial w_{mn}} = \sum_{i=1}^{p} \sum_{j=1}^{q} g_{ij} x_{i+m-1,j+n-1}
    $$

    $$
    \frac{\partial L}{\partial w_{mn}}
        = \sum_{i=1}^{p} \sum_{j=1}^{q} \frac{\partial L}{\partial y_{ij}}
        \frac{\partial y_{ij}}{\partial w_{mn}}
    $$
    """
    p, q = G.shape
    return mx.stack(
        [mx.stack([(G * X[m : m + p, n : n + q]).sum() for n in range(3)]) for m in range(3)]
    )


def bias_slope(G: Float[mx.array, "p q"]) -> Float[mx.array, ""]:
    r"""Slope along the bias: the sum of the error.

    $$
    \frac{\partial L}{\partial b} = \sum_{i=1}^{p} \sum_{j=1}^{q} g_{ij}
    $$
    """
    return G.sum()


def local_slope(
    W: Float[mx.array, "3 3"], X: Float[mx.array, "p+2 q+2"]
) -> Float[mx.array, "p q p+2 q+2"]:
    r"""Slope of each output along each input, by offsets.

    $$
    \frac{\partial y_{ij}}{\partial x_{kl}}
        = \sum_{m=1}^{3} \sum_{n=1}^{3} w_{mn} \mathbb{1}[i + m - 1 = k] \mathbb{1}[j + n - 1 = l]
    $$
    """
    height, width = X.shape
    p, q = height - 2, width - 2
    down = mx.stack([mx.eye(p, height, k=m, dtype=W.dtype) for m in range(3)])
    across = mx.stack([mx.eye(q, width, k=n, dtype=W.dtype) for n in range(3)])
    return mx.einsum("mn,mik,njl->ijkl", W, down, across)


def padded_error(G: Float[mx.array, "p q"]) -> Float[mx.array, "p+4 q+4"]:
    r"""Error with two rows and columns of zeros on every side.

    $$
    \tilde{g}_{kl} = \sum_{i=1}^{p} \sum_{j=1}^{q} g_{ij} \mathbb{1}[i + 2 = k]
        \mathbb{1}[j + 2 = l]
    $$
    """
    return mx.pad(G, 2)


def input_slope(
    W: Float[mx.array, "3 3"], G_tilde: Float[mx.array, "p+4 q+4"]
) -> Float[mx.array, "p+2 q+2"]:
    r"""Slope along the input: the padded error with the kernel turned round.

    $$
    \frac{\partial L}{\partial x_{kl}}
        = \sum_{m=1}^{3} \sum_{n=1}^{3} w_{mn} \tilde{g}_{k-m+3,l-n+3}
    $$
    """
    p, q = G_tilde.shape[0] - 4, G_tilde.shape[1] - 4
    return sum(
        W[m, n] * G_tilde[2 - m : p + 4 - m, 2 - n : q + 4 - n] for m in range(3) for n in range(3)
    )


def input_slope_by_sums(
    W: Float[mx.array, "3 3"], G: Float[mx.array, "p q"]
) -> Float[mx.array, "p+2 q+2"]:
    r"""Slope along the input, from every output that saw it.

    $$
    \frac{\partial L}{\partial x_{kl}}
        = \sum_{i=1}^{p} \sum_{j=1}^{q} g_{ij} \sum_{m=1}^{3} \sum_{n=1}^{3} w_{mn}
        \mathbb{1}[i + m - 1 = k] \mathbb{1}[j + n - 1 = l]
    $$

    $$
    \frac{\partial L}{\partial x_{kl}}
        = \sum_{i=1}^{p} \sum_{j=1}^{q} \frac{\partial L}{\partial y_{ij}}
        \frac{\partial y_{ij}}{\partial x_{kl}}
    $$
    """
    p, q = G.shape
    out = mx.zeros((p + 2, q + 2), G.dtype)
    for m in range(3):
        for n in range(3):
            out[m : m + p, n : n + q] = out[m : m + p, n : n + q] + W[m, n] * G
    return out


def true_convolution(
    U: Float[mx.array, "p+2 q+2"], V: Float[mx.array, "3 3"]
) -> Float[mx.array, "p q"]:
    r"""The convolution of mathematics: the kernel turned round.

    $$
    s_{ij} = \sum_{m=1}^{3} \sum_{n=1}^{3} v_{mn} u_{i-m+3,j-n+3}
        = \sum_{m=1}^{3} \sum_{n=1}^{3} v_{4-m,4-n} u_{i+m-1,j+n-1}
    $$

    $$
    S \in \mathbb{R}^{p \times q}
    $$
    """
    p, q = U.shape[0] - 2, U.shape[1] - 2
    return sum(V[2 - m, 2 - n] * U[m : m + p, n : n + q] for m in range(3) for n in range(3))


def channels(
    A: Float[mx.array, "c p+2 q+2"], K: Float[mx.array, "d c 3 3"], h: Float[mx.array, "d"]
) -> Float[mx.array, "d p q"]:
    r"""Several channels in, several out.

    $$
    z_{kij} = \sum_{r=1}^{c} \sum_{m=1}^{3} \sum_{n=1}^{3} k_{krmn} a_{r,i+m-1,j+n-1} + h_k
    $$

    $$
    Z \in \mathbb{R}^{d \times p \times q}
    $$
    """
    p, q = A.shape[1] - 2, A.shape[2] - 2
    out = sum(
        mx.tensordot(K[:, :, m, n], A[:, m : m + p, n : n + q], 1)
        for m in range(3)
        for n in range(3)
    )
    return out + h[:, None, None]


def line(f: Float[mx.array, "p+2"], v: Float[mx.array, "3"]) -> Float[mx.array, "p"]:
    r"""Convolution along one axis.

    $$
    o_i = \sum_{m=1}^{3} v_m f_{i+m-1}
    $$

    $$
    o \in \mathbb{R}^{p}
    $$
    """
    p = f.size - 2
    return sum(v[m] * f[m : m + p] for m in range(3))


def pooled(X: Float[mx.array, "p+2 q+2"]) -> Float[mx.array, "p q"]:
    r"""Mean of every window.

    $$
    \bar{x}_{ij} = \frac{1}{9} \sum_{m=1}^{3} \sum_{n=1}^{3} x_{i+m-1,j+n-1}
    $$

    $$
    \bar{X} \in \mathbb{R}^{p \times q}
    $$
    """
    p, q = X.shape[0] - 2, X.shape[1] - 2
    return sum(X[m : m + p, n : n + q] for m in range(3) for n in range(3)) / 9


def max_pooled(X: Float[mx.array, "p+2 q+2"]) -> Float[mx.array, "p q"]:
    r"""Maximum of every window.

    $$
    \hat{x}_{ij} = \max_{m=1}^{3} \max_{n=1}^{3} x_{i+m-1,j+n-1}
    $$

    $$
    \hat{X} \in \mathbb{R}^{p \times q}
    $$
    """
    p, q = X.shape[0] - 2, X.shape[1] - 2
    windows = mx.stack([X[m : m + p, n : n + q] for m in range(3) for n in range(3)])
    return windows.max(axis=0)
