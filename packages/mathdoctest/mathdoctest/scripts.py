"""What stands above and below: what joins a name, what is an index, a layer, a power, a bound."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from mathdoctest import lexer, notation, resolve, syntax
from mathdoctest.errors import NotInGrammar
from mathdoctest.notation import Vocabulary
from mathdoctest.syntax import Condition, Node, Number, Symbol

Span = tuple[int, int]
Script = tuple[str, Any, int]  # kind, value, where it ends


@dataclass(frozen=True)
class Pending:
    """A factor whose meaning depends on its neighbours.

    kind: function, group, primed (a symbol with primes), nabla, diff, operator (a derivative
    without what it is taken of) or indicator. name: of a function. items: what is in brackets.
    node: a primed symbol. bottoms: of a derivative. bracket: `(`, `[` or `{` of a group.
    inner: the span without scripts.
    """

    kind: str
    span: Span
    name: str = ""
    items: tuple[Node, ...] = ()
    bracket: str = ""
    node: Symbol | None = None
    bottoms: tuple[Symbol, ...] = ()
    inner: Span = (0, 0)
    scripts: tuple[Script, ...] = ()


class Scripts:
    """The symbols of one formula with their scripts, and powers of all else.

    capitals: letters that are only ever all of a subscript.
    """

    def __init__(self, tex: str, vocabulary: Vocabulary, capitals: frozenset[str]):
        self.tex, self.vocabulary, self.capitals = tex, vocabulary, capitals
        self.spelled = notation.spelled(vocabulary)

    def symbol(self, span: Span, base: Symbol, scripts: tuple[Script, ...]) -> Any:
        if alias := self.spelled.get(base.name.rstrip("_")):
            base = replace(base, name=alias[0])
        base, scripts = self._spelled_out(span, base, scripts)
        found = collected(scripts, span)
        primes = found.pop("prime", 0)
        name, indices = base.name, _checked(found.pop("index", ()), span)
        joining = [i.name for i in indices if isinstance(i, Symbol) and self._joins(i)]
        name = "_".join([name, *joining])
        indices = tuple(i for i in indices if not self._joins(i))
        match found.get("power"):
            case (Symbol(word, None, (), upright=True),):
                del found["power"]
                name += f"_{word}"
            case (above,) if self._is_layer(base, above):
                found["layer"] = above
                del found["power"]
        upright = base.upright and not scripts
        node = Symbol(name, found.pop("layer", None), indices, span=span, upright=upright)
        if primes:
            rest = tuple((kind, value, span[1]) for kind, value in found.items())
            return Pending("primed", span, node=node, scripts=(("prime", primes, span[1]), *rest))
        return self.raised(node, found, span)

    def _is_layer(self, base: Symbol, above: Node) -> bool:
        if base.name in self.vocabulary.layered and isinstance(above, Symbol):
            return True
        names = {n.name for n in syntax.walk(above) if isinstance(n, Symbol)}
        return resolve.is_layer(above) and not names & self.vocabulary.names

    def _joins(self, index: Node) -> bool:
        """Whether an index is a word that belongs to the name, not one that has a value."""
        if not isinstance(index, Symbol) or index.indices or index.layer is not None:
            return False
        if index.name in self.vocabulary.labels or index.name in self.capitals:
            return True
        return index.upright and index.name not in self.vocabulary.names

    def _spelled_out(
        self, span: Span, base: Symbol, scripts: tuple[Script, ...]
    ) -> tuple[Symbol, tuple[Script, ...]]:
        """A symbol whose name includes scripts: W_{xh}, where `W_xh` is one; what is left."""
        if not self.spelled or not scripts:
            return base, scripts
        start = span[0]
        for count in range(len(scripts), 0, -1):
            key = lexer.canonical(_closed(self.tex[start : scripts[count - 1][2]]))
            if key in self.spelled:
                said = all(map(self._is_said, scripts[:count]))
                return self._named(key, base, span, said), scripts[count:]
        return self._labelled(span, base, scripts)

    def _labelled(
        self, span: Span, base: Symbol, scripts: tuple[Script, ...]
    ) -> tuple[Symbol, tuple[Script, ...]]:
        """The entry `b_i^f` of the symbol `b^f`."""
        if len(scripts) != 2 or scripts[0][0] != "index" or scripts[1][0] not in ("power", "layer"):
            return base, scripts
        above = self.tex[scripts[0][2] : scripts[1][2]]
        key = lexer.canonical(base.name.rstrip("_") + _closed(above))
        name, declared = self.spelled.get(key, ("", False))
        is_one = bool(name) and (declared or base.name not in self.vocabulary.arrays)
        return (Symbol(name, span=span), scripts[:1]) if is_one else (base, scripts)

    def _is_said(self, script: Script) -> bool:
        """Whether a script is a word, which is no index."""
        kind, value, _ = script
        return kind in ("index", "power") and all(map(self._joins, value))

    def _named(self, key: str, base: Symbol, span: Span, said: bool) -> Symbol:
        name, declared = self.spelled[key]
        # a letter with 0 below is no entry: they count from 1
        is_entry = base.name in self.vocabulary.arrays and not key.endswith("_0")
        if not declared and not said and is_entry and "^" not in key:
            text = self.tex[slice(*span)]
            raise NotInGrammar("two names", span[0], text=text, name=name, array=base.name)
        return Symbol(name, span=span)

    def raised(self, node: Node, found: dict[str, Any], span: Span) -> Node:
        """A node with its indices, its power and its transpose; no other script may be left."""
        if "layer" in found:
            raise NotInGrammar("layer on", span[0])
        if "prime" in found:
            raise NotInGrammar("prime on", span[0])
        if "index" in found:
            node = syntax.Index(node, _checked(found["index"], span), span=span)
        if "factorial" in found:
            if "power" in found or "transpose" in found:
                raise NotInGrammar("factorial and power", span[0])
            return syntax.Call("factorial", (node,), span=span)
        if "power" in found:
            (power,) = found["power"] if len(found["power"]) == 1 else (None,)
            if power is None:
                raise NotInGrammar("power", span[0])
            if transposed := self._transposed(node, power, span):
                return transposed
            node = syntax.Power(node, as_value(power, span), span=span)
        return syntax.Transpose(node, span=span) if "transpose" in found else node

    def _transposed(self, node: Node, power: Node, span: Span) -> Node | None:
        """`A^T` and `A^{-T}`, where T has no value; e^T and 2^T are powers."""
        is_number = isinstance(node, Number) or node == Symbol("e")
        if "T" in self.vocabulary.names or is_number and "e" not in self.vocabulary.names:
            return None
        if power == Symbol("T"):
            return syntax.Transpose(node, span=span)
        is_matrix = isinstance(node, Symbol) and node.name[:1].isupper()
        if is_matrix and power == syntax.Sum((syntax.Term(-1, Symbol("T")),)):
            minus_one = syntax.Sum(
                (syntax.Term(-1, Number(1.0, span=power.span)),), span=power.span
            )
            return syntax.Transpose(syntax.Power(node, minus_one, span=span), span=span)
        return None

    def side_by_side(self, node: Node) -> list[Node]:
        """Letters and digits next to each other are separate indices."""
        if isinstance(node, syntax.Product):
            between = self.tex[node.left.span[1] : node.right.span[0]]
            parts = self.side_by_side(node.left) + self.side_by_side(node.right)
            plain = all(isinstance(part, Symbol | Number) for part in parts)
            if plain and not between.strip(" {},"):
                return parts
        text = self.tex[slice(*node.span)]
        if isinstance(node, Number) and len(text) > 1 and text.isdigit():
            start, digits = node.span[0], enumerate(text)
            return [Number(float(d), span=(start + k, start + k + 1)) for k, d in digits]
        return [node]


def _closed(tex: str) -> str:
    r"""The `\hat{\beta_k}` of `\hat{\beta_k`, to which a script of the inner letter reaches."""
    depth = tex.count("{") - tex.count("}")
    return "{" * -depth + tex + "}" * depth


def collected(scripts: tuple[Script, ...], span: Span) -> dict[str, Any]:
    """The scripts of a base by kind: each at most once, but primes, which are counted."""
    found = {kind: value for kind, value, _ in scripts}
    for kind, count in Counter(kind for kind, _, _ in scripts).items():
        if kind == "prime":
            found[kind] = max(count, found[kind] or 0)
        elif count > 1:
            raise NotInGrammar("two scripts", span[0], kind=kind)
    return found


def _checked(indices: tuple[Node, ...], span: Span) -> tuple[Node, ...]:
    if any(isinstance(i, Condition) and "=" in i.relations for i in indices):
        raise NotInGrammar("equation as index", span[0])
    return indices


def as_value(node: Node, span: Span) -> Node:
    if isinstance(node, Condition):
        raise NotInGrammar("relation as value", span[0])
    return node


def reduced(how: str, below: tuple[Node, ...], above: Node | None, body: Node, span: Span) -> Node:
    """A sum and the like, from what stands below and above its sign."""
    letters: list[str] = []
    low: Node | None = None
    conditions = []
    for part in below:
        match part:
            case Condition((Symbol(letter, None, ()), first), ("=",)) if low is None:
                letters, low = [*letters, letter], first
            case syntax.Interval(first, last, Symbol(letter)) if low is None and above is None:
                letters, low, above = [*letters, letter], first, last
            case Condition(_, ("=",)) | syntax.Interval():
                raise NotInGrammar("two ranges", span[0])
            case Condition((Symbol(letter, None, ()), _), ("in" | "sim",)):
                letters.append(letter)
                conditions.append(part)
            case Condition((Symbol(_, None, (Symbol(letter, None, ()),)), _), ("in" | "sim",)):
                letters.append(letter)  # `x_i \in X` only says where the entries come from
            case Condition():
                conditions.append(part)
            case Symbol(letter, None, ()):
                letters.append(letter)
            case _ if len(below) > 1:
                raise NotInGrammar("what runs", span[0])
            case _:
                low = part
    if low is None and above is not None and len(letters) == 1:
        low = Number(1.0, span=span)
    return syntax.Reduce(how, tuple(letters), low, above, body, tuple(conditions), span=span)
