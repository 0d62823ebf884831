"""What a hint can speak of: the names that a formula may use, and how they are written."""

import functools
import re
from dataclasses import dataclass
from typing import NamedTuple

from mathdoctest import resolve
from mathdoctest.functions import Function
from mathdoctest.scope import Scope
from mathdoctest.source import Formula
from mathdoctest.symbols import SymbolTable
from mathdoctest.syntax import Call, Node, Reduce, Statement, Symbol, walk

_GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma "
    "tau phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
).split()
_COMMANDS = ("log", "exp", "tanh", "sin", "cos", "max", "min")
_ACCENTS = ("hat", "tilde", "bar")


class Found(NamedTuple):
    """A change at one place: its kind, what the hint says, and the node that would be right."""

    kind: str
    says: str
    node: Node


@dataclass(eq=False)
class Scene:
    """One chain of a formula, its function, the sizes of a draw and the symbols declared."""

    function: Function
    formula: Formula
    chain: Statement
    sizes: dict[str, int]
    table: SymbolTable

    # ---- how things are written

    @functools.cached_property
    def text(self) -> str:
        return self.formula.tex

    def said(self, node: Node) -> str:
        """The TeX of a node of the chain, without the brackets around it."""
        text = " ".join(self.text[slice(*node.span)].split())
        if isinstance(node, Symbol) and not node.layer:
            text = text.partition("^")[0].rstrip("'")
        text = text.replace(r"\lVert ", r"\|").replace(r"\rVert", r"\|")
        return _bare(text)

    def spelled(self, name: str) -> str:
        """A name as it is written: `\\beta_1` of beta1, `FN` of FN."""
        symbol = self.table.get(name)
        if symbol and symbol.tex:
            return symbol.tex
        if name.rstrip("_") in _GREEK:
            return "\\" + name.rstrip("_")
        base, _, accent = name.rpartition("_")
        if accent in _ACCENTS:
            return rf"\{accent}{{{self.spelled(base)}}}"
        if number := re.fullmatch(r"([A-Za-z]+?)(\d+)", name):
            return f"{self.spelled(number[1])}_{number[2]}"
        return name

    def called(self, function: str) -> str:
        """A function's name as it is written: `\\tanh`, `sigmoid`."""
        return f"\\{function}" if function in _COMMANDS else self.spelled(function)

    # ---- the names in reach

    @functools.cached_property
    def nodes(self) -> list[Node]:
        return [node for side in self.chain.sides for node in walk(side)]

    @functools.cached_property
    def used(self) -> set[str]:
        """The names of the chain."""
        return {self.function.full_name(n) for n in self.nodes if isinstance(n, Symbol)}

    @functools.cached_property
    def parameters(self) -> list[str]:
        """The parameters that are numbers or arrays, those that the chain lacks first."""
        shapes = self.function.parameters.items()
        names = [n for n, shape in shapes if shape and shape.kind in ("number", "array")]
        return sorted(names, key=lambda name: name in self.used)

    @functools.cached_property
    def callables(self) -> list[str]:
        shapes = self.function.parameters.items()
        return [name for name, shape in shapes if shape and shape.of_callables]

    @functools.cached_property
    def numbers(self) -> list[str]:
        """The parameters that are single numbers."""
        return [name for name in self.parameters if len(self.forms(name)) == 1]

    @functools.cached_property
    def named(self) -> list[str]:
        """The functions that the formulas of this file and of its imports define."""
        others = Scope(self.function).functions[1:]  # what its own formula names is no hint
        every = (chain for one in others for chain in one.statements)
        calls = [chain.sides[0] for chain in every if isinstance(chain.sides[0], Call)]
        return list(dict.fromkeys(call.function for call in calls))

    @functools.cached_property
    def whole(self) -> list[str]:
        """The sizes and the parameters that are whole numbers."""
        shapes = self.function.parameters.items()
        numbers = [n for n, s in shapes if s and s.kind == "number" and (s.whole or n in "nNtkmT")]
        axes = {a for _, s in shapes if s for a in s.axes}
        named = [axis for axis in self.sizes if axis in axes and axis.isidentifier()]
        return list(dict.fromkeys([*named, *numbers]))

    @functools.cached_property
    def letters(self) -> list[str]:
        """The letters that count in this chain: indices and bounds."""
        inside = [i for n in self.nodes if isinstance(n, Symbol) for i in n.indices]
        letters = [s.name for i in inside for s in walk(i) if isinstance(s, Symbol)]
        return list(dict.fromkeys(letters))

    @functools.cached_property
    def loose(self) -> list[str]:
        """The letters that the left side does not have and no sum binds."""
        bound = {letter for n in self.nodes if isinstance(n, Reduce) for letter in n.letters}
        bound |= {self.chain.where.letter} if self.chain.where else set()
        left = {n.name for n in walk(self.chain.sides[0]) if isinstance(n, Symbol)}
        known = bound | left | set(self.function.parameters)
        return [letter for letter in self.letters if letter not in known]

    @functools.cached_property
    def index_forms(self) -> list[tuple[Node, ...]]:
        """Each form of indices that stands in the chain, and each letter alone."""
        forms = [n.indices for n in self.nodes if isinstance(n, Symbol) and n.indices]
        alone: list[tuple[Node, ...]] = [(Symbol(letter),) for letter in self.letters]
        return list(dict.fromkeys([*forms, *alone]))

    def forms(self, name: str) -> list[tuple[str, Node]]:
        """A parameter as it may stand in the chain: how it is written, and the node."""
        shape = self.function.parameters.get(name)
        axes = len(shape.axes) if shape and not shape.any_shape else 0
        plain: list[tuple[str, Node]] = [(self.spelled(name), Symbol(name))]
        time = bool(shape) and resolve.TIME in self.letters
        for indices in self.index_forms:
            if len(indices) == axes or time and resolve.is_time(indices):
                text = "".join(map(self._index, indices))
                lower = resolve.entry_name(name) if len(indices) > 1 else name
                lower = name if lower in self.function.parameters else lower
                script = text if len(text) == 1 else f"{{{text}}}"
                plain.append((f"{self.spelled(lower)}_{script}", Symbol(name, indices=indices)))
        return plain

    def _index(self, index: Node) -> str:
        if isinstance(index, Symbol):
            return self.spelled(index.name)
        return self.said(index)


def _bare(text: str) -> str:
    """Without the one pair of brackets around all of it."""
    pairs = {"(": ")", "[": "]"}
    if len(text) < 2 or pairs.get(text[0]) != text[-1]:
        return text
    depth = 0
    for at, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if not depth and at < len(text) - 1:
            return text
    return text[1:-1].strip()
