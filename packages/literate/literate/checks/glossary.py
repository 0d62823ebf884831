"""The glossary and the book's words: complete in every language, and consistent."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from literate import snippets, terms
from literate.checks.lines import rules
from literate.errors import Doubt, Fault
from literate.katex import BadTeX
from literate.project import Project
from literate.registry import check
from literate.text import Page, line_of, prose

Pages = Mapping[tuple[str, str], Page]


def _places(project: Project, path: Path) -> Callable[[str], str]:
    """From a key to `file:line` of the first line that has it."""
    text = project.read(path) if path.is_file() else ""
    return lambda key: f"{project.place(path)}:{line_of(f'{key}:', text) or 1}"


@check("words of the interface", stage=2)
def words(project: Project, pages: Pages) -> Iterator[Fault]:
    """Each is in every language, a text or a list as long, with the same {names} to fill in."""
    place = _places(project, project.words_file)
    said = {language: terms.flat(own) for language, own in project.own_words.items()}
    for key in dict.fromkeys(key for words in said.values() for key in words):
        at = place(key.split(".")[-1])
        forms = {language: _form(words.get(key)) for language, words in said.items()}
        if missing := [language for language, form in forms.items() if form is None]:
            yield Fault(at, f"`{key}` is missing in {missing[0]}", "write it in every language")
        elif len({*forms.values()}) > 1:
            what = ", but ".join(f"{form or 'nothing'} in {one}" for one, form in forms.items())
            cure = "keep every {name} that is filled in, in every language"
            yield Fault(at, f"`{key}` takes {what}", cure)


def _form(said: Any) -> str | None:
    if isinstance(said, list):
        return f"{len(said)} texts"
    names = re.findall(r"\{\w*\}", said) if isinstance(said, str) and said else None
    return None if names is None else " ".join(sorted(names))


@check("terms", stage=2)
def glossary(project: Project, pages: Pages) -> Iterator[Fault]:
    """A term has a word, a meaning and a group in every language, and no word of another term."""
    place, entries = _places(project, project.glossary), project.terms
    if entries and "group" not in next(iter(entries.values())):
        at = place(f"  {next(iter(entries))}")
        cure = f"give it `group: {{{': …, '.join(project.languages)}: …}}`"
        yield Fault(at, "the first term begins no group", cure)
    meant: dict[tuple[str, str], str] = {}
    for key, entry in entries.items():
        at = place(f"  {key}")
        for language in project.languages:
            needed = {"word": entry, "meaning": entry.get("means", {})}
            needed |= {"group": entry["group"]} if "group" in entry else {}
            for what, texts in needed.items():
                if not texts.get(language):
                    cure = "a term has a word and a meaning in every language, a group its title"
                    yield Fault(at, f"`{key}`: missing {what} in {language}", cure)
                elif texts[language] != texts[language].strip():
                    yield Fault(at, f"`{key}`: a space around `{texts[language]}`", "remove it")
            for word in (entry.get(language), *entry.get("aliases", {}).get(language, ())):
                if word and (other := meant.setdefault((language, word), key)) != key:
                    yield Fault(at, f"`{word}` is a word of `{other}` too", "one word for one idea")
        if entry.get("chapter", project.slugs[0]) not in project.slugs:
            cure = f"pages: {', '.join(project.slugs)}"
            yield Fault(at, f"`{key}`: missing chapter `{entry['chapter']}`", cure)


@check("symbols", stage=2)
def symbols(project: Project, pages: Pages) -> Iterator[Fault]:
    """A symbol has valid TeX, a meaning in every language, and functions that exist."""
    place = _places(project, project.glossary)
    for key, entry in project.symbols.items():
        at = place(f"  {key}")
        try:
            project.katex.inline(entry["tex"])
        except BadTeX as error:
            yield Fault(at, f"the symbol `{key}`: bad TeX: {error}", "fix its `tex:`")
        for name in entry.get("by", ()):
            module, _, function = name.partition(".")
            if function not in snippets.module(project, module, at).defined:
                what = f"the symbol `{key}`: missing function `{name}`"
                yield Fault(at, what, "name the functions that compute it")
        for language in project.languages:
            if not entry.get(language):
                what = f"the symbol `{key}`: missing meaning in {language}"
                yield Fault(at, what, "say in every language what it is")


@check("plain texts", stage=3)
def plain_texts(project: Project, pages: Pages) -> Iterator[Fault | Doubt]:
    """The texts of glossary and words are plain, and keep the rules of words."""
    for path in (project.glossary, project.words_file):
        quotes = '|"' if path == project.words_file else ""
        markup = re.compile(rf"<\w|&#?\w+;|\*\*|`{quotes}")
        for text in terms.texts(project, path):
            at = f"{project.place(path)}:{text.line}"
            if found := markup.search(text.said):
                what = f"`{found[0]}` in {path.name}, which is plain text"
                yield Fault(at, what, "remove it; quotation marks are “ ” and 「」")
            for where in ("words", "marks"):
                for rule in rules(project, text.language, where):
                    yield from rule.report(text.said, at)


@check("terms in use", stage=4)
def unused(project: Project, pages: Pages) -> Iterator[Doubt]:
    """Terms that several pages of one language use and none of another."""
    said = {language: [""] for language in project.languages}
    for (language, _), page in pages.items():
        said[language].append("\n".join(line for _, line in prose(page)).lower())
    for key, entry in project.terms.items():
        used = {
            language: sum(terms.bare(entry[language]).lower() in text for text in texts)
            for language, texts in said.items()
        }
        no, yes = min(used, key=lambda one: used[one]), max(used, key=lambda one: used[one])
        if not used[no] and used[yes] > 2:
            what = f"no page in {no} says `{entry[no]}`; in {yes} {used[yes]} say `{entry[yes]}`"
            cure = "let glossary and pages use the same word"
            line = terms.entries(project, project.glossary, no)[key][0]
            yield Doubt(f"{project.place(project.glossary)}:{line}", what, cure)
