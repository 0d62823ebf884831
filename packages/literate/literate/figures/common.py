"""What all figures share: numbers in few characters, SVG pieces, maths symbols."""

import math
import re
from collections.abc import Callable
from html import escape

Tex = Callable[[str], str]  # LaTeX as HTML

MINUS = "\N{MINUS SIGN}"
DIGIT = 0.6  # advance of every JetBrains Mono glyph, in em

# Advance of KaTeX's glyphs and, of a few, their italic overhang, in em: where the scripts start
ADVANCE = dict(w=0.716, x=0.572, y=0.49, z=0.465, a=0.529, b=0.429, L=0.681, c=0.433, p=0.503)
ADVANCE |= {
    "W": 0.944,
    "X": 0.828,
    "Z": 0.683,
    "q": 0.446,
    "s": 0.469,
    "u": 0.572,
    "v": 0.485,
    "Δ": 0.833,
    "δ": 0.444,
    "∂": 0.531,
}
OVERHANG = {
    "W": 0.139,
    "X": 0.078,
    "Z": 0.072,
    "y": 0.006,
    "z": 0.01,
    "δ": 0.01,
    "q": 0.036,
    "v": 0.036,
}
SCRIPT_ADVANCE = {"(": 0.389, ")": 0.389, ",": 0.278}


def pad(number: float) -> str:
    """A coordinate, as short as two decimals allow."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def special(number: float) -> str | None:
    """nan and the infinities in words; None for every other number."""
    if math.isnan(number):
        return "nan"
    return None if math.isfinite(number) else ("inf" if number > 0 else f"{MINUS}inf")


def compact(text: str) -> str:
    """`1e-05` as 1e−5, with a true minus."""
    return re.sub(r"e\+?(-?)0*(?=\d)", r"e\1", text).replace("-", MINUS)


def fixed(number: float, decimals: int, width: int = 99) -> str:
    """The number with so many decimals, or with fewer, or as a power of ten, to fit in the width.

    width: how many characters there may be.
    """
    if words := special(number):
        return words
    number += 0.0  # -0.0 is 0
    for places in range(decimals, -1, -1):
        text = f"{number:.{places}f}"
        if len(text) <= width and (number == 0 or float(text) != 0):
            return text.replace("-", MINUS)
    for places in (2, 1, 0):
        text = compact(f"{number:.{places}e}")
        if len(text) <= width:
            break
    return text


def short(number: float, decimals: int = 4, width: int = 99) -> str:
    """Like fixed, without the zeros at the end: 0.38, 1.0."""
    return re.sub(r"(\.\d+?)0+$", r"\1", fixed(number, decimals, width))


def whole(number: float, width: int = 99) -> str:
    """Like short, but a whole number has no decimals."""
    return short(number, width=width).removesuffix(".0")


def tag(name: str, *inside: str, **attributes: object) -> str:
    """One element. class_ → class, data_x → data-x; numbers are coordinates, None leaves out."""
    written = []
    for key, value in attributes.items():
        if value is not None:
            value = pad(value) if isinstance(value, int | float) else escape(str(value))
            written.append(f' {key.rstrip("_").replace("_", "-")}="{value}"')
    open_ = f"<{name}{''.join(written)}"
    return f"{open_}>{''.join(inside)}</{name}>" if inside else f"{open_}/>"


def svg(width: float, height: float, css: str, *inside: str) -> str:
    """A picture: hidden from screen readers, since the figure around it has the words."""
    size = {"viewBox": f"0 0 {pad(width)} {pad(height)}", "width": width, "height": height}
    return tag("svg", *inside, class_=css, **size, aria_hidden="true", focusable="false")


def text(x: float, y: float, words: str, css: str, size: float, anchor: str | None = None) -> str:
    return tag("text", escape(words), x=x, y=y, class_=css, font_size=size, text_anchor=anchor)


def digits(x: float, y: float, words: str, size: float, anchor: str | None = "end") -> str:
    return text(x, y, words, "tp-v", size, anchor)


def path(css: str, *steps: str | float) -> str:
    """A line, as its commands and coordinates: `path("tp-axis", "M", 0, 4, "H", 20)`."""
    words = " ".join(each if isinstance(each, str) else pad(each) for each in steps)
    return tag("path", d=re.sub(" ?([A-Za-z]) ?", r"\1", words), class_=css)


def rect(
    x: float, y: float, width: float, height: float, css: str, rx: float | None = None, **more: str
) -> str:
    return tag("rect", x=x, y=y, width=width, height=height, rx=rx, class_=css, **more)


class Symbol:
    """A maths symbol such as w with superscript (1) and subscript 12, as KaTeX sets it."""

    def __init__(self, letter: str, sub: str = "", sup: str = "", hat: bool = False):
        self.letter, self.sub, self.sup, self.hat = letter, sub, sup, hat
        self.advance, self.overhang = ADVANCE.get(letter, 0.5), OVERHANG.get(letter, 0.0)

    def width(self, size: float, script: float) -> float:
        sup = self.overhang * size + script * _width(self.sup)
        sub = script * _width(self.sub)
        return self.advance * size + max(sup if self.sup else 0, sub if self.sub else 0)

    def draw(self, x: float, y: float, size: float, script: float) -> str:
        """Baseline at y, left edge at x; script is the size of the sub- and superscript."""
        at, hat = x + self.advance * size, "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}"
        below = 0.32 if self.sup else 0.15
        parts = [text(x, y, self.letter, "tp-s" if self.letter in "∂Δ" else "tp-m", size)]
        if self.hat:
            parts.append(text(x + 0.055 * size, y, hat, "tp-s", size))
        if self.sup:
            parts.append(text(at + self.overhang * size, y - 0.38 * size, self.sup, "tp-s", script))
        if self.sub:
            parts.append(text(at, y + below * size, self.sub, "tp-s", script))
        return "".join(parts)


def _width(script: str) -> float:
    return sum(SCRIPT_ADVANCE.get(character, 0.5) for character in script)
