"""`make try-mlx`: what another MLX would change is told with its page.

Another C++ compiler, or none, changes nothing, but that what needs one is not run.
"""

import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import asdict
from importlib.metadata import metadata

from conftest import PROJECT, ROOT
from literate import provenance
from literate import runs as runner
from literate import try_mlx as versions

MACHINE = provenance.machine()
# The first and last of each minor version, on Linux with a CPU: all alike
TRIED = ("0.29.4", "0.30.0", "0.30.6", "0.31.0", "0.31.2", "0.32.0", "0.32.4")
# The newest that changes a page: core/training-loop uses mx.median
TOO_OLD = "0.29.3"


def _there(book):
    return {
        name: {"run": asdict(run), "judged": None, "formula": None}
        for name, run in book.runs.items()
    }


def test_the_same_runs_change_nothing(book):
    assert versions.changes(book, _there(book)) == []


def test_a_number_an_output_an_error_and_a_formula_that_change_are_told_with_their_page(book):
    there = _there(book)
    there["trace.forward_pass"]["run"]["values"] = {"y_hat": [0.5]}
    there["forward.weighted_sum"]["formula"] = "`z_i` is another"
    there["layers.column_input"]["judged"] = "nothing was raised"
    there["start.first_program"] = {
        "run": None,
        "judged": "still running after 60 s",
        "formula": None,
    }
    there["seeds.hundred_seeds"] = {
        "run": None,
        "judged": "raised `AttributeError`",
        "formula": None,
    }
    told = "\n".join(versions.changes(book, there))
    assert (
        "core/forward: docs/zh-TW/core/forward.md:" in told
        and "is 0.500000, here 0.389361" in told
        and "is nothing, here" in told
    )
    assert "core/layers: snippets/forward.py:" in told and "formula: `z_i` is another" in told
    assert (
        "error: nothing was raised" in told
        and "start: snippets/start.py:" in told
        and "output: still running" in told
    )


def test_an_environment_with_another_mlx_has_the_packages_of_this_one(tmp_path, monkeypatch):
    """Those of this repository too. Only the installation of MLX is left out."""
    with monkeypatch.context() as patch:
        nothing = subprocess.CompletedProcess([], 0, "", "")
        create = venv.create
        patch.setattr(versions.venv, "create", lambda place, **_: create(place))
        patch.setattr(versions.subprocess, "run", lambda *_, **__: nothing)
        python = versions._environment(tmp_path / "there", "0.31.2")
    own = "import literate.cli, mathdoctest, mkdocs, two_passes.book"
    done = subprocess.run([python, "-c", own], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_without_a_compiler_every_page_says_the_same(book, pages, tmp_path, monkeypatch):
    """MLX then does not compile and says nothing; only what says `needs: compiler` depends on it.

    All runs, formulas and labs are made again.
    """
    (tmp_path / "bin").mkdir()
    for name in ("git", "uname", "sh", "env"):
        if found := shutil.which(name):
            (tmp_path / "bin" / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(PROJECT, "cache", tmp_path / "cache")
    assert not any(map(shutil.which, ("g++", "c++", "clang++")))
    done = subprocess.run(
        [sys.executable, "-m", "literate", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "LITERATE_CACHE": str(PROJECT.cache)},
    )
    assert done.returncode == 0 and "running" in done.stdout, done.stdout + done.stderr
    assert not [path for path in (PROJECT.cache / "compiled").rglob("*") if path.is_file()], (
        "it was compiled with what?"
    )
    need = {d.argument for page in pages for d in page.directives if "needs" in d.options}
    assert need and all(f"{name} is not run: " in done.stdout for name in need)
    monkeypatch.setattr(provenance, "machine", lambda: MACHINE | {"compiles": "no"})
    monkeypatch.setattr(runner, "machine", provenance.machine)
    monkeypatch.setattr(runner, "_surroundings", runner._surroundings.__wrapped__)
    there = {
        name: asdict(runner.cached(PROJECT, snippet.program))
        for name, snippet in book.snippets.items()
        if name not in need
    }
    there |= {name: asdict(book.runs[name]) for name in need}
    assert (
        versions.changes(
            book,
            {name: {"run": run, "judged": None, "formula": None} for name, run in there.items()},
        )
        == []
    )


def test_the_versions_that_were_tried_are_told_the_same_everywhere():
    for path in ("README.md", "docs/en/start.md", "docs/zh-TW/start.md"):
        told = re.findall(r"\b0\.\d\d\.\d\b", (ROOT / path).read_text("utf-8"))
        assert set(told) == {*TRIED, TOO_OLD}, path
    assert f"mlx=={TRIED[-1]}" in (ROOT / "pyproject.toml").read_text("utf-8"), (
        "another MLX is locked: run make try-mlx for it and the three minor versions before it"
    )


def test_start_asks_for_the_python_that_mlx_asks_for():
    least = metadata("mlx")["Requires-Python"].removeprefix(">=")
    for path in ("docs/en/start.md", "docs/zh-TW/start.md"):
        text = (ROOT / path).read_text("utf-8")
        asked = re.search(r"Python (3\.\d+) (?:to|到) 3\.\d+", text)
        assert asked and asked[1] == least, path
