"""Both languages of a page are one page: the same headings' ids, directives and fences in the same order, the same numbers and
links as often; and, when both are done, the same rows, items, paragraphs, formulas, code and figures."""

import re
from collections import Counter
from itertools import zip_longest

from literate import terms
from literate.book import LANGUAGES, ROLE, WORDS, Source, outside_fences, pieces
from literate.errors import Fault

_HEADING = re.compile(r"^(#{1,6})\s.*?\{#([\w-]+)\}\s*$")
_LINK = re.compile(r"\]\(([^)\s]+)")
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*(\S.*)?$")
_TYPED = re.compile(r"(?<![\w.])[-−]?\d+\.\d{3,}(?!\w|\.\d)")
_CODE = re.compile(r"`([^`\n]+)`")
_MATHS = re.compile(r"\$([^$\n]+)\$")
# 2-2-1, numbers with a sign or a point, and from 11 on; up to ten, one language may spell out what the other writes in figures
_FIGURES = re.compile(r"[≤≥]|(?<![\d.])(?:\d+/\d+|\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?:e[-+]?\d+|[x×](?!\w))|\d+(?:-\d+)+|(?:(?<![\w\])])[-−])?\d+(?:\.\d+)+|(?<![\w\])])[-−]\d+|(?!10(?!\d))\d{2,})")
_SMALL = re.compile(r"(?<![\w.\-−])(?:10|\d)(?!\w|[.\-−]\d)")
_SPELLED = {"zh-TW": "零 一 [二兩雙半] 三 四 五 六 七 八 九 十".split(),
            "en": [rf"(?i)\b(?:{words})" for words in ("zero", "one|single|once|first|an?|each", "two|twice|second|pair|both|half|double|halves",
                   "three|third|thrice", "four|quarter", "five|fifth", "six", "seven", "eight", "nine|ninth", "ten")]}
COUNTED = ("number", "link")  # as often in both languages
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
    shared = [Fault(f"{twin.place}:1", f"`{key}: {twin.meta.get(key)}`, but {page.place} has `{page.meta.get(key)}`", "give both the same")
              for key in SHARED if page.meta.get(key) != twin.meta.get(key)]
    mine, theirs = in_sentences(page), in_sentences(twin)
    return shared + _ordered(page, twin, skeleton(page), skeleton(twin)) + [f for kind in COUNTED for f in _counted(page, twin, kind, mine, theirs)]


def parted(pages: dict[tuple[str, str], Source]) -> list[Fault]:
    """Where the prose of the two languages visibly parts. While one is being written, it may."""
    faults = []
    first, *others = LANGUAGES
    for (language, slug), page in pages.items():
        for twin in [pages[other, slug] for other in others] if language == first else ():
            mine, theirs = in_sentences(page), in_sentences(twin)
            faults += _ordered(page, twin, layout(page), layout(twin))
            faults += [fault for kind in mine if kind not in COUNTED for fault in _counted(page, twin, kind, mine, theirs)]
            faults += _small(page, twin) + _small(twin, page)
    return faults


def _small(page: Source, twin: Source) -> list[Fault]:
    """Figures up to ten of a section that its translation has neither in figures nor in words."""
    there = {section: "\n".join(line for _, line in lines) for section, lines in _by_section(twin).items()}
    return [Fault(f"{page.place}:{number}", f"the figure `{found[0]}` is not in `#{section}` of {twin.place}, nor the word for it", "let both languages have the same")
            for section, lines in _by_section(page).items() for number, line in lines for found in _SMALL.finditer(_DATES.sub("", line))
            if not re.search(rf"(?<!\d){found[0]}(?!\d)", there.get(section, "")) and not re.search(_SPELLED[twin.language][int(found[0])], there.get(section, ""))]


def _by_section(page: Source) -> dict[str, list[tuple[int, str]]]:
    """Id of each section → (number, line) of its prose."""
    out, section = {"top": []}, "top"
    ids = {number: heading[2] for number, line in outside_fences(page.text) if (heading := _HEADING.match(line))}
    for number, line in terms.prose(page):
        section = ids.get(number, section)
        out.setdefault(section, []).append((number, line))
    return out


def _ordered(page: Source, twin: Source, mine: dict, theirs: dict) -> list[Fault]:
    faults = []
    for kind in mine:
        for a, b in zip_longest(mine[kind], theirs[kind]):
            if a is None or b is None or a[1] != b[1]:
                here = f"{twin.place}:{b[0]}" if b else twin.place
                there = f"{page.place}:{a[0]}" if a else page.place
                faults.append(Fault(here, f"{kind} `{b[1] if b else '(none)'}`, but {there} has `{a[1] if a else '(none)'}`",
                                    "let both languages have the same, in the same order"))
                break
    return faults


def _counted(page: Source, twin: Source, kind: str, mine: dict, theirs: dict) -> list[Fault]:
    """A language may say again what the other says once, but neither may say one thing in place of another."""
    less, more = _more(mine[kind], theirs[kind]), _more(theirs[kind], mine[kind])
    faults = []
    for one, other, has, only, lacks in ((page, twin, mine[kind], less, theirs[kind]), (twin, page, theirs[kind], more, mine[kind])):
        for value in only:
            if less and more or kind in COUNTED or value not in {v for _, v in lacks}:
                line = [number for number, v in has if v == value][-1]
                faults.append(Fault(f"{one.place}:{line}", f"{kind} `{value}` is not in {other.place}, or not as often",
                                    "let both languages have the same" + "; a number above ten stands in figures, as 1,000,000" * (kind == "figure")))
    return faults


def _more(has: list[tuple[int, str]], lacks: list[tuple[int, str]]) -> Counter:
    return Counter(value for _, value in has) - Counter(value for _, value in lacks)


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
    out["fence"] = [(n, line.strip()) for n, line in enumerate(page.text.splitlines(), 1) if n not in inside]
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
            bare = _MATHS.sub("", _CODE.sub("", text)).replace("\\|", "")
            out["row of a table"].append((number, f"{bare.count('|') - 1} cells"))
        elif kind == "item":
            out["item of a list"].append((number, "1." if text.lstrip()[0].isdigit() else "-"))
        elif kind == "paragraph":
            paragraphs[section][1] += 1
    out["paragraphs"] = [(number, f"{count} in #{section}") for section, (number, count) in paragraphs.items()]
    return out


def in_sentences(page: Source) -> dict[str, list[tuple[int, str]]]:
    """What stands in the sentences, whose order is the language's own, by kind, with its lines."""
    out = {"number": [], "link": [], "code": [], "formula": [], "figure": []}
    for number, line in outside_fences(page.text):
        out["number"] += [(number, m[0]) for m in ROLE.finditer(line)]
        out["link"] += [(number, m[1]) for m in _LINK.finditer(line)]
        bare = ROLE.sub("", line)
        out["code"] += [(number, m[1]) for m in _CODE.finditer(bare)]
        out["formula"] += [(number, m[1]) for m in _MATHS.finditer(_CODE.sub("", bare))]
    out["figure"] = [(number, m[0].replace("-", "−").replace(",", "")) for number, line in terms.prose(page) for m in _FIGURES.finditer(_dated(line))]
    return out


_MONTHS = "January February March April May June July August September October November December".split()
_DATES = re.compile(rf"(?P<y>\d{{4}}) 年 (?P<m>\d{{1,2}}) 月 (?P<d>\d{{1,2}}) 日|(?P<D>\d{{1,2}}) (?P<M>{'|'.join(_MONTHS)}) (?P<Y>\d{{4}})")


def _dated(line: str) -> str:
    """Dates as 2026-11-25, however a language writes them."""
    def iso(found: re.Match) -> str:
        month = int(found["m"]) if found["m"] else _MONTHS.index(found["M"]) + 1
        return f"{found['y'] or found['Y']}-{month:02}-{int(found['d'] or found['D']):02}"
    return _DATES.sub(iso, line)


def typed_numbers(page: Source) -> list[Fault]:
    """Decimals of three or more digits that somebody typed: a number that came from a run is drawn by a role."""
    return [Fault(f"{page.place}:{number}", f"the number {found[0]} is typed", "draw it from a run: `{{module.snippet.variable:.6f}}`; "
                  "a setting such as a learning rate stands as `code`")
            for number, line in outside_fences(page.text)
            for found in _TYPED.finditer(_LINK.sub("]", re.sub(r"`[^`]*`", "", ROLE.sub("", line))))]
