"""The shape of what authors write as YAML or JSON, as JSON Schema: a value of another shape is told with its line, before anything leans on it."""

import functools
import json
from typing import Any
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from literate.errors import Fault

FOLDER = Path(__file__).with_name("schemas")
TEXT = {"type": "string", "minLength": 1}
NAMES = {"type": "array", "items": TEXT}
NUMBER = {"type": "number"}


def _keys(must: dict | None = None, **may: dict) -> dict:
    """A mapping of these keys, and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(must or {}),
        "properties": {**(must or {}), **may},
    }


def _each(value: dict, names: str = "") -> dict:
    """A mapping of names, of this form, each to such a value."""
    return {
        "type": "object",
        "propertyNames": {"type": "string", "pattern": names},
        "additionalProperties": value,
    }


def _either(languages: dict) -> dict:
    """The same in both languages; what is lacking is told where the words are checked."""
    return _keys(**{"en": languages, "zh-TW": languages})


GLOSSARY = _keys(
    {
        "terms": _each(
            _keys(
                **{"en": TEXT, "zh-TW": TEXT},
                means=_either(TEXT),
                group=_either(TEXT),
                aliases=_either(NAMES),
                plain={"const": True},
                chapter=TEXT,
            ),
            "^[a-z][a-z0-9-]*$",
        ),
        "mainland": _each(_keys({"use": TEXT}, but=NAMES)),
        "symbols": _each(
            _keys(
                {"tex": TEXT},
                **{"en": TEXT, "zh-TW": TEXT, "is": TEXT},
                by=NAMES,
                range={"type": "string", "pattern": "^(unit|positive|real|from 0|[A-Za-z_]\\w*)$"},
            )
        ),
    },
    opposites={
        "type": "array",
        "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": _each(TEXT)},
    },
)
STRINGS = _keys({"zh-TW": {"type": "object"}, "en": {"type": "object"}})
REDIRECTS = _each({"type": "string", "pattern": r"^[\w/-]+(#[\w-]+)?$"})
AGREED = _each(_each({"type": "string", "pattern": "^[0-9a-f]{10}( [0-9a-f]{10})*$"}))
_ROW = _keys(
    {
        "value": NUMBER,
        "unit": {"type": "string"},
        "limit": {"type": ["number", "null"]},
        "low": NUMBER,
        "high": NUMBER,
        "n": {"type": "integer"},
    }
)
MEASURED = _keys(
    {"groups": _each(_keys({"date": TEXT, "machine": {"type": "object"}, "rows": _each(_ROW)}))}
)

_PLACE = _each(
    {
        "anyOf": [
            {"type": "integer", "minimum": 1},
            {"type": "array", "items": {"type": "integer", "minimum": 1}},
        ]
    }
)
_NTH = {"type": "integer", "minimum": 1}
# Options of directives that are more than a word; what a word must be is told where it is drawn
OPTIONS = {
    "at": {"anyOf": [_PLACE, {"type": "array", "items": _PLACE, "minItems": 1}]},
    "with": _each({"type": ["string", "number"]}),
    "formula": {"anyOf": [_NTH, {"type": "array", "items": _NTH, "minItems": 1}]},
    "side": _NTH,
    "from": TEXT,
    "cure": TEXT,
    "title": {"not": {"type": ["array", "object"]}},
    "alt": {"not": {"type": ["array", "object"]}},
    "live": TEXT,
}
# How each is written, for who wrote it otherwise
WRITTEN = {
    "at": "`at: {i: 1}`, or a list of such",
    "with": "`with: {z: z2}`",
    "formula": "`formula: 2`, or `formula: [1, 2]`",
    "side": "`side: 3`",
    "from": "`from: module.function`",
    "cure": "`cure: module.function`",
    "title": "words",
    "alt": "words",
    "live": "`live: forward`",
}


@functools.cache
def _validator(name: str) -> Draft202012Validator:
    named = FOLDER / f"{name}.json"
    if named.is_file():
        return Draft202012Validator(json.loads(named.read_text("utf-8")))
    return Draft202012Validator(globals()[name] if name.isupper() else OPTIONS[name])


def parts(value, name: str):
    """Where a value parts from its shape, as jsonschema tells it; None where it does not."""
    return best_match(_validator(name).iter_errors(value))


def check(value, name: str, text: str, at: str) -> None:
    """Raise a Fault, with the line, where a file's value is of another shape. name: of the shape, as `project.glossary`."""
    error = parts(value, name) if isinstance(name, str) else differs(value, name)
    if error:
        path = [*error.absolute_path]
        where = " → ".join(map(str, path)) or "the file"
        raise Fault(
            f"{at}:{_line(text, path)}",
            f"`{where}`: {error.message[:200]}",
            "write it as the entries beside it; the head of the file says what there may be",
        )


def _line(text: str, path: list) -> int:
    """The line on which what a path leads to begins."""
    node = yaml.compose(text)
    line = node.start_mark.line if node else 0
    for step in path:
        if isinstance(node, yaml.MappingNode):
            pairs = [pair for pair in node.value if pair[0].value == str(step)]
            if not pairs:
                break
            key, node = pairs[0]
            line = key.start_mark.line
        else:
            node = node.value[step]
            line = node.start_mark.line
    return line + 1


def differs(value: object, schema: object) -> Any:
    return best_match(Draft202012Validator(schema).iter_errors(value))
