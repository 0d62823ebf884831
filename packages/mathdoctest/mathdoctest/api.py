"""The public functions: check one function, read the formulas of a module."""

import importlib.util
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mathdoctest import (
    accuracy,
    advice,
    execute,
    functions,
    infer,
    reader,
    resolve,
    source,
    twice,
    vocabulary,
)
from mathdoctest import symbols as declarations
from mathdoctest.compare import ABSOLUTE, DRAWS, RELATIVE, Compared, examine
from mathdoctest.errors import Mismatch, NotInGrammar, SourceError
from mathdoctest.execute import TIME_LIMIT, Code
from mathdoctest.functions import Function
from mathdoctest.rules import RULES
from mathdoctest.run import CodeFailed
from mathdoctest.scope import Scope
from mathdoctest.symbols import Declarations, SymbolTable
from mathdoctest.syntax import Call, Statement, Symbol, walk

__all__ = ["Mismatch", "Reading", "Report", "check", "read"]


@dataclass(frozen=True)
class Report:
    """What was compared of one function's formulas.

    inputs: name, shape of the first draw, range. ways: return, autodiff, difference, shape.
    rules: those of `rules.RULES` by which the formulas were read.
    """

    draws: int
    relative: float
    absolute: float
    seed: int
    inputs: tuple[tuple[str, str, str], ...]
    ways: tuple[str, ...]
    sizes: dict[str, int]
    rules: tuple[str, ...] = ()


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

    function: a top-level Python function, or one from `functions.function`, whose file is imported.
    symbols: name → Symbol, or a dict with `tex`, `range` and `is`; `function.name` is the name in
        that function. With a table, what a left side names must be declared. Without one nothing
        needs to be. The file's own `SYMBOLS` are added to either.
    draws: how many random inputs. time_limit: seconds for one call of the function.
    Raises Mismatch for anything that is wrong with a formula, SourceError for an unusable file.
    """
    one, code = (function, None) if isinstance(function, Function) else (_found(function), function)
    if not one.formulas:
        raise _mismatch(one, "no formula in the docstring", "write it between two `$$` lines")
    declared = {**(symbols or {}), **one.module.symbols}
    table = declarations.parse(declared, one.name)
    if code is not None:  # read again, with the spellings of what is declared
        spelled = declarations.spellings(table)
        one = functions.function(one.module, one.name, None, spelled) if spelled else one
    within = Scope(one)
    _check_shapes(one)
    _check_definitions(within)
    if symbols is not None:
        _check_declared(one, table)
    try:
        code = code or execute.load(one.module.path, one.name)
    except SourceError as error:
        raise _mismatch(one, error.what, error.hint) from None
    try:
        one, found = _examined(one, code, table, draws, time_limit, within)
    except Mismatch as error:
        if not isinstance(error.__cause__, CodeFailed) and accuracy.CURE not in error.what:
            _guess(one, error, code, table, draws, time_limit)
        error.hint = advice.shape(one, error)
        raise
    if symbols is not None:
        twice.check(within, table, declared)
    return _report(one, found, table, draws)


def _examined(
    one: Function, code: Code, table: SymbolTable, draws: int, limit: float, within: Scope
) -> tuple[Function, Compared]:
    """The comparison; where nothing tells how many axes an array has, with two guesses."""
    try:
        return one, examine(one, code, table, draws, limit, within)
    except Mismatch as error:
        chains = [chain for formula in one.formulas for chain in formula.statements]
        parameters, returned = infer.shapes(one.node, chains, one.slope_parameter, True)
        if parameters == one.parameters:
            raise
        twin = replace(one, parameters=parameters, returned=returned)
        try:
            return twin, examine(twin, code, table, draws, limit)
        except Mismatch as other:
            raise (other if isinstance(error.__cause__, CodeFailed) else error) from None


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
    return functions.function(source.module(Path(path)), plain.__name__)


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
            except NotInGrammar as error:
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


def _check_definitions(within: Scope) -> None:
    """Nothing is defined by itself, and a function only once."""
    function = within.own
    for chain in function.statements:
        left, fix = chain.sides[0], "fix the right side"
        renewed = "<-" in chain.relations
        own = isinstance(left, Symbol) and any(left in walk(side) for side in chain.sides[1:])
        if own and not renewed:
            raise _mismatch(function, f"`{function.left(chain)}` is defined by itself", fix)
        if isinstance(left, Call) and chain.relations:
            name, primes = left.function, left.primes
            other = within.named_function(name, primes, function, without=function)
            if other and other[0].qualified != function.qualified:
                defined = name + "'" * primes
                what = f"the left side defines `{defined}`, as {other[0].qualified} does"
                raise _mismatch(function, what, "define a function once")


def _check_declared(function: Function, symbols: SymbolTable) -> None:
    """A left side names a declared quantity, and nothing that the function is given."""
    for name in function.lefts:
        lefts = [s for s in function.defines(name) if isinstance(s.sides[0], Symbol)]
        names = {name}
        if any(s.sides[0].indices for s in lefts if isinstance(s.sides[0], Symbol)):
            names.add(resolve.capital(name))  # x̃_{nj} is an entry of X̃
        if lefts and not names & symbols.keys():
            what = f"the left side names `{name}`, which is not declared"
            raise _mismatch(function, what, f"fix the left side, or declare `{name}`")
        if name in function.parameters and any(map(_is_plain, lefts)):
            what = f"the left side names `{name}`, which the function is given"
            raise _mismatch(function, what, "name what it returns")


def _is_plain(chain: Statement) -> bool:
    r"""Whether a left side is no step or layer of a quantity: not `w_t = …`, `w \leftarrow …`."""
    left = chain.sides[0]
    if not isinstance(left, Symbol) or chain.relations[:1] != ("=",):
        return False
    return left.layer is None and not resolve.is_time(left.indices)


# ---- what was found


def _guess(
    one: Function, error: Mismatch, code: Code, table: SymbolTable, draws: int, limit: float
) -> None:
    """Put into the message what to do, or small inputs that show what is wrong."""
    from mathdoctest import hints  # a tenth of a second to import, for a red formula alone

    told = hints.guess(one, error, code, table, draws, limit)
    if told is None or told.hint is None:
        error.hint = advice.range_of(one, error, code, table, draws, limit) or error.hint
    if told:
        error.hint = told.hint or error.hint
        if told.what:
            error.what, error.seed, error.sizes = told.what, None, {}


def _report(function: Function, compared: Compared, symbols: SymbolTable, draws: int) -> Report:
    ranges = declarations.ranges(symbols)
    draw = compared.draw
    inputs = []
    for name, shape in function.parameters.items():
        value = draw.value(name, shape) if shape else None
        sizes = " × ".join(map(str, value.shape)) if isinstance(value, np.ndarray) else ""
        inputs.append((name, sizes, ranges.get(name, "real")))
    order = ("return", "autodiff", "difference", "shape")
    ways = tuple(way for way in order if way in compared.ways)
    read = tuple(rule for rule in RULES if rule in compared.rules)
    return Report(draws, RELATIVE, ABSOLUTE, 0, tuple(inputs), ways, dict(draw.sizes), read)
