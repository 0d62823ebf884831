"""What may enter the book: files of docs/ and snippets/ as plain text, before anything in them is believed."""

import os
import re
import unicodedata
from pathlib import Path

import yaml

from literate.errors import Fault

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 500_000  # bytes; the longest chapter has a tenth of it
# Controls, blanks that look like others, joiners, and what turns the text around: a reader, or a reviewer, sees none of them
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]")

_ALIKE = re.compile("[\u0400-\u052f]")  # Cyrillic: its а, е, о look like ours, and no search finds them


class LOADER(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # libyaml is ten times as fast where it is there
    """YAML as everywhere, but a key that stands twice is an error: of the two, one would be lost."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"`{key.value}` stands twice", key.start_mark)
            seen.add(key.value if isinstance(key.value, str) else None)
        return super().construct_mapping(node, deep)


def place(path: Path) -> str:
    """How a message names a file: from the root of the book."""
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()


def read(path: Path) -> str:
    """A file's text: UTF-8 with line feeds, as every other tool will read it. Raises Fault."""
    at = place(path)
    if _leads_out(path):
        raise _out(path)
    if not os.access(path, os.R_OK):
        raise Fault(at, "it may not be read", f"`chmod u+r {at}`")
    size = path.stat().st_size
    if size > LARGEST:
        raise Fault(at, f"{size:,} bytes; the most is {LARGEST:,}", "part it in chapters, or leave out what was pasted by mistake")
    raw = path.read_bytes()
    for bad, name, cure in ((b"\xef\xbb\xbf", "a byte order mark", "save it as UTF-8 without BOM"),
                            (b"\r", "a carriage return", "save it with LF line ends; .gitattributes keeps them"),
                            (b"\0", "a NUL character", "remove it")):
        if (found := raw.find(bad)) >= 0:
            raise Fault(f"{at}:{raw.count(bytes([10]), 0, found) + 1}", name, cure)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Fault(f"{at}:{line}", f"not UTF-8: the byte {raw[error.start]:#04x}", "save it as UTF-8") from None
    if found := _UNSEEN.search(text):
        raise Fault(f"{at}:{text.count(chr(10), 0, found.start()) + 1}",
                    f"a character that nobody sees: U+{ord(found[0]):04X} {unicodedata.name(found[0], 'CONTROL')}", "remove it, or write a blank")
    if found := _ALIKE.search(text):
        raise Fault(f"{at}:{text.count(chr(10), 0, found.start()) + 1}",
                    f"`{found[0]}` only looks like a letter of ours: U+{ord(found[0]):04X} {unicodedata.name(found[0])}", "type it anew")
    return text


def read_yaml(text: str, at: str, first: int = 1):
    """What YAML says. first: the line of the file on which the text begins. Raises Fault with the line."""
    try:
        return yaml.load(text, LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Fault(f"{at}:{first + mark.line}" if mark else at, f"not YAML: {getattr(error, 'problem', error)}",
                    "quote a value that holds `: ` or begins with a sign") from None


def links_out(*folders: Path) -> list[Fault]:
    """Symbolic links, of files or folders, that lead out of the tree: MkDocs would publish what they lead to."""
    return [_out(path) for folder in folders for path in sorted(folder.rglob("*")) if _leads_out(path)]


def _leads_out(path: Path) -> bool:
    return path.is_relative_to(ROOT) and not path.resolve().is_relative_to(ROOT)


def _out(path: Path) -> Fault:
    return Fault(place(path), f"a link out of the tree, to {path.resolve()}", "put the file itself here")
