"""The commands, as typed."""

import subprocess
import sys

import pytest
from test_api import NUMPY, write

WRONG = NUMPY.replace("a^2 + b^2", "a^2 - b^2")


def test_check_says_each_verdict_and_counts(tmp_path, command):
    write(tmp_path, NUMPY)
    done = command("check", "model.py")
    assert done.returncode == 0 and not done.stderr
    first, second, last = done.stdout.splitlines()
    assert first.startswith(r"model.py:9: softmax: `p_i = \frac{e^{z_i}}") and "return" in first
    assert second.startswith(r"model.py:20: length: `c = \sqrt{a^2 + b^2}`: holds")
    assert last == "2 formulas, 2 hold"


def test_check_exits_with_1_where_a_formula_does_not_hold(tmp_path, command):
    write(tmp_path, WRONG)
    done = command("check", "model.py")
    assert done.returncode == 1
    assert (
        "model.py:20: length: `c = " in done.stdout
        and "    → with `+` in place of `-`" in done.stdout
    )
    assert done.stdout.splitlines()[-1] == "2 formulas, 1 holds"


def test_check_one_function_or_a_folder(tmp_path, command):
    write(tmp_path, WRONG)
    assert command("check", "model.py::softmax").stdout.endswith("1 formula, 1 holds\n")
    write(tmp_path, NUMPY, "other.py")
    done = command("check", ".")
    assert done.returncode == 1 and done.stdout.endswith("4 formulas, 3 hold\n")
    assert command("check", "other.py", "model.py::length").stdout.endswith("3 formulas, 2 hold\n")


TWO = r'''def two(a, b):
    r"""Two formulas.

    $$
    s = a + b
    $$

    $$
    p = a - b
    $$
    """
    return {}
'''


@pytest.mark.parametrize(
    "returned, holds",
    [("a + b, a - b", (5, 9)), ("a + b, a * b", (5,)), ("a * b, a - b", (9,)), ("a, b", ())],
)
def test_each_formula_of_a_function_has_its_own_verdict(tmp_path, command, returned, holds):
    write(tmp_path, TWO.format(returned))
    done = command("check", "model.py")
    assert done.stdout.splitlines()[-1] == f"2 formulas, {len(holds)} hold{'s' * (len(holds) == 1)}"
    assert done.returncode == int(len(holds) < 2)
    for line in (5, 9):
        (shown,) = [x for x in done.stdout.splitlines() if x.startswith(f"model.py:{line}: two: ")]
        assert ("holds (return)" in shown) == (line in holds)


def test_a_formula_that_cannot_be_read_leaves_the_others_unchecked(tmp_path, command):
    write(tmp_path, TWO.replace("a + b", r"a \ominus b", 1).format("a + b, a - b"))
    done = command("check", "model.py")
    assert done.returncode == 1 and done.stdout.endswith("2 formulas, 0 hold\n")
    assert r"model.py:5: two: `s = a \ominus b`: outside the grammar at `\ominus b`" in done.stdout
    assert "model.py:9: two: `p = a - b`: not checked" in done.stdout
    assert "→ fix the formula of line 5 first" in done.stdout


def test_a_mark_that_opens_no_formula_is_said(tmp_path, command):
    write(tmp_path, 'def f(a):\n    """$$\n    b = a\n    """\n    return a\n')
    done = command("check", "model.py")
    assert done.returncode == 1 and done.stdout.endswith("1 formula, 0 hold\n")
    assert "model.py:1: f: a `$$` that opens or closes no formula" in done.stdout


@pytest.mark.parametrize("command_", ["check", "read"])
@pytest.mark.parametrize("target", ["missing.py", "notes.txt", "broken.py", "bytes.py", "no_such"])
def test_a_file_that_cannot_be_used_is_one_line_and_exit_2(tmp_path, command, command_, target):
    write(tmp_path, "this is no Python file", "notes.txt")
    write(tmp_path, "def broken(:\n    pass\n", "broken.py")
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe$$")
    done = command(command_, target)
    assert done.returncode == 2 and not done.stdout
    assert len(done.stderr.splitlines()) == 1 and target in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "target, says",
    [
        ("model.py::nothing", "there is no function `nothing` → it has: softmax"),
        ("model.py::plain", "has no formula"),
    ],
)
def test_a_function_that_is_missing_is_one_line_and_exit_2(tmp_path, command, target, says):
    write(tmp_path, NUMPY + "\n\ndef plain():\n    pass\n")
    done = command("check", target)
    assert done.returncode == 2 and says in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_module_that_cannot_be_imported_is_no_traceback(tmp_path, command):
    write(tmp_path, "import no_such_module\n" + NUMPY)
    done = command("check", "model.py")
    assert done.returncode in (1, 2) and "no_such_module" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_wrong_arguments_say_how_it_is_used(command):
    for arguments in ((), ("check",), ("test", "model.py"), ("check", "--fast", "model.py")):
        done = command(*arguments)
        assert done.returncode == 2 and done.stderr.startswith("usage: mathdoctest")


def test_read_says_what_the_grammar_can_read(tmp_path, command):
    write(tmp_path, TWO.replace("a + b", r"a \ominus b", 1))
    done = command("read", "model.py")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        r"model.py:5: two: `s = a \ominus b`: outside the grammar at `\ominus b`",
        "model.py:9: two: `p = a - b`: read",
        "2 formulas, 1 read",
    ]
    assert command("read", "mathdoctest.syntax").stdout == "0 formulas, 0 read\n"


def test_a_reader_who_stops_early_sees_no_traceback(tmp_path):
    write(tmp_path, NUMPY)
    run = subprocess.Popen(
        [sys.executable, "-u", "-m", "mathdoctest", "check", str(tmp_path)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    run.stdout.close()
    assert run.stderr.read() == "" and run.wait() == 1
