"""Several heads and a causal mask: attention as transformers use it."""

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float

from snippets.attention import attention, mix, scores, weights

# --8<-- [start:tokens]
keys = mx.random.split(mx.random.key(0), 5)
X = mx.random.normal((3, 4), key=keys[0])                                  # (3, 4)
W_Q, W_K, W_V, W_O = (mx.random.normal((4, 4), key=key) for key in keys[1:])
# --8<-- [end:tokens]


def project(
    X: Float[mx.array, "... n in"],
    W_Q: Float[mx.array, "d in"],
    W_K: Float[mx.array, "d in"],
    W_V: Float[mx.array, "r in"],
) -> tuple[
    Float[mx.array, "... n d"], Float[mx.array, "... n d"], Float[mx.array, "... n r"]
]:
    r"""Queries, keys and values of the same rows.

    $$
    Q = X (W^Q)^\top
    $$

    $$
    K = X (W^K)^\top
    $$

    $$
    V = X (W^V)^\top
    $$
    """
    return X @ W_Q.T, X @ W_K.T, X @ W_V.T


def project_backward(
    X: Float[mx.array, "n in"],
    W_Q: Float[mx.array, "d in"],
    W_K: Float[mx.array, "d in"],
    W_V: Float[mx.array, "r in"],
    dL_dQ: Float[mx.array, "n d"],
    dL_dK: Float[mx.array, "n d"],
    dL_dV: Float[mx.array, "n r"],
) -> tuple[Float[mx.array, "n in"], Float[mx.array, "d in"]]:
    r"""Slopes along tokens that are read three times, and along the first of the matrices.

    $$
    \frac{\partial L}{\partial X} = \frac{\partial L}{\partial Q} W^Q + \frac{\partial L}{\partial K} W^K + \frac{\partial L}{\partial V} W^V
    $$

    $$
    \frac{\partial L}{\partial W^Q} = \frac{\partial L}{\partial Q}^\top X
    $$
    """
    dL_dX = dL_dQ @ W_Q + dL_dK @ W_K + dL_dV @ W_V
    return dL_dX, dL_dQ.T @ X


def split(X: Float[mx.array, "... n width"], h: int) -> Float[mx.array, "... h n part"]:
    """The columns dealt out to h heads, each as if it were alone.

    >>> X = mx.arange(8.0).reshape(2, 4)  # 2 tokens
    >>> print(split(X, 2))
    array([[[0, 1],
            [4, 5]],
           [[2, 3],
            [6, 7]]], dtype=float32)
    """
    parts = X.reshape(*X.shape[:-1], h, -1)  # (n, width) → (n, h, part)
    return parts.swapaxes(-3, -2)            # (h, n, part)


def merge(X: Float[mx.array, "... h n part"]) -> Float[mx.array, "... n width"]:
    """The columns of all heads side by side again.

    >>> X = mx.arange(8.0).reshape(2, 4)
    >>> print(merge(split(X, 2)))
    array([[0, 1, 2, 3],
           [4, 5, 6, 7]], dtype=float32)
    """
    return X.swapaxes(-3, -2).flatten(-2)  # (h, n, part) → (n, h, part) → (n, width)


def many_heads(
    X: Float[mx.array, "n width"],
    W_Q: Float[mx.array, "width width"],
    W_K: Float[mx.array, "width width"],
    W_V: Float[mx.array, "width width"],
    W_O: Float[mx.array, "width width"],
    h: int,
) -> Float[mx.array, "n width"]:
    """Self-attention with h heads, and a layer that mixes what they bring.

    >>> layer = nn.MultiHeadAttention(dims=4, num_heads=2)
    >>> for name, W in (("query", W_Q), ("key", W_K), ("value", W_V), ("out", W_O)):
    ...     layer[f"{name}_proj"].weight = W
    >>> of_mlx = layer(X[None], X[None], X[None])[0]
    >>> by_hand = many_heads(X, W_Q, W_K, W_V, W_O, h=2)
    >>> print(mx.allclose(by_hand, of_mlx, atol=1e-5))
    array(True, dtype=bool)
    """
    Q, K, V = (split(each, h) for each in project(X, W_Q, W_K, W_V))  # (h, n, part)
    return merge(attention(Q, K, V)) @ W_O.T                          # (n, width)


def causal_weights(S: Float[mx.array, "... n m"], c: int) -> Float[mx.array, "... n m"]:
    r"""Weights when c keys are older than the first query: none sees a later key.

    $$
    p_{ij} = \frac{[j \le i + c] e^{s_{ij}}}{\sum_{k=1}^{m} [k \le i + c] e^{s_{ik}}}
    $$

    >>> S, c = mx.zeros((2, 4)), 2
    >>> P = causal_weights(S, c)
    >>> print(P)
    array([[0.333333, 0.333333, 0.333333, 0],
           [0.25, 0.25, 0.25, 0.25]], dtype=float32)
    """
    i, j = mx.arange(S.shape[-2])[:, None], mx.arange(S.shape[-1])
    return mx.softmax(mx.where(j <= i + c, S, -mx.inf), axis=-1)  # (n, m)


def two_masks():
    """The last two of four places: aligned at the bottom right, and at the top left.

    >>> i, j = mx.arange(2)[:, None], mx.arange(4)
    >>> bottom_right = j <= i + 2
    >>> top_left = mx.tril(mx.ones((2, 4), dtype=mx.bool_))
    >>> of_mlx = mx.fast.scaled_dot_product_attention(
    ...     mx.zeros((1, 1, 2, 4)), mx.zeros((1, 1, 4, 4)), mx.eye(4)[None, None],
    ...     scale=0.5, mask="causal",
    ... )[0, 0]
    >>> print(of_mlx)
    array([[0.333333, 0.333333, 0.333333, 0],
           [0.25, 0.25, 0.25, 0.25]], dtype=float32)
    >>> uniform = lambda seen: seen / seen.sum(axis=1, keepdims=True)
    >>> maps = {"↘": uniform(bottom_right), "↖": uniform(top_left)}
    >>> print(mx.array_equal(maps["↘"], of_mlx), mx.array_equal(maps["↖"], of_mlx))
    array(True, dtype=bool) array(False, dtype=bool)
    >>> rows, columns = ["q₃", "q₄"], ["k₁", "k₂", "k₃", "k₄"]
    """


def as_mlx_does():
    """MLX's fast attention against this page's, forward and back, for several shapes.

    >>> fast = mx.fast.scaled_dot_product_attention
    >>> def by_hand(Q, K, V, mask):
    ...     S = scores(Q, K)
    ...     return mix(causal_weights(S, m - n) if mask else weights(S), V)
    >>> for n, m, mask in ((3, 3, None), (2, 5, None), (3, 3, "causal"), (2, 5, "causal")):
    ...     k = mx.random.split(mx.random.key(n + m), 4)
    ...     Q = mx.random.normal((2, 4, n, 8), key=k[0])  # (batch, heads, n, d)
    ...     K = mx.random.normal((2, 4, m, 8), key=k[1])
    ...     V = mx.random.normal((2, 4, m, 8), key=k[2])
    ...     G = mx.random.normal((2, 4, n, 8), key=k[3])
    ...     f = lambda Q, K, V: fast(Q, K, V, scale=8 ** -0.5, mask=mask)
    ...     g = lambda Q, K, V: by_hand(Q, K, V, mask)
    ...     outputs, slopes = mx.vjp(f, [Q, K, V], [G])
    ...     ours, ours_back = mx.vjp(g, [Q, K, V], [G])
    ...     pairs = zip(outputs + slopes, ours + ours_back)
    ...     print(n, m, mask, all(mx.allclose(a, b, atol=1e-5).item() for a, b in pairs))
    3 3 None True
    2 5 None True
    3 3 causal True
    2 5 causal True
    """


def integer_mask():
    """A mask of ones and zeros that are whole numbers: they are added to the scores.

    >>> Q, K, V = mx.zeros((1, 1, 2, 4)), mx.zeros((1, 1, 2, 4)), mx.eye(2)[None, None]
    >>> seen = mx.array([[1, 0], [1, 1]])
    >>> O = mx.fast.scaled_dot_product_attention(Q, K, V, scale=0.5, mask=seen)
    >>> print(O[0, 0])
    array([[0.731059, 0.268941],
           [0.5, 0.5]], dtype=float32)
    """


def boolean_mask():
    """True for what may be seen.

    >>> Q, K, V = mx.zeros((1, 1, 2, 4)), mx.zeros((1, 1, 2, 4)), mx.eye(2)[None, None]
    >>> seen = mx.array([[1, 0], [1, 1]]).astype(mx.bool_)
    >>> O = mx.fast.scaled_dot_product_attention(Q, K, V, scale=0.5, mask=seen)
    >>> print(O[0, 0])
    array([[1, 0],
           [0.5, 0.5]], dtype=float32)
    """


def first_key_only():
    """One new token, three of the past, a mask for equal lengths: it sees the first key alone.

    >>> Q, K, V = mx.zeros((1, 1, 1, 4)), mx.zeros((1, 1, 4, 4)), mx.eye(4)[None, None]
    >>> seen = mx.tril(mx.ones((1, 4), dtype=mx.bool_))
    >>> O = mx.fast.scaled_dot_product_attention(Q, K, V, scale=0.5, mask=seen)
    >>> print(O[0, 0])
    array([[1, 0, 0, 0]], dtype=float32)
    """


def all_of_the_past():
    """MLX's own mask counts from the end; for a single new token no mask does the same.

    >>> Q, K, V = mx.zeros((1, 1, 1, 4)), mx.zeros((1, 1, 4, 4)), mx.eye(4)[None, None]
    >>> O = mx.fast.scaled_dot_product_attention(Q, K, V, scale=0.5, mask="causal")
    >>> print(O[0, 0])
    array([[0.25, 0.25, 0.25, 0.25]], dtype=float32)
    """


def reshaped_heads():
    """Heads cut out with one `reshape`: each head gets a token instead of columns.

    >>> X = mx.arange(8).reshape(2, 4)  # 2 tokens
    >>> heads = X.reshape(2, 2, 2)
    >>> print(heads[0])
    array([[0, 1],
           [2, 3]], dtype=int32)
    """


def dealt_out_heads():
    """Each head gets its columns of every token.

    >>> X = mx.arange(8).reshape(2, 4)  # 2 tokens
    >>> heads = X.reshape(2, 2, 2).swapaxes(0, 1)
    >>> print(heads[0])
    array([[0, 1],
           [4, 5]], dtype=int32)
    """


def nothing_to_see():
    """A query whose keys are all masked: 0 divided by 0, and all slopes are lost, not only its own.

    >>> seen = mx.array([[True, True], [False, False]])
    >>> P = lambda S: mx.softmax(mx.where(seen, S, -mx.inf), axis=-1)
    >>> print(mx.isnan(P(mx.zeros((2, 2)))))
    array([[False, False],
           [True, True]], dtype=bool)
    >>> loss = lambda K: (P(mx.ones((2, 1)) @ K.T)[0] * mx.array([1.0, 2.0])).sum()
    >>> print(mx.isnan(mx.grad(loss)(mx.zeros((2, 1)))))
    array([[True],
           [True]], dtype=bool)
    """


def itself_to_see():
    """Every query may see itself; what padding says is left out of the loss.

    >>> seen = mx.array([[True, True], [False, False]]) | mx.eye(2, dtype=mx.bool_)
    >>> P = lambda S: mx.softmax(mx.where(seen, S, -mx.inf), axis=-1)
    >>> print(P(mx.zeros((2, 2))))
    array([[0.5, 0.5],
           [0, 1]], dtype=float32)
    >>> loss = lambda K: (P(mx.ones((2, 1)) @ K.T)[0] * mx.array([1.0, 2.0])).sum()
    >>> print(mx.grad(loss)(mx.zeros((2, 1))))
    array([[-0.25],
           [0.25]], dtype=float32)
    """


def a_layer_called_keys():
    """A name that every module already has: raises AttributeError.

    >>> class Head(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.queries = nn.Linear(4, 4)
    ...         self.keys = nn.Linear(4, 4)
    >>> head = Head()
    Traceback (most recent call last):
        ...
    AttributeError: 'Head' object has no attribute 'keys'
    """


def a_layer_called_key_proj():
    """A name of its own.

    >>> class Head(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.query_proj = nn.Linear(4, 4)
    ...         self.key_proj = nn.Linear(4, 4)
    >>> head = Head()
    >>> print(head.key_proj(mx.ones(4)).shape)
    (4,)
    """
