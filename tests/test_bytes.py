"""What a reader's first view of a page costs.

Budgets of bytes, requests and shifts, counted behind a server that compresses.
"""

import gzip
import importlib.util
from html.parser import HTMLParser

import pytest
from conftest import ROOT, SUBPATH

from two_passes.bench.reading import PATH, SEEN, served

pytestmark = pytest.mark.browser
SEARCH = ("search_index.json", "/workers/search.")


@pytest.fixture(scope="module")
def packed(site):
    with served(site.parent) as (address, log):
        yield f"{address}{SUBPATH}/", log


@pytest.mark.parametrize("path", [PATH, f"en/{PATH}"])
def test_a_first_view_is_light(browser, packed, path):
    address, log = packed
    context = browser.new_context(viewport={"width": 1280, "height": 800})  # its cache is empty
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    log.clear()
    page.goto(address + path, wait_until="networkidle")
    seen = page.evaluate(SEEN)
    context.close()
    parts = "\n".join(f"{size:7} {name}" for name, size in sorted(log, key=lambda part: -part[1]))
    assert sum(size for _, size in log) <= 200_000, parts
    assert log[0][1] <= 40_000, parts
    assert len(log) <= 20, parts
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert seen["shift"] <= 0.01
    assert not [name for name, _ in log if any(part in name for part in SEARCH)], (
        "search is loaded before anybody searches"
    )


def test_every_page_is_light(site):
    heavy = {
        path: size
        for path in sorted(site.rglob("*.html"))
        if (size := len(gzip.compress(path.read_bytes(), 6))) > 40_000
    }
    assert not heavy


def test_search_loads_at_its_first_use(browser, packed):
    address, log = packed
    page = browser.new_page()
    page.goto(f"{address}en/{PATH}", wait_until="networkidle")
    log.clear()
    page.keyboard.press("/")
    page.locator("input[name=query]").fill("gradient")
    page.locator("input[name=query]").press("End")
    page.locator(".md-search-result__item a").first.wait_for(state="visible", timeout=60_000)
    for part in SEARCH:
        assert [name for name, _ in log if part in name], part
    page.close()


def test_the_fonts_hold_every_character_of_the_formulas(site):
    """KaTeX's fonts are cut to MATHS of make_assets.py: a formula may set nothing else."""
    spec = importlib.util.spec_from_file_location(
        "make_assets", ROOT / "packages/literate/literate/theme/make_assets.py"
    )
    assets = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(assets)
    for path in site.rglob("*.html"):
        drawn = Drawn()
        drawn.feed(path.read_text("utf-8"))
        lacking = {
            c
            for c in drawn.set_in
            if ord(c) not in assets.MATHS and not c.isspace() and not "\u2e80" <= c <= "\uffef"
        }
        assert not lacking, f"{path}: {sorted(lacking)}: add them to MATHS and make the fonts again"
        assert drawn.set_in or "katex-html" not in path.read_text("utf-8"), path
    assert (ROOT / "packages/literate/literate/theme/assets/katex/LICENSE").is_file()


class Drawn(HTMLParser):
    """The characters within `.katex-html` of a page."""

    def __init__(self):
        super().__init__()
        self.depth, self.set_in = 0, set()

    def handle_starttag(self, tag, attrs):
        if tag == "span" and (self.depth or dict(attrs).get("class") == "katex-html"):
            self.depth += 1

    def handle_endtag(self, tag):
        self.depth -= tag == "span" and self.depth > 0

    def handle_data(self, data):
        self.set_in |= set(data) if self.depth else set()
