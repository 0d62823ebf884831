"""Figures: every number stands where it belongs, legibly, and says what the snippet recorded."""

import copy
import itertools
import json
import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import literate.figures
import pytest
from conftest import PROJECT
from literate.figures import FIGURES, lane_rule

from two_passes import bench

CSS = Path(literate.figures.__file__).parents[1] / "theme" / "assets" / "figures.css"
MINUS = "\N{MINUS SIGN}"
DIGIT = 0.6

FORWARD = {
    "x": [0.5, 0.2], "y": 1,
    "W1": [[0.6, -1.1], [1.0, 0.8]], "b1": [0.3, -0.1], "W2": [[0.9, -0.7]], "b2": [-0.4],
    "z1": [0.38, 0.56], "a1": [0.38, 0.56], "z2": [-0.45], "y_hat": [0.38936076], "L": 0.94324895,
}  # fmt: skip
BACKWARD = {
    "delta2": [-0.61063924], "delta1": [-0.54957532, 0.42744747],
    "dL_dW1": [[-0.27478766, -0.10991506], [0.21372374, 0.08548949]],
    "dL_db1": [-0.54957532, 0.42744747],
    "dL_dW2": [[-0.23204291, -0.34195798]], "dL_db2": [-0.61063924],
}  # fmt: skip
BOTH = FORWARD | BACKWARD
# Long, tiny, huge and no numbers at all
UGLY = {
    "x": [-0.4123, 12345.678], "y": [0.0],
    "W1": [[-22.2077, -2.305], [3.4052, -1.00622]], "b1": [-0.5915, -1e-7],
    "W2": [-1.5361, -1.7868], "b2": -0.3562,
    "z1": [-1.0513, -0.0599], "a1": [0.0, 1e9], "z2": [[-0.1702]],
    "y_hat": float("nan"), "L": float("inf"), "delta2": -12.4576, "delta1": [-0.0, 0.8176],
    "dL_dW1": [[-123456.5, 1e-12], [-123.40879, 0.16353]], "dL_db1": [float("-inf"), -0.8176],
    "dL_dW2": [[-0.0235, -0.00000274]], "dL_db2": [-0.4576],
}  # fmt: skip
UGLY_FORWARD = {k: v for k, v in UGLY.items() if k in FORWARD}
NETWORKS = {"forward": FORWARD, "both": BOTH, "ugly": UGLY, "ugly forward": UGLY_FORWARD}

GRADIENTS = {"W1": BOTH["dL_dW1"], "b1": BOTH["dL_db1"], "W2": BOTH["dL_dW2"], "b2": BOTH["dL_db2"]}
WORDS = {
    "cm_actual": "actual", "cm_predicted": "predicted",
    "cm_malignant": "malignant", "cm_benign": "benign",
    "ng_parameter": "parameter", "ng_product": "which product",
    "ng_by_hand": "by hand", "ng_mx_grad": "mx.grad",
    "ng_finite_difference": "finite diff. <", "ng_agree": "all agree", "ng_differ": "they differ",
    "bench_what": "what", "bench_median": "median", "bench_span": "least–most",
    "bench_promised": "promised", "bench_missed": "missed",
    "bench_cold": "cold build", "bench_shift": "shift", "bench_steps": "µs a step",
    "bench_two": "2-2-1", "bench_diagnosis": "30-8-1", "bench_digits": "64-128-10",
    "bench_mlx_compiled": "MLX", "bench_numpy": "NumPy",
}  # fmt: skip
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


def measurement(value, unit="", limit=None, low=None, high=None, n=1):
    low, high = value if low is None else low, value if high is None else high
    return {"value": value, "unit": unit, "limit": limit, "low": low, "high": high, "n": n}


SAMPLES = {
    "network": BOTH,
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
    "confusion_matrix": {"confusion": [[39, 3], [1, 71]]},
    "nine_gradients": {"by_hand": GRADIENTS, "mx_grad": GRADIENTS, "finite_difference": GRADIENTS},
    "curves": {
        "z": Z,
        "value": {"ReLU": [max(z, 0.0) for z in Z], "sigmoid": SIGMOID},
        "slope": {
            "ReLU": [1.0 if z > 0 else 0.0 for z in Z],
            "sigmoid": [s * (1 - s) for s in SIGMOID],
        },
    },
    "loss_in_z": {
        "z": Z,
        "loss": {
            "y = 1": [math.log(1 + math.exp(-z)) for z in Z],
            "y = 0": [math.log(1 + math.exp(z)) for z in Z],
        },
        "at": -0.5,
        "at_loss": math.log(1 + math.exp(0.5)),
        "at_slope": -1 / (1 + math.exp(-0.5)),
    },
    "graph": GRAPH,
    "measured": {
        "rows": {
            "cold": measurement(95.25, "s", 90, low=80.5, high=123.4, n=3),
            "shift": measurement(0.00412, limit=0.01),
        }
    },
    "steps": {
        "rows": {
            f"{network}_{way}": measurement(value, unit)
            for network in ("two", "diagnosis", "digits")
            for way, value, unit in (
                ("mlx_compiled", 192.04, "µs"),
                ("numpy", 68.841, "µs"),
                ("numpy_ratio", 0.35847, "×"),
            )
        }
    },
}
PICTURES = ["network", "loss_curves", "histogram", "curves", "loss_in_z", "graph"]
REQUIRED = {
    "network": list(FORWARD),
    "loss_curves": ["epochs", "curves"],
    "histogram": ["edges", "counts"],
    "confusion_matrix": ["confusion"],
    "nine_gradients": ["by_hand", "mx_grad", "finite_difference"],
    "curves": ["z", "value", "slope"],
    "loss_in_z": ["z", "loss", "at", "at_loss", "at_slope"],
    "graph": ["nodes", "edges"],
    "measured": ["rows"],
    "steps": ["rows"],
}


def draw(name, values):
    return FIGURES[name](values, WORDS, None)


def parts(html):
    """The top-level elements of a figure."""
    return list(ET.fromstring(f"<root>{html}</root>"))


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


def read(words):
    return float(words.removeprefix("= ").replace(MINUS, "-"))


networks = pytest.mark.parametrize(
    "case, size", [(case, size) for case in NETWORKS for size in (0, 1)], ids=lambda v: str(v)
)


def picture_of(case, size):
    return parts(draw("network", NETWORKS[case]))[size]


# All figures


@pytest.mark.parametrize("name", FIGURES)
def test_same_numbers_same_picture_and_numbers_untouched(name):
    values = copy.deepcopy(SAMPLES[name])
    assert draw(name, values) == draw(name, values)
    assert values == SAMPLES[name]
    assert parts(draw(name, values))


@pytest.mark.parametrize("name, missing", [(n, m) for n, ms in REQUIRED.items() for m in ms])
def test_missing_variable_is_named(name, missing):
    values = {k: v for k, v in SAMPLES[name].items() if k != missing}
    with pytest.raises(ValueError, match=rf"missing variable .*\b{missing}\b"):
        draw(name, values)


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_hold_symbols_only_and_take_colours_from_css(name):
    for picture in parts(draw(name, SAMPLES[name])):
        assert picture.get("aria-hidden") == "true"
        words = " ".join("".join(e.itertext()) for e in picture.iter("text"))
        assert not set(re.findall(r"[A-Za-z]{2,}", words)) - {
            "ReLU",
            "sigmoid",
            "log",
            "ln",
            "nan",
            "inf",
        }
        for element in picture.iter():
            assert not {"style", "fill", "stroke", "color"} & set(element.attrib)


@pytest.mark.parametrize("name", PICTURES)
def test_a_wide_and_a_tall_drawing_of_which_css_shows_one(name):
    wide, tall = parts(draw(name, SAMPLES[name]))
    assert css_of(wide)[1].endswith("--wide") and css_of(tall)[1].endswith("--tall")
    assert tall.get("viewBox").split()[2] == "358"
    for element in tall.iter():
        if element.get("font-size") and not (name == "curves" and element.text == "′"):
            assert float(element.get("font-size")) * 328 / 358 >= 12


@pytest.mark.parametrize("name", FIGURES)
def test_every_class_has_a_rule(name):
    rules = CSS.read_text("utf-8")
    samples = [SAMPLES[name]]
    if name == "nine_gradients":
        samples.append(SAMPLES[name] | {"mx_grad": GRADIENTS | {"b2": [0.0]}})
    for values in samples:
        for picture in parts(draw(name, values)):
            for css in {c for element in picture.iter() for c in css_of(element)}:
                assert re.search(rf"\.{re.escape(css)}(?![\w-])", rules), f"no rule for .{css}"


def test_css_draws_its_colours_from_the_tokens():
    rules = CSS.read_text("utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules)
    known = "paper plate ink ink2 ink3 fwd bwd bwd-wash mark mark-line ok rule line".split()
    assert set(re.findall(r"var\(--tp-([\w-]+)", rules)) <= set(known)


# Network


def names_of(both):
    parameters = "w1_11 w1_12 w1_21 w1_22 b1_1 b1_2 w2_11 w2_12 b2_1".split()
    forward = ["x_1", "x_2", "y", *parameters, *"z1_1 z1_2 a1_1 a1_2 z2_1 y_hat L".split()]
    return forward + (
        ["delta1_1", "delta1_2", "delta2_1"] + [f"dL_d{n}" for n in parameters] if both else []
    )


def value_of(values, name):
    """The recorded number that a data-symbol stands for, found without the code under test."""
    gradient = name.startswith("dL_d")
    stem, _, sub = name.removeprefix("dL_d").partition("_")
    if name in ("y", "y_hat", "L"):
        item = values[name]
    else:
        item = values[("dL_d" if gradient else "") + (stem.upper() if stem[0] == "w" else stem)]
    flat = []

    def walk(v):
        if isinstance(v, list):
            for w in v:
                walk(w)
        else:
            flat.append(v)

    walk(item)
    sub = sub if sub.isdigit() else "1"
    index = int(sub) - 1 if len(sub) == 1 else 2 * (int(sub[0]) - 1) + int(sub[1]) - 1
    return flat[index]


@networks
def test_every_quantity_once_and_none_else(case, size):
    picture = picture_of(case, size)
    symbols = [g.get("data-symbol") for g in picture.iter("g") if g.get("data-symbol")]
    assert sorted(symbols) == sorted(names_of("delta2" in NETWORKS[case]))


@networks
def test_shown_digits_are_the_recorded_value(case, size):
    for name, group in quantities(picture_of(case, size)).items():
        value = value_of(NETWORKS[case], name)
        assert group.get("data-value") == repr(float(value)), name
        shown = next(e.text for e in group.iter("text") if "tp-v" in css_of(e))
        if not math.isfinite(value):
            assert shown == {"nan": "nan", "inf": "inf", "-inf": f"{MINUS}inf"}[str(value)]
            continue
        digits, _, exponent = shown.removeprefix("= ").replace(MINUS, "-").partition("e")
        unit = 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
        assert abs(read(shown) - value) <= 0.5000001 * unit, name
        assert value == 0 or read(shown) != 0, f"{name}: {value} is shown as 0"


@pytest.mark.parametrize("size", (0, 1))
def test_digits_as_the_book_writes_them(size):
    shown = {
        name: next(e.text for e in group.iter("text") if "tp-v" in css_of(e))
        for name, group in quantities(picture_of("both", size)).items()
    }
    expected = {
        "z1_1": "0.38",
        "y_hat": "0.3894",
        "z2_1": f"{MINUS}0.45",
        "w1_21": "1.0",
        "y": "= 1",
        "dL_dw2_12": f"{MINUS}0.3420",
        "dL_dw1_22": "0.0855",
        "L": "0.9432",
    }
    assert {name: shown[name] for name in expected} == expected


@pytest.mark.parametrize("size", (0, 1))
def test_four_decimals_fit_with_a_sign(size):
    def all_(value):
        return [all_(v) for v in value] if isinstance(value, list) else -1.23456

    values = {name: all_(value) for name, value in BOTH.items()} | {"y": 1}
    for name, group in quantities(parts(draw("network", values))[size]).items():
        if name[0] not in "xy" or name == "y_hat":
            assert f"{MINUS}1.2346" in [e.text for e in group.iter("text")], name


@networks
def test_symbols_carry_layer_and_index(case, size):
    for name, group in quantities(picture_of(case, size)).items():
        written = "".join(e.text for e in group.iter("text") if "tp-v" not in css_of(e))
        if name.startswith("dL_d"):
            assert written == "∂"
        elif name[-1].isdigit() and name[0] != "x":
            stem, sub = name.split("_")
            assert written == f"{stem[:-1].replace('delta', 'δ')}({stem[-1]}){sub}"
    everything = quantities(picture_of(case, size))
    first, second = (
        [e.text for e in everything[name].iter("text") if "tp-v" not in css_of(e)]
        for name in ("w1_11", "w2_11")
    )
    assert first != second


@networks
def test_chips_and_boxes_do_not_touch(case, size):
    picture = picture_of(case, size)
    solid = {e.get("data-chip") or i: box(e) for i, e in enumerate(picture.iter("rect"))
             if {"tp-gap", "tp-box"} & set(css_of(e))}  # fmt: skip
    assert len(solid) == 9 + 6
    for (a, first), (b, second) in itertools.combinations(solid.items(), 2):
        assert not overlap(first, second), (a, b)
    _, _, width, height = map(float, picture.get("viewBox").split())
    for name, (x0, y0, x1, y1) in solid.items():
        assert x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height, name


@networks
def test_text_stays_in_its_cell_and_symbol_clear_of_value(case, size):
    picture = picture_of(case, size)
    for name, group in quantities(picture).items():
        left, top, right, bottom = box(next(e for e in group.iter("rect")))
        symbol_end, value_start = left, right
        for e in group.iter("text"):
            em, x, y = float(e.get("font-size")), float(e.get("x")), float(e.get("y"))
            per = DIGIT if "tp-v" in css_of(e) else 0.5
            wide = em * (0.72 if e.text in "wL" else 1.278 if "(" in e.text else per * len(e.text))
            start = x - wide if e.get("text-anchor") == "end" else x
            assert start >= left - 1.5 and start + wide <= right + 1.5, (name, e.text)
            assert y - 0.75 * em >= top - 1 and y <= bottom, (name, e.text)
            if "tp-v" in css_of(e):
                value_start = start
            else:
                symbol_end = max(symbol_end, start + wide)
        assert value_start - symbol_end >= 1.5, name


@networks
def test_wires_pass_no_box_and_no_chip_but_their_own(case, size):
    picture = picture_of(case, size)
    boxes = [box(e) for e in picture.iter("rect") if "tp-box" in css_of(e)]
    chips = {e.get("data-chip"): box(e) for e in picture.iter("rect") if "tp-gap" in css_of(e)}
    for name, _, line in lanes(picture):
        assert not any(crosses(line, b) for b in boxes), name
        assert not [chip for chip, b in chips.items() if chip != name and crosses(line, b)], name
        if name.startswith("w"):
            assert crosses(line, chips[name]), f"the chip of {name} does not lie on its wire"


@networks
def test_two_lanes_nine_apart_in_opposite_directions(case, size):
    found = {}
    for name, css, line in lanes(picture_of(case, size)):
        found.setdefault(name, {})[css] = line
    assert set(found) == {n for n in names_of(False) if n[0] in "wb"} | {"L"}
    for name, pair in found.items():
        if "delta2" not in NETWORKS[case]:
            assert set(pair) == {"tp-fwd"}
            continue
        (ax, ay), (bx, by) = pair["tp-fwd"]
        length = math.hypot(bx - ax, by - ay)
        for x, y in pair["tp-bwd"]:
            aside = abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length
            assert aside == pytest.approx(9, abs=0.05), name
        # forward is the upper lane, or the left one where wires stand upright
        fx, fy = (ax + bx) / 2, (ay + by) / 2
        gx, gy = (sum(p[k] for p in pair["tp-bwd"]) / 2 for k in (0, 1))
        assert fx < gx - 8 if abs(bx - ax) < 1 else fy < gy, name


def test_sizes():
    wide, tall = parts(draw("network", BOTH))
    assert wide.get("viewBox") == "0 0 960 388"
    assert tall.get("viewBox") == "0 0 358 716"


def test_rows_forward_above_backward_below():
    for picture in parts(draw("network", BOTH)):
        at = {n: float(next(g.iter("rect")).get("y")) for n, g in quantities(picture).items()}
        for name in names_of(False):
            if f"dL_d{name}" in at:
                assert at[name] < at[f"dL_d{name}"]
        for unit in ("1_1", "1_2", "2_1"):
            assert at[f"z{unit}"] < at[f"delta{unit}"]
        for group in picture.iter("g"):
            inside = [e.get("data-symbol") for e in group if e.get("data-symbol")]
            for name in inside:
                lane = (
                    "tp-bwd" if name.startswith(("d",)) else "tp-given" if name == "y" else "tp-fwd"
                )
                assert css_of(group) == [lane]


@pytest.mark.parametrize("missing", BACKWARD)
def test_gradients_all_or_none(missing):
    with pytest.raises(ValueError, match=rf"missing variable {missing}\b"):
        draw("network", {k: v for k, v in BOTH.items() if k != missing})


@pytest.mark.parametrize(
    "name, value",
    [
        ("x", [1.0]),
        ("W1", [[1.0, 2.0]]),
        ("L", [1.0, 2.0]),
        ("y_hat", "0.3"),
        ("W2", [[1.0], [2.0]]),
    ],
)
def test_wrong_shape_is_named(name, value):
    with pytest.raises(ValueError, match=rf"figure: {name} must"):
        draw("network", BOTH | {name: value})


# Charts


def curve_points(picture, name):
    group = next(g for g in picture.iter("g") if g.get("data-curve") == name)
    path = next(e for e in group.iter("path") if "tp-curve" in css_of(e)).get("d")
    return [
        (kind, float(x), float(y)) for kind, x, y in re.findall(r"([ML])(\S+?) ([-\d.]+)", path)
    ]


@pytest.mark.parametrize("scale", ("linear", "log"))
@pytest.mark.parametrize("size", (0, 1))
def test_loss_curves_stand_at_their_values(scale, size):
    values = SAMPLES["loss_curves"] | {"scale": scale}
    picture = parts(draw("loss_curves", values))[size]
    bend = math.log10 if scale == "log" else float
    drawn = [(y, bend(v)) for name, item in values["curves"].items()
             for (_, _, y), v in zip(curve_points(picture, name), item, strict=True)]  # fmt: skip
    (y0, v0), (y1, v1) = min(drawn), max(drawn)
    assert v0 > v1
    for y, v in drawn:
        assert y == pytest.approx(y0 + (v - v0) / (v1 - v0) * (y1 - y0), abs=0.05)


@pytest.mark.parametrize("size", (0, 1))
def test_loss_labels_at_the_end_and_apart(size):
    curves = {str(k): [1.0, 0.5 + k / 1000] for k in range(5)}
    values = {"epochs": [0, 1], "curves": curves, "reference": 0.5}
    picture = parts(draw("loss_curves", values))[size]
    labels = [
        e
        for e in picture.iter("text")
        if e.text in [*curves, "0.5"] and e.get("text-anchor") is None
    ]
    assert len(labels) == 6
    heights = sorted(float(e.get("y")) for e in labels)
    assert all(b - a >= 13 for a, b in itertools.pairwise(heights))
    assert heights[-1] <= float(picture.get("height"))
    width = float(picture.get("viewBox").split()[2])
    for e in labels:
        assert float(e.get("x")) + DIGIT * float(e.get("font-size")) * len(e.text) <= width
    kinds = [css_of(g)[0] for g in picture.iter("g") if g.get("data-curve")]
    assert len(set(kinds)) == 5


def test_loss_that_breaks_off_says_so():
    values = {
        "epochs": [0, 1, 2, 3],
        "curves": {"5": [1.0, 9.0, math.inf, math.nan], "0.1": [1.0, 0.9, 0.8, 0.7]},
    }
    for picture in parts(draw("loss_curves", values)):
        assert len(curve_points(picture, "5")) == 2
        assert "5 → nan" in [e.text for e in picture.iter("text")]
        assert "nan" not in "".join(e.get("d") for e in picture.iter("path"))


def test_a_hole_in_a_curve_is_not_bridged():
    values = {"epochs": [0, 1, 2], "curves": {"a": [1.0, math.nan, 0.5]}}
    kinds = [kind for kind, _, _ in curve_points(parts(draw("loss_curves", values))[0], "a")]
    assert kinds == ["M", "M"]


@pytest.mark.parametrize(
    "curves", [[1.0], {}, {"a": [1.0]}, {"a": [math.nan] * 5}, {"a": ["1"] * 5}]
)
def test_bad_curves(curves):
    with pytest.raises(ValueError, match="curves"):
        draw("loss_curves", {"epochs": [0, 1, 2, 3, 4], "curves": curves})


def test_reference_is_called_by_its_name():
    ln2, other = (
        [
            e.text
            for e in parts(draw("loss_curves", SAMPLES["loss_curves"] | {"reference": v}))[0].iter(
                "text"
            )
        ]
        for v in (math.log(2), 0.25)
    )
    assert "ln 2" in ln2 and "ln 2" not in other and other.count("0.25") >= 1


@pytest.mark.parametrize("size", (0, 1))
def test_histogram_bars_and_counts(size):
    values = SAMPLES["histogram"]
    picture = parts(draw("histogram", values))[size]
    panels = {g.get("data-panel"): g for g in picture.iter("g") if g.get("data-panel")}
    assert list(panels) == list(values["counts"])
    scale = set()
    for name, panel in panels.items():
        wanted = [c for c in values["counts"][name] if c]
        bars = [e for e in panel.iter("rect") if "tp-bar" in css_of(e)]
        written = [e.text for e in panel.iter("text")]
        assert name in written
        assert [w for w in written if w.isdigit()] == [str(c) for c in wanted]
        scale |= {
            round(float(b.get("height")) / c, 2) for b, c in zip(bars, wanted, strict=True) if c > 5
        }
        assert any("tp-reference" in css_of(e) for e in panel.iter("path"))
    assert len(scale) == 1, "the panels have one common scale"
    assert [e.text for e in picture.iter("text")].count("ln 2") == 1


def test_histogram_turns_counts_that_do_not_fit():
    edges = list(range(41))
    narrow, _ = parts(draw("histogram", {"edges": edges, "counts": {"a": [1000] * 40}}))
    assert all(e.get("transform") for e in narrow.iter("text") if e.text == "1000")


@pytest.mark.parametrize(
    "change",
    [
        {"edges": [0, 0.2, 0.2, 0.6, 0.8]},
        {"edges": [0, 1]},
        {"counts": {"a": [1, 2, 3, -1]}},
        {"counts": [1, 2]},
    ],
)
def test_bad_histogram(change):
    with pytest.raises(ValueError, match="edges|counts"):
        draw("histogram", SAMPLES["histogram"] | change)


def test_curves_value_above_slope_below_and_the_step_is_a_step():
    for picture in parts(draw("curves", SAMPLES["curves"])):
        groups = {g.get("data-curve"): g for g in picture.iter("g") if g.get("data-curve")}
        for name in ("ReLU", "sigmoid"):
            assert css_of(groups[name]) == ["tp-fwd"] and css_of(groups[f"{name}_slope"]) == [
                "tp-bwd"
            ]
            upper = max(y for _, _, y in curve_points(picture, name))
            assert upper < min(y for _, _, y in curve_points(picture, f"{name}_slope"))
        paths = [e.get("d") for e in groups["ReLU_slope"].iter("path") if "tp-curve" in css_of(e)]
        assert len(paths) == 2
        for d in paths:
            assert len(set(re.findall(r" ([-\d.]+)", d))) == 1, "each stretch of the slope is level"
        assert sum("tp-dot--open" in css_of(e) for e in groups["ReLU_slope"].iter("circle")) == 1
        assert not list(groups["sigmoid_slope"].iter("circle"))


def test_curves_share_one_scale():
    """The slope of the sigmoid at 0 is a quarter of the step of ReLU's, in pixels too."""
    for picture in parts(draw("curves", SAMPLES["curves"])):
        relu = [y for _, _, y in curve_points(picture, "ReLU_slope")]  # its first stretch, at 0
        group = next(g for g in picture.iter("g") if g.get("data-curve") == "ReLU_slope")
        # its second, at 1
        steps = [float(e.get("cy")) for e in group.iter("circle") if "tp-dot--open" in css_of(e)]
        sigmoid = [y for _, _, y in curve_points(picture, "sigmoid_slope")]
        assert relu[0] - min(sigmoid) == pytest.approx((relu[0] - steps[0]) / 4, abs=0.2)


def test_curves_of_other_functions_are_refused():
    values = SAMPLES["curves"] | {"slope": {"tanh": SIGMOID}}
    with pytest.raises(ValueError, match="tanh"):
        draw("curves", values)


def test_tangent_touches_its_curve_and_has_its_slope():
    for picture in parts(draw("loss_in_z", SAMPLES["loss_in_z"])):
        tangent = next(
            e for g in picture.iter("g") if g.get("data-tangent") for e in g.iter("path")
        )
        (x0, y0), (x1, y1) = segment(tangent.get("d"))
        dot = next(e for e in picture.iter("circle") if e.get("r") == "4.5")
        assert (x0 + x1) / 2 == pytest.approx(float(dot.get("cx")), abs=0.02)
        assert (y0 + y1) / 2 == pytest.approx(float(dot.get("cy")), abs=0.02)
        xs, ys = zip(*[(x, y) for _, x, y in curve_points(picture, "y = 1")], strict=True)
        at = min(range(len(xs)), key=lambda i: abs(xs[i] - float(dot.get("cx"))))
        assert ys[at] == pytest.approx(float(dot.get("cy")), abs=1.5)
        near = (ys[at + 1] - ys[at - 1]) / (xs[at + 1] - xs[at - 1])
        assert (y1 - y0) / (x1 - x0) == pytest.approx(near, rel=0.03)


# Computation graph


def test_graph_holds_every_number_once():
    for picture in parts(draw("graph", GRAPH)):
        told = quantities(picture)
        for node in GRAPH["nodes"]:
            assert float(told[node["name"]].get("data-value")) == node["value"]
            assert float(told[f"dL_d{node['name']}"].get("data-value")) == node["grad"]
        for edge in GRAPH["edges"]:
            assert float(told[f"d{edge['to']}_d{edge['from']}"].get("data-value")) == edge["local"]


def test_graph_goes_forward_and_back_on_every_edge():
    for size, picture in enumerate(parts(draw("graph", GRAPH))):
        found = {(name, css): line for name, css, line in lanes(picture)}
        for edge in GRAPH["edges"]:
            name = f"{edge['from']}-{edge['to']}"
            (a, b), (c, d) = found[name, "tp-fwd"], found[name, "tp-bwd"]
            assert a[size] < b[size] and c[size] != d[size], "right, or down"


def test_graph_boxes_and_chips_do_not_touch():
    for picture in parts(draw("graph", GRAPH)):
        boxes = [box(r) for r in picture.iter("rect") if "tp-box" in css_of(r)]
        nodes = [b for b in boxes if b[3] - b[1] != 24]  # the others hold an operation
        chips = [box(r) for r in picture.iter("rect") if r.get("data-chip")]
        for a, b in itertools.combinations([*nodes, *chips], 2):
            assert not overlap(a, b)


def test_graph_names_what_is_wrong():
    with pytest.raises(ValueError, match="which is no node"):
        draw("graph", {**GRAPH, "edges": [{"from": "w", "to": "q"}]})
    with pytest.raises(ValueError, match="passes over a column"):
        draw("graph", {**GRAPH, "edges": [*GRAPH["edges"], {"from": "w", "to": "L"}]})
    with pytest.raises(ValueError, match="a node needs"):
        draw("graph", {**GRAPH, "nodes": [{"name": "w"}]})


# Tables


def cells(row):
    return ["".join(e.itertext()) for e in row]


def rows_of(values, tex=None):
    (table,) = parts(FIGURES["nine_gradients"](values, WORDS, tex))
    return {row.get("data-symbol"): row for row in table.iter("tr") if row.get("data-symbol")}


def test_nine_rows_each_with_its_product_and_numbers():
    rows = rows_of(SAMPLES["nine_gradients"])
    assert len(rows) == 9
    assert cells(rows["dL_dw1_12"])[:2] == [
        "dL_dw1_12" + "w^{(1)}_{12}",
        r"\delta^{(1)}_{1}\,x_{2}",
    ]
    assert cells(rows["dL_dw1_21"])[1] == r"\delta^{(1)}_{2}\,x_{1}"
    assert cells(rows["dL_dw2_12"])[1] == r"\delta^{(2)}_{1}\,a^{(1)}_{2}"
    assert cells(rows["dL_db1_2"])[1] == r"\delta^{(1)}_{2}"
    assert cells(rows["dL_dw1_22"])[2:5] == ["0.085489"] * 3
    assert cells(rows["dL_db2_1"])[2:] == [f"{MINUS}0.610639"] * 3 + ["✓"]


@pytest.mark.parametrize("source", REQUIRED["nine_gradients"])
@pytest.mark.parametrize("off, glyph", [(4e-6, "✓"), (2e-5, "✕"), (math.nan, "✕"), (math.inf, "✕")])
def test_tick_only_where_all_three_agree(source, off, glyph):
    wrong = GRADIENTS | {"b2": [GRADIENTS["b2"][0] + off]}
    rows = rows_of(SAMPLES["nine_gradients"] | {source: wrong})
    assert {name: cells(row)[-1] for name, row in rows.items() if cells(row)[-1] != "✓"} == (
        {"dL_db2_1": "✕"} if glyph == "✕" else {}
    )
    said = next(e.get("aria-label") for e in rows["dL_db2_1"].iter("span") if e.get("aria-label"))
    assert said == WORDS["ng_agree" if glyph == "✓" else "ng_differ"]


def test_tolerance_is_the_callers():
    wrong = GRADIENTS | {"b2": [GRADIENTS["b2"][0] + 2e-5]}
    values = SAMPLES["nine_gradients"] | {"mx_grad": wrong, "tolerance": 1e-3}
    assert cells(rows_of(values)["dL_db2_1"])[-1] == "✓"


def test_maths_by_the_given_function():
    rows = rows_of(SAMPLES["nine_gradients"], lambda latex: f"<i>{len(latex)}</i>")
    assert rows["dL_dw1_11"][0][1][0].tag == "i"


def test_nine_gradients_names_what_is_missing():
    with pytest.raises(ValueError, match="mx_grad lacks W2"):
        draw(
            "nine_gradients",
            SAMPLES["nine_gradients"] | {"mx_grad": {k: GRADIENTS[k] for k in ("W1", "b1", "b2")}},
        )
    with pytest.raises(ValueError, match="missing UI string ng_agree"):
        FIGURES["nine_gradients"](
            SAMPLES["nine_gradients"], {k: v for k, v in WORDS.items() if k != "ng_agree"}
        )


def test_confusion_rows_are_actual_columns_predicted():
    (table,) = parts(draw("confusion_matrix", SAMPLES["confusion_matrix"]))
    body = [cells(row) for row in next(table.iter("tbody"))]
    assert body == [["actual", "malignant", "39", "3"], ["benign", "1", "71"]]
    assert [cells(row) for row in next(table.iter("thead"))] == [
        ["", "predicted"],
        ["malignant", "benign"],
    ]
    scopes = {"".join(e.itertext()): e.get("scope") for e in next(table.iter("thead")).iter("th")}
    assert scopes == {"predicted": "colgroup", "malignant": "col", "benign": "col"}
    right = [e.text for e in table.iter("td") if "tp-cm__right" in css_of(e)]
    assert right == ["39", "71"]


def test_confusion_classes_can_be_turned():
    values = {"confusion": [[71, 1], [3, 39]], "classes": ["benign", "malignant"]}
    (table,) = parts(draw("confusion_matrix", values))
    assert cells(next(table.iter("tbody"))[0]) == ["actual", "benign", "71", "1"]
    with pytest.raises(ValueError, match="missing UI string cm_cat"):
        draw("confusion_matrix", values | {"classes": ["cat", "benign"]})


def test_what_was_measured_is_told_with_its_promise_and_whether_it_is_kept():
    (table,) = parts(draw("measured", SAMPLES["measured"]))
    rows = [cells(row) for row in next(table.iter("tbody"))]
    assert rows == [
        ["cold build", "95.2 s", "80.5–123", "≤ 90 s ✕ missed"],
        ["shift", "0.00412", "", "≤ 0.01"],
    ]
    with pytest.raises(ValueError, match="missing UI string bench_other"):
        draw("measured", {"rows": {"other": SAMPLES["measured"]["rows"]["shift"]}})


def test_steps_stand_beside_their_ratio_and_an_absent_framework_is_left_out():
    (table,) = parts(draw("steps", SAMPLES["steps"]))
    assert [cells(row) for row in next(table.iter("tbody"))] == [
        ["MLX", "192", "192", "192"],
        ["NumPy", *["68.8 × 0.358"] * 3],
    ]


def test_every_figure_of_the_published_run_has_its_words():
    for group in json.loads(bench.RECORD.read_text("utf-8"))["groups"].values():
        for words in PROJECT.words.values():
            shown = "steps" if "two_numpy" in group["rows"] else "measured"
            assert FIGURES[shown]({"rows": group["rows"]}, words, None)


def test_lane_rule_runs_out_above_and_back_below():
    (rule,) = parts(lane_rule())
    out, back = (next(g.iter("line")) for g in rule if g.tag == "g")
    assert float(back.get("y1")) - float(out.get("y1")) == 9
