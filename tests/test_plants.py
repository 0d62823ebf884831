"""One fault planted at a time, in a copy of the book: the command fails for that reason.

It says where, and what to do. The plants are in `plants/`, a file for each group; each has a name
and says in one of these ways what it changes:

    file, old, new    in this file, the first `old` becomes `new`
    both, old, new    in both languages of this page: docs/zh-TW/… and docs/en/…
    insert            in place of old and new: a paragraph before the second heading of the page
    cell              this code is put at the beginning of the lab's first cell

`says` is a pattern that the messages must contain. Those of `doubts.yml` are no faults: their
doubts are told.

Each is checked by the command itself, but in a process that lives on and that keeps in memory what
the plant does not change, as the live site does. That this hides nothing and adds nothing is what
the first plant of each file shows: a process of its own says the same of it, word for word.
"""

import operator
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from conftest import Copy

PLANTS = Path(__file__).with_name("plants")
FORWARD = "snippets/forward.py"
ZH, EN = "docs/zh-TW/core/forward.md", "docs/en/core/forward.md"
GLOSSARY, STRINGS = "docs/glossary.yml", "two_passes/words.yml"
HEADING = "\n## "
CELLS, FIRST_CELL = "snippets/lab_breast_cancer.py", "# --8<-- [start:load]\n"


def plants(*groups: str) -> list[dict[str, str]]:
    files = (PLANTS / f"{group}.yml" for group in groups)
    return [plant for file in files for plant in yaml.safe_load(file.read_text("utf-8"))]


def changes(plant: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """What a plant changes: a file, what is there, and what is put in its place."""
    if "cell" in plant:
        yield CELLS, FIRST_CELL, f"{FIRST_CELL}{plant['cell']}\n"
        return
    page = plant.get("both")
    for path in [f"docs/zh-TW/{page}", f"docs/en/{page}"] if page else [plant["file"]]:
        if "insert" in plant:
            yield path, HEADING, f"\n{plant['insert']}\n{HEADING}"
        else:
            yield path, plant["old"], plant["new"]


GROUPS = (
    "runs", "formulas", "symbols", "pages", "translations", "marks", "languages", "values", "cells"
)  # fmt: skip
CHECKED, BUILT, DOUBTED = plants(*GROUPS), plants("site"), plants("doubts")
FIRST = [plants(group)[0] for group in (*GROUPS, "doubts")]
by_name = operator.itemgetter("name")


def planted(copy: Copy, plant: dict[str, str]) -> Copy:
    for path, old, new in changes(plant):
        copy.replace(path, old, new)
    return copy


@pytest.mark.parametrize("plant", CHECKED, ids=by_name)
def test_check_goes_red_and_says_where(plant, reused):
    told(planted(reused, plant).run("check"), plant["says"])


@pytest.mark.parametrize("plant", DOUBTED, ids=by_name)
def test_check_tells_a_doubt_that_is_never_red(plant, reused):
    """What has changed is to be reviewed, as always; nothing else is wrong."""
    done = planted(reused, plant).run("check")
    assert re.search(plant["says"], done.stdout), done.stdout + done.stderr
    faults = re.findall(r"^\S+: (.+)", done.stderr, re.M)
    assert all(re.match("the (section|entry) `", fault) for fault in faults), done.stderr


@pytest.mark.parametrize("plant", FIRST, ids=by_name)
def test_a_process_of_its_own_says_the_same(plant, copy, reused):
    alone = planted(copy, plant).run("check", LITERATE_TIME_LIMIT="5")
    again = planted(reused, plant).run("check")
    assert alone.returncode == again.returncode == 1
    assert _faults(alone) == _faults(again) and re.search(
        plant["says"], alone.stdout + alone.stderr
    )


def _faults(done) -> list[str]:
    """What is told, without the progress of runs, which may be kept of the other command."""
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if not line.startswith(("running ", "ran "))]


def test_what_was_put_back_is_all_good(reused):
    """After plants that leave a file, take one away, make a link of one and change one."""
    for name in ("an empty picture", "a glossary that is gone", "a link to itself", "a NUL"):
        path, plant, _ = FILES[name]
        plant(reused.folder / path)
        assert reused.run("check").returncode == 1
        reused.put_back()
    done = reused.run("check")
    assert done.returncode == 0, done.stdout + done.stderr


def told(done, says: str) -> None:
    """Red, for this reason, with what to do, and without the entrails of the engine."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(says, done.stderr), done.stderr
    assert "→" in done.stderr and len(done.stderr) < 20_000, done.stderr[-3000:]
    assert 'literate/__main__.py", line' not in done.stderr, done.stderr[-3000:]


# ---- files that are no text ----


def rewrite(change):
    """A plant that changes what a file contains, as bytes."""
    return lambda path: path.write_bytes(change(path.read_bytes()))


def beside(name: str):
    """A plant that puts a file, and its folder, at this place seen from the folder of a page."""

    def plant(path):
        place = path.parent / name
        place.parent.mkdir(exist_ok=True)
        place.write_text("x")

    return plant


def link_out(path):
    book = next(folder for folder in path.parents if folder.name == "book")
    outside = book.with_name(path.name)
    path.rename(outside)
    path.symlink_to(outside)


def folder_in_its_place(path):
    path.unlink()
    path.mkdir()


def link_to_itself(path):
    path.unlink()
    path.symlink_to(path)


MARKED = rewrite(lambda raw: b"\xef\xbb\xbf" + raw)
RETURNS = rewrite(lambda raw: raw.replace(b"\n", b"\r\n"))
NO_LAB = rewrite(lambda raw: raw.replace(b"\n  lab:\n", b"\n  laboratory:\n"))
NEITHER = ": neither a page nor a picture"

FILES = {
    "a byte order mark": (EN, MARKED, r"docs/en/core/forward\.md:1: a byte order mark"),
    "a byte order mark in a snippet": (
        FORWARD,
        MARKED,
        r"snippets/forward\.py:1: a byte order mark",
    ),
    "carriage returns": (EN, RETURNS, r"docs/en/core/forward\.md:1: a carriage return"),
    "carriage returns in the glossary": (
        GLOSSARY,
        RETURNS,
        r"docs/glossary\.yml:1: a carriage return",
    ),
    "a NUL": (
        EN,
        rewrite(lambda raw: raw.replace(b"\n## ", b"\n\0## ", 1)),
        r"docs/en/core/forward\.md:\d+: a NUL character",
    ),
    "a NUL in a snippet": (
        FORWARD,
        rewrite(lambda raw: raw.replace(b"return W", b"return \0W", 1)),
        r"snippets/forward\.py:\d+: a NUL character",
    ),
    "another encoding": (
        ZH,
        rewrite(lambda raw: raw.decode().encode("big5", "replace")),
        r"docs/zh-TW/core/forward\.md:\d+: not UTF-8: the byte 0x",
    ),
    "a chapter of 5 MB": (
        EN,
        rewrite(lambda raw: raw + b"word " * 10**6),
        r"docs/en/core/forward\.md: 5,\d{3},\d{3} bytes; the most is",
    ),
    "a link out of the tree": (EN, link_out, r"docs/en/core/forward\.md: a link out of the tree"),
    "a snippet that is a link out of the tree": (
        FORWARD,
        link_out,
        r"snippets/forward\.py: a link out of the tree",
    ),
    "a glossary that is gone": (
        GLOSSARY,
        Path.unlink,
        r"docs/en/glossary\.md:\d+: the glossary is shown, and docs/glossary\.yml has no terms",
    ),
    "a word of the theme that is gone": (
        STRINGS,
        NO_LAB,
        r"two_passes/words\.yml: the word `lab` is missing",
    ),
    "a configuration that is gone": (
        "mkdocs.yml",
        Path.unlink,
        r"mkdocs\.yml: no such file here or above",
    ),
    "a folder named as a page": (
        EN,
        folder_in_its_place,
        r"docs/en/core/forward\.md: a folder, not a file",
    ),
    "a link to itself": (EN, link_to_itself, r"docs/en/core/forward\.md: a link out of the tree"),
    "an empty picture": (
        EN,
        lambda path: path.with_name("a.png").touch(),
        rf"docs/en/core/a\.png{NEITHER}",
    ),
    "a page's backup": (EN, beside("forward.md~"), rf"docs/en/core/forward\.md~{NEITHER}"),
    "a file for no page": (EN, beside("paper.pdf"), rf"docs/en/core/paper\.pdf{NEITHER}"),
    "a page outside the languages": (EN, beside("../../notes.md"), rf"docs/notes\.md{NEITHER}"),
    "a language that there is not": (
        EN,
        beside("../../ja/index.md"),
        r"mkdocs\.yml:\d+: the folder `docs/ja/` has pages, and `languages` does not name `ja`",
    ),
    "a folder that is a link out of the tree": (
        EN,
        lambda path: (path.parent / "more").symlink_to(path.parents[4], True),
        r"docs/en/core/more: a link out of the tree",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_plain_text_is_named(name, reused):
    path, plant, says = FILES[name]
    plant(reused.folder / path)
    told(reused.run("check"), says)


# ---- what only the finished pages show ----


@pytest.mark.parametrize("plant", BUILT, ids=by_name)
def test_build_goes_red_and_leaves_the_last_good_site(plant, reused):
    good = reused.folder / "site"
    good.mkdir()
    (good / "index.html").write_text("the last good one")
    done = planted(reused, plant).run("build")
    told(done, plant["says"])
    assert "site/ is left as it was" in done.stderr
    assert [p.name for p in good.iterdir()] == ["index.html"]
    assert not list(reused.folder.glob(".site-*"))


def test_a_missing_translation_names_the_file(reused):
    (reused.folder / "docs/en/core/backward.md").unlink()
    done = reused.run("check")
    assert done.returncode == 1 and "docs/en/core/backward.md: this page is missing" in done.stderr


def test_a_failed_build_leaves_the_last_good_site(copy):
    good = copy.folder / "site"
    good.mkdir()
    (good / "index.html").write_text("the last good one")
    copy.replace(FORWARD, "return W @ x + b", "return W @ x - b")
    done = copy.run("build")
    assert (
        done.returncode == 1
        and "snippets/forward.py:" in done.stderr
        and "site/ is left as it was" in done.stderr
    )
    assert [p.name for p in good.iterdir()] == ["index.html"]
    assert not list(copy.folder.glob(".site-*"))


def test_progress_is_told(reused):
    code = "return W @ x + b  # "
    reused.replace(FORWARD, code, f"{code}{uuid.uuid4().hex[:8]} ")  # a text that no run has seen
    done = reused.run("check")
    assert done.returncode == 0, done.stderr
    assert re.search(r"running [1-9]\d* snippets, \d+ cached", done.stdout)
    assert re.fullmatch(r"checked \d+ pages: all good\n", reused.run("check").stdout)
