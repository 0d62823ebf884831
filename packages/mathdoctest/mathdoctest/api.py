"""The public functions: check one function, read the formulas of a module."""

import importlib.util
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mathdoctest import accuracy, execute, hints, infer, reader, resolve, scope, source, vocabulary
from mathdoctest import symbols as declarations
from mathdoctest.compare import ABSOLUTE, DRAWS, RELATIVE, examine
from mathdoctest.equal import CURE
from mathdoctest.errors import Mismatch, SourceError
from mathdoctest.execute import TIME_LIMIT, Code
from mathdoctest.run import CodeFailed
from mathdoctest.sample import Draw
from mathdoctest.scope import Function, Scope
from mathdoctest.symbols import Declarations, SymbolTable
from mathdoctest.syntax import Call, Statement, Symbol, walk

__all__ = ["Mismatch", "Reading", "Report", "check", "read"]


@dataclass(frozen=True)
class Report:
    """What was compared of one function's formulas.

    inputs: name, shape of the first draw, range. ways: return, autodiff, difference, shape.
    """

    draws: int
    relative: float
    absolute: float
    seed: int
    inputs: tuple[tuple[str, str, str], ...]
    ways: tuple[str, ...]
    sizes: dict[str, int]


@dataclass(frozen=True)
class Reading:
    """A displayed formula of a docstring: its statements, or why it cannot be read.

    name: of the module, class, function or method, qualified within the file.
    """

    path: Path
    line: int
    name: str
    tex: str
    statements: tuple[Statement, ...] = ()
    error: str | None = None


def check(
    function: Code | Function,
    symbols: Declarations | None = None,
    *,
    draws: int = DRAWS,
    time_limit: float = TIME_LIMIT,
) -> Report:
    """Compare the formulas in a function's docstring with what the function computes.

    function: a top-level Python function, or one from `scope.function`, whose file is imported.
    symbols: name → Symbol, or a dict with `tex`, `range`, `by` and `is`. With a table, what a left
        side names must be declared `by` the function. Without one nothing needs to be declared.
        The file's own `SYMBOLS` are added to either.
    draws: how many random inputs. time_limit: seconds for one call of the function.
    Raises Mismatch for anything that is wrong with a formula, SourceError for an unusable file.
    """
    one, code = (function, None) if isinstance(function, Function) else (_found(function), function)
    if not one.formulas:
        raise _mismatch(one, "no formula in the docstring", "write it between two `$$` lines")
    near = {path.stem for path in source.depends_on(one.module.path)}
    table = declarations.of_modules(declarations.parse(symbols or {}, one.module.name), near)
    table |= declarations.parse(one.module.symbols, one.module.name)
    _check_shapes(one)
    _check_definitions(one)
    if symbols is not None:
        _check_declared(one, table)
    try:
        code = code or execute.load(one.module.path, one.name)
    except SourceError as error:
        raise _mismatch(one, error.what, error.hint) from None
    try:
        ways = examine(one, code, table, draws, time_limit)
    except Mismatch as error:
        if not isinstance(error.__cause__, CodeFailed) and accuracy.CURE not in error.what:
            _guess(one, error, code, table, draws, time_limit)
            error.hint = _foreign_range(one, error, symbols or {}, table) or error.hint
        raise
    return _report(one, ways, table, draws)


def read(target: str | Path) -> list[Reading]:
    """Every displayed formula in the docstrings of a file, a folder, or an importable module.

    Of a package all files are read; nothing is run but the packages above a module. Both `$$`
    blocks and `.. math::` blocks count. Raises SourceError.
    """
    return [reading for path in _files(target) for reading in _readings(path)]


# ---- finding functions and files


def _found(function: Any) -> Function:
    """The function in its file."""
    plain = inspect.unwrap(function)
    path = inspect.getsourcefile(plain) if inspect.isfunction(plain) else None
    if path is None:
        raise TypeError(f"{function!r} is not a Python function from a file")
    if plain.__qualname__ != plain.__name__:
        what = f"`{plain.__qualname__}` is not at the top level"
        raise SourceError(Path(path), what, "check top-level functions")
    return scope.function(source.module(Path(path)), plain.__name__)


def _files(target: str | Path) -> list[Path]:
    path = Path(target)
    if not path.exists() and re.fullmatch(r"\w+(\.(?!py$)\w+)*", str(target)):
        path = _path_of(str(target))
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _path_of(module: str) -> Path:
    """The file of a module, or the folder of a package."""
    try:
        spec = importlib.util.find_spec(module)
    except Exception as error:
        what = f"cannot be imported: {type(error).__name__}: {error}"
        raise SourceError(Path(module), what, "fix the package") from None
    places = [*(spec.submodule_search_locations or ()), spec.origin] if spec else [None]
    if places[0] is None:
        raise SourceError(Path(module), "no such module", "give a module's name or a path")
    return Path(places[0])


def _readings(path: Path) -> Iterator[Reading]:
    for name, node in source.documented(source.module(path).tree):
        known = vocabulary.of(node)
        for tex, line in source.displayed(node):
            try:
                statements = tuple(reader.statements(tex, known))
                yield Reading(path, line, name, tex, statements)
            except reader.NotInGrammar as error:
                yield Reading(path, line, name, tex, error=str(error))


# ---- rules of a function's formulas


def _mismatch(function: Function, what: str, hint: str) -> Mismatch:
    line = function.formulas[0].line if function.formulas else function.node.lineno
    return Mismatch(function.module.path, line, function.name, "", what, hint)


def _check_shapes(function: Function) -> None:
    """Every annotation, and every shape in the docstring, can be used."""
    for problem in infer.problems(function.node, function.statements):
        hint = 'write an array as `Float[np.ndarray, "n d"]`, a number as `float` or `int`'
        path = function.module.path
        raise Mismatch(path, problem.line, function.name, "", str(problem), hint)


def _check_definitions(function: Function) -> None:
    """Nothing is defined by itself, and a function only once."""
    for chain in function.statements:
        left, fix = chain.sides[0], "fix the right side"
        renewed = "<-" in chain.relations
        own = isinstance(left, Symbol) and any(left in walk(side) for side in chain.sides[1:])
        if own and not renewed:
            raise _mismatch(function, f"`{function.left(chain)}` is defined by itself", fix)
        if isinstance(left, Call) and chain.relations:
            name, primes = left.function, left.primes
            other = Scope(function).named_function(name, primes, function, without=function)
            if other and other[0].qualified != function.qualified:
                defined = name + "'" * primes
                what = f"the left side defines `{defined}`, as {other[0].qualified} does"
                raise _mismatch(function, what, "define a function once")


def _check_declared(function: Function, symbols: SymbolTable) -> None:
    """A formula for another quantity must not pass because of its value."""
    every = filter(None, map(function.left, function.statements))
    given = {n for n in function.parameters if n not in function.lefts}  # of which a shape is said
    for name in (name for name in dict.fromkeys(every) if name not in given):
        lefts = [s.sides[0] for s in function.defines(name)]
        indices = [left.indices for left in lefts if isinstance(left, Symbol)]
        symbol = symbols.get(name)
        if symbol is None and any(indices):
            symbol = symbols.get(resolve.capital(name))  # x̃_{nj} is an entry of X̃
        if indices and (symbol is None or function.qualified not in symbol.by):
            by = ", ".join(symbol.by) or "nothing" if symbol else ""
            known = f"is declared by {by}" if symbol else "is unknown"
            fix = f"fix the left side, or declare `{name}` by {function.qualified}"
            raise _mismatch(function, f"the left side names `{name}`, which {known}", fix)


# ---- what was found


def _guess(
    one: Function, error: Mismatch, code: Code, table: SymbolTable, draws: int, limit: float
) -> None:
    """Put into the message what to do, or small inputs that show what is wrong."""
    if told := hints.guess(one, error, code, table, draws, limit):
        error.hint = told.hint or error.hint
        if told.what:
            error.what, error.seed, error.sizes = told.what, None, {}


def _foreign_range(
    one: Function, error: Mismatch, given: Declarations, table: SymbolTable
) -> str | None:
    """The cure where a parameter has no range because its symbol is another module's."""
    declared = declarations.parse(given, one.module.name)
    for name in one.parameters if CURE in error.what else ():
        if name in declared and declared[name].range != table[name].range:
            by = ", ".join(declared[name].by)
            return f"declare `{one.module.name}.{name}`: the range of `{name}` is that of {by}"
    return None


def _report(function: Function, ways: set[str], symbols: SymbolTable, draws: int) -> Report:
    ranges = declarations.ranges(symbols)
    draw = Draw(Scope(function), ranges, 0)
    inputs = []
    for name, shape in function.parameters.items():
        value = draw.value(name, shape) if shape else None
        sizes = " × ".join(map(str, value.shape)) if isinstance(value, np.ndarray) else ""
        inputs.append((name, sizes, ranges.get(name, "real")))
    order = ("return", "autodiff", "difference", "shape")
    found = tuple(way for way in order if way in ways)
    return Report(draws, RELATIVE, ABSOLUTE, 0, tuple(inputs), found, dict(draw.sizes))
