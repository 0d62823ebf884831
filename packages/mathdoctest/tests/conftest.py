"""Where the tests find the package and its examples, their marks, and the command to run."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
PACKAGE = TESTS.parent

sys.path[:0] = [str(PACKAGE), str(TESTS)]

Command = Callable[..., subprocess.CompletedProcess[str]]


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.import_plugin("pytester")
    for mark in (
        "mutation: mutates every formula of the corpus and every function behind one, in process",
        "peers: needs PyTorch, which the environment of peers has: `make test PEERS=1`",
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
