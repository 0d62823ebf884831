"""What holds for every figure of the engine, and for the values that they read."""

import re

import pytest
from drawings import (
    CSS,
    PICTURES,
    REQUIRED,
    SAMPLES,
    WORDS,
    assert_every_class_has_a_rule,
    assert_names_what_is_missing,
    assert_pure,
    assert_symbols_only,
    assert_wide_and_tall,
    cells,
    css_of,
    draw,
    parts,
)  # fmt: skip
from literate.figures import FIGURES
from literate.figures.values import matrix, scalar, vector


@pytest.mark.parametrize("name", SAMPLES)
def test_same_numbers_same_picture_and_numbers_untouched(name):
    assert_pure(lambda values: draw(name, values), SAMPLES[name])


@pytest.mark.parametrize("name, missing", [(n, m) for n, ms in REQUIRED.items() for m in ms])
def test_a_missing_variable_is_named(name, missing):
    assert_names_what_is_missing(lambda values: draw(name, values), SAMPLES[name], missing)


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_hold_symbols_only_and_are_drawn_wide_and_tall(name):
    assert_symbols_only(draw(name, SAMPLES[name]))
    assert_wide_and_tall(draw(name, SAMPLES[name]))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_class_has_a_rule(name):
    assert_every_class_has_a_rule(draw(name, SAMPLES[name]), CSS.read_text("utf-8"))


def test_css_draws_its_colours_from_the_tokens():
    rules = CSS.read_text("utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules)
    known = "paper plate ink ink2 ink3 fwd bwd bwd-wash mark mark-line ok rule line".split()
    assert set(re.findall(r"var\(--tp-([\w-]+)", rules)) <= set(known)


@pytest.mark.parametrize(
    "read",
    [
        lambda: scalar([1.0, 2.0], "L"),
        lambda: scalar("0.3", "L"),
        lambda: scalar(True, "L"),
        lambda: vector([1.0], "L", 2),
        lambda: vector(1.0, "L"),
        lambda: matrix([[1.0, 2.0]], "L", 2, 2),
        lambda: matrix([[1.0], [2.0]], "L", 1, 2),
    ],
)
def test_a_wrong_shape_is_named(read):
    with pytest.raises(ValueError, match="figure: L must"):
        read()


# The confusion matrix


def test_rows_are_actual_columns_predicted():
    (table,) = parts(draw("confusion_matrix", SAMPLES["confusion_matrix"]))
    body = [cells(row) for row in next(table.iter("tbody"))]
    assert body == [["actual", "cat", "71", "1"], ["hound", "3", "39"]]
    head = next(table.iter("thead"))
    assert [cells(row) for row in head] == [["", "predicted"], ["cat", "hound"]]
    scopes = {"".join(e.itertext()): e.get("scope") for e in head.iter("th")}
    assert scopes == {"predicted": "colgroup", "cat": "col", "hound": "col"}
    right = [e.text for e in table.iter("td") if "tp-cm__right" in css_of(e)]
    assert right == ["71", "39"]


def test_classes_without_names_are_negative_and_positive():
    assert ">negative<" in draw("confusion_matrix", {"confusion": [[1, 0], [0, 1]]})
    with pytest.raises(ValueError, match="classes must be two names"):
        draw("confusion_matrix", SAMPLES["confusion_matrix"] | {"classes": ["cat"]})
    with pytest.raises(ValueError, match="missing UI string cm_actual"):
        words = {name: word for name, word in WORDS.items() if name != "cm_actual"}
        FIGURES["confusion_matrix"](SAMPLES["confusion_matrix"], words)
