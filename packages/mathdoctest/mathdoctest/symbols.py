"""What a caller, or a file, declares of the symbols in its formulas."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What a letter means where it is no parameter of the function, as its TeX. `marks`, `resolve`,
# `reader` and `sample` go by it; tests hold them, and the pages that tell it, against this list
RESERVED = {
    "e": "2.718…, below a power",
    r"\pi": "3.141…",
    "d": "a differential, in a fraction such as dy/dx",
    "i, j, k, l, n": "letters that count",
    "t": "the letter that counts steps or times",
    "T": "the axis of all times; above a matrix, its transpose",
    "D": "the number of layers of a list",
}


@dataclass(frozen=True)
class Symbol:
    """A name in code.

    tex: how it is written.
    range: what random values are drawn from:
        real (the default), positive, unit (0 to 1);
        simplex: positive, and along the last axis the sum is 1;
        mask: 0 or 1;
        symmetric, definite (and symmetric), orthogonal: of a square matrix;
        index: along the axis that the formulas use it for, from 1 in formulas and from 0 in code;
        the name of an axis: an index along that one.
    stands_for: the derivative that it is another name for, in TeX.
    """

    tex: str = ""
    range: str | None = None
    stands_for: str | None = None


SymbolTable = Mapping[str, Symbol]
Declarations = Mapping[str, Symbol | Mapping[str, Any]]


def parse(declarations: Declarations, function: str = "") -> dict[str, Symbol]:
    """The symbols as one function means them: `function.name` goes before a plain `name`.

    declarations: name → Symbol, or a dict with `tex`, `range` and `is`, all optional.
    """
    return {name: _symbol(entry) for name, entry in scoped(declarations, function).items()}


def scoped(declarations: Mapping[str, Any], function: str) -> dict[str, Any]:
    """Those of a function, `function.name`, in place of the plain ones of the same name."""
    out = {name: entry for name, entry in declarations.items() if "." not in name}
    for key, entry in declarations.items():
        scope, _, name = key.partition(".")
        if name and scope == function:
            out[name] = entry
    return out


def _symbol(entry: Symbol | Mapping[str, Any]) -> Symbol:
    if isinstance(entry, Symbol):
        return entry
    return Symbol(entry.get("tex", ""), entry.get("range"), entry.get("is"))


def ranges(symbols: SymbolTable) -> dict[str, str]:
    """Name → range, of those that declare one."""
    return {name: symbol.range for name, symbol in symbols.items() if symbol.range}


def spellings(symbols: SymbolTable) -> tuple[tuple[str, str], ...]:
    """(TeX, name), of those that declare how they are written."""
    return tuple((symbol.tex, name) for name, symbol in symbols.items() if symbol.tex)
