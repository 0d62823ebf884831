r"""Sums, products, extremes and means over letters: `\sum_{i=1}^{n}`, `\sum_{j \ne i}`."""

import functools
from dataclasses import replace
from operator import add, mul
from typing import TYPE_CHECKING, Any

import numpy as np

from mathdoctest import backends, syntax
from mathdoctest.syntax import (
    Call,
    Condition,
    Derivative,
    Index,
    Node,
    Number,
    Reduce,
    Symbol,
    walk,
)
from mathdoctest.values import Array, Data, OffAxis, Unknown, Value, Wrong, with_axes

if TYPE_CHECKING:
    from mathdoctest.evaluate import Evaluator

NEUTRAL = {"sum": 0.0, "mean": 0.0, "prod": 1.0, "max": -np.inf, "min": np.inf}


def reduced(node: Reduce, ev: "Evaluator") -> Value:
    """The value of a sum and the like. Raises Wrong."""
    if node.low is not None and _runs_over_layers(node):
        return _layer_by_layer(node, ev)
    inner = replace(ev, letters=dict(ev.letters))
    if values := _members(node, ev):
        letter, array = values
        inner.bind(letter, np.arange(1, np.shape(array)[0] + 1))
        entry = inner.gather(Data(array), (Symbol(letter),), node)
        inner.arguments = {**ev.arguments, letter: entry}
        ev.rules.add("members")
        inside = np.ones((1,) * ev.depth + np.shape(array)[:1], bool)
    elif size := _examples(node, ev):
        inner.bind(node.letters[0], np.arange(1, size + 1))
        inner.example = (node.letters[0], size)
        ev.rules.add("examples")
        inside = np.ones((1,) * ev.depth + (size,), bool)
    else:
        inside = _bound(node, ev, inner)
    if inner.depth == ev.depth:
        return _over_entries(node, ev)
    if node.how in ("max", "min", "mean", "argmax", "argmin"):
        axes = tuple(range(ev.depth, inner.depth))
        if not np.any(inside, axis=axes).all():
            raise Wrong(f"the range of {', '.join(node.letters)} is empty", node)
    inner.mask = inside & np.asarray(ev.mask)[(...,) + (None,) * (inner.depth - ev.depth)]
    found = _body(node, inner)
    return _over_axes(node, ev, inner, found, inside)


def _body(node: Reduce, inner: "Evaluator") -> Value:
    """The values of the body. A letter from 0 on that is only an index may count entries from 0."""
    try:
        return inner.value(node.body)
    except OffAxis:
        letter = node.letters[-1] if node.letters else ""
        every = [n for n in walk(node.body) if n == Symbol(letter)]
        symbols = [n for n in walk(node.body) if isinstance(n, Symbol)]
        places = [i for n in symbols for index in n.indices for i in walk(index)]
        if node.low != Number(0.0) or len(every) != sum(i == Symbol(letter) for i in places):
            raise
        axis, values = inner.letters[letter]
        inner.letters[letter] = (axis, values + 1)
        inner.rules.add("zero")
        return inner.value(node.body)


def _members(node: Reduce, ev: "Evaluator") -> tuple[str, Array] | None:
    r"""The y and the array of `\sum_{y \in Q} …`, where y is no index but a value of it.

    It is Q, or y itself where Q is only what the text calls it.
    """
    match node.letters, node.conditions:
        case (letter,), (Condition((Symbol(), Symbol(of)), ("in" | "sim",)),):
            indices = [i for n in walk(node.body) if isinstance(n, Symbol | Index)
                       for part in n.indices for i in walk(part)]  # fmt: skip
            names = [name for name in (of, letter) if ev.names.has(name)]
            if Symbol(letter) in indices or not names or node.low is not None:
                return None
            data, _ = ev.names.data(Symbol(names[0]), ev)
            found = backends.plain(data.value)
            if found.ndim and found.dtype.kind == "f" and not ev.names.is_mask(names[0], found):
                return letter, data.value
    return None


def _examples(node: Reduce, ev: "Evaluator") -> int:
    """How many examples `\\sum_x` is over, if nothing in it says which: the first axis of arrays.

    0 where the letter is an index, or has a value, or the arrays differ in this.
    """
    if len(node.letters) != 1 or node.low is not None or node.conditions or ev.example:
        return 0
    symbols = [n for n in walk(node.body) if isinstance(n, Symbol)]
    indices = [part for n in walk(node.body) if isinstance(n, Symbol | Index) for part in n.indices]
    letter = Symbol(node.letters[0])
    if ev.is_bound(letter.name) or any(
        ev.is_label(each) for part in indices for each in walk(part)
    ):
        return 0  # a letter of its own, or another that nothing counts
    sizes = set()
    for symbol in symbols:
        if not symbol.indices and symbol.layer is None and ev.names.has(symbol.name):
            sizes.add(np.shape(ev.names.data(symbol, ev)[0].value)[:1])
    sizes -= {()}
    return int(sizes.pop()[0]) if len(sizes) == 1 else 0


def _runs_over_layers(node: Reduce) -> bool:
    if not node.letters:
        return False
    letter = Symbol(node.letters[-1])
    layers = [n.layer for n in walk(node.body) if isinstance(n, Symbol | Call) and n.layer]
    return any(letter in walk(layer) for layer in layers)


def _bound(node: Reduce, ev: "Evaluator", inner: "Evaluator") -> np.ndarray:
    """Bind the letters of a reduction; where all of them are within bounds and conditions."""
    bounded = node.letters[-1:] if node.low is not None else ()
    free = [letter for letter in _letters(node, ev) if letter not in bounded]
    for letter in (*free, *bounded):
        if ev.is_bound(letter):
            kind = "product" if node.how == "prod" else node.how
            what = f"`{letter}` counts outside of this {kind}, too: use another letter in it"
            raise Wrong(what, node)
    inside = np.ones((1,) * ev.depth, bool)
    if bounded:
        inside = _within_bounds(node, ev, inner, bounded[0])
    for letter in free:
        inner.bind(letter, _axis(letter, node, inner))
        inside = inside[..., None]
    for condition in node.conditions:
        inner.mask = inside
        inside = inside & inner.holds(condition)
    return np.broadcast_to(inside, np.broadcast_shapes(inside.shape, _sizes(ev, inner)))


def _sizes(ev: "Evaluator", inner: "Evaluator") -> tuple[int, ...]:
    """One for each letter from outside, then how many values each new letter has."""
    new = [len(values) for axis, values in inner.letters.values() if axis >= ev.depth]
    return (1,) * ev.depth + tuple(new)


def _within_bounds(node: Reduce, ev: "Evaluator", inner: "Evaluator", letter: str) -> np.ndarray:
    if node.low is None:
        raise Wrong(f"{letter} needs a lower bound", node)
    first = ev.index(node.low)
    if node.high is None:  # to the end: as many as there are entries
        last = first + len(axis_of(letter, node.body, ev)) - 1
    else:
        last = ev.index(node.high)
    inner.bind(letter, np.arange(first.min(), max(last.max(), first.min()) + 1))
    values = inner.letter(letter)
    found: np.ndarray = (values >= first[..., None]) & (values <= last[..., None])
    return found


def _letters(node: Reduce, ev: "Evaluator") -> tuple[str, ...]:
    """The letters that run; where only conditions are given, those in them without a value."""
    if node.letters or not node.conditions:
        return node.letters
    named = [n for c in node.conditions for n in walk(c) if isinstance(n, Symbol)]
    plain = (n.name for n in named if not n.indices and n.layer is None)
    return tuple(
        name
        for name in dict.fromkeys(plain)
        if not (ev.is_bound(name) or ev.names.has(name) or name in ev.names.sizes)
    )


def _axis(letter: str, node: Reduce, ev: "Evaluator") -> np.ndarray:
    """What a letter without bounds runs over: the set it is in, or the axis that it indexes."""
    for condition in node.conditions:
        match condition:
            case Condition(
                (Symbol(name), syntax.Listing("{", (syntax.Interval() as run,))), ("in",)
            ):
                if name == letter:
                    return np.arange(ev.whole(run.first), ev.whole(run.last) + 1)
    return axis_of(letter, node.body, ev)


def axis_of(letter: str, body: Node, ev: "Evaluator") -> np.ndarray:
    """The values of a letter that indexes an axis of a symbol in an expression. Raises Wrong."""
    for symbol in walk(body):
        if isinstance(symbol, Index) and Symbol(letter) in symbol.indices:
            sizes = ev.value(symbol.operand).shape
            return np.arange(sizes[symbol.indices.index(Symbol(letter))]) + 1
        if isinstance(symbol, Derivative) and ev.names.given(symbol):
            data, indices = ev.names.derivative(symbol, ev)
            if Symbol(letter) in indices[: np.ndim(data.value)]:
                return np.arange(np.shape(data.value)[indices.index(Symbol(letter))]) + data.origin
        if isinstance(symbol, Symbol) and Symbol(letter) in symbol.indices:
            bare = replace(symbol, indices=())
            try:
                data, left = ev.names.data(bare, ev)
            except Unknown:
                continue  # told where it is evaluated
            place = symbol.indices.index(Symbol(letter)) - len(left)
            shape = np.shape(data.value)
            if 0 <= place < len(shape):
                return np.arange(shape[place]) + (1 if place else data.origin)
    raise Unknown(f"nothing says how far {letter} runs: give it bounds", body)


def _over_axes(
    node: Reduce, ev: "Evaluator", inner: "Evaluator", found: Value, inside: np.ndarray
) -> Value:
    """The values of the body, put together along the axes of the letters."""
    lib, how, new = ev.library, node.how, inner.depth - ev.depth
    lead = np.broadcast_shapes(tuple(found.array.shape[: inner.depth]), inside.shape)
    array = lib.broadcast(found.array, lead + found.shape)
    axes = tuple(range(ev.depth, inner.depth))
    if how in ("argmax", "argmin"):
        return _where_extreme(node, inner, array, inside)
    if how == "prod" and found.rank == 2:
        return _matrix_product(node, ev, array, inside, found)
    neutral = lib.array(NEUTRAL[how])
    spread = lib.where(inside.reshape(inside.shape + (1,) * found.rank), array, neutral)
    out = lib.sum(spread, axis=axes) if how in ("sum", "mean") else spread
    if how == "min":
        out = -out
    if how in ("prod", "max", "min"):
        for _ in range(new):
            out = getattr(lib, "prod" if how == "prod" else "max")(out, axis=ev.depth)
    if how == "min":
        out = -out
    if how == "mean":
        count = np.broadcast_to(inside, inside.shape).sum(axis=axes)
        out = out / with_axes(lib, lib.array(count), found.rank)
    return found.like(out)


def _where_extreme(node: Reduce, inner: "Evaluator", array: Array, inside: np.ndarray) -> Value:
    """The value of the letter at the largest or smallest value of the body."""
    if len(node.letters) != 1 or array.ndim != inner.depth:
        raise Wrong(f"{node.how} of numbers over one letter", node)
    worst = -np.inf if node.how == "argmax" else np.inf
    plain = np.where(inside, backends.plain(array), worst)
    place = (np.argmax if node.how == "argmax" else np.argmin)(plain, axis=-1)
    _, values = inner.letters[node.letters[0]]
    return Value(inner.library.array(values[place]))


def _matrix_product(
    node: Reduce, ev: "Evaluator", array: Array, inside: np.ndarray, found: Value
) -> Value:
    """Matrices multiplied in the order of the letter."""
    rows, columns = found.shape
    if rows != columns or array.ndim != ev.depth + 3:
        raise Wrong(f"a product of matrices of {found.described()}", node)
    lib, one = ev.library, np.eye(rows)
    total = lib.array(one.reshape((1,) * ev.depth + one.shape))
    for k in range(array.shape[ev.depth]):
        at = (slice(None),) * ev.depth + (k,)
        factor = lib.where(inside[at][..., None, None], array[at], lib.array(one))
        total = lib.matmul(*_broadcast(lib, total, factor))
    ev.rules.add("order")
    return Value(total, 2)


def _broadcast(lib: Any, a: Array, b: Array) -> tuple[Array, Array]:
    lead = np.broadcast_shapes(tuple(a.shape[:-2]), tuple(b.shape[:-2]))
    return (
        lib.broadcast(a, lead + tuple(a.shape[-2:])),
        lib.broadcast(b, lead + tuple(b.shape[-2:])),
    )


def _over_entries(node: Reduce, ev: "Evaluator") -> Value:
    r"""`\sum x`: over all entries of an array."""
    found = ev.value(node.body)
    if not found.rank or node.low is not None:
        raise Wrong(f"\\{node.how} needs a letter that runs", node)
    if node.how not in ("sum", "mean", "max"):
        raise Wrong(f"\\{node.how} of an array needs a letter that runs", node)
    axes = tuple(range(-found.rank, 0))
    out = found.array
    if node.how == "max":
        for _ in axes:
            out = ev.library.max(out, axis=-1)
        return Value(out)
    out = ev.library.sum(out, axis=axes)
    return Value(out / float(np.prod(found.shape)) if node.how == "mean" else out)


def _layer_by_layer(node: Reduce, ev: "Evaluator") -> Value:
    """Over elements of lists, whose shapes differ."""
    low: Node | None
    low, high = node.low, node.high
    if low is None or high is None or node.conditions:
        raise Wrong("a sum over layers needs two bounds and no condition", node)
    first, last = int(ev.index(low).min()), int(ev.index(high).max())
    every = [{node.letters[-1]: number} for number in range(first, last + 1)]
    inner = [replace(ev, constants=ev.constants | each) for each in every]
    found = [each.value(node.body) for each in inner]
    if not found:
        raise Wrong(f"the range of {node.letters[-1]} is empty", node)
    combine = {"prod": mul, "max": ev.library.maximum, "min": ev.library.minimum}.get(node.how, add)
    total = functools.reduce(combine, (each.array for each in found))
    return found[0].like(total / len(found) if node.how == "mean" else total)
