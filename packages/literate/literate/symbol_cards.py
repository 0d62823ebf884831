"""What the card of a symbol says: its meaning, shape and value, and where the book introduces it.

One file for each language, which a page requests when a reader first opens such a card
(theme/assets/lib/symbol-card.js). All of it comes from the declarations of symbols, from signatures
and from runs.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mathdoctest import marks
from mathdoctest.resolve import stem

from literate import files, formulas, shapes, symbols
from literate.book import Book, shown, size
from literate.directives.snippet import named
from literate.snippets import Snippet

NAME = "symbols.json"  # at the root of each language
_WORDS = ("shape", "scalar", "value", "close", "introduced", "slope_of")
_MOST = 12  # numbers of a value whose entries a page may name


def write(book: Book, site: Path) -> None:
    """The file of each language."""
    for language, prefix in book.project.languages.items():
        text = json.dumps(data(book, language), ensure_ascii=False, separators=(",", ":"))
        files.write_whole(site / prefix / NAME, text)


def data(book: Book, language: str) -> dict[str, Any]:
    """`symbols`: what each means and where it is introduced. `cards`: for each that shows formulas,
    in the order of the book, the symbols that it knows, by the names that pages mark them with.
    """
    words = book.project.words[language]
    found: dict[tuple[str, str], int] = {}  # file and key of a declared symbol → its place in told
    told: list[dict[str, str]] = []
    cards: dict[str, dict[str, list[Any]]] = {}
    for place, snippet in _shown(book, language):
        if snippet.name not in cards:
            cards[snippet.name] = card = {}
            for symbol, shape, value in _facts(book, snippet):
                key = symbol.home, symbol.key
                if key not in found:
                    found[key] = len(told)
                    told.append({"means": symbol.entry[language], **place})
                card[stem(symbol.name)] = [found[key], symbol.name, shape, value]
    return {"words": {each: words[each] for each in _WORDS}, "symbols": told, "cards": cards}


def _shown(book: Book, language: str) -> Iterator[tuple[dict[str, str], Snippet]]:
    """Every snippet with a formula that a page shows, and where: the address below the language's
    root, and the title.
    """
    order = [*book.order, *(slug for slug in book.project.slugs if slug not in book.order)]
    pages = {page.slug: page for page in book.pages if page.language == language}
    for slug in order:
        number, title = book.project.number(slug), pages[slug].meta["title"]
        for name in formulas.shown_on(pages[slug], book.snippets):
            at = f"{'' if slug == 'index' else f'{slug}/'}#{book.snippets[name].slug}"
            said = f"{number} {title}" if number else str(title)
            yield {"at": at, "title": said}, book.snippets[name]


def _facts(book: Book, snippet: Snippet) -> Iterator[tuple[symbols.Declared, str | None, Any]]:
    """Every declared symbol of a snippet's formulas, with its shape and its value in the run."""
    shape_of = {row.name: row.shape for row in named(book.project, snippet)}
    known = symbols.declared(book.project, *snippet.name.split("."))
    used = marks.names(formulas.function_of(snippet)) | shape_of.keys()
    values = book.runs[snippet.name].values
    for name in sorted(known.keys() & used):
        shape = shape_of.get(name)
        yield known[name], shape if shape is None else shapes.axes(shape), _value(values.get(name))


def _value(value: Any) -> Any:
    """A small value with each number as a symbol table writes it; else None."""
    if isinstance(value, list):
        return [_value(each) for each in value] if size(value) <= _MOST else None
    return None if value is None or isinstance(value, dict) else shown(value)
