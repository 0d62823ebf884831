"""The code under test, called with one draw of inputs, and what it returned."""

import functools
import itertools
import re
from typing import Any

import numpy as np

from mathdoctest import accuracy, backends, batch, directed, indices, libraries, resolve, sample
from mathdoctest.backends import numpy
from mathdoctest.derive import Graph, depends
from mathdoctest.equal import EXACT, LOOSE
from mathdoctest.execute import Code, call
from mathdoctest.functions import Function
from mathdoctest.names import Names
from mathdoctest.scope import Scope
from mathdoctest.signature import Shape
from mathdoctest.syntax import Symbol
from mathdoctest.values import Wrong


class CodeFailed(Wrong):
    """The code raised, or did not return."""


class Run:
    """One draw, and one call of the code with it.

    derive: whether a parameter that another formula defines is computed, not drawn.
    within: the tolerance of what is returned. names: those of the formulas, with what is returned.
    shows_digits: whether the code has float64's accuracy.
    """

    def __init__(self, scope: Scope, ranges: dict[str, str], seed: int, derive: bool):
        self.scope, self.function, self.derive = scope, scope.own, derive
        at_zero = not derive and seed % 2 == 0 and seed < directed.FIRST
        self.draw = sample.Draw(scope, ranges, seed, at_zero)
        self.graph = Graph(scope, self.draw, numpy, derive and depends(scope))
        self.shows_digits = False
        self.within, self.names = LOOSE, Names(self.graph, self.function)

    def arguments(self) -> dict[str, Any]:
        """The inputs drawn, as the code gets them. Raises Wrong."""
        own = self.function
        values = {name: self.graph.value(name, own) for name in own.parameters}
        return {n: self._argument(n, v, own.parameters[n]) for n, v in values.items()}

    def run(self, code: Code, limit: float) -> None:
        """Call the code with the inputs drawn."""
        own, lefts, given = self.function, self.function.lefts, self.arguments()
        try:
            raw, parts = call(lambda: _computed(code(**given)), limit)
        except (Exception, SystemExit) as error:
            raised = f"the code raised `{type(error).__name__}: {error}`"
            is_told = isinstance(error, CodeFailed | TimeoutError)
            raise CodeFailed(str(error) if is_told else raised) from None
        lefts = own.results(len(parts))
        if len(parts) != len(lefts) and (len(parts) > 1 or len(self._results()) != 1):
            what = f"the formulas define {len(lefts)}: {', '.join(lefts)}"
            raise Wrong(f"{what}; the code returns {len(parts)}")
        exact = not self.derive and accuracy.is_exact(own, self.draw.layout.reachable, raw)
        self.shows_digits = exact
        far = self.draw.is_far_out or self.draw.is_directed
        self.within = EXACT if exact and not far else LOOSE
        parts = [batch.one(part, place, self.draw) for place, part in enumerate(parts)]
        self.graph.returned = dict(zip(lefts, itertools.cycle(parts), strict=False))
        self.names = Names(self.graph, own, returned=True)
        for part, shape in zip(parts, own.returned, strict=False):
            self._check_returned(part, shape)

    def _results(self) -> set[str]:
        """The lefts, each quantity once: Z and its entries, δ and the slope that it is."""
        names, own = set[str](), self.function
        for name in own.lefts:
            node = self.scope.meanings.get(name)
            if node and isinstance(node.top, Symbol):
                below = map(own.full_name, node.bottoms)
                name = resolve.derivative_name(own.full_name(node.top), below)
            names.add(re.sub(r"(^|_d)([A-Z])", lambda m: m[1] + m[2].lower(), name))
        return names

    def _argument(self, name: str, value: Any, shape: Shape | None) -> Any:
        """A value as the code gets it: an index counts from 1 in formulas, from 0 there."""
        if isinstance(value, list):
            return [self._argument(name, v, shape and shape.of) for v in value]
        if isinstance(value, int) or isinstance(value, np.ndarray) and value.dtype.kind in "iu":
            drawn = value
            for axis in self.draw.along(name):
                value = indices.in_code(name, drawn, axis, self.draw.size(axis))
        if not isinstance(value, np.ndarray):
            return value
        value = batch.given(name, value, shape, self.draw) if shape else value
        value = value.astype(bool) if shape and shape.truth else value
        told = libraries.of_annotation(shape.made, self.function.module) if shape else None
        return (told or self.function.library).argument(value)

    def _check_returned(self, part: Any, shape: Shape | None) -> None:
        """What is returned has the shape that the annotation says."""
        if shape is None or shape.kind != "array" or shape.guessed or isinstance(part, list):
            return
        wanted = self.names.entry_shape if shape.any_shape and self.function.entry else None
        if not shape.any_shape and all(map(self.is_bound, shape.axes)):
            wanted = tuple(map(self.draw.size, shape.axes))
        if wanted is not None and np.shape(part) != wanted and not self.derive:
            found, sizes = (
                " × ".join(map(str, each)) or "a number" for each in (np.shape(part), wanted)
            )
            raise Wrong(f"what the code returns is {found}; its annotation says {sizes}")

    def is_bound(self, axis: str) -> bool:
        """Whether the size of an axis of what is returned is known from the parameters."""
        return _is_bound(axis, self.function)


@functools.lru_cache(maxsize=1024)
def _is_bound(axis: str, function: Function) -> bool:
    if axis.isdigit():
        return True
    shapes = filter(None, function.parameters.values())
    names = {n for s in shapes for a in s.axes for n in re.findall(r"[^\W\d]\w*", a)}
    own = set(re.findall(r"[^\W\d]\w*", axis))
    return bool(re.fullmatch(r"[^\W_][\w+*-]*", axis)) and own <= names


def _computed(result: Any) -> tuple[tuple[Any, ...], list[Any]]:
    """What the code returned, and that in NumPy: only there does MLX compute, and may raise."""
    raw = result if isinstance(result, tuple) else (result,)
    backends.compute(raw)
    return raw, list(map(_plain, raw))


def _plain(value: Any) -> Any:
    if isinstance(value, list) and value and not isinstance(value[0], int | float):
        return list(map(_plain, value))
    try:
        return backends.plain(value).astype(np.float64)
    except (TypeError, ValueError):
        raise CodeFailed(f"the code returned {value!r:.40}, not an array or a number") from None
