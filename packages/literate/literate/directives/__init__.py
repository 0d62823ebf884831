"""What can be written on a page as `/// name | argument`: a file for each.

Its file holds a directive's options, the markup that it becomes and the cells of its notebook.
"""

from literate.directives.parts import code_pane, coloured, printed
from literate.registry import load_all

__all__ = ["code_pane", "coloured", "printed"]

load_all(__name__)
