"""A definition without docstrings and annotations; comments and line breaks are the author's."""

import ast
import copy
from itertools import dropwhile


def displayed(node: ast.stmt, lines: list[str]) -> list[str]:
    """The lines of a definition as a page shows them. node: of the tree parsed from `lines`."""
    match node:
        case ast.FunctionDef():
            header = f"def {node.name}({_arguments(node.args, lines)}):"
            decorators = [lines[d.lineno - 1] for d in node.decorator_list]
            return [*decorators, " " * node.col_offset + header, *_body(node, lines)]
        case ast.ClassDef():
            return [*lines[_first_line(node) - 1 : node.lineno], *_body(node, lines)]
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            first, last = lines[node.lineno - 1].encode(), lines[value.lineno - 1].encode()
            assigned = first[: target.end_col_offset] + b" = " + last[value.col_offset :]
            return [assigned.decode(), *lines[value.lineno : node.end_lineno]]
    return lines[_first_line(node) - 1 : node.end_lineno]


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(d.lineno for d in decorators)])


def _body(node: ast.FunctionDef | ast.ClassDef, lines: list[str]) -> list[str]:
    """A body without its docstring; definitions and annotated assignments in it stripped."""
    documented = ast.get_docstring(node, clean=False) is not None
    first = node.body[0]
    at = (first.end_lineno or first.lineno) + 1 if documented else _first_line(first)
    out: list[str] = []
    for child in node.body[documented:]:
        out += lines[at - 1 : _first_line(child) - 1]  # comments and empty lines before it
        out += displayed(child, lines)
        at = (child.end_lineno or child.lineno) + 1
    return list(dropwhile(lambda line: not line.strip(), out))


def _arguments(args: ast.arguments, lines: list[str]) -> str:
    """The parameters without annotations; defaults as the author typed them."""
    bare, text = copy.deepcopy(args), "\n".join(lines)

    def typed(default: ast.expr) -> ast.expr:
        return ast.Name(ast.get_source_segment(text, default) or "")

    for node in ast.walk(bare):
        if isinstance(node, ast.arg):
            node.annotation = None
    bare.defaults = [typed(default) for default in args.defaults]
    bare.kw_defaults = [default and typed(default) for default in args.kw_defaults]
    return ast.unparse(bare)
