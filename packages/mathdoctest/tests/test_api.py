"""`check` and `read` as anyone calls them: on functions of their own, outside any package."""

import importlib.util
import sys
from pathlib import Path

import pytest
from examples.symbols import TABLE

from mathdoctest import (
    Mismatch,
    Report,
    check,
    marks,
    read,
    reader,
    resolve,
    sample,
    source,
    symbols,
    vocabulary,
)
from mathdoctest.functions import function
from mathdoctest.symbols import Symbol
from mathdoctest.syntax import Derivative

NUMPY = r'''import numpy as np
from jaxtyping import Float


def softmax(z: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    r"""Probabilities.

    $$
    p_i = \frac{e^{z_i}}{\sum_{k=1}^{n} e^{z_k}}
    $$
    """
    e = np.exp(z - z.max())
    return e / e.sum()


def length(a, b):
    r"""Two plain numbers.

    $$
    c = \sqrt{a^2 + b^2}
    $$
    """
    return (a * a + b * b) ** 0.5
'''
MLX = NUMPY.replace("import numpy as np", "import mlx.core as mx").replace("np.ndarray", "mx.array")
MLX = MLX.replace("np.", "mx.")


def write(folder: Path, text: str, name: str = "model.py") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def load(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def of(path: Path, name: str, formulas: list[str] | None = None):
    return function(source.module(path), name, formulas)


# ---- check


@pytest.mark.parametrize("text", [NUMPY, MLX], ids=["numpy", "mlx"])
def test_a_function_of_a_file_without_a_package(tmp_path, text):
    module = load(write(tmp_path, text))
    report = check(module.softmax)
    assert isinstance(report, Report) and report.draws == 6 and "return" in report.ways
    (name, shape, drawn_from) = report.inputs[0]
    assert (name, drawn_from) == ("z", "real") and shape == str(report.sizes["n"])
    assert check(module.length).inputs == (("a", "", "real"), ("b", "", "real"))


def test_a_function_given_with_its_file(tmp_path):
    assert check(of(write(tmp_path, NUMPY), "softmax")).ways == ("return",)


def test_a_module_of_a_package_imports_its_neighbours(tmp_path):
    (tmp_path / "pack").mkdir()
    write(tmp_path / "pack", "", "__init__.py")
    write(tmp_path / "pack", HALF, "half.py")
    path = write(tmp_path / "pack", TWICE.format("pack.half"), "twice.py")
    assert check(of(path, "twice")).ways == ("return",)
    assert not list(tmp_path.rglob("*.pyc")), "importing a module left bytecode"


HALF = 'def half(a):\n    r"""$$\n    h = \\frac{a}{2}\n    $$"""\n    return a / 2\n'
TWICE = (
    'from {} import half\n\n\ndef twice(a):\n    r"""$$\n    t = 4 h\n    $$"""\n'
    "    return 4 * half(a)\n"
)


def test_a_changed_file_and_a_changed_neighbour_are_read_again(tmp_path):
    half = write(tmp_path, HALF, "half.py")
    path = write(tmp_path, TWICE.format("half"), "twice.py")
    assert check(of(path, "twice"))
    assert path in source.depends_on(path) and half in source.depends_on(path)
    write(tmp_path, HALF.replace("a / 2", "a / 3"), "half.py")
    with pytest.raises(Mismatch, match="the code returns"):
        check(of(path, "twice"))
    write(tmp_path, HALF.replace("a / 2", "a / 3").replace("{2}", "{3} "), "half.py")
    assert check(of(path, "twice"))
    write(tmp_path, TWICE.format("half").replace("4 h", "40 h"), "twice.py")
    with pytest.raises(Mismatch, match="40 h"):
        check(of(path, "twice"))


def test_a_mismatch_says_all(tmp_path):
    path = write(tmp_path, NUMPY.replace("z_k", "z_i"))
    with pytest.raises(AssertionError) as raised:
        check(load(path).softmax)
    found = raised.value
    assert isinstance(found, Mismatch)
    assert (found.path, found.line, found.seed) == (path, 9, 0)
    assert found.function == "softmax" and found.formula.startswith("p_i = ")
    assert found.sizes.keys() >= {"n"}
    assert "what the code returns is" in found.what and "the right side is" in found.what
    assert "`k` in place of `i`" in found.hint
    lines = str(found).splitlines()
    assert "model.py:9: softmax: `p_i = " in lines[0] and "(seed 0; n = " in lines[0]
    assert lines[1] == f"    → {found.hint}" and len(lines) == 2


@pytest.mark.parametrize(
    "was, now, says",
    [
        ("a^2 + b^2", "a^2 + ", "outside the grammar: it ends too early|outside the grammar at"),
        ("a^2 + b^2", "a^2 + q^2", "`q` is neither"),
        ("return (", "raise TypeError('no') or (", "the code raised `TypeError: no`"),
        ("return (", "return 'x' or (", "the code returned|cannot be computed"),
        ("return (", "return 1, 2, (", "define 1: c; the code returns 3"),
        ("return (", "while True:\n        pass\n    return (", "still running after 0.5 s"),
    ],
)
def test_whatever_is_wrong_is_a_mismatch(tmp_path, was, now, says):
    path = write(tmp_path, NUMPY.replace(was, now))
    with pytest.raises(Mismatch, match=says):
        check(of(path, "length"), time_limit=0.5)


def test_a_quantity_defined_by_its_own_derivative_is_a_mismatch(tmp_path):
    text = NUMPY.replace(r"\sqrt{a^2 + b^2}", r"a + \frac{\partial c}{\partial b}")
    with pytest.raises(Mismatch, match="by itself"):
        check(of(write(tmp_path, text), "length"))


def test_fewer_draws(tmp_path):
    assert check(of(write(tmp_path, NUMPY), "length"), draws=2).draws == 2


# ---- symbols


def test_without_a_table_an_undeclared_name_is_a_real_number(tmp_path):
    text = NUMPY.replace("** 0.5", "** 0.5").replace(r"\sqrt{a^2 + b^2}", r"\log(a)")
    text = text.replace("(a * a + b * b) ** 0.5", "np.log(a)")
    path = write(tmp_path, text)
    with pytest.raises(Mismatch, match="leave the range where the function is finite"):
        check(of(path, "length"))
    assert check(of(path, "length"), {"a": {"range": "positive"}, "c": {}})
    ours = {"a": Symbol(range="positive"), "c": Symbol()}
    assert ("a", "", "positive") in check(of(path, "length"), ours).inputs


def test_the_symbols_of_the_file_itself_count(tmp_path):
    own = 'SYMBOLS = {"a": {"range": "unit"}}\n'
    path = write(tmp_path, NUMPY.replace("\n\n\ndef softmax", f"\n\n{own}\n\ndef softmax"))
    assert ("a", "", "unit") in check(of(path, "length")).inputs


def test_with_a_table_a_left_side_must_be_declared(tmp_path):
    path = write(tmp_path, NUMPY)
    with pytest.raises(Mismatch, match="names `c`, which is not declared"):
        check(of(path, "length"), {"a": {}})
    assert check(of(path, "length"), {"c": {}})


def test_with_a_table_a_left_side_names_nothing_that_is_given(tmp_path):
    path = write(tmp_path, NUMPY.replace("c = ", "a = ").replace("a^2 + b^2", "4 b^2"))
    with pytest.raises(Mismatch, match="names `a`, which the function is given"):
        check(of(path, "length"), {"a": {}})


def test_a_symbol_of_one_function_goes_before_that_of_the_file(tmp_path):
    table = {"a": {"range": "unit"}, "length.a": {"range": "positive"}, "other.a": {}, "c": {}}
    report = check(of(write(tmp_path, NUMPY), "length"), table)
    assert ("a", "", "positive") in report.inputs
    assert symbols.parse(table, "other")["a"].range is None
    assert symbols.parse(table)["a"].range == "unit"


# ---- how a symbol is written, and what letters mean that nobody declares


@pytest.mark.parametrize(
    "tex, name, says",
    [
        (r"W^{(1)}", "W1", False),
        (r"\hat{y}", "y_hat", False),
        (r"c_{\text{FN}}", "c_FN", False),
        (r"\frac{\partial L}{\partial W}", "dL_dW", False),
        (r"\sigma'", "sigma_prime", False),
        (r"\frac{", "broken", False),
        (r"W_{xh}", "W_xh", True),
        (r"\mathbf{W}^Q", "W_Q", True),
        (r"\sigma^2", "variance", True),
        ("d_k", "d_k", True),
    ],
)
def test_a_spelling_is_told_only_where_reading_does_not_give_it(tmp_path, tex, name, says):
    home = source.module(write(tmp_path, NUMPY))
    known = vocabulary.of(home.functions["length"], home, ((tex, name),))
    assert (name in dict(known.spellings).values()) is says


def test_reserved_letters_are_those_of_the_code():
    letters = {letter.lstrip("\\") for key in symbols.RESERVED for letter in key.split(", ")}
    assert letters == {*marks.INDICES, *marks.CONSTANTS, resolve.TIME, "d", "D", "T"}
    assert resolve.TIME_AXES == ("T", "T+1") and sample.DEPTH
    assert reader.expression("A^T") == reader.expression(r"A^\top")
    slope = reader.expression(r"\frac{d y}{d x}")
    assert isinstance(slope, Derivative)


def test_what_a_symbol_stands_for_is_checked_as_a_derivative():
    path = Path(__file__).parent / "examples" / "backward.py"
    assert set(check(of(path, "output_error"), TABLE).ways) == {"return", "autodiff", "difference"}
    wrong = TABLE | {"delta2": TABLE["delta2"] | {"is": r"\frac{\partial L}{\partial b^{(1)}}"}}
    with pytest.raises(Mismatch):
        check(of(path, "output_error"), wrong)


# ---- what importing costs


def test_importing_the_package_does_not_import_mlx():
    import subprocess

    code = "import sys, mathdoctest; sys.exit(any(n.split('.')[0] == 'mlx' for n in sys.modules))"
    root = Path(__file__).parents[1]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0


# ---- read


def test_read_finds_every_displayed_formula(tmp_path):
    text = '''r"""A module.

    .. math::

        a = b + c
"""


class Layer:
    r"""A class.

    .. math:: y = W x + b

    $$
    z = \\unknown
    $$
    """

    def call(self):
        r"""A method, which no check calls.

        $$
        y = 2 x
        $$
        """
'''
    path = write(tmp_path, text)
    found = read(path)
    assert [(r.name, r.line, bool(r.error)) for r in found] == [
        ("", 5, False), ("Layer", 12, False), ("Layer", 15, True), ("Layer.call", 23, False)
    ]  # fmt: skip
    assert found[0].path == path and len(found[0].statements) == 1
    assert "unknown" in found[2].error and not found[2].statements


def test_read_takes_a_module_a_package_and_a_folder(tmp_path):
    (tmp_path / "inner").mkdir()
    write(tmp_path, NUMPY)
    write(tmp_path / "inner", NUMPY)
    assert len(read(tmp_path)) == 4
    assert len(read(str(tmp_path / "model.py"))) == 2
    assert read("mathdoctest.syntax") == []


def test_read_on_the_docstrings_of_mlx():
    """Written by others, for a reader of mathematics, and not for this grammar."""
    found = read("mlx.nn")
    assert len(found) >= 30
    assert sum(not r.error for r in found) >= 15
