"""A letter that only says which one: the i of `z_i = w^\\top x_i + b`, of one example."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from mathdoctest import resolve, syntax
from mathdoctest.syntax import Node, Reduce, Statement, Symbol


def without(chain: Statement, is_known: Callable[[str], bool]) -> Statement | None:
    """The chain without the letter that nothing counts; None where there is none, or two.

    Such a letter is all of an index or of a superscript in brackets wherever it stands.
    is_known: whether a name has a value, or is a size.
    """
    nodes = [node for side in chain.sides for node in syntax.walk(side)]
    running = {letter for node in nodes if isinstance(node, Reduce) for letter in node.letters}
    running |= {chain.where.letter} if chain.where else set()
    every = Counter(n.name for n in nodes if isinstance(n, Symbol) and n == Symbol(n.name))
    alone = Counter(letter for n in nodes if isinstance(n, Symbol) for letter in _letters(n))
    labels = {
        letter
        for letter, count in alone.items()
        if count == every[letter] and letter not in running and not is_known(letter)
    }
    if len(labels) != 1 or chain.conditions or any(map(_is_over_examples, nodes)):
        return None
    sides = (syntax.mapped(side, lambda node: _bare(node, labels)) for side in chain.sides)
    return replace(chain, sides=tuple(sides))


def _is_over_examples(node: Node) -> bool:
    """Whether it is a sum over what is no index in it."""
    if not isinstance(node, Reduce) or node.low is not None or node.conditions:
        return False
    symbols = [n for n in syntax.walk(node.body) if isinstance(n, Symbol | syntax.Index)]
    counted = {c for n in symbols for index in n.indices for c in resolve.counted(index)}
    return any(Symbol(letter) not in counted for letter in node.letters)


def _letters(symbol: Symbol) -> list[str]:
    """The letter that is its only index, and the one in brackets above it."""
    found = [*(symbol.indices if len(symbol.indices) == 1 else ()), symbol.layer]
    letters = [
        part.name for part in found if isinstance(part, Symbol) and part == Symbol(part.name)
    ]
    return [name for name in letters if len(name) == 1 and name != resolve.TIME]


def _bare(node: Node, labels: set[str]) -> Node:
    if not isinstance(node, Symbol) or not labels & {*_letters(node)}:
        return node
    is_index = len(node.indices) == 1 and getattr(node.indices[0], "name", "") in labels
    is_layer = getattr(node.layer, "name", "") in labels
    return replace(
        node, indices=() if is_index else node.indices, layer=None if is_layer else node.layer
    )
