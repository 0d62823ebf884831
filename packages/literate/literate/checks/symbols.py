"""The files of symbols: complete in every language, and nothing in them that no formula has."""

from collections.abc import Iterator

from literate import Fault, check, formulas, katex, schema, snippets, symbols
from literate.checks.glossary import IN_ALL
from literate.project import Project
from literate.symbols import FROM, Declared
from literate.text import Pages


@check("symbols", stage=2)
def declared(project: Project, pages: Pages) -> Iterator[Fault]:
    """Each is in every language, has valid TeX and is used; what is taken is declared elsewhere."""
    homes = snippets.modules(project)
    for file in symbols.files(project):
        home = file.name.partition(".")[0]
        if home not in homes:
            what = f"there is no {project.package}/{home}.py whose symbols these are"
            yield Fault(symbols.at(project, home), what, "rename the file, or remove it")
            continue
        for symbol in symbols.own(project, home).values():
            yield from _entry(project, symbol)
        yield from _taken(project, home)
        yield from _unused(project, home)


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


def _unused(project: Project, home: str) -> Iterator[Fault]:
    """A symbol that no formula of the file has, and no variable."""
    every = {each.name: formulas.names_of(each) for each in formulas.functions(project, home)}
    used = set(snippets.module(project, home).defined).union(*every.values())
    cure = "remove it; a symbol stands with the file whose formulas have it"
    for symbol in symbols.own(project, home).values():
        scope = symbol.key.rpartition(".")[0]
        if symbol.name not in (every.get(scope, used) if scope else used):
            what = f"the symbol `{symbol.key}`: no formula of {scope or f'{home}.py'} has it"
            yield Fault(symbols.at(project, home, symbol.key), what, cure)
    for other, name, _ in symbols.taken(project, home):
        if name not in used:
            what = f"`{name}` is taken from {other}.py, and no formula of {home}.py has it"
            yield Fault(symbols.at(project, home, FROM, other), what, cure)
