"""What core/activations says of slopes that vanish and of neurons that are dead."""

from statistics import NormalDist

import mlx.core as mx
import mlx.nn as nn
import pytest

from snippets.activations import sigmoid_prime, tanh

LAYERS = 10


def share_left(layers: list[nn.Linear], inputs: int) -> float:
    """Which share of a random signal's size comes back through the layers and their ReLUs."""
    x, back = mx.random.normal((64, inputs)), mx.random.normal((64, inputs))

    def output(x: mx.array) -> mx.array:
        for layer in layers:
            x = nn.relu(layer(x))
        return (back * x).sum()

    return (mx.linalg.norm(mx.grad(output)(x)) / mx.linalg.norm(back)).item()


@pytest.mark.parametrize("inputs", [64, 256])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_what_ten_layers_leave_of_a_slope(seed, inputs):
    """A sixth of its square for each layer; with he_normal and a gain of the root of 2, all."""
    mx.random.seed(seed)
    layers = [nn.Linear(inputs, inputs) for _ in range(LAYERS)]
    assert share_left(layers, inputs) ** (1 / LAYERS) == pytest.approx(6**-0.5, rel=0.1)
    for layer in layers:
        layer.weight = nn.init.he_normal()(layer.weight, gain=2**0.5)
    assert share_left(layers, inputs) ** (1 / LAYERS) == pytest.approx(1, rel=0.1)


def test_how_large_weights_start():
    mx.random.seed(0)
    weight = nn.Linear(64, 4096).weight
    assert (weight**2).mean().item() == pytest.approx(1 / 192, rel=0.02)
    assert (nn.init.he_normal()(weight) ** 2).mean().item() == pytest.approx(1 / 64, rel=0.02)


def test_weights_before_a_dead_neuron_learn_through_others():
    """2-2-2-1, the first neuron of the second layer dead: only its own weights have slope 0."""
    x, y = mx.array([0.5, 0.2]), mx.array(1.0)
    W1, b1 = mx.array([[0.6, -1.1], [1.0, 0.8]]), mx.array([0.3, -0.1])
    W2, W3 = mx.array([[0.4, 0.5], [0.7, 0.6]]), mx.array([0.9, -0.7])

    def loss(W1: mx.array, W2: mx.array, b2: mx.array) -> mx.array:
        z = W3 @ nn.relu(W2 @ nn.relu(W1 @ x + b1) + b2)
        return nn.losses.binary_cross_entropy(z, y)

    def slopes(b2: list[float]) -> tuple[mx.array, mx.array]:
        return mx.grad(loss, argnums=(0, 1))(W1, W2, mx.array(b2))

    along_W1, along_W2 = slopes([-9.0, 0.1])
    assert mx.all(along_W2[0] == 0) and mx.all(along_W2[1] != 0)
    assert mx.all(along_W1 != 0)
    along_W1, along_W2 = slopes([-9.0, -9.0])
    assert not mx.any(along_W2) and not mx.any(along_W1), "with both dead nothing comes through"


def test_weights_of_the_dead_neuron_do_not_learn():
    x, b = mx.array([[0.5, 0.2], [0.7, 0.1]]), -2.0
    slope = mx.grad(lambda w: ((nn.relu(x @ w + b) - 1) ** 2).mean())(mx.array([0.6, -1.1]))
    assert not mx.any(slope)


@pytest.mark.parametrize("z", [0.3, 1.0, 2.0])
def test_erf_is_the_share_between(z):
    below = NormalDist().cdf
    between = mx.erf(mx.array(z / 2**0.5)).item()
    assert between == pytest.approx(below(z) - below(-z), rel=1e-5)
    assert (1 + between) / 2 == pytest.approx(below(z), rel=1e-5)


def test_what_twenty_activations_leave():
    """What the figure's alternative says of weighted sums of 1."""
    z = mx.array(1.0)
    assert 1 / tanh(z)[1].item() ** 20 == pytest.approx(3e7, rel=0.2)
    assert 5e-15 < sigmoid_prime(z).item() ** 20 < 1e-14


def test_tanh_is_steeper_in_the_middle_and_flat_earlier():
    z = mx.array([0.0, 2.0])
    tanh_slope, sigmoid_slope = tanh(z)[1], sigmoid_prime(z)
    assert tanh_slope[0].item() == 4 * sigmoid_slope[0].item()
    assert tanh_slope[1].item() < sigmoid_slope[1].item()
