"""The file of measurements, which the page `performance` draws: its shape is checked before anything runs."""

from literate import files, schema
from literate.registry import check


NUMBER = {"type": "number"}
TEXT = {"type": "string"}


def _keys(**each: dict) -> dict:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [*each],
        "properties": each,
    }


def _each(value: dict) -> dict:
    return {"type": "object", "additionalProperties": value}


ROW = _keys(
    value=NUMBER,
    unit=TEXT,
    limit={"type": ["number", "null"]},
    low=NUMBER,
    high=NUMBER,
    n={"type": "integer"},
)
GROUP = _keys(date=TEXT | {"minLength": 1}, machine={"type": "object"}, rows=_each(ROW))
SHAPE = _keys(groups=_each(GROUP))


@check("measured")
def measured(project, pages):
    path = project.snippets / "data" / "performance.json"
    value = files.read_json(path, project.root)
    schema.check(value, SHAPE, project.read(path), project.place(path))
    return []
