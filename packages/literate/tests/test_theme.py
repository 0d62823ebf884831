"""The theme: its words in every language, the modules of its scripts, what it knows of a book."""

import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from literate import scripts
from literate.errors import Fault
from literate.project import THEME
from mathdoctest.rules import RULES
from mkdocs.theme import Theme

ENGINE = THEME.parent
WORDS = yaml.safe_load((THEME / "words.yml").read_text("utf-8"))


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


def test_every_language_has_every_word():
    for language, words in WORDS.items():
        assert words.keys() == WORDS["en"].keys(), language
        for key, text in words.items():
            assert isinstance(text, str) and text, f"{language}: {key}"
            assert placeholders(text) == placeholders(WORDS["en"][key]), f"{language}: {key}"


def test_every_word_is_read_somewhere():
    """As `t.word` or `["word"]`, or as the end of `"prefix_{…}"` or `"prefix_" ~ …`."""
    readers = [path for path in ENGINE.rglob("*") if path.suffix in (".html", ".py")]
    text = "\n".join(path.read_text("utf-8") for path in (*readers, THEME / scripts.SHOWN))
    read = set(re.findall(r"""(?:\.|["'])([a-z]\w*)""", text))
    prefixes = tuple(re.findall(r"""["']([a-z]+_)["'{%]""", text))
    words = [word for word in WORDS["en"] if word not in read and not word.startswith(prefixes)]
    assert words == []


def test_each_way_to_read_a_formula_has_words():
    """The ✓ tells them, in each language."""
    for language, words in WORDS.items():
        missing = {f"read_{rule}" for rule in RULES} - words.keys()
        assert not missing, f"{language}: {missing}"


# ---- scripts


def theme(folder: Path) -> Theme:
    """The engine's theme below a book's own files."""
    made = Theme(name="material", custom_dir=str(folder))
    made.dirs.insert(1, str(THEME))
    return made


def write(folder: Path, **modules: str) -> Theme:
    for name, text in modules.items():
        path = folder / "assets" / "js" / f"{name}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return theme(folder)


def test_the_engine_alone_is_joined(tmp_path):
    words = {"en": defaultdict(lambda: "Said", copy="Copy it")}
    texts = scripts.filled(theme(tmp_path), "a-book", words, {"a/page": ["module.one"]})
    assert set(texts) == {"assets/tp.js", "sw.js"}
    assert "import " not in re.sub(r"//.*", "", texts["assets/tp.js"])
    for text in texts.values():
        assert scripts.KEY not in text and "a-book" in text
        assert scripts.WORDS not in text and scripts.EXERCISES not in text
    assert '{"a/page":["module.one"]}' in texts["assets/tp.js"]
    assert '{"en":{"copy":"Copy it","copied":"Said",' in texts["assets/tp.js"]


def test_a_book_s_module_replaces_the_engine_s_and_follows_what_it_imports(tmp_path):
    own = {
        "extra": 'import { one } from "./one.js";\nconsole.log(one, all);\n',
        "one": 'import { all } from "./page.js";\nexport const one = loadLater("../later/x.js");\n',
    }
    text = scripts.joined(write(tmp_path, **own))
    assert text.index("const all") < text.index("const one") < text.index("console.log(one, all)")
    assert 'loadLater("./later/x.js")' in text, "from where the joined script is"


def test_a_name_that_two_modules_declare_is_a_fault(tmp_path):
    with pytest.raises(Fault, match="`all` is declared in assets/js/page.js too"):
        scripts.joined(write(tmp_path, extra='import "./page.js";\nconst all = 1;\n'))


def test_a_module_that_is_missing_is_a_fault(tmp_path):
    with pytest.raises(Fault, match="assets/js/none.js: the file is missing"):
        scripts.joined(write(tmp_path, extra='import "./none.js";\n'))
