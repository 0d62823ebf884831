"""Run one program in this fresh process, `python worker.py program.py values.json`.

Or be the kernel of a notebook: `python worker.py --kernel FILE`; or fork a process for each of many
programs: `python worker.py --fork`, see `forks.py`. Prints what the program prints.
Leaves in the second file the error that ended it, if any, the values of its top-level variables in
full precision, from which pages and figures take their numbers, and the shapes that its functions
were given and returned, to which the page's own are held. An audit hook, the same on every
platform, refuses what a page's code has no reason to do: to write outside its own folder, to read a
file that a reader does not have, to use the network, to start a process, which no hook would see.

A stand-alone script: it imports nothing of the package.
"""

import _posixsubprocess
import ast
import builtins
import json
import linecache
import numbers
import os
import runpy
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable, Sequence
from typing import Any

LIMIT = 200_000  # numbers kept of one variable; a larger array is too much for a page
CALLS = 100  # kept of one function, of different shapes; more would prove nothing more
LIST = 64  # elements of a list whose shapes are kept
REFUSED = "refused.json"  # what was refused first, in the folder of the run: code may catch it
_HERE = os.path.dirname(os.path.realpath(__file__))
MLX, FORKS = os.path.join(_HERE, "mlx_backend.py"), os.path.join(_HERE, "forks.py")

# Audited events that change files → which of their arguments are paths
_FIRST = "mkdir remove rmdir truncate chmod chown utime".split()
_WRITES: dict[str, tuple[int, ...]] = {f"os.{name}": (0,) for name in _FIRST}
_WRITES |= {"os.rename": (0, 1), "os.link": (1,), "os.symlink": (1,)}
_WRITES |= {"shutil.rmtree": (0,), "sqlite3.connect": (0,)}
_NETWORK = {f"socket.{name}" for name in ("connect", "getaddrinfo", "gethostbyname", "sendto")}
_STARTS = {f"os.{name}" for name in ("system", "exec", "posix_spawn", "spawn", "fork", "forkpty")}
_STARTS.add("subprocess.Popen")


class Guard:
    """The audit hook. shown: whether a file of this name holds the page's code."""

    def __init__(self, shown: Callable[[str], bool]):
        self.shown, self.folder, self.refused = shown, os.path.realpath(os.getcwd()), False
        home = os.path.realpath(os.path.expanduser("~"))
        book = os.path.realpath(os.environ["LITERATE_ROOT"])
        here = os.path.realpath(__file__)
        engine = os.path.dirname(here)
        self.own = [each for each in (home, book, engine) if os.path.dirname(each) != each]
        path = map(os.path.realpath, filter(None, sys.path))
        packages = [p for p in path if "site-packages" in p or not _within(p, [book, engine])]
        python = map(os.path.realpath, (sys.prefix, sys.base_prefix))
        self.read = [self.folder, here, *python, *packages]

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            self.opened(*arguments)
        elif event in _WRITES:
            for place in _WRITES[event]:
                self.written(arguments[place])
        elif event in _NETWORK:
            self.refuse("uses the network: a page's code has what it needs beside it")
        elif event in _STARTS:
            self.refuse("starts a process, which nothing would watch")

    def opened(self, path: Any, mode: str | None, flags: int) -> None:
        changing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        if bool(set(mode) & set("wax+")) if mode else bool(flags & changing):
            self.written(path)
        elif not isinstance(path, int):
            # What is read is there for every reader: no file of this user, none of the book
            # beside the run's own
            real = os.path.realpath(os.fsdecode(path))
            if _within(real, self.own) and not _within(real, self.read):
                self.refuse(f"reads a file that a reader does not have: {os.fsdecode(path)}")

    def written(self, path: Any) -> None:
        if isinstance(path, int) or path == ":memory:":
            return  # a file that is open already; a database without a file
        real = os.path.realpath(os.fsdecode(path))
        if real != os.devnull and not _within(real, [self.folder]):
            self.refuse(f"writes outside its own folder: {os.fsdecode(path)}")

    def refuse(self, what: str) -> None:
        if not self.refused:
            self.refused = True
            with open(os.path.join(self.folder, REFUSED), "w", encoding="utf-8") as out:
                json.dump({"what": what, "line": self.line()}, out)
        raise PermissionError(what)

    def line(self) -> str:
        """The line of the page's code that is being run."""
        frame: types.FrameType | None = sys._getframe()
        while frame and not self.shown(frame.f_code.co_filename):
            frame = frame.f_back
        return linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip() if frame else ""


def _within(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def watch(shown: Callable[[str], bool], mlx: bool) -> None:
    """From here on, refuse. mlx: whether the code may use MLX, whose files are then watched."""
    if mlx:
        runpy.run_path(MLX)["watch"]()
    fork_exec = _posixsubprocess.fork_exec

    def started(*args: Any) -> int:
        """What multiprocessing starts a process with, past every audited event."""
        sys.audit("os.fork")
        return int(fork_exec(*args))

    vars(_posixsubprocess)["fork_exec"] = started
    sys.addaudithook(Guard(shown))


def _end_with(parent: int) -> None:
    """If the process that started this one is killed, nothing else ends a program that hangs."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(9)


def plain(value: Any, limit: int = LIMIT) -> Any:
    """A value as numbers, strings, lists and dicts; None where it is something else."""
    if isinstance(value, bool | str | int) or value is None:
        return value
    if isinstance(value, numbers.Real):
        return float(value)
    if hasattr(value, "tolist") and getattr(value, "size", limit + 1) <= limit:
        return plain(value.tolist(), limit)
    if isinstance(value, list | tuple) and len(value) <= limit:
        return [plain(each, limit) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each, limit) for key, each in value.items()}
    return None


def _values(found: dict[str, Any]) -> dict[str, Any]:
    """The top-level variables of a program, as far as `plain` can tell them."""
    own = [name for name in found if not (name.startswith("_") or callable(found[name]))]
    return {name: value for name in own if (value := plain(found[name])) is not None}


# ---- the shapes that functions are given and return
# Each function of the program records them itself: a first line names its parameters, and `return`
# hands over the value. There is no wrapper: tracebacks and depth stay those of the program.

GIVEN, RETURNED, CALL = "__given__", "__returned__", "__call_of_this__"


def shape(value: Any, depth: int = 0) -> Any:
    """`(2, 3)` of an array, `()` of a number, `("list", …)` of several; None of anything else."""
    if isinstance(value, numbers.Number):
        return ()
    if isinstance(value, list | tuple):
        whole = len(value) <= LIST and depth < 3
        return ("list", *(shape(each, depth + 1) for each in value)) if whole else None
    try:
        found = getattr(value, "shape", None)
        return tuple(map(int, found)) if isinstance(found, tuple) else None
    except Exception:  # a class of the program's own
        return None


class Calls:
    """Function → its calls that returned, one of each combination of shapes."""

    def __init__(self) -> None:
        self.seen: dict[str, dict[Any, dict[str, Any]]] = {}

    def given(self, name: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return name, {parameter: shape(value) for parameter, value in values.items()}

    def returned(self, call: tuple[str, dict[str, Any]], value: Any) -> Any:
        name, shapes = call
        seen = self.seen.setdefault(name, {})
        key = (*shapes.values(), back := shape(value))
        if key not in seen and len(seen) < CALLS:
            seen[key] = shapes | {"return": back}
        return value

    def report(self) -> dict[str, Any]:
        return {name: [*calls.values()] for name, calls in self.seen.items()}


class _Record(ast.NodeTransformer):
    """Hands over what one function returns; what functions in it return is their own."""

    def visit_Return(self, node: ast.Return) -> ast.Return:
        if node.value is not None:
            names = [ast.Name(name, ast.Load()) for name in (RETURNED, CALL)]
            node.value = ast.Call(names[0], [names[1], node.value], [])
        return node

    def _inner(self, node: ast.AST) -> ast.AST:
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = _inner


def recording(text: str, program: str) -> ast.Module:
    """A program whose top-level functions record their calls; generators do not."""
    tree = ast.parse(text, program)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not _yields(node):
            every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            values = ", ".join(f"{each.arg!r}: {each.arg}" for each in every)
            first = ast.parse(f"{CALL} = {GIVEN}({node.name!r}, {{{values}}})").body[0]
            for part in ast.walk(first):
                ast.copy_location(part, node)
            body = [_Record().visit(statement) for statement in node.body]
            at = 1 if ast.get_docstring(node, clean=False) is not None else 0
            node.body = [*body[:at], first, *body[at:]]
    return ast.fix_missing_locations(tree)


def _yields(node: ast.FunctionDef) -> bool:
    return any(isinstance(part, ast.Yield | ast.YieldFrom) for part in ast.walk(node))


def _run(text: str, program: str, calls: Calls) -> dict[str, Any]:
    """The variables that a program leaves, run as `__main__`."""
    module = types.ModuleType("__main__")
    hooks = {GIVEN: calls.given, RETURNED: calls.returned}
    vars(module).update(hooks, __file__=program, __builtins__=builtins)
    sys.modules["__main__"], sys.argv[0] = module, program
    exec(compile(recording(text, program), program, "exec", dont_inherit=True), vars(module))
    return vars(module)


def main(program: str, report: str) -> int:
    """Run a program; 1 if an error ended it."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    text = "".join(linecache.getlines(program))  # now: the program may go to another folder
    watch(lambda name: name == program, "mlx" in text)
    error, line, found, calls = None, None, dict[str, Any](), Calls()
    try:
        found = _run(text, program, calls)
    except BaseException as raised:  # SystemExit too: a snippet has no reason to leave early
        error = "".join(traceback.format_exception_only(type(raised), raised)).strip()
        steps = [s for s in traceback.extract_tb(raised.__traceback__) if s.filename == program]
        line = steps[-1].lineno if steps else None
    with open(report, "w", encoding="utf-8") as out:
        values = {"values": _values(found), "shapes": calls.report()}
        json.dump({"error": error, "line": line, **values}, out)
    return 1 if error else 0


def kernel(arguments: list[str]) -> None:
    """A kernel that runs the cells of a notebook in this folder, watched once it has started."""
    from ipykernel.compiler import get_tmp_directory  # optional: only notebooks need them
    from ipykernel.kernelapp import IPKernelApp

    app: Any = IPKernelApp.instance()
    app.initialize(arguments)
    cells = get_tmp_directory()  # type: ignore[no-untyped-call]
    watch(lambda name: name.startswith(cells), mlx=True)
    app.start()


if __name__ == "__main__":
    if sys.argv[1] == "--kernel":
        kernel(["-f", *sys.argv[2:]])
        sys.exit()
    if sys.argv[1] == "--fork":
        runpy.run_path(FORKS)["serve"]()  # comes back in the process of a program
        sys.argv[1:] = ["program.py", "values.json"]
    code = main(sys.argv[1], sys.argv[2])
    sys.stdout.flush()
    os._exit(code)  # no thread of the program can keep the process alive
