"""The commands: `python -m mathdoctest check …` and `python -m mathdoctest read …`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from mathdoctest.api import read
from mathdoctest.errors import Mismatch, SourceError, shown
from mathdoctest.rules import RULES
from mathdoctest.source import Displayed
from mathdoctest.verdicts import documented, verdicts


def main(arguments: Sequence[str] | None = None) -> int:
    """0: every formula holds, or is listed. 1: one does not hold. 2: unusable arguments."""
    parser = argparse.ArgumentParser("mathdoctest", description="The formulas in docstrings.")
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("check", help="compare each formula with what its function computes")
    one.add_argument("targets", nargs="+", metavar="PATH[::FUNCTION]")
    one.set_defaults(run=_check)
    one = commands.add_parser("read", help="say which displayed formulas the grammar can read")
    one.add_argument("targets", nargs="+", metavar="MODULE_OR_PATH")
    one.set_defaults(run=_read)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options.targets))
    except SourceError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 2


def _check(targets: list[str]) -> int:
    count = held = 0
    for path, name, formulas in [found for target in targets for found in _functions(target)]:
        for (tex, line), verdict in zip(formulas, verdicts(path, name), strict=True):
            count += 1
            if isinstance(verdict, Mismatch):
                print(verdict)
            else:
                held += 1
                read = "".join(f"; {RULES[rule]}" for rule in verdict.rules)
                print(_line(path, line, name, tex, f"holds ({', '.join(verdict.ways)}){read}"))
    print(f"{_counted(count)}, {held} hold{'s' * (held == 1)}")
    return int(held < count)


def _functions(target: str) -> list[tuple[Path, str, list[Displayed]]]:
    """The functions with formulas of a file, of all files below a folder, or the one named."""
    place, _, name = target.partition("::")
    path = Path(place)
    files = sorted(path.rglob("*.py")) if path.is_dir() and not name else [path]
    return [(file, *found) for file in files for found in documented(file, name).items()]


def _read(targets: list[str]) -> int:
    readings = [reading for target in targets for reading in read(target)]
    for found in readings:
        what = found.error or "read"
        print(_line(found.path, found.line, found.name, found.tex, what))
    print(f"{_counted(len(readings))}, {sum(not found.error for found in readings)} read")
    return 0


def _line(path: Path, line: int, name: str, tex: str, what: str) -> str:
    return f"{shown(path)}:{line}: {name}: `{' '.join(tex.split())}`: {what}"


def _counted(count: int) -> str:
    return f"{count} formula{'s' * (count != 1)}"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # whoever reads has closed, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
