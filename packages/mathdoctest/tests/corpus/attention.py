"""Attention on one sequence of T places, and the products of a Jacobian."""

import mlx.core as mx
from jaxtyping import Float

SYMBOLS = {}


def scores(Q: Float[mx.array, "P d"], K: Float[mx.array, "S d"]) -> Float[mx.array, "P S"]:
    r"""How well each query meets each key.

    $$
    s_{ij} = \frac{\sum_{c=1}^{d} q_{ic} k_{jc}}{\sqrt{d}}
    $$
    """
    return Q @ K.T / Q.shape[1] ** 0.5


def weights(S: Float[mx.array, "P S"]) -> Float[mx.array, "P S"]:
    r"""Softmax along each row.

    $$
    a_{ij} = \frac{e^{s_{ij}}}{\sum_{m=1}^{S} e^{s_{im}}}
    $$
    """
    return mx.softmax(S, axis=1)


def mixed(A: Float[mx.array, "P S"], V: Float[mx.array, "S v"]) -> Float[mx.array, "P v"]:
    r"""Values mixed by the weights.

    $$
    O = A V
    $$
    """
    return A @ V


def linear_loss(O: Float[mx.array, "P v"], G: Float[mx.array, "P v"]) -> Float[mx.array, ""]:
    r"""A loss whose slope along the output is G.

    $$
    L = \operatorname{tr}(G^\top O)
    $$
    """
    return (G * O).sum()


def value_gradient(
    A: Float[mx.array, "P S"], G: Float[mx.array, "P v"], V: Float[mx.array, "S v"]
) -> Float[mx.array, "S v"]:
    r"""Slope along the values.

    $$
    \frac{\partial L}{\partial V} = A^\top G
    $$
    """
    return A.T @ G


def weight_gradient(
    A: Float[mx.array, "P S"], G: Float[mx.array, "P v"], V: Float[mx.array, "S v"]
) -> Float[mx.array, "P S"]:
    r"""Slope along the weights.

    $$
    \frac{\partial L}{\partial A} = G V^\top
    $$
    """
    return G @ V.T


def jacobian_vector(
    W: Float[mx.array, "m n"], x: Float[mx.array, "n"], v: Float[mx.array, "n"]
) -> Float[mx.array, "m"]:
    r"""A Jacobian times a vector: forward mode.

    $$
    r_i = \sum_{j=1}^{n} \frac{\partial y_i}{\partial x_j} v_j = \sum_{j=1}^{n} w_{ij} v_j
    $$
    """
    return W @ v


def vector_jacobian(
    W: Float[mx.array, "m n"], x: Float[mx.array, "n"], u: Float[mx.array, "m"]
) -> Float[mx.array, "n"]:
    r"""A vector times a Jacobian: reverse mode.

    $$
    b_j = \sum_{i=1}^{m} u_i \frac{\partial y_i}{\partial x_j}
    $$
    """
    return W.T @ u


def linear(W: Float[mx.array, "m n"], x: Float[mx.array, "n"]) -> Float[mx.array, "m"]:
    r"""A linear map.

    $$
    y = W x
    $$
    """
    return W @ x


def gelu(w: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""GELU by the error function.

    $$
    \operatorname{GELU}(w) = \frac{w}{2}
        \left( 1 + \operatorname{erf}\left( \frac{w}{\sqrt{2}} \right) \right)
    $$
    """
    return w / 2 * (1 + mx.erf(w / 2**0.5))
