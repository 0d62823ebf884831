"""The loops of core/training-loop and core/from-pytorch: what the pages claim about them."""

import ast
import contextlib
import math
import os
import subprocess
import sys
from functools import partial

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import pytest
from conftest import PROJECT, ROOT
from literate import needs
from literate import runs as runner
from literate import snippets as program
from literate.provenance import machine
from mlx.utils import tree_flatten, tree_map

from snippets.activations import relu_slope
from snippets.backward import backward, loss
from snippets.breast_cancer import mean_logit_loss
from snippets.forward import SimpleNN, relu
from snippets.live_lab import two_passes
from snippets.network import W1, W2, b1, b2, x, y
from snippets.seeds import alive, initial_parameters, output_bias_gradient, train_many
from snippets.training import inputs, loss_fn, mean_loss, targets
from snippets.update import sgd_step

# 1000 steps in float32: sums in another order may move the last digits, and each step hands the
# change on
RELATIVE, ABSOLUTE = 1e-4, 1e-5
ONCE = 1e-5  # of one sum in float32, which keeps 7 digits: another order may cost the last two
SEEDS = [0, 7, 2]  # learns, dies on the way, is dead at the start


needs_a_compiler = pytest.mark.skipif(
    machine().get("compiles") != "yes", reason=needs.WITHOUT["compiler"]
)


def plain_loop(seed: int, learning_rate: float) -> tuple[list[float], dict]:
    """The page's loop: losses before each of 1000 epochs and after the last, and the parameters."""
    mx.random.seed(seed)
    model = SimpleNN()
    optimizer = optim.Adam(learning_rate=learning_rate)
    loss_and_grad = nn.value_and_grad(model, loss_fn)
    losses = []
    for _ in range(1000):
        loss, grads = loss_and_grad(model, inputs, targets)
        optimizer.update(model, grads)
        mx.eval(model.parameters(), optimizer.state)
        losses.append(loss.item())
    return [*losses, loss_fn(model, inputs, targets).item()], model.parameters()


@pytest.fixture(scope="module", params=[0.001, 0.01])
def batched(request):
    """(learning rate, parameters, losses) of the hundred networks trained as one program."""
    return request.param, *train_many(SimpleNN, range(100), request.param)


@pytest.mark.parametrize("seed", SEEDS)
def test_network_k_is_the_plain_loop_with_seed_k(batched, seed):
    learning_rate, params, history = batched
    losses, parameters = plain_loop(seed, learning_rate)
    assert history.shape == (1001, 100)
    assert history[:, seed].tolist() == pytest.approx(losses, rel=RELATIVE, abs=ABSOLUTE)
    mine = dict(tree_flatten(tree_map(lambda stacked: stacked[seed], params)))
    for name, value in tree_flatten(parameters):
        assert mx.allclose(mine[name], value, rtol=RELATIVE, atol=ABSOLUTE), name


def test_stuck_is_dead_and_nothing_else(batched):
    """A network is stuck at ln 2 exactly where no hidden unit is alive.

    Those dead at the start stay dead.
    """
    _, params, history = batched
    stuck = mx.abs(history[-1] - mx.log(mx.array(2.0))) < 1e-3
    assert mx.array_equal(stuck, ~alive(params))
    dead_at_start = ~alive(initial_parameters(SimpleNN, range(100)))
    assert mx.all(stuck | ~dead_at_start)


def test_initial_parameters_are_those_of_each_seed():
    params = initial_parameters(SimpleNN, range(3))
    for seed in range(3):
        mx.random.seed(seed)
        for (name, stacked), (_, own) in zip(
            tree_flatten(params), tree_flatten(SimpleNN().parameters()), strict=True
        ):
            assert mx.array_equal(stacked[seed], own), name


def test_mean_losses_agree_with_mlx():
    z = mx.array([2.0, -1.0, 0.5, -3.0])
    y = mx.array([1.0, 0.0, 0.0, 1.0])
    mlx = nn.losses.binary_cross_entropy(z, y).item()
    assert mean_logit_loss(z, y).item() == pytest.approx(mlx, rel=ONCE)
    assert mean_loss(mx.sigmoid(z), y).item() == pytest.approx(mlx, rel=ONCE)


def test_output_bias_gradient_is_autodiff():
    z = mx.array([2.0, -1.0, 0.5, -3.0])
    y = mx.array([1.0, 0.0, 0.0, 1.0])
    by_autodiff = mx.grad(lambda b2: mean_loss(mx.sigmoid(z + b2), y))(mx.array(0.0))
    assert output_bias_gradient(mx.sigmoid(z), y).item() == pytest.approx(
        by_autodiff.item(), rel=ONCE
    )


def test_each_fault_of_the_optimizers_line_hides_the_next():
    """The page tells three; the last is the parameters, which stand where the rate does."""
    parameters = SimpleNN().parameters()
    with pytest.raises(TypeError, match="multiple values for argument 'learning_rate'"):
        optim.Adam(parameters, learning_rate=0.001)


LINES = {
    "ForwardNN": ("TypeError", "object is not callable"),
    "bce_class": ("AttributeError", "'BCELoss'"),
    "optim_in_nn": ("AttributeError", "'optim'"),
    "adam_lr": ("TypeError", "'lr'"),
    "zero_grad": ("AttributeError", "'zero_grad'"),
    "loss_backward": ("AttributeError", "'backward'"),
    "optimizer_step": ("TypeError", "'array' object is not callable"),
    "adam_parameters": ("ValueError", "dict"),
}


@pytest.mark.parametrize("name", LINES)
def test_each_pytorch_line_raises_what_the_page_shows(name):
    snippet = program.load(PROJECT, f"from_pytorch.{name}")
    run = runner.run(PROJECT, snippet.program, snippet.place)
    kind, words = LINES[name]
    assert run.error == snippet.error
    assert run.error.startswith(f"{kind}: ") and words in run.error


@needs_a_compiler
@pytest.mark.parametrize("prepared, expected", [(True, [1, 1, 2]), (False, [1, 2, 3])])
def test_a_compiled_step_is_noted_once_and_again_for_another_shape(prepared, expected):
    model, noted, seen = SimpleNN(), [], []
    optimizer = optim.Adam(learning_rate=0.001)
    if prepared:
        optimizer.init(model.trainable_parameters())
    loss_and_grad = nn.value_and_grad(model, loss_fn)
    state = [model.state, optimizer.state]

    @partial(mx.compile, inputs=state, outputs=state)
    def step(inputs, targets):
        noted.append(1)  # runs only while MLX notes the operations
        loss, grads = loss_and_grad(model, inputs, targets)
        optimizer.update(model, grads)
        return loss

    for count in (2, 2, 1):
        mx.eval(step(inputs[:count], targets[:count]), state)
        seen.append(len(noted))
    assert seen == expected


def test_one_step_is_too_long_for_two_examples_and_never_for_one(book):
    """What the figure of `core/update` says of the learning rate, up to 5."""
    before = [W1, b1, W2, b2]
    pairs = list(zip(before, backward(x, y, *before), strict=True))
    steps = ([sgd_step(w, g, k / 10) for w, g in pairs] for k in range(51))
    alone = [float(loss(x, y, *after)) for after in steps]
    assert alone == sorted(alone, reverse=True)
    values = book.runs["update.one_step"].values
    curve, slopes = values["curves"]["L"], values["slopes"]["L"]
    assert curve[50] > 1.5 * curve[0] and min(curve) < 0.6 * curve[0]
    inner = range(1, 50)
    apart = [k for k in inner if abs((curve[k + 1] - curve[k - 1]) / 0.2 - slopes[k]) > 3e-3]
    assert len(apart) <= 2  # beside the corner where a hidden neuron is shut


def test_with_every_weight_at_zero_only_the_output_bias_moves():
    parameters = [mx.zeros_like(w) for w in (W1, b1, W2, b2)]
    for _ in range(100):
        gradients = backward(x, y, *parameters)
        parameters = [sgd_step(w, g, 0.1) for w, g in zip(parameters, gradients, strict=True)]
    assert [mx.any(w).item() for w in parameters] == [False, False, False, True]


@pytest.mark.parametrize(
    "name, compares",
    [
        ("binary_cross_entropy", True),
        ("mse_loss", True),
        ("l1_loss", True),
        ("smooth_l1_loss", True),
        ("huber_loss", False),
        ("hinge_loss", False),
        ("log_cosh_loss", False),
    ],
)
def test_which_losses_compare_the_shapes(name, compares):
    with pytest.raises(ValueError, match="shape") if compares else contextlib.nullcontext():
        getattr(nn.losses, name)(mx.zeros((2, 1)), mx.zeros(2))


def trained_by_a_compiled_step(**given_as: bool) -> list[float]:
    """The losses of three epochs, the state given as `inputs`, as `outputs`, both or neither."""
    mx.random.seed(0)
    model = SimpleNN()
    optimizer = optim.Adam(learning_rate=0.01)
    optimizer.init(model.trainable_parameters())
    loss_and_grad = nn.value_and_grad(model, loss_fn)

    state = [model.state, optimizer.state]

    @partial(mx.compile, **dict.fromkeys(given_as, state))
    def step(inputs, targets):
        loss, grads = loss_and_grad(model, inputs, targets)
        optimizer.update(model, grads)
        return loss

    losses = []
    for _ in range(3):
        loss = step(inputs, targets)
        mx.eval(state)
        losses.append(loss.item())
    return losses


@needs_a_compiler
def test_a_compiled_step_trains_with_its_state_and_not_without():
    trained = trained_by_a_compiled_step(inputs=True, outputs=True)
    assert trained == pytest.approx(plain_loop(0, 0.01)[0][:3], rel=RELATIVE)
    assert trained[0] > trained[1] > trained[2]
    silent = trained_by_a_compiled_step(outputs=True)
    assert silent == [trained[0]] * 3
    for without_outputs in ({"inputs": True}, {}):
        with pytest.raises(RuntimeError, match="array without a primitive"):
            trained_by_a_compiled_step(**without_outputs)


def test_without_a_compiler_every_way_of_giving_the_state_trains(tmp_path):
    """What MLX finds is asked for once in a process, so each way is tried in one of its own."""
    if sys.platform != "linux" or mx.default_device() != mx.cpu:
        pytest.skip("only on the CPU of Linux does MLX compile with what is on the PATH")
    ask = (
        "import test_training as t\n"
        "ways = {}, {'inputs': 1}, {'outputs': 1}, {'inputs': 1, 'outputs': 1}\n"
        "print([t.trained_by_a_compiled_step(**way) for way in ways])"
    )
    folders = (ROOT, ROOT / "tests", ROOT / "packages" / "literate" / "tests")
    paths = os.pathsep.join(map(str, folders))
    done = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": str(tmp_path), "PYTHONPATH": paths},
    )
    assert done.returncode == 0, done.stderr
    for losses in ast.literal_eval(done.stdout):
        assert losses == pytest.approx(plain_loop(0, 0.01)[0][:3], rel=RELATIVE)


@pytest.mark.parametrize("learning_rate", [0.001, 0.01])
def test_what_is_dead_stays_dead_though_adam_carries_it_on(learning_rate):
    """After the last hidden neuron of a network has died it moves on, and no neuron wakes."""
    params = initial_parameters(SimpleNN, range(100))
    model, optimizer = SimpleNN(), optim.Adam(learning_rate=learning_rate)

    def network_loss(own):
        model.update(own)
        return loss_fn(model, inputs, targets)

    gradients = mx.grad(lambda every: mx.vmap(network_loss)(every).sum())
    was_alive = born_alive = alive(params)
    moved_on = mx.zeros(100, dtype=mx.bool_)
    for _ in range(1000):
        before = params["fc1"]["weight"]
        params = optimizer.apply_gradients(gradients(params), params)
        moved_on |= ~was_alive & mx.any(params["fc1"]["weight"] != before, axis=(1, 2))
        now = alive(params)
        mx.eval(params, optimizer.state, moved_on, now)
        assert not mx.any(now & ~was_alive).item()
        was_alive = now
    assert mx.array_equal(moved_on, born_alive & ~was_alive)


@pytest.mark.parametrize(
    "optimizer", [optim.Adam(learning_rate=0.0001), optim.SGD(learning_rate=0.01)]
)
def test_neither_short_steps_nor_plain_descent_keep_seed_7_alive(optimizer):
    mx.random.seed(7)
    model = SimpleNN()
    loss_and_grad = nn.value_and_grad(model, loss_fn)
    assert mx.any(model.fc1(inputs) > 0)
    for _ in range(200):
        loss, grads = loss_and_grad(model, inputs, targets)
        optimizer.update(model, grads)
        mx.eval(model.parameters(), optimizer.state)
    assert not mx.any(model.fc1(inputs) > 0)


def test_a_steady_gradient_makes_the_twelfth_step_of_the_default_adam_the_longest():
    optimizer, at, steps = optim.Adam(learning_rate=1.0), mx.array([0.0]), []
    for _ in range(200):
        new = optimizer.apply_gradients({"w": mx.array([1.0])}, {"w": at})["w"]
        steps.append((at - new).item())
        at = new
    assert 1 + steps.index(max(steps)) == 12 and 6 < max(steps) < 7
    # for any gradients whatever, by Cauchy and Schwarz: seven learning rates, and hardly more
    b1, b2 = optimizer.betas
    assert 7 < (1 - b1) / (1 - b2) ** 0.5 / (1 - b1 * b1 / b2) ** 0.5 < 7.5


def test_what_a_weight_of_1e39_makes():
    W1_inf = mx.array([[1e39, -1.1], [1.0, 0.8]])
    made = two_passes(x, y, W1_inf, b1, W2, b2, relu, relu_slope)
    z1, a1, z2, y_hat, L, delta2, dL_db2, dL_dW2, delta1, dL_db1, dL_dW1 = made
    assert [z1[0].item(), a1[0].item(), z2.item()] == [math.inf] * 3 and y_hat.item() == 1
    assert mx.isnan(L) and mx.isnan(dL_dW2[0, 0]) and dL_dW2[0, 1].item() == 0
    assert not any(mx.any(g) for g in (delta2, dL_db2, delta1, dL_db1, dL_dW1))


def test_only_a_swapped_cross_entropy_falls_below_0():
    """Of labels 0 and 1 it cannot; given the logits as labels it falls without end."""
    z, y = mx.linspace(-50, 50, 101), mx.arange(101) % 2
    assert (nn.losses.binary_cross_entropy(z, y, reduction="none") >= 0).all()
    assert nn.losses.binary_cross_entropy(y, z, reduction="none").min().item() < -20


@pytest.mark.parametrize("inputs_", [2, 30])
def test_a_linear_layer_draws_evenly_within_one_over_the_root_of_its_inputs(inputs_):
    mx.random.seed(0)
    drawn = (
        mx.concatenate(
            [p.flatten() for _, p in tree_flatten(nn.Linear(inputs_, 4000).parameters())]
        )
        * inputs_**0.5
    )
    assert drawn.min().item() >= -1 and drawn.max().item() <= 1
    quarters = [mx.mean((drawn >= low) & (drawn < low + 0.5)).item() for low in (-1, -0.5, 0, 0.5)]
    assert all(abs(share - 0.25) < 0.02 for share in quarters), quarters
