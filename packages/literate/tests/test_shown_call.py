"""What a card's example gives its function, and where it prints the results."""

from types import SimpleNamespace

import pytest
from literate.shown_call import Unread, shown_call
from mathdoctest import source

HEAD = '''
def scale(x: Float[np.ndarray, "n"], by: float = 2.0) -> Float[np.ndarray, "n"]:
    """Scale.

{example}
    """
    return x * by


def both(x: float, f: Callable[[float], float]) -> tuple[float, float]:
    """Both.

{example}
    """
    return x, f(x)
'''


@pytest.fixture
def call(tmp_path):
    def shown(name, example, output="", **values):
        path = tmp_path / "module.py"
        lines = "\n".join(f"    {line}" for line in example.splitlines())
        path.write_text(HEAD.replace("{example}", lines), "utf-8")
        module = SimpleNamespace(file=source.module(path))
        return shown_call(SimpleNamespace(module=module, name=f"module.{name}"), output, values)

    return shown


def test_variables_literals_and_defaults_are_numbers(call):
    assert call("scale", ">>> y = scale(x)", x=[1.0, 2.0]).given == {"x": [1.0, 2.0], "by": 2.0}
    found = call("scale", ">>> print(scale(np.array([1.0]), by=-3))\n-3", "-3\n")
    assert found.given == {"x": [1.0], "by": -3}
    assert call("both", ">>> a, b = both(*p, relu)", p=[0.5]).functions == {"f": "relu"}


def test_what_is_printed_is_a_result_or_not(call):
    example = ">>> a, *more = both(1.0, f)\n>>> print(a, more[0])\n1 2\n>>> print(3)\n3"
    example += '\n>>> print(f"{a:.2f}")\n1.00\n>>> a = 4\n>>> print(a)\n4'
    printed = call("both", example, "1 2\n3\n1.00\n4\n").printed
    assert [each.results for each in printed] == [[0, 1], None, [0], None]
    assert [each.text for each in printed] == ["1 2\n", "3\n", "1.00\n", "4\n"]
    assert printed[2].decimals == 2


def test_of_several_calls_the_largest_is_shown(call):
    example = ">>> print(scale(x))\n[2]\n>>> print(scale(y))\n[2 4]"
    found = call("scale", example, "[2]\n[2 4]\n", x=[1.0], y=[1.0, 2.0])
    assert found.given["x"] == [1.0, 2.0]
    assert [each.results for each in found.printed] == [None, [0]]


@pytest.mark.parametrize(
    "name, example, why",
    [
        ("scale", ">>> y = scale(x[:1])", r"computes what it gives as `x`: x\[:1\]"),
        ("scale", ">>> y = scale(text)", "`x` is more than numbers"),
        ("both", ">>> a = both(1.0, lambda x: x)", "`f` is a function without a formula"),
        ("scale", ">>> y = other(x)", "does not call it by itself"),
    ],
)
def test_what_it_does_not_say_is_told(call, name, example, why):
    with pytest.raises(Unread, match=why):
        call(name, example, x=[1.0], text="a")
