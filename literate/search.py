"""Search in the page's own language: word breaks that know our terms, and one index per language."""

import json
import re
from pathlib import Path

from literate import book as books
from literate.book import LANGUAGES
from literate.runner import CACHE, write_whole


def user_dictionary() -> str:
    """A jieba dictionary of the glossary's Chinese terms, so that 雅可比矩陣 stays one word. Returns its path."""
    words = set()
    for entry in books.read_yaml(books.GLOSSARY)["terms"].values():
        for term in [entry["zh-TW"], *(entry.get("aliases") or {}).get("zh-TW", [])]:
            words.add(term)
    path = CACHE / "jieba.txt"
    write_whole(path, "".join(f"{word} 100000\n" for word in sorted(words) if " " not in word))
    return str(path)


def readable(html: str) -> str:
    """A page less its drawn maths, pictures and forms: they hold no words, and reading them takes most of a build's time."""
    return re.sub(r"<(tp-math|svg|form|button)\b.*?</\1>", "", html, flags=re.S)


def split(site: Path) -> None:
    """Part the index that Material wrote: each language's at its own root, with addresses from there."""
    path = site / "search" / "search_index.json"
    if not path.is_file():
        return
    index = json.loads(path.read_text("utf-8"))
    for language, folder in LANGUAGES.items():
        mine = [d | {"location": d["location"].removeprefix(folder)} for d in index["docs"] if _language(d["location"]) == language]
        write_whole(site / folder / "search" / "search_index.json",
                    json.dumps({**index, "docs": mine}, ensure_ascii=False, separators=(",", ":")))


def _language(location: str) -> str:
    return next((language for language, folder in LANGUAGES.items() if folder and location.startswith(folder)), next(iter(LANGUAGES)))
