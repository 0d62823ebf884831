"""Solutions to the exercises on optimizers."""

import mlx.core as mx
import mlx.optimizers as optim
from jaxtyping import Float

from snippets.optimizers import best_rate, momentum_step


def two_steps():
    """Two steps with momentum where the curvature is 4.

    >>> w, v, h = mx.array(1.0), mx.array(0.0), 4.0
    >>> for t in range(2):
    ...     v, w = momentum_step(w, h * w, v, eta=0.1, mu=0.5)
    ...     print(f"v {v.item():.2f}  w {w.item():.2f}")
    v 4.00  w 0.60
    v 4.40  w 0.16
    """


def other_valley():
    """The best learning rate for the curvatures 2 and 10, and the first that does not shrink.

    >>> eta, rho = best_rate(mx.array([2.0, 10.0]))
    >>> print(f"{eta.item():.4f} {rho.item():.4f} {2 / 10:.1f}")
    0.1667 0.6667 0.2
    """


def decay_alone():
    """A hundred steps without a gradient: decay beside the step, and decay as Adam's gradient.

    >>> print("decay  AdamW   Adam")
    decay  AdamW   Adam
    >>> for decay in (0.05, 0.005):
    ...     adamw = optim.AdamW(0.01, weight_decay=decay, bias_correction=True)
    ...     adam = optim.Adam(0.01, bias_correction=True)
    ...     w = u = mx.array(2.0)
    ...     for t in range(100):
    ...         w = adamw.apply_gradients({"w": mx.array(0.0)}, {"w": w})["w"]
    ...         u = adam.apply_gradients({"w": decay * u}, {"w": u})["w"]
    ...     print(f"{decay:5}  {w.item():.3f}  {u.item():.3f}")
     0.05  1.902  1.098
    0.005  1.990  1.098
    """


def adamax_step(
    w: Float[mx.array, "..."],
    g: Float[mx.array, "..."],
    m: Float[mx.array, "..."],
    v: Float[mx.array, "..."],
    eta: float,
    beta1: float,
    beta2: float,
    epsilon: float = 1e-8,
) -> tuple[Float[mx.array, "..."], Float[mx.array, "..."], Float[mx.array, "..."]]:
    """One step of Adamax, entry by entry: the average, the largest size, the parameter.

    >>> w, new, eta = mx.array([1.0, -2.0]), {"w": mx.array([1.0, -2.0])}, 0.01
    >>> m, v, adamax = mx.zeros(2), mx.zeros(2), optim.Adamax(learning_rate=eta)
    >>> for t in range(20):
    ...     m, v, w = adamax_step(w, w**3, m, v, eta, 0.9, 0.999)
    ...     new = adamax.apply_gradients({"w": new["w"] ** 3}, new)
    >>> print(w)
    array([0.888063, -1.8831], dtype=float32)
    >>> print(new["w"])
    array([0.888063, -1.8831], dtype=float32)
    """
    m = beta1 * m + (1 - beta1) * g
    v = mx.maximum(beta2 * v, mx.abs(g))
    w = w - eta * m / (v + epsilon)
    return m, v, w


def late_turn():
    """Lion after a long steady gradient of 1: the first step that obeys a gradient of −1.

    >>> lion, w = optim.Lion(learning_rate=1.0), mx.array(0.0)
    >>> for t in range(1000):
    ...     w = lion.apply_gradients({"w": mx.array(1.0)}, {"w": w})["w"]
    >>> turned = 0
    >>> before = after = w
    >>> while after <= before:
    ...     before, turned = after, turned + 1
    ...     after = lion.apply_gradients({"w": mx.array(-1.0)}, {"w": before})["w"]
    >>> print(turned)
    60
    """
