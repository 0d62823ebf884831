"""Pages made from snippets that run. A book registers what it adds with these names."""

from literate.errors import Doubt, Fault
from literate.registry import check, directive, figure, own_page

__version__ = "0.1.0"
__all__ = ["Doubt", "Fault", "Project", "check", "directive", "figure", "own_page"]


def __getattr__(name: str) -> object:
    """`Project` reads the configuration of MkDocs, which takes a while to import."""
    if name == "Project":
        from literate.project import Project

        return Project
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
