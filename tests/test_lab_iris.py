"""The lab on irises: what its words say of the pictures, and each answer that it gives."""

import numpy as np
import pytest
from conftest import ROOT

SCRIPT = (ROOT / "snippets/lab_iris.py").read_text("utf-8")


def until(region: str, script: str = SCRIPT) -> dict:
    """The names that the lab's cells have made, up to and with one of them."""
    names: dict = {}
    exec(script.partition(f"# --8<-- [end:{region}]")[0], names)
    return names


@pytest.fixture(scope="module")
def lab() -> dict:
    return until("final")


def accuracy(lab: dict, Z: np.ndarray) -> float:
    return np.mean(Z.argmax(axis=1) == lab["y"])


def test_what_is_wrong_is_unsure(lab):
    wrong = lab["said"] != lab["y"]
    assert 0 < wrong.sum() < 10 and lab["P"][wrong].max() < 0.8
    assert {*lab["y"][wrong], *lab["said"][wrong]} == {1, 2}


def test_no_flower_is_between_setosa_and_virginica(lab):
    smaller = np.minimum(lab["P"][:, 0], lab["P"][:, 2])
    assert np.sort(smaller)[-2] < 0.02 and smaller.max() < 0.03


def test_petals_are_almost_as_good_as_all_four(lab):
    petals = lab["out_of_fold"](lab["fit"], lab["X"][:, 2:], lab["y"])
    assert abs(accuracy(lab, petals) - accuracy(lab, lab["Z"])) < 0.02
    logits = lab["petals"]
    at = {p: logits(np.array([p])) for p in ((0, 0), (2, 0), (0, 2), (2, 2))}
    assert at[2, 2] - at[0, 2] == pytest.approx(at[2, 0] - at[0, 0])  # a plane for each logit
    corner = lab["softmax"](logits(np.array([[7.0, 0.0]])))
    assert corner.max() > 0.9  # sure where no flower has been


def test_the_network_is_surer_and_no_better(lab):
    losses = [lab["mean_loss"](lab[Z], lab["y"]) for Z in ("Z", "Z_short", "Z_long")]
    assert losses == sorted(losses)
    accuracies = [accuracy(lab, lab[Z]) for Z in ("Z", "Z_short", "Z_long")]
    assert max(accuracies) - min(accuracies) < 0.03 and accuracies[0] == max(accuracies)


def test_the_best_temperature_is_well_above_1_and_halves_the_loss(lab):
    losses = {T: lab["mean_loss"](lab["Z_long"] / T, lab["y"]) for T in (1, 2, 3, 4, 8)}
    best = min(losses, key=losses.get)
    assert 2 < best < 8 and losses[best] < losses[1] / 2
    assert losses[best] > lab["mean_loss"](lab["Z"], lab["y"])


def test_the_shares_of_wrong_answers(lab):
    counts = []
    for t in (0, 0.7, 0.9):
        sure = lab["P"].max(axis=1) > t
        counts.append((np.sum(sure & (lab["said"] != lab["y"])), sure.sum()))
    assert counts[0] == (5, 120) and counts[1] == (2, 111) and counts[2][0] == 0


def test_sepals_alone_do_not_tell_two_species_apart(lab):
    Z = lab["out_of_fold"](lab["fit"], lab["X"][:, :2], lab["y"])
    assert accuracy(lab, Z) == pytest.approx(0.8, abs=0.05)
    wrong = Z.argmax(axis=1) != lab["y"]
    setosa = (lab["y"] == 0) | (Z.argmax(axis=1) == 0)
    assert np.sum(wrong & setosa) <= 3


def test_large_losses_find_wrong_labels(lab):
    assert lab["found"] >= 9
    more = until("planted", SCRIPT.replace("12", "36"))
    assert 2 / 3 < more["found"] / 36 < lab["found"] / 12


def test_without_standardizing_the_loss_is_far_worse(lab):
    standardized = "mu, s = X.mean(axis=0), X.std(axis=0)"
    script = SCRIPT.replace("steps=300", "steps=100")
    with_it = until("folds", script)
    without = until("folds", script.replace(standardized, "mu, s = 0, 1"))
    losses = [lab["mean_loss"](each["Z"], lab["y"]) for each in (with_it, without)]
    assert losses[0] == pytest.approx(0.14, abs=0.01) and 10 < losses[1] / losses[0]


def test_the_held_out_flowers_are_all_right_and_few(lab):
    assert lab["right"] == 1 and 0.85 < lab["m"] - lab["r"] < 0.9
