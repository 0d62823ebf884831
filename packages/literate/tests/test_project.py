"""What mkdocs.yml says of a book, and how it is told what is wrong with it."""

from pathlib import Path

import pytest
from literate.errors import Doubt, Fault, Faults
from literate.project import Project

PLAIN = "site_name: A Book\nplugins:\n  - literate"


def book(folder: Path, config: str = PLAIN) -> Path:
    for name in ("docs", "snippets"):
        (folder / name).mkdir()
    (folder / "mkdocs.yml").write_text(config + "\n", "utf-8")
    return folder


def test_a_book_of_one_language_needs_no_facts(tmp_path):
    project = Project.find(book(tmp_path) / "docs")
    assert project.root == tmp_path and project.languages == {"en": ""}
    assert project.page_folder("en") == project.docs == tmp_path / "docs"
    assert project.terms == project.banned == {}
    assert project.words["en"]["site_name"] == "A Book" and project.words["en"]["skip"]


def test_each_of_several_languages_has_a_folder(tmp_path):
    project = Project.find(book(tmp_path, f"{PLAIN}: {{languages: [ja, en]}}\nnav: [index]"))
    assert project.languages == {"ja": "", "en": "en/"} and project.first == "ja"
    assert project.page_folder("en") == tmp_path / "docs" / "en"
    words = project.words["ja"]
    assert words["skip"] == project.words["en"]["skip"], "the engine speaks English instead"
    assert words["language_name"] == "ja"


@pytest.mark.parametrize(
    "config, says",
    [
        (f"{PLAIN}: {{languages: []}}", "mkdocs.yml:3: no language"),
        (f"{PLAIN}: {{snippets: code}}", "mkdocs.yml:3: the folder of snippets `code/` is missing"),
        (f"{PLAIN}: {{extensions: [gone.at_all]}}", "mkdocs.yml:3: the extension `gone.at_all`"),
        ("site_name: A Book", "mkdocs.yml: the plugin `literate` is not among `plugins:`"),
        ("site_name: [", "mkdocs.yml: "),
    ],
)
def test_what_is_wrong_has_its_line_and_a_cure(tmp_path, config, says):
    with pytest.raises(Fault, match="→ ") as caught:
        Project.find(book(tmp_path, config))
    assert str(caught.value).startswith(says), caught.value


def test_a_word_that_is_missing_is_named(tmp_path):
    with pytest.raises(Fault, match="the word `nonsense` is missing"):
        Project.find(book(tmp_path)).words["en"]["nonsense"]


def test_equal_faults_are_told_once():
    fault, doubt = Fault("a.md:1", "wrong", "fix it"), Doubt("a.md:1", "odd", "look")
    assert str(Faults([fault, Fault("a.md:1", "wrong", "fix it")])).endswith("\n1 fault found.")
    assert str(doubt) == "doubt: a.md:1: odd\n    → look" and doubt == Doubt(*vars(doubt).values())
