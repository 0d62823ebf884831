"""What a site publishes where its address is known, and where it is not."""

import re
from pathlib import Path

import pytest
from running import STATISTICS, Book, copied


@pytest.fixture
def book(tmp_path) -> Book:
    book = copied(STATISTICS, tmp_path / "statistics")
    book.replace("mkdocs.yml", "\nnav:", '\nsite_url: !ENV [SITE_URL, ""]\n\nnav:')
    return book


def built(book: Book) -> tuple[str, dict[str, str]]:
    """What a build prints, and the texts at the root of the site."""
    said, site = book.good("literate", "build"), book.folder / "site"
    return said, {path.name: path.read_text("utf-8") for path in site.glob("*.[htx]*[lt]")}


def test_without_an_address_nothing_pretends_to_have_one(book):
    said, texts = built(book)
    assert "warning: SITE_URL is not set: " in said
    assert texts.keys() == {"index.html", "404.html", "offline.html"}, "an empty map of the site"
    assert not re.search('rel="canonical"|property="og:(url|image)"', texts["index.html"])


def test_with_an_address_the_map_is_whole(book, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://example.org")
    said, texts = built(book)
    assert "not set" not in said
    pages = ["", "chapters/least-squares/", "chapters/mean-and-variance/"]
    found = re.findall("<loc>(.*?)</loc>", texts["sitemap.xml"])
    assert sorted(found) == [f"https://example.org/{page}" for page in pages]
    assert "\nSitemap: https://example.org/sitemap.xml\n" in texts["robots.txt"]


def test_below_a_path_there_is_no_robots_txt(book, monkeypatch):
    """It is asked for at the root of a host only."""
    monkeypatch.setenv("SITE_URL", "https://example.org/statistics/")
    assert built(book)[1].keys() == {"index.html", "404.html", "offline.html", "sitemap.xml"}


def test_a_repository_that_mkdocs_yml_asks_for_is_missed(book):
    assert "repo_url" not in built(book)[0]
    book.replace("mkdocs.yml", "\nnav:", '\nrepo_url: !ENV [SOURCE, ""]\n\nnav:')
    assert "warning: SOURCE is not set: " in built(book)[0]


SPOKEN = {
    "[en]": [],
    "[de]": ["lunr.de", "lunr.stemmer.support"],
    "[en, ja]": ["lunr.ja", "lunr.multi", "lunr.stemmer.support", "tinyseg"],
}


@pytest.mark.parametrize("languages", SPOKEN)
def test_the_search_has_the_stemmers_of_its_languages_and_no_other(book, languages):
    book.replace("mkdocs.yml", "  - search\n", f"  - search:\n      lang: {languages}\n")
    built(book)
    folder = book.folder / "site" / "assets" / "javascripts"
    scripts = sorted(path.name for path in folder.rglob("*") if path.is_file())
    names = [re.sub(r"(\.[0-9a-f]{8})?(\.min)?\.js$", "", name) for name in scripts]
    assert names == sorted(["bundle", *SPOKEN[languages], "search"])


def worker(folder: Path) -> str:
    """The name under which the service worker keeps what was opened."""
    found = re.search(r'SITE \+ "([0-9a-f]{16})"', (folder / "site/sw.js").read_text("utf-8"))
    assert found
    return found[1]


def test_the_cache_of_one_site_is_not_that_of_another(book):
    """Where there is no commit, as in a book that was downloaded without git, too."""
    built(book)
    first = worker(book.folder)
    built(book)
    assert worker(book.folder) == first, "the same site would be fetched again"
    book.replace("docs/index.md", "Two chapters", "Six chapters")  # as many bytes
    built(book)
    assert worker(book.folder) != first
