"""The pages' sources: every fence runs, both languages agree, the words are complete."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import PROJECT, ROOT
from literate import checks, formulas, symbols
from literate import notebooks as notebook
from literate import snippets as program
from literate.checks.pages import COMMANDS, FENCES
from literate.text import fenced, outside_fences
from pytest_codeblocks import extract_from_buffer


def fences(text: str) -> list[str]:
    return [line.strip() for _, line, fence in fenced(text) if fence == "open"]


def test_start_tells_every_import_that_a_page_leaves_out(book, pages):
    """What a page imports for its data it says itself."""
    left_out = set()
    for snippet in (s for page in pages for s in notebook.shown_on(page, book)):
        used = {n.id for n in ast.walk(ast.parse(snippet.displayed)) if isinstance(n, ast.Name)}
        for node in ast.parse("\n".join(snippet.imports)).body:
            names = {alias.asname or alias.name for alias in node.names}
            if names & used and getattr(node, "module", "").split(".")[0] != "sklearn":
                left_out |= {(ast.unparse(node).partition(" import ")[0], n) for n in names}
    assert {name for _, name in left_out} >= {"mx", "nn", "np", "partial", "math"}
    for path in ("docs/en/start.md", "docs/zh-TW/start.md"):
        code = re.findall(r"`((?:from|import) [^`]+)`", (ROOT / path).read_text("utf-8"))
        told = {
            (ast.unparse(node).partition(" import ")[0], alias.asname or alias.name)
            for node in ast.parse("\n".join(code)).body
            for alias in node.names
        }
        assert left_out <= told, path


def test_every_fence_is_one_that_runs_or_has_no_program():
    readme = fences((ROOT / "README.md").read_text("utf-8"))
    assert readme and set(readme) <= {f"```{kind}" for kind in FENCES + COMMANDS}


AS_SHOWN = """import io

import pytest_codeblocks.plugin as plugin
from literate.runs import printed


class Shown(io.StringIO):
    def getvalue(self):
        return printed(super().getvalue())


capture = plugin.stdout_io
plugin.stdout_io = lambda: capture(Shown())
"""


def run_fences(folder: Path) -> dict[str, int]:
    """How many fences of the pages of a folder passed, printing what is expected; and so on."""
    (folder / "conftest.py").write_text(AS_SHOWN)
    command = [sys.executable, "-m", "pytest", "--codeblocks", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--rootdir", str(folder), str(folder)],
        capture_output=True,
        text=True,
        cwd=folder,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    found = re.findall(r"(\d+) (passed|xfailed|failed|skipped)", done.stdout)
    return {word: int(count) for count, word in found}


def test_a_fence_may_print_nan_with_its_sign(tmp_path):
    text = "```python\nprint('array([-nan, nan])')\n```\n"
    text += "\n<!--pytest-codeblocks:expected-output-->\n```text\narray([nan, nan])\n```\n"
    (tmp_path / "page.md").write_text(text)
    assert run_fences(tmp_path) == {"passed": 1}


def test_fences_and_displayed_programs_run(book, pages, tmp_path):
    """pytest-codeblocks runs each fence of each page, and each program as the page gives it."""
    shutil.copytree(PROJECT.snippets / "data", tmp_path / "data")
    blocks = 0
    for page in [p for p in pages if p.language == "zh-TW"]:
        text = re.sub(r"```(text|shell)\n.*?```", "", page.text, flags=re.S)
        blocks += sum(f == "```python" for f in fences(text))
        for snippet in notebook.shown_on(page, book):
            run = book.runs[snippet.name]
            mark = (
                "<!--pytest.mark.xfail(raises=RuntimeError, strict=True)-->\n" if run.error else ""
            )
            text += f"\n\n{mark}```python\n{snippet.program}```\n"
            text += (
                f"\n<!--pytest-codeblocks:expected-output-->\n```text\n{run.output}```\n"
                if run.output and not run.error
                else ""
            )
            blocks += 1
        path = tmp_path / f"{page.slug.replace('/', '-')}.md"
        path.write_text(text, "utf-8")
        assert len(
            [b for b in extract_from_buffer(open(path)) if b.syntax == "python"]
        ) == text.count("```python\n")
    counts = run_fences(tmp_path)
    assert (
        counts.get("passed", 0) + counts.get("xfailed", 0) == blocks > 40
        and "skipped" not in counts
    )


def test_no_check_finds_a_fault_or_more_than_a_few_doubts(pages):
    """OpenCC, which is optional, doubts words that the glossary does not have: 參數, 打開."""
    doubts = checks.run(PROJECT, {(p.language, p.slug): p for p in pages}, range(1, 5))
    ours = [str(doubt) for doubt in doubts if "OpenCC" not in doubt.cure]
    assert len(ours) < len(pages), ours
    lines = sum(len(page.lines) for page in pages if page.language == "zh-TW")
    assert len(doubts) - len(ours) < lines / 20
    assert len({p.slug for p in pages}) * len(PROJECT.languages) == len(pages)


def test_the_theme_has_every_word_that_a_template_asks_for():
    """One that is shown only where the site is published would be missed nowhere but there."""
    asked = {
        name
        for folder in ("packages", "two_passes")
        for path in (ROOT / folder).rglob("*.html")
        for name in re.findall(r"(?<![\w.])(?:tp\.)?t\.((?:lab\.)?\w+)", path.read_text("utf-8"))
    }
    said = {*(words := PROJECT.words["en"]), *(f"lab.{name}" for name in words["lab"])}
    assert len(asked) > 50 and not asked - said, asked - said


def test_the_words_of_the_site_are_in_both_languages():
    words = PROJECT.words
    assert set(words) == set(PROJECT.languages)
    first, second = words.values()
    assert set(first) == set(second), set(first) ^ set(second)
    for key in first:
        assert first[key] and second[key], key
        assert set(re.findall(r"\{\w+\}", str(first[key]))) == set(
            re.findall(r"\{\w+\}", str(second[key]))
        ), key


def test_the_glossary_is_in_both_languages():
    for name, entry in PROJECT.terms.items():
        assert entry.get("en") and entry.get("zh-TW"), f"docs/glossary.yml: {name}"


def test_symbols_are_declared_once_in_both_languages_by_the_files_that_have_them():
    homes = program.modules(PROJECT)
    own = {home: symbols.own(PROJECT, home) for home in homes}
    assert len([each for every in own.values() for each in every]) > 70
    for each in (each for every in own.values() for each in every.values()):
        assert each.entry["tex"] and each.entry["en"] and each.entry["zh-TW"], each
    with_formulas = {name.split(".")[0] for name in formulas.all_with_formulas(PROJECT)}
    files = {path.name.split(".")[0] for path in symbols.files(PROJECT)}
    assert files == with_formulas | {"network"}, "network.py has the network and no formula"


def test_terms_of_taiwan(pages):
    """No words of the Mainland and no Simplified characters in Chinese prose.

    The contexts where a word is right are given.
    """
    banned = {
        "網絡": "網路",
        "標量": "純量",
        "數組": "陣列",
        "批量": "批次",
        "內存": "記憶體",
        "默認": "預設",
        "視頻": "影片",
        "信息": "資訊",
        "數據": "資料",
        "優化器(?!」)": "最佳化器",
        "程序(?!性)": "程式",
        "訓練循環": "訓練迴圈",
        "循環(?!小數|論證|播放)": "迴圈",
        "函數庫": "函式庫",
        "代碼": "程式碼",
        "文件(?!夾)": "檔案",
        "軟件": "軟體",
        "運行": "執行",
        "打印": "印出",
        "质": "質",
        "[个为与权层过变计传]": "a Traditional character",
    }
    for page in (p for p in pages if p.language == "zh-TW"):
        for number, line in outside_fences(page.text):
            for word, right in banned.items():
                found = re.search(
                    word, re.sub(r"（[^（）]*(?:或稱|又稱|也叫|也稱|亦稱)[^（）]*）", "", line)
                )
                assert not found, f"{page.place}:{number}: 「{found[0]}」: write 「{right}」"


def test_chinese_has_full_width_punctuation(pages):
    for page in (p for p in pages if p.language == "zh-TW"):
        for number, line in outside_fences(page.text):
            prose = re.sub(r"`[^`]*`|\$[^$]*\$|\{\{.*?\}\}|\]\([^)]*\)|\{[#:].*?\}", "", line)
            found = re.search(
                r"[\u4e00-\u9fff][,;:!?](?:\s|$|[\u4e00-\u9fff])|[\u4e00-\u9fff]\.(?:\s|$)"
                r"|[\u4e00-\u9fff]\s*\([\u4e00-\u9fff]",
                prose,
            )
            assert (
                not found or re.match(r"\s+(title|alt)|[a-z_]+:", line) and ":" == found[0][1:2]
            ), f"{page.place}:{number}: half-width 「{found[0]}」"


def test_mkdocs_nav_is_written_once():
    assert all("zh" not in str(item) and "en/" not in str(item) for item in PROJECT.nav)


def test_formulas_are_typed_only_in_snippets(pages):
    for page in pages:
        prose = "\n".join(re.sub(r"`[^`]*`", "", line) for _, line in outside_fences(page.text))
        assert "$$" not in prose and "\\[" not in prose, (
            f"{page.place}: a display formula belongs in a snippet's docstring"
        )
