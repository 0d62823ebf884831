"""What full/attention says: of MLX's attention, its masks, the gradients and the trained net."""

import math

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from snippets import attention, heads, solutions_attention, tiny_transformer
from snippets.backward import agree, central_difference

fast = mx.fast.scaled_dot_product_attention


def random(*shape, seed=0):
    return mx.random.normal(shape, key=mx.random.key(seed))


def given(n, m, batch=(1, 1)):
    """Queries, keys and values of four numbers each."""
    rows = (n, m, m)
    return [random(*batch, each, 4, seed=k + 10 * n + m) for k, each in enumerate(rows)]


def bottom_right(n, m):
    return mx.arange(m) <= mx.arange(n)[:, None] + (m - n)


def masked(Q, K, V, seen):
    S = mx.where(seen, attention.scores(Q, K), -mx.inf)
    return mx.softmax(S, axis=-1) @ V


# ---- the mathematics


def in_numpy(q, k, v, back, seen=None):
    s = q @ k.T / math.sqrt(q.shape[1])
    e = np.exp(s) if seen is None else np.exp(s) * seen
    return (back * (e / e.sum(axis=1, keepdims=True) @ v)).sum()


@pytest.mark.parametrize("mask", [False, True])
def test_the_way_back_in_three_ways_with_and_without_a_mask(mask):
    Q, K, V = (each[0, 0] for each in given(3, 5))
    back, seen = random(3, 4, seed=9), bottom_right(3, 5)
    P = heads.causal_weights(attention.scores(Q, K), 2) if mask else None
    P = attention.weights(attention.scores(Q, K)) if P is None else P
    dL_dV, dL_dP = attention.mix_backward(P, V, back)
    dL_dS = P * (dL_dP - attention.row_sums(P, V, back)[:, None])  # a hidden weight is 0
    by_hand = (*attention.scores_backward(Q, K, dL_dS), dL_dV)
    shown = seen if mask else mx.ones((3, 5), dtype=mx.bool_)
    loss = lambda *of: (back * masked(*of, shown)).sum()  # noqa: E731
    mx_grad = mx.grad(loss, argnums=(0, 1, 2))(Q, K, V)
    arrays = [np.array(each, np.float64) for each in (Q, K, V)]
    for place in range(3):

        def moved(w, place=place):
            of = [*arrays[:place], w, *arrays[place + 1 :]]
            return in_numpy(*of, np.array(back), np.array(shown))

        finite = central_difference(moved, arrays[place])
        assert agree(by_hand[place], mx_grad[place], finite)
    if not mask:
        assert all(map(agree, attention.attention_backward(Q, K, V, back), mx_grad))


def test_outputs_lie_among_the_values_and_slopes_of_a_row_add_up_to_0():
    out = attention.attention(attention.Q, attention.K, attention.V)
    assert mx.all(out <= attention.V.max(axis=0)) and mx.all(out >= attention.V.min(axis=0))
    S, back = attention.scores(attention.Q, attention.K), attention.came_back
    dL_dP = attention.mix_backward(attention.weights(S), attention.V, back)[1]
    assert mx.abs(attention.score_slope(S, dL_dP).sum(axis=1)).max() < 1e-6


@pytest.mark.parametrize("h", [1, 2, 4])
def test_several_heads_are_those_of_mlx(h):
    layer = nn.MultiHeadAttention(4, h)
    names = (
        ("query_proj", heads.W_Q),
        ("key_proj", heads.W_K),
        ("value_proj", heads.W_V),
        ("out_proj", heads.W_O),
    )
    for name, W in names:
        layer[name].weight = W
        assert "bias" not in layer[name]
    assert "bias" in nn.MultiHeadAttention(4, h, bias=True).query_proj
    of_mlx = lambda X: layer(X[None], X[None], X[None])[0]  # noqa: E731
    ours = lambda X: heads.many_heads(X, *(W for _, W in names), h)  # noqa: E731
    back = random(3, 4, seed=5)
    (out,), (slope,) = mx.vjp(of_mlx, [heads.X], [back])
    (by_hand,), (same,) = mx.vjp(ours, [heads.X], [back])
    assert mx.allclose(out, by_hand, atol=1e-5) and mx.allclose(slope, same, atol=1e-4)


def test_dealing_out_is_undone_and_its_way_back_is_putting_together():
    X, back = random(2, 3, 8), random(2, 4, 3, 2, seed=1)
    assert mx.array_equal(heads.merge(heads.split(X, 4)), X)
    _, (slope,) = mx.vjp(lambda X: heads.split(X, 4), [X], [back])
    assert mx.array_equal(slope, heads.merge(back))


def test_the_tokens_get_three_slopes_and_the_matrices_one_each():
    given, back = (heads.X, heads.W_Q, heads.W_K, heads.W_V), random(3, 4, seed=4)
    slopes = attention.attention_backward(*heads.project(*given), back)
    by_hand = (*heads.project_backward(*given, *slopes), *(s.T @ heads.X for s in slopes[1:]))
    f = lambda *given: (back * attention.attention(*heads.project(*given))).sum()  # noqa: E731
    for ours, of_mlx in zip(by_hand, mx.grad(f, argnums=(0, 1, 2, 3))(*given), strict=True):
        assert mx.allclose(ours, of_mlx, atol=1e-5)


# ---- MLX


@pytest.mark.parametrize(("n", "m"), [(3, 3), (2, 5), (1, 4), (4, 7)])
def test_causal_is_aligned_at_the_bottom_right(n, m):
    Q, K, V = given(n, m)
    f = lambda *of: fast(*of, scale=0.5, mask="causal")  # noqa: E731
    g = lambda *of: masked(*of, bottom_right(n, m))  # noqa: E731
    back = random(1, 1, n, 4, seed=3)
    of_mlx, ours = mx.vjp(f, [Q, K, V], [back]), mx.vjp(g, [Q, K, V], [back])
    for a, b in zip(of_mlx[0] + of_mlx[1], ours[0] + ours[1], strict=True):
        assert mx.allclose(a, b, atol=1e-5)
    top_left = masked(Q, K, V, mx.tril(mx.ones((n, m), dtype=mx.bool_)))
    assert mx.allclose(of_mlx[0][0], top_left, atol=1e-5).item() == (n == m)
    shifted = mx.tril(mx.ones((n, m), dtype=mx.bool_), k=m - n)
    assert mx.array_equal(shifted, bottom_right(n, m))


@pytest.mark.parametrize("dtype", [mx.int8, mx.int32, mx.uint8, mx.float32])
def test_a_mask_of_numbers_is_added(dtype):
    Q, K, V = given(3, 3)
    seen = mx.tril(mx.ones((3, 3)))
    added = mx.softmax(attention.scores(Q, K) + seen, axis=-1) @ V
    assert mx.allclose(fast(Q, K, V, scale=0.5, mask=seen.astype(dtype)), added, atol=1e-6)
    hidden = fast(Q, K, V, scale=0.5, mask=seen.astype(mx.bool_))
    assert mx.allclose(hidden, masked(Q, K, V, seen > 0), atol=1e-6)


def test_what_the_table_says_of_shapes_and_scale():
    Q, K, V = given(3, 3)
    with pytest.raises(ValueError, match="rank 4"):
        fast(Q[0], K[0], V[0], scale=0.5)
    with pytest.raises(TypeError):
        fast(Q, K, V)


def test_fewer_heads_of_keys_and_values_serve_several_of_the_queries():
    Q, few = random(1, 4, 3, 4), [random(1, 2, 3, 4, seed=k) for k in (1, 2)]
    K, V = (mx.repeat(each, 2, axis=1) for each in few)
    assert mx.allclose(fast(Q, *few, scale=0.5), attention.attention(Q, K, V), atol=1e-6)


@pytest.mark.parametrize("dtype", [mx.float16, mx.bfloat16])
def test_the_softmax_of_fast_attention_is_in_float32(dtype):
    """Over 4096 equal keys the values, all 1, have the mean 1."""
    Q, K = mx.zeros((1, 1, 1, 8), dtype=dtype), mx.zeros((1, 1, 4096, 8), dtype=dtype)
    out = fast(Q, K, mx.ones_like(K), scale=1.0)
    assert out.dtype == dtype and abs(out.astype(mx.float32) - 1).max() < 0.01


def test_a_row_with_nothing_to_see():
    seen = mx.array([[True, True], [False, False]])
    Q, K, V = given(2, 2)
    loss = lambda K: masked(Q, K, V, seen)[0, 0, 0].sum()  # noqa: E731
    assert mx.isnan(mx.grad(loss)(K)).all()
    of_mlx = fast(Q, K, V, scale=0.5, mask=seen, stream=mx.cpu)
    assert mx.allclose(of_mlx[0, 0, 1], V[0, 0].mean(axis=0), atol=1e-6)
    additive = mx.where(seen, 0.0, -mx.inf)
    assert mx.isnan(fast(Q, K, V, scale=0.5, mask=additive)[0, 0, 1]).all()


@pytest.mark.parametrize("checkpoint", [False, True])
def test_a_checkpointed_encoder_with_dropout_has_wrong_gradients(checkpoint):
    mx.random.seed(0)
    model = nn.TransformerEncoder(1, 4, 2, mlp_dims=8, dropout=0.5, checkpoint=checkpoint)
    x, weigh = random(1, 3, 4, seed=1), mx.arange(12).reshape(1, 3, 4)

    def loss(x):
        mx.random.seed(7)
        return (weigh * model(x, None) ** 2).sum()

    e = mx.zeros((1, 3, 4))
    e[0, 0, 1] = 1e-3
    finite = (loss(x + e) - loss(x - e)).item() / 2e-3
    slope = mx.grad(loss)(x)[0, 0, 1].item()
    assert (slope == pytest.approx(finite, rel=0.05)) != checkpoint


@pytest.mark.parametrize("name", ["keys", "values", "items", "update"])
def test_names_that_a_module_has_already(name):
    layer = nn.Module()
    with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
        setattr(layer, name, nn.Linear(2, 2))


# ---- the pitfalls


def test_a_mask_after_the_softmax_lets_the_future_through():
    seen = mx.array([[1.0, 0.0], [1.0, 1.0]])
    after = lambda S: attention.weights(S) * seen  # noqa: E731
    before = lambda S: attention.weights(mx.where(seen > 0, S, -mx.inf))  # noqa: E731
    low, high = mx.array([[1.0, 0.0], [0.0, 0.0]]), mx.array([[1.0, 5.0], [0.0, 0.0]])
    assert not mx.allclose(after(low)[0], after(high)[0])
    assert mx.array_equal(before(low)[0], before(high)[0])


# ---- the transformer


def test_its_gradients_in_three_ways():
    p, digits = tiny_transformer.start(1), mx.array([[3, 1, 4, 1, 5], [2, 2, 2, 7, 0]])
    wanted = digits[:, ::-1]
    by_hand = tiny_transformer.backward(p, digits, wanted)
    mx_grad = mx.grad(tiny_transformer.loss)(p, digits, wanted)
    for name in tiny_transformer.SHAPES:
        assert agree(by_hand[name], mx_grad[name]), name
        entry = (0,) * p[name].ndim if name != "E" else (2, 0)  # 2 stands there three times
        h, both = 2e-2, []
        for sign in (1, -1):
            moved = mx.array(p[name])
            moved[entry] = moved[entry] + sign * h
            both.append(tiny_transformer.loss(p | {name: moved}, digits, wanted).item())
        slope = (both[0] - both[1]) / (2 * h)
        assert slope == pytest.approx(by_hand[name][entry].item(), abs=2e-3), name


@pytest.fixture(scope="module")
def trained(book):
    return book.runs["tiny_transformer.train"].values


def test_it_learns_to_say_it_backwards(trained):
    losses, maps = trained["losses"], trained["maps"]
    assert losses[0] == pytest.approx(math.log(10), abs=0.3)
    assert max(losses[70:]) < 0.1 and trained["right"] >= 990
    first, last = (np.array(maps[f"t = {step}"]) for step in (0, 100))
    assert first.max() < 0.35 and first.min() > 0.1
    assert [*last.argmax(axis=1)] == [4, 3, 2, 1, 0] and last.max(axis=1).min() > 0.8


def test_the_second_and_the_fourth_have_found_their_digit_at_step_40(trained):
    P = np.array(trained["maps"]["t = 40"])
    assert P[1, 3] > 0.6 and P[3, 1] > 0.6 and P[[0, 2, 4]].max() < 0.6


# ---- exercises


def test_key_by_key_is_attention():
    for seed in range(5):
        q, K, V = random(4, seed=seed), random(6, 4, seed=seed + 9), random(6, 3, seed=seed + 5)
        streamed = solutions_attention.key_by_key(q, 50 * K, V)
        assert mx.allclose(streamed, attention.attention(q[None], 50 * K, V)[0], atol=1e-5)
