r"""What the names around a formula are, for reading it: functions, parameters, spellings."""

import contextlib
import functools
from dataclasses import replace
from string import ascii_letters

from lark import Token

from mathdoctest import described, latex, lexer, notation, reader, resolve, signature, source, words
from mathdoctest.axes import NotAxes
from mathdoctest.errors import NotInGrammar
from mathdoctest.notation import Vocabulary
from mathdoctest.signature import NUMBER
from mathdoctest.source import Documented, Module
from mathdoctest.syntax import Call, Derivative, Node, Symbol

Spellings = tuple[tuple[str, str], ...]
SYMBOLS = {*words.GREEK, *ascii_letters}
COUNTING = frozenset("ijkmn")  # letters of an example or an entry, as in `x_i` and `x^{(n)}`


def of(node: Documented, home: Module | None = None, spellings: Spellings = ()) -> Vocabulary:
    """What a docstring's formulas may name. home: the file, whose other formulas count as well.

    spellings: (TeX, name) of each symbol that is declared with its own TeX.
    """
    functions, names = signature.functions(node), set[str]()
    layered, labels, arrays = set[str](), set[str](), set[str]()
    whole, axes = set[str](), set[str]()
    if isinstance(node, source.Defined):
        shapes = signature.parameters(node)
        with contextlib.suppress(NotAxes):  # told where the function is checked
            told = described.shapes(node)
            shapes |= {n: s for n, s in told.items() if shapes.get(n) is NUMBER}
        axes = {axis for s in shapes.values() if s for axis in s.axes} - {*shapes}
        names = {*shapes, *axes} - functions
        whole = {n for n, s in shapes.items() if s and s.kind == "number" and s.whole}
        layered = {n for n, shape in shapes.items() if shape and shape.kind == "list"}
        layered |= {resolve.entry_name(name) for name in layered}
        arrays = {n for n, s in shapes.items() if s is None or s.kind != "number" or s is NUMBER}
        labels = {n for n, s in shapes.items() if s and not s.whole and n in words.GREEK}
    spelled = {
        (_key(tex, name, name not in names - arrays), name)
        for tex, name in spellings
        if _is_special(tex, name, name not in names - arrays)
    }
    if home:  # what a function `S_N` returns
        letters = (name for name in home.functions if name.partition("_")[0] in SYMBOLS)
        spelled |= {(name, name) for name in letters if "_" in name}
    for each in [home, *map(source.module, {*home.imported.values()})] if home else ():
        functions |= _functions(each) - names
        layered |= _layered(each)
        for tokens in _with_squares(each):
            spelled |= notation.squares(tokens, frozenset(names))
    return Vocabulary(
        frozenset(functions),
        frozenset(names),
        frozenset(layered),
        frozenset(labels),
        frozenset(arrays),
        frozenset(whole),
        frozenset(axes),
        tuple(sorted(spelled)),
    )


@functools.lru_cache(maxsize=1024)
def _is_special(tex: str, name: str, is_array: bool) -> bool:
    r"""Whether a symbol must be told its TeX: `W_{xh}` and `d_k`, not `W^{(1)}` or `\hat{y}`."""
    try:
        node = reader.expression(tex)
    except NotInGrammar:
        return False
    if isinstance(node, Symbol):
        is_number_of_many = not is_array and bool(_counts(node))  # the y_i of one example
        return is_number_of_many or not resolve.is_known(node, {name})
    return not isinstance(node, Call | Derivative)


@functools.lru_cache(maxsize=1024)
def _key(tex: str, name: str, is_array: bool) -> str:
    """What a spelling is found by; that of an array `u_k` or `x^{(i)}` without what counts."""
    node = reader.expression(tex)
    if is_array and isinstance(node, Symbol) and _counts(node) and not _is_label(node, name):
        return lexer.canonical(latex.tex(replace(node, layer=None, indices=())))
    return lexer.canonical(tex)


def _is_label(node: Symbol, name: str) -> bool:
    """Whether the letter below is part of the name in code, as in `W_k`."""
    return any(isinstance(n, Symbol) and name.endswith(f"_{n.name}") for n in node.indices)


def _counts(node: Symbol) -> list[Node]:
    """The letters that count, if a symbol has them and nothing else as index or in brackets."""
    every = [*node.indices, *([node.layer] if node.layer else [])]
    letters = [n for n in every if isinstance(n, Symbol) and n.name in COUNTING and not n.indices]
    return list(letters) if len(letters) == len(every) else []


@functools.lru_cache(maxsize=1024)
def _functions(home: Module) -> frozenset[str]:
    """The letters that a file's formulas define as functions: the f of `f(x) = …`."""
    every = (notation.defined(tokens) for tokens in _tokens(home))
    return frozenset().union(*every)


@functools.lru_cache(maxsize=1024)
def _layered(home: Module) -> frozenset[str]:
    """The letters that a file's formulas define layer by layer: a of `a^l = …`, `a^{(l)} = …`."""
    found = set()
    for tokens in _tokens(home):
        kinds = [token.type for token in tokens[:2]]
        if kinds == ["LETTER", "LAYER"]:
            found.add(str(tokens[0]))
        if kinds == ["LETTER", "SUP"] and [t.type for t in tokens[2:6]] == [
            "LBRACE", "LETTER", "RBRACE", "REL"
        ]:  # fmt: skip
            found.add(str(tokens[0]))
    return frozenset(found)


@functools.lru_cache(maxsize=1024)
def _with_squares(home: Module) -> list[list[Token]]:
    """The formulas of a file in which a square begins a chain."""
    return [tokens for tokens in _tokens(home) if notation.squares(tokens, frozenset())]


@functools.lru_cache(maxsize=1024)
def _tokens(home: Module) -> list[list[Token]]:
    out = []
    for node in home.functions.values():
        for tex, _ in source.formulas(node):
            try:
                out.append(lexer.tokens(tex))
            except NotInGrammar:
                continue  # told where that function is checked
    return out
