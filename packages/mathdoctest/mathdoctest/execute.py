"""The user's code: imported afresh when a file has changed, called within a time limit."""

import contextlib
import importlib
import importlib.util
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from mathdoctest import source
from mathdoctest.errors import SourceError

Code = Callable[..., Any]

TIME_LIMIT = 60.0  # seconds

_imported: dict[Path, list[tuple[Path, tuple[int, int]]]] = {}  # file → what it was made from


def load(path: Path, name: str) -> Code:
    """A top-level function of a file. Leaves no bytecode. Raises SourceError."""
    stamps = {file: source.stamp(file) for file in source.depends_on(path)}
    files = [file for file in stamps if not source.is_installed(file)]
    for file in files:
        made_from = [(each, stamps[each]) for each in source.depends_on(file)]
        if _imported.get(file) != made_from:
            _forget(file)
            _imported[file] = made_from
    try:
        made = _loaded(path)
        if made is None:
            with _importing(files):
                made = _module(path)
        found: Code = getattr(made, name)
    except (Exception, SystemExit) as error:
        what = f"cannot be imported: {type(error).__name__}: {error}"
        raise SourceError(path, what, "fix the module") from None
    return found


def _forget(file: Path) -> None:
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) == str(file):
            del sys.modules[name]


def _package(path: Path) -> tuple[Path, str]:
    """The folder from which a file is imported, and its name from there."""
    folder, parts = path.parent, [] if path.stem == "__init__" else [path.stem]
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return folder, ".".join(parts)


@contextlib.contextmanager
def _importing(files: list[Path]) -> Iterator[None]:
    """The folders of the files can be imported from, and nothing is written."""
    roots = {_package(file)[0] for file in files}
    roots |= {root for file in files for root in source.module(file).roots}
    before = sys.path[:], sys.dont_write_bytecode
    sys.path[:0] = sorted(str(root) for root in roots if str(root) not in sys.path)
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path[:], sys.dont_write_bytecode = before


def _loaded(path: Path) -> ModuleType | None:
    """The module that was made of a file before, if it was."""
    _, dotted = _package(path)
    made = sys.modules.get(dotted if "." in dotted else _name(path))
    return made if getattr(made, "__file__", None) == str(path) else None


def _name(path: Path) -> str:
    """What a module outside packages is called: its plain name may be an installed module's."""
    return f"mathdoctest.user.{path.stem}"


def _module(path: Path) -> ModuleType:
    folder, dotted = _package(path)
    if "." in dotted:
        top = dotted.split(".")[0]
        home = getattr(sys.modules.get(top), "__file__", None)
        if home and Path(home).parent != folder / top:  # another project's package of this name
            for name in [n for n in sys.modules if n.split(".")[0] == top]:
                del sys.modules[name]
        return importlib.import_module(dotted)
    name = _name(path)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("not a Python module")
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    try:
        spec.loader.exec_module(made)
    except BaseException:
        del sys.modules[name]
        raise
    return made


def call(function: Callable[[], Any], time_limit: float) -> Any:
    """What the function returns. Raises TimeoutError after time_limit seconds.

    Only the main thread can be interrupted; in any other there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        return function()

    def stop(*_: Any) -> None:
        raise TimeoutError(f"the code is still running after {time_limit:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_REAL, time_limit)
        return function()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
