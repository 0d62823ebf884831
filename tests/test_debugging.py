"""Ten bugs of full/debugging: each symptom is there before the cure, and gone after it."""

import os
import shutil

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
import pytest
from mlx.utils import tree_flatten

from snippets.backward import central_difference
from snippets.debugging import (
    Stack,
    X,
    Y,
    count,
    first_loss,
    gradient_size,
    hidden_layer,
    hidden_layer_asked,
    loss_fn,
    network,
    share_kept,
    small_and_noisy,
    squares,
    train,
    wide_loss,
)
from snippets.training import waiting

compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="MLX compiles nothing here")


def near(measured, expected, tolerance=0.03):
    return abs(measured - expected) < tolerance


def test_the_right_program_shows_no_symptom():
    model = network()
    curve = train(model, loss_fn)
    assert curve[-1] < 0.15 < curve[0] and gradient_size(loss_fn, network()) > 0.1
    assert near(share_kept(loss_fn, network(), 1e-3), 1)
    assert first_loss(2) == pytest.approx(np.log(2))


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_1_a_numpy_number_on_the_left_has_no_gradient(kind):
    lam, x = kind(0.1), mx.array([1.0, 2.0])
    assert not isinstance(lam * x, mx.array) and isinstance(x * lam, mx.array)
    left = mx.grad(lambda x: (x * x).sum() + lam * (x * x).sum())(x)
    right = mx.grad(lambda x: (x * x).sum() + lam.item() * (x * x).sum())(x)
    slope = central_difference(lambda v: 1.1 * (v**2).sum(), np.array([1.0, 2.0]))
    assert np.array(right) == pytest.approx(slope, abs=1e-5)
    assert np.array(left) == pytest.approx(slope / 1.1, abs=1e-5)


def test_1_the_promise_finds_it():
    for lam, kept in ((np.float64(0.1), False), (0.1, True)):

        def penalized(model, X, Y, lam=lam):
            return loss_fn(model, X, Y) + lam * squares(model)

        model = network()
        train(model, penalized)
        assert near(share_kept(penalized, model), 1, 0.2) is kept


@compiler
def test_2_a_compiled_loss_that_closes_over_model_and_batch_has_gradient_0():
    model = network()
    compiled = mx.compile(lambda: loss_fn(model, X, Y))
    assert compiled().item() == pytest.approx(loss_fn(model, X, Y).item(), rel=1e-5)
    assert gradient_size(lambda model, X, Y: compiled(), model) == 0
    assert gradient_size(loss_fn, model) > 0.1


def test_3_a_cast_to_integers_hands_on_whole_numbers():
    x = mx.array([1.5, 2.5])
    for factor, arrives in ((0.5, 0), (1.9, 1), (100.25, 100)):
        slope = mx.grad(lambda x, f=factor: (f * x.astype(mx.int32)).sum())(x)
        assert slope.tolist() == [arrives, arrives]

    def cast(model, X, Y):
        return ((model(X).astype(mx.int32) - Y.astype(mx.int32)) ** 2).mean()

    assert gradient_size(cast, network()) == 0


def test_4_a_schedule_is_read_before_the_step_is_counted():
    for start, moves in ((0.0, False), (0.01, True)):
        adam, model = optim.Adam(optim.linear_schedule(start, 0.1, 10)), network()
        before = model.layers[0].weight
        loss, grads = nn.value_and_grad(model, loss_fn)(model, X, Y)
        adam.update(model, grads)
        assert bool(mx.any(model.layers[0].weight != before)) is moves
        adam.update(model, grads)
        assert bool(mx.any(model.layers[0].weight != before))


def test_5_a_tuple_of_layers_is_not_walked(tmp_path):
    layers = [nn.Linear(2, 8), nn.Dropout(0.5), nn.Linear(8, 8)]
    hidden, found = Stack(tuple(layers)), Stack(layers)
    assert count(hidden) == 9 and count(found) == 9 + 24 + 72
    hidden.eval()
    assert layers[1].training
    found.eval()
    assert not layers[1].training
    for model, names in ((hidden, 2), (found, 6)):
        path = os.path.join(tmp_path, f"{names}.safetensors")
        model.save_weights(path)
        assert len(mx.load(path)) == names
    before = mx.array(layers[0].weight)
    train(hidden, loss_fn, steps=3)
    assert mx.array_equal(layers[0].weight, before)
    train(found, loss_fn, steps=3)
    assert not mx.array_equal(layers[0].weight, before)


def test_6_wide_labels_end_at_the_variance():
    def wide(model, X, Y):
        return ((model(X)[:, 0] - Y) ** 2).mean()

    model = network()
    curve = train(model, wide)
    assert near(curve[-1], mx.var(Y).item()) and mx.std(model(X)).item() < 0.1
    assert wide_loss(model(X)[:, 0], Y[:, 0]).item() == pytest.approx(wide(model, X, Y).item())
    right = network()
    assert train(right, loss_fn)[-1] < 0.15 and mx.std(right(X)).item() > 0.2
    with pytest.raises(ValueError, match="shape"):
        nn.losses.mse_loss(model(X)[:, 0], Y)


def test_7_a_module_without_parameters_is_false():
    assert not nn.Tanh() and not nn.ReLU() and nn.Linear(1, 1)
    assert isinstance(hidden_layer(nn.Tanh()).layers[1], nn.ReLU)
    assert isinstance(hidden_layer_asked(nn.Tanh()).layers[1], nn.Tanh)
    assert isinstance(hidden_layer_asked().layers[1], nn.ReLU)
    same = [train(hidden_layer(act), loss_fn)[-1] for act in (nn.Tanh(), nn.ReLU())]
    other = [train(hidden_layer_asked(act), loss_fn)[-1] for act in (nn.Tanh(), nn.ReLU())]
    assert same[0] == pytest.approx(same[1], rel=1e-3)
    assert other[0] != pytest.approx(other[1], rel=1e-2)


@compiler
def test_8_a_compiled_function_keeps_dropout_and_its_mask():
    model = nn.Dropout(0.5)
    ones = mx.ones((64, 64))
    predict = mx.compile(lambda x: model(x))
    first = predict(ones)
    assert mx.array_equal(predict(ones), first)
    model.eval()
    assert mx.array_equal(predict(ones), first) and mx.array_equal(model(ones), ones)
    assert mx.array_equal(mx.compile(lambda x: model(x))(ones), ones)


@compiler
def test_8_with_the_random_state_each_call_draws_another_mask():
    model, ones = nn.Dropout(0.5), mx.ones((64, 64))
    state = [mx.random.state]
    step = mx.compile(lambda x: model(x), inputs=state, outputs=state)
    assert not mx.array_equal(step(ones), step(ones))


@pytest.mark.parametrize("at_once", [False, True])
def test_9_loaded_weights_are_read_when_they_are_needed(tmp_path, at_once):
    path, model = os.path.join(tmp_path, "best.safetensors"), nn.Linear(1, 1)
    model.weight = mx.array([[1.0]])
    model.save_weights(path)
    best = nn.Linear(1, 1).load_weights(path)
    if at_once:
        mx.eval(best.parameters())
    model.weight = mx.array([[2.0]])
    model.save_weights(path)
    assert best.weight.item() == (1.0 if at_once else 2.0)


def test_10_a_lazy_total_holds_on_to_every_step():
    model, sgd, lazy = network(), optim.SGD(0.1), mx.array(0.0)
    loss_and_grad, left = nn.value_and_grad(model, loss_fn), []
    for _ in range(4):
        loss, grads = loss_and_grad(model, X, Y)
        sgd.update(model, grads)
        mx.eval(model.parameters(), sgd.state)
        lazy = lazy + loss
        left.append(waiting(lazy))
    steps = np.diff(left)
    assert left[0] > 0 and (steps == steps[0]).all() and steps[0] > 0
    mx.eval(lazy)
    assert waiting(lazy) == 0


def test_the_held_out_loss_turns_where_labels_are_learned_by_heart():
    curves = small_and_noisy()
    assert curves["seen"][-1] < 0.05
    assert curves["held out"][-1] > 2 * min(curves["held out"])


def test_one_logit_and_cross_entropy_give_0_whatever_the_label():
    logits, labels = mx.array([[2.0], [-1.0]]), mx.array([[1], [0]])
    assert nn.losses.cross_entropy(logits, labels, reduction="sum").item() == 0


def test_adam_in_float16_loses_what_has_gradient_0():
    w, g = mx.ones(3, mx.float16), mx.array([0.5, 0.0, -0.5], mx.float16)
    for eps, lost in ((1e-8, 1), (1e-4, 0)):
        new = optim.Adam(0.01, eps=eps).apply_gradients({"w": g}, {"w": w})["w"]
        assert mx.isnan(new).sum().item() == lost


def test_every_parameter_of_the_list_moves():
    model = Stack([nn.Linear(2, 8), nn.Linear(8, 8)])
    before = dict(tree_flatten(model.parameters()))
    train(model, loss_fn, steps=2)
    assert all(mx.any(w != before[name]) for name, w in tree_flatten(model.parameters()))
