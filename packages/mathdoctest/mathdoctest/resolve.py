r"""Every rule of naming: which name in code a symbol of a formula stands for.

- `w_{ij}` is an entry of `w`, or of `W` where only `W` exists. `X` is defined by its entries,
  `x_{ij} = …`.
- A layer's number joins the name: `W^{(1)}` is `W1`. Any other layer picks an element of a list.
- Digits for indices may join the name: `\beta_1` is `beta1` where `beta1` exists and `beta` not.
- `_t`, `_{t-1}` and `_0` count steps: `v_{t-1}` is the `v` that a function was given, `v_t` the
  one that it returns.
"""

import re
from collections.abc import Callable, Collection, Container, Iterable

from mathdoctest.syntax import Node, Number, Product, Sum, Symbol, Term, walk

TIME = "t"
LAYERS = ("l", "L")  # letters of layers, as a superscript
TIME_AXES = ("T", "T+1")  # an axis with one of these names holds every step; T+1 counts from 0


def capital(name: str) -> str:
    """`w` → `W`: the array that `w` with indices is an entry of."""
    return name[:1].upper() + name[1:]


def entry_name(name: str) -> str:
    """`W` → `w`: what an entry of the array is called."""
    return name[:1].lower() + name[1:]


def other_case(name: str) -> str:
    """K of k, and p of P: what a function of data is called where its values are given."""
    return entry_name(name) if name[:1].isupper() else capital(name)


def layer_number(symbol: Symbol) -> str:
    """`1` of `W^{(1)}`; empty where the layer is missing or is no number."""
    return f"{symbol.layer.value:g}" if isinstance(symbol.layer, Number) else ""


def digits(indices: Collection[Node]) -> str:
    """`12` of `w_{12}`; empty unless every index is a number."""
    if not indices:
        return ""
    found = [f"{i.value:g}" if isinstance(i, Number) else "" for i in indices]
    return "".join(found) if all(found) else ""


def numbered(symbol: Symbol, parameters: Container[str]) -> str | None:
    r"""The parameter `eta0` or `eta_0` of `\eta_0`; of other digits only where `eta` is none."""
    if symbol.layer is not None or not symbol.indices:
        return None
    number = digits(symbol.indices)
    if not number or symbol.name in parameters and number != "0":
        return None
    wanted = (symbol.name + number, f"{symbol.name}_{number}")
    return next((name for name in wanted if name in parameters), None)


def full_name(symbol: Symbol, parameters: Container[str], returns_list: bool = False) -> str:
    """`W^{(1)}_{ij}` → W1: the symbol's name, as a function with these parameters has it.

    returns_list: whether the function returns a list, so that a layer picks one of its elements.
    """
    if found := numbered(symbol, parameters):
        return found
    name, number = symbol.name, layer_number(symbol)
    joined = name + digits(symbol.indices)
    wanted = [joined] if joined != name else []
    is_entry = bool(symbol.indices or number)
    wanted += [name + number, *([capital(name) + number] if is_entry else []), name]
    if number and returns_list and wanted[0] not in parameters:
        return name
    return next((n for n in wanted if n in parameters), name + number)


def located(
    symbol: Symbol, exists: Callable[[str], bool], own: Callable[[str], bool]
) -> tuple[str, tuple[Node, ...]] | None:
    """The name that a symbol stands for and the indices that remain; None if there is none.

    own: whether a name is the function's own, which goes before any other that exists.
    """
    number = layer_number(symbol)
    if symbol.layer is not None and not number:
        return None
    joined = symbol.name + digits(symbol.indices)
    if not number and joined != symbol.name and exists(joined) and not exists(symbol.name):
        return joined, ()
    name, array = symbol.name + number, capital(symbol.name) + number
    is_entry = bool(symbol.indices or number)
    if is_entry and own(array) and not own(name):
        return array, symbol.indices
    if exists(name):
        return name, symbol.indices
    if is_entry and name != array and exists(array):
        return array, symbol.indices
    return None


def canonical(name: str, inputs: Container[str]) -> str:
    """One name for an array and its entries: X where X is an input and x is not."""
    return capital(name) if name not in inputs and capital(name) in inputs else name


def is_known(symbol: Symbol, names: Collection[str]) -> bool:
    """Whether one of the names is what the symbol may stand for."""
    name, number = symbol.name, layer_number(symbol)
    spelled = {name, name + number, name + digits(symbol.indices)}
    return any(n in names or capital(n) in names for n in spelled)


# ---- time


def is_layer(node: Node) -> bool:
    """Whether a superscript is a layer without brackets: `l`, `l - 1`, `L`."""
    names = [n.name for n in walk(node) if isinstance(n, Symbol)]
    return bool(names) and set(names) <= set(LAYERS) and isinstance(node, Symbol | Sum)


def as_time(layer: Node) -> Node:
    """A layer as a time: one layer of a function is a step, `\\delta^{l+1}` as δ at t + 1."""
    match layer:
        case Symbol(name) if name in LAYERS:
            return Symbol(TIME)
        case Sum(terms) if is_layer(layer):
            return Sum(tuple(Term(sign, as_time(node)) for sign, node in terms))
    return layer


def counted(index: Node) -> list[Node]:
    """The letters that count in an index: i and j of `i + j - 1`, but not the i of `y_i`."""
    if isinstance(index, Sum):
        return [letter for term in index.terms for letter in counted(term.node)]
    if isinstance(index, Product):
        return [*counted(index.left), *counted(index.right)]
    return [index] if isinstance(index, Symbol) and index == Symbol(index.name) else []


def is_time(indices: tuple[Node, ...]) -> bool:
    """Whether the only index counts steps: it mentions t, or is the start 0."""
    if len(indices) != 1:
        return False
    return indices[0] == Number(0.0) or any(
        isinstance(n, Symbol) and n.name == TIME for n in walk(indices[0])
    )


def steps_back(index: Node) -> int | None:
    """0 of `t` and of a start such as 0, 1 of `t - 1`, -1 of `t + 1`, None of anything else."""
    match index:
        case Symbol() | Number():
            return 0
        case Sum((Term(1, Symbol(name)), Term(sign, Number(steps)))) if name == TIME:
            return int(-sign * steps)
    return None


# ---- derivatives


def derivative_name(top: str, bottoms: Iterable[str]) -> str:
    """`dL_dw`; of a second derivative `d2L_dw_dw`."""
    below = [f"_d{name}" for name in bottoms]
    return f"d{len(below) if len(below) > 1 else ''}{top}{''.join(below)}"


def slope_name(function: str, primes: int) -> str:
    """`sigma_prime`, the name of `sigma'` in code."""
    return function + "_prime" * primes


def name_in_code(left: str) -> str:
    """`dL_dw1` → dL_dW1: a left side names an entry, the code the array."""
    return re.sub(r"_dw(\d)", r"_dW\1", left)


def stem(name: str) -> str:
    """The name that formula, code, table and figure share.

    `W1` → w1, because its entries are w1_12; `dL_dW1` → dL_dw1.
    """
    return re.sub(r"(^|_d)([WX])(?=\d|_|$)", lambda m: m[1] + m[2].lower(), name)
