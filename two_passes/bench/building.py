"""How long a build takes, cold and warm, with more chapters and beside its peers; how soon a save is seen."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from literate.commands import project_here

from two_passes.bench import books, peers, reading

FEW, MANY = 5, 36
PAGE = "docs/en/core/layers.md"
SAVES = 7


def measure(figures) -> None:
    with tempfile.TemporaryDirectory(prefix="two-passes-") as folder:
        _builds(figures, Path(folder))
    with tempfile.TemporaryDirectory(prefix="two-passes-") as folder:
        _edits(figures, Path(folder))


def _timed(*command: str, cwd: Path, **environment: str) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment},
    )
    if done.returncode:
        raise RuntimeError(
            f"{' '.join(command)} failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}"
        )
    return time.perf_counter() - began


def _builds(figures, folder: Path, warm: int = 3, cold: int = 1) -> None:
    count = len(books.chapters())
    one, four = books.of_size(folder / "one", count), books.of_size(folder / "four", 4 * count)
    ours = [sys.executable, "-m", "literate"]
    for book in (one, four):
        _timed(*ours, "agree", cwd=book)
    seconds: dict[str, list[float]] = {}
    for _ in range(cold):
        for key, book in (("cold", one), ("cold_four", four)):
            shutil.rmtree(folder / "empty", ignore_errors=True)
            seconds.setdefault(key, []).append(
                _timed(*ours, "build", cwd=book, LITERATE_CACHE=str(folder / "empty"))
            )
    cache = str(project_here().cache)
    ways = {"warm": (ours + ["build"], one), "check": (ours + ["check"], one)} | _peers(folder)
    for turn in range(warm + 1):
        for key, (command, place) in ways.items():
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(place / "out")
            took = _timed(*map(str, command), cwd=place, LITERATE_CACHE=cache)
            if turn:  # the first fills the caches
                seconds.setdefault(key, []).append(took)
    for key, samples in seconds.items():
        figures.add(key, samples, "s", {"cold": 90, "check": 15}.get(key))
    figures.ratio("cold_four_ratio", "cold_four", "cold", 4.2)
    for key in ways:
        if key not in ("warm", "check"):
            figures.ratio(f"warm_{key}_ratio", "warm", key, 1.5 if key == "material" else None)


def _peers(folder: Path) -> dict[str, tuple[list, Path]]:
    """Peer → (command, folder). MkDocs Material and ProperDocs stand in this environment, the others in theirs."""
    here = Path(sys.executable).parent
    plain = books.for_mkdocs(folder / "plain")
    ways = {
        "material": ([here / "mkdocs", "build", "-q", "-d", "out"], plain),
        "properdocs": (
            [here / "properdocs", "build", "-q", "-f", "mkdocs.yml", "-d", "out"],
            plain,
        ),
    }
    if python := peers():
        sphinx = books.for_sphinx(folder / "sphinx")
        ways["sphinx"] = ([python, "-m", "sphinx", "-q", "-E", "-b", "html", "docs", "out"], sphinx)
        ways["zensical"] = (
            [python.with_name("zensical"), "build", "-f", "mkdocs.yml"],
            books.for_mkdocs(folder / "zensical"),
        )
    return ways


# ---- a save, seen in a browser ------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _serving(book: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with open(book / "said.txt", "w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "literate", "serve", "--port", str(port)],
            cwd=book,
            stdout=said,
            stderr=said,
            env={**os.environ, "LITERATE_CACHE": str(project_here().cache)},
        )
        try:
            while "Serving on" not in (book / "said.txt").read_text():
                time.sleep(0.2)
                if process.poll() is not None:
                    raise RuntimeError((book / "said.txt").read_text()[-2000:])
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()
            process.wait(20)


def _edits(figures, folder: Path) -> None:
    seconds: dict[str, list[float]] = {
        "live_few": [],
        "live_many": [],
        "verdict": [],
        "snippet": [],
    }
    few, many = books.of_size(folder / "few", FEW), books.of_size(folder / "many", MANY)
    with _serving(few) as at_few, _serving(many) as at_many, reading.chromium() as browser:
        pages = {"live_few": (few, browser.new_page()), "live_many": (many, browser.new_page())}
        for (key, (book, page)), address in zip(pages.items(), (at_few, at_many)):
            page.goto(address + PAGE.removeprefix("docs/").removesuffix(".md") + "/")
        for turn in range(SAVES):
            for key, (book, page) in pages.items():
                page.bring_to_front()
                page.wait_for_timeout(1500)
                seconds[key].append(
                    _seen(
                        book,
                        page,
                        PAGE,
                        "\n## ",
                        f"\nSave number {turn}.\n\n## ",
                        f"Save number {turn}.",
                    )
                )
                _settled(book)
        book, page = pages["live_many"]
        for turn in range(3):
            seconds["verdict"].append(
                _until(
                    book,
                    page,
                    "snippets/forward.py",
                    "w_{ij} x_j + b_i",
                    "w_{ij} x_i + b_i",
                    ".tp-fault",
                    "attached",
                )
            )
            _until(
                book,
                page,
                "snippets/forward.py",
                "w_{ij} x_i + b_i",
                "w_{ij} x_j + b_i",
                ".tp-fault",
                "detached",
            )
            _settled(book)
            seconds["snippet"].append(
                _seen(
                    book,
                    page,
                    "snippets/forward.py",
                    "return W @ x + b",
                    f"return W @ x + b  # {turn}",
                    f"return W @ x + b  # {turn}",
                )
            )
            _settled(book)
    for key, limit in (("live_few", None), ("live_many", 0.7), ("verdict", 1.0), ("snippet", 2.0)):
        figures.add(key, seconds[key], "s", limit)
    figures.ratio("live_ratio", "live_many", "live_few", 1.3)


def _change(book: Path, path: str, old: str, new: str) -> float:
    text = (book / path).read_text("utf-8")
    assert old in text, f"{old!r} is not in {path}"
    began = time.perf_counter()
    (book / path).write_text(text.replace(old, new, 1), "utf-8")
    return began


def _seen(book: Path, page, path: str, old: str, new: str, text: str) -> float:
    began = _change(book, path, old, new)
    page.wait_for_function(
        "text => document.body && document.body.textContent.includes(text)",
        arg=text,
        timeout=60_000,
    )
    return time.perf_counter() - began


def _until(book: Path, page, path: str, old: str, new: str, selector: str, state: str) -> float:
    began = _change(book, path, old, new)
    page.locator(selector).wait_for(state=state, timeout=60_000)
    return time.perf_counter() - began


def _settled(book: Path) -> None:
    """Wait until the pages that nobody looks at are made too: nothing is said any more."""
    before, said = -1, book / "said.txt"
    while (now := said.stat().st_size) != before:
        before = now
        time.sleep(2)
