"""The shapes of a function's parameters, from the first that tells: annotation, docstring, formula.

In a formula, `x_i` and `w_{ij}` are entries of arrays with one axis and two. An axis is called as
the bound of a letter that runs along it, `n` in `\\sum_{k=1}^{n} z_k`; a letter without a bound
names an axis of its own. Two axes with one letter are one, and so are the axes that a product, a
sum or a comparison joins. A name without an index is an array only where it is transposed, has a
norm, stands in a product or a sum with an array, or where the code multiplies it by `@`: a matrix
if its name begins with a capital letter, else a vector. All else is a number.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from mathdoctest import axes, described, resolve, signature, source, syntax, words
from mathdoctest.signature import NUMBER, Shape
from mathdoctest.syntax import Node, Number, Statement, Symbol, Term, walk

_OF_ARRAYS = {*words.STATISTICS, "softmax", "inner", "mean", "argmax", "argmin"}

Axis = tuple[str, ...]  # what an axis is known by: a parameter and a place, or a letter
Found = list[Axis] | None  # the axes of a part of a formula; None where they are unknown


class NoShape(ValueError):
    """A parameter whose shape cannot be told. line: of its annotation, or of the function."""

    def __init__(self, what: str, line: int):
        super().__init__(what)
        self.line = line


def shapes(
    node: ast.FunctionDef,
    statements: list[Statement],
    slope: Callable[[syntax.Derivative], str | None],
    as_arrays: bool = False,
) -> tuple[dict[str, Shape | None], list[Shape | None]]:
    """The shape of each parameter and of each value returned; None where none is told.

    A parameter with a default and an annotation that gives no shape is left out.
    slope: the parameter that a derivative is.
    as_arrays: what is annotated as an array, and of which nothing tells more, is no number.
    """
    parameters, returned = signature.parameters(node), signature.returned(node)
    try:
        told = described.shapes(node)
    except axes.NotAxes:  # `problems` tells it
        told = {}
    unknown: dict[str, str] = {}  # parameter → how its array type is called
    for argument, is_optional in signature.arguments(node):
        name, made = argument.arg, signature.bare(argument.annotation)
        if argument.annotation and made is None:
            if parameters[name] is None and is_optional:
                del parameters[name]
        elif name in told:
            parameters[name] = _made_by(told[name], made)
        else:
            unknown[name] = made or ""
    if returned == [None] and "return" in told:
        returned = [told["return"]]
    if unknown or None in returned:
        bare = {name for name, made in unknown.items() if made and as_arrays}
        formula = _Formula(parameters, _multiplied(node) | bare, set(unknown), slope)
        for statement in statements:
            formula.read(statement)
        for name in unknown:
            found = formula.shape(name)
            known = NUMBER if not unknown[name] else Shape("array", made=unknown[name])
            parameters[name] = _made_by(found, unknown[name]) if found else known
        returned = formula.returned(statements, returned)
    return parameters, returned


def untold(node: ast.FunctionDef) -> list[str]:
    """The parameters of which neither an annotation nor the docstring tells the shape."""
    try:
        told = described.shapes(node)
    except axes.NotAxes:
        told = {}
    every = ((a.arg, a.annotation) for a, _ in signature.arguments(node))
    bare = [name for name, made in every if made is None or signature.bare(made) is not None]
    return [name for name in bare if name not in told]


def problems(node: ast.FunctionDef, statements: list[Statement]) -> Iterator[NoShape]:
    """Each annotation or docstring that cannot be used."""
    parameters, _ = shapes(node, statements, lambda _: None)
    for argument, is_optional in signature.arguments(node):
        annotation = argument.annotation
        if annotation and parameters.get(argument.arg, NUMBER) is None and not is_optional:
            why = signature.why_not(annotation, argument.arg)
            what = f"the annotation `{ast.unparse(annotation)}` of `{argument.arg}` cannot be used"
            yield NoShape(f"{what}: {why}", annotation.lineno)
    try:
        described.shapes(node)
    except axes.NotAxes as error:
        yield NoShape(f"a shape in the docstring cannot be used: {error}", node.body[0].lineno)
    plain = {a.arg for a, _ in signature.arguments(node) if a.annotation is None}
    for name, counts in _counts(plain, statements).items():
        if len(counts) > 1:
            told = " and ".join(map(str, sorted(counts)))
            what = f"the shape of `{name}` is unclear: it has {told} indices in the formulas"
            yield NoShape(what, node.lineno)


def _made_by(shape: Shape, made: str | None) -> Shape:
    return Shape(**{**shape.__dict__, "made": made}) if made else shape


def _counts(parameters: set[str], statements: list[Statement]) -> dict[str, set[int]]:
    """Parameter → how many indices it has where it has any."""
    formula = _Formula({}, set(), parameters, lambda _: None)
    out: dict[str, set[int]] = {}
    for node in (n for s in statements for side in s.sides for n in walk(side)):
        if isinstance(node, Symbol) and node.indices and not resolve.is_time(node.indices):
            if name := formula.parameter(node):
                out.setdefault(name, set()).add(len(node.indices))
    return out


def _multiplied(node: ast.FunctionDef) -> set[str]:
    """The names that the code multiplies by `@` or transposes."""
    out = set()
    for each in source.below(node):
        parts: list[ast.expr] = []
        if isinstance(each, ast.BinOp) and isinstance(each.op, ast.MatMult):
            parts = [each.left, each.right]
        elif isinstance(each, ast.Attribute) and each.attr == "T":
            parts = [each.value]
        out |= {part.id for part in parts if isinstance(part, ast.Name)}
    return out


@dataclass
class _Formula(syntax.Visitor[Found]):
    """Reads formulas and joins the axes that must be equal.

    known: the shapes that are told. arrays: parameters that the code treats as arrays.
    unknown: the parameters whose shapes are asked for. slope: the parameter that a derivative is.
    """

    known: dict[str, Shape | None]
    arrays: set[str]
    unknown: set[str]
    slope: Callable[[syntax.Derivative], str | None]
    same: dict[Axis, Axis] = field(default_factory=dict)
    bounds: dict[Axis, tuple[str, int]] = field(default_factory=dict)  # name, and what is added
    ranks: dict[str, int] = field(default_factory=dict)
    number: int = 0  # of the statement
    made: dict[str, Found] = field(default_factory=dict)  # left side → its axes
    letters: dict[str, Axis] = field(default_factory=dict)
    limits: dict[Axis, tuple[str, int]] = field(default_factory=dict)  # how far a letter runs

    def read(self, statement: Statement) -> None:
        self.number += 1
        self.letters = {}
        if where := statement.where:
            self._range(where.letter, max(where.first, where.last, key=_how_far))
        for _ in range(2):  # what the first time tells, the second time uses
            found = [self.visit(side) for side in _plainly(statement)]
            if statement.relations != ("in",):
                for side in found[1:]:
                    self._join(found[0], side)
            left = statement.sides[0]
            if isinstance(left, Symbol) and len(found) > 1:
                self.made[left.name] = next((each for each in found[1:] if each), None)

    # ---- what is found

    def shape(self, name: str) -> Shape | None:
        """The shape of a parameter; None of a number."""
        rank = self.ranks.get(name)
        if rank is None:
            return None
        names = [self.name((name, str(place))) for place in range(rank)]
        return signature.array(" ".join(names), name)

    def returned(self, statements: list[Statement], told: list[Shape | None]) -> list[Shape | None]:
        """What is returned, where nothing else tells, has the axes of the indices on the left."""
        out: list[Shape | None] = []
        for number, left in enumerate((s.sides[0] for s in statements), 1):
            parts = (left.top, *left.bottoms) if isinstance(left, syntax.Derivative) else (left,)
            if isinstance(left, syntax.Call):  # of `q(k) = …`
                parts = (Symbol("", None, left.arguments),)
            if told != [None] or not all(isinstance(part, Symbol) for part in parts):
                return told
            indices = [i for part in parts if isinstance(part, Symbol) for i in part.indices]
            given = {*self.known, *self.unknown}
            indices = [i for i in indices if not (isinstance(i, Symbol) and i.name in given)]
            letters = [i for i in indices if isinstance(i, Symbol) and not i.indices]
            right = [n for side in statements[number - 1].sides[1:] for n in walk(side)]
            used = {n.name for n in right if isinstance(n, Symbol)}
            if isinstance(left, syntax.Call):
                every = [i for n in right if isinstance(n, Symbol) for i in n.indices]
                counted = [c for index in every for c in resolve.counted(index)]
                used = {c.name for c in counted if isinstance(c, Symbol)}
                letters = [letter for letter in letters if letter.name in used]
            if len(letters) < len(indices) or resolve.is_time(tuple(indices)):
                return told
            letters = [letter for letter in letters if letter.name in used]  # others say which
            names = [self.name(("letter", str(number), letter.name)) for letter in letters]
            found = signature.array(" ".join(names), "return") if names else None
            out.append(found and replace(found, guessed=True))
        return out if any(out) else told

    def root(self, axis: Axis) -> Axis:
        while axis in self.same:
            axis = self.same[axis]
        return axis

    def name(self, axis: Axis) -> str:
        """An axis by its bound, or by its letter."""
        root = self.root(axis)
        name, more = self.bounds.get(root, ("", 0))
        if not name and more:
            return str(more)
        if not name:
            return f"size_{'_'.join(root[-1:] if root[0] == 'letter' else root)}"
        return name + (f"{more:+}" if more else "")

    # ---- joining

    def _join(self, first: Found, second: Found) -> None:
        if len(first or []) == 2 and len(second or []) == 1:
            first = (first or [])[1:]  # a bias meets every row
        for one, other in zip(first or [], second or [], strict=False):
            if len(first or []) == len(second or []):
                self._equal(one, other)

    def _equal(self, one: Axis, other: Axis) -> None:
        keep, drop = self.root(one), self.root(other)
        if keep == drop:
            return
        if keep[0] != "letter":  # a letter gives an axis its name
            keep, drop = drop, keep
        self.same[drop] = keep
        if bound := self.bounds.pop(drop, None):
            self._bound(keep, bound)

    def _bound(self, axis: Axis, bound: tuple[str, int]) -> None:
        """The largest of the bounds that an axis is seen with."""
        root = self.root(axis)
        now = self.bounds.get(root)
        if now is None or not now[0] and bound[0] or now[0] == bound[0] and now[1] < bound[1]:
            self.bounds[root] = bound

    def _range(self, letter: str, last: Node | None, place: str = "") -> Axis:
        axis: Axis = ("letter", f"{self.number}{place}", letter)
        self.letters[letter] = axis
        if last is not None and (bound := _linear(last)) and bound[0] not in self.letters:
            self.limits[axis] = self.bounds[axis] = bound
        return axis

    # ---- nodes

    def generic_visit(self, node: Node) -> Found:
        for child in syntax.children(node):
            self.visit(child)
        return None

    def parameter(self, symbol: Symbol) -> str | None:
        """The parameter that a symbol stands for, if its shape is known or asked for."""
        names = {*self.known, *self.unknown}
        found = resolve.located(symbol, names.__contains__, names.__contains__)
        return found[0] if found and (found[1] or not symbol.indices) else None

    def visit_Number(self, node: Number) -> Found:
        return []

    def visit_Symbol(self, node: Symbol) -> Found:
        if node.name in self.letters and not node.indices:
            return []
        if resolve.is_time(node.indices) and resolve.TIME not in self.letters:
            return self.visit_Symbol(replace(node, indices=()))
        if isinstance(node.layer, Symbol) and node.layer.name in self.letters:  # an example
            node = replace(node, layer=None, indices=(node.layer, *node.indices))
        name = self.parameter(node)
        if name is None:
            return self.made.get(node.name) if not node.indices else None
        if name in self.unknown:
            self._meet(name, node)
            if name not in self.ranks:
                return None
            rank = self.ranks[name]
        else:
            shape = self.known[name]
            if shape is None or shape.kind != "array" or shape.any_shape:
                return [] if shape is NUMBER else None
            rank = len(shape.axes)
            for place, axis in enumerate(shape.axes):
                self._bound((name, str(place)), _linear_text(axis))
        every: list[Axis] = [(name, str(place)) for place in range(rank)]
        for place, index in enumerate(node.indices[:rank]):
            self._indexed(every[place], index)
        return every[len(node.indices) :]

    def visit_Derivative(self, node: syntax.Derivative) -> Found:
        """A slope that the function is given has the axes of a symbol with its indices."""
        if name := self.slope(node):
            named = (n for n in (node.top, *node.bottoms) if isinstance(n, Symbol))
            indices = tuple(i for each in named for i in each.indices)
            return self.visit_Symbol(Symbol(name, None, indices))
        return self.generic_visit(node)

    def _meet(self, name: str, node: Symbol) -> None:
        if node.indices:
            least = _rank(name) if name in self.arrays else 0
            self.ranks[name] = max(self.ranks.get(name, least), len(node.indices))
        elif name in self.arrays and name not in self.ranks:
            self.ranks[name] = _rank(name)

    def _indexed(self, axis: Axis, index: Node) -> None:
        name, shift = _linear(index) or ("", 0)
        if not name:
            return
        letter = self.letters.get(name) or self._range(name, None)
        if limit := self.limits.get(letter):
            self._bound(axis, (limit[0], limit[1] + shift))
        elif not shift:
            self._equal(letter, axis)

    def visit_Reduce(self, node: syntax.Reduce) -> Found:
        outer = dict(self.letters)
        for letter in node.letters:
            last = node.high if letter == node.letters[-1] else None
            self._range(letter, last, f":{node.span[0]}")
        found = self.visit(node.body) if node.letters or node.conditions else self._force(node.body)
        kept = {k: v for k, v in self.letters.items() if k not in node.letters}
        self.letters = outer | kept
        return found if node.letters else []

    def _force(self, node: Node) -> Found:
        """The axes of what must be an array."""
        if isinstance(node, Symbol) and resolve.is_time(node.indices):
            node = replace(node, indices=())
        if isinstance(node, Symbol) and not node.indices:
            name = self.parameter(node)
            if name in self.unknown and name is not None:
                self.ranks.setdefault(name, _rank(name))
        return self.visit(node)

    def visit_Transpose(self, node: syntax.Transpose) -> Found:
        found = self._force(node.operand)
        return found[::-1] if found else found

    def visit_Norm(self, node: syntax.Norm) -> Found:
        self._force(node.operand)
        return []

    def visit_Product(self, node: syntax.Product) -> Found:
        a, b = self.visit(node.left), self.visit(node.right)
        if not a or not b:
            return b if a == [] else a if b == [] else None
        row = isinstance(node.left, syntax.Transpose) and len(a) == 1
        if len(b) == 1 and isinstance(node.right, syntax.Transpose) and len(a) == 1:
            return [a[0], b[0]]
        if len(a) == len(b) == 1 and not row:  # two columns: entry by entry, or their inner product
            self._equal(a[0], b[0])
            return [] if node.operator == "cdot" else a
        self._equal(a[-1], b[0])
        return [*([] if row else a[:-1]), *b[1:]]

    def visit_Sum(self, node: syntax.Sum) -> Found:
        every = [term.node for term in node.terms]
        found = [self.visit(each) for each in every]
        first = next((each for each in found if each), None)
        for place, each in enumerate(every):
            if first and not found[place]:
                found[place] = self._force(each)
            self._join(first, found[place])
        return first if first else [] if all(each == [] for each in found) else None

    def visit_Hadamard(self, node: syntax.Hadamard) -> Found:
        a, b = self.visit(node.left), self.visit(node.right)
        a, b = a or (b and self._force(node.left)), b or (a and self._force(node.right))
        self._join(a, b)
        return a or b

    def visit_Quotient(self, node: syntax.Quotient) -> Found:
        self.visit(node.bottom)
        return self.visit(node.top)

    def visit_Power(self, node: syntax.Power) -> Found:
        self.visit(node.exponent)
        return self.visit(node.base)

    def visit_Call(self, node: syntax.Call) -> Found:
        takes_arrays = node.function in _OF_ARRAYS
        read = self._force if takes_arrays else self.visit
        found = [read(argument) for argument in node.arguments]
        if takes_arrays:
            return found[0] if node.function == "softmax" else []
        if node.function == "diag" and len(found[0] or []) == 1:
            return [*(found[0] or []), *(found[0] or [])]
        return found[0] if len(found) == 1 else None


def _plainly(statement: Statement) -> tuple[Node, ...]:
    """The sides; the left one without letters that no other side has: they say which one it is."""
    left, *right = statement.sides
    used = {n.name for side in right for n in walk(side) if isinstance(n, Symbol)}
    if isinstance(left, Symbol) and right:
        kept = (i for i in left.indices if not isinstance(i, Symbol) or i.name in used)
        left = replace(left, indices=tuple(kept))
    return (left, *right)


def _rank(name: str) -> int:
    return 2 if name.lstrip("d")[:1].isupper() else 1  # dW is as large as W


def _how_far(node: Node) -> tuple[bool, float]:
    """Of the ends of a range, the one that names how far it runs; of two numbers, the larger."""
    return not isinstance(node, Number), node.value if isinstance(node, Number) else 0.0


def _linear(node: Node) -> tuple[str, int] | None:
    """`n - 1` → n, -1; a number has no name."""
    match node:
        case Number(value) if value % 1 == 0:
            return "", int(value)
        case Symbol(name, None, ()):
            return name, 0
        case syntax.Sum((Term(1, Symbol(name, None, ())), Term(sign, Number(value)))):
            return name, sign * int(value)
    return None


def _linear_text(axis: str) -> tuple[str, int]:
    """The bound that an annotated axis is."""
    return ("", int(axis)) if axis.isdigit() else (axis, 0)
