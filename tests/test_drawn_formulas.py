"""Formulas in fewer elements than KaTeX writes: every character stands where KaTeX has it."""

import json

import pytest
import quickjs
from conftest import PROJECT
from literate.katex import SCRIPT

pytestmark = pytest.mark.browser
FORMS = (
    r"x_1", r"x^2", r"x_1^2", r"\delta^{(2)}", r"e^{-z}", r"w^{(1)}_{12} x_2 + b'", r"f_{z^2}",
    r"x^{\frac{1}{2}}", r"\frac{\partial L}{\partial w_{ij}} = \frac{1}{N} \sum_{n=1}^N \hat y_n",
    r"\sqrt{x^2 + \frac{a}{\sqrt[3]{b}}}", r"\begin{bmatrix} 1 & 2 \\ 3 & a_4 \end{bmatrix}",
    r"\begin{cases} x & x > 0 \\ 0 & \text{else} \end{cases}", r"\left( \frac{a_1}{b^2} \right)^2",
    r"\underbrace{a + b}_{n} \overline{z} \Large x_1 \tiny y", r"\mathbf{W}^\top \mathbb{R}^{2}",
    r"\log \max_{i} \lim_{x \to 0} x \cdot \odot y", r"\bar{x} \tilde{x} \vec{x} \overset{a}{=}",
)  # fmt: skip
OFF = 0.15  # px, at 22 px a letter: heights are written to a hundredth of an em
SIZES = (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.44, 1.728, 2.074, 2.488)
PLACES = """([html, rules]) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets = [sheet];
    const box = document.createElement("tp-math");
    box.innerHTML = html;
    document.querySelector("article").prepend(box);
    const {left, top} = box.querySelector(".katex-html").getBoundingClientRect(), found = [];
    const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    for (let text; (text = texts.nextNode());) for (let n = 0; n < text.length; n++) {
        const range = document.createRange();
        range.setStart(text, n);
        range.setEnd(text, n + 1);
        const at = range.getBoundingClientRect();
        if (text.data[n] === "\\u200b") continue;
        found.push([text.data[n], at.x - left, at.y - top, at.width, at.height]);
    }
    const {height} = box.querySelector(".katex-html").getBoundingClientRect();
    box.remove();
    return [height, found];
}"""


@pytest.fixture(scope="module")
def plain():
    """KaTeX without what katex.js leaves out, and its rules for sizes, which our sheet lacks."""
    context = quickjs.Context()
    context.eval(SCRIPT.read_text("utf-8"))
    draw = "JSON.stringify(katex.renderToString(tex, {output: 'html'}))"
    context.eval(f"function draw(tex) {{ return {draw} }}")
    rules = [
        f".katex :is(.katex-sizing, .fontsize-ensurer).reset-size{one}.size{other}"
        f" {{ font-size: {b / a}em }}"
        for one, a in enumerate(SIZES, 1)
        for other, b in enumerate(SIZES, 1)
    ]
    return lambda tex: [json.loads(context.get("draw")(tex)), "\n".join(rules)]


def test_every_character_stands_where_katex_has_it(visit, plain):
    page, used = visit("en/core/forward/"), PROJECT.katex
    page.evaluate("() => Promise.all([...document.fonts].map(font => font.load()))")
    for tex in FORMS:
        height, wanted = page.evaluate(PLACES, plain(tex))
        ours, found = page.evaluate(PLACES, [used.render(tex, mathml=False), ""])
        assert [each[0] for each in found] == [each[0] for each in wanted], tex
        assert ours == pytest.approx(height, abs=OFF), tex
        for (sign, *place), (_, *other) in zip(found, wanted, strict=True):
            assert place == pytest.approx(other, abs=OFF), f"{sign} of {tex}"


def test_only_what_a_rule_draws_is_written(plain):
    drawn = [PROJECT.katex.render(tex, mathml=False) for tex in FORMS]
    written = [plain(tex)[0] for tex in FORMS]
    assert json.dumps(drawn).count("<span") < 0.75 * json.dumps(written).count("<span")
    assert not [html for html in drawn if "mord" in html or "mbin" in html or "reset-size" in html]
