"""What the Markdown of a page may not hold, told before anything runs: each rule is one that a reader would pay for."""

import re

from literate.book import Source, outside_fences, pieces
from literate.errors import Fault
from literate.files import UNFINISHED

# Fences that are run, or that hold no program. Any other way to write one is passed over by pytest-codeblocks in silence.
FENCES = ("python", "text")
COMMANDS = ("sh", "shell")  # to type where one installs: a fresh clone in CI is what runs them
INSTALLS = ("start", "contribute")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})(.*)")
_INTERVAL = re.compile(r"[\[(]\s*[-−]?[\d.∞]+, *[-−]?[\d.∞]+\s*[\])]")  # [0, 1)
_CODE = re.compile(r"`[^`]*`|\{\{.*?\}\}|\$[^$\n]+\$")
_IMAGE = re.compile(r"!\[([^\]]*)\]\s*[(\[]\s*<?([^)\s>\]]*)")
# HTML and attributes fetch or run what nothing checks, a comment hides what follows: all that a page holds is written in Markdown
_MARKUP = re.compile(r"<(?:/?[a-z][\w-]*|!--)|\{[^}]*?\w+\s*=|javascript:", re.I)
_APART = re.compile(r" {0,3}\[(?!\^)[^\]]+\]:")
_ABOVE = re.compile(
    r"\s*$|\s*\||\s*(?:[-*+]|\d+\.)\s|///| {2,}\S"
)  # what a row or an item may follow
_RULE = re.compile(r"\s*\|(?:\s*:?-+:?\s*\|)+\s*$")
_WHOLE_LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\(([^)]*)\)")
_LEADS = re.compile(r"#[^\s\"]+|[\w./-]+\.md(#[^\s\"]+)?|mailto:[!-~]+|https://[!-~]+")
# What no line of a page may hold → what is said of it, what to do. First as it is typed, then less code, numbers and formulas
TYPED = {
    r"(?:#{1,6}[^#\s]|\s*[•●▪◦‣０-９]).{0,23}": (
        "stays text",
        "a heading is `## …`, an item `- …` or `1. …`, each with a blank",
    ),
    r".*?(?P<it>`[^`]*\{\{[^`]*\}\}[^`]*`)": (
        ": a number in code stays as it is typed",
        "take the backticks away",
    ),
}
BARE = {
    r"&#?\w+;": ("is HTML", "type the character itself"),
    UNFINISHED: (": what is not finished is not published", "finish it, or take it out"),
    r"\\[()\[\]]": ("is no mark here", "write a formula as `$z$`"),
    r"^(?!#).*?(?P<it>\{[#.:][^}]*\})": (
        "gives an id or a class to what is no heading",
        "take it out; only a heading has an id",
    ),
    r"\]\((?!\w+://)(?P<it>(?:[^)\s]*/)?(?:en|zh-TW)/[^)]*)": (
        ": a link to the page in one language, whichever the reader reads",
        "name the page beside this one: `other.md`",
    ),
    r"\]\((?!mailto:)(?P<it>\w+:(?!//\w)[^)]*)": ("is no address", "write `https://…`"),
}
_ID = re.compile(r"#+ .*\{#([\w-]+)\}\s*$")
_PAIRS = {"zh-TW": ("「」", "『』", "（）", "《》"), "en": ("“”", "()")}
# Front matter that a page must have, and of what kind it is
MUST = {"title": str, "description": str}
MUST_IN_CHAPTERS = {"outcome": str, "builds_on": list, "minutes": int}
KNOWN = {*MUST, *MUST_IN_CHAPTERS, "lab", "template"}
TEMPLATES = {
    "index": "home.html",
    "frontier/live-lab": "live-lab.html",
}  # page → its own, beside the one that all others have
_KINDS = {str: "words", list: "a list of pages, `[core/forward]`", int: "a whole number"}


def faults(page: Source, slugs: list[str]) -> list[Fault]:
    """slugs: the pages that there are."""
    lines = [
        fault for number, line in outside_fences(page.text) for fault in _line(page, number, line)
    ]
    return (
        _front(page, slugs)
        + _fences(page)
        + lines
        + _ids(page)
        + _depths(page)
        + _blocks(page)
        + _pairs(page)
        + _again(page)
    )


def _front(page: Source, slugs: list[str]) -> list[Fault]:
    if not isinstance(page.meta, dict):
        return [
            Fault(
                f"{page.place}:1",
                "the front matter is not `key: value` lines",
                "write `title: …` between two lines of `---`",
            )
        ]
    if unknown := set(page.meta) - KNOWN:
        return [
            Fault(
                page.at(f"{min(map(str, unknown))}:"),
                f"the front matter knows no `{min(map(str, unknown))}:`",
                f"it takes: {', '.join(sorted(KNOWN))}",
            )
        ]
    must = MUST | (MUST_IN_CHAPTERS if page.slug.startswith("core/") else {})
    out = []
    for key, kind in (MUST | MUST_IN_CHAPTERS).items():
        value, at = page.meta.get(key), page.at(f"{key}:")
        if value in (None, ""):
            if key in must:
                out.append(
                    Fault(
                        f"{page.place}:1",
                        f"the front matter lacks `{key}:`",
                        f"between the two lines of `---` write `{key}: …`",
                    )
                )
        elif (
            not isinstance(value, kind)
            or kind is list
            and not all(isinstance(each, str) for each in value)
        ):
            out.append(
                Fault(
                    at,
                    f"`{key}: {value}` is not {_KINDS[kind]}",
                    "write it so; quote words that YAML reads as something else",
                )
            )
        elif kind is list and (gone := [slug for slug in value if slug not in slugs]):
            out.append(
                Fault(
                    at, f"`{key}` names `{gone[0]}`, which is no page", f"pages: {', '.join(slugs)}"
                )
            )
        elif kind is list and (
            later := [slug for slug in value if slugs.index(slug) >= slugs.index(page.slug)]
        ):
            out.append(
                Fault(
                    at,
                    f"`{key}` names `{later[0]}`, which a reader comes to later",
                    "name what stands before this page in nav",
                )
            )
        elif kind is int and (value is True or value < 1):
            out.append(Fault(at, f"`{key}: {value}`", "write how many, from 1"))
    if page.meta.get("template") != page.project.templates.get(page.slug):
        out.append(
            Fault(
                page.at("template:"),
                f"the template of this page is not `{page.meta.get('template')}`",
                f"it is `{page.project.templates.get(page.slug)}`",
            )
        )
    return out


def _ids(page: Source) -> list[Fault]:
    """Two sections by one name: a link would lead to the first."""
    out, seen = [], {}
    for number, kind, text in pieces(page):
        if kind == "heading" and (found := _ID.match(text)):
            if found[1] in seen:
                out.append(
                    Fault(
                        f"{page.place}:{number}",
                        f"the id `{found[1]}` is that of line {seen[found[1]]} too",
                        "give each heading an id of its own",
                    )
                )
            seen.setdefault(found[1], number)
    return out


def _depths(page: Source) -> list[Fault]:
    """A section is at most one deeper than the one it stands in."""
    out, above, before, lines = [], 1, 0, page.text.splitlines()
    for number, kind, text in pieces(page):
        if kind == "heading":
            deep = len(text) - len(text.lstrip("#"))
            if deep == 1:
                out.append(
                    Fault(
                        f"{page.place}:{number}",
                        "a second title in the page",
                        "its title stands in the front matter; a section begins with `## `",
                    )
                )
            if deep <= above and not "".join(lines[before : number - 1]).strip():
                out.append(
                    Fault(
                        f"{page.place}:{before}",
                        "nothing stands in this section",
                        "write it, or take the heading out",
                    )
                )
            before = number
            if deep > above + 1:
                out.append(
                    Fault(
                        f"{page.place}:{number}",
                        f"a heading of {deep} `#` below one of {above}",
                        f"write {above + 1} `#`",
                    )
                )
            above = deep
    return out


def _blocks(page: Source) -> list[Fault]:
    """A table and a list stand apart from the text above, else both stay text. Below its head a table has a rule; and every row has
    as many cells as the head: Markdown fills up in silence, and cuts off what is more."""
    out, head, last, listed, lines = [], 0, 0, False, page.text.splitlines()
    for number, kind, text in pieces(page):
        if kind in ("row", "item") and not _ABOVE.match(lines[number - 2]):
            out.append(
                Fault(
                    f"{page.place}:{number}",
                    f"this {'table' if kind == 'row' else 'list'} begins right below a line of text, and would stay text",
                    "leave a blank line above it",
                )
            )
        if (
            kind == "row"
            and number != last + 1
            and not _RULE.match(lines[number] if number < len(lines) else "")
        ):
            out.append(
                Fault(
                    f"{page.place}:{number}",
                    "a table without a rule below its head stays text",
                    "write `|---|---|` below the first row",
                )
            )
        listed = kind == "item" or listed and text.startswith("    ")
        if kind == "paragraph" and text.startswith("    ") and not listed:
            out.append(
                Fault(
                    f"{page.place}:{number}",
                    "a line that four blanks make into code",
                    "begin it at the line's start; code stands in a fence",
                )
            )
        if kind == "row":
            cells = _CODE.sub("", text).replace("\\|", "").strip().strip("|").count("|") + 1
            head = cells if number != last + 1 else head
            if cells != head:
                out.append(
                    Fault(
                        f"{page.place}:{number}",
                        f"a row of {cells} cells in a table of {head}",
                        "give each row as many cells as the head has",
                    )
                )
            last = number
    return out


def _pairs(page: Source) -> list[Fault]:
    """What opens is closed, in the same paragraph."""
    bare = [
        (number, kind, _INTERVAL.sub("", _CODE.sub("", text)))
        for number, kind, text in pieces(page)
    ]
    return [
        Fault(
            f"{page.place}:{number}",
            f"{text.count(opens)} `{opens}` and {text.count(closes)} `{closes}` in one {kind}",
            "close what is open",
        )
        for number, kind, text in bare
        for opens, closes in _PAIRS[page.language]
        if text.count(opens) != text.count(closes)
    ]


def fence_lines(text: str) -> list[tuple[int, str]]:
    """(number, line) of each line that opens a fence."""
    out, mark = [], None
    for number, line in enumerate(text.splitlines(), 1):
        found = _FENCE.match(line)
        if mark and found and found[1].startswith(mark) and not found[2].strip():
            mark = None
        elif not mark and found:
            mark = found[1]
            out.append((number, line))
    return out


def _fences(page: Source) -> list[Fault]:
    allowed = FENCES + (COMMANDS if page.slug in INSTALLS else ())
    return [
        Fault(
            f"{page.place}:{number}",
            f"the fence `{line.strip()}` would not be run, and nobody would be told",
            f"write it at the line's start as one of: {', '.join('```' + a for a in allowed)}",
        )
        for number, line in fence_lines(page.text)
        if line.rstrip() not in {"```" + a for a in allowed}
    ]


_SENTENCE = re.compile(r"(?<=[。！？.!?\n ])[^。！？\n]{9,}?(?:[。！？]|[.!?](?=\s|$))")


def _again(page: Source) -> list[Fault]:
    """A sentence twice in one paragraph, a paragraph twice in a row; and one that ends where no sentence ends."""
    out, before = [], ""
    for number, kind, text in pieces(page):
        said = _SENTENCE.findall(f"\n{text}")
        if kind == "paragraph" and (text == before or len({*said}) < len(said)):
            out.append(Fault(f"{page.place}:{number}", "says the same twice", "say it once"))
        if kind == "paragraph" and text.rstrip()[-1] in "，、；,;":
            out.append(
                Fault(
                    f"{page.place}:{number}",
                    f"a paragraph that ends in `{text.rstrip()[-1]}`",
                    "finish the sentence",
                )
            )
        before = text
    return out


def _line(page: Source, number: int, line: str) -> list[Fault]:
    at, bare = f"{page.place}:{number}", _CODE.sub("", line)
    out = []
    for alt, target in _IMAGE.findall(bare):
        if not alt.strip():
            out.append(
                Fault(
                    at,
                    f"the image `{target}` has no words for those who do not see it",
                    "say in the brackets what it shows: `![…](…)`",
                )
            )
        if re.match(r"(\w+:)?//", target):
            out.append(
                Fault(
                    at,
                    f"`{target}` is fetched from another origin",
                    "put the file beside the page: no request leaves the site",
                )
            )
    if _APART.match(bare):
        out.append(
            Fault(
                at,
                f"the address of `{bare.strip().split(':')[0]}` stands apart from its link",
                "write it in the link: `[words](address)`",
            )
        )
    out += _held(at, re.match, TYPED, line) + _held(at, re.search, BARE, bare)
    for words, target in _WHOLE_LINK.findall(_CODE.sub("x", line)):
        if not words.strip() or not _LEADS.fullmatch(target):
            out.append(
                Fault(
                    at,
                    f"the link `[{words}]({target})` has no words, or no address that a page can have",
                    "write `[words](other.md#its-id)` or `[words](https://…)`: https, no title, letters beyond ASCII percent-encoded",
                )
            )
    if found := _MARKUP.search(bare):
        out.append(
            Fault(
                at,
                f"`{found[0].strip()}` in a page, which nothing checks: it may fetch, run or hide something",
                "write Markdown: images as `![…](…)`, figures and programs as directives, a token such as `<pad>` as code",
            )
        )
    return out


def _held(at: str, find, rules: dict[str, tuple[str, str]], line: str) -> list[Fault]:
    return [
        Fault(
            at,
            f"`{(found.groupdict().get('it') or found[0]).strip()}` {what}".replace("` :", "`:"),
            cure,
        )
        for rule, (what, cure) in rules.items()
        if (found := find(rule, line))
    ]
