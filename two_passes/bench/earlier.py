"""An earlier commit of this book, to measure beside this one."""

import os
import subprocess
from pathlib import Path

from two_passes.bench.processes import ROOT

BEFORE = os.environ.get("BASE") or "63c5c07"


def unpacked(folder: Path) -> Path:
    """The files of the earlier commit, in a new folder."""
    packed = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, capture_output=True)
    if packed.returncode:
        raise RuntimeError(f"commit {BEFORE} is missing: `git fetch --unshallow` brings it")
    folder.mkdir()
    subprocess.run(["tar", "-x"], cwd=folder, input=packed.stdout, check=True)
    return folder
