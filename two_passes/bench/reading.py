"""A page as a reader's browser gets it: bytes over the wire, requests, shifts, first paint, on a slow machine and line."""

import contextlib
import functools
import gzip
import http.server
import json
import math
import shutil
import statistics
import tempfile
import threading
from pathlib import Path

PATH = "core/forward/"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SLOW = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 10e6 / 8,
    "uploadThroughput": 10e6 / 8,
}
PACKED = (".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".ipynb", ".py")


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files as a host serves them: text packed by gzip. Each answer's bytes, headers too, go to the server's log."""

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
def served(folder: Path):
    """A folder behind a server that packs and counts; yields its address and its log of (path, bytes)."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder))
    )
    server.log = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", server.log
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def chromium():
    from playwright.sync_api import sync_playwright

    found = next(
        filter(
            None,
            map(
                shutil.which,
                ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
            ),
        ),
        None,
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


# What happens from the first byte on is buffered by the browser; a second after `load` it is all there
SEEN = """() => new Promise(done => {
    const found = {shift: 0, longest: 0};
    new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) found.shift += e.value; })).observe({type: 'layout-shift', buffered: true});
    new PerformanceObserver(list => list.getEntries().forEach(e => { found.longest = Math.max(found.longest, e.duration); })).observe({type: 'longtask', buffered: true});
    setTimeout(() => done({...found, paint: performance.getEntriesByName('first-contentful-paint')[0].startTime}), 1000);
})"""


@contextlib.contextmanager
def _tab(browser, slow: bool):
    """A tab with an empty cache; slow: on a slow machine and line."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    if slow:
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    yield page
    context.close()


def view(browser, address: str, slow: bool = True) -> dict:
    """One first view with an empty cache: shift, longest task and first contentful paint in ms."""
    with _tab(browser, slow) as page:
        page.goto(address, wait_until="load")
        return page.evaluate(SEEN)


def drawn(browser, address: str) -> float:
    """The profile of a first view: the ms of style and layout before its first contentful paint, from the browser's own trace."""
    with _tab(browser, slow=True) as page:
        browser.start_tracing(
            page=page, categories=["devtools.timeline", "loading", "blink.user_timing"]
        )
        page.goto(address, wait_until="load")
        page.evaluate(SEEN)
        events = json.loads(browser.stop_tracing())["traceEvents"]
    begun = next(
        e
        for e in events
        if e["name"] == "navigationStart"
        and e.get("args", {}).get("data", {}).get("documentLoaderURL") == address
    )
    mine = [e for e in events if e["pid"] == begun["pid"] and e["ts"] > begun["ts"]]
    painted = next(e["ts"] for e in mine if e["name"] == "firstContentfulPaint")
    return (
        sum(
            e["dur"]
            for e in mine
            if e["name"] in ("UpdateLayoutTree", "Layout")
            and e["tid"] == begun["tid"]
            and e["ts"] < painted
        )
        / 1000
    )


# The times between frames while a weight is dragged, from the browser's own clock
FRAMES = """() => { window.frames_ = []; let last = null;
    const tick = now => { if (last !== null) frames_.push(now - last); last = now; requestAnimationFrame(tick); };
    requestAnimationFrame(tick); }"""


def drag(browser, address: str) -> float:
    """The median time of a frame, in ms, while a weight of the live lab is dragged and the processor is four times slower."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".tp-net--wide .tp-held")
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    box = page.locator(".tp-net--wide .tp-held[data-symbol=w1_11]").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 8)
    page.mouse.down()
    page.evaluate(FRAMES)
    for k in range(120):
        page.mouse.move(box["x"] + 20 + 60 * math.sin(k / 10), box["y"] + 8)
    frames = page.evaluate("() => frames_")
    page.mouse.up()
    context.close()
    return statistics.median(frames)


def measure(figures, repeats: int = 9) -> None:
    import sys

    from literate import commands

    from two_passes.bench import books
    from two_passes.bench.building import _timed

    with tempfile.TemporaryDirectory(prefix="two-passes-") as folder:
        ours, plain = Path(folder) / "ours", books.for_mkdocs(Path(folder) / "plain")
        commands.build(ours)
        _timed(str(Path(sys.executable).with_name("mkdocs")), "build", "-q", "-d", "out", cwd=plain)
        with (
            served(ours) as (mine, log),
            served(plain / "out") as (theirs, _),
            chromium() as browser,
        ):
            for language, at in (("zh", PATH), ("en", f"en/{PATH}")):
                log.clear()
                view(browser, mine + at, slow=False)
                figures.add(f"bytes_{language}", [sum(size for _, size in log) / 1000], "kB", 200)
                figures.add(f"html_{language}", [log[0][1] / 1000], "kB", 40)
                figures.add(f"requests_{language}", [len(log)], "", 20)
            seen, profile = {"ours": [], "plain": []}, {"ours": [], "plain": []}
            figures.add(
                "drag", [drag(browser, f"{mine}en/frontier/live-lab/") for _ in range(3)], "ms", 17
            )
            turns = [("ours", mine), ("plain", theirs)]
            for _ in range(repeats):
                for name, at in turns:
                    seen[name].append(view(browser, f"{at}en/{PATH}"))
                    profile[name].append(drawn(browser, f"{at}en/{PATH}"))
                turns.reverse()  # who comes second finds the machine warmer
    figures.add("shift", [s["shift"] for s in seen["ours"]], "", 0.01)
    figures.add("longest", [s["longest"] for s in seen["ours"]], "ms", 200)
    figures.add("longest_material", [s["longest"] for s in seen["plain"]], "ms")
    figures.add("paint", [s["paint"] for s in seen["ours"]], "ms")
    figures.add("paint_material", [s["paint"] for s in seen["plain"]], "ms")
    figures.ratio("paint_ratio", "paint", "paint_material", 1.1)
    figures.add("drawn", profile["ours"], "ms")
    figures.add("drawn_material", profile["plain"], "ms")
