r"""Derivatives of expressions: `\frac{\partial}{\partial x_i} (…)`, `\nabla_w L(w)`, `f'(x)`."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mathdoctest import backends
from mathdoctest.backends import Backend
from mathdoctest.syntax import Call, Derivative, Node, Symbol
from mathdoctest.values import Array, Value, Wrong

if TYPE_CHECKING:
    from mathdoctest.evaluate import Evaluator
    from mathdoctest.names import Names


def differentiate(names: "Names", node: Derivative, ev: "Evaluator") -> Value:
    """The value of a derivative of what is no symbol, or along an argument. Raises Wrong."""
    node = _completed(names, node, ev)
    if all(bottom.name in ev.arguments for bottom in node.bottoms):
        return _along_argument(names, node, ev)
    if isinstance(node.top, Symbol):
        found = names.derivative(node, ev)
        gathered = ev.gather(*found, node)
        return gathered.like(ev.library.array(gathered.array))
    return _along_quantity(names, node, ev)


def _completed(names: "Names", node: Derivative, ev: "Evaluator") -> Derivative:
    """`\\nabla f(x)` is taken along x; L in `\\nabla_w L(w)` may be a quantity, not a function."""
    top, bottoms = node.top, node.bottoms
    if not isinstance(top, Call):
        if not bottoms:
            raise Wrong(r"a gradient needs what it is taken along: \nabla_x f", node)
        return node
    if not bottoms:
        symbols = [part for part in top.arguments if isinstance(part, Symbol)]
        if len(symbols) != 1:
            raise Wrong(r"a gradient needs what it is taken along: \nabla_x f(x, y)", node)
        bottoms = tuple(symbols)
    if not names.has_function(top) and names.has(top.function):
        top = Symbol(top.function, top.layer, span=top.span)
    given = tuple(names.as_given(bottom, ev) for bottom in bottoms)
    return replace(node, top=top, bottoms=given)


def _along_argument(names: "Names", node: Derivative, ev: "Evaluator") -> Value:
    """The slope of an expression in the argument of a function's own formula."""
    (name, *others) = [bottom.name for bottom in node.bottoms]
    if set(others) - {name}:
        raise Wrong("a mixed derivative along arguments of a function", node)
    argument = ev.arguments[name]
    if argument.rank:
        raise Wrong("a derivative along a vector that is an argument", node)

    def curve(order: int) -> Callable[[Backend, Array], Array]:
        def of(library: Backend, x: Array) -> Array:
            if order:
                return backends.slope(curve(order - 1), library, x)
            inner = replace(ev, library=library, arguments=ev.arguments | {name: Value(x)})
            array = inner.value(node.top).array
            return array + 0 * x

        return of

    found = backends.slope(curve(len(node.bottoms) - 1), ev.library, argument.array)
    return Value(ev.library.array(found))


def _along_quantity(names: "Names", node: Derivative, ev: "Evaluator") -> Value:
    located = [names.located(bottom, ev) for bottom in node.bottoms]
    graph = names.graph
    below = [quantity._replace(name=graph.canonical(quantity.name)) for quantity, _ in located]
    shape: tuple[int, ...] = ()
    rank = 0

    def top(*steps: Any) -> Array:
        nonlocal shape, rank
        other = graph.stepped(below, steps)
        inner = replace(ev, names=names.of(other), library=graph.differentiator)
        found = inner.value(node.top)
        shape, rank = tuple(found.array.shape), found.rank
        return found.array

    points = [np.zeros(np.shape(b.of(graph.value(b.name, names.asker)))) for b in below]
    array = graph.differentiator.jacobian(top, points)
    if names.asker.entry and ev.depth == 1 and len(below) == 1 and not located[0][1]:
        return Value(ev.library.array(_own_entries(np.asarray(array), shape, node)))
    whole = Value(np.asarray(array), np.ndim(array) - len(shape) + rank)
    kept = rank
    for (_, indices), point in zip(located, points, strict=True):
        whole = _picked(whole, kept, indices, point.ndim, ev, node)
        kept += point.ndim - len(indices)
    return whole.like(ev.library.array(whole.array))


def _own_entries(array: np.ndarray, shape: tuple[int, ...], node: Node) -> np.ndarray:
    """The slope of each entry along itself; along any other it must be 0."""
    n = int(np.prod(shape))
    if array.size == n:
        return array.reshape(shape)
    square = array.reshape(n, -1)
    if square.shape[1] != n:
        raise Wrong("entry by entry, but not of one shape", node)
    own = np.diagonal(square)
    if np.abs(square - np.diag(own)).max(initial=0) > 1e-9:
        raise Wrong("an entry that depends on other entries, taken entry by entry", node)
    return own.reshape(shape)


def _picked(
    whole: Value, start: int, indices: tuple[Node, ...], axes: int, ev: "Evaluator", node: Node
) -> Value:
    """The entries of what a derivative is taken along; its axes begin at `start` of the value."""
    if not indices:
        return whole
    if len(indices) != axes:
        raise Wrong(f"{len(indices)} indices on {axes} axes of a derivative", node)
    array, lead = whole.array, whole.array.ndim - whole.rank
    order = [*range(lead), *range(lead + start, lead + start + axes)]
    rest = [axis for axis in range(array.ndim) if axis not in order]
    moved = Value(np.transpose(array, [*order, *rest]), whole.rank)
    return ev.entry(moved, indices, node)
