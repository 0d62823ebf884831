"""What a new lock file would change: `python two_passes/lock.py BEFORE AFTER`, for `make lock`."""

import re
import sys
from pathlib import Path

_LOCKED = re.compile(r"^([\w.-]+)(?:\[[^\]]*\])?==(\S+)", re.M)  # hashes and markers follow


def versions(text: str) -> dict[str, list[str]]:
    """Package → its versions in a lock file: several, where platforms have different ones."""
    found: dict[str, dict[str, None]] = {}
    for name, version in _LOCKED.findall(text):
        found.setdefault(name, {})[version] = None
    return {name: list(each) for name, each in found.items()}


def changes(before: str, after: str) -> list[str]:
    """A line for each package that is new, gone, or has another version."""
    old, new = versions(before), versions(after)
    lines = []
    for name in sorted(old.keys() | new.keys()):
        was, now = (", ".join(each.get(name, [])) for each in (old, new))
        if was != now:
            lines.append(f"{name} {was or '(new)'} → {now or '(gone)'}")
    return lines


if __name__ == "__main__":
    before, after = (Path(name) for name in sys.argv[1:])
    told = changes(before.read_text("utf-8") if before.is_file() else "", after.read_text("utf-8"))
    print(f"{before.name}:", *(told or ["nothing has changed"]), sep="\n    ")
