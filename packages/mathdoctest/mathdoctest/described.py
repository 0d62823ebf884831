"""Shapes that a docstring tells in words, in the sections of numpydoc or of Google's style.

`x : ndarray of shape (n, d)`, `x : array_like, shape (n,)`, `x : (n, d) array`, `x : float` below
`Parameters`; `x (array): What it is, of shape (n, d).` below `Args:`; the same for what is
returned, below `Returns`.
"""

import ast
import functools
import re

from mathdoctest import signature
from mathdoctest.signature import Shape

# a parameter with what follows its name on the line: `x, y : int`, `x (array): …`, `x: …`
_ENTRY = re.compile(
    r"^([ \t]*)(\*{0,2}\w+(?:\s*,\s*\w+)*)\s*(?:\(([^\n]*?)\)\s*:|:)[ \t]*(.*)$", re.M
)
_HEAD = re.compile(
    r"^([ \t]*)(Parameters|Other Parameters|Args|Arguments|Returns)[ \t]*(?::|\n\1-{3,})[ \t]*$",
    re.M,
)
_SHAPE = re.compile(r"\bshape\b\s*(?:of\b|is\b|[:=])?\s*[`$]*[(\[]([^)\]]*)[)\]]", re.I)
_BEFORE = re.compile(r"^[`$]*[(\[]([^)\]]*)[)\]][`$]*,?\s*(?:nd|np\.nd)?array|tensor", re.I)
_NUMBER = re.compile(r"(float|int|integer|scalar|bool)\b")
_WHOLE = re.compile(r"\b(int|integers?|of ints?)\b")


@functools.lru_cache(maxsize=1024)
def shapes(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, Shape]:
    """Name → shape, of each that the docstring tells; `return` is what is returned.

    Raises axes.NotAxes for a shape that cannot be used.
    """
    text = ast.get_docstring(node) or ""
    out: dict[str, Shape] = {}
    for title, section in _sections(text):
        if title == "Returns":
            found = _shape(" ".join(section.split()), "return")
            out |= {"return": found} if found else {}
            continue
        entries = list(_ENTRY.finditer(section))
        outer = min((len(entry[1].expandtabs()) for entry in entries), default=0)
        entries = [entry for entry in entries if len(entry[1].expandtabs()) == outer]
        ends = [entry.start() for entry in entries[1:]] + [len(section)]
        for entry, end in zip(entries, ends, strict=True):
            said = f"{entry[3] or ''} {entry[4]} {section[entry.end() : end]}"
            for name in re.split(r"\s*,\s*", entry[2]):
                if found := _shape(" ".join(said.split()), name):
                    out[name] = found
    return out


def _sections(text: str) -> list[tuple[str, str]]:
    """The title and the text of each section of the kinds that are read."""
    heads = list(_HEAD.finditer(text))
    out = []
    for head in heads:
        rest = text[head.end() :]
        # it ends at the next title: a line over dashes, or one as far left that ends in a colon
        end = re.search(rf"^{head[1]}(?:\S[^\n]*\n{head[1]}-{{3,}}|\w[\w ]*:)[ \t]*$", rest, re.M)
        out.append((head[2], rest[: end.start()] if end else rest))
    return out


def _shape(said: str, owner: str) -> Shape | None:
    """The shape in what is said of a parameter."""
    told = _SHAPE.search(said) or _BEFORE.search(said)
    kind = "Int" if _WHOLE.search(said.partition("shape")[0]) else "Float"
    if told and told[1] is not None:
        words = [re.sub(r"\s*([-+*/])\s*", r"\1", word) for word in told[1].split(",")]
        return signature.array(" ".join(word.strip(" `'\"") for word in words), owner, kind)
    number = _NUMBER.match(said)
    if number is None:
        return None
    return Shape("number", whole=number[1].startswith("int"), truth=number[1] == "bool")
