"""From LaTeX to a tree of nodes, by the grammar of `grammar.lark`.

A name is written as in code: `\\hat{y}` is y_hat, `\\delta` delta, `c_{\\text{FN}}` c_FN; a layer and indices stay apart,
for only the names in scope tell whether `W^{(1)}` is the array W1 or the first of a list W.
"""

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

GRAMMAR = Path(__file__).with_name("grammar.lark")
RELATIONS = {"=": "=", "<": "<", ">": ">", r"\le": "<=", r"\leq": "<=", r"\ge": ">=", r"\geq": ">="}


class NotInGrammar(ValueError):
    """The formula is outside the grammar, or breaks one of its rules. at: the character where."""

    def __init__(self, what: str, at: int):
        super().__init__(what)
        self.at = at


@dataclass(frozen=True)
class Node:
    """kind and parts; span: where it stands in the TeX, from and to.

    number value · symbol name, layer, indices · call function, primes, arguments · add (sign, node)… · multiply a b ·
    hadamard a b · divide a b · power a b · transpose a · sqrt a · norm a order · absolute a · reduce how letter low high
    body · cases (node, condition | None)… · matrix rows · indicator condition · derivative top bottoms · ones n · unit i ·
    identity n
    """

    kind: str
    parts: tuple
    span: tuple[int, int] = field(compare=False, default=(0, 0))


@dataclass(frozen=True)
class ForAll:
    letter: str
    first: Node
    last: Node


@dataclass(frozen=True)
class Statement:
    """One chain: sides with the relation between each and the next; where: the "for all" at its end."""

    sides: tuple[Node, ...]
    relations: tuple[str, ...]  # "=", "<", …, "in"
    where: ForAll | None


def normal(tex: str) -> str:
    """The formula with every pair of \\| told apart into its opening and closing form, as KaTeX draws it anyway."""
    bars = iter(range(tex.count(r"\|")))
    return re.sub(r"\\\|", lambda m: r"\rVert " if next(bars) % 2 else r"\lVert ", tex)


@functools.lru_cache(maxsize=1)
def parser() -> Lark:
    return Lark(
        GRAMMAR.read_text("utf-8"),
        parser="lalr",
        start=["start", "expr"],
        propagate_positions=True,
        maybe_placeholders=False,
    )


@functools.lru_cache(maxsize=8192)
def _tree(tex: str, start: str) -> Tree:
    try:
        return parser().parse(normal(tex), start=start)
    except UnexpectedInput as error:
        at = (
            error.pos_in_stream
            if error.pos_in_stream is not None and error.pos_in_stream >= 0
            else len(tex)
        )
        seen = normal(tex)[at : at + 24].strip().split("\n")[0]
        raise NotInGrammar(
            f"outside the grammar at `{seen}`"
            if seen
            else "outside the grammar: it ends too early",
            at,
        ) from None


def statements(tex: str, functions: frozenset[str] = frozenset()) -> list[Statement]:
    """The formula's chains. functions: names that are functions here. Raises NotInGrammar."""
    return _Reader(functions).statements(_tree(tex, "start"))


def expression(tex: str, functions: frozenset[str] = frozenset()) -> Node:
    """An expression alone, as in inline maths. Raises NotInGrammar."""
    return _Reader(functions).read(_tree(tex, "expr"))


def walk(node: Node):
    """The node and all below it."""
    yield node
    for part in _flat(node.parts):
        if isinstance(part, Node):
            yield from walk(part)


def _flat(parts):
    for part in parts:
        if isinstance(part, tuple):
            yield from _flat(part)
        else:
            yield part


def name_of(token: str) -> str:
    """`\\hat{y}` → y_hat, `\\beta` → beta, `\\text{recall}` → recall."""
    if accent := re.fullmatch(r"\\(hat|tilde|bar)\s*\{\s*(.+?)\s*\}", token):
        return f"{name_of(accent[2])}_{accent[1]}"
    if word := re.fullmatch(r"\\(?:text|operatorname)\s*\{(.+)\}", token):
        return word[1].strip().replace(" ", "_")
    return token.removeprefix("\\") + "_" * (token == r"\lambda")  # a word of Python's own


class _Reader:
    """Turns lark's tree into nodes; every method is named after a rule of the grammar."""

    def __init__(self, functions: frozenset[str]):
        self.functions = functions

    # ---- chains

    def statements(self, tree: Tree) -> list[Statement]:
        if tree.data == "statements":
            return [self._statement(tree.children[0])]
        out: list[list] = []
        for row in tree.children:
            if row.data == "begin":
                out.append([[], [], None])
            elif not out:
                raise NotInGrammar(
                    "the first row of `aligned` has no left side", row.meta.start_pos
                )
            for child in row.children:
                self._take(child, out[-1])
        return [Statement(tuple(sides), tuple(relations), where) for sides, relations, where in out]

    def _statement(self, tree: Tree) -> Statement:
        if tree.data == "member":
            sides = [self.read(tree.children[0]), self.read(tree.children[1])]
            return Statement(tuple(sides), ("in",), None)
        chain = [[], [], None]
        for child in tree.children:
            self._take(child, chain)
        return Statement(tuple(chain[0]), tuple(chain[1]), chain[2])

    def _take(self, child, chain: list) -> None:
        if isinstance(child, Token):
            chain[1].append(RELATIONS[child.lstrip("& ").strip()])
        elif child.data == "forall":
            letter, *bounds = child.children
            chain[2] = ForAll(name_of(letter), *map(self.read, bounds))
        else:
            chain[0].append(self.read(child))

    # ---- expressions

    def read(self, tree) -> Node:
        if isinstance(tree, Token):
            span = (tree.start_pos, tree.end_pos)
            return (
                Node("number", (float(tree),), span)
                if tree.isdigit()
                else Node("symbol", (name_of(tree), None, ()), span)
            )
        span = (tree.meta.start_pos, tree.meta.end_pos)
        kind, parts = getattr(self, f"_{tree.data}")(tree.children, span)
        return Node(kind, parts, span)

    def _expr(self, children, span):
        terms, sign = [], 1
        for child in children:
            if isinstance(child, Token) and child.type == "SIGN":
                sign = -1 if child == "-" else 1
            else:
                terms.append((sign, self.read(child)))
        return (
            self._same(terms[0][1])
            if len(terms) == 1 and terms[0][0] == 1
            else ("add", tuple(terms))
        )

    def _same(self, node: Node):
        return node.kind, node.parts

    def _hadamard(self, children, span):
        return "hadamard", tuple(map(self.read, children))

    def _side(self, children, span):
        return self._product(self._factors(Tree("side", children)), span)

    def _factors(self, tree) -> list[Tree]:
        """The factors of a product, with DOT tokens between them, in reading order."""
        if isinstance(tree, Tree) and tree.data == "side":
            return [*self._factors(tree.children[0]), *tree.children[1:]]
        return [tree]

    def _product(self, factors: list, span):
        """Left to right; a function takes what stands behind it."""
        nodes, at = [], 0
        while at < len(factors):
            if isinstance(factors[at], Token):
                at += 1
                continue
            applied = self._applied(factors, at)
            if applied:
                nodes.append(applied[0])
                at = applied[1]
            else:
                nodes.append(self.read(factors[at]))
                at += 1
        out = nodes[0]
        for node in nodes[1:]:
            out = Node("multiply", (out, node), (out.span[0], node.span[1]))
        return self._same(out)

    def _times_big(self, children, span):
        big = self.read(children[-1])
        left, parts = self._product(self._factors(children[0]), (span[0], big.span[0]))
        return "multiply", (Node(left, parts, (span[0], big.span[0])), big)

    def _big(self, children, span):
        how, letter, low, high, body = children
        how = {"s": "sum", "p": "prod", "m": "max"}[how[1]] if "mathbb" not in how else "mean"
        return "reduce", (how, name_of(letter), self.read(low), self.read(high), self.read(body))

    # ---- a factor with its scripts

    def _function_of(self, item) -> str | None:
        """The function's name if this factor is one."""
        if isinstance(item, Token) or item.data != "scripted":
            return None
        base = item.children[0]
        if not isinstance(base, Tree) or base.data not in (
            "letter",
            "accented",
            "operator",
            "function",
            "word",
        ):
            return None
        name = name_of(base.children[0])
        return name if base.data in ("function", "operator") or name in self.functions else None

    def _applied(self, factors: list, at: int) -> tuple[Node, int] | None:
        item = factors[at]
        name = self._function_of(item)
        if name is None:
            return None
        layer, indices, power, primes, post = self._scripts(item.children[1:], item)
        begin = item.meta.start_pos
        if indices or post == "transpose":
            raise NotInGrammar(f"the function {name} with an index", begin)
        after = next(
            (n for n in range(at + 1, len(factors)) if not isinstance(factors[n], Token)), None
        )
        if after is None or after != at + 1:
            raise NotInGrammar(f"the function {name} has nothing to apply to", begin)
        argument = factors[after]
        outer = []
        if (
            argument.data == "scripted"
            and isinstance(argument.children[0], Tree)
            and argument.children[0].data == "group"
        ):
            arguments = tuple(map(self.read, argument.children[0].children))
            outer = argument.children[1:]
            end = argument.children[0].meta.end_pos
        elif name in ("log", "exp", "tanh", "sin", "cos"):
            inner = self._applied(factors, after)
            arguments = (inner[0] if inner else self.read(argument),)
            after, end = (
                (inner[1] - 1, inner[0].span[1]) if inner else (after, argument.meta.end_pos)
            )
        else:
            raise NotInGrammar(f"write ({name}) with parentheses behind it", begin)
        node = Node("call", (name, layer, primes, arguments), (begin, end))
        if power is not None:
            node = Node("power", (node, power), node.span)
        return self._dressed(node, outer, argument.meta.end_pos), after + 1

    def _dressed(self, node: Node, scripts: list, end: int) -> Node:
        for script in scripts:
            span = (node.span[0], end)
            if script.data == "power":
                node = Node("power", (node, self.read(script.children[0])), span)
            elif script.data == "top":
                node = Node("transpose", (node,), span)
            else:
                raise NotInGrammar(
                    f"a {script.data} behind a parenthesis",
                    script.meta.start_pos if not script.meta.empty else end,
                )
        return node

    def _scripts(self, scripts: list, item):
        """layer, indices, power, primes, and what comes last of a base's scripts; each at most once."""
        layer, indices, power, primes, post, text = None, (), None, 0, None, ""
        seen = set()
        for script in scripts:
            kind = script.data.removesuffix("_text")
            if kind in seen and kind != "prime":
                raise NotInGrammar(f"two scripts of one kind ({kind})", item.meta.start_pos)
            seen.add(kind)
            if script.data == "layer":
                layer = self.read(script.children[-1])
            elif script.data == "sub":
                indices = self._indices(script.children[0])
            elif script.data == "sub_text":
                text = "_" + name_of(script.children[0])
                indices = self._indices(script.children[1]) if len(script.children) > 1 else ()
            elif script.data == "power":
                power = self.read(script.children[0])
            elif script.data == "prime":
                primes += 1
            else:
                post = "transpose"
        self._text = text
        return layer, indices, power, primes, post

    def _indices(self, tree) -> tuple[Node, ...]:
        if isinstance(tree, Token):
            return (self.read(tree),)
        return tuple(map(self.read, tree.children))

    def _index(self, children, span):
        return self._same(self.read(children[0]))

    def _index_of(self, children, span):
        if len(children) == 1:
            return self._same(self.read(children[0]))
        return "symbol", (name_of(children[0]), None, (self.read(children[1]),))

    def _index_sum(self, children, span):
        return self._expr(children, span)

    def _scripted(self, children, span):
        base, scripts = children[0], children[1:]
        item = Tree("scripted", children)
        item.meta.start_pos, item.meta.end_pos, item.meta.empty = *span, False
        if (name := self._function_of(item)) is not None:
            raise NotInGrammar(f"the function {name} has nothing to apply to", span[0])
        layer, indices, power, primes, post = self._scripts(scripts, item)
        if primes:
            raise NotInGrammar("a prime on what is not a function", span[0])
        node = self._based(base, layer, indices, span)
        if power is not None:
            if power.kind == "symbol" and power.parts[0] in ("T", "l"):
                raise NotInGrammar(r"write ^\top for the transpose, ^{(l)} for a layer", span[0])
            node = Node("power", (node, power), span)
        if post:
            node = Node("transpose", (node,), span)
        return self._same(node)

    def _based(self, base, layer, indices, span) -> Node:
        if base.data in ("letter", "accented", "word"):
            name = name_of(base.children[0]) + self._text
            return Node("symbol", (name, layer, indices), span)
        if base.data == "bold":
            return self._bold(base.children[0], indices, span)
        if base.data == "norm" and len(indices) == 1:
            return Node("norm", (self.read(base.children[0]), indices[0].parts[0]), span)
        if indices or layer is not None:
            raise NotInGrammar(f"an index or a layer on a {base.data}", span[0])
        return self.read(base)

    def _bold(self, token, indices, span) -> Node:
        kind = {"1": "ones", "e": "unit", "I": "identity"}[token.rstrip("} ")[-1]]
        if len(indices) != 1:
            raise NotInGrammar(f"{token} needs one index", span[0])
        return Node(kind, indices, span)

    # ---- bases

    def _number(self, children, span):
        return "number", (float(children[0]),)

    def _group(self, children, span):
        if len(children) > 1:
            raise NotInGrammar("a comma in parentheses that no function takes", span[0])
        return self._same(self.read(children[0]))

    def _frac(self, children, span):
        return "divide", tuple(map(self.read, children))

    def _sqrt(self, children, span):
        return "sqrt", (self.read(children[0]),)

    def _norm(self, children, span):
        return "norm", (self.read(children[0]), 2.0)

    def _absolute(self, children, span):
        return "absolute", (self.read(children[0]),)

    def _derivative(self, children, span):
        children = [c for c in children if not (isinstance(c, Token) and c.type == "PARTIAL")]
        order = (
            int(children.pop(0))
            if isinstance(children[0], Token) and children[0].type == "DIGIT"
            else 1
        )
        top, bottoms = self.read(children[0]), []
        for below in children[1:]:
            node = self.read(below.children[0])
            times = 1
            if node.kind == "power" and node.parts[1].kind == "number":
                node, times = node.parts[0], int(node.parts[1].parts[0])
            bottoms += [node] * times
        if len(bottoms) != order:
            raise NotInGrammar(f"a derivative of order {order} with {len(bottoms)} below", span[0])
        for node in (top, *bottoms):
            if node.kind != "symbol":
                raise NotInGrammar("a derivative of or along what is not a symbol", node.span[0])
        return "derivative", (top, tuple(bottoms))

    def _gradient(self, children, span):
        along = self.read(children[0])
        of = self.read(children[1])
        if along.kind != "symbol" or of.kind != "symbol":
            raise NotInGrammar("a gradient of or along what is not a symbol", span[0])
        return "derivative", (of, (along,))

    def _indicator(self, children, span):
        return "indicator", (self._compared(children),)

    def _condition(self, children, span):
        return "condition", self._compared(children)

    def _compared(self, children) -> tuple:
        return tuple(
            RELATIONS[c.lstrip("& ").strip()]
            if isinstance(c, Token) and c.type == "REL"
            else self.read(c)
            for c in children
        )

    def _cases(self, children, span):
        rows = []
        for case in children:
            value, condition = case.children
            rows.append(
                (
                    self.read(value),
                    None if isinstance(condition, Token) else self._compared(condition.children),
                )
            )
        return "cases", tuple(rows)

    def _matrix(self, children, span):
        return "matrix", tuple(tuple(map(self.read, line.children)) for line in children)
