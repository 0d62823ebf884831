"""Drawings as tests read them: elements, boxes, lanes, quantities; and samples of every figure."""

import copy
import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import literate.figures
import pytest
from literate.figures import FIGURES

CSS = Path(literate.figures.__file__).parents[1] / "theme" / "assets" / "figures.css"
MINUS = "\N{MINUS SIGN}"
DIGIT = 0.6
WORDS = {"cm_actual": "actual", "cm_predicted": "predicted", "cm_dog": "hound"}
WORDS |= {"slope_here": ", slope {slope}", "turn": "turned", "entry": "which entry"}
WORDS |= {"row_column": "row {row}, column {column}"}
Z = [i / 4 for i in range(-16, 17)]
SIGMOID = [1 / (1 + math.exp(-z)) for z in Z]
GRAPH = {
    "nodes": [
        {"name": name, "label": name, "value": value, "grad": grad, **({"op": op} if op else {})}
        for name, value, grad, op in (
            ("w", 0.6, -0.5, ""), ("x", 0.5, -0.6, ""),
            ("u", 0.3, -1.0, "×"), ("b", -0.1234, -1.0, ""),
            ("z", 0.1766, -1.0, "+"), ("y_hat", 0.544, -1.8382, "σ"), ("L", 0.6088, 1.0, "−log"),
        )
    ],
    "edges": [
        {"from": start, "to": end, "local": local}
        for start, end, local in (
            ("w", "u", 0.5), ("x", "u", 0.6), ("u", "z", 1.0), ("b", "z", 1.0),
            ("z", "y_hat", 0.2481), ("y_hat", "L", -1.8382),
        )
    ],
}  # fmt: skip
SAMPLES = {
    "loss_curves": {
        "epochs": list(range(0, 50, 10)),
        "curves": {"0.001": [0.9, 0.8, 0.75, 0.7, 0.69], "0.01": [0.9, 0.5, 0.3, 0.2, 0.1]},
        "reference": math.log(2),
    },
    "histogram": {
        "edges": [0, 0.2, 0.4, 0.6, 0.8],
        "counts": {"0.001": [0, 1, 120, 79], "0.01": [144, 12, 6, 38]},
        "mark": math.log(2),
    },
    "confusion_matrix": {"confusion": [[71, 1], [3, 39]], "classes": ["cat", "dog"]},
    "curves": {
        "z": Z,
        "value": {"ReLU": [max(z, 0.0) for z in Z], "sigmoid": SIGMOID},
        "slope": {
            "ReLU": [1.0 if z > 0 else 0.0 for z in Z],
            "sigmoid": [s * (1 - s) for s in SIGMOID],
        },
    },
    "moving": {
        "at": Z,
        "curves": {
            "y = 1": [math.log(1 + math.exp(-z)) for z in Z],
            "y = 0": [math.log(1 + math.exp(z)) for z in Z],
        },
        "slopes": {
            "y = 1": [-1 / (1 + math.exp(z)) for z in Z],
            "y = 0": [1 / (1 + math.exp(-z)) for z in Z],
        },
        "start": -0.5,
        "letters": ["z", "L"],
    },
    "border": {
        "x": [0.5, 0.2],
        "turned": [-90, 0, 90],
        "weights": [[-1.0, -0.5], [0.5, -1.0], [1.0, 0.5]],
        "shifted": [-0.5, 0.25],
        "sums": [[-1.1, -0.35], [-0.45, 0.3], [0.1, 0.85]],
        "start": [1, 1],
    },
    "product": {
        "left": [[0.5, 0.2], [-0.7, 1.0], [2.0, 0.5]],
        "right": [[0.6, 0.1], [-1.0, 2.0]],
        "added": [0.25, -0.5],
        "result": [[0.35, -0.05], [-1.17, 1.43], [0.95, 0.7]],
        "letters": ["X", "W^⊤", "b", "Z"],
    },
    "graph": GRAPH,
}
REQUIRED = {
    "loss_curves": ["epochs", "curves"],
    "histogram": ["edges", "counts"],
    "confusion_matrix": ["confusion"],
    "curves": ["z", "value", "slope"],
    "border": ["x", "turned", "weights", "shifted", "sums", "start"],
    "product": ["left", "right", "result", "letters"],
    "moving": ["at", "curves", "start", "letters"],
    "graph": ["nodes", "edges"],
}
PICTURES = ["loss_curves", "histogram", "curves", "moving", "border", "product", "graph"]
SYMBOLS = {"ReLU", "sigmoid", "log", "ln", "nan", "inf"}


def draw(name, values):
    return FIGURES[name](values, WORDS, None)


def pictures(name):
    return parts(draw(name, SAMPLES[name]))


def parts(html):
    """The top-level elements of a figure, without the one around them that has its data."""
    top = list(ET.fromstring(f"<root>{html}</root>"))
    return list(top[0]) if top[0].tag == "div" else top


def css_of(element):
    return (element.get("class") or "").split()


def box(rect):
    x, y, w, h = (float(rect.get(k)) for k in ("x", "y", "width", "height"))
    return x, y, x + w, y + h


def overlap(a, b, slack=0.01):
    return (
        a[0] < b[2] - slack and b[0] < a[2] - slack and a[1] < b[3] - slack and b[1] < a[3] - slack
    )


def segment(path):
    x0, y0, x1, y1 = map(float, re.fullmatch(r"M(\S+) (\S+?)L(\S+) (\S+)", path).groups())
    return (x0, y0), (x1, y1)


def crosses(line, rect, steps=400):
    """Whether a segment has a point inside the rectangle."""
    (x0, y0), (x1, y1) = line
    points = ((x0 + (x1 - x0) * k / steps, y0 + (y1 - y0) * k / steps) for k in range(steps + 1))
    return any(rect[0] < x < rect[2] and rect[1] < y < rect[3] for x, y in points)


def lanes(picture):
    """(wire's name, forward or backward, segment) of every lane."""
    for group in picture.iter("g"):
        if group.get("data-wire"):
            line = next(e for e in group.iter("path") if "tp-lane" in css_of(e))
            yield group.get("data-wire"), css_of(group)[0], segment(line.get("d"))


def quantities(picture):
    return {g.get("data-symbol"): g for g in picture.iter("g") if g.get("data-symbol")}


def points(d):
    """(M or l, x, y) of every point of a curve, whose steps are written from the point before."""
    x = y = 0.0
    for kind, right, down in re.findall(r"([Ml])(\S+?) ([-\d.]+)", d):
        x, y = (x if kind == "l" else 0) + float(right), (y if kind == "l" else 0) + float(down)
        yield kind, x, y


def curve_points(picture, name):
    group = next(g for g in picture.iter("g") if g.get("data-curve") == name)
    path = next(e for e in group.iter("path") if "tp-curve" in css_of(e)).get("d")
    return list(points(path))


def cells(row):
    return ["".join(e.itertext()) for e in row]


def read(words):
    return float(words.removeprefix("= ").replace(MINUS, "-"))


# What holds for every figure. draw: from the values to its HTML


def assert_pure(draw, values):
    before = copy.deepcopy(values)
    assert draw(values) == draw(values)
    assert values == before
    assert parts(draw(values))


def assert_names_what_is_missing(draw, values, missing):
    rest = {name: value for name, value in values.items() if name != missing}
    with pytest.raises(ValueError, match=rf"missing variable .*\b{missing}\b"):
        draw(rest)


def assert_symbols_only(html):
    """No words, which would need a translation, and no colours but those of the style sheet."""
    for picture in parts(html):
        assert picture.get("aria-hidden") == "true"
        words = " ".join("".join(e.itertext()) for e in picture.iter("text"))
        assert not set(re.findall(r"[A-Za-z]{2,}", words)) - SYMBOLS
        for element in picture.iter():
            assert not {"style", "fill", "stroke", "color"} & set(element.attrib)


def assert_wide_and_tall(html):
    wide, tall = parts(html)
    assert css_of(wide)[1].endswith("--wide") and css_of(tall)[1].endswith("--tall")
    assert tall.get("viewBox").split()[2] == "358"
    for element in tall.iter():
        if element.get("font-size") and element.text != "′":
            assert float(element.get("font-size")) * 328 / 358 >= 12


def assert_every_class_has_a_rule(html, rules):
    for picture in parts(html):
        for css in {c for element in picture.iter() for c in css_of(element)}:
            assert re.search(rf"\.{re.escape(css)}(?![\w-])", rules), f"no rule for .{css}"
