"""Checks of the pages before anything runs. `@check("name")` registers a function of the project and its pages."""

from collections.abc import Callable, Iterable

from literate.errors import Fault

CHECKS: dict[str, Callable[..., Iterable[Fault]]] = {}


def check(name: str):
    """Register `function(project, pages)`, which yields what is wrong. pages: (language, slug) → page."""

    def register(function):
        CHECKS[name] = function
        return function

    return register
