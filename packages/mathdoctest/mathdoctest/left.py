"""What the code returned, as the left side of a chain: entry by entry, where its indices run."""

from dataclasses import replace
from typing import Any

import numpy as np

from mathdoctest.evaluate import Evaluator, arguments_of
from mathdoctest.run import Run
from mathdoctest.scope import WEIGHTS, WHOLE
from mathdoctest.syntax import (
    Call,
    Derivative,
    Index,
    Node,
    Number,
    Reduce,
    Statement,
    Symbol,
    walk,
)
from mathdoctest.values import Data, Indices, Value, Wrong


class Left(Run):
    """One draw, and what the code returned for it as the left side of a chain."""

    def _returned(self, chain: Statement, ev: Evaluator) -> Value | None:
        left, name = chain.sides[0], self.function.left(chain)
        if name is None or name not in self.graph.returned:
            return None
        whole = self.graph.returned[name]
        indices: Indices = ()
        call = left.operand if isinstance(left, Index) else left
        if name == WHOLE:
            data = Data(whole, self.names.entrywise(whole))
            indices = self._free(left, ev)[: np.ndim(whole)]
        elif isinstance(call, Call):
            is_plain = all(isinstance(each, Symbol) for each in call.arguments)
            if is_plain and not self.function.letters(call):
                self._check_argument(call, arguments_of(chain))
            data = Data(whole, self.function.entry and np.ndim(whole) > 0)
            if isinstance(left, Index):
                indices = left.indices
            elif np.ndim(whole) and not data.entry:  # `Softmax(z_i) = …`, `q(k) = …`
                indices = self._free(left, ev) or self.function.letters(call)
        elif isinstance(left, Derivative):
            whole, indices = self._slope_returned(left, whole, ev)
            data = Data(whole, self.names.entrywise(whole))
        elif isinstance(left, Symbol):
            if left.indices and not np.ndim(whole) and not self._running(chain, ev):
                left = replace(left, indices=())  # the indices only say which number it is
            data, indices = self.names.data(left, ev)
            runs = any(other.where for other in self.function.defines(name))
            numbered = any(isinstance(i, Number) for i in indices) and not runs
            if numbered and np.ndim(data.value) and data.value.shape[0] != 1 and data.origin:
                raise Wrong("one entry alone on the left", left)
            if name in self.function.parameters and not self.function.step:
                raise Wrong(f"`{name}` on the left is an input of the function", left)
        self._bind(indices, data, ev)
        return ev.gather(data, indices, left)

    def _running(self, chain: Statement, ev: Evaluator) -> bool:
        """Whether an index of the left side runs: a letter that the other sides have as well."""
        every = {node for side in chain.sides[1:] for node in walk(side)}
        return any(letter in every for letter in self._free(chain.sides[0], ev))

    def _free(self, left: Node, ev: Evaluator) -> Indices:
        """The letters without a value that are indices on the left, each once, in order."""
        every = [n.indices for n in walk(left) if isinstance(n, Symbol | Index)]
        letters = [i for indices in every for i in indices if isinstance(i, Symbol)]
        bound = {name for n in walk(left) if isinstance(n, Reduce) for name in n.letters}
        known = bound | self.function.parameters.keys()
        free = [i for i in letters if not i.indices and i.name not in known]
        return tuple(dict.fromkeys(i for i in free if not self._is_fixed(i)))

    def _check_argument(self, left: Call, names: tuple[str, ...]) -> None:
        """The argument of `f(z) = …` is what the function is given, not what it is set by."""
        every = self.function.parameters
        arrays = [n for n, shape in every.items() if shape and shape.kind == "array"]
        free = [n for n in every if self.draw.ranges.get(n, "real") == "real"]
        functions = {n for n, shape in every.items() if shape and shape.of_callables}
        wanted = [n for n in arrays or free or every if n not in functions]
        is_all = names[0] in WEIGHTS and (names[0] in arrays or names[0] not in every)
        if len(names) > 1 or is_all:
            return  # `J(\theta)`: what it is a function of, all of them together
        name, first = names[0], [n for n in every if n not in functions][:1]
        if len(names) == 1 and name in every and name in (*wanted[:1], *(() if arrays else first)):
            return
        if len(names) != 1 or name not in every:
            raise Wrong("the argument on the left is not a parameter of the function", left)
        what = f"the argument on the left is `{name}`, but the function's is `{wanted[0]}`"
        why = "its first array" if arrays else "its first number without a range"
        raise Wrong(f"{what}, {why}: write that, or change the order of the parameters", left)

    def _slope_returned(self, left: Derivative, whole: Any, ev: Evaluator) -> tuple[Any, Indices]:
        named = [n for n in (left.top, *left.bottoms) if isinstance(n, Symbol | Index)]
        indices = tuple(i for node in named for i in node.indices)
        layer = left.bottoms[0].layer if left.bottoms else None
        if isinstance(whole, list) and layer:
            at = ev.whole(layer)
            if not 1 <= at <= len(whole):
                raise Wrong(f"there is no layer {at}", left)
            whole = whole[at - 1]
        if len(indices) > np.ndim(whole):  # ∂L/∂w_{1j} of a function that returns that one row
            indices = tuple(i for i in indices if not self._is_fixed(i))
        return whole, indices

    def _is_fixed(self, index: Node) -> bool:
        size = isinstance(index, Symbol) and index.name in self.names.sizes
        return size or isinstance(index, Number)

    def _bind(self, indices: Indices, data: Data, ev: Evaluator) -> None:
        """The free indices of the left side run over their whole axes."""
        axes = np.shape(data.value)
        for place, index in enumerate(indices):
            if not isinstance(index, Symbol) or index.indices:
                continue
            if not ev.is_bound(index.name) and not self._is_fixed(index):
                if place >= len(axes):
                    raise Wrong(f"{len(indices)} indices on an array of {len(axes)} axes", index)
                ev.bind(index.name, np.arange(axes[place]) + (1 if place else data.origin))
