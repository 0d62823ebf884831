"""The glossary and the book's words: terms explained at first use, every text, also of symbols."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from literate import files, symbols
from literate.project import Project
from literate.text import Page, prose

CHINESE = "zh-TW"
GLOSSARY_PAGE = "glossary"


# ---- explained at first use


class Explained:
    """The terms of one page that are not used yet."""

    def __init__(self, page: Page):
        self.terms, self.language = page.project.terms, page.language
        self.up = "../" * page.slug.count("/")
        explained = {key: each for key, each in self.terms.items() if not each.get("plain")}
        self.waiting = {bare(each[self.language]).lower(): key for key, each in explained.items()}
        longest_first = sorted(self.waiting, key=len, reverse=True)
        self.pattern = re.compile(any_of(longest_first, self.language), re.I)

    def first(self, text: str) -> tuple[int, int, str] | None:
        """Start, end and key of the first term in the text that the page uses here first."""
        for match in self.pattern.finditer(text):
            if key := self.waiting.pop(match[1].lower(), None):
                return match.start(), match.end(), key
        return None

    def link(self, key: str) -> dict[str, str]:
        """The attributes of the link that explains a term."""
        means, href = self.terms[key]["means"], f"{self.up}{GLOSSARY_PAGE}.md#{key}"
        return {"class": "tp-term", "href": href, "aria-description": means[self.language]}


def bare(word: str) -> str:
    """The word as a sentence has it: `error (of a layer)` is `error`."""
    return word.split(" (")[0]


def aliases(entry: Mapping[str, Any], language: str) -> list[str]:
    """The other words of a term."""
    return list(entry.get("aliases", {}).get(language, []))


def any_of(words: list[str], language: str) -> str:
    """A pattern for any of the words; in English they are whole words, in the plural too."""
    pattern = "|".join(map(re.escape, words))
    return rf"(?<![\w-])({pattern})(?:s|es)?(?![\w-])" if language == "en" else f"({pattern})"


# ---- the page


def chapters(project: Project, pages: Iterable[Page]) -> dict[str, str]:
    """Term → the chapter that explains it.

    The one that its entry names; else the first that has it in bold, as a new word is; else the
    first that uses it. In all languages: a word may have other senses in one.
    """
    order = project.order
    mine = [page for page in pages if page.slug in order]
    text = {(p.language, p.slug): "\n".join(line for _, line in prose(p)) for p in mine}

    def first(entry: dict[str, str], form: str) -> str | None:
        named = {one: any_of([bare(entry[one])], one) for one in project.languages}
        forms = {one: re.compile(form.format(name), re.I) for one, name in named.items()}
        fits = (s for s in order if all(p.search(text[one, s]) for one, p in forms.items()))
        return next(fits, None)

    terms = project.terms.items()
    found = {key: e.get("chapter") or first(e, r"\*\*{}\*\*") or first(e, "{}") for key, e in terms}
    return {key: slug for key, slug in found.items() if slug}


def groups(project: Project) -> list[tuple[dict[str, str], list[str]]]:
    """Title and terms of each group, in the order of the file."""
    out: list[tuple[dict[str, str], list[str]]] = []
    for key, entry in project.terms.items():
        if "group" in entry or not out:
            out.append((entry.get("group", {}), []))
        out[-1][1].append(key)
    return out


# ---- every text


class Text(NamedTuple):
    """One text of a glossary. entry: the term, symbol or word that it is of."""

    path: Path
    line: int
    entry: str
    language: str
    said: str


def texts(project: Project) -> Iterator[tuple[str, Text]]:
    """`file:line` and text of every text of the glossary, of the book's words and symbols."""
    for path in filter(Path.is_file, glossaries(project)):
        for text in _texts(path, project.read(path), tuple(project.languages)):
            yield f"{project.place(path)}:{text.line}", text


def glossaries(project: Project) -> list[Path]:
    """The files of terms, of words and of symbols; they may be absent."""
    return [project.glossary, project.words_file, *symbols.files(project)]


@functools.lru_cache(maxsize=256)
def _texts(path: Path, content: str, languages: tuple[str, ...]) -> list[Text]:
    found: list[Text] = []

    def walk(node: Any, keys: tuple[str, ...], language: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                spoken = key.value in languages
                below = keys if spoken else (*keys, key.value)
                walk(value, below, key.value if spoken else language)
        elif isinstance(node, yaml.SequenceNode):
            for each in node.value:
                walk(each, keys, language)
        elif language and keys[0] != "opposites":
            entry = keys[1:2] if keys[0] == "terms" else keys[:2]
            line = node.start_mark.line + 1
            found.append(Text(path, line, ".".join(entry), language, node.value))

    walk(yaml.compose(content, files.Loader), (), "")
    return found


def flat(words: Mapping[str, Any], group: str = "") -> dict[str, Any]:
    """The words of the interface by name, those of a group as `group.word`."""
    out: dict[str, Any] = {}
    for key, said in words.items():
        out |= flat(said, f"{group}{key}.") if isinstance(said, dict) else {f"{group}{key}": said}
    return out


def entries(project: Project, path: Path, language: str) -> dict[str, tuple[int, str]]:
    """Entry of one of the glossaries → its line and what it says in a language."""
    found = _texts(path, project.read(path), tuple(project.languages)) if path.is_file() else []
    every = [text for text in found if text.language == language]
    lines = {text.entry: text.line for text in reversed(every)}
    said: dict[str, list[str]] = {}
    if path == project.glossary:
        for key, entry in project.terms.items():
            group, means = entry.get("group", {}).get(language, ""), entry["means"][language]
            said[key] = [entry[language], *aliases(entry, language), group, means]
    elif path != project.words_file:
        home = path.name.partition(".")[0]
        own = symbols.own(project, home).items()
        said = {key: [each.entry[language]] for key, each in own}
    else:
        said = {key: [str(text)] for key, text in flat(project.own_words[language]).items()}
    return {key: (lines.get(key, 1), "\n".join(texts)) for key, texts in said.items()}
