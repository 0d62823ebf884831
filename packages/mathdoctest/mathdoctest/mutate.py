r"""The single mistakes that can be made in a formula: each mutant is the formula with one of them.

The mistakes are made in the LaTeX, token by token, so that a mutation test covers the reader too:
a checker that dropped a hat or an index would let such a mutant pass. `hints.guess` uses the same
list to say what was probably mistyped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from mathdoctest import reader
from mathdoctest.errors import NotInGrammar
from mathdoctest.notation import Vocabulary
from mathdoctest.syntax import Hadamard, Node, Product, Quotient, Root, Sum, walk

_TOKEN = re.compile(
    r"""
    (?P<environment>\\(?:begin|end)\{[a-z]+\})
  | (?P<accent>\\(?:hat|tilde|bar)\s*\{\s*(?:\\[a-z]+|[A-Za-z])\s*\})
  | (?P<word>\\(?:text|operatorname|mathbb|mathbf)\s*\{[^}]*\})
  | (?P<command>\\[A-Za-z]+)
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<letter>[A-Za-z])
  | (?P<mark>\\.|\S)
""",
    re.X | re.S,
)
_GREEK = re.compile(r"\\(alpha|beta|gamma|delta|epsilon|eta|theta|lambda|mu|sigma|rho|phi)")
_FUNCTIONS = dict(log="exp", exp="log", tanh="sin", sin="cos", cos="sin", max="min", min="max")
_NAMED = {"ReLU": "sigmoid", "sigmoid": "ReLU"}
_STRICT = {r"\le": "<", r"\ge": ">", "<": r"\le", ">": r"\ge"}
_REVERSED = {r"\le": r"\ge", r"\ge": r"\le", "<": ">", ">": "<"}


@dataclass(frozen=True)
class Mutant:
    """A formula with one mistake, `tex`: at character `at` of the LaTeX, `was` became `now`."""

    kind: str
    at: int
    was: str
    now: str
    tex: str


class Edit(NamedTuple):
    """Replace the LaTeX between start and end by now."""

    kind: str
    start: int
    end: int
    now: str


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    before: str  # the text of the token before it
    after: str
    inside: tuple[str, ...]  # the scripts and groups around it: "_", "^", "{"

    @property
    def in_index(self) -> bool:
        return "_" in self.inside

    @property
    def group(self) -> str:
        """What it may be mistaken for: another "symbol", "index" or "word"; else empty."""
        if self.kind in ("letter", "accent") or _GREEK.fullmatch(self.text):
            if self.in_index:
                return "index" if self.kind == "letter" else ""
            return "symbol" if self.text != "e" else ""
        return "word" if self.kind == "word" and self.text.startswith(r"\text") else ""

    def becomes(self, kind: str, now: str) -> Edit:
        return Edit(kind, self.start, self.start + len(self.text), now)


def tokens(tex: str) -> list[Token]:
    """The tokens of a formula, without spaces."""
    out: list[Token] = []
    groups: list[str] = []
    script = ""
    matches = list(_TOKEN.finditer(tex))
    texts = ["", *(match[0] for match in matches), ""]
    for match, before, text, after in zip(matches, texts, texts[1:], texts[2:], strict=False):
        if text == "{":
            groups.append(script or "{")
            script = ""
        inside = (*groups, script) if script and text != "}" else tuple(groups)
        out.append(Token(match.lastgroup or "", text, match.start(), before, after, inside))
        if text == "}":
            groups = groups[:-1]
        script = text if text in ("_", "^") else ""
    return out


def mutants(tex: str) -> list[Mutant]:
    """Every mutant of a formula, each text once, without those that only differ in spaces."""
    text = tex
    found: dict[str, Mutant] = {}
    for kind, start, end, now in _edits(text):
        changed = text[:start] + now + text[end:]
        if changed.split() != text.split() and changed not in found:
            found[changed] = Mutant(kind, start, text[start:end], now, changed)
    return list(found.values())


def _edits(tex: str) -> Iterator[Edit]:
    every = tokens(tex)
    for token in every:
        others = sorted({t.text for t in every if t.group == token.group} - {token.text})
        for rule in (_signs, _indices, _numbers, _symbols, _functions, _relations):
            yield from rule(token, others)
    yield from _scripts(tex)
    nodes = _nodes(tex)
    for each in (_terms, _factors, _fractions):
        for node in nodes:
            yield from each(node, tex)
    yield from _bounds(tex)


# ---- one token


def _signs(token: Token, others: list[str]) -> Iterator[Edit]:
    if token.text in ("+", "-"):
        kind = "sign in an index" if token.in_index else "sign of a term"
        yield token.becomes(kind, "-" if token.text == "+" else "+")
        if token.before in ("=", "{", "(", "&"):
            yield token.becomes("sign dropped", " ")
    if token.text == "=" and not token.in_index:
        yield Edit("sign of a side", token.start + 1, token.start + 1, " - ")
        yield Edit("term added", token.start + 1, token.start + 1, " 1 + ")


def _indices(token: Token, others: list[str]) -> Iterator[Edit]:
    if token.kind == "number" and token.in_index:
        yield token.becomes("index off by one", str(int(token.text) + 1))
    if token.group != "index":
        return
    for other in others:
        yield token.becomes("index for another", other)
    yield token.becomes("index for 1", "1")
    bare = token.before == "_"
    if token.inside[-1] == "_" and (bare or token.before + token.after == "{}"):
        for step in ("+ 1", "- 1"):
            now = f"{token.text} {step}"
            yield token.becomes("index off by one", f"{{{now}}}" if bare else now)


def _numbers(token: Token, others: list[str]) -> Iterator[Edit]:
    if token.kind != "number" or token.in_index:
        return
    value = float(token.text)
    if "^" in token.inside and token.before == "(":
        yield token.becomes("layer for another", "2" if token.text == "1" else "1")
    elif token.inside and token.inside[-1] == "^":
        yield token.becomes("power", str(int(value) + 1))
    else:
        yield token.becomes("constant", f"{value + 1:g}")
        if token.text != "0":
            yield token.becomes("constant halved", f"{value / 2:g}")


def _symbols(token: Token, others: list[str]) -> Iterator[Edit]:
    if token.kind == "accent":
        bare = token.text.partition("{")[2].rstrip("}").strip()
        accent = "hat" if "bar" in token.text else "bar"
        yield token.becomes("hat dropped", bare + " ")
        yield token.becomes("accent", rf"\{accent}{{{bare}}}")
    for other in others if token.group in ("symbol", "word") else ():
        if "otherwise" not in other + token.text:
            space = " " * (token.group == "symbol")
            yield token.becomes("symbol for another", other + space)
    if token.group == "symbol" and token.kind == "letter":
        yield token.becomes("hat added", rf"\hat{{{token.text}}}")


def _functions(token: Token, others: list[str]) -> Iterator[Edit]:
    name = token.text.removeprefix("\\")
    if token.kind == "command" and name in _FUNCTIONS and token.after != "_":
        yield token.becomes("function for another", "\\" + _FUNCTIONS[name])
        if token.after in ("(", r"\left") and name not in ("max", "min"):
            yield token.becomes("function dropped", " ")
    if token.kind == "word" and token.text.startswith(r"\operatorname"):
        other = _NAMED.get(token.text.partition("{")[2].rstrip("} ").strip())
        now = rf"\operatorname{{{other}}}" if other else r"\tanh"
        yield token.becomes("function for another", now)
    for text, kind, now in (
        ("'", "prime dropped", " "),
        (r"\sum", "sum for product", r"\prod"),
        (r"\odot", "entrywise for matrix product", " "),
    ):
        if token.text == text:
            yield token.becomes(kind, now)


def _relations(token: Token, others: list[str]) -> Iterator[Edit]:
    if token.text in _STRICT:
        yield token.becomes("boundary of a case", _STRICT[token.text] + " ")
        yield token.becomes("direction of a case", _REVERSED[token.text] + " ")


# ---- scripts, terms, factors and bounds


def _scripts(tex: str) -> Iterator[Edit]:
    for kind, pattern, now in (
        ("transpose dropped", r"\^\s*(\\top(?![a-z])|\{\s*\\top\s*\})", " "),
        ("layer off by one", r"(?<=\^\{\()(l)(?=[)\s-])", "l+1"),
        ("power dropped", r"(?<!\\begin\{)\^\s*(\d|[a-z](?![a-z]))", " "),
    ):
        for match in re.finditer(pattern, tex):
            yield Edit(kind, match.start(), match.end(), now)
    matrix = r"\b([A-Z])(?=(\^\{\(\w\)\})?(?![\w_'(]|\^\{?\\top|\s*\}))"
    for match in re.finditer(matrix, tex):
        start, end = match.start(), match.end() + len(match[2] or "")
        yield Edit("transpose added", start, end, rf"({tex[start:end]})^\top ")


def _nodes(tex: str) -> list[Node]:
    functions = {"sigma", "f"} if re.search(r"\\sigma|f\(", tex) else ()
    try:
        chains = reader.statements(tex, Vocabulary(frozenset(functions)))
    except NotInGrammar:
        return []
    return [node for chain in chains for side in chain.sides for node in walk(side)]


def _terms(node: Node, tex: str) -> Iterator[Edit]:
    if not isinstance(node, Sum) or len(node.terms) == 1:
        return
    spans = [term.node.span for term in node.terms]
    for place, (start, end) in enumerate(spans):
        gap = (spans[place - 1][1], start) if place else (end, spans[1][0])
        if tex[slice(*gap)].strip() in ("+", "-"):
            yield Edit("term dropped", gap[0] if place else start, end, " " if place else "0")


def _factors(node: Node, tex: str) -> Iterator[Edit]:
    start, end = node.span
    if isinstance(node, (Product, Hadamard)):
        left, right = node.left.span, node.right.span
        yield Edit("factor dropped", left[0], right[0], " ")
        yield Edit("factor dropped", left[1], right[1], " ")
    if isinstance(node, Product) and end > start:
        yield Edit("factor added", start, start, r"2 \cdot ")
    if isinstance(node, Root):
        yield Edit("root dropped", start, end, f"({tex[start:end].partition('{')[2][:-1]})")


def _fractions(node: Node, tex: str) -> Iterator[Edit]:
    start, end = node.span
    if isinstance(node, Quotient) and tex[start:].startswith(r"\frac"):
        top, bottom = tex[slice(*node.top.span)], tex[slice(*node.bottom.span)]
        yield Edit("fraction upside down", start, end, rf"\frac{{{bottom}}}{{{top}}}")
        yield Edit("divisor dropped", start, end, f"({top})")


def _bounds(tex: str) -> Iterator[Edit]:
    big = r"\\(?:sum|prod|max|mathbb\{E\})_\{\w\s*=\s*(?P<low>\w+)\}\^(?P<high>\w|\{[^}]*\})"
    for match in re.finditer(big, tex):
        for group, kind in (("low", "lower bound"), ("high", "upper bound")):
            bound = match[group].strip("{}")
            now = f"{{{bound} - 1}}"
            if bound.isdigit():
                now = str(int(bound) + 1) if group == "low" else f"{{{int(bound) - 1}}}"
            yield Edit(kind, *match.span(group), now)
    forall = r"\\quad\s*\w\s*=\s*([^,]+?)\s*,\s*\\dots\s*,\s*(\S+)\s*$"
    for match in re.finditer(forall, tex):
        yield Edit("range of a for-all", *match.span(1), f"{match[1]} + 1")
        yield Edit("range of a for-all", *match.span(2), f"{match[2]} - 1")
