"""The scripts of the book and of the engine: no module imports itself, by whatever way."""

import re

from conftest import ROOT
from literate.project import THEME
from literate.scripts import IMPORT, LOADED_LATER, imported

FOLDERS = (ROOT / "two_passes" / "theme", THEME)
BUILT = re.compile(r"assets/(tp|lab/(program|words-.*))\.js")  # the build writes them


def modules() -> dict[str, set[str]]:
    """Module → those that it imports, now or later. A book's module replaces the engine's."""
    found = {}
    for folder in reversed(FOLDERS):
        for path in folder.rglob("*.js"):
            name, text = path.relative_to(folder).as_posix(), path.read_text("utf-8")
            paths = IMPORT.findall(text) + LOADED_LATER.findall(text)
            found[name] = {imported(name, path) for path in paths}
    return found


def test_every_import_leads_to_a_module():
    found = modules()
    assert len(found) > 25
    missing = {to for targets in found.values() for to in targets if to not in found}
    assert {name for name in missing if not BUILT.fullmatch(name)} == set()


def test_no_module_imports_itself_by_another():
    found = modules()
    found["assets/tp.js"] = {"assets/js/main.js"}
    waiting = dict(found)
    while ready := [name for name, to in waiting.items() if not to & waiting.keys()]:
        for name in ready:
            del waiting[name]
    assert waiting == {}, "a cycle, or modules that lead to one"


def test_every_line_that_imports_has_the_form_that_joining_reads():
    for folder in FOLDERS:
        for path in (folder / "assets" / "js").glob("*.js"):
            lines = re.findall(r"^import .*\n", path.read_text("utf-8"), re.M)
            assert all(map(IMPORT.fullmatch, lines)), path
            assert " as " not in "".join(lines), path
