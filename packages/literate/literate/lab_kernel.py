"""The kernel of the labs: cells run once for all languages, watched as the program of a page is,
their outputs kept.

It needs Jupyter, which a book without labs does not.
"""

import json
import re
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import mkdocs_jupyter.config
import mkdocs_jupyter.plugin
import nbformat
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.preprocessors import CoalesceStreamsPreprocessor, ExecutePreprocessor
from nbformat import NotebookNode

from literate import Fault, files, runs
from literate.project import Project

_BEGUN: dict[Path, Future[Any]] = {}  # file of the outputs → the run that writes it
TEMPLATES = Path(__file__).parent / "labs_templates"


def install(project: Project) -> None:
    """Let mkdocs-jupyter use our template and our way to execute."""

    def preprocess(_: Any, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        _execute(project, nb)
        return nb, resources

    ExecutePreprocessor.preprocess = preprocess  # type: ignore[assignment, method-assign]
    mkdocs_jupyter.config.settings.templates_dir = str(TEMPLATES)
    # It would convert the notebook once more for its contents, which come from the prose
    mkdocs_jupyter.plugin._get_nb_toc_tokens = lambda path, depth: ([], None)


def begin(project: Project, path: Path) -> None:
    """Run a lab's cells while other pages are drawn."""
    nb = nbformat.read(path, 4)  # type: ignore[no-untyped-call]
    if not (kept := _kept_at(project, nb)).is_file():
        _BEGUN[kept] = run = Future[Any]()
        threading.Thread(target=_run_into, args=(run, project, nb, kept)).start()


def executed(project: Project, path: Path) -> str:
    """The notebook as the reader downloads it: with its outputs, without the page's HTML."""
    nb = nbformat.read(path, 4)  # type: ignore[no-untyped-call]
    _execute(project, nb)
    for cell in nb.cells:
        cell.metadata.pop("html", None)
        cell.metadata.pop("at", None)
    return f"{nbformat.writes(nb)}\n"  # type: ignore[no-untyped-call]


# ---- outputs, kept ----------------------------------------------------------------------------


def _execute(project: Project, nb: NotebookNode) -> None:
    """In place of nbconvert's own: outputs are kept by all that they depend on, this file too; an
    error names the lab's cell.
    """
    path = _kept_at(project, nb)
    if begun := _BEGUN.pop(path, None):
        begun.result()
    if (outputs := files.kept(path)) is None:
        outputs = _run_and_keep(project, nb, path)
    for number, (cell, kept) in enumerate(zip(_code(nb), outputs, strict=True), 1):
        cell.outputs = list(map(nbformat.from_dict, kept))
        cell.execution_count = number
        cell.metadata.pop("execution", None)  # when it ran: differs in two builds


def _code(nb: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def _kept_at(project: Project, nb: NotebookNode) -> Path:
    """The file of the cells' outputs. Raises Fault for a package that is not locked."""
    for cell in _code(nb):
        path = project.root / cell.metadata["at"][0]
        if fault := runs.not_locked(project, cell.source, "the cell", path, _at(project, cell)):
            raise fault
    made_from = runs.key(project, _program(nb)), Path(__file__).read_text("utf-8")
    return project.cache / "labs" / f"{files.digest(*made_from)}.json"


def _program(nb: NotebookNode) -> str:
    return "\n".join(cell.source for cell in _code(nb))


def _run_and_keep(project: Project, nb: NotebookNode, path: Path) -> Any:
    _run(project, nb, _program(nb))
    # where a kernel splits what is printed depends on how busy the machine is
    joined: Any = CoalesceStreamsPreprocessor()  # type: ignore[no-untyped-call]
    outputs = [joined.preprocess_cell(cell, {}, 0)[0].outputs for cell in _code(nb)]
    files.write_whole(path, json.dumps(outputs))
    return outputs


def _run_into(run: Future[Any], project: Project, nb: NotebookNode, path: Path) -> None:
    try:
        run.set_result(_run_and_keep(project, nb, path))
    except BaseException as error:  # for who waits for the outputs
        run.set_exception(error)


# ---- runs -------------------------------------------------------------------------------------


class _Kernel(AsyncKernelManager):
    """A kernel that is watched as a page's program is, in a folder of its own."""

    home: Path
    project: Project

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        return [*runs.WORKER, "--kernel", self.connection_file, *(extra_arguments or [])]

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
        no_start_up_files = {"IPYTHONDIR": str(self.home / "ipython")}
        env = runs.environment(self.project, self.home) | no_start_up_files
        await super().start_kernel(**options, cwd=str(self.home), env=env)


class _Stop(Exception):
    """A cell did what the engine does not allow, which is no error of its own."""


class _Client(NotebookClient):
    """Runs the cells in order; knows which one runs and how much it printed."""

    cell: NotebookNode
    printed = 0
    home = Path()

    async def async_execute_cell(self, cell: NotebookNode, *given: Any, **options: Any) -> Any:
        if cell.cell_type == "code":
            self.cell, self.printed = cell, 0
        done = await super().async_execute_cell(cell, *given, **options)
        if self.printed > runs.OUTPUT_LIMIT or runs.refused(self.home):
            raise _Stop
        return done

    def process_message(self, msg: Any, cell: NotebookNode, cell_index: int) -> Any:
        self.printed += len(msg["content"].get("text", ""))
        if self.printed > runs.OUTPUT_LIMIT and msg["msg_type"] == "stream":
            return None  # counted, not kept
        return super().process_message(msg, cell, cell_index)


def _run(project: Project, nb: NotebookNode, program: str) -> None:
    """Run all code cells; their outputs are in the notebook then. Raises Fault."""
    with runs.folder(project, program) as home:
        # sockets of its own: nobody else can listen
        sockets = {"transport": "ipc", "ip": f"{home}/kernel"}
        kernel = _Kernel(kernel_name="python3", connection_file=f"{home}/kernel.json", **sockets)
        client = _Client(nb, km=kernel, timeout=int(runs.TIME_LIMIT))
        kernel.home = client.home = home
        kernel.project = project
        try:
            client.execute()
        except (_Stop, CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise _fault(project, client, error) from None
        finally:
            run_sync(kernel.shutdown_kernel)(now=True)


def _fault(project: Project, client: _Client, error: Exception) -> Fault:
    cell, line = client.cell, ""
    if said := runs.refused(client.home):
        line = said["line"]
        what, cure = f"the cell {said['what']} at `{line}`", runs.KEEPS_TO
    elif client.printed > runs.OUTPUT_LIMIT:
        most = f"a page shows at most {runs.OUTPUT_LIMIT:,}"
        what, cure = f"the cell printed {client.printed:,} characters; {most}", "print less"
    elif isinstance(error, CellExecutionError):
        line = _raised(error)
        what, cure = f"the cell raised `{error.ename}: {error.evalue}`", "fix the lab's script"
    elif isinstance(error, CellTimeoutError):
        what = f"the cell is still running after {runs.TIME_LIMIT:g} s"
        cure = "make it shorter, or look for an endless loop"
    else:
        what, cure = "the cell ended the kernel", "let it end by itself, without os._exit"
    return Fault(_at(project, cell, line), what, cure)


def _raised(error: CellExecutionError) -> str:
    """The line that raised, as IPython's traceback marks it: `----> 3 the line`."""
    marked = re.findall(r"^-+> \d+ (.*)$", re.sub(r"\x1b\[[\d;]*m", "", error.traceback), re.M)
    return marked[-1].strip() if marked else ""


def _at(project: Project, cell: NotebookNode, line: str = "") -> str:
    """Where a line of a cell is: in its own text, else in one that it calls; without a line, the
    cell.
    """
    path, first = cell.metadata["at"]
    file = project.root / path
    found = runs.line_of(project, file, line, first) or runs.line_of(project, file, line)
    return found or f"{path}:{first}"
