r"""What the reader says of a formula that it refuses: code → the sentence, with its parts named.

A page that says it in another language has a sentence of its own for each code (`browser.py`).
"""

SAID = {
    # the formula as a whole
    "long": "a formula of more than {limit} characters",
    "deep": "nested too deeply",
    "early": "outside the grammar: it ends too early",
    "outside": "outside the grammar at `{seen}`",
    # what is not closed, or closes nothing
    "unclosed": "`{bracket}` is not closed",
    "unopened": "`{bracket}` closes nothing",
    "closed by": "`{bracket}` is closed by `{last}`",
    "row inside": r"`\\` inside `{bracket}`, which is not closed",
    # what is missing
    "argument": "an argument is missing here",
    "no left side": "the first row of `aligned` has no left side",
    "under nothing": "nothing is under or over `{command}`",
    "nothing after": "nothing after `{operator}`",
    "nothing before": "nothing before `{operator}`",
    "applied to nothing": "the function {name} has nothing to apply to",
    "nabla of nothing": r"\nabla has nothing to be taken of",
    "derivative of nothing": "a derivative of nothing",
    "partial": r"\partial needs `\partial_x f` or `\partial f / \partial x`",
    "parentheses": "write ({name}) with parentheses after it",
    "bold index": "a bold 1, e or I needs one index",
    "indicator": "an indicator needs a condition in brackets",
    "arg": r"`\arg` stands before \max or \min",
    "not": r"`\not` stands before = or \in",
    # what may be meant in two ways
    "two scripts": "two scripts of one kind ({kind})",
    "two names": "`{text}` may be `{name}` or an entry of `{array}`: rename one",
    "two points": "`{name}` is given as one value, and is taken at two points here",
    "divisor": r"`/` divides by `{text}` alone or by the product: write brackets or \frac",
    "word or product": r"`{run}` is one name or a product: write \text{{{run}}} or {letters}",
    "command": r"`{name}` is a command: write `\{name}`",
    "prose": "`{words}` is neither a name nor a condition",
    "full stop": "a full stop inside the formula",
    "factorial and power": "a factorial and a power: write brackets",
    # ranges and what runs
    "below": r"what runs stands below: write `\{how}_{{…}}`",
    "range": r"a range is written `i = 1, \dots, n`",
    "second range": "a second range for one formula",
    "step": "a range goes on by 1",
    "no bound": r"a script of \{how} that is no bound",
    "two ranges": "two ranges below one sign: write a sign for each",
    "what runs": "what runs is a letter",
    # scripts and accents
    "layer": "a layer is one number",
    "layer on": "a layer on what is not a symbol",
    "prime on": "a prime on what is not a function",
    "power": "a power is one expression",
    "equation as index": "an equation as an index; a sequence is written (x_i)_{{i=1}}^n",
    "accent": "an accent over what is not a symbol",
    "accent over several": "an accent over several symbols",
    "base": r"the base of \log is one number",
    # relations, functions and derivatives
    "relation as value": "a relation where a value is needed",
    "relation as factor": r"a relation as a factor: write \mathbb{{1}}(…) for 0 or 1",
    "transposed function": "the function {name} with a transpose",
    "order": "a derivative of order {order} with {below} below",
    "high order": "a derivative of an order above {limit}",
    "second along what": r"a second derivative along what? Write \nabla^2_x f",
    "along": "a derivative of or along what is not a symbol",
}
