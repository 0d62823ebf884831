"""Solutions to the exercises on what a gradient costs."""

import math

import mlx.core as mx

from snippets.cost import deep_loss, kept_bytes, kept_with_checkpoints, matrix_products, network_ratio


def first_layer():
    """The first layer goes back to its weights only: one product of matrices, not two.

    >>> N, n_in, n_out = 426, 30, 8
    >>> products = N * n_in * n_out
    >>> print(products)
    102240
    """


def three_layers():
    """3-4-5-2: the multiplications of each layer, and the ratio.

    >>> sizes = [3, 4, 5, 2]
    >>> c = mx.array([float(a * b) for a, b in zip(sizes, sizes[1:])])
    >>> r = network_ratio(c)
    >>> print(c, r)
    array([12, 20, 10], dtype=float32) array(2.71429, dtype=float32)
    """


def what_is_kept():
    """Ten layers of 256 neurons, 512 examples: bytes over those of one MiB.

    >>> mebibytes = kept_bytes(N=512, n=256, D=10) / 2**20
    >>> print(mebibytes)
    10.0
    """


def best_block():
    """The k at which the two parts are equal, and what is kept beside it.

    >>> D = 50
    >>> k = math.sqrt(D / 2)
    >>> print(k, [kept_with_checkpoints(1, 1, D, each) / 4 for each in (2, 5, 10)])
    5.0 [29.0, 20.0, 25.0]
    """


def last_layer_only():
    """Matrix products in the graph where only the last layer learns.

    >>> X = mx.ones((4, 3))
    >>> *frozen, last = [(mx.full((3, 3), 0.5), mx.zeros(3)) for _ in range(5)]
    >>> mx.eval(frozen, last)
    >>> loss_of = lambda last: deep_loss([*frozen, last], X)
    >>> L, grads = mx.value_and_grad(loss_of)(last)
    >>> products = matrix_products(L, *grads)
    >>> print(products)
    6
    """
