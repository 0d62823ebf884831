"""This book's figures: the network, its nine gradients, and what was measured."""

import itertools
import json
import math

import pytest
from conftest import PROJECT, ROOT
from drawings import (
    CSS,
    DIGIT,
    MINUS,
    assert_every_class_has_a_rule,
    assert_names_what_is_missing,
    assert_pure,
    assert_symbols_only,
    assert_wide_and_tall,
    box,
    cells,
    crosses,
    css_of,
    lanes,
    overlap,
    parts,
    quantities,
    read,
)  # fmt: skip
from literate.figures import FIGURES

from two_passes.bench.command import RECORD

STYLES = (CSS, ROOT / "two_passes" / "theme" / "assets" / "extra.css")
RULES = "\n".join(path.read_text("utf-8") for path in STYLES)

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
    "ng_parameter": "parameter", "ng_product": "which product",
    "ng_by_hand": "by hand", "ng_mx_grad": "mx.grad",
    "ng_finite_difference": "finite diff. <", "ng_agree": "all agree", "ng_differ": "they differ",
    "bench_what": "what", "bench_median": "median", "bench_span": "least–most",
    "bench_promised": "promised", "bench_missed": "missed",
    "bench_cold": "cold build", "bench_shift": "shift", "bench_steps": "µs a step",
    "bench_two": "2-2-1", "bench_diagnosis": "30-8-1", "bench_digits": "64-128-10",
    "bench_mlx_compiled": "MLX", "bench_numpy": "NumPy", "bench_two_points": "two",
    "bench_moons": "moons", "bench_many": "many", "bench_numbers": "numbers",
    "bench_engine": "engine", "bench_mlx_eager": "eager",
}  # fmt: skip


def measurement(value, unit="", limit=None, low=None, high=None, n=1):
    low, high = value if low is None else low, value if high is None else high
    return {"value": value, "unit": unit, "limit": limit, "low": low, "high": high, "n": n}


SAMPLES = {
    "network": BOTH,
    "nine_gradients": {"by_hand": GRADIENTS, "mx_grad": GRADIENTS, "finite_difference": GRADIENTS},
    "two_products": {
        "J": [[0.144713, -0.265307], [0.231381, 0.185105]],
        "u": [1.0, 2.0],
        "r": [-0.385901, 0.60159],
        "s": [0.202757, -0.981024],
        "v": [3.0, -1.0],
    },
    "points": {"points": {"a": [0.5, -1.5], "t": [-0.4, 1.4], "q": [0.0, 0.0]}, "ringed": "a"},
    "shared": {
        "X": [[0.6, 5.0, -1.0], [1.8, 1.0, 0.0], [-1234.5, 1e-9, 2.0]],
        "batch": [[2.0, 3.0, 0.0], [1.0, 2.0, 1.2247]],
        "layer": [[1.5, 0.9, 2.4], [2.5, 0.7, 1.8]],
        "rms": [[2.9, 1.2, 3.3]],
    },
    "kernel": {
        "X": [[0.0, 0.0, 2.0, 2.0]] * 4,
        "dL_dX": [[-1.0, -0.5, 1.0, 12.345]] * 4,
        "W": [[-1.0, 0.0, 1.0]] * 3,
        "dL_dW": [[2.0, 4.0, -1e-7]] * 3,
        "Y": [[9.0, 6.0], [6.0, 5.0]],
        "dL_dY": [[1.0, 0.5], [-1.0, 2.0]],
        "place": [1, 2],
    },
    "block": {
        "x": [0.5, 0.2],
        "z": [0.38, 0.56],
        "f": [-0.05, 0.414],
        "y": [0.45, 0.614],
        "dL_dx": [-0.56, -3.09],
        "dL_dz": [-0.1, -1.5],
        "dL_df": [1.0, -2.0],
        "dL_dy": [1.0, -2.0],
    },
    "panels": {"panels": {"A": {"bug": [1.0, 1.0]}, "B": {"bug": [2.0, 1e30], "right": [2.0, 0]}}},
    "measured": {
        "rows": {
            "cold": measurement(95.25, "s", 90, low=80.5, high=123.4, n=3),
            "shift": measurement(0.00412, limit=0.01),
        }
    },
    "heat_map": {
        "maps": {"t = 0": [[0.5, 0.5], [0.25, 0.75]], "t = 1": [[1.0, 0.0], [0.0, 1.0]]},
        "rows": ["q₁", "q₂"],
        "columns": ["3", "1"],
    },
    "valley": {
        "h": [1.0, 25.0],
        "eta": 0.1,
        "mu": 0.5,
        "rates": [0.01, 0.1],
        "momenta": [0, 0.5],
        "paths": {name: [[-2.0, 0.8], [-1.8, -1.2], [1e-9, 1e30]] for name in ("SGD", "Lion")},
    },
    "regions": {
        "across": [0.0, 1.0, 2.0],
        "up": [0.0, 1.0],
        "maps": {"0": [[-1.0, 1.0, -1.0], [1.0, -1.0, 1.0]], "20": [[-1.0] * 3] * 2},
        "points": [[0.5, 0.5], [1.5, 0.25]],
        "classes": [0, 1],
        "letter": "t",
    },
    "engines": {
        "rows": {
            f"{network}_{way}": measurement(value)
            for network in ("two", "moons", "many")
            for way, value in (
                ("numbers", 37086.3),
                ("numbers_ratio", 168.2),
                ("engine", 220.5),
                ("mlx_eager", 144.1),
                ("mlx_compiled", 86.7),
            )
        }
    },
    "pictures": {"pictures": [[1.0, -0.5, 0.0, 0.1]], "names": [0]},
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
REQUIRED = {
    "network": list(FORWARD),
    "nine_gradients": ["by_hand", "mx_grad", "finite_difference"],
    "two_products": ["J", "u", "r", "s", "v"],
    "points": ["points", "ringed"],
    "shared": ["X", "batch", "layer", "rms"],
    "kernel": ["X", "W", "Y", "dL_dX", "dL_dW", "dL_dY", "place"],
    "block": ["x", "z", "f", "y", "dL_dx", "dL_dz", "dL_df", "dL_dy"],
    "panels": ["panels"],
    "measured": ["rows"],
    "pictures": ["pictures", "names"],
    "steps": ["rows"],
    "engines": ["rows"],
    "regions": ["across", "up", "maps", "points", "classes", "letter"],
    "heat_map": ["maps", "rows", "columns"],
    "valley": ["h", "paths", "eta", "mu", "rates", "momenta"],
}


def draw(name, values):
    return FIGURES[name](values, WORDS, None)


networks = pytest.mark.parametrize(
    "case, size", [(case, size) for case in NETWORKS for size in (0, 1)], ids=lambda v: str(v)
)


def picture_of(case, size):
    return parts(draw("network", NETWORKS[case]))[size]


@pytest.mark.parametrize("name", SAMPLES)
def test_what_holds_for_every_figure(name):
    assert_pure(lambda values: draw(name, values), SAMPLES[name])
    for missing in REQUIRED[name]:
        assert_names_what_is_missing(lambda values: draw(name, values), SAMPLES[name], missing)
    assert_every_class_has_a_rule(draw(name, SAMPLES[name]), RULES)


def test_the_network_is_a_picture():
    assert_symbols_only(draw("network", BOTH))
    assert_wide_and_tall(draw("network", BOTH))


def test_a_heat_map_shades_its_cells_by_their_numbers():
    drawn = draw("heat_map", SAMPLES["heat_map"])
    assert_symbols_only(drawn)
    assert_wide_and_tall(drawn)
    assert drawn.count('data-map="t = 1"') == 2 and drawn.count('fill-opacity="0.38"') == 2
    with pytest.raises(ValueError, match="from 0 to 1"):
        draw("heat_map", SAMPLES["heat_map"] | {"maps": {"P": [[0.5, 0.5], [-1.0, 2.0]]}})


def test_two_products_is_a_picture_of_tables_that_fit():
    assert_symbols_only(draw("two_products", SAMPLES["two_products"]))
    assert_wide_and_tall(draw("two_products", SAMPLES["two_products"]))
    with pytest.raises(ValueError, match="where 2 × 2 and 3 × 2 fit"):
        draw("two_products", SAMPLES["two_products"] | {"u": [1.0, 2.0, 3.0]})


@pytest.mark.parametrize("name", ["shared", "kernel"])
def test_pictures_of_batches_and_kernels_hold_symbols_alone(name):
    assert_symbols_only(draw(name, SAMPLES[name]))
    assert_wide_and_tall(draw(name, SAMPLES[name]))


def test_a_block_is_a_picture_of_two_entries():
    assert_symbols_only(draw("block", SAMPLES["block"]))
    assert_wide_and_tall(draw("block", SAMPLES["block"]))
    with pytest.raises(ValueError):
        draw("block", SAMPLES["block"] | {"z": [1.0, 2.0, 3.0]})


def test_panels_have_a_letter_each_and_curves_of_one_length():
    drawn = draw("panels", SAMPLES["panels"])
    assert_wide_and_tall(drawn)
    assert drawn.count('data-curve="') == 6
    for wrong in ({}, {"A": {}}, {"A": {"bug": [1.0], "right": [1.0, 2.0]}}):
        with pytest.raises(ValueError, match="panels"):
            draw("panels", {"panels": wrong})


def test_a_gradient_that_differs_has_a_rule():
    values = SAMPLES["nine_gradients"] | {"mx_grad": GRADIENTS | {"b2": [0.0]}}
    assert_every_class_has_a_rule(draw("nine_gradients", values), RULES)


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


# Tables


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


def test_what_was_measured_is_told_with_its_promise_and_whether_it_is_kept():
    (table,) = parts(draw("measured", SAMPLES["measured"]))
    rows = [cells(row) for row in next(table.iter("tbody"))]
    assert rows == [
        ["cold build", "95.2\xa0s", "80.5–123", "≤ 90\xa0s ✕ missed"],
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
    for name, group in json.loads(RECORD.read_text("utf-8"))["groups"].items():
        rows = group["rows"]
        deep = {key: row for key, row in rows.items() if key.startswith(("whole_", "every_"))}
        shown = {
            "training": {"steps": rows}, "engines": {"engines": rows},
            "gradients": {"gradient_ratios": rows, "measured": deep},
        }.get(name, {"measured": rows})  # fmt: skip
        for words in PROJECT.words.values():
            assert all(FIGURES[each]({"rows": some}, words, None) for each, some in shown.items())
