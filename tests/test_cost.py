"""What the chapter `full/cost` says of MLX, beside what its own programs show."""

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from snippets.cost import deep_loss, matrix_products
from two_passes.bench import gradients


@pytest.mark.parametrize("layers", [1, 2, 7])
def test_three_products_of_matrices_a_layer_but_for_the_first(layers):
    parameters, X = gradients.network(3, layers), mx.ones((4, 3))
    L, grads = mx.value_and_grad(deep_loss)(parameters, X)
    assert matrix_products(deep_loss(parameters, X)) == layers
    assert matrix_products(L, *(g for pair in grads for g in pair)) == 3 * layers - 1


def test_a_layer_wrapped_by_mlx_nn_learns_and_a_module_in_mx_checkpoint_does_not():
    layer, x = nn.Linear(2, 3), mx.array([0.5, 0.1])
    whole = nn.value_and_grad(layer, lambda m: m(x).sum())(layer)[1]
    wrapped = nn.utils.checkpoint(layer)
    good = nn.value_and_grad(layer, lambda _: wrapped(x).sum())(layer)[1]
    lost = nn.value_and_grad(layer, lambda m: mx.checkpoint(m)(x).sum())(layer)[1]
    assert mx.array_equal(good["weight"], whole["weight"]) and whole["weight"].any().item()
    assert not lost["weight"].any().item()


def test_a_random_key_cannot_be_passed_into_a_checkpoint():
    def dropout(x, key):
        return mx.where(mx.random.bernoulli(0.5, x.shape, key=key), 2 * x, 0)

    with pytest.raises(ValueError, match="RandomBits"):
        mx.grad(lambda x: mx.checkpoint(dropout)(x, mx.random.key(0)).sum())(mx.ones(4))


@pytest.mark.parametrize("every", gradients.BLOCKS)
def test_the_bench_takes_the_same_gradient_with_checkpoints(every):
    parameters, X = gradients.network(4, 17), mx.ones((3, 4)) / 2
    whole = mx.value_and_grad(gradients.loss)(parameters, X)[1]
    again = mx.value_and_grad(gradients.checkpointed(every))(parameters, X)[1]
    for (W, b), (W2, b2) in zip(whole, again, strict=True):
        np.testing.assert_allclose(np.array(W), np.array(W2), rtol=1e-5)
        np.testing.assert_allclose(np.array(b), np.array(b2), rtol=1e-5)


def test_slopes_that_nobody_asks_for_are_not_computed():
    """Only the last layer learns: one product on the way back, whatever is before it."""
    X, (*frozen, last) = mx.ones((4, 3)), gradients.network(3, 6)
    L, grads = mx.value_and_grad(lambda last: deep_loss([*frozen, last], X))(last)
    assert matrix_products(L, *grads) == 6 + 1
