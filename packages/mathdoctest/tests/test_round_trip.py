"""Any tree, printed as LaTeX, is read again as the same tree."""

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mathdoctest import latex, reader, syntax
from mathdoctest.syntax import Call, Condition, Number, Statement, Sum, Symbol, Term

LETTERS = "a b c d f g h i j k l m n p q r s t u v w x y z A B C D F G H K L M N P Q W X".split()
GREEK = "alpha beta gamma delta epsilon lambda_ mu sigma phi pi Delta Sigma ell Delta_w".split()
WORDS = "x_hat y_tilde c_FN W_xh fan_in margin lambda_max v_prime sigma_prime mu2 t_bar".split()
FUNCTIONS = "log exp tanh max min softmax f sigma E Var erf ReLU my_function argmax".split()
RELATIONS = ("=", "<", ">", "<=", ">=", "!=", "approx", "<<", "propto")

letters = st.sampled_from(LETTERS)
names = st.sampled_from(LETTERS + GREEK + WORDS)
symbols = st.builds(Symbol, names)
numbers = st.builds(
    Number,
    st.sampled_from((0.0, 1.0, 2.0, 12.0, 0.5, 1e-8, 123.456, 1e20, float("inf")))
    | st.floats(0, 1e6, allow_subnormal=False),
)
whole = st.builds(Number, st.sampled_from((0.0, 1.0, 2.0, 9.0, 10.0, 128.0)))
shifted = st.builds(
    lambda a, s, b: Sum((Term(1, a), Term(s, b))), symbols, st.sampled_from((1, -1)), whole
)
plain_letters = st.builds(Symbol, letters)
# one capital letter alone is a label, which joins the name
one_index = st.builds(Symbol, st.sampled_from([each for each in LETTERS if each.islower()]))
several = st.lists(plain_letters | whole | shifted, min_size=2, max_size=3).map(tuple)
indices = st.tuples(one_index | whole | shifted) | several
indexed = st.builds(
    Symbol, names, st.none() | whole | plain_letters | shifted, indices | st.just(())
)


def of(kind, *fields):
    return st.builds(kind, *fields)


def several(nodes, low=2):
    return st.lists(nodes, min_size=low, max_size=3).map(tuple)


def sums(nodes):
    terms = st.lists(st.builds(Term, st.sampled_from((1, -1)), nodes), min_size=2, max_size=3)
    negative = nodes.map(lambda node: (Term(-1, node),))
    return of(Sum, terms.map(tuple) | negative)


def conditions(nodes):
    chains = st.integers(1, 2).flatmap(
        lambda n: of(
            Condition, st.tuples(*[nodes] * (n + 1)), st.tuples(*[st.sampled_from(RELATIONS)] * n)
        )
    )
    return chains | of(Condition, st.tuples(nodes, sets(nodes)), st.just(("in",)))


def sets(nodes):
    return (
        of(syntax.Listing, st.just("{"), several(nodes, 1))
        | of(syntax.Listing, st.just("{"), st.tuples(of(syntax.Interval, nodes, nodes)))
        | of(syntax.Listing, st.sampled_from(("[", "[)", "(]", "(")), st.tuples(nodes, nodes))
        | of(syntax.NumberSet, st.sampled_from("RZN"))
    )


def reductions(nodes):
    bounded = of(
        syntax.Reduce,
        st.sampled_from(("sum", "prod", "max", "min", "mean", "argmax")),
        st.lists(letters, min_size=1, max_size=2, unique=True).map(tuple),
        nodes, nodes, nodes,
    )  # fmt: skip
    free = of(
        syntax.Reduce,
        st.sampled_from(("sum", "prod", "max", "argmin", "mean")),
        st.lists(letters, min_size=1, max_size=2, unique=True).map(tuple),
        st.none(), st.none(), nodes,
    )  # fmt: skip
    unequal = of(Condition, st.tuples(plain_letters, nodes), st.sampled_from([("!=",), ("<",)]))
    where = of(
        syntax.Reduce, st.sampled_from(("sum", "max")), st.just(()), st.none(), st.none(), nodes,
        st.tuples(unequal),
    )  # fmt: skip
    listed = of(syntax.Reduce, st.just("list"), st.tuples(letters), nodes, nodes, nodes)
    alone = of(
        syntax.Reduce,
        st.sampled_from(("sum", "min", "max")),
        st.just(()),
        st.none(),
        st.none(),
        nodes,
    )
    return bounded | free | where | listed | alone


def calls(nodes):
    plain = of(Call, st.sampled_from(FUNCTIONS), several(nodes, 1))
    slopes = of(
        Call,
        st.sampled_from(("f", "tanh", "sigma")),
        st.tuples(nodes),
        st.none() | whole,
        st.integers(0, 2),
    )
    pairs = of(Call, st.sampled_from(("outer", "concat", "conv", "union", "intersection", "binom")),
               st.tuples(nodes, nodes))  # fmt: skip
    return (
        plain
        | slopes
        | pairs
        | of(Call, st.sampled_from(("floor", "ceil", "factorial")), st.tuples(nodes))
        | (of(Call, st.just("inner"), st.tuples(nodes, nodes)))
    )


def cases(nodes):
    both = of(Condition, several(conditions(nodes)), st.just(("and",)))
    both = both.map(lambda c: Condition(c.sides, ("and",) * (len(c.sides) - 1)))
    row = of(syntax.Case, nodes, conditions(nodes) | both)
    last = of(syntax.Case, nodes, st.none())
    return of(syntax.Cases, st.lists(row, min_size=1, max_size=2).flatmap(
        lambda rows: last.map(lambda end: (*rows, end)) | st.just(tuple(rows))))  # fmt: skip


def matrices(nodes):
    return st.integers(1, 3).flatmap(
        lambda n: of(
            syntax.Matrix, st.lists(st.tuples(*[nodes] * n), min_size=1, max_size=3).map(tuple)
        )
    )


def powers(nodes):
    return of(syntax.Power, nodes, nodes)  # no letter here is T, which is the transpose


def composed(nodes):
    single = (syntax.Transpose, syntax.Absolute, syntax.Ones, syntax.Identity)
    double = (syntax.Product, syntax.Hadamard, syntax.Quotient)
    operators = st.sampled_from(("", "cdot", "times", "*"))
    products = st.builds(syntax.Product, nodes, nodes, operator=operators)
    return st.one_of(
        *(of(kind, nodes) for kind in single),
        *(of(kind, nodes, nodes) for kind in double),
        products, sums(nodes), powers(nodes), calls(nodes), reductions(nodes), cases(nodes),
        matrices(nodes),
        of(syntax.Root, nodes, st.none() | nodes),
        of(syntax.Norm, nodes, st.sampled_from((1.0, 2.0, "F", "p", float("inf")))),
        of(syntax.Indicator, conditions(nodes)),
        of(syntax.Index, nodes, indices),
        of(syntax.Unit, plain_letters),
        of(syntax.Derivative, nodes, several(indexed, 1)),
        of(syntax.Derivative, nodes, st.just(())),
        of(syntax.Listing, st.sampled_from(("(", "[", "{")), several(nodes)),
        of(
            syntax.Listing, st.just("("),
            st.tuples(of(syntax.Interval, nodes, nodes, st.none() | plain_letters)),
        ),
        st.builds(lambda a, b: Sum((Term(1, a), Term(1, syntax.Dots()), Term(1, b))), nodes, nodes),
    )  # fmt: skip


trees = st.recursive(symbols | indexed | numbers, composed, max_leaves=8)
SETTINGS = settings(
    max_examples=400, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@SETTINGS
@given(trees)
def test_a_tree_is_read_as_it_was_printed(tree):
    text = latex.tex(tree)
    assert reader.expression(text) == tree, text


ranges = st.builds(syntax.ForAll, letters, whole | symbols, whole | symbols)
simple = st.recursive(symbols | indexed, lambda n: sums(n) | calls(n), max_leaves=3)


@st.composite
def chains(draw):
    n = draw(st.integers(1, 3))
    sides = draw(st.tuples(*[simple] * (n + 1)))
    relations = draw(st.tuples(*[st.sampled_from((*RELATIONS, "<-", "sim"))] * n))
    where = draw(st.none() | ranges)
    return Statement(sides, relations, where, draw(several(conditions(simple), 0)))


@SETTINGS
@given(chains())
def test_a_chain_is_read_as_it_was_printed(chain):
    text = latex.statement(chain)
    assert reader.statements(text) == [chain], text


def test_every_kind_of_node_is_tried():
    """Leaf is made for worked lines only; Interval, Case and Condition are parts of others."""
    kinds = set()

    @settings(SETTINGS, max_examples=600)
    @given(trees)
    def collect(tree):
        kinds.update(type(node).__name__ for node in syntax.walk(tree))

    collect()
    every = {
        k for k, v in vars(syntax).items() if isinstance(v, type) and issubclass(v, syntax.Node)
    }
    hidden = {"Node", "Leaf", "Case"}
    assert {k for k in every if not k.startswith("_")} - hidden == kinds - hidden


@pytest.mark.parametrize(
    "tex", ["x_{(12)}", r"(x)^{\text{ab}}", "d x", r"\Delta \cdot x", "2 x_{10}"]
)
def test_what_needs_care_is_printed_with_care(tex):
    node = reader.expression(tex)
    assert reader.expression(latex.tex(node)) == node
