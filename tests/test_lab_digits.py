"""The lab on handwritten digits: what its words say of the outputs, and each answer it gives."""

import numpy as np
import pytest
from conftest import ROOT

SCRIPT = (ROOT / "snippets/lab_digits.py").read_text("utf-8")


def until(region: str, script: str = SCRIPT) -> dict:
    """The names that the lab's cells have made, up to and with one of them."""
    names: dict = {}
    exec(script.partition(f"# --8<-- [end:{region}]")[0], names)
    return names


@pytest.fixture(scope="module")
def lab() -> dict:
    return until("final")


def test_backward_in_numpy_is_that_of_the_chapter(lab):
    import mlx.core as mx

    from snippets import digits

    p, X, y = lab["p"], lab["X"][:40], lab["y"][:40]
    theirs = digits.pixel_slopes(*map(mx.array, (X, np.eye(10, dtype=np.float32)[y], *p)))
    assert lab["along_pixels"](p, X, y) / 40 == pytest.approx(np.array(theirs), abs=1e-6)


def test_8_is_taken_for_1_more_often_than_for_anything_else(lab):
    counts = np.bincount(lab["said"][lab["y"] == 8], minlength=10)
    counts[8] = 0
    assert counts.argmax() == 1 and np.sort(counts)[-2] < counts[1]


def test_from_one_half_on_it_is_too_modest_and_most_mistakes_are_unsure(lab):
    edges, largest, wrong = lab["edges"], lab["largest"], lab["said"] != lab["y"]
    for low, high in list(zip(edges, edges[1:], strict=False))[1:]:
        some = (low <= largest) & (largest < high)
        assert np.mean(~wrong[some]) >= largest[some].mean() - 0.001
    assert np.mean(largest[wrong] < 0.9) == pytest.approx(0.9, abs=0.05)


def test_pieces_of_the_file_are_harder_and_not_alike(lab):
    shuffled, blocks = lab["said"] == lab["y"], np.split(lab["in_blocks"], 5)
    assert 1.6 < np.mean(~lab["in_blocks"]) / np.mean(~shuffled) < 2.4
    shares = [block.mean() for block in blocks]
    assert max(shares) - min(shares) > 0.04


def test_relatives_lie_near_in_the_file(lab):
    assert np.mean(lab["places"] < 100) > 0.5
    assert np.mean(lab["chance"] < 100) == pytest.approx(1 / 8, abs=0.03)


def test_the_description_says_13_of_43_people(lab):
    words = " ".join(lab["data"].DESCR.split())
    assert "From a total of 43 people, 30 contributed to the training set and different 13" in words
    assert "copy of the test set" in words


def share(lab, p, *move):
    return lab["right"](p, lab["moved"](lab["U"], *move), lab["v"])


def test_moving_puts_a_pixel_where_it_should_be(lab):
    picture = np.zeros((1, 64), np.float32)
    picture[0, 3 * 8 + 4] = 1
    assert lab["moved"](picture, 1, -2)[0].argmax() == 1 * 8 + 5
    assert lab["moved"](picture, -2, 1)[0].argmax() == 4 * 8 + 2


def test_one_pixel_is_too_much_unless_it_was_taught(lab):
    p, taught = lab["p"], lab["taught"]
    for move in lab["moves"][1:]:
        assert share(lab, p, *move) < 0.5
        assert share(lab, taught, *move) == pytest.approx(0.9, abs=0.04)
    assert 0 < share(lab, p, 0, 0) - share(lab, taught, 0, 0) < 0.04
    assert share(lab, taught, 1, 1) < 0.6


def test_with_25_moves_two_pixels_are_no_harm(lab):
    p, taught = lab["p"], lab["taught"]
    assert share(lab, p, 2, 0) == pytest.approx(0.1, abs=0.05)
    assert share(lab, taught, 2, 0) == pytest.approx(0.25, abs=0.07)
    moves = [(across, down) for across in range(-2, 3) for down in range(-2, 3)]
    X, y, seen = lab["X"], lab["y"], lab["seen"]
    more = lab["fit"](
        np.vstack([lab["moved"](X[seen], *m) for m in moves]), np.tile(y[seen], 25), epochs=3
    )
    assert share(lab, more, 2, 0) > 0.9
    assert share(lab, more, 0, 0) < share(lab, taught, 0, 0)


def misled(lab, p, c, signs=None):
    signs = np.sign(lab["along_pixels"](p, lab["U"], lab["v"])) if signs is None else signs
    return lab["right"](p, np.clip(lab["U"] + c / 16 * signs, 0, 1), lab["v"])


def test_uphill_misleads_and_a_coin_does_not(lab):
    assert misled(lab, lab["p"], 2) < 0.5 and misled(lab, lab["p"], 2, lab["coin"]) > 0.9
    assert misled(lab, lab["p"], 1) == pytest.approx(0.75, abs=0.05)
    assert misled(lab, lab["taught"], 1) == pytest.approx(0.66, abs=0.05)
    assert len(lab["turned"]) == 5


def test_decay_makes_weights_shorter_and_nothing_better(lab):
    seen, X, y = lab["seen"], lab["X"], lab["y"]
    nets = [lab["fit"](X[seen], y[seen], decay=d) for d in (0, 0.001, 0.01)]
    lengths = [np.linalg.norm(q[0]) for q in nets]
    sure = [lab["softmax"](lab["forward"](q, lab["U"])[1]).max(axis=1).mean() for q in nets]
    assert lengths == sorted(lengths)[::-1] and sure == sorted(sure)[::-1]
    shares = [share(lab, q, 0, 0) for q in nets]
    assert max(shares) == shares[0]


def test_sixteen_do_nearly_as_well_and_four_die(lab):
    seen, X, y = lab["seen"], lab["X"], lab["y"]
    four, sixteen = (lab["fit"](X[seen], y[seen], hidden) for hidden in (4, 16))
    assert not (lab["forward"](four, X[seen])[0] > 0).any()
    assert share(lab, sixteen, 0, 0) > share(lab, lab["p"], 0, 0) - 0.03
    assert sum(a.size for a in sixteen) / sum(a.size for a in lab["p"]) == pytest.approx(0.25, 0.02)


def test_leaving_out_what_is_unsure(lab):
    sure, wrong = lab["largest"] >= 0.9, lab["said"] != lab["y"]
    assert np.mean(wrong[sure]) == pytest.approx(0.004, abs=0.002) and np.mean(sure) > 0.8


def test_trained_for_longer_it_is_too_sure():
    lab = until("sure", SCRIPT.replace("epochs=10", "epochs=100"))
    largest, right = lab["largest"], lab["said"] == lab["y"]
    assert np.mean(largest >= 0.99) == pytest.approx(0.8, abs=0.08)
    unsure = largest < 0.9
    assert right[unsure].mean() < largest[unsure].mean()
    assert right.mean() < 0.98
