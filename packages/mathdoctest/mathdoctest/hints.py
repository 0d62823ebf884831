"""What was probably mistyped in a formula that does not hold."""

import time
from collections.abc import Callable, Sequence

from mathdoctest.errors import FIX
from mathdoctest.mutate import mutants

SECONDS = 0.5  # a hint must not keep its reader waiting


def guess(texts: Sequence[str], place: int, holds: Callable[[list[str]], bool]) -> str | None:
    """The one change that makes the formula at this place hold, as a hint; None if there is none.

    texts: the formulas of one function. holds: whether the function computes these formulas.
    """
    until = time.monotonic() + SECONDS
    for mutant in mutants(texts[place]):
        if time.monotonic() > until:
            return None
        if holds([*texts[:place], mutant.tex, *texts[place + 1 :]]):
            was, now = mutant.was.strip() or "nothing", mutant.now.strip() or "nothing"
            hint = f"with `{now}` in place of `{was}` it would hold ({mutant.kind}?)"
            return f"{hint}; {FIX}"
    return None
