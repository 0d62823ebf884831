"""The reader of Markdown, on Markdown that is written awkwardly."""

import textwrap

import pytest
from conftest import PROJECT
from literate import text
from literate.errors import Fault

PLACE = "docs/en/core/awkward.md"


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A page of the book with this text."""

    def made(markdown: str) -> text.Page:
        path = PROJECT.root / PLACE
        written = textwrap.dedent(markdown)
        monkeypatch.setattr(type(PROJECT), "read", lambda project, path: written)
        return text.read_page(PROJECT, path, "en")

    return made


def fences(markdown: str) -> list[tuple[int, str]]:
    lines = text.fenced(textwrap.dedent(markdown))
    return [(number, fence) for number, _, fence in lines if fence]


def test_a_page_knows_its_place_slug_and_lines(page):
    made = page("---\ntitle: x\n---\n\nfirst\n\nsecond {{trace.forward_pass.L:.2f}}\n")
    assert (made.slug, made.place, made.front) == ("core/awkward", PLACE, 3)
    assert made.at("second") == f"{PLACE}:7" and made.at("third") == made.at("") == PLACE
    assert made.meta == {"title": "x"}
    assert list(made.snippets()) == [("trace.forward_pass", f"{PLACE}:7")]


@pytest.mark.parametrize(
    "markdown, meta, front",
    [
        ("no front matter\n", {}, 0),
        ("---\n---\n\nempty\n", {}, 2),
        ("---\ntitle: x\n--- \n", {"title": "x"}, 3),
        ("\n---\ntitle: x\n---\n", {}, 0),
        ("---\ntitle: a --- b\nlist:\n- x\n---\n\n---\n", {"title": "a --- b", "list": ["x"]}, 5),
        ("---\n- x\n---\n", ["x"], 3),
    ],
)
def test_front_matter_however_it_is_written(markdown, meta, front, page):
    made = page(markdown)
    assert (made.meta, made.front) == (meta, front)


@pytest.mark.parametrize(
    "markdown, line, says",
    [
        ("---\ntitle: x\n", 1, "the front matter is not closed"),
        ("---\ntitle: [\n---\n", 3, "not YAML"),
    ],
)
def test_front_matter_that_cannot_be_read_is_reported(markdown, line, says, page):
    with pytest.raises(Fault, match=rf"{PLACE}:{line}: .*{says}"):
        assert page(markdown).meta is None


@pytest.mark.parametrize(
    "markdown, found",
    [
        ("```python\nx\n```\n", [(1, "open"), (2, "inside"), (3, "close")]),
        ("- item\n\n    ```text\n    x\n    ```\n", [(3, "open"), (4, "inside"), (5, "close")]),
        ("~~~\n```\n~~~\n", [(1, "open"), (2, "inside"), (3, "close")]),
        ("````\n```\n````\n", [(1, "open"), (2, "inside"), (3, "close")]),
        ("```\n```` \n", [(1, "open"), (2, "close")]),
        ("```\n``` python\n```\n", [(1, "open"), (2, "inside"), (3, "close")]),
        ("```code``` in a line\nnext\n", []),
        ("```\nnever closed\n", [(1, "open"), (2, "inside")]),
    ],
)
def test_fences_however_they_are_written(markdown, found):
    assert fences(markdown) == found


def test_what_is_in_a_fence_is_neither_heading_nor_directive(page):
    made = page("```text\n# x {#x}\n/// snippet\n{{a.b.c}}\n```\n\n## Real {#real}\n")
    assert [heading.id for heading in text.headings(made)] == ["real"]
    assert made.directives == [] and [kind for _, kind, _ in text.pieces(made)] == ["heading"]


def test_a_fence_in_a_directive_may_contain_what_closes_one(page):
    made = page("""\
        /// exercise | a.b
            title: x
            level: 1

        text

        ```text
        ///
        ```

        //// hint
        think
        ////
        ///

        after
        """)
    (directive, body), after = text.blocks(made)
    assert (directive.name, directive.line, directive.end) == ("exercise", 1, 14)
    assert after.strip() == "after" and "```text\n///\n```" in body
    words, inside = text.split_exercise(body)
    assert inside == {"hint": "think"} and words.startswith("text") and "hint" not in words


def test_blocks_keep_the_order_of_prose_and_directives(page):
    made = page("""\
        ---
        title: x
        ---
        one

        /// formula | a.b
        ///

        /// formula | c.d
        ///
        two
        """)
    found = [b.strip() if isinstance(b, str) else b[0].argument for b in text.blocks(made)]
    assert found == ["one", "a.b", "c.d", "two"]


@pytest.mark.parametrize(
    "markdown, line, says",
    [
        ("/// snippet | a.b\n    title: x\n\ntext\n", 1, "`/// snippet` is not closed"),
        (
            "/// snippet | a.b\n    title: x\n\n/// formula | c.d\n///\n///\n",
            1,
            "`/// snippet` is not closed before line 4, where `/// formula` opens",
        ),
        (
            "/// formula | a.b\n////\n\n//// formula | c.d\n////\n",
            1,
            "`/// formula` is not closed before line 4, where `//// formula` opens",
        ),
        (
            "/// exercise | a.b\n    title: x\n    level: 1\n//// hint\n\n//// answer\n////\n///\n",
            4,
            "`//// hint` is not closed before line 6, where `//// answer` opens",
        ),
        (
            "/// exercise | a.b\n    title: x\n    level: 1\n" + "//// hint\n////\n" * 2 + "///\n",
            6,
            "`//// hint` twice in an exercise",
        ),
        ("/// formula | a.b\n//// hint\n////\n///\n", 2, "`//// hint` outside an exercise"),
        ("text\n\n///\n", 3, "`///` closes nothing"),
        ("/// snipet | a.b\n///\n", 1, "unknown directive `/// snipet`"),
        ("/// snippet | a.b\n///\n", 1, "missing `title:`"),
        ("/// snippet | a.b\n    title: x\n    colour: red\n///\n", 1, "unknown option `colour`"),
        ("/// snippet | a.b\n    title: [\n///\n", 1, "are not YAML"),
        ("/// snippet | a.b\n    words\n///\n", 1, "are not `key: value` lines"),
        ("/// snippet | a.b\n    title: 2.50\n///\n", 2, "`title: 2.50` reads as `2.5`"),
        ("/// snippet | a.b\n    title: [x]\n///\n", 1, "write words"),
        ("/// hint\n///\n", 1, "`/// hint` outside an exercise"),
    ],
)
def test_a_directive_that_is_wrong_is_reported_with_its_line(markdown, line, says, page):
    with pytest.raises(Fault) as found:
        page(markdown)
    assert found.value.place == f"{PLACE}:{line}" and says in found.value.what + found.value.cure


def test_carriage_returns_are_refused(tmp_path, monkeypatch):
    path = PROJECT.root / PLACE
    path.write_bytes(b"---\r\ntitle: x\r\n---\r\n")
    try:
        with pytest.raises(Fault, match="a carriage return"):
            text.read_page(PROJECT, path, "en")
    finally:
        path.unlink()


def test_pieces_are_headings_rows_items_and_paragraphs(page):
    made = page("""\
        ---
        title: not a piece
        ---
        ## Heading {#id}
        a paragraph
        over two lines

        | a | b |
        |---|---|

        - item
          continued
        1. other

            code by its spaces

        /// figure | x
            from: a.b
            alt: not a piece
        inside
        ///
        """)
    assert [(kind, line) for line, kind, _ in text.pieces(made)] == [
        ("heading", 4),
        ("paragraph", 5),
        ("row", 8),
        ("row", 9),
        ("item", 11),
        ("item", 13),
        ("paragraph", 15),
        ("paragraph", 20),
    ]
    prose = [line.strip() for _, line in text.prose(made)]
    assert "not a piece" in prose and "a.b" not in " ".join(prose)


def test_headings_with_and_without_ids(page):
    made = page("#  One\n\n## Two {#two}\n\n### `a` {b} {#three}\n\n####### seven\n")
    assert [(h.level, h.title, h.id) for h in text.headings(made)] == [
        (1, "One", ""),
        (2, "Two", "two"),
        (3, "`a` {b}", "three"),
        (6, "# seven", ""),
    ]


@pytest.mark.parametrize(
    "line, plain, hollow",
    [
        ("a `b` c", "a   c", "a `·` c"),
        ("a ``b`c`` d", "a   d", "a `·` d"),
        ("$5 or $10", "$5 or $10", "$5 or $10"),
        ("$5 and $x$", "$5 and  ", "$5 and $·$"),
        (r"\$a$", r"\$a$", r"\$a$"),
        ("[words](page.md#id)", "[words ", "[words](page.md#id)"),
        ("{{a.b.c:.2f}} x", "  x", "· x"),
        ("a < b and c > d", "a < b and c > d", "a < b and c > d"),
        ("a <b>c</b>", "a  c ", "a <b>c</b>"),
        ("## x {#id}", "## x  ", "## x {#id}"),
    ],
)
def test_words_apart_from_marks(line, plain, hollow):
    assert text.plain(line) == plain and text.hollow(line) == hollow
