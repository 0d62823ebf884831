"""Which draws on purpose a function needs: its comparisons are watched while it runs.

A twin of the code reports each comparison, maximum, clip …: the sign of the gap between the two
sides. A setting is chosen if it shows a comparison from a side, or exactly at it, not seen before,
or two comparisons from sides that were not seen together.
"""

import ast
import functools
import inspect
import itertools
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from mathdoctest import backends, directed, source
from mathdoctest.execute import Code
from mathdoctest.functions import Function

RELATIONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
EXTREMES = {"max", "min", "maximum", "minimum", "fmax", "fmin"}
ALONE = {"abs", "absolute", "sign", "relu", "heaviside"}  # what they compare with is 0
ORDINARY = 6  # draws before those on purpose
SIZES = {"shape", "ndim", "size", "dtype"}
MOST = 16  # settings that are chosen

Sight = tuple[int, ...]  # a place in the code and the sign of a gap there; or two of each
Given = Callable[[int], dict[str, Any]]  # seed → what the code is called with


class Seen:
    """What a twin reports."""

    def __init__(self) -> None:
        self.signs: dict[int, np.ndarray] = {}  # of the last gap at each place
        self.single: set[Sight] = set()

    @property
    def sights(self) -> set[Sight]:
        """Every comparison from each side, and every two of them together, entry by entry."""
        out = set(self.single)
        for (place, a), (other, b) in itertools.combinations(sorted(self.signs.items()), 2):
            if a.shape == b.shape or not a.ndim or not b.ndim:
                both = np.broadcast_arrays(a, b)
                pairs = zip(*(signs.ravel().tolist() for signs in both), strict=True)
                out |= {(place, one, other, two) for one, two in set(pairs)}
        return out

    def gap(self, place: int, a: Any, b: Any) -> None:
        try:
            one, other = (backends.plain(side).astype(float) for side in (a, b))
            signs = np.sign(one - other)
            if not np.isfinite(signs).all():
                signs = signs[np.isfinite(signs)]
            self.signs[place] = signs.astype(int)
            self.single |= {(place, int(sign)) for sign in np.unique(signs)}
        except Exception:  # no numbers, or an array that is being differentiated
            return

    def compare(self, place: int, names: tuple[str, ...], *values: Any) -> Any:
        out: Any = True
        for name, a, b in zip(names, values, values[1:], strict=False):
            self.gap(place, a, b)
            out = getattr(operator, name)(a, b)
            if len(names) > 1 and not out:
                return out
        return out

    def call(self, place: int, name: str, function: Any, *values: Any, **named: Any) -> Any:
        whole = getattr(function, "__self__", None)
        if name == "clip":
            own = [] if inspect.ismodule(whole) or whole is None or len(values) > 2 else [whole]
            first, *bounds = [*own, *values, *named.values()]
            for number, bound in enumerate(bounds[:2]):
                self.gap(place + number, first, bound)
        elif name in EXTREMES and len(values) == 2:
            self.gap(place, *values)
        elif name in ALONE and len(values) == 1:
            self.gap(place, values[0], 0)
        return function(*values, **named)


class _Reporting(ast.NodeTransformer):
    """Makes each comparison of a function a call of `Seen`."""

    def __init__(self) -> None:
        self.places = 0

    def _call(self, method: str, *arguments: ast.expr, more: Sequence[ast.keyword] = ()) -> Any:
        place, self.places = ast.Constant(self.places), self.places + 2
        target = ast.Attribute(ast.Name("__seen__", ast.Load()), method, ast.Load())
        return ast.Call(target, [place, *arguments], list(more))

    def visit_Compare(self, node: ast.Compare) -> Any:
        is_reported = _is_reported(node)
        self.generic_visit(node)
        if not is_reported:
            return node
        names = [ast.Constant(RELATIONS[type(op)].__name__) for op in node.ops]
        relations = ast.Tuple(list[ast.expr](names), ast.Load())
        return self._call("compare", relations, node.left, *node.comparators)

    def visit_Call(self, node: ast.Call) -> Any:
        name, is_reported = source.called(node), _is_reported(node)
        self.generic_visit(node)
        if not is_reported:
            return node
        return self._call("call", ast.Constant(name), node.func, *node.args, more=node.keywords)


@functools.lru_cache(maxsize=1024)
def _reports(node: ast.FunctionDef) -> bool:
    """Whether a function compares anything."""
    return any(map(_is_reported, source.below(node)))


def _is_reported(node: ast.AST) -> bool:
    """Whether this is a comparison, or a call that makes one."""
    if isinstance(node, ast.Compare):
        return all(type(op) in RELATIONS for op in node.ops) and not _of_size(node)
    return isinstance(node, ast.Call) and source.called(node) in {*EXTREMES, *ALONE, "clip"}


def _of_size(node: ast.expr) -> bool:
    """Whether a comparison is about the size of something, which no input changes."""
    return any(
        isinstance(n, ast.Attribute)
        and n.attr in SIZES
        or isinstance(n, ast.Call)
        and isinstance(n.func, ast.Name)
        and n.func.id == "len"
        for n in ast.walk(node)
    )


def twin(function: Function, code: Code) -> tuple[Code, Seen] | None:
    """The code with each of its comparisons reported; None where it has none."""
    names = {n.id for n in source.below(function.node) if isinstance(n, ast.Name)}
    nodes = [function.node, *(n for k, n in function.module.functions.items() if k in names)]
    space = getattr(inspect.unwrap(code), "__globals__", None)
    if space is None or not any(map(_reports, nodes)):
        return None
    seen, reporting = Seen(), _Reporting()
    lines = function.module.text.split("\n")
    made = [reporting.visit(_bare(node, lines)) for node in dict.fromkeys(nodes)]
    space = dict(space) | {"__seen__": seen}
    tree = ast.fix_missing_locations(ast.Module(made, []))
    exec(compile(tree, str(function.module.path), "exec"), space)
    return space[function.name], seen


def _bare(node: ast.FunctionDef, lines: list[str]) -> ast.FunctionDef:
    """A definition of a file of these lines, read again without annotations and decorators."""
    out = ast.parse("\n".join(lines[node.lineno - 1 : node.end_lineno])).body[0]
    assert isinstance(out, ast.FunctionDef)
    out.returns = None
    for argument in (*out.args.posonlyargs, *out.args.args, *out.args.kwonlyargs):
        argument.annotation = None
    return out


_kept: dict[tuple[Any, ...], list[int]] = {}


def seeds(function: Function, code: Code, ranges: dict[str, str], given: Given) -> list[int]:
    """The seeds of the settings that are needed. given: seed → what the code is called with."""
    key = (function.node, tuple(sorted(ranges.items())), tuple(directed.constants(function)))
    if key not in _kept:
        if len(_kept) > 1000:
            _kept.clear()
        _kept[key] = list(_seeds(function, code, ranges, given))
    return _kept[key]


def _seeds(function: Function, code: Code, ranges: dict[str, str], given: Given) -> Iterator[int]:
    """See `seeds`. The first three settings order an array's entries."""
    last, first, equal = range(directed.FIRST, directed.FIRST + 3)
    if directed.has_extreme(function):
        yield from (last, first)
        yield from [equal] if directed.may_have_ties(function) else []
    elif directed.has_bound(function):
        yield equal
    found = twin(function, code)
    if found is None and not directed.compares(function):
        return
    count = len(directed.settings(function, ranges))
    every = range(directed.FIRST, directed.FIRST + count)
    if found is None:
        yield from dict.fromkeys([*every[3:][: MOST // 2], *every[-MOST // 4 :]])
        return
    run, seen = found
    known, chosen = set[Sight](), 0
    for seed in range(ORDINARY):
        known |= _sights(run, seen, given, seed)
    for seed in every[3:]:
        is_grid = seed >= every[-directed.GRIDS]
        if _is_complete(known) or chosen == MOST or is_grid and _is_met(known):
            return
        sights = _sights(run, seen, given, seed)
        if not sights <= known:
            known |= sights
            chosen += 1
            yield seed


def _is_complete(known: set[Sight]) -> bool:
    """Whether every comparison was seen from all sides, and every two together."""
    places = sorted({sight[0] for sight in known})
    signs = (-1, 0, 1)
    single = all((place, sign) in known for place in places for sign in signs)
    both = ((a, one, b, two) for a, b in itertools.combinations(places, 2)
            for one in signs for two in signs)  # fmt: skip
    return single and all(sight in known for sight in both)


def _is_met(known: set[Sight]) -> bool:
    """Whether every comparison was seen exactly at its boundary."""
    return all((place, 0) in known for place in {sight[0] for sight in known})


def _sights(run: Code, seen: Seen, given: Given, seed: int) -> set[Sight]:
    """What is seen of the code's comparisons on a draw; nothing where it raises."""
    seen.signs, seen.single = {}, set()
    try:
        with np.errstate(all="ignore"), backends.guard():
            run(**given(seed))
    except Exception:
        return set()
    return seen.sights
