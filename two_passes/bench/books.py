"""Books to measure on, each in a folder of its own: this one with more or fewer chapters, and its pages for the peers."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from literate import book as books
from literate import notebooks as notebook
from literate.book import Book
from literate.commands import project_here
from literate.formulas import all_with_formulas
from literate.registry import drawn_from

from two_passes.bench import ROOT

_NAMED = re.compile(r"^  - core:\n(?:      - .*\n)+", re.M)
_ALSO = re.compile(r"（又稱[^）]*）")  # a second name is given once in a book


def copy(folder: Path) -> Path:
    """This book as it stands."""
    for name in ("docs", "snippets", "two_passes", "packages"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("mkdocs.yml", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


def chapters() -> list[str]:
    found = _NAMED.search((ROOT / "mkdocs.yml").read_text("utf-8"))[0]
    return re.findall(r"- (core/.*)", found)


def of_size(folder: Path, count: int) -> Path:
    """The book with so many chapters in each language: copies of its own at the end, or the first few and one of formulas."""
    copy(folder)
    mine = chapters()
    listed = [
        *mine,
        *(f"{slug}-{again}" for again in range(2, 2 + count // len(mine)) for slug in mine),
    ][:count]
    if count < len(mine):
        listed = [*mine[: count - 1], "core/formulas"]
        _cut(folder, mine[count - 1 :])
    for language in ("zh-TW", "en"):
        for slug in listed[len(mine) :]:
            text = (folder / "docs" / language / f"{slug.rpartition('-')[0]}.md").read_text("utf-8")
            (folder / "docs" / language / f"{slug}.md").write_text(_ALSO.sub("", text), "utf-8")
    settings = folder / "mkdocs.yml"
    nav = "  - core:\n" + "".join(f"      - {slug}\n" for slug in listed)
    settings.write_text(_NAMED.sub(nav, settings.read_text("utf-8")), "utf-8")
    return folder


def _cut(folder: Path, gone: list[str]) -> None:
    """Take chapters out: links to them become their words, their formulas stand on a page of formulas, nothing has moved to them."""
    names = "|".join(slug.split("/")[-1] for slug in gone)
    link = re.compile(
        rf"\[([^\]\n]+)\]\((?:\.\./)?(?:core/)?(?:{names})\.md[^)]*\)(?:\{{[^}}]*\}})?"
    )
    shown = set()
    for language in ("zh-TW", "en"):
        for slug in gone:
            (folder / "docs" / language / f"{slug}.md").unlink()
        for path in (folder / "docs" / language).rglob("*.md"):
            text = link.sub(r"\1", path.read_text("utf-8"))
            text = re.sub(r"^builds_on: .*$", "builds_on: []", text, flags=re.M)
            path.write_text(text, "utf-8")
            shown |= set(re.findall(r"^/// (?:snippet|formula) \| (\S+)", text, re.M))
    (folder / "docs" / "redirects.yml").write_text("{}\n")
    glossary = folder / "docs" / "glossary.yml"
    glossary.write_text(
        re.sub(rf"^    chapter: core/(?:{names})\n", "", glossary.read_text("utf-8"), flags=re.M),
        "utf-8",
    )
    waiting = [name for name in all_with_formulas(project_here()) if name not in shown]
    listed = "".join(f"\n/// formula | {name}\n///\n" for name in waiting)
    for language, title in (("zh-TW", "公式"), ("en", "Formulas")):
        text = f"---\ntitle: {title}\ndescription: {title}\noutcome: {title}\nbuilds_on: []\nminutes: 1\n---\n\n## {title} {{#all}}\n{listed}"
        (folder / "docs" / language / "core" / "formulas.md").write_text(text, "utf-8")


def run(folder: Path, command: str, cache: Path, **environment: str) -> None:
    """One of the book's commands in a folder. Raises where it fails."""
    import os

    done = subprocess.run(
        [sys.executable, "-m", "literate", command],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "LITERATE_CACHE": str(cache), **environment},
    )
    if done.returncode:
        raise RuntimeError(f"{command} in the generated book failed:\n{done.stderr[-3000:]}")


# ---- the same pages for a peer --------------------------------------------------------------------------------------------


def texts() -> dict[str, str]:
    """Every chapter as plain Markdown, its formulas between `$$`, its code and output in fences: what its notebook holds."""
    project = project_here()
    book, pages = Book(project), books.sources(project)
    book.prepare(pages, drawn_from())
    out = {}
    for page in pages:
        if page.slug not in book.order:
            continue
        parts = []
        for cell in json.loads(notebook.ipynb(page, book))["cells"]:
            if cell["cell_type"] == "markdown":
                parts.append(cell["source"])
            else:
                parts.append(f"```python\n{cell['source']}\n```")
                parts += [
                    f"```text\n{o['text'].rstrip()}\n```"
                    for o in cell["outputs"]
                    if o["output_type"] == "stream"
                ]
        out[f"{page.language}/{page.slug}"] = "\n\n".join(parts) + "\n"
    return out


def drawn(text: str) -> str:
    """Markdown whose maths is drawn, as this book serves it."""
    katex = project_here().katex
    pieces = re.split(r"(```.*?```|`[^`\n]*`)", text, flags=re.S)
    for k in range(0, len(pieces), 2):
        pieces[k] = re.sub(
            r"^\$\$\n(.*?)\n\$\$$", lambda m: katex.displayed(m[1]), pieces[k], flags=re.M | re.S
        )
        pieces[k] = re.sub(r"\$([^$\n]+)\$", lambda m: katex.inline(m[1]), pieces[k])
    return "".join(pieces)


def for_mkdocs(folder: Path) -> Path:
    """Plain MkDocs Material: its own search and code colours, no fonts from elsewhere, our drawn maths."""
    settings = {
        "site_name": "Plain",
        "theme": {"name": "material", "font": False},
        "plugins": ["search"],
        "extra_css": ["katex/katex.css"],
        "markdown_extensions": [
            "attr_list",
            "tables",
            "footnotes",
            "pymdownx.superfences",
            {"pymdownx.highlight": {"use_pygments": True}},
            {"toc": {"permalink": True}},
        ],
    }
    return _write(folder, settings, drawn)


def for_zensical(folder: Path) -> Path:
    return for_mkdocs(folder)


def for_sphinx(folder: Path) -> Path:
    _write(folder, {}, lambda text: text)
    (folder / "docs" / "conf.py").write_text(
        'extensions = ["myst_nb"]\nmyst_enable_extensions = ["dollarmath"]\nnb_execution_mode = "off"\n'
    )
    names = sorted(
        p.relative_to(folder / "docs").with_suffix("").as_posix()
        for p in (folder / "docs").rglob("*.md")
        if p.stem != "index"
    )
    (folder / "docs" / "index.md").write_text(
        "# Plain\n\n```{toctree}\n" + "\n".join(names) + "\n```\n"
    )
    return folder


def _write(folder: Path, settings: dict, way) -> Path:
    for name, text in texts().items():
        path = folder / "docs" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(way(text), "utf-8")
    (folder / "docs" / "index.md").write_text("# Plain\n", "utf-8")
    if settings:
        shutil.copytree(
            ROOT / "packages/literate/literate/theme/assets/katex", folder / "docs" / "katex"
        )
        (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings), "utf-8")
    return folder
