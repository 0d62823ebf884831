"""What a reader's browser computes and shows: trees, columns of worked lines, drawn symbols.

Of these, assets/lib/arithmetic.js evaluates the trees, and assets/lib/worked-line.js fills the
columns with digits.
"""

from mathdoctest.entries import Entry
from mathdoctest.export import Exporter
from mathdoctest.syntax import Leaf
from mathdoctest.values import Wrong

from literate.katex import Katex
from literate.worked import Column, Guard, Piece, columns


class Drawn:
    """TeX that is drawn once; the data refer to it by number."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, tex: str) -> int:
        return self.numbers.setdefault(tex, len(self.numbers))

    def html(self, katex: Katex) -> list[str]:
        return [katex.render(tex, mathml=False) for tex in self.numbers]


def line(entry: Entry, exporter: Exporter, tex: Drawn) -> list[str | list[object]] | None:
    """The columns of an entry's right side; None of what a line cannot show, such as cases.

    A column is a sign, or [number of its TeX, pieces, symbol or 0, tree of a call or 0].
    """
    try:
        return [_column(each, exporter, tex) for each in columns(entry.right)]
    except Wrong:
        return None


def _column(column: Column, exporter: Exporter, tex: Drawn) -> str | list[object]:
    if not column.pieces:
        return column.tex
    symbol = _named(column.symbol, exporter) if column.symbol else 0
    call = exporter.export(column.call) if column.call else 0
    return [tex.number(column.tex), [_piece(p, exporter) for p in column.pieces], symbol, call]


def _piece(piece: Piece, exporter: Exporter) -> object:
    """Text, [name] for a value to be written, {"guard": …} for parentheses around a negative."""
    if isinstance(piece, Guard):
        return {"guard": [_piece(each, exporter) for each in piece.pieces]}
    return [_named(piece.symbol, exporter)] if isinstance(piece, Leaf) else piece


def _named(symbol: str | None, exporter: Exporter) -> str:
    return exporter.rename.get(symbol or "", symbol or "")
