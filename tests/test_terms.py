"""The words of the book: one for each idea, Taiwan's, explained at first use.

A section that waits for its translation is named.
"""

import re

import pytest
from conftest import PROJECT
from literate import checks, review, snippets, symbols, terms
from literate.errors import gathered
from literate.project import Project

ZH, EN = "docs/zh-TW/core/forward.md", "docs/en/core/forward.md"


@pytest.mark.parametrize("path, other", [(ZH, EN), (EN, ZH)])
def test_a_section_that_has_not_followed_is_named_and_stops_the_build(path, other, reused):
    text = (reused.folder / path).read_text("utf-8")
    heading = (
        text.splitlines().index(
            next(line for line in text.splitlines() if "{#step-layers}" in line)
        )
        + 1
    )
    old = "layer 0, and" if "docs/en" in path else "叫做第 0 層，"
    reused.replace(path, old, old.replace("0", "0 "))
    done = reused.run("check")
    assert done.returncode == 1
    assert re.search(
        rf"{re.escape(path)}:{heading}: the section `step-layers` has changed, "
        rf"and \S+ \({re.escape(other)}:\d+\) has not followed",
        done.stderr,
    ), done.stderr
    assert "make agree PAGE=core/forward" in done.stderr and done.stderr.count("the section") == 1
    built = reused.run("build")
    assert (
        built.returncode == 1
        and "the section `step-layers`" in built.stderr
        and not (reused.folder / "site").exists()
    )
    # a whole page, or all, takes no section that one language has changed alone
    for asked in ("core/forward", None):
        done = reused.run("agree", *filter(None, [asked]))
        assert (
            done.returncode == 1
            and done.stdout.startswith("recorded 0 sections ")
            and "make agree PAGE=core/forward#step-layers" in done.stderr
        )
    assert reused.run("agree", "core/forward#step-layers").stdout.endswith(
        "recorded 1 section in docs/agreed.yml\n"
    )
    assert reused.run("check").returncode == 0


def test_agree_knows_its_pages(reused):
    done = reused.run("agree", "core/nothing")
    assert (
        done.returncode == 1
        and "there is no such page" in done.stderr
        and "core/forward" in done.stderr
    )
    done = reused.run("agree", "core/forward#nothing")
    assert (
        done.returncode == 1
        and "there is no section `nothing`" in done.stderr
        and "step-layers" in done.stderr
    )


@pytest.mark.parametrize(
    "zh, en, says",
    [
        (
            "權重 $w_2$ 在 $w_1$ 前面。",
            "The weight $w_1$ stands before $w_2$.",
            "formulas `w_2`, `w_1` are in another order in docs/en",
        ),
        ("往左走。", "Go to the right.", "“左” against “right” in docs/en"),
    ],
)
def test_what_looks_exchanged_is_recorded_only_by_name(zh, en, says, reused):
    for language, text in (("zh-TW", zh), ("en", en)):
        reused.replace(f"docs/{language}/core/one-neuron.md", "\n## ", f"\n{text}\n\n## ")
    done = reused.run("agree")
    assert done.returncode == 1 and says in done.stderr and "look again at both" in done.stderr, (
        done.stderr
    )
    (named,) = set(re.findall(r"make agree PAGE=(\S+)`", done.stderr))
    assert (
        reused.run("check").returncode == 1
        and reused.run("agree", named).returncode == 0
        and reused.run("check").returncode == 0
    )


def test_agree_does_not_record_pages_that_part(reused):
    reused.replace(EN, "\n## ", "\n## One more {#one-more}\n\nText.\n\n## ")
    done = reused.run("agree", "core/forward")
    assert done.returncode == 1 and re.search(r"en/core/forward\.md:\d+: heading", done.stderr), (
        done.stderr
    )
    assert "one-more" not in (reused.folder / "docs/agreed.yml").read_text("utf-8")


def test_every_section_of_every_page_is_recorded(pages):
    now = {}
    for (slug, name), versions in review.sections(PROJECT, pages).items():
        now.setdefault(slug, {})[name] = " ".join(version.digest for version in versions)
    assert review.recorded(PROJECT) == now
    assert set(now) == {p.slug for p in pages} | {
        path.name for path in terms.glossaries(PROJECT)
    } - {"activations.symbols.yml", "training.symbols.yml"}, "those two declare nothing themselves"


WORDS = {
    "a meaning": (
        "docs/glossary.yml",
        "zh-TW: 從損失往回走一趟",
        "zh-TW: 從損失往前走一趟",
        r"glossary\.yml:\d+: the entry `backpropagation` has changed, "
        r"and en \(docs/glossary\.yml:\d+\) has not followed",
        "glossary.yml#backpropagation",
    ),
    "a symbol": (
        "snippets/update.symbols.yml",
        "en: 'learning rate', zh-TW: 學習率",
        "en: 'rate of learning', zh-TW: 學習率",
        r"update\.symbols\.yml:5: the entry `eta` has changed, "
        r"and zh-TW \(snippets/update\.symbols\.yml:5\) has not followed",
        "update.symbols.yml#eta",
    ),
    "a word of the theme": (
        "two_passes/words.yml",
        "home_contents: Contents",
        "home_contents: Chapters",
        r"words\.yml:\d+: the entry `home_contents` has changed, "
        r"and zh-TW \(two_passes/words\.yml:\d+\) has not followed",
        "words.yml#home_contents",
    ),
}


@pytest.mark.parametrize("name", WORDS)
def test_a_word_that_has_not_followed_is_named(name, reused):
    path, old, new, says, section = WORDS[name]
    reused.replace(path, old, new)
    done = reused.run("check")
    assert done.returncode == 1 and re.search(says, done.stderr), done.stderr
    assert (
        reused.run("agree").returncode == 1
        and reused.run("agree", section).stdout
        == f"{section}\nrecorded 1 section in docs/agreed.yml\n"
    )
    assert reused.run("check").returncode == 0


def test_a_symbol_that_both_languages_changed_is_read_in_one_place(copy):
    copy.replace(
        "snippets/update.symbols.yml",
        "en: 'learning rate', zh-TW: 學習率",
        "en: 'rate of learning', zh-TW: 學習的快慢",
    )
    done = copy.run("check")
    says = (
        r"update\.symbols\.yml:5: the entry `eta` is new or changed\n"
        r" +→ read its meanings in all languages, then `make agree PAGE=update\.symbols\.yml`"
    )
    assert done.returncode == 1 and re.search(says, done.stderr), done.stderr


def test_a_term_is_explained_once_a_page_at_its_first_use(site, pages):
    for language, folder in PROJECT.languages.items():
        html = (site / folder / "core/one-neuron/index.html").read_text("utf-8")
        links = re.findall(r'<a (?=[^>]*class="tp-term")([^>]+)>[^<]+</a>', html)
        assert all(re.search('aria-description="[^"]', attributes) for attributes in links)
        hrefs = [re.search('href="([^"]+)"', attributes)[1] for attributes in links]
        assert len(hrefs) == len(set(hrefs)) >= 6
        assert any(h.endswith("/glossary/#weight") for h in hrefs)
        article = html[html.index("<article") :]
        for href in hrefs:
            key = href.split("#")[1]
            word = PROJECT.terms[key][language].split(" (")[0]
            first = re.search(
                re.escape(word),
                re.sub(
                    r"<(h[1-6]|code|tp-math|figcaption|title|summary)\b.*?</\1>|<[^>]+>",
                    lambda m: " " * len(m[0]),
                    article,
                    flags=re.S,
                ),
                re.I,
            )
            assert first, word


# Words that also have other senses, earlier in the book: errors raised, the side 邊, a line 行 of
# code, Adam's memory; and a title's
EXPLAINED = {
    "weight": "one-neuron",
    "activation-function": "one-neuron",
    "slope": "one-neuron",
    "column": "layers",
    "loss-function": "loss",
    "edge": "chain-rule",
    "error-signal": "backward",
    "gradient": "backward",
    "backpropagation": "backward",
    "learning-rate": "update",
    "memory": "training-loop",
}


def test_the_glossary_leads_to_the_chapter_that_explains(site):
    for folder in PROJECT.languages.values():
        html = (site / folder / "glossary/index.html").read_text("utf-8")
        chapter = r'tp-glossary__chapter"[^>]* href="\.\./core/([^/"]+)/"'
        leads = dict(re.findall(rf'<tr id="([^"]+)">(?:(?!</tr>).)*?{chapter}', html))
        assert EXPLAINED.items() <= leads.items(), {k: leads.get(k) for k in EXPLAINED}


def test_a_word_with_other_senses_is_not_explained_as_the_term(site):
    for path, word in (("core/layers", "捨入誤差"), ("en/core/layers", "error")):
        html = (site / path / "index.html").read_text("utf-8")
        assert word in html and "#error-signal" not in html


def test_the_glossary_lists_every_term_and_symbol(site):
    for language, folder in PROJECT.languages.items():
        html = (site / folder / "glossary/index.html").read_text("utf-8")
        for key, entry in PROJECT.terms.items():
            row = html[html.index(f'<tr id="{key}">') :].split("</tr>")[0]
            assert all(entry[one] in row for one in PROJECT.languages) and entry["means"][language][
                :12
            ] in row.replace("&#x27;", "'")
        own = (symbols.own(PROJECT, home) for home in snippets.modules(PROJECT))
        assert html.count('<tr id="symbol-') == sum(map(len, own))


@pytest.mark.parametrize(
    "old, new, at, says",
    [
        ("      en: Computing the slope", "      Computing the slope", 1, "not YAML"),
        ("    zh-TW: 反向傳播\n", "", -2, "`backpropagation`: `zh-TW:` is missing"),
        ("    en: backpropagation\n", "    en: forward propagation\n", 0, "is a word of `forward-"),
        ("    chapter: core/backward\n", "    chapter: core/last\n", 0, "is not in nav"),
    ],
)
def test_a_fault_in_the_glossary_is_told_at_its_line(old, new, at, says, reused):
    """at: the line that is named, seen from the one that is changed."""
    text = PROJECT.read(PROJECT.glossary)
    wanted = text[: text.index(old)].count("\n") + 1 + at
    reused.replace("docs/glossary.yml", old, new)
    checks.load_all("literate.checks")
    found = []
    with gathered(found):
        found += checks.CHECKS["glossary"].find(Project.find(reused.folder), {})
    said = [str(fault) for fault in found]
    assert any(s.startswith(f"docs/glossary.yml:{wanted}: ") and says in s for s in said), said
