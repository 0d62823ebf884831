"""What full/initialization says of sizes, and of the initializers of the installed MLX."""

import math
import platform

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from snippets.backward import central_difference
from snippets.initialization import (
    distinct,
    layer_factors,
    linear_variance,
    mean_squares,
    through,
    typical_size,
    variances,
)

# Sums on the CPU of an x86 are one running sum; other machines add in another order
one_running_sum = pytest.mark.skipif(
    platform.machine() != "x86_64", reason="other CPUs add in several lanes"
)


def test_the_errors_come_back_right_in_three_ways():
    """By hand, by mx.vjp, and by finite differences of the sum of the last values times delta."""
    rng = np.random.default_rng(0)
    exact = [rng.normal(0, 0.7, (4, 4)) for _ in range(4)]
    x, delta = rng.normal(0, 1, (2, 4)), rng.normal(0, 1, (2, 4))

    def last(a):
        for W in exact:
            a = np.maximum(a @ W.T, 0)
        return (a * delta).sum()

    weights = [mx.array(W.astype(np.float32)) for W in exact]
    given, home = mx.array(x.astype(np.float32)), mx.array(delta.astype(np.float32))
    _, errors = through(weights, given, home)
    by_hand = errors[0] @ weights[0]
    autodiff = mx.vjp(lambda a: through(weights, a, home)[0][-1], [given], [home])[1][0]
    assert np.array(by_hand) == pytest.approx(np.array(autodiff), abs=1e-5)
    assert np.array(by_hand) == pytest.approx(central_difference(last, x), abs=1e-5)


@pytest.mark.parametrize("draw", ["normal", "uniform"])
def test_any_weights_with_mean_0_do_as_signs_do(draw):
    """A weighted sum has the mean square v Σx², and ReLU halves it, whatever the weights' law."""
    x, v, count = mx.array([0.5, -0.2, 0.9]), 0.3, 200_000
    key = mx.random.key(1)
    if draw == "normal":
        w = math.sqrt(v) * mx.random.normal((count, 3), key=key)
    else:
        a = math.sqrt(3 * v)
        w = mx.random.uniform(-a, a, (count, 3), key=key)
    z = w @ x
    q, r = mean_squares(x, math.sqrt(v))
    assert typical_size(z) ** 2 == pytest.approx(q.item(), rel=0.02)
    assert typical_size(mx.maximum(z, 0)) ** 2 == pytest.approx(r.item(), rel=0.02)


@pytest.mark.parametrize(("n_in", "n_out"), [(100, 400), (400, 100)])
def test_a_layer_multiplies_as_its_factors_say(n_in, n_out):
    v, count = 0.02, 60
    g, g_back = layer_factors(n_in, n_out, v)
    forward, back = [], []
    for k in range(count):
        key = mx.random.split(mx.random.key(k), 4)
        W = math.sqrt(v) * mx.random.normal((n_out, n_in), key=key[0])
        x, delta = mx.random.normal((n_in,), key=key[1]), mx.random.normal((n_out,), key=key[2])
        before = mx.random.normal((n_in,), key=key[3])  # the weighted sums of the layer before
        forward.append(typical_size(mx.maximum(W @ x, 0)) ** 2)
        back.append(typical_size((W.T @ delta) * (before > 0)) ** 2)
    assert np.mean(forward) == pytest.approx(g, rel=0.1)
    assert np.mean(back) == pytest.approx(g_back, rel=0.1)


def test_what_mlx_draws():
    """nn.Linear 1/(3n), biases too; he_* 1/n unless there is a gain; glorot_* Xavier's."""
    n_in, n_out, zeros = 300, 900, mx.zeros((900, 300))
    mx.random.seed(0)
    layer = nn.Linear(n_in, n_out)
    a, v = linear_variance(n_in)
    lecun, xavier, he = variances(n_in, n_out)
    root = math.sqrt(2)
    drawn = [
        (layer.weight, v),
        (layer.bias, v),
        (nn.init.he_normal()(zeros), lecun),
        (nn.init.he_uniform()(zeros), lecun),
        (nn.init.he_normal()(zeros, gain=root), he),
        (nn.init.he_uniform()(zeros, gain=root), he),
        (nn.init.he_normal()(zeros, mode="fan_out", gain=root), 2 / n_out),
        (nn.init.glorot_normal()(zeros), xavier),
        (nn.init.glorot_uniform()(zeros), xavier),
        (nn.Embedding(900, 300).weight, 1 / 300),
    ]
    for k, (W, variance) in enumerate(drawn):
        assert mx.var(W).item() == pytest.approx(variance, rel=0.1 if W.ndim == 1 else 0.02), k
    assert mx.abs(layer.weight).max().item() <= a and layer.weight.shape == (n_out, n_in)
    assert he / v == pytest.approx(6) and lecun / v == pytest.approx(3)


def test_an_initializer_changes_nothing_in_place():
    W = mx.zeros((3, 2))
    new = nn.init.he_normal()(W)
    assert mx.array_equal(W, mx.zeros((3, 2))) and not mx.array_equal(new, W)


def test_equal_neurons_get_equal_gradients_and_others_do_not():
    X, y = mx.random.normal((5, 2), key=mx.random.key(0)), mx.array([[1], [0], [1], [0], [1]])

    def loss(p):
        return nn.losses.binary_cross_entropy(mx.tanh(X @ p[0].T + p[1]) @ p[2].T, y)

    equal = [0.5 * mx.ones((8, 2)), mx.zeros(8), 0.5 * mx.ones((1, 8))]
    assert distinct(mx.grad(loss)(equal)[0]) == 1
    one_layer_zero = [mx.zeros((8, 2)), mx.zeros(8), mx.random.normal((1, 8))]
    assert distinct(mx.grad(loss)(one_layer_zero)[0]) == 8


@one_running_sum
def test_means_on_the_cpu_are_one_running_sum():
    ones = mx.ones(20_000_000)
    assert mx.mean(ones, stream=mx.cpu).item() == pytest.approx(0.8388608)
    turning = mx.tile(mx.array([1.0, -1.0]), 10_000_000)
    assert mx.var(turning, stream=mx.cpu).item() == pytest.approx(0.8388608, rel=1e-3)
    two_stages = ones.reshape(4000, 5000)
    assert mx.mean(mx.mean(two_stages, axis=1, stream=mx.cpu), stream=mx.cpu).item() == 1


@one_running_sum
def test_the_gradient_of_a_bias_is_such_a_sum():
    X = mx.zeros((1_000_000, 1))
    mean = lambda b: ((X + b) * mx.ones((1_000_000, 1))).mean()  # noqa: E731
    slope = mx.grad(mean)(mx.array([0.5])).item()
    assert abs(slope - 1) > 0.005, slope
