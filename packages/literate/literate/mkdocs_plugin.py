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

from literate import book as books
from literate import publish, search, shapes, styles, terms
from literate import review as agreed
from two_passes import home
from literate import files as intake
from literate import labs as lab
from two_passes import live_lab as live
from literate.checks import pages as manuscript
from literate import notebooks as notebook
from literate.checks import languages as parity
from literate import runs as runner
from literate.book import LANGUAGES, Book, Source
from literate.errors import Fault, Faults
from literate.snippets import ROOT, SNIPPETS
from literate.provenance import commit, foot

log = logging.getLogger("mkdocs.plugins.literate")
# A formula and the punctuation that follows it: no line may begin with the latter
_KEEP = re.compile(
    r"<tp-math[^>]*>(?:(?!</tp-math>).)*</tp-math>[，。、；：！？」）,.;:!?)]+", re.S
)
NUMBERED = ("core", "full")  # the parts whose chapters are numbered, on through the book
CONFIG = ROOT / "mkdocs.yml"
THEME = Path(__file__).with_name("theme")
MEASURED = SNIPPETS / "data" / "performance.json"
_EPOCH = os.environ.get("SOURCE_DATE_EPOCH")  # as given from outside; else it is the commit's


def more(slug: str | None = None) -> list[str]:
    """The snippets that a page's template draws from, beside those that its text names; those of all pages, where none is named."""
    drawn = {"index": home.snippets(), live.SLUG: live.snippets()}
    return drawn.get(slug, []) if slug else [name for names in drawn.values() for name in names]


class Literate(BasePlugin):
    """See the events of mkdocs.plugins.BasePlugin; they stand here in the order in which they come."""

    @event_priority(100)  # before search reads its dictionary
    def on_config(self, config):
        commit.cache_clear()
        if str(THEME) not in config.theme.dirs:
            config.theme.dirs.insert(1, str(THEME))  # behind the book's own, before Material
        self.listed = config.nav
        self.slugs = _slugs(config.nav)
        self.parts = {
            k: v for item in config.nav if isinstance(item, dict) for k, v in item.items()
        }
        self.lab_toc, self.lab_anchors = (
            {},
            {},
        )  # of each lab; the anchors of its links, by the page that they lead to
        self.book = Book([s for part in NUMBERED for s in self.parts.get(part, [])])
        config.mdx_configs["literate.markdown"] = {"book": self.book}
        if (index := config.plugins["material/search"].config).enabled:
            index.jieba_dict_user = search.user_dictionary()
        os.environ["SOURCE_DATE_EPOCH"] = _EPOCH or commit()["epoch"]
        lab.install()
        return config

    @event_priority(50)
    def _gather(self, files, config):
        """Read all pages, run what they name, and add what a reader may download."""
        self.pages = {(p.language, p.slug): p for p in books.sources()}
        self.check()
        self.book.prepare(list(self.pages.values()), more(), log.info)
        config.nav = [
            {language: _localised(self.listed, language, self.pages)} for language in LANGUAGES
        ]
        for (language, slug), page in self.pages.items():
            folder = f"{language}/{slug}"
            if lab.is_lab(page):
                files.remove(files.get_file_from_path(f"{folder}.md"))
                self._assemble_lab(page, config)
                files.append(
                    File(
                        f"{folder}.ipynb",
                        str(lab.FOLDER),
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
            file for file in files if any(fnmatch(file.src_uri, part) for part in styles.PARTS)
        ]:
            files.remove(part)
        files.append(File.generated(config, styles.SHEET, content=styles.sheet(config.theme)))
        return files

    def generated(self, page: Source) -> dict[str, str]:
        """Files that the build adds for a page: what a chapter gives to take along, what the live lab computes with.
        (What a lab gives is its executed notebook.)"""
        if page.slug == live.SLUG:
            return {f"assets/lab/{name}": text for name, text in live.modules(self.book).items()}
        if not page.slug.startswith(NUMBERED) or not notebook.shown_on(page, self.book):
            return {}
        path = f"{page.language}/{page.slug}/{page.slug.split('/')[-1]}"
        return {
            f"{path}.py": notebook.py(page, self.book),
            f"{path}.ipynb": notebook.ipynb(page, self.book),
        }

    def check(self, slug: str | None = None) -> None:
        """What can be said of the pages before anything runs, or of one of them. Raises Faults."""
        pages = {where: page for where, page in self.pages.items() if slug in (None, page.slug)}
        shapes.check(
            intake.read_json(MEASURED), "MEASURED", intake.read(MEASURED), intake.place(MEASURED)
        )
        faults = (
            intake.links_out(books.DOCS, SNIPPETS)
            + intake.strays(
                books.DOCS, tuple(LANGUAGES), (books.GLOSSARY, publish.REDIRECTS, agreed.RECORD)
            )
            + parity.missing(self.pages, self.slugs)
        )
        if not faults:
            faults = [
                fault for page in pages.values() for fault in manuscript.faults(page, self.slugs)
            ]
        if not faults:
            faults = parity.differences(pages) + [
                fault for page in pages.values() for fault in parity.typed_numbers(page)
            ]
            faults += terms.faults(list(pages.values()), self.slugs)
        if faults:
            raise Faults(faults)

    @event_priority(-50)
    def _place(self, files, config):
        """The default language lives at the root of the site: drop its folder's name from every address."""
        first = next(iter(LANGUAGES)) + "/"
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
        self.nav, self.files, self.navs = nav, files, {}
        for section, language in zip(nav.items, LANGUAGES):
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
        self.book.explained = terms.Explained(source) if source.slug.startswith(NUMBERED) else None
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
            page.present_anchor_ids = {*(page.present_anchor_ids or ()), *terms.entries()}
        if source.slug == live.SLUG:  # a fragment with `=` sets the lab up
            page.present_anchor_ids = {*(page.present_anchor_ids or ()), *live.setups(html)}
        html = _KEEP.sub(r'<span class="tp-nobr">\g<0></span>', html)
        return html.replace(
            'title="Permanent link"', f'title="{books.strings()[source.language]["permalink"]}"'
        )

    @event_priority(50)
    def _before_search(self, context, page, config, nav):
        source = self._source(page)
        self.book.open(source)
        self._speak(source.language, config)
        context["nav"] = self.navs[source.language]
        context["base_url"] = get_relative_url(LANGUAGES[source.language] or ".", page.url)
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
        self._speak(next(iter(LANGUAGES)), config)
        return template

    def on_template_context(self, context, template_name, config):
        language = next(iter(LANGUAGES))
        context["nav"] = self.navs[language]
        context["tp"] = {
            "lang": language,
            "t": SimpleNamespace(**books.strings()[language]),
            "all": books.strings(),
            "foot": foot(),
            "number": None,
            "parts": [],
            "other": None,
            "root": ".",
            "home": None,
            "live": None,
            "downloads": None,
            "builds_on": [],
            "report_url": None,
        }
        return context

    def on_post_page(self, output, page, config):
        source = self._source(page)
        if lab.is_lab(source):
            runner.write_whole(
                Path(page.file.abs_dest_path).with_name(f"{source.slug.split('/')[-1]}.ipynb"),
                lab.executed(Path(page.file.abs_src_path)),
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
        search.split(Path(config.site_dir))
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
        config.theme["language"] = language
        config.site_name = books.strings()[language]["site_name"]
        config.site_description = books.strings()[language]["site_description"]

    def _context(self, source: Source, page, config) -> dict:
        other = next(language for language in LANGUAGES if language != source.language)
        twin = self._page(other, source.slug)
        return {
            "lang": source.language,
            "t": SimpleNamespace(**books.strings()[source.language]),
            "slug": source.slug,
            "number": self.book.chapter,
            "total": len(self.book.order),
            "part": self._part(source.slug),
            "other": {
                "lang": other,
                "name": books.strings()[other]["language_name"],
                "url": get_relative_url(twin.url, page.url),
                "title": twin.title,
            },
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
            "foot": foot(),
            "report_url": _report(source, config),
            "parts": [
                self._parts_entry(key, slugs, source.language, page)
                for key, slugs in self.parts.items()
            ],
            "root": get_relative_url(LANGUAGES[source.language] or ".", page.url),
            "home": home.values(self.book) if source.slug == "index" else None,
            "live": live.page(self.book) if source.slug == live.SLUG else None,
        }

    def _page(self, language: str, slug: str):
        return next(p for p in self.navs[language].pages if self._source(p).slug == slug)

    def _part(self, slug: str) -> str | None:
        return next((key for key, slugs in self.parts.items() if slug in slugs), None)

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
        return {
            "key": key,
            "title": books.strings()[language][f"part_{key}"],
            "count": len(slugs),
            "chapters": [self._entry(language, slug, page) for slug in slugs],
        }

    def _downloads(self, source: Source) -> dict | None:
        name = source.slug.split("/")[-1]
        if lab.is_lab(source):
            return {"py": None, "ipynb": f"{name}.ipynb"}
        chapter = source.slug.startswith(NUMBERED) and notebook.shown_on(source, self.book)
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


def _slugs(nav: list) -> list[str]:
    """Every page of the navigation, in order. Raises Fault where it is not a list of pages and of parts, each with its pages."""

    def wrong(what, why: str, cure: str) -> Fault:
        text = intake.read(CONFIG)
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
            or f"part_{part}" not in books.strings()[next(iter(LANGUAGES))]
        ):
            raise wrong(
                f"{part}:",
                f"the part `{part}` has no pages, or no title",
                f"list its pages below; its title is `part_{part}` in literate/theme/strings.yml",
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
    if not config.repo_url:
        return None
    return f"{config.repo_url.rstrip('/')}/issues/new?" + urlencode(
        {
            "title": f"[{source.language}] {source.slug}: ",
            "body": f"{source.place} @ {commit()['commit']}\n\n",
        }
    )
