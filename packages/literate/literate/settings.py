"""The settings of mkdocs.yml that the checks and the pages rest on.

A setting that the book does not mention is set. One that says otherwise is a Fault: it would turn a
check off, or take something from a page, without a word.
"""

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.utils.yaml import yaml_load
from pathspec.gitignore import GitIgnoreSpec

from literate import Fault, search
from literate.project import Options

_PYMDOWNX = ("pymdownx.superfences", "pymdownx.highlight")
EXTENSIONS = ("attr_list", "tables", "footnotes", "toc", *_PYMDOWNX, "literate.markdown")
LINKS = ("not_found", "anchors", "absolute_links", "unrecognized_links")
NAV = ("omitted_files", "not_found")
NOTEBOOKS = {"execute": True, "allow_errors": False, "cache": False, "ignore_h1_titles": True}
HELD: dict[str, Any] = {
    "theme": {"name": "material", "font": False},
    "validation": {"links": dict.fromkeys(LINKS, "warn"), "nav": dict.fromkeys(NAV, "warn")},
    "plugins": {"mkdocs-jupyter": NOTEBOOKS},
    "markdown_extensions": {"toc": {"permalink": True}},
    "extra_javascript": [],
}
CHINESE: dict[str, Any] = {"plugins": {"search": {"pipeline": []}}}  # a stemmer knows no Chinese


def hold(config: MkDocsConfig, options: Options) -> None:
    """Set what the configuration leaves open. Raises Fault where it contradicts, or names what is
    missing.
    """
    file = Path(config.config_file_path)
    _names_its_languages(file, Path(config.docs_dir), options)
    with open(file, "rb") as text:
        written = yaml_load(text)
    _agrees(file, written, HELD)
    _has_its_style_sheets(file, config)
    config.theme["font"] = False
    config.validation.links.update(dict.fromkeys(LINKS, logging.WARNING))
    config.validation.nav.update(dict.fromkeys(NAV, logging.WARNING))
    if "mkdocs-jupyter" in config.plugins:
        config.plugins["mkdocs-jupyter"].config.update(NOTEBOOKS)
    if search.chinese(options.languages):
        _agrees(file, written, CHINESE)
    missing = [name for name in EXTENSIONS if name not in config.markdown_extensions]
    config.markdown_extensions += missing
    config.mdx_configs.setdefault("toc", {})["permalink"] = True
    facts = GitIgnoreSpec.from_lines(["*.yml"])  # the glossary and the records are no pages
    config.exclude_docs = config.exclude_docs + facts if config.exclude_docs else facts


def _agrees(file: Path, written: Any, held: Mapping[str, Any], within: str = "") -> None:
    if isinstance(written, list):  # of plugins, of extensions: a name, or a name and its options
        each = (one if isinstance(one, dict) else {one: None} for one in written)
        written = {name: given for one in each for name, given in one.items()}
    if not isinstance(written, dict):
        return
    for key, value in held.items():
        given = written.get(key)
        if isinstance(value, dict):
            _agrees(file, given, value, f"{within}{key}.")
        elif given not in (None, value):
            what = f"`{within}{key}` is {given!r}"
            cure = f"it must be {value!r}: checks and pages rest on it"
            raise Fault(place(file, key), what, cure)


def _names_its_languages(file: Path, docs: Path, options: Options) -> None:
    folders = [path.parent.name for path in sorted(docs.glob("*/index.md"))]
    apart = [folder for folder in folders if folder not in options.languages]
    if apart and not (docs / "index.md").is_file():
        where = f"the folder `{docs.name}/{apart[0]}/`"
        cure = f"remove the folder, or name all: `languages: [{', '.join(folders)}]`"
        what = f"{where} has pages, and `languages` does not name `{apart[0]}`"
        raise Fault(place(file, "literate"), what, cure)


def _has_its_style_sheets(file: Path, config: MkDocsConfig) -> None:
    folders = [config.docs_dir, *config.theme.dirs]
    for name in config.extra_css:
        if not any(Path(folder, name).is_file() for folder in folders):
            what = f"`extra_css` names `{name}`, which is no file of `{Path(folders[0]).name}/`"
            cure = "put the file there, or remove the name; no request leaves the site"
            raise Fault(place(file, "extra_css"), what, cure)


def place(file: Path, key: str) -> str:
    """`mkdocs.yml:12`, the first line with a setting or an item; the file if it has none."""
    number, _ = _line(file, key)
    return f"{file.name}:{number}" if number else file.name


def variable(file: Path, key: str) -> str | None:
    """The variable of the environment that a setting takes its value from: SITE_URL of
    `site_url: !ENV [SITE_URL, ""]`.
    """
    found = re.search(r"!ENV\s+(?:\[\s*)?(\w+)", _line(file, key)[1])
    return found[1] if found else None


def _line(file: Path, key: str) -> tuple[int, str]:
    """The first line with a setting or an item, and its number; 0 if there is none."""
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    found = re.compile(rf"(?:^|[\s{{,\[-])['\"]?{re.escape(key)}['\"]?\s*(?:[:,\]}}]|$)")
    return next(((n, text) for n, text in enumerate(lines, 1) if found.search(text)), (0, ""))
