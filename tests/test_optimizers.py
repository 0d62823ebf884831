"""What full/optimizers says of MLX's optimizers, of the valley, and of the figure that moves."""

import json
import math

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
import pytest

from snippets import optimizers as shown
from snippets.forward import SimpleNN
from snippets.solutions_optimizers import adamax_step
from snippets.update import adam_step, adam_uncorrected, sgd_step

CURVED = mx.array([1.0, 5.0, 25.0])
CORRECTED = {"bias_correction": True}


def both(step, optimizer, shape=(4, 3), steps=20):
    """Where a step of ours and an optimizer of MLX are after each of some steps, from one start."""
    mx.random.seed(1)
    w = start = mx.random.normal(shape)
    new, kept = {"w": start}, [mx.zeros(shape)] * 2
    for t in range(1, steps + 1):
        *kept, w = step(t, w, CURVED * w, kept)
        new = optimizer.apply_gradients({"w": CURVED * new["w"]}, new)
        yield w, new["w"]


def adamw(t, w, g, k):
    m, v, m_hat, v_hat, _ = adam_step(w, g, *k[:2], t, 0.01, 0.8, 0.99)
    return m, v, shown.adamw_step(w, m_hat, v_hat, 0.01, 0.3)


@pytest.mark.parametrize(
    "step, optimizer",
    [
        (lambda t, w, g, k: [sgd_step(w, g, 0.01)], lambda: optim.SGD(0.01)),
        (
            lambda t, w, g, k: shown.momentum_step(w, g, k[0], 0.01, 0.8),
            lambda: optim.SGD(0.01, momentum=0.8),
        ),
        (
            lambda t, w, g, k: shown.nesterov_step(w, g, k[0], 0.01, 0.8),
            lambda: optim.SGD(0.01, momentum=0.8, nesterov=True),
        ),
        (lambda t, w, g, k: shown.adagrad_step(w, g, k[0], 0.1), lambda: optim.Adagrad(0.1)),
        (
            lambda t, w, g, k: shown.rmsprop_step(w, g, k[0], 0.01, 0.9),
            lambda: optim.RMSprop(0.01, alpha=0.9),
        ),
        (
            lambda t, w, g, k: adam_uncorrected(w, g, *k[:2], 0.01, 0.8, 0.99),
            lambda: optim.Adam(0.01, [0.8, 0.99]),
        ),
        (
            lambda t, w, g, k: adam_step(w, g, *k[:2], t, 0.01, 0.8, 0.99),
            lambda: optim.Adam(0.01, [0.8, 0.99], **CORRECTED),
        ),
        (
            adamw,
            lambda: optim.AdamW(0.01, [0.8, 0.99], weight_decay=0.3, **CORRECTED),
        ),
        (
            lambda t, w, g, k: shown.lion_step(w, g, k[1], 0.01, 0.8, 0.95, 0.3),
            lambda: optim.Lion(0.01, [0.8, 0.95], weight_decay=0.3),
        ),
        (
            lambda t, w, g, k: shown.muon_step(w, g, k[0], 0.01, 0.8, shown.orth),
            lambda: optim.Muon(0.01, momentum=0.8, weight_decay=0),
        ),
        (
            lambda t, w, g, k: adamax_step(w, g, *k[:2], 0.01, 0.8, 0.99),
            lambda: optim.Adamax(0.01, [0.8, 0.99]),
        ),
    ],
)  # fmt: skip
def test_each_formula_is_mlx_s_at_every_one_of_twenty_steps(step, optimizer):
    for ours, theirs in both(step, optimizer()):
        assert mx.allclose(ours, theirs, rtol=1e-4, atol=1e-5)


# ---- the valley


def remaining(matrix: np.ndarray) -> float:
    return max(abs(np.linalg.eigvals(matrix)))


def momentum_matrix(eta: float, mu: float, h: float) -> np.ndarray:
    """From (w, v) to (w, v) a step later."""
    return np.array([[1 - eta * h, -eta * mu], [h, mu]])


def nesterov_matrix(eta: float, mu: float, h: float) -> np.ndarray:
    return np.array([[1 - eta * (1 + mu) * h, -eta * mu**2], [h, mu]])


def test_no_rate_is_better_than_the_best():
    h = (1.0, 25.0)
    rate, rho = (each.item() for each in shown.best_rate(mx.array(h)))
    left = {eta: max(abs(1 - eta * each) for each in h) for eta in np.linspace(0.001, 0.1, 991)}
    assert min(left, key=left.get) == pytest.approx(rate, abs=2e-4)
    assert min(left.values()) == pytest.approx(rho, abs=1e-3)


def test_no_momentum_is_better_than_the_best():
    h = (1.0, 25.0)
    eta, mu, rho = (each.item() for each in shown.best_momentum(mx.array(h)))
    at = max(remaining(momentum_matrix(eta, mu, each)) for each in h)
    assert at == pytest.approx(rho, abs=1e-3)  # a double root: its rounding is a square root
    for e in np.linspace(0.02, 0.16, 29):
        for m in np.linspace(0, 0.98, 50):
            assert max(remaining(momentum_matrix(e, m, each)) for each in h) >= rho - 1e-3


@pytest.mark.parametrize("h", [0.5, 25.0])
@pytest.mark.parametrize("mu", [0.0, 0.5, 0.9])
def test_from_the_largest_rate_on_nothing_shrinks(h, mu):
    sgd, momentum, nesterov = (each.item() for each in shown.largest_rates(mx.array(h), mu))
    assert abs(1 - 0.99 * sgd * h) < 1 <= abs(1 - 1.001 * sgd * h)
    for matrix, limit in ((momentum_matrix, momentum), (nesterov_matrix, nesterov)):
        assert remaining(matrix(0.99 * limit, mu, h)) < 1 < remaining(matrix(1.01 * limit, mu, h))
    assert nesterov <= sgd <= momentum


def test_the_matrices_are_mlx_s_steps():
    for matrix, nesterov in ((momentum_matrix, False), (nesterov_matrix, True)):
        sgd, w = optim.SGD(0.01, momentum=0.8, nesterov=nesterov), {"w": mx.array(2.0)}
        state = np.array([2.0, 0.0])
        for _ in range(10):
            w = sgd.apply_gradients({"w": 25 * w["w"]}, w)
            state = matrix(0.01, 0.8, 25.0) @ state
        assert w["w"].item() == pytest.approx(state[0], rel=1e-4)


def test_ten_times_the_condition_number_takes_ten_times_the_steps():
    def steps(ratio):
        rho = shown.best_rate(mx.array([1.0, ratio]))[1].item()
        return math.log(0.1) / math.log(rho)

    assert steps(250) / steps(25) == pytest.approx(10, rel=0.01)


def test_turned_valley_changes_nothing_for_those_without_a_rate_for_each(book):
    rows = [line.split() for line in book.runs["optimizers.turned"].output.splitlines()[1:]]
    ends = {name: (float(along), float(across)) for name, along, across in rows}
    for name in ("SGD", "momentum", "Nesterov"):
        assert ends[name][0] == pytest.approx(ends[name][1], rel=0.05)
    for name in ("RMSprop", "Adam", "AdamW"):
        assert ends[name][1] > 5 * ends[name][0]


# ---- what the text says of MLX


def first_step(optimizer, g=1.0, shape=()):
    w = mx.zeros(shape)
    return -optimizer.apply_gradients({"w": mx.full(shape, g)}, {"w": w})["w"]


def test_dampening_damps_the_first_step():
    assert first_step(optim.SGD(1.0, momentum=0.9, dampening=0.9)).item() == pytest.approx(0.1)


def test_uncorrected_first_steps():
    assert first_step(optim.RMSprop(1.0)).item() == pytest.approx(10, rel=1e-5)
    assert first_step(optim.Adam(1.0)).item() == pytest.approx(10**0.5, rel=1e-4)
    assert first_step(optim.AdamW(1.0)).item() == pytest.approx(10**0.5, rel=1e-4)
    assert first_step(optim.Adam(1.0, **CORRECTED)).item() == pytest.approx(1, rel=1e-5)


def test_default_adam_s_longest_step_is_the_twelfth():
    adam, g = optim.Adam(1.0), mx.array(1.0)
    w = [mx.array(0.0)]
    for _ in range(100):
        w.append(adam.apply_gradients({"w": g}, {"w": w[-1]})["w"])
    lengths = [(a - b).item() for a, b in zip(w, w[1:], strict=False)]
    assert lengths.index(max(lengths)) == 11 and max(lengths) == pytest.approx(6.57, abs=0.01)


def test_defaults_of_decay():
    w = {"w": mx.array([1.0])}
    assert optim.AdamW(0.01).weight_decay == 0.01 and optim.Muon(0.01).weight_decay == 0.01
    assert optim.Lion(0.01).weight_decay == 0
    # Muon's and SGD's is added to the gradient
    for made, plain in (
        (optim.Muon(0.1, weight_decay=0.5), optim.Muon(0.1, weight_decay=0)),
        (optim.SGD(0.1, weight_decay=0.5), optim.SGD(0.1)),
    ):
        new = made.apply_gradients({"w": mx.array([2.0])}, w)["w"]
        assert new.item() == plain.apply_gradients({"w": mx.array([2.5])}, w)["w"].item()


def test_muon_leaves_vectors_alone_and_brings_matrices_near_one():
    assert first_step(optim.Muon(1.0, weight_decay=0), 4.0, (3,)).tolist() == pytest.approx(
        [4 * 0.0975] * 3
    )
    for sigma in np.geomspace(0.01, 1, 200):
        x = mx.array([[float(sigma)]])
        for _ in range(5):
            x = shown.newton_schulz(x)
        assert 0.65 < x.item() < 1.25


def test_muon_scales_filters_by_their_last_two_axes():
    mx.random.seed(0)
    filters = mx.random.normal((64, 3, 3, 1))
    lengths = []
    for g in (filters, filters.reshape(64, 9)):
        muon = optim.Muon(learning_rate=1.0, weight_decay=0)
        step = muon.apply_gradients({"w": g}, {"w": mx.zeros_like(g)})["w"]
        lengths.append(mx.linalg.norm(step.flatten()).item())
    assert lengths[0] / lengths[1] == pytest.approx(math.sqrt(3) / math.sqrt(64 / 9), rel=1e-3)
    assert lengths[0] / lengths[1] == pytest.approx(2 / 3, abs=0.03)


@pytest.mark.parametrize("make", [optim.Adam, optim.RMSprop, optim.Adagrad, optim.Adamax])
def test_float16_makes_nan_of_a_zero_gradient(make):
    w, g = mx.ones(2, dtype=mx.float16), mx.array([0.5, 0.0], dtype=mx.float16)
    new = make(learning_rate=0.01).apply_gradients({"w": g}, {"w": w})["w"]
    assert new[0].item() < 1 and math.isnan(new[1].item())


def test_numbers_of_half_precision():
    assert mx.array(1e-8, dtype=mx.float16).item() == 0 < mx.array(6e-8, dtype=mx.float16).item()
    assert mx.array(0.999, dtype=mx.bfloat16).item() == 1
    assert mx.array(0.997, dtype=mx.bfloat16).item() == 0.99609375


def test_bfloat16_stalls():
    """A steady gradient of 1: the average of squares should come to 1 and stays at one half."""
    ends = {}
    for kind in (mx.float32, mx.bfloat16):
        adam, w, g = optim.Adam(0.01), mx.zeros(1, dtype=kind), mx.ones(1, dtype=kind)
        for _ in range(3000):
            w = adam.apply_gradients({"w": g}, {"w": w})["w"]
            mx.eval(w, adam.state)
        ends[kind] = adam.state["w"]["v"].item()
    assert ends[mx.float32] == pytest.approx(0.95, abs=0.01)
    assert ends[mx.bfloat16] == 0.5


@pytest.mark.parametrize("make", [optim.SGD, optim.Adam])
def test_a_layer_thawed_later_has_no_room_until_the_optimizer_is_told(make):
    model, optimizer = SimpleNN(), make(0.01)
    model.fc1.freeze()
    loss_and_grad = nn.value_and_grad(model, lambda: model(mx.ones((1, 2))).sum())
    optimizer.update(model, loss_and_grad()[1])
    kept = optimizer.state["fc2"]["weight"]["v"]
    model.unfreeze()
    with pytest.raises(KeyError):
        optimizer.update(model, loss_and_grad()[1])
    optimizer.init(model.trainable_parameters())
    assert mx.array_equal(optimizer.state["fc2"]["weight"]["v"], kept)
    optimizer.update(model, loss_and_grad()[1])


# ---- the figure


@pytest.fixture(scope="module")
def figure(browser, address):
    page = browser.new_context().new_page()
    page.goto(address + "en/full/optimizers/")
    yield page
    page.context.close()


def walked(name: str, data: dict, eta: float, mu: float) -> np.ndarray:
    optimizer = shown.nine(eta, mu)[name]
    w, h = [mx.array([data["place"]])], mx.array(data["h"])
    for _ in range(data["steps"]):
        w.append(optimizer.apply_gradients({"w": h * w[-1]}, {"w": w[-1]})["w"])
    return np.array(mx.concatenate(w))


DRAWN = """figure => {
    const pictures = [...figure.querySelectorAll("svg.tp-chart")];
    const picture = pictures.find(each => each.checkVisibility());
    const [[low, high, left, right], [down, top, bottom, up]] =
        JSON.parse(picture.querySelector("[data-scale]").dataset.scale);
    return Object.fromEntries([...picture.querySelectorAll("[data-racer]")].map(group => {
        const path = group.querySelector(".tp-walk").getAttribute("d");
        const numbers = path.match(/-?[\\d.]+/g).map(Number);
        const places = [];
        for (let k = 0; k < numbers.length; k += 2) places.push([
            low + (numbers[k] - left) / (right - left) * (high - low),
            down + (numbers[k + 1] - bottom) / (up - bottom) * (top - down)]);
        return [group.dataset.racer, places];
    }));
}"""  # fmt: skip


@pytest.mark.browser
def test_the_figure_s_paths_are_mlx_s(figure):
    drawing = figure.locator("[data-valley]")
    data = json.loads(drawing.get_attribute("data-valley"))
    around = drawing.locator("xpath=ancestor::figure")
    rate, momentum = around.get_by_role("slider").all()
    at = list(data["start"])
    presses = [None, (rate, "ArrowRight"), (momentum, "ArrowLeft"), (rate, "Home"), (rate, "End")]
    for press in presses:
        if press:
            slider, key = press
            slider.press(key)
            k = int(slider == momentum)
            ends = {"Home": 0, "End": len(data["rates"]) - 1}
            at[k] = ends.get(key, at[k] + (1 if key == "ArrowRight" else -1))
        eta, mu = data["rates"][at[0]], data["momenta"][at[1]]
        labels = around.locator(".tp-slide span").all_text_contents()
        assert labels == [f"η = {eta}", f"μ = {mu}"]
        for name, places in drawing.evaluate(DRAWN).items():
            wanted = walked(name, data, eta, mu)[: len(places)]
            near = 0.02 + 1e-3 * np.abs(wanted)  # of the two decimals of a drawing, and float32
            assert (np.abs(np.array(places) - wanted) < near).all(), (name, eta, mu)


@pytest.mark.browser
def test_without_scripts_the_figure_is_a_still(visit):
    page = visit("en/full/optimizers/", java_script_enabled=False)
    assert (
        page.locator("[data-valley] .tp-walk").count() == 18
        and not page.locator(".tp-slide").count()
    )
