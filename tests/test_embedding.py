"""What full/embedding says of tables, of MLX's scatter and of the kept text."""

import json

import mlx.core as mx
import mlx.nn as nn
import mlx.optimizers as optim
import numpy as np
import pytest
from conftest import PROJECT
from drawings import assert_wide_and_tall
from hypothesis import given, settings
from hypothesis import strategies as st
from literate.figures import FIGURES
from mlx.utils import tree_flatten

from snippets.embedding import W, scatter_add, x
from snippets.next_letter import least, next_letter, next_letter_slope
from snippets.tied_weights import OneTable, tied, tied_slope

DATA = PROJECT.snippets / "data"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=12), st.integers(1, 4), st.integers(0, 99))
def test_scatter_add_is_the_gradient_of_a_look_up_for_any_indices(places, d, seed):
    mx.random.seed(seed)
    table, back = mx.random.normal((7, d)), mx.random.normal((len(places), d))
    indices = mx.array(places)
    by_hand = scatter_add(table, indices, back)
    by_mlx = mx.grad(lambda table: (table[indices] * back).sum())(table)
    by_numpy = np.zeros((7, d), np.float32)
    np.add.at(by_numpy, np.array(places), np.array(back))
    assert mx.allclose(by_hand, by_mlx, atol=1e-5)
    assert np.allclose(by_hand, by_numpy, atol=1e-5)
    untouched = [row for row in range(7) if row not in places]
    assert not np.array(by_hand)[untouched].any()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=9), st.integers(0, 99))
def test_slopes_of_next_letter_and_of_tied_weights_are_those_of_mlx(places, seed):
    mx.random.seed(seed)
    before, after = mx.array(places[:-1]), mx.array(places[1:])
    square, table = mx.random.normal((4, 4)), mx.random.normal((4, 2))
    by_mlx = mx.grad(lambda W: next_letter(W, before, after)[1])(square)
    assert mx.allclose(next_letter_slope(square, before, after), by_mlx, atol=1e-5)
    by_mlx = mx.grad(lambda W: tied(W, before, after)[-1])(table)
    assert mx.allclose(tied_slope(table, before, after)[1], by_mlx, atol=1e-5)


def test_no_table_of_pairs_beats_the_counted_shares():
    counted = mx.array([[3.0, 1.0, 2.0], [1.0, 5.0, 1.0], [2.0, 2.0, 1.0]])
    mx.random.seed(0)
    for _ in range(20):
        table = mx.log(counted) + 0.1 * mx.random.normal((3, 3))
        loss = counted * (mx.logsumexp(table, axis=1, keepdims=True) - table)
        assert loss.sum() / counted.sum() >= least(counted) - 1e-6


def test_an_index_has_no_slope_and_must_be_a_whole_number():
    with pytest.raises(ValueError, match="indices"):
        mx.grad(lambda x: W[x].sum())(x)
    with pytest.raises(ValueError, match="integral"):
        W[mx.array([0.0])]


def test_second_derivatives_of_a_look_up_go_reverse_over_reverse_only():
    def slope(W):
        return mx.grad(lambda W: (W[x] ** 3).sum())(W)

    twice = mx.grad(lambda W: slope(W).sum())(W)
    times = mx.array([2.0, 0.0, 2.0])[:, None]  # how often each row was looked up
    assert mx.allclose(twice, 6 * W * times, atol=1e-5)
    with pytest.raises(RuntimeError, match="JVP not"):
        mx.eval(mx.jvp(slope, [W], [mx.ones_like(W)]))


def test_mlx_has_a_dense_gradient_and_a_row_of_its_own_for_nothing():
    layer = nn.Embedding(50, 4)
    grads = nn.value_and_grad(layer, lambda: layer(mx.array([7, 7, 9])).sum())()[1]
    assert grads["weight"].shape == (50, 4)
    assert sorted(set(np.nonzero(np.array(grads["weight"]))[0])) == [7, 9]
    assert set(layer.parameters()) == {"weight"}


def test_rows_of_a_fresh_table_are_about_one_long_whatever_its_columns():
    for d in (16, 64, 256):
        mx.random.seed(0)
        rows = nn.Embedding(500, d).weight
        assert abs(mx.sqrt((rows**2).sum(axis=1)).mean().item() - 1) < 0.03


def test_a_module_under_two_names_stays_one_and_is_listed_twice():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = self.second = nn.Embedding(3, 2)

        def __call__(self, x):
            return self.second.as_linear(self.first(x))

    model = Two()
    before, after = mx.array([0, 2, 2]), mx.array([2, 2, 0])
    grads = nn.value_and_grad(
        model, lambda: nn.losses.cross_entropy(model(before), after, reduction="mean")
    )()[1]
    by_hand = tied_slope(model.first.weight, before, after)[1]
    each = [np.array(grads[name]["weight"]) for name in ("first", "second")]
    assert sum(not slope.any() for slope in each) == 1, "one name has nothing"
    assert np.allclose(each[0] + each[1], by_hand, atol=1e-6), "the other has it all"
    assert len(tree_flatten(model.parameters())) == 2
    optim.SGD(learning_rate=0.1).update(model, grads)
    assert mx.array_equal(model.first.weight, model.second.weight)


def test_momentum_and_decay_move_untouched_rows_and_plain_sgd_does_not():
    def moved(optimizer) -> bool:
        w = {"w": mx.ones((2, 1))}
        for g in ([[1.0], [0.0]], [[0.0], [1.0]]):
            before = w["w"][0]
            w = optimizer.apply_gradients({"w": mx.array(g)}, w)
        return not mx.array_equal(before, w["w"][0])

    assert not moved(optim.SGD(0.1))
    assert moved(optim.SGD(0.1, momentum=0.9)) and moved(optim.SGD(0.1, weight_decay=0.1))
    assert moved(optim.Adam(0.1)) and moved(optim.AdamW(0.1))


def test_one_table_is_one_parameter():
    assert [name for name, _ in tree_flatten(OneTable().parameters())] == ["table.weight"]


def test_the_text_is_kept_with_nothing_but_the_text():
    text = (DATA / "austen.txt").read_text("ascii")
    assert text.startswith("It is a truth universally acknowledged, that a single man")
    assert text.endswith("the argument ended only with the visit.\n") and len(text) < 30_000
    assert "gutenberg" not in text.lower() and "_" not in text and "chapter" not in text.lower()
    note = (DATA / "austen.md").read_text("utf-8")
    assert "public domain" in note and "1813" in note and "1342" in note


def test_the_vowels_lie_together_in_the_kept_plane():
    kept = json.loads((DATA / "austen.json").read_text("utf-8"))
    places = {k: np.array(v) for k, v in zip(kept["letters"], kept["plane"], strict=True)}
    vowels = [places[each] for each in "aeiou"]
    middle = np.mean(vowels, axis=0)
    spread = max(np.linalg.norm(each - middle) for each in vowels)
    others = [
        np.linalg.norm(places[e] - middle) for e in places if e.isalpha() and e not in "aeiou"
    ]
    assert spread < 0.5 and min(others) > spread
    assert 2.338 < kept["plane_loss"] < 2.7


@pytest.mark.parametrize("name", ["points", "ringed"])
def test_points_names_what_is_missing(name):
    values = {"points": {"a": [0.0, 1.0], "b": [2.0, 0.5]}, "ringed": "a"}
    assert_wide_and_tall(FIGURES["points"](values))
    with pytest.raises(ValueError, match=name):
        FIGURES["points"]({k: v for k, v in values.items() if k != name})
    with pytest.raises(ValueError, match=name):
        FIGURES["points"](values | {name: "z" if name == "ringed" else {}})
