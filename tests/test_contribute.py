"""The page `contribute`, followed to the letter in a copy of the book."""

import re

from conftest import PROJECT, ROOT
from mathdoctest import symbols

PLACE = re.compile(r"(?:At the end of|加在) `([^`]+)`[^\n]*\n\n```text\n(.*?)\n```", re.S)
MISTAKE = {
    "en": re.compile(r"In `([^`]+)`, change `([^`]+)` into `([^`]+)`"),
    "zh-TW": re.compile(r"在 `([^`]+)` 裡，把 `([^`]+)` 改成 `([^`]+)`"),
}


def _steps(language: str) -> list[tuple[str, str]]:
    return PLACE.findall((PROJECT.docs / language / "contribute.md").read_text("utf-8"))


def _mistake(language: str) -> tuple[str, ...]:
    return (
        MISTAKE[language]
        .search((PROJECT.docs / language / "contribute.md").read_text("utf-8"))
        .groups()
    )


def test_both_languages_tell_the_same_steps():
    assert _steps("en") == _steps("zh-TW") and len(_steps("en")) == 4
    assert _mistake("en") == _mistake("zh-TW")


RESERVED = re.compile(r"^\| (?:letter|字母) \|.*\n\|---\|---\|\n((?:\| .*\n)+)", re.M)


def test_the_letters_with_a_meaning_of_their_own_are_told():
    """To who writes a page in either language, and to who writes formulas anywhere."""
    readme = ROOT / "packages" / "mathdoctest" / "README.md"
    pages = [PROJECT.docs / language / "contribute.md" for language in PROJECT.languages]
    for path in (*pages, readme):
        rows = RESERVED.search(path.read_text("utf-8"))[1]
        assert re.findall(r"^\| `([^`]+)` \| .+ \|$", rows, re.M) == list(symbols.RESERVED), path


def test_a_reader_who_follows_it_sees_the_formula_checked(copy):
    for path, text in _steps("en"):
        with open(copy.folder / path, "a", encoding="utf-8") as file:
            file.write(text + "\n")
    done = copy.run("check")
    assert done.returncode == 1 and "make agree PAGE=core/forward" in done.stderr, done.stderr
    done = copy.run("agree")
    assert (
        done.returncode == 0
        and "forward.symbols.yml#alpha" in done.stdout
        and "core/forward#" in done.stdout
    ), done.stdout
    done = copy.run("check")
    assert done.returncode == 0, done.stdout + done.stderr

    path, right, wrong = _mistake("en")
    copy.replace(path, right, wrong)
    done = copy.run("check")
    says = (
        r"snippets/forward\.py:\d+: forward\.leaky_relu: `.*entry \(\d\): what the code returns is "
        r".*docs/en/core/forward\.md:\d+"
    )
    assert done.returncode == 1 and re.search(says, done.stderr), done.stderr
    assert "→ a minus is too much before" in done.stderr
    copy.replace(path, wrong, right)

    done = copy.run("build")
    assert done.returncode == 0, done.stderr
    for page, words in (
        ("core/forward", "公式與程式一致"),
        ("en/core/forward", "formula = code, checked"),
    ):
        html = (copy.folder / "site" / page / "index.html").read_text("utf-8")
        card = html[html.index('id="leaky-relu"') :]
        assert (
            words in card[: card.index("</details>")] and "array([-1, 0, 2], dtype=float32)" in card
        )
