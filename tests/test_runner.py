"""Runs: one process each, a time limit, a cache that knows what it depends on, a judge that forgives only rounding."""

import pytest

from literate import program, runner
from literate.errors import Fault
from literate.program import Tolerance


def test_output_values_and_error_come_back():
    run = runner.run("import mlx.core as mx\nw = mx.array([0.1, 2])\nn = 3\nprint('hi', n)\n[][1]\n", "here")
    assert run.output == "hi 3\n"
    assert run.error == "IndexError: list index out of range"
    assert run.line == 5


def test_values_are_in_full_precision():
    run = runner.run("import mlx.core as mx\nw = mx.array([0.1, 2])\nd = {'a': (1, w)}\nm = mx\n", "here")
    assert run.values == {"w": [pytest.approx(0.1, rel=1e-7), 2.0], "d": {"a": [1, [pytest.approx(0.1, rel=1e-7), 2.0]]}}
    assert run.values["w"][0] != 0.1  # float32's own value, not the typed one


@pytest.mark.parametrize("text, says", [
    ("while True: pass", "still running after"),
    ("import os; os._exit(3)", "left with code 3"),
    ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed by signal 9"),
    ("print('x' * 10**6)", "printed 1,000,001 bytes"),
])
def test_a_program_that_misbehaves_is_named(text, says, monkeypatch):
    monkeypatch.setattr(runner, "TIME_LIMIT", 3)
    with pytest.raises(Fault) as caught:
        runner.run(text, "snippets/a.py:7")
    assert says in str(caught.value) and str(caught.value).startswith("snippets/a.py:7: ")


def test_leaving_early_is_an_error():
    assert runner.run("raise SystemExit(0)", "here").error.startswith("SystemExit")


def test_the_key_follows_what_the_run_depends_on(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "SNIPPETS", tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("1")
    text = "import mlx.core as mx\nopen('data/a.txt')\n"
    first = runner.key(text)
    assert runner.key(text) == first
    assert runner.key(text + "\n") != first, "the program's text"
    (tmp_path / "data" / "a.txt").write_text("2")
    second = runner.key(text)
    assert second != first, "a data file"
    monkeypatch.setenv("MLX_DISABLE_COMPILE", "1")
    third = runner.key(text)
    assert third != second, "the environment"
    monkeypatch.setattr(runner, "record", lambda: {"mlx": "0"})
    fourth = runner.key(text)
    assert fourth != third, "MLX, device and Python"
    monkeypatch.setattr(runner, "_engine", lambda: "other")
    fifth = runner.key(text)
    assert fifth != fourth, "the engine"
    monkeypatch.setattr(runner, "_version", lambda package: "9")
    assert runner.key(text) != fifth, "an imported package"


def test_a_data_file_lies_beside_the_program(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "SNIPPETS", tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("seven")
    assert runner.run("print(open('data/a.txt').read())", "here").output == "seven\n"


def test_docstrings_do_not_change_a_program():
    """A changed formula or expected value must not run the snippet again."""
    snippet = program.load("forward.weighted_sum")
    assert "$$" not in snippet.program and ">>>" not in snippet.program


def test_a_broken_cache_file_is_run_again(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "CACHE", tmp_path)
    runner.keep("print(1)", runner.Run("1\n", None, None, {}))
    assert runner.cached("print(1)").output == "1\n"
    next((tmp_path / "runs").iterdir()).write_text('{"output": "1')
    assert runner.cached("print(1)") is None


@pytest.mark.parametrize("want, have", [
    ("array([0.38, 0.56], dtype=float32)", "array([0.380001, 0.56], dtype=float32)"),
    ("0", "-4e-8"),
    ("nan inf", "nan inf"),
    ("a  b", "a b"),
])
def test_rounding_is_forgiven(want, have):
    assert runner.differs(want, have, Tolerance()) is None


@pytest.mark.parametrize("want, have, says", [
    ("0.38", "0.3801", "line 1 of the output: expected `0.38`, got `0.3801`"),
    ("float32", "float16", "line 1"),
    ("array([1])", "array([1, 2])", "line 1"),
    ("1\n2", "1", "expected 2 lines, got 1; the first that is missing: `2`"),
    ("1", "1\n2", "too many: `2`"),
    ("1", "nan", "line 1"),
    ("1", "-1", "line 1"),
])
def test_more_than_rounding_is_not(want, have, says):
    assert says in runner.differs(want, have, Tolerance())


def test_an_expected_error_that_no_longer_comes_is_a_fault(monkeypatch):
    snippet = program.load("layers.column_input")
    with pytest.raises(Fault, match="nothing was raised"):
        runner.judge(snippet, runner.Run("", None, None, {}))
    with pytest.raises(Fault, match="got `KeyError: 1`"):
        runner.judge(snippet, runner.Run("", "KeyError: 1", 1, {}))


def test_counts_may_differ_where_the_snippet_says_so():
    assert runner.differs("[[88, 2]] 0.965", "[[87, 3]] 0.966", Tolerance(0.01, counts=1)) is None
    assert runner.differs("[[88, 2]] 0.965", "[[86, 4]] 0.965", Tolerance(0.01, counts=1))
    assert runner.differs("2.0", "3.0", Tolerance(0.01, counts=1)), "a decimal is no count"
