"""The MkDocs plugin: the languages of one navigation, labs, files to download, search, and what is
published.

The text of a page is drawn by the Markdown extension (`literate.markdown`), its frame by the theme
from what `template_context` gives.
"""

import logging
import os
import posixpath
import re
import shutil
import sys
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any, Literal, NoReturn
from urllib.parse import urlsplit

import click
import jinja2
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import get_toc

from literate import (
    checks,
    labs,
    mkdocs_parts,
    navigation,
    publish,
    scripts,
    search,
    styles,
    symbol_cards,
    terms,
    try_it,
)
from literate.book import Book
from literate.errors import Doubt, Fault, raise_all
from literate.files import write_whole
from literate.kept import Kept, common
from literate.kept_pages import KeptPages, drawn_text, restore
from literate.notebooks import ipynb, py, shown_on
from literate.project import THEME, Options, Project
from literate.provenance import commit
from literate.registry import OWN_PAGES, drawn_from
from literate.review import Review, look
from literate.search_first import best
from literate.settings import hold
from literate.template_context import Context, Where
from literate.text import Page, read_pages

log = logging.getLogger("mkdocs.plugins.literate")
# A formula and the punctuation that follows it: no line may begin with the latter
_KEEP = re.compile(
    r"<tp-math[^>]*>(?:(?!</tp-math>).)*</tp-math>[，。、；：！？」）,.;:!?)]+", re.S
)
_EPOCH = os.environ.get("SOURCE_DATE_EPOCH")  # from outside; without one it is the commit's


class NeedsWholeBuild(Exception):
    """What changed concerns more than the text of pages."""


class Literate(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """The events of MkDocs come first, in the order in which it calls them; then what the live site
    calls.
    """

    served = False  # by `mkdocs serve`
    # whether a section that only one language has changed stops the build, the build tells of an
    # address that is missing, and its service worker has a name
    publishing = True
    shows_drafts = False  # whether a draft that every language has is a page: on the live site

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        self.served = command == "serve"

    @event_priority(100)  # before search reads its dictionary
    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        if self.served:
            serve_live(config)
        commit.cache_clear()
        hold(config, self.config)
        if str(THEME) not in config.theme.dirs:  # behind the book's own, before Material
            config.theme.dirs.insert(1 if config.theme.custom_dir else 0, str(THEME))
        config.theme.static_templates.add(publish.OFFLINE)
        self.project = Project.of(config)
        navigation.check(self.project)
        if self.shows_drafts:
            self.project.list_drafts()
        self.book = Book(self.project)
        config.mdx_configs["literate.markdown"] = {"book": self.book}
        search.prepare(self.project, config)
        os.environ["SOURCE_DATE_EPOCH"] = _EPOCH or commit(self.project)["epoch"]
        return config

    @event_priority(50)
    def _gather(self, files: Files, config: MkDocsConfig) -> Files:
        """Read all pages, run what they name, and add the files that the build makes."""
        project = self.project
        self.pages: dict[Where, Page] = {p.where: p for p in read_pages(project)}
        unchanged = common(project)
        self.found = Kept(project.cache / "checks", unchanged)
        self.check()
        pages, names = list(self.pages.values()), drawn_from(project.slugs)
        self.book.prepare(pages, names, log.info, meanwhile=self._review)
        self.kept = KeptPages(self.book, unchanged, config, files)
        for page in pages:
            self.kept.find_text(page)
        every = list(filter(labs.is_lab, pages))
        late = [lab for lab in every if not self.kept.texts[lab.where]]
        labs.prepare(project, config, every, late)
        config.nav = navigation.in_files(project, self.pages)
        self.lab_links: dict[Where, labs.Links] = {}
        for page in every:
            self._assemble_lab(page, files, config)
        self._leave_drafts(files)
        self.moved = publish.redirects(project, self.pages.values())
        self.downloads = {where: self._made_for(page) for where, page in self.pages.items()}
        self._add_files(files, config)
        raise_all(publish.foreign_files(project, files))
        return files

    def _leave_drafts(self, files: Files) -> None:
        """Take the pages that are drafts out of the site, and say so."""
        drafts = [path for paths in self.project.drafts.values() for path in paths]
        for file in list(files):
            if file.abs_src_path and Path(file.abs_src_path) in drafts:
                files.remove(file)
        said = "%s: a draft: nav does not list it; not checked, not built"
        for path in drafts:
            log.info(said, self.project.place(path))

    def _add_files(self, files: Files, config: MkDocsConfig) -> None:
        """What the build writes: downloads, pages at old addresses, the sheet, the scripts, and
        Material's files fixed.
        """
        names = {page.slug: page.exercises for page in self.pages.values() if page.exercises}
        made = scripts.filled(config.theme, self.project.key, self.project.words, names)
        made[styles.SHEET] = styles.sheet(config.theme)
        for texts in (publish.moved_pages(self.project, self.moved), *self.downloads.values()):
            made |= texts
        for file in list(files):
            written = any(fnmatch(file.src_uri, p) for p in (*styles.PARTS, *scripts.PARTS))
            if written or publish.unused(config, file):
                files.remove(file)
            elif fnmatch(file.src_uri, search.WORKER) and search.chinese(self.project.languages):
                made[file.src_uri] = search.fixed_worker(file.src_uri, file.content_string)
                files.remove(file)
        if urlsplit(config.site_url or "").path == "/" and "robots.txt" not in files.src_uris:
            made["robots.txt"] = publish.robots(config.site_url or "")
        for name, text in made.items():
            files.append(File.generated(config, name, content=text))

    def _made_for(self, page: Page) -> dict[str, str]:
        """Path → text of the files that the build adds for a page: what a chapter gives to take
        along, what the page's own template reads, what its cards compute with where numbers are
        changed. (A lab gives its executed notebook.)
        """
        if text := self.kept.texts[page.where]:
            return dict(text["files"])
        path, made = PurePosixPath(labs.name(page)).with_suffix(""), dict[str, str]()
        if computed := try_it.text(self.book, page):
            folder = path.parent if path.name == "index" else path
            made[f"{folder / try_it.FILE}"] = computed
        if (own := OWN_PAGES.get(page.slug)) and own.files:
            return made | own.files(self.book)
        if page.slug not in self.book.order or not shown_on(page, self.book):
            return made
        name = path / path.name
        return made | {f"{name}.py": py(page, self.book), f"{name}.ipynb": ipynb(page, self.book)}

    def _assemble_lab(self, page: Page, files: Files, config: MkDocsConfig) -> None:
        links = labs.Links(page, self.project.slugs)
        self.lab_links[page.where] = links

        def drawn(text: str) -> str:
            markdown: Any = mkdocs_parts.markdown(config)
            html = markdown.convert(text)
            links.headings += markdown.toc_tokens
            return links.resolved(html)

        if not self.kept.texts[page.where]:
            labs.assemble(page, self.book, drawn)
        name, folder = labs.name(page), str(labs.folder(self.project))
        if written := files.get_file_from_path(name.replace(".ipynb", ".md")):
            files.remove(written)
        files.append(File(name, folder, config.site_dir, config.use_directory_urls))

    @event_priority(-50)
    def _place(self, files: Files, config: MkDocsConfig) -> Files:
        """The first language is at the root of the site: drop its folder, if it has one, from every
        address.
        """
        project = self.project
        first = f"{project.page_folder(project.first).relative_to(project.docs).as_posix()}/"
        for file in [file for file in files if file.src_uri.startswith(first)]:
            file.dest_uri = file.dest_uri.removeprefix(first)
            for cached in ("abs_dest_path", "url"):
                file.__dict__.pop(cached, None)
        return files

    on_files = CombinedEvent(_gather, _place)

    def on_nav(self, nav: Navigation, files: Files, **_: Any) -> Navigation:
        self.nav, self.files = nav, files
        self.sources = {labs.name(page): page for page in self.pages.values()}
        navs = navigation.for_each_language(self.project, nav)
        pages = [page for each in navs.values() for page in each.pages]
        drawn = {self.source(page).where: page for page in pages}
        self.context = Context(self.project, self.book, self.pages, drawn, navs)
        return nav

    @event_priority(-50)  # after mkdocs-jupyter, which draws labs in its own way
    def on_pre_page(self, page: MkDocsPage, files: Files, **_: Any) -> MkDocsPage:
        source = self.source(page)
        if not labs.is_lab(source):
            vars(page).pop("render", None)  # on the live site a page is drawn again
        if text := self.kept.texts[source.where]:
            page.render = lambda config, files: restore(page, text, files)  # type: ignore
        self.kept.begin_text()
        return page

    def on_page_markdown(self, markdown: str, page: MkDocsPage, **_: Any) -> str:
        source = self.source(page)
        self.book.open(source)
        self.book.explained = terms.Explained(source) if source.slug in self.book.order else None
        page.meta = source.meta
        if (own := OWN_PAGES.get(source.slug)) and own.context:
            self.context.own[source.where] = own.context(self.book)
        return self._to_notebooks(markdown, source)

    def _to_notebooks(self, markdown: str, source: Page) -> str:
        """The text with its links to labs as MkDocs knows them: as links to notebooks."""
        folder, slugs = posixpath.dirname(source.slug), {slug for _, slug in self.lab_links}

        def linked(found: re.Match[str]) -> str:
            leads_to = posixpath.normpath(posixpath.join(folder, found[1]))
            return f"({found[1]}.ipynb" if leads_to in slugs else found[0]

        return re.sub(r"\(([\w./-]+)\.md(?=[)#])", linked, markdown)

    @event_priority(100)  # what other plugins make of a text, they make of one that is kept
    def on_page_content(self, html: str, page: MkDocsPage, **_: Any) -> str:
        """Tell MkDocs the ids that are not of Markdown's own elements, and keep what belongs
        together on one line.
        """
        source = self.source(page)
        if self.kept.texts[source.where]:
            return html
        ids: set[str] = set()
        if labs.is_lab(source):
            drawn, links = self.context.drawn, self.lab_links[source.where]
            page.toc = get_toc(links.headings)
            html = html.split("<style>")[0]  # nbconvert's styles end it; ours are in the theme
            ids |= set(re.findall(r'\sid="([^"]+)"', html))
            linked = links.anchors.items()
            page.links_to_anchors = {drawn[source.language, s].file: each for s, each in linked}
        if source.slug == terms.GLOSSARY_PAGE:
            ids |= self.project.terms.keys()
        if (own := OWN_PAGES.get(source.slug)) and own.anchors:
            ids |= set(own.anchors(html))
        page.present_anchor_ids = {*(page.present_anchor_ids or ()), *ids}
        html = _KEEP.sub(r'<span class="tp-nobr">\g<0></span>', html)
        permalink = self.project.words[source.language]["permalink"]
        # for the mouse: a heading is not called “… ¶”, and the keyboard has the menu's links
        link = f'title="{permalink}" aria-hidden="true" tabindex="-1"'
        html = html.replace('title="Permanent link"', link)
        files = self.downloads[source.where]
        self.kept.keep_text(source, drawn_text(page, html) | {"files": files})
        return html

    def on_env(self, env: jinja2.Environment, **_: Any) -> None:
        self.env = env
        env.policies["json.dumps_kwargs"] = {"ensure_ascii": False}  # pages in fewer bytes
        self.indexed: dict[str, list[dict[str, Any]]] = {}
        for page in self.pages.values():
            self._find_frame(page)

    def _find_frame(self, page: Page) -> None:
        where, context = page.where, self.context
        made_from = context.frame_key(page), context.own.get(where), self.publishing
        self.kept.find_frame(page, made_from)
        kept = {"template": "kept.html"} if self.kept.frames[where] else {}
        context.drawn[where].meta = page.meta | kept

    @event_priority(50)
    def _open_page(self, /, context: Any, page: MkDocsPage, config: MkDocsConfig, **_: Any) -> Any:
        source = self.source(page)
        self.whole_content = page.content
        search.entries(config).clear()
        if self.kept.frames[source.where]:
            page.content = ""
            return context
        self.book.open(source)
        self._speak(source.language, config)
        tp = self.context.of(source, config)
        context |= {"nav": self.context.navs[source.language], "base_url": tp["root"], "tp": tp}
        search.learn_terms(self.project)
        page.content = search.readable(page.content or "")
        return context

    @event_priority(-50)
    def _close_page(self, /, context: Any, page: MkDocsPage, config: MkDocsConfig, **_: Any) -> Any:
        page.content = self.whole_content
        frame = self.kept.frames[self.source(page).where]
        self.indexed[page.file.src_uri] = frame["index"] if frame else [*search.entries(config)]
        return context

    on_page_context = CombinedEvent(_open_page, _close_page)

    def on_template_context(self, context: Any, config: MkDocsConfig, **_: Any) -> Any:
        first = self.project.first
        self._speak(first, config)
        tp = self.context.shared(first) | {"contents": self.context.contents()}
        return context | {"nav": self.context.navs[first], "tp": tp}

    @event_priority(-100)
    def on_post_template(
        self, output_content: str, template_name: str, config: MkDocsConfig, **_: Any
    ) -> str:
        if template_name == "sitemap.xml" and not config.site_url:
            return ""  # without addresses it would be empty: MkDocs writes none
        return self._published(output_content, template_name)

    @event_priority(-100)
    def on_post_page(self, output: str, page: MkDocsPage, **_: Any) -> str:
        source = self.source(page)
        frame = self.kept.frames[source.where] or self._framed(output, page, source)
        if notebook := frame["notebook"]:
            name = f"{source.slug.split('/')[-1]}.ipynb"
            write_whole(Path(page.file.abs_dest_path).with_name(name), notebook)
        return str(frame["output"])

    def _framed(self, output: str, page: MkDocsPage, source: Page) -> dict[str, Any]:
        """A page as it is published, kept for the next build; with a lab, its executed notebook."""
        notebook = None
        if labs.is_lab(source):
            from literate import lab_kernel  # optional: it needs Jupyter

            notebook = lab_kernel.executed(self.project, Path(page.file.abs_src_path or ""))
        output = publish.with_moved_sections(output, source.slug, self.moved)
        output = self._published(output, page.file.dest_uri)
        index = self.indexed[page.file.src_uri]
        frame = {"output": output, "index": index, "notebook": notebook}
        self.kept.keep_frame(source, frame)
        return frame

    @event_priority(100)
    def _gather_index(self, config: MkDocsConfig) -> None:
        """The search index in the order of the pages, whenever each was drawn."""
        pages = self.files.documentation_pages()
        search.entries(config)[:] = [each for file in pages for each in self.indexed[file.src_uri]]

    @event_priority(-100)
    def _finish(self, config: MkDocsConfig) -> None:
        site = Path(config.site_dir)
        first = {language: best(self.book, language) for language in self.project.languages}
        search.split(self.project, site, first)
        symbol_cards.write(self.book, site)
        if self.publishing:  # no page of the live site has the worker
            publish.list_files(self.project, site)
            publish.name_build(site)
            for warning in publish.unset(config):
                log.info(warning)

    on_post_build = CombinedEvent(_gather_index, _finish)

    def _published(self, text: str, name: str) -> str:
        return publish.page(self.project, text, name) if name.endswith(".html") else text

    def _speak(self, language: str, config: MkDocsConfig) -> None:
        """Material's own words and the settings that readers see, in the language of the page being
        drawn.
        """
        config.theme["language"] = language
        for key, said in self.project.said[language].items():
            config[key] = said

    # ---- checks, and what pages are drawn from

    def source(self, page: MkDocsPage) -> Page:
        """The book's page of one of MkDocs'."""
        return self.sources[page.file.src_uri]

    def check(self, slug: str | None = None) -> None:
        """Check the pages, or one in each language, before anything runs. Raises Faults."""
        some = {where: page for where, page in self.pages.items() if slug in (None, page.slug)}
        self.doubts = checks.run(self.project, some, kept=self.found)

    def review(self) -> tuple[list[Fault], list[Doubt]]:
        """The sections to review, and the doubts about them, once all pages are checked."""
        return look(Review(self.project, list(self.pages.values()), self.doubts, self.found))

    def _review(self) -> None:
        """Raise Faults where sections are to be read side by side before they are published."""
        if self.publishing:
            raise_all(self.review()[0])

    # ---- what the live site calls

    def url(self, page: Page) -> str:
        """The address of a page, from the root of the site."""
        return self.context.drawn[page.where].url

    def replace(self, page: Page) -> None:
        """A page that was saved, in place of what it was. Raises NeedsWholeBuild."""
        where = page.where
        if where not in self.pages or labs.is_lab(page) or labs.is_lab(self.pages[where]):
            raise NeedsWholeBuild
        self.pages[where] = self.sources[labs.name(page)] = page
        self.context.drawn[where].meta = page.meta
        self.book.pages = list(self.pages.values())

    def prepare_first(self, page: Page, say: Callable[[str], None]) -> None:
        """Check a page and run what it names before all others: somebody looks at it. Raises
        Faults.
        """
        self.check(page.slug)
        self.book.renew(page, drawn_from([page.slug]), say)

    def draw(self, page: Page, config: MkDocsConfig) -> None:
        """Draw the text of a page, and write the files for it. Raises NeedsWholeBuild."""
        where = page.where
        if labs.is_lab(page):
            raise NeedsWholeBuild
        self.kept.find_text(page)
        made = self._made_for(page)
        if list(made) != list(self.downloads[where]):
            raise NeedsWholeBuild
        self.downloads[where] = made
        mkdocs_parts.read_page(self.context.drawn[where], config, self.files)
        for name, text in made.items():
            self._write(name, text)

    def frame(self, page: Page, config: MkDocsConfig) -> set[str]:
        """Draw the frame of a page around its text. Returns the names of all files of the page."""
        where = page.where
        drawn = self.context.drawn[where]
        self._find_frame(page)
        mkdocs_parts.write_page(drawn, config, self.files, self.nav, self.env)
        files = self.files.src_uris
        return {drawn.file.dest_uri, *(files[name].dest_uri for name in self.downloads[where])}

    def finish(self, config: MkDocsConfig) -> set[str]:
        """Write what is made from many pages. Returns the names of files that may differ."""
        names = mkdocs_parts.write_templates(config, self.files, self.nav, self.env)
        config.plugins.on_post_build(config=config)
        roots = self.project.languages.values()
        made = (*(f"search/{name}" for name in search.FILES), symbol_cards.NAME)
        return names | {f"{root}{name}" for root in roots for name in made}

    def _write(self, name: str, text: str) -> None:
        file = self.files.src_uris[name]
        file.content_string = text
        file.copy_file()


def plugin_of(config: MkDocsConfig) -> Literate:
    """The plugin that MkDocs has loaded for a book."""
    plugin = config.plugins["literate"]
    assert isinstance(plugin, Literate)
    return plugin


def serve_live(config: MkDocsConfig) -> NoReturn:
    """In place of MkDocs' own server, which builds the whole site after each save and answers no
    request while there is a fault: the live site, at the same address.
    """
    asked = click.get_current_context(silent=True)
    shutil.rmtree(config.site_dir, ignore_errors=True)  # MkDocs has made it to serve it
    host, port = config.dev_addr
    command = ["-m", "literate", "serve", "--host", host, "--port", str(port)]
    command += ["--config", config.config_file_path]
    command += ["--open"] if asked and asked.params.get("open_in_browser") else []
    os.execv(sys.executable, [sys.executable, *command])
