"""The update: one step of gradient descent, one step of Adam."""

import math

import mlx.core as mx
import mlx.optimizers as optim
from jaxtyping import Float

from snippets.backward import backward, loss
from snippets.forward import forward
from snippets.network import W1, W2, b1, b2, x, y


def sgd_step(
    w: Float[mx.array, "..."], g: Float[mx.array, "..."], eta: float
) -> Float[mx.array, "..."]:
    r"""Parameter after one step of gradient descent, entry by entry.

    $$
    w_t = w_{t-1} - \eta g_t
    $$

    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> eta = 0.5
    >>> W2_new = sgd_step(W2, dL_dW2, eta)
    >>> sgd = optim.SGD(learning_rate=eta)
    >>> new = sgd.apply_gradients({"W2": dL_dW2}, {"W2": W2})
    >>> print(W2_new)
    array([[1.01602, -0.529021]], dtype=float32)
    >>> print(new["W2"])
    array([[1.01602, -0.529021]], dtype=float32)
    """
    return w - eta * g


def after_sgd():
    """Prediction and loss after one step of all nine parameters.

    >>> before = [W1, b1, W2, b2]
    >>> grads = backward(x, y, *before)
    >>> after = [sgd_step(w, g, eta=0.5) for w, g in zip(before, grads)]
    >>> y_before, L_before = forward(x, *before)[-1], loss(x, y, *before)
    >>> y_after, L_after = forward(x, *after)[-1], loss(x, y, *after)
    >>> print(y_before, L_before)
    array([0.389361], dtype=float32) array(0.943249, dtype=float32)
    >>> print(y_after, L_after)
    array([0.622733], dtype=float32) array(0.473638, dtype=float32)
    """


def one_step():
    """Mean loss of two examples after one step, by how large the learning rate is.

    >>> examples = [(x, y), (mx.array([0.5, 1.5]), mx.array([0.0]))]
    >>> before = [W1, b1, W2, b2]
    >>> def gradients(weights):
    ...     both = [backward(x, y, *weights) for x, y in examples]
    ...     return [(one + other) / 2 for one, other in zip(*both)]
    >>> at, start, letters = [k / 10 for k in range(51)], 0.5, ["η", "L"]
    >>> curves, slopes = {"L": []}, {"L": []}
    >>> grads = gradients(before)
    >>> for eta in at:
    ...     after = [sgd_step(w, g, eta) for w, g in zip(before, grads)]
    ...     L = sum(loss(x, y, *after) for x, y in examples) / 2
    ...     curves["L"].append(L.item())
    ...     pairs = zip(grads, gradients(after))
    ...     slopes["L"].append(-sum((g * new).sum() for g, new in pairs).item())
    >>> lowest = at[curves["L"].index(min(curves["L"]))]
    >>> higher = next(eta for eta, L in zip(at, curves["L"]) if L > curves["L"][0])
    >>> print(lowest, higher)
    2.4 4.1
    """


def adam_start(
    w: Float[mx.array, "..."]
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""Both of Adam's averages before the first step.

    $$
    m_0 = 0
    $$

    $$
    v_0 = 0
    $$

    >>> m, v = adam_start(W2)
    >>> print(m, v)
    array([[0, 0]], dtype=float32) array([[0, 0]], dtype=float32)
    """
    return mx.zeros_like(w), mx.zeros_like(w)


def adam_step(
    w: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    m: Float[mx.array, "..."],
    v: Float[mx.array, "..."],
    t: int,
    eta: float,
    beta1: float,
    beta2: float,
    epsilon: float = 1e-8,
) -> tuple[
    Float[mx.array, "..."], Float[mx.array, "..."], Float[mx.array, "..."],
    Float[mx.array, "..."], Float[mx.array, "..."],
]:
    r"""One step of Adam, entry by entry: both averages, both corrected, then the parameter.

    $$
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    $$

    $$
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    $$

    $$
    \hat{m}_t = \frac{m_t}{1 - \beta_1^t}
    $$

    $$
    \hat{v}_t = \frac{v_t}{1 - \beta_2^t}
    $$

    $$
    w_t = w_{t-1} - \eta \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}
    $$

    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> m, v = adam_start(W2)
    >>> t, eta, beta1, beta2 = 1, 0.01, 0.9, 0.999
    >>> m_new, v_new, m_hat, v_hat, W2_new = adam_step(
    ...     W2, dL_dW2, m, v, t, eta, beta1, beta2
    ... )
    >>> adam = optim.Adam(learning_rate=eta, bias_correction=True)
    >>> new = adam.apply_gradients({"W2": dL_dW2}, {"W2": W2})
    >>> print(W2_new)
    array([[0.91, -0.69]], dtype=float32)
    >>> print(new["W2"])
    array([[0.91, -0.69]], dtype=float32)
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - eta * m_hat / (mx.sqrt(v_hat) + epsilon)
    return m, v, m_hat, v_hat, w


def adam_uncorrected(
    w: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    m: Float[mx.array, "..."],
    v: Float[mx.array, "..."],
    eta: float,
    beta1: float,
    beta2: float,
    epsilon: float = 1e-8,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""One step of Adam as MLX has it by default, entry by entry: both averages as they are, then the parameter.

    $$
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    $$

    $$
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    $$

    $$
    w_t = w_{t-1} - \eta \frac{m_t}{\sqrt{v_t} + \epsilon}
    $$

    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> m, v = adam_start(W2)
    >>> eta, beta1, beta2 = 0.01, 0.9, 0.999
    >>> m_new, v_new, W2_new = adam_uncorrected(
    ...     W2, dL_dW2, m, v, eta, beta1, beta2
    ... )
    >>> adam = optim.Adam(learning_rate=eta)
    >>> new = adam.apply_gradients({"W2": dL_dW2}, {"W2": W2})
    >>> print(W2_new)
    array([[0.931623, -0.668377]], dtype=float32)
    >>> print(new["W2"])
    array([[0.931623, -0.668377]], dtype=float32)
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    w = w - eta * m / (mx.sqrt(v) + epsilon)
    return m, v, w


def adam_default():
    """MLX's Adam as it comes: no bias correction, so its early steps are too long, the first one 3.16 times.

    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> adam = optim.Adam(learning_rate=0.01)
    >>> new = adam.apply_gradients({"W2": dL_dW2}, {"W2": W2})
    >>> print(new["W2"])
    array([[0.931623, -0.668377]], dtype=float32)
    >>> step = new["W2"][0, 0] - W2[0, 0]
    >>> times = step / 0.01
    >>> print(f"{times.item():.2f}")
    3.16
    """


def adam_corrected():
    """With bias correction the first step is one learning rate, however large the gradient.

    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> adam = optim.Adam(learning_rate=0.01, bias_correction=True)
    >>> new = adam.apply_gradients({"W2": dL_dW2}, {"W2": W2})
    >>> print(new["W2"])
    array([[0.91, -0.69]], dtype=float32)
    """


def hundredth_step():
    """Adam's 100th step in learning rates: with a gradient that keeps its sign, and with one that turns every time.

    >>> for turn in (1, -1):
    ...     w, m, v = mx.zeros(1), mx.zeros(1), mx.zeros(1)
    ...     for t in range(1, 101):
    ...         before, g = w, mx.array([1.0]) * turn**t
    ...         m, v, m_hat, v_hat, w = adam_step(w, g, m, v, t, 0.01, 0.9, 0.999)
    ...     step = mx.abs(w - before) / 0.01
    ...     print(f"{step.item():.2f}")
    1.00
    0.05
    """


def step_lengths():
    """How many learning rates long Adam's steps are under a gradient that is always 1.

    >>> print("step  default  corrected")
    step  default  corrected
    >>> w = g = mx.array(1.0)
    >>> default = optim.Adam(learning_rate=1.0)
    >>> corrected = optim.Adam(learning_rate=1.0, bias_correction=True)
    >>> for t in range(1, 101):
    ...     lengths = [
    ...         (w - adam.apply_gradients({"w": g}, {"w": w})["w"]).item()
    ...         for adam in (default, corrected)
    ...     ]
    ...     if t in (1, 2, 6, 11, 12, 13, 50, 100):
    ...         print(f"{t:4}  {lengths[0]:7.3f}  {lengths[1]:9.3f}")
       1    3.162      1.000
       2    4.250      1.000
       6    6.057      1.000
      11    6.559      1.000
      12    6.569      1.000
      13    6.561      1.000
      50    4.504      1.000
     100    3.241      1.000
    """


def step_curves():
    """Lengths of Adam's steps under a steady gradient, and the most that any gradients bring.

    >>> w = g = mx.array(1.0)
    >>> adams = {
    ...     "default": optim.Adam(learning_rate=1.0),
    ...     "corrected": optim.Adam(learning_rate=1.0, bias_correction=True),
    ... }
    >>> at, curves = list(range(1, 101)), {name: [] for name in adams}
    >>> for _ in at:
    ...     for name, adam in adams.items():
    ...         new = adam.apply_gradients({"w": g}, {"w": w})["w"]
    ...         curves[name].append((w - new).item())
    >>> start, letters = 12, ["t", "s"]
    >>> longest, beta1, beta2 = max(curves["default"]), 0.9, 0.999
    >>> reference = (1 - beta1) / math.sqrt((1 - beta2) * (1 - beta1**2 / beta2))
    >>> print(f"{longest:.2f} {reference:.2f}")
    6.57 7.27
    """


def same_start():
    """A hundred steps of gradient descent from two hidden neurons that begin alike.

    >>> W1_same, b1_same = mx.array([[0.5, 0.1], [0.5, 0.1]]), mx.zeros(2)
    >>> W2_same, b2_same = mx.array([[0.4, 0.4]]), mx.zeros(1)
    >>> parameters = W1_same, b1_same, W2_same, b2_same
    >>> for step in range(100):
    ...     gradients = backward(x, y, *parameters)
    ...     parameters = [sgd_step(w, g, 0.1) for w, g in zip(parameters, gradients)]
    >>> print(parameters[0])  # W1
    array([[0.869268, 0.247707],
           [0.869268, 0.247707]], dtype=float32)
    """


def random_start():
    """The same hundred steps from weights that a random number has set apart.

    >>> mx.random.seed(0)
    >>> W1_random, b1_random = mx.random.uniform(-1, 1, (2, 2)), mx.zeros(2)
    >>> W2_random, b2_random = mx.random.uniform(-1, 1, (1, 2)), mx.zeros(1)
    >>> parameters = W1_random, b1_random, W2_random, b2_random
    >>> for step in range(100):
    ...     gradients = backward(x, y, *parameters)
    ...     parameters = [sgd_step(w, g, 0.1) for w, g in zip(parameters, gradients)]
    >>> print(parameters[0])  # W1
    array([[1.10116, 0.0285727],
           [-0.445839, 0.57319]], dtype=float32)
    """
