"""The lab on a tiny transformer: what its words say of its outputs, and each of its answers."""

import mlx.core as mx
import numpy as np
import pytest
from conftest import ROOT
from mlx.utils import tree_flatten

SCRIPT = (ROOT / "snippets/lab_tiny_transformer.py").read_text("utf-8")
SORTED, BACKWARDS = "mx.sort(digits, axis=1)", "digits[:, ::-1]"


def until(region: str, script: str = SCRIPT) -> dict:
    """The names that the lab's cells have made, up to and with one of them."""
    names: dict = {}
    exec(script.partition(f"# --8<-- [end:{region}]")[0], names)
    return names


def share(lab: dict) -> float:
    return mx.mean(lab["right"]).item()


@pytest.fixture(scope="module")
def lab() -> dict:
    return until("peek")


def test_it_learns_to_sort_and_its_mistakes_have_digits_that_stand_there_twice(lab):
    assert lab["losses"][0].item() == pytest.approx(2.4, abs=0.3)
    assert lab["losses"][-20:].mean().item() < 0.1 and share(lab) > 0.93
    wrong = np.array(lab["unseen"])[~np.array(lab["right"]), :5].tolist()
    assert sum(len(set(row)) < 5 for row in wrong) >= 0.9 * len(wrong)


def test_rows_of_the_training_are_a_tenth_of_all():
    assert 300 * 32 / 10**5 == pytest.approx(0.1, abs=0.01)


def test_kept_keys_give_the_same_and_a_mask_from_the_top_left_does_not(lab):
    tokens, model = lab["unseen"][:3], lab["model"]
    whole, _ = model(tokens[:, :-1])
    _, past = model(tokens[:, :6])
    logits, (keys, _) = model(tokens[:, 6:8], past)
    assert keys.shape == (3, 2, 8, 8) and mx.allclose(logits, whole[:, 6:8], atol=1e-4)
    model.mask = mx.tril(mx.ones((2, 8), dtype=mx.bool_))
    other, _ = model(tokens[:, 6:8], past)
    model.mask = "causal"
    assert not mx.allclose(other, whole[:, 6:8], atol=1e-2)


def test_what_the_tables_show(lab):
    first, second = np.array(lab["looks"](lab["model"], lab["row"]))
    assert second[0, [1, 3]].sum() > 0.7  # the sign looks at the two 1s
    assert first[4].argmax() == 4 and second[4].argmax() == 4  # the last row at the 5
    for head in (first, second):
        assert all((head[i, 6 + i :] == 0).all() for i in range(5))
        assert all(head[i].max() < 0.7 for i in (1, 2, 3))


def test_who_peeks_has_a_good_loss_and_writes_nothing_right(lab):
    assert lab["losses_peeking"][-10:].mean() < 2 * lab["losses"][-10:].mean()
    written = lab["write"](lab["peeking"], lab["unseen"][:, :6])
    assert mx.sum((written == lab["unseen"]).all(axis=1)).item() <= 20


def test_the_parameters(lab):
    sizes = {name: each.size for name, each in tree_flatten(lab["model"].parameters())}
    block = sum(size for name, size in sizes.items() if name.startswith("block"))
    norm, out = (sum(s for n, s in sizes.items() if n.startswith(k)) for k in ("norm", "out"))
    assert (sizes["token.weight"], sizes["place.weight"]) == (176, 160)
    assert (block, norm, out) == (3216, 32, 170) and sum(sizes.values()) == 3754


def test_backwards_its_tables_are_diagonals():
    lab = until("heads", SCRIPT.replace(SORTED, BACKWARDS))
    row = mx.array([3, 1, 4, 1, 5, 10, 5, 1, 4, 1, 3])
    assert share(lab) > 0.98
    mean = np.array(lab["looks"](lab["model"], row)).mean(axis=0)
    assert [*mean.argmax(axis=1)] == [4, 3, 2, 1, 0]


def test_without_places():
    places = " + self.place(mx.arange(first, first + tokens.shape[1]))"
    assert places in SCRIPT
    script = SCRIPT.replace(places, "")
    assert 0.25 < share(until("write", script)) < 0.75
    assert share(until("write", script.replace(SORTED, BACKWARDS))) < 0.05


def test_one_head_does_about_as_well(lab):
    one = until("write", SCRIPT.replace("model = Model()", "model = Model(heads=1)"))
    assert share(one) == pytest.approx(share(lab), abs=0.05)
