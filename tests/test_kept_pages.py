"""A build that keeps pages publishes what a clean one does, whatever has changed; and it keeps."""

import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import PROJECT
from test_reproducible import built, committed, same

DRAWN = ("pages", "checks", "checked")  # what is kept beside runs, formulas and drawings
NEW = "A sentence that nobody has read. "
NEW_CHINESE = "這是一句還沒有人讀過的話。"
# What changes → file, old, new
EDITS = {
    "a sentence": [
        ("docs/en/core/layers.md", "\n## ", f"\n{NEW}\n\n## "),
        ("docs/zh-TW/core/layers.md", "\n## ", f"\n{NEW_CHINESE}\n\n## "),
    ],
    "a title, which every menu shows": [
        ("docs/en/core/loss.md", 'title: "The', 'title: "New: the'),
        ("docs/zh-TW/core/loss.md", "title: ", "title: 新的"),
    ],
    "a comment in a snippet": [("snippets/forward.py", "  # (out, n) @", "  # z: (out, n) @")],
    "what a symbol means": [
        ("snippets/forward.symbols.yml", "en: 'weights", "en: 'new weights"),
        ("snippets/forward.symbols.yml", "zh-TW: ", "zh-TW: 新的"),
    ],
    "what a term means": [
        ("docs/glossary.yml", "      en: ", "      en: New. "),
        ("docs/glossary.yml", "      zh-TW: ", "      zh-TW: 新的。"),
    ],
    "a word of the theme": [
        ("two_passes/words.yml", "\nen:\n", "\nen:\n  permalink: New link\n"),
        ("two_passes/words.yml", "\nzh-TW:\n", "\nzh-TW:\n  permalink: 新的連結\n"),
    ],
    "a setting": [("mkdocs.yml", "site_name: ", "site_name: New ")],
    "a template": [("two_passes/theme/home.html", "</", "<!-- new --></")],
    "code that draws": [("two_passes/home.py", '"""', '"""New. ')],
    "a lab": [
        ("docs/en/labs/breast-cancer.md", "\n## ", f"\n{NEW}\n\n## "),
        ("docs/zh-TW/labs/breast-cancer.md", "\n## ", f"\n{NEW_CHINESE}\n\n## "),
    ],
}


def drawn(cache: Path) -> dict[str, int]:
    """What is kept of the pages → when it was made."""
    return {p.relative_to(cache).as_posix(): p.stat().st_mtime_ns for p in cache.rglob("*.json")}


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    """What is kept, of runs alone."""
    folder = tmp_path_factory.mktemp("kept") / "cache"
    shutil.copytree(PROJECT.cache, folder, ignore=shutil.ignore_patterns(*DRAWN))
    return folder


@pytest.fixture(scope="module")
def book(tmp_path_factory, cache):
    """A book that was built before it is changed."""
    copy = committed(tmp_path_factory.mktemp("here") / "book")
    built(copy, LITERATE_CACHE=str(cache))
    return copy


def redrawn(book, cache: Path, edits: list[tuple[str, str, str]]) -> set[str]:
    """The texts that a build draws anew after these edits."""
    before = drawn(cache / "pages")
    for edit in edits:
        book.replace(*edit)
    assert book.run("agree").returncode == 0
    built(book, LITERATE_CACHE=str(cache))
    after = drawn(cache / "pages")
    return {n for n in after if n.endswith(".text.json") and after[n] != before[n]}


def test_one_sentence_draws_two_texts(book, cache):
    assert redrawn(book, cache, EDITS["a sentence"]) == {
        "en/core/layers.text.json",
        "zh-TW/core/layers.text.json",
    }


def test_a_snippet_draws_the_texts_that_show_it(book, cache):
    texts = redrawn(book, cache, [("snippets/metrics.py", '"""', '"""New. ')])
    assert "en/core/loss.text.json" not in texts
    showing = {p for p in PROJECT.docs.rglob("*.md") if "metrics." in p.read_text("utf-8")}
    assert texts >= {p.relative_to(PROJECT.docs).with_suffix(".text.json").as_posix()
                     for p in showing}  # fmt: skip


def test_the_site_is_that_of_a_clean_build(book, cache, tmp_path):
    """Each change is built upon the one before: what stays as it was once, stays to the end."""
    for name, edits in EDITS.items():
        for edit in edits if name != "a sentence" else ():
            book.replace(*edit)
        done = book.run("agree")
        assert done.returncode == 0, name + done.stdout + done.stderr
        site = built(book, LITERATE_CACHE=str(cache))
    clean = tmp_path / "clean"
    shutil.copytree(cache, clean, ignore=shutil.ignore_patterns(*DRAWN))
    same(site, built(book, LITERATE_CACHE=str(clean)))
    assert NEW.strip().encode() in site["en/labs/breast-cancer/index.html"]


def test_half_of_what_is_kept_is_as_good_as_none(book, cache):
    good = built(book, LITERATE_CACHE=str(cache))
    halves = [path for part in DRAWN for path in (cache / part).rglob("*.json")]
    assert len(halves) > 100
    for path in halves:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    same(built(book, LITERATE_CACHE=str(cache)), good)


def test_what_is_kept_is_what_is_shown(book, cache):
    """That a page comes from there: what is written there is published."""
    built(book, LITERATE_CACHE=str(cache))
    path = cache / "pages" / "en" / "core" / "loss.frame.json"
    kept = json.loads(path.read_text("utf-8"))
    kept["value"]["output"] = re.sub("</main>", "<!-- kept --></main>", kept["value"]["output"])
    path.write_text(json.dumps(kept), "utf-8")
    assert b"<!-- kept -->" in built(book, LITERATE_CACHE=str(cache))["en/core/loss/index.html"]
