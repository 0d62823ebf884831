"""The live lab's program: what the reader's browser computes is made from the checked formulas themselves.

Each formula of `live_lab.two_passes` and of the optimizers is spelled out for every entry of the 2-2-1 network, as a
worked line is, and its tree is written down for `assets/lab/core.js` to evaluate and to fill with digits. So the
formula displayed is the program that runs; `tests/test_live_lab.py` holds it against MLX.
"""

import ast
import json
import re
from html import unescape
from itertools import product

from literate import formula
from literate import directives as panes
from literate.book import Book
from literate.figures import FIGURES
from two_passes.figures.network import quantities
from literate.formula.columns import Column, Guard, columns
from literate.formula.scope import Function, Scope
from literate.formula.tree import Node
from literate.formula.worked import spelled
from literate.katex import Katex
from literate.registry import own_page

SLUG = "frontier/live-lab"
PASSES, RUN, STARTS, NETWORK = (
    "live_lab.two_passes",
    "live_lab.run",
    "live_lab.starts",
    "trace.both_passes",
)
# name in the program's dict of optimizers → (its step, what it keeps of each parameter, its constants)
OPTIMIZERS = {
    "SGD": ("update.sgd_step", (), {}),
    "momentum": ("live_lab.momentum_step", ("v",), {"mu": 0.9}),
    "Adam": ("update.adam_step", ("m", "v"), {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
    "Adam, uncorrected": (
        "update.adam_uncorrected",
        ("m", "v"),
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    ),
}
ACTIVATIONS = ("ReLU", "sigmoid", "tanh")
BUILT_IN = ("exp", "log", "tanh")
HYPER = {
    "eta",
    "mu",
    "beta1",
    "beta2",
    "epsilon",
}  # plain Python numbers: rounded to float32 only where they meet an array; MLX counts t in one


SNIPPETS = (PASSES, RUN, STARTS, NETWORK, *(step for step, _, _ in OPTIMIZERS.values()))


def _of(book: Book, name: str):
    """A snippet and its run, for no page in particular."""
    return book.snippets[name], book.runs[name]


# ---- trees ------------------------------------------------------------------------------------------------------------------


def encoded(node: Node, argument: str | None = None):
    """A tree of numbers for the browser: a number, a name, or [operation, operands…]. argument: the letter of a function's own formula.

    `host:` marks an operation between plain numbers, which Python does in double precision.
    """

    def inner(part: Node):
        return encoded(part, argument)

    def operation(name: str, *operands):
        return [("host:" if all(_host(o) for o in operands) else "") + name, *operands]

    kind, parts = node.kind, node.parts
    if kind == "number":
        return parts[0]
    if kind == "leaf":
        return _name(parts[1])
    if kind == "symbol" and parts[0] == argument:
        return "argument"
    if kind == "add":
        total = None
        for sign, part in parts:
            one = inner(part)
            total = (
                (operation("negative", one) if sign < 0 else one)
                if total is None
                else operation("+" if sign > 0 else "-", total, one)
            )
        return total
    if kind in ("multiply", "divide"):
        return operation("*" if kind == "multiply" else "/", *map(inner, parts))
    if kind == "power":
        base, exponent = parts
        if base.parts[0] == "e":
            return operation("exp", inner(exponent))
        if exponent.kind == "number" and exponent.parts[0] == 2:
            return operation("*", inner(base), inner(base))
        return operation("power", inner(base), inner(exponent))
    if kind == "sqrt":
        return operation("sqrt", inner(parts[0]))
    if kind == "cases":
        (value, condition), (other, _) = parts
        left, relation, right = condition
        return ["where", relation, inner(left), inner(right), inner(value), inner(other)]
    if kind == "call":
        name, primes, arguments = parts if len(parts) == 3 else (parts[0], parts[2], parts[3])
        if name == "log" and (u := _softplus(arguments[0])) is not None:
            return operation("softplus", inner(u))
        if name in ("max", "min"):
            return operation(name, *map(inner, arguments))
        if name in BUILT_IN and not primes:
            return operation(name, inner(arguments[0]))
        return ["call", name + "'" * primes, inner(arguments[0])]
    raise ValueError(f"a {kind} is not known to the live lab")


def _host(tree) -> bool:
    return (
        isinstance(tree, float) or tree in HYPER
        if not isinstance(tree, list)
        else tree[0].startswith("host:")
    )


def _softplus(node: Node) -> Node | None:
    """The u of 1 + e^u: its logarithm is computed as MLX's logaddexp does, which never overflows."""
    if node.kind == "add" and len(node.parts) == 2:
        (_, one), (sign, power) = node.parts
        if (
            one.kind == "number"
            and one.parts[0] == 1
            and sign > 0
            and power.kind == "power"
            and power.parts[0].parts[0] == "e"
        ):
            return power.parts[1]
    return None


def _name(symbol: str) -> str:
    """As the network's figure names it: what there is one of carries no index."""
    return re.sub(r"^(y|y_hat)_1$", r"\1", symbol)


def _functions(one: Function) -> dict:
    """The activation functions and their slopes, each by its own checked formula."""
    out = {}
    for name, primes in product((*ACTIVATIONS, "sigmoid"), (0, 1)):
        if name in BUILT_IN and not primes:
            out[name] = [name, "argument"]
            continue
        _, chain = Scope(one).named_function(name, primes, one)
        out[name + "'" * primes] = encoded(chain.sides[-1], chain.sides[0].parts[3][0].parts[0])
    return out


# ---- lines: one formula, one line of code, one step of the lab ------------------------------------------------------------------


class Tex:
    """Symbols drawn by KaTeX, each kept once."""

    def __init__(self, katex: Katex):
        self.katex = katex
        self.all: dict[str, int] = {}

    def __call__(self, tex: str) -> int:
        tex = re.sub(r"(\\hat\{y\}|(?<![a-z])y)_\{1\}", r"\1", tex)
        return self.all.setdefault(tex, len(self.all))

    def drawn(self) -> list[str]:
        return [self.katex.render(tex, mathml=False) for tex in self.all]


def _entry(left: Node, right: Node, tex: Tex) -> dict:
    return {
        "symbol": _name(left.parts[1]),
        "tree": encoded(right),
        "left": tex(left.parts[0]),
        "columns": [_column(c, tex) for c in columns(right)],
    }


def _column(column: Column, tex: Tex):
    if not column.parts:
        return column.tex
    return [
        tex(column.tex),
        _parts(column.parts),
        _name(column.symbol) if column.symbol else 0,
        encoded(column.call) if column.call else 0,
    ]


def _parts(parts: tuple) -> list:
    """Text, [name] for a value to be written, {"guard": …} for what stands in parentheses where it is negative."""
    return [
        {"guard": _parts(p.parts)}
        if isinstance(p, Guard)
        else p
        if isinstance(p, str)
        else [_name(p.parts[1])]
        for p in parts
    ]


def _row(code: str, place: int, count: int) -> int:
    """The line of a function's code that makes its place-th returned value."""
    body = ast.parse(code).body[0].body
    returned = body[-1].value
    value = returned.elts[place] if isinstance(returned, ast.Tuple) and count > 1 else returned
    if isinstance(value, ast.Name):
        for statement in reversed(body):
            if isinstance(statement, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == value.id for t in statement.targets
            ):
                return statement.lineno - 1
    return body[-1].lineno - 1


def _spots(left: Node, value) -> list[dict]:
    """The choices of indices that give every entry of a left side."""
    sizes = []
    while isinstance(value, list):
        sizes.append(range(1, len(value) + 1))
        value = value[0]
    if left.kind == "derivative":
        letters = [i.parts[0] for i in left.parts[1][0].parts[2]]
        return [dict(zip(letters, place)) for place in product(*sizes)]
    return [{"entry": place} if place else {} for place in product(*sizes)]


def _lines(book: Book, tex: Tex) -> list[dict]:
    snippet, run = _of(book, PASSES)
    one = formula.of_name(book.project, PASSES)
    out, stage = [], "forward"
    for nth, chain in enumerate(one.statements, 1):
        left = one.left(chain)
        stage = "loss" if left == "L" else "backward" if stage == "loss" else stage
        entries = [
            _entry(*spelled(one, run.values, {}, at, nth)[:2], tex)
            for at in _spots(chain.sides[0], run.values[left])
        ]
        out.append(
            {
                "stage": stage,
                "name": formula.stem(left),
                "row": _row(snippet.code, nth - 1, len(one.statements)),
                "entries": entries,
            }
        )
    return out


def _optimizer(book: Book, key: str, tex: Tex) -> dict:
    name, keeps, constants = OPTIMIZERS[key]
    snippet, _ = _of(book, name)
    one = formula.of_name(book.project, name)
    values = dict.fromkeys(
        ("w", "g", "m", "v", "t", *HYPER, "w_t", "m_t", "v_t", "m_hat", "v_hat"), 1.0
    )
    lines = []
    for nth in range(1, len(one.statements) + 1):
        left, right, _ = spelled(one, values, {}, {}, nth)
        lines.append(
            {"row": _row(snippet.code, nth - 1, len(one.statements)), **_entry(left, right, tex)}
        )
    return {"keeps": keeps, "constants": constants, "lines": lines, "code": code_lines(snippet)}


def code_lines(snippet) -> list[str]:
    """A function's code, coloured, its symbols marked, line by line."""
    return panes.linked(panes.coloured(snippet.code), formula.names(snippet)).split("\n")


# ---- what the page is made with ---------------------------------------------------------------------------------------------


OTHERS = (
    "x_1",
    "x_2",
    "y",
    "z1_1",
    "z1_2",
    "a1_1",
    "a1_2",
    "z2_1",
    "y_hat",
    "L",
    "delta2_1",
    "delta1_1",
    "delta1_2",
)


def tex_of(symbol: str) -> str:
    r"""`w1_12` → w^{(1)}_{12}, `y_hat` → \hat{y}, `x_1` → x_1."""
    if symbol.startswith("dL_d"):
        return rf"\frac{{\partial L}}{{\partial {tex_of(symbol[4:])}}}"
    if match := re.fullmatch(r"(w|b|z|a|delta)(\d)_(\d+)", symbol):
        letter, layer, place = match.groups()
        return letter.replace("delta", r"\delta") + f"^{{({layer})}}_{{{place}}}"
    return {"y_hat": r"\hat{y}", "eta": r"\eta"}.get(symbol, symbol)


def setups(html: str) -> list[str]:
    """The fragments of a page's links that set the lab up, as `core.js` reads them."""
    return [unescape(found) for found in re.findall(r'href="#([^"]*=[^"]*)"', html)]


def page(book: Book) -> dict:
    """What the template of the live lab draws before its script takes over: the network, and every symbol."""
    _, network = book.snippet(NETWORK)
    given = [s for s in quantities(network.values)[0] if re.match(r"[wb]\d_", s)]
    return {
        "network": FIGURES["network"](network.values, live=True),
        "parameters": given,
        "others": OTHERS,
        "activations": ACTIVATIONS,
        "optimizers": list(OPTIMIZERS),
        "words": book.t["lab"],
        "tex": {s: book.project.katex.inline(tex_of(s)) for s in (*given, *OTHERS, "eta")},
    }


# ---- the modules that the page loads --------------------------------------------------------------------------------------


def values(book: Book) -> dict:
    """All that the lab computes with and shows, but for words."""
    tex = Tex(book.project.katex)
    one = formula.of_name(book.project, PASSES)
    snippet, _ = _of(book, PASSES)
    program, _ = _of(book, RUN)
    _, network = _of(book, NETWORK)
    _, starts = _of(book, STARTS)
    (inputs, targets), lines = starts.values["examples"], _lines(book, tex)
    book_numbers, _ = quantities(network.values)
    given = [s for s in book_numbers if re.match(r"[wb]\d_", s)]
    return {
        "lines": lines,
        "code": code_lines(snippet),
        "optimizers": {key: _optimizer(book, key, tex) for key in OPTIMIZERS},
        "activations": ACTIVATIONS,
        "functions": _functions(one),
        "calls": _calls(program.program),
        "parameters": given,
        "start": {s: book_numbers[s] for s in given},
        "examples": [[*x, *y] for x, y in zip(inputs, targets)],
        "seeds": [_flat(weights) for weights in starts.values["weights"].values()],
        "dead": starts.values["dead"],
        "program": program.program,
        "symbols": {
            s: tex(tex_of(s)) for s in (*given, *OTHERS, "eta", *(f"dL_d{p}" for p in given))
        },
        "tex": tex.drawn(),
    }


def _flat(weights: dict) -> dict[str, float]:
    """{"W1": [[…]]} as {"w1_11": …}."""
    out = {}
    for name, value in weights.items():
        for i, row in enumerate(value, 1):
            for j, entry in enumerate(row if isinstance(row, list) else [row], 1):
                out[f"{formula.stem(name)}_{i}" + (str(j) if isinstance(row, list) else "")] = entry
    return out


def _calls(program: str) -> dict[str, dict[str, str]]:
    """The dicts `activations` and `optimizers` of the program: name → what stands there."""
    found = {}
    for node in ast.walk(ast.parse(program)):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Dict)
            and node.targets[0].id in ("activations", "optimizers")
        ):
            found[node.targets[0].id] = {
                k.value: ast.unparse(v) for k, v in zip(node.value.keys, node.value.values)
            }
    return found


def words(project, language: str) -> dict[str, str]:
    """What the lab says: its own strings, and what each symbol means."""
    meanings = {
        formula.stem(name): entry[language]
        for name, entry in project.symbols.items()
        if "." not in name
    }
    said = project.words[language]
    return {"lab": said["lab"] | {"comma": said["comma"]}, "meanings": meanings}


def modules(book: Book) -> dict[str, str]:
    """Path on the site → text of the JavaScript modules that the build adds beside the lab's own."""
    made = {"program.js": values(book)} | {
        f"words-{language}.js": words(book.project, language) for language in book.project.languages
    }
    return {
        f"assets/lab/{name}": f"export default {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n"
        for name, value in made.items()
    }


own_page(SLUG, snippets=SNIPPETS, context=page, files=modules, anchors=setups)
