"""The next letter from the letter before: a table of logits, and counts."""

import mlx.core as mx
import mlx.optimizers as optim
from jaxtyping import Float, Int

from snippets.austen import novel, numbered
from snippets.embedding import x


def next_letter(
    W: Float[mx.array, "V V"], x: Int[mx.array, "N"], y: Int[mx.array, "N"]
) -> tuple[Float[mx.array, "N V"], Float[mx.array, ""]]:
    r"""Probabilities of the next letter from the letter before, and their mean loss.

    $$
    p_{nk} = \frac{e^{w_{x_n k}}}{\sum_{j=1}^{V} e^{w_{x_n j}}}
    $$

    $$
    L = -\frac{1}{N} \sum_{n=1}^{N} \log(p_{n y_n})
    $$

    >>> before, after, W = x[:-1], x[1:], mx.zeros((3, 3))
    >>> P, L = next_letter(W, before, after)
    >>> print(before, after)
    array([0, 2, 2], dtype=int32) array([2, 2, 0], dtype=int32)
    >>> print(L)
    array(1.09861, dtype=float32)
    """
    P = mx.softmax(W[x], axis=-1)
    return P, -mx.log(mx.take_along_axis(P, y[:, None], axis=1)).mean()


def next_letter_slope(
    W: Float[mx.array, "V V"], x: Int[mx.array, "N"], y: Int[mx.array, "N"]
) -> Float[mx.array, "V V"]:
    r"""Slope of that loss along the table: prediction minus label, added to the row of the letter before.

    $$
    \frac{\partial L}{\partial w_{vk}} = \frac{1}{N} \sum_{n=1}^{N} [x_n = v] (p_{nk} - [y_n = k])
    $$

    >>> before, after, W = x[:-1], x[1:], mx.zeros((3, 3))
    >>> P, L = next_letter(W, before, after)
    >>> dL_dW = next_letter_slope(W, before, after)
    >>> print(dL_dW)
    array([[0.111111, 0.111111, -0.222222],
           [0, 0, 0],
           [-0.111111, 0.222222, -0.111111]], dtype=float32)
    >>> mx_grad = mx.grad(lambda W: next_letter(W, before, after)[1])(W)
    >>> print(mx.allclose(dL_dW, mx_grad))
    array(True, dtype=bool)
    """
    P, L = next_letter(W, x, y)
    errors = (P - mx.eye(len(W))[y]) / len(x)  # (N, V)
    return mx.zeros_like(W).at[x].add(errors)  # (N, V) → (V, V)


def counts(
    W: Float[mx.array, "V V"], x: Int[mx.array, "N"], y: Int[mx.array, "N"]
) -> tuple[Float[mx.array, "V V"], Float[mx.array, "V"], Float[mx.array, "V V"]]:
    r"""How often each letter follows each, how often each letter comes, and the slope written with both.

    $$
    c_{vk} = \sum_{n=1}^{N} [x_n = v] [y_n = k]
    $$

    $$
    m_v = \sum_{k=1}^{V} c_{vk}
    $$

    $$
    \frac{\partial L}{\partial w_{vk}}
      = \frac{1}{N} \left( m_v \frac{e^{w_{vk}}}{\sum_{j=1}^{V} e^{w_{vj}}} - c_{vk} \right)
    $$

    >>> before, after, W = x[:-1], x[1:], mx.zeros((3, 3))
    >>> C, m, dL_dW = counts(W, before, after)
    >>> print(C)
    array([[0, 0, 1],
           [0, 0, 0],
           [1, 0, 1]], dtype=float32)
    >>> print(m)
    array([1, 0, 2], dtype=float32)
    >>> print(dL_dW)
    array([[0.111111, 0.111111, -0.222222],
           [0, 0, 0],
           [-0.111111, 0.222222, -0.111111]], dtype=float32)
    """
    C = mx.zeros_like(W).at[x, y].add(1)  # (V, V)
    m = C.sum(axis=1)                     # (V,)
    return C, m, (m[:, None] * mx.softmax(W, axis=-1) - C) / len(x)


def least(C: Float[mx.array, "V V"]) -> Float[mx.array, ""]:
    r"""The least mean loss that a table can have, from the counts.

    $$
    s = -\frac{\sum_{v=1}^{V} \sum_{k=1}^{V} c_{vk} \log\left( \frac{c_{vk}}{\sum_{j=1}^{V} c_{vj}} \right)}{\sum_{v=1}^{V} \sum_{k=1}^{V} c_{vk}}
    $$

    >>> C = mx.array([[1.0, 1.0], [3.0, 1.0]])
    >>> s = least(C)
    >>> print(s)
    array(0.605939, dtype=float32)
    """
    shares = C / C.sum(axis=1, keepdims=True)
    return -(C * mx.log(shares)).sum() / C.sum()


def learn():
    """200 steps on the text, from zeros: gradient descent, Adam, and the least loss there is.

    Tolerance: 0.001 (200 steps in float32; each device rounds differently)

    >>> letters, text = numbered(novel())
    >>> V, before, after = len(letters), text[:-1], text[1:]
    >>> C = mx.zeros((V, V)).at[before, after].add(1)
    >>> m = C.sum(axis=1, keepdims=True)
    >>> def loss(W):
    ...     return (C * (mx.logsumexp(W, axis=1, keepdims=True) - W)).sum() / C.sum()
    >>> updates, curves = list(range(0, 201, 5)), {}
    >>> optimizers = {"SGD": optim.SGD(20.0), "Adam": optim.Adam(0.2)}
    >>> for name, optimizer in optimizers.items():
    ...     W, curves[name] = {"W": mx.zeros((V, V))}, []
    ...     for update in range(201):
    ...         if update % 5 == 0:
    ...             curves[name].append(loss(W["W"]).item())
    ...         slope = (m * mx.softmax(W["W"], axis=1) - C) / C.sum()
    ...         W = optimizer.apply_gradients({"W": slope}, W)
    >>> shares = C / m
    >>> reference = -(C * mx.log(mx.maximum(shares, 1e-9))).sum().item() / C.sum().item()
    >>> for name in curves:
    ...     print(f"{name:4}", *(f"{each:.3f}" for each in curves[name][::10]))
    SGD  3.584 2.506 2.431 2.402 2.387
    Adam 3.584 2.344 2.338 2.338 2.338
    >>> print(f"{reference:.3f}")
    2.338
    >>> epochs, often = updates, m[:, 0].tolist()
    >>> ratio = often[letters.index("e")] / often[letters.index("z")]
    >>> print(f"{ratio:.0f}")
    84
    """
