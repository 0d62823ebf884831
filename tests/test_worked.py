"""Lines worked in digits: drawn from the formula and the run.

Refused where they do not give the run's result.
"""

import pytest
from conftest import PROJECT
from literate import symbols, worked
from literate.worked import written
from mathdoctest import functions, source
from mathdoctest.entries import entry
from mathdoctest.evaluate import Wrong

NETWORK = {
    "x": [0.5, 0.2], "y": [1.0],
    "W1": [[0.6, -1.1], [1.0, 0.8]], "b1": [0.3, -0.1], "W2": [[0.9, -0.7]], "b2": [-0.4],
    "z1": [0.38, 0.56], "a1": [0.38, 0.56], "z2": [-0.45], "y_hat": [0.3893608], "L": 0.9432490,
    "delta2": [-0.6106392], "delta1": [-0.5495753, 0.4274474],
    "dL_dW1": [[-0.2747876, -0.1099151], [0.2137237, 0.0854895]],
    "dL_dW2": [[-0.2320429, -0.3419580]],
    "dL_dy_hat": [-2.5683124], "dy_hat_dz2": [0.2377590], "dz2_dw2": [0.38, 0.56],
}  # fmt: skip

BATCH = NETWORK | {
    "rows": [[0.5, 0.2], [0.7, 0.1]], "sums": [[0.38, 0.56], [0.61, 0.68]],
    "ys": [1.0, 0.0], "ps": [0.8, 0.4], "mean": 0.3669846,
}  # fmt: skip


def line(name, given=None, at=None, nth=1, side=-1, values=NETWORK):
    home, _, wanted = name.partition(".")
    function = functions.function(source.module(PROJECT.snippets / f"{home}.py"), wanted)
    known = symbols.parsed(PROJECT, home, wanted)
    return worked.line(entry(function, values, given or {}, at or {}, known, nth, side))


def spoken(*given, **more):
    return line(*given, **more).spoken


@pytest.mark.parametrize(
    "name, given, at, nth, says",
    [
        (
            "forward.weighted_sum",
            {"W": "W1", "b": "b1", "z": "z1"},
            {"i": 1},
            1,
            "0.38 = 0.6 × 0.5 + (−1.1) × 0.2 + 0.3",
        ),
        ("forward.forward", {}, {"entry": 1}, 3, "−0.45 = 0.9 × 0.38 + (−0.7) × 0.56 + (−0.4)"),
        ("forward.forward", {}, {"entry": 2}, 2, "0.56 = ReLU(0.56)"),
        (
            "forward.sigmoid",
            {"z": "z2", "sigmoid": "y_hat"},
            {},
            1,
            "0.389361 = 1 ÷ ( 1 + e^{−(−0.45)} )",
        ),
        (
            "loss.binary_cross_entropy",
            {},
            {},
            1,
            "0.943249 = − 1 × log(0.3893608) − ( 1 − 1 ) × log(1 − 0.3893608)",
        ),
        (
            "backward.hidden_error",
            {},
            {"entry": 2},
            1,
            "0.427447 = −0.7 × (−0.610639) × ReLU′(0.56)",
        ),
        ("backward.backward", {}, {"i": 1, "j": 2}, 1, "−0.109915 = −0.549575 × 0.2"),
        ("chain.chain_rule", {}, {"j": 1}, 1, "−0.232043 = −2.568312 × 0.237759 × 0.38"),
        (
            "layers.weighted_sums",
            {"X": "rows", "W": "W1", "b": "b1", "Z": "sums", "N": 2},
            {"entry": [2, 1]},
            1,
            "0.61 = 0.7 × 0.6 + 0.1 × (−1.1) + 0.3",
        ),
        (
            "training.mean_loss",
            {"y": "ys", "y_hat": "ps", "L": "mean", "N": 2},
            {},
            1,
            "0.366985 = − 1 ÷ 2 × ( 1 × log(0.8) + ( 1 − 1 ) × log(1 − 0.8) "
            "+ 0 × log(0.4) + ( 1 − 0 ) × log(1 − 0.4) )",
        ),
    ],
)
def test_lines(name, given, at, nth, says):
    assert spoken(name, given, at, nth, values=BATCH) == says


def test_symbols_stand_above_their_digits():
    items = line("forward.forward", at={"entry": 1}).items
    told = {item.symbol: (item.tex, item.digits) for item in items if item.symbol}
    assert told["w1_12"] == ("w^{(1)}_{12}", "(−1.1)") and told["z1_1"] == ("z^{(1)}_{1}", "0.38")


def test_a_derivative_keeps_layer_and_index():
    left, *_ = line("chain.chain_rule", at={"j": 1}).items
    assert left.tex == r"\frac{\partial L}{\partial w^{(2)}_{11}}" and left.symbol == "dL_dw2_11"


def test_a_line_breaks_before_a_sign_and_not_in_short_parentheses():
    groups = line(
        "training.mean_loss", {"y": "ys", "y_hat": "ps", "L": "mean", "N": 2}, values=BATCH
    )
    first, *rest = ["".join(item.tex for item in group) for group in groups.groups]
    assert first == "L" and all(text[0] in "=+−×÷" for text in rest)
    assert any("(1−y_" in text for text in rest), "1 − y stays together"


def test_a_line_that_gives_another_result_is_refused():
    with pytest.raises(Wrong, match="worked out it is 0.38, but the run has z1_1 = 0.4"):
        spoken("forward.forward", at={"entry": 1}, values=NETWORK | {"z1": [0.4, 0.56]})


@pytest.mark.parametrize(
    "name, given, at, says",
    [
        ("forward.weighted_sum", {}, {"i": 1}, "the run left no `z`"),
        (
            "forward.weighted_sum",
            {"W": "W1", "b": "b1", "z": "z1"},
            {},
            "the index i has no number",
        ),
        ("forward.forward", {}, {}, "choose one with `at`"),
        ("forward.forward", {}, {"entry": 3}, "no entry 3"),
        ("activations.relu_slope", {"z": "z2", "ReLU_prime": 0.0}, {}, "a Cases cannot be written"),
    ],
)
def test_what_is_missing_is_said(name, given, at, says):
    with pytest.raises(Wrong, match=says):
        spoken(name, given, at)


def test_as_many_digits_as_the_result_needs():
    """A reader who works the line out from the digits shown gets the result shown."""
    values = NETWORK | {"y_hat": [0.38936076], "L": 0.94324895}
    line = spoken("loss.binary_cross_entropy", values=values)
    assert "log(0.3893608)" in line and line.startswith("0.943249 =")


@pytest.mark.parametrize(
    "value, text",
    [
        (0.6000000238, "0.6"),
        (-1.1, "−1.1"),
        (0.38936076, "0.389361"),
        (0.0, "0"),
        (-0.0, "0"),
        (5.3844e-5, "0.0000538440"),
        (1e-8, "0.00000001"),
        (1.0, "1"),
        (12.0, "12"),
    ],
)
def test_numbers_as_the_book_writes_them(value, text):
    assert written(value) in (text, text.rstrip("0") if "." in text else text)
