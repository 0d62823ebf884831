"""The parser's tables are kept in the user's cache folder, and nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import mathdoctest
from mathdoctest import reader, tables

READ = """
from unittest import mock
from mathdoctest import parsing, reader
with mock.patch("mathdoctest.parsing.Lark", side_effect=parsing.Lark) as made:
    print(reader.statements("y_i = 2 x_i")[0].relations, made.call_count)
"""


def read(home: Path, cwd: Path, **more: str) -> int:
    """Read a formula in a new process: how many parsers were made from the grammar."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(home), **more}
    command = [sys.executable, "-c", READ]
    out = subprocess.check_output(command, cwd=cwd, env=environment, text=True)
    relations, _, count = out.strip().rpartition(" ")
    assert relations == "('=',)"
    return int(count)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def cwd(tmp_path):
    """A folder in which nothing may be written."""
    folder = tmp_path / "cwd"
    folder.mkdir()
    yield folder
    assert not list(folder.iterdir())


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_second_process_loads_what_the_first_one_made(home, cwd):
    package = Path(mathdoctest.__file__).parent
    before = [path for path in files(package) if path.suffix != ".pyc"]
    assert read(home, cwd) == 1
    assert [path.parent for path in files(home)] == [home / "mathdoctest"]
    assert read(home, cwd) == 0
    assert [path for path in files(package) if path.suffix != ".pyc"] == before


@pytest.mark.parametrize("damage", [b"", b"nothing\nof use", None])
def test_a_damaged_file_is_replaced(home, cwd, damage):
    read(home, cwd)
    (path,) = files(home)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100] if damage is None else damage)
    assert read(home, cwd) == 1
    assert files(home) == [path]
    assert read(home, cwd) == 0


def test_a_file_that_others_may_write_is_not_read(home, cwd):
    read(home, cwd)
    (path,) = files(home)
    path.chmod(0o666)
    assert read(home, cwd) == 1
    assert read(home, cwd) == 0  # replaced by one of the user's own


def test_a_folder_that_others_may_write_is_not_used(home, cwd):
    (home / "mathdoctest").mkdir(parents=True)
    (home / "mathdoctest").chmod(0o777)
    assert read(home, cwd) == 1
    assert not files(home)


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path, cwd):
    (tmp_path / "file").write_text("no folder")
    assert read(tmp_path / "file", cwd) == 1
    assert read(tmp_path / "file", cwd) == 1


def test_what_cannot_be_written_leaves_nothing(home, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    monkeypatch.setattr(tables.os, "replace", refuse)
    made = tables.kept("a grammar", lambda: reader.parser())
    assert made is reader.parser()
    assert not files(home)


def test_without_a_home_nothing_is_kept(monkeypatch):
    def nowhere():
        raise RuntimeError

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # which the convention ignores
    monkeypatch.setattr(Path, "home", nowhere)
    assert tables.folder() is None


@pytest.mark.parametrize(("platform", "place"), [("linux", ".cache"), ("darwin", "Library/Caches")])
def test_the_folder_is_where_the_platform_keeps_such_files(monkeypatch, tmp_path, platform, place):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert tables.folder() == tmp_path / place / "mathdoctest"
