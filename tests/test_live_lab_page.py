"""The live lab as its reader holds it: by mouse, touch and keyboard.

What lights up, what is told, links, the small form.
"""

import math

import pytest
from conftest import PROJECT

pytestmark = pytest.mark.browser
LAB = "en/frontier/live-lab/"
PARAMETERS = ["w1_11", "w1_12", "w1_21", "w1_22", "b1_1", "b1_2", "w2_11", "w2_12", "b2_1"]
SHOWN = [
    *PARAMETERS,
    *(f"dL_d{p}" for p in PARAMETERS),
    "x_1",
    "x_2",
    "y",
    "z1_1",
    "z1_2",
    "a1_1",
    "a1_2",
    "z2_1",
    "y_hat",
    "L",
    "delta1_1",
    "delta1_2",
    "delta2_1",
]


@pytest.fixture
def opened(browser, address):
    """Open a page of the site; a script's error, or what its policy forbids, fails the test."""
    contexts, errors = [], []

    def open_(path=LAB, width=1280, height=1100, ready=".tp-held >> visible=true", **more):
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(address + path)
        if ready:
            page.wait_for_selector(ready)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not errors, errors


def value(page, symbol: str) -> float:
    """What the visible network holds, in full precision."""
    text = page.locator(f".tp-net:visible [data-symbol={symbol}][data-value]").get_attribute(
        "data-value"
    )
    return float(text)


def settle(page) -> None:
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def said(page) -> str:
    return page.locator("[data-said]").inner_text()


# The symbols within this part of the page, each with its value
VALUES = """within => Object.fromEntries(
    [...document.querySelectorAll(`${within} [data-symbol][data-value]`)]
        .map(e => [e.dataset.symbol, Number(e.dataset.value)]))"""


def test_every_quantity_is_an_element_with_its_value(opened):
    page = opened()
    found = page.evaluate(VALUES, ".tp-net--wide")
    assert set(found) == set(SHOWN)
    assert math.isclose(found["y_hat"], 0.389361, abs_tol=1e-6) and math.isclose(
        found["dL_dw1_12"], -0.109915, abs_tol=1e-6
    )
    page.locator(".tp-lab__all summary").click()
    page.locator(".tp-lab__all [data-symbol][data-value]").first.wait_for()  # drawn once it is open
    table = page.evaluate(VALUES, ".tp-lab__all")
    assert table == found


def test_dragging_a_weight_moves_the_error(opened):
    page = opened()
    before = {s: value(page, s) for s in ("w1_11", "z1_1", "y_hat", "L", "delta1_1", "dL_dw2_11")}
    box = page.locator(".tp-net--wide [data-symbol=w1_11][data-value]").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 8, steps=6)
    page.mouse.up()
    settle(page)
    after = {s: value(page, s) for s in before}
    assert 0.3 < after["w1_11"] - before["w1_11"] < 0.95
    assert all(after[s] != before[s] for s in before), after
    assert "w1_11 is now" in said(page)
    assert page.locator(".tp-bar code").inner_text() == "w1_11"


def test_one_stage_and_one_line_at_a_time_and_back(opened):
    page = opened()
    page.locator("[data-stage=update]").click()
    settle(page)
    assert math.isclose(value(page, "w2_11"), 1.01602, abs_tol=1e-5)
    assert (
        page.locator(".tp-lab__row[aria-current=step]").inner_text().strip() == "return w - eta * g"
    )
    assert "optim.SGD(learning_rate=0.5)" in page.locator(".tp-lab__call").inner_text()
    page.locator("[data-do=step]").click()
    settle(page)
    assert "z1 = W1 @ x + b1" in page.locator(".tp-lab__row[aria-current=step]").inner_text()
    assert page.locator(".tp-net--wide [data-symbol=y_hat][data-value]").count() == 0, (
        "not computed yet in this round"
    )
    for stage, line in (
        ("forward", "y_hat = sigmoid(z2)"),
        ("loss", "L = mx.sum"),
        ("backward", "dL_dW1 = mx.outer(delta1, x)"),
    ):
        page.locator(f"[data-stage={stage}]").click()
        settle(page)
        assert line in page.locator(".tp-lab__row[aria-current=step]").inner_text()
        assert page.locator(f"[data-stage={stage}]").get_attribute("data-state") == "now"
    assert math.isclose(value(page, "L"), 0.473638, abs_tol=1e-6)
    for _ in range(12):
        page.locator("[data-do=back]").click()
    settle(page)
    assert math.isclose(value(page, "L"), 0.943249, abs_tol=1e-6)


def test_the_formula_is_filled_with_the_numbers_of_the_moment(opened):
    page = opened(LAB + "#n=1")
    assert said(page).startswith("Forward, line 1 of 4: z1_1 = 0.38, z1_2 = 0.56."), (
        "a link tells the line that it leads to"
    )
    lines = page.locator("[data-worked] .tp-sr").all_inner_texts()
    assert [line.strip() for line in lines] == [
        "z1_1 = w1_11 × x_1 + w1_12 × x_2 + b1_1: 0.38 = 0.6 × 0.5 + (−1.1) × 0.2 + 0.3.",
        "z1_2 = w1_21 × x_1 + w1_22 × x_2 + b1_2: 0.56 = 1 × 0.5 + 0.8 × 0.2 + (−0.1).",
    ]
    page.locator("[data-choose=activation] input[value=tanh]").check(force=True)
    page.locator("[data-do=step]").click()
    settle(page)
    assert (
        page.locator("[data-worked] .tp-sr").first.inner_text().strip()
        == "a1_1 = tanh(z1_1): 0.362707 = tanh(0.38)."
    )
    assert "mx.tanh, tanh_prime" in page.locator(".tp-lab__call").inner_text()


@pytest.mark.parametrize(
    "symbol, start",
    [
        ("delta2_1", ".tp-net--wide [data-symbol=delta2_1][data-value] >> nth=0"),
        ("delta2_1", "[data-worked] [data-symbol=delta2_1] >> nth=0"),
        ("delta2", ".tp-lab [data-code] [data-symbol=delta2] span[data-symbol=delta2] >> nth=0"),
    ],
)
def test_choosing_one_marks_all_its_counterparts(opened, symbol, start):
    page = opened(LAB + "#n=9")  # δ⁽¹⁾, which leans on δ⁽²⁾
    page.locator(start).click()
    page.mouse.move(4, 4)
    settle(page)
    lit = {
        place: page.locator(f"{selector} :is(.is-lit, .tp-on)").count()
        for place, selector in (
            ("network", ".tp-net--wide"),
            ("formula", "[data-worked]"),
            ("code", "[data-code]"),
        )
    }
    assert lit["network"] >= 1 and lit["formula"] >= 1 and lit["code"] >= 3, lit
    page.locator("[data-do=step]").click()
    settle(page)
    assert page.locator("[data-code] .is-lit").count() >= 3, (
        "still marked after the next line has been drawn"
    )
    page.keyboard.press("Escape")
    assert page.locator(".is-lit, .tp-on").count() == 0


def test_a_wire_and_a_code_line_can_be_chosen(opened):
    page = opened(LAB + "#n=1")
    page.locator(".tp-net--wide [data-wire=w1_22].tp-fwd .tp-reach").dispatch_event("click")
    assert page.locator("[data-worked] [data-symbol=w1_22].is-lit").count() == 1
    page.keyboard.press("Escape")
    page.locator(".tp-lab__row[data-symbol=z1]").click(position={"x": 6, "y": 8})
    assert page.locator(".tp-net--wide [data-symbol=z1_1].tp-on").count() == 1


def test_by_keyboard_alone(opened):
    page = opened()
    page.locator("[data-do=step]").focus()
    page.keyboard.press("Enter")
    assert said(page).startswith("Update, line 1 of 1: w1_11 = 0.737394. The grey numbers")
    page.locator(".tp-net--wide .tp-held[data-symbol=b2_1]").focus()
    before = value(page, "b2_1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("PageUp")
    settle(page)
    assert math.isclose(value(page, "b2_1") - before, 0.11, abs_tol=0.006), (
        "both keys count, however fast they come"
    )
    assert page.locator(".tp-bar code").inner_text() == "b2_1"
    for name in ("less", "more"):
        assert page.get_by_role("button", name=name.capitalize(), exact=True).count() == 1
    order = page.evaluate("""() => [...document.querySelectorAll(
            ".tp-lab :is(button, input, select, summary, [tabindex='0'])")]
        .filter(e => e.getClientRects().length && e.tabIndex < 0 && !e.hidden).length""")
    assert order == 0, "something of the lab cannot be reached by Tab"


@pytest.mark.parametrize(
    "typed, says",
    [
        ("1e39", "w1_11 is inf: too large for float32"),
        ("NaN", "w1_11 is nan: this is no number"),
        ("-1e9", ""),
        ("1e9", ""),
        ("3e38", ""),
        ("−0,5", ""),
        ("1,000,5", None),
        ("", None),
    ],
)
def test_whatever_is_typed(opened, typed, says):
    """A number, however large, is taken; what overflows is told and why.

    What is not a number leaves the last value.
    """
    page = opened()
    field = page.locator(".tp-bar input[type=text]")
    field.fill(typed)
    field.press("Enter")
    settle(page)
    warning = page.locator("[data-warning]")
    if says is None:
        assert "type a number" in said(page) and value(page, "w1_11") == pytest.approx(0.6)
    elif says:
        assert says in warning.inner_text()
    else:
        assert value(page, "w1_11") == pytest.approx(
            float(typed.replace("−", "-").replace(",", ".")), rel=1e-6
        )
    for stage in ("update", "forward", "backward"):
        page.locator(f"[data-stage={stage}]").click()
    settle(page)
    page.locator("[data-do=reset]").click()
    settle(page)
    assert value(page, "y_hat") == pytest.approx(0.389361, abs=1e-6) and warning.is_hidden()


def test_dead_relus_are_told(opened):
    page = opened()
    dead = page.locator("#lab-start option", has_text="every ReLU dead")
    assert dead.count() >= 1
    page.locator("[data-choose=train] input[value=AB]").check(force=True)
    page.locator("#lab-start").select_option(dead.first.get_attribute("value"))
    settle(page)
    assert "Both hidden neurons are dead" in page.locator("[data-warning]").inner_text()
    assert "Only the output bias can still move." in page.locator("[data-warning]").inner_text()
    assert all(value(page, f"dL_dw1_{k}") == 0 for k in (11, 12, 21, 22))
    page.locator("#lab-optimizer").select_option("momentum")
    settle(page)
    assert "what the optimizer remembers" in page.locator("[data-warning]").inner_text(), (
        "a velocity still moves a dead neuron's weights"
    )


def test_a_drag_keeps_the_label_and_inputs_in_their_range(opened):
    page = opened()
    for symbol in ("x_1", "y"):
        page.locator(f".tp-net--wide .tp-held[data-symbol={symbol}]").focus()
        for _ in range(7):
            page.keyboard.press("Shift+PageUp")
    settle(page)
    assert value(page, "x_1") == 1 and value(page, "y") == 1


def test_links_set_the_lab_up_in_view_and_the_way_back_too(opened):
    page = opened()
    link = page.locator(".tp-lab-text a[href*='seed=2']")
    link.scroll_into_view_if_needed()
    link.click()
    page.wait_for_function("() => document.querySelector('#lab').getBoundingClientRect().top > -80")
    assert "Both hidden neurons are dead" in page.locator("[data-warning]").inner_text()
    page.go_back()
    page.wait_for_function("() => !location.hash")
    settle(page)
    assert value(page, "w1_11") == pytest.approx(0.6) and page.locator("[data-warning]").is_hidden()


def test_the_copied_program_has_done_the_updates_on_the_screen(opened):
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.locator("[data-stage=update]").click()
    page.locator("[data-do=program]").click()
    page.wait_for_function(
        "() => document.querySelector('[data-do=program]').textContent === 'Copied'"
    )
    assert "eta, updates = 0.5, 1\n" in page.evaluate("navigator.clipboard.readText()")


def test_a_link_reproduces_what_is_on_the_screen(opened):
    page = opened()
    page.locator("[data-choose=activation] input[value=sigmoid]").check(force=True)
    page.locator("#lab-optimizer").select_option("Adam")
    page.locator("[data-choose=train] input[value=AB]").check(force=True)
    for _ in range(3):
        page.locator("[data-stage=update]").click()
    page.locator("[data-stage=loss]").click()
    page.wait_for_function(
        "() => location.hash.includes('act=sigmoid') && location.hash.includes('n=')"
    )
    page.wait_for_timeout(400)
    shown = """() => [...document.querySelectorAll(".tp-net--wide [data-value]")]
        .map(e => [e.dataset.symbol, e.dataset.value])"""
    first = page.evaluate(shown)
    again = opened(LAB + page.evaluate("location.hash"))
    assert again.evaluate(shown) == first
    assert again.locator("[data-stage=loss]").get_attribute("data-state") == "now"
    other = again.locator(".tp-language")
    other.click()
    again.wait_for_url("**/frontier/live-lab/#*act=sigmoid*")
    again.wait_for_selector(".tp-held >> visible=true")
    assert again.evaluate(shown) == first, "the other language shows the same state"


def test_a_link_that_was_cut_off_opens_the_lab_all_the_same(opened):
    """Cut off in the middle of a `%2C`: what can be read of it counts.

    What the page does beyond the lab goes on, its worker last.
    """
    page = opened(LAB + "#act=tanh&A=0.5%2")
    assert (
        page.locator("[data-choose=activation] input[value=tanh]").is_checked()
        and value(page, "x_1") == 0.5
    )
    assert page.evaluate("async () => (await navigator.serviceWorker.ready).active !== null")


def test_a_continuous_run_pauses_and_the_loss_falls(opened):
    page = opened(LAB + "#train=AB")
    page.locator("[data-choose=speed] input[value='2']").check(force=True)
    page.locator("[data-do=run]").click()
    page.wait_for_function(
        "() => Number(document.querySelector('[data-count]').textContent.match(/\\d+/)[0]) >= 400"
    )
    page.locator("[data-do=run]").click()
    settle(page)
    count = page.locator("[data-count]").inner_text()
    assert page.locator("[data-do=run]").get_attribute("aria-pressed") == "false" and said(
        page
    ).startswith("Updates: ")
    page.wait_for_timeout(150)
    assert page.locator("[data-count]").inner_text() == count
    assert value(page, "L") < 0.1


def test_reduced_motion_goes_stage_by_stage(opened):
    page = opened(LAB + "#train=AB", reduced_motion="reduce")
    page.locator("[data-do=run]").click()
    page.wait_for_timeout(1600)
    page.locator("[data-do=run]").click()
    updates = int("".join(c for c in page.locator("[data-count]").inner_text() if c.isdigit()))
    assert 1 <= updates <= 6, "a jump now and then, no film"


def test_the_points_can_be_dragged_on_the_surface(opened):
    page = opened(LAB + "#train=AB")
    page.locator("[data-surface]").scroll_into_view_if_needed()
    point = page.locator("[data-surface] .tp-point").nth(1).bounding_box()
    page.mouse.move(point["x"] + 5, point["y"] + 5)
    page.mouse.down()
    page.mouse.move(point["x"] - 40, point["y"] - 60, steps=4)
    page.mouse.up()
    page.wait_for_function("() => /[#&]B=/.test(location.hash)")


def test_on_a_phone(opened):
    page = opened("frontier/live-lab/", width=360, height=740, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert (
        page.locator(".tp-net--tall .tp-held").first.is_visible()
        and not page.locator(".tp-net--wide").is_visible()
    )
    page.locator(".tp-lab__rail > summary").click()
    page.locator(".tp-lab__all > summary").click()
    small = page.evaluate("""() => [...document.querySelectorAll(`.tp-lab :is(
            button, input:not([type=radio]), select, summary, .tp-lab__choice label)`)]
        .filter(e => e.getClientRects().length)
        .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
        .filter(([, r]) => Math.min(r.width, r.height) < 43.5)
        .map(([c, r]) => `${c} ${r.width.toFixed(0)} × ${r.height.toFixed(0)}`)""")
    assert small == []
    cells = page.evaluate("""() => [...document.querySelectorAll(
            ".tp-net--tall .tp-held")].map(e => {
        const of = `[data-symbol="dL_d${e.dataset.symbol}"]`;
        const grad = document.querySelector(`.tp-net--tall .tp-drag${of}`);
        const height = e.getBoundingClientRect().height;
        return [e.dataset.symbol, height + (grad?.getBoundingClientRect().height ?? 0)];
    })""")
    assert [c for c in cells if c[1] < 43 and c[0] != "y"] == [], (
        "the label has its own two buttons"
    )
    page.locator("[data-do=step]").tap()
    settle(page)
    assert "更新，第 1／1 行：" in said(page)
    assert page.locator(".tp-lab__drive").bounding_box()["y"] > 600, (
        "the three buttons stay under the thumb"
    )


def test_without_a_script_the_network_stands_as_drawn(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + LAB)
    assert "needs JavaScript" in page.locator(".tp-lab__noscript").inner_text()
    assert page.locator(".tp-net--wide [data-symbol=L]").text_content() != ""
    assert page.locator(".tp-lab button:visible").count() == 0
    context.close()


@pytest.mark.parametrize("width, scheme", [(360, "dark"), (1280, "light")])
def test_axe_finds_nothing_in_the_lab(opened, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(
        LAB + "#seed=2&train=AB&n=16", width=width, color_scheme=scheme, reduced_motion="reduce"
    )
    page.locator(".tp-lab__all > summary").click()
    if width < 960:
        page.locator(".tp-lab__rail > summary").click()
    page.locator(".tp-lab__row[data-symbol]").first.click(position={"x": 6, "y": 8})
    settle(page)
    found = Axe().run(page).response["violations"]
    assert not found, [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]


@pytest.mark.parametrize("language", PROJECT.languages)
def test_the_pictures_are_named_before_the_script_comes(browser, address, language):
    from axe_playwright_python.sync_playwright import Axe

    with browser.new_context(service_workers="block") as context:
        page = context.new_page()
        page.route("**/assets/lab/*.js", lambda route: route.abort())
        page.goto(address + PROJECT.languages[language] + LAB.removeprefix("en/"))
        said = PROJECT.words[language]["lab"]
        for picture, word in (("[data-curve]", "curve"), ("[data-surface]", "surface")):
            assert page.locator(picture).get_attribute("aria-label") == said[word]
        found = Axe().run(page).response["violations"]
    assert not found, [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]


@pytest.mark.parametrize("path", ["en/", "en/core/forward/", "core/backward/", "en/core/update/"])
def test_the_small_form(opened, path):
    """Nothing of it is loaded before a reader asks; then the page's own network is held."""
    page = opened(path, ready=".tp-hold")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(300)
    assert not [u for u in asked if "/lab/" in u]
    page.locator(".tp-hold").click()
    page.wait_for_selector(".tp-small .tp-bar")
    assert [u for u in asked if u.endswith("/lab/small.js")] and all(
        "127.0.0.1" in u for u in asked
    )
    before = value(page, "L")
    page.keyboard.press("ArrowRight")
    settle(page)
    assert value(page, "w1_11") == pytest.approx(0.61, abs=0.02) and value(page, "L") != before
    if path in ("en/", "en/core/update/"):
        page.locator(".tp-small button", has_text="Reset").click()
        page.locator(".tp-small .is-first").click()
        settle(page)
        assert value(page, "L") == pytest.approx(0.473638, abs=1e-6)
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert not found, [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]
    link = page.locator(".tp-small__does a")
    shown = value(page, "L")
    link.click()
    page.wait_for_selector(".tp-lab .tp-held >> visible=true")
    assert value(page, "L") == pytest.approx(shown, abs=1e-7), (
        "the link opens the lab at the same numbers"
    )


def test_the_small_form_does_not_take_the_focus_of_a_reader_who_went_on(opened):
    page = opened("en/", ready=".tp-hold", service_workers="block")
    held = []
    # it comes when it is let go below; what is fetched is then imported
    page.route("**/lab/small.js", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/lab/small.js"):
        page.locator(".tp-hold").click()
    page.keyboard.press("/")
    held[0].continue_()
    page.wait_for_selector(".tp-small .tp-bar", state="attached")
    assert page.locator("input[name=query]").evaluate("box => box === document.activeElement")


def test_a_finger_drags_a_weight(opened):
    """The browser must not take a sideways drag for its own scrolling."""
    page = opened("en/core/update/", width=360, height=740, has_touch=True, ready=".tp-hold")
    page.locator(".tp-hold").click()
    page.wait_for_selector(".tp-small .tp-bar")
    art = page.locator(".tp-figure:has(.tp-small) .tp-figure__art").first
    assert art.evaluate("art => getComputedStyle(art).touchAction") == "pan-y"
    cell = page.locator(".tp-net--tall .tp-held[data-symbol=w1_22]")
    cell.scroll_into_view_if_needed()
    box, before = cell.bounding_box(), value(page, "w1_22")
    session = page.context.new_cdp_session(page)
    x, y = box["x"] + 60, box["y"] + 12
    session.send(
        "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    )
    for k in range(1, 11):
        session.send(
            "Input.dispatchTouchEvent",
            {"type": "touchMove", "touchPoints": [{"x": x - 7 * k, "y": y}]},
        )
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settle(page)
    assert value(page, "w1_22") - before < -0.6


def test_what_a_line_made_is_marked_and_what_a_drag_changed(opened):
    page = opened(LAB + "#n=1")
    marked = """mark => [...document.querySelectorAll(`.tp-net--wide .${mark}`)]
        .map(e => e.dataset.symbol).sort().join()"""
    assert page.evaluate(marked, "is-now") == "z1_1,z1_2"
    assert page.locator("[data-now]").inner_text().endswith("z1 = W1 @ x + b1")
    page.locator("[data-do=step]").click()
    settle(page)
    assert page.evaluate(marked, "is-now") == "a1_1,a1_2"
    assert page.locator("[data-now]").inner_text().endswith("a1 = sigma(z1)")
    page.wait_for_timeout(1100)
    page.locator(".tp-net--wide .tp-held[data-symbol=w1_21]").focus()
    page.keyboard.press("ArrowUp")
    settle(page)
    assert page.evaluate(marked, "is-changed") == "a1_2,w1_21,z1_2"


def test_a_link_in_the_text_works_again_while_the_lab_runs(opened):
    page = opened(LAB + "#train=AB&n=2411")
    page.locator("[data-do=run]").click()
    page.locator(".tp-lab-text a[href='#train=AB&n=2411']").click()
    assert page.locator("[data-do=run]").get_attribute("aria-pressed") == "false"
    assert "200" in page.locator("[data-count]").inner_text()


def test_a_change_keeps_the_curve_it_began_from(opened):
    page = opened(LAB + "#train=AB&n=2411")
    page.locator("#lab-optimizer").select_option("Adam")
    settle(page)
    assert len(page.locator("[data-curve] .tp-curve--before").get_attribute("d")) > 300


def test_a_run_too_long_for_a_link_is_told_by_its_weights(opened):
    page = opened(LAB + "#train=AB&n=200000")
    page.locator("[data-stage=update]").click()
    page.locator("[data-stage=update]").click()
    page.wait_for_function("() => location.hash.includes('w=')")
    weight = value(page, "w1_11")
    again = opened(LAB + page.evaluate("location.hash"))
    assert value(again, "w1_11") == weight
