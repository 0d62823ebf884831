r"""The mistakes one can make in a formula: each `(kind, where, text)` is the formula with one of them in it.

They are made in the LaTeX itself, token by token, so that reading it is put to the test as well: a checker that dropped a
hat or an index would let the mutant live. The check uses the same list backwards, to guess what was mistyped.
"""

import re
import time
from dataclasses import dataclass

from literate.formula import tree

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<environment>\\(begin|end)\{[a-z]+\})
  | (?P<accent>\\(hat|tilde|bar)\s*\{\s*(\\[a-z]+|[A-Za-z])\s*\})
  | (?P<word>\\(text|operatorname|mathbb|mathbf)\s*\{[^}]*\})
  | (?P<command>\\[A-Za-z]+)
  | (?P<escaped>\\.)
  | (?P<number>\d+(\.\d+)?)
  | (?P<letter>[A-Za-z])
  | (?P<mark>.)
""",
    re.X | re.S,
)
_FUNCTIONS = {
    "log": "exp",
    "exp": "log",
    "tanh": "sin",
    "sin": "cos",
    "cos": "sin",
    "max": "min",
    "min": "max",
}
_NAMED = {"ReLU": "sigmoid", "sigmoid": "ReLU"}
_GREEK = r"alpha|beta|gamma|delta|epsilon|eta|theta|lambda|mu|sigma|rho|phi"


SECONDS = 0.5  # a guess must not keep the author waiting


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int
    end: int
    depth: tuple[str, ...]  # what it is inside of: "_", "^", "(", "frac" …


@dataclass(frozen=True)
class Mutant:
    kind: str
    at: int  # where in the LaTeX
    was: str
    now: str
    tex: str


def tokens(tex: str) -> list[Token]:
    out, stack, script = [], [], ""
    for match in _TOKEN.finditer(tex):
        kind, text = match.lastgroup, match[0]
        kind = next(
            k
            for k in (
                "space",
                "environment",
                "accent",
                "word",
                "command",
                "escaped",
                "number",
                "letter",
                "mark",
            )
            if match[k] is not None
        )
        if kind == "space":
            continue
        if text == "{":
            stack.append(script or "{")
            script = ""
            out.append(Token(kind, text, match.start(), match.end(), tuple(stack)))
            continue
        if text == "}":
            out.append(Token(kind, text, match.start(), match.end(), tuple(stack)))
            stack = stack[:-1]
            script = ""
            continue
        inside = tuple(stack) + ((script,) if script else ())
        out.append(Token(kind, text, match.start(), match.end(), inside))
        script = text if text in ("_", "^") else ""
    return out


def mutants(tex: str) -> list[Mutant]:
    """Every mutant of a formula, each text once; what is the formula itself again is left out."""
    text = tree.normal(tex)
    found: dict[str, Mutant] = {}
    for kind, start, end, now in _edits(text):
        changed = text[:start] + now + text[end:]
        if changed.split() != text.split() and changed not in found:
            found[changed] = Mutant(kind, start, text[start:end], now, changed)
    return list(found.values())


def _edits(tex: str):
    """(kind, from, to, what stands there instead)."""
    every = tokens(tex)
    for place, token in enumerate(every):
        before = every[place - 1] if place else None
        after = every[place + 1] if place + 1 < len(every) else None
        yield from _signs(token, before, every, place)
        yield from _indices(token, every, tex)
        yield from _numbers(token, before)
        yield from _symbols(token, every)
        yield from _functions(token, after)
        yield from _relations(token)
    yield from _scripts(tex)
    yield from _terms(tex)
    yield from _factors(tex)
    yield from _fractions(tex)
    yield from _bounds(tex)


def _signs(token, before, every, place):
    if token.text in "+-" and token.kind == "mark":
        yield (
            ("sign of a term" if "_" not in token.depth else "sign in an index"),
            token.start,
            token.end,
            "-" if token.text == "+" else "+",
        )
        if before is not None and before.text in ("=", "{", "(", "&"):
            yield "sign dropped", token.start, token.end, " "
    if token.text == "=" and "_" not in token.depth:
        yield "sign of a side", token.end, token.end, " - "
        yield "term added", token.end, token.end, " 1 + "


def _indices(token, every, tex):
    if token.kind == "letter" and "_" in token.depth:
        others = sorted(
            {
                t.text
                for t in every
                if t.kind == "letter" and "_" in t.depth and t.text != token.text
            }
        )
        for other in others:
            yield "index for another", token.start, token.end, other
        yield "index for 1", token.start, token.end, "1"
        if token.depth[-1] == "_":
            braced = len([d for d in token.depth if d == "_"]) and tex[
                : token.start
            ].rstrip().endswith("_")
            plus = ("{", "}") if braced else ("", "")
            alone = (
                braced
                or tex[: token.start].rstrip().endswith("{")
                and tex[token.end :].lstrip().startswith("}")
            )
            if alone:
                yield (
                    "index off by one",
                    token.start,
                    token.end,
                    f"{plus[0]}{token.text} + 1{plus[1]}",
                )
                yield (
                    "index off by one",
                    token.start,
                    token.end,
                    f"{plus[0]}{token.text} - 1{plus[1]}",
                )
    if token.kind == "number" and "_" in token.depth:
        yield "index off by one", token.start, token.end, str(int(token.text) + 1)


def _numbers(token, before):
    if token.kind == "number" and "_" not in token.depth:
        if "^" in token.depth and before is not None and before.text == "(":
            yield "layer for another", token.start, token.end, "2" if token.text == "1" else "1"
        elif token.depth and token.depth[-1] == "^":
            yield "power", token.start, token.end, str(int(float(token.text)) + 1)
        else:
            yield "constant", token.start, token.end, f"{float(token.text) + 1:g}"
            if token.text != "0":
                yield "constant halved", token.start, token.end, f"{float(token.text) / 2:g}"


def _symbols(token, every):
    if token.kind == "accent":
        bare = re.search(r"\{\s*(.+?)\s*\}", token.text)[1]
        yield "hat dropped", token.start, token.end, bare + " "
        yield (
            "accent",
            token.start,
            token.end,
            rf"\bar{{{bare}}}" if "bar" not in token.text else rf"\hat{{{bare}}}",
        )
    symbols = sorted(
        {
            t.text
            for t in every
            if "_" not in t.depth
            and (t.kind in ("letter", "accent") or re.fullmatch(rf"\\({_GREEK})", t.text))
        }
        - {"e"}
    )
    if (
        (token.kind in ("letter", "accent") or re.fullmatch(rf"\\({_GREEK})", token.text))
        and "_" not in token.depth
        and token.text != "e"
    ):
        for other in symbols:
            if other != token.text:
                yield "symbol for another", token.start, token.end, other + " "
        if token.kind == "letter":
            yield "hat added", token.start, token.end, rf"\hat{{{token.text}}}"
    if token.kind == "word" and token.text.startswith(r"\text"):
        words = sorted({t.text for t in every if t.text.startswith(r"\text")})
        for other in words:
            if other != token.text and "otherwise" not in other + token.text:
                yield "symbol for another", token.start, token.end, other


def _functions(token, after):
    name = token.text.removeprefix("\\")
    if token.kind == "command" and name in _FUNCTIONS and not (after and after.text == "_"):
        yield "function for another", token.start, token.end, "\\" + _FUNCTIONS[name]
        if after is not None and after.text in ("(", r"\left") and name not in ("max", "min"):
            yield "function dropped", token.start, token.end, " "
    if token.kind == "word" and token.text.startswith(r"\operatorname"):
        word = token.text.split("{")[1].rstrip("} ").strip()
        other = _NAMED.get(word, "tanh")
        yield (
            "function for another",
            token.start,
            token.end,
            rf"\{other}" if other == "tanh" else rf"\operatorname{{{other}}}",
        )
    if token.text == "'":
        yield "prime dropped", token.start, token.end, " "
    if token.text == r"\sum":
        yield "sum for product", token.start, token.end, r"\prod"
    if token.text == r"\odot":
        yield "entrywise for matrix product", token.start, token.end, " "


def _relations(token):
    swap = {r"\le": "<", r"\ge": ">", "<": r"\le", ">": r"\ge"}
    if token.text in swap:
        yield "boundary of a case", token.start, token.end, swap[token.text] + " "
        yield (
            "direction of a case",
            token.start,
            token.end,
            {r"\le": r"\ge", r"\ge": r"\le", "<": ">", ">": "<"}[token.text] + " ",
        )


def _scripts(tex: str):
    for match in re.finditer(r"\^\s*(\\top(?![a-z])|\{\s*\\top\s*\})", tex):
        yield "transpose dropped", match.start(), match.end(), " "
    for match in re.finditer(r"(?<=\^\{\()(l)(?=[)\s-])", tex):
        yield "layer off by one", match.start(), match.end(), "l+1"
    for match in re.finditer(r"(?<!\\begin\{)\^\s*(\d|[a-z](?![a-z]))", tex):
        yield "power dropped", match.start(), match.end(), " "
    for match in re.finditer(r"\b([A-Z])(?=(\^\{\(\w\)\})?(?![\w_'(]|\^\{?\\top|\s*\}))", tex):
        end = match.end() + len(match[2] or "")
        yield "transpose added", match.start(), end, "(" + tex[match.start() : end] + r")^\top "


def _nodes(tex: str):
    try:
        for chain in tree.statements(
            tex, frozenset({"sigma", "f"} if re.search(r"\\sigma|f\(", tex) else ())
        ):
            for side in chain.sides:
                yield from tree.walk(side)
    except tree.NotInGrammar:
        return


def _terms(tex: str):
    for node in _nodes(tex):
        if node.kind == "add" and len(node.parts) > 1:
            for place, (sign, part) in enumerate(node.parts):
                start, end = part.span
                if place:
                    gap = node.parts[place - 1][1].span[1]
                    if tex[gap:start].strip() in ("+", "-"):
                        yield "term dropped", gap, end, " "
                elif tex[end : node.parts[1][1].span[0]].strip() in ("+", "-"):
                    yield "term dropped", start, end, "0"


def _factors(tex: str):
    for node in _nodes(tex):
        if node.kind in ("multiply", "hadamard"):
            left, right = node.parts
            yield "factor dropped", left.span[0], right.span[0], " "
            yield "factor dropped", left.span[1], right.span[1], " "
        if node.kind == "multiply" and node.span[1] > node.span[0]:
            yield "factor added", node.span[0], node.span[0], r"2 \cdot "
        if node.kind == "sqrt":
            yield (
                "root dropped",
                node.span[0],
                node.span[1],
                "(" + tex[node.span[0] : node.span[1]].split("{", 1)[1][:-1] + ")",
            )


def _fractions(tex: str):
    for node in _nodes(tex):
        if node.kind == "divide":
            top, bottom = (tex[p.span[0] : p.span[1]] for p in node.parts)
            if tex[node.span[0] :].startswith(r"\frac"):
                yield (
                    "fraction upside down",
                    node.span[0],
                    node.span[1],
                    rf"\frac{{{bottom}}}{{{top}}}",
                )
                yield "divisor dropped", node.span[0], node.span[1], f"({top})"


def _bounds(tex: str):
    for match in re.finditer(
        r"\\(?:sum|prod|max|mathbb\{E\})_\{\w\s*=\s*(\w+)\}\^(\w|\{[^}]*\})", tex
    ):
        for group, what in ((1, "lower bound"), (2, "upper bound")):
            inner = match[group].strip("{}")
            start, end = match.span(group)
            if inner.isdigit():
                yield (
                    what,
                    start,
                    end,
                    str(int(inner) + 1) if group == 1 else f"{{{int(inner) - 1}}}",
                )
            else:
                yield what, start, end, f"{{{inner} - 1}}"
    for match in re.finditer(r"\\quad\s*\w\s*=\s*([^,]+?)\s*,\s*\\dots\s*,\s*(\S+)\s*$", tex):
        yield "range of a for-all", *match.span(1), f"{match[1]} + 1"
        yield "range of a for-all", *match.span(2), f"{match[2]} - 1"


def guess(one, formula) -> str | None:
    """What was probably mistyped: the one change that makes the formula hold, if there is one. one: a scope.Function."""
    from literate.errors import Fault
    from literate.formula.check import Mismatch, code, examine
    from literate.formula.evaluate import Wrong
    from literate.formula.scope import function

    texts, call = [f.tex for f in one.formulas], code(one)
    until = time.monotonic() + SECONDS
    place = one.formulas.index(formula)
    for mutant in mutants(formula.tex):
        if time.monotonic() > until:
            return None
        try:
            examine(
                function(
                    one.module, one.node.name, [*texts[:place], mutant.tex, *texts[place + 1 :]]
                ),
                call,
                draws=2,
            )
        except (Mismatch, Wrong, Fault):
            continue
        was, now = mutant.was.strip() or "nothing", mutant.now.strip() or "nothing"
        return f"with `{now}` in place of `{was}` it would hold ({mutant.kind}?); mend the formula, or the code under it"
    return None
