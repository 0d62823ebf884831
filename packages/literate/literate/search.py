"""Search in the page's own language: word breaks that know our terms, and one index per language."""

import json
import logging
import re
from pathlib import Path

import jieba

from literate.errors import Fault
from literate.files import write_whole


_loaded = ""  # the dictionary that this process' jieba knows


def user_dictionary(project) -> str | None:
    """A jieba dictionary of the glossary's Chinese terms, so that 雅可比矩陣 stays one word; None where jieba has it.

    To load it again would weigh its words twice, and break other words elsewhere than a clean build does.
    """
    global _loaded
    words = set()
    for entry in project.terms.values():
        words.update([entry["zh-TW"], *(entry.get("aliases") or {}).get("zh-TW", [])])
    text = "".join(
        f"{word}\n"
        for word in sorted(
            {part for word in words for part in re.findall(r"[\u4e00-\u9fff]{2,}", word)}
        )
    )
    if text == _loaded:
        return None
    jieba.setLogLevel(logging.WARNING)
    jieba.dt.initialized = False  # start from its own dictionary
    jieba.dt.tmp_dir = str(
        project.cache
    )  # it loads what it kept there by marshal, unchecked: never from a folder that others can write to
    _loaded = text
    path = project.cache / "jieba.txt"
    write_whole(path, text)
    return str(path)


def readable(html: str) -> str:
    """A page less its drawn maths, pictures and forms, which hold no words, and less the spans that only colour code.

    Material reads what is left tag by tag; the rest would take most of a build's time. It knows no tables: a row with
    an address, such as a term of the glossary, is a find of its own, and a word ends where its cell does.
    """
    html = re.sub(r"<(tp-math|svg|form|button)\b.*?</\1>", "", html, flags=re.S)
    html = re.sub(
        r'<tr (id="[^"]+")><th\b[^>]*>(.*?)</th>(.*?)</tr>',
        r"<h3 \1>\2</h3><p>\3</p>",
        html,
        flags=re.S,
    )
    html = re.sub(r"(?=</t[hd]>|<span\b[^>]* lang=)", " ", html)
    return re.sub(r"</?span\b[^>]*>", "", html)


_SEGMENT = (
    "for(let o=s+1;o<t.length;o++)t.slice(s,o)in e",
    "for(let o=s+1;o<=t.length;o++)t.slice(s,o)in e",
)


def mend_worker(site: Path) -> None:
    """Material cuts a Chinese query into words of the index, but never looks its last character up: 「梯度消失」 would be searched
    as 「梯度」. The one comparison that is off by one is mended in the copy that is published."""
    for path in (site / "assets" / "javascripts" / "workers").glob("search.*.js"):
        text = path.read_text("utf-8")
        if _SEGMENT[1] in text:
            continue  # a live edit: the file was not copied anew
        if text.count(_SEGMENT[0]) != 1:
            raise Fault(
                path.name,
                "Material's search cuts Chinese in another way than the one mended in literate/search.py",
                "see whether it now finds 梯度消失 as one word; then delete `mend_worker`, else mend it anew",
            )
        write_whole(path, text.replace(*_SEGMENT))


def split(project, site: Path) -> None:
    """Part the index that Material wrote: each language's at its own root, with addresses from there."""
    path = site / "search" / "search_index.json"
    if not path.is_file():
        return
    index = json.loads(path.read_text("utf-8"))
    for language, folder in project.languages.items():
        mine = [
            d | {"location": d["location"].removeprefix(folder)}
            for d in index["docs"]
            if _language(project, d["location"]) == language
        ]
        write_whole(
            site / folder / "search" / "search_index.json",
            json.dumps({**index, "docs": mine}, ensure_ascii=False, separators=(",", ":")),
        )


def _language(project, location: str) -> str:
    return next(
        (
            language
            for language, folder in project.languages.items()
            if folder and location.startswith(folder)
        ),
        next(iter(project.languages)),
    )
