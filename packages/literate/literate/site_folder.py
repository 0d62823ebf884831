"""The folder of the built site: a new site takes its place only when all of it is good."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replaced(place: Path) -> Iterator[Path]:
    """A folder beside the place to build in; if the block ends without an exception, it is put
    there.
    """
    _sweep(place)
    with tempfile.TemporaryDirectory(prefix=f".site-{os.getpid()}-", dir=place.parent) as folder:
        fresh = Path(folder) / "site"
        yield fresh
        _swap(fresh, place, Path(folder) / "old")


def _sweep(place: Path) -> None:
    """Remove what a killed build left; if it was killed between the two moves of `_swap`, the last
    good site comes back.
    """
    for left in place.parent.glob(".site-*-*"):
        try:
            os.kill(int(left.name.split("-")[1]), 0)
        except ProcessLookupError:
            if not place.exists() and (left / "old").exists():
                (left / "old").rename(place)
            shutil.rmtree(left, ignore_errors=True)
        except PermissionError:
            pass  # somebody else's build


def _swap(fresh: Path, place: Path, old: Path) -> None:
    if place.exists():
        place.rename(old)
    try:
        fresh.rename(place)
    except BaseException:  # Ctrl-C too
        if old.exists():
            old.rename(place)
        raise
