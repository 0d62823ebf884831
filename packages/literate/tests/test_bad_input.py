"""What is wrong in a book is reported with its place and what to do, without a traceback."""

import re
import shutil

import pytest
from running import STATISTICS, Book, Reused, copied

OPTIONS = "      numbered: [chapters]  # the parts of nav whose pages are chapters\n"
CASES = {
    "languages": ("mkdocs.yml", OPTIONS, f"      languages: []\n{OPTIONS}", r"mkdocs\.yml:\d+: "),
    "option": ("mkdocs.yml", OPTIONS, f"      langs: [en]\n{OPTIONS}", r"mkdocs\.yml:16: .*langs"),
    "type": ("mkdocs.yml", OPTIONS, "      numbered: 3\n", r"mkdocs\.yml:16: .*list"),
    "snippets": (
        "mkdocs.yml",
        OPTIONS,
        f"      snippets: code\n{OPTIONS}",
        r"mkdocs\.yml:16: .*`code/`",
    ),
    "extension": (
        "mkdocs.yml",
        OPTIONS,
        f"      extensions: [nothing]\n{OPTIONS}",
        r"mkdocs\.yml:16: .*`nothing`",
    ),
    "setting": (
        "mkdocs.yml",
        "theme:\n",
        "validation: {links: {anchors: ignore}}\ntheme:\n",
        r"mkdocs\.yml:\d+: `validation\.links\.anchors` is 'ignore'",
    ),
    "theme": ("mkdocs.yml", "material", "readthedocs", r"mkdocs\.yml:\d+: `theme\.name`"),
    "nav": ("mkdocs.yml", "nav:\n", "pages:\n", r"mkdocs\.yml:\d+: .*pages"),
    "twice": (
        "mkdocs.yml",
        "  - index\n",
        "  - index\n  - index\n",
        r"mkdocs\.yml:\d+: nav: `index` appears twice",
    ),
    "empty part": ("mkdocs.yml", "plugins:", "  - more:\nplugins:", r"mkdocs\.yml:\d+: "),
    "yaml": ("mkdocs.yml", "site_name:", "site_name: [", r"mkdocs\.yml:\d+: "),
    "directive": (
        "docs/chapters/least-squares.md",
        "/// snippet | line.slope",
        "/// snipet | line.slope",
        r"docs/chapters/least-squares\.md:14: unknown directive",
    ),
    "directive's option": (
        "docs/chapters/least-squares.md",
        "    title: The best slope\n",
        "    title: The best slope\n    colour: red\n",
        r"docs/chapters/least-squares\.md:\d+: .*`colour`",
    ),
    "link": (
        "docs/index.md",
        "(chapters/least-squares.md)",
        "(chapters/gone.md)",
        r"docs/index\.md:\d+: .*gone",
    ),
    "output": (
        "snippets/line.py",
        "    1.035714\n",
        "    1.035741\n",
        r"snippets/line\.py:18: line\.slope: line 1 of the output: expected `1\.035741`",
    ),
    "output that is missing": (
        "snippets/line.py",
        '    1.035714\n    """',
        '    """',
        r"snippets/line\.py:7: line\.slope: expected 0 lines, got 1; the first that is too many",
    ),
    "tab": ("snippets/line.py", "    return ", "\treturn ", r"snippets/line\.py:20: a tab\n"),
    "bracket": (
        "snippets/line.symbols.yml",
        "{tex: 'w', en: 'slope'}",
        "{tex: 'w', en: 'slope'",
        r"snippets/line\.symbols\.yml:5: not YAML: a bracket that opens here is not closed",
    ),
    "symbol twice": (
        "snippets/line.symbols.yml",
        "w: ",
        "e: ",
        r"snippets/line\.symbols\.yml:6: not YAML: `e` appears twice\n    → keep one of the two",
    ),
    "level of a heading": (
        "docs/chapters/least-squares.md",
        "\n## ",
        "\n#### ",
        r"docs/chapters/least-squares\.md:\d+: a heading of 4 `#` below one of 1\n.*with `## `",
    ),
    "a name that there is not": (
        "docs/chapters/least-squares.md",
        "line.slope",
        "line.slopes",
        r"docs/chapters/least-squares\.md:14: snippets/line\.py has no function or class `slopes`",
    ),
    "code": (
        "snippets/line.py",
        "(x * y).sum()",
        "(x + y).sum()",
        r"snippets/line\.py:\d+: line\.slope",
    ),
}


def said(book: Book, *command: str) -> str:
    done = book.run(*command)
    text = done.stdout + done.stderr
    assert done.returncode == 1, text
    assert "Traceback" not in text and "bug of the engine" not in text, text
    assert "\n    → " in text, text
    return text


@pytest.fixture(scope="module")
def _reused(tmp_path_factory):
    made = Reused(copied(STATISTICS, tmp_path_factory.mktemp("reused") / "book"))
    yield made
    made.process.end()


@pytest.fixture
def reused(_reused):
    yield _reused
    _reused.put_back()


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_said_with_its_place(reused, case):
    name, old, new, expected = CASES[case]
    reused.replace(name, old, new)
    assert re.search(rf"^(error: |ERROR +-  )?{expected}", said(reused, "literate", "check"), re.M)


def test_a_process_of_its_own_says_the_same(tmp_path, reused):
    name, old, new, _ = CASES["code"]
    book = copied(STATISTICS, tmp_path / "book")
    for each in (book, reused):
        each.replace(name, old, new)
    assert said(book, "literate", "check") == said(reused, "literate", "check")


@pytest.mark.parametrize("case", ["setting", "twice", "snippets", "directive", "code"])
def test_mkdocs_itself_says_the_same(tmp_path, case):
    name, old, new, expected = CASES[case]
    book = copied(STATISTICS, tmp_path / "book")
    book.replace(name, old, new)
    assert re.search(expected, said(book, "mkdocs", "build", "--strict"))
    assert not (book.folder / "site").exists() or not list((book.folder / "site").glob("*.html"))


@pytest.mark.parametrize("command", ["build", "serve"])
def test_an_address_without_its_scheme_is_a_fault_of_the_variable(tmp_path, monkeypatch, command):
    book = copied(STATISTICS, tmp_path / "book")
    book.replace("mkdocs.yml", "\nnav:", '\nrepo_url: !ENV [SOURCE_URL, ""]\n\nnav:')
    monkeypatch.setenv("SOURCE_URL", "example.org/statistics")
    text = said(book, "literate", command)
    assert "SOURCE_URL: is 'example.org/statistics'" in text and "https://" in text
    assert "mkdocs.yml" not in text


def test_mkdocs_build_stops_at_a_warning(tmp_path):
    name, old, new, expected = CASES["link"]
    book = copied(STATISTICS, tmp_path / "book")
    book.replace(name, old, new)
    for _ in range(2):  # and again when the rest of the book is kept
        done = book.run("mkdocs", "build")
        assert done.returncode == 1 and "gone.md" in done.stderr


def test_languages_that_the_options_do_not_name(tmp_path):
    book = copied(STATISTICS, tmp_path / "book")
    for language in ("en", "zh-TW"):
        shutil.copytree(STATISTICS / "docs", book.folder / "pages" / language)
    shutil.rmtree(book.folder / "docs")
    (book.folder / "pages").rename(book.folder / "docs")
    says = r"mkdocs\.yml:\d+: the folder `docs/zh-TW/` has pages"
    assert re.search(says, said(book, "literate", "check"))


def test_a_folder_without_a_book(tmp_path):
    assert "mkdocs.yml: no such file here or above" in said(Book(tmp_path), "literate", "check")


def test_a_failed_build_leaves_the_last_good_site(tmp_path):
    book = copied(STATISTICS, tmp_path / "book")
    (book.folder / "site").mkdir()
    (book.folder / "site" / "index.html").write_text("the last good one")
    book.replace("snippets/line.py", "(x * y).sum()", "(x + y).sum()")
    assert "site/ is left as it was" in said(book, "literate", "build")
    assert (book.folder / "site" / "index.html").read_text() == "the last good one"
