"""`pytest --mathdoctest`."""

import pytest
from test_api import NUMPY
from test_command import TWO
from test_readme import PACKAGE, PLUGIN

OPTIONS = [*PLUGIN, "-p", "no:cacheprovider"]


@pytest.fixture
def run(pytester, monkeypatch):
    """In a process of its own: MLX cannot be imported twice in one."""
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE))
    return lambda *arguments: pytester.runpytest_subprocess(*OPTIONS, *arguments)


def test_one_test_for_each_formula(pytester, run):
    pytester.makepyfile(model=NUMPY, two=TWO.format("a + b, a - b"), plain="def f():\n    pass\n")
    result = run("--mathdoctest", "-v")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        [
            "*model.py::softmax[[]1] PASSED*",
            "*two.py::two[[]1] PASSED*",
            "*two.py::two[[]2] PASSED*",
        ]
    )


def test_a_failure_shows_the_mismatch_only(pytester, run):
    pytester.makepyfile(two=TWO.format("a + b, a * b"))
    result = run("--mathdoctest")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*two[[]2]*", "two.py:9: two: `p = a - b`: a = *: the code returns *", "    → *"]
    )
    assert "Traceback" not in result.stdout.str() and "def runtest" not in result.stdout.str()


def test_nothing_is_collected_without_the_option(pytester, run):
    pytester.makepyfile(model=NUMPY, test_other="def test_it():\n    pass\n")
    run().assert_outcomes(passed=1)


def test_ordinary_tests_and_formulas_of_one_file(pytester, run):
    pytester.makepyfile(test_model=NUMPY + "\n\ndef test_it():\n    pass\n")
    run("--mathdoctest").assert_outcomes(passed=3)


def test_a_file_that_is_not_python_is_an_error_of_one_message(pytester, run):
    pytester.makepyfile(broken='def f(:\n    """$$"""\n')
    result = run("--mathdoctest")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["broken.py:1: not Python*"])
