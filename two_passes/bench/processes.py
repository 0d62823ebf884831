"""Programs that are run and timed; where the book, its cache and its peers are."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from subprocess import CompletedProcess

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
CACHE = Path(os.environ.get("LITERATE_CACHE", ROOT / ".cache" / "literate"))
LITERATE = (sys.executable, "-m", "literate")
_PEERS = ROOT / ".cache" / "bench" / "bin" / "python"  # made by `make bench PEERS=1`


def peers() -> Path | None:
    """The Python of the peers' environment; None if it is not there."""
    return _PEERS if _PEERS.is_file() else None


def _run(command: tuple[str | Path, ...], cwd: Path, cache: Path) -> CompletedProcess[str]:
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "LITERATE_CACHE": str(cache)}
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=environment)


def agree(book: Path, cache: Path = CACHE) -> None:
    """Record every section of a book, by its name where a check has a doubt."""
    said = _run((*LITERATE, "agree"), book, cache).stderr
    for section in dict.fromkeys(re.findall(r"make agree PAGE=([^`\s]+)", said)):
        timed(*LITERATE, "agree", section, cwd=book, cache=cache)


def timed(*command: str | Path, cwd: Path, cache: Path = CACHE) -> float:
    """Run a program and return its seconds. Raises RuntimeError if it fails."""
    began = time.perf_counter()
    done = _run(command, cwd, cache)
    if done.returncode:
        output = done.stdout[-1000:] + done.stderr[-3000:]
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{output}")
    return time.perf_counter() - began
