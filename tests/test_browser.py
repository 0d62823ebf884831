"""The site in a real Chromium, as readers have it: both languages, both schemes, phone and desk."""

import os
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PROJECT, SIZES
from literate import text

pytestmark = pytest.mark.browser

# every page there is
PAGES = [
    "" if p.slug == "index" else f"{p.slug}/"
    for p in text.read_pages(PROJECT)
    if p.language == "en"
]
BOTH = [folder + page for folder in ("", "en/") for page in PAGES]

# All rules on a phone in the light scheme; what depends on the scheme is contrast, so that again in
# the dark one at a desk. `make test ALL=1` takes every rule at every size in every scheme. axe
# applies every rule to every node and tells every violation; to tell also of each node that passed,
# which nobody reads, would take it longer than to find them.
TOLD = {"resultTypes": ["violations"]}
VIEWS = [("phone", "light", TOLD), ("desk", "dark", TOLD | {"runOnly": ["color-contrast"]})]
if os.environ.get("ALL"):
    VIEWS = [(size, scheme, TOLD) for size in SIZES for scheme in ("light", "dark")]

CURRENT = ".tp-rail__toc [aria-current=location]"  # the section in view, marked in the rail


# As it is for a reader who has been everywhere: what scrolls gets its tab stop once it is laid out
WHOLE = """async () => {
    delete document.documentElement.dataset.unseen;
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
}"""


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize("size, scheme, rules", VIEWS)
def test_axe_finds_nothing_and_a_phone_scrolls_no_page_sideways(look, path, size, scheme, rules):
    page = look(path, size, scheme)
    page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.evaluate(WHOLE)
    # The drawn half of a formula is hidden from readers' machines and has the colour of its line:
    # its MathML is what is read
    page.evaluate("""async () => { // what a letter's width decides is decided
        await document.fonts.ready;
        for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame);
    }""")
    wide = page.evaluate("() => document.documentElement.scrollWidth")  # once all is laid out
    assert size != "phone" or wide <= 360, f"{path} is {wide} px wide"
    results = Axe().run(page, context={"exclude": [[".katex-html"]]}, options=rules)
    assert results.violations_count == 0, f"{path} {scheme} {size}\n{results.generate_report()}"


# what a page may keep on the reader's device: the scheme, the exercises solved, the last chapter
OWN = {"two-passes:scheme", "two-passes:solved", "two-passes:last"}


@pytest.mark.parametrize("path", BOTH)
def test_it_works_under_its_policy_and_stores_only_the_reader_s_settings(visit, path):
    """Everything on the page is opened and pressed.

    A violation of the policy, or a request to another origin, fails in `visit`.
    """
    page = visit(path)
    assert "script-src 'self'" in page.locator(
        "meta[http-equiv=Content-Security-Policy]"
    ).get_attribute("content")
    page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.evaluate("() => document.querySelectorAll('article button').forEach(b => b.click())")
    page.wait_for_load_state("networkidle")  # what opens takes the focus
    page.locator(".tp-scheme").first.click()
    page.keyboard.press("/")
    page.locator("input[name=query]").fill("mlx")
    page.locator(".md-search-result__item a").first.wait_for(state="visible", timeout=60_000)
    kept = page.evaluate("() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert {key.rpartition("/.")[2] or key for key in kept} <= OWN, kept
    assert (
        page.context.cookies() == []
        and page.evaluate("async () => (await indexedDB.databases()).length") == 0
    )


@pytest.mark.parametrize("path", BOTH)
def test_it_reads_without_javascript(look, path):
    page = look(path, "desk", "light", java_script_enabled=False)
    assert page.locator("h1").first.is_visible()
    # of worked lines, which are said as digits
    unsaid = page.locator(".tp-worked [aria-hidden=true] .katex").count()
    assert page.locator(".katex").count() - unsaid == page.locator(".katex math").count()
    for form in page.locator(".tp-answer").all():
        assert not form.is_visible(), "an input that cannot answer"


def test_the_language_switch_keeps_page_and_heading(visit):
    page = visit("core/backward/")
    headings = page.locator("article h2[id]")
    third = headings.nth(2)
    name = third.get_attribute("id")
    third.evaluate("""async h => {
        for (let frame = 0; frame < 4; frame++) { // what comes near is laid out
            const top = h.getBoundingClientRect().top + scrollY - 80;
            scrollTo({top, behavior: "instant"});
            await new Promise(requestAnimationFrame);
        }
    }""")
    page.wait_for_timeout(300)
    box = page.locator("a[hreflang=en]").first.bounding_box()
    # Playwright's own click would scroll first
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(f"**/en/core/backward/#{name}")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("a[hreflang=zh-TW]").first.click()
    page.wait_for_url(lambda url: "/en/" not in url)
    assert page.locator("html").get_attribute("lang") == "zh-TW"


# The first thing to read below the header: its place among all of its kind, and where it is
READ = """n => {
    const blocks = [...document.querySelectorAll("article :is(p, li, pre, tr, figcaption)")];
    n ??= blocks.findIndex(each => each.getBoundingClientRect().top > 60 && each.checkVisibility());
    return [n, blocks[n].getBoundingClientRect().top];
}"""


def test_the_language_switch_keeps_the_paragraph(look):
    """From several places of several chapters, both ways, at a desk and on a phone."""
    off = []
    for size, slug in (("desk", "backward"), ("phone", "update"), ("desk", "one-neuron")):
        page = look(f"core/{slug}/", size, "light")
        for part in (0.2, 0.5, 0.8):
            page.evaluate(
                "n => scrollTo({top: n * document.body.scrollHeight, behavior: 'instant'})", part
            )
            page.wait_for_timeout(100)  # what comes into view for the first time gets its height
            for _ in range(2):
                n, top = page.evaluate(READ)
                with page.expect_navigation(wait_until="load"):
                    page.locator(".tp-language").evaluate("link => link.click()")
                page.evaluate("async () => { await document.fonts.ready; }")
                page.wait_for_function("() => /#[a-z0-9-]+$/.test(location.href)")  # its section
                off.append(abs(page.evaluate(READ, n)[1] - top))
    assert len(off) == 18 and sorted(off)[9] <= 24, off
    assert sorted(off)[16] <= 60, off


# The first found is where it is defined: the page that is about it, not one with a part of the word
@pytest.mark.parametrize("size", SIZES)
def test_what_is_typed_before_the_search_has_come_is_found(visit, size):
    page = visit("en/core/forward/", size)
    page.route("**/bundle.*", lambda route: (page.wait_for_timeout(800), route.continue_()))
    page.locator(".tp-header__search" if size == "phone" else "input[name=query]").click()
    box = page.locator("input[name=query]")
    box.press_sequentially("gradient")
    page.locator(".md-search-result__item a").first.wait_for(state="visible", timeout=60_000)
    assert (
        box.evaluate("e => e === document.activeElement") and page.locator("#__search").is_checked()
    )
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.getElementById('__search').checked")


def test_the_rail_marks_the_section_in_view(visit):
    page = visit("en/core/backward/")
    rail = page.locator(CURRENT)
    assert rail.count() == 0
    for heading in page.locator("article h2[id]").all()[1:3]:
        heading.evaluate(
            """h => scrollTo({
                top: h.getBoundingClientRect().top + scrollY - 100, behavior: "instant"})"""
        )
        page.wait_for_function(
            f"id => document.querySelector('{CURRENT}')?.hash === '#' + id",
            arg=heading.get_attribute("id"),
        )


def test_what_is_folded_opens_to_a_link_into_it_and_on_paper(visit):
    page = visit("en/core/forward/")
    inside = page.locator("article details :is(p, pre)").first
    inside.evaluate("e => { e.id = 'in-a-fold'; location.hash = 'in-a-fold'; }")
    page.wait_for_function("() => document.getElementById('in-a-fold').closest('details').open")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(
        "() => [...document.querySelectorAll('article details')].every(d => d.open)"
    )


def test_on_paper_exercises_are_questions_and_solutions_come_by_choice(visit):
    page = visit("en/core/forward/")
    page.emulate_media(media="print")
    solution = page.locator(".tp-solution").first
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".tp-exercise__title").first.is_visible() and solution.is_hidden()
    page.emulate_media(media="screen")
    page.get_by_label("Print hints and solutions too").press("Space")
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert solution.is_visible() and solution.locator("pre").first.is_visible()


def test_copy_gives_the_whole_program(visit, book):
    page = visit("core/forward/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    card = page.locator("#propagate")
    card.locator("button.tp-copy").click()
    page.get_by_role("status").filter(has_text="已複製").wait_for(state="attached")
    assert (
        page.evaluate("() => navigator.clipboard.readText()").strip()
        == book.snippets["forward.propagate"].program.strip()
    )


def test_every_button_copies_its_program(look, book, pages):
    """Programs are put together of blocks that the page has once, in its cards or beside them."""
    press = """() => {
        const copied = [];
        navigator.clipboard.writeText = async text => { copied.push(text); };
        const buttons = document.querySelectorAll(".tp-copy[data-copy]:not([data-copy=''])");
        for (const button of buttons) button.click();
        return copied;
    }"""
    seen = 0
    for page in pages:
        if page.slug in book.order:
            prefix = PROJECT.languages[page.language]
            texts = look(f"{prefix}{page.slug}/", "desk", "light").evaluate(press)
            programs = {book.snippets[name].program for name, _ in page.snippets()}
            assert set(texts) <= programs, page.slug
            seen += len(texts)
    assert seen > 200


def copied(page, select: str) -> str:
    """What the clipboard has after the reader has selected something and copied it.

    Copying changes nothing of the text and leaves nothing beside it. (The foot may change in the
    meantime: the button that keeps the whole book comes when the service worker is ready.)
    """
    stands = "() => [document.querySelector('article').innerHTML, document.body.children.length]"
    page.evaluate(f"() => {{ const selection = getSelection(); {select} }}")
    before = page.evaluate(stands)
    page.keyboard.press("Control+c")
    assert page.evaluate(stands) == before
    return page.evaluate("() => navigator.clipboard.readText()")


def test_a_copied_formula_is_its_tex(visit, book):
    page = visit("en/core/layers/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    (tex,) = book.snippets["forward.weighted_sum"].formulas
    card = "document.querySelector('#weighted-sum .tp-formula')"
    assert copied(page, f"selection.selectAllChildren({card})").strip() == f"$$\n{tex}\n$$"
    part = f"const symbol = {card}.querySelector('.katex-html [data-symbol]');"
    part += "selection.selectAllChildren(symbol)"
    assert copied(page, part).strip() == f"$$\n{tex}\n$$", "a part of it is copied whole"
    assert page.evaluate("() => getSelection().anchorNode.dataset.symbol") == "z"


def test_a_copied_sentence_has_its_formulas_as_tex_once(visit):
    page = visit("en/core/layers/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    prose = "document.querySelector('#weighted-sums .tp-card__prose p')"
    said = copied(page, f"selection.selectAllChildren({prose})")
    assert "so they must become a column: $W^\\top$ is $W$ transposed, its rows turned" in said
    assert said.startswith("$Z$ has one row per example and one column per neuron; $N$ is the")
    assert "\n" not in said.strip()
    no_formula = "selection.selectAllChildren(document.querySelector('h1'))"
    assert copied(page, no_formula) == page.locator("h1").inner_text()


def test_the_scheme_can_be_chosen_and_stays(visit):
    page = visit("core/forward/")
    light = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    page.locator(".tp-scheme").first.click()
    page.wait_for_timeout(300)
    dark = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page.reload()
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == dark


@pytest.mark.parametrize("path", ["core/loss/", "en/core/loss/", "en/labs/breast-cancer/"])
def test_text_has_one_face_and_code_another(visit, path):
    page = visit(path)
    text = ".tp-brand__name, .tp-rail a, .tp-rail summary, article p, article summary, .tp-foot p"
    faces = page.evaluate(
        """kinds => kinds.map(some => [...new Set([...document.querySelectorAll(some)].map(
            each => getComputedStyle(each).fontFamily))])""",
        [f"{text}, input[name=query]", "article pre, article code"],
    )
    assert [len(one) for one in faces] == [1, 1] and faces[0] != faces[1], faces


def test_without_a_choice_the_scheme_is_the_system_s(visit):
    page = visit("core/forward/", scheme="dark")
    button, ground = (
        page.locator(".tp-scheme"),
        "() => getComputedStyle(document.body).backgroundColor",
    )
    dark = page.evaluate(ground)
    assert button.get_attribute("aria-pressed") == "true"
    page.emulate_media(color_scheme="light")
    page.wait_for_function("() => document.querySelector('.tp-scheme').ariaPressed === 'false'")
    assert page.evaluate(ground) != dark
    button.click()
    assert page.evaluate(ground) == dark
    page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(200)
    assert page.evaluate(ground) == dark, "a choice outlasts the system's change"


def test_dark_mode_reaches_the_lab(visit):
    page = visit("labs/breast-cancer/", scheme="dark")
    code = page.locator(".tp-cell pre").first.evaluate("e => getComputedStyle(e).color")
    assert min(map(int, re.findall(r"\d+", code)[:3])) > 150, code


# what is told of a typed answer → its words
REPLIES = {
    "right": "right", "wrong": "not_yet", "sign": "other_sign", "short": "few_decimals",
    "unread": "not_a_number",
}  # fmt: skip


@pytest.mark.parametrize(
    "slug, exercise, typed, state",
    [
        ("forward", 1, "-0.75", "right"),
        ("forward", 1, "−0.75", "right"),
        ("forward", 1, "－０．７５", "right"),
        ("forward", 1, "-0,75", "right"),
        ("forward", 1, "-3/4", "right"),
        ("forward", 1, "-0.75。", "right"),
        ("forward", 1, "0.75", "sign"),
        ("forward", 1, "-0.8", "short"),
        ("forward", 1, "-0.7", "short"),
        ("forward", 1, "-0.65", "wrong"),
        ("forward", 1, "0", "wrong"),
        ("forward", 1, "x", "unread"),
        ("forward", 1, "-0.75 m", "unread"),
        ("forward", 3, "13", "right"),
        ("forward", 3, "13.2", "wrong"),
        ("forward", 3, "13, 4", "unread"),
        ("training-loop", 1, "-0.1", "short"),
        ("activations", 2, "1/64", "right"),
    ],
)
def test_an_exercise_tells_what_is_wrong(slug, exercise, typed, state, look):
    page = look(f"en/core/{slug}/", "desk", "light")
    form = page.locator(f"#exercise-{exercise} form.tp-answer")
    form.locator("input").fill(typed)
    form.locator("input").press("Enter")
    reply = form.locator("output")
    assert reply.inner_text() == PROJECT.words["en"][REPLIES[state]].replace(
        "{value}",
        {"forward": ["−0.75", "", "13"][exercise - 1], "activations": "0.015625"}.get(slug, ""),
    )
    assert reply.get_attribute("data-state") == (state if state in ("right", "unread") else "wrong")
    page.evaluate("() => localStorage.clear()")


def test_an_answer_that_float32_misses_by_a_digit_is_shown_as_it_is(visit):
    page = visit("en/core/update/")
    form = page.locator("#exercise-3 form.tp-answer")
    form.locator("input").fill("1.00")
    form.locator("button").click()
    assert (
        "0.999" not in form.locator("output").inner_text()
        and " 1." in form.locator("output").inner_text()
    )


def test_the_network_can_be_shown_one_way(visit):
    page = visit("core/backward/")
    figure = page.locator(".tp-figure--network").first
    buttons = figure.locator(".tp-passes button")
    assert buttons.count() == 3
    buttons.nth(0).click()
    assert figure.locator("button[aria-pressed=true]").count() == 1


def test_tab_reaches_the_text_first(visit):
    page = visit("core/forward/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("() => location.hash")


def test_chinese_is_never_italic(visit):
    page = visit("core/backward/")
    slanted = page.evaluate("""() =>
        [...document.querySelectorAll("article em, article i, article cite")]
            .filter(e => /[\\u4e00-\\u9fff]/.test(e.textContent))
            .filter(e => getComputedStyle(e).fontStyle !== "normal")
            .map(e => e.textContent)""")
    assert slanted == []


def test_the_404_page_speaks_both_languages(visit):
    page = visit("404.html")
    text = page.locator("body").inner_text()
    assert re.search("[\u4e00-\u9fff]{4}", text) and re.search("[a-z]{4}", text)


@pytest.mark.parametrize("nth, home, asked", [(0, "", "學習率"), (1, "en/", "logaddexp")])
def test_the_404_page_searches_each_language(nth, home, asked, visit):
    page = visit("404.html")
    field = page.locator("main").get_by_role("searchbox").nth(nth)
    field.fill(asked)
    field.press("Enter")
    page.wait_for_url(re.compile(rf"/two-passes/{home}\?q="))
    found = page.locator(".md-search-result__link").first
    found.wait_for()
    assert page.locator("input[name=query]").input_value() == asked
    found.click()
    page.wait_for_url(re.compile(rf"/two-passes/{home}core/"))


def test_layout_does_not_shift(visit):
    page = visit("core/forward/", "phone")
    page.wait_for_timeout(500)
    shift = page.evaluate("""() => new Promise(done => { let sum = 0;
        new PerformanceObserver(list => {
            for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value;
        }).observe({type: 'layout-shift', buffered: true});
        setTimeout(() => done(sum), 300); })""")
    assert shift <= 0.01, shift


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["core/forward/", "start/"])
def test_a_page_that_arrives_in_parts_stays_where_it_is(visit, path, size):
    """A slow line may end in the middle of the table below the title.

    What is there of it already must not move then.
    """
    page = visit(path, size)
    parts = page.locator(".tp-outcome > div")
    whole = [parts.nth(n).bounding_box() for n in range(parts.count())]
    assert len(whole) > 2
    for left in range(len(whole) - 1, 0, -1):
        parts.nth(left).evaluate("part => part.remove()")
        for n in range(left):
            box = parts.nth(n).bounding_box()
            assert [box[side] for side in ("x", "y", "width")] == [
                whole[n][side] for side in ("x", "y", "width")
            ], (n, left)


def test_progress_is_kept_on_this_device_and_can_be_reset(visit):
    page = visit("en/core/one-neuron/")
    line = page.locator(".tp-progress")
    assert line.inner_text().startswith("0 of 3") and not line.locator("button").is_visible()
    first = page.locator("#exercise-1")
    first.locator("input[type=text]").fill("-0.13")
    first.locator("input[type=text]").press("Enter")
    assert "is-solved" in first.get_attribute("class") and line.inner_text().startswith("1 of 3")
    page.locator("#exercise-2 .tp-solve input").check()
    page.reload()
    assert page.locator(".tp-progress").inner_text().startswith("2 of 3")
    page.locator("a[hreflang=zh-TW]").first.click()  # an exercise is the same in both languages
    page.wait_for_url(lambda url: "/en/" not in url)
    assert "解出 2 題" in page.locator(".tp-progress").inner_text()
    page.locator(".tp-progress button").click()
    assert "解出 0 題" in page.locator(".tp-progress").inner_text()
    page.reload()
    assert page.locator(".is-solved").count() == 0


def test_two_tabs_lose_nothing_of_each_other_s_progress(visit):
    page = visit("en/core/one-neuron/")
    other = page.context.new_page()
    other.goto(page.url)
    page.locator("#exercise-1 .tp-solve input").check()
    other.wait_for_function(
        "() => document.querySelector('.tp-progress').textContent.startsWith('1 of 3')"
    )
    assert other.locator("#exercise-1 .tp-solve input").is_checked()
    # a tab is not told of its own writing, nor one asleep of another's
    page.evaluate("() => localStorage.setItem('two-passes:solved', '[]')")
    page.locator("#exercise-2 .tp-solve input").check()
    assert (
        page.locator(".tp-progress").inner_text().startswith("1 of 3")
        and not page.locator("#exercise-1 .tp-solve input").is_checked()
    )


def test_progress_lasts_as_long_as_the_page_where_it_cannot_be_kept(visit):
    page = visit("en/core/one-neuron/")
    page.evaluate("""() => { Storage.prototype.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
    }; }""")
    for exercise in page.locator(".tp-solve input").all()[:2]:
        exercise.check()
    assert page.locator(".tp-progress").inner_text().startswith("2 of 3")


def test_a_worked_line_is_said_once_and_lights_with_its_formula(visit):
    page = visit("en/core/one-neuron/")
    line = page.locator(".tp-worked__line").first
    assert line.locator(".tp-sr").text_content() == "0.38 = 0.6 × 0.5 + (−1.1) × 0.2 + 0.3"
    line.locator("[data-symbol=b]").hover()
    assert page.locator("#weigh .tp-formula [data-symbol=b].is-lit").count()


def test_forced_colours_keep_what_colour_alone_said(visit):
    """Windows' high contrast: the hat of ŷ does not cover its y, and what is chosen looks so."""
    page = visit("en/core/forward/", forced_colors="active")
    assert (
        page.locator(".katex").first.evaluate("e => getComputedStyle(e).forcedColorAdjust")
        == "none"
    )
    ground = "e => getComputedStyle(e).backgroundColor"
    symbol = page.locator(".tp-symbols [data-symbol], .katex [data-symbol]").first
    before = symbol.evaluate(ground)
    symbol.evaluate("e => e.classList.add('is-lit')")
    page.wait_for_function(
        "before => getComputedStyle(document.querySelector('.is-lit')).backgroundColor !== before",
        arg=before,
    )
    page.goto(page.url.replace("core/forward", "frontier/live-lab"))
    chosen, other = (
        page.locator(f".tp-lab__choice input{kind} + span").first
        for kind in (":checked", ":not(:checked)")
    )
    assert chosen.evaluate(ground) != other.evaluate(ground)


def test_the_chapters_come_before_the_pages_about_the_book(look):
    page = look("en/core/forward/", "desk", "light")
    names = page.locator(".tp-rail nav a[href]").evaluate_all(
        "all => all.map(a => a.pathname.split('/').at(-2))"
    )
    assert names[0] == "start" and names.index("one-neuron") == 1
    assert names[-3:] == ["performance", "glossary", "contribute"]


@pytest.mark.parametrize(
    "path, name", [("core/loss/", "請給 logit"), ("en/core/loss/", "Exercises")]
)
def test_a_heading_is_called_by_its_words(path, name, look):
    page = look(path, "desk", "light")
    assert page.get_by_role("heading", name=name, exact=True).count() == 1


def test_the_menu_and_the_home_page_know_where_the_reader_is(visit):
    page = visit("en/core/forward/")
    page.locator(".tp-solve input").first.check()
    link = page.locator(".tp-rail [data-chapter='core/forward']")
    total = page.locator(".tp-solve").count()
    assert link.locator(".tp-solved [aria-hidden]").inner_text() == f"1/{total}"
    assert link.inner_text().endswith(f", 1 of {total} exercises solved")
    page.goto(page.url.replace("en/core/forward/", "core/layers/"))
    for box in page.locator(".tp-solve input").all():
        box.check()
    assert page.locator(".tp-rail [aria-current=page] .tp-solved [aria-hidden]").inner_text() == "✓"
    page.goto(page.url.replace("core/layers/", ""))  # of all languages: what is solved is solved
    assert page.locator(".tp-parts [data-chapter='core/forward'] .tp-solved").count() == 1
    door = page.locator("[data-continue]")
    assert door.inner_text() == "接著讀：2 從純量到批次"
    door.click()
    page.wait_for_url("**/core/layers/")


def test_who_has_read_nothing_is_not_told_to_read_on(visit):
    assert visit("en/").locator("[data-continue]").is_hidden()
