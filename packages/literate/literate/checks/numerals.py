"""The numbers of a sentence, in figures and in words, in Chinese and in English."""

import re

from literate.terms import CHINESE

# Signs of order; fractions; 1,000; 1e-3 and 3×; 2-2-1; plain numbers; numbers with a sign
_FIGURE = re.compile(
    r"[≤≥]|(?<![\w.])(?<!\w-)(?:\d+/\d+|\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?:e[-+]?\d+|[x×](?!\w))|\d+(?:-\d+)+|(?<![-−])\d+(?:\.\d+)*)"
    r"|(?<![\w\])}.])[-−]\d+(?:\.\d+)*",
    re.ASCII,
)
_UNITS = {
    "%": r"%|％|per ?cent",
    "ms": "毫秒|ms|milliseconds?",
    "µs": "微秒|µs|microseconds?",
    "s": "秒|s|seconds?",
    "min": "分鐘|min|minutes?",
    "h": "小時|h|hours?",
}
_UNIT = re.compile(
    "|".join(
        rf"({chr(92)}s{'?' * (sign == '%')}(?:{words})(?![A-Za-z]))"
        for sign, words in _UNITS.items()
    )
)  # 97%, 97 %, 97 percent; but 50 ms, and no seconds in the 1990s
_TIMES = {
    "萬": 10**4,
    "億": 10**8,
    "兆": 10**12,
    "百萬": 10**6,
    "千萬": 10**7,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_MANY = re.compile(rf"(\d[\d,]*(?:\.\d+)?)\s?({'|'.join(sorted(_TIMES, key=len, reverse=True))})")
_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_DATE = re.compile(
    rf"(?:(?P<y>\d{{4}}) 年 )?(?P<m>\d{{1,2}}) 月(?: (?P<d>\d{{1,2}}) 日)?|(?:(?P<D>\d{{1,2}}) )?(?P<M>{'|'.join(_MONTHS)}) (?P<Y>\d{{4}})|(?P<D2>\d{{1,2}}) (?P<M2>{'|'.join(_MONTHS)})|(?P<M3>{'|'.join(_MONTHS)}) (?P<D3>\d{{1,2}}), (?P<Y3>\d{{4}})"
)
_YEAR = re.compile("[零一二三四五六七八九]{4}(?= ?年)")
_SHARE = re.compile("([一二兩三四五六七八九])成(?=[的多、，。；左以到]|$)")  # 九成 is 90%
# Numbers in words. A vague one, 幾十 or "thousands", is none; nor is one that is part of another word
_HAN = {
    **{han: n for n, han in enumerate("零一二三四五六七八九十")},
    "兩": 2,
    "雙": 2,
    "半": 2,
    "百": 100,
    "千": 1000,
    "萬": 10_000,
    "億": 10**8,
    "兆": 10**12,
}
_NO_HAN = re.compile(
    "[幾數上成][十百千萬]+|三角|四[捨則周]|五入|十分(?![之鐘])|百分點|百分之(?!一)|百科|萬一|千萬(?=[不別要記])|千萬小心|三番兩次|一五一十|三言兩語|亂七八糟|五花八門|四[處面方]|再三|舉一反三|九宮格|十之八九|千[變言][萬萬][化語]|數以[百千萬]計|[二八十]進[位制]|九牛一毛"
)
_TENS = {
    word: 10 * n
    for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_WORDS = {
    **{
        word: n
        for n, word in enumerate(
            (
                "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
                "sixteen seventeen eighteen nineteen"
            ).split()
        )
    },
    **_TENS,
    **dict.fromkeys("once single first a an each".split(), 1),
    **dict.fromkeys("twice second pair both half halves double".split(), 2),
    "third": 3,
    "thrice": 3,
    "quarter": 4,
    "fifth": 5,
    "eighth": 8,
    "ninth": 9,
    "twelfth": 12,
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_NO_WORD = re.compile(
    r"\b(?:few|several|over a|more than a) (?:dozen|hundred|thousand|million)|\b(?:tens|dozens|hundreds|thousands|millions|billions)\b"
)
_WORD = re.compile(
    rf"\b({'|'.join(sorted(_WORDS, key=len, reverse=True))}|{'|'.join(word[:-1] for word in _TENS)})(?:fold|(?:i?e?th)?s?)\b"
)


def figures(prose: str) -> list[str]:
    """The numbers that stand there in figures, each with its unit; dates as 2026-11-25, 3 million as 3000000."""
    prose = _YEAR.sub(
        lambda m: "".join(str(_HAN[c]) for c in m[0]),
        _SHARE.sub(lambda m: f"{_HAN[m[1]]}0%", prose),
    )
    prose = _MANY.sub(_whole, _DATE.sub(_iso, prose))
    return [
        found[0].replace("-", "−").replace(",", "") + _unit(prose, found.end())
        for found in _FIGURE.finditer(prose)
    ]


def _unit(prose: str, at: int) -> str:
    found = _UNIT.match(prose, at)
    return f" {[*_UNITS][found.lastindex - 1]}" if found else ""


def _whole(many: re.Match) -> str:
    return f"{float(many[1].replace(',', '')) * _TIMES[many[2]]:.0f}"


def _iso(date: re.Match) -> str:
    month = date["M"] or date["M2"] or date["M3"]
    parts = (
        date["y"] or date["Y"] or date["Y3"],
        date["m"] or _MONTHS.index(month) + 1,
        date["d"] or date["D"] or date["D2"] or date["D3"],
    )
    return "-".join(f"{int(part):02}" for part in parts if part)


def words(prose: str, language: str) -> dict[str, str]:
    """The numbers that stand there in words: each as a figure → its words."""
    prose = _MANY.sub(" ", _SHARE.sub(" ", _YEAR.sub(" ", prose)))
    if language == CHINESE:
        found = [
            (m[0], _value([_HAN[c] for c in m[0]]))
            for m in re.finditer(f"[{''.join(_HAN)}]+", _NO_HAN.sub(" ", prose))
        ]
    else:
        runs = re.finditer(
            rf"{_WORD.pattern}(?:(?:[- ]| and ){_WORD.pattern})*", _NO_WORD.sub(" ", prose.lower())
        )
        found = [(m[0], _value([_number(w[1]) for w in _WORD.finditer(m[0])])) for m in runs]
    return {str(number): said for said, values in found for number in values}


def _number(word: str) -> int:
    return _WORDS.get(word) or _WORDS.get(f"{word}y", 0)


def _value(parts: list[int]) -> list[int]:
    """[3, 100, 2, 10, 5] is 325; [5, 6] are two numbers."""
    out, stack = [], []
    for n in parts:
        if n in (10, 100, 1000, 10_000, 10**6, 10**8, 10**9, 10**12):
            less = 0
            while stack and stack[-1] < n:
                less += stack.pop()
            n *= less or 1
        elif stack and stack[-1] % 10 ** len(str(n)):
            out, stack = [*out, sum(stack)], []
        stack.append(n)
    return [*out, sum(stack)]
