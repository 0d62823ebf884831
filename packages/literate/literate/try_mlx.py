"""What another MLX would change: `make try-mlx MLX=0.31.2`.

The version gets an environment of its own below .cache/, which lends everything else from this one. Every snippet and
every formula is run there, and what came is told page by page beside what came here.
"""

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
from dataclasses import asdict
from pathlib import Path

from literate import book as books
from literate import formula
from literate import snippets as program
from literate import runs as runner
from literate.book import ROLE, Book
from literate.errors import Fault
from literate.registry import drawn_from
from literate.snippets import Snippet
from literate.runs import Run


# The first and last of each minor version, on Linux with a CPU: all alike. Add a version here when it has been tried.
TRIED = ("0.29.4", "0.30.0", "0.30.6", "0.31.0", "0.31.2", "0.32.0", "0.32.4")
TOO_OLD = "0.29.3"  # the newest that changes a page: core/training-loop, for want of mx.median


def try_mlx(project, version: str | None) -> int:
    """Tell what MLX `version`, or the newest, changes. 0 where no page says anything else, else 1."""
    place = project.root / ".cache" / "try-mlx" / (version or "newest")
    python = _environment(place, version)
    env = {
        **os.environ,
        "LITERATE_CACHE": str(place / "cache"),
        "JUPYTER_PATH": os.path.join(sysconfig.get_path("data"), "share", "jupyter"),
    }
    subprocess.run(
        [python, "-m", "literate", "try-mlx", "--inside", str(place / "found.json")],
        cwd=project.root,
        env=env,
        check=True,
    )
    found = json.loads((place / "found.json").read_text("utf-8"))
    here = Book(project)
    here.prepare(books.sources(project), drawn_from(), print)
    told = changes(project, here, found["snippets"])
    print(f"\nMLX {runner.record(project)['mlx']} here, {found['mlx']} there:")
    for line in told:
        print(f"  {line}")
    if told:
        print(f"{len(told)} change{'s' * (len(told) > 1)}.")
        return 1
    digits = sum(
        found["snippets"][name]["run"]["output"] != run.output for name, run in here.runs.items()
    )
    print(
        f"  every output, error, number and formula of {len(here.runs)} snippets holds; {digits} differ in digits within their tolerance"
    )
    return subprocess.run(
        [python, "-m", "literate", "check"], cwd=project.root, env=env
    ).returncode  # labs, worked lines, pages


def _environment(place: Path, version: str | None) -> str:
    """A Python that finds this MLX first and every other package of this environment after it."""
    python = str(place / "bin" / "python")
    if not version or not (place / "bin" / "python").exists():
        venv.create(place, with_pip=True, clear=True)
        wanted = ("mlx[cpu]" if sys.platform == "linux" else "mlx") + (
            f"=={version}" if version else ""
        )
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Fault(
                f"mlx {version or ''}".strip(),
                f"cannot be installed: {done.stderr.strip().splitlines()[-1]}",
                "name a version that exists: MLX=0.31.2",
            )
        site = next(place.glob("lib/python*/site-packages"))
        (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return python


def inside(project, out: Path) -> int:
    """In the tried environment: every run, how it is judged, and what its formulas say."""
    names = dict.fromkeys(
        [name for page in books.sources(project) for name, _ in page.snippets()] + drawn_from()
    )
    snippets = [program.load(project, name) for name in names]
    at = {fault.place: fault.what for fault in runner.attempt(project, snippets, print)}
    found = {
        s.name: {
            "run": asdict(run),
            "judged": _said(runner.judge, s, run),
            "formula": _said(formula.report, s),
        }
        if (run := runner.cached(project, s.program))
        else {"run": None, "judged": at.get(s.place, "did not run"), "formula": None}
        for s in snippets
    }
    out.write_text(json.dumps({"mlx": runner.record(project)["mlx"], "snippets": found}), "utf-8")
    return 0


def _said(check, *arguments) -> str | None:
    try:
        check(*arguments)
    except Fault as fault:
        return fault.what


def changes(project, here: Book, there: dict[str, dict]) -> list[str]:
    """One line for each thing that a page would say otherwise, with the page and the place of the snippet."""
    out = []
    for page in (p for p in here.pages if p.language == "en"):
        here.open(page)
        for name in dict.fromkeys(name for name, _ in page.snippets()):
            out += [
                f"{page.slug}: {here.snippets[name].place}: {what}"
                for what in _changed(here.snippets[name], there[name])
            ]
        theirs = Book(project)
        theirs.snippets, theirs.runs = (
            here.snippets,
            {n: Run(**e["run"]) for n, e in there.items() if e["run"]},
        )
        theirs.open(page)
        for match in ROLE.finditer(page.text):
            ours, their = here.role(match), _role(theirs, match)
            if ours != their:
                out.append(
                    f"{page.slug}: {page.at(match[0])}: the number {match[0]} reads {their}, here {ours}"
                )
    return list(dict.fromkeys(out))


def _role(book: Book, match: re.Match) -> str:
    try:
        return book.role(match)
    except (Fault, KeyError):
        return "nothing"


def _changed(snippet: Snippet, entry: dict) -> list[str]:
    kind = "error" if snippet.error or "raised" in (entry["judged"] or "") else "output"
    return [f"{kind}: {entry['judged']}"] * bool(entry["judged"]) + [
        f"formula: {entry['formula']}"
    ] * bool(entry["formula"])
