"""Programs that are run and timed; where the book, its cache and its peers are."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parent / "data"
CACHE = Path(os.environ.get("LITERATE_CACHE", ROOT / ".cache" / "literate"))
LITERATE = (sys.executable, "-m", "literate")
_UNIT = 1 if sys.platform == "darwin" else 1024  # of a process's peak memory, in bytes
_PEERS = ROOT / ".cache" / "bench" / "bin" / "python"  # made by `make bench PEERS=1`


def peers() -> Path | None:
    """The Python of the peers' environment; None if it is not there."""
    return _PEERS if _PEERS.is_file() else None


def _environment(cache: Path) -> dict[str, str]:
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1", "LITERATE_CACHE": str(cache)}


def agree(book: Path, cache: Path = CACHE, literate: tuple[str | Path, ...] = LITERATE) -> None:
    """Record every section of a book, by its name where a check has a doubt."""
    command = [*literate, "agree"]
    run = subprocess.run(command, cwd=book, capture_output=True, text=True, env=_environment(cache))
    said = run.stderr
    for section in dict.fromkeys(re.findall(r"make agree PAGE=([^`\s]+)", said)):
        timed(*literate, "agree", section, cwd=book, cache=cache)


def timed(*command: str | Path, cwd: Path, cache: Path = CACHE) -> float:
    """Run a program and return its seconds. Raises RuntimeError if it fails."""
    return weighed(*command, cwd=cwd, cache=cache)[0]


def weighed(*command: str | Path, cwd: Path, cache: Path = CACHE) -> tuple[float, float]:
    """The same with its peak memory in MiB: that of the largest of its processes."""
    with tempfile.TemporaryFile("w+") as out:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, stdout=out, stderr=out, env=_environment(cache)
        )
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            out.seek(0)
            output = out.read()[-4000:]
            raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{output}")
    return took, used.ru_maxrss * _UNIT / 2**20
