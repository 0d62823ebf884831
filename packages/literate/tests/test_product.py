"""A matrix product drawn: every number in its place, the first entry marked."""

import pytest
from drawings import MINUS, SAMPLES, draw, parts

GIVEN = SAMPLES["product"]


def test_numbers_stand_in_rows_and_columns():
    for picture in parts(draw("product", GIVEN)):
        texts = [e for e in picture.iter("text") if e.get("text-anchor") == "middle"]
        said = [e.text.replace(MINUS, "-") for e in texts if e.text != "="]
        wanted = [
            v
            for grid in (GIVEN["left"], GIVEN["right"], GIVEN["result"])
            for row in grid
            for v in row
        ]
        assert sorted(map(float, said)) == sorted([*wanted, *GIVEN["added"]])
        places = {(e.get("x"), e.get("y")) for e in texts}
        assert len(places) == len(texts)


def test_the_marks_are_on_the_first_row_column_and_entry():
    for picture in parts(draw("product", GIVEN)):
        rects = {e.get("data-lit"): e for e in picture.iter("rect")}
        width = {name: float(e.get("width")) for name, e in rects.items()}
        assert width["row"] == pytest.approx(2 * width["column"], abs=0.02)
        assert width["column"] == width["entry"] == width["added"]
        below = float(rects["added"].get("y")) - float(rects["column"].get("y"))
        assert below == float(rects["column"].get("height")), "the bias is below its column"


def test_without_anything_added():
    plain = {k: v for k, v in GIVEN.items() if k != "added"} | {"letters": ["X", "W^⊤", "Z"]}
    for picture, sized in zip(
        parts(draw("product", plain)), parts(draw("product", GIVEN)), strict=True
    ):
        texts = [e.text for e in picture.iter("text")]
        assert "+" not in texts and "+" in [e.text for e in sized.iter("text")]
        assert {e.get("data-lit") for e in picture.iter("rect")} == {"row", "column", "entry"}
    with pytest.raises(ValueError, match="letters must be three"):
        draw("product", plain | {"letters": GIVEN["letters"]})


@pytest.mark.parametrize(
    "changed, says",
    [
        ({"left": [0.5, 0.2]}, "left must be a matrix"),
        ({"letters": ["X"]}, "letters must be four"),
        ({"right": [[0.6, 0.1]]}, "right must have shape"),
        ({"left": [[0.0] * 5], "right": [[0.0] * 2] * 5, "result": [[0.0] * 2]}, "9 columns"),
    ],
)
def test_what_is_no_product_is_told(changed, says):
    with pytest.raises(ValueError, match=says):
        draw("product", GIVEN | changed)
