"""The card of a symbol: what it says, how it is opened, where it stands."""

import pytest
from conftest import PROJECT, SIZES
from literate import formulas, symbol_cards, symbols
from mathdoctest.resolve import stem

CARD = ".tp-symbol-card:popover-open"


# ---- what it says


@pytest.mark.parametrize("language", PROJECT.languages)
def test_its_facts_are_those_of_declarations_signatures_and_runs(book, language):
    told = symbol_cards.data(book, language)
    place, name, shape, value = told["cards"]["backward.hidden_error"]["w2"]
    declared = symbols.declared(PROJECT, "backward", "hidden_error")["W2"].entry
    assert told["symbols"][place]["means"] == declared[language] and name == "W2"
    assert shape == "out, hidden"
    ran = book.runs["backward.hidden_error"].values["W2"]
    written = [[float(each.replace("−", "-")) for each in row] for row in value]
    assert written == [pytest.approx(row, rel=1e-5) for row in ran]
    chapter = told["symbols"][told["cards"]["neuron.weigh"]["z"][0]]
    assert chapter["at"] == "core/one-neuron/#weigh" and chapter["title"].startswith("1 ")


def test_every_symbol_of_a_formula_has_a_meaning(book):
    """What is declared nowhere, such as the number of examples, is lit and has no card."""
    told = symbol_cards.data(book, "en")["cards"]
    for name in told:
        for mark in formulas.names(book.snippets[name]):
            known = symbols.declared(PROJECT, *name.split("."))
            assert (mark in known) <= (stem(mark) in told[name]), (name, mark)


# ---- how it is opened


@pytest.mark.browser
def test_a_click_in_a_sentence_opens_it_and_escape_closes_it(visit):
    page = visit("en/core/backward/")
    symbol = page.locator("p tp-math [data-symbol=z1]").first
    symbol.click()
    card = page.locator(CARD)
    assert card.get_attribute("aria-label") == "z1: weighted sums of the hidden layer"
    assert "(hidden,)" in card.inner_text() and "0.38, 0.56" in card.inner_text()
    assert card.evaluate("e => e === document.activeElement")
    assert card.locator("a").get_attribute("href").endswith("/en/core/forward/#forward")
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    symbol.click()
    page.locator("#hidden-error .tp-code [data-symbol=delta2]").first.click()
    assert page.locator(CARD).count() == 1
    assert card.get_attribute("aria-label").startswith("delta2: error at the output layer")


@pytest.mark.browser
def test_it_speaks_the_language_of_the_page(visit):
    page = visit("core/backward/", "phone", has_touch=True)
    page.locator("#hidden-error .tp-formula [data-symbol=delta2]").first.tap()
    assert "輸出層的誤差" in page.locator(CARD).inner_text()
    assert "意思" not in page.locator(CARD).inner_text()


@pytest.mark.browser
def test_an_entry_has_its_own_value(visit):
    page = visit("en/core/backward/")
    page.locator(".tp-worked [data-symbol=w2_12]").first.click()
    page.locator(CARD).wait_for()
    assert page.locator(f"{CARD} dd").all_inner_texts() == ["−0.7"]


@pytest.mark.browser
def test_a_slope_that_is_not_declared_is_told_by_its_two_ends(book, visit):
    page = visit("en/core/chain-rule/")
    names = page.locator(".tp-formula [data-symbol^=d]").evaluate_all(
        "all => all.map(each => each.dataset.symbol)"
    )
    known = {name for card in symbol_cards.data(book, "en")["cards"].values() for name in card}
    slope = next(name for name in names if "_d" in name and name not in known)
    page.locator(f".tp-formula [data-symbol={slope}]").first.click(position={"x": 2, "y": 2})
    assert "slope of “" in page.locator(CARD).inner_text()


@pytest.mark.browser
def test_by_keyboard_it_has_a_name_and_gives_the_focus_back(visit):
    page = visit("en/core/backward/")
    page.locator("#hidden-error .tp-formula").focus()
    page.keyboard.press("ArrowRight")
    focused = page.locator(":focus")
    focused.and_(page.locator("button")).wait_for()
    name = focused.get_attribute("aria-label")
    assert name == "delta1: error at the hidden layer"
    assert focused.evaluate("e => !e.closest('[aria-hidden=true]')")
    page.keyboard.press("Enter")
    page.locator(CARD).wait_for()
    assert page.locator(":focus").get_attribute("role") == "dialog"
    page.keyboard.press("Escape")
    page.locator(CARD).wait_for(state="hidden")
    assert page.locator(":focus").get_attribute("aria-label") == name


@pytest.mark.browser
def test_the_first_of_each_symbol_in_sentences_is_reached_by_tab(visit):
    page = visit("core/one-neuron/")
    stops = page.locator("article tp-math[role=button]")
    named = stops.evaluate_all(
        "all => all.map(e => e.querySelector('[data-symbol]').dataset.symbol)"
    )
    assert len(named) == len(set(named)) >= 3 and named[:2] == ["z", "a"]
    stops.first.focus()
    while not page.evaluate("() => document.activeElement.ariaLabel?.startsWith('a')"):
        page.keyboard.press("Tab")
    page.wait_for_function("() => document.activeElement.ariaLabel === 'a: 激活值'")
    page.keyboard.press("Enter")
    page.locator(CARD).wait_for()
    page.keyboard.press("Tab")  # to its button, or its link, …
    while page.evaluate("() => document.activeElement.closest('.tp-symbol-card')"):
        page.keyboard.press("Tab")  # … and on from where the reader was
    assert page.locator(CARD).count() == 0
    assert page.evaluate("() => !!document.activeElement.closest('article')")


# ---- where it stands

CLEAR = """async symbol => {
    symbol.scrollIntoView({ block: "center", behavior: "instant" });
    symbol.click();
    const card = document.querySelector(".tp-symbol-card");
    for (let n = 0; n < 100 && !card?.matches(":popover-open"); n++)
        await new Promise(done => setTimeout(done, 20));
    const [a, b] = [symbol, card].map(each => each.getBoundingClientRect());
    const apart = a.bottom <= b.top || b.bottom <= a.top;
    const inside = b.left >= 0 && b.right <= document.documentElement.clientWidth;
    return card.matches(":popover-open") && apart && inside && b.top >= 0;
}"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("folder", ["", "en/"])
@pytest.mark.browser
def test_it_covers_no_symbol_and_stays_in_the_window(look, size, folder):
    page = look(f"{folder}core/backward/", size, "light")
    page.locator("#hidden-error .tp-formula [data-symbol]").first.click()
    page.locator(CARD).wait_for()
    every = page.locator(
        "#hidden-error :is(tp-math, .tp-code) [data-symbol]:not(:has([data-symbol]))"
    )
    shown = [each for each in every.all() if each.is_visible()]
    wrong = []
    for each in shown:
        page.keyboard.press("Escape")
        if not each.evaluate(CLEAR):
            wrong.append(each.get_attribute("data-symbol"))
    page.keyboard.press("Escape")
    assert len(shown) > 8 and not wrong, wrong


@pytest.mark.browser
def test_without_a_network_a_symbol_is_lit_and_the_next_press_tries_again(browser, address):
    page = browser.new_context(service_workers="block").new_page()
    page.goto(f"{address}en/core/backward/")
    page.route("**/symbols.json", lambda route: route.abort())
    symbol = page.locator("#hidden-error .tp-formula [data-symbol=delta2]").first
    with page.expect_event("requestfailed"):
        symbol.click()
    assert "is-lit" in symbol.get_attribute("class") and page.locator(CARD).count() == 0
    page.unroute("**/symbols.json")
    symbol.click()
    symbol.click()
    page.locator(CARD).wait_for()
    page.context.close()
