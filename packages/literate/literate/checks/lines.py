"""What a line may not have: the rules of `lines.yml`."""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from literate import Doubt, Fault, files, registry
from literate.project import Project
from literate.text import Page, hollow, outside_fences, prose

_PUNCTUATION = zip(',.;:!?()“”‘’"', [*"，。；：！？（）「」『』", "「」"], strict=True)
_FULL_WIDTH = str.maketrans(dict(_PUNCTUATION))


@functools.cache
def _rules(languages: tuple[str, ...], language: str, where: str) -> list[tuple[Any, ...]]:
    """Pattern, kind and messages of the rules for a text in one of the book's languages."""
    folders = "|".join(languages) if len(languages) > 1 else "(?!)"
    rules = Path(__file__).with_suffix(".yml")
    every = files.read_yaml(rules.read_text("utf-8"), rules.name)
    mine = [r for r in every if r["in"] == where and language in r.get("of", [language])]
    return [(re.compile(r["pattern"].replace("LANGUAGES", folders)), r) for r in mine]


def broken(
    project: Project, language: str, where: str, text: str, at: str
) -> Iterator[Fault | Doubt]:
    """What breaks the rules. where: `line`, `marks` or `words`, see `lines.yml`."""
    for pattern, rule in _rules(tuple(project.languages), language, where):
        if found := pattern.search(text):
            kind, messages = Doubt if rule.get("doubt") else Fault, (rule["says"], rule["cure"])
            it = (found.groupdict().get("it") or found[0]).strip()
            full = it.translate(_FULL_WIDTH)
            yield kind(at, *(m.replace("{it}", it).replace("{full}", full) for m in messages))


@registry.page_check("lines")
def lines(page: Page) -> Iterator[Fault | Doubt]:
    read = [(*each, "line") for each in outside_fences(page.text)]
    read += [(number, hollow(line), "marks") for number, line, _ in read]
    read += [(*each, "words") for each in prose(page)]
    for number, text, where in read:
        yield from broken(page.project, page.language, where, text, page.on(number))
