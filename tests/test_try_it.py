"""Numbers under a card that readers can change: which cards, that all is MLX's, the panel."""

import importlib
import json

import mlx.core as mx
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from literate import try_it
from literate.expected import differs
from mathdoctest.sample import RANGES
from mathdoctest.signature import parameters

DRAWS = 200
RELATIVE = 2e-6
# Where terms cancel, as in ŷ − y, a relative error has no bound. What is shown has six decimals:
# there the last of these may differ by one, for numbers as large as those that cancel.
SHOWN = 1e-6

# The cards with formulas whose numbers cannot be changed, and a part of the reason
FIXED = {
    "attention.mix_backward": "`dL_dO` is several numbers",
    "attention.scores": "`Q` is 12 numbers",
    "attention.scores_backward": "`Q` is 12 numbers",
    "autograd_engine.to_each_row_back": "nothing says what shape the left side has",
    "backward.central_difference": "`f` is a function without a formula",
    "chain.chain_rule": "no `dz2_dw2`",  # a slope that no formula says
    "chain.input_slope": "no `dL_dz1`",
    "conv2d.conv2d": "`W` is 54 numbers",
    "conv2d.conv2d_backward": "`dL_dY` is 64 numbers",
    "conv2d.output_size": "no formula of one number says what floor is",
    "convolution.connections": "`X` is 16 numbers",
    "convolution.convolve": "`X` is 16 numbers",
    "convolution.kernel_gradient": "`X` is 16 numbers",
    "convolution.picture_gradient": "`X` is 16 numbers",
    "convolution.transposed": "nothing says what shape the left side has",
    "cost.most_operations": "no plain equation",  # a bound
    "debugging.kept": "a sum of 9 terms",
    "debugging.wide_loss": "no `y_bar`",
    "differentials.along_inputs": "`W` is several numbers",
    "differentials.along_weights": "`Delta` is several numbers",
    "differentials.cyclic": "`B` is 12 numbers",
    "differentials.inner_product": "`A` is several numbers",
    "digits.backward_digits": "`X` is 128 numbers",
    "embedding.look_up": "the index x has no number",
    "embedding.product": "a Indicator cannot be written out",
    "embedding.product_back": "a Indicator cannot be written out",
    "embedding.scatter_add": "a Indicator cannot be written out",
    "embedding.weighted": "the index x has no number",
    "engine.product_back": "`dL_dM` is several numbers",
    "engine.rows_back": "a Indicator cannot be written out",
    "forward.propagate": "`W` is a list of arrays",
    "four_equations.backward_all": "`W` is a list of arrays",
    "four_equations.errors": "`W` is a list of arrays",
    "four_equations.forward_all": "`W` is a list of arrays",
    "four_equations.output_error": "`z` is a list of arrays",
    "gradient_checking.along_direction": "no formula says what `f` is",
    "gradient_checking.relative_error": "a Norm cannot be written out",
    "heads.causal_weights": "Indicator cannot be written out",
    "iris.backward_softmax": "`Y` has the range `simplex`",
    "jvp_vjp.by_entries": "a Matrix cannot be written out",
    "jvp_vjp.inverse": "the left side has no name",
    "jvp_vjp.inverse_jvp": "no `dm_dX`",  # the inverse is not written out in numbers
    "jvp_vjp.inverse_vjp": "do not give what it prints",  # likewise
    "log_sum_exp.log_sum_exp": "this max",
    "log_sum_exp.logit_loss": "`y` has the range `simplex`",
    "log_sum_exp.mlx_loss": "this max",
    "matrix_calculus.example": "a Matrix",
    "matrix_calculus.jacobian": "a Matrix",
    "matrix_calculus.layer_gradients": "`ell_prime` is a function without a formula",
    "matrix_calculus.pulled_back": "a Matrix",
    "matrix_calculus.weight_gradient": "`ell_prime` is a function without a formula",
    "next_letter.counts": "a Indicator cannot be written out",
    "next_letter.next_letter": "the index x has no number",
    "next_letter.next_letter_slope": "a Indicator cannot be written out",
    "normalization.standardized_slopes": "the index i has no number",
    "optimizers.lion_step": "no formula of one number says what sign is",
    "optimizers.muon_step": "no formula says what `orth` is",
    "optimizers.update_ratio": "does not call it by itself",
    "pooling.pool": "`X` is 16 numbers",
    "pooling.window_max": "does not call it by itself",
    "residual.block_jacobian": "Indicator cannot be written out",
    "residual.stack": "`W` is a list of arrays",
    "rnn.gradients": "no `dL_dh`",  # the states' slopes are those of a recursion
    "rnn.loss_of": "do not give what it prints",  # row 0 of the states is not summed
    "rnn.state_slopes": "no plain equation",  # a recursion
    "rnn.states": "nothing says what shape",  # a recursion
    "schedules.clip_norm": "Norm cannot be written out",
    "schedules.cosine": "no formula of one number says what cos is",
    "schedules.warm_up_cosine": "no formula of one number says what cos is",
    "softmax.cross_entropy": "`p` has the range `simplex`",
    "softmax.entropy": "`y` has the range `simplex`",
    "softmax.softmax_slopes": "the index i has no number",
    "tied_weights.tied": "the index x has no number",
    "tied_weights.tied_slope": "the index x has no number",
}
FUNCTIONS = {  # what a card's run hands over
    "sigma": "relu",
    "sigma_prime": "relu_slope",
    "tau": "sigmoid",
    "tau_prime": "sigmoid_prime",
}


def cards(book) -> dict:
    """Card with formulas → snippet, run and page, each once."""
    english = [page for page in book.pages if page.language == "en"]
    named = {d.argument: p for p in english for d in p.directives if d.name == "snippet"}
    return {n: (*book.snippet(n), p) for n, p in named.items() if book.snippets[n].formulas}


def test_which_cards_have_none_and_why(book):
    why = {
        name: try_it.why_fixed(book.project, (found, run))
        for name, (found, run, _) in cards(book).items()
    }
    fixed = {name: reason for name, reason in why.items() if reason}
    assert fixed.keys() == FIXED.keys(), fixed
    assert all(part in fixed[name] for name, part in FIXED.items()), fixed
    assert len(why) - len(fixed) >= 33


# ---- as MLX computes


@pytest.fixture(scope="module")
def data(book):
    """Card → what the build writes of it."""
    pages = {page.slug: page for *_, page in cards(book).values()}.values()
    files = [json.loads(text) for page in pages if (text := try_it.text(book, page))]
    return {name: card for file in files for name, card in file["cards"].items()}


@pytest.fixture(scope="module")
def computing(browser, address):
    page = browser.new_context().new_page()
    page.goto(address + "en/glossary/")
    page.evaluate(
        """async root => {
        window.computation = await import(root + "assets/try/computation.js");
        window.numbers = await import(root + "assets/lib/numbers.js");
        window.fresh = await import(root + "assets/try/fresh.js");
    }""",
        address,
    )
    yield page
    page.context.close()


# As one text: Playwright would check and copy each of the many thousand numbers by itself
ALL = """([card, draws]) => {
    const one = new computation.Computation(card);
    return JSON.stringify(draws.map(draw => {
        one.fields.forEach((field, k) => { field.value = draw[k]; });
        one.run();
        return card.lines.map(line => String(one.get(line.symbol)));
    }));
}"""


def drawn(card: dict, rng) -> list:
    """A random value for each input, in its declared range."""
    out = []
    for each in card["inputs"]:
        shape = np.shape(each["values"])
        if each["whole"]:
            value = rng.integers(1, 20, shape)
        elif each["range"] == "real":
            value = rng.normal(0, 1, shape)
        else:
            value = RANGES[each["range"]](rng, shape)
        out.append(np.asarray(value) if each["host"] else np.float32(value))
    return out


def every_card(book) -> list[str]:
    return [name for name in cards(book) if name not in FIXED]


def returned(name: str, card: dict, values: list, functions: dict) -> list[np.ndarray]:
    """What the snippet's own function gives in MLX."""
    module = importlib.import_module(f"snippets.{name.split('.')[0]}")
    given = {
        each["name"]: value.item() if each["host"] else mx.array(value)
        for each, value in zip(card["inputs"], values, strict=True)
    }
    given |= {key: getattr(module, function) for key, function in functions.items()}
    out = getattr(module, name.split(".")[1])(**given)
    return [np.array(each) for each in (out if isinstance(out, tuple) else [out])]


def test_all_is_what_mlx_gives(book, data, computing):
    assert data.keys() == set(every_card(book))
    for name, card in data.items():
        rng = np.random.default_rng(len(name))
        draws = [drawn(card, rng) for _ in range(DRAWS)]
        flat = [[float(n) for value in draw for n in np.ravel(value)] for draw in draws]
        found = json.loads(computing.evaluate(ALL, [card, flat]))
        places = {line["symbol"]: place for place, line in enumerate(card["lines"])}
        shown = [line["symbol"] for line in card["lines"] if "left" in line]
        snippet = book.snippets[name]
        node = snippet.module.file.functions[name.split(".")[1]]
        callables = {n for n, s in parameters(node).items() if s and s.kind == "callable"}
        functions = {n: FUNCTIONS[n] for n in callables}
        for values, got in zip(draws, found, strict=True):
            wanted = np.concatenate([np.ravel(a) for a in returned(name, card, values, functions)])
            computed = np.array([float(got[places[symbol]]) for symbol in shown])
            computed = computed[-len(wanted) :]  # a lone result is the last formula's
            size = max(1.0, *(np.abs(value).max() for value in values))
            allowed = np.maximum(RELATIVE * np.abs(wanted), SHOWN * size)
            assert np.all(np.abs(computed - wanted) <= allowed), (
                f"{name}: {dict(zip(shown, computed, strict=False))}, MLX {wanted} at {values}"
            )


def test_at_the_card_s_own_numbers_all_that_is_printed_is_the_card_s(book, data, computing):
    for name, card in data.items():
        text = computing.evaluate(
            """card => {
            const one = new computation.Computation(card);
            return card.output.map(part => typeof part === "string" ? part
                : !Array.isArray(part) ? part.fixed
                : part[1] === "array" ? numbers.printed(one.get(part[0]))
                : part[1] === "python" ? String(one.get(part[0]))
                : one.get(part[0]).toFixed(part[1])).join("");
        }""",
            card,
        )
        assert not differs(book.runs[name].output, text, book.snippets[name].tolerance), name


def test_numbers_are_printed_as_mlx_prints_them(computing):
    values = [0.1 * 10.0**power for power in range(-9, 12)] + [-2.5, 1 / 3, -0.0, 123456.7, 1e6]
    found = computing.evaluate("values => values.map(numbers.printed)", values)
    wanted = [str(mx.array(value)).split("array(")[1].split(", dtype")[0] for value in values]
    assert found == wanted


FRESH = """([name, card, sets]) => {
    const one = new computation.Computation(card);
    return Array.from({ length: sets }, (_, n) => {
        const values = fresh.fresh(name, n + 1, one);
        const broken = one.fields.map((field, k) => computation.broken(field.input, values[k]));
        return { values, broken, finite: one.isFinite(values), kept: one.isOriginal };
    });
}"""


def test_fresh_numbers_are_short_in_range_and_the_same_for_everybody(data, computing):
    for name, card in data.items():
        found = computing.evaluate(FRESH, [name, card, 20])
        assert found == computing.evaluate(FRESH, [name, card, 20]), name
        own = [float(n) for each in card["inputs"] for n in np.ravel(each["values"])]
        for each in found:
            assert each["finite"] and each["kept"], (name, each)
            for value, given, broken in zip(each["values"], own, each["broken"], strict=True):
                short = broken is None and float(f"{value:.2g}") == value
                assert value == given or short, (name, value, broken)
        sets = {tuple(each["values"]) for each in found}
        assert len(sets) >= 5 and tuple(own) not in sets, (name, len(sets))


# ---- in the page

CARD = "core/layers/", "#weighted-sum"


def opened(page, card=CARD[1]):
    page.set_default_timeout(10_000)
    page.locator(f"{card} .tp-try-it").press("Enter")
    page.locator(f"{card} .tp-try__grid input").first.wait_for()
    return page.locator(card)


def output(card) -> str:
    return card.locator(".tp-pane--output code").inner_text().strip()


def test_nothing_of_it_is_loaded_before_it_is_opened(visit):
    page = visit("en/" + CARD[0])
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload(wait_until="networkidle")
    assert asked and not [url for url in asked if "/try" in url]
    opened(page)
    names = {url.rsplit("/", 1)[1] for url in asked if "try" in url}
    assert {"try-it.json", "panel.js", "computation.js", "try.css"} <= names


def test_without_scripts_there_is_no_button(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "en/" + CARD[0])
    assert page.locator(".tp-card[data-try]").count() and not page.locator(".tp-try-it").count()
    context.close()


def test_output_and_worked_line_follow_and_reset_brings_the_card_back(visit):
    page = visit("en/" + CARD[0])
    before = output(page.locator(CARD[1]))
    card = opened(page)
    button, left = card.locator(".tp-try-it"), card.locator(".tp-try__left")
    assert button.get_attribute("aria-expanded") == "true" and not left.is_visible()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("w_11: ")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("−1.6")
    assert output(card) == "array([0.28, 0.56], dtype=float32)" and left.is_visible()
    digits = card.locator(".tp-try .tp-worked__digits").all_inner_texts()
    assert "".join(digits) == "0.28=0.6×0.5+(−1.6)×0.2+0.3"
    page.keyboard.press("ArrowUp")
    assert output(card) == "array([0.3, 0.56], dtype=float32)"
    assert card.locator("tr[data-symbol=x] td").nth(3).inner_text() == "0.5, 0.2"
    card.get_by_label("b_2: ").fill("1")  # the line follows to the number that changed
    assert card.locator("select").input_value() == "z_2"
    left.get_by_role("button").press("Enter")
    assert output(card) == before and not left.is_visible()
    assert card.get_by_label("w_12: ").input_value() == "−1.1"
    button.press("Enter")
    assert button.get_attribute("aria-expanded") == "false"
    assert not card.locator(".tp-try__body").is_visible()


def test_what_mlx_alone_computed_turns_grey(visit):
    page = visit("en/core/update/")
    card = opened(page, "#sgd-step")
    card.get_by_label("eta: ").fill("1")
    assert (
        card.locator(".tp-pane--output .tp-try__fixed").inner_text().startswith("array([[1.01602")
    )
    assert output(card).startswith("array([[1.13204")
    assert "grey lines" in card.locator(".tp-try__left").inner_text()


def test_what_is_no_number_of_the_range_changes_nothing(visit):
    page = visit("en/core/loss/")
    card = opened(page, "#binary-cross-entropy")
    before, field = output(card), card.get_by_label("y_hat_1: ")
    said = card.locator(".tp-try__said")
    wrong = {"1.5": "between 0 and 1", "a half": "not a number", "": "not a", "1e999": "not a"}
    for text, says in wrong.items():
        field.fill(text)
        field.blur()
        assert says in said.inner_text() and "0.9" in said.inner_text(), text
        assert field.get_attribute("aria-invalid") == "true" and output(card) == before, text
    field.fill("0.5")
    assert not said.is_visible() and field.get_attribute("aria-invalid") is None
    assert output(card) == "array([0.693147, 0.693147, 0.916291, 2.30259], dtype=float32)"


def test_a_whole_number_is_asked_for(visit):
    page = visit("en/core/update/")
    card = opened(page, "#adam-step")
    field = card.get_by_label("t: ")
    field.fill("1.5")
    field.blur()
    assert "whole number" in card.locator(".tp-try__said").inner_text()


def test_a_screen_reader_is_told_once_the_reader_pauses(visit):
    page = visit("en/" + CARD[0])
    card = opened(page)
    page.evaluate(
        """() => {
        const spoken = document.querySelector(".tp-try > .tp-sr[role=status]");
        window.told = [];
        new MutationObserver(() => told.push(spoken.textContent)).observe(
            spoken, { childList: true, characterData: true, subtree: true });
    }"""
    )
    card.get_by_label("b_1: ").press("End")
    card.get_by_label("b_1: ").press_sequentially("123", delay=20)
    page.wait_for_function("() => told.length")
    assert page.evaluate("told") == ["z_1 = 0.3923. These are your numbers, not the card's."]


def test_new_numbers_are_an_exercise(visit):
    def numbers(card):
        return [box.input_value() for box in card.locator(".tp-try__grid input").all()]

    page = visit("en/" + CARD[0])
    card = opened(page)
    before, own = output(card), numbers(card)
    card.get_by_label("Guess first").check()
    new, said = card.get_by_role("button", name="New numbers"), card.locator(".tp-try__fresh span")
    new.press("Enter")
    first = numbers(card)
    assert first != own and said.inner_text() == "Set 1, the same for everybody."
    assert "?" in output(card) and card.locator(".tp-try__left").is_visible()
    new.press("Enter")
    assert numbers(card) not in (first, own) and said.inner_text().startswith("Set 2,")
    card.get_by_label("b_1: ").fill("1")
    assert not said.inner_text()
    card.locator(".tp-try__left").get_by_role("button").press("Enter")
    card.get_by_label("Guess first").uncheck()
    assert (output(card), numbers(card)) == (before, own) and not said.inner_text()
    other = opened(visit(CARD[0]))
    other.get_by_role("button", name="換一組數字").press("Enter")
    assert numbers(other) == first


GUESSES = {  # of 0.6 × 0.5 − 1.6 × 0.2 + 0.3
    "-0.28": ("wrong", "sign"),
    "0.3": ("wrong", "more decimals"),
    "-0.02": ("wrong", "one step left out: + b_1"),
    "0.6": ("wrong", "one step left out: + w_12 × x_2"),
    "7": ("wrong", "Not yet"),
    "b": ("unread", "one number"),
    "0.28": ("right", "0.28"),
}


def test_a_guess_is_judged(visit):
    page = visit("en/" + CARD[0])
    card = opened(page)
    card.get_by_label("Guess first").check()
    card.get_by_label("w_12: ").fill("-1.6")
    assert output(card) == "array([?, ?], dtype=float32)"
    result = card.locator(".tp-try .tp-worked__result .tp-worked__digits")
    assert result.inner_text() == "?" and "0.28" not in card.locator(".tp-try").inner_text()
    field = card.get_by_label("Your guess for z_1, to 3 decimals")
    reply = card.locator(".tp-answer output")
    for guess, (state, says) in GUESSES.items():
        assert result.inner_text() == "?"
        field.fill(guess)
        field.press("Enter")
        assert reply.get_attribute("data-state") == state and says in reply.inner_text(), guess
    assert result.inner_text() == "0.28" and "0.28" in output(card)
    card.get_by_label("b_1: ").fill("0.4")  # the next value is hidden again
    assert result.inner_text() == "?" and reply.inner_text() == ""
    card.get_by_role("button", name="Show the value").click()
    assert result.inner_text() == "0.38" and "0.38" in output(card)


@pytest.mark.parametrize(
    "path, name, size, scheme",
    [
        ("core/layers/", "#weighted-sum", "phone", "light"),
        ("en/core/forward/", "#forward", "desk", "dark"),
    ],
)
def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(visit, path, name, size, scheme):
    page = visit(path, size, scheme)
    card = opened(page, name)
    card.locator(".tp-try__grid input").first.fill("0.75")
    card.locator(".tp-try__guess [type=checkbox]").check()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert size != "phone" or wide <= 360
    part = {"include": [[name]], "exclude": [[".katex-html"]]}
    results = Axe().run(page, context=part, options={"resultTypes": ["violations"]})
    assert results.violations_count == 0, results.generate_report()


def test_on_paper_only_the_card_is_left(visit):
    page = visit("en/" + CARD[0])
    card = opened(page)
    page.emulate_media(media="print")
    for part in (".tp-try-it", ".tp-try__body"):
        assert not card.locator(part).is_visible(), part


def test_once_opened_it_opens_without_a_network(browser, address):
    """As the page itself does, from what the service worker keeps."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address + "en/" + CARD[0])
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    opened(page)
    page.wait_for_function(
        "async () => (await caches.match(new URL('try-it.json', location))) !== undefined"
    )
    context.set_offline(True)
    page.reload()
    card = opened(page)
    card.get_by_label("b_1: ").fill("1.3")
    assert output(card) == "array([1.38, 0.56], dtype=float32)"
    context.close()


def test_the_button_says_so_where_there_is_no_network(browser, address):
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    page.goto(address + "en/" + CARD[0])
    context.set_offline(True)
    button = page.locator(f"{CARD[1]} .tp-try-it")
    button.click()
    page.wait_for_function(
        f"() => document.querySelector('{CARD[1]} .tp-try-it').textContent.includes('network')"
    )
    context.set_offline(False)
    card = opened(page)
    assert button.inner_text() == "Try it" and card.locator(".tp-try__body").is_visible()
    context.close()
