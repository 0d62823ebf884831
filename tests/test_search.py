"""What the search brings first, in real Chromium: names of code, symbols and terms."""

import json
import re

import pytest
from literate import mathtext
from literate.katex import Katex

CODE = {
    "value_and_grad": "core/training-loop", "mx.value_and_grad": "core/training-loop",
    "logaddexp": "core/loss", "mx.logaddexp": "core/loss",
    "outer": "core/backward", "mx.outer": "core/backward",
    "nn.Linear": "core/forward", "mx.compile": "core/training-loop", "SimpleNN": "core/forward",
}  # fmt: skip
SYMBOLS = {
    "δ": "core/backward", "ŷ": "core/forward", "∂L/∂w": "core/backward", "∂L/∂ŷ": "core/loss",
    "η": "core/update", "β₁": "core/update",
}  # fmt: skip
TERMS = {
    "": {
        "梯度": "core/backward", "學習率": "core/update", "反向傳播": "core/backward",
        "損失函數": "core/loss", "鏈式法則": "core/chain-rule", "計算圖": "core/chain-rule",
        "動量": "full/optimizers", "小批次": "core/training-loop",
    },
    "en/": {
        "gradient": "core/backward", "learning rate": "core/update",
        "chain rule": "core/chain-rule", "sigmoid": "core/one-neuron",
        "backpropagation": "core/backward", "loss function": "core/loss",
        "momentum": "full/optimizers", "mini-batch": "core/training-loop",
    },
}  # fmt: skip
QUERIES = {language: CODE | SYMBOLS | terms for language, terms in TERMS.items()}


def ask(page, word: str) -> list[str]:
    """The addresses of the results, in their order. The word is pasted: no key is pressed."""
    box = page.locator("input[name=query]")
    before = page.locator(".md-search-result__meta").inner_text()
    box.fill("zzzz")
    page.wait_for_function(
        "before => document.querySelector('.md-search-result__meta').innerText !== before"
        " && !document.querySelector('.md-search-result__item')", arg=before,
    )  # fmt: skip
    box.fill(word)
    page.locator(".md-search-result__item a").first.wait_for(state="visible", timeout=60_000)
    return [a.get_attribute("href") for a in page.locator(".md-search-result__item a").all()]


def test_there_are_forty_queries():
    assert sum(map(len, QUERIES.values())) >= 40


@pytest.mark.parametrize("language", QUERIES)
def test_the_search_brings_the_right_page_first(language, visit):
    page = visit(language)
    page.keyboard.press("/")
    wrong = []
    for word, slug in QUERIES[language].items():
        first, *_ = links = ask(page, word)
        if not re.search(rf"/{language}{slug}/(\?[^#]*)?(#.*)?$", first):
            wrong.append(f"{word}: {links[:3]}, not {slug}")
        assert all(("/en/" in link) == bool(language) for link in links), links
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "word, found",
    [
        ("雅可比矩陣", "glossary/#jacobian"),
        ("梯度消失", "glossary/#vanishing-gradient"),
        ("有限差分", "glossary/#finite-difference"),
    ],
)
def test_a_word_of_the_glossary_is_one_word(word, found, visit):
    page = visit("start/")
    page.keyboard.press("/")
    assert any(found in link for link in ask(page, word))


def test_an_excerpt_has_its_formulas(site):
    for root in ("", "en/"):
        index = json.loads((site / root / "search/search_index.json").read_text("utf-8"))
        text = " ".join(entry["text"] for entry in index["docs"]).replace("\u200b", "")
        assert "ŷ − y" in text and "∂L/∂w" in text
        assert not (holes := re.findall(r".{12}[（「，、] ?[，、。].{9}", text)), holes


@pytest.mark.parametrize(
    "tex, said",
    [
        (r"\hat{y} - y", "ŷ − y"),
        (r"\frac{\partial L}{\partial w_1}", "∂L/∂w₁"),
        (r"\frac{1}{1 + e^{-z}}", "1/(1 + e^(−z))"),
        (r"\sqrt{v} + 10^{-8}", "√v + 10⁻⁸"),
        (r"-(W^{(1)})^\top x", "−(W⁽¹⁾)⊤x"),
        (r"\underbrace{a + b}_{c}", "a + b_c"),
        (r"y \log \hat{y}", "y log ŷ"),
    ],
)
def test_a_formula_as_text(tex, said, tmp_path):
    drawn = Katex(tmp_path).render(tex)
    assert mathtext.text(re.search(r"<math\b.*?</math>", drawn, re.S)[0]) == said
