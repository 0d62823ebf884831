"""The chapter full/four-equations: what it says of every depth, of the losses, and of MLX."""

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from snippets.activations import gelu, relu_slope, sigmoid_prime, silu, tanh
from snippets.backward import agree, backward
from snippets.forward import relu, sigmoid
from snippets.four_equations import (
    W,
    b,
    backward_all,
    deep_network,
    errors,
    finite_differences_deep,
    forward_all,
    gradients,
    loss_of,
)
from snippets.loss import binary_cross_entropy, loss_slope
from snippets.network import W1, W2, b1, b2, x, y
from snippets.output_errors import cross_entropy_sigmoid, squared_error

label = mx.array([1.0, 0.0])
ACTIVATIONS = {
    "tanh": (mx.tanh, lambda z: tanh(z)[1]),
    "sigmoid": (sigmoid, sigmoid_prime),
    "ReLU": (relu, relu_slope),
    "SiLU": (nn.silu, lambda z: silu(z)[1]),
    "GELU": (nn.gelu, lambda z: gelu(z)[1]),
    "none": (lambda z: z, mx.ones_like),
}
LOSSES = {
    "squared error": (lambda p: (p - label) ** 2 / 2, lambda p: p - label),
    "cross-entropy": (lambda p: binary_cross_entropy(p, label), lambda p: loss_slope(p, label)),
}


def by_autodiff(W, b, sigma, tau, ell):
    def loss(W, b):
        return loss_of(ell, forward_all(x, W, b, sigma, tau)[2])

    return mx.grad(loss, argnums=(0, 1))(W, b)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("D", range(2, 7))
def test_all_gradients_are_those_of_mlx(D, name, loss):
    """With indices and with matrices, for every hidden activation of the book."""
    (W_D, b_D), (sigma, sigma_prime), (ell, ell_prime) = (
        deep_network(D),
        ACTIVATIONS[name],
        LOSSES[loss],
    )
    W_D = [W_l / 2 for W_l in W_D]  # so that no sigmoid saturates
    net = x, W_D, b_D, sigma, sigma_prime, sigmoid, sigmoid_prime, ell_prime
    in_W, in_b = by_autodiff(W_D, b_D, sigma, sigmoid, ell)
    for way in (gradients, backward_all):
        delta, dL_db, dL_dW = way(*net)
        for mine, theirs in zip([*dL_dW, *dL_db], [*in_W, *in_b], strict=True):
            assert mine.shape == theirs.shape
            assert mx.allclose(mine, theirs, rtol=1e-4, atol=1e-6)
    assert all(map(mx.array_equal, errors(*net), gradients(*net)[0]))


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "none"])
def test_any_output_activation_with_the_squared_error(name):
    tau, tau_prime = ACTIVATIONS[name]
    ell, ell_prime = LOSSES["squared error"]
    W_D, b_D = deep_network(4)
    net = x, W_D, b_D, mx.tanh, ACTIVATIONS["tanh"][1], tau, tau_prime, ell_prime
    in_W, in_b = by_autodiff(W_D, b_D, mx.tanh, tau, ell)
    delta, dL_db, dL_dW = backward_all(*net)
    for mine, theirs in zip([*dL_dW, *dL_db], [*in_W, *in_b], strict=True):
        assert mx.allclose(mine, theirs, rtol=1e-4, atol=1e-6)


def test_a_slope_left_out_is_seen_at_every_depth():
    """The check of the page is one: without the slope of a hidden layer it says False."""
    ell, ell_prime = LOSSES["cross-entropy"]
    for D in range(2, 7):
        W_D, b_D = deep_network(D)
        wrong = x, W_D, b_D, mx.tanh, mx.ones_like, sigmoid, sigmoid_prime, ell_prime
        in_W, in_b = by_autodiff(W_D, b_D, mx.tanh, sigmoid, ell)
        assert not agree(backward_all(*wrong)[1][0], in_b[0])


def test_two_layers_are_the_network_of_the_core():
    _, dL_db, dL_dW = backward_all(
        *(x, [W1, W2], [b1, b2], relu, relu_slope, sigmoid, sigmoid_prime),
        lambda y_hat: loss_slope(y_hat, y),
    )
    mine = [dL_dW[0], dL_db[0], dL_dW[1], dL_db[1]]
    assert all(map(mx.allclose, mine, backward(x, y, W1, b1, W2, b2)))


def test_the_first_matrix_of_the_page_is_the_books():
    assert mx.array_equal(W[0], W1) and mx.array_equal(b[0], b1)


def test_neighbouring_layers_have_different_sizes():
    for D in range(2, 7):
        assert all(out != n for out, n in (W_l.shape for W_l in deep_network(D)[0]))


def test_finite_differences_go_through_the_same_network():
    W_D, b_D = deep_network(3)
    ell = LOSSES["squared error"][0]
    in_W, in_b = by_autodiff(W_D, b_D, mx.tanh, sigmoid, ell)
    exact = np.array(label, np.float64)
    found = finite_differences_deep(x, W_D, b_D, lambda p: (p - exact) ** 2 / 2)
    assert all(map(agree, found, [*in_W, *in_b]))


# ---- when the slope of the activation stands


def test_the_rows_of_the_table():
    z, y = mx.array([-2.0, -0.3, 0.0, 1.7]), mx.array([1.0, 0.0, 1.0, 0.0])
    y_hat = mx.sigmoid(z)
    same = squared_error(z, y, lambda z: z, mx.ones_like)[2]
    assert mx.allclose(same, z - y)
    stands = squared_error(z, y, sigmoid, sigmoid_prime)[2]
    assert mx.allclose(stands, (y_hat - y) * y_hat * (1 - y_hat))
    squared = mx.grad(lambda z: ((mx.sigmoid(z) - y) ** 2 / 2).sum())(z)
    assert mx.allclose(stands, squared, atol=1e-6)
    cancels = cross_entropy_sigmoid(z, y)[2]
    mlx = mx.grad(lambda z: nn.losses.binary_cross_entropy(z, y, reduction="sum"))(z)
    assert mx.allclose(cancels, y_hat - y) and mx.allclose(cancels, mlx)


def test_with_softmax_and_the_cross_entropy_of_classes_it_cancels_too():
    z, y = mx.array([0.5, -1.0, 2.0]), mx.array([0.0, 1.0, 0.0])

    def loss(z):
        return -(y * mx.log(mx.softmax(z))).sum()

    assert mx.allclose(mx.grad(loss)(z), mx.softmax(z) - y, atol=1e-6)


def test_the_slope_at_the_wrong_loss_is_off_by_about_ten():
    z = mx.array(-2.0)
    assert 9 < 1 / sigmoid_prime(z).item() < 10


@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_mlx_has_no_half_and_takes_the_mean(count):
    y_hat, y = mx.linspace(0.1, 0.9, count), mx.zeros(count)
    slope = mx.grad(nn.losses.mse_loss)(y_hat, y)
    assert mx.allclose(slope, (y_hat - y) * 2 / count)
    half = mx.grad(lambda p: nn.losses.mse_loss(p, y, reduction="sum") / 2)(y_hat)
    assert mx.allclose(half, y_hat - y)


def test_both_factors_in_float32_make_nan():
    y_hat, z, y = mx.sigmoid(mx.array(40.0)), mx.array(40.0), mx.array(0.0)
    assert y_hat.item() == 1 and loss_slope(y_hat, y).item() == np.inf
    assert sigmoid_prime(z).item() == 0
    assert mx.isnan(loss_slope(y_hat, y) * sigmoid_prime(z)) and (y_hat - y).item() == 1
