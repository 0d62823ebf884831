"""The live site: an edit is shown, a fault does not end the server, the next good save recovers."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest
from conftest import PROJECT, ROOT
from literate.console import Messages
from literate.live import Live, stamps
from literate.provenance import commit
from mkdocs.exceptions import BuildError

PAGE = "docs/en/core/forward.md"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(address: str, found, seconds: float = 60) -> str:
    """The page's text once `found(text)` holds."""
    end = time.monotonic() + seconds
    text = ""
    while time.monotonic() < end:
        try:
            text = urllib.request.urlopen(address, timeout=30).read().decode()
            if found(text):
                return text
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.2)
    raise AssertionError(f"{address}: not shown within {seconds} s; last:\n{text[-500:]}")


def wait_until(holds, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.2)


def test_edits_are_shown_and_a_fault_is_survived(copy, tmp_path):
    port, scratch = free_port(), tmp_path / "scratch"
    scratch.mkdir()
    with copy.serving(port, TMPDIR=str(scratch)) as process:
        address = f"http://127.0.0.1:{port}/en/core/forward/"
        wait_for(address, lambda text: "array([0.389361], dtype=float32)" in text)

        copy.replace(PAGE, "\n## ", "\nFIRST-EDIT\n\n## ")
        wait_for(address, lambda text: "FIRST-EDIT" in text)

        # a fault: the last good page stays
        copy.replace("snippets/forward.py", "return W @ x + b", "return W @ x - b")
        wait_until(lambda: "snippets/forward.py:" in copy.said.read_text())
        # the page says so too, and still shows the last good text
        told = wait_for(address, lambda text: "tp-fault" in text)
        assert "forward.weighted_sum" in told and "FIRST-EDIT" in told, told[
            told.find("tp-fault") :
        ][:2000]
        assert f"Serving on http://127.0.0.1:{port}/" in copy.said.read_text()
        # another address of this machine: answered only by a server that listens on all
        with pytest.raises(OSError):
            socket.create_connection(("127.0.0.2", port), timeout=2).close()
        assert process.poll() is None, "the server ended"
        copy.replace("snippets/forward.py", "return W @ x - b", "return W @ x + b")

        copy.replace(PAGE, "FIRST-EDIT", "SECOND-EDIT")
        # the page first, then the verdict on all
        text = wait_for(address, lambda text: "SECOND-EDIT" in text and "tp-fault" not in text)
        assert "array([0.389361], dtype=float32)" in text
        assert process.poll() is None
        assert list(scratch.glob("literate-serve-*"))
    assert not list(scratch.glob("literate-serve-*")), (
        "the served folder is left where the process is told to end"
    )


def test_it_stays_up_through_a_syntax_error_many_saves_and_docs_that_are_gone(copy):
    """Each time it says why, and shows the next good save."""
    port = free_port()
    with copy.serving(port) as process:
        address = f"http://127.0.0.1:{port}/en/core/forward/"
        wait_for(address, lambda text: "0.389361" in text)

        copy.replace("snippets/forward.py", "return W @ x + b", "return W @ x +")
        wait_until(
            lambda: re.search(r"snippets/forward\.py:\d+: not Python", copy.said.read_text())
        )
        copy.replace("snippets/forward.py", "return W @ x +  #", "return W @ x + b  #")

        text = (copy.folder / PAGE).read_text("utf-8")
        for n in range(200 if os.environ.get("ALL") else 20):
            (copy.folder / PAGE).write_text(
                text.replace("\n## ", f"\nSAVE-{n}.\n\n## ", 1), "utf-8"
            )
            time.sleep(0.02)
        wait_for(address, lambda text: f"SAVE-{n}." in text and "tp-fault" not in text, 120)

        (copy.folder / "docs/en").rename(copy.folder / "gone")
        wait_until(
            lambda: "docs/en/core/forward.md" in copy.said.read_text().rpartition("not Python")[2],
            120,
        )
        assert process.poll() is None, copy.said.read_text()[-2000:]
        (copy.folder / "gone").rename(copy.folder / "docs/en")
        (copy.folder / PAGE).write_text(text.replace("\n## ", "\nBACK-AGAIN\n\n## ", 1), "utf-8")
        wait_for(address, lambda text: "BACK-AGAIN" in text and "tp-fault" not in text, 120)
        assert process.poll() is None and "mkdocs/commands" not in copy.said.read_text(), (
            copy.said.read_text()[-2000:]
        )


@pytest.mark.parametrize("by_make", [False, True])
def test_a_port_in_use_gets_one_clear_line(copy, by_make):
    """With a command for the next port, which works where it was given."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "literate", "serve", "--port", str(port)],
            cwd=copy.folder,
            capture_output=True,
            text=True,
            timeout=120,
            env=mine | ({"MAKELEVEL": "1"} if by_make else {}),
        )
    assert (
        done.returncode == 1 and "cannot listen" in done.stderr and "Traceback" not in done.stderr
    ), done.stderr[-1500:]
    other = "make serve PORT={}" if by_make else f"{sys.executable} -m literate serve --port {{}}"
    assert f"`{other.format(port + 1)}`" in done.stderr


def test_while_git_writes_files_no_fault_is_shown(copy):
    """As in `git checkout` of another branch, which holds this lock from its first file to its
    last.
    """
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(copy.folder)]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], check=True)
    port, lock = free_port(), copy.folder / ".git/index.lock"
    with copy.serving(port):
        address = f"http://127.0.0.1:{port}/en/core/forward/"
        wait_for(address, lambda text: "0.389361" in text)
        lock.touch()
        copy.replace("snippets/forward.py", "return W @ x + b", "return W @ x - b")
        copy.replace(PAGE, "\n## ", "\nANOTHER-BRANCH\n\n## ")
        time.sleep(4)
        assert "ANOTHER-BRANCH" not in wait_for(address, lambda text: "0.389361" in text)
        copy.replace("snippets/forward.py", "return W @ x - b", "return W @ x + b")
        lock.unlink()
        wait_for(address, lambda text: "ANOTHER-BRANCH" in text)
    assert "forward.weighted_sum" not in copy.said.read_text()


def test_a_fault_of_files_that_have_changed_since_is_not_shown(tmp_path):
    shown: list[str] = []
    live = Live(PROJECT, tmp_path, SimpleNamespace(fault=shown.append), Messages(PROJECT.docs))
    live.seen = stamps(PROJECT) | {PROJECT.config_file: (0, 0)}
    live._fail(BuildError("of half the files"))
    live._fail(FileNotFoundError("of a file that is being moved"))
    assert (shown, live.seen) == ([], {}), "the next build would not look at them"
    live.seen = stamps(PROJECT)
    live._fail(BuildError("of all"))
    assert shown == ["of all"]


def test_all_that_a_page_is_made_from_is_watched():
    folders = {path.relative_to(ROOT).as_posix() for path in PROJECT.watched}
    assert folders == {
        "docs",
        "snippets",
        "two_passes",
        "two_passes/theme",
        "packages/literate/literate",
        "packages/mathdoctest/mathdoctest",
    }
    assert {PROJECT.config_file, PROJECT.words_file, ROOT / "docs/glossary.yml"} <= set(
        stamps(PROJECT)
    )


def test_git_is_asked_without_locks(copy, monkeypatch, tmp_path):
    """Else a command of the author's, at the same moment, would be refused."""
    (tmp_path / "git").write_text('#!/bin/sh\necho "$@" >> "$0.said"\n')
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    commit.cache_clear()
    commit(PROJECT)
    commit.cache_clear()
    said = (tmp_path / "git.said").read_text().splitlines()
    assert len(said) == 4 and all(line.startswith("--no-optional-locks ") for line in said)
