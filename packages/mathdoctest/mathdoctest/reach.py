r"""Which rows of cases, sides of `\max` and truths of conditions the draws have reached."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from mathdoctest.syntax import Cases, Indicator, Node


class Reach:
    """What was reached in one formula. A node counts from the first time that it is computed."""

    def __init__(self) -> None:
        self._found: dict[Node, list[bool]] = {}  # the same in two places counts as one

    def note(self, node: Node, parts: Iterable[Any]) -> None:
        """parts: for each row, side or truth of a node where it is the one that holds."""
        now = [bool(np.any(part)) for part in parts]
        before = self._found.get(node, [False] * len(now))
        self._found[node] = [a or b for a, b in zip(before, now, strict=True)]

    def missing(self) -> Iterator[tuple[Node, str]]:
        """Each node of which a part was never reached, and what is told of it."""
        for node, parts in self._found.items():
            if not all(parts):
                yield node, _told(node, parts.index(False))


def _told(node: Node, place: int) -> str:
    if isinstance(node, Indicator):
        what = "its condition holds on " + ("no draw", "every draw")[place]
    elif isinstance(node, Cases):
        what = f"row {place + 1} of the cases is reached on no draw"
    else:
        what = f"argument {place + 1} is never the one that is taken"
    return f"{what}, so it could say anything: change the `range:` of what it compares, or drop it"
