"""Batches of examples, and the start of an optimizer."""

import mlx.core as mx
from jaxtyping import Float, Num


def weighted_sums(
    X: Float[mx.array, "N n"], W: Float[mx.array, "out n"], b: Float[mx.array, "out"]
) -> Float[mx.array, "N out"]:
    r"""Weighted sums of one layer for a batch, one example per row.

    $$
    Z = X W^\top + \mathbf{1}_N b^\top
    $$
    """
    return X @ W.T + b  # (N, n) @ (n, out) + (out,) → (N, out)


def mean_loss(y_hat: Float[mx.array, "N"], y: Num[mx.array, "N"]) -> Float[mx.array, ""]:
    r"""Mean binary cross-entropy of N predictions, in nats.

    $$
    L = -\frac{1}{N} \sum_{n=1}^{N} \left( y_n \log(\hat{y}_n)
        + (1 - y_n) \log(1 - \hat{y}_n) \right)
    $$
    """
    if_one = y * mx.log(y_hat)  # (N,)
    if_zero = (1 - y) * mx.log(1 - y_hat)  # (N,)
    return -(if_one + if_zero).mean()


def adam_start(w: Float[mx.array, "..."]) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""Both of Adam's averages before the first step.

    $$
    m_0 = 0
    $$

    $$
    v_0 = 0
    $$
    """
    return mx.zeros_like(w), mx.zeros_like(w)
