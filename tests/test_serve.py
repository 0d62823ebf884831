"""The live site: an edit is shown, a fault does not end the server, the next good save recovers."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

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


def test_a_port_in_use_gets_one_clear_line(copy):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "literate", "serve", "--port", str(taken.getsockname()[1])],
            cwd=copy.folder,
            capture_output=True,
            text=True,
            timeout=120,
            env=os.environ,
        )
    assert (
        done.returncode == 1 and "cannot listen" in done.stderr and "Traceback" not in done.stderr
    ), done.stderr[-1500:]
