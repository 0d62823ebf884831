"""What machines can say of the code: its form, its types, its layers, its sizes."""

import ast
import os
import re
import subprocess
import sys
import tomllib
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
PACKAGES = [path.parent for path in sorted(ROOT.glob("packages/*/pyproject.toml"))]
WIDTH = SETTINGS["ruff"]["line-length"]
SCREEN = 60  # lines of a function


def files() -> list[Path]:
    """The Python files of ours but for snippets, whose form is that of the pages."""
    listed = ["git", "ls-files", "-co", "--exclude-standard", "-z", "*.py"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True).stdout.split("\0")
    paths = [ROOT / name for name in names[:-1] if "snippets" not in Path(name).parts]
    return [path for path in paths if path.is_file()]


TOOLS = [
    "ruff format --check --no-cache",
    "ruff check --no-cache",
    "mypy",
    "lint-imports --no-cache",
]


@pytest.mark.parametrize("command", TOOLS)
def test_the_tool_finds_nothing(command):
    """The settings of each are in pyproject.toml."""
    tool, *options = command.split()
    path = os.pathsep.join(map(str, (*PACKAGES, ROOT)))
    done = subprocess.run(
        [BIN / tool, *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tools_see_every_package():
    names = [next(path.parent for path in one.glob("*/__init__.py")) for one in PACKAGES]
    checked = [ROOT / folder for folder in SETTINGS["mypy"]["files"]]
    assert sorted(checked) == sorted(names) and SETTINGS["mypy"]["strict"]
    layers, cycles = SETTINGS["importlinter"]["contracts"]
    assert {"two_passes", *(path.name for path in names)} == set(layers["layers"])
    assert set(layers["layers"]) == set(cycles["ancestors"])


def test_only_the_snippets_keep_a_form_of_their_own():
    assert SETTINGS["ruff"]["extend-exclude"] == ["snippets"]
    assert {"E", "F", "I", "UP", "B"} <= set(SETTINGS["ruff"]["lint"]["select"])
    assert "ignore" not in SETTINGS["ruff"]["lint"]


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def test_no_line_is_longer_than_the_settings_say():
    """Nor does a comment let one be: ruff takes no long line without spaces for one."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {columns(line)} columns"
        for path in files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if columns(line) > WIDTH or re.search(r"#\s*noqa(?!: [A-Z]+\d+\b)|#\s*noqa:.*E501", line)
    ]
    assert found == []


def test_a_function_fits_a_screen():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.name}: {lines} lines"
        for path in files()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := node.end_lineno - node.lineno + 1) > SCREEN
    ]
    assert found == []
