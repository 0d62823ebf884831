"""The server of `serve`: it learns of changed files, tells a browser when its page has changed, and
shows a fault on it.

It uses what MkDocs' own server keeps to itself (the version of MkDocs is pinned).
"""

import html
import os
import re
import sys
import webbrowser
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer, _timestamp
from watchdog import events
from watchdog.observers import Observer

from literate import Fault, publish

QUIET = 0.02  # seconds without another change before a build: an editor may write several files
SHOWN_BY_ALL = (".css", ".js", ".svg", ".woff2", ".png")


class Server(LiveReloadServer):
    """MkDocs' own, but the system reports changed files, only a page that has changed is reloaded,
    and a fault is shown.
    """

    def __init__(self, config: MkDocsConfig, where: tuple[str, int], root: Path, waiting: str):
        """where: host and port. root: the folder that is served. waiting: the page at every address
        until there is a site.
        """
        path = urlsplit(config.site_url or "/").path
        super().__init__(lambda: None, *where, str(root), mount_path=path)
        self.where, self.waiting_page = where, waiting
        self.observer = Observer()  # type: ignore[assignment]
        self.shown_fault: str | None = None  # on every page
        self.epochs: dict[str, int] = {}  # page → when its file changed last
        self.everywhere = 0  # when something changed that all pages show
        self.waiting: list[str] = []  # pages that a browser shows: each asks for its next epoch
        self.reloading: set[str] = set()  # those that know of a new one and have not asked again
        self.error_handler = self._missing

    def listen(self) -> None:
        """Take the port. Raises Fault."""
        try:
            self.server_bind()
            self.server_activate()
        except OSError as error:
            host, port = self.where
            cure = f"end what uses it, or take another port: `{_on_port(port + 1)}`"
            raise Fault(f"{host}:{port}", f"cannot listen: {error.strerror}", cure) from None

    def run(self, update: Callable[[], None], watched: Iterable[Path], shown: bool) -> None:
        """Serve, build, and build again after each change, until the process is told to end.

        shown: open the site in a browser.
        """
        self.builder = update
        handler = events.FileSystemEventHandler()
        handler.on_any_event = self._on_change  # type: ignore[method-assign]
        for path in map(str, watched):
            self.observer.schedule(handler, path, recursive=True)
            self._watched_paths[path] = 1
        self.observer.start()
        try:
            self.serve_thread.start()
            if shown:
                webbrowser.open(self.url)
            update()
            print(f"Serving on {self.url}", flush=True)
            self._build_loop()
        except KeyboardInterrupt:
            pass
        finally:
            self.shutdown()

    def _on_change(self, event: events.FileSystemEvent) -> None:
        if event.event_type not in (events.EVENT_TYPE_OPENED, events.EVENT_TYPE_CLOSED_NO_WRITE):
            with self._rebuild_cond:
                self._want_rebuild = True
                self._rebuild_cond.notify_all()

    def _build_loop(self) -> None:
        while not self._shutdown:
            with self._rebuild_cond:
                if not self._rebuild_cond.wait_for(self.changed_again, self.shutdown_delay):
                    continue
                self._want_rebuild = False
                while self._rebuild_cond.wait(timeout=QUIET):
                    self._want_rebuild = False
            self.builder()

    # ---- what a build asks and tells

    def changed_again(self) -> bool:
        """Whether a file was written since the build at work began."""
        return self._want_rebuild

    def viewed(self) -> set[str]:
        """The addresses that a browser shows."""
        with self._epoch_cond:
            return set(self.waiting)

    def settle(self) -> None:
        """Let the browsers that were just told fetch their page before this process is busy with
        the others.
        """
        with self._epoch_cond:
            self._epoch_cond.wait_for(lambda: not self.reloading, timeout=1)

    def fresh(self, names: set[Path]) -> None:
        """These files of the site have other bytes now."""
        with self._epoch_cond:
            epoch = self._next_epoch()
            for name in names:
                if name.suffix == ".html":
                    page = self.mount_path + name.as_posix().removesuffix("index.html")
                    self.epochs[page] = epoch
                    self.reloading |= {page} & set(self.waiting)
                elif name.suffix in SHOWN_BY_ALL:
                    self.everywhere = epoch
            self._epoch_cond.notify_all()

    def fault(self, text: str | None) -> None:
        """Show a fault on every page, or none."""
        if text != self.shown_fault:
            self.shown_fault = text
            with self._epoch_cond:
                self.everywhere = self._next_epoch()
                self._epoch_cond.notify_all()

    def _next_epoch(self) -> int:
        self._visible_epoch = self._wanted_epoch = max(_timestamp(), self._visible_epoch + 1)
        return self._visible_epoch

    # ---- requests

    def _serve_request(self, environ: Any, start_response: Any) -> Iterable[bytes] | None:
        if not (asked := re.fullmatch(r"/livereload/([0-9]+)/[0-9]+", environ["PATH_INFO"])):
            found = super()._serve_request(environ, start_response)
            return self._not_yet(start_response) if found is None else found
        page = urlsplit(environ.get("HTTP_REFERER", "")).path.removesuffix("index.html")

        def newest() -> int:
            return max(self.epochs.get(page, 0), self.everywhere)

        def differs() -> bool:
            return self._shutdown or newest() > int(asked[1])

        with self._epoch_cond:
            self.reloading.discard(page)
            self.waiting.append(page)
            self._epoch_cond.notify_all()
            self._epoch_cond.wait_for(differs, self.poll_response_timeout)
            self.waiting.remove(page)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"%d" % newest()]

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        if self.shown_fault:
            before, end, after = content.rpartition(b"</body>")
            text = html.escape(self.shown_fault).encode()
            box = b'<div class="tp-fault" role="alert"><pre>%b</pre></div>' % text
            content = before + box + end + after
        page: bytes = super()._inject_js_into_html(content, epoch)  # type: ignore[no-untyped-call]
        return publish.live(page.decode()).encode()

    def _not_yet(self, start_response: Any) -> list[bytes] | None:
        """Until there is a site: the page that waits for it, or shows why there is none."""
        if self._lost.is_file():
            return None
        start_response("503 Service Unavailable", [("Content-Type", "text/html; charset=utf-8")])
        return [self._inject_js_into_html(self.waiting_page.encode(), self._visible_epoch)]

    def _missing(self, code: int) -> bytes:
        """The site's page for a wrong address."""
        return self._inject_js_into_html(self._lost.read_bytes(), self._visible_epoch)

    @property
    def _lost(self) -> Path:
        return Path(self.root) / "404.html"


def _on_port(port: int) -> str:
    """The command that serves on another port, as this one was given."""
    if "MAKELEVEL" in os.environ:  # make sets it for what it runs
        return f"make serve PORT={port}"
    python = Path(sys.executable)
    if python.is_relative_to(Path.cwd()):
        python = python.relative_to(Path.cwd())
    return f"{python} -m literate serve --port {port}"
