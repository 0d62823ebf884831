"""The annotations of a function, read from its syntax tree: `Float[mx.array, "out in"]`."""

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mathdoctest import axes as sizes

_KIND = re.compile(r"(BFloat|Float|UInt|Int|Complex)\d*|Integer|Inexact|Num|Real|Shaped|Bool")
_WHOLE = re.compile(r"U?Int\d*|Integer")
# what stands for an array whose axes are told elsewhere
BARE = ("ndarray", "array", "Array", "Tensor", "NDArray", "ArrayLike")


@dataclass(frozen=True)
class Shape:
    """What an annotation says.

    kind: array, list, callable or number. axes: names or sizes of an array's axes (see `axes`).
    whole: of integers. truth: of truths. made: the first name of the array's type, `mx` of
    `mx.array`. of: the shape of a list's elements, or of what a callable returns.
    many: where any number of axes more may stand, and their name. wide: axes that may be 1 too.
    guessed: from the indices on a left side, so that there may be more axes.
    """

    kind: str
    axes: tuple[str, ...] = ()
    whole: bool = False
    made: str = ""
    of: "Shape | None" = None
    truth: bool = False
    many: tuple[int, str] | None = None
    wide: tuple[int, ...] = ()
    written: str = field(default="", compare=False)
    guessed: bool = False

    @property
    def any_shape(self) -> bool:
        """Whether the array may have any axes: `"..."`."""
        return self.axes == (sizes.ANY,)

    @property
    def text(self) -> str | None:
        """`out in` of an array or a list of such, empty for a number; None: no axes to tell."""
        if self.of_arrays:
            return self.of.text if self.of else None
        return {"array": self.written or " ".join(self.axes), "number": ""}.get(self.kind)

    @property
    def of_arrays(self) -> bool:
        """Whether it is a list of arrays."""
        return self.kind == "list" and self.of is not None and self.of.kind == "array"

    @property
    def of_callables(self) -> bool:
        """Whether it is a function, or a list of functions."""
        return self.kind == "callable" or self.of is not None and self.of.kind == "callable"


NUMBER = Shape("number")


def arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[ast.arg, bool]]:
    """Each parameter, and whether it may be left out."""
    positional = [*node.args.posonlyargs, *node.args.args]
    without = len(positional) - len(node.args.defaults)
    for place, each in enumerate(positional):
        yield each, place >= without
    for each, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
        yield each, default is not None


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, Shape | None]:
    """Parameter → shape. One without an annotation is a number; None: not a shape."""
    every = [argument for argument, _ in arguments(node)]
    return {a.arg: shape(a.annotation, a.arg) if a.annotation else NUMBER for a in every}


def functions(node: ast.AST) -> set[str]:
    """The parameters that are functions, or lists of them."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return set()
    return {name for name, shape in parameters(node).items() if shape and shape.of_callables}


def returned(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Shape | None]:
    """The shape of each value that is returned: one, or those of a tuple."""
    annotation = _unquoted(node.returns)
    if isinstance(annotation, ast.Subscript) and _name(annotation.value) in ("tuple", "Tuple"):
        return [shape(part) for part in _parts(annotation)]
    return [shape(annotation)]


@functools.lru_cache(maxsize=4096)
def shape(annotation: ast.expr | None, owner: str = "return") -> Shape | None:
    """The shape that an annotation gives; None if it gives none."""
    annotation = _unquoted(annotation)
    if members := _members(annotation):
        found = [told for each in members if (told := shape(each, owner))]
        floats = (each for each in found if not each.whole)  # `int | float` is not whole
        return next(floats, found[0] if found else None)
    name = _name(annotation)
    if name in ("float", "int", "bool"):
        return Shape("number", whole=name == "int", truth=name == "bool")
    if not isinstance(annotation, ast.Subscript):
        return None
    outer, parts = _name(annotation.value), _parts(annotation)
    if not parts:  # tuple[()]
        return None
    if outer in ("list", "List", "Sequence"):
        element = shape(parts[0], owner)
        return Shape("list", of=element) if element else None
    if outer == "Callable":
        return Shape("callable", of=shape(parts[1]) if len(parts) == 2 else None)
    if outer == "Annotated":
        return shape(parts[0], owner)
    if _KIND.fullmatch(outer) and len(parts) > 1 and isinstance(parts[-1], ast.Constant):
        made = ast.unparse(parts[0]).strip("'\"").split(".")[0]
        try:
            return array(str(parts[-1].value), owner, outer, made)
        except sizes.NotAxes:
            return None
    return None


def array(text: str, owner: str, kind: str = "Float", made: str = "") -> Shape:
    """An array with the axes in a text. Raises axes.NotAxes."""
    names, many, wide = sizes.parse(text, owner)
    whole, truth = bool(_WHOLE.fullmatch(kind)), kind == "Bool"
    written = " ".join(text.split())
    return Shape("array", names, whole, made, None, truth, many, wide, written)


def bare(annotation: ast.expr | None) -> str | None:
    """The first name of an array's type without axes: `np` of `np.ndarray`; None of all else."""
    annotation = _unquoted(annotation)
    for each in map(_unquoted, _members(annotation) or [annotation]):
        plain = each.value if isinstance(each, ast.Subscript) else each
        if plain is not None and _name(plain) in BARE:
            return ast.unparse(plain).split(".")[0]
    return None


def why_not(annotation: ast.expr, owner: str) -> str:
    """Why an annotation gives no shape."""
    for node in ast.walk(_unquoted(annotation) or annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                sizes.parse(node.value, owner)
            except sizes.NotAxes as error:
                return str(error)
    return "it gives no shape"


def _members(annotation: ast.expr | None) -> list[ast.expr | None]:
    """The members of a union, without None; none of what is no union."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        every = [annotation.left, annotation.right]
    elif isinstance(annotation, ast.Subscript) and _name(annotation.value) in ("Optional", "Union"):
        every = _parts(annotation)
    else:
        return []
    return [each for each in every if ast.unparse(each) != "None"]


def _parts(annotation: ast.Subscript) -> list[ast.expr]:
    inner = annotation.slice
    return inner.elts if isinstance(inner, ast.Tuple) else [inner]


def _name(annotation: ast.expr | None) -> str:
    """`Float` of `Float` and of `jaxtyping.Float`."""
    if isinstance(annotation, ast.Attribute):
        return annotation.attr
    return annotation.id if isinstance(annotation, ast.Name) else ""


def _unquoted(annotation: ast.expr | None) -> ast.expr | None:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return ast.parse(annotation.value.strip(), mode="eval").body
        except SyntaxError:
            return None
    return annotation
