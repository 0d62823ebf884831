"""`needs: compiler` of a pitfall: where there is none it is not run, and the page says so."""

import json
import shutil
import sys

import pytest
from literate import needs
from literate.provenance import machine
from running import STATISTICS, copied

PAGE, SECTION = "docs/chapters/mean-and-variance.md", "## How far apart"
PITFALL = f"""/// pitfall | describe.compiled
    title: Compiled
    needs: compiler
///

{SECTION}"""
# what it raises is not expected: it is a fault where it runs
SNIPPET = '''def compiled():
    """What only a machine with a compiler runs.

    >>> print(1 / 0)
    """


def mean('''


@pytest.fixture
def book(tmp_path):
    if sys.platform != "linux" or machine().get("device") != "CPU":
        pytest.skip("only on the CPU of Linux does MLX compile with what is on the PATH")
    book = copied(STATISTICS, tmp_path / "book")
    book.replace(PAGE, SECTION, PITFALL)
    book.replace("snippets/describe.py", "def mean(", SNIPPET)
    return book


def test_without_a_compiler_it_is_not_run_and_the_page_says_so(book, tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    for name in filter(shutil.which, ("git", "uname", "sh", "env")):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    said = f"describe.compiled is not run: {needs.WITHOUT['compiler']}"
    assert said in book.good("literate", "check")
    book.good("mkdocs", "build", "--strict")
    folder = book.folder / "site" / "chapters" / "mean-and-variance"
    page = (folder / "index.html").read_text("utf-8")
    assert "Not run: this machine has no C++ compiler" in page and "No error raised" not in page
    program = (folder / "mean-and-variance.py").read_text("utf-8")
    notebook = json.loads((folder / "mean-and-variance.ipynb").read_text("utf-8"))
    code = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert "1 / 0" not in program and not any("1 / 0" in source for source in code)


def test_with_a_compiler_it_is_run(book):
    if machine()["compiles"] != "yes":
        pytest.skip(needs.WITHOUT["compiler"])
    done = book.run("literate", "check")
    assert done.returncode == 1 and "ZeroDivisionError" in done.stderr


def test_only_what_is_known_can_be_needed(book):
    book.replace(PAGE, "needs: compiler", "needs: luck")
    done = book.run("literate", "check")
    assert done.returncode == 1 and "`needs: compiler`" in done.stderr
