"""The lab on breast cancer: each answer it gives, found by doing what the question asks."""

import math

import numpy as np
import pytest
from conftest import ROOT

from snippets.metrics import interval

SCRIPT = (ROOT / "snippets/lab_breast_cancer.py").read_text("utf-8")


def until(region: str, script: str = SCRIPT) -> dict:
    """The names that the lab's cells have made, up to and with one of them."""
    names: dict = {}
    exec(script.partition(f"# --8<-- [end:{region}]")[0], names)
    return names


@pytest.fixture(scope="module")
def lab() -> dict:
    return until("cost")


def test_the_heat_map_is_as_its_words_say(lab):
    size = np.abs(lab["R"][:10, :10])
    first, second = np.ix_([0, 2, 3], [0, 2, 3]), np.ix_([5, 6, 7], [5, 6, 7])
    assert size[first].min() > 0.98 and size[second].min() > 0.8
    assert size[7, [0, 2, 3]].min() > 0.8
    assert np.delete(size[1], 1).max() < 0.35 and size[9, [0, 2, 3]].max() < 0.35


def test_an_interval_holds_for_about_95_of_100_samples():
    """Of the size of the lab's example, wherever the true share lies near its own."""
    N = 143
    for p in (0.9, 0.95, 0.965, 0.98):
        held = sum(
            math.comb(N, k) * p**k * (1 - p) ** (N - k)
            for k in range(N + 1)
            if abs(interval(k / N, N)[0] - p) <= interval(k / N, N)[1]
        )
        assert held == pytest.approx(0.95, abs=0.03), p


def test_a_dearer_miss_lowers_the_threshold_and_costs_false_alarms(lab):
    before, after = (lab["cost_threshold"](c_FN, 1) for c_FN in (10, 100))
    assert after == pytest.approx(1 / 101)
    (TP, FP, FN, _), (TP_after, FP_after, *_) = (
        lab["counts"](lab["y"], lab["p"], t) for t in (before, after)
    )
    rise = (TP_after - TP) / (TP + FN)
    assert 0 < rise < 0.05 and FP_after > 2 * FP


def test_a_larger_network_is_surer_where_it_is_wrong(lab):
    losses, right = [], []
    for units in (1, 8, 64):
        named = until(
            "fit",
            SCRIPT.replace("nn.Linear(30, 8)", f"nn.Linear(30, {units})").replace(
                "nn.Linear(8, 1)", f"nn.Linear({units}, 1)"
            ),
        )
        exec(
            SCRIPT.partition("# --8<-- [start:folds]")[2].partition("# --8<-- [end:folds]")[0],
            named,
        )
        losses.append(
            [lab["mean_logit_loss"](named["out_of_fold"](epochs), lab["y"]) for epochs in (40, 400)]
        )
        right.append(np.mean((named["z"] > 0) == lab["y"]))
    at_40, at_400 = zip(*losses, strict=True)
    assert list(at_40) == sorted(at_40) and at_400[2] - at_400[0] > at_40[2] - at_40[0], losses
    assert max(right) - min(right) < 0.02, right


def test_a_temperature_does_not_save_what_is_badly_wrong(lab):
    z, y = lab["z_long"], lab["y"]
    groups = {T: (p := lab["sigmoid"](z / T), p < 0.01) for T in (1, 2, 3, 4, 5, 6, 8)}
    expected = {T: p[first].sum() for T, (p, first) in groups.items()}
    assert max(expected, key=expected.get) == 4
    assert list(expected.values()) == [
        *sorted(list(expected.values())[:4]),
        *sorted(list(expected.values())[4:], reverse=True),
    ]
    assert all(expected[T] < y[groups[T][1]].sum() for T in (1, 2, 3, 4))
    sizes = [first.sum() for _, first in groups.values()]
    assert sizes == sorted(sizes, reverse=True)
