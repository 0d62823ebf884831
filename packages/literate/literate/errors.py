"""What is wrong, as a person reads it: where, what, and what to do.

MkDocs ends a build at a PluginError with the error's own words and without a traceback.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mkdocs.exceptions import PluginError


def _message(place: str, what: str, cure: str) -> str:
    return f"{place}: {what}\n    → {cure}"


class Fault(PluginError):
    """Something that is surely wrong.

    place: file and line, `snippets/forward.py:41`.
    what: what is wrong, with what was expected and what was found.
    cure: what to do about it.
    """

    def __init__(self, place: str, what: str, cure: str):
        super().__init__(_message(place, what, cure))
        self.place, self.what, self.cure = place, what, cure

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fault) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


class Faults(PluginError):
    """All faults of one run, each once."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = list(dict.fromkeys(faults))
        count = f"{len(self.faults)} fault{'s' * (len(self.faults) > 1)} found."
        super().__init__("\n".join([*map(str, self.faults), count]))


def raise_all(faults: Iterable[Fault]) -> None:
    """Raise Faults if there are any."""
    if every := list(faults):
        raise Faults(every)


@contextmanager
def gathered(faults: list[Fault]) -> Iterator[None]:
    """A Fault that is raised inside is added to the list, and does not end what is around."""
    try:
        yield
    except Fault as fault:
        faults.append(fault)


@dataclass(frozen=True)
class Doubt:
    """Something that may be wrong, and that only a person can judge. Never ends a build."""

    place: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"doubt: {_message(self.place, self.what, self.cure)}"
