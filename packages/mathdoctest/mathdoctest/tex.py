r"""The raw tokens of TeX, and what they say: a command's name, a word, a condition."""

import re
from typing import NamedTuple

from mathdoctest import words

_TEXT = r"text|textrm|textsf|texttt|textit|textbf|textnormal|mbox|operatorname\*?"
RAW = re.compile(
    rf"""
    (?P<skip>\s+|%[^\n]*|\\[,;:!>\s]|~)
  | (?P<text>\\(?:{_TEXT})\s*\{{(?P<said>[^{{}}$]*)\}})
  | (?P<text_with_maths>\\(?:text|textrm|mbox)\s*\{{(?P<mixed>[^{{}}$]*(?:\$[^$]*\$[^{{}}$]*)+)\}})
  | (?P<plain>(?<![A-Za-z\\_^])(?:where|otherwise|if|for)(?=\s))
  | (?P<word>\\(?:mathrm|mathit|mathsf|mathtt)\s*\{{\s*
        (?P<upright>[A-Za-z](?:[A-Za-z0-9 _-]|\\_)*)\}})
  | (?P<joined>[A-Za-z]+(?:[0-9]*\\_[A-Za-z0-9]+)+ | \\(?:rm|sf|tt)(?![A-Za-z])\s*
        (?P<roman>[A-Za-z]{{2,}}(?:[0-9]*\\_[A-Za-z0-9]+)*))
  | (?P<ellipsis>\.\s?\.\s?\.)
  | (?P<styled>\\(?:mathbf|boldsymbol|bm|mathbb|mathcal|vec|mathfrak|pmb|mathscr)\s*
        \{{\s*(?P<one>[1A-Za-z]|\\[a-zA-Z]+)\s*\}})
  | (?P<edge>\\(?P<side>begin|end)\s*\{{(?P<environment>[A-Za-z]+)\*?\}})
  | (?P<newline>\\\\(?:\s*\[[^\]]*\])?|\\cr(?![A-Za-z]))
  | (?P<command>\\[A-Za-z]+\*?|\\.)
  | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+)
  | (?P<letter>[A-Za-z])
  | (?P<mark>:=|==|!=|\|\||\S)
""",
    re.X | re.S,
)
_SAID = {"text": "said", "word": "upright", "styled": "one"}
SPACING = re.compile(r"\\[,;:!\s]|~|\s+")
OPEN, CLOSE = ("(", "[", "{", r"\{"), (")", "]", "}", r"\}")
_BY_LENGTH = sorted(words.QUALIFIERS, key=len)[::-1]


class Raw(NamedTuple):
    """A token as TeX has it. value: what it says, without its command's braces."""

    kind: str
    value: str
    start: int
    end: int

    @property
    def command(self) -> str:
        return self.value[1:].rstrip("*") if self.kind == "command" else ""


def raw_tokens(tex: str, first: int = 0, last: int | None = None) -> list[Raw]:
    """The tokens of TeX, or of a part of it, without spaces and comments."""
    out = []
    for match in RAW.finditer(tex, first, len(tex) if last is None else last):
        kind = match.lastgroup or "mark"
        if kind == "skip":
            continue
        value = match[0]
        if kind == "text_with_maths":
            out += _mixed(tex, match.start("mixed"), match["mixed"])
            continue
        if kind == "edge":
            value = f"{match['side']} {match['environment']}"
        elif kind in _SAID:
            value = match[_SAID[kind]]
        elif kind == "plain":
            kind = "text"
        elif kind == "ellipsis":
            kind, value = "command", r"\dots"
        elif kind == "joined":
            kind, value = "word", match["roman"] or value
        out.append(Raw(kind, value, *match.span()))
    return out


def _mixed(tex: str, at: int, said: str) -> list[Raw]:
    r"""The tokens of `if $y = 1$`, words with maths between them."""
    out = []
    for place, part in enumerate(said.split("$")):
        end = at + len(part)
        if place % 2:
            out += raw_tokens(tex, at, end)
        elif part.strip():
            out.append(Raw("text", part, at, end))
        at = end + 1
    return out


def name_of(command: str) -> str:
    r"""`\beta` → beta, `\lambda` → lambda_ (`lambda` is a keyword of Python), `x` → x."""
    return command.removeprefix("\\") + "_" * (command == r"\lambda")


def word(text: str) -> str:
    r"""What is said in `\text{}` as a name: `fan\_in` → fan_in, `in place` → in_place."""
    return re.sub(r"\W+", "_", text.replace("\\", "").strip(" .,;:-~")).strip("_")


def qualifier(text: str) -> str:
    """The word that a text begins with and that makes it a condition: `if`, `for all`, `where`."""
    said = SPACING.sub(" ", text).strip(" ,.;:").lower()
    found = (q for q in _BY_LENGTH if said == q or said.startswith(f"{q} "))
    return next(found, "")
