"""The site's style sheet: what every page is drawn with comes in one request. First what is used of Material's own, then ours."""

import re
from pathlib import Path

from mkdocs.theme import Theme

SHEET = "assets/site.css"
MATERIAL = "assets/stylesheets/main.*.min.css"
PARTS = (
    MATERIAL,
    "assets/katex/katex.css",
    *(f"assets/{name}.css" for name in ("tp", "frame", "parts", "figures", "extra", "print")),
)
# Of Material's classes, those that stand on our pages or are put there by its search
USED = re.compile(
    r"(no-js|js|katex-html|highlight|headerlink|footnote.*|focus-visible"
    r"|md-(typeset|typeset__.*|grid|main|main__.*|container|content|content__inner|header|overlay|dialog|dialog__.*|skip|toggle|search-result.*))"
)

_ASIDE = re.compile(r"/\*.*?\*/|@charset[^;]*;", re.S)
_FILE = re.compile(
    r"url\((?!['\"]?(?:[a-z]+:|/|#))(['\"]?)"
)  # the address of a file beside the sheet, not data: nor another origin's
_RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
_EMPTY = re.compile(r"@(?:media|supports)[^{}]*\{\s*\}")


def sheet(theme: Theme) -> str:
    """All parts in order, without comments; each finds its own files from where the sheet lies."""
    text = '@charset "UTF-8";\n'
    for part in PARTS:
        path = next(found for folder in theme.dirs for found in sorted(Path(folder).glob(part)))
        rules = _ASIDE.sub("", path.read_text("utf-8")).strip()
        beside = Path(part).parent.relative_to(Path(SHEET).parent).as_posix()
        rules = used(rules) if part == MATERIAL else _FILE.sub(rf"url(\1{beside}/", rules)
        text += f"@media print {{\n{rules}\n}}\n" if path.stem == "print" else f"{rules}\n"
    return text


def used(rules: str) -> str:
    """Material's minified rules without those for parts that this site has not, such as tabs: three quarters of them."""
    return _EMPTY.sub("", _RULE.sub(_kept, rules))


def _kept(rule: re.Match) -> str:
    selectors = [one for one in selectors_of(rule[1]) if all(map(USED.fullmatch, classes(one)))]
    return f"{','.join(selectors)}{{{rule[2]}}}" if selectors else ""


def selectors_of(listed: str) -> list[str]:
    return re.split(r",(?![^()]*\))", listed)


def classes(selector: str) -> list[str]:
    return re.findall(r"\.([a-zA-Z][\w-]*)", selector)
