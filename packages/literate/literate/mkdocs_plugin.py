"""The MkDocs plugin: what is the site's. Two languages from one navigation, downloads, the run record, search.

What stands on a page is the Markdown extension's work (`literate.markdown`).
"""

import logging
import os
import posixpath
import re
from fnmatch import fnmatch
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

from markdown import Markdown
from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority
from mkdocs.structure.files import File
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.toc import get_toc
from mkdocs.utils import get_relative_url

from literate import checks, scripts, search, styles, terms
from literate import labs as lab
from literate import notebooks as notebook
from literate.book import Book
from literate.text import Page as Source
from literate.text import read_pages
from literate.errors import Fault
from literate.files import write_whole
from literate.registry import OWN_PAGES, drawn_from
from literate.project import THEME, Options, Project
from literate.provenance import commit, foot, forget

log = logging.getLogger("mkdocs.plugins.literate")
# A formula and the punctuation that follows it: no line may begin with the latter
_KEEP = re.compile(
    r"<tp-math[^>]*>(?:(?!</tp-math>).)*</tp-math>[，。、；：！？」）,.;:!?)]+", re.S
)
_EPOCH = os.environ.get("SOURCE_DATE_EPOCH")  # as given from outside; else it is the commit's


class Literate(BasePlugin[Options]):
    """See the events of mkdocs.plugins.BasePlugin; they stand here in the order in which they come."""

    @event_priority(100)  # before search reads its dictionary
    def on_config(self, config):
        forget()
        if str(THEME) not in config.theme.dirs:
            config.theme.dirs.insert(1, str(THEME))  # behind the book's own, before Material
        project = self.project = Project.of(config)
        self.slugs = _slugs(project, config.nav)
        self.lab_toc, self.lab_anchors = (
            {},
            {},
        )  # of each lab; the anchors of its links, by the page that they lead to
        self.book = Book(project)
        config.mdx_configs["literate.markdown"] = {"book": self.book}
        if (index := config.plugins["material/search"].config).enabled:
            index.jieba_dict_user = search.user_dictionary(project)
        os.environ["SOURCE_DATE_EPOCH"] = _EPOCH or commit(project)["epoch"]
        lab.install(project)
        return config

    @event_priority(50)
    def _gather(self, files, config):
        """Read all pages, run what they name, and add what a reader may download."""
        project = self.project
        self.pages = {(p.language, p.slug): p for p in read_pages(project)}
        self.check()
        self.book.prepare(list(self.pages.values()), drawn_from(), log.info)
        config.nav = [
            {language: _localised(self.project.nav, language, self.pages)}
            for language in project.languages
        ]
        for (language, slug), page in self.pages.items():
            folder = f"{language}/{slug}"
            if lab.is_lab(page):
                files.remove(files.get_file_from_path(f"{folder}.md"))
                self._assemble_lab(page, config)
                files.append(
                    File(
                        f"{folder}.ipynb",
                        str(lab.folder(self.project)),
                        config.site_dir,
                        config.use_directory_urls,
                    )
                )
        made = {where: self.generated(page) for where, page in self.pages.items()}
        self.beside = {where: list(texts) for where, texts in made.items()}
        for path, text in {
            path: text for texts in made.values() for path, text in texts.items()
        }.items():
            files.append(File.generated(config, path, content=text))
        for part in [
            file
            for file in files
            if any(fnmatch(file.src_uri, part) for part in (*styles.PARTS, *scripts.PARTS))
        ]:
            files.remove(part)
        files.append(File.generated(config, styles.SHEET, content=styles.sheet(config.theme)))
        for name, text in scripts.filled(config.theme, project.key).items():
            files.append(File.generated(config, name, content=text))
        return files

    def generated(self, page: Source) -> dict[str, str]:
        """Files that the build adds for a page: what a chapter gives to take along, what the live lab computes with.
        (What a lab gives is its executed notebook.)"""
        if (own := OWN_PAGES.get(page.slug)) and own.files:
            return own.files(self.book)
        if page.slug not in self.book.order or not notebook.shown_on(page, self.book):
            return {}
        path = f"{page.language}/{page.slug}/{page.slug.split('/')[-1]}"
        return {
            f"{path}.py": notebook.py(page, self.book),
            f"{path}.ipynb": notebook.ipynb(page, self.book),
        }

    def check(self, slug: str | None = None) -> None:
        """What can be said of the pages before anything runs, or of one of them. Raises Faults."""
        pages = {where: page for where, page in self.pages.items() if slug in (None, page.slug)}
        checks.run(self.project, pages)

    @event_priority(-50)
    def _place(self, files, config):
        """The default language lives at the root of the site: drop its folder's name from every address."""
        project = self.project
        first = next(iter(project.languages)) + "/"
        for file in files:
            if file.src_uri.startswith(first):
                file.dest_uri = file.dest_uri.removeprefix(first)
                file.__dict__["abs_dest_path"] = os.path.normpath(
                    os.path.join(config.site_dir, file.dest_uri)
                )
                file.url = file._get_url()
        return files

    on_files = CombinedEvent(_gather, _place)

    def _assemble_lab(self, page: Source, config) -> None:
        tokens = []
        self.lab_anchors[page.language, page.slug] = {}

        def shown(text: str) -> str:
            md = Markdown(
                extensions=config.markdown_extensions, extension_configs=config.mdx_configs
            )
            html = md.convert(text)
            tokens.extend(md.toc_tokens)
            return re.sub(
                r'href="(?:([^":#]+)\.md)?(#[^"]*)?"',
                lambda m: f'href="{self._lab_link(page, m[1], m[2])}"',
                html,
            )

        lab.assemble(page, self.book, shown)
        self.lab_toc[page.language, page.slug] = get_toc(tokens)

    def _lab_link(self, page: Source, link: str | None, anchor: str | None) -> str:
        """The address that a lab's link leads to: MkDocs resolves links of Markdown pages only."""
        slug = (
            posixpath.normpath(posixpath.join(posixpath.dirname(page.slug), link))
            if link
            else page.slug
        )
        if (page.language, slug) not in self.pages:
            raise Fault(
                page.at(f"{link}.md"),
                f"the link `{link}.md` leads nowhere",
                "name a page that is there",
            )
        if anchor:
            self.lab_anchors[page.language, page.slug].setdefault(slug, {})[anchor[1:]] = (
                f"{link}.md{anchor}" if link else anchor
            )
        return (
            get_relative_url("" if slug == "index" else f"{slug}/", f"{page.slug}/") if link else ""
        ) + (anchor or "")

    def on_nav(self, nav, config, files):
        """One navigation per language, each with its own previous and next page."""
        project = self.project
        self.nav, self.files, self.navs = nav, files, {}
        for section, language in zip(nav.items, project.languages):
            pages = list(_pages(section))
            for item in section.children:
                item.parent = None
            for page, before, after in zip(pages, [None, *pages], [*pages[1:], None]):
                page.previous_page, page.next_page = before, after
            self.navs[language] = Navigation(section.children, pages)
            self.navs[language].homepage = pages[0]
        return nav

    def on_env(self, env, config, files):
        self.env, self.indexed = env, {}
        return env

    def on_page_markdown(self, markdown, page, config, files):
        source = self._source(page)
        self.book.open(source)
        self.book.explained = terms.Explained(source) if source.slug in self.book.order else None
        page.meta = source.meta
        labs = "|".join(
            re.escape(slug.split("/")[-1]) for (_, slug), p in self.pages.items() if lab.is_lab(p)
        )
        return (
            re.sub(rf"(\([\w./-]*\b(?:{labs}))\.md(?=[)#])", r"\1.ipynb", markdown)
            if labs
            else markdown
        )

    def on_page_content(self, html, page, config, files):
        project = self.project
        source = self._source(page)
        if lab.is_lab(source):
            page.toc = self.lab_toc[source.language, source.slug]
            html = lab.body(html)
            page.present_anchor_ids = set(re.findall(r'\sid="([^"]+)"', html))
            anchors = self.lab_anchors[source.language, source.slug]
            page.links_to_anchors = {
                self._page(source.language, slug).file: links for slug, links in anchors.items()
            }
        if (
            source.slug == terms.GLOSSARY_PAGE
        ):  # MkDocs knows the ids of Markdown's own elements only
            page.present_anchor_ids = {*(page.present_anchor_ids or ()), *project.terms}
        if (own := OWN_PAGES.get(source.slug)) and own.anchors:
            page.present_anchor_ids = {*(page.present_anchor_ids or ()), *own.anchors(html)}
        html = _KEEP.sub(r'<span class="tp-nobr">\g<0></span>', html)
        return html.replace(
            'title="Permanent link"', f'title="{project.words[source.language]["permalink"]}"'
        )

    @event_priority(50)
    def _before_search(self, context, page, config, nav):
        project = self.project
        source = self._source(page)
        self.book.open(source)
        self._speak(source.language, config)
        context["nav"] = self.navs[source.language]
        context["base_url"] = get_relative_url(project.languages[source.language] or ".", page.url)
        context["tp"] = self._context(source, page, config)
        self.drawn = page.content
        page.content = search.readable(page.content)
        self.index(config).clear()
        return context

    @event_priority(-50)
    def _after_search(self, context, page, config, nav):
        page.content = self.drawn
        self.indexed[page.file.src_uri] = list(self.index(config))
        return context

    on_page_context = CombinedEvent(_before_search, _after_search)

    def on_pre_template(self, template, template_name, config):
        project = self.project
        self._speak(next(iter(project.languages)), config)
        return template

    def on_template_context(self, context, template_name, config):
        project = self.project
        language = next(iter(project.languages))
        context["nav"] = self.navs[language]
        context["tp"] = self._shared(language) | {
            "number": None,
            "parts": [],
            "others": [],
            "root": ".",
            "own": None,
            "downloads": None,
            "builds_on": [],
            "report_url": None,
        }
        return context

    def on_post_page(self, output, page, config):
        source = self._source(page)
        if lab.is_lab(source):
            write_whole(
                Path(page.file.abs_dest_path).with_name(f"{source.slug.split('/')[-1]}.ipynb"),
                lab.executed(self.project, Path(page.file.abs_src_path)),
            )
        return output

    @event_priority(100)
    def _gather_index(self, config):
        """The search index in the order of the pages, whenever each was drawn."""
        self.index(config)[:] = [
            entry
            for file in self.files.documentation_pages()
            for entry in self.indexed[file.src_uri]
        ]

    @event_priority(-100)
    def _split_index(self, config):
        project = self.project
        search.split(project, Path(config.site_dir))
        search.mend_worker(Path(config.site_dir))

    on_post_build = CombinedEvent(_gather_index, _split_index)

    @staticmethod
    def index(config) -> list:
        """What Material's search has read so far."""
        return config.plugins["material/search"].search_index.entries

    # ---- what the templates read as `tp` ----------------------------------------------------------------------------------

    def page_of(self, source: Source):
        """MkDocs' page of a source."""
        return self._page(source.language, source.slug)

    def _source(self, page) -> Source:
        language, _, slug = re.sub(r"\.\w+$", "", page.file.src_uri).partition("/")
        return self.pages[language, slug]

    def _speak(self, language: str, config) -> None:
        """Material's own words, the title and the description in the language of the page being drawn."""
        project = self.project
        config.theme["language"] = language
        config.site_name = project.words[language]["site_name"]
        config.site_description = project.words[language]["site_description"]

    def _shared(self, language: str) -> dict:
        """What every template reads, that of an address without a page too."""
        languages, words = self.project.languages, self.project.words
        return {
            "lang": language,
            "prefix": languages[language],
            "languages": [{"code": code, "prefix": prefix} for code, prefix in languages.items()],
            "t": SimpleNamespace(**words[language]),
            "all": words,
            "key": self.project.key,
            "foot": foot(self.project),
        }

    def _other(self, language: str, source: Source, page) -> dict:
        """The same page in another language."""
        twin = self._page(language, source.slug)
        return {
            "lang": language,
            "name": self.project.words[language]["language_name"],
            "url": get_relative_url(twin.url, page.url),
            "title": twin.title,
        }

    def _context(self, source: Source, page, config) -> dict:
        project = source.project
        own = OWN_PAGES.get(source.slug)
        return self._shared(source.language) | {
            "slug": source.slug,
            "number": self.book.chapter,
            "total": len(self.book.order),
            "part": self._part(source.slug),
            "others": [
                self._other(language, source, page)
                for language in project.languages
                if language != source.language
            ],
            "outcome": self._inline(source.meta.get("outcome", ""), config),
            "minutes": source.meta.get("minutes"),
            "builds_on": [
                self._entry(source.language, slug, page)
                for slug in source.meta.get("builds_on") or []
            ],
            "previous": self._entry_of(page.previous_page, source.language, page),
            "next": self._entry_of(page.next_page, source.language, page),
            "downloads": self._downloads(source),
            "checked": self._checked(source),
            "report_url": _report(source, config),
            "parts": [
                self._parts_entry(key, slugs, source.language, page)
                for key, slugs in self.project.parts.items()
            ],
            "root": get_relative_url(project.languages[source.language] or ".", page.url),
            "own": own.context(self.book) if own and own.context else None,
        }

    def _page(self, language: str, slug: str):
        return next(p for p in self.navs[language].pages if self._source(p).slug == slug)

    def _part(self, slug: str) -> str | None:
        return next((key for key, slugs in self.project.parts.items() if slug in slugs), None)

    def _entry(self, language: str, slug: str, page) -> dict:
        target = self._page(language, slug)
        number = self.book.order.index(slug) + 1 if slug in self.book.order else None
        return {
            "title": target.title,
            "number": number,
            "url": get_relative_url(target.url, page.url),
            "slug": slug,
            "description": self.pages[language, slug].meta.get("description", ""),
        }

    def _entry_of(self, target, language: str, page) -> dict | None:
        return self._entry(language, self._source(target).slug, page) if target else None

    def _parts_entry(self, key: str, slugs: list[str], language: str, page) -> dict:
        project = self.project
        return {
            "key": key,
            "title": project.words[language][f"part_{key}"],
            "count": len(slugs),
            "chapters": [self._entry(language, slug, page) for slug in slugs],
        }

    def _downloads(self, source: Source) -> dict | None:
        name = source.slug.split("/")[-1]
        if lab.is_lab(source):
            return {"py": None, "ipynb": f"{name}.ipynb"}
        chapter = source.slug in self.book.order and notebook.shown_on(source, self.book)
        return {"py": f"{name}.py", "ipynb": f"{name}.ipynb"} if chapter else None

    def _checked(self, source: Source) -> str | None:
        """What was checked of a page's content, in words: no more than what there is."""
        names = [name for name, _ in source.snippets()]
        if any(self.book.snippets[name].formulas for name in names):
            return self.book.t["checked_formulas"]
        return self.book.t["checked_ran"] if names or lab.is_lab(source) else None

    def _inline(self, text: str, config) -> str:
        """Inline Markdown of the front matter as HTML."""
        if not text:
            return ""
        md = Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)
        return md.convert(text).removeprefix("<p>").removesuffix("</p>")


# ---- navigation and languages -------------------------------------------------------------------------------------------------


def _slugs(project, nav: list) -> list[str]:
    """Every page of the navigation, in order. Raises Fault where it is not a list of pages and of parts, each with its pages."""

    def wrong(what, why: str, cure: str) -> Fault:
        text = project.read(project.config_file)
        return Fault(
            f"mkdocs.yml:{next((n for n, line in enumerate(text.splitlines(), 1) if str(what) in line), 1)}",
            f"nav: {why}",
            cure,
        )

    if not isinstance(nav, list):
        raise wrong(
            "nav:",
            "no list of pages",
            "write one `- slug` a line, and `- part:` with its pages indented below",
        )
    slugs = []
    for item in nav:
        part, pages = (
            next(iter(item.items()))
            if isinstance(item, dict) and len(item) == 1
            else (None, [item])
        )
        if part is not None and (
            not isinstance(pages, list)
            or f"part_{part}" not in project.words[next(iter(project.languages))]
        ):
            raise wrong(
                f"{part}:",
                f"the part `{part}` has no pages, or no title",
                f"list its pages below; its title is `part_{part}` in {project.place(project.words_file)}",
            )
        for slug in pages:
            if not isinstance(slug, str) or slug in slugs:
                raise wrong(
                    slug if isinstance(slug, str) else next(iter(slug), ""),
                    f"`{slug}` stands twice" if slug in slugs else f"`{slug}` is no slug",
                    "write each page once, as `- core/forward`; its title is in its front matter",
                )
            slugs.append(slug)
    return slugs


def _localised(nav: list, language: str, pages: dict) -> list:
    def path(slug: str) -> str:
        return f"{language}/{slug}.{'ipynb' if lab.is_lab(pages[language, slug]) else 'md'}"

    return [
        {k: [path(s) for s in v] for k, v in item.items()} if isinstance(item, dict) else path(item)
        for item in nav
    ]


def _pages(item):
    if isinstance(item, Section):
        for child in item.children:
            yield from _pages(child)
    else:
        yield item


# ---- a mistake found ------------------------------------------------------------------------------------------------


def _report(source: Source, config) -> str | None:
    """The address that opens an issue with the page and the commit filled in; None where no repository is known."""
    project = source.project
    if not config.repo_url:
        return None
    return f"{config.repo_url.rstrip('/')}/issues/new?" + urlencode(
        {
            "title": f"[{source.language}] {source.slug}: ",
            "body": f"{source.place} @ {commit(project)['commit']}\n\n",
        }
    )
