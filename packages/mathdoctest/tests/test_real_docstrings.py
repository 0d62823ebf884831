"""Formulas of MLX and optax: the verdict of each, and of each with one mistake."""

import importlib.util
import inspect
import textwrap
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

pytest.importorskip("mlx.core", reason="the functions are MLX's")

from mathdoctest import Mismatch, check, source  # noqa: E402
from mathdoctest.functions import function  # noqa: E402

PATH = Path(__file__).parents[1] / "examples" / "real_docstrings.py"
HOME = source.module(PATH)


def table():
    spec = importlib.util.spec_from_file_location("real_docstrings", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLE = table()
HOLD = [name for name in TABLE.QUOTED if name not in TABLE.REFUSED]
BROKEN = [(name, old, new) for name, every in TABLE.BROKEN.items() for old, new in every]


def test_the_table_is_whole():
    assert set(TABLE.QUOTED) == {n for n in HOME.functions if not n.startswith("_")}
    assert set(TABLE.BROKEN) == set(HOLD) and len(HOLD) >= 35 and len(BROKEN) >= 50


@pytest.mark.parametrize("name", HOLD)
def test_it_holds_as_the_docstring_has_it(name):
    assert check(function(HOME, name)).draws


@pytest.mark.parametrize("name", TABLE.REFUSED)
def test_it_is_refused_and_the_message_says_why(name):
    with pytest.raises(Mismatch) as raised:
        check(function(HOME, name))
    assert TABLE.REFUSED[name] in str(raised.value)


@pytest.mark.parametrize("name, old, new", BROKEN)
def test_with_one_mistake_it_is_refused(name, old, new):
    (formula,) = source.formulas(HOME.functions[name])
    assert old in formula.tex
    with pytest.raises(Mismatch):
        check(function(HOME, name, [formula.tex.replace(old, new, 1)]))


@pytest.mark.parametrize("name", TABLE.QUOTED)
def test_it_is_quoted_as_it_is_published(name):
    package, _, rest = TABLE.QUOTED[name].partition(".")
    wanted = TABLE.VERSIONS[package]
    try:
        installed = version(package)
    except PackageNotFoundError:
        installed = "none"
    if installed != wanted:
        pytest.skip(f"{package} {wanted} is quoted; installed: {installed}")
    module, _, what = TABLE.QUOTED[name].rpartition(".")
    text = inspect.getdoc(getattr(importlib.import_module(module), what))
    (formula,) = source.formulas(HOME.functions[name])
    squeezed = " ".join(textwrap.dedent(formula.tex).split())
    assert squeezed in " ".join(text.split())
