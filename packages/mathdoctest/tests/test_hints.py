"""What a hint says of a published kind of mistake, and what is told where there is no hint."""

import re
import time

import pytest
from hint_cases import CASES, DERIVATIVES, FILE, Case
from test_api import of, write

from mathdoctest import Mismatch, check, execute, hints
from mathdoctest.errors import FIX


def module(case: Case, formula: str) -> str:
    """A file with the function of a case under a formula."""
    arguments, ranges = [], {}
    for each in case.parameters.split(", "):
        name, _, about = each.partition(":")
        axes = [word for word in about.split() if word not in ("+", "01", "int")]
        ranges |= {name: {"range": "positive"}} if "+" in about.split() else {}
        ranges |= {name: {"range": "unit"}} if "01" in about.split() else {}
        note = f': Float[np.ndarray, "{" ".join(axes)}"]' if axes else ""
        arguments.append(name + (": int" if "int" in about else note))
    given = f' -> Float[np.ndarray, "{case.returns}"]' if case.returns else ""
    return (
        "import numpy as np\nfrom jaxtyping import Float\n\n"
        f"SYMBOLS = {ranges!r}\n\n\ndef one({', '.join(arguments)}){given}:\n"
        f'    r"""$$\n    {formula}\n    $$"""\n    return {case.code}\n'
    )


def found(path, text: str, name: str = "one") -> Mismatch:
    with pytest.raises(Mismatch) as raised:
        check(of(write(path, text), name))
    return raised.value


def test_the_share_of_right_hints(tmp_path):
    right, without, wrong = [], [], []
    for place, case in enumerate(CASES):
        (tmp_path / str(place)).mkdir()
        check(of(write(tmp_path / str(place), module(case, case.right), "right.py"), "one"))
        hint = found(tmp_path / str(place), module(case, case.wrong)).hint
        kind = right if case.says in hint else without if hint == FIX else wrong
        kind.append(f"{case.wrong}: {hint}")
    for name, text, hint in derivatives(tmp_path):
        kind = right if hint[0] in hint[1] else without if hint[1] == FIX else wrong
        kind.append(f"{name}: {text}: {hint[1]}")
    every = [*right, *without, *wrong]
    print(f"\n{len(right)} of {len(every)} hints are right, {len(wrong)} wrong")
    print("\n".join([*without, "-- wrong", *wrong]))
    assert len(every) >= 60 and not wrong
    assert len(right) >= 0.85 * len(every)


def derivatives(folder):
    for place, (name, was, now, says) in enumerate(DERIVATIVES):
        (folder / f"d{place}").mkdir()
        assert was in FILE
        text = FILE.replace(was, now)
        yield name, now, (says, found(folder / f"d{place}", text, name).hint)


def test_the_files_of_the_derivatives_hold(tmp_path):
    path = write(tmp_path, FILE)
    for name in re.findall(r"def (\w+)", FILE):
        check(of(path, name))


# ---- which hint, and how much work


def simple(parameters: str, code: str, formula: str) -> str:
    return module(Case(parameters, code, "", formula, ""), formula)


def test_the_hint_is_the_same_on_a_slow_machine(tmp_path, monkeypatch):
    text = simple("x, mu, v: +", "(x - mu) / np.sqrt(v)", r"z = \frac{x - \mu}{v}")
    before = found(tmp_path, text).hint
    now = iter(range(10**9))
    for clock in ("process_time", "perf_counter", "monotonic", "time"):
        monkeypatch.setattr(time, clock, lambda: float(next(now)))
    assert found(tmp_path, text).hint == before and before != FIX


def test_the_budget_is_counted_in_evaluations(tmp_path, monkeypatch):
    text = simple("x, mu, v: +", "(x - mu) / np.sqrt(v)", r"z = \frac{x - \mu}{v}")
    path, calls = write(tmp_path, text), []
    holds = hints.Case._holds
    monkeypatch.setattr(hints.Case, "_holds", lambda *a: calls.append(a) or holds(*a))
    monkeypatch.setattr(hints, "BUDGET", 3)
    with pytest.raises(Mismatch) as raised:
        check(of(path, "one"))
    assert len(calls) == 3 and raised.value.hint == FIX


def test_the_code_is_not_called_for_each_change(tmp_path):
    text = simple("x, y, z", "CALLS.append(x) or x + y * z", "s = x - y")
    path = write(tmp_path, text.replace("import numpy", "CALLS = []\nimport numpy"))
    calls = execute.load(path, "one").__globals__["CALLS"]
    with pytest.raises(Mismatch):
        check(of(path, "one"))
    assert 0 < len(calls) <= 50


@pytest.mark.parametrize("place", range(0, len(CASES), 5))
def test_no_left_side_is_renamed(place, tmp_path, monkeypatch):
    case, lefts = CASES[place], []
    changes = hints.changes

    def seen(scene):
        for change in changes(scene):
            lefts.append(change.chain.sides[0] == scene.chain.sides[0])
            yield change

    monkeypatch.setattr(hints, "changes", seen)
    found(tmp_path, module(case, case.wrong))
    assert len(lefts) > 20 and all(lefts)


def test_no_hint_where_two_changes_hold_that_differ(tmp_path, monkeypatch):
    """On the one draw n is 2: 1/n and 1/2 hold both, and neither on any other draw."""
    held, holds = [], hints.Case._holds_on_all

    def seen(case, change):
        held.extend([change.says] * (true := holds(case, change)))
        return true

    monkeypatch.setattr(hints.Case, "_holds_on_all", seen)
    code = "x.sum() / N if len(x) == N else np.pi * np.exp(x).sum()"
    text = simple("x: n", code, r"m = \sum_{i=1}^{n} x_i").replace("SYMBOLS", "N = 2\nSYMBOLS")
    with pytest.raises(Mismatch) as raised:
        check(of(write(tmp_path, text), "one"), draws=1)
    assert raised.value.hint == FIX
    assert {r"the factor `\frac{1}{n}` is missing", r"the factor `\frac{1}{2}` is missing"} <= {
        *held
    }


def test_changes_that_mean_the_same_count_as_one(tmp_path):
    hint = found(tmp_path, simple("x, y", "2 * x * y", "s = x y")).hint
    assert hint.startswith("the factor `2` is missing")


@pytest.mark.parametrize(
    "name, formula",
    [
        ("squash", r"\tanh'(x) = -\tanh(x)^2 \tanh'(x)"),
        ("curve", r"\tanh(x) = \tanh(\tanh(x))"),
        ("curve", r"\tanh(x) = \frac{x}{0}"),
    ],
)
def test_no_change_ends_in_a_traceback(tmp_path, name, formula):
    start = formula.partition("=")[0]
    was = next(line for line in FILE.splitlines() if line.strip().startswith(start))
    error = found(tmp_path, FILE.replace(was, f"    {formula}"), name)
    assert error.line and "maximum recursion" not in error.what


# ---- where there is no hint: small inputs


@pytest.mark.parametrize(
    "parameters, code, formula, says",
    [
        ("x: n, y", "(x**3).sum() + 7 * y", r"s = \sum_{i=1}^{n} \log(1 + x_i^2) - y",
         r"x = \[.*\], y = .*: the code returns .*, the right side is "),
        ("x: n", "x[::-1] * 17 + x**5", "z_i = e^{x_i}",
         r"x = \[.*\]: entry \(1\): the code returns|x = \[.*\]: the code returns"),
        ("p: n 01", "p[0] * 19 + p.sum()**3", r"s = \sum_{i=1}^{n} p_i",
         r"p = \[0\.\d+.*\]: the code returns"),
        ("t: int, a: +", "a**t * 13 + t**4", r"s = a t", r"t = 2, a = 1: the code returns 29"),
    ],
)  # fmt: skip
def test_small_whole_numbers_show_what_is_wrong(tmp_path, parameters, code, formula, says):
    returns = "n" if formula.startswith("z_i") else ""
    error = found(tmp_path, module(Case(parameters, code, "", "", "", returns), formula))
    assert error.hint == FIX and re.search(says, error.what), str(error)
    assert error.seed is None and "seed" not in str(error)


def test_the_draw_is_told_where_no_small_input_shows_it(tmp_path):
    code = "x * 3 if x in (-2, -1, 0, 1, 2, 3) else x**5 - 17 * x"
    error = found(tmp_path, simple("x", code, "s = 3 x"))
    assert error.seed == 0 and error.what.startswith("what the code returns is")


# ---- rows

LSTM = '''import numpy as np
from jaxtyping import Float


def sigmoid(z: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    r"""$$
    \\operatorname{sigmoid}(z) = \\frac{1}{1 + e^{-z}}
    $$"""
    return 1 / (1 + np.exp(-z))


def cell(a: Float[np.ndarray, "n"], b: Float[np.ndarray, "n"], p: Float[np.ndarray, "n"],
         q: Float[np.ndarray, "n"], s: Float[np.ndarray, "n"]) -> tuple[
    Float[np.ndarray, "n"], Float[np.ndarray, "n"], Float[np.ndarray, "n"],
    Float[np.ndarray, "n"], Float[np.ndarray, "n"], Float[np.ndarray, "n"],
]:
    r"""One step.

    $$
    \\begin{aligned}
    f_i &= \\operatorname{sigmoid}(a_i) \\\\
    u_i &= \\operatorname{sigmoid}(b_i) \\\\
    o_i &= \\operatorname{sigmoid}(p_i) \\\\
    g_i &= \\tanh(q_i) \\\\
    c_i &= \\operatorname{sigmoid}(a_i) s_i + \\operatorname{sigmoid}(b_i) \\tanh(q_i) \\\\
    h_i &= \\operatorname{sigmoid}(p_i)
        \\tanh(\\operatorname{sigmoid}(a_i) s_i + \\operatorname{sigmoid}(b_i) \\tanh(q_i))
    \\end{aligned}
    $$
    """
    f, u, o, g = sigmoid(a), sigmoid(b), sigmoid(p), np.tanh(q)
    c = f * s + u * g
    return f, u, o, g, c, o * np.tanh(c)
'''
ROWS = [
    (r"{sigmoid}(a_i) \\", r"{sigmoid}(b_i) \\", 1, "f_i", "`a` in place of `b`"),
    (r"u_i &= \operatorname{sigmoid}", r"u_i &= \tanh", 2, "u_i", r"`sigmoid` in place of `\tanh`"),
    (r"o_i &= \operatorname{sigmoid}(p_i)", r"o_i &= p_i", 3, "o_i", "`sigmoid` is missing around"),
    (r"g_i &= \tanh(q_i)", r"g_i &= -\tanh(q_i)", 4, "g_i", "the minus|a minus"),
    ("(a_i) s_i + ", "(a_i) s_i - ", 5, "c_i", "with `+` in place of `-`"),
    (r"h_i &= \operatorname{sigmoid}(p_i)", "h_i &= p_i", 6, "h_i", "`o` in place of `p`"),
]


@pytest.mark.parametrize("was, now, row, left, hint", ROWS)
def test_the_row_that_is_wrong_is_named_with_its_line(tmp_path, was, now, row, left, hint):
    assert was in LSTM
    error = found(tmp_path, LSTM.replace(was, now, 1), "cell")
    start = LSTM.splitlines().index(r"    \begin{aligned}") + 2
    assert error.what.startswith(f"row {row}, `{left}`: "), error.what
    assert error.line == start + row - 1
    assert any(words in error.hint for words in hint.split("|")), error.hint


def test_the_row_of_a_chain_that_continues_is_that_of_the_wrong_side(tmp_path):
    formula = (
        "\\begin{aligned}\n    s &= (x + y)^2 \\\\\n    &= x^2 + x y + y^2\n    \\end{aligned}"
    )
    error = found(tmp_path, simple("x, y", "(x + y)**2", formula))
    assert error.what.startswith("row 2, `s`: ")
    lines = simple("x, y", "", formula).splitlines()
    assert error.line == next(n for n, line in enumerate(lines, 1) if line.startswith("    &= x^2"))
    assert "the factor `2` is missing before `x y`" in error.hint


def test_rows_of_cases_are_no_rows(tmp_path):
    formula = r"y = \begin{cases} x & x > 0 \\ 3 & \text{otherwise} \end{cases}"
    error = found(tmp_path, simple("x", "np.where(x > 0, x, 4)", formula))
    assert "row" not in error.what and "with `4` in place of `3`" in error.hint


# ---- what may be declared


def test_a_mismatch_tells_the_inputs_that_were_drawn(tmp_path):
    error = found(tmp_path, simple("x, y", "x + 2 * y", "s = x + y"))
    assert error.hint.startswith("the term") or "`2`" in error.hint, error.hint
    assert re.search(r"\(seed 0; x = −?\d\.\d+, y = −?\d\.\d+\)\n", str(error)), str(error)


def test_a_formula_that_holds_for_what_is_positive_says_so(tmp_path):
    error = found(tmp_path, simple("x, y", "x * y**2", r"s = \sqrt{x^2} y^2"))
    says = r"; `x` was −\d\.\d+: if `x` is always positive, declare `range: positive`$"
    assert re.search(says, error.hint), error.hint


def test_what_is_positive_may_be_too_long_for_a_message(tmp_path):
    text = simple("x: 5, y", "np.prod(x) * y**2", r"s = \sqrt{\prod_{i=1}^{5} x_i^2}\, y^2")
    error = found(tmp_path, text.replace('"n"', '"5"'))
    assert error.hint.endswith("code; if `x` is always positive, declare `range: positive`")


def test_a_shape_that_was_guessed_is_to_be_annotated(tmp_path):
    text = '''import numpy as np


def one(z, w):
    r"""$$
    q_i = \\max(w z)
    $$"""
    return np.linalg.norm(w, axis=1) * z
'''
    hint = found(tmp_path, text).hint
    assert hint.startswith("annotate `z` and `w`, whose shape is guessed: `z: Float["), hint
