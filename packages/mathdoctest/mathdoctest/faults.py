r"""What is wrong with the text of a formula: a lost backslash, a bracket, an unknown command."""

import difflib
import re
from pathlib import Path
from typing import NamedTuple

from mathdoctest import lexer, reader

_LOST = {"\a": "a", "\b": "b", "\f": "f", "\r": "r", "\t": "t", "\v": "v"}
_ESCAPED = re.compile("[\a\b\f\v]|[\r\t](?=[A-Za-z])")
_TOKEN = re.compile(r"\\(?:begin|end)\s*\{[A-Za-z]+\*?\}|\\[A-Za-z]+|\\.|[()\[\]{}]|&|\\\\", re.S)
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_NAMED = sorted(name for name in lexer.KNOWN if len(name) > 2 and name.isalpha())
_INTERVAL = re.compile(r"(?<=\\in)\s*[(\[][^()\[\]]*[)\]]")
_CLOSES = {"(": ")", "[": "]", "{": "}", r"\{": r"\}", r"\lvert": r"\rvert", r"\lVert": r"\rVert"}
_CLOSES |= {r"\langle": r"\rangle", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}
_OPENS = {closing: opening for opening, closing in _CLOSES.items()}


class Fault(NamedTuple):
    """What is wrong at a character of the TeX, and what to do."""

    what: str
    hint: str
    at: int


def escaped(tex: str) -> Fault | None:
    r"""A control character, which Python makes of `\b` or `\t` in a string without `r`."""
    for match in _ESCAPED.finditer(tex):
        before = tex[: match.start()].rpartition("\n")[2]
        if match[0] == "\t" and not before.strip():
            continue  # an indented line
        word = re.match(r"[A-Za-z]*", tex[match.end() :])
        command = "\\" + _LOST[match[0]] + (word[0] if word else "")
        what = f"`{command}` lost its backslash: Python read the start of it as one character"
        return Fault(what, 'begin the docstring with r"""', match.start())
    return None


def unclosed(tex: str) -> tuple[str, int] | None:
    r"""The bracket that has no partner, and its character in the TeX; None if all have one.

    Of `\begin{…}` and `\end{…}` the whole is given. An interval after `\in` may be half open.
    """
    stack: list[tuple[str, int]] = []
    text = _INTERVAL.sub(lambda interval: " " * len(interval[0]), tex)
    for match in _TOKEN.finditer(text):
        token, at = match[0], match.start()
        if token in _CLOSES or token.startswith(r"\begin"):
            stack.append((token, at))
        elif token.startswith(r"\end") or token in _OPENS:
            if not stack:
                return token, at
            opening, place = stack[-1]
            if _matches(opening, token):
                stack.pop()
            elif any(_matches(each, token) for each, _ in stack):
                return opening, place  # what is inside of a closed pair was left open
            else:
                return token, at
    return stack[-1] if stack else None


def _matches(opening: str, closing: str) -> bool:
    if opening.startswith(r"\begin"):
        return closing == r"\end" + opening.removeprefix(r"\begin")
    return _CLOSES[opening] == closing


def bracket(tex: str) -> Fault | None:
    """The bracket without a partner, as a fault."""
    if found := unclosed(tex):
        token, at = found
        is_opening = token in _CLOSES or token.startswith(r"\begin")
        what = f"`{token}` is never {'closed' if is_opening else 'opened'}"
        return Fault(what, f"{'close' if is_opening else 'open'} it, or remove it", at)
    return None


def outside(tex: str, what: str, at: int) -> Fault:
    r"""What the grammar does not have; of a command such as `\summ`, the known one that is near."""
    cwd, path = Path.cwd(), reader.GRAMMAR
    place = path.relative_to(cwd) if path.is_relative_to(cwd) else f"mathdoctest/{path.name}"
    hint = f"write it as {place} allows"
    command = _COMMAND.match(tex, at)
    if command and command[1] not in lexer.KNOWN:
        for near in difflib.get_close_matches(command[1], _NAMED, n=1, cutoff=0.8):
            hint = rf"did you mean `\{near}`? Else {hint}"
    return Fault(what, hint, at)
