"""The annotations of a function, read from its syntax tree: `Float[mx.array, "out in"]`."""

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """What an annotation says.

    kind: array, list, callable or number. axes: names or sizes of an array's axes.
    whole: of integers. made: the first name of the array's type, `mx` of `mx.array`.
    of: the shape of a list's elements, or of what a callable returns.
    """

    kind: str
    axes: tuple[str, ...] = ()
    whole: bool = False
    made: str = ""
    of: "Shape | None" = None

    @property
    def any_shape(self) -> bool:
        """Whether the array may have any axes: `"..."`."""
        return self.axes == ("...",)

    @property
    def text(self) -> str | None:
        """`out in` of an array, empty for a number, None of what has no axes to tell."""
        return {"array": " ".join(self.axes), "number": ""}.get(self.kind)

    @property
    def of_callables(self) -> bool:
        """Whether it is a function, or a list of functions."""
        return self.kind == "callable" or self.of is not None and self.of.kind == "callable"


NUMBER = Shape("number")


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, Shape | None]:
    """Parameter → shape. One without an annotation is a number; None: not a shape."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return {a.arg: shape(a.annotation) if a.annotation else NUMBER for a in arguments}


def functions(node: ast.AST) -> set[str]:
    """The parameters that are functions, or lists of them."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return set()
    return {name for name, shape in parameters(node).items() if shape and shape.of_callables}


def returned(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[Shape | None]:
    """The shape of each value that is returned: one, or those of a tuple."""
    annotation = _unquoted(node.returns)
    if isinstance(annotation, ast.Subscript) and _name(annotation.value) == "tuple":
        return [shape(part) for part in _parts(annotation)]
    return [shape(annotation)]


def shape(annotation: ast.expr | None) -> Shape | None:
    """The shape that an annotation gives; None if it gives none."""
    annotation = _unquoted(annotation)
    name = _name(annotation)
    if name in ("float", "int"):
        return Shape("number", whole=name == "int")
    if not isinstance(annotation, ast.Subscript):
        return None
    outer, parts = _name(annotation.value), _parts(annotation)
    if not parts:  # tuple[()]
        return None
    if outer == "list":
        element = shape(parts[0])
        return Shape("list", of=element) if element else None
    if outer == "Callable":
        return Shape("callable", of=shape(parts[1]) if len(parts) == 2 else None)
    axes = parts[-1]
    if outer and len(parts) > 1 and isinstance(axes, ast.Constant):
        made = ast.unparse(parts[0]).split(".")[0]
        return Shape("array", tuple(str(axes.value).split()), outer == "Int", made)
    return None


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
            return ast.parse(annotation.value, mode="eval").body
        except SyntaxError:  # a remark
            return None
    return annotation
