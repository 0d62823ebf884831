"""Inputs on purpose: near, at and beyond the numbers with which code and formula compare.

A setting changes some inputs of an ordinary draw. Which are needed, `watch` says.
"""

import ast
import functools
import itertools
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from mathdoctest import source
from mathdoctest.accuracy import constant, literal
from mathdoctest.functions import Function
from mathdoctest.syntax import Call, Condition, Derivative, Node, Reduce, walk

FIRST = 100  # the seed of the first setting; those below are ordinary draws
MOST = 96  # settings of one function
GRIDS = 40  # of them, those whose values are small whole numbers or halves
LARGEST = 2000  # whole number that is tried; a larger one may be a loop too long
EXTREMES = {"max", "min", "argmax", "argmin", "sort", "argsort", "logsumexp", "topk"}

Value = Any
Input = Callable[[str], Value]  # name of another input → what is drawn for it
Change = Callable[[Input, Value], Value]  # the new value of one
Setting = dict[str, Change]  # name of an input → its change

_FACTORS = (1.0, -1.0, 0.5, -0.5, 1.5, -1.5)


def settings(function: Function, ranges: dict[str, str]) -> list[Setting]:
    """Every setting of a function's inputs, the same for the same code and formulas."""
    return _settings(function, tuple(sorted(ranges.items())))


@functools.lru_cache(maxsize=32)
def _settings(function: Function, named: tuple[tuple[str, str], ...]) -> list[Setting]:
    ranges = dict(named)
    kinds = ("real", "positive", "unit")
    free = {n: s for n, s in function.parameters.items() if s and ranges.get(n, "real") in kinds}
    whole = [n for n, s in free.items() if s.kind == "number" and s.whole]
    numbers = [n for n, s in free.items() if s.kind == "number" and not s.whole]
    arrays = [n for n, s in free.items() if s.kind == "array" and not s.whole]
    levels = constants(function)
    made = itertools.chain(
        orders(arrays),
        _whole(whole, levels),
        _numbers(numbers, levels),
        _arrays(arrays, levels, numbers),
        _scales(arrays, numbers),
    )
    found = [*itertools.islice(made, MOST - GRIDS), *_grids([*arrays, *numbers])]
    return [_within(each, ranges) for each in found]


def constants(function: Function) -> list[float]:
    """The numbers, without their signs, that the code has or a formula compares with."""
    found = dict[float, None]()
    for node in function.nodes:
        for part in _compared(node):
            found |= {abs(v): None for v in [constant(part)] if v is not None}
    for statement in function.node.body[1:]:
        for each in source.below(statement):
            value = literal(each, function) if isinstance(each, ast.Constant | ast.Name) else None
            if value is not None:
                found[abs(value)] = None
    return [value for value in found if value < 1e6]


def _compared(node: Node) -> tuple[Node, ...]:
    """What a node of a formula compares."""
    if isinstance(node, Condition):
        return node.sides
    is_extreme = isinstance(node, Call) and node.function in ("max", "min")
    return node.arguments if isinstance(node, Call) and is_extreme else ()


def compares(function: Function) -> bool:
    """Whether a formula has branches."""
    return any(map(_compared, function.nodes))


def has_extreme(function: Function) -> bool:
    """Whether a formula or the code takes the largest or the smallest of several."""
    names = {n.attr for n in source.below(function.node) if isinstance(n, ast.Attribute)}
    return bool(names & EXTREMES) or any(
        isinstance(node, Reduce) and node.how == "max" for node in function.nodes
    )


def has_bound(function: Function) -> bool:
    """Whether a formula says that one side is smaller than another."""
    return any(set(chain.relations) - {"=", "in"} for chain in function.statements)


def may_have_ties(function: Function) -> bool:
    """Whether equal entries have one right result: not where a slope is taken."""
    nodes = [node for chain in function.statements for side in chain.sides for node in walk(side)]
    return not any(isinstance(n, Derivative) or isinstance(n, Call) and n.primes for n in nodes)


# ---- the settings


def orders(arrays: list[str]) -> Iterator[Setting]:
    """The largest entry last, first, and all entries equal: always the first three settings."""

    def ascending(of: Input, a: Value) -> Value:
        return np.sort(a, axis=None).reshape(a.shape)

    def descending(of: Input, a: Value) -> Value:
        return -np.sort(-a, axis=None).reshape(a.shape)

    def equal(of: Input, a: Value) -> Value:
        return np.full(a.shape, a.flat[0])

    for change in (ascending, descending, equal):
        yield {name: change for name in arrays}


def _fixed(value: Value) -> Change:
    return lambda of, drawn: value


def _times(factor: float) -> Change:
    return lambda of, drawn: drawn * factor


def _beside(other: str, step: int) -> Change:
    """As another whole number, or next to it."""
    return lambda of, drawn: max(1, of(other) + step)


def _as(other: str, factor: float) -> Change:
    return lambda of, drawn: factor * of(other)


def _whole(names: list[str], levels: list[float]) -> Iterator[Setting]:
    for name, other in itertools.permutations(names, 2):
        yield from ({name: _beside(other, step)} for step in (0, 1, -1))
    for level in (int(v) for v in levels if v == int(v) and 1 <= v <= LARGEST):
        for name, value in itertools.product(names, (level, level + 1, level - 1, 2 * level)):
            if value > 0:
                yield {name: _fixed(value)}


def _numbers(names: list[str], levels: list[float]) -> Iterator[Setting]:
    for name, level in itertools.product(names, levels):
        for factor in _FACTORS if level else (1.0,):
            yield {name: _fixed(level * factor)}
    for name, other in itertools.permutations(names, 2):
        yield from ({name: _as(other, factor)} for factor in (1.0, -1.0))


def _arrays(names: list[str], levels: list[float], numbers: list[str]) -> Iterator[Setting]:
    """Entries at a level and on both sides of it, and one entry alone, whose norm is the level."""
    every: list[float | str] = [*numbers, *filter(None, levels)]
    for level in every:
        for place in (0, 2, 4):
            yield {name: _mixed(level, place + k) for k, name in enumerate(names)}
        yield from ({name: _alone(level)} for name in names)
    for name, other in itertools.permutations(names, 2):
        yield {name: _partly(other)}


def _level(of: Input, level: float | str) -> float:
    return float(of(level)) if isinstance(level, str) else level


def _mixed(level: float | str, place: int) -> Change:
    def change(of: Input, a: Value) -> Value:
        return np.resize(np.roll(_FACTORS, -place) * _level(of, level), a.shape)

    return change


def _alone(level: float | str) -> Change:
    def change(of: Input, a: Value) -> Value:
        out = np.zeros(a.shape)
        out.flat[-1:] = _level(of, level)
        return out

    return change


def _partly(other: str) -> Change:
    """Every second entry as that of another array of the same shape."""

    def change(of: Input, a: Value) -> Value:
        if np.shape(of(other)) != a.shape:
            return a
        return np.where(np.arange(a.size).reshape(a.shape) % 2 == 0, of(other), a)

    return change


def _scales(arrays: list[str], numbers: list[str]) -> Iterator[Setting]:
    every = [*arrays, *numbers]
    for factor in (8.0, 64.0, 1 / 64):
        yield dict.fromkeys(every, _times(factor))
        yield from ({name: _times(factor)} for name in every if len(every) > 1)


def _grids(names: list[str]) -> Iterator[Setting]:
    """Every value a small whole number or a half, so that sums and products meet exactly."""
    for nth in range(GRIDS):
        yield {name: _on_grid(nth, name) for name in names}


def _on_grid(nth: int, name: str) -> Change:
    def change(of: Input, drawn: Value) -> Value:
        rng = np.random.default_rng([nth, zlib.crc32(name.encode())])
        made = rng.integers(-1, 4, np.shape(drawn)) / (2.0 if nth % 4 == 2 else 1.0)
        is_sparse = nth % 2 and made.ndim  # so that a sum of squares is a small number, too
        return np.where(rng.random(made.shape) < 0.25, made, 0) if is_sparse else made

    return change


def _within(setting: Setting, ranges: dict[str, str]) -> Setting:
    """The setting with each value inside of its symbol's range: where it is not, as drawn."""

    def bounded(change: Change, kind: str) -> Change:
        def held(of: Input, drawn: Value) -> Value:
            value = change(of, drawn)
            top = 1 if kind == "unit" else np.inf
            inside = (np.asarray(value) > 0) & (np.asarray(value) < top)
            kept = np.where(inside, value, drawn)
            return kept if isinstance(drawn, np.ndarray) else type(drawn)(kept)

        return held

    kinds = {name: ranges.get(name, "real") for name in setting}
    return {n: c if kinds[n] == "real" else bounded(c, kinds[n]) for n, c in setting.items()}
