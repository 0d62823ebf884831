"""Runs: one process each, with a time limit.

A cache that knows what it depends on, a judge that forgives only rounding.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROJECT, Copy
from literate import forks
from literate import runs as runner
from literate import snippets as program
from literate.errors import Fault
from literate.expected import Tolerance, differs
from literate.provenance import machine


@pytest.fixture(params=["new", "forked"])
def batch(request):
    """Programs run in new processes, as one alone does; in forked ones, as many do."""
    if request.param == "new":
        yield None
    else:
        if not forks.possible(machine().get("device")):
            pytest.skip("programs are forked on Linux alone, where they compute on the CPU")
        with forks.Forks(runner.WORKER) as servers:
            made = runner.Batch(PROJECT, [])
            made.forks = servers
            yield made
            assert all(servers.servers.values()), "no server: all ran in new processes"


def test_output_values_and_error_come_back(batch):
    run = runner.run(
        PROJECT,
        "import mlx.core as mx\nw = mx.array([0.1, 2])\nn = 3\nprint('hi', n)\n[][1]\n",
        "here",
        batch=batch,
    )
    assert run.output == "hi 3\n"
    assert run.error == "IndexError: list index out of range"
    assert run.line == 5


def test_values_are_in_full_precision():
    run = runner.run(
        PROJECT,
        "import mlx.core as mx\nw = mx.array([0.1, 2])\nd = {'a': (1, w)}\nm = mx\n",
        "here",
    )
    assert run.values == {
        "w": [pytest.approx(0.1, rel=1e-7), 2.0],
        "d": {"a": [1, [pytest.approx(0.1, rel=1e-7), 2.0]]},
    }
    assert run.values["w"][0] != 0.1  # float32's own value, not the typed one


CALLS = """
import mlx.core as mx

@mx.compile
def f(x, W, *, k=2, name=None):
    def inner(z):
        return z
    if name:
        raise ValueError(name)
    return inner(W @ x), k

def none(x):
    'A docstring.'

def depth(n):
    return depth(n - 1) + 1 if n else 0

def counted(n):
    yield n
    return n

f(mx.ones(3), mx.ones((2, 3)))
f(mx.ones(3), mx.ones((2, 3)))
mx.grad(lambda x: mx.sum(f(x, mx.ones((4, 3)))[0]))(mx.ones(3))
none(3), depth(900), list(counted(2)), none.__doc__
f(mx.ones(3), mx.ones((2, 3)), name="no")
"""


def test_the_shapes_of_calls_come_back(batch):
    """Each combination once, of calls that returned; the functions stay their own."""
    run = runner.run(PROJECT, CALLS, "here", batch=batch)
    assert run.error == "ValueError: no" and run.line == 9
    given = {"x": [3], "k": [], "name": None}
    assert run.shapes == {
        "f": [
            {**given, "W": [2, 3], "return": ["list", [2], []]},
            {**given, "W": [4, 3], "return": ["list", [4], []]},
        ],
        "depth": [{"n": [], "return": []}],
    }


@pytest.mark.parametrize(
    "text, says",
    [
        ("while True: pass", "still running after"),
        ("import os; os._exit(3)", "left with code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed by signal 9"),
        ("print('x' * 10**6)", "printed 1,000,001 bytes"),
        ("open('/tmp/outside', 'w')", "writes outside its own folder"),
        ("import os; os.fork()", "starts a process"),
        ("import socket; socket.create_connection(('localhost', 9))", "uses the network"),
        ("import mlx.core as mx; mx.save('/tmp/outside', mx.ones(1))", "writes outside its own"),
    ],
)
def test_a_program_that_misbehaves_is_named(text, says, monkeypatch, batch):
    monkeypatch.setattr(runner, "TIME_LIMIT", 3)
    with pytest.raises(Fault) as caught:
        runner.run(PROJECT, text, "snippets/a.py:7", batch=batch)
    assert says in str(caught.value) and str(caught.value).startswith("snippets/a.py:7: ")


# ---- forked processes

SEES = """
import gc, os, signal, sys, tempfile, threading
assert os.path.samefile(tempfile.gettempdir(), "tmp")
assert os.path.samefile(os.environ.pop("TMPDIR"), "tmp")
depth = 0
def deeper():
    global depth
    depth += 1
    deeper()
try:
    deeper()
except RecursionError:
    pass
handlers = [str(signal.getsignal(each)) for each in sorted(signal.valid_signals())]
print(hash("a"), depth, sorted(os.environ.items()), sys.argv, sys.path, sys.flags, handlers)
print([os.readlink(f"/proc/self/fd/{each}").split("/")[-1] for each in range(3)])
print(len(os.listdir("/proc/self/fd")), os.getsid(0) == os.getpgid(0) == os.getpid())
print(sorted(os.listdir()), os.umask(0), os.nice(0), threading.active_count(), __name__, __file__)
print([name for name in sorted(sys.modules) if name.startswith("mlx")], repr(sys.stdin.read()))
print(sys.stdout.encoding, sys.stdout.line_buffering, sys.stderr.line_buffering, gc.isenabled())
"""


@pytest.mark.parametrize("imports", ["mlx.core", "sklearn.datasets, numpy"])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_forked_program_sees_what_one_in_a_new_process_sees(batch, seed, imports):
    text = f"import {imports}\n{SEES}"
    runner.run(PROJECT, f"import {imports}", "here", hash_seed=seed, batch=batch)
    run = runner.run(PROJECT, text, "here", hash_seed=seed, batch=batch)
    assert run.error is None
    assert run.output == runner.run(PROJECT, text, "here", hash_seed=seed).output


def test_a_forked_program_has_no_module_that_it_does_not_import(batch):
    runner.run(PROJECT, "import mlx.nn, numpy", "here", batch=batch)
    told = "import sys\nprint('numpy' in sys.modules)"
    assert runner.run(PROJECT, told, "here", batch=batch).output == "False\n"
    assert runner.run(PROJECT, "import mlx.core\nmlx.nn", "here", batch=batch).error


@pytest.mark.parametrize(
    "draws",
    [
        "import numpy.random\nx = numpy.random.rand()",
        "import mlx.core\nx = mlx.core.random.normal()",
        "import random\nx = random.random()",
        "x = hash('a')",
        "x = id([])",
    ],
)
def test_what_is_left_to_chance_differs_between_two_runs(draws, batch, monkeypatch):
    monkeypatch.setattr(program.Snippet, "program", f"{draws}\nprint(x)\n")
    snippet = program.load(PROJECT, "forward.weighted_sum")
    with pytest.raises(Fault, match="run twice, it gives two results"):
        runner._repeatable(PROJECT, snippet, batch)


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    return runner.environment(PROJECT, tmp_path) | {"PYTHONPATH": str(tmp_path)}


def test_what_starts_a_thread_or_drives_a_gpu_is_not_forked(tmp_path, environment):
    (tmp_path / "threads.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n"
    )
    (tmp_path / "absent.py").write_text("import nothing_of_this_name\n")
    (tmp_path / "libcuda.so.1").write_bytes(b"1" * 4096)
    (tmp_path / "drives.py").write_text(
        "import mmap\nfile = open(__file__.replace('drives.py', 'libcuda.so.1'))\n"
        "kept = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)\n"
    )
    (tmp_path / "plain.py").write_text("")
    with forks.Forks(runner.WORKER) as servers:
        for name in ("threads", "absent", "drives"):
            assert servers.start(tmp_path, environment, (name,)) is None, name
            assert servers.start(tmp_path, environment, (name, "plain")) is None, name
        (tmp_path / "program.py").write_text("import plain\n")
        assert servers.start(tmp_path, environment, ("plain",)).wait(60) == 0
    assert not forks.possible("GPU (CUDA)") and not forks.possible("GPU (Metal)")


def test_servers_end_with_their_programs(tmp_path, environment):
    (tmp_path / "program.py").write_text("while True: pass\n")
    with forks.Forks(runner.WORKER) as servers:
        running = [servers.start(tmp_path, environment, names) for names in ((), ("json",))]
        with pytest.raises(subprocess.TimeoutExpired):
            running[0].wait(0.1)
    for each in running:
        assert each.wait(10) == -9
        with pytest.raises(ProcessLookupError):
            os.kill(each.pid, 0)


def test_a_server_that_is_killed_takes_no_program_along(tmp_path, environment):
    (tmp_path / "program.py").write_text("print(1)\n")
    with forks.Forks(runner.WORKER) as servers:
        assert servers.start(tmp_path, environment, ()).wait(60) == 0
        servers.processes[0].kill()
        servers.processes[0].wait()
        assert servers.start(tmp_path, environment, ()) is None
        batch = runner.Batch(PROJECT, [])
        batch.forks = servers
        assert runner.run(PROJECT, "print(1)", "here", batch=batch).output == "1\n"


def test_a_batch_that_nobody_waits_for_is_stopped(batch):
    batch = batch or runner.Batch(PROJECT, [])
    batch.stopped.set()
    with pytest.raises(runner._Stopped):
        runner.run(PROJECT, "while True: pass", "here", batch=batch)


@pytest.mark.parametrize(
    "expected, got, agrees",
    [
        ("0.3893608", "0.3893613", True),
        ("0.38936", "0.38937", False),
        ("1000009", "1000000", False),
        ("1000009.0", "1000008.0", True),
        ("3.61459e-07", "3.71459e-07", False),
        ("[1, 3e-09]", "[1, -4e-08]", True),
        ("10 array(3.6e-07)", "10 array(3.7e-07)", False),
        ("0", "1e-07", True),
        ("0", "1", False),
        ("array([-nan, 1])", "array([nan, 1])", True),
        ("nan", "-nan", True),
        ("nan", "1", False),
        ("inf", "-inf", False),
        ("[-inf]", "[inf]", False),
        ("[inf]", "[5]", False),
    ],
)
def test_only_rounding_is_forgiven(expected, got, agrees):
    assert (differs(expected, got, Tolerance()) is None) == agrees


def test_leaving_early_is_an_error():
    assert runner.run(PROJECT, "raise SystemExit(0)", "here").error.startswith("SystemExit")


def test_the_key_follows_what_the_run_depends_on(tmp_path, monkeypatch):
    monkeypatch.setattr(PROJECT, "snippets", tmp_path)
    monkeypatch.setattr(runner, "_surroundings", runner._surroundings.__wrapped__)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("1")
    text = "import mlx.core as mx\nopen('data/a.txt')\n"
    first = runner.key(PROJECT, text)
    assert runner.key(PROJECT, text) == first
    assert runner.key(PROJECT, text + "\n") != first, "the program's text"
    (tmp_path / "data" / "a.txt").write_text("2")
    second = runner.key(PROJECT, text)
    assert second != first, "a data file"
    monkeypatch.setenv("MLX_DISABLE_COMPILE", "1")
    third = runner.key(PROJECT, text)
    assert third != second, "the environment"
    monkeypatch.setattr(runner, "machine", lambda: {"mlx": "0"})
    fourth = runner.key(PROJECT, text)
    assert fourth != third, "MLX, device and Python"
    monkeypatch.setattr(runner, "_engine", lambda: "other")
    fifth = runner.key(PROJECT, text)
    assert fifth != fourth, "the engine"
    monkeypatch.setattr(runner, "version", lambda package: "9")
    assert runner.key(PROJECT, text) != fifth, "an imported package"


def test_a_data_file_lies_beside_the_program(tmp_path, monkeypatch):
    monkeypatch.setattr(PROJECT, "snippets", tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("seven")
    assert runner.run(PROJECT, "print(open('data/a.txt').read())", "here").output == "seven\n"


def test_docstrings_do_not_change_a_program():
    """A changed formula or expected value must not run the snippet again."""
    snippet = program.load(PROJECT, "forward.weighted_sum")
    assert "$$" not in snippet.program and ">>>" not in snippet.program


def test_a_broken_cache_file_is_run_again(tmp_path, monkeypatch):
    monkeypatch.setattr(PROJECT, "cache", tmp_path)
    runner.keep(PROJECT, "print(1)", runner.Run("1\n", None, None, {}))
    assert runner.cached(PROJECT, "print(1)").output == "1\n"
    next((tmp_path / "runs").iterdir()).write_text('{"output": "1')
    assert runner.cached(PROJECT, "print(1)") is None


def test_of_a_large_variable_only_the_name_is_kept():
    most = runner.LARGEST
    values = {"a": [[0.5] * most], "b": {"x": [1] * most, "y": "text"}, "c": [[1], [2] * most]}
    kept = runner.without_large(runner.Run("", None, None, values))
    assert (list(kept.values), kept.large) == (["a"], ["b", "c"])
    assert kept.names == {"a", "b", "c"}


@pytest.mark.parametrize(
    "want, have",
    [
        ("array([0.38, 0.56], dtype=float32)", "array([0.380001, 0.56], dtype=float32)"),
        ("0", "-4e-8"),
        ("nan inf", "nan inf"),
        ("a  b", "a b"),
    ],
)
def test_rounding_is_forgiven(want, have):
    assert differs(want, have, Tolerance()) is None


@pytest.mark.parametrize(
    "want, have, says",
    [
        ("0.38", "0.3801", "line 1 of the output: expected `0.38`, got `0.3801`"),
        ("float32", "float16", "line 1"),
        ("array([1])", "array([1, 2])", "line 1"),
        ("1\n2", "1", "expected 2 lines, got 1; the first that is missing: `2`"),
        ("1", "1\n2", "too many: `2`"),
        ("1", "nan", "line 1"),
        ("1", "-1", "line 1"),
    ],
)
def test_more_than_rounding_is_not(want, have, says):
    assert says in differs(want, have, Tolerance()).what


def test_an_expected_error_that_no_longer_comes_is_a_fault(monkeypatch):
    snippet = program.load(PROJECT, "layers.column_input")
    with pytest.raises(Fault, match="nothing was raised"):
        runner.judge(PROJECT, snippet, runner.Run("", None, None, {}))
    with pytest.raises(Fault, match="got `KeyError: 1`"):
        runner.judge(PROJECT, snippet, runner.Run("", "KeyError: 1", 1, {}))


def test_counts_may_differ_where_the_snippet_says_so():
    assert differs("[[88, 2]] 0.965", "[[87, 3]] 0.966", Tolerance(0.01, counts=1)) is None
    assert differs("[[88, 2]] 0.965", "[[86, 4]] 0.965", Tolerance(0.01, counts=1))
    assert differs("2.0", "3.0", Tolerance(0.01, counts=1)), "a decimal is no count"


# ---- what MLX compiles ----

FUSED = "import mlx.core as mx\nimport mlx.nn as nn\nprint(nn.silu(mx.array([1.0, -1.0])))\n"
PRINTS = "array([0.731059, -0.268941], dtype=float32)\n"
LEAVES = """
import threading, time
import mlx.core as mx
import mlx.nn as nn
threading.Thread(target=lambda: mx.eval(nn.silu(mx.array([1.0, -1.0]))), daemon=True).start()
time.sleep(2)
"""
SLOW = """#!/bin/sh
[ "$1" = --version ] && exit
while [ "$1" != -o ]; do shift; done
echo half > "$2"
sleep 60
"""


@pytest.fixture
def compiling(tmp_path, monkeypatch) -> Path:
    """MLX compiles for the CPU, and nothing has been compiled yet.

    The folder where it looks, were it not told otherwise.
    """
    if not shutil.which("g++"):
        pytest.skip("no g++ here: MLX compiles nothing for the CPU")
    monkeypatch.setenv("LITERATE_DEVICE", "cpu")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(PROJECT, "cache", tmp_path / "cache")
    return tmp_path


def _kept() -> list[Path]:
    return [path for path in (PROJECT.cache / "compiled").rglob("*") if path.is_file()]


def test_half_a_library_in_the_shared_folder_is_never_loaded(compiling):
    assert runner.run(PROJECT, FUSED, "here").output == PRINTS
    (library,) = _kept()
    planted = compiling / library.relative_to(PROJECT.cache / "compiled" / machine()["platform"])
    planted.parent.mkdir(parents=True)
    planted.write_bytes(library.read_bytes()[:5000])
    alone = subprocess.run(
        [sys.executable, "-c", f"import mlx.core as mx; mx.set_default_device(mx.cpu)\n{FUSED}"],
        capture_output=True,
        text=True,
    )
    assert alone.returncode and PRINTS not in alone.stdout, (
        "MLX guards itself now: runs need no folder of their own"
    )
    library.unlink()
    assert runner.run(PROJECT, FUSED, "here").output == PRINTS
    assert [path.name for path in _kept()] == [library.name] and runner.run(
        PROJECT, FUSED, "here"
    ).output == PRINTS
    assert not list(compiling.glob("literate-*"))


@pytest.fixture
def slow(compiling, monkeypatch):
    """A compiler that has written half a library and goes on for a minute."""
    (compiling / "bin").mkdir()
    (compiling / "bin/g++").write_text(SLOW)
    (compiling / "bin/g++").chmod(0o755)
    monkeypatch.setattr(runner, "TIME_LIMIT", 5)
    monkeypatch.setenv("PATH", f"{compiling / 'bin'}{os.pathsep}{os.environ['PATH']}")


def test_what_is_compiled_once_is_not_compiled_again(compiling, request):
    assert runner.run(PROJECT, FUSED, "here").output == PRINTS
    request.getfixturevalue("slow")
    assert runner.run(PROJECT, FUSED, "here").output == PRINTS


@pytest.mark.parametrize("text, ends", [(FUSED, False), (LEAVES, True)], ids=["killed", "left"])
def test_what_a_compiler_was_still_writing_is_not_kept(slow, monkeypatch, text, ends):
    """Whether the run is killed for its time, or ends by itself and leaves the compiler at work."""
    if ends:
        assert runner.run(PROJECT, text, "here").error is None
    else:
        with pytest.raises(Fault, match="still running"):
            runner.run(PROJECT, text, "here")
    assert _kept() == []
    monkeypatch.setenv("PATH", os.environ["PATH"].partition(os.pathsep)[2])
    monkeypatch.setattr(runner, "TIME_LIMIT", 60)
    assert runner.run(PROJECT, FUSED, "here").output == PRINTS and len(_kept()) == 1


def test_a_formula_is_checked_without_compiling(compiling, copy: Copy):
    copy.replace(
        "snippets/forward.py", "return W @ x + b", "return mx.compile(lambda z: -(-z))(W @ x + b)"
    )
    done = copy.run("check", "forward.weighted_sum")
    assert (
        done.returncode == 0
        and "checked 1 formula of forward.weighted_sum: all good" in done.stdout
    ), done.stdout + done.stderr
    assert not (compiling / "mlx").exists()
