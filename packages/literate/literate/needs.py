"""What a pitfall may need of the machine, `needs: compiler`.

Where that is missing, its program is not run, and the page and the commands say so.
"""

from collections.abc import Callable, Iterable

from literate.provenance import machine
from literate.runs import Run
from literate.text import Page

MET: dict[str, Callable[[], bool]] = {"compiler": lambda: machine().get("compiles") == "yes"}
WITHOUT = {"compiler": "MLX finds no C++ compiler (g++), so it compiles nothing here"}


def unmet(pages: Iterable[Page]) -> dict[str, Run]:
    """The snippets whose needs this machine does not meet, each with the run that it has not."""
    needs = {
        d.argument: str(d.options["needs"])
        for page in pages
        for d in page.directives
        if "needs" in d.options
    }
    return {name: Run("", None, None, {}, needs=n) for name, n in needs.items() if not MET[n]()}
