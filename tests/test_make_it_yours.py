"""The section “Make it yours” of the page `contribute`, followed to the letter in a copy."""

import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from conftest import PROJECT, ROOT, Copy, Reused
from literate.project import THEME
from running import page_with

FILE = re.compile(
    r"`((?:docs|snippets)/[^`\n]+|mkdocs\.yml)`[^\n]*[:：]\n\n```text\n(.*?)\n```", re.S
)
COMMAND = re.compile(r"```shell\n(.*?)\n```", re.S)
ALONE = re.compile(r"`languages: \[([\w-]+)\]`[^`]*`(docs/[\w-]+/)`")


def section(language: str) -> str:
    text = (PROJECT.docs / language / "contribute.md").read_text("utf-8")
    return re.search(r"^## [^\n]*\{#yours\}\n(.*?)(?=^## [^\n]*\{#where\})", text, re.S | re.M)[1]


def steps(language: str = "en") -> list[list[tuple[str, str] | str]]:
    """What the page asks for: files with their text, commands, what one language takes."""
    text = section(language)
    return [FILE.findall(text), COMMAND.findall(text), ALONE.findall(text)]


def settled(text: str, block: str) -> str:
    """Settings in place of those with the same names and what is below them, or at the end."""
    for found in re.finditer(r"^( *)(\w+):.*\n(?:\1[ -].*\n)*", block + "\n", re.M):
        old = re.compile(rf"^{found[1]}{found[2]}:.*\n(?:{found[1]} .*\n)*", re.M)
        text, count = old.subn(lambda _, new=found[0]: new, text, count=1)
        text += "" if count else f"\n{found[0]}"
    return text


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """The tracked files of the book, after all steps but the last commands."""
    folder = tmp_path_factory.mktemp("mine") / "book"
    tracked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(tracked, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    files, (take_out, *_), _ = steps()
    subprocess.run(take_out, shell=True, cwd=folder, check=True)
    for name, text in files:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            settled(path.read_text("utf-8"), text) if name == "mkdocs.yml" else f"{text}\n"
        )
    made = Reused(Mine(folder))
    good(made, "agree")
    made.keep()
    yield made
    made.end()


class Mine(Copy):
    """A folder that is such a copy already."""

    def __init__(self, folder: Path):
        self.folder = folder


@pytest.fixture
def book(mine):
    """It, to build and to change."""
    yield mine
    mine.put_back()


def good(book, *commands: str) -> str:
    said = ""
    for command in commands:
        done = book.run(*command.split())
        assert done.returncode == 0, done.stdout + done.stderr
        said += done.stdout
    return said


def page(book, name: str) -> str:
    return (book.folder / "site" / name / "index.html").read_text("utf-8")


def test_both_languages_tell_the_same_steps():
    files, commands, alone = steps()
    assert steps("zh-TW") == [files, commands, alone]
    assert len(files) == 9 and len(commands) == 2 and len(alone) == len(PROJECT.languages)


def test_a_book_of_ones_own(book):
    _, (_, last), _ = steps()
    commands = re.findall(r"^make (\w+)$", last, re.M)
    assert commands == ["agree", "check", "build"]
    assert "checked 4 pages: all good" in good(book, *commands)
    assert "`make build`" not in (book.folder / "docs" / "en" / "core" / "mean.md").read_text()
    for name, title, licence, other in (
        ("core/mean", "平均數", "文章與程式 CC BY 4.0", "The Mean"),
        ("en/core/mean", "The Mean", "Text and code CC BY 4.0", "平均數"),
    ):
        html = page(book, name)
        assert re.search(rf"<title>[^<]* · {title}</title>", html)
        assert f'<span class="tp-brand__name">{title}</span>' in html
        assert re.search(rf'<span class="tp-brand__other" lang="[\w-]+">{other}</span>', html)
        assert f"<span>{licence}</span>" in html and 'class="tp-card__ok tp-check"' in html
        assert html.index("assets/site.css") < html.index("mine.css")
        assert "frontier/live-lab" not in html, "it is not there, so no button leads to it"
    home = page(book, "en")
    assert PROJECT.words["en"]["home_chapters_note"] in home
    assert f'content="{"Where the middle of some numbers is."}"' in home
    assert "tp-strip" in home and "tp-home__figure" not in home
    whole = "\n".join(path.read_text("utf-8") for path in (book.folder / "site").rglob("*.html"))
    assert "Two Passes" not in whole and "前向與反向" not in whole
    assert (book.folder / "site" / "mine.css").is_file()
    assert not list((book.folder / "site" / "assets" / "lab").glob("program.js"))


@pytest.mark.parametrize("language, other", ALONE.findall(section("en")))
def test_a_book_in_one_language(book, language, other):
    path = book.folder / "mkdocs.yml"
    path.write_text(settled(path.read_text("utf-8"), f"      languages: [{language}]"), "utf-8")
    done = book.run("check")
    folder = other.rstrip("/")
    says = rf"mkdocs\.yml:\d+: the folder `{folder}/` has pages, and `languages` does not name"
    assert done.returncode == 1 and re.search(says, done.stderr), done.stderr
    shutil.rmtree(book.folder / other)
    assert "checked 2 pages: all good" in good(book, "check", "build")
    html = page(book, "core/mean")
    assert f'<html lang="{language}"' in html and "<title>1 " in html and "The Mean</title>" in html
    assert 'class="tp-language"' not in html and 'class="tp-card__ok tp-check"' in html
    note = PROJECT.words[language]["home_chapters_note"]
    assert note not in page(book, "."), "it tells of two languages"
    assert not list((book.folder / "site").glob("*/en")) and "hreflang" not in html


GONE = (
    "performance", "frontier/live-lab", "core/from-pytorch", "full/cost", "full/autograd-engine"
)  # fmt: skip


def test_what_else_names_a_page_that_is_taken_out_is_told(reused):
    """A chapter, the measurements, the live lab: each message is followed, until all is good."""

    def told(*says: str) -> str:
        done = reused.run("check")
        assert done.returncode == 1, done.stdout
        assert all(re.search(one, done.stderr) for one in says), done.stderr
        return done.stderr

    def drop(name: str, lines: str) -> None:
        path = reused.folder / name
        path.write_text(re.sub(lines, "", path.read_text("utf-8"), flags=re.M), "utf-8")

    pages = "|".join(GONE)
    for language in PROJECT.languages:
        for slug in GONE:
            (reused.folder / "docs" / language / f"{slug}.md").unlink()
    drop("mkdocs.yml", rf"^ *- (?:{pages}|frontier:)\n")
    for name in ("performance.py", "from_pytorch.py", "cost.py", "cost.symbols.yml"):
        (reused.folder / "snippets" / name).unlink()
    for path in (reused.folder / "snippets").glob("*engine*"):
        path.unlink()
    (reused.folder / "snippets" / "solutions_cost.py").unlink()
    (reused.folder / "snippets" / "data" / "performance.json").unlink()
    told(r"snippets/live_lab\.py:\d+: no page shows", r"snippets/update\.py:\d+: no page shows")
    for name in ("live_lab", "update"):
        reused.replace(f"snippets/{name}.py", '"""', '# literate: unshown\n"""')
    told(r"docs/redirects\.yml:\d+: `core/from-pytorch#forwardnn` is no page")
    drop("docs/redirects.yml", r"^(?:core/from-pytorch|full/autograd-engine).*\n")
    said = told(r"docs/en/index\.md:\d+: the link `core/from-pytorch\.md` leads nowhere")
    links = set(re.findall(r"(docs/\S+?):\d+: the link `([^`]+)` leads nowhere", said))
    for name, link in links:
        drop(name, rf"(?<=\])\({re.escape(link)}\)")
    assert "the section `" in told(r"make agree PAGE=index"), "nothing else is wrong"


@pytest.mark.browser
@pytest.mark.parametrize("there", [True, False])
def test_a_network_is_held_only_where_there_is_a_live_lab(browser, address, there):
    with browser.new_context(service_workers="block") as context:
        page = context.new_page()

        def without(route):
            text = route.fetch().text()
            lab = re.compile(r"<a [^>]*frontier/live-lab/[^>]*>")
            assert lab.search(text)
            route.fulfill(body=lab.sub("<a>", text), content_type="text/html")

        if not there:
            page.route("**/core/update/", without)
        page.goto(f"{address}en/core/update/")
        page.wait_for_selector(".tp-passes")
        assert (page.locator(".tp-hold").count() > 0) == there


def test_without_home_template_the_home_is_a_plain_page(book):
    book.replace("mkdocs.yml", "index: home.html, ", "")
    for language in PROJECT.languages:
        book.replace(f"docs/{language}/index.md", "template: home.html\nformula: mean.mean\n", "")
    good(book, "agree", "check", "build")
    assert "tp-home" not in page(book, "en")


def test_a_draft_is_named_and_left_out(book):
    path = book.folder / "docs" / "en" / "core" / "median.md"
    path.write_text("---\nnot even: a page\n", "utf-8")
    said = good(book, "check", "build")
    told = "docs/en/core/median.md: a draft: nav does not list it; not checked, not built"
    assert said.count(told) == 2
    assert not (book.folder / "site" / "en" / "core" / "median").exists()
    book.replace(
        "docs/en/core/mean.md", "how many there are.\n\n", "how many [there](median.md) are.\n\n"
    )
    done = book.run("check")
    assert re.search(r"docs/en/core/mean\.md:\d+: the link `median.md` leads nowhere", done.stderr)


@pytest.mark.parametrize("languages", [["en"], [*PROJECT.languages]])
def test_what_a_draft_shows_counts_as_shown(book, languages):
    """A formula, and a function without one: to check and to build, and nobody has to agree."""
    text = (book.folder / "snippets" / "mean.py").read_text("utf-8").replace("mean", "spread")
    (book.folder / "snippets" / "spread.py").write_text(
        f'{text}\n\ndef twice(x: float) -> float:\n    """Twice a number."""\n    return 2 * x\n',
        "utf-8",
    )
    symbols = book.folder / "snippets" / "spread.symbols.yml"
    symbols.write_text("from:\n  mean: [x, m]\n", "utf-8")
    for language in languages:
        path = book.folder / "docs" / language / "core" / "spread.md"
        cards = (f"/// snippet | spread.{name}\n///\n" for name in ("spread", "twice"))
        path.write_text("\n".join(["# a draft", *cards]), "utf-8")
    said = good(book, "check", "build", "agree")
    assert said.count("spread.md: a draft:") == 2 * len(languages)
    assert "recorded 0 sections" in said
    book.replace("docs/en/core/spread.md", "spread.twice", "spread.other")
    if len(languages) == 1:
        done = book.run("check")
        assert "no page shows `spread.twice`" in done.stderr, done.stdout + done.stderr


def test_a_draft_is_shown_by_serve(book):
    """The live site has it as the last part, in each language."""
    for language in PROJECT.languages:
        folder = book.folder / "docs" / language / "core"
        shutil.copy(folder / "mean.md", folder / "median.md")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with book.serving(port):
        for prefix, words in PROJECT.words.items():
            prefix = PROJECT.languages[prefix]
            html = page_with(f"http://127.0.0.1:{port}/{prefix}core/median/", "tp-rail")
            assert f"<summary>{words['part_drafts']}" in html


def test_a_function_without_a_page_is_allowed_where_its_file_says_so(book):
    text = (
        (book.folder / "snippets" / "mean.py").read_text("utf-8").replace("def mean", "def other")
    )
    path = book.folder / "snippets" / "more.py"
    path.write_text(text.replace("= mean(", "= other("), "utf-8")
    path.with_suffix(".symbols.yml").write_text("from:\n  mean: [x, m]\n", "utf-8")
    done = book.run("check")
    assert done.returncode == 1 and "no page shows the formula of `more.other`" in done.stderr
    assert "has the line `# literate: unshown`" in done.stderr
    path.write_text("# literate: unshown\n" + path.read_text("utf-8"), "utf-8")
    good(book, "check")
    book.replace("snippets/more.py", "mx.sum(x) / x.size", "mx.sum(x)")
    done = book.run("check")
    assert re.search(r"snippets/more\.py:\d+: more\.other: ", done.stderr), "it is checked still"
    book.replace("snippets/more.py", "literate: unshown", "literate: unshwon")
    done = book.run("check")
    assert "snippets/more.py:1: the note `# literate: unshwon` says nothing" in done.stderr


WRONG = {
    "a key that there is not": (
        ("mkdocs.yml", "            copyright: 文章", "            licence: 文章"),
        r"mkdocs\.yml:\d+: `zh-TW` has 'licence': .*; it takes, as text, site_name, ",
    ),
    "a language twice": (
        ("mkdocs.yml", "        - en\n", "        - en\n        - en\n"),
        r"mkdocs\.yml:\d+: got 'en': write each language once",
    ),
    "no list of languages": (
        ("mkdocs.yml", "      languages:\n", "      languages: en\n      words_:\n"),
        r"mkdocs\.yml:\d+: got 'en', not a list: write `\[en\]`",
    ),
    "a name among the words": (
        ("two_passes/words.yml", "en:\n", "en:\n  site_name: Mine\n"),
        r"words\.yml:\d+: `site_name` is a setting of MkDocs, .*\n +→ write it in mkdocs\.yml",
    ),
    "a style sheet that there is not": (
        ("mkdocs.yml", "[mine.css]", "[yours.css]"),
        r"mkdocs\.yml:\d+: `extra_css` names `yours\.css`, which is no file of `docs/`",
    ),
    "a style sheet of another origin": (
        ("mkdocs.yml", "[mine.css]", "[mine.css, 'https://x.test/y.css']"),
        r"mkdocs\.yml:\d+: .*y\.css`, which is no file of `docs/`\n.*; no request leaves the site",
    ),
    "a style sheet that nothing names": (
        ("mkdocs.yml", "extra_css: [mine.css]\n", ""),
        r"docs/mine\.css: neither a page",
    ),
    "a home that draws what is not there": (
        ("docs/en/index.md", "formula: mean.mean", "network: mean.mean"),
        ("docs/zh-TW/index.md", "formula: mean.mean", "network: mean.mean"),
        r"docs/en/index\.md:\d+: `network: mean\.mean`: .*\n +→ name another, or remove `network:`",
    ),
    "languages whose homes draw different things": (
        ("docs/en/index.md", "formula: mean.mean\n", ""),
        r"docs/en/index\.md:1: front matter `formula: None`, but docs/zh-TW",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_setting_is_told_with_its_place(book, case):
    *edits, says = WRONG[case]
    for edit in edits:
        book.replace(*edit)
    done = book.run("check")
    said = done.stdout + done.stderr
    assert done.returncode == 1 and re.search(says, said), said
    assert "bug of the engine" not in said and "Traceback" not in said


@pytest.mark.parametrize("language", PROJECT.languages)
def test_every_colour_is_told(language):
    css = (Path(THEME) / "assets" / "tp.css").read_text("utf-8")
    colours = re.findall(r"^  (--tp-[\w-]+): light-dark\(", css, re.M)
    rows = re.findall(r"^\| (`--tp.*?) \|", section(language), re.M)
    assert re.findall(r"`(--tp-[\w-]+)`", "".join(rows)) == colours
