"""Where the symbols of a formula are in its TeX, and the names that they have in code."""

from typing import NamedTuple

INDICES = frozenset("ijklntk")  # letters that count; alone, they mark nothing
CONSTANTS = frozenset({"e", "pi"})


class Mark(NamedTuple):
    """The symbol between two characters of `reader.normal(tex)`. name: in code, as `stem` writes it."""

    start: int
    end: int
    name: str
