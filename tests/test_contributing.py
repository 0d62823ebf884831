"""The maps of the repository: each file that they name is there, and a formula's way is short."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP = {path.name for path in ROOT.iterdir()}
FEW = 10  # files that a formula passes from the docstring to HTML


def named(text: str) -> set[str]:
    """The paths in code type: words that begin with a file or folder of the root."""
    return {word for word in re.findall(r"`([\w./-]+)`", text) if word.split("/")[0] in TOP}


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "README.md"])
def test_every_path_that_is_named_exists(name):
    paths = named((ROOT / name).read_text("utf-8"))
    assert len(paths) > 5
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def ways() -> dict[str, list[str]]:
    """What takes the way → the rows of its table."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    sections = re.findall(r"^## The way of a ([\w ]+),.*?\n(.*?)(?=^## )", text, re.M | re.S)
    return {who: re.findall(r"^\| \d+ \|.*", section, re.M) for who, section in sections}


def test_the_ways_are_those_of_what_people_change():
    assert [*ways()] == ["formula", "snippet", "save", "pair of pages"]


@pytest.mark.parametrize("who", ways())
def test_each_step_of_a_way_names_its_file(who):
    rows = ways()[who]
    assert [int(row.split("|")[1]) for row in rows] == [*range(1, len(rows) + 1)]
    assert all(named(row) for row in rows)


def test_a_formula_passes_few_files():
    assert len(ways()["formula"]) <= FEW
