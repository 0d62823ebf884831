"""Run programs, each in a process of its own with a time limit, and keep what they printed.

A run is kept under the hash of all that it depends on: the program's text, with all that it takes
from other snippets; its data files; this engine; Python, the packages that it imports, the device,
and the variables of the environment that matter.
"""

import ast
import contextlib
import functools
import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from literate import expected, mlx_backend
from literate.errors import Fault, gathered, raise_all
from literate.files import at_offset, digest, kept, write_whole
from literate.project import Project
from literate.provenance import machine
from literate.snippets import Snippet
from literate.worker import REFUSED

WORKER = (sys.executable, "-P", "-s", "-B", str(Path(__file__).with_name("worker.py")))
LIMIT = "LITERATE_TIME_LIMIT"
TIME_LIMIT = float(os.environ.get(LIMIT, "60"))  # seconds
OUTPUT_LIMIT = 100_000  # bytes: more than any page can show
VARIABLES = (*mlx_backend.VARIABLES, "OMP_NUM_THREADS", "LD_PRELOAD")  # what a run depends on
_KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", *VARIABLES)
KEEPS_TO = "a page's code uses its own folder only; remove the line"


@dataclass(frozen=True)
class Run:
    """What came of running a program.

    error: what it raised, as `TypeError: …`. line: the line of the program that raised it.
    values: the top-level variables at the end, in full precision.
    shapes: function → for each call, of different shapes, what it was given by name, and `return`:
    `[2, 3]` of an array, `[]` of a number, `["list", …]` of several, None of anything else.
    needs: what this machine lacks, so that the program was not run; see `literate.needs`.
    """

    output: str
    error: str | None
    line: int | None
    values: dict[str, Any]
    shapes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    needs: str | None = None


# ---- what a run depends on


@functools.cache
def _engine() -> str:
    files = (WORKER[-1], mlx_backend.__file__, __file__)
    return digest(*(Path(file).read_text("utf-8") for file in files))


@functools.cache
def _distribution(package: str) -> str:
    """The distribution that holds a package: of sklearn it is scikit-learn."""
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version(package)  # most have the same name, and to ask for all is slow
        return package
    holds = re.compile(rf"^{package}(?:/|\.py,)", re.M)  # in the list of what was installed
    every = importlib.metadata.distributions()
    return next((d.name for d in every if holds.search(d.read_text("RECORD") or "")), package)


@functools.cache
def version(package: str) -> str:
    """The version of an imported package, or that it is not installed."""
    try:
        return importlib.metadata.version(_distribution(package))
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


@functools.lru_cache(maxsize=1024)
def _needs(program: str) -> tuple[list[str], list[str]]:
    """What a program needs besides Python: packages, and the data files it names as `"data/…"`."""
    modules, data = set(), set()
    for node in ast.walk(ast.parse(program)):
        match node:
            case ast.Import():
                modules |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(name)):
                modules.add(name)
            case ast.Constant(value=str(text)) if text.startswith("data/"):
                data.add(text)
    packages = {name.split(".")[0] for name in modules} - set(sys.stdlib_module_names)
    return sorted(packages), sorted(data)


def _data_files(project: Project, program: str) -> list[Path]:
    paths = (project.snippets / name for name in _needs(program)[1])
    return [path for path in paths if path.is_file()]


def key(project: Project, program: str) -> str:
    """The hash of all that a run depends on."""
    parts = [program, _engine(), json.dumps(machine(), sort_keys=True)]
    parts.append(json.dumps({name: os.environ.get(name) for name in VARIABLES}))
    parts += [f"{name} {version(name)}" for name in _needs(program)[0]]
    for path in _data_files(project, program):
        parts.append(f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return digest(*parts)


# ---- one run


def environment(project: Project, home: Path) -> dict[str, str]:
    """The environment of a run; its temporary files stay in its folder."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | {
        "PYTHONIOENCODING": "utf-8",
        "PYTHONHASHSEED": "0",
        "LITERATE_ROOT": str(project.root),
        "TMPDIR": str(home / "tmp"),
    }


@contextlib.contextmanager
def folder(project: Project, program: str) -> Iterator[Path]:
    """A folder for one run: the program's data files, and what earlier runs compiled."""
    with tempfile.TemporaryDirectory(prefix="literate-") as name:
        home = Path(name)
        (home / "tmp").mkdir()
        for path in _data_files(project, program):
            (home / "data").mkdir(exist_ok=True)
            shutil.copy(path, home / "data" / path.name)
        mlx_backend.lend(_compiled(project), home / "tmp")
        yield home


def _compiled(project: Project) -> Path:
    return project.cache / "compiled" / machine()["platform"]


def run(project: Project, program: str, where: str, hash_seed: int = 0) -> Run:
    """Run a program in a fresh folder and process.

    Raises Fault where it is still running at the end of the time, is killed, prints too much, or
    does what the worker refuses. where: the snippet, for the message.
    """
    with folder(project, program) as home:
        (home / "program.py").write_text(program, "utf-8")
        args, null = [*WORKER, "program.py", "values.json"], subprocess.DEVNULL
        env = environment(project, home) | {"PYTHONHASHSEED": str(hash_seed)}
        with open(home / "stdout", "wb") as out, open(home / "stderr", "wb") as err:
            process = subprocess.Popen(
                args, cwd=home, env=env, stdin=null, stdout=out, stderr=err, start_new_session=True
            )
            try:
                code = _wait(process, home, where)
            finally:
                left = _end(process)
        result = _collect(home, code, where)
        if not left:  # a compiler at work would leave half a file
            for path in mlx_backend.compiled(home / "tmp"):
                write_whole(_compiled(project) / path.relative_to(home / "tmp"), path.read_bytes())
        return result


def _wait(process: subprocess.Popen[bytes], home: Path, where: str) -> int:
    """The exit code; a program that prints too much is stopped before it fills the disk."""
    end = time.monotonic() + TIME_LIMIT
    while True:
        try:
            return process.wait(0.1)
        except subprocess.TimeoutExpired:
            if time.monotonic() > end:
                cure = "make it shorter, or look for an endless loop"
                raise Fault(where, f"still running after {TIME_LIMIT:g} s", cure) from None
            _check_size(home, where)


def _check_size(home: Path, where: str) -> None:
    for stream in ("stdout", "stderr"):
        if (size := (home / stream).stat().st_size) > OUTPUT_LIMIT:
            what = f"printed {size:,} bytes to {stream}; a page shows at most {OUTPUT_LIMIT:,}"
            raise Fault(where, what, "print less")


def _end(process: subprocess.Popen[bytes]) -> bool:
    """End the program's process group; whether there was anything that it left behind."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
        return True
    except (ProcessLookupError, PermissionError):
        return False
    finally:
        process.wait()


def refused(home: Path) -> Any:
    """What the worker refused first, and the line that asked for it; None if it refused nothing."""
    return kept(home / REFUSED)


def _collect(home: Path, code: int, where: str) -> Run:
    if said := refused(home):
        raise Fault(where, f"{said['what']} at `{said['line']}`", KEEPS_TO)
    _check_size(home, where)
    if (report := kept(home / "values.json")) is None:
        lines = (home / "stderr").read_text("utf-8", "replace").strip().splitlines()
        how = f"was killed by signal {-code}" if code < 0 else f"left with code {code}"
        what = ": ".join([f"the process {how}", *lines[-1:]])
        raise Fault(where, what, "let it end by itself, without os._exit")
    return Run((home / "stdout").read_text("utf-8", "replace").replace("-nan", "nan"), **report)


def cached(project: Project, program: str) -> Run | None:
    """The run that is kept of a program, if any."""
    found = kept(_kept_at(project, program))
    return Run(**found) if found else None


def keep(project: Project, program: str, result: Run) -> None:
    write_whole(_kept_at(project, program), json.dumps(asdict(result)))


def _kept_at(project: Project, program: str) -> Path:
    return project.cache / "runs" / f"{key(project, program)}.json"


# ---- what may run, and what must come out


@functools.lru_cache(maxsize=4)
def _locked(project: Project) -> frozenset[str] | None:
    """The distributions of requirements.txt; None if the book has none."""
    if not (path := project.root / "requirements.txt").is_file():
        return None
    return frozenset(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==", path.read_text("utf-8"), re.M))


def not_locked(project: Project, program: str, name: str, path: Path, place: str) -> Fault | None:
    """A package that is not locked: a reader need not have it, though this machine may.

    name: of what runs, for the message. path, place: where its text is.
    """
    locked = _locked(project)
    for package in _needs(program)[0]:
        distribution = _distribution(package).lower().replace("_", "-")
        if locked is None or package == project.package or distribution in locked:
            continue
        text = path.read_text("utf-8")
        imports = rf"^[ \t]*(?:>>> |\.\.\. )?[ \t]*(?:import|from)[ \t]+{package}\b"
        if found := re.search(imports, text, re.M):
            place = at_offset(project.place(path), text, found.start())
        what = f"{name} imports `{package}`, which is not among the locked packages"
        cure = "import what requirements.txt holds, or add it to pyproject.toml and run `make lock`"
        return Fault(place, what, cure)
    return None


def _imports_what_is_not_locked(project: Project, snippet: Snippet) -> Fault | None:
    """By its program; or by its file, which is imported whole where formulas are checked."""
    home = snippet.module
    return not_locked(
        project, snippet.program, snippet.name, snippet.path, snippet.place
    ) or not_locked(project, home.text, home.path.name, home.path, home.where)


def judge(project: Project, snippet: Snippet, result: Run) -> None:
    """Raise Fault unless a run gave the output, or the error, that the docstring expects."""
    at = snippet.place
    if result.error == snippet.error:
        if not (found := expected.differs(snippet.expected, result.output, snippet.tolerance)):
            return
        what = f"{found.what} (relative tolerance {snippet.tolerance.relative:g})"
        at = _expected_at(snippet, found.line)
        cure = "fix the code; or, if the new value is right, the expected output in the docstring"
    elif result.error is None:
        what = f"expected `{snippet.error}`, but nothing was raised"
        cure = "what the page calls an error no longer is one: fix the example and the prose"
    else:
        line = snippet.program.splitlines()[result.line - 1].strip() if result.line else "?"
        wanted = f"expected `{snippet.error}`, got" if snippet.error else "raised"
        what = f"{wanted} `{result.error}` at `{line}`"
        cure = "fix the snippet, or expect the error"
        at = _raised_at(project, snippet, line)
    raise Fault(at, f"{snippet.name}: {what}", cure)


def _expected_at(snippet: Snippet, line: int) -> str:
    """Where that line of the output is expected; the snippet's own place if nothing is."""
    numbers = snippet.outputs[line - 1 : line]
    return next((f"{snippet.module.where}:{number}" for number in numbers), snippet.place)


def _raised_at(project: Project, snippet: Snippet, line: str) -> str:
    """The source line that raised, found by its text; else the snippet's own place."""
    own = line_of(project, snippet.path, line, snippet.line)
    found = (line_of(project, path, line) for path in sorted(project.snippets.glob("*.py")))
    return own or next(filter(None, found), snippet.place)


def line_of(project: Project, path: Path, line: str, first: int = 1) -> str | None:
    """`file:line` of the first line from `first` on that reads so, in code or in an example."""
    for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
        code = text.strip().removeprefix(">>> ").removeprefix("... ").strip()
        if line and number >= first and code == line:
            return f"{project.place(path)}:{number}"
    return None


# ---- all snippets

Say = Callable[[str], object]
Results = tuple[dict[str, Run], list[Fault]]


def silent(*said: str) -> None:
    """What says nothing."""


def attempt(project: Project, snippets: Iterable[Snippet], say: Say = silent) -> Results:
    """The run of each snippet by name, kept or made, and the faults of those that cannot be run.

    What ends or blocks a process, or prints without end, does so in a process of its own. A snippet
    that came through may then be called in this one, as the check of its formulas does.
    """
    results: dict[str, Run] = {}
    faults: list[Fault] = []

    def one(snippet: Snippet) -> None:
        with gathered(faults):
            results[snippet.name] = result = _repeatable(project, snippet)
            keep(project, snippet.program, result)

    todo = []
    for snippet in snippets:
        if fault := _imports_what_is_not_locked(project, snippet):
            faults.append(fault)
        elif result := cached(project, snippet.program):
            results[snippet.name] = result
        else:
            todo.append(snippet)
    if todo:
        say(f"running {len(todo)} snippets, {len(results)} cached")
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done, _ in enumerate(pool.map(one, todo), 1):
            if done % 10 == 0 and done < len(todo):
                say(f"ran {done} of {len(todo)}")
    return results, faults


_MAY_VARY = re.compile(r"random|time|\bset\(|\bhash\(|\bid\(|uuid|secrets")


def _repeatable(project: Project, snippet: Snippet) -> Run:
    """The run of a snippet. Raises Fault where a second one differs.

    A program with none of the words of `_MAY_VARY` is run once.
    """
    first = run(project, snippet.program, snippet.place)
    if _MAY_VARY.search(snippet.program):
        again = run(project, snippet.program, snippet.place, hash_seed=1)
        values = json.dumps(first.values), json.dumps(again.values)
        for where, pair in {"output": (first.output, again.output), "variables": values}.items():
            if expected.differs(*pair, snippet.tolerance):
                what = f"{snippet.name}: run twice, it gives two results, in its {where}"
                cure = "seed what is random, sort what has no order, and print no time"
                raise Fault(snippet.place, what, cure)
    return first


def run_all(project: Project, snippets: Iterable[Snippet], say: Say = silent) -> dict[str, Run]:
    """Every snippet's run, from the cache where nothing it depends on changed. Raises Faults."""
    unique = {snippet.name: snippet for snippet in snippets}
    say(f"{len(unique)} snippets")
    results, faults = attempt(project, unique.values(), say)
    for name, result in results.items():
        with gathered(faults):
            judge(project, unique[name], result)
    raise_all(sorted(faults, key=lambda fault: fault.place))
    return {name: results[name] for name in unique}
