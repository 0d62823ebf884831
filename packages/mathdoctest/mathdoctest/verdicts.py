"""The functions of a file that have formulas, and whether each formula holds."""

import copy
from pathlib import Path

from mathdoctest import source
from mathdoctest.api import Report, check
from mathdoctest.errors import Mismatch, SourceError
from mathdoctest.functions import Function, function


def documented(path: Path, name: str = "") -> dict[str, list[source.Displayed]]:
    """Function → its formulas: of each that has any, or of the named one. Raises SourceError."""
    functions = source.module(path).functions
    found = {}
    for each, node in functions.items():
        if source.has_formulas(node):
            found[each] = source.formulas(node) or [source.Displayed("", node.lineno)]
    if name and name not in functions:
        hint = f"it has: {', '.join(functions) or 'no function'}"
        raise SourceError(path, f"there is no function `{name}`", hint)
    if name and name not in found:
        raise SourceError(path, f"`{name}` has no formula", "write it between two lines `$$`")
    return {name: found[name]} if name else found


def verdicts(path: Path, name: str) -> list[Report | Mismatch]:
    """What is found of each formula of a function, in order."""
    displayed = documented(path, name)[name]
    try:
        whole = function(source.module(path), name)
    except Mismatch as error:
        what, hint = "not checked", f"fix the formula of line {error.line} first"
        return [
            error if error.formula in (tex, "") else Mismatch(path, line, name, tex, what, hint)
            for tex, line in displayed
        ]
    try:
        return [check(whole)] * len(displayed)
    except Mismatch as error:
        places = range(len(displayed))
        return [error if displayed[k].tex == error.formula else _alone(whole, k) for k in places]


def _alone(whole: Function, place: int) -> Report | Mismatch:
    """What is found of one formula, while the others still say what the function returns."""
    one = copy.copy(whole)
    one.statements, one.formulas = whole.statements, [whole.formulas[place]]
    try:
        return check(one)
    except Mismatch as error:
        return error
