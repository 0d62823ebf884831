"""One formula while its tokens are made: what is seen around a place, and how a token is put."""

from collections.abc import Callable

from lark import Token

from mathdoctest import words
from mathdoctest.errors import NotInGrammar
from mathdoctest.notation import Vocabulary
from mathdoctest.tex import Raw, raw_tokens

ENDS = {
    "TOP",
    "LETTER",
    "WORD",
    "NUMBER",
    "RBRACE",
    "PRIME",
    "FACTORIAL",
    "INFINITY",
    "DOTS",
    "BOLD",
    "END",
}
ENDS |= {*words.CLOSING.values(), "RBAR", "RNORM"}
BREAKS = ("NEWLINE", "SEP", "QUALIFIER")
LONGEST = 10_000  # characters of a formula
DEEPEST = 50  # arguments inside one another

Step = Callable[["Lexing", int], int]


def token(kind: str, value: str, start: int, end: int) -> Token:
    """A token of the grammar, and its place in the TeX."""
    return Token(kind, value, start, end_pos=end)


def _begins_with_digit(number: str) -> bool:
    """Whether the first digit is taken off and leaves a number, which it does not of .5 and 1e5."""
    return len(number) > 1 and number[0] != "." and number[1] not in "eE"


class Lexing:
    """One formula while its tokens are made. groups: what is open: `(`, `{`, cases, BAR, …

    one: emits what begins at a place, and says the place after it.
    """

    def __init__(self, tex: str, vocabulary: Vocabulary, one: Step):
        self.tex, self.vocabulary, self._one = tex, vocabulary, one
        self.raw = raw_tokens(tex)
        self.out: list[Token] = []
        self.groups: list[str] = []
        self.depth = 0  # of the arguments around this place
        self.differentials: set[int] = set()  # places of the `d` of `dx`
        self.side = ""  # of the bar that follows: L after \left, R after \right
        self.below_depth = 0  # subscripts around this place
        self.said = set[str]()  # runs of plain letters that a left side has made a name
        self.prose = set[int]()  # where words begin that may be no name
        self.given = ""  # the qualifier that holds for what follows a comma too

    # ---- looking around

    def at(self, i: int) -> Raw:
        size = len(self.tex)
        return self.raw[i] if i < len(self.raw) else Raw("end", "", size, size)

    def put(self, kind: str, value: str, first: int, last: int | None = None) -> None:
        """A token that reaches from one raw token to another."""
        start, end = self.at(first).start, self.at(first if last is None else last).end
        self.out.append(token(kind, value, start, end))

    def closing(self, i: int) -> int:
        """The place of what closes the bracket at a place."""
        pairs = {"{": "}", "(": ")", "[": "]", "<": ">", r"\langle": r"\rangle"}
        opened, closed, depth = self.at(i).value, pairs[self.at(i).value], 0
        for place in range(i, len(self.raw)):
            value = self.raw[place].value
            depth += (value == opened) - (value == closed)
            if not depth:
                return place
        raise NotInGrammar("unclosed", self.at(i).start, bracket=opened)

    def unit(self, i: int, depth: int = 0) -> int:
        """The place after one argument of a command: a group, or a token with its own arguments."""
        raw = self.at(i)
        if depth > DEEPEST:
            raise RecursionError
        if raw.kind == "end" or raw.value in ("}", "&", "_", "^"):
            raise NotInGrammar("argument", raw.start)
        if raw.value == "{":
            return self.closing(i) + 1
        if raw.command in ("frac", "dfrac", "tfrac", "cfrac"):
            return self.unit(self.unit(i + 1, depth + 1), depth + 1)
        if raw.command in words.ACCENTS or raw.command in words.IGNORED or raw.command == "sqrt":
            return self.unit(i + 1, depth + 1)
        if raw.kind == "number" and _begins_with_digit(raw.value):  # x_12 is x_1 2
            cut = raw.start + 1
            rest = raw._replace(value=raw.value[1:], start=cut)
            self.raw[i : i + 1] = [raw._replace(value=raw.value[0], end=cut), rest]
        return i + 1

    def content(self, i: int, after: int) -> tuple[int, int]:
        """Where the content of an argument is, without its braces."""
        return (i + 1, after - 1) if self.at(i).value == "{" else (i, after)

    @property
    def is_operand_before(self) -> bool:
        return bool(self.out) and self.out[-1].type in ENDS

    def sized(self, i: int) -> int:
        """The place of what follows the sizes and styles at a place."""
        while self.at(i).command in words.IGNORED:
            i += 1
        return i

    # ---- one token after the other

    def emit(self, i: int, end: int) -> None:
        if self.depth > DEEPEST:
            raise RecursionError
        self.depth += 1
        before = len(self.raw)
        while i < end:
            i = self._one(self, i)
            end, before = end + len(self.raw) - before, len(self.raw)
        self.depth -= 1

    def argument(self, i: int) -> int:
        """Emit one argument in braces; the place after it."""
        after = self.unit(i)
        first, last = self.content(i, after)
        self.put("LBRACE", "{", i)
        self.groups.append("{")
        after += self.inside(first, last)
        self.groups.pop()
        self.put("RBRACE", "}", after - 1)
        return after

    def inside(self, first: int, last: int) -> int:
        """Emit the content of an argument; by how much the raw tokens have grown."""
        before = len(self.raw)
        self.emit(first, last)
        return len(self.raw) - before
