"""The live lab: what the reader's browser computes is made from the checked formulas.

Each formula of `live_lab.two_passes` and of the optimizers is written out for every entry of the
2-2-1 network, as a worked line is, and its tree is exported for `assets/lab/core.js` to evaluate
and to fill with digits. `tests/test_live_lab.py` compares it with MLX.
"""

import ast
import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import product
from typing import Any

from literate import formulas
from literate.book import Book
from literate.directives import coloured, linked
from literate.katex import Katex
from literate.registry import FIGURES, own_page
from literate.snippets import Snippet
from literate.worked import Column, Guard, Piece, columns
from mathdoctest import symbols
from mathdoctest.entries import Entry, entry
from mathdoctest.export import Exporter
from mathdoctest.resolve import stem
from mathdoctest.scope import Function, Scope
from mathdoctest.syntax import Call, Derivative, Node, Symbol

from two_passes.figures.network import quantities

SLUG = "frontier/live-lab"
PASSES, RUN, STARTS = "live_lab.two_passes", "live_lab.run", "live_lab.starts"
NETWORK = "trace.both_passes"
_ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
# name in the program → (its step, what it keeps of each parameter, its constants)
OPTIMIZERS: dict[str, tuple[str, tuple[str, ...], dict[str, float]]] = {
    "SGD": ("update.sgd_step", (), {}),
    "momentum": ("live_lab.momentum_step", ("v",), {"mu": 0.9}),
    "Adam": ("update.adam_step", ("m", "v"), _ADAM),
    "Adam, uncorrected": ("update.adam_uncorrected", ("m", "v"), _ADAM),
}
ACTIVATIONS = ("ReLU", "sigmoid", "tanh")
# Plain Python numbers, rounded to float32 only where they meet an array
HYPER = ("eta", "mu", "beta1", "beta2", "epsilon")
STEP_VALUES = ("w", "g", "m", "v", "t", *HYPER, "w_t", "m_t", "v_t", "m_hat", "v_hat")
OTHERS = "x_1 x_2 y z1_1 z1_2 a1_1 a1_2 z2_1 y_hat L delta2_1 delta1_1 delta1_2".split()
SNIPPETS = (PASSES, RUN, STARTS, NETWORK, *(step for step, _, _ in OPTIMIZERS.values()))
# There is one of these: the network's figure names it without an index
RENAME = {"y_1": "y", "y_hat_1": "y_hat"}
EXPORTER = Exporter(host=HYPER, rename=RENAME)


class Tex:
    """Symbols drawn by KaTeX, each kept once and named by its number."""

    def __init__(self, katex: Katex):
        self.katex = katex
        self.all: dict[str, int] = {}

    def __call__(self, tex: str) -> int:
        tex = re.sub(r"(\\hat\{y\}|(?<![a-z])y)_\{1\}", r"\1", tex)
        return self.all.setdefault(tex, len(self.all))

    def drawn(self) -> list[str]:
        return [self.katex.render(tex, mathml=False) for tex in self.all]


# ---- a line: one formula, one line of code, one step of the lab


def _line(found: Entry, tex: Tex) -> dict[str, Any]:
    left, right = found.left, found.right
    return {
        "symbol": _name(left.symbol),
        "tree": EXPORTER.export(right),
        "left": tex(left.tex),
        "columns": [_column(column, tex) for column in columns(right)],
    }


def _name(symbol: str | None) -> str:
    return RENAME.get(symbol or "", symbol or "")


def _column(column: Column, tex: Tex) -> str | list[Any]:
    if not column.pieces:
        return column.tex
    call = EXPORTER.export(column.call) if column.call else 0
    return [tex(column.tex), _pieces(column.pieces), _name(column.symbol) or 0, call]


def _pieces(row: tuple[Piece, ...]) -> list[Any]:
    """Text, [name] for a value, {"guard": …} for what has parentheses if it is negative."""
    out: list[Any] = []
    for piece in row:
        if isinstance(piece, Guard):
            out.append({"guard": _pieces(piece.pieces)})
        else:
            out.append(piece if isinstance(piece, str) else [_name(piece.symbol)])
    return out


def _row(code: str, place: int, count: int) -> int:
    """The line of a function's code that computes one of the values that it returns."""
    (function,) = ast.parse(code).body
    body: list[Any] = function.body  # type: ignore[attr-defined]
    value = body[-1].value
    if isinstance(value, ast.Tuple) and count > 1:
        value = value.elts[place]
    for statement in reversed(body):
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(value, ast.Name) and value.id in [getattr(t, "id", None) for t in targets]:
            return int(statement.lineno) - 1
    return int(body[-1].lineno) - 1


def _choices(left: Node, value: Any) -> Iterator[dict[str, Any]]:
    """The choices of indices that give every entry of a left side."""
    sizes = []
    while isinstance(value, list):
        sizes.append(range(1, len(value) + 1))
        value = value[0]
    for place in product(*sizes):
        if isinstance(left, Derivative):
            letters = [i.name for i in left.bottoms[0].indices if isinstance(i, Symbol)]
            yield dict(zip(letters, place, strict=True))
        else:
            yield {"entry": place} if place else {}


def _lines(book: Book, tex: Tex) -> Iterator[dict[str, Any]]:
    snippet, values = book.snippets[PASSES], book.runs[PASSES].values
    function, known = _function(book, PASSES)
    stage, count = "forward", len(function.statements)
    for nth, chain in enumerate(function.statements, 1):
        left = function.left(chain) or ""
        stage = "loss" if left == "L" else "backward" if stage == "loss" else stage
        entries = [
            _line(entry(function, values, {}, at, known, nth), tex)
            for at in _choices(chain.sides[0], values[left])
        ]
        row = _row(snippet.code, nth - 1, count)
        yield {"stage": stage, "name": stem(left), "row": row, "entries": entries}


def _function(book: Book, name: str) -> tuple[Function, dict[str, symbols.Symbol]]:
    """A function with its formulas, and the symbols of its module."""
    known = symbols.parse(book.project.symbols, name.partition(".")[0])
    return formulas.function(book.project, name), known


def _optimizer(book: Book, key: str, tex: Tex) -> dict[str, Any]:
    name, keeps, constants = OPTIMIZERS[key]
    snippet = book.snippets[name]
    function, known = _function(book, name)
    values, count = dict.fromkeys(STEP_VALUES, 1.0), len(function.statements)
    lines = [
        {"row": _row(snippet.code, nth, count)}
        | _line(entry(function, values, {}, {}, known, nth + 1), tex)
        for nth in range(count)
    ]
    return {"keeps": keeps, "constants": constants, "lines": lines, "code": code_lines(snippet)}


def _functions(function: Function) -> dict[str, Any]:
    """The activation functions and their slopes, each exported from its own checked formula."""
    out: dict[str, Any] = {}
    for name, primes in product((*ACTIVATIONS, "sigmoid"), (0, 1)):
        if name in EXPORTER.built_in and not primes:
            out[name] = [name, "argument"]
        elif found := Scope(function).named_function(name, primes, function):
            left, body = found[1].sides[0], found[1].sides[-1]
            letter = left.arguments[0] if isinstance(left, Call) else left
            argument = letter.name if isinstance(letter, Symbol) else None
            out[name + "'" * primes] = Exporter(argument, HYPER, RENAME).export(body)
    return out


def code_lines(snippet: Snippet) -> list[str]:
    """A function's code, coloured, its symbols marked, line by line."""
    return linked(coloured(snippet.code), formulas.names(snippet)).split("\n")


# ---- the page


def tex_of(symbol: str) -> str:
    r"""`w1_12` → w^{(1)}_{12}, `y_hat` → \hat{y}, `x_1` → x_1."""
    if symbol.startswith("dL_d"):
        return rf"\frac{{\partial L}}{{\partial {tex_of(symbol[4:])}}}"
    if match := re.fullmatch(r"(w|b|z|a|delta)(\d)_(\d+)", symbol):
        letter, layer, place = match.groups()
        return letter.replace("delta", r"\delta") + f"^{{({layer})}}_{{{place}}}"
    return {"y_hat": r"\hat{y}", "eta": r"\eta"}.get(symbol, symbol)


def setups(html: str) -> list[str]:
    """The fragments of a page's links that set the lab up, as `setup.js` reads them."""
    return [unescape(found) for found in re.findall(r'href="#([^"]*=[^"]*)"', html)]


def _parameters(book: Book) -> dict[str, float]:
    every, _ = quantities(book.runs[NETWORK].values)
    return {name: value for name, value in every.items() if re.match(r"[wb]\d_", name)}


def page(book: Book) -> dict[str, Any]:
    """What the template draws before the script takes over: the network, and every symbol."""
    given, inline = list(_parameters(book)), book.project.katex.inline
    return {
        "network": FIGURES["network"](book.runs[NETWORK].values, live=True),
        "parameters": given,
        "others": OTHERS,
        "activations": ACTIVATIONS,
        "optimizers": list(OPTIMIZERS),
        "words": book.t["lab"],
        "tex": {name: inline(tex_of(name)) for name in (*given, *OTHERS, "eta")},
    }


def values(book: Book) -> dict[str, Any]:
    """All that the lab computes with and shows, except words."""
    tex, given = Tex(book.project.katex), _parameters(book)
    starts, program = book.runs[STARTS].values, book.snippets[RUN].program
    inputs, targets = starts["examples"]
    shown = (*given, *OTHERS, "eta", *(f"dL_d{name}" for name in given))
    return {
        "lines": list(_lines(book, tex)),
        "code": code_lines(book.snippets[PASSES]),
        "optimizers": {key: _optimizer(book, key, tex) for key in OPTIMIZERS},
        "activations": ACTIVATIONS,
        "functions": _functions(_function(book, PASSES)[0]),
        "calls": _calls(program),
        "parameters": list(given),
        "start": given,
        "examples": [[*x, *y] for x, y in zip(inputs, targets, strict=True)],
        "seeds": [_flat(weights) for weights in starts["weights"].values()],
        "dead": starts["dead"],
        "program": program,
        "symbols": {name: tex(tex_of(name)) for name in shown},
        "tex": tex.drawn(),
    }


def _flat(weights: dict[str, Any]) -> dict[str, float]:
    """{"W1": [[…]]} as {"w1_11": …}."""
    out = {}
    for name, value in weights.items():
        for i, row in enumerate(value, 1):
            if isinstance(row, list):
                out |= {f"{stem(name)}_{i}{j}": number for j, number in enumerate(row, 1)}
            else:
                out[f"{stem(name)}_{i}"] = row
    return out


def _calls(program: str) -> dict[str, dict[str, str]]:
    """The dicts `activations` and `optimizers` of the program: name → its text there."""
    found = {}
    for node in ast.walk(ast.parse(program)):
        match node:
            case ast.Assign([ast.Name("activations" | "optimizers" as name)], ast.Dict() as value):
                pairs = zip(value.keys, value.values, strict=True)
                found[name] = {ast.literal_eval(k): ast.unparse(v) for k, v in pairs if k}
    return found


def words(book: Book, language: str) -> dict[str, Any]:
    """What the lab says: its own words, and what each symbol means."""
    meanings = {
        stem(name): known[language]
        for name, known in book.project.symbols.items()
        if "." not in name
    }
    said = book.project.words[language]
    return {"lab": said["lab"] | {"comma": said["comma"]}, "meanings": meanings}


def modules(book: Book) -> dict[str, str]:
    """Path on the site → text of the JavaScript modules that the build adds."""
    made = {"program": values(book)}
    made |= {f"words-{language}": words(book, language) for language in book.project.languages}
    return {
        f"assets/lab/{name}.js": "export default "
        f"{json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n"
        for name, value in made.items()
    }


own_page(SLUG, snippets=SNIPPETS, context=page, files=modules, anchors=setups)
