"""Where the shapes of a function's parameters come from: annotations, docstrings, formulas."""

import ast

import numpy as np
import pytest

from mathdoctest import Mismatch, axes, check, described, signature, source
from mathdoctest.functions import function
from mathdoctest.sample import Draw
from mathdoctest.scope import Scope

HEAD = "import numpy as np\nfrom jaxtyping import *\n\n\n"


def of(folder, text, name="f"):
    path = folder / "model.py"
    path.write_text(HEAD + text)
    return function(source.module(path), name)


def written(parameters: str, formula: str, code: str, returns: str = "", more: str = "") -> str:
    arrow = f" -> {returns}" if returns else ""
    doc = f'r"""$$\n    {formula}\n    $$\n{more}    """'
    return f"def f({parameters}){arrow}:\n    {doc}\n    {code}\n"


# ---- annotations: (parameters, formula, code, what is returned)

RIGHT = {
    "a difference of sizes": (
        'x: Float[np.ndarray, "n"]', r"d_i = x_{i+1} - x_i \quad i = 1, \dots, n - 1",
        "return x[1:] - x[:-1]", 'Float[np.ndarray, "n-1"]'),
    "a size computed for a parameter": (
        'x: Float[np.ndarray, "n"], d: Float[np.ndarray, "n-1"]', r"s = \sum_{i=1}^{n-1} d_i x_i",
        "return (d * x[:-1]).sum()", "float"),
    "twice a size": (
        'x: Float[np.ndarray, "2*n"]', r"y_i = x_i + x_{n+i} \quad i = 1, \dots, n",
        "n = len(x) // 2; return x[:n] + x[n:]", 'Float[np.ndarray, "n"]'),
    "two names": (
        'x: Float[np.ndarray, "n+k-1"], w: Float[np.ndarray, "k"]',
        r"y_i = \sum_{j=1}^{k} w_j x_{i+j-1}",
        "return np.correlate(x, w, 'valid')", 'Float[np.ndarray, "n"]'),
    "a difference of names": (
        'x: Float[np.ndarray, "n"], y: Float[np.ndarray, "k"], z: Float[np.ndarray, "n-k"]',
        r"s = \sum_{i=1}^{n-k} z_i", "assert len(z) == len(x) - len(y); return z.sum()", "float"),
    "a size with its name": (
        'x: Float[np.ndarray, "n=2 k"]', r"s_j = \sum_{i=1}^{n} x_{ij}",
        "assert len(x) == 2; return x.sum(0)", 'Float[np.ndarray, "k"]'),
    "broadcast": (
        'x: Float[np.ndarray, "#n m"], y: Float[np.ndarray, "#n m"]', "z_{ij} = x_{ij} y_{ij}",
        "assert len(x) != 1; SEEN.add(len(y) == 1); return x * y", 'Float[np.ndarray, "n m"]'),
    "a batch": (
        'x: Float[np.ndarray, "*batch n"], w: Float[np.ndarray, "n"]',
        r"y = \sum_{i=1}^{n} w_i x_i",
        "SEEN.add(x.ndim); return x @ w", 'Float[np.ndarray, "*batch"]'),
    "a batch of both": (
        'x: Float[np.ndarray, "*batch n"], w: Float[np.ndarray, "*batch n"]', r"y_i = w_i x_i",
        "SEEN.add(x.ndim); return x * w", 'Float[np.ndarray, "*batch n"]'),
    "any axes before": (
        'z: Float[np.ndarray, "... n"]', r"p_i = \frac{e^{z_i}}{\sum_{k=1}^{n} e^{z_k}}",
        "SEEN.add(z.ndim); e = np.exp(z); return e / e.sum(-1, keepdims=True)",
        'Float[np.ndarray, "... n"]'),
    "any axes between": (
        'z: Float[np.ndarray, "c ... n"]', r"s_c = \sum_{k=1}^{n} z_{ck}",
        "SEEN.add(z.ndim); return z.sum(-1)", 'Float[np.ndarray, "c ..."]'),
    "sizes of their own": (
        'x: Float[np.ndarray, "_ n"], y: Float[np.ndarray, "_ n"]',
        r"s = \sum_{k=1}^{n} x_{1k} y_{2k}",
        "assert len(x) != len(y); return x[0] @ y[1]", "float"),
    "a name that is not compared": (
        'x: Float[np.ndarray, "_m n"], y: Float[np.ndarray, "_m n"]',
        r"s = \sum_{k=1}^{n} x_{1k} y_{2k}",
        "assert len(x) != len(y); return x[0] @ y[1]", "float"),
    "a leaf's own": (
        'x: Float[np.ndarray, "?n"]', r"s = \sum_{k=1}^{n} x_k", "return x.sum()", "float"),
    "one number": (
        'x: Float[np.ndarray, ""]', "y = 2 x", "assert x.shape == (); return 2 * x", "float"),
    "a number for a size": (
        'x: Float[np.ndarray, "3"]', "y = x_1 - x_3", "return x[0] - x[2]", "float"),
    "a word of Python": (
        'W: Float[np.ndarray, "out in"], x: Float[np.ndarray, "in"]', "z = W x", "return W @ x",
        'Float[np.ndarray, "out"]'),
    "other kinds": (
        'x: Float32[np.ndarray, "n"], y: Num[np.ndarray, "n"], z: Real[np.ndarray, "n"], '
        'a: Shaped[np.ndarray, "n"]', "s_i = x_i + y_i + z_i + a_i", "return x + y + z + a",
        'Float[np.ndarray, "n"]'),
    "whole numbers": (
        'k: Int[np.ndarray, "n"]', "y_i = 2 k_i", "assert k.dtype.kind == 'i'; return 2 * k",
        'Float[np.ndarray, "n"]'),
    "truths": (
        'x: Float[np.ndarray, "n"], m: Bool[np.ndarray, "n"]', r"s = \sum_{i=1}^{n} m_i x_i",
        "assert m.dtype == bool; return x[m].sum()", "float"),
    "None beside": (
        'x: Float[np.ndarray, "n"] | None = None', r"s = \sum_{i=1}^{n} x_i", "return x.sum()",
        "float"),
    "None and quotes": (
        "x: 'Optional[Float[np.ndarray, \"n\"]]'", r"s = \sum_{i=1}^{n} x_i", "return x.sum()",
        "float"),
    "an option": (
        'x: Float[np.ndarray, "n"], mode: str = "sum"', r"s = \sum_{i=1}^{n} x_i",
        "assert mode == 'sum'; return x.sum()", "float"),
    "a truth": ("a, on: bool", "y = a on".replace("on", r"\text{on}"), "return a if on else 0.0",
        ""),
}  # fmt: skip
SEEN = {"broadcast": {True, False}, "a batch": {1, 2, 3}, "a batch of both": {1, 2, 3},
        "any axes before": {1, 2, 3}, "any axes between": {2, 3, 4}}  # fmt: skip


@pytest.mark.parametrize("form", RIGHT)
def test_a_form_of_an_annotation(tmp_path, form):
    text = "SEEN = set()\n\n\n" + written(*RIGHT[form])
    one = of(tmp_path, text)
    assert "return" in check(one).ways
    if form in SEEN:
        from mathdoctest import execute

        assert execute.load(one.module.path, "f").__globals__["SEEN"] == SEEN[form]


@pytest.mark.parametrize("form, was, now", [
    ("two names", "i+j-1", "i+j"), ("a batch", "w_i x_i", "x_i"), ("broadcast", "x_{ij} y",
        "x_{ij} + y"),
    ("any axes before", "z_k", "z_i"), ("a difference of sizes", "x_{i+1} - x_i", "x_i - x_{i+1}"),
])  # fmt: skip
def test_a_wrong_formula_for_such_an_annotation(tmp_path, form, was, now):
    text = "SEEN = set()\n\n\n" + written(*RIGHT[form]).replace(was, now, 1)
    with pytest.raises(Mismatch):
        check(of(tmp_path, text))


def test_a_batch_that_the_code_mixes_up_is_found(tmp_path):
    parameters, formula, code, returns = RIGHT["any axes before"]
    code = code.replace("e.sum(-1, keepdims=True)", "e.sum()")
    with pytest.raises(Mismatch):
        check(of(tmp_path, "SEEN = set()\n\n\n" + written(parameters, formula, code, returns)))


@pytest.mark.parametrize("annotation, says", [
    ('Float[np.ndarray, "n$"]', "`n$` in `n$` is no axis"),
    ('Float[np.ndarray, "n/2"]', "`n/2` in `n/2` is no axis"),
    ('Float[np.ndarray, "*a n *b"]', "one `*name` or `...` may stand"),
    ("str", "it gives no shape"),
    ("dict[str, float]", "it gives no shape"),
])  # fmt: skip
def test_an_annotation_that_cannot_be_used_is_named_with_its_line(tmp_path, annotation, says):
    text = written(f"a,\n    x: {annotation}", "y = a", "return a")
    with pytest.raises(Mismatch) as raised:
        check(of(tmp_path, text))
    assert raised.value.line == 6 and says in raised.value.what
    assert f"the annotation `{ast.unparse(ast.parse(annotation))}` of `x`" in raised.value.what


# ---- docstrings

NUMPYDOC = """
    Parameters
    ----------
    x : ndarray of shape (n, d)
        The rows.
    w, v : array_like, shape (d,)
        Two vectors.
    b : (n,) array
    k : int
        A number.
    s : float, optional
        Another.

    Returns
    -------
    ndarray of shape (n,)

    Notes
    -----
    Nothing of shape (3, 3).
"""
GOOGLE = """
    Args:
        x (array): The rows, an array of shape (n, d).
        w (np.ndarray): A vector
            of shape `(d,)`.
        v: Another, shape: [d].
        b (array of shape (n,)): A bias.
        k (int): A number.
        s (float): Another.

    Returns:
        array: of shape (n,).
"""
LINEAR = r"y_i = s k \sum_{j=1}^{d} x_{ij} (w_j + v_j) + b_i"


@pytest.mark.parametrize("text", [NUMPYDOC, GOOGLE], ids=["numpydoc", "google"])
@pytest.mark.parametrize("annotation", ["", ": np.ndarray"])
def test_the_sections_of_a_docstring(tmp_path, text, annotation):
    parameters = ", ".join(name + annotation for name in "xwvb") + ", k, s"
    code = "assert type(k) is int; return s * k * (x @ (w + v)) + b"
    one = of(tmp_path, written(parameters, LINEAR, code, more=text))
    shapes = one.parameters
    assert [shapes[name].axes for name in "xwvb"] == [("n", "d"), ("d",), ("d",), ("n",)]
    assert shapes["k"].whole and shapes["s"].kind == "number"
    assert one.returned[0].axes == ("n",)
    assert check(one).ways == ("return",)


def test_a_shape_in_a_docstring_that_cannot_be_used(tmp_path):
    text = NUMPYDOC.replace("(n, d)", "(n$, d)")
    with pytest.raises(Mismatch, match=r"a shape in the docstring cannot be used: `n\$`"):
        check(of(tmp_path, written("x, w, v, b, k, s", LINEAR, "return 1", more=text)))


# ---- formulas: (parameters, formula, code, the axes of each)

TOLD = {
    "a bound": ("z", r"s = \sum_{k=1}^{n} z_k", "return z.sum()", {"z": ("n",)}),
    "a letter and a bound": (
        "z", r"p_i = \frac{e^{z_i}}{\sum_{k=1}^{n} e^{z_k}}", "e = np.exp(z); return e / e.sum()",
        {"z": ("n",)}),
    "two axes": (
        "w, x, b", r"z_i = \sum_{j=1}^{n} w_{ij} x_j + b_i", "return w @ x + b",
        {"w": ("size_i", "n"), "x": ("n",), "b": ("size_i",)}),
    "an array by its entries": (
        "W, x", r"z_i = \sum_{j=1}^{n} w_{ij} x_j", "return W @ x", {"W": ("size_i", "n"),
        "x": ("n",)}),
    "no bound at all": ("x, y", "z_i = x_i y_i", "return x * y", {"x": ("size_i",),
        "y": ("size_i",)}),
    "a shifted index": (
        "x", r"s = \sum_{k=1}^{n-1} (x_{k+1} - x_k)^2", "return (np.diff(x) ** 2).sum()",
        {"x": ("n",)}),
    "a range behind": (
        "x", r"d_i = x_{i+1} - x_i \quad i = 1, \dots, n - 1", "return x[1:] - x[:-1]",
        {"x": ("n",)}),
    "a norm": (r"x, y", r"c = \frac{x^\top y}{\lVert x \rVert}", "return x @ y / np.linalg.norm(x)",
               {"x": 1, "y": 1}),
    "a product in the code": ("W, x, b", "z = W x + b", "return W @ x + b",
        {"W": 2, "x": 1, "b": 1}),
    "beside an annotation": (
        'W: Float[np.ndarray, "m n"], x', r"z_i = \sum_{j=1}^{n} w_{ij} x_j", "return W @ x",
        {"x": ("n",)}),
    "entry by entry with an array": (
        'x: Float[np.ndarray, "n"], w', r"z = x \odot w", "return x * w", {"w": 1}),
    "added to an array": (
        'x: Float[np.ndarray, "n"], b', "z = 2 x + b", "return 2 * x + b", {"b": 1}),
    "an array without axes": (
        "x: np.ndarray", r"s = \sum_{k=1}^{n} x_k", "return x.sum()", {"x": ("n",)}),
    "numbers stay numbers": ("T, x", "y = T x", "return T * x", {"T": (), "x": ()}),
    "steps stay numbers": (
        "g, m, beta1", r"m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t",
        "return beta1 * m + (1 - beta1) * g",
        {"g": (), "m": (), "beta1": ()}),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_a_shape_from_the_indices_of_a_formula(tmp_path, case):
    parameters, formula, code, wanted = TOLD[case]
    one = of(tmp_path, written(parameters, formula, code))
    for name, told in wanted.items():
        found = one.parameters[name].axes
        assert found == told if isinstance(told, tuple) else len(found) == told, (name, found)
    assert check(one).ways == ("return",)


def test_the_axes_of_a_product_are_joined(tmp_path):
    one = of(tmp_path, written("W, x, b", "z = W x + b", "return W @ x + b"))
    sizes = Draw(Scope(one), {}, 0)
    shapes = {n: tuple(map(sizes.size, s.axes)) for n, s in one.parameters.items()}
    assert shapes["W"] == (*shapes["b"], *shapes["x"]) and shapes["b"] != shapes["x"]


def test_a_shape_from_a_formula_reaches_its_derivative(tmp_path):
    text = written("x", r"q = \sum_{k=1}^{n} x_k^3", "return (x**3).sum()")
    text = text.replace("def f", "def g")
    text += "\n\n" + written("x", r"\frac{\partial q}{\partial x_i} = 3 x_i^2", "return 3 * x**2")
    assert check(of(tmp_path, text)).ways == ("return", "autodiff", "difference")


def test_a_parameter_with_one_index_and_with_two_is_unclear(tmp_path):
    with pytest.raises(Mismatch, match="the shape of `x` is unclear: it has 1 and 2 indices"):
        check(of(tmp_path, written("x", r"s = \sum_{k=1}^{n} x_k x_{kk}", "return x.sum()")))


# ---- sizes


def test_axes_that_are_computed():
    assert axes.value("n+k-1", {"n": 4, "k": 3}.get) == 6
    assert axes.value("2*(in-1)//3", {"in": 7}.get) == 4
    assert axes.names_of("n+k-1") == {"n", "k"}
    with pytest.raises(axes.NotAxes):
        axes.value("n**2", {"n": 2}.get)


def test_axes_that_are_equal():
    same = axes.Equal()
    same.join("n", "m")
    same.join("m", "3")
    assert same.root("n") == same.root("m") == "3"
    same.join("p+2", "q+2")
    assert same.root("q") == same.root("p")
    same.join("k", "k-1")  # two functions with a k of their own
    assert same.root("k") == "k"


def test_what_a_page_shows_of_an_annotation():
    node = ast.parse('def f(x: Float[np.ndarray, " *batch  n=2 #m _ "]): pass').body[0]
    assert signature.parameters(node)["x"].text == "*batch n=2 #m _"
    assert described.shapes(node) == {} and np.ndarray
