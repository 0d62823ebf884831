"""Checks of the pages."""

import sys
from collections.abc import Mapping

from literate.errors import Doubt, Fault, Faults
from literate.project import Project
from literate.registry import CHECKS, load_all
from literate.text import Page


def run(
    project: Project, pages: Mapping[tuple[str, str], Page], stages: range = range(1, 4)
) -> list[Doubt]:
    """Run the checks, a stage after the other. Raises Faults at the end of the first stage that has any."""
    load_all(sys.modules[__name__])
    doubts: list[Doubt] = []
    for stage in stages:
        found = [
            f for one in CHECKS.values() if one.stage == stage for f in one.find(project, pages)
        ]
        if faults := [each for each in found if isinstance(each, Fault)]:
            raise Faults(faults)
        doubts += [each for each in found if isinstance(each, Doubt)]
    return list(dict.fromkeys(doubts))
