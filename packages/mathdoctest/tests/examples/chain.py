"""The chain rule along the paths of a network."""

import mlx.core as mx
from examples.backward import loss
from examples.forward import forward, relu, sigmoid
from examples.loss import binary_cross_entropy, loss_slope
from jaxtyping import Float


def output_slope(y_hat: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Slope of the prediction along the output's weighted sum, entry by entry.

    $$
    \frac{\partial \hat{y}}{\partial z^{(2)}} = \hat{y} (1 - \hat{y})
    $$
    """
    return y_hat * (1 - y_hat)


def chain_rule(
    y: Float[mx.array, "1"], y_hat: Float[mx.array, "1"], a1: Float[mx.array, "hidden"]
) -> Float[mx.array, "hidden"]:
    r"""Slope of the loss along each output weight: three slopes multiplied.

    $$
    \begin{aligned}
    \frac{\partial L}{\partial w^{(2)}_{1j}}
      &= \frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial w^{(2)}_{1j}} \\
      &= \frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial z^{(2)}_1}
        \cdot \frac{\partial z^{(2)}_1}{\partial w^{(2)}_{1j}}
    \end{aligned}
    $$
    """
    dL_dy_hat = loss_slope(y_hat, y)  # ∂L/∂ŷ
    dy_hat_dz2 = output_slope(y_hat)  # ∂ŷ/∂z2_1
    dz2_dw2 = a1  # ∂z2_1/∂w2_1j
    return dL_dy_hat * dy_hat_dz2 * dz2_dw2
