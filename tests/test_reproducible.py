"""One commit, one site.

In any folder, on any date, without a network, after any number of builds that were killed.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import PROJECT, REPO_URL, SITE_URL, Copy, engine

# The clock of a build a year and some hours ahead, and one run at a time in place of several
ELSEWHEN = """
import datetime, os, time
AHEAD = 400 * 86400 + 12345
now, now_ns, Date, Moment = time.time, time.time_ns, datetime.date, datetime.datetime
time.time, time.time_ns = lambda: now() + AHEAD, lambda: now_ns() + AHEAD * 10**9
class Like(type):
    __instancecheck__ = lambda cls, value: isinstance(value, cls.__mro__[1])
class date(Date, metaclass=Like):
    today = classmethod(lambda cls: cls.fromtimestamp(time.time()))
class moment(Moment, metaclass=Like):
    now = classmethod(lambda cls, tz=None: cls.fromtimestamp(time.time(), tz))
    today = classmethod(lambda cls: cls.fromtimestamp(time.time()))
    utcnow = classmethod(lambda cls: cls.utcfromtimestamp(time.time()))
datetime.date, datetime.datetime = date, moment
os.cpu_count = lambda: 1
"""
# a network namespace of its own, in which there is no network
CUT = ["unshare", "--map-root-user", "--net"]
REACH = "import socket; socket.create_connection(('192.0.2.1', 80), 2)"


def committed(folder: Path) -> Copy:
    """A copy of the book in a folder, as one commit: the same one wherever it is made."""
    made = Copy(folder)
    fixed = {
        "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    (folder / ".gitignore").write_text("site/\n.site-*/\n.cache/\n__pycache__/\n")
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "all"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True, env={**os.environ, **fixed})
    return made


PUBLISHED = {"SITE_URL": SITE_URL, "REPO_URL": REPO_URL, "LITERATE_CACHE": str(PROJECT.cache)}


def built(copy: Copy, *before: str, **environment: str) -> dict[str, bytes]:
    done = subprocess.run(
        [*before, sys.executable, "-m", "literate", "build"],
        cwd=copy.folder,
        capture_output=True,
        text=True,
        env={**os.environ, **PUBLISHED, **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return files(copy.folder / "site")


def files(site: Path) -> dict[str, bytes]:
    return {
        p.relative_to(site).as_posix(): p.read_bytes()
        for p in sorted(site.rglob("*"))
        if p.is_file()
    }


def same(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert sorted(one) == sorted(other)
    assert [name for name in one if one[name] != other[name]] == []


@pytest.fixture(scope="module")
def here(tmp_path_factory) -> tuple[Copy, dict[str, bytes]]:
    copy = committed(tmp_path_factory.mktemp("here") / "book")
    return copy, built(copy)


def test_mkdocs_build_publishes_the_same(here, tmp_path):
    """Policy, service worker and all else."""
    copy, good = here
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(tmp_path / "site")],
        cwd=copy.folder,
        capture_output=True,
        text=True,
        env={**os.environ, **engine(copy.folder), **PUBLISHED},
    )
    assert done.returncode == 0, done.stderr
    same(files(tmp_path / "site"), good)
    assert b"Content-Security-Policy" in good["index.html"]
    assert re.search(rb'SITE \+ "[0-9a-f]{16}"', good["sw.js"])


@pytest.fixture(scope="module")
def cut() -> list[str]:
    """What to put before a command so that it has no network.

    Empty where the system does not allow it.
    """
    if not shutil.which("unshare"):
        return []
    tried = subprocess.run([*CUT, sys.executable, "-c", REACH], capture_output=True, text=True)
    return CUT if "unreachable" in tried.stderr.lower() else []


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory, cut) -> dict[str, bytes]:
    """The same commit with nothing kept of earlier runs.

    In another folder, on another date, one run at a time, without a network.
    """
    copy = committed(tmp_path_factory.mktemp("quite another place") / "deeper" / "two passes")
    for path in copy.folder.rglob("*"):
        os.utime(path, (10**9, 10**9))
    clock = tmp_path_factory.mktemp("clock")
    (clock / "sitecustomize.py").write_text(ELSEWHEN)
    return built(
        copy,
        *cut,
        PYTHONPATH=os.pathsep.join([str(clock), engine(copy.folder)["PYTHONPATH"]]),
        LITERATE_CACHE=str(copy.folder / ".cache/own"),
        TZ="Asia/Taipei",
    )


def test_another_folder_and_date_give_the_same_bytes(here, elsewhere):
    same(here[1], elsewhere)
    assert {
        "sitemap.xml",
        "search/search_index.json",
        "en/core/forward/forward.ipynb",
        "core/forward/index.html",
    } <= set(elsewhere)


def test_the_build_needs_no_network(cut, request):
    if not cut:
        pytest.skip(
            "no network namespace can be made here (Linux with user namespaces can): "
            "the network was not cut"
        )
    request.getfixturevalue("elsewhere")


def test_a_killed_build_costs_nothing(here, tmp_path):
    """Killed at random moments, while it has runs to do again: the last good site stays.

    The next build gives the same bytes.
    """
    copy, good = here
    draw = random.Random(20)
    kept = tmp_path / "cache"
    shutil.copytree(PROJECT.cache, kept)
    start = time.monotonic()
    same(built(copy, LITERATE_CACHE=str(kept)), good)
    whole = time.monotonic() - start
    for _ in range(20 if os.environ.get("ALL") else 2):
        runs = sorted((kept / "runs").iterdir())
        for path in draw.sample(runs, len(runs) // 20):
            path.unlink()
        process = subprocess.Popen(
            [sys.executable, "-m", "literate", "build"],
            cwd=copy.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **PUBLISHED, "LITERATE_CACHE": str(kept)},
        )
        time.sleep(draw.uniform(0.05, 1) * whole)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        # else it was killed between two moves: the next build brings it back
        if (copy.folder / "site").exists():
            same(files(copy.folder / "site"), good)
        same(built(copy, LITERATE_CACHE=str(kept)), good)
        assert not list(copy.folder.glob(".site-*")), "what a killed build left stays"


def test_half_of_what_is_kept_is_not_believed(here, tmp_path):
    """All that is kept is moved to its place when it is whole.

    Should a disk lose half of it all the same, it is made again.
    """
    copy, good = here
    kept = tmp_path / "cache"
    shutil.copytree(PROJECT.cache, kept)
    for kind in ("runs", "formulas", "katex", "labs"):
        paths = sorted((kept / kind).iterdir())
        assert paths, f"nothing is kept of {kind}"
        for path in paths[::20] if kind == "runs" else paths:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    same(built(copy, LITERATE_CACHE=str(kept)), good)


def test_a_site_that_was_being_put_in_place_comes_back(tmp_path):
    from literate import site_folder

    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f".site-{gone.pid}-x"
    (left / "old").mkdir(parents=True)
    (left / "old/index.html").write_text("the last good one")
    mine = tmp_path / f".site-{os.getpid()}-x"
    mine.mkdir()
    site_folder._sweep(tmp_path / "site")
    assert (
        (tmp_path / "site/index.html").read_text() == "the last good one"
        and not left.exists()
        and mine.exists()
    )
