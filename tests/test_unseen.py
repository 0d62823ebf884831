"""What a reader has not seen yet is not laid out, and nothing else is different."""

import pytest

pytestmark = pytest.mark.browser
PAGE = "core/backward/"
UNSEEN = "() => document.documentElement.dataset.unseen !== undefined"
LAID_OUT = "e => e.checkVisibility({contentVisibilityAuto: true})"
WHOLE = "() => { delete document.documentElement.dataset.unseen; }"
SELECTED = """async () => {
    // what is selected is laid out, at the next frame
    getSelection().selectAllChildren(document.querySelector("article"));
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
    return getSelection().toString();
}"""


def far(page):
    return page.locator(".tp-pitfall > *").last


def test_a_part_far_below_is_laid_out_when_it_comes_near_and_stays(visit):
    page = visit(PAGE, "phone")
    assert page.evaluate(UNSEEN) and not far(page).evaluate(LAID_OUT)
    assert page.locator(".tp-figure__art").first.evaluate(LAID_OUT)
    far(page).scroll_into_view_if_needed()
    near = "e => e.parentElement.style.contentVisibility === 'visible'"
    page.wait_for_function(near, arg=far(page).element_handle())
    page.evaluate("() => scrollTo(0, 0)")
    page.wait_for_function("() => scrollY === 0")
    assert far(page).evaluate(LAID_OUT)


def test_a_page_opened_at_a_section_or_again_is_laid_out_whole(visit):
    page = visit(f"{PAGE}#backward", "phone")
    assert not page.evaluate(UNSEEN) and far(page).evaluate(LAID_OUT)
    page = visit(PAGE, "phone")
    page.reload()
    assert not page.evaluate(UNSEEN) and far(page).evaluate(LAID_OUT)


def test_without_scripts_and_on_paper_all_is_laid_out(visit):
    assert far(visit(PAGE, "phone", java_script_enabled=False)).evaluate(LAID_OUT)
    page = visit(PAGE, "phone")
    page.emulate_media(media="print")
    assert page.evaluate(UNSEEN) and far(page).evaluate(LAID_OUT)


def test_what_is_not_laid_out_is_read_out_and_can_be_selected(visit):
    page = visit(PAGE, "phone")
    read = page.locator("article").aria_snapshot()
    assert not far(page).evaluate(LAID_OUT)
    selected = page.evaluate(SELECTED)
    page.evaluate(WHOLE)
    assert read == page.locator("article").aria_snapshot()
    assert selected == page.evaluate(SELECTED) and len(selected) > 10_000


def test_nothing_moves_while_a_reader_scrolls_to_the_end(visit):
    page = visit(PAGE, "phone")
    page.evaluate("""() => {
        window.shift_ = 0;
        const add = entry => { shift_ += entry.value; };
        new PerformanceObserver(list => list.getEntries().forEach(add))
            .observe({ type: "layout-shift" });
    }""")
    end = "() => scrollY + innerHeight >= document.documentElement.scrollHeight - 1"
    for _ in range(200):
        page.mouse.wheel(0, 500)
        page.wait_for_timeout(30)
        if page.evaluate(end):
            break
    assert page.evaluate(end) and page.evaluate("() => shift_") <= 0.01
    height = page.evaluate("() => document.documentElement.scrollHeight")
    page.evaluate(WHOLE)
    assert page.evaluate("() => document.documentElement.scrollHeight") == height


@pytest.mark.parametrize("nth", [3, 6, 9])
def test_a_link_within_the_page_leads_to_its_place(visit, nth):
    page = visit(PAGE)
    link = page.locator(".tp-rail__toc a").nth(nth)
    heading = page.locator(f"h2{link.get_attribute('href')}")
    link.click()
    page.wait_for_timeout(300)
    seen = heading.bounding_box()["y"]
    page.evaluate(WHOLE)
    page.wait_for_timeout(300)
    assert 60 <= seen <= 140 and heading.bounding_box()["y"] == pytest.approx(seen, abs=1)
