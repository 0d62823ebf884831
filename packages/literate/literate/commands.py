"""check, build and serve: MkDocs driven so that a fault is told once and nothing good is lost."""

import logging
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from mkdocs.commands import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, BuildError, ConfigurationError

from literate import formulas, publish
from literate import review as agreed
from literate import files as intake
from literate import snippets as program
from literate.errors import Fault, Faults
from literate.project import Project
from literate.text import read_pages

PLUGINS = ("literate", "material/search", "mkdocs-jupyter")
_TOLD = logging.WARNING
# Settings that the book's promises rest on: without them a fault is passed over in silence, or a page loses something
MUST = {
    "validation.links.not_found": _TOLD,
    "validation.links.anchors": _TOLD,
    "validation.links.absolute_links": _TOLD,
    "validation.links.unrecognized_links": _TOLD,
    "validation.nav.omitted_files": _TOLD,
    "validation.nav.not_found": _TOLD,
    "plugins.mkdocs-jupyter.config.execute": True,
    "plugins.mkdocs-jupyter.config.allow_errors": False,
    "plugins.mkdocs-jupyter.config.cache": False,
    "plugins.material/search.config.pipeline": [],
    "mdx_configs.toc.permalink": True,
    "theme.font": False,
    "extra_javascript": [],
    "extra_css": [],
}
EXTENSIONS = (
    "attr_list",
    "tables",
    "footnotes",
    "toc",
    "pymdownx.superfences",
    "pymdownx.highlight",
    "literate.markdown",
)


class _Told(logging.Handler):
    """Progress to the terminal as it comes; warnings and errors kept, for they make a strict build fail."""

    def __init__(self, docs: Path):
        super().__init__(logging.INFO)
        self.docs = docs
        self.wrong: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            self.wrong.append(
                _placed(record.getMessage().strip(), self.docs)
                or f"{record.levelname.lower()}: {record.getMessage().strip()}"
            )
            print(self.wrong[-1], file=sys.stderr, flush=True)
        elif record.name == "mkdocs.plugins.literate":
            print(record.getMessage(), flush=True)


_LINK = re.compile(
    r"Doc file '([^']+)' contains (?:an? [a-z ]*)?link (?:to )?'([^']*)',? ?(?:but )?(.*)", re.S
)


def _placed(message: str, docs: Path) -> str | None:
    """MkDocs' word on a link of a page, told as ours: with the line, and what to do."""
    if not (found := _LINK.match(message)):
        return None
    path, link, why = (
        part.replace(".ipynb", ".md") for part in found.groups()
    )  # a lab, as it is written
    page = docs / path
    lines = page.read_text("utf-8").splitlines() if page.is_file() else []
    line = next((f":{n}" for n, text in enumerate(lines, 1) if f"({link}" in text), "")
    return str(
        Fault(
            f"docs/{path}{line}",
            f"the link `{link}` leads nowhere: {why}",
            "name a page as `other.md`, a section as `other.md#its-id`",
        )
    )


def listen(docs: Path) -> _Told:
    told = _Told(docs)
    logger = logging.getLogger("mkdocs")
    logger.setLevel(logging.INFO)
    logger.handlers[:] = [told]
    return told


def config_file() -> Path:
    """The nearest mkdocs.yml, from the working directory upwards. Raises Fault."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "mkdocs.yml").is_file():
            return folder / "mkdocs.yml"
    raise Fault("mkdocs.yml", "no such file here or above", "run it in the folder of a book")


def loaded(site_dir: str | None = None) -> MkDocsConfig:
    """MkDocs' configuration of the book, with every setting that its promises rest on. Raises Fault."""
    path = config_file()
    os.chdir(path.parent)  # MkDocs and its plugins resolve some paths from here
    intake.read(path, path.parent)
    try:
        config = load_config(str(path), strict=True, **({"site_dir": site_dir} if site_dir else {}))
    except (Abort, ConfigurationError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise Fault(
            f"mkdocs.yml:{line[1]}" if line else "mkdocs.yml",
            " ".join(str(error).split()) or "MkDocs cannot read it",
            "mend it; `git diff mkdocs.yml` shows what changed",
        ) from None
    if gone := [name for name in PLUGINS if name not in config.plugins]:
        raise Fault(
            "mkdocs.yml",
            f"the plugin `{gone[0]}` is not among `plugins:`",
            "put it back: the site is made by it",
        )
    if gone := [name for name in EXTENSIONS if name not in config.markdown_extensions]:
        raise Fault(
            "mkdocs.yml",
            f"`{gone[0]}` is not among `markdown_extensions:`",
            "put it back: the pages are read with it",
        )
    if not config.theme.custom_dir:
        raise Fault(
            "mkdocs.yml",
            "`theme:` has no `custom_dir:`",
            "put it back: the pages are drawn with it",
        )
    if not (config.exclude_docs and config.exclude_docs.match_file("glossary.yml")):
        raise Fault(
            "mkdocs.yml",
            "`exclude_docs:` lets `*.yml` through",
            "put it back: the glossary and the records are no pages",
        )
    for name, must in MUST.items():
        if (found := _setting(config, name)) != must:
            raise Fault(
                "mkdocs.yml",
                f"`{name.replace('.config', '')}` is {found!r}",
                f"it must be {'`warn`' if must is _TOLD else repr(must)}: the checks and the pages rest on it",
            )
    return config


def _setting(config, name: str):
    """`plugins.mkdocs-jupyter.config.execute` of MkDocs' config."""
    for part in name.split("."):
        config = config.get(part) if hasattr(config, "get") else getattr(config, part, None)
    return config


def project_here() -> Project:
    """The book of the working directory. Raises Fault."""
    return Project.of(loaded())


def build(place: Path | None = None) -> int:
    """Build the strict site beside its place, and put it there only when all of it is good."""
    project = project_here()
    place = place or project.root / "site"
    if stale := agreed.look(project)[0]:
        raise Faults(stale)
    listen(project.docs)
    _sweep(place)
    with tempfile.TemporaryDirectory(prefix=f".site-{os.getpid()}-", dir=place.parent) as folder:
        fresh = Path(folder) / "site"
        try:
            mkdocs_build.build(loaded(str(fresh)))
            publish.finish(project, fresh)
        except (Abort, BuildError) as error:
            return _failed(error, f"{place.name}/ is left as it was")
        _swap(fresh, place, Path(folder) / "old")
    print(f"built {place.name}/")
    return 0


def _sweep(place: Path) -> None:
    """Remove what a killed build left; if it was killed between the two moves of `_swap`, the last good site comes back."""
    for left in place.parent.glob(".site-*-*"):
        try:
            os.kill(int(left.name.split("-")[1]), 0)
        except ProcessLookupError:
            if not place.exists() and (left / "old").exists():
                (left / "old").rename(place)
            shutil.rmtree(left, ignore_errors=True)
        except PermissionError:
            pass  # somebody else's build


def _swap(fresh: Path, place: Path, aside: Path) -> None:
    if place.exists():
        place.rename(aside)
    try:
        fresh.rename(place)
    except BaseException:  # Ctrl-C too
        if aside.exists():
            aside.rename(place)
        raise


def check(name: str | None = None) -> int:
    """All that a build would refuse, without writing a page: snippets, formulas' TeX, parity, ids, links, anchors."""
    if name:
        return _check_formulas(name)
    with tempfile.TemporaryDirectory(prefix="literate-") as folder:
        config = loaded(folder)
        project = Project.of(config)
        told = listen(project.docs)
        try:
            pages = _read_pages(config)
        except (Abort, BuildError) as error:
            return _failed(error, "nothing was written")
    if told.wrong:
        return _failed(None, "nothing was written")
    publish.redirects(project)
    stale, doubts = agreed.look(project)
    for doubt in doubts:
        print(doubt)
    if stale:
        raise Faults(stale)
    print(f"checked {pages} pages: all good")
    return 0


def agree(name: str | None) -> int:
    """Both languages of a section, a page, or all, were read side by side and say the same."""
    taken, left = agreed.agree(project_here(), name)
    print(
        *taken,
        f"recorded {len(taken)} section{'s' * (len(taken) != 1)} in docs/agreed.yml",
        sep="\n",
    )
    for each in left:
        print(each, file=sys.stderr)
    return 1 if left else 0


def try_mlx(version: str | None, inside: str | None) -> int:
    """What another MLX would change."""
    from literate import try_mlx as versions

    project = project_here()
    return versions.inside(project, Path(inside)) if inside else versions.try_mlx(project, version)


def _check_formulas(name: str) -> int:
    """The formulas of one chapter (core/forward) or one snippet (forward.weighted_sum), told one by one."""
    project = project_here()
    pages = [p for p in read_pages(project) if p.slug == name]
    names = list(dict.fromkeys(n for p in pages for n, _ in p.snippets())) if pages else [name]
    faults, checked = [], 0
    for snippet in (program.load(project, n) for n in names):
        try:
            found = formulas.report(snippet, [p.at(snippet.name) for p in pages])
        except Fault as fault:
            faults.append(fault)
            continue
        if found:
            checked += len(snippet.formulas)
            print(
                f"{snippet.place}: {snippet.name}: {len(snippet.formulas)} formula{'s' * (len(snippet.formulas) > 1)} hold: "
                f"{', '.join(found.ways)} on {found.draws} draws"
            )
    if faults:
        raise Faults(faults)
    print(
        f"checked {checked} formula{'s' * (checked > 1)} of {name}: all good"
        if checked
        else f"{name} has no formula"
    )
    return 0


def _read_pages(config) -> int:
    """The first half of MkDocs' build: every page read and rendered, every link and anchor resolved."""
    config.plugins[
        "material/search"
    ].config.enabled = False  # its word breaker takes a second to load
    config = config.plugins.on_config(config)
    config.plugins.on_pre_build(config=config)
    files = mkdocs_build.get_files(config)
    files.add_files_from_theme(config.theme.get_env(), config)
    files = config.plugins.on_files(files, config=config)
    mkdocs_build.set_exclusions(files, config)
    nav = mkdocs_build.get_navigation(files, config)
    config.plugins.on_nav(nav, config=config, files=files)
    pages = files.documentation_pages()
    for file in pages:
        mkdocs_build._populate_page(file.page, config, files, dirty=False)
    for file in pages:
        file.page.validate_anchor_links(files=files, log_level=config.validation.links.anchors)
    return len(pages)


def _failed(error: Exception | None, state: str) -> int:
    if error is not None and str(error).strip():
        print(str(error).strip(), file=sys.stderr)
    print(f"failed; {state}.", file=sys.stderr)
    return 1


def serve(port: int) -> int:
    """The live site. A fault is told in the terminal and on the page; the server lives on and the next good save is shown."""
    from literate import live as live_edit

    project = project_here()
    live_edit.serve(project, port, listen(project.docs))
    return 0


def bench(groups: list[str]) -> int:
    """Measure, print the table and write the data file."""
    from two_passes import bench

    return bench.main(groups)
