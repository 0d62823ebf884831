"""Files of a book, read as plain text before anything in them is trusted."""

import hashlib
import json
import os
import re
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from literate.errors import Fault

if TYPE_CHECKING:  # project reads its files with this module
    from literate.project import Project

LARGEST = 500_000  # bytes; the longest chapter has a tenth of it
UNFINISHED = r"\b(?:TODO|FIXME|TBD|XXX)\b|待翻譯|待補|待續"  # marks of a text that is not finished
PUBLISHED = {".md", ".svg", ".png", ".jpg", ".webp"}  # beside the pages, only pictures

# What no text may contain: pattern, what is wrong, cure. {0}: what was found; {name}: its name
_INVALID = (
    (r"\A\ufeff", "a byte order mark", "save it as UTF-8 without BOM"),
    (r"\r", "a carriage return", "save it with LF line ends; .gitattributes keeps them"),
    (r"\0", "a NUL character", "remove it"),
    (
        r"^(<{7}|\|{7}|>{7})(?= |$)",
        "`{0}`: two branches that were not merged",
        "keep one of the two, or both, and remove the three marks",
    ),
    (r"\t", "a tab", "write spaces in its place: four for each step to the right"),
    (  # controls, spaces that look like others, joiners, marks that change the direction
        "[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]",
        "an invisible character: {name}",
        "remove it, or write a space",
    ),
    (  # Cyrillic, Chinese radicals and compatibility forms, Greek beside Latin (but μs), and
        # characters that belong to one font or replace a lost one: no search finds them
        "[\u0400-\u052f\u2e80-\u2fdf\ue000-\uf8ff\uf900-\ufaff\ufffd]"
        "|(?<=[A-Za-z])[\u0370-\u03ff]|(?!μ[sm]\\b)[\u0370-\u03ff](?=[A-Za-z])",
        "`{0}` only looks like a common letter: {name}",
        "type it again",
    ),
)

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast


class Loader(_SafeLoader):  # type: ignore[misc]
    """YAML, in which a key that appears twice is an error: one of the two would be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: dict[str, yaml.Node] = {}
        for key, _ in node.value:
            if isinstance(key.value, str) and seen.setdefault(key.value, key) is not key:
                what = f"`{key.value}` appears twice"
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
        return dict(super().construct_mapping(node, deep))


def place(path: Path, root: Path) -> str:
    """A file as messages name it: from the root of the book."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def at_offset(at: str, text: str | bytes, offset: int) -> str:
    """`file:line` of an offset in a file's text. at: the file, as messages name it."""
    newline: Any = b"\n" if isinstance(text, bytes) else "\n"
    return f"{at}:{text.count(newline, 0, offset) + 1}"


def read(path: Path, root: Path) -> str:
    """A file's text: UTF-8 with line feeds, as every other tool reads it. Raises Fault."""
    at = place(path, root)
    if _leads_out(path, root):
        raise _out(path, root)
    if path.is_dir():
        raise Fault(at, "a folder, not a file", "rename the folder")
    if not path.is_file():
        raise Fault(at, "this file is missing", f"put it back: `git checkout {at}`")
    if not os.access(path, os.R_OK):
        raise Fault(at, "no permission to read it", f"`chmod u+r {at}`")
    if (size := path.stat().st_size) > LARGEST:
        cure = "split it into chapters, or remove what was pasted by mistake"
        raise Fault(at, f"{size:,} bytes; the most is {LARGEST:,}", cure)
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        what = f"not UTF-8: the byte {raw[error.start]:#04x}"
        raise Fault(at_offset(at, raw, error.start), what, "save it as UTF-8") from None
    for pattern, what, cure in _INVALID:
        if found := re.search(pattern, text, re.M):
            name = f"U+{ord(found[0][0]):04X} {unicodedata.name(found[0][0], 'without a name')}"
            raise Fault(at_offset(at, text, found.start()), what.format(found[0], name=name), cure)
    return text


def read_yaml(text: str, at: str, first: int = 1) -> Any:
    """The value of a YAML text. first: the line of the file on which it begins. Raises Fault."""
    try:
        return yaml.load(text, Loader)
    except (ValueError, TypeError) as error:  # an impossible date, a key that is a list
        cure = "quote the value, or write it as the entries beside it"
        raise Fault(at, f"not YAML: {error}", cure) from None
    except yaml.YAMLError as error:
        raise _not_yaml(error, at, first) from None


def _not_yaml(error: yaml.YAMLError, at: str, first: int) -> Fault:
    what, mark = getattr(error, "problem", str(error)), getattr(error, "problem_mark", None)
    cure = "quote a value that holds `: ` or begins with a sign"
    if what.endswith("appears twice"):
        cure = "keep one of the two"
    elif "while parsing a flow" in (getattr(error, "context", None) or ""):
        what = "a bracket that opens here is not closed, or a comma is missing"
        cure = "close it, put commas between the parts, and quote a part that holds one"
        mark = getattr(error, "context_mark", mark)
    return Fault(f"{at}:{first + mark.line}" if mark else at, f"not YAML: {what}", cure)


def read_json(path: Path, root: Path) -> Any:
    """The value of a JSON file. Raises Fault."""
    at, cure = place(path, root), "fix it, or run the command that wrote it again"

    def invalid(name: str) -> NoReturn:
        raise Fault(at, f"`{name}` is an invalid number", cure)

    try:
        return json.loads(read(path, root), parse_constant=invalid)
    except json.JSONDecodeError as error:
        raise Fault(f"{at}:{error.lineno}", f"not JSON: {error.msg}", cure) from None


def write_whole(path: Path, text: str | bytes) -> None:
    """Write a file so that no other process ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as out:
        out.write(text.encode() if isinstance(text, str) else text)
    os.chmod(out.name, 0o644)
    os.replace(out.name, path)


def digest(*parts: str) -> str:
    """The name under which is kept what depends on these parts alone."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def kept(path: Path) -> Any:
    """The value of a JSON file of the cache; None if it is missing or incomplete."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def strays(project: "Project") -> list[Fault]:
    """Files of docs/ that MkDocs would publish, though they are not a page, a picture, facts or a
    style sheet of `extra_css`.
    """
    facts = (project.glossary, project.redirects, project.reviewed)
    folders = [project.page_folder(language) for language in project.languages]
    what = "neither a page nor a picture of one, and it would be published"
    pages = " or ".join(f"{project.place(folder)}/…/x.md" for folder in folders)

    def belongs(path: Path) -> bool:
        below = any(path.is_relative_to(folder) for folder in folders)
        return path in (*facts, *project.extra_css) or bool(
            below and path.suffix in PUBLISHED and path.stat().st_size
        )

    every = sorted(path for path in project.docs.rglob("*") if path.is_file())
    cure = f"remove it; pages are {pages}"
    return [Fault(project.place(path), what, cure) for path in every if not belongs(path)]


def links_out(root: Path, *folders: Path) -> list[Fault]:
    """Symbolic links that lead out of the book: MkDocs would publish what they lead to."""
    every = [path for folder in folders for path in sorted(folder.rglob("*"))]
    return [_out(path, root) for path in every if _leads_out(path, root)]


def _leads_out(path: Path, root: Path) -> bool:
    try:
        target = path.resolve(strict=path.is_symlink())
    except (RuntimeError, OSError):  # a link to itself, or to nothing
        return True
    return path.is_relative_to(root) and not target.is_relative_to(root)


def _out(path: Path, root: Path) -> Fault:
    target = os.readlink(path) if path.is_symlink() else path.resolve()
    what = f"a link out of the tree, to {target}"
    return Fault(place(path, root), what, "put the file itself here")
