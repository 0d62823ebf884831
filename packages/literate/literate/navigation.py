"""The navigation of mkdocs.yml: slugs and parts, the same for every language."""

from collections.abc import Mapping
from typing import Any

from mkdocs.structure.nav import Navigation, Section

from literate import Fault, labs, settings
from literate.project import Project
from literate.text import Page


def check(project: Project) -> None:
    """Raise a Fault where `nav:` is no list of pages and of parts with
    their pages.
    """
    if not (isinstance(project.nav, list) and project.nav):
        cure = "write one `- slug` a line, and `- part:` with its pages indented below"
        raise _fault(project, "nav", "missing, or no list of pages", cure)
    found: list[str] = []
    for item in project.nav:
        part, pages = next(iter(item.items())) if isinstance(item, dict) else (None, [item])
        if part is not None and not (isinstance(pages, list) and pages):
            raise _fault(project, part, f"the part `{part}` has no pages", "list its pages below")
        for slug in pages:
            if not isinstance(slug, str) or slug in found:
                name = slug if isinstance(slug, str) else next(iter(slug), "")
                wrong = "appears twice" if slug in found else "is no slug"
                cure = "write each page once, as `- chapters/mean`; its front matter has its title"
                raise _fault(project, name, f"`{name}` {wrong}", cure)
            found.append(slug)


def _fault(project: Project, key: str, what: str, cure: str) -> Fault:
    return Fault(settings.place(project.config_file, key), f"nav: {what}", cure)


def in_files(project: Project, pages: Mapping[tuple[str, str], Page]) -> list[Any]:
    """The navigation for MkDocs: a section for each language, files in place of slugs."""

    def files(language: str, item: Any) -> Any:
        if isinstance(item, dict):
            return {part: [files(language, slug) for slug in item[part]] for part in item}
        return labs.name(pages[language, item])

    return [{code: [files(code, item) for item in project.nav]} for code in project.languages]


def for_each_language(project: Project, nav: Navigation) -> dict[str, Navigation]:
    """MkDocs' navigation with its sections as one for each language, each with its own previous and
    next pages.
    """
    out = {}
    for language, section in zip(project.languages, nav.items, strict=True):
        assert isinstance(section, Section)
        pages = [page for page in nav.pages if section in page.ancestors]
        for item in section.children:
            item.parent = None
        for page, before, after in zip(pages, [None, *pages], [*pages[1:], None], strict=False):
            page.previous_page, page.next_page = before, after
        out[language] = Navigation(section.children, pages)
        out[language].homepage = pages[0]
    return out
