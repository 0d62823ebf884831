"""The loss of one prediction, and its slope."""

import mlx.core as mx
import mlx.nn as nn
from jaxtyping import Float

from snippets.forward import sigmoid


def binary_cross_entropy(
    y_hat: Float[mx.array, "..."], y: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""Binary cross-entropy, entry by entry, of labels 0 or 1 and predictions between them.

    $$
    L = -y \log(\hat{y}) - (1 - y) \log(1 - \hat{y})
    $$

    >>> ones = mx.array([1.0, 1.0, 1.0, 1.0])
    >>> predictions = mx.array([0.9, 0.5, 0.4, 0.1])
    >>> losses = binary_cross_entropy(predictions, ones)
    >>> print(losses)
    array([0.105361, 0.693147, 0.916291, 2.30259], dtype=float32)
    """
    return -y * mx.log(y_hat) - (1 - y) * mx.log(1 - y_hat)


def loss_slope(
    y_hat: Float[mx.array, "..."], y: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""Slope of the binary cross-entropy along the prediction, entry by entry.

    $$
    \frac{\partial L}{\partial \hat{y}} = -\frac{y}{\hat{y}} + \frac{1 - y}{1 - \hat{y}}
    $$

    >>> ones = mx.array([1.0, 1.0, 1.0])
    >>> predictions = mx.array([0.9, 0.5, 0.1])
    >>> print(loss_slope(predictions, ones))
    array([-1.11111, -2, -10], dtype=float32)
    """
    return -y / y_hat + (1 - y) / (1 - y_hat)


def prediction(z: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Prediction from the output's weighted sum, entry by entry.

    $$
    \hat{y} = \operatorname{sigmoid}(z)
    $$

    >>> print(prediction(mx.array([-2.0, 0.0, 2.0])))
    array([0.119203, 0.5, 0.880797], dtype=float32)
    """
    return sigmoid(z)


def sigmoid_slope(y_hat: Float[mx.array, "..."]) -> Float[mx.array, "..."]:
    r"""Slope of the prediction along the weighted sum, entry by entry, from the prediction alone.

    $$
    \frac{\partial \hat{y}}{\partial z} = \hat{y} (1 - \hat{y})
    $$

    >>> predictions = mx.array([0.9, 0.5, 0.1])
    >>> print(sigmoid_slope(predictions))
    array([0.09, 0.25, 0.09], dtype=float32)
    """
    return y_hat * (1 - y_hat)


def logit_slope(
    z: Float[mx.array, "..."], y: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""Slope of the loss along the weighted sum, entry by entry: prediction minus label.

    $$
    \begin{aligned}
    \frac{\partial L}{\partial z}
      &= \frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial z} \\
      &= \left( -\frac{y}{\hat{y}} + \frac{1 - y}{1 - \hat{y}} \right) \hat{y} (1 - \hat{y}) \\
      &= -y (1 - \hat{y}) + (1 - y) \hat{y} \\
      &= \hat{y} - y
    \end{aligned}
    $$

    >>> ones = mx.array([1.0, 1.0, 1.0])
    >>> z = mx.array([-2.0, 0.0, 2.0])
    >>> print(logit_slope(z, ones))
    array([-0.880797, -0.5, -0.119203], dtype=float32)
    """
    return prediction(z) - y


def squared_against_entropy():
    """Slopes along z at a label of 1: of the squared error, then of the binary cross-entropy.

    >>> label = mx.array(1.0)
    >>> squared = lambda z: (prediction(z) - label) ** 2
    >>> for z in (mx.array(0.0), mx.array(-5.0), mx.array(-10.0)):
    ...     slopes = mx.grad(squared)(z), logit_slope(z, label)
    ...     print(f"z = {z.item():3.0f}  {slopes[0]:.6f}  {slopes[1]:.6f}")
    z =   0  -0.250000  -0.500000
    z =  -5  -0.013207  -0.993307
    z = -10  -0.000091  -0.999955
    """


def logit_loss(
    z: Float[mx.array, "..."], y: Float[mx.array, "..."]
) -> Float[mx.array, "..."]:
    r"""Binary cross-entropy from logits, entry by entry: never inf where the loss is finite.

    $$
    \begin{aligned}
    L &= -y (z - \log(1 + e^{z})) + (1 - y) \log(1 + e^{z}) \\
      &= \log(1 + e^{z}) - y z
    \end{aligned}
    $$

    >>> y = mx.array([1.0, 0.0, 0.0])
    >>> z = mx.array([-0.45, -0.45, 40.0])
    >>> print(logit_loss(z, y))
    array([0.943249, 0.493249, 40], dtype=float32)
    >>> print(nn.losses.binary_cross_entropy(z, y, reduction="none"))
    array([0.943249, 0.493249, 40], dtype=float32)
    """
    return mx.logaddexp(mx.zeros_like(z), z) - y * z


def in_z():
    """The loss along the weighted sum, for both labels, and its slope at the book's z.

    >>> at, start, letters = mx.linspace(-5, 5, 201), -0.45, ["z", "L"]
    >>> labels = {"y = 1": mx.ones(201), "y = 0": mx.zeros(201)}
    >>> curves = {name: logit_loss(at, y) for name, y in labels.items()}
    >>> slopes = {name: logit_slope(at, y) for name, y in labels.items()}
    >>> one, z = mx.array(1.0), mx.array(start)
    >>> at_loss, at_slope = logit_loss(z, one), logit_slope(z, one)
    >>> print(at_loss, at_slope)
    array(0.943249, dtype=float32) array(-0.610639, dtype=float32)
    """


def saturated():
    """The sigmoid first, then the logarithm: at z = 40 float32 has no digits left.

    >>> y, z = mx.array(0.0), mx.array(40.0)
    >>> loss_of = lambda z: binary_cross_entropy(mx.sigmoid(z), y)
    >>> y_hat = mx.sigmoid(z)
    >>> loss, slope = mx.value_and_grad(loss_of)(z)
    >>> print(y_hat)
    array(1, dtype=float32)
    >>> print(loss)
    array(inf, dtype=float32)
    >>> print(mx.isnan(slope))
    array(True, dtype=bool)
    """


def from_logits():
    """The same loss from the logit: both the loss and its slope are right.

    >>> y, z = mx.array(0.0), mx.array(40.0)
    >>> loss_of = lambda z: logit_loss(z, y)
    >>> loss, slope = mx.value_and_grad(loss_of)(z)
    >>> print(loss)
    array(40, dtype=float32)
    >>> print(slope)
    array(1, dtype=float32)
    """


def clipped():
    """MLX's own loss from probabilities: it cuts the loss off at 100, and the slope is NaN all the same.

    >>> y, z = mx.array([0.0]), mx.array([40.0])
    >>> loss_of = lambda z: nn.losses.binary_cross_entropy(
    ...     mx.sigmoid(z), y, with_logits=False
    ... )
    >>> loss, slope = mx.value_and_grad(loss_of)(z)
    >>> print(loss)
    array(100, dtype=float32)
    >>> print(mx.isnan(slope))
    array([True], dtype=bool)
    """


def sigmoid_twice():
    """Perfect probabilities given to a loss that expects logits.

    >>> y, y_hat = mx.array([1.0, 0.0]), mx.array([1.0, 0.0])
    >>> loss = nn.losses.binary_cross_entropy(y_hat, y)
    >>> print(loss)
    array(0.503204, dtype=float32)
    >>> print(binary_cross_entropy(sigmoid(y_hat), y).mean())
    array(0.503204, dtype=float32)
    """


def sigmoid_once():
    """The same probabilities, and the loss is told that they are such.

    >>> y, y_hat = mx.array([1.0, 0.0]), mx.array([1.0, 0.0])
    >>> loss = nn.losses.binary_cross_entropy(y_hat, y, with_logits=False)
    >>> print(loss)
    array(0, dtype=float32)
    """


def swapped():
    """The book's prediction and label, the wrong way round: the label is taken for a prediction.

    >>> y_hat, y = sigmoid(mx.array([-0.45])), mx.array([1.0])
    >>> loss = nn.losses.binary_cross_entropy(y, y_hat, with_logits=False)
    >>> print(loss)
    array(61.0639, dtype=float32)
    """


def by_name():
    """The same two, called by their names: then their order does not matter.

    >>> y_hat, y = sigmoid(mx.array([-0.45])), mx.array([1.0])
    >>> loss = nn.losses.binary_cross_entropy(
    ...     targets=y, inputs=y_hat, with_logits=False
    ... )
    >>> print(loss)
    array(0.943249, dtype=float32)
    """


def wrong_shape():
    """Labels of shape (N,) beside predictions of shape (N, 1): a loss of one's own compares each with each.

    >>> z = mx.array([[0.3], [-0.2]])  # (2, 1)
    >>> y = mx.array([1.0, 0.0])       # (2,)
    >>> losses = (z - y) ** 2
    >>> print(losses.shape)
    (2, 2)
    >>> print(losses.mean())
    array(0.515, dtype=float32)
    """


def right_shape():
    """Labels of the predictions' shape. A loss of MLX compares the shapes, and would have raised.

    >>> z = mx.array([[0.3], [-0.2]])    # (2, 1)
    >>> y = mx.array([[1.0], [0.0]])     # (2, 1)
    >>> losses = (z - y) ** 2
    >>> print(losses.shape)
    (2, 1)
    >>> print(losses.mean())
    array(0.265, dtype=float32)
    """


def sure_and_right():
    """The loss of a prediction of 0.8 where the label is 1, and where it is 0.

    >>> y = mx.array([1.0, 0.0])
    >>> y_hat = mx.array([0.8, 0.8])
    >>> L_one, L_zero = binary_cross_entropy(y_hat, y).tolist()
    >>> print(f"{L_one:.4f} {L_zero:.4f}")
    0.2231 1.6094
    """


def other_label():
    """Loss and slope of the book's network, had the label been 0.

    >>> zero, z = mx.array(0.0), mx.array(-0.45)
    >>> L, slope = logit_loss(z, zero), logit_slope(z, zero)
    >>> print(L, slope)
    array(0.493249, dtype=float32) array(0.389361, dtype=float32)
    """


def steepest():
    """However wrong the prediction, the slope along the logit is never steeper than 1.

    >>> y = mx.array([1.0, 1.0, 1.0])
    >>> z = mx.array([-2.0, -40.0, -400.0])
    >>> slopes = logit_slope(z, y)
    >>> print(slopes)
    array([-0.880797, -1, -1], dtype=float32)
    """
