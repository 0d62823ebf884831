"""An earlier commit of this book, to measure beside this one."""

import os
import shutil
import subprocess
from pathlib import Path

from two_passes.bench.processes import ROOT

BEFORE = os.environ.get("BASE") or "63c5c07"


def unpacked(folder: Path) -> Path:
    """The files of the earlier commit, in a new folder."""
    packed = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, capture_output=True)
    if packed.returncode:
        raise RuntimeError(f"commit {BEFORE} is missing: `git fetch --unshallow` brings it")
    folder.mkdir(parents=True)
    subprocess.run(["tar", "-x"], cwd=folder, input=packed.stdout, check=True)
    return folder


def literate() -> tuple[str | Path, ...]:
    """Its commands, in an environment of its own, which is made once below `.cache/`."""
    home = ROOT / ".cache" / "earlier" / BEFORE
    python = home / ".venv" / "bin" / "python"
    if not python.is_file():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run(["make", "setup"], cwd=unpacked(home), check=True, env=_without_venv())
    return python, "-m", "literate"


def _without_venv() -> dict[str, str]:
    """The variables of the environment without those that a `make` around this one has set."""
    return {k: v for k, v in os.environ.items() if k not in ("VENV", "MAKEFLAGS", "MAKELEVEL")}
