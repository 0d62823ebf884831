"""The same symbol in formula, code, table and picture: by mouse, keyboard and touch.

The ✓ that opens; what there is without JavaScript.
"""

import pytest

pytestmark = pytest.mark.browser
CARD = "#hidden-error"


@pytest.fixture
def page(browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, has_touch=True)
    made = context.new_page()
    made.goto(address + "en/core/backward/")
    made.locator(CARD).scroll_into_view_if_needed()
    yield made
    context.close()


def lit(page) -> dict[str, int]:
    """How many are lit in the card's formula, code and table, and in the page's pictures."""
    return {
        place: page.locator(f"{selector} :is(.is-lit, .tp-on)").count()
        for place, selector in (
            ("formula", f"{CARD} .tp-formula"),
            ("code", f"{CARD} .tp-code"),
            ("table", f"{CARD} .tp-symbols"),
            ("picture", ".tp-figure__art"),
        )
    }


@pytest.mark.parametrize(
    "start",
    [
        f"{CARD} .tp-formula [data-symbol=delta2]",
        f"{CARD} .tp-code [data-symbol=delta2] >> nth=0",
        f"{CARD} .tp-symbols tr[data-symbol=delta2] td >> nth=0",
    ],
)
def test_pointing_at_one_lights_all(page, start):
    page.locator(start).first.hover()
    found = lit(page)
    assert (
        found["formula"] == 1
        and found["code"] >= 3
        and found["table"] == 1
        and found["picture"] >= 1
    ), found
    assert all(
        name == "delta2"
        for name in page.locator(f"{CARD} .is-lit").evaluate_all(
            "all => all.map(e => e.dataset.symbol)"
        )
    )
    page.mouse.move(2, 2)
    assert not any(lit(page).values())


def test_a_tap_pins_and_lets_go(page):
    symbol = page.locator(f"{CARD} .tp-formula [data-symbol=w2]").first
    symbol.tap()
    assert lit(page)["code"] >= 2
    symbol.tap()
    page.mouse.move(2, 2)
    assert not any(lit(page).values())
    symbol.tap()
    page.keyboard.press("Escape")
    assert not any(lit(page).values())


def test_by_keyboard_alone(page):
    page.locator(f"{CARD} .tp-code").focus()
    page.keyboard.press("ArrowRight")
    named = "label => ![null, label].includes(document.activeElement.ariaLabel)"
    page.wait_for_function(named, arg=page.locator(f"{CARD} .tp-code").get_attribute("aria-label"))
    first = page.evaluate("document.activeElement.ariaLabel")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(named, arg=first)
    assert lit(page)["code"] >= 1 and lit(page)["table"] >= 1
    page.locator(f"{CARD} .tp-symbols tr[data-symbol=z1] td >> nth=0").focus()
    assert lit(page)["formula"] == 1


@pytest.mark.parametrize(
    "path, says",
    [("core/backward/", "公式與程式一致"), ("en/core/backward/", "formula = code, checked")],
)
def test_the_mark_opens_and_the_page_reads_without_javascript(browser, address, path, says):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + path)
    mark = page.locator(f"{CARD} .tp-check")
    assert says in mark.inner_text()
    mark.locator("summary").click()
    told = mark.inner_text()
    for part in ("W2", "2e-05", "backward.py", "float64"):
        assert part in told, told
    assert page.locator(f"{CARD} .tp-symbols tbody tr").count() == 4
    context.close()
