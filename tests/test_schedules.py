"""What full/schedules says of MLX's schedules, of clipping and of micro-batches."""

import math

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
import pytest
from mlx.utils import tree_map

from snippets import schedules as shown
from snippets.backward import central_difference
from snippets.batch import backward_batch, batch_loss
from snippets.digit_schedules import train
from snippets.network import W1, W2, b1, b2

ONE = mx.array(1.0)


def joined(steps=10, falling=90, high=0.1, low=0.01):
    up = optim.linear_schedule(0, high, steps)
    return optim.join_schedules([up, optim.cosine_decay(high, falling, low)], [steps])


def test_our_schedule_is_mlx_s_at_every_update():
    schedule = joined()
    for t in range(150):
        ours = shown.warm_up_cosine(t, 10, 90, 0.1, 0.01)[1]
        for number in (mx.array(t), mx.array(t, mx.uint64)):
            assert schedule(number).item() == pytest.approx(ours, abs=1e-6)


@pytest.mark.parametrize("make", [optim.SGD, optim.Adam, optim.AdamW, optim.Lion, optim.Muon])
def test_the_first_update_asks_for_number_0_and_is_counted_afterwards(make):
    asked = []

    def schedule(t):
        asked.append(t.item())
        return mx.array(0.1)

    optimizer = make(learning_rate=schedule)
    assert asked == [0] and optimizer.step.item() == 0  # once when it is made
    for update in range(3):
        optimizer.apply_gradients({"w": ONE}, {"w": ONE})
        assert asked[-1] == update and optimizer.step.item() == update + 1


def test_a_warm_up_from_0_moves_nothing_at_first_but_adam_takes_the_gradient_in():
    adam = optim.Adam(learning_rate=optim.linear_schedule(0, 0.1, 10), bias_correction=True)
    rates = []
    for update in range(11):
        new = adam.apply_gradients({"w": ONE}, {"w": ONE})["w"]
        rates.append(adam.learning_rate.item())
        if update == 0:
            assert new.item() == 1 and adam.state["w"]["m"].item() == pytest.approx(0.1)
    assert rates.index(max(rates)) == 10 and max(rates) == pytest.approx(0.1)


def test_the_correction_uses_the_number_after_counting():
    adam = optim.Adam(learning_rate=0.1, bias_correction=True)
    assert adam.apply_gradients({"w": ONE}, {"w": ONE})["w"].item() == pytest.approx(0.9)


def test_a_rate_set_by_hand_lasts_without_a_schedule_only():
    plain, scheduled = optim.SGD(0.1), optim.SGD(lambda t: mx.array(0.1))
    for optimizer, moved in ((plain, 0.5), (scheduled, 0.1)):
        optimizer.learning_rate = 0.5
        new = optimizer.apply_gradients({"w": ONE}, {"w": ONE})["w"]
        assert new.item() == pytest.approx(1 - moved)


def test_a_float_fails_at_the_first_update_and_not_before():
    sgd = optim.SGD(learning_rate=lambda t: 0.1)
    with pytest.raises(AttributeError, match="'float' object has no attribute 'astype'"):
        sgd.apply_gradients({"w": ONE}, {"w": ONE})


def cosine_of(a, b):
    return (a @ b / (mx.linalg.norm(a) * mx.linalg.norm(b))).item()


def test_one_norm_over_all_keeps_the_direction():
    mx.random.seed(0)
    grads = {"a": mx.random.normal((3,)) * 9, "b": mx.random.normal((4,))}
    clipped, norm = optim.clip_grad_norm(grads, 1.0)
    before, after = (mx.concatenate([t["a"], t["b"]]) for t in (grads, clipped))
    assert cosine_of(before, after) == pytest.approx(1)
    assert norm.item() == pytest.approx(mx.linalg.norm(before).item())
    assert mx.allclose(after, shown.clip_norm(before, 1.0))
    each = tree_map(lambda g: shown.clip_norm(g, 1.0), grads)
    assert cosine_of(before, mx.concatenate([each["a"], each["b"]])) < 0.99


def test_a_short_gradient_stays():
    grads = {"w": mx.array([0.3, -0.4])}
    assert optim.clip_grad_norm(grads, 1.0)[0]["w"].tolist() == grads["w"].tolist()
    assert optim.clip_grad_norm({"w": mx.zeros(2)}, 1.0)[0]["w"].tolist() == [0, 0]


def test_squares_overflow():
    clipped, norm = optim.clip_grad_norm({"w": mx.array([1e20, -1e20])}, 1.0)
    assert clipped["w"].tolist() == [0, 0] and math.isinf(norm.item())
    clipped, _ = optim.clip_grad_norm({"w": mx.array([math.inf, 1.0])}, 1.0)
    assert math.isnan(clipped["w"][0].item()) and clipped["w"][1].item() == 0


@pytest.mark.parametrize("g", [[3.0, 4.0], [0.3, 0.4], [1e20, -1e20], [3e-30, 4e-30]])
def test_the_cure_is_the_same_clipping_where_nothing_overflows(g):
    g = mx.array(g)
    largest = mx.abs(g).max()
    norm = largest * mx.linalg.norm(g / largest)
    exact = np.array(g, np.float64)
    length = np.linalg.norm(exact)
    assert norm.item() == pytest.approx(length, rel=1e-5)
    clipped = np.array(g * mx.minimum(1 / (norm + 1e-6), 1))
    assert clipped == pytest.approx(exact * min(1, 1 / (length + 1e-6)), rel=1e-5)


def test_a_batch_from_its_parts_three_ways():
    rng = np.random.default_rng(0)
    X, Y = mx.array(rng.normal(size=(7, 2))), mx.array(rng.integers(0, 2, (7, 1)))
    X, Y = X.astype(mx.float32), Y.astype(mx.float32)
    grad = mx.grad(lambda w, X, Y: batch_loss(X, Y, W1, b1, w, b2))
    by_hand, whole = backward_batch(X, Y, W1, b1, W2, b2)[-2], grad(W2, X, Y)
    parts = [slice(0, 4), slice(4, 6), slice(6, 7)]
    g = mx.concatenate([grad(W2, X[part], Y[part]) for part in parts])
    added = shown.micro_batches(g, mx.array([4.0, 2.0, 1.0]))

    w1, c1, c2 = (np.array(each, np.float64) for each in (W1, b1, b2))
    x, y = np.array(X, np.float64), np.array(Y, np.float64)

    def loss(w2):
        p = 1 / (1 + np.exp(-(np.maximum(x @ w1.T + c1, 0) @ w2.T + c2)))
        return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()

    finite = central_difference(loss, np.array(W2, np.float64))
    for each in (by_hand, whole, added):
        assert np.ravel(each) == pytest.approx(np.ravel(finite), abs=1e-6)


def test_batch_norm_s_parts_do_not_make_the_whole():
    mx.random.seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm(3), nn.Linear(3, 1))
    X, Y = mx.random.normal((6, 2)), mx.random.normal((6, 1))

    def loss(model, X, Y):
        return ((model(X) - Y) ** 2).mean()

    grad = nn.value_and_grad(model, loss)
    whole = grad(model, X, Y)[1]["layers"][0]["weight"]
    parts = [grad(model, X[i : i + 3], Y[i : i + 3])[1]["layers"][0]["weight"] for i in (0, 3)]
    assert not mx.allclose(whole, (parts[0] + parts[1]) / 2, rtol=0.01)


def test_both_together_bring_the_network_through_with_every_seed():
    peak = 0.5
    up, down = optim.linear_schedule(0, peak, 16), optim.cosine_decay(peak, 64)
    schedule = optim.join_schedules([up, down], [16])
    for seed in range(5):
        both, neither = train(schedule, 1.0, seed)[1], train(peak, None, seed)[1]
        assert both > 0.85 and both > neither
