"""What full/softmax says of softmax and cross-entropy, held against the installed MLX."""

import math
import platform

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from snippets import iris
from snippets.backward import agree, central_difference
from snippets.log_sum_exp import log_sum_exp, logit_loss, mlx_loss
from snippets.softmax import (
    cross_entropy,
    entropy,
    label_slope,
    prediction_minus_label,
    softmax,
    softmax_slopes,
)

Z = mx.array([1.0, 2.0, 3.0])
# Sums on the CPU of an x86 are one running sum; other machines add in another order
one_running_sum = pytest.mark.skipif(
    platform.machine() != "x86_64", reason="other CPUs add in several lanes"
)


def exact_loss(z: np.ndarray, y: np.ndarray) -> float:
    return -(y * (z - np.log(np.exp(z).sum()))).sum()


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_prediction_minus_label_in_three_ways(classes):
    rng = np.random.default_rng(classes)
    for y in (np.eye(classes)[classes - 1], rng.dirichlet(np.ones(classes))):
        z = rng.normal(0, 2, classes)
        given = mx.array(z.astype(np.float32)), mx.array(y.astype(np.float32))
        by_hand = np.array(prediction_minus_label(*given))
        for loss in (
            logit_loss,
            nn.losses.cross_entropy,
            lambda z, y: cross_entropy(softmax(z), y),
        ):
            assert by_hand == pytest.approx(np.array(mx.grad(loss)(*given)), abs=1e-6)
        finite = central_difference(lambda v, y=y: exact_loss(v, y), z)
        assert by_hand == pytest.approx(finite, abs=1e-6)


def test_the_slope_for_any_labels_in_three_ways():
    y = mx.array([0.5, 2.0, -1.0])
    by_hand = np.array(label_slope(Z, y))
    autodiff = mx.grad(lambda z: cross_entropy(softmax(z), y))(Z)
    finite = central_difference(
        lambda v: exact_loss(v, np.array(y, np.float64)), np.array(Z, np.float64)
    )
    assert by_hand == pytest.approx(np.array(autodiff), abs=1e-5)
    assert by_hand == pytest.approx(finite, abs=1e-5)


def test_the_slopes_of_softmax_are_its_jacobian():
    eye = mx.eye(3)
    rows = mx.stack([mx.vjp(mx.softmax, [Z], [eye[i]])[1][0] for i in range(3)])
    assert mx.allclose(softmax_slopes(Z), rows, atol=1e-6)


# ---- labels


@pytest.mark.parametrize(
    ("y", "value", "of_cross_entropy", "slope"),
    [
        ([0.0, 0.0, 0.0], 0.4076, 0.0, [0.09, 0.24, 0.67]),
        ([0.0, 0.5, 0.0], 0.9076, 0.7038, [0.09, -0.26, 0.67]),
        ([0.0, 1.0, 0.0], 1.4076, 1.4076, [0.09, -0.76, 0.67]),
    ],
)
def test_mlx_does_not_mind_what_labels_add_up_to(y, value, of_cross_entropy, slope):
    y = mx.array(y)
    assert mlx_loss(Z, y).item() == pytest.approx(value, abs=1e-4)
    assert cross_entropy(softmax(Z), y).item() == pytest.approx(of_cross_entropy, abs=1e-4)
    assert np.array(mx.grad(mlx_loss)(Z, y)) == pytest.approx(slope, abs=6e-3)
    assert mx.allclose(mx.grad(mlx_loss)(Z, y), softmax(Z) - y, atol=1e-6)


def test_whole_and_one_hot_labels_are_the_same():
    logits = mx.random.normal((5, 3), key=mx.random.key(0))
    labels = mx.array([0, 2, 1, 1, 0])
    whole = nn.losses.cross_entropy(logits, labels)
    assert mx.allclose(whole, nn.losses.cross_entropy(logits, mx.eye(3)[labels]), atol=1e-6)
    smooth = nn.losses.cross_entropy(logits, labels, label_smoothing=0.1)
    by_hand = mx.stack(
        [logit_loss(z, 0.9 * mx.eye(3)[y] + 0.1 / 3) for z, y in zip(logits, labels, strict=True)]
    )
    assert mx.allclose(smooth, by_hand, atol=1e-6)


def test_a_soft_label_costs_its_entropy_at_least():
    rng, y = np.random.default_rng(0), mx.array([0.2, 0.5, 0.3])
    least = entropy(y).item()
    others = [cross_entropy(mx.array(rng.dirichlet(np.ones(3))), y).item() for _ in range(100)]
    assert min(others) > least and cross_entropy(y, y).item() == pytest.approx(least)


@pytest.mark.skipif(mx.default_device() != mx.Device(mx.cpu), reason="said of the CPU")
def test_class_minus_one_is_the_last_on_the_cpu():
    last, minus_one = (nn.losses.cross_entropy(Z[None], mx.array([k])).item() for k in (2, -1))
    assert minus_one == last


def test_a_number_of_a_class_that_is_not_there_raises_nothing():
    mx.eval(nn.losses.cross_entropy(Z[None], mx.array([3])))


def test_the_losses_reduce_differently_by_default():
    logits = mx.zeros((2, 3))
    assert nn.losses.cross_entropy(logits, mx.array([0, 1])).shape == (2,)
    assert nn.losses.binary_cross_entropy(logits, logits).shape == ()
    with pytest.raises(ValueError):
        mx.grad(lambda z: nn.losses.cross_entropy(z, mx.array([0, 1])))(logits)


def test_a_mean_divides_by_all_whatever_the_weights():
    logits, labels = mx.zeros((4, 3)), mx.array([0, 1, 2, 0])
    weights = mx.array([1.0, 1.0, 0.0, 0.0])
    mean = nn.losses.cross_entropy(logits, labels, weights, reduction="mean")
    assert mean.item() == pytest.approx(math.log(3) / 2)


# ---- softmax


def test_only_mx_softmax_takes_all_axes():
    assert mx.softmax(mx.zeros((2, 3))).sum().item() == pytest.approx(1)
    assert nn.softmax(mx.zeros((2, 3))).sum().item() == pytest.approx(2)


def test_exponentials_overflow_from_88_or_so():
    assert math.isfinite(mx.exp(mx.array(88.0)).item())
    assert not math.isfinite(mx.exp(mx.array(89.0)).item())
    large = Z + 1000
    assert log_sum_exp(large)[1].item() == pytest.approx(1003.4076)
    assert mx.allclose(mx.softmax(large), softmax(Z), atol=1e-6)


@one_running_sum
@pytest.mark.parametrize(
    ("dtype", "count", "total"),
    [(mx.bfloat16, 4096, 16), (mx.float16, 4096, 2), (mx.float32, 4096, 1)],
)
def test_sums_of_softmax_on_the_cpu(dtype, count, total):
    p = mx.softmax(mx.zeros(count, dtype=dtype), stream=mx.cpu)
    assert p.astype(mx.float32).sum().item() == pytest.approx(total)


@one_running_sum
def test_a_million_classes_are_too_many_for_float32():
    logits = mx.concatenate([mx.ones(1), mx.zeros(1_000_000)])
    p = mx.softmax(logits, stream=mx.cpu)
    assert 0.985 < np.array(p, np.float64).sum() < 0.992


@pytest.mark.parametrize("dtype", [mx.bfloat16, mx.float16])
def test_precise_softmax_adds_in_float32(dtype):
    p = mx.softmax(mx.zeros(4096, dtype=dtype), precise=True)
    assert p.dtype == dtype and p.astype(mx.float32).sum().item() == 1


def test_upcast_logits_give_the_right_loss():
    logits = mx.zeros((1, 4096), dtype=mx.bfloat16).astype(mx.float32)
    assert nn.losses.cross_entropy(logits, mx.array([0])).item() == pytest.approx(math.log(4096))


# ---- iris


def test_the_gradients_by_hand_and_the_layer_of_mlx_agree_at_every_step():
    X, _, labels, _ = iris.irises()
    Y = iris.one_hot(labels, 3)
    W, b = mx.zeros((3, 4)), mx.zeros(3)
    model = nn.Linear(4, 3)
    model.weight, model.bias = W, b

    def loss_fn(model):
        return nn.losses.cross_entropy(model(X), labels, reduction="mean")

    loss_and_grad = nn.value_and_grad(model, loss_fn)
    for _ in range(20):
        _, dL_dW, dL_db = iris.backward_softmax(X, Y, W, b)
        loss, grads = loss_and_grad(model)
        assert loss.item() == pytest.approx(iris.batch_cross_entropy(X, Y, W, b).item(), rel=1e-5)
        assert mx.allclose(grads["weight"], dL_dW, atol=1e-6)
        assert mx.allclose(grads["bias"], dL_db, atol=1e-6)
        W, b = W - dL_dW, b - dL_db
        model.weight, model.bias = W, b


def test_the_gradients_of_softmax_regression_in_three_ways():
    X, _, labels, _ = iris.irises()
    Y = iris.one_hot(labels, 3)
    W, b = mx.random.normal((3, 4), key=mx.random.key(0)), mx.array([0.1, 0.0, -0.2])
    _, *by_hand = iris.backward_softmax(X, Y, W, b)
    autodiff = mx.grad(iris.batch_cross_entropy, argnums=(2, 3))(X, Y, W, b)
    x, y, w, c = (np.array(a, np.float64) for a in (X, Y, W, b))

    def loss(w, c):
        z = x @ w.T + c
        return (np.log(np.exp(z).sum(axis=1)) - (y * z).sum(axis=1)).mean()

    finite = (
        central_difference(lambda v: loss(v, c), w),
        central_difference(lambda v: loss(w, v), c),
    )
    for ways in zip(by_hand, autodiff, finite, strict=True):
        assert agree(*ways)


def test_the_irises_are_split_evenly():
    X_train, X_test, y_train, y_test = iris.irises()
    assert (X_train.shape, X_test.shape) == ((100, 4), (50, 4))
    counts = [[mx.sum(y == k).item() for k in range(3)] for y in (y_train, y_test)]
    assert [sum(pair) for pair in zip(*counts, strict=True)] == [50, 50, 50]
    assert max(counts[1]) - min(counts[1]) <= 1
