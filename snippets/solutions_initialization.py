"""Solutions to the exercises on initialization."""

import math

import mlx.core as mx
import mlx.nn as nn

from snippets.initialization import (
    after_layers, all_signs, distinct, layer_factors, variances,
)
from snippets.training import inputs, targets


def he_for_fifty():
    """He's variance for fifty inputs: 2 divided by 50, whatever the number of neurons.

    >>> v_LeCun, v_Xavier, v = variances(n_in=50, n_out=20)
    >>> print(v)
    0.04
    """


def four_layers():
    """A factor of 3, four times over.

    >>> g, g_back = layer_factors(n_in=100, n_out=100, v=0.06)
    >>> h = after_layers(u=1.0, g=g, m=4)
    >>> print(f"{g:.1f} {h:.1f}")
    3.0 81.0
    """


def make_it_he():
    """From a variance of 1/(3n) to one of 2/n it takes a factor of 6, so of √6 for the weights.

    >>> mx.random.seed(0)
    >>> W = nn.Linear(400, 1000).weight
    >>> factor = math.sqrt(2 / (1 / 3))
    >>> share = mx.var(factor * W).item() / (2 / 400)
    >>> print(f"{factor:.4f} {share:.2f}")
    2.4495 1.00
    """


def leaky():
    """Leaky ReLU with a slope of one half below 0: over all signs it keeps ⅝ of the mean square.

    >>> x = mx.array([0.5, 0.2, -0.3])
    >>> signs = mx.array(all_signs(3))  # (8, 3)
    >>> z = signs @ x
    >>> kept = (nn.leaky_relu(z, 0.5) ** 2).mean() / (z**2).mean()
    >>> nv = 1 / kept.item()
    >>> print(f"{kept.item():.4f} {nv:.4f}")
    0.6250 1.6000
    """


def half_zero():
    """Hidden weights of 0 and random output weights, a hundred steps: with tanh, then with ReLU.

    >>> def loss_fn(parameters, sigma):
    ...     W1, b1, W2, b2 = parameters
    ...     z = sigma(inputs @ W1.T + b1) @ W2.T + b2
    ...     return nn.losses.binary_cross_entropy(z, targets)
    >>> found = []
    >>> for sigma in (mx.tanh, nn.relu):
    ...     mx.random.seed(0)
    ...     p = [mx.zeros((8, 2)), mx.zeros(8), mx.random.normal((1, 8)), mx.zeros(1)]
    ...     for step in range(100):
    ...         grads = mx.grad(loss_fn)(p, sigma)
    ...         p = [w - 0.5 * g for w, g in zip(p, grads)]
    ...     found.append(distinct(p[0]))
    >>> neurons, with_relu = found
    >>> print(neurons, with_relu)
    8 1
    """
