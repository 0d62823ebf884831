"""A check that found all good, told again while nothing has changed since.

It uses the standard library alone: what a check uses takes a second to import.
"""

import hashlib
import json
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

_CONFIG = "mkdocs.yml"
_TOOLS = ("g++",)  # with it MLX compiles, so that more programs run
_NOT_READ = ("__pycache__",)


def cache(root: Path) -> Path:
    """Where what runs, checks and drawings leave is kept for the next build."""
    return Path(os.environ.get("LITERATE_CACHE", root / ".cache" / "literate"))


def state(paths: Iterable[Path], variables: Iterable[str]) -> str:
    """The hash of all that a check depends on: time and size of these files and of all that is in
    these folders, variables of the environment, Python and what is installed.
    """
    stamps = [f"{path} {s.st_mtime_ns} {s.st_size}" for path, s in sorted(_files(paths))]
    given = [f"{name}={os.environ.get(name)}" for name in variables]
    tools = [f"{name} {shutil.which(name)}" for name in _TOOLS]
    installed = sorted(os.listdir(sysconfig.get_path("purelib")))
    parts = [sys.version, sys.prefix, *installed, *tools, *given, *stamps]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _files(paths: Iterable[Path]) -> Iterator[tuple[str, os.stat_result]]:
    for top in paths:
        found = [str(top)] if top.is_file() else []
        for folder, below, names in os.walk(top, followlinks=True):
            below[:] = [name for name in below if name not in _NOT_READ]
            found += [os.path.join(folder, name) for name in names]
        yield from ((path, os.stat(path)) for path in found if os.path.exists(path))


def record(
    root: Path, paths: Iterable[Path], variables: Iterable[str], before: str, said: list[str]
) -> None:
    """Keep what a check said. before: the state when it began."""
    file = _file(root)
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = {"paths": list(map(str, paths)), "variables": list(variables), "state": before}
    new = file.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps(kept | {"said": said}), "utf-8")
    new.replace(file)


def again() -> list[str] | None:
    """What the last check of the book of the working directory said, if it found all good and
    nothing has changed since; else None.
    """
    here = Path.cwd()
    root = next((f for f in (here, *here.parents) if (f / _CONFIG).is_file()), here)
    try:
        kept = json.loads(_file(root).read_text("utf-8"))
        now = state(map(Path, kept["paths"]), kept["variables"])
        return list(kept["said"]) if now == kept["state"] else None
    except (OSError, ValueError, KeyError, TypeError):  # there is none, or it is damaged
        return None


def _file(root: Path) -> Path:
    name = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
    return cache(root) / "checked" / f"{name}.json"
