"""The page that a search shows first: the chapter that introduces a term, a symbol or a name."""

import re
from collections.abc import Iterator

from mathdoctest import marks

from literate import formulas, mathtext, symbols, terms
from literate.book import Book
from literate.text import Page

_SMALL = re.compile("[¹²³⁰-₎]+")  # layers and indices
Best = dict[str, tuple[str, str]]  # word, in small letters → address below the language, title


def best(book: Book, language: str) -> Best:
    """Every term with its other names, every symbol, every name of code."""
    found: Best = {}
    pages = {page.slug: page for page in book.pages if page.language == language}
    for words, slug in (*_terms(book, language), *_symbols(book, pages), *_code(book, pages)):
        for word in filter(None, words):
            found.setdefault(word.lower(), (f"{slug}/", str(pages[slug].meta["title"])))
    return found


def _terms(book: Book, language: str) -> Iterator[tuple[list[str], str]]:
    for key, slug in terms.chapters(book.project, book.pages).items():
        entry = book.project.terms[key]
        yield [terms.bare(entry[language]), *terms.aliases(entry, language)], slug


def _symbols(book: Book, pages: dict[str, Page]) -> Iterator[tuple[list[str], str]]:
    """Those of the formulas that each chapter shows, in the order of the chapters."""
    for slug in book.project.order:
        shown = (book.snippets[name] for name, _ in pages[slug].snippets())
        for snippet in (each for each in shown if each.formulas):
            one = formulas.function_of(snippet)
            known = symbols.declared(book.project, one.module.name, one.name)
            for name in sorted(marks.names(one) & known.keys()):
                said = _plain(book, known[name].entry["tex"])
                yield [said, _SMALL.sub("", said)], slug


def _code(book: Book, pages: dict[str, Page]) -> Iterator[tuple[list[str], str]]:
    """The snippets' own names, and what they use of imported modules: `mx.outer`, and `outer`;
    then what their examples use.
    """
    every = [(slug, name) for slug in book.project.order for name, _ in pages[slug].snippets()]
    for part in ("code", "displayed"):
        for slug, name in every:
            snippet = book.snippets[name]
            yield [re.split("[.:]", name)[-1]], slug
            for used in re.findall(r"(?<![\w.])[a-z]\w*(?:\.\w+)+", getattr(snippet, part)):
                if used.partition(".")[0] in snippet.module.imported:
                    yield [used, used.rpartition(".")[2]], slug


def _plain(book: Book, tex: str) -> str:
    """A symbol as it is typed: \u03b4, \u0177, \u2202L/\u2202w."""
    drawn = book.project.katex.render(tex)
    found = re.search(r"<math\b.*?</math>", drawn, re.S)
    return mathtext.text(found[0]) if found else ""
