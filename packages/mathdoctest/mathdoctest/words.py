r"""The words of the formula language: commands of LaTeX and what each is in the grammar."""

FUNCTIONS = {
    name: name
    for name in (
        "log exp tanh sin cos tan sinh cosh arctan arcsin arccos max min det tr diag sign erf"
    ).split()
} | {"ln": "log", "sgn": "sign"}
# a run of plain letters before a parenthesis that is one of these is a function, not a product
BARE = FUNCTIONS | {
    name: name
    for name in (
        "softmax sigmoid softplus relu ReLU argmax argmin Var Cov mean std floor abs vec"
    ).split()
}
STATISTICS = {"E", "Var", "Cov", "Std"}  # functions before a square bracket
ANGLES = {"sin", "cos", "tan"}  # which take a whole product: \\cos m \\theta
WEIGHTS = {"w", "W", "theta", "Theta", "phi", "psi"}  # one letter for all parameters
INDICATORS = {"I", "delta", "chi", "ind"}  # before a condition in brackets
CONVENTIONAL = {"sigma", "Phi"}  # functions before a parenthesis, unless they are names in code
REDUCTIONS = {"sum": "sum", "prod": "prod", "max": "max", "min": "min", "sup": "max", "inf": "min"}
REDUCTIONS |= {"argmax": "argmax", "argmin": "argmin"}
RELATIONS = {
    "=": "=", "==": "=", ":=": "=", "coloneqq": "=", "equiv": "=", "triangleq": "=", "doteq": "=",
    "<": "<", ">": ">", "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=", "geq": ">=",
    "geqslant": ">=", "lt": "<", "gt": ">", "ne": "!=", "neq": "!=", "!=": "!=", "approx": "approx",
    "leftarrow": "<-", "gets": "<-", "in": "in", "ni": "ni", "notin": "notin", "sim": "sim",
    "propto": "propto", "to": "to", "rightarrow": "to", "mapsto": "to", ":": ":", "colon": ":",
    "ll": "<<", "gg": ">>", "subset": "subset", "subseteq": "subset",
}  # fmt: skip
OPERATORS = {"cdot": "cdot", "times": "times", "*": "*", "/": "/", "ast": "*", "star": "conv"}
OPERATORS |= {
    "otimes": "outer",
    "oplus": "concat",
    "cap": "intersection",
    "cup": "union",
    "div": "/",
}
INFIX = {"outer": r"\otimes", "concat": r"\oplus", "conv": r"\star"}  # operators that are calls
INFIX |= {"intersection": r"\cap", "union": r"\cup"}
ACCENTS = {"widehat": "hat", "widetilde": "tilde", "overline": "bar"}
ACCENTS |= {name: name for name in "hat tilde bar dot ddot check breve".split()}
IGNORED = set(
    "mathbf boldsymbol bm mathcal mathsf mathit mathrm mathtt mathfrak mathscr vec mathbb pmb"
    " mathop displaystyle textstyle scriptstyle limits nolimits nonumber notag mathstrut bf rm it"
    " cal mathbin mathrel mathord quad qquad"
    " left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm"
    " large small Large normalsize scriptsize tiny".split()
)
IGNORED_WITH_ARGUMENT = {"tag", "label", "phantom", "hspace", "vspace", "color", "mathclap"}
# how a letter is often called in code, where no name is the letter's own
ABBREVIATED = {
    "epsilon": ("eps",), "varepsilon": ("eps", "epsilon"), "lambda": ("lam", "lmbda", "lambd"),
    "sigma": ("std",), "mu": ("mean",), "eta": ("lr", "learning_rate"),
    "alpha": ("lr", "learning_rate"), "y": ("y_true", "target", "targets"), "y_hat": ("y_pred",),
    "n_in": ("fan_in",), "n_out": ("fan_out",),
}  # fmt: skip
GREEK = set(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi"
    " pi rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi"
    " Psi Omega Upsilon ell".split()
)
ROWS = {"aligned", "align", "split", "gather", "gathered", "equation", "eqnarray", "multline"}
ROWS |= {"alignat", "alignedat", "flalign", "displaymath", "math"}
MATRICES = {"matrix", "bmatrix", "pmatrix", "vmatrix", "Bmatrix", "Vmatrix", "smallmatrix"}
CASES = {"cases", "dcases", "rcases"}
QUALIFIERS = {
    "if": "if", "when": "if", "whenever": "if", "for": "for", "for all": "for", "for each": "for",
    "for every": "for", "where": "where", "with": "where", "subject to": "given", "s.t": "given",
    "such that": "given", "and": "and", "or equivalently": "and", "equivalently": "and",
    "i.e": "and", "otherwise": "otherwise", "else": "otherwise",
}  # fmt: skip
PROBLEMS = {"minimize": "min", "minimise": "min", "maximize": "max", "maximise": "max"}
# letters without a command that nobody means as a product: they need their backslash
FORGOTTEN = {*FUNCTIONS, "sum", "prod", "frac", "sqrt"} - {"tr", "ln", "erf", "det", "diag", "sign"}
# what three letters side by side in a subscript are, if not three indices; four are always a word
LABELS = set(
    "min max sum avg std var new old pos neg out dim cos lin log exp tot val ref reg opt obs est"
    " err pre cdf pdf pmf mse rms eff rel abs all any end top low adj res man lon lat Fro"
    " cur obj cls box gen sim".split()
)
OPENING = {"(": "LPAR", "[": "LSQB", r"\{": "LSET", r"\lbrace": "LSET", r"\lbrack": "LSQB"}
CLOSING = {")": "RPAR", "]": "RSQB", r"\}": "RSET", r"\rbrace": "RSET", r"\rbrack": "RSQB"}
OPENING |= {r"\lfloor": "LFLOOR", r"\lceil": "LCEIL", r"\langle": "LANGLE"}
CLOSING |= {r"\rfloor": "RFLOOR", r"\rceil": "RCEIL", r"\rangle": "RANGLE"}
BARS = {"|": "BAR", "||": "NORM", r"\|": "NORM", r"\vert": "BAR", r"\Vert": "NORM"}
SIDED = {r"\lvert": "LBAR", r"\rvert": "RBAR", r"\lVert": "LNORM", r"\rVert": "RNORM"}
DOTS = {"dots", "ldots", "cdots", "dotsc", "dotsb", "vdots", "ddots"}
