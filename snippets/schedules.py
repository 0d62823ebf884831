"""Schedules of the learning rate, clipping of gradients, gradients of small batches added up."""

import math

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
from jaxtyping import Float
from mlx.utils import tree_map

from snippets.batch import backward_batch, batch_loss
from snippets.forward import SimpleNN
from snippets.network import W1, W2, b1, b2
from snippets.training import loss_fn


def warm_up(t: float, T_w: float, eta_max: float) -> float:
    r"""Learning rate of update t while it rises in a straight line, from 0 to its highest in T_w updates.

    $$
    \eta = \eta_\text{max} \min\left( \frac{t}{T_w}, 1 \right)
    $$

    >>> t, T_w, eta_max = 3, 10, 0.1
    >>> eta = warm_up(t, T_w, eta_max)
    >>> print(f"{eta:.3f}")
    0.030
    """
    return eta_max * min(t / T_w, 1)


def cosine(
    t: float, T_c: float, eta_max: float, eta_min: float
) -> tuple[float, float]:
    r"""Share of the way down, and learning rate of update t: half a cosine, down in T_c updates.

    $$
    s = \min\left( \frac{t}{T_c}, 1 \right)
    $$

    $$
    \eta = \eta_\text{min} + \frac{1}{2} (\eta_\text{max} - \eta_\text{min})
        (1 + \cos(\pi s))
    $$

    >>> t, T_c, eta_max, eta_min = 30, 90, 0.1, 0.01
    >>> s, eta = cosine(t, T_c, eta_max, eta_min)
    >>> print(f"{s:.4f} {eta:.4f}")
    0.3333 0.0775
    """
    s = min(t / T_c, 1)
    falling = (1 + math.cos(math.pi * s)) / 2
    return s, eta_min + (eta_max - eta_min) * falling


def warm_up_cosine(
    t: float, T_w: float, T_c: float, eta_max: float, eta_min: float
) -> tuple[float, float]:
    r"""Share of the way down, and learning rate of update t: up in a straight line, then down along half a cosine.

    $$
    s = \min\left( \frac{t - T_w}{T_c}, 1 \right)
    $$

    $$
    \eta = \begin{cases}
      \eta_\text{max} \frac{t}{T_w} & t < T_w \\
      \eta_\text{min} + \frac{1}{2} (\eta_\text{max} - \eta_\text{min})
        (1 + \cos(\pi s)) & t \ge T_w
    \end{cases}
    $$

    >>> T_w, T_c, eta_max, eta_min = 10, 90, 0.1, 0.01
    >>> t = 40
    >>> s, eta = warm_up_cosine(t, T_w, T_c, eta_max, eta_min)
    >>> print(f"{s:.4f} {eta:.4f}")
    0.3333 0.0775
    """
    s, eta = cosine(t - T_w, T_c, eta_max, eta_min)
    if t < T_w:
        eta = warm_up(t, T_w, eta_max)
    return s, eta


def clip_value(g: Float[mx.array, "n"], c: float) -> Float[mx.array, "n"]:
    r"""Each entry of a gradient cut off at c and at −c.

    $$
    \hat{g}_i = \max(-c, \min(c, g_i))
    $$

    >>> g, c = mx.array([3.0, -0.4]), 1.0
    >>> g_hat = clip_value(g, c)
    >>> print(g_hat)
    array([1, -0.4], dtype=float32)
    """
    return mx.clip(g, -c, c)


def clip_norm(
    g: Float[mx.array, "n"], c: float, epsilon: float = 1e-6
) -> Float[mx.array, "n"]:
    r"""A gradient shortened to the length c where it is longer, in its direction.

    $$
    \hat{g} = g \min\left( \frac{c}{\lVert g \rVert + \epsilon}, 1 \right)
    $$

    >>> g, c = mx.array([3.0, -0.4]), 1.0
    >>> g_hat = clip_norm(g, c)
    >>> print(g_hat)
    array([0.991228, -0.132164], dtype=float32)
    >>> clipped, norm = optim.clip_grad_norm({"w": g}, max_norm=c)
    >>> print(clipped["w"], norm)
    array([0.991228, -0.132164], dtype=float32) array(3.02655, dtype=float32)
    """
    norm = mx.sqrt((g**2).sum())
    return g * mx.minimum(c / (norm + epsilon), 1)


def micro_batches(g: Float[mx.array, "k n"], N: Float[mx.array, "k"]) -> Float[mx.array, "n"]:
    r"""Gradient of a whole batch from the mean gradients of its k parts, and how many examples each has.

    $$
    \hat{g}_j = \frac{\sum_{i=1}^{k} N_i g_{ij}}{\sum_{i=1}^{k} N_i}
    $$

    >>> g, N = mx.array([[1.0, 2.0], [4.0, -1.0]]), mx.array([3.0, 1.0])
    >>> g_hat = micro_batches(g, N)
    >>> print(g_hat)
    array([1.75, 1.25], dtype=float32)
    """
    return (N[:, None] * g).sum(axis=0) / N.sum()


def curves():
    """Three schedules of MLX over a hundred updates.

    >>> made = {
    ...     "cosine": optim.join_schedules(
    ...         [optim.linear_schedule(0, 0.1, 10), optim.cosine_decay(0.1, 90)], [10]
    ...     ),
    ...     "step": optim.step_decay(0.1, 0.5, 25),
    ...     "exponential": optim.exponential_decay(0.1, 0.97),
    ... }
    >>> at, start, letters = list(range(101)), 30, ["t", "η"]
    >>> curves = {
    ...     name: [float(schedule(mx.array(t))) for t in at]
    ...     for name, schedule in made.items()
    ... }
    >>> for name, curve in curves.items():
    ...     print(f"{name:11}", *(f"{curve[t]:.4f}" for t in (0, 10, 50, 99)))
    cosine      0.0000 0.1000 0.0587 0.0000
    step        0.1000 0.1000 0.0250 0.0125
    exponential 0.1000 0.0737 0.0218 0.0049
    """


def joined():
    """Warm-up and cosine joined by MLX, beside our function.

    >>> T_w, T_c, eta_max, eta_min = 10, 90, 0.1, 0.01
    >>> up = optim.linear_schedule(0, eta_max, T_w)
    >>> down = optim.cosine_decay(eta_max, T_c, eta_min)
    >>> schedule = optim.join_schedules([up, down], [T_w])
    >>> for t in (0, 1, 9, 10, 40, 99, 100, 200):
    ...     s, ours = warm_up_cosine(t, T_w, T_c, eta_max, eta_min)
    ...     print(f"{t:3}  {schedule(mx.array(t)).item():.5f}  {ours:.5f}")
      0  0.00000  0.00000
      1  0.01000  0.01000
      9  0.09000  0.09000
     10  0.10000  0.10000
     40  0.07750  0.07750
     99  0.01003  0.01003
    100  0.01000  0.01000
    200  0.01000  0.01000
    """


def which_number():
    """The first three updates under a warm-up: the rate that each took, and how far it went.

    >>> sgd = optim.SGD(learning_rate=optim.linear_schedule(0, 0.1, 10))
    >>> w, g = mx.array(0.0), mx.array(1.0)
    >>> for update in (1, 2, 3):
    ...     counted = sgd.step.item()
    ...     new = sgd.apply_gradients({"w": g}, {"w": w})["w"]
    ...     moved, w = (w - new).item(), new
    ...     print(f"update {update}  t {counted}  rate {sgd.learning_rate.item():.2f}"
    ...           f"  moved {moved:.2f}")
    update 1  t 0  rate 0.00  moved 0.00
    update 2  t 1  rate 0.01  moved 0.01
    update 3  t 2  rate 0.02  moved 0.02
    """


def nothing_moved():
    """The first update of Adam under a warm-up from 0: the average has changed, the weight has not.

    >>> up = optim.linear_schedule(0, 0.1, 10)
    >>> adam = optim.Adam(learning_rate=up, bias_correction=True)
    >>> new = adam.apply_gradients({"w": mx.array(2.0)}, {"w": mx.array(1.0)})
    >>> print(new["w"], adam.state["w"]["m"])
    array(1, dtype=float32) array(0.2, dtype=float32)
    """


def from_one():
    """The same warm-up, one number ahead.

    >>> up = optim.linear_schedule(0, 0.1, 10)
    >>> adam = optim.Adam(learning_rate=lambda t: up(t + 1), bias_correction=True)
    >>> new = adam.apply_gradients({"w": mx.array(2.0)}, {"w": mx.array(1.0)})
    >>> print(new["w"], adam.state["w"]["m"])
    array(0.99, dtype=float32) array(0.2, dtype=float32)
    """


def python_float():
    """A schedule that returns a number of Python: raises AttributeError.

    >>> sgd = optim.SGD(learning_rate=lambda t: 0.1)
    >>> new = sgd.apply_gradients({"w": mx.array(1.0)}, {"w": mx.array(0.0)})
    Traceback (most recent call last):
      ...
    AttributeError: 'float' object has no attribute 'astype'
    """


def mlx_array():
    """The same with an array.

    >>> sgd = optim.SGD(learning_rate=lambda t: mx.array(0.1))
    >>> new = sgd.apply_gradients({"w": mx.array(1.0)}, {"w": mx.array(0.0)})
    >>> print(new["w"])
    array(-0.1, dtype=float32)
    """


def rate_assigned():
    """A learning rate set by hand while a schedule runs: the next update puts the schedule's back.

    >>> sgd = optim.SGD(learning_rate=optim.step_decay(0.1, 0.5, 100))
    >>> sgd.learning_rate = 0.001
    >>> new = sgd.apply_gradients({"w": mx.array(1.0)}, {"w": mx.array(0.0)})
    >>> print(new["w"])
    array(-0.1, dtype=float32)
    """


def rate_scheduled():
    """A schedule that reads what is set by hand.

    >>> factor = {"now": 1.0}
    >>> decay = optim.step_decay(0.1, 0.5, 100)
    >>> sgd = optim.SGD(learning_rate=lambda t: factor["now"] * decay(t))
    >>> factor["now"] = 0.01
    >>> new = sgd.apply_gradients({"w": mx.array(1.0)}, {"w": mx.array(0.0)})
    >>> print(new["w"])
    array(-0.001, dtype=float32)
    """


def directions():
    """Three ways to clip the gradients of two arrays, and what each makes of their direction.

    >>> grads = {"a": mx.array([3.0, 4.0]), "b": mx.array([0.3, -0.4])}
    >>> def flat(tree):
    ...     return mx.concatenate([tree["a"], tree["b"]])
    >>> made = {
    ...     "value": tree_map(lambda g: clip_value(g, 1.0), grads),
    ...     "each": tree_map(lambda g: clip_norm(g, 1.0), grads),
    ...     "all": optim.clip_grad_norm(grads, 1.0)[0],
    ... }
    >>> before = flat(grads)
    >>> for name, tree in made.items():
    ...     after = flat(tree)
    ...     lengths = mx.linalg.norm(before) * mx.linalg.norm(after)
    ...     cos = (before @ after / lengths).item()
    ...     print(f"{name:5}  a {tree['a']}  cos {cos:.3f}")
    value  a array([1, 1], dtype=float32)  cos 0.962
    each   a array([0.6, 0.8], dtype=float32)  cos 0.934
    all    a array([0.597022, 0.79603], dtype=float32)  cos 1.000
    """


def squares_overflow():
    """The norm of a large gradient, and of one that has an infinity: zeros, and nan.

    >>> for g in (mx.array([1e20, -1e20]), mx.array([float("inf"), 1.0])):
    ...     clipped, norm = optim.clip_grad_norm({"w": g}, max_norm=1.0)
    ...     print(clipped["w"], norm)
    array([0, -0], dtype=float32) array(inf, dtype=float32)
    array([-nan, 0], dtype=float32) array(inf, dtype=float32)
    """


def scaled_first():
    """The same with the largest entry taken out before the squares; what is not finite is refused.

    >>> for g in (mx.array([1e20, -1e20]), mx.array([float("inf"), 1.0])):
    ...     largest = mx.abs(g).max()
    ...     norm = largest * mx.linalg.norm(g / largest)
    ...     if mx.isfinite(norm).item():
    ...         print(g * mx.minimum(1 / (norm + 1e-6), 1), norm)
    ...     else:
    ...         print("skipped")
    array([0.707107, -0.707107], dtype=float32) array(1.41421e+20, dtype=float32)
    skipped
    """


def big_batch():
    """The gradient of a batch of four: at once by hand and by MLX, and from parts of three and of one.

    >>> X = mx.array([[0.5, 0.2], [0.7, 0.1], [0.2, 0.9], [0.4, 0.4]])
    >>> Y = mx.array([[1.0], [0.0], [1.0], [0.0]])
    >>> grad = mx.grad(lambda W2, X, Y: batch_loss(X, Y, W1, b1, W2, b2))
    >>> by_hand = backward_batch(X, Y, W1, b1, W2, b2)[-2]  # ∂L/∂W2
    >>> print(by_hand, grad(W2, X, Y))
    array([[0.0139356, -0.113147]], dtype=float32) array([[0.0139356, -0.113147]], dtype=float32)
    >>> parts = [grad(W2, X[:3], Y[:3]), grad(W2, X[3:], Y[3:])]
    >>> g, N = mx.concatenate(parts), mx.array([3.0, 1.0])  # (2, 2), (2,)
    >>> print(micro_batches(g, N))
    array([0.0139356, -0.113147], dtype=float32)
    """


def mean_of_means():
    """The same parts, averaged as if they were equally large.

    >>> X = mx.array([[0.5, 0.2], [0.7, 0.1], [0.2, 0.9], [0.4, 0.4]])
    >>> Y = mx.array([[1.0], [0.0], [1.0], [0.0]])
    >>> grad = mx.grad(lambda W2, X, Y: batch_loss(X, Y, W1, b1, W2, b2))
    >>> parts = [grad(W2, X[:3], Y[:3]), grad(W2, X[3:], Y[3:])]
    >>> print((parts[0] + parts[1]) / 2)
    array([[0.020028, -0.00885785]], dtype=float32)
    """


def accumulate():
    """One update from three micro-batches of two examples, and one from all six at once.

    >>> X = mx.array([[0.5, 0.2], [0.7, 0.1], [0.2, 0.9],
    ...               [0.4, 0.4], [0.9, 0.3], [0.1, 0.6]])
    >>> Y = mx.array([[1], [0], [1], [0], [0], [1]])
    >>> ends = []
    >>> for size in (6, 2):
    ...     mx.random.seed(0)
    ...     model, sgd = SimpleNN(), optim.SGD(learning_rate=0.5)
    ...     loss_and_grad = nn.value_and_grad(model, loss_fn)
    ...     total = None
    ...     for i in range(0, 6, size):
    ...         part = slice(i, i + size)
    ...         _, grads = loss_and_grad(model, X[part], Y[part])
    ...         grads = tree_map(lambda g: g * size / 6, grads)
    ...         if total:
    ...             grads = tree_map(lambda a, b: a + b, total, grads)
    ...         total = grads
    ...         mx.eval(total)
    ...     sgd.update(model, total)
    ...     ends.append(model.fc1.weight)
    ...     print(ends[-1], sgd.step)
    array([[0.548167, -0.0969377],
           [-0.313646, 0.389766]], dtype=float32) array(1, dtype=uint64)
    array([[0.548167, -0.0969377],
           [-0.313646, 0.389766]], dtype=float32) array(1, dtype=uint64)
    """
