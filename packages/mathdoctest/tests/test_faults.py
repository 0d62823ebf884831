"""Faults of a formula's text: lost backslashes, brackets left open."""

from pathlib import Path

import pytest
from test_api import of, write

from mathdoctest import Mismatch, check, faults, reader

ALIGNED = r"\begin{aligned} a &= (b + c \\ d &= e \end{aligned}"


@pytest.mark.parametrize(
    "tex, found",
    [
        ("a = (b + c)", None),
        (r"a = \left( \frac{b}{c} \right) [d] \{e\}", None),
        (ALIGNED, ("(", ALIGNED.index("("))),
        (r"x \in [0, 1)", None),
        ("a = (b + (c)", ("(", 4)),
        ("a = b + c)", (")", 9)),
        (r"a = \frac{b}{c", ("{", 12)),
        (r"a = [b + (c]", ("(", 9)),
        (r"a = \lvert b", (r"\lvert", 4)),
        (r"\begin{cases} a & b", (r"\begin{cases}", 0)),
        (r"\begin{cases} a & b \end{aligned}", (r"\end{aligned}", 20)),
    ],
)
def test_the_bracket_without_a_partner(tex, found):
    assert faults.unclosed(tex) == found


@pytest.mark.parametrize(
    "tex, command",
    [
        ("a = \beta x", r"\beta"), ("a = \frac{b}{c}", r"\frac"), ("a = \tanh(x)", r"\tanh"),
        ("a = b\rho", r"\rho"), ("\alpha = b", r"\alpha"), ("\varepsilon = b", r"\varepsilon"),
    ],
)  # fmt: skip
def test_a_lost_backslash(tex, command):
    found = faults.escaped(tex)
    assert found and f"`{command}" in found.what and 'r"""' in found.hint


def test_an_indented_line_has_lost_nothing():
    assert faults.escaped("a = b\n\t+ c") is None and faults.escaped(r"a = \beta") is None


TEXT = (
    'def one(x, beta):\n    {}"""One.\n\n    $$\n    y = {}\n    $$\n    """\n    return beta * x\n'
)


@pytest.mark.parametrize(
    "prefix, right, line, says, hint",
    [
        ("", r"\beta x", 5, r"`\beta` lost its backslash", 'begin the docstring with r"""'),
        ("r", r"(\beta x", 5, "`(` is never closed", "close it"),
        ("r", r"\beta x \text{more}]", 5, "`]` is never opened", "open it"),
        ("r", r"\summ_i x_i", 5, r"outside the grammar at `\summ", r"did you mean `\sum`? Else"),
        ("r", r"\lamda x", 5, r"outside the grammar at `\lamda", r"did you mean `\lambda`? Else"),
    ],
)
def test_a_fault_of_the_text_is_told_with_its_line(tmp_path, prefix, right, line, says, hint):
    path = write(tmp_path, TEXT.format(prefix, right))
    with pytest.raises(Mismatch) as raised:
        check(of(path, "one"))
    assert says in raised.value.what and hint in raised.value.hint
    assert raised.value.line == line


@pytest.mark.parametrize("tex", [r"\int x", r"\zzz x", r"\sum \sum"])
def test_a_command_that_is_near_none_is_not_guessed(tex, monkeypatch):
    assert faults.outside(tex, "outside", 0).hint.startswith("write it as ")
    monkeypatch.chdir(reader.GRAMMAR.parents[2])  # the grammar is named as it can be opened
    assert Path(faults.outside(tex, "outside", 0).hint.split()[3]).samefile(reader.GRAMMAR)
