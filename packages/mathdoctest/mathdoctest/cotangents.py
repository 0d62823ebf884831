"""A chain rule is checked once more with another quantity on top.

Where L is a sum, every ∂L/∂y is 1, and hides an operator or an index: (∂L/∂y)² is 1 as well. What
says ∂L/∂x by ∂L/∂y alone holds for every L that depends on y, so for a random one, too.
"""

import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import default_rng

from mathdoctest.derive import Graph
from mathdoctest.equal import LOOSE, Side, check_equal
from mathdoctest.evaluate import Evaluator
from mathdoctest.names import Names, Quantity
from mathdoctest.syntax import Derivative, Node, Statement, Sum, Symbol, walk


def check(chain: Statement, names: Names, ev: Evaluator) -> None:
    """Raise Wrong for a side that says ∂L/∂x by other slopes of L, but not for every L.

    ev: an evaluator of these names, its letters bound.
    """
    left = chain.sides[0]
    if not isinstance(left, Derivative) or len(left.bottoms) != 1 or set(chain.relations) != {"="}:
        return
    if not isinstance(left.top, Symbol):
        return
    own, _ = names.located(left.bottoms[0], ev)
    top, indices = names.located(left.top, ev)
    if indices:
        return
    for side in chain.sides[1:]:
        slopes = _slopes(side, left.quantity)
        below = {names.located(node.bottoms[0], ev)[0] for node in slopes}
        below = {quantity for quantity in below if quantity.name != own.name}
        if below and not names.graph.draw.scope.own.entry:
            graph = names.graph.with_other(top.name, _other(top, below, names))
            other = replace(ev, names=Names(graph, names.asker, returned=True))
            sides = (("the left side", left), ("the right side", side))
            what = f"with another `{top.name}` of "
            what += " and ".join(sorted(f"`{quantity.name}`" for quantity in below))
            found = [Side(f"{what}, {name}", "", other.value(node)) for name, node in sides]
            check_equal(found, ev, LOOSE, at_limits=True)


def _slopes(side: Node, top: str) -> list[Derivative]:
    """The slopes of the top that every term of a side has; none where a term has none."""
    terms = [term.node for term in side.terms] if isinstance(side, Sum) else [side]
    found = []
    for term in terms:
        own = [n for n in walk(term) if isinstance(n, Derivative) and n.quantity == top]
        names = [n for n in walk(term) if isinstance(n, Symbol) and n.name == top]
        if not own or len(names) > len(own) or any(len(n.bottoms) != 1 for n in own):
            return []
        found += own
    return found


def _other(top: Quantity, below: set[Quantity], names: Names) -> Callable[[Graph], Any]:
    """A random smooth function of those entries that the top depends on."""
    weights = {}
    for quantity in below:
        slopes = names.graph.jacobian(top, [quantity], names.asker, rank=0)
        rng = default_rng([names.graph.draw.seed, zlib.crc32(quantity.name.encode())])
        weights[quantity] = rng.uniform(0.5, 1.5, slopes.shape) * (np.abs(slopes) > 1e-12)

    def value(graph: Graph) -> Any:
        library, total = graph.library, 0.0
        for quantity, weight in sorted(weights.items(), key=lambda item: item[0].name):
            at = quantity.of(graph.value(quantity.name, names.asker))
            total = total + library.sum(library.array(weight) * (library.sin(at) + 0.3 * at * at))
        return total

    return value
