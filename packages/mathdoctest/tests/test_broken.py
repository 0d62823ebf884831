"""Whatever a formula lacks or has twice, it is read or is an error with a place: never another."""

import time

import pytest
from test_language import CASES

from mathdoctest import reader, source
from mathdoctest.errors import NotInGrammar
from mathdoctest.tex import raw_tokens

CORPUS = sorted((source.Path(__file__).parent / "corpus").glob("*.py"))


def formulas():
    """About 150 real formulas: those of the corpus, and of the language's test."""
    found = [tex for _, _, tex, _ in CASES.values()]
    for path in CORPUS:
        for node in source.module(path).functions.values():
            found += [formula.tex for formula in source.formulas(node)]
    return list(dict.fromkeys(found))


FORMULAS = formulas()


def broken(tex):
    """Every prefix, and the formula without each of its tokens and with each of them twice."""
    for raw in raw_tokens(tex):
        yield tex[: raw.start]
        yield tex[: raw.start] + tex[raw.end :]
        yield f"{tex[: raw.end]} {tex[raw.start :]}"


def seconds(tex):
    """Of this process. Raises anything but NotInGrammar, whose place must be in the formula."""
    start = time.process_time()
    try:
        reader.statements(tex)
    except NotInGrammar as error:
        assert 0 <= error.at <= len(tex) and str(error)
    return time.process_time() - start


def test_there_are_enough_formulas():
    assert len(FORMULAS) >= 150


@pytest.mark.parametrize("part", range(8))
def test_a_broken_formula_is_read_or_is_an_error_with_a_place(part):
    for tex in FORMULAS[part::8]:
        for each in broken(tex):
            if seconds(each) > 0.05:  # perhaps another process, or the collector of garbage
                reader._read.cache_clear()
                assert min(seconds(each) for _ in range(2)) < 0.05, each
