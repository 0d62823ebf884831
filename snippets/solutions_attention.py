"""Solutions to the exercises on attention."""

import math

import mlx.core as mx
from jaxtyping import Float

from snippets.attention import K, V, attention, mix, mix_backward, score_slope, scores, weights
from snippets.heads import W_K, W_Q, W_V, X, project


def three_to_one():
    """Scores of ln 3 and 0: weights of three quarters and one quarter.

    >>> S, V = mx.array([[math.log(3), 0.0]]), mx.array([[8.0], [4.0]])
    >>> o = mix(weights(S), V)[0]
    >>> print(weights(S), o)
    array([[0.75, 0.25]], dtype=float32) array([7], dtype=float32)
    """


def back_to_the_score():
    """From the output back to the two scores.

    >>> S, V = mx.array([[math.log(3), 0.0]]), mx.array([[8.0], [4.0]])
    >>> dL_dV, dL_dP = mix_backward(weights(S), V, mx.array([[2.0]]))
    >>> dL_dS = score_slope(S, dL_dP)[0]
    >>> print(dL_dP, dL_dS)
    array([[16, 8]], dtype=float32) array([1.5, -1.5], dtype=float32)
    """


def hidden_keys():
    """Three new queries and seven keys: what MLX's mask hides, and a mask from the top left.

    >>> O = mx.fast.scaled_dot_product_attention(
    ...     mx.zeros((1, 1, 3, 4)), mx.zeros((1, 1, 7, 4)), mx.eye(7)[None, None],
    ...     scale=0.5, mask="causal",
    ... )
    >>> hidden = mx.sum(O == 0).item()
    >>> top_left = mx.sum(mx.tril(mx.ones((3, 7))) == 0).item()
    >>> print(hidden, top_left)
    3 15
    """


def another_order():
    """The first and the last token swapped: the same rows come out, in the new order.

    >>> new = mx.array([2, 1, 0])
    >>> before = attention(*project(X, W_Q, W_K, W_V))
    >>> after = attention(*project(X[new], W_Q, W_K, W_V))
    >>> same = mx.sum(mx.abs(after - before[new]).max(axis=1) < 1e-5).item()
    >>> print(same)
    3
    """


def key_by_key(
    q: Float[mx.array, "d"], K: Float[mx.array, "m d"], V: Float[mx.array, "m r"]
) -> Float[mx.array, "r"]:
    """Attention of one query that reads one key after the other and keeps no scores.

    >>> q = mx.array([1.0, 2.0, 0.0, 1.0])
    >>> o = key_by_key(q, K, V)
    >>> print(o, attention(q[None], K, V)[0])
    array([-0.120872, 1.32016], dtype=float32) array([-0.120872, 1.32016], dtype=float32)
    """
    top, total, o = -mx.inf, 0.0, mx.zeros(V.shape[1])
    for k, v in zip(K, V):
        s = (q * k).sum() / math.sqrt(q.size)
        new = mx.maximum(top, s)
        old, e = mx.exp(top - new), mx.exp(s - new)
        total, o, top = total * old + e, o * old + e * v, new
    return o / total
