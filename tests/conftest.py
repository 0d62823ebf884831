"""What many tests share: the built site, a server that shows it, a real Chromium."""

import contextlib
import fcntl
import functools
import http.server
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from beartype import BeartypeConf, beartype
from literate import cli, text
from literate import snippets as program
from literate.book import Book
from literate.registry import drawn_from
from running import Mendable, OneProcess
from xdist import is_xdist_worker

ROOT = Path(__file__).resolve().parent.parent
# every test of the site reads it as published below a path, not at a host's root
SUBPATH = "two-passes"
SITE_URL = f"http://two-passes.test/{SUBPATH}/"
# of a window, in px
SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 800}}
PATIENCE = 300  # seconds that what the live site does may take, however busy the machine is
# as at publication; nothing may be fetched from there
REPO_URL = "https://github.com/example/two-passes"


with contextlib.chdir(ROOT):
    PROJECT = cli.project_here()

# an int is a float, as everywhere in Python
enforced = beartype(conf=BeartypeConf(is_pep484_tower=True))


@pytest.fixture(scope="session", autouse=True)
def compiled_apart():
    """A temporary folder for each worker.

    MLX compiles into it, each library at its final name: tests that run at once have one each.
    """
    with tempfile.TemporaryDirectory(prefix="mlx-") as place, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", place)
        yield


@pytest.fixture(scope="session")
def pages():
    return text.read_pages(PROJECT)


@pytest.fixture(scope="session")
def book(pages):
    """The book with every snippet run."""
    prepared = Book(PROJECT)
    prepared.prepare(pages, drawn_from(PROJECT.slugs))
    return prepared


@pytest.fixture(scope="session")
def site(tmp_path_factory, request) -> Path:
    """The strict site, built once for all tests, which only read it.

    The worker that asks first builds it, in the folder around the workers' temporary ones, which is
    this run's own; one that asks meanwhile waits at the lock.
    """
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if is_xdist_worker(request) else folder
    place = folder / "www" / SUBPATH
    place.parent.mkdir(exist_ok=True)
    with open(folder / "www.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until the file is closed, or its process ends
        if not place.exists():
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("SITE_URL", SITE_URL)
                patch.setenv("REPO_URL", REPO_URL)
                assert cli.build(place) == 0
    return place


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain file server that says nothing."""

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def shown(folder: Path, port: int = 0, handler: type[Quiet] = Quiet):
    """Serve a folder; the address ends in a slash."""

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *args):
            # a browser may leave a page while it loads
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(*args)

    server = Server(("127.0.0.1", port), functools.partial(handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def address(site) -> str:
    """Where the built site is served, ending in a slash."""
    with shown(site.parent) as root:
        yield f"{root}{SUBPATH}/"


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


@pytest.fixture(scope="session")
def browser():
    """A real Chromium: the system's, else Playwright's own. Where CI is set, none is a failure."""
    from playwright.sync_api import Error, sync_playwright

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
        try:
            started = playwright.chromium.launch(executable_path=found, args=FLAGS)
        except Error as error:
            if os.environ.get("CI"):
                pytest.fail(f"no Chromium starts: {error}")
            pytest.skip(
                "no Chromium here: install it, or run "
                "`.venv/bin/python -m playwright install chromium`"
            )
        yield started
        started.close()


def watched(browser, address, size: str, scheme: str, **more):
    """A new reader's tab, and a list of its console errors and requests to other origins."""
    page = browser.new_context(viewport=SIZES[size], color_scheme=scheme, **more).new_page()
    wrong = []

    def console(message):
        if message.type == "error" and "404.html" not in page.url:
            wrong.append(f"{page.url}: console: {message.text}")

    def request(asked):
        if not asked.url.startswith((address, "data:", "blob:")):
            wrong.append(f"{page.url}: request to {asked.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    page.on("request", request)
    page.add_init_script("""addEventListener("securitypolicyviolation", e =>
        console.error(`policy: ${e.violatedDirective}: ${e.blockedURI}`))""")
    return page, wrong


@pytest.fixture
def visit(browser, address):
    """Open a page as a new reader does, with nothing kept; what goes wrong in it fails the test."""
    tabs = []

    def opened(path: str, size: str = "desk", scheme: str = "light", **more):
        tabs.append(watched(browser, address, size, scheme, **more))
        tabs[-1][0].goto(address + path, wait_until="load")
        return tabs[-1][0]

    yield opened
    for page, _ in tabs:
        page.context.close()
    assert not (said := [each for _, wrong in tabs for each in wrong]), said


@pytest.fixture(scope="module")
def standing():
    """The tabs that `look` keeps open, one for each way of looking."""
    tabs = {}
    yield tabs
    for page, _ in tabs.values():
        page.context.close()


@pytest.fixture
def look(browser, address, standing):
    """The same in a tab that stays open and goes from page to page.

    For tests that only look and leave nothing behind: to open a tab costs more than to load a page
    in it. What a page is to somebody who comes with nothing kept is seen by `visit`.
    """
    used = []

    def opened(path: str, *view: str, **more):
        how = (view, *more.items())
        if how not in standing:
            standing[how] = watched(browser, address, *view, **more)
        page, wrong = standing[how]
        used.append(wrong)
        page.goto(address + path, wait_until="load")
        return page

    yield opened
    said = [each for wrong in used for each in wrong]
    for wrong in used:
        wrong.clear()
    assert not said, said


@pytest.fixture
def copy(tmp_path):
    """A copy of the book to break, and a way to run its commands: `copy.run("check")`."""
    return Copy(tmp_path / "book")


@pytest.fixture(scope="session")
def _live(tmp_path_factory):
    scratch, port = tmp_path_factory.mktemp("scratch"), free_port()
    live = Live(tmp_path_factory.mktemp("live") / "book")
    live.keep()
    with live.serving(port, TMPDIR=str(scratch)) as live.process:
        live.address = f"http://127.0.0.1:{port}/"
        wait_until(lambda: builds(live) == 1)
        live.served = next(scratch.glob("literate-serve-*/served"))
        live.first, live.heard = files(live.served), 0
        yield live


@pytest.fixture
def live(_live):
    """The live site of a copy, up, and served from a folder that a test can read."""
    yield _live
    _live.put_back()


@pytest.fixture(scope="session")
def _reused(tmp_path_factory, site):  # whose build has left every run: none takes longer than here
    made = Reused(Copy(tmp_path_factory.mktemp("reused") / "book"))
    yield made
    made.end()


@pytest.fixture
def reused(_reused):
    """The same for tests that only break it and run commands: one copy, and one process, of all."""
    yield _reused
    _reused.put_back()


def engine(folder: Path) -> dict[str, str]:
    """The environment in which the copy's own engine runs, not the one that is installed."""
    return {
        "PYTHONPATH": os.pathsep.join(str(path) for path in sorted((folder / "packages").iterdir()))
    }


class Copy(Mendable):
    """The tracked parts of the book in a folder of their own.

    Runs share the cache of snippet outputs.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("docs", "snippets", "two_passes", "packages"):
            shutil.copytree(ROOT / name, folder / name)
        for name in ("mkdocs.yml", "requirements.txt"):
            shutil.copy(ROOT / name, folder)

    def replace(self, path: str, old: str, new: str, every: bool = False) -> None:
        """Change the first `old` in a file, or each.

        It must be there, else the test would prove nothing.
        """
        text = (self.folder / path).read_text("utf-8")
        assert old in text, f"{old!r} is not in {path}: the plant has no ground"
        (self.folder / path).write_text(text.replace(old, new, -1 if every else 1), "utf-8")

    def run(self, command: str, *more: str, **environment: str) -> subprocess.CompletedProcess:
        return self.python("literate", command, *more, **environment)

    def python(self, module: str, *more: str, **environment: str) -> subprocess.CompletedProcess:
        """Run a module with the copy's own engine; pytest in it knows nothing of this one."""
        return subprocess.run(
            [sys.executable, "-m", module, *more],
            cwd=self.folder,
            capture_output=True,
            text=True,
            env=self.environment(**environment),
        )

    def environment(self, **more: str) -> dict[str, str]:
        outer = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        return {**outer, **engine(self.folder), "LITERATE_CACHE": str(PROJECT.cache), **more}

    @contextlib.contextmanager
    def serving(self, port: int, **environment: str):
        """The live site of the copy, ended when the block ends.

        What it prints goes to `said`, a file.
        """
        self.said = self.folder.with_name("said.txt")
        with open(self.said, "w") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "literate", "serve", "--port", str(port)],
                cwd=self.folder,
                stdout=said,
                stderr=said,
                env=self.environment(**environment),
            )
            try:
                yield process
            finally:
                process.terminate()
                process.wait(20)


class Reused(Copy):
    """A copy whose commands run in one process, which keeps in memory what has not changed.

    A test breaks it, and `put_back` mends it: what the engine keeps by a file's text or time, as
    the live site does, is good for the next test.
    """

    def __init__(self, copy: Copy):
        self.folder = copy.folder
        self.keep()
        given = {"LITERATE_CACHE": str(self.cache()), "LITERATE_TIME_LIMIT": "5"}
        self.process = OneProcess(self.folder, self.environment(**given))

    def cache(self) -> Path:
        """Its own, in which what is kept by its content is that of all copies."""
        own = Path(tempfile.mkdtemp(dir=self.folder.parent))
        for kind in ("compiled", "formulas", "katex", "labs", "runs"):
            (PROJECT.cache / kind).mkdir(parents=True, exist_ok=True)
            (own / kind).symlink_to(PROJECT.cache / kind)
        return own

    def run(self, command: str, *more: str) -> subprocess.CompletedProcess:
        return self.process.run(command, *more)

    def end(self) -> None:
        self.process.end()


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(address: str, found, seconds: float = PATIENCE) -> str:
    """The page's text once `found(text)` holds."""
    end = time.monotonic() + seconds
    text = ""
    while time.monotonic() < end:
        try:
            text = urllib.request.urlopen(address, timeout=30).read().decode()
            if found(text):
                return text
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.2)
    raise AssertionError(f"{address}: not shown within {seconds} s; last:\n{text[-500:]}")


def wait_until(holds, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.2)


def files(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def builds(copy: Copy) -> int:
    """How often the live site has been made."""
    return len(re.findall(r"^\d+ pages? in ", copy.said.read_text(), re.M))


class Live(Copy):
    """A copy with its live site: the address, the folder that is served, what was said."""

    def put_back(self) -> bool:
        """And wait until it is served again as it was at first."""
        before = builds(self)
        if changed := super().put_back():
            wait_until(lambda: builds(self) > before)
            wait_until(lambda: files(self.served) == self.first)
        self.heard = len(self.said.read_text())
        return changed

    def news(self) -> str:
        """What was said since the test began."""
        return self.said.read_text()[self.heard :]


def every_snippet() -> list[str]:
    """Names of all functions and classes of `snippets/` that have an example."""
    names = []
    for path in sorted(PROJECT.snippets.glob("*.py")):
        if path.stem == "__init__" or path.stem.startswith("lab_"):
            continue
        home_module = program.module(PROJECT, path.stem)
        names += [
            f"{path.stem}.{n}" for n, node in home_module.defined.items() if hasattr(node, "body")
        ]
    return names
