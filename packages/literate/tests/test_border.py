"""The plane of two inputs: its line is where the sum is 0, its shaded side where it is positive."""

import itertools
import json
import math

import pytest
from drawings import SAMPLES, draw, parts, segment
from literate.figures.border import CORNERS, positive_side


@pytest.mark.parametrize("w", [*itertools.product((-1.0, -0.25, 0.5), (-0.75, 0.3, 1.0))])
@pytest.mark.parametrize("b", [-0.9, -0.1, 0.0, 0.4, 3.0, -3.0])
def test_the_shaded_side_is_where_the_sum_is_positive(w, b):
    side = positive_side(list(w), b)
    sums = [w[0] * p + w[1] * q + b for p, q in side]
    assert all(each > -1e-9 for each in sums)
    assert {c for c in CORNERS if w[0] * c[0] + w[1] * c[1] + b >= 0} <= set(side)
    divided = len({w[0] * p + w[1] * q + b > 0 for p, q in CORNERS}) == 2
    assert sum(abs(each) < 1e-9 for each in sums) == (2 if divided else 0)


def test_weights_stand_upright_on_the_line_and_the_input_is_where_it_is():
    for picture in parts(draw("border", SAMPLES["border"])):
        drawn = {e.get("data-part"): e.get("d") for e in picture.iter("path")}
        (x0, y0), (x1, y1) = segment(drawn["edge"])
        (u0, v0), (u1, v1) = segment(drawn["weights"])
        lengths = math.hypot(x1 - x0, y1 - y0) * math.hypot(u1 - u0, v1 - v0)
        upright = (x1 - x0) * (u1 - u0) + (y1 - y0) * (v1 - v0)
        assert upright / lengths == pytest.approx(0, abs=0.001)
        (group,) = [g for g in picture.iter("g") if g.get("data-scale")]
        (low, high, left, right), (below, above, bottom, top) = json.loads(group.get("data-scale"))
        (dot,) = picture.iter("circle")
        assert float(dot.get("cx")) == pytest.approx(
            left + (0.5 - low) / (high - low) * (right - left)
        )
        assert float(dot.get("cy")) == pytest.approx(
            bottom + (0.2 - below) / (above - below) * (top - bottom)
        )
