"""A directive of a book's own is one file: options, markup and notebook cells together."""

import json

from running import STATISTICS, copied

QUIZ = '''"""`/// quiz | question`: a question to think about, with its answer folded."""

from html import escape

from literate import directive


@directive("quiz", required=["answer"], cells=lambda passage: [passage.prose(passage.argument)])
def quiz(drawing):
    question, answer = escape(drawing.argument), escape(drawing.options["answer"])
    return f"""<section class="quiz"><p>{question}</p><prose/>
    <details><summary>Answer</summary><p>{answer}</p></details></section>"""
'''
PAGE = """/// quiz | What does the mean not say?
    answer: How much the numbers differ.

Think of **two** sets with the same mean.
///

## How far apart"""


def test_a_quiz(tmp_path):
    book = copied(STATISTICS, tmp_path / "book")
    (book.folder / "quiz.py").write_text(QUIZ)
    book.replace("mkdocs.yml", "      numbered:", "      extensions: [quiz]\n      numbered:")
    book.replace("docs/chapters/mean-and-variance.md", "## How far apart", PAGE)
    book.good("mkdocs", "build", "--strict")
    folder = book.folder / "site" / "chapters" / "mean-and-variance"
    page = (folder / "index.html").read_text("utf-8")
    assert '<section class="quiz">' in page and "What does the mean not say?" in page
    assert "<summary>Answer</summary>" in page and "<strong>two</strong>" in page
    notebook = json.loads((folder / "mean-and-variance.ipynb").read_text("utf-8"))
    assert any("What does the mean not say?" in cell["source"] for cell in notebook["cells"])
    book.replace("docs/chapters/mean-and-variance.md", "    answer: How", "    reply: How")
    done = book.run("literate", "check")
    assert done.returncode == 1 and "docs/chapters/mean-and-variance.md:" in done.stderr
