r"""The rows of a formula: where one begins and ends, and in which one a side of a chain is."""

import re
from typing import NamedTuple

from mathdoctest.source import Formula
from mathdoctest.syntax import Node, Statement, walk

_MARK = re.compile(r"\\begin\s*\{(\w+)\*?\}|\\end\s*\{(\w+)\*?\}|(\\\\)|\\.|[{}]", re.S)
_OF_ROWS = ("aligned", "align", "gathered", "gather", "split", "equation")  # these hold formulas


class Row(NamedTuple):
    """A row between two characters of the TeX."""

    start: int
    end: int


def rows(tex: str) -> list[Row]:
    r"""The rows that `\\` separates, but not those of cases or of a matrix."""
    text = tex
    start, stop, depth = 0, len(text), 0
    ends: list[int] = []
    for mark in _MARK.finditer(text):
        begins, closes = mark[1], mark[2]
        if begins in _OF_ROWS and not depth:
            start = mark.end()
        elif closes in _OF_ROWS and not depth:
            stop = mark.start()
        elif begins or mark[0] == "{":
            depth += 1
        elif closes or mark[0] == "}":
            depth -= 1
        elif mark[3] and not depth:
            ends.append(mark.start())
    starts = [start, *(end + 2 for end in ends)]
    return list(map(Row, starts, [*ends, stop]))


def extent(chain: Statement) -> tuple[int, int]:
    """Where a chain is in the TeX: from its first side to the end of its last."""
    spans = [side.span for side in chain.sides]
    return spans[0][0], max(end for _, end in spans)


def text_of(formula: Formula, chain: Statement) -> tuple[str, int]:
    r"""The TeX of one chain, readable alone, and the character of the formula where it begins.

    A chain that continues over rows stands in an `aligned` of its own.
    """
    every, (start, end) = rows(formula.tex), extent(chain)
    if len(every) < 2:
        return formula.tex, 0
    mine = [row for row in every if row.end > start and row.start < end]
    text = formula.tex[mine[0].start : mine[-1].end]
    opening = r"\begin{aligned}" * (len(mine) > 1)
    closing = r"\end{aligned}" * (len(mine) > 1)
    return opening + text + closing, mine[0].start - len(opening)


def place(formula: Formula, chain: Statement, node: Node | None) -> tuple[str, int]:
    """The words that name the row of a node of a chain, and how many lines it is below the first.

    The words are empty where the formula is one row with one chain.
    """
    text = formula.tex
    own = [each for side in chain.sides for each in walk(side)]
    at = node if any(node is each for each in own) and node else chain.sides[0]
    where = at.span[0]
    every = rows(formula.tex)
    row = next((n for n, each in enumerate(every) if where < each.end), len(every) - 1)
    below = text[: max(where, len(text) - len(text.lstrip()))].count("\n")
    left = " ".join(text[slice(*chain.sides[0].span)].split())
    if len(every) > 1:
        return f"row {row + 1}, `{left}`: ", below
    return (f"`{left}`: " if len(formula.statements) > 1 else ""), below
