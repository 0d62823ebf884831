"""What its author may declare where a formula does not hold: a shape that was guessed, a range."""

from collections.abc import Iterator
from dataclasses import replace

from mathdoctest import infer
from mathdoctest.compare import examine
from mathdoctest.equal import Differs
from mathdoctest.errors import FIX, Mismatch, SourceError
from mathdoctest.execute import Code
from mathdoctest.functions import Function
from mathdoctest.symbols import Symbol, SymbolTable


def shape(one: Function, error: Mismatch) -> str:
    """The hint, with the parameters to annotate where shapes do not fit that were guessed."""
    names = infer.untold(one.node)
    if not names or isinstance(error.__cause__, Differs):
        return error.hint
    every = " and ".join(f"`{name}`" for name in names)
    cure = f'annotate {every}, whose shape is guessed: `{names[0]}: Float[np.ndarray, "n d"]`'
    own = error.hint if "`size_" not in error.hint else FIX  # a name of ours for an axis
    return f"{cure}; or {own}" if own == FIX else f"{own}; or {cure}"


def range_of(
    one: Function, error: Mismatch, code: Code, table: SymbolTable, draws: int, limit: float
) -> str | None:
    """The inputs with which the formula holds as soon as they are positive."""
    for names in _real(one, table):
        positive = {name: replace(table.get(name, Symbol()), range="positive") for name in names}
        try:
            examine(one, code, {**table, **positive}, draws, limit)
        except (Mismatch, SourceError):
            continue
        was = [f"`{name}` was {error.inputs[name]}" for name in names if name in error.inputs]
        drawn = f"{', '.join(was)}: " * bool(was)  # a long array is not in a message
        them = " and ".join(f"`{name}`" for name in names) + (" is" if len(names) == 1 else " are")
        return f"{FIX}; {drawn}if {them} always positive, declare `range: positive`"
    return None


def _real(one: Function, table: SymbolTable) -> Iterator[tuple[str, ...]]:
    """The parameters that are drawn from all real numbers: each alone, then all."""
    names = [
        name
        for name, shape in one.parameters.items()
        if shape and shape.kind in ("array", "number") and not (shape.whole or shape.truth)
        if (name not in table or table[name].range in (None, "real"))
    ]
    yield from ((name,) for name in names)
    if len(names) > 1:
        yield tuple(names)
