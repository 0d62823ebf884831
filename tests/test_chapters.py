"""What every chapter has, and that one network with the same numbers runs through them."""

import json
import re

import pytest
from conftest import PROJECT
from literate import notebooks as notebook
from literate import snippets
from literate.directives.snippet import named
from literate.markdown import makeExtension
from literate.text import blocks, read_page, split_exercise
from markdown import Markdown

from two_passes.chapters import parts


@pytest.fixture
def forward():
    """The English chapter `core/forward` with a change, and what the rules of chapters then say."""
    path = PROJECT.docs / "en" / "core" / "forward.md"

    def said(change) -> list[str]:
        text, read = path.read_text("utf-8"), type(PROJECT).read
        changed = change(text)
        assert changed != text
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                type(PROJECT), "read", lambda self, p: changed if p == path else read(self, p)
            )
            page = read_page(PROJECT, path, "en")
            return [str(fault) for fault in parts(PROJECT, {("en", page.slug): page})]

    return said


def test_every_chapter_keeps_the_rules_of_chapters(pages):
    assert [page.slug for page in pages if page.slug in PROJECT.order]
    assert list(parts(PROJECT, {(p.language, p.slug): p for p in pages})) == []


def without(name: str, count: int = 0):
    """A change: no directive of this name is left, or the first ones go."""
    return lambda text: re.sub(rf"^/// {name} .*?\n///\n", "", text, count=count, flags=re.M | re.S)


CARD = "\n/// formula | forward.relu\n///\n"
CHANGES = {
    "a card at the end": (lambda t: t + CARD, r"forward\.md:\d+: below `three-lines` stand three"),
    "a section at the end": (
        lambda t: t + "\n## More {#more}\n\nx\n",
        r"forward\.md:\d+: the last section is not `three-lines`\n    → put what is new above it",
    ),
    "two lines": (lambda t: re.sub(r"^3\. .*\n?\Z", "", t, flags=re.M), "stand three lines"),
    "no minutes": (
        lambda t: re.sub(r"^minutes: .*\n", "", t, flags=re.M),
        r"forward\.md:1: a chapter without `minutes`\n    → add `minutes: 15` between",
    ),
    "exercises elsewhere": (
        lambda t: t.replace("{#exercises}", "{#questions}"),
        r"forward\.md:\d+: exercises without the section `exercises`",
    ),
    "no pitfall": (without("pitfall"), "a chapter without `/// pitfall`"),
    "nothing worked": (without("worked"), r"forward\.md:\d+: formulas, and none of them worked in"),
    "no exercise": (without("exercise"), "0 exercises, where a chapter has 2 to 5"),
    "no number asked": (
        lambda t: re.sub(r"^    answer: .*\n", "", t, flags=re.M),
        "no exercise asks for a number",
    ),
    "a hard one first": (
        lambda t: t.replace("    level: 1", "    level: 3", 1),
        r"forward\.md:\d+: an exercise of level \d after a harder one",
    ),
    "no words": (
        lambda t: re.sub(r"^//// answer\n.*?\n////\n", "", t, flags=re.M | re.S),
        r"forward\.md:\d+: `solutions_forward\.\w+` asks for words, and answers in none",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_chapter_lacks_is_told_with_its_place(change, forward):
    make, says = CHANGES[change]
    assert re.search(says, "\n".join(said := forward(make))), said


@pytest.mark.parametrize("language", PROJECT.languages)
def test_an_answer_in_words_waits_in_the_solution(language, pages, book):
    """On the page inside the closed `<details>`, above the code.

    In the notebook below the solution's heading, apart from the hint.
    """
    page = next(
        p for p in pages if p.language == language and any(d.name == "answer" for d in p.directives)
    )
    exercises = [
        (d, *split_exercise(text))
        for d, text in (b for b in blocks(page) if not isinstance(b, str))
        if d.name == "exercise"
    ]
    number, (_, asked, inside) = next(
        (n, e) for n, e in enumerate(exercises, 1) if "answer" in e[2]
    )
    book.open(page)
    html = Markdown(extensions=["attr_list", "tables", makeExtension(book=book)]).convert(
        page.text.split("---\n", 2)[2]
    )
    html = html[html.index(f'id="exercise-{number}"') :].split("</section>")[0]
    before, solution = html.split('<details class="tp-solution">')
    words = inside["answer"].split()[-1][-8:]
    assert words not in before and solution.index(words) < solution.index("tp-solution__panes")
    assert "data-inside" not in html and "////" not in html
    cells = [
        c["source"]
        for c in json.loads(notebook.ipynb(page, book))["cells"]
        if c["cell_type"] == "markdown"
    ]
    assert [c for c in cells if c.startswith(f"**{book.words['solution']}**") and words in c]
    assert not [c for c in cells if asked[:12] in c and words in c]
    assert not re.search(r"^/{3,}", "\n".join(cells), re.M)


def test_a_chapter_uses_functions_of_those_that_it_builds_on(pages):
    """A function that other chapters explain comes from one that this one builds on."""
    chapters = {p.slug: p for p in pages if p.language == "en" and p.slug in PROJECT.order}

    def below(slug: str) -> set[str]:
        return {slug}.union(*map(below, chapters[slug].meta["builds_on"]))

    explained: dict[str, set[str]] = {}
    for slug, page in chapters.items():
        for shown in (d.argument for d in page.directives if d.name == "snippet"):
            explained.setdefault(_defined(shown)[-1], set()).add(slug)
    assert explained[_defined("forward.weighted_sum")[-1]] == {"core/layers"}
    for slug, page in chapters.items():
        for shown in (d.argument for d in page.directives if d.name in ("snippet", "pitfall")):
            for each in _defined(shown):
                by = explained.get(each, set())
                assert not by or by & below(slug), f"{slug}: `{shown}` needs {each} of {by}"


def _defined(name: str) -> list[str]:
    """What a snippet's program defines, as `module:line`; the snippet itself last."""
    snippet = snippets.load(PROJECT, name)
    own = f"{snippet.module.name}:{snippet.line}"
    return [*(key for key, _ in snippet.definitions if key != own), own]


def test_a_card_gives_the_shape_of_each_value():
    def shapes(name: str) -> dict[str, str | None]:
        return {row.name: row.shape for row in named(PROJECT, snippets.load(PROJECT, name))}

    values = {"z1": "hidden", "a1": "hidden", "z2": "out", "y_hat": "out"}
    assert values.items() <= shapes("forward.forward").items()
    layer = {"W": "_here _before", "b": "_here", "a": "_here"}
    assert layer.items() <= shapes("forward.propagate").items()


# Where the chapters compute the same quantity: a variable of a run, and its place in it
SAME = {
    "w": [("neuron:neuron.w", 0), ("network:weights.W1", 0, 0), ("trace.both_passes.W1", 0, 0)],
    "b": [("neuron:neuron.b",), ("network:weights.b1", 0), ("trace.both_passes.b1", 0)],
    "x": [
        ("neuron:neuron.x", 1),
        ("network:weights.x", 1),
        ("layers:batch.X", 0, 1),
        ("training:data.inputs", 0, 1),
    ],
    "z": [
        ("neuron.weigh.z",),
        ("layers.with_loops.z1", 0),
        ("layers.weighted_sums.Z", 0, 0),
        ("trace.forward_pass.z1", 0),
        ("forward.forward.z1", 0),
        ("trace.both_passes.z1", 0),
    ],
    "a": [
        ("neuron.through_relu.a",),
        ("trace.forward_pass.a1", 0),
        ("chain.graph.a_1",),
        ("trace.both_passes.dz2_dw2", 0),
    ],
    "y_hat": [
        ("trace.forward_pass.y_hat", 0),
        ("forward.SimpleNN.y_hat", 0, 0),
        ("update.after_sgd.y_before", 0),
    ],
    "L": [
        ("trace.forward_pass.L",),
        ("loss.in_z.at_loss",),
        ("chain.graph.L",),
        ("update.after_sgd.L_before",),
    ],
    "delta2": [
        ("loss.in_z.at_slope",),
        ("chain.graph.dL_dz",),
        ("backward.output_error.delta2", 0),
        ("trace.both_passes.dL_dz2", 0),
        ("backward.backward.dL_db2", 0),
    ],
    "dL_dw": [
        ("backward.backward.dL_dW2", 0, 0),
        ("update.sgd_step.dL_dW2", 0, 0),
        ("update.adam_step.dL_dW2", 0, 0),
    ],
    "delta1": [
        ("backward.hidden_error.delta1", 0),
        ("backward.backward.dL_db1", 0),
        ("trace.both_passes.delta1", 0),
    ],
}


def test_one_network_through_all_chapters(book):
    """The z of chapter 1 is that of chapter 4 and of the gradient in chapter 7, to six digits."""

    def value(name, *place):
        run, variable = name.rsplit(".", 1)
        found = book.runs[run].values[variable]
        for index in place:
            found = found[index]
        return found

    for quantity, places in SAME.items():
        found = {f"{float(value(*place)):.6f}" for place in places}
        assert len(found) == 1, f"{quantity}: {found}"
