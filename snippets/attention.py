"""Attention: scores, softmax, a weighted mean of values, and the way back through all three."""

import math

import mlx.core as mx
import numpy as np
from jaxtyping import Float

from snippets.backward import agree, central_difference

# --8<-- [start:three]
Q = mx.array([[2.0, 0.0, 1.0, 0.0], [0.0, 2.0, 0.0, 1.0], [1.0, 0.0, -1.0, 0.0]])  # (3, 4)
K = mx.array([[1.0, 0.0, 0.0, 1.0], [0.0, 2.0, 0.0, 0.0], [1.0, 1.0, 2.0, 0.0]])   # (3, 4)
V = mx.array([[1.0, 0.0], [0.0, 2.0], [-1.0, 1.0]])                                # (3, 2)
came_back = mx.array([[1.0, 0.0], [0.0, -1.0], [1.0, 2.0]])                        # (3, 2)
# --8<-- [end:three]


def scores(
    Q: Float[mx.array, "... n d"], K: Float[mx.array, "... m d"]
) -> Float[mx.array, "... n m"]:
    r"""How well each query fits each key: a row for each query, a column for each key.

    $$
    s_{ij} = \frac{1}{\sqrt{d}} \sum_{l=1}^{d} q_{il} k_{jl}
    $$

    >>> S = scores(Q, K)
    >>> print(S)
    array([[1, 0, 2],
           [0.5, 2, 1],
           [0.5, 0, -0.5]], dtype=float32)
    """
    d = Q.shape[-1]
    return Q @ K.swapaxes(-1, -2) / math.sqrt(d)  # (n, m)


def weights(S: Float[mx.array, "... n m"]) -> Float[mx.array, "... n m"]:
    r"""Softmax of each row of scores: how much of each value a query takes.

    $$
    p_{ij} = \frac{e^{s_{ij}}}{\sum_{k=1}^{m} e^{s_{ik}}}
    $$

    >>> S = scores(Q, K)
    >>> P = weights(S)
    >>> print(P)
    array([[0.244728, 0.0900306, 0.665241],
           [0.140244, 0.628532, 0.231224],
           [0.50648, 0.307196, 0.186324]], dtype=float32)
    """
    return mx.softmax(S, axis=-1)


def mix(
    P: Float[mx.array, "... n m"], V: Float[mx.array, "... m r"]
) -> Float[mx.array, "... n r"]:
    r"""A weighted mean of the values for each query.

    $$
    o_{il} = \sum_{j=1}^{m} p_{ij} v_{jl}
    $$

    >>> P = weights(scores(Q, K))
    >>> O = mix(P, V)
    >>> print(O)
    array([[-0.420512, 0.845302],
           [-0.0909795, 1.48829],
           [0.320157, 0.800716]], dtype=float32)
    """
    return P @ V  # (n, r)


def attention(
    Q: Float[mx.array, "... n d"],
    K: Float[mx.array, "... m d"],
    V: Float[mx.array, "... m r"],
) -> Float[mx.array, "... n r"]:
    r"""All three steps.

    $$
    O = \operatorname{softmax}\left( \frac{Q K^\top}{\sqrt{d}} \right) V
    $$

    >>> O = attention(Q, K, V)
    >>> print(O)
    array([[-0.420512, 0.845302],
           [-0.0909795, 1.48829],
           [0.320157, 0.800716]], dtype=float32)
    """
    return mix(weights(scores(Q, K)), V)


def looked_at():
    """The three steps with the numbers of this page, for a heat map.

    >>> S, d = scores(Q, K), Q.shape[1]
    >>> P = weights(S)
    >>> O = mix(P, V)
    >>> maps, rows, columns = {"P": P}, ["q₁", "q₂", "q₃"], ["k₁", "k₂", "k₃"]
    >>> print(P.sum(axis=1))
    array([1, 1, 1], dtype=float32)
    """


def why_the_root():
    """The largest of 16 weights, and its own slope: means over 256 queries.

    Tolerance: 0.02 (means over many random numbers; each device rounds differently)

    >>> first, second = mx.random.split(mx.random.key(0))
    >>> print("   d  std of QKᵀ   max p  slope   max p  slope")
       d  std of QKᵀ   max p  slope   max p  slope
    >>> for d in (1, 4, 16, 64, 256, 1024):
    ...     Q = mx.random.normal((256, d), key=first)
    ...     K = mx.random.normal((16, d), key=second)
    ...     QK = Q @ K.T  # (256, 16)
    ...     line = f"{d:4} {mx.std(QK).item():11.1f}"
    ...     for S in (QK, QK / math.sqrt(d)):
    ...         p = weights(S).max(axis=-1)
    ...         slope = (p * (1 - p)).mean().item()
    ...         line += f"  {p.mean().item():6.2f} {slope:6.2f}"
    ...     print(line)
       1         1.0    0.25   0.16    0.25   0.16
       4         1.7    0.41   0.20    0.22   0.16
      16         4.2    0.70   0.17    0.25   0.18
      64         7.7    0.83   0.11    0.23   0.17
     256        15.9    0.93   0.05    0.24   0.18
    1024        31.5    0.96   0.03    0.26   0.18
    """


def value_slope(
    P: Float[mx.array, "... n m"],
    V: Float[mx.array, "... m r"],
    G: Float[mx.array, "... n r"],
) -> Float[mx.array, "... m r"]:
    r"""Slope of the loss along the values, where G came back along the outputs.

    $$
    h_{jl} = \sum_{i=1}^{n} g_{il} \frac{\partial o_{il}}{\partial v_{jl}}
      = \sum_{i=1}^{n} p_{ij} g_{il}
    $$
    """
    return P.swapaxes(-1, -2) @ G


def score_slope(
    S: Float[mx.array, "... n m"], G: Float[mx.array, "... n m"]
) -> Float[mx.array, "... n m"]:
    r"""Slope of the loss along the scores, where G came back along the weights.

    $$
    \begin{aligned}
    u_{ij} &= \sum_{k=1}^{m} g_{ik} \frac{\partial p_{ik}}{\partial s_{ij}} \\
      &= \sum_{k=1}^{m} g_{ik} p_{ik} ([k = j] - p_{ij}) \\
      &= p_{ij} \left( g_{ij} - \sum_{k=1}^{m} p_{ik} g_{ik} \right)
    \end{aligned}
    $$

    >>> S = scores(Q, K)
    >>> G = mix_backward(weights(S), V, came_back)[1]
    >>> U = score_slope(S, G)
    >>> print(U)
    array([[0.34764, 0.037859, -0.385499],
           [0.208724, -0.321628, 0.112904],
           [-0.466766, 0.63848, -0.171714]], dtype=float32)
    """
    P = weights(S)
    return P * (G - (P * G).sum(axis=-1, keepdims=True))


def query_slope(
    Q: Float[mx.array, "... n d"],
    K: Float[mx.array, "... m d"],
    G: Float[mx.array, "... n m"],
) -> Float[mx.array, "... n d"]:
    r"""Slope of the loss along the queries, where G came back along the scores.

    $$
    b_{il} = \sum_{j=1}^{m} g_{ij} \frac{\partial s_{ij}}{\partial q_{il}}
      = \frac{1}{\sqrt{d}} \sum_{j=1}^{m} g_{ij} k_{jl}
    $$
    """
    return G @ K / math.sqrt(Q.shape[-1])


def row_sums(
    P: Float[mx.array, "... n m"],
    V: Float[mx.array, "... m r"],
    G: Float[mx.array, "... n r"],
) -> Float[mx.array, "... n"]:
    r"""What is taken off in each row of scores, where G came back along the outputs.

    $$
    c_i = \sum_{k=1}^{m} p_{ik} \sum_{l=1}^{r} g_{il} v_{kl}
        = \sum_{l=1}^{r} g_{il} o_{il}
    $$

    >>> P = weights(scores(Q, K))
    >>> c = row_sums(P, V, came_back)
    >>> print(c)
    array([-0.420512, -1.48829, 1.92159], dtype=float32)
    """
    return (G * mix(P, V)).sum(axis=-1)


def mix_backward(
    P: Float[mx.array, "... n m"],
    V: Float[mx.array, "... m r"],
    dL_dO: Float[mx.array, "... n r"],
) -> tuple[Float[mx.array, "... m r"], Float[mx.array, "... n m"]]:
    r"""Slopes of the loss along values and weights.

    $$
    \frac{\partial L}{\partial V} = P^\top \frac{\partial L}{\partial O}
    $$

    $$
    \frac{\partial L}{\partial P} = \frac{\partial L}{\partial O} V^\top
    $$

    >>> P = weights(scores(Q, K))
    >>> dL_dV, dL_dP = mix_backward(P, V, came_back)
    >>> print(dL_dV)
    array([[0.751209, 0.872716],
           [0.397226, -0.0141399],
           [0.851565, 0.141424]], dtype=float32)
    >>> print(dL_dP)
    array([[1, 0, -1],
           [0, -2, -1],
           [1, 4, 1]], dtype=float32)
    """
    dL_dV = P.swapaxes(-1, -2) @ dL_dO  # (m, r)
    dL_dP = dL_dO @ V.swapaxes(-1, -2)  # (n, m)
    return dL_dV, dL_dP


def scores_backward(
    Q: Float[mx.array, "... n d"],
    K: Float[mx.array, "... m d"],
    dL_dS: Float[mx.array, "... n m"],
) -> tuple[Float[mx.array, "... n d"], Float[mx.array, "... m d"]]:
    r"""Slopes of the loss along queries and keys.

    $$
    \frac{\partial L}{\partial Q} = \frac{1}{\sqrt{d}} \frac{\partial L}{\partial S} K
    $$

    $$
    \frac{\partial L}{\partial K} = \frac{1}{\sqrt{d}} \frac{\partial L}{\partial S}^\top Q
    $$

    >>> dL_dV, dL_dP = mix_backward(weights(scores(Q, K)), V, came_back)
    >>> dL_dS = score_slope(scores(Q, K), dL_dP)
    >>> dL_dQ, dL_dK = scores_backward(Q, K, dL_dS)
    >>> print(dL_dQ)
    array([[-0.0189295, -0.15489, -0.385499, 0.17382],
           [0.160814, -0.265176, 0.112904, 0.104362],
           [-0.31924, 0.552623, -0.171714, -0.233383]], dtype=float32)
    >>> print(dL_dK)
    array([[0.114257, 0.208724, 0.407203, 0.104362],
           [0.357099, -0.321628, -0.30031, -0.160814],
           [-0.471356, 0.112904, -0.106893, 0.0564518]], dtype=float32)
    """
    root = math.sqrt(Q.shape[-1])
    dL_dQ = dL_dS @ K / root                   # (n, d)
    dL_dK = dL_dS.swapaxes(-1, -2) @ Q / root  # (m, d)
    return dL_dQ, dL_dK


def came_through():
    """All slopes of the way back, one after the other.

    >>> S, d = scores(Q, K), Q.shape[1]
    >>> P, dL_dO = weights(S), came_back
    >>> O = mix(P, V)
    >>> dL_dV, dL_dP = mix_backward(P, V, dL_dO)
    >>> dL_dS = score_slope(S, dL_dP)
    >>> dL_dQ, dL_dK = scores_backward(Q, K, dL_dS)
    >>> print(mx.abs(dL_dS.sum(axis=1)).max() < 1e-6)
    array(True, dtype=bool)
    """


def attention_backward(
    Q: Float[mx.array, "... n d"],
    K: Float[mx.array, "... m d"],
    V: Float[mx.array, "... m r"],
    dL_dO: Float[mx.array, "... n r"],
) -> tuple[
    Float[mx.array, "... n d"], Float[mx.array, "... m d"], Float[mx.array, "... m r"]
]:
    """Slopes of the loss along queries, keys and values: three steps back.

    >>> by_hand = attention_backward(Q, K, V, came_back)
    >>> loss = lambda Q, K, V: (came_back * attention(Q, K, V)).sum()
    >>> mx_grad = mx.grad(loss, argnums=(0, 1, 2))(Q, K, V)
    >>> def in_numpy(q, k, v):
    ...     e = np.exp(q @ k.T / 2)
    ...     return (np.array(came_back) * (e / e.sum(axis=1, keepdims=True) @ v)).sum()
    >>> q, k, v = (np.array(each, np.float64) for each in (Q, K, V))
    >>> finite_difference = (
    ...     central_difference(lambda q: in_numpy(q, k, v), q),
    ...     central_difference(lambda k: in_numpy(q, k, v), k),
    ...     central_difference(lambda v: in_numpy(q, k, v), v),
    ... )
    >>> for name, *ways in zip("QKV", by_hand, mx_grad, finite_difference):
    ...     print(name, agree(*ways))
    Q True
    K True
    V True
    """
    S = scores(Q, K)
    dL_dV, dL_dP = mix_backward(weights(S), V, dL_dO)
    dL_dS = score_slope(S, dL_dP)
    return *scores_backward(Q, K, dL_dS), dL_dV


def masked_after():
    """Weights set to 0 after the softmax: the rows no longer add up to 1.

    >>> S = mx.array([[1.0, 2.0], [0.0, 1.0]])
    >>> seen = mx.array([[1.0, 0.0], [1.0, 1.0]])
    >>> P = weights(S) * seen
    >>> sums = P.sum(axis=1)
    >>> print(sums)
    array([0.268941, 1], dtype=float32)
    """


def masked_before():
    """Scores set to minus infinity before the softmax.

    >>> S = mx.array([[1.0, 2.0], [0.0, 1.0]])
    >>> seen = mx.array([[True, False], [True, True]])
    >>> P = weights(mx.where(seen, S, -mx.inf))
    >>> print(P.sum(axis=1))
    array([1, 1], dtype=float32)
    """
