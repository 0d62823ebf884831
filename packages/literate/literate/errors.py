"""What is wrong, told to a person: where, what was expected, what came, what to do.

MkDocs ends a build that meets a PluginError with the error's own words and no traceback.
"""

from dataclasses import dataclass

from mkdocs.exceptions import PluginError


class Fault(PluginError):
    """One fault of the book.

    place: file and line, `snippets/forward.py:41`.
    what: what is wrong, with what was expected and what came.
    cure: what to do about it.
    """

    def __init__(self, place: str, what: str, cure: str):
        super().__init__(f"{place}: {what}\n    → {cure}")
        self.place, self.what, self.cure = place, what, cure

    def __eq__(self, other):
        return isinstance(other, Fault) and str(self) == str(other)

    def __hash__(self):
        return hash(str(self))


@dataclass(frozen=True)
class Doubt:
    """What a machine can only suspect: printed by `make check`, never a reason to stop."""

    place: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"doubt: {self.place}: {self.what}\n    → {self.cure}"


class Faults(PluginError):
    """Every fault found in one go, so that an author mends them in one go."""

    def __init__(self, faults: list[Fault]):
        self.faults = list(dict.fromkeys(faults))
        n = len(self.faults)
        super().__init__(
            "\n".join(map(str, self.faults)) + f"\n{n} fault{'s' if n > 1 else ''} found."
        )
