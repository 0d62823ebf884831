"""Optimizers: what each makes of the same gradient."""

import math
from collections.abc import Callable

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
from jaxtyping import Float

from snippets.backward import backward, central_difference
from snippets.forward import SimpleNN
from snippets.network import W1, W2, b1, b2, x, y
from snippets.update import adam_step, adam_uncorrected, sgd_step

# --8<-- [start:start]
h = mx.array([1.0, 25.0])       # (2,)
w_start = mx.array([-2.0, 0.8])  # (2,)
# --8<-- [end:start]


def valley(
    w: Float[mx.array, "n"], h: Float[mx.array, "n"]
) -> Float[mx.array, ""]:
    r"""Height of a valley whose floor is at 0, curved by h along each axis.

    $$
    L = \frac{1}{2} \sum_{i=1}^{n} h_i w_i^2
    $$

    >>> L = valley(w_start, h)
    >>> print(L)
    array(10, dtype=float32)
    """
    return (h * w**2).sum() / 2


def valley_gradient(
    w: Float[mx.array, "n"], h: Float[mx.array, "n"]
) -> Float[mx.array, "n"]:
    r"""Slope of the valley along each axis.

    $$
    \frac{\partial L}{\partial w_i} = h_i w_i
    $$

    >>> g = valley_gradient(w_start, h)
    >>> print(g)
    array([-2, 20], dtype=float32)
    >>> print(mx.grad(valley)(w_start, h))
    array([-2, 20], dtype=float32)
    >>> curved = np.array(h, np.float64)
    >>> finite = central_difference(
    ...     lambda w: (curved * w**2).sum() / 2, np.array(w_start, np.float64)
    ... )
    >>> print(finite.round(6))
    [-2. 20.]
    """
    return h * w


def one_axis(
    w: Float[mx.array, "..."], h: Float[mx.array, "..."], eta: float
) -> Float[mx.array, "..."]:
    r"""Place along each axis after one step of gradient descent in the valley.

    $$
    w_t = (1 - \eta h) w_{t-1}
    $$

    >>> for rate in (0.02, 0.07, 0.082):
    ...     slow, steep = (1 - rate * h).tolist()
    ...     print(f"{rate:5}  {slow:.3f}  {steep:6.3f}")
     0.02  0.980   0.500
     0.07  0.930  -0.750
    0.082  0.918  -1.050
    >>> w, eta = w_start, 0.07
    >>> w_new = one_axis(w, h, eta)
    >>> print(w_new)
    array([-1.86, -0.6], dtype=float32)
    """
    return (1 - eta * h) * w


def best_rate(h: Float[mx.array, "2"]) -> tuple[Float[mx.array, ""], Float[mx.array, ""]]:
    r"""Learning rate with which both axes shrink alike, and by how much: the first curvature is the smaller one.

    $$
    \eta = \frac{2}{h_1 + h_2}
    $$

    $$
    \rho = \frac{h_2 - h_1}{h_2 + h_1}
    $$

    >>> eta, rho = best_rate(h)
    >>> print(f"{eta.item():.6f} {rho.item():.6f}")
    0.076923 0.923077
    >>> steps = math.log(0.1) / math.log(rho.item())
    >>> print(f"a tenth is left after {steps:.1f} steps")
    a tenth is left after 28.8 steps
    """
    return 2 / (h[0] + h[1]), (h[1] - h[0]) / (h[1] + h[0])


def best_momentum(h: Float[mx.array, "2"]) -> tuple[
    Float[mx.array, ""], Float[mx.array, ""], Float[mx.array, ""]
]:
    r"""Learning rate and momentum with which momentum is fastest in the valley, and how much a step leaves.

    $$
    \eta = \left( \frac{2}{\sqrt{h_1} + \sqrt{h_2}} \right)^2
    $$

    $$
    \mu = \left( \frac{\sqrt{h_2} - \sqrt{h_1}}{\sqrt{h_2} + \sqrt{h_1}} \right)^2
    $$

    $$
    \rho = \sqrt{\mu}
    $$

    >>> eta, mu, rho = best_momentum(h)
    >>> print(f"{eta.item():.6f} {mu.item():.6f} {rho.item():.6f}")
    0.111111 0.444444 0.666667
    >>> steps = math.log(0.1) / math.log(rho.item())
    >>> print(f"a tenth is left after {steps:.1f} steps")
    a tenth is left after 5.7 steps
    """
    r1, r2 = mx.sqrt(h[0]), mx.sqrt(h[1])
    mu = ((r2 - r1) / (r2 + r1)) ** 2
    return (2 / (r1 + r2)) ** 2, mu, mx.sqrt(mu)


def largest_rates(
    h: Float[mx.array, ""], mu: float
) -> tuple[Float[mx.array, ""], Float[mx.array, ""], Float[mx.array, ""]]:
    r"""Learning rates from which on each of three optimizers is thrown out of a valley of this curvature.

    $$
    \eta_\text{SGD} = \frac{2}{h}
    $$

    $$
    \eta_\text{momentum} = \frac{2 (1 + \mu)}{h}
    $$

    $$
    \eta_\text{Nesterov} = \frac{2 (1 + \mu)}{(1 + 2 \mu) h}
    $$

    >>> h, mu = mx.array(25.0), 0.8
    >>> sgd, momentum, nesterov = largest_rates(h, mu)
    >>> print(f"{sgd.item():.4f} {momentum.item():.4f} {nesterov.item():.4f}")
    0.0800 0.1440 0.0554
    """
    momentum = 2 * (1 + mu) / h
    return 2 / h, momentum, momentum / (1 + 2 * mu)


def momentum_step(
    w: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    v: Float[mx.array, "..."],
    eta: float,
    mu: float,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""Velocity and parameter after one step with momentum, entry by entry.

    $$
    v_t = \mu v_{t-1} + g_t
    $$

    $$
    w_t = w_{t-1} - \eta v_t
    $$

    >>> w, v, eta, mu = w_start, mx.zeros(2), 0.01, 0.9
    >>> v, w = momentum_step(w, valley_gradient(w, h), v, eta, mu)
    >>> g = valley_gradient(w, h)
    >>> v_new, w_new = momentum_step(w, g, v, eta, mu)
    >>> print(v_new, w_new)
    array([-3.78, 33], dtype=float32) array([-1.9422, 0.27], dtype=float32)
    >>> sgd, new = optim.SGD(learning_rate=eta, momentum=mu), {"w": w_start}
    >>> for t in range(2):
    ...     new = sgd.apply_gradients({"w": valley_gradient(new["w"], h)}, new)
    >>> print(new["w"])
    array([-1.9422, 0.27], dtype=float32)
    """
    v = mu * v + g
    w = w - eta * v
    return v, w


def nesterov_step(
    w: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    v: Float[mx.array, "..."],
    eta: float,
    mu: float,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""Velocity and parameter after one step with Nesterov's momentum, entry by entry.

    $$
    v_t = \mu v_{t-1} + g_t
    $$

    $$
    w_t = w_{t-1} - \eta \left( g_t + \mu v_t \right)
    $$

    >>> w, v, eta, mu = w_start, mx.zeros(2), 0.01, 0.9
    >>> g = valley_gradient(w, h)
    >>> v_new, w_new = nesterov_step(w, g, v, eta, mu)
    >>> print(w_new)
    array([-1.962, 0.42], dtype=float32)
    """
    v = mu * v + g
    w = w - eta * (g + mu * v)
    return v, w


def adagrad_step(
    w: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    v: Float[mx.array, "..."],
    eta: float,
    epsilon: float = 1e-8,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""Sum of squared gradients and parameter after one step of Adagrad, entry by entry.

    $$
    v_t = v_{t-1} + g_t^2
    $$

    $$
    w_t = w_{t-1} - \eta \frac{g_t}{\sqrt{v_t} + \epsilon}
    $$

    >>> w, v, eta = w_start, mx.zeros(2), 0.1
    >>> g = valley_gradient(w, h)
    >>> v_new, w_new = adagrad_step(w, g, v, eta)
    >>> print(w_new)
    array([-1.9, 0.7], dtype=float32)
    """
    v = v + g**2
    w = w - eta * g / (mx.sqrt(v) + epsilon)
    return v, w


def rmsprop_step(
    w: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    v: Float[mx.array, "..."],
    eta: float,
    alpha: float,
    epsilon: float = 1e-8,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""Average of squared gradients and parameter after one step of RMSprop, entry by entry.

    $$
    v_t = \alpha v_{t-1} + (1 - \alpha) g_t^2
    $$

    $$
    w_t = w_{t-1} - \eta \frac{g_t}{\sqrt{v_t} + \epsilon}
    $$

    >>> w, v, eta, alpha = w_start, mx.zeros(2), 0.01, 0.99
    >>> g = valley_gradient(w, h)
    >>> v_new, w_new = rmsprop_step(w, g, v, eta, alpha)
    >>> print(w_new)
    array([-1.9, 0.7], dtype=float32)
    """
    v = alpha * v + (1 - alpha) * g**2
    w = w - eta * g / (mx.sqrt(v) + epsilon)
    return v, w


def adamw_step(
    w: Float[mx.array, "..."],
    m_hat: Float[mx.array, "..."],
    v_hat: Float[mx.array, "..."],
    eta: float,
    lam: float,
    epsilon: float = 1e-8,
) -> Float[mx.array, "..."]:
    r"""Parameter after one step of AdamW, entry by entry, from Adam's two corrected averages.

    $$
    w_t = w_{t-1} - \eta \left(
        \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon} + \lambda w_{t-1}
    \right)
    $$

    >>> w, g, zero = w_start, valley_gradient(w_start, h), mx.zeros(2)
    >>> t, eta, beta1, beta2, lam = 1, 0.01, 0.9, 0.999, 0.1
    >>> m, v, m_hat, v_hat, _ = adam_step(w, g, zero, zero, t, eta, beta1, beta2)
    >>> w_new = adamw_step(w, m_hat, v_hat, eta, lam)
    >>> adamw = optim.AdamW(eta, weight_decay=lam, bias_correction=True)
    >>> print(w_new)
    array([-1.988, 0.7892], dtype=float32)
    >>> print(adamw.apply_gradients({"w": g}, {"w": w})["w"])
    array([-1.988, 0.7892], dtype=float32)
    """
    return w - eta * (m_hat / (mx.sqrt(v_hat) + epsilon) + lam * w)


def lion_step(
    w: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    m: Float[mx.array, "..."],
    eta: float,
    beta1: float,
    beta2: float,
    lam: float = 0.0,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""One step of Lion, entry by entry: a mix whose sign is the step, the average, the parameter.

    $$
    c_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    $$

    $$
    m_t = \beta_2 m_{t-1} + (1 - \beta_2) g_t
    $$

    $$
    w_t = w_{t-1} - \eta \left( \operatorname{sign}(c_t) + \lambda w_{t-1} \right)
    $$

    >>> w, m, eta, beta1, beta2 = w_start, mx.zeros(2), 0.01, 0.9, 0.99
    >>> g = valley_gradient(w, h)
    >>> c, m_new, w_new = lion_step(w, g, m, eta, beta1, beta2)
    >>> print(w_new)
    array([-1.99, 0.79], dtype=float32)
    """
    c = beta1 * m + (1 - beta1) * g
    m = beta2 * m + (1 - beta2) * g
    w = w - eta * (mx.sign(c) + lam * w)
    return c, m, w


def newton_schulz(
    X: Float[mx.array, "m n"], a: float = 3.4445, b: float = -4.7750, c: float = 2.0315
) -> Float[mx.array, "m n"]:
    r"""One round that moves the singular values of a matrix towards 1 and leaves its directions alone.

    $$
    X_k = a X_{k-1} + b X_{k-1} X_{k-1}^\top X_{k-1}
        + c X_{k-1} X_{k-1}^\top X_{k-1} X_{k-1}^\top X_{k-1}
    $$

    >>> X = mx.array([[0.6, 0.0], [0.0, 0.1]])
    >>> X_new = newton_schulz(X)
    >>> print(X_new)
    array([[1.19327, 0],
           [0, 0.339695]], dtype=float32)
    """
    A = X @ X.T            # (m, n) @ (n, m) → (m, m)
    B = b * A + c * A @ A  # (m, m)
    return a * X + B @ X   # (m, m) @ (m, n) → (m, n)


def orth(U: Float[mx.array, "m n"]) -> Float[mx.array, "m n"]:
    """A matrix of the same directions, with singular values near 1: five rounds, from norm 1.

    Tolerance: 1e-3 (each of the five rounds makes rounding errors about three times as large)

    >>> U = mx.array([[2.0, 1.0], [0.0, 0.5]])
    >>> O = orth(U)
    >>> print(O)
    array([[0.674978, 0.2586],
           [-0.315553, 0.760405]], dtype=float32)
    >>> before = mx.linalg.svd(U, compute_uv=False, stream=mx.cpu)
    >>> after = mx.linalg.svd(O, compute_uv=False, stream=mx.cpu)
    >>> print(before)
    array([2.24768, 0.444903], dtype=float32)
    >>> print(after)
    array([0.824313, 0.721641], dtype=float32)
    """
    X = U / (mx.linalg.norm(U) + 1e-7)
    for _ in range(5):
        X = newton_schulz(X)
    return X


def muon_step(
    W: Float[mx.array, "m n"],
    G: Float[mx.array, "m n"],
    V: Float[mx.array, "m n"],
    eta: float,
    mu: float,
    orth: Callable[[Float[mx.array, "m n"]], Float[mx.array, "m n"]],
) -> tuple[
    Float[mx.array, "m n"], Float[mx.array, "m n"], Float[mx.array, "m n"]
]:
    r"""One step of Muon on a matrix: the average, the mix, the parameter.

    Tolerance: 1e-3 (each of the five rounds makes rounding errors about three times as large)

    $$
    V_t = \mu V_{t-1} + (1 - \mu) G_t
    $$

    $$
    U_t = \mu V_t + (1 - \mu) G_t
    $$

    $$
    W_t = W_{t-1} - \eta \sqrt{\max\left(1, \frac{m}{n}\right)} \operatorname{orth}(U_t)
    $$

    >>> W, V, eta, mu = mx.ones((2, 2)), mx.zeros((2, 2)), 0.01, 0.95
    >>> G = mx.array([[2.0, 1.0], [0.0, 0.5]])
    >>> V, U, W_new = muon_step(W, G, V, eta, mu, orth)
    >>> muon = optim.Muon(learning_rate=eta, weight_decay=0)
    >>> print(W_new)
    array([[0.99325, 0.997414],
           [1.00316, 0.992396]], dtype=float32)
    >>> print(muon.apply_gradients({"W": G}, {"W": W})["W"])
    array([[0.99325, 0.997414],
           [1.00316, 0.992396]], dtype=float32)
    """
    m, n = W.shape
    V = mu * V + (1 - mu) * G
    U = mu * V + (1 - mu) * G
    return V, U, W - eta * max(1, m / n) ** 0.5 * orth(U)


def first_steps():
    """How long steps are under a gradient that is always 1, in learning rates.

    >>> made = {
    ...     "SGD": optim.SGD(1.0),
    ...     "momentum": optim.SGD(1.0, momentum=0.9),
    ...     "dampened": optim.SGD(1.0, momentum=0.9, dampening=0.9),
    ...     "Nesterov": optim.SGD(1.0, momentum=0.9, nesterov=True),
    ...     "Adagrad": optim.Adagrad(1.0),
    ...     "RMSprop": optim.RMSprop(1.0),
    ...     "Adam": optim.Adam(1.0),
    ...     "corrected": optim.Adam(1.0, bias_correction=True),
    ...     "Lion": optim.Lion(1.0),
    ... }
    >>> print("step           1      2     10    100")
    step           1      2     10    100
    >>> for name, optimizer in made.items():
    ...     g, w, lengths = mx.array(1.0), mx.array(0.0), []
    ...     for t in range(100):
    ...         new = optimizer.apply_gradients({"w": g}, {"w": w})["w"]
    ...         lengths.append((w - new).item())
    ...     shown = [lengths[t - 1] for t in (1, 2, 10, 100)]
    ...     print(f"{name:10}", *(f"{each:6.2f}" for each in shown))
    SGD          1.00   1.00   1.00   1.00
    momentum     1.00   1.90   6.51  10.00
    dampened     0.10   0.19   0.65   1.00
    Nesterov     1.90   2.71   6.86  10.00
    Adagrad      1.00   0.71   0.32   0.10
    RMSprop     10.00   7.09   3.23   1.26
    Adam         3.16   4.25   6.53   3.24
    corrected    1.00   1.00   1.00   1.00
    Lion         1.00   1.00   1.00   1.00
    """


def twenty_steps():
    """Twenty steps of each optimizer on a matrix, by our functions and by MLX: do they end at the same place?

    >>> mx.random.seed(0)
    >>> start, zero = mx.random.normal((4, 3)), mx.zeros((4, 3))
    >>> curved = mx.array([1.0, 5.0, 25.0])
    >>> eta, mu, lam = 0.01, 0.9, 0.1
    >>> corrected = {"bias_correction": True}
    >>> def adamw(t, w, g, k):
    ...     m, v, m_hat, v_hat, _ = adam_step(w, g, *k[:2], t, eta, 0.9, 0.999)
    ...     return m, v, adamw_step(w, m_hat, v_hat, eta, lam)
    >>> pairs = {  # k: what the optimizer keeps
    ...     "SGD": (
    ...         lambda t, w, g, k: [sgd_step(w, g, eta)],
    ...         optim.SGD(eta)),
    ...     "momentum": (
    ...         lambda t, w, g, k: momentum_step(w, g, k[0], eta, mu),
    ...         optim.SGD(eta, momentum=mu)),
    ...     "Nesterov": (
    ...         lambda t, w, g, k: nesterov_step(w, g, k[0], eta, mu),
    ...         optim.SGD(eta, momentum=mu, nesterov=True)),
    ...     "Adagrad": (
    ...         lambda t, w, g, k: adagrad_step(w, g, k[0], eta),
    ...         optim.Adagrad(eta)),
    ...     "RMSprop": (
    ...         lambda t, w, g, k: rmsprop_step(w, g, k[0], eta, 0.99),
    ...         optim.RMSprop(eta)),
    ...     "Adam, default": (
    ...         lambda t, w, g, k: adam_uncorrected(w, g, *k[:2], eta, 0.9, 0.999),
    ...         optim.Adam(eta)),
    ...     "Adam": (
    ...         lambda t, w, g, k: adam_step(w, g, *k[:2], t, eta, 0.9, 0.999),
    ...         optim.Adam(eta, **corrected)),
    ...     "AdamW": (
    ...         adamw,
    ...         optim.AdamW(eta, weight_decay=lam, **corrected)),
    ...     "Lion": (
    ...         lambda t, w, g, k: lion_step(w, g, k[1], eta, 0.9, 0.99, lam),
    ...         optim.Lion(eta, weight_decay=lam)),
    ...     "Muon": (
    ...         lambda t, w, g, k: muon_step(w, g, k[0], eta, mu, orth),
    ...         optim.Muon(eta, momentum=mu, weight_decay=0)),
    ... }
    >>> for name, (step, optimizer) in pairs.items():
    ...     w, new, k = start, {"w": start}, [zero, zero]
    ...     for t in range(1, 21):
    ...         *k, w = step(t, w, curved * w, k)
    ...         grads = {"w": curved * new["w"]}
    ...         new = optimizer.apply_gradients(grads, new)
    ...     print(f"{name:13}", mx.abs(w - new["w"]).max().item() < 1e-4)
    SGD           True
    momentum      True
    Nesterov      True
    Adagrad       True
    RMSprop       True
    Adam, default True
    Adam          True
    AdamW         True
    Lion          True
    Muon          True
    """


def nine(eta: float, mu: float) -> dict:
    """The optimizers of this chapter, with one learning rate and one momentum.

    >>> print(*nine(0.05, 0.8))
    SGD momentum Nesterov Adagrad RMSprop Adam AdamW Lion Muon
    """
    corrected = {"bias_correction": True}
    return {
        "SGD": optim.SGD(eta),
        "momentum": optim.SGD(eta, momentum=mu),
        "Nesterov": optim.SGD(eta, momentum=mu, nesterov=True),
        "Adagrad": optim.Adagrad(eta),
        "RMSprop": optim.RMSprop(eta),
        "Adam": optim.Adam(eta, [mu, 0.999], **corrected),
        "AdamW": optim.AdamW(eta, [mu, 0.999], weight_decay=0.1, **corrected),
        "Lion": optim.Lion(eta, [mu, 0.99]),
        "Muon": optim.Muon(eta, momentum=mu, weight_decay=0),
    }


def race():
    """Forty steps of each optimizer from one place in the valley: how high they still are.

    >>> rates = [0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07,
    ...          0.077, 0.08, 0.082, 0.09, 0.111, 0.13]
    >>> momenta = [0, 0.2, 0.444, 0.6, 0.7, 0.8, 0.9, 0.95]
    >>> eta, mu, steps = 0.05, 0.8, 40
    >>> W = w_start[None]  # (1, 2): Muon wants a matrix
    >>> paths = {}
    >>> for name, optimizer in nine(eta, mu).items():
    ...     path = [W]
    ...     for t in range(steps):
    ...         grads = {"w": h * path[-1]}
    ...         path.append(optimizer.apply_gradients(grads, {"w": path[-1]})["w"])
    ...     paths[name] = mx.concatenate(path)  # (steps + 1, 2)
    ...     print(f"{name:9} {valley(paths[name][-1], h).item():.2e}")
    SGD       3.30e-02
    momentum  9.79e-04
    Nesterov  3.42e-06
    Adagrad   2.42e+00
    RMSprop   5.50e-07
    Adam      9.58e-02
    AdamW     4.84e-02
    Lion      1.25e-01
    Muon      8.61e-01
    """


def turned():
    """The same forty steps where the valley lies across the axes, turned by 45 degrees.

    >>> Q = mx.array([[1.0, -1.0], [1.0, 1.0]]) / 2**0.5
    >>> print("           along    across")
               along    across
    >>> for name in nine(0.05, 0.8):
    ...     ends = []
    ...     for turn in (mx.eye(2), Q):
    ...         optimizer, w = nine(0.05, 0.8)[name], w_start[None] @ turn.T
    ...         for t in range(40):
    ...             g = (h * (w @ turn)) @ turn.T
    ...             w = optimizer.apply_gradients({"w": g}, {"w": w})["w"]
    ...         ends.append(valley((w @ turn)[0], h).item())
    ...     print(f"{name:9} {ends[0]:.2e} {ends[1]:.2e}")
    SGD       3.30e-02 3.30e-02
    momentum  9.79e-04 9.79e-04
    Nesterov  3.42e-06 3.42e-06
    Adagrad   2.42e+00 2.44e+00
    RMSprop   5.50e-07 1.07e-01
    Adam      9.58e-02 1.22e+00
    AdamW     4.84e-02 7.95e-01
    Lion      1.25e-01 4.25e-02
    Muon      8.61e-01 8.61e-01
    """


def update_ratio(
    S: Float[mx.array, "m n"], W: Float[mx.array, "m n"]
) -> Float[mx.array, ""]:
    r"""Length of a step in lengths of the weights that it changes.

    $$
    r = \frac{\lVert S \rVert_F}{\lVert W \rVert_F}
    $$

    >>> g = backward(x, y, W1, b1, W2, b2)[0]  # ∂L/∂W1
    >>> made = {
    ...     "SGD": lambda: optim.SGD(0.01),
    ...     "Adam": lambda: optim.Adam(0.01, bias_correction=True),
    ...     "Lion": lambda: optim.Lion(0.001),
    ...     "Muon": lambda: optim.Muon(0.01, weight_decay=0),
    ... }
    >>> print("         L      1000 L")
             L      1000 L
    >>> for name, fresh in made.items():
    ...     ratios = []
    ...     for scale in (1, 1000):
    ...         new = fresh().apply_gradients({"W1": scale * g}, {"W1": W1})["W1"]
    ...         ratios.append(update_ratio(new - W1, W1).item())
    ...     print(f"{name:5}", *(f"{r:8.4f}" for r in ratios))
    SGD     0.0021   2.0927
    Adam    0.0112   0.0112
    Lion    0.0011   0.0011
    Muon    0.0039   0.0039
    """
    return mx.linalg.norm(S) / mx.linalg.norm(W)


def decay_lost():
    """Weight decay inside Adam's gradient: weights with a large gradient are not decayed.

    >>> adam, decayed = optim.Adam(0.01, bias_correction=True), {"w": mx.ones(2)}
    >>> for t in range(100):
    ...     g = mx.array([100.0, 0.0]) * (-1) ** t
    ...     decayed = adam.apply_gradients({"w": g + 0.1 * decayed["w"]}, decayed)
    >>> print(decayed["w"])
    array([0.981441, 0.22445], dtype=float32)
    """


def decay_kept():
    """The same with AdamW: both are decayed by the same share.

    >>> adamw = optim.AdamW(0.01, weight_decay=0.1, bias_correction=True)
    >>> decayed = {"w": mx.ones(2)}
    >>> for t in range(100):
    ...     g = mx.array([100.0, 0.0]) * (-1) ** t
    ...     decayed = adamw.apply_gradients({"w": g}, decayed)
    >>> print(decayed["w"])
    array([0.888833, 0.904793], dtype=float32)
    """


def half_nan():
    """Adam in float16: a weight without a gradient becomes nan.

    >>> w = mx.array([1.0, 1.0], dtype=mx.float16)
    >>> g = mx.array([0.5, 0.0], dtype=mx.float16)
    >>> adam = optim.Adam(learning_rate=0.01)
    >>> print(adam.apply_gradients({"w": g}, {"w": w})["w"])
    array([0.968262, -nan], dtype=float16)
    >>> print(mx.array(1e-8, dtype=mx.float16))
    array(0, dtype=float16)
    """


def half_copy():
    """The step in float32, the model in float16: a copy that is rounded for each forward pass.

    >>> w = mx.array([1.0, 1.0])
    >>> g = mx.array([0.5, 0.0], dtype=mx.float16)
    >>> adam = optim.Adam(learning_rate=0.01)
    >>> w = adam.apply_gradients({"w": g.astype(mx.float32)}, {"w": w})["w"]
    >>> print(w)
    array([0.968377, 1], dtype=float32)
    >>> print(w.astype(mx.float16))
    array([0.968262, 1], dtype=float16)
    """


def half_forever():
    """Adam's average of squares in bfloat16: it never gets smaller.

    >>> for kind in (mx.float32, mx.bfloat16):
    ...     w, g = mx.zeros(1, dtype=kind), mx.array([10.0], dtype=kind)
    ...     adam = optim.Adam(learning_rate=0.01)
    ...     for t in range(1001):
    ...         w = adam.apply_gradients({"w": g if t == 0 else 0 * g}, {"w": w})["w"]
    ...     print(f"{adam.state['w']['v'].item():.3f}", mx.array(0.999, dtype=kind))
    0.037 array(0.999, dtype=float32)
    0.100 array(1, dtype=bfloat16)
    """


def rate_ignored():
    """Adafactor with two learning rates: the step is the same, for it makes its own.

    >>> w, g = mx.ones((2, 2)), mx.full((2, 2), 0.5)
    >>> for eta in (0.5, 0.001):
    ...     made = optim.Adafactor(learning_rate=eta)
    ...     print(made.apply_gradients({"w": g}, {"w": w})["w"][0, 0])
    array(0.99, dtype=float32)
    array(0.99, dtype=float32)
    """


def rate_used():
    """The same with `relative_step=False`.

    >>> w, g = mx.ones((2, 2)), mx.full((2, 2), 0.5)
    >>> for eta in (0.5, 0.001):
    ...     made = optim.Adafactor(learning_rate=eta, relative_step=False)
    ...     print(made.apply_gradients({"w": g}, {"w": w})["w"][0, 0])
    array(0.5, dtype=float32)
    array(0.999, dtype=float32)
    """


def split_by_layer():
    """Muon for the first layer, AdamW for the rest: raises ValueError.

    >>> mx.random.seed(0)
    >>> model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
    >>> both = optim.MultiOptimizer(
    ...     [optim.Muon(0.01), optim.AdamW(0.01)],
    ...     [lambda name, w: name.startswith("layers.0") and w.ndim == 2],
    ... )
    >>> grads = nn.value_and_grad(model, lambda: model(x[None]).sum())()[1]
    >>> both.update(model, grads)
    Traceback (most recent call last):
      ...
    ValueError: Trees contain elements at the same locations but no merge function was provided
    """


def split_by_name():
    """The same with layers of names of their own.

    >>> mx.random.seed(0)
    >>> model = SimpleNN()
    >>> both = optim.MultiOptimizer(
    ...     [optim.Muon(0.01), optim.AdamW(0.01)],
    ...     [lambda name, w: name.startswith("fc1") and w.ndim == 2],
    ... )
    >>> grads = nn.value_and_grad(model, lambda: model(x[None]).sum())()[1]
    >>> both.update(model, grads)
    >>> muon, adamw = both.state["states"]
    >>> print(sorted(muon["fc1"]["weight"]), sorted(adamw["fc1"]["bias"]))
    ['v'] ['m', 'v']
    """
