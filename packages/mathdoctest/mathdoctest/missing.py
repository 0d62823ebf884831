r"""What a formula may lack: at each place, the node with one thing more around it or beside it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from mathdoctest import backends
from mathdoctest.places import Place, total
from mathdoctest.scene import Found, Scene
from mathdoctest.syntax import (
    Absolute,
    Call,
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
    Transpose,
    walk,
)

ONE, TWO = Number(1.0), Number(2.0)
AROUND = "{} missing around `{}`"


def missing(place: Place, scene: Scene) -> Iterator[Found]:
    """Everything that may be missing at one place."""
    for rule in (_around, _functions, _factors, _terms, _ones, _powers, _sums, _brackets, _moved,
                 _swapped):  # fmt: skip
        yield from rule(place, scene)


def _in_condition(place: Place) -> bool:
    return place.field == "sides"


# ---- around a node


def _around(place: Place, scene: Scene) -> Iterator[Found]:
    node = place.node
    if isinstance(node, Number):
        return
    said = scene.said(node)
    if not isinstance(node, Absolute | Norm):
        yield Found("bars", AROUND.format("bars are", said), Absolute(node))
    if _in_condition(place):
        return
    kind = "root of a divisor" if place.field == "bottom" else "root"
    yield Found(kind, AROUND.format("a square root is", said), Root(node))
    if place.field != "base":
        yield Found("square", f"the power `2` is missing on `{said}`", Power(node, TWO))
        yield Found("transpose", rf"`^\top` is missing on `{said}`", Transpose(node))


def _functions(place: Place, scene: Scene) -> Iterator[Found]:
    node = place.node
    if isinstance(node, Call) and len(node.arguments) == 1:
        says = f"a prime is missing on `{scene.said(node)}`"
        yield Found("prime", says, replace(node, primes=node.primes + 1))
    if isinstance(node, Number) or _in_condition(place):
        return
    said = scene.said(node)
    lefts = {chain.sides[0] for chain in scene.function.statements}
    called = [n.function for n in scene.nodes if isinstance(n, Call) and n not in lefts]
    names = ["log", "exp", *scene.callables, *called, *scene.named]
    if place.whole:
        names += backends.ELEMENTWISE
    for name in dict.fromkeys(names):
        if name not in ("max", "min"):
            text = f"`{scene.called(name)}` is"
            yield Found("function", AROUND.format(text, said), Call(name, (node,)))
    cut = Call("max", (Number(0.0), node))
    yield Found("cut", AROUND.format(r"`\max(0, ·)` is", said), cut)


# ---- a factor, a term


def _beside(place: Place, scene: Scene) -> str:
    """Where a factor belongs: nothing is said where it stands before the whole side."""
    return "" if place.parent is None else f" before `{scene.said(place.node)}`"


def _factors(place: Place, scene: Scene) -> Iterator[Found]:
    node = place.node
    if isinstance(node, Number) or _in_condition(place) or place.field == "bottom":
        return
    where = _beside(place, scene)
    if place.whole or place.field == "terms":
        for name in scene.whole:
            size, text = Symbol(name), scene.spelled(name)
            given: list[tuple[str, Node, str]] = [
                ("one of many", Quotient(ONE, size), rf"\frac{{1}}{{{text}}}"),
                ("root of many", Quotient(ONE, Root(size)), rf"\frac{{1}}{{\sqrt{{{text}}}}}"),
                ("many", size, text),
            ]
            for kind, factor, written in given:
                says = f"the factor `{written}` is missing{where}"
                yield Found(kind, says, Product(factor, node))
        yield Found("two", f"the factor `2` is missing{where}", Product(TWO, node))
        half = Product(Quotient(ONE, TWO), node)
        yield Found("half", rf"the factor `\frac{{1}}{{2}}` is missing{where}", half)
    for name in scene.parameters:
        kind = "other factor" if name in scene.used else "factor"
        if name in scene.numbers:
            says = f"the factor `(1 - {scene.spelled(name)})` is missing{where}"
            yield Found("one minus", says, Product(total((1, ONE), (-1, Symbol(name))), node))
        if kind == "factor" or place.whole or place.field == "terms":
            for text, factor in [*scene.forms(name), *_norm(name, scene)]:
                says = f"the factor `{text}` is missing{where}"
                yield Found(kind, says, Product(factor, node))
                if kind == "factor" and place.field != "right":
                    says = f"the divisor `{text}` is missing below `{scene.said(node)}`"
                    yield Found("divisor", says, Quotient(node, factor))
                    says = f"the factor `{text}` is missing{where}"
                    yield Found("entrywise factor", says, Hadamard(factor, node))


def _norm(name: str, scene: Scene) -> list[tuple[str, Node]]:
    shape = scene.function.parameters.get(name)
    is_vector = shape and shape.kind == "array" and len(shape.axes) == 1
    return [(rf"\|{scene.spelled(name)}\|", Norm(Symbol(name)))] if is_vector else []


def _terms(place: Place, scene: Scene) -> Iterator[Found]:
    node = place.node
    if (
        isinstance(node, Number)
        or _in_condition(place)
        or not (place.whole or place.field == "right")
    ):
        return
    after = "" if place.parent is None else f" after `{scene.said(node)}`"
    for name in scene.parameters:
        kind = "other term" if name in scene.used else "term"
        if not place.whole and kind != "term":
            continue
        for text, term in scene.forms(name):
            for sign, mark in ((1, "+"), (-1, "-")):
                says = f"the term `{mark} {text}` is missing{after}"
                yield Found(kind, says, total((1, node), (sign, term)))
            says = f"`{text} -` is missing before `{scene.said(node)}`"
            yield Found("other term", says, total((1, term), (-1, node)))
    for name in scene.numbers:
        if name not in scene.used:
            yield from _two_factors(place, scene, name, after)


def _two_factors(place: Place, scene: Scene, name: str, after: str) -> Iterator[Found]:
    """A term such as λ w, of a number that the chain lacks and a parameter."""
    for other in scene.parameters:
        for text, factor in scene.forms(other) if other != name else ():
            term = Product(Symbol(name), factor)
            for sign, mark in ((1, "+"), (-1, "-")):
                says = f"the term `{mark} {scene.spelled(name)} {text}` is missing{after}"
                yield Found("term of two", says, total((1, place.node), (sign, term)))


def _ones(place: Place, scene: Scene) -> Iterator[Found]:
    """`1 -`, `1 +` before a node; `- 1` after it."""
    node = place.node
    if isinstance(node, Number) or _in_condition(place):
        return
    said = scene.said(node)
    if place.whole and isinstance(node, Sum) and node.terms[0].sign < 0:
        bare = said.removeprefix("-").strip()
        yield Found("one", f"`1 -` is missing before `{bare}`", total((1, ONE), (1, node)))
    yield Found("one", f"`1 -` is missing before `{said}`", total((1, ONE), (-1, node)))
    yield Found("one", f"`1 +` is missing before `{said}`", total((1, ONE), (1, node)))
    if place.whole:
        yield Found("one", f"`- 1` is missing after `{said}`", total((1, node), (-1, ONE)))


def _powers(place: Place, scene: Scene) -> Iterator[Found]:
    """The t of βᵗ."""
    node = place.node
    if isinstance(node, Number) or place.field == "base" or _in_condition(place):
        return
    unused = [name for name in scene.numbers if name not in scene.used]
    for name in dict.fromkeys([*unused, *scene.whole]):
        if name in unused or isinstance(node, Symbol) and node.name != name:
            says = f"the power `{scene.spelled(name)}` is missing on `{scene.said(node)}`"
            yield Found("power", says, Power(node, Symbol(name)))


def _sums(place: Place, scene: Scene) -> Iterator[Found]:
    """A sum over a letter that nothing binds."""
    if not (place.whole or place.field in ("terms", "right")):
        return
    for letter in scene.loose:
        for name in scene.whole:
            text = rf"\sum_{{{letter}=1}}^{{{name}}}"
            says = f"`{text}` is missing before `{scene.said(place.node)}`"
            yield Found("sum", says, Reduce("sum", (letter,), ONE, Symbol(name), place.node))


# ---- brackets


Rebuild = Callable[[Node], Node]


def _tails(node: Node, scene: Scene) -> Iterator[tuple[Node, Rebuild, bool]]:
    """What a node ends with, as written: the body of a sum, a last factor. True: of a sum."""
    put: Rebuild
    match node:
        case Reduce(body=inner):
            put = partial(_with, node, "body")
        case Product(right=inner):
            put = partial(_with, node, "right")
        case Call(arguments=(inner,)) if not scene.text[: node.span[1]].endswith(")"):
            put = partial(_with, node, "argument")
        case _:
            return
    yield inner, put, isinstance(node, Reduce)
    for tail, rebuild, of_sum in _tails(inner, scene):
        yield tail, _after(rebuild, put), of_sum


def _with(node: Node, field: str, new: Node) -> Node:
    changes: dict[str, Any] = {"arguments": (new,)} if field == "argument" else {field: new}
    return replace(node, **changes)


def _after(first: Rebuild, then: Rebuild) -> Rebuild:
    return lambda new: then(first(new))


def _heads(node: Node) -> Iterator[tuple[Node, Rebuild]]:
    """What a product begins with, and what a power is taken of."""
    match node:
        case Product(left=inner):
            put = partial(_with, node, "left")
        case Power(base=inner):
            put = partial(_with, node, "base")
        case Transpose(operand=inner):
            put = partial(_with, node, "operand")
        case _:
            return
    yield inner, put
    for head, rebuild in _heads(inner):
        yield head, _after(rebuild, put)


_CALLED = {"sum": "sum", "prod": "product", "max": "maximum", "mean": "mean"}


def _brackets(place: Place, scene: Scene) -> Iterator[Found]:
    """`\\sum_i (a + b)` for `\\sum_i a + b`, `a (b + c)` for `a b + c`, `(a + b) c` likewise."""
    node = place.node
    if not isinstance(node, Sum):
        return
    terms = node.terms
    for first in range(len(terms)):
        for last in range(first + 1, len(terms)):
            inside, sign = terms[first + 1 : last + 1], terms[first].sign
            mark = "+" if inside[0].sign > 0 else "-"
            for tail, rebuild, of_sum in _tails(terms[first].node, scene):
                joined = rebuild(total((1, tail), *inside))
                every = (*terms[:first], (sign, joined), *terms[last + 1 :])
                span = scene.text[tail.span[0] : terms[last].node.span[1]]
                says = f"put brackets around `{' '.join(span.split())}`"
                if of_sum:
                    says = f"put brackets: the {_how(terms[first].node)} ends before `{mark}`"
                yield Found("brackets", says, total(*every))
            for head, build in _heads(terms[last].node):
                if terms[first].sign < 0 and first:
                    continue
                before = terms[first:last]
                joined = build(total(*before, (terms[last].sign, head)))
                every = (*terms[:first], (1, joined), *terms[last + 1 :])
                span = scene.text[before[0].node.span[0] : head.span[1]]
                says = f"put brackets around `{' '.join(span.split())}`"
                yield Found("brackets", says, total(*every))


def _how(node: Node) -> str:
    found = (each for each in walk(node) if isinstance(each, Reduce))
    return _CALLED.get(next(found).how, "sum")


def _moved(place: Place, scene: Scene) -> Iterator[Found]:
    """Epsilon's place, or another term's: inside or outside of a root, a function, a fraction."""
    node = place.node
    if isinstance(node, Sum):
        for at, (sign, holder) in enumerate(node.terms):
            others = [term for place, term in enumerate(node.terms) if place != at]
            for term in others if sign > 0 else []:
                rest = [other for other in others if other is not term]
                for inside, put, name in _rooms(holder, scene):
                    says = f"`{scene.said(term.node)}` belongs inside of the {name}"
                    yield Found("place", says, total(*rest, (1, put(total((1, inside), term)))))
    for inside, put, name in _rooms(node, scene):
        if isinstance(inside, Sum) and len(inside.terms) > 1:
            for term in inside.terms:
                kept = [other for other in inside.terms if other is not term]
                says = f"`{scene.said(term.node)}` belongs outside of the {name}"
                yield Found("place", says, total((1, put(total(*kept))), term))


def _swapped(place: Place, scene: Scene) -> Iterator[Found]:
    """A power, a root, a logarithm or bars inside of a sum that belong outside, or the reverse."""
    node, sums = place.node, ("sum", "prod", "mean", "max")
    for holder, put, name in _holders(node):
        if isinstance(holder, Reduce) and holder.how in sums:
            says = f"the {name} belongs inside of the {_how(holder)}"
            yield Found("place", says, replace(holder, body=put(holder.body)))
    if isinstance(node, Reduce) and node.how in sums:
        for inside, put, name in _holders(node.body):
            says = f"the {name} belongs outside of the {_how(node)}"
            yield Found("place", says, put(replace(node, body=inside)))


def _holders(node: Node) -> Iterator[tuple[Node, Rebuild, str]]:
    """What is in a power, a root, bars or a function, how to put something else there, its name."""
    match node:
        case Power(base, exponent):
            yield base, lambda new: Power(new, exponent), "power"
        case Root(operand, order):
            yield operand, lambda new: Root(new, order), "root"
        case Absolute(operand):
            yield operand, Absolute, "pair of bars"
        case Call("log" | "exp", (argument,)):
            yield argument, lambda new: replace(node, arguments=(new,)), f"`\\{node.function}`"


def _rooms(node: Node, scene: Scene) -> Iterator[tuple[Node, Rebuild, str]]:
    match node:
        case Root(operand):
            yield operand, Root, "root"
        case Call(function, (argument,)):
            name = f"brackets of `{scene.called(function)}`"
            yield argument, lambda new: replace(node, arguments=(new,)), name
        case Quotient(top, bottom):
            yield top, lambda new: replace(node, top=new), "numerator"
            yield bottom, lambda new: replace(node, bottom=new), "denominator"
        case Absolute(operand):
            yield operand, Absolute, "bars"
