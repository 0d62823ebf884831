"""The published site.

Shut to other origins, open at every address it ever had, readable without a network.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import jinja2
import pytest
from conftest import PROJECT, ROOT, SITE_URL, SUBPATH, Quiet, free_port, shown, wait_for, watched
from literate import publish
from literate.text import outside_fences
from mkdocs.utils.yaml import yaml_load
from test_site import Page

# ---- shut ----


def test_every_page_has_a_strict_policy(site):
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', text)
        assert policy and text.index("Content-Security-Policy") < text.index(
            "<script" if "<script" in text else "</head>"
        ), path
        rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
        assert (
            rules["default-src"] == "'none'"
            and rules["style-src"] == "'self'"
            and rules["connect-src"] == "'self'"
        )
        assert (
            re.fullmatch(r"'self'( 'sha256-[\w+/]{43}=')*", rules["script-src"])
            and rules["script-src"].count("sha256") <= 3
        ), path
        assert "unsafe" not in policy[1].replace("style-src-attr 'unsafe-inline'", ""), path
        assert not re.search(r"<style\b|\son[a-z]+=\"", text), path


@pytest.mark.browser
def test_the_policy_is_in_force(browser, address):
    page = browser.new_page()
    page.goto(address + "core/forward/")
    blocked = page.evaluate("""async () => {
        const seen = [];
        addEventListener("securitypolicyviolation", e => seen.push(e.violatedDirective));
        const script = document.createElement("script");
        script.textContent = "window.planted = 1";
        document.body.append(script);
        const image = new Image();
        image.src = "https://example.invalid/a.png";
        document.body.append(image);
        await fetch("https://example.invalid/").catch(() => {});
        setTimeout("window.planted = 2", 0);
        await new Promise(done => setTimeout(done, 300));
        return [window.planted ?? null, seen.sort()];
    }""")
    assert blocked == [None, ["connect-src", "img-src", "script-src", "script-src-elem"]]
    page.close()


# ---- the picture of a shared page ----


@pytest.mark.parametrize("address", ["", SITE_URL])
def test_the_picture_of_a_shared_page_has_a_whole_address_or_none(address):
    """Who shows it elsewhere knows no page that it could be relative to."""
    theme = jinja2.Environment(loader=jinja2.FileSystemLoader(ROOT / "two_passes/theme"))
    said = {"lang": "en", "t": {"home_headline": ["a", "b"]}}
    text = theme.get_template("partials/card.html").render(
        config={"site_url": address}, address=address or "../", tp=said
    )
    pictures = re.findall(r'"og:image" content="([^"]+)"', text)
    assert pictures == ([f"{SITE_URL}assets/card-en.png"] if address else [])


# ---- an address that is not there ----


@contextlib.contextmanager
def hosted(folder: Path):
    """As a host of pages does, GitHub's or nginx: a wrong address gets /NAME/404.html."""

    class Host(Quiet):
        def send_error(self, code, *args):
            self.send_response(code)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(next(folder.rglob("404.html")).read_bytes())

    with shown(folder, handler=Host) as root:
        yield root


@pytest.fixture(scope="module")
def unaddressed(tmp_path_factory) -> Path:
    """A small book, built without SITE_URL, at the root of a host and below two paths."""
    host, book = tmp_path_factory.mktemp("host"), tmp_path_factory.mktemp("book") / "book"
    shutil.copytree(ROOT / "packages/literate/examples/statistics", book)
    subprocess.run([sys.executable, "-m", "literate", "build"], cwd=book, check=True)
    for place in ("root", "deep/books/statistics"):
        shutil.copytree(book / "site", host / place)
    return host


def test_a_wrong_address_leads_to_every_page_of_each_language(site, pages):
    links = {link["href"] for link in Page(site / "404.html").all("a")}
    for page in pages:
        prefix = PROJECT.languages[page.language]
        at = f"/{SUBPATH}/{prefix}" + ("" if page.slug == "index" else f"{page.slug}/")
        assert {at, f"{at}."} & links, at


@pytest.mark.browser
@pytest.mark.parametrize("below", ["", "books/statistics/"])
@pytest.mark.parametrize("path", ["gone", "chapters/gone/", "a/b/c/d.html"])
def test_a_wrong_address_shows_a_page_with_style(tab, unaddressed, below, path):
    """And its link leads home, wherever the site is on its host."""
    with hosted(unaddressed / ("deep" if below else "root")) as root:
        assert tab.goto(f"{root}{below}{path}").status == 404
        tab.evaluate(UNTIL.format("() => document.styleSheets[0]?.cssRules.length > 100"))
        tab.locator(".tp-scheme").click()  # the site's script is there
        assert tab.evaluate("document.documentElement.dataset.scheme") == "dark"
        tab.locator(".tp-contents a").first.click()
        tab.wait_for_url(f"{root}{below}chapters/mean-and-variance/")
        tab.go_back()
        tab.evaluate(UNTIL.format("() => document.styleSheets[0]?.cssRules.length > 100"))
        tab.locator(".tp-lost p > a").click()
        tab.wait_for_url(f"{root}{below}")
        assert tab.locator("h1").inner_text() == "Statistics with NumPy"


# ---- on a server, as README.md says ----


@pytest.fixture(scope="module")
def nginx(site, tmp_path_factory):
    """The address at which nginx, with the settings of README.md, shows the site."""
    if not (found := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")):
        pytest.skip("no nginx here: install it to try the settings in README.md")
    text = (ROOT / "README.md").read_text("utf-8")
    (recipe,) = re.findall(r"^```text\n(server \{\n.*?)^```$", text, re.M | re.S)
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    for old, new in [("listen 80;", f"listen 127.0.0.1:{port};"), ("/srv/two-passes", str(site))]:
        assert old in recipe
        recipe = recipe.replace(old, new)
    told = subprocess.run([found, "-V"], capture_output=True, text=True).stderr
    types = Path(re.search(r"--conf-path=(\S+)", told)[1]).with_name("mime.types")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""  # who may read the folders of the tests
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ include {types}; access_log off; {temporary}\n{recipe} }}"
    )
    process = subprocess.Popen(
        [found, "-p", folder, "-c", "nginx.conf", "-e", folder / "error.log"]
    )
    wait_for(address := f"http://127.0.0.1:{port}/", lambda text: "</html>" in text)
    yield address
    process.terminate()
    process.wait(20)


@pytest.mark.parametrize("path", ["", "en/core/forward/", "assets/tp.js", "gone/"])
def test_nginx_sends_the_headers_that_a_page_cannot_carry(nginx, path):
    try:
        answer = urllib.request.urlopen(nginx + path)
    except urllib.error.HTTPError as error:
        answer = error
        assert "404" in answer.read().decode()
    assert answer.status == (404 if path == "gone/" else 200)
    assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.browser
def test_a_chapter_works_below_those_headers(browser, nginx):
    page, wrong = watched(browser, nginx, "desk", "light")
    page.goto(f"{nginx}en/core/forward/")
    page.locator(".tp-scheme").click()
    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"
    page.keyboard.press("/")
    page.keyboard.type("chain rule")
    page.locator(".md-search-result__item").first.wait_for()
    page.context.close()
    assert wrong == []


# ---- old addresses ----


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def slugs(nav: list) -> set[str]:
    return {
        slug
        for item in nav
        for slug in (slugs(next(iter(item.values()))) if isinstance(item, dict) else [item])
    }


@pytest.fixture(scope="module")
def history() -> set[str]:
    """Every address that a commit of the past gave a page, a section or a card."""
    if git("rev-parse", "--is-shallow-repository").strip() == "true":
        pytest.skip(
            "a shallow clone does not know the addresses of the past: git fetch --unshallow"
        )
    had = set()
    for commit in git("log", "--format=%h", "--", "mkdocs.yml").split():
        had |= slugs(yaml_load(git("show", f"{commit}:mkdocs.yml"))["nav"])
    # each once, however many commits have it
    texts = {
        tuple(line.split()[2:])
        for commit in git("log", "--format=%h", "--", "docs/en").split()
        for line in git("ls-tree", "-r", commit, "docs/en").splitlines()
    }
    for blob, path in texts:
        if (slug := path.removeprefix("docs/en/").removesuffix(".md")) in had:
            # a section or a card in a fence is only told of
            lines = outside_fences(git("cat-file", "blob", blob))
            text = "\n".join(line for _, line in lines)
            had |= {f"{slug}#{name}" for name in re.findall(r"^#.*\{#([\w-]+)\}", text, re.M)}
            had |= {
                f"{slug}#{name.strip('_').replace('_', '-').lower()}"
                for name in re.findall(r"^/// (?:snippet|pitfall) \| \w+\.(\w+)", text, re.M)
            }
    return had


def test_every_address_of_the_past_still_leads_somewhere(site, history, pages):
    moved, drawn = publish.redirects(PROJECT, pages), {}
    assert len(history) > 150 and "core/backward#the-loss" in history
    for old in sorted(history):
        slug, _, section = moved.get(old, moved.get(old.partition("#")[0], old)).partition("#")
        for folder in PROJECT.languages.values():
            path = site / folder / (slug if slug != "index" else "") / "index.html"
            assert path.is_file(), f"{old} → {slug}: name its new place in docs/redirects.yml"
            if path not in drawn:
                drawn[path] = Page(path)
            assert not section or section in drawn[path].ids, (
                f"{old}: {slug} has no `#{section}`: name its new place in docs/redirects.yml"
            )


@pytest.mark.browser
@pytest.mark.parametrize("folder", PROJECT.languages.values())
def test_a_section_that_moved_is_followed(browser, address, folder):
    page = browser.new_page()
    page.goto(f"{address}{folder}core/backward/#loss-slope")
    page.wait_for_url(f"{address}{folder}core/loss/#loss-slope")
    assert page.locator("#loss-slope").count() == 1
    page.close()


@pytest.mark.browser
def test_a_page_that_moved_is_followed(browser, tmp_path):
    """No page has moved yet: one is made to."""
    for folder in PROJECT.languages.values():
        (tmp_path / folder / "core/loss").mkdir(parents=True)
        (tmp_path / folder / "core/loss/index.html").write_text(f"<title>the loss</title>{folder}")
    moved = publish.moved_pages(PROJECT, {"old/cost": "core/loss#how-wrong"})
    assert moved.keys() == {f"{f}old/cost/index.html" for f in PROJECT.languages.values()}
    for name, text in moved.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, "utf-8")
    with shown(tmp_path) as root:
        for folder in PROJECT.languages.values():
            for scripts in (True, False):
                context = browser.new_context(java_script_enabled=scripts)
                page = context.new_page()
                page.goto(f"{root}{folder}old/cost/")
                page.wait_for_url(f"{root}{folder}core/loss/#how-wrong")
                context.close()


@pytest.mark.parametrize(
    "line, says",
    [
        ("core/backward#x: core/gone", r"docs/redirects\.yml:\d+: `core/gone` is no page"),
        ("core/loss: core/backward", r"docs/redirects\.yml:\d+: `core/loss` is still a page"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_a_fault(reused, line, says):
    with open(reused.folder / "docs/redirects.yml", "a") as file:
        file.write(f"{line}\n")
    done = reused.run("check")
    assert done.returncode == 1 and re.search(says, done.stderr), done.stderr


# ---- without a network ----

# wait_for_function takes a promise for a yes: what has to be awaited is awaited here
UNTIL = """async () => {{
    for (let n = 0; n < 1200; n++) {{
        if (await ({})()) return;
        await new Promise(done => setTimeout(done, 50));
    }}
    throw "not within 60 s";
}}"""
READY = """async () => {
    const ready = await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) await new Promise(done => setTimeout(done, 50));
    return ready.scope;
}"""


LAB = ".tp-held >> visible=true"  # drawn by the lab's program


def kept(page, address: str, text: str = "") -> None:
    """Wait until the worker keeps what is at an address, and its text holds this."""
    page.evaluate(
        UNTIL.format(
            f"async () => (await (await caches.match('{address}'))?.text())?.includes('{text}')"
        )
    )


def publish_another(folder, before: str = "") -> None:
    """The worker of another commit, which may begin with lines of its own."""
    worker = folder / "sw.js"
    worker.write_text(
        before + re.sub(r'SITE \+ "[^"]+"', 'SITE + "another"', worker.read_text("utf-8")), "utf-8"
    )


@pytest.fixture
def tab(browser):
    """A new reader's."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_opened_chapters_open_offline_and_no_page_is_stale(tab, site, tmp_path):
    shutil.copytree(site, tmp_path / SUBPATH)
    chapter = tmp_path / SUBPATH / "core/forward/index.html"
    wrong = []
    page = tab
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    with shown(tmp_path) as root:
        port, here = int(root.split(":")[-1].strip("/")), f"{root}{SUBPATH}/"
        page.goto(f"{here}en/core/loss/")  # the first page: the worker comes after it
        assert page.evaluate(READY) == here
        kept(page, page.url)
        page.goto(f"{here}frontier/live-lab/")
        page.locator(LAB).first.wait_for()
        page.goto(f"{here}core/forward/")
        chapter.write_text(chapter.read_text("utf-8").replace("</h1>", " RENEWED</h1>", 1), "utf-8")
        page.goto(f"{here}core/loss/")
        page.goto(f"{here}core/forward/")
        assert "RENEWED" in page.locator("h1").inner_text(), (
            "a stale page while the network is there"
        )
        kept(page, page.url, "RENEWED")
        assert not wrong, wrong

    for path in ("core/forward/", "en/core/loss/"):  # the server is gone
        page.goto(here + path)
        assert page.locator("h1").is_visible() and page.locator(".katex").count() > 10
        assert page.evaluate("() => document.styleSheets[0].cssRules.length > 100"), (
            "without its styles"
        )
        page.evaluate("async () => { await document.fonts.ready; }")
        assert page.evaluate("() => document.fonts.check('16px KaTeX_Main')")
    page.goto(f"{here}frontier/live-lab/")
    page.locator(LAB).first.wait_for()
    page.goto(f"{here}core/update/?from=afar")
    assert page.url == f"{here}offline.html#core/update/?from=afar", "it was never opened"

    publish_another(tmp_path / SUBPATH)
    chapter.write_text(chapter.read_text("utf-8").replace("RENEWED", "PUBLISHED"), "utf-8")
    os.utime(chapter, (time.time() + 60,) * 2)  # the server tells changes by the second
    with shown(tmp_path, port):
        page.goto(f"{here}core/loss/")
        page.evaluate(
            UNTIL.format(
                "async () => (await caches.keys()).every(name => name.endsWith('another'))"
            )
        )
    page.goto(f"{here}core/forward/")
    assert "PUBLISHED" in page.locator("h1").inner_text(), (
        "what was kept of the old commit was not renewed"
    )


@pytest.mark.browser
@pytest.mark.parametrize(
    "prefix, says, others",
    [("", "現在沒有網路", "core/forward/"), ("en/", "There is no network", "core/loss/")],
)
def test_what_is_not_kept_is_said_and_what_is_kept_is_there(
    tab, site, tmp_path, prefix, says, others
):
    """In the language of the page that was asked for, and below a path."""
    shutil.copytree(site, tmp_path / SUBPATH)
    with shown(tmp_path) as root:
        port, here = int(root.split(":")[-1].strip("/")), f"{root}{SUBPATH}/"
        for path in ("core/forward/", "en/core/loss/", "core/update/"):
            tab.goto(here + path)
            tab.evaluate(READY)
            kept(tab, tab.url)
    asked = f"{here}{prefix}frontier/live-lab/"
    tab.goto(asked)
    assert [each.inner_text() for each in tab.locator("h1").all() if each.is_visible()] == [says]
    assert tab.evaluate("document.documentElement.lang") == ("en" if prefix else "zh-TW")
    tab.wait_for_function(
        "() => document.querySelectorAll('div:not([hidden]) > nav li').length < 4"
    )
    links = tab.locator(".tp-contents a >> visible=true")
    listed = {link.evaluate("a => a.href") for link in links.all()}
    expected = {"en/core/loss/"} if prefix else {"core/forward/", "core/update/"}
    assert listed == {here + path for path in expected}
    assert tab.evaluate("() => document.styleSheets[0].cssRules.length > 100")
    links.first.click()
    assert tab.url == here + prefix + others and tab.locator("h1").is_visible()
    tab.goto(asked)
    with shown(tmp_path, port):
        tab.locator("[data-wanted] >> visible=true").click()
        tab.wait_for_url(asked)


@pytest.mark.browser
def test_what_the_page_without_a_network_links_to_stays_on_the_site(browser, address):
    page = browser.new_page()
    page.goto(f"{address}offline.html#javascript:alert(1)")
    hrefs = page.locator("[data-wanted]").evaluate_all("all => all.map(link => link.href)")
    assert all(href.startswith(address) for href in hrefs), hrefs
    page.close()


@pytest.mark.browser
def test_one_button_keeps_the_whole_book_of_a_language(tab, site, tmp_path):
    shutil.copytree(site, tmp_path / SUBPATH)
    files = json.loads((site / "en/book.json").read_text("utf-8"))["files"]
    pages = [path.parent.relative_to(site) for path in (site / "en").rglob("index.html")]
    assert {f"{path.as_posix()}/" for path in pages} <= files.keys()
    assert not any(name.startswith("core/") for name in files), "another language"
    button = tab.locator(".tp-foot__keep button")
    status = tab.locator(".tp-foot__keep [role=status]")
    with shown(tmp_path) as root:
        port, here = int(root.split(":")[-1].strip("/")), f"{root}{SUBPATH}/"
        tab.goto(f"{here}en/glossary/")
        tab.evaluate(READY)
        (tmp_path / SUBPATH / "en/performance").rename(tmp_path / "away")
        button.click()
        status.filter(has_text="1 files could not be kept").wait_for()
        (tmp_path / "away").rename(tmp_path / SUBPATH / "en/performance")
        button.click()
        size = f"{sum(files.values()) / 1e6:.1f} MB"
        status.filter(has_text=size).wait_for()
        assert button.inner_text() == "Update the kept book"
    for slug in ("core/loss", "core/backward", "performance"):  # none was opened
        tab.goto(f"{here}en/{slug}/")
        assert tab.locator("h1").is_visible() and "offline.html" not in tab.url
    tab.evaluate("async () => { await document.fonts.ready; }")
    tab.goto(f"{here}en/core/backward/")
    tab.locator("#hidden-error .tp-formula [data-symbol]").first.click()
    tab.locator(".tp-symbol-card").wait_for()
    tab.keyboard.press("/")
    tab.locator("input[name=query]").press_sequentially("gradient")
    tab.locator(".md-search-result__item a").first.wait_for(state="visible")
    tab.keyboard.press("Escape")
    tab.locator(".tp-foot").scroll_into_view_if_needed()
    status.filter(has_text=size).wait_for()  # it says so unasked
    tab.goto(f"{here}en/frontier/live-lab/")
    tab.locator(LAB).first.wait_for()
    tab.goto(f"{here}core/loss/")
    assert "offline.html" in tab.url, "the other language is not asked for"

    publish_another(tmp_path / SUBPATH)
    chapter = tmp_path / SUBPATH / "en/core/loss/index.html"
    chapter.write_text(chapter.read_text("utf-8").replace("</h1>", " PUBLISHED</h1>", 1), "utf-8")
    os.utime(chapter, (time.time() + 60,) * 2)
    with shown(tmp_path, port):
        tab.goto(f"{here}en/glossary/")
        tab.evaluate(
            UNTIL.format(
                "async () => (await caches.keys()).every(name => name.endsWith('another'))"
            )
        )
        button.click()
        status.filter(has_text="MB").wait_for()
    tab.goto(f"{here}en/core/loss/")
    assert "PUBLISHED" in tab.locator("h1").inner_text()


# For a worker that asks by the address alone, as it does when it fetches again what was kept; pages
# ask by a Request
HINDERED = """const fetch = async (asked, how) => {
    if (`${asked}`.endsWith("/core/forward/")) throw new TypeError("the network is gone");
    if (`${asked}`.endsWith("/core/loss/")) return new Response("", { status: 503 });
    return self.fetch(asked, how);
};
"""


@pytest.mark.browser
def test_what_cannot_be_fetched_anew_stays_kept_and_what_is_gone_goes(tab, site, tmp_path):
    shutil.copytree(site, tmp_path / SUBPATH)
    with shown(tmp_path) as root:
        here = f"{root}{SUBPATH}/"
        tab.goto(f"{here}glossary/")
        tab.evaluate(READY)
        for slug in ("forward", "loss", "update"):
            tab.goto(f"{here}core/{slug}/")
            kept(tab, tab.url)
        publish_another(tmp_path / SUBPATH, HINDERED)
        shutil.rmtree(tmp_path / SUBPATH / "core/update")
        tab.goto(f"{here}glossary/")
        tab.evaluate(
            UNTIL.format(
                "async () => (await caches.keys()).every(name => name.endsWith('another'))"
            )
        )
    for slug in ("forward", "loss"):
        tab.goto(f"{here}core/{slug}/")
        assert tab.locator("h1").is_visible()
    assert tab.evaluate(
        "async address => await caches.match(address) === undefined", f"{here}core/update/"
    ), "a page that is no more"


@pytest.mark.browser
def test_a_full_disk_keeps_no_page_from_being_shown(tab, site, tmp_path):
    shutil.copytree(site, tmp_path / SUBPATH)
    chapter = tmp_path / SUBPATH / "core/forward/index.html"
    with shown(tmp_path) as root:
        here = f"{root}{SUBPATH}/"
        tab.goto(f"{here}core/forward/")
        tab.evaluate(READY)
        kept(tab, tab.url)
        tab.context.new_cdp_session(tab).send(
            "Storage.overrideQuotaForOrigin", {"origin": root.rstrip("/"), "quotaSize": 1}
        )
        full = """async () => {
            const cache = await caches.open("try");
            return await cache.put(location.href, new Response("x")).catch(fault => fault.name);
        }"""
        assert tab.evaluate(full) == "QuotaExceededError"
        chapter.write_text(chapter.read_text("utf-8").replace("</h1>", " RENEWED</h1>", 1), "utf-8")
        for slug in ("update", "forward"):  # never kept; kept as it was
            tab.goto(f"{here}core/{slug}/")
            assert tab.evaluate("() => document.styleSheets[0].cssRules.length > 100")
        assert "RENEWED" in tab.locator("h1").inner_text()


@pytest.mark.browser
def test_no_old_sheet_is_kept_beside_a_new_page(tab, site, tmp_path):
    """A browser takes what has not changed for long as fresh: it has to be told to ask."""
    shutil.copytree(site, tmp_path / SUBPATH)
    sheet = tmp_path / SUBPATH / "assets/site.css"
    os.utime(sheet, (time.time() - 1e8,) * 2)
    with shown(tmp_path) as root:
        here = f"{root}{SUBPATH}/"
        tab.goto(f"{here}404.html")  # has no worker, but the sheet
        # the worker comes after the one, and before the other
        for n, slug in enumerate(["glossary", "core/forward"], 1):
            sheet.write_text(f"{sheet.read_text('utf-8')}/* RENEWED {n} */", "utf-8")
            os.utime(sheet, (time.time() - 1e8 + n * 1e6,) * 2)
            tab.goto(f"{here}{slug}/")
            tab.evaluate(READY)
            kept(tab, f"{here}assets/site.css", f"RENEWED {n}")


# ---- on paper ----

CUT = """() => {
    const room = document.documentElement.clientWidth + 1;
    const shown = some => [...document.querySelectorAll(some)]
        .filter(e => e.getClientRects().length);
    const right = e => e.getBoundingClientRect().right;
    const whole = shown("pre, .katex-display, .tp-symbols td, .tp-figure svg, tr");
    const out = [];
    for (const each of whole) {
        const pane = each.closest(".tp-pane, .tp-cell, .tp-figure") ?? document.documentElement;
        const inner = [...each.querySelectorAll("*")]
            .filter(e => !e.closest(".katex-mathml, .headerlink, .hide-tail *"));
        const text = each.textContent.trim().slice(0, 60);
        if (Math.max(right(each), ...inner.map(right)) > Math.min(room, right(pane) + 4))
            out.push(`cut at the right: ${text}`);
        let kept = each;
        while (kept && getComputedStyle(kept).breakInside !== "avoid") kept = kept.parentElement;
        if (!kept) out.push(`may be cut in two: ${each.className} ${text}`);
    }
    const pressed = shown("button, input, .tp-header, .tp-pager, .headerlink")
        .filter(e => !e.closest(".tp-symbols"));
    return [whole.length, out, pressed.map(e => e.className || e.outerHTML)];
}"""


def sheets(page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


@pytest.mark.browser
@pytest.mark.parametrize("folder", PROJECT.languages.values())
@pytest.mark.parametrize(
    "slug", ["core/forward", "core/backward", "core/training-loop", "labs/breast-cancer"]
)
def test_a_chapter_prints_whole(browser, address, folder, slug):
    """As wide as a sheet of A4 without its margins: nothing is cut at the side.

    Formulas and code are not split, what is pressed is gone.
    """
    page = browser.new_page(viewport={"width": 703, "height": 1000}, color_scheme="dark")
    page.goto(f"{address}{folder}{slug}/")
    page.emulate_media(media="print", color_scheme="dark")
    # as Material does before it prints
    page.evaluate(
        "() => document.querySelectorAll('details:not(.tp-check)').forEach(d => { d.open = true; })"
    )
    count, cut, pressed = page.evaluate(CUT)
    assert count > 10 and cut == [] and pressed == []
    ink = page.evaluate("() => getComputedStyle(document.querySelector('article p')).color")
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 128, f"{ink} on white paper"
    assert 3 <= sheets(page) <= 28, f"{sheets(page)} sheets"
    page.close()


@pytest.mark.browser
def test_questions_print_without_a_script_and_solutions_where_they_are_chosen(browser, address):
    """Nobody opens them then: those that are chosen show on paper, folded as they are."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}en/core/one-neuron/")
    folded = page.locator(".tp-exercise details > :not(summary)").all()
    questions = page.locator(".tp-exercise__head").all()
    page.emulate_media(media="print")
    assert len(folded) > 3 and not any(each.is_visible() for each in folded)
    assert len(questions) == 3 and all(each.is_visible() for each in questions)
    page.evaluate("() => document.documentElement.classList.add('tp-with-solutions')")
    assert all(each.is_visible() for each in folded)
    shut = sheets(page)
    page.evaluate(
        "() => document.querySelectorAll('article details').forEach(d => { d.open = true; })"
    )
    assert sheets(page) == shut
    context.close()
