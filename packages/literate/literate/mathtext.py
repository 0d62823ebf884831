"""A formula as a line of plain text, from its MathML: `ŷ − y`, `∂L/∂w₁`; for the search."""

import functools
import re
import unicodedata
from xml.etree import ElementTree

_ACCENTS = {"^": "\u0302", "~": "\u0303", "ˉ": "\u0304", "‾": "\u0304", "˙": "\u0307"}
_LOW = str.maketrans("0123456789+−-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_HIGH = str.maketrans("0123456789+−-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
_BRACES = ("", "⏟", "⏞")  # the label of a brace is kept, the brace is not
_SPACED = set("=<>≤≥≈≠+−←→∈⊙×")  # signs with a space on each side
_SIGN = re.compile(r"(^|[(\[{,]|= ?)− ")  # a minus that subtracts from nothing
_NO_TEXT = ("annotation", "mspace", "mphantom")


@functools.lru_cache(maxsize=4096)
def text(mathml: str) -> str:
    """The text of a `<math>` element; empty where it cannot be read."""
    try:
        found = _text(ElementTree.fromstring(mathml))
    except ElementTree.ParseError:
        return ""
    found = " ".join(unicodedata.normalize("NFC", found).split())
    return _SIGN.sub(r"\1−", found)


def _text(node: ElementTree.Element) -> str:
    name, parts = node.tag.rpartition("}")[2], list(node)
    match name, parts:
        case _ if name in _NO_TEXT:
            return " " * (name == "mspace")
        case "mo", _:
            sign = (node.text or "").replace("\u2061", " ").replace("-", "−")
            return f" {sign} " if sign in _SPACED else sign
        case "mi", _ if len(node.text or "") > 1:
            return f" {node.text} "
        case (("mi" | "mn" | "mtext"), _):
            return node.text or ""
        case "mfrac", [top, bottom]:
            return f"{_grouped(top)}/{_grouped(bottom)}"
        case "msqrt", _:
            return f"√{_in_brackets(_inside(node))}"
        case "mroot", [inside, degree]:
            return f"{_high(_text(degree))}√{_in_brackets(_text(inside))}"
        case (("msub" | "munder"), [base, low]):
            return _text(base) + _low(_text(low))
        case "msup", [base, high]:
            return _text(base) + _high(_text(high))
        case "mover", [base, high]:
            accent = _text(high).strip()
            return _text(base) + _ACCENTS.get(accent, _high(accent))
        case (("msubsup" | "munderover"), [base, low, high]):
            return _text(base) + _low(_text(low)) + _high(_text(high)) + " "
        case (("mtr" | "mtd"), _):
            return _inside(node) + " "
    return _inside(node)


def _inside(node: ElementTree.Element) -> str:
    return "".join(map(_text, node))


def _grouped(node: ElementTree.Element) -> str:
    """A side of a fraction: in brackets where it is more than a product."""
    found = _text(node).strip()
    return f"({found})" if re.search(r"[ /]", found) else found


def _in_brackets(found: str) -> str:
    return found if len(found) == 1 else f"({found})"


def _low(found: str) -> str:
    return _script(found, _LOW, "_")


def _high(found: str) -> str:
    return _script(found, _HIGH, "^")


def _script(found: str, raised: dict[int, int], mark: str) -> str:
    """What stands below or above: in small figures if there are such, or behind a mark."""
    plain = found.replace(" ", "")
    if plain in _BRACES:
        return ""
    if all(ord(character) in raised for character in plain):
        return plain.translate(raised)
    if mark == "^" and plain[0] in "⊤′″∗*":
        return plain
    return mark + (plain if plain.isalnum() else f"({plain.strip('()')})")
