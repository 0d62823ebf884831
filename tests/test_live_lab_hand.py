"""The live lab under the reader's hand: what stands still, what is undone, what is guessed first.

And the links by which a chapter takes its numbers there.
"""

import math

import pytest
from test_live_lab_page import LAB, opened, said, settle, value  # noqa: F401

from two_passes.figures.network import PARAMETERS, numbered

pytestmark = pytest.mark.browser
PASS = 12  # lines of both passes and of the update by SGD
PHONE = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}
DESK = {"width": 1280, "height": 800}

# ---- nothing moves under the finger

# How far things have moved, in the measure of browsers; a press before excuses nothing
WATCH = """() => {
    window.shifted = 0;
    new PerformanceObserver(list => { for (const e of list.getEntries()) shifted += e.value; })
        .observe({ type: "layout-shift" });
}"""


def finger(page, symbol: str, by: int) -> None:
    """Drag a number sideways with a finger."""
    box = page.locator(f".tp-net:visible .tp-held[data-symbol={symbol}]").bounding_box()
    session, x, y = page.context.new_cdp_session(page), box["x"] + 30, box["y"] + 10
    for kind, at in (("Start", x), *(("Move", x + by * k / 8) for k in range(1, 9)), ("End", None)):
        points = [] if at is None else [{"x": at, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    settle(page)


def test_nothing_moves_on_a_phone_over_a_whole_pass(opened):  # noqa: F811
    page = opened(LAB + "#train=AB&n=23", **PHONE)
    page.evaluate("document.querySelector('.tp-lab__lane').scrollIntoView()")
    page.evaluate("document.fonts.ready")
    settle(page)
    page.evaluate(WATCH)
    network = page.locator(".tp-net:visible")
    before = network.bounding_box()
    finger(page, "w1_11", 40)
    assert value(page, "w1_11") != pytest.approx(0.6), "it was dragged"
    page.locator("[data-stage=update]").tap()
    for _ in range(PASS + 1):
        page.locator("[data-do=step]").tap()
        settle(page)
        assert network.bounding_box() == before
    finger(page, "b2_1", -30)
    page.locator("[data-do=undo]").tap()
    settle(page)
    assert network.bounding_box() == before
    assert page.evaluate("shifted") <= 0.01


# Top and bottom of each, of the formula its first line; and of the room between what is fixed
PLACES = """() => {
    const box = e => { const r = e.getBoundingClientRect(); return [r.top, r.bottom]; };
    const shown = s => [...document.querySelectorAll(s)].find(e => e.getClientRects().length);
    const bar = shown(".tp-lab__drive"), low = getComputedStyle(bar).position === "fixed";
    const pane = box(shown(".tp-lab__formula"));
    const line = box(shown(".tp-worked__line"));
    return { room: [box(shown(".tp-header"))[1], low ? box(bar)[0] : innerHeight],
        button: box(shown("[data-do=step]")), network: box(shown(".tp-net")),
        formula: [line[0], Math.max(line[1], 0)], pane };
}"""


@pytest.mark.parametrize(
    "size, path", [(DESK, LAB), (PHONE, "frontier/live-lab/")], ids=["desk", "phone"]
)
def test_button_network_and_formula_are_on_one_screen(opened, size, path):  # noqa: F811
    page = opened(path + "#n=1", **size)
    if size is PHONE:
        page.evaluate("document.querySelector('.tp-lab__lane').scrollIntoView()")
    for line in range(1, PASS + 1):
        settle(page)
        found = page.evaluate(PLACES)
        top, bottom = found["room"]
        for part in ("network", "formula", "pane"):
            assert top <= found[part][0] and found[part][1] <= bottom, (line, part, found)
        assert 0 <= found["button"][0] and found["button"][1] <= size["height"]
        assert found["formula"][1] <= found["pane"][1], (line, "cut off", found)
        assert found["network"][1] <= found["pane"][0]
        page.locator("[data-do=step]").click()


def test_a_page_enlarged_four_times_keeps_most_of_its_height(opened):  # noqa: F811
    """1280 × 800 at 400 % is 320 × 200."""
    page = opened(LAB, width=320, height=200)
    still = page.evaluate("""() => {
        document.querySelector(".tp-lab__network").scrollIntoView();
        return [...document.querySelectorAll("body *")]
            .filter(e => ["fixed", "sticky"].includes(getComputedStyle(e).position)
                && e.getClientRects().length && !e.parentElement.closest(".tp-lab__drive"))
            .map(e => e.getBoundingClientRect())
            .filter(r => r.width > 160 && r.bottom > 0 && r.top < innerHeight)
            .reduce((sum, r) => sum + Math.min(r.bottom, innerHeight) - Math.max(r.top, 0), 0);
    }""")
    assert still <= 0.4 * 200
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator(".tp-lab__rail > summary").click()
    hidden = page.evaluate("""async () => {
        const out = [];
        for (const e of document.querySelectorAll(
            ".tp-lab :is(button:enabled, input, select, summary, [tabindex='0'])")) {
            if (!e.checkVisibility()) continue;
            e.focus();
            e.scrollIntoView({ block: "center" });
            const r = e.getBoundingClientRect();
            const x = r.left + r.width / 2, y = Math.max(r.top, 0) + Math.min(r.height, 20) / 2;
            const hit = document.elementFromPoint(x, y);
            if (!hit || !(e.contains(hit) || hit.contains(e))) out.push(e.outerHTML.slice(0, 90));
        }
        return out;
    }""")
    assert hidden == [], "something covers it"


# ---- undo, redo, the run before


@pytest.fixture(scope="module")
def modules(browser, address):
    """A page that holds the pure modules of the lab."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(address + "en/")
        page.evaluate(
            """async root => {
            const of = name => import(`${root}assets/lab/${name}.js`);
            Object.assign(window, await of("history"), await of("guess"));
        }""",
            address,
        )
        yield page


def test_the_history_goes_back_and_on(modules):
    found = modules.evaluate("""() => {
        const past = new History(), out = [past.undo("a")];
        past.leave("a");            // to b
        past.leave("b", "w");       // dragged to c, d, e: one change
        past.leave("c", "w");
        past.leave("d", "w");
        past.seal();                // the finger was lifted
        past.leave("e", "w");       // to f
        out.push(past.undo("f"), past.undo("e"), past.redo("b"), past.canUndo, past.canRedo);
        past.leave("e");            // to g: what could be done again is forgotten
        out.push(past.redo("g"), past.undo("g"), past.undo("e"), past.undo("b"), past.undo("a"));
        for (let k = 0; k < 1000; k++) past.leave(String(k));
        let kept = 0;
        while (past.undo("") !== null) kept++;
        return [...out, kept];
    }""")
    assert found == [None, "e", "b", "e", True, True, None, "e", "b", "a", None, 200]


def test_undo_and_redo_by_button_and_by_keyboard(opened):  # noqa: F811
    page = opened(LAB + "#n=3")
    undo, redo = (page.get_by_role("button", name=n, exact=True) for n in ("Undo", "Redo"))
    assert undo.is_disabled() and redo.is_disabled()
    page.locator(".tp-net:visible .tp-held[data-symbol=w1_11]").focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    settle(page)
    assert value(page, "w1_11") == pytest.approx(0.63)
    page.keyboard.press("Control+z")
    settle(page)
    assert value(page, "w1_11") == pytest.approx(0.6), "the three presses are one change"
    assert said(page).startswith("Undone.") and undo.is_disabled()
    page.keyboard.press("Control+Shift+z")
    settle(page)
    assert value(page, "w1_11") == pytest.approx(0.63)
    page.locator("#lab-optimizer").select_option("Adam")
    page.locator("[data-do=step]").click()
    settle(page)
    count = page.locator("[data-stage=forward]").get_attribute("data-state")
    undo.click()
    undo.click()
    settle(page)
    assert page.locator("#lab-optimizer").input_value() == "SGD"
    page.keyboard.press("Control+y")
    redo.click()
    settle(page)
    assert page.locator("#lab-optimizer").input_value() == "Adam"
    assert page.locator("[data-stage=forward]").get_attribute("data-state") == count
    page.wait_for_function("() => location.hash.includes('opt=Adam')")


def test_reset_can_be_undone(opened):  # noqa: F811
    page = opened(LAB + "#act=tanh&train=AB&eta=0.2&n=251&seed=3")
    shown = """() => [...document.querySelectorAll(".tp-net--wide [data-value]")]
        .map(e => [e.dataset.symbol, e.dataset.value])"""
    before, formula = page.evaluate(shown), page.locator("[data-worked]").inner_text()
    page.locator("[data-do=reset]").click()
    settle(page)
    assert "0.213724 = 0.427447 × 0.5" in page.locator("[data-worked] .tp-sr").nth(2).inner_text()
    assert value(page, "w1_11") == pytest.approx(0.6) and "press Undo" in said(page)
    page.keyboard.press("Control+z")
    settle(page)
    assert page.evaluate(shown) == before
    assert page.locator("[data-worked]").inner_text() == formula
    assert page.locator("[data-choose=activation] input[value=tanh]").is_checked()


def test_a_field_in_which_one_types_keeps_its_own_undo(opened):  # noqa: F811
    page = opened()
    page.locator(".tp-net:visible .tp-held[data-symbol=w1_11]").focus()
    page.keyboard.press("PageUp")
    field = page.locator(".tp-bar input[type=text]")
    field.press("End")
    field.type("9")
    field.press("Control+z")
    settle(page)
    assert value(page, "w1_11") == pytest.approx(0.7), "the lab is not undone by it"
    field.fill("0.9")
    field.press("Enter")
    field.press("Control+z")
    settle(page)
    assert value(page, "w1_11") == pytest.approx(0.7) and field.input_value() == "0.7"


@pytest.mark.parametrize("act", ["reset", "change"])
def test_the_run_before_stays_as_a_ghost(opened, act):  # noqa: F811
    page = opened(LAB + "#train=AB&n=251")
    ghost = page.locator("[data-before]")
    assert not ghost.is_visible() and page.locator("[data-curve] .tp-curve--before").count() == 0
    if act == "reset":
        page.locator("[data-do=reset]").click()
    else:
        page.locator(".tp-net:visible .tp-held[data-symbol=w2_12]").focus()
        page.keyboard.press("Shift+PageDown")
    settle(page)
    assert page.locator("[data-curve] .tp-curve--before").count() == 1
    assert ghost.inner_text().startswith("the run before: 20 updates, to 0.")
    assert ghost.inner_text() in page.locator("[data-curve]").get_attribute("aria-label")
    dashes = "e => getComputedStyle(e).strokeDasharray"
    for line in (page.locator("[data-curve] .tp-curve--before"), ghost.locator("path")):
        assert line.evaluate(dashes) != "none", "told by more than its colour"


# ---- by keyboard, and by name


def test_the_tab_order_is_the_reading_order(opened):  # noqa: F811
    page = opened()
    page.locator("[data-stage=loss]").focus()
    order = []
    while True:
        page.keyboard.press("Tab")
        at = page.evaluate("""() => document.activeElement.closest(".tp-net")
            && document.activeElement.dataset.symbol""")
        if not at:
            break
        order.append(at)
    assert order == "x_1 x_2 w1_11 w1_12 w1_21 w1_22 b1_1 b1_2 w2_11 w2_12 b2_1 y".split()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_parts_come_in_the_order_in_which_they_stand(opened, size):  # noqa: F811
    """But for the buttons that a phone has under the thumb, and the loop, which is numbered."""
    page = opened(**size)
    parts = page.evaluate("""() => {
        const names = [".tp-lab__head h1", ".tp-lab__rail", ".tp-lab__chosen", ".tp-lab__now",
            "[data-stage=forward]", "[data-stage=loss]", ".tp-lab__network",
            "[data-stage=backward]", ".tp-lab__formula", "[data-code]", "[data-curve]",
            "[data-surface]", ".tp-lab__all"];
        const found = names.map(name => document.querySelector(".tp-lab " + name));
        found.sort((a, b) => a.compareDocumentPosition(b) & 4 ? -1 : 1);
        return found.map(e => {
            const r = e.getBoundingClientRect();
            return [e.className.toString() || e.outerHTML.slice(0, 40), r.left, r.top + scrollY];
        });
    }""")
    for (name, left, top), (after, right, low) in zip(parts, parts[1:], strict=False):
        assert low > top - 40 or right > left + 100, f"{after} stands before {name}"
    assert size is DESK or parts[-1][0].startswith("tp-lab__rail")


def test_home_and_end(opened):  # noqa: F811
    page = opened()
    for symbol, low, high in (("w1_21", -3, 3), ("x_2", 0, 1)):
        cell = page.locator(f".tp-net:visible .tp-held[data-symbol={symbol}]")
        for key, expected in (("Home", low), ("End", high)):
            cell.press(key)
            settle(page)
            assert value(page, symbol) == expected
            assert float(cell.get_attribute("aria-valuenow")) == expected
    slider = page.locator("[data-slide=x_1]")
    slider.press("End")
    settle(page)
    assert value(page, "x_1") == 1


def test_a_name_says_what_a_thing_is(opened):  # noqa: F811
    page = opened()
    for role, name in (
        ("slider", "x_1, input 1"),
        ("slider", "w1_12, weight from input 2 to hidden neuron 1"),
        ("slider", "b1_2, bias of hidden neuron 2"),
        ("slider", "w2_11, weight from hidden neuron 1 to the output"),
        ("slider", "eta, learning rate"),
        ("slider", "y, label"),
        ("textbox", "x_2, input 2"),
        ("region", "This line's formula, with its numbers"),
        ("button", "Undo"),
    ):
        assert page.get_by_role(role, name=name, exact=True).count() >= 1, name
    again = opened("frontier/live-lab/", **PHONE)
    assert again.get_by_role("slider", name="w1_12, 從輸入 2 到隱藏神經元 1 的權重").count() >= 1


# ---- a guess first


def test_a_guess_is_judged_before_the_number_is_shown(opened):  # noqa: F811
    page = opened(LAB + "#n=0")
    page.locator("[data-choose=guess] input[value=asks]").check(force=True)
    step, field = page.locator("[data-do=step]"), page.locator("#lab-guess")
    reply = page.locator(".tp-lab__guess output")
    step.click()
    assert "z1_1" in page.locator(".tp-lab__guess label").inner_text()
    shown = page.locator(".tp-net--wide [data-symbol=z1_1][data-value]")
    assert shown.count() == 0 and "?" in page.locator("[data-worked]").inner_text()
    assert "0.38" not in page.locator(".tp-lab").inner_text(), "it is not given away"
    for typed, says in (
        ("-0.38", "The size is right."),
        ("0.4", "Right so far. Give more decimals."),
        ("0.08", "0.08 is what you get if you leave out “+ b1_1”"),
        ("0.6", "if you leave out “+ w1_12 × x_2”"),
        ("0.99", "Not yet. Work it through once more."),
        ("a half", "Please type one number"),
    ):
        field.fill(typed)
        field.press("Enter")
        assert says in reply.inner_text(), typed
        assert shown.count() == 0
    field.fill("0,380")
    field.press("Enter")
    settle(page)
    assert shown.count() == 1 and said(page).startswith("Right. The full value is 0.38.")
    assert step.evaluate("e => e === document.activeElement")
    step.click()
    page.locator(".tp-lab__guess [data-show]").click()
    settle(page)
    assert "It is 0.38. Forward, line 2 of 4: a1_1 = 0.38" in said(page)


def test_which_step_was_left_out(opened):  # noqa: F811
    page = opened(LAB + "#n=8")
    page.locator("[data-choose=guess] input[value=asks]").check(force=True)

    def reply(state: str, symbol: str, guess) -> str:
        page.evaluate("state => { location.hash = state; }", state)
        settle(page)
        typed = guess()
        page.locator("[data-do=step]").click()
        assert symbol in page.locator(".tp-lab__guess label").inner_text()
        page.locator("#lab-guess").fill(str(typed))
        page.locator("#lab-guess").press("Enter")
        return page.locator(".tp-lab__guess output").inner_text()

    def without_slope():
        return value(page, "w2_11") * value(page, "delta2_1")

    def without_bias():  # of the next round, whose weights are the new ones
        return value(page, "w1_11") * 0.5 + value(page, "w1_12") * 0.2

    for state, symbol, guess, step in (
        ("n=8&act=sigmoid", "delta1_1", without_slope, "× sigmoid′(z1_1)"),
        ("n=11", "w1_11", lambda: 0.6, "− (eta × dL_dw1_11)"),
        ("n=11&A=0.5,0.2,1", "w1_11", lambda: 0.874788, "× eta"),
        ("n=12", "z1_1", without_bias, "+ b1_1"),
    ):
        assert f"if you leave out “{step}”" in reply(state, symbol, guess), (state, step)
    assert "leave out" not in reply("n=8", "delta1_1", lambda: 0.61), "more than one step is wrong"


# ---- from a chapter, with its numbers

RUNS = {
    "forward": "trace.forward_pass",
    "loss": "trace.both_passes",
    "chain-rule": "chain.chain_rule",
    "backward": "trace.both_passes",
    "update": "update.sgd_step",
}
SHOWN = {"z1": (2,), "a1": (2,), "z2": (1,), "delta2": (1,), "delta1": (2,)}


def followed(page, path: str):
    page.goto(page.url.partition("/two-passes/")[0] + "/two-passes/" + path)
    page.locator(".tp-in-lab a").click()
    page.wait_for_selector(".tp-held >> visible=true")
    return page


def test_a_chapter_takes_its_numbers_to_the_lab(opened, book):  # noqa: F811
    page = opened("en/core/forward/", ready=None)
    for chapter, run in RUNS.items():
        followed(page, f"{'' if chapter == 'loss' else 'en/'}core/{chapter}/")
        values = book.runs[run].values
        given = numbered(values, {"x": (2,)} | PARAMETERS)
        if chapter == "update":  # each weight has gone against its gradient
            given["w2_11"], given["w2_12"] = values["W2_new"][0]
            given = {name: given[name] for name in ("x_1", "x_2", "w2_11", "w2_12")}
        given |= numbered(values, {name: SHOWN[name] for name in SHOWN if name in values})
        given |= {name: values[name] for name in ("L",) if name in values}
        stage = {"forward": "forward", "loss": "loss", "update": "update"}.get(chapter, "backward")
        at = page.locator(f"[data-stage={stage}]")
        assert at.get_attribute("data-state") == "now", chapter
        late = {"forward": ("L", "delta"), "loss": ("delta",)}.get(chapter, ())
        shown = {n: v for n, v in given.items() if not n.startswith(late or ("none",))}
        assert len(shown) >= 4
        for name, number in shown.items():
            assert math.isclose(value(page, name), number, abs_tol=2e-6), (chapter, name)


def test_the_training_loop_takes_its_first_step_to_the_lab(opened, book):  # noqa: F811
    page = followed(opened("en/core/forward/", ready=None), "en/core/training-loop/")
    values = book.runs["training.one_step"].values
    assert f"{values['loss']:.4f}" in page.locator("[data-curve]").get_attribute("aria-label")
    assert math.isclose(value(page, "b2_1") - values["before"][0], values["moved"], abs_tol=2e-6)
    assert page.locator("#lab-optimizer").input_value() == "Adam, uncorrected"
    assert page.locator("[data-choose=train] input[value=AB]").is_checked()


# ---- and for everybody


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_while_one_guesses(opened, size):  # noqa: F811
    from axe_playwright_python.sync_playwright import Axe

    scheme = "dark" if size is DESK else "light"
    page = opened(LAB + "#train=AB&n=251", **size, color_scheme=scheme, reduced_motion="reduce")
    page.locator("[data-stage=forward]").click()
    if size is PHONE:
        page.locator(".tp-lab__rail > summary").click()
    page.locator("#lab-optimizer").select_option("Adam")
    page.locator("[data-choose=guess] input[value=asks]").check(force=True)
    page.locator("[data-do=step]").click()
    page.locator("#lab-guess").fill("0.5")
    page.locator("#lab-guess").press("Enter")
    settle(page)
    found = Axe().run(page, context="#lab").response["violations"]
    assert not found, [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found]
