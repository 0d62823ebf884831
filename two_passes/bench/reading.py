"""A page as a reader's browser gets it: bytes, requests, shifts, first paint, on a slow line."""

import contextlib
import functools
import gzip
import http.server
import json
import math
import shutil
import statistics
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from two_passes.bench import books, processes

PATH = "core/forward/"
LONG = "core/backward/"  # of all pages the most to lay out
LAB = "en/frontier/live-lab/"
VIEWS = 9
SEEN, FRAMES = ((processes.DATA / name).read_text("utf-8") for name in ("seen.js", "frames.js"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--disable-gpu", "--disable-quic")  # beside Playwright's own
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
LINE = 10e6 / 8  # bytes a second
SLOW = {"offline": False, "latency": 40, "downloadThroughput": LINE, "uploadThroughput": LINE}
PACKED = (".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".ipynb", ".py")


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files as a host serves them, text packed by gzip; path and bytes go to the server's log."""

    def log_message(self, *args):
        pass

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            return self.send_error(404)
        body, packed = path.read_bytes(), path.suffix in PACKED
        body = gzip.compress(body, 6) if packed else body
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        head = sum(map(len, self._headers_buffer))
        self.end_headers()
        self.wfile.write(body)
        self.server.log.append((self.path, head + len(body)))


@contextlib.contextmanager
def served(folder: Path) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Serve a folder; yields the address and a log of (path, bytes with headers)."""
    handler = functools.partial(_Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.log = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", server.log
        server.shutdown()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium; without one, Playwright's."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def _tab(browser: Browser, screen: dict[str, int] = DESK) -> Iterator[Page]:
    """A tab with an empty cache, on a slow machine and line."""
    page = browser.new_page(viewport=screen)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    yield page
    page.close()


def view(browser: Browser, address: str) -> dict[str, float]:
    """A first view with an empty cache: shift, and in ms the longest task, what tasks block, and
    the first contentful paint.
    """
    with _tab(browser) as page:
        page.goto(address, wait_until="load")
        return page.evaluate(SEEN)


def blocked(browser: Browser, address: str) -> float:
    """Total blocking time of a first view on a phone, in ms: what each task takes beyond 50 ms,
    from the start until three seconds after `load`.
    """
    with _tab(browser, PHONE) as page:
        page.goto(address, wait_until="load")
        return page.evaluate(SEEN, 3000)["blocked"]


def drawn(browser: Browser, address: str) -> float:
    """The ms of style and layout before the first contentful paint, from the browser's trace."""
    categories = ["devtools.timeline", "loading", "blink.user_timing"]
    with _tab(browser) as page:
        browser.start_tracing(page=page, categories=categories)
        page.goto(address, wait_until="load")
        page.evaluate(SEEN)
        events = json.loads(browser.stop_tracing())["traceEvents"]
    starts = [e for e in events if e["name"] == "navigationStart"]
    begun = next(e for e in starts if e["args"].get("data", {}).get("documentLoaderURL") == address)
    mine = [e for e in events if e["pid"] == begun["pid"] and e["ts"] > begun["ts"]]
    painted = next(e["ts"] for e in mine if e["name"] == "firstContentfulPaint")
    own = [e for e in mine if e["tid"] == begun["tid"] and e["ts"] < painted]
    return sum(e["dur"] for e in own if e["name"] in ("UpdateLayoutTree", "Layout")) / 1000


def drag(browser: Browser, address: str) -> float:
    """The median ms of a frame while a weight is dragged on a processor four times slower."""
    with _tab(browser) as page:
        page.goto(address)
        weight = page.locator(".tp-net--wide .tp-held[data-symbol=w1_11]")
        weight.hover(position={"x": 20, "y": 8})
        box = weight.bounding_box()
        x, y = box["x"] + 20, box["y"] + 8
        page.mouse.down()
        page.evaluate(FRAMES)
        for k in range(120):
            page.mouse.move(x + 60 * math.sin(k / 10), y)
        return statistics.median(page.evaluate("() => frames_"))


def _weigh(figures, browser: Browser, address: str, log: list[tuple[str, int]]) -> None:
    for language, path in (("zh", PATH), ("en", f"en/{PATH}")):
        log.clear()
        view(browser, address + path)
        sizes = [size / 1000 for _, size in log]
        figures.add(f"bytes_{language}", [sum(sizes)], "kB")
        figures.add(f"html_{language}", [sizes[0]], "kB")
        figures.add(f"requests_{language}", [len(log)], "")


def measure(figures, folder: Path) -> None:
    seen = defaultdict(list)
    book = books.of_size(folder / "ours", len(books.chapters()))
    processes.timed(*processes.LITERATE, "build", cwd=book)
    plain = books.for_peer(folder / "plain", "mkdocs", book / "site")
    processes.timed(Path(sys.executable).with_name("mkdocs"), "build", "-q", cwd=plain)
    ours, theirs = served(book / "site"), served(plain / "site")
    with ours as (mine, log), theirs as (other, _), chromium() as browser:
        _weigh(figures, browser, mine, log)
        figures.add("blocked", [blocked(browser, mine + LONG) for _ in range(VIEWS)], "ms")
        figures.add("drag", [drag(browser, mine + LAB) for _ in range(3)], "ms")
        turns = [("", mine), ("_material", other)]
        for _ in range(VIEWS):
            for suffix, address in turns:
                page = f"{address}en/{PATH}"
                for key, value in view(browser, page).items():
                    seen[key + suffix].append(value)
                seen["drawn" + suffix].append(drawn(browser, page))
            turns.reverse()  # the second one finds a warmer machine
    for key in ("shift", "longest", "longest_material", "paint", "paint_material"):
        figures.add(key, seen[key], "" if key == "shift" else "ms")
    figures.ratio("paint_ratio", "paint", "paint_material")
    for key in ("drawn", "drawn_material"):
        figures.add(key, seen[key], "ms")
