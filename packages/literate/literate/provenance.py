"""What a page was made from and with: the commit, and the machine that its programs ran on."""

import functools
import platform
import subprocess
from pathlib import Path
from typing import Any

from literate import Fault, mlx_backend
from literate.project import Project


@functools.cache
def machine() -> dict[str, str]:
    """Python and platform, and MLX with its device where it is installed. Raises Fault."""
    try:
        mlx = mlx_backend.facts()
    except RuntimeError as error:
        cure = "run `make check` again after `rm -r .venv`"
        raise Fault("mlx", f"does not start: {error}", cure) from None
    system = {"Darwin": "macOS"}.get(platform.system(), platform.system())
    return mlx | {"platform": f"{system} {platform.machine()}", "python": platform.python_version()}


@functools.lru_cache(maxsize=4)
def commit(project: Project) -> dict[str, Any]:
    """The commit, whether files changed since, its date, and that date in seconds.

    Git is asked once, until `commit.cache_clear()`: another commit may be checked out.
    """

    return {
        "commit": _git(project, "rev-parse", "--short=7", "HEAD") or "—",
        "modified": bool(_git(project, "status", "--porcelain")),
        "date": _git(project, "log", "-1", "--format=%cs") or "—",
        "epoch": _git(project, "log", "-1", "--format=%ct") or "0",
    }


@functools.lru_cache(maxsize=4)
def lock(project: Project) -> Path:
    """The file that is there while git writes the files of a commit."""
    return project.root / (_git(project, "rev-parse", "--git-path", "index.lock") or "index.lock")


def _git(project: Project, *words: str) -> str:
    # without the locks that it can do without, so that a command of the author's is not refused
    command = ["git", "--no-optional-locks", *words]
    try:
        done = subprocess.run(command, cwd=project.root, capture_output=True, text=True)
    except FileNotFoundError:  # no git here
        return ""
    return done.stdout.strip()


def foot(project: Project) -> dict[str, Any]:
    """What the foot of a page says."""
    return machine() | {key: value for key, value in commit(project).items() if key != "epoch"}
