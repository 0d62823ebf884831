"""What full/digits says: its gradients, its training, MLX's layers, and traps."""

import json

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
import pytest
from conftest import ROOT
from literate.figures import FIGURES

from snippets import digits
from snippets.backward import central_difference
from two_passes import keep_digits


def float64_loss(x, labels, W1, b1, W2, b2):
    z2 = np.maximum(x @ W1.T + b1, 0) @ W2.T + b2
    return (np.log(np.exp(z2).sum(axis=1)) - (labels * z2).sum(axis=1)).mean()


def test_all_9610_gradients_three_ways():
    batch, p = (digits.X_seen[:3], digits.Y_seen[:3]), digits.he_start(seed=0)
    by_hand = digits.backward_digits(*batch, *p)[2:]
    autodiff = mx.grad(digits.digit_loss, argnums=(2, 3, 4, 5))(*batch, *p)
    exact, data = ([np.array(a, np.float64) for a in each] for each in (p, batch))
    assert sum(a.size for a in p) == digits.parameter_count(64, 128, 10) == 9610
    for place, start in enumerate(exact):

        def loss_along(w, place=place):
            return float64_loss(*data, *exact[:place], w, *exact[place + 1 :])

        finite = central_difference(loss_along, start)
        for way in (by_hand[place], autodiff[place]):
            assert np.array(way) == pytest.approx(finite, abs=1e-6)


def test_slopes_along_pixels_three_ways():
    batch, p = (digits.X_seen[:2], digits.Y_seen[:2]), digits.he_start(seed=0)
    by_hand, autodiff = digits.pixel_slopes(*batch, *p), mx.grad(digits.digit_loss)(*batch, *p)
    labels, *exact = (np.array(a, np.float64) for a in (batch[1], *p))
    finite = central_difference(
        lambda x: float64_loss(x, labels, *exact), np.array(batch[0], np.float64)
    )
    for way in (by_hand, autodiff):
        assert np.array(way) == pytest.approx(finite, abs=1e-6)


@pytest.fixture(scope="module")
def found():
    return keep_digits.measured(splits=2)


def test_the_worst_of_five_seeds_is_right_on_97_percent(found):
    assert len(found["seeds"]) == 5
    assert min(shares[-1] for shares in found["seeds"]) >= 0.97


KEPT = json.loads((ROOT / "snippets/data/digits.json").read_text("utf-8"))


def test_what_is_kept_is_what_comes_out(found):
    kept = KEPT | {"splits": KEPT["splits"][:2]}
    assert len(KEPT["splits"]) == 10
    assert min(shares[-1] for shares in kept["seeds"]) >= 0.97
    for name in ("smaller", "splits"):  # other devices round differently
        assert found[name] == pytest.approx(kept[name], abs=0.015)
    for now, then in zip(found["seeds"], kept["seeds"], strict=True):
        assert now[-1] == pytest.approx(then[-1], abs=0.01) and len(now) == len(then) == 15


def test_the_split_counts_more_than_the_seed():
    last = [shares[-1] for shares in KEPT["seeds"]]
    assert max(KEPT["splits"]) - min(KEPT["splits"]) > 2 * (max(last) - min(last))
    assert min(KEPT["smaller"]) > min(last) - 0.01  # half of it does almost the same


def test_twenty_steps_are_those_of_nn():
    p = digits.he_start(seed=3)
    model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
    first, last = model.layers[0], model.layers[2]
    first.weight, first.bias, last.weight, last.bias = p

    def loss_fn(model, X, y):
        return nn.losses.cross_entropy(model(X), y, reduction="mean")

    sgd, loss_and_grad = optim.SGD(0.5), nn.value_and_grad(model, loss_fn)
    for step in range(20):
        rows = slice(25 * step, 25 * step + 25)
        gradients = digits.backward_digits(digits.X_seen[rows], digits.Y_seen[rows], *p)[2:]
        L = digits.digit_loss(digits.X_seen[rows], digits.Y_seen[rows], *p)
        p = [w - 0.5 * g for w, g in zip(p, gradients, strict=True)]
        loss, grads = loss_and_grad(model, digits.X_seen[rows], digits.y_seen[rows])
        sgd.update(model, grads)
        assert loss.item() == pytest.approx(L.item(), rel=1e-4)
        theirs = first.weight, first.bias, last.weight, last.bias
        assert all(mx.allclose(*pair, atol=1e-5) for pair in zip(p, theirs, strict=True))


def test_nothing_is_seen_and_held_out():
    seen, held_out = set(digits.seen.tolist()), set(digits.held_out.tolist())
    assert not seen & held_out and seen | held_out == set(range(1797))


def test_weights_of_a_white_pixel_keep_their_bits_and_all_others_move():
    start, (p, *_) = digits.he_start(seed=0), digits.train(seed=0)
    white = (digits.X_seen == 0).all(axis=0)
    still = (p[0] == start[0]).all(axis=0)
    assert white.tolist() == still.tolist() and sum(white.tolist()) == 3


# ---- traps


def test_bytes_wrap_as_in_numpy():
    assert (16 * mx.array([15, 16], dtype=mx.uint8)).tolist() == [240, 0]
    assert (np.uint8(16) * np.array([15, 16], np.uint8)).tolist() == [240, 0]


def test_a_share_of_wrong_answers_has_no_slope():
    Z, y = mx.random.normal((9, 10), key=mx.random.key(0)), mx.arange(9)
    grad = mx.grad(lambda Z: (Z.argmax(axis=-1) != y).astype(mx.float32).mean())(Z)
    assert not grad.any()


@pytest.mark.parametrize("kind", [mx.int32, mx.int8, mx.uint8, mx.int64])
def test_a_cast_to_whole_numbers_cuts_the_slope(kind):
    slopes = mx.array([1.9, 0.5, 100.25])
    grad = mx.grad(lambda x: (slopes * x.astype(kind)).sum())(mx.array([3.2, 7.9, 15.4]))
    assert grad.tolist() == [1, 0, 100]


def test_with_a_sum_hardly_a_neuron_is_open_and_guessing_is_left():
    for factor, few in ((25, True), (1, False)):
        p = digits.he_start(seed=0)
        for start in range(0, 1400, 25):
            batch = digits.X_seen[start : start + 25], digits.Y_seen[start : start + 25]
            gradients = digits.backward_digits(*batch, *p)[2:]
            p = [w - 0.5 * factor * g for w, g in zip(p, gradients, strict=True)]
            mx.eval(p)
        Z1, _, Z2, _ = digits.forward_digits(digits.X_held, *p)
        assert ((Z1 > 0).any(axis=0).sum().item() < 20) == few
        assert (digits.share_right(digits.X_held, digits.y_held, *p) < 0.2) == few
        if few:  # the same answer for nearly all pictures, at about the loss of guessing
            loss = digits.digit_loss(digits.X_seen, digits.Y_seen, *p).item()
            assert loss == pytest.approx(np.log(10), abs=0.7)


# ---- the figure


def test_pictures_share_one_scale():
    drawn = FIGURES["pictures"](
        {"pictures": [[1.0, 0, -0.25, 0], [0.01, 0, 0, 0]], "names": ["a", "b"]}
    )
    assert drawn.count("<svg") == 2 and "h10v10h-10z" in drawn  # the largest fills its cell
    assert "tp-pictures__below" in drawn.split("</svg>")[0]
    assert "h1v1h-1z" in drawn.split("</svg>")[1]


@pytest.mark.parametrize(
    "values, message",
    [
        ({"pictures": [[1.0, 2.0]], "names": ["a"]}, "must be square"),
        ({"pictures": [[1.0]], "names": []}, "names must be 1"),
        ({"pictures": [], "names": []}, "must be lists of numbers"),
    ],
)
def test_pictures_that_are_misshapen_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        FIGURES["pictures"](values)
