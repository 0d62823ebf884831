"""What README.md shows is what happens: its files are written and its commands run."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

# Where the package is installed, pytest finds the plugin by its entry point
INSTALLED = any(entry.name == "mathdoctest" for entry in entry_points(group="pytest11"))
PLUGIN = [] if INSTALLED else ["-p", "mathdoctest.pytest_plugin"]
PACKAGE = Path(__file__).resolve().parents[1]
README = PACKAGE / "README.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
_TIME = re.compile(r"\d+\.\d+s")


@dataclass
class Command:
    """A command of a console block, and the output that is shown below it."""

    text: str
    shown: str


def commands(folder: Path) -> list[Command]:
    """The commands of README.md in order; its files, `# name.py`, are written to the folder."""
    found = []
    for language, text in _BLOCK.findall(README.read_text("utf-8")):
        if language == "python":
            name = text.partition("\n")[0].removeprefix("# ")
            (folder / name).write_text(text, "utf-8")
        elif language == "console":
            for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
                found.append(Command(*part.split("\n", 1)))
    return found


def run(command: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        command, shell=True, cwd=folder, capture_output=True, text=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", **environment},
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return done.stdout


def differences(folder: Path, **environment: str) -> list[str]:
    """The commands whose output is not what README.md shows."""
    every = commands(folder)
    assert len(every) >= 7
    out = []
    for command in every:
        printed = run(command.text, folder, **environment)
        if _TIME.sub("", printed).strip() != _TIME.sub("", command.shown).strip():
            out.append(f"$ {command.text}\n{printed}")
    return out


def test_every_command_prints_what_is_shown(tmp_path):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    plugin = " ".join(PLUGIN)
    found = differences(tmp_path, PATH=path, PYTHONPATH=str(PACKAGE), PYTEST_ADDOPTS=plugin)
    assert not found, "\n".join(found)


def test_what_it_says_of_the_defaults():
    from mathdoctest import compare, equal, execute, sample

    text = README.read_text("utf-8")
    assert f"on {compare.DRAWS} draws" in text
    for relative, absolute in (equal.EXACT, equal.LOOSE):
        assert f"within {relative:g}".replace("e-0", "e-") in text
        assert f"plus {absolute:g}".replace("e-0", "e-") in text
    for name in (*sample.RANGES, "real", "index"):
        assert f"`{name}`" in text
    assert f"{execute.TIME_LIMIT:g} seconds" in text
    assert (PACKAGE / "mathdoctest" / "grammar.lark").is_file()
