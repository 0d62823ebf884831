"""MkDocs' build in parts: the only module that calls what MkDocs keeps to itself (its version is
pinned).

The live site renders one page at a time, and `check` only reads the pages; MkDocs has no public
function for either.
"""

import importlib.util
import os
import re
import sys
from pathlib import Path

from jinja2 import Environment as Env
from markdown import Markdown
from mkdocs.commands import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError
from mkdocs.structure.files import Files, get_files, set_exclusions
from mkdocs.structure.nav import Navigation, get_navigation
from mkdocs.structure.pages import Page

from literate import search, settings
from literate.errors import Fault, raise_all

FIX = "fix it; `git diff mkdocs.yml` shows what changed"


# What mkdocs-jupyter loads with it, which takes half a second, and uses where a lab is drawn only
_USED_LATER = ("mkdocs_jupyter.convert", "jupytext")


def _load_later() -> None:
    """Let these modules be loaded when they are used first."""
    for name in _USED_LATER if importlib.util.find_spec("mkdocs_jupyter") else ():
        if name not in sys.modules and (spec := importlib.util.find_spec(name)) and spec.loader:
            spec.loader = importlib.util.LazyLoader(spec.loader)
            sys.modules[name] = module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)


def load(file: Path, site_dir: Path | None = None, site_url: str | None = None) -> MkDocsConfig:
    """MkDocs' configuration of a book. Raises Fault or Faults with all that is wrong in it."""
    _load_later()
    config = MkDocsConfig(config_file_path=str(file))
    for _, option in config._schema:
        option.reset_warnings()  # else those of a load that failed are told of the next one, too
    others = {"site_dir": str(site_dir) if site_dir else None, "site_url": site_url}
    try:
        with open(file, "rb") as written:
            config.load_file(written)
    except ConfigurationError as error:
        line = re.search(r"line (\d+)", str(error))
        place = f"{file.name}:{line[1]}" if line else file.name
        raise Fault(place, " ".join(str(error).split()), FIX) from None
    config.load_dict({"strict": True} | {key: value for key, value in others.items() if value})
    errors, warnings = config.validate()
    raise_all(_fault(file, name, str(wrong)) for name, wrong in (*warnings, *errors))
    if "literate" not in config.plugins:
        cure = "add `- literate` below `plugins:`: it makes the site"
        raise Fault(settings.place(file, "plugins"), "the plugin `literate` is missing", cure)
    return config


def _fault(file: Path, name: str, message: str) -> Fault:
    option, what = re.findall(r"(?s)(?:.*option '([^']+)': )?(.*)", message)[0]
    option = option or name
    if (given := settings.variable(file, option)) and (value := os.environ.get(given)):
        example = "a whole address, such as https://example.org/book/"
        cure = f"set it to {example if option.endswith('_url') else 'another value'}"
        return Fault(given, f"is {value!r}: {' '.join(what.split())}", cure)
    return Fault(settings.place(file, option), " ".join(what.split()), FIX)


def read_pages(config: MkDocsConfig) -> int:
    """The first half of a build: every page read, every link and anchor resolved, nothing written.
    Returns how many.
    """
    if found := search.plugin(config):
        found.config.enabled = False  # its word breaker takes a second to load
    config = config.plugins.on_config(config)
    config.plugins.on_pre_build(config=config)
    files = get_files(config)
    files.add_files_from_theme(config.theme.get_env(), config)
    files = config.plugins.on_files(files, config=config)
    set_exclusions(files, config)
    config.plugins.on_nav(get_navigation(files, config), config=config, files=files)
    pages = _pages(files)
    for page in pages:
        read_page(page, config, files)
    check_anchors(config, files)
    return len(pages)


def _pages(files: Files) -> list[Page]:
    return [file.page for file in files.documentation_pages() if file.page]


def read_page(page: Page, config: MkDocsConfig, files: Files) -> None:
    """Draw the text of a page."""
    build._populate_page(page, config, files)


def write_page(page: Page, config: MkDocsConfig, files: Files, nav: Navigation, env: Env) -> None:
    """Draw the frame of a page around its text, and write both."""
    build._build_page(page, config, files.documentation_pages(), nav, env)


def write_templates(config: MkDocsConfig, files: Files, nav: Navigation, env: Env) -> set[str]:
    """Write what is no page, such as the map of the site. Returns the names."""
    for template in config.theme.static_templates:
        build._build_theme_template(template, env, files, config, nav)
    return {*config.theme.static_templates, "sitemap.xml.gz"}


def markdown(config: MkDocsConfig) -> Markdown:
    """What draws Markdown as MkDocs does."""
    return Markdown(extensions=config.markdown_extensions, extension_configs=config.mdx_configs)


def check_anchors(config: MkDocsConfig, files: Files) -> None:
    """Log a warning for each link to a section that is not there."""
    level = config.validation.links.anchors
    for page in _pages(files):
        page.validate_anchor_links(files=files, log_level=level)


def whole(config: MkDocsConfig, serve_url: str | None = None) -> None:
    build.build(config, serve_url=serve_url)
