"""What the tests of whole books share: a copy to build and to break, and its commands."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

PACKAGES = Path(__file__).resolve().parents[2]
STATISTICS = PACKAGES / "literate" / "examples" / "statistics"
GENERATED = shutil.ignore_patterns("site", ".cache", "__pycache__", ".site-*")


def environment() -> dict[str, str]:
    """That of this process, in which the packages of this checkout go first."""
    path = [str(PACKAGES / name) for name in ("literate", "mathdoctest")]
    path += filter(None, [os.environ.get("PYTHONPATH")])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), "NO_MKDOCS_2_WARNING": "1"}


class Book:
    def __init__(self, folder: Path):
        self.folder = folder

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`book.run("literate", "check")`"""
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            env=environment(),
        )

    def good(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def replace(self, name: str, old: str, new: str) -> None:
        """Change the first `old` in a file; it must be there, else the test would prove nothing."""
        path = self.folder / name
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    @contextlib.contextmanager
    def serving(self, *arguments: str) -> Iterator[None]:
        """A server, started with these arguments, which ends with the block."""
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


def copied(source: Path, folder: Path) -> Book:
    shutil.copytree(source, folder, ignore=GENERATED)
    return Book(folder)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def page_with(address: str, words: str, seconds: float = 90, refused: bool = False) -> str:
    """The page at an address once it has these words. refused: as one that says there is none."""
    end, text = time.monotonic() + seconds, ""
    while words not in text:
        assert time.monotonic() < end, f"{address}: no {words!r} within {seconds} s: {text[-500:]}"
        try:
            text = urllib.request.urlopen(address, timeout=30).read().decode()
        except urllib.error.HTTPError as error:
            text = error.read().decode() if refused else ""
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.1)
    return text
