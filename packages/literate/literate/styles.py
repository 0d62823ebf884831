"""The site's style sheet: one request brings what every page is drawn with, the used part of
Material's, then ours.
"""

import re
from pathlib import Path

from mkdocs.theme import Theme

SHEET = "assets/site.css"
MATERIAL = "assets/stylesheets/main.*.min.css"
OURS = ("tp", "frame", "parts", "figures", "extra", "print")
PARTS = (MATERIAL, "assets/katex/katex.css", *(f"assets/{name}.css" for name in OURS))
# Of Material's classes, those that are on the pages or that its search puts there
USED = re.compile(
    r"""(no-js|js|katex-html|highlight|headerlink|footnote.*|focus-visible
    |md-(typeset|typeset__.*|grid|main|main__.*|container|content|content__inner|header|overlay
        |dialog|dialog__.*|skip|toggle|search-result.*))""",
    re.X,
)

_REMOVED = re.compile(r"/\*.*?\*/|@charset[^;]*;", re.S)
# The address of a file beside the sheet: neither data nor another origin's
_FILE = re.compile(r"url\((?!['\"]?(?:[a-z]+:|/|#))(['\"]?)")
_RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
_EMPTY = re.compile(r"@(?:media|supports)[^{}]*\{\s*\}")


def sheet(theme: Theme) -> str:
    """All parts in order, without comments; each finds its own files from where the sheet is."""
    text = '@charset "UTF-8";\n'
    for part in PARTS:
        path = next(found for folder in theme.dirs for found in sorted(Path(folder).glob(part)))
        rules = _REMOVED.sub("", path.read_text("utf-8")).strip()
        folder = Path(part).parent.relative_to(Path(SHEET).parent).as_posix()
        rules = used(rules) if part == MATERIAL else _FILE.sub(rf"url(\1{folder}/", rules)
        text += f"@media print {{\n{rules}\n}}\n" if path.stem == "print" else f"{rules}\n"
    return text


def used(rules: str) -> str:
    """Material's minified rules without those for parts that the site does not have, such as tabs:
    a quarter is left.
    """
    return _EMPTY.sub("", _RULE.sub(_used_rule, rules))


def _used_rule(rule: re.Match[str]) -> str:
    selectors = [one for one in selectors_of(rule[1]) if all(map(USED.fullmatch, classes(one)))]
    return f"{','.join(selectors)}{{{rule[2]}}}" if selectors else ""


def selectors_of(listed: str) -> list[str]:
    return re.split(r",(?![^()]*\))", listed)


def classes(selector: str) -> list[str]:
    return re.findall(r"\.([a-zA-Z][\w-]*)", selector)
