"""The files of symbols: complete in every language, and nothing in them that no formula has."""

from collections.abc import Iterator
from contextlib import suppress

from mathdoctest import lexer, resolve
from mathdoctest.errors import NotInGrammar
from mathdoctest.functions import Function

from literate import Fault, formulas, katex, schema, snippets, symbols
from literate.checks.glossary import IN_ALL
from literate.errors import gathered
from literate.project import Project
from literate.registry import snippets_check
from literate.symbols import FROM, Declared


@snippets_check("symbols")
def declared(project: Project) -> Iterator[Fault]:
    """Each is in every language, has valid TeX and is used; what is taken is declared elsewhere."""
    homes, unreadable = snippets.modules(project), list[Fault]()
    for file in symbols.files(project):
        home = file.name.partition(".")[0]
        if home not in homes:
            what = f"there is no {project.package}/{home}.py whose symbols these are"
            yield Fault(symbols.at(project, home), what, "rename the file, or remove it")
            continue
        for symbol in symbols.own(project, home).values():
            yield from _entry(project, symbol)
        yield from _taken(project, home)
        yield from _alike(project, home)
        with gathered(unreadable):
            yield from wrong(project, home, formulas.functions(project, home))
    yield from unreadable


def _entry(project: Project, symbol: Declared) -> Iterator[Fault]:
    at, entry = symbols.at(project, symbol.home, symbol.key), symbol.entry
    said = f"the symbol `{symbol.key}`"
    if error := schema.differs(entry, {"required": [*project.languages]}):
        yield Fault(at, f"{said}: {error.message}", IN_ALL)
    try:
        project.katex.inline(entry["tex"])
    except katex.BadTeX as error:
        yield Fault(at, f"{said}: bad TeX: {error}", "fix its `tex:`")
    known = snippets.module(project, symbol.home, at).file.functions
    scope = symbol.key.rpartition(".")[0]
    for name in filter(None, (scope, *entry.get("by", ()))):
        if name not in known:
            what = f"{said}: no function `{name}` in {symbol.home}.py"
            yield Fault(at, what, f"functions there: {', '.join(known) or 'none'}")


def _taken(project: Project, home: str) -> Iterator[Fault]:
    """What is taken is declared in that file, and not here as well."""
    mine = symbols.own(project, home)
    for other, name, found in symbols.taken(project, home):
        at = symbols.at(project, home, FROM, other)
        if name in mine:
            what = f"`{name}` is taken from {other}.py, and declared here too"
            yield Fault(at, what, "keep one of the two")
        elif found is None:
            homes = [
                each for each in snippets.modules(project) if name in symbols.own(project, each)
            ]
            cure = (
                f"it is declared for {', '.join(homes)}"
                if homes
                else "declare it there, or in this file"
            )
            what = f"`{name}` is not declared in {project.place(symbols.path(project, other))}"
            yield Fault(at, what, cure)


def _alike(project: Project, home: str) -> Iterator[Fault]:
    """No two symbols of one scope are written the same: a formula could mean either."""
    scopes = {each.key.rpartition(".")[0] for each in symbols.own(project, home).values()}
    for scope in sorted(scopes):
        first: dict[str, Declared] = {}
        for each in symbols.declared(project, home, scope).values():
            with suppress(NotInGrammar):
                other = first.setdefault(lexer.canonical(each.entry["tex"]), each)
                if other is not each and (not scope or "." in other.key + each.key):
                    at = symbols.at(project, each.home, each.key)
                    what = f"`{other.key}` and `{each.key}` are both written ${each.entry['tex']}$"
                    yield Fault(at, what, "give one of them another `tex:`")


def wrong(project: Project, home: str, every: list[Function]) -> Iterator[Fault]:
    """What is wrong between the formulas of a file and its symbols. every: its functions."""
    found: list[Fault] = []
    for one in every:
        with gathered(found):
            formulas.check_declared(project, one, every)
    yield from found
    yield from _unused(project, home, every)


def _unused(project: Project, home: str, every: list[Function]) -> Iterator[Fault]:
    """A symbol that no formula of the file has, and no variable."""
    names = {one.name: formulas.names_of(one) for one in every}
    variables = snippets.module(project, home).defined
    used = set(variables).union(*names.values())
    cure = "remove it; a symbol stands with the file whose formulas have it"
    for symbol in symbols.own(project, home).values():
        at, scope = symbols.at(project, home, symbol.key), symbol.key.rpartition(".")[0]
        said = f"the symbol `{symbol.key}`: no "
        if symbol.name not in names.get(scope, used):
            yield Fault(at, f"{said}formula of {scope or f'{home}.py'} has it", cure)
        elif not _is_somewhere(project, symbol, every):
            what = f"{said}function of {home}.py is given it, or has it on the left of a formula"
            yield Fault(at, what, "fix the left side, or take it `from:` the file that has it")
    for other, name, _ in symbols.taken(project, home):
        if name not in used:
            what = f"`{name}` is taken from {other}.py, and no formula of {home}.py has it"
            yield Fault(symbols.at(project, home, FROM, other), what, cure)


def _is_somewhere(project: Project, symbol: Declared, every: list[Function]) -> bool:
    """Whether a symbol has a value in its file: a variable, an axis, a slope, or in a function."""
    axes = {axis for one in every for axis in formulas.axes_of(one)}
    lefts = {resolve.name_in_code(name) for one in every for name in one.lefts}
    there = {*snippets.module(project, symbol.home).defined, *axes, *lefts}
    return symbol.name in there or any(formulas.has(project, one, symbol) for one in every)
