"""Steps of optimizers, penalties, clipping and schedules."""

import mlx.core as mx
from jaxtyping import Float

SYMBOLS = {
    "beta1": {"range": "unit"},
    "beta2": {"range": "unit"},
    "mu": {"range": "unit"},
    "rho": {"range": "unit"},
    "eta": {"range": "positive"},
    "epsilon": {"range": "positive"},
    "lambda_": {"range": "positive"},
    "tau": {"range": "positive"},
    "v": {"range": "positive"},
    "s": {"range": "positive"},
}


def momentum_step(
    w: Float[mx.array, "..."],
    v: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    mu: float,
    eta: float,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""One step with momentum: velocity, then parameter.

    $$
    v_t = \mu v_{t-1} + g_t
    $$

    $$
    w_t = w_{t-1} - \eta v_t
    $$
    """
    v = mu * v + g
    return v, w - eta * v


def nesterov_step(
    w: Float[mx.array, "..."],
    v: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    mu: float,
    eta: float,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""One step of Nesterov's momentum, which looks ahead.

    $$
    v_t = \mu v_{t-1} + g_t
    $$

    $$
    w_t = w_{t-1} - \eta (g_t + \mu v_t)
    $$
    """
    v = mu * v + g
    return v, w - eta * (g + mu * v)


def adagrad_step(
    w: Float[mx.array, "..."],
    s: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    eta: float,
    epsilon: float,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""One step of AdaGrad.

    $$
    s_t = s_{t-1} + g_t^2
    $$

    $$
    w_t = w_{t-1} - \frac{\eta}{\sqrt{s_t} + \epsilon} g_t
    $$
    """
    s = s + g**2
    return s, w - eta / (mx.sqrt(s) + epsilon) * g


def rmsprop_step(
    w: Float[mx.array, "..."],
    s: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    rho: float,
    eta: float,
    epsilon: float,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""One step of RMSProp.

    $$
    s_t = \rho s_{t-1} + (1 - \rho) g_t^2
    $$

    $$
    w_t = w_{t-1} - \eta \frac{g_t}{\sqrt{s_t + \epsilon}}
    $$
    """
    s = rho * s + (1 - rho) * g * g
    return s, w - eta * g * mx.rsqrt(s + epsilon)


def first_moment(
    m: Float[mx.array, "..."], g: Float[mx.array, "..."], beta1: float
) -> Float[mx.array, "..."]:
    r"""Adam's running mean of the slopes.

    $$
    m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t = m_{t-1} + (1 - \beta_1) (g_t - m_{t-1})
    $$
    """
    return beta1 * m + (1 - beta1) * g


def second_moment(
    v: Float[mx.array, "..."], g: Float[mx.array, "..."], beta2: float
) -> Float[mx.array, "..."]:
    r"""Adam's running mean of the squared slopes.

    $$
    v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2
    $$
    """
    return beta2 * v + (1 - beta2) * g**2


def corrected(m: Float[mx.array, "..."], beta1: float, t: int) -> Float[mx.array, "..."]:
    r"""Adam's correction of the bias towards 0.

    $$
    \hat{m} = \frac{m}{1 - \beta_1^t}
    $$
    """
    return m / (1 - beta1**t)


def adamw_step(
    w: Float[mx.array, "..."],
    m: Float[mx.array, "..."],
    v: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    t: int,
    beta1: float,
    beta2: float,
    eta: float,
    epsilon: float,
    lambda_: float,
) -> tuple[
    Float[mx.array, "..."],
    Float[mx.array, "..."],
    Float[mx.array, "..."],
    Float[mx.array, "..."],
    Float[mx.array, "..."],
]:
    r"""One step of AdamW: the decay stays out of both averages.

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
    w_t = w_{t-1} - \eta \left( \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}
        + \lambda w_{t-1} \right)
    $$
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return m, v, m_hat, v_hat, w - eta * (m_hat / (mx.sqrt(v_hat) + epsilon) + lambda_ * w)


def lion_step(
    w: Float[mx.array, "..."],
    m: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    beta1: float,
    beta2: float,
    eta: float,
    alpha: float,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."], Float[mx.array, "..."]]:
    r"""One step of Lion: only the sign of the mixed slope counts.

    $$
    c_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t
    $$

    $$
    w_t = w_{t-1} - \eta (\operatorname{sign}(c_t) + \alpha w_{t-1})
    $$

    $$
    m_t = \beta_2 m_{t-1} + (1 - \beta_2) g_t
    $$
    """
    c = beta1 * m + (1 - beta1) * g
    return c, w - eta * (mx.sign(c) + alpha * w), beta2 * m + (1 - beta2) * g


def averaged_step(
    w_bar: Float[mx.array, "..."], w: Float[mx.array, "..."], rho: float
) -> Float[mx.array, "..."]:
    r"""Running average of the parameters.

    $$
    \bar{w}_t = \rho \bar{w}_{t-1} + (1 - \rho) w_t
    $$
    """
    return rho * w_bar + (1 - rho) * w


def clip_by_norm(g: Float[mx.array, "n"], tau: float) -> Float[mx.array, "n"]:
    r"""Gradient no longer than the threshold.

    $$
    \tilde{g} = \min\left(1, \frac{\tau}{\|g\|}\right) g
    $$

    $$
    \tilde{g}_i = \begin{cases} g_i & \|g\| \le \tau
        \\ \frac{\tau g_i}{\|g\|} & \|g\| > \tau \end{cases}
    $$
    """
    norm = mx.sqrt((g * g).sum())
    return mx.minimum(1, tau / norm) * g


def clip_by_value(g: Float[mx.array, "..."], tau: float) -> Float[mx.array, "..."]:
    r"""Every entry between two bounds.

    $$
    \hat{g} = \max(-\tau, \min(g, \tau))
    $$
    """
    return mx.clip(g, -tau, tau)


def ridge(w: Float[mx.array, "n"], lambda_: float) -> Float[mx.array, ""]:
    r"""L2 penalty.

    $$
    R = \frac{\lambda}{2} \sum_{i=1}^{n} w_i^2 = \frac{\lambda}{2} \|w\|^2
    $$
    """
    return 0.5 * lambda_ * (w * w).sum()


def ridge_slope(w: Float[mx.array, "n"], lambda_: float) -> Float[mx.array, "n"]:
    r"""Slope of the L2 penalty.

    $$
    \frac{\partial R}{\partial w_i} = \lambda w_i
    $$
    """
    return lambda_ * w


def lasso(w: Float[mx.array, "n"], alpha: float) -> Float[mx.array, ""]:
    r"""L1 penalty.

    $$
    P = \alpha \|w\|_1 = \alpha \sum_{i=1}^{n} \lvert w_i \rvert
    $$
    """
    return alpha * mx.abs(w).sum()


def lasso_slope(w: Float[mx.array, "n"], alpha: float) -> Float[mx.array, "n"]:
    r"""Slope of the L1 penalty.

    $$
    \frac{\partial P}{\partial w_i} = \alpha \operatorname{sign}(w_i)
    $$
    """
    return alpha * mx.sign(w)


def quadratic(
    A: Float[mx.array, "n n"], w: Float[mx.array, "n"], b: Float[mx.array, "n"]
) -> Float[mx.array, ""]:
    r"""A quadratic bowl.

    $$
    Q = \frac{1}{2} w^\top A w - b^\top w
    $$
    """
    return 0.5 * w @ A @ w - b @ w


def quadratic_slope(
    A: Float[mx.array, "n n"], w: Float[mx.array, "n"], b: Float[mx.array, "n"]
) -> Float[mx.array, "n"]:
    r"""Gradient of the bowl.

    $$
    \nabla_w Q = \frac{1}{2} (A + A^\top) w - b
    $$
    """
    return 0.5 * (A + A.T) @ w - b


def quadratic_hessian(A: Float[mx.array, "n n"]) -> Float[mx.array, "n n"]:
    r"""Hessian of the bowl.

    $$
    \frac{\partial^2 Q}{\partial w_i \partial w_j} = \frac{a_{ij} + a_{ji}}{2}
    $$
    """
    return (A + A.T) / 2


def warm_up(t: int, k: int, eta: float) -> float:
    r"""Learning rate that rises in a straight line, then stays.

    $$
    r = \begin{cases} \frac{t}{k} \eta & t < k \\ \eta & \text{otherwise} \end{cases}
    $$

    $$
    r = \min\left(\frac{t}{k}, 1\right) \eta
    $$
    """
    return eta * min(t / k, 1)


def inverse_decay(t: int, eta: float, rho: float) -> float:
    r"""Learning rate that decays as one over time.

    $$
    \tilde{r} = \frac{\eta}{1 + \rho t}
    $$
    """
    return eta / (1 + rho * t)


def step_decay(t: int, eta: float, rho: float) -> float:
    r"""Learning rate that shrinks by a factor at each step.

    $$
    \hat{r} = \eta \rho^{t} = \eta \prod_{s=1}^{t} \rho
    $$
    """
    return eta * rho**t
