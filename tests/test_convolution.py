"""What full/convolution says of convolutions, pooling and their transposes, held against MLX."""

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest
from mlx.utils import tree_flatten

from snippets import conv_digits
from snippets.backward import central_difference
from snippets.conv2d import conv2d, conv2d_backward, output_size, spread
from snippets.convolution import (
    connections,
    convolve,
    kernel_gradient,
    picture_gradient,
    transposed,
)
from snippets.pooling import pool, pool_backward

RNG = np.random.default_rng(0)


def drawn(*shape):
    return mx.array(RNG.normal(0, 1, shape).astype(np.float32))


def one(a):
    """A picture as a batch of one with one channel, or a kernel so."""
    return a[None, :, :, None]


@pytest.mark.parametrize(("size", "kernel"), [((4, 4), (3, 3)), ((5, 7), (2, 4)), ((3, 3), (3, 1))])
def test_one_picture_and_one_kernel_in_three_ways(size, kernel):
    X, W, b = drawn(*size), drawn(*kernel), mx.array(0.5)
    Y = convolve(X, W, b)
    back = drawn(*Y.shape)

    def mlx(W, b, X):
        return (back * (mx.conv2d(one(X), one(W)) + b)[0, :, :, 0]).sum()

    assert mx.allclose(Y, (mx.conv2d(one(X), one(W)) + b)[0, :, :, 0], atol=1e-5)
    by_hand = *kernel_gradient(back, W, b, X), picture_gradient(back, W, b, X)
    autodiff = mx.grad(mlx, argnums=(0, 1, 2))(W, b, X)
    exact = [np.array(a, np.float64) for a in (W, b, X)]
    slopes = np.array(back, np.float64)

    def loss(w, b, x):
        windows = np.lib.stride_tricks.sliding_window_view(x, w.shape)
        return (slopes * (np.einsum("ijuv,uv->ij", windows, w) + b)).sum()

    for k, (hand, auto) in enumerate(zip(by_hand, autodiff, strict=True)):
        finite = central_difference(
            lambda v, k=k: loss(*exact[:k], v, *exact[k + 1 :]), np.atleast_1d(exact[k])
        )
        assert np.array(hand) == pytest.approx(np.array(auto), abs=2e-5)
        assert np.atleast_1d(np.array(hand)) == pytest.approx(finite, abs=2e-5)


def test_the_matrix_of_a_convolution():
    X, W, b, back = drawn(4, 4), drawn(3, 3), mx.array(0.0), drawn(2, 2)
    T = connections(X, W, b).reshape(4, 16)
    assert mx.allclose(T @ X.flatten(), convolve(X, W, b).flatten(), atol=1e-5)
    slopes = picture_gradient(back, W, b, X)
    assert mx.allclose(T.T @ back.flatten(), slopes.flatten(), atol=1e-5)
    assert (T != 0).sum().item() == 36 and T.size == 64


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1])
def test_a_layer_with_stride_and_padding(stride, padding):
    layer = nn.Conv2d(3, 2, kernel_size=(3, 2), stride=stride, padding=padding)
    layer.bias = drawn(2)
    pictures, r = drawn(2, 6, 7, 3), padding
    X = mx.pad(pictures, [(0, 0), (r, r), (r, r), (0, 0)])
    Y = conv2d(layer.weight, X, layer.bias, stride)
    assert mx.allclose(Y, layer(pictures), atol=1e-5)
    assert Y.shape[1] == output_size(6, 3, r, stride)
    assert Y.shape[2] == output_size(7, 2, r, stride)
    back = drawn(*Y.shape)
    places = X.shape[1] - 2, X.shape[2] - 1
    dL_dW, dL_db, dL_dX = conv2d_backward(
        spread(back, stride, *places), layer.weight, layer.bias, X
    )

    def loss(W, b, P):
        return (back * (mx.conv2d(P, W, stride=stride, padding=r) + b)).sum()

    wanted = mx.grad(loss, argnums=(0, 1, 2))(layer.weight, layer.bias, pictures)
    cut = dL_dX[:, r : r + 6, r : r + 7]
    for hand, auto in zip((dL_dW, dL_db, cut), wanted, strict=True):
        assert mx.allclose(hand, auto, atol=1e-4)


def test_layouts():
    layer = nn.Conv2d(3, 8, kernel_size=5)
    assert layer.weight.shape == (8, 5, 5, 3)
    assert mx.array_equal(layer.bias, mx.zeros(8))
    assert mx.abs(layer.weight).max().item() <= (1 / (3 * 25)) ** 0.5
    with pytest.raises(ValueError, match="Expect the input channels"):
        layer(mx.zeros((2, 3, 32, 32)))
    assert nn.ConvTranspose2d(3, 8, kernel_size=5).weight.shape == (8, 5, 5, 3)


# ---- pooling


def test_pooling_is_that_of_mlx_with_ties_too():
    for X in (drawn(6, 4), mx.zeros((6, 4)), mx.round(2 * drawn(6, 4)), mx.maximum(drawn(6, 4), 0)):
        back, layer = drawn(3, 2), nn.MaxPool2d(kernel_size=2)
        assert mx.array_equal(pool(X), layer(one(X))[0, :, :, 0])
        autodiff = mx.grad(
            lambda X, layer=layer, back=back: (back * layer(one(X))[0, :, :, 0]).sum()
        )(X)
        assert mx.allclose(pool_backward(X, back), autodiff, atol=1e-6)


def test_pooling_without_ties_in_finite_differences():
    X, back = drawn(4, 6), drawn(2, 3)
    slopes = np.array(back, np.float64)
    finite = central_difference(
        lambda x: (slopes * x.reshape(2, 2, 3, 2).max(axis=(1, 3))).sum(), np.array(X, np.float64)
    )
    assert np.array(pool_backward(X, back)) == pytest.approx(finite, abs=1e-5)


# ---- transposed


@pytest.mark.parametrize(("size", "kernel"), [((2, 2), (3, 3)), ((3, 4), (2, 3))])
def test_a_transposed_convolution_is_the_way_back(size, kernel):
    Z, W = drawn(*size), drawn(*kernel)
    A = transposed(Z, W)
    assert mx.allclose(A, mx.conv_transpose2d(one(Z), one(W))[0, :, :, 0], atol=1e-5)
    assert mx.allclose(A, picture_gradient(Z, W, mx.array(0.0), A), atol=1e-5)


def test_kernels_change_their_first_and_last_axis_for_the_transpose():
    X, W = drawn(1, 5, 5, 3), drawn(4, 3, 3, 3)
    Y, (slopes,) = mx.vjp(lambda X: mx.conv2d(X, W), [X], [mx.ones((1, 3, 3, 4))])
    again = mx.conv_transpose2d(mx.ones(Y[0].shape), W.transpose(3, 1, 2, 0))
    assert mx.allclose(slopes, again, atol=1e-4)


@pytest.mark.parametrize(
    ("stride", "padding", "output_padding"),
    [(s, r, o) for s in (1, 2, 3) for r in (0, 1) for o in range(s)],
)
def test_output_padding_beyond_the_padding_spoils_the_gradients_shape(
    stride, padding, output_padding
):
    """Told in words: an MLX that mends it turns this red."""
    X, W = drawn(1, 4, 4, 1), drawn(1, 3, 3, 1)
    slopes = mx.grad(
        lambda X: mx.conv_transpose2d(
            X, W, stride=stride, padding=padding, output_padding=output_padding
        ).sum()
    )(X)
    lacking = max(0, output_padding - padding)
    assert slopes.shape == (1, 4 - lacking, 4 - lacking, 1)


def test_the_missing_row_put_on_by_hand_gives_right_gradients():
    X, W = drawn(1, 4, 4, 1), drawn(1, 3, 3, 1)
    margin = [(0, 0), (0, 1), (0, 1), (0, 0)]
    grown = mx.pad(mx.conv_transpose2d(X, W, stride=2), margin)
    assert grown.shape == mx.conv_transpose2d(X, W, stride=2, output_padding=1).shape
    assert mx.allclose(grown, mx.conv_transpose2d(X, W, stride=2, output_padding=1), atol=1e-6)
    loss = lambda X: mx.pad(mx.conv_transpose2d(X, W, stride=2), margin).sum()  # noqa: E731
    assert mx.allclose(mx.grad(loss)(X), mx.full((1, 4, 4, 1), W.sum()), atol=1e-4)


def test_no_forward_mode_through_a_convolution():
    X, W = drawn(1, 4, 4, 1), drawn(1, 3, 3, 1)
    with pytest.raises(ValueError, match="Not implemented for Convolution"):
        mx.eval(mx.jvp(lambda X: mx.conv2d(X, W), [X], [X]))


# ---- digits


def test_the_gradients_of_the_small_network_by_hand():
    P, y = conv_digits.pictures[:30], conv_digits.y[:30]
    for seed in (0, 1):
        model = conv_digits.small_net(seed)
        by_hand = conv_digits.backward_net(model, P, y)
        _, grads = nn.value_and_grad(model, conv_digits.loss_fn)(model, P, y)
        for hand, (name, grad) in zip(by_hand, tree_flatten(grads), strict=True):
            assert mx.allclose(hand, grad, atol=1e-5), name


def test_one_gradient_of_the_small_network_by_finite_differences():
    P, y = conv_digits.pictures[:5], conv_digits.y[:5]
    model = conv_digits.small_net()
    dL_dW = conv_digits.backward_net(model, P, y)[0]
    before, h = model.layers[0].weight, 1e-2
    for place in ((0, 2, 2, 0), (7, 0, 4, 0)):
        push = mx.zeros(before.shape)
        push[place] = h
        losses = []
        for sign in (1, -1):
            model.layers[0].weight = before + sign * push
            losses.append(conv_digits.loss_fn(model, P, y).item())
        finite = (losses[0] - losses[1]) / (2 * h)
        assert dL_dW[place].item() == pytest.approx(finite, abs=2e-3)


def test_a_digit_moved_by_one_pixel():
    P = conv_digits.pictures[:3]
    for down, right in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        moved = conv_digits.moved(P, down, right)
        back = conv_digits.moved(moved, -down, -right)
        assert moved.shape == P.shape
        assert mx.array_equal(back[:, 1:-1, 1:-1], P[:, 1:-1, 1:-1])
