"""Run programs, each in a process of its own with a time limit, and keep what they printed.

A run is kept under the hash of all that it depends on: the program's text (with all that it draws from `snippets/`),
its data files, this engine, Python, the packages it imports, the device and the environment that matters.
"""

import ast
import contextlib
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Iterator

from literate.worker import REFUSED
from literate.errors import Fault, Faults
from literate.files import write_whole
from literate.snippets import Snippet, Tolerance

CHILD = (sys.executable, "-P", "-s", "-B", str(Path(__file__).with_name("worker.py")))
TIME_LIMIT = float(os.environ.get("LITERATE_TIME_LIMIT", "60"))  # seconds
OUTPUT_LIMIT = 100_000  # bytes: more than any page can show
ENVIRONMENT = (
    "LITERATE_DEVICE",
    "MLX_DISABLE_COMPILE",
    "MLX_ENABLE_TF32",
    "OMP_NUM_THREADS",
    "LD_PRELOAD",
)


@dataclass(frozen=True)
class Run:
    """What came of running one program."""

    output: str
    error: str | None  # `TypeError: …`
    line: int | None  # line of the program where it was raised
    values: dict  # top-level variables at the end, in full precision


# ---- what a run depends on ------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4)
def record(project) -> dict:
    """What made the outputs: MLX, device, platform, Python. Asked of a child as the snippets run."""
    code = (
        "import os, mlx.core as mx\n"
        "if os.environ.get('LITERATE_DEVICE') == 'cpu': mx.set_default_device(mx.cpu)\n"
        "print(mx.default_device())"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=_environment(project)
    )
    if shown.returncode:
        raise Fault(
            "mlx",
            f"does not start: {shown.stderr.strip().splitlines()[-1]}",
            "run `make check` again after `rm -r .venv`",
        )
    system = {"Darwin": "macOS"}.get(platform.system(), platform.system())
    device = {
        "Device(gpu, 0)": "GPU (Metal)" if system == "macOS" else "GPU (CUDA)",
        "Device(cpu, 0)": "CPU",
    }
    return {
        "mlx": importlib.metadata.version("mlx"),
        "device": device.get(shown.stdout.strip(), shown.stdout.strip()),
        "platform": f"{system} {platform.machine()}",
        "python": platform.python_version(),
    }


@functools.lru_cache(maxsize=1)
def _engine() -> str:
    return hashlib.sha256(Path(CHILD[-1]).read_bytes() + Path(__file__).read_bytes()).hexdigest()


_NAMED_OTHERWISE = {"sklearn": "scikit-learn"}


@functools.lru_cache(maxsize=None)
def _version(package: str) -> str:
    return importlib.metadata.version(_NAMED_OTHERWISE.get(package, package))


@functools.lru_cache(maxsize=1024)
def _needs(program: str) -> tuple[list[str], list[str]]:
    """What a program needs beside Python: the packages that it imports, and the data files that it names as `"data/…"`."""
    packages, data = set(), set()
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Import):
            packages |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            packages.add(node.module.split(".")[0])
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.startswith("data/")
        ):
            data.add(node.value)
    return sorted(packages - set(sys.stdlib_module_names)), sorted(data)


def data_files(project, program: str) -> list[Path]:
    """The files under `snippets/data/` that the program names."""
    return [path for name in _needs(program)[1] if (path := project.snippets / name).is_file()]


def key(project, program: str) -> str:
    """The hash of all that a run depends on. Raises importlib.metadata.PackageNotFoundError."""
    parts = [
        program,
        _engine(),
        json.dumps(record(project), sort_keys=True),
        json.dumps({k: os.environ.get(k) for k in ENVIRONMENT}),
    ]
    parts += [f"{name} {_version(name)}" for name in _needs(program)[0]]
    parts += [
        f"{p.name} {hashlib.sha256(p.read_bytes()).hexdigest()}"
        for p in data_files(project, program)
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


# ---- one run ------------------------------------------------------------------------------------------------------------


def environment(project, home: Path) -> dict:
    """What a run is given of the environment; its temporary files stay in its folder."""
    return _environment(project) | {"TMPDIR": str(home / "tmp")}


def _environment(project) -> dict:
    keep = (
        "PATH",
        "HOME",
        "TMPDIR",
        "LANG",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        "SYSTEMROOT",
        *ENVIRONMENT,
    )
    return {k: os.environ[k] for k in keep if k in os.environ} | {
        "PYTHONIOENCODING": "utf-8",
        "PYTHONHASHSEED": "0",
        "LITERATE_ROOT": str(project.root),
    }


@contextlib.contextmanager
def folder(project, program: str) -> Iterator[Path]:
    """A folder for one run: the program's data files, and what MLX has compiled for runs before it."""
    with tempfile.TemporaryDirectory(prefix="two-passes-") as name:
        home = Path(name)
        for path in data_files(project, program):
            (home / "data").mkdir(exist_ok=True)
            shutil.copy(path, home / "data" / path.name)
        _lend_compiled(project, home / "tmp")
        yield home


def run(project, program: str, where: str, hash_seed: int = 0) -> Run:
    """Run a program in a fresh folder and process. Raises Fault on a time-out, a kill or a flood of output."""
    with folder(project, program) as home:
        (home / "program.py").write_text(program, "utf-8")
        with open(home / "stdout", "wb") as out, open(home / "stderr", "wb") as err:
            process = subprocess.Popen(
                [*CHILD, "program.py", "values.json"],
                cwd=home,
                env=environment(project, home) | {"PYTHONHASHSEED": str(hash_seed)},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
            try:
                code = _wait(project, process, home, where)
            finally:
                left = _end(process)
        result = _collect(project, home, code, where)
        if not left:
            _keep_compiled(project, home / "tmp")
        return result


def _wait(project, process: subprocess.Popen, home: Path, where: str) -> int:
    """The code it ended with; a flood is stopped while it runs, before it fills the disk."""
    end = time.monotonic() + TIME_LIMIT
    while True:
        try:
            return process.wait(0.1)
        except subprocess.TimeoutExpired:
            if time.monotonic() > end:
                raise Fault(
                    where,
                    f"still running after {TIME_LIMIT:g} s",
                    "make it shorter, or look for an endless loop",
                ) from None
            _check_size(home, where)


def _check_size(home: Path, where: str) -> None:
    for stream in ("stdout", "stderr"):
        if (size := (home / stream).stat().st_size) > OUTPUT_LIMIT:
            raise Fault(
                where,
                f"printed {size:,} bytes to {stream}; a page shows at most {OUTPUT_LIMIT:,}",
                "print less",
            )


def _end(process: subprocess.Popen) -> bool:
    """End the program's whole process group, ours alone. Whether there was anything that it left behind."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
        return True
    except (ProcessLookupError, PermissionError):
        return False
    finally:
        process.wait()


def refused(home: Path) -> dict | None:
    """What the audit hook refused first, and the line that asked for it."""
    return json.loads((home / REFUSED).read_text("utf-8")) if (home / REFUSED).is_file() else None


KEEPS_TO = "a page's code keeps to its own folder; remove the line"


def _collect(project, home: Path, code: int, where: str) -> Run:
    if said := refused(home):
        raise Fault(where, f"{said['what']} at `{said['line']}`", KEEPS_TO)
    _check_size(home, where)
    if not (home / "values.json").is_file():
        said = (home / "stderr").read_text("utf-8", "replace").strip().splitlines()
        how = f"was killed by signal {-code}" if code < 0 else f"left with code {code}"
        raise Fault(
            where,
            f"the process {how}" + (f": {said[-1]}" if said else ""),
            "let it end by itself, without os._exit",
        )
    report = json.loads((home / "values.json").read_text("utf-8"))
    output = (home / "stdout").read_text("utf-8", "replace").replace("-nan", "nan")
    return Run(output, report["error"], report["line"], report["values"])


def cached(project, program: str) -> Run | None:
    path = project.cache / "runs" / f"{key(project, program)}.json"
    try:
        return Run(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None  # not there, or not whole: run again


def keep(project, program: str, result: Run) -> None:
    write_whole(
        project.cache / "runs" / f"{key(project, program)}.json", json.dumps(asdict(result))
    )


# MLX compiles into a folder below TMPDIR, each library at its final name, and loads whatever stands there. Were that
# folder shared, a build that is killed, or another run that compiles the same, would leave half a library to be loaded.


def _compiled(project) -> Path:
    return project.cache / "compiled" / record(project)["platform"]


def _lend_compiled(project, place: Path) -> None:
    """Links to what was compiled before. CUDA's code (.ptx) is read with the names in it (.txt)."""
    (place / "mlx").mkdir(parents=True)
    for path in (p for p in _compiled(project).rglob("*") if p.suffix in (".so", ".ptx")):
        for part in (path, path.with_suffix(".txt"))[: 1 + (path.suffix == ".ptx")]:
            link = place / part.relative_to(_compiled(project))
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(part)


def _keep_compiled(project, place: Path) -> None:
    """Keep what a run compiled that ended by itself and left no compiler at work; names before the code that needs them."""
    made = (
        p
        for p in (place / "mlx").rglob("*")
        if p.suffix in (".so", ".ptx", ".txt") and not p.is_symlink()
    )
    for path in sorted(made, key=lambda p: p.suffix, reverse=True):
        write_whole(_compiled(project) / path.relative_to(place), path.read_bytes())


# ---- what was expected ------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w.])|\b[-+]?(?:nan|inf)\b", re.I
)


def differs(expected: str, got: str, tolerance: Tolerance) -> str | None:
    """None where the texts agree, numbers within the tolerance; else the first line that does not."""
    want, have = expected.rstrip().splitlines(), got.rstrip().splitlines()
    for number, (w, h) in enumerate(zip(want, have), 1):
        if not _same_line(w, h, tolerance):
            return f"line {number} of the output: expected `{w}`, got `{h}`"
    if len(want) != len(have):
        extra = (have if len(have) > len(want) else want)[min(len(want), len(have))]
        return f"expected {len(want)} lines, got {len(have)}; the first that is {'too many' if len(have) > len(want) else 'missing'}: `{extra}`"
    return None


def _same_line(want: str, have: str, tolerance: Tolerance) -> bool:
    if " ".join(_NUMBER.sub("#", want).split()) != " ".join(_NUMBER.sub("#", have).split()):
        return False
    wants, haves = (
        re.split(r"[(\[]", line) for line in (want, have)
    )  # the numbers of one row of an array, or of none
    return all(
        _same_row(_NUMBER.findall(w), _NUMBER.findall(h), tolerance) for w, h in zip(wants, haves)
    )


def _same_row(want: list[str], have: list[str], tolerance: Tolerance) -> bool:
    size = max((abs(n) for n in map(float, want) if n == n), default=0)
    floor = tolerance.absolute * min(1, size or 1)  # where all are small, a smaller one
    return all(_close(w, h, tolerance, floor) for w, h in zip(want, have))


def _close(want: str, have: str, tolerance: Tolerance, floor: float) -> bool:
    w, h = float(want), float(have)
    if w == h or (w != w and h != h):
        return True
    if re.fullmatch(r"[-+]?\d+", want) and re.fullmatch(r"[-+]?\d+", have):
        return abs(w - h) <= tolerance.counts
    return abs(w - h) <= floor + tolerance.relative * abs(w)


def judge(project, snippet: Snippet, result: Run) -> None:
    """Raise Fault unless the run gave the output, or the error, that the snippet's docstring expects."""
    if result.error != snippet.error:
        if result.error is None:
            raise Fault(
                snippet.place,
                f"{snippet.name}: expected `{snippet.error}`, but nothing was raised",
                "what the page calls an error no longer is one: mend the example and the prose",
            )
        line = snippet.program.splitlines()[result.line - 1].strip() if result.line else "?"
        wanted = f"expected `{snippet.error}`, got" if snippet.error else "raised"
        raise Fault(
            _raised_at(project, snippet, line),
            f"{snippet.name}: {wanted} `{result.error}` at `{line}`",
            "mend the snippet, or its expected error",
        )
    if found := differs(snippet.expected, result.output, snippet.tolerance):
        raise Fault(
            snippet.place,
            f"{snippet.name}: {found} (relative tolerance {snippet.tolerance.relative:g})",
            "mend the code; or, if the new value is right, the expected output in the docstring",
        )


@functools.lru_cache(maxsize=4)
def _locked(project) -> frozenset[str]:
    """The packages of requirements.txt."""
    pins = re.findall(
        r"^([\w.-]+)(?:\[[\w,]+\])?==", (project.root / "requirements.txt").read_text("utf-8"), re.M
    )
    return frozenset(pins)


def not_locked(project, program: str, name: str, path: Path, place: str) -> Fault | None:
    """A package that is not locked: whether this machine has it by chance or not, a reader's need not."""
    for package in _needs(program)[0]:
        if _NAMED_OTHERWISE.get(package, package).lower().replace("_", "-") not in _locked(project):
            lines = path.read_text("utf-8").splitlines()
            at = next(
                (
                    f"{project.place(path)}:{n}"
                    for n, line in enumerate(lines, 1)
                    if re.match(rf"\s*(?:>>> |\.\.\. )?\s*(import|from)\s+{package}\b", line)
                ),
                place,
            )
            return Fault(
                at,
                f"{name} imports `{package}`, which is not among the locked packages",
                "import what requirements.txt holds, or add it to pyproject.toml and run `make lock`",
            )
    return None


def _not_locked(project, snippet: Snippet) -> Fault | None:
    return not_locked(project, snippet.program, snippet.name, snippet.path, snippet.place)


def _raised_at(project, snippet: Snippet, line: str) -> str:
    """The source line that raised, found by its text; else the snippet's own place."""
    found = (
        line_of(project, path, line, snippet.line if path == snippet.path else 1)
        for path in [snippet.path, *sorted(project.snippets.glob("*.py"))]
    )
    return next(filter(None, found), snippet.place)


def line_of(project, path: Path, line: str, first: int = 1) -> str | None:
    """`file:line` of the first line from `first` on that reads so, in code or in an example."""
    for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
        if (
            line
            and number >= first
            and text.strip().removeprefix(">>> ").removeprefix("... ").strip() == line
        ):
            return f"{project.place(path)}:{number}"
    return None


# ---- all of them --------------------------------------------------------------------------------------------------------------


def attempt(project, snippets: list[Snippet], say=lambda text: None) -> list[Fault]:
    """Run each snippet that no run is kept of; the faults of those that may not run, or did not end by themselves.

    What ends, hangs or floods a process does it to a process of its own: a snippet that came through may then be called
    in this one, as the check of its formulas does.
    """
    faults: list[Fault] = []

    def one(snippet: Snippet) -> None:
        try:
            keep(project, snippet.program, _repeatable(project, snippet))
        except Fault as fault:
            faults.append(fault)

    todo, known = [], 0
    for snippet in snippets:
        if not_locked := _not_locked(project, snippet):
            faults.append(not_locked)
        elif cached(project, snippet.program):
            known += 1
        else:
            todo.append(snippet)
    if todo:
        say(f"running {len(todo)} snippets, {known} cached")
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for done, _ in enumerate(pool.map(one, todo), 1):
            if done % 10 == 0 and done < len(todo):
                say(f"ran {done} of {len(todo)}")
    return faults


_MAY_VARY = re.compile(
    r"random|time|\bset\(|\bhash\(|\bid\(|uuid|secrets"
)  # where a program names none of these, it is not run again


def _repeatable(project, snippet: Snippet) -> Run:
    """The run of a snippet. What may come out otherwise the next time is run once more. Raises Fault where it does."""
    first = run(project, snippet.program, snippet.place)
    if _MAY_VARY.search(snippet.program):
        again = run(project, snippet.program, snippet.place, hash_seed=1)
        for where, one, other in (
            ("output", first.output, again.output),
            ("variables", json.dumps(first.values), json.dumps(again.values)),
        ):
            if differs(one, other, snippet.tolerance):
                raise Fault(
                    snippet.place,
                    f"{snippet.name}: run twice, it gives two results, in its {where}",
                    "seed what is random, sort what has no order, and print no time",
                )
    return first


def run_all(project, snippets: list[Snippet], say=lambda text: None) -> dict[str, Run]:
    """Every snippet's run, from the cache where nothing it depends on changed. Raises Faults with every failure."""
    unique = {s.name: s for s in snippets}
    say(f"{len(unique)} snippets")
    faults = attempt(project, list(unique.values()), say)
    results = {}
    for name, snippet in unique.items():
        if not _not_locked(project, snippet) and (result := cached(project, snippet.program)):
            results[name] = result
            try:
                judge(project, snippet, result)
            except Fault as fault:
                faults.append(fault)
    if faults:
        raise Faults(sorted(faults, key=lambda f: f.place))
    return results
