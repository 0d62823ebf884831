#!/usr/bin/env bash
# SymPy: in a sum that is read from LaTeX, the index below a letter is not the index of the sum.
#
# The mean of x_1 … x_n is read as Sum(x_{i}, (i, 1, n)) / n, which looks right. A good guess is that its terms differ. Seen
# with SymPy 1.14.0 (both backends of parse_latex): "x_{i}" is one symbol with braces in its name and no i in it, so the sum
# is n equal terms: .doit() turns the mean into x_{i}, a squared error into n times one square, a product of
# probabilities into a power.
#
# It matters to whoever differentiates, simplifies or evaluates a loss that was read from its formula.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "sympy==1.14.0" "antlr4-python3-runtime==4.11.0" "lark==1.3.1"
"$folder/env/bin/python" - <<'PY'
import sympy
from sympy.parsing.latex import parse_latex

mean, error, product = r"\frac{1}{n} \sum_{i=1}^{n} x_i", r"\sum_{i=1}^{n} (w x_i - y_i)^2", r"\prod_{i=1}^{3} p_i"
print("sympy", sympy.__version__)
print("the index below a letter is a part of its name, so a sum over it has equal terms")
seen = []
for backend in ("antlr", "lark"):
    for formula in (mean, product):
        read = parse_latex(formula, backend=backend)
        seen.append(str(read.doit()))
        print(f"{backend:5} {formula}  is read as  {read}  and worked out to  {seen[-1]}")
read = parse_latex(error)
slope = sympy.diff(read, sympy.Symbol("w")).doit()
index = sympy.Symbol("i")
print("slope of", error, "along w:", slope, "| is i in its terms:", index in read.function.free_symbols)
assert seen == ["x_{i}", "p_{i}**3"] * 2, "this has changed"
assert str(slope) == "2*n*x_{i}*(w*x_{i} - y_{i})" and index not in read.function.free_symbols, "this has changed"
PY
