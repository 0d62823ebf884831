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
from test_readme import PACKAGE, differences

NEEDED = {"mathdoctest/grammar.lark", "mathdoctest/py.typed", "mathdoctest/backends/mlx.py"}


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
    absent = "import importlib.util as u; print(u.find_spec('mlx'), u.find_spec('literate'))"
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    printed = subprocess.run(
        [binaries / "python", "-c", absent], cwd=tmp_path, env=clean, capture_output=True, text=True
    )
    assert printed.stdout == "None None\n"
    folder = tmp_path / "work"
    folder.mkdir()
    found = differences(folder, PATH=f"{binaries}{os.pathsep}{os.environ['PATH']}", PYTHONPATH="")
    assert not found, "\n".join(found)
