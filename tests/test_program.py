"""From a snippet to its program: what is dropped, what is added, what is refused."""

import textwrap

import pytest
from conftest import PROJECT
from literate import snippets as program
from literate.errors import Fault


@pytest.fixture
def snippets(tmp_path, monkeypatch):
    """A folder of snippets to fill: `snippets(a="…", b="…")`."""
    monkeypatch.setattr(PROJECT, "root", tmp_path)
    monkeypatch.setattr(PROJECT, "snippets", tmp_path / "snippets")
    (tmp_path / "snippets").mkdir()

    def write(**modules: str):
        for name, text in modules.items():
            (tmp_path / "snippets" / f"{name}.py").write_text(textwrap.dedent(text), "utf-8")

    return write


SCALE = '''
    import mlx.core as mx
    from jaxtyping import Float
    from snippets.data import w

    SIZE = 3

    def unused():
        return 1

    def scale(x: Float[mx.array, "n"], *, by: float = 1e-8) -> Float[mx.array, "n"]:
        r"""Scaled.

        $$
        y = \\alpha x
        $$

        >>> print(scale(w, by=2))
        array([2, 4], dtype=float32)
        """
        # (n,)
        total: Float[mx.array, "n"] = x * by  # (n,) → (n,)
        return total
'''
DATA = "import mlx.core as mx\nw = mx.array([1, 2])  # (2,)\nother = 5\n"


def test_displayed_text_has_neither_annotations_nor_docstring(snippets):
    snippets(scale=SCALE, data=DATA)
    snippet = program.load(PROJECT, "scale.scale")
    assert snippet.code == (
        "def scale(x, *, by=1e-8):\n    # (n,)\n    total = x * by  # (n,) → (n,)\n    return total"
    )
    assert snippet.formulas == (r"y = \alpha x",)
    assert snippet.example == "print(scale(w, by=2))"
    assert snippet.expected == "array([2, 4], dtype=float32)\n"
    assert [(p.name, p.shape) for p in snippet.signature] == [
        ("x", "n"),
        ("by", ""),
        ("return", "n"),
    ]


def test_program_holds_what_it_needs_and_nothing_else(snippets):
    snippets(scale=SCALE, data=DATA)
    text = program.load(PROJECT, "scale.scale").program
    assert text.startswith("import mlx.core as mx\n")
    assert "w = mx.array([1, 2])  # (2,)" in text
    for absent in ("jaxtyping", "snippets", "unused", "SIZE", "other"):
        assert absent not in text
    compile(text, "program", "exec")


def test_displayed_text_stands_in_the_program_to_the_letter(snippets):
    snippets(scale=SCALE, data=DATA)
    snippet = program.load(PROJECT, "scale.scale")
    assert snippet.code in snippet.program and snippet.program.rstrip().endswith(snippet.example)


def test_region_is_its_lines(snippets):
    snippets(
        net="import mlx.core as mx\n# --8<-- [start:weights]\nW = mx.array([1.0])  # (1,)\n"
        "# --8<-- [end:weights]\nV = 1\n"
    )
    region = program.load(PROJECT, "net:weights")
    assert region.code == "W = mx.array([1.0])  # (1,)"
    assert region.program == "import mlx.core as mx\n\nW = mx.array([1.0])  # (1,)\n"


def test_expected_error_is_its_last_line(snippets):
    snippets(
        bad='def fails():\n    """Fails.\n\n    >>> int("a")\n'
        '    Traceback (most recent call last):\n        ...\n    ValueError: no\n    """\n'
    )
    snippet = program.load(PROJECT, "bad.fails")
    assert (snippet.code, snippet.error, snippet.expected) == ("", "ValueError: no", "")


@pytest.mark.parametrize(
    "name, text, says",
    [
        ("gone.f", "x = 1", "snippets/gone.py is missing"),
        ("a.missing", "def f():\n    return 1", "no function or class `missing`"),
        ("a:region", "x = 1", "no region `region`"),
        ("a.f", "def f():\n    return unknown", "the name `unknown` is not defined"),
        ("a.f", "from snippets.b import g as h\ndef f():\n    return h()", "as h"),
        ("a.f", "def f(:\n", "not Python"),
        (
            "a.f",
            "x = 1\ndef f():\n    '''F.\n\n    >>> x = f()\n    '''\n    return x",
            "the example assigns `x`",
        ),
        (
            "a.f",
            "def f():\n    '''F.\n\n    Tolerance: 1e-2\n    '''\n    return 1",
            "a tolerance without its reason",
        ),
        (
            "a.f",
            "from snippets.b import g\nfrom snippets.c import k\ndef f():\n    return g() + k()",
            "`same` is defined in both",
        ),
        ("a.f", "def f():\n    pass\n    >>>", "not Python"),
        ("nonsense", "", "not a snippet's name"),
    ],
)
def test_faults_name_the_place_and_the_cure(snippets, name, text, says):
    snippets(
        a=text, b="same = 1\ndef g():\n    return same", c="same = 2\ndef k():\n    return same"
    )
    with pytest.raises(Fault, match="→ ") as caught:
        program.load(PROJECT, name, "docs/en/x.md:3")
    assert says in str(caught.value)
    assert caught.value.place


def test_a_chapter_gives_each_definition_once(snippets):
    snippets(
        scale=SCALE,
        data=DATA,
        more="from snippets.data import w\n"
        "def twice():\n    '''T.\n\n    >>> print(w * 2)\n    2\n    '''\n",
    )
    imports, steps = program.assemble(
        [program.load(PROJECT, "scale.scale"), program.load(PROJECT, "more.twice")]
    )
    assert imports == ["import mlx.core as mx"]
    assert [len(new) for _, new in steps] == [2, 0]


def test_a_function_may_have_any_name(snippets):
    snippets(
        a='def top(u):\n    """Twice.\n\n    >>> print(top(2))\n    4\n    """\n    return 2 * u\n'
    )
    assert (
        program.load(PROJECT, "a.top").program == "def top(u):\n    return 2 * u\n\nprint(top(2))\n"
    )
