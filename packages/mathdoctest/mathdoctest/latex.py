r"""The TeX of a tree: read again, it gives the same tree.

A name becomes its letter or a word: `W_xh` is `\text{W\_xh}`, `y_hat` is `\hat{y}`.
"""

from dataclasses import replace

from mathdoctest import syntax, words
from mathdoctest.syntax import Call, Leaf, Node, Number, Statement, Sum, Symbol, Visitor

_COMMANDS = {*words.FUNCTIONS.values()} - {"erf", "diag", "sign", "tr"}
RELATIONS = {
    "<=": r"\le", ">=": r"\ge", "!=": r"\ne", "<-": r"\leftarrow", "approx": r"\approx",
    "in": r"\in", "ni": r"\ni", "notin": r"\notin", "sim": r"\sim", "propto": r"\propto",
    "to": r"\to", "<<": r"\ll", ">>": r"\gg", "subset": r"\subset",
}  # fmt: skip
_BRACKETS = {"(": ("(", ")"), "[": ("[", "]"), "{": (r"\{", r"\}"), "[)": "[)", "(]": "(]"}
_REDUCTIONS = {"mean": r"\mathbb{E}", "argmax": r"\arg\max", "argmin": r"\arg\min"}
_ACCENTS = ("hat", "tilde", "bar", "dot", "ddot", "check", "breve")
# what may stand beside others in a product, and what may carry a script
_ATOMS = (
    syntax.Number, syntax.Symbol, syntax.Quotient, syntax.Root, syntax.Absolute, syntax.Norm,
    syntax.Listing, syntax.Matrix, syntax.Indicator, syntax.Ones, syntax.Identity, syntax.Unit,
    syntax.Leaf, syntax.NumberSet, syntax.Dots,
)  # fmt: skip


def tex(node: Node) -> str:
    """A node as TeX. Raises ValueError for what has no TeX."""
    return Printer().visit(node)


def statement(chain: Statement) -> str:
    """A chain as TeX, with its range and its conditions."""
    printer = Printer()
    text = printer.chain(chain.sides, chain.relations)
    for condition in chain.conditions:
        text += rf" \quad \text{{if }} {printer.visit(condition)}"
    if chain.where:
        first, last = map(tex, (chain.where.first, chain.where.last))
        text += rf" \quad {_name(chain.where.letter)} = {first}, \dots, {last}"
    return text


def _name(name: str) -> str:
    """A name in code as a letter, an accented letter, or a word with what joins it."""
    base, _, last = name.rpartition("_")
    if base and last in _ACCENTS:
        return rf"\{last}{{{_name(base)}}}"
    if name.removesuffix("_") in words.GREEK:
        return "\\" + name.removesuffix("_")
    if last == "prime" and (primed := _name(base))[-1] != "}":
        return f"{primed}'"
    if name.startswith("Delta_"):
        return rf"\Delta {_name(name.removeprefix('Delta_'))}"
    return name if len(name) == 1 else rf"\text{{{name.replace('_', chr(92) + '_')}}}"


class Printer(Visitor[str]):
    """Prints nodes. times: what stands between two factors."""

    times = " "

    def chain(self, sides: tuple[Node, ...], relations: tuple[str, ...]) -> str:
        rest = zip(relations, sides[1:], strict=False)
        parts = (f" {RELATIONS.get(how, how)} {self.visit(side)}" for how, side in rest)
        return self.visit(sides[0]) + "".join(parts)

    def generic_visit(self, node: Node) -> str:
        raise ValueError(f"a {type(node).__name__} has no TeX")

    def listed(self, nodes: tuple[Node, ...]) -> str:
        return ", ".join(map(self.visit, nodes))

    def group(self, node: Node) -> str:
        return f"({self.visit(node)})"

    def factor(self, node: Node, *others: type[Node]) -> str:
        """A node as a factor: in parentheses unless it holds together by itself."""
        whole = isinstance(node, (*_ATOMS, *others)) and not _is_negative(node)
        if isinstance(node, Call):
            whole = node.function not in words.INFIX
        return self.visit(node) if whole else self.group(node)

    def scripted(self, node: Node) -> str:
        """A node that gets a script: what has one already needs parentheses."""
        kinds = Symbol | Number | syntax.NumberSet | syntax.Absolute | syntax.Norm
        is_plain = isinstance(node, kinds) and not _is_negative(node)
        is_plain = is_plain and getattr(node, "layer", None) is None and not _is_primed(node)
        return self.visit(node) if is_plain else self.group(node)

    # ---- names and numbers

    def visit_Number(self, node: Number) -> str:
        if abs(node.value) == float("inf"):
            return r"\infty"
        text = f"{node.value:.17g}"
        short = f"{node.value:g}"
        return short if float(short) == node.value else text

    def visit_Leaf(self, node: Leaf) -> str:
        return node.tex

    def visit_Symbol(self, node: Symbol) -> str:
        text = _name(node.name)
        if node.indices:
            text += self.below(node.indices)
        if node.layer is not None:
            text += f"^{{({self.visit(node.layer)})}}"
        return text

    def visit_Dots(self, node: Node) -> str:
        return r"\dots"

    def visit_NumberSet(self, node: syntax.NumberSet) -> str:
        return rf"\mathbb{{{node.name}}}"

    def visit_Index(self, node: syntax.Index) -> str:
        return self.group(node.operand) + self.below(node.indices)

    def below(self, indices: tuple[Node, ...]) -> str:
        """Indices. Digits and letters side by side are several: a number of two needs brackets."""
        texts = []
        for index in indices:
            if isinstance(index, syntax.Product):  # factors side by side would be indices
                index = replace(index, operator=index.operator or "cdot")
            text = self.visit(index)
            is_long = isinstance(index, Number) and len(text) > 1
            texts.append(f"({text})" if is_long else text)
        return f"_{{{', '.join(texts)}}}"

    # ---- operations

    def visit_Sum(self, node: Sum) -> str:
        text = ""
        for sign, term in node.terms:
            inner = self.group(term) if isinstance(term, Sum) else self.visit(term)
            text += (" - " if sign < 0 else " + ") + inner
        text = text.strip()
        return text.removeprefix("+ ") if len(node.terms) > 1 else text

    def visit_Product(self, node: syntax.Product) -> str:
        left = self.factor(node.left, syntax.Product, syntax.Power, syntax.Transpose)
        right = self.factor(node.right, syntax.Power, syntax.Transpose)
        # else 2 3 is 23, a (b, c) a function, d x a differential and \Delta x one symbol
        apart = isinstance(node.right, Number) or right.startswith(("(", "["))
        apart = apart or left.endswith(r"\Delta") or left == "d" or left.endswith(" d")
        sign = {"cdot": r" \cdot ", "times": r" \times ", "*": " * "}.get(node.operator, "")
        return left + (sign or (r" \cdot " if apart else "") or self.times) + right

    def visit_Hadamard(self, node: syntax.Hadamard) -> str:
        inner = (syntax.Product, syntax.Power, syntax.Transpose)
        return rf"{self.factor(node.left, *inner)} \odot {self.factor(node.right, *inner)}"

    def visit_Quotient(self, node: syntax.Quotient) -> str:
        return rf"\frac{{{self.visit(node.top)}}}{{{self.visit(node.bottom)}}}"

    def visit_Power(self, node: syntax.Power) -> str:
        exponent = self.above(node.exponent)
        is_word = isinstance(node.exponent, Symbol) and r"{\text" in exponent
        return (self.group(node.base) if is_word else self.scripted(node.base)) + exponent

    def above(self, node: Node) -> str:
        """A superscript that is no layer."""
        text = self.visit(node)
        return f"^{{{{{text}}}}}" if text.startswith(("(", "[", r"\langle")) else f"^{{{text}}}"

    def visit_Transpose(self, node: syntax.Transpose) -> str:
        return rf"{self.scripted(node.operand)}^{{\top}}"

    def visit_Root(self, node: syntax.Root) -> str:
        order = f"[{self.visit(node.order)}]" if node.order is not None else ""
        return rf"\sqrt{order}{{{self.visit(node.operand)}}}"

    def visit_Absolute(self, node: syntax.Absolute) -> str:
        return rf"\lvert {self.visit(node.operand)} \rvert"

    def visit_Norm(self, node: syntax.Norm) -> str:
        order = node.order if isinstance(node.order, str) else self.visit(Number(node.order))
        order = _name(order) if order.isalpha() else order
        script = f"_{{{order}}}" if order != "2" or node.order_is_given else ""
        return rf"\lVert {self.visit(node.operand)} \rVert{script}"

    def visit_Call(self, node: Call) -> str:
        name = node.function
        if name in words.INFIX and len(node.arguments) == 2:
            return (
                words.INFIX[name].join(f" {self.factor(part)} " for part in node.arguments).strip()
            )
        if name in ("floor", "ceil") and len(node.arguments) == 1:
            return rf"\l{name} {self.visit(node.arguments[0])} \r{name}"
        if name == "factorial" and len(node.arguments) == 1:
            return f"{self.scripted(node.arguments[0])}!"
        if name == "binom" and len(node.arguments) == 2:
            top, bottom = map(self.visit, node.arguments)
            return rf"\binom{{{top}}}{{{bottom}}}"
        if name == "inner":
            return rf"\langle {self.listed(node.arguments)} \rangle"
        text = self.function(name) + "'" * node.primes
        if node.layer is not None:
            text += f"^{{({self.visit(node.layer)})}}"
        return f"{text}({self.listed(node.arguments)})"

    def function(self, name: str) -> str:
        if name in _COMMANDS:
            return f"\\{name}"
        return rf"\operatorname{{{name.replace('_', chr(92) + '_')}}}"

    def visit_Reduce(self, node: syntax.Reduce) -> str:
        if node.how == "list" and node.low is not None and node.high is not None:
            low = f"{_name(node.letters[0])} = {self.visit(node.low)}"
            return f"({self.visit(node.body)})_{{{low}}}{self.above(node.high)}"
        bounds = [_name(letter) for letter in node.letters]
        if node.low is not None and bounds:
            bounds[-1:] = [f"{bounds[-1]} = {self.visit(node.low)}"]
        elif node.low is not None:
            bounds = [self.visit(node.low)]
        firsts = [c.sides[0] for c in node.conditions if _names_a_letter(c)]
        named = [first.name for first in firsts if isinstance(first, Symbol)]
        bounds = [bound for bound in bounds if bound not in map(_name, named)]
        bounds += map(self.visit, node.conditions)
        below = f"_{{{', '.join(bounds)}}}" if bounds else ""
        above = self.above(node.high) if node.high is not None else ""
        how = _REDUCTIONS.get(node.how, f"\\{node.how}")
        if node.how in ("max", "min") and not below + above:
            how = rf"\text{{{node.how}imize}}"
        body = self.group(node.body) if isinstance(node.body, Sum) else self.visit(node.body)
        return f"{how}{below}{above} {body}"

    def visit_Derivative(self, node: syntax.Derivative) -> str:
        if not node.bottoms:
            return rf"\nabla {self.factor(node.top, Call)}"
        order = f"^{len(node.bottoms)}" if len(node.bottoms) > 1 else ""
        bottoms = (self.visit(bottom) for bottom in node.bottoms)
        apart = (f"{{{text}}}" if text.startswith("d") else text for text in bottoms)  # no d x
        below = " ".join(rf"\partial {text}" for text in apart)
        if isinstance(node.top, Symbol):
            return rf"\frac{{\partial{order} {self.visit(node.top)}}}{{{below}}}"
        return rf"\frac{{\partial{order}}}{{{below}}} ({self.visit(node.top)})"

    # ---- conditions, lists and matrices

    def visit_Condition(self, node: syntax.Condition) -> str:
        if node.relations and node.relations[0] == "and":
            return ", ".join(map(self.visit, node.sides))
        return self.chain(node.sides, node.relations)

    def visit_Indicator(self, node: syntax.Indicator) -> str:
        return rf"\mathbb{{1}}[{self.visit(node.condition)}]"

    def visit_Interval(self, node: syntax.Interval) -> str:
        letter = f"{self.visit(node.letter)} = " if node.letter is not None else ""
        return rf"{letter}{self.visit(node.first)}, \dots, {self.visit(node.last)}"

    def visit_Listing(self, node: syntax.Listing) -> str:
        opening, closing = _BRACKETS[node.bracket]
        return f"{opening}{self.listed(node.items)}{closing}"

    def visit_Cases(self, node: syntax.Cases) -> str:
        rows = []
        for value, condition in node.rows:
            when = r"\text{otherwise}"
            if condition is not None:
                when = rf"\text{{if }} {self.visit(condition)}"
            rows.append(f"{self.visit(value)} & {when}")
        return rf"\begin{{cases}} {self.rows(rows)} \end{{cases}}"

    def rows(self, rows: list[str]) -> str:
        return r" \\ ".join(rows)

    def visit_Matrix(self, node: syntax.Matrix) -> str:
        rows = [" & ".join(map(self.visit, row)) for row in node.rows]
        return rf"\begin{{bmatrix}} {self.rows(rows)} \end{{bmatrix}}"

    def visit_Ones(self, node: syntax.Ones) -> str:
        return rf"\mathbf{{1}}{self.below((node.size,))}"

    def visit_Identity(self, node: syntax.Identity) -> str:
        return rf"\mathbf{{I}}{self.below((node.size,))}"

    def visit_Unit(self, node: syntax.Unit) -> str:
        return rf"\mathbf{{e}}_{{{self.visit(node.index)}}}"


def _is_primed(node: Node) -> bool:
    return isinstance(node, Symbol) and node.name.endswith("_prime")


def _is_negative(node: Node) -> bool:
    return isinstance(node, Number) and node.value < 0


def _names_a_letter(condition: syntax.Condition) -> bool:
    return condition.relations[:1] in (("in",), ("sim",)) and isinstance(condition.sides[0], Symbol)


class InNumbers(Printer):
    r"""Prints trees of numbers as a worked line has them: tight, with `\times` between factors."""

    times = r" \times "

    def visit_Number(self, node: Number) -> str:
        return f"{node.value:g}"

    def visit_Symbol(self, node: Symbol) -> str:
        raise ValueError("a Symbol is not part of a tree of numbers")

    def visit_Sum(self, node: Sum) -> str:
        text = "".join(("-" if sign < 0 else "+") + self.visit(term) for sign, term in node.terms)
        return text.removeprefix("+")

    def visit_Power(self, node: syntax.Power) -> str:
        return f"{self.operand(node.base)}^{{{self.visit(node.exponent)}}}"

    def visit_Product(self, node: syntax.Product) -> str:
        return self.times.join(map(self.operand, (node.left, node.right)))

    def operand(self, node: Node) -> str:
        return self.group(node) if isinstance(node, Sum) else self.visit(node)

    def function(self, name: str) -> str:
        return rf"\{name}" if name == "sigma" else super().function(name)


def in_numbers(node: Node) -> str:
    """A tree of numbers as TeX, a leaf by its symbol. Raises ValueError for other nodes."""
    return InNumbers().visit(node)
