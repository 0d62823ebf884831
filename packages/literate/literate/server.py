"""The server of `make serve`: it hears of changed files, tells a browser when its page has changed, and shows a fault on it.

It leans on the inside of MkDocs' own server: MkDocs is pinned.
"""

import html
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.livereload import LiveReloadServer, _timestamp
from watchdog import events
from watchdog.observers import Observer

from literate import publish

QUIET = (
    0.02  # seconds without another change before a build: an editor may write more than one file
)


class Server(LiveReloadServer):
    """MkDocs' own, but the system tells of changed files, a page is reloaded only where it has changed, and it shows a fault."""

    def __init__(self, port: int, root: Path):
        path = urlsplit(os.environ.get("SITE_URL") or "/").path
        super().__init__(
            builder=lambda: None, host="127.0.0.1", port=port, root=str(root), mount_path=path
        )
        self.observer = Observer()
        self.told: str | None = None  # the fault that stands on every page
        self.epochs: dict[str, int] = {}  # page → when its file changed last
        self.everywhere = 0  # when something changed that all pages show
        self.waiting: list[str] = []  # pages that a browser shows: each asks for its next epoch
        self.reloading: set[str] = (
            set()
        )  # those that were told of a new one and have not asked again
        self.error_handler = self._missing

    def watch(self, path, func=None, *, recursive=True):
        handler = events.FileSystemEventHandler()
        handler.on_any_event = self._stir
        self.observer.schedule(handler, str(path), recursive=recursive)
        self._watched_paths[str(path)] = 1

    def _stir(self, event) -> None:
        if event.event_type not in (events.EVENT_TYPE_OPENED, events.EVENT_TYPE_CLOSED_NO_WRITE):
            with self._rebuild_cond:
                self._want_rebuild = True
                self._rebuild_cond.notify_all()

    def _build_loop(self) -> None:
        while not self._shutdown:
            with self._rebuild_cond:
                if not self._rebuild_cond.wait_for(
                    lambda: self._want_rebuild or self._shutdown, timeout=self.shutdown_delay
                ):
                    continue
                self._want_rebuild = False
                while self._rebuild_cond.wait(timeout=QUIET):
                    self._want_rebuild = False
            self.builder()

    def stirred(self) -> bool:
        """Whether a file was touched since the build at work began."""
        return self._want_rebuild

    def viewed(self) -> set[str]:
        with self._epoch_cond:
            return set(self.waiting)

    def settle(self) -> None:
        """Let the browsers that were just told fetch their page before this process is busy with the others."""
        with self._epoch_cond:
            self._epoch_cond.wait_for(lambda: not self.reloading, timeout=1)

    def fresh(self, names: set[Path]) -> None:
        """These files of the site have other bytes now."""
        with self._epoch_cond:
            self._visible_epoch = self._wanted_epoch = max(_timestamp(), self._visible_epoch + 1)
            for name in names:
                if name.suffix == ".html":
                    page = self.mount_path + name.as_posix().removesuffix("index.html")
                    self.epochs[page] = self._visible_epoch
                    self.reloading |= {page} & set(self.waiting)
                elif name.suffix in (".css", ".js", ".svg", ".woff2", ".png"):
                    self.everywhere = self._visible_epoch
            self._epoch_cond.notify_all()

    def fault(self, told: str | None) -> None:
        if told != self.told:
            self.told = told
            with self._epoch_cond:
                self.everywhere = self._visible_epoch = self._wanted_epoch = max(
                    _timestamp(), self._visible_epoch + 1
                )
                self._epoch_cond.notify_all()

    def _serve_request(self, environ, start_response):
        if not (asked := re.fullmatch(r"/livereload/([0-9]+)/[0-9]+", environ["PATH_INFO"])):
            return super()._serve_request(environ, start_response)
        page, epoch = (
            urlsplit(environ.get("HTTP_REFERER", "")).path.removesuffix("index.html"),
            int(asked[1]),
        )

        def newest() -> int:
            return max(self.epochs.get(page, 0), self.everywhere)

        with self._epoch_cond:
            self.reloading.discard(page)
            self.waiting.append(page)
            self._epoch_cond.notify_all()
            self._epoch_cond.wait_for(
                lambda: newest() > epoch or self._shutdown, timeout=self.poll_response_timeout
            )
            self.waiting.remove(page)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"%d" % newest()]

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        if self.told:
            before, end, after = content.rpartition(b"</body>")
            box = f'<div class="tp-fault" role="alert"><pre>{html.escape(self.told)}</pre></div>'
            content = before + box.encode() + end + after
        return publish.live(super()._inject_js_into_html(content, epoch).decode()).encode()

    def _missing(self, code: int) -> bytes:
        """The site's page for a wrong address; before the first good build, one that only tells."""
        try:
            content = (Path(self.root) / "404.html").read_bytes()
        except OSError:
            content = b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Two Passes</title></head><body></body></html>'
        return self._inject_js_into_html(content, self._visible_epoch)
