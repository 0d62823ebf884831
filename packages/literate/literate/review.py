"""Staleness: which section of a page was last agreed with which of its translation.

`docs/agreed.yml` holds, for each section, a hash of its text in each language at the time when somebody read the two
side by side (`make agree`). A section whose text is another now, in one language or in both, is named until that is done
again. The words of the glossary and of the theme are held to the same: each entry is a section of its file.
"""

import hashlib
import math
import re
from pathlib import Path
from typing import NamedTuple

import yaml

from literate import book as books
from literate import terms
from literate.checks import facts
from literate.checks import languages as parity
from literate.book import Source
from literate.errors import Fault

HEADING = re.compile(r"^## .*\{#([\w-]+)\}\s*$")
TOP = "top"  # what stands before the first heading, front matter and all
NOTE = (
    "# What of each section was last read side by side in both languages: a hash of its text, first in zh-TW, then in en.\n"
    "# Written by `make agree`; a section that has changed since is named by `make check` and stops `make build`.\n"
)


class Text(NamedTuple):
    """A page, or a file of words, in one language."""

    place: str
    sections: dict[str, tuple[int, str]]  # id → (its first line, hash of what it says)


def sections(page: Source) -> dict[str, tuple[int, str]]:
    """Id of each section → (its first line, hash of its text)."""
    found: dict[str, tuple[int, list[str]]] = {TOP: (1, [])}
    name = TOP
    for number, line in enumerate(page.text.splitlines(), 1):
        if heading := HEADING.match(line):
            name = heading[1]
            found[name] = (number, [])
        found[name][1].append(line.rstrip())
    return {
        key: (number, _hash("\n".join(lines).strip())) for key, (number, lines) in found.items()
    }


def _files(project):
    """Files of words → what they say in a language."""
    files = ((project.glossary, terms.said), (project.words_file, terms.said_by_the_theme))
    return tuple((path, said) for path, said in files if path.is_file())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _words(project, path: Path, language: str, said: dict[str, str]) -> Text:
    """A file of words: each of its entries is a section, which may stand below the name of the language."""
    lines, text = {}, project.read(path).splitlines()
    first = text.index(f"{language}:") if f"{language}:" in text else 0
    for number, line in enumerate(text[first:], first + 1):
        lines.setdefault(line.partition(":")[0].strip(), number)
    return Text(
        project.place(path),
        {
            key: (lines.get(key.split(".")[-1]) or lines.get(key, 1), _hash(text))
            for key, text in said.items()
        },
    )


def texts(project, pages: list[Source]) -> dict[str, tuple[Text, Text]]:
    """Slug, or name of a file of words → what it says in either language."""
    by = {(p.language, p.slug): Text(p.place, sections(p)) for p in pages}
    out = {
        slug: tuple(by[language, slug] for language in project.languages)
        for slug in sorted({slug for _, slug in by})
    }
    return out | {
        path.name: tuple(
            _words(project, path, language, said(project, language))
            for language in project.languages
        )
        for path, said in _files(project)
    }


def recorded(project) -> dict[str, dict[str, str]]:
    return project.read_yaml(project.reviewed, "reviewed") if project.reviewed.is_file() else {}


def faults(project, pages: list[Source] | None = None) -> list[Fault]:
    """Where the two languages visibly part; else every section that one has changed and the other has not followed, or that
    nobody has compared yet."""
    pages = pages or books.sources(project)
    if (apart := _apart(project, pages)) is None:
        return []  # told elsewhere, and there is nothing to compare
    return apart or [
        _stale(project, *each) for each in _changed(texts(project, pages), recorded(project))
    ]


def _apart(project, pages: list[Source]) -> list[Fault] | None:
    """Where the languages visibly part; None where they cannot be compared."""
    return (
        None
        if _unlike(project, pages)
        else parity.parted(project, {(p.language, p.slug): p for p in pages})
        + _words_apart(project)
        + terms.waiting(project, pages)
    )


def _words_apart(project) -> list[Fault]:
    """Entries of which one language says a number that the other does not."""
    out = []
    for path, said in _files(project):
        mine, theirs = (said(project, language) for language in project.languages)
        at = _words(project, path, next(iter(project.languages)), mine)
        out += [
            Fault(
                f"{at.place}:{at.sections[key][0]}",
                f"`{key}`: {kind} `{value}` is said in {[*project.languages][one]} alone",
                "let both languages say the same",
            )
            for key in mine
            for one, (kind, value, _) in facts.apart(
                (mine[key], theirs[key]), (*project.languages,), set()
            )
        ]
    return out


def _unlike(project, pages: list[Source]) -> list[Fault]:
    """Why the languages cannot be compared: a page lacks its twin, or is built otherwise; a word is not said in one."""
    by = {(p.language, p.slug): p for p in pages}
    slugs = sorted({slug for _, slug in by})
    return (
        parity.missing(project, by, slugs)
        or parity.differences(project, by)
        or terms.incomplete(project, slugs)
    )


def _changed(now: dict[str, tuple[Text, Text]], known: dict):
    """(slug, both texts, section, whether it has changed in each) of every section that is not recorded as it is."""
    for slug, (mine, theirs) in now.items():
        for name, (_, text) in mine.sections.items():
            before, after = (
                known.get(slug, {}).get(name, "").split(),
                [text, theirs.sections[name][1]],
            )
            if before != after:
                yield (
                    slug,
                    (mine, theirs),
                    name,
                    [a != b for a, b in zip(before, after)] or [True, True],
                )


def _stale(project, slug: str, both: tuple[Text, Text], name: str, changed: list[bool]) -> Fault:
    here, there = (f"{one.place}:{one.sections[name][0]}" for one in both)
    if all(changed):
        return Fault(
            here,
            f"the section `{name}` is new or changed in both languages (the other is {there})",
            f"read both side by side, then `make agree PAGE={slug}`",
        )
    moved, waits = (here, there) if changed[0] else (there, here)
    if moved == waits:  # both languages of an entry
        moved, waits = (
            f"{moved} ({[*project.languages][changed[1]]})",
            [*project.languages][changed[0]],
        )
    return Fault(
        moved,
        f"the section `{name}` has changed, and {waits} has not followed",
        f"change it there too; if what changed does not concern the other language, `make agree PAGE={slug}#{name}`",
    )


def _doubts(project, pages: list[Source], slug: str, text: Text, name: str) -> list[Fault]:
    """What looks as if one language of a section did not say what the other says."""
    both = [
        page
        for language in project.languages
        for page in pages
        if (page.language, page.slug) == (language, slug)
    ]
    if not both:
        said = next(said for path, said in _files(project) if path.name == slug)
        pairs = [
            ((text.sections[name][0], said(project, first)[name]), (0, said(project, second)[name]))
            for first, second in [project.languages]
        ]
    else:
        begins = text.sections[name][0]
        ends = min((line for line, _ in text.sections.values() if line > begins), default=math.inf)
        pairs = [
            (one, other) for one, other in zip(*map(parity.units, both)) if begins <= one[0] < ends
        ]
    return [
        Fault(
            f"{text.place}:{line}",
            doubt,
            f"look again at both; if they say the same, `make agree PAGE={slug}#{name}`",
        )
        for (line, mine), (_, theirs) in pairs
        for doubt in facts.doubtful((mine, theirs), (*project.languages,))
    ]


def agree(project, asked: str | None = None) -> tuple[list[str], list[Fault]]:
    """Record that both languages say the same now, of all there is, of one page (`core/forward`, `glossary.yml`) or of one section
    of it (`core/forward#the-network`). What has changed in one language alone, or what looks as if it were wrong, is recorded only where
    its section is named. The sections recorded anew, and what is left."""
    slug, _, section = (asked or "").partition("#")
    pages = books.sources(project)
    if parted := _unlike(project, pages) or _apart(
        project, [p for p in pages if p.slug == slug] or pages
    ):
        return [], parted
    now, known = texts(project, pages), recorded(project)
    if slug and slug not in now:
        raise Fault(
            f"docs/{next(iter(project.languages))}/{slug}.md",
            "there is no such page",
            f"pages: {', '.join(now)}",
        )
    if section and section not in (there := now[slug][0]).sections:
        raise Fault(
            there.place,
            f"there is no section `{section}`",
            f"sections: {', '.join(there.sections)}",
        )
    taken, left = [], []
    for one, both, name, changed in _changed({slug: now[slug]} if slug else now, known):
        doubts = (
            []
            if section
            else _doubts(project, pages, one, both[0], name)
            if all(changed)
            else [_stale(project, one, both, name, changed)]
        )
        if section in ("", name) and not doubts:
            known.setdefault(one, {})[name] = " ".join(text.sections[name][1] for text in both)
            taken.append(f"{one}#{name}")
        left += doubts
    kept = {
        one: {name: known[one][name] for name in both[0].sections if name in known[one]}
        for one, both in now.items()
        if one in known
    }
    project.reviewed.write_text(NOTE + yaml.safe_dump(kept, sort_keys=False, width=200), "utf-8")
    return taken, left
