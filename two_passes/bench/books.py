"""Books to measure: this one with more or fewer chapters, and its pages for the peers."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from literate import notebooks, registry
from literate.book import Book
from literate.formulas import all_with_formulas
from literate.project import THEME, Project
from literate.text import read_page, read_pages

from two_passes.bench.processes import DATA, ROOT

_CHAPTERS = re.compile(r"^  - core:\n(?:      - .*\n)+", re.M)
_ALIAS = re.compile(r"（又稱[^）]*）")  # a second name is given once in a book


def chapters() -> list[str]:
    listed = _CHAPTERS.search((ROOT / "mkdocs.yml").read_text("utf-8"))
    return re.findall(r"- (core/.*)", listed[0])


def of_size(folder: Path, count: int) -> Path:
    """The book with `count` chapters in each language.

    More are copies of its own; fewer are the first ones and a page with the formulas of the others.
    """
    for name in ("docs", "snippets", "two_passes"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("mkdocs.yml", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    mine = chapters()
    again = [f"{slug}-{n}" for n in range(2, 2 + count // len(mine)) for slug in mine]
    listed = [*mine, *again][:count]
    if count < len(mine):
        listed = [*mine[: count - 1], "core/formulas"]
        _remove(folder, mine[count - 1 :])
    for path in (folder / "docs" / code for code in Project.find(ROOT).languages):
        for slug in listed[len(mine) :]:
            text = (path / f"{slug.rpartition('-')[0]}.md").read_text("utf-8")
            (path / f"{slug}.md").write_text(_ALIAS.sub("", text), "utf-8")
    nav = "  - core:\n" + "".join(f"      - {slug}\n" for slug in listed)
    _edit(folder / "mkdocs.yml", lambda text: _CHAPTERS.sub(nav, text))
    return folder


def _edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text("utf-8")), "utf-8")


def _remove(folder: Path, slugs: list[str]) -> None:
    """Remove chapters: links to them become text, their formulas move to a page of formulas."""
    project = Project.find(ROOT)
    names = "|".join(slug.split("/")[-1] for slug in slugs)
    link = rf"\[([^\]\n]+)\]\((?:\.\./)?(?:core/)?(?:{names})\.md[^)]*\)(?:\{{[^}}]*\}})?"

    def cut(text: str) -> str:
        return re.sub("^builds_on: .*$", "builds_on: []", re.sub(link, r"\1", text), flags=re.M)

    shown = set()
    for language in project.languages:
        pages = folder / "docs" / language
        for slug in slugs:
            (pages / f"{slug}.md").unlink()
        for path in pages.rglob("*.md"):
            _edit(path, cut)
            page = read_page(project, ROOT / path.relative_to(folder), language)
            shown |= {d.argument for d in page.directives if d.name in ("snippet", "formula")}
    missing = [name for name in all_with_formulas(project) if name not in shown]
    formulas = "".join(f"\n/// formula | {name}\n///\n" for name in missing)
    for language, title in (("zh-TW", "公式"), ("en", "Formulas")):
        text = (DATA / "formulas.md").read_text("utf-8").format(title=title, formulas=formulas)
        (folder / "docs" / language / "core" / "formulas.md").write_text(text, "utf-8")
    chapter = re.compile(rf"^    chapter: core/(?:{names})\n", re.M)
    _edit(folder / "docs" / "glossary.yml", lambda text: chapter.sub("", text))
    (folder / "docs" / "redirects.yml").write_text("{}\n")


# ---- the same pages for a peer


def texts() -> dict[str, str]:
    """Every chapter as plain Markdown: its notebook, with code and output in fences."""
    project = Project.find(ROOT)
    book, pages, out = Book(project), read_pages(project), {}
    book.prepare(pages, registry.drawn_from())
    for page in pages:
        if page.slug in project.order:
            cells = json.loads(notebooks.ipynb(page, book))["cells"]
            out[f"{page.language}/{page.slug}"] = "\n\n".join(map(_markdown, cells)) + "\n"
    return out


def _markdown(cell: dict) -> str:
    if cell["cell_type"] == "markdown":
        return cell["source"]
    printed = [o["text"].rstrip() for o in cell["outputs"] if o["output_type"] == "stream"]
    fences = [("python", cell["source"]), *(("text", text) for text in printed)]
    return "\n\n".join(f"```{kind}\n{text}\n```" for kind, text in fences)


def drawn(text: str) -> str:
    """Markdown whose formulas are drawn, as this book serves them."""
    katex = Project.find(ROOT).katex
    pieces = re.split(r"(```.*?```|`[^`\n]*`)", text, flags=re.S)
    for k in range(0, len(pieces), 2):  # the others are code
        block = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.M | re.S)
        pieces[k] = block.sub(lambda m: katex.displayed(m[1]), pieces[k])
        pieces[k] = re.sub(r"\$([^$\n]+)\$", lambda m: katex.inline(m[1]), pieces[k])
    return "".join(pieces)


def for_mkdocs(folder: Path) -> Path:
    """Plain MkDocs Material, and Zensical, with our drawn formulas."""
    shutil.copytree(THEME / "assets" / "katex", folder / "docs" / "katex")
    return _write(folder, "mkdocs", drawn)


def for_sphinx(folder: Path) -> Path:
    return _write(folder, "sphinx", str)


def _write(folder: Path, tool: str, way: Callable[[str], str]) -> Path:
    """Every chapter below the settings of a tool. way: what is done to its Markdown."""
    shutil.copytree(DATA / tool, folder, dirs_exist_ok=True)
    for name, text in texts().items():
        path = folder / "docs" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(way(text), "utf-8")
    return folder
