"""Solutions to the exercises on the update."""

import mlx.core as mx
import mlx.optimizers as optim

from snippets.backward import backward
from snippets.network import W1, W2, b1, b2, x, y
from snippets.update import sgd_step


def smaller_step():
    """One step of gradient descent on the output bias.

    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> b2_new = sgd_step(b2, dL_db2, eta=0.1)
    >>> print(b2_new)
    array([-0.338936], dtype=float32)
    """


def one_learning_rate():
    """Adam's first step of the output bias: one learning rate, against the sign of its gradient.

    >>> dL_dW1, dL_db1, dL_dW2, dL_db2 = backward(x, y, W1, b1, W2, b2)
    >>> adam = optim.Adam(learning_rate=0.01, bias_correction=True)
    >>> b2_new = adam.apply_gradients({"b2": dL_db2}, {"b2": b2})["b2"]
    >>> print(b2_new)
    array([-0.39], dtype=float32)
    """


def shorter_memory():
    """Adam's first step without correction: (1 - β1) / √(1 - β2) learning rates.

    >>> w, g = mx.array([1.0]), mx.array([0.25])
    >>> adam = optim.Adam(learning_rate=0.01, betas=[0.9, 0.99])
    >>> step = w - adam.apply_gradients({"w": g}, {"w": w})["w"]
    >>> times = (step / 0.01).item()
    >>> print(f"{times:.3f}")
    1.000
    """


def too_far():
    """One step with a learning rate of 10 shuts a gate; from then on its neuron gets no gradient from this example.

    >>> before = [W1, b1, W2, b2]
    >>> grads = backward(x, y, *before)
    >>> after = [sgd_step(w, g, eta=10.0) for w, g in zip(before, grads)]
    >>> z1 = after[0] @ x + after[1]
    >>> open_gates = (z1 > 0).sum().item()
    >>> print(z1 > 0, open_gates)
    array([True, False], dtype=bool) 1
    >>> for g in backward(x, mx.array([0.0]), *after):  # y = 0
    ...     print(g)
    array([[1.61021, 0.644086],
           [0, 0]], dtype=float32)
    array([3.22043, 0], dtype=float32)
    array([[7.46952, 0]], dtype=float32)
    array([1], dtype=float32)
    """
