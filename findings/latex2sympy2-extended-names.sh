#!/usr/bin/env bash
# latex2sympy2_extended: \gamma is the number 0.577…, N is n, and X is x.
#
# A letter in a formula is a symbol; SymPy's own parser makes one of \gamma and tells N from n. Seen with
# latex2sympy2_extended 1.11.0 as it comes: capitals are made small, so N - n works out to 0 and the fraction n/N to 1;
# \gamma is Euler's constant, so a slope along it is 0, and the x + βγ of a normalization has one parameter less. An option
# (lowercase_symbols) cures the first, not the second.
#
# It matters to whoever compares formulas of machine learning by it: the scale of batch normalization, the discount of
# reinforcement learning, matrices and their vectors.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "latex2sympy2_extended==1.11.0" "sympy==1.14.0" "antlr4-python3-runtime==4.11.0"
"$folder/env/bin/python" - <<'PY'
import importlib.metadata

import sympy
from latex2sympy2_extended import latex2sympy
from latex2sympy2_extended.latex2sympy2 import ConversionConfig
from sympy.parsing.latex import parse_latex

kept = ConversionConfig(lowercase_symbols=False)
print("latex2sympy2_extended", importlib.metadata.version("latex2sympy2_extended"), "sympy", sympy.__version__)
print("capitals become small letters, and gamma becomes a number")
seen = {}
for formula in ("N - n", r"\frac{n}{N}", r"\gamma x + \beta"):
    reads = [latex2sympy(formula), latex2sympy(formula, conversion_config=kept), parse_latex(formula)]
    seen[formula] = [read.doit() for read in reads]
    print(f"{formula:18} as it comes: {reads[0]}, capitals kept: {reads[1]}, SymPy: {reads[2]}; worked out:", *seen[formula][:1])
gamma = sympy.Symbol("gamma")
slopes = [sympy.diff(read, gamma) for read in seen[r"\gamma x + \beta"]]
print("slopes of the last along gamma:", slopes)
assert seen["N - n"][0] == 0 and seen[r"\frac{n}{N}"][0] == 1, "this has changed"
assert seen["N - n"][1] != 0 and seen["N - n"][2] != 0, "this has changed"
assert slopes == [0, 0, sympy.Symbol("x")] and seen[r"\gamma x + \beta"][0].has(sympy.EulerGamma), "this has changed"
PY
