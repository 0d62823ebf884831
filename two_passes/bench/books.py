"""Books to measure: this one with more or fewer chapters, and its pages for the peers."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from literate.files import write_whole
from literate.formulas import SHOWING, all_with_formulas
from literate.project import THEME, Project
from literate.snippets import UNSHOWN
from literate.text import read_pages
from nbconvert import MarkdownExporter

from two_passes.bench.processes import DATA, ROOT

_CHAPTERS = re.compile(r"^  - core:\n(?:      - .*\n)+", re.M)
_ALIAS = re.compile(r"（又稱[^）]*）")  # a second name is given once in a book
_CODE_OR_MATHS = re.compile(
    r"```.*?```|`[^`\n]*`|^\$\$\n(?P<block>.*?)\n\$\$$|\$(?P<inline>[^$\n]+)\$", re.M | re.S
)


def chapters() -> list[str]:
    return Project.find(ROOT).parts["core"]


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
    if count != len(mine):  # a page of formulas, and a copy of the review, have not their form
        form = ", two_passes.chapters"
        _edit(folder / "mkdocs.yml", lambda text: text.replace(form, ""))
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

    for path in sorted((folder / "docs").rglob("*.md")):
        if any(path.match(f"{slug}.md") for slug in slugs):
            path.unlink()
        else:
            _edit(path, cut)
    kept = [page for page in read_pages(project) if page.slug not in slugs]
    shown = {d.argument for page in kept for d in page.directives if d.name in SHOWING}
    missing = [name for name in all_with_formulas(project) if name not in shown]
    formulas = "".join(f"\n/// formula | {name}\n///\n" for name in missing)
    for language, title in (("zh-TW", "公式"), ("en", "Formulas")):
        text = (DATA / "formulas.md").read_text("utf-8").format(title=title, formulas=formulas)
        (folder / "docs" / language / "core" / "formulas.md").write_text(text, "utf-8")
    for path in sorted((folder / "snippets").glob("*.py")):  # those of chapters that are gone
        _edit(path, lambda text: f"{text}\n# literate: {UNSHOWN}\n")
    chapter = re.compile(rf"^    chapter: core/(?:{names})\n", re.M)
    _edit(folder / "docs" / "glossary.yml", lambda text: chapter.sub("", text))
    (folder / "docs" / "redirects.yml").write_text("{}\n")


# ---- the same pages for a peer


def drawn(text: str) -> str:
    """Markdown whose formulas are drawn, as this book serves them."""
    katex = Project.find(ROOT).katex

    def draw(found: re.Match[str]) -> str:
        if found["block"]:
            return katex.displayed(found["block"])
        return katex.inline(found["inline"]) if found["inline"] else found[0]

    return _CODE_OR_MATHS.sub(draw, text)


def for_peer(folder: Path, tool: str, site: Path) -> Path:
    """The chapters' notebooks of a built site as Markdown, below the settings of a tool.

    tool: `sphinx`, or `mkdocs`, which Zensical reads too and for which the formulas are drawn.
    """
    shutil.copytree(DATA / tool, folder)
    if tool == "mkdocs":
        shutil.copytree(THEME / "assets" / "katex", folder / "docs" / "katex")
    for path in site.rglob("core/*/*.ipynb"):
        text, _ = MarkdownExporter().from_filename(path)
        chapter = folder / "docs" / path.parent.relative_to(site)
        write_whole(chapter.with_suffix(".md"), drawn(text) if tool == "mkdocs" else text)
    return folder
