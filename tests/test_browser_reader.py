"""The reader of formulas in the browser reads what Python reads, and refuses the same.

The scripts of `mathdoctest.browser` run in a real Chromium. What is compared is the whole tree,
with every span, or the code, the place and the parts of a refusal.
"""

import functools
import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from conftest import PROJECT, ROOT, shown
from literate import formulas
from literate.text import INLINE
from mathdoctest import browser as in_browser
from mathdoctest import lexer, mutate, refusals, source, vocabulary, words
from mathdoctest.errors import Mismatch, SourceError
from mathdoctest.functions import function
from mathdoctest.notation import NOTHING, Vocabulary

pytestmark = pytest.mark.browser
CHECKER = ROOT / "packages" / "mathdoctest"
Case = tuple[str, str, Vocabulary]  # the TeX, what it is read as, what its names are
AT_ONCE = 2000  # formulas that are handed to the page at once
READ = """async ([start, cases]) => {
    const { read, asJson } = await import(start + "reader.js");
    const told = [], now = () => performance.now();
    for (const [tex, symbol, known] of cases) {
        const before = now();
        let found;
        try { found = read(tex, symbol, known); } catch (error) { found = { crash: error.stack }; }
        told.push({ ...found, ms: now() - before });
    }
    return asJson(told);
}"""


@pytest.fixture(scope="module")
def read(browser):
    """Read cases in the browser: what each is read as, and the most milliseconds one took."""
    with shown(in_browser.SCRIPTS) as root:
        page = browser.new_page()
        page.goto(root)
        set_up = 'async ([root, tables]) => (await import(root + "words.js")).use(tables)'
        page.evaluate(set_up, [root, in_browser.tables()])

        def reading(cases: list[Case]) -> tuple[list[dict], float]:
            out: list[dict] = []
            for first in range(0, len(cases), AT_ONCE):
                some = [(t, s, _as_json(known)) for t, s, known in cases[first : first + AT_ONCE]]
                out += json.loads(page.evaluate(READ, [root, some]))
            return out, max(each.pop("ms") for each in out)

        yield reading
        page.close()


@functools.cache
def _as_json(known: Vocabulary) -> dict[str, list]:
    return in_browser.vocabulary(known)


def differences(read, cases: list[Case]) -> list[tuple[str, dict, dict]]:
    found, slowest = read(cases)
    assert slowest < 1000, "milliseconds for one formula"
    here = [in_browser.read(*case) for case in cases]
    pairs = zip(cases, here, found, strict=True)
    return [(tex, mine, theirs) for (tex, _, _), mine, theirs in pairs if mine != theirs]


# ---- formulas that people wrote, and each mistake in them


def of_file(path: Path, is_of_book: bool = False) -> Iterator[tuple[str, Vocabulary]]:
    """Each formula of a file, and what its names are."""
    module = source.module(path)
    for name, node in module.functions.items():
        try:
            of_book = f"{path.stem}.{name}" if is_of_book else ""
            one = formulas.function(PROJECT, of_book) if of_book else function(module, name)
            known = one.vocabulary
        except (Mismatch, SourceError):  # published with a mistake
            known = vocabulary.of(node, module)
        for tex, _ in source.formulas(node):
            yield tex, known


def with_mutants(found: Iterable[tuple[str, Vocabulary]], each: int = 1) -> list[Case]:
    """Formulas, and each so manieth mutant of them."""
    out: dict[Case, None] = {}
    for tex, known in found:
        for changed in (tex, *(mutant.tex for mutant in mutate.mutants(tex)[::each])):
            out[changed, "start", known] = None
    return list(out)


def published(folder: Path) -> Iterator[tuple[str, Vocabulary]]:
    for path in sorted((CHECKER / "tests" / "published").glob("*_*.txt")):
        parts = re.split(r"^#### (\w+)\n", path.read_text("utf-8"), flags=re.M)
        for name, code in zip(parts[1::2], parts[2::2], strict=True):
            file = folder / f"{path.stem}_{name}.py"
            file.write_text(code, "utf-8")
            yield from of_file(file)


@functools.cache
def book_formulas() -> list[tuple[str, Vocabulary]]:
    homes = {name.partition(".")[0] for name in formulas.all_with_formulas(PROJECT)}
    paths = [ROOT / "snippets" / f"{home}.py" for home in sorted(homes)]
    return [each for path in paths for each in of_file(path, is_of_book=True)]


def test_the_formulas_of_the_book_and_their_mutants(read):
    cases = with_mutants(book_formulas())
    assert len(cases) > 10_000
    assert not differences(read, cases)


def test_the_formulas_in_the_sentences_of_the_book(read, pages):
    known = functools.reduce(Vocabulary.joined, (v for _, v in book_formulas()), NOTHING)
    told = {found["formula"] for page in pages for found in INLINE.finditer(page.text)} - {None}
    cases = [
        (tex, s, v) for tex in sorted(told) for s in ("expr", "start") for v in (known, NOTHING)
    ]
    assert len(cases) > 800
    assert not differences(read, cases)


def test_the_corpus_and_its_mutants(read):
    tests = CHECKER / "tests"
    paths = [*tests.glob("corpus/*.py"), *tests.glob("examples/*.py")]
    paths.append(CHECKER / "examples" / "real_docstrings.py")
    cases = with_mutants(each for path in sorted(paths) for each in of_file(path))
    assert len(cases) > 10_000
    assert not differences(read, cases)


def test_published_formulas_and_some_of_their_mutants(read, tmp_path):
    cases = with_mutants(published(tmp_path), each=3)
    assert len(cases) > 3_000
    assert not differences(read, cases)


# ---- whatever somebody may enter

NOISE = [
    "é",
    "數",
    "𝛿",
    "\u00a0",
    "\u2003",
    "\x1f",
    "\ufeff",
    "٣",
    "²",
    "İ",
    "ﬀ",
    "\\",
    "\x00",
    "＋",
]
MARKS = [
    *"{}{}{}()[]_^__^^&,;.'!+-=<>|/*:@%~$?#\"\n\t 120", "12", "1.5", ".5", "1e5", "...", "||", ":=",
    "!=", "^{(l)}", "^{-1}", "_{ij}", "_{i=1}^{n}", ", \\dots, ", "d", "\\partial",
    "\\frac{\\partial L}{\\partial w}", "\\frac{\\partial^2 f}{\\partial x^2}",
]  # fmt: skip
LETTERS = [
    *"abcdefghijklmnopqrstuvwxyzABCDEFGHIKLNPTWX",
    "sin",
    "max",
    "softmax",
    "Var",
    "AUC",
    "if ",
]
SAID = sorted(
    {*words.QUALIFIERS, *words.FUNCTIONS, *words.LABELS, "a b", "", "é", "in place ", ","}
)
COMMANDS = sorted(f"\\{name}" for name in lexer.KNOWN if name.isalpha()) + [
    r"\unknown", r"\\", r"\,", r"\_", r"\{", r"\}", r"\|",
]  # fmt: skip
ENVIRONMENTS = sorted({*words.ROWS, *words.MATRICES, *words.CASES, "array", "foo"})


def part(rng: random.Random) -> str:
    """A word of the language, or noise."""
    styles = (r"\text{%s}", r"\operatorname{%s}", r"\mathrm{%s}", r"\text{%s $x$}")
    return rng.choice(
        [
            lambda: rng.choice(COMMANDS) + rng.choice(["", " ", "{", "{x}", "_i", "(x)"]),
            lambda: rng.choice(COMMANDS),
            lambda: rng.choice(MARKS),
            lambda: rng.choice(MARKS),
            lambda: rng.choice(LETTERS),
            lambda: rng.choice(LETTERS),
            lambda: rng.choice(styles) % rng.choice(SAID),
            lambda: rf"\mathbf{{{rng.choice('1IeExW')}}}",
            lambda: rf"\mathbb{{{rng.choice('1IER')}}}",
            lambda: rng.choice(["\\begin{", "\\end{"]) + rng.choice(ENVIRONMENTS) + "}",
            lambda: rng.choice(NOISE),
        ]
    )()


def entered(rng: random.Random, known: list[tuple[str, Vocabulary]]) -> Case:
    """What somebody may enter: a formula with a few places changed, or words without any sense."""
    tex, names = rng.choice(known)
    if rng.random() < 0.25:
        tex = "".join(part(rng) for _ in range(rng.randint(1, 12)))
    else:
        characters = list(tex)
        for _ in range(rng.choice([1, 1, 1, 2, 4])):
            at = rng.randrange(len(characters) + 1)
            added = [part(rng)] if rng.random() < 0.7 else []
            characters[at : at + rng.randint(0, 3) * (rng.random() < 0.7)] = added
        tex = "".join(characters)
    names = names if rng.random() < 0.6 else NOTHING
    return tex, rng.choice(["start", "start", "expr"]), names


def test_ten_thousand_random_strings(read):
    rng, known = random.Random(24), book_formulas()
    cases = [entered(rng, known) for _ in range(10_000)]
    assert not differences(read, cases)
    codes = {in_browser.read(*case).get("code", "a tree") for case in cases}
    assert "a tree" in codes and len(codes) > 30 and codes - {"a tree"} <= refusals.SAID.keys()


LONGEST = 10_000
REPEATED = [
    "a", "ab ", "ab(", "(", "{", "|", "|x", "&", "+x", "x,", "x y ", "x_", "x_{", "x_i ", "x^2=",
    "f(x) ", "𝛿", r"\hat", r"\hat{x}_i", r"\frac", r"\frac{", r"\sqrt[", r"\left", r"x_\left",
    r"\text{$", r"\text{if }", r"\begin{cases}", r"x \mid ", r"x \odot ", r"\sum_i ",
    r"x = 1 \\ ", r"ab\_",
]  # fmt: skip
DEEP = ["x" * 1_000_000, "x_{" + "1" * 9_900 + "}", r"\text{" + "$" * 9_900, "x_.5", "x_1e5"]
DEEP += [each * (LONGEST // len(each)) for each in REPEATED]
DEEP += [r"\frac{\partial^{99999999} f}{\partial x^{99999999}}", r"\log_{1.5, 2.5} x"]
DEEP += [r"\frac{\partial a \cdot b}{\partial x}"]


def test_what_is_long_or_deep_is_read_or_refused_within_a_second(read):
    known = Vocabulary(names=frozenset({"W_xh", "x"}), arrays=frozenset({"x"}))
    assert not differences(read, [(tex, "start", known) for tex in DEEP])
    (left,), _ = read([("x_i = y_i", "start", NOTHING)])
    assert left["tree"][0]["kind"] == "Statement"


def test_both_lexers_have_functions_of_their_own_for_the_same(browser):
    with shown(in_browser.SCRIPTS) as root:
        page = browser.new_page()
        page.goto(root)
        own = page.evaluate('async root => (await import(root + "lexer.js")).ownFunctions', root)
        page.close()
    here = {"kinds": lexer._KINDS, "marks": lexer._MARKS, "commands": lexer._COMMANDS}
    assert {name: {*keys} for name, keys in own.items()} == {
        name: {*keys} - words.DOTS for name, keys in here.items()
    }
