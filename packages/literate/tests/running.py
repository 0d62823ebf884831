"""What the tests of whole books share: a copy to build and to break, and its commands."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
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


def _inside(folder: Path) -> dict[Path, Path]:
    """Name → path of all in a book but what commands keep there, a folder before what is in it."""
    every = {path.relative_to(folder): path for path in sorted(folder.rglob("*"))}
    return {name: path for name, path in every.items() if name.parts[0] != ".cache"}


class Mendable:
    """A folder to break, and to put back as it was."""

    folder: Path

    def keep(self) -> None:
        """Keep the files as they are now, for `put_back`."""
        self.good = Path(tempfile.mkdtemp(dir=self.folder.parent))
        shutil.copytree(self.folder, self.good, symlinks=True, dirs_exist_ok=True)

    def put_back(self) -> bool:
        """Give every file its bytes and its time again; whether any had changed."""
        good, changed = _inside(self.good), False
        for name, path in reversed(_inside(self.folder).items()):  # before its folder
            its = good.get(name)
            if path.is_symlink() or path.is_file() and not (its and its.is_file()):
                path.unlink()
                changed = True
            elif path.is_dir() and not (its and its.is_dir()):
                path.rmdir()
        for name, its in good.items():
            path = self.folder / name
            if its.is_dir():
                path.mkdir(exist_ok=True)
            elif not path.exists() or path.stat().st_mtime_ns != its.stat().st_mtime_ns:
                shutil.copy2(its, path)
                changed = True
        return changed


class OneProcess:
    """A process that runs the engine's commands in a folder, one after the other."""

    LIMIT = 300  # seconds that a command may take

    def __init__(self, folder: Path, environment: dict[str, str]):
        script = str(Path(__file__).with_name("one_process.py"))
        self.process = subprocess.Popen(
            [sys.executable, script],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What came of a command, as of one that had a process of its own."""
        sent, answers = self.process.stdin, self.process.stdout
        assert sent and answers
        print(json.dumps(words), file=sent, flush=True)
        waiting = threading.Timer(self.LIMIT, self.process.kill)
        waiting.start()
        answer = answers.readline()
        waiting.cancel()
        assert answer, f"{words} ended the process, or took more than {self.LIMIT} s"
        return subprocess.CompletedProcess(words, *json.loads(answer))

    def end(self) -> None:
        self.process.kill()  # to free all that it keeps would take time
        self.process.communicate(timeout=20)


class Book(Mendable):
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


class Reused(Book):
    """A book whose `literate` runs in one process; a test breaks it, and `put_back` mends it."""

    def __init__(self, book: Book):
        super().__init__(book.folder)
        self.keep()
        self.process = OneProcess(self.folder, environment())

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        module, *words = arguments
        return self.process.run(*words) if module == "literate" else super().run(*arguments)


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
