"""What a hint says of a published kind of mistake, and what is told where there is no hint."""

import re

import pytest
from hint_cases import CASES, DERIVATIVES, FILE, Case
from test_api import of, write

from mathdoctest import Mismatch, check
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
