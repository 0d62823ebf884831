"""What every chapter has, and that one network with the same numbers runs through them."""

import json
import re

import pytest
from conftest import PROJECT
from literate import notebooks as notebook
from literate.markdown import makeExtension
from literate.text import blocks, read_page, split_exercise
from markdown import Markdown

# The chapters of the core, in reading order
CHAPTERS = [
    "core/one-neuron",
    "core/layers",
    "core/activations",
    "core/forward",
    "core/loss",
    "core/chain-rule",
    "core/backward",
    "core/update",
    "core/training-loop",
    "core/from-pytorch",
    "core/summary",
]


@pytest.mark.parametrize("slug", CHAPTERS)
@pytest.mark.parametrize("language", PROJECT.languages)
def test_a_chapter_has_its_parts(slug, language):
    page = read_page(PROJECT, PROJECT.docs / language / f"{slug}.md", language)
    assert {"title", "description", "outcome", "builds_on", "minutes"} <= set(page.meta)
    ids = [
        line.split("{#")[1].rstrip("}") for line in page.text.splitlines() if line.startswith("## ")
    ]
    exercises = [d for d in page.directives if d.name == "exercise"]
    assert ids[-1] == "three-lines"
    if slug == "core/summary":
        assert len(exercises) == 10
    else:
        assert 2 <= len(exercises) <= 4
        assert [d for d in page.directives if d.name == "pitfall"]
    assert any("answer" in d.options for d in exercises), "at least one number to predict"
    levels = [d.options["level"] for d in exercises]
    assert levels == sorted(levels), "from easy to hard"
    lines = page.text[page.text.index("{#three-lines}") :].splitlines()
    assert [line[:2] for line in lines if line.strip()][1:] == ["1.", "2.", "3."]


@pytest.mark.parametrize("slug", CHAPTERS[:9])
def test_a_chapter_with_formulas_works_one_in_digits(slug, pages, book):
    page = next(p for p in pages if p.slug == slug)
    assert [b for b in blocks(page) if not isinstance(b, str) and b[0].name == "worked"]


@pytest.mark.parametrize("slug", CHAPTERS)
def test_what_no_number_answers_is_answered_in_words(slug):
    """An exercise that a number cannot answer has its `//// answer`.

    It asks more than its box can take, asks why, or lets the reader say it. (That the other
    language has the answer too is `parity`'s.)
    """
    for block in blocks(read_page(PROJECT, PROJECT.docs / "en" / f"{slug}.md", "en")):
        if not isinstance(block, str) and block[0].name == "exercise":
            asked, inside = split_exercise(block[1])
            more = asked.count("?") > ("answer" in block[0].options) or re.search(
                r"\b(why|say)\b", asked, re.I
            )
            assert not more or inside.get("answer"), (
                f"{slug}: {block[0].argument} asks for words: answer them in `//// answer`"
            )


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
