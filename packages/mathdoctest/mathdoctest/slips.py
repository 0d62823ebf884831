r"""What stands in a formula in place of the right thing, or is too much."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

from mathdoctest import resolve
from mathdoctest.latex import RELATIONS
from mathdoctest.places import Place, places, total
from mathdoctest.scene import Found, Scene
from mathdoctest.syntax import (
    Absolute,
    Call,
    Condition,
    Hadamard,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Quotient,
    Reduce,
    Root,
    Sum,
    Symbol,
    Term,
    Transpose,
    walk,
)

ONE = Number(1.0)
_BIG = {"sum": r"\sum", "prod": r"\prod", "max": r"\max", "mean": r"\mathbb{E}"}
_STRICT = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_CURVES = ("log", "exp", "tanh", "sin", "cos")


def slips(place: Place, scene: Scene) -> Iterator[Found]:
    """Every exchange, and everything that may be too much, at one place."""
    for rule in (_signs, _indices, _symbols, _numbers, _order, _bounds, _calls, _too_much):
        yield from rule(place, scene)


def instead(now: str, was: str, more: str = "") -> str:
    return f"with `{now}` in place of `{was}`{more} it would hold"


# ---- signs


def _signs(place: Place, scene: Scene) -> Iterator[Found]:
    node = place.node
    if isinstance(node, Sum):
        for at, (sign, term) in enumerate(node.terms):
            terms = (*node.terms[:at], Term(-sign, term), *node.terms[at + 1 :])
            mark, other = ("+", "-") if sign > 0 else ("-", "+")
            more = f" before `{scene.said(term)}`" if len(node.terms) > 2 else ""
            kind, says = "sign", instead(other, mark, more)
            if at == 0:
                kind = "first sign" if len(node.terms) > 1 else "sign"
                how = "is missing" if sign > 0 else "is too much"
                says = f"a minus {how} before `{scene.said(term)}`"
            yield Found(kind, says, total(*terms))
    if place.whole and not (isinstance(node, Sum) and len(node.terms) == 1):
        said = scene.said(node)
        said = f"({said})" if isinstance(node, Sum) else said
        yield Found("sign", f"a minus is missing before `{said}`", total((-1, node)))


# ---- comparisons


def relations(place: Place, scene: Scene) -> Iterator[Found]:
    """Every exchange of a relation of a condition: with or without equality, or turned round."""
    node = place.node
    assert isinstance(node, Condition)
    for at, was in enumerate(node.relations):
        for kind, exchanged in (("strict", _STRICT), ("turned", _TURNED)):
            if now := exchanged.get(was):
                changed = (*node.relations[:at], now, *node.relations[at + 1 :])
                says = instead(RELATIONS.get(now, now), RELATIONS.get(was, was))
                yield Found(kind, says, replace(node, relations=changed))


# ---- indices


def _shifted(index: Node) -> Iterator[Node]:
    """An index with 1 more, 1 less, or without its shift."""
    match index:
        case Number(value):
            yield from (Number(value + step) for step in (1, -1))
        case Symbol():
            yield from (Sum((Term(1, index), Term(step, ONE))) for step in (-1, 1))
        case Sum(((1, Symbol() as letter), (sign, Number() as step))):
            yield letter
            yield Sum((Term(1, letter), Term(-sign, step)))


def _written(index: Node, scene: Scene) -> str:
    match index:
        case Number(value):
            return f"{value:g}"
        case Symbol(name):
            return scene.spelled(name) if index.span == (0, 0) else scene.said(index)
        case Sum(terms):
            first, *rest = (
                (" + " if t.sign > 0 else " - ") + _written(t.node, scene) for t in terms
            )
            return first.removeprefix(" + ") + "".join(rest)
    return scene.said(index)


def _indices(place: Place, scene: Scene) -> Iterator[Found]:
    node = place.node
    if not isinstance(node, Symbol):
        return
    if node.layer:
        for now in _shifted(node.layer):
            says = instead(_written(now, scene), _written(node.layer, scene), " as the layer")
            yield Found("index", says, replace(node, layer=now))
    every = node.indices
    if scene.function.full_name(node) not in (node.name, resolve.capital(node.name)):
        return  # the 1 of β₁ is a part of its name
    for at, index in enumerate(every):
        others = [Symbol(letter) for letter in scene.letters if Symbol(letter) != index]
        for now in (*others, *_shifted(index)):
            says = instead(_written(now, scene), _written(index, scene))
            indices = (*every[:at], now, *every[at + 1 :])
            yield Found("index", says, replace(node, indices=indices))
    if len(every) > 1:
        says = f"the indices of `{scene.said(node)}` are in the wrong order"
        yield Found("index", says, replace(node, indices=every[::-1]))
    if every:
        says = f"the index of `{scene.said(node)}` is too much"
        yield Found("bare", says, replace(node, indices=()))
    elif node.name not in scene.sizes:
        for indices in scene.index_forms:
            text = "".join(_written(index, scene) for index in indices)
            says = f"the index `{text}` is missing on `{scene.said(node)}`"
            yield Found("bare", says, replace(node, indices=indices))


# ---- symbols and numbers


def _base(node: Symbol, scene: Scene) -> str:
    """A symbol as it is written, without its scripts; a word without \\text."""
    said = scene.said(node)
    if said.startswith((r"\text", r"\mathrm", r"\operatorname")):
        return said[said.index("{") + 1 :].partition("}")[0].strip()
    return said.partition("_")[0].partition("^")[0] if node.indices or node.layer else said


def _symbols(place: Place, scene: Scene) -> Iterator[Found]:
    node = place.node
    if not isinstance(node, Symbol):
        return
    counted = {n.name: n for n in scene.nodes if isinstance(n, Symbol)}
    own = {scene.function.left(scene.chain)} - set(scene.parameters)
    lefts = [name for name in scene.function.lefts if name not in own]
    names = [*scene.parameters, *scene.whole, *lefts, *counted]
    for name in dict.fromkeys(names):
        if name in {node.name, scene.function.full_name(node), *own}:
            continue
        kind = "symbol" if name in scene.used or name in counted else "unused symbol"
        written = _base(counted[name], scene) if name in counted else scene.spelled(name)
        if written != (was := _base(node, scene)):  # two names may be spelled alike
            yield Found(kind, instead(written, was), replace(node, name=name))
        for text, other in scene.forms(name) if name in scene.parameters else ():
            if isinstance(other, Symbol) and other.indices != node.indices:
                yield Found(kind, instead(text, scene.said(node)), other)
    if node.name in scene.whole and not node.indices:
        for sign, mark in ((-1, "-"), (1, "+")):
            says = instead(f"{scene.said(node)} {mark} 1", scene.said(node))
            yield Found("off by one", says, total((1, node), (sign, ONE)))


def _numbers(place: Place, scene: Scene) -> Iterator[Found]:
    node, parent = place.node, place.parent
    if isinstance(node, Sum) and len(node.terms) == 2:
        match node.terms:
            case ((1, Symbol() as symbol), (_, Number(1.0))) if symbol.name in scene.whole:
                says = instead(scene.said(symbol), scene.said(node))
                yield Found("off by one", says, symbol)
    if not isinstance(node, Number):
        return
    value = node.value
    if value == 1 and isinstance(parent, Quotient) and place.field == "top":
        return  # a factor is missing then
    changes = dict.fromkeys([value + 1, value - 1, value * 2, value / 2, value * 10, value / 10])
    for number in (n for n in changes if n != value):
        yield Found("number", instead(f"{number:g}", scene.said(node)), Number(number))
    for name in dict.fromkeys([*scene.whole, *scene.parameters]):
        if name in scene.whole or len(scene.forms(name)) == 1:
            says = instead(scene.spelled(name), scene.said(node))
            yield Found("number", says, Symbol(name))


# ---- the order of things


def exchanges(side: Node, scene: Scene) -> Iterator[Found]:
    """Two symbols of a side, each in the place of the other."""
    found = {n.name: n for n in walk(side) if isinstance(n, Symbol)}
    for one, other in itertools.combinations(sorted(found), 2):
        says = f"`{scene.said(found[one])}` and `{scene.said(found[other])}` are exchanged"
        yield Found("exchange", says, _renamed(side, {one: other, other: one}))


def _renamed(node: Node, names: dict[str, str]) -> Node:
    """A side with other names of symbols, outside of indices."""
    for place in places(node):
        if isinstance(place.node, Symbol) and place.node.name in names:
            now = names[place.node.name]
            node = _put(node, place.node, replace(place.node, name=now))
    return node


def _put(side: Node, was: Node, now: Node) -> Node:
    return next((p.put(now) for p in places(side) if p.node is was), side)


def _order(place: Place, scene: Scene) -> Iterator[Found]:
    node = place.node
    match node:
        case Quotient(top, bottom):
            only = sum(isinstance(n, Quotient) for n in scene.nodes) == 1
            which = "the fraction" if only else f"the fraction `{scene.said(node)}`"
            yield Found("fraction", f"{which} is upside down", Quotient(bottom, top))
        case Product(left, right):
            says = f"the factors of `{scene.said(node)}` are in the wrong order"
            yield Found("order", says, Product(right, left))
            says = rf"`\odot` is missing in `{scene.said(node)}`"
            yield Found("order", says, Hadamard(left, right))
        case Hadamard(left, right):
            yield Found("order", instead(r"\cdot", r"\odot"), Product(left, right))


def _bounds(place: Place, scene: Scene) -> Iterator[Found]:
    node = place.node
    if not isinstance(node, Reduce):
        return
    for bound in filter(None, (node.low, node.high)):
        low = bound is node.low
        names = [Symbol(name) for name in scene.whole] if not low else []
        for now in (*_shifted(bound), *(name for name in names if name != bound)):
            if low and now == Number(0.0):  # from 0 a sum may count the entries otherwise
                continue
            which = " as the lower bound" if low else " as the upper bound"
            says = instead(_written(now, scene), _written(bound, scene), which)
            changed = replace(node, low=now) if low else replace(node, high=now)
            yield Found("bound", says, changed)
    for how in ("sum", "prod", "max"):  # a mean is a sum that lacks a factor
        if how != node.how:
            yield Found("big", instead(_BIG[how], _BIG.get(node.how, "")), replace(node, how=how))


def _calls(place: Place, scene: Scene) -> Iterator[Found]:
    node = place.node
    if not isinstance(node, Call):
        return
    if node.function in ("max", "min"):
        other = "min" if node.function == "max" else "max"
        says = instead("\\" + other, "\\" + node.function)
        yield Found("call", says, replace(node, function=other))
        return
    called = [n.function for n in scene.nodes if isinstance(n, Call)]
    for name in dict.fromkeys([*_CURVES, *scene.callables, *called, *scene.named]):
        if name not in (node.function, "max", "min"):
            says = instead(scene.called(name), scene.called(node.function))
            yield Found("call", says, replace(node, function=name))


# ---- too much


def _too_much(place: Place, scene: Scene) -> Iterator[Found]:
    node = place.node

    def found(what: str, kept: Node, part: Node | None = None) -> Found:
        return Found("too much", f"{what} `{scene.said(part or kept)}` is too much", kept)

    match node:
        case Product(left, right) | Hadamard(left, right):
            yield found("the factor", left, right)
            yield found("the factor", right, left)
        case Quotient(top, bottom):
            yield found("the divisor", top, bottom)
        case Root(inside):
            yield found("the square root around", inside)
        case Transpose(inside):
            yield found(r"`^\top` on", inside)
        case Power(base, exponent):
            yield found(f"the power `{scene.said(exponent)}` on", base)
        case Absolute(inside) | Norm(inside):
            says = f"the bars around `{scene.said(inside)}` are too much"
            yield Found("too much", says, inside)
        case Call(function, (inside,), primes=primes):
            if primes:
                says = f"the prime on `{scene.said(node)}` is too much"
                yield Found("too much", says, replace(node, primes=primes - 1))
            yield found(f"`{scene.called(function)}` around", inside)
        case Sum(terms) if len(terms) > 1:
            for term in terms:
                rest = [other for other in terms if other is not term]
                mark = "+" if term.sign > 0 else "-"
                says = f"the term `{mark} {scene.said(term.node)}` is too much"
                yield Found("too much", says, total(*rest))
