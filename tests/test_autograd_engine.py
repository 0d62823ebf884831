"""What full/autograd-engine says: its engine equals `mx.grad`, op by op and on random graphs."""

import inspect
import subprocess
import sys
import time

import mlx.core as mx
import numpy as np
import pytest
from conftest import PROJECT
from hypothesis import given, settings
from hypothesis import strategies as st
from literate import snippets as program

from snippets import autograd_engine as chapter
from snippets import engine
from snippets.backward import central_difference
from snippets.engine import Node, gradients, total
from snippets.solutions_autograd_engine import gradient_nodes
from two_passes.bench import engines as bench
from two_passes.figures.regions import loops, simpler

QUICK = settings(max_examples=30, deadline=None, derandomize=True)
SEEDS, SIZES = st.integers(0, 10**6), st.integers(1, 4)


def drawn(seed: int, *shape: int, positive: bool = False) -> mx.array:
    """Random numbers that are not near 0, where ReLU has its kink."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(0.2, 1.5, shape)
    return mx.array((values if positive else values * rng.choice([-1, 1], shape)), mx.float32)


def both_ways(ours, theirs, *given: mx.array, seed: int = 0) -> None:
    """The engine's gradients and MLX's, with a random gradient that comes back."""
    v = drawn(seed + 1, *theirs(*given).shape)
    nodes = [Node(each) for each in given]
    grads = gradients(total(ours(*nodes) * v))
    wanted = mx.vjp(theirs, list(given), [v])[1]
    for node, g in zip(nodes, wanted, strict=True):
        assert grads[node].shape == g.shape
        np.testing.assert_allclose(np.array(grads[node]), np.array(g), rtol=1e-4, atol=1e-5)


ONE = {
    "exp": (engine.exp, mx.exp),
    "log": (engine.log, mx.log),
    "rectify": (engine.rectify, lambda a: mx.maximum(a, 0)),
    "softplus": (engine.softplus, lambda a: mx.logaddexp(a, mx.array(0.0))),
    "total": (engine.total, mx.sum),
    "transpose": (engine.transpose, mx.transpose),
    "square": (lambda a: a * a, lambda a: a * a),
    "twice and minus": (lambda a: 2.0 * a - a * a + 1.0, lambda a: 2.0 * a - a * a + 1.0),
}
TWO = {
    "add": (engine.add, mx.add),
    "multiply": (engine.multiply, mx.multiply),
    "subtract": (lambda a, b: a - b, mx.subtract),
}


@pytest.mark.parametrize("name", ONE)
@QUICK
@given(SEEDS, st.lists(SIZES, min_size=1, max_size=3))
def test_a_step_of_one_node_has_mlx_s_gradient(name, seed, shape):
    both_ways(*ONE[name], drawn(seed, *shape, positive=name == "log"), seed=seed)


@pytest.mark.parametrize("name", TWO)
@QUICK
@given(SEEDS, st.lists(SIZES, max_size=3), st.data())
def test_broadcasting_is_added_up(name, seed, shape, data):
    """Each axis of either may be 1 or missing in front."""

    def shrunk() -> list[int]:
        cut = data.draw(st.integers(0, len(shape)))
        return [data.draw(st.sampled_from([1, size])) for size in shape[cut:]]

    both_ways(*TWO[name], drawn(seed, *shrunk()), drawn(seed + 2, *shrunk()), seed=seed)


@QUICK
@given(SEEDS, SIZES, SIZES, SIZES)
def test_products_of_matrices(seed, m, k, q):
    both_ways(engine.matmul, mx.matmul, drawn(seed, m, k), drawn(seed + 2, k, q), seed=seed)


@QUICK
@given(SEEDS, SIZES, SIZES, st.data())
def test_reading_rows_again_and_again(seed, m, q, data):
    r = mx.array(data.draw(st.lists(st.integers(0, m - 1), min_size=1, max_size=8)))
    both_ways(lambda X: X[r], lambda X: X[r], drawn(seed, m, q), seed=seed)
    both_ways(lambda X: X[r], lambda X: X[r], drawn(seed, m), seed=seed)


@QUICK
@given(SEEDS, SIZES, SIZES, st.data())
def test_writing_rows_again_and_again(seed, m, q, data):
    """Against finite differences of a loop in NumPy: MLX's own gradient is wrong here."""
    r = data.draw(st.lists(st.integers(0, m - 1), min_size=1, max_size=8))
    X, U, v = drawn(seed, m, q), drawn(seed + 2, len(r), q), drawn(seed + 3, m, q)

    def by_loop(X: np.ndarray, U: np.ndarray) -> float:
        Y = X.copy()
        for k, row in zip(r, U, strict=True):
            Y[k] = row
        return float((Y * np.array(v, np.float64)).sum())

    nodes = Node(X), Node(U)
    Y = engine.write(*nodes, mx.array(r))
    grads = gradients(total(Y * v))
    exact = np.array(X, np.float64), np.array(U, np.float64)
    along_X = central_difference(lambda X: by_loop(X, exact[1]), exact[0])
    along_U = central_difference(lambda U: by_loop(exact[0], U), exact[1])
    assert float((Y.value * v).sum()) == pytest.approx(by_loop(*exact), abs=1e-4)
    np.testing.assert_allclose(np.array(grads[nodes[0]]), along_X, atol=1e-5)
    np.testing.assert_allclose(np.array(grads[nodes[1]]), along_U, atol=1e-5)
    if len(set(r)) == len(r):  # no number twice: then MLX is right, too
        both_ways(
            lambda X, U: engine.write(X, U, mx.array(r)),
            lambda X, U: (
                mx.where(mx.zeros((m, 1)).at[mx.array(r)].add(1) > 0, 0, X)
                + mx.zeros((m, q)).at[mx.array(r)].add(U)
            ),
            X,
            U,
        )


def test_mlx_gives_a_gradient_to_what_was_overwritten():
    r = mx.array([0, 0, 2])

    def by_index(u):
        a = mx.zeros(3)
        a[r] = u
        return a.sum()

    u = mx.array([5.0, 6.0, 7.0])
    assert mx.grad(by_index)(u).tolist() == [1, 1, 1]
    added = mx.grad(lambda u: (mx.zeros(3).at[r].add(u) * mx.array([1.0, 2.0, 3.0])).sum())(u)
    assert added.tolist() == [1, 1, 3]
    a = mx.zeros(3)
    a[r] += mx.ones(3)
    assert a[0].item() == 1  # not 2: `+=` reads first, then writes each


@QUICK
@given(SEEDS, st.data())
def test_random_graphs_in_which_nodes_are_used_again(seed, data):
    """Each step takes any two of the values before it; the loss sees all of them."""
    picks = data.draw(
        st.lists(st.tuples(st.sampled_from("+*-tsr"), SEEDS, SEEDS), min_size=1, max_size=10)
    )

    def run(tanh, softplus, rectify, *values):
        values = list(values)
        for sign, i, j in picks:
            a, b = values[i % len(values)], values[j % len(values)]
            made = {
                "+": lambda: a + b,  # noqa: B023
                "*": lambda: tanh(a * b),  # noqa: B023
                "-": lambda: a - b,  # noqa: B023
                "t": lambda: tanh(a),  # noqa: B023
                "s": lambda: softplus(a),  # noqa: B023
                "r": lambda: rectify(a) * b,  # noqa: B023
            }
            values.append(tanh(made[sign]()))
        total = values[0]
        for value in values[1:]:
            total = total + value
        return total

    tanh = engine.step(mx.tanh, lambda g, a: g * (1 - mx.tanh(a) ** 2))
    both_ways(
        lambda *nodes: run(tanh, engine.softplus, engine.rectify, *nodes),
        lambda *arrays: run(mx.tanh, ONE["softplus"][1], ONE["rectify"][1], *arrays),
        drawn(seed, 2, 3),
        drawn(seed + 2, 3),
        seed=seed,
    )


def test_a_second_sweep_gives_the_same_and_leaves_nothing_behind():
    W, X = Node(drawn(0, 3, 2)), Node(drawn(1, 4, 3))
    L = total(engine.softplus(X @ W) * engine.softplus(X @ W))
    before = {name: value for name, value in vars(L).items()}
    first, second = gradients(L), gradients(L)
    assert vars(L) == before and first.keys() == second.keys()
    for node, g in first.items():
        assert mx.array_equal(g, second[node])


def test_what_is_not_reached_has_no_gradient():
    u, v = Node(2.0), Node(3.0)
    unused = u * v
    grads = gradients(u * u)
    assert v not in grads and unused not in grads
    assert grads[u].item() == 4


def test_each_node_once_however_many_paths():
    """Forty doublings have 2^40 paths and 41 nodes."""
    a = u = Node(1.0)
    for _ in range(40):
        a = a + a
    assert len(engine.deepest_first(a)) == 41
    assert gradients(a)[u].item() == 2**40


def test_the_order_is_the_same_each_time():
    """By the recorded graph alone: the sums are added in one order, to the last bit."""

    def once() -> list[float]:
        u, v = Node(2.0), Node(3.0)
        L = (u + v) * (u * v) + (u - v)
        return [node.value.item() for node in engine.deepest_first(L)]

    assert all(once() == once() for _ in range(5))


def test_graphs_of_ten_thousand_steps():
    began = time.process_time()
    a = u = Node(1.0)
    for _ in range(10_000):
        a = a * 1.0001
    g = gradients(a)[u].item()
    assert g == pytest.approx(1.0001**10_000, rel=1e-3)
    del a  # a chain of nodes goes without deep recursion, too
    assert time.process_time() - began < 10


def test_an_array_on_the_left_raises_and_a_node_does_not():
    X, node = mx.ones((2, 2)), Node(mx.ones((2, 2)))
    with pytest.raises(TypeError, match="incompatible function arguments"):
        X @ node
    with pytest.raises(ValueError, match="Cannot perform multiplication"):
        X * node
    assert (Node(X) @ node).value.tolist() == [[2, 2], [2, 2]]
    assert (2.0 * node + 1.0).value.tolist() == [[3, 3], [3, 3]]


@QUICK
@given(st.floats(-2, 2))
def test_a_slope_of_a_slope(at):
    u = Node(at)
    first = gradient_nodes(u * u * u + u)[u]
    second = gradients(first)[u].item()
    f = lambda x: x * x * x + x  # noqa: E731
    assert first.value.item() == pytest.approx(mx.grad(f)(u.value).item(), rel=1e-5, abs=1e-5)
    assert second == pytest.approx(mx.grad(mx.grad(f))(u.value).item(), rel=1e-5, abs=1e-5)


def test_the_moons_are_learned_from_other_seeds_too():
    X, Y = chapter.moons(100, seed=0)
    X_new, Y_new = chapter.moons(100, seed=2)
    for seed in (1, 2, 3):
        history, losses = chapter.descend(chapter.sixteen_hidden(seed), X, Y, 301)
        assert losses[-1] < 0.2 and losses[-1] < losses[0] / 3
        assert chapter.right(history[-1], X_new, Y_new) >= 90


def test_the_training_is_that_of_mlx():
    X, Y = chapter.moons(100, seed=0)
    values = chapter.sixteen_hidden(seed=1)
    _, losses = chapter.descend(values, X, Y, 20)

    def loss(values):
        V1, c1, V2, c2 = values
        Z = mx.maximum(X @ V1.T + c1, 0) @ V2.T + c2
        return (mx.logaddexp(Z, mx.array(0.0)) - Z * Y).mean()

    for ours in losses:
        theirs, grads = mx.value_and_grad(loss)(values)
        assert ours == pytest.approx(theirs.item(), rel=1e-4)
        values = [v - g for v, g in zip(values, grads, strict=True)]


def test_a_step_of_the_training_makes_about_twenty_nodes():
    for count in (10, 1000):
        X, Y = chapter.moons(count, seed=0)
        parameters = [Node(value) for value in chapter.sixteen_hidden(seed=1)]
        L = chapter.mean_loss(chapter.logits(Node(X), parameters), Y)
        assert 18 <= len(engine.deepest_first(L)) <= 24


def test_python_allows_about_a_thousand_calls_within_each_other():
    said = subprocess.check_output(
        [sys.executable, "-c", "import sys; print(sys.getrecursionlimit())"], text=True
    )
    assert int(said) == 1000
    a = Node(1.0)
    for _ in range(10_000):
        a = a * 1.0001
    with pytest.raises(RecursionError):
        chapter.calls(a)


def test_about_a_hundred_lines():
    """As the page shows them, empty lines and assignments of steps included."""
    own = {n: v for n, v in vars(engine).items() if getattr(v, "__module__", "") == engine.__name__}
    names = [n for n, v in own.items() if inspect.isclass(v) or n == v.__name__]
    shown = [program.load(PROJECT, f"engine.{name}").code for name in names]
    shown.append(program.load(PROJECT, "engine:steps").code)
    lines = [line for code in shown for line in code.splitlines() if line.strip()]
    assert 90 <= len(lines) <= 115, len(lines)


# ---- the bench, and the figure


@pytest.mark.parametrize("network", ["two", "moons"])
def test_the_engines_of_the_bench_compute_the_same(network):
    wanted = bench.losses("mlx_eager", network, 3)
    assert wanted[-1] < wanted[0]
    for way in ("numbers", "engine"):  # compiling takes seconds, and `make bench` compares it
        assert bench.losses(way, network, 3) == pytest.approx(wanted, rel=1e-4), way


def test_the_engine_of_numbers_uses_nodes_again_too():
    u, v = bench.Number(2.0), bench.Number(3.0)
    grads = bench.slopes((u + v) * (u * v))
    assert (grads[u], grads[v]) == (21, 16)


def test_the_border_of_a_plane_is_a_line():
    x, y = [0.0, 1.0, 2.0, 3.0], [0.0, 1.0, 2.0]
    (loop,) = loops([[v - 1.5 for v in x] for _ in y], x, y)
    assert simpler([*loop, loop[0]])[1:] and {u for u, _ in loop} == {1.5, 3.0, 2.0}
    assert loops([[-1.0] * 4] * 3, x, y) == []


def test_both_sides_of_a_saddle():
    """Positive at two opposite corners: two pieces, or one; never a line that crosses itself."""
    found = loops([[1.0, -1.0], [-1.0, 1.0]], [0.0, 1.0], [0.0, 1.0])
    assert len(found) == 2
