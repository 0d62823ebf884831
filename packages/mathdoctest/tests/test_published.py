"""Formulas of published texts, each as its author wrote it, above a function for it.

`published/held_out_*.txt`: 60 right ones and 60 that were wrong where they were published,
collected before the checker was made to read them, and not looked at until that was done.
`published/development_*.txt`: those it was made with. Each entry names its source; accepted.txt
lists the right ones that hold. The others must be refused with a message, not with a traceback.
"""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("mlx.core", reason="some of the functions are on MLX")

from mathdoctest import Mismatch, check, source  # noqa: E402
from mathdoctest.errors import SourceError  # noqa: E402
from mathdoctest.functions import function  # noqa: E402

FOLDER = Path(__file__).with_name("published")


def entries(name: str) -> dict[str, str]:
    """Name → the file of an entry; those on a library that is not installed are left out."""
    parts = re.split(r"^#### (\w+)\n", (FOLDER / f"{name}.txt").read_text("utf-8"), flags=re.M)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {k: text for k, text in found.items() if "import jax" not in text or find_spec("jax")}


RIGHT = {
    (of, k): text
    for of in ("held_out", "development")
    for k, text in entries(f"{of}_right").items()
}
WRONG = {
    (of, k): text
    for of in ("held_out", "development")
    for k, text in entries(f"{of}_wrong").items()
}
ACCEPTED = {tuple(line.split()) for line in (FOLDER / "accepted.txt").read_text().splitlines()}


def refusals(folder: Path, text: str) -> list[str]:
    """The message of each formula of a file that does not hold."""
    path = folder / "published.py"
    path.write_text(text, "utf-8")
    module = source.module(path)
    names = [name for name, node in module.functions.items() if source.has_formulas(node)]
    out = []
    for name in names:
        try:
            check(function(module, name))
        except (Mismatch, SourceError) as error:
            out.append(str(error))
    assert names
    return out


@pytest.mark.parametrize("entry", sorted(WRONG))
def test_a_published_error_is_refused(tmp_path, entry):
    assert refusals(tmp_path, WRONG[entry])


@pytest.mark.parametrize("entry", sorted(ACCEPTED & RIGHT.keys()))
def test_a_right_formula_is_accepted(tmp_path, entry):
    assert refusals(tmp_path, RIGHT[entry]) == []


@pytest.mark.parametrize("entry", sorted(RIGHT.keys() - ACCEPTED))
def test_one_that_is_not_accepted_gets_a_message(tmp_path, entry):
    messages = refusals(tmp_path, RIGHT[entry])
    assert messages, "it holds now: add it to accepted.txt"
    assert all(re.search(r"published\.py:\d+: \w+: ", message) for message in messages), messages


def test_the_share_that_is_accepted_at_first_sight():
    every = len(entries("held_out_right"))
    assert sum(of == "held_out" for of, _ in ACCEPTED) >= 0.6 * every
