"""Figures drawn at build from the numbers that a snippet recorded: a file for each subject.

Each is a pure function `figure(values, words, tex)` to an SVG or HTML string. values: the recorded
variables, in plain lists and numbers. words: those of the theme, used only in tables; pictures
hold symbols alone. tex: LaTeX to HTML. What is missing or misshapen is a ValueError that names it.
A picture is drawn twice, wide, and tall for a phone, where no text is under 12 px; CSS shows one.
The rules are in `theme/assets/figures.css`.
"""

from literate.registry import FIGURES, load_all

__all__ = ["FIGURES"]

load_all(__name__)
