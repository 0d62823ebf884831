"""The public functions: check one function, read the formulas of a module."""

import importlib.util
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mathdoctest import execute, hints, reader, scope, signature, source
from mathdoctest import symbols as declarations
from mathdoctest.compare import ABSOLUTE, DRAWS, RELATIVE, CodeFailed, examine, tied
from mathdoctest.errors import Mismatch, SourceError
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
    function: Callable[..., Any] | Function,
    symbols: Declarations | None = None,
    *,
    draws: int = DRAWS,
    time_limit: float = execute.TIME_LIMIT,
) -> Report:
    """Compare the formulas in a function's docstring with what the function computes.

    function: a top-level Python function, or one from `scope.function`, whose file is imported.
    symbols: name → Symbol, or a dict with `tex`, `range`, `by` and `is`. With a table, what a left
        side names must be declared `by` the function. Without one nothing needs to be declared.
        The file's own `SYMBOLS` are added to either.
    draws: how many random inputs. time_limit: seconds for one call of the function.
    Raises Mismatch for anything that is wrong with a formula, SourceError for an unusable file.
    """
    if not isinstance(function, Function):
        code: Callable[..., Any] | None = function
        function = _function(function)
    else:
        code = None
    module = function.module
    if not function.formulas:
        raise _mismatch(function, "no formula in the docstring", "write it between two `$$` lines")
    table = declarations.parse(symbols or {}, module.name)
    table |= declarations.parse(module.symbols, module.name)
    _check_definitions(function)
    if symbols is not None:
        check_declared(function, table)
    try:
        code = code or execute.load(module.path, function.name)
    except SourceError as error:
        raise _mismatch(function, error.what, error.hint) from None
    try:
        ways = examine(function, code, table, draws, time_limit)
    except Mismatch as error:
        if not isinstance(error.__cause__, CodeFailed):
            error.hint = _hint(function, error, code, table) or error.hint
        raise
    return _report(function, ways, table, draws)
