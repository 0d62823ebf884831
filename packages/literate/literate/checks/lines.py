"""What a line may not have: the rules of `lines.yml`, for pages, the glossary and the book's words."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from literate import terms
from literate.errors import Doubt, Fault
from literate.project import Project
from literate.registry import check
from literate.text import Page, hollow, outside_fences, prose

_FULL_WIDTH = str.maketrans(
    dict(zip(",.;:!?()“”‘’", "，。；：！？（）「」『』", strict=True)) | {'"': "「」"}
)


class Rule(NamedTuple):
    where: str
    languages: list[str]
    pattern: re.Pattern[str]
    kind: type[Fault] | type[Doubt]
    says: str
    cure: str

    def report(self, line: str, at: str) -> Iterator[Fault | Doubt]:
        if found := self.pattern.search(line):
            it = (found.groupdict().get("it") or found[0]).strip()
            full = it.translate(_FULL_WIDTH)
            messages = (m.replace("{it}", it).replace("{full}", full) for m in self[-2:])
            yield self.kind(at, *messages)


@functools.cache
def _rules(languages: str) -> list[Rule]:
    rules = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text("utf-8"))
    return [
        Rule(
            rule["in"],
            rule.get("of", []),
            re.compile(rule["pattern"].replace("LANGUAGES", languages)),
            Doubt if rule.get("doubt") else Fault,
            rule["says"],
            rule["cure"],
        )
        for rule in rules
    ]


def rules(project: Project, language: str, where: str) -> list[Rule]:
    languages = "|".join(project.languages) if len(project.languages) > 1 else "(?!)"
    every = _rules(languages)
    return [r for r in every if r.where == where and (not r.languages or language in r.languages)]


@check("lines", stage=2)
def lines(project: Project, pages: Mapping[tuple[str, str], Page]) -> Iterable[Fault | Doubt]:
    for page in pages.values():
        typed, marks, words = (rules(project, page.language, w) for w in ("line", "marks", "words"))
        for number, line in outside_fences(page.text):
            at, marked = f"{page.place}:{number}", hollow(line)
            yield from (found for rule in typed for found in rule.report(line, at))
            yield from (found for rule in marks for found in rule.report(marked, at))
        for number, line in prose(page):
            at = f"{page.place}:{number}"
            yield from (found for rule in words for found in rule.report(line, at))
