"""Both languages of a page are one page: same headings' ids, directives, numbers, links, fences, in the same order."""

import re
from itertools import zip_longest

from literate.book import LANGUAGES, ROLE, WORDS, Source, outside_fences
from literate.errors import Fault

_HEADING = re.compile(r"^(#{1,6})\s.*?\{#([\w-]+)\}\s*$")
_LINK = re.compile(r"\]\(([^)\s]+)")
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*(\S.*)?$")
_TYPED = re.compile(r"(?<![\w.])[-−]?\d+\.\d{3,}(?!\w|\.\d)")
SHARED = ("builds_on", "minutes", "lab", "template")  # front matter that is no prose


def missing(pages: dict[tuple[str, str], Source], slugs: list[str]) -> list[Fault]:
    """Every slug of the navigation has its page in both languages, and every page its place in the navigation."""
    faults = [Fault(f"docs/{language}/{slug}.md", "this page is missing",
                    "write it, or take the slug out of nav in mkdocs.yml (both languages go together)")
              for language in LANGUAGES for slug in slugs if (language, slug) not in pages]
    return faults + [Fault(page.place, "this page is not in the navigation", f"add `{slug}` to nav in mkdocs.yml")
                     for (_, slug), page in pages.items() if slug not in slugs]


def differences(pages: dict[tuple[str, str], Source]) -> list[Fault]:
    """Where the two languages of a page part, the first place of each kind."""
    faults = []
    first, *others = LANGUAGES
    for (language, slug), page in pages.items():
        if language == first:
            for other in others:
                faults += _compare(page, pages[other, slug])
    return faults


def _compare(page: Source, twin: Source) -> list[Fault]:
    faults = []
    for key in SHARED:
        if page.meta.get(key) != twin.meta.get(key):
            faults.append(Fault(f"{twin.place}:1", f"`{key}: {twin.meta.get(key)}`, but {page.place} has `{page.meta.get(key)}`", "give both the same"))
    mine, theirs = skeleton(page), skeleton(twin)
    for kind in mine:
        for a, b in zip_longest(mine[kind], theirs[kind]):
            if a is None or b is None or a[1] != b[1]:
                here = f"{twin.place}:{b[0]}" if b else twin.place
                there = f"{page.place}:{a[0]}" if a else page.place
                faults.append(Fault(here, f"{kind} `{b[1] if b else '(none)'}`, but {there} has `{a[1] if a else '(none)'}`",
                                    "let both languages have the same, in the same order"))
                break
    return faults


def skeleton(page: Source) -> dict[str, list[tuple[int, str]]]:
    """What both languages must share, by kind, with its lines."""
    out = {"heading": [], "directive": [], "number": [], "link": [], "fence": []}
    for number, line in outside_fences(page.text):
        if heading := _HEADING.match(line):
            out["heading"].append((number, f"{heading[1]} #{heading[2]}"))
        out["number"] += [(number, m[0]) for m in ROLE.finditer(line)]
        out["link"] += [(number, m[1]) for m in _LINK.finditer(line)]
    for d in page.directives:
        options = ", ".join(f"{k}: {v}" for k, v in sorted(d.options.items()) if k not in WORDS)
        out["directive"].append((d.line, f"{d.name} | {d.argument} ({options})"))
    inside = {n for n, _ in outside_fences(page.text)}
    out["fence"] = [(n, line.strip()) for n, line in enumerate(page.text.splitlines(), 1) if n not in inside]
    # The order of numbers and links in a sentence is the language's own; only which ones there are is shared.
    for kind in ("number", "link"):
        out[kind].sort(key=lambda item: item[1])
    return out


def typed_numbers(page: Source) -> list[Fault]:
    """Decimals of three or more digits that somebody typed: a number that came from a run is drawn by a role."""
    return [Fault(f"{page.place}:{number}", f"the number {found[0]} is typed", "draw it from a run: `{{module.snippet.variable:.6f}}`; "
                  "a setting such as a learning rate stands as `code`")
            for number, line in outside_fences(page.text)
            for found in _TYPED.finditer(re.sub(r"`[^`]*`", "", ROLE.sub("", line)))]
