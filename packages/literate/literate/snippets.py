"""From a snippet's name to its formula, its code and the program that runs.

A snippet is a top-level function or class of `snippets/*.py`. Its docstring holds one summary line, its formulas
between `$$` lines, and its example as a doctest. A region (`network:weights`) is a run of top-level definitions
between `# --8<-- [start:weights]` and `# --8<-- [end:weights]`.

What a page displays, what its copy button gives, what is run and what is tested are one text: the definition without
docstring and annotations, then the example. The program puts in front of it the imports and definitions it needs.
"""

import ast
import builtins
import doctest
import functools
import re
import symtable
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

from literate import files as intake
from literate.strip import displayed
from literate.errors import Fault


_FORMULA = re.compile(r"^[ \t]*\$\$[ \t]*\n(.*?)\n[ \t]*\$\$[ \t]*$", re.M | re.S)
_TOLERANCE = re.compile(
    r"^Tolerance:\s*([\d.e-]+)(?:,\s*counts\s+(\d+))?\s*\((.+?)\)\s*$", re.M | re.S
)
_NOT_SHOWN = re.compile(rf"{intake.UNFINISHED}|[\u3000-\u9fff\uff00-\uffef]+")
_MARKER = re.compile(r"#\s*--8<--\s*\[(start|end):(\w+)\]\s*$")


LOOSEST = 0.5  # relative: the digits of rounding noise


@dataclass(frozen=True)
class Tolerance:
    """How far a printed number may be from the expected one on another device."""

    relative: float = 1e-5  # float32 keeps 7 digits; the order of summation on CPU, Metal and CUDA may cost the last two
    absolute: float = 1e-6  # what float32 leaves of a sum that cancels to 0
    counts: int = (
        0  # by how much a whole number may differ: a count of what fell one way or the other
    )


@dataclass(frozen=True)
class Parameter:
    """One symbol of a signature: its name in code and its shape (`"out in"`, `""` for a scalar, None if not an array)."""

    name: str
    shape: str | None


@dataclass(frozen=True)
class Snippet:
    name: str  # forward.weighted_sum, network:weights
    path: Path
    where: str  # the file, as messages name it
    module: "Module" = field(compare=False, repr=False)
    line: int
    summary: str
    formulas: tuple[str, ...]
    code: str  # the definition as displayed; empty where the docstring is the whole body
    example: str  # the example's lines as displayed
    expected: str  # what the example prints
    error: str | None  # the error it must raise, as `TypeError: …`
    tolerance: Tolerance
    signature: tuple[Parameter, ...]  # parameters, then the returned value as `return`
    imports: tuple[str, ...]
    definitions: tuple[
        tuple[str, str], ...
    ]  # (key, text) of what the program needs in front, in order

    @property
    def displayed(self) -> str:
        return layout([self.code, self.example])

    @property
    def program(self) -> str:
        """The whole program: runs by itself in a fresh interpreter and prints what the page shows."""
        blocks = ["\n".join(self.imports)] if self.imports else []
        return layout(blocks + [text for _, text in self.definitions] + [self.example]) + "\n"

    @property
    def place(self) -> str:
        return f"{self.where}:{self.line}"

    @property
    def slug(self) -> str:
        return slug(self.name)


def slug(name: str) -> str:
    """The address of a snippet on its page: forward.weighted_sum stands at `#weighted-sum`."""
    return re.split("[.:]", name)[1].strip("_").replace("_", "-").lower()


def layout(blocks: list[str]) -> str:
    """Join blocks of code: two blank lines before a definition, none between one-line assignments, else one."""
    out = ""
    previous = ""
    for block in filter(None, blocks):
        if previous:
            out += (
                "\n\n\n" if _is_definition(block) else "\n" if _short(block, previous) else "\n\n"
            )
        out += block
        previous = block
    return out


def _is_definition(block: str) -> bool:
    return block.lstrip().startswith(("def ", "class ", "@"))


def _short(block: str, previous: str) -> bool:
    one_line = "\n" not in block and "\n" not in previous
    return one_line and not previous.startswith(("import ", "from "))


# ---- one module of snippets ---------------------------------------------------------------------------------------


class Module:
    """A file of `snippets/`: its text, its top-level definitions by name, its imports and regions."""

    def __init__(self, project, path: Path):
        self.project, self.path = project, path
        self.name = path.stem
        self.where = project.place(path)
        self.text = project.read(path)
        self.lines = self.text.splitlines()
        try:
            self.tree = ast.parse(self.text)
        except SyntaxError as error:
            raise Fault(
                f"{self.where}:{error.lineno}", f"not Python: {error.msg}", "mend the syntax"
            ) from None
        for number, line in enumerate(self.lines, 1):
            if found := _NOT_SHOWN.search(line):
                raise Fault(
                    f"{self.where}:{number}",
                    f"`{found[0]}` in a program, which the pages of both languages show",
                    "say it in English, and finish it",
                )
        self.defined: dict[str, ast.stmt] = {}
        self.imported: dict[
            str, tuple[str, str | None]
        ] = {}  # name → (import line, snippets module or None)
        for node in self.tree.body:
            self._take(node)

    def _take(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            if node.name in self.defined:
                raise Fault(
                    f"{self.where}:{node.lineno}",
                    f"`{node.name}` is defined twice, at line {self.defined[node.name].lineno} too",
                    "keep one, or rename it",
                )
            self.defined[node.name] = node
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in (n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)):
                self.defined[name] = node
        elif isinstance(node, ast.Import):
            for alias in node.names:
                line = f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
                self.imported[alias.asname or alias.name.split(".")[0]] = (line, None)
        elif isinstance(node, ast.ImportFrom):
            self._take_from(node)
        elif not (
            self.name.startswith("lab_")
            or isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
        ):
            raise Fault(
                f"{self.where}:{node.lineno}",
                "a statement at the top level, which no page shows and no program runs",
                "put it in a function, or in its example",
            )

    def _take_from(self, node: ast.ImportFrom) -> None:
        source = node.module or ""
        ours = source.partition(".")[2] if source.split(".")[0] == self.project.package else None
        for alias in node.names:
            if ours and alias.asname:
                raise Fault(
                    f"{self.where}:{node.lineno}",
                    f"`as {alias.asname}`: the copied program would need a second name",
                    f"import {alias.name} from {source} under its own name",
                )
            line = f"from {source} import {alias.name}" + (
                f" as {alias.asname}" if alias.asname else ""
            )
            self.imported[alias.asname or alias.name] = (line, ours)

    def source(self, node: ast.stmt) -> str:
        """A definition as displayed: no docstrings, no annotations, comments kept."""
        return "\n".join(displayed(node, self.lines)).rstrip()

    def region(self, name: str) -> tuple[int, list[ast.stmt], str]:
        marks = {}
        for number, line in enumerate(self.lines, 1):
            if (mark := _MARKER.search(line)) and mark[2] == name:
                marks[mark[1]] = number
        if set(marks) != {"start", "end"}:
            known = sorted({m[2] for m in map(_MARKER.search, self.lines) if m})
            raise Fault(
                self.where,
                f"no region `{name}`",
                f"regions here: {', '.join(known) or 'none'}; mark it with "
                f"`# --8<-- [start:{name}]` and `# --8<-- [end:{name}]`",
            )
        nodes = [n for n in self.tree.body if marks["start"] < n.lineno < marks["end"]]
        text = "\n".join(self.lines[marks["start"] : marks["end"] - 1]).strip("\n")
        return marks["start"], nodes, text


@functools.lru_cache(maxsize=None)
def _module(project, path: Path, stamp: tuple) -> Module:
    return Module(project, path)


def module(project, name: str, asked_at: str = "") -> Module:
    """The module `snippets/<name>.py`, read again when the file changes."""
    path = project.snippets / f"{name}.py"
    if not path.is_file():
        known = ", ".join(
            sorted(p.stem for p in project.snippets.glob("*.py") if p.stem != "__init__")
        )
        raise Fault(
            asked_at or project.package,
            f"there is no {project.package}/{name}.py",
            f"modules: {known}",
        )
    stat = path.stat()
    return _module(project, path, (stat.st_mtime_ns, stat.st_size))


# ---- what a text needs ------------------------------------------------------------------------------------------------


def names_used(text: str, at: str) -> tuple[set[str], set[str]]:
    """The global names that a piece of code reads, and those it assigns at its top level."""
    try:
        table = symtable.symtable(text, at, "exec")
    except SyntaxError as error:
        raise Fault(
            at, f"the displayed code is not Python: {error.msg}: {error.text}", "mend the syntax"
        ) from None
    assigned = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    read = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    inner = list(table.get_children())
    while inner:
        child = inner.pop()
        read |= {
            s.get_name()
            for s in child.get_symbols()
            if s.is_global() and s.is_referenced() and not s.is_local() and not s.is_parameter()
        }
        inner += child.get_children()
    return read, assigned


class _Closure:
    """Everything a snippet needs in front of it, from its own module and the ones it imports from."""

    def __init__(self, project):
        self.project = project
        self.imports: dict[str, None] = {}
        self.wanted: dict[str, dict[str, ast.stmt]] = {}  # module → key → node
        self.order: list[str] = []  # modules, dependencies first
        self.owner: dict[str, str] = {}  # global name → module that defines it

    def need(self, names: set[str], home: Module, at: str) -> None:
        for name in sorted(names):
            if name in home.defined:
                self.define(name, home, at)
            elif name in home.imported:
                line, ours = home.imported[name]
                if ours is None:
                    self.imports[line] = None
                else:
                    self.need({name}, module(home.project, ours, at), at)
            elif not hasattr(builtins, name) and name not in ("__name__", "__file__"):
                raise Fault(
                    at,
                    f"the name `{name}` is not defined in {home.where}",
                    "define or import it at the top level",
                )

    def define(self, name: str, home: Module, at: str) -> None:
        if self.owner.setdefault(name, home.name) != home.name:
            raise Fault(
                at,
                f"`{name}` is defined in both {self.owner[name]}.py and {home.name}.py",
                "rename one of them",
            )
        node = home.defined[name]
        mine = self.wanted.setdefault(home.name, {})
        if (key := f"{home.name}.{name}:{node.lineno}") in mine:
            return
        mine[key] = node
        text = home.source(node)
        reads, _ = names_used(text, f"{home.where}:{node.lineno}")
        self.need(reads - {name}, home, f"{home.where}:{node.lineno}")
        if home.name not in self.order:
            self.order.append(home.name)

    def definitions(self) -> tuple[tuple[str, str], ...]:
        out: dict[tuple, tuple[str, str]] = {}
        for name in self.order:
            home = module(self.project, name)
            for node in sorted(self.wanted[name].values(), key=lambda n: n.lineno):
                out[name, node.lineno] = (f"{name}:{node.lineno}", home.source(node))
        return tuple(out.values())


# ---- a snippet ------------------------------------------------------------------------------------------------------------


def load(project, name: str, asked_at: str = "") -> Snippet:
    """The snippet `module.function` or the region `module:region`.

    asked_at: file and line of the page that names it, for the message. Raises Fault.
    """
    if not (match := re.fullmatch(r"(\w+)([.:])(\w+)", name)):
        raise Fault(
            asked_at or name,
            f"`{name}` is not a snippet's name",
            "write module.function or module:region",
        )
    home = module(project, match[1], asked_at)
    return (
        _region(name, home, match[3])
        if match[2] == ":"
        else _definition(name, home, match[3], asked_at)
    )


def _region(name: str, home: Module, region: str) -> Snippet:
    line, nodes, text = home.region(region)
    at = f"{home.where}:{line}"
    reads, assigned = names_used(text, at)
    closure = _Closure(home.project)
    closure.need(reads - assigned, home, at)
    return Snippet(
        name,
        home.path,
        home.where,
        home,
        line,
        "",
        (),
        text,
        "",
        "",
        None,
        Tolerance(),
        (),
        tuple(sorted(closure.imports)),
        (*closure.definitions(), (name, text)),
    )


def _definition(name: str, home: Module, wanted: str, asked_at: str) -> Snippet:
    node = home.defined.get(wanted)
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        known = [
            n for n, d in home.defined.items() if isinstance(d, (ast.FunctionDef, ast.ClassDef))
        ]
        raise Fault(
            asked_at or home.where,
            f"{home.where} has no function or class `{wanted}`",
            f"it has: {', '.join(known)}",
        )
    at = f"{home.where}:{node.lineno}"
    docstring = ast.get_docstring(node) or ""
    formulas = tuple(map(_dedent, _FORMULA.findall(docstring)))
    if docstring.count("$$") != 2 * len(formulas):
        raise Fault(
            at,
            f"`{name}`: a `$$` that opens or closes no formula",
            "write each `$$` on a line of its own, in pairs",
        )
    if formulas and isinstance(node, ast.ClassDef):
        raise Fault(
            at,
            f"`{name}`: a formula of a class, which nothing would check",
            "write it in the docstring of a function",
        )
    example, expected, error = _example(docstring, at)
    only_docstring = len(node.body) == 1 and bool(docstring)
    code = "" if only_docstring else home.source(node)
    if not example and not code:
        raise Fault(
            at, f"`{name}` has neither code nor example", "give it a body or a `>>>` example"
        )
    closure = _Closure(home.project)
    reads, assigned = names_used(example, at)
    if not only_docstring:
        closure.define(wanted, home, at)
    closure.need(reads - assigned, home, at)
    if clash := assigned & set(closure.owner):
        raise Fault(
            at,
            f"the example assigns `{min(clash)}`, which is defined in {closure.owner[min(clash)]}.py",
            "use another name in the example",
        )
    return Snippet(
        name,
        home.path,
        home.where,
        home,
        node.lineno,
        docstring.partition("\n")[0],
        formulas,
        code,
        example,
        expected,
        error,
        _tolerance(docstring, at),
        _signature(node),
        tuple(sorted(closure.imports)),
        closure.definitions(),
    )


def _dedent(text: str) -> str:
    return textwrap.dedent(text).strip()


def _example(docstring: str, at: str) -> tuple[str, str, str | None]:
    """The example's source, what it prints and the error that ends it."""
    try:
        examples = doctest.DocTestParser().get_examples(docstring)
    except ValueError as error:
        raise Fault(
            at, f"the example is not a doctest: {error}", "write `>>> ` before and the output below"
        ) from None
    # A doctest drops the bare `...` that ends a block: a blank line stands for it
    source = "".join(
        e.source + ("\n" if e.source.rstrip().splitlines()[-1].startswith(" ") else "")
        for e in examples
    ).rstrip("\n")
    expected = "".join(e.want for e in examples if e.exc_msg is None).replace("<BLANKLINE>", "")
    raised = [e.exc_msg for e in examples if e.exc_msg is not None]
    if raised and examples[-1].exc_msg is None:
        raise Fault(
            at, "the example goes on after the error that it expects", "put the failing line last"
        )
    return source, expected, raised[-1].strip() if raised else None


def _tolerance(docstring: str, at: str) -> Tolerance:
    if "Tolerance:" not in docstring:
        return Tolerance()
    if not (found := _TOLERANCE.search(docstring)):
        raise Fault(
            at,
            "a tolerance without its reason",
            "write `Tolerance: 1e-3 (why)`, or `Tolerance: 1e-3, counts 2 (why)`",
        )
    try:
        relative = float(found[1])
    except ValueError:
        relative = 1.0
    if not 0 < relative <= LOOSEST:
        raise Fault(
            at,
            f"a tolerance of {found[1]}, which would let a wrong number pass",
            f"the loosest is {LOOSEST:g}; what cannot be told closer is no output to show",
        )
    return Tolerance(relative, counts=int(found[2] or 0))


def _signature(node: ast.FunctionDef | ast.ClassDef) -> tuple[Parameter, ...]:
    if isinstance(node, ast.ClassDef):
        return ()
    args = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    out = [Parameter(a.arg, _shape(a.annotation)) for a in args]
    if node.returns is not None and not (
        isinstance(node.returns, ast.Constant) and node.returns.value is None
    ):
        out.append(Parameter("return", _shape(node.returns)))
    return tuple(out)


def _shape(annotation: ast.expr | None) -> str | None:
    """`Float[mx.array, "out in"]` → `out in`; a plain `float` is a scalar; anything else has no shape."""
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
        last = annotation.slice.elts[-1]
        return str(last.value) if isinstance(last, ast.Constant) else None
    return "" if isinstance(annotation, ast.Name) and annotation.id in ("float", "int") else None


def assemble(snippets: list[Snippet]) -> tuple[list[str], list[tuple[Snippet, list[str]]]]:
    """A chapter's whole program: its imports, then for each snippet the definitions not yet given.

    Each snippet's own blocks are in the order in which the page shows them; every definition stands once.
    """
    imports = sorted({line for s in snippets for line in s.imports})
    given: set[str] = set()
    steps = []
    for snippet in snippets:
        new = [text for key, text in snippet.definitions if text not in given]
        given |= set(new)
        steps.append((snippet, new))
    return imports, steps
