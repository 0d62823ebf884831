"""What a page tells of the run that made it: commit, date, MLX, device, platform, Python."""

import functools
import subprocess

from literate import runs as runner
from literate.snippets import ROOT


@functools.lru_cache(maxsize=1)
def commit() -> dict:
    """The commit that a page is made from, whether files changed since, its date, and that date in seconds."""

    def git(*args: str) -> str:
        return subprocess.run(
            ["git", *args], cwd=ROOT, capture_output=True, text=True
        ).stdout.strip()

    return {
        "commit": git("rev-parse", "--short=7", "HEAD") or "—",
        "modified": bool(git("status", "--porcelain")),
        "date": git("log", "-1", "--format=%cs") or "—",
        "epoch": git("log", "-1", "--format=%ct") or "0",
    }


def foot() -> dict:
    """The run record at a page's foot."""
    return {**runner.record(), **{k: v for k, v in commit().items() if k != "epoch"}}
