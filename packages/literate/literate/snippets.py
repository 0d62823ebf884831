"""From a snippet's name to its formulas, its code and the program that runs.

A snippet is a top-level function or class of a file of snippets. Its docstring holds one summary
line, its formulas between `$$` lines, and its example as a doctest. A region (`data:sample`) is
a run of top-level definitions between `# --8<-- [start:sample]` and `# --8<-- [end:sample]`.

What a page shows, what its copy button gives, what is run and what is tested are one text: the
definition without docstring and annotations, then the example. Its program begins with the imports
and definitions that it needs. Nothing is run to read it.
"""

import ast
import builtins
import contextlib
import doctest
import functools
import re
import symtable
import textwrap
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, NoReturn

from mathdoctest import signature, source
from mathdoctest.errors import SourceError

from literate import Fault, files, strip
from literate.expected import Tolerance, tolerance
from literate.project import Project

_NOT_SHOWN = re.compile(rf"{files.UNFINISHED}|[\u3000-\u9fff\uff00-\uffef]+")
_MARKER = re.compile(r"#\s*--8<--\s*\[(start|end):(\w+)\]\s*$")
_NOTE = re.compile(r"^# literate:[ \t]*(.*?)[ \t]*$", re.M)
UNSHOWN = "unshown"  # the note of a file whose formulas no page need show
_NAME = re.compile(r"\b\w+[.:]\w+")
_UNDEFINED = {"__name__", "__file__"}  # names that need no definition, beside the builtins
LAB = "lab_"  # what the names of files begin with whose cells make a notebook
WIDEST = 88  # characters of a line in a card
Definition = ast.FunctionDef | ast.ClassDef


class Parameter(NamedTuple):
    """A parameter. shape: `"out in"`, `""` of a scalar, None of what is not an array."""

    name: str
    shape: str | None


@dataclass(frozen=True)
class Snippet:
    """A snippet, as its page shows it and as it runs.

    name: statistics.mean, or statistics:sample.
    code: the definition as displayed; empty where the docstring is the whole body.
    example: the example's lines as displayed. expected: what it prints.
    outputs: the line of the file for each line of that.
    error: the error that it must raise, as `TypeError: …`.
    signature: the parameters, then the returned value as `return`.
    definitions: (key, text) of what the program has before the example, in order.
    """

    name: str
    module: "Module" = field(compare=False, repr=False)
    line: int
    code: str
    imports: tuple[str, ...]
    definitions: tuple[tuple[str, str], ...]
    summary: str = ""
    formulas: tuple[str, ...] = ()
    example: str = ""
    expected: str = ""
    outputs: tuple[int, ...] = ()
    error: str | None = None
    tolerance: Tolerance = Tolerance()
    signature: tuple[Parameter, ...] = ()

    @property
    def path(self) -> Path:
        return self.module.path

    @property
    def place(self) -> str:
        return f"{self.module.where}:{self.line}"

    @property
    def displayed(self) -> str:
        return layout([self.code, self.example])

    @property
    def program(self) -> str:
        """What prints the expected output in a fresh interpreter."""
        definitions = (text for _, text in self.definitions)
        return layout(["\n".join(self.imports), *definitions, self.example]) + "\n"

    @property
    def slug(self) -> str:
        return slug(self.name)


def slug(name: str) -> str:
    """The id of a snippet on its page: of statistics.mean it is `mean`."""
    return re.split("[.:]", name)[1].strip("_").replace("_", "-").lower()


def layout(blocks: Iterable[str]) -> str:
    """Join blocks of code: two empty lines before a definition, none between assignments of one
    line, else one."""
    out = previous = ""
    for block in filter(None, blocks):
        if block.lstrip().startswith(("def ", "class ", "@")):
            space = "\n\n\n"
        elif "\n" in block + previous or previous.startswith(("import ", "from ")):
            space = "\n\n"
        else:
            space = "\n"
        out += space * bool(previous) + block
        previous = block
    return out


# ---- one file of snippets


class Module:
    """A file of snippets: its text, its top-level definitions by name, its imports and regions.

    file: the same file, as mathdoctest reads it. unshown: whether no page need show its formulas.
    imported: name → (import line, the file of snippets that it comes from, if it does).
    """

    def __init__(self, project: Project, path: Path):
        self.project, self.path, self.name = project, path, path.stem
        self.where = project.place(path)
        self.text = project.read(path)
        self.lines = self.text.splitlines()
        self.source = functools.cache(self._source)
        try:
            self.file = source.module(path)
        except SourceError as error:
            raise Fault(f"{self.where}:{error.line}", error.what, error.hint) from None
        if found := _NOT_SHOWN.search(self.text):
            at = files.at_offset(self.where, self.text, found.start())
            what = f"`{found[0]}` in a program, which the pages of all languages show"
            raise Fault(at, what, "write it in English, and finish it")
        notes = [(found[1], found.start()) for found in _NOTE.finditer(self.text)]
        for note, start in notes:
            if note != UNSHOWN:
                at = files.at_offset(self.where, self.text, start)
                what = f"the note `# literate: {note}` says nothing to the engine"
                raise Fault(at, what, f"write `# literate: {UNSHOWN}`, or remove it")
        self.unshown = bool(notes)
        self.defined: dict[str, ast.stmt] = {}
        self._shown: dict[ast.stmt, str] = {}
        self.imported: dict[str, tuple[str, str | None]] = {}
        for node in self.file.tree.body:
            self._add(node)

    def _add(self, node: ast.stmt) -> None:
        at = self.at(node)
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                if name in self.defined:
                    what = f"`{name}` is defined twice, at line {self.defined[name].lineno} too"
                    raise Fault(at, what, "keep one, or rename it")
                self.defined[name] = node
            case ast.Assign() | ast.AnnAssign():
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names = [n for target in targets for n in ast.walk(target)]
                self.defined |= {n.id: node for n in names if isinstance(n, ast.Name)}
            case ast.Import():
                for alias in node.names:
                    name = alias.asname or alias.name.split(".")[0]
                    self.imported[name] = (f"import {ast.unparse(alias)}", None)
            case ast.ImportFrom():
                self._add_from(node)
            case ast.Expr(value=ast.Constant()):
                pass
            case _ if not self.name.startswith(LAB):
                what = "a statement at the top level, which no page shows and no program runs"
                raise Fault(at, what, "put it in a function, or in its example")

    def _add_from(self, node: ast.ImportFrom) -> None:
        package, _, inner = (node.module or "").partition(".")
        home = inner if inner and package == self.project.package else None
        for alias in node.names:
            if home and alias.asname:
                what = f"`as {alias.asname}`: the copied program would need a second name"
                cure = f"import {alias.name} from {node.module} under its own name"
                raise Fault(self.at(node), what, cure)
            line = f"from {node.module or ''} import {ast.unparse(alias)}"
            self.imported[alias.asname or alias.name] = (line, home)

    def at(self, node: ast.stmt) -> str:
        return f"{self.where}:{node.lineno}"

    def _source(self, node: ast.stmt) -> str:
        """A definition as displayed: no docstrings, no annotations, comments kept."""
        if node not in self._shown:
            self._shown[node] = "\n".join(strip.displayed(node, self.lines)).rstrip()
        return self._shown[node]

    def dedented(self, tex: str, line: int) -> str:
        """A formula of a docstring without the indentation that its first line has in the file."""
        first = self.lines[line - 1]
        return textwrap.dedent(first[: len(first) - len(first.lstrip())] + tex)

    def region(self, name: str) -> tuple[int, str]:
        """The line before a region and its text. Raises Fault."""
        found = [(n, m) for n, m in enumerate(map(_MARKER.search, self.lines), 1) if m]
        marks = {mark[1]: number for number, mark in found if mark[2] == name}
        if set(marks) != {"start", "end"}:
            known = ", ".join(sorted({mark[2] for _, mark in found})) or "none"
            cure = f"`# --8<-- [start:{name}]` and `# --8<-- [end:{name}]`"
            cure = f"regions here: {known}; mark it with {cure}"
            raise Fault(self.where, f"no region `{name}`", cure)
        text = "\n".join(self.lines[marks["start"] : marks["end"] - 1]).strip("\n")
        return marks["start"], text


@functools.lru_cache(maxsize=256)  # of the last few projects: tests make one for each check
def _module(project: Project, path: Path, _: source.Stamp) -> Module:
    return Module(project, path)


def module(project: Project, name: str, asked_at: str = "") -> Module:
    """A file of snippets, read again when it changes. Raises Fault.

    asked_at: file and line of what asks for it, for the message.
    """
    path = project.snippets / f"{name}.py"
    try:
        stamp = source.stamp(path)
    except SourceError:
        what, known = f"{project.package}/{name}.py is missing", ", ".join(modules(project))
        raise Fault(asked_at or project.package, what, f"files: {known}") from None
    return _module(project, path, stamp)


def modules(project: Project) -> list[str]:
    """The names of all files of snippets."""
    return sorted(p.stem for p in project.snippets.glob("*.py") if p.stem != "__init__")


# ---- what a text needs


@functools.lru_cache(maxsize=4096)
def _names_used(text: str, at: str) -> tuple[frozenset[str], frozenset[str]]:
    """The global names that a piece of code reads, and those it assigns at its top level."""
    try:
        table = symtable.symtable(text, at, "exec")
    except SyntaxError as error:
        what = f"the displayed code is not Python: {error.msg}: {error.text}"
        raise Fault(at, what, "fix the syntax") from None
    top = table.get_symbols()
    assigned = {s.get_name() for s in top if s.is_assigned() or s.is_imported()}
    read = {s.get_name() for s in top if s.is_referenced()}
    inner = list(table.get_children())
    while inner:
        scope = inner.pop()
        for symbol in scope.get_symbols():
            # symtable says that all names of a function called `top` are global
            local = symbol.is_local() or symbol.is_parameter()
            if symbol.is_global() and symbol.is_referenced() and not local:
                read.add(symbol.get_name())
        inner += scope.get_children()
    return frozenset(read), frozenset(assigned)


class _Closure:
    """The imports and definitions that a snippet needs, of its own file and of those it imports.

    owner: global name → the file that defines it.
    found: file → line → text, what is needed first coming first.
    """

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self.owner: dict[str, str] = {}
        self.found: dict[str, dict[int, str]] = {}

    def need(self, names: AbstractSet[str], home: Module, at: str) -> None:
        for name in sorted(names):
            if name in home.defined:
                self.define(name, home, at)
            elif name in home.imported:
                line, other = home.imported[name]
                if other is None:
                    self.imports.add(line)
                else:
                    self.need({name}, module(home.project, other, at), at)
            elif not hasattr(builtins, name) and name not in _UNDEFINED:
                what = f"the name `{name}` is not defined in {home.where}"
                raise Fault(at, what, "define or import it at the top level")

    def define(self, name: str, home: Module, at: str) -> None:
        if (owner := self.owner.get(name)) == home.name:
            return
        if owner:
            what = f"`{name}` is defined in both {owner}.py and {home.name}.py"
            raise Fault(at, what, "rename one of them")
        self.owner[name] = home.name
        node = home.defined[name]
        text = home.source(node)
        read, _ = _names_used(text, home.at(node))
        self.need(read - {name}, home, home.at(node))
        self.found.setdefault(home.name, {})[node.lineno] = text

    def parts(self) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """The imports, and key and text of the definitions, in order."""
        files = [(name, sorted(texts.items())) for name, texts in self.found.items()]
        definitions = [(f"{name}:{line}", text) for name, texts in files for line, text in texts]
        return tuple(sorted(self.imports)), tuple(definitions)


# ---- a snippet


def unused(project: Project, loaded: Iterable[Snippet]) -> Iterator[Fault]:
    """Functions and classes that no page or draft shows, and no program of one that is shown has.

    loaded: the snippets that pages name.
    """
    shown = [*loaded, *_in_drafts(project)]
    used = {key for each in shown for key, _ in each.definitions} | {s.name for s in shown}
    cure = "name it in a page of each language, `/// snippet | {0}`, or remove it"
    every = [name for name in modules(project) if not name.startswith(LAB)]
    for home in (h for h in map(functools.partial(module, project), every) if not h.unshown):
        for name, node in home.defined.items():
            keys = {f"{home.name}.{name}", f"{home.name}:{node.lineno}"}
            if isinstance(node, Definition) and not keys & used:
                full = f"{home.name}.{name}"
                yield Fault(home.at(node), f"no page shows `{full}`", cure.format(full))


def _in_drafts(project: Project) -> Iterator[Snippet]:
    """The snippets that drafts name, of those that there are. A draft need be no page yet."""
    texts = [project.read(path) for paths in project.drafts.values() for path in paths]
    for name in dict.fromkeys(_NAME.findall("\n".join(texts))):
        with contextlib.suppress(Fault):
            yield load(project, name)


def load(project: Project, name: str, asked_at: str = "") -> Snippet:
    """The snippet `module.function` or the region `module:region`. Raises Fault.

    asked_at: file and line of the page that names it, for the message.
    """
    if not (match := re.fullmatch(r"(\w+)([.:])(\w+)", name)):
        cure = "write module.function or module:region"
        raise Fault(asked_at or name, f"`{name}` is not a snippet's name", cure)
    home = module(project, match[1], asked_at)
    if match[2] == ":":
        return _region(name, home, match[3])
    if isinstance(node := home.defined.get(match[3]), Definition):
        return _definition(name, home, node)
    known = ", ".join(n for n, node in home.defined.items() if isinstance(node, Definition))
    what = f"no function or class `{match[3]}`"
    what = f"{home.where} has {what}" if asked_at else what
    raise Fault(asked_at or home.where, what, f"it has: {known or 'none'}")


def _region(name: str, home: Module, region: str) -> Snippet:
    line, text = home.region(region)
    at = f"{home.where}:{line}"
    read, assigned = _names_used(text, at)
    closure = _Closure()
    closure.need(read - assigned, home, at)
    imports, definitions = closure.parts()
    return Snippet(name, home, line, text, imports, (*definitions, (name, text)))


def _definition(name: str, home: Module, node: Definition) -> Snippet:
    at, docstring = home.at(node), ast.get_docstring(node) or ""
    formulas = tuple(home.dedented(*each) for each in source.formulas(node))
    example = _example(node, home)
    only_docstring = len(node.body) == 1 and bool(docstring)
    code = "" if only_docstring else home.source(node)

    def refuse(what: str, cure: str) -> NoReturn:
        raise Fault(at, f"{name}: {what}", cure)

    summary = docstring.partition("\n")[0]
    if summary and not summary.startswith("$$") and not summary.endswith((".", "?", "!")):
        refuse("the first line of its docstring is no sentence", "say what it is, and end with `.`")
    if source.has_unpaired_mark(node):
        refuse("a `$$` that opens or closes no formula", "write each `$$` on a line of its own")
    if formulas and isinstance(node, ast.ClassDef):
        refuse("a formula of a class, which nothing would check", "move it to a function")
    if not example[0] and not code:
        refuse("neither code nor example", "give it a body or an example")
    closure = _Closure()
    read, assigned = _names_used(example[0], at)
    if not only_docstring:
        closure.define(node.name, home, at)
    closure.need(read - assigned, home, at)
    if clash := sorted(assigned & set(closure.owner)):
        what = f"the example assigns `{clash[0]}`, which {closure.owner[clash[0]]}.py defines"
        raise Fault(at, what, "use another name in the example")
    imports, definitions = closure.parts()
    shown = docstring.partition("\n")[0], formulas, *example, tolerance(docstring, at)
    made = Snippet(name, home, node.lineno, code, imports, definitions, *shown, _signature(node))
    for line in made.displayed.splitlines():
        if len(line) > WIDEST:
            what = f"a displayed line of {len(line)} characters, where {WIDEST} fit: {line.strip()}"
            refuse(what, "break it")
    return made


def _example(node: Definition, home: Module) -> tuple[str, str, tuple[int, ...], str | None]:
    """The example's source, what it prints and in which lines, and the error that ends it."""
    at = home.at(node)
    try:
        examples = doctest.DocTestParser().get_examples(ast.get_docstring(node, clean=False) or "")
    except ValueError as error:
        cure = "write `>>> ` before each line and the output below"
        raise Fault(at, f"the example is not a doctest: {error}", cure) from None
    # doctest drops the `...` that ends a block: an empty line takes its place
    blocks = [e.source + "\n" * bool(re.search(r"^ .*\S\s*\Z", e.source, re.M)) for e in examples]
    expected = "".join(e.want for e in examples if e.exc_msg is None).replace("<BLANKLINE>", "")
    raised = [e.exc_msg for e in examples if e.exc_msg is not None]
    if raised and examples[-1].exc_msg is None:
        what = "the example goes on after the error that it expects"
        raise Fault(at, what, "put the failing line last")
    lines = [line for e in examples if e.exc_msg is None for line in _output_lines(e, node, home)]
    ends_in = raised[-1].strip() if raised else None
    return "".join(blocks).rstrip("\n"), expected, tuple(lines), ends_in


def _output_lines(example: doctest.Example, node: Definition, home: Module) -> range:
    """The lines of the file in which an example's output is expected."""
    first = node.body[0].lineno + example.lineno
    while home.lines[first - 1].lstrip().startswith((">>>", "...")):
        first += 1
    return range(first, first + example.want.count("\n"))


def _signature(node: Definition) -> tuple[Parameter, ...]:
    if isinstance(node, ast.ClassDef):
        return ()
    shapes = signature.parameters(node)
    if node.returns and ast.unparse(node.returns) != "None":
        returned = signature.returned(node)
        shapes["return"] = returned[0] if len(returned) == 1 else None
    return tuple(Parameter(name, shape.text if shape else None) for name, shape in shapes.items())


def assemble(snippets: list[Snippet]) -> tuple[list[str], list[tuple[Snippet, list[str]]]]:
    """A chapter's whole program: its imports, then for each snippet the definitions not yet given.

    The snippets are in the order of the page; every definition is there once.
    """
    imports = sorted({line for snippet in snippets for line in snippet.imports})
    given: set[str] = set()
    steps = []
    for snippet in snippets:
        new = [text for _, text in snippet.definitions if text not in given]
        given |= set(new)
        steps.append((snippet, new))
    return imports, steps
