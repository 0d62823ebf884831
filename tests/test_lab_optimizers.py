"""The lab on optimizers: what it says of its tables, and each answer, found by doing it."""

import numpy as np
import pytest
from conftest import ROOT

SCRIPT = (ROOT / "snippets/lab_optimizers.py").read_text("utf-8")
LEVEL = 0.003, 0.01, 0.03, 0.1, 0.3, 1


def until(region: str, script: str = SCRIPT) -> dict:
    """The names that the lab's cells have made, up to and with one of them."""
    names: dict = {}
    exec(script.partition(f"# --8<-- [end:{region}]")[0], names)
    return names


@pytest.fixture(scope="module")
def lab() -> dict:
    return until("best")


def test_the_winner_changes_with_the_rate_and_every_optimizer_has_its_own(lab):
    assert lab["rates"] == LEVEL
    winners = {min(lab["losses"], key=lambda name: lab["losses"][name][k]) for k in range(4)}
    assert len(winners) >= 3 and len(set(lab["best"].values())) >= 3
    lowest = {name: min(row) for name, row in lab["losses"].items()}
    assert max(lowest, key=lowest.get) == "SGD" and sum(v < 1 for v in lowest.values()) == 8


def test_momentum_is_behind_adam_with_every_seed_and_muon_is_not(lab):
    found = {
        name: [lab["fit"](lab["made"][name](lab["best"][name]), seed)[1] for seed in range(4)]
        for name in ("momentum", "Adam", "Muon")
    }
    assert min(found["momentum"]) > max(found["Adam"])
    assert min(found["Adam"]) < max(found["Muon"]) and min(found["Muon"]) < max(found["Adam"])


def test_a_schedule_wins_at_three_times_the_rate(lab):
    names = dict(lab)
    exec(SCRIPT.partition("[start:schedule]\n")[2].partition("for name")[0], names)
    for name in ("momentum", "Adam", "Lion"):
        peak = 3 * lab["best"][name]
        level = lab["fit"](lab["made"][name](peak))[1]
        moved = lab["fit"](lab["made"][name](names["rise_and_fall"](peak)))[1]
        assert moved < level and moved < min(lab["losses"][name]), name


def test_the_ratio_of_a_tiny_rate_and_of_one_far_too_large(lab):
    medians, losses = [], []
    for rate in (0.0003, 0.3):
        adam = lab["optim"].Adam(rate, bias_correction=True)
        _, loss, ratios = lab["fit"](adam, watch=True)
        medians.append(np.median(ratios[20:]))
        losses.append(loss)
    assert 0.0005 < medians[0] < 0.003 and medians[1] < 0.02 and min(losses) > 2


def test_with_time_plain_sgd_comes_to_a_fraction(lab):
    loss = lab["fit"](lab["made"]["SGD"](lab["best"]["SGD"]), updates=200)[1]
    assert loss < min(lab["losses"]["SGD"]) / 3


def test_only_those_without_a_size_of_their_own_feel_a_factor(lab):
    scaled = until("model", SCRIPT.replace('reduction="mean")', 'reduction="mean") * 100'))
    for name in ("momentum", "Nesterov", "Adam", "Lion", "Muon"):
        rate = lab["best"][name] / (100 if name in ("momentum", "Nesterov") else 1)
        loss = scaled["fit"](lab["made"][name](rate))[1] / 100
        assert loss == pytest.approx(min(lab["losses"][name]), rel=0.35), name


def test_muon_may_have_the_last_layer_here(lab):
    whole = until("optimizers", SCRIPT.replace(' and not name.startswith("fc3")', ""))
    loss = whole["fit"](whole["made"]["Muon"](lab["best"]["Muon"]))[1]
    assert loss == pytest.approx(min(lab["losses"]["Muon"]), abs=0.1)
