"""What a snippet is expected to print, and how far a printed number may be from it."""

import math
import re
from typing import NamedTuple

from literate.errors import Fault

LOOSEST = 0.5  # relative: the digits of rounding noise
_TOLERANCE = re.compile(
    r"^Tolerance:\s*([\d.e-]+)(?:,\s*counts\s+(\d+))?\s*\((.+?)\)\s*$", re.M | re.S
)
NUMBERS = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?(?![\w.])|(?<![\w.])[-+]?(?:nan|inf)\b", re.I
)


class Tolerance(NamedTuple):
    """How far a printed number may be from the expected one on another device.

    relative: float32 keeps 7 digits; the order of summation may cost the last two.
    absolute: what float32 leaves of a sum that cancels to 0.
    counts: by how much a whole number may differ that counts what fell one way or the other.
    """

    relative: float = 1e-5
    absolute: float = 1e-6
    counts: int = 0


def tolerance(docstring: str, at: str) -> Tolerance:
    """What a docstring says after `Tolerance:`, else the default. Raises Fault."""
    if "Tolerance:" not in docstring:
        return Tolerance()
    if not (found := _TOLERANCE.search(docstring)):
        cure = "write `Tolerance: 1e-3 (why)`, or `Tolerance: 1e-3, counts 2 (why)`"
        raise Fault(at, "a tolerance without its reason", cure)
    try:
        relative = float(found[1])
    except ValueError:
        relative = 1.0
    if not 0 < relative <= LOOSEST:
        what = f"a tolerance of {found[1]}, which would let a wrong number pass"
        cure = f"the largest is {LOOSEST:g}; do not print what is less exact than that"
        raise Fault(at, what, cure)
    return Tolerance(relative, counts=int(found[2] or 0))


class Difference(NamedTuple):
    """line: of the expected text, from 1; its last where more is printed. what: is said of it."""

    line: int
    what: str


def differs(expected: str, got: str, tolerance: Tolerance) -> Difference | None:
    """How a text differs from the expected one; None where only rounding does."""
    want, have = expected.rstrip().splitlines(), got.rstrip().splitlines()
    for number, lines in enumerate(zip(want, have, strict=False), 1):
        if not _same_line(*lines, tolerance):
            what = f"line {number} of the output: expected `{lines[0]}`, got `{lines[1]}`"
            return Difference(number, what)
    if len(want) == len(have):
        return None
    kind, longer = ("too many", have) if len(have) > len(want) else ("missing", want)
    first = longer[min(len(want), len(have))]
    what = f"expected {len(want)} lines, got {len(have)}; the first that is {kind}: `{first}`"
    return Difference(min(len(want), len(have) + 1), what)


def _same_line(want: str, have: str, tolerance: Tolerance) -> bool:
    if " ".join(NUMBERS.sub("#", want).split()) != " ".join(NUMBERS.sub("#", have).split()):
        return False
    rows = (map(NUMBERS.findall, re.split(r"[(\[]", line)) for line in (want, have))
    return all(_same_row(w, h, tolerance) for w, h in zip(*rows, strict=True))


def _same_row(want: list[str], have: list[str], tolerance: Tolerance) -> bool:
    size = max((abs(n) for n in map(float, want) if n == n), default=0)
    floor = tolerance.absolute * min(1, size or 1)  # where all are small, a smaller one
    close = (_close(w, h, tolerance, floor) for w, h in zip(want, have, strict=False))
    return len(want) == len(have) and all(close)


def _close(want: str, have: str, tolerance: Tolerance, floor: float) -> bool:
    w, h = float(want), float(have)
    if w == h or (w != w and h != h):
        return True
    if math.isinf(w) or math.isinf(h):
        return False
    if all(re.fullmatch(r"[-+]?\d+", each) for each in (want, have)):
        return abs(w - h) <= tolerance.counts
    return abs(w - h) <= floor + tolerance.relative * abs(w)
