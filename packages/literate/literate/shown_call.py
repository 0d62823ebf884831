"""The call of its own function that a card's example shows, and where its results are printed.

Read from the example's text and from the variables that its run left; nothing is run.
"""

import ast
import doctest
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mathdoctest import signature

from literate.book import size
from literate.snippets import Snippet

_FLOAT = re.compile(r"\.(\d+)f")


class Unread(ValueError):
    """Why the example does not say what its function is given."""


class Printed(NamedTuple):
    """Output of one statement. text: whole lines. results: which of the call's results it shows.

    results: None where it shows something else. decimals: of a number that is written so.
    """

    text: str
    results: list[int] | None
    decimals: int | None = None


@dataclass(frozen=True)
class ShownCall:
    """given: parameter → numbers as nested lists. functions: parameter → the function given."""

    given: dict[str, Any]
    functions: dict[str, str]
    printed: list[Printed]


def shown_call(found: Snippet, output: str, values: Mapping[str, Any]) -> ShownCall:
    """The call with the most numbers, the first of such, with what the example prints.

    values: the variables that the run left. Raises Unread.
    """
    node = found.module.file.functions[found.name.split(".")[1]]
    steps = doctest.DocTestParser().get_examples(ast.get_docstring(node) or "")
    statements = [ast.parse(step.source).body[0] for step in steps]
    calls = [call for each in statements for call in _calls(each, node.name)]
    if not calls:
        raise Unread("its example does not call it by itself")
    given, why = [], None
    for call in calls:
        try:
            given.append((call, *_arguments(node, call, values)))
        except Unread as error:
            why = why or error
    if not given:
        raise why or Unread("its example does not call it")
    call, numbers, functions = max(given, key=lambda one: sum(map(size, one[1].values())))
    printed = _printed(steps, statements, call, output, len(signature.returned(node)))
    return ShownCall(numbers, functions, list(printed))


def _calls(statement: ast.stmt, name: str) -> Iterator[ast.Call]:
    """The calls of a function that are assigned or printed as they are."""
    value = statement.value if isinstance(statement, ast.Assign | ast.Expr) else None
    every = [value, *value.args] if isinstance(value, ast.Call) else [value]
    for each in every:
        match _bare(each)[0]:
            case ast.Call(func=ast.Name(id=called)) as call if called == name:
                yield call


def _bare(node: ast.expr | None) -> tuple[ast.expr | None, int | None]:
    """What an expression shows, and with how many decimals: of `f"{x:.4f}"` x and 4."""
    match node:
        case ast.JoinedStr([ast.FormattedValue(value, _, ast.JoinedStr([ast.Constant(spec)]))]):
            if decimals := _FLOAT.fullmatch(str(spec)):
                return value, int(decimals[1])
    return node, None


# ---- what the function is given


def _arguments(
    node: ast.FunctionDef, call: ast.Call, values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Parameter → numbers, and parameter → name of a function. Raises Unread."""
    every = list(signature.arguments(node))
    names = [each.arg for each, _ in every]
    shapes = signature.parameters(node)
    defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    optional = [each.arg for each, is_optional in every if is_optional]
    found: dict[str, Any] = dict(zip(optional, defaults, strict=True))
    found |= dict(zip(names, _spread(call.args, values), strict=False))
    found |= {str(keyword.arg): keyword.value for keyword in call.keywords}
    numbers, functions = dict[str, Any](), dict[str, str]()
    for name in (each for each in names if each in found):
        shape, value = shapes[name], found[name]
        if shape is None or shape.kind == "list":
            raise Unread(f"`{name}` is a list of arrays")
        if shape.kind == "callable":
            if not isinstance(value, ast.Name):
                raise Unread(f"`{name}` is a function without a formula")
            functions[name] = value.id
        else:
            numbers[name] = _numbers(value, values, name)
    return numbers, functions


def _spread(args: list[ast.expr], values: Mapping[str, Any]) -> Iterator[Any]:
    """The arguments; those of `*p` are numbers already."""
    for each in args:
        match each:
            case ast.Starred(ast.Name(name)) if isinstance(values.get(name), list):
                yield from values[name]
            case _:
                yield each


def _numbers(value: Any, values: Mapping[str, Any], name: str) -> Any:
    """An argument as numbers: a variable, a literal, or an array of literals."""
    match value:
        case ast.Name(id=variable) if variable in values:
            value = values[variable]
        case ast.Call(func=ast.Attribute(attr="array"), args=[literal]):
            value = _literal(literal, name)
        case ast.expr():
            value = _literal(value, name)
    if not _is_numbers(value):
        raise Unread(f"`{name}` is more than numbers")
    return value


def _literal(node: ast.expr, name: str) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        said = ast.unparse(node)
        raise Unread(f"its example computes what it gives as `{name}`: {said}") from None


def _is_numbers(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return bool(value) and all(map(_is_numbers, value))
    return isinstance(value, int | float) and not isinstance(value, bool)


# ---- what is printed


def _printed(
    steps: list[doctest.Example],
    statements: list[ast.stmt],
    call: ast.Call,
    output: str,
    count: int,
) -> Iterator[Printed]:
    """What each statement prints. count: of the values that the function returns."""
    lines, results = output.splitlines(keepends=True), dict[str, list[int]]()
    for step, statement in zip(steps, statements, strict=True):
        if isinstance(statement, ast.Assign):
            _assign(statement, call, count, results)
        height = len(step.want.splitlines())
        text, lines = "".join(lines[:height]), lines[height:]
        if text:
            shown, decimals = _results(statement, call, count, results)
            yield Printed(text, shown, decimals)


def _assign(
    statement: ast.Assign, call: ast.Call, count: int, results: dict[str, list[int]]
) -> None:
    """Note which variables hold results of the call."""
    (target,) = statement.targets[-1:]
    for name in (n.id for n in ast.walk(target) if isinstance(n, ast.Name)):
        results.pop(name, None)
    if statement.value is not call:
        return
    if isinstance(target, ast.Name) and count == 1:
        results[target.id] = [0]
    elif isinstance(target, ast.Tuple):
        for place, each in enumerate(target.elts):
            if isinstance(each, ast.Name):
                results[each.id] = [place]
            elif isinstance(each, ast.Starred) and isinstance(each.value, ast.Name):
                results[each.value.id] = list(range(place, count))


def _results(
    statement: ast.stmt, call: ast.Call, count: int, results: dict[str, list[int]]
) -> tuple[list[int] | None, int | None]:
    """Which results `print(…)` shows, all of them; None where it shows anything else."""
    match statement:
        case ast.Expr(ast.Call(func=ast.Name(id="print"), args=args, keywords=[])):
            shown, decimals = list[int](), None
            for each in args:
                value, decimals = _bare(each)
                place: Any = None
                match value:
                    case ast.Name(id=name) if len(results.get(name, ())) == 1:
                        (place,) = results[name]
                    case ast.Subscript(ast.Name(id=name), ast.Constant(int(at))):
                        place = next(iter(results.get(name, [])[at : at + 1]), None)
                    case _ if value is call and count == 1:
                        place = 0
                if place is None:
                    return None, None
                shown.append(place)
            return shown, decimals
    return None, None
