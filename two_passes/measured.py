"""The file of measurements, which the page `performance` draws: its shape is checked first."""

from literate import files, schema
from literate.registry import check


@check("measured")
def measured(project, pages):
    path = project.snippets / "data" / "performance.json"
    value = files.read_json(path, project.root)
    schema.check(value, "MEASURED", project.read(path), project.place(path))
    return []
