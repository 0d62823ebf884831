"""Every snippet: its doctest with shapes enforced.

Its copied text alone in a fresh interpreter, its use on a page.
"""

import doctest
import importlib
import os
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from conftest import PROJECT, every_snippet
from jaxtyping import install_import_hook
from literate import needs
from literate import notebooks as notebook
from literate import runs as runner
from literate import snippets as program
from literate.errors import Fault
from literate.expected import Tolerance, differs
from literate.project import Project
from literate.text import ROLE
from nbclient import NotebookClient

NAMES = every_snippet()


def shown(book, pages) -> list[program.Snippet]:
    return list({s.name: s for page in pages for s in notebook.shown_on(page, book)}.values())


class Tolerant(doctest.OutputChecker):
    """The runner's own judge: text equal, numbers within the snippet's tolerance."""

    tolerance = Tolerance()

    def check_output(self, want, got, flags):
        return differs(want, got, self.tolerance) is None


@pytest.fixture(scope="module")
def typed():
    """The snippets, imported with jaxtyping's shapes enforced by beartype.

    Other tests have them as they were.
    """

    def out() -> dict:
        return {
            name: sys.modules.pop(name)
            for name in [*sys.modules]
            if name.split(".")[0] == "snippets"
        }

    before = out()
    with install_import_hook("snippets", "conftest.enforced"):
        yield {
            p.stem: importlib.import_module(f"snippets.{p.stem}")
            for p in PROJECT.snippets.glob("*.py")
            if p.stem != "__init__" and not p.stem.startswith("lab_")
        }
    out()
    sys.modules.update(before)


# An example that must raise is the next test's: with shapes enforced it would raise another error
@pytest.mark.parametrize("name", [n for n in NAMES if not program.load(PROJECT, n).error])
def test_doctest_with_shapes_enforced(name, typed, pages, monkeypatch):
    if run := needs.unmet(pages).get(name):
        pytest.skip(needs.WITHOUT[run.needs])
    monkeypatch.chdir(PROJECT.snippets)  # where `data/` is
    module, _, function = name.partition(".")
    snippet = program.load(PROJECT, name)
    checker = Tolerant()
    checker.tolerance = snippet.tolerance
    runs = doctest.DocTestRunner(checker, verbose=False)
    said = []
    for test in doctest.DocTestFinder(recurse=False).find(
        getattr(typed[module], function), name, globs=dict(vars(typed[module]))
    ):
        runs.run(test, out=said.append)
    assert not runs.failures, "".join(said)
    assert runs.tries or not snippet.example


def test_shapes_are_enforced_indeed(typed):
    """Were the hook not in force, every test above would prove nothing of shapes."""
    import mlx.core as mx

    with pytest.raises(Exception, match="weighted_sum"):
        typed["forward"].weighted_sum(mx.zeros((2, 2)), mx.zeros(3), mx.zeros(2))


def test_copied_text_runs_by_itself_and_prints_what_the_page_shows(book, pages):
    """As a reader does: paste into a file, run it with an interpreter that knows no project."""

    def alone(snippet):
        with runner.folder(PROJECT, snippet.program) as home:
            path = home / "pasted.py"
            path.write_text(snippet.program, "utf-8")
            return snippet, subprocess.run(
                [sys.executable, "-I", str(path)],
                cwd=home,
                capture_output=True,
                text=True,
                timeout=120,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(home),
                    "TMPDIR": str(home / "tmp"),
                    "PYTHONIOENCODING": "utf-8",
                },
            )

    wanted = shown(book, pages)
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(alone, wanted))
    assert len(results) == len(wanted) > 40
    for snippet, result in results:
        run = book.runs[snippet.name]
        assert runner.printed(result.stdout) == run.output, snippet.name
        if run.error:
            assert result.stderr.strip().endswith(run.error) and result.returncode == 1, (
                snippet.name
            )
        else:
            assert result.returncode == 0, f"{snippet.name}: {result.stderr}"
        for ours in ("snippets", "literate", "jaxtyping"):
            assert ours not in snippet.program, f"{snippet.name}: a reader has no `{ours}`"


def test_runs_print_the_same_again_in_any_order(book):
    """Run again, shuffled and in parallel: the same output, the same values, to the last bit.

    Two runs more of a sample; twenty of every snippet with `make test ALL=1`.
    """
    draw = random.Random(len(book.snippets))
    names = sorted(name for name in book.snippets if book.runs[name].needs is None)
    todo = names * 20 if os.environ.get("ALL") else draw.sample(names, 8) * 2
    draw.shuffle(todo)
    with ThreadPoolExecutor(2) as pool:
        snippets = [book.snippets[name] for name in todo]
        runs = pool.map(
            lambda snippet: runner.run(PROJECT, snippet.program, snippet.place), snippets
        )
        for name, again in zip(todo, runs, strict=True):
            assert repr(again) == repr(book.runs[name]), name  # repr, for nan is nan here


def chapters(pages):
    return [p for p in pages if p.language == "en" and p.slug.startswith("core/")]


def test_chapter_programs_print_what_the_page_shows(book, pages, tmp_path):
    for page in chapters(pages):
        path = tmp_path / f"{page.slug.replace('/', '-')}.py"
        path.write_text(notebook.py(page, book), "utf-8")
        result = subprocess.run(
            [sys.executable, "-I", str(path)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert result.returncode == 0, f"{page.slug}.py: {result.stderr}"
        wanted = "".join(
            run.output + (run.error + "\n" if run.error else "")
            for run in (book.runs[s.name] for s in notebook.shown_on(page, book))
        )
        assert differs(wanted, result.stdout, Tolerance()) is None, page.slug


def test_chapter_notebooks_run_in_a_kernel(book, pages, tmp_path):
    """Executed again, each notebook prints what it was assembled with.

    Both languages hold the same code.
    """
    for page in chapters(pages):
        nb = nbformat.reads(notebook.ipynb(page, book), 4)
        nbformat.validate(nb)
        twin = next(p for p in pages if p.slug == page.slug and p.language == "zh-TW")
        code = [c.source for c in nb.cells if c.cell_type == "code"]
        assert code == [
            c.source
            for c in nbformat.reads(notebook.ipynb(twin, book), 4).cells
            if c.cell_type == "code"
        ]
        before = [_text(c) for c in nb.cells if c.cell_type == "code"]
        NotebookClient(
            nb, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
        ).execute()
        after = [_text(c) for c in nb.cells if c.cell_type == "code"]
        for number, (was, now) in enumerate(zip(before, after, strict=True)):
            assert differs(was, now, Tolerance()) is None, f"{page.slug}, code cell {number}"


def _text(cell) -> str:
    return "".join(
        o.text if o.output_type == "stream" else f"{o.ename}: {o.evalue}\n" for o in cell.outputs
    )


def test_a_snippet_that_no_page_shows_is_a_fault(book):
    assert list(program.unused(PROJECT, book.snippets.values())) == []
    alone = [each for name, each in book.snippets.items() if name == "forward.weighted_sum"]
    said = [str(fault) for fault in program.unused(PROJECT, alone)]
    places = [s for s in said if re.match(r"snippets/forward\.py:\d+: no page shows `forward", s)]
    assert len(places) > 3 and not any("forward.weighted_sum" in s for s in said)
    assert all("`/// snippet | forward." in s for s in places), "the cure can be pasted"


@pytest.mark.parametrize(
    "value, spec, says",
    [
        (0.38, ".2f", None),
        (0.1250000001, ".2f", "may be another one on another machine"),
        (0.12499999, ".2f", "may be another one on another machine"),
        (0.1251, ".2f", None),
        (0.1250000001, ".6f", None),
    ],
)
def test_a_number_in_prose_survives_a_relative_change_of_a_millionth(
    value, spec, says, book, monkeypatch
):
    monkeypatch.setattr(book, "value", lambda *_: value)
    book.open(next(iter(book.pages)))
    match = ROLE.fullmatch(f"{{{{forward.forward.L:{spec}}}}}")
    if says is None:
        assert book.role(match) == format(value, spec)
    else:
        with pytest.raises(Fault, match=says):
            book.role(match)


def test_six_digits_of_an_answer_are_those_of_the_exact_one(book, pages):
    """exercises.js shows six; float32 may be off by a ten-millionth, as 2.3025848 of ln 10 is."""
    for page in pages:
        book.open(page)
        for exercise in (d for d in page.directives if "answer" in d.options):
            name, index = re.fullmatch(r"(\w+)(.*)", exercise.options["answer"]).groups()
            value = book.value(exercise.argument, name, index)
            while isinstance(value, list):
                (value,) = value
            least, most = (f"{value * (1 + by):.6g}" for by in (-1e-7, 1e-7))
            assert least == most, f"{page.place}: {exercise.argument}: {value!r}"


def test_every_snippet_has_what_a_docstring_owes():
    summaries = {name: program.load(PROJECT, name).summary for name in NAMES}
    assert [name for name, said in summaries.items() if said.startswith("$$") or not said] == []


@pytest.mark.parametrize(
    "summary, width, says",
    [
        ("Twice a number.", 80, None),
        ("Twice a number", 80, "the first line of its docstring is no sentence"),
        ("$$", 80, "a `..` that opens or closes no formula"),
        ("Twice a number.", 89, "a displayed line of 89 characters, where 88 fit"),
    ],
)
def test_what_a_docstring_lacks_is_a_fault_at_its_function(summary, width, says, copy):
    line = f"    return x  {'#' * (width - 14)}"
    path = copy.folder / "snippets" / "twice.py"
    path.write_text(f'"""Of two."""\n\n\ndef twice(x):\n    """{summary}"""\n{line}\n')
    project = Project.find(copy.folder)
    if says is None:
        assert program.load(project, "twice.twice").displayed
    else:
        with pytest.raises(Fault, match=rf"snippets/twice\.py:4: twice\.twice: {says}"):
            program.load(project, "twice.twice")


def test_the_text_a_lab_cell_gives_to_copy_runs_by_itself(pages, tmp_path):
    """A cell's button copies all cells up to it.

    The last one's text is the whole lab, run here as a reader pastes it.
    """
    page = next(p for p in pages if p.slug == "labs/breast-cancer" and p.language == "en")
    script = program.module(PROJECT, page.meta["lab"])
    cells = [
        program.load(PROJECT, d.argument).code
        if "." in d.argument
        else script.region(d.argument)[1]
        for d in page.directives
        if d.name == "cell"
    ]
    path = tmp_path / "lab.py"
    path.write_text("\n\n".join(cells) + "\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(path)], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0 and "accuracy" in done.stdout, done.stderr


def test_a_notebook_has_each_table_and_the_words_of_each_picture(book, pages):
    """Captions speak of what stands above them: there is no caption of what is not there."""
    for page in pages:
        cells = nbformat.reads(notebook.ipynb(page, book), 4).cells
        prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
        for d in (d for d in page.directives if d.name == "figure"):
            above = [text for text in prose if d.options["alt"] in text or "<table" in text]
            assert above, f"{page.place}: {d.argument}"
    (page,) = [p for p in pages if (p.language, p.slug) == ("en", "core/backward")]
    (table,) = [
        cell.source
        for cell in nbformat.reads(notebook.ipynb(page, book), 4).cells
        if "<table" in cell.source
    ]
    assert table.count("<tr") == 1 + 9 and table.count("-0.274788") + table.count("−0.274788") >= 3
    assert "tp-unseen" not in table and r"$w^{(1)}_{11}$" in table
