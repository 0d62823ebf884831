"""The file of measurements, which the page `performance` draws, has its shape."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from literate import files, schema
from literate.errors import Fault
from literate.project import Project
from literate.registry import check

SHAPE = json.loads(Path(__file__).with_name("measured.json").read_text("utf-8"))


@check("measured")
def measured(project: Project, pages: Any) -> Iterable[Fault]:
    path = project.snippets / "data" / "performance.json"
    value = files.read_json(path, project.root)
    schema.check(value, SHAPE, project.read(path), project.place(path))
    return []
