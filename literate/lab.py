"""Labs: notebooks that mkdocs-jupyter executes and draws.

A lab's prose stands in `docs/<language>/labs/*.md`, its code once, as regions of the script that the front matter
names (`lab: lab_breast_cancer`). From both a notebook per language is assembled; its cells run in one kernel, once
for both languages, and the executed notebook is what the reader downloads.
"""

import hashlib
import html
import json
import tempfile
from pathlib import Path

import mkdocs_jupyter.config
import mkdocs_jupyter.plugin
import nbformat
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbconvert.exporters.templateexporter import default_filters
from nbconvert.preprocessors import ExecutePreprocessor
from nbconvert.preprocessors.execute import CellExecutionError

from literate import notebook, panes, program, runner
from literate.book import Book, Source, blocks
from literate.errors import Fault
from literate.program import ROOT

FOLDER = ROOT / ".cache" / "labs"  # the notebooks as assembled, of this checkout alone
TEMPLATES = Path(__file__).parent / "lab_templates"


def is_lab(page: Source) -> bool:
    return "lab" in page.meta


def assemble(page: Source, book: Book, markdown) -> None:
    """Write the lab's notebook, not yet executed, below FOLDER. `markdown(text)` gives the HTML of prose."""
    book.open(page)
    script = program.module(page.meta["lab"], page.place)
    cells = []
    for block in blocks(page):
        if isinstance(block, str):
            cells.append(_prose(block, book, markdown(block)))
        elif block[0].name == "cell":
            d = block[0]
            text = program.load(d.argument, f"{page.place}:{d.line}").code if "." in d.argument else script.region(d.argument)[2]
            # The copied text of a cell is that of all cells up to it; the page's script gathers it, for it would be long
            cells.append(notebook.source_cell(text, html=panes.code_pane(text, "", book.t)))
        elif block[0].name == "formula":
            formulas = book.snippets[block[0].argument].formulas
            text = "\n\n".join(f"$$\n{f}\n$$" for f in formulas)
            cells.append(_prose(text, book, markdown(f"/// formula | {block[0].argument}\n///")))
        else:
            raise Fault(f"{page.place}:{block[0].line}", f"`/// {block[0].name}` in a lab", "a lab has prose, `/// cell` and `/// formula`")
    runner.write_whole(FOLDER / page.language / f"{page.slug}.ipynb", notebook.write(cells, page))


def _prose(text: str, book: Book, shown: str):
    return notebook.prose_cell(notebook.plain(text, book), html=shown)


# ---- executed once for both languages -----------------------------------------------------------------------------------


def _outputs(nb) -> Path:
    """Where the outputs of these cells are kept: by all that they depend on, this file too."""
    code = "\n".join(c.source for c in nb.cells if c.cell_type == "code")
    made_by = hashlib.sha256(runner.key(code).encode() + Path(__file__).read_bytes()).hexdigest()
    return runner.CACHE / "labs" / f"{made_by}.json"


def _execute(self, nb, resources):
    """In place of nbconvert's own: outputs kept under the hash of all code cells; an error names the lab's cell."""
    path = _outputs(nb)
    code = [c for c in nb.cells if c.cell_type == "code"]
    if not path.is_file():
        self.timeout = int(runner.TIME_LIMIT)
        if runner.on_cpu():
            self.extra_arguments = ["--IPKernelApp.exec_lines=import mlx.core as mx; mx.set_default_device(mx.cpu)"]
        try:
            with tempfile.TemporaryDirectory(prefix="two-passes-") as folder:  # sockets of its own: nobody else can listen
                kernel = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=f"{folder}/kernel")
                try:
                    nb, resources = _stock(self, nb, resources, kernel)
                finally:
                    run_sync(kernel.shutdown_kernel)(now=True)
        except CellExecutionError as error:
            raise Fault(_where(nb), f"the cell raised `{error.ename}: {error.evalue}`", "mend the lab's script") from None
        code = [c for c in nb.cells if c.cell_type == "code"]
        runner.write_whole(path, json.dumps([_joined(c.outputs) for c in code]))
    for number, (cell, outputs) in enumerate(zip(code, json.loads(path.read_text("utf-8"))), 1):
        cell.outputs = [nbformat.from_dict(o) for o in outputs]
        cell.execution_count = number
        cell.metadata.pop("execution", None)  # when it ran: not the same in two builds
    return nb, resources


def _joined(outputs: list) -> list:
    """Neighbouring pieces of one stream as one: where a kernel parts what is printed depends on how busy the machine is."""
    out = []
    for output in outputs:
        if out and output.output_type == out[-1].output_type == "stream" and output.name == out[-1].name:
            out[-1].text += output.text
        else:
            out.append(output)
    return out


def _where(nb) -> str:
    """The lab's script and the line of the failing cell's first line in it."""
    for cell in nb.cells:
        if any(o.output_type == "error" for o in cell.get("outputs", [])):
            for path in sorted(program.SNIPPETS.glob("lab_*.py")):
                if (at := path.read_text("utf-8").find(cell.source)) >= 0:
                    return f"{path.relative_to(ROOT).as_posix()}:{path.read_text('utf-8')[:at].count(chr(10)) + 1}"
    return "snippets/lab_*.py"


_stock = ExecutePreprocessor.preprocess


def install() -> None:
    """Let mkdocs-jupyter use our template and our way to execute."""
    ExecutePreprocessor.preprocess = _execute
    default_filters["show_output"] = show_output
    mkdocs_jupyter.config.settings.templates_dir = str(TEMPLATES)
    mkdocs_jupyter.plugin._get_nb_toc_tokens = lambda path, depth: ([], None)  # a second conversion; the contents are ours


def executed(path: Path) -> str:
    """The notebook as the reader downloads it: outputs in, the page's HTML out."""
    nb = nbformat.read(path, 4)
    nb, _ = _execute(ExecutePreprocessor(kernel_name="python3"), nb, {})
    for cell in nb.cells:
        cell.metadata.pop("html", None)
    return nbformat.writes(nb) + "\n"


def body(content: str) -> str:
    """mkdocs-jupyter ends a page with nbconvert's styles; ours are in the theme."""
    return content.split("<style>")[0]


def show_output(output) -> str:
    """One output of a cell as HTML: pictures and tables as they are, text as printed."""
    if output.output_type == "stream":
        return f'<pre tabindex="0"><code>{html.escape(output.text.rstrip(), quote=False)}</code></pre>'
    data = output.get("data", {})
    for kind in ("image/svg+xml", "text/html"):
        if kind in data:
            return f'<div class="tp-cell__rich">{data[kind]}</div>'
    return f'<pre tabindex="0"><code>{html.escape(data.get("text/plain", ""), quote=False)}</code></pre>'
