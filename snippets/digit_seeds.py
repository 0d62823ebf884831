"""Trainings on the digits that take longer than a page may: what they left, kept in a file."""

import json
from pathlib import Path


def kept() -> dict:
    """Shares of held-out digits that were right.

    Source: `python -m two_passes.keep_digits`.

    >>> print(sorted(kept()))
    ['date', 'device', 'seeds', 'smaller', 'splits']
    """
    return json.loads(Path("data/digits.json").read_text("utf-8"))


def five_seeds():
    """Five seeds, 128 hidden neurons: wrong held-out digits after each epoch, in percent.

    >>> run = kept()
    >>> date = run["date"]
    >>> last = [shares[-1] for shares in run["seeds"]]
    >>> worst, best = 100 * min(last), 100 * max(last)
    >>> smaller = 100 * min(run["smaller"]), 100 * max(run["smaller"])
    >>> splits = 100 * min(run["splits"]), 100 * max(run["splits"])
    >>> print(worst >= 97)
    True
    >>> at, start, letters = list(range(1, 16)), 15, ["t", "%"]
    >>> curves = {
    ...     f"seed {seed}": [100 - 100 * share for share in shares]
    ...     for seed, shares in enumerate(run["seeds"])
    ... }
    >>> reference = 3
    """
