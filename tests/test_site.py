"""The built site, read as files: languages, links, maths, search, downloads, the run record."""

import html
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urljoin, urlsplit

import nbformat
import pytest
from conftest import PROJECT, REPO_URL, ROOT, SITE_URL, SUBPATH
from literate import styles
from literate.provenance import commit, machine

VOID = {
    "img",
    "br",
    "hr",
    "meta",
    "link",
    "input",
    "col",
    "wbr",
    "source",
    "area",
    "base",
    "embed",
    "track",
}


class Page(HTMLParser):
    """What the tests ask of a page: its attributes by tag, ids, links, text."""

    def __init__(self, path: Path):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = path.read_text("utf-8")
        self.feed(self.text)
        self.ids = {a["id"] for _, a in self.tags if a.get("id")}

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict]:
        return [a for t, a in self.tags if t == tag]


@pytest.fixture(scope="module")
def built(site) -> dict[str, Page]:
    return {p.relative_to(site).as_posix(): Page(p) for p in sorted(site.rglob("*.html"))}


def language(path: str) -> str:
    return "en" if path.startswith("en/") else "zh-TW"


APART = {"404.html", "offline.html"}  # of all languages


def file_of(page) -> str:
    """Where a page of the book is in the built site."""
    folder = "" if page.slug == "index" else f"{page.slug}/"
    return f"{PROJECT.languages[page.language]}{folder}index.html"


def test_every_page_is_there_in_both_languages(built, pages):
    wanted = {file_of(page) for page in pages}
    assert set(built) == wanted | APART


def test_head_of_every_page(built):
    for path, page in built.items():
        html = page.all("html")[0]
        assert html["lang"] == language(path), path
        if path in APART:
            continue
        alternates = {a["hreflang"]: a["href"] for a in page.all("link") if "hreflang" in a}
        assert set(alternates) == {"zh-TW", "en", "x-default"}, path
        title = re.search(r"<title>(.*?)</title>", page.text, re.S)[1]
        assert PROJECT.words[language(path)]["site_name"] in title, path
        meta = {a.get("name") or a.get("property"): a.get("content") for a in page.all("meta")}
        assert meta["description"] and meta["og:title"] and meta["og:image"], path
        assert bool(re.search("[\u4e00-\u9fff]", meta["description"])) == (
            language(path) == "zh-TW"
        ), path


def test_every_link_and_anchor_leads_somewhere(site, built):
    for path, page in built.items():
        base = SITE_URL + path
        found = [a.get("href") for t, a in page.tags if t in ("a", "link") and a.get("href")]
        found += [a.get("src") for t, a in page.tags if t in ("script", "img") and a.get("src")]
        for link in found:
            url = urlsplit(urljoin(base, link))
            if url.netloc != urlsplit(SITE_URL).netloc:
                continue
            assert url.path.startswith(f"/{SUBPATH}/"), f"{path}: {link} leaves the site"
            target = site / unquote(url.path).removeprefix(f"/{SUBPATH}/")
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{path}: {link}"
            if "=" in url.fragment:  # sets the live lab up; test_live_lab.py reads each
                assert target.parent.name == "live-lab", f"{path}: {link}"
            elif url.fragment and target.suffix == ".html":
                assert unquote(url.fragment) in built[target.relative_to(site).as_posix()].ids, (
                    f"{path}: {link}"
                )


def test_ids_are_unique(built):
    for path, page in built.items():
        ids = [a["id"] for _, a in page.tags if a.get("id")]
        assert len(ids) == len(set(ids)), (
            f"{path}: {sorted(i for i in set(ids) if ids.count(i) > 1)}"
        )


def test_a_symbol_leads_to_the_card_above_that_computes_it(built):
    card = built["core/one-neuron/index.html"].text.split('id="relu"')[1].split("</section>")[0]
    assert re.search(
        r'data-symbol="z">.*?<a class="tp-symbols__by" href="#weigh">見 1\.2</a>', card
    )
    # its w is computed anew by each card
    assert "tp-symbols__by" not in built["core/update/index.html"].text
    for path, page in built.items():
        for link in re.finditer(r'class="tp-symbols__by" href="#([^"]+)">\D*([\d.]+)<', page.text):
            above = page.text[: link.start()]
            assert re.search(rf'id="{link[1]}".*?__number">{re.escape(link[2])}<', above, re.S), (
                f"{path}: {link[0]}"
            )


def test_nothing_is_fetched_from_elsewhere(site, built):
    for path, page in built.items():
        for tag, attrs in page.tags:
            for name in ("src", "srcset", "poster", "data") + (
                ("href",)
                if tag == "link"
                and attrs["rel"] in ("stylesheet", "icon", "preload", "modulepreload", "manifest")
                else ()
            ):
                assert "//" not in (attrs.get(name) or "").replace("data:", ""), (
                    f"{path}: <{tag} {name}={attrs[name]!r}>"
                )
    for css in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", css.read_text("utf-8")), css


def test_what_is_copied_of_a_formula_is_what_its_author_wrote(site, built, book, pages):
    """The symbols of a formula are marked for drawing only; nowhere does a reader get the marks."""
    for page in pages:
        drawn = re.findall(
            r'class="tp-math--display".*?<annotation[^>]*>(.*?)</annotation>',
            built[file_of(page)].text,
            re.S,
        )
        named = [d.argument for d in page.directives if d.name in ("snippet", "formula")]
        written = [tex for name in named for tex in book.snippets[name].formulas]
        assert [html.unescape(tex) for tex in drawn] == written, page.place
    for path in [p for p in site.rglob("*") if p.suffix in (".html", ".ipynb", ".py", ".json")]:
        assert not re.search(r"\\html(Data|Class|Id|Style)", path.read_text("utf-8")), path
    notebook = (site / "en/core/layers/layers.ipynb").read_text("utf-8")
    (tex,) = book.snippets["layers.weighted_sums"].formulas
    assert json.dumps(f"$$\n{tex}\n$$")[1:-1] in notebook
    assert f"# {tex}\n" in (site / "en/core/layers/layers.py").read_text("utf-8")


def test_maths_is_drawn_at_build_with_mathml(built, book, pages):
    for page in pages:
        path = file_of(page)
        drawn = built[path].text
        # a worked line is said as digits
        spoken = re.sub(
            r'<div aria-hidden="true" data-search-exclude.*?</div>', "", drawn, flags=re.S
        )
        assert spoken.count('class="katex"') == len(re.findall("<math[ >]", spoken)), path
        formulas = [
            f
            for d in page.directives
            if d.name == "snippet"
            for f in book.snippets[d.argument].formulas
        ]
        assert drawn.count("katex-display") == len(formulas) + sum(
            len(book.snippets[d.argument].formulas) for d in page.directives if d.name == "formula"
        ), path
        assert not re.search(
            r"\\\(|\$[^$<>]{1,80}\$",
            re.sub(
                r"<(annotation|code|pre|script|style)\b.*?</\1>|data-copy=\"[^\"]*\"",
                "",
                drawn,
                flags=re.S,
            ),
        ), path


def test_no_blank_where_a_chinese_line_wraps(built):
    for path, page in built.items():
        if language(path) == "zh-TW":
            body = re.sub(
                r"<(pre|script|style|math|svg|template)\b.*?</\1>|<button.*?>",
                "",
                page.text,
                flags=re.S,
            )
            found = re.search(
                r"<(?:p|li|td|dd)[^>]*>[^<]*[\u4e00-\u9fff，。；：、]\n[\u4e00-\u9fff「（]", body
            )
            assert not found, f"{path}: {found[0][-60:]!r}"


def test_headings_have_the_same_ids_in_both_languages(built):
    for path, page in built.items():
        if language(path) == "zh-TW" and path not in APART:
            twin = built["en/" + path]
            mine = [
                a.get("id")
                for t, a in page.tags
                if t in ("h2", "h3", "section", "figure") and a.get("id")
            ]
            theirs = [
                a.get("id")
                for t, a in twin.tags
                if t in ("h2", "h3", "section", "figure") and a.get("id")
            ]
            assert mine == theirs and all(re.fullmatch(r"[a-z][a-z0-9-]*", i) for i in mine), path


def test_search_index_of_each_language(site):
    for name, folder in PROJECT.languages.items():
        index = json.loads((site / folder / "search" / "search_index.json").read_text("utf-8"))
        texts = [d["title"] + d["text"] for d in index["docs"]]
        assert len(texts) > 20
        assert not any(d["location"].startswith("en/") for d in index["docs"])
        for d in index["docs"]:
            where = site / folder / d["location"].split("#")[0]
            assert (where / "index.html").is_file(), d["location"]
            text = re.sub(r"<pre>.*?</pre>", "", d["text"], flags=re.S)  # TeX that is shown as such
            assert "\\frac" not in text and "katex" not in text, d["location"]
            assert "∂L" not in d["title"], d["location"]
        found = {d["location"]: d["title"] + d["text"] for d in index["docs"]}
        # each term is a find of its own, by its word in either language
        for key, entry in PROJECT.terms.items():
            assert all(
                entry[one] in found[f"glossary/#{key}"].replace("\u200b", "").replace("&#x27;", "'")
                for one in PROJECT.languages
            ), key
        texts = [text for where, text in found.items() if not where.startswith("glossary/#")]
        chinese = sum(bool(re.search("[\u4e00-\u9fff]", t)) for t in texts)
        assert chinese > 0.9 * len(texts) if name == "zh-TW" else chinese < 0.3 * len(texts)


def test_what_jieba_kept_is_never_loaded_from_a_shared_folder():
    ask = (
        "import jieba; from literate import search; "
        "from literate.project import Project; search.learn_terms(Project.find()); "
        "jieba.initialize(); print(jieba.dt.tmp_dir)"
    )
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True)
    assert (
        Path(done.stdout.strip()) == PROJECT.cache and (PROJECT.cache / "jieba.cache").is_file()
    ), done.stdout + done.stderr


def test_foot_tells_the_run(built):
    record = machine()
    for path, page in built.items():
        if path in APART:
            continue
        for value in (record["mlx"], record["device"], record["python"], record["platform"]):
            assert value in page.text, f"{path}: {value}"


def test_a_mistake_is_reported_with_page_and_commit(built, pages):
    for page in pages:
        path = file_of(page)
        links = [
            a["href"]
            for a in built[path].all("a")
            if a.get("href", "").startswith(f"{REPO_URL}/issues/new")
        ]
        assert links, f"{path} has no link to report a mistake"
        said = unquote(links[0])
        assert (
            page.slug in said
            and page.place in said.replace("%2F", "/")
            and commit(PROJECT)["commit"] in said
        ), said


def test_every_shown_snippet_links_to_its_source(built, pages, book):
    for page in pages:
        path = file_of(page)
        links = {
            a["href"]
            for a in built[path].all("a")
            if a.get("href", "").startswith(f"{REPO_URL}/blob/")
        }
        for d in page.directives:
            if d.name == "snippet":
                snippet = book.snippets[d.argument]
                assert any(
                    link.endswith(f"snippets/{snippet.path.name}#L{snippet.line}") for link in links
                ), f"{path}: {d.argument}"


def test_downloads_are_there(site, pages):
    for page in pages:
        folder = site / PROJECT.languages[page.language] / page.slug
        name = page.slug.split("/")[-1]
        if page.slug.startswith("core/"):
            compile((folder / f"{name}.py").read_text("utf-8"), name, "exec")
            nb = nbformat.read(folder / f"{name}.ipynb", 4)
            assert nb.cells[0].source == f"# {page.meta['title']}"
            assert any("$$" in c.source for c in nb.cells) or page.slug in (
                "core/from-pytorch",
                "core/summary",
            )
            for leftover in ("///", "{{", "{#", "{: ."):
                assert not any(
                    leftover in c.source for c in nb.cells if c.cell_type == "markdown"
                ), (page.place, leftover)


def test_lab_is_a_light_executed_notebook(site):
    for folder in PROJECT.languages.values():
        lab = site / folder / "labs" / "breast-cancer"
        assert (lab / "index.html").stat().st_size < 200_000
        nb = nbformat.read(lab / "breast-cancer.ipynb", 4)
        code = [c for c in nb.cells if c.cell_type == "code"]
        assert len(code) >= 5 and all(c.execution_count for c in code)
        assert sum(bool(c.outputs) for c in code) >= 4
        assert not any(o.output_type == "error" for c in code for o in c.outputs)
        assert not any("html" in c.metadata for c in nb.cells)


def test_lab_runs_the_same_code_in_both_languages(site):
    both = [
        [
            (c.source, str(c.outputs))
            for c in nbformat.read(site / f / "labs/breast-cancer/breast-cancer.ipynb", 4).cells
            if c.cell_type == "code"
        ]
        for f in PROJECT.languages.values()
    ]
    assert both[0] == both[1]


# asked for under a name that a script makes, by search engines, or by people
ASKED_FOR_OTHERWISE = r"words-(en|zh-TW)\.js|sitemap\.xml(\.gz)?|OFL\.txt|LICENSE"


def test_nothing_is_published_that_nothing_asks_for(site):
    """Such as source maps, or what Material brings for parts that the site does not have."""
    paths = [path for path in site.rglob("*") if path.is_file() and path.suffix != ".html"]
    kinds = (".html", ".css", ".js", ".json")
    texts = [p.read_text("utf-8") for p in site.rglob("*") if p.suffix in kinds]
    names = {p.name for p in paths if not re.fullmatch(ASKED_FOR_OTHERWISE, p.name)}
    assert len(names) > 50
    assert {name for name in names if not any(name in text for text in texts)} == set()
    assert sum(path.stat().st_size for path in paths if "javascripts" in path.parts) < 200_000


def test_properdocs_builds_the_same_project(tmp_path):
    done = subprocess.run(
        [
            Path(sys.executable).with_name("properdocs"),
            "build",
            "--strict",
            "-f",
            str(ROOT / "mkdocs.yml"),
            "-d",
            str(tmp_path / "site"),
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (tmp_path / "site" / "en" / "core" / "forward" / "index.html").is_file()


def test_no_rule_of_material_s_that_a_page_needs_is_left_out(site):
    """No selector is dropped that a page needs.

    styles.USED lists by hand which of its classes the site has: each selector that was dropped is
    compared with every page.
    """
    from mkdocs.config import load_config

    there = {
        name
        for path in site.rglob("*.html")
        for listed in re.findall(r'class="([^"]*)"', path.read_text("utf-8"))
        for name in listed.split()
    }
    folder = next(
        f
        for f in load_config(str(ROOT / "mkdocs.yml")).theme.dirs
        if list(Path(f).glob(styles.MATERIAL))
    )
    whole = next(Path(folder).glob(styles.MATERIAL)).read_text("utf-8")
    listed = [rule[0].partition("{")[0] for rule in re.finditer(r"[^{};]+\{[^{}]*\}", whole)]
    dropped = {
        one
        for rule in listed
        for one in styles.selectors_of(rule)
        if not all(map(styles.USED.fullmatch, styles.classes(one)))
    }
    assert len(dropped) > 1000, "nothing much was dropped: this test would prove nothing"
    wanting = [one for one in sorted(dropped) if set(styles.classes(one)) <= there]
    # the colours of code, which are ours: parts.css
    assert [one for one in wanting if not re.match(r"\.highlight \.\w+$", one)] == []
    assert (site / styles.SHEET).read_text("utf-8").count("{") == (site / styles.SHEET).read_text(
        "utf-8"
    ).count("}")


def test_the_one_sheet_moves_addresses_of_files_only(tmp_path):
    """What another origin, the root or the sheet itself holds keeps its address.

    So the check of origins sees it.
    """
    for part in styles.PARTS:
        path = tmp_path / part.replace("*", "planted")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    kept = [
        "https://example.com/a.woff2",
        "//example.com/a.woff2",
        "/a.woff2",
        "data:font/woff2;base64,AA==",
        "#arrow",
    ]
    (tmp_path / "assets/katex/katex.css").write_text(
        "".join(f"a{{src:url({address})}}" for address in (*kept, "fonts/a.woff2"))
    )
    sheet = styles.sheet(SimpleNamespace(dirs=[str(tmp_path)]))
    assert re.findall(r"url\((.*?)\)", sheet) == [*kept, "katex/fonts/a.woff2"]


def test_a_chapter_that_is_called_as_a_lab_is_linked_as_itself(site):
    """Links to labs become links to notebooks: those alone, not all that end in the lab's name."""
    assert {"full/optimizers", "labs/optimizers"} <= set(PROJECT.slugs)
    home = Page(site / "en" / "index.html")
    assert "full/optimizers/" in [link.get("href") for link in home.all("a")]
