"""What all figures share: reading recorded values, writing numbers, SVG pieces, maths symbols."""

import math
from collections.abc import Callable, Mapping
from html import escape

Values = Mapping[str, object]
Tex = Callable[[str], str]

MINUS = "\N{MINUS SIGN}"
DIGIT = 0.6  # advance of every JetBrains Mono glyph, in em

# Advance and italic overhang of KaTeX's glyphs, in em: where a sub- and a superscript start.
ADVANCE = {
    "w": (0.716, 0.0), "x": (0.572, 0.0), "y": (0.49, 0.006), "z": (0.465, 0.01), "a": (0.529, 0.0),
    "b": (0.429, 0.0), "L": (0.681, 0.0), "δ": (0.444, 0.01), "∂": (0.531, 0.0), "c": (0.433, 0.0), "p": (0.503, 0.0),
    "q": (0.446, 0.036), "s": (0.469, 0.0), "u": (0.572, 0.0), "v": (0.485, 0.036),
}  # fmt: skip
SCRIPT_ADVANCE = {"(": 0.389, ")": 0.389, ",": 0.278}


def need(values: Values, *names: str) -> list[object]:
    """The named variables; ValueError lists the ones that are missing."""
    missing = [name for name in names if name not in values]
    if missing:
        have = ", ".join(sorted(values)) or "nothing"
        raise ValueError(
            f"figure: missing variable {', '.join(missing)}; the snippet recorded: {have}"
        )
    return [values[name] for name in names]


def scalar(value: object, name: str) -> float:
    """A number, given as it is or as the only element of (nested) lists."""
    while isinstance(value, (list, tuple)) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"figure: {name} must be one number, got {value!r}")
    return float(value)


def vector(value: object, name: str, length: int | None = None) -> list[float]:
    """A list of numbers; a row or column of a matrix and, where length is 1, a bare number will do."""
    if length == 1:
        return [scalar(value, name)]
    while (
        isinstance(value, (list, tuple)) and len(value) == 1 and isinstance(value[0], (list, tuple))
    ):
        value = value[0]
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"figure: {name} must be a list of numbers, got {value!r}")
    numbers = [scalar(item, name) for item in value]
    if length is not None and len(numbers) != length:
        raise ValueError(f"figure: {name} must have {length} elements, got {len(numbers)}")
    return numbers


def matrix(value: object, name: str, rows: int, columns: int) -> list[list[float]]:
    """Rows of numbers; ValueError unless the shape is exactly (rows, columns)."""
    if (
        rows == 1
        and isinstance(value, (list, tuple))
        and not any(isinstance(v, (list, tuple)) for v in value)
    ):
        value = [value]
    if not isinstance(value, (list, tuple)) or len(value) != rows:
        raise ValueError(f"figure: {name} must have shape ({rows}, {columns}), got {value!r}")
    return [vector(row, name, columns) for row in value]


def pad(number: float) -> str:
    """A coordinate, as short as two decimals allow."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def special(number: float) -> str | None:
    """nan and the infinities in words; None for every other number."""
    if math.isnan(number):
        return "nan"
    return None if math.isfinite(number) else ("inf" if number > 0 else f"{MINUS}inf")


def fixed(number: float, decimals: int, width: int = 99) -> str:
    """The number with so many decimals, or with fewer, or as a power of ten, until it fits in width characters."""
    if text := special(number):
        return text
    number += 0.0  # -0.0 is 0
    for places in range(decimals, -1, -1):
        text = f"{number:.{places}f}"
        if len(text) <= width and (number == 0 or float(text) != 0):
            return text.replace("-", MINUS)
    for places in (2, 1, 0):
        digits, exponent = f"{number:.{places}e}".split("e")
        text = f"{digits}e{int(exponent)}"
        if len(text) <= width:
            break
    return text.replace("-", MINUS)


def short(number: float, decimals: int = 4, width: int = 99) -> str:
    """Like fixed, without the zeros at the end: 0.38, 1.0."""
    text = fixed(number, decimals, width)
    if "." not in text or "e" in text:
        return text
    text = text.rstrip("0")
    return text + "0" if text.endswith(".") else text


def whole(number: float, width: int = 99) -> str:
    """Like short, but a whole number has no decimals."""
    text = short(number, width=width)
    return text.removesuffix(".0")


def tag(name: str, *inside: str, **attributes: object) -> str:
    """One element. class_ → class, data_x → data-x; numbers are written as coordinates, None leaves out."""
    written = []
    for key, value in attributes.items():
        if value is None:
            continue
        value = pad(value) if isinstance(value, (int, float)) else escape(str(value))
        written.append(f' {key.rstrip("_").replace("_", "-")}="{value}"')
    open_ = f"<{name}{''.join(written)}"
    return f"{open_}>{''.join(inside)}</{name}>" if inside else f"{open_}/>"


def svg(width: float, height: float, css: str, *inside: str) -> str:
    """A picture: hidden from readers, since the figure around it carries the words."""
    box = f"0 0 {pad(width)} {pad(height)}"
    return tag(
        "svg",
        *inside,
        class_=css,
        viewBox=box,
        width=width,
        height=height,
        aria_hidden="true",
        focusable="false",
    )


def text(x: float, y: float, words: str, css: str, size: float, anchor: str | None = None) -> str:
    return tag("text", escape(words), x=x, y=y, class_=css, font_size=size, text_anchor=anchor)


def digits(
    x: float, y: float, words: str, size: float, anchor: str | None = "end", css: str = "tp-v"
) -> str:
    return text(x, y, words, css, size, anchor)


class Symbol:
    """A maths symbol such as w with superscript (1) and subscript 12, drawn in KaTeX's fonts as KaTeX sets it."""

    def __init__(self, letter: str, sub: str = "", sup: str = "", hat: bool = False):
        self.letter, self.sub, self.sup, self.hat = letter, sub, sup, hat

    def width(self, size: float, script: float) -> float:
        advance, overhang = ADVANCE[self.letter]
        sup = overhang * size + script * sum(SCRIPT_ADVANCE.get(c, 0.5) for c in self.sup)
        sub = script * sum(SCRIPT_ADVANCE.get(c, 0.5) for c in self.sub)
        return advance * size + max(sup if self.sup else 0, sub if self.sub else 0)

    def draw(self, x: float, y: float, size: float, script: float) -> str:
        """Baseline at y, left edge at x; script is the size of the sub- and superscript."""
        advance, overhang = ADVANCE[self.letter]
        at = x + advance * size
        parts = [text(x, y, self.letter, "tp-s" if self.letter == "∂" else "tp-m", size)]
        if self.hat:
            parts.append(
                text(x + 0.055 * size, y, "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}", "tp-s", size)
            )
        if self.sup:
            parts.append(text(at + overhang * size, y - 0.38 * size, self.sup, "tp-s", script))
        if self.sub:
            parts.append(
                text(at, y + (0.32 if self.sup else 0.15) * size, self.sub, "tp-s", script)
            )
        return "".join(parts)


def lane_rule() -> str:
    """The rule of two lanes, as wide as its place: out along the upper, back along the lower."""
    out = tag("path", d="M0 0l-11 -4.6v9.2z", class_="tp-tip")
    back = tag("path", d="M7.4 -4.6L1 0l6.4 4.6", class_="tp-tip")
    lanes = (
        tag("g", tag("line", x1=0, y1=5.5, x2="100%", y2=5.5, class_="tp-lane"),
            tag("svg", out, x="100%", y=5.5, overflow="visible"), class_="tp-fwd"),
        tag("g", tag("line", x1=2, y1=14.5, x2="100%", y2=14.5, class_="tp-lane"),
            tag("svg", back, y=14.5, overflow="visible"), class_="tp-bwd"),
    )  # fmt: skip
    return tag(
        "svg",
        *lanes,
        class_="tp-lane-rule",
        width="100%",
        height=20,
        aria_hidden="true",
        focusable="false",
    )
