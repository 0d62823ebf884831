"""Where the tests find the package, its corpus and its examples; the marks that they use."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
PACKAGE = TESTS.parent
CORPUS = sorted((TESTS / "corpus").glob("*.py"))
EXAMPLES = TESTS / "examples"

sys.path[:0] = [str(PACKAGE), str(TESTS)]
pytest_plugins = ["pytester"]

# The plugin is known to pytest by its entry point where the package is installed, else by its module
INSTALLED = any(e.name == "mathdoctest" for e in entry_points(group="pytest11"))
PLUGIN = [] if INSTALLED else ["-p", "mathdoctest.pytest_plugin"]

Command = Callable[..., subprocess.CompletedProcess[str]]


def pytest_configure(config: pytest.Config) -> None:
    for mark in (
        "mutation: mutates every formula of the corpus and every function behind one, in process",
        "install: builds the package and installs it into a new environment; needs PyPI",
    ):
        config.addinivalue_line("markers", mark)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """`python -m mathdoctest`, run in a temporary folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mathdoctest", *map(str, arguments)],
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": str(PACKAGE)},
        )

    yield run
