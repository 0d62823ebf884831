"""What the templates read as `tp`: words, the pages around a page, what was checked, the run
record.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.utils import get_relative_url

from literate import labs, mkdocs_parts, notebooks, provenance
from literate.book import Book
from literate.project import Project
from literate.text import Page

Where = tuple[str, str]  # language and slug of a page
Entry = Callable[[str], dict[str, Any]]


@dataclass
class Context:
    """pages: (language, slug) → page; drawn: the same → MkDocs' page; navs: language → its
    navigation; own: page → what its own template reads.
    """

    project: Project
    book: Book
    pages: dict[Where, Page]
    drawn: dict[Where, MkDocsPage]
    navs: dict[str, Navigation]
    own: dict[Where, Any] = field(default_factory=dict)

    def of(self, page: Page, config: MkDocsConfig) -> dict[str, Any]:
        """For the template of a page, once its text is drawn."""
        return {
            **self.shared(page.language),
            **self.around(page),
            "slug": page.slug,
            "outcome": _inline(page.meta.get("outcome", ""), config),
            "minutes": page.meta.get("minutes"),
            "downloads": self._downloads(page),
            "checked": self._checked(page),
            "report_url": _report(page),
            "own": self.own.get((page.language, page.slug)),
        }

    def around(self, page: Page) -> dict[str, Any]:
        """Of this, what comes from other pages: when it changes, the page is framed again."""
        here = self.drawn[page.language, page.slug]
        entry = functools.partial(self._entry, page.language, here)
        parts = self.project.parts
        others = [code for code in self.project.languages if code != page.language]
        return {
            "number": self.project.number(page.slug),
            "total": len(self.book.order),
            "part": next((key for key, slugs in parts.items() if page.slug in slugs), None),
            "others": [self._other(code, page, here) for code in others],
            "builds_on": [entry(slug) for slug in page.meta.get("builds_on") or []],
            "previous": self._beside(here.previous_page, entry),
            "next": self._beside(here.next_page, entry),
            "parts": [
                {
                    "key": key,
                    "title": self._titled(page.language, key),
                    "count": len(slugs),
                    "chapters": [entry(slug) for slug in slugs],
                }
                for key, slugs in parts.items()
            ],
            "root": get_relative_url(self.project.languages[page.language] or ".", here.url),
        }

    def frame_key(self, page: Page) -> tuple[object, ...]:
        """All that is drawn around the text of a page: the titles of the navigation too."""
        titles = [str(each.title) for each in self.navs[page.language].pages]
        return self.around(page), provenance.foot(self.project), titles

    # ---- parts of it

    def shared(self, language: str) -> dict[str, Any]:
        """For every template, also one without a page, such as that of a wrong address."""
        languages, words = self.project.languages, self.project.words
        return {
            "lang": language,
            "prefix": languages[language],
            "languages": [{"code": code, "prefix": prefix} for code, prefix in languages.items()],
            "t": SimpleNamespace(**words[language]),
            "all": words,
            "key": self.project.key,
            "root": ".",
            "foot": provenance.foot(self.project),
        }

    def contents(self) -> dict[str, list[dict[str, Any]]]:
        """Of each language the parts with their pages, then the pages beside them but the first.

        The addresses are from the root of the site.
        """
        parts, slugs = self.project.parts, self.project.slugs
        inside = {slug for part in parts.values() for slug in part}
        beside = [slug for slug in slugs[1:] if slug not in inside]

        def page(language: str, slug: str) -> dict[str, Any]:
            drawn = self.drawn[language, slug]
            return {"title": drawn.title, "number": self.project.number(slug), "url": drawn.url}

        return {
            language: [
                {"title": title, "pages": [page(language, slug) for slug in pages]}
                for title, pages in (
                    *((self._titled(language, key), pages) for key, pages in parts.items()),
                    *([("", beside)] if beside else []),
                )
            ]
            for language in self.project.languages
        }

    def _titled(self, language: str, part: str) -> str:
        return str(self.project.words[language].get(f"part_{part}") or part.capitalize())

    def _beside(self, page: MkDocsPage | None, entry: Entry) -> dict[str, Any] | None:
        return next((entry(slug) for (_, slug), one in self.drawn.items() if one is page), None)

    def _entry(self, language: str, here: MkDocsPage, slug: str) -> dict[str, Any]:
        target, page = self.drawn[language, slug], self.pages[language, slug]
        return {
            "title": target.title,
            "number": self.project.number(slug),
            "url": get_relative_url(target.url, here.url),
            "slug": slug,
            "description": page.meta.get("description", ""),
        }

    def _other(self, language: str, page: Page, here: MkDocsPage) -> dict[str, Any]:
        """The same page in another language."""
        name = self.project.words[language]["language_name"]
        return self._entry(language, here, page.slug) | {"lang": language, "name": name}

    def _downloads(self, page: Page) -> dict[str, str | None] | None:
        name = page.slug.split("/")[-1]
        if labs.is_lab(page):
            return {"py": None, "ipynb": f"{name}.ipynb"}
        chapter = page.slug in self.book.order and notebooks.shown_on(page, self.book)
        return {"py": f"{name}.py", "ipynb": f"{name}.ipynb"} if chapter else None

    def _checked(self, page: Page) -> str | None:
        """What was checked of a page's content, in words: no more than what there is."""
        names = [name for name, _ in page.snippets()]
        if any(self.book.snippets[name].formulas for name in names):
            return str(self.book.words["checked_formulas"])
        return str(self.book.words["checked_ran"]) if names or labs.is_lab(page) else None


def _inline(text: str, config: MkDocsConfig) -> str:
    """Inline Markdown of the front matter as HTML."""
    html: str = mkdocs_parts.markdown(config).convert(text)
    return html.removeprefix("<p>").removesuffix("</p>")


def _report(page: Page) -> str | None:
    """The address that opens an issue with page and commit filled in; None if no repository is
    known.
    """
    if not page.project.repository:
        return None
    title = f"[{page.language}] {page.slug}: "
    body = f"{page.place} @ {provenance.commit(page.project)['commit']}\n\n"
    return f"{page.project.repository}/issues/new?{urlencode({'title': title, 'body': body})}"
