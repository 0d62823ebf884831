"""What full/gradient-checking says of number formats and of MLX's slopes at kinks."""

from math import erf

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from snippets import gradient_checking as chapter

x = np.linspace(0.2, 0.8, 7)
SOFT = np.exp(x) / np.exp(x).sum()
ERF = np.array([erf(each) for each in x])
KERNEL = mx.array([[[0.1], [0.7]]], mx.float64)
INSIDE = {
    "exp": (mx.exp, np.exp(x)),
    "sin": (mx.sin, np.sin(x)),
    "cos": (mx.cos, np.cos(x)),
    "erf": (mx.erf, ERF),
    "sigmoid": (mx.sigmoid, 1 / (1 + np.exp(-x))),
    "softmax": (mx.softmax, SOFT),
    "logaddexp": (lambda a: mx.logaddexp(a, mx.zeros_like(a)), np.logaddexp(x, 0)),
    "gelu": (nn.gelu, x * (1 + np.array([erf(each / 2**0.5) for each in x])) / 2),
    "layer_norm": (
        lambda a: mx.fast.layer_norm(a[None], None, None, 1e-5),
        (x - x.mean()) / np.sqrt(x.var() + 1e-5),
    ),
    "conv1d": (lambda a: mx.conv1d(a[None, :, None], KERNEL), 0.1 * x[:-1] + 0.7 * x[1:]),
}
DOUBLE = {
    "log": (mx.log, np.log(x)),
    "log1p": (mx.log1p, np.log1p(x)),
    "tanh": (mx.tanh, np.tanh(x)),
    "sqrt": (mx.sqrt, np.sqrt(x)),
    "power": (lambda a: a**1.5, x**1.5),
    "matmul": (lambda a: a[:, None] @ a[None], np.outer(x, x)),
    "sum": (mx.sum, x.sum()),
}


@pytest.mark.parametrize("name", INSIDE | DOUBLE)
def test_which_functions_of_float64_are_float32_inside(name):
    f, exact = (INSIDE | DOUBLE)[name]
    with mx.stream(mx.cpu):
        found = f(mx.array(x, mx.float64))
        assert found.dtype == mx.float64
        error = np.abs(np.array(found).reshape(np.shape(exact)) - exact).max()
    assert error < 1e-14 if name in DOUBLE else 1e-10 < error < 1e-5


def test_a_sigmoid_from_tanh_is_double():
    with mx.stream(mx.cpu):
        found = np.array((1 + mx.tanh(mx.array(x, mx.float64) / 2)) / 2)
    assert np.abs(found - 1 / (1 + np.exp(-x))).max() < 1e-15


def values(run: str) -> dict:
    """The variables that a docstring's example leaves."""
    import doctest

    function = getattr(chapter, run)
    (test,) = doctest.DocTestFinder(recurse=False).find(function, run, globs=dict(vars(chapter)))
    doctest.DocTestRunner(verbose=False).run(test, out=lambda _: None, clear_globs=False)
    return test.globs


def test_the_curves_are_what_the_caption_says():
    left = values("u_curve")
    at, curves = left["at"], left["curves"]
    least = {name: at[row.index(min(row))] for name, row in curves.items()}
    assert least["float32"] == 2 and least["float64"] == 5 and least["one side"] == 8
    two, one, steady = curves["float64"], curves["one side"], curves["complex"]
    for k in range(3):  # a hundredth and a tenth for a tenth of the step
        assert two[k] / two[k + 1] == pytest.approx(100, rel=0.05)
        assert one[k] / one[k + 1] == pytest.approx(10, rel=0.1)
    assert steady[7:] == [1e-15] * 9, "nothing comes back up"
    assert curves["float32"][8:] == [1] * 8, "the step is lost"


def test_float32_of_mlx_makes_the_same_curve():
    f = lambda x: x * x * x / 3 - x  # noqa: E731
    left = values("u_curve")
    for k, error in zip(left["at"], left["curves"]["float32"], strict=True):
        with mx.stream(mx.cpu):
            at, h = mx.array(left["places"].astype(np.float32)), np.float32(f"1e-{k}").item()
            found = np.array((f(at + h) - f(at - h)) / (2 * h), np.float64)
        slope = left["places"] ** 2 - 1
        assert (np.abs(found - slope) / slope).mean() == pytest.approx(error, rel=1e-3)


def test_what_the_best_step_says_is_near_what_happens():
    left = values("u_curve")
    for name, u in (("float32", 2**-24), ("float64", 2**-53)):
        step, error = chapter.best_step(u)
        assert step / 2 < 10.0 ** -left["at"][left["curves"][name].index(min(left["curves"][name]))]
        assert error / 5 < min(left["curves"][name]) < 5 * error


def test_six_planted_six_found_and_only_with_a_random_cotangent():
    left = values("six_planted")
    assert left["found"] == 6 == len(left["cases"])
    f, shapes, right, wrong = left["cases"]["wrong axis"]
    ones = np.ones(shapes[0])
    assert np.abs(wrong(ones, ones)[0]).max() == np.abs(right(ones, ones)[0]).max() == 0
    worst = {n: chapter.check_vjp(f, right, *s) for n, (f, s, right, _) in left["cases"].items()}
    assert max(worst.values()) < 1e-7


@pytest.mark.parametrize(
    "f, slope",
    [
        (nn.relu, 0),
        (nn.leaky_relu, 1),
        (lambda x: mx.maximum(0, x), 1),
        (mx.abs, 0),
        (lambda x: mx.clip(x, 0, 1), 0),
        (lambda x: nn.prelu(x, mx.array(0.25)), 1.25),
        (nn.celu, 0),
    ],
)
def test_what_mlx_says_at_0(f, slope):
    assert mx.grad(f)(mx.array(0.0)).item() == slope


def test_celu_and_prelu_are_written_as_the_page_has_them():
    at, left = mx.array([-0.7, 0.0, 1.3]), values("slopes_at_kinks")["functions"]
    assert mx.allclose(nn.celu(at), left["celu"](at))
    assert mx.allclose(nn.prelu(at, mx.array(0.25)), left["prelu"](at))


def test_complex_numbers_of_mlx_are_single():
    assert mx.array(1j).dtype == mx.complex64


def test_norm_and_conjugate_lose_the_slope():
    for f in (np.conj, lambda x: np.linalg.norm([x])):
        assert np.imag(f(2.0 + 1e-20j)) / 1e-20 != 1
