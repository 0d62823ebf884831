"""The live site of `serve`: what is made again after a save.

The first build is a whole one. After a save the pages that depend on it are made again, first those
that a browser shows, then the others and the search index. What a page depends on is what
`text_key` and `frame_key` give. A file that comes or goes, settings, theme, words and labs take a
whole build, and a change of the code that draws a new process.

A build writes to a folder of its own. Only what is good goes from there to the folder that is
served, so that a fault leaves the last good page in place; the server shows the fault on it.
"""

import contextlib
import filecmp
import html
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from itertools import filterfalse
from pathlib import Path
from urllib.parse import urlsplit

from mathdoctest.source import at_one_moment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, BuildError

from literate import Fault, files, mkdocs_parts, provenance, registry
from literate.console import Messages
from literate.kept_pages import text_key
from literate.mkdocs_plugin import NeedsWholeBuild, plugin_of
from literate.project import THEME, Project
from literate.server import QUIET, Server
from literate.template_context import Where
from literate.text import Page, read_page

# What editors leave while they save, and what no page is made from
_IGNORED = re.compile(r"^[.#]|~$|\.(swp|swx|tmp|pyc)$|^4913$|^__pycache__$")
_CODE = (".py", ".lark")
LOCKED = 60  # seconds after which git's lock is one that a killed command left
ENGINE = ("literate.cli", "literate.mkdocs_plugin", "literate.live")

Stamp = tuple[int, int]
Call = Callable[[], None]


class _Superseded(Exception):
    """Another save came while pages were made that nobody looks at: it goes first."""


def stamps(project: Project) -> dict[Path, Stamp]:
    """Every source of the site with its time and size."""
    paths, found = [project.config_file, project.words_file], {}
    for top in project.watched:
        for folder, below, names in os.walk(top, followlinks=True):
            below[:] = filterfalse(_IGNORED.search, below)
            paths += [Path(folder, name) for name in filterfalse(_IGNORED.search, names)]
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            stat = path.stat()
            found[path] = stat.st_mtime_ns, stat.st_size
    found.pop(project.reviewed, None)  # `agree` changes no page
    return found


class Live:
    """The site as it was last built, and which of its pages a save makes again."""

    def __init__(self, project: Project, folder: Path, server: Server, messages: Messages):
        self.project, self.server, self.messages = project, server, messages
        self.served, self.built = folder / "served", folder / "built"
        self.config: MkDocsConfig | None = None  # of the last whole build, if it was good
        self.loaded = self._code(stamps(project))  # what this process runs
        self.seen: dict[Path, Stamp] = {}  # sources when last looked at
        self.good: dict[Path, Stamp] = {}  # sources that the whole served site was made from
        self.texts: dict[Where, tuple[object, ...]] = {}  # page → what its text was drawn from
        self.frames: dict[Where, tuple[object, ...]] = {}  # page → what its frame was drawn from
        self.made: set[Where] = set()  # pages made since the search index was

    def update(self) -> None:
        """Bring what is served up to date with the sources; a fault is shown on the pages and the
        site lives on.
        """
        _wait_for_git(self.project)
        if (now := stamps(self.project)) == self.seen:
            return
        started, self.seen = time.perf_counter(), now
        self.messages.wrong.clear()
        try:
            with at_one_moment():
                pages = self._make_changed(now)
        except _Superseded:
            self.seen = {}  # what was left undone is done with the next save
            return
        except Exception as error:
            return self._fail(error)
        self.good = now
        self.server.fault(None)
        count = f"{pages} page{'s' * (pages != 1)}"
        print(f"{count} in {time.perf_counter() - started:.2f} s", flush=True)

    def _fail(self, error: Exception) -> None:
        """Show why a build has failed, in the terminal and on every page."""
        foreseen = isinstance(error, (Abort, BuildError))
        if not foreseen:
            self.config = None  # the next save builds all of it
        if stamps(self.project) != self.seen:  # files were being written: the next build tells
            self.seen = {}
            return
        if not foreseen:  # a bug of the engine
            traceback.print_exception(error)
        fault = self._cause(error) if foreseen else f"{type(error).__name__}: {error}"
        if fault not in "\n".join(self.messages.wrong):  # else it was printed when it was found
            print(fault, file=sys.stderr, flush=True)
        self.server.fault(fault)

    def _cause(self, error: BaseException) -> str:
        """What was wrong: MkDocs ends a build with `Aborted …`; the fault is its context, or was
        logged before.
        """
        if isinstance(error.__context__, BuildError):
            return str(error.__context__).strip()
        if isinstance(error, Abort) and self.messages.wrong:
            return "\n".join(self.messages.wrong)
        return str(error).strip()

    def _make_changed(self, now: dict[Path, Stamp]) -> int:
        """Make again what depends on the files that changed. Returns how many pages."""
        changed = {p for p in self.good.keys() | now.keys() if self.good.get(p) != now.get(p)}
        if self._code(now) != self.loaded:
            self._restart()
        if self.config and self.good.keys() == now.keys() and self._is_text(changed):
            with contextlib.suppress(NeedsWholeBuild):
                return self._make_pages(self.config, changed)
        return self._make_all()

    def _code(self, now: dict[Path, Stamp]) -> dict[Path, Stamp]:
        """Those of the sources that are code which draws pages."""
        folders = self.project.code
        code = {path: stamp for path, stamp in now.items() if path.suffix in _CODE}
        return {p: stamp for p, stamp in code.items() if any(map(p.is_relative_to, folders))}

    def _is_text(self, changed: set[Path]) -> bool:
        """Whether only pages and snippets changed, and the commit did not: its date is in every
        page.
        """
        project = self.project
        before = provenance.commit(project)
        provenance.commit.cache_clear()
        if any(before[key] != provenance.commit(project)[key] for key in ("commit", "date")):
            return False
        docs, snippets = project.docs, project.snippets
        return all(p.is_relative_to(docs if p.suffix == ".md" else snippets) for p in changed)

    def _restart(self) -> None:
        """Begin a new process with the new code, if it can be loaded at all. Raises Fault."""
        modules = ", ".join((*ENGINE, *self.project.options.extensions))
        loading, root = [sys.executable, "-c", f"import {modules}"], self.project.root
        tried = subprocess.run(loading, cwd=root, capture_output=True, text=True)
        if tried.returncode:
            places = re.findall(r'File "([^<].*?)", line (\d+)', tried.stderr)
            place = ":".join(places[-1]) if places else modules
            what = tried.stderr.strip().splitlines()[-1]
            raise Fault(place, what, "fix the code; the site waits for it")
        print("the code has changed: starting again", flush=True)
        self.server.server_close()
        shutil.rmtree(self.served.parent, ignore_errors=True)
        os.execv(sys.executable, [sys.executable, "-m", "literate", *sys.argv[1:]])

    # ---- all pages

    def _make_all(self) -> int:
        self.config = None
        config = mkdocs_parts.load(self.project.config_file, self.built, self.server.url)
        plugin = plugin_of(config)
        plugin.publishing = False  # an author writes one language after the other
        plugin.shows_drafts = True
        mkdocs_parts.whole(config, self.server.url)
        self.config, self.plugin, self.project = config, plugin, plugin.project
        names = _names(self.built)
        self._publish(names)
        for gone in _names(self.served) - names:
            (self.served / gone).unlink()
            with contextlib.suppress(OSError):  # other files are beside it
                os.removedirs((self.served / gone).parent)
        self.texts = {w: text_key(plugin.book, page) for w, page in plugin.pages.items()}
        self.frames = {where: plugin.context.frame_key(p) for where, p in plugin.pages.items()}
        self.made.clear()
        return len(self.texts)

    def _publish(self, names: Iterable[Path]) -> None:
        """Put files where they are served, those that differ from what is there."""
        fresh = {name for name in names if not _same(self.built / name, self.served / name)}
        for name in fresh:
            files.write_whole(self.served / name, (self.built / name).read_bytes())
        self.server.fresh(fresh)

    # ---- the pages that a save concerns

    def _make_pages(self, config: MkDocsConfig, changed: set[Path]) -> int:
        plugin = self.plugin
        saved = [self._read(path) for path in sorted(changed) if path.suffix == ".md"]
        for page in saved:
            plugin.replace(page)
        viewed = self.server.viewed()
        also = [p for p in plugin.pages.values() if self._address(p) in viewed and p not in saved]
        for page in saved:
            plugin.prepare_first(page, _say)
        for page in sorted(saved + also, key=lambda page: self._address(page) not in viewed):
            if page not in saved:
                plugin.prepare_first(page, _say)
            self._make(config, [page])
        self.server.settle()
        plugin.check()
        plugin.book.prepare(
            list(plugin.pages.values()),
            registry.drawn_from(self.project.slugs),
            _say,
            self._give_way,
        )
        self._make(config, plugin.pages.values(), self._give_way)
        mkdocs_parts.check_anchors(config, plugin.files)
        self._stop_if_wrong()
        if self.made:
            names = map(Path, plugin.finish(config))
            self._publish([name for name in names if (self.built / name).is_file()])
        made, self.made = self.made, set()
        return len(made)

    def _read(self, path: Path) -> Page:
        project = self.project
        folder = {project.page_folder(language): language for language in project.languages}
        return read_page(project, path, next(folder[f] for f in path.parents if f in folder))

    def _address(self, page: Page) -> str:
        return urlsplit(self.server.url).path + self.plugin.url(page)

    def _give_way(self) -> None:
        if self.server.changed_again() and stamps(self.project) != self.seen:
            raise _Superseded

    def _make(self, config: MkDocsConfig, pages: Iterable[Page], ask: Call = lambda: None) -> None:
        """Make again those of the pages that are out of date, and serve them. ask: called before
        each; it may raise.
        """
        plugin, by = self.plugin, {(page.language, page.slug): page for page in pages}
        late = {w: p for w, p in by.items() if self.texts.get(w) != text_key(plugin.book, p)}
        for where, page in late.items():
            ask()
            self.texts.pop(where, None)  # until it is served, no key says that it is up to date
            plugin.draw(page, config)
        for where, page in by.items():
            if where not in late and self.frames.get(where) == plugin.context.frame_key(page):
                continue
            ask()
            self.frames.pop(where, None)
            names = plugin.frame(page, config)
            self._stop_if_wrong()
            self.texts[where] = text_key(plugin.book, page)
            self.frames[where] = plugin.context.frame_key(page)
            self.made.add(where)
            self._publish(map(Path, names))

    def _stop_if_wrong(self) -> None:
        if self.messages.wrong:
            raise BuildError("\n".join(self.messages.wrong))


def _say(text: str) -> None:
    """Which snippets run, if any does."""
    if text.startswith(("running ", "ran ")):
        print(text, flush=True)


def _names(folder: Path) -> set[Path]:
    """Every file in a folder."""
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def _same(one: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(one, other, shallow=False)


def _wait_for_git(project: Project) -> None:
    """Wait while git writes files, as in `git checkout` of another branch: half of them would be
    another commit's.
    """
    lock = provenance.lock(project)
    with contextlib.suppress(FileNotFoundError):
        while time.time() - lock.stat().st_mtime < LOCKED:
            time.sleep(QUIET)


def serve(
    config: MkDocsConfig, messages: Messages, host: str, port: int, shown: bool = False
) -> None:
    """Serve the live site until the process is told to end. shown: open it in a browser.

    Raises Fault if the port is taken.
    """
    project = Project.of(config)
    os.chdir(project.root)
    for end in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C: the folder that is served is removed
        signal.signal(end, signal.default_int_handler)
    # a request for a page that is not there is no fault of the build
    logging.getLogger("mkdocs.livereload").propagate = False
    with tempfile.TemporaryDirectory(prefix="literate-serve-") as folder:
        served = Path(folder) / "served"
        served.mkdir()
        server = Server(config, (host, port), served, _waiting_page(project))
        server.listen()
        live = Live(project, Path(folder), server, messages)
        server.run(live.update, [*project.watched, project.config_file], shown)


def _waiting_page(project: Project) -> str:
    """What is shown until there is a site, in every language of the book."""
    said = ((code, words["building"]) for code, words in project.words.items())
    text = "".join(f'<p lang="{code}">{html.escape(words)}</p>' for code, words in said)
    name = html.escape(project.said[project.first]["site_name"])
    return (THEME / "building.html").read_text("utf-8").format(name=name, said=text)
