"""One name for two quantities: two functions of a file that define it, and differ."""

from collections.abc import Container

from mathdoctest.backends import numpy
from mathdoctest.derive import Graph, agree
from mathdoctest.errors import Mismatch
from mathdoctest.sample import Draw
from mathdoctest.scope import Definition, Scope, defining
from mathdoctest.symbols import SymbolTable, ranges


def check(scope: Scope, table: SymbolTable, declared: Container[str]) -> None:
    """A left side that another function of the file defines as well must be equal there.

    Unless it is declared for the function alone, as `function.name`. Raises Mismatch.
    """
    one = scope.own
    near = [f for f in scope.functions[1:] if f.module is one.module]
    if not any(defining(f, name) for f in near for name in one.lefts):
        return
    draw = Draw(scope, ranges(table), 0)
    graphs = [Graph(scope, draw, numpy, derive) for derive in (False, True)]
    for name in one.lefts:
        own = defining(one, name)
        for other in near if own and f"{one.name}.{name}" not in declared else ():
            theirs = defining(other, name)
            if not theirs or f"{other.name}.{name}" in declared:
                continue
            if not any(_is_equal(graph, name, (one, own), (other, theirs)) for graph in graphs):
                line = one.formulas[0].line
                what = f"`{name}` is also defined by {other.qualified}, whose formula differs"
                hint = f"fix the left side, or declare `{one.name}.{name}`, its meaning here alone"
                raise Mismatch(one.module.path, line, one.name, "", what, hint)


def _is_equal(graph: Graph, name: str, own: Definition, theirs: Definition) -> bool:
    """Whether two definitions give one value, or one of them means nothing with these inputs."""
    try:
        return agree(graph.computed(name, own), graph.computed(name, theirs))
    except Exception:
        return True
