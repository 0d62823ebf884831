"""Cards whose numbers a reader can change: for each page a file that its browser computes with.

Everything in it comes from the card: inputs from the call that its example shows, trees from the
formulas, words and ranges from the symbols. Authors do nothing for it. A card has none where its
example or formulas say too little; `why_fixed` tells.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from mathdoctest.functions import Function
from mathdoctest.program import Line, Program, names, program
from mathdoctest.resolve import stem
from mathdoctest.symbols import SymbolTable
from mathdoctest.values import Wrong

from literate import exported, formulas, symbols
from literate.book import Book, SnippetRun, size
from literate.expected import NUMBERS
from literate.project import Project
from literate.shown_call import Printed, ShownCall, Unread, shown_call
from literate.text import Page

FILE = "try-it.json"
MOST = 9  # numbers of one input: more do not fit beside each other on a phone
RANGES = (None, "positive", "unit")  # what a field can hold a reader to
JUDGED = ("check", "right", "not_yet", "other_sign", "few_decimals", "not_a_number")  # of a guess
CLOSE = 1e-4  # relative, of a printed number: what six digits and float32 may cost


def why_fixed(project: Project, card: SnippetRun) -> str | None:
    """Why the numbers of a card with formulas cannot be changed; None if they can."""
    try:
        _written(project, card)
    except (Unread, Wrong, ValueError) as error:
        return str(error)
    return None


def text(book: Book, page: Page) -> str | None:
    """The page's file; None where no card has numbers that can be changed."""
    tex, cards = exported.Drawn(), {}
    for directive in page.directives:
        found, run = book.snippets.get(directive.argument), book.runs.get(directive.argument)
        if directive.name == "snippet" and found and run and found.formulas:
            if not why_fixed(book.project, (found, run)):
                cards[found.name] = _card(book.project, (found, run), page.language, tex)
    if not cards:
        return None
    words = book.project.words[page.language]
    said = {key: words[key] for key in JUDGED}
    said |= {key.removeprefix("try_"): words[key] for key in words if key.startswith("try_")}
    made = {"words": said, "tex": tex.html(book.project.katex), "cards": cards}
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"))


def _written(project: Project, card: SnippetRun) -> tuple[Function, ShownCall, Program]:
    """What a card computes, and from what. Raises Unread, Wrong, ValueError."""
    found, run = card
    if run.error or run.needs:
        raise Unread("its example ends with an error, or was not run")
    one, shown = formulas.function_of(found), shown_call(found, run.output, run.values)
    known = symbols.parsed(project, one.module.name, one.name)
    for name, value in shown.given.items():
        if size(value) > MOST:
            raise Unread(f"`{name}` is {size(value)} numbers; at most {MOST} can be changed")
        declared = known[name].range if name in known else None
        if declared not in RANGES:
            raise Unread(f"`{name}` has the range `{declared}`, which single numbers do not keep")
    with np.errstate(all="ignore"):
        made = program(one, shown.given, _symbols(project), shown.functions)
    if len(one.returned) > 1 and len(one.returned) != len(made.results):
        raise Unread("it does not return one value for each formula")
    for printed in shown.printed:
        _compare(printed, made)
    return one, shown, made


def _symbols(project: Project) -> Any:
    def of(function: Function) -> SymbolTable:
        return symbols.parsed(project, function.module.name, function.name)

    return of


def _compare(printed: Printed, made: Program) -> None:
    """Raise Unread unless what is printed as a result is what the formulas give."""
    if printed.results is None:
        return
    found = [float(number) for number in NUMBERS.findall(printed.text)]
    wanted = [n for each in _shown(printed, made) for n in _flat(made.values[each[0].name])]
    floor = 1e-6 * max([1.0, *map(abs, filter(math.isfinite, wanted))])
    if len(found) != len(wanted) or not np.allclose(found, wanted, CLOSE, floor, equal_nan=True):
        raise Unread(f"its formulas do not give what it prints: {printed.text.strip()}")


def _shown(printed: Printed, made: Program) -> list[list[Line]]:
    """The entries that are printed, result after result; a lone result is the last formula's."""
    results = made.results if len(made.results) > 1 else made.results[-1:]
    return [results[place] for place in printed.results or ()]


def _flat(value: Any) -> list[float]:
    return [float(n) for n in np.ravel(value)]


# ---- as data


def _card(project: Project, card: SnippetRun, language: str, tex: exported.Drawn) -> Any:
    one, shown, made = _written(project, card)
    declared = symbols.declared(project, one.module.name, one.name)
    own = {line.symbol for lines in made.results for line in lines}
    inputs = []
    for name, value in shown.given.items():
        symbol, shape = declared[name].entry, one.parameters[name]
        inputs.append(
            {
                "name": name,
                "stem": stem(name),
                "tex": tex.number(symbol["tex"]),
                "meaning": symbol[language],
                "values": value,
                "entries": list(names(value, name)),
                "range": symbol.get("range") or "real",
                "whole": bool(shape and shape.whole),
                "host": bool(shape and shape.kind == "number"),
            }
        )
    return {
        "inputs": inputs,
        "rounds": one.library.__name__.endswith(".mlx"),
        "constants": made.constants,
        "functions": made.functions,
        "lines": [_line(line, line.symbol in own, tex) for line in made.lines],
        "quantities": _quantities(made),
        "output": [part for each in shown.printed for part in _output(each, made)],
    }


def _line(line: Line, is_shown: bool, tex: exported.Drawn) -> dict[str, Any]:
    """An entry; with its columns if a formula of the card computes it."""
    out: dict[str, Any] = {"symbol": line.symbol, "tree": line.tree}
    if is_shown:
        columns = exported.line(line.entry, line.exporter, tex)
        out |= {"left": tex.number(line.entry.left.tex), "columns": columns}
    return out


def _quantities(made: Program) -> dict[str, Any]:
    """Stem, as tables of symbols have it → its entries, nested as its numbers are."""
    out = {}
    for name, value in made.values.items():
        every = np.reshape(list(names(value, name)), np.shape(value))
        out[stem(name.removesuffix("_t") if name not in made.values else name)] = every.tolist()
    return out


def _output(printed: Printed, made: Program) -> Iterator[Any]:
    """Text, [symbol, how it is written], or {"fixed": text} of what is not computed here."""
    shown = _shown(printed, made)
    symbols = [line.symbol for lines in shown for line in lines]
    form = "array" if "array(" in printed.text else printed.decimals
    if form is None and len(symbols) == len(shown):
        form = "python"
    if printed.results is None or form is None:  # NumPy aligns the numbers of an array
        yield {"fixed": printed.text}
        return
    texts = re.split(NUMBERS, printed.text)
    yield texts[0]
    for symbol, after in zip(symbols, texts[1:], strict=True):
        yield [symbol, form]
        yield after
