"""A check of what has not changed since it was good: told again at once, and never too long."""

import subprocess
import sys

import pytest
from literate import unchanged
from running import STATISTICS, Book, copied, environment

GOOD = "checked 3 pages: all good"


@pytest.fixture(scope="module")
def checked(tmp_path_factory) -> Book:
    book = copied(STATISTICS, tmp_path_factory.mktemp("unchanged") / "statistics")
    assert GOOD in book.good("literate", "check")
    return book


def imported(book: Book, **variables: str) -> tuple[str, set[str]]:
    """What a check says, and the top-level modules that it imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "literate", "check"],
        cwd=book.folder,
        capture_output=True,
        text=True,
        env=environment() | variables,
    )
    names = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line]
    return done.stdout, {name.partition(".")[0] for name in names}


def test_it_is_told_again_without_what_a_check_imports(checked):
    first = checked.good("literate", "check")
    said, modules = imported(checked)
    assert said == first and GOOD in said
    assert not modules & {"mkdocs", "mathdoctest", "numpy", "jsonschema", "yaml"}


CHANGED = {
    "a page": ("docs/index.md", "Two chapters", "## Two chapters\n\nTwo chapters"),
    "a formula": ("snippets/describe.py", r"\frac{1}{n}", r"\frac{2}{n}"),
    "a symbol": ("snippets/describe.symbols.yml", "tex:", "txe:"),
    "the settings": ("mkdocs.yml", "chapters/least-squares", "chapters/least-square"),
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_change_is_checked(checked, tmp_path, what):
    name, old, new = CHANGED[what]
    before = (checked.folder / name).read_text("utf-8")
    checked.replace(name, old, new)
    try:
        done = checked.run("literate", "check")
        assert done.returncode == 1 and name in done.stderr, done.stderr
        assert checked.run("literate", "check").returncode == 1, "a fault is found again"
    finally:
        (checked.folder / name).write_text(before, "utf-8")
    assert GOOD in checked.good("literate", "check")


def test_a_new_file_is_checked(checked):
    stray = checked.folder / "docs" / "notes.txt"
    stray.write_text("not a page\n")
    try:
        assert "docs/notes.txt" in checked.run("literate", "check").stderr
    finally:
        stray.unlink()


def test_another_environment_is_checked(checked):
    checked.good("literate", "check")
    _, modules = imported(checked, LITERATE_TIME_LIMIT="59")
    assert "mkdocs" in modules


def test_a_damaged_record_is_as_good_as_none(checked):
    checked.good("literate", "check")
    path = unchanged._file(checked.folder)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    said, modules = imported(checked)
    assert GOOD in said and "mkdocs" in modules


def test_books_that_share_a_cache_are_told_apart(checked, tmp_path):
    other = copied(checked.folder, tmp_path / "other")
    other.replace(*CHANGED["a page"])
    cache = {"LITERATE_CACHE": str(checked.folder / ".cache" / "literate")}
    said, _ = imported(checked, **cache)
    assert GOOD in said
    said, _ = imported(other, **cache)
    assert GOOD not in said
