"""Staleness: which section of a page was last agreed with which of its translation.

`docs/agreed.yml` holds, for each section, a hash of its text in each language at the time when somebody read the two
side by side (`make agree`). A section whose text is another now, in one language or in both, is named until that is done
again.
"""

import hashlib
import re

import yaml

from literate import book as books
from literate import parity, terms
from literate.book import LANGUAGES, Source
from literate.errors import Fault

RECORD = books.DOCS / "agreed.yml"
HEADING = re.compile(r"^## .*\{#([\w-]+)\}\s*$")
TOP = "top"  # what stands before the first heading, front matter and all
NOTE = ("# What of each section was last read side by side in both languages: a hash of its text, first in zh-TW, then in en.\n"
        "# Written by `make agree`; a section that has changed since is named by `make check` and stops `make build`.\n")


def sections(page: Source) -> dict[str, tuple[int, str]]:
    """Id of each section → (its first line, hash of its text)."""
    found: dict[str, tuple[int, list[str]]] = {TOP: (1, [])}
    name = TOP
    for number, line in enumerate(page.text.splitlines(), 1):
        if heading := HEADING.match(line):
            name = heading[1]
            found[name] = (number, [])
        found[name][1].append(line.rstrip())
    return {key: (number, hashlib.sha256("\n".join(lines).strip().encode()).hexdigest()[:10]) for key, (number, lines) in found.items()}


def recorded() -> dict[str, dict[str, str]]:
    return books.read_yaml(RECORD) or {} if RECORD.is_file() else {}


def faults(pages: list[Source] | None = None) -> list[Fault]:
    """Where the two languages visibly part; else every section that one has changed and the other has not followed, or that
    nobody has compared yet."""
    by = {(p.language, p.slug): p for p in pages or books.sources()}
    if parity.missing(by, sorted({slug for _, slug in by})) or parity.differences(by):
        return []  # told elsewhere, and there is nothing to compare
    if out := parity.parted(by) + terms.waiting(list(by.values())):
        return out
    out, known = [], recorded()
    first, second = LANGUAGES
    for (language, slug), page in by.items():
        if language != first:
            continue
        twin = by[second, slug]
        theirs = sections(twin)
        for name, (line, mine) in sections(page).items():
            before = known.get(slug, {}).get(name, "").split()
            now = [mine, theirs[name][1]]
            if before != now:
                out.append(_stale(page, twin, name, line, theirs[name][0], [a != b for a, b in zip(before, now)] or [True, True]))
    return out


def _stale(page: Source, twin: Source, name: str, line: int, other: int, changed: list[bool]) -> Fault:
    here, there = f"{page.place}:{line}", f"{twin.place}:{other}"
    cure = f"read both side by side, then `make agree PAGE={page.slug}`"
    if all(changed):
        return Fault(here, f"the section `{name}` is new or changed in both languages (the other is {there})", cure)
    moved, waits = (here, there) if changed[0] else (there, here)
    return Fault(moved, f"the section `{name}` has changed, and {waits} has not followed", f"change it there too; {cure}")


def agree(slug: str | None = None) -> int:
    """Record that both languages of a page, or of all, say the same now. The number of sections recorded anew."""
    known, count = recorded(), 0
    by = {(p.language, p.slug): p for p in books.sources()}
    first, second = LANGUAGES
    slugs = sorted({s for language, s in by if language == first and slug in (None, s)})
    if not slugs:
        raise Fault(f"docs/{first}/{slug}.md", "there is no such page", f"pages: {', '.join(sorted({s for _, s in by}))}")
    for one in slugs:
        theirs = sections(by[second, one])
        now = {name: f"{mine} {theirs[name][1]}" for name, (_, mine) in sections(by[first, one]).items() if name in theirs}
        count += sum(known.get(one, {}).get(name) != value for name, value in now.items())
        known[one] = now
    known = {s: known[s] for s in sorted(known) if (first, s) in by}
    RECORD.write_text(NOTE + yaml.safe_dump(known, sort_keys=False, width=200), "utf-8")
    return count
