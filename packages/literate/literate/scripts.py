"""The site's script: the modules of `assets/js/`, joined into one file that a page requests.

They are ES modules that also work unjoined. To be joined they keep two rules: an import is one line
without renaming (`import { a, b } from "./x.js";`), one that is loaded later is named as
`loadLater("./x.js")`, and no two modules declare the same name.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

from mkdocs.theme import Theme

from literate.errors import Fault

SCRIPT = "assets/tp.js"
ENTRY = "assets/js/main.js"
WORKER = "sw.js"
PARTS = ("assets/js/*", WORKER)  # files of the theme that the build writes anew
KEY = "BOOK_KEY"  # in the scripts: what a reader's device stores is named after the book
WORDS = "SCRIPT_WORDS"  # in the scripts: language → name → word
EXERCISES = "CHAPTER_EXERCISES"  # in the scripts: slug → names of the page's exercises
SHOWN = "assets/js/words.json"  # the words that scripts show; of `lab.open` the name is `open`

IMPORT = re.compile(r'^import (?:[\w{}, ]+ from )?"(\.[^"]+)";\n', re.M)
LOADED_LATER = re.compile(r'\bloadLater\("(\.[^"]+)"\)')
_DECLARED = re.compile(
    r"^(?:export )?(?:async )?(?:const|let|class|function) (?:(\w+)|[{\[]([^}\]]+))", re.M
)


def source(theme: Theme, name: str) -> Path:
    """A file of the theme; the book's own before the engine's. Raises Fault if there is none."""
    for folder in theme.dirs:
        if (path := Path(folder) / name).is_file():
            return path
    raise Fault(name, "the file is missing", "put it into the theme, or remove what imports it")


def imported(name: str, path: str) -> str:
    """The name, from the theme's root, of what the module `name` imports as `path`."""
    return normpath(PurePosixPath(name).parent / path)


def joined(theme: Theme) -> str:
    """The modules that the entry imports, each after those it needs. Raises Fault."""
    texts: dict[str, str] = {}
    declared: dict[str, str] = {}

    def add(name: str) -> None:
        if name in texts:
            return
        texts[name] = ""  # seen, so that a cycle ends
        text = source(theme, name).read_text("utf-8")
        for path in IMPORT.findall(text):
            add(imported(name, path))
        body = LOADED_LATER.sub(lambda found: _from_script(name, found), IMPORT.sub("", text))
        for one, several in _DECLARED.findall(body):
            for word in [one] if one else re.findall(r"\w+", several):
                if other := declared.get(word):
                    raise Fault(name, f"`{word}` is declared in {other} too", "rename one of them")
                declared[word] = name
        del texts[name]
        texts[name] = body.strip()  # behind what it imports

    add(ENTRY)
    return "\n\n".join(texts.values()) + "\n"


def _from_script(name: str, found: re.Match[str]) -> str:
    path = PurePosixPath(imported(name, found[1])).relative_to(PurePosixPath(SCRIPT).parent)
    return f'loadLater("./{path}")'


def filled(
    theme: Theme,
    key: str,
    words: Mapping[str, Mapping[str, Any]],
    exercises: Mapping[str, Sequence[str]],
) -> dict[str, str]:
    """Name → text of the scripts that the build writes: the joined one and the service worker.

    words: language → words of the interface. exercises: slug → names of the page's exercises.
    Raises Fault.
    """
    told = {KEY: key, WORDS: _json(shown(theme, words)), EXERCISES: _json(exercises)}
    texts = {SCRIPT: joined(theme), WORKER: source(theme, WORKER).read_text("utf-8")}
    for name, value in told.items():
        texts = {path: text.replace(name, value) for path, text in texts.items()}
    return texts


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def shown(theme: Theme, words: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Language → name → word, of those that the scripts of the engine and of the book show."""
    found = (Path(folder) / SHOWN for folder in theme.dirs)
    names = [
        name for path in found if path.is_file() for name in json.loads(path.read_text("utf-8"))
    ]
    return {
        language: {name.rpartition(".")[2]: _word(said, name) for name in names}
        for language, said in words.items()
    }


def _word(words: Mapping[str, Any], name: str) -> str:
    for part in name.split("."):
        words = words[part]
    return str(words)
