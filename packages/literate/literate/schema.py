"""The shape of what authors write as YAML or JSON: `schemas/`, and the options of directives."""

import functools
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from literate import files
from literate.errors import Fault

FOLDER = Path(__file__).with_name("schemas")
_SAID = (  # what jsonschema says, and how a person says it
    (r"^Additional properties are not allowed \((.*) (?:was|were) unexpected\)", r"unknown key \1"),
    (r"^(.*) do(?:es)? not match any of the regexes: .*", r"unknown key \1"),
    (r"^'(.*)' is a required property$", r"`\1:` is missing"),
    (r"^None is not of type .*", "nothing is written here"),
)


@functools.cache
def _named(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


def differs(value: Any, schema: Mapping[str, Any]) -> ValidationError | None:
    """Where a value differs most from its JSON Schema; None where it does not."""
    errors = Draft202012Validator(schema).iter_errors(_with_string_keys(value))
    error: ValidationError | None = best_match(errors)
    if error:
        for pattern, said in _SAID:
            error.message = re.sub(pattern, said, error.message)
    return error


def _with_string_keys(value: Any) -> Any:
    """A key may be a number or a date in YAML; a JSON Schema compares keys as text."""
    if isinstance(value, dict):
        return {str(key): _with_string_keys(each) for key, each in value.items()}
    return [_with_string_keys(each) for each in value] if isinstance(value, list) else value


def check(value: Any, schema: str | Mapping[str, Any], text: str, at: str) -> None:
    """Compare a file's value with its JSON Schema. Raises Fault, with the line.

    schema: or the name of one in `schemas/`. text: of the file. at: the file, as messages name it.
    """
    if error := differs(value, _named(schema) if isinstance(schema, str) else schema):
        path = [*error.absolute_path]
        where = " → ".join(map(str, path)) or "the file"
        what = error.message[:200]
        cure = "write it as the entries beside it"
        there: Any = error.schema
        if known := ", ".join(there.get("properties", ())):
            cure += f"; keys that are known here: {known}"
        unknown = re.findall(r"^unknown key '([^']*)'", what)  # its own line, not its parent's
        raise Fault(f"{at}:{line(text, path + unknown)}", f"`{where}`: {what}", cure)


def line(text: str, path: Sequence[str | int]) -> int:
    """The line on which the value at a path begins, or the last that is found on the way to it."""
    node = _tree(text)
    found = node.start_mark.line if node else 0
    for step in path:
        found, node = _parts(node).get(str(step), (found, None))
    return found + 1


@functools.lru_cache(maxsize=64)
def _tree(text: str) -> yaml.Node | None:
    """A file's nodes: checks ask for the lines of hundreds of entries of one file."""
    found: yaml.Node | None = yaml.compose(text, files.Loader)
    return found


def _parts(node: yaml.Node | None) -> dict[str, tuple[int, yaml.Node]]:
    """Key or place → the line on which the part of a node begins, and the part."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: (key.start_mark.line, value) for key, value in node.value}
    parts = node.value if isinstance(node, yaml.SequenceNode) else []
    return {str(place): (part.start_mark.line, part) for place, part in enumerate(parts)}
