"""Every mistake in a formula of the corpus, or in the function behind it, must be found.

Each is made alone. `pytest -m mutation -s` prints how many of each kind were found. A mutant that
passes must be in one of the lists below, with the reason why it says the same.
"""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from test_corpus import CORPUS

from mathdoctest import Mismatch, execute, mutate
from mathdoctest.compare import examine
from mathdoctest.scope import Function, function
from mathdoctest.symbols import parse

pytestmark = pytest.mark.mutation

SAME_FORMULAS: dict[tuple[str, str], str] = {}
SAME_CODE: dict[tuple[str, str], str] = {}


def passes(one: Function, code: Callable) -> bool:
    try:
        examine(one, code, parse(one.module.symbols))
    except Mismatch:
        return False
    return True


def say(made: Counter, killed: Counter) -> None:
    print(f"\n{sum(killed.values())} of {sum(made.values())} mutants found")
    for kind in sorted(made):
        print(f"  {kind:28} {killed[kind]:5} of {made[kind]:5}")


# ---- the formulas


def formula_mutants() -> Iterator[tuple[Function, int, mutate.Mutant]]:
    for one in CORPUS:
        for place, formula in enumerate(one.formulas):
            for mutant in mutate.mutants(formula.tex):
                yield one, place, mutant


def test_formula_mutants_are_found():
    made, killed, passing = Counter(), Counter(), []
    for one, place, mutant in formula_mutants():
        made[mutant.kind] += 1
        texts = [formula.tex for formula in one.formulas]
        texts[place] = mutant.tex
        try:
            changed = function(one.module, one.name, texts)
        except Mismatch:
            killed[mutant.kind] += 1
            continue
        if passes(changed, execute.load(one.module.path, one.name)):
            passing.append((one.qualified, " ".join(mutant.tex.split())))
        else:
            killed[mutant.kind] += 1
    say(made, killed)
    assert len(made) >= 20 and sum(killed.values()) >= 0.98 * sum(made.values())
    unknown = [mutant for mutant in passing if mutant not in SAME_FORMULAS]
    assert not unknown, "\n".join(map(str, unknown))


def test_the_list_of_equal_formulas_has_no_dead_entry():
    texts = {(one.qualified, " ".join(mutant.tex.split())) for one, _, mutant in formula_mutants()}
    assert SAME_FORMULAS.keys() <= texts


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
        case ast.Constant(value=int() | float()):
            yield "constant", lambda n: setattr(n, "value", n.value + 1)
        case ast.Attribute(attr=name) if name in CALLS:
            yield "call", lambda n: setattr(n, "attr", CALLS[n.attr])
        case ast.Attribute(attr="T"):
            yield "transpose dropped", lambda n: become(n, n.value)
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
    made, killed, passing = Counter(), Counter(), []
    for one in CORPUS:
        for kind, node in code_mutants(one.node):
            made[kind] += 1
            if passes(one, compiled(one, node)):
                passing.append((one.qualified, changed_line(one.node, node)))
            else:
                killed[kind] += 1
    say(made, killed)
    assert len(made) >= 8 and sum(killed.values()) >= 0.95 * sum(made.values())
    unknown = [mutant for mutant in passing if mutant not in SAME_CODE]
    assert not unknown, "\n".join(map(str, unknown))
