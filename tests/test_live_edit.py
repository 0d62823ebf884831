"""What `make serve` makes again after a save.

Everything is as a clean build has it, and no more is made than what depends on the save.
"""

import re
import time
import uuid

import pytest
from conftest import PROJECT, Reused, builds, files, free_port, wait_for, wait_until
from literate.live import text_key

ZH, EN = "docs/zh-TW/core/forward.md", "docs/en/core/forward.md"
FORMULA = r"z_i = \sum_{j=1}^{n} w_{ij} x_j + b_i"


def saved(copy, path: str, old: str, new: str) -> str:
    """Change a file and wait until all that depends on it is made; what was said meanwhile."""
    before, said = builds(copy), len(copy.said.read_text())
    copy.replace(path, old, new)
    wait_until(lambda: builds(copy) > before)
    return copy.said.read_text()[said:]


# what keeps a published book for reading without a network: the service worker, and its lists
PUBLISHED = {"sw.js", *(f"{prefix}book.json" for prefix in PROJECT.languages.values())}


def different(served: dict[str, bytes], clean: dict[str, bytes]) -> bool:
    return any(served.get(name) != clean.get(name) for name in (served | clean).keys() - PUBLISHED)


def assert_as_a_clean_build(copy) -> None:
    # what was edited in one language
    same = Reused(copy)
    for left in re.findall(r"make agree PAGE=(\S+#[\w.-]+)", same.run("agree").stderr):
        assert same.run("agree", left).returncode == 0
    same.end()
    done = copy.run("build", SITE_URL=copy.address)
    assert done.returncode == 0, done.stderr
    clean, end = files(copy.folder / "site"), time.monotonic() + 30
    while different(served := files(copy.served), clean) and time.monotonic() < end:
        time.sleep(0.5)
    assert b'SITE + "BUILD"' in served.pop("sw.js")
    clean = {name: each for name, each in clean.items() if name not in PUBLISHED}
    assert served.keys() == clean.keys(), served.keys() ^ clean.keys()
    assert [name for name in clean if served[name] != clean[name]] == []
    assert len(clean) > 100 and copy.process.poll() is None


def test_after_any_edits_what_is_served_equals_a_clean_build(live):
    saved(live, EN, "\n## ", "\nA sentence about the gradient.\n\n## ")
    # one language only: a fault, and the last good page stays
    live.replace(ZH, "\n## ", "\n## 新的一節 {#new-section}\n\n說一件事。\n\n## ")
    wait_until(lambda: "docs/en/core/forward.md" in live.news())
    assert b"new-section" not in (live.served / "core/forward/index.html").read_bytes()
    saved(live, EN, "\n## ", "\n## A new section {#new-section}\n\nIt says one thing.\n\n## ")
    # another output than its docstring expects: a fault
    live.replace("snippets/start.py", "mx.array(3.0)", "mx.array(4.0)")
    wait_until(lambda: "snippets/start.py:" in live.news())
    saved(
        live,
        "snippets/start.py",
        "array(9, dtype=float32) array(6, ",
        "array(16, dtype=float32) array(8, ",
    )
    saved(live, "snippets/forward.py", FORMULA, r"z_i = b_i + \sum_{j=1}^{n} w_{ij} x_j")
    saved(live, EN, "title: Forward propagation", "title: Forward, step by step")
    saved(live, ZH, "\n## 新的一節", "\n說一句梯度。\n\n## 新的一節")
    assert b"array(16, dtype=float32)" in (live.served / "en/start/index.html").read_bytes()
    assert b"Forward, step by step" in (live.served / "en/core/update/index.html").read_bytes()
    assert_as_a_clean_build(live)

    saved(live, "snippets/network.symbols.yml", "en: 'input'", "en: 'what goes in'")
    assert b"what goes in" in (live.served / "en/core/forward/index.html").read_bytes()
    assert b"what goes in" in (live.served / "en/glossary/index.html").read_bytes()
    assert b"what goes in" in (live.served / "assets/lab/words-en.js").read_bytes()
    saved(live, "docs/glossary.yml", "      zh-TW: ", "      zh-TW: 也就是說，")
    for language in ("zh-TW", "en"):
        page = live.folder / "docs" / language / "contribute.md"
        # commands stand on that page alone
        live.replace(f"docs/{language}/contribute.md", "```shell", "```text", every=True)
        live.replace(f"docs/{language}/performance.md", "contribute.md#", "take-part.md#")
        page.rename(page.with_name("take-part.md"))
    live.replace("two_passes/words.yml", "    step: 下一行", "    step: 往下一行")
    saved(live, "mkdocs.yml", "- contribute", "- take-part")
    # lines and values stay, modules that import it are checked again
    saved(live, "snippets/network.py", '"""', '"""Of the book: ')
    saved(live, "docs/en/take-part.md", "\n## ", "\nThe last word.\n\n## ")
    saved(live, "docs/zh-TW/take-part.md", "\n## ", "\n最後一句。\n\n## ")
    assert not (live.served / "contribute").exists()
    assert_as_a_clean_build(live)


def test_a_save_runs_only_the_snippets_that_depend_on_it(live):
    # a text that no run has seen
    said = saved(
        live,
        "snippets/start.py",
        "square = lambda w: w * w",
        f"square = lambda w: w * w  # {uuid.uuid4()}",
    )
    assert re.findall(r"running (\d+) snippets", said) == ["1"], said
    said = saved(live, "snippets/forward.py", FORMULA, r"z_i = b_i + \sum_{j=1}^{n} w_{ij} x_j")
    assert "running" not in said and "docs" not in said, said


def test_only_what_changed_is_made_and_written(live):
    before = {name: (live.served / name).stat().st_mtime_ns for name in files(live.served)}
    said = saved(live, EN, "\n## ", "\nA sentence that no other page depends on.\n\n## ")
    assert re.search(r"^1 page in ", said, re.M), said
    written = {name for name in before if (live.served / name).stat().st_mtime_ns != before[name]}
    assert written == {
        "en/core/forward/index.html",
        "en/core/forward/forward.ipynb",
        "en/search/search_index.json",
    }


def test_a_fault_of_the_engine_is_told_and_mended(copy):
    home, port = "two_passes/home.py", free_port()
    with copy.serving(port):
        address = f"http://127.0.0.1:{port}/"
        wait_until(lambda: "Serving on " in copy.said.read_text())
        copy.replace(home, "import own_page", "import (own_page")
        wait_for(address, lambda text: "tp-fault" in text and "SyntaxError" in text)
        copy.replace(home, "import (own_page", "import own_page")
        wait_for(address, lambda text: "tp-fault" not in text)
        # new code, a new process at the same place
        copy.replace(home, "import own_page", "import own_page  # again")
        wait_until(lambda: copy.said.read_text().count("Serving on ") == 2)
        assert "tp-home" in wait_for(address, lambda text: "tp-home" in text)


def test_a_site_that_never_was_good_tells_why(copy, tmp_path):
    """And loads new code, else a fault that this does not have would stay, as after a checkout."""
    copy.replace(EN, "/// snippet | forward.propagate", "/// snipet | forward.propagate")
    port, scratch = free_port(), tmp_path / "scratch"
    scratch.mkdir()
    with copy.serving(port, TMPDIR=str(scratch)) as process:
        address = f"http://127.0.0.1:{port}/en/core/forward/"
        wait_until(lambda: "Serving on " in copy.said.read_text())
        copy.replace("two_passes/home.py", "import own_page", "import own_page  # again")
        wait_until(lambda: copy.said.read_text().count("Serving on ") == 2)
        copy.replace(EN, "/// snipet | forward.propagate", "/// snippet | forward.propagate")
        wait_for(address, lambda text: "tp-card" in text and "tp-fault" not in text)
        assert process.poll() is None
        assert list(scratch.glob("literate-serve-*"))
    assert not list(scratch.glob("literate-serve-*")), (
        "the served folder is left where the process is told to end"
    )


@pytest.mark.browser
def test_a_browser_shows_its_page_anew_and_no_other(live, browser):
    page = browser.new_page()
    page.goto(live.address + "en/core/forward/")
    page.evaluate("() => { window.loadedOnce = true; }")
    saved(live, "docs/en/start.md", "\n## ", "\nElsewhere.\n\n## ")
    page.wait_for_timeout(500)
    assert page.evaluate("() => window.loadedOnce"), "another page's change reloaded this one"
    saved(live, EN, "\n## ", "\nHere it is.\n\n## ")
    page.get_by_text("Here it is.").wait_for(timeout=10_000)
    assert not page.evaluate("() => window.loadedOnce")
    live.replace(EN, "/// snippet | forward.propagate", "/// snipet | forward.propagate")
    page.locator(".tp-fault").wait_for(timeout=10_000)
    assert (
        "docs/en/core/forward.md" in page.locator(".tp-fault").inner_text()
        and page.get_by_text("Here it is.").count() == 1
    )
    live.replace(EN, "/// snipet | forward.propagate", "/// snippet | forward.propagate")
    page.locator(".tp-fault").wait_for(state="detached", timeout=10_000)
    page.close()


def test_a_page_is_made_anew_where_no_formula_has_what_it_repeats(book, pages, monkeypatch):
    """`e^{-z}` in `forward` is a part of a formula that only pages before it show."""
    page = next(p for p in pages if (p.language, p.slug) == ("en", "core/forward"))
    key = text_key(book, page)
    assert key == text_key(book, page) and not refused(key)
    monkeypatch.setattr(book, "pages", [page])
    assert any("e^" in tex for tex in refused(text_key(book, page)))


def refused(key) -> list[str]:
    """The inline maths that a page may not write."""
    _, drawn = key[4]
    return [tex for tex, wrong in drawn if wrong]
