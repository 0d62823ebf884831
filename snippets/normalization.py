"""Numbers with mean 0 and variance 1: the step that every normalization is made of, and its slopes."""

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from jaxtyping import Float

from snippets.initialization import typical_size
from snippets.iris import irises


def standardized(
    x: Float[mx.array, "n"], epsilon: float
) -> tuple[
    Float[mx.array, ""], Float[mx.array, ""], Float[mx.array, ""], Float[mx.array, "n"]
]:
    r"""Mean, variance and spread of n numbers, and the numbers standardized.

    $$
    \mu = \frac{1}{n} \sum_{i=1}^{n} x_i
    $$

    $$
    v = \frac{1}{n} \sum_{i=1}^{n} (x_i - \mu)^2
    $$

    $$
    s = \sqrt{v + \epsilon}
    $$

    $$
    \hat{x}_i = \frac{x_i - \mu}{s}
    $$

    >>> x, epsilon = mx.array([0.6, 1.8, 2.2, 3.4]), 1e-5
    >>> mu, v, s, x_hat = standardized(x, epsilon)
    >>> print(mu, v, s)
    array(2, dtype=float32) array(1, dtype=float32) array(1.00001, dtype=float32)
    >>> print(x_hat)
    array([-1.39999, -0.199999, 0.199999, 1.39999], dtype=float32)
    """
    mu = x.mean()
    v = ((x - mu) ** 2).mean()
    s = mx.sqrt(v + epsilon)
    return mu, v, s, (x - mu) / s


def statistics_slopes(
    x: Float[mx.array, "n"], epsilon: float
) -> tuple[Float[mx.array, "n"], Float[mx.array, "n"], Float[mx.array, "n"]]:
    r"""Slopes of mean, variance and spread along each number.

    $$
    \frac{\partial \mu}{\partial x_j} = \frac{1}{n} \sum_{i=1}^{n} [i = j] = \frac{1}{n}
    $$

    $$
    \frac{\partial v}{\partial x_j}
      = \frac{2}{n} \sum_{i=1}^{n} (x_i - \mu) \left( [i = j] - \frac{1}{n} \right)
      = \frac{2}{n} (x_j - \mu)
    $$

    $$
    \frac{\partial s}{\partial x_j}
      = \frac{1}{2 s} \cdot \frac{\partial v}{\partial x_j}
      = \frac{x_j - \mu}{n s}
      = \frac{\hat{x}_j}{n}
    $$

    >>> x, epsilon = mx.array([0.6, 1.8, 2.2, 3.4]), 1e-5
    >>> mu, v, s, x_hat = standardized(x, epsilon)
    >>> dmu_dx, dv_dx, ds_dx = statistics_slopes(x, epsilon)
    >>> print(dmu_dx)
    array([0.25, 0.25, 0.25, 0.25], dtype=float32)
    >>> print(dv_dx)
    array([-0.7, -0.1, 0.1, 0.7], dtype=float32)
    >>> print(ds_dx)
    array([-0.349998, -0.0499998, 0.0499998, 0.349998], dtype=float32)
    """
    mu, v, s, x_hat = standardized(x, epsilon)
    n = x.size
    return mx.ones(n) / n, 2 / n * (x - mu), x_hat / n


def standardized_slopes(
    x: Float[mx.array, "n"], epsilon: float
) -> Float[mx.array, "n n"]:
    r"""Slope of each standardized number along each number: a row for each standardized one.

    $$
    \begin{aligned}
    \frac{\partial \hat{x}_i}{\partial x_j}
      &= \frac{1}{s} \left( [i = j] - \frac{\partial \mu}{\partial x_j} \right)
        - \frac{x_i - \mu}{s^2} \cdot \frac{\partial s}{\partial x_j} \\
      &= \frac{1}{s} \left( [i = j] - \frac{1}{n} - \frac{1}{n} \hat{x}_i \hat{x}_j \right)
    \end{aligned}
    $$

    >>> x, epsilon = mx.array([0.6, 1.8, 2.2, 3.4]), 1e-5
    >>> dx_hat_dx = standardized_slopes(x, epsilon)
    >>> print(dx_hat_dx)
    array([[0.260004, -0.319998, -0.18, 0.239994],
           [-0.319998, 0.739996, -0.239999, -0.18],
           [-0.18, -0.239999, 0.739996, -0.319998],
           [0.239994, -0.18, -0.319998, 0.260004]], dtype=float32)
    """
    mu, v, s, x_hat = standardized(x, epsilon)
    n = x.size
    return (mx.eye(n) - 1 / n - mx.outer(x_hat, x_hat) / n) / s


def standardized_backward(
    x: Float[mx.array, "n"], dL_dx_hat: Float[mx.array, "n"], epsilon: float
) -> Float[mx.array, "n"]:
    r"""Slope of the loss along each number, from the slope along each standardized one.

    $$
    \begin{aligned}
    \frac{\partial L}{\partial x_j}
      &= \sum_{i=1}^{n} \frac{\partial L}{\partial \hat{x}_i}
         \cdot \frac{\partial \hat{x}_i}{\partial x_j} \\
      &= \frac{1}{s} \left( \frac{\partial L}{\partial \hat{x}_j}
        - \frac{1}{n} \sum_{i=1}^{n} \frac{\partial L}{\partial \hat{x}_i}
        - \frac{\hat{x}_j}{n} \sum_{i=1}^{n} \frac{\partial L}{\partial \hat{x}_i} \hat{x}_i \right)
    \end{aligned}
    $$

    >>> x, epsilon = mx.array([0.6, 1.8, 2.2, 3.4]), 1e-5
    >>> dL_dx_hat = mx.array([1.0, -1.0, 2.0, 0.0])
    >>> mu, v, s, x_hat = standardized(x, epsilon)
    >>> dL_dx = standardized_backward(x, dL_dx_hat, epsilon)
    >>> print(dL_dx)
    array([0.220002, -1.53999, 1.53999, -0.220002], dtype=float32)
    >>> mx_grad = mx.grad(lambda x: (dL_dx_hat * standardized(x, epsilon)[3]).sum())(x)
    >>> print(mx_grad)
    array([0.220002, -1.53999, 1.53999, -0.220002], dtype=float32)
    """
    mu, v, s, x_hat = standardized(x, epsilon)
    mean, along = dL_dx_hat.mean(), (dL_dx_hat * x_hat).mean()
    return (dL_dx_hat - mean - x_hat * along) / s


def what_is_lost():
    """What comes back adds up to nothing, and so does its product with the standardized numbers.

    >>> x, epsilon = mx.array([0.6, 1.8, 2.2, 3.4]), 1e-5
    >>> mu, v, s, x_hat = standardized(x, epsilon)
    >>> for dL_dx_hat in ([1.0, -1.0, 2.0, 0.0], [1.0, 1.0, 1.0, 1.0], [-1.4, -0.2, 0.2, 1.4]):
    ...     dL_dx = standardized_backward(x, mx.array(dL_dx_hat), epsilon)
    ...     along = (dL_dx * x_hat).sum()
    ...     print(mx.abs(dL_dx.sum()) < 1e-4, mx.abs(along) < 1e-4, mx.abs(dL_dx).max() < 1e-4)
    array(True, dtype=bool) array(True, dtype=bool) array(False, dtype=bool)
    array(True, dtype=bool) array(True, dtype=bool) array(True, dtype=bool)
    array(True, dtype=bool) array(True, dtype=bool) array(True, dtype=bool)
    """


def no_bias():
    """A bias in front of BatchNorm: whatever it is, the output is the same, and its gradient is 0.

    >>> mx.random.seed(0)
    >>> X, dL_dY = mx.random.normal((6, 3)), mx.random.normal((6, 2))
    >>> linear, norm = nn.Linear(3, 2), nn.BatchNorm(2)
    >>> dL_db = mx.grad(lambda b: (dL_dY * norm(X @ linear.weight.T + b)).sum())(linear.bias)
    >>> print(mx.abs(dL_db).max() < 1e-5)
    array(True, dtype=bool)
    """


def no_scale():
    """Weights in front of BatchNorm ten times as large: the same output, a tenth of the gradient, and none along the weights.

    >>> mx.random.seed(0)
    >>> X, dL_dY = mx.random.normal((6, 3)), mx.random.normal((6, 2))
    >>> W, norm = mx.random.normal((2, 3)), nn.BatchNorm(2, eps=1e-12)
    >>> same = mx.allclose(norm(X @ W.T), norm(X @ (10 * W).T), atol=1e-5)
    >>> gradient = mx.grad(lambda W: (dL_dY * norm(X @ W.T)).sum())
    >>> small, large = gradient(W), gradient(10 * W)
    >>> tenth = mx.allclose(large, small / 10, atol=1e-5)
    >>> across = mx.abs((W * small).sum(axis=1)).max() < 1e-5
    >>> print(same, tenth, across)
    array(True, dtype=bool) array(True, dtype=bool) array(True, dtype=bool)
    """


def three_statistics():
    """Mean and spread of each column, mean and spread of each row, size of each row.

    >>> X = mx.array([[0.6, 5, -1], [1.8, 1, 0], [2.2, 5, 2], [3.4, 1, -1]])  # (4, 3)
    >>> epsilon = 1e-5
    >>> batch = [X.mean(axis=0), mx.sqrt(mx.var(X, axis=0) + epsilon)]
    >>> layer = [X.mean(axis=1), mx.sqrt(mx.var(X, axis=1) + epsilon)]
    >>> rms = [mx.sqrt((X**2).mean(axis=1) + epsilon)]
    >>> print("BatchNorm", batch[0].shape, "LayerNorm", layer[0].shape, "RMSNorm", rms[0].shape)
    BatchNorm (3,) LayerNorm (4,) RMSNorm (4,)
    """


def fifty_layers():
    """Fifty layers with ReLU: size of the last values, of the first layer's gradient and of the last one's.

    Tolerance: 0.2 (fifty layers multiply every rounding error; each device rounds differently)

    >>> mx.random.seed(0)
    >>> n, layers = 64, 50
    >>> x, delta = mx.random.normal((16, n)), mx.random.normal((16, n))
    >>> weights = [nn.Linear(n, n).weight for layer in range(layers)]
    >>> norms = {
    ...     "none": lambda z: z, "BatchNorm": nn.BatchNorm(n),
    ...     "LayerNorm": nn.LayerNorm(n), "RMSNorm": nn.RMSNorm(n),
    ... }
    >>> at, curves = list(range(1, layers + 1))[::7], {}
    >>> for name, norm in norms.items():
    ...     def last(weights):
    ...         a = x
    ...         for W in weights:
    ...             a = nn.relu(norm(a @ W.T))
    ...         return a
    ...     gradients = mx.grad(lambda weights: (delta * last(weights)).sum())(weights)
    ...     sizes = [typical_size(dL_dW) for dL_dW in gradients]
    ...     curves[name] = sizes[::7]
    ...     out = typical_size(last(weights))
    ...     print(f"{name:10} {out:.0e}  {sizes[0]:.0e}  {sizes[-1]:.0e}")
    none       1e-20  2e-19  9e-20
    BatchNorm  7e-01  5e+05  5e+00
    LayerNorm  7e-01  4e+00  5e+00
    RMSNorm    6e-01  4e+00  5e+00
    >>> start, letters, scale = 1, ["l", "g"], "log"
    """


def ten_layers():
    """The loss of a network with ten hidden layers on the irises, from `nn.Linear`'s own weights, without and with normalization.

    Tolerance: 0.05 (forty steps through ten layers in float32; each device rounds differently)

    >>> X, X_test, y, y_test = irises()
    >>> def loss_fn(model, X, y):
    ...     return nn.losses.cross_entropy(model(X), y, reduction="mean")
    >>> for name in ("none", "BatchNorm", "LayerNorm"):
    ...     mx.random.seed(0)
    ...     layers, n_in = [], 4
    ...     for hidden in range(10):
    ...         layers.append(nn.Linear(n_in, 16))
    ...         if name != "none":
    ...             layers.append(getattr(nn, name)(16))
    ...         layers.append(nn.ReLU())
    ...         n_in = 16
    ...     model = nn.Sequential(*layers, nn.Linear(16, 3))
    ...     loss_and_grad = nn.value_and_grad(model, loss_fn)
    ...     sgd = optim.SGD(learning_rate=0.02)
    ...     losses = []
    ...     for step in range(41):
    ...         loss, grads = loss_and_grad(model, X, y)
    ...         sgd.update(model, grads)
    ...         mx.eval(model.parameters(), loss)
    ...         losses.append(loss.item())
    ...     print(f"{name:10} {losses[0]:.1f}  {losses[-1]:.1f}")
    none       1.1  1.1
    BatchNorm  1.2  0.6
    LayerNorm  1.1  0.6
    """


def company():
    """One example in two batches: in training its output depends on the other, in evaluation it does not.

    >>> norm = nn.BatchNorm(1)
    >>> batches = mx.array([[1.0], [3.0]]), mx.array([[1.0], [-7.0]])
    >>> for X in batches:
    ...     print(f"{norm(X)[0].item():.4f}")
    -1.0000
    1.0000
    >>> norm = norm.eval()
    >>> for X in batches:
    ...     print(f"{norm(X)[0].item():.4f}")
    0.5472
    0.5472
    """


def constants():
    """A backward pass that takes mean and spread for constants.

    >>> x, epsilon = mx.array([0.6, 1.8, 2.2, 3.4]), 1e-5
    >>> dL_dx_hat = mx.array([1.0, -1.0, 2.0, 0.0])
    >>> mu, v, s, x_hat = standardized(x, epsilon)
    >>> dL_dx = dL_dx_hat / s
    >>> print(dL_dx)
    array([0.999995, -0.999995, 1.99999, 0], dtype=float32)
    """


def not_constants():
    """The same, with the ways through mean and spread.

    >>> x, epsilon = mx.array([0.6, 1.8, 2.2, 3.4]), 1e-5
    >>> dL_dx_hat = mx.array([1.0, -1.0, 2.0, 0.0])
    >>> mu, v, s, x_hat = standardized(x, epsilon)
    >>> dL_dx = (dL_dx_hat - dL_dx_hat.mean() - x_hat * (dL_dx_hat * x_hat).mean()) / s
    >>> print(dL_dx)
    array([0.220002, -1.53999, 1.53999, -0.220002], dtype=float32)
    """


def still_training():
    """A trained BatchNorm asked about one example while it is still in training mode.

    >>> model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm(3))
    >>> model(mx.array([[0.5, 0.2]]))
    Traceback (most recent call last):
        ...
    ValueError: BatchNorm training requires more than one value per channel.
    """


def evaluating():
    """The same in evaluation mode.

    >>> model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm(3))
    >>> model = model.eval()
    >>> print(model(mx.array([[0.5, 0.2]])).shape)
    (1, 3)
    """


def freeze_unfreeze():
    """A model frozen and unfrozen: the running statistics have become parameters, and a step of gradient descent moves them.

    >>> model = nn.Sequential(nn.BatchNorm(1), nn.Linear(1, 1))
    >>> print(list(model.trainable_parameters()["layers"][0]))
    ['weight', 'bias']
    >>> model = model.freeze().unfreeze()
    >>> print(list(model.trainable_parameters()["layers"][0]))
    ['weight', 'bias', 'running_mean', 'running_var']
    >>> model, norm = model.eval(), model.layers[0]
    >>> model.layers[1].weight = mx.array([[2.0]])
    >>> X = mx.array([[1.0], [2.0]])
    >>> loss, grads = nn.value_and_grad(model, lambda X: model(X).sum())(X)
    >>> optim.SGD(learning_rate=0.1).update(model, grads)
    >>> print(norm.running_mean, norm.running_var)
    array([0.399998], dtype=float32) array([1.3], dtype=float32)
    """


def frozen_again():
    """The statistics frozen again, layer by layer.

    >>> model = nn.Sequential(nn.BatchNorm(1), nn.Linear(1, 1))
    >>> model = model.freeze().unfreeze()
    >>> for layer in model.modules():
    ...     if isinstance(layer, nn.BatchNorm):
    ...         layer = layer.unfreeze()
    >>> print(list(model.trainable_parameters()["layers"][0]))
    ['weight', 'bias']
    """


def frozen_but_moving():
    """A frozen BatchNorm in training mode: its running mean moves with every batch.

    >>> norm = nn.BatchNorm(1).freeze()
    >>> for step in range(3):
    ...     Y = norm(mx.array([[10.0], [12.0]]))
    >>> print(norm.running_mean)
    array([2.981], dtype=float32)
    """


def frozen_and_still():
    """Frozen and in evaluation mode: it stays.

    >>> norm = nn.BatchNorm(1).freeze().eval()
    >>> for step in range(3):
    ...     Y = norm(mx.array([[10.0], [12.0]]))
    >>> print(norm.running_mean)
    array([0], dtype=float32)
    """


def half_precision():
    """Values of 300 in float16: their squares are beyond 65504, the variance is inf, and BatchNorm puts out zeros.

    >>> X = mx.array([[300.0], [-300.0]], dtype=mx.float16)
    >>> print(mx.var(X, axis=0))
    array([inf], dtype=float16)
    >>> print(nn.BatchNorm(1)(X))
    array([[0],
           [0]], dtype=float32)
    """


def half_in_full():
    """The same values in float16.

    >>> X = mx.array([[300.0], [-300.0]], dtype=mx.float16)
    >>> print(nn.BatchNorm(1)(X.astype(mx.float32)))
    array([[1],
           [-1]], dtype=float32)
    """
