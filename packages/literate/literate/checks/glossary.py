"""The glossary and the book's words: complete in every language, and consistent."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from literate import Doubt, Fault, check, schema, terms
from literate.checks.lines import broken
from literate.project import SAID, Project
from literate.registry import words_check
from literate.text import Pages, prose

IN_ALL = "an entry is in every language, as the entries beside it"
_CHAPTER = "name the page of nav that explains the term, or remove the line `chapter:`"
_ONE = "one word for one idea, in the glossary and on the pages"


def _places(project: Project, path: Path) -> Callable[..., str]:
    """From the keys that lead to a part of a YAML file to its `file:line`."""
    text = project.read(path) if path.is_file() else ""
    return lambda *keys: f"{project.place(path)}:{schema.line(text, keys)}"


@check("words of the interface", stage=2)
def words(project: Project, pages: Pages) -> Iterator[Fault]:
    """Each is in every language, a text or a list as long, with the same {names} to fill in."""
    place = _places(project, project.words_file)
    said = {language: terms.flat(own) for language, own in project.own_words.items()}
    for key in dict.fromkeys(key for words in said.values() for key in words):
        forms = {language: _form(words.get(key)) for language, words in said.items()}
        missing = [language for language, form in forms.items() if form is None]
        there = next((language for language in said if language not in missing), project.first)
        at = place(there, *key.split("."))
        if key in SAID:
            cure = f"write it in {project.config_file.name}, below its language in `languages`"
            yield Fault(at, f"`{key}` is a setting of MkDocs, not a word of the theme", cure)
        if missing:
            yield Fault(at, f"`{key}` is missing in {missing[0]}", "write it in every language")
        elif len({*forms.values()}) > 1:
            what = ", but ".join(f"{form or 'nothing'} in {one}" for one, form in forms.items())
            yield Fault(at, f"`{key}` takes {what}", "let it be the same in every language")


def _form(said: Any) -> str | None:
    if isinstance(said, list):
        return f"{len(said)} texts"
    fields = sorted(re.findall(r"\{\w*\}", said)) if isinstance(said, str) else []
    return " ".join(fields) if said and isinstance(said, str) else None


@check("glossary", stage=2)
def glossary(project: Project, pages: Pages) -> Iterator[Fault]:
    """Every term is in every language; no word is that of two terms; what is shown is there."""
    for page in pages.values() if not project.terms else ():
        for one in page.directives:
            if (one.name, one.argument) == ("glossary", "terms"):
                what = f"the glossary is shown, and {project.place(project.glossary)} has no terms"
                yield Fault(f"{page.place}:{one.line}", what, "write it, or leave the line out")
    place, languages = _places(project, project.glossary), [*project.languages]
    each = {"required": languages}
    properties = {"means": each, "group": each, "chapter": {"enum": project.slugs}}
    term = {"required": [*languages, "means"], "properties": properties}
    for key, entry in project.terms.items():
        if error := schema.differs(entry, term):
            where = "".join(f" → {step}" for step in error.absolute_path)
            at = place("terms", key, *error.absolute_path)
            what, cure = f"`{key}`{where}: {error.message}", "write one of these"
            if [*error.absolute_path] == ["chapter"]:
                what, cure = f"`{key}` → chapter: `{entry['chapter']}` is not in nav", _CHAPTER
            elif error.validator == "required":
                cure = IN_ALL
            yield Fault(at, what, cure)
    meant: dict[tuple[str, str], str] = {}
    for key, entry in project.terms.items():
        if not meant and "group" not in entry:
            yield Fault(place("terms", key), "the first term begins no group", "give it a `group:`")
        for language in languages:
            for word in (entry.get(language, key), *terms.aliases(entry, language)):
                if (other := meant.setdefault((language, word), key)) != key:
                    at = place("terms", key, *([language] if entry.get(language) == word else []))
                    yield Fault(at, f"`{word}` is a word of `{other}` too", _ONE)


@words_check("plain texts")
def plain_texts(project: Project) -> Iterator[Fault | Doubt]:
    """The texts of glossary, words and symbols are plain, and keep the rules of lines."""
    for at, text in terms.texts(project):
        own = r"|^\s|\s\Z" if text.path != project.words_file else '|"'
        if found := re.search(rf"<\w|&#?\w+;|\*\*|`{own}", text.said):
            what = f"`{found[0]}` in {text.path.name}, which is plain text"
            yield Fault(at, what, "remove it; quotation marks are “ ” and 「」")
        if text.path != project.words_file and not any(map(str.isalpha, text.said)):
            what = f"`{text.said}`, of `{text.entry}` in {text.language}, says nothing"
            yield Fault(at, what, "write what it means")
        for where in ("words", "marks"):
            yield from broken(project, text.language, where, text.said, at)


@check("terms in use", stage=4)
def unused(project: Project, pages: Pages) -> Iterator[Doubt]:
    """Terms that several pages of one language use and none of another."""
    said: dict[str, list[str]] = {language: [""] for language in project.languages}
    for (language, _), page in pages.items():
        said[language].append("\n".join(line for _, line in prose(page)).lower())
    for key, entry in project.terms.items():
        words = {language: terms.bare(entry[language]).lower() for language in said}
        used = {one: sum(words[one] in text for text in texts) for one, texts in said.items()}
        no, *_, yes = sorted(used, key=lambda one: used[one]) * 2
        if not used[no] and used[yes] > 2:
            line = terms.entries(project, project.glossary, no)[key][0]
            what = f"no page in {no} says `{entry[no]}`; in {yes} {used[yes]} say `{entry[yes]}`"
            yield Doubt(f"{project.place(project.glossary)}:{line}", what, _ONE)
