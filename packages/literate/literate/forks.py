"""Programs in forked processes, which need not start Python and import packages again.

A server is a worker that forks a process for each program; it has imported what the program begins
with, and computed nothing. There is one for each hash seed and each list of imports. Only on Linux,
and where programs compute on the CPU: what drives a GPU cannot be forked.

The worker loads this file by its path, without the package: it uses the standard library alone.
Messages go over sockets that keep each whole: see `serve`.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

SERVER = "--fork"  # what the worker is called with
_SIZE = 1 << 16  # of a message


def possible(device: str | None) -> bool:
    """Whether programs that compute on this device can be forked here."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open") and device in (None, "CPU")


# ---- who asks


class Forked:
    """A process that a server forked, as far as it is like a `subprocess.Popen`."""

    def __init__(self, line: socket.socket, pid: int):
        self.line, self.pid = line, pid
        self.code: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """The exit code. Raises subprocess.TimeoutExpired."""
        if self.code is None:
            self.line.settimeout(timeout)
            try:
                self.code = int(self.line.recv(_SIZE) or -signal.SIGKILL)  # the server was killed
            except TimeoutError:
                raise subprocess.TimeoutExpired("the program", timeout or 0) from None
            self.line.close()
        return self.code


class Forks:
    """The servers, each started when it is first needed; they end with the `with`.

    A server for several imports is forked from the one for all of them but the last.
    """

    def __init__(self, worker: Sequence[str]):
        self.worker, self.lock = worker, threading.Lock()
        self.servers: dict[tuple[str, tuple[str, ...]], socket.socket | None] = {}
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for server in filter(None, self.servers.values()):
            server.close()
        for process in self.processes:
            process.wait()

    def start(
        self, home: Path, environment: Mapping[str, str], imports: tuple[str, ...]
    ) -> Forked | None:
        """Run the program of a folder; None where no server can be had.

        imports: the modules that its server has imported.
        """
        with self.lock:
            server = self._server(environment, imports)
        if not server:
            return None
        line = _ask(server, {"home": str(home), "environment": environment})
        pid = line and line.recv(_SIZE)
        return Forked(line, int(pid)) if line and pid else None

    def _server(
        self, environment: Mapping[str, str], imports: tuple[str, ...]
    ) -> socket.socket | None:
        key = environment["PYTHONHASHSEED"], imports
        if key not in self.servers:
            made: socket.socket | None = None
            if not imports:
                made = self._first(environment)
            elif before := self._server(environment, imports[:-1]):
                made = _ask(before, {"imports": imports[-1]})
            self.servers[key] = made if made and made.recv(_SIZE) else None
        return self.servers[key]

    def _first(self, environment: Mapping[str, str]) -> socket.socket:
        """A server that has imported nothing, from which the others are forked."""
        ours, theirs = _line()
        with theirs:
            null = subprocess.DEVNULL
            started = subprocess.Popen(
                [*self.worker, SERVER],
                env=environment,
                cwd="/",
                stdin=theirs.fileno(),
                stdout=null,
                stderr=null,
                start_new_session=True,
            )
        self.processes.append(started)
        return ours


def _line() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _ask(server: socket.socket, request: object) -> socket.socket | None:
    """Ask a server; the line on which the new process answers. None if the server has ended."""
    ours, theirs = _line()
    with theirs:
        try:
            socket.send_fds(server, [json.dumps(request).encode()], [theirs.fileno()])
        except OSError:
            ours.close()
            return None
    return ours


# ---- the server


def serve() -> None:
    """Be a server, until nobody is left to ask; return in each process that is to run a program.

    A request is JSON with a line: `{"imports": "mlx.core"}` is for another server, at the end of
    the line, which says "yes" once it has that module too; `{"home": …, "environment": …}` is for a
    process that runs the program in that folder: the line has its id, and then its exit code.
    """
    control = socket.socket(fileno=os.dup(0))
    _open(0, os.devnull, os.O_RDONLY)
    control.send(b"yes")
    began_with = dict(os.environ)
    running: dict[int, tuple[int, int | None]] = {}  # handle of a process → its id, its line
    while True:
        ready, _, _ = select.select([control.fileno(), *running], [], [])
        for handle in (each for each in ready if each in running):
            os.close(handle)
            _tell(*running.pop(handle))
        if control.fileno() not in ready:
            continue
        text, lines, _, _ = socket.recv_fds(control, _SIZE, 1)
        if not text:
            break
        request, line = json.loads(text), lines[0]
        is_server = "imports" in request
        if pid := os.fork():
            if is_server:
                os.close(line)  # its end is told by the line's
            running[os.pidfd_open(pid)] = pid, None if is_server else line
        elif is_server:
            control.detach()
            _close_all_but(line)
            control, running = socket.socket(fileno=line), {}
            _import(control, request["imports"])
        else:
            control.detach()
            changed = request["environment"].items() - began_with.items()
            return _begin(line, request["home"], dict(changed))
    for pid, line_of_it in running.values():
        if line_of_it is not None:
            os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    os._exit(0)


def _tell(pid: int, line: int | None) -> None:
    """Tell the exit code of a process that has ended."""
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if line is not None:
        with socket.socket(fileno=line) as told, contextlib.suppress(OSError):  # nobody asks now
            told.send(b"%d" % code)


def _import(control: socket.socket, module: str) -> None:
    """Import a module, then say so; leave where a process that has it cannot be forked."""
    importlib.import_module(module)
    if not (pid := os.fork()):  # OpenBLAS ends its threads before a fork, to start them when needed
        os._exit(0)
    os.waitpid(pid, 0)
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        if len(os.listdir("/proc/self/task")) > 1 or "/libcuda" in maps.read():
            os._exit(0)
    gc.freeze()  # a collection in a forked process would copy all of these objects
    control.send(b"yes")


def _begin(line: int, home: str, environment: dict[str, str]) -> None:
    """Be as a new process in that folder is: a session and files of its own.

    environment: what is not as the server began with; imports may have set more.
    """
    os.setsid()
    os.chdir(home)
    os.environ.update(environment)
    for number, name in enumerate(("stdout", "stderr"), 1):
        _open(number, name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.write(line, b"%d" % os.getpid())
    _close_all_but()


def _open(number: int, name: str, flags: int) -> None:
    """Open a file as the descriptor of that number."""
    opened = os.open(name, flags, 0o666)
    os.dup2(opened, number)
    os.close(opened)


def _close_all_but(kept: int = 2) -> None:
    """Close the descriptors beyond the standard ones."""
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))
