"""Figures drawn at build from the numbers that a snippet recorded.

Each is a pure function `figure(values, t, tex)` to an SVG or HTML string. values: the recorded variables, in plain
lists and numbers. t: the page's UI strings, used only in tables; pictures hold symbols alone. tex: LaTeX to HTML.
What is missing or misshapen is a ValueError that names it. Their rules are in `theme/assets/figures.css`.
"""

from collections.abc import Callable

from .charts import histogram, loss_curves
from .common import lane_rule
from .curves import curves, loss_in_z
from .graph import graph
from .measured import measured, steps
from .network import network
from .tables import confusion_matrix, nine_gradients

__all__ = ["FIGURES", "lane_rule"]

FIGURES: dict[str, Callable[..., str]] = {
    "network": network,
    "loss_curves": loss_curves,
    "histogram": histogram,
    "confusion_matrix": confusion_matrix,
    "nine_gradients": nine_gradients,
    "curves": curves,
    "loss_in_z": loss_in_z,
    "graph": graph,
    "measured": measured,
    "steps": steps,
}
