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
    return books.read_yaml(RECORD) if RECORD.is_file() else {}


def faults(pages: list[Source] | None = None) -> list[Fault]:
    """Where the two languages visibly part; else every section that one has changed and the other has not followed, or that
    nobody has compared yet."""
    by = {(p.language, p.slug): p for p in pages or books.sources()}
    if parity.missing(by, sorted({slug for _, slug in by})) or parity.differences(by):
        return []  # told elsewhere, and there is nothing to compare
    if out := parity.parted(by) + terms.waiting(list(by.values())):
        return out
    return [_stale(*each) for each in _changed(by, recorded())]


def _changed(by: dict[tuple[str, str], Source], known: dict):
    """(page, its translation, section, its line in each, whether it has changed in each) of every section not recorded as it is."""
    first, second = LANGUAGES
    for (language, slug), page in by.items():
        if language != first:
            continue
        twin = by[second, slug]
        theirs = sections(twin)
        for name, (line, mine) in sections(page).items():
            before, now = known.get(slug, {}).get(name, "").split(), (mine, theirs[name][1])
            if before != [*now]:
                yield page, twin, name, (line, theirs[name][0]), [a != b for a, b in zip(before, now)] or [True, True]


def _stale(page: Source, twin: Source, name: str, lines: tuple[int, int], changed: list[bool]) -> Fault:
    here, there = (f"{one.place}:{line}" for one, line in zip((page, twin), lines))
    if all(changed):
        return Fault(here, f"the section `{name}` is new or changed in both languages (the other is {there})",
                     f"read both side by side, then `make agree PAGE={page.slug}`")
    moved, waits = (here, there) if changed[0] else (there, here)
    return Fault(moved, f"the section `{name}` has changed, and {waits} has not followed",
                 f"change it there too; if what changed does not concern the other language, `make agree PAGE={page.slug}#{name}`")


def agree(name: str | None = None) -> tuple[int, list[Fault]]:
    """Record that both languages say the same now, of all pages, of one (`core/forward`) or of one section of it
    (`core/forward#the-network`). What has changed in one language alone is recorded only where its section is named.
    The number of sections recorded anew, and what is left."""
    slug, _, section = (name or "").partition("#")
    by = {(p.language, p.slug): p for p in books.sources()}
    first = next(iter(LANGUAGES))
    if slug and (first, slug) not in by:
        raise Fault(f"docs/{first}/{slug}.md", "there is no such page", f"pages: {', '.join(sorted({s for _, s in by}))}")
    if slug and section and section not in (there := sections(by[first, slug])):
        raise Fault(f"docs/{first}/{slug}.md", f"there is no section `{section}`", f"sections: {', '.join(there)}")
    asked = {where: page for where, page in by.items() if slug in ("", where[1])}
    if apart := parity.missing(asked, sorted({s for _, s in asked})) or parity.differences(asked):
        return 0, apart
    known, left, count = recorded(), [], 0
    for page, twin, each, lines, changed in list(_changed(asked, known)):
        if section == each or not section and all(changed):
            known.setdefault(page.slug, {})[each] = f"{sections(page)[each][1]} {sections(twin)[each][1]}"
            count += 1
        elif not section:
            left.append(_stale(page, twin, each, lines, changed))
    _write({page.slug: [*sections(page)] for (language, _), page in by.items() if language == first}, known)
    return count, left


def _write(there: dict[str, list[str]], known: dict) -> None:
    """Pages by name, sections as they are read; of what is gone, nothing."""
    kept = {slug: {name: known[slug][name] for name in there[slug] if name in known[slug]} for slug in sorted(there) if slug in known}
    RECORD.write_text(NOTE + yaml.safe_dump(kept, sort_keys=False, width=200), "utf-8")
