"""A definition as a page shows it: no docstrings, no annotations, the author's comments and line breaks kept."""

import ast


def displayed(node: ast.stmt, lines: list[str]) -> list[str]:
    """The lines of a definition as a page shows them. node: of the tree parsed from `lines`."""
    if isinstance(node, ast.FunctionDef):
        return _function(node, lines)
    if isinstance(node, ast.ClassDef):
        return _class(node, lines)
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        first = lines[node.lineno - 1].encode()
        value = lines[node.value.lineno - 1].encode()[node.value.col_offset :].decode()
        rest = lines[node.value.lineno : node.end_lineno]
        return [first[: node.target.end_col_offset].decode() + " = " + value, *rest]
    return lines[node.lineno - 1 : node.end_lineno]


def _function(node: ast.FunctionDef, lines: list[str]) -> list[str]:
    indent = " " * node.col_offset
    header = f"{indent}def {node.name}({_arguments(node.args, lines)}):"
    decorators = [lines[d.lineno - 1] for d in node.decorator_list]
    return [*decorators, header, *_body(node, lines)]


def _class(node: ast.ClassDef, lines: list[str]) -> list[str]:
    first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
    return [*lines[first - 1 : node.lineno], *_body(node, lines)]


def _body(node: ast.FunctionDef | ast.ClassDef, lines: list[str]) -> list[str]:
    """The lines of a body less its docstring; nested definitions and annotated assignments are displayed in turn."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    out: list[str] = []
    at = (node.body[0].end_lineno if body is not node.body else node.body[0].lineno - 1) + 1
    if body is node.body:
        at = node.body[0].lineno - len(getattr(node.body[0], "decorator_list", []))
    for child in body:
        start = (
            child.decorator_list[0].lineno
            if getattr(child, "decorator_list", None)
            else child.lineno
        )
        out += lines[at - 1 : start - 1]
        nested = isinstance(child, (ast.FunctionDef, ast.ClassDef, ast.AnnAssign))
        out += displayed(child, lines) if nested else lines[start - 1 : child.end_lineno]
        at = child.end_lineno + 1
    while out and not out[0].strip():
        out.pop(0)
    return out


def _arguments(args: ast.arguments, lines: list[str]) -> str:
    """The parameters without annotations; defaults as the author typed them."""
    text = "\n".join(lines)
    positional = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(positional) - len(args.defaults)) + list(args.defaults)
    parts = [_parameter(a, d, text) for a, d in zip(positional, defaults)]
    if args.posonlyargs:
        parts.insert(len(args.posonlyargs), "/")
    if args.vararg:
        parts.append("*" + args.vararg.arg)
    elif args.kwonlyargs:
        parts.append("*")
    parts += [_parameter(a, d, text) for a, d in zip(args.kwonlyargs, args.kw_defaults)]
    if args.kwarg:
        parts.append("**" + args.kwarg.arg)
    return ", ".join(parts)


def _parameter(arg: ast.arg, default: ast.expr | None, text: str) -> str:
    return arg.arg if default is None else f"{arg.arg}={ast.get_source_segment(text, default)}"
