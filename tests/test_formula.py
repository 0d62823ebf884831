"""The formulas of the book, checked against their functions; the rules that hold for them.

The checker's own tests are in packages/mathdoctest/tests.
"""

import ast
import re
import subprocess
import sys

import pytest
from conftest import PROJECT, ROOT
from literate import formulas
from literate import snippets as program
from literate.errors import Fault
from literate.snippets import Module
from mathdoctest import Mismatch, execute, functions, scope
from mathdoctest.syntax import Call, Symbol

NAMES = formulas.all_with_formulas(PROJECT)


# ---- every formula of the book ----


@pytest.mark.parametrize("name", NAMES)
def test_formula_holds(name):
    assert "return" in formulas.report(program.load(PROJECT, name)).ways


def _is_gradient(one: functions.Function) -> bool:
    """Its left side is a derivative, a slope f′ or a δ, or one of its sides has a derivative."""
    sides = [side for statement in one.statements for side in statement.sides]
    lefts = [statement.sides[0] for statement in one.statements]
    return any(side.has_derivative for side in sides) or any(
        isinstance(left, Call) and left.primes or isinstance(left, Symbol) and left.name == "delta"
        for left in lefts
    )


GRADIENTS = [n for n in NAMES if _is_gradient(formulas.function(PROJECT, n))]

# Code that returns gradients, without a formula → the tests that hold it to `mx.grad` and to finite
# differences
BY_HAND_ALONE = {
    "attention.attention_backward": [
        "attention.test_the_way_back_in_three_ways_with_and_without_a_mask"
    ],
    "conv_digits.backward_net": [
        "convolution.test_the_gradients_of_the_small_network_by_hand",
        "convolution.test_one_gradient_of_the_small_network_by_finite_differences",
    ],
    "engine.write": ["autograd_engine.test_writing_rows_again_and_again"],  # calls written_back
    "pooling.pool_backward": [
        "convolution.test_pooling_is_that_of_mlx_with_ties_too",
        "convolution.test_pooling_without_ties_in_finite_differences",
    ],
    "residual.out_and_back": ["residual.test_the_gradients_of_every_W_in_three_ways"],
    "tiny_transformer.backward": ["attention.test_its_gradients_in_three_ways"],  # calls outer
}
CALLED = {"engine.written_back", "tiny_transformer.outer"}  # by one of these
NO_GRADIENT = {"debugging.gradient_size"}  # what it returns is a length


@pytest.mark.parametrize("name, tests", BY_HAND_ALONE.items())
def test_gradients_without_a_formula_are_held_by_tests(name, tests):
    for test in tests:
        home, _, case = test.partition(".")
        tree = ast.parse((ROOT / "tests" / f"test_{home}.py").read_text("utf-8"))
        (found,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == case]
        used = {n.attr for n in ast.walk(found) if isinstance(n, ast.Attribute)}
        used |= {n.id for n in ast.walk(found) if isinstance(n, ast.Name)}
        assert name.partition(".")[2] in used, f"{test} does not use {name}"


@pytest.mark.parametrize("name", GRADIENTS)
def test_every_gradient_three_ways(name):
    """By hand = automatic differentiation = finite differences, for each gradient function.

    Such a function is found by the left side of its formula.
    """
    assert {"return", "autodiff", "difference"} <= set(
        formulas.report(program.load(PROJECT, name)).ways
    )


def test_gradients_are_found_at_all():
    assert {
        "backward.backward",
        "backward.hidden_error",
        "activations.relu_slope",
        "loss.loss_slope",
    } <= set(GRADIENTS)


def _returns_gradients(node: ast.FunctionDef) -> bool:
    returned = {
        n.id
        for r in ast.walk(node)
        if isinstance(r, ast.Return) and r.value
        for n in ast.walk(r.value)
        if isinstance(n, ast.Name)
    }
    return bool(
        re.search(r"(_|^)(slope|gradient|backward)(_|$)|^(output|hidden)_error$", node.name)
        or any(re.match(r"d\w+_d\w|delta\d?$", n) for n in returned)
    )


def gradients_without_formula(modules: list[Module]) -> list[str]:
    found = []
    for home in modules:
        for name, node in home.defined.items():
            if (
                isinstance(node, ast.FunctionDef)
                and _returns_gradients(node)
                and len(node.body) > 1
                and f"{home.name}.{name}" not in BY_HAND_ALONE.keys() | CALLED | NO_GRADIENT
                and not _is_gradient(formulas.function(PROJECT, f"{home.name}.{name}"))
            ):
                found.append(
                    f"{home.where}:{node.lineno}: {name} returns gradients, "
                    "but no formula of it says which"
                )
    return found


def test_no_function_returns_gradients_without_a_formula_that_says_so(tmp_path):
    modules = [
        program.module(PROJECT, p.stem)
        for p in sorted(PROJECT.snippets.glob("*.py"))
        if p.stem != "__init__"
    ]
    # `training.mean_loss` and the like return losses; what a *solution* returns is the exercise's
    assert not gradients_without_formula(
        [m for m in modules if not m.name.startswith(("solutions_", "lab_"))]
    )


# ---- rules and holes ----

WRONG = {  # (function, what its formulas are changed to) → what the message must say
    "a left side computed elsewhere": (
        "forward.weighted_sum",
        [r"q_i = \sum_{j=1}^{n} w_{ij} x_j + b_i"],
        "the left side names `q`, which is not declared",
    ),
    "another quantity of the file": (
        "forward.activation",
        [r"W_i = \sigma(z_i)"],
        "the left side names `W`, and `weighted_sum`, above, is given it",
    ),
    "a quantity that another function computes": (
        "metrics.precision",
        [r"\text{recall} = \frac{\text{TP}}{\text{TP} + \text{FP}}"],
        "the left side names `recall`, and `recall`, above, computes it",
    ),
    "a quantity that is given elsewhere": (
        "loss.prediction",
        [r"y = \operatorname{sigmoid}(z)"],
        "`y` is that of network.py, where no formula computes it",
    ),
    "a start that is not 0": ("update.adam_start", ["m_0 = 1", "v_0 = 0"], "is 0"),
    "a range that begins late": (
        "forward.propagate",
        [
            "a^{(0)} = x",
            r"a^{(l)} = \sigma^{(l)}(W^{(l)} a^{(l-1)} + b^{(l)}) \quad l = 2, \dots, D",
        ],
        "too late",
    ),
    "a range that ends early": (
        "forward.propagate",
        [
            "a^{(0)} = x",
            r"a^{(l)} = \sigma^{(l)}(W^{(l)} a^{(l-1)} + b^{(l)}) \quad l = 1, \dots, D - 1",
        ],
        "too early",
    ),
    "broadcasting": (
        "forward.forward",
        [
            "z^{(1)} = W^{(1)} x + 1",
            r"a^{(1)} = \operatorname{ReLU}(z^{(1)})",
            "z^{(2)} = W^{(2)} a^{(1)} + b^{(2)}",
            r"\hat{y} = \operatorname{sigmoid}(z^{(2)})",
        ],
        "with `b^{(1)}` in place of `1` it would hold",
    ),
    "swapped indices": (
        "forward.weighted_sum",
        [r"z_i = \sum_{j=1}^{n} w_{ji} x_j + b_i"],
        "leaves its axis",
    ),
    "a case that leaves 0 out": (
        "activations.relu_slope",
        [r"\operatorname{ReLU}'(z) = \begin{cases} 1 & z > 0 \\ 0 & z < 0 \end{cases}"],
        "no case holds",
    ),
    "two cases at 0": (
        "activations.relu_slope",
        [r"\operatorname{ReLU}'(z) = \begin{cases} 1 & z \ge 0 \\ 0 & z \le 0 \end{cases}"],
        "two cases hold",
    ),
    "a row of a chain": (
        "backward.output_error",
        [
            r"\delta^{(2)} = \hat{y} - y",
            r"\begin{aligned} \frac{\partial L}{\partial z^{(2)}} "
            r"&= -y (1 - \hat{y}) + (1 + y) \hat{y} \\ &= \hat{y} - y \end{aligned}",
        ],
        "the right side is",
    ),
    "an index that is free on the right alone": (
        "forward.weighted_sum",
        [r"z_i = w_{ij} x_j + b_i"],
        "`j` is neither",
    ),
    "defined by itself": ("forward.activation", [r"a_i = a_i"], "by itself"),
    "a gradient that formula and code both get wrong": (
        "loss.loss_slope",
        [r"\frac{\partial L}{\partial \hat{y}} = \frac{y}{\hat{y}} + \frac{1 - y}{1 - \hat{y}}"],
        "automatic differentiation",
    ),
}


def _wrong_slope(y_hat, y):
    return y / y_hat + (1 - y) / (1 - y_hat)


@pytest.mark.parametrize("hole", WRONG)
def test_what_is_wrong_is_found(hole, monkeypatch):
    name, texts, says = WRONG[hole]
    one = formulas.function(PROJECT, name)
    if "both" in hole:
        monkeypatch.setattr(execute, "load", lambda *_: _wrong_slope)
    with pytest.raises((Mismatch, Fault)) as raised:
        formulas.check(PROJECT, functions.function(one.module, one.name, texts))
    assert says in str(raised.value), str(raised.value)


# ---- what a person sees ----


def _told(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "literate", "check", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_one_chapter_or_one_snippet_alone():
    chapter, snippet, none = (
        _told("core/forward"),
        _told("backward.hidden_error"),
        _told("forward.nothing"),
    )
    assert chapter.returncode == 0 and "forward.sigmoid: 1 formula hold" in chapter.stdout
    assert (
        snippet.returncode == 0
        and "autodiff, difference" in snippet.stdout
        and "checked 1 formula of" in snippet.stdout
    )
    assert none.returncode == 1 and "forward.py: no function or class `nothing`" in none.stderr


# ---- verdicts are kept ----


def test_a_module_that_a_neighbour_leans_on_is_read_again(tmp_path, monkeypatch):
    """`make serve` keeps functions between saves: no verdict may rest on what a file was before."""
    monkeypatch.setattr(PROJECT, "root", tmp_path)
    monkeypatch.setattr(PROJECT, "snippets", tmp_path / "snippets")
    (tmp_path / "snippets").mkdir()
    for name, text in {
        "c": 'def h(u: float) -> float:\n    r"""$$\n    h = 2 u\n    $$"""\n    return 2 * u\n',
        "b": "from snippets.c import h\n\n\n"
        'def g(u: float) -> float:\n    r"""$$\n    g = h\n    $$"""\n    return h(u)\n',
    }.items():
        (tmp_path / "snippets" / f"{name}.py").write_text(text)
    g = formulas.function(PROJECT, "b.g")

    def near() -> list[str]:
        return [f.tex for one in scope.Scope(g).functions for f in one.formulas]

    assert near() == ["g = h", "h = 2 u"]
    (tmp_path / "snippets" / "c.py").write_text(
        'def h(u: float) -> float:\n    r"""$$\n    h = 31 u\n    $$"""\n    return 31 * u\n'
    )
    assert near() == ["g = h", "h = 31 u"]


def test_a_verdict_is_kept_until_a_file_or_a_symbol_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(PROJECT, "root", tmp_path)
    monkeypatch.setattr(PROJECT, "snippets", tmp_path / "snippets")
    monkeypatch.setattr(PROJECT, "cache", tmp_path / "cache")
    (tmp_path / "snippets").mkdir()

    def put(name: str, code: str) -> None:
        declared = f"{name}: {{tex: '{name}'}}\nu: {{tex: 'u'}}\n"
        (tmp_path / "snippets" / "a.symbols.yml").write_text(declared)
        text = f'def y(u: float) -> float:\n    r"""$$\n    y = 2 u\n    $$"""\n    return {code}\n'
        (tmp_path / "snippets" / "a.py").write_text(text)

    def report() -> object:
        return formulas.report(program.load(PROJECT, "a.y"), ["docs/x.md:1"])

    put("y", "2 * u")
    assert report().ways == ("return",)
    kept = list((tmp_path / "cache" / "formulas").iterdir())
    assert len(kept) == 1
    kept[0].write_text(kept[0].read_text()[:20])
    formulas._verdict.cache_clear()
    assert report().ways == ("return",), "half a file is not trusted"
    put("y", "3 * u")
    with pytest.raises(Fault, match=r"(?s)a\.py:3: a\.y: `y = 2 u`: .*shown in docs/x\.md:1.*→ "):
        report()
    put("z", "2 * u")
    with pytest.raises(Fault, match="names `y`, which is not declared in snippets/a"):
        report()


# ---- what a sentence may say of them ----


@pytest.mark.parametrize(
    "tex, says",
    [
        (r"\sum_{j=1}^{n} w_{ij} x_j", None),  # the `=` of a bound makes no equation
        (r"w_{12} x_2", None),
        (r"e^{-z}", None),  # of a page before
        (r"z_i = \sum_{j=1}^{n} w_{ij} x_j + b_i", None),
        (r"w_{12} x_1", "is no part of a formula"),
        (r"\frac{1}{n} \sum_{j=1}^{n} x_j", "is no part of a formula"),
        (r"x_j + b_i", "is no part of a formula"),
        (r"z_i = b_i", "repeats no formula"),
        (r"z_i = \sum_{j=1}^{n} w_{ij} x_j + b_i, b_i = x_j", "repeats no formula"),
        (r"q x", "the symbol `q` is declared by no formula"),
        (r"w_{ij} \foo", "outside the grammar"),
    ],
)
def test_inline_maths_repeats_what_formulas_say(tex, says):
    inline = formulas.InlineMaths(PROJECT, ["forward.weighted_sum"], ["forward.sigmoid"])
    wrong = inline.fault(tex)
    assert wrong is None if says is None else says in wrong[0], wrong


SPELLED = r'''
def stretched(d_k: float, x: float) -> float:
    r"""Spelled as its symbols say.

    $$
    y = 2 d_k x
    $$
    """
    return 2 * d_k * x


def kept(x: float) -> float:
    r"""As it is.

    $$
    z = x
    $$
    """
    return x
'''


def test_an_earlier_page_s_formula_is_read_with_its_own_spelling(tmp_path, monkeypatch):
    monkeypatch.setattr(PROJECT, "snippets", tmp_path)
    (tmp_path / "steps.py").write_text(SPELLED)
    symbol = r"{tex: 'd_k', en: least, zh-TW: 最小}"
    (tmp_path / "steps.symbols.yml").write_text(f"stretched.d_k: {symbol}\n", "utf-8")
    inline = formulas.InlineMaths(PROJECT, ["steps.kept"], ["steps.stretched"])
    assert inline.fault(r"2 d_k") is None
    assert inline.fault(r"3 d_k") is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_sentence_may_repeat_each_side_of_a_formula(name):
    """On a later page as well."""
    one = formulas.function(PROJECT, name)
    other = next(each for each in NAMES if each != name)
    for inline in (
        formulas.InlineMaths(PROJECT, [name], []),
        formulas.InlineMaths(PROJECT, [other], [name]),
    ):
        for formula in one.formulas:
            sides = [side for statement in formula.statements for side in statement.sides]
            for tex in (formula.tex[slice(*side.span)] for side in sides):
                if "&" not in tex and "\\begin" not in tex:  # what stands in a sentence
                    assert inline.fault(tex) is None, tex
