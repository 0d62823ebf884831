"""A letter that counts steps: the k of `x_{k+1} = x_k - …`, which is read as t."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from mathdoctest import resolve, syntax
from mathdoctest.syntax import Node, Number, Power, Reduce, Statement, Sum, Symbol, Term


def counted(statements: list[Statement], known: Collection[str]) -> str | None:
    """The letter that counts steps, if there is one. known: the names of parameters and axes.

    A left side is at `k + 1` and the same name at k on a right side, or at k and at `k - 1`.
    """
    lefts = [at for s in statements for at in _place(s.sides[0])]
    lefts = [at for at in lefts if at[1] not in known and at[1] != resolve.TIME]
    if not lefts:
        return None
    nodes = [n for s in statements for side in s.sides for n in syntax.walk(side)]
    running = {letter for n in nodes if isinstance(n, Reduce) for letter in n.letters}
    running |= {s.where.letter for s in statements if s.where}
    names = {name for name, letter, _ in lefts if letter not in running}
    rights = [at for s in statements for side in s.sides[1:] for at in _places(side, names)]
    found = (at for at in lefts if at[1] not in running and (*at[:2], at[2] - 1) in rights)
    return next((letter for _, letter, _ in found), None)


def as_time(statement: Statement, letter: str) -> Statement:
    """A chain in which the letter that counts steps is t."""
    sides = (syntax.mapped(side, lambda node: _at_time(node, letter)) for side in statement.sides)
    return Statement(tuple(sides), statement.relations, statement.where, statement.conditions)


def _places(node: Node, names: Collection[str]) -> Iterator[tuple[str, str, int]]:
    """Where these names are at a step."""
    for each in syntax.walk(node):
        symbol = each.base if isinstance(each, Power) else each
        if isinstance(symbol, Symbol) and symbol.name in names:
            yield from _place(each)


def _place(node: Node) -> Iterator[tuple[str, str, int]]:
    """The name, the letter and the shift of `x_{k+1}`, `x^{k+1}` or `x^{(k+1)}`."""
    match node:
        case Symbol(name, None, (index,)) | Symbol(name, Node() as index, _):
            pass
        case Power(Symbol(name, None, ()), index):
            pass
        case _:
            return
    match index:
        case Symbol(letter, None, ()) if len(letter) == 1:
            yield name, letter, 0
        case Sum((Term(1, Symbol(letter, None, ())), Term(sign, Number(1.0)))) if len(letter) == 1:
            yield name, letter, sign


def _at_time(node: Node, letter: str) -> Node:
    """A symbol at a step with t in place of the letter."""
    for name, found, shift in _place(node):
        if found == letter:
            time: Node = Symbol(resolve.TIME, span=node.span)
            if shift:
                time = Sum((Term(1, time), Term(shift, Number(1.0))), span=node.span)
            if isinstance(node, Symbol) and node.layer is not None and node.indices:
                return replace(node, layer=time)
            return Symbol(name, None, (time,), span=node.span)
    return node
