"""Labs: notebooks that mkdocs-jupyter executes and draws.

A lab's prose stands in `docs/<language>/labs/*.md`, its code once, as regions of the script that the front matter
names (`lab: lab_breast_cancer`). From both a notebook per language is assembled; its cells run in one kernel, once
for both languages, and the executed notebook is what the reader downloads.
"""

import hashlib
import html
import json
import re
from pathlib import Path

import mkdocs_jupyter.config
import mkdocs_jupyter.plugin
import nbformat
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.exporters.templateexporter import default_filters
from nbconvert.preprocessors import ExecutePreprocessor

from literate import notebooks as notebook
from literate import directives as panes
from literate import snippets as program
from literate import runs as runner
from literate.book import Book
from literate.text import Directive, blocks
from literate.text import Page as Source
from literate.errors import Fault
from literate.files import write_whole

TEMPLATES = Path(__file__).parent / "labs_templates"


def is_lab(page: Source) -> bool:
    return "lab" in page.meta


def folder(project) -> Path:
    """Where the notebooks are as assembled, of this checkout alone."""
    return project.root / ".cache" / "labs"


def assemble(page: Source, book: Book, markdown) -> None:
    """Write the lab's notebook, not yet executed, below FOLDER. `markdown(text)` gives the HTML of prose."""
    project = page.project
    book.open(page)
    script = program.module(project, page.meta["lab"], page.place)
    cells = []
    for block in blocks(page):
        if isinstance(block, str):
            cells.append(_prose(block, book, markdown(block)))
        elif block[0].name == "cell":
            path, line, text = _code(block[0], script, page)
            # The copied text of a cell is that of all cells up to it; the page's script gathers it, for it would be long
            cells.append(
                notebook.source_cell(
                    text, html=panes.code_pane(project, page.language, text, ""), at=[project.place(path), line]
                )
            )
        elif block[0].name == "formula":
            formulas = book.snippets[block[0].argument].formulas
            text = "\n\n".join(f"$$\n{f}\n$$" for f in formulas)
            cells.append(_prose(text, book, markdown(f"/// formula | {block[0].argument}\n///")))
        else:
            raise Fault(
                f"{page.place}:{block[0].line}",
                f"`/// {block[0].name}` in a lab",
                "a lab has prose, `/// cell` and `/// formula`",
            )
    write_whole(folder(project) / page.language / f"{page.slug}.ipynb", notebook.write(cells, page))


def _code(d: Directive, script: program.Module, page: Source) -> tuple[Path, int, str]:
    """A cell's file, its first line there, and its text: a region of the lab's script, or a function."""
    project = page.project
    if "." in d.argument:
        snippet = program.load(project, d.argument, f"{page.place}:{d.line}")
        return snippet.path, snippet.line, snippet.code
    line, text = script.region(d.argument)
    return script.path, line + 1, text


def _prose(text: str, book: Book, shown: str):
    return notebook.prose_cell(notebook.plain(text, book), html=shown)


# ---- executed once for both languages -----------------------------------------------------------------------------------


def _outputs(project, nb) -> Path:
    """Where the outputs of these cells are kept: by all that they depend on, this file too."""
    code = "\n".join(c.source for c in nb.cells if c.cell_type == "code")
    made_by = hashlib.sha256(
        runner.key(project, code).encode() + Path(__file__).read_bytes()
    ).hexdigest()
    return project.cache / "labs" / f"{made_by}.json"


def _execute(project, nb, resources):
    """In place of nbconvert's own: outputs kept under the hash of all code cells; an error names the lab's cell."""
    code = [c for c in nb.cells if c.cell_type == "code"]
    for cell in code:
        if fault := runner.not_locked(
            project,
            cell.source,
            "the cell",
            project.root / cell.metadata["at"][0],
            _at(project, cell),
        ):
            raise fault
    path = _outputs(project, nb)
    try:
        kept = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):  # not there, or not whole: run it again
        _run(project, nb)
        kept = [_joined(c.outputs) for c in code]
        write_whole(path, json.dumps(kept))
    for number, (cell, outputs) in enumerate(zip(code, kept), 1):
        cell.outputs = [nbformat.from_dict(o) for o in outputs]
        cell.execution_count = number
        cell.metadata.pop("execution", None)  # when it ran: not the same in two builds
    return nb, resources


class _Kernel(AsyncKernelManager):
    """A kernel that is watched as a page's program is, in a folder of its own."""

    home: Path

    def format_kernel_cmd(self, extra_arguments=None):
        return [*runner.WORKER, "--kernel", self.connection_file, *extra_arguments]

    async def start_kernel(self, **options):
        env = runner.environment(self.project, self.home) | {
            "IPYTHONDIR": str(self.home / "ipython")
        }  # no start-up file of this machine's
        await super().start_kernel(**options, cwd=str(self.home), env=env)


class _Stop(Exception):
    """What a cell did is no error of its own."""


class _Client(NotebookClient):
    """Runs the cells in order; knows which one it is at and how much that printed."""

    cell, printed, home = None, 0, Path()

    async def async_execute_cell(self, cell, *given, **options):
        if cell.cell_type == "code":
            self.cell, self.printed = cell, 0
        done = await super().async_execute_cell(cell, *given, **options)
        if self.printed > runner.OUTPUT_LIMIT or runner.refused(self.home):
            raise _Stop
        return done

    def process_message(self, msg, cell, cell_index):
        self.printed += len(msg["content"].get("text", ""))
        if (
            self.printed <= runner.OUTPUT_LIMIT or msg["msg_type"] != "stream"
        ):  # a flood is counted, not kept
            return super().process_message(msg, cell, cell_index)


def _run(project, nb) -> None:
    """Run all code cells; their outputs are in the notebook then. Raises Fault."""
    with runner.folder(
        project, "\n".join(c.source for c in nb.cells if c.cell_type == "code")
    ) as home:
        # sockets of its own: nobody else can listen
        kernel = _Kernel(
            kernel_name="python3",
            transport="ipc",
            ip=str(home / "kernel"),
            connection_file=str(home / "kernel.json"),
        )
        client = _Client(nb, km=kernel, timeout=int(runner.TIME_LIMIT))
        kernel.home = client.home = home
        kernel.project = project
        try:
            client.execute()
        except (_Stop, CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise _fault(project, client, error) from None
        finally:
            run_sync(kernel.shutdown_kernel)(now=True)


def _fault(project, client: _Client, error: Exception) -> Fault:
    cell = client.cell
    if said := runner.refused(client.home):
        return Fault(
            _at(project, cell, said["line"]),
            f"the cell {said['what']} at `{said['line']}`",
            runner.KEEPS_TO,
        )
    if client.printed > runner.OUTPUT_LIMIT:
        return Fault(
            _at(project, cell),
            f"the cell printed {client.printed:,} characters; a page shows at most {runner.OUTPUT_LIMIT:,}",
            "print less",
        )
    if isinstance(error, CellExecutionError):
        return Fault(
            _at(project, cell, _raised(error)),
            f"the cell raised `{error.ename}: {error.evalue}`",
            "mend the lab's script",
        )
    if isinstance(error, CellTimeoutError):
        return Fault(
            _at(project, cell),
            f"the cell is still running after {runner.TIME_LIMIT:g} s",
            "make it shorter, or look for an endless loop",
        )
    return Fault(
        _at(project, cell), "the cell ended the kernel", "let it end by itself, without os._exit"
    )


def _raised(error: CellExecutionError) -> str:
    """The line that raised, as IPython's traceback marks it: `----> 3 the line`."""
    marked = re.findall(r"^-+> \d+ (.*)$", re.sub(r"\x1b\[[\d;]*m", "", error.traceback), re.M)
    return marked[-1].strip() if marked else ""


def _at(project, cell, line: str = "") -> str:
    """Where a line of a cell stands, else the cell."""
    path, first = cell.metadata["at"]
    found = runner.line_of(project, project.root / path, line, first) or runner.line_of(
        project, project.root / path, line
    )  # of this cell; of one that it calls
    return found or f"{path}:{first}"


def _joined(outputs: list) -> list:
    """Neighbouring pieces of one stream as one: where a kernel parts what is printed depends on how busy the machine is."""
    out = []
    for output in outputs:
        if (
            out
            and output.output_type == out[-1].output_type == "stream"
            and output.name == out[-1].name
        ):
            out[-1].text += output.text
        else:
            out.append(output)
    return out


def install(project) -> None:
    """Let mkdocs-jupyter use our template and our way to execute."""
    ExecutePreprocessor.preprocess = lambda self, nb, resources: _execute(project, nb, resources)
    default_filters["show_output"] = show_output
    mkdocs_jupyter.config.settings.templates_dir = str(TEMPLATES)
    mkdocs_jupyter.plugin._get_nb_toc_tokens = lambda path, depth: (
        [],
        None,
    )  # a second conversion; the contents are ours


def executed(project, path: Path) -> str:
    """The notebook as the reader downloads it: outputs in, the page's HTML out."""
    nb = nbformat.read(path, 4)
    nb, _ = _execute(project, nb, {})
    for cell in nb.cells:
        cell.metadata.pop("html", None)
        cell.metadata.pop("at", None)
    return nbformat.writes(nb) + "\n"


def body(content: str) -> str:
    """mkdocs-jupyter ends a page with nbconvert's styles; ours are in the theme."""
    return content.split("<style>")[0]


def show_output(output) -> str:
    """One output of a cell as HTML: pictures and tables as they are, text as printed."""
    if output.output_type == "stream":
        return (
            f'<pre tabindex="0"><code>{html.escape(output.text.rstrip(), quote=False)}</code></pre>'
        )
    data = output.get("data", {})
    for kind in ("image/svg+xml", "text/html"):
        if kind in data:
            return f'<div class="tp-cell__rich">{data[kind]}</div>'
    return f'<pre tabindex="0"><code>{html.escape(data.get("text/plain", ""), quote=False)}</code></pre>'
