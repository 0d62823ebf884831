"""Run one program in this fresh process, `python child.py program.py values.json`; or be a lab's kernel, `… --kernel FILE`.

Prints what the program prints; leaves beside it the error that ended it, if any, and the values that its top-level
variables had at the end, in full precision: pages and figures draw their numbers from these. An audit hook, the same on
every platform and in both, refuses what a page's code has no business to do: to write outside its own folder, to read a file
that a reader does not have, to ask the network, to start a process, which no hook would see.
"""

import _posixsubprocess
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

LIMIT = 200_000  # numbers kept of one variable; a larger array is no number for a page

# Audited events that change a file → which of their arguments are its paths; `open` is told apart by how it opens
WRITES = {
    "os.mkdir": (0,),
    "os.remove": (0,),
    "os.rmdir": (0,),
    "os.rename": (0, 1),
    "os.link": (1,),
    "os.symlink": (1,),
    "os.truncate": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.utime": (0,),
    "shutil.rmtree": (0,),
    "sqlite3.connect": (0,),
}
NETWORK = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}
STARTS = {
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.forkpty",
}
LOADS = ("load", "import_function")
SAVES = (
    "save",
    "savez",
    "savez_compressed",
    "save_safetensors",
    "save_gguf",
    "export_function",
    "exporter",
    "export_to_dot",
)
REFUSED = "refused.json"  # in the folder of a run: what was refused first, for the code could catch the error, or end


class Guard:
    """The audit hook. shown: tells from a file's name whether its code is the page's."""

    def __init__(self, shown):
        self.shown, self.folder, self.refused = shown, os.path.realpath(os.getcwd()), False
        home = os.path.realpath(os.path.expanduser("~"))
        book = os.path.realpath(os.environ["LITERATE_ROOT"])
        engine = os.path.dirname(os.path.realpath(__file__))
        self.own = [each for each in (home, book, engine) if os.path.dirname(each) != each]
        packages = [
            each
            for each in map(os.path.realpath, filter(None, sys.path))
            if not _within(each, [book, engine]) or "site-packages" in each
        ]
        self.read = [
            self.folder,
            os.path.realpath(__file__),
            *map(os.path.realpath, (sys.prefix, sys.base_prefix)),
            *packages,
        ]

    def __call__(self, event: str, arguments: tuple) -> None:
        if event == "open" and _writes(*arguments[1:3]):
            self.inside(arguments[0])
        elif event == "open":
            self.there(arguments[0])
        elif event in WRITES:
            for place in WRITES[event]:
                self.inside(arguments[place])
        elif event in NETWORK:
            self.refuse("asks the network: a page's code has what it needs beside it")
        elif event in STARTS:
            self.refuse("starts a process, which nothing would watch")

    def inside(self, path) -> None:
        if isinstance(path, int) or path == ":memory:":
            return  # a file that is open already; a database that is none
        real = os.path.realpath(os.fsdecode(path))
        if real != os.devnull and os.path.commonpath([real, self.folder]) != self.folder:
            self.refuse(f"writes outside its own folder: {os.fsdecode(path)}")

    def there(self, path) -> None:
        """What is read is there for every reader: no file of this user, none of the book beside the run's own."""
        if isinstance(path, int):
            return
        real = os.path.realpath(os.fsdecode(path))
        if _within(real, self.own) and not _within(real, self.read):
            self.refuse(f"reads a file that a reader does not have: {os.fsdecode(path)}")

    def refuse(self, what: str) -> None:
        if not self.refused:
            self.refused = True
            with open(os.path.join(self.folder, REFUSED), "w", encoding="utf-8") as out:
                json.dump({"what": what, "line": self.line(sys._getframe(2))}, out)
        raise PermissionError(what)

    def line(self, frame) -> str:
        """The line of the page's code that led here."""
        while frame and not self.shown(frame.f_code.co_filename):
            frame = frame.f_back
        return linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip() if frame else ""


def _within(path: str, folders: list[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def _writes(mode: str | None, flags: int) -> bool:
    return (
        bool(set(mode or "") & set("wax+"))
        if mode
        else bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND))
    )


def watch(shown) -> None:
    """From here on nothing is refused in silence; and MLX computes where it is told to."""
    import mlx.core as mx

    if os.environ.get("LITERATE_DEVICE") == "cpu":
        mx.set_default_device(mx.cpu)
    for names, mode in ((LOADS, "r"), (SAVES, "w")):
        for name in names:
            if hasattr(mx, name):
                setattr(mx, name, _audited(getattr(mx, name), mode))
    fork_exec = (
        _posixsubprocess.fork_exec
    )  # what multiprocessing starts a process with, past every audited event

    def started(*args):
        sys.audit("os.fork")
        return fork_exec(*args)

    _posixsubprocess.fork_exec = started
    sys.addaudithook(Guard(shown))


def _audited(opens, mode: str):
    """MLX reads and writes from C++, where nothing is audited: say it for it."""

    def audited(file, *args, **kwargs):
        if isinstance(file, (str, os.PathLike)):
            sys.audit("open", file, mode, 0)
        return opens(file, *args, **kwargs)

    return audited


def _end_with(parent: int) -> None:
    """If who started this process is killed, nobody is left to end a program that hangs."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(9)


def plain(value, left=LIMIT):
    """`value` as numbers, strings, lists and dicts; None where it is something else."""
    if isinstance(value, (bool, str, int)) or value is None:
        return value
    if isinstance(value, numbers.Real):
        return float(value)
    if hasattr(value, "tolist") and getattr(value, "size", LIMIT + 1) <= left:
        return plain(value.tolist(), left)
    if isinstance(value, (list, tuple)) and len(value) <= left:
        return [plain(v, left) for v in value]
    if isinstance(value, dict):
        return {str(k): plain(v, left) for k, v in value.items()}
    return None


def main(program: str, report: str) -> int:
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    linecache.getlines(program)  # now, for the program may go to another folder
    watch(lambda name: name == program)
    error, error_line, found = None, None, {}
    try:
        found = runpy.run_path(program, run_name="__main__")
    except BaseException as raised:  # SystemExit too: a snippet has no business to leave early
        error = "".join(traceback.format_exception_only(type(raised), raised)).strip()
        steps = [s for s in traceback.extract_tb(raised.__traceback__) if s.filename == program]
        error_line = steps[-1].lineno if steps else None
    values = {
        name: plain(value)
        for name, value in found.items()
        if not name.startswith("_")
        and not callable(value)
        and not isinstance(value, types.ModuleType)
    }
    with open(report, "w", encoding="utf-8") as out:
        json.dump(
            {
                "error": error,
                "line": error_line,
                "values": {k: v for k, v in values.items() if v is not None},
            },
            out,
        )
    return 1 if error else 0


def kernel(arguments: list[str]) -> None:
    """A kernel that runs the cells of a lab in this folder, watched once it stands."""
    from ipykernel.compiler import get_tmp_directory
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance()
    app.initialize(arguments)
    watch(lambda name: name.startswith(get_tmp_directory()))
    app.start()


if __name__ == "__main__":
    if sys.argv[1] == "--kernel":
        sys.exit(kernel(["-f", *sys.argv[2:]]))
    code = main(sys.argv[1], sys.argv[2])
    sys.stdout.flush()
    os._exit(code)  # no thread of the program can keep the process alive
