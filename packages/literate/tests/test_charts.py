"""Charts: curves and bars at their values, labels apart, what cannot be drawn refused."""

import itertools
import json
import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from drawings import (
    DIGIT,
    SAMPLES,
    SIGMOID,
    Z,
    css_of,
    curve_points,
    draw,
    parts,
    points,
    segment,
)  # fmt: skip


def heights(picture, name, at):
    """How high a curve is at each of its values: it has only the points that it needs."""
    xs, ys = zip(*[(x, y) for _, x, y in curve_points(picture, name)], strict=True)
    across = [xs[0] + (v - at[0]) / (at[-1] - at[0]) * (xs[-1] - xs[0]) for v in at]
    return np.interp(across, xs, ys).tolist()


@pytest.mark.parametrize("scale", ("linear", "log"))
@pytest.mark.parametrize("size", (0, 1))
def test_loss_curves_stand_at_their_values(scale, size):
    values = SAMPLES["loss_curves"] | {"scale": scale}
    picture = parts(draw("loss_curves", values))[size]
    bend = math.log10 if scale == "log" else float
    drawn = []
    for name, item in values["curves"].items():
        drawn += zip(heights(picture, name, values["epochs"]), map(bend, item), strict=True)
    (y0, v0), (y1, v1) = min(drawn), max(drawn)
    assert v0 > v1
    for y, v in drawn:
        assert y == pytest.approx(y0 + (v - v0) / (v1 - v0) * (y1 - y0), abs=0.11)  # SLACK


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
            heights = {y for _, _, y in points(d)}
            assert len(heights) == 1, "each stretch of the slope is level"
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


def test_a_point_lies_on_its_curve_and_its_tangent_has_the_slope():
    for picture in parts(draw("moving", SAMPLES["moving"])):
        for name in ("y = 1", "y = 0"):
            group = next(g for g in picture.iter("g") if g.get("data-point") == name)
            (tangent,), (dot,) = list(group.iter("path")), list(group.iter("circle"))
            (x0, y0), (x1, y1) = segment(tangent.get("d"))
            assert (x0 + x1) / 2 == pytest.approx(float(dot.get("cx")), abs=0.02)
            assert (y0 + y1) / 2 == pytest.approx(float(dot.get("cy")), abs=0.02)
            xs, ys = zip(*[(x, y) for _, x, y in curve_points(picture, name)], strict=True)
            at = min(range(1, len(xs) - 1), key=lambda i: abs(xs[i] - float(dot.get("cx"))))
            assert ys[at] == pytest.approx(float(dot.get("cy")), abs=1.5)
            near = (ys[at + 1] - ys[at - 1]) / (xs[at + 1] - xs[at - 1])
            assert (y1 - y0) / (x1 - x0) == pytest.approx(near, rel=0.06)


def test_what_is_read_off_is_what_the_run_left():
    (block,) = ET.fromstring(f"<root>{draw('moving', SAMPLES['moving'])}</root>")
    data, given = json.loads(block.get("data-moving")), SAMPLES["moving"]
    assert data["at"] == Z and data["at"][data["start"]] == -0.5
    for key in ("curves", "slopes"):
        for name, row in given[key].items():
            assert data[key][name] == pytest.approx(row, rel=1e-5), name


@pytest.mark.parametrize(
    "changed, says",
    [
        ({"letters": "z"}, "letters must be two"),
        ({"slopes": {"y = 1": SAMPLES["moving"]["slopes"]["y = 1"]}}, "slopes name other curves"),
        ({"curves": {"y = 1": [1.0]}}, "at asks for"),
    ],
)
def test_what_a_moving_figure_lacks_is_told(changed, says):
    with pytest.raises(ValueError, match=says):
        draw("moving", SAMPLES["moving"] | changed)
