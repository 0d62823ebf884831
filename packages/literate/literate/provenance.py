"""What a page tells of the run that made it: commit, date, MLX, device, platform, Python."""

import functools
import subprocess
from pathlib import Path

from literate import runs as runner


def commit(project) -> dict:
    """See `_commit`; asked once until `forget`."""
    return _commit(project.root)


def forget() -> None:
    """Ask git again: another commit may be checked out."""
    _commit.cache_clear()


@functools.lru_cache(maxsize=4)
def _commit(root: Path) -> dict:
    """The commit that a page is made from, whether files changed since, its date, and that date in seconds."""

    def git(*args: str) -> str:
        return subprocess.run(
            ["git", *args], cwd=root, capture_output=True, text=True
        ).stdout.strip()

    return {
        "commit": git("rev-parse", "--short=7", "HEAD") or "—",
        "modified": bool(git("status", "--porcelain")),
        "date": git("log", "-1", "--format=%cs") or "—",
        "epoch": git("log", "-1", "--format=%ct") or "0",
    }


def foot(project) -> dict:
    """The run record at a page's foot."""
    return {**runner.record(project), **{k: v for k, v in commit(project).items() if k != "epoch"}}
