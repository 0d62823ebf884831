"""What the Markdown of a page may not hold, told before anything runs: each rule is one that a reader would pay for."""

import re

from literate.book import Source, outside_fences
from literate.errors import Fault

# Fences that are run, or that hold no program. Any other way to write one is passed over by pytest-codeblocks in silence.
FENCES = ("python", "text")
COMMANDS = ("sh", "shell")  # to type where one installs: a fresh clone in CI is what runs them
INSTALLS = ("start", "contribute")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})(.*)")
_UNRUN = re.compile(r"<!--[-\s]*pytest[-.]")
_CODE = re.compile(r"`[^`]*`|\{\{.*?\}\}|\$[^$\n]+\$")
_IMAGE = re.compile(r"!\[([^\]]*)\]\s*[(\[]\s*<?([^)\s>\]]*)")
# Elements that fetch or run something; an image is written in Markdown, where its file and its words are checked
_ELEMENT = re.compile(r"<(script|style|link|img|picture|iframe|object|embed|video|audio|source|base|meta|form)\b|\son[a-z]+\s*=\s*[\"']|javascript:", re.I)
MUST = ("title", "description")
MUST_IN_CHAPTERS = ("outcome", "builds_on", "minutes")


def faults(page: Source) -> list[Fault]:
    return _front(page) + _fences(page) + [f for number, line in outside_fences(page.text) for f in _line(page, number, line)]


def _front(page: Source) -> list[Fault]:
    must = MUST + (MUST_IN_CHAPTERS if page.slug.startswith("core/") else ())
    if not isinstance(page.meta, dict):
        return [Fault(f"{page.place}:1", "the front matter is not `key: value` lines", "write `title: …` between two lines of `---`")]
    return [Fault(f"{page.place}:1", f"the front matter lacks `{key}:`", f"between the two lines of `---` write `{key}: …`")
            for key in must if page.meta.get(key) is None]


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
    return [Fault(f"{page.place}:{number}", f"the fence `{line.strip()}` would not be run, and nobody would be told",
                  f"write it at the line's start as one of: {', '.join('```' + a for a in allowed)}")
            for number, line in fence_lines(page.text) if line.rstrip() not in {"```" + a for a in allowed}]


def _line(page: Source, number: int, line: str) -> list[Fault]:
    at, bare = f"{page.place}:{number}", _CODE.sub("", line)
    out = []
    if _UNRUN.search(line):
        out.append(Fault(at, "a comment that keeps pytest-codeblocks from running a fence", "remove it; what must fail is a `/// pitfall`"))
    for alt, target in _IMAGE.findall(bare):
        if not alt.strip():
            out.append(Fault(at, f"the image `{target}` has no words for those who do not see it", "say in the brackets what it shows: `![…](…)`"))
        if re.match(r"(\w+:)?//", target):
            out.append(Fault(at, f"`{target}` is fetched from another origin", "put the file beside the page: no request leaves the site"))
    if found := _ELEMENT.search(bare):
        out.append(Fault(at, f"`{found[0].strip()}` in a page: it would fetch or run what nothing checks",
                         "write images as `![…](…)`, figures and programs as directives"))
    return out
