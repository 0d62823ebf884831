"""Every mistake in a formula of the corpus, or in the function behind it, must be found.

Each is made alone. `pytest -m mutation -s` prints how many of each kind were found. A mutant that
passes must be listed below, with the reason why it says the same, or why it is not found.
"""

import ast
import copy
import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from test_corpus import CORPUS

from mathdoctest import Mismatch, api, check, execute, mutate
from mathdoctest.compare import examine
from mathdoctest.functions import Function, function
from mathdoctest.symbols import parse

pytestmark = pytest.mark.mutation

# ---- mutants that pass: (function, what was, what is now) → why

ENTRY = "an array with all its indices is its entry, and an entry without them the array"
WEAKER = "a weaker statement, which is true too"
LAST = "NOT FOUND: where the last entry is the largest, the bound still holds"
CLIPPED = "NOT FOUND: in no draw does clip_by_value, which defines it, change g"

SPREAD = "a vector meets every row, a number every entry: the ones only say so"
SIDE_BY_SIDE = "two vectors side by side are multiplied entry by entry"
SHAPE = "another quantity of the same shape"

FORMULAS = {
    ("convolution.pooled", r"\bar{X}", r"\hat{X}"): SHAPE,
    ("convolution.max_pooled", r"\hat{X}", r"\bar{X}"): SHAPE,
    ("forms.batch_of_layers", r"\mathbf{1}_N", ""): SPREAD,
    ("layers.signals", r"\odot", ""): SIDE_BY_SIDE,
    ("normalization.batch_output", r"\mathbf{1}_N", ""): SPREAD,
    ("normalization.layer_variance", r"\mathbf{1}_n", ""): SPREAD,
    ("normalization.layer_output", r"\odot", ""): SIDE_BY_SIDE,
    ("normalization.layer_jacobian", r"\mathbf{1}_n", ""): SPREAD,
    ("attention.weights", "s", "S"): ENTRY,
    ("convolution.squared_error", "y", "Y"): ENTRY,
    ("convolution.squared_error", "r", "R"): ENTRY,
    ("convolution.squared_error", "Y", "y"): ENTRY,
    ("convolution.squared_error", "R", "r"): ENTRY,
    ("forms.mean_of_squares", "x", "X"): ENTRY,
    ("forms.mean_of_squares", "X", "x"): ENTRY,
    ("normalization.batch_loss", "c", "C"): ENTRY,
    ("normalization.batch_loss", "y", "Y"): ENTRY,
    ("normalization.batch_loss", "C", "c"): ENTRY,
    ("normalization.batch_loss", "Y", "y"): ENTRY,
    ("forms.leaky_relu", ">", r"\ge"): "at 0 both are 0",
    ("forms.fits", "", r"2 \cdot"): "a shape is compared, which a factor does not change",
    ("forms.clipped_length", "1", "2"): WEAKER,
    ("forms.recurrent", "", "-"): "−0 = 0",
    ("layers.size_of_weights", "W^{(l)}", r"(W^{(l)})^\top"): "a norm is that of the transpose",
    ("normalization.layer_mean_slope", "i", "1"): "the first of equal entries",
    ("optimizers.clip_by_norm", "g", r"\hat{g}"): CLIPPED,
    ("optimizers.quadratic", "A", r"(A)^\top"): "wᵀ Aᵀ w = wᵀ A w",
    ("optimizers.warm_up", "<", r"\le"): "at t = k both are η",
    ("softmax.log_sum_exp", "1", "2"): WEAKER,
    ("softmax.log_sum_exp", r"\log", r"\exp"): WEAKER,
    ("softmax.log_sum_exp", r"\log", ""): WEAKER,
    ("softmax.log_sum_exp", "{K}", "{K - 1}"): LAST,
}

# ---- (function, pattern of the changed line) → why
SQUARE = "(a − b)² = (b − a)²"
SYMMETRIC = "symmetric in what is exchanged"

CODE = {
    ("convolution.squared_error", r"R - Y"): SQUARE,
    ("convolution.channels", r"^return out \+ h"): "two equal slices are exchanged",
    ("forms.leaky_relu", r"z >= 0"): "at 0 both are 0",
    ("forms.mean_of_squares", r"y - X @ w"): SQUARE,
    ("forms.clipped_length", r"minimum\(1, "): SYMMETRIC,
    ("normalization.batch_variance", r"mu - X"): SQUARE,
    ("normalization.layer_variance", r"m - u"): SQUARE,
    ("normalization.layer_loss", r"z @ a"): SYMMETRIC,
    ("normalization.layer_jacobian", r"mx\.outer\(u_hat, u_hat\)"): SYMMETRIC,
    ("optimizers.clip_by_norm", r"minimum\(tau / norm, 1\)"): SYMMETRIC,
    ("optimizers.quadratic", r"w @ \(0\.5 \* w @ A\)|w @ b|A @ \(0\.5 \* w\) @ w"): SYMMETRIC,
    ("optimizers.quadratic_slope", r"w @ \(0\.5"): SYMMETRIC,
    ("optimizers.warm_up", r"min\(1, t / k\)"): SYMMETRIC,
    (
        "softmax.softmax",
        r"exp\(z \+ z\.max\(\)\)|exp\(z\)$",
    ): "softmax ignores a shift of all logits",
    ("softmax.softmax_jacobian", r"mx\.outer\(p, p\)"): SYMMETRIC,
    ("softmax.cross_entropy_hessian", r"mx\.outer\(p, p\)"): SYMMETRIC,
    ("softmax.tempered_jacobian", r"mx\.outer\(p_tilde, p_tilde\)"): SYMMETRIC,
}


def declared(one: Function) -> dict[str, dict[str, str]]:
    """A table in which what the function computes is declared, and nothing else."""
    return {name: {} for name in one.lefts}


@pytest.fixture(autouse=True)
def without_hints(monkeypatch):
    """What to do about each mutant found would take most of the time: it tries more formulas."""
    monkeypatch.setattr(api, "_guess", lambda *_: None)


def assert_known(passing: dict[tuple[str, ...], str], listed: set[tuple[str, ...]]) -> None:
    """Each mutant that passes is listed, and each that is listed passes."""
    unknown = [f"{key}: {text}" for key, text in passing.items() if key not in listed]
    assert not unknown, "\n".join(unknown)
    assert listed == passing.keys(), listed - passing.keys()


def say(made: Counter, killed: Counter) -> None:
    print(f"\n{sum(killed.values())} of {sum(made.values())} mutants found")
    for kind in sorted(made):
        print(f"  {kind:28} {killed[kind]:5} of {made[kind]:5}")


# ---- the formulas


def test_formula_mutants_are_found():
    made, killed, passing = Counter(), Counter(), {}
    every = [(one, place) for one in CORPUS for place in range(len(one.formulas))]
    for one, place in every:
        texts = [formula.tex for formula in one.formulas]
        for mutant in mutate.mutants(texts[place]):
            made[mutant.kind] += 1
            changed = [*texts[:place], mutant.tex, *texts[place + 1 :]]
            try:
                check(function(one.module, one.name, changed), declared(one))
                key = one.qualified, mutant.was.strip(), mutant.now.strip()
                passing[key] = " ".join(mutant.tex.split())
            except Mismatch:
                killed[mutant.kind] += 1
    say(made, killed)
    assert_known(passing, FORMULAS.keys())
    assert len(made) >= 20 and sum(killed.values()) >= 0.99 * sum(made.values())


# ---- the code

OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Pow: ast.Mult,
}
COMPARISONS = {
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Eq: ast.NotEq,
}
CALLS = {
    **{"maximum": "minimum", "log": "exp", "exp": "log", "sum": "mean", "mean": "sum"},
    **{"sqrt": "abs", "outer": "inner", "zeros_like": "ones_like", "logaddexp": "maximum"},
}

Edit = Callable[[ast.AST], None]


def edits(found: ast.AST) -> Iterator[tuple[str, Edit]]:
    """The mistakes that one node of a function's body can hold."""
    match found:
        case ast.BinOp(op=op) if type(op) in OPERATORS:
            yield "operator", lambda n: setattr(n, "op", OPERATORS[type(n.op)]())
            yield "left operand dropped", lambda n: become(n, n.right)
            yield "right operand dropped", lambda n: become(n, n.left)
            if isinstance(op, ast.Sub | ast.Div | ast.MatMult | ast.Pow):
                yield "operands exchanged", exchange
        case ast.UnaryOp(op=ast.USub()):
            yield "minus dropped", lambda n: become(n, n.operand)
        case ast.Compare(ops=[op, *_]) if type(op) in COMPARISONS:
            yield "comparison", lambda n: n.ops.__setitem__(0, COMPARISONS[type(n.ops[0])]())
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            yield "constant", lambda n: setattr(n, "value", n.value + 1)
        case ast.Attribute(attr=name) if name in CALLS:
            yield "call", lambda n: setattr(n, "attr", CALLS[n.attr])
        case ast.Attribute(attr="T"):
            yield "transpose dropped", lambda n: become(n, n.value)
        case ast.Call(func=ast.Attribute(attr="take_along_axis")):
            return  # MLX may wait for ever after an error of its own thread: an index in floats
        case ast.Call(args=[_, _, *_]):
            yield "arguments exchanged", lambda n: n.args.__setitem__(slice(2), n.args[1::-1])
        case ast.Tuple(elts=[_, _, *_], ctx=ast.Load()):
            yield "values exchanged", lambda n: n.elts.__setitem__(slice(2), n.elts[1::-1])
        case ast.Return():
            yield "sign of what is returned", negate


def become(node: ast.AST, other: ast.AST) -> None:
    """Turn a node into another one, in its place."""
    node.__class__, fields = other.__class__, dict(vars(other))
    vars(node).clear()
    vars(node).update(fields)


def exchange(node: ast.BinOp) -> None:
    node.left, node.right = node.right, node.left


def negate(node: ast.Return) -> None:
    if isinstance(node.value, ast.Tuple):
        node.value.elts[0] = ast.UnaryOp(ast.USub(), node.value.elts[0])
    else:
        node.value = ast.UnaryOp(ast.USub(), node.value)


def body(node: ast.FunctionDef) -> list[ast.AST]:
    return [n for statement in node.body[1:] for n in ast.walk(statement)]


def code_mutants(node: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    """(kind, the definition with one mistake in it)."""
    for place, found in enumerate(body(node)):
        for kind, edit in edits(found):
            twin = copy.deepcopy(node)
            edit(body(twin)[place])
            yield kind, twin


def compiled(one: Function, node: ast.FunctionDef) -> Callable:
    bare = copy.deepcopy(node)
    bare.returns = None
    for argument in (*bare.args.args, *bare.args.kwonlyargs):
        argument.annotation = None
    tree = ast.fix_missing_locations(ast.Module([bare], []))
    space = dict(execute.load(one.module.path, one.name).__globals__)
    exec(compile(tree, str(one.module.path), "exec"), space)
    return space[node.name]


def changed_line(was: ast.FunctionDef, now: ast.FunctionDef) -> str:
    """The one line in which two definitions differ; the last where none does."""
    before, after = (ast.unparse(node.body[1:]).splitlines() for node in (was, now))
    pairs = zip(before, after, strict=False)
    return next((b for a, b in pairs if a != b), after[-1]).strip()


def test_code_mutants_are_found():
    made, killed, passing = Counter(), Counter(), {}
    for one in CORPUS:
        for kind, node in code_mutants(one.node):
            made[kind] += 1
            try:
                examine(one, compiled(one, node), parse(one.module.symbols, one.name))
            except Mismatch:
                killed[kind] += 1
                continue
            line = changed_line(one.node, node)
            known = (p for name, p in CODE if name == one.qualified and re.search(p, line))
            passing[one.qualified, next(known, "")] = line
    say(made, killed)
    assert_known(passing, CODE.keys())
    assert len(made) >= 8 and sum(killed.values()) >= 0.96 * sum(made.values())
