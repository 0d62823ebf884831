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
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from literate import expected, forks, mlx_backend
from literate.errors import Fault, gathered, raise_all
from literate.files import at_offset, digest, kept, write_whole
from literate.forks import Forked, Forks
from literate.project import Project
from literate.provenance import machine
from literate.snippets import Snippet
from literate.worker import REFUSED

WORKER = (sys.executable, "-P", "-s", "-B", str(Path(__file__).with_name("worker.py")))
LIMIT = "LITERATE_TIME_LIMIT"
TIME_LIMIT = float(os.environ.get(LIMIT, "60"))  # seconds
OUTPUT_LIMIT = 100_000  # bytes: more than any page can show
LARGEST = 10_000  # numbers kept of one variable: every page would have to read them again
VARIABLES = (*mlx_backend.VARIABLES, "OMP_NUM_THREADS", "LD_PRELOAD")  # what a run depends on
_KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", *VARIABLES)
# Packages that many programs import, and that note neither folder nor time as they load. NumPy sets
# its random state then: where a program does not seed it, its second run has another server's.
_IMPORTED_ONCE = ("sklearn", "numpy", "mlx")
KEEPS_TO = "a page's code uses its own folder only; remove the line"


Process = subprocess.Popen[bytes] | Forked


@dataclass(frozen=True)
class Run:
    """What came of running a program.

    error: what it raised, as `TypeError: …`. line: the line of the program that raised it.
    values: the top-level variables at the end, in full precision, but for those with more than
    LARGEST numbers; large: the names of these.
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
    large: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """All variables that it left."""
        return {*self.values, *self.large}


# ---- what a run depends on


@functools.cache
def _engine() -> str:
    files = (WORKER[-1], mlx_backend.__file__, forks.__file__, __file__)
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


@functools.lru_cache(maxsize=1024)
def _first_imports(program: str) -> tuple[str, ...]:
    """The modules of known packages that a program imports, whatever else it does; slow ones first,
    so that more programs share them.
    """
    found = []
    for node in ast.parse(program).body:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(str(node.module))
    known = {name for name in found if name.split(".")[0] in _IMPORTED_ONCE}
    return tuple(sorted(known, key=lambda name: (_IMPORTED_ONCE.index(name.split(".")[0]), name)))


def _data_files(project: Project, program: str) -> list[Path]:
    paths = (project.snippets / name for name in _needs(program)[1])
    return [path for path in paths if path.is_file()]


@functools.lru_cache(maxsize=8)
def _surroundings(*variables: str | None) -> str:
    """The hash of what all runs depend on: the engine, the machine, the values of VARIABLES."""
    return digest(_engine(), json.dumps(machine(), sort_keys=True), json.dumps(variables))


def key(project: Project, program: str) -> str:
    """The hash of all that a run depends on."""
    parts = [program, _surroundings(*map(os.environ.get, VARIABLES))]
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


def run(
    project: Project, program: str, where: str, hash_seed: int = 0, batch: "Batch | None" = None
) -> Run:
    """Run a program in a folder and process of its own.

    Raises Fault where it is still running at the end of the time, is killed, prints too much, or
    does what the worker refuses. where: the snippet, for the message. batch: what it is one
    of; its servers fork the process. Without, or where that cannot be, Python is started anew.
    """
    with folder(project, program) as home:
        (home / "program.py").write_text(program, "utf-8")
        env = environment(project, home) | {"PYTHONHASHSEED": str(hash_seed)}
        servers = batch and batch.forks
        forked = servers and servers.start(home, env, _first_imports(program))
        process = forked or _start(home, env)
        try:
            code = _wait(process, home, where, batch)
        finally:
            left = _end(process)
        result = _collect(home, code, where)
        if not left:  # a compiler at work would leave half a file
            for path in mlx_backend.compiled(home / "tmp"):
                write_whole(_compiled(project) / path.relative_to(home / "tmp"), path.read_bytes())
        return result


def _start(home: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    args, null = [*WORKER, "program.py", "values.json"], subprocess.DEVNULL
    with open(home / "stdout", "wb") as out, open(home / "stderr", "wb") as err:
        return subprocess.Popen(
            args, cwd=home, env=env, stdin=null, stdout=out, stderr=err, start_new_session=True
        )


def _wait(process: Process, home: Path, where: str, batch: "Batch | None") -> int:
    """The exit code; a program that prints too much is stopped before it fills the disk."""
    end = time.monotonic() + TIME_LIMIT
    while True:
        try:
            return process.wait(0.1)
        except subprocess.TimeoutExpired:
            if batch and batch.stopped.is_set():
                raise _Stopped from None
            if time.monotonic() > end:
                cure = "make it shorter, or look for an endless loop"
                raise Fault(where, f"still running after {TIME_LIMIT:g} s", cure) from None
            _check_size(home, where)


def _check_size(home: Path, where: str) -> None:
    for stream in ("stdout", "stderr"):
        if (size := (home / stream).stat().st_size) > OUTPUT_LIMIT:
            what = f"printed {size:,} bytes to {stream}; a page shows at most {OUTPUT_LIMIT:,}"
            raise Fault(where, what, "print less")


def _end(process: Process) -> bool:
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


def printed(text: str) -> str:
    """What a program printed, as pages show it: the sign of nan is that of the machine."""
    return text.replace("-nan", "nan")


def _collect(home: Path, code: int, where: str) -> Run:
    if said := refused(home):
        raise Fault(where, f"{said['what']} at `{said['line']}`", KEEPS_TO)
    _check_size(home, where)
    if (report := kept(home / "values.json")) is None:
        lines = (home / "stderr").read_text("utf-8", "replace").strip().splitlines()
        how = f"was killed by signal {-code}" if code < 0 else f"left with code {code}"
        what = ": ".join([f"the process {how}", *lines[-1:]])
        raise Fault(where, what, "let it end by itself, without os._exit")
    return Run(printed((home / "stdout").read_text("utf-8", "replace")), **report)


def cached(project: Project, program: str) -> Run | None:
    """The run that is kept of a program, if any."""
    found = kept(_kept_at(project, program))
    return Run(**found) if found else None


def without_large(result: Run) -> Run:
    """A run as it is kept."""
    large = sorted(name for name, value in result.values.items() if _count(value) > LARGEST)
    values = {name: value for name, value in result.values.items() if name not in large}
    return replace(result, values=values, large=large)


def _count(value: Any) -> int:
    """How many numbers and strings a value has."""
    if isinstance(value, dict):
        value = list(value.values())
    return sum(map(_count, value)) if isinstance(value, list) else 1


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


# ---- many snippets

Say = Callable[[str], object]
Results = tuple[dict[str, Run], list[Fault]]


def silent(*said: str) -> None:
    """What says nothing."""


class _Stopped(Exception):
    """Nobody waits for this run any more."""


class Batch:
    """Snippets that run side by side, in their order, while something else is done.

    What ends or blocks a process, or prints without end, does so in a process of its own. A snippet
    that came through may then be called in this one, as the check of its formulas does. The batch
    ends with the `with`: what still runs is stopped, and what has not begun is left.
    """

    def __init__(self, project: Project, snippets: Iterable[Snippet], say: Say = silent):
        self.project, self.say, self.stopped = project, say, threading.Event()
        self.snippets = {snippet.name: snippet for snippet in snippets}
        self.forks: Forks | None = None
        self._runs: dict[str, Future[Run]] = {}

    def __enter__(self) -> Self:
        todo = [each for each in self.snippets.values() if not self._is_known(each)]
        with contextlib.ExitStack() as until_exit:
            if len(todo) > 1 and forks.possible(machine().get("device")):
                self.forks = until_exit.enter_context(Forks(WORKER))
            pool = ThreadPoolExecutor(os.cpu_count() or 1)
            until_exit.callback(pool.shutdown, cancel_futures=True)
            until_exit.callback(self.stopped.set)
            # a thread that has waited for a program need not wait long for this one
            until_exit.callback(sys.setswitchinterval, sys.getswitchinterval())
            sys.setswitchinterval(0.0005)  # seconds
            if todo:
                self.say(f"running {len(todo)} snippets, {len(self._runs)} cached")
            progress = self._progress(len(todo))
            for snippet in todo:
                self._runs[snippet.name] = run = pool.submit(self._run, snippet)
                run.add_done_callback(progress)
            self._until_exit = until_exit.pop_all()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._until_exit.close()

    def _is_known(self, snippet: Snippet) -> bool:
        """Whether its run is kept, or it cannot be run."""
        known: Future[Run] = Future()
        if fault := _imports_what_is_not_locked(self.project, snippet):
            known.set_exception(fault)
        elif result := cached(self.project, snippet.program):
            known.set_result(result)
        else:
            return False
        self._runs[snippet.name] = known
        return True

    def _run(self, snippet: Snippet) -> Run:
        result = without_large(_repeatable(self.project, snippet, self))
        keep(self.project, snippet.program, result)
        return result

    def _progress(self, count: int) -> Callable[[object], None]:
        numbers = itertools.count(1)

        def ended(_: object) -> None:
            if (done := next(numbers)) % 10 == 0 and done < count and not self.stopped.is_set():
                self.say(f"ran {done} of {count}")

        return ended

    def results(self, names: Iterable[str]) -> Results:
        """The run of each snippet by name, and the faults of those that cannot be run."""
        found: dict[str, Run] = {}
        faults: list[Fault] = []
        for name in names:
            with gathered(faults):
                found[name] = self._runs[name].result()
        return found, faults

    def judged(self, names: Iterable[str]) -> dict[str, Run]:
        """The same of runs that gave what their docstrings expect. Raises Faults."""
        found, faults = self.results(names)
        for name, result in found.items():
            with gathered(faults):
                judge(self.project, self.snippets[name], result)
        raise_all(faults)
        return found


def attempt(project: Project, snippets: Iterable[Snippet], say: Say = silent) -> Results:
    """The run of each snippet by name, kept or made, and the faults of those that cannot be run."""
    with Batch(project, snippets, say) as batch:
        return batch.results(batch.snippets)


_MAY_VARY = re.compile(r"random|time|\bset\(|\bhash\(|\bid\(|uuid|secrets")


def runs_once(snippet: Snippet) -> bool:
    """Whether its program has nothing from which a second run may differ."""
    return not _MAY_VARY.search(snippet.program)


def _repeatable(project: Project, snippet: Snippet, batch: Batch) -> Run:
    """The run of a snippet. Raises Fault where a second one differs."""
    first = run(project, snippet.program, snippet.place, batch=batch)
    if not runs_once(snippet):
        again = run(project, snippet.program, snippet.place, hash_seed=1, batch=batch)
        values = json.dumps(first.values), json.dumps(again.values)
        for where, pair in {"output": (first.output, again.output), "variables": values}.items():
            if expected.differs(*pair, snippet.tolerance):
                what = f"{snippet.name}: run twice, it gives two results, in its {where}"
                cure = "seed what is random, sort what has no order, and print no time"
                raise Fault(snippet.place, what, cure)
    return first
