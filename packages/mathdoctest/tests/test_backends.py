"""Every backend computes and differentiates alike; a function gets arrays of its own library."""

import importlib.util
import re

import numpy as np
import pytest

from mathdoctest import Mismatch, backends, check, libraries, source
from mathdoctest.backends import dual, numpy
from mathdoctest.functions import function

X = np.array([[0.3, -0.7, 1.2], [0.9, 0.45, -1.6]])
Y = np.array([[0.8, -0.2, 0.6], [-0.5, 1.1, 0.35]])
UNIT, POSITIVE = np.array([0.2, -0.5, 0.9]), np.array([0.3, 1.7, 2.4])
SQUARE = np.array([[2.0, 0.3, -0.4], [0.1, -1.5, 0.6], [0.7, 0.2, 1.1]])
ROWS = np.array([[[1, 0], [2, 2]], [[0, 0], [1, 2]]])
TRUTHS = np.array([[True, False, True], [False, False, True]])
EVERYWHERE = "exp abs sign floor ceil sin cos tan arctan sinh cosh tanh erf sigmoid softplus"
# what is computed, with the functions of a backend: (call, where)
CALLS = {name: (lambda b, x, name=name: getattr(b, name)(x), [X]) for name in EVERYWHERE.split()}
CALLS |= {
    name: (lambda b, x, name=name: getattr(b, name)(x), [POSITIVE]) for name in ("log", "sqrt")
}
CALLS |= {
    name: (lambda b, x, name=name: getattr(b, name)(x), [UNIT]) for name in ("arcsin", "arccos")
}
CALLS |= {
    "maximum": (lambda b, x, y: b.maximum(x, y), [X, Y]),
    "minimum": (lambda b, x, y: b.minimum(x, y), [X, Y]),
    "power": (lambda b, x, y: b.power(x, y), [POSITIVE, UNIT]),
    "power of 3": (lambda b, x: b.power(x, b.array(3.0)), [X]),
    "power of 0": (lambda b, x: b.power(x, b.array(0.0)) + x, [X]),
    "where": (lambda b, x, y: b.where(TRUTHS, x * x, y), [X, Y]),
    "where of one": (lambda b, x: b.where(TRUTHS, x * x, b.array(1.0)), [X]),
    "sum": (lambda b, x: b.sum(x * x, axis=1), [X]),
    "sum of all": (lambda b, x: b.sum(x * x * x), [X]),
    "sum along two": (lambda b, x: b.sum(x * x, axis=(-2, -1)), [X]),
    "prod": (lambda b, x: b.prod(x, axis=1), [X]),
    "prod with a 0": (lambda b, x: b.prod(x, axis=0), [np.array([0.0, 2.0, 3.0])]),
    "max": (lambda b, x: b.max(x * x, axis=1), [X]),
    "matmul": (lambda b, x, y: b.matmul(x, b.swap(y, -1, -2)), [X, Y]),
    "matmul of many": (
        lambda b, x, y: b.matmul(b.stack([x, y, x * y], axis=0), b.swap(x, 0, 1)), [X, Y]),
    "inv": (lambda b, x: b.inv(x), [SQUARE]),
    "inv of many": (lambda b, x: b.inv(b.stack([x, x * 2.0], axis=0)), [SQUARE]),
    "reshape": (lambda b, x: b.reshape(x * x, (3, 2)), [X]),
    "broadcast": (lambda b, x: b.broadcast(x * x, (4, 2, 3)), [X]),
    "stack": (lambda b, x, y: b.stack([x * x, y, x * y], axis=-1), [X, Y]),
    "take": (lambda b, x: b.take(x * x, (ROWS[..., 0] % 2, ROWS[..., 1])), [X]),
    "operators": (lambda b, x, y: (2.0 - x) / (y * y + 3.0) - x * y / 2 + 1 / y - 3 * x, [X, Y]),
    "a NumPy scalar on the left": (lambda b, x: b.array(2.0) * x + 0.5, [X]),
}  # fmt: skip


def library(name: str) -> pytest.param:
    missing = name in backends.OTHERS and importlib.util.find_spec(name) is None
    marks = [pytest.mark.skipif(missing, reason=f"{name} is not installed")]
    return pytest.param(name, marks=[*marks, pytest.mark.peers] if name == "torch" else marks)


every_library = pytest.mark.parametrize("name", list(map(library, ("dual", *backends.OTHERS))))


def backend(name: str):
    return dual if name == "dual" else backends.named(name)


@pytest.mark.parametrize("call", CALLS)
@every_library
def test_a_value_and_its_derivatives(name, call):
    """First derivatives against finite differences; second against differences of the first."""
    of, at = CALLS[call]
    one = backend(name)
    with backends.guard():
        assert one.WAY == "autodiff"
        value = one.plain(of(one, *map(one.array, at)))
        np.testing.assert_allclose(value, of(numpy, *at), 2e-6, 1e-6)
        for place in range(len(at)):
            first = slope(one, of, at, place)
            np.testing.assert_allclose(first, slope(numpy, of, at, place), 2e-5, 1e-6)
            if at[0].size <= 6 or name == "dual":
                second = slope(one, of, at, place, place)
                np.testing.assert_allclose(second, differences(of, at, place), 1e-4, 1e-5)


def slope(one, of, at, *places):
    def quantity(*steps):
        moved = list(map(one.array, at))
        for place, step in zip(places, steps, strict=True):
            moved[place] = moved[place] + step
        return of(one, *moved)

    return one.jacobian(quantity, [np.zeros(at[place].shape) for place in places])


def differences(of, at, place):
    """Differences of the exact first derivative."""
    out = []
    for index in np.ndindex(at[place].shape):
        two = []
        for step in (1e-5, -1e-5):
            moved = [a.copy() for a in at]
            moved[place][index] += step
            two.append(slope(dual, of, moved, place))
        out.append((two[0] - two[1]) / 2e-5)
    return np.moveaxis(np.array(out), 0, -1).reshape(*out[0].shape, *at[place].shape)


@every_library
def test_derivatives_along_two_different_points(name):
    one = backend(name)
    with backends.guard():
        found = one.jacobian(
            lambda x, y: one.sum(x * x * y), [np.array([2.0, 3.0]), np.array([5.0, 7.0])]
        )
        np.testing.assert_allclose(found, np.array([4.0, 6.0])[:, None] * np.eye(2), 1e-6)
        nothing = one.jacobian(lambda x, y: x * 0 + 1, [np.ones(2), np.ones(3)])
        assert nothing.shape == (2, 2, 3) and not nothing.any()


@every_library
def test_a_slope_inside_a_derivative(name):
    """(x · f'(a x))' with f = tanh: what is inside is a constant to the slope."""
    one = backend(name)
    with backends.guard():

        def quantity(a):
            inner = backends.slope(lambda lib, z: lib.tanh(z) * a, one, a * 0.5)
            return a * inner

        found = one.jacobian(quantity, [np.array([0.4, 0.8])])
        a, t = np.array([0.4, 0.8]), np.tanh([0.2, 0.4])
        wanted = 2 * a * (1 - t * t) - a * a * t * (1 - t * t)
        np.testing.assert_allclose(found, np.diag(wanted), 1e-5, 1e-6)


def test_a_slope_on_arrays_of_numpy_is_exact():
    found = backends.slope(lambda lib, z: lib.sigmoid(z), numpy, np.array([0.0, 1.0]))
    np.testing.assert_allclose(found, [0.25, 0.19661193324148185], 1e-14)


@every_library
def test_every_function_is_offered_and_told(name):
    told = set(re.findall(r"\w+", backends.__doc__.partition("derivatives:")[0]))
    for word in [*backends.ELEMENTWISE, *filter(str.isidentifier, CALLS)]:
        if word != "operators":
            assert word in told and callable(getattr(backend(name), word)), word


def test_the_power_of_0_at_0():
    with np.errstate(all="ignore"):
        found = dual.jacobian(dual.power, [np.zeros(1), np.zeros(1)])
    assert not found.any()


@every_library
def test_arrays_come_back_as_numpy(name):
    one = backend(name)
    with backends.guard():
        array = one.array(np.array([1.5, 2.5]))
        assert name == "dual" or backends.of(array) is one
        assert backends.plain(array).dtype == np.float64
        assert backends.plain(array).tolist() == [1.5, 2.5]


def test_without_a_library_the_formula_itself_is_differentiated():
    assert [b.WAY for b in backends.differentiators()] == ["autodiff", "difference"]
    assert backends.differentiators()[0] is dual


# ---- functions written for each library

MODULE = r'''
{imports}
from jaxtyping import Float, Int


def cost(W: Float[{array}, "m n"], x: Float[{array}, "n"]) -> float:
    r"""$$
    C = \sum_{{i=1}}^{{m}} \log(1 + (\sum_{{j=1}}^{{n}} w_{{ij}} x_j)^2)
    $$"""
    return ({lib}.log(1 + (W @ x) ** 2)).sum()


def slope(W: Float[{array}, "m n"], x: Float[{array}, "n"]) -> Float[{array}, "n"]:
    r"""$$
    \frac{{\partial C}}{{\partial x_j}}
        = \sum_{{i=1}}^{{m}} \frac{{2 w_{{ij}} \sum_{{k=1}}^{{n}} w_{{ik}} x_k}}
        {{1 + (\sum_{{k=1}}^{{n}} w_{{ik}} x_k)^2}}
    $$"""
    z = W @ x
    return (2 * z / (1 + z**2)) @ W


def hinge(z):
    r"""$$
    h = \begin{{cases}} z^2 & z > 0 \\ 0 & \text{{otherwise}} \end{{cases}}
    $$"""
    return {lib}.where({lib}.{zero}(z) > 0, {lib}.{zero}(z) ** 2, {lib}.{zero}(0.0))


def hinge_slope(z):
    r"""$$
    \frac{{\partial h}}{{\partial z}}
        = \begin{{cases}} 2 z & z > 0 \\ 0 & \text{{otherwise}} \end{{cases}}
    $$"""
    return 2 * {lib}.maximum({lib}.{zero}(z), {lib}.{zero}(0.0))


def curvature(x: Float[{array}, "n"]) -> Float[{array}, "n n"]:
    r"""$$
    \frac{{\partial^2 q}}{{\partial x_i \partial x_j}} = 2 x_i x_j + 2 \mathbb{{1}}[i = j] q
    $$"""
    return 2 * {lib}.outer(x, x) + {lib}.eye(x.shape[0]) * (x * x).sum()


def q(x: Float[{array}, "n"]) -> float:
    r"""$$
    q = \frac{{1}}{{4}} (\sum_{{k=1}}^{{n}} x_k^2)^2
    $$"""
    return (x * x).sum() ** 2 / 4


def picked(F: Float[{array}, "N K"], y: Int[{array}, "N"]) -> Float[{array}, "N"]:
    r"""$$
    p_n = f_{{n y_n}}
    $$"""
    {kind}
    return F[{lib}.arange(F.shape[0]), y]


SYMBOLS = {{"y": {{"range": "K"}}}}
'''
CODE = {
    "numpy": ("import numpy as np", "np.ndarray", "np", "asarray", "assert type(y) is np.ndarray"),
    "mlx": ("import mlx.core as mx", "mx.array", "mx", "array", "assert isinstance(y, mx.array)"),
    "jax": ("import jax\nimport jax.numpy as jnp", "jax.Array", "jnp", "asarray",
            "assert isinstance(y, jax.Array) and F.dtype == jnp.float64"),
    "torch": ("import torch", "torch.Tensor", "torch", "as_tensor",
              "assert isinstance(y, torch.Tensor) and torch.zeros(1).dtype == torch.float64"),
}  # fmt: skip
WAYS = ("return", "autodiff", "difference")
code_of_each = pytest.mark.parametrize("name", list(map(library, CODE)))


def module(folder, name, **changes):
    words = dict(zip(("imports", "array", "lib", "zero", "kind"), CODE[name], strict=True))
    text = MODULE.format(**words | changes)
    text = text.replace("2 \\mathbb{1}[i = j] q", "\\mathbb{1}[i = j] \\sum_{k=1}^{n} x_k^2")
    path = folder / "model.py"
    path.write_text(text)
    return source.module(path)


@code_of_each
@pytest.mark.parametrize("wanted, ways", [
    ("cost", ("return",)), ("slope", WAYS), ("hinge", ("return",)), ("hinge_slope", WAYS),
    ("curvature", WAYS), ("q", ("return",)), ("picked", ("return",)),
])  # fmt: skip
def test_a_function_of_each_library(tmp_path, name, wanted, ways):
    one = function(module(tmp_path, name), wanted)
    assert check(one).ways == ways
    best = backends.differentiators(one.library)[0]
    assert best is (dual if name == "numpy" else backend(name))


@code_of_each
def test_a_wrong_derivative_is_found_by_autodiff(tmp_path, name):
    one = function(module(tmp_path, name), "hinge_slope")
    wrong = [one.formulas[0].tex.replace("2 z", "3 z")]
    with pytest.raises(Mismatch):
        check(function(one.module, "hinge_slope", wrong))
    both = tmp_path / "model.py"
    both.write_text(both.read_text().replace("2 z", "3 z").replace("return 2 *", "return 3 *"))
    with pytest.raises(Mismatch, match="by automatic differentiation is"):
        check(function(source.module(both), "hinge_slope"))


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed")
def test_the_settings_of_jax_are_left_as_they_are(tmp_path):
    import jax

    before = jax.config.jax_enable_x64
    check(function(module(tmp_path, "jax"), "cost"))
    assert jax.config.jax_enable_x64 == before


@pytest.mark.peers
@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
def test_the_settings_of_torch_are_left_as_they_are(tmp_path):
    import torch

    before = torch.get_default_dtype()
    check(function(module(tmp_path, "torch"), "cost"))
    assert torch.get_default_dtype() == before


RULE = {
    "def f(x: Float[jax.Array, 'n']): return x": "jax",
    "def f(x: 'Float[torch.Tensor, \"n\"]'): return np.exp(x)": "torch",
    "def f(x: Float[Array, 'n']): return x": "jax",
    "def f(x: Float[np.ndarray, 'n']): return mx.exp(x)": "numpy",
    "def f(x): return jnp.exp(np.pi * x)": "jax",
    "def f(x): return F.relu(x)": "torch",
    "def f(x): return np.exp(x)": "numpy",
    "import torch\ndef f(x): return x": "torch",
    "import numpy as np\ndef f(x): return x": "numpy",
    "def f(x): return x": "numpy",
}


@pytest.mark.parametrize("text", RULE)
def test_the_library_of_a_function(tmp_path, text, monkeypatch):
    imports = "from jaxtyping import Array\nimport torch.nn.functional as F\n"
    path = tmp_path / "model.py"
    path.write_text(imports * ("Array" in text or "F." in text) + text)
    monkeypatch.setattr(backends, "named", lambda name: name)
    one = source.module(path)
    assert libraries.backend(one.functions["f"], one) == RULE[text]
