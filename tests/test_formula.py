"""The checker of formulas.

Its grammar, its rules, each hole that was once found; every gradient three ways; the corpus.
"""

import ast
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROJECT, ROOT
from lark import Lark
from literate import snippets as program
from literate.errors import Fault
from literate.formula import check, page, tree
from literate.formula.scope import Scope, function
from literate.snippets import Module

NAMES = page.all_with_formulas(PROJECT)
CORPUS = [
    (path, name)
    for path in sorted((ROOT / "tests" / "corpus").glob("*.py"))
    for name, node in Module(PROJECT, path).defined.items()
    if isinstance(node, ast.FunctionDef) and "$$" in (ast.get_docstring(node) or "")
]


# ---- the grammar ----


def test_the_grammar_is_lalr_without_a_conflict(caplog):
    with caplog.at_level(logging.DEBUG, "lark"):
        logging.getLogger("lark").setLevel(logging.DEBUG)
        Lark(tree.GRAMMAR.read_text("utf-8"), parser="lalr", start=["start", "expr"], debug=True)
    assert not [r.message for r in caplog.records if "conflict" in r.message.lower()]


@pytest.mark.parametrize(
    "tex",
    [
        r"x^T = x",
        r"\delta^l = x",
        r"a / b = c",
        r"\sum_i x_i = y",
        r"\sum_{i=1} x_i = y",
        r"x \unknown y = z",
        r"\log = x",
        r"x' = y",
        r"\hat{ab} = x",
        r"a = ",
        r"\frac{a} = b",
        r"\operatorname{ReLU} = x",
        r"(a, b) = c",
        r"x_{i_{j}} = y",
        r"\mathbf{1} = x",
    ],
)
def test_outside_the_grammar_is_an_error_that_names_the_place(tex):
    with pytest.raises(tree.NotInGrammar) as raised:
        tree.statements(tex)
    assert 0 <= raised.value.at <= len(tex)


@pytest.mark.parametrize(
    "tex, same",
    [
        (r"\log(z)^2", r"(\log(z))^2"),
        (r"\log z y", r"\log(z) y"),
        (r"a b \odot c d", r"(a b) \odot (c d)"),
        (r"\sum_{i=1}^{n} x_i y + b", r"(\sum_{i=1}^{n} (x_i y)) + b"),
        (r"-a b", r"-(a b)"),
        (r"w (x + b)", r"(w)(x + b)"),
        (r"\left( a + b \right)", "(a + b)"),
        (r"a \cdot b", "a b"),
        (r"x_{ij}", r"x_{i,j}"),
    ],
)
def test_read_as_a_mathematician_would(tex, same):
    assert tree.expression(tex) == tree.expression(same)


def test_indices_side_by_side_are_separate_and_keep_their_order():
    assert tree.expression("w_{ij}") != tree.expression("w_{ji}")
    assert len(tree.expression("w_{12}").parts[2]) == 2
    assert tree.expression(r"\hat{y}") != tree.expression("y")
    assert (
        tree.expression("f(x)", frozenset("f")).kind == "call"
        and tree.expression("f(x)").kind == "multiply"
    )


# ---- every formula of the book ----


@pytest.mark.parametrize("name", NAMES)
def test_formula_holds(name):
    assert "return" in page.report(program.load(PROJECT, name)).ways


def _is_gradient(one) -> bool:
    """Its left side is a derivative, a slope f′ or a δ."""
    return any(
        s.sides[0].kind == "derivative"
        or s.sides[0].kind == "call"
        and s.sides[0].parts[2]
        or s.sides[0].kind == "symbol"
        and s.sides[0].parts[0] == "delta"
        for s in one.statements
    )


GRADIENTS = [n for n in NAMES if _is_gradient(page.of_name(PROJECT, n))]


@pytest.mark.parametrize("name", GRADIENTS)
def test_every_gradient_three_ways(name):
    """By hand = automatic differentiation = finite differences, for each gradient function.

    Such a function is found by the left side of its formula.
    """
    assert {"return", "autodiff", "difference"} <= set(
        page.report(program.load(PROJECT, name)).ways
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
                and not _is_gradient(function(home, name))
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
        "names `q`",
    ),
    "another quantity of the glossary": (
        "forward.weighted_sum",
        [r"a_i = \sum_{j=1}^{n} w_{ij} x_j + b_i"],
        "names `a`",
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
        "a sum of",
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


@pytest.mark.parametrize("hole", WRONG)
def test_what_is_wrong_is_found(hole):
    name, texts, says = WRONG[hole]
    one = page.of_name(PROJECT, name)
    call = (
        (lambda y_hat, y: y / y_hat + (1 - y) / (1 - y_hat)) if "both" in hole else check.code(one)
    )
    with pytest.raises((check.Mismatch, check.Wrong, Fault)) as raised:
        changed = function(one.module, one.node.name, texts)
        check.declared(changed)
        check.examine(changed, call)
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
    assert none.returncode == 1 and "has no function or class `nothing`" in none.stderr


# ---- the corpus: what chapters 0 to 29 need and no page shows yet ----


@pytest.mark.parametrize("path, name", CORPUS, ids=[f"{p.stem}.{n}" for p, n in CORPUS])
def test_corpus(path: Path, name: str):
    one = function(Module(PROJECT, path), name)
    ways = check.checked(one).ways
    if _is_gradient(one):
        assert "autodiff" in ways


def test_the_corpus_is_large_and_has_each_form():
    texts = [f.tex for path, name in CORPUS for f in function(Module(PROJECT, path), name).formulas]
    assert len(texts) >= 60
    everything = "\n".join(texts)
    for form in (
        r"\begin{aligned}",
        r"\begin{cases}",
        r"\max",
        r"\operatorname{",
        r"\|",
        r"\mathbb{E}",
        r"\odot",
        r"\top",
        r"\nabla",
        r"\partial^2",
        r"\begin{bmatrix}",
        "t = 1",
        "l = ",
        r"\mathbb{1}[",
        r"\in \mathbb{R}",
    ):
        assert form in everything, f"no formula of the corpus has {form}"
    assert re.search(r"\\sum_\{\w=1\}\^\{?\w\}?\s*\\sum", everything)


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
    g = function(program.module(PROJECT, "b"), "g")

    def near() -> list[str]:
        return [f.tex for one in Scope(g).functions for f in one.formulas]

    assert near() == ["g = h", "h = 2 u"]
    (tmp_path / "snippets" / "c.py").write_text(
        'def h(u: float) -> float:\n    r"""$$\n    h = 31 u\n    $$"""\n    return 31 * u\n'
    )
    assert near() == ["g = h", "h = 31 u"]
