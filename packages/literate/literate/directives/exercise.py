"""`/// exercise | module.function`: a task with a number to find; its hint and its answer."""

import math
import re
from typing import Any

from literate.directives.drawing import Drawing
from literate.notebooks import Cell, Passage
from literate.registry import directive

_WORDS = ("123456", "one two three four five six".split(), "一二三四五六")
_COUNTS = {word: number for words in _WORDS for number, word in enumerate(words, 1)}
_COUNT = "|".join(_COUNTS)
_LEVEL = {"enum": [1, 2, 3], "description": "1, 2 or 3"}
_DECIMALS = {"enum": [*range(7)], "description": "a whole number from 0 to 6"}
_ASKED = re.compile(rf"({_COUNT}) decimal|小數(?:點後|第)?\s*({_COUNT})\s*位")


def cells(passage: Passage) -> list[Cell]:
    words, inside = passage.words, passage.inside
    number = words["exercise"].format(n=passage.book.count("exercise"))
    hint = f"**{words['hint']}**\n\n{inside['hint']}" if "hint" in inside else ""
    task = passage.prose(f"### {number} · {passage.options['title']}", passage.text, hint)
    answer = passage.prose(f"**{words['solution']}**", inside.get("answer", ""))
    return [task, answer, passage.code()]


@directive(
    "exercise",
    required=("title", "level"),
    optional=("answer", "decimals"),
    names_snippet=True,
    shows_code=True,
    options={"level": _LEVEL, "decimals": _DECIMALS},
    cells=cells,
)
def exercise(drawing: Drawing) -> str:
    book, options = drawing.book, drawing.options
    number = book.count("exercise")
    slug = book.identify(f"exercise-{number}")
    if book.count(f"exercise:{drawing.argument}") > 1:
        what = f"the exercise `{drawing.argument}` appears twice on this page"
        raise drawing.fault(what, "remove one: what a reader has solved is kept by its name")
    decimals = int(options.get("decimals", 3))
    value = None
    if "answer" in options:
        _compare(drawing, decimals)
        value = repr(_answer(drawing, str(options["answer"])))
    parts = {"solution": drawing.snippet(), "inside": drawing.inside}
    return drawing.render(slug=slug, number=number, value=value, decimals=decimals, **parts)


def _compare(drawing: Drawing, decimals: int) -> None:
    """Raise a Fault if the text asks for another number of decimals than the field."""
    text = "".join(text for element in drawing.prose for text in element.itertext())
    for asked in _ASKED.finditer(text):
        if _COUNTS[asked[1] or asked[2]] != decimals:
            what = f"the text asks for `{asked[0]}`, the field for {decimals}"
            raise drawing.fault(what, "let `decimals:` and the text say the same", asked[0])


def _answer(drawing: Drawing, answer: str) -> Any:
    """The number that a reader is to find: a variable of the solution's run. Raises Fault."""
    if not (found := re.fullmatch(r"(\w+)((?:\[[^\]]+\])*)", answer)):
        what = f"the answer `{answer}` is not a variable"
        raise drawing.fault(what, "write `answer: z1[0]`", answer)
    value = drawing.book.value(drawing.argument, found[1], found[2])
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        what = f"the answer `{answer}` is {value}, not one number"
        raise drawing.fault(what, "name one entry: `answer: z1[0]`")
    return value


@directive("hint", inside="exercise")
def hint(drawing: Drawing) -> str:
    return drawing.render()


@directive("answer", inside="exercise")
def answer(drawing: Drawing) -> str:
    """What a solution says in words, above the code that shows it."""
    return '<div class="tp-solution__words"><prose/></div>'
