r"""One entry of a formula as a tree of numbers: the values of a run put in for its symbols.

`z_i = \sum_j w_{ij} x_j + b_i` for i = 1 becomes the tree of `0.6 · 0.5 + (−1.1) · 0.2 + 0.3`. Sums are written out, and
an entry of a matrix product is the sum that it is. A number under a symbol is a `Leaf`.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from mathdoctest.evaluate import Wrong
from mathdoctest.latex import tex
from mathdoctest.resolve import capital, derivative_name, digits, stem
from mathdoctest.scope import Function
from mathdoctest.symbols import SymbolTable
from mathdoctest.syntax import (
    Call,
    Derivative,
    Hadamard,
    Leaf,
    Node,
    Number,
    Ones,
    Power,
    Product,
    Quotient,
    Reduce,
    Root,
    Sum,
    Symbol,
    Term,
    Transpose,
    walk,
)

TOLERANCE = 2e-5  # relative: what float32 and another order of the same sum may cost
MOST = 8  # terms of a sum that is written out

Value = Any  # a number, or lists of them, nested once for each axis
Place = tuple[int, ...]


@dataclass(frozen=True)
class Run:
    """What a run left, and which part of it is wanted.

    values: name → number or nested lists. names: symbol → the run's name for it, or a number, where they differ.
    letters: index letter → number. point: the entry of what has no letters.
    symbols: the TeX of the names.
    """

    values: Mapping[str, Value]
    names: Mapping[str, str | float]
    letters: Mapping[str, int]
    point: Place
    symbols: SymbolTable
