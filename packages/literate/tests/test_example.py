"""The example, a book of one language with NumPy only: built and served as its README says."""

import json
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from running import STATISTICS, Book, copied, free_port, page_with

PAGES = ("index.html", "chapters/mean-and-variance/index.html", "chapters/least-squares/index.html")
# Libraries of others, and rules for languages that a book may have
NOT_OURS = ("assets/javascripts/", "assets/stylesheets/", "assets/katex/", "assets/site.css")


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Book:
    return copied(STATISTICS, tmp_path_factory.mktemp("example") / "statistics")


@pytest.fixture(scope="module")
def site(book) -> Path:
    book.good("mkdocs", "build", "--strict", "--quiet")
    return book.folder / "site"


def test_check_is_good(book):
    assert "checked 3 pages: all good" in book.good("literate", "check")


def test_every_page_is_at_the_root_of_the_site(site):
    found = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert found == {*PAGES, "404.html", "offline.html"}


def test_five_formulas_are_checked(site):
    texts = [(site / page).read_text("utf-8") for page in PAGES]
    assert sum(text.count('<details class="tp-card__ok tp-check">') for text in texts) == 5
    assert sum(text.count("left side, right side and what the code returns") for text in texts) == 5


def test_the_exercise_hides_its_solution(site):
    text = (site / PAGES[1]).read_text("utf-8")
    exercise = text[text.index('class="tp-exercise"') :]
    assert "Another bus" in exercise
    solution = exercise[exercise.index("<details") :]
    assert "The squared distances are 9, 0 and 9." in solution and ">6.0" in solution


def test_the_figure_is_drawn(site):
    assert 'class="tp-figure tp-figure--histogram"' in (site / PAGES[1]).read_text("utf-8")


def test_chapters_can_be_taken_along(site):
    for chapter in ("mean-and-variance", "least-squares"):
        folder = site / "chapters" / chapter
        compile((folder / f"{chapter}.py").read_text("utf-8"), chapter, "exec")
        assert json.loads((folder / f"{chapter}.ipynb").read_text("utf-8"))["nbformat"] == 4


def test_search_finds_the_pages(site):
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    locations = {entry["location"].split("#")[0] for entry in index["docs"]}
    assert locations == {page.removesuffix("index.html") for page in PAGES}


def test_every_page_has_a_policy_and_no_other_language(site):
    for page in (*PAGES, "404.html", "offline.html"):
        text = (site / page).read_text("utf-8")
        assert "Content-Security-Policy" in text and '<html lang="en"' in text
        assert "tp-language" not in text and "hreflang" not in text
    assert "Page not found" in (site / "404.html").read_text("utf-8")


def test_nothing_names_another_book(site):
    for path in site.rglob("*"):
        name = path.relative_to(site).as_posix()
        if path.suffix in (".html", ".js", ".css", ".json", ".xml", ".svg", ".ipynb", ".py"):
            if not name.startswith(NOT_OURS):
                found = re.search(r"two.?passes|zh-TW|前向", path.read_text("utf-8"), re.I)
                assert not found, f"{name}: {found[0] if found else ''}"


def test_both_ways_to_build_give_the_same_site(book, site):
    before = {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()}
    assert "built site/" in book.good("literate", "build")
    after = {p.relative_to(site): p.read_bytes() for p in site.rglob("*") if p.is_file()}
    assert before.keys() == after.keys()
    differ = [name for name in before if before[name] != after[name] and name.suffix != ".gz"]
    assert differ == []


FAULT = ("docs/chapters/least-squares.md", "## One slope", "A typed 12.345.\n\n## One slope")
BOX = 'class="tp-fault"'


@pytest.mark.parametrize("server", ["literate", "mkdocs", "properdocs"])
def test_it_is_served(tmp_path, server):
    """Alike by each command: a fault, also at the start, is on the page, and requests go on."""
    book, port = copied(STATISTICS, tmp_path / "statistics"), free_port()
    where = ["--port", str(port)] if server == "literate" else ["-a", f"127.0.0.1:{port}"]
    book.replace(*FAULT)
    with book.serving(server, "serve", *where):
        address = f"http://127.0.0.1:{port}/chapters/least-squares/"
        assert "the number 12.345 is typed" in page_with(address, BOX, refused=True)
        book.replace(FAULT[0], *FAULT[:0:-1])
        page_with(address, "The best slope")
        book.replace("docs/chapters/least-squares.md", "## One slope", "Edited.\n\n## One slope")
        page_with(address, "Edited.")
        book.replace(*FAULT)
        shown = page_with(address, BOX)
        assert "the number 12.345 is typed" in shown and "Edited." in shown
        assert "Least squares" in page_with(f"http://127.0.0.1:{port}/", BOX)
        book.replace(FAULT[0], *FAULT[:0:-1])
        book.replace("snippets/line.py", "(x**2).sum()\n", "(x**2).sum()  # one number\n")
        page_with(address, "one number")
        book.replace("docs/chapters/least-squares.md", "Edited.", "See [it](gone.md).")
        page_with(address, "the link `gone.md` leads nowhere")


def test_until_there_is_a_site_the_port_says_so(tmp_path):
    """And the page that says it is not a site that is there: a machine that asks is told."""
    book, port = copied(STATISTICS, tmp_path / "statistics"), free_port()
    address = f"http://127.0.0.1:{port}/chapters/least-squares/"
    with book.serving("literate", "serve", "--port", str(port)):
        waits = page_with(address, "The site is being built", refused=True)
        assert "livereload(" in waits  # the page asks for the site by itself
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(address)
        assert "being built" not in page_with(address, "The best slope")


def test_a_page_that_moved_leaves_its_address(tmp_path):
    book = copied(STATISTICS, tmp_path / "statistics")
    moved = "old/page: chapters/least-squares\n"
    moved += "chapters/mean-and-variance#old: chapters/least-squares#one-slope\n"
    (book.folder / "docs" / "redirects.yml").write_text(moved)
    book.good("literate", "build")
    old = (book.folder / "site" / "old" / "page" / "index.html").read_text("utf-8")
    assert '<html lang="en">' in old and 'url=../../chapters/least-squares/"' in old
    assert "This page has moved" in old and "Content-Security-Policy" in old
    page = (book.folder / "site" / PAGES[1]).read_text("utf-8")
    assert '{"old": "../least-squares/#one-slope"}' in page
