"""The page `contribute`, followed to the letter in a copy of the book."""

import re
import shutil

import pytest
from conftest import PROJECT, ROOT
from literate.text import headings, read_page
from mathdoctest import symbols

from two_passes import chapters

# The file, the heading above which it is put if it is not put at the end, and the text
PLACE = re.compile(
    r"(?:At the end of|In|加在) `([^`]+)`(?:[^\n`]*`(\{#[^`]+\})`)?[^\n`]*\n\n```text\n(.*?)\n```",
    re.S,
)
MISTAKE = {
    "en": re.compile(r"In `([^`]+)`, change `([^`]+)` into `([^`]+)`"),
    "zh-TW": re.compile(r"在 `([^`]+)` 裡，把 `([^`]+)` 改成 `([^`]+)`"),
}


def _steps(language: str) -> list[tuple[str, str, str]]:
    text = (PROJECT.docs / language / "contribute.md").read_text("utf-8")
    return PLACE.findall(text.partition("{#yours}")[0])  # a book of one's own: test_make_it_yours


def _mistake(language: str) -> tuple[str, ...]:
    return (
        MISTAKE[language]
        .search((PROJECT.docs / language / "contribute.md").read_text("utf-8"))
        .groups()
    )


def test_both_languages_tell_the_same_steps():
    assert _steps("en") == _steps("zh-TW")
    assert len({path for path, *_ in _steps("en")}) == len(_steps("en")) <= 4, "a file each"
    assert _mistake("en") == _mistake("zh-TW")


@pytest.mark.parametrize("language, to", [("en", "to"), ("zh-TW", "到")])
def test_the_parts_of_a_chapter_that_it_tells_are_those_that_are_asked_for(language, to):
    """And the chapter that it has readers copy is one of them."""
    read = (PROJECT.docs / language / "contribute.md").read_text("utf-8")
    told = re.search(r"^## [^\n]*\{#chapter\}\n(.*?)^## ", read, re.S | re.M)[1]
    least, most = chapters.USUAL
    assert f"{least} {to} {most}" in told
    ids = re.findall(r"`\{#([\w-]+)\}`", told)
    assert ids[-1] == chapters.LAST
    (copied,) = re.findall(r"`(core/[a-z-]+)`", told)
    page = read_page(PROJECT, PROJECT.docs / language / f"{copied}.md", language)
    assert [h.id for h in headings(page) if h.id in ids] == ids
    head = told[: told.index("{#")]
    assert {key for key in re.findall(r"`(\w+)`", head)} >= {*page.meta} - {"lab", "template"}
    assert {"pitfall", "worked"} <= {*re.findall(r"`(\w+)`", told)}
    assert list(chapters.parts(PROJECT, {(language, copied): page})) == []


RESERVED = re.compile(r"^\| (?:letter|字母) \|.*\n\|---\|---\|\n((?:\| .*\n)+)", re.M)


def test_the_letters_with_a_meaning_of_their_own_are_told():
    """To who writes a page in either language, and to who writes formulas anywhere."""
    readme = ROOT / "packages" / "mathdoctest" / "README.md"
    pages = [PROJECT.docs / language / "contribute.md" for language in PROJECT.languages]
    for path in (*pages, readme):
        rows = RESERVED.search(path.read_text("utf-8"))[1]
        assert re.findall(r"^\| `([^`]+)` \| .+ \|$", rows, re.M) == list(symbols.RESERVED), path


def test_the_example_of_a_symbol_that_several_functions_compute_is_real():
    for language in PROJECT.languages:
        read = (PROJECT.docs / language / "contribute.md").read_text("utf-8")
        (told,) = re.findall(r"`by: (\[[^`]+\])`[^`]*`w`[^`]*`(snippets/[^`]+)`", read)
        names, path = told
        declared = (ROOT / path).read_text("utf-8")
        assert re.search(rf"^w: .*, by: {re.escape(names)}\}}$", declared, re.M), language


def _follow(copy) -> bool:
    """Take each step that is not taken yet: who follows the page runs these tests too."""
    new = False
    for path, heading, text in _steps("en"):
        file = copy.folder / path
        before = file.read_text("utf-8")
        if text in before:
            continue
        at = before.rindex("\n", 0, before.index(heading)) + 1 if heading else len(before)
        file.write_text(f"{before[:at]}{text}\n{before[at:]}", "utf-8")
        new = True
    return new


def test_a_reader_who_follows_it_sees_the_formula_checked(reused):
    if _follow(reused):
        done = reused.run("check")
        assert done.returncode == 1, done.stdout
        assert "make agree PAGE=core/activations" in done.stderr, done.stderr
        done = reused.run("agree")
        assert done.returncode == 0, done.stderr
        assert "core/activations#what-goes-wrong" in done.stdout, done.stdout
        assert "forward.symbols.yml#alpha" in done.stdout, done.stdout
    done = reused.run("check")
    assert done.returncode == 0, done.stdout + done.stderr

    path, right, wrong = _mistake("en")
    reused.replace(path, right, wrong)
    done = reused.run("check")
    says = (
        r"snippets/forward\.py:\d+: forward\.leaky_relu: `.*entry \(\d\): what the code returns is "
        r".*docs/en/core/activations\.md:\d+"
    )
    assert done.returncode == 1 and re.search(says, done.stderr), done.stderr
    assert "→ a minus is too much before" in done.stderr
    reused.replace(path, wrong, right)

    done = reused.run("build")
    assert done.returncode == 0, done.stderr
    for page, words in (
        ("core/activations", "公式與程式一致"),
        ("en/core/activations", "formula = code, checked"),
    ):
        html = (reused.folder / "site" / page / "index.html").read_text("utf-8")
        card = html[html.index('id="leaky-relu"') :]
        assert (
            words in card[: card.index("</details>")] and "array([-1, 0, 2], dtype=float32)" in card
        )


# What of the book's tests a formula and its card can break; the others are of the engine
TOUCHED = (
    "test_chapters.py::test_every_chapter_keeps_the_rules_of_chapters",
    "test_mutation.py::test_code_mutants_die",
    "test_mutation.py::test_the_list_of_equal_formulas_holds_no_dead_entry",
    "test_contribute.py::test_both_languages_tell_the_same_steps",
)


def test_the_tests_pass_on_what_a_reader_wrote_who_followed_it(copy):
    """Nobody is asked to prove anything, or to change a test."""
    _follow(copy)
    assert copy.run("agree").returncode == 0
    hidden = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "tests", copy.folder / "tests", ignore=hidden)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy.folder)
    paths = [f"tests/{name}" for name in TOUCHED]
    done = copy.python("pytest", "-n", "0", "-p", "no:cacheprovider", *paths)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "forward.leaky_relu: lives" in done.stdout, "its mutants were made"
