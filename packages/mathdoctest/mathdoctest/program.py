"""A function's formulas as a program: every entry of every left side, as a tree over the inputs.

What a formula needs and its function is not given, the formulas in reach compute before it. All of
it is data that JSON can hold (see `export`), for evaluation elsewhere: in a browser.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from mathdoctest import entries, resolve, syntax
from mathdoctest.entries import Entry, Place
from mathdoctest.export import Exported, Exporter
from mathdoctest.functions import Function
from mathdoctest.scope import Scope
from mathdoctest.symbols import SymbolTable
from mathdoctest.syntax import Call, Derivative, Node, Statement, Symbol
from mathdoctest.values import Wrong

KNOWN = ("max", "min", "exp", "log", "tanh", "erf")  # functions that need no body
SymbolsOf = Callable[[Function], SymbolTable]


class Line(NamedTuple):
    """One entry of a quantity. name: of the quantity. symbol: of the entry, such as `w1_12`.

    exporter: exports what belongs to the entry, so that its names are those of the program.
    """

    name: str
    symbol: str
    entry: Entry
    exporter: Exporter

    @property
    def tree(self) -> Exported:
        return self.exporter.export(self.entry.right)


@dataclass
class Program:
    """lines: in the order of evaluation. results: for each formula of the function, its entries.

    functions: name → tree of its body. constants: sizes of axes that formulas name.
    values: quantity → its numbers, computed in float64.
    """

    lines: list[Line] = field(default_factory=list)
    results: list[list[Line]] = field(default_factory=list)
    functions: dict[str, Exported] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def program(
    function: Function,
    given: Mapping[str, Any],
    symbols: SymbolsOf,
    functions: Mapping[str, str] | None = None,
) -> Program:
    """The program of a function's formulas, for inputs of these shapes.

    given: parameter → number, or lists of numbers, nested once for each axis.
    symbols: the TeX of the names, as a function means them.
    functions: parameter → the function in reach that is given for it. Raises Wrong, ValueError.
    """
    return _Writer(_fixed(function, functions or {}), given, symbols).write()


def names(value: Any, name: str) -> Iterator[str]:
    """The names of a quantity's entries in row-major order; one number has the quantity's own."""
    for place in _places(np.shape(value)):
        yield _symbol(name, place, np.shape(value))


class _Writer:
    """Writes one program."""

    def __init__(self, own: Function, given: Mapping[str, Any], symbols: SymbolsOf):
        self.own, self.symbols, self.scope = own, symbols, Scope(own)
        self.given, self.out = given, Program(values=dict(given))
        self._written: dict[tuple[str, int], list[Line]] = {}

    def write(self) -> Program:
        for nth in range(1, len(self.own.statements) + 1):
            self.out.results.append(self.chain(self.own, nth))
        return self.out

    def chain(self, function: Function, nth: int) -> list[Line]:
        """Write the entries of one formula, each after what it needs."""
        chain, key = function.statements[nth - 1], (function.qualified, nth)
        if key in self._written:
            return self._written[key]
        if chain.where or chain.relations[:1] != ("=",):
            raise Wrong("the formula is no plain equation", chain.sides[0])
        name = _key(function, chain)
        shape = self.shape(function, chain)
        if name in self.out.values:
            raise Wrong(f"the formula renews `{name}`, which is given", chain.sides[0])
        self.out.values[name] = np.zeros(shape).tolist()  # its left side is looked up there
        lines = [self.line(function, nth, name, place, shape) for place in _places(shape)]
        numbers = [line.entry.number(line.entry.right) for line in lines]
        self.out.values[name] = np.reshape(numbers, shape).tolist()
        self.out.lines += lines
        self._written[key] = lines
        return lines

    def line(self, function: Function, nth: int, name: str, place: Place, shape: Place) -> Line:
        chain = function.statements[nth - 1]
        sizes = self.sizes(function)
        entry = entries.entry(
            function,
            _Values(self, function),
            sizes,
            _at(function, chain.sides[0], place),
            self.symbols(function),
            nth,
            _side(chain),
        )
        leaves = {leaf.symbol for leaf in syntax.walk(entry.right) if isinstance(leaf, syntax.Leaf)}
        self.out.constants |= {key: size for key, size in sizes.items() if key in leaves}
        known = {key: np.shape(value) for key, value in self.out.values.items()}
        renamed = _renamed(known, place if function.entry else ())
        exporter = Exporter(None, self.host, renamed)
        self.define(entry.right, function)
        return Line(name, _symbol(name, place, shape), entry, exporter)

    # ---- sizes

    @property
    def host(self) -> set[str]:
        """Plain numbers of the program, which stay in double precision."""
        plain = {n for n, s in self.own.parameters.items() if s and s.kind == "number"}
        return plain | self.out.constants.keys()

    def sizes(self, function: Function) -> dict[str, int]:
        """Axis → size, as what the function is given has it; also what formulas call the axis."""
        found: dict[str, int] = {}
        for name, shape in function.parameters.items():
            if shape and shape.kind == "array" and not shape.any_shape and self.has(name, function):
                found |= dict(zip(shape.axes, np.shape(self.value(name, function)), strict=False))
        found |= {name: found[axis] for name, axis in function.aliases.items() if axis in found}
        return {axis: size for axis, size in found.items() if axis not in self.out.values}

    def shape(self, function: Function, chain: Statement) -> Place:
        """How many entries a left side has along each axis."""
        if function.entry:
            every = [n for n, shape in function.parameters.items() if shape and shape.any_shape]
            return max((np.shape(self.value(n, function)) for n in every), key=len)
        shape = function.shape_of_left(function.left(chain) or "")
        if shape is None or shape.kind not in ("array", "number") or shape.any_shape:
            raise Wrong("nothing says what shape the left side has", chain.sides[0])
        known = self.sizes(function)
        try:
            return tuple(known.get(axis) or int(axis) for axis in shape.axes)
        except ValueError:
            raise Wrong("nothing says what shape the left side has", chain.sides[0]) from None

    # ---- values

    def has(self, name: str, asker: Function) -> bool:
        if name in self.out.values:
            return True
        is_given = asker is self.own and name in asker.parameters
        return not is_given and self._definition(name, asker) is not None

    def value(self, name: str, asker: Function) -> Any:
        """The numbers of a quantity; where a formula in reach defines it, after its lines."""
        if name not in self.out.values:
            defined = self._definition(name, asker)
            if defined is None:
                raise Wrong(f"`{name}` is not given, and no formula in reach defines it")
            self.chain(*defined)
        return self.out.values[name]

    def _definition(self, name: str, asker: Function) -> tuple[Function, int] | None:
        """The function and the number of its formula that define a quantity, or a slope."""
        for one, chains in self.scope.definitions(name, asker):
            return one, one.statements.index(chains[0]) + 1
        for one in self.scope.neighbours(asker)[1:]:
            for nth, chain in enumerate(one.statements, 1):
                if isinstance(chain.sides[0], Derivative) and one.left(chain) == name:
                    return one, nth
        return None

    # ---- functions

    def define(self, node: Node, asker: Function) -> None:
        """Add the bodies of the functions that a tree calls."""
        for call in (n for n in syntax.walk(node) if isinstance(n, Call)):
            name = call.function + "'" * call.primes
            if name in self.out.functions or name in KNOWN:
                continue
            found = self.scope.named_function(call.function, call.primes, asker)
            left = found[1].sides[0] if found else None
            if not found or not isinstance(left, Call) or len(left.arguments) != 1:
                raise Wrong(f"no formula of one number says what {name} is", call)
            owner, chain = found
            (argument,) = left.arguments
            body = chain.sides[-1]
            assert isinstance(argument, Symbol)
            self.out.functions[name] = Exporter(argument.name, (), {}).export(body)
            self.define(body, owner)


@dataclass
class _Values(Mapping[str, Any]):
    """What the entries of one function's formulas find under a name."""

    writer: _Writer
    asker: Function

    def __contains__(self, name: object) -> bool:
        return self.writer.has(str(name), self.asker)

    def __getitem__(self, name: str) -> Any:
        return self.writer.value(name, self.asker)

    def __iter__(self) -> Iterator[str]:
        return iter(self.writer.out.values)

    def __len__(self) -> int:
        return len(self.writer.out.values)


# ---- names and places


def _fixed(function: Function, given: Mapping[str, str]) -> Function:
    """The function with the functions that it is given in place of the names of its parameters."""
    reach = {one.name: one for one in Scope(function).functions}
    calls: dict[str, Call] = {}
    for parameter, name in given.items():
        left = reach[name].statements[0].sides[0] if name in reach else None
        if not isinstance(left, Call):
            raise Wrong(f"no formula says what `{name}` is")
        calls[parameter] = left

    def change(node: Node) -> Node:
        if not isinstance(node, Call) or not (left := calls.get(node.function)):
            return node
        return replace(node, function=left.function, primes=node.primes + left.primes)

    if not calls:
        return function
    made = replace(function)
    made.statements = [
        replace(chain, sides=tuple(syntax.mapped(side, change) for side in chain.sides))
        for chain in function.statements
    ]
    return made


def _key(function: Function, chain: Statement) -> str:
    """The name of what a chain computes; `w_t` of the w of a step."""
    name = function.left(chain)
    left = chain.sides[0]
    if name is None:
        raise Wrong("the left side has no name", left)
    is_step = isinstance(left, Symbol) and resolve.is_time(left.indices)
    return f"{name}_t" if is_step and name in function.parameters else name


def _side(chain: Statement) -> int:
    """The last side without a derivative, else the last."""
    plain = [n for n, side in enumerate(chain.sides) if n and not side.has_derivative]
    return plain[-1] if plain else -1


def _places(shape: Place) -> list[Place]:
    return list(itertools.product(*(range(1, size + 1) for size in shape)))


def _at(function: Function, left: Node, place: Place) -> dict[str, int | Place]:
    """The choice of an entry: a number for each letter of a left side that has letters."""
    letters: tuple[Node, ...] = ()
    if isinstance(left, Derivative):
        letters = left.bottoms[-1].indices
    elif isinstance(left, Symbol) and not function.entry:
        letters = left.indices
    named = [letter.name for letter in letters if isinstance(letter, Symbol)]
    if len(named) == len(place) and named:
        return dict(zip(named, place, strict=True))
    return {"entry": place} if place else {}


def _symbol(name: str, place: Place, shape: Place) -> str:
    """`w1_12` of W1; one number alone has no index."""
    one = resolve.stem(name)
    return one if int(np.prod(shape)) == 1 else f"{one}_{''.join(map(str, place))}"


def _renamed(known: Mapping[str, Place], at: Place) -> dict[str, str]:
    """Leaves that are called otherwise than in the program. at: the entry of what has no letters.

    `y_1` of a y that is one number; the `z` of a formula that is read entry by entry.
    """
    out = {}
    for name, shape in known.items():
        if int(np.prod(shape)) == 1:
            out[_symbol(name, (1,) * len(shape), (2,))] = resolve.stem(name)
        elif at and len(shape) == len(at):
            out[resolve.stem(name)] = _symbol(name, at, shape)
    return out
