"""The parser's tables, kept in the user's cache folder: to make them takes five times as long.

The folder is `$XDG_CACHE_HOME/mathdoctest`, or else that of the platform. What cannot be read, was
written by somebody else or is damaged is made anew; what cannot be written is not kept.
"""

import contextlib
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import lark

from mathdoctest.parsing import Tables

OTHERS_WRITE = 0o022  # the bits of a mode by which group and others may write


def kept(grammar: str, make: Callable[[], Tables]) -> Tables:
    """The tables of a grammar that were kept; where there are none, made, and kept.

    grammar: its text, with whatever else its tables depend on.
    """
    path = _path(grammar)
    if path and (found := _loaded(path)):
        return found
    made = make()
    if path:
        _keep(made, path)
    return made


def _path(grammar: str) -> Path | None:
    """The file of a grammar's tables, as this lark and this Python make them."""
    parts = (grammar, lark.__version__, sys.version)
    name = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
    home = folder()
    return home / f"parser-{name}.pickle" if home else None


def folder() -> Path | None:
    """Where a user's programs keep what they can make again; None if no place is known."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(given):
        return Path(given) / "mathdoctest"
    if sys.platform == "win32":
        given = os.environ.get("LOCALAPPDATA", "")
        return Path(given) / "mathdoctest" / "Cache" if given else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    caches = home / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return caches / "mathdoctest" if home.is_absolute() else None


def _loaded(path: Path) -> Tables | None:
    """The tables in a file; None unless it is whole and nobody else could have written it."""
    try:
        if not _is_own(path.parent) or not _is_own(path):
            return None
        digest, _, data = path.read_bytes().partition(b"\n")
        if hashlib.sha256(data).hexdigest().encode() != digest:
            return None
        found = pickle.loads(data)
        return found if isinstance(found, Tables) else None
    except Exception:  # whatever is wrong with a file, the tables can be made
        return None


def _is_own(path: Path) -> bool:
    """Whether the user alone can write here; Windows says so by the place."""
    if sys.platform == "win32":
        return True
    found = path.stat()
    return found.st_uid == os.getuid() and not found.st_mode & OTHERS_WRITE


def _keep(made: Tables, path: Path) -> None:
    """Write the tables beside their place, then put them there at once."""
    unfinished = None
    try:
        data = pickle.dumps(made, pickle.HIGHEST_PROTOCOL)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_own(path.parent):
            return
        handle, unfinished = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(data).hexdigest().encode() + b"\n")
            file.write(data)
        os.replace(unfinished, path)
    except Exception:  # no room, no permission, no such disk: then nothing is kept
        if unfinished:
            with contextlib.suppress(OSError):
                os.unlink(unfinished)
