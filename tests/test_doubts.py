"""What is surely wrong is a fault; what a machine can only suspect is a doubt, and never red."""

import pytest
from conftest import PROJECT
from literate import review
from literate.checks import chinese, facts
from literate.errors import Fault
from literate.project import Project
from literate.registry import CHECKS
from mkdocs.config import load_config

LANGUAGES = ("zh-TW", "en")

# Sentences that say the same; of some a machine may ask
FAITHFUL = [
    ("晚霞是五顏六色的。", "The evening sky has all colours."),
    ("準確率是九成五。", "The accuracy is 95 %."),
    ("準確率是百分之九十五。", "The accuracy is 95%."),
    ("三分之二的資料", "two thirds of the data"),
    ("十六分之一", "1/16"),
    ("學習率是 1e-3。", "The learning rate is 0.001."),
    ("跑了 1.5 小時。", "It ran for 90 minutes."),
    ("一共 2.5 萬筆。", "There are 25,000 of them."),
    ("民國 115 年", "in 2026"),
    ("下午 3:30 開始", "it starts at 15:30"),
    ("它全天候運作。", "It runs 24/7."),
    ("溫度是負 3 度。", "It is −3 degrees."),
    ("2 到 5 層都可以。", "From two to five layers, 2-5, will do."),
    ("星期三下午五點半", "on Wednesday at half past five"),
    ("千萬不要三心二意。", "Do not be of two minds."),
    ("萬一錯了，再試一次。", "If it should fail, try again."),
    ("先乘 $w$ 再加 $b$。", "Add $b$ after multiplying by $w$."),
    ("人工智慧（AI）出自達特茅斯會議。", "The term AI comes from Dartmouth."),
    ("用 GPU 訓練。", "Train on GPUs."),
    ("從 {{a.b.c:.2f}} 降到 {{a.b.d:.2f}}", "It falls to {{a.b.d:.2f}} from {{a.b.c:.2f}}."),
    ("2026 年 11 月", "November 2026"),
    ("3 月 5 日", "5 March"),
    ("1990 年代", "the 1990s"),
    ("一九八六年", "in 1986"),
    ("九成的", "90% of"),
    ("百分之五", "five percent"),
    ("15 兆個", "15 trillion"),
    ("120 萬筆", "1.2 million"),
    ("十億個", "a billion"),
    ("兩千五百萬", "25 million"),
    ("維基百科", "Wikipedia"),
    ("3 小時", "three hours"),
    ("一百五十", "a hundred and fifty"),
    ("1/5", "one fifth"),
    ("四捨五入", "rounded"),
    ("三角函數", "a sine"),
    ("幾十次", "dozens of times"),
    ("八層", "eight layers"),
    ("百分之一", "a hundredth"),
]
WRONG = [
    ("第 9 層", "layer 0"),
    ("−3", "3"),
    ("3/4", "3/5"),
    ("x²", "x³"),
    ("寬 0.38", "wide"),
    ("用 GPT-2", "with GPT-3"),
    ("2-1-2 的網路", "a 2-2-1 network"),
    ("`a` 乘 `b`", "`a` times `c`"),
    ("看 $w_1$", "see $w_2$"),
    ("[下一章](loss.md)", "[next](forward.md)"),
    ("是 {{a.b.c:.2f}}", "it is {{a.b.d:.2f}}"),
]
SUSPECT = [
    ("一百個", "a thousand"),
    ("50 毫秒", "50 s"),
    ("三層", "four layers"),
    ("120 萬筆", "1.2 billion"),
    ("九成", "80%"),
    ("11 月", "12 March"),
    ("二十五個", "twenty-six"),
    ("tanh", "sinh"),
    ("用 Adam", "with SGD"),
    ("往左走", "Go right"),
]
OPPOSITES = [[{"zh-TW": "左", "en": "left"}, {"zh-TW": "右", "en": "right"}]]


def found(pair: tuple[str, str]) -> list[facts.Difference]:
    return list(facts.differences(pair, LANGUAGES, OPPOSITES))


def test_of_faithful_sentences_none_is_red_and_few_are_asked_about():
    assert not {pair: found(pair) for pair in FAITHFUL if any(d.sure for d in found(pair))}
    doubted = [pair for pair in FAITHFUL if found(pair)]
    assert len(doubted) <= len(FAITHFUL) // 4, doubted


@pytest.mark.parametrize("pair", WRONG)
def test_what_no_faithful_translation_says_is_red(pair):
    assert any(difference.sure for difference in found(pair))


@pytest.mark.parametrize("pair", SUSPECT)
def test_what_may_be_wrong_is_asked_about(pair):
    assert found(pair) and not any(difference.sure for difference in found(pair))


def test_simplified_is_told_from_traditional():
    assert [c for c in "这网络学习们万与气" if chinese.is_simplified(c)] == list(
        "这网络学习们万与气"
    )
    assert not [c for c in "這網路學習們裡為著台熵菇碁氪酶晗珉栖" if chinese.is_simplified(c)]


PROSE = """
It costs $5 or $10, and takes ~5 s. Press [x] where a == b, or x * y, or 5*3.

We saw it, then this,

Say 1) one, 2) two. What??? It is over!!!

She said “one.

“And two.”
"""


@pytest.fixture
def single(tmp_path, monkeypatch):
    """A book of one language with one page of this text."""

    def made(text: str) -> Project:
        for name, found in list(CHECKS.items()):  # those that this book registers are its own
            if found.find.__module__.startswith("two_passes"):
                monkeypatch.delitem(CHECKS, name)
        for name in ("docs", "snippets"):
            (tmp_path / name).mkdir()
        settings = "site_name: One\nnav: [index]\nplugins: [literate]\n"
        (tmp_path / "mkdocs.yml").write_text(settings)
        page = f"---\ntitle: One\ndescription: A page.\n---\n{text}"
        (tmp_path / "docs" / "index.md").write_text(page)
        return Project.of(load_config(str(tmp_path / "mkdocs.yml")))

    return made


def test_marks_that_may_be_prose_are_asked_about(single):
    stale, doubts = review.look(review.whole(single(PROSE)))
    lines = {int(doubt.place.split(":")[1]) for doubt in doubts}
    assert not stale and lines == {6, 8, 10}, [str(doubt) for doubt in doubts]


def test_a_book_of_one_language_is_not_compared_and_not_reviewed(single):
    project = single("\n## All is well {#well}\n\nNothing to ask.\n")
    assert review.look(review.whole(project)) == ([], [])
    with pytest.raises(Fault, match="the book has one language"):
        review.agree(project)


def test_words_of_the_mainland_are_asked_about_by_opencc():
    pytest.importorskip("opencc")
    allowed = chinese.allowed(PROJECT)
    (doubt,) = chinese.mainland(allowed, "請看屏幕。", "x.md:1")
    assert "屏幕" in doubt.what and "螢幕" in doubt.cure
    assert not list(chinese.mainland(allowed, "激活函數的參數，都在網路裡。", "x.md:1"))
