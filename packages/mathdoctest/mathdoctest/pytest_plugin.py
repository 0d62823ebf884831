"""`pytest --mathdoctest`: one test for each formula of the Python files that pytest finds."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mathdoctest.errors import Mismatch, SourceError
from mathdoctest.verdicts import documented, verdicts


def pytest_addoption(parser: pytest.Parser) -> None:
    what = "check that each formula of a docstring is what its function computes"
    parser.getgroup("collect").addoption("--mathdoctest", action="store_true", help=what)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    wanted = parent.config.getoption("mathdoctest") and file_path.suffix == ".py"
    if not wanted or b"$$" not in file_path.read_bytes():
        return None
    file: pytest.Collector = FormulaFile.from_parent(parent, path=file_path)
    return file


class FormulaFile(pytest.File):
    """A file with formulas. Each function is checked once for all its formulas."""

    def collect(self) -> Iterator[pytest.Item]:
        self.verdicts = functools.cache(functools.partial(verdicts, self.path))
        try:
            found = documented(self.path)
        except SourceError as error:
            raise self.CollectError(str(error)) from None
        for name, formulas in found.items():
            for place, (_, line) in enumerate(formulas):
                item: FormulaItem = FormulaItem.from_parent(self, name=f"{name}[{place + 1}]")
                item.function, item.place, item.line = name, place, line
                yield item


class FormulaItem(pytest.Item):
    """The formula at a place of a function's docstring. It fails with the Mismatch alone."""

    parent: FormulaFile
    function: str
    place: int
    line: int

    def runtest(self) -> None:
        verdict = self.parent.verdicts(self.function)[self.place]
        if isinstance(verdict, Mismatch):
            raise verdict

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *style: Any) -> Any:
        if isinstance(excinfo.value, (Mismatch, SourceError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.line - 1, self.name
