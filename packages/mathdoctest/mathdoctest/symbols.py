"""What a caller, or a file, declares of the symbols in its formulas."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Symbol:
    """A name in code.

    tex: how it is written.
    range: what random values are drawn from: real (the default), positive, unit (0 to 1), or the
        name of an axis, for an index along it: from 1 in formulas and from 0 in code.
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


def _symbol(entry: Symbol | Mapping[str, Any]) -> Symbol:
    if isinstance(entry, Symbol):
        return entry
    by = entry.get("by", ())
    by = (by,) if isinstance(by, str) else tuple(by)
    return Symbol(entry.get("tex", ""), entry.get("range"), by, entry.get("is"))


def ranges(symbols: SymbolTable) -> dict[str, str]:
    """Name → range, of those that declare one."""
    return {name: symbol.range for name, symbol in symbols.items() if symbol.range}
