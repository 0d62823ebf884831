"""One Python file, read without running it: functions, displayed formulas, imports."""

import ast
import contextlib
import functools
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from mathdoctest.errors import SourceError
from mathdoctest.syntax import Statement

_DOLLARS = re.compile(r"\$\$\s*(.+?)\s*\$\$", re.S)
_DIRECTIVE = re.compile(r"^([ \t]*)\.\. math::[ \t]*(.*(?:\n[ \t]*$|\n\1[ \t]+\S.*)*)", re.M)
# a blank line ends a formula, but not inside \\begin{align*} … \\end{align*}
_BLOCK = re.compile(
    r"(?=\S)(?:\\begin\{(?P<of>[^}]*)\}.*?\\end\{(?P=of)\}|(?!\n[ \t]*\n).)+?"
    r"(?=\n[ \t]*\n|\s*\Z)",
    re.S,
)
_OPTION = re.compile(r"^[ \t]*:\w[\w-]*:.*$", re.M)
_INSTALLED = {Path(sysconfig.get_path(kind)) for kind in ("stdlib", "purelib", "platlib")}

Defined = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | Defined
Found = tuple[re.Match[str], int]  # in a docstring, and its line in the file


class Displayed(NamedTuple):
    """A displayed formula of a docstring. line: of its first line in the file."""

    tex: str
    line: int


@dataclass
class Formula:
    """A displayed formula, read. line: of its first line in the file."""

    tex: str
    line: int
    statements: list[Statement]


class Module:
    """A file: its text, its top-level functions by name, and what it imports from other files.

    imported: name → the file of the user's own that it is imported from.
    sources: every such file. roots: the folders in which they were found.
    imports: its import statements. symbols: its own literal `SYMBOLS`, if it has any.
    """

    def __init__(self, path: Path):
        self.path, self.name = path, path.stem
        try:
            self.text = path.read_text("utf-8")
            self.tree = ast.parse(self.text)
        except SyntaxError as error:
            what = f"not Python: {error.msg}"
            raise SourceError(path, what, "fix the syntax", error.lineno or 0) from None
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise SourceError(path, f"cannot be read: {reason}", "give a Python file") from None
        self.functions = {n.name: n for n in self.tree.body if isinstance(n, ast.FunctionDef)}
        self.imported: dict[str, Path] = {}
        self.sources: dict[Path, None] = {}
        self.roots: dict[Path, None] = {}
        nodes = ast.walk(self.tree)
        self.imports = [n for n in nodes if isinstance(n, ast.Import | ast.ImportFrom)]
        for node in self.imports:
            if isinstance(node, ast.ImportFrom):
                self._add(node.names, node.module or "", node.level)
            else:
                self._add(node.names)
        self.symbols: dict[str, Any] = self._literal("SYMBOLS")

    def _add(self, names: list[ast.alias], home: str = "", level: int = 0) -> None:
        for alias in names:
            if (home or level) and (found := self._find(home, level)):
                self.imported[alias.name] = found
            self._find(f"{home}.{alias.name}".lstrip("."), level)

    def _find(self, dotted: str, level: int = 0) -> Path | None:
        """The file of a module, in the folders above this one."""
        inner = dotted.replace(".", "/")
        for folder in self.path.parents[level - 1 : level] if level else self.path.parents:
            for file in (folder / f"{inner}.py", folder / inner / "__init__.py"):
                if file.is_file() and not is_installed(file):
                    self.sources[file] = None
                    self.roots[folder] = None
                    return file
        return None

    def _literal(self, name: str) -> dict[str, Any]:
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and name in map(ast.unparse, node.targets):
                try:
                    return dict(ast.literal_eval(node.value))
                except (ValueError, TypeError):
                    what, hint = f"{name} is not a literal dict", "write its values as constants"
                    raise SourceError(self.path, what, hint, node.lineno) from None
        return {}


@functools.lru_cache(maxsize=1024)
def is_installed(path: Path) -> bool:
    """Whether a file belongs to Python or to an installed package, not to the user."""
    return any(path.is_relative_to(folder) for folder in _INSTALLED)


Stamp = tuple[int, int]
_looked: dict[Path, Stamp] | None = None  # within `at_one_moment`: the files looked at


def stamp(path: Path) -> Stamp:
    """What changes when a file does: time of modification in ns, size in bytes."""
    if _looked is not None and path in _looked:
        return _looked[path]
    try:
        stat = path.stat()
    except OSError as error:
        raise SourceError(path, f"cannot be read: {error.strerror}", "give a Python file") from None
    if _looked is not None:
        _looked[path] = stat.st_mtime_ns, stat.st_size
    return stat.st_mtime_ns, stat.st_size


@contextlib.contextmanager
def at_one_moment() -> Iterator[None]:
    """Within it a file counts as it is when first looked at, and is not looked at again: a build
    asks for the same files ten thousand times.
    """
    global _looked
    before, _looked = _looked, {}
    try:
        yield
    finally:
        _looked = before


def module(path: Path) -> Module:
    """A file, read again when it has changed. Raises SourceError."""
    return _module(path, stamp(path))


@functools.lru_cache(maxsize=1024)
def _module(path: Path, _: tuple[int, int]) -> Module:
    return Module(path)


def depends_on(path: Path) -> list[Path]:
    """The file, and the user's own files that it imports, directly or through others."""
    found = [path]
    for file in found:  # the list grows
        found += module(file).sources.keys() - set(found)
    return [path, *sorted(found[1:])]


@functools.lru_cache(maxsize=4096)
def below(node: ast.AST) -> tuple[ast.AST, ...]:
    """A part of a file, then everything in it. It may not be changed."""
    return tuple(ast.walk(node))


def called(node: ast.Call) -> str:
    """The last name of what is called: `sum` of `(x * x).sum()`."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)


# ---- docstrings


def formulas(node: Documented) -> list[Displayed]:
    """The formulas between two `$$` of a docstring."""
    return [Displayed(match[1], line) for match, line in _found(_DOLLARS, node, 1)]


def displayed(node: Documented) -> list[Displayed]:
    """Those, and the formulas of `.. math::` blocks; there a blank line separates two."""
    out = formulas(node)
    for match, line in _found(_DIRECTIVE, node, 2):
        text = _OPTION.sub("", match[2])
        for part in _BLOCK.finditer(text):
            out.append(Displayed(part[0], line + text[: part.start()].count("\n")))
    return sorted(out, key=lambda found: found.line)


def has_unpaired_mark(node: Documented) -> bool:
    """Whether a `$$` of the docstring opens or closes no formula."""
    text = ast.get_docstring(node, clean=False) or ""
    return text.count("$$") != 2 * len(_DOLLARS.findall(text))


@functools.lru_cache(maxsize=4096)
def has_formulas(node: Documented) -> bool:
    """Whether there is a formula in the docstring, or the beginning of one."""
    return bool(formulas(node)) or has_unpaired_mark(node)


def _found(pattern: re.Pattern[str], node: Documented, group: int) -> Iterator[Found]:
    text = ast.get_docstring(node, clean=False) or ""
    for match in pattern.finditer(text):
        yield match, node.body[0].lineno + text[: match.start(group)].count("\n")


def documented(node: ast.AST, name: str = "") -> Iterator[tuple[str, Documented]]:
    """(qualified name, node) of all that can have a docstring; the module's own name is ""."""
    if isinstance(node, Documented):
        yield name, node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.ExceptHandler):
            own = getattr(child, "name", None) if isinstance(child, Documented) else None
            yield from documented(child, f"{name}.{own or ''}".strip("."))
