"""The formulas of snippets: whether each holds, its symbols marked, and what prose may repeat."""

import ast
import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path

import mathdoctest
from mathdoctest import Mismatch, Report, marks, reader, resolve, source, vocabulary
from mathdoctest.errors import NotInGrammar, SourceError
from mathdoctest.functions import Function
from mathdoctest.functions import function as function_in
from mathdoctest.marks import CONSTANTS, INDICES
from mathdoctest.notation import Vocabulary
from mathdoctest.syntax import Node, Statement, Symbol, walk

from literate import Fault, files, repeats, runs, snippets, symbols
from literate.project import Project
from literate.snippets import Snippet
from literate.text import INLINE, Page

State = tuple[tuple[Path, int, int], ...]
SHOWING = ("snippet", "formula")  # the directives that show a snippet's formulas
_SHOWN = re.compile(rf"^/// *(?:{'|'.join(SHOWING)}) *\| *(\S+)", re.M)
_SIGNS = (r"\log", r"\odot", r"\ln 2")  # what a sentence may name without a declaration


def function(project: Project, name: str) -> Function:
    """The function `module.function` with its formulas read. Raises Fault."""
    home, _, inner = name.partition(".")
    return _read(project, snippets.module(project, home).file, inner)


def _read(project: Project, file: source.Module, name: str) -> Function:
    return _function(project, file, name, symbols.spellings(project, file.name, name))


@functools.lru_cache(maxsize=512)
def _function(
    project: Project, file: source.Module, name: str, spellings: vocabulary.Spellings
) -> Function:
    try:
        return function_in(file, name, spellings=spellings)
    except (Mismatch, SourceError) as error:
        raise _fault(project, error) from None


def functions(project: Project, home: str) -> list[Function]:
    """Those of a file that have formulas, in its order. Raises Fault."""
    file = snippets.module(project, home).file
    return [_read(project, file, n) for n, node in file.functions.items() if source.formulas(node)]


def all_with_formulas(project: Project) -> dict[str, str]:
    """Every function that has a formula → the place of its first one."""
    found = {}
    for home in snippets.modules(project):
        module = snippets.module(project, home)
        for name, node in module.file.functions.items():
            if source.formulas(node) or source.has_unpaired_mark(node):
                lines = [line for _, line in source.formulas(node)] or [node.lineno]
                found[f"{home}.{name}"] = f"{module.where}:{lines[0]}"
    return found


def unshown(project: Project, pages: Iterable[Page]) -> Iterator[Fault]:
    """Formulas that no page shows, and that nobody reads."""
    shown = {d.argument for page in pages for d in page.directives if d.name in SHOWING}
    for paths in project.drafts.values():
        shown |= {name for path in paths for name in _SHOWN.findall(project.read(path))}
    shown |= {*unshown_by_choice(project)}
    cure = (
        "name it in a page of each language, `/// snippet | {0}`, or remove it; a file of which no "
        f"page need show anything has the line `# literate: {snippets.UNSHOWN}`"
    )
    for name, place in all_with_formulas(project).items():
        if name not in shown:
            yield Fault(place, f"no page shows the formula of `{name}`", cure.format(name))


def unshown_by_choice(project: Project) -> list[str]:
    """The functions with formulas that no page need show. They are checked all the same."""
    marked = {h for h in snippets.modules(project) if snippets.module(project, h).unshown}
    return [name for name in all_with_formulas(project) if name.split(".")[0] in marked]


# ---- whether they hold


def report(snippet: Snippet, shown_at: Sequence[str] = ()) -> Report | None:
    """What was compared of a snippet's formulas; None where it has none.

    The verdict is kept, in memory and on disk, as long as nothing that it depends on changes.
    shown_at: the places of the pages that show it, for the message. Raises Fault.
    """
    if not snippet.formulas:
        return None
    project = snippet.module.project
    found = _verdict(snippet, state(project, snippet.module.name))
    if isinstance(found, Report):
        return found
    if isinstance(found, Fault):
        raise found
    raise _fault(project, found, snippet.name, shown_at)


def state(project: Project, home: str) -> State:
    """What the verdicts on a file of snippets depend on, as it is now. Raises Fault."""
    return tuple((path, *source.stamp(path)) for path in _sources(project, home))


def made_from(project: Project, home: str) -> str:
    """The hash of the files that the verdicts on a file of snippets depend on. Raises Fault."""
    return _made_from(state(project, home))


@functools.lru_cache(maxsize=256)
def _made_from(now: State) -> str:
    return files.digest(*(path.read_text("utf-8") for path, *_ in now))


def _sources(project: Project, home: str) -> list[Path]:
    try:
        return symbols.depends_on(project, home)
    except SourceError as error:
        raise _fault(project, error) from None


@functools.lru_cache(maxsize=2000)
def _verdict(snippet: Snippet, _: State) -> Report | Fault | Mismatch | SourceError:
    project = snippet.module.project
    try:
        path = _kept_at(project, snippet)  # before the check: a file may be saved while it runs
        if held := files.kept(path):
            inputs = tuple(tuple(each) for each in held["inputs"])
            lists = {key: tuple(held[key]) for key in ("ways", "rules")}
            return Report(**held | lists | {"inputs": inputs})
        if faults := runs.attempt(project, [snippet])[1]:
            return faults[0]
        found = check(project, function(project, snippet.name))
    except (Mismatch, SourceError, Fault) as error:
        return error
    files.write_whole(path, json.dumps(asdict(found)))
    return found


def check(project: Project, one: Function) -> Report:
    """Compare a function's formulas with its code. Raises Fault, Mismatch, SourceError."""
    check_declared(project, one, with_changed(project, one))
    table = symbols.table(project, one.module.name)
    return mathdoctest.check(one, table, time_limit=runs.TIME_LIMIT)


def _fault(
    project: Project, error: Mismatch | SourceError, snippet: str = "", shown_at: Sequence[str] = ()
) -> Fault:
    """An error of mathdoctest as a fault. The pages are told of the snippet's own formula only."""
    place = f"{project.place(error.path)}:{error.line or 1}"
    if isinstance(error, SourceError):
        return Fault(place, error.what, error.hint)
    name = f"{error.path.stem}.{error.function}"
    formula = f"`{' '.join(error.formula.split())}`: " if error.formula else ""
    pages = f"; shown in {', '.join(shown_at)}" if shown_at and name == snippet else ""
    where = project.place(symbols.path(project, error.path.stem))
    what, hint = (
        f"{said} in {where}" if "declare " in said else said for said in (error.what, error.hint)
    )
    return Fault(place, f"{name}: {formula}{what}{error.draw}{pages}", hint)


@functools.cache
def _checker() -> str:
    """The hash of the checker, and of the versions of what it computes with."""
    read = [*Path(mathdoctest.__file__).parent.rglob("*.py"), Path(__file__)]
    read.append(Path(mathdoctest.__file__).with_name("grammar.lark"))
    versions = map(runs.version, ("mlx", "numpy", "lark"))
    return files.digest(*(path.read_text("utf-8") for path in sorted(read)), *versions)


def _kept_at(project: Project, snippet: Snippet) -> Path:
    made = files.digest(_checker(), snippet.name, made_from(project, snippet.module.name))
    return project.cache / "formulas" / f"{made}.json"


# ---- whether symbols are declared, and computed where they may be


def with_changed(project: Project, one: Function) -> list[Function]:
    """The functions of a file, with this one as it is here. Raises Fault."""
    every = functions(project, one.module.name)
    return [one if each.name == one.name else each for each in every]


def check_declared(project: Project, one: Function, every: Iterable[Function]) -> None:
    """Raise Fault for a parameter or a left side that is not declared, or not to be computed.

    every: the functions of its file, in order.
    """
    home = one.module.name
    known = symbols.declared(project, home, one.name)
    for name in dict.fromkeys((*one.parameters, *computed(one))):
        names = {name} if name in one.parameters else symbols.both([name])
        if not names & known.keys():
            raise _undeclared(project, one, name)
    for name in computed(one):
        symbol = known.get(name) or known[resolve.capital(name)]
        by = symbol.entry.get("by", [])
        if symbol.home != home:
            others = functions(project, symbol.home)
            if not any(symbol.name in symbols.both(computed(other)) for other in others):
                what = f"`{name}` is that of {symbol.home}.py, where no formula computes it"
                cure = f"declare this one in {project.place(symbols.path(project, home))}"
                raise _wrong(project, one, what, f"fix the left side, or {cure}")
        elif one.name not in by and (first := _first(project, symbol, every)) is not one:
            does = "computes it" if symbol.name in symbols.both(computed(first)) else "is given it"
            what = f"the left side names `{name}`, and `{first.name}`, above, {does}"
            where = symbols.at(project, home, symbol.key)
            cure = "fix the left side; if both compute the same quantity, add `by: "
            cure += f"[{', '.join([*by, one.name])}]` to `{symbol.key}` in {where}; if this is "
            cure += f"another one, give it its own entry, `{one.name}.{_line(project, one, name)}`"
            raise _wrong(project, one, what, cure)


def computed(one: Function) -> list[str]:
    """The symbols that a function's left sides name; no derivatives, and no functions."""
    left = {one.left(chain) for chain in one.statements if isinstance(chain.sides[0], Symbol)}
    return [name for name in one.lefts if name in left]


def computes(project: Project, snippet: str, symbol: symbols.Declared) -> bool:
    """Whether a formula of a snippet, `module.function`, computes a symbol."""
    home, name = re.split("[.:]", snippet)
    if name not in snippets.module(project, home).file.functions:
        return False  # a class or a region
    is_it = symbols.declared(project, home, name).get(symbol.name) == symbol
    return is_it and symbol.name in symbols.both(computed(function(project, snippet)))


def has(project: Project, one: Function, symbol: symbols.Declared) -> bool:
    """Whether a function is given a symbol, or computes it."""
    known = symbols.declared(project, one.module.name, one.name)
    names = symbols.both((*one.parameters, *computed(one)))
    return any(known.get(name) == symbol for name in names)


def _first(project: Project, symbol: symbols.Declared, every: Iterable[Function]) -> Function:
    """The first function of its file that has a symbol; there is one."""
    return next(each for each in every if has(project, each, symbol))


def _undeclared(project: Project, one: Function, name: str) -> Fault:
    """With the line to add; where another file has the symbol, also the one that takes it."""
    home = one.module.name
    file = project.place(symbols.path(project, home))
    is_given = name in one.parameters
    cure = "" if is_given else "fix the left side, or "
    cure += f"add `{_line(project, one, name)}` to {file}"
    for other in snippets.modules(project):
        if found := symbols.own(project, other).get(name):
            meaning = found.entry.get(project.first, name)
            cure += f"; or, for that of {other}.py (“{meaning}”), `from: {{{other}: [{name}]}}`"
    what = f"the symbol `{name}`" if is_given else f"the left side names `{name}`, which"
    return _wrong(project, one, f"{what} is not declared in {file}", cure)


def _line(project: Project, one: Function, name: str) -> str:
    """The line that declares a symbol, for its author to fill in."""
    said = ", ".join(f"{language}: …" for language in project.languages)
    return f"{name}: {{tex: '{_written(one, name)}', {said}}}"


def _written(one: Function, name: str) -> str:
    """How a function's formulas write a symbol, without the index of an entry."""
    for formula in one.formulas:
        for node in (n for s in formula.statements for side in s.sides for n in walk(side)):
            if isinstance(node, Symbol) and one.full_name(node) == name:
                text, whole = formula.tex[slice(*node.span)], replace(node, indices=())
                if node.indices and name in (bare := one.full_name(whole), resolve.capital(bare)):
                    text = re.sub(r"_(\{[^{}]*\}|\\\w+|\w)$", "", text)
                return resolve.capital(text) if name == resolve.capital(node.name) else text
    return name


def _wrong(project: Project, one: Function, what: str, cure: str) -> Fault:
    place = f"{project.place(one.module.path)}:{one.formulas[0].line}"
    return Fault(place, f"{one.qualified}: {what}", cure)


# ---- symbols marked


def names(snippet: Snippet) -> frozenset[str]:
    """The names in code that are symbols of the snippet's formulas."""
    return marks.names(function_of(snippet)) if snippet.formulas else frozenset()


def names_of(one: Function) -> set[str]:
    """The names in code of a function's symbols, of its axes, and of what they are entries of."""
    return symbols.both([*marks.names(one), *axes_of(one)])


def axes_of(one: Function) -> list[str]:
    """The names of the axes in a function's annotations."""
    shapes = [shape for shape in (*one.parameters.values(), *one.returned) if shape]
    return [axis for shape in shapes for axis in shape.axes]


def function_of(snippet: Snippet) -> Function:
    """The snippet's function, as it was when the snippet was loaded. Raises Fault."""
    return _read(snippet.module.project, snippet.module.file, snippet.name.split(".")[1])


def tagged(tex: str, snippet: Snippet) -> str:
    """One of the snippet's formulas with `\\htmlData{symbol=…}` around symbols and derivatives."""
    one = function_of(snippet)
    formula = one.formulas[snippet.formulas.index(tex)]
    return _marked(formula.tex, marks.marks(one, formula))


def _marked(text: str, found: Iterable[marks.Mark]) -> str:
    opened, closed = dict[int, str](), dict[int, str]()
    for start, end, name in found:
        # braces, so that a symbol keeps its spacing
        opened[start] = opened.get(start, "") + rf"{{\htmlData{{symbol={name}}}{{"
        closed[end] = closed.get(end, "") + "}}"
    places = range(len(text) + 1)
    return "".join(closed.get(k, "") + opened.get(k, "") + text[k : k + 1] for k in places)


# ---- inline maths


class InlineMaths:
    """What a page may write in inline maths.

    shown, before: the functions whose formulas the page, and the pages before it, show.
    names: the symbols that they declare, to which more may be added.
    """

    def __init__(self, project: Project, shown: Iterable[str], before: Iterable[str]):
        own = [function(project, name) for name in shown]
        self.project = project
        self.every = [*own, *(function(project, name) for name in before)]
        self.names: set[str] = set().union(*map(_declared, self.every))
        self.vocabulary = _together(project, own)
        self.statements = [statement for each in own for statement in each.statements]
        self._found: dict[Symbol, str | None] = {}

    def fault(self, tex: str) -> tuple[str, str] | None:
        """What is wrong and the cure, where inline maths says more than the formulas do."""
        bare = _without_spaces(tex)
        if bare.strip() in _SIGNS:
            return None
        wrong, unread = None, None
        for known in self._vocabularies(bare):
            try:
                if not (found := self._compare(bare, known)):
                    return None
                wrong = wrong or found
            except NotInGrammar as error:
                cure = "write it in the grammar of the formulas, or say it in words"
                unread = f"inline maths outside the grammar: {error}", cure
        return wrong or unread

    def marked(self, tex: str) -> str:
        """Inline maths with a mark around each symbol that a snippet declares, as in formulas."""
        bare = _without_spaces(tex)
        for known in self._vocabularies(bare):
            try:
                return _marked(tex, marks.of(_sides(bare, known), self._declared_name))
            except NotInGrammar:
                pass
        return tex

    def drawn(self, page: Page) -> list[tuple[str, bool]]:
        """The inline maths of a page as it is marked, and whether the page may not write it: what
        depends on the formulas of the pages before it.
        """
        every = (found["formula"] for found in INLINE.finditer(page.text))
        return [(self.marked(tex), bool(self.fault(tex))) for tex in every if tex]

    def _declared_name(self, symbol: Symbol) -> str | None:
        """The name of a symbol in the first function that declares it, if there is one with its
        layer: the z1 of one before the z of another.
        """
        if symbol not in self._found:
            names = ((one.full_name(symbol), known) for one, known in self._meant)
            found = [name for name, known in names if not known.isdisjoint(symbols.both([name]))]
            layer, first = resolve.layer_number(symbol), next(iter(found), None)
            self._found[symbol] = next((name for name in found if name.endswith(layer)), first)
        return self._found[symbol]

    @functools.cached_property
    def _meant(self) -> list[tuple[Function, set[str]]]:
        """Each function and the symbols that are declared for it."""
        every = ((one, one.module.name, one.name) for one in self.every)
        return [(one, {*symbols.declared(self.project, *which)}) for one, *which in every]

    def _vocabularies(self, tex: str) -> Iterator[Vocabulary]:
        """What the names may be: as this page's formulas have them, or as those before it do."""
        applied = {"sigma", "f", *re.findall(r"\\operatorname\s*\{(\w+)\}", tex)}
        for functions in (self.vocabulary.functions | applied, frozenset[str]()):
            yield replace(self.vocabulary, functions=functions)
        yield self._of_all

    @functools.cached_property
    def _of_all(self) -> Vocabulary:
        return _together(self.project, self.every)

    def _compare(self, tex: str, known: Vocabulary) -> tuple[str, str] | None:
        try:
            node = reader.expression(tex, known)
        except NotInGrammar:
            if not re.search(r"[=<>]|\\[lg]eq?(?![a-z])", tex):
                raise
            faults = map(self._equation, reader.statements(tex, known))
            return next(filter(None, faults), None)
        return self._unknown(node) or self._expression(node)

    def _unknown(self, node: Node) -> tuple[str, str] | None:
        for each in walk(node):
            if isinstance(each, Symbol) and each.name not in INDICES | CONSTANTS:
                if not resolve.is_known(each, self.names):
                    what = f"the symbol `{each.name}` is declared by no formula of this page or of "
                    cure = "use a symbol of such a formula, or show the formula that declares it"
                    return what + "the pages before it", cure
        return None

    def _expression(self, node: Node) -> tuple[str, str] | None:
        """What has an operator is a part of a formula that readers have seen."""
        formulas = (statement for each in self.every for statement in each.statements)
        if repeats.is_plain(node) or repeats.repeats(node, formulas):
            return None
        what = "an inline expression that is no part of a formula of this page or of those before"
        cure = "show its formula on the page, write the value by a role, or say it in words"
        return what, cure

    def _equation(self, written: Statement) -> tuple[str, str] | None:
        left, right = written.sides[0], written.sides[-1]
        shown = (s.sides for s in self.statements if "=" in s.relations)
        if len(written.sides) == 2 and written.relations == ("=",) and left != right:
            if any(left in sides and right in sides for sides in shown):
                return None
        what = "an inline equation that repeats no formula of this page"
        return what, "write it as the formula of a snippet and show that, or say it in words"


def _without_spaces(tex: str) -> str:
    """Inline maths with blanks, as many, in place of the commands for space."""
    return re.sub(r"\\(,|;|!|quad)", lambda found: " " * len(found[0]), tex)


def _sides(tex: str, known: Vocabulary) -> list[Node]:
    """The expressions of inline maths. Raises NotInGrammar."""
    try:
        return [reader.expression(tex, known)]
    except NotInGrammar:
        return [side for chain in reader.statements(tex, known) for side in chain.sides]


def _together(project: Project, every: Iterable[Function]) -> Vocabulary:
    """What the formulas of several functions may name."""
    found = [
        vocabulary.of(f.node, f.module, symbols.spellings(project, f.module.name, f.name))
        for f in every
    ]
    return functools.reduce(Vocabulary.joined, found, Vocabulary())


@functools.lru_cache(maxsize=512)
def _declared(one: Function) -> frozenset[str]:
    """The symbols that a function's formulas and signature declare."""
    shapes = [shape for shape in (*one.parameters.values(), *one.returned) if shape]
    last = [statement.where.last for statement in one.statements if statement.where]
    return frozenset(
        {*one.parameters, *one.lefts}
        | {axis for shape in shapes for axis in shape.axes}
        | {one.full_name(node) for node in one.nodes if isinstance(node, Symbol)}
        | {node.name for node in last if isinstance(node, Symbol)}
    )


def shown_on(page: Page, loaded: Mapping[str, Snippet]) -> list[str]:
    """The snippets whose formulas a page shows, in its order."""
    named = [d.argument for d in page.directives if d.name in SHOWING]
    return [name for name in named if loaded[name].formulas]


def inline_maths(
    page: Page, pages: Iterable[Page], loaded: Mapping[str, Snippet], ran: Mapping[str, runs.Run]
) -> InlineMaths:
    """What a page may use, by what it and the pages before it show.

    pages: all there are; a page outside the order of chapters comes after all. loaded, ran: the
    snippets that pages name and their runs: what is drawn from a run or set in code counts too.
    """

    others = [each for each in pages if each.language == page.language and each is not page]
    if page.slug in (order := page.project.order):
        others = [each for each in others if each.slug in order[: order.index(page.slug)]]
    before = chain.from_iterable(shown_on(each, loaded) for each in others)
    found = InlineMaths(page.project, shown_on(page, loaded), before)
    for name, _ in page.snippets():
        values = _names_in(loaded[name].displayed) | ran[name].names
        found.names |= values & symbols.reached(page.project, loaded[name].path.stem)
    return found


@functools.lru_cache(maxsize=1024)
def _names_in(code: str) -> frozenset[str]:
    return frozenset(n.id for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Name))
