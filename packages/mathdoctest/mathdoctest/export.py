"""A tree of numbers as nested lists that JSON can hold, for evaluation elsewhere (in a browser).

A node becomes a number, a name, or `[operation, operand, …]`. The operations are
`negative + - * / power sqrt exp softplus max min`, the functions in `built_in`,
`["call", name, argument]` for any other function, and
`["where", relation, left, right, value, otherwise]`. The operands of an operation that begins with
`host:` are all host numbers: Python computes with them in double precision, before they meet an
array.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from mathdoctest import syntax
from mathdoctest.syntax import Call, Leaf, Node, Number, Power, Sum, Symbol, Term

Exported = float | str | list[Any]


def is_e(node: Node) -> bool:
    """Whether a node is Euler's number, as it is read or as a leaf."""
    return node == Symbol("e") or (isinstance(node, Leaf) and node.tex == "e" and not node.symbol)


@dataclass(frozen=True)
class Exporter(syntax.Visitor[Exported]):
    """Exports trees.

    argument: the letter of a function's own formula, exported as the name `argument`.
    host: the names that stand for host numbers. rename: names that are to be exported as others.
    built_in: the functions that the evaluator knows by name.
    """

    argument: str | None = None
    host: Container[str] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    built_in: Container[str] = ("exp", "log", "tanh", "erf")

    def export(self, node: Node) -> Exported:
        """A node as nested lists. Raises ValueError for a node that is not made of numbers."""
        return self.visit(node)

    def generic_visit(self, node: Node) -> Exported:
        raise ValueError(f"a {type(node).__name__} cannot be exported")

    def _operation(self, name: str, *operands: Exported) -> Exported:
        host = all(map(self._is_host, operands))
        return [f"host:{name}" if host else name, *operands]

    def _is_host(self, exported: Exported) -> bool:
        if isinstance(exported, list):
            return str(exported[0]).startswith("host:")
        return not isinstance(exported, str) or exported in self.host

    def visit_Number(self, node: Number) -> Exported:
        return node.value

    def visit_Leaf(self, node: Leaf) -> Exported:
        return self.rename.get(node.symbol, node.symbol) if node.symbol else node.value

    def visit_Symbol(self, node: Symbol) -> Exported:
        if node.layer is not None or node.indices:
            raise ValueError(f"the symbol {node.name} has a layer or an index: export one entry")
        return "argument" if node.name == self.argument else self.rename.get(node.name, node.name)

    def visit_Sum(self, node: Sum) -> Exported:
        (sign, first), *rest = node.terms
        total = self.export(first) if sign > 0 else self._operation("negative", self.export(first))
        for sign, term in rest:
            total = self._operation("+" if sign > 0 else "-", total, self.export(term))
        return total

    def visit_Product(self, node: syntax.Product) -> Exported:
        return self._operation("*", self.export(node.left), self.export(node.right))

    def visit_Quotient(self, node: syntax.Quotient) -> Exported:
        return self._operation("/", self.export(node.top), self.export(node.bottom))

    def visit_Power(self, node: Power) -> Exported:
        exponent = self.export(node.exponent)
        if is_e(node.base):
            return self._operation("exp", exponent)
        base = self.export(node.base)
        if exponent == 2:
            return self._operation("*", base, base)
        return self._operation("power", base, exponent)

    def visit_Root(self, node: syntax.Root) -> Exported:
        operand = self.export(node.operand)
        if node.order is None:
            return self._operation("sqrt", operand)
        return self._operation("power", operand, self._operation("/", 1.0, self.export(node.order)))

    def visit_Cases(self, node: syntax.Cases) -> Exported:
        """One `where` inside the other; the last row's condition is what remains. Of a condition
        with several relations each has to hold.
        """
        *rows, last = node.rows
        exported = self.export(last.value)
        for value, condition in reversed(rows):
            if condition is None:
                raise ValueError("a case without a condition before the last cannot be exported")
            sides, chosen = list(map(self.export, condition.sides)), self.export(value)
            pairs = zip(condition.relations, pairwise(sides), strict=True)
            for relation, (left, right) in reversed(list(pairs)):
                chosen = ["where", relation, left, right, chosen, exported]
            exported = chosen
        return exported

    def visit_Call(self, node: Call) -> Exported:
        if node.layer is not None:
            raise ValueError(f"the function {node.function} of one layer cannot be exported")
        match node:  # log(1 + e^u), which an evaluator computes without overflow as softplus
            case Call("log", (Sum((Term(1, Number(1.0)), Term(1, Power(e, u)))),), None, 0) if is_e(
                e
            ):
                return self._operation("softplus", self.export(u))
        arguments = map(self.export, node.arguments)
        if not node.primes and (node.function in ("max", "min") or node.function in self.built_in):
            return self._operation(node.function, *arguments)
        return ["call", node.function + "'" * node.primes, *arguments]
