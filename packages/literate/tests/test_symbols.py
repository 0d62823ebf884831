"""Symbols stand beside the code that has them; what is wrong with a file of them is told."""

import re
from pathlib import Path

import pytest
from literate import Fault, checks, formulas, snippets, symbols
from literate.project import Project

CONFIG = """site_name: A Book
theme: {name: material}
plugins: [search, literate: {languages: [en, zh-TW]}]
nav: [index]
"""
FUNCTION = '''def {name}({given}) -> float:
    r"""$$
    {tex}
    $$
    """
    return {code}
'''
RNN = {  # name → what it is given, its formula and its code
    "step": ("h: float, W_xh: float, x: float", r"s = h + \\mathbf{W}_{xh} x", "h + W_xh * x"),
    "root": ("h: float", r"r = \\sqrt{h}", "np.sqrt(h)"),
}
DECLARED = {
    "rnn": """h: {tex: h, en: state, zh-TW: 狀態}
root.h: {tex: h, en: what the root is of, zh-TW: 要開根號的數, range: positive}
W_xh: {tex: 'W_{xh}', en: weight, zh-TW: 權重}
s: {tex: s, en: next state, zh-TW: 下一個狀態}
r: {tex: r, en: root, zh-TW: 根}
from:
  data: [x]
""",
    "data": "x: {tex: x, en: input, zh-TW: 輸入}\n",
}
END = "the end of the file"
TWICE = "u: {tex: u, en: one, zh-TW: 一}\nw: {tex: w, en: other, zh-TW: 另一個}\n"


def written(name: str, given: str, tex: str, code: str) -> str:
    return FUNCTION.format(name=name, given=given, tex=tex.replace("\\\\", "\\"), code=code)


def book(folder: Path, declared: dict[str, str], **modules: str) -> Project:
    """A book with `rnn.py`, `data.py`, which has the variable x, and other files of snippets."""
    for language in ("en", "zh-TW"):
        (folder / "docs" / language).mkdir(parents=True)
    (folder / "snippets").mkdir()
    (folder / "mkdocs.yml").write_text(CONFIG)
    texts = {"rnn": "\n\n".join(written(name, *rest) for name, rest in RNN.items())}
    texts |= {"data": "x = 2.0\n"} | modules
    for name, text in texts.items():
        (folder / "snippets" / f"{name}.py").write_text(f"import numpy as np\n\n\n{text}")
    for name, text in declared.items():
        (folder / "snippets" / f"{name}.symbols.yml").write_text(text, "utf-8")
    return Project.find(folder)


def faults(project: Project) -> list[str]:
    """All that the check of symbols says, or the first thing that is wrong with a formula."""
    checks.load_all("literate.checks")
    try:
        found = list(checks.CHECKS["symbols"].find(project))
        for name in formulas.all_with_formulas(project) if not found else ():
            formulas.report(snippets.load(project, name))
    except Fault as fault:
        found = [fault]
    return [str(each) for each in found]


def test_a_function_has_its_own_scope_its_file_and_what_is_taken(tmp_path):
    """`\\sqrt{h}` holds for positive h alone, and `W_{xh}` is one symbol."""
    project = book(tmp_path, DECLARED)
    assert faults(project) == []
    inputs = [formulas.report(snippets.load(project, f"rnn.{name}")).inputs for name in RNN]
    assert inputs[0][:2] == (("h", "", "real"), ("W_xh", "", "real"))
    assert inputs[1] == (("h", "", "positive"),)
    meant = symbols.declared(project, "rnn", "step")
    assert (meant["h"].key, meant["x"].home, len(meant)) == ("h", "data", 5)
    assert symbols.declared(project, "rnn", "root")["h"].key == "root.h"


def test_what_another_file_of_the_book_means_is_no_range_here(tmp_path):
    """A new file with an h of its own: the positive one of another chapter is not inherited."""
    wrong = written("wrong", "h: float", "u = h", "np.abs(h)")
    data = DECLARED["data"] + "h: {tex: h, en: small step, zh-TW: 很小的一步, range: positive}\n"
    own = "u: {tex: u, en: one, zh-TW: 一}\nh: {tex: h, en: state, zh-TW: 狀態}\n"
    more = {"data": "x = 2.0\nh = 1.0\n", "new": wrong}
    project = book(tmp_path, DECLARED | {"data": data, "new": own}, **more)
    (said,) = faults(project)
    assert re.search(r"new\.py:6: new\.wrong: `u = h`: entry|what the code returns is", said), said


FILES = {  # what is changed in rnn.symbols.yml, or in the files → what is said
    "undeclared": (
        {"rnn": "W_xh: .*\n"}, {},
        r"snippets/rnn\.py:6: rnn\.step: the symbol `W_xh` is not declared in snippets/rnn\.symbols"
        r"\.yml\n    → add `W_xh: \{tex: '\\mathbf\{W\}_\{xh\}', en: …, zh-TW: …\}` to "
        r"snippets/rnn\.symbols\.yml$"),
    "declared in another file only": (
        {"rnn": "from:\n  data: .*\n"}, {},
        r"the symbol `x` is not declared in .*\n    → add `x: \{tex: 'x', en: …, zh-TW: …\}` to "
        r"snippets/rnn\.symbols\.yml; or, for that of data\.py \(“input”\), "
        r"`from: \{data: \[x\]\}`"),
    "a file without symbols": (
        {}, {"new": written("two", "u: float", "w = 2 u", "2 * u")},
        r"snippets/new\.py:6: new\.two: the symbol `u` is not declared in snippets/new\.symbols"),
    "a left side": (
        {"rnn": "s: .*\n"}, {}, 
        r"rnn\.step: the left side names `s`, which is not declared in snippets/rnn\.symbols\.yml\n"
        r"    → fix the left side, or add `s: \{tex: 's', en: …, zh-TW: …\}` to snippets/rnn"),
    "unused": (
        {"rnn": ("from:", "q: {tex: q, en: none, zh-TW: 無}\nfrom:")}, {},
        r"rnn\.symbols\.yml:6: the symbol `q`: no formula of rnn\.py has it"),
    "unused in its scope": (
        {"rnn": ("root.h: {tex: h", "root.q: {tex: q")}, {},
        r"rnn\.symbols\.yml:2: the symbol `root\.q`: no formula of root has it"),
    "two that are written the same": (
        {"rnn": ("root.h", "root.q")}, {},
        r"rnn\.symbols\.yml:2: `h` and `root\.q` are both written \$h\$\n    → give one of"),
    "taken and unused": (
        {"rnn": (r"\[x\]", "[x, y]"), "data": (END, "y: {tex: y, en: label, zh-TW: 標籤}\n")},
        {"data": "x, y = 2.0, 3.0\n"},
        r"rnn\.symbols\.yml:7: `y` is taken from data\.py, and no formula of rnn\.py has it"),
    "taken from where it is not": (
        {"rnn": (r"\[x\]", "[x, y]")}, {},
        r"rnn\.symbols\.yml:7: `y` is not declared in snippets/data\.symbols\.yml"),
    "taken from a file that takes it": (
        {"rnn": ("data: ", "new: "), "new": (END, "from:\n  data: [x]\n")},
        {"new": "x = 2.0\n"}, r"`x` is not declared in .*new.*\n    → it is declared for data"),
    "taken and declared": (
        {"rnn": ("from:", "x: {tex: x, en: input, zh-TW: 輸入}\nfrom:")}, {},
        r"rnn\.symbols\.yml:8: `x` is taken from data\.py, and declared here too"),
    "an unknown key": (
        {"rnn": ("range: positive", "rnage: positive")}, {},
        r"rnn\.symbols\.yml:2: `root\.h`: unknown key 'rnage'\n    → .*: tex, is, by, range"),
    "no name": (
        {"rnn": ("W_xh:", "W-xh:")}, {}, r"rnn\.symbols\.yml:3: `the file`: unknown key 'W-xh'"),
    "a missing language": (
        {"rnn": (", zh-TW: 權重", "")}, {},
        r"rnn\.symbols\.yml:3: the symbol `W_xh`: `zh-TW:` is missing"),
    "bad TeX": (
        {"rnn": ("W_{xh}", "W_{xh")}, {}, r"rnn\.symbols\.yml:3: the symbol `W_xh`: bad TeX: "),
    "a function that there is not": (
        {"rnn": ("root.h", "roots.h")}, {},
        r"rnn\.symbols\.yml:2: the symbol `roots\.h`: no function `roots` in rnn\.py"),
    "by a function that there is not": (
        {"rnn": ("en: root,", "en: root, by: [roots],")}, {},
        r"rnn\.symbols\.yml:5: the symbol `r`: no function `roots` in rnn\.py"),
    "symbols of no file": (
        {"lost": (END, TWICE)}, {}, r"lost\.symbols\.yml:1: there is no snippets/lost\.py"),
    "a left side that another function computes": (
        {"new": (END, TWICE)},
        {"new": "\n\n".join([written("one", "w: float", "u = w", "w"),
                             written("two", "w: float", "u = 2 w", "2 * w")])},
        r"new\.py:14: new\.two: the left side names `u`, and `one`, above, computes it\n    → fix "
        r"the left side; if both compute the same quantity, add `by: \[two\]` to `u` in "
        r"snippets/new\.symbols\.yml:1; if this is another one, give it its own entry, "
        r"`two\.u: \{tex: 'u', en: …, zh-TW: …\}`"),
    "a left side that a function above is given": (
        {"new": (END, TWICE)},
        {"new": "\n\n".join([written("one", "w: float", "u = w", "w"),
                             written("two", "u: float", "w = 2 u", "2 * u")])},
        r"new\.py:14: new\.two: the left side names `w`, and `one`, above, is given it"),
    "a quantity that the file does not have": (
        {"new": (END, TWICE + "v: {tex: v, en: lost, zh-TW: 沒有}\n")},
        {"new": written("one", "w: float", "u = w v", "w")},
        r"new\.symbols\.yml:3: the symbol `v`: no function of new\.py is given it, or has it on"),
    "a left side that is given elsewhere": (
        {"new": (END, TWICE.splitlines()[1] + "\nfrom:\n  data: [x]\n")},
        {"new": written("two", "w: float", "x = 2 w", "2 * w")},
        r"new\.two: `x` is that of data\.py, where no formula computes it\n    → fix the left "
        r"side, or declare this one in snippets/new\.symbols\.yml"),
}  # fmt: skip


@pytest.mark.parametrize("what", FILES)
def test_what_is_wrong_with_a_file_of_symbols_is_told(what, tmp_path):
    changes, modules, says = FILES[what]
    declared = dict(DECLARED)
    for name, change in changes.items():
        old, new = (change, "") if isinstance(change, str) else change
        before = declared.get(name, "")
        found = re.search(old, before)
        declared[name] = before.replace(found[0], new, 1) if found else before + new
        assert declared[name] != before
    said = "\n".join(faults(book(tmp_path, declared, **modules)))
    assert re.search(says, said, re.M), said


def test_the_line_to_add_has_the_symbol_as_formulas_write_it(tmp_path):
    given = 'W: Float[np.ndarray, "m n"], x: Float[np.ndarray, "n"], beta1: float'
    tex = r"u_i = \beta_1 \sum_{j=1}^{n} w_{ij} x_j"
    text = "from jaxtyping import Float\n\n\n" + written("new", given, tex, "beta1 * W @ x")
    declared = {"u": "u", "x": "x", "W": "W", "beta1": r"\beta_1"}
    for name, shown in declared.items():
        others = (f"{n}: {{tex: '{n}', en: one, zh-TW: 一}}\n" for n in declared if n != name)
        folder = tmp_path / name
        (said,) = faults(book(folder, DECLARED | {"new": "".join(others)}, new=text))
        assert f"add `{name}: {{tex: '{shown}', en: …, zh-TW: …}}`" in said, said


def test_several_functions_compute_a_symbol_that_says_so(tmp_path):
    """The same value; another one needs a meaning of its own."""
    declared = DECLARED | {"new": TWICE.replace("zh-TW: 一}", "zh-TW: 一, by: [two]}")}
    one = written("one", "w: float", "u = 2 w", "2 * w")
    same = written("two", "w: float", "u = w + w", "w + w")
    assert faults(book(tmp_path / "same", declared, new=f"{one}\n\n{same}")) == []
    two = written("two", "w: float", "u = 3 w", "3 * w")
    (said,) = faults(book(tmp_path / "differs", declared, new=f"{one}\n\n{two}"))
    cure = "declare `one.u`, its meaning here alone in snippets/new.symbols.yml"
    assert "`u` is also defined by new.two, whose formula differs" in said and cure in said, said
    cured = DECLARED | {"new": TWICE + "one.u: {tex: u, en: its own, zh-TW: 自己的}\n"}
    assert faults(book(tmp_path / "cured", cured, new=f"{one}\n\n{two}")) == []
