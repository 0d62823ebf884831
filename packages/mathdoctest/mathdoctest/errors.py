"""What is raised for a file that cannot be used, for a formula not in the grammar or not true."""

from dataclasses import dataclass, field
from pathlib import Path

from mathdoctest import refusals

FIX = "fix the formula or the code"


def shown(path: Path) -> str:
    """The path as a message has it: from the current folder if it is below that."""
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


@dataclass(eq=False)
class SourceError(ValueError):
    """A file that is missing, is not Python, lacks a function or cannot be imported."""

    path: Path
    what: str
    hint: str
    line: int = 0

    def __str__(self) -> str:
        place = f"{shown(self.path)}:{self.line}" if self.line else shown(self.path)
        return f"{place}: {self.what}\n    → {self.hint}"


@dataclass(eq=False)
class Mismatch(AssertionError):
    """A formula that is not what the code computes, or that cannot be read or computed.

    path, line: where the formula is. function: its function's name. formula: its TeX.
    what, hint: what is wrong and what to do. seed, sizes, inputs: the draw that shows it, if one
        does; of the inputs, those that are short, as a message has them.
    """

    path: Path
    line: int
    function: str
    formula: str
    what: str
    hint: str = FIX
    seed: int | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)

    @property
    def draw(self) -> str:
        """` (seed 0; n = 2, alpha = −0.59)`, or nothing."""
        if self.seed is None:
            return ""
        drawn = ", ".join(f"{name} = {value}" for name, value in (self.sizes | self.inputs).items())
        return f" (seed {self.seed}{'; ' * bool(drawn)}{drawn})"

    def __str__(self) -> str:
        formula = f"`{' '.join(self.formula.split())}`: " if self.formula else ""
        place = f"{shown(self.path)}:{self.line}"
        return f"{place}: {self.function}: {formula}{self.what}{self.draw}\n    → {self.hint}"


class NotInGrammar(ValueError):
    """The formula is outside the grammar or breaks one of its rules.

    code: which sentence of `refusals.SAID`. at: the character where. parts: what it names.
    """

    def __init__(self, code: str, at: int, **parts: str | int):
        super().__init__(refusals.SAID[code].format(**parts))
        self.code, self.at, self.parts = code, at, parts
