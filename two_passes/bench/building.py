"""How long builds take, beside those of peers and of an earlier commit; how soon a save is seen."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from two_passes.bench import beside, books, earlier, reading
from two_passes.bench.processes import CACHE, LITERATE, agree, peers, timed

FEW, MANY = 5, 36  # chapters
SAVES = 7
WARM = 3  # turns of the builds that change nothing
PAGE, SNIPPET = "docs/en/core/layers.md", "snippets/forward.py"


def measure(figures, folder: Path) -> None:
    _builds(figures, folder)
    beside.measure(figures, folder / "beside")
    _edits(figures, folder)


def _builds(figures, folder: Path) -> None:
    count, seconds = len(books.chapters()), defaultdict(list)
    for key, size in (("cold", count), ("cold_four", 4 * count)):
        book = books.of_size(folder / key, size)
        agree(book)
        figures.add(key, [timed(*LITERATE, "build", cwd=book, cache=folder / f"cache-{key}")], "s")
    ours, others = folder / "cold", _peers(folder, folder / "cold" / "site")
    ways = {"warm": ([*LITERATE, "build"], ours), "check": ([*LITERATE, "check"], ours)} | others
    for _ in range(WARM + 1):
        for key, (command, place) in ways.items():
            shutil.rmtree(place / "out", ignore_errors=True)
            seconds[key].append(timed(*command, cwd=place))
    for key, (_, *samples) in seconds.items():  # the first turn fills the caches
        figures.add(key, samples, "s")
    figures.ratio("cold_four_ratio", "cold_four", "cold")
    for key in others:
        figures.ratio(f"warm_{key}_ratio", "warm", key)


def _peers(folder: Path, site: Path) -> dict[str, tuple[list, Path]]:
    """Peer → (command, folder). MkDocs and ProperDocs are in this environment, others in theirs."""
    here, plain = Path(sys.executable).parent, books.for_peer(folder / "plain", "mkdocs", site)
    options = ["build", "-q", "-f", "mkdocs.yml", "-d", "out"]
    tools = {"material": "mkdocs", "properdocs": "properdocs"}
    ways = {key: ([here / tool, *options], plain) for key, tool in tools.items()}
    if python := peers():
        sphinx = [python, "-m", "sphinx", "-q", "-E", "-b", "html", "docs", "out"]
        zensical = [python.with_name("zensical"), "build", "-f", "mkdocs.yml"]
        ways["sphinx"] = sphinx, books.for_peer(folder / "sphinx", "sphinx", site)
        ways["zensical"] = zensical, books.for_peer(folder / "zensical", "mkdocs", site)
    return ways


# ---- a save, seen in a browser

SHOWS = "text => document.body?.textContent.includes(text)"
FAULTY = "yes => Boolean(document.querySelector('.tp-fault')) === yes"


@contextlib.contextmanager
def _live(
    book: Path, browser, literate=LITERATE
) -> Iterator[Callable[[str, str, str, str, object], float]]:
    """Serve a book, with a page of it in a browser; yields what saves a file of it."""

    def save(path: str, old: str, new: str, seen: str, what) -> float:
        """Replace a text in a file; the seconds until `seen(what)` is true in the browser."""
        text = (book / path).read_text("utf-8")
        assert old in text, f"{old!r} is not in {path}"
        page.bring_to_front()
        page.wait_for_timeout(1500)
        began = time.perf_counter()
        (book / path).write_text(text.replace(old, new, 1), "utf-8")
        page.wait_for_function(seen, arg=what, timeout=60_000)
        took, printed = time.perf_counter() - began, -1
        while (now := log.stat().st_size) != printed:  # until the other pages are built too
            printed = now
            time.sleep(2)
        return took

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log, environment = book / "log.txt", {**os.environ, "LITERATE_CACHE": str(CACHE)}
    with log.open("w") as out:
        command = [*literate, "serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=book, stdout=out, stderr=out, env=environment)
    try:
        while "Serving on" not in log.read_text():
            time.sleep(0.2)
            if process.poll() is not None:
                raise RuntimeError(log.read_text()[-2000:])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/{PAGE.removeprefix('docs/').removesuffix('.md')}/")
        yield save
    finally:
        process.terminate()
        process.wait(20)


def _edits(figures, folder: Path) -> None:
    seconds = defaultdict(list)
    trees = {
        "few": books.of_size(folder / "few", FEW),
        "many": books.of_size(folder / "many", MANY),
        "then": earlier.unpacked(folder / "live-then"),
    }
    with reading.chromium() as browser, contextlib.ExitStack() as up:
        ways = {"then": earlier.literate()}
        live = {way: _live(tree, browser, ways.get(way, LITERATE)) for way, tree in trees.items()}
        saves = {way: up.enter_context(each) for way, each in live.items()}
        for turn in range(SAVES):
            for way, save in saves.items():
                said = f"Save number {turn}."
                took = save(PAGE, "\n## ", f"\n{said}\n\n## ", SHOWS, said)
                seconds[f"live_{way}"].append(took)
        right, wrong, code = "w_{ij} x_j + b_i", "w_{ij} x_i + b_i", "return W @ x + b"
        for turn in range(3):
            for key, save in (("verdict_then", saves["then"]), ("verdict", saves["many"])):
                seconds[key].append(save(SNIPPET, right, wrong, FAULTY, True))
                save(SNIPPET, wrong, right, FAULTY, False)
            new = f"{code}  # {turn}"
            seconds["snippet"].append(saves["many"](SNIPPET, code, new, SHOWS, new))
    for key, samples in seconds.items():
        figures.add(key, samples, "s")
    figures.ratio("live_ratio", "live_many", "live_few")
    figures.ratio("live_then_ratio", "live_many", "live_then")
    figures.ratio("verdict_ratio", "verdict", "verdict_then")
