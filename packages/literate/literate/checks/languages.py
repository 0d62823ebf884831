"""Both languages of a page are one page: the same headings' ids, directives and fences in the same order; and, when both are done,
the same paragraphs, items and rows, each with the same facts: numbers, names, code, formulas, links."""

import re
from itertools import zip_longest

from literate.checks import facts
from literate.book import ROLE, WORDS, Source, outside_fences, pieces
from literate.errors import Fault

_HEADING = re.compile(r"^(#{1,6})\s.*?\{#([\w-]+)\}\s*$")
_TYPED = re.compile(r"(?<![\w.])[-−]?\d+\.\d{3,}(?!\w|\.\d)")
_TYPED_IN_CODE = re.compile(r"`[-−]?\d+\.\d{5,}`")
_CELL = re.compile(r"(?:`[^`]*`|\$[^$\n]+\$|\\\||[^|])+")
SHARED = ("builds_on", "minutes", "lab", "template")  # front matter that is no prose


def missing(project, pages: dict[tuple[str, str], Source], slugs: list[str]) -> list[Fault]:
    """Every slug of the navigation has its page in both languages, and every page its place in the navigation."""
    faults = [
        Fault(
            f"docs/{language}/{slug}.md",
            "this page is missing",
            "write it, or take the slug out of nav in mkdocs.yml (both languages go together)",
        )
        for language in project.languages
        for slug in slugs
        if (language, slug) not in pages
    ]
    return faults + [
        Fault(
            page.place, "this page is not in the navigation", f"add `{slug}` to nav in mkdocs.yml"
        )
        for (_, slug), page in pages.items()
        if slug not in slugs
    ]


def differences(project, pages: dict[tuple[str, str], Source]) -> list[Fault]:
    """Where the two languages of a page part, the first place of each kind."""
    faults = []
    first, *others = project.languages
    for (language, slug), page in pages.items():
        if language == first:
            for other in others:
                faults += _compare(page, pages[other, slug])
    return faults


def _compare(page: Source, twin: Source) -> list[Fault]:
    shared = [
        Fault(
            f"{twin.place}:1",
            f"`{key}: {twin.meta.get(key)}`, but {page.place} has `{page.meta.get(key)}`",
            "give both the same",
        )
        for key in SHARED
        if page.meta.get(key) != twin.meta.get(key)
    ]
    return shared + _ordered(page, twin, skeleton(page), skeleton(twin))


def parted(project, pages: dict[tuple[str, str], Source]) -> list[Fault]:
    """Where the prose of the two languages visibly parts. While one is being written, it may."""
    faults = []
    names = facts.names(project, pages.values())
    first, *others = project.languages
    for (language, slug), page in pages.items():
        for twin in [pages[other, slug] for other in others] if language == first else ():
            faults += _ordered(page, twin, layout(page), layout(twin)) or _said(page, twin, names)
    return faults


def _said(page: Source, twin: Source, names: set[str]) -> list[Fault]:
    """Piece by piece, what one language says and the other does not."""
    out = []
    for (here, mine), (there, theirs) in zip(units(page), units(twin)):
        places = f"{page.place}:{here}", f"{twin.place}:{there}"
        out += [
            Fault(
                places[one],
                f"{kind} `{value}`{f' (“{words}”)' if words else ''} is not in {places[1 - one]}, or not as often, or in another order",
                "let both languages have the same",
            )
            for one, (kind, value, words) in facts.apart(
                (mine, theirs), (page.language, twin.language), names
            )
        ]
    return out


def units(page: Source) -> list[tuple[int, str]]:
    """(line, text) of the smallest parts that both languages have in the same order: paragraphs, items, cells, headings, titles."""
    out = [(1, str(page.meta.get(key, ""))) for key in ("title", "description", "outcome")]
    for d in page.directives:
        out += [(d.line, str(d.options.get(key, ""))) for key in WORDS]
    for number, kind, text in pieces(page):
        out += [
            (number, cell)
            for cell in (_CELL.findall(text.strip().strip("|")) if kind == "row" else [text])
        ]
    return out


def _ordered(page: Source, twin: Source, mine: dict, theirs: dict) -> list[Fault]:
    faults = []
    for kind in mine:
        for a, b in zip_longest(mine[kind], theirs[kind]):
            if a is None or b is None or a[1] != b[1]:
                here = f"{twin.place}:{b[0]}" if b else twin.place
                there = f"{page.place}:{a[0]}" if a else page.place
                faults.append(
                    Fault(
                        here,
                        f"{kind} `{b[1] if b else '(none)'}`, but {there} has `{a[1] if a else '(none)'}`",
                        "let both languages have the same, in the same order",
                    )
                )
                break
    return faults


def skeleton(page: Source) -> dict[str, list[tuple[int, str]]]:
    """What both languages must share in the same order, by kind, with its lines."""
    out = {"heading": [], "directive": [], "fence": []}
    for number, line in outside_fences(page.text):
        if heading := _HEADING.match(line):
            out["heading"].append((number, f"{heading[1]} #{heading[2]}"))
    for d in page.directives:
        options = ", ".join(f"{k}: {v}" for k, v in sorted(d.options.items()) if k not in WORDS)
        out["directive"].append((d.line, f"{d.name} | {d.argument} ({options})"))
    inside = {n for n, _ in outside_fences(page.text)}
    out["fence"] = [
        (n, line.strip()) for n, line in enumerate(page.text.splitlines(), 1) if n not in inside
    ]
    return out


def layout(page: Source) -> dict[str, list[tuple[int, str]]]:
    """How the prose is laid out, by kind, with its lines."""
    out = {"row of a table": [], "item of a list": []}
    section, paragraphs = "top", {"top": [1, 0]}
    for number, kind, text in pieces(page):
        if kind == "heading" and (heading := _HEADING.match(text)):
            section = heading[2]
            paragraphs[section] = [number, 0]
        elif kind == "row":
            out["row of a table"].append(
                (number, f"{len(_CELL.findall(text.strip().strip('|')))} cells")
            )
        elif kind == "item":
            out["item of a list"].append((number, "1." if text.lstrip()[0].isdigit() else "-"))
        elif kind == "paragraph":
            paragraphs[section][1] += 1
    out["paragraphs"] = [
        (number, f"{count} in #{section}") for section, (number, count) in paragraphs.items()
    ]
    return out


def typed_numbers(page: Source) -> list[Fault]:
    """Decimals that somebody typed, of three or more digits in the text, of five or more as code: a number that came from a run is
    drawn by a role."""
    drawn = [
        (number, facts.LINK.sub("]", ROLE.sub("", line)))
        for number, line in outside_fences(page.text)
    ]
    return [
        Fault(
            f"{page.place}:{number}",
            f"the number {found[0]} is typed",
            "draw it from a run: `{{module.snippet.variable:.6f}}`; "
            "a setting such as a learning rate stands as `code`",
        )
        for number, line in drawn
        for found in (*_TYPED.finditer(facts.CODE.sub("", line)), *_TYPED_IN_CODE.finditer(line))
    ]
