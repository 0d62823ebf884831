r"""From LaTeX to the tokens of `grammar.lark`.

What has no meaning is dropped: spaces, sizes (`\left`, `\big`), the styles of letters (`\mathbf`),
marks of alignment, punctuation at the end. What TeX leaves open is decided here: which bar opens
and which closes, where a comma separates two formulas, where an argument without braces ends.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from lark import Token

from mathdoctest import words


class NotInGrammar(ValueError):
    """The formula is outside the grammar or breaks one of its rules. at: the character where."""

    def __init__(self, what: str, at: int):
        super().__init__(what)
        self.at = at


@dataclass(frozen=True)
class Vocabulary:
    """What the names around a formula are.

    functions: names that are functions here. names: parameters and other names in code.
    layered: names whose superscript is a layer. labels: names that are no index, so that as a
    subscript they join the name: the δ of `L_\\delta`. arrays: names that have entries.
    spellings: (`canonical` TeX, name) of each symbol that has a spelling of its own.
    """

    functions: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    layered: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    arrays: frozenset[str] = frozenset()
    spellings: tuple[tuple[str, str], ...] = ()


NOTHING = Vocabulary()


_TEXT = r"text|textrm|textsf|texttt|textit|textbf|textnormal|mbox|operatorname\*?"
_RAW = re.compile(
    rf"""
    (?P<skip>\s+|%[^\n]*|\\[,;:!>\s]|~)
  | (?P<text>\\(?:{_TEXT})\s*\{{(?P<said>[^{{}}$]*)\}})
  | (?P<word>\\(?:mathrm|mathit|mathsf|mathtt)\s*\{{\s*
        (?P<upright>[A-Za-z](?:[A-Za-z0-9 _-]|\\_)*)\}})
  | (?P<joined>[A-Za-z]+(?:\d*\\_[A-Za-z0-9]+)+ | \\(?:rm|sf|tt)(?![A-Za-z])\s*
        (?P<roman>[A-Za-z]{{2,}}(?:\d*\\_[A-Za-z0-9]+)*))
  | (?P<ellipsis>\.\s?\.\s?\.)
  | (?P<styled>\\(?:mathbf|boldsymbol|bm|mathbb|mathcal|vec|mathfrak|pmb|mathscr)\s*
        \{{\s*(?P<one>[1A-Za-z]|\\[a-zA-Z]+)\s*\}})
  | (?P<edge>\\(?P<side>begin|end)\s*\{{(?P<environment>[A-Za-z]+)\*?\}})
  | (?P<newline>\\\\(?:\s*\[[^\]]*\])?|\\cr(?![A-Za-z]))
  | (?P<command>\\[A-Za-z]+\*?|\\.)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)
  | (?P<letter>[A-Za-z])
  | (?P<mark>:=|==|!=|\|\||\S)
""",
    re.X | re.S,
)
_SAID = {"text": "said", "word": "upright", "styled": "one"}
_SPACING = re.compile(r"\\[,;:!\s]|~|\s+")
_ENDS = {
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
_ENDS |= {*words.CLOSING.values(), "RBAR", "RNORM"}
_OPEN, _CLOSE = ("(", "[", "{", r"\{"), (")", "]", "}", r"\}")
_BY_LENGTH = sorted(words.QUALIFIERS, key=len)[::-1]
_BREAKS = ("NEWLINE", "SEP", "QUALIFIER")
_DIFFERENTIALS = ("d", r"\partial", r"\mathrm{d}")


class Raw(NamedTuple):
    """A token as TeX has it. value: what it says, without its command's braces."""

    kind: str
    value: str
    start: int
    end: int

    @property
    def command(self) -> str:
        return self.value[1:].rstrip("*") if self.kind == "command" else ""


def raw_tokens(tex: str) -> list[Raw]:
    """The tokens of TeX, without spaces and comments."""
    out = []
    for match in _RAW.finditer(tex):
        kind = match.lastgroup or "mark"
        if kind == "skip":
            continue
        value = match[0]
        if kind == "edge":
            value = f"{match['side']} {match['environment']}"
        elif kind in _SAID:
            value = match[_SAID[kind]]
        elif kind == "ellipsis":
            kind, value = "command", r"\dots"
        elif kind == "joined":
            kind, value = "word", match["roman"] or value
        out.append(Raw(kind, value, *match.span()))
    return out


def token(kind: str, value: str, start: int, end: int) -> Token:
    """A token of the grammar. lark copies the places of tokens only if they have lines too."""
    return Token(kind, value, start, 1, start + 1, 1, end + 1, end)


def name_of(command: str) -> str:
    r"""`\beta` → beta, `\lambda` → lambda_ (`lambda` is a keyword of Python), `x` → x."""
    return command.removeprefix("\\") + "_" * (command == r"\lambda")


def word(text: str) -> str:
    r"""What is said in `\text{}` as a name: `fan\_in` → fan_in, `in place` → in_place."""
    return re.sub(r"\W+", "_", text.replace("\\", "").strip(" .,;:-~")).strip("_")


def tokens(tex: str, vocabulary: Vocabulary = NOTHING) -> list[Token]:
    """The tokens of a formula, each with its place in the TeX. Raises NotInGrammar."""
    lexing = _Lexing(tex, vocabulary)
    try:
        lexing.emit(0, len(lexing.raw))
    except RecursionError:
        raise NotInGrammar("nested too deeply", 0) from None
    lexing.refuse_prose()
    return _trimmed(lexing.out)


def canonical(tex: str) -> str:
    """A text that is the same for all ways to write one symbol: `\\mathbf{W}_{xh}` → W_xh."""
    names = {"SUB": "_", "SUP": "^", "LAYER": "^(", "LPAR": "(", "RPAR": ")", "COMMA": ","}
    kept = (t for t in tokens(tex) if t.type not in ("LBRACE", "RBRACE"))
    return "".join(names.get(t.type, t.rstrip("_") or str(t)) for t in kept)


def _trimmed(found: list[Token]) -> list[Token]:
    """One separator where there are several; none at the ends of a row or of the formula."""
    out: list[Token] = []
    breaks = ("SEP", "NEWLINE")
    for token in found:
        if token.type in breaks and (not out or out[-1].type in ("NEWLINE", "QUALIFIER")):
            continue
        if token.type in breaks and out[-1].type == "SEP":
            out.pop()
        out.append(token)
    while out and out[-1].type in breaks:
        out.pop()
    return out


class _Lexing:
    """One formula while its tokens are made. groups: what is open: `(`, `{`, cases, BAR, …"""

    def __init__(self, tex: str, vocabulary: Vocabulary):
        self.tex, self.vocabulary = tex, vocabulary
        self.raw = raw_tokens(tex)
        self.out: list[Token] = []
        self.groups: list[str] = []
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
        raise NotInGrammar(f"`{opened}` is not closed", self.at(i).start)

    def unit(self, i: int) -> int:
        """The place after one argument of a command: a group, or a token with its own arguments."""
        raw = self.at(i)
        if raw.kind == "end" or raw.value in ("}", "&", "_", "^"):
            raise NotInGrammar("an argument is missing here", raw.start)
        if raw.value == "{":
            return self.closing(i) + 1
        if raw.command in ("frac", "dfrac", "tfrac", "cfrac"):
            return self.unit(self.unit(i + 1))
        if raw.command in words.ACCENTS or raw.command in words.IGNORED or raw.command == "sqrt":
            return self.unit(i + 1)
        if raw.kind == "number" and len(raw.value) > 1:  # x_12 is x_1 2
            cut = raw.start + 1
            rest = raw._replace(value=raw.value[1:], start=cut)
            self.raw[i : i + 1] = [raw._replace(value=raw.value[0], end=cut), rest]
        return i + 1

    def content(self, i: int, after: int) -> tuple[int, int]:
        """Where the content of an argument is, without its braces."""
        return (i + 1, after - 1) if self.at(i).value == "{" else (i, after)

    @property
    def is_operand_before(self) -> bool:
        return bool(self.out) and self.out[-1].type in _ENDS

    # ---- one token after the other

    def emit(self, i: int, end: int) -> None:
        before = len(self.raw)
        while i < end:
            i = self.one(i)
            end, before = end + len(self.raw) - before, len(self.raw)

    def one(self, i: int) -> int:
        """Emit what begins at a place; the place after it."""
        raw = self.at(i)
        if i in self.differentials:
            self.put("DIFF", raw.value, i)
            return i + 1
        if raw.kind in ("command", "mark"):
            return self.command(i, raw)
        done: int = getattr(self, f"from_{raw.kind}")(i, raw)
        return done

    def from_text(self, i: int, raw: Raw) -> int:
        text = _SPACING.sub(" ", raw.value)
        said, name, known = text.strip(" ,.;:").lower(), word(text), _qualifier(raw.value)
        if said in words.PROBLEMS:
            self.put("BIG", words.PROBLEMS[said], i)
            while self.at(i + 1).command in ("quad", "qquad") or self.at(i + 1).value == "&":
                i += 1
        elif name.replace("_", "") in words.REDUCTIONS and self.at(i + 1).value == "_":
            self.reduction(words.REDUCTIONS[name.replace("_", "")], name, i)
        elif self.tex.startswith(r"\operatorname", raw.start):
            self.put("OPERATOR", name, i)
        elif known:
            self.qualifier(i, known)
            if rest := word(text.strip(" ,.;:")[len(known) :]):
                self.prose.add(raw.start)
                self.put("WORD", rest, i)
        elif name:
            if " " in text.removesuffix(" ") and raw.kind == "text" or text.endswith(" "):
                self.prose.add(raw.start)
            self.upright(i, name)
        else:
            self.comma(i) if "," in raw.value else None
        return i + 1

    def refuse_prose(self) -> None:
        """Words with a space are a quantity's name only where nothing is multiplied with them."""
        begin = {"LETTER", "WORD", "NUMBER", "LBRACE", "FRAC", "BIG", "FUNCTION", "NABLA"}
        for before, here, after in zip(
            [None, *self.out], self.out, [*self.out[1:], None], strict=False
        ):
            if here.type != "WORD" or here.start_pos not in self.prose:
                continue
            alone = (not before or before.type in _BREAKS) and (not after or after.type in _BREAKS)
            alone = alone and (before is None or before.type != "QUALIFIER") and len(self.out) > 1
            multiplied = before and before.type in _ENDS or after and after.type in begin
            if multiplied or alone:
                what = f"`{here.replace('_', ' ')}` is neither a name nor a condition"
                raise NotInGrammar(what, here.start_pos or 0)

    def qualifier(self, i: int, known: str) -> None:
        value = words.QUALIFIERS[known]
        if value == "otherwise":
            self.put("OTHERWISE", value, i)
            return
        if self.out and self.out[-1].type == "QUALIFIER" and self.given:
            self.out.pop()
        elif not self.groups and value != "and":
            self.put("SEP", ",", i)
        self.put("SEP" if value == "and" else "QUALIFIER", value, i)
        if value == "given" or known.startswith("for "):
            self.given = value

    def upright(self, i: int, name: str) -> None:
        """A word in upright letters: a function's, a quantity's, or one letter's."""
        if len(name) == 1:
            self.letter(i, name)
        elif name in words.FUNCTIONS and name not in self.vocabulary.names:
            self.put("FUNCTION", words.FUNCTIONS[name], i)
        else:
            self.put("WORD", name, i)

    from_word = from_text

    def from_styled(self, i: int, raw: Raw) -> int:
        double, after = self.tex.startswith(r"\mathbb", raw.start), self.at(self.sized(i + 1)).value
        if raw.value == "1" or raw.value == "I" and double:
            indicates = double or after in ("[", "(", r"\{")
            self.put("INDICATOR" if indicates else "BOLD", raw.value, i)
        elif double and raw.value in "ERZNQC":
            if raw.value != "E":
                self.put("NUMBERS", raw.value, i)
            else:
                self.reduction("mean", "E", i)
        elif raw.value in "eI" and after == "_" and raw.value not in self.vocabulary.names:
            self.put("BOLD", raw.value, i)
        else:
            self.letter(i, name_of(raw.value))
        return i + 1

    def reduction(self, how: str, function: str, i: int) -> None:
        """A sum and the like over what stands below it; alone, a function."""
        below = i + 1
        while self.at(below).command in ("limits", "nolimits"):
            below += 1
        if self.at(below).value == "{" and how in ("sum", "prod"):
            raise NotInGrammar(
                rf"what runs stands below: write `\{how}_{{…}}`", self.at(below).start
            )
        is_big = self.at(below).value == "_" or how in ("sum", "prod")
        self.put(*(("BIG", how) if is_big else ("FUNCTION", function)), i)

    def from_number(self, i: int, raw: Raw) -> int:
        self.put("NUMBER", raw.value, i)
        return i + 1

    def from_letter(self, i: int, raw: Raw) -> int:
        end = i + 1
        if not i or self.at(i - 1).kind != "letter" or self.at(i - 1).end != raw.start:
            while self.at(end).kind == "letter" and self.at(end).start == self.at(end - 1).end:
                end += 1
        run = self.tex[raw.start : self.at(end - 1).end]
        opens = self.at(self.sized(end)).value
        if end == i + 1:
            self.letter(i, raw.value)
        elif run in self.vocabulary.names | self.vocabulary.functions:
            self.put("WORD", run, i, end - 1)
        elif run in words.BARE and opens in ("(", "["):
            self.put("OPERATOR", words.BARE[run], i, end - 1)
        elif run in words.STATISTICS and opens == "[":
            self.put("OPERATOR", run, i, end - 1)
        elif self.is_word(i, end, run):
            self.put("WORD", run, i, end - 1)
        else:
            self.letter(i, raw.value)
            return i + 1
        return end

    def is_word(self, i: int, end: int, run: str) -> bool:
        """Whether plain letters side by side are one name, not a product or several indices."""
        if self.vocabulary.names.issuperset(run):
            return False
        if self.below_depth:
            spoken = len(run) > 3 and not _are_indices(run)
            beside = run == "in" and "out" in self.tex  # H_{in} beside H_{out}
            return run in words.LABELS or run.isupper() or spoken or beside
        if run in words.FORGOTTEN:
            raise NotInGrammar(rf"`{run}` is a command: write `\{run}`", self.at(i).start)
        begins = not self.groups and (not self.out or self.out[-1].type in _BREAKS)
        after = self.sized(end)
        if begins and self.at(after).value == "(":
            after = self.closing(after) + 1
            is_left = len(run) > 1
        elif begins and self.at(after).value == "_" and self.at(after + 1).value == "{":
            after = self.closing(after + 1) + 1
            is_left = not self.vocabulary.names & set(run)
        else:
            is_left = len(run) > 2
        while self.at(after).value == "&":
            after += 1
        after_it = self.at(after).command or self.at(after).value
        if begins and is_left and words.RELATIONS.get(after_it) in ("=", "<-"):
            self.said.add(run)
        is_known = run in self.said or run in words.GREEK and len(run) > 2
        if is_known or len(run) > 3 or len(run) == 3 and run.isupper():
            return True
        if run.isupper() and self.at(end).value == "_" and not self.vocabulary.names & set(run):
            what = f"`{run}` is one name or a product: write \\text{{{run}}} or {' '.join(run)}"
            raise NotInGrammar(what, self.at(i).start)
        return self.has_arguments(end)

    def has_arguments(self, i: int) -> bool:
        """Whether brackets with a comma in them follow, which no product has."""
        if self.at(i).value != "(" or self.at(i).start != self.at(i - 1).end:
            return False
        depth = 0
        for raw in self.raw[i : self.closing(i)]:
            depth += (raw.value in _OPEN) - (raw.value in _CLOSE)
            if depth == 1 and raw.value in (",", ";"):
                return True
        return False

    def letter(self, i: int, name: str) -> None:
        unknown = name not in self.vocabulary.names
        if name == "E" and unknown and self.at(self.sized(i + 1)).value == "[":
            self.put("OPERATOR", "E", i)
        else:
            self.put("LETTER", name, i)

    def sized(self, i: int) -> int:
        """The place of what follows the sizes and styles at a place."""
        while self.at(i).command in words.IGNORED:
            i += 1
        return i

    def from_newline(self, i: int, raw: Raw) -> int:
        inner = self.groups[-1] if self.groups else ""
        kind = {"cases": "ROW", "matrix": "ROW", "substack": "COMMA", "": "NEWLINE"}.get(inner)
        if kind is None:
            raise NotInGrammar(rf"`\\` inside `{inner}`, which is not closed", raw.start)
        self.given = self.given if inner else ""
        if inner or not self.is_unfinished:
            self.put(kind, r"\\", i)
        return i + 1

    @property
    def is_unfinished(self) -> bool:
        """Whether a row ends with an operator, or with a sum's bounds: the next row goes on."""
        place = end = len(self.out)
        opening = {"RBRACE": 1, "LBRACE": -1, "LAYER": -1}
        while place and self.out[place - 1].type == "RBRACE":
            depth, start = 1, place - 1
            while depth:
                start -= 1
                depth += opening.get(self.out[start].type, 0)
            if self.out[start - 1].type not in ("SUB", "SUP"):
                break
            place = start - 1
        last = self.out[place - 1].type if place else ""
        return last == "BIG" or place == end and last in ("SIGN", "OP", "ODOT", "REL")

    # ---- environments

    def from_edge(self, i: int, raw: Raw) -> int:
        side, name = raw.value.split()
        kind = self.environment(i, name) if side == "begin" else ""
        if side == "end":
            if self.groups and self.groups[-1] in ("cases", "matrix") and name not in words.ROWS:
                self.put(f"END_{self.groups.pop().upper()}", name, i)
                if name == "vmatrix":
                    self.put("RPAR", ")", i)
            return i + 1
        if kind:
            if name == "vmatrix":
                self.put("FUNCTION", "det", i)
                self.put("LPAR", "(", i)
            self.put(f"BEGIN_{kind.upper()}", name, i)
            self.groups.append(kind)
        i += 1
        while self.at(i).value == "[" and not kind:
            i = self.closing(i) + 1
        return self.unit(i) if name in ("array", "alignat", "alignedat") else i

    def environment(self, i: int, name: str) -> str:
        """Cases or matrix; empty where the rows are formulas."""
        if name in words.CASES or self.at(i - 1).value == r"\{" and i:
            return "cases"
        if name in words.MATRICES or name == "array" and self.groups:
            return "matrix"
        if name in words.ROWS or name == "array":
            return ""
        raise NotInGrammar(f"outside the grammar at `\\begin{{{name}}}`", self.at(i).start)

    # ---- commands and marks

    def command(self, i: int, raw: Raw) -> int:
        value, name = raw.value, raw.command
        if name == "partial":
            self.put("DIFF", value, i)
        elif value in _MARKS:
            return _MARKS[value](self, i, raw)
        elif name in _COMMANDS:
            after: int = _COMMANDS[name](self, i, raw)
            return after
        elif (name or value) in words.RELATIONS:
            self.put("REL", words.RELATIONS[name or value], i)
        elif name in ("odot", "circ", "bigodot"):
            self.put("ODOT", value, i)
        elif (name or value) in words.OPERATORS:
            self.put("OP", words.OPERATORS[name or value], i)
        elif name in words.GREEK:
            self.letter(i, name_of(value))
        elif name in words.REDUCTIONS:
            self.reduction(words.REDUCTIONS[name], words.REDUCTIONS[name], i)
        elif name in words.FUNCTIONS:
            self.put("FUNCTION", words.FUNCTIONS[name], i)
        elif name in words.ACCENTS:
            return self.accent(i, words.ACCENTS[name])
        elif name in words.IGNORED:
            return self.ignored(i, name)
        elif name in words.IGNORED_WITH_ARGUMENT:
            return self.unit(i + 1)
        elif value in words.BARS or value in words.SIDED or name == "mid":
            self.bar(i, raw)
        elif value in words.OPENING or value in words.CLOSING:
            return self.bracket(i, value)
        else:
            here = self.tex[raw.start :].split("\n")[0][:24].strip()
            raise NotInGrammar(f"outside the grammar at `{here}`", raw.start)
        return i + 1

    def ignored(self, i: int, name: str) -> int:
        if name in ("quad", "qquad"):
            continues = self.at(i + 1).value in ("+", "-", "=") or self.at(i + 1).kind == "edge"
            if not self.groups and not continues:
                self.given = self.given if self.given == "given" else ""
                self.put("SEP", ",", i)
        elif name in ("left", "right") and self.at(i + 1).value == ".":
            return i + 2
        elif name in ("left", "right") and self.at(i + 1).value in ("<", ">"):
            return self.bracket(i + 1, {"<": r"\langle", ">": r"\rangle"}[self.at(i + 1).value])
        elif self.at(i + 1).value in words.BARS or self.at(i + 1).command == "mid":
            ends = {"left": "L", "right": "R", "l": "L", "r": "R"}
            self.side = ends.get(name, ends.get(name[-1], "") if name[:1] in "bB" else "")
        return i + 1

    def comma(self, i: int) -> None:
        after = self.at(i + 1)
        if not self.groups:
            self.put("SEP", ",", i)
            if self.given:
                self.put("QUALIFIER", self.given, i)
        elif self.groups[-1] != "cases":
            self.put("COMMA", ",", i)
        elif after.kind in ("text", "word") and not _qualifier(after.value):
            self.put("SEP", ",", i)
        elif after.kind not in ("text", "word", "newline", "edge") and after.value != "&":
            self.put("SEP", ",", i)

    def separator(self, i: int, raw: Raw) -> int:
        """A comma, or the dots of a range with the commas around them."""
        second = i + 2 if self.at(i + 1).kind == "number" and self.at(i + 2).value == "," else i
        if self.at(second + 1).command in words.DOTS and self.at(second + 2).value == ",":
            self.put("RANGE", self.at(i + 1).value if second > i else "", i, second + 2)
            return second + 3
        self.comma(i)
        return i + 1

    def stop(self, i: int, raw: Raw) -> int:
        """A full stop ends a sentence; it may stand nowhere else."""
        after = self.at(i + 1)
        ends = ("end", "newline", "edge", "text")
        if after.kind not in ends and after.value not in ("&", ",") or self.groups[-1:] == ["("]:
            raise NotInGrammar("a full stop inside the formula", raw.start)
        return i + 1

    def column(self, i: int, raw: Raw) -> int:
        if self.groups and self.groups[-1] in ("cases", "matrix"):
            self.put("AMP", "&", i)
        return i + 1

    def prime(self, i: int, raw: Raw) -> int:
        self.put("PRIME", "'", i)
        return i + 1

    def sign(self, i: int, raw: Raw) -> int:
        self.put("SIGN", raw.value, i)
        return i + 1

    def bracket(self, i: int, value: str) -> int:
        if value in words.OPENING:
            if value == r"\{" and self.at(i + 1).kind == "edge":
                return i + 1  # a brace before rows: their environment is read as cases
            self.groups.append(value)
            self.put(words.OPENING[value], value, i)
        else:
            if not self.groups or self.groups[-1] not in words.OPENING:
                if self.out and self.out[-1].type == "END_CASES":
                    return i + 1
                raise NotInGrammar(f"`{value}` closes nothing", self.at(i).start)
            self.groups.pop()
            self.put(words.CLOSING[value], value, i)
        return i + 1

    def bar(self, i: int, raw: Raw) -> None:
        """A bar opens, closes, or stands between an event and its condition."""
        side, self.side = self.side, ""
        if raw.value in words.SIDED:
            kind = words.SIDED[raw.value]
            side, kind = kind[0], {"BAR": "BAR", "NORM": "NORM"}[kind[1:]]
        else:
            kind = words.BARS.get(raw.value, "BAR")
        if raw.value == "||" and self.groups[-1:] == ["BAR"] and self.is_operand_before:
            self.groups.pop()  # |x||y|
            self.put("RBAR", "|", i)
            kind = "BAR"
        is_open = self.groups[-1:] == [kind]
        if side == "R" or not side and is_open and self.is_operand_before:
            if not is_open:
                raise NotInGrammar(f"`{raw.value}` closes nothing", raw.start)
            self.groups.pop()
            self.put(f"R{kind}", raw.value, i)
        elif not side and self.is_operand_before and not self.has_later_bar(i, kind):
            self.put("COMMA", "|", i)
        else:
            self.groups.append(kind)
            self.put(f"L{kind}", raw.value, i)

    def has_later_bar(self, i: int, kind: str) -> bool:
        depth = 0
        for raw in self.raw[i + 1 :]:
            depth += (raw.value in _OPEN) - (raw.value in _CLOSE)
            if depth < 0 or raw.kind == "newline":
                return False
            same = words.BARS.get(raw.value) == kind or raw.command == "mid" and kind == "BAR"
            if not depth and same:
                return True
        return False

    # ---- scripts and arguments

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

    def below(self, i: int, raw: Raw) -> int:
        after = self.unit(i + 1)
        first, last = self.content(i + 1, after)
        only = self.at(first) if last == first + 1 else None
        self.put("SUB", "_", i)
        if only and only.command in words.FUNCTIONS | words.REDUCTIONS:
            return self.wrapped("WORD", only.command, i + 1, after)
        if only and only.kind == "text" and word(only.value):
            return self.wrapped("WORD", word(only.value), i + 1, after)
        self.below_depth += 1
        after = self.argument(i + 1)
        self.below_depth -= 1
        return after

    def wrapped(self, kind: str, value: str, i: int, after: int) -> int:
        self.put("LBRACE", "{", i)
        self.put(kind, value, i, after - 1)
        self.put("RBRACE", "}", after - 1)
        return after

    def above(self, i: int, raw: Raw) -> int:
        after = self.unit(i + 1)
        first, last = self.content(i + 1, after)
        inner = self.raw[first:last]
        values = [each.value for each in inner]
        if not inner:
            return after
        if values[-1] in (r"\top", r"\intercal") or inner[-1].kind == "word" and values[-1] == "T":
            if values[:-1] == ["-"]:  # the inverse, transposed
                kinds = ("SUP", "LBRACE", "SIGN", "NUMBER", "RBRACE")
                for kind, value in zip(kinds, "^{-1}", strict=True):
                    self.put(kind, value, i, after - 1)
            self.put("TOP", r"\top", i, after - 1)
            return after
        if set(values) == {r"\prime"}:
            for _ in values:
                self.put("PRIME", "'", i, after - 1)
            return after
        if len(values) == 1 and values[0] in _SUPERSCRIPTS:
            self.put("SUP", "^", i)
            return self.wrapped("WORD", _SUPERSCRIPTS[values[0]], i + 1, after)
        if self.is_enclosed(first, last):
            self.put("LAYER", "^(", i)
            self.groups.append("{")
            after += self.inside(first + 1, last - 1)
            self.groups.pop()
            self.put("RBRACE", "}", after - 1)
            return after
        self.put("SUP", "^", i)
        return self.argument(i + 1)

    def is_enclosed(self, first: int, last: int) -> bool:
        """Whether one pair of brackets holds everything between two places."""
        pairs = {"(": ")", "[": "]", "<": ">", r"\langle": r"\rangle"}
        if pairs.get(self.at(first).value) != self.at(last - 1).value:
            return False
        depth = 0
        for place in range(first, last):
            value = self.at(place).value
            depth += (value in pairs) - (value in pairs.values())
            if not depth:
                return place == last - 1
        return False

    def braces(self, i: int, raw: Raw) -> int:
        """A group in braces has no meaning of its own but to hold together."""
        last = self.closing(i)
        if last == i + 1:
            return i + 2
        depth = 0
        for place in range(i + 1, last):
            depth += (self.at(place).value == "{") - (self.at(place).value == "}")
            if not depth and self.at(place).command == "choose":
                return self.chosen(i, place, last)
        return self.argument(i)

    def chosen(self, i: int, middle: int, last: int) -> int:
        r"""`{n \choose k}`."""
        self.put("BINOM", "choose", middle)
        grown = 0
        for first, end in ((i + 1, middle), (middle + 1, last)):
            self.put("LBRACE", "{", first + grown)
            self.groups.append("{")
            grown += self.inside(first + grown, end + grown)
            self.groups.pop()
            self.put("RBRACE", "}", end + grown)
        return last + grown + 1

    def binomial(self, i: int, raw: Raw) -> int:
        self.put("BINOM", raw.value, i)
        return self.argument(self.argument(i + 1))

    def factorial(self, i: int, raw: Raw) -> int:
        self.put("FACTORIAL", "!", i)
        return i + 1

    def unopened(self, i: int, raw: Raw) -> int:
        raise NotInGrammar("`}` closes nothing", raw.start)

    def accent(self, i: int, accent: str) -> int:
        after = self.unit(i + 1)
        first, last = self.content(i + 1, after)
        place = len(self.out)
        after += self.inside(first, last)
        if len(self.out) == place or self.out[place].type not in ("LETTER", "WORD"):
            raise NotInGrammar("an accent over what is not a symbol", self.at(i).start)
        letter, alone = self.out[place], len(self.out) == place + 1
        if not alone and self.out[place + 1].type not in ("SUB", "SUP", "LAYER"):
            raise NotInGrammar("an accent over several symbols", self.at(i).start)
        end = self.at(after - 1).end if alone else letter.end_pos
        start = self.at(i).start
        self.out[place] = token(letter.type, f"{letter}_{accent}", start, end or 0)
        return after

    def fraction(self, i: int, raw: Raw) -> int:
        middle = self.unit(i + 1)
        end = self.unit(middle)
        above, below = self.content(i + 1, middle), self.content(middle, end)
        if self.is_differential(above[0]) and self.is_differential(below[0], below[1]):
            depth = 0
            for place in range(*below):
                value = self.at(place).value
                depth += (value == "{") - (value == "}")
                if not depth and self.is_differential(place, below[1]):
                    self.differentials.add(place)
            self.differentials.add(above[0])
            self.put("DFRAC", raw.value, i)
        else:
            self.put("FRAC", raw.value, i)
        return self.argument(self.argument(i + 1))

    def is_differential(self, i: int, end: int | None = None) -> bool:
        """Whether a `d` or a `\\partial` stands here; end: with what it is taken along after it."""
        raw, after = self.at(i), self.at(i + 1)
        upright = self.tex[raw.start : raw.end].replace(" ", "") == r"\mathrm{d}"
        if raw.command != "partial" and raw.value != "d" and not upright:
            return False
        named = after.kind in ("letter", "styled", "word", "text", "command") or after.value == "{"
        named &= after.command not in words.OPERATORS and after.command not in words.RELATIONS
        follows = named and i + 1 < end if end else after.value != "_" or raw.command == "partial"
        return follows

    def root(self, i: int, raw: Raw) -> int:
        if self.at(i + 1).value != "[":
            self.put("SQRT", raw.value, i)
            return self.argument(i + 1)
        last = self.closing(i + 1)
        self.put("ROOT", raw.value, i)
        self.put("LBRACE", "{", i + 1)
        grown = self.inside(i + 2, last)
        self.put("RBRACE", "}", last + grown)
        return self.argument(last + grown + 1)

    def stacked(self, i: int, raw: Raw) -> int:
        """`\\underset{p}{f}` is f_{p}; over or under a relation it is a remark."""
        middle = self.unit(i + 1)
        first, last = self.content(middle, self.unit(middle))
        place = len(self.out)
        end = self.unit(middle) + self.inside(first, last)
        under = raw.command in ("underset", "underbrace")
        if not self.out[place:]:
            raise NotInGrammar(f"nothing is under or over `{raw.value}`", raw.start)
        if self.out[place].type == "REL":
            return end
        if self.out[place].type in ("WORD", "OPERATOR") and self.out[place] in words.REDUCTIONS:
            self.out[place].type = "BIG"
        self.put("SUB" if under else "SUP", "_", i)
        before = len(self.raw)
        self.argument(i + 1)
        return end + len(self.raw) - before

    def braced(self, i: int, raw: Raw) -> int:
        """What has a brace above or below; the remark at the brace is dropped."""
        after = self.argument(i + 1)
        return self.unit(after + 1) if self.at(after).value in ("_", "^") else after

    def substack(self, i: int, raw: Raw) -> int:
        after = self.unit(i + 1)
        self.groups.append("substack")
        after += self.inside(*self.content(i + 1, after))
        self.groups.pop()
        return after

    def arguments_of_extreme(self, i: int, raw: Raw) -> int:
        r"""`\arg\max_i`."""
        name = f"arg{self.at(i + 1).command}"
        if name not in words.REDUCTIONS:
            raise NotInGrammar(r"`\arg` stands before \max or \min", raw.start)
        self.reduction(name, name, i + 1)
        return i + 2

    def difference(self, i: int, raw: Raw) -> int:
        r"""`\Delta w` is one symbol."""
        after = self.at(i + 1)
        is_symbol = after.kind in ("letter", "styled") or after.command in words.GREEK
        if "Delta" in self.vocabulary.names or not is_symbol:
            self.put("LETTER", "Delta", i)
            return i + 1
        self.put("LETTER", f"Delta_{name_of(after.value)}", i, i + 1)
        return i + 2

    def negated(self, i: int, raw: Raw) -> int:
        named = {"=": "!=", r"\in": "notin"}
        if self.at(i + 1).value not in named:
            raise NotInGrammar(r"`\not` stands before = or \in", raw.start)
        self.put("REL", named[self.at(i + 1).value], i, i + 1)
        return i + 2

    def for_all(self, i: int) -> int:
        self.qualifier(i, "for all")
        return i + 1

    def named(self, kind: str, value: str, i: int) -> int:
        self.put(kind, value, i)
        return i + 1


_SUPERSCRIPTS = {"*": "star", r"\star": "star", r"\ast": "star", r"\dagger": "dagger"}
_SUPERSCRIPTS |= {"+": "plus", "-": "minus"}
_MARKS = {
    "_": _Lexing.below, "^": _Lexing.above, "{": _Lexing.braces, "}": _Lexing.unopened,
    "'": _Lexing.prime, ",": _Lexing.separator, ";": _Lexing.separator, ".": _Lexing.stop,
    "&": _Lexing.column, "!": _Lexing.factorial, "+": _Lexing.sign, "-": _Lexing.sign,
}  # fmt: skip
_COMMANDS = {
    "frac": _Lexing.fraction, "dfrac": _Lexing.fraction, "tfrac": _Lexing.fraction,
    "cfrac": _Lexing.fraction, "binom": _Lexing.binomial, "dbinom": _Lexing.binomial,
    "tbinom": _Lexing.binomial, "sqrt": _Lexing.root, "Delta": _Lexing.difference,
    "substack": _Lexing.substack, "arg": _Lexing.arguments_of_extreme, "not": _Lexing.negated,
    "underbrace": _Lexing.braced, "overbrace": _Lexing.braced, "boxed": _Lexing.braced,
    "underset": _Lexing.stacked, "overset": _Lexing.stacked, "stackrel": _Lexing.stacked,
    "nabla": lambda self, i, raw: self.named("NABLA", "nabla", i),
    "infty": lambda self, i, raw: self.named("INFINITY", "inf", i),
    "forall": lambda self, i, raw: self.for_all(i),
    "prime": _Lexing.prime,
} | {
    name: lambda self, i, raw: self.named("DOTS", "dots", i) for name in words.DOTS
}  # fmt: skip


def _are_indices(run: str) -> bool:
    """`krmn`, `ijkl` and `abcd` are four indices; what can be spoken is a word."""
    in_order = all(ord(b) == ord(a) + 1 for a, b in pairwise(run))
    return in_order or len(set(run)) == len(run) and not set("aeouy") & set(run.lower())


def _qualifier(text: str) -> str:
    """The word that a text begins with and that makes it a condition: `if`, `for all`, `where`."""
    said = _SPACING.sub(" ", text).strip(" ,.;:").lower()
    found = (q for q in _BY_LENGTH if said == q or said.startswith(f"{q} "))
    return next(found, "")
