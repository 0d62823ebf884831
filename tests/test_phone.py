"""What a reader meets on a small screen, on paper and without a network."""

import pytest
from conftest import SIZES

pytestmark = pytest.mark.browser

WIDTH = "() => document.documentElement.scrollWidth - innerWidth"
# Panes of one card that cover each other, and what lies under a button that copies
COVERED = """() => {
    const boxes = list => [...list].map(e => [e, e.getBoundingClientRect()])
        .filter(([, r]) => r.width && r.height);
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    const begin = e => e.innerText.slice(0, 40);
    const out = [];
    const bodies = ".tp-card__body, .tp-pitfall__panes, .tp-solution__panes";
    for (const body of document.querySelectorAll(bodies)) {
        const panes = boxes(body.querySelectorAll(":scope > .tp-pane"));
        panes.forEach(([a, r], k) => panes.slice(k + 1).forEach(([b, q]) =>
            meet(r, q) && out.push(`${a.className} and ${b.className}: ${begin(a)}`)));
    }
    for (const [button, r] of boxes(document.querySelectorAll(".highlight .tp-copy"))) {
        const code = button.closest(".highlight"), lines = document.createRange();
        lines.selectNodeContents(code.querySelector("code") ?? button);
        const covered = [...lines.getClientRects()].some(q => meet(r, q));
        if (covered) out.push(`under a button: ${begin(code)}`);
    }
    return out;
}"""


@pytest.mark.parametrize("width", [360, 640, 768, 900])
def test_no_pane_covers_another_and_no_button_the_code(visit, width):
    page = visit("core/layers/", "phone")
    for path in (
        "core/layers/",
        "en/core/training-loop/",
        "core/update/",
        "en/start/",
        "contribute/",
    ):
        page.goto(page.url.partition("/two-passes/")[0] + "/two-passes/" + path)
        page.set_viewport_size({"width": width, "height": 700})
        page.evaluate(
            "() => document.querySelectorAll('.tp-solution').forEach(fold => { fold.open = true; })"
        )
        assert page.evaluate(COVERED) == [], path
        assert page.evaluate(WIDTH) <= 0, path


@pytest.mark.parametrize("state", ["n=21", "n=33", "n=9&act=sigmoid"])
def test_every_worked_line_of_the_lab_fits_a_phone(look, state):
    page = look(f"frontier/live-lab/#{state}", "phone", "light", has_touch=True, is_mobile=True)
    page.wait_for_selector(".tp-held >> visible=true")
    assert page.evaluate(WIDTH) <= 0
    bar = page.locator(".tp-lab__steps, [data-do=step]").first.bounding_box()
    assert bar["y"] + bar["height"] <= 740


def test_a_term_over_two_lines_explains_itself_on_the_screen(look):
    page = look("core/one-neuron/", "phone", "light", has_touch=True, is_mobile=True)
    parted = page.evaluate("""() => [...document.querySelectorAll(".tp-term").entries()]
        .filter(([, term]) => term.getClientRects().length > 1).map(([k]) => k)""")
    assert parted, "no term is parted here any more: take another page"
    for k in parted:
        term = page.locator(".tp-term").nth(k)
        at = term.evaluate("""async e => {
            for (let frame = 0; frame < 4; frame++) { // what comes near is laid out
                e.scrollIntoView({block: "center"});
                await new Promise(requestAnimationFrame);
            }
            const r = e.getClientRects()[0];
            return [r.x + r.width / 2, r.y + r.height / 2];
        }""")
        page.touchscreen.tap(*at)
        assert page.locator(".tp-term.is-open").count() == 1 and page.evaluate(WIDTH) <= 0


def test_what_was_folded_is_folded_again_after_printing(visit):
    page = visit("core/one-neuron/")
    fold = page.locator("article details:not(.tp-check)").first
    fold.evaluate("fold => { fold.open = true; }")
    count = """() => ["article details[open]", "article details"]
        .map(some => document.querySelectorAll(some).length)"""
    before, every = page.evaluate(count)
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(count) == [every, every]
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(count) == [before, every]


def test_the_menu_opens_where_the_reader_is(visit):
    page = visit("core/summary/#when-stuck", "phone")
    page.locator(".tp-header__menu").click()
    here = page.locator(".tp-rail [aria-current]").last
    page.wait_for_timeout(300)
    box = here.bounding_box()
    assert 0 <= box["y"] <= 740 - box["height"]


@pytest.fixture
def offline(browser, address):
    """A page that was opened with a network and has lost it.

    What the console says of that is not a fault.
    """
    page = browser.new_context(viewport=SIZES["phone"], service_workers="block").new_page()
    page.goto(f"{address}core/forward/")
    page.context.set_offline(True)
    yield page
    page.context.close()


def test_the_small_lab_that_could_not_come_can_be_asked_for_again(offline):
    offline.locator(".tp-hold").click()
    offline.wait_for_function(
        "() => document.querySelector('.tp-hold').textContent.includes('網路')"
    )
    offline.context.set_offline(False)
    offline.locator(".tp-hold").click()
    offline.locator(".tp-small").wait_for()


def test_a_search_that_could_not_begin_says_so_and_begins_later(offline):
    offline.locator(".tp-header__search").click()
    offline.wait_for_function(
        "() => document.querySelector('.md-search-result__meta').textContent.includes('網路')"
    )
    offline.context.set_offline(False)
    box = offline.locator("input[name=query]")
    box.blur()
    box.fill("損失")
    offline.locator(".md-search-result__item a").first.wait_for(state="visible", timeout=60_000)


def test_the_lab_says_at_the_field_why_it_refuses(visit):
    page = visit("frontier/live-lab/", "phone")
    field = page.locator(".tp-bar input[type=text]")
    field.fill("abc")
    field.press("Enter")
    assert (
        "數字" in field.evaluate("field => field.validationMessage")
        and field.input_value() == "0.6"
    )
    field.fill("0,5")  # a decimal comma is one, too
    field.press("Enter")
    assert field.evaluate("field => field.validationMessage") == "" and field.input_value() == "0.5"


def test_a_minus_can_be_typed(look):
    """A keypad for decimals has no minus on some phones."""
    for path in ("core/one-neuron/", "frontier/live-lab/"):
        assert (
            look(path, "phone", "light")
            .locator("input[inputmode=decimal], input[inputmode=numeric]")
            .count()
            == 0
        )
