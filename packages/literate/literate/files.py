"""What may enter the book: files of docs/ and snippets/ as plain text, before anything in them is believed."""

import json
import os
import re
import tempfile
import unicodedata
from pathlib import Path

import yaml

from literate.errors import Fault


LARGEST = 500_000  # bytes; the longest chapter has a tenth of it
# Controls, blanks that look like others, joiners, and what turns the text around: a reader, or a reviewer, sees none of them
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]"
)

# Letters that only look like ours, and that no search finds: Cyrillic, Chinese radicals and compatibility forms, Greek amid Latin
# (but μs); and what has no meaning outside one font, or stands for a character that was lost
_ALIKE = re.compile(
    "[\u0400-\u052f\u2e80-\u2fdf\ue000-\uf8ff\uf900-\ufaff\ufffd]|(?<=[A-Za-z])[\u0370-\u03ff]|(?!μ[sm]\\b)[\u0370-\u03ff](?=[A-Za-z])"
)
UNFINISHED = r"\b(?:TODO|FIXME|TBD|XXX)\b|待翻譯|待補|待續"  # what marks a text that its author means to come back to
_UNMERGED = re.compile(r"^(<{7}|\|{7}|>{7})(?= |$)", re.M)


class LOADER(
    getattr(yaml, "CSafeLoader", yaml.SafeLoader)
):  # libyaml is ten times as fast where it is there
    """YAML as everywhere, but a key that stands twice is an error: of the two, one would be lost."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"`{key.value}` stands twice", key.start_mark
                )
            seen.add(key.value if isinstance(key.value, str) else None)
        return super().construct_mapping(node, deep)


def place(path: Path, root: Path) -> str:
    """How a message names a file: from the root of the book."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def read(path: Path, root: Path) -> str:
    """A file's text: UTF-8 with line feeds, as every other tool will read it. Raises Fault."""
    at = place(path, root)
    if _leads_out(path, root):
        raise _out(path, root)
    if not path.is_file():
        raise Fault(
            at,
            "a folder, not a file" if path.is_dir() else "this file is missing",
            "rename the folder" if path.is_dir() else f"put it back: `git checkout {at}`",
        )
    if not os.access(path, os.R_OK):
        raise Fault(at, "it may not be read", f"`chmod u+r {at}`")
    size = path.stat().st_size
    if size > LARGEST:
        raise Fault(
            at,
            f"{size:,} bytes; the most is {LARGEST:,}",
            "part it in chapters, or leave out what was pasted by mistake",
        )
    raw = path.read_bytes()
    for bad, name, cure in (
        (b"\xef\xbb\xbf", "a byte order mark", "save it as UTF-8 without BOM"),
        (b"\r", "a carriage return", "save it with LF line ends; .gitattributes keeps them"),
        (b"\0", "a NUL character", "remove it"),
    ):
        if (found := raw.find(bad)) >= 0:
            raise Fault(f"{at}:{raw.count(bytes([10]), 0, found) + 1}", name, cure)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Fault(
            f"{at}:{line}", f"not UTF-8: the byte {raw[error.start]:#04x}", "save it as UTF-8"
        ) from None
    if found := _UNMERGED.search(text):
        raise Fault(
            f"{at}:{text.count(chr(10), 0, found.start()) + 1}",
            f"`{found[0]}`: two branches that were not merged",
            "keep one of the two, or both, and remove the three marks",
        )
    if found := _UNSEEN.search(text):
        raise Fault(
            f"{at}:{text.count(chr(10), 0, found.start()) + 1}",
            f"a character that nobody sees: U+{ord(found[0]):04X} {unicodedata.name(found[0], 'CONTROL')}",
            "remove it, or write a blank",
        )
    if found := _ALIKE.search(text):
        raise Fault(
            f"{at}:{text.count(chr(10), 0, found.start()) + 1}",
            f"`{found[0]}` only looks like a letter of ours: U+{ord(found[0]):04X} {unicodedata.name(found[0], 'PRIVATE USE')}",
            "type it anew",
        )
    return text


def read_yaml(text: str, at: str, first: int = 1):
    """What YAML says. first: the line of the file on which the text begins. Raises Fault with the line."""
    try:
        return yaml.load(text, LOADER)
    except (ValueError, TypeError) as error:  # a date that is none, a key that is a list
        raise Fault(
            at, f"not YAML: {error}", "quote the value, or write it as the entries beside it"
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Fault(
            f"{at}:{first + mark.line}" if mark else at,
            f"not YAML: {getattr(error, 'problem', error)}",
            "quote a value that holds `: ` or begins with a sign",
        ) from None


def _no_number(path: Path, root: Path, name: str):
    raise Fault(
        place(path, root), f"`{name}` is no number", "have the command that wrote it write it anew"
    )


def read_json(path: Path, root: Path):
    """What a JSON file says. Raises Fault with the line."""
    try:
        return json.loads(
            read(path, root), parse_constant=lambda name: _no_number(path, root, name)
        )
    except json.JSONDecodeError as error:
        raise Fault(
            f"{place(path, root)}:{error.lineno}",
            f"not JSON: {error.msg}",
            "mend it, or have the command that wrote it write it anew",
        ) from None


PUBLISHED = {".md", ".svg", ".png", ".jpg", ".webp"}  # beside the pages, only pictures


def strays(project) -> list[Fault]:
    """Files that are no page, no picture of one, and none of the book's own facts: MkDocs would publish them."""
    facts = (project.glossary, project.redirects, project.reviewed)
    folders = [project.page_folder(language) for language in project.languages]
    wanted = " or ".join(f"{project.place(folder)}/…/x.md" for folder in folders)
    return [
        Fault(
            project.place(path),
            "neither a page nor a picture of one, and it would be published",
            f"remove it; pages are {wanted}",
        )
        for path in sorted(project.docs.rglob("*"))
        if path.is_file()
        and path not in facts
        and (
            not path.stat().st_size
            or path.suffix not in PUBLISHED
            or not any(path.is_relative_to(folder) for folder in folders)
        )
    ]


def links_out(root: Path, *folders: Path) -> list[Fault]:
    """Symbolic links, of files or folders, that lead out of the tree: MkDocs would publish what they lead to."""
    return [
        _out(path, root)
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if _leads_out(path, root)
    ]


def _leads_out(path: Path, root: Path) -> bool:
    try:
        return path.is_relative_to(root) and not path.resolve(
            strict=path.is_symlink()
        ).is_relative_to(root)
    except (RuntimeError, OSError):  # a link to itself, or to nothing
        return True


def _out(path: Path, root: Path) -> Fault:
    return Fault(
        place(path, root),
        f"a link out of the tree, to {os.readlink(path) if path.is_symlink() else path.resolve()}",
        "put the file itself here",
    )


def write_whole(path: Path, text: str | bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as out:
        out.write(text.encode() if isinstance(text, str) else text)
    os.chmod(out.name, 0o644)
    os.replace(out.name, path)
