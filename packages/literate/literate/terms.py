"""The words of the book, from docs/glossary.yml: held to in Chinese prose, explained where a page uses them first, listed in the glossary."""

import functools
import html
import keyword
import re
from pathlib import Path

from literate import book as books
from literate import katex
from literate import files as intake
from literate import snippets as program
from literate.book import Book, Source, outside_fences
from literate.errors import Fault

CHINESE = "zh-TW"
HAN = r"\u3400-\u9fff"
NAMES_CHINESE = (
    "home_chapters_note",
)  # words of the English theme that name the other language in its own
GLOSSARY_PAGE = "glossary"
# What in a line is no prose: code, maths, numbers drawn, addresses, ids, attributes of HTML
_NO_PROSE = re.compile(r"`[^`]*`|\$[^$\n]+\$|\{\{.*?\}\}|\]\([^)]*\)|\{[#:.][^}]*\}|<[^>]+>")
_HALF_WIDTH = re.compile(
    rf"[{HAN}][,.;:!?()]|[,;:!?()][{HAN}]|[,;!?]\s*[{HAN}]|\s:\s*[{HAN}]|[“”‘’\"]|(?<=[a-z]{{2}})\.(?=\s*$)|\s\((?:[^()]*[{HAN}][^()]*|[A-Za-z]{{3,}})\)"
)
_TWICE = {
    CHINESE: re.compile(
        r"([，。、；：！？])\1|(?<![目標])的的(?!確)|是是(?![否非])|(?<!為)了了(?!解)"
    ),
    "en": re.compile(r"(?i)\b(?!that |had )([a-z]+) \1\b"),
}
_OTHERS = re.compile(
    r"[Ａ-Ｚａ-ｚ\u3040-\u30ff\u3100-\u318f\uac00-\ud7af\u0600-\u06ff［］]+"
)  # full-width Latin, other scripts
_CLOSE = re.compile(rf"[A-Za-z0-9][{HAN}]|[{HAN}][A-Za-z0-9]")
_FULL = str.maketrans(dict(zip(",.;:!?()“”‘’", "，。；：！？（）「」『』")) | {'"': "「」"})


# ---- the check ------------------------------------------------------------------------------------------------------------


def faults(project, pages: list[Source], order: list[str]) -> list[Fault]:
    """All that is wrong with the words of the book. order: the pages' slugs as they are read."""
    if out := incomplete(project, order):
        return out
    given: dict[str, str] = {}
    for page in sorted(pages, key=lambda p: order.index(p.slug) if p.slug in order else len(order)):
        for number, line in prose(page):
            if found := _TWICE[page.language].search(line) or _OTHERS.search(line):
                out.append(
                    Fault(
                        f"{page.place}:{number}",
                        f"`{found[0]}`",
                        "say it once"
                        if found.lastindex or found[0][0] == found[0][-1]
                        else "write it in the letters of the language",
                    )
                )
        for number, line in outside_fences(page.text) if page.language == CHINESE else ():
            if found := re.search(rf"[{HAN}][`$]|[`$][{HAN}]", re.sub(r"`[^`]*`", "`x`", line)):
                out.append(
                    Fault(
                        f"{page.place}:{number}",
                        f"no blank in 「{found[0]}」",
                        "Chinese stands a blank apart from code and formulas",
                    )
                )
        for number, line in prose(page) if page.language == CHINESE else ():
            out += words(project, line, f"{page.place}:{number}") + once(
                project, line, f"{page.place}:{number}", given
            )
    for source, lines in (
        (project.words_file, dict(_named(project.own_words[CHINESE])).values()),
        (project.glossary, _chinese(project)),
    ):
        for line in map(str, lines):
            out += words(project, line, _at(project, source, line)) + untranslated(
                line, CHINESE, _at(project, source, line)
            )
    for line in _english(project):
        out += untranslated(line, "en", _at(project, project.glossary, line))
    plainly = [(project.glossary, line) for line in (*_english(project), *_chinese(project))]
    plainly += [
        (project.words_file, str(said))
        for words in project.own_words.values()
        for _, said in _named(words)
    ]
    for source, line in plainly:
        if found := re.search(
            rf"<\w|&#?\w+;|\*\*|`|{intake.UNFINISHED}" + '|"' * (source == project.words_file), line
        ):
            out.append(
                Fault(
                    _at(project, source, line),
                    f"`{found[0]}` in {source.name}, which is plain text",
                    "take it out, or finish it; quotation marks are “ ” and 「」",
                )
            )
    for key, line in _named(project.own_words["en"]):
        if key not in NAMES_CHINESE:
            out += untranslated(str(line), "en", _at(project, project.words_file, str(line)))
    return out


def waiting(project, pages: list[Source]) -> list[Fault]:
    """What waits for its translation: a line in the other language, a term that the pages of one language do not use."""
    said = [
        fault
        for page in pages
        for number, line in prose(page)
        for fault in untranslated(line, page.language, f"{page.place}:{number}")
    ]
    return (
        said
        + [fault for page in pages if page.language == CHINESE for fault in _titles(page)]
        + _unused(project, pages)
    )


def _titles(page: Source) -> list[Fault]:
    """Headings and titles of the Chinese page that say nothing in Chinese; a name, such as Leaky ReLU, or code, is itself in both languages."""
    said = [
        (number, text.split("{#")[0].lstrip("# ").strip())
        for number, kind, text in books.pieces(page)
        if kind == "heading"
    ]
    said += [(d.line, d.options["title"]) for d in page.directives if "title" in d.options] + [
        (2, page.meta["title"])
    ]
    words = [
        (number, text)
        for number, text in said
        if re.fullmatch(r"[A-Za-z]{2,}( [A-Za-z]{2,})* [a-z]{2,}( [A-Za-z]{2,})*", text)
        and not keyword.iskeyword(text.split()[0])
    ]
    alts = [
        (d.line, d.options["alt"])
        for d in page.directives
        if "alt" in d.options and not re.search(f"[{HAN}]", d.options["alt"])
    ]
    return [
        Fault(f"{page.place}:{number}", f"`{text}` is not translated", "say it in Chinese")
        for number, text in words + alts
    ]


def incomplete(project, order: list[str]) -> list[Fault]:
    """Words of the theme, and entries of the glossary, that lack one of the languages; entries that name a chapter that there is not."""
    said = {language: dict(_named(words)) for language, words in project.own_words.items()}
    out = []
    for key in dict.fromkeys(key for words in said.values() for key in words):
        at = _at(project, project.words_file, f"{key.split('.')[-1]}:")
        forms = {language: _form(words.get(key)) for language, words in said.items()}
        if lacking := [language for language, form in forms.items() if form is None]:
            out.append(
                Fault(
                    at,
                    f"`{key}` is not said in {lacking[0]}",
                    "give every word of the theme in both languages",
                )
            )
        elif len({*forms.values()}) > 1:
            out.append(
                Fault(
                    at,
                    f"`{key}` takes "
                    + ", but ".join(
                        f"{form or 'nothing'} in {language}" for language, form in forms.items()
                    ),
                    "keep every {name} that is filled in, in both languages",
                )
            )
    if "group" not in next(iter(project.terms.values()), {"group": None}):
        out.append(
            Fault(
                _at(project, project.glossary, f"  {next(iter(project.terms))}:"),
                "the first term begins no group",
                "give it `group: {en: …, zh-TW: …}`",
            )
        )
    for language in project.languages:
        meant: dict[str, str] = {}
        for key, entry in project.terms.items():
            for word in (entry.get(language), *entry.get("aliases", {}).get(language, ())):
                if word and meant.setdefault(word, key) != key:
                    out.append(
                        Fault(
                            _at(project, project.glossary, f"  {key}:"),
                            f"`{word}` is a word of `{meant[word]}` too",
                            "one word for one idea",
                        )
                    )
    for key, symbol in project.symbols.items():
        try:
            project.katex.inline(symbol["tex"])
        except katex.BadTeX as error:
            out.append(
                Fault(
                    _at(project, project.glossary, f"  {key}:"),
                    f"the symbol `{key}`: bad TeX: {error}",
                    "mend its `tex:`",
                )
            )
        for name in symbol.get("by", ()):
            home, _, wanted = name.partition(".")
            if (
                wanted
                not in program.module(
                    project, home, _at(project, project.glossary, f"  {key}:")
                ).defined
            ):
                out.append(
                    Fault(
                        _at(project, project.glossary, f"  {key}:"),
                        f"the symbol `{key}`: there is no function `{name}`",
                        "name the functions that compute it",
                    )
                )
    for key, entry in project.terms.items():
        place = _at(project, project.glossary, f"  {key}:")
        out += [
            Fault(
                place,
                f"`{key}` has no {what} in {language}",
                "a term has a word and a meaning in both languages, a group its title",
            )
            for language in project.languages
            for what, there in (
                ("word", entry.get(language)),
                ("meaning", entry.get("means", {}).get(language)),
                ("group", entry.get("group", {language: True}).get(language)),
            )
            if not there
        ]
        out += [
            Fault(place, f"`{key}`: a blank before or after `{word}`", "remove it")
            for word in (*map(entry.get, project.languages), *entry.get("means", {}).values())
            if word and word != word.strip()
        ]
        if entry.get("chapter") not in (None, *order):
            out.append(
                Fault(
                    place,
                    f"`{key}`: there is no chapter `{entry['chapter']}`",
                    f"pages: {', '.join(order)}",
                )
            )
    return out + [
        Fault(
            _at(project, project.glossary, f"  {key}:"),
            f"the symbol `{key}` has no meaning in {language}",
            "say in both languages what it is",
        )
        for key, entry in project.symbols.items()
        for language in project.languages
        if not entry.get(language)
    ]


def _form(said) -> str | None:
    """What a word of the theme is made of: the names that are filled in, how many parts; None where it says nothing."""
    if isinstance(said, list):
        return f"{len(said)} parts"
    return (
        " ".join(sorted(re.findall(r"\{\w*\}", said))) if isinstance(said, str) and said else None
    )


def _unused(project, pages: list[Source]) -> list[Fault]:
    """Terms that several pages of one language use and none of the other: the word was changed in the glossary, or in the pages, alone."""
    texts = {
        language: [
            "\n".join(line for _, line in prose(p)).lower() for p in pages if p.language == language
        ]
        for language in project.languages
    }
    out = []
    for key, entry in project.terms.items():
        used = {
            language: sum(_plain(entry[language]) in text for text in texts[language])
            for language in project.languages
        }
        no, yes = sorted(used, key=used.get)
        if not used[no] and used[yes] > 2:
            out.append(
                Fault(
                    _at(project, project.glossary, f"  {key}:"),
                    f"no page in {no} says `{entry[no]}`, though in {yes} {used[yes]} say `{entry[yes]}`",
                    "let glossary and pages use the same word",
                )
            )
    return out


def _at(project, source: Path, text: str) -> str:
    """`file:line` of the first line that holds the text's beginning."""
    begins = text.splitlines()[0][:24]
    lines = source.read_text("utf-8").splitlines()
    return f"{source.relative_to(project.root).as_posix()}:{next((n for n, line in enumerate(lines, 1) if begins in line), 1)}"


def _named(words: dict, group: str = ""):
    """(name, text) of each word of the theme, those of a group as `lab.step`."""
    for key, said in words.items():
        if isinstance(said, dict):
            yield from _named(said, f"{group}{key}.")
        else:
            yield f"{group}{key}", said


def _chinese(project) -> list[str]:
    """All that the glossary says in Chinese. A word that is the same in English, such as logit, is left as it is."""
    own = [e[CHINESE] for e in project.terms.values() if e[CHINESE] != e["en"]] + [
        a for e in project.terms.values() for a in e.get("aliases", {}).get(CHINESE, ())
    ]
    own += [e["group"][CHINESE] for e in project.terms.values() if "group" in e]
    return (
        own
        + [e["means"][CHINESE] for e in project.terms.values()]
        + [s[CHINESE] for s in project.symbols.values()]
    )


def _english(project) -> list[str]:
    """All that the glossary says in English."""
    out = [
        word
        for e in project.terms.values()
        for word in (
            e["en"],
            e["means"]["en"],
            *e.get("aliases", {}).get("en", ()),
            *([e["group"]["en"]] if "group" in e else []),
        )
    ]
    return out + [s["en"] for s in project.symbols.values()]


def said(project, language: str) -> dict[str, str]:
    """What the glossary says in one language: of each term its word, its other names, what it means; of each symbol its meaning."""
    of = {
        key: (
            e[language],
            *e.get("aliases", {}).get(language, ()),
            e.get("group", {}).get(language, ""),
            e["means"][language],
        )
        for key, e in project.terms.items()
    }
    return {key: "\n".join(words) for key, words in of.items()} | {
        f"symbols.{key}": s[language] for key, s in project.symbols.items()
    }


def said_by_the_theme(project, language: str) -> dict[str, str]:
    return {key: str(words) for key, words in _named(project.own_words[language])}


def prose(page: Source):
    """(number, line) of a page's prose: no fences, and of a directive only what readers see."""
    inside = False
    for number, line in outside_fences(page.text):
        if line.startswith("///"):
            inside = True
            continue
        inside = inside and line.startswith("    ")
        if inside:
            key, _, value = line.strip().partition(": ")
            if key not in books.WORDS:
                continue
            line = value
        yield number, plain(line)


def plain(text: str) -> str:
    """The text without what is no prose."""
    return _NO_PROSE.sub(" ", text)


def words(project, line: str, at: str) -> list[Fault]:
    """Words of the Mainland, characters that are Simplified, punctuation that is half-width."""
    out = []
    for word, entry in project.banned.items():
        rest = line
        for longer in entry.get("but", ()):
            rest = rest.replace(longer, "")
        if word in rest:
            out.append(
                Fault(
                    at,
                    f"「{word}」 is a word of the Mainland",
                    f"write 「{entry['use']}」, or allow a longer word under `but:` in docs/glossary.yml",
                )
            )
    if simplified := sorted({c for c in line if _is_simplified(c)}):
        out.append(
            Fault(at, f"Simplified: {''.join(simplified)}", "write it in Traditional characters")
        )
    if close := _CLOSE.search(line):
        out.append(
            Fault(
                at,
                f"no blank in 「{close[0]}」",
                f"write 「{close[0][0]} {close[0][1]}」: Chinese stands a blank apart from letters and figures",
            )
        )
    if half := _HALF_WIDTH.search(line):
        out.append(
            Fault(
                at,
                f"half-width punctuation in 「{half[0]}」",
                f"write 「{half[0].translate(_FULL)}」",
            )
        )
    return out


def untranslated(line: str, language: str, at: str) -> list[Fault]:
    """Three words of English and none of Chinese where Chinese belongs, or four beside it (but the title of a work, in 〈〉 or 《》); anything Chinese in English."""
    if language == CHINESE and (
        found := re.search(
            r"[A-Za-z]{2,}( [A-Za-z]{2,}){3,}", re.sub("[〈《][^〉》]*[〉》]", "", line)
        )
    ):
        return [
            Fault(
                at,
                f"`{found[0][:40]}` is not translated",
                "say it in Chinese; the title of a work stands in 〈〉 or 《》, a sample as `code`",
            )
        ]
    if (
        language == CHINESE
        and not re.search(f"[{HAN}]", line)
        and (found := re.search(r"[A-Za-z]{2,}( [A-Za-z]{2,}){2,}", line))
    ):
        return [Fault(at, f"`{found[0][:40]}` is not translated", "say it in Chinese")]
    if language != CHINESE and (found := re.search(rf"[{HAN}\u3000-\u303f\uff00-\uffef]+", line)):
        return [
            Fault(
                at,
                f"`{found[0][:40]}` in the English text",
                "say it in English, with its punctuation",
            )
        ]
    return []


RARE = "熵菇狒喵掰碁熏憋胺氪鑫晟"  # Traditional too, but not among the 5401 common characters


@functools.lru_cache(maxsize=8192)
def _is_simplified(character: str) -> bool:
    """In the Mainland's character set, and not among the common characters of Taiwan's: 网, which Big5 holds as a variant, too.
    Or in neither: 関, which is Japanese."""
    if not "\u3400" <= character <= "\u9fff" or character in RARE:
        return False
    try:
        character.encode("gb2312")
        return character.encode("big5")[0] >= 0xC9
    except UnicodeEncodeError as error:
        return error.encoding == "big5" or not character.encode("big5", "ignore")


def once(project, line: str, at: str, given: dict[str, str]) -> list[Fault]:
    """One word for one idea: another one is named once in the book, as （又稱…）, and then no more."""
    out = []
    for entry in project.terms.values():
        for alias in entry.get("aliases", {}).get(CHINESE, ()):
            if alias not in line or not re.search(rf"[{HAN}]", alias):
                continue
            bare = line.replace(entry[CHINESE], "")
            if alias not in bare:
                continue
            if re.search(rf"（又稱[^）]*{alias}", bare) and alias not in given:
                given[alias] = at
            else:
                why = (
                    f"was named at {given[alias]} already"
                    if alias in given
                    else "stands without （又稱…）"
                )
                out.append(
                    Fault(
                        at,
                        f"「{alias}」 for 「{entry[CHINESE]}」: it {why}",
                        f"write 「{entry[CHINESE]}」: one word for one idea",
                    )
                )
    return out


# ---- explained at first use -------------------------------------------------------------------------------------------------


class Explained:
    """The terms of one page that still wait for their first use."""

    def __init__(self, page: Source):
        project = self.project = page.project
        self.language = page.language
        self.up = "../" * page.slug.count("/")
        self.waiting: dict[str, str] = {}
        for key, entry in project.terms.items():
            if not entry.get("plain"):
                self.waiting[_plain(entry[page.language])] = key

    @functools.cached_property
    def _pattern(self) -> re.Pattern:
        return re.compile(_words(sorted(self.waiting, key=len, reverse=True), self.language), re.I)

    def first(self, text: str) -> tuple[int, int, str] | None:
        """(from, to, term) of the first term in the text that is used here for the first time."""
        for match in self._pattern.finditer(text):
            if key := self.waiting.pop(match[1].lower(), None):
                return match.start(), match.end(), key
        return None

    def link(self, key: str) -> dict[str, str]:
        """The attributes of the link that explains a term."""
        return {
            "class": "tp-term",
            "href": f"{self.up}{GLOSSARY_PAGE}.md#{key}",
            "aria-description": self.project.terms[key]["means"][self.language],
        }


def _plain(word: str) -> str:
    """The word as it stands in a sentence: `error (of a layer)` is `error`."""
    return word.split(" (")[0].lower()


def _words(words: list[str], language: str) -> str:
    """A pattern for any of the words as they stand in a sentence: in English whole, and in the plural too."""
    any_of = "|".join(map(re.escape, words))
    return rf"(?<![\w-])({any_of})(?:s|es)?(?![\w-])" if language == "en" else f"({any_of})"


# ---- the page ---------------------------------------------------------------------------------------------------------------


def chapters(book: Book) -> dict[str, str]:
    """Term → the chapter that explains it: the one that its entry names; else the first where it stands in bold, as a new
    word does; else the first that uses it. One for both languages: where a word has other senses, the other language tells."""
    project = book.project
    text = {
        (p.language, p.slug): "\n".join(line for _, line in prose(p))
        for p in book.pages
        if p.slug in book.order
    }

    def first(entry: dict, form: str) -> str | None:
        pattern = {
            language: re.compile(form.format(_words([_plain(entry[language])], language)), re.I)
            for language in project.languages
        }
        return next(
            (
                slug
                for slug in book.order
                if all(pattern[one].search(text[one, slug]) for one in project.languages)
            ),
            None,
        )

    found = {
        key: entry.get("chapter") or first(entry, r"\*\*{}\*\*") or first(entry, "{}")
        for key, entry in project.terms.items()
    }
    return {key: slug for key, slug in found.items() if slug}


def groups(project) -> list[tuple[dict, list[str]]]:
    """(title, terms) of each group, in the order of the file."""
    out: list[tuple[dict, list[str]]] = []
    for key, entry in project.terms.items():
        if "group" in entry:
            out.append((entry["group"], []))
        out[-1][1].append(key)
    return out


def table(book: Book, language: str, t: dict) -> str:
    """All terms: the word here and in the other language, what it means, the chapter that explains it."""
    project = book.project
    other = next(one for one in project.languages if one != language)
    titles = {p.slug: p.meta["title"] for p in book.pages if p.language == language}
    explained, rows = chapters(book), []
    for title, keys in groups(project):
        rows.append(
            f'<tr class="tp-glossary__group" data-search-exclude><th colspan="2" scope="colgroup">{html.escape(title[language])}</th></tr>'
        )
        for key in keys:
            entry = project.terms[key]
            also = t["comma"].join(entry.get("aliases", {}).get(language, ()))
            said = html.escape(entry["means"][language])
            if also:
                said += f' <span class="tp-glossary__also">{html.escape(t["also"].format(words=also))}</span>'
            if slug := explained.get(key):
                number = f"{book.order.index(slug) + 1}&nbsp;" if slug in book.order else ""
                said += f' <a class="tp-glossary__chapter" data-search-exclude href="../{slug}/">{number}{html.escape(titles[slug])}</a>'
            rows.append(
                f'<tr id="{key}"><th scope="row"><a href="#{key}">{html.escape(entry[language])}</a>'
                f'<span lang="{other}">{html.escape(entry[other])}</span></th><td>{said}</td></tr>'
            )
    return f'<table class="tp-glossary"><thead><tr><th scope="col">{t["term"]}</th><th scope="col">{t["meaning"]}</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
