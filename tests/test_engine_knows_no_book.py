"""The engine serves any book: its files name nothing of this one."""

import ast
import re

import pytest
from conftest import PROJECT, ROOT

ENGINE = ROOT / "packages" / "literate"
OTHERS = {"vendor", "katex", "fonts", "__pycache__", "tests", "examples", "LICENSE"}
WORDS = [
    r"two[ _-]?passes", "前向與反向", r"live[ _-]lab", "frontier", r"breast[ _-]cancer",
    "malignant", "benign", r"\bhome_\w+", r"performance\.json", "nine_gradients", r"\bW[12]\b",
]  # fmt: skip


def ours() -> re.Pattern[str]:
    """What this book is made of: its name, its slugs, its functions, its data."""
    slugs = [slug for part in PROJECT.parts.values() for slug in part]
    functions = [
        rf"\b{path.stem}\.{node.name}\b"
        for path in sorted(PROJECT.snippets.glob("*.py"))
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    return re.compile("|".join([*WORDS, *map(re.escape, slugs), *functions]), re.I)


def texts(folder):
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not OTHERS & set(path.relative_to(folder).parts):
            try:
                yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
            except UnicodeDecodeError:
                pass  # a font or a picture


def found(folder, pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {match[0]}"
        for name, text in texts(folder)
        for number, line in enumerate(text.splitlines(), 1)
        for match in pattern.finditer(line)
    ]


def test_no_file_of_the_engine_names_this_book():
    assert found(ENGINE, ours()) == []


@pytest.mark.parametrize("suffix", ["html", "js"])
def test_no_template_or_script_names_a_language(suffix):
    names = found(ENGINE / "literate" / "theme", re.compile(r"\bzh(-TW)?\b|[\"']en[\"']|\ben/"))
    assert [name for name in names if f".{suffix}:" in name] == []
