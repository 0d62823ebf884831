"""Figures that a reader moves: by keyboard, with the numbers of the run."""

import json
import math

import numpy as np
import pytest
from conftest import PROJECT

pytestmark = pytest.mark.browser
FIGURES = [
    ("core/activations/", 0), ("core/activations/", 1), ("core/loss/", 0), ("core/update/", 0),
]  # fmt: skip
# name → where its point is, and the nearest point of the drawn curve, in the picture that is shown
PLACES = """figure => {
    const picture = [...figure.querySelectorAll("svg")].find(each => each.checkVisibility());
    return Object.fromEntries([...picture.querySelectorAll("[data-point]")].map(point => {
        const dot = point.querySelector("circle"), name = point.dataset.point;
        const [x, y] = ["cx", "cy"].map(each => Number(dot.getAttribute(each)));
        const curve = picture.querySelector(`[data-curve="${name}"] .tp-curve`);
        let far = Infinity;
        for (let at = 0; at <= curve.getTotalLength(); at += 0.5) {
            const on = curve.getPointAtLength(at);
            far = Math.min(far, Math.hypot(on.x - x, on.y - y));
        }
        return [name, far];
    }));
}"""


def read(text: str) -> float:
    return float(text.replace("\N{MINUS SIGN}", "-"))


@pytest.mark.parametrize("path, nth", FIGURES)
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_points_follow_the_keys_along_their_curves(path, nth, size, look):
    figure = look(f"en/{path}", size, "light").locator("[data-moving]").nth(nth)
    data = json.loads(figure.get_attribute("data-moving"))
    around = figure.locator("xpath=ancestor::figure")
    slider, lines = around.get_by_role("slider"), around.locator(".tp-slide__read span")
    n = data["start"]
    for key in (None, "ArrowRight", "End", "Home"):
        if key:
            slider.press(key)
            n = {"ArrowRight": n + 1, "End": len(data["at"]) - 1, "Home": 0}[key]
        assert read(around.locator(".tp-slide span").text_content().split("= ")[1]) == data["at"][n]
        for name, said in zip(data["curves"], lines.all_text_contents(), strict=True):
            label, _, rest = said.partition(": ")
            value, _, slope = rest.partition(", slope ")
            assert label == name and read(value) == data["curves"][name][n]
            assert not slope or read(slope) == data["slopes"][name][n]
        for name, far in figure.evaluate(PLACES).items():
            assert far < 0.8, f"{name} is {far} off its curve at {data['at'][n]}"


@pytest.mark.parametrize("name", ["loss.in_z", "activations.tangents"])
def test_slopes_are_those_of_the_curves(name, book):
    values = book.runs[name].values
    for label, curve in values["curves"].items():
        slope = np.gradient(np.array(curve), np.array(values["at"]))
        assert np.allclose(slope[1:-1], values["slopes"][label][1:-1], atol=5e-3), label


# the sum at the drawn input by the drawn line: 0 on it, as long as the weights in their direction
DISTANCE = """figure => {
    const picture = [...figure.querySelectorAll("svg")].find(each => each.checkVisibility());
    const numbers = path => path.getAttribute("d").match(/-?[\\d.]+/g)?.map(Number);
    const part = name => numbers(picture.querySelector(`[data-part=${name}]`));
    const dot = picture.querySelector("circle"), [[low, high, left, right]] =
        JSON.parse(picture.querySelector("[data-scale]").dataset.scale);
    const [x0, y0, x1, y1] = part("edge") ?? [], [u0, v0, u1, v1] = part("weights");
    const [x, y] = ["cx", "cy"].map(each => Number(dot.getAttribute(each)));
    const length = Math.hypot(u1 - u0, v1 - v0);
    const away = ((x - x0) * (u1 - u0) + (y - y0) * (v1 - v0)) / length;
    return away / (right - left) * (high - low);
}"""


def test_the_line_follows_the_weights_and_the_bias(look):
    figure = look("en/core/one-neuron/", "desk", "light").locator("[data-border]")
    data = json.loads(figure.get_attribute("data-border"))
    around = figure.locator("xpath=ancestor::figure")
    turn, shift = around.get_by_role("slider").all()
    at = list(data["start"])
    for slider, key in [(None, ""), (turn, "ArrowRight"), (shift, "ArrowLeft"), (turn, "Home")]:
        if slider:
            slider.press(key)
            at[slider is shift] += {"ArrowRight": 1, "ArrowLeft": -1, "Home": -at[0]}[key]
        (u, v), z = data["weights"][at[0]], data["sums"][at[0]][at[1]]
        said = around.locator(".tp-slide__read span").all_text_contents()
        assert read(said[2].removeprefix("z = ")) == z
        assert read(said[1].removeprefix("b = ")) == data["shifted"][at[1]]
        assert figure.evaluate(DISTANCE) == pytest.approx(z / math.hypot(u, v), abs=0.01)


# where the marks are: the numbers on them, from left to right
MARKED = """figure => {
    const picture = [...figure.querySelectorAll("svg")].find(each => each.checkVisibility());
    const inside = (box, text) => {
        const { x, y, width, height } = text.getBoundingClientRect();
        const [across, down] = [x + width / 2, y + height / 2];
        return box.left < across && across < box.right && box.top < down && down < box.bottom;
    };
    const texts = [...picture.querySelectorAll("text.tp-v")];
    return Object.fromEntries([...picture.querySelectorAll("[data-lit]")].map(lit =>
        [lit.dataset.lit, texts.filter(text => inside(lit.getBoundingClientRect(), text))
            .map(text => text.textContent)]));
}"""


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_the_marked_row_and_column_make_the_marked_entry(size, look):
    figure = look("en/core/layers/", size, "light").locator("[data-product]")
    data = json.loads(figure.get_attribute("data-product"))
    around = figure.locator("xpath=ancestor::figure")
    slider, n, columns = around.get_by_role("slider"), 0, len(data["added"])
    for key, step in ((None, 0), ("ArrowRight", 1), ("ArrowRight", 1), ("End", 3)):
        if key:
            slider.press(key)
        n += step
        row, column = divmod(n, columns)
        marked = figure.evaluate(MARKED)
        assert marked["row"] == data["left"][row] and marked["entry"] == [
            data["result"][row][column]
        ]
        assert marked["column"] == [each[column] for each in data["right"]]
        assert marked["added"] == [data["added"][column]]
        said = around.locator(".tp-slide__read").text_content()
        left, _, right = said.replace("\N{MINUS SIGN}", "-").partition(" = ")
        assert eval(left.replace("×", "*")) == pytest.approx(read(right), abs=1e-4), said


@pytest.mark.parametrize("language", PROJECT.languages)
def test_without_scripts_it_is_a_still(language, visit):
    page = visit(f"{PROJECT.languages[language]}core/loss/", java_script_enabled=False)
    assert page.locator("[data-moving] [data-point]").count() == 4  # two curves, drawn twice
    assert not page.locator(".tp-slide").count()


def blanks(figure, size: str, how: str = "") -> set[str]:
    """Names of the slopes that a picture does not show; one may stand at two places."""
    drawn = figure.locator(f".tp-net--{size} [data-blank{how}]")
    return set(drawn.evaluate_all("found => found.map(each => each.dataset.symbol)"))


def test_the_slopes_of_the_graph_are_filled_in_from_the_loss_backwards(look, book):
    page = look("en/core/chain-rule/", "phone", "light")
    figure = page.locator("figure:has([data-blanks])")
    run = book.runs["chain.graph"].values
    slopes = {f"d{e['to']}_d{e['from']}": e["local"] for e in run["edges"]}
    slopes |= {f"dL_d{node['name']}": node["grad"] for node in run["nodes"][:-1]}
    figure.get_by_role("button", name="Fill in the slopes yourself").press("Enter")
    field, reply = figure.get_by_role("textbox"), figure.locator(".tp-fill-in__reply")
    said, order = [], []
    while figure.locator("form").is_visible():
        assert blanks(figure, "tall") == slopes.keys() - set(order)
        (asked,) = blanks(figure, "tall", "=asked")
        assert figure.locator(f".tp-net--tall [data-symbol={asked}] .tp-v").first.is_hidden()
        for wrong in (-slopes[asked], slopes[asked] + 1) if not order else ():
            field.fill(f"{wrong:.6f}")
            field.press("Enter")
            said.append(reply.text_content())
        order.append(asked)
        field.fill(f"{slopes[asked]:.6f}")
        field.press("Enter")
        assert "Right" in reply.text_content()
    assert ["sign" in text for text in said] == [True, False]
    assert order[:3] == ["dL_dy_hat", "dy_hat_dz", "dL_dz"] and set(order) == set(slopes)
    assert figure.locator(":focus").text_content() == "Fill in the slopes yourself"


def test_slopes_that_are_not_filled_in_come_back(look):
    page = look("core/chain-rule/", "desk", "dark")
    figure = page.locator("figure:has([data-blanks])")
    figure.get_by_role("button", name="自己把斜率填上").click()
    before = blanks(figure, "wide")
    figure.get_by_role("button", name="直接填上").click()
    assert blanks(figure, "wide") == before - {"dL_dy_hat"}
    figure.get_by_role("button", name="全部顯示").click()
    assert not blanks(figure, "wide") | blanks(figure, "tall")
    assert figure.locator("form").is_hidden()
