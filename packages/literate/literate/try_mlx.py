"""What another MLX would change: `make try-mlx MLX=0.31.2`. For books whose snippets use MLX.

The version gets an environment of its own in .cache/, which takes all other packages from this one.
Every snippet and every formula is run there, and what differs is listed page by page.
"""

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from literate import Fault, formulas, needs, provenance, registry, runs, snippets
from literate.book import Book
from literate.project import Project
from literate.text import ROLE, read_pages

Entry = dict[str, Any]  # of one snippet: `run`; what is wrong with it, `judged` and `formula`


def try_mlx(project: Project, version: str | None) -> int:
    """List what MLX `version`, or the newest, changes. 0 where no page changes, else 1."""
    place = project.root / ".cache" / "try-mlx" / (version or "newest")
    jupyter = os.path.join(sysconfig.get_path("data"), "share", "jupyter")
    more = {"LITERATE_CACHE": str(place / "cache"), "JUPYTER_PATH": jupyter}
    literate = [_environment(place, version), "-m", "literate"]

    def there(*arguments: str, check: bool) -> int:
        command, env = [*literate, *arguments], os.environ | more
        return subprocess.run(command, cwd=project.root, env=env, check=check).returncode

    there("try-mlx", "--inside", str(place / "found.json"), check=True)
    found = json.loads((place / "found.json").read_text("utf-8"))
    here = Book(project)
    here.prepare(read_pages(project), registry.drawn_from(project.slugs), print)
    changed = changes(here, found["snippets"])
    print(f"\nMLX {provenance.machine()['mlx']} here, {found['mlx']} there:", *changed, sep="\n  ")
    if changed:
        print(f"{len(changed)} change{'s' * (len(changed) > 1)}.")
        return 1
    there_runs = {name: entry["run"]["output"] for name, entry in found["snippets"].items()}
    digits = sum(there_runs[name] != run.output for name, run in here.runs.items())
    print(f"  every output, error, number and formula of {len(here.runs)} snippets holds;")
    print(f"  {digits} differ in digits within their tolerance")
    return there("check", check=False)  # notebooks, worked lines, pages


def _environment(place: Path, version: str | None) -> str:
    """A Python that finds this MLX first and every other package of this environment after it."""
    python = place / "bin" / "python"
    if version and python.exists():
        return str(python)
    venv.create(place, with_pip=True, clear=True)
    wanted = "mlx[cpu]" if sys.platform == "linux" else "mlx"
    wanted += f"=={version}" if version else ""
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, wanted], capture_output=True, text=True)
    if done.returncode:
        what = f"cannot be installed: {done.stderr.strip().splitlines()[-1]}"
        raise Fault(wanted, what, "name a version that exists: MLX=0.31.2")
    site = next(place.glob("lib/python*/site-packages"))
    # with what `.pth` files of that folder add: the packages of the book's own repository
    others = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (site / "others.pth").write_text(others, "utf-8")
    return str(python)


def inside(project: Project, out: Path) -> int:
    """In the tried environment: write every run, and what is wrong with it or its formulas."""
    pages = read_pages(project)
    named = [name for page in pages for name, _ in page.snippets()]
    named += [*registry.drawn_from(project.slugs), *formulas.unshown_by_choice(project)]
    unmet = needs.unmet(pages)
    loaded = [snippets.load(project, name) for name in dict.fromkeys(named) if name not in unmet]
    faults = {fault.place: fault.what for fault in runs.attempt(project, loaded, print)[1]}
    found: dict[str, Entry] = {
        name: {"run": asdict(run), "judged": None, "formula": None} for name, run in unmet.items()
    }
    for snippet in loaded:
        judged = faults.get(snippet.place, "did not run")
        entry: Entry = {"run": None, "judged": judged, "formula": None}
        if run := runs.cached(project, snippet.program):
            entry = {"run": asdict(run), "judged": _fault_of(runs.judge, project, snippet, run)}
            entry["formula"] = _fault_of(formulas.report, snippet)
        found[snippet.name] = entry
    out.write_text(json.dumps({"mlx": provenance.machine()["mlx"], "snippets": found}), "utf-8")
    return 0


def _fault_of(check: Callable[..., object], *arguments: object) -> str | None:
    try:
        check(*arguments)
    except Fault as fault:
        return fault.what
    return None


def changes(here: Book, there: dict[str, Entry]) -> list[str]:
    """One line for each thing that differs on a page, with the page and the snippet's place."""
    out = []
    other = Book(here.project)
    other.snippets = here.snippets
    other.runs = {name: runs.Run(**entry["run"]) for name, entry in there.items() if entry["run"]}
    for page in (page for page in here.pages if page.language == here.project.first):
        here.open(page)
        other.open(page)
        for name in dict.fromkeys(name for name, _ in page.snippets()):
            place, entry = f"{page.slug}: {here.snippets[name].place}", there[name]
            fails = here.snippets[name].error or "raised" in (entry["judged"] or "")
            found = {"error" if fails else "output": entry["judged"], "formula": entry["formula"]}
            out += [f"{place}: {key}: {what}" for key, what in found.items() if what]
        for match in ROLE.finditer(page.text):
            ours, theirs = here.role(match), _role(other, match)
            if ours != theirs:
                what = f"the number {match[0]} is {theirs}, here {ours}"
                out.append(f"{page.slug}: {page.at(match[0])}: {what}")
    return list(dict.fromkeys(out))


def _role(book: Book, match: re.Match[str]) -> str:
    try:
        return str(book.role(match))
    except (Fault, KeyError):
        return "nothing"
