"""The chapter full/matrix-calculus: its shapes, both layouts, and what it says of MLX."""

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from snippets.backward import agree
from snippets.differentials import along_inputs, along_weights, cyclic, product_differential
from snippets.layers import weighted_sums
from snippets.matrix_calculus import (
    W,
    X,
    b,
    came_back,
    example,
    jacobian,
    layer_gradients,
    pulled_back,
    weight_gradient,
)

N, OUT, IN = 5, 3, 4


@pytest.fixture
def layer():
    """Inputs, weights, biases and errors of a layer whose sizes all differ."""
    mx.random.seed(0)
    shapes = (N, IN), (OUT, IN), (OUT,), (N, OUT)
    return [mx.random.normal(shape) for shape in shapes]


def test_the_gradients_of_a_layer_are_those_of_mlx(layer):
    X, W, b, Delta = layer
    mine = layer_gradients(X, W, b, lambda Z: Delta)[1:]

    def loss(W, b, X):
        return (Delta * weighted_sums(X, W, b)).sum()

    theirs = mx.grad(loss, argnums=(0, 1, 2))(W, b, X)
    for by_hand, by_mlx in zip(mine, theirs, strict=True):
        assert by_hand.shape == by_mlx.shape and mx.allclose(by_hand, by_mlx, atol=1e-5)
    assert mx.allclose(weight_gradient(X, W, b, lambda Z: Delta), theirs[0], atol=1e-5)


def test_weights_on_the_right_have_inputs_transposed_times_errors(layer):
    X, W, _, Delta = layer
    in_V, in_X = mx.grad(lambda V, X: (Delta * (X @ V)).sum(), argnums=(0, 1))(W.T, X)
    assert mx.allclose(in_V, X.T @ Delta, atol=1e-5)
    assert mx.allclose(in_X, Delta @ W, atol=1e-5)


def test_a_gradient_has_the_shape_of_its_argument():
    for shape in ((), (3,), (2, 3), (2, 1, 3)):
        assert mx.grad(lambda w: (w * w).sum())(mx.ones(shape)).shape == shape


def test_nn_linear_keeps_one_row_per_neuron():
    layer = nn.Linear(IN, OUT)
    grads = nn.value_and_grad(layer, lambda X: layer(X).sum())(mx.ones((N, IN)))[1]
    assert layer.weight.shape == grads["weight"].shape == (OUT, IN)


def test_one_product_fits_the_shapes_unless_two_sizes_are_equal():
    """Of all products of the errors and the inputs, each as it is or transposed."""

    def fitting(N, OUT, IN):
        ways = []
        for first, second in (((N, OUT), (N, IN)), ((N, IN), (N, OUT))):
            for left in (first, first[::-1]):
                for right in (second, second[::-1]):
                    if left[1] == right[0] and (left[0], right[1]) == (OUT, IN):
                        ways.append((left, right))
        return len(ways)

    assert fitting(5, 3, 4) == 1
    assert fitting(5, 3, 3) == 2


def test_the_two_layouts_are_transposes():
    x, g = mx.array([2.0, 3.0]), mx.array([[1.0], [-1.0], [0.5]])
    row, column = g.T @ jacobian(x), jacobian(x).T @ g
    assert row.shape == (1, 2) and column.shape == (2, 1) and mx.array_equal(row.T, column)
    assert mx.array_equal(pulled_back(x, g[:, 0]), column[:, 0])


def test_two_steps_multiply_outer_times_inner():
    x = mx.array([2.0, 3.0])
    M = mx.array([[1.0, 0.0, 2.0], [0.5, -1.0, 0.0]])
    rows = [mx.grad(lambda x, k=k: (M @ example(x))[k])(x) for k in range(2)]
    assert mx.allclose(mx.stack(rows), M @ jacobian(x))


def test_what_the_product_rule_leaves_out_shrinks_with_the_square():
    rng = np.random.default_rng(0)
    A, B = rng.normal(size=(2, 3)), rng.normal(size=(3, 4))
    dA, dB = rng.normal(size=(2, 3)), rng.normal(size=(3, 4))
    left_out = [
        np.abs((A + t * dA) @ (B + t * dB) - A @ B - product_differential(A, B, t * dA, t * dB))
        for t in (1e-1, 1e-2)
    ]
    assert np.allclose(left_out[0], 100 * left_out[1])


def test_every_change_has_the_gradient_before_it(layer):
    X, W, _, Delta = layer
    for place in np.ndindex(N, IN):
        dX = np.zeros((N, IN), np.float32)
        dX[place] = 1
        assert along_inputs(Delta, W, mx.array(dX)).item() == pytest.approx(
            (Delta @ W)[place].item(), rel=1e-4, abs=1e-6
        )
    for place in np.ndindex(IN, OUT):
        dV = np.zeros((IN, OUT), np.float32)
        dV[place] = 1
        assert along_weights(Delta, X, mx.array(dV)).item() == pytest.approx(
            (X.T @ Delta)[place].item(), rel=1e-4, abs=1e-6
        )


def test_a_trace_goes_round_and_no_further():
    A, B = mx.array([[1.0, 2.0], [3.0, 4.0]]), mx.array([[0.0, 1.0], [1.0, 0.0]])
    C = mx.array([[1.0, 0.0], [0.0, 2.0]])
    assert cyclic(A, B, C).item() == cyclic(C, A, B).item() == cyclic(B, C, A).item() == 8
    assert cyclic(A, C, B).item() == 7


def test_a_gradient_of_six_numbers_is_refused_and_a_vjp_is_not():
    with pytest.raises(ValueError, match="does not match cotangent shape"):
        mx.grad(lambda W: weighted_sums(X, W, b))(W)
    _, (dL_dW,) = mx.vjp(lambda W: weighted_sums(X, W, b), [W], [came_back])
    assert agree(dL_dW, came_back.T @ X)
    assert weighted_sums(X, W, b).size == 6 and 6 * W.size == 24


def test_a_bias_silently_becomes_a_matrix_and_the_next_batch_raises():
    b_new = b - 0.1 * came_back
    assert b_new.shape == (3, 2)
    with pytest.raises(ValueError, match="[Bb]roadcast"):
        weighted_sums(mx.ones((4, 2)), W, b_new)
