"""What is registered: a directive in one file, its options, its markup and its cells; figures."""

from types import SimpleNamespace
from xml.etree.ElementTree import Element, tostring

import pytest
from literate import Fault, directive, figure, registry
from literate.directives.drawing import Drawing
from literate.notebooks import Passage


@pytest.fixture(autouse=True)
def registered():
    """What a test registers is gone after it."""
    kept = [(each, dict(each)) for each in (registry.DIRECTIVES, registry.FIGURES)]
    yield
    for each, before in kept:
        each.clear()
        each.update(before)


def cells(passage):
    return [passage.prose(f"> {passage.argument}", passage.text)]


def page():
    return SimpleNamespace(at=lambda text: f"page.md:{text}", language="en")


def register_quote():
    @directive(
        "quote",
        required=("by",),
        optional=("year",),
        options={"year": {"type": "integer", "description": "`year: 1986`"}},
        cells=cells,
    )
    def quote(drawing):
        return f'<blockquote class="q"><prose/><cite>{drawing.options["by"]}</cite></blockquote>'


def drawn(name, options, *prose):
    drawing = Drawing(SimpleNamespace(page=page()), name, "x", options, list(prose), {})
    element = Element("div", {"class": "placeholder"})
    drawing.fill(element, lambda html: f"[{html}]")
    return tostring(element, "unicode")


def test_a_directive_is_added_in_one_file():
    register_quote()
    kind = registry.DIRECTIVES["quote"]
    assert (set(kind.required), set(kind.optional)) == ({"by"}, {"year"})
    paragraph = Element("p")
    paragraph.text = "words"
    html = drawn("quote", {"by": "R"}, paragraph)
    assert html == '<blockquote class="q"><p>words</p><cite>R</cite></blockquote>'
    passage = Passage(None, "x", {"by": "R"}, "words", {}, {})
    assert [cell["source"] for cell in kind.cells(passage)] == ["> x\n\nwords"]


def test_a_value_that_does_not_match_its_schema_is_told_how_to_write_it():
    register_quote()
    kind = registry.DIRECTIVES["quote"]
    assert kind.how_to_write("year", "long ago") == "`year: 1986`"
    assert kind.how_to_write("by", ["a list"]) == "words"
    assert kind.how_to_write("year", 1986) is kind.how_to_write("by", 1986) is None
    level = registry.DIRECTIVES["exercise"]
    assert [level.how_to_write("level", value) for value in (1, 4, True)] == [
        None,
        "1, 2 or 3",
        "1, 2 or 3",
    ]


def test_a_name_that_is_registered_again_replaces_the_engines():
    @figure("histogram", live=("forward",))
    def ours(values, words=None, tex=None, live=False):
        return f"<svg>{values}{live}</svg>"

    assert registry.FIGURES["histogram"]({"a": 1}, live=True) == "<svg>{'a': 1}True</svg>"
    assert registry.FIGURES["histogram"].live == ("forward",)

    @directive("snippet")
    def plain(drawing):
        return "<i/>"

    assert drawn("snippet", {}) == "<i />"


def test_markup_that_is_not_well_formed_is_a_fault():
    @directive("broken")
    def broken(drawing):
        return "<p>a & b"

    with pytest.raises(Fault, match="page.md:broken | x: the markup of `/// broken`"):
        drawn("broken", {})


def test_a_template_of_the_books_theme_goes_before_the_engines(tmp_path):
    (tmp_path / "directives").mkdir()
    template = (
        '<aside title="{{ words["hint"] }}">\n  <prose/>\n  <b>{{ argument }}</b>\n</aside>\n'
    )
    (tmp_path / "directives" / "hint.html").write_text(template, "utf-8")
    katex = SimpleNamespace(inline=str)
    project = SimpleNamespace(theme_folders=[str(tmp_path)], katex=katex)
    book = SimpleNamespace(
        page=page(), project=project, words={"hint": "“Hint” & more"}, languages=[]
    )
    element = Element("div")
    Drawing(book, "hint", "x", {}, [Element("p")], {}).fill(element, str)
    html = tostring(element, "unicode")
    assert html == '<aside title="“Hint” &amp; more"><p /><b>x</b></aside>'


def test_the_engines_directives_and_figures_are_all_there():
    names = "answer cell exercise figure formula glossary hint pitfall snippet worked"
    assert set(names.split()) <= set(registry.DIRECTIVES)
    assert {name for name, kind in registry.DIRECTIVES.items() if kind.inside} == {"hint", "answer"}
    figures = "border confusion_matrix curves graph histogram loss_curves moving product"
    assert set(figures.split()) <= set(registry.FIGURES)
