"""The live site of `make serve`: what is made again after a save, and how a browser learns of it.

The first build is a whole one; what it made is kept: config, files, navigation, templates. After a save the pages that
depend on it are made again, first those that a browser shows, then the others and the search index. What a page depends on
is its key (`Live._key`): it is made again when that is another. A file that comes or goes, settings, theme, words, a lab:
these take a whole build, and a change of the engine itself a new process.

What a build makes stands in a folder aside. Only what is good goes from there to the folder that is served, so a fault
leaves the last good page in place; the server (`live_server`) adds what is wrong to it.

It leans on MkDocs' `_populate_page`, `_build_page` and `_build_theme_template`: MkDocs is pinned.
"""

import contextlib
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
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.commands import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, BuildError

from literate import formulas, publish, terms
from literate import labs as lab
from literate.text import Page as Source
from literate.text import read_page
from literate.errors import Fault
from literate.registry import drawn_from
from literate.server import Server
from literate.provenance import commit, foot, forget
from literate.runs import key as run_key

ENGINE = Path(__file__).parent
# What editors leave while they save, and what is no source of a page
_PASSING = re.compile(r"^[.#]|~$|\.(swp|swx|tmp|pyc)$|^4913$|^__pycache__$")


class _TakesAll(Exception):
    """What changed has no page of its own: the whole site is built."""


class _Superseded(Exception):
    """Another save came while pages were made that nobody looks at: it goes first."""


# ---- files, as they were and as they are --------------------------------------------------------------------------------


def stamps(project) -> dict[Path, tuple[int, int]]:
    """Every source of the site with its time and size."""
    found = {project.config_file: _stamp(project.config_file.stat())}
    todo = [project.docs, project.snippets, *project.code]
    while todo:
        with os.scandir(todo.pop()) as entries:
            for entry in entries:
                if _PASSING.search(entry.name):
                    continue
                if entry.is_dir():
                    todo.append(Path(entry.path))
                else:
                    with contextlib.suppress(FileNotFoundError):
                        found[Path(entry.path)] = _stamp(entry.stat())
    found.pop(project.reviewed, None)  # `make agree` changes no page
    return found


def _stamp(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_mtime_ns, stat.st_size


def _changed(before: dict, now: dict) -> set[Path]:
    return {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}


# ---- the builds -----------------------------------------------------------------------------------------------------------


class Live:
    """The site as it was last built, and what of it a save makes anew."""

    def __init__(self, project, served: Path, aside: Path, server: Server, told):
        self.project = project
        self.served, self.aside, self.server, self.told = served, aside, server, told
        self.config = None  # of the last whole build; None where it was not good
        self.seen: dict[Path, tuple] = {}  # sources when last looked at
        self.good: dict[Path, tuple] = {}  # sources that the whole served site was made from
        self.keys: dict[tuple, tuple] = {}  # page → what its text was drawn from
        self.around: dict[tuple, tuple] = {}  # page → what its frame was drawn from
        self.declared: dict[
            tuple, frozenset
        ] = {}  # page → symbols that it might use when it was drawn
        self.made: set[tuple] = set()  # pages made since search and the like were

    def update(self) -> None:
        """Bring what is served up to date with the sources; a fault is told on the pages and the site lives on."""
        project = self.project
        now = stamps(project)
        if now == self.seen:
            return
        started, self.seen = time.perf_counter(), now
        changed = _changed(self.good, now)
        self.told.wrong.clear()
        try:
            if self.config and any(
                any(map(path.is_relative_to, self.project.code)) and path.suffix in (".py", ".lark")
                for path in changed
            ):
                self._restart()
            try:
                if not self._in_parts(changed, now):
                    raise _TakesAll
                pages = self._renew(changed)
            except _TakesAll:
                pages = self._whole()
        except _Superseded:
            self.seen = {}  # what was left undone is done with the next
            return
        except (Abort, BuildError) as error:
            return self._tell(self._cause(error))
        except (
            Exception
        ) as error:  # a fault of the engine: the site lives on, and the next save builds all of it
            traceback.print_exc()
            self.config = None
            return self._tell(f"{type(error).__name__}: {error}")
        self.good = now
        self.server.fault(None)
        print(
            f"{pages} page{'s' * (pages != 1)} in {time.perf_counter() - started:.2f} s", flush=True
        )

    def _tell(self, fault: str) -> None:
        print(fault, file=sys.stderr, flush=True)
        self.server.fault(fault)

    def _cause(self, error: Exception) -> str:
        """What was wrong: MkDocs ends a build with `Aborted …`; the fault itself is its context, or was told before."""
        cause = error.__context__ if isinstance(error.__context__, BuildError) else error
        if isinstance(error, Abort) and cause is error and self.told.wrong:
            return "\n".join(self.told.wrong)
        return str(cause).strip()

    def _restart(self) -> None:
        """A new process for a new engine, if it can be loaded at all."""
        project = self.project
        tried = subprocess.run(
            [
                sys.executable,
                "-c",
                "import literate.commands, literate.mkdocs_plugin, literate.live",
            ],
            cwd=project.root,
            capture_output=True,
            text=True,
        )
        if tried.returncode:
            raise Fault(
                "literate/",
                tried.stderr.strip().splitlines()[-1],
                "mend the engine; the site waits for it",
            )
        print("the engine has changed: starting anew", flush=True)
        self.server.server_close()
        shutil.rmtree(self.served.parent, ignore_errors=True)
        os.execv(sys.executable, [sys.executable, "-m", "literate", *sys.argv[1:]])

    # ---- all of it

    def _whole(self) -> int:
        project = self.project
        self.config = None
        config = load_config(
            str(project.config_file),
            strict=True,
            site_dir=str(self.aside),
            site_url=self.server.url,
        )
        mkdocs_build.build(config, serve_url=self.server.url)
        publish.finish(project, self.aside)
        self.config, self.plugin = config, config.plugins["literate"]
        self._publish(
            {path.relative_to(self.aside) for path in self.aside.rglob("*") if path.is_file()},
            whole=True,
        )
        self.keys = {where: self._key(source) for where, source in self.plugin.pages.items()}
        self.around = {where: self._around(source) for where, source in self.plugin.pages.items()}
        self.declared = self._declared()
        self.made.clear()
        return len(self.keys)

    def _publish(self, names: set[Path], whole: bool = False) -> None:
        """Put files where they are served, those that are other than what stands there. whole: and remove all others."""
        fresh = {name for name in names if not _same(self.aside / name, self.served / name)}
        for name in fresh:
            place = self.served / name
            place.parent.mkdir(parents=True, exist_ok=True)
            beside = place.with_name(f".{place.name}")
            shutil.copyfile(self.aside / name, beside)
            os.replace(beside, place)
        if whole:
            for path in sorted(self.served.rglob("*"), reverse=True):
                if path.is_file() and path.relative_to(self.served) not in names:
                    path.unlink()
                elif path.is_dir() and not any(path.iterdir()):
                    path.rmdir()
        self.server.fresh(fresh)

    # ---- what depends on a change

    def _in_parts(self, changed: set[Path], now: dict) -> bool:
        """Whether the change is of chapters' text and of snippets only."""
        project = self.project
        if not self.config or self.good.keys() != now.keys() or self._moved():
            return False
        return all(
            path.suffix == ".md"
            and path.is_relative_to(project.docs)
            or path.is_relative_to(project.snippets)
            for path in changed
        )

    def _moved(self) -> bool:
        """Whether another commit is checked out: its date stands in every page and in the site's map."""
        project = self.project
        before = commit(project)
        forget()
        return any(before[k] != commit(project)[k] for k in ("commit", "date"))

    def _renew(self, changed: set[Path]) -> int:
        project = self.project
        plugin, first = self.plugin, []
        for path in sorted(p for p in changed if p.suffix == ".md"):
            language = path.relative_to(project.docs).parts[0]
            source = read_page(project, path, language)
            if lab.is_lab(source) or lab.is_lab(plugin.pages[language, source.slug]):
                raise _TakesAll
            plugin.pages[language, source.slug] = source
            plugin.page_of(source).meta = source.meta
            first.append(source)
        plugin.book.pages = list(plugin.pages.values())
        viewed = self.server.viewed()
        for source in sorted(
            first + [p for p in plugin.book.pages if self._url(p) in viewed and p not in first],
            key=lambda p: self._url(p) not in viewed,
        ):
            plugin.check(source.slug)
            plugin.book.renew(source, drawn_from(source.slug), _say)
            self._make([source])
        self.server.settle()
        plugin.check()
        plugin.book.prepare(plugin.book.pages, drawn_from(), _say, self._give_way)
        self._make(list(plugin.pages.values()), self._give_way)
        self._make_undeclared()
        self._finish()
        count = len(self.made)
        self.made.clear()
        return count

    def _give_way(self) -> None:
        project = self.project
        if self.server.stirred() and stamps(project) != self.seen:
            raise _Superseded

    def _make(self, sources: list[Source], between=lambda: None) -> None:
        """Make again those of the pages that are out of date, and serve them. between: called before each."""
        drawn = [s for s in sources if self.keys.get((s.language, s.slug)) != self._key(s)]
        for source in drawn:
            between()
            self._draw(source)
        framed = drawn + [
            s
            for s in sources
            if s not in drawn and self.around.get((s.language, s.slug)) != self._around(s)
        ]
        for source in framed:
            between()
            self._frame(source)

    def _draw(self, source: Source) -> None:
        """A page's text, and the files to take along. Until it is served, no key says that it is up to date."""
        plugin, where = self.plugin, (source.language, source.slug)
        self.keys.pop(where, None)
        if lab.is_lab(source):
            raise _TakesAll
        mkdocs_build._populate_page(plugin.page_of(source), self.config, plugin.files)
        made = plugin.generated(source)
        if list(made) != plugin.beside[where]:
            raise _TakesAll
        for path, text in made.items():
            file = plugin.files.get_file_from_path(path)
            file.content_string = text
            file.copy_file()

    def _frame(self, source: Source) -> None:
        """A page's text in its frame; then it is served."""
        project = source.project
        plugin, where = self.plugin, (source.language, source.slug)
        self.around.pop(where, None)
        page = plugin.page_of(source)
        mkdocs_build._build_page(
            page, self.config, plugin.files.documentation_pages(), plugin.nav, plugin.env
        )
        if self.told.wrong:
            raise BuildError("\n".join(self.told.wrong))
        publish.finish(project, self.aside, page.file.dest_uri)
        self.keys[where], self.around[where] = self._key(source), self._around(source)
        self.made.add(where)
        self._publish(
            {
                Path(plugin.files.get_file_from_path(path).dest_uri)
                for path in [page.file.src_uri, *plugin.beside[where]]
            }
        )

    def _make_undeclared(self) -> None:
        """Draw again the pages whose inline maths may use other symbols now: a symbol can be gone with an earlier page's formula."""
        now = self._declared()
        late = [
            self.plugin.pages[where]
            for where, symbols in now.items()
            if self.declared.get(where) != symbols
        ]
        for source in late:
            self._draw(source)
            self._frame(source)
        self.declared = now

    def _finish(self) -> None:
        """What is made from many pages: links' anchors, the page of a wrong address, the map, the search index, the worker's commit."""
        project = self.project
        plugin, config = self.plugin, self.config
        for file in plugin.files.documentation_pages():
            file.page.validate_anchor_links(
                files=plugin.files, log_level=config.validation.links.anchors
            )
        if self.told.wrong:
            raise BuildError("\n".join(self.told.wrong))
        if not self.made:
            return
        for template in config.theme.static_templates:
            mkdocs_build._build_theme_template(
                template, plugin.env, plugin.files, config, plugin.nav
            )
        config.plugins.on_post_build(config=config)
        plugin.files.get_file_from_path(publish.WORKER).copy_file()
        publish.finish(project, self.aside, "404.html", publish.WORKER)
        names = (
            {Path(publish.WORKER)}
            | {Path(name) for name in config.theme.static_templates}
            | {Path("sitemap.xml.gz")}
        )
        names |= {
            Path(folder) / "search" / "search_index.json" for folder in project.languages.values()
        }
        self._publish({name for name in names if (self.aside / name).is_file()})

    # ---- what a page is made from

    def _key(self, source: Source) -> tuple:
        """All that a page's text is drawn from."""
        project = source.project
        book = self.plugin.book
        names = dict.fromkeys([name for name, _ in source.snippets()] + drawn_from(source.slug))
        snippets = [book.snippets[name] for name in names]
        homes = {s.path.stem for s in snippets if s.formulas} | (
            {source.meta["lab"]} if lab.is_lab(source) else set()
        )
        return (
            source.text,
            commit(project)["commit"],
            tuple((s, run_key(s.program)) for s in snippets),
            tuple(formulas.state(project, stem) for stem in sorted(homes)),
            terms.table(book, source.language, project.words[source.language])
            if source.slug == terms.GLOSSARY_PAGE
            else None,
        )

    def _around(self, source: Source) -> tuple:
        """All that its frame is drawn from: the titles of the others, the record at its foot."""
        project = source.project
        listed = tuple(
            (p.slug, p.meta.get("title"), p.meta.get("description"))
            for p in self.plugin.pages.values()
            if p.language == source.language
        )
        twins = tuple(
            p.meta.get("title") for p in self.plugin.pages.values() if p.slug == source.slug
        )
        return listed, twins, tuple(foot(project).items())

    def _declared(self) -> dict[tuple, frozenset]:
        book = self.plugin.book
        return {
            where: frozenset(formulas.inline_maths(p, book.pages, book.snippets, book.runs).names)
            for where, p in self.plugin.pages.items()
            if not lab.is_lab(p)
        }

    def _url(self, source: Source) -> str:
        return urlsplit(self.server.url).path + self.plugin.page_of(source).url


def _say(text: str) -> None:
    """Which snippets run, where any does."""
    if text.startswith(("running ", "ran ")):
        print(text, flush=True)


def _same(one: Path, other: Path) -> bool:
    return (
        other.is_file()
        and one.stat().st_size == other.stat().st_size
        and one.read_bytes() == other.read_bytes()
    )


def serve(project, port: int, told) -> None:
    """The live site until it is ended. Raises Fault where the port is taken."""
    os.chdir(project.root)
    for end in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C: the folder that is served is removed
        signal.signal(end, signal.default_int_handler)
    logging.getLogger(
        "mkdocs.livereload"
    ).propagate = False  # a request for a page that is not there is no fault of the build
    with tempfile.TemporaryDirectory(prefix="two-passes-") as folder:
        served, aside = Path(folder) / "served", Path(folder) / "aside"
        served.mkdir()
        server = Server(port, served)
        try:
            server.server_bind()
            server.server_activate()
        except OSError as error:
            raise Fault(
                f"127.0.0.1:{port}",
                f"cannot listen: {error.strerror}",
                f"end what uses the port, or `python -m literate serve --port {port + 1}`",
            ) from None
        live = Live(project, served, aside, server, told)
        server.builder = live.update
        for path in (project.docs, project.snippets, *project.code, project.config_file):
            server.watch(path)
        server.observer.start()
        try:
            live.update()
            server.serve_thread.start()
            print(f"Serving on {server.url}", flush=True)
            server._build_loop()
        except KeyboardInterrupt:
            pass
        finally:
            server.shutdown()
