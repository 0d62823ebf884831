"""Whole numbers that a formula uses as an index: y of `f_{i y_i}` counts along an axis of f."""

from collections.abc import Iterator

import numpy as np

from mathdoctest import resolve, syntax
from mathdoctest.functions import Function
from mathdoctest.signature import Shape
from mathdoctest.syntax import Call, Condition, Node, Number, Symbol
from mathdoctest.values import Wrong


def axes(functions: list[Function]) -> dict[str, list[str]]:
    """Parameter → the axes along which the formulas use it as an index."""
    out: dict[str, list[str]] = {}
    for one in functions:
        for name, axis in _used(one, functions):
            if axis not in out.setdefault(name, []):
                out[name].append(axis)
    return out


def _used(one: Function, functions: list[Function]) -> Iterator[tuple[str, str]]:
    places = [(index, axis) for node in one.nodes for index, axis in _places(node, one, functions)]
    plain = (place for place in places if place[0] == Symbol(place[0].name))
    letters = {index.name: axis for index, axis in plain} | _called(one)
    for index, axis in places:
        if name := _whole(index, one):
            yield name, axis
    for node in one.nodes:  # 𝟙[k = y], of a letter k along an axis
        if isinstance(node, Condition) and node.relations == ("=",) or _is_kronecker(node):
            left, right = syntax.children(node)
            for letter, other in ((left, right), (right, left)):
                if isinstance(letter, Symbol) and letter.name in letters and not letter.indices:
                    if (name := _whole(other, one)) and letter.name not in one.parameters:
                        yield name, letters[letter.name]


def _is_kronecker(node: Node) -> bool:
    return isinstance(node, Symbol) and node.name == "delta" and len(node.indices) == 2


def _called(one: Function) -> dict[str, str]:
    """The k of `q(k) = …` and the axis that it counts along."""
    out = dict[str, str]()
    for left in (chain.sides[0] for chain in one.statements):
        letters = one.letters(left) if isinstance(left, Call) else ()
        shape = one.returned[0]
        out |= {k.name: axis for k, axis in zip(letters, shape.axes if shape else (), strict=False)}
    return out


def _places(node: Node, one: Function, functions: list[Function]) -> Iterator[tuple[Symbol, str]]:
    """Each symbol that is an index of an array, and the axis that it counts along."""
    if not isinstance(node, Symbol) or node.layer is not None:
        return
    if one.step and resolve.is_time(node.indices):  # v_t of one step: t counts steps
        return
    names = (node.name, resolve.capital(node.name))
    found = (_shape(name, each) for each in (one, *functions) for name in names)
    shape = next(filter(None, found), None)
    if (
        shape
        and shape.kind == "array"
        and not shape.any_shape
        and len(shape.axes) >= len(node.indices)
    ):
        for index, axis in zip(node.indices, shape.axes, strict=False):
            if isinstance(index, Symbol) and not isinstance(index.layer, Number):
                yield index, axis


def _shape(name: str, one: Function) -> Shape | None:
    return one.shape(name) if name in one.parameters or name in one.lefts else None


def _whole(node: Node, one: Function) -> str | None:
    """The parameter of whole numbers that a node is, if it is one."""
    if not isinstance(node, Symbol) or isinstance(node.layer, Number):
        return None
    shape = one.parameters.get(node.name)
    return node.name if shape and shape.whole else None


def in_code(name: str, value: np.ndarray | int, axis: str, size: int) -> np.ndarray | int:
    """An index as code gets it, from 0. Raises Wrong where it is outside of its axis."""
    found = value - 1
    low, high = int(np.min(found)), int(np.max(found))
    if low < 0 or high >= size:
        what = f"`{name}` is an index from 1 to {size} along `{axis}`, and is drawn from"
        raise Wrong(f"{what} {low + 1} to {high + 1}: declare `{axis}` as its range")
    return found
