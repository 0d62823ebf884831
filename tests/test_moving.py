"""Curves whose points a reader moves: by keyboard, where the curves are, with the run's numbers."""

import json

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


@pytest.mark.parametrize("language", PROJECT.languages)
def test_without_scripts_it_is_a_still(language, visit):
    page = visit(f"{PROJECT.languages[language]}core/loss/", java_script_enabled=False)
    assert page.locator("[data-moving] [data-point]").count() == 4  # two curves, drawn twice
    assert not page.locator(".tp-slide").count()
