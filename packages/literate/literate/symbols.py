"""The symbols of snippets: each file declares its own in `NAME.symbols.yml`, beside `NAME.py`.

A key is a symbol's name in code; `function.name` is the name's meaning in that function alone.
Under `from:` are names that other files declare: what is shared is said, nothing is inherited.
"""

import functools
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from mathdoctest import resolve, source
from mathdoctest import symbols as declarations
from mathdoctest.errors import SourceError
from mathdoctest.source import Stamp

from literate import schema
from literate.project import Project

FROM = "from"
Entry = dict[str, Any]


class Declared(NamedTuple):
    """A symbol as a file declares it. key: its name, or `function.name`."""

    home: str
    key: str
    entry: Entry

    @property
    def name(self) -> str:
        return self.key.rpartition(".")[2]


@functools.lru_cache(maxsize=256)
def path(project: Project, home: str) -> Path:
    """The file that declares the symbols of a file of snippets; it may be absent."""
    return project.snippets / f"{home}.symbols.yml"


def files(project: Project) -> list[Path]:
    """All such files, in the order of their names."""
    return sorted(project.snippets.glob("*.symbols.yml"))


def at(project: Project, home: str, *keys: str) -> str:
    """`file:line` of a part of that file, or of where it would be."""
    file = path(project, home)
    line = schema.line(project.read(file), [*keys]) if file.is_file() else 1
    return f"{project.place(file)}:{line}"


def _facts(project: Project, home: str) -> dict[str, Any]:
    return project.read_yaml(path(project, home), "symbols")


def own(project: Project, home: str) -> dict[str, Declared]:
    """Key → symbol of those that a file declares. Raises Fault."""
    return _own(project, home, _stamp(project, home))


@functools.lru_cache(maxsize=256)
def _own(project: Project, home: str, _: Stamp | None) -> dict[str, Declared]:
    facts = _facts(project, home)
    return {key: Declared(home, key, entry) for key, entry in facts.items() if key != FROM}


def _stamp(project: Project, home: str) -> Stamp | None:
    try:
        return source.stamp(path(project, home))
    except SourceError:  # it declares none
        return None


def taken(project: Project, home: str) -> Iterator[tuple[str, str, Declared | None]]:
    """Home, name and symbol of what a file takes from others; None of what is not there."""
    for other, names in _facts(project, home).get(FROM, {}).items():
        theirs = own(project, other)
        yield from ((other, name, theirs.get(name)) for name in names)


def declared(project: Project, home: str, function: str) -> dict[str, Declared]:
    """Name → symbol as one function means it: its own, its file's, or one taken. Raises Fault."""
    homes = (home, *_facts(project, home).get(FROM, ()))
    return _declared(project, home, function, tuple(_stamp(project, each) for each in homes))


@functools.lru_cache(maxsize=1024)
def _declared(
    project: Project, home: str, function: str, _: tuple[Stamp | None, ...]
) -> dict[str, Declared]:
    others = {name: found for _, name, found in taken(project, home) if found}
    return others | declarations.scoped(own(project, home), function)


def table(project: Project, home: str) -> dict[str, Entry]:
    """Key → entry of what a file declares and takes, and of what the files it imports declare.

    As mathdoctest takes it: `function.name` is the name's meaning in a function of this file.
    """
    files = source.depends_on(project.snippets / f"{home}.py")
    far = chain.from_iterable(own(project, file.stem).items() for file in reversed(files[1:]))
    found = {key: each for key, each in far if "." not in key}
    found |= declared(project, home, "") | own(project, home)
    return {key: each.entry for key, each in found.items()}


def parsed(project: Project, home: str, function: str) -> declarations.SymbolTable:
    """The symbols of that table as one function means them."""
    return declarations.parse(table(project, home), function)


def spellings(project: Project, home: str, function: str) -> tuple[tuple[str, str], ...]:
    """TeX and name of each symbol that a function may have."""
    found = declared(project, home, function).items()
    return tuple(sorted((each.entry["tex"], name) for name, each in found))


def every(project: Project, homes: Iterable[str]) -> list[tuple[Declared, bool]]:
    """The symbols of these files, each with whether another one has its name."""
    found = [each for home in homes for each in own(project, home).values()]
    names = [each.name for each in found]
    return [(each, names.count(each.name) > 1) for each in found]


def reached(project: Project, home: str) -> set[str]:
    """The names that a file, or one that it imports, declares or takes. Raises Fault."""
    files = source.depends_on(project.snippets / f"{home}.py")
    return {name for file in files for name in declared(project, file.stem, "")}


def both(names: Iterable[str]) -> set[str]:
    """The names, and those of the arrays that they may be entries of."""
    every = set(names)
    return every | set(map(resolve.capital, every))


def depends_on(project: Project, home: str) -> list[Path]:
    """The files that the verdicts on a file of snippets depend on. Raises SourceError."""
    files = source.depends_on(project.snippets / f"{home}.py")
    others = (project.snippets / f"{other}.py" for other in _facts(project, home).get(FROM, {}))
    files += [other for other in others if other.is_file() and other not in files]
    symbols = (path(project, file.stem) for file in files)
    return [*files, *(file for file in symbols if file.is_file())]
