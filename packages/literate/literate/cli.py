"""The commands: `python -m literate check | build | serve | agree | try-mlx | new`.

A fault is reported once, with its place and what to do, and ends the command with status 1; nothing
good is lost.
"""

import argparse
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from mathdoctest.source import at_one_moment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import Abort, BuildError

from literate import (
    console,
    files,
    formulas,
    mkdocs_parts,
    new,
    review,
    runs,
    site_folder,
    snippets,
    unchanged,
)
from literate.errors import Fault, Faults, gathered, raise_all
from literate.mkdocs_plugin import plugin_of
from literate.project import Project, nearest_config
from literate.text import read_pages


def main(arguments: list[str] | None = None) -> int:
    given = vars(_parser().parse_args(arguments))
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # Material's notice: MkDocs is pinned
    given.pop("command")
    try:
        return int(given.pop("run")(**given))
    except (Fault, Faults) as error:
        wrong = str(error)
    except Exception as error:  # unforeseen: the engine should have named the place
        kept = Path(".cache") / "traceback.txt"
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(traceback.format_exc(), "utf-8")
        cure = "a bug of the engine, which should have named the place; undo the last change"
        wrong = f"{type(error).__name__}: {error}\n    → {cure}, and report it with {kept}"
    print(f"\n{wrong}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m literate", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, run: Callable[..., int], what: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=what, description=what)
        one.set_defaults(run=run)
        return one

    one_page = "only the formulas of a page (chapters/mean) or a snippet (statistics.mean)"
    section = "a page (chapters/mean) or a section of it (chapters/mean#the-formula); default: all"
    one = command("check", check, "check the book; nothing is written")
    one.add_argument("name", nargs="?", help=one_page)
    command("build", build, "build the site; on any fault the last good one stays")
    one = command("serve", serve, "serve the live site on 127.0.0.1")
    one.add_argument("--port", type=int, default=8000)
    one.add_argument("--host", default="127.0.0.1", help="0.0.0.0: all machines of the network")
    one.add_argument("--config", type=Path, help="its settings; default: the nearest mkdocs.yml")
    one.add_argument("--open", action="store_true", help="open it in a browser")
    one = command("agree", agree, "record that all languages say the same now")
    one.add_argument("name", nargs="?", help=section)
    one = command("try-mlx", try_mlx, "show what another MLX would change")
    one.add_argument("version", nargs="?")
    # in the environment that is tried: the file for its results
    one.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    command("new", new.make, "make a small book in a new folder").add_argument("folder", type=Path)
    return parser


# ---- the book of the working directory --------------------------------------------------------


def loaded(site_dir: Path | None = None, path: Path | None = None) -> MkDocsConfig:
    """MkDocs' configuration of the book. Raises Fault or Faults."""
    path = path.resolve() if path else nearest_config(Path.cwd())
    os.chdir(path.parent)  # MkDocs and its plugins resolve some paths from here
    files.read(path, path.parent)
    return mkdocs_parts.load(path, site_dir)


def project_here() -> Project:
    """The book of the working directory. Raises Fault or Faults."""
    return Project.of(loaded())


# ---- the commands -----------------------------------------------------------------------------


def build(place: Path | None = None) -> int:
    """Build the site beside its place, and put it there only when all of it is good."""
    place = place or nearest_config(Path.cwd()).parent / "site"
    try:
        with site_folder.replaced(place) as fresh:
            config = loaded(fresh)
            console.listen(Path(config.docs_dir))
            with at_one_moment():
                mkdocs_parts.whole(config)
    except (Abort, BuildError) as error:
        return _failed(error, f"{place.name}/ is left as it was")
    print(f"built {place.name}/")
    return 0


def check(name: str | None = None) -> int:
    """Find all that a build would refuse, and write no page: snippets, formulas, languages, ids,
    links, anchors. name: check only the formulas of this page or snippet.
    """
    if name:
        return check_formulas(name)
    with tempfile.TemporaryDirectory(prefix="literate-") as folder:
        config = loaded(Path(folder))
        inputs = _inputs(Project.of(config))
        before = unchanged.state(*inputs)
        messages = console.listen(Path(config.docs_dir))
        plugin = plugin_of(config)
        plugin.publishing = False  # the review comes last, so that other faults are reported before
        try:
            with at_one_moment():
                pages = mkdocs_parts.read_pages(config)
                if messages.wrong:
                    return _failed()
                stale, doubts = plugin.review()
        except (Abort, BuildError) as error:
            return _failed(error)
    for doubt in doubts:  # all of them are in sections that are to be reviewed
        print(doubt)
    if stale:
        return _failed(Faults(stale))
    good = f"checked {pages} pages: all good"
    print(good)
    told = [line for line in messages.said if not line.startswith(("running ", "ran "))]
    unchanged.record(plugin.project.root, *inputs, before, [*told, *map(str, doubts), good])
    return 0


def _inputs(project: Project) -> tuple[list[Path], list[str]]:
    """What a check depends on: files and folders, and variables of the environment."""
    files = [project.config_file, project.words_file, project.root / "requirements.txt"]
    files += [project.glossary, project.redirects, project.reviewed]
    named = re.findall(r"!ENV\s+\[?\s*(\w+)", project.config_file.read_text("utf-8"))
    return [*files, *project.watched], [*named, *runs.VARIABLES, runs.LIMIT]


def _failed(error: object = "", state: str = "nothing was written") -> int:
    if said := str(error).strip():
        print(said, file=sys.stderr)
    print(f"failed; {state}.", file=sys.stderr)
    return 1


def check_formulas(name: str) -> int:
    """Check the formulas of one page (chapters/mean) or one snippet (statistics.mean), and
    report each.
    """
    project = project_here()
    pages = [page for page in read_pages(project) if page.slug == name]
    named = dict.fromkeys(each for page in pages for each, _ in page.snippets()) or [name]
    faults, checked = list[Fault](), 0
    for snippet in [snippets.load(project, each) for each in named]:
        with gathered(faults):
            if found := formulas.report(snippet, [page.at(snippet.name) for page in pages]):
                checked += (count := len(snippet.formulas))
                ways = f"{', '.join(found.ways)} on {found.draws} draws"
                print(f"{snippet.place}: {snippet.name}: {_counted(count, 'formula')} hold: {ways}")
    raise_all(faults)
    good = f"checked {_counted(checked, 'formula')} of {name}: all good"
    print(good if checked else f"{name} has no formula")
    return 0


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def agree(name: str | None) -> int:
    """Record that all languages of a section, a page, or the book were read side by side and say
    the same.
    """
    taken, left = review.agree(project_here(), name)
    print(*taken, f"recorded {_counted(len(taken), 'section')} in docs/agreed.yml", sep="\n")
    for each in left:
        print(each, file=sys.stderr)
    return 1 if left else 0


def try_mlx(version: str | None, inside: Path | None) -> int:
    """Show what another MLX would change."""
    from literate import try_mlx as versions  # optional: it needs MLX

    project = project_here()
    return versions.inside(project, inside) if inside else versions.try_mlx(project, version)


def serve(port: int, host: str, config: Path | None, open: bool) -> int:
    """Serve the live site. A fault is shown in the terminal and on the page; the next good save is
    shown.
    """
    from literate import live  # loads the server, which saves other commands a second

    book = loaded(path=config)
    live.serve(book, console.listen(Path(book.docs_dir)), host, port, open)
    return 0
