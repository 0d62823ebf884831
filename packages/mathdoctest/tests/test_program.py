"""A function's formulas as a program of numbers."""

import pytest
from test_entries import EXAMPLES, NETWORK

from mathdoctest import source
from mathdoctest.functions import function
from mathdoctest.program import program
from mathdoctest.values import Wrong


def written(name, given=None, functions=None):
    module, _, wanted = name.partition(".")
    one = function(source.module(EXAMPLES / f"{module}.py"), wanted)
    given = given or {n: NETWORK[n] for n in one.parameters if n in NETWORK}
    return program(one, given, lambda _: {}, functions)


def trees(made):
    return {line.symbol: line.tree for line in made.lines}


def test_every_entry_is_a_tree_over_the_inputs():
    given = {"W": NETWORK["W1"], "x": NETWORK["x"], "b": NETWORK["b1"]}
    made = written("forward.weighted_sum", given)
    first = ["+", ["+", ["*", "w_11", "x_1"], ["*", "w_12", "x_2"]], "b_1"]
    assert trees(made)["z_1"] == first and list(trees(made)) == ["z_1", "z_2"]
    assert made.values["z"] == pytest.approx([0.38, 0.56])


def test_what_a_formula_needs_comes_before_it():
    made = written("backward.backward")
    symbols = [line.symbol for line in made.lines]
    assert symbols.index("z1_1") < symbols.index("delta1_1") < symbols.index("dL_dw1_11")
    assert trees(made)["dL_dw1_12"] == ["*", "delta1_1", "x_2"]
    assert made.values["dL_dW1"][0] == pytest.approx(NETWORK["dL_dW1"][0], rel=1e-5)
    assert made.functions["ReLU'"] == ["where", ">", "argument", 0.0, 1.0, 0.0]
    assert [[line.name for line in lines][0] for lines in made.results][:2] == ["dL_dW1", "dL_db1"]


def test_what_is_read_entry_by_entry_has_one_tree_for_each():
    made = written("loss.binary_cross_entropy", {"y_hat": [0.9, 0.4], "y": [1.0, 0.0]})
    assert trees(made)["L_2"][1] == ["negative", ["*", "y_2", ["log", "y_hat_2"]]]


def test_cases_are_choices():
    made = written("activations.relu_slope", {"z": [0.5, -0.5]})
    assert trees(made)["ReLU_prime_2"] == ["where", ">", "z_2", 0.0, 1.0, 0.0]
    assert made.values["ReLU_prime"] == [1.0, 0.0]


def test_a_function_that_is_given_stays():
    made = written("forward.activation", {"z": [0.5, -0.5]}, {"sigma": "relu"})
    assert trees(made) == {"a_1": ["call", "ReLU", "z_1"], "a_2": ["call", "ReLU", "z_2"]}
    assert made.functions == {"ReLU": ["max", "argument", 0.0]}
    with pytest.raises(Wrong, match="no formula says what `other` is"):
        written("forward.activation", {"z": [0.5, -0.5]}, {"sigma": "other"})


def test_what_nothing_defines_is_told():
    with pytest.raises(Wrong, match="b"):
        written("forward.weighted_sum", {"W": NETWORK["W1"], "x": NETWORK["x"]})
