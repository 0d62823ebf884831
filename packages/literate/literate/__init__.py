"""Pages made from snippets that run. A book registers what it adds with these names."""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from literate.errors import Doubt, Fault
    from literate.project import Project
    from literate.registry import check, directive, figure, own_page

__version__ = "0.1.0"
__all__ = ["Doubt", "Fault", "Project", "check", "directive", "figure", "own_page"]

_HOMES = {"Doubt": "errors", "Fault": "errors", "Project": "project"}


def __getattr__(name: str) -> object:
    """Each is imported when it is used first: a check of what has not changed uses none."""
    if name in __all__:
        home = importlib.import_module(f"literate.{_HOMES.get(name, 'registry')}")
        return getattr(home, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
