"""Search in the language of the page: word breaks that know the book's Chinese terms, and one index
for each language.
"""

import json
import logging
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

from literate import Fault, files, mathtext
from literate.project import Project
from literate.search_first import Best

FILES = ("search_index.json", "first.json")  # below search/ of each language
WORKER = "assets/javascripts/workers/search.*.js"
# language → what finds its words
_BREAKERS = {"ja": "tinyseg.js", "hi": "wordcut.js", "th": "wordcut.js"}
_loaded = ""  # the dictionary that jieba has in this process


def plugin(config: MkDocsConfig) -> Any:
    """Material's search plugin, if the book has it."""
    found = config.plugins.get("material/search")
    return found if found and found.config.enabled else None


def stemmers(config: MkDocsConfig) -> set[str]:
    """The scripts that Material's search worker loads for the languages of the search."""
    languages = found.config.lang if (found := plugin(config)) else ["en"]
    names = {f"min/lunr.{language}.min.js" for language in languages if language != "en"}
    names |= {_BREAKERS[language] for language in languages if language in _BREAKERS}
    names |= {"min/lunr.multi.min.js"} if len(languages) > 1 else set()
    names |= {"min/lunr.stemmer.support.min.js"} if names else set()
    return {f"assets/javascripts/lunr/{name}" for name in names}


def entries(config: MkDocsConfig) -> list[dict[str, Any]]:
    """What Material's search has read so far."""
    return found.search_index.entries if (found := plugin(config)) else []


def chinese(languages: Iterable[str]) -> list[str]:
    """Those of the languages that are Chinese."""
    return [language for language in languages if language.startswith("zh")]


def prepare(project: Project, config: MkDocsConfig) -> None:
    """Let the search of a Chinese book stem no words."""
    if chinese(project.languages) and (found := plugin(config)):
        found.config.update(pipeline=[])


def learn_terms(project: Project) -> None:
    """Let jieba break words as the glossary of a Chinese book does: 雅可比矩陣 stays one.

    What it knows already is not loaded twice: that would weigh its words twice, and break other
    words elsewhere than a clean build does.
    """
    if not chinese(project.languages):
        return
    import jieba  # for a Chinese book only: loading it takes time

    global _loaded
    said: list[str] = []
    for language in chinese(project.languages):
        for entry in project.terms.values():
            said += [entry[language], *(entry.get("aliases") or {}).get(language, [])]
    words = {part for word in said for part in re.findall(r"[\u4e00-\u9fff]{2,}", word)}
    if (text := "".join(f"{word}\n" for word in sorted(words))) == _loaded:
        return
    jieba.setLogLevel(logging.WARNING)
    jieba.dt.initialized = False  # start from its own dictionary
    # what jieba keeps there it loads by marshal, unchecked: no folder that others can write to
    jieba.dt.tmp_dir = str(project.cache)
    _loaded = text
    path = project.cache / "jieba.txt"
    files.write_whole(path, text)
    jieba.load_userdict(str(path))


def readable(html: str) -> str:
    """A page with its formulas as text, without pictures and forms, which hold no words, and
    without spans that only colour code.

    Material reads what is left tag by tag; the rest would take most of a build's time. It knows no
    tables: a row with an address, such as a term of the glossary, becomes a section, and a word
    ends where its cell does.
    """
    html = re.sub(r"<tp-math\b.*?</tp-math>", _said, html, flags=re.S)
    html = re.sub(r"<(svg|form|button)\b.*?</\1>", "", html, flags=re.S)
    row = re.compile(r'<tr (id="[^"]+")><th\b[^>]*>(.*?)</th>(.*?)</tr>', re.S)
    html = row.sub(r"<h3 \1>\2</h3><p>\3</p>", html)
    html = re.sub(r"(?=</t[hd]>|<span\b[^>]* lang=)", " ", html)
    return re.sub(r"</?span\b[^>]*>", "", html)


def _said(formula: re.Match[str]) -> str:
    """A drawn formula as text. One without MathML says nothing: words beside it say the same."""
    found = re.search(r"<math\b.*?</math>", formula[0], re.S)
    said = escape(mathtext.text(found[0])) if found else ""
    return f" {said} " if "tp-math--display" in formula[0] else said


_LAST_LEFT_OUT = "for(let o=s+1;o<t.length;o++)t.slice(s,o)in e"


def fixed_worker(name: str, text: str) -> str:
    """Material's search worker, which splits a Chinese query into words of the index.

    It never looks the last character up: 「梯度消失」 would be searched as 「梯度」. The
    comparison that is off by one is fixed in the copy that is published. Raises Fault if Material
    has changed it.
    """
    if text.count(_LAST_LEFT_OUT) != 1:
        what = "Material's search splits Chinese in another way than literate/search.py fixes"
        cure = "if it finds 梯度消失 as one word, delete `fixed_worker`; else change it"
        raise Fault(name, what, cure)
    return text.replace(_LAST_LEFT_OUT, _LAST_LEFT_OUT.replace("o<", "o<="))


def split(project: Project, site: Path, first: dict[str, Best]) -> None:
    """Split the index that Material wrote: each language's at its own root, with addresses from
    there.

    first: language → what a search for a word shows before all else.
    """
    if not (path := site / "search" / "search_index.json").is_file():
        return
    index = json.loads(path.read_text("utf-8"))
    docs: dict[str, list[Any]] = {prefix: [] for prefix in project.languages.values()}
    for entry in index["docs"]:
        # the first language has no prefix: its pages are those that no other prefix begins
        prefix = max(filter(entry["location"].startswith, docs), key=len)
        docs[prefix].append(entry | {"location": entry["location"].removeprefix(prefix)})
    for language, prefix in project.languages.items():
        mine = docs[prefix]
        text = json.dumps({**index, "docs": mine}, ensure_ascii=False, separators=(",", ":"))
        files.write_whole(site / prefix / "search" / "search_index.json", text)
        best = json.dumps(first[language], ensure_ascii=False, separators=(",", ":"))
        files.write_whole(site / prefix / "search" / "first.json", best)
