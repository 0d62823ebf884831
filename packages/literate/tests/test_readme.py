"""What README.md says works: its commands, its example of an extension, its options and its
directives.
"""

import re
import subprocess
import sys

import pytest
from literate import cli
from literate.project import Options
from literate.registry import DIRECTIVES, load_all
from running import PACKAGES, STATISTICS, Book, copied, environment

README = (PACKAGES / "literate" / "README.md").read_text("utf-8")
PAGE = "docs/chapters/mean-and-variance.md"


def fences(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S)


def rows(heading: str) -> list[str]:
    """The first cell of each row of the first table below a heading."""
    below = README.split(f"## {heading}\n")[1]
    table = re.search(r"(?:^\|.*\n)+", below, re.M)
    return re.findall(r"^\| `(.+?)` \|", table[0] if table else "", re.M)


def test_its_commands_make_a_book(tmp_path):
    (commands,) = fences("shell")
    python = "python() { " + f'"{sys.executable}" "$@"; ' + "}"
    done = subprocess.run(
        ["bash", "-e"],
        input=f"{python}\n{commands}",
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "my-book" / "site" / "pythagoras" / "index.html").is_file()


@pytest.fixture(scope="module")
def extended(tmp_path_factory) -> Book:
    """The example with the extension of the README."""
    book = copied(STATISTICS, tmp_path_factory.mktemp("readme") / "book")
    (extension,) = fences("python")
    (book.folder / "book.py").write_text(extension)
    book.replace("mkdocs.yml", "      numbered:", "      extensions: [book]\n      numbered:")
    return book


def test_its_directive_and_figure_are_drawn(extended):
    quiz = "/// quiz | How far?\n    answer: So far.\n\nThink.\n///\n"
    bar = "/// figure | bar\n    from: describe.half\n    alt: A bar, half full.\n\nHalf.\n///\n"
    half = '\n\ndef half():\n    """Half of all.\n\n    >>> percent = 50\n    """\n'
    code = extended.folder / "snippets" / "describe.py"
    code.write_text(code.read_text() + half)
    extended.replace(PAGE, "## How far apart", f"{quiz}\n{bar}\n## How far apart")
    extended.good("literate", "build")
    page = extended.folder / "site" / "chapters" / "mean-and-variance" / "index.html"
    text = page.read_text("utf-8")
    assert "<p>How far?</p>" in text and "<p>So far.</p>" in text
    assert '<rect width="50" height="10"/>' in text


def test_its_check_finds_a_fault(extended):
    extended.replace(PAGE, "Four people wait", "Four people wait!! Each")
    done = extended.run("literate", "check")
    assert done.returncode == 1 and f"{PAGE}:11: `!!` in a page" in done.stderr


def test_it_lists_every_option_and_no_other():
    assert sorted(name for name, _ in Options._schema) == sorted(rows("Options of the plugin"))


def test_it_lists_every_directive():
    named = {row.removeprefix("/// ").split()[0] for row in rows("The shape of a page")}
    load_all("literate.directives")
    own = {name for name, each in DIRECTIVES.items() if each.draw.__module__.startswith("literate")}
    assert named | {"hint", "answer"} == own


def test_it_lists_every_command(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    listed = re.search(r"\{(.*?)\}", capsys.readouterr().out)
    assert listed and {row.split()[0] for row in rows("Begin")} == set(listed[1].split(","))
