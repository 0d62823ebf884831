#!/usr/bin/env bash
# KaTeX and SymPy: \sigma^2_B and \sigma_B^2 are drawn alike; SymPy reads the first without its B, or puts it above.
#
# In TeX the order of a sub and a superscript makes no difference, and KaTeX draws both spellings with the same HTML. A good
# guess is that a reader of formulas knows it. Seen with KaTeX 0.19.1 and SymPy 1.14.0: parse_latex drops a subscript that
# comes behind a number above (x^2_i and x^2_j are one x**2, and their difference is 0), and gives one behind a letter to that
# letter: \beta^t_1 becomes beta to the power t_1. No error, with strict=True either.
#
# It matters to whoever reads the formulas of a page: batch normalization's \sigma^2_B and Adam's \beta^t_1 are often
# written in this order.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "sympy==1.14.0" "antlr4-python3-runtime==4.11.0"
cd "$folder"
npm install --silent --no-audit --no-fund --prefix "$folder" "katex@0.19.1" >/dev/null 2>&1
node - <<'JS'
const katex = require(process.cwd() + "/node_modules/katex");
const drawn = (tex) => katex.renderToString(tex, { output: "html", throwOnError: true });
console.log("katex", katex.version);
for (const [a, b] of [["x^2_i", "x_i^2"], ["\\sigma^2_B", "\\sigma_B^2"], ["\\beta^t_1", "\\beta_1^t"]]) {
  console.log(a, "and", b, "are drawn alike:", drawn(a) === drawn(b));
  if (drawn(a) !== drawn(b)) throw new Error("KaTeX has changed");
}
JS
"$folder/env/bin/python" - <<'PY'
import sympy
from sympy.parsing.latex import parse_latex

print("sympy", sympy.__version__)
print("a subscript behind a superscript is lost, or taken for the superscript's own")
seen = {}
for formula in ("x^2_i", "x_i^2", "x^2_i - x^2_j", r"\sigma^2_B", r"\sigma_B^2", r"\beta^t_1", r"\beta_1^t"):
    seen[formula] = [str(parse_latex(formula, strict=strict)) for strict in (False, True)]
    print(f"{formula:14}", seen[formula][0], "| strict:", seen[formula][1])
assert seen["x_i^2"][0] == "x_{i}**2" and seen[r"\beta_1^t"][0] == "beta_{1}**t", "this has changed"
assert seen["x^2_i"] == ["x**2"] * 2 and parse_latex("x^2_i - x^2_j").doit() == 0, "this has changed"
assert seen[r"\sigma^2_B"][0] == "sigma**2" and seen[r"\beta^t_1"][0] == "beta**t_{1}", "this has changed"
PY
