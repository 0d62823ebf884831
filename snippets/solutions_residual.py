"""Solutions to the exercises on residual connections."""

import mlx.core as mx
import mlx.nn as nn

from snippets.network import W1, b1
from snippets.residual import V, block_back, compounded, many_blocks


def other_slope():
    """The way back through the block of the example, from other slopes.

    >>> delta, s = block_back(mx.array([0.5, 0.2]), W1, b1, V, mx.array([2.0, 1.0]))
    >>> print(delta)
    array([2.3, -1], dtype=float32)
    >>> print(s)
    array([2.38, -2.33], dtype=float32)
    """


def two_of_four():
    """Of the 16 paths through four blocks, six go through just two branches.

    >>> paths = [[a, b, c, d] for a in (0, 1) for b in (0, 1) for c in (0, 1) for d in (0, 1)]
    >>> two = sum(sum(path) == 2 for path in paths)
    >>> print(len(paths), two)
    16 6
    """


def weaker_path():
    """The input scaled by 0.9 before it is added: what the path alone passes on through forty blocks.

    >>> p, r = many_blocks(0.9, 40)
    >>> print(f"{p:.4f}")
    0.0148
    """


def how_loud():
    """A hundred blocks, each of which adds a hundredth of the mean square.

    >>> h = compounded(1.0, 0.01, 100)
    >>> print(f"{h:.4f}")
    2.7048
    """


def zero_start():
    """Which gradients of a block with V = 0 are 0 at the first step, and which at the second.

    >>> mx.random.seed(0)
    >>> X, target = mx.random.normal((8, 4)), mx.random.normal((8, 4))
    >>> weights = [mx.random.normal((4, 4)), mx.zeros((4, 4))]
    >>> def loss(weights):
    ...     W, V = weights
    ...     return ((X + nn.relu(X @ W.T) @ V.T - target) ** 2).mean()
    >>> zero = []
    >>> for step in range(2):
    ...     grads = mx.grad(loss)(weights)
    ...     zero.append([not g.any().item() for g in grads])
    ...     weights = [w - 0.1 * g for w, g in zip(weights, grads)]
    >>> print(zero)
    [[True, False], [False, False]]
    >>> zeros = sum(zero[0])
    """
