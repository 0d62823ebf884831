"""One fault planted at a time, in a copy of the book: the command must go red and say where, what and how to mend it."""

import re
import uuid

import pytest

FORWARD = "snippets/forward.py"
ZH, EN = "docs/zh-TW/core/forward.md", "docs/en/core/forward.md"

PLANTS = {
    "another number": (FORWARD, "return W @ x + b", "return W @ x - b", r"snippets/forward\.py:\d+: forward\.weighted_sum: .*what the code returns is .*, the right side is "),
    "raises": (FORWARD, "return W @ x + b", "raise RuntimeError('planted')", r"snippets/forward\.py:\d+: .*the code raised `RuntimeError: planted"),
    "not Python": (FORWARD, "return W @ x + b", "return W @ x +", r"snippets/forward\.py:\d+: not Python"),
    "hangs": (FORWARD, "return W @ x + b", "while True: pass", r"snippets/forward\.py:\d+: .*still running after 5 s"),
    "an error that is none": ("snippets/layers.py", "ValueError: [addmm]", "ValueError: [other]", r"snippets/layers\.py:\d+: .*expected `ValueError: \[other\]"),
    "no such snippet": (EN, "/// snippet | forward.propagate", "/// snippet | forward.propagade", r"docs/en/core/forward\.md:\d+: .*propagade"),
    "unknown directive": (EN, "/// snippet | forward.propagate", "/// snipet | forward.propagate", r"docs/en/core/forward\.md:\d+: unknown directive `/// snipet`"),
    "a directive without its title": (EN, "    title: ", "    titel: ", r"docs/en/core/forward\.md:\d+: .*lacks `title:`"),
    "a directive in one language only": (EN, "/// snippet | forward.propagate\n", "/// snippet | forward.forward\n", r"docs/en/core/forward\.md:\d+: directive"),
    "a heading id on one side": (EN, "{#", "{#other-", r"docs/en/core/forward\.md:\d+: heading"),
    "a heading without id": (ZH, "## ", "## 新的一節\n\n## ", r"docs/zh-TW/core/forward\.md:\d+: .*(no English id|heading)"),
    "no such value": (EN, "{{trace.forward_pass.", "{{trace.forward_pass.q", r"docs/en/core/forward\.md:\d+: "),
    "a typed number": (EN, "\n## ", "\nIt is 0.389361.\n\n## ", r"docs/en/core/forward\.md:\d+: the number 0\.389361 is typed"),
    "a typed formula": (ZH, "\n## ", "\n$$\na = b\n$$\n\n## ", r"docs/zh-TW/core/forward\.md:\d+: a display formula typed in a page"),
    "bad TeX in a page": (ZH, "\n## ", "\n$\\frac{1}$\n\n## ", r"docs/zh-TW/core/forward\.md:\d+: .*outside the grammar"),
    "bad TeX in a snippet": (FORWARD, r"\sum_{j=1}^{n}", r"\sum_{j=1}^{n", r"snippets/forward\.py:\d+: forward\.weighted_sum: .*outside the grammar"),
    "an index of a formula": (FORWARD, "w_{ij} x_j + b_i", "w_{ij} x_i + b_i", r"snippets/forward\.py:\d+: forward\.weighted_sum: `z_i.*seed 0.*docs/en/core/layers\.md:\d+[\s\S]*with `j` in place of `i` it would hold"),
    "a sign of a formula": ("snippets/backward.py", "\\hat{y} - y\n    $$", "\\hat{y} + y\n    $$", r"snippets/backward\.py:\d+: backward\.output_error: .*entry \(\d\).*[\s\S]*with `-` in place of `\+`"),
    "a hat": ("snippets/loss.py", r"\log(\hat{y})", r"\log(y)", r"snippets/loss\.py:\d+: loss\.binary_cross_entropy"),
    "a transpose": ("snippets/backward.py", r"(W^{(2)})^\top \delta", r"W^{(2)} \delta", r"snippets/backward\.py:\d+: backward\.hidden_error: .*a product of"),
    "a bound": (FORWARD, r"\sum_{j=1}^{n}", r"\sum_{j=2}^{n}", r"snippets/forward\.py:\d+: forward\.weighted_sum"),
    "a range that is not whole": (FORWARD, r"l = 1, \dots, D", r"l = 2, \dots, D", r"snippets/forward\.py:\d+: .*it also holds for l = 1"),
    "a formula for another quantity": (FORWARD, r"    z_i = \sum", r"    q_i = \sum", r"snippets/forward\.py:\d+: .*the left side names `q`"),
    "a formula that no page shows": ("snippets/start.py", '"""The square of 3 and its slope.\n', 'r"""The square of 3 and its slope.\n\n    $$\n    L = 1\n    $$\n', r"snippets/start\.py:\d+: start\.first_program"),
    "a symbol that no formula declares": (EN, "\n## ", "\nHere $q_i$ is.\n\n## ", r"docs/en/core/forward\.md:\d+: .*the symbol `q` is declared by no formula"),
    "an inline equation": (EN, "\n## ", "\nHere $z_i = x_j + b_i$.\n\n## ", r"docs/en/core/forward\.md:\d+: .*repeats no formula of this page"),
    "a broken link": ("docs/en/start.md", "\n## ", "\n[gone](gone.md)\n\n## ", r"start\.md.*gone\.md|docs/en/start\.md:\d+: link"),
    "an answer outside an exercise": (EN, "\n## ", "\n/// answer\nHere.\n///\n\n## ", r"docs/en/core/forward\.md:\d+: `/// answer` outside an exercise"),
    "two hints in one exercise": (EN, "\n//// hint", "\n//// hint\nFirst.\n////\n\n//// hint", r"docs/en/core/forward\.md:\d+: `//// hint` twice in an exercise"),
    "an option that is no YAML": (EN, "    title: ", "    title: [", r"docs/en/core/forward\.md:\d+: the options of"),
}


@pytest.mark.parametrize("name", PLANTS)
def test_check_goes_red_and_says_where(name, copy):
    path, old, new, says = PLANTS[name]
    copy.replace(path, old, new)
    done = copy.run("check", LITERATE_TIME_LIMIT="5")
    assert done.returncode == 1, done.stdout + done.stderr
    assert re.search(says, done.stderr), done.stderr
    assert "Traceback (most recent call last)" not in done.stderr.replace("Traceback (most recent call last):`", "")


def test_a_missing_translation_names_the_file(copy):
    (copy.folder / "docs/en/core/backward.md").unlink()
    done = copy.run("check")
    assert done.returncode == 1 and "docs/en/core/backward.md: this page is missing" in done.stderr


def test_a_page_outside_the_navigation_is_named(copy):
    (copy.folder / "docs/en/core/lost.md").write_text("---\ntitle: Lost\n---\n")
    done = copy.run("check")
    assert done.returncode == 1 and "docs/en/core/lost.md: this page is not in the navigation" in done.stderr


def test_a_cell_that_raises_stops_the_build(copy):
    copy.replace("snippets/lab_breast_cancer.py", "# --8<-- [end:", "raise KeyError('planted')\n# --8<-- [end:")
    done = copy.run("build")
    assert done.returncode == 1 and re.search(r"snippets/lab_breast_cancer\.py:\d+: the cell raised `KeyError", done.stderr), done.stderr


def test_a_failed_build_leaves_the_last_good_site(copy):
    good = copy.folder / "site"
    good.mkdir()
    (good / "index.html").write_text("the last good one")
    copy.replace(FORWARD, "return W @ x + b", "return W @ x - b")
    done = copy.run("build")
    assert done.returncode == 1 and "snippets/forward.py:" in done.stderr and "site/ is left as it was" in done.stderr
    assert [p.name for p in good.iterdir()] == ["index.html"]
    assert not list(copy.folder.glob(".site-*"))


def test_progress_is_told(copy):
    copy.replace(FORWARD, "return W @ x + b  # ", f"return W @ x + b  # {uuid.uuid4()} ")  # a text that no run has seen
    done = copy.run("check")
    assert done.returncode == 0, done.stderr
    assert re.search(r"running [1-9]\d* snippets, \d+ cached", done.stdout)
    assert re.search(r"running 0 snippets, \d+ cached", copy.run("check").stdout)
