"""Solutions to the exercises on schedules and clipping."""

from collections.abc import Callable

import mlx.core as mx
import mlx.optimizers as optim

from snippets.schedules import clip_norm


def eighth_update():
    """The rate of the eighth update under a warm-up to 0.3 in 20: its number is 7.

    >>> sgd = optim.SGD(learning_rate=optim.linear_schedule(0, 0.3, 20))
    >>> w = {"w": mx.array(1.0)}
    >>> for update in range(8):
    ...     w = sgd.apply_gradients({"w": mx.array(1.0)}, w)
    >>> rate = sgd.learning_rate.item()
    >>> print(f"{rate:.3f}")
    0.105
    """


def shorten():
    """The gradient (6, −8) shortened to 5.

    >>> g_hat = clip_norm(mx.array([6.0, -8.0]), 5.0)
    >>> print(f"{g_hat[0].item():.1f} {g_hat[1].item():.1f}")
    3.0 -4.0
    """


def three_parts():
    """Parts of 5, 3 and 2 examples with mean gradients 1, 2 and 6.

    >>> g, N = mx.array([1.0, 2.0, 6.0]), mx.array([5.0, 3.0, 2.0])
    >>> whole = ((N * g).sum() / N.sum()).item()
    >>> print(f"{whole:.1f} {g.mean().item():.1f}")
    2.3 3.0
    """


def inverse_root(eta_max: float, T_w: int) -> Callable[[mx.array], mx.array]:
    """A schedule that rises for T_w updates and then falls with the root of their number.

    >>> schedule = inverse_root(0.1, 100)
    >>> sgd = optim.SGD(learning_rate=schedule)
    >>> for t in (0, 50, 100, 250):
    ...     eta = schedule(mx.array(t)).item()
    ...     print(f"{t:3} {eta:.4f}")
      0 0.0000
     50 0.0500
    100 0.1000
    250 0.0632
    """
    return lambda t: eta_max * mx.minimum(t / T_w, mx.sqrt(T_w / t))


def clipped_adam():
    """A hundred steps of Adam under a steady gradient of 50, clipped to 1 and not: how far each went.

    >>> ends = []
    >>> for limit in (1.0, 1000.0):
    ...     adam, w = optim.Adam(0.01, bias_correction=True), {"w": mx.zeros(1)}
    ...     for update in range(100):
    ...         clipped, norm = optim.clip_grad_norm({"w": mx.array([50.0])}, limit)
    ...         w = adam.apply_gradients(clipped, w)
    ...     ends.append(w["w"].item())
    >>> times = ends[0] / ends[1]
    >>> print(f"{ends[0]:.3f} {ends[1]:.3f} {times:.2f}")
    -1.000 -1.000 1.00
    """
