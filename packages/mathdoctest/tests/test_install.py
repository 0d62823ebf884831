"""The package as others get it: built, and installed where neither MLX nor this repository is."""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest
from test_readme import PACKAGE, differences, run

NEEDED = {"mathdoctest/grammar.lark", "mathdoctest/py.typed", "mathdoctest/browser/reader.js"}
NEEDED |= {f"mathdoctest/backends/{name}.py" for name in ("mlx", "jax", "torch", "numpy", "dual")}
# Without another library a derivative is that of the formula itself, and exact
SLOPE = r'''
def cube(x):
    r"""$$
    y = x^3
    $$"""
    return x**3


def slope(x):
    r"""$$
    \frac{\partial y}{\partial x} = 3 x^2
    $$"""
    return 3 * x**2
'''

BEND = r'''

def bend(x):
    r"""$$
    \frac{\partial^2 y}{\partial x^2} = 6.001 x
    $$"""
    return 6.001 * x
'''


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the wheel and the source distribution, made from a copy."""
    folder = tmp_path_factory.mktemp("dist")
    source = folder / "source"
    shutil.copytree(PACKAGE, source, ignore=shutil.ignore_patterns(".*", "__pycache__", "dist"))
    code = "import sys; from flit_core import buildapi as b; b.build_wheel(sys.argv[1]); "
    code += "b.build_sdist(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=source, check=True)
    return folder


def test_the_wheel_holds_the_package(built):
    (wheel,) = built.glob("mathdoctest-0.1.0-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        info = "mathdoctest-0.1.0.dist-info"
        metadata = archive.read(f"{info}/METADATA").decode()
        entry = archive.read(f"{info}/entry_points.txt").decode()
    modules = {f"mathdoctest/{p.name}" for p in (PACKAGE / "mathdoctest").glob("*.py")}
    assert NEEDED | modules <= names
    assert not any("test" in Path(name).name.split("_") for name in names)
    assert "mathdoctest.pytest_plugin" in entry and "License-Expression: MIT" in metadata
    required = [
        x for x in metadata.splitlines() if x.startswith("Requires-Dist") and "extra" not in x
    ]
    assert len(required) == 2 and "numpy" in required[0] and "lark" in required[1]


def test_the_source_distribution_holds_the_package_and_its_tests(built):
    (sdist,) = built.glob("mathdoctest-0.1.0.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert NEEDED | {"README.md", "pyproject.toml", "tests/test_install.py"} <= names
    assert "tests/corpus/forms.py" in names


@pytest.mark.install
def test_the_commands_of_the_readme_in_a_clean_environment(built, tmp_path):
    home = tmp_path / "venv"
    venv.create(home)
    binaries = home / "bin"
    (wheel,) = built.glob("*.whl")
    install = [sys.executable, "-m", "pip", "--python", home, "install", "-q", "--no-compile"]
    subprocess.run([*install, wheel, "jaxtyping", "pytest"], check=True)
    names = ["mlx", "jax", "torch", "literate"]
    absent = f"import importlib.util as u; print(*map(u.find_spec, {names}))"
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    printed = subprocess.run(
        [binaries / "python", "-c", absent], cwd=tmp_path, env=clean, capture_output=True, text=True
    )
    assert printed.stdout == "None None None None\n"
    folder = tmp_path / "work"
    folder.mkdir()
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"
    found = differences(folder, PATH=path, PYTHONPATH="")
    assert not found, "\n".join(found)
    (folder / "slope.py").write_text(SLOPE)
    printed = run("python -m mathdoctest check slope.py", folder, PATH=path, PYTHONPATH="")
    assert printed.endswith("holds (return, autodiff, difference)\n2 formulas, 2 hold\n")
    # wrong in the formula and in the code: only the derivative itself can tell
    (folder / "bend.py").write_text(SLOPE + BEND)
    printed = run("python -m mathdoctest check bend.py", folder, PATH=path, PYTHONPATH="")
    assert "by automatic differentiation is" in printed and printed.endswith("2 hold\n")
