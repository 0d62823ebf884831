"""What a formula may use: its function, and the other functions in reach with their formulas."""

import contextlib
import functools
import itertools
from collections.abc import Mapping

from mathdoctest import resolve, source
from mathdoctest.errors import Mismatch
from mathdoctest.functions import WHOLE, Function, function, is_inverse
from mathdoctest.syntax import Call, Derivative, Index, Statement, Symbol

_function = functools.lru_cache(maxsize=2048)(function)
Definition = tuple[Function, list[Statement]]


class Scope:
    """The functions in reach of a function's formulas: those of its file, and those it imports.

    What is found is kept: make a new scope for each check.
    meanings: left side → the derivative that it stands for.
    """

    def __init__(self, own: Function, meanings: Mapping[str, Derivative] | None = None):
        self.own, self.meanings = own, meanings or {}
        self.neighbours = functools.cache(self._neighbours)
        self.places = functools.cache(self._places)
        self.definitions = functools.cache(self._definitions)
        self.named_function = functools.cache(self._named_function)

    def meaning(self, meanings: Mapping[str, Derivative]) -> "Scope":
        """The same scope, in which left sides stand for derivatives."""
        if meanings == self.meanings:
            return self
        other = Scope(self.own, meanings)
        other.neighbours, other.places = self.neighbours, self.places
        other.definitions, other.named_function = self.definitions, self.named_function
        return other

    @property
    def functions(self) -> list[Function]:
        return self.neighbours(self.own)

    def _neighbours(self, function: Function) -> list[Function]:
        """The function, then those with formulas of its file and of what that imports."""
        home = function.module
        names = [(home, name) for name in home.functions if name != function.name]
        files = {path: source.module(path) for path in {*home.imported.values()}}
        names += [(files[path], name) for name, path in home.imported.items()]
        spelled = self.own.spellings
        found = [function]
        for module, name in names:
            with contextlib.suppress(Mismatch):  # what cannot be read is told where it is checked
                if name in module.functions and source.has_formulas(module.functions[name]):
                    found.append(_function(module, name, None, spelled))
        return [each for each in found if each is function or each.formulas]

    def definition(self, name: str, asker: Function) -> Definition | None:
        """The function and the chains that define a quantity: the first of those that do."""
        return next(iter(self.definitions(name, asker)), None)

    def _definitions(self, name: str, asker: Function) -> list[Definition]:
        """Every function that defines a quantity, of the nearest place where one does."""
        for place in self.places(asker):
            found = ((each, defining(each, name, each is self.own)) for each in place)
            if defined := [(f, chains) for f, chains in found if chains]:
                return defined
        return []

    def _places(self, asker: Function) -> list[list[Function]]:
        """Where a definition is looked for, the nearest place first.

        That is the function under test, then the asker, then the file of the one and what that
        imports, then the file of the other and what that imports.
        """
        places, tested = [[self.own], [asker]], self.own.qualified
        for one in (self.own, asker):
            near = [f for f in self.neighbours(one)[1:] if f.qualified != tested]
            places.append([f for f in near if f.module is one.module])
            places.append([f for f in near if f.module is not one.module])
        return places

    def _named_function(
        self, name: str, primes: int, asker: Function, without: Function | None = None
    ) -> tuple[Function, Statement] | None:
        """The chain that defines a function, `ReLU(z) = …`, or its slope, as the asker knows it."""
        near = self.neighbours(asker)
        others = (each for each in near if each.module is not asker.module)
        far = (f for each in others for f in self.neighbours(each))  # read if nothing nearer is it
        for each in itertools.chain(near, self.functions, far):
            for chain in each.statements if each is not without else ():
                left = chain.sides[0]
                left = left.operand if isinstance(left, Index) else left
                if not isinstance(left, Call) or (left.function, left.primes) != (name, primes):
                    continue
                if chain.relations and all(isinstance(part, Symbol) for part in left.arguments):
                    return each, chain
        return None


def defining(function: Function, name: str, is_own: bool = False) -> list[Statement]:
    """The chains by which a function defines a quantity, or the array whose entries it defines.

    is_own: of the function under test, whose steps on the way may be at a time.
    """
    key, known = (name, is_own), function.kept
    if key not in known:
        known[key] = _defining(function, name, is_own)
    return known[key]


def _defining(function: Function, name: str, is_own: bool) -> list[Statement]:
    left, shape = name, function.shape_of_left(name)
    if name not in function.lefts:
        left = resolve.entry_name(name)
        shape = function.shape_of_left(left)
        if left not in function.lefts or not shape or len(shape.axes) < 2:
            return []
    if {name, left} & function.parameters.keys():
        return []
    said = [s for s in function.defines(left) if isinstance(s.sides[0], Symbol) or is_inverse(s)]
    said += [s for s in function.defines(WHOLE) if is_inverse(s) == name]
    chains = [s for s in said if s.relations[:1] in (("=",), ("<-",))]  # not a shape or a bound
    first = chains[0].sides[0] if chains and not function.sequence else None
    at_a_time = isinstance(first, Symbol) and resolve.is_time(first.indices)
    return [] if at_a_time and not is_own else chains
