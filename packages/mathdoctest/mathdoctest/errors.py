"""What is raised for a file that cannot be used and for a formula that does not hold."""

from pathlib import Path

FIX = "fix the formula or the code"


def shown(path: Path) -> str:
    """The path as a message has it: from the current folder if it is below that."""
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


class SourceError(ValueError):
    """A file that is missing, is not Python, lacks a function or cannot be imported."""

    def __init__(self, path: Path, what: str, hint: str, line: int = 0):
        self.path, self.line, self.what, self.hint = path, line, what, hint
        place = f"{shown(path)}:{line}" if line else shown(path)
        super().__init__(f"{place}: {what}\n    → {hint}")


class Mismatch(AssertionError):
    """A formula that is not what the code computes, or that cannot be read or computed.

    path, line: where the formula is. function: its function's name. formula: its TeX.
    what, hint: what is wrong and what to do. seed, sizes: the draw that shows it, if one does.
    """

    def __init__(
        self,
        path: Path,
        line: int,
        function: str,
        formula: str,
        what: str,
        hint: str = FIX,
        seed: int | None = None,
        sizes: dict[str, int] | None = None,
    ):
        super().__init__(what)
        self.path, self.line, self.function, self.formula = path, line, function, formula
        self.what, self.hint, self.seed, self.sizes = what, hint, seed, sizes or {}

    def __str__(self) -> str:
        formula = f"`{' '.join(self.formula.split())}`: " if self.formula else ""
        sizes = "".join(f"; {name} = {size}" for name, size in self.sizes.items()).replace(";", ",")
        draw = "" if self.seed is None else f" (seed {self.seed}{sizes.replace(',', ';', 1)})"
        place = f"{shown(self.path)}:{self.line}"
        return f"{place}: {self.function}: {formula}{self.what}{draw}\n    → {self.hint}"
