"""The file of measurements, which the page `performance` draws: its shape is checked first."""

import json
from pathlib import Path

from literate import files, schema
from literate.registry import check

SHAPE = json.loads(Path(__file__).with_name("measured.json").read_text("utf-8"))


@check("measured")
def measured(project, pages):
    if not any(name.startswith("performance.") for p in pages.values() for name, _ in p.snippets()):
        return []  # no page shows it
    path = project.snippets / "data" / "performance.json"
    value = files.read_json(path, project.root)
    schema.check(value, SHAPE, project.read(path), project.place(path))
    return []
