"""What full/residual says of slopes, sizes and how alike gradients are."""

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from snippets.backward import central_difference
from snippets.residual import (
    Plain,
    ResidualBlock,
    alike,
    block,
    block_back,
    compounded,
    out_and_back,
    typical_size,
)


def test_the_way_back_through_a_block_in_three_ways():
    rng = np.random.default_rng(0)
    x, W, b, V, delta = (rng.normal(0, 1, s) for s in [(4,), (3, 4), (3,), (4, 3), (4,)])
    given = [mx.array(a.astype(np.float32)) for a in (x, W, b, V)]
    slopes = mx.array(delta.astype(np.float32))
    dL_dz, dL_dx = block_back(*given, slopes)
    mine = [dL_dx, mx.outer(dL_dz, given[0]), dL_dz]
    mine.append(mx.outer(slopes, mx.maximum(block(*given)[0], 0)))
    autodiff = mx.vjp(lambda *a: block(*a)[2], given, [slopes])[1]
    exact = [x, W, b, V]

    def loss(k, value):
        a, w, c, v = [*exact[:k], value, *exact[k + 1 :]]
        return delta @ (a + v @ np.maximum(w @ a + c, 0))

    for k, (by_hand, by_mlx) in enumerate(zip(mine, autodiff, strict=True)):
        difference = central_difference(lambda value, k=k: loss(k, value), exact[k])
        assert np.array(by_hand) == pytest.approx(np.array(by_mlx), abs=1e-5), k
        assert np.array(by_hand) == pytest.approx(difference, abs=1e-5), k


@pytest.mark.parametrize("skip", [0, 1])
def test_the_gradients_of_every_W_in_three_ways(skip):
    rng = np.random.default_rng(1)
    exact = [(rng.normal(0, 0.6, (4, 4)), rng.normal(0, 0.6, (4, 4))) for _ in range(3)]
    x, delta = rng.normal(0, 1, (5, 4)), rng.normal(0, 1, (5, 4))
    weights = [(mx.array(W.astype(np.float32)), mx.array(V.astype(np.float32))) for W, V in exact]
    given, back = mx.array(x.astype(np.float32)), mx.array(delta.astype(np.float32))
    _, _, dL_dW = out_and_back(given, weights, back, skip)

    def loss_mlx(weights):
        return (out_and_back(given, weights, back, skip)[0][-1] * back).sum()

    autodiff = mx.grad(loss_mlx)(weights)

    def loss(k, value):
        h = x
        for place, (W, V) in enumerate(exact):
            W = value if place == k else W
            h = skip * h + np.maximum(h @ W.T, 0) @ V.T
        return (h * delta).sum()

    for k in range(3):
        difference = central_difference(lambda value, k=k: loss(k, value), exact[k][0])
        assert np.array(dL_dW[k]) == pytest.approx(np.array(autodiff[k][0]), abs=1e-4)
        assert np.array(dL_dW[k]) == pytest.approx(difference, abs=1e-4)


def test_many_quiet_branches_stay_below_e():
    assert all(2.5 < compounded(1.0, 1 / m, m) < np.e for m in (10, 100, 1000, 10**6))


def test_slopes_stay_alike_along_a_clear_path_alone():
    found = {kind: alike(kind, 50) for kind in ("plain", "residual", "post-norm", "pre-norm")}
    assert found["residual"] > 0.9 and found["pre-norm"] > 0.75, found
    assert found["plain"] < 0.7 and found["post-norm"] < 0.7, found


@pytest.mark.parametrize("seed", range(3))
def test_a_loud_branch_doubles_the_mean_square_and_a_zero_one_hands_on(seed):
    n = 256
    key = mx.random.split(mx.random.key(seed), 3)
    h = mx.random.normal((64, n), key=key[0])
    W = (2 / n) ** 0.5 * mx.random.normal((n, n), key=key[1])
    V = (1 / n) ** 0.5 * mx.random.normal((n, n), key=key[2])
    after = h + mx.maximum(h @ W.T, 0) @ V.T
    assert typical_size(after) ** 2 / typical_size(h) ** 2 == pytest.approx(2, rel=0.1)
    assert mx.array_equal(h + mx.maximum(h @ W.T, 0) @ mx.zeros((n, n)), h)


def test_a_module_adds_its_input_and_Plain_does_not():
    mx.random.seed(0)
    both, x = ResidualBlock(4), mx.random.normal((3, 4))
    plain = Plain(4)
    plain.update(both.parameters())
    assert mx.allclose(both(x), x + plain(x))


def test_layer_norm_brings_back_to_mean_0_and_size_1():
    h = nn.LayerNorm(64, affine=False)(7 + 3 * mx.random.normal((8, 64), key=mx.random.key(0)))
    assert mx.allclose(h.mean(axis=1), mx.zeros(8), atol=1e-5)
    assert typical_size(h) == pytest.approx(1, abs=1e-4)
