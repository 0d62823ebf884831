"""The package as others get it: built, and installed where this repository is not."""

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
BUILD = "import sys; from flit_core import buildapi; buildapi.build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory) -> Path:
    """A folder with the wheels of this package and of what it depends on in this repository."""
    folder = tmp_path_factory.mktemp("dist")
    for package in sorted(path.parent for path in PACKAGE.parent.glob("*/pyproject.toml")):
        source = folder / package.name
        shutil.copytree(package, source, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=source, check=True)
        shutil.rmtree(source)
    return folder


def test_the_wheel_holds_the_package(wheels):
    (wheel,) = wheels.glob("literate_book-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (metadata,) = (
            archive.read(name).decode() for name in names if name.endswith(".dist-info/METADATA")
        )
    files = {
        path.relative_to(PACKAGE).as_posix()
        for path in (PACKAGE / "literate").rglob("*")
        if path.is_file()
        if not any(re.match(r"\.|__pycache__", part) for part in path.relative_to(PACKAGE).parts)
    }
    assert files <= names, files - names
    assert "# literate" in metadata and "License-Expression: MIT" in metadata
    assert not any(name.startswith("tests/") for name in names)


@pytest.mark.install
def test_the_commands_of_the_readme_in_a_clean_environment(wheels, tmp_path):
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    text = (PACKAGE / "README.md").read_text("utf-8")
    commands = "".join(re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S))
    assert "pip install literate-book" in commands and "literate build" in commands
    ours = ("PYTHON", "LITERATE", "VIRTUAL_ENV")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    clean["PATH"] = f"{home / 'bin'}{os.pathsep}{clean['PATH']}"
    clean["PIP_FIND_LINKS"] = f"{wheels} {clean.get('PIP_FIND_LINKS', '')}"
    folder = tmp_path / "work"
    folder.mkdir()
    done = subprocess.run(
        ["sh", "-eux", "-c", commands], cwd=folder, env=clean, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "my-book/site/index.html").is_file()
