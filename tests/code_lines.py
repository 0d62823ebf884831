"""Count the code lines of two commits: `python tests/code_lines.py 63c5c07 HEAD`.

A code line is neither blank nor a comment nor part of a docstring, after `ruff format` with the
settings of pyproject.toml. Counted is what makes the book: the checker, the engine and
`two_passes/`, without tests and examples; in commits before `packages/`, the folder `literate/`.
"""

import argparse
import ast
import io
import subprocess
import sys
import tarfile
import tempfile
import tokenize
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("packages", "two_passes", "literate")
LEFT_OUT = {"tests", "examples"}
RUFF = Path(sys.executable).with_name("ruff")
EMPTY = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_lines(text: str) -> int:
    """How many lines of a Python file hold code."""
    documented = [node for node in ast.walk(ast.parse(text)) if isinstance(node, DOCUMENTED)]
    docstrings = {
        line
        for node in documented
        if ast.get_docstring(node, clean=False) is not None
        for line in range(node.body[0].lineno, node.body[0].end_lineno + 1)
    }
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    code = {
        line
        for token in tokens
        if token.type not in EMPTY
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(code - docstrings)


def counted(folder: Path) -> dict[str, int]:
    """The code lines of each file below a folder, formatted."""
    settings = ["--config", str(ROOT / "pyproject.toml"), "--no-cache", "--quiet"]
    subprocess.run([RUFF, "format", *settings, str(folder)], check=True)
    paths = sorted(path.relative_to(folder) for path in folder.rglob("*.py"))
    kept = [path for path in paths if path.parts[0] in FOLDERS]
    return {
        path.as_posix(): code_lines((folder / path).read_text("utf-8"))
        for path in kept
        if not LEFT_OUT & set(path.parts)
    }


def of_commit(commit: str) -> dict[str, int]:
    """The same for a commit; the working tree is left as it is."""
    archive = subprocess.run(
        ["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE, check=True
    ).stdout
    with tempfile.TemporaryDirectory() as place:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(place, filter="data")
        return counted(Path(place))


def folder_of(path: str) -> str:
    """What a file counts for: a package, or a folder at the root."""
    first, second, *_ = path.split("/")
    return f"{first}/{second}" if first == "packages" else first


def main(before: str, after: str) -> None:
    totals = []
    for commit in (before, after):
        lines = of_commit(commit)
        folders = sorted({folder_of(path) for path in lines})
        parts = {
            name: sum(count for path, count in lines.items() if folder_of(path) == name)
            for name in folders
        }
        totals.append(sum(lines.values()))
        said = ", ".join(f"{name} {count:,}" for name, count in parts.items())
        print(f"{commit}: {totals[-1]:,} code lines in {len(lines)} files: {said}")
    print(f"{after} has {totals[1] / totals[0]:.1%} of {before}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Count the code lines of two commits.")
    parser.add_argument("before")
    parser.add_argument("after", nargs="?", default="HEAD")
    main(**vars(parser.parse_args()))
