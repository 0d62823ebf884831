"""The last published run of `make bench`, from the file that it wrote."""

import json
from pathlib import Path


def published(group: str) -> dict:
    """One group of measurements: its date, its machine and its rows.

    Times are in the unit that stands in each row. Source: `make bench`.

    >>> print(sorted(published("training")))
    ['date', 'machine', 'rows']
    """
    text = Path("data/performance.json").read_text("utf-8")
    return json.loads(text)["groups"][group]


def training():
    """One step of training the same networks, in several frameworks.

    >>> run = published("training")
    >>> date, machine, rows = run["date"], run["machine"], run["rows"]
    >>> eager = rows["two_mlx_eager_ratio"]["value"]
    >>> eager_digits = rows["digits_mlx_eager_ratio"]["value"]
    >>> print(eager > 0, eager_digits > 0)
    True True
    """


def building():
    """Builds of the book and live edits.

    >>> run = published("building")
    >>> date, machine, rows = run["date"], run["machine"], run["rows"]
    >>> many, few = rows["live_many"]["value"], rows["live_few"]["value"]
    >>> print(many > 0, few > 0)
    True True
    """


def reading():
    """The first view of a page in a browser.

    >>> run = published("reading")
    >>> date, machine, rows = run["date"], run["machine"], run["rows"]
    >>> ours, material = rows["drawn"]["value"], rows["drawn_material"]["value"]
    >>> print(ours > 0, material > 0)
    True True
    """


def checking():
    """The checks of the book's formulas, beside an earlier commit's checker.

    >>> run = published("checking")
    >>> date, machine, rows = run["date"], run["machine"], run["rows"]
    >>> formulas = rows["formula_now"]["n"]
    >>> middle, whole = rows["formula_ratio"]["value"], rows["formulas_ratio"]["value"]
    >>> print(formulas > 0, middle > 0, whole > 0)
    True True True
    """


def gradients():
    """Forward and backward over forward alone, for networks of several sizes.

    >>> run = published("gradients")
    >>> date, machine, rows = run["date"], run["machine"], run["rows"]
    >>> ratios = [row["value"] for key, row in rows.items() if "_ratio_" in key]
    >>> least, most = min(ratios), max(ratios)
    >>> print(least > 1, most < 5)
    True True
    """


def checkpoints():
    """Memory and time of a deep network's gradient, without checkpoints and with them.

    >>> every = published("gradients")["rows"]
    >>> parts = ("whole_", "every_")
    >>> rows = {key: row for key, row in every.items() if key.startswith(parts)}
    >>> memory = rows["every_1_memory_ratio"]["value"]
    >>> time = rows["every_1_time_ratio"]["value"]
    >>> print(memory < 1 < time)
    True
    """


def engines():
    """One step of training on three automatic differentiations.

    >>> run = published("engines")
    >>> date, machine, rows = run["date"], run["machine"], run["rows"]
    >>> names = ("two_numbers_ratio", "moons_numbers_ratio", "many_numbers_ratio")
    >>> two, moons, many = [rows[name]["value"] for name in names]
    >>> theirs = 1 / rows["moons_mlx_eager_ratio"]["value"]
    >>> print(0 < two < moons < many, theirs > 0)
    True True
    """
