"""Every displayed formula is checked against the code that it stands beside, from its LaTeX.

grammar.lark   the LaTeX of the book: the specification
tree.py        from LaTeX to nodes
evaluate.py    the value of a tree, on NumPy or on MLX
scope.py       what a formula may lean on: its function, and those of its module and of the modules it imports from
names.py       what its names stand for: inputs, returned values, what other formulas define, slopes
graph.py       the values of all of them for one draw, and their derivatives
draw.py        random inputs
check.py       left side = right side = what the code returns = autodiff = finite differences
mutate.py      the mistakes one can make in a formula: to guess what is wrong, and to test this checker
worked.py      a formula worked in digits, from its tree and the values of a run; columns.py, as columns of symbols over digits
page.py        formulas on a page: symbols tagged, inline maths held to what is declared
"""

from literate.formula.check import Report
from literate.formula.page import declared, names, of_name, report, state, stem, tagged, unshown
from literate.formula.worked import work

__all__ = [
    "Report",
    "declared",
    "names",
    "of_name",
    "report",
    "state",
    "stem",
    "tagged",
    "unshown",
    "work",
]
