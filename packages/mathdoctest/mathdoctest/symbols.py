"""What a caller, or a file, declares of the symbols in its formulas."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Symbol:
    """A name in code.

    tex: how it is written.
    range: what random values are drawn from:
        real (the default), positive, unit (0 to 1);
        simplex: positive, and along the last axis the sum is 1;
        mask: 0 or 1;
        symmetric, orthogonal: of a square matrix;
        index: along the axis that the formulas use it for, from 1 in formulas and from 0 in code;
        the name of an axis: an index along that one.
    by: the functions (`module.function`) whose formulas compute it.
    stands_for: the derivative that it is another name for, in TeX.
    """

    tex: str = ""
    range: str | None = None
    by: tuple[str, ...] = ()
    stands_for: str | None = None


SymbolTable = Mapping[str, Symbol]
Declarations = Mapping[str, Symbol | Mapping[str, Any]]


def parse(declarations: Declarations, module: str = "") -> dict[str, Symbol]:
    """The symbols as one module means them: `module.name` goes before a plain `name`.

    declarations: name → Symbol, or a dict with `tex`, `range`, `by` and `is`, all optional.
    """
    out = {name: _symbol(entry) for name, entry in declarations.items() if "." not in name}
    for name, entry in declarations.items():
        if name.startswith(f"{module}."):
            out[name.removeprefix(f"{module}.")] = _symbol(entry)
    return out


def of_modules(symbols: SymbolTable, modules: Collection[str]) -> dict[str, Symbol]:
    """The symbols, without the ranges and slopes of those that only other modules compute.

    modules: the one that is checked, and those that it imports. A symbol that names no function in
    its `by` is everybody's.
    """
    out = dict(symbols)
    for name, symbol in symbols.items():
        if symbol.by and not any(by.partition(".")[0] in modules for by in symbol.by):
            out[name] = replace(symbol, range=None, stands_for=None)
    return out


def _symbol(entry: Symbol | Mapping[str, Any]) -> Symbol:
    if isinstance(entry, Symbol):
        return entry
    by = entry.get("by", ())
    by = (by,) if isinstance(by, str) else tuple(by)
    return Symbol(entry.get("tex", ""), entry.get("range"), by, entry.get("is"))


def ranges(symbols: SymbolTable) -> dict[str, str]:
    """Name → range, of those that declare one."""
    return {name: symbol.range for name, symbol in symbols.items() if symbol.range}
