"""What full/rnn says of recurrent layers, of slopes back through time, and of the kept LSTM."""

import json

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest
from conftest import PROJECT
from hypothesis import given, settings
from hypothesis import strategies as st

from snippets.austen import novel, numbered
from snippets.letter_by_letter import trained, write
from snippets.lstm import gate, lstm_slopes, lstm_step, two_slopes
from snippets.rnn import gradients, loss_of, states

DATA = PROJECT.snippets / "data"


@pytest.fixture(autouse=True)
def where_data_is(monkeypatch):
    monkeypatch.chdir(PROJECT.snippets)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 6), st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
def test_slopes_through_time_are_those_of_mlx_and_of_its_layer(T, m, n, seed):
    mx.random.seed(seed)
    x, c = mx.random.normal((T, n)), mx.random.normal((T, m))
    W, U, b = mx.random.normal((m, m)), mx.random.normal((m, n)), mx.random.normal((m,))
    by_hand = gradients(x, W, U, b, c)
    by_mlx = mx.grad(lambda *p: loss_of(c, states(x, *p)), argnums=(0, 1, 2))(W, U, b)
    assert all(mx.allclose(h, g, atol=1e-4) for h, g in zip(by_hand, by_mlx, strict=True))
    layer = nn.RNN(n, m)
    layer.Whh, layer.Wxh, layer.bias = W, U, b
    assert mx.allclose(layer(x), states(x, W, U, b)[1:], atol=1e-5)
    assert mx.allclose(layer(x[None])[0], layer(x), atol=1e-6), "a batch of one"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=7, max_size=7))
def test_lstm_slopes_are_those_of_mlx(numbers):
    inputs = [mx.array(each) for each in numbers]
    by_mlx = mx.grad(two_slopes, argnums=(0, 1, 2, 3, 4))(*inputs)
    _, *by_hand = lstm_slopes(*inputs)
    assert mx.allclose(mx.stack(by_hand), mx.stack(by_mlx), atol=1e-5)


def test_all_weights_of_an_lstm_over_time_by_hand():
    """The chapter's steps put together, gates, cell, weights, summed over time: as nn.LSTM."""
    mx.random.seed(3)
    T, n, m = 5, 3, 2
    layer, x, c = nn.LSTM(n, m), mx.random.normal((T, n)), mx.random.normal((T, m))
    W, U, b = (mx.split(each, 4) for each in (layer.Wh, layer.Wx, layer.bias))
    h, cell, record = mx.zeros(m), mx.zeros(m), []
    for x_t in x:
        sums = [gate(x_t, h, W[k], U[k], b[k]) for k in range(4)]
        record.append((x_t, h, cell, sums))
        *_, cell, h = lstm_step(*sums, cell)
    r, s = mx.zeros(m), mx.zeros(m)
    dW, dU, db = mx.zeros_like(layer.Wh), mx.zeros_like(layer.Wx), mx.zeros_like(layer.bias)
    for t in range(T - 1, -1, -1):
        x_t, before, cell, sums = record[t]
        _, *of_sums, s = lstm_slopes(*sums, cell, r + c[t], s)
        delta = mx.concatenate(of_sums)
        dW, dU, db = dW + mx.outer(delta, before), dU + mx.outer(delta, x_t), db + delta
        r = layer.Wh.T @ delta
    grads = nn.value_and_grad(layer, lambda: (layer(x)[0] * c).sum())()[1]
    for name, by_hand in (("Wh", dW), ("Wx", dU), ("bias", db)):
        assert mx.allclose(grads[name], by_hand, atol=1e-5), name


def test_a_layer_given_as_nonlinearity_is_replaced_by_tanh():
    x = mx.ones((2, 1))
    taken = {}
    for name, chosen in (("module", nn.ReLU()), ("function", nn.relu), ("none", None)):
        layer = nn.RNN(1, 1, nonlinearity=chosen)
        layer.Wxh, layer.Whh, layer.bias = mx.ones((1, 1)), mx.ones((1, 1)), mx.zeros(1)
        taken[name] = layer(x)
    assert mx.array_equal(taken["module"], taken["none"])
    assert not mx.array_equal(taken["function"], taken["none"])


def test_a_returned_state_is_a_constant_for_the_next_call():
    """Nothing to detach: the slope along the weight is that of the second piece alone."""

    def piece(w, h):
        new = w * h + 1
        return new, new

    w = mx.array(2.0)
    (_, h), _ = mx.value_and_grad(piece)(w, mx.array(1.0))
    (_, _), slope = mx.value_and_grad(piece)(w, h)
    assert slope.item() == h.item() == 3, "not 3 + 2 · 1, as through both pieces"


def test_forget_gates_begin_near_one_half_and_can_be_opened():
    mx.random.seed(0)
    layer = nn.LSTM(8, 64)
    forget = mx.sigmoid(layer.bias[64:128])
    assert 0.46 < forget.min().item() < forget.max().item() < 0.54
    assert mx.abs(layer.bias).max() <= 1 / 64**0.5


def test_state_without_cell_starts_from_an_empty_cell():
    mx.random.seed(0)
    layer, x = nn.LSTM(3, 2), mx.random.normal((4, 3))
    states, cells = layer(x)
    alone, zero = layer(x, states[-1]), layer(x, states[-1], mx.zeros(2))
    assert mx.allclose(alone[0], zero[0]) and not mx.allclose(
        alone[0], layer(x, states[-1], cells[-1])[0]
    )


def test_truncation_is_a_bias_that_no_average_removes():
    """Over many draws of the inputs the cut gradient is off in the same direction."""
    draw = np.random.default_rng(1)
    A = mx.array([[0.9]])
    whole, cut = [], []
    for _ in range(40):
        x = mx.array(0.1 * np.abs(draw.normal(size=(20, 1))), dtype=mx.float32)

        def loss(A, k, x=x):
            h, L = mx.zeros(1), 0
            for t in range(20):
                h = mx.tanh(A @ (mx.stop_gradient(h) if t % k == 0 else h) + x[t])
                L = L + h.sum()
            return L

        whole.append(mx.grad(loss)(A, 20).item())
        cut.append(mx.grad(loss)(A, 4).item())
    assert np.mean(cut) < 0.8 * np.mean(whole)


def test_the_kept_training_beats_pairs_of_letters_and_is_small():
    kept = json.loads((DATA / "austen.json").read_text("utf-8"))
    for name in ("RNN", "LSTM"):
        run = kept[name]
        assert run["train"][0] == pytest.approx(np.log(36), abs=0.1)
        assert run["train"][-1] < run["held_out"][-1] < 2.1 < 2.338
    assert kept["LSTM"]["held_out"][-1] < kept["RNN"]["held_out"][-1]
    assert all((DATA / name).stat().st_size < 200_000 for name in ("austen.npz", "austen.json"))


def test_the_kept_weights_have_the_loss_that_was_recorded():
    letters, layer, out = trained()
    one_hot = mx.eye(len(letters))
    x = numbered(novel())[1]
    rows = x[int(0.82 * len(x)) :][: 20 * 256].reshape(20, 256)
    loss = nn.losses.cross_entropy(
        out(layer(one_hot[rows[:, :-1]])[0]), rows[:, 1:], reduction="mean"
    ).item()
    kept = json.loads((DATA / "austen.json").read_text("utf-8"))
    assert loss == pytest.approx(kept["LSTM"]["held_out"][-1], abs=0.02)


@pytest.mark.parametrize("temperature", [0.3, 1.2])
def test_samples_have_the_letters_of_the_text_and_mostly_its_words(temperature):
    mx.random.seed(1)
    text = write("it is ", 120, temperature)
    assert len(text) == 126 and set(text) <= set(novel())
    if temperature < 1:
        every = set(novel().split())
        words = text.split()
        assert sum(word in every for word in words) > 0.6 * len(words)
    assert text.count(" ") > 10


@pytest.mark.parametrize("read, following", [("said mr", "."), (" a q", "u"), ("in the", " ")])
def test_what_the_kept_network_knows(read, following):
    letters, layer, out = trained()
    x = mx.array([letters.index(letter) for letter in read])
    logits = out(layer(mx.eye(len(letters))[x])[0][-1])
    assert letters[logits.argmax().item()] == following
