"""The live site: an edit is shown, a fault does not end the server, the next good save recovers."""

import os
import re
import socket
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from conftest import PROJECT, ROOT, free_port, wait_for, wait_until
from literate.console import Messages
from literate.live import Live, stamps
from literate.provenance import commit
from mkdocs.exceptions import BuildError

PAGE = "docs/en/core/forward.md"


def test_edits_are_shown_and_a_fault_is_survived(live):
    address = f"{live.address}en/core/forward/"
    assert "array([0.389361], dtype=float32)" in wait_for(address, bool)

    live.replace(PAGE, "\n## ", "\nFIRST-EDIT\n\n## ")
    wait_for(address, lambda text: "FIRST-EDIT" in text)

    # a fault: the last good page stays
    live.replace("snippets/forward.py", "return W @ x + b", "return W @ x - b")
    wait_until(lambda: "snippets/forward.py:" in live.news())
    # the page says so too, and still shows the last good text
    told = wait_for(address, lambda text: "tp-fault" in text)
    assert "forward.weighted_sum" in told and "FIRST-EDIT" in told, told[told.find("tp-fault") :][
        :2000
    ]
    assert f"Serving on {live.address}" in live.said.read_text()
    # another address of this machine: answered only by a server that listens on all
    with pytest.raises(OSError):
        port = int(live.address.split(":")[-1].strip("/"))
        socket.create_connection(("127.0.0.2", port), timeout=2).close()
    assert live.process.poll() is None, "the server ended"
    live.replace("snippets/forward.py", "return W @ x - b", "return W @ x + b")

    live.replace(PAGE, "FIRST-EDIT", "SECOND-EDIT")
    # the page first, then the verdict on all
    text = wait_for(address, lambda text: "SECOND-EDIT" in text and "tp-fault" not in text)
    assert "array([0.389361], dtype=float32)" in text
    assert live.process.poll() is None


def test_it_stays_up_through_a_syntax_error_many_saves_and_docs_that_are_gone(live):
    """Each time it says why, and shows the next good save."""
    address = f"{live.address}en/core/forward/"
    live.replace("snippets/forward.py", "return W @ x + b", "return W @ x +")
    wait_until(lambda: re.search(r"snippets/forward\.py:\d+: not Python", live.news()))
    live.replace("snippets/forward.py", "return W @ x +  #", "return W @ x + b  #")

    text = (live.folder / PAGE).read_text("utf-8")
    for n in range(200 if os.environ.get("ALL") else 20):
        (live.folder / PAGE).write_text(text.replace("\n## ", f"\nSAVE-{n}.\n\n## ", 1), "utf-8")
        time.sleep(0.02)
    wait_for(address, lambda text: f"SAVE-{n}." in text and "tp-fault" not in text)

    (live.folder / "docs/en").rename(live.folder / "gone")
    wait_until(lambda: "docs/en/core/forward.md" in live.news().rpartition("not Python")[2])
    assert live.process.poll() is None, live.news()[-2000:]
    (live.folder / "gone").rename(live.folder / "docs/en")
    (live.folder / PAGE).write_text(text.replace("\n## ", "\nBACK-AGAIN\n\n## ", 1), "utf-8")
    wait_for(address, lambda text: "BACK-AGAIN" in text and "tp-fault" not in text)
    assert live.process.poll() is None and "mkdocs/commands" not in live.news(), live.news()[-2000:]


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
