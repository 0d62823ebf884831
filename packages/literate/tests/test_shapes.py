"""The shapes of a card: as the calls of its function had them when its example ran."""

from types import SimpleNamespace

import pytest
from literate import shapes
from literate.runs import Run
from literate.shapes import Shown
from mathdoctest import source

CODE = '''
def centred(
    X: Float[np.ndarray, "N k"],
    mean: Float[np.ndarray, "k"],
) -> Float[np.ndarray, "N k"]:
    """Of each row."""


def pair(x: Float[np.ndarray, "n"]) -> tuple[float, Float[np.ndarray, "n-1"]]:
    """Two values."""


def through(W: list[Float[np.ndarray, "out in"]], x: Float[np.ndarray, "in"]) -> list[
    Float[np.ndarray, "_k"]
]:
    """A list of arrays, one for each layer."""
'''


def told(axes: str, given: object, call: dict[str, object] | None = None, **more: str) -> list[str]:
    """What differs of `x` with these axes, beside other values that fit."""
    shown = [Shown(name, shape, 1) for name, shape in more.items()] + [Shown("x", axes, 1)]
    return [f"{d.expected}: {d.got}" for d in shapes.compared(shown, {**(call or {}), "x": given})]


@pytest.mark.parametrize(
    "axes, given",
    [
        ("", []),
        ("n", [3]),
        ("n k", [3, 2]),
        ("3 k", [3, 2]),
        ("n=3", [3]),
        ("n n", [3, 3]),
        ("n n-1", [3, 2]),
        ("n-1 n", [2, 3]),
        ("n 2*n", [3, 6]),
        ("n n*n", [3, 9]),
        ("m-1", [3]),
        ("n #n", [3, 1]),
        ("_ _", [3, 2]),
        ("_n _n", [3, 2]),
        ("...", []),
        ("...", [3, 2]),
        ("... n", [3]),
        ("*batch n", [3, 2, 4]),
        ("n", ["list", [], [], []]),
        ("n k", ["list", [2], [2]]),
        ("n", None),
    ],
)
def test_a_shape_that_a_call_had_is_right(axes, given):
    assert told(axes, given) == []


@pytest.mark.parametrize(
    "axes, given, says",
    [
        ("n k", [3], "(n, k): (3,)"),
        ("n", [3, 2], "(n,): (3, 2)"),
        ("", [1], "a number: (1,)"),
        ("n", [], "(n,): a number"),
        ("2", [3], "(2,): (3,)"),
        ("n=2", [3], "(n=2,): (3,)"),
        ("n n", [3, 2], "(n, n): (3, 2)"),
        ("n n-1", [3, 3], "(n, n-1): (3, 3)"),
        ("n-1 n", [3, 3], "(n-1, n): (3, 3)"),
        ("n #n", [3, 2], "(n, #n): (3, 2)"),
        ("... n k", [3], "(…, n, k): (3,)"),
        ("3 ...", [2, 3], "(3, …): (2, 3)"),
        ("... 3", [3, 2], "(…, 3): (3, 2)"),
        ("n", ["list", [], [2]], "(n,): a list of 2"),
    ],
)
def test_another_shape_is_told(axes, given, says):
    assert told(axes, given) == [says]


def test_an_axis_has_one_size_within_a_call():
    assert told("n", [3], {"W": [2, 3]}, W="out n") == []
    (said,) = told("n", [2], {"W": [2, 3]}, W="out n")
    assert said == "(n,) with n = 3, as `W` has it: (2,)"
    assert told("T+1", [4], {"h": [3]}, h="T") == []
    (said,) = told("T+1", [3], {"h": [3]}, h="T")
    assert said == "(T+1,) with T = 3, as `h` has it: (3,)"
    assert told("*batch", [2, 3], {"h": [2, 3, 4]}, h="*batch n") == []
    assert told("*batch", [3, 2], {"h": [2, 3, 4]}, h="*batch n") == ["(*batch,): (3, 2)"]
    assert told("#n", [1], {"h": [3]}, h="n") == []


def card(path, name: str, **more: object) -> SimpleNamespace:
    """As `snippets.load` gives it, as far as the check of shapes asks."""
    file = source.module(path)
    line = file.functions[name].lineno
    module = SimpleNamespace(name="data", where="snippets/data.py", file=file)
    defined = ((f"data:{line}", "…"),)
    known = {"formulas": ("y = x",), "line": line, "module": module, "definitions": defined}
    return SimpleNamespace(name=f"data.{name}", **{**known, **more})


def faults(cards, calls: dict[str, dict[str, list[dict[str, object]]]]) -> list[str]:
    directives = [SimpleNamespace(name="snippet", argument=each.name) for each in cards]
    ran = {n: Run("", None, None, {}, calls.get(n, {})) for n in (each.name for each in cards)}
    page = SimpleNamespace(directives=directives)
    found = shapes.faults([page, page], {each.name: each for each in cards}, ran)
    return [str(fault) for fault in found]


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "data.py"
    made.write_text(CODE)
    return made


RIGHT = {"X": [4, 2], "mean": [2], "return": [4, 2]}


def test_a_card_is_held_to_each_call_of_its_example(path):
    one = card(path, "centred")
    assert faults([one], {"data.centred": {"centred": [RIGHT]}}) == []
    (said,) = faults([one], {"data.centred": {"centred": [RIGHT, {**RIGHT, "mean": [2, 1]}]}})
    assert said.startswith(
        "snippets/data.py:4: data.centred: the card shows `mean` in another shape than it had: "
        "expected (k,) with k = 2, as `X` has it, got (2, 1) when its example ran"
    )
    (said,) = faults([one], {"data.centred": {"centred": [{**RIGHT, "return": [4]}]}})
    assert said.startswith("snippets/data.py:5: data.centred: the card shows what it returns")


def test_each_of_several_values_is_held(path):
    one, call = card(path, "pair"), {"x": [3], "return": ["list", [], [3]]}
    (said,) = faults([one], {"data.pair": {"pair": [call]}})
    assert "shows value 2 that it returns" in said and "expected (n-1,) with n = 3" in said
    assert faults([one], {"data.pair": {"pair": [{**call, "return": ["list", [], [2]]}]}}) == []


def test_each_array_of_a_list_is_held(path):
    one, right = card(path, "through"), {"x": [2], "return": ["list", [2], [3]]}

    def said(*W: list[int], **more: object) -> list[str]:
        call = {"W": ["list", *W], **right, **more}
        return faults([one], {"data.through": {"through": [call]}})

    assert said([3, 2], [3, 2]) == []
    assert "shows `W` in another shape" in said([3, 2], [3])[0]
    assert "expected (k,), got a number" in said([3, 2], **{"return": ["list", [2], []]})[0]


def test_without_a_call_of_its_own_a_card_is_held_to_its_page(path):
    """And a function that no card of the page calls is not held."""
    one, other = card(path, "centred"), card(path, "pair")
    wrong = {"centred": [{**RIGHT, "X": [4]}]}
    assert faults([one, other], {"data.pair": wrong}) == [], "a function of another file"
    other.definitions += one.definitions
    (said,) = faults([one, other], {"data.pair": wrong})
    assert "expected (N, k), got (4,) in the run of data.pair" in said
    assert faults([one, other], {"data.pair": wrong, "data.centred": {"centred": [RIGHT]}}) == []
    assert faults([one, other], {}) == []


def test_a_function_without_a_formula_shows_no_shape(path):
    wrong = {"data.centred": {"centred": [{**RIGHT, "X": [4]}]}}
    assert faults([card(path, "centred", formulas=())], wrong) == []
