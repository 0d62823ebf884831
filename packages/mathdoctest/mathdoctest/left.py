"""What the code returned, as the left side of a chain: entry by entry, where its indices run."""

from dataclasses import replace
from typing import Any

import numpy as np

from mathdoctest import resolve, words
from mathdoctest.evaluate import Evaluator, arguments_of
from mathdoctest.functions import WHOLE, uses_itself
from mathdoctest.run import Run
from mathdoctest.syntax import (
    Call,
    Condition,
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


def _is_place(side: Node) -> bool:
    """Whether the value of a side is the index of an entry."""
    how = side.how if isinstance(side, Reduce) else side.function if isinstance(side, Call) else ""
    return how in ("argmax", "argmin")


class Left(Run):
    """One draw, and what the code returned for it as the left side of a chain."""

    def _returned(self, chain: Statement, ev: Evaluator) -> Value | None:
        left, name = chain.sides[0], self.function.left(chain)
        if name is None or name not in self.graph.returned or not self.is_name(chain):
            return None
        whole = self.graph.returned[name]
        row = whole[0] if ev.example else whole
        indices: Indices = ()
        call = left.operand if isinstance(left, Index) else left
        if name == WHOLE:
            data = Data(whole, self.names.entrywise(whole))
            indices = self._free(left)[: np.ndim(row)]
        elif isinstance(call, Call):
            is_plain = all(isinstance(each, Symbol) for each in call.arguments)
            if is_plain and not self.function.letters(call):
                self._check_argument(call, arguments_of(chain))
            data = Data(whole, self.function.entry and np.ndim(whole) > 0)
            if letters := self.function.letters(call):  # `q(k) = …`
                indices = letters
            elif isinstance(left, Index) and (np.ndim(row) or self._running(chain)):
                indices = left.indices
            elif np.ndim(row) and not data.entry:  # `Softmax(z_i) = …`
                indices = self._free(left)
        elif isinstance(left, Derivative):
            whole, indices = self._slope_returned(left, whole, ev)
            data = Data(whole, self.names.entrywise(whole))
        elif isinstance(left, Symbol):
            if self._is_labelled(left, row, chain):
                left = replace(left, indices=())  # the indices only say which one it is
            data, indices = self.names.data(left, ev)
            runs = any(other.where for other in self.function.defines(name))
            numbered = any(isinstance(i, Number) for i in indices) and not runs
            if numbered and np.ndim(data.value) and data.value.shape[0] != 1 and data.origin:
                raise Wrong("one entry alone on the left", left)
            is_given = name in self.function.parameters
            if (is_given or "<-" in chain.relations) and not uses_itself(self.function, name):
                self.graph.rules.add("anew")
            if is_given and not self.function.step:
                raise Wrong(f"`{name}` on the left is an input of the function", left)
        if _is_place(chain.sides[-1]):  # which the code counts from 0
            data = Data(data.value + 1.0, data.entry, data.origin)
        if ev.example and np.shape(data.value)[:1] == ev.example[1:]:
            indices = (Symbol(ev.example[0]), *indices)
        self._bind(indices, data, ev)
        return ev.gather(data, indices, left)

    def is_name(self, chain: Statement) -> bool:
        """Whether the left side is a name, or is what is returned as it stands."""
        kinds = Symbol | Index | Call | Derivative
        return self.function.left(chain) == WHOLE or isinstance(chain.sides[0], kinds)

    def _is_labelled(self, left: Symbol, whole: Any, chain: Statement) -> bool:
        """Whether the indices on the left say which one it is: L_i of a number, m_N after N."""
        if isinstance(whole, list):
            return False
        if not np.ndim(whole):
            return bool(left.indices) and not self._running(chain)
        shape = self.function.shape_of_left(self.function.left(chain) or "")
        own = shape.axes if shape else ()
        names = [i.name for i in left.indices if isinstance(i, Symbol) and not i.indices]
        is_size = all(name in self.names.sizes and name not in own for name in names)
        return bool(names) and len(names) == len(left.indices) and is_size and bool(own)

    def _running(self, chain: Statement) -> bool:
        """Whether an index of the left side runs: a letter that counts in an array on the right."""
        nodes = [n for side in chain.sides[1:] for n in walk(side) if isinstance(n, Symbol)]
        counted = set[Node]()
        for node in nodes:
            shape = self.function.shape(node.name) or self.function.shape(
                resolve.capital(node.name)
            )
            if shape and len(shape.axes) >= len(node.indices):
                counted |= {i for index in node.indices for i in resolve.counted(index)}
        return any(letter in counted for letter in self._free(chain.sides[0]))

    def _free(self, left: Node) -> Indices:
        """The letters without a value that are indices on the left, each once, in order."""
        every = [n.indices for n in walk(left) if isinstance(n, Symbol | Index)]
        parts = [p for indices in every for index in indices for p in resolve.counted(index)]
        letters = [part for part in parts if isinstance(part, Symbol)]
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
        is_all = names[0] in words.WEIGHTS and (names[0] in arrays or names[0] not in every)
        if len(names) > 1 or is_all:
            return  # `J(\theta)`: what it is a function of, all of them together
        name, first = names[0], [n for n in every if n not in functions][:1]
        if name in (*wanted[:1], *(arrays or first)):
            return
        conditions = [n for n in self.function.nodes if isinstance(n, Condition)]
        sets = [c.sides[-1] for c in conditions if c.relations == ("in",)]
        is_set = any(isinstance(each, Symbol) and each.name == name for each in sets)
        if name not in every and (len(wanted) > 1 or is_set):
            return  # `\\lambda(x)` of what the text calls x, and the code has as other values
        if name not in every:
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
        if isinstance(left.top, Symbol) and len(indices) - len(left.top.indices) == np.ndim(whole):
            indices = indices[len(left.top.indices) :]  # of L_i, the loss of one example
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
