"""What all draws for one function share: functions in reach, axes that are one, indices."""

import ast
import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

from mathdoctest import axes, indices, resolve, source
from mathdoctest.functions import Function
from mathdoctest.scope import Scope
from mathdoctest.signature import Shape
from mathdoctest.syntax import Node, Number, Reduce, Sum, Symbol, walk


@dataclass(frozen=True)
class Layout:
    """reachable: the function and those whose formulas its own need. same: which axes are one.

    time_axes: those of steps. index_axes: parameter → the axes that it is an index of.
    from_zero: the lists that begin with layer 0. inputs: parameter → its shape, of all functions.
    taken: whole numbers of formulas and code, which no axis may have as its size by chance.
    """

    reachable: list[Function]
    time_axes: set[str]
    index_axes: dict[str, list[str]]
    same: axes.Equal
    from_zero: set[str]
    inputs: dict[str, Shape]
    taken: set[int]

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """Every axis of what goes into these functions and comes out, or is in it."""
        every = [s for f in self.reachable for s in (*f.parameters.values(), *f.returned) if s]
        return frozenset(axis for shape in every for axis in (shape.of or shape).axes)


@functools.lru_cache(maxsize=16)
def of(scope: Scope, ranges: tuple[tuple[str, str], ...]) -> Layout:
    """The layout of a scope; ranges: (name, range) of what is declared."""
    reachable = _reachable(scope)
    every = [(n, s) for f in reversed(reachable) for n, s in f.parameters.items() if s]
    return Layout(
        reachable,
        set[str]().union(*(f.time_axes for f in reachable)),
        indices.axes(reachable),
        _unified(reachable),
        _from_zero(reachable, dict(ranges)),
        dict(every) | {n: s for n, s in every if not s.any_shape},
        _constants(scope.own),
    )


def _constants(function: Function) -> set[int]:
    """Whole numbers of the formulas or the code: no axis may have such a size by chance."""
    in_code = {n.value for n in source.below(function.node) if isinstance(n, ast.Constant)}
    numbers = {n.value for n in function.nodes if isinstance(n, Number)}
    return {int(n) for n in numbers | in_code if isinstance(n, int | float) and n % 1 == 0}


def axes_of(function: Function) -> list[str]:
    """The axes of all that goes into a function and comes out."""
    shapes = [s for s in (*function.parameters.values(), *function.returned) if s]
    listed = [s.of if s.kind == "list" and s.of else s for s in shapes]
    return [axis for shape in listed for axis in shape.axes]


def _unified(reachable: list[Function]) -> axes.Equal:
    """Which axes are one: a quantity has one shape, whatever it is called."""
    same = axes.Equal()
    seen: dict[str, Shape] = {}
    for function in reachable:
        for name in dict.fromkeys([*function.parameters, *function.lefts]):
            shape = function.shape(name)
            if shape is None or shape.kind != "array" or shape.any_shape:
                continue
            for axis in shape.axes:
                if "=" in axis:  # `n=2`
                    same.join(axis.rpartition("=")[2], axis.partition("=")[0])
            first = seen.setdefault(name, shape)
            if len(first.axes) == len(shape.axes):
                for keep, drop in zip(first.axes, shape.axes, strict=True):
                    same.join(keep, drop)
    return same


def _from_zero(reachable: list[Function], ranges: dict[str, str]) -> set[str]:
    """The lists that begin with layer 0: their formulas say so, or else those that use them."""
    out = {name for name, kind in ranges.items() if kind == "from 0"}
    made = {name for one in reachable if one.sequence for name in one.lefts}
    for one in reachable:
        for chain in one.statements:
            nodes = [node for side in chain.sides for node in walk(side)]
            sums = [n for n in nodes if isinstance(n, Reduce) and n.letters]
            low = {n.letters[-1]: _least(n.low) for n in sums if n.low is not None}
            if chain.where:
                low[chain.where.letter] = min(_least(chain.where.first), _least(chain.where.last))
            for node in nodes:
                if not isinstance(node, Symbol) or node.layer is None:
                    continue
                for name in (node.name, resolve.capital(node.name)):
                    shape = one.parameters.get(name)
                    before = shape and shape.of and "_before" in shape.of.axes
                    is_used = name not in made and not before and _least(node.layer, low) == 0
                    if is_used or node is chain.sides[0] and node.layer == Number(0.0):
                        out.add(name)
    return out


def _least(node: Node, low: Mapping[str, float] = {}) -> float:  # noqa: B006
    """The least value of a layer's number; infinite where it is not known."""
    match node:
        case Number(value):
            return value
        case Symbol(name):
            return low.get(name, math.inf)
        case Sum(terms):
            return sum(sign * _least(term, low) for sign, term in terms)
    return math.inf


def _reachable(scope: Scope) -> list[Function]:
    """The function under test and those whose formulas its own need."""
    out = [scope.own]
    for function in out:  # the list grows
        meant = scope.meanings.values() if function is scope.own else ()
        nodes = [*function.nodes, *(n for node in meant for n in walk(node))]
        symbols = [n for n in nodes if isinstance(n, Symbol)]
        for name in dict.fromkeys([*map(function.full_name, symbols), *function.parameters]):
            for each in (name, resolve.capital(name)):
                found = [one for one, _ in scope.definitions(each, function)]
                out += [one for one in found if one not in out]
    return out
