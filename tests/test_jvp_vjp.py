"""What full/jvp-vjp says of MLX: what has a JVP, what a VJP, and what an own one is asked for."""

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from snippets.jvp_vjp import by_columns, by_rows

la, cpu = mx.linalg, mx.cpu
A, B = mx.array([[4.0, 1.0], [1.0, 3.0]]), mx.array([1.0, 2.0])
NEITHER = {
    "inv": lambda a: la.inv(a, stream=cpu),
    "tri_inv": lambda a: la.tri_inv(a, stream=cpu),
    "pinv": lambda a: la.pinv(a, stream=cpu),
    "solve along A": lambda a: la.solve(a, B, stream=cpu),
    "lu": lambda a: la.lu(a, stream=cpu)[1],
    "qr": lambda a: la.qr(a, stream=cpu)[1],
    "cholesky": lambda a: la.cholesky(a, stream=cpu),
    "eigh": lambda a: la.eigh(a, stream=cpu)[0],
    "svd": lambda a: la.svd(a, stream=cpu)[1],
    "norm 2": lambda a: la.norm(a, ord=2, stream=cpu),
    "norm nuc": lambda a: la.norm(a, ord="nuc", stream=cpu),
}
REVERSE_ONLY = {
    "conv1d": lambda a: mx.conv1d(a[None], mx.ones((1, 2, 2))),
    "cumprod": lambda a: mx.cumprod(a, axis=0),
    "cummax": lambda a: mx.cummax(a, axis=0),
    "at add": lambda a: mx.zeros(2).at[mx.array([0, 0])].add(a[0]),
}
BOTH = {
    "solve along b": lambda a: la.solve(A, a, stream=cpu),
    "det": lambda a: la.det(a, stream=cpu),
    "slogdet": lambda a: la.slogdet(a, stream=cpu)[1],
    "norm": lambda a: la.norm(a, stream=cpu),
    "sort": mx.sort,
    "gather": lambda a: a[mx.array([0, 0])],
    "prod": mx.prod,
}
ALL = NEITHER | REVERSE_ONLY | BOTH


def can(ask) -> bool:
    try:
        mx.eval(ask())
    except (ValueError, RuntimeError):
        return False
    return True


@pytest.mark.parametrize("name", ALL)
def test_what_has_which(name):
    f = ALL[name]
    assert can(lambda: mx.jvp(f, [A], [A])[1]) == (name in BOTH)
    assert can(lambda: mx.vjp(f, [A], [f(A)])[1]) == (name not in NEITHER)


@pytest.mark.parametrize("name", BOTH)
def test_those_that_have_both_pass_the_dot_test(name):
    f, u = BOTH[name], mx.array([[1.0, -0.5], [0.25, 2.0]])
    v = mx.cos(f(A))
    r, s = mx.jvp(f, [A], [u])[1][0], mx.vjp(f, [A], [v])[1][0]
    assert (v * r).sum().item() == pytest.approx((s * u).sum().item(), rel=1e-5)


def test_the_errors_are_as_the_page_says():
    with pytest.raises(ValueError, match=r"\[Primitive::vjp\] Not implemented for Inverse\."):
        mx.grad(lambda a: NEITHER["inv"](a).sum())(A)
    with pytest.raises(ValueError, match="indices"):
        mx.grad(lambda a: NEITHER["solve along A"](a).sum())(A)
    assert not hasattr(mx, "jacobian") and not hasattr(mx, "hessian")
    with pytest.raises(ValueError, match="cotangent"):  # a layer that is not square
        mx.vjp(lambda x: mx.ones((2, 3)) @ x, [mx.ones(3)], [mx.ones(3)])
    with pytest.raises(ValueError, match="tangent"):
        mx.jvp(lambda x: mx.ones((2, 3)) @ x, [mx.ones(3)], [mx.ones(2)])


@pytest.mark.parametrize(
    "f, raises",
    [
        (lambda x: (x[mx.array([0, 0, 2])] ** 2).sum(), True),
        (mx.prod, True),
        (lambda x: (mx.conv1d(x.reshape(1, 3, 1), mx.ones((1, 2, 1))) ** 2).sum(), True),
        (mx.logsumexp, False),
    ],
)
def test_second_slopes_forward_over_reverse_and_twice_reverse(f, raises):
    x, u, h = mx.array([0.5, 1.5, -0.7]), mx.array([1.0, 2.0, 3.0]), 1e-2
    slopes = mx.grad(f)
    wanted = (slopes(x + h * u) - slopes(x - h * u)) / (2 * h)
    assert can(lambda: mx.jvp(slopes, [x], [u])[1]) != raises
    twice = mx.grad(lambda x: (slopes(x) * u).sum())(x)
    assert np.allclose(np.array(twice), np.array(wanted), rtol=1e-2, atol=1e-3)


def test_a_vjp_of_one_s_own_is_not_asked_for_a_jvp():
    square = mx.custom_function(lambda x: x * x)

    @square.vjp
    def back(x, v, a):
        return 100 * v * x

    x, u = mx.array([1.0, 3.0]), mx.array([1.0, 1.0])
    assert mx.vjp(square, [x], [u])[1][0].tolist() == [100, 300]
    assert mx.jvp(square, [x], [u])[1][0].tolist() == [2, 6]
    square.jvp(lambda x, u: 7 * x * u)
    assert mx.jvp(square, [x], [u])[1][0].tolist() == [7, 21]


def test_without_a_vjp_of_its_own_a_captured_matrix_has_its_gradient():
    x, W = mx.array([0.5, 0.2]), mx.ones((2, 2))
    total = lambda W: mx.custom_function(lambda x: W @ x)(x).sum()  # noqa: E731
    assert np.allclose(np.array(mx.grad(total)(W)), [[0.5, 0.2]] * 2)


def test_a_cast_hands_the_cotangent_through_cut():
    cast = lambda x: x.astype(mx.int32).astype(mx.float32)  # noqa: E731
    for v, arrives in ((1.9, 1), (0.5, 0), (100.25, 100)):
        assert mx.vjp(cast, [mx.array(2.25)], [mx.array(v)])[1][0].item() == arrives
    assert mx.jvp(lambda x: mx.divmod(x, 2)[1], [mx.array(5.5)], [mx.array(1.0)])[1][0].item() == 0


def test_both_ways_to_the_jacobian_of_a_small_network():
    mx.random.seed(0)
    model = nn.Sequential(nn.Linear(3, 5), nn.GELU(), nn.Linear(5, 2))
    x = mx.random.normal((3,))
    columns, rows = by_columns(model, x), by_rows(model, x, 2)
    assert columns.shape == (2, 3)
    assert np.allclose(np.array(columns), np.array(rows), atol=1e-6)
