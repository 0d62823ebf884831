#!/usr/bin/env bash
# SymPy and latex2sympy2: in LaTeX, 1/n \sum x_i is read as 1/(n \sum x_i): the mean becomes a reciprocal.
#
# A slash before a sum or a bracket divides what is in front of it: so every reader takes 1/n \sum_i x_i and 1/2 (y - t)^2,
# and so does \frac. A good guess is that a parser does too, or asks. Seen with SymPy 1.14.0 and latex2sympy2 1.5.4: products
# without a sign bind tighter than the slash, so all that follows lands below the bar, without a word. With \cdot between the
# two, the sum comes back above.
#
# It matters to whoever reads losses and means: the slope of the squared error has the wrong sign and the wrong size.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for each in sympy latex2sympy2; do python3 -m venv "$folder/$each"; done
"$folder/sympy/bin/python" -m pip install --quiet --disable-pip-version-check "sympy==1.14.0" "antlr4-python3-runtime==4.11.0"
"$folder/latex2sympy2/bin/python" -m pip install --quiet --disable-pip-version-check "latex2sympy2==1.5.4" "sympy==1.14.0" "antlr4-python3-runtime==4.7.2"
cat > "$folder/read.py" <<'PY'
import importlib.metadata
import sys

import sympy

name = sys.argv[1]
if name == "sympy":
    from sympy.parsing.latex import parse_latex as read
else:
    from latex2sympy2 import latex2sympy as read

formulas = {"slash": "1/2 (y - t)^2", "frac": r"\frac{1}{2} (y - t)^2", "dot": r"1/2 \cdot (y - t)^2"}
print(name, importlib.metadata.version(name), "all that follows a slash without a sign lands below the bar")
slopes = {}
for key, formula in formulas.items():
    value = read(formula)
    letter = {each.name: each for each in value.free_symbols}
    slopes[key] = float(sympy.diff(value, letter["y"]).doit().subs({letter["y"]: 3, letter["t"]: 1}))
    print(f"  {formula:24} {value}  slope along y at y = 3, t = 1: {slopes[key]}")
mean = r"1/n \sum_{i=1}^{n} x_i"
print(" ", mean, " ", read(mean))
assert slopes["frac"] == slopes["dot"] == 2 and slopes["slash"] == -0.125, "this has changed"
assert sympy.denom(sympy.together(read(mean))).has(sympy.Sum), "this has changed"
PY
for each in sympy latex2sympy2; do "$folder/$each/bin/python" "$folder/read.py" "$each"; done
