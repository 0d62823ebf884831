"""What an earlier build has found or drawn, kept by all that it was made from.

Each part has a key: the hash of all that it is made from. What is kept is taken while its key is
the same; a file that is damaged is as good as none.
"""

import functools
import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from literate import files
from literate.project import Project


class Kept:
    """A folder of kept parts. common: the hash of what concerns all of them."""

    def __init__(self, folder: Path, common: str):
        self.folder, self.common = folder, common

    def key(self, *made_from: object) -> str:
        return files.digest(self.common, repr(made_from))

    def get(self, name: str, key: str) -> Any:
        """The part of that name, if it was made from the same; else None."""
        found = files.kept(self.folder / f"{name}.json")
        return found["value"] if isinstance(found, dict) and found.get("key") == key else None

    def put(self, name: str, key: str, value: Any) -> None:
        text = json.dumps({"key": key, "value": value}, ensure_ascii=False)
        files.write_whole(self.folder / f"{name}.json", text)


def common(project: Project) -> str:
    """The hash of what concerns every part: code, themes, words, settings, what is installed.

    Pages and snippets concern those parts alone that are made from them.
    """
    words = (project.config_file, project.words_file, project.glossary, project.redirects)
    texts = [path.read_text("utf-8") for path in words if path.is_file()]
    watched = [each for each in project.also_watched if each != project.snippets]
    folders = [*project.code, *map(Path, project.theme_folders), *watched]
    return files.digest(*texts, sys.version, *_installed(), *_contents(folders))


@functools.cache
def _installed() -> list[str]:
    """Name and version of every installed package."""
    return sorted(each for each in os.listdir(sysconfig.get_path("purelib")) if "-info" in each)


def _contents(folders: Iterable[Path]) -> list[str]:
    """The hash of every file below these folders but those that are installed."""
    installed = Path(sysconfig.get_path("purelib"))
    paths = {p for f in folders if not f.is_relative_to(installed) for p in f.rglob("*")}
    every = sorted(p for p in paths if p.suffix != ".pyc" and p.is_file())
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in every]
