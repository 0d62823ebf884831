"""The site's script: the modules of `assets/js/`, joined into one file that a page requests.

They are ES modules that also work unjoined. To be joined they keep two rules: an import is one line
without renaming (`import { a, b } from "./x.js";`), one that is loaded later is named as
`loadLater("./x.js")`, and no two modules declare the same name.
"""

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath

from mkdocs.theme import Theme

from literate.errors import Fault

SCRIPT = "assets/tp.js"
ENTRY = "assets/js/main.js"
WORKER = "sw.js"
PARTS = ("assets/js/*.js", WORKER)  # files of the theme that the build writes anew
KEY = "BOOK_KEY"  # in the scripts: what a reader's device stores is named after the book

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


def filled(theme: Theme, key: str) -> dict[str, str]:
    """Name → text of the scripts that the build writes: the joined one and the service worker."""
    texts = {SCRIPT: joined(theme), WORKER: source(theme, WORKER).read_text("utf-8")}
    return {name: text.replace(KEY, key) for name, text in texts.items()}
